"""How many people when, for all that comes in a week?"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from csworkbook.queueing import Service
from csworkbook.staffing.common import CommonLine
from csworkbook.staffing.desks import Desk
from csworkbook.staffing.letters import Post

_STEPS = 12  # halvings in search of how many people letters take
_VOLUMES = (0.01, 0.25, 0.5, 0.75, 0.99)  # quantiles of the letters at which their people are worked out
_TINY = 1e-9  # nobody is added for a rounding error


@dataclass(frozen=True, eq=False)
class Live:
    """A desk with what it gets in a week.

    Attributes
    ----------
    desk : Desk
    expected : ndarray, shape (336,)
        Contacts in each half hour from Monday 0:00; 0 where closed.
    rates : ndarray, shape (draws, 336)
        What may be expected instead: the forecast's draws.
    error : float
        The standard error of the handling time, as a share of it.
    """

    desk: Desk
    expected: np.ndarray
    rates: np.ndarray
    error: float = 0.0


@dataclass(frozen=True, eq=False)
class Crew:
    """One team for some desks and letters.

    Attributes
    ----------
    open : ndarray, shape (336,)
        The share of each half hour of the week that is open, 0–1.
    shrinkage : float
        The share of paid time in which people are not there, 0–1.
    other_work : float
        The share of the time between calls and chats that goes to other work than letters, 0–1.
    whole : bool
        Whether people are scheduled whole, and one at least in every open half hour.
    """

    live: tuple[Live, ...]
    post: Post | None
    open: np.ndarray
    shrinkage: float
    other_work: float = 0.5
    whole: bool = True

    @cached_property
    def _open(self) -> np.ndarray:
        return self.open > 0

    def loads(self, one: Live, expected: np.ndarray) -> np.ndarray:
        """Erlangs while it is open."""
        return np.divide(
            one.desk.load(expected), self.open, out=np.zeros(np.shape(expected)), where=self._open
        )

    @cached_property
    def parts(self) -> dict[str, np.ndarray]:
        """Channel → the people in parts who must be there in each half hour."""
        return {one.desk.channel: one.desk.need(self.loads(one, one.expected)).parts for one in self.live}

    @cached_property
    def line(self) -> CommonLine | None:
        """All that is answered at once as one common line; None where there is but one kind."""
        some = [one for one in self.live if one.expected.sum() > 0]
        if len(some) < 2:
            return None
        return CommonLine(tuple(one.desk for one in some), tuple(float(one.expected.sum()) for one in some))

    @cached_property
    def load(self) -> np.ndarray:
        """Erlangs of all desks together."""
        return sum((self.loads(one, one.expected) for one in self.live), np.zeros(336))

    @cached_property
    def calls(self) -> np.ndarray:
        """The people in parts who must be there for all desks, answered in the way that takes fewest."""
        divided = sum(self.parts.values(), np.zeros(336))
        return divided if self.line is None else np.minimum(divided, self.line.parts(self.load))

    @cached_property
    def common(self) -> np.ndarray:
        """The half hours (bool) in which a common line, one conversation at a time, takes fewer people than
        desks of their own with several chats at once.
        """
        return self.calls < sum(self.parts.values(), np.zeros(336)) - _TINY

    def scheduled(self, parts: np.ndarray) -> np.ndarray:
        """Whole people to schedule: at least one in open hours, rounded up once, after time away."""
        people = parts / (1 - self.shrinkage)
        if self.whole:
            people = np.maximum(np.ceil(people - _TINY), 1.0)
        return np.where(self.open > 0, people, 0.0)

    def free(self, parts: np.ndarray) -> np.ndarray:
        """People in parts who can write letters: those beside the desks, and some of the time between calls."""
        divided = sum(
            (one.desk.idle(self.loads(one, one.expected), self.parts[one.desk.channel]) for one in self.live),
            np.zeros(336),
        )
        idle = np.where(self.common, np.maximum(self.calls - self.load, 0.0), divided)
        there = self.scheduled(parts) * (1 - self.shrinkage) - self.calls
        return (np.maximum(there, 0.0) + (1 - self.other_work) * idle) * self.open

    @cached_property
    def reachable(self) -> list[float]:
        """The share of each written channel that can be answered in time at all."""
        return self.post.reachable(self._open)

    @cached_property
    def goals(self) -> list[float]:
        """The share of each written channel to be answered in time: as asked, of what can be."""
        return [kind.share * reach for kind, reach in zip(self.post.kinds, self.reachable, strict=True)]

    def _enough(self, extra: float) -> bool:
        kept = self.post.in_time(self.free(self.calls + extra))
        return all(share >= goal - _TINY for share, goal in zip(kept, self.goals, strict=True))

    @cached_property
    def extra(self) -> float:
        """People in parts who must be there for letters in every open half hour, beside the desks."""
        if self.post is None or not self._open.any() or self._enough(0.0):
            return 0.0
        low, high = 0.0, 1.0
        while not self._enough(high):
            low, high = high, 2 * high
        for _step in range(_STEPS):
            middle = (low + high) / 2
            low, high = (low, middle) if self._enough(middle) else (middle, high)
        return high

    @cached_property
    def people(self) -> np.ndarray:
        """Whole people to schedule in each half hour."""
        return self.scheduled(self.calls + self.extra)

    @property
    def hours(self) -> float:
        """Paid hours in the week."""
        return self.paid(self.people)

    def paid(self, people: np.ndarray) -> float:
        """Hours of so many people in each half hour."""
        return float((people * self.open).sum() / 2)

    def met(self, people: np.ndarray) -> dict[str, Service]:
        """Channel → what those who come meet in each half hour, so many people divided as they are needed."""
        there, needed = people * (1 - self.shrinkage), self.calls + self.extra
        part = np.divide(there, needed, out=np.zeros(336), where=needed > 0)
        met = {}
        together = {} if self.line is None else self.line.reached(self.load, self.calls * part)
        for one in self.live:
            name, load = one.desk.channel, self.loads(one, one.expected)
            apart = one.desk.reached(load, self.parts[name] * part)
            met[name] = _either(self.common, together.get(name, apart), apart)
        return met

    def shares(self, people: np.ndarray) -> dict[str, float]:
        """Channel → the share of the week's contacts that is answered in time."""
        met = self.met(people)
        return {
            one.desk.channel: float((met[one.desk.channel].within * one.expected).sum() / one.expected.sum())
            for one in self.live
            if one.expected.sum() > 0
        }

    def letters(self) -> dict[str, float]:
        """Written channel → the share answered in time, of what can be."""
        if self.post is None:
            return {}
        kept, most = self.post.in_time(self.free(self.calls + self.extra)), self.reachable
        return {
            kind.channel: min(share / reach, 1.0) if reach > 0 else 0.0
            for kind, share, reach in zip(self.post.kinds, kept, most, strict=True)
        }

    def drawn(self, rng: np.random.Generator) -> np.ndarray:
        """Paid hours a week, were each draw of the forecast and of the handling times true."""
        extra = self._extras()
        if not self.live:
            return self._hours(np.broadcast_to(extra[:, None], (len(extra), 336)))
        draws = len(self.live[0].rates)
        divided, load = np.zeros((2, draws, int(self._open.sum())))
        for one in self.live:
            longer = np.maximum(1 + one.error * rng.standard_normal(draws), 0.05)
            mine = self.loads(one, one.rates)[:, self._open] * longer[:, None]
            divided, load = divided + one.desk.parts(mine), load + mine
        parts = divided if self.line is None else np.minimum(divided, self.line.parts(load))
        whole = np.zeros((draws, 336))
        whole[:, self._open] = parts + np.resize(extra, draws)[:, None]
        return self._hours(whole)

    @property
    def volumes(self) -> np.ndarray:
        """The work of a week, were each draw of the forecast true (erlangs × half hours for desks, else letters ÷
        what is expected).
        """
        if self.live:
            return sum(one.desk.load(one.rates).sum(axis=1) for one in self.live)
        return np.ones(1) if self.post is None or not len(self.post.volumes) else self.post.volumes

    def _hours(self, parts: np.ndarray) -> np.ndarray:
        return (self.scheduled(parts) * self.open).sum(axis=1) / 2

    def _extras(self) -> np.ndarray:
        """`extra`, were each draw of the letters true: read off a line through a few volumes of them."""
        if self.post is None or not len(self.post.volumes):
            return np.full(1, self.extra)
        volumes = self.post.volumes
        at = np.unique(np.quantile(volumes, _VOLUMES))
        need = [replace(self, post=self.post.times(float(volume))).extra for volume in at]
        return np.interp(volumes, at, need)


def _either(here: np.ndarray, one: Service, other: Service) -> Service:
    """The first where it holds, the second elsewhere."""
    names = (field.name for field in fields(Service))
    return Service(**{name: np.where(here, getattr(one, name), getattr(other, name)) for name in names})


def groups(crew: Crew) -> list[Crew]:
    """A group of its own for every desk, and one for the letters, whose hours need no half hours of their own."""
    given = {"open": crew.open, "shrinkage": crew.shrinkage, "other_work": crew.other_work}
    alone = [Crew((one,), None, **given) for one in crew.live if one.expected.sum() > 0]
    return alone if crew.post is None else [*alone, Crew((), crew.post, **given, whole=False)]


def slots(crew: Crew, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """Every open half hour of the week.

    Returns
    -------
    DataFrame
        start, open (share of it), needed (people in parts who must be there), people (whole, to schedule).
    """
    told = {"start": starts, "open": crew.open, "needed": crew.calls + crew.extra}
    table = pd.DataFrame({**told, "people": crew.people.astype(int)})
    return table[table["open"] > 0].reset_index(drop=True)


def half_hours(crew: Crew, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """Every open half hour of every channel that is answered at once, in long form.

    Returns
    -------
    DataFrame
        start, channel, expected (contacts), load (erlangs), agents (people in parts), calm (the same when
        nobody gives up), within (share answered in time by those who are scheduled), abandoned, occupancy.
    """
    rows, met = [], crew.met(crew.people)
    for one in crew.live:
        name, load = one.desk.channel, crew.loads(one, one.expected)
        told = {"start": starts, "channel": name, "expected": one.expected, "load": load}
        told |= {"agents": crew.parts[name], "calm": one.desk.calm.need(load).parts}
        told |= {key: getattr(met[name], key) for key in ("within", "abandoned", "occupancy")}
        rows.append(pd.DataFrame(told)[crew.open > 0])
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
