"""What when one team answers calls and chats from one common line, one at a time?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from csworkbook.queueing import Service
from csworkbook.staffing.desks import Desk


@dataclass(frozen=True, eq=False)
class CommonLine:
    """One line for several desks: whoever is free takes the next contact, whatever its channel.

    Conversations last, and those who wait give up, as those of all channels together do on average in
    the week; each channel keeps its own target.

    Attributes
    ----------
    desks : tuple of Desk
    weights : tuple of float
        Contacts a week of each.
    """

    desks: tuple[Desk, ...]
    weights: tuple[float, ...]

    @cached_property
    def mixed(self) -> tuple[Desk, ...]:
        """The desks as parts of the common line."""
        part = np.array(self.weights) / sum(self.weights)
        handling = float(part @ [desk.handling for desk in self.desks])
        leaving = float(part @ [1 / desk.patience for desk in self.desks])
        patience = 1 / leaving if leaving > 0 else np.inf
        return tuple(
            replace(desk, handling=handling, patience=patience, at_once=1.0, stretch=None)
            for desk in self.desks
        )

    def parts(self, load: np.ndarray) -> np.ndarray:
        """People in parts for erlangs of all channels together, so that every channel reaches its target.

        >>> phone = Desk("phone", handling=180)
        >>> line = CommonLine((phone, Desk("chat", handling=180, share=.5)), (50, 50))
        >>> bool(line.parts(np.array([10.0]))[0] == phone.parts(np.array([10.0]))[0])
        True
        """
        return np.max([desk.parts(load) for desk in self.mixed], axis=0)

    def reached(self, load: np.ndarray, people: np.ndarray) -> dict[str, Service]:
        """Channel → what those who come meet with people in parts."""
        return {desk.channel: desk.reached(load, people) for desk in self.mixed}
