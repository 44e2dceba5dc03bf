"""Are letters answered in time by those who are there, between the calls?

Letters are drawn for some weeks on end and answered in order of arrival, the channel with the shortest
target first. Work goes on whenever somebody is free: time is counted in free minutes of people
(`queueing.in_line`), as if all who are free wrote on the same letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from csworkbook import queueing

WEEK = 7 * 24 * 60.0  # minutes
_FEW, _MOST, _ENOUGH = 6, 40, 3_000  # weeks to draw: at least, at most; and letters that are enough


@dataclass(frozen=True, eq=False)
class Kind:
    """One written channel: letters a week in each half hour of it, minutes of work each, and the target.

    Attributes
    ----------
    expected : ndarray, shape (336,)
        From Monday 0:00.
    minutes, target : float
        Of work; and within which by the clock.
    share : float
        Which share is to be answered in time, of those that can be, 0–1.
    """

    channel: str
    expected: np.ndarray
    minutes: float
    target: float
    share: float = 0.8

    @property
    def work(self) -> float:
        """Hours of work a week."""
        return float(self.expected.sum()) * self.minutes / 60


@dataclass(frozen=True, eq=False)
class Post:
    """Letters of some weeks: what `drawn` makes, one array of moments and work (minutes) a kind.

    Attributes
    ----------
    volumes : ndarray
        What a week's work may be instead, ÷ what is expected: the forecast's draws. Empty where it is not known.
    """

    kinds: tuple[Kind, ...]
    came: tuple[np.ndarray, ...]
    work: tuple[np.ndarray, ...]
    weeks: int
    volumes: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def times(self, volume: float) -> Post:
        """The same with so many times the work."""
        return replace(self, work=tuple(work * volume for work in self.work), volumes=np.zeros(0))

    def in_time(self, free: np.ndarray) -> list[float]:
        """The share answered in time of each kind.

        Parameters
        ----------
        free : ndarray, shape (336,)
            People in parts who can write letters, in each half hour of the week.
        """
        clock = np.arange(336 * self.weeks + 1) * 30.0
        passed = np.concatenate([[0.0], np.cumsum(np.tile(free, self.weeks) * 30.0)])
        before: list[tuple] = []  # what kinds with a shorter target took of the free minutes
        shares = []
        for kind, came, work in zip(self.kinds, self.came, self.work, strict=True):
            at = _left(np.interp(came, clock, passed), before)
            done = at + queueing.in_line(at, work, 1.0)
            until = _left(np.interp(came + kind.target, clock, passed), before)
            seen = came < clock[-1] - kind.target  # later ones have not had their time
            kept = done <= until + 1e-6
            shares.append(float(kept[seen].mean()) if seen.any() else 1.0)
            if len(work):
                before.append(_taken(done, work))
        return shares

    def reachable(self, is_open: np.ndarray) -> list[float]:
        """The share of each kind that can be answered in time at all: half hours open (bool, 336)."""
        return self.in_time(np.where(is_open, 1e6, 0.0))


def _taken(done: np.ndarray, work: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Free minutes at which work on these letters begins and ends, and the work done by then."""
    edges = np.stack([np.maximum(done - work, 0.0), done], axis=1).ravel()
    total = np.cumsum(work)
    return edges, np.stack([total - work, total], axis=1).ravel()


def _left(free: np.ndarray, before: list[tuple]) -> np.ndarray:
    """Free minutes without those that went to letters with a shorter target."""
    for edges, taken in before:
        free = free - np.interp(free, edges, taken, left=0.0)
    return free


def drawn(kinds: list[Kind], seed: int = 0, volumes: np.ndarray | None = None) -> Post:
    """Letters at random (Poisson) with work that differs (exponential), the same for the same seed."""
    rng = np.random.default_rng(seed)
    kinds = tuple(sorted(kinds, key=lambda kind: (kind.target, kind.channel)))
    a_week = sum(kind.expected.sum() for kind in kinds)
    weeks = int(np.clip(np.ceil(_ENOUGH / max(a_week, 1.0)), _FEW, _MOST))
    came, work = [], []
    for kind in kinds:
        counts = rng.poisson(np.tile(kind.expected, weeks))
        start = np.repeat(np.arange(len(counts)) * 30.0, counts)
        came.append(np.sort(start + rng.uniform(0, 30, len(start))))
        work.append(rng.exponential(kind.minutes, len(start)))
    volumes = np.zeros(0) if volumes is None else volumes
    return Post(kinds, tuple(came), tuple(work), weeks, volumes)
