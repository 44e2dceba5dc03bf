"""What is counted of the contacts, per week or month and channel, in one pass of the engine?

Everything that any figure of the chapter needs is counted at once, whatever is chosen later, so that another
choice costs nothing; for a frame it is kept as long as the frame is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.contacts.kept import remembered

if TYPE_CHECKING:
    import ibis

    from csworkbook.hours import Calendar

    Contacts = pd.DataFrame | ibis.Table

LEVELS = np.linspace(0, 1, 41)  # quantiles of the reply time, of which the middle one is the median
PERIODS = ("week", "month")
_ENOUGH, _SATURDAY = 4, 5  # weeks from which on the contacts tell on which weekdays people work; a weekday
OFTEN = 0.25  # a weekday on which fewer periods than this have contacts is no day of work
_ASKED = (  # of all that is known of a contact, what is counted here, besides times
    "period", "channel", "who", "met", "day", "weekday", "handled", "given_up", "replied", "finished", "askable",
    "solved", "again_any", "told", "complaint", "satisfied", "friendliness", "knowledge",
)  # fmt: skip
_BY = ["period", "channel"]
_PEOPLE = ("customers", "complaining", "helped_n", "not_helped")  # counted once each
_TIMES = {"clock": "reply_minutes", "open": "reply_open_minutes"}


@dataclass(frozen=True)
class Counted:
    """The sums of every period and channel.

    Attributes
    ----------
    sums : DataFrame
        period (first day), channel ("" = all) and the sums that `_sums` names.
    finished : DatetimeIndex
        The periods that the contacts cover whole.
    open : DatetimeIndex
        Those of which some contact may still be followed by another.
    first, last : Timestamp
        The days of the first and last contact.
    """

    sums: pd.DataFrame
    finished: pd.DatetimeIndex
    open: pd.DatetimeIndex
    first: pd.Timestamp
    last: pd.Timestamp


def counted(
    contacts: Contacts,
    *,
    period: str,
    within: str,
    opening_hours: Mapping[str, str] | None,
    zone: str,
    country: str,
    hours: str = "open",
) -> Counted:
    """Count the contacts of every period and channel.

    Parameters
    ----------
    hours : {"open", "clock"}
        Which reply times are counted of an Ibis table; of a frame both are, so that another choice costs nothing.

    Raises
    ------
    DataError
        As `contacts.facts`.
    """
    calendar = opening(opening_hours, zone, country)
    times = tuple(_TIMES) if isinstance(contacts, pd.DataFrame) else (hours,)
    key = ("kpis", period, within, tuple(sorted((opening_hours or {}).items())), zone, country, times)
    return remembered(contacts, key, lambda: _counted(contacts, period, within, calendar, zone, times))


def opening(opening_hours: Mapping[str, str] | None, zone: str, country: str) -> Calendar | None:
    """The shop's opening hours; None where it is never open."""
    from csworkbook import hours

    if not any(str(hour).strip() for hour in (opening_hours or {}).values()):
        return None
    day = date(2026, 1, 1)  # any: it looks further where it must
    return hours.calendar(opening_hours, zone=zone, country=country, first=day, last=day)


def hours_told(hours: str, opening_hours: Mapping[str, str] | None) -> str:
    """How reply times can be counted: by the clock where the shop is never open.

    >>> hours_told("open", {"monday": ""}), hours_told("open", {"monday": "09:00-17:00"})
    ('clock', 'open')
    """
    return hours if any(str(hour).strip() for hour in (opening_hours or {}).values()) else "clock"


def _counted(
    contacts: Contacts, period: str, within: str, calendar: Calendar | None, zone: str, times: tuple[str, ...]
) -> Counted:
    from contextlib import nullcontext

    from csworkbook.contacts import facts
    from csworkbook.engine import held

    rows = facts(contacts, within=within, calendar=calendar, zone=zone)
    is_frame = isinstance(contacts, pd.DataFrame)  # then it is worked out already
    told = looked_at(rows, period, "resolved_at" in contacts.columns).mutate(met=rows.customer.notnull())
    told = told.select(*_ASKED, *(_TIMES[hours] for hours in times))
    with nullcontext(told) if is_frame else held(told) as asked:
        found = _summed(asked, times)
    found["period"] = pd.to_datetime(found["period"]).dt.as_unit("us")
    return _finished(found.sort_values(["channel", "period"], ignore_index=True), period)


def _summed(rows: ibis.Table, times: tuple[str, ...]) -> pd.DataFrame:
    """The sums of every period, of all together (channel "") and per channel.

    What adds up is counted once, per channel; people are first put together per period and channel.
    """
    sums = rows.group_by(_BY).agg(**_sums(rows), **_times(rows, times)).to_pandas()
    people = _people(rows)
    whole = rows.group_by("period").agg(**_levels(rows, times)).to_pandas()
    whole = whole.merge(_together(sums), on="period").merge(
        _counts(people, ["period"]), on="period", how="left"
    )
    named = sums[sums["channel"].notna()].merge(_counts(people, _BY), on=_BY, how="left")
    found = pd.concat([whole.assign(channel=""), named], ignore_index=True)
    return found.fillna(dict.fromkeys(_PEOPLE, 0)).astype(dict.fromkeys(_PEOPLE, "int64"))


def _together(sums: pd.DataFrame) -> pd.DataFrame:
    """The sums of all channels together; means and standard deviations by their numbers."""
    by = sums.groupby("period")
    means = [name.removesuffix("_mean") for name in sums if name.endswith("_mean")]
    ends = {"first_day": "min", "last_day": "max"}
    added = [name for name in sums if sums[name].dtype.kind in "iu"]
    found = by[[*added, *ends]].agg(dict.fromkeys(added, "sum") | ends)
    for name in means:
        n = sums[f"{name}_n"].to_numpy(float)
        mean, std = (sums[f"{name}_{part}"].astype(float).fillna(0.0) for part in ("mean", "std"))
        of = found[f"{name}_n"]
        of = of.where(of > 0)
        found[f"{name}_mean"] = (n * mean).groupby(sums["period"]).sum() / of
        apart = mean - sums["period"].map(found[f"{name}_mean"]).fillna(0.0)
        squares = ((n - 1).clip(0) * std**2 + n * apart**2).groupby(sums["period"]).sum()
        found[f"{name}_std"] = np.sqrt(squares / (of - 1).where(of > 1))
    return found.reset_index()


def _people(rows: ibis.Table) -> ibis.Table:
    """Customers of each period and channel that were helped: whether they complained, and were helped at once."""
    known = rows.filter(rows.handled & rows.met)
    return known.group_by([*_BY, "who"]).agg(
        customers=known.told.max(),
        complaining=known.complaint.max(),
        helped_n=known.askable.max(),
        not_helped=(known.askable & ~known.solved).max(),
    )


def _counts(people: ibis.Table, by: list[str]) -> pd.DataFrame:
    """How many customers: every one counts once."""
    if by != _BY:
        people = people.group_by([*by, "who"]).agg(**{name: people[name].max() for name in _PEOPLE})
    return people.group_by(by).agg(**{name: people[name].sum() for name in _PEOPLE}).to_pandas()


def looked_at(rows: ibis.Table, period: str, tells: bool) -> ibis.Table:
    """The contacts with what is asked of each: handled, followed in time, solved at once, by whom."""
    askable = rows.handled & rows.finished & rows.again.notnull()
    solved = askable & ~rows.again.fill_null(False)
    if tells:
        solved = solved & rows.resolved
    return rows.mutate(
        period=rows[period],
        who=rows.customer.hash(),
        askable=askable,
        solved=solved,
        complaint=(rows.kind == "complaint").fill_null(False),
        told=rows.kind.notnull(),
    )


def _sums(rows: ibis.Table) -> dict[str, ibis.Value]:
    """Every sum of contacts, by its name."""
    sums = {
        "contacts": rows.count(),
        "handled": rows.handled.cast("int64").sum(),
        "given_up": rows.given_up.cast("int64").sum(),
        "unfinished": (~rows.finished).cast("int64").sum(),
        "askable": rows.askable.cast("int64").sum(),
        "solved": rows.solved.cast("int64").sum(),
        "avoided": (rows.solved & ~rows.again_any.fill_null(False)).cast("int64").sum(),
        "satisfied_n": (rows.handled & rows.satisfied.notnull()).cast("int64").sum(),
        "satisfied": (rows.handled & rows.satisfied.fill_null(False)).cast("int64").sum(),
        "first_day": rows.day.min(),
        "last_day": rows.day.max(),
        "very_friendly": (rows.handled & (rows.friendliness == 5).fill_null(False)).cast("int64").sum(),
    }
    sums |= {f"on_{day}": (rows.weekday == day).cast("int64").sum() for day in range(7)}
    return sums | _rated(rows)


def _rated(rows: ibis.Table) -> dict[str, ibis.Value]:
    """How many rated friendliness and knowledge, with mean and standard deviation."""
    found = {}
    for name in ("friendliness", "knowledge"):
        of = {"where": rows.handled & rows[name].notnull()}
        found |= {
            f"{name}_n": rows[name].count(**of),
            f"{name}_mean": rows[name].mean(**of),
            f"{name}_std": rows[name].std(**of),
        }
    return found


def _times(rows: ibis.Table, times: tuple[str, ...]) -> dict[str, ibis.Value]:
    """The time to the first reply of those who got one, by the clock and in opening hours."""
    found = {}
    for hours in times:
        minutes, of = rows[_TIMES[hours]], {"where": rows.replied & ~rows.given_up}
        found |= {
            f"{hours}_n": minutes.count(**of),
            f"{hours}_mean": minutes.mean(**of),
            f"{hours}_std": minutes.std(**of),
        }
    return found | _levels(rows, times)


def _levels(rows: ibis.Table, times: tuple[str, ...]) -> dict[str, ibis.Value]:
    """Its quantiles."""
    of = rows.replied & ~rows.given_up
    return {f"{hours}_levels": rows[_TIMES[hours]].quantile(list(LEVELS), where=of) for hours in times}


# ---------------------------------------------------------------- which periods are over
def _finished(sums: pd.DataFrame, period: str) -> Counted:
    """Which periods are covered whole, and which have contacts that may still be followed."""
    whole = sums[sums["channel"] == ""]
    first, last = pd.Timestamp(whole["first_day"].min()), pd.Timestamp(whole["last_day"].max())
    young = period == "week" and len(whole) < _ENOUGH
    used = [(young and day < _SATURDAY) or (whole[f"on_{day}"] > 0).mean() >= OFTEN for day in range(7)]
    periods = every(period, whole["period"].min(), whole["period"].max())
    finished = [covered(start, period, first, last, used) for start in periods]
    opened = pd.DatetimeIndex(whole.loc[whole["unfinished"] > 0, "period"])
    return Counted(sums, periods[finished], opened, first, last)


def every(period: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The first day of every week or month from one to another."""
    return pd.date_range(first, last, freq="W-MON" if period == "week" else "MS", unit="us")


def end(start: pd.Timestamp, period: str) -> pd.Timestamp:
    """The last day of the week or month that begins on this day."""
    length = pd.Timedelta(days=7) if period == "week" else pd.offsets.MonthBegin(1)
    return start + length - pd.Timedelta(days=1)


def covered(
    start: pd.Timestamp, period: str, first: pd.Timestamp, last: pd.Timestamp, used: list[bool]
) -> bool:
    """Whether no day on which there usually are contacts lies before the first or after the last contact."""
    days = pd.date_range(start, end(start, period))
    missing = days[(days < first) | (days > last)]
    return not any(used[day] for day in missing.day_of_week)
