"""How many people does it take when callers give up? (Erlang A)"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from csworkbook.queueing.balance import Service, met, swept
from csworkbook.queueing.erlang import require_times


def erlang_a(
    load: ArrayLike,
    agents: ArrayLike,
    *,
    handling_seconds: ArrayLike,
    patience_seconds: ArrayLike = np.inf,
    within_seconds: ArrayLike = 20.0,
) -> Service:
    """What callers meet who give up after a while (C. Palm 1943; Garnett, Mandelbaum and Reiman 2002).

    Parameters
    ----------
    load : array_like of float
        Erlangs that are offered: all who call × the handling time of those who are answered.
    agents : array_like of int
        Broadcast against `load`.
    handling_seconds : array_like of float
    patience_seconds : array_like of float
        How long callers would wait on average before they give up; infinite = nobody does (Erlang C).
    within_seconds : array_like of float

    Returns
    -------
    Service

    Raises
    ------
    SettingError
        When a load or a time cannot be.

    >>> met = erlang_a(10.0, 12, handling_seconds=180, patience_seconds=120)
    >>> round(float(met.within), 4), round(float(met.abandoned), 4)
    (0.8256, 0.0616)
    """
    load, handling, limit = require_times(load, handling_seconds, within_seconds)
    patience = np.asarray(patience_seconds, float)
    require_times(0.0, patience, 0.0)
    agents = np.asarray(agents)
    before = swept(load, float, np.maximum(agents - 1, 0))
    return met(
        load / handling, agents / handling, agents, before, patience_seconds=patience, within_seconds=limit
    )
