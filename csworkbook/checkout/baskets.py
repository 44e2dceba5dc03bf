"""What is in a basket, who paid for shipping, and from which amount is it free?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from csworkbook.order_value import margins
from csworkbook.tables import require

LEAST_DAYS = 28  # over less time nothing is said of a year
_YEAR = pd.Timedelta(days=365)
_SURE = 6.6  # log-likelihood a step must gain: ten orders, all on their own side, do
_NEAR = 1.92  # cuts that fit within this of the best: a 95 % set
_FEWER = 5  # so many times fewer exceptions make another way of counting the basket the right one
_APART = 0.5  # the shares of free orders on both sides must differ by this much at least
_ROUND = (1000, 500, 250, 100, 50, 25, 10, 5, 1, 0.5, 0.25, 0.1, 0.05, 0.01)

Kind = Literal["read", "typed", "all free", "nobody free", "cannot tell", "not there"]


@dataclass(frozen=True, eq=False)
class Baskets:
    """The orders with a value, as arrays of one length.

    Attributes
    ----------
    value : ndarray
        What is in the basket, shipping left out.
    earned : ndarray
        Margin of the order in money (see `order_value.margins`), shipping left out.
    shipping : ndarray
        What the customer paid for shipping; NaN where the data do not say.
    rows : ndarray of int
        Their rows in `orders`.
    source : str
        How the value was taken: "revenue", "before discount", "lines" or "less shipping".
    without : int
        Orders left out, because they have no value above zero.
    a_year : float
        Orders a year; NaN where they span less than `LEAST_DAYS` days.
    """

    value: np.ndarray
    earned: np.ndarray
    shipping: np.ndarray
    rows: np.ndarray
    source: str
    without: int
    a_year: float

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True)
class Present:
    """From which basket on shipping is free now: `value`, known to lie above `low` and up to `high`.

    `kind` says how that is known ("read", "typed"), or why not; `fee` is what those who pay, pay most
    often in the middle (NaN when nobody does); `free`, `paid` and `unknown` count orders, and `wrong`
    those on the other side of the threshold than their shipping says.
    """

    kind: Kind
    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    fee: float = np.nan
    free: int = 0
    paid: int = 0
    unknown: int = 0
    wrong: int = 0

    @property
    def known(self) -> bool:
        """Whether there is a threshold."""
        return self.kind in ("read", "typed")


def baskets(
    orders: pd.DataFrame, order_lines: pd.DataFrame | None = None, *, margin: float
) -> tuple[Baskets, Present]:
    """The baskets, and the threshold read off them.

    A threshold may count the basket before or after discount, so every way the data allow is tried;
    the basket is the revenue unless another way parts free from paid orders far better.

    Raises
    ------
    DataError
        When a required column is missing.
    """
    require(orders, "orders")
    revenue = _numbers(orders, "revenue")
    good = np.flatnonzero(revenue > 0)
    shipping = _numbers(orders, "shipping")
    shipping = np.where(shipping >= 0, shipping, np.nan)[good]
    ways = {name: value[good] for name, value in _ways(orders, order_lines, revenue).items()}
    source, found = _best(ways, shipping)
    earned = margins(orders, margin)[good]
    value = np.round(ways[source], 2)
    made = Baskets(value, earned, shipping, good, source, len(orders) - len(good), orders_a_year(orders))
    return made, found


def _best(ways: dict[str, np.ndarray], shipping: np.ndarray) -> tuple[str, Present]:
    """The revenue, unless another way to count leaves far fewer orders on the wrong side."""
    found = {name: read(np.round(value, 2), shipping) for name, value in ways.items()}
    best = min(found, key=lambda name: (not found[name].known, found[name].wrong))
    plain, other = found["revenue"], found[best]
    better = other.known and (not plain.known or _FEWER * other.wrong < plain.wrong)
    source = best if better else "revenue"
    return source, found[source]


def _ways(orders: pd.DataFrame, lines: pd.DataFrame | None, revenue: np.ndarray) -> dict[str, np.ndarray]:
    ways = {"revenue": revenue}
    discount = np.nan_to_num(_numbers(orders, "discount"))
    if (discount > 0).any():
        ways["before discount"] = revenue + discount
    if lines is not None and len(lines):
        require(lines, "order_lines")
        sums = line_values(lines).groupby(lines["order_id"].to_numpy()).sum()
        added = sums.reindex(orders["order_id"].to_numpy()).to_numpy(float)
        if (known := added > 0).any():
            ways["lines"] = np.where(known, added, revenue + discount)
    shipping = _numbers(orders, "shipping")
    if (inside := revenue - np.nan_to_num(shipping)).min(initial=1.0) > 0 and (shipping > 0).any():
        ways["less shipping"] = inside
    return ways


def line_values(lines: pd.DataFrame) -> pd.Series:
    """What every line comes to: price × quantity, in money; nothing where either is missing."""
    return (lines["price"].astype(float) * lines["quantity"].astype(float)).fillna(0.0)


def read(value: np.ndarray, shipping: np.ndarray) -> Present:
    """The threshold at which paid and free orders part, by likelihood, and where it may lie.

    Every basket is on one side; the share of free orders is one number below and another above. The
    cut that fits best counts when it fits far better than none and parts the shares by half or more;
    of the amounts that fit about as well the roundest is the threshold.

    Parameters
    ----------
    value, shipping : ndarray
        Money, one row an order; shipping is NaN where not known.

    >>> paid = np.repeat([4.95, 0.0], 6)
    >>> read(np.array([10, 20, 30, 40, 45, 49.95, 52, 60, 70, 80, 90, 99]), paid).value
    50.0
    """
    told = ~np.isnan(shipping)
    value, free = value[told], shipping[told] == 0
    counts = {"free": int(free.sum()), "paid": int((~free).sum()), "unknown": int((~told).sum())}
    if not told.any():
        return Present("not there", **counts)
    fee = float(np.median(shipping[told][~free])) if counts["paid"] else np.nan
    if not counts["paid"] or not counts["free"]:
        return Present("nobody free" if counts["paid"] else "all free", fee=fee, **counts)
    order = np.argsort(value, kind="stable")
    edges = _step(value[order], free[order])
    if edges is None:
        return Present("cannot tell", fee=fee, **counts)
    low, high = edges
    at = roundest(low, high)
    wrong = int(((value >= at) != free).sum())
    return Present("read", at, low, high, fee, wrong=wrong, **counts)


def _step(value: np.ndarray, free: np.ndarray) -> tuple[float, float] | None:
    """Above which amount and up to which the step lies; None where there is none to be seen."""
    from scipy.special import xlogy

    def fit(k, n):
        return xlogy(k, k) + xlogy(n - k, n - k) - xlogy(n, n)

    n, whole = len(value), float(free.sum())
    at = np.flatnonzero(np.diff(value) > 0) + 1  # so many orders lie below each cut
    if not len(at):
        return None
    below = free.cumsum()[at - 1].astype(float)
    gained = fit(below, at) + fit(whole - below, n - at) - fit(whole, float(n))
    rises = (whole - below) / (n - at) - below / at
    gained = np.where(rises >= _APART, gained, -np.inf)
    if not gained.max() >= _SURE:
        return None
    near = at[gained >= gained.max() - _NEAR]
    return float(value[near.min() - 1]), float(value[near.max()])


def roundest(low: float, high: float) -> float:
    """The roundest amount above `low` and up to `high`.

    >>> roundest(49.95, 50.85), roundest(33.1, 33.9), roundest(61.2, 79.5)
    (50.0, 33.5, 75.0)
    """
    for step in _ROUND:
        at = round((np.floor(low / step + 1e-9) + 1) * step, 2)
        if low < at <= high:
            return float(at)
    return float(high)


def typed(present: Present, baskets: Baskets, threshold: float) -> Present:
    """The threshold as the user says it is, the rest as it was read."""
    if threshold <= 0:
        return present
    told = ~np.isnan(baskets.shipping)
    wrong = ((baskets.value >= threshold) != (baskets.shipping == 0))[told].sum()
    counts = {"free": present.free, "paid": present.paid, "unknown": present.unknown, "wrong": int(wrong)}
    return Present("typed", float(threshold), float(threshold), float(threshold), present.fee, **counts)


def orders_a_year(orders: pd.DataFrame) -> float:
    """Orders in the last 365 days; of less, as many as that makes a year; NaN below `LEAST_DAYS` days."""
    at = orders["ordered_at"].dropna()
    if at.empty or (at.max() - at.min()) < pd.Timedelta(days=LEAST_DAYS):
        return float("nan")
    return float((at > at.max() - _YEAR).sum() / min((at.max() - at.min()) / _YEAR, 1.0))


def _numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    if column not in frame:
        return np.full(len(frame), np.nan)
    return frame[column].to_numpy(float, na_value=np.nan)
