"""Whom should you look after, and how?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.errors import SettingError
from csworkbook.estimates import LEVEL, SMALL
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.purchases import less_returns, purchases
from csworkbook.repeats import duration
from csworkbook.results import question
from csworkbook.value import words
from csworkbook.value.segments_result import PAIRS, SEGMENTS, Segments, Silence

if TYPE_CHECKING:
    import ibis

    from csworkbook.value.prediction import Prediction

    Table = pd.DataFrame | ibis.Table

_MOST = 0.8  # of the customers who came back lie below the silence that is read off them
_UNTOLD, _LEAST_DAYS, _LONGEST = (
    180,
    30,
    365,
)  # days, where too few came back; and what is taken at least and at most


@question(mark("Whom should you look after, and how?"), labels=words.labels, choices=words.choices)
def segments(
    orders: Table,
    returns: Table | None = None,
    *,
    predicted: Prediction | None = None,
    value: str = "so far",
    best: float = 0.2,
    silent: str | None = None,
    least: int = SMALL,
    margin: float = 0.35,
    discount_rate: float = 0.10,
    currency: str = "EUR",
    zone: str = "UTC",
    seed: int = 0,
) -> Segments:
    """Customers in at most six segments, by value, by how often and by how lately they bought.

    Parameters
    ----------
    returns : DataFrame or ibis.Table, optional
        What was paid back is taken off, where the orders themselves do not tell it.
    predicted : Prediction, optional
        What `predict` expects, where it is there already; it is worked out when `value` asks for it.
    value : {"so far", "expected"}
        What a customer is worth: the margin so far, or the one expected in the coming year.
    best : float
        Which part of the customers (0–1), the most valuable, are the best.
    silent : str, optional
        After how long without a purchase a customer is silent (``"180D"``); None = the time within which four of
        five customers who came back do so on average, between 30 and 365 days (180 with fewer than 30 of them).
    least : int
        A segment of fewer customers is joined with the one beside it.

    Returns
    -------
    Segments
        table: segment, customers, of_customers (share), value (money together), share (of all the value), low,
        high (95%), per_customer (money), orders (days with a purchase, mean), silent_days (median), advice.
        `members` says per customer: segment, value, last_at.

    Raises
    ------
    DataError
        When no order is a purchase.
    SettingError
        When `value`, `best`, `silent`, `least` or `margin` cannot be.
    """
    _require(value, best, least)
    orders = less_returns(orders, returns)
    bought = purchases(orders, unit="1D", margin=margin, zone=zone)
    quiet = _silence(bought, silent)
    worth = bought["margin"].fillna(0.0)
    if value == "expected":
        predicted = predicted or _predicted(orders, margin, discount_rate, currency, zone, seed)
        worth = predicted.table.set_index("customer_id")["expected_value"].reindex(bought.index).fillna(0.0)
    segment = _joined(_segment(bought, worth.to_numpy(), best, quiet.days), least)
    table = _table(bought, worth.to_numpy(), segment)
    members = pd.DataFrame({"segment": segment, "value": worth, "last_at": bought["last_at"]})
    chosen = (value, best, least, margin, currency)
    source = predicted if value == "expected" else None
    return Segments(table, members, quiet, bought.attrs["left_out"], *chosen, source)


def _require(value: str, best: float, least: int) -> None:
    if value not in ("so far", "expected"):
        raise SettingError(
            _("“{value}” is no value of a customer.").format(value=value), allowed="so far, expected"
        )
    if not 0 < best < 1:
        raise SettingError(
            _("{value} is no part of the customers.").format(value=best),
            allowed=_("Between 0 and 1, such as 0.2 for the best 20%."),
        )
    if least < 1:
        raise SettingError(_("A segment has at least one customer."))


def _predicted(
    orders, margin: float, discount_rate: float, currency: str, zone: str, seed: int
) -> Prediction:
    from csworkbook.value.predict import predict

    return predict(
        orders, margin=margin, discount_rate=discount_rate, currency=currency, zone=zone, seed=seed
    )


def _silence(bought: pd.DataFrame, asked: str | None) -> Silence:
    """After how many days a customer is silent, and how many customers tell."""
    if asked is not None:
        return Silence(duration(asked).days, 0, True)
    back = bought[bought["x"] > 0]
    if len(back) < SMALL:
        return Silence(_UNTOLD, len(back), False)
    days = np.quantile(back["t_x"] / back["x"], _MOST)
    return Silence(int(np.clip(np.ceil(days), _LEAST_DAYS, _LONGEST)), len(back), False)


def _segment(bought: pd.DataFrame, worth: np.ndarray, best: float, days: int) -> pd.Series:
    """The segment of every customer, before small ones are joined."""
    many = int(np.ceil(best * len(worth) - 1e-9))
    place = np.empty(len(worth), dtype=int)
    place[np.argsort(-worth.round(6), kind="stable")] = np.arange(
        len(worth)
    )  # of equals the first in the alphabet
    top = (place < many) & (worth > 0)
    active = ((bought["T"] - bought["t_x"]) <= days).to_numpy()
    again = (bought["x"] > 0).to_numpy()
    kind = np.where(top, 0, np.where(again, 1, 2))
    names = np.array(SEGMENTS).reshape(3, 2)
    return pd.Series(names[kind, np.where(active, 0, 1)], index=bought.index, dtype="str")


def _joined(segment: pd.Series, least: int) -> pd.Series:
    """Both halves of a pair together, where one of them has too few customers."""
    many = segment.value_counts()
    for whole, halves in PAIRS.items():
        if any(0 < many.get(half, 0) < least for half in halves):
            segment = segment.replace(dict.fromkeys(halves, whole))
    return segment


def _table(bought: pd.DataFrame, worth: np.ndarray, segment: pd.Series) -> pd.DataFrame:
    from scipy.stats import norm

    total, z = worth.sum(), norm.ppf((1 + LEVEL) / 2)
    silent_for = bought["T"] - bought["t_x"]
    rows = []
    for name in [*SEGMENTS, *PAIRS]:
        here = (segment == name).to_numpy()
        if not here.any():
            continue
        value = worth[here].sum()
        share = value / total if total > 0 else np.nan
        half = z * np.sqrt(((worth * (here - share)) ** 2).sum()) / total if total > 0 else np.nan
        rows.append(
            {
                "segment": name,
                "customers": int(here.sum()),
                "of_customers": here.mean(),
                "value": value,
                "share": share,
                "low": np.clip(share - half, 0, 1),
                "high": np.clip(share + half, 0, 1),
                "per_customer": value / here.sum(),
                "orders": (bought["x"][here] + 1).mean(),
                "silent_days": silent_for[here].median(),
                "advice": name,
            }
        )
    order = [name for pair, halves in PAIRS.items() for name in (*halves, pair)]
    return pd.DataFrame(rows).sort_values("segment", key=lambda s: s.map(order.index), ignore_index=True)
