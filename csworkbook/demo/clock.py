"""When do customers of the demo shop order, ask and visit: seasons, weekdays and hours.

Inside the generators a moment is a number of local seconds since Monday 1 July 2024; `stamp`
turns it into a timestamp with the shop's zone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from csworkbook.demo import stories

if TYPE_CHECKING:
    import pandas as pd

ZONE = "Europe/Amsterdam"
START = np.datetime64("2024-07-01", "s")
DAY = 86_400
END = stories.DAYS * DAY

# how busy a shop is per hour of the day: orders and page visits, written questions
_EVENING = np.array([2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 8, 9, 12, 14, 13, 9, 5], float)
_WRITTEN = np.array([1, 0, 0, 0, 0, 0, 1, 3, 6, 9, 10, 9, 8, 8, 8, 7, 7, 6, 5, 6, 7, 6, 4, 2], float)


def stamp(seconds: np.ndarray) -> pd.Series:
    """Timestamps in the shop's zone from local seconds since the start; NaN gives an empty one.

    >>> str(stamp(np.array([3600.0]))[0])
    '2024-07-01 01:00:00+02:00'
    """
    import pandas as pd

    seconds = np.asarray(seconds, float)
    gone = np.isnan(seconds)
    moments = (START + np.where(gone, 0, seconds).astype("timedelta64[s]")).astype("datetime64[us]")
    moments[gone] = np.datetime64("NaT")
    summer = np.ones(len(moments), bool)
    return pd.Series(moments).dt.tz_localize(ZONE, ambiguous=summer, nonexistent="shift_forward")


def months() -> np.ndarray:
    """The calendar month, 1–12, of every day of the demo shop.

    >>> months()[[0, 729]].tolist()
    [7, 6]
    """
    days = START.astype("datetime64[D]") + np.arange(stories.DAYS)
    return days.astype("datetime64[M]").astype(int) % 12 + 1


@lru_cache
def season(december: float) -> np.ndarray:
    """How likely each day is for a first order: December `december` times a quiet day."""
    factor = np.array([0.9, 0.9, 1.0, 1.1, 1.15, 1.0, 0.85, 0.85, 1.0, 1.05, 1.25, december])
    return factor[months() - 1]


def moments(rng: np.random.Generator, weights: np.ndarray, size: int) -> np.ndarray:
    """Seconds since the start: days drawn by `weights`, hours as customers order (busiest at 20)."""
    days = rng.choice(len(weights), size, p=weights / weights.sum())
    return days * DAY + time_of_day(rng, size)


def time_of_day(rng: np.random.Generator, size: int, hours: np.ndarray = _EVENING) -> np.ndarray:
    """Seconds since midnight, drawn by the busyness of the hours."""
    hour = rng.choice(24, size, p=hours / hours.sum())
    return hour * 3600 + rng.integers(0, 3600, size)


def opening_hours() -> np.ndarray:
    """Busyness per hour of chat and phone: nothing outside opening hours, one known busiest hour."""
    first, last = stories.OPEN_HOURS
    hour, share = stories.BUSY_HOUR
    shape = np.array(
        [0.0 if h < first or h >= last else 1 + 0.15 * (h in (9, 11, 13, 14)) for h in range(24)]
    )
    shape[hour] = 0
    shape *= (1 - share) / shape.sum()
    shape[hour] = share
    return shape


def contact_moments(rng: np.random.Generator, earliest: np.ndarray, live: np.ndarray) -> np.ndarray:
    """Moments of contacts in the week that starts on day `earliest`.

    Every weekday occurs once in seven days, so the share of each weekday is exactly the planted
    one. `live` marks chat and phone, which keep opening hours.
    """
    weights = np.where(live[:, None], stories.WEEKDAYS["live"], stories.WEEKDAYS["written"])
    ahead = (earliest[:, None] + np.arange(7)) % 7
    cumulative = np.take_along_axis(weights, ahead, axis=1).cumsum(axis=1)
    later = (rng.random(len(earliest))[:, None] * cumulative[:, -1:] >= cumulative).sum(axis=1)
    of_day = np.where(
        live, time_of_day(rng, len(live), opening_hours()), time_of_day(rng, len(live), _WRITTEN)
    )
    return (earliest + np.minimum(later, 6)) * DAY + of_day
