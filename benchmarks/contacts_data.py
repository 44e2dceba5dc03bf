"""Contacts, orders and costs of an invented shop in Parquet, for the benchmarks of channels and figures.

    python benchmarks/contacts_data.py [contacts]

Two years of questions of as many customers as there are contacts in two and a half; a quarter of the questions comes back,
mostly within fourteen days and now and then through another channel. One row in a thousand stands there twice, one ticket
in two hundred was opened again under its own number, some customers and topics are not known. DuckDB draws all of it from
hashes, so the same number of contacts is the same files, one a month, in the order of time. What was made is kept in the
system's temporary folder (``$CSWORKBOOK_BENCHMARKS`` names another); 10 million take half a gigabyte.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

CHANNELS = ("email", "chat", "phone", "social")
TOPICS = (
    "delivery time", "refund", "return label", "damaged", "size and fit", "product advice", "payment failed",
    "discount code", "out of stock", "invoice", "warranty", "wrong item", "account", "other",
)  # fmt: skip
MONTHS, BEGUN = 24, 1704067200  # 1 January 2024, in seconds
SPAN = 731 * 86_400
EACH = 1.318  # rows a question: what comes back, what is opened again, what stands there twice

ASKED = """
WITH questions AS (
    SELECT s, hash(s, 1) % 1000 AS luck, hash(s, 2) % 100 AS back,
        CASE WHEN hash(s, 3) % 100 < 3 THEN NULL WHEN hash(s, 3) % 200 = 7 THEN ' '
            ELSE (100000 + hash(s, 4) % {customers})::VARCHAR END AS customer_id,
        CASE WHEN hash(s, 5) % 50 = 0 THEN NULL
            ELSE {topics}[1 + sqrt(hash(s, 6) % 196)::INT % 14] END AS topic,
        {begun} + (s * {span}) // {questions} // 86400 * 86400 + 25200
            + (hash(s, 7) % 21600 + hash(s, 8) % 25200)::BIGINT AS asked,
        [0, 0, 0, 0, 1, 1, 1, 2, 2, 3][1 + (hash(s, 9) % 10)::INT] AS first
    FROM range({first}, {last}) made(s)
), turns AS (
    SELECT *, unnest(range(CASE WHEN back < 75 THEN 1 WHEN back < 94 THEN 2 ELSE 3 END)) AS turn FROM questions
), tickets AS (
    SELECT *, hash(s, turn, 10) AS chance,
        asked + turn * (3600 + (hash(s, 11) % 1500000)::BIGINT) AS opened,
        CASE WHEN turn > 0 AND hash(s, turn, 12) % 4 = 0 THEN (first + 1) % 4 ELSE first % 4 END AS way
    FROM turns
), placed AS (
    SELECT *, unnest(range(CASE WHEN chance % 1000 = 0 OR chance % 200 = 1 THEN 2 ELSE 1 END)) AS again,
        way = 2 AND chance % 11 = 0 AS abandoned
    FROM tickets
), timed AS (
    SELECT *, opened + CASE WHEN chance % 200 = 1 THEN again * 90000 ELSE 0 END AS moment,
        NOT abandoned AND chance % 37 > 0 AS answered,
        (CASE way WHEN 0 THEN 60 + chance // 7 % 150000 ELSE 2 + chance // 7 % 120 END)::BIGINT AS waited,
        (1 + chance // 77 % 240)::DOUBLE / 10 AS minutes
    FROM placed
)
SELECT (s * 4 + turn)::VARCHAR AS contact_id, customer_id, make_timestamp(moment * 1000000) AS opened_at,
    {channels}[1 + way] AS channel, topic,
    CASE WHEN chance % 5 = 0 THEN 'complaint' ELSE 'question' END AS kind,
    CASE WHEN answered THEN make_timestamp((moment + waited) * 1000000) END AS replied_at,
    CASE WHEN answered AND chance % 29 > 0 THEN make_timestamp((moment + waited + (minutes * 60)::BIGINT
        + CASE WHEN chance % 3 = 0 THEN chance // 13 % 200000 ELSE 0 END::BIGINT) * 1000000) END AS resolved_at,
    CASE WHEN answered AND chance % 31 > 0 THEN minutes END AS handling_minutes,
    CASE WHEN NOT abandoned THEN 'agent ' || (hash(s, turn, 13) % 40) END AS agent,
    CASE WHEN luck < 400 THEN (hash(s, 14) % {orders})::VARCHAR END AS order_id,
    CASE WHEN luck < 400 THEN 'after' ELSE 'before' END AS stage,
    chance % 14 = 0 AS transferred, abandoned,
    CASE WHEN way IN (1, 2) THEN (CASE WHEN abandoned THEN chance // 5 % 90 ELSE waited END)::DOUBLE END AS waiting_seconds,
    CASE WHEN answered AND chance % 9 < 4 THEN chance // 3 % 100 < 78 END AS satisfied,
    CASE WHEN answered AND chance % 9 < 4 THEN (2 + chance // 11 % 4)::BIGINT END AS friendliness,
    CASE WHEN answered AND chance % 9 < 4 THEN (2 + chance // 17 % 4)::BIGINT END AS knowledge
FROM timed ORDER BY opened_at
"""
BOUGHT = """
SELECT o::VARCHAR AS order_id,
    CASE WHEN hash(o, 21) % 40 = 0 THEN NULL ELSE (100000 + hash(q, 4) % {customers})::VARCHAR END AS customer_id,
    make_timestamp(({begun} + (q * {span}) // {questions} // 86400 * 86400 + 25200
        + (hash(o, 22) % 1900000)::BIGINT) * 1000000) AS ordered_at,
    (1000 + hash(o, 23) % 20000)::DOUBLE / 100 AS revenue,
    CASE WHEN hash(o, 24) % 12 = 0 THEN (hash(o, 25) % 1000)::DOUBLE / 100 ELSE 0.0 END AS refunded
FROM (SELECT o, (hash(o, 26) % {questions})::BIGINT AS q FROM range({orders}) made(o)) ORDER BY ordered_at
"""
COSTS = """
SELECT (DATE '2024-01-01' + to_months(m::INT))::DATE AS month, channel, (100 + hash(m, channel, 31) % 400)::DOUBLE AS hours,
    32::DOUBLE AS hourly_cost, 50::DOUBLE AS fixed_cost
FROM range(24) months(m), (SELECT unnest({channels}) AS channel)
"""


def make(rows: int) -> Path:
    """A folder with ``contacts/*.parquet``, ``orders.parquet`` and ``channel_costs.parquet``; made once, then found."""
    place = os.environ.get("CSWORKBOOK_BENCHMARKS", tempfile.gettempdir())
    folder = Path(place, f"csworkbook-contacts-{rows}")
    if not folder.is_dir():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        (unfinished / "contacts").mkdir(parents=True)
        _write(unfinished, rows)
        unfinished.rename(folder)
    return folder


def _write(folder: Path, rows: int) -> None:
    import duckdb

    questions, orders = round(rows / EACH), max(1, round(rows * 0.4))
    words = {
        "questions": questions, "orders": orders, "customers": max(5, round(rows / 2.5)), "begun": BEGUN, "span": SPAN,
        "topics": list(TOPICS), "channels": list(CHANNELS),
    }  # fmt: skip
    with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(folder / "spill")}) as engine:
        for month in range(MONTHS):
            ends = {
                "first": month * questions // MONTHS,
                "last": (month + 1) * questions // MONTHS,
            }
            drawn = ASKED.format(**words, **ends)
            engine.sql(f"COPY ({drawn}) TO '{folder}/contacts/month-{month:02}.parquet' (FORMAT parquet)")
        for name, drawn in (("orders", BOUGHT), ("channel_costs", COSTS)):
            engine.sql(f"COPY ({drawn.format(**words)}) TO '{folder}/{name}.parquet' (FORMAT parquet)")
    shutil.rmtree(folder / "spill", ignore_errors=True)


if __name__ == "__main__":
    print(make(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
