"""How far is each step below our own best segment, and what would it bring to get there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.estimates import SMALL

if TYPE_CHECKING:
    from csworkbook.order_value import OrderValue

MOST = 12  # segments that are kept apart; the others are taken together
OTHER, UNKNOWN = "other", ""  # never the best: nobody can do as "the others" do
DRAWS = 2000
_KEYS = ["number", "step", "before"]


@dataclass(frozen=True, eq=False)
class Gaps:
    """Each step of a funnel beside the best own segment there.

    Attributes
    ----------
    whole : DataFrame
        One row per step from the second on: number, step, before (the step before it), entered, count
        (went on), share, low, high (Wilson), best (segment; None where none can be told), best_share
        (evened out), gap, gap_low, gap_high (points, -1–1), p (the best one against all others, corrected for
        having looked for the best one at every step), extra (more at this step, in the data's time),
        extra_end, extra_low, extra_high (more at the last step), value, value_low, value_high (money a
        year; empty without the worth of an order).
    segments : DataFrame
        The same for each segment, with the columns segment and shrunk (its rate, evened out), and no
        interval of what it brings.
    """

    whole: pd.DataFrame
    segments: pd.DataFrame

    def first(self) -> pd.Series | None:
        """The step where reaching the best segment's rate brings most; None where no gap is sure."""
        return None if self.sure.empty else self.sure.loc[self.sure["extra_end"].idxmax()]

    @property
    def sure(self) -> pd.DataFrame:
        """The steps at which the best segment surely does better than the others."""
        return self.whole[(self.whole["gap_low"] > 0) & (self.whole["p"] < 1 - estimates.LEVEL)]


def gaps(
    counts: pd.DataFrame,
    names: Sequence[str],
    *,
    worth: OrderValue | None = None,
    years: float = 1.0,
    seed: int = 0,
) -> Gaps:
    """The gap of each step to the best own segment, and what closing it brings.

    A segment's rate is drawn towards the whole by as much as its size asks for (beta-binomial), so that
    a tiny lucky segment is not the best; the best has at least 30 units that entered the step. The gap
    has Newcombe's interval (1998, method 10) about these evened-out rates; for the whole, the
    segments' gaps weighed by size (Zou, Huang & Zhang 2009). Extra units at the end = entered × gap ×
    the segment's own later rates; the interval is the middle 95 % of 2,000 draws of all these rates.

    Parameters
    ----------
    counts : DataFrame
        by (segment), level (the furthest step a unit reached, from 1), units.
    names : sequence of str
        The names of the steps.
    worth : OrderValue, optional
        What an order brings, for money.
    years : float
        The time the counts span, in years; money is made that of one year.

    >>> counts = pd.DataFrame({"by": ["a", "a", "b", "b"], "level": [1, 2, 1, 2], "units": [400, 600, 800, 200]})
    >>> gaps(counts, ["cart", "paid"]).whole[["best", "extra_end"]].round().to_numpy().tolist()
    [['a', 400.0]]
    """
    reached = reached_by(counts, len(names))
    rates = [_evened(reached[k + 1], reached[k]) for k in range(1, len(names))]
    rng = np.random.default_rng(seed)
    drawn = [_draws(rate, rng) for rate in rates]
    money = None if worth is None else worth.draws(np.random.default_rng(seed + 1), DRAWS) / years
    wholes, segments = [], []
    for k in range(1, len(names)):
        place = {"number": k + 1, "step": names[k], "before": names[k - 1]}
        each = _segments(reached, k, rates)
        gained = _gained(each, drawn[k - 1 :])
        value = np.nan if worth is None else worth.value / years
        row = _whole(each, rates[k - 1], gained, money)
        wholes.append(place | row | {"value": row["extra_end"] * value})
        segments.append(each.assign(**place, value=each["extra_end"] * value))
    whole = pd.DataFrame(wholes) if wholes else pd.DataFrame(columns=[*_KEYS, "gap_low", "p", "extra_end"])
    whole["p"] = estimates.adjust(whole["p"])
    return Gaps(whole, pd.concat(segments, ignore_index=True) if segments else pd.DataFrame())


def segment_of(events) -> str | None:
    """The column to compare segments by when none was chosen: the device, where it is known.

    >>> segment_of(pd.DataFrame(columns=["visitor_id", "at", "step", "device"]))
    'device'
    """
    from csworkbook import events as engine

    columns = events.columns if hasattr(events, "columns") else engine.read(events).columns
    return "device" if "device" in columns else None


def reached_by(counts: pd.DataFrame, steps: int, *, most: int = MOST) -> pd.DataFrame:
    """How many units of each segment reached each step.

    Returns
    -------
    DataFrame
        Columns 1…`steps`, one row per segment, the largest first; beyond `most` segments the small
        ones together are `OTHER`. Units of which the segment is not known are `UNKNOWN`.

    >>> counts = pd.DataFrame({"by": ["a", "a", None], "level": [1, 3, 2], "units": [5, 2, 1]})
    >>> reached_by(counts, 3).to_dict("index")
    {'a': {1: 7, 2: 2, 3: 2}, '': {1: 1, 2: 1, 3: 0}}
    """
    if counts.empty:
        return pd.DataFrame(0, index=[UNKNOWN], columns=range(1, steps + 1))
    by = counts["by"] if "by" in counts else pd.Series(UNKNOWN, counts.index)
    by = by.astype(object).where(by.notna(), UNKNOWN).astype(str)
    wide = counts["units"].groupby([by, counts["level"]]).sum().unstack()
    wide = wide.reindex(columns=range(1, steps + 1)).fillna(0).astype(int)
    reached = wide.iloc[:, ::-1].cumsum(axis=1).iloc[:, ::-1]
    reached = reached.sort_values(1, ascending=False, kind="stable").rename_axis(index=None, columns=None)
    named = reached.index[reached.index != UNKNOWN]
    if len(named) <= most:
        return reached
    return reached.groupby(
        lambda one: one if one in (UNKNOWN, *named[: most - 1]) else OTHER, sort=False
    ).sum()


def _evened(went: pd.Series, entered: pd.Series) -> pd.DataFrame:
    """The rate of each segment, drawn towards the whole, with its limits: share, low, high."""
    if not entered.sum():
        return pd.DataFrame({"share": np.nan, "low": 0.0, "high": 1.0}, index=entered.index)
    return estimates.shrink(went, entered).set_axis(entered.index)


def _draws(rates: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Draws × segments of rates from their intervals, normal on the scale of log odds."""
    from scipy.special import expit, logit

    low, high = (logit(rates[end].clip(1e-9, 1 - 1e-9).to_numpy()) for end in ("low", "high"))
    draws = rng.normal((low + high) / 2, (high - low) / 2 / 1.96, (DRAWS, len(rates)))
    return expit(draws)


def _segments(reached: pd.DataFrame, k: int, rates: list[pd.DataFrame]) -> pd.DataFrame:
    """The segments at one step: rates, the gap to the best of them, and what closing it brings."""
    entered, went = reached[k].to_numpy(), reached[k + 1].to_numpy()
    shares, lows, highs = rates[k - 1].to_numpy().T
    low, high = estimates.shares(went, entered)
    best = _best(reached.index, shares, entered)
    top = (np.nan,) * 3 if best is None else (shares[best], lows[best], highs[best])
    gap = top[0] - shares
    other = np.arange(len(shares)) != best
    later = np.prod([np.nan_to_num(rate["share"].to_numpy()) for rate in rates[k:]], axis=0)
    extra = entered * np.maximum(gap, 0)
    each = {
        "segment": reached.index,
        "entered": entered,
        "count": went,
        "share": went / np.where(entered > 0, entered, np.nan),
        "low": low,
        "high": high,
        "shrunk": shares,
        "best": None if best is None else reached.index[best],
        "best_share": top[0],
        "gap": gap,
        "gap_low": (gap - np.hypot(top[0] - top[1], highs - shares)) * other,
        "gap_high": (gap + np.hypot(top[2] - top[0], shares - lows)) * other,
        "extra": extra,
        "extra_end": extra * later,
    }
    return pd.DataFrame(each)


def _best(segments: pd.Index, shares: np.ndarray, entered: np.ndarray) -> int | None:
    """Which segment has the highest evened-out rate among those of enough units; None with nobody to compare."""
    may = _candidates(segments, entered)
    return None if not may.any() or (entered > 0).sum() < 2 else int(np.where(may, shares, -1).argmax())


def _gained(each: pd.DataFrame, drawn: list[np.ndarray]) -> np.ndarray | None:
    """Draws of what reaching the best segment's rate brings at the last step; None without a best one."""
    if each["best"].isna().all():
        return None
    behind = (each["gap"] > 0).to_numpy()
    best = int(np.flatnonzero(each["segment"] == each["best"])[0])
    gap = drawn[0][:, [best]] - drawn[0]
    later = np.prod(drawn[1:], axis=0) if len(drawn) > 1 else 1.0
    return (each["entered"].to_numpy() * gap * later)[:, behind].sum(axis=1)


def _whole(
    each: pd.DataFrame, own: pd.DataFrame, gained: np.ndarray | None, money: np.ndarray | None
) -> dict[str, object]:
    """All segments together at one step."""
    entered, count = each["entered"].sum(), each["count"].sum()
    rate = estimates.share(count, entered)
    row = {"entered": entered, "count": count, "share": rate.value, "low": rate.low, "high": rate.high}
    row |= {"best": each["best"].iloc[0], "best_share": each["best_share"].iloc[0]}
    row |= dict(zip(("gap", "gap_low", "gap_high"), _weighed(each, own), strict=True))
    row |= {"p": _surely(each)}
    row |= {name: each[name].sum(min_count=1) for name in ("extra", "extra_end")}
    row |= _limits("extra", gained, 1.0)
    return row | _limits("value", None if money is None else gained, money)


def _surely(each: pd.DataFrame) -> float:
    """The p-value of the best segment against all others together, times how many could have been the best."""
    best = (each["segment"] == each["best"]).to_numpy()
    if not best.any():
        return np.nan
    count, entered = each["count"].to_numpy(), each["entered"].to_numpy()
    found = estimates.difference(
        count[best].sum(), entered[best].sum(), count[~best].sum(), entered[~best].sum()
    )
    looks = _candidates(pd.Index(each["segment"]), entered).sum()
    return 1.0 if found.p is None else min(found.p * looks, 1.0)


def _candidates(segments: pd.Index, entered: np.ndarray) -> np.ndarray:
    """Which segments may be the best: of enough units, and somebody in particular."""
    return (entered >= SMALL) & ~segments.isin([OTHER, UNKNOWN])


def _weighed(each: pd.DataFrame, own: pd.DataFrame) -> tuple[float, float, float]:
    """The segments' gaps weighed by size, with limits; those that lie above the best count as no gap."""
    entered = each["entered"].sum()
    if not entered or each["best"].isna().all():
        return np.nan, np.nan, np.nan
    weight = (each["entered"] / entered * (each["gap"] > 0)).to_numpy()
    top, rates = own.loc[each["best"].iloc[0]], own.to_numpy()
    shares, lows, highs = rates.T
    gap = float((weight * (top["share"] - shares)).sum())
    down = np.hypot(weight.sum() * (top["share"] - top["low"]), np.linalg.norm(weight * (highs - shares)))
    up = np.hypot(weight.sum() * (top["high"] - top["share"]), np.linalg.norm(weight * (shares - lows)))
    return gap, float(gap - down), float(gap + up)


def _limits(name: str, gained: np.ndarray | None, times) -> dict[str, float]:
    low, high = (np.nan, np.nan) if gained is None else np.quantile(gained * times, [0.025, 0.975])
    return {f"{name}_low": low, f"{name}_high": high}
