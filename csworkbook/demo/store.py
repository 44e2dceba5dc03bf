"""The demo shop on disk: canonical types, Parquet in batches, CSV to imitate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES = {"text": "str", "whole": "Int64", "flag": "boolean", "money": "float64", "number": "float64"}
_TIMES = ("time", "date")


def typed(frame: pd.DataFrame, name: str, offsets: dict[str, int] | None = None) -> pd.DataFrame:
    """The frame as canonical table `name`: columns in order, each of its kind; row numbers become ids.

    Parameters
    ----------
    offsets : dict
        What to add to the row numbers of a key column before they become identifiers; identifiers
        that are already text stay as they are.
    """
    table, offsets = TABLES[name], offsets or {}
    names = [column.name for column in table.columns if column.name in frame]
    rest = [column for column in frame if column not in names] if table.segments else []
    kinds = {column.name: column.kind for column in table.columns}
    made = {}
    for column in names + rest:
        kind = kinds.get(column, "word")
        made[column] = (
            _key(frame[column], offsets.get(column, 0)) if kind == "key" else _of_kind(frame[column], kind)
        )
    return pd.DataFrame(made)


def _of_kind(values: pd.Series, kind: str) -> pd.Series:
    if kind in _TIMES or isinstance(values.dtype, pd.CategoricalDtype):
        return values
    return values.astype("str").astype("category") if kind == "word" else values.astype(_TYPES[kind])


def _key(values: pd.Series, offset: int) -> pd.Series:
    """Row numbers as short text identifiers; a missing number stays missing."""
    if values.dtype.kind not in "iuf":
        return values.astype("str")
    return (
        (values.astype("Int64") + offset).astype("str")
        if values.dtype.kind == "f"
        else (values + offset).astype("str")
    )


class Writer:
    """Parquet files of one folder, written batch by batch; use it in a ``with`` block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, object] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_problem: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, name: str, frame: pd.DataFrame) -> None:
        """Append a batch to table `name`."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if name not in self._files:
            schema = _schema(frame)
            self._files[name] = pq.ParquetWriter(self.folder / f"{name}.parquet", schema, **_options(schema))
        file = self._files[name]
        file.write_table(pa.Table.from_pandas(frame, schema=file.schema, preserve_index=False))


def _schema(frame: pd.DataFrame) -> pa.Schema:
    """The frame's schema; words are dictionaries of text also where the first batch has none."""
    import pyarrow as pa

    schema = pa.Schema.from_pandas(frame, preserve_index=False)
    for number, name in enumerate(schema.names):
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            schema = schema.set(number, pa.field(name, pa.dictionary(pa.int8(), pa.large_string())))
    return schema


def _options(schema: pa.Schema) -> dict:
    """Dictionary encoding for what repeats; moments as differences; zstd for all."""
    import pyarrow as pa

    times = [field.name for field in schema if pa.types.is_timestamp(field.type)]
    return {
        "compression": "zstd",
        "compression_level": 3,
        "use_dictionary": [field.name for field in schema if field.name not in times],
        "column_encoding": dict.fromkeys(times, "DELTA_BINARY_PACKED"),
    }


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """A CSV file to imitate: comma, point, ISO times, UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, encoding="utf-8", lineterminator="\n", date_format="%Y-%m-%d %H:%M:%S%z")


def together(batches: list[pd.DataFrame]) -> pd.DataFrame:
    """Batches of one table as one frame; categories stay categories."""
    from pandas.api.types import union_categoricals

    if len(batches) == 1:
        return batches[0]
    frame = pd.concat(batches, ignore_index=True)
    for column in batches[0].columns[batches[0].dtypes == "category"]:
        frame[column] = union_categoricals([batch[column] for batch in batches], sort_categories=True)
    return frame


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return int(np.sum([path.stat().st_size for path in folder.rglob("*") if path.is_file()]))
