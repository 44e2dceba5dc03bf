"""When do customers get in touch: on which weekdays, at which hours, in which months?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question
from csworkbook.settings import WEEK
from csworkbook.staffing import staffing_words
from csworkbook.staffing.arriving_result import Arrivals, Together
from csworkbook.staffing.counts import HALVES, Counted, counted
from csworkbook.staffing.shares import shares

if TYPE_CHECKING:
    import ibis

PER = {"hour": 2, "half hour": 1, "month": 1}  # half hours in each row of the table
_HALF_SEEN = 0.5  # a month counts when more than this part of it is in the data


@question(
    mark("When do customers get in touch?"), labels=staffing_words.labels, choices=staffing_words.choices
)
def arrivals(
    contacts: pd.DataFrame | ibis.Table,
    *,
    channel: str | Sequence[str] | None = None,
    per: str = "hour",
    opening_hours: Mapping[str, str] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
) -> Arrivals:
    """Contacts per weekday and hour, or per month, with ranges; public holidays stand apart.

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
    channel : str or sequence of str, optional
        None = phone and chat where there are any, else every channel. Several are counted together, from the
        day that all of them were there.
    per : str
        "hour", "half hour" or "month".
    opening_hours : mapping, optional
        Weekday → hours, in which phone and chat count; the whole day without it, and for other channels.

    Returns
    -------
    Arrivals
        table by hour: weekday ("monday" …), time (of day), mean (contacts), low, high (95 % range of the mean,
        overdispersed), count, n (days). By month: month (its first day), mean (contacts a day), low, high,
        count, n.

    Raises
    ------
    DataError
        When there is no contact by that channel in opening hours.
    SettingError
        When nobody uses that channel, or `per` is something else.

    >>> at = pd.date_range("2026-01-05", periods=14 * 24, freq="h", tz="UTC")
    >>> contacts = pd.DataFrame({"contact_id": range(len(at)), "customer_id": None, "topic": None,
    ...                          "opened_at": at, "channel": "email"})
    >>> arrivals(contacts, zone="UTC").table.loc[0, ["weekday", "time", "count", "n"]].astype(str).tolist()
    ['monday', '00:00–01:00', '2', '2']
    """
    if per not in PER:
        raise SettingError(
            _("Contacts cannot be shown per “{value}”.").format(value=per), allowed=", ".join(PER)
        )
    several = counted(contacts, channel, opening_hours=opening_hours, zone=zone, country=country)
    return looked_at(together(several), per)


def looked_at(whole: Together, per: str = "hour") -> Arrivals:
    """`arrivals` for contacts that were counted already."""
    table = _by_month(whole) if per == "month" else _by_hour(whole, PER[per])
    return Arrivals(table, whole, per, *shares(whole))


def together(several: list[Counted]) -> Together:
    """Several channels as one, from the first day that all of them were there."""
    begun = max(one.days[0] for one in several)
    grids = np.stack([one.grid[(begun - one.days[0]).days :] for one in several])
    closed = np.isnan(grids).all(axis=0)
    first = several[0]
    days, holiday = first.days[(begun - first.days[0]).days :], first.holiday[(begun - first.days[0]).days :]
    return Together(
        tuple(one.channel for one in several),
        days,
        np.where(closed, np.nan, np.nansum(grids, axis=0)),
        np.max([one.open for one in several], axis=0),
        holiday,
        sum(one.outside for one in several),
    )


def _by_hour(whole: Together, halves: int) -> pd.DataFrame:
    """Weekday by hour: what an ordinary day brings."""
    grid = merged(whole.usual, halves)
    weekday = whole.days.day_of_week.to_numpy()
    counts = np.stack([np.nansum(grid[weekday == d], axis=0) for d in range(7)])
    n = np.stack([(~np.isnan(grid[weekday == d])).sum(axis=0) for d in range(7)])
    mean = np.divide(counts, n, out=np.zeros_like(counts), where=n > 0)
    low, high = means(counts, n, scatter(grid, mean[weekday]))
    is_open = merged(whole.open, halves) > 0
    day, hour = np.nonzero(is_open)
    shown = {"mean": mean, "low": low, "high": high, "count": counts.astype(int), "n": n}
    table = pd.DataFrame({"weekday": [WEEK[d] for d in day]})
    table["time"] = [staffing_words.clock(h * halves, halves) for h in hour]
    return table.assign(**{name: values[is_open] for name, values in shown.items()})


def _by_month(whole: Together) -> pd.DataFrame:
    """Month by month: contacts a day, over the days that were open."""
    is_open = whole.open[whole.days.day_of_week] > 0
    seen = ((~np.isnan(whole.usual)) | ~is_open).all(axis=1) & is_open.any(axis=1)
    days, counts = whole.days[seen], np.nansum(whole.usual[seen], axis=1)
    month = days.to_period("M").to_timestamp()
    found = pd.DataFrame({"count": counts, "n": 1}).groupby(month).sum().rename_axis("month").reset_index()
    months = pd.DatetimeIndex(found["month"])
    inside = whole.days.to_period("M").to_timestamp()
    there = inside.value_counts().reindex(months).to_numpy() / months.days_in_month.to_numpy()
    mean = (found["count"] / found["n"]).set_axis(months)
    spread = scatter(counts[:, None], mean.reindex(month).to_numpy()[:, None])
    low, high = means(found["count"].to_numpy(), found["n"].to_numpy(), spread)
    found = found.assign(mean=mean.to_numpy(), low=low, high=high)[there > _HALF_SEEN]
    found = found[["month", "mean", "low", "high", "count", "n"]].reset_index(drop=True)
    return found.astype({"count": int})


def merged(grid: np.ndarray, halves: int) -> np.ndarray:
    """Half hours put together in twos; what is not open at all stays NaN."""
    if halves == 1:
        return grid
    pairs = grid.reshape(len(grid), HALVES // halves, halves)
    gone = np.isnan(pairs).all(axis=2)
    return np.where(gone, np.nan, np.nansum(pairs, axis=2))


def scatter(grid: np.ndarray, mean: np.ndarray) -> float:
    """How much more counts vary about their means than chance would have it (Pearson's χ² ÷ its freedom), 1 or more."""
    known = ~np.isnan(grid) & (mean > 0)
    free = known.sum() - len(np.unique(mean[known]))
    if free < 1:
        return 1.0
    return float(max(1.0, ((grid - mean)[known] ** 2 / mean[known]).sum() / free))


def means(counts: np.ndarray, n: np.ndarray, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """95 % ranges of mean counts, exact for Poisson (Garwood 1936), wider by the square root of `spread`.

    >>> [round(float(end), 2) for end in means(np.array(10.0), np.array(1.0), 1.0)]
    [4.8, 18.39]
    """
    from scipy.stats import gamma

    level = (1 - estimates.LEVEL) / 2
    days = np.where(n > 0, n, np.nan) / spread
    low = np.where(counts > 0, gamma.ppf(level, np.maximum(counts, 1e-9) / spread), 0.0) / days
    return low, gamma.ppf(1 - level, counts / spread + 1) / days
