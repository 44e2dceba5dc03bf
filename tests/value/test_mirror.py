"""The prediction tried on a hidden part of the orders: counted by hand, against what is known, and refused."""

from __future__ import annotations

from dataclasses import replace

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language, open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import Estimate
from csworkbook.value.mirror import mirror
from csworkbook.value.predict import predict

from .shops import orders
from .simulated import shop, some


def clockwork(customers: int = 60, every: int = 30, days: int = 360) -> pd.DataFrame:
    """Everybody orders every thirty days, on the same days."""
    first = pd.Timestamp("2025-01-01")
    at = [str((first + pd.Timedelta(days=day)).date()) for day in range(0, days + 1, every)]
    return orders([(f"c{i}", day, 20.0) for i in range(customers) for day in at])


@pytest.fixture(scope="module")
def drawn() -> pd.DataFrame:
    return shop(4000, seed=4)


def test_the_simple_guesses_are_as_counted_by_hand():
    """Days 0 to 360, the last 90 hidden: orders on days 0, 30 … 270, then on days 300, 330 and 360."""
    result = mirror(clockwork(), hidden="90D")
    rows = result.table.set_index("way")
    assert rows["seen"].tolist() == [180, 180, 180]
    assert rows.loc["same rate", "predicted"] == pytest.approx(60 * 9 / 270 * 90)
    assert rows.loc["same rate", ["off", "miss"]].tolist() == pytest.approx([0.0, 0.0])
    assert rows.loc["nobody", ["predicted", "off"]].tolist() == [0.0, -1.0]
    assert rows.loc["nobody", "miss"] == pytest.approx(3.375**0.5 - 0.375**0.5)  # three orders missed
    assert (result.days, result.customers, result.seen, result.spent) == (90, 60, 180, 3600.0)
    assert result.groups["customers"].tolist() == [60]
    assert result.groups["seen"].tolist() == [3.0]


def test_where_a_simple_guess_is_nearer_it_is_said():
    result = mirror(clockwork(), hidden="90D")
    assert (result.better, result.nearest) == ("no", "same rate")
    assert (
        "the simple guess “everybody at the same rate as before” came nearer, so do not lean on it"
        in result.text
    )
    found = predict(clockwork())
    assert "so do not lean on it" in found.text
    assert found.findings()[0].estimate is None
    assert_says(result)


def test_customers_who_are_as_the_model_says_are_foretold(drawn):
    result = mirror(drawn)
    assert result.better == "yes"
    assert (
        result.days == (drawn["ordered_at"].max().floor("D") - drawn["ordered_at"].min().floor("D")).days // 3
    )
    assert result.predicted.low <= result.seen <= result.predicted.high
    assert result.revenue.low <= result.spent <= result.revenue.high
    assert result.inside.value >= 0.95
    groups = result.groups
    assert ((groups["seen"] >= groups["low"]) & (groups["seen"] <= groups["high"])).sum() >= len(groups) - 1
    assert f"{language.number(result.seen)} seen" in result.headline
    assert_says(result)


def test_two_guesses_are_two_looks(drawn):
    """Each p-value is scipy's; the smaller one counts twice, the larger one at least as much (Holm 1979)."""
    from scipy.stats import ttest_1samp

    drawn = some(drawn)
    result = mirror(drawn)
    cut = result.since + pd.Timedelta(days=1)
    known = drawn.assign(day=drawn["ordered_at"].dt.floor("D")).drop_duplicates(["customer_id", "day"])
    told = predict(drawn[known["ordered_at"].reindex(drawn.index) < cut], horizon=f"{result.days}D")
    later = known[known["day"] >= cut].groupby("customer_id").size()
    frame = told.table.set_index("customer_id")
    seen = later.reindex(frame.index).fillna(0)

    def miss(guess):
        return (np.sqrt(guess + 0.375) - np.sqrt(seen + 0.375)) ** 2

    early = known[known["day"] < cut].groupby("customer_id")["day"].agg(["size", "min"]).reindex(frame.index)
    lasted = (result.since - early["min"]).dt.days
    same = ((early["size"] - 1) / lasted.where(lasted > 0) * result.days).fillna(0)
    own = miss(frame["expected_orders"])
    p = {
        way: ttest_1samp(miss(guess) - own, 0).pvalue
        for way, guess in (("same rate", same), ("nobody", 0 * same))
    }
    small, large = sorted(p, key=p.get)
    assert result.gains[small].p == pytest.approx(min(2 * p[small], 1), rel=1e-4)
    assert result.gains[large].p == pytest.approx(min(max(2 * p[small], p[large]), 1), rel=1e-4)


@pytest.mark.parametrize(
    ("same", "nobody", "verdict"),
    [((2, 0.01), (3, 0.01), "yes"), ((2, 0.06), (3, 0.01), "cannot tell yet"), ((-2, 0.06), (3, 0.01), "cannot tell yet"),
     ((-2, 0.04), (3, 0.01), "no"), ((-2, 0.04), (3, 0.9), "no"), ((2, 0.04), (-3, 0.9), "cannot tell yet")],
)  # fmt: skip
def test_the_verdict_is_by_the_corrected_p_values(drawn, same, nobody, verdict):
    gains = {
        way: Estimate(value, value - 9, value + 9, 100, "number", p)
        for way, (value, p) in (("same rate", same), ("nobody", nobody))
    }
    assert replace(mirror(drawn), gains=gains).better == verdict


def test_where_all_guesses_are_as_good_nobody_wins():
    """Small shops as the model says: a guess is seldom called nearer."""
    called = [mirror(shop(60, seed=seed, r=0.4, alpha=30.0), hidden="60D").better for seed in range(30)]
    assert called.count("no") <= 4


def test_how_far_off_beyond_its_own_range(drawn):
    """Foretold 100 with a standard deviation of 10, seen 130: 30² − 10² beyond; money 1,000 ± 100, spent 1,050: nothing."""
    result = replace(
        mirror(drawn),
        predicted=Estimate(100.0, 80.4, 119.6, 9, "number"),
        seen=130,
        revenue=Estimate(1000.0, 804.0, 1196.0, 9, "money"),
        spent=1050.0,
    )
    beyond = (30**2 - 10**2) ** 0.5 / 100
    assert result.beyond(result.days) == pytest.approx((beyond, beyond))  # of money at least that of orders
    assert result.beyond(4 * result.days) == pytest.approx((2 * beyond, 2 * beyond))
    assert result.beyond(1) == result.beyond(result.days)  # never surer than on the days it was tried on
    assert not result.held
    fine = replace(result, seen=109)
    assert fine.held
    assert fine.beyond(9999) == (0.0, 0.0)
    dear = replace(fine, spent=1300.0)
    assert dear.beyond(1) == pytest.approx((0.0, beyond))
    assert not dear.held
    nothing = replace(result, predicted=Estimate(0.0, 0.0, 0.0, 9), revenue=Estimate(0.0, 0.0, 0.0, 9))
    assert nothing.beyond(365) == (0.0, 0.0)


def test_what_is_counted_is_said(drawn):
    result = mirror(pd.concat([drawn, drawn.head(3).assign(customer_id=None)], ignore_index=True))
    assert "An order of 0 of which nothing was paid back" in result.method
    assert "Left out: 3 orders without a customer" in result.method


def test_the_axis_is_short_enough_in_dutch():
    """At the height of a picture some thirty letters stand beside it."""
    with language.speaking("nl"):
        title = open_shop().call(mirror).plot().layout.yaxis.title.text
    assert title == "Bestellingen per klant"


def test_seen_are_the_orders_of_known_customers_only(drawn):
    result = mirror(drawn, hidden="100D")
    day = drawn["ordered_at"].dt.floor("D")
    cut = day.max() - pd.Timedelta(days=100)
    known = set(drawn.loc[day <= cut, "customer_id"])
    later = drawn[(day > cut) & drawn["customer_id"].isin(known)]
    assert result.customers == len(known)
    assert result.seen == len(later.assign(day=day).drop_duplicates(["customer_id", "day"]))
    assert result.spent == pytest.approx(later["revenue"].sum())


def test_nobody_came_back():
    quiet = shop(200, seed=1)
    cut = quiet["ordered_at"].min() + pd.Timedelta(days=300)
    early = quiet[quiet["ordered_at"] <= cut]
    late = orders([("somebody new", str((cut + pd.Timedelta(days=200)).date()), 10.0)])
    result = mirror(pd.concat([early, late], ignore_index=True), hidden="150D")
    assert result.seen == 0
    assert np.isnan(result.table["off"]).all()
    assert "0 seen (nobody came back)" in result.text
    assert_says(result)


def once_each(customers: int = 400) -> pd.DataFrame:
    """Everybody ordered once, spread over two years."""
    first = pd.Timestamp("2024-01-01")
    at = first + pd.to_timedelta(np.arange(customers) * 730 // customers, "D")
    return orders([(f"c{i}", str(day.date()), 20.0 + i % 7) for i, day in enumerate(at)])


def test_where_everybody_bought_once_there_is_nothing_to_check():
    """Days 0 to 728, 242 of them hidden: customers 0 to 266 (day 730 · 266 / 400 = 485) bought in the first 486."""
    with pytest.raises(DataError, match=r"None of the 267 customers .* nothing to foretell from"):
        mirror(once_each())
    one = once_each(100)
    late = orders([("c0", "2025-12-28", 20.0)])  # one who came back, in the hidden part
    assert mirror(pd.concat([one, late], ignore_index=True)).seen == 1


def test_nothing_foretold_and_nothing_seen_is_no_miss(drawn):
    """Money cannot be surely above nought where no order at all lies in the range."""
    quiet = replace(
        mirror(drawn), predicted=Estimate(0.4, 0.0, 3.0, 9, "number"), seen=0,
        revenue=Estimate(8.0, 0.1, 40.0, 9, "money"), spent=0.0,
    )  # fmt: skip
    assert quiet.held
    assert quiet.beyond(quiet.days) == (0.0, 0.0)
    assert not replace(quiet, predicted=Estimate(9.0, 4.0, 16.0, 9, "number")).held


def test_the_cdnow_hold_out_is_as_published(realdata):
    """39 weeks after 39: per customer nearer than both guesses, too low by little (Fader, Hardie & Lee 2005:
    at week 78 all repeat purchases together fall 4% short)."""
    columns = ["master", "customer_id", "day", "discs", "revenue"]
    sales = pd.read_fwf(realdata / "orders" / "CDNOW_sample.txt", header=None, names=columns, dtype=str)
    sales = sales.assign(
        order_id=np.arange(len(sales)).astype(str),
        ordered_at=pd.to_datetime(sales["day"]),
        revenue=sales["revenue"].astype(float),
    )
    result = mirror(sales, hidden="273D")
    before = sales[sales["ordered_at"] <= "1997-09-30"].drop_duplicates(["customer_id", "day"])
    so_far = len(before) - before["customer_id"].nunique()
    assert result.customers == 2357
    assert (so_far + result.predicted.value) / (so_far + result.seen) == pytest.approx(0.96, abs=0.02)
    assert result.better == "yes"
    assert result.inside.value >= 0.95


def test_an_engines_table_gives_the_same(drawn):
    few = some(drawn)
    one, other = mirror(few), mirror(ibis.memtable(few))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_the_order_of_rows_changes_nothing(drawn):
    mixed = drawn.sample(frac=1, random_state=2).set_index(np.zeros(len(drawn)))
    assert mirror(mixed).text == mirror(drawn).text


@pytest.mark.parametrize(
    "table", [orders([("a", "2026-01-01", 10.0)]), orders([(f"c{i}", "2026-01-01", 9.0) for i in range(90)]),
              clockwork(customers=5), clockwork(days=60)]
)  # fmt: skip
def test_too_few_or_too_short_is_refused_in_words(table):
    with pytest.raises(DataError, match=r"cannot be checked"):
        mirror(table)
    assert predict(table).mirror is None


def test_odd_lengths_are_refused(drawn):
    with pytest.raises(SettingError, match=r"no length of time"):
        mirror(drawn, hidden="soon")
    with pytest.raises(DataError, match=r"cannot be checked"):
        mirror(drawn, hidden="700D")
