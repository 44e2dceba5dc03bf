"""By which order is a customer found in the shop's own system?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import engine
from csworkbook.personas import rows

if TYPE_CHECKING:
    from csworkbook.personas.rows import Frame

_FEW = 1000  # customers; so many can be named to an engine


def last_orders(orders: Frame, customers: list[str] | None = None) -> pd.Series:
    """The number of each customer's last purchase.

    Where an export knows customers by their e-mail address only, the workbook makes their number up; the number
    of an order is what the shop's own system knows. Of purchases at the same moment the last number by the
    alphabet counts.

    Parameters
    ----------
    orders : DataFrame or ibis.Table
    customers : list of str, optional
        Only these.

    Returns
    -------
    Series of str
        order_id; index customer_id.

    >>> orders = pd.DataFrame({"order_id": ["1", "2", "3"], "customer_id": ["ann", "ann", "bob"], "revenue": 9.0,
    ...     "ordered_at": ["2026-03-01", "2026-01-01", "2026-02-01"]})
    >>> last_orders(orders).to_dict()
    {'ann': '1', 'bob': '3'}
    """
    found = _purchases(orders, customers)
    found = found.sort_values(["customer_id", "at", "order_id"], kind="stable")
    return found.drop_duplicates("customer_id", keep="last").set_index("customer_id")["order_id"]


def _purchases(orders: Frame, customers: list[str] | None) -> pd.DataFrame:
    """Of a table of an engine with many customers only the purchases at each one's last moment come here."""
    if isinstance(orders, pd.DataFrame) or (customers is not None and len(customers) <= _FEW):
        return rows.paid(orders, customers=customers)
    import ibis

    table = engine.table(orders, "orders", ["order_id", "customer_id", "ordered_at", "revenue", "refunded"])
    paid = table.filter(
        table.customer_id.notnull(), (table.revenue - table.refunded.fill_null(0.0) > 0).fill_null(False)
    )
    ranked = paid.mutate(
        late=ibis.rank().over(group_by=paid.customer_id, order_by=paid.ordered_at.desc(nulls_first=False))
    )
    last = ranked.filter(ranked.late == 0, ranked.ordered_at.notnull())
    found = last.select("customer_id", "order_id", at=last.ordered_at).to_pandas()
    return found if customers is None else found[found["customer_id"].isin(customers)]
