"""How much effort did it take, in one of three answers: 1 hardly any, 2 some, 3 far too much?

Words are taken as they are meant. Numbers are read on the scale of the questionnaire, 1–3, 1–5 or 1–7;
whether a high number is much effort or little is told by the question:

* "How much effort did it take …": 1–2 of 7 is hardly any, 3–4 some, 5–7 far too much (1–2, 3, 4–5 of 5);
* "… made it easy for me to …": the other way round, 6–7, 4–5, 1–3 (4–5, 3, 1–2);
* where the question tells neither, a higher number counts as more effort, and a note says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.intake import words
from csworkbook.intake.values import Distinct, Parsed, distinct, text_of
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

STRAY = 0.02
_LOW = {3: (1, 2), 5: (2, 3), 7: (2, 4)}  # hardly any up to …, some up to …, on a scale of effort
_HIGH = {3: (3, 2), 5: (4, 3), 7: (6, 4)}  # hardly any from …, some from …, on a scale of ease
_RANGE = re.compile(r"\b1\s*(?:-|–|—|t/m|tot(?: en met)?|to|through|/|\.\.\.?|…)\s*([357])\b")
_TOP = re.compile(r"\b1\s*[=:].*?\b([357])\s*[=:]")
_NUMBER = re.compile(r"^\(?(\d)(?:[.,]0+)?\)?(?=$|\s*[:=)(]|\s*[./–—-]?\s*[^\W\d])")


@dataclass(frozen=True)
class Scale:
    """How the numbers of a file are read: highest number, direction, and whether the question tells it."""

    points: int
    ease: bool
    told: bool = True

    def answer(self, number: int) -> int | None:
        """One of three answers for a number on this scale; none outside it.

        >>> Scale(7, ease=True).answer(7), Scale(7, ease=False).answer(7)
        (1, 3)
        """
        if not 1 <= number <= self.points:
            return None
        if self.ease:
            hardly, some = _HIGH[self.points]
            return 1 if number >= hardly else 2 if number >= some else 3
        hardly, some = _LOW[self.points]
        return 1 if number <= hardly else 2 if number <= some else 3


def direction(header: str) -> str:
    """What a high number means by the question: "ease", "effort", or "" when it does not tell.

    >>> direction("The shop made it easy for me to order"), direction("Hoeveel moeite kostte het?")
    ('ease', 'effort')
    """
    said = words.fold(header).split()
    lists = words.columns()["effort"]
    ease = any(word in lists["ease"]["words"] for word in said)
    effort = any(word in lists["effort"]["words"] for word in said)
    return "" if ease == effort else "ease" if ease else "effort"


def scale(header: str, columns: list[pd.Series | Distinct], said: str = "") -> Scale:
    """The scale shared by the questions of a file.

    Parameters
    ----------
    header : str
        The questions, joined.
    columns : list of Series
        Their answers; a question whose answers stay low is still on the scale of the others.
    said : str
        "ease" or "effort", when somebody said what a high number means.
    """
    told = said or direction(header)
    range_ = _RANGE.search(header.lower()) or _TOP.search(header.lower())
    points = int(range_.group(1)) if range_ else _points(columns)
    return Scale(points, told == "ease", bool(told) or points == 3)


def _points(columns: list[pd.Series | Distinct]) -> int:
    import numpy as np

    counts = np.zeros(10, dtype="int64")
    for column in columns:
        cells = distinct(column)
        sizes = np.bincount(cells.codes[cells.codes >= 0], minlength=len(cells.cells))
        for cell, size in zip(cells.cells, sizes, strict=False):
            number = number_of(cell)
            if number is not None and meaning(cell) is None:
                counts[number] += size
    valid = counts[1:8]
    for points in (3, 5):
        if valid[points:].sum() <= STRAY * max(1, valid.sum()):
            return points
    return 7


def number_of(cell: object) -> int | None:
    """The digit a cell is or begins with."""
    found = _NUMBER.match(text_of(cell))
    return int(found.group(1)) if found else None


def meaning(cell: object) -> tuple[str, int] | None:
    """What the words of a cell say: ("effort", 3), ("ease", 1), ("agreement", 2); none for no known words.

    >>> meaning("3 - Veel te veel!")
    ('effort', 3)
    """
    folded = words.fold(text_of(cell))
    for said in (folded, re.sub(r"^\d+ ?|\d+$", "", folded).strip()):
        for section in ("effort", "ease", "agreement"):
            if said in words.meaning(section):
                return section, int(words.meaning(section)[said])
    return None


def is_vague(cell: object) -> bool:
    """Whether a word could as well be about anything else: low, high, some, none."""
    return words.fold(text_of(cell)) in words.meaning("vague")


def is_none(cell: object) -> bool:
    """Whether a cell says that there is no answer."""
    text = text_of(cell)
    return not text.strip("-–—. ?") or words.fold(text) in words.meaning("none")


def is_answer(cell: object) -> bool:
    """Whether a cell could be an answer on some scale of effort."""
    number = number_of(cell)
    return meaning(cell) is not None or (number is not None and 1 <= number <= 7 and len(text_of(cell)) < 60)


def convert(column: pd.Series | Distinct, scale: Scale, said: Mapping[str, str] | None = None) -> Parsed:
    """Answers 1–3 of one question; cells that are no answer on this scale are bad.

    `said` holds further words and the answer ("1", "2", "3") each stands for, or "0" for no answer.

    >>> import pandas as pd
    >>> convert(pd.Series(["nauwelijks", "3", ""]), Scale(3, ease=False)).values.tolist()
    [1, 3, <NA>]
    """
    cells = distinct(column)
    told = {words.fold(word): int(answer) or None for word, answer in (said or {}).items()}
    values = [
        told[folded] if (folded := words.fold(text_of(cell))) in told else _answer(cell, scale)
        for cell in cells.cells
    ]
    bad = [
        value is None and not is_none(cell) and words.fold(text_of(cell)) not in told
        for cell, value in zip(cells.cells, values, strict=True)
    ]
    return Parsed(cells.spread(values, "Int64"), cells.where(bad))


def _answer(cell: object, scale: Scale) -> int | None:
    said = meaning(cell)
    if said is None:
        number = number_of(cell)
        return None if number is None else scale.answer(number)
    section, answer = said
    return 4 - answer if section == "agreement" and not scale.ease else answer


def allowed(scale: Scale) -> str:
    """What may be answered, for messages."""
    return _("hardly any, some, far too much, or a number from 1 to {points}").format(points=scale.points)


def note(scale: Scale, words_only: bool) -> str:
    """How the answers were converted, as a sentence; empty where they needed none."""
    if words_only or (scale.points == 3 and not scale.ease):
        return ""
    groups: dict[int, list[int]] = {1: [], 2: [], 3: []}
    for number in range(1, scale.points + 1):
        groups[scale.answer(number)].append(number)
    one, two, three = (f"{low[0]}–{low[-1]}" if len(low) > 1 else str(low[0]) for low in groups.values())
    sentence = _(
        "Answers on a scale of 1 to {points} became three: {one} hardly any, {two} some, {three} far too much effort."
    ).format(points=scale.points, one=one, two=two, three=three)
    if not scale.told:
        sentence += " " + _(
            "The questions do not tell whether a high number is much effort or little; it was read as much. Check this."
        )
    return sentence
