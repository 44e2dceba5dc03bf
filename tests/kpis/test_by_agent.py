"""Agents and channels beside each other: counts by hand, luck that is taken away, and who really differs."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import kpis, language
from csworkbook.errors import DataError, SettingError
from csworkbook.kpis.agents import shrunk
from csworkbook.shop import open_shop

from .tables import WEEKS, ZONE, orders

SHOP = open_shop()


def told(frame=WEEKS, bought=None, **more):
    return kpis.by_agent(frame, bought, zone=ZONE, **more)


def of(result, name):
    return result.table.set_index(result.by).loc[name]


def test_counts_by_hand():
    """Of Ann's c0, c4, c8 and c9 all but c4 were solved at once; of Bo's c1, c2, c7 and c10 all but c1."""
    result = told(metric="resolved")
    assert (of(result, "Ann")["n"], of(result, "Ann")["value"]) == (4, 0.75)
    assert (of(result, "Bo")["n"], of(result, "Bo")["value"]) == (4, 0.75)
    assert of(told(metric="friendliness"), "Ann")["value"] == 5.0
    assert of(told(metric="friendliness"), "Bo")["value"] == 3.0


def test_very_friendly_of_all_or_of_those_rated():
    assert of(told(metric="very_friendly", rated="rated"), "Ann")[["value", "n"]].tolist() == [1.0, 2]
    assert of(told(metric="very_friendly"), "Ann")[["value", "n"]].tolist() == [pytest.approx(2 / 8), 8]


def test_new_customers_per_agent():
    bought = orders(("ann", "2026-01-06 12:00"), ("zoe", "2025-12-01 12:00"), ("zoe", "2026-05-31 12:00"))
    result = told(metric="acquisition", bought=bought)
    assert of(result, "Ann")["value"] * of(result, "Ann")["n"] == pytest.approx(1)
    assert of(result, "Bo")["value"] == 0


def test_nothing_is_left_of_differences_that_are_luck():
    """Thirty agents of the same quality: hardly anybody differs, and the spread shrinks by far."""
    rng = np.random.default_rng(7)
    sure, ratio = 0, []
    for _draw in range(200):
        n = rng.integers(20, 200, 30)
        share = rng.binomial(n, 0.3) / n
        error = np.sqrt(0.21 / n)
        drawn, _half = shrunk(share - 0.3, error)
        ratio.append(np.std(drawn) / np.std(share))
        sure += np.abs(drawn).max() > 0.05
    assert np.median(ratio) < 0.15
    assert sure < 20


def test_what_is_drawn_lies_nearer_the_truth_and_its_interval_holds_it():
    rng = np.random.default_rng(9)
    better, inside = [], []
    for _draw in range(200):
        true = rng.normal(0, 0.05, 20)
        error = np.sqrt(0.21 / rng.integers(15, 300, 20))
        seen = true + rng.normal(0, error)
        drawn, half = shrunk(seen, error)
        better.append(((drawn - true) ** 2).mean() < ((seen - true) ** 2).mean())
        inside.append((np.abs(drawn - true) <= half).mean())
    assert np.mean(better) > 0.85
    assert 0.88 < np.mean(inside) < 0.98


def test_intervals_hold_the_truth_where_no_difference_shows_too():
    """Seven agents who differ by less than chance does: the spread comes out as nothing, which is no certainty."""
    rng = np.random.default_rng(11)
    inside, width = [], []
    for _draw in range(300):
        true = rng.normal(0, 0.02, 7)
        error = np.sqrt(0.21 / rng.integers(40, 200, 7))
        drawn, half = shrunk(true + rng.normal(0, error), error)
        inside.append((np.abs(drawn - true) <= half).mean())
        width.append(half.min())
    assert np.mean(inside) > 0.93
    assert min(width) > 0


def made(shares: dict[str, float], n: int, seed: int, channel: str = "chat") -> pd.DataFrame:
    """So many rated contacts per agent, each satisfied with this chance."""
    rng = np.random.default_rng(seed)
    agent = np.repeat(list(shares), n)
    size = len(agent)
    frame = pd.DataFrame({"agent": agent, "channel": channel, "topic": "x", "customer_id": "k"})
    frame["contact_id"] = [f"{channel}{row}" for row in range(size)]
    frame["opened_at"] = pd.Timestamp("2026-01-05", tz=ZONE) + pd.to_timedelta(np.arange(size), unit="min")
    frame["satisfied"] = rng.random(size) < np.repeat(list(shares.values()), n)
    return frame


def test_who_is_far_off_is_found_and_does_not_make_the_others_differ():
    result = told(made({"A": 0.8, "B": 0.8, "C": 0.8, "D": 0.8, "E": 0.2}, 300, 1), metric="satisfied")
    assert result.sure["agent"].tolist() == ["E"]
    assert result.sure["verdict"].tolist() == ["worse"]
    assert "one surely differs: E" in result.text


def test_whoever_has_the_hard_channel_is_not_the_worse_for_it():
    """A answers chat (90 % satisfied) and little e-mail (50 %), B the other way round, C half and half."""
    parts = [
        made({"A": 0.9}, 400, 1), made({"B": 0.9}, 40, 2).assign(contact_id=lambda t: "b" + t["contact_id"]),
        made({"C": 0.9}, 200, 3).assign(contact_id=lambda t: "c" + t["contact_id"]),
        made({"A": 0.5}, 40, 4, "email"), made({"B": 0.5}, 400, 5, "email").assign(contact_id=lambda t: "b" + t["contact_id"]),
        made({"C": 0.5}, 200, 6, "email").assign(contact_id=lambda t: "c" + t["contact_id"]),
    ]  # fmt: skip
    result = told(pd.concat(parts), metric="satisfied")
    assert of(result, "A")["value"] - of(result, "B")["value"] > 0.25
    assert result.sure.empty
    assert "nobody differs from the others by more than chance (3 compared)" in result.text


def test_the_agent_planted_in_the_demo_shop():
    """Ruben is the one whose friendliness is low (`demo.stories`)."""
    result = SHOP.call(kpis.by_agent, metric="friendliness")
    assert result.sure["agent"].tolist() == ["Ruben"]
    assert of(result, "Ruben")["verdict"] == "worse"


def test_channels_and_one_channel_only():
    result = SHOP.call(kpis.by_agent, metric="satisfied", by="channel")
    whole = SHOP.contacts.groupby("channel", observed=True)["satisfied"].mean()
    found = result.table.set_index("channel")["value"]
    assert found.to_dict() == pytest.approx(whole.astype(float).to_dict())
    chat = SHOP.call(kpis.by_agent, metric="satisfied", channel="chat").table
    asked = SHOP.contacts[["channel", "agent", "satisfied"]].dropna()
    assert chat["n"].sum() == (asked["channel"] == "chat").sum()


def test_an_engine_counts_as_a_frame_does():
    for metric in ("resolved", "friendliness"):
        pd.testing.assert_frame_equal(
            told(metric=metric).table, told(ibis.memtable(WEEKS), metric=metric).table
        )


def test_what_it_shares_with_every_result():
    result = SHOP.call(kpis.by_agent, metric="very_friendly")
    assert result.plot().data[0].x.size == len(result.table)
    assert [f.chapter for f in result.findings()] in ([], ["10_kpis"])
    assert all(len(row) == len(result.columns) for row in result.cells())
    with language.speaking("nl"):
        assert "Ruben" in result.text


def test_nobody_is_named_for_two_contacts():
    """200 agents who do not differ, of whom one had bad luck twice."""
    rng = np.random.default_rng(3)
    days = pd.date_range("2026-01-05 10:00", periods=1200, freq="2h", tz=ZONE)
    frame = pd.DataFrame({"contact_id": range(1200), "customer_id": range(1200), "opened_at": days})
    frame = frame.assign(channel="chat", topic="x", satisfied=rng.random(1200) < 0.9)
    frame["agent"] = [f"agent {n}" for n in rng.integers(0, 200, 1200)]
    frame.loc[:1, ["agent", "satisfied"]] = ["unlucky", False]
    assert told(frame, metric="satisfied").sure.empty


def test_too_few_to_compare():
    one = WEEKS.assign(agent=["Ann" if agent == "Ann" else None for agent in WEEKS["agent"]])
    assert (
        told(one, metric="friendliness").text == "There is only one to look at, so nothing can be compared."
    )
    assert "contacts name no agent" in told(one, metric="resolved").method


def test_errors_in_words():
    with pytest.raises(DataError, match="do not say which agent"):
        told(WEEKS.drop(columns="agent"))
    with pytest.raises(DataError, match="do not say which agent"):
        told(WEEKS.assign(agent="  "))
    with pytest.raises(DataError, match="Without orders"):
        told(metric="acquisition")
    with pytest.raises(SettingError, match="“nps” cannot be chosen"):
        told(metric="nps")
    with pytest.raises(SettingError, match="“fax” is no channel"):
        told(channel="fax")


def test_very_friendly_of_nobody_rated_is_not_told_instead_of_never():
    for unrated in (WEEKS.drop(columns="friendliness"), WEEKS.assign(friendliness=None)):
        with pytest.raises(DataError, match="nothing of ““Very friendly” conversations” is known"):
            told(unrated, metric="very_friendly")


def test_agents_who_are_all_alike_give_no_warning():
    import warnings

    from csworkbook.kpis.agents import shrunk

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn, half = shrunk(np.zeros(3), np.full(3, 1e-4))
    assert drawn.tolist() == [0, 0, 0]
    assert (half > 0).all()  # three who look alike may differ all the same
