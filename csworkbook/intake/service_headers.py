"""What does the header of a question about service tell: what is expected or got, which of the 22, which dimension?

Headers come as codes (E1, Q1_P), with a number ("1. Verwachting …"), as questions of a grid ("What do you
expect? [The site looks up to date]"), or as a statement and nothing else. The words are in
``content/intake_service.toml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from csworkbook.intake import words

EXPECTED, GOT = "expectation", "perception"
KINDS = (EXPECTED, GOT)
_GRID = re.compile(r"^(.*?)\s*\[([^\]]+)\]\W*$", re.DOTALL)
_TAG = re.compile(r"^\s*[\[(]([^\])]+)[\])]\s*(.+)$", re.DOTALL)
_DOUBLE = re.compile(r"^(.+?)\s+[–—-]\s+(.+)$", re.DOTALL)
_ASKED = re.compile(r"^([^?]{5,120}\?)\s+(\S.+)$", re.DOTALL)
_COLON = re.compile(r"^([^:]{3,80}):\s+(.+)$", re.DOTALL)
_AGAIN = re.compile(r"\s*\((\d)\)$")
_CODE = re.compile(
    r"^\W*([^\W\d_]{1,12})?[\s._\-]*0*(\d{1,2})(?!\d)[\s._\-]*(?:[\[(]?([^\W\d_]{1,12})\b[\])]?)?"
)
_LAST = re.compile(r"(?:^|[\s._\-])0*(\d{1,2})\W*$")
_WITHIN = re.compile(r"\b(?:vraag|item|stelling|question|statement)\s+0*(\d{1,2})\b", re.IGNORECASE)
_SHORT = 4


@dataclass(frozen=True)
class Said:
    """What one header tells by itself.

    `lead` and `statement` are the question above a grid and the line of it ("" and the header where there is
    none); `kind` expectation, perception or ""; `letters` the letters of a code that may stand for a kind;
    `number` the number in it, if any.
    """

    header: str
    lead: str
    statement: str
    kind: str
    letters: str
    number: int | None


@lru_cache(maxsize=2048)
def said(header: str) -> Said:
    """What one header tells.

    >>> said("E7").number, said("E7").letters, said("Q7_P").letters
    (7, 'e', 'p')
    >>> said("What do you expect? [The site looks modern]").kind
    'expectation'
    >>> said("12. Wat is je ervaring: De mensen zijn behulpzaam").number
    12
    """
    lead, statement = parts(header)
    letters, number, kind = _coded(statement)
    if number is None and lead:
        letters, number, kind = _coded(header)
    letters = letters or (lead.casefold() if len(lead) == 1 else "")
    if number is None:
        few = len(words.fold(header).split()) <= _SHORT
        found = _WITHIN.search(header) or (_LAST.search(_AGAIN.sub("", header)) if few else None)
        number = int(found.group(1)) if found else None
    return Said(header, lead, statement, kind or spoken(lead) or spoken(header), letters, number)


def parts(header: str) -> tuple[str, str]:
    """The question above a grid and the line of it; ("", header) for a question of its own.

    >>> parts("[Verwachting] De site ziet er goed uit")
    ('Verwachting', 'De site ziet er goed uit')
    """
    header = _AGAIN.sub("", header.strip())
    for looks in (_GRID, _TAG, _DOUBLE, _ASKED, _COLON):
        found = looks.match(header)
        if found and found.group(1).strip():
            return found.group(1).strip(), found.group(2).strip()
    return "", header


def _coded(text: str) -> tuple[str, int | None, str]:
    """The letters, the number and the kind of a code at the head of a text."""
    found = _CODE.match(text)
    if not found:
        return "", None, ""
    before, after = (words.fold(part or "") for part in (found.group(1), found.group(3)))
    whole = found.end() >= len(text.rstrip(" ?.:*"))
    after = after if whole or (len(after) == 1 and text[found.end() :][:1] in ".:)-–—") else ""
    kind = _short(before) or spoken(before) or (_short(after) or spoken(after) if after else "")
    letters = next((part for part in (after, before) if len(part) == 1 and part not in ("q", "s")), "")
    numbered = not before or kind or letters or before in words.service()["numbered"]["codes"]
    return (letters, int(found.group(2)), kind) if numbered else ("", None, "")


def _short(word: str) -> str:
    return next((kind for kind in KINDS if word in words.service()[kind]["codes"]), "")


def spoken(text: str) -> str:
    """Whether a text speaks of what is expected or of what is got: the first word that tells.

    >>> spoken("How important is this to you?"), spoken("Hoe doen wij het?"), spoken("Help")
    ('expectation', 'perception', '')
    """
    told = words.fold(text).split()
    firsts = [(at, kind) for kind in KINDS for at in _places(told, _starts(kind))]
    return min(firsts)[1] if firsts else ""


def says(text: str, section: str) -> bool:
    """Whether a text holds one of the words of a section of ``intake_service.toml``."""
    return bool(_places(words.fold(text).split(), _starts(section)))


@lru_cache
def _starts(section: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split()) for group in words.service()[section]["words"])


def _places(told: list[str], groups: tuple[tuple[str, ...], ...]) -> list[int]:
    """Where in a text the beginnings of words of a group follow each other."""
    return [
        at
        for group in groups
        for at in range(len(told) - len(group) + 1)
        if all(told[at + n].startswith(part) for n, part in enumerate(group))
    ]


def by_letters(letters: set[str]) -> dict[str, str]:
    """What the letters of codes stand for, by which of them there are: letter → kind.

    >>> by_letters({"v", "e"}), by_letters({"e", "p"})
    ({'v': 'expectation', 'e': 'perception'}, {'e': 'expectation', 'p': 'perception'})
    """
    rule = next((one for one in words.service()["letters"] if set(one["beside"]) <= letters), None)
    return {rule[kind]: kind for kind in KINDS if rule[kind]} if rule else {}


def dimension_words(header: str) -> dict[str, int]:
    """How many words of each of the five dimensions a header holds.

    >>> dimension_words("Snelheid en behulpzaamheid")["responsiveness"]
    2
    """
    lead, statement = parts(header)
    told = words.fold(statement if lead else header).split()
    lists = words.service()["dimensions"]
    return {
        name: len(set(_places(told, tuple(tuple(start.split()) for start in starts))))
        for name, starts in lists.items()
    }
