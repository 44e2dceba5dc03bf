"""The three rules: verdicts from counted data and from answers, and what is worth doing first."""

from __future__ import annotations

import pytest
from effort.tables import assert_says, orders

from csworkbook import estimates, language, open_shop
from csworkbook.checkout.carts import visits
from csworkbook.checkout.rules import judged, rules
from csworkbook.checkout.stopping import costs_of, pages_of
from csworkbook.errors import SettingError

from .logs import cart_and, log

BOUGHT = orders("xyz", [0, 100, 200], [20.0, 40.0, 60.0])
FULL = ("checkout", "delivery", "payment", "paid")


def shop_of(cart=0, checkout=0, delivery=0, payment=0, paid=0, device=lambda i: "desktop"):
    """So many visits that stop at each page."""
    reach = [0] * cart + [1] * checkout + [2] * delivery + [3] * payment + [4] * paid
    return log(
        *(
            row
            for i, k in enumerate(reach)
            for row in cart_and(f"v{i}", "2026-02-01", *FULL[:k], device=device(i))
        )
    )


STEEP = shop_of(cart=50, checkout=10, delivery=60, payment=10, paid=120)
EVEN = shop_of(cart=50, checkout=100, delivery=90, payment=80, paid=1000)


def verdicts(result):
    return result.table.set_index("rule")["verdict"].to_dict()


def test_the_pages_are_counted():
    pages = pages_of(visits(STEEP))
    assert pages["reached"].to_dict() == {"cart": 250, "checkout": 200, "delivery": 190, "payment": 130}
    assert pages["stopped"].to_dict() == {"cart": 50, "checkout": 10, "delivery": 60, "payment": 10}
    assert set(pages["paid"]) == {120}


def test_a_page_where_more_leave_than_at_the_best_other_one_is_to_do():
    result = rules(STEEP, None, BOUGHT, margin=0.5)
    assert verdicts(result)["costs"] == "to do"
    expected = estimates.difference(60, 190, 10, 200)
    assert result.costs.best == "checkout"
    assert result.costs.difference.low == pytest.approx(expected.low)
    days = (STEEP["at"].max() - STEEP["at"].min()).total_seconds() / 86400
    # of 130 who pass the page 120 pay, and an order brings 20
    assert result.value("costs").value == pytest.approx(190 * 365 / days * expected.value * (120 / 130) * 20)
    found = result.findings()
    assert [f.benchmark for f in found] == ["unexpected-costs-56"]
    assert found[0].value.value == pytest.approx(result.value("costs").value)
    said = "an order brings €20.00: the mean margin of the 3 orders of the last year"
    assert found[0].assumptions[0].startswith(said)
    assert said in result.method
    assert "do not add them up" in result.method
    assert_says(result)


def test_pages_that_lose_alike_do_not_show_that_costs_are_up_front():
    for costs_at in ("checkout", "delivery", "payment"):
        result = rules(EVEN, costs_at=costs_at)
        assert verdicts(result)["costs"] == "cannot tell"
        assert "does not show that all costs are up front" in result.evidence("costs")
        assert "Answer the questions" in result.first("costs")
        assert result.findings() == []


def test_costs_in_the_cart_are_up_front_where_no_later_page_loses_more():
    # after the cart 7.9%, 7.7% and 7.4% of about 1,200 leave
    result = rules(EVEN, costs_at="cart")
    assert verdicts(result)["costs"] == "in order"
    assert "all costs show in the cart" in result.evidence("costs")
    # 5.0%, 31.6% and 7.7%: somebody meets something there
    steep = rules(STEEP, costs_at="cart")
    assert verdicts(steep)["costs"] == "cannot tell"
    assert "do not show that nobody meets a surprise" in steep.evidence("costs")
    few = rules(shop_of(cart=3, checkout=2, delivery=5, payment=1, paid=4), costs_at="cart")
    assert verdicts(few)["costs"] == "cannot tell"
    assert_says(steep)


def test_without_later_pages_costs_in_the_cart_cannot_be_told():
    assert (
        verdicts(rules(shop_of(cart=60, paid=60).query("step in ('cart', 'paid', 'home')"), costs_at="cart"))[
            "costs"
        ]
        == "cannot tell"
    )


def test_too_few_visits_cannot_tell():
    result = rules(shop_of(cart=3, checkout=2, delivery=5, payment=1, paid=4))
    assert set(verdicts(result).values()) == {"cannot tell"}
    assert costs_of(result.pages, "delivery") is None
    assert "cannot be told yet" in result.text
    assert_says(result)


def test_a_shop_without_that_page_or_device_cannot_tell():
    events = EVEN[EVEN["step"] != "delivery"].drop(columns="device")
    result = rules(events, None, BOUGHT)
    assert verdicts(result)["costs"] == verdicts(result)["devices"] == "cannot tell"
    assert_says(result)


def test_known_customers_who_do_not_come_back_are_to_do_but_never_in_order():
    events = shop_of(cart=60, paid=60)
    known = events.assign(customer_id=events["visitor_id"])
    assert rules(known).known.value == 1
    assert verdicts(rules(known))["deciding"] == "to do"
    assert verdicts(rules(events))["deciding"] == "cannot tell"
    back = log(
        *(
            row
            for i in range(60)
            for row in [*cart_and(f"v{i}", "2026-02-01"), *cart_and(f"v{i}", "2026-02-02", "paid")]
        )
    )
    assert verdicts(rules(back.assign(customer_id=back["visitor_id"])))["deciding"] == "cannot tell"


def test_a_device_that_loses_more_at_payment_is_to_do_and_comes_first():
    # mobile: 100 of 200 give up; desktop: 10 of 200
    events = log(
        *(row for i in range(200) for row in cart_and(f"m{i}", "2026-02-01", *FULL[: 3 + (i >= 100)], device="mobile")),
        *(row for i in range(200) for row in cart_and(f"d{i}", "2026-02-01", *FULL[: 3 + (i >= 10)], device="desktop")),
    )  # fmt: skip
    result = rules(events, None, BOUGHT, margin=0.5)
    assert result.table["rule"].iloc[0] == "devices"
    assert result.table["verdict"].iloc[0] == "to do"
    assert result.table["value"].iloc[0] > 0
    assert "first this one: every device" in result.text
    assert result.findings() == []  # that finding is the one of the devices


def test_a_rule_that_is_in_order_or_cannot_be_told_is_worth_nothing():
    # surely more give up on mobile, 3% against 1%, yet surely less than five points
    events = log(
        *(row for i in range(1000) for row in cart_and(f"m{i}", "2026-02-01", *FULL[: 3 + (i >= 30)], device="mobile")),
        *(row for i in range(1000) for row in cart_and(f"d{i}", "2026-02-01", *FULL[: 3 + (i >= 10)], device="desktop")),
    )  # fmt: skip
    result = rules(events, None, BOUGHT, margin=0.5)
    row = result.table.set_index("rule").loc["devices"]
    assert result.device.gap_is_sure
    assert row["verdict"] == "in order"
    assert row["value"] != row["value"]


@pytest.mark.parametrize(
    ("data", "points", "verdict"),
    [
        ("to do", None, "to do"), ("to do", 1.0, "to do"), ("in order", 0.5, "to do"), ("in order", 0.59, "to do"),
        ("in order", 0.6, "cannot tell"), ("in order", 0.8, "in order"), ("cannot tell", 0.8, "in order"),
        ("cannot tell", 0.79, "cannot tell"), ("in order", None, "in order"), ("cannot tell", None, "cannot tell"),
    ],
)  # fmt: skip
def test_answers_beside_the_data(data, points, verdict):
    assert judged(data, points) == verdict


def test_the_audits_points_are_taken():
    result = rules(EVEN, audit_cart_rules={"costs": 0.2, "deciding": 0.9, "devices": None})
    assert verdicts(result) == {"costs": "to do", "deciding": "in order", "devices": "cannot tell"}
    rows = result.table.set_index("rule")
    assert rows["points"].fillna(-1).to_dict() == {"costs": 0.2, "deciding": 0.9, "devices": -1}
    assert "Answer the questions" in result.first("devices")
    assert "Answer the questions" not in result.first("costs")
    assert_says(result)


def test_what_cannot_be_is_refused():
    with pytest.raises(SettingError, match="shop window"):
        rules(EVEN, costs_at="shop window")
    with pytest.raises(SettingError, match="colours"):
        rules(EVEN, audit_cart_rules={"colours": 0.5})
    with pytest.raises(SettingError, match="costs"):
        rules(EVEN, audit_cart_rules={"costs": 50})


def test_a_spreadsheet_says_it_in_words():
    with language.speaking("en"):
        sheet = rules(STEEP, None, BOUGHT).sheet()
    assert sheet["Rule"].tolist()[0] == "All costs up front"
    assert "leave" in sheet["What your data say"].iloc[0]
    assert sheet["Verdict"].iloc[0] == "to do"


@pytest.mark.parametrize("costs_at", ["cart", "checkout", "delivery", "payment"])
def test_the_demo_shop(costs_at):
    shop = open_shop()
    result = rules(shop.events, None, shop.orders, costs_at=costs_at)
    assert verdicts(result)["devices"] == "to do"
    assert verdicts(result)["costs"] in ("to do", "cannot tell")
    assert_says(result)


def two_devices(*pages, mobile=(50, 200), desktop=(20, 200)):
    """So many of so many per device give up at the last of these pages."""
    return log(
        *(
            row
            for device, (lost, n) in {"mobile": mobile, "desktop": desktop}.items()
            for i in range(n)
            for row in cart_and(
                f"{device}{i}", "2026-02-01", *pages, *(() if i < lost else ("paid",)), device=device
            )
        )
    )


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ((), "Measured at the cart"),
        (("checkout",), "come to the checkout"),
        (("checkout", "delivery"), "come to the delivery page"),
        (("checkout", "delivery", "payment"), "come to the payment page"),
    ],
)
def test_devices_are_measured_at_the_last_page_the_data_know(pages, said):
    result = rules(two_devices(*pages), None, BOUGHT)
    assert verdicts(result)["devices"] == "to do"
    assert said in result.evidence("devices")
    assert "25%" in result.evidence("devices")
    assert "10%" in result.evidence("devices")
    expected = estimates.difference(50, 200, 20, 200)
    assert result.gap.difference.low == pytest.approx(expected.low)
    assert result.gap.share.low == pytest.approx(estimates.share(50, 200).low)
    assert result.beside("devices") == pytest.approx(0.1)
    assert_says(result)


def test_devices_that_are_alike_at_the_cart_cannot_be_told():
    result = rules(two_devices(mobile=(50, 200), desktop=(45, 200)))
    assert verdicts(result)["devices"] == "cannot tell"


def test_the_shops_own_names_of_pages_are_said():
    own = [
        {"name": "Cart", "step": ["cart"], "role": "cart"},
        {"name": "Till", "step": ["checkout"], "role": "checkout"},
        {"name": "Where to", "step": ["delivery"], "role": "delivery"},
        {"name": "Thanks", "step": ["paid"], "role": "paid"},
    ]
    result = rules(STEEP, own)
    assert "(“Where to”)" in result.evidence("costs")
    assert "at “Till”" in result.evidence("costs")
    assert "“Where to”" in result.findings()[0].headline
    # two steps with one role have no name of their own
    split = [*own, {"name": "Pick up", "step": ["elsewhere"], "role": "delivery"}]
    assert "(the delivery page)" in rules(STEEP, split).evidence("costs")
    assert "(the delivery page)" in rules(STEEP, ["cart", "checkout", "delivery", "paid"]).evidence("costs")


def test_a_sure_difference_too_small_to_matter_is_not_to_do():
    # 4.0% against 2.0% of so many that it cannot be chance
    events = shop_of(checkout=100, delivery=196, payment=100, paid=4604)
    result = rules(events)
    assert result.costs.difference.low > 0
    assert result.costs.difference.p < 0.001
    assert verdicts(result)["costs"] == "cannot tell"


def test_looking_for_the_best_of_several_pages_is_paid_for():
    # 34 of 380 leave at delivery against 20 of 400 at the checkout: below .05 by itself, not of two
    two = shop_of(checkout=20, delivery=34, payment=60, paid=286)
    one = shop_of(checkout=20, delivery=34, paid=346)
    one = one[one["step"] != "payment"]
    apart = estimates.difference(34, 380, 20, 400)
    assert 0.025 < apart.p < 0.05
    assert rules(one).costs.difference.p == pytest.approx(apart.p)
    assert rules(two).costs.difference.p == pytest.approx(2 * apart.p)
    assert verdicts(rules(one))["costs"] == "to do"
    assert verdicts(rules(two))["costs"] == "cannot tell"
