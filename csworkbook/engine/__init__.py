"""How does a frame, a file or a table in a warehouse become a table that an engine counts, the same everywhere?

What is brought may be a pandas frame, a file, folder or pattern of Parquet or CSV, or any Ibis table. Out
comes an Ibis table: DuckDB in this process for frames and files, else it stays where it is. Everywhere

- a time without a zone is in UTC, and time is counted in whole microseconds (`moment`) or seconds (`second`);
- a key is text without blanks around it, null where nothing is left: 7, 7.0 and " 7" are one customer;
- a column that should hold times or numbers and does not is refused in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.engine.brought import shared, table, whole
from csworkbook.engine.keeping import held, kept, opened
from csworkbook.engine.values import as_key, as_text, key, moment, no_times, second, times, timestamp

if TYPE_CHECKING:
    from csworkbook.engine.brought import Source as Source

__all__ = [
    "as_key",
    "as_text",
    "held",
    "kept",
    "key",
    "moment",
    "no_times",
    "opened",
    "second",
    "shared",
    "table",
    "times",
    "timestamp",
    "whole",
]  # fmt: skip
