"""How far did every visitor come, counted on arrays in memory? The same rules as in `chains`.

An instant is all that one unit did at one moment. Instants are in the order of units and time, so a
running maximum of their places is the last one of a kind, and what lies before `first` belongs to
somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows in the order of unit and moment: `row` (its place in the frame), `unit` (a number), `moment`."""

    row: np.ndarray
    unit: np.ndarray
    moment: np.ndarray

    @classmethod
    def ordered(cls, row: np.ndarray, unit: np.ndarray, moment: np.ndarray) -> Rows:
        """From rows in any order."""
        order = np.lexsort((moment, unit))
        return cls(row[order], unit[order], moment[order])

    @cached_property
    def instant(self) -> np.ndarray:
        """Per row the number of its instant."""
        new = np.ones(len(self.row), bool)
        new[1:] = (self.unit[1:] != self.unit[:-1]) | (self.moment[1:] != self.moment[:-1])
        return np.cumsum(new) - 1

    @cached_property
    def starts(self) -> np.ndarray:
        """Per instant its first row."""
        return np.flatnonzero(np.diff(self.instant, prepend=-1))

    @cached_property
    def at(self) -> np.ndarray:
        """Per instant its moment."""
        return self.moment[self.starts]

    @cached_property
    def who(self) -> np.ndarray:
        """Per instant its unit."""
        return self.unit[self.starts]

    @cached_property
    def first(self) -> np.ndarray:
        """Per instant the first instant of the same unit."""
        who = self.who
        new = np.ones(len(who), bool)
        new[1:] = who[1:] != who[:-1]
        return np.maximum.accumulate(np.where(new, np.arange(len(who)), 0)) if len(who) else who

    def only(self, keep: np.ndarray) -> Rows:
        """Some of the rows, in the same order."""
        return self if keep.all() else Rows(self.row[keep], self.unit[keep], self.moment[keep])

    def having(self, matching: np.ndarray) -> np.ndarray:
        """Per instant whether one of its rows is among `matching` (per row of the frame)."""
        found = np.zeros(len(self.starts), bool)
        found[self.instant[matching[self.row]]] = True
        return found

    def least(self, matching: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Per instant the smallest `place` of its rows among `matching`; -1 where there is none."""
        chosen = np.flatnonzero(matching[self.row] & (place[self.row] >= 0))
        found = np.full(len(self.starts), -1)
        if len(chosen):
            instant = self.instant[chosen]
            groups = np.flatnonzero(np.diff(instant, prepend=-1))
            found[instant[groups]] = np.minimum.reduceat(place[self.row[chosen]], groups)
        return found


@dataclass(frozen=True, eq=False)
class Reached:
    """Per unit that did step 1: its number, level, instants where its chain began and where its step 1
    was done, and per further step the microseconds it took (-1 where it was not reached).
    """

    unit: np.ndarray
    level: np.ndarray
    begun: np.ndarray
    named: np.ndarray
    took: list[np.ndarray]


def reached(
    rows: Rows, has: list[np.ndarray], barred: np.ndarray | None, within: int | None, order: str, ties: str
) -> Reached:
    """How far every unit came.

    Parameters
    ----------
    rows : Rows
        All events that count.
    has : list of array
        Per step and instant, whether a row of that instant belongs to the step.
    barred : array, optional
        Per instant, whether an excluded event lies there.
    within : int, optional
        Microseconds between the first and the last step of a chain.
    order, ties : str
        See `csworkbook.events.follow`.
    """
    ways = {"ordered": _ordered, "strict": _strict, "any": _any}[order]
    last_barred = None if barred is None else _before(_latest(barred))
    done = []
    for begun, named in ways(rows, has, ties):
        good = begun >= rows.first
        if within is not None:
            good = good & (rows.at - rows.at[begun] <= within)
        if last_barred is not None:
            good = good & (begun >= last_barred)
        begun[~good] = -1
        done.append((_firsts(rows.who, good), begun, named))
    return _gathered(rows, done)


def _ordered(rows: Rows, has: list[np.ndarray], ties: str):
    """Per step: where the best chain began that would reach it here, also where the step is not done."""
    begun = np.where(has[0], np.arange(len(has[0])), -1)
    yield begun, begun
    for done in has[1:]:
        latest = np.maximum.accumulate(begun) if len(begun) else begun
        begun = np.where(done, latest if ties == "allow" else _before(latest), -1)
        yield begun, begun


def _strict(rows: Rows, has: list[np.ndarray], ties: str):
    """The step before must lie in the instant before, or with ties in the same one."""
    begun = np.where(has[0], np.arange(len(has[0])), -1)
    yield begun, begun
    for done in has[1:]:
        latest = np.maximum(begun, _before(begun)) if ties == "allow" else _before(begun)
        begun = np.where(done, latest, -1)
        yield begun, begun


def _any(rows: Rows, has: list[np.ndarray], ties: str):
    """The last of each step so far; the earliest of these is where the chain begins."""
    first = begun = _latest(has[0])
    yield begun.copy(), first
    for done in has[1:]:
        begun = np.minimum(begun, _latest(done))
        yield begun.copy(), first


def _latest(has: np.ndarray) -> np.ndarray:
    place = np.where(has, np.arange(len(has)), -1)
    return np.maximum.accumulate(place) if len(place) else place


def _before(places: np.ndarray) -> np.ndarray:
    return np.concatenate([[-1], places[:-1]]) if len(places) else places


def _firsts(who: np.ndarray, good: np.ndarray) -> np.ndarray:
    """The first good instant of every unit that has one."""
    chosen = np.flatnonzero(good)
    owner = who[chosen]
    new = np.ones(len(chosen), bool)
    new[1:] = owner[1:] != owner[:-1]
    return chosen[new]


def _gathered(rows: Rows, done: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Reached:
    unit = rows.who[done[0][0]]
    level, begun, named = (np.zeros(len(unit), "int64") for _part in range(3))
    took = []
    for number, (where, start, first) in enumerate(done, 1):
        place = np.searchsorted(unit, rows.who[where])
        level[place], begun[place], named[place] = number, start[where], first[where]
        taken = np.full(len(unit), -1)
        taken[place] = rows.at[where] - rows.at[start[where]]
        took.append(taken)
    return Reached(unit, level, begun, named, took[1:])
