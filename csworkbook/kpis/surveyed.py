"""What is counted of the effort survey, per week or month: effort, and who recommends the shop?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook import engine, estimates
from csworkbook.kpis import counted
from csworkbook.tables import EFFORT_STAGES, require

_HARD, _PROMOTER, _DETRACTOR = 3, 9, 6  # far too much effort; recommends from 9, does not up to 6
_Z = 1.959964


def effort(effort_survey: pd.DataFrame, period: str, zone: str) -> list[pd.DataFrame]:
    """The rows of effort (far too much at any stage) and of the net promoter score, as `weekly` has them."""
    require(effort_survey, "effort_survey")
    day = _days(effort_survey["answered_at"], zone)
    if not day.notna().any():
        return []
    back = day.dt.day_of_week if period == "week" else day.dt.day - 1
    starts = (day - pd.to_timedelta(back, unit="D")).dt.as_unit("us")
    starts = starts.where(starts.isin(_finished(day, starts, period)))
    most = _highest(effort_survey)
    parts = [_counted(starts, most == _HARD, most.notna())]
    if "recommend" in effort_survey:
        parts.append(_nps(starts, _numbers(effort_survey["recommend"])))
    return parts


def _numbers(values: pd.Series) -> pd.Series:
    return pd.Series(values.to_numpy(float, na_value=np.nan))


def _highest(effort_survey: pd.DataFrame) -> pd.Series:
    """The most effort named at any stage (1–3)."""
    return pd.concat([_numbers(effort_survey[stage]) for stage in EFFORT_STAGES], axis=1).max(axis=1)


def _days(at: pd.Series, zone: str) -> pd.Series:
    """The day of every answer, in the shop's zone; times without a zone are UTC."""
    at = engine.times(at, "effort_survey").reset_index(drop=True)
    at = at.dt.tz_localize("UTC") if at.dt.tz is None else at
    return at.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()


def _finished(day: pd.Series, starts: pd.Series, period: str) -> pd.DatetimeIndex:
    """The periods that the answers cover whole, by the days of the week on which they usually come."""
    told = pd.DataFrame({"start": starts, "weekday": day.dt.day_of_week}).dropna().drop_duplicates()
    periods = counted.every(period, starts.min(), starts.max())
    used = [(told["weekday"] == weekday).sum() / len(periods) >= counted.OFTEN for weekday in range(7)]
    whole = [counted.covered(start, period, day.min(), day.max(), used) for start in periods]
    return periods[whole]


def _counted(starts: pd.Series, hit: pd.Series, told: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame({"period": starts, "count": (hit & told) * 1, "n": told * 1}).dropna()
    sums = frame.groupby("period").sum()
    sums = sums[sums["n"] > 0]
    low, high = estimates.shares(sums["count"], sums["n"])
    shares = {"value": sums["count"] / sums["n"], "low": low, "high": high}
    return sums.assign(metric="effort", channel="", **shares).reset_index()


def _nps(starts: pd.Series, score: pd.Series) -> pd.DataFrame:
    """Promoters less detractors; the interval is that of the mean of +1, 0 and −1."""
    net = np.where(score >= _PROMOTER, 1.0, np.where(score <= _DETRACTOR, -1.0, 0.0))
    frame = pd.DataFrame({"period": starts, "net": net, "square": net**2})
    frame = frame[score.notna().to_numpy()].dropna()
    sums = frame.groupby("period").agg(total=("net", "sum"), square=("square", "sum"), n=("net", "size"))
    value = sums["total"] / sums["n"]
    half = _Z * np.sqrt((sums["square"] / sums["n"] - value**2).clip(lower=0) / sums["n"])
    means = {"value": value, "low": (value - half).clip(lower=-1), "high": (value + half).clip(upper=1)}
    return sums.assign(metric="nps", channel="", count=np.nan, **means).reset_index()
