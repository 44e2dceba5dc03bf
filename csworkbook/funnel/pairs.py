"""Which two periods are laid side by side: last month and the month before, or days of one's own?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.funnel import asked, terms
from csworkbook.funnel.days import DAY, limits, spanning
from csworkbook.language import gettext as _

Span = tuple[pd.Timestamp, pd.Timestamp]  # the moment it begins, and the moment it is over


@dataclass(frozen=True)
class Pair:
    """Two periods of the shop's clock, the earlier one first."""

    one: Span
    other: Span

    @property
    def edges(self) -> list[pd.Timestamp]:
        """Where periods begin, and where the last one ends; what lies between the two is one as well."""
        return sorted({*self.one, *self.other})

    @property
    def places(self) -> list[str]:
        """The numbers of the two among the periods between the edges."""
        return ["0", str(len(self.edges) - 2)]

    @property
    def said(self) -> tuple[str, str]:
        """The two in words."""
        return spanning(*self.one), spanning(*self.other)


def labels() -> dict[str, str]:
    """What the controls are called."""
    return {
        **terms.labels(),
        "periods": _("Which two periods"),
        "since": _("From"),
        "split": _("Second period from"),
        "until": _("Up to and including"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How the options are said."""
    return {
        **terms.choices(),
        ("periods", None): _("two halves, or days of your own"),
        ("periods", "week"): _("last week against the week before"),
        ("periods", "weeks"): _("the last four weeks against the four before"),
        ("periods", "month"): _("last month against the month before"),
        ("periods", "year"): _("the last four weeks against the same weeks a year ago"),
    }


def two_periods(events, within: str | None = "7D", zone: str = "Europe/Amsterdam") -> list[str | None]:
    """The pairs of periods that these events are long enough for; None first: two halves, or days of one's own.

    >>> log = pd.DataFrame({"visitor_id": "a", "step": "cart", "at": pd.to_datetime(["2026-03-01", "2026-03-29"], utc=True)})
    >>> two_periods(log)
    [None, 'week']
    """
    span = asked.span_of(events)
    if span is None:
        return [None]
    start, end = between(span, None, None, zone)
    over = end - (asked.length(within) or pd.Timedelta(0))
    return [None, *[name for name in _LATEST if _latest(name, end, over).one[0] >= start]]


def between(span: tuple[int, int], since: object, until: object, zone: str) -> Span:
    """The days that count: from `since` to `until`, or from the first to the last there is.

    Parameters
    ----------
    span : tuple of int
        The first and the last moment in the data, microseconds.
    since, until : str or date, optional
        Days of the shop's clock; `until` is included.

    Raises
    ------
    SettingError
        When they cannot be read, or lie outside the data.
    """
    begun, ended = (asked.clock(moment, zone).normalize() for moment in span)
    first, last = limits(since, until, zone)
    start, end = first or begun, last or ended + DAY
    if start < end:
        return start, end
    raise SettingError(
        _("No day is left to compare: the events lie on {days}.").format(days=spanning(begun, ended + DAY))
    )


def pair(
    days: Span,
    periods: str | None,
    split: object,
    zone: str,
    *,
    over: pd.Timestamp,
    all_days: bool = False,
) -> Pair:
    """The two periods asked for.

    Parameters
    ----------
    days : tuple of Timestamp
        The days that count (see `between`); `all_days` when they are all there are.
    periods : str, optional
        The latest ``"week"``, ``"weeks"`` (four), ``"month"`` or ``"year"`` (four weeks, and the same a year
        earlier) among these days. None parts them in two.
    over : Timestamp
        Up to when the time of all who began is over: weeks end there at the latest, months are as they are.
    split : str or date, optional
        Where the second of the two parts begins; in the middle when not given.

    Raises
    ------
    SettingError
        When there are no such periods.
    """
    middle = asked.a_day(split, zone)
    if periods is None:
        return _parted(days, middle, all_days)
    if middle is not None:
        raise SettingError(
            _("“{choice}” leaves no choice of where the second period begins.").format(
                choice=_named(periods)
            ),
            next_step=_("Leave that day empty, or choose “{choice}”.").format(choice=_named(None)),
        )
    found = _latest(periods, days[1], over)
    if found.one[0] >= days[0]:
        return found
    raise SettingError(
        _("There are too few days for “{choice}”: {days}.").format(
            choice=_named(periods), days=spanning(*days)
        ),
        next_step=_("Choose shorter periods, or more days."),
    )


def _named(periods: str | None) -> str:
    return choices()["periods", periods]


def _parted(days: Span, split: pd.Timestamp | None, all_days: bool) -> Pair:
    """These days in two parts; of a log of one day the second part is the day after."""
    start, end = days
    split = split or start + pd.DateOffset(days=max((end - start).days // 2, 1))
    if all_days and start < split and (end - start).days < 2:
        end = max(end, split + DAY)
    if start < split < end:
        return Pair((start, split), (split, end))
    raise SettingError(
        _("The second period cannot begin on {day}.").format(day=language.day(split)),
        allowed=_("A day after {first} and up to {last}.").format(
            first=language.day(start), last=language.day(end - DAY)
        ),
    )


def _latest(periods: str, end: pd.Timestamp, over: pd.Timestamp) -> Pair:
    """The latest such periods up to `end`, and but for months up to `over`."""
    if periods not in _LATEST:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=periods),
            allowed=_("Possible: {columns}.").format(columns=language.join([_named(one) for one in _LATEST])),
        )
    return _LATEST[periods]((end if periods == "month" else min(end, over)).normalize())


def _last_days(days: int, earlier: int) -> Callable[[pd.Timestamp], Pair]:
    """The last so many days, and as many some days earlier."""

    def latest(end: pd.Timestamp) -> Pair:
        start, before = end - pd.DateOffset(days=days), pd.DateOffset(days=earlier)
        return Pair((start - before, end - before), (start, end))

    return latest


def _last_week(end: pd.Timestamp) -> Pair:
    """The last whole week, Monday to Sunday, and the one before."""
    return _last_days(7, 7)(end - pd.DateOffset(days=end.weekday()))


def _last_month(end: pd.Timestamp) -> Pair:
    """The last whole month and the one before."""
    over = end.replace(day=1)
    start = over - pd.DateOffset(months=1)
    return Pair((start - pd.DateOffset(months=1), start), (start, over))


_LATEST: dict[str, Callable[[pd.Timestamp], Pair]] = {
    "week": _last_week,
    "weeks": _last_days(28, 28),
    "month": _last_month,
    "year": _last_days(28, 364),  # whole weeks, so that Monday meets Monday
}
