"""How long do letters lie until they are answered, one after the other?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

_STEPS = 40  # halvings in search of a capacity: to a millionth of a millionth


def in_line(opened: ArrayLike, work: ArrayLike, capacity: float) -> np.ndarray:
    """How long letters wait until they are answered, first come, first served.

    Parameters
    ----------
    opened : array_like of float
        When each came, in open minutes since some start; in order of time.
    work : array_like of float
        Minutes it takes to answer each.
    capacity : float
        People at work on them in open time (0.5 is one person half of the time), above 0. Nobody
        answers one letter faster by being with two.

    Returns
    -------
    ndarray of float
        Open minutes from its arrival until each is answered.

    >>> in_line([0, 1, 30], [10, 10, 10], 1.0).tolist()
    [10.0, 19.0, 10.0]
    """
    import numpy as np

    opened, work = np.asarray(opened, float), np.asarray(work, float)
    done = np.cumsum(work) / capacity  # if there were always somebody waiting
    before = done - work / capacity
    idle = np.maximum.accumulate(opened - before) if len(opened) else opened
    begun = before + idle
    return begun + work / min(capacity, 1.0) - opened


def least_capacity(opened: ArrayLike, work: ArrayLike, allowed: ArrayLike, *, share: float) -> float:
    """The fewest people (in parts) with whom this share of letters is answered in time.

    Parameters
    ----------
    opened, work : array_like
        As in `in_line`.
    allowed : array_like of float
        Open minutes within which each is to be answered.
    share : float
        0–1.

    Returns
    -------
    float
        People at work in open time; infinite where that share cannot be reached by any number.
    """
    import numpy as np

    opened, work, allowed = (np.asarray(v, float) for v in (opened, work, allowed))
    if not len(opened):
        return 0.0
    wanted = share * len(opened) - 1e-9

    def enough(capacity: float) -> bool:
        return (in_line(opened, work, capacity) <= allowed + 1e-9).sum() >= wanted

    if (work <= allowed + 1e-9).sum() < wanted:
        return float("inf")
    high = 1.0
    while not enough(high):
        high *= 2
    low = 0.0
    for _step in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
