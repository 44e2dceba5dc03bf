"""Small draws all generators of the demo shop share; nothing here loops over rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np


def chance(rng: np.random.Generator, probability: np.ndarray | float, size: int | None = None) -> np.ndarray:
    """True with the given probability, per row."""
    probability = np.asarray(probability, float)
    return rng.random(len(probability) if size is None else size) < probability


def words(rng: np.random.Generator, shares: Mapping[str, float], size: int) -> np.ndarray:
    """Words drawn by their shares, as an array of str objects."""
    names = np.array(list(shares), object)
    weights = np.array(list(shares.values()), float)
    return names[rng.choice(len(names), size, p=weights / weights.sum())]


def by_row(rng: np.random.Generator, probabilities: np.ndarray) -> np.ndarray:
    """One column number per row, drawn by the row's own probabilities."""
    cumulative = probabilities.cumsum(axis=1)
    point = rng.random(len(probabilities))[:, None] * cumulative[:, -1:]
    return np.minimum((point >= cumulative).sum(axis=1), probabilities.shape[1] - 1)


def lookup(keys: np.ndarray, sizes: Mapping[object, float]) -> np.ndarray:
    """The planted size of every row's key; the size called "elsewhere" or "others" where it has none.

    >>> lookup(np.array(["mobile", "tablet"]), {"mobile": 0.16, "elsewhere": 0.07}).tolist()
    [0.16, 0.07]
    """
    import pandas as pd

    rest = sizes.get("elsewhere", sizes.get("others", np.nan))
    return pd.Series(keys).map(sizes).fillna(rest).to_numpy(float)


def pick(rng: np.random.Generator, choices: Sequence[str], size: int) -> np.ndarray:
    """Texts drawn evenly from `choices`, as an array of str objects."""
    return np.array(choices, object)[rng.integers(0, len(choices), size)]


def begins(values: np.ndarray) -> np.ndarray:
    """Whether a run of equal values begins at each place.

    >>> begins(np.array([4, 4, 7, 4])).tolist()
    [True, False, True, True]
    """
    return np.concatenate([[True], values[1:] != values[:-1]])[: len(values)]
