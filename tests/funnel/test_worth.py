"""What an order is worth, counted by hand and with scipy's interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.funnel.worth import of_order

AT = pd.date_range("2026-01-01", periods=100, freq="D", tz="Europe/Amsterdam")
ORDERS = pd.DataFrame({"order_id": range(100), "ordered_at": AT, "revenue": np.arange(100.0)})


def test_mean_margin_and_its_interval():
    each = of_order(ORDERS, margin=0.5)
    assert each.value == pytest.approx(99 / 2 * 0.5)
    low, high = stats.t.interval(0.95, 99, ORDERS["revenue"].mean() / 2, stats.sem(ORDERS["revenue"]) / 2)
    assert (each.estimate().low, each.estimate().high) == pytest.approx((low, high))


def test_only_orders_in_the_time_of_the_visits():
    each = of_order(ORDERS, margin=1.0, since=AT[60], until=AT[99])
    assert (each.value, each.n, each.inside) == (79.5, 40, True)


def test_too_few_orders_in_that_time_use_all_and_say_so():
    each = of_order(ORDERS, margin=1.0, since=AT[90], until=AT[99])
    assert (each.value, each.n, each.inside) == (49.5, 100, False)
    assert "all 100 orders" in each.said()


def test_an_orders_own_margin_goes_first_and_unknown_ones_are_left_out():
    orders = pd.DataFrame(
        {"ordered_at": AT[:3], "revenue": [100.0, 60.0, None], "margin": [None, 15.0, None]}
    )
    assert of_order(orders, margin=0.35).value == 25.0
    assert of_order(orders.astype({"margin": "Float64", "revenue": "Float64"}), margin=0.35).n == 2


def test_what_the_user_typed_goes_before_the_orders():
    each = of_order(ORDERS, typed=12.5)
    assert (each.value, each.error, each.n) == (12.5, 0.0, 0)
    assert "filled in" in each.said()
    with language.speaking("nl"):
        assert "12,50" in each.said()


def test_nothing_to_tell():
    assert of_order(None) is None
    assert of_order(ORDERS.iloc[:1]) is None
    assert of_order(ORDERS.assign(revenue=np.nan)) is None


@pytest.mark.parametrize("wrong", [{"margin": 0.0}, {"margin": 35}, {"typed": -1.0}, {"typed": float("inf")}])
def test_what_cannot_be(wrong):
    with pytest.raises(SettingError) as error:
        of_order(ORDERS, **wrong)
    assert error.value.allowed


def test_draws_are_those_of_the_mean():
    each = of_order(ORDERS, margin=1.0)
    draws = each.draws(np.random.default_rng(0), 20_000)
    assert draws.mean() == pytest.approx(49.5, abs=0.1)
    assert draws.std() == pytest.approx(stats.sem(ORDERS["revenue"]), rel=0.02)
