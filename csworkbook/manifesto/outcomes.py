"""Was the promise kept, row by row, and which rows cannot tell?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import replies
from csworkbook.errors import DataError, SettingError
from csworkbook.hours import Calendar, calendar
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.manifesto import measured
from csworkbook.manifesto.measured import LIVE, require_replies
from csworkbook.manifesto.promise import Promise
from csworkbook.repeats import repeated
from csworkbook.tables import require


@dataclass(frozen=True)
class Outcomes:
    """What `outcomes` finds.

    Attributes
    ----------
    frame : DataFrame
        The rows that count: at (zoned), channel, kept (bool).
    left : dict
        How many rows were left out: "open" (the promised time was not over when the data end),
        "given_up" (customers who left), "wrong" (answered before asked), "unknown" (no customer,
        topic or moment), "outside" (outside the promised hours), "unrecorded" (on a channel without one
        recorded reply), "rough" (times without seconds, too rough for the promise), "later" (on a
        channel where nobody waits for the answer).
    given_up : int
        Rows in `frame` of customers who gave up, which count as broken.
    without_reply, rough : tuple of str
        Channels that were left out: not one contact has a reply; the times have no seconds.
    silent : tuple of (str, int)
        Promised weekdays and hours in which nobody was in touch.
    holidays : tuple of str
        The holidays that were left out of the opening hours.
    """

    frame: pd.DataFrame
    left: dict[str, int]
    given_up: int = 0
    without_reply: tuple[str, ...] = ()
    rough: tuple[str, ...] = ()
    silent: tuple[tuple[str, int], ...] = ()
    holidays: tuple[str, ...] = ()


def outcomes(
    contacts: pd.DataFrame | None,
    returns: pd.DataFrame | None,
    promise: Promise,
    *,
    given_up: bool = True,
    opening_hours: dict[str, str] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
) -> Outcomes:
    """Whether the promise was kept, for every contact or return that can tell.

    Parameters
    ----------
    given_up : bool
        Whether customers who gave up after the promised time count as broken; otherwise they are all
        left out. Who gave up earlier never counts: nobody knows whether the promise would have been kept.

    Raises
    ------
    DataError
        When the table or its column that would tell is not there.
    SettingError
        When opening hours are needed and there are none.
    """
    if promise.kind == "return":
        return _returned(returns, promise, zone)
    if contacts is None:
        raise _lacking(_("the table “contacts”"))
    require(contacts, "contacts")
    if promise.kind == "solved":
        return _solved(contacts, promise, zone)
    require_replies(contacts)
    asked, until = on_channel(contacts, promise.channel), replies.last_moment(contacts)
    if promise.kind == "available":
        return _available(asked, promise, until, given_up, zone, country)
    hours = office(contacts, promise.clock, opening_hours, zone, country)
    return _replied(asked, promise, until, given_up, hours, zone)


def _lacking(what: str) -> DataError:
    return DataError(
        _("Without {what} this promise cannot be checked.").format(what=what),
        next_step=_("Bring an export that has it."),
    )


def on_channel(contacts: pd.DataFrame, channel: str | None) -> pd.DataFrame:
    """The contacts on one channel, or all; a DataError when there are none on it."""
    if not channel:
        return contacts
    asked = contacts[(contacts["channel"] == channel).to_numpy(bool, na_value=False)]
    if asked.empty and len(contacts):
        known = join(sorted(map(str, contacts["channel"].dropna().unique())))
        raise DataError(
            _("There are no contacts on the channel “{channel}”.").format(channel=channel),
            allowed=_("Possible: {columns}.").format(columns=known),
        )
    return asked


def office(
    contacts: pd.DataFrame, clock: str, opening_hours: dict[str, str] | None, zone: str, country: str
) -> Calendar | None:
    """The calendar to count by; None by the clock.

    Raises
    ------
    SettingError
        When open minutes are to be counted and the shop has no opening hours.
    """
    if clock == "clock" or contacts["opened_at"].isna().all():
        return None
    opened = contacts["opened_at"]
    made = calendar(
        opening_hours or {},
        zone=zone,
        country=country,
        first=opened.min(),
        last=replies.last_moment(contacts),
    )
    if made.never_open:
        raise SettingError(
            _("The shop has no opening hours, so they cannot be counted."),
            next_step=_("Fill them in under settings, or count by the clock."),
        )
    return made


def _replied(
    asked: pd.DataFrame,
    promise: Promise,
    until: pd.Timestamp,
    given_up: bool,
    hours: Calendar | None,
    zone: str,
) -> Outcomes:
    limit = _limits(asked["channel"], promise)
    waited = replies.waits(asked, calendar=hours, until=until)
    minutes, left = waited["minutes"].to_numpy(), waited["given_up"].to_numpy()
    # who left at a moment nobody knows was not answered either: saying so must not make a promise look better
    broken_by_leaving = left & ~(waited["so_far"] <= limit).to_numpy() & given_up
    mute = measured.unrecorded(asked, waited["replied"])
    measured.refuse_unrecorded(asked, mute)
    coarse = measured.rough(asked) & ~mute & (limit < measured.WHOLE)
    measured.refuse_rough(asked, waited, coarse)
    reasons = {
        "unrecorded": mute,
        "rough": coarse,
        "open": age(asked, until, hours) < limit,
        "given_up": left & ~broken_by_leaving,
        "wrong": waited["replied"].to_numpy() & np.isnan(minutes),
    }
    frame = _frame(asked["opened_at"], asked["channel"], minutes <= limit, zone)
    counted, why = _counted(frame, reasons)
    return Outcomes(
        counted,
        why,
        int((broken_by_leaving & ~reasons["open"] & ~mute & ~coarse).sum()),
        measured.named(asked, mute),
        measured.named(asked, coarse),
        holidays=tuple(hours.closed.values()) if hours else (),
    )


def age(asked: pd.DataFrame, until: pd.Timestamp, hours: Calendar | None) -> np.ndarray:
    """Minutes from each contact to the end of the data, by opening hours or by the clock."""
    ended = pd.Series(until, asked.index, dtype=asked["opened_at"].dtype)
    if hours is None:
        return (ended - asked["opened_at"]).dt.total_seconds().to_numpy(float) / 60
    return hours.minutes(asked["opened_at"], ended)


def _limits(channel: pd.Series, promise: Promise) -> np.ndarray:
    return channel.astype(object).map(promise.minutes).to_numpy(float)


def _available(
    asked: pd.DataFrame, promise: Promise, until: pd.Timestamp, given_up: bool, zone: str, country: str
) -> Outcomes:
    asked, later = _waiting(asked, promise.channel)
    opened = asked["opened_at"]
    if opened.isna().all():
        frame = _frame(opened, asked["channel"], np.zeros(len(asked), bool), zone)
        return Outcomes(*_counted(frame, {}, later))
    hours = calendar(promise.hours, zone=zone, country=country, first=opened.min(), last=until)
    closes = pd.Series(hours.closing(opened), opened.index)
    waited = replies.waits(asked, until=until)
    kept = (waited["minutes"] * 60 <= (closes - opened).dt.total_seconds()).to_numpy()
    mute = measured.unrecorded(asked, waited["replied"])
    measured.refuse_unrecorded(asked, mute)
    reasons = {
        "unrecorded": mute,
        "outside": closes.isna().to_numpy(),
        "open": (closes > until).to_numpy(),
        "given_up": waited["given_up"].to_numpy() & (not given_up),
        "wrong": waited["replied"].to_numpy() & waited["minutes"].isna().to_numpy(),
    }
    frame = _frame(opened, asked["channel"], kept, zone)
    counted, why = _counted(frame, reasons, later)
    here = ~np.logical_or.reduce(list(reasons.values()))
    return Outcomes(
        counted,
        why,
        int((waited["given_up"].to_numpy() & here).sum()),
        measured.named(asked, mute),
        silent=_silent(frame["at"][~reasons["outside"]], promise),
        holidays=tuple(hours.closed.values()),
    )


def _waiting(asked: pd.DataFrame, channel: str) -> tuple[pd.DataFrame, int]:
    """Without a channel chosen: the contacts on which people wait for the answer, and how many others.

    An e-mail may well be answered tomorrow; that says nothing of who was there. All where none is live.
    """
    live = asked["channel"].astype(object).isin(LIVE).to_numpy(bool)
    if channel or not live.any():
        return asked, 0
    return asked[live], int((~live).sum())


def _silent(at: pd.Series, promise: Promise) -> tuple[tuple[str, int], ...]:
    """The promised weekdays and hours in which not one contact came in."""
    from csworkbook.settings import WEEK

    first, last = (int(part[:2]) for part in (promise.since, promise.until))
    minutes = int(promise.until[3:5])
    end = 24 if promise.until == "00:00" else last + (minutes > 0)
    seen = set(zip(at.dt.day_of_week, at.dt.hour, strict=True))
    hours = range(first, end)
    return tuple((d, h) for d in WEEK if d in promise.days for h in hours if (WEEK.index(d), h) not in seen)


def _solved(contacts: pd.DataFrame, promise: Promise, zone: str) -> Outcomes:
    on_channel(contacts, promise.channel)
    again = repeated(contacts, within=f"{promise.limit}D")
    here = slice(None)
    if promise.channel:
        here = (contacts["channel"] == promise.channel).to_numpy(bool, na_value=False)
    asked, again = contacts.loc[here], again.loc[here]
    reasons = {
        "unknown": ~again["known"].to_numpy(),
        "open": (again["known"] & ~again["finished"]).to_numpy(),
        "given_up": replies.who_gave_up(asked),
    }
    frame = _frame(asked["opened_at"], asked["channel"], ~again["again"].to_numpy(bool), zone)
    return Outcomes(*_counted(frame, reasons))


def _returned(returns: pd.DataFrame | None, promise: Promise, zone: str) -> Outcomes:
    if returns is None:
        raise _lacking(_("the table “returns”"))
    require(returns, "returns")
    if "handled_at" not in returns or returns["handled_at"].isna().all():
        raise DataError(
            _("These returns do not say when they were handled."),
            allowed=_("A column with the day the money was paid back or the exchange was sent."),
            next_step=_(
                "Add that day to the export of your returns, or bring the refunds of your shop system."
            ),
        )
    back, done = (returns[name].dt.tz_convert(zone).dt.normalize() for name in ("returned_at", "handled_at"))
    last = max(back.max(), done.max())
    # whole days on the calendar: many exports give days only; half a day allows for the clock's changes
    days, gone = ((moment - back) / pd.Timedelta(days=1) for moment in (done, last))
    reasons = {"open": (gone.round() <= promise.limit).to_numpy(), "wrong": (days.round() < 0).to_numpy()}
    channel = pd.Series("", returns.index, dtype=object)
    frame = _frame(returns["returned_at"], channel, (days.round() <= promise.limit).to_numpy(), zone)
    return Outcomes(*_counted(frame, reasons))


def _frame(at: pd.Series, channel: pd.Series, kept: np.ndarray, zone: str) -> pd.DataFrame:
    return pd.DataFrame({"at": at.dt.tz_convert(zone), "channel": channel.astype(object), "kept": kept})


def _counted(
    frame: pd.DataFrame, reasons: dict[str, np.ndarray], later: int = 0
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows that count, and why the others do not: each for its first reason only."""
    out, told = np.zeros(len(frame), bool), {"later": later}
    undated = frame["at"].isna().to_numpy()
    reasons = reasons | {"unknown": reasons.get("unknown", undated) | undated}
    for name in sorted(reasons, key=_ORDER.index):
        told[name] = int((reasons[name] & ~out).sum())
        out |= reasons[name]
    return frame[~out], {name: n for name, n in told.items() if n}


_ORDER = ("unrecorded", "rough", "unknown", "outside", "wrong", "open", "given_up")
