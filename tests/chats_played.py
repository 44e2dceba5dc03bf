"""Chats played by simpy: each agent holds several, all of them slower the more there are."""

from __future__ import annotations

import numpy as np
import simpy


class Desk:
    """Agents with so many places each; a chat stays with its agent, the next goes to who has fewest."""

    def __init__(self, shop: simpy.Environment, places: list[int], longer: np.ndarray) -> None:
        self.shop, self.places, self.longer = shop, places, longer
        self.held: list[list[list]] = [[] for _ in places]  # per agent: [work left, what tells it is done]
        self.seen, self.alarm, self.line = [0.0] * len(places), [0] * len(places), []

    def worked(self, agent: int) -> None:
        """What the agent's chats have come on since it was last looked at."""
        mine, passed = self.held[agent], self.shop.now - self.seen[agent]
        for chat in mine:
            chat[0] -= passed / self.longer[len(mine) - 1]
        self.seen[agent] = self.shop.now

    def begins(self, agent: int, work: float, done: simpy.Event) -> None:
        self.worked(agent)
        self.held[agent].append([work, done])
        self.shop.process(self.watch(agent))

    def watch(self, agent: int):
        """Until the first chat of this agent is done, unless something else happens to it before."""
        self.alarm[agent] += 1
        mine, ring = self.held[agent], self.alarm[agent]
        if not mine:
            return
        yield self.shop.timeout(max(min(c[0] for c in mine), 0.0) * self.longer[len(mine) - 1])
        if ring != self.alarm[agent]:
            return
        self.worked(agent)
        chat = min(mine, key=lambda c: c[0])
        mine.remove(chat)
        chat[1].succeed()
        self.shop.process(self.watch(agent))
        if self.line:
            self.line.pop(0).succeed()

    def free(self) -> int | None:
        """Who has a place, and the fewest chats."""
        able = [a for a, most in enumerate(self.places) if len(self.held[a]) < most]
        return min(able, key=lambda a: len(self.held[a])) if able else None


def played(load, agents, at_once, longer, *, patience=np.inf, n=20_000, seed=0, work=None):
    """The waits of `n` chats of handling time 1, and who gave up."""
    rng = np.random.default_rng(seed)
    gaps = rng.exponential(1 / load, n)
    work = rng.exponential(1, n) if work is None else work(rng, n)
    stay = rng.exponential(patience, n) if np.isfinite(patience) else np.full(n, np.inf)
    shop = simpy.Environment()
    whole = int(agents * at_once + 1e-9)
    desk = Desk(shop, [whole // agents + (a < whole % agents) for a in range(agents)], longer)
    waits, left = np.zeros(n), np.zeros(n, bool)

    def chat(i):
        came, agent = shop.now, desk.free() if not desk.line else None
        if agent is None:
            turn = shop.event()
            desk.line.append(turn)
            answer = yield (turn | shop.timeout(stay[i])) if np.isfinite(stay[i]) else (turn | shop.event())
            waits[i], left[i] = shop.now - came, turn not in answer
            if left[i]:
                desk.line.remove(turn)
                return
            agent = desk.free()
        desk.begins(agent, work[i], shop.event())

    def chatting():
        for i in range(n):
            yield shop.timeout(gaps[i])
            shop.process(chat(i))

    shop.process(chatting())
    shop.run()
    return waits[500:], left[500:]
