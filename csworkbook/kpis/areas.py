"""How well does a score tell who will from who will not? Areas under the ROC curve, several on the same people.

Values and covariance are those of DeLong, DeLong & Clarke-Pearson (1988, Biometrics 44:837–845), by ranks as in
Sun & Xu (2014, IEEE Signal Processing Letters 21:1389–1393). What one person says more than once is one cluster, as
in Obuchowski (1997, Biometrics 53:567–578); with one answer a person that is DeLong's to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csworkbook.estimates import LEVEL, Estimate


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas under the ROC curve of several scores, in the order of the columns.

    Attributes
    ----------
    value : ndarray of shape (scores,)
        The chance that of two people, one who did and one who did not, the score of the first is higher; a draw
        counts half.
    covariance : ndarray of shape (scores, scores)
    n : int
        Answers; `sides` are the people among them who did, and those who did not.
    """

    value: np.ndarray
    covariance: np.ndarray
    n: int
    sides: tuple[int, int]

    def area(self, place: int) -> Estimate:
        """One area with its 95 % interval, on the logit scale so that it keeps within 0 and 1.

        Where everybody is told right (or wrong) there is no spread to see; then Newcombe's (2006, Statistics in
        Medicine 25:559–573, method 5) stands instead. p is that of no better than a coin.
        """
        value, spread = float(self.value[place]), float(np.sqrt(self.covariance[place, place]))
        if min(self.sides) < 2:
            return Estimate(value, 0.0, 1.0, self.n, "share", 1.0)
        if value in (0.0, 1.0) or spread == 0:
            bound = _whole_bound(*self.sides)
            low, high = (bound, 1.0) if value > 0.5 else (0.0, 1 - bound)
            return Estimate(value, low, high, self.n, "share", _p(value - 0.5, (1 - bound) / _z()))
        inside = value * (1 - value)
        low, high = (_share(np.log(value / (1 - value)) + side * _z() * spread / inside) for side in (-1, 1))
        return Estimate(value, low, high, self.n, "share", _p(value - 0.5, spread))

    def difference(self, place: int, other: int) -> Estimate:
        """The first area less the other with the paired 95 % interval and p; ends that cannot be told are -1 and 1."""
        value = float(self.value[place] - self.value[other])
        turned = self.covariance[[place, other]][:, [place, other]]
        spread = float(np.sqrt(max(turned[0, 0] + turned[1, 1] - 2 * turned[0, 1], 0.0)))
        if min(self.sides) < 2:
            return Estimate(value, -1.0, 1.0, self.n, "points", 1.0)
        if spread < 1e-12:  # both put everybody in the same order, or both are always right: no spread to see
            spread = (1 - _whole_bound(*self.sides)) / _z()
        ends = (max(value - _z() * spread, -1.0), min(value + _z() * spread, 1.0))
        return Estimate(value, *ends, self.n, "points", _p(value, spread))


def areas(scores: np.ndarray, did: np.ndarray, who: np.ndarray) -> Areas:
    """The areas of some scores of the same answers.

    Parameters
    ----------
    scores : ndarray of shape (answers, scores)
        Higher where it is expected sooner; no empty ones.
    did : ndarray of bool, shape (answers,)
        At least one did and one did not.
    who : ndarray of shape (answers,)
        Who answered: answers of one person go together.

    >>> found = areas(np.array([[1.0], [2.0], [2.0], [3.0]]), np.array([False, False, True, True]), np.arange(4))
    >>> float(found.value[0])
    0.875
    """
    from scipy.stats import rankdata

    yes, no = scores[did], scores[~did]
    ranks = rankdata(scores, axis=0)
    placed = np.empty(scores.shape)
    placed[did] = (ranks[did] - rankdata(yes, axis=0)) / len(no)
    placed[~did] = 1 - (ranks[~did] - rankdata(no, axis=0)) / len(yes)
    value = placed[did].mean(axis=0)
    sides = (len(np.unique(who[did])), len(np.unique(who[~did])))
    pull = placed - value
    for side, people in ((did, sides[0]), (~did, sides[1])):
        pull[side] *= np.sqrt(people / max(people - 1, 1)) / side.sum()
    people = np.unique(who, return_inverse=True)[1]
    sums = np.zeros((people.max() + 1, scores.shape[1]))
    np.add.at(sums, people, pull)
    return Areas(value, sums.T @ sums, len(did), sides)


def _z() -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + LEVEL) / 2))


def _p(value: float, spread: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(value) / spread)) if spread > 0 else 1.0


def _share(logit: float) -> float:
    from scipy.special import expit

    return float(expit(logit))


def _whole_bound(did: int, did_not: int) -> float:
    """The lower end of the interval of an area of 1, with so many people on each side."""
    from scipy.optimize import brentq

    rest = (did + did_not) / 2 - 1

    def gap(area: float) -> float:
        within = 1 + rest * ((1 - area) / (2 - area) + area / (1 + area))
        return 1 - area - _z() * np.sqrt(area * (1 - area) * within / (did * did_not))

    return float(brentq(gap, 1e-9, 1 - 1e-12))
