"""What is in the orders: how many hold each product, and how many hold two of them?

The same rules twice: for a frame in this process with a sparse matrix, and for tables of any size as Ibis
expressions, where the engine joins the orders' products with themselves. A line counts when it names an order
and a product (or category) and a number of pieces above zero, or none; a product counts once in an order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.personas.seen import as_keys
from csworkbook.tables import require

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

COLUMNS = {"product": "product_id", "category": "category"}
_MONEY = ["order_id", "revenue", "refunded"]


@dataclass(frozen=True)
class Bounds:
    """What is looked at: pairs in a share of the orders (0–1) and in so many; orders of up to `largest` products.

    One wholesale order of hundreds of products would make every two of them look as if they went together.
    """

    support: float = 0.0
    orders: int = 1
    largest: int = 100

    def least(self, n: int) -> int:
        """In how many of `n` orders a pair must be.

        >>> Bounds(0.001, 5).least(12626), Bounds(0.001, 5).least(200)
        (13, 5)
        """
        return max(self.orders, math.ceil(self.support * n - 1e-9), 1)


@dataclass(frozen=True)
class Tallies:
    """Orders, the products in them, and the pairs that are together often enough.

    Attributes
    ----------
    orders, several : int
        Orders with a product; those with more than one.
    least : int
        In how many orders a pair must be.
    items : Series
        Orders per product that is in `least` orders or more, by its key.
    pairs : DataFrame
        first, second (keys, first before second in the alphabet), orders (that hold both).
    names : dict
        What products are called, by their key; only where the lines tell.
    left_out : dict
        no_item, not_bought (lines), nothing_paid, too_large (orders).
    """

    orders: int
    several: int
    least: int
    items: pd.Series
    pairs: pd.DataFrame
    names: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def tallies(
    order_lines: Table,
    orders: Table | None,
    *,
    by: str,
    bounds: Bounds,
    customers: Sequence[str] | None = None,
) -> Tallies:
    """Count what is in the orders.

    Parameters
    ----------
    orders : DataFrame or ibis.Table, optional
        Orders for which nothing was paid in the end are left out.
    by : str
        ``"product"`` or ``"category"``.
    customers : sequence of str, optional
        Only the orders of these; needs `orders`.
    """
    require(order_lines, "order_lines")
    if orders is not None:
        require(orders, "orders")
    if all(table is None or isinstance(table, pd.DataFrame) for table in (order_lines, orders)):
        return _in_memory(order_lines, orders, COLUMNS[by], bounds, customers)
    return _in_engine(order_lines, orders, COLUMNS[by], bounds, customers)


# ---------------------------------------------------------------- in memory
def coded(column: pd.Series, *, ordered: bool = True) -> tuple[np.ndarray, pd.Index]:
    """A column of keys as numbers (-1 where empty), and the keys: as `engine.as_key`, in the order of the alphabet.

    >>> [part.tolist() for part in coded(pd.Series(["b", " a", None, "b "]))]
    [[1, 0, -1, 1], ['a', 'b']]
    """
    code, values = pd.factorize(column)
    place, keys = pd.factorize(as_keys(values), sort=ordered)
    return np.append(place, -1)[code], pd.Index(keys)


def bought(lines: pd.DataFrame) -> np.ndarray:
    """Which lines are bought: those with pieces above zero, or none told."""
    pieces = pd.to_numeric(lines["quantity"], errors="coerce").to_numpy(float, na_value=np.nan)
    return ~(pieces <= 0)


def spent(orders: pd.DataFrame) -> np.ndarray:
    """What was paid in the end, money; NaN where the orders do not tell."""
    revenue = pd.to_numeric(orders["revenue"], errors="coerce").to_numpy(float, na_value=np.nan)
    if "refunded" not in orders:
        return revenue
    return revenue - np.nan_to_num(
        pd.to_numeric(orders["refunded"], errors="coerce").to_numpy(float, na_value=np.nan)
    )


def unpaid(orders: pd.DataFrame) -> pd.Index:
    """The keys of the orders for which nothing was paid."""
    paid = spent(orders)
    code, keys = coded(orders["order_id"], ordered=False)
    nothing = np.zeros(len(keys) + 1, bool)
    nothing[code[paid <= 0]] = True
    nothing[code[~(paid <= 0)]] = False  # an order of several rows, one of them paid
    return keys[nothing[:-1]]


def _in_memory(
    lines: pd.DataFrame,
    orders: pd.DataFrame | None,
    column: str,
    bounds: Bounds,
    customers: Sequence[str] | None,
) -> Tallies:
    order, numbers = coded(lines["order_id"], ordered=False)
    item, keys = coded(lines[column])
    keys = keys.to_numpy(object)
    named, positive = (order >= 0) & (item >= 0), bought(lines)
    wanted, nothing = _wanted(numbers, orders, customers)
    rows = named & positive & np.append(wanted, False)[order]
    held = _matrix(order[rows], item[rows], (len(numbers), len(keys)))
    large = np.diff(held.indptr) > bounds.largest
    held = held[~large] if large.any() else held
    sizes = np.diff(held.indptr)
    n = int((sizes > 0).sum())
    least = bounds.least(n)
    counts = np.bincount(held.indices, minlength=len(keys))
    often = np.flatnonzero(counts >= least)
    left_out = {"no_item": int((~named).sum()), "not_bought": int((named & ~positive).sum())}
    return Tallies(
        n,
        int((sizes > 1).sum()),
        least,
        pd.Series(counts[often], index=pd.Index(keys[often], dtype=object)),
        _pairs(held[:, often], keys[often], least),
        _names(lines, item, keys) if column == "product_id" else {},
        {**left_out, "nothing_paid": nothing, "too_large": int(large.sum())},
    )


def _wanted(
    numbers: pd.Index, orders: pd.DataFrame | None, customers: Sequence[str] | None
) -> tuple[np.ndarray, int]:
    """Which orders count, and how many of those in the lines do not because nothing was paid."""
    if orders is None:
        return np.ones(len(numbers), bool), 0
    nothing = numbers.isin(unpaid(orders))
    if customers is None:
        return ~nothing, int(nothing.sum())
    code, names = coded(orders["customer_id"])
    theirs = np.append(names.isin(list(customers)), False)[code]
    mine = numbers.isin(coded(orders["order_id"][theirs], ordered=False)[1])
    return mine & ~nothing, int((mine & nothing).sum())


def _matrix(order: np.ndarray, item: np.ndarray, shape: tuple[int, int]):
    """Orders by products, 1 where a product is in an order."""
    from scipy import sparse

    held = sparse.csr_array((np.ones(len(order), np.int32), (order, item)), shape=shape)
    held.sum_duplicates()
    held.data[:] = 1
    return held


def _pairs(held, keys: np.ndarray, least: int) -> pd.DataFrame:
    """In how many orders two products are together, where that is often enough."""
    together = (held.T @ held).tocoo()
    first, second = together.coords
    kept = np.flatnonzero((first < second) & (together.data >= least))
    kept = kept[np.lexsort((second[kept], first[kept]))]
    return pd.DataFrame(
        {
            "first": keys[first[kept]],
            "second": keys[second[kept]],
            "orders": together.data[kept].astype("int64"),
        }
    )


def _names(lines: pd.DataFrame, item: np.ndarray, keys: np.ndarray) -> dict[str, str]:
    """The first name of every product in the alphabet, where it has one."""
    if "product" not in lines:
        return {}
    name, names = coded(lines["product"])
    best = np.full(len(keys), len(names))
    told = (item >= 0) & (name >= 0)
    np.minimum.at(best, item[told], name[told])
    return {key: names[at] for key, at in zip(keys, best, strict=True) if at < len(names)}


# ---------------------------------------------------------------- in an engine
def _in_engine(
    lines: Table, orders: Table | None, column: str, bounds: Bounds, customers: Sequence[str] | None
) -> Tallies:
    rows = engine.table(lines, "order_lines", ["order_id", column, "quantity"])
    rows = rows.rename(item=column)
    named = rows.order_id.notnull() & rows.item.notnull()
    positive = (rows.quantity > 0) | rows.quantity.isnull() | rows.quantity.isnan()
    kept, nothing = _wanted_in_engine(rows.filter(named, positive), orders, customers)
    with engine.held(kept.group_by("order_id", "item").aggregate(lines=kept.count())) as held:
        large, found = _counted(held, bounds)
        every = held.lines.sum().to_pandas() == rows.count().to_pandas()
    left_out = {"no_item": 0, "not_bought": 0}
    if not every:  # to look at every line again takes a tenth of the time
        counts = rows.aggregate(no_item=(~named).sum(), not_bought=(named & ~positive).sum()).to_pandas()
        left_out = {name: int(n) for name, n in counts.fillna(0).iloc[0].items()}
    names = _names_in_engine(lines, found) if column == "product_id" else {}
    return Tallies(*found, names, {**left_out, "nothing_paid": nothing, "too_large": large})


def _wanted_in_engine(
    rows: ibis.Table, orders: Table | None, customers: Sequence[str] | None
) -> tuple[ibis.Table, int]:
    import ibis

    if orders is None:
        return rows, 0
    table = engine.table(orders, "orders", [*_MONEY, "customer_id"])
    if customers is not None:
        chosen = ibis.memtable(
            {"customer_id": np.asarray(customers, dtype=object)}, schema={"customer_id": "string"}
        )
        table = table.semi_join(chosen, "customer_id")
        rows = rows.semi_join(table, "order_id")
    nothing = unpaid_in_engine(table)
    without = rows.semi_join(nothing, "order_id").order_id.nunique().to_pandas()
    return (rows.anti_join(nothing, "order_id"), int(without)) if without else (rows, 0)


def unpaid_in_engine(table: ibis.Table) -> ibis.Table:
    """The numbers of the orders for which nothing was paid; `table` has order_id, revenue and refunded."""
    paid = table.revenue - table.refunded.fill_null(0.0)
    nothing = (paid <= 0).fill_null(False) & ~paid.isnan().fill_null(False)
    found = table.filter(table.order_id.notnull()).mutate(nothing=nothing)
    by_order = found.group_by("order_id").aggregate(nothing=found.nothing.all())
    return by_order.filter(by_order.nothing).select("order_id")


def _counted(held: ibis.Table, bounds: Bounds) -> tuple[int, tuple]:
    """The orders that are too large; orders, those with several, the least, orders per product, and the pairs."""
    import ibis

    sizes = held.group_by("order_id").aggregate(size=held.count())
    is_large = sizes["size"] > bounds.largest
    counts = {"n": ibis._.count(), "several": (sizes["size"] > 1).sum(), "large": is_large.sum()}
    n, several, large = sizes.aggregate(**counts).to_pandas().fillna(0).astype(int).iloc[0]
    if large:
        held = held.anti_join(sizes.filter(is_large), "order_id")
    least = bounds.least(n - large)
    items = held.group_by("item").aggregate(orders=held.count())
    often = items.filter(items.orders >= least).to_pandas()
    counts = pd.Series(often["orders"].to_numpy("int64"), index=pd.Index(often["item"].astype(object)))
    counts = counts.sort_index()
    return int(large), (int(n - large), int(several - large), least, counts, _joined(held, counts, least))


def _joined(held: ibis.Table, items: pd.Series, least: int) -> pd.DataFrame:
    """The orders' frequent products, as numbers, joined with themselves."""
    import ibis

    keys = items.index.to_numpy(object)
    if not len(keys):
        return pd.DataFrame({"first": keys, "second": keys, "orders": np.zeros(0, "int64")})
    numbered = ibis.memtable(
        pd.DataFrame({"item": pd.Series(keys, dtype="str"), "code": np.arange(len(keys))})
    )
    with engine.held(
        held.join(numbered, "item").select("order_id", code=numbered.code.cast("int32"))
    ) as rows:
        other = rows.view()
        both = rows.join(other, [rows.order_id == other.order_id, rows.code < other.code])
        both = both.select(first=rows.code, second=other.code)
        counted = both.group_by("first", "second").aggregate(orders=both.count())
        found = counted.filter(counted.orders >= least).to_pandas().sort_values(["first", "second"])
    return pd.DataFrame(
        {
            "first": keys[found["first"]],
            "second": keys[found["second"]],
            "orders": found["orders"].to_numpy("int64"),
        }
    )


def _names_in_engine(lines: Table, found: tuple) -> dict[str, str]:
    if "product" not in lines.columns:
        return {}
    pairs = found[-1]
    rows = engine.table(lines, "order_lines", ["product_id", "product"])
    rows = rows.filter(rows.product_id.isin(sorted({*pairs["first"], *pairs["second"]})))
    rows = rows.mutate(product=engine.key(rows["product"]))
    named = rows.group_by("product_id").aggregate(name=rows["product"].min()).to_pandas().dropna()
    return dict(zip(named["product_id"], named["name"], strict=True))
