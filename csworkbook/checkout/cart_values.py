"""What was each cart worth, and how far did it come? One pass over the events, where they are."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csworkbook import events as engine
from csworkbook.checkout.carts import STAGES, names_of, parts_of

if TYPE_CHECKING:
    import ibis

_GAP = "30min"
_MEMORY: dict[tuple, tuple[list[weakref.ref], CartValues]] = {}


@dataclass(frozen=True, eq=False)
class CartValues:
    """Visits with a cart, by what was in it and how far they came.

    Attributes
    ----------
    counts : DataFrame
        value (money; NaN where not known), stage (the furthest: one of `stages`, or "paid"), n.
    stages : tuple of str
        The steps from the cart up to paying that these events know, in order.
    names : tuple of (str, str)
        What the owner calls them: step and name.
    """

    counts: pd.DataFrame
    stages: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()

    @property
    def carts(self) -> int:
        """All visits with a cart."""
        return int(self.counts["n"].sum())

    @property
    def known(self) -> int:
        """Those of which the value is known."""
        return int(self.counts.loc[self.counts["value"].notna(), "n"].sum())

    def lost(self, stage: str, low: float = -np.inf, high: float = np.inf) -> tuple[int, int]:
        """Carts of a value from `low` up to `high` (not included) that stopped at a stage, of those that came to it."""
        here = self.counts[self.counts["value"].between(low, high, inclusive="left")]
        later = [*self.stages[self.stages.index(stage) :], "paid"]
        reached = here[here["stage"].isin(later)]
        return int(reached.loc[reached["stage"] == stage, "n"].sum()), int(reached["n"].sum())


def cart_values(events: Any, order_lines: pd.DataFrame | None, steps: Any = None) -> CartValues:
    """The visits with a cart, each with the value of the products seen in it; remembered with the events.

    A product counts once, at its middle price in the order lines; a cart with a product of which no price
    is known has no known value. How far a visit came counts from its first cart on.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table; product_id at the step of the cart tells what was put in.
    steps : sequence, optional
        The shop's own steps, with their roles.

    Raises
    ------
    DataError
        When no event is a cart, or none a payment.
    """
    tables = [table for table in (events, order_lines) if table is not None]
    key = (*map(id, tables), repr(steps))
    kept = _MEMORY.get(key)
    if kept is not None and all(ref() is table for ref, table in zip(kept[0], tables, strict=True)):
        return kept[1]
    found = _cart_values(events, order_lines, steps)
    if all(hasattr(type(table), "__weakref__") for table in tables):
        _MEMORY[key] = [weakref.ref(table, lambda _gone: _MEMORY.pop(key, None)) for table in tables], found
    return found


def _cart_values(events: Any, lines: pd.DataFrame | None, steps: Any) -> CartValues:
    parts = parts_of(events, steps)
    stages, names = tuple(stage for stage in STAGES if stage in parts), names_of(parts, steps)
    log = engine.sessions(events, _GAP)
    log = log.filter(log.visitor_id.notnull(), log.moment.notnull())
    whole = _visits(log, parts, stages)
    prices = _prices(lines)
    if prices is None or "product_id" not in log.columns:
        counts = whole.group_by("stage").agg(n=whole.count()).to_pandas().assign(value=np.nan)
        return CartValues(counts[["value", "stage", "n"]], stages, names)
    worth = _worth(log, parts["cart"], prices)
    both = whole.left_join(worth, ["visitor_id", "session_id"])
    counts = both.group_by("value", "stage").agg(n=both.count()).to_pandas()
    return CartValues(counts.astype({"value": float}), stages, names)


def _any(table: ibis.Table, steps: tuple[engine.Step, ...]) -> ibis.BooleanValue:
    found = steps[0].matches(table)
    for step in steps[1:]:
        found = found | step.matches(table)
    return found


def _visits(log: ibis.Table, parts: dict, stages: tuple[str, ...]) -> ibis.Table:
    """One row a visit with a cart: visitor_id, session_id, stage."""
    import ibis

    after = [stage for stage in (*stages, "paid") if stage != "cart"]
    latest = {f"last_{stage}": log.moment.max(where=_any(log, parts[stage])) for stage in after}
    visit = log.group_by("visitor_id", "session_id").agg(
        cart=log.moment.min(where=_any(log, parts["cart"])), **latest
    )
    visit = visit.filter(visit.cart.notnull())
    reached = [((visit[f"last_{stage}"] >= visit.cart).fill_null(False), stage) for stage in after[::-1]]
    stage = ibis.cases(*reached, else_="cart")
    return visit.select("visitor_id", "session_id", stage=stage)


def _worth(log: ibis.Table, cart: tuple[engine.Step, ...], prices: pd.DataFrame) -> ibis.Table:
    """The value of the products seen in the cart of every visit; null where one has no price."""
    import ibis

    seen = log.filter(_any(log, cart) & log.product_id.notnull())
    seen = seen.select("visitor_id", "session_id", product=seen.product_id.cast("string")).distinct()
    priced = seen.left_join(ibis.memtable(prices), "product")
    summed = priced.group_by("visitor_id", "session_id").agg(
        products=priced.count(), known=priced.price.count(), value=priced.price.sum()
    )
    value = ibis.ifelse(summed.products == summed.known, summed.value.round(2), ibis.null("float64"))
    return summed.select("visitor_id", "session_id", value=value)


def _prices(lines: pd.DataFrame | None) -> pd.DataFrame | None:
    """The middle price of every product that was ever sold; None where there is none."""
    if lines is None or not {"product_id", "price"} <= set(lines.columns):
        return None
    price = lines["price"].astype(float)
    sold = price[price > 0].groupby(lines["product_id"].astype("string")[price > 0], observed=True).median()
    found = sold.rename_axis("product").rename("price").reset_index()
    return found if len(found) else None
