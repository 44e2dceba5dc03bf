"""Staffing against published values, scipy's Poisson distribution, and calls played one by one."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from scipy.stats import poisson

from csworkbook import queueing
from csworkbook.errors import SettingError

FAST = {"handling_seconds": 180, "within_seconds": 20}


def test_the_published_case():
    # 100 calls in 30 minutes of 180 seconds each, 80 % within 20 seconds: 14 agents (the documentation of pyworkforce)
    load = 100 * 180 / 1800
    agents = queueing.fewest_agents(load, share=0.8, **FAST)
    assert (load, agents) == (10, 14)
    assert queueing.answered_within(load, agents, **FAST) == pytest.approx(0.8883500, abs=5e-8)
    assert queueing.erlang_c(load, agents) == pytest.approx(0.1741319, abs=5e-8)
    assert queueing.mean_wait(load, agents, handling_seconds=180) == pytest.approx(
        0.1741319 * 180 / 4, abs=1e-5
    )


@pytest.mark.parametrize(("agents", "level"), [(12, 0.6402), (13, 0.7956)])
def test_one_and_two_agents_fewer(agents, level):
    assert queueing.answered_within(10.0, agents, **FAST) == pytest.approx(level, abs=5e-5)


@pytest.mark.parametrize("load", [0.05, 1.0, 7.3, 100.0, 1500.0, 9_990.0])
def test_the_loss_formula_is_a_ratio_of_poisson_chances(load):
    few = (0, 1) if load < 500 else ()  # there scipy's chances are nought
    for agents in (*few, int(load) + 1, int(load + 2 * load**0.5) + 1):
        expected = poisson.pmf(agents, load) / poisson.cdf(agents, load)
        assert queueing.erlang_b(load, agents) == pytest.approx(expected, rel=1e-9)


def test_ten_thousand_erlangs():
    agents = int(queueing.fewest_agents(10_000.0, share=0.8, **FAST))
    assert 10_000 < agents < 10_200
    assert queueing.answered_within(10_000.0, agents, **FAST) >= 0.8
    assert queueing.answered_within(10_000.0, agents - 1, **FAST) < 0.8
    assert queueing.erlang_c(10_000.0, 20_000) == 0


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8, 0.99, 0.9999])
def test_no_fewer_agents_would_do(share):
    loads = np.array([0.0, 0.01, 0.9, 1.0, 2.5, 33.0])
    agents = queueing.fewest_agents(loads, share=share, **FAST)
    assert agents[0] == 0
    assert (queueing.answered_within(loads, agents, **FAST)[1:] >= share).all()
    assert (queueing.answered_within(loads, agents - 1, **FAST)[1:] < share).all()


def test_two_and_a_half_erlangs_at_a_low_target():
    assert queueing.fewest_agents(2.5, share=0.25, **FAST) == 3  # a known program says 4


def test_as_many_agents_as_work_or_fewer_never_catch_up():
    assert queueing.erlang_c([2.0, 2.0, 2.0], [0, 1, 2]).tolist() == [1, 1, 1]
    assert queueing.answered_within([2.0, 2.0], [1, 2], **FAST).tolist() == [0, 0]
    assert queueing.mean_wait(2.0, 2, handling_seconds=60) == np.inf
    assert queueing.erlang_b(0.0, 3) == 0
    assert queueing.answered_within(0.0, 1, **FAST) == 1


@pytest.mark.parametrize("share", [0, 1, -0.2, 1.5, float("nan")])
def test_shares_nobody_can_promise(share):
    with pytest.raises(SettingError, match="less than 100%"):
        queueing.fewest_agents(1.0, share=share, **FAST)


@pytest.mark.parametrize("wrong", [(-1.0, 180, 20), (1.0, 0, 20), (1.0, 180, -1), (float("nan"), 180, 20)])
def test_times_that_cannot_be(wrong):
    load, handling, within = wrong
    with pytest.raises(SettingError):
        queueing.fewest_agents(load, handling_seconds=handling, within_seconds=within)


def played(load: float, agents: int, n: int, seed: int) -> np.ndarray:
    """The waits of `n` calls, one by one, to agents who take the next call as soon as they are free."""
    rng = np.random.default_rng(seed)
    comes = rng.exponential(1 / load, n).cumsum()
    free = [0.0] * agents
    waits = np.empty(n)
    for i, (at, lasts) in enumerate(zip(comes, rng.exponential(1.0, n), strict=True)):
        begins = max(at, heapq.heappop(free))
        heapq.heappush(free, begins + lasts)
        waits[i] = begins - at
    return waits


@pytest.mark.parametrize(("load", "agents"), [(0.4, 1), (2.5, 4), (10.0, 12)])
def test_calls_played_one_by_one(load, agents):
    waits = played(load, agents, 150_000, seed=1)[5_000:]
    assert (waits > 0).mean() == pytest.approx(queueing.erlang_c(load, agents), abs=0.012)
    within = queueing.answered_within(load, agents, handling_seconds=1.0, within_seconds=0.5)
    assert (waits <= 0.5).mean() == pytest.approx(within, abs=0.01)


# the curve


def test_the_curve_of_one_hour_is_erlang_agent_by_agent():
    curve = queueing.staffing_curve([[200.0]], handling_seconds=[180], within_seconds=[20])
    assert curve["hours"].head(4).tolist() == [11, 12, 13, 14]
    assert curve["share"].iloc[3] == pytest.approx(0.8883500, abs=5e-8)
    assert curve["share"].iloc[-1] > 0.999


def test_no_plan_of_so_many_hours_does_better():
    arrivals = np.array([[6.0], [30.0], [0.5]])
    curve = queueing.staffing_curve(arrivals, handling_seconds=[400], within_seconds=[30])
    load = arrivals[:, 0] * 400 / 3600
    every = np.array([(a, b, c) for a in range(1, 5) for b in range(4, 9) for c in range(1, 4)])
    level = queueing.answered_within(load, every, handling_seconds=400, within_seconds=30)
    share = (level * arrivals[:, 0]).sum(axis=1) / arrivals.sum()
    for hours, best in curve.itertuples(index=False):
        plans = share[every.sum(axis=1) == hours]
        if hours <= 10:
            assert best == pytest.approx(plans.max())
    assert (curve["share"].diff().dropna() > -1e-12).all()


def test_one_team_for_two_kinds_of_calls_with_a_limit_each():
    curve = queueing.staffing_curve([[10.0, 20.0]], handling_seconds=[300, 300], within_seconds=[20, 120])
    one = [float(queueing.answered_within(2.5, n, handling_seconds=300, within_seconds=s)) for n in (3, 4)
           for s in (20, 120)]  # fmt: skip
    assert curve["share"].head(2).tolist() == pytest.approx(
        [(one[0] + 2 * one[1]) / 3, (one[2] + 2 * one[3]) / 3]
    )


def test_hours_that_are_half_open_cost_half():
    curve = queueing.staffing_curve(
        [[6.0], [6.0]], handling_seconds=[300], within_seconds=[20], open_share=[1, 0.5]
    )
    assert curve["hours"].head(3).tolist() == [1.5, 2.5, 3.0]


def test_closed_hours_cost_nothing_and_nobody_calling_costs_one():
    kinds = {"handling_seconds": [300], "within_seconds": [20]}
    assert queueing.staffing_curve([[6.0], [6.0]], open_share=[0, 0], **kinds)["hours"].tolist() == [0]
    quiet = queueing.staffing_curve(np.zeros((9, 1)), **kinds)
    assert quiet.to_numpy().tolist() == [[9, 1]]
    assert queueing.staffing_curve(np.zeros((0, 1)), **kinds).to_numpy().tolist() == [[0, 1]]


# letters


def test_a_line_by_hand():
    # the first is done at 10, the second waits for it, the third finds an empty desk
    assert queueing.in_line([0, 1, 30], [10, 10, 10], 1.0).tolist() == [10, 19, 10]
    # two people: the desk as a whole is twice as fast, one letter is not
    assert queueing.in_line([0, 1, 30], [10, 10, 10], 2.0).tolist() == [10, 14, 10]
    # half a person
    assert queueing.in_line([0, 1, 30], [10, 10, 10], 0.5).tolist() == [20, 39, 30]
    assert queueing.in_line([], [], 1.0).size == 0


def test_a_line_played_letter_by_letter():
    rng = np.random.default_rng(5)
    opened, work = np.sort(rng.uniform(0, 4000, 500)), rng.exponential(7, 500)
    free, waits = 0.0, []
    for at, minutes in zip(opened, work, strict=True):
        free = max(free, at) + minutes / 0.9
        waits.append(free - at)
    assert queueing.in_line(opened, work, 0.9) == pytest.approx(np.array(waits))


def test_the_least_capacity_by_hand():
    # three letters of ten minutes at once: all within 30 minutes takes one person, within 15 two at least:
    # the last one starts at 20 ÷ c and takes ten minutes, so c = 4
    assert queueing.least_capacity([0, 0, 0], [10] * 3, [30] * 3, share=1.0) == pytest.approx(1.0)
    assert queueing.least_capacity([0, 0, 0], [10] * 3, [15] * 3, share=1.0) == pytest.approx(4.0)
    # two of three: the second starts at 10 ÷ c
    assert queueing.least_capacity([0, 0, 0], [10] * 3, [15] * 3, share=2 / 3) == pytest.approx(2.0)
    # one of three is a matter of 10 ÷ c ≤ 20
    assert queueing.least_capacity([0, 0, 0], [10] * 3, [20] * 3, share=1 / 3) == pytest.approx(0.5)


def test_what_no_number_of_people_can_reach():
    assert queueing.least_capacity([0, 5], [10, 10], [9, 9], share=0.5) == float("inf")
    assert queueing.least_capacity([0, 5], [10, 10], [9, 10], share=0.5) < float("inf")
    assert queueing.least_capacity([], [], [], share=0.9) == 0
    assert queueing.least_capacity([0], [5], [9], share=0.0) == pytest.approx(0, abs=1e-6)
