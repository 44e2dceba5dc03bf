"""Where does what is typed on this page go, and under which name does a browser keep what is not saved yet?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from csworkbook.pages.page import Page
    from csworkbook.shop import Shop
    from csworkbook.store import Store


class Keeping:
    """The store that a form on a page writes in: that of the shop which is open, or the visitor's own.

    With a warm kernel the cells have run long before a browser says hello. Until then nobody knows
    whose store that is on the page of the demo shop, and a form shows itself empty and closed.

    Parameters
    ----------
    page : Page
    refresh : callable
        Called when another shop is open, and when a browser says hello.
    """

    def __init__(self, page: Page, refresh: Callable[[], Any]) -> None:
        self.page, self._refresh, self._met = page, refresh, False
        page.listen(refresh)
        page.visit.on_hello(self._greet)

    def _greet(self) -> None:
        self._met = True
        self._refresh()

    @property
    def shop(self) -> Shop | None:
        """The shop whose store it is; None while that cannot be known."""
        if self.page.shop.is_demo and self.page.expects_greeting and not self._met:
            return None
        return self.page.target

    @property
    def store(self) -> Store | None:
        """What is kept; None while it cannot be known."""
        return None if self.shop is None else self.shop.store

    def reach(self) -> Store:
        """The store to write in; one is made when no browser ever said hello."""
        return self.page.target.store

    @property
    def place(self) -> str:
        """The name under which a browser keeps what was not saved yet; empty while it is not known."""
        shop = self.shop
        if shop is None:
            return ""
        if not shop.settings.name:
            return "visit"  # it lives as long as the browser tab does
        return hashlib.blake2s(str(shop.folder).encode(), key=shop.key[:32], digest_size=8).hexdigest()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the shop that is open."""
        return ZoneInfo(self.page.shop.settings.zone)

    def now(self) -> str:
        """The time of day there."""
        return f"{datetime.now(self.zone):%H:%M}"
