"""How does a facilitator collect blind guesses on his screen, reveal them, and ask again?"""

from __future__ import annotations

import asyncio
import contextlib
import re
from functools import cached_property, partial, update_wrapper
from html import escape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ipywidgets

from csworkbook import language, workshop
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number
from csworkbook.pages.controls import control
from csworkbook.pages.filecard import press
from csworkbook.pages.guess import GuessForm, actions, row
from csworkbook.pages.page import Page
from csworkbook.pages.panel import Panel
from csworkbook.pages.sure import Sure
from csworkbook.pages.talking import guarded, markup, see, shared, titled
from csworkbook.pages.widgets import Download

if TYPE_CHECKING:
    from csworkbook.shop import Shop
    from csworkbook.store import Store
    from csworkbook.workshop import Session

_EVERY = 3.0  # seconds between two looks whether others guessed too
_FEW = 3  # with fewer guesses everybody can tell whose is whose


def guesses(shop: Shop) -> Guesses:
    """The workshop screen: sessions, one blind guess after another, the reveal, the second round.

    What is typed goes to the store of the shop that is open; on the page of the demo shop to the
    visitor's own, beside the demo's customers.
    """
    return Guesses(shop)


class Guesses(ipywidgets.VBox):
    """What `guesses` makes; `session` is the one that is open."""

    def __init__(self, shop: Shop) -> None:
        self.page, self.session = Page.of(shop), None
        self._known = not shop.is_demo  # a visitor of the demo is known when his browser says hello
        self._again, self._planned = "", None
        self._trouble, self._body = ipywidgets.VBox(), ipywidgets.VBox(layout=shared(ipywidgets.Layout))
        self._count, self._about = markup(), markup()
        self._make_buttons()
        self._screen = ipywidgets.VBox([titled(_("What do we think ourselves?")), self._body])
        self._screen.add_class("csw-panel")
        self._screen.add_class("csw-guesses")
        self._panels: list[Panel] = []
        self._told: tuple[str, tuple[str, ...]] = "", ()
        self._results = ipywidgets.VBox(layout=shared(ipywidgets.Layout))
        super().__init__([self._screen, self._results], layout=shared(ipywidgets.Layout))
        self.page.listen(self.refresh)
        self.page.visit.on_hello(self._hello)
        self.refresh()

    @property
    def store(self) -> Store:
        """Where sessions and guesses are kept."""
        self._known = True
        return self.page.target.store

    @cached_property
    def _form(self) -> GuessForm:
        """The form, made with the first session; what is half typed comes back after a reload."""
        form = GuessForm(self._keep)
        for name, box in form.fields.items():
            self.page.visit.keep(f"guess.{name}", box)
        return form

    def refresh(self) -> None:
        """Show the sessions of the shop that is open now, and the one that was chosen before, if it is there."""
        kept = workshop.sessions(self.store) if self._known else []
        before = self.session.id if self.session else ""
        same = [one for one in kept if one.id == before]
        self.session = next(iter(same or [one for one in kept if not one.closed] or kept), None)
        self._offer(kept)
        self._show()
        self._watch()

    def begin(self) -> None:
        """Begin a session with the name that was typed."""
        self.session = workshop.begin(self.store, self._name.value)
        self._name.value = ""
        self._making = False
        self._clear()
        self.refresh()

    def keep(self) -> None:
        """Keep the guess that was typed, and clear the fields for the next one."""
        word = self._form.word
        try:
            n = workshop.guess(
                self.store,
                self.session.id,
                self.session.participant(word),
                self.session.asking or "before",
                self._form.answers(),
                change=bool(word) and word == self._again,
            )
        except workshop.Taken as taken:
            self._again = word
            taken_by = _(
                "Is it yours? Press the button once more to change it. Otherwise choose another word."
            )
            raise workshop.Taken(taken.what, next_step=taken_by) from None
        self._clear()
        self._tell_count(n)
        self._form.start()

    def reveal(self) -> None:
        """Show what everybody guessed."""
        self.session = workshop.reveal(self.store, self.session.id, self.session.asking or "before")
        self._clear()
        self.refresh()

    def ask_again(self) -> None:
        """Begin the second round."""
        self.session = workshop.ask_again(self.store, self.session.id)
        self.refresh()

    def end(self) -> None:
        """Let nothing in the session change any more, or go on with it."""
        self.session = workshop.close(self.store, self.session.id, closed=not self.session.closed)
        self.refresh()

    def delete(self) -> None:
        """Delete the session with all its guesses."""
        workshop.remove(self.store, self.session.id)
        self.session = None
        self.refresh()

    def _hello(self) -> None:
        self._known = True
        self.refresh()

    def _make_buttons(self) -> None:
        self._making = False
        self._name = control("session_name", "", _("Name of the session"))
        self._chosen = control("session", ipywidgets.Dropdown(options=[]), _("Session"))
        self._chosen.observe(self._choose, "value")
        self._begin = press(_("Begin"), self.begin, self._trouble)
        self._new = press(_("New session"), self._name_one, self._trouble, quiet=True)
        self._keep = press(_("Keep this guess"), self.keep, self._trouble)
        self._ask = press(_("Ask again"), self.ask_again, self._trouble)
        self._close = press("", self.end, self._trouble, quiet=True)
        self._reveal = Sure(_("Reveal"), self.reveal, self._trouble, yes=_("Yes, show them"), primary=True)
        self._reveal.add_class("csw-reveal")
        self._reveal.hint = _("Is everybody in? Then look at it together.")
        self._remove = Sure(_("Delete"), self.delete, self._trouble, yes=_("Yes, delete it"))
        # made once: a row that is made anew is drawn anew, and what was just typed in it is lost
        self._naming, self._second = row([self._name, self._begin]), actions([self._ask])
        self._managing = row([self._chosen, self._new, self._close, self._remove])
        self._sessions = ipywidgets.VBox(layout=shared(ipywidgets.Layout))
        self._sessions.add_class("csw-sessions")

    def _name_one(self) -> None:
        self._making = not self._making
        self._show()

    def _choose(self, change: Any) -> None:
        if change.new and (self.session is None or change.new != self.session.id):
            self.session = workshop.find(self.store, change.new)
            self._making = False
            self._clear()
            self._show()

    def _offer(self, kept: list[Session]) -> None:
        """The sessions that can be chosen."""
        self._chosen.unobserve(self._choose, "value")
        self._chosen.options = [(self._named(one), one.id) for one in kept]
        self._chosen.value = self.session.id if self.session else None
        self._chosen.observe(self._choose, "value")

    def _named(self, session: Session) -> str:
        began = session.began.astimezone(ZoneInfo(self.page.shop.settings.zone))
        said = _("{name}, {day} (closed)") if session.closed else _("{name}, {day}")
        return said.format(name=session.name, day=language.day(began, "d MMM yyyy"))

    def _show(self) -> None:
        """The parts that the state of the session asks for; no figure shows while the first round is open."""
        asking = self.session is not None and not self.session.closed and self.session.asking == "before"
        self.page.veil(asking)
        self._again = ""
        self._trouble.children = ()
        self._about.value = f'<p class="csw csw-soft">{escape(_about(self.session))}</p>'
        if self.session is None:
            self._body.children = (self._about, self._naming, self._trouble)
            self._show_results()
            return
        self._close.description = (
            _("Go on with this session") if self.session.closed else _("Close this session")
        )
        self._remove.question = _("Delete “{name}” with all its guesses? This cannot be undone.").format(
            name=self.session.name
        )
        self._sessions.children = (self._managing, *((self._naming,) if self._making else ()))
        self._body.children = (self._about, *self._asking(), self._sessions)
        self._show_results()

    def _asking(self) -> tuple[ipywidgets.Widget, ...]:
        """The form and the reveal while a round takes guesses; else the way to the second round."""
        if self.session.asking is None:
            done = self.session.closed or "after" in self.session.asked
            return (self._trouble,) if done else (self._second, self._trouble)
        self._tell_count(workshop.counted(self.store, self.session.id, self.session.asking))
        return (self._count, self._form, self._trouble, self._reveal)

    def _tell_count(self, n: int) -> None:
        said = ngettext("{n} guess in", "{n} guesses in", n).format(n=number(n))
        self._count.value = f'<p class="csw csw-headline csw-count" aria-live="polite">{escape(said)}</p>'
        asked = ngettext(
            "Show the one guess? Then it cannot be changed.",
            "Show all {n} guesses? Then none can be added or changed.",
            n,
        )
        few = " " + _("With so few everybody can tell whose they are.") if n < _FEW else ""
        self._reveal.question = asked.format(n=number(n)) + few
        see(self._reveal, n > 0)

    def _clear(self) -> None:
        self._again = ""
        if "_form" in vars(self):
            self._form.clear()

    def _show_results(self) -> None:
        """The panels of what was revealed; before that there are none, and no picture anywhere."""
        told = (self.session.id, self.session.revealed) if self.session else ("", ())
        shown, changed, self._told = bool(told[1]), told != self._told, told
        if shown and not self._panels:
            self._panels = [self._panel(one) for one in _RESULTS]
            self._home = self._take_home()
        elif changed:
            for panel in self._panels:
                panel.refresh()
        self._results.children = (*self._panels, self._home) if shown else ()

    def _panel(self, function: Any) -> Panel:
        def told(shop: Shop) -> Any:
            session = self.session.id if self.session else "0"
            return function(shop, session=session, store=self.store)

        return Panel(self.page.served, update_wrapper(told, function), "", {})

    def _take_home(self) -> ipywidgets.Box:
        label = {"xlsx": _("All guesses (Excel)"), "csv": _("All guesses (CSV)")}
        buttons = actions([Download(label[kind], partial(self._file, kind)) for kind in label])
        box = ipywidgets.VBox([titled(_("All guesses, without names")), buttons])
        box.add_class("csw-panel")
        return box

    def _file(self, kind: str) -> tuple[str, str, bytes]:
        from csworkbook.export import sheets

        frame, kinds = workshop.sheet(self.store, self.session.id)
        stem = re.sub(r"\W+", "-", f"{self.page.shop.name} {self.session.name}".lower()).strip("-")[:90]
        if kind == "csv":
            return f"{stem}.csv", "text/csv", sheets.csv(frame)
        about = [self.page.shop.name, self._named(self.session), workshop.about()]
        content = sheets.xlsx(frame, name=_("Guesses"), about=about, kinds=kinds)
        return f"{stem}.xlsx", sheets.XLSX, content

    def _watch(self) -> None:
        """Look again in a while whether others guessed or revealed, where there is an event loop."""
        if self._planned is not None:
            self._planned.cancel()
        with contextlib.suppress(RuntimeError):
            self._planned = asyncio.get_running_loop().call_later(_EVERY, self._look)

    def _look(self) -> None:
        failures: list[str] = []
        guarded(self._follow, failures.append)()
        if not failures:  # one line in the log is enough
            self._watch()

    def _follow(self) -> None:
        if self.session is None or self.session.asking is None:
            return
        if self.session not in workshop.sessions(self.store):
            self.refresh()
        else:
            self._tell_count(workshop.counted(self.store, self.session.id, self.session.asking))


_RESULTS = (workshop.superior, workshop.weights, workshop.moments)


def _about(session: Session | None) -> str:
    if session is None:
        return _(
            "Let everybody guess blind before you look at the figures: what do customers think of our service? "
            "Guesses stay hidden until you reveal them, and carry no names. Begin with a name for this session, "
            "such as the team and the day."
        )
    if session.closed:
        return _("This session is closed.")
    if session.asking == "before":
        return _(
            "First round. Type one guess after another, or let everybody type. "
            "Until the reveal the figures on this page are hidden."
        )
    if session.asking == "after":
        return _(
            "Second round, at the end of the session. Everybody guesses once more; then see what changed."
        )
    if "after" in session.revealed:
        return _("Both rounds are revealed: before and after stand beside each other below.")
    return _("The first round is revealed, below. At the end of the session, ask again and see what changed.")
