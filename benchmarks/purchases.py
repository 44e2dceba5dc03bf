"""How often, how lately and for how much every customer bought (RFM), of orders in Parquet: against hand-written SQL.

    python benchmarks/purchases.py [orders] [--turns N]

`csworkbook.purchases.counted` (an Ibis expression) against the DuckDB SQL we would write by hand for the same columns
under the same rules: orders with a customer, paid for after refunds, one purchase a day, followed up to the last order.
Both write their table of one row per customer into DuckDB, with a limit of 8 GB; each way gets its own process, a
warm-up on 20,000 orders, and its turns, alternating. Printed are the medians; on a busy machine processor time is the
one to read. Counts must agree to the last customer and sums to a millionth, or this stops. Limit: 1.5 ×.

The orders are drawn by DuckDB from hashes, with about 3.3 per customer, one in fifty without a customer and one in
twelve paid back; 50 million take 1.2 GB in the system's temporary folder (``$CSWORKBOOK_BENCHMARKS`` names another).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MILLION, WARM, MEMORY = 1_000_000, 20_000, "8GB"
PARTS, PER_CUSTOMER, DAYS = 10, 3.3, 1095

DRAWN = """
SELECT i::VARCHAR AS order_id,
    CASE WHEN hash(i, 1) % 50 > 0 THEN 'c' || (hash(i, 2) % {customers}) END AS customer_id,
    make_timestamptz((1640995200000000 + (hash(i, 3) % {span}) * 1000000)::BIGINT) AS ordered_at,
    (500 + hash(i, 4) % 15000) / 100.0 AS revenue,
    CASE WHEN hash(i, 5) % 3 = 0 THEN (100 + hash(i, 6) % 5000) / 100.0 END AS margin,
    CASE WHEN hash(i, 7) % 12 = 0 THEN (500 + hash(i, 4) % 15000) / (100.0 * (1 + hash(i, 8) % 2)) END AS refunded
FROM range({first}, {last}) made(i)
"""

BY_HAND = """
CREATE TABLE found AS
WITH last AS (SELECT max(epoch_us(ordered_at)) // 86400000000 AS day FROM orders),
kept AS (
    SELECT customer_id, epoch_us(ordered_at) // 86400000000 AS day, revenue - coalesce(refunded, 0) AS net,
        coalesce(margin, revenue * 0.35)
            * (1 - CASE WHEN revenue > 0 THEN greatest(0, least(1, coalesce(refunded, 0) / revenue)) ELSE 0 END) AS earned
    FROM orders
    WHERE customer_id IS NOT NULL AND trim(customer_id) <> '' AND revenue - coalesce(refunded, 0) > 0
        AND ordered_at IS NOT NULL
), daily AS (
    SELECT customer_id, day, count(*) AS orders, sum(net) AS net, sum(earned) AS earned
    FROM kept GROUP BY customer_id, day
), each AS (
    SELECT customer_id, count(*) - 1 AS x, min(day) AS first_day, max(day) AS last_day, sum(orders) AS orders,
        sum(net) AS spent, sum(earned) AS margin, arg_min(net, day) AS at_first
    FROM daily GROUP BY customer_id
)
SELECT customer_id, x, (last_day - first_day) / 7 AS t_x, (last.day - first_day) / 7 AS T, first_day, last_day, orders,
    spent, margin, spent / (x + 1) AS mean, CASE WHEN x > 0 THEN (spent - at_first) / x ELSE 0 END AS repeat_mean
FROM each, last
"""
CHECKED = """
SELECT count(*) AS customers, sum(x)::BIGINT AS x, sum(orders)::BIGINT AS orders, sum(t_x) AS t_x, sum("T") AS t,
    sum(spent) AS spent, sum(margin) AS margin, sum(repeat_mean) AS repeat_mean FROM found
"""


def make(rows: int) -> Path:
    """A folder of Parquet with so many orders; made once, then found again."""
    import duckdb

    folder = Path(os.environ.get("CSWORKBOOK_BENCHMARKS", tempfile.gettempdir()), f"csworkbook-orders-{rows}")
    if not folder.is_dir():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for part in range(PARTS):
            first, last = rows * part // PARTS, rows * (part + 1) // PARTS
            drawn = DRAWN.format(
                customers=max(int(rows / PER_CUSTOMER), 1), span=DAYS * 86_400, first=first, last=last
            )
            duckdb.sql(f"COPY ({drawn}) TO '{unfinished}/{part}.parquet' (FORMAT parquet)")
        unfinished.rename(folder)
    return folder


def by_expression(folder: Path, engine) -> None:
    """What a user calls, written into the engine as the SQL by hand is."""
    from csworkbook.purchases import counted

    engine.create_table("found", counted(engine.read_parquet(f"{folder}/*.parquet"), margin=0.35))


def by_hand(folder: Path, engine) -> None:
    engine.raw_sql(f"CREATE VIEW orders AS SELECT * FROM read_parquet('{folder}/*.parquet')")
    engine.raw_sql(BY_HAND)


WAYS = {"SQL by hand": by_hand, "purchases.counted": by_expression}


def once(way: str, rows: int) -> dict[str, float]:
    """One run from file to table, in a DuckDB of its own; seconds, and sums to compare."""
    import ibis

    folder = make(rows)
    with tempfile.TemporaryDirectory(dir=folder.parent) as spill:
        engine = ibis.duckdb.connect(memory_limit=MEMORY, temp_directory=spill)
        wall, cpu = time.perf_counter(), time.process_time()
        WAYS[way](folder, engine)
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        found = engine.raw_sql(CHECKED).fetchone()
        engine.disconnect()
    return {**spent, "found": found}


def run(way: str, rows: int) -> dict:
    once(way, WARM)
    told = once(way, rows)
    return {**told, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}


def apart(way: str, rows: int) -> dict:
    """The same in a process of its own."""
    done = subprocess.run([sys.executable, __file__, str(rows), "--way", way], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def agree(one: list, other: list) -> None:
    """Stop where the two found something else."""
    counts, sums = slice(0, 3), slice(3, None)
    near = all(abs(a - b) <= 1e-6 * abs(b) for a, b in zip(one[sums], other[sums], strict=True))
    if one[counts] != other[counts] or not near:
        raise SystemExit(f"they differ: {one} {other}")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("orders", type=int, nargs="?", default=50 * MILLION)
    options.add_argument("--turns", type=int, default=3)
    options.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        print(json.dumps(run(asked.way, asked.orders)))
        return
    make(asked.orders)
    turns = [{way: apart(way, asked.orders) for way in WAYS} for _turn in range(asked.turns)]
    agree(*(turns[0][way]["found"] for way in WAYS))
    middle = {
        way: {k: statistics.median(t[way][k] for t in turns) for k in ("wall", "cpu", "peak")} for way in WAYS
    }
    for way, told in middle.items():
        print(
            f"{asked.orders:>11,} {way:18} wall {told['wall']:7.2f} s   CPU {told['cpu']:7.2f} s   peak {told['peak']:5.2f} GB"
        )
    ours, theirs = middle["purchases.counted"], middle["SQL by hand"]
    print(
        f"{ours['wall'] / theirs['wall']:.2f} × wall, {ours['cpu'] / theirs['cpu']:.2f} × CPU of SQL by hand (limit 1.5)"
    )


if __name__ == "__main__":
    main()
