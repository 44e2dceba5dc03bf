"""How are the letters of this file written down? Bytes in, UTF-8 bytes out.

A byte-order mark decides; then valid UTF-8; then UTF-16 without a mark (by its zero bytes); then the
single-byte encodings, by which one gives letters people use. A file that mixes two is read with both.
Large files are looked through a few megabytes at a time, and re-coded to another file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LIKELY = frozenset("éèëêïíîìöóôòüúûùäáàâãåçñýÿÉÈËÊÏÍÖÓÔÜÚÄÁÅÇÑßøæœØÆ€£§©®°½²³‘’‚“”„–—…•·´«»¿¡™ºª\u00a0")
_USUAL = frozenset("éëèïöü€‘’“”")
_CHUNK = 1 << 24
_VALID = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True)
class Text:
    """The file as UTF-8 with ``\\n`` line ends, its encoding, and what was odd about it."""

    data: bytes
    nul: int
    encoding: str
    mixed: bool = False


def to_utf8(data: bytes) -> Text:
    """Re-code text of any encoding.

    >>> to_utf8("één".encode("cp1252")).encoding
    'cp1252'
    """
    (name, start), mixed = told(data[:4096]), False
    if name:
        mixed = name == "utf-8" and not _valid(data[start:])
    elif _valid(data):
        name = "utf-8"
    else:
        name, mixed = guessed(data[:_CHUNK])
    data = data[start:] if start else data
    if name != "utf-8" or mixed:
        data = b"".join(recoded([data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)], name))
    return Text(*_tidy(data), name, mixed)


def told(head: bytes) -> tuple[str | None, int]:
    """The encoding that the first bytes tell (None where they do not) and how many of them are a mark."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    return _wide(head), 0


def guessed(sample: bytes) -> tuple[str, bool]:
    """The encoding of text that is not valid UTF-8, and whether it is UTF-8 with something else in it."""
    high = sum(1 for _found in _VALID.finditer(sample))
    if high and high >= _invalid(sample):
        return "utf-8", True
    return _single_byte(sample), False


def recoded(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The blocks of a file as UTF-8; bytes that are no UTF-8 in a file that mostly is are read as cp1252."""
    codecs.register_error("csworkbook.cp1252", _as_cp1252)
    errors = "csworkbook.cp1252" if name == "utf-8" else "replace"
    decoder = codecs.getincrementaldecoder(name)(errors=errors)
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def tidy(data: bytes) -> bytes:
    """UTF-8 without zero bytes and with ``\\n`` line ends."""
    return _tidy(data)[0]


def _tidy(data: bytes) -> tuple[bytes, int]:
    nul = data.count(b"\0")
    if nul:
        data = data.replace(b"\0", b"")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data, nul


def _valid(data: bytes) -> bool:
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(data), _CHUNK):
            decoder.decode(data[at : at + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: zero bytes at every other place, and text where they are not."""
    if len(sample) < 4:
        return None
    even, odd = sample[0::2], sample[1::2]
    if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def _invalid(data: bytes) -> int:
    """Bytes that are not part of valid UTF-8."""
    rest = _VALID.sub(b"", data)
    return len(rest) - len(rest.translate(None, bytes(range(128, 256))))


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


def _single_byte(data: bytes) -> str:
    """cp1252, Mac Roman or cp850 by the letters they give; else what charset-normalizer says; else cp1252."""
    sample = b"\n".join(line for line in data[:_CHUNK].splitlines() if not line.isascii())[:65536]
    scores = {name: _likely(sample, name) for name in ("cp1252", "mac_roman", "cp850")}
    best = max(scores, key=lambda name: scores[name])
    if scores[best][1] >= 0.8:
        return best
    from charset_normalizer import from_bytes

    found = from_bytes(sample).best()
    return (
        found.encoding if found and not found.encoding.startswith("utf") and len(sample) > 200 else "cp1252"
    )


def _likely(sample: bytes, name: str) -> tuple[float, float]:
    """How the letters beyond ASCII look, 0–1: the usual ones of Dutch counted double, and any of Western Europe."""
    letters = [letter for letter in sample.decode(name, "replace") if ord(letter) > 127]
    known = sum(letter in _LIKELY for letter in letters) / max(1, len(letters))
    usual = sum(letter in _USUAL for letter in letters) / max(1, len(letters))
    return (known + usual) / 2, known
