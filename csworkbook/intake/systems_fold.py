"""How do the lines of an export become the rows of a table?

One order stands on several lines, one ticket on as many lines as it has messages. Lines with the same
key become one row: the first filled cell of every column, or the first line's; nothing loops over rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from csworkbook.intake import times, values
from csworkbook.intake.raw import Raw, no_broken
from csworkbook.intake.systems_cells import Headers, all_hold, said, texts
from csworkbook.intake.systems_columns import Made, make
from csworkbook.language import current
from csworkbook.tables import TABLES, Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Groups:
    """Which lines belong together: `codes` per line, and the position of the `first` line of every group."""

    codes: np.ndarray
    first: np.ndarray

    @property
    def single(self) -> bool:
        """Whether every line is on its own."""
        return len(self.codes) == len(self.first)


def group(columns: list[pd.Series], rows: int) -> Groups:
    """Lines with the same cells in all these columns; a line with the first one empty is on its own.

    >>> import pandas as pd
    >>> group([pd.Series(["a", "b", "a", None])], 4).first.tolist()
    [0, 1, 3]
    """
    import numpy as np
    import pandas as pd

    codes, empty = np.zeros(rows, dtype="int64"), np.full(rows, not columns)
    for place, column in enumerate(columns):
        own, distinct = pd.factorize(texts(column))
        empty |= (own < 0) & (place == 0)
        codes = pd.factorize(codes * (len(distinct) + 1) + own + 1)[0]
    codes = np.where(empty, -1 - np.arange(rows), codes)
    codes = pd.factorize(codes)[0]
    first = np.flatnonzero(~pd.Series(codes).duplicated().to_numpy())
    return Groups(codes, first)


def first_filled(column: pd.Series, groups: Groups) -> pd.Series:
    """The first filled cell of every group, indexed from 0."""
    import numpy as np
    import pandas as pd

    taken = column.take(groups.first).reset_index(drop=True)
    if groups.single or not taken.isna().any():
        return taken
    filled = np.flatnonzero(column.notna().to_numpy())
    codes = groups.codes[filled]
    new = ~pd.Series(codes).duplicated().to_numpy()
    places = np.full(len(groups.first), -1)
    places[codes[new]] = filled[new]
    return pd.Series(column.array.take(places, allow_fill=True), name=column.name)


def folded(raw: Raw, part: Mapping[str, Any], zone: str, *, first: bool) -> tuple:
    """One part of a description applied to a file: raw, mapping, words, complete, notes, left (as in `Feed`)."""
    raw = unpivoted(raw, part["unpivot"]) if "unpivot" in part else raw
    raw = in_order(raw, part["sort"], zone) if "sort" in part else raw
    work = _Work.of(raw, part, zone)
    for name, spec in part["columns"].items():
        work.take(name, spec)
    work.add_empty()
    frame = work.frame()
    made = tuple(work.made)
    lines = raw.lines[work.rows][work.kept]
    broken = raw.broken if first else no_broken()
    notes = [part["note"][current()]] if "note" in part else []
    return _raw(raw, frame, lines, broken, made), work.mapping, work.words, True, notes, work.left()


def with_derived(raw: Raw, derive: Mapping[str, Any], zone: str) -> Raw:
    """The file with the columns that an export's other descriptions speak of, made from its own; `made` names them."""
    headers, made = Headers(raw.frame), {}
    for name, spec in derive.items():
        found = make(headers, spec, zone, "", name)
        if found is not None:
            made[name] = found.cells
    return _raw(raw, raw.frame.assign(**made), raw.lines, raw.broken, tuple(made)) if made else raw


def in_order(raw: Raw, names: list[str], zone: str) -> Raw:
    """The rows in the order of a time, where the file has it: exports often begin with the latest."""
    header = Headers(raw.frame).find(names)
    return raw if header is None else by_time(raw, header, zone)


def by_time(raw: Raw, header: str, zone: str) -> Raw:
    """The rows in the order of the times in a column; rows without one go last."""
    moments = times.parse(raw.frame[header], zone).values.reset_index(drop=True)
    order = moments.sort_values(kind="stable").index.to_numpy()
    return replace(raw, frame=raw.frame.take(order).reset_index(drop=True), lines=raw.lines[order])


def unpivoted(raw: Raw, name: str) -> Raw:
    """A line per action where the file has a set of columns per action: "url (actionDetails 0)" becomes
    "actionDetails.url"; the other columns stand on every line."""
    import numpy as np
    import pandas as pd

    looks = re.compile(rf"^(.+) \({re.escape(name)} (\d+)\)$")
    found = {header: looks.match(header) for header in raw.frame.columns}
    sets: dict[int, dict[str, str]] = {}
    for header, match in found.items():
        if match:
            sets.setdefault(int(match[2]), {})[header] = f"{name}.{match[1]}"
    same = [header for header, match in found.items() if not match]
    frames = [raw.frame[[*same, *columns]].rename(columns=columns) for columns in sets.values()]
    frame = pd.concat(frames, ignore_index=True)
    order = np.argsort(np.tile(np.arange(len(raw.frame)), len(sets)), kind="stable")
    lines = np.tile(raw.lines, len(sets))[order]
    return replace(raw, frame=frame.take(order).reset_index(drop=True), lines=lines)


def as_form(raw: Raw, columns: Mapping[str, object], left_out: list[str], zone: str) -> tuple[Raw, dict]:
    """A form: the file with its moment and person named; `mapping` says nothing of the questions."""
    headers, mapping, made = Headers(raw.frame), {}, {}
    for name, spec in columns.items():
        found = make(headers, spec, zone, "", name)
        if found is not None and found.header is None:
            made[found.name] = found.cells
        if found is not None:
            mapping[found.name] = name
    for name in left_out:
        header = headers.find(name)
        if header is not None:
            mapping.setdefault(header, None)
    return _raw(raw, raw.frame.assign(**made), raw.lines, raw.broken, tuple(made)), mapping


def _raw(raw: Raw, frame: pd.DataFrame, lines: np.ndarray, broken: pd.DataFrame, made: tuple) -> Raw:
    """The same file with other rows; what we derived is named in `made`."""
    return replace(raw, frame=frame, lines=lines, broken=broken, made=(*raw.made, *made))


@dataclass
class _Work:
    """A file on its way to one table: the lines that matter, how they group, and the columns so far."""

    part: Mapping[str, Any]
    zone: str
    headers: Headers
    rows: np.ndarray
    groups: Groups
    mapping: dict[str, str | None]
    words: dict[str, dict[str, str]]
    changed: dict[str, pd.Series]
    made: dict[str, pd.Series]

    @classmethod
    def of(cls, raw: Raw, part: Mapping[str, Any], zone: str) -> _Work:
        """The lines of this part, with the key filled down where the export leaves it out."""
        import numpy as np

        frame = raw.frame
        keys = [header for header in map(Headers(frame).find, part.get("by", ())) if header is not None]
        if part.get("fill"):
            frame = frame.assign(**{key: texts(frame[key]).ffill() for key in keys})
        rows = np.flatnonzero(all_hold(Headers(frame), part["where"])) if "where" in part else slice(None)
        frame = frame.iloc[rows].reset_index(drop=True) if "where" in part else frame
        rows = np.arange(len(raw.frame))[rows]
        groups = group([frame[key] for key in keys], len(frame))
        return cls(part, zone, Headers(frame), rows, groups, dict.fromkeys(frame.columns), {}, {}, {})

    @property
    def one_each(self) -> bool:
        """Whether a group becomes one row; otherwise every line stays a row."""
        return self.part.get("rows", "lines") == "groups" and not self.groups.single

    @property
    def kept(self) -> np.ndarray | slice:
        """Positions of the lines whose other cells stand in the table."""
        return self.groups.first if self.one_each else slice(None)

    def take(self, name: str, spec: object) -> None:
        """One canonical column."""
        column = TABLES[self.part["table"]][name]
        made = make(self.headers, spec, self.zone, column.unit, name)
        if made is None:
            return
        how = made.said.get("fold", "first")
        if made.said.get("spread") and not self.one_each:
            made = replace(made, cells=self._spread(made.cells))
        cells = self._folded(made, how, column)
        if made.header and how == "first" and self.mapping[made.header] is None:
            self.mapping[made.header] = name
            self.changed[made.header] = cells
        else:
            self._derive(made, cells, name)
        if "words" in made.said and "others" not in made.said:
            known = said(cells, made.said["words"])
            self.words |= {name: known} if known else {}

    def _folded(self, made: Made, how: str, column: Column) -> pd.Series:
        cells = made.cells
        if not self.one_each:
            return cells
        if how == "first":
            return first_filled(cells, self.groups)
        if column.kind == "time":
            read = times.parse_under(cells, made.header or "", self.zone).values
        else:
            read = values.number(cells).values
        by = read.groupby(self.groups.codes, sort=True)
        return {"sum": by.sum, "min": by.min, "max": by.max}[how]().reset_index(drop=True)

    def _spread(self, cells: pd.Series) -> pd.Series:
        """What is said on the first line of a group, on all its lines."""
        return first_filled(cells, self.groups).take(self.groups.codes).set_axis(cells.index)

    def _derive(self, made: Made, cells: pd.Series, name: str) -> None:
        """A column of our own, under a name no other has."""
        title = made.name if made.name not in self.mapping else f"{made.name}: {name}"
        self.mapping[title] = name
        self.made[title] = cells

    def add_empty(self) -> None:
        """Columns that must be there, may be empty, and are not in this export."""
        import pandas as pd

        there = set(self.mapping.values())
        size = len(self.groups.first) if self.one_each else len(self.headers.frame)
        for column in TABLES[self.part["table"]].columns:
            if column.required and column.blank and column.name not in there:
                self._derive(
                    Made(pd.Series(dtype="str"), column.name),
                    pd.Series(None, index=range(size), dtype="str"),
                    column.name,
                )

    def frame(self) -> pd.DataFrame:
        """The user's columns and ours, one row per row of the table."""
        import pandas as pd

        frame = self.headers.frame
        if self.one_each:
            frame = frame.take(self.groups.first).reset_index(drop=True)
        frame = frame.assign(**self.changed)
        if not self.made:
            return frame
        own = {title: cells.reset_index(drop=True) for title, cells in self.made.items()}
        return pd.concat([frame.reset_index(drop=True), pd.DataFrame(own)], axis=1)

    def left(self) -> list[tuple[np.ndarray, str]]:
        """Rows to set aside, each for the first reason; what one line of a group says holds for all its lines."""
        import numpy as np

        found, done = [], np.zeros(len(self.headers.frame), dtype=bool)
        for rule in self.part.get("aside", ()):
            tests = rule["when"] if isinstance(rule["when"], list) else [rule["when"]]
            if any(self.headers.find(test["column"]) is None for test in tests):
                continue
            lines = all_hold(self.headers, tests)
            if rule.get("group", True) and not self.groups.single:
                lines = np.isin(self.groups.codes, self.groups.codes[lines])
            lines, done = lines & ~done, lines | done
            rows = np.flatnonzero(lines[self.groups.first] if self.one_each else lines)
            if len(rows):
                found.append((rows, rule["reason"][current()]))
        return found


def fold_lines(raw: Raw, mapping: Mapping[str, str | None]) -> Raw:
    """Lines of orders folded to one row per order, for a file of no known system.

    Parameters
    ----------
    raw : Raw
    mapping : mapping
        Header → canonical column, of orders and of order_lines.

    Returns
    -------
    Raw
        The first filled cell of every column per order. Where the revenue is not the same on all lines of
        every order it is no order total: then it is the sum over the lines of quantity × price, or of the
        line amounts, in a derived column called "revenue" (in place where a header is called so).
    """
    headers = {column: header for header, column in mapping.items() if column}
    key = headers.get("order_id")
    groups = group([raw.frame[key]] if key else [], len(raw.frame))
    if groups.single:
        return raw
    frame = raw.frame.take(groups.first).reset_index(drop=True)
    frame = frame.assign(**{header: first_filled(raw.frame[header], groups) for header in mapping})
    total = headers.get("revenue")
    made: tuple[str, ...] = ()
    if total is None or not _same_in_group(raw.frame[total], groups):
        amounts = _line_amounts(raw.frame, headers)
        if amounts is not None:
            made = ("revenue",) if "revenue" not in frame else ()
            frame = frame.assign(revenue=amounts.groupby(groups.codes, sort=True).sum().to_numpy().round(4))
    return _raw(raw, frame, raw.lines[groups.first], raw.broken, made)


def _same_in_group(column: pd.Series, groups: Groups) -> bool:
    """Whether the filled cells of every group are the same."""
    import pandas as pd

    codes = pd.factorize(column)[0]
    first = pd.factorize(pd.concat([first_filled(column, groups), column], ignore_index=True))[0]
    size = len(groups.first)
    return bool(((first[size:] == first[:size][groups.codes]) | (codes < 0)).all())


def _line_amounts(frame: pd.DataFrame, headers: Mapping[str, str]) -> pd.Series | None:
    """Quantity × price of every line; the line's own amount where the file has no prices."""
    if "price" in headers:
        amounts = values.number(frame[headers["price"]]).values
        return (
            amounts * values.number(frame[headers["quantity"]]).values if "quantity" in headers else amounts
        )
    return values.number(frame[headers["revenue"]]).values if "revenue" in headers else None
