"""Engines that are not here: what is sent to them is SQL they know; and your own, where you name one.

    CSWORKBOOK_TEST_ENGINE=postgres://user@host/database pytest tests/events/test_warehouses.py

writes a table of 2,500 invented events there (``csworkbook_test_events``, dropped afterwards) and compares every
question with DuckDB's answer. Any address that ``ibis.connect`` takes will do.
"""

from __future__ import annotations

import os

import ibis
import pandas as pd
import pytest
import sqlglot
from ibis.expr import operations as ops

from csworkbook import events as engine
from csworkbook.events import chains

from .elsewhere import ASKED, STEPS, drawn, ordered

TABLE = "csworkbook_test_events"
TEXTS = ("visitor_id", "step", "device", "customer_id")
ABROAD = ("bigquery", "snowflake", "postgres", "databricks", "pyspark")
ONLY_DUCKDB = ("epoch_us", "date_diff(", "arg_min(", "arg_max(", "make_timestamp(", "list_filter(")


def refused(cast):
    """PostgreSQL makes no number of this size from yes or no."""
    return cast.arg.dtype.is_boolean() and (cast.to.is_int8() or cast.to.is_int16() or cast.to.is_int64())


@pytest.fixture(scope="module")
def own():
    """The table in an engine of the reader's choice."""
    address = os.environ.get("CSWORKBOOK_TEST_ENGINE")
    if not address:
        pytest.skip("CSWORKBOOK_TEST_ENGINE names no engine to compare with")
    there = ibis.connect(address)
    dropped(there)
    yield there.create_table(TABLE, ibis.memtable(drawn()))
    dropped(there)


def dropped(there):
    done = there.raw_sql(f"DROP TABLE IF EXISTS {TABLE}")  # ibis 12 drops no tables with sqlglot 30
    if hasattr(done, "close"):
        done.close()


@pytest.mark.parametrize("dialect", ABROAD)
@pytest.mark.parametrize("zone", ["timestamp('UTC', 6)", "timestamp(6)"])
@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_what_is_sent_to_a_warehouse_is_its_own_sql(dialect, zone, asked, monkeypatch):
    monkeypatch.setattr(chains, "is_here", lambda table: False)
    here = ibis.memtable(drawn())
    table = ibis.duckdb.connect().create_table(
        "events", here.cast({**dict.fromkeys(TEXTS, "string"), "at": zone})
    )
    tally = engine.follow(table, STEPS, **asked)._tally
    for expression in (tally.first, tally.far()):
        sql = ibis.to_sql(expression, dialect=dialect)
        assert sqlglot.parse_one(sql, read={"pyspark": "spark"}.get(dialect, dialect))
        said = sql.lower()
        assert not [name for name in ONLY_DUCKDB if name in said]
        assert not [cast for cast in expression.op().find(ops.Cast) if refused(cast)]
        assert all(len(least.arg) > 1 for least in expression.op().find(ops.Least))  # Spark wants two


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_an_engine_of_your_own_finds_the_same_visitors(own, asked):
    theirs = engine.follow(own, STEPS, **asked).frame()
    pd.testing.assert_frame_equal(ordered(theirs), ordered(engine.follow(drawn(), STEPS, **asked).frame()))
