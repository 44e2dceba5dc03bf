"""How does a table leave as XLSX or CSV, and stay only a table?

Nothing a customer typed may become a formula in somebody's spreadsheet.
"""

from __future__ import annotations

import io
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

from csworkbook import language
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd hh:mm"}


def xlsx(
    frame: pd.DataFrame, *, name: str, about: list[str] | None = None, kinds: dict[str, str] | None = None
) -> bytes:
    """A table as an Excel workbook, texts as texts, with a second sheet that says what it is.

    Parameters
    ----------
    name : str
        The first sheet's name.
    about : list of str
        Lines of the second sheet.
    kinds : dict
        Column → "share", "points", "money", "count", "number" or "date": how its cells are written.
    """
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **_SAFE}) as book:
        formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in _PATTERNS.items()}
        sheet = book.add_worksheet(_sheet_name(name))
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        sheet.write_row(0, 0, [str(column) for column in frame.columns], bold)
        for place, column in enumerate(frame.columns):
            kind = (kinds or {}).get(column, "")
            _write_column(sheet, place, frame.iloc[:, place], formats.get(kind))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(frame), 1), max(len(frame.columns) - 1, 0))
        _write_about(book, about or [])
    return out.getvalue()


_PATTERNS = {
    "share": "0.0%",
    "points": "0.0%",
    "money": "#,##0",
    "count": "#,##0",
    "number": "#,##0.00",
    "date": "yyyy-mm-dd",
}


def _write_column(sheet, place: int, values: pd.Series, form) -> None:
    texts = values.head(200).dropna().map(str)
    width = max([len(str(values.name)), *map(len, texts)], default=8)
    sheet.set_column(place, place, min(max(width + 2, 9), 60))
    for row, value in enumerate(values.tolist(), 1):
        _write_cell(sheet, row, place, value, form)


def _write_cell(sheet, row: int, place: int, value: Any, form) -> None:
    if _is_empty(value):
        sheet.write_blank(row, place, None)
    elif isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, Real) and isfinite(value):
        sheet.write_number(row, place, value, form)
    elif hasattr(value, "strftime"):
        plain = value.replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
        sheet.write_datetime(row, place, plain, form)
    else:
        sheet.write_string(row, place, str(value)[:32_767])


def _is_empty(value: Any) -> bool:
    """None, NaN, NaT or pandas' NA."""
    import pandas as pd

    return value is None or value is pd.NA or value != value


def _write_about(book, lines: list[str]) -> None:
    if lines:
        sheet = book.add_worksheet(_("About"))
        sheet.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, line)


def _sheet_name(name: str) -> str:
    name = f"{name} 1" if name == _("About") else name
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in name)[:31].strip() or "1"


def csv(frame: pd.DataFrame) -> bytes:
    """A table as CSV that opens right in the spreadsheets of this language, formula-safe.

    Dutch: semicolon and decimal comma; English: comma and point. UTF-8 with BOM. A text that a
    spreadsheet would run as a formula gets an apostrophe in front; that includes texts such as
    ``+31 …`` and ``-12,50``.
    """
    dutch = language.current() == "nl"
    texts = frame.dtypes.map(lambda dtype: dtype.kind not in "biufMm").tolist()
    safe = frame.copy(deep=False)
    for place in [place for place, text in enumerate(texts) if text]:  # by place: heads may come twice
        safe.isetitem(place, frame.iloc[:, place].astype(object).map(harmless))
    safe.columns = [harmless(str(column)) for column in frame.columns]
    text = safe.to_csv(
        index=False, sep=";" if dutch else ",", decimal="," if dutch else ".", lineterminator="\r\n"
    )
    return ("\ufeff" + text).encode("utf-8")


def harmless(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula; other values unchanged.

    >>> harmless("=1+1")
    "'=1+1"
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return "'" + value
    return value
