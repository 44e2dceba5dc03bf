"""How many words does a reader count, and is that too many?"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from csworkbook import evidence

RULE = "manifesto-words-50"
_SPACE = re.compile(r"\s+")


def words(text: str) -> list[str]:
    """The words of a text as a reader counts them: pieces between white space with a letter or digit in them.

    >>> words("Open 24/7 – e-mail ons: 50 😀 antwoorden")
    ['Open', '24/7', 'e-mail', 'ons:', '50', 'antwoorden']
    """
    return [piece for piece in _SPACE.split(text) if any(map(_is_readable, piece))]


def count(text: str) -> int:
    """The number of words in a text.

    >>> count("“Zo” kan het ook…"), count("– 😀 …")
    (4, 0)
    """
    return len(words(text))


@lru_cache(1)
def limit() -> int:
    """The most words a statement takes: the handbook's rule of thumb (section 2.2), from the register."""
    return int(evidence.get(RULE).value)


def too_many(text: str) -> int:
    """How many words a text has above the limit; 0 when it is within."""
    return max(0, count(text) - limit())


def _is_readable(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"
