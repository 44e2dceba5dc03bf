"""What every result shares: table, text, picture, findings, and how a table is shown to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, ClassVar

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.vocabulary import COMMON, ORDERED, Vocabulary

__all__ = ["Result", "Vocabulary", "head", "question", "word"]

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
    # of these, the columns that only a download and the notebook show, so that a page's table can be read
    spare: ClassVar[tuple[str, ...]] = ()
    # whether its rows are people, who are not to go into a report that is printed or mailed
    people: ClassVar[bool] = False
    # the chapter function that lists the rows behind a mark of the picture; a mark's id (plotly's `ids`) is
    # JSON of the choices for it, such as {"channel": "chat"}
    opens: ClassVar[str] = ""
    # whether `low` and `high` bound a difference of shares, shown in points
    in_points: ClassVar[bool] = False
    vocabulary: ClassVar[Vocabulary] = COMMON

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
    def further(self) -> str:
        """What follows in `text` after the headline."""
        return self.text[len(self.headline) :].strip()

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
        return [self.vocabulary.head(column) for column in self.columns]

    def cells(self) -> list[list[str]]:
        """The shown cells as people read them, row by row."""
        return [
            [self.cell(column, value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.table[self.columns].itertuples(index=False)
        ]

    def sortable(self) -> pd.DataFrame:
        """The shown columns as they sort: answers in their own order, not by the alphabet."""
        import pandas as pd

        answers = pd.CategoricalDtype([1, 2, 3], ordered=True)
        shown = self.table[self.columns]
        return shown.astype({column: answers for column in self.columns if column in ORDERED})

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it; the ends of a difference are in points, as the difference is."""
        column = "difference" if self.in_points and column in ("low", "high") else column
        return self.vocabulary.cell(column, value, getattr(self, "currency", "EUR"))

    def sheet(self) -> pd.DataFrame:
        """The table for a spreadsheet: numbers as numbers, heads and known words in the language spoken now."""
        words = {c: self.table[c].map(self._said(c)) for c in self.columns if self.vocabulary.says(c)}
        renamed = self.table[self.columns].assign(**words)
        return renamed.set_axis(self.heads(), axis=1)

    def _said(self, column: str) -> Callable[[object], object]:
        """How the words of a column are said; a number stays a number unless it stands for an answer."""
        coded = column in (*ORDERED, *self.vocabulary.wordy)
        return lambda value: self.vocabulary.word(value) if coded or isinstance(value, str) else value

    def kinds(self) -> dict[str, str]:
        """How each head's cells are written in a spreadsheet: share, points, money, count, number, date."""
        return {self.vocabulary.head(column): self.vocabulary.sheet_kind(column) for column in self.columns}

    def _repr_html_(self) -> str:
        return f"<p><strong>{escape(self.text)}</strong></p>{_html(self)}"


def question(
    text: str,
    *,
    labels: Callable[[], Mapping[str, str]] = dict,
    choices: Callable[[], Mapping[tuple[str, object], str]] = dict,
) -> Callable[[Callable], Callable]:
    """Name the owner's question a chapter function answers, and what its parameters are called on a page.

    Parameters
    ----------
    text : str
        English, marked for the catalogue; panels show it as their head.
    labels : callable
        Gives the label of each parameter that has a control, in the language spoken now.
    choices : callable
        Gives how an option is said, by (parameter, option).
    """

    def named(function: Callable) -> Callable:
        function.question, function.labels, function.choices = text, labels, choices
        return function

    return named


def head(column: str) -> str:
    """A column's name as a table head, as far as all chapters share it."""
    return COMMON.head(column)


def word(value: object) -> object:
    """A value that the workbook or its demo shop put in a table, as people say it; anything else unchanged."""
    return COMMON.word(value)


def _html(result: Result, rows: int = 30) -> str:
    heads = "".join(f"<th>{escape(one)}</th>" for one in result.heads())
    lines = [
        "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in result.cells()[:rows]
    ]
    more = len(result.table) - rows
    said = _("… and {n} more rows").format(n=language.number(more))
    rest = f"<p>{escape(said)}</p>" if more > 0 else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>{rest}"
