"""Which tables are in this spreadsheet? Cells keep the types they have there."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from csworkbook.errors import DataError, SettingError
from csworkbook.intake import blocks
from csworkbook.intake import header as headers
from csworkbook.intake.head import header_notes, no_rows, require_columns
from csworkbook.intake.raw import Raw, no_broken
from csworkbook.language import gettext as _
from csworkbook.language import join

if TYPE_CHECKING:
    from collections.abc import Callable

Cells = list[list[object]]
_LOOK = 30


def read(data: bytes, filename: str, *, sheet: str | None = None) -> list[Raw]:
    """The tables of a spreadsheet, one per sheet that has any; only `sheet` when it is named.

    Hidden sheets are read only when they are asked for, or when no other holds a table.
    """
    book = _open(data, filename)
    if sheet is not None and sheet not in book.sheet_names:
        raise SettingError(
            _("{file} has no sheet called “{sheet}”.").format(file=filename, sheet=sheet),
            allowed=_("Its sheets: {sheets}.").format(sheets=join(list(book.sheet_names))),
        )
    if sheet is not None:
        return _tables(book, [sheet], filename)
    shown, hidden = _by_sight(book)
    try:
        tables = _tables(book, shown, filename)
    except DataError:
        if not hidden:
            raise
        return _tables(book, hidden, filename)
    if not hidden:
        return tables
    said = _("Hidden sheets were passed over: {sheets}.").format(
        sheets=join([f"“{name}”" for name in hidden])
    )
    return [replace(tables[0], notes=(*tables[0].notes, said)), *tables[1:]]


def _by_sight(book) -> tuple[list[str], list[str]]:
    """The names of the sheets that are shown and of those that are hidden."""
    shown, hidden = [], []
    for sheet in book.sheets_metadata:
        (shown if str(sheet.visible).endswith(".Visible") else hidden).append(sheet.name)
    return shown, hidden


def _tables(book, names: list[str], filename: str) -> list[Raw]:
    tables, first_error = [], None
    for name in names:
        try:
            tables += _parts(_cells(book, name, filename), filename, name)
        except DataError as error:
            first_error = first_error or error
    if not tables:
        raise first_error or _empty(filename)
    return tables


def _parts(cells: Cells, filename: str, name: str) -> list[Raw]:
    """The tables under each other on one sheet, each with its title as `part` where there are several."""
    starts = _starts(cells)
    if len(starts) < 2:
        return [table(cells, filename, name)]
    ends = [*(start for start, _title in starts[1:]), len(cells)]
    titles = headers.unique([title for _start, title in starts])
    found, refused = [], None
    for (start, _title), end, title in zip(starts, ends, titles, strict=True):
        try:
            raw = table(cells[start:end], filename, name)
            found.append(replace(raw, lines=raw.lines + start, part=title))
        except DataError as error:
            refused = refused or error
    if not found:
        raise refused or _empty(filename)
    return found


def _starts(cells: Cells) -> list[tuple[int, str]]:
    """Where each of several tables begins, and its title; fewer than two where the sheet is one table."""
    blank = [place for place, row in enumerate(cells) if not any(map(_said, row))]
    if not blank:
        return []
    edges = [-1, *blank, len(cells)]
    sections = [_section(cells, start + 1, end) for start, end in pairwise(edges) if end > start + 1]
    tables = blocks.grouped(sections)
    return [(group[0].start if at else 0, blocks.title(group[0])) for at, group in enumerate(tables)]


def _section(cells: Cells, start: int, end: int) -> blocks.Section:
    rows = [[_text(cell) for cell in row] for row in cells[start : min(end, start + _LOOK)]]
    for row in rows:
        while row and not row[-1]:
            row.pop()
    return blocks.Section(start, start, end, "", rows)


def _open(data: bytes, filename: str):
    import python_calamine

    def load():
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))

    return _guarded(load, filename)


def _cells(book, name: str, filename: str) -> Cells:
    def load() -> Cells:
        sheet = book.get_sheet_by_name(name)
        return _unmerged(sheet.to_python(skip_empty_area=False), sheet)

    return _guarded(load, filename)


def _guarded(load: Callable, filename: str):
    """Run the reader; whatever it dislikes becomes one clear error."""
    import python_calamine

    try:
        return load()
    except python_calamine.PasswordError as error:
        raise locked(filename) from error
    except (DataError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the reader's panics are no Exceptions
        raise _damaged(filename) from error


def locked(filename: str) -> DataError:
    """The error for a spreadsheet with a password."""
    return DataError(
        _("{file} is protected with a password.").format(file=filename),
        next_step=_(
            "Open it in Excel, take the password off (File, Info, Protect), save it and bring that file."
        ),
    )


def _damaged(filename: str) -> DataError:
    return DataError(
        _("{file} cannot be opened: it is damaged or not what its name says.").format(file=filename),
        next_step=_("Open it in Excel or LibreOffice, save it as XLSX or CSV, and bring that file."),
    )


def _empty(filename: str) -> DataError:
    return DataError(
        _("{file} is empty.").format(file=filename),
        next_step=_(
            "Export it again and check that it has rows; if its cells hold formulas, open it in Excel and save it."
        ),
    )


def _unmerged(cells: Cells, sheet) -> Cells:
    """Cells merged downwards hold their value in every row (those merged sideways are headings)."""
    for (top, left), (bottom, right) in getattr(sheet, "merged_cell_ranges", None) or []:
        if left == right:
            for row in range(top + 1, min(bottom + 1, len(cells))):
                cells[row][left] = cells[top][left]
    return cells


def table(cells: Cells, filename: str, name: str | None) -> Raw:
    """The table in rows of cells, below whatever stands above its header."""
    import numpy as np
    import pandas as pd

    while cells and not any(_said(cell) for cell in cells[-1]):
        cells.pop()
    if not cells:
        raise _empty(filename)
    width = max(place + 1 for row in cells for place, cell in enumerate(row) if _said(cell))
    rows = [[_text(cell) for cell in row[:width]] for row in cells[: headers.LOOK]]
    blank = next(place for place, row in enumerate(rows) if any(row)) if any(map(any, rows)) else 0
    found = headers.find(rows[blank:])
    require_columns(found.names, filename)
    first = blank + found.data
    if first >= len(cells):
        raise no_rows(filename)
    columns = {
        title: pd.Series(
            [_cell(row[place]) if place < len(row) else None for row in islice(cells, first, None)],
            dtype=object,
        )
        for place, title in enumerate(found.names)
    }
    frame = pd.DataFrame(columns)
    return Raw(frame, np.arange(len(frame)) + first + 1, no_broken(), header_notes(found), filename, name)


def _said(cell: object) -> bool:
    return not (cell is None or (isinstance(cell, str) and not cell.strip()))


def _cell(cell: object) -> object:
    """A cell as Python has it: none for empty, whole numbers without a decimal point."""
    if not _said(cell):
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if type(cell) is datetime.date:
        return datetime.datetime(cell.year, cell.month, cell.day)
    return cell


def _text(cell: object) -> str:
    """A cell as text, to look for the header."""
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return "" if not _said(cell) else str(_cell(cell))
