"""In how many ways can a file be damaged on its way to us? Each way by name.

A `Damage` makes other bytes of a file. `same` says that it only reorders, renames or decorates: read at all,
the tables must be those of the whole file. `counted` gives the rows that can still be counted in the damaged
file, from the number in the whole one.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace

from intake.grid import ANY, SHEET, TEXT, TREE, Whole, book, decoded, grid, packed, records


@dataclass(frozen=True)
class Damage:
    """One way to damage a file; see the module."""

    name: str
    apply: Callable[[Whole], tuple[bytes, str]]
    suits: frozenset[str]
    same: bool = False
    counted: Callable[[int], set[int]] | None = None


DAMAGES: dict[str, Damage] = {}


def damage(*suits: set[str], same: bool = False, counted: Callable[[int], set[int]] | None = None):
    """Register a way; its function takes the whole file and gives bytes, or bytes and another name."""

    def register(function):
        def apply(whole: Whole) -> tuple[bytes, str]:
            made = function(whole)
            return made if isinstance(made, tuple) else (made, whole.name)

        kinds = frozenset().union(*suits)
        DAMAGES[function.__name__] = Damage(function.__name__, apply, kinds, same, counted)
        return function

    return register


# --- only reordered, renamed or decorated: the same tables -----------------------------------------

ALL = {".csv", ".tsv", ".xlsx"}
KEEPS = {"same": True, "counted": lambda n: {n}}


@damage(ALL, **KEEPS)
def shuffled_columns(whole):
    made = grid(whole)
    width = max(len(row) for row in made.rows[made.head :])
    order = whole.chance.sample(range(width), width)
    rows = made.rows
    wide = [(*row, *[""] * (width - len(row))) for row in rows[made.head :]]
    return packed(made.with_rows([*rows[: made.head], *[[row[at] for at in order] for row in wide]]))


@damage(ALL, same=True, counted=lambda n: {n})
def shuffled_rows(whole):
    return packed(grid(whole).body(lambda rows: whole.chance.sample(rows, len(rows))))


@damage(ALL, **KEEPS)
def extra_header_rows(whole):
    made = grid(whole)
    return packed(made.with_rows([["Export of the shop"], ["made on 1 May"], [""], *made.rows]))


@damage(ALL, same=True, counted=lambda n: {n, n + 1})
def header_repeated_in_the_middle(whole):
    made = grid(whole)
    head = made.rows[made.head]
    return packed(made.body(lambda rows: [*rows[: len(rows) // 2], head, *rows[len(rows) // 2 :]]))


@damage(
    ALL, same=True, counted=lambda n: {n, 2 * n - 1, 2 * n}
)  # a blank line between rows is set aside, and counted
def blank_lines(whole):
    return packed(grid(whole).body(lambda rows: [line for row in rows for line in (row, ())]))


@damage(TEXT, **KEEPS)
def trailing_delimiters(whole):
    made = grid(whole)
    return packed(made.with_rows([(*row, "", "", "") for row in made.rows]))


@damage(TEXT, **KEEPS)
def delimiter_changed(whole):
    return packed(replace(grid(whole), delimiter="|"))


@damage(TEXT, **KEEPS)
def everything_quoted(whole):
    return packed(grid(whole), quoting=csv.QUOTE_ALL)


@damage(ALL, **KEEPS)
def cells_padded(whole):
    return packed(
        grid(whole).cells(lambda cell: f"  {cell} " if isinstance(cell, str) and cell else cell, header=True)
    )


@damage(ALL, **KEEPS)
def headers_upper_cased(whole):
    made = grid(whole)
    rows = made.rows
    rows[made.head] = tuple(cell.upper() if isinstance(cell, str) else cell for cell in rows[made.head])
    return packed(made.with_rows(rows))


@damage(TEXT, **KEEPS)
def bom_twice(whole):
    made = grid(whole)
    return b"\xef\xbb\xbf\xef\xbb\xbf" + packed(replace(made, encoding="utf-8"))


@damage(TEXT, **KEEPS)
def cr_only(whole):
    text, encoding = decoded(whole.data)
    return text.replace("\r\n", "\n").replace("\n", "\r").encode(encoding)


@damage(TREE, **KEEPS)
def keys_shuffled(whole):
    found, pack = records(whole)
    return pack([dict(whole.chance.sample(list(one.items()), len(one))) for one in found])


@damage(TREE, **KEEPS)
def records_shuffled(whole):
    found, pack = records(whole)
    return pack(whole.chance.sample(found, len(found)))


# --- more rows than there are -------------------------------------------------------------------------


@damage(ALL, same=True, counted=lambda n: {n, n + 1})
def totals_row(whole):
    made = grid(whole)
    width = len(made.rows[made.head])
    return packed(made.body(lambda rows: [*rows, ("Total", *["" for _ in range(width - 2)], "99999")]))


@damage(ALL, counted=lambda n: {n, 2 * n})  # a system that folds rows by their number folds these
def rows_duplicated(whole):
    return packed(grid(whole).body(lambda rows: [row for one in rows for row in (one, one)]))


# --- the cells are not what they were -----------------------------------------------------------------


def _number(cell: object) -> float | None:
    text = str(cell)
    if isinstance(cell, bool) or not re.fullmatch(r"-?\d{1,7}([.,]\d{1,4})?", text):
        return None
    return float(text.replace(",", "."))


@damage(ALL)
def thousands_separators(whole):
    def change(cell):
        number = _number(cell)
        return cell if number is None else f"{number * 1000:,.2f}"

    return packed(grid(whole).cells(change))


@damage(ALL)
def locale_swapped(whole):
    swap = str.maketrans(",.", ".,")
    return packed(grid(whole).cells(lambda c: str(c).translate(swap) if _number(c) is not None else c))


@damage(ALL)
def mixed_date_orders(whole):
    def turned(row):
        return tuple(
            re.sub(r"\b(\d\d)([-/])(\d\d)\b", r"\3\2\1", c) if isinstance(c, str) else c for c in row
        )

    return packed(
        grid(whole).body(lambda rows: [turned(row) if at % 2 else row for at, row in enumerate(rows)])
    )


@damage(ALL)
def formula_in_every_cell(whole):
    return packed(grid(whole).cells(lambda cell: '=HYPERLINK("http://example.com";"1")'))


@damage(ALL)
def everything_upper_cased(whole):
    return packed(grid(whole).cells(lambda c: c.upper() if isinstance(c, str) else c, header=True))


@damage(ALL)
def one_giant_cell(whole):
    made = grid(whole)
    size = 30_000 if whole.suffix in SHEET else 1_000_000
    return packed(made.body(lambda rows: [("x" * size, *rows[0][1:]), *rows[1:]] if rows else rows))


@damage(TEXT)
def quotes_doubled(whole):
    text, encoding = decoded(whole.data)
    return text.replace('"', '""').encode(encoding)


@damage(SHEET)
def merged_cells(whole):
    def merge(sheet, head):
        for row in range(head + 2, sheet.max_row, 3):
            sheet.merge_cells(start_row=row, end_row=row + 1, start_column=1, end_column=2)

    return book(grid(whole), merge)


# --- the headers are not what they were -----------------------------------------------------------------


def _headed(whole: Whole, change: Callable[[tuple], list]) -> bytes:
    made = grid(whole)
    rows = made.rows
    rows[made.head] = tuple(change(rows[made.head]))
    return packed(made.with_rows(rows))


@damage(ALL)
def headers_blank(whole):
    return _headed(whole, lambda head: ["" if at % 3 == 0 else cell for at, cell in enumerate(head)])


@damage(ALL)
def headers_all_the_same(whole):
    return _headed(whole, lambda head: [head[1 % len(head)]] * len(head))


@damage(ALL, counted=lambda n: {n})
def ten_thousand_columns(whole):
    made = grid(whole)
    rows, extra = made.rows, 10_000
    rows[made.head] = (*rows[made.head], *[f"extra {at}" for at in range(extra)])
    rows[made.head + 1 :] = [
        (*row, *["0"] * (extra if at < 3 else 0)) for at, row in enumerate(rows[made.head + 1 :])
    ]
    return packed(made.with_rows(rows))


# --- the bytes are not what they were -------------------------------------------------------------------


@damage(ANY)
def truncated(whole):
    return whole.data[: len(whole.data) * 3 // 5]


@damage(TEXT)
def cut_within_quotes(whole):
    text, encoding = decoded(whole.data)
    return (text + '"a cell that is never clos').encode(encoding)


@damage(TEXT | TREE)
def nul_bytes(whole):
    data = whole.data
    return b"\0".join(data[at : at + 97] for at in range(0, len(data), 97))


@damage(TEXT | TREE)
def invalid_utf8(whole):
    third = len(whole.data) // 3
    return (
        whole.data[:third]
        + b"\xff\xfe\x80"
        + whole.data[third : 2 * third]
        + b"\xc3"
        + whole.data[2 * third :]
    )


@damage(TEXT | TREE)
def lone_surrogates(whole):
    half = len(whole.data) // 2
    return whole.data[:half] + b"\xed\xa0\x80" + whole.data[half:]


@damage(TEXT)
def mixed_encodings(whole):
    text, _encoding = decoded(whole.data)
    lines = text.splitlines(keepends=True)
    half = len(lines) // 2
    return "".join(lines[:half]).encode("utf-8") + "é".join(lines[half:]).encode("cp1252", "replace")


@damage(ANY)
def wrong_extension(whole):
    return whole.data, whole.name.rsplit(".", 1)[0] + (".csv" if whole.suffix not in TEXT else ".xlsx")


@damage(TEXT | SHEET)
def zero_rows(whole):
    return packed(grid(whole).body(lambda rows: []))


@damage(ANY)
def empty_file(whole):
    return b""


@damage(ANY)
def gzip_cut_off(whole):
    return gzip.compress(whole.data, mtime=0)[:-20], whole.name + ".gz"


@damage(ANY)
def zip_cut_off(whole):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(whole.name, whole.data)
    return file.getvalue()[:-30], whole.name + ".zip"


@damage(TEXT | SHEET)
def wrapped_in_html(whole):
    rows = "".join(
        "<tr>" + "".join(f"<td>{'' if c is None else c}</td>" for c in row) + "</tr>"
        for row in grid(whole).rows
    )
    return f"<html><body><table>{rows}</table></body></html>".encode()
