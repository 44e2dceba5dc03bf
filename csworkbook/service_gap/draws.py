"""What does a service survey say, and what would it say if other customers had answered?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csworkbook.estimates import Estimate
from csworkbook.service_gap import resample
from csworkbook.service_gap.answers import Answers


@dataclass(frozen=True)
class Drawn:
    """What a survey says, in row 0 of every array, and what it would say if others had answered, below.

    Attributes
    ----------
    expectation, perception : array, (1 + draws) × items
        Means.
    scores : array, (1 + draws) × items
        Gaps, or the means themselves where only one of the two was asked.
    dimensions : array, (1 + draws) × dimensions
        The mean of the scores of each dimension's items.
    points : array, (1 + draws) × dimensions
    weighted : array, 1 + draws
        The scores weighted by each respondent's own points; NaN where there are none.
    """

    asked: Answers
    expectation: np.ndarray
    perception: np.ndarray
    scores: np.ndarray
    dimensions: np.ndarray
    points: np.ndarray
    weighted: np.ndarray

    @property
    def gaps(self) -> bool:
        """Whether the scores are gaps."""
        return self.asked.mode in ("paired", "unpaired")

    @property
    def weighing(self) -> int:
        """How many respondents divided points."""
        return int((~np.isnan(self.asked.points)).any(axis=1).sum())

    @property
    def overall(self) -> np.ndarray:
        """The mean of the dimensions, each counting the same."""
        return resample.mean_of(self.dimensions)

    @property
    def by_dimension(self) -> np.ndarray:
        """How many respondents each dimension's score rests on."""
        return self.asked.behind(self.asked.places)

    @property
    def by_item(self) -> np.ndarray:
        """How many respondents each item's score rests on."""
        return self.asked.behind([[place] for place in range(self.scores.shape[1])])

    def limits(self, values: np.ndarray, n: np.ndarray | int) -> tuple[np.ndarray, np.ndarray]:
        """The 95 % interval of each column, of `n` respondents; NaN where one says nothing about others."""
        low, high = resample.interval(values[1:])
        return np.where(np.less(n, 2), np.nan, low), np.where(np.less(n, 2), np.nan, high)

    @property
    def least(self) -> int:
        """How many respondents the dimension rests on that fewest judged: it bounds what a whole can tell."""
        known = self.by_dimension[self.by_dimension > 0]
        return int(known.min(initial=self.asked.people))

    def estimate(self, values: np.ndarray, n: int, least: int) -> Estimate | None:
        """One value of `n` respondents with its interval, empty where `least` is one; None without a value."""
        if np.isnan(values[0]):
            return None
        low, high = self.limits(values[:, None], min(n, least))
        return Estimate(float(values[0]), float(low[0]), float(high[0]), n, "score")


def drawn(asked: Answers, draws: int, seed: int) -> Drawn:
    """The means of a survey, and those of `draws` samples of its respondents, all columns together."""
    own = _weighted(asked)
    parts = [asked.expectation, asked.perception, asked.points, own[:, None]]
    edges = np.cumsum([part.shape[1] for part in parts])[:-1]
    found = np.split(resample.means(np.hstack(parts), draws=draws, seed=seed), edges, axis=1)
    expectation, perception, points, weighted = found
    one = {"expectation": expectation, "perception": perception}.get(asked.mode)
    scores = perception - expectation if one is None else one
    by_dimension = asked.by_dimension(scores)
    total = weighted[:, 0]
    if asked.mode == "unpaired":  # nobody has a gap of his own to weigh
        total = (by_dimension * points / 100).sum(axis=1)
    return Drawn(asked, expectation, perception, scores, by_dimension, points, total)


def _weighted(asked: Answers) -> np.ndarray:
    """Each respondent's score weighted by his own points; NaN where he did not judge what he gave points to."""
    if asked.mode in ("unpaired", "expectation", "none"):
        return np.full(len(asked.points), np.nan)
    each = asked.by_dimension(asked.scores)
    counted = np.where(asked.points == 0, 0.0, each * asked.points / 100)
    return counted.sum(axis=1)
