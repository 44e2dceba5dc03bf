"""How does a file come in from the browser, slice by slice, and go again?"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
import weakref
import zlib
from pathlib import Path

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import join, number

SLICE = 1 << 20
PREFIX = "csworkbook-upload-"
_OLD = 6 * 3600


class Arrival:
    """A file on its way in: a private temporary file that is filled slice by slice.

    Slices may come in any order and more than once; each is written at its own place.

    Parameters
    ----------
    name : str
        The user's own name for the file; only its last part and its ending are kept.
    size : int
        How long the file will be, in bytes.
    """

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = bare_name(name), size
        self.missing = set(range(-(-size // SLICE)))
        suffix = Path(self.name).suffix.lower()
        handle, path = tempfile.mkstemp(prefix=PREFIX, suffix=suffix if suffix.isascii() else "")
        self.path = Path(path)
        self._file = os.fdopen(handle, "r+b")
        self._gone = weakref.finalize(self, _remove, self._file, self.path)

    def take(self, n: int, data: bytes | memoryview, *, packed: bool = False) -> None:
        """Write slice `n`, gzipped when `packed`.

        Raises
        ------
        DataError
            When the slice does not belong to this file or has not its full length.
        """
        length = min(SLICE, self.size - n * SLICE) if isinstance(n, int) and n >= 0 else 0
        content = _unpacked(data, length) if packed else bytes(data)
        if length <= 0 or len(content) != length:
            raise self._broken()
        self._file.seek(n * SLICE)
        self._file.write(content)
        self.missing.discard(n)

    def finish(self) -> Path:
        """The path of the whole file; `drop` it after use.

        Raises
        ------
        DataError
            When slices are missing.
        """
        if self.missing:
            raise self._broken()
        self._file.close()
        return self.path

    def drop(self) -> None:
        """Delete the file."""
        self._gone()

    def _broken(self) -> DataError:
        return DataError(
            _("“{name}” did not arrive whole.").format(name=self.name),
            next_step=_("Choose the file once more."),
        )


def check(name: str, size: int, *, accept: tuple[str, ...], limit_mb: float) -> None:
    """Is this a file the page wants?

    Raises
    ------
    DataError
        When the kind of file is another one, or it is larger than `limit_mb` (1024 × 1024 bytes each).
    """
    name = bare_name(name)
    if accept and Path(name).suffix.lower() not in accept:
        raise DataError(
            _("“{name}” is not a kind of file this page can read.").format(name=name),
            allowed=_("It reads {kinds}.").format(kinds=join([kind.lstrip(".").upper() for kind in accept])),
            next_step=_("Export your data as one of these and choose that file."),
        )
    if not isinstance(size, int) or not 0 <= size <= limit_mb * SLICE:
        raise DataError(
            _("“{name}” is {size} MB.").format(name=name, size=_megabytes(size)),
            allowed=_("At most {limit} MB is allowed.").format(limit=number(limit_mb)),
            next_step=_("Export a shorter period or fewer columns."),
        )


def bare_name(name: str) -> str:
    """A file name without folders and control characters, at most 120 characters, its ending kept."""
    last = "".join(
        letter for letter in str(name).replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable()
    )
    stem, dot, ending = last.rpartition(".")
    kept = f"{stem[: 119 - len(ending)]}{dot}{ending}" if 0 < len(ending) <= 10 else last[:120]
    return kept or _("nameless file")


def sweep() -> None:
    """Delete what a killed process left behind: uploads, and folders of them, untouched for six hours."""
    for path in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _OLD:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _unpacked(data: bytes | memoryview, length: int) -> bytes:
    """Gzipped bytes unpacked, never more than one byte past `length`; empty when they are damaged."""
    try:
        return zlib.decompressobj(wbits=31).decompress(bytes(data), max(length, 0) + 1)
    except zlib.error:
        return b""


def _megabytes(size: object) -> str:
    return number(size / SLICE, 1) if isinstance(size, int) else "?"


def _remove(file, path: Path) -> None:
    file.close()
    path.unlink(missing_ok=True)
