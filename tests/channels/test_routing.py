"""A division of work within everybody's hours, no gain out of chance, and whatever contacts come."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from scipy.optimize import linear_sum_assignment

from csworkbook import channels, open_shop
from csworkbook.channels import routes
from csworkbook.channels.agent_counts import MEASURES, counted
from csworkbook.channels.division import Work, divided, moved
from csworkbook.errors import DataError, SettingError

from .agents import ZONE, contacts, team


# ---------------------------------------------------------------- the division
def test_one_contact_each_is_the_assignment_of_scipy():
    rng = np.random.default_rng(2)
    worth = rng.random((5, 5))
    work = Work(np.eye(5), np.full((5, 5), 6.0), worth, np.ones((5, 5), bool))
    change = divided(work, hours=work.hours, least=1e-6)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    assert ((work.now + change) * worth).sum() == pytest.approx(worth[rows, columns].sum(), abs=1e-4)


def test_everything_is_done_within_the_hours():
    rng = np.random.default_rng(4)
    now = rng.integers(0, 30, (6, 8)).astype(float)
    work = Work(now, rng.uniform(3, 12, (6, 8)), rng.random((6, 8)), now >= 5)
    change = divided(work, hours=work.hours, least=0.01, keep=0.25)
    then = now + change
    assert change.sum(axis=0) == pytest.approx(np.zeros(8), abs=1e-6)
    assert ((then * work.minutes).sum(axis=1) / 60 <= work.hours + 1e-6).all()
    assert (then >= 0.25 * now - 1e-6).all()
    assert (change[~work.known] <= 1e-9).all()
    assert (then * work.worth).sum() > (now * work.worth).sum()


def test_a_move_must_be_worth_it():
    even = np.full((2, 2), 10.0)
    work = Work(even, np.full((2, 2), 6.0), np.array([[0.81, 0.80], [0.80, 0.81]]), even > 0)
    assert moved(divided(work, hours=work.hours, least=0.02)) == 0
    assert moved(divided(work, hours=work.hours, least=0.005)) == 20


def test_planted_differences_are_put_to_use(monkeypatch):
    # ann is good at chat (.9 against .6), bob at mail: each kind 400 contacts a person in 40 weeks, 10 a week.
    # Swapping 75% of it: 7.5 a week of each of four kinds, twice: 30 moves at .3 = 9 more solved a week.
    shares = {"ann": [0.9, 0.9, 0.6, 0.6], "bob": [0.6, 0.6, 0.9, 0.9]}
    found = team(shares, seed=3)
    monkeypatch.setattr(routes, "counted", lambda *_a, **_k: found)
    result = channels.routing(None, keep=0.25)
    assert result.moved == pytest.approx(30, abs=0.5)
    assert result.promised == pytest.approx(9, rel=0.15)
    assert result.gain.low <= 9 <= result.gain.high
    assert result.sure
    assert "more solved at first contact a week" in result.text
    assert result.value.value == pytest.approx(result.gain.value * 6 / 60 * 32 * 365.25 / 7)
    rows = result.table.set_index(["agent", "channel"])
    assert (rows.loc[("ann", "chat"), "change"] > 0).all()
    assert rows.groupby("channel")["change"].sum().abs().max() < 1e-6
    assert_says(result)
    assert "ann" not in "".join(f.headline for f in result.findings())


def test_no_gain_is_promised_out_of_chance(monkeypatch):
    """Teams without differences: on average nothing is gained, and hardly ever surely."""
    gains, promised, sure = [], [], 0
    for seed in range(40):
        found = team({name: [0.85, 0.7, 0.8, 0.6] for name in "abcde"}, n=40, seed=seed)
        monkeypatch.setattr(routes, "counted", lambda *_a, found=found, **_k: found)
        result = channels.routing(None)
        gains.append(result.gain.value)
        promised.append(result.promised / result.weekly)
        sure += result.sure
    assert abs(np.mean(gains)) <= 3 * np.std(gains) / 40**0.5 + 1e-9
    assert np.mean(promised) < 0.005  # of all contacts
    assert sure <= 3


def test_the_honest_gain_holds_the_real_one(monkeypatch):
    """With real differences: the range about the gain holds what the proposal of the halves really brings on average."""
    rng, inside = np.random.default_rng(1), 0
    for seed in range(30):
        truth = {name: np.clip(rng.normal(0.75, 0.1, 4), 0.3, 0.98) for name in "abcd"}
        found = team(truth, n=80, seed=seed)
        monkeypatch.setattr(routes, "counted", lambda *_a, found=found, **_k: found)
        result = channels.routing(None)
        real = []
        for half in (0, 1):
            frame = routes._frame(found, "solved", "both", half)
            grid = routes._Grid.of(frame, "both")
            work = grid.work(frame, "solved", known=10)
            change = divided(work, hours=work.hours + 1e-6, least=0.02, keep=0.25)
            real.append((change * np.array([truth[name] for name in grid.people])).sum())
        inside += result.gain.low <= np.mean(real) <= result.gain.high
    assert inside / 30 >= 0.85


def test_nothing_to_divide_says_so():
    result = channels.routing(contacts(), zone=ZONE)
    assert result.moved == 0
    assert result.promised == 0
    assert result.text.startswith("No other division of the work is proposed")
    assert result.findings() == []
    assert_says(result)


def test_minutes_are_saved_by_who_is_quick_where():
    table = contacts(n=60)
    quick = (table["agent"] == "ann") == (table["channel"] == "chat")
    rng = np.random.default_rng(0)
    table["handling_minutes"] = np.where(quick, 4.0, 8.0) * np.exp(rng.normal(0, 0.1, len(table)))
    result = channels.routing(table, measure="minutes", by="channel", keep=0.0, zone=ZONE)
    # 240 contacts per person and channel in 8 weeks: 30 a week, of which all go to who takes 4 minutes less;
    # everybody then has the time: 60 × 4 minutes a week saved, 4 hours
    assert result.moved == pytest.approx(result.weekly / 2, rel=0.01)
    assert result.gain.value == pytest.approx(result.weekly / 2 * 4, rel=0.1)
    assert "hours a week" in result.text
    assert_says(result)


def test_other_hours_move_work_and_too_few_are_refused(monkeypatch):
    found = team({"ann": [0.8] * 4, "bob": [0.8] * 4})
    monkeypatch.setattr(routes, "counted", lambda *_a, **_k: found)
    now = channels.routing(None).hours
    assert now.to_dict() == pytest.approx({"ann": 4.0, "bob": 4.0})  # 40 contacts a week of 6 minutes
    result = channels.routing(None, hours={"ann": 2.0, "bob": 6.0})
    spent = result.table.groupby("agent")["proposed"].sum() * 6 / 60
    assert spent.to_dict() == pytest.approx({"ann": 2.0, "bob": 6.0}, abs=0.01)
    with pytest.raises(SettingError, match="not enough for the work"):
        channels.routing(None, hours={"ann": 2.0})
    with pytest.raises(SettingError, match="no agent “eve”"):
        channels.routing(None, hours={"eve": 2.0})


# ---------------------------------------------------------------- whatever comes
@pytest.mark.parametrize("function", [channels.skills, channels.routing])
def test_what_cannot_be_is_refused_in_words(function):
    table = contacts(n=10)
    with pytest.raises(DataError, match="do not tell who handled them"):
        function(table.drop(columns="agent"))
    with pytest.raises(DataError, match="do not tell who handled them"):
        function(table.assign(agent=" "))
    with pytest.raises(DataError, match="one person"):
        function(table.assign(agent="ann"))
    with pytest.raises(DataError, match="satisfied customers"):
        function(table, measure="satisfied")
    with pytest.raises(DataError):
        function(table.iloc[:0])
    with pytest.raises(SettingError, match="by “price”"):
        function(table, measure="price")
    with pytest.raises(SettingError, match="by “agent”"):
        function(table, by="agent")
    for bad in ({"keep": 1.5}, {"least": 0.0}, {"hours": {"ann": -1}}):
        with pytest.raises(SettingError):
            channels.routing(table, **bad)


def test_customers_nobody_knows_tell_nothing_of_who_came_back():
    table = contacts(n=10).assign(customer_id=None)
    with pytest.raises(DataError, match="solved at first contact"):
        channels.skills(table)
    assert channels.skills(table, measure="minutes").table["n"].sum() == 160


def test_order_doubles_kinds_of_columns_and_engine_change_nothing():
    table = contacts({"ann": [0.9, 0.8, 0.7, 0.6]}, n=20)
    want = channels.skills(table, by="both", zone=ZONE).table
    odd = table.sample(frac=1, random_state=3).assign(
        opened_at=lambda t: t["opened_at"].dt.tz_convert("UTC").dt.tz_localize(None),
        agent=lambda t: " " + t["agent"].astype(object) + " ",
        channel=lambda t: t["channel"].astype("category"),
        extra=1,
    )
    odd = pd.concat([odd, odd.iloc[:30]])
    odd.index = [7] * len(odd)
    pd.testing.assert_frame_equal(channels.skills(odd, by="both", zone=ZONE).table, want)
    large = ibis.memtable(table)
    pd.testing.assert_frame_equal(channels.skills(large, by="both", zone=ZONE).table, want)
    pd.testing.assert_frame_equal(
        channels.routing(large, zone=ZONE).table, channels.routing(table, zone=ZONE).table
    )


def test_negative_minutes_and_blank_kinds_are_left_out():
    table = contacts(n=10)
    table.loc[table.index[:5], "handling_minutes"] = -3.0
    table.loc[table.index[5:9], "topic"] = "  "
    found = counted(table, within="14D", zone=ZONE)
    assert found.of("minutes")["n"].sum() == 160 - 9
    assert found.of("minutes", by="channel")["n"].sum() == 160 - 5
    assert found.nobody == 1  # the last contact names nobody


@pytest.mark.parametrize("measure", MEASURES)
def test_the_demo_shop_answers_in_both_languages(measure):
    shop = open_shop()
    for by in ("channel", "topic", "both"):
        assert_says(shop.call(channels.routing, measure=measure, by=by))
    assert_says(shop.call(channels.skills, measure=measure, by="both"))
