"""How far would a mean lie from here if other customers had answered? The bootstrap, many columns at once.

Drawing respondents with replacement only decides how often each counts, so a batch of draws is one
matrix of counts, and its means are one product with the answers (Efron & Tibshirani 1993, chapter 6).
"""

from __future__ import annotations

import numpy as np

from csworkbook.estimates import LEVEL

DRAWS = 2000
_CELLS = 2_000_000  # of a matrix of counts: 16 MB at a time
_EXACT = 2**24  # up to here whole numbers are exact in 32 bits


def means(columns: np.ndarray, *, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """The mean of every column, over all rows and over `draws` samples of rows with replacement.

    Parameters
    ----------
    columns : array, rows × columns
        Empty cells (NaN) are left out of their column's mean.

    Returns
    -------
    array, (1 + draws) × columns
        Row 0 holds the means themselves. NaN where a sample holds no answer at all.

    >>> import numpy as np
    >>> means(np.array([[1.0, 4.0], [3.0, np.nan]]), draws=0)
    array([[2., 4.]])
    """
    from threadpoolctl import threadpool_limits

    if not len(columns):
        return np.full((draws + 1, columns.shape[1]), np.nan)
    with threadpool_limits(1, user_api="blas"):  # on a busy server the threads of BLAS wait for each other
        return _means(columns, draws, np.random.default_rng(seed))


def _means(columns: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    n, width = columns.shape
    found = np.full((draws + 1, width), np.nan)
    known = ~np.isnan(columns)
    gaps = np.flatnonzero(~known.all(axis=0))
    largest = np.abs(columns).max(initial=1.0, where=known)
    size = np.float32 if n * largest < _EXACT else np.float64
    filled = np.hstack([np.where(known, columns, 0), known[:, gaps]])
    found[0] = _divided(filled.sum(axis=0, keepdims=True), n, gaps, width)
    filled = filled.astype(size)
    batch = max(1, min(draws, _CELLS // n))
    for start in range(0, draws, batch):
        counts = _counts(rng, min(batch, draws - start), n).astype(size)
        found[start + 1 : start + 1 + len(counts)] = _divided(counts @ filled, n, gaps, width)
    return found


def _counts(rng: np.random.Generator, draws: int, n: int) -> np.ndarray:
    """How often each of n rows is in each of so many samples of n."""
    if n > 10_000:  # one sample at a time stays in the processor's own memory
        return np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _draw in range(draws)])
    drawn = rng.integers(0, n, (draws, n)) + n * np.arange(draws)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * n).reshape(draws, n)


def _divided(sums: np.ndarray, n: int, gaps: np.ndarray, width: int) -> np.ndarray:
    """Sums to means: by n, or by how many answered where some did not."""
    answered = np.full((len(sums), width), float(n))
    answered[:, gaps] = sums[:, width:]
    return np.divide(sums[:, :width], answered, out=np.full(answered.shape, np.nan), where=answered > 0)


def interval(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % percentile interval of every column of draws; NaN where nothing was drawn."""
    low, high = np.full((2, *drawn.shape[1:]), np.nan)
    good = ~np.isnan(drawn).all(axis=0) if len(drawn) else np.zeros(drawn.shape[1:], bool)
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    if good.any():
        low[good], high[good] = np.nanquantile(drawn[:, good], ends, axis=0)
    return low, high


def mean_of(values: np.ndarray) -> np.ndarray:
    """The mean along the last axis, empty cells left out; NaN where all are empty."""
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)
