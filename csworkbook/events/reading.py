"""How does a frame, a file or a table in a warehouse become a table of events that can be counted?"""

from __future__ import annotations

import contextlib
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.tables import require

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    Events = pd.DataFrame | ibis.Table | str | Path

_GONE: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # engine → names that it can let go of
_KEYS = ("visitor_id", "session_id", "customer_id", "product_id", "step", "device")


def read(events: Events) -> ibis.Table:
    """The events as an Ibis table: canonical columns typed, all other columns kept.

    Keys, steps and devices are text. `at` stays as it is, a time without a zone being in UTC;
    `moment` is the same in whole microseconds since 1970 UTC, which every engine counts with alike.

    Parameters
    ----------
    events : DataFrame, ibis.Table, str or Path
        visitor_id, at and step, and any further columns. Text is a file of Parquet or CSV, a folder of
        Parquet, or a pattern such as ``"events/*.parquet"``.

    Raises
    ------
    DataError
        When a required column is missing, the time is a number, or the file is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"visitor_id": [7], "at": ["1970-01-01T00:00:02+00:00"], "step": ["cart"]})
    >>> read(one).select("visitor_id", "moment").to_pandas().values.tolist()
    [['7', 2000000]]
    """
    table = source(events)
    keys = [name for name in _KEYS if name in table.columns and not table[name].type().is_string()]
    typed = {name: table[name].cast("string") for name in keys}
    return table.mutate(**typed, moment=moment(table.at))


def source(events: Events) -> ibis.Table:
    """The events as they came, with times in `at`.

    Raises
    ------
    DataError
        As in `read`.
    """
    table = _table(events)
    require(table, "events")
    _in_utc(table)
    if table.at.type().is_numeric():
        raise no_times()
    return table if table.at.type().is_timestamp() else table.mutate(at=table.at.cast("timestamp"))


def _in_utc(table: ibis.Table) -> None:
    """Spark reads and shows times in the zone of its session, which others who share it may have changed."""
    engine = table.get_backend()
    if engine.name == "pyspark":
        engine._session.conf.set("spark.sql.session.timeZone", "UTC")


def moment(at: ibis.Value) -> ibis.Value:
    """Whole microseconds since 1970 UTC; a time without a zone is in UTC."""
    import ibis

    zone = "UTC" if at.type().timezone else None
    return at.delta(ibis.timestamp("1970-01-01", timezone=zone), unit="microsecond")


def no_times() -> DataError:
    """What to say of a column of times that holds numbers."""
    return DataError(
        _("The column “at” of the events holds numbers, not times."),
        allowed=_("For example 2026-03-02 14:05:09."),
        next_step=_("Say in the export, or when you bring the file, which column is the time."),
    )


def timestamp(micros: ibis.Value) -> ibis.Value:
    """The timestamp of microseconds since 1970, in UTC and without a zone."""
    import ibis

    return ibis.timestamp("1970-01-01") + micros.as_interval("us")


def opened(memory: str = "4GB", folder: str | Path | None = None) -> object:
    """A DuckDB of its own for tables larger than memory.

    Parameters
    ----------
    memory : str
        The most it holds in memory.
    folder : str or Path, optional
        Where it writes what does not fit; without one in the system's temporary folder.

    Returns
    -------
    ibis.backends.duckdb.Backend
        Hand ``opened().read_parquet("events/*.parquet")`` to `csworkbook.events.follow`.
    """
    import tempfile

    import ibis

    return ibis.duckdb.connect(memory_limit=memory, temp_directory=str(folder or tempfile.gettempdir()))


def kept(table: ibis.Table) -> ibis.Table:
    """The table worked out once.

    When nobody looks at it any more its engine lets go of it, at the next call: not at once, because the
    engine may be in the middle of something.
    """
    import ibis

    engine = ibis.get_backend(table)
    if engine.name not in ("duckdb", "postgres"):
        engine._run_pre_execute_hooks(table)  # ibis 12 caches without bringing small tables over first
        return table.cache()
    gone = _GONE.setdefault(engine, [])
    while gone:
        _dropped(engine, gone.pop())
    name = ibis.util.gen_name("kept")  # what ibis 12 caches it cannot drop with sqlglot 30
    engine.create_table(name, table, temp=True)
    found = engine.table(name)
    weakref.finalize(found.op(), gone.append, name)
    return found


def _dropped(engine: object, name: str) -> None:
    with contextlib.suppress(Exception):  # the connection may be gone, and the table with it
        done = engine.raw_sql(f'DROP TABLE IF EXISTS "{name}"')
        done.close() if engine.name == "postgres" else done.fetchall()


def _table(events: Events) -> ibis.Table:
    import ibis

    if isinstance(events, ibis.Table):
        return events
    if isinstance(events, str | Path):
        return _file(Path(events))
    return _frame(events)


def _file(path: Path) -> ibis.Table:
    import ibis

    if "*" not in str(path) and not path.exists():
        raise DataError(
            _("There is no file {path}.").format(path=path), next_step=_("Check its name and folder.")
        )
    if {".csv", ".tsv", ".txt"} & set(path.suffixes):
        return ibis.read_csv(str(path))
    return ibis.read_parquet(str(path / "*.parquet" if path.is_dir() else path))


def _frame(frame: pd.DataFrame) -> ibis.Table:
    """A frame as DuckDB reads it: Arrow columns in place, times in UTC and microseconds."""
    import ibis
    import pandas as pd

    require(frame, "events")
    if frame["at"].dtype.kind in "biufc":
        raise no_times()
    times = {name: frame[name] for name in frame.select_dtypes(["datetime", "datetimetz"])}
    if "at" not in times:
        times["at"] = pd.to_datetime(frame["at"], utc=True, errors="coerce", format="ISO8601")
    times = {name: at if at.dt.tz is None else at.dt.tz_convert("UTC") for name, at in times.items()}
    frame = frame.assign(**{name: at.dt.as_unit("us") for name, at in times.items()})
    keys = [name for name in _KEYS if name in frame and frame[name].dtype == object]
    texts = {name: frame[name].map(str, na_action="ignore") for name in keys}
    return ibis.memtable(frame.assign(**texts))
