"""What does each step bring in a year: reckoned from the gaps, ranked by what can be won?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import events as engine
from csworkbook.events.proposed import role_of
from csworkbook.funnel import asked

LEAST_DAYS = 28  # over less time nothing is said of a year
_YEAR = 365.0
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Time:
    """The time that a log spans, from its first moment to its last."""

    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None

    @property
    def days(self) -> float:
        """How many days; 0 without any event."""
        return 0.0 if self.first is None else (self.last - self.first) / _DAY

    @property
    def yearly(self) -> bool:
        """Whether it is long enough to speak of a year."""
        return self.days >= LEAST_DAYS

    @property
    def years(self) -> float:
        """How many years; NaN where it is too short to speak of one."""
        return self.days / _YEAR if self.yearly else float("nan")


def seen_time(events, zone: str) -> Time:
    """The time that the events span, on the shop's clock."""
    span = asked.span_of(events)
    return Time() if span is None else Time(*(asked.clock(moment, zone) for moment in span))


def ends_paid(steps: Sequence[engine.Step]) -> bool:
    """Whether the last step is an order, as its role or its name says."""
    last = steps[-1]
    names = [last.name, *last.where.get("step", ())]
    return last.role == "paid" if last.role else any(role_of(str(name)) == "paid" for name in names)


def ranked(whole: pd.DataFrame, end: float, gain: float, time: Time) -> pd.DataFrame:
    """The steps, where most can be won first; those whose gap is not known last, the lowest rate first."""
    yearly = 1 / time.years if time.yearly else 1.0
    more = np.minimum(gain, 1 / whole["share"].where(whole["share"] > 0) - 1)
    named = {"value": "money", "value_low": "money_low", "value_high": "money_high"}
    table = whole.rename(columns=named).assign(
        orders=whole["extra_end"] * yearly,
        orders_low=whole["extra_low"] * yearly,
        orders_high=whole["extra_high"] * yearly,
        same=end * more * yearly,
        point=end * np.minimum(0.01, 1 - whole["share"]) / whole["share"].where(whole["share"] > 0) * yearly,
    )
    table = table.sort_values(["orders", "share"], ascending=[False, True], ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table
