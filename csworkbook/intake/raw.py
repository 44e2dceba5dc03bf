"""A table as it stands in the user's file: text, the line each row came from, and what did not parse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Raw:
    """One table of a file.

    Attributes
    ----------
    frame : DataFrame
        The user's columns under the user's names; text from a text file, typed cells from a
        spreadsheet or Parquet.
    lines : array of int
        The line (or spreadsheet row) in the user's file where each row begins.
    broken : DataFrame
        Columns `row`, `text`, `reason`: lines that are no row of the table.
    notes : tuple of str
        What was found out about the file, as sentences.
    sheet : str or None
        The sheet of a spreadsheet.
    part : str or None
        The file inside a ZIP or folder, or the title of one of several tables in a text file.
    made : tuple of str
        Headers of columns that are not in the user's file but were derived from it.
    """

    frame: pd.DataFrame
    lines: np.ndarray
    broken: pd.DataFrame
    notes: tuple[str, ...] = ()
    filename: str = ""
    sheet: str | None = None
    extra: dict = field(default_factory=dict)
    part: str | None = None
    made: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        """Rows of data in the file, usable or not."""
        return len(self.frame) + len(self.broken)


def no_broken() -> pd.DataFrame:
    """An empty list of broken lines."""
    import pandas as pd

    return pd.DataFrame(
        {"row": pd.Series(dtype="int64"), "text": pd.Series(dtype=object), "reason": pd.Series(dtype=object)}
    )
