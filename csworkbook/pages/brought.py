"""What did the owner bring so far, and what stays where?"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook.language import day, join
from csworkbook.language import gettext as _
from csworkbook.naming import table_name
from csworkbook.pages.page import Page
from csworkbook.pages.table import Table
from csworkbook.pages.talking import markup, shared, titled

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.shop import Shop


def brought(shop: Shop) -> ipywidgets.VBox:
    """The files that were brought, with what each added; follows the page."""
    page = Page.of(shop)
    words, table = markup(), Table(_files(shop), heads=_heads())
    head = titled(_("What you brought"))
    box = ipywidgets.VBox([head, words], layout=shared(ipywidgets.Layout))

    def refresh() -> None:
        words.value = f'<p class="csw">{escape(_said(page.shop))}</p>{_odd(page.shop)}'
        shown = _files(page.shop)
        table.show(shown)
        box.children = (head, words) if shown.empty else (head, words, table)

    page.listen(refresh)
    page.visit.on_hello(refresh)
    refresh()
    box.add_class("csw-panel")
    return box


def _said(shop: Shop) -> str:
    if shop.is_demo:
        return _("Nothing yet: you are looking at the demo shop, which has every table.")
    there = shop.tables()
    if not there:
        return _("Nothing yet. What you drop above is listed here.")
    parts = [_table_said(shop, table) for table in there]
    return _("There is {tables}.").format(tables=join(parts))


def _odd(shop: Shop) -> str:
    """What the tables say against each other, as a list; they may come from files of different days."""
    from csworkbook.intake import checks

    small = [] if shop.is_demo else [name for name in shop.tables() if not shop.is_large(name)]
    tables = {name: getattr(shop, name) for name in small}
    told = checks.across(tables) if len(tables) > 1 else []
    if not told:
        return ""
    items = "".join(f"<li>{escape(one.sentence)}</li>" for one in told)
    head = _("Between your tables; these rows are used all the same:")
    return f'<div class="csw csw-note">{escape(head)}<ul>{items}</ul></div>'


def _table_said(shop: Shop, table: str) -> str:
    """A table with the period it covers, where it has one."""
    period = shop.range(table)
    if period is None:
        return table_name(table)
    first, last = (day(moment, "d MMM yyyy") for moment in period)
    return _("{table} ({first} to {last})").format(table=table_name(table), first=first, last=last)


_COLUMNS = ("brought_at", "file", "table", "system", "read", "used", "aside", "added", "known", "changed")


def _files(shop: Shop) -> pd.DataFrame:
    """The imports as they are shown: newest first, tables by their names."""
    import pandas as pd

    if shop.is_demo:
        return pd.DataFrame()
    imports = shop.imports()
    if imports.empty:
        return pd.DataFrame()
    shown = imports.sort_values("brought_at", ascending=False)[list(_COLUMNS)]
    when = pd.to_datetime(shown["brought_at"])
    return shown.assign(table=shown["table"].map(table_name), brought_at=when).reset_index(drop=True)


def _heads() -> dict[str, str]:
    return {
        "brought_at": _("Brought on"),
        "file": _("File"),
        "table": _("Holds"),
        "system": _("From"),
        "read": _("Rows read"),
        "used": _("Rows used"),
        "aside": _("Set aside"),
        "added": _("New"),
        "known": _("Known already"),
        "changed": _("Brought up to date"),
    }


def privacy(shop: Shop) -> ipywidgets.VBox:
    """What is stored where, and that nothing leaves the machine; follows the page."""
    page, words = Page.of(shop), markup()

    def refresh() -> None:
        words.value = _stored(page.shop)

    page.listen(refresh)
    page.visit.on_hello(refresh)
    refresh()
    box = ipywidgets.VBox([titled(_("What leaves this computer: nothing")), words])
    box.add_class("csw-panel")
    return box


def _stored(shop: Shop) -> str:
    where = _where(shop)
    items = "".join(f"<dt>{escape(what)}</dt><dd>{escape(said)}</dd>" for what, said in where)
    lead = _(
        "These pages come from the computer that “csworkbook serve” runs on, and all sums are done there. "
        "They load nothing from elsewhere, and no figure, name or click is sent anywhere; "
        "pull the network cable out and they still work."
    )
    return f'<p class="csw">{escape(lead)}</p><dl class="csw csw-stored">{items}</dl>'


def _where(shop: Shop) -> list[tuple[str, str]]:
    if shop.is_demo:
        tables = _(
            "In the server's own folder for visitors, in memory where possible, which is wiped when the server stops. "
            "Only the columns the chapters use are kept."
        )
    else:
        tables = _("In {folder}, under data. Only the columns the chapters use are kept.").format(
            folder=shop.folder
        )
    return [
        (_("Your tables"), tables),
        (
            _("Names, addresses, phone numbers"),
            _(
                "Left out before anything is stored. In free text they are masked; no program finds every one, "
                "so look before you share a comment."
            ),
        ),
        (
            _("Customers"),
            _(
                "E-mail addresses become ids by a keyed hash (HMAC-SHA256). The key, workbook.key, is a file apart that "
                "only you can read: without it an id cannot be checked against an address. Keep it out of what you share."
            ),
        ),
        (
            _("Rows set aside"),
            _("Under data/aside, with the columns as you brought them, so that you can mend them."),
        ),
        (
            _("The original file"),
            _("Deleted after reading, unless you tick that it is kept: then under data/originals."),
        ),
        (
            _("What you typed and chose"),
            _(
                "In workbook.sqlite and workbook.toml, in the same folder, as you typed it: also who answers an audit, "
                "the names of your personas, and your notes."
            ),
        ),
        (
            _("In this browser"),
            _(
                "The language (a cookie), the choices on each page, and a number for this tab. No data, no tracking."
            ),
        ),
    ]
