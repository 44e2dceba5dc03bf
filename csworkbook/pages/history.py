"""What stood there before, and how does one go back to it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number
from csworkbook.manifesto import draft as drafts
from csworkbook.manifesto import statements
from csworkbook.manifesto.draft import Version
from csworkbook.pages.controls import control
from csworkbook.pages.filecard import press
from csworkbook.pages.page import soon
from csworkbook.pages.talking import markup, see

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from csworkbook.store import Store

_REST = 0.6  # seconds without another save until the list is read anew


class History(ipywidgets.VBox):
    """The versions that are kept, what stands in one, and a button to go back to it.

    Parameters
    ----------
    on_back : callable
        Called with the key of the version to go back to.
    """

    def __init__(self, on_back: Callable[[str], Any]) -> None:
        self.on_back = on_back
        self.versions: list[Version] = []
        self._store, self._zone, self._planned = None, None, None
        self._trouble, self._texts = ipywidgets.VBox(), markup()
        self.choice = control("version", ipywidgets.Dropdown(options=[("–", "")]), _("Earlier versions"))
        self.every = control("every_version", False, _("Show small changes too"))
        self.back = press(_("Go back to this version"), self._go, self._trouble, quiet=True)
        self.choice.observe(self._look, "value")
        self.every.observe(self._list, "value")
        bar, row = ipywidgets.Box([self.choice, self.every]), ipywidgets.Box([self.back])
        bar.add_class("csw-controls")
        row.add_class("csw-actions")
        super().__init__([bar, self._texts, row, self._trouble])
        self.add_class("csw-history")
        self._look()

    def show(self, store: Store | None, zone: ZoneInfo) -> None:
        """Show the versions in a store, with the times of a zone; soon, since reading many takes a moment."""
        self._store, self._zone = store, zone
        if self._planned is not None:
            self._planned.cancel()
        self._planned = soon(_REST, self._list)

    def _list(self, _change: Any = None) -> None:
        found = drafts.versions(self._store) if self._store else []
        self.versions = found if self.every.value else drafts.notable(found)
        options = [
            (_("Choose one to look at it"), ""),
            *((self._said(one), one.key) for one in self.versions),
        ]
        if list(self.choice.options) != options:
            before = self.choice.value
            self.choice.options = options
            self.choice.value = before if before in [key for _label, key in options] else ""
        see(self, self.versions)

    def _said(self, version: Version) -> str:
        """When a version was saved, and how long it is."""
        at = version.saved_at.astimezone(self._zone)
        today = at.date() == datetime.now(self._zone).date()
        when = f"{at:%H:%M:%S}" if today else f"{language.day(at, 'd MMM yyyy')} {at:%H:%M}"
        n = version.draft.words
        words = ngettext("{n} word", "{n} words", n).format(n=number(n))
        again = [_("gone back to")] if version.restored else []
        return " · ".join([when, words, *again])

    def _look(self, _change: Any = None) -> None:
        """Show what stands in the chosen version."""
        chosen = next((one for one in self.versions if one.key == self.choice.value), None)
        see(self.back, chosen)
        self._texts.value = _texts(chosen) if chosen else ""

    def _go(self) -> None:
        key = self.choice.value
        self.choice.value = ""
        self.on_back(key)


def _texts(version: Version) -> str:
    known = statements.parts()
    found = [(known[part].title, text) for part, text in version.draft.statements.items() if text.strip()]
    said = "".join(f"<dt>{escape(title)}</dt><dd>{escape(text)}</dd>" for title, text in found)
    return f'<dl class="csw csw-stored">{said}</dl>'
