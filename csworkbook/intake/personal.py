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

from csworkbook.intake import words
from csworkbook.intake.values import text, text_of

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("email", "phone", "bank", "name", "address", "address_of_computer", "birth")
_EMAIL = r"[\w.+%'’-]+@[\w-]+(?:\.[\w-]+)+"
_IBAN = r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"
_DATE = r"(?!\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?!\d))"
_START = r"(?:(?:\+|00)[1-9]\d{0,2}[ -]?(?:\(0\) ?)?|\(?0[1-9]?)"
_PHONE = rf"(?<![\w./,-]){_DATE}{_START}(?:[ )./–-]{{0,2}}\d){{6,12}}(?!\d)(?![.,]\d)"
_PATTERNS = {"email": re.compile(_EMAIL), "bank": re.compile(_IBAN), "phone": re.compile(_PHONE)}
_IP = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$")
_LIKELY = r"@|\d[\d ()./–-]{6,}\d|[A-Z][A-Z]\d\d"


def by_header(header: str) -> str:
    """The kind of personal data a header announces, or "".

    >>> by_header("E-mailadres"), by_header("Wat vond je van de naam?")
    ('email', '')
    """
    folded = words.fold(header)
    for kind in KINDS:
        if folded in words.names(f"personal.{kind}"):
            return kind
    for kind in KINDS:
        if len(folded.split()) <= 6 and any(
            words.says(folded, group) for group in words.groups(f"personal.{kind}")
        ):
            return kind
    return ""


def by_content(cells: list) -> str:
    """The kind of personal data most of these cells are, or ""."""
    texts = [text_of(cell) for cell in cells]
    texts = [text for text in texts if text]
    if not texts:
        return ""
    for kind, pattern in (*_PATTERNS.items(), ("address_of_computer", _IP)):
        if sum(pattern.fullmatch(text.lstrip("'")) is not None for text in texts) >= 0.5 * len(texts):
            return kind
    return ""


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
    named = [bool(re.fullmatch(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)+\.?", text)) for text in texts]
    return bool(texts) and sum(named) >= 0.5 * len(texts)


def masked(column: pd.Series) -> tuple[pd.Series, int]:
    """Free text with e-mail addresses, phone numbers and bank accounts masked, and in how many cells."""
    import numpy as np
    import pyarrow.compute as pc

    cells = column.array.__arrow_array__()
    likely = np.asarray(pc.fill_null(pc.match_substring_regex(cells, _LIKELY), False))
    if not likely.any():
        return column, 0
    before = column[likely]
    after = before.map(mask)
    changed = int((before != after).sum())
    column = column.copy()
    column[likely] = after
    return column, changed


def mask(text: str) -> str:
    """One text with what tells who somebody is masked.

    >>> mask("Mail me: jan@example.com of 06-12345678")
    'Mail me: [e-mail] of [phone]'
    """
    text = _PATTERNS["email"].sub("[e-mail]", text)
    text = _PATTERNS["bank"].sub("[IBAN]", text)
    return _PATTERNS["phone"].sub("[phone]", text)


def example(text: str) -> str:
    """A cell of a personal column, as an example that tells nothing.

    >>> example("jan@example.com")
    'j…'
    """
    return text[:1] + "…"
