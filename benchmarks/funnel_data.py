"""Visits of an invented shop in Parquet, for the funnel's benchmarks: one file per week, in the order of time.

    python benchmarks/funnel_data.py [events]

Every session walks some way along eight steps, most of it among the products, and nearly all end early; a third of the
sessions are of visitors who come back within ten days, often on another device. DuckDB draws all of it from hashes, so
the same number of events is the same file, and writes week by week. What was made is kept in the system's temporary
folder (``$CSWORKBOOK_BENCHMARKS`` names another) and found again by its number of events; 100 million take 1.5 GB.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

STEPS = ("home", "search", "product", "cart", "checkout", "delivery", "payment", "paid")
REACH = (1000, 860, 720, 170, 95, 70, 55, 38)  # of 1,000 sessions, how many get as far as this step
FUNNEL, WINDOW = ("product", "cart", "checkout", "paid"), "7D"
WEEKS, EACH = 13, 5.0  # events of a session, on average
WEEK = 7 * 86_400

DRAWN = """
WITH sessions AS (
    SELECT s,
        CASE WHEN hash(s, 1) % 100 < 64 THEN s ELSE greatest(0, s - (hash(s, 2) % {recent})::BIGINT) END AS visitor,
        (hash(s, 3) % 1000)::INT AS far, (hash(s, 4) % 8 * (hash(s, 5) % 2))::INT AS extra,
        ((s * {span}) // {sessions}) * 1000 + (hash(s, 6) % 1000)::BIGINT AS begun,
        ['mobile', 'mobile', 'mobile', 'mobile', 'mobile', 'mobile', 'desktop', 'desktop', 'desktop', 'tablet', NULL]
            [1 + (hash(s, 7) % 11)::INT] AS device
    FROM range({first}, {last}) made(s)
), walks AS (
    SELECT *, len(list_filter({reach}, lambda share: share > far)) AS depth FROM sessions
), events AS (
    SELECT *, unnest(range(depth + extra)) AS i FROM walks
), placed AS (
    SELECT *, hash(s, i) AS luck, CASE WHEN i < least(depth, 3) THEN i + 1 WHEN i < least(depth, 3) + extra
        THEN least(depth, 3) ELSE i - extra + 1 END AS reached FROM events
)
SELECT (hash(visitor) % 2147483648) || '.' || visitor AS visitor_id,
    make_timestamp(1735689600000000 + (begun + i * 60000 + (luck % 55000)::BIGINT) * 1000) AS "at",
    {steps}[CASE WHEN luck % 100 < 12 THEN 1 + (luck // 100 % reached::UBIGINT)::BIGINT ELSE reached END] AS step,
    device
FROM placed ORDER BY "at"
"""


def make(rows: int) -> Path:
    """A folder of Parquet with about so many events; made once, then found again."""
    folder = Path(os.environ.get("CSWORKBOOK_BENCHMARKS", tempfile.gettempdir()), f"csworkbook-funnel-{rows}")
    if not folder.is_dir():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _write(unfinished, rows)
        unfinished.rename(folder)
    return folder


def _write(folder: Path, rows: int) -> None:
    import duckdb

    sessions = round(rows / EACH)
    with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(folder / "spill")}) as engine:
        for week in range(WEEKS):
            drawn = DRAWN.format(
                first=week * sessions // WEEKS, last=(week + 1) * sessions // WEEKS, sessions=sessions,
                recent=max(1, sessions // 9), span=WEEKS * WEEK, reach=list(REACH), steps=list(STEPS),
            )  # fmt: skip
            engine.sql(f"COPY ({drawn}) TO '{folder}/week-{week:02}.parquet' (FORMAT parquet)")
    shutil.rmtree(folder / "spill", ignore_errors=True)


if __name__ == "__main__":
    print(make(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
