"""How many people, in whole and in parts, until enough are answered in time?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from csworkbook.queueing.erlang import require_share, require_times


@dataclass(frozen=True, eq=False)
class Need:
    """The people it takes; arrays, one value a queue.

    Attributes
    ----------
    whole : ndarray of int
        The fewest whole people.
    parts : ndarray of float
        The same in parts, at most `whole`: 2.4 means three people 40 % of the time and two the rest of
        it, with just the share in time that was asked for. These can be added over queues that one team
        works; whole people are made of the sum.
    """

    whole: np.ndarray
    parts: np.ndarray


def needed(
    within: Callable[[np.ndarray], np.ndarray], load: ArrayLike, *, share: float = 0.8, most: float = 1.0
) -> Need:
    """The fewest people with whom this share is answered in time.

    Parameters
    ----------
    within : callable
        From whole numbers of people (an array as `load`) to the share answered in time, 0–1, which rises
        with them.
    load : array_like of float
        Erlangs; nobody is needed where it is 0.
    share : float
        Above 0 and below 1.
    most : float
        How many erlangs one person can carry at most (more than 1 for several chats at once).

    Raises
    ------
    SettingError
        When nobody can promise that share, or a load cannot be.

    >>> from csworkbook.queueing import erlang_a
    >>> need = needed(lambda n: erlang_a(10.0, n, handling_seconds=180).within, 10.0)
    >>> int(need.whole), round(float(need.parts), 2)
    (14, 13.05)
    """
    require_share(share)
    load = require_times(load, 1.0, 0.0)[0]
    low = np.floor(load * share / most * (1 - 1e-9)).astype(int)  # who is answered must be helped by somebody
    high, reached = _enough(within, load, low, share)
    under = np.full(load.shape, np.nan)
    while (high - low > 1).any():
        middle = np.where(high - low > 1, (low + high) // 2, high)
        found = within(middle)
        better = (found >= share) & (middle < high)
        worse = (found < share) & (middle < high)
        high, reached = np.where(better, middle, high), np.where(better, found, reached)
        low, under = np.where(worse, middle, low), np.where(worse, found, under)
    under = np.where(np.isnan(under), within(low), under)
    low, high, under, reached = _lowest(within, low, high, under, reached, share)
    return _shared_out(load, high, under, reached, share)


def needed_calm(
    load: ArrayLike, *, handling_seconds: float, within_seconds: float, share: float = 0.8
) -> Need:
    """The same for calls when nobody gives up (Erlang C), in one sweep over the numbers of people.

    Parameters
    ----------
    load : array_like of float
        Erlangs.
    handling_seconds, within_seconds : float

    >>> need = needed_calm([0.0, 10.0], handling_seconds=180, within_seconds=20)
    >>> need.whole.tolist(), need.parts.round(2).tolist()
    ([0, 14], [0.0, 13.05])
    """
    require_share(share)
    load, handling, limit = require_times(load, handling_seconds, within_seconds)
    order = np.argsort(np.ravel(load), kind="stable")
    rows = np.ravel(load)[order]
    whole, under, reached = np.zeros(len(rows), int), np.zeros(len(rows)), np.ones(len(rows))
    blocked, done, n = np.ones(len(rows)), int(np.searchsorted(rows, 0.0, side="right")), 0
    while done < len(rows):  # the rows before `done` have enough, since they come in order of their load
        n += 1
        mine, before = rows[done:], blocked[done:]
        before = mine * before / (n + mine * before)
        blocked[done:] = before
        end = int(np.searchsorted(mine, n, side="left"))
        busy = before[:end]
        waits = busy / (1 - mine[:end] / n * (1 - busy))
        level = 1 - waits * np.exp(-(n - mine[:end]) * (limit / handling))
        enough = int(np.searchsorted(-level, -share, side="right"))
        here = slice(done, done + enough)
        whole[here], reached[here] = n, level[:enough]
        under[done + enough : done + end] = level[enough:]
        done += enough
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    found = _shared_out(rows, whole, under, reached, share)
    return Need(found.whole[back].reshape(load.shape)[()], found.parts[back].reshape(load.shape)[()])


def _enough(within, load, low, share) -> tuple[np.ndarray, np.ndarray]:
    """A number of people that surely does, and what it reaches."""
    step = np.maximum(np.ceil(load - low + np.sqrt(load)).astype(int), 1)
    high = low + step
    reached = within(high)
    while (short := (reached < share) & (load > 0)).any():
        step = np.where(short, 2 * step, step)
        high = np.where(short, low + step, high)
        reached = within(high)
    return high, reached


def _lowest(within, low, high, under, reached, share):
    """Where even the bound does (a rounding at the edge), go down as far as it takes."""
    while (over := (under >= share) & (low > 0)).any():
        high, reached = np.where(over, low, high), np.where(over, under, reached)
        low = np.where(over, low - 1, low)
        under = np.where(over, within(low), under)
    return low, high, under, reached


def _shared_out(load, whole, under, reached, share) -> Need:
    """Between one person fewer and enough, the share of the time that the last one has to be there."""
    rise = reached - under
    part = np.where(rise > 0, (share - under) / np.where(rise > 0, rise, 1.0), 1.0)
    parts = whole - 1 + np.clip(part, 0.0, 1.0)
    return Need(np.where(load > 0, whole, 0)[()], np.where(load > 0, parts, 0.0)[()])
