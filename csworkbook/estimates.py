"""How sure are we? Every estimate with its interval, its n and its unit.

Intervals and tests are statsmodels' and scipy's; this module gives them one shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.language import ngettext

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LEVEL = 0.95
DURATIONS = ("seconds", "minutes", "hours", "days")
SMALL = 30  # a group of fewer answers is marked as small
Verdict = Literal["yes", "no", "cannot tell yet"]


@dataclass(frozen=True)
class Estimate:
    """A number that never travels alone.

    Attributes
    ----------
    value, low, high : float
        The estimate and its 95 % interval, in `unit`.
    n : int
        The observations behind it.
    unit : str
        ``"share"`` (0–1), ``"points"`` (a difference of shares, -1–1), ``"money"``, ``"score"``
        (written with two decimals), one of `DURATIONS`, or a plain word.
    p : float, optional
        The p-value of "no difference", where the estimate is a difference.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str = "share"
    p: float | None = None
    currency: str = "EUR"

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.low > 0 or self.high < 0

    @property
    def verdict(self) -> Verdict:
        """For a difference: "yes", it is there; "cannot tell yet" when the interval holds zero."""
        if self.value != self.value:
            return "cannot tell yet"
        return "yes" if self.excludes_zero else "cannot tell yet"

    def __str__(self) -> str:
        return _("{value} ({low} to {high}, n = {n})").format(
            value=self.say(), low=self._bare(self.low), high=self._bare(self.high), n=language.number(self.n)
        )

    def _bare(self, value: float) -> str:
        return language.number(value * 100) if self.unit == "points" else self.say(value)

    def say(self, value: float | None = None) -> str:
        """A value in this estimate's unit, as people write it here (the estimate itself by default)."""
        value = self.value if value is None else value
        if self.unit == "share":
            return language.percent(value)
        if self.unit == "points":
            said = language.number(value * 100)
            how_many = 1 if said.strip("-−") == "1" else 2
            return ngettext("{points} point", "{points} points", how_many).format(points=said)
        if self.unit == "money":
            return language.money(rough(value), self.currency)
        if self.unit in DURATIONS:
            return language.duration(value, self.unit)
        return language.number(value, 2 if self.unit == "score" else 0 if abs(self.value) >= 100 else 1)


def rough(amount: float, digits: int = 2) -> float:
    """An amount rounded to as many digits as an estimate deserves.

    >>> rough(12345.0)
    12000.0
    """
    return float(f"{amount:.{digits}g}") if amount == amount else amount


def share(count: float, n: float) -> Estimate:
    """A share with its Wilson interval (Wilson 1927; Newcombe 1998).

    Parameters
    ----------
    count, n : float
        How many of how many.

    >>> share(81, 263).low.round(4)
    np.float64(0.2553)
    """
    if n == 0:
        return Estimate(float("nan"), 0.0, 1.0, 0)
    low, high = shares(count, n)
    return Estimate(count / n, low, high, int(n))


def shares(counts, n):
    """Wilson limits of many shares at once: arrays `low`, `high` (0–1; 0 and 1 where n is 0)."""
    import numpy as np
    from statsmodels.stats.proportion import proportion_confint

    counts, n = np.asarray(counts, dtype=float), np.asarray(n, dtype=float)
    low, high = proportion_confint(
        np.where(n > 0, counts, 0), np.where(n > 0, n, 1), 1 - LEVEL, method="wilson"
    )
    return np.where(n > 0, low, 0.0)[()], np.where(n > 0, high, 1.0)[()]


def mean(values: Sequence[float] | np.ndarray, unit: str = "number") -> Estimate:
    """A mean with its t interval; empty values are left out."""
    import numpy as np
    from statsmodels.stats.weightstats import DescrStatsW

    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return Estimate(float(values.mean()) if len(values) else np.nan, -np.inf, np.inf, len(values), unit)
    described = DescrStatsW(values)
    low, high = described.tconfint_mean(1 - LEVEL)
    return Estimate(float(described.mean), float(low), float(high), len(values), unit)


def difference(count: float, n: float, other_count: float, other_n: float) -> Estimate:
    """The first share minus the second, with Newcombe's interval and the score test's p-value.

    Newcombe 1998, Statistics in Medicine 17:873–890, method 10.
    """
    import numpy as np
    from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

    if min(n, other_n) == 0:
        return Estimate(float("nan"), -1.0, 1.0, 0, "points")
    low, high = confint_proportions_2indep(count, n, other_count, other_n, method="newcomb", compare="diff")
    pooled = count + other_count
    flat = pooled in (0, n + other_n)
    with np.errstate(all="ignore"):  # it also works out odds, which shares of 0 and 1 do not have
        tested = None if flat else test_proportions_2indep(count, n, other_count, other_n, method="score")
    p = 1.0 if tested is None else float(tested.pvalue)
    return Estimate(count / n - other_count / other_n, float(low), float(high), int(n + other_n), "points", p)


def mean_difference(values, other, unit: str = "number") -> Estimate:
    """The mean of `values` minus that of `other`, with Welch's interval and p-value."""
    import numpy as np
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    values, other = (np.asarray(v, dtype=float) for v in (values, other))
    values, other = values[~np.isnan(values)], other[~np.isnan(other)]
    if min(len(values), len(other)) < 2:
        return Estimate(float("nan"), -np.inf, np.inf, len(values) + len(other), unit)
    compared = CompareMeans(DescrStatsW(values), DescrStatsW(other))
    low, high = compared.tconfint_diff(1 - LEVEL, usevar="unequal")
    p = compared.ttest_ind(usevar="unequal")[1]
    value = float(values.mean() - other.mean())
    return Estimate(value, float(low), float(high), len(values) + len(other), unit, float(p))


def bootstrap(
    frame: pd.DataFrame, statistic: Callable[[pd.DataFrame], float], *, draws: int = 999, seed: int = 0
) -> Estimate:
    """A statistic of a frame with its percentile interval over resampled rows (seeded)."""
    import numpy as np

    rng = np.random.default_rng(seed)
    values = [statistic(frame.iloc[rng.integers(0, len(frame), len(frame))]) for _draw in range(draws)]
    low, high = np.nanquantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(statistic(frame)), float(low), float(high), len(frame), "number")


def adjust(p_values: Sequence[float], method: str = "holm") -> np.ndarray:
    """p-values corrected for having looked many times (Holm by default)."""
    import gc

    import numpy as np
    from statsmodels.stats.multitest import multipletests

    p = np.asarray(p_values, dtype=float)
    known = ~np.isnan(p)
    corrected = np.full(len(p), np.nan)
    if known.any():
        gc.freeze()  # multipletests collects garbage, which takes longer than all the rest of a panel
        try:
            corrected[known] = multipletests(p[known], method=method)[1]
        finally:
            gc.unfreeze()
    return corrected


def shrink(counts: Sequence[float], n: Sequence[float]) -> pd.DataFrame:
    """Shares of many groups, small ones drawn towards the whole (empirical Bayes, beta-binomial).

    The beta prior is the one under which the observed counts are likeliest; each group's interval
    is the 95 % interval of its posterior. With fewer than three groups nothing is learned from the
    others and the Jeffreys prior is used.

    Returns
    -------
    DataFrame
        share, low, high (0–1), one row per group, in order.
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import beta

    counts, n = np.asarray(counts, dtype=float), np.asarray(n, dtype=float)
    a, b = _prior(counts, n) if (n > 0).sum() >= 3 else (0.5, 0.5)
    posterior = beta(counts + a, n - counts + b)
    low, high = posterior.interval(LEVEL)
    return pd.DataFrame({"share": posterior.mean(), "low": low, "high": high})


def _prior(counts, n) -> tuple[float, float]:
    import numpy as np
    from scipy.optimize import minimize_scalar
    from scipy.special import betaln

    whole = np.clip(counts.sum() / n.sum(), 1e-4, 1 - 1e-4)

    def unlikely(log_size: float) -> float:
        a, b = whole * np.exp(log_size), (1 - whole) * np.exp(log_size)
        return (betaln(a, b) - betaln(counts + a, n - counts + b)).sum()  # beta-binomial, as far as it varies

    # the others cannot teach more than they hold: the prior never outweighs all answers together
    size = np.exp(minimize_scalar(unlikely, bounds=(0.0, np.log(max(n.sum(), 2))), method="bounded").x)
    return float(whole * size), float((1 - whole) * size)


def needed(within: float = 0.05, share: float = 0.5, population: int | None = None) -> int:
    """How many answers give a share to within ± `within` (0–1), with 95 % confidence.

    `population` lowers the number when everybody can be asked (finite population correction).

    >>> needed(.05)
    385
    >>> needed(.05, population=1000)
    278
    """
    import math

    from statsmodels.stats.proportion import samplesize_confint_proportion

    n = float(samplesize_confint_proportion(share, within, alpha=1 - LEVEL))
    if population:
        n = n / (1 + (n - 1) / population)
    return math.ceil(n)


@dataclass(frozen=True)
class Shift:
    """When a share changed level: the period it began, and the level before and from then on.

    `first` and `last` bound the periods that fit almost as well (likelihood within 1.92 of the
    best, a 95 % set); `p` is the chance of a step this large somewhere if nothing had changed.
    """

    at: int
    first: int
    last: int
    before: Estimate
    since: Estimate
    p: float

    @property
    def found(self) -> bool:
        """Whether there is a shift at all (p below .05)."""
        return self.p < 1 - LEVEL


def shift(
    counts: Sequence[float], n: Sequence[float], *, edge: int = 4, draws: int = 999, seed: int = 0
) -> Shift | None:
    """The period in which a share changed level once, by likelihood; None with too few periods.

    The p-value is a permutation's: the periods are shuffled `draws` times, and the largest step
    anywhere is compared with the one found, so that having looked at every period is paid for.

    Parameters
    ----------
    counts, n : sequences
        How many of how many, per period in order of time.
    edge : int
        The least number of periods on each side.
    """
    import numpy as np

    counts, n = np.asarray(counts, dtype=float), np.asarray(n, dtype=float)
    if len(counts) < 2 * edge:
        return None
    gains = _gains(counts, n, edge)
    at = int(gains.argmax()) + edge
    near = np.flatnonzero(gains >= gains.max() - 1.92) + edge
    rng = np.random.default_rng(seed)
    orders = rng.permuted(np.tile(np.arange(len(n)), (draws, 1)), axis=1)
    chance = _gains(counts[orders], n[orders], edge).max(axis=1)
    p = (1 + (chance >= gains.max() - 1e-9).sum()) / (draws + 1)
    before, since = share(counts[:at].sum(), n[:at].sum()), share(counts[at:].sum(), n[at:].sum())
    return Shift(at, int(near.min()), int(near.max()), before, since, float(p))


def _gains(counts, n, edge: int):
    """Log-likelihood gained by splitting after each period, along the last axis."""
    from scipy.special import xlogy

    def fit(k, m):
        return xlogy(k, k) + xlogy(m - k, m - k) - xlogy(m, m)

    left, m = counts.cumsum(axis=-1), n.cumsum(axis=-1)
    whole, total = left[..., -1:], m[..., -1:]
    gained = fit(left, m) + fit(whole - left, total - m) - fit(whole, total)
    return gained[..., edge - 1 : counts.shape[-1] - edge]
