"""How sure is it that two products are bought together more often than chance would have it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.estimates import LEVEL, SMALL

if TYPE_CHECKING:
    from csworkbook.personas.baskets.held import Tallies

COLUMNS = [
    "first", "second", "orders", "support", "first_orders", "confidence", "confidence_low", "confidence_high",
    "second_orders", "back", "back_low", "back_high", "expected", "lift", "lift_low", "lift_high", "p", "verdict",
    "small", "first_id", "second_id",
]  # fmt: skip


def measured(found: Tallies) -> pd.DataFrame:
    """Support, confidence both ways and lift of every pair, with intervals, the surest and largest first.

    In a pair `first` is the product with more orders: most people can be shown the other there.
    """
    pairs = _turned(found)
    n, both = found.orders, pairs["orders"].to_numpy()
    first, second = pairs["first_orders"].to_numpy(), pairs["second_orders"].to_numpy()
    confidence, back = estimates.shares(both, first), estimates.shares(both, second)
    lift, low, high = lifts(both, first, second, n)
    table = pairs.assign(
        support=both / n,
        confidence=both / first,
        confidence_low=confidence[0],
        confidence_high=confidence[1],
        back=both / second,
        back_low=back[0],
        back_high=back[1],
        expected=first * second / n,
        lift=lift,
        lift_low=low,
        lift_high=high,
        p=corrected(by_chance(both, first, second, n), len(found.items)),
        small=np.minimum(first, second) < SMALL,
    )
    sure = (table["p"] < 1 - LEVEL) & (table["lift_low"] > 1)
    table["verdict"] = np.select([sure, table["lift_high"] < 1], ["yes", "no"], "cannot tell yet")
    return _ordered(_called(table, found.names), sure)


def _turned(found: Tallies) -> pd.DataFrame:
    """The pairs with the orders of each, the product with more orders first."""
    pairs = found.pairs
    first = pairs["first"].map(found.items).to_numpy("int64")
    second = pairs["second"].map(found.items).to_numpy("int64")
    turn = second > first
    return pd.DataFrame(
        {
            "first_id": np.where(turn, pairs["second"], pairs["first"]),
            "second_id": np.where(turn, pairs["first"], pairs["second"]),
            "orders": pairs["orders"].to_numpy("int64"),
            "first_orders": np.where(turn, second, first),
            "second_orders": np.where(turn, first, second),
        }
    )


def lifts(both, first, second, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How many times as often two are together as chance would have it, with 95 % limits.

    The limits are those of the logarithm (delta method on the four counts of a fourfold table).

    >>> [one.round(2).tolist() for one in lifts(np.array([20]), np.array([40]), np.array([50]), 1000)]
    [[10.0], [7.38], [13.55]]
    """
    from scipy.stats import norm

    both, first, second = (np.asarray(one, dtype=float) for one in (both, first, second))
    lift = both * n / (first * second)
    variance = (1 / both - 1 / first - 1 / second + (2 * lift - 1) / n).clip(0)
    away = np.exp(norm.ppf((1 + LEVEL) / 2) * np.sqrt(variance))
    return lift, lift / away, lift * away


def by_chance(both, first, second, n: int) -> np.ndarray:
    """The chance of so many orders with both, or more, if neither had to do with the other (Fisher, one-sided)."""
    from scipy.stats import hypergeom

    return hypergeom.sf(np.asarray(both) - 1, n, first, second)


def corrected(p: np.ndarray, items: int) -> np.ndarray:
    """p corrected for all pairs of the products that were looked at (Benjamini & Hochberg 1995).

    Pairs that were hardly ever together are not in `p`, but could have been: they count as looked at.

    >>> corrected(np.array([0.001, 0.02]), 5).round(3).tolist()
    [0.01, 0.1]
    """
    looked = items * (items - 1) / 2
    return np.minimum(estimates.adjust(p, "fdr_bh") * looked / max(len(p), 1), 1.0)


def _called(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The pairs by their names; a name that several products have says which one it is."""
    keys = sorted({*table["first_id"], *table["second_id"]})
    said = pd.Series({key: names.get(key, key) for key in keys}, dtype=object)
    twice = said.duplicated(keep=False) & (said != said.index)
    said = said.where(~twice, said.astype(str) + " (" + said.index.astype(str) + ")")
    return table.assign(first=table["first_id"].map(said), second=table["second_id"].map(said))[COLUMNS]


def _ordered(table: pd.DataFrame, sure: pd.Series) -> pd.DataFrame:
    """The sure ones first, and of these those that are together most often beyond chance."""
    place = table.assign(sure=~sure, more=table["expected"] - table["orders"])
    place = place.sort_values(["sure", "more", "first_id", "second_id"], kind="stable")
    return table.loc[place.index].reset_index(drop=True)
