"""What the panels of one page share: the shop shown now, the visitor's memory, the order of work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

import ipywidgets

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.pages.talking import boxed, guarded, markup, sentence, shared
from csworkbook.pages.widgets import Visit, style
from csworkbook.shop import Shop, find_visit, visit

if TYPE_CHECKING:
    from csworkbook.pages.panel import Panel


_PATIENCE = 3  # seconds that panels wait for a browser
_LOADING = 10  # seconds a browser may need to build a page


class Page:
    """One page: its panels show the same shop, and follow when another is opened.

    The first panel is worked out at once; the others wait until a browser says hello (or a few
    seconds, where none does), so that the first picture is there early. They take their turns in the
    kernel's event loop, and controls answer in between.
    """

    _pages: ClassVar[WeakKeyDictionary[Shop, Page]] = WeakKeyDictionary()

    def __init__(self, shop: Shop) -> None:
        self.shop, self.panels, self.listeners, self.followers = shop, [], [], []
        self.stamp = shop.stamp()
        self.visit = Visit("page")
        self.visit.on_hello(self._hello)
        self._waiting: list[Panel] = []
        self._worked: dict[Panel, float] = {}
        self._planned: asyncio.TimerHandle | None = None

    @classmethod
    def of(cls, shop: Shop) -> Page:
        """The page of this shop in this notebook; made when first asked for."""
        if shop not in cls._pages:
            cls._pages[shop] = cls(shop)
        return cls._pages[shop]

    def add(self, panel: Panel) -> None:
        """Put a panel on the page: worked out at once when it is the first, else in its turn."""
        self.panels.append(panel)
        if len(self.panels) == 1:
            panel.refresh()
        else:
            self._waiting.append(panel)
            self._plan(_PATIENCE)

    def listen(self, function: Callable[[], Any]) -> None:
        """Call `function` whenever the page shows other data."""
        self.listeners.append(function)

    def after_panels(self, function: Callable[[], Any]) -> None:
        """Call `function` now and whenever a panel shows something else."""
        self.followers.append(function)
        function()

    def changed(self) -> None:
        """A panel shows something else."""
        for function in self.followers:
            function()

    def bring(self, intake: Any) -> Shop:
        """Keep what the user brought, and show it everywhere on the page."""
        target = visit(self.visit.visit_id) if self.shop.is_demo else self.shop
        self.show(target.add(intake))
        return self.shop

    def show(self, shop: Shop) -> None:
        """Show this shop in every panel."""
        self.shop, self.stamp = shop, shop.stamp()
        for function in self.listeners:
            function()
        for panel in self.panels[:1]:
            panel.refresh()
        self._waiting = self.panels[1:]
        self._plan(0)

    def _hello(self) -> None:
        """A browser came: with a warm kernel perhaps long after, so look whether the data changed."""
        brought = find_visit(self.visit.visit_id) if self.shop.is_demo else None
        if brought is not None:
            self.show(brought)
        elif self.shop.stamp() != self.stamp:
            self.shop.forget_frames()
            self.show(self.shop)
        else:
            # what was worked out while the browser was still building its page may not have reached it
            recent = [p for p, when in self._worked.items() if when > time.monotonic() - _LOADING]
            self._waiting = recent + [panel for panel in self._waiting if panel not in recent]
            self._plan(0)

    def _plan(self, seconds: float) -> None:
        """Work the waiting panels out after so many seconds; at once where there is no event loop."""
        if self._planned is not None:
            self._planned.cancel()
        try:
            self._planned = asyncio.get_running_loop().call_later(seconds, self._work)
        except RuntimeError:
            while self._waiting:
                self._waiting.pop(0).refresh()

    def _work(self) -> None:
        if self._waiting:
            panel = self._waiting.pop(0)
            panel.refresh()
            self._worked[panel] = time.monotonic()
            self._plan(0.01)


def welcome(shop: Shop) -> ipywidgets.VBox:
    """The top of a page: whose data it shows, and the page's memory and pulse.

    Shows a banner for as long as the demo shop is open.
    """
    page = Page.of(shop)
    banner = markup()

    def refresh() -> None:
        banner.value = _banner(page.shop)

    page.listen(refresh)
    refresh()
    return ipywidgets.VBox([style(), page.visit, banner], layout=shared(ipywidgets.Layout))


def _banner(shop: Shop) -> str:
    if shop.is_demo:
        return boxed(
            _(
                "You are looking at the demo shop “{name}”: its data are invented. Drop your own file below."
            ).format(name=shop.name),
            "banner",
        )
    survey = shop.effort_survey
    if survey is None:
        return boxed(
            _("{name}: no effort survey yet. Drop your file below.").format(name=shop.name), "banner"
        )
    first, last = survey["answered_at"].min(), survey["answered_at"].max()
    return boxed(
        _("{name}: {n} answers to the effort survey, {first} to {last}.").format(
            name=shop.name, n=language.number(len(survey)), first=language.day(first), last=language.day(last)
        )
    )


def explained(function: Callable, place: ipywidgets.Box) -> Callable:
    """A callback whose errors appear as a sentence in `place`, which is emptied first."""

    def show(text: str) -> None:
        place.children = (sentence(text, "error"),)

    def call(*args: Any, **kwargs: Any) -> Any:
        place.children = ()
        return guarded(function, show)(*args, **kwargs)

    return call
