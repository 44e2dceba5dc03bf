"""What does an owner take home about his personas: cards to print, and lists of customers?"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.pages.controls import control
from csworkbook.pages.page import Page
from csworkbook.pages.talking import markup, see, titled
from csworkbook.pages.widgets import Download

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.personas import Saved
    from csworkbook.personas.talkers.relational import Relational
    from csworkbook.shop import Shop

HASHED, OWN = "hashed", "own"


class Files(ipywidgets.VBox):
    """The downloads about personas.

    Parameters
    ----------
    page : Page
    saved : callable
        Gives the personas that hold now, None where there are none.
    """

    def __init__(self, page: Page, saved: Callable[[], Saved | None]) -> None:
        self.page, self.saved = page, saved
        self.ids = ids_control(page, "personas.ids")
        lists = _actions(
            Download(_("Customers with their persona (Excel)"), partial(self.customers, "xlsx")),
            Download(_("Customers with their persona (CSV)"), partial(self.customers, "csv")),
        )
        cards = _actions(Download(_("A card per persona, to print (HTML)"), self.cards))
        parts = [titled(_("Take your personas home")), _soft(_about_cards()), cards, _soft(_about_ids())]
        super().__init__([*parts, _line(self.ids), lists])
        self.add_class("csw-panel")
        see(self, False)

    def cards(self) -> tuple[str, str, bytes]:
        """The printable page with one card per persona."""
        from csworkbook.personas.likeness.cards import cards

        shop = self.page.shop
        about = {"shop_name": shop.name, "invented": shop.is_demo}
        made = shop.call(cards, personas=self._found(), **about)
        return f"{stem(shop, _('personas'))}.html", "text/html", made.encode("utf-8")

    def customers(self, kind: str) -> tuple[str, str, bytes]:
        """The list of customers, each with the persona he belongs to."""
        from csworkbook import personas
        from csworkbook.personas import members

        shop, ids = self.page.shop, self.ids.value
        found = shop.call(personas.portraits, personas=self._found())
        rows = members.members(found, ids=ids, key=shop.key)
        about = [shop.name, _("Customers with their persona"), members.about(ids)]
        return file(kind, stem(shop, _("customers per persona")), rows, members.kinds(), about)

    def _found(self) -> Saved:
        saved = self.saved()
        if saved is None or not saved.k:
            raise DataError(_("There are no personas yet."), next_step=_("Find them first."))
        return saved


def helpdesk_list(shop: Shop) -> HelpdeskList:
    """The relational buyers as a list for the helpdesk, with hashed or own ids.

    Who they are is what a panel on `personas.relational` of the same page shows, with the thresholds chosen
    there; without such a panel, with the usual ones.
    """
    return HelpdeskList(shop)


class HelpdeskList(ipywidgets.VBox):
    """What `helpdesk_list` makes."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self.ids = ids_control(self.page, "helpdesk.ids")
        buttons = _actions(
            Download(_("List for the helpdesk (Excel)"), partial(self.listed, "xlsx")),
            Download(_("List for the helpdesk (CSV)"), partial(self.listed, "csv")),
        )
        head = titled(_("Your relational buyers, for the helpdesk"))
        super().__init__([head, _soft(_about_list()), _line(self.ids), buttons])
        self.add_class("csw-panel")
        self.page.answers(self)

    def listed(self, kind: str) -> tuple[str, str, bytes]:
        """The list as a file."""
        from csworkbook import personas

        shop, found = self.page.shop, self._found()
        rows = personas.helpdesk_list(found, ids=self.ids.value, key=shop.key)
        about = [shop.name, _("Relational buyers"), found.text, found.method]
        return file(kind, stem(shop, _("relational buyers")), rows, rows.attrs["kinds"], about)

    def _found(self) -> Relational:
        """Those that a panel of this page shows now, with what is chosen there; else with the usual choices."""
        from csworkbook.personas.talkers.relational import Relational, relational

        shown = [panel.result for panel in self.page.panels if isinstance(panel.result, Relational)]
        return shown[0] if shown else self.page.shop.call(relational)


def file(
    kind: str, stem: str, frame: pd.DataFrame, kinds: dict[str, str], about: list[str]
) -> tuple[str, str, bytes]:
    """A list as a CSV or an Excel file, formula-safe."""
    from csworkbook.export import sheets

    if kind == "csv":
        return f"{stem}.csv", "text/csv", sheets.csv(frame)
    content = sheets.xlsx(frame, name=_("Customers"), about=about, kinds=kinds)
    return f"{stem}.xlsx", sheets.XLSX, content


def ids_control(page: Page, name: str) -> ipywidgets.Widget:
    """The choice how customers are called in a list."""
    options = [(_("made unrecognisable"), HASHED), (_("your own"), OWN)]
    made = control("ids", options, _("Customer numbers"))
    page.visit.keep(name, made)
    return made


def stem(shop: Shop, what: str) -> str:
    """The name of a file without its ending."""
    return re.sub(r"\W+", "-", f"{shop.name} {what}".lower()).strip("-")[:90]


def _soft(text: str) -> ipywidgets.HTML:
    return markup(f'<p class="csw csw-soft">{escape(text)}</p>')


def _line(*children: ipywidgets.Widget) -> ipywidgets.Box:
    box = ipywidgets.Box(children)
    for name in ("csw-controls", "csw-line"):
        box.add_class(name)
    return box


def _actions(*children: ipywidgets.Widget) -> ipywidgets.Box:
    box = ipywidgets.Box(children)
    box.add_class("csw-actions")
    return box


def _about_cards() -> str:
    return _(
        "On each card: how many customers, what they bring, what sets them apart, three real customers, what they ask "
        "and when they buy. Hang them where the team decides what to make, buy and write."
    )


def _about_ids() -> str:
    return _(
        "Every customer with his persona, for a mailing or the helpdesk. With your own customer numbers you can put it "
        "straight into your systems; made unrecognisable, nobody else can tell whom a line is about."
    )


def _about_list() -> str:
    return _(
        "Customers who ask much, about many things, and take their time. With your own customer numbers the helpdesk "
        "recognises them at once; made unrecognisable, the list can also be shown to others."
    )
