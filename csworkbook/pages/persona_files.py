"""What does an owner take home about his personas: cards to print, and lists of customers?"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from html import escape
from inspect import signature
from typing import TYPE_CHECKING, Any

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
    from csworkbook.results import Result
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
        parts = [
            titled(_("Take your personas home")),
            _soft(_about_cards()),
            cards,
            _soft(f"{_about_ids()} {_by_order()}"),
        ]
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
        from csworkbook.personas import membership

        shop, ids = self.page.shop, self.ids.value
        found = shop.call(personas.portraits, personas=self._found())
        rows = shop.call(membership.members, found=found, ids=ids, key=shop.key)
        about = [shop.name, _("Customers with their persona"), membership.about(ids)]
        return file(kind, stem(shop, _("customers per persona")), rows, membership.kinds(), about)

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


def invitation_list(shop: Shop) -> InvitationList:
    """The loyal customers to send the questions to, as a list with own or hashed ids.

    Who they are is what a panel on `personas.whom` of the same page shows, with what is chosen there; without
    such a panel, with the usual choices.
    """
    return InvitationList(shop)


class _Listing(ipywidgets.VBox):
    """A list of customers to take home, with the choice how they are called."""

    def __init__(
        self, shop: Shop, head: str, about: str, ids: ipywidgets.Widget, names: dict[str, str]
    ) -> None:
        self.page, self.ids = Page.of(shop), ids
        buttons = _actions(*(Download(name, partial(self.listed, kind)) for kind, name in names.items()))
        super().__init__([titled(head), _soft(f"{about} {_by_order()}"), _line(ids), buttons])
        self.add_class("csw-panel")
        self.page.answers(self)

    def listed(self, kind: str) -> tuple[str, str, bytes]:
        """The list as a file: its name, what it is, what it holds."""
        raise NotImplementedError

    def _given(self, function: Callable[..., Result]) -> dict[str, Any]:
        """The personas of this page, where they play a part."""
        there = "personas" in signature(function).parameters and "personas" in self.page.given
        return {"personas": self.page.given["personas"]} if there else {}

    def _found(self, kind: type[Result], function: Callable[..., Result]) -> Any:
        """What a panel of this page shows now, with what is chosen there; else with the usual choices."""
        shown = [panel.result for panel in self.page.panels if isinstance(panel.result, kind)]
        return shown[0] if shown else self.page.shop.call(function, **self._given(function))


class HelpdeskList(_Listing):
    """What `helpdesk_list` makes."""

    def __init__(self, shop: Shop) -> None:
        names = {"xlsx": _("List for the helpdesk (Excel)"), "csv": _("List for the helpdesk (CSV)")}
        ids = ids_control(Page.of(shop), "helpdesk.ids")
        super().__init__(shop, _("Your relational buyers, for the helpdesk"), _about_list(), ids, names)

    def listed(self, kind: str) -> tuple[str, str, bytes]:
        """The list as a file."""
        from csworkbook import personas
        from csworkbook.personas.talkers.relational import Relational

        shop, found = self.page.shop, self._found(Relational, personas.relational)
        rows = personas.helpdesk_list(found, ids=self.ids.value, key=shop.key)
        about = [shop.name, _("Relational buyers"), found.text, found.method]
        return file(kind, stem(shop, _("relational buyers")), rows, rows.attrs["kinds"], about)


class InvitationList(_Listing):
    """What `invitation_list` makes."""

    def __init__(self, shop: Shop) -> None:
        names = {"xlsx": _("Customers to invite (Excel)"), "csv": _("Customers to invite (CSV)")}
        ids = ids_control(Page.of(shop), "invitations.ids", first=OWN)
        super().__init__(shop, _("The customers to invite"), _about_invitations(), ids, names)

    def listed(self, kind: str) -> tuple[str, str, bytes]:
        """The list as a file, who goes first at the top."""
        from csworkbook import personas
        from csworkbook.personas.loyal.invited import Invited

        shop, found = self.page.shop, self._found(Invited, personas.whom)
        rows = personas.invitation_list(found, ids=self.ids.value, key=shop.key)
        about = [shop.name, _("Customers to invite"), found.text, found.method]
        return file(kind, stem(shop, _("customers to invite")), rows, rows.attrs["kinds"], about)


def file(
    kind: str, stem: str, frame: pd.DataFrame, kinds: dict[str, str], about: list[str]
) -> tuple[str, str, bytes]:
    """A list as a CSV or an Excel file, formula-safe."""
    from csworkbook.export import sheets

    if kind == "csv":
        return f"{stem}.csv", "text/csv", sheets.csv(frame)
    content = sheets.xlsx(frame, name=_("Customers"), about=about, kinds=kinds)
    return f"{stem}.xlsx", sheets.XLSX, content


def ids_control(page: Page, name: str, *, first: str = HASHED) -> ipywidgets.Widget:
    """The choice how customers are called in a list; `first` is where it starts."""
    options = [(_("made unrecognisable"), HASHED), (_("your own"), OWN)]
    options.sort(key=lambda option: option[1] != first)
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


def _about_invitations() -> str:
    return _(
        "The loyal customers, who goes first at the top. With your own customer numbers your mail program finds their "
        "addresses; made unrecognisable, the list can also be shown to others."
    )


def _by_order() -> str:
    return _(
        "Customers whom your export knows by their e-mail address only have a made-up number here: you find them in your "
        "shop system by the number of their last order, which stands at the end of each line of the list with your own "
        "numbers."
    )
