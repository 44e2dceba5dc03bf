"""A frame of events, followed in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook.events import arrays
from csworkbook.events.asked import Asked
from csworkbook.events.facts import Facts
from csworkbook.events.frames import Prepared, prepared
from csworkbook.events.owners import Owned, customer_of, owned
from csworkbook.events.tallies import InMemory


def followed(events: pd.DataFrame, asked: Asked) -> tuple[InMemory, Callable[[], Facts]]:
    """The units, and what became of the rows."""
    ready = prepared(events)
    whose = owned(ready, asked.per, asked.gap)
    rows = whose.rows.only(_inside(whose.rows.moment, asked))
    fits = [ready.matches(step) for step in asked.steps]
    barred = np.logical_or.reduce([ready.matches(step) for step in asked.exclude]) if asked.exclude else None
    reached = arrays.reached(
        rows,
        [rows.having(fit) for fit in fits],
        None if barred is None else rows.having(barred),
        asked.within, asked.order, asked.ties,
    )  # fmt: skip
    found = _Named(ready, whose, rows, fits[0]).frame(reached, asked)
    used = np.logical_or.reduce([*fits, *([] if barred is None else [barred])])
    facts = _facts(len(events), whose, rows, int(used[rows.row].sum()))
    return InMemory(found, len(asked.steps), asked.by), lambda: facts


def _inside(moment: np.ndarray, asked: Asked) -> np.ndarray:
    keep = np.ones(len(moment), bool)
    if asked.since is not None:
        keep &= moment >= asked.since
    if asked.until is not None:
        keep &= moment < asked.until
    return keep


def _facts(read: int, whose: Owned, rows: arrays.Rows, used: int) -> Facts:
    outside = len(whose.rows.row) - len(rows.row)
    last = int(rows.moment.max()) if len(rows.row) else None
    other = len(rows.row) - used
    return Facts.of(read, used, other, outside, whose.nobody, whose.never, whose.unnamed, last)


@dataclass(frozen=True, eq=False)
class _Named:
    """Gives the units their names, and their chains the value at their first step."""

    ready: Prepared
    whose: Owned
    rows: arrays.Rows
    first: np.ndarray

    def frame(self, reached: arrays.Reached, asked: Asked) -> pd.DataFrame:
        columns = {"unit": self.whose.names[reached.unit], "visitor_id": self._at("visitor_id", reached)}
        columns["customer_id"] = self._customer(columns, reached, asked)
        columns["level"] = reached.level
        columns["begun"] = self.rows.at[reached.begun]
        for k, took in enumerate(reached.took, 2):
            columns[f"took_{k}"] = np.where(took < 0, np.nan, took)
        columns["by"] = self._at(asked.by, reached) if asked.by else np.full(len(reached.unit), None)
        return pd.DataFrame(columns).astype(dict.fromkeys(("unit", "visitor_id", "customer_id", "by"), "str"))

    def _at(self, column: str, reached: arrays.Reached) -> np.ndarray:
        """The value at the first step of the chain; of several at that moment the first in the alphabet."""
        place, words = self.ready.codes(column).places
        chosen = self.rows.least(self.first, place)[reached.named]
        return np.append(words.astype(object), None)[chosen]

    def _customer(self, columns: dict, reached: arrays.Reached, asked: Asked) -> np.ndarray:
        if asked.per == "customer":
            return columns["unit"]
        if "customer_id" not in self.ready.frame.columns:
            return np.full(len(reached.unit), None)
        place, words = self.ready.codes("customer_id").places
        here = self.rows.least(self.first, place)[reached.named]
        visitor = self.ready.codes("visitor_id").filled[self.rows.row[self.rows.starts[reached.named]]]
        only = customer_of(self.ready)[visitor]
        return np.append(words.astype(object), None)[np.where(only >= 0, only, here)]
