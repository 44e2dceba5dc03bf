"""Several chats at once: by hand, against one at a time, and against simpy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from chats_played import played

from csworkbook import queueing
from csworkbook.errors import SettingError

# chain minus simulation (240,000 chats each): .014, .008, .007 and −.001 in time, .004 given up at most. The chain
# is the rosier one, because chats stay with their agent while it spreads them evenly all the time.
IN_TIME, GONE = 0.02, 0.008


def test_two_at_once_by_hand():
    # one agent, two at once, each of them 1.5 times as long: states 0, 1, 2, 3, … leave at 0, 1, 2/1.5, 2/1.5, …
    load, full = 0.9, 2 / 1.5
    states = [1, load, load * load / full]  # then load ÷ full each time
    tail = states[2] / (1 - load / full)
    whole = states[0] + states[1] + tail
    found = queueing.chats(load, 1, handling_seconds=100, at_once=2, stretch={2: 1.5}, within_seconds=30)
    assert float(found.waits) == pytest.approx(tail / whole, rel=1e-12)
    late = tail / whole * np.exp(-(full - load) * 30 / 100)
    assert float(found.within) == pytest.approx(1 - late, rel=1e-10)
    held = (states[1] + 2 * tail) / whole
    assert float(found.occupancy) == pytest.approx(held / 2, rel=1e-10)
    # Little: those in line by the mean wait
    assert float(found.mean_wait) == pytest.approx(tail / whole / (full - load) * 100, rel=1e-10)


def test_chats_are_spread_evenly():
    # two agents, at most three in all: with three held one has two of them (2 ÷ 1.6), the other one (1)
    found = queueing.chats(1.0, 2, handling_seconds=60, at_once=1.5, stretch=0.6, patience_seconds=60)
    rate = [0, 1, 2, 1 + 2 / 1.6] + [1 + 2 / 1.6 + k for k in range(1, 60)]
    states = np.cumprod([1.0] + [1 / r for r in rate[1:]])
    states /= states.sum()
    assert float(found.waits) == pytest.approx(states[3:].sum(), rel=1e-10)
    assert float(found.abandoned) == pytest.approx((states[3:] * np.arange(len(states[3:]))).sum(), rel=1e-9)


@pytest.mark.parametrize("patience", [40.0, np.inf])
def test_one_at_a_time_are_calls(patience):
    given = {"handling_seconds": 200, "patience_seconds": patience}
    loads, agents = np.array([0.3, 4.0, 60.0]), np.array([1, 6, 66])
    calls = queueing.erlang_a(loads, agents, **given)
    for at_once, longer in ((1, 0.3), (3, 1.0)):  # three at once that take three times as long
        found = queueing.chats(loads, agents, at_once=at_once, stretch=longer, **given)
        if at_once == 1:
            assert found.within == pytest.approx(calls.within, rel=1e-12)
            assert found.abandoned == pytest.approx(calls.abandoned, rel=1e-9, abs=1e-15)
        else:
            assert (found.waits < calls.waits).all()  # the same speed, but who comes is spoken to sooner


def test_no_stretch_is_a_desk_of_so_many_places():
    found = queueing.chats([5.0, 30.0], [3, 14], handling_seconds=120, at_once=2.5, stretch=0)
    calls = queueing.erlang_a([5.0, 30.0], [7, 35], handling_seconds=120)
    assert found.within == pytest.approx(calls.within, rel=1e-12)


@pytest.mark.parametrize(
    ("load", "agents", "at_once", "stretch", "patience"),
    [
        (6.0, 5, 2, {1: 1, 2: 1.3}, np.inf),
        (6.0, 4, 2.5, {1: 1, 2: 1.3, 3: 1.6}, 0.5),
        (4.0, 3, 3, {1: 1, 2: 1.4, 3: 1.9}, 1.0),
        (1.2, 1, 2, {1: 1, 2: 1.2}, 0.3),
        (20.0, 14, 2.5, 0.3, np.inf),
    ],
)
def test_chats_played_by_simpy(load, agents, at_once, stretch, patience):
    longer = queueing.stretches(stretch, at_once)
    waits, left = played(load, agents, at_once, longer, patience=patience, n=50_000, seed=1)
    found = queueing.chats(
        load, agents, handling_seconds=1.0, at_once=at_once, stretch=stretch, patience_seconds=patience,
        within_seconds=0.05,
    )  # fmt: skip
    assert ((waits <= 0.05) & ~left).mean() == pytest.approx(float(found.within), abs=IN_TIME)
    assert left.mean() == pytest.approx(float(found.abandoned), abs=GONE)


def test_the_short_cuts_would_miss_by_more():
    """Places at full speed are too rosy, places at the speed of a full desk too gloomy: the chain is needed."""
    load, agents, longer = 6.0, 4, queueing.stretches(0.3, 2.5)
    waits, left = played(load, agents, 2.5, longer, patience=0.5, n=30_000, seed=1)
    seen = ((waits <= 0.05) & ~left).mean()
    given = {"handling_seconds": 1.0, "patience_seconds": 0.5, "within_seconds": 0.05}
    rosy = float(queueing.erlang_a(load, 10, **given).within)
    full = 10 / float(2 * 3 / longer[2] + 2 * 2 / longer[1])  # a full desk: how long a chat takes
    gloomy = float(queueing.erlang_a(load * full, 10, **{**given, "handling_seconds": full}).within)
    assert rosy - seen > IN_TIME
    assert seen - gloomy > IN_TIME


# what a user can set


def test_stretches_by_hand():
    assert queueing.stretches(0.3, 3).tolist() == pytest.approx([1, 1.3, 1.6])
    assert queueing.stretches({3: 1.5}, 4).tolist() == pytest.approx([1, 1.25, 1.5, 1.75])
    assert queueing.stretches({1: 1, 2: 1.2}, 1).tolist() == [1]
    assert queueing.stretches({}, 2).tolist() == [1, 1]
    assert len(queueing.stretches(None, 2.5)) == 3


@pytest.mark.parametrize(
    ("stretch", "at_once"),
    [({2: 2.5}, 2), (-0.1, 2), ({1: 1, 2: 0.9}, 2), (float("nan"), 2), (0.3, 0.5), (0.3, 21), ({1: 0}, 2)],
)
def test_stretches_that_cannot_be(stretch, at_once):
    with pytest.raises(SettingError) as error:
        queueing.stretches(stretch, at_once)
    assert error.value.allowed


def test_fewer_people_with_more_at_once():
    loads = np.array([0.0, 0.5, 4.0, 25.0])
    needs = [
        queueing.needed(
            lambda n, k=at_once: queueing.chats(loads, n, handling_seconds=600, at_once=k).within,
            loads, most=at_once,
        ).parts
        for at_once in (1, 1.5, 2, 2.5)
    ]  # fmt: skip
    assert all((after <= before + 1e-9).all() for before, after in pairwise(needs))
    assert needs[-1][3] < 0.75 * needs[0][3]
