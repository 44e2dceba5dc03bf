"""What are the personas like, on cards to print and hang on the wall?"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from csworkbook import language
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.personas import grouping
from csworkbook.personas.feature_words import condition, value
from csworkbook.personas.likeness.apart import apart
from csworkbook.personas.likeness.asks import Asks, asks
from csworkbook.personas.likeness.differences import Differences
from csworkbook.personas.likeness.habits import habits
from csworkbook.personas.likeness.nearest import Nearest, nearest
from csworkbook.personas.likeness.recognise import Recognise, end, often, recognise
from csworkbook.personas.likeness.words import looks

if TYPE_CHECKING:
    from jinja2 import Template

    from csworkbook.personas.grouping import Personas
    from csworkbook.personas.likeness.apart import Apart
    from csworkbook.personas.rows import Frame
    from csworkbook.personas.saved import Saved

LOOKS = ("category", "product", "month", "weekday", "hour", "device", "channel")
_APART, _LIVES, _ENTRIES = 4, 3, 5  # lines on a card
_MORE = 2  # words of a habit


@dataclass(frozen=True)
class Card:
    """What stands on the card of one persona, in words."""

    name: str
    size: str
    revenue: str
    means: list[str]
    bars: list[dict[str, Any]]
    conditions: list[str]
    rate: str
    people: list[dict[str, Any]]
    touch: str
    questions: list[str]
    habits: list[dict[str, str]] = field(default_factory=list)


def cards(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    shop_name: str = "",
    invented: bool = False,
    ids: str = "letters",
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> str:
    """One HTML page with a card per persona, each on a sheet of its own when printed; it needs no server.

    On a card: name, size and share of the revenue with their intervals, what sets the persona apart, the rule to
    recognise it, three real customers, what they ask, when and what they buy, as far as the tables tell.

    Parameters
    ----------
    personas : Saved, optional
        The personas that were saved; without, they are found.
    shop_name : str
        Stands above the cards.
    invented : bool
        Whether the figures are of the demo shop, which is then said.
    ids : str
        How customers are called, as in `nearest`: ``"letters"`` or ``"own"``.

    Returns
    -------
    str
        A whole HTML document in the language spoken now.

    Raises
    ------
    DataError
        When there are no personas.
    SettingError
        When `ids` is something else.
    """
    tables = (orders, order_lines, contacts, returns)
    options = {"personas": personas, "margin": margin, "currency": currency, "zone": zone}
    found = grouping.found(*tables, **options)
    parts = {
        "apart": apart(*tables, **options),
        "recognise": recognise(*tables, **options),
        "nearest": nearest(*tables, closest=_LIVES, ids=ids, **options),
        "asks": _asked(tables, options),
        "habits": _habits(tables, options),
    }
    return _template().render(
        lang=language.current(),
        shop=shop_name,
        made=language.day(date.today()),
        demo=_("These figures are of the demo shop: invented.") if invented else "",
        cards=[_card(persona, found, currency, **parts) for persona in range(1, found.k + 1)],
        words=_words(found),
    )


def _asked(tables: tuple, options: dict) -> Asks | None:
    orders, order_lines, contacts, returns = tables
    if contacts is None:
        return None
    with contextlib.suppress(DataError):  # contacts of nobody who bought
        return asks(orders, contacts, order_lines, returns, **options)
    return None


def _habits(tables: tuple, options: dict) -> list[Differences]:
    """Every look that the tables tell."""
    told = []
    for look in LOOKS:
        with contextlib.suppress(DataError):
            told.append(habits(*tables, look=look, **options))
    return told


def _card(
    persona: int,
    found: Personas,
    currency: str,
    *,
    apart: Apart,
    recognise: Recognise,
    nearest: Nearest,
    asks: Asks | None,
    habits: list[Differences],
) -> Card:
    row = found.table.set_index("persona").loc[persona]
    return Card(
        name=found.names[persona - 1],
        size=_size(row),
        revenue=_revenue(row, currency),
        means=_means(row, currency),
        bars=_bars(apart.of(persona, _APART), currency),
        conditions=[condition(one, currency) for one in recognise.rules.get(persona, ())],
        rate=_rate(recognise, persona),
        people=_people(nearest, persona),
        touch=_touch(asks, persona),
        questions=[] if asks is None else _surely(asks, persona, _APART),
        habits=_told(habits, persona),
    )


def _size(row: pd.Series) -> str:
    return _("{n} customers: {share} ({low} to {high})").format(
        n=language.number(row["size"]),
        share=language.percent(row["share"]),
        low=language.percent(row["share_low"]),
        high=language.percent(row["share_high"]),
    )


def _revenue(row: pd.Series, currency: str) -> str:
    if row["revenue_share"] != row["revenue_share"]:
        return ""
    return _("{amount} of revenue: {share} ({low} to {high})").format(
        amount=language.money(row["revenue"], currency),
        share=language.percent(row["revenue_share"]),
        low=language.percent(row["revenue_low"]),
        high=language.percent(row["revenue_high"]),
    )


def _means(row: pd.Series, currency: str) -> list[str]:
    said = []
    if "orders" in row and row["orders"] == row["orders"]:
        said.append(_("{n} orders per customer").format(n=language.number(row["orders"], 1)))
    if "order_value" in row and row["order_value"] == row["order_value"]:
        said.append(_("{amount} per order").format(amount=language.money(row["order_value"], currency)))
    return said


def _bars(rows: pd.DataFrame, currency: str) -> list[dict[str, Any]]:
    """What sets a persona apart, with the lengths of two bars in per cent of the longer one."""
    bars = []
    for row in rows.itertuples():
        longest = max(abs(row.mean), abs(row.other_mean)) or 1.0
        bars.append(
            {
                "what": row.feature,
                "mine": value(row.column, row.mean, currency),
                "other": value(row.column, row.other_mean, currency),
                "mine_length": round(100 * abs(row.mean) / longest),
                "other_length": round(100 * abs(row.other_mean) / longest),
            }
        )
    return bars


def _rate(recognise: Recognise, persona: int) -> str:
    if persona not in recognise.rules:
        return _("No rule of a few conditions tells this persona from the others.")
    hits, reach = recognise.hits(persona), recognise.reach(persona)
    if not hits.n:
        return _("Nobody of the customers kept back meets it, so it was not tried.")
    return _(
        "Right for {hits} of those who meet it ({low} to {high}), and it finds {reach} of the persona ({least} to {most}); "
        "tried on customers kept back."
    ).format(
        hits=often(hits),
        low=end(hits.low),
        high=end(hits.high),
        reach=often(reach),
        least=end(reach.low),
        most=end(reach.high),
    )


def _people(nearest: Nearest, persona: int) -> list[dict[str, Any]]:
    """The real customers: in a line, and what happened last."""
    mine = nearest.people[nearest.people["persona"] == persona]
    return [
        {
            "who": language.capital(person["customer"]),
            "life": nearest.life(person),
            "entries": _entries(nearest, nearest.of(persona, person["customer"])),
        }
        for _place, person in mine.iterrows()  # three of them
    ]


def _entries(nearest: Nearest, life: pd.DataFrame) -> list[str]:
    more = len(life) - _ENTRIES
    said = []
    for row in life.tail(_ENTRIES).itertuples():
        parts = [str(nearest.vocabulary.word(row.kind)), row.about]
        parts += [language.money(row.amount, nearest.currency)] if row.amount == row.amount else []
        what = ", ".join(part for part in parts if part)
        said.append(
            f"{language.day(row.at, 'd MMM yyyy')}: {what}".replace(", -", ", \N{NON-BREAKING HYPHEN}")
        )
    return [_("… and {n} before that").format(n=language.number(more)), *said] if more > 0 else said


def _touch(asks: Asks | None, persona: int) -> str:
    if asks is None:
        return ""
    share = asks.touch(persona)
    return _("{share} got in touch at least once ({low} to {high}).").format(
        share=language.percent(share.value),
        low=language.percent(share.low),
        high=language.percent(share.high),
    )


def _surely(result: Differences, persona: int, most: int) -> list[str]:
    """What a persona does more than the others; where nothing is sure what it does most, and that it does so."""
    rows = result.of(persona, most)
    if rows.empty:
        return []
    said = result.each(rows)
    return said if rows["sure"].all() else [_("most: {what}").format(what=one) for one in said[:_MORE]]


def _told(habits: list[Differences], persona: int) -> list[dict[str, str]]:
    """The looks in which a persona surely differs, and in which way."""
    told = []
    for one in habits:
        rows = one.of(persona, _MORE)
        if len(rows) and rows["sure"].all():
            told.append({"look": language.capital(looks()[one.look]), "said": language.join(one.each(rows))})
    return told


def _words(found: Personas) -> dict[str, str]:
    return {
        "title": _("Our customers"),
        "apart": _("What sets them apart"),
        "bars": _("this persona / all others"),
        "none_apart": _("Nothing by enough to be worth telling."),
        "rule": _("How to recognise them"),
        "people": _("Three real customers"),
        "questions": _("What they ask"),
        "habits": _("When and what they buy"),
        "against": _("In brackets: this persona against all others."),
        "none_habits": _("Not surely otherwise than the others."),
        "people_warn": _("People, not means: what one of them did need not be what most do."),
        "foot": _(
            "Percentages with their 95% interval. Found in your own orders ({day}); made with csworkbook on your own machine, "
            "no data left it."
        ).format(day=_found_at(found)),
    }


def _found_at(found: Personas) -> str:
    with contextlib.suppress(ValueError, TypeError):
        return language.day(date.fromisoformat(found.saved.found_at[:10]))
    return _("day not known")


@lru_cache
def _template() -> Template:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(Path(__file__).with_name("cards.html.j2").read_text("utf-8"))
