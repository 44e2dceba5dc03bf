"""How many wait at the end of each coming day, when weeks like the last ones are drawn again and again?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_ENDS = (0.025, 0.5, 0.975)


@dataclass(frozen=True)
class Week:
    """What a coming week may be like: numbers per block of seven days and day of the week.

    Attributes
    ----------
    came, answered : ndarray, shape (weeks, 7)
        Letters that came in, and letters answered for the first time; Monday first.
    calls, call_minutes : ndarray, shape (weeks, 7)
        Contacts of the channels that may close, and the minutes spent on them.
    asked, asked_minutes : ndarray, shape (weeks, 7)
        Letters about the topic that a page could answer, and the minutes its live contacts took.
    """

    came: np.ndarray
    answered: np.ndarray
    calls: np.ndarray
    call_minutes: np.ndarray
    asked: np.ndarray
    asked_minutes: np.ndarray

    @property
    def number(self) -> int:
        """How many weeks there are to draw from."""
        return len(self.came)


@dataclass(frozen=True)
class Plan:
    """What is done about it.

    Attributes
    ----------
    minutes : float
        Working minutes a week more for letters.
    mailing : float or None
        The channels close, and this share of those who would have come there writes a letter; None = open.
    prevented : float
        The share of the contacts about the topic that no longer come.
    """

    minutes: float = 0.0
    mailing: float | None = None
    prevented: float = 0.0


@dataclass(frozen=True, eq=False)
class Cleared:
    """What became of one plan, run by run.

    Attributes
    ----------
    waiting : ndarray, shape (runs, days + 1)
        Letters waiting at the start and at the end of every day.
    net : ndarray, shape (runs,)
        Letters a week more than there is time for, on average in a run; below zero the backlog shrinks.
    came, answered : float
        Letters a week that come in and that there is time for, on average over the weeks seen.
    """

    waiting: np.ndarray
    net: np.ndarray
    came: float
    answered: float

    @cached_property
    def days(self) -> np.ndarray:
        """Days until nobody waits, per run; infinite where that is beyond the last day."""
        empty = self.waiting <= 1e-9
        return np.where(empty.any(axis=1), empty.argmax(axis=1), np.inf)

    @property
    def share(self) -> float:
        """The share of runs in which the backlog is gone in time, 0–1."""
        return float(np.isfinite(self.days).mean())

    def gone(self) -> tuple[float, float, float]:
        """Days until it is gone: the lower end, the middle and the upper end of the runs (inf = not in time)."""
        low, middle, high = np.quantile(self.days, _ENDS, method="inverted_cdf")
        return float(low), float(middle), float(high)

    def band(self) -> np.ndarray:
        """Lower end, middle and upper end of what waits, shape (3, days + 1)."""
        return np.quantile(self.waiting, _ENDS, axis=0)

    def growth(self) -> tuple[float, float, float]:
        """`net`: the lower end, the middle and the upper end of the runs."""
        low, middle, high = np.quantile(self.net, _ENDS)
        return float(low), float(middle), float(high)


def drawn(number: int, weeks: int, *, runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Which weeks of the past every run is made of, and how far its mean may lie from theirs.

    Returns
    -------
    tuple of ndarray
        How far the mean of all weeks to come lies from that of the weeks seen, in standard errors of it (Student's
        t: of two weeks it is hardly known, of eight fairly well), shape (runs,); and the weeks that the coming
        ones are like, shape (runs, weeks).

    >>> apart, ahead = drawn(3, 2, runs=4, seed=0)
    >>> apart.shape, ahead.shape, bool((ahead < 3).all())
    ((4,), (4, 2), True)
    """
    rng = np.random.default_rng(seed)
    return rng.standard_t(max(number - 1, 1), runs), rng.integers(0, number, (runs, weeks))


def cleared(
    week: Week,
    plan: Plan,
    *,
    start: float,
    first: int,
    draws: tuple[np.ndarray, np.ndarray],
    letter_minutes: np.ndarray,
    open_share: np.ndarray,
    capacity: float | None = None,
) -> Cleared:
    """What waits at the end of each day: what waited, plus what came in, less what there is time for.

    Parameters
    ----------
    start : float
        Letters waiting now, 0 or more.
    first : int
        The weekday of the first day, 0 = Monday.
    draws : tuple of ndarray
        From `drawn`.
    letter_minutes : ndarray, shape (runs,)
        Minutes a letter takes, above 0.
    open_share : ndarray, shape (days,)
        The part of a week's open time that lies on each coming day: added hours go there.
    capacity : float, optional
        Letters a week there is time for; as many as were answered without it.

    >>> even = np.full((2, 7), 10.0)
    >>> none = np.zeros((2, 7))
    >>> two = Week(even, even + 4, none, none, none, none)
    >>> cleared(two, Plan(), start=20, first=0, draws=drawn(2, 2, runs=1, seed=0),
    ...         letter_minutes=np.array([6.0]), open_share=np.full(14, 1 / 7)).waiting[0, :7].tolist()
    [20.0, 16.0, 12.0, 8.0, 4.0, 0.0, 0.0]
    """
    apart, ahead = draws
    days = (first + np.arange(7)) % 7  # a block of seven days begins where the coming ones do
    came = _letters_in(week, plan)
    done, spare = _letters_out(week, plan, capacity)
    per_letter = letter_minutes[:, None]
    more = plan.minutes * open_share[None, :] / per_letter
    inflow = came[:, days][ahead].reshape(len(ahead), -1)
    outflow = (done[:, days][ahead] + spare[:, days][ahead] / per_letter[..., None]).reshape(len(ahead), -1)
    drift = apart * _error(came - done - spare / letter_minutes.mean())
    weekly = (came - done).sum(axis=1).mean() - spare.sum(axis=1).mean() / letter_minutes
    return Cleared(
        _waiting(start, inflow - outflow - more + drift[:, None] / 7),
        weekly + drift - plan.minutes / letter_minutes,
        float(came.sum(axis=1).mean()),
        float(done.sum(axis=1).mean() + (spare.sum(axis=1).mean() + plan.minutes) / letter_minutes.mean()),
    )


def _error(change: np.ndarray) -> float:
    """The standard error of the mean change in a week, from the weeks seen."""
    weekly = change.sum(axis=1)
    return float(weekly.std(ddof=1) / np.sqrt(len(weekly))) if len(weekly) > 1 else 0.0


def _letters_in(week: Week, plan: Plan) -> np.ndarray:
    """Letters that come in per day under a plan."""
    return week.came - plan.prevented * week.asked + (plan.mailing or 0.0) * week.calls


def _letters_out(week: Week, plan: Plan, capacity: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Letters there is time for per day, and the minutes that come free on the channels beside them."""
    done = week.answered
    if capacity is not None:  # spread as the answers were, or evenly where none was given
        shape = done.sum(axis=0)
        done = np.tile(capacity * (shape / shape.sum() if shape.sum() else np.full(7, 1 / 7)), (len(done), 1))
    if plan.mailing is not None:
        return done, week.call_minutes
    return done, plan.prevented * week.asked_minutes


def _waiting(start: float, change: np.ndarray) -> np.ndarray:
    """Start and changes added up, never below zero (Lindley's recursion, as a running minimum)."""
    walked = start + change.cumsum(axis=1)
    below = np.minimum(np.minimum.accumulate(walked, axis=1), 0.0)
    return np.hstack([np.full((len(change), 1), float(start)), walked - below])
