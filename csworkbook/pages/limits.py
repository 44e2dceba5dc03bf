"""How does the table of a result fit on a page: a value with its limits in one cell, the rest in the download?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.results import Result

_WHOLE = str.maketrans({" ": "\N{NO-BREAK SPACE}", "-": "\N{NON-BREAKING HYPHEN}"})


@dataclass(frozen=True)
class Shown:
    """A table as a page has it.

    Attributes
    ----------
    frame : DataFrame
        One column per column of the page, by which it sorts.
    heads : dict
        Column → head.
    written : list of list of str
        The cells, row by row.
    limited : frozenset of str
        The columns whose cells hold limits too.
    """

    frame: pd.DataFrame
    heads: dict[str, str]
    written: list[list[str]]
    limited: frozenset[str]


def shown(result: Result) -> Shown:
    """What a page shows of a result: all columns but the spare ones, limits beside their value."""
    columns, cells = result.columns, result.cells()
    heads = dict(zip(columns, result.heads(), strict=True))
    places = [group for group in grouped(result.table, columns) if columns[group[0]] not in result.spare]
    names = [columns[group[0]] for group in places]
    written = [
        [row[group[0]] if len(group) == 1 else within(*(row[n] for n in group)) for group in places]
        for row in cells
    ]
    limited = frozenset(columns[group[0]] for group in places if len(group) > 1)
    return Shown(result.sortable()[names], {name: heads[name] for name in names}, written, limited)


def grouped(table: pd.DataFrame, columns: Sequence[str]) -> list[tuple[int, ...]]:
    """The places of columns that stand in one cell: a value that is followed by its limits, or one alone.

    >>> import pandas as pd
    >>> grouped(pd.DataFrame({"n": [9], "share": [0.5], "low": [0.4], "high": [0.6]}), ["n", "share", "low", "high"])
    [(0,), (1, 2, 3)]
    """
    groups, place = [], 0
    while place < len(columns):
        size = 3 if _has_limits(table, columns[place : place + 3]) else 1
        groups.append(tuple(range(place, place + size)))
        place += size
    return groups


def _has_limits(table: pd.DataFrame, three: Sequence[str]) -> bool:
    """Whether the last two of these columns are the limits of the first one."""
    if len(three) < 3 or not (three[1].endswith("low") and three[2] == f"{three[1][:-3]}high"):
        return False
    value, low, high = (table[name] for name in three)
    if not all(column.dtype.kind in "iuf" for column in (value, low, high)):
        return False
    return not ((value < low - 1e-9) | (value > high + 1e-9)).any()


def within(value: str, low: str, high: str) -> str:
    """A value and its limits in one cell; a unit that all have is written once.

    >>> within("81.3%", "79.0%", "83.4%").replace("\\N{NO-BREAK SPACE}", " ")
    '81.3% (79.0 to 83.4)'
    """
    said_alike = value == low == high and not any(sign.isdigit() for sign in value)
    if "–" in (low, high) or said_alike:  # "not in time", three times
        return value
    before, after = _unit(value)
    if all(_unit(one) == (before, after) for one in (low, high)):
        low, high = (one.removeprefix(before).removesuffix(after) for one in (low, high))
    limits = _("({low} to {high})").format(low=low, high=high)
    return f"{value.translate(_WHOLE)} {limits.translate(_WHOLE)}"


def _unit(cell: str) -> tuple[str, str]:
    """What stands before and after the number in a cell."""
    found = re.fullmatch(r"([^\d-]*)(-?[\d.,]*\d)(\D*)", cell)
    return (found[1], found[3]) if found else ("", "")


def note(limited: frozenset[str]) -> str:
    """What the brackets are, where there are any."""
    return _("In brackets: the range in which it may lie.") if limited else ""
