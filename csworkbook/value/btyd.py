"""How often will a customer come back? The BG/NBD model of buying until one stops.

While a customer is one, he buys at a rate of his own; after every purchase he may be gone for good, with a
chance of his own. Rates differ between customers as a gamma distribution (`r`, `alpha`), chances of leaving as
a beta distribution (`a`, `b`). Fader, Hardie & Lee 2005, "Counting your customers" the easy way, Marketing
Science 24(2):275–284; numbers in brackets are its equations.

There nobody leaves before his second purchase. In the modified model (`first` = 1: MBG/NBD, Batislam, Denizel &
Filiztekin 2007, International Journal of Research in Marketing 24(3):201–209) some do: the first purchase is one
more after which a customer may be gone.

A customer is known by three numbers: `x` repeat purchases, `t_x` the time of the last one and `T` the time
that he was seen, both since his first purchase and in the same unit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

NAMES = ("r", "alpha", "a", "b")
# of the logarithms: beyond them customers are as good as alike, and the formulas leave what a computer can hold
_BOUNDS = np.array([(-9.0, 5.0), (-9.0, 12.0), (-9.0, 5.0), (-9.0, 5.0)])
_STARTS = ((0.5, 1.0, 1.0, 3.0), (1.0, 3.0, 0.5, 0.5), (0.2, 0.3, 3.0, 20.0))  # alpha in parts of the mean T
_FLAT = 1e-5  # a mean slope per customer that counts as the top
_NEAR = 1e-5  # closer to where a formula divides zero by zero, it is taken on both sides:
_BESIDE = (-3e-5, 3e-5)


@dataclass(frozen=True)
class Model:
    """A fitted model: its parameters, how likely they made the data, and how sure they are.

    Attributes
    ----------
    r, alpha, a, b : float
        Rates are gamma (shape `r`, rate `alpha`, in the unit of time), chances of leaving beta (`a`, `b`).
    log_likelihood : float
        Of all customers together.
    covariance : array, 4 × 4
        Of the logarithms of the parameters, from the curvature of the likelihood.
    customers : int
        Behind it.
    converged : bool
        Whether the likelihood is flat there.
    first : int
        1 where a customer may be gone after his first purchase too, 0 where not.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = np.nan
    covariance: np.ndarray | None = None
    customers: int = 0
    converged: bool = True
    first: int = 0

    @property
    def parameters(self) -> dict[str, float]:
        """The four by name."""
        return {name: float(getattr(self, name)) for name in NAMES}

    @property
    def at_bound(self) -> list[str]:
        """The parameters that stand at the limit of what is tried: there customers are as good as alike.

        >>> CDNOW.at_bound, replace(CDNOW, r=np.exp(5)).at_bound
        ([], ['r'])
        """
        logs = np.log(list(self.parameters.values()))
        near = np.abs(logs[:, None] - _BOUNDS).min(axis=1) < 1e-3
        return [name for name, here in zip(NAMES, near, strict=True) if here]

    def alive(self, x, t_x, T) -> np.ndarray:
        """The chance that a customer still is one, 0–1; 1 for who bought once, where nobody leaves before.

        >>> round(float(CDNOW.alive(2, 30.43, 38.86)), 4)
        0.7266
        """
        from scipy.special import expit

        x, t_x, T = (np.asarray(values, dtype=float) for values in (x, t_x, T))
        return expit(-self._odds(x, t_x, T))

    def _odds(self, x, t_x, T) -> np.ndarray:
        """The log odds that a customer left after his last purchase; −∞ where he cannot have."""
        could = x + self.first
        waited = np.log((self.alpha + T) / (self.alpha + t_x))
        odds = np.log(self.a / (self.b + np.maximum(could - 1, 0))) + (self.r + x) * waited
        return np.where(could > 0, odds, -np.inf)

    def expected(self, time, x, t_x, T) -> np.ndarray:
        """Purchases to expect within `time` from now (10).

        Written after Euler's transformation of the hypergeometric function, which stays small for customers
        with many purchases.

        >>> round(float(CDNOW.expected(39, 2, 30.43, 38.86)), 3)
        1.226
        """
        x, t_x, T = (np.asarray(values, dtype=float) for values in (x, t_x, T))
        return self.alive(x, t_x, T) * self._while_alive(time, x, T)

    def _while_alive(self, time, x, T) -> np.ndarray:
        """Purchases to expect of a customer who still is one."""
        if (
            min(abs(self.a - 1), abs(self.a + self.b + self.first - 1)) < _NEAR
        ):  # 0 / 0, with the same limit from both sides
            sides = [replace(self, a=self.a + step)._while_alive(time, x, T) for step in _BESIDE]
            return sum(sides) / len(sides)
        from scipy.special import hyp2f1

        part = time / (self.alpha + T + time)
        size = self.a + self.b + x + self.first - 1
        with np.errstate(all="ignore"):
            series = hyp2f1(size - self.r - x, self.a - 1, size, part)
            found = size / (self.a - 1) * (1 - (1 - part) ** (self.a - 1) * series)
        odd = ~np.isfinite(found)
        if not odd.any():
            return found
        x, T = (np.broadcast_to(values, found.shape) for values in (x, T))
        return np.where(odd, self._summed(time, x, T, odd), found)

    def _summed(self, time, x, T, odd) -> np.ndarray:
        """The same where the formula leaves what a computer can hold: the chances of k or more, added up."""
        total, here, k = np.zeros(np.shape(x)), odd, 1
        while here.any():
            chance = np.where(here, self.at_least(k, time, x, T), 0.0)
            total, here, k = total + chance, chance > 1e-12, k + 1
        return total

    def back(self, time, x, t_x, T) -> np.ndarray:
        """The chance of at least one purchase within `time` from now, 0–1."""
        return self.alive(x, t_x, T) * self.at_least(1, time, x, T)

    def at_least(self, k: int, time, x, T) -> np.ndarray:
        """The chance of `k` or more purchases within `time` from now of a customer who still is one.

        For that he must want to buy so often (negative binomial) and must not have left after any of the
        first `k` − 1 (beta); given what he did, the two have nothing to do with each other.
        """
        from scipy.special import betainc, betaln

        x, T = np.asarray(x, dtype=float), np.asarray(T, dtype=float)
        wants = betainc(k, self.r + x, time / (self.alpha + T + time))
        stayed = self.b + x + self.first
        stays = np.exp(betaln(self.a, stayed + k - 1) - betaln(self.a, stayed))
        return wants * stays

    def draws(self, size: int, seed: int = 0) -> list[Model]:
        """Models that the data leave possible: draws of the logarithms of the parameters."""
        logs = np.log([self.r, self.alpha, self.a, self.b])
        drawn = np.random.default_rng(seed).multivariate_normal(logs, self.covariance, size, method="eigh")
        return [
            replace(self, **dict(zip(NAMES, row, strict=True)))
            for row in np.exp(np.clip(drawn, *_BOUNDS.T)).tolist()
        ]


# Fader, Hardie & Lee 2005, table 2 with two more digits: what the examples here, and nothing else, use
CDNOW = Model(0.242593, 4.413532, 0.792886, 2.425754, -9582.4256, customers=2357)


def fit(x, t_x, T, *, first: int = 0) -> Model:
    """The model that makes these customers likeliest.

    Parameters
    ----------
    x : array of int
        Repeat purchases per customer.
    t_x, T : array of float
        When the last one was and how long he was seen, since the first purchase; 0 ≤ t_x ≤ T.
    first : int
        1 for the modified model, in which customers may be gone after their first purchase.

    Returns
    -------
    Model
        With `converged` False where no top was found: do not trust it then.

    Raises
    ------
    ValueError
        When nobody was seen for any time, or the numbers cannot be.
    """
    return fitted(Likelihood.of(x, t_x, T, first))


def fitted(likelihood: Likelihood) -> Model:
    """As `fit`, of customers counted already."""
    best = None
    for start in _STARTS:
        found = _climbed(likelihood, start)
        best = found if best is None or found.fun < best.fun else best
        if _at_top(best):
            break
    parameters = np.exp(best.x)
    covariance = _covariance(likelihood, best.x)
    top = -best.fun * likelihood.customers
    facts = (float(top), covariance, likelihood.customers, _at_top(best), likelihood.first)
    return Model(*parameters.tolist(), *facts)


def log_likelihood(model: Model, x, t_x, T) -> float:
    """How likely a model makes these customers, as a logarithm (6)."""
    value, _slope = Likelihood.of(x, t_x, T, model.first)(np.log([model.r, model.alpha, model.a, model.b]))
    return -value * len(np.atleast_1d(x))


def _climbed(likelihood: Likelihood, start: tuple[float, ...]):
    from scipy.optimize import minimize

    begin = np.log(np.array(start) * [1.0, likelihood.scale, 1.0, 1.0])
    options = {"maxiter": 500, "ftol": 1e-14}
    return minimize(likelihood, begin, jac=True, method="SLSQP", bounds=_BOUNDS, options=options)


def _at_top(found) -> bool:
    """Whether no step inside the bounds climbs any further."""
    inside = np.clip(found.x - found.jac, *_BOUNDS.T) - found.x
    return bool(np.isfinite(found.fun) and np.abs(inside).max() < _FLAT)


def _covariance(likelihood: Likelihood, logs: np.ndarray) -> np.ndarray:
    """The inverse of the curvature: nought for a parameter at its bound, wide where the data say nothing."""
    step, free = 1e-4, np.abs(logs[:, None] - _BOUNDS).min(axis=1) > 1e-3
    sides = [
        (likelihood(logs + step * way)[1], likelihood(logs - step * way)[1]) for way in np.eye(len(logs))
    ]
    curved = np.array([(up - down) / (2 * step) for up, down in sides]) * likelihood.customers
    values, ways = np.linalg.eigh((curved + curved.T)[np.ix_(free, free)] / 2)
    found = np.zeros((len(logs), len(logs)))
    found[np.ix_(free, free)] = (ways / np.maximum(values, 0.25)) @ ways.T  # e² either way at the most
    return found


@dataclass(frozen=True)
class Likelihood:
    """The mean negative log-likelihood per customer, and its slope, along the logarithms of the parameters.

    Customers with equal numbers are counted once, and what depends on one number only is worked out once for
    each of its values. Of customers who cannot have left nothing else is needed; each different other one costs an
    exponential and a logarithm a step.
    """

    repeats: np.ndarray  # the values of x, rising
    per_x: np.ndarray  # customers with each
    times: np.ndarray  # the values of t_x and T, rising
    ends: np.ndarray  # customers per value of T
    bought: np.ndarray  # their repeat purchases
    at_x: (
        np.ndarray
    )  # of the different customers who may have left: which value of x, t_x and T, and how many
    at_last: np.ndarray
    at_end: np.ndarray
    n: np.ndarray
    scale: float
    first: int = 0

    @classmethod
    def of(cls, x, t_x, T, first: int = 0) -> Likelihood:
        """Of these customers."""
        x, t_x, T = (np.atleast_1d(np.asarray(values, dtype=float)) for values in (x, t_x, T))
        _require(x, t_x, T)
        places, of = different(x, t_x, T)
        n, scale = np.bincount(of, minlength=len(places)).astype(float), float(T.mean())
        x, t_x, T = x[places], t_x[places], T[places]
        repeats, at_x = np.unique(x, return_inverse=True)
        times, at = np.unique(np.concatenate([t_x, T]), return_inverse=True)
        last, end = at[: len(x)], at[len(x) :]
        counted = [
            np.bincount(code, weights=n * weight, minlength=len(values))
            for code, weight, values in ((at_x, 1.0, repeats), (end, 1.0, times), (end, x, times))
        ]
        may = x + first > 0
        rows = (at_x[may], last[may], end[may], n[may])
        return cls(repeats, counted[0], times, counted[1], counted[2], *rows, scale, first)

    @property
    def customers(self) -> int:
        """All of them."""
        return int(self.per_x.sum())

    def __call__(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        """The mean negative log-likelihood at these logarithms, and its slope."""
        r, alpha, a, b = np.exp(logs)
        waited = np.log(alpha + self.times)
        apart = waited[self.at_end] - waited[self.at_last]
        least = np.maximum(self.repeats + self.first - 1, 0)
        wide = (r + self.repeats)[self.at_x]
        odds = wide * apart + (np.log(a) - np.log(b + least))[self.at_x]
        small = np.exp(-np.abs(odds))
        gone = self.n * np.where(odds > 0, 1.0, small) / (1 + small)  # how many of them left, in expectation
        value = self._alike(r, alpha, a, b, waited) + self.n @ (np.maximum(odds, 0) + np.log1p(small))
        slope = self._slope(r, alpha, a, b, waited)
        left = np.bincount(self.at_x, weights=gone, minlength=len(self.repeats))
        inverse = 1 / (alpha + self.times)
        slope[0] += gone @ apart
        slope[1] += (gone * wide) @ (inverse[self.at_end] - inverse[self.at_last])
        slope[2] += left.sum() / a
        slope[3] -= left @ (1 / (b + least))
        size = self.customers
        return -value / size, -slope * np.exp(logs) / size

    def _alike(self, r, alpha, a, b, waited) -> float:
        """The log-likelihood as if all still were customers."""
        from scipy.special import gammaln

        x, stayed = self.repeats, self.repeats + self.first
        each = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        each += gammaln(a + b) + gammaln(b + stayed) - gammaln(b) - gammaln(a + b + stayed)
        return self.per_x @ each - (r * self.ends + self.bought) @ waited

    def _slope(self, r, alpha, a, b, waited) -> np.ndarray:
        """Its slope along the parameters themselves."""
        from scipy.special import psi

        x, per_x = self.repeats, self.per_x
        stayed = x + self.first
        stays = psi(a + b) - psi(a + b + stayed)
        return np.array(
            [
                per_x @ (psi(r + x) - psi(r) + np.log(alpha)) - self.ends @ waited,
                per_x.sum() * r / alpha - (r * self.ends + self.bought) @ (1 / (alpha + self.times)),
                per_x @ stays,
                per_x @ (stays + psi(b + stayed) - psi(b)),
            ]
        )


def _require(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> None:
    known = np.isfinite(x) & np.isfinite(t_x) & np.isfinite(T)
    if not len(x) or not T.max() > 0:
        raise ValueError("nobody was seen for any time")
    if not (known & (x >= 0) & (t_x >= 0) & (t_x <= T)).all():
        raise ValueError("x must not be negative, and 0 <= t_x <= T")


def different(x, t_x, T) -> tuple[np.ndarray, np.ndarray]:
    """The places of customers who are different by their numbers, and per customer which of those he is.

    They come in an order of their own, whatever the order of the customers.
    """
    codes = [np.unique(values, return_inverse=True) for values in (x, t_x, T)]
    key = np.zeros(len(x), dtype=np.int64)
    for values, code in codes:
        key = key * len(values) + code
    _keys, first, of = np.unique(key, return_index=True, return_inverse=True)
    return first, of
