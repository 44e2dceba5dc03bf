"""When is a difference of shares too small to matter, and what is it channel by channel?"""

from __future__ import annotations

import math

import numpy as np

from csworkbook import language
from csworkbook.estimates import LEVEL, Estimate

SURE = (1 - LEVEL) / 2  # of one side, so that it agrees with the 95 % interval and with two-sided tests
POWER = 0.8
_PART = 0.25  # of the share that buys again: more than that matters, however few buy again
_LEAST = 0.001


def slight(limit: float, count: float, n: float) -> float:
    """Up to where a difference of shares is too small to matter: the limit, or a quarter of the share itself.

    Parameters
    ----------
    limit : float
        The difference that is too small where many buy again (0–1).
    count, n : float
        How many buy again, of how many, among those compared.

    >>> slight(0.05, 400, 1000), slight(0.05, 100, 1000)
    (0.05, 0.025)
    """
    return min(limit, max(_PART * count / n, _LEAST)) if n else limit


def as_points(limit: float) -> str:
    """A limit (0–1) in points, with a decimal only where it has one.

    >>> as_points(0.05), as_points(0.0251)
    ('5', '2.5')
    """
    points = round(100 * limit, 1)
    return language.number(points, 0 if points == round(points) else 1)


def equal(count: int, n: int, other_count: int, other_n: int, limit: float) -> tuple[float, float]:
    """Two one-sided score tests of two shares: are they equal, give or take `limit` (0–1)?

    Returns
    -------
    (float, float)
        The p-value of "they differ by `limit` or more" (small: as good as equal), and of its upper half,
        "the first is larger by `limit` or more" (small: no more than the other). NaN where a group is empty.

    >>> [p < 0.001 for p in equal(650, 1000, 655, 1000, 0.1)]
    [True, True]
    """
    from statsmodels.stats.proportion import tost_proportions_2indep

    if min(n, other_n) == 0:
        return float("nan"), float("nan")
    with np.errstate(all="ignore"):
        tested = tost_proportions_2indep(
            count, n, other_count, other_n, -limit, limit, method="score", compare="diff"
        )
    return float(tested.pvalue), float(tested.results_smaller.pvalue)


def wanted(share: float, limit: float, power: float = POWER, sure: float = SURE) -> int:
    """How many customers in each group would show equal shares to be equal (Chow, Shao & Wang 2008, 4.2).

    Parameters
    ----------
    share : float
        That buys again in both (0–1).
    limit : float
        The difference that is too small to matter (0–1).
    power : float
        The chance to find it (0–1).
    sure : float
        The level of each of the two one-sided tests.

    >>> wanted(0.75, 0.2, sure=0.05)
    81
    """
    from scipy.stats import norm

    z = norm.isf(sure) + norm.ppf(0.5 + power / 2)
    return math.ceil(2 * share * (1 - share) * (z / limit) ** 2)


def stratified(tables: np.ndarray) -> tuple[Estimate, float]:
    """The difference of two shares within strata, and its standard error (Mantel–Haenszel weights).

    The error is Sato's (Sato 1989, Biometrics 45:1323–1324), good for few large and for many small strata;
    interval and p-value are normal. A stratum where one of the two groups is empty has no weight.

    Parameters
    ----------
    tables : array (strata, 2, 2)
        Per stratum, for one group and for the other: how many bought again, of how many.

    Returns
    -------
    (Estimate, float)
        One minus the other (points, −1–1); both are NaN where no stratum has both groups.

    >>> stratified(np.array([[[6, 10], [4, 10]], [[3, 10], [2, 10]]]))[0].value
    0.15
    """
    from scipy.stats import norm

    tables = np.asarray(tables, dtype=float)
    (a, n), (b, m) = (tables[:, side].T for side in (0, 1))
    both = (n > 0) & (m > 0)
    a, n, b, m = (part[both] for part in (a, n, b, m))
    if not both.any():
        return Estimate(float("nan"), -1.0, 1.0, 0, "points"), float("nan")
    weight, total = n * m / (n + m), (n + m).sum()
    value = ((a * m - b * n) / (n + m)).sum() / weight.sum()
    spread = (n**2 * b - m**2 * a + n * m * (m - n) / 2) / (n + m) ** 2
    mixed = (a * (m - b) + b * (n - a)) / (2 * (n + m))
    error = math.sqrt(max(value * spread.sum() + mixed.sum(), 0.0)) / weight.sum()
    half = norm.isf(SURE) * error
    p = float(2 * norm.sf(abs(value) / error)) if error > 0 else 1.0
    ends = max(value - half, -1.0), min(value + half, 1.0)
    return Estimate(round(float(value), 12), *map(float, ends), int(total), "points", p), error


def equal_within(value: float, error: float, limit: float) -> tuple[float, float]:
    """The two one-sided tests of `equal`, of a difference with its standard error, by the normal distribution.

    >>> [round(p, 3) for p in equal_within(0.0, 0.01, 0.02)]
    [0.023, 0.023]
    """
    from scipy.stats import norm

    if not error > 0:
        return float("nan"), float("nan")
    above, below = norm.cdf((value - limit) / error), norm.sf((value + limit) / error)
    return float(max(above, below)), float(above)
