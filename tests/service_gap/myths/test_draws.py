"""Resampled sums: as scipy's bootstrap has them, whichever way they are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from csworkbook.service_gap.myths import draws
from csworkbook.service_gap.myths.draws import by_customer, resampled

RNG = np.random.default_rng(3)
FEW = RNG.integers(0, 2, (400, 2)).astype(float)  # four kinds of customers: counted together
MANY = np.column_stack([RNG.gamma(2, 10, 300), RNG.normal(5, 1, 300)])  # no two alike: drawn one by one


@pytest.mark.parametrize("parts", [FEW, MANY], ids=["alike", "different"])
def test_the_spread_is_that_of_scipys_bootstrap(parts):
    found = resampled(parts, draws=4000)
    expected = stats.bootstrap(
        (parts[:, 0],), np.sum, n_resamples=4000, method="percentile", rng=1, vectorized=True
    )
    assert found[:, 0].std() == pytest.approx(expected.standard_error, rel=0.06)
    assert found.mean(axis=0) == pytest.approx(parts.sum(axis=0), rel=0.02)
    assert np.corrcoef(found.T)[0, 1] == pytest.approx(np.corrcoef(parts.T)[0, 1], abs=0.06)


def test_drawing_in_blocks_gives_as_many_draws(monkeypatch):
    monkeypatch.setattr(draws, "_ROOM", 1000)
    found = resampled(MANY, draws=100)
    assert found.shape == (100, 2)
    assert found.mean(axis=0) == pytest.approx(MANY.sum(axis=0), rel=0.03)


def test_the_same_seed_gives_the_same_draws_and_another_others():
    assert (resampled(MANY, draws=9) == resampled(MANY, draws=9)).all()
    assert (resampled(MANY, draws=9) != resampled(MANY, draws=9, seed=1)).any()


def test_customers_are_summed_and_nobody_known_stands_alone():
    customer = np.array([4, -1, 4, 2, -1])
    summed = by_customer(customer, np.array([[1.0, 10], [2, 20], [3, 30], [4, 40], [5, 50]]))
    assert sorted(summed.tolist()) == [[2, 20], [4, 40], [4, 40], [5, 50]]
