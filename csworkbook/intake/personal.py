"""Which columns say who somebody is, and how are they kept out?

Names, e-mail addresses, phone numbers, postal addresses, bank accounts and IP addresses stay out of the
canonical tables. A customer's e-mail becomes a keyed hash: the same customer has the same id, and
without the key in the workbook nobody can tell who it is. In free text they are masked.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING

from csworkbook.intake import addresses, masking, persons, words
from csworkbook.intake.masking import mask, masked
from csworkbook.intake.values import distinct, text, text_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "KINDS",
    "agents",
    "by_content",
    "by_header",
    "example",
    "hashed",
    "is_private",
    "mask",
    "masked",
    "new_key",
]

KINDS = ("email", "phone", "bank", "ip", "birth", "name", "postal")
_POSTCODE = re.compile(r"(?i)[1-9]\d{3} ?(?!s[ads])[a-z]{2}")
_BARE = re.compile(r"\d{9,11}")
_NAME = re.compile(r"(?:[^\W\d_]+[.'’-]*)(?:[ .'’-]+[^\W\d_]+)+\.?")


def by_header(header: str) -> str:
    """The kind of personal data a header announces, or "".

    >>> by_header("E-mailadres"), by_header("Wat vond je van de naam?")
    ('email', '')
    """
    folded = words.fold(header)
    for kind in KINDS:
        if folded in words.names(f"personal.{kind}"):
            return kind
    if len(folded.split()) > 6 or _says(folded, "never"):
        return ""
    return next((kind for kind in KINDS if _says(folded, kind)), "")


def _says(folded: str, kind: str) -> bool:
    return any(words.says(folded, group) for group in words.groups(f"personal.{kind}"))


def by_content(cells: list) -> str:
    """The kind of personal data most of these cells are, or "".

    >>> by_content(["jan@example.com"]), by_content(["1234 AB", "2345 CD"]), by_content(["0012345678"])
    ('email', 'postal', '')
    """
    texts = [text_of(cell).lstrip("'") for cell in cells]
    texts = [text for text in texts if text]
    for kind, is_one in _CONTENT.items():
        if texts and sum(map(is_one, texts)) >= 0.5 * len(texts):
            return kind
    return ""


def _is_phone(text: str) -> bool:
    """A whole phone number; digits only must be a mobile number, else they are somebody's article numbers."""
    if _BARE.fullmatch(text) and not text.startswith("06"):
        return False
    return masking.PHONE.fullmatch(text) is not None


_CONTENT = {
    "email": lambda text: masking.EMAIL.fullmatch(text) is not None,
    "bank": masking.is_iban,
    "ip": masking.is_ip,
    "phone": _is_phone,
    "postal": lambda text: _POSTCODE.fullmatch(text) is not None or addresses.mask(text) == addresses.MASK,
}


def new_key() -> bytes:
    """A random key, for when the workbook has none: ids then compare within one file only."""
    return secrets.token_bytes(32)


def hashed(column: pd.Series, key: bytes) -> pd.Series:
    """Ids that are the same for the same person and tell nothing without the key: the first 96 bits of
    HMAC-SHA256 of the cell in lower case."""
    import duckdb
    import pandas as pd
    import pyarrow as pa

    if not isinstance(column.dtype, pd.StringDtype):
        column = text(column).values
    codes = (
        column.array.__arrow_array__().combine_chunks().dictionary_encode()
        if len(column)
        else pa.array([]).dictionary_encode()
    )
    key = hashlib.sha256(key).digest() if len(key) > 64 else key
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    with duckdb.connect() as engine:
        engine.register("people", pa.table({"cell": codes.dictionary}))
        digest = "sha256(?::BLOB || unhex(sha256(?::BLOB || encode(lower(trim(cell))))))"
        query = f"SELECT CASE WHEN trim(cell) <> '' THEN substr({digest}, 1, 24) END AS id FROM people"
        ids = engine.sql(query, params=[outer, inner]).to_arrow_table()["id"]
    return pd.Series(pd.array(ids.take(codes.indices), dtype="str"), index=column.index)


def is_private(cells: list) -> bool:
    """Whether values meant as customer ids are really names, addresses or numbers of people."""
    texts = [text_of(cell) for cell in cells]
    if by_content(texts):
        return True
    named = [_NAME.fullmatch(text) is not None for text in texts]
    return bool(texts) and sum(named) >= 0.5 * len(texts)


def agents(column: pd.Series) -> pd.Series:
    """Colleagues by their first name and one letter, enough to tell them apart; the same in every file.

    >>> import pandas as pd
    >>> agents(pd.Series(["Sanne de Vries", "Team Retouren", None], dtype="str")).tolist()
    ['Sanne V.', 'Team Retouren', nan]
    """
    cells = distinct(column)
    return cells.spread([persons.short(text_of(cell)) for cell in cells.cells], "str")


def example(text: str) -> str:
    """A cell of a personal column, as an example that tells nothing.

    >>> example("jan@example.com")
    'j…'
    """
    return text[:1] + "…"
