"""Weeks that a person can count, for plans."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.staffing.crew import Crew, Live
from csworkbook.staffing.desks import Desk

TEN = 20  # the half hour from 10:00 on Monday


def week(values: dict[int, float]) -> np.ndarray:
    """Half hours of a week, from Monday 0:00."""
    found = np.zeros(336)
    for place, value in values.items():
        found[place] = value
    return found


def desk(channel: str = "phone", handling: float = 180, **more) -> Desk:
    return Desk(channel, handling, **more)


def crew(*live: tuple[Desk, dict[int, float]], is_open=(TEN,), post=None, shrinkage=0.0, **more) -> Crew:
    """A team in so many open half hours, each desk with what it gets in them."""
    manned = tuple(Live(one, week(gets), np.tile(week(gets), (3, 1))) for one, gets in live)
    return Crew(manned, post, week(dict.fromkeys(is_open, 1.0)), shrinkage, **more)


def contacts(
    weeks: int = 10, *, per_day: int = 24, minutes: float = 6.0, channel: str = "phone"
) -> pd.DataFrame:
    """Calls on weekdays from 9:00 to 17:00, four of five of one every so many minutes, in the winter of 2026."""
    days = pd.date_range("2026-01-05", periods=7 * weeks, freq="D", tz="Europe/Amsterdam")
    days = days[days.day_of_week < 5]
    step = 8 * 60 / per_day
    at = np.add.outer(
        days.tz_localize(None).to_numpy(),
        (9 * 60 + (np.arange(per_day) + 0.5) * step).astype("timedelta64[m]"),
    ).ravel()
    opened = pd.DatetimeIndex(at).tz_localize("Europe/Amsterdam")
    made = pd.DataFrame({"opened_at": opened, "channel": channel, "topic": "refund"})
    made = made[np.random.default_rng(7).random(len(made)) < 0.8].reset_index(drop=True)
    made["contact_id"] = [f"{channel}{n}" for n in range(len(made))]
    made["customer_id"] = [f"c{n % 97}" for n in range(len(made))]
    return made.assign(
        handling_minutes=minutes,
        replied_at=made["opened_at"] + pd.Timedelta(seconds=15),
        waiting_seconds=15.0,
    )
