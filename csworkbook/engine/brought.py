"""How does what was brought become a table with known columns in an engine?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.engine.values import as_key, as_text, key, moment, no_times, times, timestamp
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.tables import TABLES, Column, require

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    Source = pd.DataFrame | ibis.Table | str | Path

_TYPES = {
    "money": "float64", "number": "float64", "whole": "float64", "flag": "boolean", "time": "timestamp", "date": "date",
}  # fmt: skip
_ZONED = r":[0-9]{2}([.][0-9]+)? ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$"
_CSV = {".csv", ".tsv", ".txt"}


def table(source: Source, name: str, columns: Sequence[str] | None = None) -> ibis.Table:
    """Columns of a canonical table, each with one type, whatever came in.

    Parameters
    ----------
    source : DataFrame, ibis.Table, str or Path
        Text is a file of Parquet or CSV, a folder of Parquet, or a pattern such as ``"orders/*.parquet"``.
    name : str
        The canonical table (see `csworkbook.tables`).
    columns : sequence of str, optional
        Which columns; all of the canonical table's when None. One that is not there is null.

    Returns
    -------
    ibis.Table
        Keys, words and texts are text (keys and words without blanks around them, null where empty), money and
        numbers float64, flags boolean; times timestamps in UTC, with a zone or without as they came.

    Raises
    ------
    DataError
        When a required column is missing, a time is a number, a number is text that cannot be read, or
        the file is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"order_id": [7.0], "customer_id": " k ", "ordered_at": ["2026-03-02"], "revenue": 5})
    >>> table(one, "orders", ["order_id", "customer_id", "revenue", "margin"]).to_pandas().values.tolist()
    [['7', 'k', 5.0, nan]]
    """
    wanted = [column.name for column in TABLES[name].columns] if columns is None else list(columns)
    found = _held_by_an_engine(source, name, wanted)
    return found.select(**{column: _typed(found, name, column) for column in wanted})


def whole(source: Source, name: str) -> ibis.Table:
    """Every column there is: times typed, keys and words as text, all else as it came.

    Keys that other tables know too (`shared`) are as in `table`. Words, and keys of this table alone (a
    visitor's), stay as they stand: to touch them on every row costs a funnel half its time again.
    """
    found = _held_by_an_engine(source, name)
    typed = {}
    for column in TABLES[name].columns:
        if column.name in found.columns and column.kind in ("key", "time", "word"):
            as_it_stands = column.kind == "word" or (column.kind == "key" and column.name not in shared(name))
            value = found[column.name]
            typed[column.name] = value.cast("string") if as_it_stands else _typed(found, name, column.name)
    return found.mutate(**{column: value for column, value in typed.items() if value is not found[column]})


@cache
def shared(name: str) -> frozenset[str]:
    """The keys of a table by which other tables are found.

    >>> sorted(shared("events"))
    ['customer_id', 'product_id']
    """
    others = [table for table in TABLES.values() if table.name != name]
    keys = (column.name for column in TABLES[name].columns if column.kind == "key")
    return frozenset(key for key in keys if any(key in table for table in others))


# ---------------------------------------------------------------- what came in
def _held_by_an_engine(source: Source, name: str, columns: Sequence[str] | None = None) -> ibis.Table:
    """The table with its required columns, as yet untyped; of a frame only `columns`, where they are given."""
    import ibis

    if isinstance(source, str | Path):
        source = _file(Path(source))
    require(source, name)
    if not isinstance(source, ibis.Table):
        return _frame(source if columns is None else source[[c for c in columns if c in source]], name)
    engine = source.get_backend()
    if engine.name == "pyspark":  # it reads times in its session's zone, which others may have changed
        engine._session.conf.set("spark.sql.session.timeZone", "UTC")
    return source


def _file(path: Path) -> ibis.Table:
    import glob

    import duckdb
    import ibis

    pattern = str(path / "*.parquet" if path.is_dir() else path)
    if not path.is_file() and not glob.glob(pattern, recursive=True):
        raise DataError(
            _("There is no file {path}.").format(path=pattern), next_step=_("Check its name and folder.")
        )
    read = ibis.read_csv if _CSV & set(path.suffixes) else ibis.read_parquet
    try:
        return read(pattern)
    except duckdb.Error as error:
        raise DataError(
            _("The file {path} cannot be read.").format(path=pattern),
            allowed=_("Files of Parquet or CSV."),
            next_step=_("Make the export again, or bring the file on the start page."),
        ) from error


def _frame(frame: pd.DataFrame, name: str) -> ibis.Table:
    """A frame as DuckDB reads it: Arrow columns in place, times in UTC, and mixed columns as text."""
    import ibis

    changed = {column: _plain(frame[column], name) for column in frame.columns}
    changed = {column: values for column, values in changed.items() if values is not None}
    return ibis.memtable(frame.assign(**changed))


def _plain(values: pd.Series, name: str) -> pd.Series | None:
    """A column that DuckDB cannot read as it is, or would read otherwise; None for one that it can."""
    kind = _known(name, values.name).kind
    if kind == "date" and values.dtype.kind == "M":
        return values.dt.tz_localize(None)  # a day is a day, not a moment
    if kind == "time" or values.dtype.kind == "M":
        return times(values, name)
    if values.dtype == object:
        return values.map(as_key if kind == "key" else as_text, na_action="ignore")
    return None


def _known(name: str, column: str) -> Column:
    """What a column is, by its own table or (a survey may carry an order number) by another one."""
    tables = (TABLES[name], *TABLES.values())
    return next((table[column] for table in tables if column in table), Column(column, "text"))


def _typed(found: ibis.Table, name: str, column: str) -> ibis.Value:
    import ibis

    known = _known(name, column)
    kind = _TYPES.get(known.kind, "string")
    if column not in found.columns or found[column].type().is_null():
        return ibis.null(kind)
    value = found[column]
    if known.kind == "time":
        return _time(value, name)
    if known.kind in ("key", "word"):
        return key(value)
    if kind != "string" and value.type().is_string():
        return _read(found, name, known)
    return value.cast(kind)


def _time(value: ibis.Value, name: str) -> ibis.TimestampValue:
    kind = value.type()
    if kind.is_numeric():
        raise no_times(name, value.get_name())
    if kind.is_timestamp():
        return value
    return _said(value) if kind.is_string() else value.cast("timestamp")


def _said(text: ibis.StringValue) -> ibis.TimestampValue:
    """The moment that a text says, in UTC and without a zone; engines look past the zone that it names."""
    import ibis

    plain = _tried(text, "timestamp")
    if not text.get_backend().has_operation(ibis.expr.operations.TimestampDelta):
        return plain
    zoned = timestamp(moment(_tried(text, "timestamp('UTC', 6)")))
    return text.re_search(_ZONED).fill_null(False).ifelse(zoned, plain)


def _tried(value: ibis.Value, kind: str) -> ibis.Value:
    """Text as what it says; null where it says something else, in engines that can try."""
    import ibis

    trying = value.get_backend().has_operation(ibis.expr.operations.TryCast)
    return value.try_cast(kind) if trying else value.cast(kind)


def _read(found: ibis.Table, name: str, column: Column) -> ibis.Value:
    """Text as the number, flag or day that it says."""
    kind, text = _TYPES[column.kind], found[column.name].strip().nullif("")
    value = _tried(text, kind)
    unread = found.filter(text.notnull(), value.isnull()).select(said=text).limit(1)
    if wrong := unread.to_pyarrow()["said"].to_pylist():
        raise DataError(
            _("The column “{column}” of the table {table} holds “{value}”, which cannot be used.").format(
                column=column.name, table=name, value=wrong[0][:60]
            ),
            allowed=_allowed(kind),
            next_step=_("Mend it in the export, or bring the file on the start page."),
        )
    return value


def _allowed(kind: str) -> str:
    return {
        "float64": _("A number, for example 12.50."),
        "boolean": _("Only true and false."),
        "date": _("A day, for example 2026-03-02."),
    }[kind]
