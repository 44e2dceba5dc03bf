"""Which days of a log count, in the shop's own clock?"""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.funnel import asked
from csworkbook.language import gettext as _

DAY = pd.DateOffset(days=1)


def days(events, zone: str = "UTC") -> tuple[date, date] | list:
    """The first and the last day there are events, of which a page lets choose; an empty list without any.

    >>> log = pd.DataFrame({"visitor_id": "a", "step": "cart", "at": pd.to_datetime(["2026-03-01", "2026-03-20"], utc=True)})
    >>> [str(day) for day in days(log)]
    ['2026-03-01', '2026-03-20']
    """
    span = asked.span_of(events)
    return tuple(asked.clock(moment, zone).date() for moment in span) if span else []


def limits(since: object, until: object, zone: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """From which moment, and up to (not including) which one; None where nothing was asked.

    Parameters
    ----------
    since, until : str, date or timestamp, optional
        A day is included, whole; of a moment with a clock time the events before it count.

    Raises
    ------
    SettingError
        When one is no date, or nothing lies between them.

    >>> [str(moment) for moment in limits("2026-12-01", "2026-12-31", "UTC")]
    ['2026-12-01 00:00:00+00:00', '2027-01-01 00:00:00+00:00']
    """
    first, last = asked.a_day(since, zone), asked.a_day(until, zone)
    over = last + DAY if last is not None and _whole(until) else last
    if first is not None and over is not None and over <= first:
        raise SettingError(
            _("The last day ({until}) comes before the first ({since}).").format(
                since=language.day(first), until=language.day(last)
            ),
            next_step=_("Choose a later day to end with, or leave one of them out."),
        )
    return first, over


def _whole(until: object) -> bool:
    """Whether this is a day, without a clock time."""
    if isinstance(until, str):
        return ":" not in until
    return isinstance(until, date) and not isinstance(until, datetime)


def spanning(start: pd.Timestamp | None, end: pd.Timestamp | None) -> str:
    """The days from `start` up to (not including) `end`, in words; "" where neither is set.

    >>> spanning(pd.Timestamp("2026-12-01"), pd.Timestamp("2027-01-01")), spanning(None, pd.Timestamp("2027-01-01"))
    ('1 Dec 2026 – 31 Dec 2026', 'up to 31 Dec 2026')
    """
    first = "" if start is None else language.day(start, "d MMM yyyy")
    last = "" if end is None else language.day(end - pd.Timedelta(1, "us"), "d MMM yyyy")
    if first and last:
        return _("{first} – {last}").format(first=first, last=last)
    return _("from {day}").format(day=first) if first else _("up to {day}").format(day=last) if last else ""
