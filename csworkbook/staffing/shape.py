"""How are the contacts of a week divided over its days and half hours?

Few contacts say little about one half hour, so each is drawn towards what is known of more: the half hours of
a weekday towards those of all days, these towards an even day, the days towards an even week. How far, the
counts say themselves (Dirichlet-multinomial, the likeliest weight; Minka 2000, *Estimating a Dirichlet
distribution*).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csworkbook.staffing.counts import Counted

_YEAR = 364  # days: older weeks may have been divided otherwise
_WEIGHTS = np.geomspace(0.5, 1e5, 40)  # pseudo-counts to choose from


@dataclass(frozen=True, eq=False)
class Shape:
    """How a week is divided.

    Attributes
    ----------
    days : ndarray, shape (7,)
        What each weekday weighs (pseudo-counts of a Dirichlet distribution); 0 for one without open hours.
    halves : ndarray, shape (7, 48)
        The same for the half hours of each weekday.
    spread : ndarray of float
        How much more a half hour varies than chance would have it, as a variance relative to its mean squared.
    """

    days: np.ndarray
    halves: np.ndarray
    spread: float

    @property
    def share(self) -> np.ndarray:
        """The share of the week in every half hour, shape (7, 48); together 1."""
        return self.day_share[:, None] * self.within

    @property
    def day_share(self) -> np.ndarray:
        """The share of the week on every weekday."""
        return self.days / self.days.sum()

    @property
    def within(self) -> np.ndarray:
        """The share of the day in every half hour, per weekday."""
        whole = self.halves.sum(axis=1, keepdims=True)
        return np.divide(self.halves, whole, out=np.zeros_like(self.halves), where=whole > 0)

    def draws(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Divisions that would fit as well, shape (size, 7, 48)."""
        days = rng.gamma(self.days, size=(size, 7))
        halves = rng.gamma(self.halves, size=(size, *self.halves.shape))
        whole = np.maximum(halves.sum(axis=2, keepdims=True), np.finfo(float).tiny)
        return (days / days.sum(axis=1, keepdims=True))[:, :, None] * halves / whole


def shape(one: Counted, until: int | None = None) -> Shape:
    """How one channel's weeks are divided, by its last year before a day.

    Parameters
    ----------
    until : int, optional
        The place in ``one.days`` up to which is looked, that day not included; None = all.
    """
    end = len(one.days) if until is None else until
    here = slice(max(0, end - _YEAR), end)
    grid, weekday = one.usual[here], one.days[here].day_of_week.to_numpy()
    counts = np.stack([np.nansum(grid[weekday == day], axis=0) for day in range(7)])
    seen = np.stack([(~np.isnan(grid[weekday == day])).sum(axis=0) for day in range(7)])
    even = one.open.mean(axis=0)
    pooled = drawn(counts.sum(axis=0), even * seen.sum(axis=0)) / np.maximum(seen.sum(axis=0), 1)
    base = one.open * np.divide(pooled, even, out=np.zeros_like(even), where=even > 0)
    halves = _per_look(counts, base, seen)
    days = _per_look(counts.sum(axis=1)[None], one.open.sum(axis=1)[None], _days_seen(grid, weekday)[None])[0]
    return Shape(days, halves, _spread(grid, weekday, halves))


def _days_seen(grid: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """How many days of each weekday were seen; parts of a day count in part."""
    whole = np.maximum((~np.isnan(grid)).sum(axis=1), 0)
    return np.array(
        [whole[weekday == d].sum() / max(whole[weekday == d].max(initial=0), 1) for d in range(7)]
    )


def _per_look(counts: np.ndarray, base: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Counts drawn towards `base`, as what would have been counted had all been looked at equally often."""
    found = drawn(counts, base * seen)
    rate = np.divide(found, seen, out=base.astype(float).copy(), where=seen > 0)
    rate = np.where(base > 0, rate, 0.0)
    whole = np.maximum(rate.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return rate / whole * found.sum(axis=1, keepdims=True)


def drawn(counts: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Counts of categories, with as many pseudo-counts divided as `base` as make them likeliest.

    Parameters
    ----------
    counts, base : ndarray, shape (categories,) or (groups, categories)
        Counts, and what each category weighs by itself, where nothing is counted.

    Returns
    -------
    ndarray
        Counts and pseudo-counts, in the shape of `counts`; 0 where `base` is.

    >>> drawn(np.array([10, 0, 20]), np.array([1, 1, 0])).astype(int).tolist()
    [10, 0, 0]
    """
    from scipy.special import gammaln

    rows, prior = np.atleast_2d(counts).astype(float), np.atleast_2d(base).astype(float)
    whole = prior.sum(axis=1, keepdims=True)
    prior = np.divide(prior, whole, out=np.zeros_like(prior), where=whole > 0)
    known = prior > 0
    rows = np.where(known, rows, 0.0)
    weight = _WEIGHTS[:, None, None] * np.where(known, prior, 1.0)
    fit = np.where(known, gammaln(weight + rows) - gammaln(weight), 0.0).sum(axis=(1, 2))
    n = rows.sum(axis=1)
    allowed = max(n.sum(), 1.0) >= _WEIGHTS  # the others cannot teach more than they hold
    fit = np.where(allowed, fit, -np.inf)
    fit += (gammaln(_WEIGHTS[:, None]) - gammaln(_WEIGHTS[:, None] + n)).sum(axis=1)
    return (rows + _WEIGHTS[fit.argmax()] * prior).reshape(np.shape(counts))


def _spread(grid: np.ndarray, weekday: np.ndarray, halves: np.ndarray) -> float:
    """The variance of half hours beyond chance, given the day's total, relative to their mean squared."""
    within = (halves / np.maximum(halves.sum(axis=1, keepdims=True), np.finfo(float).tiny))[weekday]
    whole = ((within == 0) | ~np.isnan(grid)).all(axis=1)
    counts, within = np.nan_to_num(grid[whole]), within[whole]
    usual = counts.sum(axis=1, keepdims=True) * within
    beyond = ((counts - usual) ** 2).sum() - (usual * (1 - within)).sum()
    return float(max(0.0, beyond / max((usual**2).sum(), 1e-9)))
