"""How many people does it take when each has several chats at once?

Chats are spread evenly over the agents. With more chats at once each of them takes longer; how much,
the stretch says. An agent may hold as many as `at_once` on average: with 2.5, ten agents hold 25 at
most, five of them three and five of them two.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.queueing.balance import Service, met, swept
from csworkbook.queueing.erlang import require_times

AT_ONCE = 2.5  # evidence chats-at-once-2-5
STRETCH = 0.3  # each further chat at once makes all take so much longer: an assumption, to be set by the user
_MOST = 20  # chats at once


def stretches(stretch: Mapping[int, float] | float | None = None, at_once: float = AT_ONCE) -> np.ndarray:
    """How many times as long a chat takes while its agent has 1, 2, 3, … of them.

    Parameters
    ----------
    stretch : mapping or float, optional
        Number at once → how many times as long, ``{1: 1.0, 2: 1.3}``; numbers in between and beyond are
        on a straight line. Or by how much each further chat makes all of them longer (0.3: 30 %).
    at_once : float
        The most an agent holds on average.

    Returns
    -------
    ndarray of float
        From one to the whole number at or above `at_once`.

    Raises
    ------
    SettingError
        When the numbers cannot be, or more at once would finish fewer chats an hour.

    >>> stretches({1: 1.0, 3: 1.5}, 3).tolist(), stretches(0.5, 2.5).tolist()
    ([1.0, 1.25, 1.5], [1.0, 1.5, 2.0])
    """
    if not 1 <= at_once <= _MOST:
        raise SettingError(
            _("Nobody can have that number of chats at once."),
            allowed=_("From 1 to {most}.").format(most=_MOST),
        )
    number = np.arange(1, int(np.ceil(at_once - 1e-9)) + 1)
    stretch = STRETCH if stretch is None else stretch
    if isinstance(stretch, Mapping):
        found = _on_a_line(number, {float(k): float(v) for k, v in stretch.items()})
    else:
        found = 1 + float(stretch) * (number - 1)
    pace = number / np.where(found > 0, found, np.nan)
    if not (np.isfinite(found).all() and found.min() >= 1 and (np.diff(pace) >= -1e-9).all()):
        raise SettingError(
            _("With these stretches more chats at once would finish fewer an hour."),
            allowed=_(
                "1 for one chat; for two at most 2 times as long, for three at most 3 times, and so on."
            ),
        )
    return found


def _on_a_line(number: np.ndarray, told: dict[float, float]) -> np.ndarray:
    known = sorted({1.0: 1.0, **told}.items())
    at, value = np.array(known).T
    step = (value[-1] - value[-2]) / (at[-1] - at[-2]) if len(at) > 1 else 0.0
    return np.where(number > at[-1], value[-1] + (number - at[-1]) * step, np.interp(number, at, value))


def chats(
    load: ArrayLike,
    agents: ArrayLike,
    *,
    handling_seconds: ArrayLike,
    at_once: float = AT_ONCE,
    stretch: Mapping[int, float] | float | None = None,
    patience_seconds: ArrayLike = np.inf,
    within_seconds: ArrayLike = 20.0,
) -> Service:
    """What visitors meet who open a chat with agents that hold several at once.

    A birth–death chain on the number of chats, spread evenly over the agents. Where chats stay with their
    agent, as a simulation in the tests has it, up to .02 less is answered in time than this says.

    Parameters
    ----------
    load : array_like of float
        Arrivals × the time a chat takes when it is the only one of its agent, in erlangs.
    agents : array_like of int
    handling_seconds : array_like of float
        What a chat takes when it is the only one of its agent.
    at_once, stretch
        As in `stretches`.
    patience_seconds, within_seconds : array_like of float
        As in `abandoning.erlang_a`.

    Returns
    -------
    Service
        occupancy: of the chats that could be held at once the share that is.

    >>> one = chats(10.0, 14, handling_seconds=180, at_once=1)  # one at a time: Erlang C
    >>> round(float(one.within), 4)
    0.8884
    """
    load, handling, limit = require_times(load, handling_seconds, within_seconds)
    patience = np.asarray(patience_seconds, float)
    require_times(0.0, patience, 0.0)
    longer = stretches(stretch, at_once)
    pace = np.concatenate([[0.0], np.arange(1, len(longer) + 1) / longer])
    agents = np.asarray(agents)
    places = np.floor(agents * at_once + 1e-9).astype(int)
    load, agents, places = np.broadcast_arrays(load, np.maximum(agents, 1), places)

    def leaving(held: ArrayLike) -> np.ndarray:
        """Chats done in the time that one takes on its own, when so many are held."""
        each, more = np.divmod(held, agents)
        top = len(pace) - 1
        return (agents - more) * pace[np.minimum(each, top)] + more * pace[np.minimum(each + 1, top)]

    before = swept(load, leaving, np.maximum(places - 1, 0))
    return met(
        load / handling, leaving(places) / handling, places, before,
        patience_seconds=patience, within_seconds=limit,
    )  # fmt: skip
