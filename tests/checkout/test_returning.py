"""Who comes back: counted by hand, on the edges of the window, and found again in the demo shop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says, orders
from statsmodels.stats.proportion import proportion_confint

from csworkbook import demo, estimates, open_shop
from csworkbook.checkout.carts import visits
from csworkbook.checkout.comeback import buyers, left_carts
from csworkbook.checkout.returning import returning

from .logs import cart_and, log

# a buys two days later, b comes back without buying, c stays away, d buys at the second visit back, e pays at once
ROWS = [
    *cart_and("a", "2026-02-01"), ("a", "2026-02-03 10:00", "paid"),
    *cart_and("b", "2026-02-01"), ("b", "2026-02-02 10:00", "home"),
    *cart_and("c", "2026-02-01"),
    *cart_and("d", "2026-02-01"), ("d", "2026-02-02 10:00", "home"), *cart_and("d", "2026-02-05", "paid"),
    *cart_and("e", "2026-02-01", "paid"),
]  # fmt: skip
EVENTS = log(*ROWS)


def left(events, within="14D"):
    return left_carts(visits(events), pd.Timedelta(within)).set_index("person")


def test_each_fate_is_counted():
    result = returning(EVENTS)
    assert result.table[["outcome", "count", "n"]].values.tolist() == [
        ["bought", 2, 4], ["back", 1, 4], ["away", 1, 4],
    ]  # fmt: skip
    assert result.table["share"].tolist() == pytest.approx([0.5, 0.25, 0.25])
    low, high = estimates.shares(2, 4)
    assert result.table.iloc[0][["low", "high"]].tolist() == pytest.approx([low, high])
    assert result.fates.at_once.value == pytest.approx(0.25)  # a only
    assert_says(result)


def test_the_clock_starts_at_the_cart():
    told = left(EVENTS)
    assert told.loc["v a", "bought"] == pytest.approx(2)
    assert told.loc["v d", "back"] == pytest.approx(1)
    assert told.loc["v d", "bought"] == pytest.approx(
        4 + 1 / 1440
    )  # paid a minute after the cart of that visit
    assert returning(EVENTS).median == pytest.approx(1)  # of 1, 1 and 2 days


def test_the_share_grows_day_by_day():
    curve = returning(EVENTS).fates.curve.set_index("day")
    assert curve.loc[1.0, ["bought", "back"]].tolist() == pytest.approx([0, 0.5])
    assert curve.loc[2.0, ["bought", "back"]].tolist() == pytest.approx([0.25, 0.5])
    assert curve.iloc[-1][["bought", "back", "away"]].tolist() == pytest.approx([0.5, 0.25, 0.25])
    assert (curve.sum(axis=1) - 1).abs().max() < 1e-12


def test_the_edge_of_the_window_belongs_to_it():
    on = log(*cart_and("a", "2026-02-01"), ("a", "2026-02-15 10:00", "paid"))
    after = log(*cart_and("a", "2026-02-01"), ("a", "2026-02-15 10:01", "paid"))
    assert returning(on).table["count"].tolist() == [1, 0, 0]
    assert returning(after).table["count"].tolist() == [0, 0, 1]


def test_the_first_cart_left_counts_once_a_person():
    events = log(
        *cart_and("a", "2026-02-01"), *cart_and("a", "2026-02-02"), *cart_and("z", "2026-02-01", "paid")
    )
    assert returning(events).table["count"].tolist() == [0, 1, 0]


def test_another_device_counts_where_the_customer_is_known():
    rows = [
        ("phone", "2026-02-01 10:00", "cart", "mobile", "ann"),
        ("desk", "2026-02-01 10:05", "paid", "desktop", "ann"),
    ]
    known = returning(log(*rows))
    assert known.table["count"].tolist() == [1, 0, 0]
    assert known.left["paid_device"].tolist() == ["desktop"]
    unknown = returning(log(*(row[:4] for row in rows)))
    assert unknown.table["count"].tolist() == [0, 0, 1]


def test_who_was_on_the_other_device_already_counts_when_they_pay_after_the_cart():
    events = log(
        ("desk", "2026-02-01 09:50", "home", "desktop", "ann"),
        ("phone", "2026-02-01 10:00", "cart", "mobile", "ann"),
        ("desk", "2026-02-01 10:10", "paid", "desktop", "ann"),
    )
    assert returning(events).table["count"].tolist() == [1, 0, 0]
    assert left(events)["back"].tolist() == pytest.approx(
        [10 / 1440]
    )  # the visit itself began before the cart
    earlier = events.assign(
        at=events["at"].where(events["step"] != "paid", events["at"] - pd.Timedelta("15min"))
    )
    assert returning(earlier).table["count"].tolist() == [0, 0, 1]


def test_windows_that_are_not_over_count_for_the_days_they_were_seen():
    rows = [
        *ROWS,
        *cart_and("late", "2026-06-20"),
        *cart_and("soon", "2026-06-25"),
        ("soon", "2026-06-26 10:00", "paid"),
    ]
    result = returning(log(*rows))
    assert (result.fates.n, result.fates.whole, result.fates.unfinished) == (6, 4, 2)
    assert "2 left their cart less than 14 days before the end" in result.method
    # by hand: five days seen of soon, ten of late. On day 1 soon buys: 1/6; on day 2 a: of 5 at risk …
    alive = (1 - 1 / 6) * (1 - 1 / 5) * (1 - 1 / 4)
    assert result.fates.bought.value == pytest.approx(1 - alive)


def test_a_visit_that_may_go_on_at_the_end_is_no_cart_left_yet():
    events = log(*ROWS, ("x", "2026-06-29 23:45", "cart"))
    assert returning(events).fates.n == 4


def test_buyers_who_had_left_a_cart_before():
    told, early = buyers(visits(EVENTS), pd.Timedelta("14D"))
    assert told.set_index("person")["before"].to_dict() == {"v a": True, "v d": True, "v e": False}
    assert early == 0
    result = returning(EVENTS)
    assert (result.before.n, result.before.value) == (3, pytest.approx(2 / 3))


def test_a_buyer_too_near_the_beginning_is_left_out():
    rows = [
        ("a", "2026-01-10 10:00", "cart"),
        ("a", "2026-01-10 10:05", "paid"),
        *cart_and("b", "2026-02-01", "paid"),
    ]
    result = returning(log(*rows, *cart_and("c", "2026-02-01")))
    assert (result.before.n, result.early) == (1, 1)
    assert "1 buyer within 14 days after the data begin" in result.method


def test_a_cart_left_longer_ago_or_after_paying_is_not_before():
    rows = [
        *cart_and("a", "2026-02-01"), *cart_and("a", "2026-02-20", "paid"),
        *cart_and("b", "2026-02-01", "paid"), *cart_and("b", "2026-02-02"),
    ]  # fmt: skip
    assert not buyers(visits(log(*rows)), pd.Timedelta("14D"))[0]["before"].any()


def test_first_visits_without_buying():
    # of a, b, c, d, e and the two who frame the data only e pays in the first visit
    first = returning(EVENTS).first_visit
    assert (first.value, first.n) == (pytest.approx(6 / 7), 7)
    assert "handbook 99%" in returning(EVENTS).method


def test_whom_a_reminder_could_reach():
    events = log(
        ("a", "2026-02-01 10:00", "cart", None, "ann"),
        ("b", "2026-02-01 10:00", "cart"), ("b", "2026-02-01 14:00", "home", None, "bob"),
        ("c", "2026-02-01 10:00", "cart"),
        ("d", "2026-02-01 10:00", "cart", None, "dee"), ("d", "2026-02-02 10:00", "paid", None, "dee"),
    )  # fmt: skip
    result = returning(events)
    assert result.reach == (1, 2)  # ann for sure, bob at most; dee bought already
    assert "could reach 1 to 2, because" in result.text
    assert_says(result)
    many = pd.concat(
        [
            events.assign(
                visitor_id=events["visitor_id"] + str(i), customer_id=events["customer_id"] + str(i)
            )
            for i in range(20)
        ]
    )
    share = next(f.estimate for f in returning(many).findings() if "reminder" in f.headline)
    # of 60 who did not buy 20 surely, 40 at most: each end with its own uncertainty
    assert share.low == pytest.approx(proportion_confint(20, 60, method="wilson")[0])
    assert share.high == pytest.approx(proportion_confint(40, 60, method="wilson")[1])
    assert "reach nobody yet" in returning(EVENTS).text


def test_nobody_left_a_cart():
    result = returning(log(*cart_and("a", "2026-02-01", "paid")))
    assert result.fates.n == 0
    assert "Nobody left a cart" in result.text
    assert_says(result)


def test_nobody_came_back():
    result = returning(log(*cart_and("a", "2026-02-01"), *cart_and("b", "2026-02-01", "paid")))
    assert result.table["share"].tolist() == [0, 0, 1]
    assert np.isnan(result.median)
    assert_says(result)


def test_everybody_came_back():
    result = returning(log(*cart_and("a", "2026-02-01"), ("a", "2026-02-03 10:00", "paid")))
    assert result.table["share"].tolist() == [1, 0, 0]
    assert_says(result)


@pytest.mark.parametrize("within", ["7D", "14D", "30D"])
def test_the_planted_share_of_buyers_who_came_back_is_found(within):
    shop = open_shop()
    result = returning(shop.events, None, shop.orders, within=within)
    planted = demo.truth().set_index("id").loc["checkout.back"]
    assert result.before.low < planted["value"] < result.before.high
    assert planted["low"] < result.before.value < planted["high"]
    assert_says(result)
    assert [f.benchmark for f in result.findings()] == [
        None,
        "cart-decides-82",
        "first-visit-no-buy-99",
        None,
    ]


def test_an_order_more_brings_its_margin():
    events = log(
        *(row for i in range(40) for row in cart_and(f"v{i}", "2026-02-01")),
        *cart_and("z", "2026-02-01", "paid"),
    )
    events = events.assign(customer_id=events["visitor_id"])
    result = returning(events, None, orders("xy", [0, 40], [40.0, 60.0]), margin=0.5)
    found = result.findings()
    assert "about €25 margin" in found[-1].action
    assert "an order brings €25.00: the mean margin of the 2 orders" in result.method
    assert found[-1].value is None  # no promise
