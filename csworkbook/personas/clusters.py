"""How clear and how stable are k groups, and how clear would they be by chance?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache

import numpy as np
import pandas as pd

STARTS = 10  # k-means from so many starts, the best counts
AT_ONCE = 10_000  # up to so many customers one thread is faster than several
SEEN = 2_000  # customers of whom the silhouette is worked out
BY_CHANCE = 700  # customers in data without groups
AGAIN = 5  # bootstrap samples
AGAIN_ROWS = 5_000  # customers in each, and the most that are compared


class Trials:
    """Groups tried on one matrix (customers × columns), whose rows stand in a fixed order.

    Every method but `table` and `centres` is a generator of short steps, so that whoever waits can stop.
    """

    def __init__(self, matrix: np.ndarray, seed: int) -> None:
        self.matrix, self.seed = matrix, seed
        self._centres: dict[int, np.ndarray] = {}
        self._rows: dict[int, dict] = {}
        self._sample = matrix[some(len(matrix), SEEN, [seed, 1])]

    def tried(self, k: int, references: list[Callable[[], np.ndarray]]) -> Iterator[None]:
        """Try k groups: how clear, how stable, and how clear by chance."""
        row = self._rows[k] = {"silhouette": 0.0, "by_chance": [], "again": []}
        yield from self._fit(k)
        own = nearest(self._sample, self._centres[k])
        row["silhouette"] = silhouette(self._sample, own)
        row["smallest"] = float(np.bincount(own, minlength=k).min() / len(own))
        yield
        for turn in range(AGAIN):
            row["again"].append(self._again(k, turn))
            yield
        for reference in references:
            matrix = reference()
            with threads(len(matrix)):
                labels = kmeans(k, self.seed, 3).fit(matrix).labels_
            row["by_chance"].append(silhouette(matrix, labels))
            yield

    def _fit(self, k: int) -> Iterator[None]:
        """The best of `STARTS` starts; in one go where steps would not be short anyhow."""
        many = len(self.matrix) > AT_ONCE
        best = None
        for start in range(1 if many else STARTS):
            with threads(len(self.matrix)):
                fitted = kmeans(k, self.seed + 1000 * start, STARTS if many else 1).fit(self.matrix)
            best = fitted if best is None or fitted.inertia_ < best.inertia_ else best
            self._centres[k] = best.cluster_centers_
            yield

    def _again(self, k: int, turn: int) -> float:
        """How far the groups of a bootstrap sample are the same (adjusted Rand index)."""
        from sklearn.metrics import adjusted_rand_score

        rng = np.random.default_rng([self.seed, 2, k, turn])
        rows = rng.integers(len(self.matrix), size=min(len(self.matrix), AGAIN_ROWS))
        with threads(len(rows)):
            fitted = kmeans(k, self.seed + turn, 3).fit(self.matrix[rows])
        ours, theirs = (nearest(self._sample, one) for one in (self._centres[k], fitted.cluster_centers_))
        return float(adjusted_rand_score(ours, theirs))

    def centres(self, k: int) -> np.ndarray:
        """The centres of k groups."""
        return self._centres[k]

    def table(self) -> pd.DataFrame:
        """Per k: silhouette, the most that chance gave, stability, and the share of the smallest group."""
        rows = [
            {
                "k": k,
                "silhouette": row["silhouette"],
                "silhouette_chance": max(row["by_chance"], default=np.nan),
                "stability": float(np.mean(row["again"])),
                "smallest": row["smallest"],
            }
            for k, row in self._rows.items()
        ]
        return pd.DataFrame(rows)


def steps(references: int, rows: int) -> int:
    """How many steps `Trials.tried` takes for one k."""
    return (1 if rows > AT_ONCE else STARTS) + 1 + AGAIN + references


def kmeans(k: int, seed: int, starts: int):
    """scikit-learn's k-means."""
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=starts, random_state=seed)


def threads(rows: int) -> AbstractContextManager:
    """One thread for a few customers: several wait for each other more than they work."""
    return _pools().limit(limits=1) if rows <= AT_ONCE else nullcontext()


@lru_cache
def _pools():
    import sklearn.cluster  # noqa: F401 what it loads is what is limited
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def silhouette(matrix: np.ndarray, labels: np.ndarray) -> float:
    """The mean silhouette; 0 where there is only one group, or every row is its own."""
    from sklearn.metrics import silhouette_score

    groups = len(np.unique(labels))
    if not 1 < groups < len(matrix):
        return 0.0
    with threads(len(matrix)):
        return float(silhouette_score(matrix, labels))


def nearest(matrix: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Per row the place of the nearest centre."""
    from sklearn.metrics import pairwise_distances_argmin

    with threads(len(matrix)):
        return pairwise_distances_argmin(matrix, centres)


def some(size: int, most: int, seed: list[int]) -> np.ndarray:
    """The places of a sample, sorted; all where there are few enough."""
    if size <= most:
        return np.arange(size)
    return np.sort(np.random.default_rng(seed).choice(size, most, replace=False))
