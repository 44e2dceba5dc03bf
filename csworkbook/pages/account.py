"""What became of the rows and columns of a file: read, used, set aside, left out, masked?"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook.language import gettext as _
from csworkbook.language import join, ngettext, number
from csworkbook.naming import table_name
from csworkbook.pages.table import Table
from csworkbook.pages.talking import markup, sentence
from csworkbook.pages.widgets import Download

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.intake import Intake

_MANY_NOTES = 3


def account(intake: Intake) -> list[ipywidgets.Widget]:
    """Everything an owner should know of one table of his file, as widgets."""
    return [
        sentence(counted(intake), "headline"),
        markup(notes(intake.notes)),
        *_set_aside(intake),
        markup(private(intake.private)),
    ]


def counted(intake: Intake) -> str:
    """What it was recognised as, how sure that is, and how many rows were read, used and set aside."""
    used = ngettext("{n} row can be used", "{n} rows can be used", intake.used).format(n=number(intake.used))
    n = intake.read - intake.used
    aside = ngettext("{n} is set aside", "{n} are set aside", n).format(n=number(n))
    rows = _("{read} rows read, {used}, {aside}.").format(read=number(intake.read), used=used, aside=aside)
    return f"{recognised(intake)} {rows}"


def recognised(intake: Intake) -> str:
    """What a table of a file was recognised as, from which system, and how sure that is."""
    table, sure = table_name(intake.table), certainty(intake.confidence)
    if intake.system:
        export = f"{intake.system} – {intake.export}" if intake.export else intake.system
        said = _("Recognised as {table} from {system} ({sure}).")
        return said.format(table=table, system=export, sure=sure)
    return _("Recognised as {table} ({sure}).").format(table=table, sure=sure)


def certainty(confidence: float) -> str:
    """How sure a recognition is, in words.

    >>> certainty(0.95)
    'certain'
    """
    if confidence >= 0.9:
        return _("certain")
    return _("fairly certain") if confidence >= 0.7 else _("not certain: please check")


def notes(said: Sequence[str]) -> str:
    """What was found out and assumed, as HTML; many notes are folded away."""
    items = "".join(f"<li>{escape(note)}</li>" for note in said)
    listed = f'<ul class="csw csw-notes">{items}</ul>' if items else ""
    if len(said) <= _MANY_NOTES:
        return listed
    n = ngettext("{n} note about this file", "{n} notes about this file", len(said)).format(
        n=number(len(said))
    )
    return f'<details class="csw csw-method"><summary>{escape(n)}</summary>{listed}</details>'


def private(found: pd.DataFrame | None) -> str:
    """What was done with personal data, as HTML: left out, made into an id, masked."""
    if found is None or found.empty:
        return ""
    lines = [_private_line(row) for row in found.itertuples()]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    n = ngettext(
        "Personal data: {n} column was left out, made into an id or masked",
        "Personal data: {n} columns were left out, made into an id or masked",
        found["column"].nunique(),
    ).format(n=number(found["column"].nunique()))
    return (
        f'<details class="csw csw-method"><summary>{escape(n)}</summary>'
        f'<ul class="csw csw-notes">{items}</ul></details>'
    )


def _private_line(row) -> str:
    what = {
        "left out": _("left out"),
        "made into an id": _("made into an id that cannot be read back"),
        "masked": _("masked in the text"),
    }.get(row.what, row.what)
    cells = ngettext("{n} cell", "{n} cells", row.cells).format(n=number(row.cells))
    return _("“{column}”: {kind}, {what} ({cells}).").format(
        column=row.column, kind=private_kind(row.kind), what=what, cells=cells
    )


def private_kind(kind: str) -> str:
    """A kind of personal data as people say it."""
    return {
        "email": _("e-mail address"),
        "phone": _("phone number"),
        "bank": _("bank account"),
        "postal": _("postcode"),
        "address": _("address"),
        "ip": _("IP address"),
        "name": _("name of a person"),
        "birth": _("date of birth"),
        "customer": _("customer"),
    }.get(kind, kind)


def _set_aside(intake: Intake) -> list[ipywidgets.Widget]:
    """The problems per column and the rows set aside to take home; nothing where there are none."""
    told = intake.problems is not None and not intake.problems.empty
    shown = [_problems(intake.problems)] if told else []
    if intake.read == intake.used:
        return shown
    button = Download(_("Rows set aside (Excel)"), lambda: aside_file(intake))
    box = ipywidgets.Box([button])
    box.add_class("csw-actions")
    return [*(shown or [_reasons(intake.aside)]), box]


def _problems(problems: pd.DataFrame) -> Table:
    shown = problems[["column", "problem", "count", "lines", "what_to_do"]].head(50)
    heads = {
        "column": _("Column"),
        "problem": _("What is wrong"),
        "count": _("Rows"),
        "lines": _("First lines"),
        "what_to_do": _("What you can do"),
    }
    return Table(shown, {"lines": _lines}, heads=heads, caption=_("What is wrong, column by column"))


def _lines(value: object) -> str:
    """Line numbers as people read them; line numbers have no thousands separators."""
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _reasons(aside: pd.DataFrame) -> Table:
    rows = aside["reason"].value_counts().rename_axis("reason").reset_index(name="count").head(8)
    return Table(rows, heads={"reason": _("Why rows were set aside"), "count": _("Rows")})


def aside_file(intake: Intake) -> tuple[str, str, bytes]:
    """The rows set aside as a spreadsheet that can be mended and brought back."""
    from csworkbook.export import sheets
    from csworkbook.intake import checks

    name = _("set-aside")
    return f"{Path(intake.filename).stem}-{name}.xlsx", sheets.XLSX, checks.aside_sheet(intake)


def outcome(intake: Intake, imported: pd.Series | None) -> str:
    """What a table of a file added to the shop: how many rows are new, and how many it had already."""
    table = table_name(intake.table)
    if imported is None:
        return _("{n} rows ({table}) are in use.").format(n=number(intake.used), table=table)
    parts = [ngettext("{n} row is new", "{n} rows are new", imported.added).format(n=number(imported.added))]
    if imported.known:
        parts.append(_known(imported.known, imported.changed))
    return _("{table}: {counts}.").format(table=table[:1].upper() + table[1:], counts=join(parts))


def _known(known: int, changed: int) -> str:
    """How many rows the shop had already, and how many of these are different now."""
    said = ngettext("{n} row was there already", "{n} rows were there already", known).format(n=number(known))
    new = ngettext("{n} was brought up to date", "{n} were brought up to date", changed).format(
        n=number(changed)
    )
    return f"{said} ({new})" if changed else said
