"""What did every customer buy: how often, when last, for how much?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from csworkbook.purchases.asked import check_margin, day_of, limits, nothing_bought
from csworkbook.purchases.in_engine import counts, expression, in_engine, left_out, per_customer
from csworkbook.purchases.in_memory import in_memory, paid_frame
from csworkbook.repeats import duration

if TYPE_CHECKING:
    import ibis

    Orders = pd.DataFrame | ibis.Table


def purchases(
    orders: Orders,
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    unit: str = "7D",
    margin: float | None = None,
    zone: str = "UTC",
    free: bool = False,
) -> pd.DataFrame:
    """One row per customer: how often, how lately, for how long a customer, and for how much.

    Parameters
    ----------
    orders : DataFrame or ibis.Table
        The canonical table; an Ibis table is counted where it is.
    since, until : str, date or Timestamp, optional
        The first and last day that count, both whole; `until` is also the day up to which customers are
        followed (the day of the last order of all, by default).
    unit : str
        In what `t_x` and `T` are counted: a pandas duration of at least a day, ``"7D"`` = weeks.
    margin : float, optional
        Gross margin (share of revenue, 0–1) of orders without one of their own; None = `margin` stays empty.
    zone : str
        By whose clock a day begins.
    free : bool
        Whether an order for which nothing was asked (revenue 0, nothing paid back) is a purchase too, as in
        the published fits of the CDNOW data.

    Returns
    -------
    DataFrame
        Index customer_id (text, sorted). x (days with a purchase after the first, count), t_x (time of the
        last purchase since the first), T (time from the first purchase to `until`; both in `unit`), first_at,
        last_at (days, midnight UTC), orders (count), spent (revenue net of refunds), margin (money, NaN
        without `margin`), mean (spent per day with a purchase), repeat_mean (the same without the first
        day; 0 when x = 0). ``attrs["left_out"]``: no_customer, no_time, nothing_paid (counts of orders);
        ``attrs["until"]``: the last day, midnight UTC.

    Raises
    ------
    DataError
        When no order counts, or a column is missing or cannot be read.
    SettingError
        When `unit`, `since`, `until` or `margin` cannot be.

    >>> shop = pd.DataFrame({"order_id": ["1", "2", "3"], "customer_id": ["ann", "ann", ""],
    ...     "ordered_at": ["2026-01-01", "2026-01-15", "2026-01-29"], "revenue": [10.0, 30.0, 5.0]})
    >>> found = purchases(shop)
    >>> found.loc["ann", ["x", "t_x", "T", "spent", "repeat_mean"]].tolist()
    [1.0, 2.0, 4.0, 40.0, 30.0]
    >>> found.attrs["left_out"]
    {'no_customer': 1, 'no_time': 0, 'nothing_paid': 0}
    """
    chosen = {"since": since, "until": until, "unit": unit, "margin": margin, "zone": zone, "free": free}
    if isinstance(orders, pd.DataFrame):
        found, last, aside = in_memory(orders, **chosen)
    else:
        found, last, aside = in_engine(orders, **chosen)
    if found.empty:
        raise nothing_bought(aside)
    found.attrs = {"left_out": aside, "until": day_of(last)}
    return found


def paid_orders(
    orders: Orders, *, margin: float | None = None, zone: str = "UTC", free: bool = False
) -> Orders:
    """The orders that are purchases, one row each, as a frame or as an Ibis expression, as they came.

    Returns
    -------
    DataFrame or ibis.Table
        customer_id (text), day (whole days since 1970 by the clock of `zone`), spent (revenue net of
        refunds, money), margin (money, NaN or null without `margin`). A frame keeps the index of `orders`,
        has customer_id as an ordered category, and ``attrs["left_out"]`` and ``attrs["until"]`` (the last
        day of all orders, whole days since 1970).

    Raises
    ------
    DataError
        When a column is missing or cannot be read.

    >>> shop = pd.DataFrame({"order_id": ["1", "2"], "customer_id": ["ann", "bob"],
    ...     "ordered_at": ["1970-01-03", "1970-01-04"], "revenue": [10.0, 30.0], "refunded": [None, 30.0]})
    >>> paid_orders(shop).values.tolist()
    [['ann', 2, 10.0, nan]]
    """
    check_margin(margin)
    if not isinstance(orders, pd.DataFrame):
        rows, _last = expression(orders, margin, zone)
        return rows.filter(counts(rows, free)).select("customer_id", "day", "spent", "margin")
    return paid_frame(orders, margin, zone, free)


def account(orders: Orders, *, zone: str = "UTC") -> tuple[dict[str, int], int]:
    """How many orders are no purchase and why, and the last day of all orders (whole days since 1970).

    What ``paid_orders`` of a frame has in its ``attrs``, for an Ibis table too.
    """
    if isinstance(orders, pd.DataFrame):
        told = paid_frame(orders, None, zone, False).attrs
        return told["left_out"], told["until"]
    rows, last = expression(orders, None, zone)
    return left_out(rows), last


def counted(
    orders: Orders,
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    unit: str = "7D",
    margin: float | None = None,
    zone: str = "UTC",
    free: bool = False,
) -> ibis.Table:
    """`purchases` as an Ibis expression, for tables of any size: nothing but the last day is worked out here.

    Parameters and columns as `purchases`; customer_id is a column, rows are in no order, and days are
    first_day and last_day (whole days since 1970) instead of first_at and last_at.

    >>> shop = pd.DataFrame({"order_id": ["1", "2"], "customer_id": "ann",
    ...     "ordered_at": ["2026-01-01", "2026-01-15"], "revenue": [10.0, 30.0]})
    >>> counted(shop).to_pandas()[["x", "t_x", "spent"]].iloc[0].tolist()
    [1.0, 2.0, 40.0]
    """
    check_margin(margin)
    rows, end = expression(orders, margin, zone)
    first, last = limits(since, until, zone, end)
    found, days = per_customer(rows, first, last, free), duration(unit).days
    return found.select(
        "customer_id",
        "x",
        t_x=(found.last_day - found.first_day) / days,
        T=(last - found.first_day) / days,
        first_day=found.first_day,
        last_day=found.last_day,
        orders=found.orders,
        spent=found.spent,
        margin=found.margin,
        mean=found.spent / (found.x + 1),
        repeat_mean=(found.x > 0).ifelse((found.spent - found.at_first) / found.x, 0.0),
    )
