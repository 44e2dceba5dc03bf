"""What kind of file is this, and what tables does it hold? Bytes in, `Raw` tables out.

The first bytes decide, not the name. What is no table gets an error that says what it is instead.
"""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from csworkbook.errors import DataError
from csworkbook.intake import archive, blocks, parquet, records, sheets
from csworkbook.intake.encoding import to_utf8
from csworkbook.intake.raw import Raw
from csworkbook.language import gettext as _
from csworkbook.language import mark

if TYPE_CHECKING:
    from csworkbook.intake.batches import Batches

MOST_BYTES = 1 << 30
LARGE = 64_000_000
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZ = b"\x1f\x8b"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
_JSON = re.compile(rb"""[\xef\xbb\xbf\s]*(?:\{\s*["}]|\[\s*[\[\]{"\d])""")
_KINDS = (
    (b"\x89PNG", mark("a picture (PNG)")),
    (b"\xff\xd8\xff", mark("a picture (JPEG)")),
    (b"GIF8", mark("a picture (GIF)")),
    (b"%PDF", mark("a PDF document")),
    (b"{\\rtf", mark("a text document (RTF)")),
    (b"Rar!", mark("a compressed file (RAR)")),
    (b"7z\xbc\xaf", mark("a compressed file (7z)")),
    (b"BZh", mark("a compressed file (BZ2)")),
    (b"\xfd7zXZ", mark("a compressed file (XZ)")),
    (b"\x28\xb5\x2f\xfd", mark("a compressed file (ZST)")),
    (b"SQLite format 3", mark("a database (SQLite)")),
)


def read(
    source: str | os.PathLike | bytes | IO[bytes], *, filename: str | None = None, sheet: str | None = None
) -> list[Raw]:
    """The tables of a file, as they stand there.

    Parameters
    ----------
    source : path, bytes or binary file
        CSV, TSV, XLSX, XLS, ODS, JSON, JSON Lines or Parquet, a GZ or ZIP file or a folder of those.
    filename : str, optional
        The name to use in messages; by default that of the path or file.
    sheet : str, optional
        Read this sheet of a spreadsheet only.

    Raises
    ------
    DataError
        When the file is empty, too big, no table, damaged or locked.
    """
    room = archive.Room(MOST_BYTES)
    if isinstance(source, (str, os.PathLike)) and Path(source).is_dir():
        name = filename or Path(source).resolve().name
        return archive.read(
            archive.folder(Path(source)), name, room, partial(_tables, room=room, sheet=sheet)
        )
    data, name = _bytes(source, filename)
    return _tables(data, name, room=room, sheet=sheet)


def large(path: str | os.PathLike) -> bool:
    """Whether this file is to be read in batches: delimited text or Parquet above 64 MB."""
    path = Path(path)
    if not path.is_file() or path.stat().st_size <= LARGE:
        return False
    with path.open("rb") as file:
        head = file.read(1 << 16)
    return head.startswith(_PARQUET) or _is_delimited(head, path.name)


def batches(path: str | os.PathLike, *, filename: str | None = None, rows: int = 100_000) -> Batches:
    """Delimited text or Parquet of any size, in batches of about so many rows.

    Iterate over it as often as needed: each time it gives the same `Raw` tables, with their lines and the lines that
    are no rows. Its `head` is for recognising the table.

    Raises
    ------
    DataError
        As `read` does; a JSON file, a spreadsheet or a ZIP is not read in batches.
    """
    from csworkbook.intake import batches as parts

    path = Path(path)
    name = filename or path.name
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError as error:
        raise _unopened(path) from error
    _require_content(head, name)
    if head.startswith(_PARQUET):
        return parts.of_parquet(path, name, rows=rows)
    if _is_packed(head):
        _refuse(name, _("a file that is not read in parts"))
    _require_text(head, name)
    return parts.of_text(path, name, rows=rows)


def _is_packed(head: bytes) -> bool:
    """Whether these first bytes are those of JSON, a spreadsheet or a compressed file."""
    return head.startswith((*_ZIP, _GZ, _OLE)) or _JSON.match(head) is not None


def _is_delimited(head: bytes, name: str) -> bool:
    """Whether these first bytes are those of text with columns."""
    try:
        _require_text(head, name)
    except DataError:
        return False
    return not _is_packed(head)


def _tables(
    data: bytes, name: str, *, room: archive.Room, sheet: str | None = None, deep: int = 0
) -> list[Raw]:
    """The tables of a file by its first bytes; `deep` counts the archives around it."""
    _require_content(data, name)
    inside = partial(_tables, room=room, sheet=sheet, deep=deep + 1)
    if data.startswith((*_ZIP, _GZ)) and deep >= archive.MOST_DEEP:
        _refuse(name, _("a compressed file inside compressed files"))
    if data.startswith(_GZ):
        return inside(archive.unpacked(data, name, room), re.sub(r"(?i)\.gz$", "", name))
    if data.startswith(_ZIP):
        if archive.is_workbook(data):
            return sheets.read(data, name, sheet=sheet)
        return archive.read(archive.members(data, name), name, room, inside)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise sheets.locked(name)
        return sheets.read(data, name, sheet=sheet)
    if data.startswith(_PARQUET):
        return parquet.read(data, name)
    _require_text(data, name)
    text = to_utf8(data)
    if _JSON.match(text.data[:4096]):
        return records.read(text, name)
    return blocks.read(text, name)


def _require_content(data: bytes, name: str) -> None:
    nothing = b"\x00\r\n\t ;,\xef\xbb\xbf\xff\xfe"
    if not data[:4096].strip(nothing) and not data.strip(nothing):
        raise DataError(
            _("{file} is empty.").format(file=name),
            next_step=_("Export it again and check that it has rows."),
        )


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
            raise _unopened(path) from error
    _require_size(len(data), name)
    return data, name


def _unopened(path: Path) -> DataError:
    return DataError(
        _("{file} cannot be opened.").format(file=path),
        next_step=_("Check that it is there and that no other program keeps it locked."),
    )


def _require_size(size: int, name: str) -> None:
    if size > MOST_BYTES:
        raise DataError(
            _("{file} is larger than {most} MB.").format(file=name, most=MOST_BYTES >> 20),
            next_step=_("Export a shorter period, or split the file in parts and bring them one by one."),
        )


def _require_text(data: bytes, name: str) -> None:
    for start, kind in _KINDS:
        if data.startswith(start):
            _refuse(name, _(kind))
    head = data[:65536]
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        strange = len(
            head.translate(None, b"\x01\t\n\r\f\x0b\x1a\x1b\x1c\x1d\x1e\x1f" + bytes(range(32, 256)))
        )
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
    if head[257:262] == b"ustar":
        _refuse(name, _("a compressed file (TAR)"))


def _refuse(name: str, kind: str):
    raise DataError(
        _("{file} is {kind}, not a table.").format(file=name, kind=kind),
        allowed=_(
            "CSV, TSV, XLSX, XLS, ODS, JSON and Parquet files can be read, and a ZIP or folder of those."
        ),
        next_step=_("Export the orders, contacts or answers as CSV or XLSX and bring that file."),
    )
