"""Where does the header of a table stand, and what are its columns called?

Pure: rows of cells in, a `Header` out. Knows title and comment lines above the header, a header
over two or three rows (as survey tools export it), empty and repeated names, and no header at all.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

LOOK = 40
_DATA = re.compile(
    r"""^(?:[-+]?[€$£]?\s*\d[\d.,' ]*%?$            # a number
    |\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*              # a date
    |\d{4}-\d\d-\d\dT.*
    |\S+@\S+\.\w{2,}$)                              # an e-mail address
    """,
    re.VERBOSE,
)
_RESPONSE = re.compile(r"^(open[- ]ended )?(response|reactie|antwoord)$", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """The header found: its first row, how many rows it takes (0 for none) and the names."""

    first: int
    count: int
    names: tuple[str, ...]

    @property
    def data(self) -> int:
        """The first row of data."""
        return self.first + self.count


def find(rows: list[list[str]]) -> Header:
    """The header among the first rows of a table.

    >>> find([["Results"], ["Date", "Choosing"], ["1-2-2024", "some"]]).names
    ('Date', 'Choosing')
    """
    rows = [[str(cell).strip() for cell in row] for row in rows[:LOOK]]
    if not any(map(any, rows)):
        return Header(0, 0, ())
    width = _width(rows)
    first = _first_full(rows, width)
    if _is_data(rows, first):
        return Header(first, 0, unique([""] * width))
    count = 1 + _more_rows(rows, first, width)
    return Header(first, count, unique(_joined(rows[first : first + count], width)))


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell)


def _width(rows: list[list[str]]) -> int:
    """The usual number of cells; wider only where a wider row has something to say there."""
    sizes = Counter(len(row) for row in rows if _filled(row) > 1)
    if not sizes:
        return max((len(row) for row in rows), default=0)
    most = max(sizes.values())
    return max(size for size, times in sizes.items() if times == most)


def _first_full(rows: list[list[str]], width: int) -> int:
    usual = sorted(_filled(row) for row in rows)[len(rows) // 2] if rows else 0
    enough = max(min(2, width), min(width, usual) / 2)
    for index, row in enumerate(rows):
        if row and not _is_comment(row, usual) and (_filled(row) >= enough or _shared(rows, index, enough)):
            return index
    return 0


def _is_comment(row: list[str], usual: int) -> bool:
    """A line of comment; a first column that is called # (or has #1001 in it) is none."""
    return row[0].startswith("//") or (row[0].startswith("#") and _filled(row) < max(2, usual))


def is_data(cell: str) -> bool:
    """Whether a cell is a number, a date or an address, which no header is.

    >>> is_data("31-12-2024"), is_data("Datum")
    (True, False)
    """
    return _DATA.match(cell) is not None


def _shared(rows: list[list[str]], index: int, enough: float) -> bool:
    """A row with a few names for groups of columns, and the names of the columns in the row below."""
    if index + 2 >= len(rows) or _filled(rows[index]) < 2:
        return False
    below = rows[index + 1]
    together = sum(
        1 for place, cell in enumerate(below) if cell or (place < len(rows[index]) and rows[index][place])
    )
    return together >= enough and not any(_DATA.match(cell) for cell in below)


def _is_data(rows: list[list[str]], index: int) -> bool:
    """A row of data: it has a number, date or address where the rows below have one too."""
    if index + 1 >= len(rows):
        return bool(rows) and any(_DATA.match(cell) for cell in rows[index])
    below = rows[index + 1 : index + 6]
    for column, cell in enumerate(rows[index]):
        same = [_DATA.match(row[column]) is not None for row in below if len(row) > column and row[column]]
        if _DATA.match(cell) and same and all(same):
            return True
    return False


def _more_rows(rows: list[list[str]], first: int, width: int) -> int:
    """How many further rows belong to the header."""
    more = 0
    while more < 2 and first + more + 1 < len(rows) and _continues(rows, first, first + more + 1):
        more += 1
    return more


def _continues(rows: list[list[str]], first: int, index: int) -> bool:
    above, row, below = rows[first], rows[index], rows[index + 1 : index + 12]
    texts = [cell for cell in row if cell]
    if not texts or any(_DATA.match(cell) for cell in texts):
        return False
    if any(cell.startswith('{"ImportId"') for cell in texts):
        return True
    fills = [c for c, cell in enumerate(row) if cell and (c >= len(above) or not above[c])]
    if any(_RESPONSE.match(cell) for cell in texts) or (
        fills and len(set(texts)) == len(texts) and _is_text(below, fills)
    ):
        return True
    typed = [c for c, cell in enumerate(row) if cell and _all_data(below, c)]
    return bool(typed) and len(texts) >= len(row) / 2


def _is_text(below: list[list[str]], columns: list[int]) -> bool:
    """Whether rows below hold something in these columns (so that the names above are of use)."""
    return any(len(row) > column and row[column] for row in below for column in columns)


def _all_data(below: list[list[str]], column: int) -> bool:
    cells = [row[column] for row in below if len(row) > column and row[column]]
    return len(cells) >= 1 and all(_DATA.match(cell) for cell in cells)


def _joined(rows: list[list[str]], width: int) -> list[str]:
    """One name per column; a name above several columns goes with each of them."""
    rows = [row for row in rows if not _machine(row)] or [[]]
    rows = [row + [""] * (width - len(row)) for row in rows]
    rows = [[_clean(cell) for cell in row[:width]] for row in rows]
    names = list(rows[0])
    for row in rows[1:]:
        above = ""
        for column, cell in enumerate(row):
            above = names[column] or (above if cell else "")
            option = "" if _RESPONSE.match(cell) else cell
            names[column] = " – ".join(part for part in (above, option) if part)
            above = above if not rows[0][column] else rows[0][column]
    return names


def _machine(row: list[str]) -> bool:
    return any(cell.startswith('{"ImportId"') for cell in row)


def _clean(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").split())


def unique(names: list[str]) -> tuple[str, ...]:
    """Every name once: an empty one becomes #3 (its place), a repeated one gets a number."""
    taken: set[str] = set()
    result = []
    for place, name in enumerate(names, 1):
        name = name or f"#{place}"
        unique, number = name, 2
        while unique in taken:
            unique, number = f"{name} ({number})", number + 1
        taken.add(unique)
        result.append(unique)
    return tuple(result)
