"""Cronbach's alpha against other programs' documented output, other formulas and other people's tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook.service_gap.scales import alpha

# SAS/STAT, "The CORR Procedure", example "Computing Cronbach's Coefficient Alpha": 35 bream of Laengelmavesi
# (weight, length, height and width in % of length; one weight is missing). Raw 0.822134, standardized 0.985145.
BREAM = """
242 30.0 38.4 13.4  290 31.2 40.0 13.8  340 31.1 39.8 15.1  363 33.5 38.0 13.3  430 34.0 36.6 15.1
450 34.7 39.2 14.2  500 34.5 41.1 15.3  390 35.0 36.2 13.4  450 35.1 39.9 13.8  500 36.2 39.3 13.7
475 36.2 39.4 14.1  500 36.2 39.7 13.3  500 36.4 37.8 12.0  nan 37.3 37.3 13.6  600 37.2 40.2 13.9
600 37.2 41.5 15.0  700 38.3 38.8 13.8  700 38.5 38.8 13.5  610 38.6 40.5 13.3  650 38.7 37.4 14.8
575 39.5 38.3 14.1  685 39.2 40.8 13.7  620 39.7 39.1 13.3  680 40.6 38.1 15.1  700 40.5 40.1 13.8
725 40.9 40.0 14.8  720 40.6 40.3 15.0  714 41.5 39.8 14.1  850 41.6 40.6 14.9 1000 42.6 44.5 15.5
920 44.1 40.9 14.3  955 44.0 41.1 14.3  925 45.3 41.4 14.9  975 45.9 40.6 14.7  950 46.5 37.9 13.7
"""
# Statology, "How to Calculate Cronbach's Alpha": ten guests score a restaurant on three questions; 0.773
GUESTS = [
    [1, 1, 1],
    [2, 1, 1],
    [2, 1, 2],
    [3, 2, 1],
    [2, 3, 2],
    [2, 3, 3],
    [3, 2, 3],
    [3, 3, 3],
    [2, 3, 2],
    [3, 3, 3],
]


def bream() -> np.ndarray:
    weight, length, height, width = np.array(BREAM.split(), dtype=float).reshape(-1, 4).T
    return np.column_stack([np.cbrt(weight), length, height * length / 100, width * length / 100])


def test_the_documented_example_of_sas():
    found = alpha(bream())
    assert found.raw == pytest.approx(0.822134, abs=5e-7)
    assert found.standardised == pytest.approx(0.985145, abs=5e-7)
    assert (found.n, found.items) == (34, 4)


def test_the_documented_example_of_the_restaurant():
    assert alpha(np.array(GUESTS)).raw == pytest.approx(0.773, abs=5e-4)


def test_by_hand():
    # items: variances 5/3 and 3; sums 3, 4, 8, 9: variance 26/3. 2 × (1 − (14/3) / (26/3)) = 12/13
    found = alpha(np.array([[1, 2], [2, 2], [3, 5], [4, 5]]))
    assert found.raw == pytest.approx(12 / 13)


@pytest.mark.parametrize("seed", range(5))
def test_as_the_part_of_the_variance_that_persons_make(seed):
    # Hoyt 1941: alpha is 1 − residual ÷ persons of a two-way analysis of variance without replication
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    rng = np.random.default_rng(seed)
    scores = rng.integers(1, 8, (9, 1)) + rng.integers(-1, 2, (9, 4))
    rows = [(p, i, scores[p, i]) for p in range(9) for i in range(4)]
    long = pd.DataFrame(rows, columns=["person", "item", "score"])
    table = anova_lm(ols("score ~ C(person) + C(item)", long).fit())
    squares = table["mean_sq"]
    assert alpha(scores).raw == pytest.approx(1 - squares["Residual"] / squares["C(person)"])


# M. T. Flanagan's Cronbach program (UCL, 2010), "Cronbach Example Data Two": the correlations of seven items
# between 23 persons, printed with "Standardized data 0.720197".
FLANAGAN = """
0.488511 0.034654 0.265369 0.233631 0.407826 0.727304 0.353753 0.335013 0.126665 0.340935 0.469801
0.051373 -0.023473 -0.036648 0.128127 0.341638 0.287994 0.240071 0.101077 0.227553 0.544652
"""


def test_the_printed_output_of_another_program():
    correlation = np.eye(7)
    correlation[np.triu_indices(7, 1)] = np.array(FLANAGAN.split(), dtype=float)
    correlation = np.triu(correlation) + np.triu(correlation, 1).T
    plain = np.random.default_rng(0).normal(size=(23, 7))
    white = np.linalg.solve(np.linalg.cholesky(np.cov(plain, rowvar=False)), (plain - plain.mean(axis=0)).T).T
    scores = white @ np.linalg.cholesky(correlation).T * [1, 2, 3, 4, 5, 6, 7]  # exactly these correlations
    assert alpha(scores).standardised == pytest.approx(0.720197, abs=2e-6)


def test_raw_of_standardised_answers_is_standardised():
    scores = bream()[~np.isnan(bream()).any(axis=1)]
    same = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    assert alpha(same).raw == pytest.approx(alpha(scores).standardised)


def test_the_interval_is_feldts():
    # (1 − true) ÷ (1 − found) is distributed as F with n − 1 and (n − 1)(k − 1) degrees of freedom
    from scipy.stats import f

    found = alpha(np.array(GUESTS))
    for end, share in ((found.low, 0.975), (found.high, 0.025)):
        assert f.cdf((1 - end) / (1 - found.raw), 9, 18) == pytest.approx(share)
    assert found.low < found.raw < found.high < 1


def test_the_interval_covers_the_true_value_as_often_as_it_says():
    # four items with error as large as what they share: alpha = 4/3 × (1 − 8/20) = .8
    rng = np.random.default_rng(1)
    draws = [alpha(rng.normal(size=(20, 1)) + rng.normal(size=(20, 4))) for _draw in range(1000)]
    assert np.mean([one.low <= 0.8 <= one.high for one in draws]) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize(
    "scores",
    [np.ones((5, 3)), np.empty((0, 3)), np.ones((9, 1)), [[1, 2], [2, 1]], np.full((4, 2), np.nan)],
    ids=["all the same", "nobody", "one item", "two people", "all missing"],
)
@pytest.mark.filterwarnings("error")
def test_where_it_is_not_defined_it_is_empty(scores):
    found = alpha(np.asarray(scores, dtype=float))
    assert np.isnan([found.raw, found.standardised, found.low, found.high]).all()
    assert not found.weak


@pytest.mark.filterwarnings("error")
def test_one_item_that_all_answer_alike_has_no_standardised_alpha():
    found = alpha(np.array([[1, 4, 2], [2, 4, 2], [3, 4, 4], [5, 4, 5]]))
    assert np.isfinite(found.raw)
    assert np.isnan(found.standardised)


def test_opposite_items_are_below_zero_and_weak():
    found = alpha(np.array([[1, 5], [2, 4], [4, 3], [5, 1]]))
    assert found.raw < 0
    assert found.weak


@pytest.mark.parametrize(
    ("block", "items", "known"), [("imag", 5, 0.830226690205339), ("sat", 4, 0.894010912676559)]
)
def test_the_published_satisfaction_survey(realdata, block, items, known):
    # Sanchez, PLS Path Modeling with R (2013), plspm's data set satisfaction: 250 clients of a bank
    data = pd.read_csv(realdata / "surveys" / "ecsi" / "satisfaction.csv")
    scores = data[[f"{block}{i}" for i in range(1, items + 1)]].to_numpy(dtype=float)
    assert alpha(scores).standardised == pytest.approx(known, abs=1e-9)
