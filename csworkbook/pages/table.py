"""How does a frame become a table that sorts, for eyes, keyboard and screen reader?"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import traitlets

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.language import number
from csworkbook.pages.talking import Talking, script

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 2000


class Table(Talking):
    """A table that sorts by its heads.

    Parameters
    ----------
    frame : pandas.DataFrame
        What to show; its index is left out. At most 2,000 rows are sent to the browser.
    formats : dict
        Column name → function that writes one value. Without one: numbers and dates as written in
        the page's language (whole numbers without, others with two decimals).
    heads, hints : dict
        Column name → its head, and a longer explanation.
    caption : str
        What the table shows; read aloud first.
    on_row : callable
        Called with the position in `frame` of a row that was chosen; makes rows choosable.
    """

    _esm = script("table.js")
    _questions = ("row",)
    columns = traitlets.List().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    selectable = traitlets.Bool(False).tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)

    def __init__(
        self,
        frame: pd.DataFrame,
        formats: dict[str, Callable[[Any], str]] | None = None,
        *,
        heads: dict[str, str] | None = None,
        hints: dict[str, str] | None = None,
        caption: str = "",
        on_row: Callable[[int], Any] | None = None,
    ) -> None:
        self.formats, self.heads, self.hints, self.on_row = formats or {}, heads or {}, hints or {}, on_row
        super().__init__(labels=_table_labels(), caption=caption, selectable=on_row is not None)
        self.show(frame)

    def show(
        self,
        frame: pd.DataFrame,
        *,
        caption: str | None = None,
        written: list[list[str]] | None = None,
        wrapped: Collection[str] = (),
        note: str = "",
    ) -> None:
        """Show another frame; the order chosen by the reader stays.

        `written` gives the cells as they are shown, row by row; `frame` then only says how they sort.
        Numbers stay on one line, but for the columns `wrapped`. `note` stands below the table.
        """
        sent = frame.head(MOST_ROWS)
        cells = [_cells(sent.iloc[:, i], self.formats.get(name)) for i, name in enumerate(frame.columns)]
        for i, column in enumerate(cells if written else []):
            for cell, row in zip(column, written, strict=False):
                cell[0] = row[i]
        with self.hold_sync():
            self.columns = [
                self._column(name, frame.iloc[:, i]) | ({"wraps": True} if name in wrapped else {})
                for i, name in enumerate(frame.columns)
            ]
            self.rows = [list(row) for row in zip(*cells, strict=True)]
            self.caption = self.caption if caption is None else caption
            self.note = " ".join(filter(None, (note, _shortened(len(sent), len(frame)))))
            self.chosen = -1

    def _column(self, name: Any, values: pd.Series) -> dict[str, str]:
        align = "right" if values.dtype.kind in "iufc" else "left"
        head, hint = self.heads.get(name, str(name)), self.hints.get(name, "")
        return {"name": str(name), "label": head, "align": align, "hint": hint}

    def _row(self, message: dict, _buffers: list) -> dict:
        index = message.get("index")
        if self.on_row and isinstance(index, int) and 0 <= index < len(self.rows):
            self.on_row(index)
        return {}


def _cells(values: pd.Series, write: Callable[[Any], str] | None) -> list[list]:
    """Each value as [text, what to sort by]; empty values as ["–", None]."""
    empty = values.isna().tolist()
    places = values.cat.codes.tolist() if getattr(values.dtype, "ordered", False) else None
    write = write or _writer(values)
    pairs = zip(values.tolist(), empty, places or [None] * len(empty), strict=True)
    return [["–", None] if none else [str(write(v)), _sort_by(v) if p is None else p] for v, none, p in pairs]


def _writer(values: pd.Series) -> Callable[[Any], str]:
    """How a column is written where nobody said so: whole numbers without decimals, others with two."""
    if values.dtype.kind == "f" and not (values.dropna() % 1 == 0).all():
        return lambda value: number(value, 2)
    return _written


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (int, float)):
        return number(value)
    return language.day(value, "d MMM yyyy") if hasattr(value, "strftime") else str(value)


def _sort_by(value: Any) -> float | str:
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else math.copysign(sys.float_info.max, value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _shortened(sent: int, total: int) -> str:
    if sent == total:
        return ""
    return _("The first {sent} of {total} rows are shown and sorted; the download holds all of them.").format(
        sent=number(sent), total=number(total)
    )


def _table_labels() -> dict[str, str]:
    return {
        "table": _("Table"),
        "all": _("Show all {count} rows"),
        "ascending": _("Sorted by {column}, upwards."),
        "descending": _("Sorted by {column}, downwards."),
        "empty": _("There are no rows."),
    }
