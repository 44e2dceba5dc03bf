"""Units that were followed, counted: the same tables from memory and from an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from csworkbook.engine import kept, timestamp
from csworkbook.events.asked import SECOND

if TYPE_CHECKING:
    import ibis

_MINUTE = 60 * SECOND
EVERY = {"hour": 60 * _MINUTE, "day": 24 * 60 * _MINUTE}


class Tally(Protocol):
    """What can be counted; the methods of `Followed` tell more of what comes out."""

    def units(self) -> ibis.Table:
        """One row per unit, as an Ibis table."""

    def frame(self) -> pd.DataFrame:
        """One row per unit."""

    def counts(self) -> pd.DataFrame:
        """Units by value and furthest step."""

    def times(self) -> pd.DataFrame:
        """Units by value, step and whole seconds."""

    def begun(self, every: str) -> pd.DataFrame:
        """Units by hour or day, value and furthest step."""

    def since(self, moment: int) -> int:
        """How many units began after a moment (microseconds since 1970 UTC)."""


@dataclass(eq=False)
class InMemory:
    """Counted on a frame with unit, visitor_id, customer_id, level, begun, took_2 … took_K and by."""

    found: pd.DataFrame
    steps: int
    by: str | None

    def units(self) -> ibis.Table:
        """One row per unit, as an Ibis table."""
        import ibis

        frame = self.frame()
        return ibis.memtable(frame.assign(start=frame["start"].dt.tz_localize(None)))

    def frame(self) -> pd.DataFrame:
        """One row per unit."""
        return _shown(self.found, self.steps, self.by)

    def counts(self) -> pd.DataFrame:
        """Units by value and furthest step."""
        return self._counted(self.found, ["by", "level"])

    def times(self) -> pd.DataFrame:
        """Units by value, step and whole seconds."""
        parts = [self._times(k) for k in range(2, self.steps + 1)]
        empty = pd.DataFrame({"by": self.found["by"][:0], "step": 0, "seconds": 0})
        every = pd.concat(parts) if parts else empty.astype({"step": "int64", "seconds": "int64"})
        return self._counted(every, ["by", "step", "seconds"])

    def _times(self, k: int) -> pd.DataFrame:
        took = self.found[f"took_{k}"].dropna()
        seconds = (took // SECOND).astype("int64")
        return pd.DataFrame({"by": self.found["by"][took.index], "step": k, "seconds": seconds})

    def begun(self, every: str) -> pd.DataFrame:
        """Units by hour or day, value and furthest step."""
        hours = _stamps(self.found["begun"] // EVERY[every] * EVERY[every])
        return self._counted(self.found.assign(**{every: hours}), [every, "by", "level"])

    def since(self, moment: int) -> int:
        """How many units began after a moment (microseconds since 1970 UTC)."""
        return int((self.found["begun"] > moment).sum())

    def _counted(self, table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        groups = [key for key in keys if self.by or key != "by"]
        found = table.groupby(groups, dropna=False, observed=True).size().rename("units").reset_index()
        return _ordered(found, keys)


@dataclass(eq=False)
class InEngine:
    """Counted where the events are; those who came no further than step 1 are never written out one by one.

    Parameters
    ----------
    began : Callable
        Makes `first`: per unit that did step 1 the keys, begun (when it first did) and by.
    far : Callable, optional
        Makes per unit that reached step 2: keys, level, begun, named, took_2 … took_K and by.
    listed : Callable
        Units of both kinds → the same with unit, visitor_id and customer_id.
    """

    began: Callable[[], ibis.Table]
    far: Callable[[], ibis.Table] | None
    listed: Callable[[ibis.Table], ibis.Table]
    keys: list[str]
    steps: int
    by: str | None

    def units(self) -> ibis.Table:
        """One row per unit, as an Ibis table."""
        table = self._every
        minutes = {f"minutes_{k}": table[f"took_{k}"] / _MINUTE for k in range(2, self.steps + 1)}
        table = table.select(*_WHO, "by", start=timestamp(table.begun), **minutes)
        return table if self.by is None or self.by in table.columns else table.mutate(**{self.by: table.by})

    def frame(self) -> pd.DataFrame:
        """One row per unit."""
        return _shown(self._every.to_pandas(), self.steps, self.by)

    def counts(self) -> pd.DataFrame:
        """Units by value and furthest step."""
        return self._counted(["by"], ["by", "level"])

    def times(self) -> pd.DataFrame:
        """Units by value, step and whole seconds."""
        parts = [self._times(k) for k in range(2, self.steps + 1)]
        if not parts:
            return pd.DataFrame({"by": [], "step": [], "seconds": [], "units": []}).astype("int64")
        return _ordered(pd.concat(parts), ["by", "step", "seconds"])

    def _times(self, k: int) -> pd.DataFrame:
        took = self._far[f"took_{k}"]
        part = self._far.filter(took.notnull()).select("by", seconds=_down(took, SECOND))
        return self._grouped(part, ["by", "seconds"]).assign(step=k)

    def begun(self, every: str) -> pd.DataFrame:
        """Units by hour or day, value and furthest step."""
        found = self._counted([every, "by"], [every, "by", "level"], every)
        return found.assign(**{every: _stamps(found[every])})

    def since(self, moment: int) -> int:
        """How many units began after a moment (microseconds since 1970 UTC)."""
        parts = [table.filter(table.begun > moment).count() for table in self._both]
        return int(sum(part.to_pandas() for part in parts))

    @cached_property
    def first(self) -> ibis.Table:
        """Per unit that did step 1: keys, begun and by."""
        return self.began()

    @cached_property
    def _far(self) -> ibis.Table:
        return kept(self.far())

    @property
    def _both(self) -> list[ibis.Table]:
        """Those who came no further than step 1, and the others."""
        return [self.first] if self.far is None else [self.first.anti_join(self._far, self.keys), self._far]

    @cached_property
    def _every(self) -> ibis.Table:
        import ibis

        places = range(2, self.steps + 1)
        near = self._both[0]
        none = {f"took_{k}": ibis.null("int64") for k in places}
        near = near.mutate(level=ibis.literal(1, "int64"), named=near.begun, **none)
        columns = [*self.keys, "level", "begun", "named", *none, "by"]
        parts = [table.select(*columns) for table in (near, *self._both[1:])]
        return kept(self.listed(ibis.union(*parts) if len(parts) > 1 else near.select(*columns)))

    def _counted(self, groups: list[str], keys: list[str], every: str | None = None) -> pd.DataFrame:
        parts = []
        for place, table in enumerate(self._both):
            if every:
                table = table.mutate(**{every: _down(table.begun, EVERY[every]) * EVERY[every]})
            found = self._grouped(table, [*groups, "level"] if place else groups)
            parts.append(found if place else found.assign(level=1))
        return _ordered(pd.concat(parts), keys)

    def _grouped(self, table: ibis.Table, keys: list[str]) -> pd.DataFrame:
        groups = [key for key in keys if self.by or key != "by"]
        found = (
            table.group_by(groups).agg(units=table.count())
            if groups
            else table.aggregate(units=table.count())
        )
        return found.to_pandas()


_WHO = ["unit", "visitor_id", "customer_id", "level"]


def _down(value: ibis.Value, size: int) -> ibis.Value:
    """How many whole times `size` goes into a number that is not below zero."""
    return ((value - value % size) / size).cast("int64")


def _ordered(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    if "by" not in found:
        found["by"] = pd.Series(pd.NA, index=found.index, dtype="str")
    return found.loc[found["units"] > 0, [*keys, "units"]].sort_values(keys, ignore_index=True)


def _shown(found: pd.DataFrame, steps: int, by: str | None) -> pd.DataFrame:
    minutes = {f"minutes_{k}": found[f"took_{k}"] / _MINUTE for k in range(2, steps + 1)}
    shown = found[[*_WHO, "by"]].assign(start=_stamps(found["begun"]), **minutes)
    return shown if by is None or by in shown else shown.assign(**{by: shown["by"]})


def _stamps(micros: pd.Series) -> pd.Series:
    return pd.Series(pd.to_datetime(micros.to_numpy("datetime64[us]"), utc=True), index=micros.index)
