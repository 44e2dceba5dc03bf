"""What does every threshold for free shipping bring, under a stated response?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from csworkbook.checkout.baskets import Baskets, Present
from csworkbook.checkout.response import DRAWS, Response

NEVER = np.inf  # the threshold of a shop where nobody gets free shipping
_DISTINCT = 800  # of more different amounts the nearest are taken together
_STEPS = 80  # thresholds on the grid, about
_TOP, _LARGE = 0.98, 10  # baskets above this part of all, or so many times the middle one, are left out
_NICE = (0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100, 250, 500, 1000)
_CLOSEST = 0.95  # the most that is believed of a basket that lacks nothing any more
_HALVINGS = 24


@dataclass(frozen=True)
class Terms:
    """What is reckoned with: `margin` (share) on what is added, `fee` (what those who pay, pay) and `cost` (what a
    parcel costs the shop), both money; from and to of the share that stays away rather than pay."""

    margin: float
    fee: float
    cost: float
    away: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Curve:
    """The result per order at every threshold, for the baskets as they are and for draws of all that is uncertain.

    Attributes
    ----------
    thresholds : ndarray
        Rising; 0 is always free, `NEVER` the last.
    value : ndarray
        Money per order of now, margin and shipping together, at the middle of the assumptions.
    draws : ndarray, shape (DRAWS, thresholds)
    free, topped : ndarray
        Shares of the orders then made that get free shipping, and that were made up to it.
    top : float
        Larger baskets are left out.
    """

    thresholds: np.ndarray
    value: np.ndarray
    draws: np.ndarray
    free: np.ndarray
    topped: np.ndarray
    top: float

    def at(self, threshold: float) -> int:
        """The place of a threshold that is on the grid."""
        return int(np.flatnonzero(self.thresholds == threshold)[0])

    @cached_property
    def best(self) -> int:
        """The place of the threshold with the highest result."""
        return int(self.value.argmax())

    @cached_property
    def best_ends(self) -> tuple[float, float]:
        """The thresholds between which the best one lies in 95 % of the draws."""
        places = np.sort(self.draws.argmax(axis=1))
        low, high = places[int(0.025 * len(places))], places[int(np.ceil(0.975 * len(places))) - 1]
        return float(self.thresholds[low]), float(self.thresholds[high])

    @cached_property
    def break_even(self) -> float:
        """The lowest threshold that costs no more than it brings, beside never free; NaN without any."""
        pays = np.flatnonzero((self.value[:-1] >= self.value[-1]) & (self.free[:-1] > 0))
        return float(self.thresholds[pays[0]]) if len(pays) else np.nan

    def against(self, one: int, other: int) -> tuple[float, float, float]:
        """How much more per order the threshold at one place brings than that at another, with its range."""
        low, high = np.quantile(self.draws[:, one] - self.draws[:, other], [0.025, 0.975])
        return float(self.value[one] - self.value[other]), float(low), float(high)


def curve(
    baskets: Baskets,
    present: Present,
    response: Response,
    terms: Terms,
    *,
    also: tuple[float, ...] = (),
    seed: int = 0,
) -> Curve:
    """The result of every threshold of a grid, and of those in `also`.

    Of the baskets as they are now, what the present threshold did to them is first taken back: those
    made up to it are put back below it, and those who stayed away because they had to pay are added. At
    another threshold, who lacks at most the reach makes the basket up with a probability that falls in a
    straight line; of the others who would pay, a share stays away.
    """
    top = _top(baskets.value, present, also)
    bins = _Bins.of(baskets, top)
    grid = _grid(baskets.value, present, also)
    model = _Model(bins, grid, present, response.reach, terms)
    rng = np.random.default_rng(seed)
    drawn = rng.poisson(bins.count, (DRAWS, len(bins.count))).astype(float)
    away = rng.uniform(*sorted(terms.away), DRAWS)
    shares = rng.permutation(response.draws)
    draws, _free, _topped = model.result(drawn, shares, away)
    middle = np.array([sum(terms.away) / 2])
    value, free, topped = model.result(bins.count[None], np.array([response.share]), middle)
    return Curve(grid, value[0], draws, free[0], topped[0], top)


def away_needed(
    baskets: Baskets, present: Present, response: Response, terms: Terms, *, most: float = 0.9
) -> float:
    """The share staying away from which on the present threshold beats never free; NaN above `most`."""
    bins = _Bins.of(baskets, _top(baskets.value, present, ()))
    model = _Model(bins, np.array([present.value, NEVER]), present, response.reach, terms)

    def first(shares: np.ndarray) -> float:
        many = np.full(len(shares), response.share)
        found, _free, _topped = model.result(np.tile(bins.count, (len(shares), 1)), many, shares)
        pays = np.flatnonzero(found[:, 0] >= found[:, 1])
        return float(shares[pays[0]]) if len(pays) else np.nan

    rough = first(np.linspace(0, most, 46))
    if not rough > 0:
        return rough
    return first(np.linspace(rough - most / 45, rough, 21))


def _usual(value: np.ndarray) -> float:
    """Up to which basket the grid goes: a few very large orders do not make it coarse."""
    return float(min(np.quantile(value, _TOP, method="higher"), _LARGE * np.median(value)))


def _top(value: np.ndarray, present: Present, also: tuple[float, ...]) -> float:
    """Up to which basket orders are compared."""
    return float(max(_usual(value), *also, 1.6 * present.value if present.known else 0.0))


def _grid(value: np.ndarray, present: Present, also: tuple[float, ...]) -> np.ndarray:
    own = [present.value] if present.known else []
    most = max(_usual(value), *(1.6 * at for at in own), 0.0)
    step = next((nice for nice in _NICE if most / nice <= _STEPS), most / _STEPS)
    return np.unique([*np.arange(0, most + 1e-9, step), *own, *also, NEVER])


@dataclass(frozen=True, eq=False)
class _Bins:
    """Baskets of (nearly) the same value together: value, count, mean margin in money."""

    value: np.ndarray
    count: np.ndarray
    earned: np.ndarray

    @classmethod
    def of(cls, baskets: Baskets, top: float) -> _Bins:
        here = baskets.value <= top
        value, earned = baskets.value[here], baskets.earned[here]
        for width in (0.01, *_NICE):
            coarse = np.floor(value / width + 1e-6)
            kinds, place = np.unique(coarse, return_inverse=True)
            if len(kinds) <= _DISTINCT:
                break
        count = np.bincount(place).astype(float)
        return cls(np.bincount(place, value) / count, count, np.bincount(place, earned) / count)


class _Model:
    """The result as a product of matrices: one row a draw, one column a threshold."""

    def __init__(self, bins: _Bins, grid: np.ndarray, present: Present, reach: float, terms: Terms) -> None:
        self.bins, self.present, self.reach, self.terms = bins, present, reach, terms
        b, at = bins.value, grid[:, None]
        lacks = at - b
        near = np.clip(1 - np.where(np.isfinite(lacks), lacks, reach) / reach, 0, 1)
        self.below = (lacks > 1e-9).astype(float)
        self.near = near * self.below
        up = np.where(self.near > 0, lacks, 0.0) + self._beyond()
        self.kept = (1 - self.below) * (bins.earned - terms.cost)
        self.paying = self.below * (bins.earned + terms.fee - terms.cost)
        self.made_up = self.near * (bins.earned + terms.margin * up - terms.cost)

    def _beyond(self) -> float:
        """How far above the threshold baskets end that were made up to it, on average."""
        landed = self._landed()
        return (
            float(np.average(self.bins.value - self.present.value, weights=landed)) if landed.any() else 0.0
        )

    def _landed(self) -> np.ndarray:
        """Baskets by value among which those made up now stand; none without a threshold."""
        if not self.present.known:
            return np.zeros(len(self.bins.value))
        over = self.bins.value - self.present.value
        return np.where((over >= -1e-9) & (over < self.reach), self.bins.count, 0.0)

    def result(
        self, counts: np.ndarray, shares: np.ndarray, away: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Result per order of now, and the shares free and made up of the orders then, per draw and threshold."""
        weights, near = self._without(counts, shares, away)
        stay = (1 - away)[:, None]
        up = near[:, None] * (weights @ self.made_up.T)
        rest = stay * (weights @ self.paying.T - near[:, None] * (weights @ (self.near * self.paying).T))
        total = weights @ self.kept.T + up + rest
        free = weights @ (1 - self.below).T
        topped = near[:, None] * (weights @ self.near.T)
        orders = np.maximum(free + topped + stay * (weights @ self.below.T - topped), 1e-12)
        return total / self.bins.count.sum(), (free + topped) / orders, topped / orders

    def _without(
        self, counts: np.ndarray, shares: np.ndarray, away: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The baskets as they would be if shipping were free for all, and the probability close to a threshold."""
        if not self.present.known:
            paid = 1.0 if self.present.kind == "nobody free" else 0.0
            near = np.minimum(2 * shares, _CLOSEST)  # baskets lie evenly within reach
            return counts / (1 - paid * away)[:, None], near
        lacks = self.present.value - self.bins.value
        below = lacks > 1e-9
        slope = np.where(below, np.clip(1 - lacks / self.reach, 0, 1), 0.0)
        zone = counts[:, slope > 0]
        landed = counts * (self._landed() > 0)
        near = _closest(zone, slope[slope > 0], shares, away, landed.sum(axis=1))
        made_up = near[:, None] * slope
        before = counts / (1 - made_up) / (1 - np.where(below, 1, 0) * away[:, None])
        left = 1 - (before * made_up).sum(axis=1) / np.maximum(landed.sum(axis=1), 1e-12)
        return np.where(landed > 0, counts * left[:, None], before), near


def _closest(
    zone: np.ndarray, slope: np.ndarray, shares: np.ndarray, away: np.ndarray, landed: np.ndarray
) -> np.ndarray:
    """The probability close to the threshold that gives these shares of the orders within reach, by halving.

    Never more than would put back more baskets than stand above the threshold.
    """
    low, high = np.zeros(len(shares)), np.full(len(shares), _CLOSEST)
    stand = zone.sum(axis=1)
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        moved = (zone * (1 / (1 - middle[:, None] * slope) - 1)).sum(axis=1) / (1 - away)
        share = moved / np.maximum(moved + stand, 1e-12)
        too_much = (share > shares) | (moved > landed)
        low, high = np.where(too_much, low, middle), np.where(too_much, middle, high)
    return low
