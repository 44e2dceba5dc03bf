"""What kind of file is this, and what table does it hold? Bytes in, `Raw` tables out.

The first bytes decide, not the name. What is no table gets an error that says what it is instead.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from csworkbook.errors import DataError
from csworkbook.intake import delimited, sheets
from csworkbook.intake.encoding import to_utf8
from csworkbook.intake.raw import Raw
from csworkbook.language import gettext as _
from csworkbook.language import mark

MOST_BYTES = 1 << 30
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = (
    (b"\x89PNG", mark("a picture (PNG)")),
    (b"\xff\xd8\xff", mark("a picture (JPEG)")),
    (b"GIF8", mark("a picture (GIF)")),
    (b"%PDF", mark("a PDF document")),
    (b"\x1f\x8b", mark("a compressed file (GZ)")),
    (b"Rar!", mark("a compressed file (RAR)")),
    (b"7z\xbc\xaf", mark("a compressed file (7z)")),
    (b"SQLite format 3", mark("a database (SQLite)")),
)


def read(
    source: str | os.PathLike | bytes | IO[bytes], *, filename: str | None = None, sheet: str | None = None
) -> list[Raw]:
    """The tables of a file, as they stand there.

    Parameters
    ----------
    source : path, bytes or binary file
    filename : str, optional
        The name to use in messages; by default that of the path or file.
    sheet : str, optional
        Read this sheet of a spreadsheet only.

    Raises
    ------
    DataError
        When the file is empty, too big, no table, damaged or locked.
    """
    data, name = _bytes(source, filename)
    nothing = b"\x00\r\n\t ;,\xef\xbb\xbf\xff\xfe"
    if not data[:4096].strip(nothing) and not data.strip(nothing):
        raise DataError(
            _("{file} is empty.").format(file=name),
            next_step=_("Export it again and check that it has rows."),
        )
    if data.startswith(b"PK\x03\x04"):
        return sheets.read(data, name, sheet=sheet) if _is_workbook(data) else _refuse(name, _("a ZIP file"))
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise sheets.locked(name)
        return sheets.read(data, name, sheet=sheet)
    if data.startswith(b"PAR1"):
        return [sheets.parquet(data, name)]
    _require_text(data, name)
    return [delimited.read(to_utf8(data), name)]


def _bytes(source: str | os.PathLike | bytes | IO[bytes], filename: str | None) -> tuple[bytes, str]:
    """The content and the name; too big or not there is an error."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        data, name = bytes(source), filename or _("the file")
    elif hasattr(source, "read"):
        data, name = (
            source.read(MOST_BYTES + 1),
            filename or Path(str(getattr(source, "name", _("the file")))).name,
        )
    else:
        path = Path(source)
        name = filename or path.name
        try:
            _require_size(path.stat().st_size, name)
            data = path.read_bytes()
        except OSError as error:
            raise DataError(
                _("{file} cannot be opened.").format(file=path),
                next_step=_("Check that it is there and that no other program keeps it locked."),
            ) from error
    _require_size(len(data), name)
    return data, name


def _require_size(size: int, name: str) -> None:
    if size > MOST_BYTES:
        raise DataError(
            _("{file} is larger than {most} MB.").format(file=name, most=MOST_BYTES >> 20),
            next_step=_("Export a shorter period, or split the file in parts and bring them one by one."),
        )


def _is_workbook(data: bytes) -> bool:
    """Whether a ZIP holds an Excel or OpenDocument spreadsheet."""
    import zipfile
    from io import BytesIO

    try:
        names = zipfile.ZipFile(BytesIO(data)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True
    return any(name.startswith("xl/") for name in names) or "content.xml" in names


def _require_text(data: bytes, name: str) -> None:
    for start, kind in _KINDS:
        if data.startswith(start):
            _refuse(name, _(kind))
    head = data[:65536]
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        strange = len(head.translate(None, b"\t\n\r\f\x0b\x1a\x1b\x1c\x1d\x1e\x1f" + bytes(range(32, 256))))
        zeros = head.count(0)
        if (
            strange - zeros > 0.02 * len(head)
            or 0.05 * len(head) < zeros < 0.2 * len(head)
            or zeros > 0.6 * len(head)
        ):
            _refuse(name, _("no text but binary data"))
    page = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if page.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head", b"<body")):
        raise DataError(
            _("{file} is a web page, not a spreadsheet, whatever its name says.").format(file=name),
            next_step=_("Open it in Excel or LibreOffice, save it as XLSX or CSV, and bring that file."),
        )
    if page.startswith((b'{"', b"[{", b"{\n", b"[\n")):
        _refuse(name, _("a JSON file"))


def _refuse(name: str, kind: str):
    raise DataError(
        _("{file} is {kind}, not a table.").format(file=name, kind=kind),
        allowed=_("CSV, TSV, XLSX, XLS, ODS and Parquet files can be read."),
        next_step=_("Export the answers as CSV or XLSX and bring that file."),
    )
