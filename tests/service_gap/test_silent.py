"""The iceberg: people counted by hand, an interval of scipy, ranges that follow from arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says, orders
from scipy.stats import chi2

from csworkbook import language, open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import rough
from csworkbook.service_gap import worth
from csworkbook.service_gap.returning import stayed_away
from csworkbook.service_gap.silent import silent_customers

from .arrivals import contacts

# two years: ann complains twice in the first, once in the second; bob once in the second; two without a name
TWO_YEARS = contacts(
    ["zoe", "ann", "ann", "ann", "bob", None, "  ", "zoe"],
    [0, 100, 110, 500, 600, 650, 651, 730],
    kind=["question", *["complaint"] * 6, "question"],
)
ONE_YEAR = contacts(
    [f"k{i}" for i in range(101)], np.linspace(0, 365, 101), kind=["complaint"] * 100 + ["question"]
)
FIXED = {"one_in_low": 26, "one_in_high": 26, "leaving_low": 0.91, "leaving_high": 0.91}


def rows(result):
    return result.table.set_index("factor")


def test_people_are_counted_once_a_year():
    result = silent_customers(TWO_YEARS)
    assert (result.people, result.years) == (5, 2)  # ann, ann, bob and two whose name is not known
    assert result.complaining.value == 2.5


def test_the_interval_is_the_exact_one_of_a_poisson_count():
    complaining = silent_customers(TWO_YEARS).complaining
    assert complaining.low == pytest.approx(chi2.ppf(0.025, 10) / 2 / 2)
    assert complaining.high == pytest.approx(chi2.ppf(0.975, 12) / 2 / 2)


def test_people_of_less_than_a_year_are_not_made_those_of_a_year():
    # two complained in 146 days; at 5 a year who complains again would count as somebody else
    half = contacts(["a", "b", "c"], [0, 73, 146], kind=["complaint", "question", "complaint"])
    result = silent_customers(half, orders(["a", "b", "c"], [0, 73, 400]))
    assert result.complaining.value == 2
    assert "beside 2 who complain, counting only the 146 days of these contacts" in result.text
    assert "a year" not in result.headline
    assert "not made a year" in result.method
    assert result.cells()[0][0] == "Customers who complain, in 146 days"
    assert "146 days" in result.sheet().iloc[0, 0]
    assert "complain, in 146 days" in result.plot().layout.annotations[0].text
    assert "146 days" in result.findings()[0].headline
    assert_says(result)


def test_eleven_months_are_made_a_year():
    most = contacts(["a", "b", "c"], [0, 100, 340], kind="complaint")
    assert silent_customers(most).complaining.value == pytest.approx(3 * 365 / 340)


def test_the_margin_of_less_than_a_year_is_said_to_be_that():
    bought = orders(["a", "a", "b", "c"], [0, 20, 30, 60], [100.0, 50.0, 60.0, 30.0])
    each = worth.of_customers(bought, 0.5)
    assert (each.value, each.days) == (40, 60)
    result = silent_customers(ONE_YEAR, bought, one_in_low=1, one_in_high=1.5)
    for said in (result.text, result.method):
        assert "counted over the 60 days of your orders" in said
    assert "a year." not in result.text.partition("With them")[2].partition("What a")[0]
    assert "Margin per customer in 60 days" in [row[0] for row in result.cells()]
    assert "less than a year" in result.plot().layout.annotations[3].text
    assert_says(result)
    whole = silent_customers(ONE_YEAR, orders(["a", "b"], [0, 364], 20.0))
    assert "counted over" not in whole.text + whole.method


def test_less_than_four_weeks_of_orders_tell_no_margin():
    assert worth.of_customers(orders(["a", "b"], [0, 27]), 0.5) is None
    assert worth.of_customers(orders(["a", "b"], [0, 28]), 0.5).n == 2


def test_the_own_margin_of_an_order_goes_before_the_share_of_revenue():
    bought = orders(["a", "a", "b"], [0, 50, 60], 100.0, margin=[10.0, np.nan, 30.0])
    each = worth.of_customers(bought, 0.35)
    assert each.value == pytest.approx(((10 + 35) + 30) / 2)
    assert worth.of_customers(bought.astype({"margin": "Float64"}), 0.35).value == pytest.approx(37.5)
    method = silent_customers(ONE_YEAR, bought, margin=0.35).method
    assert "that of the orders where it is filled in, else 35% of the revenue" in method


def test_customers_of_less_than_a_year_are_a_bound():
    # 40 customers, each ordering every 30 days for 60 days: a year has 40, and not 240 as stretched
    bought = orders([f"b{i}" for i in range(40)] * 3, np.repeat([0, 30, 60], 40))
    found = worth.customers_a_year(bought)
    assert (found.seen, found.days) == (40, 60)
    assert found.most == pytest.approx(40 * 365 / 60)
    result = silent_customers(ONE_YEAR, bought)
    said = "a year like the 60 days of your orders, with 40 customers, has at most 243, so it is at most one in 2.5"
    assert said in result.text
    assert worth.customers_a_year(orders(["a", "b"], [0, 364])).most == 2


def test_a_first_year_that_is_not_whole_is_left_out():
    eighteen_months = contacts(["a", "b", "c"], [0, 300, 548], kind=["complaint"] * 3)
    result = silent_customers(eighteen_months)
    assert (result.people, result.years) == (2, 1)


def test_the_handbooks_own_product():
    # 100 a year × 25 silent × 91 % × 20 euro: what is left is the chance in 100 complaints
    result = silent_customers(ONE_YEAR, value_per_customer=20.0, **FIXED)
    low, high = rows(result).loc["money", ["low", "high"]]
    assert (low, high) == pytest.approx((100 * 25 * 0.91 * 20 * 0.81, 100 * 25 * 0.91 * 20 * 1.21), rel=0.03)
    assert rows(result).loc["one_in", ["low", "high"]].tolist() == pytest.approx([26, 26])
    assert rows(result)["widens"]["complaints"] == pytest.approx(1)
    assert result.widest == "complaints"


def test_each_step_lies_within_the_product_of_the_ends():
    result = silent_customers(ONE_YEAR, one_in_low=10, one_in_high=40, leaving_low=0.3, leaving_high=0.91)
    found = rows(result)
    low, high = result.complaining.low, result.complaining.high
    assert low * 9 * 0.3 < found.loc["gone", "low"] < found.loc["gone", "high"] < high * 39 * 0.91
    assert found.loc["silent", "low"] == pytest.approx(100 * 9.4, rel=0.1)
    assert result.widest == "one_in"
    assert "assumption" in result.text
    assert found["widens"].sum() == pytest.approx(1)


def test_the_share_of_each_factor_follows_from_the_variances():
    # evenly on the scale of ratios from 10 to 40: variance (ln 4)² ÷ 12 of one_in, a little more of one_in − 1
    result = silent_customers(ONE_YEAR, one_in_low=1e6, one_in_high=4e6, leaving_low=0.5, leaving_high=0.5)
    of_count = 1 / 100
    assert rows(result)["widens"]["one_in"] == pytest.approx(
        (np.log(4) ** 2 / 12) / (np.log(4) ** 2 / 12 + of_count), abs=0.005
    )


def test_ends_may_be_given_in_either_order():
    one = silent_customers(ONE_YEAR, one_in_low=40, one_in_high=10, leaving_low=0.9, leaving_high=0.2)
    two = silent_customers(ONE_YEAR, one_in_low=10, one_in_high=40, leaving_low=0.2, leaving_high=0.9)
    pd.testing.assert_frame_equal(one.table, two.table)


def test_the_same_seed_gives_the_same_range():
    pd.testing.assert_frame_equal(silent_customers(ONE_YEAR).table, silent_customers(ONE_YEAR).table)
    other = silent_customers(ONE_YEAR, seed=5).table
    assert (other["high"] != silent_customers(ONE_YEAR).table["high"]).any()


def test_there_are_no_more_dissatisfied_customers_than_customers():
    # 100 complain, 250 buy in a year: one in 26 would make 2,600 dissatisfied
    bought = orders([f"b{i}" for i in range(250)], np.linspace(0, 364, 250))
    result = silent_customers(ONE_YEAR, bought)
    assert result.customers.most == pytest.approx(250)
    assert rows(result).loc["dissatisfied", "high"] <= 250
    assert rows(result).loc["gone", "high"] < 250
    assert "cannot be true here: with 250 customers a year it is at most one in 2.5" in result.text
    enough = orders([f"b{i}" for i in range(5000)], np.linspace(0, 365, 5000))
    assert "cannot be true" not in silent_customers(ONE_YEAR, enough).text


def test_the_value_of_a_customer_is_the_mean_of_the_last_year():
    bought = orders(["a", "a", "b", "c", "d"], [0, 500, 600, 700, 710], [999.0, 100.0, 60.0, 50.0, 10.0])
    each = worth.of_customers(bought, 0.5)
    assert (each.value, each.n) == (pytest.approx((100 + 60 + 50 + 10) / 4 * 0.5), 4)
    assert each.draws.min() >= 5
    assert each.draws.max() <= 50
    assert worth.of_customers(bought, 0.5, typed=7.0).estimate().low == 7
    assert worth.of_customers(None, 0.5) is None
    assert worth.of_customers(bought.assign(customer_id=None), 0.5) is None


@pytest.mark.parametrize("n", [400, 4000])
def test_the_draws_of_a_mean_are_as_wide_as_its_standard_error(n):
    values = np.random.default_rng(2).exponential(30, n)
    draws = worth.resampled_means(values, seed=1)
    assert draws.std() == pytest.approx(values.std(ddof=1) / n**0.5, rel=0.05)
    assert draws.mean() == pytest.approx(values.mean(), rel=0.01)


def test_what_is_typed_in_is_an_assumption():
    bought = orders([f"b{i}" for i in range(9000)], np.linspace(0, 364, 9000), 20.0)
    assert rows(silent_customers(ONE_YEAR, bought)).loc["value", "basis"] == "own data"
    assert (
        rows(silent_customers(ONE_YEAR, bought, value_per_customer=9.0)).loc["value", "basis"] == "assumption"
    )


def test_the_demo_shop():
    shop = open_shop()
    result = shop.call(silent_customers)
    complaints = shop.contacts[shop.contacts["kind"] == "complaint"]
    cut = shop.contacts["opened_at"].max() - pd.Timedelta(days=365)
    years = [complaints[complaints["opened_at"] > cut], complaints[complaints["opened_at"] <= cut]]
    assert result.people == sum(year["customer_id"].nunique() for year in years)
    assert result.years == 2
    assert result.check.n > 500
    assert_says(result)


def test_without_orders_there_is_no_money_but_the_rest():
    result = silent_customers(ONE_YEAR)
    assert "money" not in rows(result).index
    assert "Bring your orders" in result.text
    assert len(result.plot().layout.annotations) == 3


def test_no_complaint_at_all_is_a_range_from_nothing():
    result = silent_customers(ONE_YEAR.assign(kind="question"), value_per_customer=10.0)
    assert (result.people, result.complaining.low) == (0, 0)
    assert result.complaining.high == pytest.approx(3.689, abs=0.001)  # −ln(0.025)
    assert_says(result)


def test_what_is_neither_question_nor_complaint_is_told():
    kinds = ["complaint", None, None, *["question"] * 98]
    result = silent_customers(ONE_YEAR.assign(kind=kinds))
    assert result.unknown == 2
    assert "2 contacts" in result.method


@pytest.mark.parametrize("kinds", [None, pd.NA])
def test_without_kinds_it_says_what_is_needed(kinds):
    with pytest.raises(DataError, match=r"complaints.*question or complaint"):
        silent_customers(ONE_YEAR.assign(kind=kinds))
    with pytest.raises(DataError, match="complaints"):
        silent_customers(ONE_YEAR.drop(columns="kind"))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_little_time(n):
    few = contacts(["a"] * n, range(n), kind=["complaint"] * n)
    with pytest.raises(DataError, match="complaints" if n == 0 else "28 days"):
        silent_customers(few)


@pytest.mark.parametrize(
    "wrong",
    [
        {"one_in_low": 0.5},
        {"one_in_high": 0},
        {"leaving_low": -0.1},
        {"leaving_high": 1.2},
        {"within": "soon"},
    ],
)
def test_assumptions_that_cannot_be(wrong):
    with pytest.raises(SettingError):
        silent_customers(ONE_YEAR, **wrong)


# the check


def test_who_stayed_away_is_compared_with_others_as_long_after_an_order():
    # everybody orders on day 100; 40 complain on day 110, 10 of them order again, of 200 others 100, on day 130
    who = [f"k{i}" for i in range(40)] + [f"o{i}" for i in range(200)]
    again = [f"k{i}" for i in range(10)] + [f"o{i}" for i in range(100)]
    bought = orders([*who, *again, "last"], [100] * 240 + [130] * 110 + [400])
    asked = contacts([f"k{i}" for i in range(40)], [110] * 40, start="2026-01-01 12:00", kind="complaint")
    check = stayed_away(asked, bought, within=pd.Timedelta("90D"))
    assert (check.n, check.never, check.open) == (40, 0, 0)
    assert check.share.value == 0.75
    assert check.usual == 0.5
    assert check.difference.low < 0.25 < check.difference.high
    assert check.difference.low > 0


def test_windows_that_are_not_over_and_strangers_are_left_out():
    bought = orders(["a", "b", "c", "d", "e", "f"] * 2, [0] * 6 + [50] * 6)
    asked = contacts(["a", "b", "zoe"], [5, 45, 5], start="2026-01-01 12:00", kind="complaint")
    check = stayed_away(asked, bought, within=pd.Timedelta("20D"))
    assert check is None or (check.open, check.never) == (1, 1)


def test_there_is_no_check_without_orders_or_known_customers():
    ninety = pd.Timedelta("90D")
    assert stayed_away(ONE_YEAR, None, within=ninety) is None
    assert stayed_away(ONE_YEAR.assign(customer_id=None), orders(["a"], [0]), within=ninety) is None
    assert stayed_away(ONE_YEAR, orders([None], [0]), within=ninety) is None
    assert silent_customers(ONE_YEAR, orders([None], [0])).check is None


def test_no_difference_is_found_where_there_is_none():
    rng = np.random.default_rng(8)
    who = rng.integers(0, 900, 6000).astype(str)
    bought = orders(who, rng.uniform(0, 700, 6000))
    asked = contacts(
        rng.integers(0, 900, 250).astype(str),
        rng.uniform(200, 500, 250),
        start="2026-01-01",
        kind="complaint",
    )
    check = stayed_away(asked, bought, within=pd.Timedelta("30D"))
    assert check.n > 150
    assert check.difference.low < 0 < check.difference.high


# what is said


def test_everything_is_a_range_and_nothing_is_odd():
    bought = orders([f"b{i}" for i in range(900)], np.linspace(0, 365, 900), np.linspace(5, 90, 900))
    for result in (silent_customers(ONE_YEAR, bought), silent_customers(TWO_YEARS)):
        assert_says(result)
    assert " to " in silent_customers(ONE_YEAR, bought).headline
    with language.speaking("en"):
        cells = silent_customers(ONE_YEAR, bought, **FIXED).cells()
    assert cells[4][2:4] == ["91%", "91%"]


def test_the_picture_tells_every_step_from_and_to():
    bought = orders([f"b{i}" for i in range(9000)], np.linspace(0, 365, 9000), 20.0)
    said = [label.text for label in silent_customers(ONE_YEAR, bought).plot().layout.annotations]
    assert len(said) == 4
    assert all(" to " in text for text in said)
    assert "€" in said[3]


def test_the_finding_is_the_range_of_the_silent_and_its_money_is_an_assumption():
    result = silent_customers(ONE_YEAR, value_per_customer=20.0)
    (finding,) = result.findings()
    assert finding.value is None
    assert finding.certainty == "likely"
    assert "two assumptions" in finding.headline
    gone = rows(result).loc["gone"]
    assert [finding.estimate.low, finding.estimate.high] == [rough(gone["low"]), rough(gone["high"])]
    assert finding.estimate.low < finding.estimate.value < finding.estimate.high
    assert finding.benchmark == "complain-1-in-26"
    assert finding.assumptions


def test_customers_of_other_kinds_of_columns_are_the_same():
    other = TWO_YEARS.astype({"customer_id": "category", "kind": "category"}).set_axis(range(7, -1, -1))
    pd.testing.assert_frame_equal(silent_customers(TWO_YEARS).table, silent_customers(other).table)


def test_times_told_in_other_units_are_the_same():
    bought = orders([f"k{i}" for i in range(101)] * 2, [0] * 101 + [300] * 101)
    one = stayed_away(ONE_YEAR, bought, within=pd.Timedelta("90D"))
    other = bought.assign(ordered_at=bought["ordered_at"].dt.as_unit("s"))
    assert stayed_away(ONE_YEAR, other, within=pd.Timedelta("90D")) == one
