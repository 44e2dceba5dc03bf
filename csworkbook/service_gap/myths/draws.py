"""How would the sums have come out with other customers of the same kind?"""

from __future__ import annotations

import numpy as np

DRAWS = 999
_ROOM = 8_000_000  # cells worked on at once


def resampled(parts: np.ndarray, *, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """Sums over customers, each draw with as many customers as there are, drawn with replacement.

    Customers that are alike are counted together first, so that a table of yes and no costs as little for
    a million customers as for a hundred; otherwise the draws are made in blocks of limited size.

    Parameters
    ----------
    parts : array (customers, columns)
        What every customer adds to each sum.

    Returns
    -------
    array (draws, columns)

    >>> resampled(np.ones((5, 1)), draws=3).ravel().tolist()
    [5.0, 5.0, 5.0]
    """
    rng = np.random.default_rng(seed)
    parts = np.asarray(parts, dtype=float)
    kinds, number = np.unique(parts, axis=0, return_counts=True)
    if len(kinds) * 4 <= len(parts):
        return rng.multinomial(len(parts), number / len(parts), size=draws) @ kinds
    block = max(1, _ROOM // len(parts))
    sums = [_block(rng, parts, min(block, draws - done)) for done in range(0, draws, block)]
    return np.concatenate(sums)


def _block(rng: np.random.Generator, parts: np.ndarray, draws: int) -> np.ndarray:
    """Some of the draws: how often each customer is drawn, times what he adds."""
    n = len(parts)
    drawn = rng.integers(0, n, (draws, n)) + n * np.arange(draws)[:, None]
    return np.bincount(drawn.ravel(), minlength=n * draws).reshape(draws, n) @ parts


def by_customer(customer: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The rows of `columns` (rows, columns) summed per customer; who is nobody known stands alone."""
    alone = customer < 0
    own = np.where(alone, customer.max(initial=-1) + np.cumsum(alone), customer)
    _who, place = np.unique(own, return_inverse=True)
    return np.column_stack([np.bincount(place, column) for column in np.asarray(columns, float).T])
