"""What does a second file add? New rows join a table, rows that are there already are recognised and counted.

DuckDB merges Parquet files, so that a table may be larger than memory.
"""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

    from csworkbook.intake import Intake

_TURN = "__turn"


@dataclass(frozen=True)
class Added:
    """How many rows of a file were new, how many were there already, and how many of those said something else."""

    new: int
    known: int
    changed: int


def write(intake: Intake, path: Path) -> None:
    """The rows of a file as Parquet, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = getattr(intake.rows, "frame_file", None)
    if kept is None:
        write_frame(intake.frame, path)
    else:
        shutil.copyfile(kept, path)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """A frame as Parquet, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        frame.to_parquet(temporary, index=False)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_frame(path: Path, zone: str) -> pd.DataFrame:
    """A table from Parquet, whoever wrote it: whole numbers and flags with gaps, times in the shop's zone."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    gaps = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame = pq.read_table(path).to_pandas(types_mapper=gaps.get, ignore_metadata=True)
    for name, kind in frame.dtypes.items():
        if isinstance(kind, pd.DatetimeTZDtype) and str(kind.tz) != zone:
            frame[name] = frame[name].dt.tz_convert(zone)
    return frame


def digest(path: Path) -> str:
    """What a file says, in 32 signs: the same for the same content."""
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def merge(table: str, new: Path, old: Path, *, append: bool = False) -> Added:
    """Put the rows in the file `new` to those in `old`; of rows in both, those of `new` stay.

    Parameters
    ----------
    table : str
        Canonical table: its `same` says by which columns a row is known. Order lines are known by their
        order, whose lines are replaced together; a table without such columns by the whole row, each
        time it occurs.
    new, old : Path
        Parquet files; `old` is replaced, whole or not at all, and need not be there yet.
    append : bool
        Every row is a new one.
    """
    import duckdb

    if not old.exists():
        with duckdb.connect() as engine:
            count = engine.sql("SELECT count(*) FROM read_parquet(?)", params=[str(new)]).fetchall()[0][0]
        old.parent.mkdir(parents=True, exist_ok=True)
        os.replace(new, old)
        return Added(count, 0, 0)
    temporary = old.with_name(f".{old.name}.{secrets.token_hex(4)}")
    try:
        with duckdb.connect() as engine:
            _views(engine, table, new, old)
            alike = "false" if append else _alike(engine, table)
            added = _counted(engine, alike)
            rest = f"SELECT * FROM old ANTI JOIN new ON {alike}"
            both = f"SELECT * EXCLUDE {_TURN} FROM ({rest} UNION ALL BY NAME SELECT * FROM new)"
            engine.sql(both).write_parquet(str(temporary), compression="zstd")
        os.replace(temporary, old)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return added


def _views(engine: DuckDBPyConnection, table: str, new: Path, old: Path) -> None:
    """The two files as views; rows that say the same are told apart by their turn."""
    engine.sql("SET preserve_insertion_order = true")
    for name, path in (("new", new), ("old", old)):
        quoted = str(path).replace("'", "''")
        engine.sql(f"CREATE VIEW {name}_file AS SELECT * FROM read_parquet('{quoted}')")
    columns = ", ".join(_quoted(_whole(engine))) if not TABLES[table].same else ""
    turn = f"row_number() OVER (PARTITION BY {columns})" if columns else "1"
    for name in ("new", "old"):
        engine.sql(f"CREATE VIEW {name} AS SELECT *, {turn} AS {_TURN} FROM {name}_file")


def _whole(engine: DuckDBPyConnection) -> list[str]:
    """The columns that both files have."""
    new, old = (engine.sql(f"SELECT * FROM {name}_file LIMIT 0").columns for name in ("new", "old"))
    return [name for name in new if name in old]


def _quoted(names: list[str] | tuple[str, ...]) -> list[str]:
    return ['"' + name.replace('"', '""') + '"' for name in names]


def _alike(engine: DuckDBPyConnection, table: str) -> str:
    """When a row of the one file is a row of the other."""
    names = TABLES[table].same or (*_whole(engine), _TURN)
    return " AND ".join(f"old.{name} IS NOT DISTINCT FROM new.{name}" for name in _quoted(names))


def _counted(engine: DuckDBPyConnection, known_when: str) -> Added:
    total = engine.sql("SELECT count(*) FROM new").fetchall()[0][0]
    known = engine.sql(f"SELECT count(*) FROM new SEMI JOIN old ON {known_when}").fetchall()[0][0]
    alike = " AND ".join(f"old.{name} IS NOT DISTINCT FROM new.{name}" for name in _quoted(_whole(engine)))
    equal = engine.sql(f"SELECT count(*) FROM new SEMI JOIN old ON {alike}").fetchall()[0][0]
    return Added(total - known, known, max(0, known - equal))
