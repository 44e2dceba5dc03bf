"""How well would weeks that are over have been foreseen? Each from what was known as long before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook.staffing.counts import Counted
from csworkbook.staffing.level import Fit, Guess, again, fitted

MOST = 10  # weeks that are foreseen again
WAYS = ("season", "recent", "four weeks", "last week")  # the first of equals is taken
PLAIN = WAYS[2:]
FAR = 56  # days ahead, from which the season goes before what happened last
_LEAST = 21  # days that must be known before
_DENSE = 5.0  # contacts on average, from which a part of a week can be judged
_UNTESTED = 0.01  # the least variance of a week's level where fewer weeks than these could be foreseen
_SOME = 5
WILDEST = (
    4.0  # the most variance (÷ the mean squared) that is reckoned with: beyond it most draws would be nothing
)


@dataclass(frozen=True, eq=False)
class Hindsight:
    """What foreseeing past weeks taught.

    Attributes
    ----------
    grain : str
        What was judged: "half hour", "day" or "week", the finest with five contacts on average.
    errors : dict of str to float
        By way: the sum of the errors ÷ the sum of the contacts (WAPE); empty when no week could be foreseen.
    way : str
        The one with the least error (far ahead, with a season, only of the first two); "recent" when nothing
        could be tested.
    weeks : int
        How many weeks were foreseen.
    by_week : float
        The variance of a week's level about what was foreseen, relative to its square.
    inside, n : int
        How many of how many parts fell into their 95 % range.
    """

    grain: str
    errors: dict[str, float]
    way: str
    weeks: int
    by_week: float
    inside: int
    n: int


def guesses(one: Counted, fit: Fit, monday: pd.Timestamp, finely: bool) -> dict[str, Guess]:
    """What every way expects of a week."""
    return {
        "season": fit.guess(monday, recent=False),
        "recent": fit.guess(monday, recent=True),
        "four weeks": again(one, fit, 4, finely=finely),
        "last week": again(one, fit, 1, finely=finely),
    }


def looked_back(one: Counted, fit: Fit, gap: int) -> Hindsight:
    """Weeks before ``fit.until`` foreseen from what was known `gap` days before each.

    A shorter gap where there are too few data for that one.
    """
    grain = _grain(one, fit)
    targets = _targets(one, fit.until, gap)
    if not targets:
        return Hindsight(grain, {}, "recent", 0, _UNTESTED, 0, 0)
    found = [_foreseen(one, fit, place, known, grain == "half hour") for place, known in targets]
    errors = {way: _error([(real, all_ways[way].grid) for real, all_ways in found], grain) for way in WAYS}
    way = min(_choices(fit, gap), key=errors.get)
    mine = [(real, all_ways[way]) for real, all_ways in found]
    off, size = np.array([_off(real, guess, fit.by_day) for real, guess in mine]).T
    by_week = _level(off.sum(), size.sum(), len(off))
    rest = [_level(off.sum() - o, size.sum() - s, len(off) - 1) for o, s in zip(off, size, strict=True)]
    held = [_inside(real, guess, fit, level, grain) for (real, guess), level in zip(mine, rest, strict=True)]
    inside, n = np.sum(held, axis=0)
    return Hindsight(grain, errors, way, len(targets), by_week, int(inside), int(n))


def _choices(fit: Fit, gap: int) -> tuple[str, ...]:
    """The ways to choose from: far ahead only those with a season, where the data show one."""
    return WAYS[:2] if fit.waves and gap > FAR else WAYS


def _grain(one: Counted, fit: Fit) -> str:
    usual = one.usual[: fit.until][-364:]
    mean = np.nansum(usual) / max((~np.isnan(usual)).sum(), 1)
    a_day = mean * (one.open > 0).sum() / max((one.open > 0).any(axis=1).sum(), 1)
    return "half hour" if mean >= _DENSE else "day" if a_day >= _DENSE else "week"


def _targets(one: Counted, until: int, gap: int) -> list[tuple[int, int]]:
    """Where the weeks to be foreseen begin, and where what was known before each ends."""
    first = (7 - one.days[0].day_of_week) % 7
    mondays = range(first, until - 6, 7)
    gap = min(gap, max(0, (until - _LEAST - 7) // 7 * 7))
    return [(place, place - gap) for place in mondays if place - gap >= _LEAST][-MOST:]


def _foreseen(one: Counted, fit: Fit, place: int, known: int, finely: bool) -> tuple[np.ndarray, dict]:
    """What a week brought, and what every way expected of it."""
    before = fitted(one, known, (fit.trend, fit.waves))
    return one.usual[place : place + 7], guesses(one, before, one.days[place], finely)


def _parts(real: np.ndarray, grid: np.ndarray, grain: str) -> tuple[np.ndarray, np.ndarray]:
    """What came and what was expected in every part of a week that was seen."""
    seen = ~np.isnan(real) & (grid > 0) | (real > 0)
    real, grid = np.where(seen, real, 0.0), np.where(seen, grid, 0.0)
    if grain == "half hour":
        return real[seen], grid[seen]
    some = seen.any(axis=1)
    real, grid = real[some].sum(axis=1), grid[some].sum(axis=1)
    return (real, grid) if grain == "day" else (real.sum(keepdims=True), grid.sum(keepdims=True))


def _error(pairs: list[tuple[np.ndarray, np.ndarray]], grain: str) -> float:
    parts = [_parts(real, grid, grain) for real, grid in pairs]
    off = sum(np.abs(real - grid).sum() for real, grid in parts)
    return float(off / max(sum(real.sum() for real, _grid in parts), 1.0))


def _off(real: np.ndarray, guess: Guess, by_day: float) -> tuple[float, float]:
    """By how much more than chance would have it a week's total was off, squared; and its size, squared."""
    came, mean = _parts(real, guess.grid, "day")
    whole = mean.sum()
    usual = whole + by_day * (mean**2).sum() + guess.own * whole**2
    return float((came.sum() - whole) ** 2 - usual), float(whole**2)


def _level(off: float, size: float, weeks: int) -> float:
    found = max(0.0, off / max(size, 1e-9))
    return found if weeks >= _SOME else max(found, _UNTESTED)


def _inside(real, guess: Guess, fit: Fit, by_week: float, grain: str) -> tuple[int, int]:
    """How many parts of a week fell into the range they would have had."""
    came, mean = _parts(real, guess.grid, grain)
    spread = by_week + guess.own + fit.by_day + (fit.shape.spread if grain == "half hour" else 0.0)
    if grain == "week":
        days = _parts(real, guess.grid, "day")[1]
        spread = by_week + guess.own + fit.by_day * (days**2).sum() / max(days.sum(), 1e-9) ** 2
    low, high = ranges(mean, spread)
    return int(((came >= low) & (came <= high)).sum()), len(came)


def ranges(mean: np.ndarray, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """95 % ranges of counts (negative binomial) with these means and so much variance beyond chance.

    >>> [int(end) for end in ranges(np.array(10.0), 0.0)]
    [4, 17]
    """
    from scipy.stats import nbinom, poisson

    mean, spread = np.maximum(mean, 1e-9), min(spread, WILDEST)
    if spread <= 0:
        return poisson.ppf(0.025, mean), poisson.ppf(0.975, mean)
    return tuple(nbinom.ppf(q, 1 / spread, 1 / (1 + spread * mean)) for q in (0.025, 0.975))
