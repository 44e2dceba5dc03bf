"""Which statements does this shop ask about its service, and how does its owner change them?"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook.errors import DataError
from csworkbook.language import current, ngettext, number
from csworkbook.language import gettext as _
from csworkbook.pages.filecard import press
from csworkbook.pages.page import Page
from csworkbook.pages.table import Table
from csworkbook.pages.talking import markup, see, sentence, titled
from csworkbook.pages.widgets import Download, Upload
from csworkbook.service_gap.items import is_usual, item_set, mapping, of_mapping

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.shop import Shop


def service_items(shop: Shop) -> ipywidgets.VBox:
    """The items of the service survey: see them, download them, bring them back changed."""
    return ItemsForm(shop)


class ItemsForm(ipywidgets.VBox):
    """What `service_items` makes; for the demo shop the items can only be read and downloaded."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self._about, self._trouble = markup(), ipywidgets.VBox()
        self._table = Table(mapping(item_set()), heads=_heads())
        self._upload = Upload((".csv", ".tsv", ".txt", ".xlsx"), 1, self.take, _hint())
        self._usual = press(_("Back to the 22 statements"), self.forget, self._trouble, quiet=True)
        buttons = ipywidgets.Box([Download(_("The statements (CSV)"), self.file), self._usual])
        buttons.add_class("csw-actions")
        head = titled(_("The statements of your service survey"))
        super().__init__([head, self._about, self._table, buttons, self._upload, self._trouble])
        self.add_class("csw-panel")
        self.page.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the items of the shop that is open now."""
        shop = self.page.shop
        own = bool(shop.settings.service_items)
        see(self._upload, not shop.is_demo)
        see(self._usual, own and not shop.is_demo)
        self._table.show(mapping(self._items()))
        self._about.value = f'<p class="csw">{escape(_said(shop.is_demo, own))}</p>'
        self._trouble.children = ()

    def _items(self):
        settings = self.page.shop.settings
        return item_set(settings.service_items, settings.service_texts)

    def file(self) -> tuple[str, str, bytes]:
        """The mapping as a CSV file that a spreadsheet of this language opens as a table."""
        from csworkbook.export import sheets

        rows = mapping(self._items()).set_axis(list(_heads().values()), axis=1)
        return f"{_('statements')}-{current()}.csv", "text/csv", sheets.csv(rows)

    def take(self, name: str, path: Path) -> str:
        """Keep the mapping in a file that was brought; returns what was done.

        Raises
        ------
        DataError
            When the file is no mapping, saying which line is wrong.
        SettingError
            When this is the demo shop.
        """
        items, texts = of_mapping(read(path, name))
        if is_usual(items, texts):
            self._keep({}, {})
            return _usual()
        self._keep(items, texts)
        return ngettext(
            "Saved: {n} statement. Every page counts with it from now on.",
            "Saved: {n} statements. Every page counts with them from now on.",
            len(items),
        ).format(n=number(len(items)))

    def forget(self) -> None:
        """Ask the 22 statements of SERVQUAL again."""
        self._keep({}, {})
        self._trouble.children = (sentence(_usual(), "done"),)

    def _keep(self, items: dict[str, str], texts: dict[str, str]) -> None:
        shop = self.page.shop
        shop.save(replace(shop.settings, service_items=items, service_texts=texts))
        self.page.show(shop)


def read(path: Path, name: str) -> pd.DataFrame:
    """The one table of a file that was brought."""
    from csworkbook.intake import files

    found = files.read(path, filename=name)
    if len(found) != 1:
        raise DataError(
            _("“{name}” holds {n} tables.").format(name=name, n=number(len(found))),
            allowed=_("One table: item, dimension and text."),
        )
    return found[0].frame


def _usual() -> str:
    return _("Saved: the 22 statements. Every page counts with them from now on.")


def _heads() -> dict[str, str]:
    return {"item": _("Item"), "dimension": _("Dimension"), "text": _("Text")}


def _hint() -> str:
    return _("CSV or XLSX with the columns item, dimension and text")


def _said(demo: bool, own: bool) -> str:
    if demo:
        return _(
            "These are the statements of the demo shop, and they cannot be changed here. Download them to see how such a "
            "file looks; in a workbook of your own you bring it back with your own statements and dimensions."
        )
    if own:
        return _(
            "These are your own statements. Download them, change numbers, dimensions or texts in a spreadsheet, and drop "
            "the file here."
        )
    return _(
        "You ask the 22 statements of SERVQUAL. Other ones, fewer or other dimensions? Download these, change them in a "
        "spreadsheet, and drop the file here."
    )
