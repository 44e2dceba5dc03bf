"""How are periods counted each on its own, so that neither has more time or more visitors than the other?

A visitor who comes in two periods counts in both. A chain belongs to the period in which it began and
may end in the next one. Chains that began less than the window before the end of the data are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import events as engine
from csworkbook.events.followed import IN_MEMORY
from csworkbook.events.frames import prepared
from csworkbook.funnel.asked import micros

if TYPE_CHECKING:
    import ibis

    from csworkbook.events import Step

PERIOD = "period"
_APART = "\x1f"
_TABLE = 50_000_000  # visitors × periods


@dataclass(frozen=True, eq=False)
class Cut:
    """The events, each in the period (column `period`: "0", "1", …) of the chains it can belong to.

    `left_out` is how many visitors began only when their window could not be over by the end of the data.
    """

    events: pd.DataFrame | ibis.Table
    left_out: int


@dataclass(frozen=True)
class _Cuts:
    """Where the periods lie, all in microseconds since 1970 UTC.

    `ends` holds where each begins and where the last one ends, `span` is the window (0: none), `finished`
    the last moment at which a chain may begin, `columns` what must be kept of the events.
    """

    steps: tuple[Step, ...]
    ends: list[int]
    span: int
    finished: int
    columns: tuple[str, ...]

    @property
    def copies(self) -> int:
        """In how many periods an event can be: its own, and earlier ones within the window."""
        shortest = min(b - a for a, b in pairwise(self.ends))
        return 1 + min(-(-self.span // shortest), len(self.ends) - 1)

    @property
    def named(self) -> bool:
        """Whether an event stops being the first step by losing its name; else it is taken out."""
        return "step" in self.steps[0].where


def cut(
    events,
    steps: Sequence[Step],
    edges: Sequence[pd.Timestamp],
    *,
    last: int,
    within: pd.Timedelta | None,
    also: Sequence[str] = (),
) -> Cut:
    """The events in periods between `edges`, ready to be followed by visitor, session or customer.

    An event is there once for each period in which a chain may hold it; in a later period than its
    chain's it cannot begin one. Without a window a chain must end in its own period.

    Parameters
    ----------
    edges : sequence of Timestamp
        Where periods begin, and where the last one ends; with a zone.
    last : int
        The last moment in the data, microseconds.
    also : sequence of str
        Columns that are needed besides those of the steps.
    """
    ends = [micros(edge) for edge in edges]
    span = 0 if within is None else round(within.total_seconds() * 1e6)
    finished = last - span if span else ends[-1]
    wanted = {"visitor_id", "at", "step", *also, *(name for step in steps for name in step.where)}
    cuts = _Cuts(tuple(steps), ends, span, finished, tuple(sorted(wanted)))
    if isinstance(events, pd.DataFrame) and len(events) <= IN_MEMORY:
        return _frame(events, cuts)
    return _table(engine.read(events), cuts)


def _frame(events: pd.DataFrame, cuts: _Cuts) -> Cut:
    """A pandas frame, cut by numpy."""
    ready = prepared(events)
    fits = [ready.matches(step) for step in cuts.steps]
    begins = fits[0] & ~np.logical_or.reduce([*fits[1:], np.zeros(len(events), bool)])
    place = np.searchsorted(cuts.ends, ready.moment, side="right") - 1
    visitor, whole = ready.codes("visitor_id").filled.astype(np.int64), len(cuts.ends)
    begun = None if "customer_id" in cuts.columns else np.unique((visitor * whole + place)[fits[0]])
    parts = [
        _rows(ready.moment, visitor, place - back, begins, begun, cuts, back) for back in range(cuts.copies)
    ]
    rows, number, barred = (np.concatenate(part) for part in zip(*parts, strict=True))
    found = events[[name for name in cuts.columns if name in events.columns]].iloc[rows]
    new = {"visitor_id": visitor[rows] * whole + number, PERIOD: number}
    if "customer_id" in found:
        code = ready.codes("customer_id").filled[rows].astype(np.int64)
        new["customer_id"] = pd.array(np.where(code < 0, 0, code * whole + number), "Int64")
        new["customer_id"][code < 0] = pd.NA
    if cuts.named:
        new["step"] = found["step"].mask(barred)
    found = found.assign(**new).reset_index(drop=True)
    return Cut(found, _never_over(visitor[fits[0]], ready.moment[fits[0]], cuts))


def _rows(moment, visitor, number, begins, begun, cuts: _Cuts, back: int) -> tuple[np.ndarray, ...]:
    """Which rows stand in the period `back` before their own, in which one, and which may begin no chain.

    `begun` tells in which periods visitors did the first step at all (as visitor × periods + period).
    """
    mine = (visitor >= 0) & (number >= 0) & (number < len(cuts.ends) - 1)
    if begun is not None:
        keys = visitor * len(cuts.ends) + number
        table = keys.max(initial=0) < _TABLE  # numpy's own choice is slower here
        mine &= np.isin(keys, begun, kind="table" if table else None)
    if back:
        mine &= moment < np.array(cuts.ends[1:])[np.where(mine, number, 0)] + cuts.span
    barred = begins if back else begins & (moment > cuts.finished)
    if not cuts.named:
        mine &= ~barred
    rows = np.flatnonzero(mine)
    return rows, number[rows], barred[rows]


def _never_over(visitor: np.ndarray, moment: np.ndarray, cuts: _Cuts) -> int:
    """How many visitors did the first step in these periods only after `finished`."""
    inside = (visitor >= 0) & (moment >= cuts.ends[0]) & (moment < cuts.ends[-1])
    late = inside & (moment > cuts.finished)
    return len(np.setdiff1d(visitor[late], visitor[inside & ~late]))


def _table(table: ibis.Table, cuts: _Cuts) -> Cut:
    """An Ibis table, cut where it is."""
    import ibis

    here = table.filter(table.moment >= cuts.ends[0], table.moment < cuts.ends[-1] + cuts.span)
    place = ibis.cases(
        *[(here.moment < end, n) for n, end in enumerate(cuts.ends[1:])], else_=len(cuts.ends) - 1
    )
    copies = [_copy(here, place.cast("int64") - back, cuts, back) for back in range(cuts.copies)]
    found = copies[0] if len(copies) == 1 else ibis.union(*copies)
    who = [name for name in ("visitor_id", "customer_id") if name in found.columns]
    named = found.mutate(**{name: found[name] + _APART + found[PERIOD] for name in who})
    begun = table.filter(
        cuts.steps[0].matches(table), table.moment >= cuts.ends[0], table.moment < cuts.ends[-1]
    )
    if cuts.finished >= cuts.ends[-1]:
        return Cut(named, 0)
    firsts = begun.group_by("visitor_id").aggregate(first=begun.moment.min())
    return Cut(named, int(firsts.filter(firsts["first"] > cuts.finished).count().to_pandas()))


def _copy(table: ibis.Table, number: ibis.IntegerValue, cuts: _Cuts, back: int) -> ibis.Table:
    """The events in the period `back` periods before their own; none of those begins a chain."""
    import ibis

    other = [step.matches(table) for step in cuts.steps[1:]]
    barred = cuts.steps[0].matches(table) & ~(reduce(or_, other) if other else ibis.literal(False))
    barred = barred if back else barred & (table.moment > cuts.finished)
    mine = number.between(0, len(cuts.ends) - 2)
    if back:
        closing = ibis.cases(*[(number == n, end) for n, end in enumerate(cuts.ends[1:])], else_=0).cast(
            "int64"
        )
        mine = mine & (table.moment < closing + cuts.span)
    blank = {"step": barred.ifelse(ibis.null("string"), table.step)} if cuts.named else {}
    keep = [name for name in cuts.columns if name in table.columns]
    return table.filter(mine if cuts.named else mine & ~barred).mutate(
        **blank, **{PERIOD: number.cast("string")}
    )[[*keep, PERIOD]]
