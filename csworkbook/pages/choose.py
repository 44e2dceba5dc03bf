"""Which shop does the visitor want to look at: the demo, his own data of today, or a workbook?"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook import visits
from csworkbook.language import gettext as _
from csworkbook.pages.controls import control
from csworkbook.pages.filecard import press
from csworkbook.pages.page import Page
from csworkbook.pages.talking import markup, see, seen
from csworkbook.visits import find_visit

if TYPE_CHECKING:
    from csworkbook.shop import Shop


def choose(shop: Shop) -> ipywidgets.VBox:
    """Which shop is open, and buttons to open another one or to make a workbook.

    Where the pages were served with a workbook there is nothing to choose; its name is said.
    """
    return Chooser(shop) if shop.is_demo else _fixed(shop)


def _fixed(shop: Shop) -> ipywidgets.VBox:
    said = _("These pages were started with the workbook “{name}”. It stands in {folder}.")
    text = said.format(name=shop.name, folder=shop.folder)
    box = ipywidgets.VBox([markup(f'<p class="csw">{escape(text)}</p>')])
    box.add_class("csw-panel")
    return box


class Chooser(ipywidgets.VBox):
    """What `choose` makes where the demo shop is served; follows when the page opens another shop."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self._said, self._trouble = markup(), ipywidgets.VBox()
        self._demo = press(_("Show the demo shop"), lambda: self.page.open(None), self._trouble, quiet=True)
        self._own = press(_("Show what I brought in this visit"), self._open_own, self._trouble, quiet=True)
        self._switches, self._several = _actions([self._demo, self._own]), _row()
        self._name = control("shop_name", "", _("Name of your shop"))
        make = press(_("Make a workbook"), self._make, self._trouble)
        self._making = _row([self._name, make])
        self._why = markup()
        super().__init__([self._said, self._switches, self._several, self._why, self._making, self._trouble])
        self.add_class("csw-panel")
        self.page.listen(self.refresh)
        self.page.visit.on_hello(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say which shop is open now, and offer the others."""
        shown, brought = self.page.shop, find_visit(self.page.visit.visit_id)
        self._said.value = (
            f'<p class="csw csw-headline" aria-live="polite">{escape(_open_now(shown, brought))}</p>'
        )
        see(self._demo, not shown.is_demo)
        see(self._own, brought is not None and brought.folder != shown.folder)
        see(self._switches, any(seen(box) for box in (self._demo, self._own)))
        self._several.children = self._others(shown)
        see(self._several, bool(self._several.children))
        possible = visits.home() is not None and (shown.is_demo or _is(shown, brought))
        see(self._making, possible)
        self._why.value = f'<p class="csw csw-soft">{escape(_about_making(possible, brought))}</p>'

    def _others(self, shown: Shop) -> tuple[ipywidgets.Widget, ...]:
        """The workbooks that can be opened, as a drop-down with a button; nothing where there are none."""
        others = [shop for shop in visits.workbooks() if shop.folder != shown.folder]
        if not others:
            return ()
        names = [(f"{shop.name} ({shop.folder.name})", place) for place, shop in enumerate(others)]
        box = control("workbook", ipywidgets.Dropdown(options=names), _("A workbook on this computer"))
        press_open = press(_("Open"), lambda: self.page.open(others[box.value]), self._trouble, quiet=True)
        return (box, press_open)

    def _open_own(self) -> None:
        self.page.open(find_visit(self.page.visit.visit_id))

    def _make(self) -> None:
        self.page.show(visits.make(self._name.value, self.page.visit.visit_id))
        self._name.value = ""


def _open_now(shown: Shop, brought: Shop | None) -> str:
    if shown.is_demo:
        return _("Open now: the demo shop “{name}”. Its data are invented.").format(name=shown.name)
    if _is(shown, brought):
        return _("Open now: your own data of this visit. They go when the server stops.")
    return _("Open now: the workbook “{name}”, in {folder}.").format(name=shown.name, folder=shown.folder)


def _is(shown: Shop, brought: Shop | None) -> bool:
    return brought is not None and brought.folder == shown.folder


def _about_making(possible: bool, brought: Shop | None) -> str:
    if visits.home() is None:
        return _(
            "To keep your data longer than this visit, make a workbook on the command line: "
            "csworkbook new FOLDER --name “My shop”, and then csworkbook serve FOLDER."
        )
    if not possible:
        return ""
    if brought is not None:
        said = _(
            "A workbook keeps your data: a folder in {folder}. What you brought in this visit is moved into it."
        )
    else:
        said = _("A workbook keeps your data: a folder in {folder} that only you decide about.")
    return said.format(folder=visits.home())


def _row(children: list[ipywidgets.Widget] | None = None) -> ipywidgets.Box:
    box = ipywidgets.Box(children or [])
    box.add_class("csw-controls")
    box.add_class("csw-line")
    return box


def _actions(children: list[ipywidgets.Widget]) -> ipywidgets.Box:
    box = ipywidgets.Box(children)
    box.add_class("csw-actions")
    return box
