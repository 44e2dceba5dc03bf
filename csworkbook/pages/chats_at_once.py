"""How much longer does a chat take while somebody has several? A text box per number at once, saved while typing."""

from __future__ import annotations

import re
from asyncio import TimerHandle
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from csworkbook import language, queueing
from csworkbook.errors import SettingError
from csworkbook.language import current
from csworkbook.language import gettext as _
from csworkbook.pages.keeping import Keeping
from csworkbook.pages.page import Page, soon
from csworkbook.pages.talking import markup, titled
from csworkbook.pages.writing import Writing

if TYPE_CHECKING:
    from csworkbook.shop import Shop
    from csworkbook.store import Store

NUMBERS = (2, 3, 4, 5, 6)
_REST = 0.8  # seconds without typing until the panels follow
_KIND, _KEY = "staffing", "stretch"


def chats_at_once(shop: Shop) -> Stretches:
    """A form that says how many times as long a chat takes with 2, 3, … at once, kept while somebody types.

    Every panel of the page that takes `stretch` reckons with it. A number that is left empty lies on a
    straight line between the others; with all of them empty the usual assumption holds.
    """
    return Stretches(shop)


class Stretches(ipywidgets.VBox):
    """What `chats_at_once` makes; `boxes` are its text boxes by the number of chats."""

    def __init__(self, shop: Shop) -> None:
        self.page = Page.of(shop)
        self._planned: TimerHandle | None = None
        self.boxes = {number: self._box(number) for number in NUMBERS}
        grid = ipywidgets.Box(list(self.boxes.values()))
        grid.add_class("csw-personas-names")
        about = markup(f'<p class="csw csw-soft">{escape(_about())}</p>')
        super().__init__([titled(_("How much longer does a chat take with several at once?")), about, grid])
        self.add_class("csw-panel")
        self.keeping = Keeping(self.page, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what the shop that is open now has kept, and hand it to the panels."""
        store = self.keeping.store
        kept = {} if store is None else read(store)
        for number, box in self.boxes.items():
            place = f"{self.keeping.place}:stretch:{number}" if self.keeping.place else ""
            box.show(_written(kept.get(number)), place, current())
        if store is not None and kept != self.page.given.get("stretch", {}):
            self._hand_over()

    def _box(self, number: int) -> Writing:
        def write(text: str, *, base: str, again: bool) -> dict[str, Any]:
            return self._write(number, text)

        asked = _("{n} chats at once").format(n=number)
        assumed = _written(1 + queueing.STRETCH * (number - 1))
        return Writing(
            asked, write, ask=_("times as long; else reckoned with {n}").format(n=assumed), single=True
        )

    def _write(self, number: int, text: str) -> dict[str, Any]:
        """Keep what was typed, or say why it cannot be; the panels follow when typing rests."""
        value = _number(text)
        with self.keeping.reach().together() as store:
            others = {n: v for n, v in read(store).items() if n != number}
            kept = others if value is None else {**others, number: value}
            if kept:
                queueing.stretches(kept, max(kept))
            store.put(_KIND, _KEY, {str(n): kept[n] for n in sorted(kept)})
        if self._planned is not None:
            self._planned.cancel()
        self._planned = soon(_REST, self._hand_over)
        return {"saved": self.keeping.now(), "text": " ".join(text.split())}

    def _hand_over(self) -> None:
        """Let every panel of the page reckon with it."""
        self._planned = None
        self.page.give(stretch=read(self.keeping.reach()) or queueing.STRETCH)


def read(store: Store) -> dict[int, float]:
    """What was kept: the number of chats at once → how many times as long; empty where nothing was typed."""
    document = store.get(_KIND, _KEY) or {}
    return {int(number): float(value) for number, value in document.items()}


def _number(text: str) -> float | None:
    """How many times as long, with a comma or a point; None for nothing, a SettingError for anything else."""
    bare = text.strip().rstrip("×x ").replace(",", ".")
    if not bare:
        return None
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", bare):
        raise SettingError(
            _("“{value}” is no number.").format(value=text.strip()[:40]),
            allowed=_("How many times as long, such as 1.3."),
        )
    return float(bare)


def _written(value: float | None) -> str:
    if value is None:
        return ""
    return language.number(value, 1 if abs(value - round(value, 1)) < 1e-9 else 2)


def _about() -> str:
    return _(
        "With several chats at once each of them takes longer, because the customer waits while somebody else is "
        "helped. How much longer is different in every shop: time it once. Leave empty what you do not know."
    )
