"""How to go through a text file that is too large for memory: as UTF-8, in slices that end where a row ends.

Where a line end may stand inside a cell, a slice is cut where the standard library's reader finds whole rows of
the right width behind the cut, with their quotation marks in pairs.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from csworkbook.intake import encoding, whole
from csworkbook.intake.head import Dialect

BLOCK = 1 << 22
_LONGEST = 1 << 24
_AHEAD = 1 << 16
_ENOUGH = 3
_CANDIDATES = 300


@dataclass(frozen=True)
class Looked:
    """A text file on disk: where its text begins and ends, its encoding and zero bytes."""

    path: Path
    start: int
    end: int
    encoding: str
    mixed: bool
    nul: int

    def blocks(self, start: int | None = None, end: int | None = None, size: int = BLOCK) -> Iterator[bytes]:
        """The bytes as they are on disk, some megabytes at a time; a Windows line end is never parted."""
        at, end = self.start if start is None else start, self.end if end is None else end
        with self.path.open("rb") as file:
            file.seek(at)
            while at < end:
                block = file.read(min(size, end - at))
                if block.endswith(b"\r") and at + len(block) < end:
                    block += file.read(1)
                if not block:
                    return
                at += len(block)
                yield block

    def lines(self, start: int, end: int) -> int:
        """How many lines end between two places."""
        return sum(block.count(b"\n") or block.count(b"\r") for block in self.blocks(start, end))


def look(path: Path) -> Looked:
    """Look through the whole file once."""
    with path.open("rb") as file:
        name, start = encoding.told(file.read(4096))
    end = _end(path)
    found = Looked(path, start, end, name or "utf-8", False, 0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid, nul, sample = name in (None, "utf-8"), 0, b""
    for block in found.blocks():
        nul += block.count(b"\0")
        if not block.isascii():
            sample = sample or block
        valid = valid and _goes_on(decoder, block)
    if name in (None, "utf-8") and not valid:
        guess = encoding.guessed(sample) if name is None else ("utf-8", True)
        return Looked(path, start, end, *guess, nul)
    return Looked(path, start, end, name or "utf-8", False, nul if valid else 0)


def _goes_on(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    """Whether this block too is valid UTF-8."""
    try:
        if not block.isascii() or decoder.getstate()[0]:
            decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _end(path: Path) -> int:
    """The place behind the last line with anything in it."""
    at = path.stat().st_size
    with path.open("rb") as file:
        while at > 0:
            start = max(0, at - BLOCK)
            file.seek(start)
            block = file.read(at - start).rstrip(b"\r\n")
            if block:
                return start + len(block)
            at = start
    return 0


def as_utf8(found: Looked, target: Path) -> Looked:
    """The same file as UTF-8: itself where it is that already, else written anew."""
    if found.encoding == "utf-8" and not found.mixed:
        return found
    with target.open("wb") as file:
        for block in encoding.recoded(found.blocks(), found.encoding):
            file.write(block)
    return Looked(target, 0, _end(target), found.encoding, found.mixed, found.nul)


@dataclass(frozen=True)
class Rows:
    """How to tell where a row begins: cells a row, and how they are parted and quoted."""

    width: int
    style: Dialect

    def begin(self, text: bytes) -> bool:
        """Whether whole rows of the right width stand here: one at least, three where there are so many.

        >>> rows = Rows(2, Dialect(";"))
        >>> rows.begin(b'1;"a;x\\nb;y"\\n2;c\\n'), rows.begin(b'b;y"\\n2;c\\n')
        (True, False)
        """
        lines = text[:_AHEAD].decode("utf-8", "replace").split("\n")[:-1]
        reader = self._reader([line + "\n" for line in lines])
        filled, taken = 0, 0
        try:
            for row in islice(reader, _ENOUGH):
                if row and len(row) != self.width:
                    return False
                filled, taken = filled + bool(row), reader.line_num
        except csv.Error:
            pass  # the last row goes on behind this text
        seen = "\n".join(lines[:taken]).encode("utf-8", "replace")
        return filled > 0 and self._in_pairs(seen)

    def _reader(self, lines: list[str]) -> Iterator[list[str]]:
        doubled = self.style.escape == self.style.quote
        return csv.reader(
            lines,
            delimiter=self.style.delimiter,
            quotechar=self.style.quote,
            escapechar=None if doubled else self.style.escape,
            doublequote=doubled,
            strict=True,
        )

    def _in_pairs(self, text: bytes) -> bool:
        if self.style.escape != self.style.quote or self.style.quote.encode() not in text:
            return True
        return whole.pairs_up(text, self.style.delimiter, self.style.quote)

    def cut(self, data: bytes) -> int:
        """The place behind the last line end that surely ends a row, no blank line; 0 where there is none."""
        if self.style.quote.encode() not in data:
            return _line_end(data, len(data))
        at = len(data)
        for _candidate in range(_CANDIDATES):
            at = _line_end(data, at - 1)
            if not at or self.begin(data[at : at + _AHEAD]):
                return at
        return 0

    def first(self, data: bytes) -> int:
        """The place where the first row begins that surely does; the end where there is none."""
        for found in islice(re.finditer(rb"\n", data), _CANDIDATES):
            if self.begin(data[found.end() : found.end() + _AHEAD]):
                return found.end()
        return len(data)


def _line_end(data: bytes, before: int) -> int:
    """The place behind the last line end before `before` that does not end a blank line; 0 for none."""
    at = data.rfind(b"\n", 0, max(0, before))
    while at > 0 and data[at - 1] == 10:
        at -= 1
    return at + 1 if at > 0 else 0


def slices(found: Looked, size: int, rows: Rows, *, skip: int = 0) -> Iterator[bytes]:
    """The lines behind the first `skip` bytes of text, in slices of about `size` bytes that end where a row ends."""
    rest, left = b"", found.end - found.start
    for block in found.blocks(size=size):
        data, left = rest + encoding.tidy(block), left - len(block)
        passed = min(skip, len(data))
        data, skip = data[passed:], skip - passed
        place = rows.cut(data) if left > 0 else 0
        if not place and left > 0 and len(rest) > _LONGEST:
            place = _anywhere(data, rows.style.quote.encode())
        if place:
            yield data[: place - 1]
        rest = data[place:] if place else data
    if rest.strip(b"\n"):
        yield rest.rstrip(b"\n")


def _anywhere(data: bytes, quote: bytes) -> int:
    """A line end with no open quotation mark above it if there is one, else the last."""
    at = len(data)
    for _candidate in range(_CANDIDATES):
        at = _line_end(data, at - 1)
        if not at or data.count(quote, 0, at) % 2 == 0:
            break
    return at or _line_end(data, len(data))
