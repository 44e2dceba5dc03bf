"""How far does somebody agree, on seven points or on five? Numbers as they are, words as they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from csworkbook.intake import answers, words
from csworkbook.intake.values import distinct, text_of, whole_of

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.intake.profile import Profile

SEVEN, FIVE = 7, 5
_OF_FIVE = {1: 1, 2: 2, 4: 3, 6: 4, 7: 5}  # where words for 3 and 5 of seven do not occur
_MOST = 10
_ENOUGH = 0.5


def place(cell: object) -> int | None:
    """Where the words of a cell stand on seven points of agreement; none for no known words.

    >>> place("Strongly agree"), place("een beetje mee eens"), place("blue")
    (7, 5, None)
    """
    folded = words.fold(text_of(cell))
    found = words.meaning("likert").get(folded)
    return int(found) if found else None


def is_rated(profile: Profile) -> bool:
    """Whether a column holds marks: most cells are a small whole number, or words of agreement."""
    said = [cell for cell in profile.cells if not answers.is_none(cell)]
    marks = [place(cell) or whole_of(cell) for cell in said]
    good = sum(mark is not None and 0 <= mark <= _MOST for mark in marks)
    return bool(said) and good >= _ENOUGH * len(said)


def is_strange(cell: object) -> bool:
    """Whether a cell is words that are neither a mark nor no answer.

    >>> is_strange("so so"), is_strange("7"), is_strange("n/a")
    (True, False, False)
    """
    words_only = place(cell) is None and whole_of(cell) is None and not answers.is_none(cell)
    return words_only and not any(sign.isdigit() for sign in text_of(cell))


def points(headers: Iterable[str], cells: Iterable[object]) -> tuple[int, bool]:
    """How many points a scale has, 5 or 7, and whether the file tells it.

    Numbers tell when one is above five, words when somebody agrees or disagrees somewhat, headers when they
    say "1 to 5".

    >>> points(["I expect help"], ["Agree", "Somewhat agree"]), points(["Help (1-5)"], ["4", "5"])
    ((7, True), (5, True))
    >>> points(["Help"], ["4", "5"])
    (5, False)
    """
    told = {number for header in headers if (number := _range(header))}
    if len(told) == 1:
        return told.pop(), True
    seen = list(cells)
    marks = [mark for cell in seen if place(cell) is None and (mark := whole_of(cell)) is not None]
    between = any(place(cell) in (3, 5) for cell in seen)
    return (SEVEN, True) if between or max(marks, default=0) > FIVE else (FIVE, False)


def _range(header: str) -> int | None:
    found = re.search(r"\b1\s*(?:-|–|—|t/m|tot(?: en met)?|to|through)\s*([57])\b", header.lower())
    return int(found.group(1)) if found else None


def marks(column: pd.Series, top: int, said: Mapping[str, str] | None = None) -> pd.Series:
    """The cells of a column with words of agreement as marks 1 to `top`; what is no answer is empty.

    A number stays as it is, and so does a word that is not known, for whoever checks the limits.

    Parameters
    ----------
    said : mapping, optional
        Further words and the mark each stands for, "0" for no answer.

    >>> import pandas as pd
    >>> marks(pd.Series(["agree", "5", "n/a"]), 5).tolist()
    ['4', '5', nan]
    """
    cells = distinct(column)
    known = {words.fold(word): mark for word, mark in (said or {}).items()}
    return cells.spread([_mark(cell, top, known) for cell in cells.cells], "object")


def _mark(cell: object, top: int, known: Mapping[str, str]) -> str | None:
    folded, found = words.fold(text_of(cell)), place(cell)
    if folded in known:
        return known[folded] if known[folded] != "0" else None
    found = _OF_FIVE.get(found) if found and top == FIVE else found
    if found is not None:
        return str(found)
    return None if answers.is_none(cell) else text_of(cell)
