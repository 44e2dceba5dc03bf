"""What was paid back on orders, where only the returns tell it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.purchases.in_engine import finite
from csworkbook.purchases.in_memory import told
from csworkbook.tables import require

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

_DIGITS = 6  # of money: amounts that add up to an order's revenue but for the last bit of a number pay it back whole


def less_returns(orders: Table, returns: Table | None) -> Table:
    """The orders with `refunded` taken from the returns, where the orders themselves do not tell it.

    Parameters
    ----------
    orders, returns : DataFrame or ibis.Table
        The canonical tables. Orders of which any row tells what was paid back stay as they are, and so do
        all of them when the returns tell no amounts.

    Raises
    ------
    DataError
        When the orders or the returns do not tell which order it is.

    >>> orders = pd.DataFrame({"order_id": ["1", "2"], "revenue": [10.0, 20.0]})
    >>> returns = pd.DataFrame({"order_id": ["2", "2"], "amount": [5.0, 4.0]})
    >>> less_returns(orders, returns)["refunded"].tolist()
    [0.0, 9.0]
    """
    if returns is None or "amount" not in returns.columns or tells_refunds(orders):
        return orders
    for table, name in ((orders, "orders"), (returns, "returns")):
        if "order_id" not in table.columns:
            require(table, name)
    if isinstance(orders, pd.DataFrame):
        return _frame(orders, _by_order(returns))
    return _lazy(orders, returns)


def tells_refunds(orders: Table) -> bool:
    """Whether any order tells what was paid back on it.

    >>> tells_refunds(pd.DataFrame({"refunded": [None, 0.0]})), tells_refunds(pd.DataFrame({"revenue": [1.0]}))
    (True, False)
    """
    if "refunded" not in orders.columns:
        return False
    told = orders["refunded"].notna().any() if isinstance(orders, pd.DataFrame) else None
    return bool(orders.refunded.notnull().any().to_pandas() if told is None else told)


def _by_order(returns: Table) -> pd.Series:
    """What was paid back per order, by its number as a key."""
    if not isinstance(returns, pd.DataFrame):
        returns = engine.table(returns, "returns", ["order_id", "amount"]).to_pandas()
    amount = pd.to_numeric(returns["amount"], errors="coerce")
    order = returns["order_id"].map(engine.as_key, na_action="ignore").astype(object)
    amount = pd.Series(told(amount.to_numpy(float, na_value=np.nan)), index=amount.index)
    return amount.fillna(0.0).groupby(order.to_numpy()).sum()


def _frame(orders: pd.DataFrame, back: pd.Series) -> pd.DataFrame:
    order = orders["order_id"].map(engine.as_key, na_action="ignore").astype(object)
    return orders.assign(refunded=order.map(back).fillna(0.0).to_numpy(float).round(_DIGITS))


def _lazy(orders: ibis.Table, returns: Table) -> ibis.Table:
    import ibis

    if isinstance(returns, pd.DataFrame):
        back = ibis.memtable(_by_order(returns).rename("amount").rename_axis("order_id").reset_index())
    else:
        lines = engine.table(returns, "returns", ["order_id", "amount"])
        back = lines.group_by("order_id").aggregate(amount=finite(lines.amount).sum())
    back = back.select(back_on=back.order_id, back=back.amount)
    kept = orders.drop("refunded") if "refunded" in orders.columns else orders
    joined = kept.mutate(order_key=engine.key(kept.order_id)).left_join(back, [("order_key", "back_on")])
    return joined.mutate(refunded=joined.back.fill_null(0.0).round(_DIGITS)).drop(
        "order_key", "back_on", "back"
    )
