"""How does an owner bring his own files: drop them, see what was recognised, correct, use?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook.language import gettext as _
from csworkbook.language import number
from csworkbook.pages.filecard import FileCard, press
from csworkbook.pages.page import Page
from csworkbook.pages.talking import markup, see
from csworkbook.pages.widgets import Upload

if TYPE_CHECKING:
    from csworkbook.shop import Shop

KINDS = (
    ".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".parquet", ".zip", ".gz",
)  # fmt: skip
LIMIT_MB = 200


def upload(shop: Shop, table: str | None = None) -> Bring:
    """A drop zone for exports: what each file was recognised as, a form to correct it, and use or leave.

    Parameters
    ----------
    table : str, optional
        The canonical table this page is about, such as ``"effort_survey"``; other files are welcome too.
    """
    return Bring(shop, table)


class Bring(ipywidgets.VBox):
    """What `upload` makes; `cards` are the files that came, the last one first."""

    def __init__(self, shop: Shop, table: str | None = None) -> None:
        self.page, self.table = Page.of(shop), table
        self.cards: list[FileCard] = []
        self._trouble, self._shown = ipywidgets.VBox(), ipywidgets.VBox()
        self._all = press("", self.use_all, self._trouble)
        self._several = ipywidgets.Box([self._all])
        see(self._several, False)
        self._several.add_class("csw-actions")
        self._original = _tick(_("Keep the original file in the workbook"))
        why = _(
            "Without this, only what the chapters need is kept, without names and addresses. "
            "The original holds them in full: keep it only where you would keep the export itself."
        )
        hint = _("Exports as CSV, Excel, ODS, JSON, Parquet or ZIP, at most {limit} MB each").format(
            limit=number(LIMIT_MB)
        )
        drop = Upload(KINDS, LIMIT_MB, self._arrived, hint)
        keep = ipywidgets.VBox([self._original, markup(f'<p class="csw csw-soft">{why}</p>')])
        keep.add_class("csw-keep")
        super().__init__([drop, keep, self._trouble, self._several, self._shown])
        self.add_class("csw-bring")

    @property
    def waiting(self) -> list[FileCard]:
        """The files that wait for a yes or a no."""
        return [card for card in self.cards if card.waiting]

    def _arrived(self, name: str, path: Path) -> str:
        """Read a file and show its card; one of the same name that still waits gives way."""
        card = FileCard(self.page, name, path, table=self.table, on_change=self._changed)
        card.keep_original = lambda: self._original.value
        for older in [one for one in self.waiting if one.name == name]:
            older.forget()
            self.cards.remove(older)
        self.cards.insert(0, card)
        self._changed()
        if card.unknown:
            return _("“{name}” has been read, but not recognised: say below what it holds.").format(name=name)
        return _("“{name}” has been read: look below whether it is right.").format(name=name)

    def _changed(self) -> None:
        fine = [card for card in self.waiting if card.fine]
        several = len(fine) > 1
        self._all.description = _("Use all {n} files that look right").format(n=number(len(fine)))
        see(self._several, several)
        self._shown.children = tuple(self.cards)

    def use_all(self) -> None:
        """Use every file that was recognised without doubt."""
        for card in [card for card in self.waiting if card.fine]:
            card.use()


def _tick(label: str) -> ipywidgets.Checkbox:
    box = ipywidgets.Checkbox(value=False, description=label, indent=False)
    box.layout = ipywidgets.Layout(width="auto")
    box.add_class("csw-control")
    return box
