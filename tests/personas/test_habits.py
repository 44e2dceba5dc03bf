"""When and what personas buy: counted by hand, planted, and the same from a frame and from a table in an engine."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language, open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.personas import rows
from csworkbook.personas.likeness.habits import habits

from .likeness import ZONE, demo, personas, shop

HAND = pd.DataFrame(
    {
        "order_id": ["1", "2", "3", "4", "5", "6"],
        "customer_id": ["ann", " ann", "bob", "", None, "bob"],
        "ordered_at": pd.to_datetime(
            [
                "2025-12-31 23:30",
                "2025-03-30 00:59",
                "2025-06-02 10:00",
                "2025-06-02 10:00",
                "2025-06-02 11:00",
                "2025-06-03 10:00",
            ],
            utc=True,
        ),
        "revenue": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0],
        "refunded": [None, 5.0, 0.0, None, None, 60.0],
        "device": pd.Categorical(["mobile", "desktop", None, "mobile", "mobile", "mobile"]),
    }
)


def as_dict(table: pd.DataFrame) -> dict:
    return {(c, v): n for c, v, n in table[["customer_id", "value", "count"]].to_numpy().tolist()}


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        # 23:30 UTC on 31 December is half past midnight on 1 January in Amsterdam, a Thursday
        ("month", {("ann", 1): 1, ("ann", 3): 1, ("bob", 6): 1}),
        ("weekday", {("ann", 4): 1, ("ann", 7): 1, ("bob", 1): 1}),
        ("hour", {("ann", 0): 1, ("ann", 1): 1, ("bob", 12): 1}),
        ("device", {("ann", "mobile"): 1, ("ann", "desktop"): 1}),
    ],
)
def test_orders_that_are_purchases_count_by_the_shops_clock(look, expected):
    assert as_dict(rows.counts(HAND, None, look, zone=ZONE)) == expected
    engine = ibis.memtable(HAND.astype({"device": object}))
    assert as_dict(rows.counts(engine, None, look, zone=ZONE)) == expected


def test_lines_of_purchases_count_whatever_their_quantity():
    lines = pd.DataFrame(
        {
            "order_id": ["1", "1 ", "3", "4", "6", "9"],
            "product_id": "p",
            "quantity": 5,
            "price": 1.0,
            "category": ["pans", "pans", "beds", "beds", "beds", "beds"],
        }
    )
    expected = {("ann", "pans"): 2, ("bob", "beds"): 1}
    assert as_dict(rows.counts(HAND, lines, "category", zone=ZONE)) == expected
    orders = HAND.astype({"device": object})
    assert (
        as_dict(rows.counts(ibis.memtable(orders), ibis.memtable(lines), "category", zone=ZONE)) == expected
    )
    assert as_dict(rows.counts(HAND, ibis.memtable(lines), "category", zone=ZONE)) == expected


def test_the_planted_months_categories_and_devices_are_found():
    told = {
        look: habits(**shop(), personas=personas(), look=look) for look in ("month", "category", "device")
    }
    best = {
        look: result.sure.drop_duplicates("persona").set_index("name")["said"]
        for look, result in told.items()
    }
    assert best["month"][["Cooks", "Gardeners"]].tolist() == ["December", "April"]
    assert best["category"].loc[["Cooks", "Gardeners", "Sleepers"]].tolist() == [
        "kitchen",
        "garden",
        "bedding",
    ]
    assert best["device"]["Gardeners"] == "desktop"
    december = told["month"].table.query("name == 'Cooks' and said == 'December'").iloc[0]
    orders = shop()["orders"]
    cooks = orders[orders["customer_id"].str.startswith("c")]
    share = (cooks["ordered_at"].dt.month == 12).mean()
    assert december["low"] < share < december["high"]


def test_what_customers_do_alike_is_not_told_as_a_difference():
    result = habits(**shop(), personas=personas(), look="weekday")
    assert result.sure.empty
    assert "cannot be chance" in result.text
    assert result.findings() == []


def test_the_planted_december_of_gift_givers_is_found_in_the_demo_shop():
    result = open_shop().call(habits, personas=demo(), look="month")
    first = result.sure.iloc[0]
    assert (first["name"], first["said"]) == ("Gift givers", "December")
    others = result.table.query("said == 'December' and name != 'Gift givers'")
    assert first["low"] > others["high"].max()
    [finding] = result.findings()
    assert finding.estimate.low > 0.05


def test_rows_in_another_order_change_nothing():
    tables = {name: frame.sample(frac=1, random_state=4) for name, frame in shop().items()}
    one = habits(**shop(), personas=personas(), look="category").table
    pd.testing.assert_frame_equal(habits(**tables, personas=personas(), look="category").table, one)


def test_a_table_in_an_engine_gives_the_same():
    frames = shop()
    tables = {name: ibis.memtable(frames[name]) for name in ("orders", "order_lines")}
    for look in ("month", "category"):
        one = habits(**frames, personas=personas(), look=look).table
        other = habits(**{**frames, **tables}, personas=personas(), look=look).table
        pd.testing.assert_frame_equal(other, one)


def test_what_the_tables_do_not_tell_is_said_in_words():
    frames = shop()
    with pytest.raises(DataError, match=r"category.*order lines.*month of the year"):
        habits(frames["orders"], personas=personas(), look="category")
    with pytest.raises(DataError, match="device"):
        rows.counts(HAND.drop(columns="device"), None, "device", zone=ZONE)
    with pytest.raises(SettingError, match=r"shoes.*month"):
        habits(**frames, personas=personas(), look="shoes")


def test_it_is_said_in_both_languages():
    frames = shop()
    result = habits(**frames, personas=personas(), look="month")
    assert_says(result)
    assert "Cooks" in result.text
    assert "December" in result.text
    assert "Holm" in result.method
    with language.speaking("nl"):
        dutch = habits(**frames, personas=personas(), look="month")
        assert "december" in dutch.text
        assert dutch.plot().data[0].y[-1] == "december"
    assert len(result.cells()[0]) == len(result.heads())


def test_the_picture_has_every_month_and_persona():
    figure = habits(**shop(), personas=personas(), look="month").plot()
    assert list(figure.data[0].y) == [language.day(pd.Timestamp(2024, m, 1), "MMMM") for m in range(1, 13)]
    assert list(figure.data[0].x) == ["1", "2", "3"]
    assert "<b>2</b> Gardeners" in figure.layout.title.text
