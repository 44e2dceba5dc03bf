"""Relational buyers beside the others: shares by hand, their intervals against scipy, and visits."""

from __future__ import annotations

import math

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import estimates
from csworkbook.personas.talkers import sides as relational_sides
from csworkbook.personas.talkers.relational import relational

from .relational_shops import CONTACTS, ORDERS, at, drawn

OWN = {"questions": 2, "variety": 2, "minutes": 10, "worth": 100}


def measured(result) -> pd.DataFrame:
    return result.table.set_index("measure")


def test_shares_by_hand():
    table = measured(relational(CONTACTS, ORDERS, **OWN, margin=0.5))
    assert table["relational"].to_dict() == {
        "customers": 1,
        "orders": 2,
        "questions": 3,
        "handling": 60,
        "margin": 150,
    }
    assert table["others"].to_dict() == {
        "customers": 4,
        "orders": 5,
        "questions": 3,
        "handling": 16,
        "margin": 90,
    }
    assert table["share"].to_dict() == pytest.approx(
        {"customers": 1 / 5, "orders": 2 / 7, "questions": 1 / 2, "handling": 60 / 76, "margin": 150 / 240}
    )
    assert table.loc["margin", ["relational_each", "others_each"]].tolist() == [150, 22.5]
    assert table.loc["orders", "benchmark"] == 0.2
    assert table.loc["margin", "benchmark"] == 0.8
    assert table["benchmark"].isna().tolist() == [True, False, True, True, False]


def test_visits_are_those_of_known_customers():
    rows = [("v1", 0, "s1", "ann"), ("v1", 0, "s1", None), ("v1", 3, "s2", None), ("v2", 1, "s3", "bob"), ("v3", 2, "s4", None),
            ("v4", 2, "s5", "cee"), ("v4", 2, "s6", "dan")]  # fmt: skip
    events = pd.DataFrame(rows, columns=["visitor_id", "day", "session_id", "customer_id"])
    events["at"], events["step"] = at(events.pop("day")), "home"
    expected = {"ann": 2, "bob": 1}  # v3 never said who he is, v4 was two people
    assert relational_sides.visits_of(events).to_dict() == expected
    assert relational_sides.visits_of(ibis.memtable(events)).to_dict() == expected
    by_day = events.drop(columns="session_id")
    assert relational_sides.visits_of(by_day).to_dict() == expected
    assert relational_sides.visits_of(ibis.memtable(by_day)).to_dict() == expected
    result = relational(CONTACTS, ORDERS, events=events, **OWN)
    assert measured(result).loc["visits", ["share", "benchmark"]].tolist() == [2 / 3, 0.2]
    assert "67% of the visits by known customers" in result.text
    assert_says(result)


@pytest.mark.parametrize("column", ["customer_id", "all"])
def test_events_without_customers_leave_the_orders_for_traffic(column):
    events = pd.DataFrame({"visitor_id": ["v"], "at": at([1]), "step": "home", "customer_id": [None]})
    events = events.drop(columns="customer_id") if column == "customer_id" else events
    assert "visits" not in measured(relational(CONTACTS, ORDERS, events=events)).index


def test_the_interval_of_a_share_of_a_sum_is_that_of_the_bootstrap():
    from scipy.stats import bootstrap

    rng = np.random.default_rng(7)
    part = rng.random(600) < 0.15
    values = rng.gamma(1.5, 1.0, 600) * np.where(part, 3.0, 1.0)
    found = relational_sides.share_of(part, values)

    def share(chosen, amount, axis):
        return (chosen * amount).sum(axis) / amount.sum(axis)

    drawn_ = bootstrap(
        (part.astype(float), values), share, paired=True, n_resamples=4000, rng=rng, method="BCa"
    )
    low, high = drawn_.confidence_interval
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.012)
    assert found.value == pytest.approx(values[part].sum() / values.sum())


def test_the_share_of_customers_has_wilsons_interval():
    part = np.arange(200) < 30
    found = relational_sides.share_of(part, np.ones(200))
    assert (found.low, found.high) == pytest.approx(estimates.shares(30, 200), abs=0.001)


def test_shares_at_the_ends_and_of_nothing():
    nobody, some = np.zeros(50, dtype=bool), np.ones(50)
    found = relational_sides.share_of(nobody, some)
    assert (found.value, found.low) == pytest.approx((0, 0), abs=1e-12)
    assert found.high == pytest.approx(estimates.shares(0, 50)[1])
    assert math.isnan(relational_sides.share_of(nobody, some * 0).value)
    losses = relational_sides.share_of(np.array([True, False, False]), np.array([-1.0, 2.0, 3.0]))
    assert losses.value == -0.25
    assert losses.low < -0.25 < losses.high


def test_what_they_buy_more_often():
    told, ordered = drawn(400, 3)
    dear = ordered["revenue"] > 110
    lines = pd.DataFrame(
        {"order_id": ordered["order_id"], "product_id": "p", "quantity": 1, "price": 1.0}
    ).assign(category=np.where(dear, "chairs", "cups"))
    result = relational(told, ordered, lines)
    assert result.more["category"].tolist() == ["chairs"]
    assert "chairs" in result.findings()[0].action
    row = result.bought.set_index("category").loc["chairs"]
    mine = result.customers["relational"]
    bought = result.customers.index.isin(ordered.loc[dear, "customer_id"])
    assert row["relational"] == pytest.approx(bought[mine].mean())
    assert row["others"] == pytest.approx(bought[~mine].mean())
