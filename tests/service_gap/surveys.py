"""Service surveys a person can count, and answers that have exactly the means of a published table."""

from __future__ import annotations

import numpy as np
import pandas as pd


def survey(people, *, role="customer", start=1) -> pd.DataFrame:
    """Rows of respondents; each is {item: (expectation, perception)} or {item: (expectation, perception, points)}."""
    rows = [
        (f"{role}{number}", role, item, *values, *([None] * (3 - len(values))))
        for number, answers in enumerate(people, start)
        for item, values in answers.items()
    ]
    columns = ["respondent_id", "role", "item", "expectation", "perception", "weight"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"item": "Int64", "expectation": "Int64", "perception": "Int64", "weight": "float64"})


def wide(expectation, perception=None, weight=None, *, items=None, role="customer") -> pd.DataFrame:
    """A survey from matrices, respondents × items; a cell may be NaN."""
    shape = np.shape(expectation if expectation is not None else perception)
    items = list(range(1, shape[1] + 1)) if items is None else items
    frame = pd.DataFrame(
        {
            "respondent_id": np.repeat([f"{role}{i}" for i in range(shape[0])], shape[1]),
            "role": role,
            "item": np.tile(items, shape[0]),
        }
    )
    for column, values in (("expectation", expectation), ("perception", perception), ("weight", weight)):
        if values is not None:
            frame[column] = np.asarray(values, dtype=float).ravel()
    return frame


def with_mean(mean: float, n: int, *, spread: float = 0.0) -> np.ndarray:
    """`n` answers with exactly this mean: half a little above it, half as much below."""
    signs = np.where(np.arange(n) % 2, 1.0, -1.0)
    if n % 2:
        signs[-1] = 0.0
    return mean + spread * signs
