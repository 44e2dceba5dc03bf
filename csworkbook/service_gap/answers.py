"""What did every respondent answer, item by item? What the questions about the service survey share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from csworkbook import dimensions, language
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Vocabulary
from csworkbook.service_gap.items import ItemSet, dimension_names
from csworkbook.service_gap.resample import mean_of
from csworkbook.tables import require

CHAPTER = "01_service_gap"
# what a survey allows: gaps of the same people, gaps of different people, or only one of the two asked
Mode = Literal["paired", "unpaired", "perception", "expectation", "none"]


@dataclass(frozen=True)
class Answers:
    """The answers of one role, respondents × items; empty cells are NaN.

    Attributes
    ----------
    items : ItemSet
        The items that were asked.
    expectation, perception : array
        1–7. Where both were asked of the same people, only the cells in which both were answered.
    points : array, respondents × dimensions
        How a respondent divided 100 points; rows sum to 100, or are empty.
    mode : str
    unknown : tuple of int
        Item numbers that the set does not know, set aside.
    alone : int
        Answers without their other half, left out of the gaps.
    scaled : int
        Respondents whose points did not add up to 100 and were scaled.
    pointless : int
        Respondents whose points could not be used.
    """

    items: ItemSet
    expectation: np.ndarray
    perception: np.ndarray
    points: np.ndarray
    mode: Mode
    unknown: tuple[int, ...] = ()
    alone: int = 0
    scaled: int = 0
    pointless: int = 0

    @property
    def scores(self) -> np.ndarray:
        """What is judged, respondents × items: gaps where they are paired, else what was answered."""
        if self.mode == "paired":
            return self.perception - self.expectation
        return self.expectation if self.mode == "expectation" else self.perception

    @property
    def places(self) -> list[list[int]]:
        """The columns of every dimension's items, in the order of the dimensions."""
        numbers = list(self.items.dimension)
        return [[numbers.index(i) for i in self.items.members(d)] for d in self.items.dimensions]

    def by_dimension(self, values: np.ndarray) -> np.ndarray:
        """The mean of each dimension's items, along the last axis."""
        found = np.empty((*values.shape[:-1], len(self.places)))
        for column, place in enumerate(self.places):
            found[..., column] = mean_of(values[..., place])
        return found

    def answered(self) -> np.ndarray:
        """How many respondents answered something about each dimension."""
        known = ~np.isnan(self.expectation) | ~np.isnan(self.perception)
        return np.array([int(known[:, place].any(axis=1).sum()) for place in self.places], dtype=int)

    def behind(self, places: list[list[int]]) -> np.ndarray:
        """How many respondents the score of each group of columns rests on; of other people the smaller half."""
        sides = (self.expectation, self.perception) if self.mode == "unpaired" else (self.scores,)
        counts = [[int((~np.isnan(side[:, place])).any(axis=1).sum()) for place in places] for side in sides]
        return np.min(np.array(counts, dtype=int), axis=0)

    @property
    def people(self) -> int:
        """How many respondents answered anything."""
        return int((~np.isnan(self.expectation) | ~np.isnan(self.perception)).any(axis=1).sum())


def answers(service_survey: pd.DataFrame, items: ItemSet, *, role: str = "customer") -> Answers:
    """The answers of one role, of a survey with a row per respondent and item.

    Of two rows of a respondent about one item, the later counts.

    Raises
    ------
    DataError
        When a required column is missing.
    """
    require(service_survey, "service_survey")
    mine = service_survey[(service_survey["role"] == role).to_numpy(dtype=bool, na_value=False)]
    number = _numbers(mine, "item")
    known = np.isin(number, list(items.dimension))
    unknown = tuple(sorted({int(i) for i in np.unique(number[~known]) if i == i}))
    asked = set(np.unique(number[known]).astype(int))
    items = ItemSet({i: d for i, d in items.dimension.items() if i in asked}, items.texts, items.own)
    person, place = _places(mine, number, items)
    kept = (person >= 0) & (place >= 0)
    shape = (person.max(initial=-1) + 1, len(items.dimension))
    wide = [
        _wide(_numbers(mine, column)[kept], person[kept], place[kept], shape)
        for column in ("expectation", "perception", "weight")
    ]
    return _answers(items, *wide, unknown)


def _numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """A column as floats, empty as NaN; all empty where there is none."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    return frame[column].to_numpy(dtype=float, na_value=np.nan)


def _places(mine: pd.DataFrame, number: np.ndarray, items: ItemSet) -> tuple[np.ndarray, np.ndarray]:
    """The row and the column of every answer; -1 for a respondent or an item that is not known."""
    person = pd.factorize(mine["respondent_id"])[0]
    return person, pd.Index(list(items.dimension), dtype=float).get_indexer(number)


def _wide(values: np.ndarray, person: np.ndarray, place: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    wide = np.full(shape, np.nan)
    wide[person, place] = values
    return wide


def _answers(items, expectation, perception, weight, unknown) -> Answers:
    one, other = ~np.isnan(expectation), ~np.isnan(perception)
    both = one & other
    mode = _mode(one.sum(), other.sum(), both.sum())
    alone = int((one ^ other).sum()) if mode == "paired" else 0
    if mode == "paired":
        expectation, perception = (np.where(both, v, np.nan) for v in (expectation, perception))
    asked = Answers(items, expectation, perception, np.full((len(weight), 0), np.nan), mode, unknown, alone)
    if not asked.places:
        return asked
    found = dimensions.points(weight, asked.places)
    return replace(asked, points=found.each, scaled=found.scaled, pointless=found.pointless)


def _mode(expected: int, perceived: int, both: int) -> Mode:
    """Paired as soon as most of the answers that could have another half have one."""
    if not expected or not perceived:
        return "expectation" if expected else "perception" if perceived else "none"
    return "paired" if 2 * both >= min(expected, perceived) else "unpaired"


def left_out(asked: Answers) -> str:
    """What of the survey was not counted, as sentences; "" when all was."""
    said = []
    if asked.unknown:
        numbers = language.join([str(i) for i in asked.unknown])
        one = _("Item {numbers} belongs to no dimension here and was set aside.")
        many = _("Items {numbers} belong to no dimension here and were set aside.")
        said.append((one if len(asked.unknown) == 1 else many).format(numbers=numbers))
    if asked.alone:
        said.append(
            ngettext(
                "{n} answer without its other half (expected or got) was left out.",
                "{n} answers without their other half (expected or got) were left out.",
                asked.alone,
            ).format(n=language.number(asked.alone))
        )
    return " ".join(said)


def _heads() -> dict[str, str]:
    return {
        "role": _("Asked"),
        "dimension": _("Dimension"),
        "item": _("Item"),
        "text": _("Statement"),
        "expectation": _("Expected"),
        "perception": _("Got"),
        "gap": _("Gap"),
        "guess": _("Our guess"),
        "weight": _("Points of 100"),
        "alpha": _("Alpha"),
        "alpha_low": _("Alpha, from"),
        "alpha_high": _("Alpha, to"),
        "alpha_standardised": _("Alpha, standardised"),
        "importance": _("Importance"),
        "quadrant": _("What to do"),
        "sure": _("How sure"),
        "guesses": _("Answers, company"),
        "n": _("n"),
    }


def _words() -> dict[str, str]:
    return {
        "company": _("Company"),
        "customer": _("Customers"),
        "first": _("mend first"),
        "keep": _("keep it up"),
        "later": _("mend later"),
        "enough": _("good enough"),
        **dimension_names(),
    }


_SCORES = ("expectation", "perception", "gap", "low", "high", "guess", "alpha", "alpha_low", "alpha_high")
SCORED = Vocabulary(
    _heads,
    _words,
    {
        **dict.fromkeys((*_SCORES, "alpha_standardised"), "score"),
        "weight": "number",
        "importance": "number",
        "sure": "share",
        "guesses": "count",
    },
    wordy=("role", "dimension", "quadrant"),
)
SHARED = Vocabulary(_heads, _words, wordy=("role",))


def score(value: float) -> str:
    """A mean of answers, or a gap, as people write it: two decimals."""
    return language.number(value, 2)


def same_text(names: list[str]) -> str:
    """Dimensions or items as a list in a sentence."""
    return language.join([str(SCORED.word(name)) for name in names])
