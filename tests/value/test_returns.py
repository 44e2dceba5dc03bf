"""What was paid back, told by the returns only, is off in every panel, so that all speak of the same money."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from csworkbook import open_shop
from csworkbook.errors import DataError
from csworkbook.purchases import less_returns
from csworkbook.value import churn, concentration, historic, mirror, predict, segments

from .shops import orders, random_shop

PANELS = (churn, concentration, historic, mirror, predict, segments)


def returned(frame: pd.DataFrame) -> pd.DataFrame:
    """Every third order paid back in two parts, every fifth for a part."""
    third, fifth = frame.iloc[::3], frame.iloc[1::5]
    parts = [third.assign(amount=third["revenue"] / 2)] * 2 + [fifth.assign(amount=fifth["revenue"] / 4)]
    rows = pd.concat(parts)[["order_id", "amount"]].assign(product_id="p", returned_at="2026-01-01")
    return rows.sample(frac=1, random_state=1)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return random_shop(3, customers=400)


@pytest.mark.parametrize("panel", PANELS)
def test_as_if_the_orders_told_it_themselves(panel, frame):
    lines = returned(frame)
    back = frame["order_id"].map(lines.groupby("order_id")["amount"].sum())
    told = panel(frame.assign(refunded=back))
    given = panel(frame, lines)
    pd.testing.assert_frame_equal(given.table, told.table)
    assert (given.text, given.method) == (told.text, told.method)
    assert not given.table.equals(panel(frame).table)
    assert given.findings() == told.findings()


@pytest.mark.parametrize("panel", PANELS)
def test_what_the_orders_tell_is_not_taken_off_twice(panel, frame):
    own = frame.assign(refunded=0.0)
    assert panel(own, returned(frame)).text == panel(own).text
    assert panel(frame, returned(frame).drop(columns="amount")).text == panel(frame).text


@pytest.mark.parametrize("panel", PANELS)
def test_an_engines_tables_give_the_same(panel, frame):
    lines = returned(frame)
    one, other = panel(frame, lines), panel(ibis.memtable(frame), ibis.memtable(lines))
    pd.testing.assert_frame_equal(one.table, other.table, check_dtype=False)


def test_by_hand():
    rows = [(who, "2026-01-01", 20.0) for who in "abcde"] + [("a", "2026-02-01", 80.0)]
    lines = pd.DataFrame({"order_id": ["o5", "o5", "o1"], "amount": [60.0, 20.0, 5.0]})
    found = concentration(orders(rows), lines).table.set_index("group")
    assert found["money"].to_dict() == {"top": 20.0, "again": 0.0, "once": 95.0, "all": 95.0}
    whole = concentration(orders(rows)).table.set_index("group")
    assert whole["money"].to_dict() == {"top": 100.0, "again": 100.0, "once": 80.0, "all": 180.0}


def test_all_panels_of_the_demo_shop_speak_of_the_same_money():
    """Revenue and margin less the returns, summed here by hand, of every customer that is left."""
    shop = open_shop()
    back = shop.orders["order_id"].map(shop.returns.groupby("order_id")["amount"].sum()).fillna(0.0)
    net, revenue = (shop.orders["revenue"] - back).round(2), shop.orders["revenue"]
    bought = (net > 0) & shop.orders["customer_id"].notna()
    customers = shop.orders.loc[bought, "customer_id"].nunique()
    margin = (shop.orders["margin"] * net / revenue)[bought].sum()
    found = shop.call(concentration, of="margin").table.set_index("group").loc["all"]
    assert (found["customers"], found["money"]) == (customers, pytest.approx(margin))
    cohorts = shop.call(historic).table
    assert (cohorts["margin"] * cohorts["customers"]).sum() == pytest.approx(margin)
    assert (cohorts["revenue"] * cohorts["customers"]).sum() == pytest.approx(net[bought].sum())
    parts = shop.call(segments).table
    assert (parts["customers"].sum(), parts["value"].sum()) == (customers, pytest.approx(margin))
    assert len(shop.call(predict).table) == customers
    assert shop.call(churn).silences.left_out["nothing_paid"] == (~bought).sum()


@pytest.mark.parametrize("panel", PANELS)
def test_returns_or_orders_that_do_not_say_which_order_are_refused(panel, frame):
    for wrong in ((frame.drop(columns="order_id"), returned(frame)), (frame, returned(frame)[["amount"]])):
        with pytest.raises(DataError):
            panel(*wrong)
    with pytest.raises(DataError):
        less_returns(frame, returned(frame)[["amount"]])
