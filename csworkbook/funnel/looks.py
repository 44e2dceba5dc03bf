"""What did every visitor look at up to one moment: first page, whether he searched, the last known value of a column?

Frames of events are looked through in this process, anything else where it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csworkbook import events as engine
from csworkbook.events.followed import IN_MEMORY
from csworkbook.events.frames import prepared


def looked_at(
    events, visitors: pd.DataFrame, columns: Sequence[str], search: Sequence[str], back: pd.Timedelta
) -> pd.DataFrame:
    """One row per visitor of whom there are events in the time before his moment, that moment included.

    Parameters
    ----------
    visitors : DataFrame
        visitor_id and moment (microseconds since 1970 UTC), each visitor once.
    columns : sequence of str
        The columns whose last known value is wanted.
    search : sequence of str
        The names of the search pages.
    back : Timedelta
        How long before the moment.

    Returns
    -------
    DataFrame
        visitor_id, first_page, searched (bool; absent without a search page), and `columns` (missing
        where not known).
    """
    span = round(back.total_seconds() * 1e6)
    if isinstance(events, pd.DataFrame) and len(events) <= IN_MEMORY:
        return _in_memory(events, visitors, columns, search, span)
    return _in_engine(events, visitors, columns, search, span)


def _in_engine(events, visitors, columns, search, span: int) -> pd.DataFrame:
    import ibis

    until = ibis.memtable(visitors[["visitor_id", "moment"]].rename(columns={"moment": "until"}))
    rows = engine.read(events).join(until, "visitor_id")
    rows = rows.filter(rows.moment <= rows.until, rows.moment >= rows.until - span)
    last = {name: rows[name].argmax(rows.moment, where=rows[name].notnull()) for name in columns}
    pages = {"first_page": rows.step.argmin(rows.moment, where=rows.step.notnull())}
    if len(search):
        pages["searched"] = rows.step.isin(list(search)).any()
    return rows.group_by("visitor_id").aggregate(**pages, **last).to_pandas()


def _in_memory(events: pd.DataFrame, visitors, columns, search, span: int) -> pd.DataFrame:
    ready = prepared(events)
    visitor, names = ready.codes("visitor_id").filled, pd.Index(ready.codes("visitor_id").text)
    until = np.full(len(names) + 1, np.iinfo(np.int64).min)
    until[names.get_indexer(visitors["visitor_id"])] = visitors["moment"]
    until = until[visitor]
    rows = np.flatnonzero((visitor >= 0) & (ready.moment <= until) & (ready.moment > until - span - 1))
    rows = rows[np.lexsort((ready.moment[rows], visitor[rows]))]
    found = pd.DataFrame(index=pd.Index(np.unique(visitor[rows])))
    found["first_page"] = _of(ready, "step", rows[::-1], visitor)
    if len(search):
        pages = ready.codes("step").among(tuple(search))
        found["searched"] = found.index.isin(visitor[rows[pages[rows]]])
    for column in columns:
        found[column] = _of(ready, column, rows, visitor)
    return found.assign(visitor_id=names[found.index]).reset_index(drop=True)


def _of(ready, column: str, rows: np.ndarray, visitor: np.ndarray) -> pd.Series:
    """Each visitor's last known value among these rows."""
    codes = ready.codes(column)
    rows = rows[codes.code[rows] >= 0]
    who = visitor[rows]
    last = np.flatnonzero(np.append(who[1:] != who[:-1], True)) if len(rows) else np.array([], int)
    return pd.Series(codes.values.take(codes.code[rows[last]]), index=who[last])
