"""A file as rows of cells, read and written without the intake, so that it can be damaged cell by cell."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

TEXT, SHEET, TREE = {".csv", ".tsv"}, {".xlsx"}, {".json", ".jsonl"}
ANY = TEXT | SHEET | TREE | {".ods", ".xls", ".parquet", ".zip"}


@dataclass(frozen=True)
class Whole:
    """A file before it is damaged: its bytes, its name, its headers and a chance of its own."""

    data: bytes
    name: str
    headers: tuple[str, ...]

    @property
    def suffix(self) -> str:
        return "." + self.name.rsplit(".", 1)[-1].lower()

    @property
    def chance(self) -> random.Random:
        return random.Random(self.name)


@dataclass(frozen=True)
class Grid:
    """Rows of a text file or of the sheets of a workbook; `head` is the position of the header."""

    sheets: tuple[tuple[str, tuple[tuple, ...]], ...]
    head: int
    delimiter: str = ""
    encoding: str = ""
    eol: str = "\n"

    @property
    def rows(self) -> list[tuple]:
        return list(self.sheets[0][1])

    def with_rows(self, rows) -> Grid:
        first = (self.sheets[0][0], tuple(tuple(row) for row in rows))
        return replace(self, sheets=(first, *self.sheets[1:]))

    def body(self, change: Callable[[list[tuple]], list]) -> Grid:
        rows = self.rows
        return self.with_rows([*rows[: self.head + 1], *change(rows[self.head + 1 :])])

    def cells(self, change: Callable[[object], object], *, header: bool = False) -> Grid:
        top = self.head if header else self.head + 1
        rows = self.rows
        return self.with_rows([*rows[:top], *[tuple(change(cell) for cell in row) for row in rows[top:]]])


def decoded(data: bytes) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16"), "utf-16"
    for encoding in ("utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise ValueError("neither UTF nor cp1252")


def grid(whole: Whole) -> Grid:
    if whole.suffix in SHEET:
        import openpyxl

        opened = openpyxl.load_workbook(io.BytesIO(whole.data))
        sheets = tuple((sheet.title, tuple(sheet.iter_rows(values_only=True))) for sheet in opened)
        return Grid(sheets, _head(sheets[0][1], whole.headers))
    text, encoding = decoded(whole.data)
    line = next((line for line in text.splitlines() if whole.headers[0] in line), text)
    delimiter = max(",;\t|", key=line.count)
    eol = "\r\n" if "\r\n" in text else "\n"
    rows = tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return Grid((("", rows),), _head(rows, whole.headers), delimiter, encoding, eol)


def _head(rows, headers: tuple[str, ...]) -> int:
    hits = [at for at, row in enumerate(rows) if row and set(headers[:3]) <= {str(cell) for cell in row}]
    return hits[0] if hits else 0


def packed(made: Grid, *, quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    if not made.encoding:
        return book(made)
    file = io.StringIO()
    writer = csv.writer(file, delimiter=made.delimiter, lineterminator=made.eol, quoting=quoting)
    writer.writerows(made.rows)
    return file.getvalue().encode(made.encoding, "replace")


def book(made: Grid, merge: Callable | None = None) -> bytes:
    import openpyxl

    file, made_book = io.BytesIO(), openpyxl.Workbook()
    made_book.remove(made_book.active)
    for title, rows in made.sheets:
        sheet = made_book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        if merge:
            merge(sheet, made.head)
    made_book.save(file)
    return file.getvalue()


def records(whole: Whole) -> tuple[list, Callable[[list], bytes]]:
    """The records of a JSON file, and how to put others in their place."""
    text = whole.data.decode("utf-8")
    if whole.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()], lambda made: b"".join(
            json.dumps(one).encode() + b"\n" for one in made
        )
    tree = json.loads(text)
    if isinstance(tree, list):
        return tree, lambda made: json.dumps(made).encode()
    name = next(key for key, value in tree.items() if isinstance(value, list))
    return tree[name], lambda made: json.dumps({**tree, name: made}).encode()
