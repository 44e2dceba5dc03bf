"""How does a table, a pandas frame or one in a warehouse, become an Ibis expression with known columns?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from csworkbook.tables import TABLES, Column, require

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    Frame = pd.DataFrame | ibis.Table

DAY = 86_400  # seconds
_KEY = Column("order_id", "key")  # a survey may carry it among its further columns
_COLUMNS = {
    "orders": ("order_id", "customer_id", "email_hash", "ordered_at", "revenue", "margin", "refunded", "channel"),
    "order_lines": ("order_id", "product_id", "quantity", "price", "category"),
    "returns": ("order_id", "product_id", "returned_at", "reason", "amount"),
    "contacts": (
        "contact_id", "customer_id", "email_hash", "order_id", "product_id", "opened_at", "channel", "topic",
        "handling_minutes", "abandoned", "text",
    ),
    "effort_survey": ("answered_at", "customer_id", "email_hash", "order_id", "choosing", "buying", "after"),
    "events": ("visitor_id", "session_id", "customer_id", "at", "step", "device", "seconds"),
}  # fmt: skip
_TYPES = {"money": "float64", "number": "float64", "whole": "float64", "flag": "boolean", "time": "timestamp"}


def read(frame: Frame, name: str) -> ibis.Table:
    """The columns of the canonical table `name` that the ledger looks at, each with one type.

    Keys are text without spaces around them, null where empty; a column that is not there is null.
    The time is called `at`, and `second` is the same in whole seconds since 1970, which every
    engine counts with alike.

    Parameters
    ----------
    frame : DataFrame or ibis.Table
        A pandas frame goes to DuckDB in this process; an Ibis table stays where it is.

    Raises
    ------
    DataError
        When a required column is missing.
    """
    require(frame, name)
    table = _engine(frame, name)
    table = table.select(**{column: _typed(table, name, column) for column in _COLUMNS[name]})
    time = next((c.name for c in TABLES[name].columns if c.kind == "time" and c.name in _COLUMNS[name]), None)
    if time is None:
        return table
    table = table.rename(at=time) if time != "at" else table
    return table.mutate(second=table.at.epoch_seconds().cast("int64"))


@contextlib.contextmanager
def held(table: ibis.Table) -> Iterator[ibis.Table]:
    """The table worked out once and kept by its engine inside the ``with`` block."""
    import ibis

    engine = ibis.get_backend(table)
    if engine.name != "duckdb":
        engine._run_pre_execute_hooks(table)  # ibis 12 caches without bringing small tables over first
        yield table.cache()
        return
    name = ibis.util.gen_name("ledger")  # what ibis 12 caches it cannot drop with sqlglot 30
    engine.create_table(name, table, temp=True)
    try:
        yield engine.table(name)
    finally:
        engine.raw_sql(f'DROP TABLE "{name}"')


def has(frame: Frame | None, column: str) -> bool:
    """Whether the table is there and has this column."""
    return frame is not None and column in frame.columns


def _engine(frame: Frame, name: str) -> ibis.Table:
    import ibis

    if isinstance(frame, ibis.Table):
        return frame
    frame = frame[[column for column in _COLUMNS[name] if column in frame]]
    times = {name: _utc(frame[name]) for name in frame.select_dtypes(["datetime", "datetimetz"])}
    return ibis.memtable(frame.assign(**times))


def _utc(times: pd.Series) -> pd.Series:
    """Zoned times in UTC, and all in microseconds, the most that every engine keeps."""
    return (times if times.dt.tz is None else times.dt.tz_convert("UTC")).dt.as_unit("us")


def _typed(table: ibis.Table, name: str, column: str) -> ibis.Value:
    import ibis

    known = next((known for known in TABLES[name].columns if known.name == column), _KEY)
    kind = _TYPES.get(known.kind, "string")
    if column not in table.columns:
        return ibis.null(kind)
    value = table[column]
    if known.kind == "time":
        return value if value.type().is_timestamp() else value.cast(kind)
    value = value.cast(kind)
    return value.strip().nullif("") if known.kind in ("key", "word") else value
