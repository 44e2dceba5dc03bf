"""Which number of groups is clear enough, if any?"""

from __future__ import annotations

import numpy as np
import pandas as pd

LEAST_CUSTOMERS = 20  # with fewer customers nobody can tell groups from chance
BEYOND = 0.05  # how far a silhouette has to be above the most that data without groups gave
TIMES = 1.4  # or how many times as high, where groups are very stable: idle columns make every silhouette low
LEAST_BEYOND = 0.03
MANY = 500  # with fewer customers silhouettes vary more by chance, so they have to be further above it
CLEAR = 0.1  # a lower silhouette is not worth a name, however surely it is above chance
STABLE = 0.75  # below this groups are not to be trusted (Hennig 2007)
SURE = 0.95  # from this stability on, the larger of two numbers that are about as clear tells more
ABOUT = 0.98
SMALLEST = 0.01  # share of the customers: a smaller group is some odd customers
COLUMNS = ["k", "silhouette", "silhouette_chance", "stability", "clear", "chosen"]


def judged(table: pd.DataFrame, k: int | None = None, *, customers: int = MANY) -> pd.DataFrame:
    """The trials with `chosen`: the k that is furthest above chance and stable; `k` where it was asked for."""
    more = max(1.0, (MANY / customers) ** 0.5)
    over = table["silhouette"] - table["silhouette_chance"].fillna(np.inf)
    far = (over > BEYOND * more) & (table["stability"] >= STABLE)
    often = table["silhouette"] >= TIMES * table["silhouette_chance"]
    sure = (over > LEAST_BEYOND * more) & often & (table["stability"] >= SURE)
    enough = (far | sure) & (table["silhouette"] >= CLEAR) & (table["smallest"] >= SMALLEST)
    chosen = np.zeros(len(table), bool)
    if k is not None:
        chosen[:] = table["k"] == k
    elif enough.any():
        most = over.where(enough, -np.inf)
        about = enough & (over >= ABOUT * most.max()) & (table["stability"] >= SURE)
        chosen[int(np.flatnonzero(about)[-1] if about.any() else np.argmax(most))] = True
    return table.assign(clear=enough, chosen=chosen)[COLUMNS]


def best(table: pd.DataFrame) -> dict[str, float]:
    """The numbers of the chosen k, or of the one that came nearest (JSON)."""
    if not len(table):
        return {}
    over = (table["silhouette"] - table["silhouette_chance"]).where(~table["chosen"], np.inf)
    row = table.iloc[int(np.argmax(over.fillna(-np.inf)))]
    numbers = {name: round(float(row[name]), 4) for name in COLUMNS[1:4] if np.isfinite(row[name])}
    return {"k": int(row["k"]), "clear": bool(row["clear"])} | numbers
