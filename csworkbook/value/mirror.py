"""Would it have foretold what your customers did since? The last part of the orders hidden, and then shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.purchases import less_returns, purchases
from csworkbook.repeats import duration
from csworkbook.results import question
from csworkbook.value import forecast, predicted_words, spend
from csworkbook.value.mirror_result import Mirror

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

UNIT = "7D"
LEAST = 28  # hidden days; the orders before them must last twice as long
FEW = 30  # customers to look at
_DAY = pd.Timedelta(days=1)


@question(
    mark("Would it have foretold the past months?"),
    labels=predicted_words.labels,
    choices=predicted_words.choices,
)
def mirror(
    orders: Table,
    returns: Table | None = None,
    *,
    hidden: str | None = None,
    zone: str = "UTC",
    seed: int = 0,
) -> Mirror:
    """The prediction made as if the last part of the orders had not been seen, beside what was then bought.

    Customers are those who had bought before. Beside the model stand two simple guesses: everybody goes on at
    the rate he had (repeat purchases in the time since the first one), and nobody comes back.

    Parameters
    ----------
    returns : DataFrame or ibis.Table, optional
        What was paid back is taken off, where the orders themselves do not tell it.
    hidden : str, optional
        How much is hidden: a pandas duration such as ``"180D"``; None = a third of the time of the orders.
    zone : str
        By whose clock a day begins.

    Returns
    -------
    Mirror
        table: way ("model", "same rate", "nobody"), predicted, low, high, seen (purchases, count), off
        (predicted over seen, less one), miss (per customer the difference of the square roots of both, 3/8 added
        to each, so that a few who buy much do not decide: Anscombe 1948; root of the mean square).

    Raises
    ------
    DataError
        When the orders are too few or their time too short, none is a purchase, or nobody came back.
    SettingError
        When `hidden` is no length of time.
    """
    orders = less_returns(orders, returns)
    whole = purchases(orders, unit=UNIT, zone=zone, free=True)
    return mirrored(orders, whole, hidden=hidden, zone=zone, seed=seed)


def mirrored(
    orders: Table,
    whole: pd.DataFrame,
    *,
    hidden: str | None = None,
    zone: str = "UTC",
    seed: int = 0,
) -> Mirror:
    """As `mirror`, with the purchases of all orders (`whole`) counted already."""
    end = whole.attrs["until"]
    days = _hidden_days((end - whole["first_at"].min()).days, hidden)
    cut = end - days * _DAY
    if (whole["first_at"] <= cut).sum() < FEW:
        raise _too_short()
    asked = {"unit": UNIT, "zone": zone, "free": True}
    before = purchases(orders, until=cut.date(), **asked)
    since = purchases(orders, since=(cut + _DAY).date(), **asked) if _any_after(whole, cut) else None
    seen, spent = _seen(before, since)
    if not (before["x"].any() or seen.any()):
        raise _nobody(len(before))
    return replace(_compared(before, seen, spent, cut, end, seed), left_out=whole.attrs["left_out"])


def _hidden_days(span: int, hidden: str | None) -> int:
    """How many days are hidden, of all that the orders last."""
    days = span // 3 if hidden is None else duration(hidden).days
    if days < LEAST or span - days < days / 2 or span - days < 2 * LEAST:
        raise _too_short()
    return days


def _too_short() -> DataError:
    return DataError(
        _("Whether the prediction holds cannot be checked on these orders."),
        allowed=_(
            "For that, orders of at least {days} days and of {n} customers in the first part of them."
        ).format(days=3 * LEAST, n=FEW),
        next_step=_("Bring older orders too."),
    )


def _nobody(customers: int) -> DataError:
    return DataError(
        _(
            "None of the {n} customers of the first part of these orders came back, then or later, so there is nothing to "
            "foretell from."
        ).format(n=language.number(customers)),
        next_step=_("Come back here once customers order again, or bring older orders too."),
    )


def _any_after(whole: pd.DataFrame, cut: pd.Timestamp) -> bool:
    return bool((whole["last_at"] > cut).any())


def _seen(before: pd.DataFrame, since: pd.DataFrame | None) -> tuple[np.ndarray, np.ndarray]:
    """Per customer of the first part: purchases and money of the hidden part."""
    if since is None:
        return np.zeros(len(before)), np.zeros(len(before))
    mine = since.reindex(before.index)
    return (mine["x"] + 1).fillna(0).to_numpy(float), mine["spent"].fillna(0).to_numpy(float)


def _compared(
    before: pd.DataFrame,
    seen: np.ndarray,
    spent: np.ndarray,
    cut: pd.Timestamp,
    end: pd.Timestamp,
    seed: int,
) -> Mirror:
    time = (end - cut) / pd.Timedelta(UNIT)
    model = forecast.modelled(before)
    found = forecast.Forecast.make(model, before, time)
    predicted = found.expected[found.of]
    before = before.assign(predicted=predicted, seen=seen, same=_same_rate(before, time), nobody=0.0)
    all_, money = _totals(found, before, spend.of(before), seed)
    table = pd.DataFrame(
        [
            _row("model", before["predicted"], before, all_),
            _row("same rate", before["same"], before),
            _row("nobody", before["nobody"], before),
        ]
    )
    low, high, _square = (one[found.of] for one in found.ranges)
    inside = estimates.share(int(((seen >= low) & (seen <= high)).sum()), len(before))
    return Mirror(
        table, cut, end, len(before), all_, int(seen.sum()), money, float(spent.sum()),
        _groups(found, before), inside, _gains(before),
    )  # fmt: skip


def _same_rate(before: pd.DataFrame, time: float) -> np.ndarray:
    """Everybody goes on as before: repeat purchases over the time since the first one."""
    seen = before["T"].to_numpy()
    return np.divide(before["x"].to_numpy(float), seen, out=np.zeros(len(before)), where=seen > 0) * time


def _totals(found: forecast.Forecast, before: pd.DataFrame, money: spend.Spend, seed: int):
    """The purchases and the money that were foretold for all together."""
    worth = forecast.worth(found, money, before, share=1.0, rate=0.0)
    return forecast.totals(found, worth, money, found.unsure(seed))


def _row(way: str, predicted: pd.Series, before: pd.DataFrame, sure: Estimate | None = None) -> dict:
    seen = float(before["seen"].sum())
    sum_ = float(predicted.sum())
    return {
        "way": way,
        "predicted": sum_,
        "low": sure.low if sure else np.nan,
        "high": sure.high if sure else np.nan,
        "seen": seen,
        "off": sum_ / seen - 1 if seen else np.nan,
        "miss": float(np.sqrt(_missed(predicted, before).mean())),
    }


def _missed(predicted: pd.Series, before: pd.DataFrame) -> pd.Series:
    """Per customer the square of the difference, both made to vary as much whatever their size."""
    return (np.sqrt(predicted + 0.375) - np.sqrt(before["seen"] + 0.375)) ** 2


def _gains(before: pd.DataFrame) -> dict[str, Estimate]:
    """How much nearer the model comes than each simple guess: the mean difference of the squared misses.

    With the p-value of no difference (t), corrected for there being two guesses (Holm).
    """
    own = _missed(before["predicted"], before)
    found = {
        way: _missed(before[column], before) - own
        for way, column in (("same rate", "same"), ("nobody", "nobody"))
    }
    corrected = estimates.adjust([_chance(gain) for gain in found.values()])
    return {
        way: replace(estimates.mean(gain), p=float(p))
        for (way, gain), p in zip(found.items(), corrected, strict=True)
    }


def _chance(gain: pd.Series) -> float:
    """The p-value of a mean of zero (t); of customers who are all alike 0 or 1."""
    from scipy.stats import ttest_1samp

    if np.ptp(gain) < 1e-12:
        return float(abs(gain.iloc[0]) < 1e-12)
    return float(ttest_1samp(gain, 0.0).pvalue)


def _groups(found: forecast.Forecast, before: pd.DataFrame) -> pd.DataFrame:
    """By purchases so far: customers, mean purchases seen, and mean foretold with the range chance leaves it."""
    _low, _high, square = found.ranges
    variance = (square - found.expected**2).clip(0)[found.of]
    so_far = (before["x"] + 1).clip(upper=5)
    rows = before.assign(so_far=so_far, variance=variance).groupby("so_far")
    table = rows.agg(customers=("seen", "size"), predicted=("predicted", "mean"), seen=("seen", "mean"))
    half = 1.96 * np.sqrt(rows["variance"].sum()) / table["customers"]
    return table.assign(low=(table["predicted"] - half).clip(lower=0), high=table["predicted"] + half)
