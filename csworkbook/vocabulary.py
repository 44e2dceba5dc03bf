"""What are columns, values and parameters called, and how is a cell written? One name for one thing.

`COMMON` holds what all chapters share; a chapter adds its own `Vocabulary`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from csworkbook import language
from csworkbook.language import gettext as _

ORDERED = ("answer", "effort")  # columns whose numbers stand for answers
_SHEET = {"cents": "money", "score": "number", "p": "number", "month": "date"}  # how a spreadsheet knows them


@dataclass(frozen=True)
class Vocabulary:
    """What the columns and values of a table are called, and how its cells are written.

    Attributes
    ----------
    heads : callable
        Gives the head of each column, in the language spoken now.
    words : callable
        Gives how each known value is said.
    kinds : mapping
        How the cells of a column are written: ``"share"`` (0–1, shown in per cent), ``"points"`` (a
        difference of shares), ``"count"``, ``"money"`` (whole), ``"cents"`` (money with two decimals),
        ``"number"`` (one decimal), ``"score"`` (two), ``"p"``, ``"date"`` or ``"month"``.
    wordy : tuple of str
        The columns whose values are said in words, in a spreadsheet too.

    What it does not know, `COMMON` may.

    >>> Vocabulary(kinds={"gap": "score"}).cell("gap", -0.333)
    '-0.33'
    """

    heads: Callable[[], Mapping[str, str]] = dict
    words: Callable[[], Mapping[object, str]] = dict
    kinds: Mapping[str, str] = field(default_factory=dict)
    wordy: tuple[str, ...] = ()

    def head(self, column: str) -> str:
        """A column's name as a table head."""
        return self._heads().get(column) or str(self.word(column))

    def word(self, value: object) -> object:
        """A known value as people say it; anything else unchanged."""
        known = isinstance(value, (str, int)) and not isinstance(value, bool)
        return self._words().get(value, value) if known else value

    def kind(self, column: str) -> str:
        """How the cells of a column are written; "" for text."""
        return self.kinds.get(column) or _KINDS.get(column, "")

    def sheet_kind(self, column: str) -> str:
        """How a spreadsheet writes a column: share, points, money, count, number, date, or "" for text."""
        kind = self.kind(column)
        return _SHEET.get(kind, kind)

    def says(self, column: str) -> bool:
        """Whether the values of a column are words, or may be."""
        return column in (*self.wordy, *_WORDY, *ORDERED) or column not in self._heads()

    def cell(self, column: str, value: Any, currency: str = "EUR") -> str:
        """One cell as people read it: percentages, money, dates and words, never 0.3333333."""
        if isinstance(value, (list, tuple)):
            return " / ".join(map(str, value))
        if value is None or value != value:
            return "–"
        if isinstance(value, str) or column in self.wordy or column in ORDERED:
            return str(self.word(value))
        if kind := self.kind(column):
            return written(kind, value, currency)
        if hasattr(value, "strftime"):
            return language.day(value, "d MMM yyyy")
        if isinstance(value, bool) or type(value).__name__ == "bool":
            return _("yes") if value else ""
        return language.number(value, 2 if isinstance(value, float) else 0)

    def _heads(self) -> dict[str, str]:
        return _merged(language.current(), heads, self.heads)

    def _words(self) -> dict[object, str]:
        return _merged(language.current(), words, self.words)


def written(kind: str, value: Any, currency: str = "EUR") -> str:
    """A value of this kind as people write it here.

    >>> written("share", 0.3333333), written("cents", -0.001)
    ('33.3%', '€0.00')
    """
    if kind == "share":
        return language.percent(value, 1)
    if kind in ("money", "cents"):
        decimals = 2 if kind == "cents" else 0
        return language.money(value if round(value, decimals) else 0.0, currency, decimals)
    if kind == "p":
        return f"< {language.number(0.001, 3)}" if value < 0.001 else language.number(value, 3)
    if kind in ("date", "month"):
        return language.day(value, "MMMM yyyy" if kind == "month" else "d MMM yyyy")
    if kind == "points":
        return language.number(value * 100, 1)
    return language.number(value, {"count": 0, "number": 1, "score": 2}[kind])


@lru_cache
def _merged(_spoken: str, common: Callable[[], dict], own: Callable[[], Mapping]) -> dict:
    """What all chapters share and what one of them adds, in one language."""
    return {**common(), **own()}


def heads() -> dict[str, str]:
    """The heads of the columns that several chapters have."""
    return {
        "stage": _("Stage"),
        "answer": _("Answer"),
        "count": _("Count"),
        "n": _("n"),
        "share": _("Share"),
        "low": _("From"),
        "high": _("To"),
        "net": _("Net effort"),
        "other": _("Compared with"),
        "difference": _("Difference (points)"),
        "p": _("p (corrected)"),
        "verdict": _("Different?"),
        "segment": _("Group"),
        "shrunk": _("Share, evened out"),
        "small": _("Small group"),
        "week": _("Week of"),
        "month": _("Month of"),
        "topic": _("Topic"),
        "words": _("Words"),
        "quote": _("Quote"),
        "measure": _("Measure"),
        "effort": _("Effort"),
        "benchmark": _("Handbook"),
        "within": _("To within ±"),
        "needed": _("Answers needed"),
        "answers": _("Answers"),
        "question": _("Question"),
        "column": _("Column"),
        "invitations": _("Invitations to send"),
        "reach": _("Reach"),
        "effect": _("Buy again: difference (points)"),
        "value": _("Value per year"),
        "value_low": _("Value, from"),
        "value_high": _("Value, to"),
        "rank": _("Rank"),
        "new": _("New"),
        "returned": _("Came back"),
        "lapsed": _("Lapsed"),
        "active": _("Active"),
        "rate": _("Lapsed, share"),
        "trait": _("Trait"),
        "responders": _("Responders"),
        "customers": _("All customers"),
    }


def words() -> dict[object, str]:
    """What the workbook and its demo shop put in tables, and how people say it."""
    from csworkbook.demo.words import said

    return said() | {
        "choosing": _("Choosing"),
        "buying": _("Buying"),
        "after": _("After purchase"),
        1: _("Hardly any"),
        2: _("Some"),
        3: _("Far too much"),
        "yes": _("yes"),
        "no": _("no"),
        "cannot tell yet": _("cannot tell yet"),
        "email": _("e-mail"),
        "phone": _("phone"),
        "chat": _("chat"),
        "social": _("social media"),
        "whatsapp": "WhatsApp",
        "device": _("Device"),
        "customer_type": _("Customer type"),
        "channel": _("Channel"),
        "category": _("Category"),
        "mobile": _("mobile"),
        "desktop": _("desktop"),
        "tablet": _("tablet"),
        "new": _("new"),
        "returning": _("returning"),
        "buy_again": _("would buy again"),
        "spend_more": _("would spend more"),
        "negative_word": _("would not recommend (0–6)"),
        "bought_again": _("bought again"),
        "orders": _("orders per customer"),
        "revenue": _("revenue per customer"),
    }


_WORDY = ("stage", "other", "verdict", "segment", "measure", "trait")
_KINDS = {
    column: kind
    for kind, columns in {
        "share": ("share", "low", "high", "shrunk", "reach", "rate", "benchmark", "within"),
        "points": ("net", "difference", "effect"),
        "count": ("count", "n", "needed", "invitations", "new", "returned", "lapsed", "active", "rank"),
        "money": ("value", "value_low", "value_high"),
        "p": ("p",),
        "date": ("week",),
        "month": ("month",),
    }.items()
    for column in columns
}

COMMON = Vocabulary()
