"""How does somebody take the report of a week home?"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import ipywidgets

from csworkbook.kpis import week_report as reports
from csworkbook.language import gettext as _
from csworkbook.pages.controls import control
from csworkbook.pages.page import Page
from csworkbook.pages.talking import markup, see, titled
from csworkbook.pages.widgets import Download

if TYPE_CHECKING:
    from csworkbook.shop import Shop

_MOST = 53  # weeks to choose from


def week_report(shop: Shop) -> WeekReport:
    """A choice of weeks and a button: the report of that week as one page to print or mail."""
    return WeekReport(shop)


class WeekReport(ipywidgets.VBox):
    """What `week_report` makes; `week` is its control."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self.week = control("week", ipywidgets.Dropdown(options=[]), _("Week"))
        self._said = markup()
        self._take = ipywidgets.Box([Download(_("Report of the week (HTML)"), self.file)])
        self._take.add_class("csw-actions")
        self._line = ipywidgets.Box([self.week])
        self._line.add_class("csw-controls")
        super().__init__([titled(_("The week on one page")), self._said, self._line, self._take])
        self.add_class("csw-panel")
        self.page.answers(self)
        self.page.listen(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Offer the finished weeks of the shop that is open now, the last one first."""
        found = reports.weeks(self.page.shop)[:_MOST]
        before = self.week.value
        self.week.options = [(reports.said(one), one) for one in found]
        self.week.value = before if before in found else found[0] if found else None
        see(self._line, bool(found))
        see(self._take, bool(found))
        self._said.value = f'<p class="csw">{escape(_about(bool(found)))}</p>'

    def file(self) -> tuple[str, str, bytes]:
        """The report of the chosen week, with the targets that hold on this page."""
        made = reports.report(self.page.shop, self.week.value, targets=self.page.given.get("targets"))
        return made.filename, "text/html", made.html.encode("utf-8")


def _about(there: bool) -> str:
    if not there:
        return _("There is no finished week of contacts yet.")
    return _(
        "Everything on this page for one week, with what changed: to print, to mail or to put in a shared "
        "folder. It needs no internet. “csworkbook report” writes it by itself every week."
    )
