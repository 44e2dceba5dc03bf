"""What an order brings: counted by hand, with scipy's interval, and the same on every page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csworkbook import checkout, funnel, language, open_shop
from csworkbook.errors import SettingError
from csworkbook.order_value import OrderValue, margins, of_order

AT = pd.date_range("2026-01-01", periods=100, freq="D", tz="Europe/Amsterdam")
ORDERS = pd.DataFrame({"order_id": range(100), "ordered_at": AT, "revenue": np.arange(100.0)})


def few(**columns) -> pd.DataFrame:
    """A handful of orders, a day apart."""
    length = len(next(iter(columns.values())))
    return pd.DataFrame({"ordered_at": AT[:length], **columns})


# ---------------------------------------------------------------- the margin of an order
def test_own_margin_general_rate_and_paid_back_by_hand():
    orders = few(
        revenue=[100.0, 100.0, 100.0, 100.0, 40.0, None, 0.0],
        margin=[20.0, None, 20.0, None, -8.0, None, 5.0],
        refunded=[None, 0.0, 50.0, 130.0, 10.0, 5.0, 5.0],
    )
    # own; rate; half of it back; all of it and the shipping back; a quarter of a loss back; unknown; nothing to part
    assert margins(orders, 0.35)[[0, 1, 2, 3, 4, 6]].tolist() == pytest.approx([20, 35, 10, 0, -6, 5])
    assert np.isnan(margins(orders, 0.35)[5])
    each = of_order(orders, margin=0.35)
    assert (each.value, each.n) == (pytest.approx((20 + 35 + 10 + 0 - 6 + 5) / 6), 6)
    assert margins(orders.astype(dict.fromkeys(["revenue", "margin", "refunded"], "Float64")), 0.35)[2] == 10


def test_it_says_whether_paying_back_is_taken_off():
    orders = few(revenue=[100.0, 60.0])
    assert "what is paid back later is not taken off" in of_order(orders).said()
    assert "not taken off" in of_order(orders.assign(refunded=np.nan)).said()
    assert "less the margin on what was paid back" in of_order(orders.assign(refunded=[0.0, 60.0])).said()


def test_orders_that_tell_nothing_are_left_out_and_one_is_too_few():
    assert of_order(None) is None
    assert of_order(few(revenue=[])) is None
    assert of_order(few(revenue=[10.0])) is None
    assert of_order(few(revenue=[10.0, None])) is None
    assert of_order(few(revenue=[10.0, None, 30.0]), margin=0.5).value == 10
    assert of_order(few(revenue=[10.0, 30.0]).assign(ordered_at=pd.NaT)) is None


# ---------------------------------------------------------------- of which orders
def test_only_orders_in_the_time_of_the_visits_both_ends_included():
    each = of_order(ORDERS, margin=1.0, since=AT[60], until=AT[99])
    assert (each.value, each.n, each.source) == (79.5, 40, "visits")
    assert "€79.50: the mean margin of the 40 orders in the time of the page visits (100% of" in each.said()


def test_too_few_orders_in_that_time_use_the_last_year_and_say_so():
    long_ago = ORDERS.assign(ordered_at=AT - pd.Timedelta("400D"), revenue=1e6)
    each = of_order(pd.concat([long_ago, ORDERS]), margin=1.0, since=AT[71], until=AT[99])
    assert (each.value, each.n, each.source) == (49.5, 100, "few")
    assert "the 100 orders of the last year, since too few fall in the time of the page visits" in each.said()
    assert of_order(ORDERS, margin=1.0, since=AT[70], until=AT[99]).source == "visits"  # thirty are enough


def test_a_few_orders_that_are_all_in_that_time_are_not_too_few():
    each = of_order(few(revenue=[10.0, 20.0, 60.0]), margin=1.0, since=AT[0], until=AT[50])
    assert (each.value, each.n, each.source) == (30, 3, "visits")


def test_without_page_visits_it_is_the_last_year():
    at = pd.to_datetime(["2024-12-31 12:00", "2025-01-01 12:01", "2026-01-01 12:00"], utc=True)
    each = of_order(pd.DataFrame({"ordered_at": at, "revenue": [1000.0, 100.0, 60.0]}), margin=0.5)
    assert (each.value, each.n, each.source) == (40, 2, "year")
    assert "the mean margin of the 2 orders of the last year (50%" in each.said()
    late = pd.DataFrame({"ordered_at": at, "revenue": [1.0, 2.0, None]})
    assert of_order(late, margin=1.0).value == 1.5  # the last order that tells ends the year


def test_orders_too_many_for_memory_are_the_same():
    ibis = pytest.importorskip("ibis")
    time = {"since": AT[60], "until": AT[99]}
    table = ibis.memtable(ORDERS.assign(refunded=1.0))
    assert of_order(table, **time) == of_order(ORDERS.assign(refunded=1.0), **time)


# ---------------------------------------------------------------- how sure
def test_the_interval_is_scipys_and_the_draws_are_of_it():
    each = of_order(ORDERS.head(12), margin=0.5)
    expected = stats.t.interval(0.95, 11, 11 / 4, stats.sem(np.arange(12.0)) / 2)
    assert (each.low, each.high) == pytest.approx(expected)
    drawn = np.quantile(each.draws(np.random.default_rng(0), 200_000), [0.025, 0.975])
    assert drawn == pytest.approx(expected, rel=0.02)


def test_alike_orders_leave_no_doubt():
    each = of_order(few(revenue=[20.0, 20.0, 20.0]), margin=0.5)
    assert (each.low, each.value, each.high) == (10, 10, 10)
    assert set(each.draws(np.random.default_rng(0), 5)) == {10}


# ---------------------------------------------------------------- filled in
def test_what_the_user_typed_goes_before_the_orders():
    each = of_order(ORDERS, typed=12.5)
    assert each == OrderValue(12.5)
    assert (each.low, each.high, each.n) == (12.5, 12.5, 0)
    assert each.said() == "an order brings €12.50, as you filled in"
    with language.speaking("nl"):
        assert "12,50" in each.said()


@pytest.mark.parametrize(
    "wrong", [{"margin": -0.1}, {"margin": 35}, {"typed": -1.0}, {"typed": float("inf")}]
)
def test_what_cannot_be(wrong):
    with pytest.raises(SettingError) as error:
        of_order(ORDERS, **wrong)
    assert error.value.allowed


# ---------------------------------------------------------------- everywhere the same
@pytest.fixture(scope="module")
def told():
    """What every analysis that speaks of it takes an order of the demo shop to bring."""
    shop = open_shop()
    measured, better = shop.call(funnel.measure), shop.call(funnel.what_if)
    carts = [shop.call(one) for one in (checkout.abandonment, checkout.returning, checkout.devices)]
    rules, chat = shop.call(checkout.rules), shop.call(checkout.chat)
    worth = [measured.drops.worth, better.worth, *(one.worth for one in carts), rules.back.worth, chat.order]
    return worth, [measured, better, *carts, rules, chat]


def test_both_chapters_take_an_order_to_bring_the_same(told):
    shop = open_shop()
    first, last = shop.events["at"].min(), shop.events["at"].max()
    here = shop.orders[(shop.orders["ordered_at"] >= first) & (shop.orders["ordered_at"] <= last)]
    assert here["margin"].notna().all()
    assert 30 < len(here) < len(shop.orders)
    for worth in told[0]:
        assert (worth.n, worth.source) == (len(here), "visits")
        assert worth.value == pytest.approx(here["margin"].mean())


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_every_method_says_so_in_the_same_words(told, spoken):
    with language.speaking(spoken):
        for worth, result in zip(*told, strict=True):
            assert worth.said(open_shop().settings.currency)[1:] in result.method, type(result)
