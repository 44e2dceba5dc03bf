"""How many carts are left: counted by hand, beside the register, with money; odd tables."""

from __future__ import annotations

import pandas as pd
import pytest
from effort.tables import assert_says, orders
from statsmodels.stats.proportion import proportion_confint

from csworkbook import estimates, evidence, language, open_shop
from csworkbook.checkout.abandonment import abandonment
from csworkbook.errors import SettingError

from .logs import cart_and, log

# ten visitors: four pay at once, one in a next visit, five never (two in the cart, one at delivery, two at payment)
VISITS = [
    *(row for v in "abcd" for row in cart_and(v, "2026-02-01", "checkout", "delivery", "payment", "paid")),
    *cart_and("e", "2026-02-01"),
    *cart_and("e", "2026-02-03", "checkout", "delivery", "payment", "paid"),
    *(row for v in "fg" for row in cart_and(v, "2026-02-01")),
    *cart_and("h", "2026-02-01", "checkout", "delivery"),
    *(row for v in "ij" for row in cart_and(v, "2026-02-01", "checkout", "delivery", "payment")),
]
EVENTS = log(*VISITS)
MANY = log(
    *(row for i in range(60) for row in cart_and(f"m{i}", "2026-02-01", *(["paid"] if i < 12 else []), device="mobile")),
    *(row for i in range(60) for row in cart_and(f"d{i}", "2026-02-01", *(["paid"] if i < 36 else []), device="desktop")),
    *(row for i in range(5) for row in cart_and(f"t{i}", "2026-02-01", device="tablet")),
)  # fmt: skip
BOUGHT = orders(["x", "y", "z"], [0, 100, 200], [20.0, 40.0, 60.0])


def test_both_ways_to_count_stand_beside_each_other():
    table = abandonment(EVENTS).table.set_index("unit")
    assert table.loc["session", ["n", "count"]].tolist() == [11, 6]
    assert table.loc["visitor", ["n", "count"]].tolist() == [10, 5]
    low, high = proportion_confint(6, 11, method="wilson")
    assert table.loc["session", ["low", "high"]].tolist() == pytest.approx([low, high])
    assert abandonment(EVENTS, per="visitor").table["unit"].tolist() == ["visitor", "session"]


def test_where_they_stop_adds_up():
    row = abandonment(EVENTS).table.iloc[0]
    stopped = row[["at_cart", "at_checkout", "at_delivery", "at_payment"]].tolist()
    assert stopped == pytest.approx([3 / 11, 0, 1 / 11, 2 / 11])
    assert sum(stopped) == pytest.approx(row["share"])
    assert abandonment(EVENTS).stopped[0] == "cart"


def test_a_page_the_shop_does_not_have_is_no_column():
    events = EVENTS[EVENTS["step"] != "delivery"]
    assert "at_delivery" not in abandonment(events).table
    assert_says(abandonment(events))


def test_the_text_names_the_handbooks_figure_and_the_method_its_caveat():
    result = abandonment(MANY)
    assert (
        "Of the visits with a cart 62% end without paying (53% to 70%, n = 125; handbook 67.9%)"
        in result.text
    )
    assert "67.9%" in result.text
    assert evidence.get("cart-abandonment-68").caveat in result.method
    with language.speaking("nl"):
        assert "67,9%" in result.text


def test_groups_small_ones_are_drawn_to_the_whole():
    result = abandonment(MANY, by="device")
    table = result.table.set_index("segment")
    assert table["n"].tolist() == [60, 60, 5]
    assert table.loc["mobile", "count"] == 48
    assert table.loc["desktop", "count"] == 24
    assert table["small"].tolist() == [False, False, True]
    assert 77 / 125 < table.loc["tablet", "shrunk"] < 1
    assert "Most carts are left here: mobile" in result.text
    assert_says(result)


def test_a_difference_of_chance_is_called_that():
    halves = log(
        *(row for i in range(80) for row in cart_and(f"v{i}", "2026-02-01", *(["paid"] if i % 3 else []),
                                                      device="mobile" if i % 2 else "desktop"))
    )  # fmt: skip
    assert "may be chance" in abandonment(halves, by="device").text


def test_groups_without_a_name_and_too_many_groups():
    events = MANY.assign(campaign=[f"c{i % 45}" if i % 7 else None for i in range(len(MANY))])
    table = abandonment(events, by="campaign").table
    assert len(table) == 30
    assert {"the rest", "not known"} <= set(table["segment"])
    assert table["n"].sum() == 125
    assert_says(abandonment(events, by="campaign"))


def test_what_is_left_is_worth_at_most_the_carts_times_the_margin_of_an_order():
    result = abandonment(EVENTS, None, BOUGHT, margin=0.5)
    days = (EVENTS["at"].max() - EVENTS["at"].min()).total_seconds() / 86400
    # e pays in a later visit and is no order less: five of ten; the last week cannot be judged
    assert result.ceiling.value == pytest.approx(5 * 365 / (days - 7) * 20)
    assert (
        "× what an order brings. Assumed: an order brings €20.00: the mean margin of the 3 orders"
        in result.method
    )
    assert "a ceiling" in result.text
    assert "did not pay within 7 days" in result.method
    for text in (result.text, result.findings()[0].headline):
        assert "lost revenue" not in text.lower()
    assert abandonment(EVENTS).ceiling is None


def test_too_few_carts_say_how_many_would_do():
    result = abandonment(EVENTS)
    assert "These are few carts: 385" in result.text
    assert result.findings()[0].enough == 385
    assert abandonment(MANY).findings()[0].benchmark == "cart-abandonment-68"
    assert abandonment(MANY).findings()[0].value is None  # a ceiling is no value


def test_a_year_is_made_of_the_days_that_can_be_judged():
    # one cart a day for 42 days that nobody pays; with 14 days to pay 28 days of carts can be judged
    days = pd.date_range("2026-02-01", periods=42).strftime("%Y-%m-%d")
    rows = [row for day in days for row in cart_and(f"v {day}", day)]
    events = log(*rows, ("end", "2026-03-15 10:00", "home"), *cart_and("p", days[0], "paid"), frame=False)
    result = abandonment(events, None, BOUGHT, margin=0.5, per="visitor", within="14D")
    assert result.counted.left == 29  # 1 February to 1 March
    assert result.ceiling.value == pytest.approx(29 * 365 / 28 * 20)
    short = events[events["at"] < "2026-03-13"]
    assert abandonment(short, None, BOUGHT, margin=0.5, per="visitor", within="14D").ceiling is None


def test_a_point_fewer_is_its_part_of_the_ceiling():
    # of 125 visitors 77 leave: a point is 1.25 carts of 173 days, each worth 20
    result = abandonment(MANY, None, BOUGHT, margin=0.5)
    days = (MANY["at"].max() - MANY["at"].min()).total_seconds() / 86400
    point = language.money(estimates.rough(1.25 * 365 / (days - 7) * 20))
    assert f"Each point fewer is worth at most about {point} margin a year" in result.findings()[0].action


def test_known_customers_do_not_stand_beside_the_handbooks_carts():
    known = MANY.assign(customer_id=MANY["visitor_id"])
    found = abandonment(known, per="customer").findings()[0]
    assert (found.estimate.n, found.benchmark) == (125, None)


def test_everything_near_the_end_leaves_nothing_to_judge():
    events = log(*cart_and("a", "2026-02-01", "paid"), *cart_and("b", "2026-02-01"), frame=False)
    result = abandonment(events, per="visitor")
    assert len(result.counted.frame) == 0
    assert "No cart in these page visits can be judged yet" in result.text
    assert "2 carts too near the end" in result.text
    assert_says(result)
    assert_says(abandonment(events, per="visitor", by="step"))


def test_customers_are_known_because_they_paid_and_that_is_said():
    events = EVENTS.assign(customer_id=EVENTS["visitor_id"].where(EVENTS["visitor_id"] < "f"))
    result = abandonment(events, per="customer")
    assert result.table.set_index("unit").loc["customer", ["n", "count"]].tolist() == [5, 0]
    assert "too low" in result.text
    assert "5 visitors with a cart who are not known" in result.method
    assert_says(result)


@pytest.mark.parametrize("per", ["session", "visitor", "customer"])
@pytest.mark.parametrize("by", [None, "device"])
def test_the_demo_shop(per, by):
    shop = open_shop()
    result = abandonment(shop.events, None, shop.orders, per=per, by=by)
    assert result.share.n > 1000
    assert_says(result)


def test_what_cannot_be_is_refused():
    with pytest.raises(SettingError, match="basket"):
        abandonment(EVENTS, per="basket")
    with pytest.raises(SettingError, match="soon"):
        abandonment(EVENTS, within="soon")
    with pytest.raises(SettingError, match="colour"):
        abandonment(EVENTS, by="colour")


def test_nothing_is_changed():
    before = EVENTS.copy()
    abandonment(EVENTS, None, BOUGHT)
    pd.testing.assert_frame_equal(EVENTS, before)


def test_the_shops_own_names_of_pages_are_said():
    own = [
        {"name": "Basket", "step": ["cart"], "role": "cart"},
        {"name": "Till", "step": ["checkout"], "role": "checkout"},
        {"name": "Thanks", "step": ["paid"], "role": "paid"},
    ]
    events = log(
        *(row for i in range(40) for row in cart_and(f"a{i}", "2026-02-01", "checkout")),
        *cart_and("z", "2026-02-02", "checkout", "paid"),
    )
    result = abandonment(events, own)
    assert "most stop here: “Till” (100%)" in result.text
    assert "Stopped at “Till”" in result.heads()
    assert any("Till" in bar.name for bar in result.plot().data)
    assert "the checkout" in abandonment(events).text
