"""Who our customers are: sizes and shares counted again, intervals against a bootstrap, odd shops."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from statsmodels.stats.proportion import proportion_confint

from csworkbook import open_shop
from csworkbook.errors import DataError
from csworkbook.personas import grouping
from csworkbook.personas.described import features_of
from csworkbook.personas.grouping import portraits
from csworkbook.personas.search import find

from .shops import drawn


@pytest.fixture(scope="module")
def shop():
    return drawn(1, 900, kinds=3)


@pytest.fixture(scope="module")
def found(shop):
    return portraits(*shop.tables)


def test_sizes_and_revenue_are_counted_again(shop, found):
    spent = shop.orders.groupby("customer_id")["revenue"].sum()
    by_hand = spent.groupby(found.labels).agg(["size", "sum"])
    assert (found.table["size"].to_numpy() == by_hand["size"].to_numpy()).all()
    assert np.allclose(found.table["revenue"], by_hand["sum"])
    assert found.table["share"].sum() == pytest.approx(1)
    assert found.table["revenue_share"].sum() == pytest.approx(1)
    assert found.table["size"].is_monotonic_decreasing
    assert found.table["persona"].tolist() == [1, 2, 3]


def test_shares_have_wilsons_interval(found):
    low, high = proportion_confint(found.table["size"], 900, method="wilson")
    assert np.allclose(found.table["share_low"], low)
    assert np.allclose(found.table["share_high"], high)


def test_the_interval_of_the_revenue_share_is_that_of_a_bootstrap(shop, found):
    spent = shop.orders.groupby("customer_id")["revenue"].sum().loc[found.labels.index].to_numpy()
    mine = found.labels.to_numpy() == 1
    rng = np.random.default_rng(0)
    rows = rng.integers(900, size=(4000, 900))
    shares = (spent[rows] * mine[rows]).sum(axis=1) / spent[rows].sum(axis=1)
    low, high = np.quantile(shares, [0.025, 0.975])
    assert found.table["revenue_low"][0] == pytest.approx(low, abs=0.006)
    assert found.table["revenue_high"][0] == pytest.approx(high, abs=0.006)


@pytest.mark.parametrize(
    ("customers", "share", "spread"), [(100, 0.1, 1.0), (900, 0.02, 1.0), (600, 0.3, 0.6)]
)
def test_the_interval_holds_the_true_share_of_revenue_19_times_of_20(customers, share, spread):
    """Lognormal customers, those of one persona e^0.5 times as good: few of them, and a normal interval holds 86 %."""
    truth = share * np.exp(0.5) / (share * np.exp(0.5) + 1 - share)
    rng, inside = np.random.default_rng(0), []
    for _turn in range(600):
        mine = (rng.random(customers) < share).astype(int)
        spent = np.exp(rng.normal(0, spread, customers) + 0.5 * mine)
        low, high = grouping.shares_of_a_sum(spent, mine, 2)
        assert 0 <= low[1] <= high[1] <= 1
        inside.append(low[1] <= truth <= high[1])
    assert np.mean(inside) > 0.93


def test_what_is_said(found):
    assert found.text.startswith("Your 900 customers fall into 3 groups.")
    assert "the same shop dealt at random" in found.method
    assert "gift" in found.method
    assert_says(found)


def test_the_richest_persona_is_a_finding(found):
    (finding,) = found.findings()
    richest = found.table.loc[found.table["revenue_share"].idxmax()]
    assert found.names[int(richest["persona"]) - 1] in finding.headline
    assert finding.estimate.value == richest["revenue_share"]


def test_saved_personas_are_taken_as_they_are(shop, found):
    later = drawn(5, 300, kinds=3)
    again = portraits(*later.tables, personas=found.saved)
    assert again.saved == found.saved
    assert len(again.labels) == 300
    assert_says(again)


def test_of_saved_personas_the_one_that_is_largest_now_is_said(shop, found):
    first = found.labels.index[found.labels == 1]
    gone = shop.orders["customer_id"].isin(first[20:])
    later = portraits(shop.orders[~gone], shop.lines, shop.contacts, personas=found.saved)
    largest = later.table.loc[later.table["size"].idxmax(), "name"]
    assert largest != later.names[0]
    assert f"The largest is “{largest}”" in later.text


def test_the_same_question_is_worked_out_once(shop, found):
    assert portraits(*shop.tables) is found
    assert grouping.found(*shop.tables) is found


def test_no_clear_groups_are_an_answer_here_and_an_error_elsewhere():
    alike = drawn(0, 400)
    none = portraits(*alike.tables)
    assert none.k == 0
    assert_says(none)
    with pytest.raises(DataError, match="clear groups"):
        grouping.found(*alike.tables)
    with pytest.raises(DataError, match="clear groups"):
        grouping.found(*alike.tables, personas=none.saved)


def test_orders_alone_and_odd_ones(shop):
    assert_says(portraits(shop.orders[["order_id", "customer_id", "ordered_at", "revenue"]]))
    odd = shop.orders.copy()
    odd.loc[:20, "revenue"], odd.loc[21:30, "customer_id"], odd.loc[31, "revenue"] = -10.0, None, 5e6
    found = portraits(odd, shop.lines, shop.contacts)
    assert found.k == 3
    assert "without a customer" in found.method
    assert "far larger" in found.method
    assert_says(found)


@pytest.mark.parametrize("customers", [1, 2, 25])
def test_few_customers(customers):
    assert_says(portraits(*drawn(3, customers).tables))


def test_orders_in_an_engine(shop, found):
    lazy = portraits(ibis.memtable(shop.orders), ibis.memtable(shop.lines), shop.contacts)
    pd.testing.assert_frame_equal(lazy.table, found.table, check_dtype=False)
    pd.testing.assert_series_equal(lazy.labels, found.labels, check_index_type=False)


def test_the_demo_shop_asks_nothing():
    demo = open_shop()
    saved = find(features_of(demo.orders, demo.order_lines, demo.contacts, demo.returns)).saved
    found = demo.call(portraits, personas=saved)
    assert found.k == 4
    furniture = found.table.loc[[("garden furniture" in name) for name in found.names]].iloc[0]
    assert furniture["revenue_share"] > 3 * furniture["share"]
    assert_says(found)
