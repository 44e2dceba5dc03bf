"""Which steps lead to a sale in this shop, and how does its owner choose, name and order them?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ipywidgets

from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.events.proposed import role_of, words
from csworkbook.language import gettext as _
from csworkbook.language import ngettext, number
from csworkbook.pages import chooser
from csworkbook.pages.chooser import Chooser
from csworkbook.pages.logged import Log, Step, backwards, label, looked
from csworkbook.pages.page import Page, soon
from csworkbook.pages.talking import guarded, markup, see, titled
from csworkbook.settings import MOST_EVENTS, require_steps, save_settings

if TYPE_CHECKING:
    from csworkbook.shop import Shop

_FOUND = 25  # names a search shows
_KEPT = ("funnel_steps", "demo")  # what a visitor of the demo chose
_DRAFT = "funnel_steps.draft"
_PAUSE = 0.3  # seconds without a change until the order of the steps is looked at


def funnel_steps(shop: Shop) -> ipywidgets.VBox:
    """The steps of the funnel: what the log holds, what is proposed, and the shop's own names and order.

    In a workbook they become a setting, for every page. On the page of the demo shop they hold for the
    visitor only, and are there again after a reload.
    """
    return FunnelSteps(shop)


class FunnelSteps(ipywidgets.VBox):
    """What `funnel_steps` makes; `saved` are the steps that hold now, the proposal where none were chosen."""

    def __init__(self, shop: Shop) -> None:
        self.page, self.held, self.saved = Page.of(shop), None, []
        self._met = False  # whether a browser said hello, so that a visitor's own store is known
        self._turn = 0
        self._about = markup()
        self.chooser = Chooser(self.search, self.every, self.save, self.back)
        self.chooser.observe(self._chosen, "value")
        super().__init__([titled(_("The steps of your funnel")), self._about, self.chooser])
        self.add_class("csw-panel")
        self.page.listen(self.refresh)
        self.page.visit.on_hello(self._greet)
        self.page.visit.on_restore(self._restore)
        soon(0.05, self._arrive)

    def refresh(self) -> None:
        """Show the steps of the shop that is open now; what was changed here and not saved stays."""
        if self.page.shop.is_demo:
            self.page.shop = _trying(self.page.shop, self._own())
        shop = self.page.shop
        self.held = guarded(shop.call, self._complain)(looked) if "events" in shop.tables() else None
        see(self.chooser, self.held is not None)
        if self.held is None:
            if "events" not in shop.tables():
                self._complain(_("Bring a log of visits first: then you choose the steps here."))
            return
        self._about.value = f'<p class="csw csw-soft">{escape(_told(shop.is_demo))}</p>'
        draft = chooser.read(self.chooser.value) if self.chooser.changed else {}
        self._settle(self._own())
        self.chooser.listed = _listed(self.held)
        if draft.get("of") != self._place():
            self.chooser.show(self.saved, self._place())
        self._chosen()

    def save(self, rows: Sequence[Step]) -> str:
        """Keep these steps; returns what was done.

        Raises
        ------
        SettingError
            When they cannot be, saying which and why.
        """
        if not rows:
            raise SettingError(
                _("There is no step."),
                next_step=_("Choose from what your data hold, or go back to the proposal."),
            )
        require_steps(rows)
        self._keep([dict(row) for row in rows])
        return ngettext(
            "Saved: {n} step. Every picture about your funnel now counts with it.",
            "Saved: {n} steps. Every picture about your funnel now counts with them.",
            len(rows),
        ).format(n=number(len(rows)))

    def back(self) -> str:
        """Count with the proposal again."""
        self._keep([])
        return _("The proposal is back, and every picture about your funnel counts with it.")

    def search(self, text: str) -> dict[str, Any]:
        """The most frequent names in which a text occurs, and how many there are."""
        found = self._known().find(text)
        first = found.head(_FOUND)
        more = _("{n} found; the {most} most frequent are shown.").format(
            n=number(len(found)), most=number(_FOUND)
        )
        some = ngettext("{n} found", "{n} found", len(found)).format(n=number(len(found)))
        every = _("Add all {n} with “{text}”").format(n=number(len(found)), text=text.strip())
        return {
            "found": [self._entry(name) for name in first.index],
            "said": more if len(found) > _FOUND else some,
            "all": every if text.strip() and len(found) > 1 else "",
        }

    def every(self, text: str) -> list[str]:
        """Every name in which a text occurs; none without a text."""
        return list(self._known().find(text).index)[:MOST_EVENTS] if text.strip() else []

    def _keep(self, rows: list[Step]) -> None:
        """Keep steps, none for the proposal, and count with them in every panel."""
        shop = self.page.shop
        self._met = self._met or shop.is_demo
        if shop.is_demo:
            self.page.target.store.put(*_KEPT, rows)
        self.chooser.changed = False
        self.page.show(shop if shop.is_demo else _with(shop, rows))
        self.chooser.show(self.saved, self._place())
        self._chosen()

    def _settle(self, own: list[Step]) -> None:
        """These are the steps that hold now."""
        self.saved = own or self.held.proposed
        self.chooser.own = bool(own)
        self.chooser.summary = " → ".join(row["name"] for row in self.saved)

    def _own(self) -> list[Step]:
        """The steps that were chosen before; none where there are none or they cannot be any more."""
        shop = self.page.shop
        if not shop.is_demo:
            return chooser.steps(shop.settings.funnel_steps)
        known = self._met or not self.page.expects_greeting
        rows = chooser.steps(self.page.target.store.get(*_KEPT)) if known else []
        try:
            require_steps(rows)
        except SettingError:
            return []
        return rows

    def _place(self) -> str:
        """To which shop what stands on the page belongs."""
        shop = self.page.shop
        return (
            "demo" if shop.is_demo else hashlib.blake2s(str(shop.folder).encode(), digest_size=8).hexdigest()
        )

    def _known(self) -> Log:
        if self.held is None:
            raise DataError(_("Bring a log of visits first: then you choose the steps here."))
        return self.held

    def _arrive(self) -> None:
        """Show the steps; in the demo those that this visitor chose before, in every panel."""
        shop = self.page.shop
        if shop.is_demo and self._own() != shop.settings.funnel_steps:
            self.page.show(shop)
        else:
            self.refresh()

    def _greet(self) -> None:
        self._met = True
        self._arrive()

    def _restore(self, stored: dict[str, Any]) -> None:
        """Put back what was changed and not saved, when it is about the shop that is open."""
        draft = chooser.read(stored.get(_DRAFT))
        if self.held is not None and draft.get("of") == self._place():
            self.chooser.show(chooser.steps(draft.get("rows")), self._place())

    def _chosen(self, _change: Any = None) -> None:
        """Something was changed on the page: tell what is odd about it, and remember it."""
        rows = self.chooser.rows
        self.chooser.changed = self.held is not None and rows != self.saved
        self.page.visit.remember(_DRAFT, self.chooser.value if self.chooser.changed else None)
        if self.held is not None:
            self._describe()

    def _describe(self) -> None:
        """How often the events of the steps occur, and what is odd; their order is looked at in a moment."""
        rows = self.chooser.rows
        names = [name for row in rows for name in row["step"][: chooser.SHOWN]]
        self.chooser.about = {name: self._often(name) for name in names}
        self.chooser.hints = self._odd(rows)
        self.chooser.opened = self.chooser.opened or bool(self.chooser.hints) or self.chooser.changed
        self._turn += 1
        turn = self._turn
        soon(_PAUSE, lambda: self._look(rows) if turn == self._turn else None)

    def _look(self, rows: list[Step]) -> None:
        """Add a hint where visitors go the other way."""
        full = [(place, row) for place, row in enumerate(rows) if row["step"]]
        if self.held is None or len(full) < 2:
            return
        found = guarded(self.page.shop.call, lambda _text: None)(
            backwards, rows=[row for _place, row in full]
        )
        said = [(full[n][0], full[n - 1][1]["name"], back, both) for n, back, both in found or []]
        hints = [{"row": place, "text": _backwards(rows[place]["name"], *rest)} for place, *rest in said]
        self.chooser.hints = [*self._odd(rows), *hints]
        self.chooser.opened = self.chooser.opened or bool(hints)

    def _odd(self, rows: Sequence[Step]) -> list[dict[str, Any]]:
        """What is odd about these steps, as far as their names tell."""
        found, seen, before = [], self.held.seen.index, {}
        for place, row in enumerate(rows):
            never = [name for name in row["step"] if name not in seen]
            twice = next((name for name in row["step"] if name in before), None)
            if never:
                found.append({"row": place, "text": _never(never, self.held)})
            if twice is not None:
                said = _("“{event}” also counts as “{name}”: a visitor then has to do it twice.")
                found.append({"row": place, "text": said.format(event=twice, name=before[twice])})
            before |= {name: row["name"] for name in row["step"] if name not in before}
        return found

    def _often(self, name: str) -> str:
        """How often a name occurs and with how many visitors."""
        if name not in self.held.seen.index:
            return _("does not occur")
        row = self.held.seen.loc[name]
        times = ngettext("{n} time", "{n} times", int(row["events"])).format(n=number(int(row["events"])))
        people = ngettext("{n} visitor", "{n} visitors", int(row["visitors"])).format(
            n=number(int(row["visitors"]))
        )
        return f"{times} · {people}"

    def _entry(self, name: str) -> dict[str, str]:
        first = self.held.seen.loc[name, "first_at"]
        first = first.tz_convert(ZoneInfo(self.page.shop.settings.zone)) if first.tzinfo else first
        since = _("since {day}").format(day=language.day(first, "d MMM yyyy"))
        role = role_of(name) if role_of(name) in words() else ""
        return {
            "step": name,
            "about": f"{self._often(name)} · {since}",
            "label": label(name, role),
            "role": role,
        }

    def _complain(self, text: str) -> None:
        self._about.value = f'<p class="csw csw-note">{escape(text)}</p>'


def _trying(shop: Shop, rows: list[Step]) -> Shop:
    """The demo shop with other steps: on this page only, and nothing of it is written."""
    if rows == shop.settings.funnel_steps:
        return shop
    tried = copy(shop)
    tried.settings = replace(shop.settings, funnel_steps=rows)
    return tried


def _with(shop: Shop, rows: list[Step]) -> Shop:
    """The shop with these steps among its settings; its tables are not read again.

    Only the steps are new, so that what a visitor brought, a shop without a name, can have its own.
    """
    settings = replace(shop.settings, funnel_steps=rows)
    save_settings(shop.folder, settings)
    shop.settings = settings
    return copy(shop)  # another one, so that no panel shows what it worked out ahead


def _told(demo: bool) -> str:
    if demo:
        return _(
            "All pictures about the funnel go by these steps. Try others: they hold for you only, "
            "and the demo shop stays as it is."
        )
    return _(
        "All pictures about the funnel go by these steps, proposed by what your data hold. Are they yours? "
        "Otherwise choose others; they are kept for every page."
    )


def _listed(log: Log) -> str:
    n = len(log.seen)
    if n >= MOST_EVENTS:
        said = _("Add a step: the {n} most frequent names in your data")
        return said.format(n=number(n))
    return ngettext(
        "Add a step: what your data hold ({n} name)", "Add a step: what your data hold ({n} names)", n
    ).format(n=number(n))


def _never(never: Sequence[str], log: Log) -> str:
    """That names do not occur, and which do: the most frequent ones."""
    most = language.join([f"“{name}”" for name in log.seen.index[:5]])
    said = ngettext(
        "{names} does not occur in your data. Most frequent are {most}.",
        "{names} do not occur in your data. Most frequent are {most}.",
        len(never),
    )
    return said.format(names=language.join([f"“{name}”" for name in never[:5]]), most=most)


def _backwards(name: str, before: str, back: int, both: int) -> str:
    said = _(
        "{back} of the {both} visitors who did both came to “{name}” before “{before}”. Should they change places?"
    )
    return said.format(back=number(back), both=number(both), name=name, before=before)
