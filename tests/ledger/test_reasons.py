"""What contacts cost: by hand, against pandas, with planted effects; and what is said about it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook import ledger
from csworkbook.errors import DataError, SettingError

from . import peer
from .tables import ZONE, at, contacts, orders, returns

SHOP = orders(
    [("1", "a", 0, 100), ("2", "b", 0, 100), ("3", "c", 0, 100), ("4", "d", 0, 100), ("5", "e", 365.25, 1)]
)
ASKED = contacts(
    [
        ("k1", "a", 0, "parcel"), ("k2", "a", 14, "parcel"), ("k3", "a", 29, "parcel"), ("k4", "b", 1, "parcel"),
        ("k5", "b", 2, "size"), ("k6", None, 3, "size"), ("k7", "", 4, "size"), ("k8", "d", 360, "size"),
        ("k9", "d", 365.25, "size"),
    ],
    handling_minutes=[30, 60, 30, None, 15, 15, 15, None, 60],
    abandoned=[False] * 7 + [True, False],
    order_id=pd.array(["1", "1", "1", "2", None, None, None, "4", None], dtype="str"),
)  # fmt: skip


def row(result, topic):
    return result.table.set_index("topic").loc[topic]


def test_handling_and_repeats_by_hand():
    # 365.25 days: a year. 24 an hour; k4 has no minutes: the mean of the channel's seven (225 / 7); k8 was abandoned: none.
    result = ledger.reasons(ASKED, SHOP, hourly_cost=24)
    parcel, size = row(result, "parcel"), row(result, "size")
    assert parcel["contacts"] == 4
    # k2 is exactly 14 days after k1 and repeats it; k3 is 15 days after k2
    assert parcel["repeated"] == 1
    assert parcel["repeats"] == pytest.approx(24.0)
    assert parcel["handling"] == pytest.approx(12 + 12 + 225 / 7 * 0.4)
    # two anonymous chats and b are three people; d's second contact is 5.25 days after the first
    assert size[["contacts", "repeated", "guessed"]].tolist() == [5, 1, 0]
    assert size["handling"] == pytest.approx(3 * 6 + 0)
    assert size["repeats"] == pytest.approx(24.0)
    assert parcel["guessed"] == 1
    assert result.whole.value == pytest.approx(24 + 24 + 225 / 7 * 0.4 + 18 + 24)


def test_small_shares_are_said_as_shares_and_small_losses_not_as_minus_nothing():
    result = ledger.reasons(ASKED, SHOP)
    assert result.cell("again_share", 0.0636) == "6.4%"
    assert result.cell("later", -0.2) == "€0"


def test_windows_that_are_not_over_do_not_count_for_coming_back():
    result = ledger.reasons(ASKED, SHOP)
    # parcel: k1 comes back; k2, k3, k4 do not. size: k5 has 14 days, k8 and k9 have not, and nobody knows whose k6 and k7 are
    assert row(result, "parcel")[["again", "finished"]].tolist() == [1, 4]
    assert row(result, "size")[["again", "finished"]].tolist() == [0, 1]
    assert row(ledger.reasons(ASKED, SHOP, within_days=15), "parcel")["again"] == 2
    assert row(ledger.reasons(ASKED, SHOP, within_days=13), "parcel")["again"] == 0


def test_the_interval_counts_people_as_chance_by_hand():
    result = ledger.reasons(ASKED, SHOP, hourly_cost=24)
    a, b = 12 + 24 + 12, 225 / 7 * 0.4
    half = 1.96 * np.sqrt(a**2 + b**2)
    assert row(result, "parcel")["total_high"] == pytest.approx(a + b + half)
    assert row(result, "parcel")["total_low"] == 0  # never below nothing
    both = [a, b + 6, 6, 6, 24]  # a, b, two unknown, d: over all reasons
    assert result.whole.high == pytest.approx(sum(both) + 1.96 * np.sqrt(sum(x**2 for x in both)))


BACK = returns(
    [
        ("1", 20, 40),
        ("1", 29, 10),
        ("1", 60, 5),
        ("2", 0.5, 7),
        ("2", 31, 8),
        ("2", 31.5, 9),
        ("9", 5, 99),
        ("5", 390, 1),
    ]
)


def test_refunds_by_hand():
    # order 1: day 20 is k2's (day 14), day 29 at k3's very moment is k3's, day 60 is 31 days after it: nobody's.
    # order 2: day 0.5 is before k4 (day 1), day 31 is its thirtieth day, day 31.5 is later. Until day 390 − 30 all is over.
    result = ledger.reasons(ASKED, SHOP, BACK, hourly_cost=24, margin=0.5)
    parcel = row(result, "parcel")
    assert parcel["refunded"] == pytest.approx(40 + 10 + 8)
    assert parcel["refunds"] == pytest.approx(0.5 * 58 * 365.25 / 360)
    assert parcel["refund_share"] == pytest.approx(3 / 4)
    assert parcel["total"] == pytest.approx(parcel[["handling", "repeats", "refunds"]].sum())
    assert row(result, "size")["refunded"] == 0


def test_a_refund_counts_once_however_many_contacts_there_were():
    asked = contacts([(f"k{i}", "a", 1 + i, "x") for i in range(5)], order_id=["1"] * 5)
    result = ledger.reasons(asked, SHOP, returns([("1", 7, 100), ("5", 300, 1)]))
    assert row(result, "x")["refunded"] == 100


def test_contacts_whose_refund_window_is_open_are_left_out():
    asked = contacts([("k1", "a", 1, "x"), ("k2", "b", 20, "x")], order_id=["1", "2"])
    result = ledger.reasons(asked, SHOP, returns([("1", 2, 10), ("2", 21, 100), ("3", 40, 1)]))
    assert row(result, "x")["refunded"] == 10  # from day 10 on the window reaches past day 40


def test_what_orders_say_was_refunded_counts_where_no_return_tells():
    shop = SHOP.assign(refunded=[10.0, 20.0, 0.0, np.nan, 0.0])
    back = returns([("1", 2, 3), ("5", 300, 1)])
    asked = contacts(
        [("k1", "a", 1, "x"), ("k2", "b", 5, "y"), ("k3", "b", 31, "z")], order_id=["1", "2", "2"]
    )
    result = ledger.reasons(asked, shop, back)
    assert result.table.set_index("topic")["refunded"].to_dict() == {"x": 3, "y": 20, "z": 0}


def test_contacts_alone_are_enough_for_handling_and_repeats():
    alone, beside = ledger.reasons(ASKED), ledger.reasons(ASKED, SHOP)
    columns = ["topic", "contacts", "handling", "repeats", "again", "finished"]
    pd.testing.assert_frame_equal(
        alone.table[columns].sort_values("topic", ignore_index=True),
        beside.table[columns].sort_values("topic", ignore_index=True),
    )
    assert alone.table["later"].isna().all()


def test_contacts_without_a_reason_are_a_reason_and_never_repeat():
    asked = contacts([("k1", "a", 1, None), ("k2", "a", 2, ""), ("k3", "a", 3, "x")])
    result = ledger.reasons(asked, SHOP)
    assert row(result, "")[["contacts", "repeated"]].tolist() == [2, 0]
    assert "(no reason filled in)" in {cells[0] for cells in result.cells()}


def test_without_minutes_it_says_so():
    result = ledger.reasons(ASKED.drop(columns="handling_minutes"), SHOP)
    assert (result.table["handling"] == 0).all()
    assert "No contact has handling minutes" in result.method


def test_too_few_contacts_say_how_many_would_do():
    result = ledger.reasons(ASKED, SHOP)
    assert "only 9 contacts" in result.text
    (finding,) = result.findings()
    assert finding.certainty == "too few"
    assert finding.enough == result.needed > 30


@pytest.mark.parametrize("setting", ["within_days", "refund_days", "after_days"])
def test_a_window_that_is_none_is_refused(setting):
    with pytest.raises(SettingError, match="0 days"):
        ledger.reasons(ASKED, SHOP, **{setting: 0})


def test_no_contacts_are_refused():
    with pytest.raises(DataError, match="no contacts"):
        ledger.reasons(ASKED.head(0), SHOP)


# ---------------------------------------------------------------- somebody else's figures
@pytest.mark.parametrize("seed", [1, 2])
def test_pandas_reckons_the_same_costs(seed):
    bought, asked = peer.shop(seed, 300, 900)
    back = pd.DataFrame({"order_id": bought["order_id"].str.lstrip("#")[::3], "product_id": "p"})
    back["returned_at"] = (bought["ordered_at"] + pd.Timedelta("12D"))[::3]
    back["amount"] = bought["revenue"][::3]
    mine = ledger.reasons(asked, bought, back).table.set_index("topic")
    theirs = peer.costs(asked, bought, back).loc[mine.index]
    assert (theirs["refunded"] > 0).sum() >= 3
    np.testing.assert_allclose(mine["handling"] + mine["repeats"], theirs["cost"])
    np.testing.assert_allclose(mine["refunded"], theirs["refunded"])
    assert (mine["repeated"] == theirs["repeated"]).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_pandas_finds_the_same_later_margin(seed):
    bought, asked = peer.shop(seed, 300, 900)
    bought = pd.concat([bought, bought.assign(order_id=bought["order_id"] + "9",
                                              ordered_at=bought["ordered_at"] + pd.Timedelta("31D"))])  # fmt: skip
    mine = ledger.reasons(asked, bought).table.set_index("topic")
    theirs = peer.later(asked, bought).loc[mine.index]
    assert (mine["episodes"] == theirs["episodes"]).all()
    assert mine["episodes"].min() > 30
    np.testing.assert_allclose(mine["later"], theirs["later"])
    np.testing.assert_allclose(mine["comparable"], theirs["comparable"])


# ---------------------------------------------------------------- a planted effect
def planted(seed, effect, customers=3000, days=500):
    """Customers of two paces; half of all orders are followed by a contact three days later.

    A contact about "broken" happens after first orders only, and for 90 days the customer orders at `effect` times his pace,
    so that exactly that share of what he would have bought is left. A contact about "invoice" changes nothing. Every order
    yields 10, and nobody orders in the three days after his first order.
    """
    rng = np.random.default_rng(seed)
    bought, asked = [], []
    for customer in range(customers):
        pace = rng.choice([1 / 200, 1 / 40])
        day, calm, first = rng.uniform(0, 200), -1.0, True
        while day < days:
            bought.append((customer, day))
            if rng.random() < 0.5:
                topic = "broken" if first and rng.random() < 0.5 else "invoice"
                asked.append((customer, day + 3, topic))
                calm = day + 93 if topic == "broken" else calm
            start, wait = day + 3 * first, rng.exponential(1 / pace)
            slow = max(calm - start, 0)  # so many days count only for `effect`
            day = start + (wait / effect if wait <= slow * effect else slow + wait - slow * effect)
            first = False
    return _shop(bought, asked)


def _shop(bought, asked):
    shop = orders([(f"o{i}", f"c{customer}", day, 10) for i, (customer, day) in enumerate(bought)])
    calls = contacts(
        [(f"k{i}", f"c{customer}", day, topic) for i, (customer, day, topic) in enumerate(asked)]
    )
    return calls, shop


def test_a_planted_effect_on_later_orders_is_found_and_none_where_there_is_none():
    asked, shop = planted(3, 0.5)
    result = ledger.reasons(asked, shop, margin=1.0)
    broken, invoice = row(result, "broken"), row(result, "invoice")
    # what comparable customers buy in 90 days is halved, whatever their pace
    assert broken["later_low"] <= -0.5 * broken["comparable"] <= broken["later_high"]
    assert broken["verdict"] == "yes"
    assert invoice["later_low"] <= 0 <= invoice["later_high"]
    assert invoice["verdict"] == "cannot tell yet"
    assert "less margin in 90 days than comparable ones: broken" in result.text
    lost = next(f for f in result.findings() if "buy less" in f.headline)
    assert lost.value.low > 0


def test_what_customers_do_later_does_not_choose_who_is_compared():
    # nobody is hurt, but who orders more is in touch more: customers who were never in touch buy less, and that is no effect
    asked, shop = planted(5, 1.0, customers=2000)
    result = ledger.reasons(asked, shop, margin=1.0)
    assert (result.table["later_low"] <= 0).all()
    assert (result.table["later_high"] >= 0).all()


def test_open_windows_and_customers_without_an_order_are_left_out_by_hand():
    shop = orders([("1", "a", 0, 10), ("2", "a", 50, 10), ("3", "b", 0, 10), ("4", "c", 100, 10)])
    asked = contacts([("k1", "a", 1, "x"), ("k2", "a", 5, "x"), ("k3", "a", 51, "x"), ("k4", "b", 9.9, "x"),
                      ("k5", "b", 10.1, "x"),
                      ("k6", "z", 3, "x"), ("k7", "c", 99, "y")])  # fmt: skip
    table = ledger.reasons(asked, shop).table.set_index("topic")
    # first contacts since the last order: k1, k3 (window past day 100), k4, k6 (never ordered); k2 and k5 follow others
    assert table.loc["x", ["firsts", "open", "never"]].tolist() == [4, 1, 1]
    assert table.loc["y", ["firsts", "open", "never"]].tolist() == [1, 0, 1]


def test_the_zone_of_the_clock_makes_no_difference():
    abroad = ASKED.assign(opened_at=ASKED["opened_at"].dt.tz_convert("America/New_York"))
    pd.testing.assert_frame_equal(ledger.reasons(ASKED, SHOP).table, ledger.reasons(abroad, SHOP).table)
    assert str(ASKED["opened_at"].dt.tz) == ZONE
    assert at([0])[0].hour == 12
