"""How does an owner bring his own file: drop, see what was recognised, correct, confirm?"""

from __future__ import annotations

import shutil
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number, percent
from csworkbook.pages.page import Page, explained
from csworkbook.pages.table import Table
from csworkbook.pages.talking import sentence, titled
from csworkbook.pages.widgets import Download, Upload
from csworkbook.results import head
from csworkbook.shop import table_name
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    from csworkbook.intake import ColumnMatch, Intake
    from csworkbook.shop import Shop
    from csworkbook.tables import Column

_KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".parquet")
_SURE = 0.7
_LEAVE_OUT, _SPLIT_BY = "", "\0split"


def upload(shop: Shop, table: str) -> Bring:
    """A drop zone for one table: what was recognised, a mapping to correct, and a button to use it.

    Parameters
    ----------
    table : str
        The canonical table the file should hold, such as ``"effort_survey"``.
    """
    return Bring(shop, table)


class Bring(ipywidgets.VBox):
    """What `upload` makes; `intake` is the file that waits for a yes, None when there is none."""

    def __init__(self, shop: Shop, table: str) -> None:
        self.page, self.table, self.intake = Page.of(shop), table, None
        self._file: tempfile.TemporaryDirectory | None = None
        self._choices: dict[str, ipywidgets.Dropdown] = {}
        self._answer = ipywidgets.VBox()
        self._trouble = ipywidgets.VBox()
        drop = Upload(_KINDS, 200, self._arrived)
        super().__init__([drop, self._trouble, self._answer])
        self.add_class("csw-bring")

    def _arrived(self, name: str, path: Path) -> str:
        """Read the file; a private copy stays until it is used, refused or replaced."""
        self._forget()
        self._trouble.children = ()
        self._file = tempfile.TemporaryDirectory(prefix="csworkbook-upload-")
        shutil.copy(path, self.path(name))
        try:
            self.intake = self._read(name, None)
            remembered = self.page.target.remembered(self.intake.fingerprint)
            if remembered and remembered != self.intake.mapping:
                self.intake = self._read(name, remembered)
        except Exception:
            self._forget()
            raise
        self._ask()
        return _("“{name}” has been read: look below whether it is right.").format(name=name)

    def path(self, name: str) -> Path:
        """Where the private copy of a file stands."""
        return Path(self._file.name) / Path(name).name

    def _read(self, name: str, mapping: dict[str, str | None] | None) -> Intake:
        from csworkbook import intake

        shop = self.page.target
        how = {"mapping": mapping, "key": shop.key, "zone": shop.settings.zone, "filename": name}
        try:
            return intake.read(self.path(name), table=self.intake.table if self.intake else None, **how)
        except DataError:  # say what the table of this page would need
            return intake.read(self.path(name), table=self.table, **how)

    def _forget(self) -> None:
        self.intake, self._answer.children = None, ()
        if self._file is not None:
            self._file.cleanup()
            self._file = None

    def _ask(self) -> None:
        """Show what was recognised, and ask whether it is right."""
        self._choices = {match.header: self._choice(match) for match in self.intake.columns}
        rows = [_row(match, self._choices[match.header]) for match in self.intake.columns]
        grid = ipywidgets.VBox(rows)
        grid.add_class("csw-mapping")
        use = _button(_("Use these data"), self._use, self._trouble)
        again = _button(_("Apply the changed columns"), self._reread, self._trouble, quiet=True)
        refuse = _button(_("Do not use this file"), self._forget, self._trouble, quiet=True)
        buttons = ipywidgets.Box([use, again, refuse])
        buttons.add_class("csw-actions")
        self._answer.children = (
            sentence(_counted(self.intake), "headline"),
            *self._replaces(),
            _list(self.intake.notes),
            *self._set_aside(),
            titled(_("How your columns are used"), "h3"),
            grid,
            buttons,
        )

    def _choice(self, match: ColumnMatch) -> ipywidgets.Dropdown:
        options = [(_("leave out"), _LEAVE_OUT)]
        options += [(_column(column.name), column.name) for column in self._columns]
        if TABLES[self.intake.table].segments:
            options.append((_("split results by it"), _SPLIT_BY))
        known = [value for _label, value in options]
        value = match.column or _LEAVE_OUT
        chosen = value if value in known else _SPLIT_BY
        box = ipywidgets.Dropdown(options=options, value=chosen, description=_("is used as"))
        box.layout = ipywidgets.Layout(width="auto", flex="1 1 12rem", min_width="0")
        box.style.description_width = "auto"
        box.add_class("csw-control")
        return box

    @property
    def _columns(self) -> tuple[Column, ...]:
        return TABLES[self.intake.table].columns

    def _replaces(self) -> list[ipywidgets.Widget]:
        """That there is such a table already, which this file would replace."""
        before = getattr(self.page.target, self.intake.table)
        if before is None:
            return []
        said = _(
            "This replaces the {n} rows of “{table}” you brought before; those are kept in the workbook folder."
        )
        return [sentence(said.format(n=number(len(before)), table=table_name(self.intake.table)), "banner")]

    def _set_aside(self) -> list[ipywidgets.Widget]:
        if self.intake.aside.empty:
            return []
        reasons = self.intake.aside["reason"].value_counts()
        rows = reasons.rename_axis("reason").reset_index(name="count").head(8)
        heads = {"reason": _("Why rows were set aside"), "count": _("Rows")}
        return [Table(rows, heads=heads), Download(_("Rows set aside (Excel)"), self._aside_file)]

    def _aside_file(self) -> tuple[str, str, bytes]:
        from csworkbook.export import sheets

        aside = self.intake.aside.rename(columns={"row": _("row in your file"), "reason": _("reason")})
        stem = Path(self.intake.filename).stem
        name = _("set-aside")
        return f"{stem}-{name}.xlsx", sheets.XLSX, sheets.xlsx(aside, name=name)

    def _mapping(self) -> dict[str, str | None]:
        """The mapping as the user left it; a kept segment column keeps the name it was given."""
        chosen = {}
        for match in self.intake.columns:
            value = self._choices[match.header].value
            if value == _SPLIT_BY:
                kept = (
                    match.column if match.column and match.column not in TABLES[self.intake.table] else None
                )
                value = kept or match.header
            chosen[match.header] = value or None
        return chosen

    def _reread(self) -> None:
        self.intake = self._read(self.intake.filename, self._mapping())
        self._ask()

    def _use(self) -> None:
        mapping = self._mapping()
        if mapping != self.intake.mapping:
            self.intake = self._read(self.intake.filename, mapping)
        shop = self.page.bring(self.intake)
        shop.remember(self.intake.fingerprint, self.intake.mapping)
        n, table = len(self.intake.frame), self.intake.table
        self._forget()
        done = _("Done: every panel on this page now shows your own {n} rows ({table}).")
        self._answer.children = (sentence(done.format(n=number(n), table=table_name(table))),)


def _counted(intake: Intake) -> str:
    used = ngettext("{n} row can be used", "{n} rows can be used", intake.used).format(n=number(intake.used))
    aside = ngettext("{n} is set aside", "{n} are set aside", len(intake.aside)).format(
        n=number(len(intake.aside))
    )
    return _("Recognised as {table}: {read} rows read, {used}, {aside}.").format(
        table=table_name(intake.table), read=number(intake.read), used=used, aside=aside
    )


def _list(notes: list[str]) -> ipywidgets.HTML:
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return ipywidgets.HTML(f'<ul class="csw csw-notes">{items}</ul>' if items else "")


def _row(match: ColumnMatch, choice: ipywidgets.Dropdown) -> ipywidgets.Box:
    """One column of the user's file: its head, examples, how sure, and what it is used as."""
    examples = ", ".join(str(e)[:40] for e in match.examples[:3])
    doubt = "" if match.confidence >= _SURE or not match.column else " " + _("Please check.")
    sure = _("{share} sure.").format(share=percent(match.confidence)) if match.column else ""
    said = f"<strong>{escape(match.header)}</strong><br><span class='csw-soft'>{escape(examples)}</span>"
    note = escape(" · ".join(part for part in (match.note, f"{sure}{doubt}".strip()) if part))
    words = ipywidgets.HTML(f'<div class="csw">{said}<br><span class="csw-soft">{note}</span></div>')
    words.layout = ipywidgets.Layout(flex="2 1 16rem", min_width="0", width="auto")
    row = ipywidgets.Box([words, choice])
    row.add_class("csw-mapping-row")
    if doubt:
        row.add_class("csw-mapping-doubt")
    return row


def _column(name: str) -> str:
    """A canonical column as people say it."""
    return {
        "answered_at": _("date of the answer"),
        "choosing": _("effort: choosing"),
        "buying": _("effort: buying"),
        "after": _("effort: after purchase"),
        "customer_id": _("customer"),
        "comment": _("comment"),
        "buy_again": _("would buy again (yes/no)"),
        "spend_more": _("would spend more (yes/no)"),
        "recommend": _("would recommend (0–10)"),
        "order_id": _("order number"),
        "ordered_at": _("date of the order"),
        "revenue": _("amount of the order"),
        "margin": _("margin"),
        "shipping": _("shipping costs"),
        "discount": _("discount"),
        "first_order": _("first order (yes/no)"),
    }.get(name) or head(name)


def _button(label: str, function, trouble: ipywidgets.VBox, *, quiet: bool = False) -> ipywidgets.Button:
    button = ipywidgets.Button(description=label, layout=ipywidgets.Layout(width="auto", height="auto"))
    button.add_class("csw-press")
    if quiet:
        button.add_class("csw-press-quiet")
    button.on_click(lambda _button: explained(function, trouble)())
    return button
