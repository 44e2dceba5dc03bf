"""Which share of a week falls on a weekday, and of a day in an hour? Weeks differ more than chance would have it.

Shares are ratios of totals over whole weeks, with the variance of a ratio over weeks (Cochran, *Sampling
Techniques*, 1977, section 6.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csworkbook import estimates
from csworkbook.estimates import Estimate

if TYPE_CHECKING:
    from csworkbook.staffing.arriving_result import Together

LEAST = 4  # whole weeks; with fewer a day is taken for a draw of its own


@dataclass(frozen=True)
class Busiest:
    """The part with most contacts.

    Attributes
    ----------
    place : int
        Weekday, or hour of the day.
    share : Estimate
        Of all contacts.
    rivals : tuple of int
        The parts of which it cannot be told whether they are as busy (Holm).
    even : float
        The share it would have if all open time were alike.
    """

    place: int
    share: Estimate
    rivals: tuple[int, ...]
    even: float


def shares(whole: Together) -> tuple[Busiest, Busiest]:
    """The busiest weekday of the week and hour of the day, over ordinary weeks."""
    weeks = _weeks(whole)
    is_open = whole.open > 0
    hours = whole.open.reshape(7, 24, 2).sum(axis=(0, 2))
    by_day = busiest(weeks.sum(axis=2), is_open.any(axis=1), 1 / max(is_open.any(axis=1).sum(), 1))
    by_hour = weeks.sum(axis=1).reshape(len(weeks), 24, 2).sum(axis=2)
    return by_day, busiest(by_hour, hours > 0, float(hours.max() / max(hours.sum(), 1e-9)))


def _weeks(whole: Together) -> np.ndarray:
    """Whole weeks without public holidays, shape (weeks, 7, 48); all together as one where they are too few."""
    first = int((7 - whole.days[0].day_of_week) % 7)
    n = max((len(whole.days) - first) // 7, 0)
    weeks = whole.usual[first : first + 7 * n].reshape(n, 7, 48)
    missing = (np.isnan(weeks) & (whole.open > 0)).any(axis=(1, 2))
    found = np.nan_to_num(weeks[~missing])
    if len(found) >= LEAST:
        return found
    summed = np.zeros((7, 48))
    np.add.at(summed, whole.days.day_of_week.to_numpy(), np.nan_to_num(whole.grid))
    return summed[None]


def busiest(counts: np.ndarray, is_open: np.ndarray, even: float) -> Busiest:
    """The part with most contacts, and which others may be as busy.

    Parameters
    ----------
    counts : ndarray, shape (weeks, parts)
    is_open : ndarray of bool, shape (parts,)

    >>> found = busiest(np.array([[30, 10, 10]] * 8), np.array([True] * 3), 1 / 3)
    >>> found.place, found.share.value, found.rivals
    (0, 0.6, ())
    """
    whole = counts.sum(axis=1)
    n, top = int(whole.sum()), int(counts.sum(axis=0).argmax())
    others = [place for place in np.flatnonzero(is_open) if place != top]
    if len(counts) < 2:
        p = [_binomial(counts[0, top], counts[0, place]) for place in others]
        share = estimates.share(counts[0, top], n)
    else:
        share = _ratio(counts[:, top], whole)
        p = [_ratio(counts[:, top] - counts[:, place], whole).p for place in others]
    sure = estimates.adjust(p) < 1 - estimates.LEVEL if others else []
    rivals = [place for place, known in zip(others, sure, strict=True) if not known]
    rivals.sort(key=lambda place: -counts[:, place].sum())
    return Busiest(top, share, tuple(int(place) for place in rivals), even)


def _ratio(part: np.ndarray, whole: np.ndarray) -> Estimate:
    """A ratio of totals over weeks with its t interval."""
    from scipy.stats import t

    weeks, value = len(whole), part.sum() / whole.sum()
    off = part - value * whole
    error = np.sqrt(weeks / (weeks - 1) * (off**2).sum()) / whole.sum()
    reach = t.ppf((1 + estimates.LEVEL) / 2, weeks - 1) * error
    p = 2 * t.sf(abs(value) / error, weeks - 1) if error > 0 else float(value == 0)
    low, high = max(value - reach, -1.0), min(value + reach, 1.0)
    return Estimate(float(value), float(low), float(high), int(whole.sum()), p=float(p))


def _binomial(count: float, other: float) -> float:
    from scipy.stats import binomtest

    both = int(count + other)
    return float(binomtest(int(count), both).pvalue) if both else 1.0
