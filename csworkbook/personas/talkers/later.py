"""Do relational buyers really come back more, once they have been told from the others?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.estimates import LEVEL, SMALL, Estimate
from csworkbook.personas.talkers.sides import share_of

# customers are alike between two of these: orders so far, days since the last order, days since the first
ORDERS = (2, 3, 4, 6, 9, 14, 21, 31)
SINCE = (14, 30, 60, 90, 180, 365)
AGE = (90, 180, 365, 730)


@dataclass(frozen=True)
class Later:
    """What customers did in the days after they were told apart.

    Attributes
    ----------
    customers : DataFrame
        As `relational_traits.judged` gives, of the time up to `cut`, with `again` (1.0 when they bought in the
        days after, else 0.0), `later` (margin of that, money), `day` (how many days after the first of it was;
        infinite for none) and `like` (a number shared by customers with about as
        many orders so far, the first and the last about as long ago).
    cut : int
        The last day of which anything was used to tell them apart (whole days since 1970).
    days : int
        How long they were followed from then on.
    """

    customers: pd.DataFrame
    cut: int
    days: int
    currency: str = "EUR"

    @cached_property
    def part(self) -> np.ndarray:
        """Who is relational."""
        return self.customers["relational"].to_numpy(bool)

    @property
    def few(self) -> bool:
        """Whether there are too few of either to compare."""
        return min(self.part.sum(), (~self.part).sum()) < SMALL

    def again(self, relational: bool) -> Estimate:
        """The share that bought again, of the relational or of the others (Wilson)."""
        theirs = self.customers["again"].to_numpy()[self.part == relational]
        return estimates.share(float(theirs.sum()), len(theirs))

    def each(self, relational: bool) -> Estimate:
        """The mean margin of the days after, of the relational or of the others (t)."""
        theirs = self.customers["later"].to_numpy()[self.part == relational]
        return _money(estimates.mean(theirs), self.currency)

    @cached_property
    def share(self) -> Estimate:
        """Which share of the margin of the days after came from the relational."""
        return share_of(self.part, self.customers["later"].to_numpy())

    @cached_property
    def difference(self) -> Estimate:
        """The share that bought again: relational minus others (Newcombe)."""
        mine, others = self.again(True), self.again(False)
        return estimates.difference(mine.value * mine.n, mine.n, others.value * others.n, others.n)

    @cached_property
    def alike(self) -> Estimate:
        """The same against customers alike, in points; NaN where there are none. p corrected with that of `worth`."""
        return self._compared[0]

    @cached_property
    def worth(self) -> Estimate:
        """Margin of the days after, against customers alike, per customer; NaN where there are none."""
        return self._compared[1]

    @cached_property
    def _compared(self) -> tuple[Estimate, Estimate]:
        like = self.customers["like"].to_numpy()
        found = [
            held_equal(self.customers[name].to_numpy(), self.part, like, unit)
            for name, unit in (("again", "points"), ("later", "money"))
        ]
        p = estimates.adjust([one.p for one in found])
        both = [
            Estimate(e.value, e.low, e.high, e.n, e.unit, float(q)) for e, q in zip(found, p, strict=True)
        ]
        return both[0], _money(both[1], self.currency)


def _money(found: Estimate, currency: str) -> Estimate:
    return Estimate(found.value, found.low, found.high, found.n, "money", found.p, currency)


def followed(
    customers: pd.DataFrame, after: pd.DataFrame | None, cut: int, days: int, currency: str = "EUR"
) -> Later:
    """Customers told apart up to a day, with what they bought in the days after.

    Parameters
    ----------
    customers : DataFrame
        As `relational_traits.judged` gives, of the time up to `cut`.
    after : DataFrame or None
        `purchases.purchases` of the days after; None when nobody bought.
    """
    again = (
        np.zeros(len(customers))
        if after is None
        else (after.index.get_indexer(customers.index) >= 0).astype(float)
    )
    margin = pd.Series(dtype=float) if after is None else after["margin"]
    later = margin.reindex(customers.index).fillna(0.0).to_numpy(float)
    when = _days_after(customers.index, after, cut)
    found = customers.assign(again=again, later=later, day=when, like=_alike(customers, cut))
    return Later(found, cut, days, currency)


def _alike(customers: pd.DataFrame, cut: int) -> np.ndarray:
    """One number for all customers with about as many orders, the first and the last about as long ago."""
    ago = {
        name: cut - customers[name].to_numpy("datetime64[D]").astype("int64")
        for name in ("last_at", "first_at")
    }
    orders = np.searchsorted(ORDERS, customers["orders"].to_numpy(int), side="right")
    last = np.searchsorted(SINCE, ago["last_at"], side="right")
    first = np.searchsorted(AGE, ago["first_at"], side="right")
    return (orders * (len(SINCE) + 1) + last) * (len(AGE) + 1) + first


def _days_after(customers: pd.Index, after: pd.DataFrame | None, cut: int) -> np.ndarray:
    if after is None:
        return np.full(len(customers), np.inf)
    first = after["first_at"].reindex(customers).to_numpy("datetime64[D]")
    return np.where(np.isnat(first), np.inf, first.astype("int64") - float(cut))


def held_equal(values: np.ndarray, part: np.ndarray, like: np.ndarray, unit: str) -> Estimate:
    """How much more some customers have than others who are alike: the mean difference within groups alike.

    Least squares with one level per group, robust errors (HC1); groups that hold only one kind say nothing.

    Parameters
    ----------
    values : array
        What is compared, one customer each.
    part : array of bool
        Whose mean is compared with that of the others.
    like : array of int
        The group of customers alike.

    >>> values, part = np.array([1.0, 0, 0, 1, 1, 0]), np.array([True, False, False, True, True, False])
    >>> round(held_equal(values, part, np.array([1, 1, 1, 2, 2, 2]), "points").value, 9)
    1.0
    """
    from statsmodels.regression.linear_model import OLS

    frame = pd.DataFrame({"y": values, "x": part.astype(float), "like": like})
    mixed = frame.groupby("like")["x"].transform("nunique").to_numpy() == 2
    frame = frame[mixed]
    apart = frame[["y", "x"]] - frame.groupby("like")[["y", "x"]].transform("mean")
    n, free = len(frame), len(frame) - frame["like"].nunique() - 1
    if free < 1:
        return Estimate(np.nan, -np.inf, np.inf, n, unit, np.nan)
    fit = OLS(apart["y"].to_numpy(), apart["x"].to_numpy()).fit(cov_type="HC0")
    value, error = float(fit.params[0]), float(fit.bse[0]) * (n / free) ** 0.5
    return _with_limits(value, error, n, free, unit)


def _with_limits(value: float, error: float, n: int, free: int, unit: str) -> Estimate:
    from scipy.stats import t

    half = float(t.ppf((1 + LEVEL) / 2, free)) * error
    p = 1.0 if error == 0 else float(2 * t.sf(abs(value) / error, free))
    return Estimate(value, value - half, value + half, n, unit, p)
