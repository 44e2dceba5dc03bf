"""How is a file read that is larger than memory should hold? In batches, each a `Raw` like any other.

    found = batches.read("orders.csv")
    found.head          # the first rows and a sample of the others, to recognise the table by
    for raw in found:   # as often as wanted
        ...

Text goes through in slices that end where a row ends, each by the reader of small files, so that every line is
accounted for in the same way. Parquet has batches of its own.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from csworkbook.intake import delimited, head, parquet, slices
from csworkbook.intake.encoding import Text, tidy
from csworkbook.intake.raw import Raw

ROWS = 100_000
FIRST = 20_000
_PLACES = 20
_AT_EACH = 1 << 15
_LARGEST = 1 << 26
_SMALLEST = 1 << 8


@dataclass(frozen=True)
class Batches:
    """A large file: iterate for a `Raw` per batch, as often as needed, in bounded memory.

    Attributes
    ----------
    head : Raw
        The first rows (20,000 at most) and a sample spread over the rest of the file, with their lines.
    notes : tuple of str
        What was found out about the file, as sentences.
    filename : str
    """

    head: Raw
    again: Callable[[], Iterator[Raw]]
    copy: Path | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found out about the file."""
        return self.head.notes

    @property
    def filename(self) -> str:
        """The name of the file in messages."""
        return self.head.filename

    def __iter__(self) -> Iterator[Raw]:
        yield from self.again()  # keeps these batches, and with them the copy, until the last one

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Throw the re-coded copy away, if there is one; else it goes when nobody needs it any more."""
        if self.copy:
            self.copy.unlink(missing_ok=True)


def of_parquet(path: Path, filename: str, *, rows: int = ROWS) -> Batches:
    """The batches of a Parquet file."""
    first = parquet.first(path, filename, rows=FIRST, places=_PLACES)
    return Batches(first, partial(parquet.batches, path, filename, rows=rows))


def of_text(path: Path, filename: str, *, rows: int = ROWS) -> Batches:
    """The batches of a delimited text file, of about so many rows."""
    handle, name = tempfile.mkstemp(suffix=".csv")
    os.close(handle)
    copy = Path(name)
    try:
        looked = slices.look(path)
        text = slices.as_utf8(looked, copy)
        beginning = tidy(next(text.blocks(), b""))
        found = head.look(beginning, filename)
        head.require_parted(found.style, beginning, filename)
        first = _first(text, beginning, found, filename)
    except BaseException:
        copy.unlink()
        raise
    if text.path != copy:
        copy.unlink()
    width = len(beginning) / (beginning.count(b"\n") + 1)
    size = int(min(max(rows * width, _SMALLEST), _LARGEST))
    batches = Batches(
        first, partial(_batches, text, found, size, filename), text.path if text.path == copy else None
    )
    if batches.copy:
        weakref.finalize(batches, copy.unlink, missing_ok=True)
    return batches


def _rows(found: head.Head) -> slices.Rows:
    return slices.Rows(len(found.header.names), found.style)


def _batches(text: slices.Looked, found: head.Head, size: int, filename: str) -> Iterator[Raw]:
    line = found.line
    for body in slices.slices(text, size, _rows(found), skip=found.start):
        yield delimited.table(memoryview(body), found, filename, first_line=line)
        line += body.count(b"\n") + 1


def _first(text: slices.Looked, beginning: bytes, found: head.Head, filename: str) -> Raw:
    """The first rows, and some of everywhere in the rest of the file."""
    body = beginning[found.start :]
    if text.start + slices.BLOCK < text.end:
        body = body[: _rows(found).cut(body) or len(body)]
    body = body.rstrip(b"\n")
    if not body:
        raise head.no_rows(filename)
    said = head.notes(Text(b"", text.nul, text.encoding, text.mixed), found)
    raw = delimited.table(memoryview(body), found, filename, first_line=found.line, said=said)
    return _joined([_shortened(raw, FIRST), *_spread(text, found, filename)])


def _spread(text: slices.Looked, found: head.Head, filename: str) -> Iterator[Raw]:
    """Some rows at each of several places behind the beginning."""
    start, rows = text.start + slices.BLOCK, _rows(found)
    before, line = text.start, 1
    for place in range(1, _PLACES + 1):
        at = start + (text.end - start) * place // (_PLACES + 1)
        block = tidy(next(text.blocks(at, size=_AT_EACH), b"")) if at > before else b""
        first = rows.first(block)
        body = block[first:]
        body = body[: max(0, rows.cut(body) - 1)]
        if body:
            line, before = line + text.lines(before, at), at
            above = line + block.count(b"\n", 0, first)
            yield delimited.table(memoryview(body), found, filename, first_line=above)


def _shortened(raw: Raw, rows: int) -> Raw:
    """The first rows of a table and the broken lines among them."""
    if len(raw.frame) <= rows:
        return raw
    broken = raw.broken[raw.broken["row"] < raw.lines[rows]]
    return replace(raw, frame=raw.frame.iloc[:rows], lines=raw.lines[:rows], broken=broken)


def _joined(raws: list[Raw]) -> Raw:
    import numpy as np
    import pandas as pd

    if len(raws) == 1:
        return raws[0]
    broken = [raw.broken for raw in raws if len(raw.broken)] or [raws[0].broken]
    return replace(
        raws[0],
        frame=pd.concat([raw.frame for raw in raws], ignore_index=True),
        lines=np.concatenate([raw.lines for raw in raws]),
        broken=pd.concat(broken, ignore_index=True),
    )
