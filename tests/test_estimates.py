"""Estimates: published intervals, other libraries, simulations; never our own output."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csworkbook import estimates, language
from csworkbook.estimates import Estimate


# ---------------------------------------------------------------- one share
# Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_share_gives_the_published_wilson_interval(count, n, low, high):
    share = estimates.share(count, n)
    assert (share.low, share.high) == pytest.approx((low, high), abs=5e-5)
    assert (share.value, share.n, share.unit) == (count / n, n, "share")


@pytest.mark.parametrize(("count", "n"), [(0, 1), (1, 1), (3, 7), (50, 50), (1, 1_000_000), (17, 30)])
def test_share_agrees_with_scipy(count, n):
    theirs = stats.binomtest(count, n).proportion_ci(method="wilson")
    share = estimates.share(count, n)
    assert (share.low, share.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_share_of_nobody_says_nothing():
    share = estimates.share(0, 0)
    assert np.isnan(share.value)
    assert (share.low, share.high, share.n, share.verdict) == (0, 1, 0, "cannot tell yet")


def test_shares_of_many_groups_stay_between_nought_and_one_and_hold_empty_groups():
    n = np.arange(0, 500)
    for counts in (np.zeros(500), n):
        low, high = estimates.shares(counts, n)
        assert (low >= 0).all()
        assert (high <= 1).all()
        assert (low[0], high[0]) == (0, 1)


@pytest.mark.parametrize(("n", "p"), [(30, 0.2), (50, 0.5), (100, 0.1)])
def test_wilson_interval_holds_the_truth_in_about_95_of_100_surveys(n, p):
    low, high = estimates.shares(np.arange(n + 1), np.full(n + 1, n))
    covered = stats.binom.pmf(np.arange(n + 1), n, p)[(low <= p) & (p <= high)].sum()
    assert 0.93 <= covered <= 0.97  # exact coverage, not simulated


# ---------------------------------------------------------------- two shares
def test_difference_gives_the_published_newcombe_interval():
    apart = estimates.difference(56, 70, 48, 80)  # Newcombe 1998, 17:873-890, table II (a), method 10
    assert apart.value == pytest.approx(0.2)
    assert (apart.low, apart.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert (apart.n, apart.unit, apart.verdict) == (150, "points", "yes")


def test_difference_is_tested_as_the_n_minus_1_chi_square_test_does():
    theirs = stats.chi2_contingency([[56, 14], [48, 32]], correction=False).statistic
    p = stats.chi2.sf(theirs * 149 / 150, 1)  # the score test of Miettinen & Nurminen; Campbell 2007
    assert estimates.difference(56, 70, 48, 80).p == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize("counts", [(0, 10, 0, 12), (10, 10, 12, 12)])
def test_no_difference_between_groups_that_all_say_the_same(counts):
    apart = estimates.difference(*counts)
    assert (apart.value, apart.p, apart.verdict) == (0, 1, "cannot tell yet")


@pytest.mark.parametrize("counts", [(0, 0, 3, 9), (3, 9, 0, 0), (0, 0, 0, 0)])
def test_difference_with_nobody_says_nothing(counts):
    apart = estimates.difference(*counts)
    assert np.isnan(apart.value)
    assert (apart.low, apart.high, apart.n, apart.verdict) == (-1, 1, 0, "cannot tell yet")


def test_difference_interval_holds_the_truth_in_about_95_of_100_surveys():
    rng = np.random.default_rng(7)
    ones, others = rng.binomial(60, 0.3, 400), rng.binomial(80, 0.1, 400)
    intervals = [estimates.difference(a, 60, b, 80) for a, b in zip(ones, others, strict=True)]
    assert 0.915 <= np.mean([i.low <= 0.2 <= i.high for i in intervals]) <= 0.985


# ---------------------------------------------------------------- means
def test_mean_has_the_t_interval_of_the_textbook():
    mean = estimates.mean([1, 2, np.nan, 3, 4, 5])  # mean 3, s = 1.5811, s/√5 = .7071, t(.975; 4) = 2.776
    assert mean.value == 3
    assert (mean.low, mean.high) == pytest.approx((3 - 2.776 * 0.70711, 3 + 2.776 * 0.70711), abs=1e-3)
    assert mean.n == 5


@pytest.mark.parametrize(("values", "n"), [([], 0), ([np.nan], 0), ([4.0], 1)])
def test_mean_of_fewer_than_two_knows_no_limits(values, n):
    mean = estimates.mean(values)
    assert (mean.low, mean.high, mean.n) == (-np.inf, np.inf, n)


def test_mean_difference_is_welchs():
    one, two = [3.1, 4.5, 2.2, 5.0, np.nan], [1.0, 1.4, 0.7, 2.9, 1.1, 1.2]
    theirs = stats.ttest_ind(one[:4], two, equal_var=False)
    ours, limits = estimates.mean_difference(one, two), theirs.confidence_interval()
    assert (ours.low, ours.high, ours.p) == pytest.approx((limits.low, limits.high, theirs.pvalue))
    assert ours.n == 10


def test_mean_difference_needs_two_on_each_side():
    assert np.isnan(estimates.mean_difference([1.0], [1.0, 2.0]).value)


# ---------------------------------------------------------------- resampling
def test_bootstrap_comes_near_the_interval_known_from_theory():
    frame = pd.DataFrame({"x": np.random.default_rng(3).normal(10, 2, 200)})
    drawn = estimates.bootstrap(frame, lambda f: f["x"].mean(), seed=1)
    theory = estimates.mean(frame["x"])
    assert (drawn.low, drawn.high) == pytest.approx((theory.low, theory.high), abs=0.1)


def test_bootstrap_is_the_same_for_the_same_seed_only():
    frame = pd.DataFrame({"x": [1.0, 2, 3, 4, 50]})
    first, again, other = (
        estimates.bootstrap(frame, lambda f: f["x"].mean(), draws=99, seed=s) for s in (1, 1, 2)
    )
    assert first == again
    assert first != other


# ---------------------------------------------------------------- many tests, small groups
def test_holm_by_hand():
    # sorted .01×3 = .03, .03×2 = .06, .04×1 = .04 → not below the one before: .06
    assert estimates.adjust([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_adjust_leaves_out_what_was_not_tested():
    assert estimates.adjust([0.01, np.nan, 0.04]) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert np.isnan(estimates.adjust([np.nan])).all()


def test_two_groups_are_not_drawn_to_each_other():
    # Jeffreys: (3 + .5) / (9 + 1) = .35 and (0 + .5) / (4 + 1) = .1
    assert estimates.shrink([3, 0], [9, 4])["share"].tolist() == pytest.approx([0.35, 0.1])


def test_small_groups_are_drawn_further_towards_the_whole_than_large_ones():
    counts, n = np.array([100, 2, 400, 150]), np.array([500, 4, 1000, 500])
    shrunk, raw, whole = estimates.shrink(counts, n), counts / n, counts.sum() / n.sum()
    moved = (shrunk["share"] - raw).abs()
    assert moved[1] > 5 * moved[[0, 2, 3]].max()
    assert whole < shrunk["share"][1] < raw[1]
    assert ((shrunk["low"] < shrunk["share"]) & (shrunk["share"] < shrunk["high"])).all()


def test_shrinking_brings_small_groups_nearer_to_their_truth():
    rng = np.random.default_rng(5)
    truth = rng.beta(8, 32, 60)
    n = rng.integers(5, 40, 60)
    counts = rng.binomial(n, truth)
    raw, shrunk = (
        ((counts / n - truth) ** 2).mean(),
        ((estimates.shrink(counts, n)["share"] - truth) ** 2).mean(),
    )
    assert shrunk < raw / 2


@pytest.mark.parametrize(
    ("counts", "n"), [([], []), ([0], [0]), ([0, 0, 0], [0, 0, 0]), ([0, 0, 0], [5, 6, 7])]
)
def test_shrinking_survives_groups_without_answers(counts, n):
    shrunk = estimates.shrink(counts, n)
    assert len(shrunk) == len(n)
    assert shrunk["share"].between(0, 1).all()


# ---------------------------------------------------------------- how many are enough
# Krejcie & Morgan 1970, table 1, which rounds 217.5 and 382.2 down; "at least" rounds up
@pytest.mark.parametrize(("population", "published"), [(500, 217), (1000, 278), (10_000, 370), (75_000, 382)])
def test_needed_is_krejcie_and_morgans_table(population, published):
    assert estimates.needed(0.05, population=population) - published in (0, 1)


@pytest.mark.parametrize(("population", "needed"), [(1000, 278), (10_000, 370)])
def test_needed_is_the_published_number_where_it_was_rounded_up(population, needed):
    assert estimates.needed(0.05, population=population) == needed


def test_needed_of_a_large_crowd_by_hand():
    assert estimates.needed(0.05) == 385  # 1.96² × .25 ÷ .0025 = 384.16
    assert estimates.needed(0.03, share=0.1) == 385  # 1.96² × .09 ÷ .0009 = 384.16


# ---------------------------------------------------------------- a step in level
def _periods(seed, before, since, at=20, weeks=40, n=35):
    rng = np.random.default_rng(seed)
    return rng.binomial(n, np.where(np.arange(weeks) < at, before, since)), np.full(weeks, n)


def test_a_planted_step_is_found_in_its_week():
    found = estimates.shift(*_periods(1, 0.15, 0.40))
    assert found.found
    assert found.at == 20
    assert found.first <= 20 <= found.last
    assert found.before.low < 0.15 < found.before.high
    assert found.since.low < 0.40 < found.since.high


def test_the_weeks_named_hold_the_true_week_nearly_always():
    found = [estimates.shift(*_periods(seed, 0.2, 0.35), draws=19) for seed in range(100)]
    assert sum(f.first <= 20 <= f.last for f in found) >= 85


def test_without_a_step_one_is_found_in_about_5_of_100_surveys():
    alarms = sum(estimates.shift(*_periods(s, 0.2, 0.2), draws=199, seed=s).found for s in range(200))
    assert 2 <= alarms <= 20  # 99.8 % of Binomial(200, .05)


def test_a_step_known_by_hand():
    # eight periods of ten: none, none, none, none | all, all, all, all; 2 of the 70 splits into four are as steep
    found = estimates.shift([0, 0, 0, 0, 10, 10, 10, 10], [10] * 8, draws=1999)
    assert (found.at, found.before.value, found.since.value) == (4, 0, 1)
    assert found.p == pytest.approx(2 / 70, abs=0.015)


def test_too_few_periods_have_no_step():
    assert estimates.shift([1] * 7, [5] * 7) is None


def test_the_same_seed_gives_the_same_p():
    periods = _periods(4, 0.2, 0.27)
    assert estimates.shift(*periods, seed=3) == estimates.shift(*periods, seed=3)


@pytest.mark.parametrize("counts", [[0] * 10, [5] * 10])
def test_ten_equal_weeks_have_no_step(counts):
    assert not estimates.shift(counts, [5] * 10).found


# ---------------------------------------------------------------- how an estimate is said
@pytest.mark.parametrize(
    ("estimate", "en", "nl"),
    [
        (Estimate(0.274, 0.25, 0.3, 1757), "27% (25% to 30%, n = 1,757)", "27% (25% tot 30%, n = 1.757)"),
        (Estimate(0.01, -0.01, 0.03, 90, "points"), "1 point (-1 to 3, n = 90)", "1 punt (-1 tot 3, n = 90)"),
        (Estimate(0.16, -0.02, 0.3, 90, "points"), "16 points (-2 to 30, n = 90)", "16 punten (-2 tot 30, n = 90)"),
        (Estimate(3.25, 1, 5, 4, "number"), "3.2 (1.0 to 5.0, n = 4)", "3,2 (1,0 tot 5,0, n = 4)"),
        (Estimate(12345, 9870, 15440, 8, "money"), "€12,000 (€9,900 to €15,000, n = 8)", None),
        (Estimate(float("nan"), 0, 1, 0), "– (0% to 100%, n = 0)", "– (0% tot 100%, n = 0)"),
    ],
)  # fmt: skip
def test_an_estimate_never_travels_alone(estimate, en, nl):
    assert str(estimate) == en
    with language.speaking("nl"):
        assert nl is None or str(estimate) == nl


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.01, 0.2, "yes"), (-0.2, -0.01, "yes"), (-0.1, 0.1, "cannot tell yet"), (0, 0.1, "cannot tell yet")],
)
def test_verdict_is_yes_only_clear_of_zero(low, high, verdict):
    assert Estimate(0.05, low, high, 50, "points").verdict == verdict


@pytest.mark.parametrize(("amount", "rounded"), [(12345, 12000), (0.0123, 0.012), (-98765, -99000), (0, 0)])
def test_rough_keeps_two_digits(amount, rounded):
    assert estimates.rough(amount) == pytest.approx(rounded)
