"""What the panels of one page share: the shop shown now, the visitor's memory, the order of work."""

from __future__ import annotations

import asyncio
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


_PATIENCE = 0.5  # seconds from the last cell until panels are worked out ahead
_SETTLED = 0.2  # seconds without a change until the findings follow


class Page:
    """One page: its panels show the same shop, and follow when another is opened.

    The first panel is shown at once. The others are worked out ahead, but built only when a browser
    has said hello: every widget that is there before makes the page start later. They take turns in
    the kernel's event loop, so that controls answer in between.
    """

    _pages: ClassVar[WeakKeyDictionary[Shop, Page]] = WeakKeyDictionary()

    def __init__(self, shop: Shop) -> None:
        self.shop, self.panels, self.listeners, self.followers = shop, [], [], []
        self.stamp = shop.stamp()
        self.visit = Visit("page")
        self.visit.on_hello(self.greet)
        self._own: Shop | None = None
        self.expects_greeting = self._greeted = False
        self._waiting: list[Panel] = []
        self._planned: asyncio.TimerHandle | None = None
        self._settling: asyncio.TimerHandle | None = None

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
        """A panel shows something else: tell those who follow, once things have settled."""
        if self._settling is not None:
            self._settling.cancel()
        self._settling = soon(_SETTLED, self._tell)

    def _tell(self) -> None:
        for function in self.followers:
            function()

    @property
    def target(self) -> Shop:
        """Where what the user brings goes: this shop, or for the demo a shop of the visitor's own."""
        if self.shop.is_demo and self._own is None:
            self._own = visit(self.visit.visit_id)
        return self._own if self.shop.is_demo else self.shop

    def bring(self, intake: Any) -> Shop:
        """Keep what the user brought, and show it everywhere on the page."""
        self.show(self.target.add(intake))
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

    def greet(self) -> None:
        """A browser came: with a warm kernel perhaps long after, so look whether the data changed."""
        self._greeted = True
        brought = find_visit(self.visit.visit_id) if self.shop.is_demo else None
        if brought is not None:
            self.show(brought)
        elif self.shop.stamp() != self.stamp:
            self.shop.forget_frames()
            self.show(self.shop)
        else:
            self._plan(0)

    def _plan(self, seconds: float) -> None:
        """Go on with the waiting panels after so many seconds."""
        if self._planned is not None:
            self._planned.cancel()
        self._planned = soon(seconds, self._work)

    def _work(self) -> None:
        """One panel's turn: shown, or only worked out ahead while a browser is still to come."""
        if self._greeted or not self.expects_greeting:
            if self._waiting:
                self._waiting.pop(0).refresh()
                self._plan(0.01)
            return
        ahead = next((panel for panel in self._waiting if not panel.prepared), None)
        if ahead is not None:
            ahead.prepare()
            self._plan(0.01)


def soon(seconds: float, function: Callable[[], Any]) -> asyncio.TimerHandle | None:
    """Call a function in the kernel's event loop after so many seconds; now where there is no loop."""
    try:
        return asyncio.get_running_loop().call_later(seconds, function)
    except RuntimeError:
        function()
        return None


def welcome(shop: Shop) -> ipywidgets.VBox:
    """The top of a page: whose data it shows, and the page's memory and pulse.

    Shows a banner for as long as the demo shop is open.
    """
    page = Page.of(shop)
    page.expects_greeting = True
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
