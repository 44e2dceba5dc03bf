"""Which table is in this spreadsheet or Parquet file? Cells keep the types they have there."""

from __future__ import annotations

import datetime
import io
from typing import TYPE_CHECKING

from csworkbook.errors import DataError, SettingError
from csworkbook.intake import header as headers
from csworkbook.intake.delimited import _require_columns, header_notes, no_rows
from csworkbook.intake.raw import Raw, no_broken
from csworkbook.language import gettext as _
from csworkbook.language import join

if TYPE_CHECKING:
    from collections.abc import Callable

Cells = list[list[object]]


def read(data: bytes, filename: str, *, sheet: str | None = None) -> list[Raw]:
    """The tables of a spreadsheet, one per sheet that has any; only `sheet` when it is named."""
    book = _open(data, filename)
    if sheet is not None and sheet not in book.sheet_names:
        raise SettingError(
            _("{file} has no sheet called “{sheet}”.").format(file=filename, sheet=sheet),
            allowed=_("Its sheets: {sheets}.").format(sheets=join(list(book.sheet_names))),
        )
    names = [sheet] if sheet is not None else list(book.sheet_names)
    tables, first_error = [], None
    for name in names:
        try:
            tables.append(_table(_cells(book, name, filename), filename, name))
        except DataError as error:
            first_error = first_error or error
    if not tables:
        raise first_error or _empty(filename)
    return tables


def parquet(data: bytes, filename: str) -> Raw:
    """The table of a Parquet file."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        frame = pq.read_table(io.BytesIO(data)).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(filename) from error
    frame.columns = [str(name) for name in frame.columns]
    _require_columns(tuple(frame.columns), None, filename)
    if frame.empty:
        raise no_rows(filename)
    return Raw(frame, np.arange(1, len(frame) + 1), no_broken(), (_("Parquet file."),), filename)


def _open(data: bytes, filename: str):
    import python_calamine

    def load():
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))

    return _guarded(load, filename)


def _cells(book, name: str, filename: str) -> Cells:
    def load() -> Cells:
        sheet = book.get_sheet_by_name(name)
        cells = [list(row) for row in sheet.to_python(skip_empty_area=False)]
        return _unmerged(cells, sheet)

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
        next_step=_("Export it again and check that it has rows."),
    )


def _unmerged(cells: Cells, sheet) -> Cells:
    """Cells merged downwards hold their value in every row (those merged sideways are headings)."""
    for (top, left), (bottom, right) in getattr(sheet, "merged_cell_ranges", None) or []:
        if left == right:
            for row in range(top + 1, min(bottom + 1, len(cells))):
                cells[row][left] = cells[top][left]
    return cells


def _table(cells: Cells, filename: str, name: str) -> Raw:
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
    _require_columns(found.names, None, filename)
    body = [row[: len(found.names)] for row in cells[blank + found.data :]]
    if not body:
        raise no_rows(filename)
    columns = [
        [row[place] if place < len(row) else None for row in body] for place in range(len(found.names))
    ]
    frame = pd.DataFrame(
        {
            title: pd.Series([_cell(cell) for cell in column], dtype=object)
            for title, column in zip(found.names, columns, strict=True)
        }
    )
    lines = np.arange(len(frame)) + blank + found.data + 1
    return Raw(frame, lines, no_broken(), header_notes(found), filename, name)


def _said(cell: object) -> bool:
    return cell is not None and str(cell).strip() != ""


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
