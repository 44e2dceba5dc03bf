"""Carts that would pay for shipping against those that would not: counted by hand, and a published interval."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import open_shop
from csworkbook.checkout.cart_values import cart_values
from csworkbook.checkout.shipping import shipping
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError

from .baskets import ZONE, charged, orders

STEPS = ("cart", "checkout", "delivery", "payment", "paid")
LINES = pd.DataFrame(
    {"order_id": ["1", "2", "3", "4"], "product_id": ["cheap", "cheap", "cheap", "dear"], "quantity": 1}
).assign(price=[10.0, 20.0, 45.0, 80.0])  # the cheap one's middle price is 20
ORDERS = charged([20] * 30 + [45] * 30 + [55] * 30 + [80] * 30)


def visits(*groups) -> pd.DataFrame:
    """Visits: (product put in the cart, furthest step, how many), one a minute."""
    rows = []
    for product, furthest, n in groups:
        for _visit in range(n):
            visitor = f"v{len({row[0] for row in rows})}"
            for minute, step in enumerate(STEPS[: STEPS.index(furthest) + 1]):
                rows.append((visitor, minute, step, product if step == "cart" else None))
    events = pd.DataFrame(rows, columns=["visitor_id", "minute", "step", "product_id"])
    at = pd.Timestamp("2025-06-02 10:00", tz=ZONE) + pd.to_timedelta(events.pop("minute"), "min")
    return events.assign(at=at)


# 56 of 70 and 48 of 80 stop at delivery: Newcombe 1998, his first example, 0.2 (0.0524 to 0.3339)
NEWCOMBE = visits(
    ("cheap", "delivery", 56), ("cheap", "paid", 14), ("dear", "delivery", 48), ("dear", "paid", 32)
)


def by_step(result):
    return result.steps.set_index("step")


# ---------------------------------------------------------------- carts
def test_a_cart_is_worth_the_middle_prices_of_what_is_seen_in_it():
    events = visits(("cheap", "cart", 2), ("dear", "paid", 1))
    second = events.iloc[[0]].assign(product_id="dear", at=events["at"].iloc[0] + pd.Timedelta("1min"))
    again = events.iloc[[0]].assign(at=events["at"].iloc[0] + pd.Timedelta("2min"))
    found = cart_values(pd.concat([events, second, again], ignore_index=True), LINES)
    counts = {(row.value, row.stage): row.n for row in found.counts.itertuples()}
    assert counts == {(100.0, "cart"): 1, (20.0, "cart"): 1, (80.0, "paid"): 1}
    assert (found.carts, found.known) == (3, 3)


def test_a_product_without_a_price_leaves_the_cart_without_a_value():
    events = visits(("cheap", "paid", 3), ("unheard of", "paid", 2), (None, "paid", 1))
    found = cart_values(events, LINES)
    assert (found.carts, found.known) == (6, 3)
    result = shipping(ORDERS, events, LINES)
    assert "The value is known of 3 of 6 carts (50%)" in result.method
    assert_says(result)


def test_lost_at_a_step_counts_those_who_came_to_it():
    found = cart_values(NEWCOMBE, LINES)
    assert found.lost("delivery", 0, 50) == (56, 70)
    assert found.lost("delivery", 50) == (48, 80)
    assert found.lost("payment", 0, 50) == (0, 14)
    assert found.lost("cart") == (0, 150)


def test_events_may_be_a_file_or_a_table_of_an_engine(tmp_path):
    path = tmp_path / "events.parquet"
    NEWCOMBE.to_parquet(path)
    for events in (str(path), ibis.read_parquet(path)):
        assert cart_values(events, LINES).lost("delivery", 50) == (48, 80)


def test_two_visits_of_one_visitor_are_two_carts():
    first = visits(("cheap", "checkout", 1))
    later = visits(("cheap", "paid", 1)).assign(at=lambda t: t["at"] + pd.Timedelta("1D"))
    found = cart_values(pd.concat([first, later], ignore_index=True), LINES)
    assert sorted(found.counts["stage"]) == ["checkout", "paid"]


# ---------------------------------------------------------------- the difference
def test_the_difference_is_the_published_one():
    result = shipping(ORDERS, NEWCOMBE, LINES)
    assert result.present.value == 50
    assert result.costs_at == "delivery"
    found = result.difference
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert "80% below €50 against 60% above it" in result.headline
    assert "need not be why" in result.headline
    assert "At the other steps they do not differ clearly." in result.text
    assert result.findings()[0].certainty == "likely"
    assert_says(result)


def test_the_costs_may_appear_elsewhere():
    result = shipping(ORDERS, NEWCOMBE, LINES, costs_at="payment")
    assert result.table["count"].sum() == 0
    with pytest.raises(SettingError, match="no step between cart and payment"):
        shipping(ORDERS, NEWCOMBE, LINES, costs_at="home")


def test_without_a_step_of_delivery_it_is_the_checkout():
    events = NEWCOMBE[NEWCOMBE["step"] != "delivery"]
    assert shipping(ORDERS, events, LINES).costs_at == "checkout"


def test_other_steps_at_which_they_differ_are_told():
    events = visits(
        ("cheap", "cart", 60), ("cheap", "delivery", 60), ("cheap", "paid", 60),
        ("dear", "cart", 5), ("dear", "delivery", 30), ("dear", "paid", 145),
    )  # fmt: skip
    result = shipping(ORDERS, events, LINES)
    assert by_step(result).loc["cart", ["pay", "pay_n", "free", "free_n"]].tolist() == [60, 180, 5, 180]
    assert by_step(result).loc["delivery", ["pay", "pay_n", "free", "free_n"]].tolist() == [60, 120, 30, 175]
    assert result.others == ["cart"]
    assert "They differ at other steps as well (cart)" in result.text


def test_a_difference_that_may_be_chance_is_not_claimed():
    # 40 of 100 against 26 of 100: its interval leaves out zero, p is .035, and three steps were looked at
    events = visits(
        ("cheap", "checkout", 20), ("cheap", "delivery", 40), ("cheap", "payment", 20), ("cheap", "paid", 40),
        ("dear", "checkout", 19), ("dear", "delivery", 26), ("dear", "payment", 21), ("dear", "paid", 53),
    )  # fmt: skip
    result = shipping(ORDERS, events, LINES)
    assert result.difference.low > 0
    assert result.difference.p > 0.05
    assert "that may be chance" in result.headline
    assert result.findings()[0].action.startswith("To know better, log")


def test_only_carts_near_the_threshold():
    events = pd.concat(
        [NEWCOMBE, visits(("other", "delivery", 9)).assign(visitor_id=lambda t: "x" + t["visitor_id"])]
    )
    lines = pd.concat([LINES, LINES.tail(1).assign(product_id="other", price=48.0)])
    result = shipping(ORDERS, events, lines, near=0.25)
    assert by_step(result).loc["delivery", "pay_n"] == 9
    assert "Only carts from €37.50 to €62.50 are compared." in result.method


# ---------------------------------------------------------------- what cannot be told
def test_few_carts_are_said_to_be_few():
    result = shipping(ORDERS, visits(("cheap", "delivery", 5), ("dear", "paid", 5)), LINES)
    assert "too few carts of known value came to the delivery; about 400 on each side" in result.headline
    assert result.findings()[0].enough == 800
    assert_says(result)


@pytest.mark.parametrize(
    "events", [None, NEWCOMBE, NEWCOMBE.drop(columns="product_id")], ids=["none", "no lines", "no product"]
)
def test_what_would_have_to_be_logged_is_said(events):
    lines = LINES if events is None or "product_id" not in events else None
    result = shipping(ORDERS, events, lines)
    assert "must name the products in the cart" in result.headline
    assert_says(result)


@pytest.mark.parametrize(
    "shipping_paid", [np.zeros(120), np.full(120, 5.0), np.full(120, np.nan)], ids=["free", "paid", "unknown"]
)
def test_without_a_threshold_there_is_nothing_to_compare(shipping_paid):
    made = orders(ORDERS["revenue"], shipping_paid)
    result = shipping(made, NEWCOMBE, LINES)
    assert "nothing to compare" in result.headline
    assert_says(result)


def test_one_order_and_no_order():
    assert_says(shipping(orders([20], [5.0]), NEWCOMBE, LINES))
    with pytest.raises(DataError, match="None of these orders has a value"):
        shipping(orders([]))


def test_a_log_without_a_cart_is_told():
    with pytest.raises(DataError, match="cart"):
        shipping(ORDERS, NEWCOMBE[NEWCOMBE["step"] == "paid"], LINES)


# ---------------------------------------------------------------- orders
def test_who_paid_and_how_much_by_hand():
    # 5 euro on 20 and on 45: 25 % and 11 %; in the middle of those who paid, 18 %
    result = shipping(ORDERS)
    assert result.paid.value == 0.5
    assert result.part == pytest.approx((5 / 20 + 5 / 45) / 2)
    bands = result.table.set_index("band")
    assert bands.loc["€12.50–€25", ["orders", "paid", "shipping"]].tolist() == [30, 1, 0.25]
    assert bands.loc["€50–€60", ["orders", "paid"]].tolist() == [30, 0]
    assert bands["orders"].sum() == 120
    assert "Shipping was paid on 50% of the orders; in the middle it was 18% of the basket." in result.text


# ---------------------------------------------------------------- the demo shop
@pytest.fixture(scope="module")
def demo():
    return open_shop().call(shipping)


def test_the_shop_says_what_its_orders_say_and_no_more(demo):
    shop = open_shop()
    assert demo.paid.value == pytest.approx((shop.orders["shipping"] > 0).mean())
    assert demo.response.measured.low <= stories.TOPPED_UP <= demo.response.measured.high
    assert "Whether shipping costs drive customers away cannot be told" in demo.headline  # none was planted
    for word in ("proves", "causes", "will "):
        assert word not in demo.text + demo.method
    assert_says(demo)


def test_the_carts_of_the_shop_are_its_visits(demo):
    events = open_shop().events
    carts = events[events["step"] == "cart"].drop_duplicates(["visitor_id", "session_id"])
    assert demo.carts.carts == len(carts)
    paid = events[events["step"] == "paid"].drop_duplicates(["visitor_id", "session_id"])
    counted = demo.carts.counts
    assert counted.loc[counted["stage"] == "paid", "n"].sum() == len(paid)
