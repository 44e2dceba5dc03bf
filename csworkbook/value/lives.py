"""What did every customer bring, counted from the day of the first purchase?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.purchases import account, nothing_bought, paid_orders
from csworkbook.value.formulas import period

if TYPE_CHECKING:
    import ibis

AFTER = {3: 91, 6: 182, 12: 365}  # months: days


def lives(
    orders: pd.DataFrame | ibis.Table, *, margin: float, zone: str = "UTC"
) -> tuple[pd.DataFrame, dict]:
    """One row per customer, in no order that means anything.

    Returns
    -------
    DataFrame
        first (day of the first purchase, whole days since 1970), visits (days with a purchase), spent,
        margin (money, all of it), spent_3 … margin_12 (money in the first 91, 182, 365 days), before, now
        (1 when there is a purchase in the period before the last, in the last; else 0), now_visits,
        now_spent, now_margin (of the last period).
    dict
        until (last day), period (days, see `formulas.period`), left_out (counts).

    Raises
    ------
    DataError
        When no order is a purchase.
    """
    paid = paid_orders(orders, margin=margin, zone=zone)
    if isinstance(paid, pd.DataFrame):
        return _in_memory(paid)
    left_out, until = account(orders, zone=zone)
    first = paid.day.min().to_pandas()
    if pd.isna(first):
        raise nothing_bought(left_out)
    days = period(until - int(first) + 1)
    return _in_engine(paid, until, days), {"until": until, "period": days, "left_out": left_out}


def _in_memory(paid: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    left_out = paid.attrs["left_out"]
    if paid.empty:
        raise nothing_bought(left_out)
    until = paid.attrs["until"]
    code, day = paid["customer_id"].cat.codes.to_numpy(), paid["day"].to_numpy()
    spent, margin = paid["spent"].to_numpy(), paid["margin"].to_numpy()
    order = np.lexsort((margin, spent, day, code))  # sums never depend on how the rows came
    code, day, spent, margin = code[order], day[order], spent[order], margin[order]
    new = np.append(True, code[1:] != code[:-1])
    visit = new | np.append(True, day[1:] != day[:-1])
    start = np.flatnonzero(new)
    since = day - np.repeat(day[start], np.diff(np.append(start, len(day))))
    days = period(until - int(day.min()) + 1)

    def sums(values: np.ndarray, here: np.ndarray | bool = True) -> np.ndarray:
        return np.add.reduceat(np.where(here, values, 0.0), start)

    now, before = day > until - days, (day > until - 2 * days) & (day <= until - days)
    found = {"first": day[start], "visits": sums(visit), "spent": sums(spent), "margin": sums(margin)}
    for months, length in AFTER.items():
        found[f"spent_{months}"] = sums(spent, since < length)
        found[f"margin_{months}"] = sums(margin, since < length)
    found |= {
        "before": (sums(before) > 0) * 1.0,
        "now": (sums(now) > 0) * 1.0,
        "now_visits": sums(visit, now),
    }
    found |= {"now_spent": sums(spent, now), "now_margin": sums(margin, now)}
    return pd.DataFrame(found), {"until": until, "period": days, "left_out": left_out}


def _in_engine(paid: ibis.Table, until: int, days: int) -> pd.DataFrame:
    daily = paid.group_by("customer_id", "day").aggregate(spent=paid.spent.sum(), margin=paid.margin.sum())
    daily = daily.group_by("customer_id").mutate(first=daily.day.min())
    since, now = daily.day - daily.first, daily.day > until - days
    before = (daily.day > until - 2 * days) & ~now
    sums = {"visits": daily.count(), "spent": daily.spent.sum(), "margin": daily.margin.sum()}
    for months, length in AFTER.items():
        sums[f"spent_{months}"] = daily.spent.sum(where=since < length).fill_null(0.0)
        sums[f"margin_{months}"] = daily.margin.sum(where=since < length).fill_null(0.0)
    sums |= {"before": before.any().cast("float64"), "now": now.any().cast("float64")}
    sums |= {"now_visits": now.sum(), "now_spent": daily.spent.sum(where=now).fill_null(0.0)}
    sums |= {"now_margin": daily.margin.sum(where=now).fill_null(0.0)}
    found = daily.group_by("customer_id", "first").aggregate(**sums).drop("customer_id")
    return found.to_pandas()
