"""The gap to the own best segment: counted by hand, against statsmodels, and never won by a lucky few."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from csworkbook.funnel.gaps import gaps, reached_by, segment_of
from csworkbook.order_value import OrderValue


def counts(reached: dict[str, list[int]]) -> pd.DataFrame:
    """How many reached each step, as how many stopped at it."""
    rows = [
        (by, level + 1, n - (many[level + 1] if level + 1 < len(many) else 0))
        for by, many in reached.items()
        for level, n in enumerate(many)
    ]
    return pd.DataFrame(rows, columns=["by", "level", "units"])


TWO = counts({"mobile": [20_000, 10_000, 6_000], "desktop": [10_000, 5_000, 4_500]})
STEPS = ["cart", "payment", "paid"]


def test_how_many_reached_each_step():
    reached = reached_by(TWO, 3)
    assert reached.loc["mobile"].tolist() == [20_000, 10_000, 6_000]
    assert reached.index.tolist() == ["mobile", "desktop"]


def test_small_segments_are_taken_together_and_unknown_stays_apart():
    many = counts({f"s{i:02d}": [100 - i, 50] for i in range(20)} | {None: [500, 1]})
    reached = reached_by(many, 2, most=5)
    assert reached.index.tolist() == ["", "s00", "s01", "s02", "s03", "other"]
    assert reached.loc["other", 1] == sum(100 - i for i in range(4, 20))
    assert reached[1].sum() == 500 + sum(100 - i for i in range(20))


def test_the_gap_by_hand():
    # from payment to paid: mobile 60 %, desktop 90 %, together 70 %; 10,000 on mobile × .3 = 3,000 more
    row = gaps(TWO, STEPS).whole.set_index("step").loc["paid"]
    assert (row["best"], row["entered"], row["count"]) == ("desktop", 15_000, 10_500)
    assert row["share"] == pytest.approx(0.7)
    assert row["gap"] == pytest.approx(0.2, abs=1e-3)
    assert row["extra_end"] == pytest.approx(3_000, rel=2e-3)
    assert row["extra"] == row["extra_end"]


def test_what_it_brings_is_the_funnel_reckoned_again():
    # both steps differ: with desktop's first rate, mobile's 20,000 × .8 × .6 − 20,000 × .5 × .6 more are paid
    found = gaps(counts({"mobile": [20_000, 10_000, 6_000], "desktop": [10_000, 8_000, 7_200]}), STEPS).whole
    first = found.set_index("step").loc["payment"]
    assert first["extra"] == pytest.approx(20_000 * 0.3, rel=2e-3)
    assert first["extra_end"] == pytest.approx(20_000 * (0.8 - 0.5) * 0.6, rel=2e-3)


def test_the_interval_of_a_segments_gap_is_newcombes():
    found = gaps(TWO, STEPS).segments.set_index(["step", "segment"]).loc[("paid", "mobile")]
    low, high = confint_proportions_2indep(4_500, 5_000, 6_000, 10_000, method="newcomb", compare="diff")
    assert (found["gap_low"], found["gap_high"]) == pytest.approx((low, high), abs=2e-4)


def test_the_interval_of_the_whole_holds_the_truth():
    # 200 shops with the same true rates: the whole's gap is .5 × (.9 − .6) = .15
    rng, held = np.random.default_rng(0), []
    for _shop in range(200):
        went = {"mobile": [500, rng.binomial(500, 0.6)], "desktop": [500, rng.binomial(500, 0.9)]}
        row = gaps(counts(went), ["payment", "paid"]).whole.iloc[0]
        held.append((row["gap_low"] <= 0.15 <= row["gap_high"], row["extra_low"] <= 150 <= row["extra_high"]))
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.04)


def test_money_is_that_of_a_year():
    row = gaps(TWO, STEPS, worth=OrderValue(20.0, 0.0, 100), years=0.5).whole.iloc[-1]
    assert row["value"] == pytest.approx(3_000 * 20 / 0.5, rel=2e-3)
    assert row["value_low"] == pytest.approx(row["extra_low"] * 40, rel=1e-9)
    unsure = gaps(TWO, STEPS, worth=OrderValue(20.0, 2.0, 100), years=0.5).whole.iloc[-1]
    assert unsure["value_high"] - unsure["value_low"] > 3 * (row["value_high"] - row["value_low"])


def test_a_tiny_lucky_segment_is_not_the_best():
    found = gaps(counts({"a": [1000, 300], "b": [1000, 350], "lucky": [5, 5]}), ["cart", "paid"])
    assert found.whole["best"].iloc[0] == "b"
    many = {f"s{i}": [400, 120 + 4 * i] for i in range(5)} | {"lucky": [30, 15]}
    lucky = gaps(counts(many), ["cart", "paid"]).segments.set_index("segment").loc["lucky"]
    assert lucky["share"] == 0.5
    assert lucky["shrunk"] < 0.42  # drawn towards the 32 % of the whole


def test_who_is_not_known_cannot_be_the_best():
    found = gaps(counts({"a": [1000, 300], "b": [1000, 310], None: [500, 490]}), ["cart", "paid"])
    assert found.whole["best"].iloc[0] == "b"


def test_nobody_to_compare_with():
    alone = gaps(counts({"a": [1000, 300]}), ["cart", "paid"])
    assert alone.whole["best"].isna().all()
    assert alone.whole["gap"].isna().all()
    assert alone.first() is None
    assert gaps(TWO.iloc[:0], STEPS).whole["entered"].tolist() == [0, 0]
    assert gaps(TWO, ["cart"]).whole.empty


def test_equal_segments_seldom_have_a_sure_gap():
    rng, found = np.random.default_rng(1), 0
    for _shop in range(150):
        second = rng.binomial(200, 0.5, 6)
        third = rng.binomial(second, 0.5)
        same = {f"s{i}": [200, int(second[i]), int(third[i])] for i in range(6)}
        found += gaps(counts(same), STEPS).first() is not None
    assert found <= 13  # 5 % of 150, and some more for chance


def test_first_is_where_most_is_to_be_won():
    found = gaps(counts({"a": [5000, 4000, 2000], "b": [5000, 4400, 4000]}), STEPS).first()
    assert found["step"] == "paid"


def test_the_segment_when_none_is_chosen():
    assert segment_of(pd.DataFrame(columns=["visitor_id", "device"])) == "device"
    assert segment_of(pd.DataFrame(columns=["visitor_id"])) is None


levels = st.lists(st.integers(0, 400), min_size=3, max_size=3).map(lambda many: sorted(many, reverse=True))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "c", "", "other"]), levels, max_size=5))
def test_any_counts_have_limits_about_their_gap(reached):
    found = gaps(counts(reached) if reached else TWO.iloc[:0], STEPS)
    for table in (found.whole, found.segments):
        known = table[table["gap"].notna()]
        assert (known["gap_low"] <= known["gap"] + 1e-9).all()
        assert (known["gap"] <= known["gap_high"] + 1e-9).all()
        assert known["gap"].abs().le(1).all()
        assert (known["extra_end"] <= known["extra"] + 1e-9).all()
