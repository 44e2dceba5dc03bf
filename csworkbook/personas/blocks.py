"""How far does a customer differ from the others, beyond what chance makes of a few orders?

What is measured of a customer is always a mean of things seen: of his orders, of their lines, of his
contacts. One block holds columns that are seen together (the devices, the categories). Two things make
columns comparable, and both are counted, not chosen:

- a mean is drawn to the shop's mean as far as chance explains the differences (empirical Bayes). How far
  comes from the repeated orders of the same customers: the share of the variance that lies between customers
  (intraclass correlation, one-way analysis of variance; Donner 1986). A column in which a customer's orders
  differ as much as anybody's orders weighs nothing;
- what remains is in units of the spread of a single observation.

Hence a customer with one order differs less from the middle than one whose ten orders all say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_AGAIN = 50  # observations beyond the first of a customer, to tell how much they resemble each other
USUAL = 0.25  # what is taken for that where there are fewer
NEVER = 1e-3  # less than this share between customers is none


@dataclass(frozen=True)
class Block:
    """Columns that are seen together: per customer how often they were seen and their sum.

    Attributes
    ----------
    name : str
        What the block is about.
    columns : tuple of str
        Its columns.
    seen : ndarray of float, (customers,)
        Number of observations; 0 where nothing was seen.
    sums : ndarray of float, (customers, columns)
        Their sums.
    mean : ndarray of float, (columns,)
        The mean of all observations.
    spread : float
        The square root of the summed variance of one observation over the columns.
    alike : float
        The share of the variance that lies between customers, 0–1.
    is_rate : bool
        Whether counts are summed (contacts per order), which are compared as logarithms.
    """

    name: str
    columns: tuple[str, ...]
    seen: np.ndarray
    sums: np.ndarray
    mean: np.ndarray
    spread: float
    alike: float
    is_rate: bool = False

    @property
    def means(self) -> np.ndarray:
        """The plain means per customer, NaN where nothing was seen."""
        seen = np.where(self.seen > 0, self.seen, np.nan)
        return self.sums / seen[:, None]

    def scaled(self) -> np.ndarray:
        """What distances are measured on, (customers, columns)."""
        scale = rated if self.is_rate else evened
        return scale(self.seen, self.sums, self.mean, self.spread, self.alike)

    def measured(self) -> dict:
        """Enough to measure later customers in the same way (JSON)."""
        return {
            "name": self.name,
            "columns": list(self.columns),
            "mean": [float(one) for one in self.mean],
            "spread": float(self.spread),
            "alike": float(self.alike),
        }


def evened(seen: np.ndarray, sums: np.ndarray, mean: np.ndarray, spread: float, alike: float) -> np.ndarray:
    """Means drawn to `mean` as far as chance explains them, in units of `spread`; 0 where nothing was seen.

    >>> evened(np.array([0.0, 1.0, 4.0]), np.array([[0.0], [2.0], [8.0]]), np.array([1.0]), 1.0, 0.5).round(2).tolist()
    [[0.0], [0.5], [0.8]]
    """
    if spread <= 0 or alike <= 0:
        return np.zeros_like(sums, dtype=float)
    extra = (1 - alike) / alike  # as many observations at the mean are added to everybody's own
    return (sums - seen[:, None] * mean) / (seen + extra)[:, None] / spread


def rated(seen: np.ndarray, sums: np.ndarray, mean: np.ndarray, spread: float, alike: float) -> np.ndarray:
    """The logarithm of counts per observation drawn to `mean` (Poisson and gamma), in units of one observation.

    >>> rated(np.array([0.0, 1.0]), np.array([[0.0], [3.0]]), np.array([1.0]), 1.0, 0.5).round(2).tolist()
    [[0.0], [0.69]]
    """
    if spread <= 0 or alike <= 0:
        return np.zeros_like(sums, dtype=float)
    extra = (1 - alike) / alike
    rate = (sums + mean * extra) / (mean * (seen + extra)[:, None])
    return np.log(np.maximum(rate, 1e-9)) * mean / spread


def summed(codes: np.ndarray, values: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Per customer (0..size−1) the number of observations and the sums of their columns.

    >>> summed(np.array([0, 2, 2]), np.array([[1.0], [2.0], [3.0]]), 3)[1].tolist()
    [[1.0], [0.0], [5.0]]
    """
    seen = np.bincount(codes, minlength=size).astype(float)
    sums = [np.bincount(codes, column, size) for column in values.T]
    return seen, np.stack(sums, axis=1) if sums else np.zeros((size, 0))


def block(
    name: str,
    columns: tuple[str, ...],
    seen: np.ndarray,
    sums: np.ndarray,
    squares: float,
    *,
    alike: float | None = None,
    most: float = 1.0,
    known: dict | None = None,
    is_rate: bool = False,
) -> Block:
    """A block of what was counted; of `known` (what `measured` gave) as it was measured then.

    Parameters
    ----------
    squares : float
        The sum of the squares of all observations, over all columns.
    alike : float, optional
        The share between customers where it is known another way; else `alikeness`.
    most : float
        The most that may be taken to lie between customers (for what comes in spells, as seasons do).
    """
    if known is not None:
        was = np.array(known["mean"], float)
        return Block(name, columns, seen, sums, was, known["spread"], known["alike"], is_rate)
    whole = max(seen.sum(), 1.0)
    mean = sums.sum(axis=0) / whole
    spread = float(np.sqrt(max(squares / whole - (mean**2).sum(), 0.0)))
    spread = spread if spread > 1e-9 else 0.0
    alike = alikeness(seen, sums, squares) if alike is None else alike
    return Block(name, columns, seen, sums, mean, spread, min(alike, most), is_rate)


def alikeness(seen: np.ndarray, sums: np.ndarray, squares: float) -> float:
    """The share of the variance that lies between customers; `USUAL` where too few are seen again.

    One-way analysis of variance, all columns together; never below 0. What chance alone gives often enough
    (an F below its 99.9th percentile) is 0.

    >>> codes = np.repeat(np.arange(60), 2)
    >>> values = np.repeat(np.arange(60.0) % 2, 2)[:, None]  # both orders of a customer say the same
    >>> alikeness(*summed(codes, values, 60), float((values**2).sum()))
    1.0
    """
    from scipy.stats import f

    here = seen > 0
    n, people = float(seen.sum()), int(here.sum())
    if n - people < LEAST_AGAIN or people < 2:
        return USUAL
    own = float(((sums[here] ** 2).sum(axis=1) / seen[here]).sum())
    between = max(own - float((sums.sum(axis=0) ** 2).sum()) / n, 0.0) / (people - 1)
    within = max(squares - own, 0.0) / (n - people)
    if within <= 1e-12 * max(between, 1e-300):
        return 1.0 if between > 0 else 0.0
    if between / within < f.ppf(0.999, people - 1, n - people):
        return 0.0
    usual = (n - float((seen**2).sum()) / n) / (people - 1)
    found = (between - within) / (between + (usual - 1) * within)
    return float(found) if found > NEVER else 0.0
