"""What every result shares: table, text, picture, findings, and how a table is shown to people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, ClassVar

from csworkbook import language
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.findings import Finding


@dataclass(frozen=True)
class Result:
    """The answer to one question about a shop.

    Subclasses add what they computed, and say it: `text` (2–4 sentences in the language spoken
    now), `plot()`, `findings()`. Nothing is computed again when it is looked at again.

    Attributes
    ----------
    table : DataFrame
        The numbers, with the column names the docstring of the function gives.
    """

    table: pd.DataFrame
    title: ClassVar[str] = ""
    # columns of `table` that are shown, in order; all when empty
    shown: ClassVar[tuple[str, ...]] = ()
    # whether `low` and `high` bound a difference of shares, shown in points
    in_points: ClassVar[bool] = False

    @property
    def text(self) -> str:
        """What the table says, in sentences."""
        raise NotImplementedError

    def plot(self) -> go.Figure:
        """The picture of this result."""
        raise NotImplementedError

    def findings(self) -> list[Finding]:
        """What it means and what to do; none by default."""
        return []

    @property
    def headline(self) -> str:
        """The first sentence of `text`."""
        end = self.text.find(". ")
        return self.text if end < 0 else self.text[: end + 1]

    @property
    def method(self) -> str:
        """How it was worked out: formula, what was left out, n. In the language spoken now."""
        return ""

    @property
    def columns(self) -> list[str]:
        """The columns of `table` that are shown, in order."""
        return list(self.shown) or [str(column) for column in self.table.columns]

    def heads(self) -> list[str]:
        """The heads of the shown columns, in the language spoken now."""
        return [str(head(column)) for column in self.columns]

    def cells(self) -> list[list[str]]:
        """The shown cells as people read them, row by row."""
        return [
            [self.cell(column, value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.table[self.columns].itertuples(index=False)
        ]

    def sortable(self) -> pd.DataFrame:
        """The shown columns as they sort: answers in their own order, not by the alphabet."""
        shown = self.table[self.columns]
        ordered = [column for column in self.columns if column in _ORDERED]
        return shown.astype({column: _answers() for column in ordered})

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it; the ends of a difference are in points, as the difference is."""
        column = "difference" if self.in_points and column in ("low", "high") else column
        return cell(column, value, getattr(self, "currency", "EUR"))

    def sheet(self) -> pd.DataFrame:
        """The table for a spreadsheet: numbers as numbers, heads and known words in the language spoken now."""
        words = {c: self.table[c].map(word) for c in self.columns if c in _WORDY or c not in _heads()}
        renamed = self.table[self.columns].assign(**words)
        return renamed.set_axis(self.heads(), axis=1)

    def kinds(self) -> dict[str, str]:
        """How each head's cells are written in a spreadsheet: share, points, money, count, number, date."""
        return {str(head(column)): kind(column) for column in self.columns}

    def _repr_html_(self) -> str:
        return f"<p><strong>{escape(self.text)}</strong></p>{_html(self)}"


def question(text: str) -> Callable[[Callable], Callable]:
    """Name the owner's question a chapter function answers; panels show it as their head.

    `text` is English and marked for the catalogue.
    """

    def named(function: Callable) -> Callable:
        function.question = text
        return function

    return named


def head(column: str) -> str:
    """A column's name as a table head."""
    return _heads().get(column) or str(word(column))


def _heads() -> dict[str, str]:
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


def word(value: object) -> object:
    """A value that the workbook or its demo shop put in a table, as people say it; anything else unchanged."""
    known = isinstance(value, (str, int)) and not isinstance(value, bool)
    return _words(language.current()).get(value, value) if known else value


@lru_cache
def _words(_spoken: str) -> dict[object, str]:
    """Every such value and how it is said in one language."""
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


_ORDERED = ("answer", "effort")
_WORDY = ("stage", "other", "answer", "verdict", "segment", "measure", "effort", "trait")
# how the cells of a column are written; a column named in no set is text
_SHARES = {"share", "low", "high", "shrunk", "reach", "rate", "benchmark", "within"}
_POINTS = {"net", "difference", "effect"}
_COUNTS = {"count", "n", "needed", "invitations", "new", "returned", "lapsed", "active", "rank"}
_MONEY = {"value", "value_low", "value_high"}


def cell(column: str, value: object, currency: str = "EUR") -> str:
    """One cell as people read it: percentages, money, dates and words, never 0.3333333."""
    if isinstance(value, (list, tuple)):
        return " / ".join(map(str, value))
    if value is None or value != value:
        return "–"
    if isinstance(value, str):
        return str(word(value))
    if column in _SHARES:
        return language.percent(value, 1)
    if column in _POINTS:
        return language.number(value * 100, 1)
    if column in _COUNTS:
        return language.number(value)
    if column in _MONEY:
        return language.money(value, currency)
    if column == "p":
        return f"< {language.number(0.001, 3)}" if value < 0.001 else language.number(value, 3)
    if hasattr(value, "strftime"):
        return language.day(value, "MMMM yyyy" if column == "month" else "d MMM yyyy")
    if isinstance(value, bool):
        return _("yes") if value else ""
    if isinstance(value, float):
        return language.number(value, 2)
    return str(word(value)) if column in _ORDERED else language.number(value)


def _answers() -> pd.CategoricalDtype:
    import pandas as pd

    return pd.CategoricalDtype([1, 2, 3], ordered=True)


def kind(column: str) -> str:
    """How a column is written: share, points, money, count, number, date, or "" for text."""
    kinds = {"share": _SHARES, "points": _POINTS, "count": _COUNTS, "money": _MONEY, "number": {"p"}}
    dates = {"date": {"week", "month"}}
    return next((name for name, columns in (kinds | dates).items() if column in columns), "")


def _html(result: Result, rows: int = 30) -> str:
    heads = "".join(f"<th>{escape(one)}</th>" for one in result.heads())
    lines = [
        "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in result.cells()[:rows]
    ]
    more = len(result.table) - rows
    said = _("… and {n} more rows").format(n=language.number(more))
    rest = f"<p>{escape(said)}</p>" if more > 0 else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>{rest}"
