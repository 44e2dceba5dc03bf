"""Shares of personas over time: planted shifts are found, steady shops are left alone."""

from __future__ import annotations

import pandas as pd
import pytest
from effort.tables import assert_says
from statsmodels.stats.proportion import proportion_confint

from csworkbook import figures
from csworkbook.errors import DataError, SettingError
from csworkbook.personas.described import features_of
from csworkbook.personas.over_time import moves
from csworkbook.personas.search import find

from .shops import ZONE, drawn

HALF = pd.Timestamp("2025-01-01", tz=ZONE)


@pytest.fixture(scope="module")
def shop():
    return drawn(1, 1500, kinds=3, again=0.6)


@pytest.fixture(scope="module")
def saved(shop):
    return find(features_of(*shop.tables)).saved


def test_shares_of_a_month_add_up_and_have_wilsons_interval(shop, saved):
    found = moves(*shop.tables, personas=saved)
    table = found.table
    assert (table.groupby("month")["share"].sum().round(9) == 1).all()
    month = shop.orders["ordered_at"].dt.tz_localize(None).dt.to_period("M")
    by_hand = shop.orders.groupby(month)["customer_id"].nunique()
    assert (
        table.drop_duplicates("month")["n"].tolist() == by_hand.tolist()[:-1]
    )  # 31 December 2025 is not there
    low, high = proportion_confint(table["count"], table["n"], method="wilson")
    assert table["low"].to_numpy() == pytest.approx(low)
    assert table["high"].to_numpy() == pytest.approx(high)
    assert_says(found)


def test_a_steady_shop_has_no_shift(shop, saved):
    found = moves(*shop.tables, personas=saved)
    assert found.surest is None
    assert found.findings() == []
    assert "same kinds of customers" in found.text


def test_every_persona_has_a_line_that_the_house_draws(shop, saved):
    lines = moves(*shop.tables, personas=saved).plot().data
    assert len({(line.line.color, line.marker.symbol) for line in lines}) == len(lines) == 3
    assert {line.line.color for line in lines} <= set(figures.SERIES)


def test_a_shift_is_found_in_the_month_it_was_planted(shop, saved):
    """From 2025 on half of the customers of one kind buy no more."""
    kind = shop.kinds.loc[shop.orders["customer_id"]].to_numpy()
    gone = (kind == 0) & (shop.orders["ordered_at"] >= HALF) & (shop.orders["customer_id"] > "k00500")
    found = moves(shop.orders[~gone], shop.lines, shop.contacts, personas=saved)
    chairs = next(n for n, name in enumerate(found.names, 1) if "chairs" in name)
    shift = found.shifts[chairs]
    assert found.surest == chairs
    assert found.when(chairs) == pd.Timestamp("2025-01-01")
    assert shift.before.value > shift.since.value
    assert len(found.findings()) == 1
    assert_says(found)


def test_months_that_are_not_whole_are_left_out(shop, saved):
    until = shop.orders["ordered_at"] < pd.Timestamp("2025-11-12", tz=ZONE)
    since = shop.orders["ordered_at"] > pd.Timestamp("2024-02-10", tz=ZONE)
    part = shop.orders[until & since]
    found = moves(part, shop.lines, shop.contacts, personas=saved)
    months = found.table["month"]
    assert (months.min(), months.max()) == (pd.Timestamp("2024-03-01"), pd.Timestamp("2025-10-01"))
    inside = part["ordered_at"].between(
        pd.Timestamp("2024-03-01", tz=ZONE), pd.Timestamp("2025-11-01", tz=ZONE)
    )
    assert found.left_out == (~inside).sum()


def test_quarters_are_too_few_to_say(shop, saved):
    part = shop.orders[shop.orders["ordered_at"] < pd.Timestamp("2025-04-01", tz=ZONE)]
    found = moves(part, shop.lines, shop.contacts, personas=saved, by="quarter")
    assert found.table["quarter"].nunique() == 5
    assert "too few periods" in found.text
    assert_says(found)


def test_what_cannot_be_asked(shop, saved):
    with pytest.raises(SettingError):
        moves(*shop.tables, personas=saved, by="day")
    days = shop.orders["ordered_at"].between(
        pd.Timestamp("2025-02-05", tz=ZONE), pd.Timestamp("2025-02-20", tz=ZONE)
    )
    with pytest.raises(DataError):
        moves(shop.orders[days], shop.lines, shop.contacts, personas=saved)


def crowded(shop, months):
    """In these months three customers of every day more, who buy lamps only."""
    days = [day for month in months for day in pd.date_range(month, periods=28, freq="D", tz=ZONE)]
    who = [f"extra{one:04d}" for one in range(3 * len(days))]
    number = [f"e{one}" for one in range(len(who))]
    at = pd.DatetimeIndex(days).repeat(3)
    orders = pd.DataFrame({"order_id": number, "customer_id": who, "ordered_at": at, "revenue": 40.0})
    lines = pd.DataFrame({"order_id": number, "price": 40.0, "quantity": 1, "category": "lamps"})
    return (
        pd.concat([shop.orders, orders]),
        pd.concat([shop.lines, lines.assign(product_id="p1")]),
        shop.contacts,
    )


@pytest.mark.parametrize("months", [["2024-12-01"], ["2024-06-01", "2025-06-01"]])
def test_a_peak_that_passes_is_named_and_no_shift(shop, saved, months):
    found = moves(*crowded(shop, months), personas=saved)
    assert found.surest is None
    assert "stayed there" in found.headline
    peak = found.peak
    assert "lamps" in found.names[peak.persona - 1]
    assert f"{peak.at:%Y-%m-%d}" in months
    part = found.table[found.table["persona"] == peak.persona]
    there = part["month"].isin(pd.to_datetime(months))
    assert peak.share.value == pytest.approx(part[there]["count"].sum() / part[there]["n"].sum())
    assert peak.usual == pytest.approx(part[~there]["count"].sum() / part[~there]["n"].sum())
    assert peak.yearly == (len(months) == 2)
    assert ("Each June" if peak.yearly else "In December 2024") in found.text
    assert_says(found)


def test_one_of_two_decembers_is_not_each_december(shop, saved):
    orders, lines, contacts = crowded(shop, ["2024-12-01"])
    late = shop.orders.tail(1).assign(order_id="last", ordered_at=pd.Timestamp("2026-01-02", tz=ZONE))
    orders = pd.concat([orders, late])
    found = moves(orders, lines, contacts, personas=saved)
    assert (found.table["month"] == "2025-12-01").any()
    assert not found.peak.yearly


def test_a_steady_shop_has_no_peak(shop, saved):
    assert moves(*shop.tables, personas=saved).peak is None
