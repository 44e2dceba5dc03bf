"""How many baskets just below free shipping are made up to it?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from csworkbook.checkout.baskets import Baskets, line_values
from csworkbook.estimates import SMALL, Estimate

DRAWS = 400
MOST = 0.9  # no share higher than this is believed
ASSUMED = (0.0, 0.4)  # where own data cannot tell: from nobody up to four in ten
_PLACES = 3  # fewer comparable amounts teach nothing
_TREND = 5  # so many are needed to see whether the share changes with the amount
_FURTHEST = 4  # comparable amounts lie up to this many times the threshold
_LEAST = 20  # baskets at a comparable amount

How = Literal["lines", "values"]
Source = Literal["measured", "typed", "assumed"]


@dataclass(frozen=True, eq=False)
class Response:
    """The share of baskets within reach of a threshold that are made up to it.

    Attributes
    ----------
    share : float
        0–1, over all baskets within `reach`; one that lacks little is made up more often than one that
        lacks much: the probability falls in a straight line to none at `reach`.
    draws : ndarray
        `DRAWS` values of that share, from its uncertainty.
    reach : float
        What a basket may lack, money.
    source : str
        "measured" (own data), "typed" (by the user) or "assumed".
    measured : Estimate or None
        What own data say, whatever is used.
    how : str
        "lines" or "values", as in `measure`.
    """

    share: float
    draws: np.ndarray
    reach: float
    source: Source
    measured: Estimate | None = None
    how: How = "lines"

    @property
    def ends(self) -> tuple[float, float]:
        """The 95 % range of the share."""
        low, high = np.quantile(self.draws, [0.025, 0.975])
        return float(low), float(high)


def usual_reach(threshold: float) -> float:
    """What a basket may lack and still be made up: a fifth of the threshold, in round money.

    >>> usual_reach(50.0), usual_reach(75.0), usual_reach(20.0)
    (10.0, 15.0, 4.0)
    """
    fifth = threshold / 5
    return float(round(fifth)) if fifth >= 1 else float(fifth)


def respond(
    baskets: Baskets,
    lines: pd.DataFrame | None,
    order_ids: pd.Series,
    *,
    threshold: float,
    reach: float,
    typed: float | None = None,
    seed: int = 0,
) -> Response:
    """How many are made up: as the user says, as own data show, or else a range that is assumed.

    Parameters
    ----------
    order_ids : Series
        The orders' ids, all of them in their order.
    threshold : float
        The present one; NaN where there is none, and nothing to be seen.
    """
    how: How = "values" if lines is None or not len(lines) else "lines"
    found = None
    if threshold == threshold:
        if how == "lines":
            found = by_lines(baskets.value, *_cheapest(baskets, lines, order_ids), threshold, reach, seed)
        if found is None:
            how, found = "values", by_values(baskets.value, threshold, reach, seed)
    estimate, draws = found or (None, None)
    if typed is not None:
        return Response(float(typed), np.full(DRAWS, float(typed)), reach, "typed", estimate, how)
    if estimate is not None:
        share = float(np.clip(estimate.value, 0, MOST))
        return Response(share, np.clip(draws, 0, MOST), reach, "measured", estimate, how)
    even = np.random.default_rng(seed).uniform(*ASSUMED, DRAWS)
    return Response(sum(ASSUMED) / 2, even, reach, "assumed", None, how)


def _cheapest(baskets: Baskets, lines: pd.DataFrame, ids: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Per basket: its lines that cost something, and the cheapest of them, in money."""
    value = line_values(lines)
    paid = (value > 0).to_numpy()
    by = value[paid].groupby(lines["order_id"].to_numpy()[paid])
    mine = ids.to_numpy()[baskets.rows]
    count = by.size().reindex(mine).fillna(0).to_numpy(int)
    return count, by.min().reindex(mine).to_numpy(float)


def by_lines(
    value: np.ndarray, count: np.ndarray, cheapest: np.ndarray, threshold: float, reach: float, seed: int = 0
) -> tuple[Estimate, np.ndarray] | None:
    """The share made up, from what is in the baskets.

    Of the baskets that would be up to `reach` short without their cheapest line, some stay short and
    some have that line, a cheap one, and are not. At amounts that matter to nobody the
    same is counted; what the threshold has beyond them is the share that was made up. How much such
    amounts differ among each other goes into the interval (regression on the amount with random
    effects, parametric bootstrap).

    Parameters
    ----------
    value, count, cheapest : ndarray
        Per basket: its value, its lines, and the cheapest of them.

    Returns
    -------
    (Estimate, ndarray) or None
        The share, 0–1, not bounded by zero, and its draws; None where too few baskets can tell.
    """
    core = np.where(count > 1, value - cheapest, np.nan)
    most = 2 * max(reach, usual_reach(threshold))
    cheap = cheapest <= most

    def counted(at: float) -> tuple[int, int]:
        stayed = (value >= at - reach) & (value < at)
        crossed = cheap & (value >= at) & (core >= at - reach) & (core < at)
        return int(stayed.sum()), int(crossed.sum())

    places = _elsewhere(threshold, reach, counted, after=1 + most / reach)
    stayed, crossed = counted(threshold)
    if len(places) < _PLACES or stayed + crossed < SMALL:
        return None
    told = np.array([counted(at) for at in places], float)
    x = np.log(np.array([*places, threshold]) / threshold)
    design = np.column_stack([np.ones(len(x)), x])[:, : 2 if len(places) >= _TREND else 1]
    usual, error, left = _usually(told[:, 0], told[:, 1], design)
    rng = np.random.default_rng(seed)
    n, seen = stayed + crossed, crossed / (stayed + crossed)
    noise = rng.normal(0, (seen * (1 - seen) / n) ** 0.5, DRAWS)
    usually = 1 / (1 + np.exp(-(usual + error * rng.standard_t(left, DRAWS))))
    draws = 1 - (1 - seen - noise) / (1 - usually)
    return _estimate(1 - (1 - seen) * (1 + np.exp(usual)), draws, n)


def by_values(
    value: np.ndarray, threshold: float, reach: float, seed: int = 0
) -> tuple[Estimate, np.ndarray] | None:
    """The share made up, from how many baskets lie just below the threshold and just above it.

    How the baskets would lie without a threshold is a smooth curve through the counts elsewhere; in the
    two strips of `reach` beside the threshold there are as many in all, only parted otherwise: what is
    missing below is what is too much above (bunching: Saez 2010; Kleven & Waseem 2013). How much the
    counts scatter about the curve goes into the interval (log-linear regression with the spread found,
    parametric bootstrap).

    Parameters and result as `by_lines`.
    """
    strip = reach / 2

    def counted(at: float) -> tuple[int, int]:
        return int(((value >= at) & (value < at + strip)).sum()), 0

    places = _elsewhere(threshold, strip, counted, before=3, after=2)
    below = int(((value >= threshold - reach) & (value < threshold)).sum())
    above = int(((value >= threshold) & (value < threshold + reach)).sum())
    if len(places) < _TREND or below + above < SMALL:
        return None
    told = np.array([counted(at)[0] for at in places], float)
    mine = threshold + strip * np.array([-2, -1, 0, 1])
    x = np.log((np.array([*places, *mine]) + strip / 2) / threshold)
    design = np.column_stack([np.ones(len(x)), x, x**2])
    part, error, spread = _parted(told, design)
    rng = np.random.default_rng(seed)
    n, seen = below + above, below / (below + above)
    noise = rng.normal(0, (spread * seen * (1 - seen) / n) ** 0.5, DRAWS)
    usually = 1 / (1 + np.exp(-(part + error * rng.standard_normal(DRAWS))))
    return _estimate(1 - seen * (1 + np.exp(-part)), 1 - (seen + noise) / usually, n)


def _elsewhere(threshold: float, step: float, counted, *, before: float = 1, after: float = 3) -> list[float]:
    """Amounts like the threshold, a step apart, that the baskets made up do not reach."""
    down = np.arange(threshold - before * step, max(threshold / _FURTHEST, step) - 1e-9, -step)
    up = np.arange(threshold + after * step, threshold * _FURTHEST, step)
    return [float(at) for at in [*down, *up] if sum(counted(at)) >= _LEAST]


def _usually(stayed: np.ndarray, crossed: np.ndarray, design: np.ndarray) -> tuple[float, float, int]:
    """The share that crosses where nothing is to be had, as a logit: at the last row of `design`.

    Regression with amounts that differ among each other beyond chance (random effects: DerSimonian &
    Laird 1986; Thompson & Higgins 2002). The error is that of one more such amount; the last number
    is its degrees of freedom.
    """
    from statsmodels.regression.linear_model import WLS

    odds = np.log((crossed + 0.5) / (stayed + 0.5))
    chance = 1 / (crossed + 0.5) + 1 / (stayed + 0.5)
    rows, here = design[:-1], design[-1]
    left = rows.shape[0] - rows.shape[1]
    weight = 1 / chance
    plain = WLS(odds, rows, weights=weight).fit()
    inner = np.linalg.inv(rows.T @ (weight[:, None] * rows))
    lost = weight.sum() - np.trace(inner @ (rows.T @ (weight[:, None] ** 2 * rows)))
    apart = max(float((weight * plain.resid**2).sum() - left) / lost, 0.0)
    fit = WLS(odds, rows, weights=1 / (chance + apart)).fit()
    error = here @ fit.normalized_cov_params @ here + apart
    return float(here @ fit.params), float(error) ** 0.5, left


def _parted(counts: np.ndarray, design: np.ndarray) -> tuple[float, float, float]:
    """The share below (as a logit, and its error) of the four strips that `design` ends with, and the spread."""
    params, cov, spread = _regression(counts, design[: len(counts)])
    rows = design[-4:]
    expected = np.exp(rows @ params)
    low, high = expected[:2], expected[2:]
    slope = low @ rows[:2] / low.sum() - high @ rows[2:] / high.sum()  # delta method
    return float(np.log(low.sum() / high.sum())), float(slope @ cov @ slope) ** 0.5, spread


def _regression(counts: np.ndarray, design: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Parameters and covariance of a log-linear model, and its spread: Pearson's, at least that of chance."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a strip without baskets: the fit is still the fit
        fit = GLM(counts, design, family=Poisson()).fit()
    left = len(design) - design.shape[1]
    spread = max(float(fit.pearson_chi2) / left, 1.0)
    return fit.params, fit.cov_params() * spread, spread


def _estimate(value: float, draws: np.ndarray, n: int) -> tuple[Estimate, np.ndarray]:
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate(float(value), float(low), float(high), n), draws
