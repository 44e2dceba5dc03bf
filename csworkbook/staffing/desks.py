"""How many people does a channel take where somebody waits on the other side: telephone and chat?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from csworkbook import queueing
from csworkbook.queueing import Need, Service

HALF_HOUR = 1800.0  # seconds
_LOADS = 160  # at which a need is worked out before the rest is read off the line between them


@dataclass(frozen=True, eq=False)
class Desk:
    """One channel that is answered at once.

    Attributes
    ----------
    handling : float
        Seconds that one conversation takes on its own.
    share, seconds : float
        Which share (0–1) is to be answered within how many seconds.
    patience : float
        Seconds after which somebody who waits gives up on average; infinite when nobody does.
    at_once : float
        Conversations that one person holds at most, on average.
    stretch : mapping or float, optional
        As in `queueing.stretches`.
    """

    channel: str
    handling: float
    share: float = 0.8
    seconds: float = 20.0
    patience: float = np.inf
    at_once: float = 1.0
    stretch: Mapping[int, float] | float | None = None

    def load(self, expected: ArrayLike) -> np.ndarray:
        """Erlangs of so many contacts in half an hour.

        >>> float(Desk("phone", handling=180).load(100))
        10.0
        """
        return np.asarray(expected, float) * self.handling / HALF_HOUR

    @property
    def calm(self) -> Desk:
        """The same when nobody gives up."""
        return replace(self, patience=np.inf)

    def met(self, load: ArrayLike, people: ArrayLike) -> Service:
        """What those who come meet when so many whole people are there (arrays)."""
        given = {
            "handling_seconds": self.handling,
            "patience_seconds": self.patience,
            "within_seconds": self.seconds,
        }
        if self.at_once <= 1:
            return queueing.erlang_a(load, people, **given)
        return queueing.chats(load, people, at_once=self.at_once, stretch=self.stretch, **given)

    def need(self, load: ArrayLike) -> Need:
        """The people it takes, whole and in parts.

        >>> int(Desk("phone", handling=180).need(10.0).whole)
        14
        """
        load = np.asarray(load, float)
        if self.at_once <= 1 and np.isinf(self.patience):
            return queueing.needed_calm(
                load, handling_seconds=self.handling, within_seconds=self.seconds, share=self.share
            )
        return queueing.needed(
            lambda people: self.met(load, people).within, load, share=self.share, most=self.at_once
        )

    def parts(self, load: np.ndarray) -> np.ndarray:
        """The people it takes in parts, for very many loads at once: read off a line through 160 of them."""
        if load.size <= _LOADS:
            return self.need(load).parts
        grid = np.linspace(0.0, 1.0, _LOADS) ** 2 * float(load.max())  # closer where the line bends
        return np.interp(load, grid, self.need(grid).parts)

    def reached(self, load: np.ndarray, people: np.ndarray) -> Service:
        """What those who come meet with people in parts: 2.4 are three 40 % of the time and two the rest."""
        low = np.floor(people + 1e-9)
        part = np.clip(people - low, 0.0, 1.0)
        few, more = self.met(load, low.astype(int)), self.met(load, low.astype(int) + 1)
        names = ("within", "waits", "abandoned", "occupancy")
        mixed = {n: (1 - part) * getattr(few, n) + part * getattr(more, n) for n in names}
        waited = np.where(part > 0, part * more.mean_wait, 0.0) + np.where(
            part < 1, (1 - part) * few.mean_wait, 0.0
        )
        return Service(mean_wait=waited, **mixed)

    def idle(self, load: np.ndarray, people: np.ndarray) -> np.ndarray:
        """People in parts who have nobody to talk to: at least so many, since each chat is counted at its longest."""
        longest = queueing.stretches(self.stretch, self.at_once)[-1] if self.at_once > 1 else 1.0
        return np.maximum(people - load * longest, 0.0)
