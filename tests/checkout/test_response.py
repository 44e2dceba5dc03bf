"""Baskets made up to free shipping: simulated ones with a known share, and the shop's planted one."""

from __future__ import annotations

import numpy as np
import pytest

from csworkbook import open_shop
from csworkbook.checkout.baskets import baskets
from csworkbook.checkout.response import ASSUMED, by_lines, by_values, respond, usual_reach
from csworkbook.demo import stories

from .baskets import charged, from_a_catalogue, simulated

SEEDS = range(40)


@pytest.mark.parametrize("share", [0.0, 0.3])
@pytest.mark.parametrize("how", ["lines", "values"])
def test_the_share_made_up_is_found_and_its_interval_covers_it(share, how):
    found = []
    for seed in SEEDS:
        value, count, cheapest = simulated(seed, share)
        told = (
            by_lines(value, count, cheapest, 50.0, 10.0, seed)
            if how == "lines"
            else by_values(value, 50.0, 10.0, seed)
        )
        found.append([told[0].value, told[0].low, told[0].high])
    value, low, high = np.array(found).T
    assert abs(value.mean() - share) < 0.02
    # 95 % intervals: of 40, fewer than 33 would be one chance in a thousand
    assert ((low <= share) & (share <= high)).sum() >= 33


def test_the_interval_covers_the_share_where_few_products_make_the_baskets():
    # what the popular products happen to cost makes every amount a little different from the next
    found = [by_lines(*from_a_catalogue(seed, 0.3), 50.0, 10.0, seed)[0] for seed in SEEDS]
    assert abs(np.mean([estimate.value for estimate in found]) - 0.3) < 0.03
    assert sum(estimate.low <= 0.3 <= estimate.high for estimate in found) >= 32


def test_nothing_is_found_elsewhere():
    value, count, cheapest = simulated(1, 0.4)
    for at in (30.0, 90.0):
        estimate, _draws = by_lines(value, count, cheapest, at, at / 5, 1)
        assert estimate.low <= 0.03


def test_the_shop_planted_share_is_found():
    shop = open_shop()
    for lines in (shop.order_lines, None):
        found, now = baskets(shop.orders, lines, margin=0.35)
        assert (now.value, now.fee, now.wrong) == (stories.FREE_SHIPPING, stories.SHIPPING, 0)
        told = respond(found, lines, shop.orders["order_id"], threshold=50.0, reach=10.0)
        assert told.source == "measured"
        assert told.how == ("values" if lines is None else "lines")
        assert told.measured.low <= stories.TOPPED_UP <= told.measured.high
        assert told.measured.low > 0


def test_few_baskets_tell_nothing_and_a_range_is_assumed():
    made = charged([20, 45, 55, 80] * 5)
    found, now = baskets(made, margin=0.5)
    told = respond(found, None, made["order_id"], threshold=now.value, reach=10.0)
    assert (told.source, told.measured) == ("assumed", None)
    low, high = told.ends
    assert ASSUMED[0] <= low < high <= ASSUMED[1]


def test_what_the_user_says_goes_first():
    made = charged([20, 45, 55, 80] * 5)
    found, now = baskets(made, margin=0.5)
    told = respond(found, None, made["order_id"], threshold=now.value, reach=10.0, typed=0.25)
    assert (told.source, told.share, told.ends) == ("typed", 0.25, (0.25, 0.25))


def test_a_fifth_is_within_reach():
    assert [usual_reach(at) for at in (50, 100, 4)] == [10, 20, 0.8]
