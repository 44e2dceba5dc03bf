"""Which tables are inside this ZIP, folder or compressed file? Every file in it by the reader of single files.

What is no table is passed over with a note, as long as something else is one. Files that a system adds on its own
(``__MACOSX``, names that begin with a dot) are not looked at, and nothing is unpacked that would not fit.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from csworkbook.errors import DataError, WorkbookError
from csworkbook.intake.raw import Raw
from csworkbook.language import gettext as _
from csworkbook.language import join

MOST_FILES = 1000
MOST_DEEP = 3
_UNREADABLE = (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError)
_NO_FILES = {"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"}


@dataclass(frozen=True)
class Member:
    """A file inside a ZIP or folder: its path there, its size, and its bytes when asked for."""

    name: str
    size: int
    load: Callable[[], bytes]


class Room:
    """How many bytes may still be unpacked, over all archives inside archives."""

    def __init__(self, most: int) -> None:
        self.most = self.left = most

    def take(self, size: int, filename: str) -> None:
        """Use some of it; DataError where there is not enough."""
        if size > self.left:
            raise DataError(
                _("{file} is larger than {most} MB when it is unpacked.").format(
                    file=filename, most=self.most >> 20
                ),
                next_step=_("Unpack it, and bring the files in it one by one."),
            )
        self.left -= size


Reader = Callable[[bytes, str], list[Raw]]


def is_workbook(data: bytes) -> bool:
    """Whether a ZIP is an Excel or OpenDocument spreadsheet (a damaged one is taken for it)."""
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except _UNREADABLE:
        return True
    return any(name.startswith("xl/") for name in names) or "content.xml" in names


def members(data: bytes, filename: str) -> list[Member]:
    """The files in a ZIP."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_noise(entry.filename)]
    if any(entry.flag_bits & 1 for entry in entries):
        raise DataError(
            _("{file} is protected with a password.").format(file=filename),
            next_step=_("Unpack it, and bring the files in it."),
        )
    return [Member(entry.filename, entry.file_size, _loader(archive, entry, filename)) for entry in entries]


def folder(path: Path) -> list[Member]:
    """The files in a folder and the folders in it."""
    found = []
    for place, inside, names in os.walk(path):
        inside[:] = sorted(name for name in inside if not _is_noise(name))
        for name in sorted(names):
            file = Path(place) / name
            if not _is_noise(name) and file.is_file():
                found.append(Member(file.relative_to(path).as_posix(), file.stat().st_size, file.read_bytes))
    return found


def read(found: list[Member], filename: str, room: Room, reader: Reader) -> list[Raw]:
    """The tables of all members, each with the name of its member as `part`.

    Parameters
    ----------
    found : list of Member
    filename : str
        The name of the ZIP or folder.
    room : Room
        The bytes that all of them together may take.
    reader : function
        Bytes and a name to tables; what it refuses with a DataError is passed over with a note.
    """
    _require_fit(found, filename, room)
    tables, refused = [], []
    for member in found:
        name = _("{member} in {file}").format(member=member.name, file=filename)
        try:
            read_ones = reader(member.load(), name)
        except WorkbookError as error:
            refused.append((member.name, error))
            continue
        tables += [replace(raw, filename=filename, part=_part(member.name, raw.part)) for raw in read_ones]
    if not tables:
        raise _nothing(refused, filename)
    passed = tuple(_("Passed over: {what}").format(what=error.what) for _name, error in refused)
    return [replace(tables[0], notes=(*tables[0].notes, *passed)), *tables[1:]]


def unpacked(data: bytes, filename: str, room: Room) -> bytes:
    """The content of a GZ file."""
    try:
        with gzip.open(io.BytesIO(data)) as file:
            content = file.read(room.left + 1)
    except _UNREADABLE as error:
        raise _damaged(filename) from error
    room.take(len(content), filename)
    return content


def _part(member: str, inner: str | None) -> str:
    return f"{member} – {inner}" if inner else member


def _is_noise(name: str) -> bool:
    """Whether a system put this there on its own, or hid it."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(
        part.startswith((".", "~$")) or part == "__MACOSX" for part in parts if part not in (".", "..")
    )
    return hidden or (bool(parts) and parts[-1].lower() in _NO_FILES)


def _loader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, filename: str) -> Callable[[], bytes]:
    """Reads one member; never more than the size that was said, and damage is told from other mistakes."""

    def load() -> bytes:
        try:
            with archive.open(entry) as file:
                return file.read(entry.file_size)
        except _UNREADABLE as error:
            raise _damaged(_("{member} in {file}").format(member=entry.filename, file=filename)) from error

    return load


def _require_fit(found: list[Member], filename: str, room: Room) -> None:
    if len(found) > MOST_FILES:
        raise DataError(
            _("{file} holds {count} files.").format(file=filename, count=len(found)),
            allowed=_("At most {count} files can be read at once.").format(count=MOST_FILES),
            next_step=_("Bring them in parts, a year at a time for instance."),
        )
    room.take(sum(member.size for member in found), filename)


def _damaged(filename: str) -> DataError:
    return DataError(
        _("{file} cannot be opened: it is damaged or not what its name says.").format(file=filename),
        next_step=_("Export or download it again, and bring that file."),
    )


def _nothing(refused: list[tuple[str, WorkbookError]], filename: str) -> WorkbookError:
    """The error when no member is a table; that of the member itself when there is one only."""
    if len(refused) == 1:
        return refused[0][1]
    if not refused:
        return DataError(
            _("{file} is empty.").format(file=filename),
            next_step=_("Export it again and check that it has rows."),
        )
    return DataError(
        _("{file} holds no file that is a table.").format(file=filename),
        where=_("In it: {files}.").format(files=join([f"“{name}”" for name, _error in refused[:8]])),
        allowed=_(
            "CSV, TSV, XLSX, XLS, ODS, JSON and Parquet files can be read, and a ZIP or folder of those."
        ),
        next_step=_("Export the orders, contacts or answers as CSV or XLSX and bring that file."),
    )
