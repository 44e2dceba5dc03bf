"""After which purchases did a customer not come back in time?

A purchase is a day on which a customer bought. Of each month a customer's last purchase in it counts, so that a
customer is in a month once. It is followed for as many days as were asked, or for a multiple of the customer's own
rhythm; where that time is not over when the orders end, it does not count.

The rhythm is the customer's own typical time between purchases (geometric mean), as far as it was known on that
day, drawn towards the shop's by the spread of rhythms between customers and within one (random effects, as in
Searle, Casella & McCulloch 1992, ch. 3): somebody with one gap has nearly the rhythm of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.purchases import account, nothing_bought, paid_orders

if TYPE_CHECKING:
    import ibis

PLACES = ("first", "second", "later")  # which purchase of the customer it was
_OPEN = 0.1  # of a month at most this share may still be open, when everybody has a time of his own


@dataclass(frozen=True)
class Rhythm:
    """The shop's typical time between two purchases (days), and how many gaps of his own weigh as much as it."""

    days: float
    weight: float
    gaps: int


@dataclass(frozen=True)
class Silences:
    """How many purchases were not followed by another in time.

    Attributes
    ----------
    counts : DataFrame
        month (months since 1970), place (0 first, 1 second, 2 later), n, lost; of the months that count.
    spread : DataFrame
        Per place (-1 = all): lost2, both, n2: sums over customers of lost², lost × n and n², by which the
        interval knows that a customer counts in many months.
    unfinished : int
        Customers' months that do not count, since their time is not over.
    rhythm : Rhythm or None
        None when a number of days was asked.
    """

    counts: pd.DataFrame
    spread: pd.DataFrame
    unfinished: int
    rhythm: Rhythm | None
    until: int
    left_out: dict[str, int]


def silences(
    orders: pd.DataFrame | ibis.Table, *, days: int | None, times: float = 2.0, zone: str = "UTC"
) -> Silences:
    """Count purchases that were not followed by another one within `days`, or `times` the own rhythm when None.

    Raises
    ------
    DataError
        When no order is a purchase.
    """
    paid = paid_orders(orders, zone=zone)
    if isinstance(paid, pd.DataFrame):
        return _in_memory(paid, days, times)
    from csworkbook.value.silences_engine import in_engine

    return in_engine(paid, *account(orders, zone=zone), days, times)


# ---------------------------------------------------------------- a frame in memory
def _in_memory(paid: pd.DataFrame, days: int | None, times: float) -> Silences:
    left_out, until = paid.attrs["left_out"], paid.attrs["until"]
    if paid.empty:
        raise nothing_bought(left_out)
    both = np.unique(
        np.column_stack([paid["customer_id"].cat.codes.to_numpy("int64"), paid["day"].to_numpy("int64")]),
        axis=0,
    )
    code, day = both.T
    same = np.append(code[1:] == code[:-1], False)  # whether the next row is the same customer's
    gap = np.where(same, np.append(day[1:], 0) - day, 0)
    start = np.flatnonzero(np.append(True, ~same[:-1]))
    which = np.arange(len(code)) - np.repeat(start, np.diff(np.append(start, len(code))))
    before = np.append(0.0, np.cumsum(np.log(np.maximum(gap, 1)))[:-1])
    known = before - np.repeat(
        before[start], np.diff(np.append(start, len(code)))
    )  # sum of the logs of earlier gaps
    rhythm = None if days is not None else _rhythm(gap[same], code[same])
    within = np.full(len(code), float(days)) if rhythm is None else times * _own(known, which, rhythm)
    month = _months(day)
    last = ~same | (_months(day + gap) > month)
    over = day + within <= until
    lost = ~same | (gap > within)
    frame = {"code": code, "month": month, "place": np.minimum(which, 2), "n": over * 1, "lost": lost * over}
    told = pd.DataFrame(frame)[last]
    by = told.assign(rows=1).groupby(["month", "place"], as_index=False)[["n", "lost", "rows"]].sum()
    months = finished(by, until, days)
    counts = by[by["month"].isin(months)].drop(columns="rows").reset_index(drop=True)
    spread = _spread(told[told["month"].isin(months) & (told["n"] > 0)])
    return Silences(counts, spread, int(by["rows"].sum() - counts["n"].sum()), rhythm, until, left_out)


def finished(by: pd.DataFrame, until: int, days: int | None) -> list[int]:
    """The months that count: those of which every day's time is over, or (own rhythms) nearly everybody's.

    Parameters
    ----------
    by : DataFrame
        month, place, n (whose time is over), rows (all).
    """
    months = by.groupby("month")[["n", "rows"]].sum()
    if days is None:
        return months.index[(months["n"] > 0) & (months["n"] >= (1 - _OPEN) * months["rows"])].tolist()
    ends = (months.index.to_numpy() + 1).astype("datetime64[M]").astype("datetime64[D]").astype("int64") - 1
    return months.index[ends + days <= until].tolist()


def _months(day: np.ndarray) -> np.ndarray:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype("int64")


def _own(known, which, rhythm: Rhythm):
    """Every customer's own rhythm in days, from `which` earlier gaps with `known` as the sum of their logs."""
    return np.exp((known + rhythm.weight * np.log(rhythm.days)) / (which + rhythm.weight))


def _spread(told: pd.DataFrame) -> pd.DataFrame:
    """Sums of squares over customers, per place and (-1) of all."""
    parts = [*told.groupby("place"), (-1, told)]
    rows = []
    for place, part in parts:
        of = part.groupby("code")[["n", "lost"]].sum().to_numpy(float)
        rows.append((place, (of[:, 1] ** 2).sum(), (of[:, 0] * of[:, 1]).sum(), (of[:, 0] ** 2).sum()))
    return pd.DataFrame(rows, columns=["place", "lost2", "both", "n2"]).set_index("place")


def _rhythm(gap: np.ndarray, code: np.ndarray) -> Rhythm:
    """The shop's rhythm, and the weight that comes of the spread within and between customers."""
    logs = np.log(np.maximum(gap, 1).astype(float))
    n = np.bincount(code) if len(code) else np.zeros(0)
    n, total, squares = n[n > 0], _per(code, logs), _per(code, logs**2)
    return reckoned(len(logs), len(n), logs.sum(), (total**2 / n).sum(), squares.sum(), (n**2.0).sum())


def _per(code: np.ndarray, values: np.ndarray) -> np.ndarray:
    if not len(code):
        return np.zeros(0)
    many = np.bincount(code)
    return np.bincount(code, values)[many > 0]


def reckoned(gaps: int, customers: int, total: float, between: float, squares: float, n2: float) -> Rhythm:
    """The rhythm from sums over gaps: their number, that of their customers, the sum of their logs, the sum of
    (a customer's sum)² ÷ n, of squares, and of n².

    >>> logs = np.log([10.0, 10.0, 1000.0, 1000.0])
    >>> found = reckoned(4, 2, logs.sum(), 2 * logs[0]**2 + 2 * logs[2]**2, (logs**2).sum(), 8)
    >>> round(found.days), found.weight
    (100, 0.05)
    """
    if gaps == 0:
        return Rhythm(np.nan, np.inf, 0)
    mean = total / gaps
    if customers < 2 or gaps <= customers:
        return Rhythm(float(np.exp(mean)), 20.0, gaps)
    within = max((squares - between) / (gaps - customers), 0.0)
    shared = (gaps - n2 / gaps) / (customers - 1)
    spread = ((between - gaps * mean**2) / (customers - 1) - within) / shared
    weight = within / spread if spread > 0 else 20.0
    return Rhythm(float(np.exp(mean)), float(np.clip(weight, 0.05, 20.0)), gaps)
