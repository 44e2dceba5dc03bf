"""Whose is an event of a frame: a visitor's, a session's, or a customer's? The same rules as in `units`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook.events.arrays import Rows
from csworkbook.events.frames import Prepared

_NEVER = np.iinfo("int64").min  # what numpy makes of a missing time
_NOBODY, _SEVERAL = -1, -2


@dataclass(frozen=True, eq=False)
class Owned:
    """The rows of a frame in the order of their units.

    `names` says what the unit of a number is called; `nobody` is how many rows have no visitor,
    `never` how many others no moment, `unnamed` how many others no customer.
    """

    rows: Rows
    names: np.ndarray
    nobody: int
    never: int
    unnamed: int = 0


def owned(ready: Prepared, per: str, gap: int) -> Owned:
    """The rows by visitor, session or customer; sessions end after `gap` microseconds of silence."""
    key = (per, gap if per == "session" else None)
    if key not in ready.notes:
        makers = {"visitor": _visitors, "session": _sessions, "customer": _customers}
        ready.notes[key] = makers[per](ready, gap)
    return ready.notes[key]


def customer_of(ready: Prepared) -> np.ndarray:
    """Per visitor number the place of the only customer named on any of his events, else below zero."""
    if "customer of" not in ready.notes:
        ready.notes["customer of"] = _customer_of(ready)
    return ready.notes["customer of"]


def _visitors(ready: Prepared, _gap: int) -> Owned:
    who = ready.codes("visitor_id")
    code, moment = who.filled, ready.moment
    there = (code >= 0) & (moment != _NEVER)
    row = np.flatnonzero(there)
    rows = Rows.ordered(row, code[row], moment[row])
    nobody = int((code < 0).sum())
    return Owned(rows, who.text, nobody, len(code) - nobody - len(row))


def _sessions(ready: Prepared, gap: int) -> Owned:
    by_visitor = owned(ready, "visitor", gap)
    rows = by_visitor.rows
    part, texts = _parts(ready, rows, gap)
    pair, unit = np.unique(rows.unit * (len(texts) + 1) + part, return_inverse=True)
    visitor = by_visitor.names[pair // (len(texts) + 1)] if len(pair) else by_visitor.names[:0]
    names = visitor + " · " + texts[pair % (len(texts) + 1)] if len(pair) else visitor
    made = Rows.ordered(rows.row, unit, rows.moment)
    return Owned(made, names, by_visitor.nobody, by_visitor.never)


def _parts(ready: Prepared, rows: Rows, gap: int) -> tuple[np.ndarray, np.ndarray]:
    """Per row the number of its session, and what sessions are called."""
    if "session_id" not in ready.frame.columns:
        part = _silences(rows.unit, rows.moment, gap)
        return part, np.array([str(n + 1) for n in range(part.max(initial=0) + 1)], dtype=object)
    named = ready.codes("session_id")
    part = named.filled[rows.row].copy()
    without = np.flatnonzero(part < 0)
    own = _silences(rows.unit[without], rows.moment[without], gap)
    part[without] = own + len(named.values)
    texts = [f"gap {n + 1}" for n in range(own.max(initial=-1) + 1)]
    return part, np.concatenate([named.text, np.array(texts, dtype=object)])


def _silences(unit: np.ndarray, moment: np.ndarray, gap: int) -> np.ndarray:
    """Per row how many silences longer than `gap` its unit had before it."""
    if not len(unit):
        return np.zeros(0, "int64")
    other = np.append(True, unit[1:] != unit[:-1])
    new = np.append(False, np.diff(moment) > gap) & ~other
    count = np.cumsum(new)
    return count - np.maximum.accumulate(np.where(other, count, 0))


def _customers(ready: Prepared, gap: int) -> Owned:
    by_visitor = owned(ready, "visitor", gap)
    rows = by_visitor.rows
    place, names = ready.codes("customer_id").places
    at = rows.least(np.ones(len(place), bool), place)
    own = place[rows.row]
    unit = np.where(own >= 0, own, _nearest(rows, at)[rows.instant])
    known = unit >= 0
    made = Rows.ordered(rows.row[known], unit[known], rows.moment[known])
    return Owned(made, names.astype(object), by_visitor.nobody, by_visitor.never, int((~known).sum()))


def _nearest(rows: Rows, at: np.ndarray) -> np.ndarray:
    """Per instant the customer last named there or before it, else the first named after it, else -1."""
    if not len(at):
        return at
    number, last = np.arange(len(at)), len(at)
    before = np.maximum.accumulate(np.where(at >= 0, number, -1))
    after = np.minimum.accumulate(np.where(at >= 0, number, last)[::-1])[::-1]
    same = (after < last) & (rows.first[np.minimum(after, last - 1)] == rows.first)
    later = np.where(same, at[np.minimum(after, last - 1)], _NOBODY)
    return np.where(before >= rows.first, at[before], later)


def _customer_of(ready: Prepared) -> np.ndarray:
    who = ready.codes("visitor_id")
    found = np.full(len(who.values), _NOBODY)
    if "customer_id" not in ready.frame.columns:
        return found
    place, _names = ready.codes("customer_id").places
    named = np.flatnonzero((place >= 0) & (who.filled >= 0) & (ready.moment != _NEVER))
    groups = pd.Series(place[named]).groupby(who.filled[named])
    low, high = groups.min(), groups.max()
    found[low.index] = np.where(low == high, low, _SEVERAL)
    return found
