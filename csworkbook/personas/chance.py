"""Data of the same shape without groups: what silhouettes are set beside."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from csworkbook.personas import dealing
from csworkbook.personas.clusters import BY_CHANCE, some
from csworkbook.personas.described import Features

TURNS = 3  # of each kind
SHAPE = 5_000  # customers whose extent and slant is taken


def references(features: Features, rows: np.ndarray, seed: int) -> list[Callable[[], np.ndarray]]:
    """Draws of data without groups, each made when it is called.

    Parameters
    ----------
    rows : ndarray of int
        The customers that are fitted.
    """
    matrix = features.scaled.to_numpy(float)[rows]
    matrix = matrix[some(len(matrix), SHAPE, [seed, 4])]
    size = min(len(matrix), BY_CHANCE)
    kinds = [partial(normal, matrix, size)]
    if features.seen is not None:
        kinds.append(partial(_dealt, features, seed))
    else:
        kinds += [partial(box, matrix, size, True), partial(box, matrix, size, False)]
    if few := features.recipe.get("few"):
        places = [[features.scaled.columns.get_loc(name) for name in names] for names in few]
        kinds.append(partial(columns_dealt, matrix, size, places))
    return [
        partial(kind, np.random.default_rng([seed, 3, number, turn]))
        for number, kind in enumerate(kinds)
        for turn in range(TURNS)
    ]


def normal(matrix: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """A normal cloud of the same slant."""
    return rng.multivariate_normal(matrix.mean(axis=0), np.cov(matrix.T).reshape(matrix.shape[1], -1), size)


def box(matrix: np.ndarray, size: int, turned: bool, rng: np.random.Generator) -> np.ndarray:
    """A box of even density of the same spread, along the columns or turned along the main directions."""
    middle = matrix.mean(axis=0)
    axes = np.linalg.svd(matrix - middle, full_matrices=False)[2] if turned else np.eye(matrix.shape[1])
    half = np.sqrt(3) * ((matrix - middle) @ axes.T).std(axis=0)
    return rng.uniform(-half, half, (size, len(half))) @ axes + middle


def columns_dealt(
    matrix: np.ndarray, size: int, few: list[list[int]], rng: np.random.Generator
) -> np.ndarray:
    """A normal cloud with the columns of few values dealt as they are, those of one subject together."""
    made = normal(matrix, size, rng)
    for places in few:
        made[:, places] = matrix[rng.integers(len(matrix), size=size)][:, places]
    return made


def _dealt(features: Features, seed: int, rng: np.random.Generator) -> np.ndarray:
    seen = features.seen
    people = seen.of(some(seen.size, BY_CHANCE, [seed, 1]))
    return dealing.scaled(dealing.dealt(people, rng), features.recipe)
