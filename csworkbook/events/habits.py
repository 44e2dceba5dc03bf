"""In which order, and on which days, do visitors do the steps?"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from csworkbook.events.units import present

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from csworkbook.events import Step

_HALF = 0.5  # what fewer than this share of the next step's visitors did before is no step, but a detour
_OF_TABLES: dict[int, tuple[weakref.ref, dict]] = {}  # as long as the table lives
_DAY = 86_400 * 1_000_000  # microseconds


@dataclass(frozen=True, eq=False)
class FirstOrder:
    """In which order visitors did some steps for the first time.

    Attributes
    ----------
    steps : tuple of Step
    visitors : ndarray
        How many did each step at all.
    before : ndarray
        Square: how many first did the step of the row before they first did that of the column.
    same : ndarray
        Square: how many first did both in one instant.
    """

    steps: tuple[Step, ...]
    visitors: np.ndarray
    before: np.ndarray
    same: np.ndarray

    def fitting(self) -> list[int]:
        """The places of the steps in the order visitors do them: more often before than after the others.

        Steps that nobody did beside another one come last.
        """
        compared = ((self.before + self.before.T) > 0).sum(axis=1)
        ahead = (self.before > self.before.T).sum(axis=1) - (self.before < self.before.T).sum(axis=1)
        ahead = np.where(compared > 0, ahead / np.maximum(compared, 1), -2.0)
        places = range(len(self.steps))
        return sorted(places, key=lambda one: (self.steps[one].role == "paid", -ahead[one], one))

    def clear(self, one: int, two: int, *, end: bool = False) -> float:
        """Of the visitors who did the second step, the share that first did the first one before it.

        With `end`, 0 where fewer than half as many did the second as the first.
        """
        if not self.visitors[two] or (end and self.visitors[two] < _HALF * self.visitors[one]):
            return 0.0
        return float(self.before[one, two] / self.visitors[two])

    def without_detours(self) -> list[Step]:
        """The steps in that order, less those that fewer than half of the next one's visitors did first."""
        order = self.fitting()
        kept = [order[-1]]
        for one in order[-2::-1]:
            earlier = self.before[one, kept[0]] + self.same[one, kept[0]]
            if earlier >= _HALF * self.visitors[kept[0]]:
                kept.insert(0, one)
        return [self.steps[one] for one in (kept if len(kept) > 1 else order)]


def first_order(events: Any, steps: Sequence[Step]) -> FirstOrder:
    """In which order the visitors of a log did these steps for the first time.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    """
    steps = tuple(steps)
    return remembered(events, ("first order", steps), lambda: _first_order(events, steps))


def in_turn(events: Any, names: Sequence[str | Sequence[str]], *, end: bool = False) -> list[tuple[str, ...]]:
    """Names of steps parted into groups that visitors do one after the other, in that order.

    Two names follow each other clearly when most visitors who did the second first did the first before
    it. Names without a clear order, such as the Dutch and the English page of one step, share a group.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    names : sequence of str, or of sequences of str
        The names, those of most visitors first; within a group they keep this order. Spellings of one name,
        which are never parted, stand together in a sequence of their own.
    end : bool
        Whether nothing comes after these names: then a group also has at least half the visitors of
        the group before it, so that no funnel ends on what few visitors do besides.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"visitor_id": list("aabbcc"), "step": ["form", "pay", "form", "pay", "formulier", "pay"],
    ...                     "at": pd.date_range("2026-01-05", periods=6, tz="UTC")})
    >>> in_turn(log, ["pay", "form", "formulier"])
    [('form', 'formulier'), ('pay',)]
    """
    groups = [(name,) if isinstance(name, str) else tuple(name) for name in names]
    every = [name for group in groups for name in group]
    while len(groups) > 1:
        found = first_order(events, [_either(group) for group in groups])
        order = found.fitting()
        groups = [groups[one] for one in order]
        clear = [found.clear(one, two, end=end) for one, two in pairwise(order)]
        if min(clear) > _HALF:
            break
        place = clear.index(min(clear))
        both = {*groups[place], *groups[place + 1]}
        groups[place : place + 2] = [tuple(name for name in every if name in both)]
    return groups


def _either(names: tuple[str, ...]) -> Step:
    from csworkbook.events import Step

    return Step(names[0], {"step": names})


def _first_order(events: Any, steps: tuple[Step, ...]) -> FirstOrder:
    """In memory for a pandas frame, else in the engine of the table; one row per visitor is never brought over."""
    if hasattr(events, "iloc"):
        return _counted_here(events, steps)
    firsts, size = _firsts(events, steps), len(steps)
    sums = {f"n_{one}": firsts[f"first_{one}"].notnull().sum() for one in range(size)}
    for one, two in combinations(range(size), 2):
        left, right = firsts[f"first_{one}"], firsts[f"first_{two}"]
        sums |= {f"b_{one}_{two}": (left < right).sum(), f"b_{two}_{one}": (right < left).sum()}
        sums |= {f"s_{one}_{two}": (left == right).sum()}
    row = firsts.aggregate(**sums).to_pyarrow().to_pylist()[0]
    before, same = np.zeros((size, size), int), np.zeros((size, size), int)
    for one, two in permutations(range(size), 2):
        before[one, two] = row[f"b_{one}_{two}"] or 0
        same[one, two] = row[f"s_{min(one, two)}_{max(one, two)}"] or 0
    visitors = np.array([row[f"n_{one}"] or 0 for one in range(size)])
    return FirstOrder(steps, visitors, before, same)


def _firsts(events: Any, steps: Sequence[Step]) -> ibis.Table:
    """One row per visitor: the moment each step was first done (first_0 …), null where never."""
    from csworkbook.events import read

    table = read(events)
    table = table.filter(present(table.visitor_id), table.moment.notnull())
    moments = {f"first_{one}": table.moment.min(where=step.matches(table)) for one, step in enumerate(steps)}
    return table.group_by("visitor_id").aggregate(**moments)


def _counted_here(events: pd.DataFrame, steps: tuple[Step, ...]) -> FirstOrder:
    from csworkbook.events.frames import prepared

    held = prepared(events)
    who, at = held.codes("visitor_id").filled, held.moment
    known, never = (who >= 0) & (at > np.iinfo(np.int64).min), np.iinfo(np.int64).max
    firsts = np.full((len(steps), who.max(initial=-1) + 1), never)
    for first, step in zip(firsts, steps, strict=True):
        rows = known & held.matches(step)
        np.minimum.at(first, who[rows], at[rows])
    did = firsts < never
    before = [[int((did[one] & (firsts[one] < firsts[two]) & did[two]).sum()) for two in range(len(steps))]
              for one in range(len(steps))]  # fmt: skip
    same = [[int((did[one] & (firsts[one] == firsts[two])).sum()) for two in range(len(steps))]
            for one in range(len(steps))]  # fmt: skip
    return FirstOrder(steps, did.sum(axis=1), np.array(before), np.array(same))


def daily(events: Any, steps: Sequence[Step]) -> pd.DataFrame:
    """How many events of each step there are on each day (UTC).

    Returns
    -------
    DataFrame
        One row per day with events, by day (timestamps, UTC), one column per step: 0, 1, …
    """
    steps = tuple(steps)
    return remembered(events, ("daily", steps), lambda: _daily(events, steps))


def _daily(events: Any, steps: tuple[Step, ...]) -> pd.DataFrame:
    import pandas as pd

    counted = _daily_here(events, steps) if hasattr(events, "iloc") else _daily_there(events, steps)
    days = pd.to_datetime(counted.index.to_numpy("int64"), unit="D", utc=True)
    return counted.set_axis(days, axis=0).set_axis(range(len(steps)), axis=1)


def _daily_here(events: pd.DataFrame, steps: tuple[Step, ...]) -> pd.DataFrame:
    import pandas as pd

    from csworkbook.events.frames import prepared

    held = prepared(events)
    known = (held.codes("visitor_id").filled >= 0) & (held.moment > np.iinfo(np.int64).min)
    days, day = np.unique(held.moment // _DAY, return_inverse=True)
    counted = {
        one: np.bincount(day[known & held.matches(step)], minlength=len(days))
        for one, step in enumerate(steps)
    }
    table = pd.DataFrame(counted, index=days)
    return table[table.any(axis=1)]


def _daily_there(events: Any, steps: tuple[Step, ...]) -> pd.DataFrame:
    from csworkbook.events import read

    table = read(events)
    table = table.filter(present(table.visitor_id), table.moment.notnull())
    matches = {f"n_{one}": step.matches(table).ifelse(1, 0) for one, step in enumerate(steps)}
    table = table.mutate(day=(table.moment // _DAY).cast("int64"), **matches)
    counted = table.group_by("day").aggregate(**{name: table[name].sum() for name in matches})
    frame = counted.order_by("day").to_pandas().set_index("day")
    return frame[frame.any(axis=1)]


def without_bots(events: Any) -> tuple[Any, int]:
    """The events without those of visitors that have a thousand or more, and how many such visitors there are."""
    return remembered(events, "without bots", lambda: _without_bots(events))


def _without_bots(events: Any) -> tuple[Any, int]:
    import ibis

    from csworkbook.events import read
    from csworkbook.events.frames import prepared
    from csworkbook.events.health import BOT

    if hasattr(events, "iloc"):
        who = prepared(events).codes("visitor_id").filled
        many = np.bincount(who[who >= 0], minlength=who.max(initial=-1) + 1) >= BOT
        mine = (who >= 0) & np.append(many, False)[who]
        return (events[~mine], int(many.sum())) if mine.any() else (events, 0)
    table = read(events)
    each = table.filter(present(table.visitor_id)).group_by("visitor_id").agg(events=ibis._.count())
    bots = each.filter(each.events >= BOT)
    found = int(bots.count().to_pyarrow().as_py())
    return (table.anti_join(bots, "visitor_id"), found) if found else (events, 0)


def remembered(events: Any, what: Hashable, work: Callable[[], Any]) -> Any:
    """What was worked out before on the same frame, as long as that does not change, or on the same Ibis table.

    All panels of a page ask for the same. A file is looked at anew each time.
    """
    known = _notes(events)
    if known is None:
        return work()
    if what not in known:
        known[what] = work()
    return known[what]


def _notes(events: Any) -> dict | None:
    from csworkbook.events.frames import prepared

    if hasattr(events, "iloc"):
        return prepared(events).notes
    if not hasattr(events, "op"):
        return None
    key = id(events)
    if key not in _OF_TABLES or _OF_TABLES[key][0]() is not events:
        _OF_TABLES[key] = (weakref.ref(events, lambda _gone, kept=_OF_TABLES: kept.pop(key, None)), {})
    return _OF_TABLES[key][1]
