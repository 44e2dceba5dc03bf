"""The prediction tried on a hidden part of the orders: counted by hand, against what is known, and refused."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.value.mirror import mirror
from csworkbook.value.predict import predict

from .shops import orders
from .simulated import shop


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
    few = drawn.head(2000)
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
