"""What is counted of the orders, per week or month: who was lost, and who bought after a conversation?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.contacts.kept import remembered
from csworkbook.kpis.counted import end

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

_EPOCH = pd.Timestamp("1970-01-01")


@dataclass(frozen=True)
class Lost:
    """Customers who bought and did not come back: period, n, count of the periods whose time is over, and the days
    between which there are orders."""

    table: pd.DataFrame
    first: pd.Timestamp
    last: pd.Timestamp


def lost(orders: Table, *, period: str, days: int, zone: str) -> Lost:
    """Customers who bought in each period (by their last purchase in it), and how many not in the `days` after."""
    return remembered(orders, ("kpis lost", period, days, zone), lambda: _lost(orders, period, days, zone))


def _lost(orders: Table, period: str, days: int, zone: str) -> Lost:
    import ibis

    from csworkbook.purchases import account, paid_orders

    paid = paid_orders(orders, zone=zone)
    if isinstance(paid, pd.DataFrame):
        until, frame = paid.attrs["until"], paid.astype({"customer_id": "str"})
        frame.attrs = {}
        paid = ibis.memtable(frame[["customer_id", "day"]])
    else:
        until = account(orders, zone=zone)[1]
    bought = paid.group_by(["customer_id", "day"]).agg()
    following = bought.day.lead().over(ibis.window(group_by="customer_id", order_by="day"))
    gap = following - bought.day
    found = bought.mutate(gap=gap.fill_null(1_000_000)).group_by(["day", "gap"]).agg(rows=ibis._.count())
    return _by_period(found.to_pandas(), period, days, _day(until))


def _by_period(found: pd.DataFrame, period: str, days: int, last: pd.Timestamp) -> Lost:
    """From day of purchase and days to the next: a customer counts once a period, by the last purchase in it."""
    empty = pd.DataFrame({"period": pd.DatetimeIndex([]), "n": [], "count": []})
    if not len(found):
        return Lost(empty, last, last)
    day, gap = found["day"].to_numpy("int64"), found["gap"].to_numpy("int64")
    start, after = _starts(day, period), _starts(day + gap, period)
    counts = start != after
    rows = found["rows"].to_numpy()
    table = pd.DataFrame({"period": start, "n": rows * counts, "count": rows * (counts & (gap > days))})
    table = table.groupby("period", as_index=False).sum()
    ends = [end(start, period) for start in table["period"]]
    over = pd.DatetimeIndex(ends) + pd.Timedelta(days=days) <= last
    first = _day(int(day.min()))
    return Lost(table[over & (table["period"] >= first - _slack(period))], first, last)


def _slack(period: str) -> pd.Timedelta:
    """The first period of the orders counts when they begin on its first days."""
    return pd.Timedelta(days=1 if period == "week" else 3)


def _day(number: int) -> pd.Timestamp:
    return _EPOCH + pd.Timedelta(days=int(number))


def _starts(day: np.ndarray, period: str) -> np.ndarray:
    """The first day of the week or month of every day since 1970."""
    if period == "week":
        return (day - (day + 3) % 7).astype("datetime64[D]").astype("datetime64[us]")
    return day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[us]")


def after_talks(
    contacts: Table,
    orders: Table,
    *,
    period: str,
    within: str,
    zone: str,
    first: pd.Timestamp,
    last: pd.Timestamp,
) -> pd.DataFrame:
    """Interactions and what was bought after them, per period and channel.

    Returns
    -------
    DataFrame
        period, channel ("" = all), new_n, new (interactions with new visitors, and those after which one bought),
        old_n, old (with existing customers).
    """

    def made() -> pd.DataFrame:
        from csworkbook.contacts import clock
        from csworkbook.order_credit import credited

        rows = credited(contacts, orders, within=within, rule="last", zone=zone)
        ends = [int((day + pd.Timedelta(days=shift)).timestamp()) for day, shift in ((first, -2), (last, 2))]
        wall = clock.on_the_wall(rows, clock.shifts(*ends, zone))
        rows = rows.filter(rows.handled).mutate(period=wall[period], bought_here=rows.orders > 0)
        sums = {
            "new_n": rows.new_customer.cast("int64").sum(),
            "new": (rows.new_customer & rows.bought_here).cast("int64").sum(),
            "old_n": (~rows.new_customer).cast("int64").sum(),
            "old": (~rows.new_customer & rows.bought_here).cast("int64").sum(),
        }
        found = rows.group_by(["period", "channel"]).agg(**sums).to_pandas()
        found["period"] = pd.to_datetime(found["period"]).dt.as_unit("us")
        whole = found.groupby("period", as_index=False)[list(sums)].sum().assign(channel="")
        return pd.concat([whole, found], ignore_index=True)

    key = ("kpis talks", period, within, zone)
    token = remembered(orders, "kpis token", object)
    return remembered(contacts, (*key, token), made)
