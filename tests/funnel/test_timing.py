"""How long it takes: medians counted by hand and by numpy, limits by scipy, bars that hold everybody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from scipy.stats import quantile_test

from csworkbook import open_shop
from csworkbook.funnel.timing import distribution, median_limits, timing
from csworkbook.funnel.wording import lasting

from .visits import log


def paying(minutes, device=None) -> pd.DataFrame:
    """One visitor per number of minutes, who pays so long after seeing the cart."""
    frame = log({f"v{i}": f"cart {i}, paid {i + m}" for i, m in enumerate(minutes)})
    if device is None:
        return frame
    return frame.assign(device=frame["visitor_id"].str[1:].astype(int).map(dict(enumerate(device))))


def test_quartiles_counted_by_hand():
    row = timing(paying([1, 2, 3, 4, 10]), ["cart", "paid"]).table.iloc[0]
    assert (row["step"], row["n"]) == ("paid", 5)
    assert row[["q1_minutes", "median_minutes", "q3_minutes"]].tolist() == [2, 3, 4]
    assert row["p90_minutes"] == pytest.approx(7.6)  # 0.6 of the way from 4 to 10
    assert np.isnan(row["low"])  # five say nothing sure about the middle


def test_only_those_within_the_window_have_a_time():
    result = timing(paying([1, 2, 3, 4, 10]), ["cart", "paid"], within="5min")
    assert result.table.iloc[0][["n", "median_minutes"]].tolist() == [4, 2.5]
    assert "Those who need longer than the window" in result.method
    assert_says(result)


@pytest.mark.parametrize("n", [6, 7, 20, 101, 400])
def test_limits_are_those_of_order_statistics(n):
    rng = np.random.default_rng(n)
    values = np.sort(rng.integers(0, 5000, n))
    held, units = np.unique(values, return_counts=True)
    low, high = median_limits(held, units)
    theirs = quantile_test(values, p=0.5).confidence_interval(0.95)
    assert low == theirs.low
    assert theirs.low <= np.median(values) <= high
    assert abs(np.searchsorted(values, high) - np.searchsorted(values, theirs.high)) <= 1


def test_limits_cover_the_median_as_often_as_they_say():
    rng, hits = np.random.default_rng(5), 0
    for _draw in range(400):
        values = rng.exponential(1.0, 40)
        low, high = median_limits(values, np.ones(40, int))
        hits += low <= np.log(2) <= high
    assert 0.93 <= hits / 400 <= 0.99


def test_groups_are_told_apart_only_where_they_surely_are():
    rng = np.random.default_rng(1)
    slow, quick = rng.integers(50, 70, 60), rng.integers(3, 9, 60)
    result = timing(paying([*slow, *quick], ["phone"] * 60 + ["desktop"] * 60), ["cart", "paid"], by="device")
    assert result.table["device"].tolist() == ["desktop", "phone"]
    assert "“phone” takes longest" in result.text
    assert "“desktop” is quickest" in result.text
    assert_says(result)
    same = timing(paying([*quick, *quick], ["phone"] * 60 + ["desktop"] * 60), ["cart", "paid"], by="device")
    assert "No group is surely slower" in same.text


@pytest.mark.parametrize("minutes", [[], [3], [0.5, 3], list(range(1, 41)), [9000] * 40, [0.01] * 31])
def test_every_text_makes_sense(minutes):
    frame = pd.concat([paying(minutes), log({"zoe": "cart 0"})]) if minutes else log({"zoe": "cart 0"})
    result = timing(frame, ["cart", "paid"])
    assert_says(result)
    if not minutes:
        assert "Nobody came from “cart” to a later step" in result.text


def test_bars_hold_everybody():
    rng = np.random.default_rng(2)
    seconds = np.unique(rng.integers(1, 400_000, 900))
    times = pd.DataFrame({"by": np.where(seconds % 3, "a", "b"), "seconds": seconds, "units": 2})
    table = distribution(times)
    assert table.groupby("group")["n"].sum().to_dict() == times.groupby("by")["units"].sum().to_dict()
    assert table.groupby("group")["share"].sum().tolist() == pytest.approx([1, 1])
    assert table["lasted"].nunique() <= 9
    under = table[(table["group"] == "a") & (table["lasted"] == table["lasted"].iloc[0])]["n"].sum()
    hours = {"h": 60, "d": 1440, "min": 1}
    number, unit = table["lasted"].iloc[0].removeprefix("< ").split()
    assert under == 2 * ((seconds % 3 > 0) & (seconds < float(number) * hours[unit] * 60)).sum()


def test_the_demo_shop():
    result = open_shop().call(timing, within="7D", by="device")
    assert result.last["step"] == "paid"
    assert (
        result.findings()[0].estimate.low
        <= result.last["median_minutes"]
        <= result.findings()[0].estimate.high
    )
    assert_says(result)


def test_lengths_of_time_in_words():
    said = [lasting(m) for m in (0, 0.5, 1.4, 1.5, 89, 90, 2159, 2160, float("nan"))]
    assert said == ["0 seconds", "30 seconds", "84 seconds", "1.5 minutes", "89 minutes", "1.5 hours", "36 hours",
                    "1.5 days", "–"]  # fmt: skip


def test_no_half_is_spoken_of_below_five():
    one = timing(paying([7]), ["cart", "paid"])
    assert one.text == "Too few came from “cart” to “paid” to say how long that takes: 1 visitor."
    assert "2 visits." in timing(paying([7, 8]), ["cart", "paid"], per="session").text
    assert timing(paying([1, 2, 3, 4, 10]), ["cart", "paid"]).text.startswith("Half of the 5 visitors")
    assert one.findings()[0].headline == "There are too few visitors to say how long that takes."
