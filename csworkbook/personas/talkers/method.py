"""How were the relational buyers told apart? What stands under "How this was worked out"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.personas.talkers.words import VOCABULARY
from csworkbook.purchases import day_of, left_out_said

if TYPE_CHECKING:
    from csworkbook.personas.talkers.relational import Relational

_TOLD = 3  # categories that are named


def method(result: Relational) -> str:
    """Traits, limits, time, what was left out, what cannot be told."""
    parts = [
        _traits(result),
        _time(result),
        result.known.asked.said,
        left_out_said(result.known.left_out),
        _visits(result),
        _buy(result),
        _(
            "Intervals: who the customers are, counted as chance. Which traits go together, not what causes what."
        ),
    ]
    return " ".join(filter(None, parts))


def _traits(result: Relational) -> str:
    have = [
        _("{limit} ({n} of {of})").format(
            limit=limit.said(result.currency), n=language.number(limit.n), of=language.number(limit.of)
        )
        for limit in result.limits
        if limit.known
    ]
    return _(
        "Traits: questions asked, different topics, mean minutes per contact, mean order value. “Highest” is at most "
        "the chosen share of those of whom a trait is known; have it: {list}. Everybody else is called transactional "
        "in the handbook; many of them never asked anything."
    ).format(list=language.join(have))


def _time(result: Relational) -> str:
    looked = _("Looked at: {first} to {last}, {n} customers.").format(
        first=language.day(day_of(result.told.since)),
        last=language.day(day_of(result.told.until)),
        n=language.number(len(result.customers)),
    )
    if not result.known.shortened:
        return looked
    return f"{looked} " + _("Orders of a time without contacts are left out.")


def _visits(result: Relational) -> str:
    if result.share("visits") is None:
        return ""
    return _("Visits are those of visitors known as customers, in the time of the page visits.")


def _buy(result: Relational) -> str:
    if result.more.empty:
        return ""
    named = [
        _("{category} ({share} against {others})").format(
            category=VOCABULARY.word(row.category),
            share=language.percent(row.relational),
            others=language.percent(row.others),
        )
        for row in result.more.head(_TOLD).itertuples()
    ]
    return _("They bought more often from: {list} (p corrected for all categories, Holm).").format(
        list=language.join(named)
    )
