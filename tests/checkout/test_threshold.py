"""Free shipping: thresholds read off baskets by hand, results worked out by hand, and the shop's own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language, open_shop
from csworkbook.checkout.baskets import baskets, read, roundest
from csworkbook.checkout.profit import NEVER
from csworkbook.checkout.threshold import threshold
from csworkbook.errors import DataError, SettingError

from .baskets import charged, orders

NOBODY = {"topping_up": 0.0, "staying_low": 0.0, "staying_high": 0.0}
TWO = charged([30] * 20 + [80] * 20)  # 5 euro below 50


def rows(result):
    return result.table.set_index("rule")


def per_order(result, at):
    """The result per order at a threshold."""
    return float(result.curve.value[result.curve.at(at)])


# ---------------------------------------------------------------- the present threshold
def test_the_threshold_lies_between_the_last_that_paid_and_the_first_that_did_not():
    now = read(np.array([10, 20, 30, 40, 45, 49.95, 50.85, 60, 70, 80, 90, 99]), np.repeat([4.95, 0.0], 6))
    assert (now.kind, now.value, now.low, now.high) == ("read", 50.0, 49.95, 50.85)
    assert (now.fee, now.paid, now.free, now.wrong) == (4.95, 6, 6, 0)


def test_exceptions_are_counted_and_do_not_move_it():
    value = np.linspace(10, 99, 90)  # 10, 11 … 99
    shipping = np.where(value < 50, 4.95, 0.0)
    shipping[[3, 8]] = 0.0  # a voucher for free shipping
    shipping[80] = 12.5  # abroad
    now = read(value, shipping)
    assert (now.value, now.low, now.high, now.wrong) == (50.0, 49.0, 50.0, 3)
    assert now.fee == 4.95


def test_a_threshold_that_may_lie_anywhere_in_a_gap_is_told_as_a_gap():
    result = threshold(TWO)
    assert (result.present.low, result.present.high) == (30, 80)
    assert "free from some amount above €30 and at most €80" in result.text


def test_many_exceptions_ask_for_a_reason():
    value = np.tile(np.arange(20.0, 80.0), 2)
    shipping = np.where(value < np.repeat([40, 50], 60), 5.0, 0.0)  # it was 40, and is 50 now
    result = threshold(orders(value, shipping), margin=0.5)
    assert result.present.kind == "read"
    assert result.present.wrong == 10
    assert "a threshold that changed" in result.method


def test_a_threshold_before_discount_is_found_there():
    goods = np.arange(20, 100, 2.0)
    off = np.tile([0.0, 9.0], 20)
    made = orders(goods - off, np.where(goods < 50, 4.95, 0.0), discount=off)
    found, now = baskets(made, margin=0.5)
    assert (found.source, now.value, now.wrong) == ("before discount", 50.0, 0)
    assert found.value.tolist() == goods.tolist()


def test_a_revenue_with_shipping_in_it_is_seen():
    goods = np.concatenate([np.arange(20, 50, 0.5), np.arange(50, 80, 0.5)])
    shipping = np.where(goods < 50, 6.0, 0.0)  # baskets of 44 to 50 come to more than 50 with it
    found, now = baskets(orders(goods + shipping, shipping), margin=0.5)
    assert (found.source, now.value, now.wrong) == ("less shipping", 50.0, 0)


@pytest.mark.parametrize(
    ("shipping", "kind"),
    [
        (np.zeros(20), "all free"),
        (np.full(20, 5.0), "nobody free"),
        (np.full(20, np.nan), "not there"),
        (np.full(20, -1.0), "not there"),
        (None, "not there"),
        (np.tile([5.0, 0.0], 10), "cannot tell"),
    ],
    ids=["all free", "nobody free", "missing", "negative", "no column", "by chance"],
)
def test_where_there_is_no_threshold_it_says_so(shipping, kind):
    result = threshold(
        orders(np.arange(11, 31), shipping) if shipping is not None else orders(np.arange(11, 31))
    )
    assert result.present.kind == kind
    assert np.isnan(result.present.value)
    assert_says(result)


def test_free_for_the_dear_and_paid_by_the_cheap_only():
    # the other way round: the dear pay (they are heavy), the cheap do not; no threshold for free shipping
    value = np.arange(11, 31.0)
    assert read(value, np.where(value > 20, 5.0, 0.0)).kind == "cannot tell"


def test_round_amounts():
    assert [roundest(*ends) for ends in ((49.95, 50.85), (9.99, 10), (61, 79), (33.1, 33.9))] == [
        50,
        10,
        75,
        33.5,
    ]


# ---------------------------------------------------------------- results by hand
def test_results_by_hand_when_nobody_does_anything():
    # below: 15 margin + 5 − 6 = 14; above: 40 − 6 = 34
    result = threshold(TWO, margin=0.5, **NOBODY)
    assert per_order(result, 50.0) == pytest.approx((14 + 34) / 2)
    assert per_order(result, 0.0) == pytest.approx((9 + 34) / 2)
    assert per_order(result, NEVER) == pytest.approx((14 + 39) / 2)
    table = rows(result)
    assert table.loc["never", "per_order"] == pytest.approx(2.5)
    assert table.loc["always", "per_order"] == pytest.approx(-2.5)
    assert table.loc["present", ["threshold", "free", "per_order", "low", "high"]].tolist() == [
        50,
        0.5,
        0,
        0,
        0,
    ]
    assert table.loc["mean_10", "threshold"] == 65
    assert table.loc["never", "year"] == pytest.approx(2.5 * 40 * 365 / 364)
    assert "asking everybody to pay earns most" in result.headline


def test_results_by_hand_when_some_stay_away():
    # one in five of those who must pay stays away: for 10 below 50 that came, 12.5 would have
    result = threshold(TWO, margin=0.5, topping_up=0.0, staying_low=0.2, staying_high=0.2)
    assert per_order(result, 50.0) == pytest.approx(24)
    assert per_order(result, 0.0) == pytest.approx((12.5 * 9 + 10 * 34) / 20)
    assert per_order(result, NEVER) == pytest.approx((10 * 14 + 8 * 39) / 20)


def test_the_share_from_which_the_present_threshold_pays():
    # of 20 orders, 480 in all as it is; never free brings 140 + 390 (1 − a), which is 480 at a = 50 / 390
    result = threshold(TWO, margin=0.5, topping_up=0.0)
    assert result.away_needed == pytest.approx(50 / 390, abs=0.001)
    assert "only if 13% or more of those who would have to pay stay away" in result.text


def test_results_by_hand_when_baskets_are_made_up():
    # of 16⅔ baskets of 45, 6⅔ were made up to 50; they go back when all is free
    made = charged([45] * 10 + [50] * 10)
    result = threshold(made, margin=0.5, **{**NOBODY, "topping_up": 0.4}, reach=10.0)
    assert result.present.value == 50
    assert per_order(result, 50.0) == pytest.approx((10 * 21.5 + 10 * 19) / 20)
    back, stay = 50 / 3, 10 / 3
    assert per_order(result, 0.0) == pytest.approx((back * 16.5 + stay * 19) / 20)
    assert per_order(result, NEVER) == pytest.approx((back * 21.5 + stay * 24) / 20)
    # at 55 those of 50 lack 5 of 10: again four in ten make it up, to 55; those of 45 are out of reach
    up = 0.4 * (25 + 0.5 * 5 - 6) + 0.6 * 24
    assert per_order(result, 55.0) == pytest.approx((back * 21.5 + stay * up) / 20)
    assert rows(result).loc["present", "topped"] == pytest.approx(1 / 3)


def test_the_best_threshold_is_the_one_of_the_formula():
    # a basket b is better sent free when a (m b − cost) ≥ (1 − a) fee: from ((0.8 / 0.2) × 5 + 6) / 0.5 = 52
    made = orders(np.arange(1, 201), np.zeros(200))
    terms = {"topping_up": 0.0, "staying_low": 0.2, "staying_high": 0.2}
    result = threshold(made, margin=0.5, fee=5.0, shipping_cost=6.0, **terms)
    assert 52 <= rows(result).loc["best", "threshold"] <= 54


def test_break_even_by_hand():
    # everybody pays 2 now. At 50, of ten baskets of 40 (10 short of 20 in reach) 0.8 × ½ are made up: each
    # adds 10 × 0.5 and no longer pays 2. The one of 60 gets its 2 back. 4 × 3 > 2: it pays.
    made = orders([40] * 10 + [60], [2.0] * 11)
    terms = {"staying_low": 0.0, "staying_high": 0.0, "reach": 20.0, "topping_up": 0.4}
    result = threshold(made, margin=0.5, **terms)
    gain = per_order(result, 50.0) - per_order(result, NEVER)
    assert gain == pytest.approx((4 * 3 - 2) / 11)
    # at 41: lacks 1 of 20, 0.8 × 0.95 made up, each adds 0.5 and loses 2; so it does not pay there
    assert per_order(result, 41.0) - per_order(result, NEVER) == pytest.approx((10 * 0.76 * -1.5 - 2) / 11)
    assert 41 < rows(result).loc["break_even", "threshold"] <= 50


def test_nobody_can_pay_for_the_shipping_where_too_little_is_added():
    result = threshold(charged([45] * 20 + [50] * 20), margin=0.2, reach=10.0, staying_high=0.0)
    assert np.isnan(rows(result).loc["break_even", "threshold"])
    assert "pays for its own shipping when €25 or more is added" in result.text  # 5 ÷ 0.2
    assert_says(result)


def test_the_orders_own_margin_goes_before_the_setting():
    result = threshold(TWO.assign(margin=[3.0] * 20 + [8.0] * 20), margin=0.5, **NOBODY)
    assert result.terms.margin == pytest.approx(0.1)
    assert per_order(result, 50.0) == pytest.approx((10 * (3 + 5 - 6) + 10 * (8 - 6)) / 20)


# ---------------------------------------------------------------- odd shops
def test_large_orders_play_no_part():
    away = {"margin": 0.5, "staying_low": 0.2, "staying_high": 0.2}
    plain = threshold(charged(np.tile(np.arange(10, 100), 4)), **away)
    made = charged([*np.tile(np.arange(10, 100), 4), 90_000, 120_000])
    result = threshold(made, **away)
    assert result.present.value == 50
    assert rows(result).loc["best", "threshold"] == rows(plain).loc["best", "threshold"]
    assert "2 orders of more than" in result.method
    assert result.mean > 600
    assert result.median == pytest.approx(54.5, abs=1)
    assert_says(result)


def test_zero_and_missing_values_are_left_out_and_counted():
    made = charged([30] * 10 + [80] * 10 + [0, 0])
    made.loc[len(made) - 1, "revenue"] = np.nan
    result = threshold(made, margin=0.5, **NOBODY)
    assert (len(result.baskets), result.baskets.without) == (20, 2)
    assert "Left out: 2 orders without a value." in result.method
    assert_says(result)


def test_some_shipping_unknown_is_counted():
    made = charged([30] * 10 + [80] * 10)
    made.loc[[0, 19], "shipping"] = np.nan
    result = threshold(made, margin=0.5)
    assert (result.present.value, result.present.unknown) == (50, 2)
    assert "Of 2 orders it is not known" in result.method


@pytest.mark.parametrize("n", [1, 2, 29])
def test_few_orders_are_said_to_be_few(n):
    result = threshold(charged(np.linspace(20, 90, n)), margin=0.5)
    assert result.headline.startswith(f"{n} order")
    assert "too few" in result.headline
    assert result.findings()[0].enough > 0
    assert_says(result)


@pytest.mark.parametrize(
    "made", [orders([]), orders([0.0, 0.0]), orders([np.nan])], ids=["none", "zero", "missing"]
)
def test_no_orders_is_said(made):
    with pytest.raises(DataError, match="None of these orders has a value"):
        threshold(made)


def test_all_the_same():
    result = threshold(charged([30] * 40), margin=0.5)
    assert result.present.kind == "nobody free"
    assert_says(result)


def test_a_short_time_is_not_made_a_year():
    result = threshold(charged([30, 80] * 20, days=20), margin=0.5)
    assert rows(result)["year"].isna().all()
    assert "nothing is said of a year" in result.method
    assert " a year (" not in result.text
    assert_says(result)


@pytest.mark.parametrize(
    "terms", [{"fee": -1}, {"staying_high": 1.0}, {"topping_up": 1.5}, {"reach": -5}], ids=str
)
def test_assumptions_that_cannot_be_are_refused(terms):
    with pytest.raises(SettingError):
        threshold(TWO, **terms)


def test_a_threshold_may_be_typed():
    result = threshold(orders(np.tile(np.arange(10, 100), 2)), present=60.0, fee=4.0, margin=0.5)
    assert (result.present.kind, result.present.value, result.terms.fee) == ("typed", 60, 4)
    assert result.beside == "€60"
    assert_says(result)


# ---------------------------------------------------------------- the demo shop
@pytest.fixture(scope="module")
def demo():
    return open_shop().call(threshold)


def test_the_shop_has_its_threshold_and_mean_and_median_differ(demo):
    assert (demo.present.value, demo.present.fee) == (50, 4.95)
    assert demo.mean == pytest.approx(rows(demo).loc["mean_10", "threshold"] - 10, abs=0.01)
    assert "the mean basket is €70, but half of the orders stay below €45" in demo.text
    assert_says(demo)


def test_as_it_is_now_is_what_the_orders_brought(demo):
    shop = open_shop()
    small = demo.baskets.value <= demo.curve.top
    brought = (shop.orders["margin"] + shop.orders["shipping"] - 6.0).to_numpy()[small]
    assert per_order(demo, 50.0) == pytest.approx(brought.mean(), rel=0.005)


def test_an_assumption_never_makes_it_sure_and_nothing_is_promised(demo):
    finding = demo.findings()[0]
    assert finding.certainty == "likely"
    assert finding.benchmark == "free-shipping-above-10"
    assert len(finding.assumptions) == 3
    for word in ("proves", "causes", "will "):
        assert word not in demo.text + demo.method + finding.headline


def test_the_same_again_and_in_dutch(demo):
    again = open_shop().call(threshold)
    pd.testing.assert_frame_equal(demo.table, again.table)
    with language.speaking("nl"):
        assert "€\u00a050" in demo.text


def test_a_wider_assumption_gives_a_wider_answer():
    shop = open_shop()
    narrow = shop.call(threshold, staying_low=0.1, staying_high=0.12)
    wide = shop.call(threshold, staying_low=0.0, staying_high=0.22)
    assert wide.curve.best_ends[0] <= narrow.curve.best_ends[0]
    assert wide.curve.best_ends[1] >= narrow.curve.best_ends[1]
    assert wide.gain.high - wide.gain.low > narrow.gain.high - narrow.gain.low
