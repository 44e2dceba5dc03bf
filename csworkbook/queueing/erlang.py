"""How many people does it take to answer calls in time, when nobody gives up? (Erlang B and C)

Everything is about averages: calls come at random (Poisson), handling times are exponential, nobody
gives up waiting (A. K. Erlang 1917; R. B. Cooper, *Introduction to Queueing Theory*, 1981, ch. 3). So
the numbers of people are on the careful side where callers do give up (see `abandoning`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.errors import SettingError
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike

_ALL = 0.9999  # a share that counts as everybody


def erlang_b(load: ArrayLike, agents: ArrayLike) -> np.ndarray:
    """The chance that all agents are busy when nobody waits (Erlang's loss formula).

    Worked out by the recursion B(n) = a·B(n−1) ÷ (n + a·B(n−1)), which neither overflows nor loses
    digits at any load.

    Parameters
    ----------
    load : array_like of float
        Erlangs: arrivals per hour × handling time in hours; 0 or more.
    agents : array_like of int
        0 or more; broadcast against `load`.

    Returns
    -------
    ndarray of float
        0–1.

    >>> round(float(erlang_b(10.0, 14)), 4)
    0.0568
    """
    import numpy as np

    load, agents = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents))
    blocked = np.ones(load.shape)
    found = blocked.copy()
    for n in range(1, int(agents.max(initial=0)) + 1):
        blocked = load * blocked / (n + load * blocked)
        found = np.where(agents == n, blocked, found)
    return found[()]


def erlang_c(load: ArrayLike, agents: ArrayLike) -> np.ndarray:
    """The chance that somebody has to wait (Erlang's delay formula); 1 where there are too few agents.

    Parameters and result as `erlang_b`.

    >>> round(float(erlang_c(10.0, 14)), 7)
    0.1741319
    """
    import numpy as np

    load, agents = np.asarray(load, float), np.asarray(agents)
    return _waiting(erlang_b(load, agents), load, agents)


def _waiting(blocked, load, agents):
    """From the loss formula to the delay formula: C = B ÷ (1 − ρ(1 − B))."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        waiting = blocked / (1 - load / agents * (1 - blocked))
    return np.where(agents > load, waiting, 1.0)[()]


def answered_within(
    load: ArrayLike, agents: ArrayLike, *, handling_seconds: ArrayLike, within_seconds: ArrayLike
) -> np.ndarray:
    """The share answered within so many seconds (the service level), 0–1.

    Parameters
    ----------
    load, agents : array_like
        As in `erlang_b`.
    handling_seconds : array_like of float
        The mean time a conversation takes, above 0.
    within_seconds : array_like of float
        0 or more.

    >>> float(round(answered_within(10.0, 14, handling_seconds=180, within_seconds=20), 7))
    0.88835
    """
    import numpy as np

    load, agents = np.asarray(load, float), np.asarray(agents)
    spare = np.maximum(agents - load, 0.0)
    late = erlang_c(load, agents) * np.exp(-spare * np.divide(within_seconds, handling_seconds))
    return np.where(agents > load, 1 - late, 0.0)[()]


def mean_wait(load: ArrayLike, agents: ArrayLike, *, handling_seconds: ArrayLike) -> np.ndarray:
    """The mean wait of all who call, in seconds; infinite where there are too few agents.

    >>> float(round(mean_wait(10.0, 14, handling_seconds=180), 2))
    7.84
    """
    import numpy as np

    load, agents = np.asarray(load, float), np.asarray(agents)
    with np.errstate(divide="ignore", invalid="ignore"):
        wait = erlang_c(load, agents) * np.asarray(handling_seconds, float) / (agents - load)
    return np.where(agents > load, wait, np.inf)[()]


def fewest_agents(
    load: ArrayLike, *, handling_seconds: ArrayLike, within_seconds: ArrayLike, share: float = 0.8
) -> np.ndarray:
    """The fewest agents who answer this share within so many seconds.

    Parameters
    ----------
    load, handling_seconds, within_seconds : array_like
        As in `answered_within`; broadcast against each other.
    share : float
        Above 0 and below 1.

    Returns
    -------
    ndarray of int
        0 where nobody calls.

    Raises
    ------
    SettingError
        When the share or a time cannot be.

    >>> int(fewest_agents(10.0, handling_seconds=180, within_seconds=20, share=.8))
    14
    """
    import numpy as np

    require_share(share)
    load, handling, limit = np.broadcast_arrays(*require_times(load, handling_seconds, within_seconds))
    blocked, found = np.ones(load.shape), np.where(load > 0, -1, 0)
    n = 0
    while (found < 0).any():
        n += 1
        blocked = load * blocked / (n + load * blocked)
        late = _waiting(blocked, load, n) * np.exp(-np.maximum(n - load, 0) * limit / handling)
        found = np.where((found < 0) & (n > load) & (1 - late >= share), n, found)
    return found[()]


def require_share(share: float) -> None:
    """A SettingError for a share of contacts that nobody can promise to answer in time."""
    if not 0 < share < 1:
        raise SettingError(
            _("Nobody can promise to answer that share in time."),
            allowed=_("More than 0% and less than 100%."),
        )


def require_times(load: ArrayLike, handling: ArrayLike, limit: ArrayLike) -> tuple[np.ndarray, ...]:
    """Load, handling time and limit as arrays of floats; a SettingError for what cannot be."""
    import numpy as np

    load, handling, limit = (np.asarray(v, float) for v in (load, handling, limit))
    good = (np.isfinite(load) & (load >= 0)).all() and (handling > 0).all() and (limit >= 0).all()
    if not good:
        raise SettingError(
            _("Arrivals and times must be numbers that are not below zero."),
            allowed=_("A conversation takes more than no time."),
        )
    return load, handling, limit


def staffing_curve(
    arrivals: ArrayLike,
    *,
    handling_seconds: ArrayLike,
    within_seconds: ArrayLike,
    open_share: ArrayLike = 1.0,
) -> pd.DataFrame:
    """Each further hour of work where it helps most: hours a week against the share answered in time.

    At least one agent is there in every open hour, and as many as it takes to keep up. From there on
    every agent-hour goes where it answers most calls in time. (In each hour a further agent helps
    less than the one before, so taking the best step every time is the best plan for any share.)

    Parameters
    ----------
    arrivals : array_like of float, shape (hours, kinds)
        Arrivals per open hour, for each hour of the week and each kind (telephone, chat, …); one team
        answers all kinds.
    handling_seconds, within_seconds : array_like of float, shape (kinds,)
    open_share : array_like of float, shape (hours,)
        The share of the hour that is open, 0–1.

    Returns
    -------
    DataFrame
        hours (agent-hours a week), share (answered in time, 0–1), both rising; one row when nobody
        calls in open hours.
    """
    import numpy as np
    import pandas as pd

    arrivals, handling, limit = require_times(arrivals, handling_seconds, within_seconds)
    open_share = np.broadcast_to(np.asarray(open_share, float), len(arrivals))
    calls = arrivals * open_share[:, None]
    least, in_time = _in_time(arrivals, handling, limit)
    start = float((least * open_share).sum())
    gained = np.diff((in_time * calls).sum(axis=2), axis=0)  # by one agent more, per hour of the week
    costs = np.broadcast_to(open_share, gained.shape)
    worth = (costs > 0) & (gained > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.argsort(-(gained / costs)[worth], kind="stable")
    first = (in_time[0] * calls).sum() if len(in_time) else 0.0
    whole = calls.sum()
    share = np.concatenate([[first], first + gained[worth][order].cumsum()]) / (whole or 1.0)
    hours = np.concatenate([[start], start + costs[worth][order].cumsum()])
    return pd.DataFrame({"hours": hours, "share": share if whole else np.ones(len(hours))})


def _in_time(arrivals, handling, limit):
    """The fewest agents per hour, and the share in time with these, one more, two more, … per kind."""
    import numpy as np

    load = (arrivals * handling).sum(axis=1) / 3600
    calls = arrivals.sum(axis=1)
    mean = np.divide(load * 3600, calls, out=np.full(len(load), 1.0), where=calls > 0)
    least = np.floor(load).astype(int) + 1
    agents, blocked = least, erlang_b(load, least)
    found: list[np.ndarray] = []
    while not found or (found[-1][calls > 0] < _ALL).any():
        spare = ((agents - load) / mean)[:, None]
        found.append(1 - _waiting(blocked, load, agents)[:, None] * np.exp(-spare * limit))
        agents = agents + 1
        blocked = load * blocked / (agents + load * blocked)
    return least, np.stack(found)
