"""Who does not come back?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import estimates
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.purchases import less_returns
from csworkbook.repeats import duration
from csworkbook.results import question
from csworkbook.value import words
from csworkbook.value.churn_result import Churn
from csworkbook.value.silences import PLACES, Silences, silences

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

TIMES = 2.0  # so many times the own rhythm is too long


@question(mark("Who does not come back?"), labels=words.labels, choices=words.choices)
def churn(
    orders: Table,
    returns: Table | None = None,
    *,
    after: str = "90D",
    times: float = TIMES,
    zone: str = "UTC",
) -> Churn:
    """The share of customers who bought and did not buy again in time, by month (handbook 4.8: 30 to 90 days).

    A customer counts in every month with a purchase, by the last one in it. A month whose customers' time is
    not over is left out; by the own rhythm, one of which more than a tenth of the customers' time is not.

    Parameters
    ----------
    returns : DataFrame or ibis.Table, optional
        An order of which all was paid back is no purchase; they tell it where the orders themselves do not.
    after : str
        How long is too long: a pandas duration (``"30D"``, ``"90D"``), or ``"own"``: `times` a customer's own
        typical time between purchases, drawn towards the shop's where few are known (`silences`).
    times : float
        How many times the own rhythm is too long.

    Returns
    -------
    Churn
        table: month, n (customers who bought in it), lost (who did not come back in time), share, low, high
        (Wilson). `whole`, `first`, `second`, `later`: the same of all months, and by which purchase it was.

    Raises
    ------
    DataError
        When no order is a purchase, or nobody's time is over.
    SettingError
        When `after` is no length of time.

    >>> orders = pd.DataFrame({"order_id": list("1234"), "customer_id": list("aabc"), "revenue": 9.0,
    ...     "ordered_at": ["2026-01-05", "2026-02-05", "2026-01-09", "2026-06-30"]})
    >>> churn(orders, after="90D").table[["n", "lost"]].values.tolist()
    [[2, 1], [1, 1]]
    """
    own = after == "own"
    days = None if own else duration(after).days
    found = silences(less_returns(orders, returns), days=days, times=times, zone=zone)
    if found.counts.empty:
        raise _too_short(days, found)
    parts = {name: _part(found, place) for place, name in enumerate(PLACES)}
    return Churn(_table(found.counts), _part(found, None), parts, found, days, times)


def _table(counts: pd.DataFrame) -> pd.DataFrame:
    by = counts.groupby("month", as_index=False)[["n", "lost"]].sum()
    low, high = estimates.shares(by["lost"], by["n"])
    month = pd.DatetimeIndex(by["month"].to_numpy().astype("datetime64[M]").astype("datetime64[us]"))
    return pd.DataFrame(
        {
            "month": month,
            "n": by["n"],
            "lost": by["lost"],
            "share": by["lost"] / by["n"],
            "low": low,
            "high": high,
        }
    )


def _part(found: Silences, place: int | None) -> Estimate:
    """The share of one kind of purchase, or of all, with an interval that knows who counts more than once."""
    rows = found.counts if place is None else found.counts[found.counts["place"] == place]
    n, lost = int(rows["n"].sum()), int(rows["lost"].sum())
    if n == 0:
        return estimates.share(0, 0)
    return clustered(lost, n, *found.spread.loc[-1 if place is None else place, ["lost2", "both", "n2"]])


def clustered(lost: int, n: int, lost2: float, both: float, n2: float) -> Estimate:
    """A share of customers' rows with a Wilson interval for as many independent ones as they are worth.

    The variance is that of a ratio of two sums over customers (Cochran 1977, Sampling Techniques, 6.3):
    `lost2`, `both` and `n2` are the sums over customers of lost², lost × n and n².

    >>> bool(clustered(50, 100, 50, 50, 100).low == estimates.share(50, 100).low)  # everybody once
    True
    >>> bool(clustered(50, 100, 100, 100, 200).low == estimates.share(25, 50).low)  # everybody twice, both times alike
    True
    """
    p = lost / n
    variance = (lost2 - 2 * p * both + p**2 * n2) / n**2
    worth = min(p * (1 - p) / variance, n) if variance > 0 and 0 < p < 1 else n
    told = estimates.share(p * worth, worth)
    return Estimate(float(p), float(told.low), float(told.high), n)


def _too_short(days: int | None, found: Silences) -> DataError:
    if days is None and not found.rhythm.gaps:
        return DataError(
            _("Nobody bought twice in these orders, so there is no rhythm to go by."),
            next_step=_("Choose a number of days instead."),
        )
    if days is None:
        return DataError(
            _("The orders span too little time to see whether customers come back in their own rhythm."),
            next_step=_("Bring orders of a longer time, or choose a number of days."),
        )
    return DataError(
        _("The orders span too little time: nobody can be followed for {days} days yet.").format(days=days),
        next_step=_("Bring orders of a longer time, or choose fewer days."),
    )
