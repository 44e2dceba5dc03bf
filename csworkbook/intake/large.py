"""How does a file larger than memory should hold become tables? In batches, typed as its head tells, kept on disk."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.intake import beside, files, refusals
from csworkbook.intake.door import (
    Asked,
    Candidate,
    account,
    candidates_of,
    left_out,
    require_settings,
    set_aside,
    typed,
)
from csworkbook.intake.found import Intake
from csworkbook.language import gettext as _
from csworkbook.naming import column_name
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow.parquet as pq

    from csworkbook.intake.build import Built
    from csworkbook.intake.raw import Raw

_AT_ONCE = 2


@dataclass(frozen=True)
class OnDisk:
    """Rows kept in Parquet files, until nobody needs them any more."""

    folder: Path
    zone: str
    holder: tempfile.TemporaryDirectory = field(repr=False)

    @property
    def frame_file(self) -> Path:
        """The rows that are used."""
        return self.folder / "used.parquet"

    @property
    def aside_file(self) -> Path:
        """The rows set aside; not there when there are none."""
        return self.folder / "aside.parquet"

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows that are used, read whole."""
        from csworkbook.additions import read_frame

        return read_frame(self.frame_file, self.zone)

    @cached_property
    def aside(self) -> pd.DataFrame:
        """The rows set aside, read whole."""
        import pandas as pd

        if not self.aside_file.exists():
            return pd.DataFrame(columns=["row", "reason"])
        return pd.read_parquet(self.aside_file)


@dataclass
class _Growing:
    """One table of a large file in the making."""

    one: Candidate
    head: Built
    holder: tempfile.TemporaryDirectory
    read: int = 0
    used: int = 0
    private: list[tuple] = field(default_factory=list)
    problems: list[pd.DataFrame] = field(default_factory=list)
    writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)

    @property
    def rows(self) -> OnDisk:
        """Where the rows are kept."""
        return OnDisk(Path(self.holder.name), self.head.how.zone, self.holder)

    def typed(self, batch: Raw, asked: Asked) -> Built:
        """The rows of one batch, typed as the head of the file tells."""
        raw = self.one.fold(beside.with_clock(batch)[0])
        one = replace(self.one, raw=raw, left=())
        return typed(replace(one, left=set_aside(one)), asked, self.head.decided)

    def take(self, built: Built) -> None:
        """Keep the rows of one batch and their account."""
        from csworkbook.intake import checks

        aside = built.faults.aside()
        self.read += len(built.frame) + len(aside)
        self.used += len(built.frame)
        self.private += built.private
        self.problems.append(checks.problems(built.faults.every()))
        self._write("used", built.frame)
        if len(aside):
            self._write("aside", aside.astype("str").astype({"row": "int64"}))

    def _write(self, name: str, frame: pd.DataFrame) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(frame, preserve_index=False)
        if name not in self.writers:
            self.writers[name] = pq.ParquetWriter(self.rows.folder / f"{name}.parquet", table.schema)
        self.writers[name].write_table(table.cast(self.writers[name].schema))

    def close(self) -> None:
        """Every file whole."""
        for writer in self.writers.values():
            writer.close()


def tables_of_large(path: Path, asked: Asked, *, filename: str | None = None) -> list[Intake] | None:
    """Every table in a large file; None where its rows have to be seen together, as those of most known exports."""
    require_settings(asked)
    with files.batches(path, filename=filename) as batches:
        candidates = [one for one in candidates_of(batches.head, asked) if one.usable]
        if not candidates or any(one.export for one in candidates):
            return None
        growing = [_Growing(one, typed(one, asked), _holder()) for one in candidates]
        for every in _in_turn(partial(_typed, growing, asked), batches):
            for table, built in zip(growing, every, strict=True):
                table.take(built)
    return [_finished(table) for table in growing]


def _typed(growing: list[_Growing], asked: Asked, batch: Raw) -> list[Built]:
    """One batch, typed for every table it feeds."""
    return [table.typed(batch, asked) for table in growing]


def _in_turn(function: Callable[[Raw], list[Built]], batches: Iterable[Raw]) -> Iterator[list[Built]]:
    """The results for all batches in their order, some of them being worked out at the same time."""
    waiting: deque[Future] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for batch in batches:
            waiting.append(pool.submit(copy_context().run, function, batch))
            if len(waiting) > _AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _holder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="csworkbook-upload-large-")


def _finished(table: _Growing) -> Intake:
    """What came of a table, once the rows of all batches are seen together."""
    table.close()
    if not table.used:
        raise refusals.nothing_used(table.one.raw, table.rows.aside)
    key = TABLES[table.one.found.table].key
    if key:
        _keyed(table, key)
    notes = [*table.one.raw.notes, *table.one.notes, *table.head.notes, *left_out(table.private)]
    problems, private = _together(table.problems), _summed(table.private)
    return account(table.one, table.head, table.rows, (table.read, table.used), notes, problems, private)


def _keyed(table: _Growing, key: str) -> None:
    """Numbers that occur in several batches: rows of one order are joined, other rows are set aside."""
    import duckdb

    folder = table.rows.folder
    settings = {"memory_limit": "800MB", "temp_directory": str(folder)}
    with duckdb.connect(config=settings) as engine:
        quoted = str(table.rows.frame_file).replace("'", "''")
        engine.sql(f"CREATE VIEW used AS SELECT * FROM read_parquet('{quoted}', file_row_number = true)")
        base = f"split_part({key}, '-', 1)" if table.one.found.made_key else key
        engine.sql(f"CREATE TABLE twice AS SELECT {base} AS base FROM used GROUP BY 1 HAVING count(*) > 1")
        turn = f"row_number() OVER (PARTITION BY {base} ORDER BY file_row_number) AS turn"
        engine.sql(f"CREATE VIEW again AS SELECT *, {turn} FROM used SEMI JOIN twice ON base = {base}")
        extra = engine.sql("SELECT count(*) FROM again WHERE turn > 1").fetchall()[0][0]
        if extra:
            _settle(table, key, base, engine)
            table.used -= 0 if table.one.found.made_key else extra
            table.read -= extra if table.one.folds else 0


def _settle(table: _Growing, key: str, base: str, engine: duckdb.DuckDBPyConnection) -> None:
    """Every number once; the rows that share one go last."""
    found = table.one.found
    names = [name for name in engine.sql("SELECT * FROM used LIMIT 0").columns if name != "file_row_number"]
    cells, where = {name: f'"{name}"' for name in names}, "WHERE turn = 1"
    if found.made_key:
        cells[key], where = f"{base} || CASE WHEN turn > 1 THEN '-' || turn ELSE '' END", ""
    elif not table.one.folds:
        _set_aside(table, key, engine, names)
    elif any(match.why == "sum" for match in found.matches.values()):
        cells["revenue"] = f"(SELECT sum(revenue) FROM again AS lines WHERE lines.{key} = again.{key})"
    listed = ", ".join(f'{cell} AS "{name}"' for name, cell in cells.items())
    settled = table.rows.folder / "settled.parquet"
    rest = f"SELECT * EXCLUDE file_row_number FROM used ANTI JOIN twice ON base = {base}"
    engine.sql(f"{rest} UNION ALL BY NAME SELECT {listed} FROM again {where}").write_parquet(str(settled))
    settled.replace(table.rows.frame_file)


def _set_aside(table: _Growing, key: str, engine: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    """The second and later rows of a number, after the rows set aside of the batches."""
    import pandas as pd

    rest = engine.sql("SELECT * FROM again WHERE turn > 1").df()[names].astype("str")
    said = _("“{column}” is in an earlier part of the file already").format(column=column_name(key))
    rows = pd.DataFrame({"row": 0, **{name: rest[name] for name in names}, "reason": said})
    every = pd.concat([table.rows.aside, rows], ignore_index=True)
    every.to_parquet(table.rows.aside_file, index=False)


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The problems of all batches, grouped again."""
    import pandas as pd

    every = pd.concat(parts, ignore_index=True)
    if every.empty:
        return parts[0]
    groups = every.groupby(["column", "code"], sort=False)
    told = groups.first().assign(count=groups["count"].sum(), lines=groups["lines"].sum().str[:5])
    return told.reset_index()[list(parts[0].columns)].sort_values("count", ascending=False, ignore_index=True)


def _summed(private: list[tuple]) -> list[tuple]:
    """The personal data of all batches, counted together."""
    counts: dict[tuple, int] = {}
    for header, kind, what, cells in private:
        counts[header, kind, what] = counts.get((header, kind, what), 0) + cells
    return [(*told, cells) for told, cells in counts.items()]
