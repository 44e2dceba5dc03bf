"""Control charts: published limits and run lengths, exact chances, and false alarms as often as stated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm, poisson

from csworkbook.kpis import charts
from csworkbook.kpis.charts import chart

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2 (flow rate), 6.3.3.1 (wafers), 6.3.3.2 (chips)
FLOW = np.array([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
WAFERS = np.array(
    [16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13]
)
CHIPS = np.array(
    [
        12,
        15,
        8,
        10,
        4,
        7,
        16,
        9,
        14,
        10,
        5,
        6,
        17,
        12,
        22,
        8,
        10,
        5,
        13,
        11,
        20,
        18,
        24,
        15,
        9,
        12,
        7,
        13,
        9,
        6,
    ]
)


def test_individual_values_have_the_limits_that_nist_publishes():
    found = chart(FLOW, kind="xmr", textbook=True).table
    assert found["centre"].iloc[0] == pytest.approx(50.81)
    assert found["upper"].iloc[0] == pytest.approx(55.8041, abs=1e-3)
    assert found["lower"].iloc[0] == pytest.approx(45.8159, abs=1e-3)
    assert not (found["signal"] != "").any()


def test_shares_have_the_limits_that_nist_publishes():
    found = chart(CHIPS, np.full(30, 50), kind="p", textbook=True).table
    assert found["centre"].iloc[0] == pytest.approx(0.2313, abs=1e-4)
    assert found["upper"].iloc[0] == pytest.approx(0.4102, abs=1e-4)
    assert found["lower"].iloc[0] == pytest.approx(0.0524, abs=1e-4)
    assert found.index[found["signal"] != ""].tolist() == [14, 22]  # samples 15 and 23


def test_counts_have_the_limits_that_nist_publishes():
    found = chart(WAFERS, kind="u", textbook=True).table
    assert (found["centre"].iloc[0], found["upper"].iloc[0], found["lower"].iloc[0]) == (16, 28, 4)
    assert found.index[found["signal"] != ""].tolist() == [23]  # wafer 24 has 31


def test_limits_of_a_rate_by_hand():
    # 1.2 a unit: 1.2 ± 3 × √(1.2 ÷ 100) = 0.8714 and 1.5286; of 25 units 0.5427 and 1.8573
    lower, upper = charts._limits(np.array([100.0, 25.0]), "u", 1.2, 1.0, True)
    assert lower == pytest.approx([0.8714, 0.5427], abs=1e-4)
    assert upper == pytest.approx([1.5286, 1.8573], abs=1e-4)


@pytest.mark.parametrize(("kind", "centre"), [("p", 0.84), ("p", 0.02), ("u", 0.4), ("u", 7.0)])
def test_exact_limits_leave_out_at_most_what_they_say(kind, centre):
    n = np.array([8.0, 25, 60, 400])
    lower, upper = charts._limits(n, kind, centre, 1.0, False)
    of = binom(n, centre) if kind == "p" else poisson(n * centre)
    above = of.sf(np.floor(upper * n + 1e-9))  # strictly beyond the limit
    below = of.cdf(np.ceil(lower * n - 1e-9) - 1)
    assert (above <= 0.00135 + 1e-9).all()
    assert (below <= 0.00135 + 1e-9).all()
    # and no count closer to the centre would have been left out as well
    assert (of.sf(np.floor(upper * n + 1e-9) - 1) > 0.00135).all() or kind == "p"


def test_a_signal_is_a_value_beyond_its_limit():
    rng = np.random.default_rng(5)
    n = rng.integers(5, 60, 400)
    found = chart(rng.binomial(n, 0.8).astype(float), n, kind="p").table
    beyond = (found["value"] > found["upper"] + 1e-9) | (found["value"] < found["lower"] - 1e-9)
    assert found["signal"].isin(("above", "below")).tolist() == beyond.tolist()


def test_a_signal_does_not_widen_the_limits_that_show_it():
    quiet = np.array([10.0, 11, 9, 10, 12, 9, 11, 10, 10, 9, 11, 10])
    loud = quiet.copy()
    loud[5] = 40
    clean, found = (chart(values).table for values in (np.delete(quiet, 5), loud))
    assert found["signal"].tolist() == [""] * 5 + ["above"] + [""] * 6
    assert not found["baseline"][5]
    assert found["centre"].iloc[0] == pytest.approx(clean["centre"].iloc[0])


def test_limits_can_come_from_the_time_before_a_change():
    values = np.array([10.0, 11, 9, 10, 12, 9, 11, 10, 10, 11, *[15.0, 14, 15, 16, 14, 15, 16, 15]])
    found = chart(values, first=10).table
    assert found["centre"].iloc[0] == pytest.approx(10.3)
    assert found["baseline"].sum() == 10
    assert (found["signal"][10:] == "above").sum() >= 3
    assert not (chart(values).table["signal"] == "above").any()  # from all periods the change hides itself


def test_the_ninth_on_one_side_is_a_run_and_the_centre_breaks_it():
    streak = charts._streak(np.array([1.0] * 9 + [-1, 0, -1]))
    assert streak.tolist() == [*range(1, 10), 1, 0, 1]
    table = pd.DataFrame({"value": [1.0] * 10 + [-1.0] * 9, "centre": 0.0, "lower": -5.0, "upper": 5.0})
    found = charts._signals(table, np.ones(19, bool), 9).tolist()
    assert found == [""] * 8 + ["run_above"] * 2 + [""] * 8 + ["run_below"]


def run_length(run: int) -> float:
    """The mean number of periods to the first signal, by the chain of states "so many on this side"."""
    inside = 0.5 - norm.sf(3)  # within the limits, on one side
    step = np.zeros((run, run))  # state: how many in a row so far, 0 at the start; sides are alike
    step[0, 1] = 2 * inside
    for state in range(1, run):
        step[state, 1] += inside
        if state + 1 < run:
            step[state, state + 1] = inside
    return float(np.linalg.solve(np.eye(run) - step, np.ones(run))[0])


def test_the_rules_are_those_of_which_the_run_length_is_published():
    """Champ & Woodall 1987, Technometrics 29:393–399, table 1: limits and eight in a row, 152.73 periods."""
    assert run_length(8) == pytest.approx(152.73, abs=0.01)
    rng = np.random.default_rng(1)
    lengths = [first_signal(rng, 8) for _draw in range(1500)]
    error = np.std(lengths) / np.sqrt(len(lengths))
    assert abs(np.mean(lengths) - 152.73) < 3 * error


def first_signal(rng: np.random.Generator, run: int) -> int:
    values = rng.standard_normal(3000)
    table = pd.DataFrame({"value": values, "centre": 0.0, "lower": -3.0, "upper": 3.0})
    marked = charts._signals(table, np.ones(len(values), bool), run) != ""
    return int(np.flatnonzero(marked)[0]) + 1 if marked.any() else len(values)


def false_alarms(kind: str, draws: int = 300, periods: int = 104, **how) -> tuple[float, float]:
    """The share of periods marked, and of charts with a strong signal, when nothing happens."""
    rng = np.random.default_rng(8)
    marked, strong = 0, 0
    for _draw in range(draws):
        n = rng.integers(20, 70, periods).astype(float)
        values = {
            "p": lambda n=n: rng.binomial(n.astype(int), 0.8).astype(float),
            "u": lambda n=n: rng.poisson(n * 3.0).astype(float),
            "xmr": lambda n=n: 4 + rng.standard_normal(len(n)) / np.sqrt(n),
        }[kind]()
        found = chart(values, n, kind=kind, **how).table
        marked += (found["signal"] != "").sum()
        strong += found["strong"].any()
    return marked / draws / periods, strong / draws


@pytest.mark.parametrize("kind", ["p", "u", "xmr"])
def test_false_alarms_come_as_often_as_the_page_says(kind):
    """About one period in 150 is marked, and at most a few charts in a hundred have a strong signal."""
    marked, strong = false_alarms(kind)
    assert 1 / 400 < marked < 1 / 110
    assert strong < 0.04


def test_many_counted_periods_that_differ_anyway_are_no_signals():
    """Laney: with 20,000 a week the limits of chance alone would mark nearly every week."""
    rng = np.random.default_rng(3)
    n = np.full(104, 20_000.0)
    count = rng.binomial(20_000, rng.normal(0.8, 0.02, 104)).astype(float)
    naive = chart(count, n, kind="p", textbook=True).table
    found = chart(count, n, kind="p")
    assert (naive["signal"].isin(("above", "below"))).mean() > 0.4
    assert found.table["signal"].isin(("above", "below")).mean() < 0.03
    assert found.spread == pytest.approx(0.02 / np.sqrt(0.16 / 20_000), rel=0.2)


def test_fewer_observations_make_wider_limits():
    found = chart(4 + np.tile([0.1, -0.1], 10), np.tile([100.0, 25.0], 10), kind="xmr").table
    width = found["upper"] - found["lower"]
    assert width[1] / width[0] == pytest.approx(2.0)


def test_times_have_limits_that_are_never_below_zero():
    minutes = np.exp(np.random.default_rng(2).normal(0, 1, 60))
    assert chart(minutes).table["lower"].iloc[0] < 0
    found = chart(minutes, logs=True).table
    assert found["lower"].iloc[0] > 0
    assert found["centre"].iloc[0] == pytest.approx(np.exp(np.log(minutes).mean()), rel=0.05)


def test_periods_cannot_differ_less_than_chance_within_them():
    same = np.full(12, 4.0) + np.tile([0.0, 0.001], 6)
    assert chart(same, np.full(12, 25.0), floor=1.0).table["upper"].iloc[0] == pytest.approx(4.6, abs=0.01)


def test_too_few_periods_have_no_limits():
    found = chart(np.arange(7.0))
    assert not found.enough
    assert not (found.table["signal"] != "").any()
    assert found.table["upper"].isna().all()


def test_periods_without_a_value_are_passed_over():
    values = np.array([10.0, 11, np.nan, 9, 10, 11, 9, 10, 11, 9, 40])
    found = chart(values).table
    assert np.isnan(found["value"][2])
    assert found["signal"][2] == ""
    assert found["signal"][10] == "above"


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_that_never_changes_has_no_signal(share):
    n = np.full(12, 20.0)
    assert not (chart(n * share, n, kind="p").table["signal"] != "").any()


def test_values_that_never_change_have_no_signal():
    assert not (chart(np.full(12, 3.0)).table["signal"] != "").any()


@pytest.mark.parametrize("value", [30.0, 4.5, 0.1])
def test_what_never_changes_has_no_signals(value):
    """exp(log(30)) is not 30 to the last digit."""
    for logs in (False, True):
        n = np.arange(20.0) + 3
        assert chart(np.full(20, value), n, logs=logs).marked.empty


@pytest.mark.parametrize("kind", ["p", "u"])
def test_what_never_happened_is_a_signal_once_it_does(kind):
    values = np.append(np.zeros(19), 5.0)
    found = chart(values, np.full(20, 30.0), kind=kind).table
    assert found["signal"].tolist() == [""] * 19 + ["above"]
    assert found["upper"].tolist() == [0.0] * 20
    assert (found["p"][:19] == 1).all()


def test_what_always_happens_has_no_chance_of_nothing():
    found = chart(np.full(20, 30.0), np.full(20, 30.0), kind="p").table
    assert (found["signal"] == "").all()
    assert (found["p"] == 1).all()


def test_weeks_of_nothing_are_no_run_where_it_is_rare():
    """With one in fifty of ten, four of five weeks have none: nine of these in a row come by chance all the time."""
    rng = np.random.default_rng(3)
    alarms = sum(
        len(chart(rng.binomial(10, 0.02, 104), np.full(104, 10.0), kind="p").marked) for _draw in range(200)
    )
    assert alarms <= 200 * 104 / 150


def test_a_run_on_the_likelier_side_takes_as_long_as_nine_on_an_even_one():
    """Poisson of 1/3: nothing with a chance of exp(-1/3) = ½^0.481, so that it takes 9 ÷ 0.481 = 18.7 weeks."""
    found = chart(np.append(np.ones(10), np.zeros(20)), kind="u").table
    assert found["centre"][0] == pytest.approx(1 / 3)
    assert found["signal"].tolist() == [""] * 8 + ["run_above"] * 2 + [""] * 18 + ["run_below"] * 2
