"""Are there several tables in this text file, one under the other?

A report of an analytics tool has blocks: comment lines, a header, rows, a blank line, and so on. A new table begins
behind a blank or comment line where a line of names stands that is no row of the table above it. Stray blank lines
between rows make no new table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from csworkbook.errors import DataError
from csworkbook.intake import delimited, head
from csworkbook.intake.encoding import Text
from csworkbook.intake.header import is_data, unique
from csworkbook.intake.raw import Raw
from csworkbook.language import gettext as _

_LOOK = 30
_FIRST = 1 << 16
_SIGNS = (b"\n\n", b"\n#", b"\n//", b"\n;", b"\n,", b"\n\t")
_GAP = re.compile(rb"(?:^|\n)(?:[;,\t| ]*\n|#(?:[ =#-][^\n]*|[^\n;,\t|]*)(?:\n|$)|//[^\n]*(?:\n|$))+")
_COMMENT = re.compile(r"^(?:#|//)+\s*(.*?)[;,\t|\s]*$")
_NO_TITLE = re.compile(r"^[-=*_#\s]*$|^[^:]{1,30}:\s")


@dataclass(frozen=True)
class Block:
    """A table in a text: where its lines begin and end, and its title."""

    start: int
    end: int
    title: str


@dataclass(frozen=True)
class Section:
    """Lines without a blank or comment line between them: the gap above, where they stand, their first rows."""

    top: int
    start: int
    end: int
    gap: str
    rows: list[list[str]]

    @property
    def header(self) -> list[str]:
        """The first row with more than one cell."""
        return next((row for row in self.rows if len(row) > 1), [])

    @property
    def below(self) -> list[list[str]]:
        """The rows under the header."""
        return self.rows[self.rows.index(self.header) + 1 :] if self.header else []

    @property
    def commented(self) -> bool:
        """Whether there is a line of comment above it."""
        return bool(self.gap.strip("\n;,\t| "))

    @property
    def names(self) -> bool:
        """Whether the header can be one: every cell a different word, and none a number or date."""
        filled = [cell for cell in self.header if cell]
        return len(filled) > 1 and len(set(filled)) == len(self.header) and not any(map(is_data, filled))

    @property
    def typed(self) -> bool:
        """Whether a column holds numbers or dates under its name."""
        rows = [row for row in self.below[:5] if len(row) == len(self.header)]
        return bool(rows) and any(
            all(is_data(row[place]) for row in rows) for place in range(len(self.header))
        )


def read(text: Text, filename: str) -> list[Raw]:
    """The tables in a text file, each with its title as `part` where there are several."""
    found = blocks(text.data)
    if len(found) == 1:
        return [_below_preamble(text, found[0], filename)]
    if not found:
        return [delimited.read(text, filename)]
    tables, refused = [], []
    for block, called in zip(found, unique([block.title for block in found]), strict=True):
        one = replace(text, data=text.data[block.start : block.end])
        above = text.data.count(b"\n", 0, block.start)
        try:
            raw = delimited.read(
                one, _("{member} in {file}").format(member=called, file=filename), above=above
            )
            tables.append(replace(raw, filename=filename, part=called))
        except DataError as error:
            refused.append(_("Passed over: {what}").format(what=error.what))
    if not tables:
        return [delimited.read(text, filename)]
    return [replace(tables[0], notes=(*tables[0].notes, *refused)), *tables[1:]]


def _below_preamble(text: Text, block: Block, filename: str) -> Raw:
    """The one table in a text, below lines of name and value."""
    above = text.data.count(b"\n", 0, block.start)
    raw = delimited.read(replace(text, data=text.data[block.start :]), filename, above=above)
    said = _("{count} line(s) above the header were passed over.").format(count=above)
    return replace(raw, notes=(*raw.notes, said))


def blocks(data: bytes) -> list[Block]:
    """Where each table stands; none where the whole text is one, one where that has other lines above it.

    >>> [block.title for block in blocks(b"# Visits\\nDay,Users\\n1,5\\n\\n# Sales\\nDay,Orders\\n1,2\\n")]
    ['Visits', 'Sales']
    """
    if not any(sign in data for sign in _SIGNS):
        return []
    style = head.dialect(data[: head.SIZE].decode("utf-8", "ignore"), whole=len(data) <= head.SIZE)
    if style.delimiter == head.SPACES:
        return []
    tables = grouped(_sections(data, style))
    start = 0
    if len(tables) > 1 and _is_preamble(tables):
        tables = tables[1:]
        start = tables[0][0].top
    if len(tables) < 2 and not start:
        return []
    starts = [start, *(table[0].top for table in tables[1:])]
    return [Block(start, table[-1].end, title(table[0])) for start, table in zip(starts, tables, strict=True)]


def _sections(data: bytes, style: head.Dialect) -> Iterator[Section]:
    """The lines between the gaps; a blank line inside a cell with quotation marks is none."""
    quote, top, start, quotes, counted = style.quote.encode(), 0, 0, 0, 0
    for found in _GAP.finditer(data):
        quotes, counted = quotes + data.count(quote, counted, found.start()), found.start()
        if quotes % 2:
            continue
        if found.start() > start:
            yield _section(data, top, start, found.start() + 1, style)
        top, start = found.start() + found.group().startswith(b"\n"), found.end()
    if start < len(data):
        yield _section(data, top, start, len(data), style)


def _section(data: bytes, top: int, start: int, end: int, style: head.Dialect) -> Section:
    text = data[start : min(end, start + _FIRST)].decode("utf-8", "ignore")
    rows = [[cell.strip() for cell in row] for row in head.read_rows(text, style, whole=True)[0]]
    return Section(top, start, end, data[top:start].decode("utf-8", "replace"), rows[:_LOOK])


def grouped(sections: Iterable[Section]) -> list[list[Section]]:
    """The sections that are one table: the one with its header, and those that go on with its rows."""
    tables: list[list[Section]] = []
    for section in sections:
        if _begins_table(section, tables[-1][0] if tables else None):
            tables.append([section])
        elif tables:
            tables[-1].append(section)
    return tables


def _begins_table(section: Section, current: Section | None) -> bool:
    """Whether a section has a header of its own, that is no row of the table above it."""
    if not section.names:
        return False
    if current is None:
        return section.typed or (section.commented and not section.below)
    if section.header == current.header:
        return True
    if not section.below:
        return section.commented
    return section.typed and not _occurs(section.header, [*section.below, *current.below])


def _occurs(header: list[str], rows: list[list[str]]) -> bool:
    """Whether a name is found as a cell in its own column."""
    return any(cell == row[place] for row in rows for place, cell in enumerate(header) if place < len(row))


def _is_preamble(tables: list[list[Section]]) -> bool:
    """A few lines of name and value above the first table, which look like a table of two columns."""
    first, second = tables[0][0], tables[1][0]
    return len(first.header) == 2 and len(first.rows) <= 8 and len(second.header) >= 4


def title(section: Section) -> str:
    """The last line of comment that is no rule and no detail, or the line above the header, or the header."""
    above = section.rows[: section.rows.index(section.header)]
    comments = [_COMMENT.match(line) for line in section.gap.split("\n")]
    titles = [found.group(1).strip() for found in comments if found] + [row[0] for row in above if row]
    titles = [title for title in titles if title and not _NO_TITLE.match(title)]
    return head.short(titles[-1] if titles else ", ".join(section.header), 60)
