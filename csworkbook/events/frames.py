"""A pandas frame of events, made ready once: keys as numbers, rows in the order in which they happened.

What is made of a frame is remembered as long as the frame lives and is not changed.
"""

from __future__ import annotations

import weakref
import zlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.engine import as_text
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.tables import require

if TYPE_CHECKING:
    from csworkbook.events.steps import Step

_REMEMBERED: dict[int, tuple[weakref.ref, tuple, Prepared]] = {}


@dataclass(frozen=True)
class Codes:
    """A column as whole numbers: `code` per row (-1 where the cell is empty), and what they stand for."""

    code: np.ndarray
    values: pd.Index

    @cached_property
    def text(self) -> np.ndarray:
        """The values as text, as every engine writes them; None where there is nothing but space."""
        words = [as_text(value) for value in self.values]
        return np.array([word if word.strip() else None for word in words], dtype=object)

    @cached_property
    def filled(self) -> np.ndarray:
        """`code`, with -1 also for cells that hold nothing but space."""
        blank = np.array([word is None for word in self.text] + [True])
        return np.where(blank[self.code], -1, self.code)

    @cached_property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Per row the place of its text in the alphabet (-1 where empty), and the texts in that order."""
        words, place = np.unique([word or "" for word in self.text], return_inverse=True)
        place = np.append(place, 0)[self.filled]
        return np.where(self.filled < 0, -1, place), words

    def keys(self) -> Codes:
        """The same with every value as a key (`engine.as_key`): two ways to write one key are one value."""
        code, values = pd.factorize(np.array([engine.as_key(value) for value in self.values], dtype=object))
        return Codes(np.append(code, -1)[self.code], pd.Index(values))

    def among(self, values: tuple) -> np.ndarray:
        """Per row whether the cell holds one of these values."""
        kind = self.values.dtype.kind
        said = any(isinstance(v, str) or isinstance(v, bool) != (kind == "b") for v in values)
        if said or kind not in "biufmM":
            held, wanted = [as_text(value) for value in self.values], {as_text(value) for value in values}
        else:
            held, wanted = list(self.values), set(values)
        return np.array([value in wanted for value in held] + [False])[self.code]


@dataclass(eq=False)
class Prepared:
    """A frame's columns as numbers, each made when first asked for."""

    frame: pd.DataFrame
    columns: dict[str, Codes] = field(default_factory=dict)
    notes: dict = field(default_factory=dict)

    @cached_property
    def moment(self) -> np.ndarray:
        """Microseconds since 1970 UTC; the smallest number there is where a cell holds no time."""
        return times(self.frame["at"]).to_numpy("datetime64[us]").astype("int64")

    def codes(self, column: str) -> Codes:
        """A column as numbers.

        Raises
        ------
        DataError
            Which columns there are, when this is not one of them.
        """
        if column not in self.columns:
            found = _coded(_column(self.frame, column))
            self.columns[column] = found.keys() if column in engine.shared("events") else found
        return self.columns[column]

    def matches(self, step: Step) -> np.ndarray:
        """Per row whether it belongs to the step."""
        found = [self.codes(column).among(values) for column, values in step.where.items()]
        return np.logical_and.reduce(found)


def prepared(frame: pd.DataFrame) -> Prepared:
    """The frame made ready; the same as before when it did not change.

    Raises
    ------
    DataError
        When a required column is missing.
    """
    require(frame, "events")
    key, mark = id(frame), _mark(frame)
    known = _REMEMBERED.get(key)
    if known is not None and known[0]() is frame and known[1] == mark:
        return known[2]
    found = Prepared(frame.copy(deep=False))
    _REMEMBERED[key] = (weakref.ref(frame, lambda _gone, kept=_REMEMBERED: kept.pop(key, None)), mark, found)
    return found


def times(at: pd.Series) -> pd.Series:
    """Times in UTC, in microseconds and without a zone; a time without a zone is in UTC already.

    Raises
    ------
    DataError
        When the column holds numbers.
    """
    at = engine.times(at, "events")
    return at if at.dt.tz is None else at.dt.tz_localize(None)


def _column(frame: pd.DataFrame, column: str) -> pd.Series:
    if column in frame.columns:
        return frame[column]
    raise DataError(
        _("The events have no column “{column}”.").format(column=column),
        allowed=_("Columns: {columns}.").format(columns=join([str(name) for name in frame.columns])),
        next_step=_("Choose one of these, or add the column to the export."),
    )


def _coded(column: pd.Series) -> Codes:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return Codes(column.cat.codes.to_numpy().astype("int64"), column.cat.categories)
    code, values = pd.factorize(column)
    return Codes(code, pd.Index(values))


def _mark(frame: pd.DataFrame) -> tuple:
    """What changes when a cell of the frame changes."""
    return (len(frame), *((name, _sum(column)) for name, column in frame.items()))


def _sum(column: pd.Series) -> object:
    values = column.array
    if isinstance(column.dtype, pd.CategoricalDtype):
        return zlib.crc32(np.ascontiguousarray(column.cat.codes)), _words(column.cat.categories)
    arrow = getattr(values, "_pa_array", None)
    if arrow is not None:  # never changed in place: a new one takes its place
        return tuple(buffer.address for chunk in arrow.chunks for buffer in chunk.buffers() if buffer)
    plain = column.to_numpy() if column.dtype.kind not in "mM" else values.asi8
    if plain.dtype == object:
        return hash(tuple(map(_hashable, plain)))
    return zlib.crc32(np.ascontiguousarray(plain).view("uint8"))


@lru_cache(maxsize=64)
def _hashed(words: tuple) -> int:
    return hash(words)


def _words(index: pd.Index) -> int:
    return _hashed(tuple(map(str, index)))


def _hashable(value: object) -> object:
    return value if isinstance(value, str | float | int | None) else repr(value)
