"""What a better step would bring: the same gain is the same everywhere, the gap is not; reckoned by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says, orders
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from csworkbook import demo, evidence, language, open_shop
from csworkbook.errors import SettingError
from csworkbook.findings import rank
from csworkbook.funnel.timing import timing
from csworkbook.funnel.whatif import what_if

from .logs import crowd

STEPS = ["cart", "payment", "paid"]
TWO = crowd({"mobile": [4000, 2000, 1200], "desktop": [2000, 1000, 900]}, STEPS, days=73)  # a fifth of a year


def row(result, step):
    return result.table.set_index("step").loc[step]


def test_where_most_can_be_won_by_hand():
    # 2,000 on the phone × (.9 − .6) = 600 more in 73 days, 3,000 a year
    result = what_if(TWO, STEPS, value_per_order=20.0)
    paid = row(result, "paid")
    assert (paid["rank"], paid["best"], paid["entered"]) == (1, "desktop", 3000)
    assert paid["gap"] == pytest.approx(0.2, abs=2e-3)
    assert paid["orders"] == pytest.approx(3000, rel=0.01)
    assert paid["money"] == pytest.approx(60_000, rel=0.01)
    assert paid["money_low"] < 60_000 < paid["money_high"]
    assert "Most can be won from payment to paid: 70% go on, against 90% of desktop" in result.headline
    assert "3,000 more orders a year, worth €60,000" in result.text
    assert_says(result)


def test_a_step_without_a_gap_brings_nothing_for_sure():
    result = what_if(TWO, STEPS, value_per_order=20.0)
    assert result.sure["step"].tolist() == ["paid"]
    assert row(result, "payment")["orders"] == pytest.approx(0, abs=60)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.05, 0.9), min_size=2, max_size=6), st.floats(0.01, 0.11))
def test_the_same_gain_at_any_step_brings_the_same_total(rates, gain):
    """The algebra that the table shows: the total is a product."""
    for number in range(len(rates)):
        better = [rate * (1 + gain * (n == number)) for n, rate in enumerate(rates)]
        assert np.prod(better) == pytest.approx(np.prod(rates) * (1 + gain))


def test_the_same_gain_is_shown_to_bring_the_same():
    table = what_if(TWO, STEPS, gain=0.1).table
    # 2,100 paid in 73 days: 10 % more is 210, and 1,050 a year
    assert table["same"].tolist() == pytest.approx([1050, 1050], rel=1e-3)
    assert "brings the same at every step (1,100 more at the end a year)" in what_if(TWO, STEPS).text


def test_a_rate_cannot_rise_above_everybody():
    good = crowd({"a": [1000, 950, 500], "b": [1000, 950, 480]}, STEPS, days=73)
    result = what_if(good, STEPS, gain=0.2)
    # 95 % can rise by a nineteenth at most
    assert row(result, "payment")["same"] == pytest.approx(980 / 19 * 5, rel=2e-3)
    assert row(result, "paid")["same"] == pytest.approx(980 * 0.2 * 5, rel=2e-3)
    assert "Only this step is too good already for so much more: payment." in result.text


def test_what_a_point_more_brings():
    # one point of the 6,000 at the cart are 60 visitors, of whom 70 % pay; one of the 3,000 at payment are 30
    table = what_if(TWO, STEPS).table.set_index("step")
    assert table.loc["payment", "point"] == pytest.approx(60 * 0.7 * 5, rel=1e-3)
    assert table.loc["paid", "point"] == pytest.approx(30 * 5, rel=1e-3)


def test_an_order_is_worth_the_mean_margin_in_that_time():
    bought = orders(["k"] * 200, np.linspace(60, 132, 200), 50.0)
    result = what_if(TWO, STEPS, bought, margin=0.4)
    assert result.worth.value == pytest.approx(20)
    assert row(result, "paid")["money"] == pytest.approx(60_000, rel=0.01)
    assert "€20.00: the mean margin of the 200 orders" in " ".join(result.assumptions)
    assert "do not add them up" in result.method


def test_carts_left_behind_stand_beside_the_handbook():
    result = what_if(TWO, STEPS)
    assert result.left_behind.value == pytest.approx(1 - 2100 / 6000)
    entry = evidence.get("cart-abandonment-68")
    low, high = (f"{end:.0%}" for end in proportion_confint(3900, 6000, method="wilson"))
    assert f"Of those who came to the cart 65% ({low} to {high}, n = 6,000) did not pay" in result.text
    assert f"of carts the handbook has {entry.say()} left behind (Baymard, 2014)" in result.text
    assert entry.caveat in result.method


def test_more_carts_left_behind_than_the_handbook_has_by_hand():
    worse = crowd({"a": [5000, 2000, 1000]}, STEPS, days=73)  # 80 % left behind, a fifth of a year
    more = what_if(worse, STEPS).to_handbook
    assert more.value == pytest.approx(5000 * (0.8 - 0.6791) * 5, rel=1e-3)
    low, high = proportion_confint(4000, 5000, method="wilson")
    assert (more.low, more.high) == pytest.approx(
        (5000 * (low - 0.6791) * 5, 5000 * (high - 0.6791) * 5), rel=1e-3
    )
    assert "Leaving no more behind than that is 3,000 more orders a year" in what_if(worse, STEPS).text
    assert what_if(TWO, STEPS).to_handbook is None  # 65 % is better than the handbook's


def test_a_funnel_that_does_not_end_with_an_order_has_no_money():
    result = what_if(TWO, STEPS[:2], value_per_order=20.0)
    assert result.table["money"].isna().all()
    assert result.worth is None
    assert result.left_behind is None


def test_less_than_four_weeks_are_not_made_a_year():
    week = crowd({"mobile": [4000, 2000, 1200], "desktop": [2000, 1000, 900]}, STEPS, days=7)
    result = what_if(week, STEPS, value_per_order=20.0)
    assert row(result, "paid")["orders"] == pytest.approx(600, rel=0.01)
    assert result.table["money"].isna().all()
    assert "a year" not in result.text
    assert all("a year" not in head for head in result.heads() if "Worth" not in head)
    assert_says(result)


def test_without_groups_nothing_is_ranked_but_the_rest_is_told():
    result = what_if(TWO.drop(columns="device"), STEPS)
    assert result.headline.startswith("There are no two groups of visitors to compare")
    assert result.table["same"].notna().all()
    assert result.findings() == []


def test_equal_groups_have_nothing_to_win():
    same = crowd({"a": [2000, 1000, 700], "b": [2000, 1000, 700]}, STEPS, days=73)
    result = what_if(same, STEPS)
    assert (
        result.headline
        == "At no step do all visitors together surely lie below the best of your own groups (device)."
    )
    assert result.findings() == []


def test_shuffled_groups_seldom_have_something_to_win():
    rng, found = np.random.default_rng(5), 0
    visitors = TWO["visitor_id"].unique()
    for _time in range(15):
        device = dict(zip(visitors, rng.choice(["a", "b", "c"], len(visitors)), strict=True))
        found += bool(what_if(TWO.assign(device=TWO["visitor_id"].map(device)), STEPS).findings())
    assert found <= 3  # at most 1 is expected


def test_the_finding_says_what_it_rests_on():
    found = what_if(TWO, STEPS, value_per_order=20.0).findings()
    assert len(found) == 1
    assert found[0].value.value == pytest.approx(60_000, rel=0.01)
    assert found[0].benchmark == "cart-abandonment-68"
    assert any("which may have come with more intent to buy" in one for one in found[0].assumptions)
    assert "a year like the 73 days of these visits" in found[0].assumptions


def test_the_planted_story_of_the_demo_shop():
    shop = open_shop()
    result = shop.call(what_if)
    truth = demo.truth().set_index("id")["value"]
    first = result.table.iloc[0]
    assert (first["step"], first["best"]) == ("paid", "desktop")
    # the phone has 1,146 of the payments there: 1,146 × (.91 − .62) and the tablets' .01, made a year
    mobile, desktop = truth["funnel.payment.mobile"], truth["funnel.payment.desktop"]
    reached = result.reached[-2]
    assert first["gap"] == pytest.approx((desktop - mobile) * 0.63, abs=0.03)
    assert first["orders"] == pytest.approx(reached * first["gap"] * 365 / result.time.days, rel=1e-6)
    assert result.findings()[0].certainty == "sure"


def test_in_another_order_of_the_rows_it_is_the_same():
    again = what_if(TWO.sample(frac=1, random_state=0), STEPS)
    pd.testing.assert_frame_equal(again.table, what_if(TWO, STEPS).table)


@pytest.mark.parametrize(
    "wrong", [{"gain": 0.0}, {"gain": -0.1}, {"margin": 1.5}, {"value_per_order": -5.0}, {"within": "x"}]
)
def test_what_cannot_be_asked(wrong):
    with pytest.raises(SettingError) as error:
        what_if(TWO, STEPS, **wrong)
    assert error.value.allowed


def test_orders_are_whole_numbers_and_money_stands_as_in_the_language():
    result = what_if(TWO, STEPS, value_per_order=20.0)
    column = result.columns.index("same")
    assert [row[column] for row in result.cells()] == ["1,050", "1,050"]
    with language.speaking("nl"):
        assert [row[column] for row in result.cells()] == ["1.050", "1.050"]
        assert result.plot().layout.xaxis.tickprefix == "€ "
    assert result.plot().layout.xaxis.tickprefix == "€"


def test_a_number_of_few_orders_keeps_its_decimal():
    few = crowd({"mobile": [40, 20, 3], "desktop": [20, 10, 3]}, STEPS, days=365)
    result = what_if(few, STEPS)
    assert result.table["same"].max() < 10
    assert result.cells()[0][result.columns.index("same")] == "0.6"  # six pay in a year; 10 % more


@pytest.mark.parametrize(("per", "who"), [("visitor", "visitors"), ("session", "visits")])
def test_what_is_counted_is_what_is_said(per, who):
    plain = TWO.drop(columns="device")
    assert f"no two groups of {who} to compare" in what_if(plain, STEPS, per=per).text
    assert what_if(plain.iloc[:0], STEPS, per=per).text == f"No {who} did the first step, cart."


def test_without_orders_the_widest_gap_comes_before_what_is_only_worth_knowing():
    shop = open_shop()
    found = what_if(shop.events).findings()
    assert all(one.value is None for one in found)
    first = rank([*timing(shop.events).findings(), *found])[0]
    assert first.headline == found[0].headline
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
