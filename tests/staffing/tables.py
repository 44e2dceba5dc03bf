"""Contacts that a person can count, and contacts drawn from a known law."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.staffing.counts import Counted, open_week

ZONE = "Europe/Amsterdam"
HOURS = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00")


def asked(at, channel: object = "phone", **columns) -> pd.DataFrame:
    """Contacts opened at these moments (text or times; without a zone on the shop's clock)."""
    opened = pd.DatetimeIndex(pd.to_datetime(list(at)))
    opened = opened if opened.tz is not None else opened.tz_localize(ZONE)
    table = pd.DataFrame({"contact_id": [str(n) for n in range(len(opened))], "opened_at": opened})
    return table.assign(customer_id="ann", topic="t", channel=channel, **columns)


def grid(
    rng: np.random.Generator, weeks: int, a_day, *, by_day: float = 0.0, by_week: float = 0.0
) -> Counted:
    """Calls counted on Monday to Friday from 9 to 17 o'clock, evenly over its 16 half hours.

    `a_day` is the mean of a day, or gives it by the day; weeks and days vary about it with these relative
    variances, the rest is chance.
    """
    days = pd.date_range("2024-01-01", periods=7 * weeks, freq="D")
    mean = np.array([a_day(day) if callable(a_day) else a_day for day in days], float)
    if by_day:
        mean = mean * rng.gamma(1 / by_day, by_day, len(days))
    if by_week:
        mean = mean * np.repeat(rng.gamma(1 / by_week, by_week, weeks), 7)
    week = open_week(HOURS)
    is_open = week[days.day_of_week] > 0
    counts = np.where(is_open, rng.poisson(mean[:, None] / 16, (len(days), 48)), np.nan)
    return Counted("phone", days, counts, week, 0, "", {})


def drawn(rng: np.random.Generator, weeks: int, a_day, **more) -> pd.DataFrame:
    """The contacts that `grid` counts, one a row."""
    one = grid(rng, weeks, a_day, **more)
    day, half = np.nonzero(np.nan_to_num(one.grid))
    n = one.grid[day, half].astype(int)
    at = one.days[day] + pd.to_timedelta(30 * half + 7, unit="min")
    return asked(at.repeat(n))
