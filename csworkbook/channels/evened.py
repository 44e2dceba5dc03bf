"""Who differs from colleagues, once chance is taken out? Two levels of shrinking: the person, and the person's kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

_GRID = 25  # steps per level in search of the likeliest spread


@dataclass(frozen=True, eq=False)
class Evened:
    """Differences, drawn towards what chance alone would leave.

    Attributes
    ----------
    value, sd : ndarray
        The mean of the posterior and the standard deviation about it, per difference.
    between, within : float
        The spread (standard deviation) of people, and of a person's kinds of work about that.
    """

    value: np.ndarray
    sd: np.ndarray
    between: float
    within: float


def evened(difference: ArrayLike, variance: ArrayLike, person: ArrayLike) -> Evened:
    """Differences of people per kind of work, shrunk by how much people differ at all (empirical Bayes).

    A difference is the person's own plus that of the person for this kind of work, plus chance:
    normal(0, between²) + normal(0, within²) + normal(0, variance). The two spreads are the likeliest ones
    (marginal likelihood; Morris 1983, JASA 78:47–55; two levels as in Searle, Casella & McCulloch,
    *Variance Components*, 1992, ch. 9). That the spreads are uncertain too is in the standard deviations:
    they are about that value, over all spreads by their likelihood (Kass & Steffey 1989, JASA 84:717–726).

    Parameters
    ----------
    difference, variance : array_like of float
        What was seen, and its variance by chance (above 0).
    person : array_like
        Whose it is.

    >>> chance = evened([0.1, -0.1, 0.1, -0.1], [0.05] * 4, ["a", "a", "b", "b"])
    >>> chance.between, chance.within, bool(abs(chance.value).max() < 1e-6)
    (0.0, 0.0, True)
    """
    seen, noise = np.asarray(difference, float), np.asarray(variance, float)
    _names, who = np.unique(np.asarray(person, dtype=str), return_inverse=True)
    if not len(seen):
        return Evened(seen, noise, 0.0, 0.0)
    steps = np.concatenate([[0.0], _top(seen, noise) * np.geomspace(1e-4, 1.0, _GRID)])
    likely = _likelihood(seen, noise, who, steps, steps)
    between, within = _likeliest(seen, noise, who, steps, likely)
    value, _variance = (
        part[0] for part in _posterior(seen, noise, who, np.array([between]), np.array([within]))
    )
    sd = _about(value, seen, noise, who, steps, likely)
    return Evened(value, sd, float(np.sqrt(between)), float(np.sqrt(within)))


def _top(seen: np.ndarray, noise: np.ndarray) -> float:
    """A variance that people surely do not exceed."""
    return 4 * max(float(np.average(seen**2, weights=1 / noise)), 1e-12)


def _per_person(values: np.ndarray, who: np.ndarray) -> np.ndarray:
    return np.stack([np.bincount(who, row) for row in values])


def _posterior(seen, noise, who, between: np.ndarray, within: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of every difference, one row per pair of the two variances."""
    within, between = within[:, None], between[:, None]
    spread = within + noise
    weight, pulled = _per_person(1 / spread, who), _per_person(seen / spread, who)
    own, left = between * pulled / (1 + between * weight), between / (1 + between * weight)
    value = own[:, who] + within / spread * (seen - own[:, who])
    return value, within * noise / spread + (noise / spread) ** 2 * left[:, who]


def _likeliest(seen, noise, who, steps: np.ndarray, likely: np.ndarray) -> tuple[float, float]:
    """The two variances under which the differences are likeliest: the best of a grid, then a closer one about it."""
    near = [_around(steps, place) for place in _best(likely)]
    one, two = _best(_likelihood(seen, noise, who, *near))
    return float(near[0][one]), float(near[1][two])


def _around(steps: np.ndarray, place: int) -> np.ndarray:
    low, high = steps[max(place - 1, 0)], steps[min(place + 1, len(steps) - 1)]
    return np.unique(np.append(np.linspace(low, high, _GRID), steps[place]))


def _best(likely: np.ndarray) -> tuple[int, int]:
    """The places of the likeliest pair; of equals the smaller spreads."""
    one, two = np.unravel_index(np.argmax(likely), likely.shape)
    return int(one), int(two)


def _likelihood(seen, noise, who, between: np.ndarray, within: np.ndarray) -> np.ndarray:
    """The logarithm of the likelihood, between × within, up to a constant."""
    spread = within[:, None] + noise
    weight, pulled = _per_person(1 / spread, who), _per_person(seen / spread, who)
    alone = (np.log(spread) + seen**2 / spread).sum(axis=1)
    grown = 1 + between[:, None, None] * weight
    unlikely = (np.log(grown) - between[:, None, None] * pulled**2 / grown).sum(axis=2) + alone
    return -unlikely / 2


def _about(value, seen, noise, who, steps: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """The standard deviation about the values over all pairs of spreads, by likelihood (flat in the standard deviation)."""
    steps, likely = steps[::2], likely[::2, ::2]  # half of the grid does for an average
    width = np.gradient(np.sqrt(steps))
    weight = np.exp(likely - likely.max()) * np.outer(width, width)
    one, two = np.nonzero(weight > weight.max() * 1e-3)
    weight = weight[one, two] / weight[one, two].sum()
    mean, variance = _posterior(seen, noise, who, steps[one], steps[two])
    return np.sqrt(weight @ (variance + (mean - value) ** 2))
