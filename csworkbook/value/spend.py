"""What is an order of this customer worth? The Gamma-Gamma model, and a plain mean where it does not fit.

An order's amount varies about the customer's own mean; those means vary between customers, as a model with
three numbers describes (`p`, `q`, `v`). It takes for granted that what customers spend has nothing to do with
how often they buy. Fader & Hardie 2013, The Gamma-Gamma model of monetary value,
www.brucehardie.com/notes/025; `v` is called γ there.

Where that does not hold, or too few customers bought again, a customer's own mean is drawn to the mean of all
by as much as single orders vary (Bühlmann 1967, credibility).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("p", "q", "v")
ENOUGH = 30  # customers who bought again
GOES_WITH = 0.3  # a rank correlation of how often and how much from which the two are not apart
_BOUNDS = ((-7.0, 12.0), (-7.0, 12.0), (-25.0, 35.0))  # of the logarithms


@dataclass(frozen=True)
class Spend:
    """What orders of customers are worth.

    Attributes
    ----------
    p, q, v : float
        The fitted model; NaN where a plain mean does its work.
    mean : float
        Of a customer of whom nothing is known, money.
    error : float
        Its standard error.
    within, between : float
        The variance of single orders about their customer's mean, and of those means: plain means only.
    log_likelihood : float
        Of the fitted model; NaN without one.
    customers : int
        Behind it.
    why : str
        Why the model does not do: "few", "goes with", "no top", "no mean"; "" where it does.
    """

    p: float = np.nan
    q: float = np.nan
    v: float = np.nan
    mean: float = np.nan
    error: float = np.nan
    within: float = np.nan
    between: float = np.nan
    log_likelihood: float = np.nan
    customers: int = 0
    why: str = ""

    @property
    def parameters(self) -> dict[str, float]:
        """The three by name; empty without a model."""
        return {} if self.why else {name: float(getattr(self, name)) for name in NAMES}

    def expected(self, count, mean) -> np.ndarray:
        """The worth of a next order of customers with `count` orders of `mean` each, money.

        >>> round(float(CDNOW.expected(0, 0.0)), 1), round(float(CDNOW.expected(2, 22.35)), 1)
        (35.2, 24.7)
        """
        count, mean = np.asarray(count, dtype=float), np.asarray(mean, dtype=float)
        if self.why:
            own = self._weight(count)
            return own * mean + (1 - own) * self.mean
        return self.p * (self.v + count * mean) / (self.p * count + self.q - 1)

    def spread(self, count, mean) -> tuple[np.ndarray, np.ndarray]:
        """The variance of one order about its customer's mean, and of what is not known of that mean.

        Under the model both are unknown with `q` of 2 or less and nothing bought: then the mean's own square.
        """
        count, mean = np.asarray(count, dtype=float), np.asarray(mean, dtype=float)
        if self.why:
            none = np.zeros(np.broadcast(count, mean).shape)
            return self.within + none, self.between * (1 - self._weight(count)) + none
        shape, rate = self.q + self.p * count, self.v + count * mean
        safe = np.maximum(shape - 2, 0.5)
        square = (rate / (shape - 1)) ** 2
        return self.p * square * (shape - 1) / safe, self.p**2 * square / safe

    def _weight(self, count: np.ndarray) -> np.ndarray:
        """How much a customer's own mean counts, 0–1."""
        total = self.between * count + self.within
        return np.divide(self.between * count, total, out=np.zeros(np.shape(count)), where=total > 0)


CDNOW = Spend(
    6.248802, 3.744589, 15.44775, customers=946
)  # Fader & Hardie 2013, with more digits: for examples


def fit(count, mean, *, all_mean: float | None = None) -> Spend:
    """The Gamma-Gamma model of these customers, or a plain mean where it does not do.

    Parameters
    ----------
    count : array
        Repeat purchases per customer.
    mean : array
        What one of them was worth on average, money; only customers with both above zero count.
    all_mean : float, optional
        The worth of an order where nobody bought again.

    Returns
    -------
    Spend
        With `why` filled in where a plain mean does the work.
    """
    count, mean = np.asarray(count, dtype=float), np.asarray(mean, dtype=float)
    kept = (count > 0) & (mean > 0) & np.isfinite(mean)
    count, mean = count[kept], mean[kept]
    if len(count) < ENOUGH:
        return _plain(count, mean, "few", all_mean)
    if abs(correlation(count, mean)) > GOES_WITH:
        return _plain(count, mean, "goes with", all_mean)
    found = _top(count, mean)
    if isinstance(found, str):
        return _plain(count, mean, found, all_mean)
    return found


def of(bought: pd.DataFrame) -> Spend:
    """As `fit`, of the customers of `purchases.purchases`."""
    count, all_mean = bought["x"].to_numpy(), float(bought["spent"].sum() / (bought["x"] + 1).sum())
    return fit(count, bought["repeat_mean"].to_numpy(), all_mean=all_mean)


def gamma_gamma(count, mean) -> tuple[dict[str, float], float]:
    """The likeliest parameters of the model for customers who bought again, and the log-likelihood there.

    Whether it holds is not asked; `fit` does.
    """
    found, total = _climbed(np.asarray(count, dtype=float), np.asarray(mean, dtype=float))
    return dict(zip(NAMES, np.exp(found.x).tolist(), strict=True)), total


def correlation(count: np.ndarray, mean: np.ndarray) -> float:
    """How often and how much, as a rank correlation (Spearman); 0 where one of them does not vary."""
    from scipy.stats import rankdata

    ranks = rankdata(count), rankdata(mean)
    if min(np.ptp(rank) for rank in ranks) == 0:
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])


def _plain(count: np.ndarray, mean: np.ndarray, why: str, all_mean: float | None) -> Spend:
    """The mean of all customers, and how far each one's own is to be trusted."""
    if not len(mean):
        return Spend(
            mean=np.nan if all_mean is None else all_mean, within=0.0, between=0.0, error=0.0, why=why
        )
    middle, n = float(mean.mean()), len(mean)
    square = float(mean.var(ddof=1)) if n > 1 else 0.0
    within, between = _parts(count, mean, square)
    return Spend(mean=middle, error=(square / n) ** 0.5, within=within, between=between, customers=n, why=why)


def _parts(count: np.ndarray, mean: np.ndarray, square: float) -> tuple[float, float]:
    """The variance of customers' means parted in that of single orders and that between customers.

    Means of many orders vary less by as much as single orders vary: the slope of the squared distance from
    the middle on one over the number of orders. Where it cannot be told, half of each.
    """
    if len(mean) < ENOUGH or np.ptp(count) == 0 or square == 0:
        return square / 2, square / 2
    away, few = (mean - mean.mean()) ** 2, 1 / count
    within = np.cov(few, away)[0, 1] / few.var(ddof=1)
    within = float(np.clip(within, 0.05 * square, 0.95 * square / few.mean()))
    return within, float(square - within * few.mean())


def _top(count: np.ndarray, mean: np.ndarray) -> Spend | str:
    """The fitted model, or why there is none."""
    found, total = _climbed(count, mean)
    if not np.isfinite(found.fun) or np.abs(found.jac).max() > 1e-4:
        return "no top"
    p, q, v = np.exp(found.x).tolist()
    if q <= 1.05:  # so heavy a tail has no mean
        return "no mean"
    middle = p * v / (q - 1)
    error = float(np.std(p * (v + count * mean) / (p * count + q - 1), ddof=1) / len(mean) ** 0.5)
    return Spend(p, q, v, middle, error, log_likelihood=total, customers=len(mean))


def _climbed(count: np.ndarray, mean: np.ndarray):
    """The top of the likelihood, and the log-likelihood there."""
    from scipy.optimize import minimize

    scale = float(np.median(mean))
    likelihood = _likelihood(count, mean / scale)  # p and q are free of the currency, v goes with it
    start, options = np.log([2.0, 3.0, 1.0]), {"maxiter": 500, "ftol": 1e-14}
    found = minimize(likelihood, start, jac=True, method="SLSQP", bounds=_BOUNDS, options=options)
    total = -found.fun * len(mean) - len(mean) * np.log(scale)
    found.x = np.add(found.x, [0.0, 0.0, np.log(scale)])
    return found, float(total)


def _likelihood(count: np.ndarray, mean: np.ndarray):
    """The mean negative log-likelihood per customer and its slope along the logarithms of p, q and v (1a)."""
    import pandas as pd
    from scipy.special import gammaln, psi

    code, times = pd.factorize(count)
    n = np.bincount(code).astype(float)
    total, size = count * mean, len(mean)
    logged = float((count * np.log(total)).sum())  # what p is multiplied with
    fixed = float(np.log(mean).sum())

    def likelihood(logs: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, v = np.exp(logs)
        rate = np.log(v + total)
        by_count = np.bincount(code, weights=rate)
        shape = p * times + q
        value = n @ (gammaln(shape) - gammaln(p * times) - gammaln(q) + q * np.log(v)) + p * logged
        value -= fixed + by_count @ shape
        grown = psi(shape)
        along_p = n @ (times * (grown - psi(p * times))) + logged - by_count @ times
        along_q = n @ (grown - psi(q) + np.log(v)) - by_count.sum()
        along_v = n.sum() * q / v - np.bincount(code, weights=1 / (v + total)) @ shape
        return -value / size, -np.array([along_p, along_q, along_v]) * np.exp(logs) / size

    return likelihood
