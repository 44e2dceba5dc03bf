"""When and what does each persona buy?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.personas import grouping, rows
from csworkbook.personas.likeness import differences
from csworkbook.personas.likeness import words as likeness_words
from csworkbook.personas.likeness.compared import compared
from csworkbook.personas.likeness.differences import CHAPTER, Differences
from csworkbook.purchases import left_out_said
from csworkbook.results import question

if TYPE_CHECKING:
    from csworkbook.personas.rows import Frame
    from csworkbook.personas.saved import Saved

MOST_VALUES = 20  # products or words compared; the rest counts in the whole


@question(
    mark("When and what does each persona buy?"), labels=likeness_words.labels, choices=likeness_words.choices
)
def habits(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    look: str = "month",
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Habits:
    """Each persona's orders by month, weekday, time of day, device or channel, or its lines by what they are.

    Parameters
    ----------
    personas : Saved, optional
        The personas that were saved; without, they are found.
    look : str
        ``"category"``, ``"product"`` (order lines), ``"month"``, ``"weekday"``, ``"hour"`` (parts of the day, by
        the clock of `zone`), ``"device"`` or ``"channel"`` (orders).

    Returns
    -------
    Habits
        table: persona (1..k), name, value, said (the value in words), count, n (of the persona's orders or lines),
        customers, share, low, high, other_share, other_n, difference, difference_low, difference_high, p (as
        `compared.compared`).

    Raises
    ------
    DataError
        When there are no personas, or the tables do not hold what is asked.
    SettingError
        When `look` is something else.
    """
    rows.require_look(look)
    options = {"personas": personas, "margin": margin, "currency": currency, "zone": zone}
    found = grouping.found(orders, order_lines, contacts, returns, **options)
    counts = rows.counts(orders, order_lines, look, zone=zone)
    if look == "hour":
        counts = counts.assign(value=counts["value"] // likeness_words.HOURS)
    table = compared(counts, found.labels, k=found.k, most=None if look in rows.CLOCK else MOST_VALUES)
    named = differences.named(table, found.names, lambda one: likeness_words.value(look, one))
    return Habits(named, look, differences.left_out(found))


@dataclass(frozen=True)
class Habits(Differences):
    """Orders or order lines of each persona by what was looked at."""

    @property
    def text(self) -> str:
        """The largest difference, those of the other personas, and what it goes with."""
        if self.sure.empty:
            return _(
                "The personas do not differ here in a way that cannot be chance: {what}. Look at something else, or "
                "treat them alike in this."
            ).format(what=likeness_words.looks()[self.look])
        first = next(self.sure.itertuples())
        shown = {
            "name": first.name,
            "value": first.said,
            "share": language.percent(first.share),
            "other": language.percent(first.other_share),
        }
        lines = _("Of what “{name}” buys, {share} is {value}; of what the others buy, {other}.")
        orders = _("{share} of the orders of “{name}” were placed {where}, of the others' {other}.")
        where = likeness_words.where(self.look).format(value=first.said)
        said = (lines if self.look in rows.OF_LINES else orders).format(where=where, **shown)
        apart = _("The difference is {difference}.").format(difference=self.estimate(first))
        return " ".join(filter(None, (said, apart, self.further_said(first))))

    @property
    def method(self) -> str:
        """What was counted, how it was compared, and what it does not say."""
        what = (
            _("Counted are order lines, whatever their quantity.")
            if self.look in rows.OF_LINES
            else _("Counted are orders; times by the shop's own clock.")
        )
        made = _(
            "Personas are made of what customers buy and when, so that they differ in just that is no surprise; how much is "
            "what this tells."
        )
        return " ".join(filter(None, (what, self.tested, made, left_out_said(self.left_out))))

    def findings(self) -> list[Finding]:
        """The largest difference in when a persona buys, as something to plan by."""
        if self.sure.empty or self.look not in rows.CLOCK:
            return []
        first = next(self.sure.itertuples())
        action = _("Plan stock, staff and messages for “{name}” by it: {value}.").format(
            name=first.name, value=first.said
        )
        return [Finding(CHAPTER, self.headline, self.estimate(first), action=action)]
