"""What does the owner aim at, figure by figure? A text box for every target, saved while he types."""

from __future__ import annotations

from asyncio import TimerHandle
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from csworkbook.kpis import targets
from csworkbook.language import current
from csworkbook.language import gettext as _
from csworkbook.pages.keeping import Keeping
from csworkbook.pages.page import Page, soon
from csworkbook.pages.talking import markup, titled
from csworkbook.pages.writing import Writing

if TYPE_CHECKING:
    from csworkbook.shop import Shop

_REST = 0.8  # seconds without typing until the panels follow


def kpi_targets(shop: Shop) -> TargetsForm:
    """A form with a target for every key figure, kept in the workbook while somebody types.

    On the page of the demo shop they are the visitor's own. Every panel of the page that takes `targets`
    shows them.
    """
    return TargetsForm(shop)


class TargetsForm(ipywidgets.VBox):
    """What `kpi_targets` makes; `boxes` are its text boxes by the name of the figure."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self._planned: TimerHandle | None = None
        self._about = markup()
        self.boxes = {field.metric: self._box(field) for field in targets.fields()}
        grid = ipywidgets.Box(list(self.boxes.values()))
        grid.add_class("csw-personas-names")
        super().__init__([titled(_("What do you aim at?")), self._about, grid])
        self.add_class("csw-panel")
        self.keeping = Keeping(self.page, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the targets of the shop that is open now, and hand them to the panels."""
        shop = self.keeping.shop
        kept = targets.own(shop.settings.targets) if shop is not None else {}
        for metric, box in self.boxes.items():
            place = f"{self.keeping.place}:target:{metric}" if self.keeping.place else ""
            box.show(targets.written(metric, kept.get(metric)), place, current())
        self._about.value = f'<p class="csw csw-soft">{escape(_said(self.page.shop.is_demo))}</p>'
        if shop is not None and (self.page.shop.is_demo or "targets" in self.page.given):
            self._hand_over()

    def _box(self, field: targets.Field) -> Writing:
        def write(text: str, *, base: str, again: bool) -> dict[str, Any]:
            return self._write(field.metric, text)

        return Writing(field.label, write, ask=field.hint, single=True)

    def _write(self, metric: str, text: str) -> dict[str, Any]:
        """Keep what was typed, or say why it can be no target; the panels follow when typing rests."""
        value = targets.read(metric, text)
        self._keep(metric, value)
        if self._planned is not None:
            self._planned.cancel()
        self._planned = soon(_REST, self._hand_over)
        return {"saved": self.keeping.now(), "text": " ".join(text.split())}

    def _keep(self, metric: str, value: float | None) -> None:
        """Keep a target; the page knows its own change, and does not begin again for it at the next hello."""
        shop = self.page.target
        settings = shop.folder / "workbook.toml"
        known = shop is self.page.shop and settings.stat().st_mtime == self.page.stamp[1]
        targets.keep(shop, metric, value)
        if known:
            self.page.stamp = self.page.stamp[0], settings.stat().st_mtime

    def _hand_over(self) -> None:
        """Let every panel of the page count with these targets."""
        self._planned = None
        shop, mine = self.page.shop, self.page.target.settings.targets
        theirs = {**shop.settings.targets, **mine} if shop.is_demo else dict(mine)
        known = self.page.given.get("targets", shop.settings.targets if shop.is_demo else None)
        if theirs != known:
            self.page.give(targets=theirs)


def _said(demo: bool) -> str:
    if demo:
        return _(
            "Fill in only what you really aim at; leave the rest empty. It is saved while you type, for you "
            "alone, and every figure on this page is set beside it."
        )
    return _(
        "Fill in only what you really aim at; leave the rest empty. It is saved in the workbook while you "
        "type, and every figure on this page and in the weekly report is set beside it."
    )
