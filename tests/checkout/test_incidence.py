"""Cumulative incidence: a published table, scipy, and plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf

from csworkbook import estimates
from csworkbook.checkout.incidence import at, estimate, incidence


def test_the_published_table_of_breast_cancer_patients():
    # Satagopan et al. 2004, British Journal of Cancer 91:1229–1235, table 2: the first nine of 305 patients
    days = np.r_[[7, 10, 14, 16, 18, 23, 24, 26, 27], np.full(296, 28)].astype(float)
    cause = np.r_[[0, 1, 0, 1, 2, 1, 0, 2, 1], np.zeros(296)].astype(int)
    curve = incidence(days, cause)
    risen = np.diff([at(curve, day)[0] for day in (9, 10, 16, 23, 27)])
    assert (100 * risen).round(1).tolist() == [0.3] * 4  # the table adds these up as printed, to 1.2%
    assert at(curve, 18)[0] == at(curve, 16)[0]  # what competes adds nothing
    overall = [1 - at(curve, day)[0] - at(curve, day, 2)[0] for day in (10, 16, 18, 23, 26, 27)]
    assert [round(100 * share, 1) for share in overall] == [99.7, 99.3, 99.0, 98.7, 98.3, 98.0]


@pytest.mark.parametrize("seed", range(3))
def test_one_cause_is_one_minus_scipys_kaplan_meier(seed):
    rng = np.random.default_rng(seed)
    days, cause = rng.integers(1, 15, 80).astype(float), rng.integers(0, 2, 80)
    curve = incidence(days, cause)
    sf = ecdf(CensoredData(uncensored=days[cause == 1], right=days[cause == 0])).sf
    for day in range(1, 15):
        assert at(curve, day)[0] == pytest.approx(1 - float(sf.evaluate(day)))


def _plain(days, cause, k, until):
    """Aalen and Johansen's sum, term by term."""
    alive, total = 1.0, 0.0
    for day in sorted(set(days)):
        if day > until:
            break
        risk = sum(d >= day for d in days)
        mine = sum(d == day and c == k for d, c in zip(days, cause, strict=True))
        every = sum(d == day and c > 0 for d, c in zip(days, cause, strict=True))
        total += alive * mine / risk
        alive *= 1 - every / risk
    return total


@pytest.mark.parametrize("seed", range(3))
def test_two_causes_against_plain_python(seed):
    rng = np.random.default_rng(seed)
    days, cause = rng.integers(1, 12, 60).astype(float), rng.integers(0, 3, 60)
    curve = incidence(days, cause)
    for k in (1, 2):
        for day in (3, 7, 11):
            assert at(curve, day, k)[0] == pytest.approx(_plain(days, cause, k, day))


def test_with_everybody_seen_to_the_end_it_is_plain_counting():
    days, cause = np.array([1.0, 2.0, 5.0] + [14.0] * 37), np.array([1, 1, 1] + [0] * 37)
    share, error = at(incidence(days, cause), 14)
    found = estimate(share, error, 40, 40)
    plain = estimates.share(3, 40)
    assert (found.value, found.low, found.high) == pytest.approx((plain.value, plain.low, plain.high))


def test_who_is_seen_for_a_shorter_time_makes_it_less_sure():
    rng = np.random.default_rng(0)
    days = np.where(rng.random(400) < 0.5, 14.0, rng.uniform(0, 14, 400))
    cause = (rng.random(400) < 0.1).astype(int)
    share, error = at(incidence(days, cause), 14)
    found = estimate(share, error, 400, int((days == 14).sum()))
    plain = estimates.share(round(share * 400), 400)
    assert found.high - found.low > plain.high - plain.low
    assert found.low < share < found.high


def test_nobody_and_nothing():
    assert at(incidence(np.array([]), np.array([])), 14)[0] == 0
    assert at(incidence(np.array([3.0]), np.array([0])), 14)[0] == 0
    none = estimate(0.0, float("nan"), 50, 20)
    assert (none.low, none.high) == pytest.approx(tuple(estimates.shares(0, 20)))
    everybody = at(incidence(np.array([1.0, 1.0]), np.array([1, 1])), 14)
    assert everybody[0] == 1
    assert estimate(*everybody, 2, 2).high == 1
    nothing = estimate(0.0, float("nan"), 0, 0)
    assert np.isnan(nothing.value)
    assert (nothing.low, nothing.high) == (0, 1)
