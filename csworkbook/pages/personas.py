"""Which kinds of customers does this shop have? Found step by step, named by the owner, to take home."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable, Generator
from datetime import date
from functools import wraps
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from csworkbook import language
from csworkbook.errors import MissingTable
from csworkbook.language import gettext as _
from csworkbook.language import number
from csworkbook.naming import table_name
from csworkbook.pages import saved_personas
from csworkbook.pages.controls import control
from csworkbook.pages.filecard import press
from csworkbook.pages.keeping import Keeping
from csworkbook.pages.page import Page, soon
from csworkbook.pages.panel import Panel
from csworkbook.pages.persona_files import Files
from csworkbook.pages.persona_names import Names
from csworkbook.pages.talking import boxed, guarded, markup, see, sentence, shared, titled
from csworkbook.pages.turns import Turns

if TYPE_CHECKING:
    from csworkbook.personas import Features, Personas, Saved
    from csworkbook.shop import Shop

_REST = 0.8  # seconds without typing until the panels follow with the new name
_MOST = 8  # personas


def find_personas(shop: Shop) -> FindPersonas:
    """The personas of a shop: found on the first visit, kept, named, found again, and downloads.

    What is found goes to the store of the shop that is open; on the page of the demo shop to the
    visitor's own. Every panel of the page about personas shows these.
    """
    return FindPersonas(shop)


class FindPersonas(ipywidgets.VBox):
    """What `find_personas` makes; `saved` are the personas as they are kept, None before they are found."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self.saved: Saved | None = None
        self.found: Personas | None = None
        self._met, self._outcome = False, ""  # of the last search: "stopped", "failed", or nothing to tell
        self._began: tuple[Any, ...] = ()  # for which data it began by itself: once is enough
        self._planned: TimerHandle | None = None
        self._trouble = ipywidgets.VBox()
        self._said, self._progress = markup(), markup()
        self.turns = Turns(self._tell, self._take, self._fail)
        self._form = self._make_form()
        self.names, self.files = Names(self._name), Files(self.page, lambda: self.saved)
        self.page.visit.on_hello(self._greet)
        self.keeping = Keeping(self.page, self.refresh)
        self._give()
        self.panel = Panel(self.page.served, self._told(), "", {})
        parts = [self._form, self.panel, self.names, self.files]
        super().__init__(parts, layout=shared(ipywidgets.Layout))
        self.add_class("csw-personas")
        self.refresh()

    def refresh(self) -> None:
        """Show the personas of the shop that is open now; where there are none yet they are looked for."""
        data, store = self._data, self.keeping.store
        if data != self._began:
            self.turns.stop()
            self._outcome, self._trouble.children = "", ()
        lacks = "orders" not in self.page.shop.tables()
        self.saved = saved_personas.read(store, self._key) if store and not lacks else None
        waiting = self.page.expects_greeting and not self._met
        if self.saved is None and not (lacks or waiting or data == self._began):
            self.find()
        else:
            self._show()

    def _told(self) -> Callable[..., Personas]:
        """What the panel shows, with the boxes to name what it shows."""
        from csworkbook import personas

        @wraps(personas.portraits)
        def told(**asked: Any) -> Personas:
            self.found = personas.portraits(**asked)
            self._show_names()
            return self.found

        return told

    def find(self, k: int | None = None) -> None:
        """Look for personas, step by step; what is there stays until they are found.

        Parameters
        ----------
        k : int, optional
            How many; as many as the customers show when None.
        """
        self._began, self._outcome = self._data, ""
        self.turns.begin(_work(self.page.shop, k))
        self._tell(0, 0)
        self._show()

    def _ask(self) -> None:
        self.find(self._k.value)
        if self.turns.busy:
            self._stop.focus()

    def stop(self) -> None:
        """Look no further; what was there before stays."""
        self.turns.stop()
        self._outcome = "stopped"
        self._show()
        self._find.focus()

    def back(self) -> None:
        """The personas that stood there before, with their names."""
        saved_personas.back(self.keeping.reach(), self._key)
        self.refresh()

    @property
    def _data(self) -> tuple[Any, ...]:
        """What tells the data that are open now from others."""
        return self.page.shop.folder, self.page.shop.stamp()

    @property
    def _key(self) -> str:
        return saved_personas.key(self.page.shop)

    def _greet(self) -> None:
        self._met = True

    def _take(self, came: tuple[Features, Personas]) -> None:
        """Keep what was found, with the names that were given to the same customers before."""
        features, found = came
        store = self.keeping.reach()
        earlier = saved_personas.read(store, self._key)
        self.saved = saved_personas.carried(earlier, found, features) if earlier else found.saved
        saved_personas.keep(store, self._key, self.saved)
        self._show()

    def _fail(self, text: str) -> None:
        self._outcome, self._trouble.children = "failed", (sentence(text, "error"),)
        self._show()

    def _name(self, persona: int, text: str) -> dict[str, Any]:
        """Keep the name of a persona; the rest of the page follows once typing rests."""
        store = self.keeping.reach()
        self.saved = saved_personas.rename(store, self._key, self.saved, persona, text)
        if self._planned is not None:
            self._planned.cancel()
        self._planned = soon(_REST, self._give)
        return {"saved": self.keeping.now(), "text": self.saved.names[persona - 1]}

    def _give(self) -> None:
        """Every panel about personas shows these; while there are none it says why."""
        lacks = "orders" not in self.page.shop.tables()
        there = self.saved is not None and self.saved.k
        self.page.give(personas=None if lacks else self.saved if there else Unfound(self._lacking()))

    def _show(self) -> None:
        """Put what is known in every part of the page."""
        busy, saved = self.turns.busy, self.saved
        for part in (self._progress, self._stop):
            see(part, busy)
        for part in (self._find, self._k):
            see(part, not busy and "orders" in self.page.shop.tables())
        store = self.keeping.store
        earlier = store is not None and saved_personas.before(store, self._key) is not None
        see(self._back, earlier and not busy)
        self._find.description = _("Find them again") if saved else _("Find my personas")
        self._said.value = self._status()
        for part in (self.panel, self.files):
            see(part, saved and saved.k)
        self._show_names()
        self._give()

    def _show_names(self) -> None:
        """The boxes to name the personas that are shown; none while others are still to come."""
        found, saved = self.found, self.saved
        mark = saved_personas.mark(saved) if saved is not None and saved.k else ""
        if found is None or not mark or saved_personas.mark(found.saved) != mark:
            self.names.hide()
        else:
            self.names.show(found, saved.names, mark, self.keeping.place)

    def _tell(self, done: int, of: int) -> None:
        """How far it is."""
        said = _("Looking for groups of customers who are alike: {done} of {of} steps.")
        first = _("Reading what every customer bought…")
        words = said.format(done=number(done), of=number(of)) if of else first
        far = f' max="{of}" value="{done}"' if of else ""
        bar = f'<progress{far} aria-label="{escape(_("How far the search is"))}"></progress>'
        self._progress.value = f'<div class="csw csw-finding"><p>{escape(words)}</p>{bar}</div>'

    def _status(self) -> str:
        """On which data these personas were found, or why there are none."""
        saved = self.saved
        if saved is None:
            return "" if self.turns.busy else boxed(self._lacking())
        if not saved.k:
            differ = saved.recipe.get("columns")  # where nothing is measured no number of groups can be
            return boxed(f"{self._none()} {_ask_anyway() if differ else ''}".strip())
        said = [_found_on(saved, self._last_day())]
        if self._outcome == "stopped":
            said.insert(0, _("The search was stopped: all stays as it was."))
        return f'<p class="csw" aria-live="polite">{escape(" ".join(said))}</p>'

    def _lacking(self) -> str:
        """Why there are no personas to show."""
        if "orders" not in self.page.shop.tables():
            said = _("Personas need the table “{table}”: who bought what, and when. Bring it on this page.")
            return said.format(table=table_name("orders"))
        if self.saved is not None:
            return _(
                "There are no clear groups among these customers, so there is nothing to tell apart here."
            )
        if self._outcome == "failed":
            return _("The search for personas did not come to an end: the reason stands at the button.")
        if self._outcome == "stopped":
            return _("The search was stopped, and nothing was found before. Press the button to begin again.")
        return _("The personas of this shop are being looked for. This follows as soon as they are found.")

    def _none(self) -> str:
        """That there are no clear groups, and why."""
        from csworkbook import personas

        failures: list[str] = []
        found = guarded(self.page.shop.call, failures.append)(personas.portraits, personas=self.saved)
        return " ".join(failures) if found is None else found.text

    def _last_day(self) -> str:
        """The day of the last order, as ISO; empty where it cannot be told."""
        ends = guarded(self.page.shop.range, lambda _text: None)("orders")
        return "" if ends is None else f"{ends[1].tz_convert('UTC'):%Y-%m-%d}"

    def _make_form(self) -> ipywidgets.VBox:
        options = [(_("as many as there are"), None), *((number(k), k) for k in range(2, _MOST + 1))]
        self._k = control("personas", options, _("How many"))
        self._find = press(_("Find my personas"), self._ask, self._trouble)
        self._stop = press(_("Stop"), self.stop, self._trouble, quiet=True)
        self._back = press(_("Back to the ones before"), self.back, self._trouble, quiet=True)
        bar = ipywidgets.Box([self._k, self._find, self._stop, self._back])
        for name in ("csw-controls", "csw-line"):
            bar.add_class(name)
        about = markup(f'<p class="csw csw-soft">{escape(_about())}</p>')
        head = titled(_("Which kinds of customers do you have?"))
        form = ipywidgets.VBox([head, about, self._said, self._progress, bar, self._trouble])
        form.add_class("csw-panel")
        return form


def _work(shop: Shop, k: int | None) -> Generator[tuple[int, int], None, tuple[Features, Personas]]:
    """All steps of the search: reading first, then the trials."""
    from csworkbook import personas

    yield 0, 0
    features = personas.features(shop)
    yield 0, 0
    return features, (yield from personas.finding(features, k=k))


class Unfound:
    """Stands for personas that are not found yet: whoever cannot do without them hears why."""

    k = 0  # there are none: what can do without goes on

    def __init__(self, why: str) -> None:
        self._why = why

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unfound) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self._why)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise MissingTable(self._why)


def _found_on(saved: Saved, last: str) -> str:
    """On which data personas were found, and what that means where orders came since."""
    day = language.day(date.fromisoformat(saved.found_at)) if saved.found_at else "–"
    if last <= saved.found_at:
        return _("Found on the orders up to {day}, and kept: every page goes by them.").format(day=day)
    return _(
        "Found on the orders up to {day}. Customers who came since belong to the persona they are most like. "
        "Find them again now and then: kinds of customers change."
    ).format(day=day)


def _ask_anyway() -> str:
    return _("Or choose above how many groups you want, and look whether you recognise them.")


def _about() -> str:
    return _(
        "Personas of real customers, not of invented faces: whoever buys alike stands together. How many there are "
        "is measured, and where there are no clear groups it says so."
    )
