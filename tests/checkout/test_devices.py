"""Devices: carts and payments counted by hand, bounds by hand, switching found again in the demo shop."""

from __future__ import annotations

import pandas as pd
import pytest
from effort.tables import assert_says, orders

from csworkbook import demo, estimates, open_shop
from csworkbook.checkout.devices import devices
from csworkbook.checkout.switching import switching
from csworkbook.errors import DataError

from .logs import cart_and, log

PAID = ("checkout", "payment", "paid")


def visit(who, day, *later, device, customer=None):
    """As `cart_and`, by a known customer."""
    return [
        (v, at, step, dev, customer, None)
        for v, at, step, dev, _c, _s in cart_and(who, day, *later, device=device)
    ]


# known: ann pays on the desktop, bob stays away; unknown: two stay away, one pays at once, all on the phone
KNOWN = log(
    *visit("p1", "2026-02-01", device="mobile", customer="ann"),
    *visit("d1", "2026-02-02", *PAID, device="desktop", customer="ann"),
    *visit("p2", "2026-02-01", device="mobile", customer="bob"),
    *visit("u1", "2026-02-01", device="mobile"),
    *visit("u2", "2026-02-01", device="mobile"),
    *visit("u3", "2026-02-01", *PAID, device="mobile"),
)


# of 60 at payment on the phone 30 give up, of 60 on a desktop 6
def at_payment(device, n, lost, *, frame=False):
    """So many visits at the payment page, the first `lost` of which give up."""
    reached = [("payment", "paid")[: 1 + (i >= lost)] for i in range(n)]
    rows = (visit(f"{device}{i}", "2026-02-01", *steps, device=device) for i, steps in enumerate(reached))
    return log(*(row for one in rows for row in one), frame=frame)


GAP = pd.concat([at_payment("mobile", 60, 30, frame=True), at_payment("desktop", 60, 6)])
BOUGHT = orders("xyz", [0, 100, 200], [20.0, 40.0, 60.0])


def test_a_customer_who_pays_on_another_device_did_not_leave_the_cart():
    row = devices(KNOWN).table.set_index("device").loc["mobile"]
    # five people: ann paid, bob and two unknown did not, one unknown did
    assert row[["n", "count", "unknown"]].tolist() == [5, 3, 2]
    assert row["least"] != row["least"]  # two known people tell nothing of the others
    assert_says(devices(KNOWN))


def test_what_unknown_people_paid_elsewhere_is_taken_from_thirty_known_or_more():
    crowd = pd.concat(
        [
            KNOWN.assign(visitor_id=KNOWN["visitor_id"] + str(i), customer_id=KNOWN["customer_id"] + str(i))
            for i in range(15)
        ]
    )
    row = devices(crowd).table.set_index("device").loc["mobile"]
    assert row[["n", "count", "unknown"]].tolist() == [75, 45, 30]
    # of thirty known who left a cart on the phone half paid elsewhere: at least 45 − 30 × ½ of 75
    assert row["least"] == pytest.approx(30 / 75)
    assert "40% to 60% here: mobile" in devices(crowd).text


def test_the_device_is_that_of_the_first_cart():
    events = log(
        *visit("a", "2026-02-01", device="mobile", customer="ann"),
        *visit("b", "2026-02-03", device="desktop", customer="ann"),
        *visit("z", "2026-02-03", "paid", device="tablet"),
    )
    assert devices(events).table.set_index("device")["n"].to_dict() == {"mobile": 1, "tablet": 1}


def test_the_window_and_the_end_of_the_data():
    late = log(*visit("a", "2026-06-25", device="mobile"), *visit("z", "2026-02-03", "paid", device="mobile"))
    result = devices(late)
    assert (len(result.counted.frame), result.counted.unfinished) == (1, 1)
    assert "1 cart too near the end" in result.method
    later = log(*visit("a", "2026-02-01", device="mobile"), ("a", "2026-02-09 10:00", "paid", "mobile"))
    assert devices(later).table["count"].tolist() == [1]
    assert devices(later, within="14D").table["count"].tolist() == [0]


def test_the_gap_at_payment_is_newcombes_and_its_value_follows():
    result = devices(GAP, None, BOUGHT, margin=0.5)
    rows = result.table.set_index("device")
    assert rows.loc["mobile", ["reached", "gave_up"]].tolist() == [60, 0.5]
    assert rows.loc["desktop", ["reached", "gave_up"]].tolist() == [60, 0.1]
    expected = estimates.difference(30, 60, 6, 60)
    gap = result.gap
    assert (gap.worst, gap.best, gap.difference.low) == ("mobile", "desktop", expected.low)
    days = (GAP["at"].max() - GAP["at"].min()).total_seconds() / 86400
    assert result.value.value == pytest.approx(60 * 365 / days * 0.4 * 20)
    assert result.value.low < result.value.value < result.value.high
    assert "not who uses it" in result.method
    assert_says(result)


def test_the_gap_at_payment_is_worth_something_once_among_all_findings():
    found = open_shop().findings()
    late = [one for one in found if one.value is not None and "pay" in one.headline.lower()]
    assert len(late) == 1
    assert late[0].chapter == "07_funnel"
    assert any("At payment more people give up on mobile" in one.headline for one in found)


def test_several_devices_pay_for_having_looked_at_each():
    tablet = at_payment("tablet", 40, 9)
    desktop = GAP[GAP["device"] != "mobile"]
    alone = devices(pd.concat([desktop, tablet]))
    assert alone.gap.difference.p == pytest.approx(estimates.difference(9, 40, 6, 60).p)
    both = devices(pd.concat([GAP, tablet]))
    assert both.gap.worst == "mobile"
    assert both.gap.difference.p == pytest.approx(3 * estimates.difference(30, 60, 6, 60).p)


def test_without_pages_after_the_cart_the_carts_left_are_compared():
    result = devices(GAP[GAP["step"] != "payment"], None, BOUGHT, margin=0.5)
    assert "reached" not in result.table
    assert result.page == "cart"
    expected = estimates.difference(30, 60, 6, 60)
    assert (result.gap.worst, result.gap.best, result.gap.difference.low) == (
        "mobile",
        "desktop",
        expected.low,
    )
    found = result.findings()
    assert [one.headline for one in found] == [
        "More carts are left on mobile than on desktop, measured at the cart."
    ]
    assert "people who are not known" in found[0].assumptions[0]
    assert "On mobile people leave 50% of their carts, on desktop 10% (40 points apart)" in result.text
    # a week at the end of the data cannot be judged
    days = (GAP["at"].max() - GAP["at"].min()).total_seconds() / 86400 - 7
    assert result.value.value == pytest.approx(60 * 365 / days * 0.4 * 20)
    assert_says(result)


def test_without_a_payment_page_the_page_before_is_looked_at():
    events = GAP.assign(step=GAP["step"].replace({"payment": "delivery"}))
    result = devices(events, None, BOUGHT)
    rows = result.table.set_index("device")
    assert rows.loc["mobile", ["reached", "gave_up"]].tolist() == [60, 0.5]
    assert "come to the delivery page 50% give up on mobile, 10% on desktop" in result.text
    assert "last page before paying" in result.text
    assert "Of visits that come to the delivery page more give up on mobile" in result.findings()[0].headline
    assert "Came to the delivery page" in result.heads()
    assert_says(result)


def test_a_payment_page_few_come_to_does_not_hide_the_gap_before_it():
    # one of the desktop visits comes to a page of paying
    more = log(*visit("one", "2026-02-01", "checkout", "payment", "paid", device="desktop"), frame=False)
    few = pd.concat([GAP.assign(step=GAP["step"].replace({"payment": "checkout"})), more])
    assert (devices(few).page, devices(few).gap.worst) == ("checkout", "mobile")


def test_several_devices_at_the_cart_pay_for_having_looked_at_each():
    both = pd.concat([GAP, at_payment("tablet", 40, 9)])
    gap = devices(both[both["step"] != "payment"]).gap
    assert gap.difference.p == pytest.approx(3 * estimates.difference(30, 60, 6, 60).p)


def test_carts_left_that_others_like_them_pay_elsewhere_are_no_gap():
    """On the phone 60 known people leave a cart and 54 pay on a desktop; so may the 60 unknown who leave one."""
    known = [
        row
        for i in range(60)
        for row in [
            *visit(f"p{i}", "2026-02-01", device="mobile", customer=f"c{i}"),
            *(visit(f"d{i}", "2026-02-03", "paid", device="desktop", customer=f"c{i}") if i < 54 else ()),
        ]
    ]
    unknown = [row for i in range(60) for row in visit(f"u{i}", "2026-02-01", device="mobile")]
    desk = [
        row
        for i in range(60)
        for row in visit(f"k{i}", "2026-02-01", *(("paid",) if i >= 9 else ()), device="desktop")
    ]
    result = devices(log(*known, *unknown, *desk))
    row = result.table.set_index("device").loc["mobile"]
    assert row[["n", "count"]].tolist() == [120, 66]
    assert row["least"] == pytest.approx((66 - 60 * 0.9) / 120)
    assert result.gap.beyond_chance
    assert not result.gap_is_sure
    assert result.findings() == []
    assert "people who pay on another device" in result.text
    assert_says(result)


def test_the_shops_own_name_of_the_page_is_said():
    own = [
        {"name": "Basket", "step": ["cart"], "role": "cart"},
        {"name": "Pay now", "step": ["payment"], "role": "payment"},
        {"name": "Thanks", "step": ["paid"], "role": "paid"},
    ]
    result = devices(GAP, own)
    assert "come to “Pay now” 50% give up on mobile" in result.text
    assert "“Pay now”" in result.findings()[0].headline
    assert "Came to “Pay now”" in result.heads()
    assert set(result.kinds()) >= {"Came to “Pay now”"}
    assert_says(result)


def test_one_device_few_carts_and_devices_that_are_not_told():
    few = devices(KNOWN)
    assert few.gap is None
    assert few.findings()[0].enough == 385
    some = KNOWN.assign(device=KNOWN["device"].where(KNOWN["visitor_id"] != "u1"))
    assert "1 cart on an unknown device" in devices(some).method
    for without in (KNOWN.drop(columns="device"), KNOWN.assign(device=None)):
        with pytest.raises(DataError, match="device"):
            devices(without)
        with pytest.raises(DataError, match="device"):
            switching(without)


def test_from_which_device_to_which():
    events = log(
        *visit("p1", "2026-02-01", device="mobile", customer="ann"),
        *visit("d1", "2026-02-02", "paid", device="desktop", customer="ann"),
        *visit("d2", "2026-02-01", device="desktop", customer="bob"),
        *visit("d2", "2026-02-05", "paid", device="desktop", customer="bob"),
        *visit("m1", "2026-02-01", device="mobile"),
        *visit("m1", "2026-02-05", "paid", device="mobile"),
        *visit("m2", "2026-02-05", "paid", device="mobile"),
    )
    result = switching(events)
    pairs = result.table.set_index(["left_on", "paid_on"])
    assert pairs.loc[("mobile", "desktop"), ["count", "n", "share"]].tolist() == [1, 2, 0.5]
    assert pairs.loc[("desktop", "desktop"), "count"] == 1
    assert pairs.loc[("mobile", "mobile"), ["count", "n"]].tolist() == [1, 1]
    assert (result.switched.value, result.switched.n, result.buyers) == (pytest.approx(1 / 3), 3, 4)
    assert result.most[["left_on", "paid_on"]].tolist() == ["mobile", "desktop"]
    assert_says(result)


def test_of_few_buyers_the_text_says_what_the_finding_says():
    def buyer(i):
        there = "desktop" if i < 16 else "mobile"
        return [
            *visit(f"p{i}", "2026-02-01", device="mobile", customer=f"c{i}"),
            *visit(f"q{i}", "2026-02-03", "paid", device=there, customer=f"c{i}"),
        ]

    few = switching(log(*(row for i in range(26) for row in buyer(i))))
    assert (few.switched.n, few.switched.value) == (26, pytest.approx(16 / 26))
    assert few.text.startswith(few.findings()[0].headline)
    assert "%" not in few.text
    assert "26 buyers, of whom 16 paid on another device; 385 would" in few.text
    enough = switching(log(*(row for i in range(30) for row in buyer(i))))
    assert "53% paid on another device" in enough.text
    assert "53% paid on another device" in enough.findings()[0].headline
    assert "cart on mobile, paid on desktop" in enough.text


def test_of_several_carts_the_last_one_left_counts():
    events = log(
        *visit("a", "2026-02-01", device="mobile", customer="ann"),
        *visit("a", "2026-02-02", device="tablet", customer="ann"),
        *visit("a", "2026-02-03", "paid", device="desktop", customer="ann"),
    )
    table = switching(events).table
    assert table[table["count"] == 1][["left_on", "paid_on"]].values.tolist() == [["tablet", "desktop"]]


def test_an_unknown_visitor_on_two_devices_is_not_seen_to_switch():
    events = log(
        *visit("p1", "2026-02-01", device="mobile"), *visit("d1", "2026-02-02", "paid", device="desktop")
    )
    result = switching(events)
    assert result.switched.n == 0
    assert "No buyer is seen" in result.text
    assert result.findings()[0].enough == 385
    assert_says(result)


def test_the_planted_switch_is_found():
    result = switching(open_shop().events)
    row = result.table.set_index(["left_on", "paid_on"]).loc[("mobile", "desktop")]
    planted = demo.truth().set_index("id").loc["checkout.switched"]
    assert row["low"] < planted["value"] < row["high"]
    assert planted["low"] < row["share"] < planted["high"]
    assert result.most[["left_on", "paid_on"]].tolist() == ["mobile", "desktop"]
    assert_says(result)


def test_the_planted_rates_at_payment_are_found():
    shop = open_shop()
    result = devices(shop.events, None, shop.orders)
    planted = demo.truth().set_index("id")
    for row in result.table.itertuples():
        there = planted.loc[f"funnel.payment.{row.device}"]
        assert there["low"] < 1 - row.gave_up < there["high"]
    assert result.gap_is_sure
    assert (result.gap.worst, result.gap.best) == ("mobile", "desktop")
    mobile = result.table.set_index("device").loc["mobile"]
    assert mobile["least"] < mobile["share"]
    assert_says(result)
