"""Means of samples with replacement: as spread as theory says, exact where they can be, empty cells left out."""

from __future__ import annotations

import numpy as np
import pytest

from csworkbook.service_gap.resample import interval, mean_of, means

NAN = float("nan")


@pytest.mark.parametrize("n", [400, 10_050])  # few respondents and many are drawn in different ways
def test_means_are_spread_as_the_standard_error(n):
    values = np.random.default_rng(0).normal(3, 2, (n, 2))
    drawn = means(values, draws=1500)[1:]
    assert drawn.mean(axis=0) == pytest.approx(values.mean(axis=0), abs=4 * 2 / np.sqrt(n * 1500))
    assert drawn.std(axis=0) == pytest.approx(
        values.std(axis=0) / np.sqrt(n), rel=0.08
    )  # ± 4 of 1 ÷ √(2 × 1500)


@pytest.mark.parametrize("n", [400, 10_050])
def test_columns_are_drawn_together(n):
    values = np.random.default_rng(0).normal(size=(n, 1))
    drawn = means(np.hstack([values, -2 * values]), draws=50)
    assert drawn[:, 1] == pytest.approx(-2 * drawn[:, 0], abs=1e-5)


def test_every_sample_of_two_rows_by_hand():
    drawn = means(np.array([[1.0], [3.0]]), draws=4000)[1:, 0]
    shares = [(drawn == value).mean() for value in (1, 2, 3)]
    assert shares == pytest.approx([0.25, 0.5, 0.25], abs=0.03)


def test_empty_cells_are_left_out_of_their_column_only():
    drawn = means(np.array([[1.0, 5.0], [3.0, NAN]]), draws=200)
    assert drawn[0].tolist() == [2.0, 5.0]
    both = drawn[1:]
    assert set(both[both[:, 0] == 2][:, 1]) == {5.0}
    assert np.isnan(both[both[:, 0] == 3][:, 1]).all()


def test_large_numbers_keep_their_digits():
    values = np.array([[1e9 + 1], [1e9 + 3]])
    assert set(means(values, draws=50)[1:, 0]) <= {1e9 + 1, 1e9 + 2, 1e9 + 3}


def test_nobody_gives_nothing():
    assert np.isnan(means(np.empty((0, 3)), draws=2)).all()
    assert means(np.empty((0, 3)), draws=2).shape == (3, 3)


@pytest.mark.filterwarnings("error")
def test_intervals_by_hand():
    low, high = interval(np.column_stack([np.arange(101.0), np.full(101, NAN)]))
    assert (low[0], high[0]) == pytest.approx((2.5, 97.5))
    assert np.isnan([low[1], high[1]]).all()
    assert np.isnan(interval(np.empty((0, 2)))).all()


@pytest.mark.filterwarnings("error")
def test_means_of_rows_with_empty_cells():
    found = mean_of(np.array([[1.0, NAN], [NAN, NAN], [2.0, 4.0]]))
    assert found[[0, 2]].tolist() == [1.0, 3.0]
    assert np.isnan(found[1])
