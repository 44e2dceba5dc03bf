"""What are the rows and columns of this text file? CSV, TSV and their cousins, tidy or not.

The head of the file (by the standard library's reader) tells delimiter, quote and header. Where a line is
not one whole row (see `whole`), DuckDB reads the rows as text and lists the lines that do not fit. Blank
lines are marked for it first, so that they are counted instead of skipped, and a quotation mark that is
never closed costs its own line only.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from csworkbook.errors import DataError
from csworkbook.intake import header as headers
from csworkbook.intake import whole
from csworkbook.intake.encoding import Text
from csworkbook.intake.raw import Raw, no_broken
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

HEAD = 1 << 18
MOST_COLUMNS = 1000
LONGEST_LINE = 1 << 24
_ROUNDS = 8
_MARK = "\x1e"
_SEP = re.compile(rb'^"?sep=(.)"?\n', re.IGNORECASE)
_FOUND = re.compile(r"Found: (\d+)")


@dataclass(frozen=True)
class Dialect:
    """How cells are parted and quoted."""

    delimiter: str
    quote: str = '"'
    escape: str = '"'


def read(text: Text, filename: str) -> Raw:
    """The table in a text file; raises DataError where there is none."""
    data, skipped = text.data, 0
    told = _SEP.match(data[:20])
    if told:
        data, skipped = data[told.end() :], 1
    head = data[:HEAD].decode("utf-8", "ignore")
    style = dialect(head, told.group(1).decode() if told else None)
    rows, ends = _head_rows(head, style, whole=len(data) <= HEAD)
    found = headers.find(rows)
    _require_columns(found.names, style, filename)
    start = ends[found.data - 1] if found.data else 0
    first, last = _after_lines(data, start), _without_blank_end(data)
    if first >= last:
        raise no_rows(filename)
    body = memoryview(data)[first:last]
    table, broken, lines = _rows(body, len(found.names), style, first_line=start + skipped + 1)
    frame = table.rename_columns(list(found.names)).to_pandas()
    return Raw(
        frame, lines, broken, _notes(text, style, found), filename, extra={"delimiter": style.delimiter}
    )


def dialect(head: str, delimiter: str | None = None) -> Dialect:
    """Delimiter and quote by the head of a file: the one that gives most lines the same number of cells.

    >>> dialect("a;b;c\\n1,5;2;3\\n").delimiter
    ';'
    """
    escape = "\\" if '\\"' in head and '""' not in head else '"'
    quote = "'" if '"' not in head and _single_quoted(head) else '"'
    if delimiter is None:
        delimiter = max(";,\t|", key=lambda sign: _evenness(head, Dialect(sign, quote, escape)))
    return Dialect(delimiter, quote, escape)


def _single_quoted(head: str) -> bool:
    return len(re.findall(r"(?m)(?:^|[;,\t|])'[^'\n]*'(?=[;,\t|]|$)", head)) > head.count("\n")


def _evenness(head: str, style: Dialect) -> tuple[float, int]:
    """The share of lines with the usual number of cells (more for a header that has it), and that number."""
    sizes = [len(row) for row in _head_rows(head, style)[0] if any(row)]
    if not sizes:
        return 0.0, 0
    usual, times = max(Counter(sizes).items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
    if usual < 2:
        return 0.0, 0
    first = next((size for size in sizes if size > 1), 0)
    return times / len(sizes) + 0.5 * (first == usual), usual


def _head_rows(head: str, style: Dialect, *, whole: bool = False) -> tuple[list[list[str]], list[int]]:
    """The first rows and the line where each ends."""
    escape = None if style.escape == style.quote else style.escape
    reader = csv.reader(
        io.StringIO(head, newline="\n"),
        delimiter=style.delimiter,
        quotechar=style.quote,
        escapechar=escape,
        doublequote=escape is None,
    )
    rows, ends = [], []
    try:
        for row in islice(reader, headers.LOOK + 1):
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        pass
    if not whole and len(rows) <= headers.LOOK and len(rows) > 1:
        rows, ends = rows[:-1], ends[:-1]
    return rows[: headers.LOOK], ends[: headers.LOOK]


def _require_columns(names: tuple[str, ...], style: Dialect, filename: str) -> None:
    if len(names) > MOST_COLUMNS:
        raise DataError(
            _("{file} has {count} columns.").format(file=filename, count=len(names)),
            allowed=_("At most {count} columns can be read.").format(count=MOST_COLUMNS),
            next_step=_("Export only the columns of the survey or report you need."),
        )
    if len(names) < 2:
        seen = names[0] if names and not names[0].startswith("#") else ""
        raise DataError(
            _("Only one column was found in {file}.").format(file=filename),
            where=_("The first line reads: “{line}”.").format(line=_short(seen)) if seen else "",
            allowed=_("Columns are parted by a comma, semicolon, tab or vertical bar."),
            next_step=_("Export the file again as CSV or XLSX, with one of these between the columns."),
        )


def no_rows(filename: str) -> DataError:
    """The error for a file with a header and nothing below it."""
    return DataError(
        _("{file} has a header but no rows below it.").format(file=filename),
        next_step=_("Check that the export covers a period with answers in it, and export it again."),
    )


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _after_lines(data: bytes, count: int) -> int:
    """The place behind so many lines."""
    at = 0
    for _line in range(count):
        end = data.find(b"\n", at)
        if end < 0:
            return len(data)
        at = end + 1
    return at


def _without_blank_end(data: bytes) -> int:
    """The place behind the last line with anything in it."""
    return len(data.rstrip(b"\n")) if data.endswith(b"\n\n") else len(data) - data.endswith(b"\n")


def _rows(
    body: memoryview, width: int, style: Dialect, *, first_line: int
) -> tuple[pa.Table, pd.DataFrame, np.ndarray]:
    """All rows as text, the lines that are none, and the line of each row."""
    import numpy as np

    tidy = style.escape == style.quote and style.delimiter.isascii()
    table = whole.rows(body, width, style.delimiter, style.quote) if tidy else None
    if table is not None:
        return table, no_broken(), np.arange(table.num_rows, dtype="int64") + first_line
    return _rows_and_rejects(bytes(body), width, style, first_line=first_line)


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
        return _short(text, 1000), _("the line is longer than {most} million characters").format(
            most=LONGEST_LINE >> 20
        )
    return text, _("the quotation marks on this line do not pair up")


def _notes(text: Text, style: Dialect, found: headers.Header) -> tuple[str, ...]:
    names = {";": _("a semicolon"), ",": _("a comma"), "\t": _("a tab"), "|": _("a vertical bar")}
    notes = [
        _("Text file in {encoding}, columns parted by {delimiter}.").format(
            encoding=text.encoding.upper(), delimiter=names.get(style.delimiter, f"“{style.delimiter}”")
        )
    ]
    if text.mixed:
        notes.append(
            _(
                "The file mixes two encodings (UTF-8 and Windows-1252); both were read. Check letters with accents."
            )
        )
    if text.nul:
        notes.append(_("{count} zero bytes, which are no text, were left out.").format(count=text.nul))
    return (*notes, *header_notes(found))


def header_notes(found: headers.Header) -> tuple[str, ...]:
    """What is to be said about the header: lines above it, several rows, or none."""
    notes = []
    if found.first:
        notes.append(_("{count} line(s) above the header were passed over.").format(count=found.first))
    if found.count > 1:
        notes.append(_("The header takes {count} lines; they were joined.").format(count=found.count))
    if found.count == 0:
        notes.append(
            _(
                "The first line looks like data, so the columns have no names; they are called #1, #2, …."
            ).format()
        )
    return tuple(notes)
