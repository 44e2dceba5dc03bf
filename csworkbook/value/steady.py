"""How often will a customer come back when there is too little to learn from? His own rate, drawn to that of all.

It stands in for the model in `btyd` in small shops, and answers the same questions. Rates differ between
customers as a gamma distribution of a set width; nobody is taken to have left for good, which cannot be told
from so few. (Ehrenberg 1959, Applied Statistics 8(1):26–41: buying as a negative binomial.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

SHAPE = 0.5  # most customers well below the mean rate, a few far above it, as fits to shops' orders show


@dataclass(frozen=True)
class Steady:
    """Customers who buy at rates of their own and do not leave.

    Attributes
    ----------
    alpha : float
        The time in which a customer of the mean rate buys half a time; infinite where nobody ever could.
    repeats, customers : int
        Behind it.
    why : str
        Why nothing better could be had: "few" (who bought again), "no top", "no time" or "nobody" (came back).
    """

    alpha: float
    repeats: int = 0
    customers: int = 0
    why: str = "few"
    log_likelihood: float = np.nan
    r: float = SHAPE

    @property
    def parameters(self) -> dict[str, float]:
        """None of the model's."""
        return {}

    @property
    def rate(self) -> float:
        """Repeat purchases per unit of time of a customer of whom nothing is known."""
        return self.r / self.alpha

    def alive(self, x, t_x, T) -> np.ndarray:
        """Not known: who bought, bought."""
        return np.full(np.broadcast(x, t_x, T).shape, np.nan)

    def expected(self, time, x, t_x, T) -> np.ndarray:
        """Purchases to expect within `time` from now.

        >>> float(Steady(alpha=10.0).expected(20, 1, 4.0, 5.0))
        2.0
        """
        x, T = np.asarray(x, dtype=float), np.asarray(T, dtype=float)
        return (self.r + x) * time / (self.alpha + T)

    def back(self, time, x, t_x, T) -> np.ndarray:
        """The chance of at least one purchase within `time` from now, 0–1."""
        return self.at_least(1, time, x, T)

    def at_least(self, k: int, time, x, T) -> np.ndarray:
        """The chance of `k` or more purchases within `time` from now (negative binomial)."""
        from scipy.special import betainc

        x, T = np.asarray(x, dtype=float), np.asarray(T, dtype=float)
        return betainc(k, self.r + x, time / (self.alpha + T + time))

    def draws(self, size: int, seed: int = 0) -> list[Steady]:
        """Rates that the data leave possible; customers who differ tell less than as many alike."""
        seen = (self.repeats + 0.5) / (1 + self.repeats / max(self.customers, 1) / self.r)
        drawn = np.random.default_rng(seed).gamma(seen, 1 / seen, size)
        return [replace(self, alpha=self.alpha / max(each, 1e-9)) for each in drawn.tolist()]


def fit(x, T, why: str = "few") -> Steady:
    """The rate of all: half a purchase more than was seen, in the time all customers were seen.

    Parameters
    ----------
    x, T : array
        Repeat purchases per customer, and how long he was seen.

    >>> float(fit([1, 0, 0], [10.0, 20.0, 30.0]).rate)
    0.025
    """
    x, T = np.asarray(x, dtype=float), np.asarray(T, dtype=float)
    if not T.sum() > 0:
        return Steady(np.nan, int(x.sum()), len(x), "no time")
    return Steady(SHAPE * T.sum() / (x.sum() + 0.5), int(x.sum()), len(x), why)
