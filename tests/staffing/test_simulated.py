"""Plans played by simpy: callers one by one, people who come and go by the half hour."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from csworkbook.staffing.common import CommonLine

from .weeks import TEN, crew, desk

HALF = 1800.0


def day_played(rates, people, handling, patience, limit, *, days, seed):
    """The share answered in time over some days: calls by the half hour, people on duty by the half hour."""
    rng, shop = np.random.default_rng(seed), simpy.Environment()
    line, kept, came = simpy.Store(shop), [], 0
    whole = np.tile(people, days).astype(int)

    def calling():
        nonlocal came
        for half, rate in enumerate(np.tile(rates, days)):
            for at in np.sort(rng.uniform(0, HALF, rng.poisson(rate))):
                yield shop.timeout(half * HALF + at - shop.now)
                came += 1
                line.put((shop.now, shop.now + rng.exponential(patience)))

    def agent(number):
        while shop.now < len(whole) * HALF - 1e-6:
            half = int((shop.now + 1e-6) // HALF)
            shift_ends = (half + 1) * HALF
            if number >= whole[half]:
                yield shop.timeout(shift_ends - shop.now)
                continue
            turn = line.get()
            yield turn | shop.timeout(shift_ends - shop.now)
            if not turn.triggered:
                turn.cancel()
                continue
            asked, leaves = turn.value
            if leaves > shop.now:
                kept.append(shop.now - asked <= limit)
                yield shop.timeout(rng.exponential(handling))

    shop.process(calling())
    for number in range(whole.max()):
        shop.process(agent(number))
    shop.run(until=len(whole) * HALF)
    return sum(kept) / came


@pytest.mark.parametrize("patience", [120.0, np.inf])
def test_a_day_of_calls_gets_what_the_plan_says(patience):
    rates = np.array([20, 35, 60, 80, 60, 50, 55, 70, 60, 45, 30, 20])
    one = crew(
        (desk(patience=patience), dict(zip(range(TEN, TEN + 12), rates, strict=True))),
        is_open=range(TEN, TEN + 12),
    )
    people = one.people[TEN : TEN + 12]
    seen = day_played(rates, people, 180, min(patience, 1e12), 20, days=25, seed=5)
    # every half hour is taken as if it lasted; who is in a call when his time is over ends it, so it goes a little better
    assert -0.02 < seen - one.shares(one.people)["phone"] < 0.04


def test_time_away_is_in_the_plan():
    """Of the people scheduled 30 % are away at any moment: those who are left do what was asked."""
    rates = np.full(10, 60)
    one = crew(
        (desk(patience=120), dict.fromkeys(range(TEN, TEN + 10), 60)),
        is_open=range(TEN, TEN + 10), shrinkage=0.3,
    )  # fmt: skip
    rng = np.random.default_rng(1)
    scheduled = int(one.people[TEN])
    there = rng.permuted(np.tile(np.arange(scheduled) >= round(0.3 * scheduled), (10, 1)), axis=1).sum(axis=1)
    seen = day_played(rates, there, 180, 120, 20, days=25, seed=2)
    assert seen > 0.8 - 0.02


def line_played(kinds, people, n, seed):
    """One line for two kinds of contacts: (rate a second, handling, patience) each; per kind the waits of the answered."""
    rng, shop = np.random.default_rng(seed), simpy.Environment()
    team, waits = simpy.Resource(shop, people), [[] for _kind in kinds]

    def contact(kind):
        _rate, handling, patience = kinds[kind]
        came = shop.now
        with team.request() as mine:
            answer = yield mine | shop.timeout(rng.exponential(patience))
            waits[kind].append(shop.now - came if mine in answer else np.inf)
            if mine in answer:
                yield shop.timeout(rng.exponential(handling))

    def coming(kind):
        for _one in range(n):
            yield shop.timeout(rng.exponential(1 / kinds[kind][0]))
            shop.process(contact(kind))

    for kind in range(len(kinds)):
        shop.process(coming(kind))
    shop.run()
    return [np.array(w[: n - n // 10]) for w in waits]


@pytest.mark.parametrize("people", [2, 3, 6])
def test_one_line_for_two_kinds_that_differ(people):
    """They count as alike, though chats last twice as long here and chatters wait twice as long."""
    phone, chat = desk("phone", 240, patience=90), desk("chat", 480, seconds=40, patience=180)
    rate = 0.75 * people / 720 * np.array([1.0, 1.0])
    line = CommonLine((phone, chat), tuple(rate))
    load = np.array([(rate * [240, 480]).sum()])
    met = line.reached(load, np.array([float(people)]))
    waits = line_played([(rate[0], 240, 90), (rate[1], 480, 180)], people, 25_000, seed=3)
    assert (waits[0] <= 20).mean() == pytest.approx(float(met["phone"].within[0]), abs=0.02)
    assert (waits[1] <= 40).mean() == pytest.approx(float(met["chat"].within[0]), abs=0.02)
