"""What does the head of a text file tell: how cells are parted and quoted, and where the header stands?

The standard library's reader tries every usual delimiter on the first lines; the one that gives most lines
the same number of cells is taken.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from csworkbook.errors import DataError
from csworkbook.intake import header as headers
from csworkbook.intake.encoding import Text
from csworkbook.language import gettext as _

SIZE = 1 << 18
MOST_COLUMNS = 1000
SPACES = " "
_SIGNS = ";,\t|^~\x01\x1f"
_SEP = re.compile(rb'^"?sep=(.)"?\n', re.IGNORECASE)
_SPACES = re.compile(rb"[ \t]+")


@dataclass(frozen=True)
class Dialect:
    """How cells are parted and quoted."""

    delimiter: str
    quote: str = '"'
    escape: str = '"'


@dataclass(frozen=True)
class Head:
    """The dialect, the header, and where the data below it begins: its place in bytes and its line."""

    style: Dialect
    header: headers.Header
    start: int
    line: int


def look(data: bytes, filename: str, *, delimiter: str | None = None) -> Head:
    """What the beginning of a file (all of it, or its first megabytes) tells; DataError where it is no table."""
    told = None if delimiter else _SEP.match(data[:20])
    above = told.end() if told else 0
    whole = len(data) - above <= SIZE
    text = data[above : above + SIZE].decode("utf-8", "ignore")
    style = dialect(text, told.group(1).decode("utf-8", "replace") if told else delimiter, whole=whole)
    rows, ends = read_rows(text, style, whole=whole)
    found = headers.find(rows)
    require_columns(found.names, filename, text)
    lines = ends[found.data - 1] if found.data else 0
    return Head(style, found, after_lines(data, lines, above), lines + bool(told) + 1)


def dialect(head: str, delimiter: str | None = None, *, whole: bool = False) -> Dialect:
    """Delimiter and quote by the head of a file: the one that gives most lines the same number of cells.

    Unless the head is the whole file its last line may be cut off, and does not count.

    >>> dialect("a;b;c\\n1,5;2;3\\n").delimiter
    ';'
    """
    escape = "\\" if '\\"' in head and '""' not in head else '"'
    quote = "'" if '"' not in head and _single_quoted(head) else '"'
    if delimiter is None:
        styles = {sign: Dialect(sign, quote, escape) for sign in _SIGNS if sign in head}
        scores = {sign: _evenness(head, style, whole) for sign, style in styles.items()}
        delimiter = max(scores, key=lambda sign: scores[sign], default=";")
        if (not scores or scores[delimiter][0] < 1.2) and _by_spaces(head):
            delimiter = SPACES
    return Dialect(delimiter, quote, escape)


def tabbed(data: bytes) -> bytes:
    """Lines whose cells are parted by runs of spaces, with one tab instead of each run.

    >>> tabbed(b" 00004  19970101\\n")
    b'00004\\t19970101\\n'
    """
    return b"\n".join(_SPACES.sub(b"\t", line.strip(b" \t")) for line in data.split(b"\n"))


def _by_spaces(head: str) -> bool:
    """Columns under each other, parted by spaces: nearly every line has as many words, half of them numbers or dates."""
    lines = [line.split() for line in head.split("\n")[: headers.LOOK] if line.strip()]
    if len(lines) < 3:
        return False
    usual, times = Counter(map(len, lines)).most_common(1)[0]
    words = [word for line in lines if len(line) == usual for word in line]
    data = sum(headers.is_data(word) for word in words)
    return usual >= 3 and times >= 0.9 * len(lines) and data >= 0.5 * len(words)


def require_parted(style: Dialect, head: bytes, filename: str) -> None:
    """Refuse a large file whose columns stand under each other."""
    if style.delimiter == SPACES:
        line = head.split(b"\n", 1)[0].decode("utf-8", "replace")
        require_columns((line,), filename, head[:SIZE].decode("utf-8", "replace"))


def _single_quoted(head: str) -> bool:
    return len(re.findall(r"(?m)(?:^|[;,\t|])'[^'\n]*'(?=[;,\t|]|$)", head)) > head.count("\n")


def _evenness(head: str, style: Dialect, whole: bool) -> tuple[float, int]:
    """The share of lines with the usual number of cells (more for a header that has it), and that number."""
    sizes = [len(row) for row in read_rows(head, style, whole=whole)[0] if any(row)]
    if not sizes:
        return 0.0, 0
    usual, times = max(Counter(sizes).items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
    if usual < 2:
        return 0.0, 0
    first = next((size for size in sizes if size > 1), 0)
    return times / len(sizes) + 0.5 * (first == usual), usual


def read_rows(head: str, style: Dialect, *, whole: bool = False) -> tuple[list[list[str]], list[int]]:
    """The first rows, at most 40, and the line where each ends; a last row that may be cut off is left out."""
    escape = None if style.escape == style.quote else style.escape
    if style.delimiter == SPACES:
        head, style = tabbed(head.encode()).decode(), Dialect("\t")
        escape = None
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


def require_columns(names: tuple[str, ...], filename: str, head: str = "") -> None:
    """Refuse a table with more columns than anybody asks for, or with one only."""
    if len(names) > MOST_COLUMNS:
        raise DataError(
            _("{file} has {count} columns.").format(file=filename, count=len(names)),
            allowed=_("At most {count} columns can be read.").format(count=MOST_COLUMNS),
            next_step=_("Export only the columns of the survey or report you need."),
        )
    if len(names) < 2:
        seen = names[0] if names and not names[0].startswith("#") else ""
        spaced = sum("  " in line.strip() for line in head.split("\n")) > head.count("\n") / 2 > 0
        raise DataError(
            _("Only one column was found in {file}.").format(file=filename),
            where=_("The first line reads: “{line}”.").format(line=short(seen)) if seen else "",
            allowed=_(
                "Its columns stand under each other, parted by spaces, which cannot be told from the text."
            )
            if spaced
            else _("Columns are parted by a comma, semicolon, tab or vertical bar."),
            next_step=_("Export the file again as CSV or XLSX, with one of these between the columns."),
        )


def no_rows(filename: str) -> DataError:
    """The error for a file with a header and nothing below it."""
    return DataError(
        _("{file} has a header but no rows below it.").format(file=filename),
        next_step=_("Check that the export covers a period with answers in it, and export it again."),
    )


def short(text: str, most: int = 80) -> str:
    """The text, cut off with … when it is longer."""
    return text if len(text) <= most else text[: most - 1] + "…"


def after_lines(data: bytes, count: int, at: int = 0) -> int:
    """The place behind so many lines from `at`."""
    for _line in range(count):
        end = data.find(b"\n", at)
        if end < 0:
            return len(data)
        at = end + 1
    return at


def notes(text: Text, found: Head) -> tuple[str, ...]:
    """What is to be said about a text file: its encoding, how columns are parted, its header."""
    names = {
        ";": _("a semicolon"),
        ",": _("a comma"),
        "\t": _("a tab"),
        "|": _("a vertical bar"),
        " ": _("spaces"),
    }
    said = [
        _("Text file in {encoding}, columns parted by {delimiter}.").format(
            encoding=text.encoding.upper(),
            delimiter=names.get(found.style.delimiter, f"“{found.style.delimiter}”"),
        )
    ]
    if text.mixed:
        said.append(
            _(
                "The file mixes two encodings (UTF-8 and Windows-1252); both were read. Check letters with accents."
            )
        )
    if text.nul:
        said.append(_("{count} zero bytes, which are no text, were left out.").format(count=text.nul))
    return (*said, *header_notes(found.header))


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
