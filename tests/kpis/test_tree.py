"""The tree of a goal: every metric has a place, values are those of the key figures, targets are judged."""

import numpy as np
import pandas as pd
import pytest

from csworkbook.errors import DataError, SettingError
from csworkbook.kpis import goals
from csworkbook.kpis.definitions import AIMS, KPIS, METRICS
from csworkbook.kpis.tree import goal_tree
from csworkbook.language import speaking
from csworkbook.shop import open_shop

ZONE = "Europe/Amsterdam"
MONDAY = pd.Timestamp("2026-01-05 10:00", tz=ZONE)


def week_of_ten(start, complaints=1):
    """Ten contacts of ten customers in one week, of whom the first few complain; friendliness 5 for half of them."""
    opened = [start + pd.Timedelta(hours=17 * n) for n in range(10)]
    return pd.DataFrame(
        {
            "contact_id": [f"{start:%j}-{n}" for n in range(10)],
            "customer_id": [f"k{start:%j}-{n}" for n in range(10)],
            "opened_at": opened,
            "channel": "chat",
            "topic": "delivery",
            "kind": ["complaint"] * complaints + ["question"] * (10 - complaints),
            "replied_at": [at + pd.Timedelta(minutes=2) for at in opened],
            "friendliness": [5.0, 3.0] * 5,
        }
    )


@pytest.fixture
def contacts():
    """Five weeks of ten contacts, and the beginning of a sixth, so that the fifth is over."""
    weeks = [week_of_ten(MONDAY + pd.Timedelta(days=7 * n)) for n in range(5)]
    return pd.concat([*weeks, week_of_ten(MONDAY + pd.Timedelta(days=35))[:1]], ignore_index=True)


def rows(found, level="kpi"):
    return found.table[found.table["level"] == level].set_index("metric")


@pytest.mark.parametrize("goal", list(goals.GOALS))
def test_every_goal_has_kpis_and_below_them_metrics_of_the_handbook(goal):
    chosen = goals.GOALS[goal]
    assert set(chosen.kpis) <= set(KPIS)
    assert len(set(chosen.kpis)) == len(chosen.kpis) > 1
    assert set(chosen.aims) <= set(AIMS)
    assert all(set(metrics) <= set(METRICS) for metrics in chosen.branches.values())
    assert chosen.name == {**goals.goal_names()}[goal]


def test_all_ten_metrics_and_all_four_kpis_have_a_place():
    assert {metric for metrics in goals.FEEDS.values() for metric in metrics} == set(METRICS)
    assert set(goals.FEEDS) == set(KPIS)
    assert {kpi for goal in goals.GOALS.values() for kpi in goal.kpis} == set(KPIS)
    assert {aim for goal in goals.GOALS.values() for aim in goal.aims} == set(AIMS)


def test_values_are_those_counted_by_hand(contacts):
    found = goal_tree(contacts, goal="keep", zone=ZONE)
    kpis, metrics = rows(found), found.once.set_index("metric")
    assert list(kpis.index) == ["first_contact", "complaining", "very_friendly"]
    assert kpis.loc["complaining", ["value", "n"]].tolist() == [0.1, 10]  # one of ten customers
    assert kpis.loc["very_friendly", ["value", "n"]].tolist() == [0.5, 10]  # five of ten
    assert metrics.loc["friendliness", "value"] == 4.0  # five times 5 and five times 3
    assert np.isnan(metrics.loc["churn", "value"])  # no orders


def test_a_metric_that_feeds_two_kpis_stands_under_both_and_counts_once(contacts):
    found = goal_tree(contacts, goal="keep", zone=ZONE, targets={"knowledge": 4.0, "very_friendly": 0.01})
    assert (found.table["metric"] == "next_avoided").sum() == 2
    assert (found.once["metric"] == "next_avoided").sum() == 1
    below = found.table[found.table["level"] == "metric"].groupby("kpi", sort=False)["metric"].agg(tuple)
    assert below.to_dict() == found.chosen.branches


def test_targets_are_judged_and_missed_ones_become_findings(contacts):
    # 5 of 10 very friendly: Wilson's range is 24 to 76 %; 1 of 10 complains: 2 to 40 %
    aims = {"very_friendly": 0.9, "complaining": 0.5, "first_contact": 0.95, "chat": 0.8}
    found = goal_tree(contacts, goal="keep", zone=ZONE, targets=aims)
    reached = rows(found)["reached"]
    assert reached["very_friendly"] == "no"
    assert reached["complaining"] == "yes"
    assert "1 reached, 1 not" in found.text
    (finding,) = found.findings()
    assert "at least 90.0%" in finding.headline
    assert finding.chapter == "10_kpis"
    assert finding.estimate.n == 10
    assert finding.estimate.low == pytest.approx(0.2366, abs=1e-4)  # Wilson 1927
    assert finding.action


def test_without_targets_it_says_what_to_do(contacts):
    found = goal_tree(contacts, zone=ZONE)
    assert "None of these has a target" in found.text
    assert found.findings() == []
    assert set(found.table["reached"]) == {""}


def test_what_the_tables_do_not_tell_is_said(contacts):
    found = goal_tree(contacts, goal="convert", zone=ZONE)
    assert "do not tell" in found.text
    assert "New customers after a conversation" in found.text
    assert "Knowledge" in found.text
    assert ["–"] * 3 in [row[2:5] for row in found.cells()]


def test_another_goal_or_no_finished_week_is_an_error_in_words(contacts):
    with pytest.raises(SettingError, match="rich"):
        goal_tree(contacts, goal="rich", zone=ZONE)
    with pytest.raises(DataError):
        goal_tree(contacts[:0], zone=ZONE)


def test_the_picture_has_a_box_for_every_row_and_values_that_add_up(contacts):
    found = goal_tree(contacts, goal="compete", zone=ZONE, targets={"very_friendly": 0.9})
    icicle = found.plot().data[0]
    assert len(icicle.ids) == len(set(icicle.ids)) == 1 + len(found.table)
    children = pd.Series(icicle.values).groupby(list(icicle.parents)).sum()
    sizes = dict(zip(icicle.ids, icicle.values, strict=True))
    assert all(sizes[parent] == total for parent, total in children.items() if parent)
    missed = icicle.marker.colors[icicle.ids.index("very_friendly")]
    assert missed != icicle.marker.colors[icicle.ids.index("first_contact")]


def test_permuting_rows_changes_nothing(contacts):
    mixed = contacts.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(goal_tree(contacts, zone=ZONE).table, goal_tree(mixed, zone=ZONE).table)


@pytest.mark.parametrize("spoken", ["en", "nl"])
@pytest.mark.parametrize("goal", list(goals.GOALS))
def test_the_demo_shop(goal, spoken):
    shop = open_shop()
    with speaking(spoken):
        found = shop.call(goal_tree, goal=goal, targets={"first_contact": 0.99, "nps": 0.1})
        assert found.text
        assert found.method
        assert len(found.cells()) == len(found.table)
        assert found.plot().layout.height > 300
        assert not found.sheet().empty
    assert found.table["value"].notna().all()
    figures = found.figures.table.set_index("metric")["value"]
    assert (found.table.set_index("metric")["value"] == figures[found.table["metric"]]).all()


def test_the_goal_to_sell_more_shows_what_existing_customers_buy():
    found = open_shop().call(goal_tree, goal="sell")
    assert rows(found, "beside").index.tolist() == ["retention"]
