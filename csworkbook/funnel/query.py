"""What is asked of the log, checked, followed once, and said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from csworkbook import events as engine
from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.events.habits import FirstOrder, daily, first_order, remembered
from csworkbook.events.habits import without_bots as without_bots_of
from csworkbook.events.proposed import Usual, usual
from csworkbook.funnel.asked import length, long, names_of
from csworkbook.funnel.days import limits, spanning
from csworkbook.funnel.wording import UNITS, many, said
from csworkbook.language import gettext as _
from csworkbook.language import join, ngettext

if TYPE_CHECKING:
    from csworkbook.events import Followed, Step

DEVICE = "device"
_TAKEN = (  # columns of the results' own tables
    "by", "step", "visitors", "step_rate", "low", "high", "total_rate", "total_low", "total_high", "lost", "n", "place",
    "median_minutes", "q1_minutes", "q3_minutes", "entered", "shrunk", "small", "minutes", "lasted", "count", "share",
)  # fmt: skip
_NEVER = ("visitor_id", "at", "moment", "customer_id", "email_hash")  # as many values as visitors


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of a log of events.

    Attributes
    ----------
    events : DataFrame, ibis.Table or path
        Without the visitors that were to be left out.
    steps : tuple of Step
    names : list of str
        What the steps are called, each name once.
    guessed : bool
        Whether the steps were chosen by how often they occur.
    followed : Followed
        Split by `by`.
    by : str or None
        The column by which groups are compared: what was asked, or else the device.
    asked_by : str or None
        The column that was asked for.
    per, order, ties : str
    within : Timedelta or None
    since, until : Timestamp or None
        The first moment that counts, and the first one after.
    excluded : tuple of str
        What must not lie between the first step and the last.
    left_out : int
        Visitors with a thousand events or more that were left out.
    """

    events: Any
    steps: tuple[Step, ...]
    names: list[str]
    guessed: bool
    followed: Followed
    by: str | None
    asked_by: str | None
    per: str
    order: str
    ties: str
    within: pd.Timedelta | None
    since: pd.Timestamp | None
    until: pd.Timestamp | None
    zone: str
    excluded: tuple[str, ...]
    left_out: int

    @cached_property
    def health(self) -> engine.Health:
        """What is in the log, and what is odd in it."""
        return remembered(self.events, ("health", self.steps), lambda: engine.health(self.events, self.steps))

    @cached_property
    def first_order(self) -> FirstOrder:
        """In which order visitors did the steps for the first time."""
        return first_order(self.events, self.steps)

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Events per day (rows) and step (columns, by name)."""
        return daily(self.events, self.steps).set_axis(self.names, axis=1)

    @cached_property
    def span(self) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
        """The first and the last moment that count; None without any."""
        first, last = self.health.since, self.health.until
        if first is None or last is None:
            return None, None
        return max(filter(None, (first, self.since))), min(filter(None, (last, self.until)))

    @property
    def days(self) -> float:
        """How many days that is."""
        first, last = self.span
        return 0.0 if first is None else max((last - first).total_seconds() / 86_400, 0.0)

    @property
    def window(self) -> str:
        """The window, what was excluded and the days, as part of a sentence; "" without any."""
        parts = [
            _("within {time}").format(time=long(self.within)) if self.within is not None else "",
            _("without {pages} on the way").format(pages=self._without) if self.excluded else "",
            f"({self.period})" if self.period else "",
        ]
        return "".join(f" {part}" for part in parts if part)

    @property
    def period(self) -> str:
        """The days that were chosen, in words; "" when all count."""
        return spanning(self.since, self.until)

    @property
    def told(self) -> list[str]:
        """What was counted, what was left out, and whose window was not over."""
        parts = (self._steps, self._how, self.days_said, self._rows, self._bots, self._unfinished)
        return [one for one in parts if one]

    @property
    def days_said(self) -> str:
        """Which days count, of which the log holds; "" when all do."""
        first, last = self.health.since, self.health.until
        if not self.period or first is None:
            return ""
        held = spanning(first.tz_convert(self.zone), last.tz_convert(self.zone) + pd.Timedelta(1, "us"))
        return _("Of the days in your log ({all}) these count: {days}.").format(all=held, days=self.period)

    @property
    def _without(self) -> str:
        return join([f"“{said(name)}”" for name in self.excluded])

    @property
    def _steps(self) -> str:
        said_ = _("Steps: {steps}.").format(steps=join([said(name) for name in self.names]))
        if self.guessed:
            return (
                said_
                + " "
                + _("These are the most frequent names in your log: none of them is one this workbook knows.")
            )
        return said_

    @property
    def _how(self) -> str:
        """The choices that are not the usual ones."""
        chosen = [_("Counted per {what}.").format(what={"session": _("visit"), "customer": _("customer")}[self.per])
                  ] if self.per != "visitor" else []  # fmt: skip
        if self.order == "strict":
            chosen.append(_("Between two steps nothing else may happen."))
        if self.order == "any":
            chosen.append(_("The steps may come in any order."))
        if self.ties == "allow":
            chosen.append(_("Pages of one instant count in the order of the steps."))
        if self.excluded:
            chosen.append(
                _("Who saw {pages} between the first step and the last did not come that way.").format(
                    pages=self._without
                )
            )
        return " ".join(chosen)

    @property
    def _rows(self) -> str:
        account = self.followed.account
        parts = [
            (account.used, ngettext("{n} is a step", "{n} are steps", account.used)),
            (account.other, ngettext("{n} is another page", "{n} are other pages", account.other)),
            (account.outside, ngettext("{n} is outside the days", "{n} are outside the days", account.outside)),
            (account.without_visitor, ngettext("{n} names no visitor", "{n} name no visitor", account.without_visitor)),
            (account.without_moment, ngettext("{n} tells no time", "{n} tell no time", account.without_moment)),
            (account.without_customer, ngettext("{n} has no known customer", "{n} have no known customer",
                                                account.without_customer)),
        ]  # fmt: skip
        counted = [text.format(n=language.number(n)) for n, text in parts if n]
        return _("Of {n} events: {parts}.").format(
            n=language.number(account.read), parts=join(counted or [_("none counts")])
        )

    @property
    def _bots(self) -> str:
        if not self.left_out:
            return ""
        return ngettext(
            "{n} visitor with a thousand events or more was left out.",
            "{n} visitors with a thousand events or more were left out.",
            self.left_out,
        ).format(n=language.number(self.left_out))

    @property
    def _unfinished(self) -> str:
        n = self.followed.unfinished
        if self.within is None or not n:
            return ""
        return _(
            "{n} {who} began less than {time} before the end of the data: they are counted, but some may still come further."
        ).format(n=language.number(n), who=many(self.per), time=long(self.within))


def asked(
    events: Any,
    steps: Sequence | None,
    *,
    within: str | pd.Timedelta | None = None,
    by: str | None = None,
    per: str = "visitor",
    order: str = "ordered",
    ties: str = "later",
    exclude: object = None,
    since: object = None,
    until: object = None,
    gap: str = "30min",
    without_bots: bool = False,
    zone: str = "UTC",
) -> Question:
    """The question, with the log followed.

    Raises
    ------
    DataError
        When there is nothing a funnel could be made of.
    SettingError
        When a choice cannot be.
    """
    _one_of(per, UNITS)
    log, left_out = without_bots_of(events) if without_bots else (events, 0)
    chosen, guessed = steps_asked(log, steps)
    columns = _columns(log)
    _may_split(by, columns)
    split = by or (DEVICE if DEVICE in columns else None)
    first, last = limits(since, until, zone)
    followed = engine.follow(
        log, chosen, within=length(within), per=per, order=order, ties=ties, exclude=exclude or None,
        since=first, until=last, gap=gap, by=split,
    )  # fmt: skip
    return Question(
        log, chosen, names_of(chosen), guessed, followed, split, by, per, order, ties, length(within), first, last,
        zone, tuple(names_of(engine.steps_of(exclude))) if exclude else (), left_out,
    )  # fmt: skip


def steps_asked(events: Any, steps: Sequence | None) -> tuple[tuple[Step, ...], bool]:
    """The steps asked for, or those the log suggests; and whether these were guessed from unknown names."""
    if steps:
        return engine.steps_of(steps), False
    proposed: Usual = usual(events)
    if proposed:
        return engine.steps_of(proposed), not proposed.known
    raise DataError(
        _("These events name no step yet."),
        allowed=_("One row per page or click: who (visitor_id), when (at) and what (step)."),
        next_step=_("Bring an export of your web statistics that has them."),
    )


def _columns(events: Any) -> list[str]:
    frame = events if hasattr(events, "columns") else engine.read(events)
    return [str(name) for name in frame.columns]


def _may(column: str) -> bool:
    return column not in _TAKEN and column not in _NEVER


def _may_split(by: str | None, columns: Sequence[str]) -> None:
    """A SettingError when `by` is no column to split by."""
    if by is None or (by in columns and _may(by)):
        return
    possible = [said(name) for name in columns if _may(name)]
    raise SettingError(
        _("The events cannot be split by “{by}”.").format(by=by),
        allowed=_("Possible: {columns}.").format(columns=join(possible) or _("none in these events")),
    )


def _one_of(value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=value),
            allowed=_("Possible: {columns}.").format(columns=join(list(allowed))),
        )
