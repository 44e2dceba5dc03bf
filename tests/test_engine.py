"""What comes into an engine, by hand: times, keys, numbers and files in every shape, and what cannot be used."""

from __future__ import annotations

import datetime as dt
import gc
from decimal import Decimal

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import engine, ledger
from csworkbook.errors import DataError
from csworkbook.events import follow

NOON = 1_767_268_800  # 2026-01-01 12:00 UTC, as `date -u -d '2026-01-01 12:00' +%s` says
ORDERS = pd.DataFrame(
    {
        "order_id": ["1"],
        "customer_id": ["k"],
        "ordered_at": pd.to_datetime(["2026-01-01 12:00"]),
        "revenue": [5.0],
    }
)
AT = ORDERS["ordered_at"]


def read(source, *columns, name="orders"):
    """The cells of a table's columns, missing ones None."""
    found = engine.table(source, name, columns)
    return [tuple(row.values()) for row in found.to_pyarrow().to_pylist()]


def elsewhere(frame, zone="UTC"):
    """The frame as a table of another DuckDB, whose session has a zone."""
    there = ibis.duckdb.connect()
    made = there.create_table("brought", ibis.memtable(frame))
    there.raw_sql(f"SET TimeZone = '{zone}'")
    return made


WAYS = pytest.mark.parametrize(
    "way", [lambda frame: frame, elsewhere, lambda frame: elsewhere(frame, "Asia/Kolkata")],
    ids=["frame", "another DuckDB", "one in Kolkata"],
)  # fmt: skip


# ---------------------------------------------------------------- times
@WAYS
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata"])
def test_a_moment_is_the_same_whatever_its_zone_and_unit(way, unit, zone):
    at = AT.dt.tz_localize("UTC").dt.tz_convert(zone) if zone else AT
    found = engine.table(way(ORDERS.assign(ordered_at=at.dt.as_unit(unit))), "orders", ["ordered_at"])
    found = found.select(micros=engine.moment(found.ordered_at), seconds=engine.second(found.ordered_at))
    assert found.to_pyarrow().to_pylist() == [{"micros": NOON * 1_000_000, "seconds": NOON}]


@WAYS
def test_a_second_is_over_before_the_next_begins(way):
    at = pd.to_datetime(["2026-01-01 12:00:00.999999", "1969-12-31 23:59:59.5", None], utc=True)
    found = engine.table(way(ORDERS.loc[[0, 0, 0]].assign(ordered_at=at)), "orders", ["ordered_at"])
    assert found.select(s=engine.second(found.ordered_at)).to_pyarrow()["s"].to_pylist() == [NOON, -1, None]


@WAYS
@pytest.mark.parametrize(
    "said",
    ["2026-01-01 12:00", "2026-01-01T13:00:00+01:00", "2026-01-01T12:00:00Z", "2026-01-01 17:30:00.000+0530"],
)
def test_a_time_said_in_words(way, said):
    found = engine.table(way(ORDERS.assign(ordered_at=said)), "orders", ["ordered_at"])
    assert found.select(s=engine.second(found.ordered_at)).to_pyarrow()["s"].to_pylist() == [NOON]


@WAYS
def test_a_day_and_what_is_no_time_at_all(way):
    said = ORDERS.loc[[0] * 4].assign(ordered_at=["2026-01-01", "yesterday", "", None])
    found = engine.table(way(said), "orders", ["ordered_at"])
    seconds = found.select(s=engine.second(found.ordered_at)).to_pyarrow()["s"].to_pylist()
    assert seconds == [NOON - 12 * 3600, None, None, None]


def test_times_as_objects():
    at = np.array([dt.datetime(2026, 1, 1, 12), None], dtype=object)
    found = engine.table(ORDERS.loc[[0, 0]].assign(ordered_at=at), "orders", ["ordered_at"])
    assert found.select(s=engine.second(found.ordered_at)).to_pyarrow()["s"].to_pylist() == [NOON, None]


def test_there_and_back_again():
    table = ibis.memtable({"micros": [NOON * 1_000_000 + 7]})
    at = table.select(at=engine.timestamp(table.micros)).to_pyarrow()["at"].to_pylist()
    assert at == [dt.datetime(2026, 1, 1, 12, 0, 0, 7)]


@WAYS
def test_numbers_are_no_times(way):
    with pytest.raises(DataError) as told:
        engine.table(way(ORDERS.assign(ordered_at=20260101)), "orders")
    assert str(told.value) == (
        "The column “ordered_at” of the table orders holds numbers, not times. For example 2026-03-02 14:05:09. "
        "Say in the export, or when you bring the file, which column is the time."
    )
    with pytest.raises(DataError, match="“at” of the table events holds numbers"):
        follow(way(pd.DataFrame({"visitor_id": ["a"], "at": [1.5], "step": ["cart"]})), ["cart"])


def test_a_column_of_times_that_is_quite_empty_is_no_number():
    back = pd.DataFrame({"order_id": "1", "product_id": "p", "returned_at": AT, "handled_at": [np.nan]})
    assert read(back, "handled_at", name="returns") == [(None,)]


def test_a_month_stays_the_month_it_is():
    month = pd.to_datetime(["2026-03-01"]).tz_localize("Europe/Amsterdam")  # 23:00 in February for others
    costs = pd.DataFrame({"month": month, "channel": "phone", "hours": 3})
    assert read(costs, "month", name="channel_costs") == [(dt.date(2026, 3, 1),)]


# ---------------------------------------------------------------- keys
SAME = {
    "text": ["7", " 7", "7\t", " 7\r\n"],
    "whole numbers": [7, 7, 7, 7],
    "numbers with gaps": [7.0, 7.0, 7.0, np.nan],
    "objects": np.array([7, 7.0, "7 ", None], dtype=object),
    "decimals": np.array([Decimal(7)] * 3 + [None], dtype=object),
    "categories": pd.Categorical(["7", " 7", "7 ", None]),
    "whole numbers of pandas": pd.array([7, 7, 7, None], dtype="Int64"),
}


FRAMES = {"objects", "decimals"}  # no engine holds a column of several kinds


@pytest.mark.parametrize("kind", sorted(FRAMES))
def test_a_key_is_one_in_a_column_of_objects(kind):
    found = engine.table(ORDERS.loc[[0] * 4].assign(customer_id=SAME[kind]), "orders", ["customer_id"])
    assert found.to_pyarrow()["customer_id"].to_pylist() == ["7", "7", "7", None]


@WAYS
@pytest.mark.parametrize("kind", [kind for kind in SAME if kind not in FRAMES])
def test_a_key_is_one_however_it_is_written(way, kind):
    frame = ORDERS.loc[[0] * 4].assign(customer_id=SAME[kind])
    assert {key for (key,) in read(way(frame), "customer_id")} - {None} == {"7"}


@WAYS
def test_a_key_of_nothing_but_blanks_is_none(way):
    keys = ["", "  ", "\t\n", None, "a b", "-", "7.5", "ü "]
    frame = ORDERS.loc[[0] * 8].assign(customer_id=keys)
    assert [key for (key,) in read(way(frame), "customer_id")] == [None] * 4 + ["a b", "-", "7.5", "ü"]
    assert [engine.as_key(key) for key in keys if key is not None] == [None] * 3 + ["a b", "-", "7.5", "ü"]


@pytest.mark.parametrize("value", [7.5, 1e18, -3.0, float("inf")])
def test_numbers_that_are_hardly_keys_are_the_same_in_and_out_of_an_engine(value):
    table = ibis.memtable({"k": [value]})
    assert table.select(k=engine.key(table.k)).to_pyarrow()["k"].to_pylist() == [engine.as_key(value)]


def test_a_number_that_is_none():
    there = ibis.duckdb.connect()
    there.raw_sql("CREATE TABLE odd AS SELECT 'nan'::DOUBLE AS k")
    table = there.table("odd")
    assert table.select(k=engine.key(table.k)).to_pyarrow()["k"].to_pylist() == [None]


def test_a_customer_of_the_orders_is_the_one_of_the_events():
    """The orders tell him as a number, the events as one with gaps, as text with a blank, or from an engine."""
    orders = ORDERS.assign(customer_id=[7])
    at = pd.to_datetime(["2026-01-01 10:00", "2026-01-01 11:00", "2026-01-01 11:30"])
    events = pd.DataFrame(
        {"visitor_id": ["phone", "laptop", "other"], "at": at, "step": ["cart", "paid", "cart"]}
    )
    for customers in ([7.0, 7.0, np.nan], ["7 ", " 7", None]):
        named = events.assign(customer_id=customers)
        for way in (named, elsewhere(named), engine.whole(named, "events")):
            found = follow(way, ["cart", "paid"], per="customer").frame()
            assert found[["unit", "customer_id", "level"]].to_numpy().tolist() == [["7", "7", 2]]
        table = ledger.matches(orders, events=named).table.set_index("table")
        assert table.loc["events", ["rows", "customer", "no_id"]].tolist() == [3, 2, 1]


def test_which_keys_other_tables_know():
    assert engine.shared("events") == {"customer_id", "product_id"}
    assert engine.shared("orders") == {"order_id", "customer_id", "email_hash"}


# ---------------------------------------------------------------- columns
@WAYS
def test_a_column_that_is_not_there_is_null_and_has_its_type(way):
    found = engine.table(way(ORDERS), "orders")
    assert list(found.columns) == [
        "order_id", "customer_id", "ordered_at", "revenue", "margin", "shipping", "discount", "channel", "device",
        "first_order", "refunded", "email_hash",
    ]  # fmt: skip
    kinds = [str(found[name].type()) for name in ("margin", "channel", "first_order", "email_hash")]
    assert kinds == ["float64", "string", "boolean", "string"]
    assert read(way(ORDERS), "margin", "first_order", "order_id") == [(None, None, "1")]


def test_a_column_of_nothing_is_of_its_kind_too():
    frame = ORDERS.assign(margin=None, first_order=np.nan, channel=None)
    assert read(frame, "margin", "first_order", "channel") == [(None, None, None)]
    kinds = engine.table(frame, "orders", ["margin", "first_order", "channel"]).schema().types
    assert [str(kind) for kind in kinds] == ["float64", "boolean", "string"]


def test_a_survey_may_carry_an_order_number():
    survey = pd.DataFrame(
        {"answered_at": AT, "choosing": [1], "buying": [None], "after": [3], "order_id": [7.0]}
    )
    assert read(survey, "order_id", "buying", "after", name="effort_survey") == [("7", None, 3.0)]


@WAYS
def test_an_empty_table(way):
    assert read(way(ORDERS.head(0)), "order_id", "ordered_at", "revenue") == []


@pytest.mark.parametrize("name", ["order_id", "customer_id", "ordered_at", "revenue"])
@WAYS
def test_a_required_column_that_is_missing_is_named(way, name):
    with pytest.raises(DataError, match=f"The table orders lacks the column\\(s\\) {name}. Needed: order_id"):
        engine.table(way(ORDERS.drop(columns=name)), "orders", ["order_id"])


@WAYS
def test_numbers_and_flags_written_as_text(way):
    frame = ORDERS.loc[[0] * 3].assign(revenue=["12.50", " ", None], first_order=["true", "False", ""])
    assert read(way(frame), "revenue", "first_order") == [(12.5, True), (None, False), (None, None)]


def test_numbers_as_objects():
    frame = ORDERS.loc[[0] * 3].assign(revenue=np.array([Decimal("12.50"), 3, None], dtype=object))
    assert read(frame, "revenue") == [(12.5,), (3.0,), (None,)]


@WAYS
@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [("revenue", "12,50", "A number, for example 12.50."), ("first_order", "maybe", "Only true and false.")],
)
def test_text_that_is_no_number_is_refused_with_its_value(way, column, value, allowed):
    with pytest.raises(DataError) as told:
        engine.table(way(ORDERS.assign(**{column: value})), "orders")
    assert str(told.value) == (
        f"The column “{column}” of the table orders holds “{value}”, which cannot be used. {allowed} "
        "Mend it in the export, or bring the file on the start page."
    )


def test_a_day_that_is_none():
    costs = pd.DataFrame({"month": ["March"], "channel": "phone", "hours": 3})
    with pytest.raises(
        DataError, match=r"holds “March”, which cannot be used. A day, for example 2026-03-02"
    ):
        engine.table(costs, "channel_costs")


def test_every_other_column_stays_as_it_is():
    log = pd.DataFrame(
        {"visitor_id": [" v "], "at": AT, "step": [" cart"], "customer_id": [" k "], "hits": [3]}
    )
    mixed = log.assign(note=np.array([True], dtype=object))
    found = engine.whole(mixed, "events").to_pyarrow().to_pylist()[0]
    assert [found[name] for name in ("visitor_id", "step", "customer_id", "hits", "note")] == [
        " v ", " cart", "k", 3, "true",
    ]  # fmt: skip


def test_a_frame_is_not_changed():
    frame = pd.DataFrame({**ORDERS, "customer_id": np.array([7.0], dtype=object)})
    before = frame.copy(deep=True)
    engine.table(frame, "orders").to_pyarrow()
    pd.testing.assert_frame_equal(frame, before)


# ---------------------------------------------------------------- files
def test_a_file_a_folder_and_a_pattern(tmp_path):
    two = pd.concat([ORDERS, ORDERS.assign(order_id="2")])
    (tmp_path / "parts").mkdir()
    for n in (0, 1):
        two.iloc[[n]].to_parquet(tmp_path / "parts" / f"{n}.parquet")
    two.to_csv(tmp_path / "orders.csv", index=False)
    sources = [
        tmp_path / "parts",
        str(tmp_path / "parts"),
        f"{tmp_path}/*/*.parquet",
        tmp_path / "orders.csv",
    ]
    for source in sources:
        assert sorted(read(source, "order_id", "revenue")) == [("1", 5.0), ("2", 5.0)]
    assert read(tmp_path / "parts" / "1.parquet", "order_id") == [("2",)]


@pytest.mark.parametrize("name", ["orders.parquet", "*.parquet", "orders.csv", ""])
def test_a_file_that_is_not_there(tmp_path, name):
    with pytest.raises(
        DataError, match=r"There is no file .*(orders|\*)\.(parquet|csv)\. Check its name and folder\."
    ):
        engine.table(tmp_path / name, "orders")


@pytest.mark.parametrize("name", ["orders.parquet", "orders.csv"])
def test_a_file_that_is_something_else(tmp_path, name):
    (tmp_path / name).write_bytes(bytes(range(256)) * 9)
    with pytest.raises(DataError, match=f"{name} cannot be read"):
        engine.table(tmp_path / name, "orders").to_pyarrow()


def test_a_file_without_the_columns(tmp_path):
    ORDERS.drop(columns="revenue").to_parquet(tmp_path / "orders.parquet")
    with pytest.raises(DataError, match="revenue"):
        engine.table(tmp_path / "orders.parquet", "orders")


# ---------------------------------------------------------------- what is kept
def tables_of(backend):
    return {name for (name,) in backend.raw_sql("SELECT table_name FROM duckdb_tables()").fetchall()}


def test_what_is_kept_goes_when_nobody_looks_at_it():
    backend = ibis.duckdb.connect()
    there = backend.create_table("a", ibis.memtable({"a": [1, 2]}))
    found = engine.kept(there.mutate(b=there.a + ibis.random()))
    name, more = found.op().name, found.filter(found.a > 1)
    assert found.b.sum().execute() == found.b.sum().execute()  # worked out once
    del found
    gc.collect()
    engine.kept(there)
    assert name in tables_of(backend)
    assert more.count().execute() == 1
    del more
    gc.collect()
    engine.kept(there)
    assert name not in tables_of(backend)


def test_what_is_held_goes_with_its_block():
    backend = ibis.duckdb.connect()
    there = backend.create_table("a", ibis.memtable({"a": [1, 2]}))
    with engine.held(there.filter(there.a > 1)) as found:
        assert found.count().execute() == 1
        assert tables_of(backend) == {"a", found.op().name}
    assert tables_of(backend) == {"a"}


def test_what_is_held_goes_when_something_fails_and_when_the_engine_has_gone():
    backend = ibis.duckdb.connect()
    there = backend.create_table("a", ibis.memtable({"a": [1]}))
    with pytest.raises(ZeroDivisionError), engine.held(there):
        raise ZeroDivisionError
    assert tables_of(backend) == {"a"}
    with engine.held(there):
        backend.disconnect()


def test_small_tables_come_along():
    backend = ibis.duckdb.connect()
    there = backend.create_table("a", ibis.memtable({"a": [1, 2]}))
    with engine.held(there.inner_join(ibis.memtable({"a": [2], "b": ["x"]}), "a")) as found:
        assert found.to_pyarrow().to_pylist() == [{"a": 2, "b": "x"}]


def test_an_engine_of_its_own_with_little_memory(tmp_path):
    ORDERS.to_parquet(tmp_path / "orders.parquet")
    small = engine.opened("200MB", tmp_path)
    assert small.raw_sql("SELECT current_setting('memory_limit')").fetchone()[0].startswith("190.7")  # in MiB
    assert small.raw_sql("SELECT current_setting('temp_directory')").fetchone()[0] == str(tmp_path)
    assert read(small.read_parquet(tmp_path / "orders.parquet"), "order_id") == [("1",)]


# ---------------------------------------------------------------- Spark
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::Warning")
class TestSpark:
    """The same in a session that somebody set to another zone after the table was there."""

    @pytest.fixture
    def there(self, spark, tmp_path):
        def brought(frame):
            frame.to_parquet(tmp_path / "orders.parquet")
            spark._session.conf.set("spark.sql.session.timeZone", "America/New_York")
            return spark.read_parquet(tmp_path / "orders.parquet")

        yield brought
        spark._session.conf.set("spark.sql.session.timeZone", "UTC")

    @pytest.mark.parametrize("zone", [None, "Asia/Kolkata"])
    def test_moments_and_keys(self, there, zone):
        at = AT.dt.tz_localize("UTC").dt.tz_convert(zone) if zone else AT
        found = engine.table(
            there(ORDERS.assign(ordered_at=at, customer_id=" 7\t", order_id=[7.0])), "orders"
        )
        found = found.select("order_id", "customer_id", s=engine.second(found.ordered_at))
        with engine.held(found) as held:
            assert held.to_pyarrow().to_pylist() == [{"order_id": "7", "customer_id": "7", "s": NOON}]
