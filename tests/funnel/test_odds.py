"""Odds ratios: by hand, against scipy and statsmodels on the rows themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact
from scipy.stats.contingency import odds_ratio
from statsmodels.discrete.discrete_model import Logit

from csworkbook.funnel.odds import held_equal, of_values


def seen(cells: dict[tuple, tuple[int, int]], columns: list[str]) -> pd.DataFrame:
    """Visitors from (values) → (dropped out, went on)."""
    rows = []
    for values, (lost, went) in cells.items():
        rows += [(*values, True)] * lost + [(*values, False)] * went
    return pd.DataFrame(rows, columns=[*columns, "dropped"])


THREE = seen({("mobile",): (40, 60), ("desktop",): (10, 90), ("tablet",): (12, 38)}, ["device"])


def test_each_value_against_all_others_by_hand():
    table = of_values(THREE, ["device"]).set_index("group")
    mobile = table.loc["mobile"]
    assert (mobile["entered"], mobile["dropped"], mobile["share"]) == (100, 40, 0.4)
    assert mobile["rest"] == pytest.approx(22 / 150)
    assert mobile["odds"] == pytest.approx((40 / 60) / (22 / 128))
    half = 1.959964 * np.sqrt(1 / 40 + 1 / 60 + 1 / 22 + 1 / 128)
    assert mobile["odds_low"] == pytest.approx(np.exp(np.log(mobile["odds"]) - half), rel=1e-5)
    assert mobile["p"] == pytest.approx(fisher_exact([[40, 60], [22, 128]]).pvalue)


def test_the_interval_is_near_the_exact_one():
    table = of_values(THREE, ["device"]).set_index("group").loc["mobile"]
    exact = odds_ratio([[40, 60], [22, 128]]).confidence_interval(0.95)
    assert (table["odds_low"], table["odds_high"]) == pytest.approx((exact.low, exact.high), rel=0.05)


def test_of_two_values_the_smaller_is_told_and_few_are_none():
    two = seen({("a",): (20, 20), ("b",): (30, 70)}, ["x"])
    assert of_values(two, ["x"])["group"].tolist() == ["a"]
    few = seen({("a",): (10, 19), ("b",): (30, 70), ("c",): (30, 80)}, ["x"])
    assert of_values(few, ["x"])["group"].tolist() == ["b", "c"]


def test_an_empty_cell_has_a_finite_interval():
    table = of_values(seen({("a",): (0, 40), ("b",): (30, 70)}, ["x"]), ["x"])
    assert np.isfinite(table[["odds", "odds_low", "odds_high"]].to_numpy()).all()


def test_who_is_not_known_is_no_other():
    some = seen({("a",): (20, 20), ("b",): (30, 70), ("",): (500, 0)}, ["x"])
    assert of_values(some, ["x"])["rest"].tolist() == [0.3]


def confounded(n: int = 4000, seed: int = 0) -> pd.DataFrame:
    """Mobile drops out; "night" only seems to, because phones are used at night."""
    rng = np.random.default_rng(seed)
    mobile = rng.random(n) < 0.5
    night = rng.random(n) < np.where(mobile, 0.7, 0.2)
    dropped = rng.random(n) < np.where(mobile, 0.5, 0.2)
    page = rng.choice(["p", "q", "r"], n)
    return pd.DataFrame(
        {
            "device": np.where(mobile, "m", "d"),
            "hour": np.where(night, "night", "day"),
            "page": page,
            "dropped": dropped,
        }
    )


def test_held_equal_is_logistic_regression_on_the_rows():
    frame = confounded()
    found = held_equal(frame, ["device", "hour", "page"]).set_index(["column", "group"])
    design = pd.DataFrame(
        {
            "const": 1.0,
            "m": frame["device"] == "m",
            "night": frame["hour"] == "night",
            "q": frame["page"] == "q",
            "r": frame["page"] == "r",
        }
    ).astype(float)
    fit = Logit(frame["dropped"].astype(float), design).fit(disp=0)
    odds = np.exp(fit.params)
    limits = np.exp(fit.conf_int())
    assert found.loc[("device", "m"), "adjusted"] == pytest.approx(odds["m"], rel=1e-6)
    assert found.loc[("device", "m"), "adjusted_low"] == pytest.approx(limits.loc["m", 0], rel=1e-5)
    assert found.loc[("hour", "night"), "adjusted_high"] == pytest.approx(limits.loc["night", 1], rel=1e-5)
    # q against the mean of p and r, weighed by their visitors
    n = frame["page"].value_counts()
    q = fit.params["q"] - fit.params["r"] * n["r"] / (n["p"] + n["r"])
    assert found.loc[("page", "q"), "adjusted"] == pytest.approx(np.exp(q), rel=1e-6)


def test_what_only_seems_to_matter_goes_away():
    frame = confounded()
    crude = of_values(frame, ["hour"]).iloc[0]
    crude_odds = crude["odds"] if crude["group"] == "night" else 1 / crude["odds"]
    held = held_equal(frame, ["device", "hour"]).set_index("group").loc["night"]
    assert crude_odds > 1.5
    assert held["adjusted_low"] < 1 < held["adjusted_high"]


def test_columns_that_say_the_same_are_left_out():
    frame = confounded().assign(again=lambda f: f["device"].map({"m": "x", "d": "y"}))
    found = held_equal(frame, ["device", "hour", "again"])
    assert found["column"].unique().tolist() == ["device", "hour"]


def test_too_few_for_so_many_coefficients():
    assert held_equal(confounded(60), ["device", "hour", "page"]).empty
    assert held_equal(confounded(), ["device"]).empty  # nothing else to hold equal


def test_values_that_all_drop_out_are_left_out_of_the_regression():
    frame = confounded()
    lost = frame.head(50).assign(page="never", dropped=True)
    found = held_equal(pd.concat([frame, lost]), ["device", "page"])
    assert "never" not in set(found["group"])
    assert np.isfinite(found[["adjusted", "adjusted_low", "adjusted_high"]].to_numpy()).all()
