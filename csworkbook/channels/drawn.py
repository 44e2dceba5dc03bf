"""How much could sums over customers have been otherwise? Many other lots of such customers, drawn at once.

Every customer counts as often as chance has it (Poisson, mean 1: the bootstrap for sums over independent people, as
in Chamandy and others 2012, "Estimating uncertainty for massive data streams"). Customers who are alike in
everything are drawn together, so that it is quick for the many who asked once and bought nothing.
"""

from __future__ import annotations

import numpy as np

DRAWS = 999
LEAST = 10  # people (as many alike ones as they are worth) below whom draws of them tell nothing
RARE = 10  # credited orders; with fewer their spread does not show how many there could have been
MOST = 2048  # people drawn one by one; more are first put into so many groups, by chance


def draw(people: np.ndarray, *, seed: int = 0, draws: int = DRAWS) -> np.ndarray:
    """Sums over people, drawn anew so many times.

    Parameters
    ----------
    people : ndarray of shape (people, measures)
        What each person adds. In which order they stand makes no difference.
    draws, seed : int
        How many times, and from which beginning.

    Returns
    -------
    ndarray of shape (draws, measures)

    >>> draw(np.ones((1000, 1)), draws=4000).std().round(0)  # the square root of 1000
    np.float64(32.0)
    """
    rng = np.random.default_rng(seed)
    kinds, counts = np.unique(np.round(people, 6), axis=0, return_counts=True)
    single = counts == 1
    if single.sum() > MOST:
        many = _in_groups(kinds[single], rng, draws)
        return many + _weighted(kinds[~single], counts[~single], rng, draws)
    return _weighted(kinds, counts, rng, draws)


def _weighted(kinds: np.ndarray, counts: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    from threadpoolctl import threadpool_limits

    weights = rng.poisson(counts, (draws, len(counts))).astype(float)
    with threadpool_limits(1, user_api="blas"):  # on a busy server the threads of BLAS wait for each other
        return weights @ kinds


def _in_groups(alone: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Many people, in groups: what a group is apart from the mean is drawn, and how many people there are."""
    group = rng.permutation(len(alone)) % MOST
    apart = np.zeros((MOST, alone.shape[1]))
    mean = alone.mean(axis=0)
    np.add.at(apart, group, alone - mean)
    number = rng.poisson(len(alone), (draws, 1))
    return number * mean + _weighted(apart, np.ones(MOST), rng, draws)


def ends(drawn: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the middle 95 % of draws, along the first axis; NaN where a draw is none.

    >>> [end.round(2) for end in ends(np.arange(1001.0))]
    [np.float64(25.0), np.float64(975.0)]
    """
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
