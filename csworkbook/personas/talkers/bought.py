"""What did every customer buy between two days, asked more than once of the same orders?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.errors import DataError
from csworkbook.personas import rows
from csworkbook.personas.rows import keys
from csworkbook.purchases import day_of, less_returns, nothing_bought, paid_orders, purchases

if TYPE_CHECKING:
    import ibis

    Frame = pd.DataFrame | ibis.Table


@dataclass(frozen=True)
class Bought:
    """The orders of a shop, less what the returns say was paid back.

    Attributes
    ----------
    orders : DataFrame or ibis.Table
        The canonical table.
    paid : DataFrame or None
        The purchases of a frame (see `purchases.paid_orders`), read once, by the place of their row in `orders`;
        None for a table of an engine.
    margin : float
        Gross margin (share of revenue, 0–1) of orders without one of their own.
    zone : str
        By whose clock a day begins.
    """

    orders: Frame
    paid: pd.DataFrame | None
    margin: float
    zone: str

    @classmethod
    def of(cls, orders: Frame, returns: Frame | None, *, margin: float, zone: str) -> Bought:
        """The orders, ready to be asked."""
        orders = less_returns(orders, returns)
        if not isinstance(orders, pd.DataFrame):
            return cls(orders, None, margin, zone)
        orders = orders.reset_index(drop=True)
        paid = paid_orders(orders, margin=margin, zone=zone)
        columns = [paid["customer_id"].cat.codes, paid["day"], paid["spent"], paid["margin"]]
        order = np.lexsort([column.to_numpy() for column in reversed(columns)])
        return cls(
            orders, paid.iloc[order], margin, zone
        )  # one order, so that sums never depend on how rows came

    def categories(self, order_lines: Frame) -> pd.DataFrame:
        """What each customer bought from: customer_id, value (category), each once or with a count.

        Where an order number stands for several orders, its lines are of the first customer by the alphabet.
        """
        if self.paid is None or not isinstance(order_lines, pd.DataFrame):
            return rows.counts(self.orders, order_lines, "category", zone=self.zone)
        customer = self.paid["customer_id"].cat
        names = customer.categories.to_numpy(object)[customer.codes]
        owners = pd.Series(names, keys(self.orders["order_id"])[self.paid.index])
        owners = owners[owners.index.notna() & ~owners.index.duplicated()]
        lines = {
            "customer_id": pd.Series(keys(order_lines["order_id"]), dtype=object).map(owners),
            "value": keys(order_lines["category"]),
        }
        return pd.DataFrame(lines).dropna().drop_duplicates(ignore_index=True)

    def whole(self) -> pd.DataFrame:
        """Of all time: as `between`, with ``attrs`` left_out (orders by why) and until (whole day since 1970).

        Raises
        ------
        DataError
            When no order is a purchase.
        """
        if self.paid is None:
            found = purchases(self.orders, margin=self.margin, zone=self.zone)
            found.attrs["until"] = int((found.attrs["until"] - pd.Timestamp(0, tz="UTC")).days)
            return found
        if self.paid.empty:
            raise nothing_bought(self.paid.attrs["left_out"])
        found = _summed(self.paid)
        found.attrs = dict(self.paid.attrs)
        return found

    def between(self, since: int, until: int) -> pd.DataFrame | None:
        """What customers bought from one day up to another, both included; None when nobody bought.

        Returns
        -------
        DataFrame
            Index customer_id (text, sorted): orders (count), spent, margin (money), first_at, last_at (days).
        """
        if since > until:
            return None
        if self.paid is not None:
            day = self.paid["day"].to_numpy()
            here = (day >= since) & (day <= until)
            return _summed(self.paid[here]) if here.any() else None
        try:
            ends = {"since": day_of(since).date(), "until": day_of(until).date()}
            return purchases(self.orders, margin=self.margin, zone=self.zone, **ends)
        except DataError:
            return None


def _summed(paid: pd.DataFrame) -> pd.DataFrame:
    """One row per customer; the rows come sorted by customer and day."""
    code, day = paid["customer_id"].cat.codes.to_numpy(), paid["day"].to_numpy()
    start = np.flatnonzero(np.append(True, code[1:] != code[:-1]))
    end = np.append(start[1:], len(code))
    names = paid["customer_id"].cat.categories[code[start]]
    return pd.DataFrame(
        {
            "orders": end - start,
            "spent": np.add.reduceat(paid["spent"].to_numpy(), start),
            "margin": np.add.reduceat(paid["margin"].to_numpy(), start),
            "first_at": day_of(day[start]),
            "last_at": day_of(day[end - 1]),
        },
        index=pd.Index(names, name="customer_id"),
    )
