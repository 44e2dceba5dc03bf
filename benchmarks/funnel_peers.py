"""The same ordered funnel, best chain, by hand: DuckDB's SQL and pandas. Beside them, retentioneering's.

    python benchmarks/funnel_peers.py [events]

Run alone it times each of the first two once and says whether they agree. What counts is told in `csworkbook.events`:
of all chains of the steps within the window the one that began last, each step strictly later than the one before;
`by` is the device at the beginning of the chain that came furthest. The steps here share no event.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))
from funnel_data import FUNNEL, WINDOW, make

if TYPE_CHECKING:
    import pandas as pd

# Only visitors who did step 2 need windows, which are a quarter; they get a number, which sorts faster than their text.
# A later step sorts before an earlier one of the same instant, so that "the rows before" are strictly earlier.
REACHED = """
CREATE TEMP TABLE reached AS WITH
ids AS MATERIALIZED (
    SELECT name, row_number() OVER () AS v FROM (SELECT DISTINCT visitor_id AS name FROM {events} WHERE step = '{cart}')
), o AS MATERIALIZED (
    SELECT v, "at" AS t, device, CASE step WHEN '{product}' THEN 1 WHEN '{cart}' THEN 2 WHEN '{checkout}' THEN 3 ELSE 4 END AS k
    FROM {events} JOIN ids ON name = visitor_id WHERE step IN ('{product}', '{cart}', '{checkout}', '{paid}')
), a AS (
    SELECT *, last_value(CASE WHEN k = 1 THEN t END IGNORE NULLS) OVER w AS s1 FROM o WINDOW w AS {before}
), b AS (
    SELECT *, last_value(CASE WHEN k = 2 THEN s1 END IGNORE NULLS) OVER w AS s2 FROM (FROM a WHERE k > 1) WINDOW w AS {before}
), c AS (
    SELECT *, last_value(CASE WHEN k = 3 THEN s2 END IGNORE NULLS) OVER w AS s3 FROM b WINDOW w AS {before}
), good AS (
    SELECT v, t, k, CASE k WHEN 2 THEN s1 WHEN 3 THEN s2 ELSE s3 END AS s FROM c WHERE t - s <= {span}
), g AS MATERIALIZED (
    SELECT v, max(k) AS level,
        min(t) FILTER (k = 2) AS t2, arg_min(s, t) FILTER (k = 2) AS b2,
        min(t) FILTER (k = 3) AS t3, arg_min(s, t) FILTER (k = 3) AS b3,
        min(t) FILTER (k = 4) AS t4, arg_min(s, t) FILTER (k = 4) AS b4
    FROM good GROUP BY v
), h AS (
    SELECT *, CASE level WHEN 2 THEN b2 WHEN 3 THEN b3 ELSE b4 END AS began FROM g
)
SELECT name, level, min(o.device) AS device, any_value(epoch_us(t2) - epoch_us(b2)) // 1000000 AS s2,
    any_value(epoch_us(t3) - epoch_us(b3)) // 1000000 AS s3, any_value(epoch_us(t4) - epoch_us(b4)) // 1000000 AS s4
FROM h JOIN o ON h.v = o.v AND o.t = began AND o.k = 1 JOIN ids ON ids.v = h.v GROUP BY ALL
"""
BEFORE = "(PARTITION BY v ORDER BY t, k DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
# Those who came no further than step 1 need no table of their own.
COUNTS = """
SELECT device AS by, 1 AS level, count(*) AS units FROM (
    SELECT visitor_id AS name, arg_min_null(device, "at") AS device FROM {events} WHERE step = '{product}' GROUP BY name
) ANTI JOIN reached USING (name) GROUP BY device
UNION ALL SELECT device, level, count(*) FROM reached GROUP BY device, level
"""
TIMES = """
SELECT device AS by, step, seconds, count(*) AS units FROM (
    SELECT device, unnest([2, 3, 4]) AS step, unnest([s2, s3, s4]) AS seconds FROM reached
) WHERE seconds IS NOT NULL GROUP BY ALL
"""
Tables = "tuple[pd.DataFrame, pd.DataFrame]"


def by_sql(folder: Path, *, memory: str | None = None) -> Tables:
    """Units by device and furthest step, and by device, step and whole seconds from the chain's beginning."""
    import duckdb

    words = dict(zip(("product", "cart", "checkout", "paid"), FUNNEL, strict=True))
    words |= {"events": f"read_parquet('{folder}/*.parquet')", "before": BEFORE, "span": "INTERVAL 7 DAY"}
    with duckdb.connect(config={"memory_limit": memory} if memory else {}) as engine:
        engine.execute(REACHED.format(**words))
        return engine.sql(COUNTS.format(**words)).df(), engine.sql(TIMES.format(**words)).df()


def by_pandas(folder: Path) -> Tables:
    """The same with sorted arrays; the file is read with the columns and steps that are needed."""
    import numpy as np
    import pandas as pd

    wanted = [("step", "in", list(FUNNEL))]
    events = pd.read_parquet(folder, columns=["visitor_id", "at", "step", "device"], filters=wanted)
    events["place"] = events["step"].map(dict(zip(FUNNEL, range(1, 5), strict=True)))
    first = events[events["place"] == 1].sort_values("at", kind="stable").drop_duplicates("visitor_id")
    first = first.set_index("visitor_id")["device"]
    carts = events.loc[events["place"] == 2, "visitor_id"].unique()
    chain = events[events["visitor_id"].isin(carts)]
    who = pd.factorize(chain["visitor_id"])[0]
    order = np.lexsort((-chain["place"], chain["at"], who))
    chain, who = chain.iloc[order], who[order]
    at, place = chain["at"].to_numpy("datetime64[us]").view("int64"), chain["place"].to_numpy()
    span = pd.Timedelta(WINDOW).value // 1000
    rows = np.arange(len(chain))
    own = np.maximum.accumulate(np.where(np.diff(who, prepend=-1) != 0, rows, 0))  # the visitor's first row
    began = np.where(place == 1, rows, -1)
    for k in (2, 3, 4):
        latest = np.maximum.accumulate(np.where(place == k - 1, began, -1))
        began = np.where(place == k, np.append(-1, latest[:-1]), began)
    done = (began >= own) & (at - at[began] <= span) & (place > 1)
    found = pd.DataFrame(
        {"who": who, "level": place, "seconds": (at - at[began]) // 1_000_000, "began": began}
    )[done]
    found = found.drop_duplicates(["who", "level"])  # the first that completed the step
    furthest = found.loc[found.groupby("who")["level"].idxmax()].set_index("who")
    device = chain["device"].iloc[furthest["began"]].set_axis(furthest.index)
    names = chain["visitor_id"].iloc[furthest["began"]]
    only = first[~first.index.isin(names)].value_counts(dropna=False).rename("units").reset_index()
    only = only.rename(columns={"device": "by"}).assign(level=1)
    more = pd.DataFrame({"by": device, "level": furthest["level"]}).value_counts(dropna=False).rename("units")
    found["by"] = found["who"].map(device)
    times = found.rename(columns={"level": "step"})[["by", "step", "seconds"]].value_counts(dropna=False)
    return pd.concat([only, more.reset_index()]), times.rename("units").reset_index()


def by_retentioneering(folder: Path) -> dict[str, int]:
    """Visitors per step in retentioneering, which has no window, no time to convert and no breakdown.

    It is given only the steps of the funnel and the columns it needs, which makes it faster.
    """
    import pandas as pd
    from retentioneering.eventstream import Eventstream

    wanted = [("step", "in", list(FUNNEL))]
    events = pd.read_parquet(folder, columns=["visitor_id", "at", "step"], filters=wanted)
    stream = Eventstream(events, {"path_cols": ["visitor_id"], "event_col": "step", "timestamp_col": "at"})
    return {step["step"]: step["unique_paths"] for step in stream.funnel_data(steps=list(FUNNEL))["steps"]}


def told(counts: pd.DataFrame, times: pd.DataFrame) -> dict:
    """What all ways must agree on: visitors by device and furthest step, and how long they took together."""
    units = (
        counts.assign(by=counts["by"].astype("str").fillna("unknown")).groupby(["by", "level"])["units"].sum()
    )
    took = times.assign(by=times["by"].astype("str").fillna("unknown"), all=times["seconds"] * times["units"])
    took = took.groupby(["by", "step"])[["units", "all"]].sum()
    return {
        "counts": {f"{by} {level}": int(n) for (by, level), n in units.items()},
        "times": {
            f"{by} {step}": [int(row["units"]), int(row["all"])] for (by, step), row in took.iterrows()
        },
    }


def main(rows: int) -> None:
    folder, found = make(rows), []
    for way in (by_sql, by_pandas):
        wall, cpu = time.perf_counter(), time.process_time()
        found.append(told(*way(folder)))
        print(
            f"{way.__name__}: {time.perf_counter() - wall:.2f} s wall, {time.process_time() - cpu:.2f} s CPU"
        )
    print("They agree." if found[0] == found[1] else f"They differ: {found}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
