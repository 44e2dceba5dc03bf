"""What the panels of one page share: the shop shown now, the visitor's memory, the order of work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

import ipywidgets
from traitlets.log import get_logger

from csworkbook import language, segments, visits
from csworkbook.language import gettext as _
from csworkbook.naming import table_name
from csworkbook.pages.talking import boxed, guarded, markup, see, sentence, shared
from csworkbook.pages.widgets import Visit, style
from csworkbook.shop import Shop, open_shop

if TYPE_CHECKING:
    from csworkbook.pages.panel import Panel


_PATIENCE = 0.5  # seconds from the last cell until panels are worked out ahead
_LONG_PATIENCE = 12.0  # until those are that take seconds: a browser that waits for the page goes first
_SETTLED = 0.2  # seconds without a change until the findings follow


class Page:
    """One page: its panels show the same shop, and follow when another is opened.

    The first panel is shown at once. The others are worked out ahead, but built only when a browser
    has said hello: every widget that is there before makes the page start later. They take turns in
    the kernel's event loop, so that controls answer in between.
    """

    _pages: ClassVar[WeakKeyDictionary[Shop, Page]] = WeakKeyDictionary()

    def __init__(self, shop: Shop) -> None:
        self.served = self.shop = shop
        self.panels, self.listeners, self.followers = [], [], []
        self.stamp = _stamp(shop)
        # what was chosen on this page for its panels, by parameter (such as the steps of the funnel), when
        # the shop's own settings cannot be changed; see `give`
        self.given: dict[str, Any] = {}
        self._answers: list[ipywidgets.DOMWidget] = []
        self._veiled = False
        self.visit = Visit("page")
        self.visit.on_hello(self.greet)
        self._own: Shop | None = None
        self._headers: tuple[Shop, dict[str, str]] | None = None
        self.expects_greeting = self._greeted = self._long_waited = False
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
        for other in self.panels[:-1]:
            other.meet(panel)
        self.answers(panel)
        if len(self.panels) == 1:
            panel.refresh()
        else:
            self._waiting = sorted([*self._waiting, panel], key=lambda one: one.heavy)
            self._plan(_PATIENCE)

    def answers(self, widget: ipywidgets.DOMWidget) -> None:
        """Name a widget that shows figures, or what follows from them."""
        self._answers.append(widget)
        see(widget, not self._veiled)

    def veil(self, on: bool) -> None:
        """Take every figure off the page while people guess them, and put them back afterwards."""
        if on == self._veiled:
            return
        self._veiled = on
        for widget in self._answers:
            see(widget, not on)
        for panel in self.panels if on else []:
            panel.clear()
        self._tell()
        self._waiting = [] if on else sorted(self.panels, key=lambda panel: panel.heavy)
        self._plan(0)

    @property
    def veiled(self) -> bool:
        """Whether figures are to stay away."""
        return self._veiled

    def listen(self, function: Callable[[], Any]) -> None:
        """Call `function` whenever the page shows other data."""
        self.listeners.append(function)

    def give(self, **chosen: Any) -> None:
        """Hand this to every panel's function that has a parameter of that name; None takes it back."""
        new = {name for name, value in chosen.items() if value != self.given.get(name)}
        self.given = {name: value for name, value in {**self.given, **chosen}.items() if value is not None}
        asking = [panel for panel in self.panels if new & panel.parameters]
        for panel in asking:
            panel.forget()
        if asking:
            self._waiting = sorted(
                {*self._waiting, *asking}, key=lambda panel: (panel.heavy, self.panels.index(panel))
            )
            self._plan(0)

    def shows(self, function: str) -> bool:
        """Whether a panel of the page shows the answers of the chapter function of this name."""
        return any(panel.function.__name__ == function for panel in self.panels)

    def look_behind(self, function: str, choices: dict[str, Any]) -> None:
        """Let the panel of that chapter function show these choices, and come into view."""
        for panel in self.panels:
            if panel.function.__name__ == function and panel.controls:
                panel.choose(choices)

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
        gone = self._own is None or not (self._own.folder / "workbook.toml").exists()
        if self.shop.is_demo and gone:
            self._own = visits.visit(self.visit.visit_id)
        return self._own if self.shop.is_demo else self.shop

    def bring(self, *found: Any) -> Shop:
        """Keep what the user brought, and show it everywhere on the page."""
        shop = self.target
        for intake in found:
            shop = shop.add(intake)
            segments.keep(shop, intake)
        self.open(shop)
        return self.shop

    def open(self, shop: Shop | None) -> None:
        """Show another shop here and on every page of this browser tab; None is the demo."""
        if self.served.is_demo:
            visits.choose(self.visit.visit_id, shop)
        self.show(shop or self.served)

    def show(self, shop: Shop) -> None:
        """Show this shop in every panel."""
        self.given = {} if shop is not self.shop else self.given
        self.shop, self.stamp, self._headers = shop, _stamp(shop), None
        self.visit.shop = "" if shop.is_demo else shop.name
        for function in self.listeners:  # one that fails does not stop the others
            guarded(function, get_logger().warning)()
        for panel in self.panels[:1]:
            panel.refresh()
        self._waiting = sorted(self.panels[1:], key=lambda panel: panel.heavy)
        self._plan(0)

    def greet(self) -> None:
        """A browser came: with a warm kernel perhaps long after, so look whether the data changed."""
        self._greeted = True
        if self._own is not None:
            self._own = visits.adopt(self._own, self.visit.visit_id)
        chosen = visits.opened(self.visit.visit_id) if self.served.is_demo else None
        shop = chosen or self.served
        if shop.folder != self.shop.folder:
            self.show(shop)
        elif _stamp(shop) != self.stamp:
            shop.forget_frames()
            self.show(shop if shop.is_demo else open_shop(shop.folder))
        else:
            self._plan(0)

    def header(self, column: str) -> str | None:
        """What the owner himself called a column by which results are split, or None."""
        if self._headers is None or self._headers[0] is not self.shop:
            self._headers = self.shop, segments.headers(self.shop)
        return self._headers[1].get(column)

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
        if ahead is None:
            return
        if ahead.heavy and not self._long_waited:
            self._long_waited = True
            self._plan(_LONG_PATIENCE)
            return
        ahead.prepare()
        self._plan(0.01)


def _stamp(shop: Shop) -> tuple[float, float]:
    """When the tables and the settings of a shop last changed."""
    settings = shop.folder / "workbook.toml" if shop.folder else None
    return shop.stamp(), settings.stat().st_mtime if settings and settings.exists() else 0.0


def soon(seconds: float, function: Callable[[], Any]) -> asyncio.TimerHandle | None:
    """Call a function in the kernel's event loop after so many seconds; now where there is no loop."""
    try:
        return asyncio.get_running_loop().call_later(seconds, function)
    except RuntimeError:
        function()
        return None


def welcome(shop: Shop, table: str | None = None) -> ipywidgets.VBox:
    """The top of a page: whose data it shows, and the page's memory and pulse.

    Shows a banner for as long as the demo shop is open. `table` is the one the page is about.
    """
    page = Page.of(shop)
    page.expects_greeting = True
    banner = markup()

    def refresh() -> None:
        banner.value = boxed(*_banner(page.shop, table))

    page.listen(refresh)
    refresh()
    return ipywidgets.VBox([style(), page.visit, banner], layout=shared(ipywidgets.Layout))


def _banner(shop: Shop, table: str | None) -> tuple[str, str]:
    """The sentence about the shop that is open, and the kind of its box."""
    there = shop.tables()
    if shop.is_demo:
        said = _(
            "You are looking at the demo shop “{name}”: its data are invented. Drop your own files below."
        )
        return said.format(name=shop.name), "banner"
    if not there:
        return _("{name}: nothing was brought yet. Drop your files below.").format(name=shop.name), "banner"
    if table and table not in there:
        said = _("{name}: this page needs the table “{table}”, which is not there yet. Drop your file below.")
        return said.format(name=shop.name, table=table_name(table)), "banner"
    if table == "effort_survey":
        return _survey(shop), "note"
    tables = language.join([table_name(one) for one in there])
    return _("{name}: {tables}.").format(name=shop.name, tables=tables), "note"


def _survey(shop: Shop) -> str:
    survey = shop.effort_survey
    first, last = survey["answered_at"].min(), survey["answered_at"].max()
    return _("{name}: {n} answers to the effort survey, {first} to {last}.").format(
        name=shop.name, n=language.number(len(survey)), first=language.day(first), last=language.day(last)
    )


def explained(function: Callable, place: ipywidgets.Box) -> Callable:
    """A callback whose errors appear as a sentence in `place`, which is emptied first."""

    def show(text: str) -> None:
        place.children = (sentence(text, "error"),)

    def call(*args: Any, **kwargs: Any) -> Any:
        place.children = ()
        return guarded(function, show)(*args, **kwargs)

    return call
