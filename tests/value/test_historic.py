"""What customers brought so far: counted by hand and by brute force; the formulas as published and as simulated."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from scipy import stats

from csworkbook import open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.value import historic
from csworkbook.value.formulas import period, simple, traditional, with_margin, worked_out
from csworkbook.value.historic_result import quarter

from .shops import ODD, orders, random_shop

BY_HAND = orders(
    [
        ("ann", "2025-01-10", 100.0),
        ("ann", "2025-03-20", 60.0),  # day 69: within three months
        ("ann", "2025-08-01", 40.0),  # day 203: within a year
        ("bob", "2025-02-28", 50.0),
        ("cas", "2025-06-30", 30.0),
        ("cas", "2026-03-31", 70.0),  # day 274, and the last day of all
    ]
)


# ---------------------------------------------------------------- by hand
def test_cohorts_by_hand():
    result = historic(BY_HAND, margin=0.5)
    table = result.table
    assert [str(day.date()) for day in table["cohort"]] == ["2025-01-01", "2025-04-01"]
    assert table["customers"].tolist() == [2, 1]
    assert table["revenue"].tolist() == [125, 100]
    assert table["margin"].tolist() == [62.5, 50]
    assert table["margin_3"].tolist() == [(80 + 25) / 2, 15]
    assert table["margin_12"].iloc[0] == (100 + 25) / 2
    assert np.isnan(table["margin_12"].iloc[1])  # 30 June and a year is not over on 31 March
    assert table["small"].all()
    assert table.filter(regex="low|high").isna().all(axis=None)  # two customers have no range
    assert_says(result)


def test_ranges_are_those_of_t_and_never_below_nought():
    """30 customers of the first quarter of 2025 have a range, 29 of the third have none."""
    paid = np.arange(30) * 2.0 + 10
    rows = [(f"a{i}", "2025-02-01", each) for i, each in enumerate(paid)]
    rows += [(f"b{i}", "2025-08-01", 20.0) for i in range(29)]
    dear = [(f"c{i}", "2025-12-31", 1.0) for i in range(39)] + [("firm", "2025-12-31", 90_000.0)]
    result = historic(orders(rows + dear), margin=0.5)
    table = result.table
    assert table["small"].tolist() == [False, True, False]
    low, high = stats.t.interval(0.95, 29, paid.mean(), stats.sem(paid))
    assert table.loc[0, ["revenue_low", "revenue_high"]].tolist() == pytest.approx([low, high])
    assert table.loc[0, ["margin_low", "low_3"]].tolist() == pytest.approx([low / 2, low / 2])
    assert table.loc[1].filter(regex="low|high").isna().all()
    assert table.loc[2, ["revenue_low", "margin_low"]].tolist() == [0, 0]
    assert table.loc[2, "revenue_high"] > 4000
    assert result.per_customer.low == 0
    hover = result.plot().data[0].hovertext
    assert hover[1] == f"{quarter(pd.Timestamp(2025, 7, 1))}: €10.00, n = 29 (small group)"
    assert_says(result)


def test_a_loss_may_be_below_nought():
    rows = [(f"c{i}", "2025-11-01", 10.0) for i in range(40)]
    result = historic(orders(rows, margin=[-5.0] * 20 + [5.0] * 20))
    assert result.table.loc[0, "margin_low"] < 0
    assert result.per_customer.low < 0


def test_one_customer_is_said_as_one():
    assert historic(BY_HAND.head(3)).text.startswith("Your one customer brought €70.00")
    assert "of 3 customers" in historic(BY_HAND).text


def test_a_window_is_over_when_it_is_over_for_the_last_day_of_the_cohort():
    rows = [
        ("ann", "2025-01-01", 10.0),
        ("bob", "2025-06-30", 10.0),
    ]  # three months from 31 March are over on 29 June
    assert historic(orders(rows)).table["margin_3"].notna().tolist() == [True, False]
    earlier = [("ann", "2025-01-01", 10.0), ("bob", "2025-06-28", 10.0)]
    assert historic(orders(earlier)).table["margin_3"].isna().all()


def test_months_and_what_was_paid_back():
    returns = pd.DataFrame(
        {"order_id": ["o1"], "product_id": "p", "returned_at": "2025-04-01", "amount": [60.0]}
    )
    result = historic(BY_HAND, returns, margin=0.5, by="month")
    assert result.table["customers"].tolist() == [1, 1, 1]
    assert result.table["revenue"].tolist() == [140, 50, 100]
    assert "1 order for which nothing was paid, or all was paid back" in result.method


# ---------------------------------------------------------------- against others
@pytest.mark.parametrize("seed", range(3))
def test_against_brute_force(seed):
    frame = random_shop(seed)
    last = frame["ordered_at"].max().normalize()
    result = historic(frame, margin=0.4)
    days = frame.assign(day=frame["ordered_at"].dt.normalize())
    first = days.groupby("customer_id")["day"].min()
    for row in result.table.itertuples():
        end = row.cohort + pd.DateOffset(months=3)
        mine = first[(first.dt.tz_localize(None) >= row.cohort) & (first.dt.tz_localize(None) < end)]
        assert row.customers == len(mine)
        own = days[days["customer_id"].isin(mine.index)]
        assert row.revenue == pytest.approx(own["revenue"].sum() / len(mine))
        for months, length in ((3, 91), (6, 182), (12, 365)):
            over = end.tz_localize("UTC") + pd.Timedelta(days=length - 2) <= last
            early = own[own["day"] < own["customer_id"].map(first) + pd.Timedelta(days=length)]
            expected = early["revenue"].sum() * 0.4 / len(mine) if over else np.nan
            assert getattr(row, f"margin_{months}") == pytest.approx(expected, nan_ok=True)


def test_a_table_of_an_engine_says_the_same():
    shop = open_shop()
    one = historic(shop.orders, shop.returns, zone="Europe/Amsterdam")
    other = historic(ibis.memtable(shop.orders), ibis.memtable(shop.returns), zone="Europe/Amsterdam")
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.left_out == other.left_out
    np.testing.assert_allclose(one.formulas["value"], other.formulas["value"])


def test_the_first_year_is_that_of_everybody_whose_year_is_over():
    frame = random_shop(7, customers=300)
    result = historic(frame, margin=1.0)
    days = frame.assign(day=frame["ordered_at"].dt.normalize())
    first = days["customer_id"].map(days.groupby("customer_id")["day"].min())
    old = first + pd.Timedelta(days=364) <= days["day"].max()
    year = days[old & (days["day"] < first + pd.Timedelta(days=365))].groupby("customer_id")["revenue"].sum()
    told = result.after(12)
    assert (told.value, told.n) == (pytest.approx(year.mean()), len(year))
    assert (told.low, told.high) == pytest.approx(
        stats.t.interval(0.95, len(year) - 1, year.mean(), stats.sem(year))
    )


def test_how_fast_it_comes_is_of_a_first_year_that_is_told():
    """40 customers with two thirds of their year at once; then 29 of them, too few to tell a year by."""
    rows = [
        (f"c{i}", day, paid) for i in range(40) for day, paid in (("2024-01-05", 20.0), ("2024-09-01", 10.0))
    ]
    late = [("z", "2025-12-31", 5.0)]
    result = historic(orders(rows + late))
    assert result.early == pytest.approx(2 / 3)
    assert "Of that 67% comes in the first three months" in result.text
    assert "most of the value comes early" in result.findings()[0].action
    slow = [(who, day, 30.0 - paid) for who, day, paid in rows]
    assert "most of the value comes early" not in historic(orders(slow + late)).findings()[0].action
    few = [row for row in rows if int(row[0][1:]) < 29]
    new = [(f"n{i}", "2025-06-05", 20.0) for i in range(40)]
    short = historic(orders(few + new + late))
    assert short.longest == 6
    assert short.early is None
    assert "Of that" not in short.text


# ---------------------------------------------------------------- the formulas
def test_the_graphic_that_the_handbook_points_to():
    """KISSmetrics 2011: 25,272, 5,489 and 11,535 dollars, on average 14,099."""
    found = [simple(24.30, 52, 20), with_margin(5.90, 52 * 4.20, 20, 0.213)]
    found.append(traditional(52 * 24.30 * 20 * 0.213, 0.75, 0.10))
    assert [round(value) for value in found] == [25_272, 5_489, 11_535]
    assert round(np.mean(found)) == 14_099


def test_by_the_year_is_the_sum_of_discounted_years():
    years = np.arange(500)
    summed = (10.0 * 0.6**years / 1.1**years).sum()  # 10 at once, and as long as the customer stays
    assert 10 + traditional(10, 0.6, 0.1) == pytest.approx(summed)


def test_own_figures_by_hand():
    """40 customers of the year before, 10 of them stay; 30 come new; every purchase 20, the margin a quarter."""
    stay, go, new = 10, 30, 30
    frame = pd.DataFrame({"before": [1] * (stay + go) + [0] * new, "now": [1] * stay + [0] * go + [1] * new})
    frame["now_visits"] = frame["now"] * 2
    frame["now_spent"], frame["now_margin"] = frame["now_visits"] * 20.0, frame["now_visits"] * 5.0
    own, table = worked_out(frame.astype(float), 365, 0.10)
    assert (own.spend, own.visits, own.margin, own.retention) == (20, 2, 0.25, 0.25)
    assert own.years == pytest.approx(4 / 3)
    told = table.set_index("formula")
    assert told.loc["simple", "value"] == pytest.approx(20 * 2 * 4 / 3)
    assert told.loc["with_margin", "value"] == pytest.approx(20 * 2 / 3)
    assert told.loc["as_in_graphic", "value"] == pytest.approx(20 * 2 / 3 * 0.25 / 0.85)
    assert told.loc["per_year", "value"] == pytest.approx(10 + 10 * 0.25 / 0.85)
    assert (told["low"] < told["value"]).all()
    assert (told["value"] < told["high"]).all()


def test_the_intervals_of_the_formulas_cover():
    """Customers stay a year with chance .3 and buy 1 + Poisson(1) times: the true value is known."""
    rng = np.random.default_rng(1)
    hit, tries, n = 0, 200, 400
    for seed in range(tries):
        before = rng.random(n) < 0.5
        now = np.where(before, rng.random(n) < 0.3, rng.random(n) < 0.6)
        visits = now * (1 + rng.poisson(1.0, n))
        spent = visits * rng.gamma(4, 5, n)
        frame = pd.DataFrame({"before": before, "now": now, "now_visits": visits, "now_spent": spent})
        _own, table = worked_out(frame.assign(now_margin=spent * 0.5).astype(float), 365, 0.1, seed)
        row = table.set_index("formula").loc["per_year"]
        hit += row["low"] <= 20 * 2 * 0.5 * (1 + 0.3 / 0.8) <= row["high"]
    assert 0.91 <= hit / tries <= 0.985


def test_no_formulas_without_two_periods():
    assert (period(731), period(730), period(119)) == (365, 365, 0)
    result = historic(random_shop(1, customers=30, days=80))
    assert result.own is None
    assert result.formulas.empty
    assert "too few customers, or too little time" in result.text


# ---------------------------------------------------------------- odd
@pytest.mark.parametrize("name", ODD)
def test_odd_shops(name):
    result = historic(orders(ODD[name]))
    assert result.table["customers"].sum() == len({c for c, _at, revenue in ODD[name] if revenue > 0})
    assert_says(result)


def test_the_order_of_the_rows_changes_nothing():
    frame = random_shop(2)
    one, other = historic(frame), historic(frame.sample(frac=1, random_state=9))
    assert one.table.equals(other.table)
    assert one.formulas.equals(other.formulas)


def test_what_cannot_be():
    for nothing in (BY_HAND.iloc[:0], BY_HAND.assign(revenue=-1.0)):
        for source in (nothing, ibis.memtable(nothing)):
            with pytest.raises(DataError, match="purchase"):
                historic(source)
    for wrong in ({"by": "week"}, {"margin": 2.0}, {"discount_rate": 1.5}):
        with pytest.raises(SettingError):
            historic(BY_HAND, **wrong)


def test_the_demo_shop():
    result = open_shop().call(historic)
    assert result.longest == 12
    assert result.after(3).value < result.after(6).value < result.after(12).value
    assert_says(result)
