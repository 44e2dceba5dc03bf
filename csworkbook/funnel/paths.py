"""Which pages did every visitor see after one moment, in order?

Frames of events are looked through in this process, anything else where it is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook import events as engine
from csworkbook.events.followed import IN_MEMORY
from csworkbook.events.frames import prepared


def followed_by(events, visitors: pd.DataFrame, look: pd.Timedelta, depth: int) -> pd.DataFrame:
    """The first `depth` pages after each visitor's moment, up to `look` after it, counted.

    Pages of one instant stand in the order of the alphabet. Events without a page do not count.

    Parameters
    ----------
    visitors : DataFrame
        visitor_id and moment (microseconds since 1970 UTC), each visitor once.

    Returns
    -------
    DataFrame
        next_1 … next_`depth` (missing where there was nothing more), units; the most frequent first.
    """
    span = round(look.total_seconds() * 1e6)
    if isinstance(events, pd.DataFrame) and len(events) <= IN_MEMORY:
        found = _in_memory(events, visitors, span, depth)
    else:
        found = _in_engine(events, visitors, span, depth)
    names = [f"next_{number}" for number in range(1, depth + 1)]
    silent = len(visitors) - int(found["units"].sum())
    if silent:
        found = pd.concat([found, pd.DataFrame({"units": [silent]})], ignore_index=True)
    found = found.reindex(columns=[*names, "units"]).astype({"units": int} | dict.fromkeys(names, object))
    return found.sort_values("units", ascending=False, kind="stable", ignore_index=True)


def _in_engine(events, visitors: pd.DataFrame, span: int, depth: int) -> pd.DataFrame:
    import ibis

    since = ibis.memtable(visitors[["visitor_id", "moment"]].rename(columns={"moment": "since"}))
    rows = engine.read(events).join(since, "visitor_id")
    rows = rows.filter(rows.moment > rows.since, rows.moment <= rows.since + span, rows.step.notnull())
    over = ibis.window(group_by="visitor_id", order_by=["moment", "step"])
    rows = rows.mutate(number=ibis.row_number().over(over))
    rows = rows.filter(rows.number < depth)
    each = rows.group_by("visitor_id").aggregate(
        **{f"next_{n + 1}": rows.step.max(where=rows.number == n) for n in range(depth)}
    )
    counted = each.group_by([f"next_{n + 1}" for n in range(depth)]).aggregate(units=each.count())
    return counted.order_by([f"next_{n + 1}" for n in range(depth)]).to_pandas()


def _in_memory(events: pd.DataFrame, visitors: pd.DataFrame, span: int, depth: int) -> pd.DataFrame:
    ready = prepared(events)
    visitor, names = ready.codes("visitor_id").filled, pd.Index(ready.codes("visitor_id").text)
    since = np.full(len(names) + 1, np.iinfo(np.int64).max)
    since[names.get_indexer(visitors["visitor_id"])] = visitors["moment"]
    since = since[visitor]
    place, pages = ready.codes("step").places
    rows = np.flatnonzero((visitor >= 0) & (place >= 0) & (ready.moment > since))
    rows = rows[ready.moment[rows] - since[rows] <= span]
    rows = rows[np.lexsort((place[rows], ready.moment[rows], visitor[rows]))]
    who = visitor[rows]
    first = np.flatnonzero(np.append(True, who[1:] != who[:-1])) if len(rows) else np.array([], int)
    number = np.arange(len(rows)) - np.repeat(first, np.diff(np.append(first, len(rows))))
    seen = pd.DataFrame({"who": who, "number": number + 1, "page": place[rows]})[number < depth]
    wide = seen.pivot(index="who", columns="number", values="page").reindex(columns=range(1, depth + 1))
    counted = wide.groupby(list(wide.columns), dropna=False).size()
    found = counted.rename("units").reset_index()
    for n in range(1, depth + 1):
        codes = found[n].fillna(-1).astype(int)
        found[f"next_{n}"] = pd.Series(np.append(pages.astype(object), None)[codes], index=found.index)
    return found
