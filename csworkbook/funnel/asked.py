"""What was asked of a log: which steps, up to which of them, in which time?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import events as engine
from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.events.frames import prepared
from csworkbook.events.proposed import usual
from csworkbook.funnel.wording import said
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import ibis

    from csworkbook.events import Step

MICRO = 1_000_000


def the_steps(events, steps: Sequence | None, least: int = 2) -> tuple[Step, ...]:
    """The steps asked for, or those that visitors of this log usually take.

    Raises
    ------
    DataError
        When there are fewer than `least`.
    """
    found = engine.steps_of(steps) if steps else tuple(usual(events))
    if len(found) >= least:
        return found
    raise DataError(
        _("A funnel has at least {least} steps; here is {n}.").format(least=least, n=len(found)),
        next_step=_("Choose the steps on this page, in the order in which visitors take them."),
    )


def names_of(steps: Sequence[Step]) -> list[str]:
    """What the steps are called, each name once: a name that comes back is numbered.

    >>> names_of([engine.Step("a"), engine.Step("b"), engine.Step("a")])
    ['a', 'b', 'a (2)']
    """
    names: list[str] = []
    for step in steps:
        seen = sum(step.name == earlier.name for earlier in steps[: len(names)])
        names.append(f"{step.name} ({seen + 1})" if seen else step.name)
    return names


def place_of(step: str | None, names: Sequence[str]) -> int | None:
    """The number (from 2) of the step whose entry is asked about; None where none was named.

    Raises
    ------
    SettingError
        When it is no step of this funnel, or the first one, before which nobody drops out.
    """
    if step is None:
        return None
    if step in names[1:]:
        return list(names).index(step) + 1
    raise SettingError(
        _("“{step}” is no step that visitors come to from another one.").format(step=step),
        allowed=_("Possible: {columns}.").format(columns=language.join([said(name) for name in names[1:]])),
    )


def later_steps(events, steps: Sequence | None = None) -> list[str | None]:
    """The steps of which one may ask who drops out before them; the first choice is the biggest loss."""
    return [None, *names_of(the_steps(events, steps, least=1))[1:]]


def groups(events) -> list[str]:
    """The columns whose values are groups of visitors, the device first; empty where there are none.

    >>> log = pd.DataFrame({"visitor_id": ["a", "b"], "at": pd.Timestamp("2026-03-02"), "step": "cart", "device": ["x", "y"]})
    >>> groups(log)
    ['device']
    """
    return engine.splits(events)[1:]


_KNOWN = (
    "visitor_id", "at", "moment", "step", "session_id", "customer_id", "email_hash", "product_id", "order_id", "seconds",
)  # fmt: skip


def extra_columns(table: ibis.Table | pd.DataFrame) -> list[str]:
    """The columns that say something about a visitor besides who he is, when, and which page."""
    return [name for name in table.columns if name not in _KNOWN]


def require_column(events, column: str) -> None:
    """A DataError that lists the columns there are when this is not one of them."""
    columns = [str(name) for name in (events if hasattr(events, "columns") else engine.read(events)).columns]
    if column not in columns:
        raise DataError(
            _("The events have no column “{column}”.").format(column=column),
            allowed=_("Columns: {columns}.").format(columns=language.join(columns)),
            next_step=_("Choose one of these, or add the column to the export."),
        )


def span_of(events) -> tuple[int, int] | None:
    """The first and last moment in the events, microseconds since 1970 UTC; None without any."""
    if isinstance(events, pd.DataFrame):
        moments = prepared(events).moment[prepared(events).codes("visitor_id").filled >= 0]
        moments = moments[moments > np.iinfo(np.int64).min]
        return (int(moments.min()), int(moments.max())) if len(moments) else None
    table = engine.read(events)
    found = table.aggregate(first=table.moment.min(), last=table.moment.max()).to_pandas().iloc[0]
    return None if pd.isna(found["first"]) else (int(found["first"]), int(found["last"]))


def clock(micros: int, zone: str) -> pd.Timestamp:
    """A moment as the shop's clock has it."""
    return pd.Timestamp(micros, unit="us", tz="UTC").tz_convert(zone)


def micros(moment: pd.Timestamp) -> int:
    """Microseconds since 1970 UTC of a moment with a zone."""
    return moment.value // 1000  # pandas gives nanoseconds, whatever it holds


def a_day(text: str | None, zone: str) -> pd.Timestamp | None:
    """The day somebody typed, as the moment it begins in the shop's zone; None for nothing typed.

    Raises
    ------
    SettingError
        When it is no date.

    >>> a_day("2026-03-29", "Europe/Amsterdam").isoformat()
    '2026-03-29T00:00:00+01:00'
    """
    if text is None or not str(text).strip():
        return None
    try:
        found = pd.Timestamp(str(text).strip() if isinstance(text, str) else text)
    except (ValueError, TypeError):
        found = pd.NaT
    if found is pd.NaT or found != found:
        raise SettingError(
            _("“{value}” is no date.").format(value=text),
            allowed=_("Something like: {example}.").format(example="2026-03-29"),
        )
    return (
        found.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
        if found.tz is None
        else found.tz_convert(zone)
    )


def length(text: str | None) -> pd.Timedelta | None:
    """A length of time such as ``"30min"`` or ``"7D"``; None stays None.

    Raises
    ------
    SettingError
        When it is no length of time, or not more than nothing.
    """
    if text is None:
        return None
    try:
        found = pd.Timedelta(text)
    except (ValueError, TypeError):
        found = pd.NaT
    if not found > pd.Timedelta(0):
        raise SettingError(
            _("“{value}” is no length of time.").format(value=text),
            allowed=_("Something like: {example}.").format(example="30min, 1D, 7D"),
        )
    return found


def long(time: pd.Timedelta) -> str:
    """A length of time in words.

    >>> long(pd.Timedelta("7D")), long(pd.Timedelta("30min"))
    ('7 days', '30 minutes')
    """
    seconds = time.total_seconds()
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= size and seconds % size == 0:
            return language.duration(seconds / size, unit)
    return language.duration(seconds / 60, "minutes")
