"""In which words, hours or months do the personas differ, when one customer may count many times?

Every row (an order, a line, a contact) is one customer's, and rows of one customer resemble each other:
intervals and tests are about customers. A share is a ratio of sums over customers, its variance the usual
linearised one with the customer as cluster (Cochran 1977, section 6; the sandwich of a mean), and its interval
Wilson's with as many rows as would be worth as much if they were independent (Korn & Graubard 1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.estimates import LEVEL

LEAST_EXPECTED = 5.0  # rows expected on both sides; with fewer a difference is not tested


@dataclass(frozen=True)
class _Sums:
    """What of one side (a persona, or all others) makes shares and their variance.

    Per value: x (rows), xx (their squares per customer, summed), xn (times all rows of that customer,
    summed). Of the side: n (rows), nn (squares of rows per customer), m (customers).
    """

    x: np.ndarray
    xx: np.ndarray
    xn: np.ndarray
    n: np.ndarray
    nn: np.ndarray
    m: np.ndarray

    def minus(self, part: _Sums) -> _Sums:
        """All but a part."""
        return _Sums(*(getattr(self, name) - getattr(part, name) for name in self.__dataclass_fields__))

    @property
    def share(self) -> np.ndarray:
        """The share of the rows that have the value; NaN without rows."""
        return np.divide(self.x, self.n, out=np.full(self.x.shape, np.nan), where=self.n > 0)

    def variance(self, share: np.ndarray) -> np.ndarray:
        """Of the share, if `share` were the true one; customers are what is drawn."""
        spread = self.xx - 2 * share * self.xn + share**2 * self.nn
        with np.errstate(all="ignore"):
            return np.where(self.m > 1, spread.clip(0) * self.m / (self.m - 1) / self.n**2, np.inf)

    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Wilson's limits with the rows that independent ones would be worth; 0 and 1 without rows."""
        share = np.nan_to_num(self.share)
        with np.errstate(all="ignore"):
            independent = self.n * share * (1 - share) / ((self.n - 1) * self.variance(share))
            worth = np.where((share > 0) & (share < 1), independent, self.n**2 / self.nn)
        worth = np.where(self.n > 0, np.minimum(np.nan_to_num(worth), self.n), 0.0)
        low, high = estimates.shares(share * worth, worth)
        return np.asarray(low), np.asarray(high)


def compared(
    counts: pd.DataFrame, labels: pd.Series, *, k: int | None = None, most: int | None = None
) -> pd.DataFrame:
    """The share of each persona's rows that has each value, beside all other personas' rows.

    Parameters
    ----------
    counts : DataFrame
        customer_id, value, count: how many rows of a customer have a value. Customers without a persona are
        left out.
    labels : Series
        customer_id → persona (1..k).
    k : int, optional
        How many personas there are; those in `labels` by default.
    most : int, optional
        Only so many values, those that occur most; the others count in the whole.

    Returns
    -------
    DataFrame
        persona, value, count, n (rows of the persona), customers (that have rows), share, low, high, other_share,
        other_n, difference, difference_low, difference_high (0–1), p (corrected by Holm over all that was tested;
        NaN where fewer than 5 rows are expected on either side). Every persona has every value.

    Examples
    --------
    >>> rows = pd.DataFrame({"customer_id": list("aabc"), "value": ["x", "y", "x", "y"], "count": [3, 1, 4, 2]})
    >>> found = compared(rows, pd.Series({"a": 1, "b": 1, "c": 2}))
    >>> found[["persona", "value", "count", "n", "share"]].values.tolist()
    [[1, 'x', 7, 8, 0.875], [1, 'y', 1, 8, 0.125], [2, 'x', 0, 2, 0.0], [2, 'y', 2, 2, 1.0]]
    """
    rows = counts.assign(persona=counts["customer_id"].map(labels)).dropna(subset=["persona", "value"])
    personas = np.arange(1, (k or int(labels.max())) + 1)
    values = sorted(rows["value"].unique())
    if most is not None and len(values) > most:
        common = rows.groupby("value")["count"].sum().sort_index().nlargest(most, keep="first")
        values = [value for value in values if value in common.index]
    mine = _sums(rows, personas, values)
    whole = _Sums(*(getattr(mine, name).sum(axis=0, keepdims=True) for name in mine.__dataclass_fields__))
    others = whole.minus(mine)
    low, high = mine.interval()
    other_low, other_high = others.interval()
    difference = mine.share - others.share
    down = np.hypot(mine.share - low, other_high - others.share)  # Newcombe 1998, method 10
    up = np.hypot(high - mine.share, others.share - other_low)
    shape = mine.x.shape
    index = pd.MultiIndex.from_product([personas, values], names=["persona", "value"])
    columns = {
        "count": mine.x,
        "n": np.broadcast_to(mine.n, shape),
        "customers": np.broadcast_to(mine.m, shape),
        "share": mine.share,
        "low": low,
        "high": high,
        "other_share": others.share,
        "other_n": np.broadcast_to(others.n, shape),
        "difference": difference,
        "difference_low": difference - down,
        "difference_high": difference + up,
        "p": estimates.adjust(_p(mine, others, whole.share).ravel()),
    }
    table = pd.DataFrame({name: np.ravel(found) for name, found in columns.items()}, index=index)
    return table.astype(dict.fromkeys(("count", "n", "customers", "other_n"), int)).reset_index()


def _sums(rows: pd.DataFrame, personas: np.ndarray, values: list) -> _Sums:
    """The sums of every persona, by value."""
    each = rows.groupby(["persona", "customer_id", "value"], observed=True)["count"].sum().reset_index()
    all_rows = each.groupby("customer_id")["count"].transform("sum")
    each = each.assign(xx=each["count"] ** 2, xn=each["count"] * all_rows)
    by_value = each.groupby(["persona", "value"], observed=True)[["count", "xx", "xn"]].sum()
    by_value = by_value.reindex(pd.MultiIndex.from_product([personas, values]), fill_value=0)
    x, xx, xn = (by_value[name].to_numpy(float).reshape(len(personas), -1) for name in by_value)
    customers = each.groupby(["persona", "customer_id"])["count"].sum()
    per = customers.groupby(level=0).agg(n="sum", nn=lambda n: (n**2).sum(), m="size")
    per = per.reindex(personas, fill_value=0).astype(float)
    return _Sums(x, xx, xn, *(per[[name]].to_numpy() for name in ("n", "nn", "m")))


def _p(mine: _Sums, others: _Sums, share: np.ndarray) -> np.ndarray:
    """Of no difference: the distance in its own standard errors if both had the share of all (a score test)."""
    from scipy.stats import t

    with np.errstate(all="ignore"):
        error = np.sqrt(mine.variance(share) + others.variance(share))
        distance = np.abs(mine.share - others.share) / error
    p = 2 * t.sf(distance, np.maximum(mine.m + others.m - 2, 1))
    fewest = np.minimum(share, 1 - share) * np.minimum(mine.n, others.n)
    return np.where(fewest >= LEAST_EXPECTED, p, np.nan)


def sure(table: pd.DataFrame) -> pd.Series:
    """Which rows of `compared` differ from the others, after correction for having looked at all."""
    return (table["p"] < 1 - LEVEL) & (table["difference_low"] * table["difference_high"] > 0)
