"""What will every customer buy, and all of them together? Numbers from fitted models, without words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from csworkbook.estimates import LEVEL, Estimate
from csworkbook.value import btyd, steady
from csworkbook.value.btyd import Model
from csworkbook.value.spend import Spend
from csworkbook.value.steady import Steady

ENOUGH = 30  # customers who bought again, for the model to learn from
_CLEARLY = 2.0  # a log-likelihood by which one model is better than another
_DRAWS, _SAMPLE = 100, 200  # models drawn, and the customers on whom they are compared
_TAIL = 1e-5  # a chance that no longer adds to a variance
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(3)  # for the discounted sum: four digits at least


def modelled(bought: pd.DataFrame) -> Model | Steady:
    """The model of who comes back, or the steady rate where there is too little to learn from.

    Of the model and its modified form, with as many parameters, the modified one is taken only where the
    customers are clearly likelier under it; on the CDNOW data they are not.

    Parameters
    ----------
    bought : DataFrame
        As `purchases.purchases` gives: x, t_x, T per customer.
    """
    x, t_x, T = (bought[name].to_numpy() for name in ("x", "t_x", "T"))
    if (x > 0).sum() < ENOUGH:
        return steady.fit(x, T)
    plain, modified = (btyd.fit(x, t_x, T, first=first) for first in (0, 1))
    if modified.converged and modified.log_likelihood > plain.log_likelihood + _CLEARLY:
        return modified
    return plain if plain.converged else steady.fit(x, T, "no top")


@dataclass(frozen=True)
class Forecast:
    """What customers will buy in `time`; equal customers are worked out once.

    Attributes
    ----------
    model : Model or Steady
    time : float
        How far ahead, in the model's unit.
    x, t_x, T : array
        The different customers.
    n : array
        How many customers are like that.
    of : array
        Per customer, which of the different ones he is.
    """

    model: Model | Steady
    time: float
    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    n: np.ndarray
    of: np.ndarray

    @classmethod
    def make(cls, model: Model | Steady, bought: pd.DataFrame, time: float) -> Forecast:
        """Of the customers of `purchases.purchases`, in their order."""
        x, t_x, T = (bought[name].to_numpy(float) for name in ("x", "t_x", "T"))
        different, of = btyd.different(x, t_x, T)
        n = np.bincount(of, minlength=len(different)).astype(float)
        return cls(model, time, x[different], t_x[different], T[different], n, of)

    @property
    def known(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The different customers as models take them."""
        return self.x, self.t_x, self.T

    @cached_property
    def expected(self) -> np.ndarray:
        """Purchases to expect of each different customer."""
        return self.model.expected(self.time, *self.known)

    @cached_property
    def staying(self) -> np.ndarray:
        """The chance of still being a customer, 1 where that is not known."""
        return np.nan_to_num(self.model.alive(*self.known), nan=1.0)

    @cached_property
    def ranges(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The fewest and the most purchases that 95 of 100 such customers keep to, and the mean of their squares.

        At least one is held possible of everybody. Chances of k or more are taken for k = 1, 2, … as long as
        they count.
        """
        low, high, square = (np.zeros(len(self.x)) for _one in range(3))
        here, k = np.flatnonzero(np.isfinite(self.expected)), 1
        low[np.isnan(self.expected)] = high[np.isnan(self.expected)] = np.nan
        tail = (1 - LEVEL) / 2
        while len(here):
            chance = self.staying[here] * self.model.at_least(k, self.time, self.x[here], self.T[here])
            low[here[chance >= 1 - tail]] = k
            high[here[chance > tail]] = k
            square[here] += (2 * k - 1) * chance
            here, k = here[k * chance > _TAIL], k + 1
        return np.minimum(low, np.floor(self.expected)), np.maximum(high, np.ceil(self.expected)), square

    def discounted(self, rate: float) -> np.ndarray:
        """Purchases to expect, those later counting for less; `rate` is the force of interest per unit of time.

        By parts, and Gauss–Legendre for the integral: purchases come ever more slowly, but smoothly.
        """
        if rate == 0:
            return self.expected
        sum_ = self.expected * np.exp(-rate * self.time)
        for node, weight in zip((_NODES + 1) / 2 * self.time, _WEIGHTS * self.time / 2, strict=True):
            sum_ = sum_ + rate * weight * np.exp(-rate * node) * self.model.expected(node, *self.known)
        return sum_

    def unsure(self, seed: int = 0) -> float:
        """How far all customers' purchases together may be off because the model is an estimate: a share of them.

        The standard deviation of their logarithm over models that the data leave possible, on some customers.
        """
        picked = np.arange(len(self.of))
        rng = np.random.default_rng(seed)
        if len(picked) > _SAMPLE:
            picked = np.sort(rng.choice(picked, _SAMPLE, replace=False))
        rows, n = np.unique(self.of[picked], return_counts=True)
        known = [one[rows] for one in self.known]
        totals = [n @ model.expected(self.time, *known) for model in self.model.draws(_DRAWS, seed)]
        totals = np.log(np.maximum(totals, 1e-300))
        return float(np.std(totals)) if np.isfinite(totals).all() else 0.0


def total(mean: float, variance: float, n: int, *, whole: bool) -> Estimate:
    """A sum over customers with its range: of counts (negative binomial), or of money (gamma).

    Parameters
    ----------
    mean, variance : float
        Of the sum.
    n : int
        The customers.
    whole : bool
        Whether it counts something.
    """
    unit = "number" if whole else "money"
    if not np.isfinite(mean) or mean <= 0:  # margins can be below zero
        half = 1.96 * float(np.sqrt(max(variance, 0.0)))
        return Estimate(mean, mean - half, mean + half, n, unit)
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = _counts(mean, variance, ends) if whole else _amounts(mean, variance, ends)
    return Estimate(float(mean), float(min(low, mean)), float(max(high, mean)), n, unit)


def _counts(mean: float, variance: float, ends: list[float]) -> np.ndarray:
    from scipy.stats import nbinom, poisson

    if variance <= mean * (1 + 1e-9):
        return poisson.ppf(ends, mean)
    return nbinom.ppf(ends, mean**2 / (variance - mean), mean / variance)


def _amounts(mean: float, variance: float, ends: list[float]) -> np.ndarray:
    from scipy.stats import gamma

    if variance <= 0:
        return np.array([mean, mean])
    return gamma.ppf(ends, mean**2 / variance, scale=variance / mean)


@dataclass(frozen=True)
class Worth:
    """What the purchases of a forecast are worth, per customer: money.

    Attributes
    ----------
    each : array
        The margin of one order.
    value, low, high : array
        Margin to expect, later orders counting for less, and its range.
    variance : array
        Of what the orders of each will bring, chance alone.
    """

    each: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    variance: np.ndarray


def worth(found: Forecast, spend: Spend, bought: pd.DataFrame, *, share: float, rate: float) -> Worth:
    """Orders times what one brings.

    Every purchase says what a customer spends, the first one too: on the CDNOW data and in the demo shop the
    amount of the next one is then better foretold.

    Parameters
    ----------
    share : float
        Margin, as a share of what was spent.
    rate : float
        The force of interest per unit of the model's time.
    """
    count, mean = bought["x"].to_numpy(float) + 1, bought["mean"].to_numpy(float)
    each = share * spend.expected(count, mean)
    within, between = (share**2 * part for part in spend.spread(count, mean))
    expected, of = found.expected, found.of
    low, high, square = (one[of] for one in found.ranges)
    sum_, own = found.discounted(rate)[of], expected[of]
    later = np.divide(sum_, own, out=np.ones(len(own)), where=own > 0)
    value, amount = sum_ * each, 3.84 * (own * within + own**2 * between)
    chance = (square - own**2).clip(0) * each**2 + own * within + square * between
    below = np.sqrt(((own - low) * each) ** 2 + amount)
    above = np.sqrt(((high - own) * each) ** 2 + amount)
    least = np.where(each >= 0, 0.0, -np.inf)
    return Worth(
        each, value, np.maximum(value - later * below, least), value + later * above, later**2 * chance
    )


def totals(
    found: Forecast, worth: Worth, spend: Spend, unsure: float, missed: tuple[float, float] = (0.0, 0.0)
) -> tuple[Estimate, Estimate]:
    """All purchases and all they are worth, each with what chance and the unsure models leave open.

    Parameters
    ----------
    unsure : float
        As `Forecast.unsure`.
    missed : (float, float)
        What a check on the past leaves open besides, of purchases and of money: standard deviations, as
        shares of the totals (`Mirror.beyond`).
    """
    _low, _high, square = found.ranges
    mean, n = float(found.n @ found.expected), len(found.of)
    if not np.isfinite(mean):
        return total(np.nan, np.nan, n, whole=True), total(np.nan, np.nan, n, whole=False)
    chance = float(found.n @ (square - found.expected**2).clip(0))
    counted = total(mean, chance + (unsure**2 + missed[0] ** 2) * mean**2, n, whole=True)
    value = float(worth.value.sum())
    part = spend.error / spend.mean if spend.mean > 0 else 0.0
    variance = float(worth.variance.sum()) + (unsure**2 + part**2 + missed[1] ** 2) * value**2
    return counted, total(value, variance, n, whole=False)


def tenths(worth: Worth, unsure: float) -> pd.DataFrame:
    """Customers in ten groups, most valuable first: customers (count), value, low, high (money)."""
    order = np.argsort(-worth.value, kind="stable")
    parts = [part for part in np.array_split(order, 10) if len(part)]
    sums = []
    for part in parts:
        value = float(worth.value[part].sum())
        variance = float(worth.variance[part].sum()) + (unsure * value) ** 2
        sums.append(total(value, variance, len(part), whole=False))
    rows = [(one.n, one.value, one.low, one.high) for one in sums]
    return pd.DataFrame(rows, columns=["customers", "value", "low", "high"])
