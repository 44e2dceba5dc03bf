"""Callers who give up: published values, the sums of the chain, integrals by scipy, and simpy."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import simpy
from scipy.integrate import quad

from csworkbook import queueing
from csworkbook.errors import SettingError
from csworkbook.queueing.balance import met, swept


def summed(load, agents, patience, states=6_000):
    """The same chain state by state (handling time 1): in time, waits, gives up, mean wait; nothing clever."""
    rate = np.minimum(np.arange(states), agents) + np.maximum(np.arange(states) - agents, 0) / patience
    high = np.concatenate([[0], np.cumsum(np.log(load) - np.log(rate[1:]))])
    chances = np.exp(high - high.max())
    chances /= chances.sum()
    line = np.maximum(np.arange(states) - agents, 0)
    waits = chances[agents:].sum()
    in_line = (line * chances).sum()
    return waits, in_line / patience / load, in_line / load


@pytest.mark.parametrize(
    ("load", "agents", "patience"), [(10, 12, 0.7), (10, 8, 2.0), (0.3, 1, 0.1), (100, 90, 0.5), (40, 40, 30)]
)
def test_the_chain_state_by_state(load, agents, patience):
    found = queueing.erlang_a(load, agents, handling_seconds=1.0, patience_seconds=patience)
    waits, gone, wait = summed(load, agents, patience)
    assert float(found.waits) == pytest.approx(waits, rel=1e-9)
    assert float(found.abandoned) == pytest.approx(gone, rel=1e-9)
    assert float(found.mean_wait) == pytest.approx(wait, rel=1e-9)
    assert float(found.occupancy) == pytest.approx(load * (1 - gone) / agents, rel=1e-9)


@pytest.mark.parametrize(
    ("load", "agents", "patience", "limit"), [(10, 12, 0.7, 0.1), (10, 7, 2, 0.9), (5, 6, 9, 0.3)]
)
def test_in_time_is_the_integral_of_the_wait(load, agents, patience, limit):
    theta = 1 / patience
    before = float(swept(load, float, agents - 1)[0])

    def density(x):
        return load * before * np.exp(load * (1 - np.exp(-theta * x)) / theta - agents * x)

    whole = quad(density, 0, 60, limit=500)[0]
    in_time = quad(lambda x: density(x) * np.exp(-theta * x), 0, limit)[0]
    expected = (1 + in_time) / (1 + whole)
    found = queueing.erlang_a(
        load, agents, handling_seconds=1.0, patience_seconds=patience, within_seconds=limit
    )
    assert float(found.within) == pytest.approx(expected, rel=1e-9)


def test_the_published_case_when_nobody_gives_up():
    # 100 calls in 30 minutes of 180 seconds: the documentation of pyworkforce
    found = queueing.erlang_a(10.0, 14, handling_seconds=180)
    assert float(found.within) == pytest.approx(0.8883500191794669, rel=1e-10)
    assert float(found.waits) == pytest.approx(0.1741319335950498, rel=1e-10)
    assert float(found.mean_wait) == pytest.approx(7.835937011777243, rel=1e-10)
    assert float(found.occupancy) == pytest.approx(10 / 14, rel=1e-12)
    assert float(found.abandoned) == 0


def test_the_published_values_on_file(realdata):
    with (realdata / "known" / "erlang_c_examples.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["service_level"]]
    assert len(rows) >= 3
    for row in rows:
        load = float(row["calls"]) * float(row["aht_s"]) / float(row["interval_s"])
        found = queueing.erlang_a(
            load, int(row["agents"]), handling_seconds=float(row["aht_s"]),
            within_seconds=float(row["target_s"]),
        )  # fmt: skip
        published = float(row["service_level"])
        assert 0 <= float(found.within) - published < 0.0011 or float(found.within) == pytest.approx(
            published
        )


def test_pyworkforce_for_a_small_queue():
    # version 0.5.4, ErlangA(100 calls, 3 min, 30 min, patience 2 min), 12 positions, 20 s
    found = queueing.erlang_a(10.0, 12, handling_seconds=180, patience_seconds=120)
    assert (round(float(found.within), 4), round(float(found.abandoned), 4)) == (0.8256, 0.0616)


def test_large_queues_do_not_sink():
    # 12,000 calls per half hour: a known program says .494 here
    load = 12_000 * 180 / 1800
    found = queueing.erlang_a(load, 1195, handling_seconds=180, patience_seconds=120, within_seconds=120)
    waits, gone, _wait = summed(load, 1195, 120 / 180, states=4_000)
    assert float(found.waits) == pytest.approx(waits, rel=1e-8)
    assert float(found.within) == pytest.approx(1 - gone, abs=1e-4)  # hardly anybody waits two minutes
    assert float(found.abandoned) == pytest.approx(gone, rel=1e-7)


def test_ten_thousand_erlangs_and_patience_without_end():
    calm = queueing.erlang_a(10_000.0, 10_080, handling_seconds=180)
    never = queueing.erlang_a(10_000.0, 10_080, handling_seconds=180, patience_seconds=1e12)
    assert float(calm.within) == pytest.approx(
        float(queueing.answered_within(10_000.0, 10_080, handling_seconds=180, within_seconds=20)), rel=1e-9
    )
    assert float(never.within) == pytest.approx(float(calm.within), rel=1e-5)
    flooded = queueing.erlang_a(10_000.0, 5_000, handling_seconds=180, patience_seconds=600)
    assert float(flooded.abandoned) == pytest.approx(0.5, rel=1e-6)  # as many as are too many
    # nearly all wait for the moment at which so many have gone that the rest fits: 600·ln 2 seconds
    assert float(flooded.mean_wait) == pytest.approx(0.5 * 600, rel=1e-6)
    assert float(flooded.within) == pytest.approx(0, abs=1e-9)


def test_nobody_there_and_nobody_calling():
    found = queueing.erlang_a(
        [1.0, 1.0, 0.0], [0, 1, 1], handling_seconds=60, patience_seconds=[90, np.inf, 90]
    )
    assert found.within.tolist() == [0, 0, 1]
    assert found.abandoned.tolist() == [1, 0, 0]
    assert found.mean_wait.tolist() == [90, np.inf, 0]
    assert found.occupancy.tolist() == [1, 1, 0]


def test_more_people_never_do_worse_and_patience_helps_the_figures():
    agents = np.arange(1, 40)
    for patience in (5, 60, 600, np.inf):
        found = queueing.erlang_a(17.3, agents, handling_seconds=240, patience_seconds=patience)
        assert (np.diff(found.within) >= -1e-12).all()
        assert (np.diff(found.abandoned) <= 1e-12).all()


@pytest.mark.parametrize(
    "wrong", [{"load": -1.0}, {"handling_seconds": 0}, {"patience_seconds": 0}, {"within_seconds": -1}]
)
def test_what_cannot_be(wrong):
    given = {"load": 1.0, "agents": 2, "handling_seconds": 60, "patience_seconds": 60} | wrong
    with pytest.raises(SettingError):
        queueing.erlang_a(given.pop("load"), given.pop("agents"), **given)


# how many people


def test_whole_people_and_parts():
    need = queueing.needed(lambda n: queueing.erlang_a(10.0, n, handling_seconds=180).within, 10.0)
    assert need.whole == 14
    # .79559 with 13 and .88835 with 14 (published): 13 and a part of the time one more
    assert need.parts == pytest.approx(13 + (0.8 - 0.795595) / (0.888350 - 0.795595), abs=1e-4)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95, 0.999])
@pytest.mark.parametrize("patience", [30.0, 180.0, np.inf])
def test_no_fewer_would_do(share, patience):
    loads = np.array([0.0, 0.02, 0.9, 1.0, 4.7, 33.0, 250.0])

    def within(agents):
        return queueing.erlang_a(loads, agents, handling_seconds=300, patience_seconds=patience).within

    need = queueing.needed(within, loads, share=share)
    assert need.whole[0] == need.parts[0] == 0
    assert (within(need.whole)[1:] >= share).all()
    assert (within(need.whole - 1)[1:] < share).all()
    assert ((need.whole - 1 <= need.parts) & (need.parts <= need.whole))[1:].all()
    if patience == np.inf:
        calls = {"handling_seconds": 300, "within_seconds": 20}
        assert need.whole.tolist() == queueing.fewest_agents(loads, share=share, **calls).tolist()


@pytest.mark.parametrize("share", [0.01, 0.3, 0.8, 0.99, 0.9999])
def test_one_sweep_finds_the_same_as_a_search(share):
    rng = np.random.default_rng(1)
    loads = np.concatenate([[0.0, 0.0, 1.0, 2.0, 2.0], rng.uniform(0, 40, 60)]).reshape(13, 5)

    def within(agents):
        return queueing.erlang_a(loads, agents, handling_seconds=180, within_seconds=5).within

    search = queueing.needed(within, loads, share=share)
    sweep = queueing.needed_calm(loads, handling_seconds=180, within_seconds=5, share=share)
    assert sweep.whole.tolist() == search.whole.tolist()
    assert sweep.parts == pytest.approx(search.parts, abs=1e-6)


def test_ten_thousand_erlangs_need():
    def within(agents):
        return queueing.erlang_a(10_000.0, agents, handling_seconds=180, patience_seconds=120).within

    need = queueing.needed(within, 10_000.0)
    assert 8_000 < need.whole < 10_000
    assert within(need.whole) >= 0.8 > within(need.whole - 1)


@pytest.mark.parametrize("share", [0, 1, -1, float("nan")])
def test_shares_nobody_can_promise(share):
    with pytest.raises(SettingError, match="less than 100%"):
        queueing.needed(lambda n: n * 0.0, 1.0, share=share)


# simpy


def called(load, agents, patience, n, seed):
    """The waits of `n` calls at a simpy resource, and who gave up (handling time 1 on average)."""
    rng = np.random.default_rng(seed)
    gaps, work, stay = rng.exponential(1 / load, n), rng.exponential(1, n), rng.exponential(patience, n)
    shop = simpy.Environment()
    desk, waits, left = simpy.Resource(shop, agents), np.zeros(n), np.zeros(n, bool)

    def call(i):
        came = shop.now
        with desk.request() as mine:
            answer = yield mine | shop.timeout(stay[i])
            waits[i], left[i] = shop.now - came, mine not in answer
            if mine in answer:
                yield shop.timeout(work[i])

    def calling():
        for i in range(n):
            yield shop.timeout(gaps[i])
            shop.process(call(i))

    shop.process(calling())
    shop.run()
    return waits[1_000:], left[1_000:]


@pytest.mark.parametrize(("load", "agents", "patience"), [(10.0, 12, 2 / 3), (4.0, 3, 0.5), (0.8, 1, 1.0)])
def test_calls_played_by_simpy(load, agents, patience):
    waits, left = called(load, agents, patience, 40_000, seed=3)
    found = queueing.erlang_a(
        load, agents, handling_seconds=1.0, patience_seconds=patience, within_seconds=1 / 9
    )
    assert ((waits <= 1 / 9) & ~left).mean() == pytest.approx(float(found.within), abs=0.012)
    assert left.mean() == pytest.approx(float(found.abandoned), abs=0.008)
    assert waits.mean() == pytest.approx(float(found.mean_wait), rel=0.05, abs=0.003)


def test_arrays_of_queues_are_each_their_own():
    loads, agents = np.array([3.0, 8.0, 0.5]), np.array([4, 7, 2])
    whole = queueing.erlang_a(loads, agents, handling_seconds=200, patience_seconds=[50, 100, 400])
    for i, (load, n, patience) in enumerate(zip(loads, agents, (50, 100, 400), strict=True)):
        one = queueing.erlang_a(load, n, handling_seconds=200, patience_seconds=patience)
        assert whole.within[i] == pytest.approx(float(one.within), rel=1e-12)
        assert whole.occupancy[i] == pytest.approx(float(one.occupancy), rel=1e-12)


def test_the_solver_takes_any_speed():
    # two places, the second half as fast: by hand, 1, λ, λ²/1.5, … with 1.5 from two on
    before = swept(1.0, lambda n: 1.0, 1)
    found = met(1.0, 1.5, 2, before)
    chances = [1, 1, 1 / 1.5]  # then ⅔ each time
    whole = 1 + 1 + (1 / 1.5) / (1 - 1 / 1.5)
    assert float(found.waits) == pytest.approx(chances[2] / (1 - 1 / 1.5) / whole)
