"""What has the owner brought? Any export in, canonical tables out, with every row accounted for.

    found = intake.read("responses.csv")
    found.table, found.frame, found.aside, found.mapping, found.notes

Rooms: `files` (what kind of file), `encoding`, `delimited`, `whole`, `sheets` and `header` (its rows and columns),
`systems` (known exports, as data in ``content/systems``), `profile`, `recognise`, `by_content` and `pairs` (which
table and columns), `values`, `times`, `durations`, `alike`, `answers` and `personal` (what the cells mean),
`service_form` (a form about service, one row per respondent; with `service_headers`, `service_items`,
`service_numbers`, `service_points`, `service_columns`, `service_asked` and `likert`), `cells`, `build`, `checks`
and `faults` (the frame and the rows set aside), `questions` and `choices` (what the owner is asked and said), `door`
(all of it in order).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from csworkbook.intake.choices import Choices, Question
from csworkbook.intake.door import Asked, fingerprint, tables_of
from csworkbook.intake.found import ColumnMatch, Intake, NotRecognised
from csworkbook.intake.service_items import Items

__all__ = [
    "Choices",
    "ColumnMatch",
    "Intake",
    "Items",
    "NotRecognised",
    "Question",
    "fingerprint",
    "read",
    "read_all",
]

Source = str | os.PathLike | bytes | IO[bytes]


def read(
    source: Source,
    *,
    table: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    choices: Choices | Callable[[str], Choices | None] | None = None,
    key: bytes | None = None,
    zone: str = "Europe/Amsterdam",
    items: Items | None = None,
    filename: str | None = None,
    sheet: str | None = None,
) -> Intake:
    """Read a user's file as the canonical table it most probably is.

    Parameters
    ----------
    source : path, bytes or binary file
        CSV, TSV, XLSX, XLS, ODS, JSON, JSON Lines or Parquet, or a ZIP or folder of those.
    table : str, optional
        The canonical table it must be.
    mapping : mapping, optional
        Header → canonical column, segment name or None, as corrected by the user; other columns are recognised.
    choices : Choices, or function from a fingerprint to Choices, optional
        What the owner said before: columns, date order, scale, words.
    key : bytes, optional
        The workbook's secret, for ids made from e-mail addresses.
    zone : str
        The shop's time zone, for times without an offset.
    items : Items, optional
        The shop's own questions about service; the 22 of SERVQUAL otherwise.
    filename, sheet : str, optional
        The name for messages; the sheet to read of a spreadsheet.

    Raises
    ------
    DataError
        When nothing in the file can be used; a NotRecognised when its columns are not known.
    SettingError
        When `table`, `mapping`, `zone` or `sheet` cannot be.
    """
    options = {"table": table, "mapping": mapping, "choices": choices, "key": key, "zone": zone}
    options["items"] = items
    return read_all(source, filename=filename, sheet=sheet, **options)[0]


def read_all(
    source: Source,
    *,
    table: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    choices: Choices | Callable[[str], Choices | None] | None = None,
    key: bytes | None = None,
    zone: str = "Europe/Amsterdam",
    items: Items | None = None,
    filename: str | None = None,
    sheet: str | None = None,
) -> list[Intake]:
    """Every table in the file, the most probable first; parameters as `read`.

    One file may feed several tables: each sheet and each file in a ZIP its own, and rows that hold two, such as
    orders with their lines.
    """
    from csworkbook.intake import files

    asked = Asked(table, mapping or {}, choices or Choices(), key, zone, items)
    if isinstance(source, (str, os.PathLike)) and files.large(source):
        from csworkbook.intake.large import tables_of_large

        found = tables_of_large(Path(source), asked, filename=filename)
        if found:
            return found
    return tables_of(files.read(source, filename=filename, sheet=sheet), asked)
