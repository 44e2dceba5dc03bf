"""What is counted per channel for the four V's: in the engine, only small results come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.contacts import facts, left_out
from csworkbook.errors import DataError
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import ibis

    from csworkbook.hours import Calendar

    Contacts = pd.DataFrame | ibis.Table

LEVELS = (0.5, 0.9)  # the middle, and what nine in ten did not have to wait longer for
TIMES = ("reply", "solve")
_ROUNDED = 1e-6  # minutes: open minutes are a difference of sums, and differ that much from what they are
_Z = 1.959964  # standard errors to either side of a 95 % interval


@dataclass(frozen=True)
class Counts:
    """What was counted.

    Attributes
    ----------
    channels : DataFrame
        Index channel: numbers of contacts (see `_sums`).
    topics : DataFrame
        channel, topic, n.
    days : DataFrame
        channel, day, n.
    times : DataFrame
        Index channel; for "reply", "solve" and (where counted) their "_open": <name>_<50|90> with _low and _high, minutes.
    issues : DataFrame
        Index channel (of the first contact): issues, contacts, squares; of finished issues.
    unknown : int
        Contacts without a channel, in none of these.
    first, last : Timestamp
        The days of the first and the last contact.
    """

    channels: pd.DataFrame
    topics: pd.DataFrame
    days: pd.DataFrame
    times: pd.DataFrame
    issues: pd.DataFrame
    unknown: int
    first: pd.Timestamp
    last: pd.Timestamp


def counted(
    contacts: Contacts,
    *,
    within: str,
    calendar: Calendar | None,
    zone: str,
    limits: Mapping[str, float],
    hours: str = "clock",
) -> Counts:
    """Count the contacts of every channel.

    Parameters
    ----------
    hours : {"open", "clock"}
        Which times are counted of an Ibis table; of a frame both are, so that another choice costs nothing.
    limits : mapping
        Channel → minutes within which a first reply is in time.

    Raises
    ------
    DataError
        When no contact has a channel, and as `contacts.facts`.
    """
    is_frame = isinstance(contacts, pd.DataFrame)
    ends = ("", "_open") if is_frame else ("_open",) if hours == "open" else ("",)
    timed = facts(contacts, within=within, calendar=calendar if "_open" in ends else None, zone=zone)
    timed = timed.filter(timed.channel.notnull())
    channels = _by_channel(timed, limits, ends)
    if not len(channels):
        raise DataError(
            _("None of these contacts has a channel."),
            allowed=_("A column that says by which way the customer was in touch, such as chat or phone."),
            next_step=_("Look on this page which column was taken for the channel."),
        )
    rows = timed if is_frame else facts(contacts, within=within, zone=zone)
    rows = rows.filter(rows.channel.notnull())
    cells = rows.group_by("channel", "topic", "day").agg(n=rows.count()).to_pandas()
    days = _summed(cells, ["channel", "day"], ["channel", "day"], [True, True])
    return Counts(
        channels,
        _summed(cells, ["channel", "topic"], ["channel", "n", "topic"], [True, False, True]),
        days,
        _quantiles(timed, channels, ends),
        _issues(rows, channels),
        left_out(contacts)["no_channel"],
        days["day"].min(),
        days["day"].max(),
    )


def _summed(cells: pd.DataFrame, by: list[str], order: list[str], up: list[bool]) -> pd.DataFrame:
    """Contacts by two of channel, topic and day, in order; those without a topic are in none."""
    cells = cells.assign(day=pd.to_datetime(cells["day"]))
    return cells.groupby(by, as_index=False)["n"].sum().sort_values(order, ascending=up, ignore_index=True)


def _by_channel(rows: ibis.Table, limits: Mapping[str, float], ends: tuple[str, ...]) -> pd.DataFrame:
    """Numbers of contacts per channel, in one pass."""
    sums = {**_sums(rows), **_in_time(rows, limits, ends)}
    found = rows.group_by("channel").agg(**sums).to_pandas().set_index("channel").sort_index()
    numbers = [column for column in found if column != "reply_mean"]
    return found.fillna(dict.fromkeys(numbers, 0)).astype(dict.fromkeys(numbers, "int64"))


def _sums(rows: ibis.Table) -> dict[str, ibis.Value]:
    """What is added up per channel.

    n, given_up, handled; timed and solved (with minutes to the reply, to the solution); told and first (whose
    window is over, and solved at first contact); alone (finished issues of one contact); staged and before,
    kinded and complaints, rated and satisfied; uneven (replies that are not on the whole minute); reply_mean
    (minutes).
    """
    count = rows.count()
    told = rows.handled & rows.finished & rows.again.notnull() & ~rows.follow_up
    minutes = rows.reply_minutes
    uneven = minutes.notnull() & (minutes != minutes.floor())
    return {
        "n": count,
        "given_up": rows.given_up.sum(),
        "handled": rows.handled.sum(),
        "timed": minutes.count(),
        "solved": rows.solve_minutes.count(),
        "told": told.sum(),
        "first": (told & ~rows.again).fill_null(False).sum(),
        "alone": (_of_issues(rows) & ~rows.chained & rows.finished).sum(),
        "staged": rows.stage.count(),
        "before": (rows.stage == "before").fill_null(False).sum(),
        "kinded": rows.kind.count(),
        "complaints": (rows.kind == "complaint").fill_null(False).sum(),
        "rated": rows.satisfied.count(),
        "satisfied": rows.satisfied.fill_null(False).sum(),
        "uneven": uneven.sum(),
        "reply_mean": minutes.mean(),
    }


def _of_issues(rows: ibis.Table) -> ibis.BooleanValue:
    """Contacts that can belong to an issue: of somebody known, about something known, not given up."""
    return rows.known & rows.topic.notnull() & ~rows.given_up


def _in_time(rows: ibis.Table, limits: Mapping[str, float], ends: tuple[str, ...]) -> dict[str, ibis.Value]:
    """How many were answered in time, of how many (due): by the clock and (``_open``) in opening hours.

    Who gave up was not answered; who waits still counts as soon as the time is over.
    """
    import ibis

    cases = [(rows.channel == channel, float(minutes)) for channel, minutes in limits.items() if minutes > 0]
    limit = ibis.cases(*cases, else_=None) if cases else ibis.null("float64")
    limit = limit + _ROUNDED
    sums = {}
    for end in ends:
        minutes, so_far = rows[f"reply{end}_minutes"], rows[f"so_far{end}_minutes"]
        told = minutes.notnull() | rows.given_up | (so_far > limit).fill_null(False)
        sums[f"due{end}"] = (told & limit.notnull()).sum()
        sums[f"in_time{end}"] = (minutes <= limit).fill_null(False).sum()
    return sums


def _quantiles(rows: ibis.Table, channels: pd.DataFrame, ends: tuple[str, ...]) -> pd.DataFrame:
    """The middle and the 90th percentile of the minutes per channel, with distribution-free 95 % intervals.

    The limits are order statistics, from the binomial distribution of how many lie below (by its normal
    approximation); all channels are asked in one pass.
    """
    counts = {"reply": channels["timed"], "solve": channels["solved"]}
    columns = {f"{name}{end}": (name, rows[f"{name}{end}_minutes"]) for name in TIMES for end in ends}
    wanted = {name: sorted({level for n in counts[name] for level in _levels(n).values()}) for name in TIMES}
    asked = {name: minutes.quantile(wanted[which]) for name, (which, minutes) in columns.items()}
    found = rows.group_by("channel").agg(**asked).to_pandas().set_index("channel").reindex(channels.index)
    table = {}
    for name, (which, _minutes) in columns.items():
        both = zip(found[name], counts[which], strict=True)
        picked = [_picked(values, wanted[which], _levels(n)) for values, n in both]
        table |= {f"{name}_{part}": [one[part] for one in picked] for part in picked[0]}
    return pd.DataFrame(table, index=channels.index)


def _levels(n: float) -> dict[str, float]:
    """Which quantiles tell 50 and 90 and the ends of their intervals, for so many contacts.

    >>> {name: round(level, 2) for name, level in _levels(100).items()}
    {'50': 0.5, '50_low': 0.4, '50_high': 0.6, '90': 0.9, '90_low': 0.84, '90_high': 0.96}
    """
    found = {}
    for level in LEVELS:
        half = _Z * (level * (1 - level) / max(n, 1)) ** 0.5
        name = f"{level * 100:.0f}"
        found |= {
            name: level,
            f"{name}_low": max(level - half, 0.0),
            f"{name}_high": min(level + half, 1.0),
        }
    return found


def _picked(values: object, wanted: list[float], levels: dict[str, float]) -> dict[str, float]:
    """The quantiles of one channel out of those of all; NaN where there is none."""
    known = None if values is None or np.ndim(values) == 0 else dict(zip(wanted, values, strict=True))
    return {name: np.nan if known is None else float(known[level]) for name, level in levels.items()}


def _issues(rows: ibis.Table, channels: pd.DataFrame) -> pd.DataFrame:
    """Per channel of the first contact: finished issues of known customers, their contacts, and these squared.

    Most issues are one contact, and counted already; only those that are part of more are put together.
    """
    several = rows.filter(_of_issues(rows) & rows.chained)
    chains = several.group_by("issue").agg(
        contacts=several.count(),
        channel=several.channel.argmin(several.second),
        over=several.finished.cast("int64").min(),
    )
    chains = chains.filter(chains.over == 1)
    many = chains.group_by("channel").agg(
        issues=chains.count(),
        contacts=chains.contacts.sum(),
        squares=(chains.contacts * chains.contacts).sum(),
    )
    many = many.to_pandas().set_index("channel").astype("float64").reindex(channels.index).fillna(0.0)
    return many.add(channels["alone"], axis=0)
