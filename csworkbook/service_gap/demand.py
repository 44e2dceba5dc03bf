"""What comes in, when, how much work is it, and which share can be answered in time?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from csworkbook import hours, queueing
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.replies import waits
from csworkbook.service_gap import worth
from csworkbook.settings import WEEK

LIVE = ("phone", "chat")
_QUICK = ("social", "whatsapp")  # written, but expected within minutes
_MONDAY = pd.Timestamp("2026-01-05")  # of a week without holidays or a change of the clock
_MARGIN = pd.Timedelta(days=40)  # of days around the contacts: letters may be answered after the last
_MOST = 0.999  # of what can be answered in time; all of it would take no end of people


@dataclass(frozen=True)
class Limits:
    """The reply targets: seconds for telephone and chat, minutes for social media, hours for other letters."""

    phone: float
    chat: float
    social: float
    email: float

    def minutes(self, channel: pd.Series) -> np.ndarray:
        """The target of every contact in minutes by the clock, by the name of its channel."""
        known = {"phone": self.phone / 60, "chat": self.chat / 60} | dict.fromkeys(_QUICK, self.social)
        return channel.astype("object").map(known).fillna(self.email * 60).to_numpy(float)

    def times(self, factor: float) -> Limits:
        """All targets as many times as long."""
        return Limits(self.phone * factor, self.chat * factor, self.social * factor, self.email * factor)


def opened(opening_hours: Mapping[str, str], opening: str) -> dict[str, str]:
    """The opening hours as they are ("now"), or with evenings, the weekend, or round the clock.

    >>> opened({"friday": "09:00-17:00"}, "evenings")
    {'friday': '09:00-21:00'}
    """
    now = {day: span for day, span in opening_hours.items() if span.strip()}
    if opening == "now":
        return now
    if opening == "evenings":
        return {day: _until_nine(span) if day in WEEK[:5] else span for day, span in now.items()}
    if opening == "weekend":
        return dict.fromkeys(WEEK[5:], "10:00-17:00") | now
    if opening == "always":
        return dict.fromkeys(WEEK, "00:00-00:00")
    raise SettingError(
        _("“{value}” cannot be chosen here.").format(value=opening),
        allowed=_("Possible: {columns}.").format(columns="now, evenings, weekend, always"),
    )


def _until_nine(span: str) -> str:
    opens, _dash, closes = (part.strip() for part in span.replace("–", "-").partition("-"))
    return span if closes == "00:00" or closes >= "21:00" else f"{opens}-21:00"


@dataclass(frozen=True, eq=False)
class Demand:
    """A year of contacts: when they came, how long they took, and whether they were answered in time.

    Attributes
    ----------
    contacts : DataFrame
        Rows of the last 365 days: at (in the shop's zone), channel, live (bool), minutes (of work),
        in_time (1, 0, or NaN where that cannot be told), in order of time.
    weeks : float
        How long they span.
    """

    contacts: pd.DataFrame
    weeks: float
    zone: str
    country: str

    @cached_property
    def kept(self) -> dict[str, float]:
        """Share answered in time per part (live, or the name of a written channel).

        Of a part that does not tell, that of all the others; NaN where none does.
        """
        shares = self.contacts.groupby(self._parts)["in_time"].mean()
        return shares.fillna(self.contacts["in_time"].mean()).to_dict()

    @property
    def share(self) -> float:
        """The share answered in time of all contacts that tell; NaN where none does."""
        return float(self.contacts["in_time"].mean())

    @property
    def unrecorded(self) -> tuple[str, ...]:
        """The channels of which no contact tells."""
        tells = self.contacts["in_time"].notna().groupby(self.contacts["channel"]).any()
        return tuple(map(str, tells.index[~tells]))

    @property
    def untold(self) -> int:
        """Contacts of which it cannot be told whether they were answered in time."""
        return int(self.contacts["in_time"].isna().sum())

    @cached_property
    def parts(self) -> dict[str, float]:
        """The share of all contacts that each part is."""
        return self._parts.value_counts(normalize=True).to_dict()

    @cached_property
    def _parts(self) -> pd.Series:
        return self.contacts["channel"].mask(self.contacts["live"], "live")

    @cached_property
    def _days(self) -> np.ndarray:
        """How many Mondays, Tuesdays, … there are from the first contact to the last."""
        at = self.contacts["at"]
        days = pd.date_range(_day(at.iloc[0]), _day(at.iloc[-1]), freq="D")
        return np.bincount(days.day_of_week, minlength=7)

    def within(self, opening_hours: Mapping[str, str], limits: Limits, *, holidays: bool = True) -> Supply:
        """What answering takes in these opening hours, with these targets."""
        live = self.contacts["live"].to_numpy()
        open_share = _open_share(opening_hours)
        calls = _calls(self.contacts[live], open_share, self._days, limits) if live.any() else None
        calendar = hours.calendar(
            opening_hours,
            zone=self.zone,
            country=self.country if holidays else "",
            first=_day(self.contacts["at"].iloc[0] - _MARGIN),
            last=_day(self.contacts["at"].iloc[-1] + _MARGIN),
        )
        written = self.contacts[~live]
        letters = {
            str(name): _letters(rows, calendar, limits)
            for name, rows in written.groupby("channel")
            if len(rows)
        }
        return Supply(calls, letters, float(open_share.sum()), self.parts)


def of(contacts: pd.DataFrame, limits: Limits, *, zone: str, country: str, minutes: float = 0.0) -> Demand:
    """The contacts of the last 365 days as demand.

    Parameters
    ----------
    minutes : float
        Work per contact (0 = from the contacts: as noted, else the mean of the channel, else of all).

    Raises
    ------
    DataError
        When the contacts span less than four weeks, or no handling time is known.
    """
    first, last = worth.span_of(contacts)
    year = contacts[contacts["opened_at"] > last - worth.YEAR].sort_values("opened_at", kind="stable")
    work = _work(year, minutes)
    at = (
        year["opened_at"].dt.tz_convert(zone)
        if year["opened_at"].dt.tz
        else year["opened_at"].dt.tz_localize(zone)
    )
    found = pd.DataFrame({"at": at, "channel": year["channel"].astype("object"), "minutes": work})
    found["live"] = found["channel"].isin(LIVE)
    found["in_time"] = in_time(year, limits)
    weeks = (last - max(first, last - worth.YEAR)) / pd.Timedelta(days=7)
    return Demand(found.reset_index(drop=True), weeks, zone, country)


def in_time(contacts: pd.DataFrame, limits: Limits) -> np.ndarray:
    """1 where the reply came within the target by the clock, 0 where not, NaN where that cannot be told.

    Who gave up after the target or nobody knows when, or waits longer than that already, was not answered
    in time. Of who gave up earlier it cannot be told, nor of a channel without any reply on record.
    """
    told, limit = waits(contacts), limits.minutes(contacts["channel"])
    so_far = told["so_far"].to_numpy(float)
    late = (so_far > limit) | (told["given_up"].to_numpy() & np.isnan(so_far))
    minutes = told["minutes"].to_numpy(float)
    kept = np.where(np.isnan(minutes), np.nan, (minutes <= limit).astype(float))
    channel = contacts["channel"].astype("object").fillna("")
    recorded = told["replied"].groupby(channel).transform("any").to_numpy(bool)
    return np.where(recorded, np.where(late, 0.0, kept), np.nan)


def _work(year: pd.DataFrame, minutes: float) -> np.ndarray:
    """Minutes of work per contact."""
    if minutes > 0:
        return np.full(len(year), float(minutes))
    noted = year["handling_minutes"] if "handling_minutes" in year else pd.Series(np.nan, year.index)
    noted = pd.Series(noted.to_numpy(float, na_value=np.nan), index=year.index)
    if not noted.mean() > 0:
        raise DataError(
            _("Your contacts do not say how long they took."),
            allowed=_("A column with the minutes of work per contact."),
            next_step=_("Map that column on this page, or fill in the minutes per contact."),
        )
    usual = noted.groupby(year["channel"], observed=True).transform("mean")
    return noted.fillna(usual).fillna(noted.mean()).to_numpy(float)


def _day(moment: pd.Timestamp) -> date:
    return moment.date()


def _open_share(opening_hours: Mapping[str, str]) -> np.ndarray:
    """For each of the 168 hours of a week the share that is open."""
    week = hours.calendar(
        opening_hours, zone="UTC", country="", first=_MONDAY, last=_MONDAY + pd.Timedelta(days=6)
    )
    starts = pd.date_range(_MONDAY, periods=168, freq="h", tz="UTC")
    return week.minutes(starts, starts + pd.Timedelta(hours=1)) / 60


def _calls(live: pd.DataFrame, open_share: np.ndarray, days: np.ndarray, limits: Limits) -> Calls:
    """Calls per hour of the week, on an average one, and what answering them takes."""
    hour = (live["at"].dt.day_of_week * 24 + live["at"].dt.hour).to_numpy()
    kinds = [kind for kind in LIVE if (live["channel"] == kind).any()]
    calls = [np.bincount(hour[live["channel"] == kind], minlength=168) for kind in kinds]
    a_week = np.stack(calls, axis=1) / np.repeat(np.maximum(days, 1), 24)[:, None]
    is_open = open_share > 0
    reached = a_week[is_open].sum() / a_week.sum()
    arrivals = np.divide(a_week, open_share[:, None], out=np.zeros_like(a_week), where=is_open[:, None])
    minutes = live.groupby("channel")["minutes"].mean()[kinds].to_numpy()
    seconds = [getattr(limits, kind) for kind in kinds]
    curve = queueing.staffing_curve(
        arrivals, handling_seconds=minutes * 60, within_seconds=seconds, open_share=open_share
    )
    return Calls(curve, float(reached), float((a_week[is_open] * minutes).sum() / 60))


@dataclass(frozen=True, eq=False)
class Calls:
    """Telephone and chat: the staffing curve, the share that comes in open hours, hours of talking a week."""

    curve: pd.DataFrame
    reached: float
    work: float

    def at(self, share: float) -> tuple[float, float]:
        """Hours a week, and the share kept of all calls, to keep at least `share` of those in open hours."""
        row = min(int(np.searchsorted(self.curve["share"], share)), len(self.curve) - 1)
        hours_, kept = self.curve.iloc[row]
        return float(hours_), float(kept) * self.reached


def _letters(rows: pd.DataFrame, calendar: hours.Calendar, limits: Limits) -> Letters:
    since = rows["at"].iloc[0]
    opened_at = calendar.minutes(pd.Series(since, index=rows.index), rows["at"])
    until = rows["at"] + pd.to_timedelta(limits.minutes(rows["channel"]), unit="min")
    allowed = calendar.minutes(rows["at"], until)
    return Letters(opened_at, rows["minutes"].to_numpy(float), allowed)


@dataclass(frozen=True, eq=False)
class Letters:
    """One written channel: when letters came in open minutes, their work, and how long there is for each."""

    opened: np.ndarray
    work: np.ndarray
    allowed: np.ndarray

    @property
    def reached(self) -> float:
        """The share that can be answered in time at all."""
        return float((self.work <= self.allowed).mean())

    def at(self, share: float) -> tuple[float, float]:
        """People needed in open time, and the share kept of all, to keep `share` of those that can be."""
        goal = min(share, _MOST) * self.reached
        if not goal > 0:
            return 0.0, 0.0
        return queueing.least_capacity(self.opened, self.work, self.allowed, share=goal), goal


@dataclass(frozen=True, eq=False)
class Supply:
    """What answering takes within some opening hours: one team, letters between the calls."""

    calls: Calls | None
    letters: dict[str, Letters]
    open_hours: float
    parts: dict[str, float]

    def takes(self, shares: Mapping[str, float], weeks: float) -> tuple[float, float, float]:
        """Hours on duty a week, hours of work a week, and the share kept of all contacts.

        Parameters
        ----------
        shares : mapping
            Part (live, or a written channel) → share of what can be answered in time, 0–1.
        """
        on_calls, kept = self.calls.at(shares["live"]) if self.calls else (0.0, 0.0)
        talking = self.calls.work if self.calls else 0.0
        whole = kept * self.parts.get("live", 0.0)
        desk = work = 0.0
        for name, letters in self.letters.items():
            people, share = letters.at(shares[name])
            desk += people * self.open_hours
            work += float(letters.work.sum()) / 60 / weeks
            whole += share * self.parts[name]
        on_duty = max(on_calls, talking + desk)
        return max(on_duty, talking + work), talking + work, whole
