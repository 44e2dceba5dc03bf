"""What changes after twenty seconds of waiting?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.errors import SettingError
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question
from csworkbook.staffing import staffing_words
from csworkbook.staffing.arriving import means
from csworkbook.staffing.patience import Waits, mean_patience, survival, waits_of
from csworkbook.staffing.waiting_result import Waiting

if TYPE_CHECKING:
    import ibis

_BANDS = np.array([0, 0.5, 1, 1.5, 2, 3, 6])  # of waiting, in limits
_FINE = np.arange(0, 6.25, 0.25)  # stretches in which giving up is looked at, in limits
_ENOUGH = 10  # who gave up (or were rated, of either answer) on each side of the limit


@question(
    mark("What changes when customers wait longer than twenty seconds?"),
    labels=staffing_words.labels,
    choices=staffing_words.choices,
)
def waiting(contacts: pd.DataFrame | ibis.Table, *, channel: str = "phone", limit: float = 20) -> Waiting:
    """Who gives up and who is satisfied, by how long they waited; and whether the limit is a turning point.

    The handbook (5.4) says to answer within 20 seconds. Whether that is where customers change is tested
    twice: does giving up, per second of those who wait still, make a step at the limit beyond a smooth course
    (Poisson regression on the logarithm of the wait and its square), and does satisfaction (logistic)? Corrected by Holm.
    A wait that ended with an answer is cut off there, since the customer might have waited longer.

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
        With `waiting_seconds` or `replied_at`; `abandoned` and `satisfied` where there are any.
    channel : str
    limit : float
        Seconds, above 0.

    Returns
    -------
    Waiting
        table: waited (seconds, as text), answered, given_up (counts), still (share that had not given up at
        the end of it, had nobody been answered), hazard, hazard_low, hazard_high (give up per minute of
        waiting), share, low, high (satisfied, of those answered), n (of whom that is known).

    Raises
    ------
    DataError
        When no wait of that channel is known.
    SettingError
        When nobody uses that channel, or the limit is not above zero.

    >>> opened = pd.Timestamp("2026-01-05 10:00", tz="UTC") + pd.to_timedelta(range(100), unit="min")
    >>> calls = pd.DataFrame({"contact_id": range(100), "customer_id": "c", "channel": "phone", "topic": "t",
    ...                       "opened_at": opened, "waiting_seconds": [15] * 60 + [30] * 40})
    >>> waiting(calls).within.value
    0.6
    """
    if not 0 < limit < float("inf"):
        raise SettingError(_("That number of seconds cannot be."), allowed=_("A number above zero."))
    return looked_at(waits_of(contacts, channel), limit)


def looked_at(waits: Waits, limit: float) -> Waiting:
    """`waiting` for waits that were counted already."""
    curve = survival(waits)
    steps = (_giving_up(waits, limit), _satisfaction(waits, limit))
    p = estimates.adjust([np.nan if step is None else step.p for step in steps])
    steps = tuple(None if s is None else _with_p(s, float(q)) for s, q in zip(steps, p, strict=True))
    within = estimates.share(waits.answered_within(limit), waits.n)
    lost = estimates.share(waits.gave_up, waits.n)
    happy = _happy(waits, limit)
    table = _table(waits, curve, limit)
    return Waiting(table, waits, limit, within, lost, *steps, happy, mean_patience(waits), curve)


def _with_p(step: Estimate, p: float) -> Estimate:
    return Estimate(step.value, step.low, step.high, step.n, step.unit, p)


def _table(waits: Waits, curve: pd.DataFrame, limit: float) -> pd.DataFrame:
    edges = np.array([*(_BANDS * limit), np.inf])
    low, high = edges[:-1], edges[1:]
    gave_up, seconds = waits.between(low, high)
    minutes = seconds / 60
    hazard_low, hazard_high = means(gave_up, minutes, 1.0)
    second = waits.table["second"].to_numpy()
    band = np.maximum(np.searchsorted(edges, second, side="left") - 1, 0)
    still = curve["still"].to_numpy()[np.searchsorted(curve["second"], high, side="right") - 1]
    table = pd.DataFrame({"waited": [_band(*ends) for ends in zip(low, high, strict=True)]})
    table["answered"] = np.bincount(band, waits.table["n"] * ~waits.table["gave_up"], len(low)).astype(int)
    table = table.assign(given_up=gave_up.astype(int), still=still)
    table["hazard"] = np.divide(gave_up, minutes, out=np.full(len(low), np.nan), where=minutes > 0)
    happy, n = _rated(waits)
    count, n = np.bincount(band, happy, len(low)), np.bincount(band, n, len(low))
    share = np.divide(count, n, out=np.full(len(low), np.nan), where=n > 0)
    ends = estimates.shares(count, n)
    table = table.assign(hazard_low=hazard_low, hazard_high=hazard_high, share=share)
    return table.assign(
        low=np.where(n > 0, ends[0], np.nan), high=np.where(n > 0, ends[1], np.nan), n=n.astype(int)
    )


def _band(low: float, high: float) -> str:
    """A stretch of waiting, in seconds.

    >>> _band(0, 10), _band(120, float("inf"))
    ('0–10', '> 120')
    """
    return f"> {low:g}" if np.isinf(high) else f"{low:g}–{high:g}"


def _rated(waits: Waits) -> tuple[np.ndarray, np.ndarray]:
    """Of every row of the waits: who was satisfied, and who said whether they were, of those answered."""
    table = waits.table
    n = np.where(table["satisfied"].notna() & ~table["gave_up"], table["n"], 0)
    return np.where(table["satisfied"] == 1, n, 0).astype(float), n.astype(float)


def _happy(waits: Waits, limit: float) -> Estimate | None:
    """Satisfied within the limit minus satisfied after it, in points; None where one side has nobody."""
    happy, n = _rated(waits)
    soon = (waits.table["second"] <= limit).to_numpy()
    if min(n[soon].sum(), n[~soon].sum()) == 0:
        return None
    return estimates.difference(happy[soon].sum(), n[soon].sum(), happy[~soon].sum(), n[~soon].sum())


def _giving_up(waits: Waits, limit: float) -> Estimate | None:
    """How many times as often customers give up just from the limit on, beyond a smooth course; None with too few."""
    import statsmodels.api as sm

    low, high = _FINE[:-1] * limit, _FINE[1:] * limit
    gave_up, seconds = waits.between(low, high)
    there, after = seconds > 0, low >= limit
    if min(gave_up[there & after].sum(), gave_up[there & ~after].sum()) < _ENOUGH:
        return None
    middle = (low + high) / 2
    x = np.column_stack([*_course(middle / limit), after])[there]
    family = sm.families.Poisson()
    found = sm.GLM(gave_up[there], x, family=family, offset=np.log(seconds[there])).fit()
    return _ratio(found, int(gave_up.sum()))


def _satisfaction(waits: Waits, limit: float) -> Estimate | None:
    """The odds to be satisfied after the limit against before it, beyond a smooth course; None with too few."""
    import statsmodels.api as sm

    happy, n = _rated(waits)
    second, after = waits.table["second"].to_numpy(float), (waits.table["second"] > limit).to_numpy()
    sides = [(happy[side].sum(), (n - happy)[side].sum()) for side in (after, ~after)]
    if min(min(side) for side in sides) < _ENOUGH:
        return None
    x = np.column_stack([*_course((second + 1) / limit), after])[n > 0]
    both = np.column_stack([happy, n - happy])[n > 0]
    return _ratio(sm.GLM(both, x, family=sm.families.Binomial()).fit(), int(n.sum()))


def _course(second: np.ndarray) -> list[np.ndarray]:
    """The columns of a smooth course: one, the logarithm of the wait, and its square."""
    return [np.ones(len(second)), np.log(second), np.log(second) ** 2]


def _ratio(found, n: int) -> Estimate:
    """The last parameter of a regression, as a ratio."""
    low, high = np.exp(found.conf_int()[-1])
    return Estimate(
        float(np.exp(found.params[-1])), float(low), float(high), n, "score", float(found.pvalues[-1])
    )
