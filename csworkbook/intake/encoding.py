"""How are the letters of this file written down? Bytes in, UTF-8 bytes out.

A byte-order mark decides; then valid UTF-8; then UTF-16 without a mark (by its zero bytes); then the
single-byte encodings, by which one gives letters people use. A file that mixes two is read with both.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LIKELY = frozenset("éèëêïíîìöóôòüúûùäáàâãåçñýÿÉÈËÊÏÍÖÓÔÜÚÄÁÅÇÑßøæœØÆ€£§©®°½²³‘’‚“”„–—…•·´«»¿¡™ºª\u00a0")
_USUAL = frozenset("éëèïöü€’")
_CHUNK = 1 << 24
_VALID = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True)
class Text:
    """The file as UTF-8 with ``\\n`` line ends, its encoding, and what was odd about it."""

    data: bytes
    encoding: str
    mixed: bool = False
    nul: int = 0


def to_utf8(data: bytes) -> Text:
    """Re-code text of any encoding.

    >>> to_utf8("één".encode("cp1252")).encoding
    'cp1252'
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _recoded(data[len(mark) :], name)
    wide = _wide(data[:4096])
    if wide:
        return _recoded(data, wide)
    if _valid(data):
        return _tidy(data, "utf-8")
    high = sum(1 for _found in _VALID.finditer(data[:_CHUNK]))
    if high and high >= _invalid(data[:_CHUNK]):
        return _tidy(_mixed(data), "utf-8", mixed=True)
    return _recoded(data, _single_byte(data))


def _recoded(data: bytes, name: str) -> Text:
    if name == "utf-8":
        return _tidy(data if _valid(data) else _mixed(data), name)
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    parts = [
        decoder.decode(data[at : at + _CHUNK]).encode("utf-8", "replace")
        for at in range(0, len(data), _CHUNK)
    ]
    parts.append(decoder.decode(b"", final=True).encode("utf-8", "replace"))
    return _tidy(b"".join(parts), name)


def _tidy(data: bytes, name: str, *, mixed: bool = False) -> Text:
    nul = data.count(b"\0")
    if nul:
        data = data.replace(b"\0", b"")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Text(data, name, mixed, nul)


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


def _mixed(data: bytes) -> bytes:
    """UTF-8 with the bytes that are none of it read as cp1252."""
    codecs.register_error("csworkbook.cp1252", _as_cp1252)
    return data.decode("utf-8", "csworkbook.cp1252").encode("utf-8")


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
