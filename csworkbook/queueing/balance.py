"""What does somebody meet who joins a queue in balance? One solver for calls, callers who give up, and chats.

The number of people in a queue goes up by one when somebody comes and down by one when somebody is
done or gives up (a birth–death chain). As long as a place is free nobody waits. Once all places are
taken, work leaves at one steady speed, and everybody who waits gives up at the same rate, so that the
wait of somebody with endless patience has the density

    v(x) = λ·P(last place free)·exp(λ·H(x) − M·x),    H(x) = (1 − exp(−θx)) ÷ θ

(F. Baccelli and G. Hebuterne, *On queues with impatient customers*, 1981), with λ arrivals, M the speed
of work and θ the rate of giving up, all a second. The chance of a free place comes from a recursion,
the rest from integrals over v whose largest term is taken out first, so that nothing overflows or is
lost at ten thousand erlangs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

_NODES = 96  # of each half of an integral: exact to nine digits and more for what is integrated here
_DROP = 45.0  # e⁻⁴⁵ of the highest point counts as nothing


@dataclass(frozen=True, eq=False)
class Service:
    """What those who come to a queue meet; arrays, one value a queue.

    Attributes
    ----------
    within : ndarray
        The share of all who come that is answered in time, 0–1. Who gives up is not.
    waits : ndarray
        The share that finds no place free, 0–1.
    abandoned : ndarray
        The share that gives up, 0–1.
    mean_wait : ndarray
        Seconds until the answer or until giving up, the mean of all who come.
    occupancy : ndarray
        The share of places (agents, or conversations that could be held at once) in use, 0–1.
    """

    within: np.ndarray
    waits: np.ndarray
    abandoned: np.ndarray
    mean_wait: np.ndarray
    occupancy: np.ndarray


def swept(arrivals: ArrayLike, leaving: Callable[[int], ArrayLike], last: ArrayLike) -> tuple:
    """Where a queue is that never gets past its last state: the chance of that state, and the mean.

    Parameters
    ----------
    arrivals : array_like of float
        Who comes, a unit of time; one a queue.
    leaving : callable
        From a number of people in the queues to the rate at which one leaves, a queue.
    last : array_like of int
        The last state of each queue, 0 or more; broadcast against `arrivals`.

    Returns
    -------
    tuple of ndarray
        The chance of the last state, 0–1, and the mean number of people.

    >>> chance, mean = swept(10.0, lambda n: float(n), 14)  # Erlang's loss formula
    >>> round(float(chance), 4), round(float(mean), 3)
    (0.0568, 9.432)
    """
    arrivals, last = np.broadcast_arrays(np.asarray(arrivals, float), np.asarray(last))
    chance, mean = np.ones(arrivals.shape), np.zeros(arrivals.shape)
    found, held = chance.copy(), mean.copy()
    least, most = int(last.min(initial=0)), int(last.max(initial=0))
    for n in range(1, most + 1):
        going = arrivals * chance
        chance = going / (leaving(n) + going)
        mean = mean + (n - mean) * chance
        if n >= least:
            found, held = np.where(last == n, chance, found), np.where(last == n, mean, held)
    return found, held


def met(
    arrivals: ArrayLike,
    speed: ArrayLike,
    places: ArrayLike,
    before: tuple[ArrayLike, ArrayLike],
    *,
    patience_seconds: ArrayLike = np.inf,
    within_seconds: ArrayLike = 20.0,
) -> Service:
    """What those who come to queues in balance meet.

    Parameters
    ----------
    arrivals, speed : array_like of float
        Who comes, and who is done with when all places are taken; a second.
    places : array_like of int
        How many can be helped at once; without any nobody is answered.
    before : tuple of array_like
        What `swept` gives for ``places - 1``.
    patience_seconds : array_like of float
        After how long callers give up on average (exponential); infinite when nobody does.
    within_seconds : array_like of float

    Returns
    -------
    Service
    """
    chance, mean, places, lam, m, patience, limit = np.broadcast_arrays(
        *before, places, *(np.asarray(v, float) for v in (arrivals, speed, patience_seconds, within_seconds))
    )
    with np.errstate(divide="ignore"):
        theta = np.where(np.isinf(patience), 0.0, 1 / patience)
        drowned = (places < 1) | ((theta == 0) & (lam >= m) & (lam > 0))
        safe = np.where(drowned, 2 * lam + 1, m)  # whatever: not shown
        log_all, in_time, gone, stayed = _waited(lam, safe, theta, limit)
        odds = np.log(np.where(drowned, 0.0, chance)) + log_all
    waits = np.where(drowned, 1.0, _share(odds))
    nobody = np.where((theta > 0) & (lam > 0), 1.0, 0.0)  # without anybody to answer, all give up in the end
    abandoned = np.where(drowned, nobody, waits * gone)
    within = np.where(drowned, 0.0, 1 - waits * (1 - in_time))
    forever = np.where(theta > 0, patience, np.inf)
    mean_wait = np.where(drowned, forever, waits * stayed)
    used = ((1 - waits) * mean + waits * places) / np.maximum(places, 1)
    return Service(within, waits, abandoned, mean_wait, np.where(drowned, np.where(lam > 0, 1.0, 0.0), used))


def _share(log_odds: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return expit(log_odds)


def _waited(lam, m, theta, limit) -> tuple[np.ndarray, ...]:
    """Integrals over the wait: the log of all of it; and of those who wait: in time, gone, mean seconds."""
    if not theta.any():
        return _endless(lam, m, limit)
    with np.errstate(divide="ignore", invalid="ignore"):
        peak = np.where((theta > 0) & (lam > m), np.log(lam / m) / np.where(theta > 0, theta, 1.0), 0.0)
    top = _height(peak, lam, m, theta)
    left = np.maximum(peak - _reach(peak, -1.0, lam, m, theta), 0.0)
    right = peak + _reach(peak, 1.0, lam, m, theta)
    whole = gone = stayed = in_time = 0.0
    for start, end in ((left, peak), (peak, right)):
        if (end > start).any():
            v, x = _weighed(start, end, lam, m, theta, top)
            whole, gone = whole + v.sum(-1), gone + (v * -np.expm1(-theta[..., None] * x)).sum(-1)
            stayed = stayed + (v * _until(x, theta[..., None])).sum(-1)
            v, x = _weighed(start, np.clip(limit, start, end), lam, m, theta, top)
            in_time = in_time + (v * np.exp(-theta[..., None] * x)).sum(-1)
    with np.errstate(divide="ignore"):
        return np.log(lam) + top + np.log(whole), in_time / whole, gone / whole, stayed / whole


def _endless(lam, m, limit) -> tuple[np.ndarray, ...]:
    """The same where nobody gives up: waits are exponential."""
    spare = np.where(m > lam, m - lam, 1.0)  # where there is none, the caller knows better
    with np.errstate(divide="ignore"):
        return np.log(lam / spare), -np.expm1(-spare * limit), np.zeros(lam.shape), 1 / spare


def _weighed(start, end, lam, m, theta, top) -> tuple[np.ndarray, np.ndarray]:
    """The density between two moments beside its highest point, each look with its weight; and the looks."""
    x, weight = _points(start, end)
    return np.exp(_height(x, lam[..., None], m[..., None], theta[..., None]) - top[..., None]) * weight, x


def _until(x: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The mean time until an answer after x seconds or giving up, whichever comes first."""
    safe = np.where(theta > 0, theta, 1.0)
    return np.where(theta * x > 1e-12, -np.expm1(-safe * x) / safe, x)


def _height(x, lam, m, theta) -> np.ndarray:
    """The exponent of v, without its factor."""
    return lam * _until(x, theta) - m * x


def _reach(peak, way, lam, m, theta) -> np.ndarray:
    """How far from its peak the exponent has come down so far that the rest is nothing."""
    top, far = _height(peak, lam, m, theta), 1 / m
    while True:
        short = (top - _height(peak + way * far, lam, m, theta) < _DROP) & ((way > 0) | (far < peak))
        if not short.any():
            return far
        far = np.where(short, 2 * far, far)


def _points(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where to look between two moments, and how much each look counts (Gauss–Legendre)."""
    node, weight = _looks()
    half = ((end - start) / 2)[..., None]
    return start[..., None] + half * (1 + node), half * weight


@lru_cache
def _looks() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(_NODES)
