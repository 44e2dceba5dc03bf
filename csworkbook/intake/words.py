"""Which words do people use? The lists in ``content/``, folded so that small differences do not count."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path

CONTENT = Path(__file__).parent.parent / "content"
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NO_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Lower case, no accents, words apart by one space.

    >>> fold("Klant-Nummer"), fold("orderId"), fold("Géén moeite!")
    ('klant nummer', 'order id', 'geen moeite')
    """
    plain = unicodedata.normalize("NFKD", _JOINT.sub(" ", str(text)))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", plain.casefold()).strip()


@lru_cache
def plain(header: str) -> str:
    """A header folded, without what stands in brackets and without units behind it.

    >>> plain("Prijs per stuk (€)"), plain("Bedrag incl. btw EUR"), plain("Wachttijd sec.")
    ('prijs per stuk', 'bedrag', 'wachttijd')
    """
    units = columns()["units"]["words"]
    parts = fold(_BRACKETS.sub(" ", header)).split()
    while len(parts) > 1 and parts[-1] in units:
        parts.pop()
    return " ".join(parts)


@lru_cache
def _file(name: str) -> dict:
    return tomllib.loads((CONTENT / f"intake_{name}.toml").read_text(encoding="utf-8"))


def columns() -> dict:
    """The word lists for headers: section → names, words (see the file itself)."""
    return _file("columns")


def answers() -> dict:
    """The word lists for answers and values."""
    return _file("answers")


def service() -> dict:
    """The word lists for questions about service, one column per question."""
    return _file("service")


@lru_cache
def meaning(section: str) -> dict[str, str]:
    """Folded word → what it stands for, for one section of the answers (``"effort"``, ``"word.role"``).

    >>> meaning("effort")["veel te veel"]
    '3'
    """
    lists = answers()
    for part in section.split("."):
        lists = lists.get(part, {})
    return {fold(word): value for value, words in lists.items() if isinstance(words, list) for word in words}


@lru_cache
def names(section: str) -> frozenset[str]:
    """The whole headers that stand for a canonical column or a kind of personal data."""
    return frozenset(fold(name) for name in _section(section).get("names", ()))


@lru_cache
def groups(section: str) -> tuple[tuple[str, ...], ...]:
    """The groups of word beginnings of a section."""
    return tuple(tuple(fold(group).split()) for group in _section(section).get("words", ()))


@lru_cache
def listed(section: str, key: str) -> frozenset[str]:
    """A list of a section by its name: words that rule a column out ("never") or make it less likely ("less")."""
    return frozenset(_section(section).get(key, ()))


@lru_cache
def stem(header: str, kind: str) -> str:
    """What a header numbers or dates, without the words for number or date; "" where it has none of these.

    >>> stem("Sessienr.", "key") == stem("Nr. sessie", "key"), stem("Datum aankoop", "time"), stem("Order", "key")
    (True, 'aankoop', '')
    """
    lists = columns()["stem"].get(kind)
    said = plain(header).split()
    if not lists or not said:
        return ""
    rest = [word for word in said if word not in lists["words"]]
    if len(rest) == len(said):
        end = next((end for end in lists["ends"] if rest[-1].endswith(end) and rest[-1] != end), "")
        rest = [*rest[:-1], rest[-1].removesuffix(end)] if end else []
    return " ".join(word for word in rest if word not in ("van", "of", "de", "the")).removesuffix("s")


@lru_cache
def stems(section: str, kind: str) -> frozenset[str]:
    """What the names of a section number or date."""
    return frozenset(stem(name, kind) for name in names(section)) - {""}


def _section(section: str) -> dict:
    lists = columns()
    for part in section.split("."):
        lists = lists.get(part, {})
    return lists


def holds(header: str, group: tuple[str, ...]) -> bool:
    """Whether every word beginning of the group occurs in the folded header.

    >>> holds("would you buy here again", ("buy", "again"))
    True
    """
    words = header.split()
    return all(any(word.startswith(start) for word in words) for start in group)


def says(header: str, group: tuple[str, ...]) -> bool:
    """Whether the word beginnings of the group follow each other in the folded header.

    >>> says("what is your name", ("your", "name")), says("your own name", ("your", "name"))
    (True, False)
    """
    words = header.split()
    starts = range(len(words) - len(group) + 1)
    return any(all(words[at + n].startswith(part) for n, part in enumerate(group)) for at in starts)
