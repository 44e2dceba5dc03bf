"""Few segments, each with customers to act on: by hand, joined where small, and intervals against drawing."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.export import sheets
from csworkbook.value import predict, segments
from csworkbook.value.segments_result import PAIRS, SEGMENTS, advice

from .shops import ODD, orders, random_shop

NOW, AGO = "2026-06-30", "2025-01-10"
BY_HAND = orders(
    [
        ("top now", AGO, 100.0), ("top now", NOW, 400.0),
        ("top gone", AGO, 400.0),
        ("back now", AGO, 10.0), ("back now", NOW, 10.0),
        ("back gone", AGO, 10.0), ("back gone", "2025-02-10", 20.0),
        ("new", "2026-06-01", 5.0),
        ("once", AGO, 15.0), ("once2", AGO, 15.0), ("once3", AGO, 15.0), ("once4", AGO, 15.0), ("once5", AGO, 15.0),
    ]
)  # fmt: skip


def test_every_segment_by_hand():
    result = segments(BY_HAND, best=0.2, silent="180D", least=1, margin=0.5)
    table = result.table.set_index("segment")
    assert table.index.tolist() == list(SEGMENTS)
    assert table["customers"].tolist() == [1, 1, 1, 1, 1, 5]
    assert table["value"].tolist() == [250, 200, 10, 15, 2.5, 37.5]
    assert table["share"].tolist() == pytest.approx([v / 515 for v in (250, 200, 10, 15, 2.5, 37.5)])
    assert table["orders"].tolist() == [2, 1, 2, 2, 1, 1]
    assert table.loc["new" if "new" in table.index else "once_new", "silent_days"] == 29
    assert result.members.loc["top gone", "segment"] == "best_silent"
    assert (result.silent_best.value, result.silent_best.n) == (0.5, 2)
    assert_says(result)


def test_a_day_makes_the_difference_between_active_and_silent():
    frame = orders([("a", "2026-01-01", 9.0), ("b", "2026-06-30", 9.0)])
    days = (pd.Timestamp("2026-06-30") - pd.Timestamp("2026-01-01")).days
    for asked, expected in ((days, "once_new"), (days - 1, "once_silent")):
        result = segments(frame, best=0.001, silent=f"{asked}D", least=1)
        assert result.members.loc["a", "segment"] in (
            expected,
            "best_active" if expected == "once_new" else "best_silent",
        )


def test_small_segments_are_joined_with_the_one_beside_them():
    result = segments(BY_HAND, silent="180D", least=2)
    assert result.table["segment"].tolist() == ["best", "again", "once"]
    assert result.table["customers"].tolist() == [2, 2, 6]
    assert_says(result)
    result = segments(open_shop().orders, best=0.005)
    counts = dict(zip(result.table["segment"], result.table["customers"], strict=True))
    assert counts["best"] == 38  # half a percent of 7,600, of whom one half had too few
    assert min(counts.values()) >= 30


def test_silence_is_read_off_those_who_came_back():
    rng = np.random.default_rng(1)
    gaps = rng.integers(40, 140, 100)
    rows = [(f"c{i}", str(pd.Timestamp("2025-01-01").date()), 10.0) for i in range(100)]
    rows += [
        (f"c{i}", str((pd.Timestamp("2025-01-01") + pd.Timedelta(days=int(g))).date()), 10.0)
        for i, g in enumerate(gaps)
    ]
    result = segments(orders(rows))
    assert result.silence.days == int(np.ceil(np.quantile(gaps, 0.8)))
    assert "100 customers who came back" in result.method
    few = segments(orders(rows[:10] + rows[100:110]))
    assert few.silence.days == 180
    assert "too few customers came back" in few.method


def test_everybody_is_in_one_segment():
    for seed in range(3):
        frame = random_shop(seed, customers=200)
        result = segments(frame)
        assert len(result.members) == frame["customer_id"].nunique()
        assert result.table["customers"].sum() == len(result.members)
        assert result.table[["share", "of_customers"]].sum().tolist() == pytest.approx([1, 1])
        counted = result.members.groupby("segment")["value"].sum()
        assert counted.to_dict() == pytest.approx(
            dict(zip(result.table["segment"], result.table["value"], strict=True))
        )


def test_the_interval_is_that_of_customers_drawn_again():
    result = segments(random_shop(4, customers=600))
    rng, members = np.random.default_rng(0), result.members
    worth, who = members["value"].to_numpy(), members["segment"].to_numpy()
    drawn = rng.integers(0, len(worth), (2000, len(worth)))
    for row in result.table.itertuples():
        shares = (worth[drawn] * (who[drawn] == row.segment)).sum(axis=1) / worth[drawn].sum(axis=1)
        assert (row.high - row.low) == pytest.approx(
            np.diff(np.quantile(shares, [0.025, 0.975]))[0], rel=0.12
        )


# ---------------------------------------------------------------- what is expected
def test_expected_value_comes_from_the_prediction():
    shop = open_shop()
    told = shop.call(predict)
    given, own = shop.call(segments, predicted=told, value="expected"), shop.call(segments, value="expected")
    pd.testing.assert_frame_equal(given.table, own.table)
    known = told.table.set_index("customer_id")["expected_value"]
    assert given.table["value"].sum() == pytest.approx(known.reindex(given.members.index).sum())
    best = given.members[given.members["segment"].isin(PAIRS["best"])]
    assert best["value"].min() >= given.members["value"].drop(best.index).max()
    assert "expected" in given.text
    assert told.doubt
    assert told.mirror.sentence in given.text
    assert told.mirror.sentence not in shop.call(segments).text
    assert "how unsure the prediction is does not show" in given.method
    assert [finding.certainty for finding in given.findings()] == ["likely"]
    assert_says(given)


# ---------------------------------------------------------------- every kind of table, odd shops
def test_a_table_of_an_engine_says_the_same():
    frame = open_shop().orders
    one, other = segments(frame), segments(ibis.memtable(frame))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.members, other.members)


@pytest.mark.parametrize("name", ODD)
def test_odd_shops(name):
    result = segments(orders(ODD[name]))
    assert result.table["customers"].sum() == len({c for c, _at, revenue in ODD[name] if revenue > 0})
    assert_says(result)


def test_without_value_nobody_is_best():
    result = segments(BY_HAND.assign(margin=0.0), least=1)
    assert not result.table["segment"].isin(["best", *PAIRS["best"]]).any()
    assert "No customer brought anything" in result.text
    assert_says(result)


def test_what_to_do_is_said_in_sentences():
    result = segments(BY_HAND, silent="180D", least=1)
    column = result.columns.index("advice")
    assert [row[column] for row in result.cells()] == [advice()[name] for name in SEGMENTS]
    assert result.sheet()["What to do"].tolist() == [advice()[name] for name in SEGMENTS]
    assert sheets.csv(result.sheet())
    assert set(advice()) == {*SEGMENTS, *PAIRS}


def test_the_order_of_the_rows_changes_nothing():
    frame = random_shop(2)
    one, other = segments(frame), segments(frame.sample(frac=1, random_state=9))
    assert one.table.equals(other.table)
    assert one.members.equals(other.members)


def test_what_cannot_be():
    with pytest.raises(DataError):
        segments(BY_HAND.iloc[:0])
    for wrong in ({"value": "past"}, {"best": 0.0}, {"silent": "x"}, {"least": 0}, {"margin": 3.0}):
        with pytest.raises(SettingError):
            segments(BY_HAND, **wrong)


def test_one_best_customer_is_said_as_one():
    result = segments(orders([("a", "2025-01-01", 90.0), ("b", "2025-02-01", 5.0), ("c", "2025-03-01", 5.0)]))
    assert result.headline == "Your best customer brought 90% of the margin so far."
