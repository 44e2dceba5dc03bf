"""What are the rows of this text file? CSV, TSV and their cousins, tidy or not.

The head of the file tells how (see `head`). Where a line is not one whole row (see `whole`), DuckDB reads the rows
as text and lists the lines that do not fit. Blank lines are marked for it first, so that they are counted instead
of skipped, and a quotation mark that is never closed costs its own line only.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING

from csworkbook.intake import whole
from csworkbook.intake.encoding import Text
from csworkbook.intake.head import SPACES, Dialect, Head, dialect, look, no_rows, notes, short, tabbed
from csworkbook.intake.raw import Raw, no_broken
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

__all__ = ["dialect", "read", "rows"]

LONGEST_LINE = 1 << 24
_ROUNDS = 8
_MARK = "\x1e"
_FOUND = re.compile(r"Found: (\d+)")


def read(text: Text, filename: str, *, above: int = 0, delimiter: str | None = None) -> Raw:
    """The table in a text file, or in a part of it with so many lines above; DataError where there is none."""
    found = look(text.data, filename, delimiter=delimiter)
    if found.style.delimiter == SPACES:
        return _parted_by_spaces(text, filename, above)
    last = _without_blank_end(text.data)
    if found.start >= last:
        raise no_rows(filename)
    body = memoryview(text.data)[found.start : last]
    return table(body, found, filename, first_line=found.line + above, said=notes(text, found))


def table(
    body: memoryview, found: Head, filename: str, *, first_line: int, said: tuple[str, ...] = ()
) -> Raw:
    """The rows below a header that was found, of which the first stands on this line."""
    names = list(found.header.names)
    cells, broken, lines = rows(body, len(names), found.style, first_line=first_line)
    frame = cells.rename_columns(names).to_pandas()
    return Raw(frame, lines, broken, said, filename, extra={"delimiter": found.style.delimiter})


def _parted_by_spaces(text: Text, filename: str, above: int) -> Raw:
    """A file with its columns under each other, read with a tab for each run of spaces."""
    raw = read(replace(text, data=tabbed(text.data)), filename, above=above, delimiter="\t")
    said = notes(text, look(text.data, filename, delimiter=SPACES))
    return replace(raw, notes=said, extra={"delimiter": SPACES})


def _without_blank_end(data: bytes) -> int:
    """The place behind the last line with anything in it."""
    return len(data.rstrip(b"\n")) if data.endswith(b"\n\n") else len(data) - data.endswith(b"\n")


def rows(
    body: memoryview, width: int, style: Dialect, *, first_line: int
) -> tuple[pa.Table, pd.DataFrame, np.ndarray]:
    """All rows as text, the lines that are none, and the line of each row."""

    tidy = style.escape == style.quote and style.delimiter.isascii()
    table = whole.rows(body, width, style.delimiter, style.quote) if tidy else None
    if table is not None:
        return _without_blanks(table, body, first_line=first_line)
    return _rows_and_rejects(bytes(body), width, style, first_line=first_line)


def _without_blanks(
    table: pa.Table, body: memoryview, *, first_line: int
) -> tuple[pa.Table, pd.DataFrame, np.ndarray]:
    """A table of which every line is a row, with its blank lines as broken ones."""
    import numpy as np

    lines = np.arange(table.num_rows, dtype="int64") + first_line
    ends = np.flatnonzero(np.frombuffer(body, dtype="uint8") == 10)
    blank = np.diff(np.concatenate([[-1], ends, [len(body)]])) == 1
    if not blank.any():
        return table, no_broken(), lines
    broken = no_broken().reindex(range(int(blank.sum())))
    broken = broken.assign(row=lines[blank], text="", reason=_("the line is empty"))
    return table.filter(~blank), broken.astype({"text": object, "reason": object}), lines[~blank]


def _rows_and_rejects(
    body: bytes, width: int, style: Dialect, *, first_line: int
) -> tuple[pa.Table, pd.DataFrame, np.ndarray]:
    """The same by DuckDB, which lists the lines that do not fit."""
    import numpy as np

    table, rejects = _duckdb(body, width, style)
    if not len(rejects) and body.count(b"\n") + 1 == table.num_rows:
        return table, no_broken(), np.arange(table.num_rows, dtype="int64") + first_line
    body = _with_blanks_marked(body)
    open_quotes: dict[int, str] = {}
    for _round in range(_ROUNDS):
        table, rejects = _duckdb(body, width, style)
        lines, places = _line_numbers(body, table, rejects)
        runaway = _runaway(table, rejects, lines, places, style)
        if not runaway:
            break
        body = _close(body, runaway, open_quotes)
    broken = _broken(rejects, places, open_quotes, width, first_line)
    return _unmarked(table), broken, lines + first_line


def _with_blanks_marked(body: bytes) -> bytes:
    """Blank lines get a mark, so that they are listed as lines that do not fit instead of skipped."""
    body = body.replace(b"\x1e", b" ")
    if body.startswith(b"\n"):
        body = b"\x1e" + body
    return body.replace(b"\n\n", b"\n\x1e\n").replace(b"\n\n", b"\n\x1e\n")


def _duckdb(body: bytes, width: int, style: Dialect) -> tuple[pa.Table, pd.DataFrame]:
    """Rows that fit, as text, and DuckDB's list of lines that do not."""
    import duckdb

    columns = {f"c{number}": "VARCHAR" for number in range(width)}
    handle, path = tempfile.mkstemp(suffix=".csv")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        with duckdb.connect() as engine:
            table = engine.sql(
                "SELECT * FROM read_csv(?, auto_detect=false, header=false, columns=?, delim=?, quote=?, escape=?,"
                " new_line='\\n', encoding='utf-8', store_rejects=true, max_line_size=?, buffer_size=?)",
                params=[
                    path,
                    columns,
                    style.delimiter,
                    style.quote,
                    style.escape,
                    LONGEST_LINE,
                    2 * LONGEST_LINE,
                ],
            ).to_arrow_table()
            rejects = engine.sql(
                "SELECT line_byte_position AS place, any_value(error_type::VARCHAR) AS kind,"
                " any_value(csv_line) AS text, any_value(error_message) AS message"
                " FROM reject_errors GROUP BY 1 ORDER BY 1"
            ).df()
    finally:
        os.unlink(path)
    return table, rejects


def _line_numbers(body: bytes, table: pa.Table, rejects: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """For each row and each reject, the number of lines above it in the body."""
    import numpy as np

    places = np.zeros(len(rejects), dtype="int64")
    at, line = 0, 0
    for number, position in enumerate(rejects["place"]):
        line += body.count(b"\n", at, int(position))
        places[number], at = line, int(position)
    starts = np.concatenate([[0], np.cumsum(_heights(table))])[: table.num_rows].astype("int64")
    taken = np.concatenate(
        [[0], np.cumsum([str(text).strip("\n").count("\n") + 1 for text in rejects["text"]])]
    ).astype("int64")
    return starts + taken[np.searchsorted(places - taken[:-1], starts, side="right")], places


def _heights(table: pa.Table) -> np.ndarray:
    """How many lines every row takes: one, and one more for each line end inside its cells."""
    import numpy as np
    import pyarrow.compute as pc

    heights = np.ones(table.num_rows, dtype="int64")
    for column in table.columns:
        if pc.any(pc.match_substring(column, "\n")).as_py():
            heights += pc.fill_null(pc.count_substring(column, "\n"), 0).to_numpy()
    return heights


def _runaway(
    table: pa.Table, rejects: pd.DataFrame, lines: np.ndarray, places: np.ndarray, style: Dialect
) -> set[int]:
    """The lines of the body where a quotation mark opens that swallows the lines below it."""
    found = {
        int(place)
        for place, kind, text in zip(places, rejects["kind"], rejects["text"], strict=True)
        if kind in ("UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM") and "\n" in str(text).strip("\n")
    }
    return found | {int(lines[row]) for row in _swallowed(table, style)}


def _swallowed(table: pa.Table, style: Dialect) -> list[int]:
    """Rows with a cell that holds what looks like further rows of this very table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if table.num_columns < 4:
        return []
    sign = re.escape(style.delimiter)
    inner = rf"\n(?:[^{sign}\n]*{sign}){{{table.num_columns - 1}}}[^{sign}\n]*(?:\n|$)"
    rows: set[int] = set()
    for column in table.columns:
        many = pc.fill_null(pc.match_substring(column, "\n"), False)
        if pc.any(many).as_py():
            where = pc.indices_nonzero(many)
            hits = pc.filter(where, pc.match_substring_regex(pc.take(column, where), inner))
            rows.update(hits.to_pylist())
    first = table.column(0)
    return [
        row
        for row in sorted(rows)
        if any(
            _shape(line.split(style.delimiter)[0]) == _shape(first[row].as_py())
            for cell in pa.Table.slice(table, row, 1).to_pylist()[0].values()
            for line in str(cell).split("\n")[1:]
            if line.count(style.delimiter) == table.num_columns - 1
        )
    ]


def _shape(cell: str | None) -> str:
    """Digits and letters by kind, to compare the build of two cells."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", (cell or "").strip().strip("\"'")))


def _close(body: bytes, runaway: set[int], open_quotes: dict[int, str]) -> bytes:
    """The body with these lines taken out of the table; their text is kept by line."""
    lines = body.split(b"\n")
    for line in runaway:
        open_quotes[line] = lines[line].decode("utf-8", "replace")
        lines[line] = _MARK.encode()
    return b"\n".join(lines)


def _unmarked(table: pa.Table) -> pa.Table:
    """Blank lines inside cells as they were."""
    import pyarrow.compute as pc

    for place, name in enumerate(table.column_names):
        column = table.column(place)
        if pc.any(pc.match_substring(column, _MARK)).as_py():
            table = table.set_column(place, name, pc.replace_substring(column, _MARK, ""))
    return table


def _broken(
    rejects: pd.DataFrame, places: np.ndarray, open_quotes: dict[int, str], width: int, first_line: int
) -> pd.DataFrame:
    import pandas as pd

    if not len(rejects):
        return no_broken()
    cases = [
        (
            int(place) + first_line,
            *_case(int(place), kind, str(text).strip("\n"), str(message), open_quotes, width),
        )
        for place, kind, text, message in zip(
            places, rejects["kind"], rejects["text"], rejects["message"], strict=True
        )
    ]
    return pd.DataFrame(cases, columns=["row", "text", "reason"]).astype({"text": object, "reason": object})


def _case(
    place: int, kind: str, text: str, message: str, open_quotes: dict[int, str], width: int
) -> tuple[str, str]:
    """The text of a broken line and why it is one."""
    if place in open_quotes:
        return open_quotes[place], _("a quotation mark on this line is opened and never closed")
    if not text.replace(_MARK, "").strip():
        return "", _("the line is empty")
    if kind in ("TOO MANY COLUMNS", "MISSING COLUMNS"):
        found = _FOUND.search(message)
        count = found.group(1) if found else "?"
        return text, _("the line has {found} cells where the header has {expected}").format(
            found=count, expected=width
        )
    if kind == "LINE SIZE OVER MAXIMUM":
        return short(text, 1000), _("the line is longer than {most} million characters").format(
            most=LONGEST_LINE >> 20
        )
    return text, _("the quotation marks on this line do not pair up")
