"""What is in this file: which table, which columns, and which rows would be set aside?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join, ngettext, number, percent
from csworkbook.naming import table_name
from csworkbook.serve.progress import progress
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    from csworkbook.intake import Intake

REASONS = 5


def report(file: Path, *, table: str | None = None) -> list[str]:
    """Look at a file and say in lines of text what would become of it.

    Parameters
    ----------
    file : Path
        Any kind of file the intake reads, or a folder.
    table : str, optional
        Read it as this canonical table instead of the one recognised.

    Raises
    ------
    SettingError
        When there is no such file or no such table.
    DataError
        When nothing in it can be used.
    """
    _require(file, table)
    with progress(_("Reading {file} …").format(file=file.name)):
        from csworkbook import intake

        found = intake.read_all(file, table=table)
    return [line for place, one in enumerate(found) for line in (*([""] if place else []), *lines(one))]


def _require(file: Path, table: str | None) -> None:
    if not file.exists():
        raise SettingError(_("There is no file {file}.").format(file=file))
    if table is not None and table not in TABLES:
        raise SettingError(
            _("“{table}” is not a table of this workbook.").format(table=table),
            allowed=_("Allowed: {tables}.").format(tables=join(list(TABLES))),
        )


def lines(found: Intake) -> Iterator[str]:
    """What was found, line by line, in the language spoken now."""
    yield _("This is: {table} ({name})").format(table=table_name(found.table), name=found.table)
    if found.system:
        yield _("From: {system}, {export}").format(system=found.system, export=found.export)
    counts = {"read": number(found.read), "used": number(found.used), "aside": number(len(found.aside))}
    yield _("Rows: {read} read = {used} used + {aside} set aside").format(**counts)
    yield ""
    yield from _columns(found)
    if found.notes:
        yield from ("", *(f"- {note}" for note in found.notes))
    for question in found.questions:
        yield _("To be asked: {question}").format(question=question.text)
    if len(found.aside):
        yield from ("", _("Set aside:"), *(f"  {line}" for line in _reasons(found)))


def _columns(found: Intake) -> Iterator[str]:
    width = min(40, max((len(match.header) for match in found.columns), default=0))
    for match in found.columns:
        target = _("left out") if match.column is None else f"{match.column} ({percent(match.confidence)})"
        note = f"  {match.note}" if match.note else ""
        yield f"  {_short(match.header, width):<{width}}  →  {target}{note}"


def _short(text: str, width: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def _reasons(found: Intake) -> list[str]:
    """The most frequent reasons with their number and the first line they hold for."""
    if not len(found.aside):
        return []
    grouped = found.aside.groupby("reason")["row"].agg(["size", "min"]).sort_values("size", ascending=False)
    rows = [_reason(why, int(size), int(first)) for why, size, first in grouped.head(REASONS).itertuples()]
    more = len(grouped) - len(rows)
    return rows + (
        [ngettext("… and {n} more reason", "… and {n} more reasons", more).format(n=more)] if more > 0 else []
    )


def _reason(why: str, size: int, first: int) -> str:
    said = ngettext("{n} row, line {first}: {why}", "{n} rows, first line {first}: {why}", size)
    return said.format(n=number(size), first=number(first), why=why)
