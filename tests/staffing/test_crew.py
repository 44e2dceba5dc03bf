"""People in parts, added over queues, rounded up once: by hand and against published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from csworkbook import queueing
from csworkbook.staffing.common import CommonLine
from csworkbook.staffing.crew import groups, half_hours, slots
from csworkbook.staffing.letters import Kind, drawn

from .weeks import TEN, crew, desk, week

# the published case: 100 calls of 180 seconds in half an hour; 13 agents answer .795595 in 20 seconds, 14 .888350
THIRTEEN, FOURTEEN = 0.795594794, 0.888350019
PARTS = 13 + (0.8 - THIRTEEN) / (FOURTEEN - THIRTEEN)


def test_the_published_half_hour():
    one = crew((desk(), {TEN: 100}))
    assert one.parts["phone"][TEN] == pytest.approx(PARTS, abs=1e-6)
    assert one.people[TEN] == 14
    assert (one.people.sum(), one.hours) == (14, 7)
    assert one.shares(one.people)["phone"] == pytest.approx(FOURTEEN, abs=1e-8)


def test_whole_people_are_made_of_the_sum_only():
    # 13.05 ÷ .7 = 18.6; of fourteen whole people it would be 20
    assert crew((desk(), {TEN: 100}), shrinkage=0.3).people[TEN] == 19
    # two chats at once that take as long as one: a desk with twice the places, and never cheaper in one line
    chat = desk("chat", at_once=2, stretch=0.0)
    both = crew((desk(), {TEN: 100}), (chat, {TEN: 100}))
    alone = [crew((desk(), {TEN: 100})), crew((chat, {TEN: 100}))]
    parts = sum(one.calls[TEN] for one in alone)
    assert both.calls[TEN] == pytest.approx(parts)
    assert both.people[TEN] == np.ceil(parts) <= sum(one.people[TEN] for one in alone)


def test_one_line_for_two_kinds_of_calls_is_erlang_of_both():
    both = crew((desk("phone"), {TEN: 100}), (desk("chat"), {TEN: 60}))
    load = 160 * 180 / 1800
    assert both.people[TEN] == queueing.fewest_agents(load, handling_seconds=180, within_seconds=20)
    assert both.common[TEN]
    reached = queueing.answered_within(load, int(both.people[TEN]), handling_seconds=180, within_seconds=20)
    assert both.shares(both.people) == pytest.approx({"phone": reached, "chat": reached})


def test_every_channel_of_a_common_line_reaches_its_own_target():
    hard, soft = desk("phone", share=0.95, seconds=10), desk("chat", share=0.5, seconds=60)
    line = CommonLine((hard, soft), (50, 50))
    parts = line.parts(np.array([8.0]))
    met = line.reached(np.array([8.0]), parts)
    assert float(met["phone"].within[0]) == pytest.approx(0.95)
    assert float(met["chat"].within[0]) > 0.5


def test_people_in_parts_are_a_matter_of_time():
    # fourteen half of the time and thirteen the other half
    met = desk().reached(np.array([10.0]), np.array([13.5]))
    assert float(met.within[0]) == pytest.approx((THIRTEEN + FOURTEEN) / 2, abs=1e-7)


def test_closed_takes_nobody_and_open_takes_one():
    one = crew((desk(), {TEN: 0.0, TEN + 1: 0.001}), is_open=(TEN, TEN + 1))
    assert one.people[[TEN - 1, TEN, TEN + 1]].tolist() == [0, 1, 1]
    assert one.hours == 1.0


def test_half_an_hour_that_is_half_open_costs_half_and_is_twice_as_busy():
    one = crew((desk(), {TEN: 50}))
    one.open[TEN] = 0.5
    assert one.people[TEN] == 14  # 50 calls in a quarter of an hour
    assert one.hours == 3.5


def test_one_fewer_is_what_erlang_says():
    one = crew((desk(), {TEN: 100}))
    fewer = one.shares(one.people - (one.people > 1))
    assert fewer["phone"] == pytest.approx(THIRTEEN, abs=1e-8)


def test_long_form_and_slots():
    one = crew((desk(patience=120), {TEN: 100, TEN + 1: 30}), is_open=(TEN, TEN + 1), shrinkage=0.3)
    starts = np.arange("2026-01-05", "2026-01-12", np.timedelta64(30, "m"), dtype="datetime64[m]")
    rows = half_hours(one, starts)
    assert rows["load"].tolist() == [10, 3]
    assert (rows["calm"] > rows["agents"]).all()  # without giving up more people are needed
    assert rows.loc[0, "calm"] == pytest.approx(PARTS, abs=1e-6)
    assert (rows["within"] >= 0.8).all()
    table = slots(one, starts)
    assert table["people"].tolist() == one.people[[TEN, TEN + 1]].tolist()
    assert len(table) == 2


def test_groups_apart_take_no_fewer_hours():
    rng = np.random.default_rng(2)
    for _turn in range(5):
        gets = [{TEN + i: rng.uniform(0, 40) for i in range(8)} for _desk in range(2)]
        live = [(desk("phone", patience=60), gets[0]), (desk("chat", 400, at_once=2.5), gets[1])]
        one = crew(*live, is_open=range(TEN, TEN + 8), shrinkage=0.3)
        assert one.hours <= sum(group.hours for group in groups(one))


def test_draws_of_the_forecast_are_plans_of_their_own():
    one = crew((desk(), {TEN: 100}), shrinkage=0.3)
    rates = np.array([week({TEN: n}) for n in (60, 100, 150)])
    one.live[0].rates[:] = rates
    hours = one.drawn(np.random.default_rng(0))
    assert hours.tolist() == [crew((desk(), {TEN: n}), shrinkage=0.3).hours for n in (60, 100, 150)]


def test_needs_read_off_a_line_are_near():
    loads = np.random.default_rng(0).uniform(0, 30, 400)
    exact = desk(patience=90).need(loads).parts
    assert np.abs(desk(patience=90).parts(loads) - exact).max() < 0.1
    assert np.abs(desk(patience=90).parts(loads) - exact).mean() < 0.01


# ---------------------------------------------------------------- letters


def played(post, free) -> list[float]:
    """Letters by the second, the shortest target first: nothing clever."""
    speed = np.repeat(np.tile(free, post.weeks), 30 * 6) / 6  # minutes of work per ten seconds
    step, end = 1 / 6, len(free) * 30 * post.weeks
    left = [list(work) for work in post.work]
    done = [np.full(len(came), np.inf) for came in post.came]
    at = [0] * len(post.kinds)
    for tick, able in enumerate(speed):
        now = tick * step
        for kind, came in enumerate(post.came):
            while able > 0 and at[kind] < len(came) and came[at[kind]] <= now:
                part = min(able, left[kind][at[kind]])
                left[kind][at[kind]] -= part
                able -= part
                if left[kind][at[kind]] <= 1e-12:
                    done[kind][at[kind]] = now + step
                    at[kind] += 1
    found = []
    for kind, came, when in zip(post.kinds, post.came, done, strict=True):
        seen = came < end - kind.target
        found.append(float((when <= came + kind.target)[seen].mean()))
    return found


def test_letters_played_one_by_one():
    open_hours = week({day * 48 + half: 1.0 for day in range(5) for half in range(18, 36)})
    every = np.ones(336)
    kinds = [Kind("email", every * 0.6, 9.0, 1440.0), Kind("social", every * 0.2, 5.0, 60.0),
             Kind("letter", every * 0.1, 20.0, 2880.0)]  # fmt: skip
    post = drawn(kinds, seed=4)
    assert [kind.channel for kind in post.kinds] == ["social", "email", "letter"]
    for people in (1.0, 1.3, 2.5):
        assert post.in_time(open_hours * people) == pytest.approx(played(post, open_hours * people), abs=0.01)


def test_nobody_there_answers_nothing_and_everybody_what_can_be():
    open_hours = week({day * 48 + half: 1.0 for day in range(5) for half in range(18, 36)})
    post = drawn([Kind("social", np.ones(336), 5.0, 60.0)], seed=1)
    assert post.in_time(np.zeros(336)) == [0.0]
    # open 45 of the 168 hours; what comes in the hour before opening can be in time as well: 50
    assert post.reachable(open_hours > 0)[0] == pytest.approx(50 / 168, abs=0.02)


def test_people_are_added_only_where_the_free_time_is_too_short():
    is_open = tuple(day * 48 + half for day in range(5) for half in range(18, 34))
    calls = dict.fromkeys(is_open, 3.0)
    few = drawn([Kind("email", np.full(336, 0.05), 6.0, 1440.0)], seed=2)
    many = drawn([Kind("email", np.full(336, 4.0), 9.0, 1440.0)], seed=2)
    assert crew((desk(), calls), is_open=is_open, post=few, shrinkage=0.2).extra == 0
    busy = crew((desk(), calls), is_open=is_open, post=many, shrinkage=0.2)
    assert busy.extra > 0
    assert 0.8 <= busy.letters()["email"] < 0.9  # whole people are a little more than it takes
    assert not busy._enough(busy.extra - 0.05)
    # 4 × 336 letters of nine minutes are 201.6 hours of work; those of the weekend are in the way of Monday's
    assert 201.6 < busy.free(busy.calls + busy.extra).sum() / 2 < 1.6 * 201.6


def test_the_same_letters_for_the_same_seed():
    kinds = [Kind("email", np.ones(336), 9.0, 1440.0), Kind("social", np.ones(336), 5.0, 60.0)]
    one, other = drawn(kinds, seed=3), drawn(kinds[::-1], seed=3)
    assert all((a == b).all() for a, b in zip(one.came, other.came, strict=True))
    assert one.came[0].size != drawn(kinds, seed=4).came[0].size
