"""Which table is in this Parquet file? Cells keep the types they have there; nested ones are flattened."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.errors import DataError
from csworkbook.intake import records
from csworkbook.intake.head import no_rows, require_columns
from csworkbook.intake.header import unique
from csworkbook.intake.raw import Raw, no_broken
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def read(data: bytes, filename: str) -> list[Raw]:
    """The table of a Parquet file."""
    file = _open(io.BytesIO(data), filename)
    return [_raw(_guarded(file.read, filename), filename, first=1)]


def batches(path: Path, filename: str, *, rows: int) -> Iterator[Raw]:
    """The rows of a Parquet file on disk, so many at a time."""
    first = 1
    for batch in _open(path, filename).iter_batches(batch_size=rows):
        yield _raw(batch, filename, first=first)
        first += batch.num_rows


def first(path: Path, filename: str, *, rows: int, places: int) -> Raw:
    """The first rows, and some of each of the row groups behind them."""
    import numpy as np
    import pandas as pd

    file = _open(path, filename)
    groups = np.cumsum([0] + [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)])
    behind = [n for n in range(file.num_row_groups) if groups[n] >= rows]
    chosen = sorted({behind[n * len(behind) // places] for n in range(places)} if behind else ())
    begun = next(file.iter_batches(batch_size=rows), None)
    if begun is None:
        raise no_rows(filename)
    raws = [_raw(begun, filename, first=1)]
    for group in chosen:
        batch = next(file.iter_batches(batch_size=max(1, rows // 4 // places), row_groups=[group]), None)
        if batch is not None and batch.num_rows:
            raws.append(_raw(batch, filename, first=int(groups[group]) + 1))
    frame = pd.concat([raw.frame for raw in raws], ignore_index=True)
    return replace(raws[0], frame=frame, lines=np.concatenate([raw.lines for raw in raws]))


def _open(source: io.BytesIO | Path, filename: str):
    import pyarrow.parquet as pq

    return _guarded(lambda: pq.ParquetFile(source), filename)


def _guarded(load, filename: str):
    """Run the reader; whatever it dislikes becomes one clear error."""
    import pyarrow as pa

    try:
        return load()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            _("{file} cannot be opened: it is damaged or not what its name says.").format(file=filename),
            next_step=_("Export it again, or export it as CSV, and bring that file."),
        ) from error


def _raw(table: pa.Table | pa.RecordBatch, filename: str, *, first: int) -> Raw:
    import numpy as np
    import pyarrow as pa

    said = (_("Parquet file."),)
    if any(pa.types.is_nested(field.type) for field in table.schema) and table.num_rows:
        lines = np.arange(first, first + table.num_rows)
        return records.flat(records.plain(table.to_pylist()), lines, filename, said=said)
    frame = _frame(table)
    require_columns(tuple(frame.columns), filename)
    if frame.empty:
        raise no_rows(filename)
    return Raw(frame, np.arange(first, first + len(frame)), no_broken(), said, filename)


def _frame(table: pa.Table | pa.RecordBatch) -> pd.DataFrame:
    """The cells as pandas has them; whole numbers stay whole, and words stay words."""
    import pyarrow as pa

    if isinstance(table, pa.RecordBatch):
        table = pa.Table.from_batches([table])
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            column = table.column(place).cast(field.type.value_type)
            table = table.set_column(place, field.name, column)
    names = list(map(str, table.column_names))
    table = table.rename_columns(unique(names))
    return table.to_pandas(ignore_metadata=True, integer_object_nulls=True)
