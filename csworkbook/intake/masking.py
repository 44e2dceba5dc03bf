"""What in a text tells who somebody is? Found and masked, the rest left as it is.

E-mail addresses, bank accounts, addresses of computers and phone numbers are found here; names in `persons`,
postal addresses in `addresses`. Numbers of orders, products and parcels, amounts, dates and sizes stay: the
workbook needs them, and they say nothing about anybody.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from csworkbook.intake import addresses, persons

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

EMAIL = re.compile(r"(?<![\w.+%-])['’]?[\w+%][\w.+%'’-]{0,63}@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_IBAN = re.compile(r"(?i)(?<![\w])[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}")
_IP4 = re.compile(
    r"(?<![\w.,-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-])(?![.,:]\d{0,2}\d)|(?<![\w.,-])(?:\d{1,3}\.){3}\d{1,3}(?=:\d{2,5})"
)
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_VERSION = re.compile(
    r"(?i)(?:\bv|versi(?:e|on)|firmware|hoofdstuk|chapter|section|paragraaf|update|release|build|ios|android)[ :.]*$"
)

_SEP = r"[ ()./–-]{0,3}"
_START = r"(?<![\w.,#€$-])(?<!\d/)(?!\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?![-/.]?\d))"
_END = r"(?!\d)(?![.,:]\d)"
PHONE = re.compile(
    rf"{_START}(?:\(?\+ ?(?:\(0\))?[1-9](?:{_SEP}\d){{7,13}}{_END}"
    rf"|00[ -]?(?:3\d|4\d)(?:{_SEP}\d){{8,11}}{_END}|00[ -]1(?:{_SEP}\d){{10}}{_END}"
    rf"|\(?0(?![89]0)[1-9](?:(?:{_SEP}\d){{8}}{_END}|(?:{_SEP}\d){{7}}{_END}|(?:{_SEP}\d){{9}}{_END}))"
)
_CALLED = re.compile(
    r"(?i)(\b(?:tel(?:\.|nr\.?|ephone|\. ?nr\.?)?|telefoon(?:nummer|nr\.?)|phone number|mobiele? nummer|mobile number|gsm"
    r"|whatsapp|(?:telefoon|phone|mobiel|mobile)(?= ?:)|bel (?:me|mij|ons)(?: (?:even|graag|terug))*(?: op)?"
    r"|call me(?: back)?(?: at| on)?|bereikbaar (?:op|via)|reach me (?:at|on))(?: is)? ?[:=.]? ?)"
    rf"(?!\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}(?!\d))\+?\d(?:{_SEP}\d){{6,12}}{_END}"
)
_SPOKEN_OF = r"(?i)\btel|phone|\bmobi|\bgsm|whatsapp|\bbel m|\bbel ons|call me|bereikbaar|reach me"
_NUMBERED = re.compile(
    r"(?i)(?:bestel\w*|order\w*|factuur\w*|invoice\w*|artikel\w*|article|ean|gtin|isbn|sku|track\w*|zending\w*|pakket\w*"
    r"|barcode|klantn\w*|customer (?:number|no|id)|ref\w*|ticket\w*|case|zaak\w*|retour\w*|serie\w*|serial|model\w*"
    r"|btw|vat|kvk)(?:[\s:.#=-]|\b(?:nr|nummer|number|no|code|met|is|van|be|nl)\b)*$"
)


def mask(text: str, names: Sequence[str] = ()) -> str:
    """One text with what tells who somebody is masked; `names` are names known to be of people in it.

    >>> mask("Mail me: jan@example.com of 06-12345678, bestelling 2024-00012345")
    'Mail me: [e-mail] of [phone], bestelling 2024-00012345'
    """
    for _kind, _likely, masked_by in _steps():
        text = masked_by(text)
    return persons.own(text, names) if names else text


def masked(column: pd.Series, names: Sequence[pd.Series] = ()) -> tuple[pd.Series, dict[str, int]]:
    """A column of free text with what tells who somebody is masked.

    Parameters
    ----------
    column : Series
        Free text, empty cells missing.
    names : sequence of Series
        Columns with the names of people, in the rows of `column`; masked in the text of their own row.

    Returns
    -------
    Series, dict
        The text, and in how many cells something was masked, per kind: email, bank, ip, phone, postal, name.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from csworkbook.intake.values import text

    if not isinstance(column.dtype, pd.StringDtype):
        column = text(column).values
    if not column.notna().any():
        return column, {}
    cells = column.array.__arrow_array__()
    cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    codes = cells.dictionary_encode()
    distinct, changed = _all(codes.dictionary)
    rows = codes.indices.to_numpy(zero_copy_only=False)
    rows = np.where(np.isnan(rows), len(distinct), rows).astype("int64") if codes.null_count else rows
    weights = np.bincount(rows, minlength=len(distinct) + 1)
    counts = {kind: int(weights[flags.nonzero()[0]].sum()) for kind, flags in changed.items()}
    named = (
        np.append(changed["name"], False)[rows] if "name" in changed else np.zeros(len(column), dtype=bool)
    )
    if changed:
        column = pd.Series(pd.array(distinct.take(codes.indices), dtype="str"), index=column.index)
    column, own = _own_names(column, names)
    counts["name"] = int((named | own).sum())
    return column, {kind: count for kind, count in counts.items() if count}


def _all(cells: pa.Array) -> tuple[pa.Array, dict[str, np.ndarray]]:
    """Every distinct text masked, and per kind which of them changed; only those are looked at that may."""
    import numpy as np
    import pyarrow.compute as pc

    any_of_them = "|".join(
        f"(?:{likely})" for likely in dict.fromkeys(likely for _kind, likely, _by in _steps())
    )
    here = pc.match_substring_regex(cells, any_of_them)
    part, changed = _each(cells.filter(here))
    place = np.flatnonzero(here.to_numpy(zero_copy_only=False))
    wide = {kind: np.zeros(len(cells), dtype=bool) for kind in changed}
    for kind, flags in changed.items():
        wide[kind][place[flags]] = True
    return (pc.replace_with_mask(cells, here, part) if changed else cells), wide


def _each(cells: pa.Array) -> tuple[pa.Array, dict[str, np.ndarray]]:
    """Every distinct text masked, and per kind which of them changed."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    changed: dict[str, np.ndarray] = {}
    for kind, likely, masked_by in _steps():
        here = pc.match_substring_regex(cells, likely)
        before = cells.filter(here).to_pylist()
        after = [masked_by(text) for text in before]
        different = [one != other for one, other in zip(before, after, strict=True)]
        if any(different):
            changed.setdefault(kind, np.zeros(len(cells), dtype=bool))[
                here.to_numpy(zero_copy_only=False)
            ] |= different
            cells = pc.replace_with_mask(cells, here, pa.array(after, cells.type))
    return cells, changed


def _own_names(column: pd.Series, names: Sequence[pd.Series]) -> tuple[pd.Series, np.ndarray]:
    """The names of each row's own people masked in its text, and in which rows."""
    import numpy as np
    import pandas as pd

    from csworkbook.intake.values import text

    told = [text(series).values.astype(object).where(series.notna(), "").tolist() for series in names]
    if not told:
        return column, np.zeros(len(column), dtype=bool)
    people = list(zip(*told, strict=True))
    heard = {names: persons.parts(" ".join(names)) for names in set(people)}
    before = column.astype(object).where(column.notna(), None).tolist()
    after = [
        persons.own(cell, names) if cell and _holds(cell, heard[names]) else cell
        for cell, names in zip(before, people, strict=True)
    ]
    changed = np.array([one is not other and one != other for one, other in zip(before, after, strict=True)])
    if not changed.any():
        return column, changed
    return pd.Series(pd.array(after, dtype="str"), index=column.index), changed


def _holds(text: str, parts: tuple[str, ...]) -> bool:
    folded = text.casefold() if parts else ""
    return any(part in folded for part in parts)


def is_iban(text: str) -> bool:
    """Whether this is an account number: its country's length, and its check digits (ISO 7064, modulo 97).

    >>> is_iban("NL91 ABNA 0417 1643 00"), is_iban("NL92 ABNA 0417 1643 00")
    (True, False)
    """
    code = re.sub(r"[ .-]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", code) or persons.lists()["iban"].get(code[:2]) != len(
        code
    ):
        return False
    return int("".join(str(int(letter, 36)) for letter in code[4:] + code[:4])) % 97 == 1


def is_ip(text: str) -> bool:
    """Whether this is the address of a computer, of either kind.

    >>> is_ip("192.0.2.1"), is_ip("2001:db8::1"), is_ip("10:30:00"), is_ip("1.234.567.890")
    (True, True, False, False)
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return (
        address.version == 4 or len([part for part in text.split(":") if part]) > 2 or address.is_link_local
    )


def _bank(found: re.Match) -> str:
    """The account number at the beginning of what was found, masked: words may follow it."""
    length = persons.lists()["iban"].get(found[0][:2].upper(), 0)
    ends = [place + 1 for place, letter in enumerate(found[0]) if letter.isalnum()]
    if length and len(ends) >= length and is_iban(found[0][: ends[length - 1]]):
        rest = found[0][ends[length - 1] :]
        return found[0] if rest[:1].isalnum() else "[IBAN]" + rest
    return found[0]


def _ips(text: str) -> str:
    def hidden(found: re.Match) -> str:
        version = _VERSION.search(text[max(0, found.start() - 12) : found.start()])
        return found[0] if version or not is_ip(found[0]) else "[IP]"

    return _IP6.sub(hidden, _IP4.sub(hidden, text))


def _phones(text: str) -> str:
    for _time in range(
        2 if "/" in text else 1
    ):  # of two numbers with a stroke between, the second comes second
        text = PHONE.sub(_phone, text)
    return text


def _phone(found: re.Match) -> str:
    near = found.string[max(0, found.start() - 40) : found.start()]
    mobile = re.match(r"\(?\+|0\W?6", found[0]) and not found[0].isdigit()
    return "[phone]" if mobile or not _NUMBERED.search(near) else found[0]


@lru_cache
def _steps() -> tuple[tuple[str, str, Callable[[str], str]], ...]:
    """One kind after the other: where it is worth while to look (RE2, for a million cells at once), what masks."""
    return (
        ("email", "@", partial(EMAIL.sub, "[e-mail]")),
        ("bank", r"(?i)\b[a-z]{2}\d\d[ .-]?[a-z0-9]{4}", partial(_IBAN.sub, _bank)),
        ("ip", r"\d\.\d{1,3}\.\d{1,3}\.\d|[0-9A-Fa-f]?:[0-9A-Fa-f]{0,4}:", _ips),
        ("phone", r"\+(?:[ ()./–-]{0,3}\d){7}|\b0(?:[ ()./–-]{0,3}\d){8}", _phones),
        ("phone", _SPOKEN_OF, partial(_CALLED.sub, r"\1[phone]")),
        *(("postal", likely, masked_by) for likely, masked_by in addresses.steps()),
        *(("name", likely, masked_by) for likely, masked_by in persons.steps()),
    )
