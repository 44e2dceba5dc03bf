"""How many contacts came in every half hour of every day?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import hours, language
from csworkbook.contacts import facts
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.results import word

if TYPE_CHECKING:
    import ibis

LIVE = ("phone", "chat")  # somebody waits on the other side, so they come in open hours only
HALVES = 48  # half hours in a day
_MONDAY = pd.Timestamp("2024-01-01")  # of a week without a change of clocks
_HALF = np.timedelta64(30, "m")


@dataclass(frozen=True, eq=False)
class Counted:
    """What one channel got, half hour by half hour.

    Attributes
    ----------
    channel : str
    days : DatetimeIndex
        Every day of the shop's zone from its first contact to the last one of the table.
    grid : ndarray of float, shape (days, 48)
        Contacts; NaN before the first and after the last moment of the table, and where the channel is closed.
    open : ndarray of float, shape (7, 48)
        The share of each half hour of the week in which it is open, 0–1.
    outside : int
        Contacts that came when it was closed, which are left out.
    country : str
    holidays : dict of date to str
        Public holidays between the first and the last moment of the table.
    """

    channel: str
    days: pd.DatetimeIndex
    grid: np.ndarray
    open: np.ndarray
    outside: int
    country: str
    holidays: dict

    @cached_property
    def holiday(self) -> np.ndarray:
        """Whether each day is a public holiday."""
        return np.isin(self.days.date, list(self.holidays))

    @cached_property
    def usual(self) -> np.ndarray:
        """`grid` without public holidays."""
        return np.where(self.holiday[:, None], np.nan, self.grid)

    @property
    def n(self) -> int:
        """Contacts counted."""
        return int(np.nansum(self.grid))


@dataclass(frozen=True, eq=False)
class _Halves:
    """Channel, day, half_hour, n; and the first and last moment of the table on the shop's clock."""

    table: pd.DataFrame
    first: pd.Timestamp
    last: pd.Timestamp


def channels(contacts: pd.DataFrame | ibis.Table) -> list[str | None]:
    """What staffing can be looked at for: phone and chat together (None), and every channel on its own."""
    found = _halves(contacts, "UTC").table.groupby("channel")["n"].sum()
    return [None, *found.sort_values(ascending=False, kind="stable").index]


def counted(
    contacts: pd.DataFrame | ibis.Table,
    channel: str | Sequence[str] | None = None,
    *,
    opening_hours: Mapping[str, str] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
) -> list[Counted]:
    """The contacts of one or more channels in every half hour.

    Parameters
    ----------
    channel : str or sequence of str, optional
        None = phone and chat where there are any, else every channel.
    opening_hours : mapping, optional
        Weekday → hours. Phone and chat count in open hours only; without it, or for other channels, the
        whole day counts.

    Raises
    ------
    DataError
        When there is no contact to count.
    SettingError
        When nobody uses that channel.
    """
    found, week = _halves(contacts, zone), open_week(opening_hours)
    hours.require_country(country)
    names = chosen(found.table["channel"], channel)
    return [_one(found, name, week if name in LIVE else np.ones((7, HALVES)), country) for name in names]


def chosen(known: pd.Series, channel: str | Sequence[str] | None) -> list[str]:
    """The channels that are asked for, of those there are."""
    there = list(dict.fromkeys(known))
    if channel is None:
        return [name for name in LIVE if name in there] or sorted(there)
    asked = [channel] if isinstance(channel, str) else list(dict.fromkeys(channel))
    unknown = next((name for name in asked if name not in there), None)
    if unknown is not None or not asked:
        raise SettingError(
            _("No contact came by “{channel}”.").format(channel=unknown or ""),
            allowed=_("Possible: {columns}.").format(columns=language.join(sorted(map(str, there)))),
        )
    return asked


def open_week(opening_hours: Mapping[str, str] | None) -> np.ndarray:
    """The share of each half hour of a week that is open, shape (7, 48); all of it where nothing is ever open.

    >>> open_week({"monday": "09:00-17:15"})[0, [17, 18, 34, 35]].tolist()
    [0.0, 1.0, 0.5, 0.0]
    """
    if not opening_hours or not any(said.strip() for said in opening_hours.values()):
        return np.ones((7, HALVES))
    last = _MONDAY + pd.Timedelta(days=6)
    week = hours.calendar(opening_hours, zone="UTC", country="", first=_MONDAY, last=last)
    edges = pd.date_range(_MONDAY, periods=7 * HALVES + 1, freq="30min", tz="UTC")
    return (week.minutes(edges[:-1], edges[1:]) / 30).reshape(7, HALVES)


def _one(found: _Halves, name: str, week: np.ndarray, country: str) -> Counted:
    table, first, last = found.table[found.table["channel"] == name], found.first, found.last
    begun = table["day"].min()
    days = pd.date_range(begun, last.normalize(), freq="D")
    grid = np.zeros((len(days), HALVES))
    place = (table["day"] - begun).dt.days.to_numpy()
    grid[place, table["half_hour"].to_numpy()] = table["n"].to_numpy()
    at = days.to_numpy()[:, None] + np.arange(HALVES) * _HALF
    seen = (at + _HALF > first.to_datetime64()) & (at <= last.to_datetime64())
    is_open = week[days.day_of_week] > 0
    outside = int(grid[~is_open].sum())
    grid[~is_open | ~seen] = np.nan
    if not np.nansum(grid):
        raise DataError(
            _("No contact by “{channel}” came in opening hours.").format(channel=word(name)),
            next_step=_("Look at the opening hours in the settings."),
        )
    closed = hours.holidays_of(country, days[0].date(), days[-1].date())
    return Counted(name, days, grid, week, outside, country, closed)


def _halves(contacts: pd.DataFrame | ibis.Table, zone: str) -> _Halves:
    """What came by every channel in every half hour, counted once by the engine."""
    return remembered(contacts, ("half hours", zone), lambda: _by_half_hour(contacts, zone))


def _by_half_hour(contacts: pd.DataFrame | ibis.Table, zone: str) -> _Halves:
    told = facts(contacts, zone=zone)
    found = told.group_by("channel", "day", "half_hour").aggregate(
        n=told.count(), first=told.second.min(), last=told.second.max()
    )
    table = found.to_pandas()
    ends = pd.to_datetime([table["first"].min(), table["last"].max()], unit="s", utc=True)
    first, last = ends.tz_convert(zone).tz_localize(None)
    table = table[table["channel"].notna()].drop(columns=["first", "last"])
    if table.empty:
        raise DataError(
            _("No contact says by which channel it came."),
            next_step=_("Look on this page which column was taken for the channel."),
        )
    table = table.astype({"channel": str, "day": "datetime64[ns]"})
    order = ["channel", "day", "half_hour"]
    return _Halves(table.sort_values(order, ignore_index=True), first, last)
