"""Which weeks differ from the others by more than chance? Control charts: limits, rules, signals.

Three charts, one for each kind of figure: **p** for shares (count of n), **u** for rates (count per so many
days), **XmR** for times, scores and money, one value a period (Shewhart 1931; Wheeler, Understanding Variation), each
known as well as its number of observations makes it.

Two rules mark a period: a value beyond the limits (Western Electric's and Nelson's rule 1), and the ninth and
later of nine periods in a row on one side of the centre (Nelson's rule 2; Nelson 1984, Journal of Quality
Technology 16:237–239). Nothing else, since every rule brings false alarms of its own: these two mark about one
period in 150 when nothing happens. Where one side is much the likelier one (above 60 %), as nothing at all is for
what is rare, as long a run is asked for as has the chance of nine on an even side. A period is a strong signal when
it would stand out even among all periods looked at (Holm, 1%).

The limits leave 1.35 in a thousand outside on either side. For shares and rates that is exact (binomial,
Poisson), because three standard errors leave out far more where few are counted. Where periods differ more than
chance even when nothing is wrong, as they do when many are counted, the limits are widened by how much they do
(Laney 2002, Quality Engineering 14:531–537).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from csworkbook import estimates

Kind = Literal["p", "u", "xmr"]
TAIL = 0.00135  # of a normal curve beyond three standard deviations on one side
STRONG = 0.01  # the chance of a value so far out anywhere in the chart
RUN = 9  # periods in a row on one side of the centre
_LIKELY = 0.6  # the chance of a side from which a longer run is asked for
LEAST = 8  # periods without which there are no limits
_D2 = 1.128  # mean range of two normal values in standard deviations
_ROUNDS = 12


@dataclass(frozen=True)
class Chart:
    """The periods of one figure beside their limits.

    Attributes
    ----------
    table : DataFrame
        One row a period, in order: value, centre, lower, upper (the limits, in the unit of the value; NaN
        with fewer than eight periods), p (two-sided chance of a value this far out), signal ("above",
        "below", "run_above", "run_below" or ""), strong (bool), baseline (bool: whether the limits come
        from it).
    kind : {"p", "u", "xmr"}
    spread : float
        By how much the periods differ more than chance alone makes them (1 = not at all); the standard
        deviation of one observation for XmR (in logarithms where `logs`).
    logs : bool
        Whether the limits are those of the logarithms.
    """

    table: pd.DataFrame
    kind: Kind
    spread: float
    logs: bool = False

    @property
    def enough(self) -> bool:
        """Whether there are periods enough for limits."""
        return bool(self.table["upper"].notna().any())

    @property
    def marked(self) -> pd.DataFrame:
        """The periods with a signal."""
        return self.table[self.table["signal"] != ""]


def chart(
    values: np.ndarray,
    n: np.ndarray | None = None,
    *,
    kind: Kind = "xmr",
    logs: bool = False,
    floor: float = 0.0,
    textbook: bool = False,
    first: int | None = None,
    run: int = RUN,
) -> Chart:
    """Limits and signals of a figure, period by period.

    Parameters
    ----------
    values : array
        Counts for p and u, the value itself for XmR; one a period in order of time. Periods without a
        value (NaN, or n of 0) have no signal and are passed over.
    n : array, optional
        Of how many (p), in how many days or units (u), or from how many observations (XmR, whose limits are
        wider where there are fewer; 1 by default: all alike).
    logs : bool
        XmR of the logarithms, for times and money, which cannot be below zero; values of 0 are then kept out
        of the limits.
    floor : float
        The least standard deviation of one observation (XmR), where it is known how much they differ within a
        period: periods cannot differ less than that by chance.
    textbook : bool
        Three standard deviations of chance alone, from all periods at once, as textbooks draw limits.
    first : int, optional
        The limits come from so many first periods; None = from all. Either way those beyond the limits are
        taken out, and the limits drawn anew, until none is left, so that a signal does not widen the limits
        that should show it.
    run : int
        How many in a row on one side are a signal.

    Returns
    -------
    Chart

    >>> found = chart(np.array([10.0, 11, 9, 10, 11, 9, 10, 30, 10, 9, 11, 10]))
    >>> found.table["signal"].tolist().index("above"), bool(found.table["baseline"][7])
    (7, False)
    """
    count = np.asarray(values, float)
    n = np.ones(len(count)) if n is None else np.asarray(n, float)
    value = count if kind == "xmr" else np.divide(count, n, out=np.full(len(n), np.nan), where=n > 0)
    told = ~np.isnan(value) & (n > 0) & ~(logs & (value <= 0))
    if told.sum() < LEAST:
        return Chart(_without(value, told), kind, np.nan, logs)
    scale = np.where(told, np.log(np.where(value > 0, value, 1.0)), np.nan) if logs else value
    base = told & (np.cumsum(told) <= (first or len(told)))
    if textbook:
        centre, spread = _level(scale, count, n, kind, base, 0.0)
        spread = spread if kind == "xmr" else 1.0
    else:
        centre, spread, base = _settled(scale, count, n, kind, base, floor)
    lower, upper = _limits(n, kind, centre, spread, textbook)
    if kind == "xmr":
        scale = np.where(_same(scale, centre), centre, scale)
    above, below = _tails(scale, count, n, kind, centre, spread)
    table = pd.DataFrame({"value": value, "centre": centre, "lower": lower, "upper": upper})
    if logs:
        table[["centre", "lower", "upper"]] = np.exp(table[["centre", "lower", "upper"]])
    table["p"] = np.where(told, np.minimum(2 * np.minimum(above, below), 1.0), np.nan)
    if kind == "xmr":
        table["p"] = _by_t(table["p"].to_numpy(), int(base.sum()))
    sides = _sides(n, kind, centre, table["value"].to_numpy() > table["centre"].to_numpy())
    table["signal"] = _signals(table, told, run, sides)
    table["strong"] = (estimates.adjust(table["p"]) < STRONG) & table["signal"].isin(("above", "below"))
    return Chart(table.assign(baseline=base), kind, float(spread), logs)


def _without(value: np.ndarray, told: np.ndarray) -> pd.DataFrame:
    """Too few periods: values without limits."""
    blank = np.full(len(value), np.nan)
    table = pd.DataFrame({"value": value, "centre": blank, "lower": blank, "upper": blank, "p": blank})
    return table.assign(signal="", strong=False, baseline=told)


def _settled(
    scale: np.ndarray, count: np.ndarray, n: np.ndarray, kind: Kind, base: np.ndarray, floor: float
) -> tuple[float, float, np.ndarray]:
    """Centre and spread of the periods that lie within the limits these give; never of fewer than half."""
    candidates = base
    for _round in range(_ROUNDS):
        centre, spread = _level(scale, count, n, kind, base, floor)
        above, below = _tails(scale, count, n, kind, centre, spread)
        inside = candidates & (above >= TAIL) & (below >= TAIL)
        if (inside == base).all() or inside.sum() < max(LEAST, candidates.sum() / 2):
            break
        base = inside
    return centre, spread, base


def _level(
    scale: np.ndarray, count: np.ndarray, n: np.ndarray, kind: Kind, base: np.ndarray, floor: float
) -> tuple[float, float]:
    """The centre, and the spread: XmR's standard deviation, or by how much shares and rates overdo chance."""
    if kind == "xmr":
        centre = float(np.average(scale[base], weights=n[base]))
        return centre, max(_sigma((scale[base] - centre) * np.sqrt(n[base])), floor)
    centre = float(count[base].sum() / n[base].sum())
    error = np.sqrt(centre * (1 - centre if kind == "p" else 1.0) / n[base])
    if not centre or (kind == "p" and centre == 1):
        return centre, 1.0
    return centre, max(_sigma((scale[base] - centre) / error), 1.0)


def _sigma(values: np.ndarray) -> float:
    """The standard deviation from the mean difference of one period to the next."""
    return float(np.abs(np.diff(values)).mean() / _D2)


def _limits(
    n: np.ndarray, kind: Kind, centre: float, spread: float, textbook: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The lower and upper limit of every period."""
    if kind == "xmr" or textbook:
        part = {"xmr": 1.0, "p": centre * (1 - centre), "u": centre}[kind]
        error = np.sqrt(part / np.maximum(n, 1e-9))
        lower, upper = centre - 3 * spread * error, centre + 3 * spread * error
        lower = lower if kind == "xmr" else np.maximum(lower, 0.0)
        upper = np.minimum(upper, 1.0) if kind == "p" else upper
        return np.broadcast_to(lower, n.shape), np.broadcast_to(upper, n.shape)
    if not centre:
        return np.zeros(n.shape), np.zeros(n.shape)  # where it never happened, once is a signal
    size = np.maximum(n, 1e-9) / spread**2
    low, high = _cut(size, centre, kind, TAIL), 1 + _cut(size, centre, kind, 1 - TAIL)
    none = np.zeros(len(n))
    lower = np.where(_fewer(none, size, centre, kind) > TAIL, 0.0, low / size)
    upper = high / size if kind == "u" else np.where(_more(size, size, centre, kind) > TAIL, 1.0, high / size)
    return lower, upper


def _cut(size: np.ndarray, centre: float, kind: Kind, chance: float) -> np.ndarray:
    """The count, and parts of one, up to which lies so much of the chance."""
    from scipy.special import bdtrik, pdtrik

    return pdtrik(chance, size * centre) if kind == "u" else bdtrik(chance, size, centre)


def _more(k: np.ndarray, size: np.ndarray, centre: float, kind: Kind) -> np.ndarray:
    """The chance of at least k; for parts of a count by the continuous form of the same integral."""
    from scipy.special import betainc, gammainc

    some = np.maximum(k, 1e-12)
    rest = np.maximum(size - some, 0) + 1
    found = gammainc(some, size * centre) if kind == "u" else betainc(some, rest, centre)
    return np.where(k > 0, found, 1.0)


def _fewer(k: np.ndarray, size: np.ndarray, centre: float, kind: Kind) -> np.ndarray:
    """The chance of at most k."""
    from scipy.special import betaincc, gammaincc

    if kind == "u":
        return gammaincc(k + 1, size * centre)
    return np.where(k < size, betaincc(k + 1, np.maximum(size - k, 1e-12), centre), 1.0)


def _tails(
    scale: np.ndarray, count: np.ndarray, n: np.ndarray, kind: Kind, centre: float, spread: float
) -> tuple[np.ndarray, np.ndarray]:
    """The chance of a value at least as high, and of one at least as low."""
    if kind == "xmr":
        from scipy.stats import norm

        off = (scale - centre) * np.sqrt(n)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(off == 0, 0.0, off / spread)
        return norm.sf(z), norm.cdf(z)
    part = spread**2
    return _more(count / part, n / part, centre, kind), _fewer(count / part, n / part, centre, kind)


def _by_t(p: np.ndarray, periods: int) -> np.ndarray:
    """The same chances, knowing that the standard deviation comes from so many periods (Student's t).

    From differences of neighbours it is worth 0.6 degrees of freedom a period: its variance is 0.826 σ² a period,
    that of the usual one 0.5 (Wheeler 1995, Advanced Topics in Statistical Process Control).
    """
    from scipy.stats import norm, t

    return 2 * t.sf(norm.isf(np.maximum(p, 1e-300) / 2), 0.6 * (periods - 1))


def _same(value: np.ndarray, centre: float) -> np.ndarray:
    """Whether values are the centre but for rounding, as they are where nothing ever changes."""
    return np.abs(value - centre) <= 1e-9 * max(abs(centre), 1e-3)


def _sides(n: np.ndarray, kind: Kind, centre: float, above: np.ndarray) -> np.ndarray:
    """How much a period tells in a run on its side of the centre: 1, and less where that side is much the likelier
    one (the logarithm of its chance to the base of a half).
    """
    if kind == "xmr" or not centre:
        return np.ones(len(n))
    mean, size = n * centre, np.maximum(n, 1e-9)
    high = _more(np.floor(mean * (1 + 1e-12)) + 1, size, centre, kind)
    low = _fewer(np.ceil(mean * (1 - 1e-12)) - 1, size, centre, kind)
    chance = np.where(above, high, low)
    return np.where(chance > _LIKELY, -np.log2(np.clip(chance, _LIKELY, 1 - 1e-12)), 1.0)


def _signals(table: pd.DataFrame, told: np.ndarray, run: int, sides: np.ndarray | None = None) -> np.ndarray:
    """Which rule marks each period: the limits go before the runs."""
    value, centre = table["value"].to_numpy(), table["centre"].to_numpy()
    lower, upper = table["lower"].to_numpy(), table["upper"].to_numpy()
    on = _same(value, float(centre[0])) if len(value) else np.zeros(0, bool)
    beyond = np.where((value > upper) & ~on, "above", np.where((value < lower) & ~on, "below", ""))
    side = np.where(on, 0.0, np.sign(value - centre))[told]
    streak = _streak(side, None if sides is None else sides[told])
    long = streak >= run - 1e-9
    runs = np.full(len(value), "", dtype=object)
    runs[told] = np.where(long & (side > 0), "run_above", np.where(long, "run_below", ""))
    return np.where(told & (beyond != ""), beyond, runs)


def _streak(side: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """What the periods up to each tell that lie on its side of the centre; 0 on the centre itself.

    >>> _streak(np.array([1, 1, -1, 0, -1])).tolist()
    [1.0, 2.0, 1.0, 0.0, 1.0]
    """
    weight = np.ones(len(side)) if weight is None else weight
    new = np.append(True, side[1:] != side[:-1])
    so_far = np.cumsum(weight)
    before = np.maximum.accumulate(np.where(new, so_far - weight, -np.inf))
    return np.where(side == 0, 0.0, so_far - before)
