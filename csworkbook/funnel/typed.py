"""Are the names and numbers somebody typed a funnel, and how is it kept in a file?"""

from __future__ import annotations

import json
import math
import numbers
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import number, percent

KIND, VERSION = "csworkbook funnel", 1
MOST, LONGEST, LARGEST = 50, 120, 10**12  # steps, letters of a name, visitors
_LEAST = 1e-9  # what counting in floats may add to a count
_FILE = 1_000_000  # bytes


@dataclass(frozen=True)
class Entry:
    """One typed step: its name, the number, and whether that is a count or a rate (0–1)."""

    step: str
    number: float
    kind: Literal["count", "rate"]

    @property
    def pair(self) -> tuple[str, float | int]:
        """(name, number) as `from_rates` takes it."""
        return self.step, float(self.number) if self.kind == "rate" else _count(self.number)


def entries(steps: Any) -> tuple[Entry, ...]:
    """Names and numbers, checked one by one.

    Raises
    ------
    DataError
        Naming the step and what is wrong with it.
    """
    pairs = _pairs(steps)
    if len(pairs) < 2:
        raise DataError(
            _("A funnel has at least two steps."), next_step=_("Add a step, such as “cart” and “paid”.")
        )
    if len(pairs) > MOST:
        raise DataError(
            _("{n} steps are too many to read.").format(n=number(len(pairs))),
            allowed=_("At most {most}.").format(most=MOST),
        )
    made = tuple(_entry(place, *pair) for place, pair in enumerate(pairs, 1))
    _different([entry.step for entry in made])
    return made


def counted(steps: tuple[Entry, ...]) -> tuple[float, ...]:
    """Visitors per step, not rounded.

    Raises
    ------
    DataError
        When a step has more visitors than the one before.
    """
    counts: list[float] = []
    for entry in steps:
        counts.append(entry.number if entry.kind == "count" else counts[-1] * entry.number)
    for place in range(1, len(counts)):
        if counts[place] > counts[place - 1] + _LEAST:
            raise _rising(steps, counts, place)
    return tuple(counts)


def whole(count: float) -> int:
    """A count as a whole number, halves up (Python's own rounding goes to even).

    >>> whole(217.8), whole(0.5)
    (218, 1)
    """
    return math.floor(count + 0.5 + _LEAST)


def folded(name: str) -> str:
    """A name by which two funnels' steps are compared: spaces and capitals do not matter."""
    return " ".join(str(name).split()).casefold()


def document(name: str, steps: tuple[Entry, ...]) -> dict[str, Any]:
    """A funnel as plain data: kind, version, name, steps (step, number, kind)."""
    rows = [{"step": e.step, "number": e.pair[1], "kind": e.kind} for e in steps]
    return {"kind": KIND, "version": VERSION, "name": name, "steps": rows}


def written(made: Mapping) -> str:
    """A document as the text of a file."""
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def of_document(made: Any) -> tuple[str, tuple[Entry, ...]]:
    """The name and the steps of a document.

    Raises
    ------
    DataError
        When it is no funnel, of a newer version, or damaged.
    """
    if not isinstance(made, Mapping) or made.get("kind") != KIND:
        raise _wrong(_("This file holds no funnel."))
    version, rows = made.get("version"), made.get("steps")
    if isinstance(version, int) and version > VERSION:
        raise DataError(
            _("This funnel was saved by a newer version of the workbook."),
            next_step=_("Update csworkbook, or ask for the figures and type them."),
        )
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise _wrong(_("The steps in this file cannot be read."))
    name = made.get("name") if isinstance(made.get("name"), str) else ""
    return _tidy(name)[:LONGEST], entries([_pair(place, row) for place, row in enumerate(rows, 1)])


def parsed(content: Any) -> Any:
    """What a shared file holds; its path, or its content as text or bytes.

    Raises
    ------
    DataError
        When it cannot be read, is too large, or is no such file.
    """
    if isinstance(content, Path):
        try:
            content = content.read_bytes() if content.stat().st_size <= _FILE else b" " * (_FILE + 1)
        except OSError as error:
            raise _wrong(_("The file {file} cannot be read: {reason}.").format(
                file=content.name, reason=error.strerror)) from error  # fmt: skip
    if len(content) > _FILE:
        raise _wrong(_("This file is too large to be a funnel."))
    try:
        text = content if isinstance(content, str) else bytes(content).decode("utf-8-sig")
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise _wrong(_("This file holds no funnel.")) from error


def _wrong(what: str) -> DataError:
    return DataError(
        what,
        allowed=_("A file (.json) that was saved with “Share as a file” on this page."),
        next_step=_("For an export of your shop, use the place to bring files instead."),
    )


def _pair(place: int, row: Mapping) -> tuple[Any, Any]:
    """(name, number) of a row in a file; its kind decides, whatever form the number was written in."""
    value, kind = row.get("number"), row.get("kind")
    if kind not in ("count", "rate"):
        raise _wrong(_("The steps in this file cannot be read."))
    if not _is_number(value):
        return row.get("step"), value
    if kind == "rate" and value > 1:
        raise _above(_name(place, row.get("step")), float(value))
    return row.get("step"), float(value) if kind == "rate" else _count(value)


def _pairs(steps: Any) -> list[tuple[Any, Any]]:
    """Names and numbers, out of whatever they were handed in."""
    if isinstance(steps, pd.DataFrame):
        return _of_frame(steps)
    rows = list(steps.items()) if isinstance(steps, Mapping) else list(steps)
    pairs = []
    for place, row in enumerate(rows, 1):
        if isinstance(row, (str, bytes)) or not isinstance(row, Iterable) or len(list(row)) != 2:
            raise DataError(
                _("Step {place} is not a name with a number.").format(place=place),
                allowed=_("For instance “cart” with 218 (visitors) or 0.33 (a rate)."),
            )
        pairs.append(tuple(row))
    return pairs


def _of_frame(frame: pd.DataFrame) -> list[tuple[Any, Any]]:
    """Names and numbers of a frame's columns step and value, visitors or step_rate."""
    column = next((name for name in ("value", "visitors", "step_rate") if name in frame), None)
    if "step" not in frame or column is None:
        raise DataError(
            _("This table holds no funnel."),
            allowed=_("A column “step” and one of “value”, “visitors” or “step_rate”."),
        )
    values = frame[column].tolist()
    if column == "visitors":
        values = [_count(value) if _is_number(value) and math.isfinite(value) else value for value in values]
    return list(zip(frame["step"].tolist(), values, strict=True))


def _entry(place: int, name: Any, value: Any) -> Entry:
    """One step, checked."""
    name = _name(place, name)
    if not _is_number(value) or not math.isfinite(value):
        raise DataError(
            _("“{step}” has no number.").format(step=name),
            allowed=_("A count of visitors such as 218, or a rate such as 0.33."),
        )
    if value < 0:
        raise DataError(_("“{step}” is below zero ({value}).").format(step=name, value=number(value, 2)),
                        allowed=_("A count of visitors such as 218, or a rate such as 0.33."))  # fmt: skip
    if value > LARGEST:
        raise DataError(_("“{step}” has more visitors than can be.").format(step=name))
    exact = not isinstance(value, numbers.Integral)
    if exact and 1 < value < 2:
        raise _above(name, float(value))
    if place == 1:
        return _start(name, float(value))
    return Entry(name, float(value), "rate" if exact and value <= 1 else "count")


def _start(name: str, value: float) -> Entry:
    """The first step, of which the number is a count."""
    if 0 < value < 1:
        raise DataError(
            _("The first step, “{step}”, needs a number of visitors, not a rate.").format(step=name),
            allowed=_("For instance 1,000, of which the next rates are parts."),
        )
    return Entry(name, value, "count")


def _above(name: str, value: float) -> DataError:
    return DataError(
        _("“{step}” has a rate of {share}: more than all.").format(step=name, share=percent(value)),
        allowed=_("A rate is a part of the step before: from 0 to 100%."),
    )


def _rising(steps: tuple[Entry, ...], counts: list[float], place: int) -> DataError:
    """The error for a step with more visitors than the one before; it says what was probably meant."""
    here, before = steps[place], steps[place - 1]
    if all(one <= two for one, two in pairwise(counts)):
        hint = _("These steps stand backwards: begin with “{last}” and end with “{first}”.").format(
            last=steps[-1].step, first=steps[0].step
        )
    elif here.kind == "count" and here.number <= 100:
        hint = _("If {value}% is meant, type it as a rate: {rate}.").format(
            value=number(here.number), rate=number(here.number / 100, 2)
        )
    else:
        hint = _("Put the steps in the order in which visitors go through them, or mend the number.")
    return DataError(
        _("“{step}” has more visitors ({more}) than “{before}” before it ({less}).").format(
            step=here.step,
            more=number(whole(counts[place])),
            before=before.step,
            less=number(whole(counts[place - 1])),
        ),
        next_step=hint,
    )


def _different(names: list[str]) -> None:
    """A DataError when two steps have one name."""
    seen: set[str] = set()
    for name in names:
        if folded(name) in seen:
            raise DataError(
                _("“{step}” stands twice among the steps.").format(step=name),
                next_step=_("Give each step a name of its own."),
            )
        seen.add(folded(name))


def _name(place: int, name: Any) -> str:
    tidy = _tidy(name) if isinstance(name, str) else "" if name is None or name != name else _tidy(str(name))
    if not tidy:
        raise DataError(
            _("Step {place} has no name.").format(place=place), next_step=_("Type one, or take the step out.")
        )
    return tidy[:LONGEST]


def _tidy(text: str) -> str:
    """Without control characters and doubled spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _count(value: float) -> int | float:
    """A count in the form that is never taken for a rate: whole numbers as int."""
    return int(value) if float(value).is_integer() else float(value)
