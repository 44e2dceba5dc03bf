"""Which prices does a category have, and at which do customers buy when they come back?

The prices of a category fall into a few steps, each bought about equally often; a product is in the step of its
usual (middle) price. A customer begins in a category on the first day he buys in it, at the dearest product of
that day, and comes back on the next day he does, within a time. Frames are counted here, Ibis tables where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.personas.baskets.held import bought, coded, unpaid, unpaid_in_engine
from csworkbook.purchases import paid_orders

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

_DAY = 86_400  # seconds
_LEAST_DAYS = 28  # over less time nothing is said of a year
_PRODUCTS = ["category", "product_id", "price", "pieces", "lines", "name"]


@dataclass(frozen=True)
class Bought:
    """What was bought at which price, and what customers bought next.

    Attributes
    ----------
    products : DataFrame
        category, product_id, price (usual, money), pieces, lines, name, band (0 = cheapest).
    next : DataFrame
        category, band (began at), then (bought next; -1 = did not come back in time), n (customers).
    unfinished : int
        Customers in a category whose time was not over: left out.
    days : int
        From the first order to the last; 0 without orders.
    earned : float
        What of the revenue is margin, share 0–1.
    """

    products: pd.DataFrame
    next: pd.DataFrame
    unfinished: int = 0
    days: int = 0
    earned: float = 0.35

    @property
    def year(self) -> float:
        """How many times these orders fit in a year; NaN where they span less than 28 days."""
        return 365 / self.days if self.days >= _LEAST_DAYS else np.nan


def counted(order_lines: Table, orders: Table | None, *, bands: int, within: int, margin: float) -> Bought:
    """Count both; `within` in days. Without orders nobody is known to come back."""
    frames = all(table is None or isinstance(table, pd.DataFrame) for table in (order_lines, orders))
    rows = _rows(order_lines, orders) if frames else _rows_in_engine(order_lines, orders)
    products = banded(_products(rows) if frames else _products_in_engine(rows), bands)
    nobody = pd.DataFrame(columns=["category", "band", "then", "n"]).astype({"n": "int64"})
    if orders is None or products.empty:
        return Bought(products, nobody, earned=margin)
    way = _next if frames else _next_in_engine
    found, unfinished, days, earned = way(rows, orders, products, within, margin)
    return Bought(products, found, unfinished, days, earned)


def banded(products: pd.DataFrame, bands: int) -> pd.DataFrame:
    """The products with their step of the price; a price is in one step only.

    >>> some = pd.DataFrame({"category": "lamps", "product_id": list("abc"), "price": [5.0, 9.0, 20.0], "lines": [6, 5, 1]})
    >>> banded(some, 2)["band"].tolist()
    [0, 1, 1]
    """
    levels = products.groupby(["category", "price"], observed=True)["lines"].sum().reset_index()
    grouped = levels.groupby("category")["lines"]
    middle = (grouped.cumsum() - levels["lines"] / 2) / grouped.transform("sum")
    levels["band"] = np.minimum((middle * bands).astype(int), bands - 1)
    levels["band"] = levels.groupby("category")["band"].rank(method="dense").astype(int) - 1  # none is empty
    return products.merge(levels[["category", "price", "band"]], on=["category", "price"], how="left")


# ---------------------------------------------------------------- in memory
@dataclass(frozen=True)
class _Rows:
    """Lines as numbers, and what the numbers of each column stand for."""

    frame: pd.DataFrame
    keys: dict[str, pd.Index]


def _rows(lines: pd.DataFrame, orders: pd.DataFrame | None) -> _Rows:
    """The lines that are bought, at a price above zero, of a product in a category: codes of each, price, pieces."""
    order, numbers = coded(lines["order_id"], ordered=False)
    category, categories = coded(lines["category"])
    product, products = coded(lines["product_id"])
    price = pd.to_numeric(lines["price"], errors="coerce").to_numpy(float, na_value=np.nan)
    pieces = pd.to_numeric(lines["quantity"], errors="coerce").to_numpy(float, na_value=np.nan)
    name = (
        coded(lines["product"])
        if "product" in lines
        else (np.full(len(lines), -1), pd.Index([], dtype=object))
    )
    counts = (order >= 0) & (category >= 0) & (product >= 0) & (price > 0) & bought(lines)
    if orders is not None:
        counts &= ~np.append(numbers.isin(unpaid(orders)), False)[order]
    codes = {"order": order, "category": category, "product_id": product, "name": name[0]}
    frame = pd.DataFrame({**codes, "price": price, "pieces": np.where(np.isnan(pieces), 1.0, pieces)})[counts]
    return _Rows(frame, {"order": numbers, "category": categories, "product_id": products, "name": name[1]})


def _products(rows: _Rows) -> pd.DataFrame:
    named = rows.frame.assign(name=rows.frame["name"].where(rows.frame["name"] >= 0))
    found = named.groupby(["category", "product_id"], as_index=False).agg(
        price=("price", "median"), pieces=("pieces", "sum"), lines=("price", "size"), name=("name", "min")
    )
    keys = {column: rows.keys[column][found[column].to_numpy(int)] for column in ("category", "product_id")}
    names = np.append(rows.keys["name"], None)[found["name"].fillna(-1).to_numpy(int)]
    return found.assign(**keys, name=names)[_PRODUCTS]


def _next(
    rows: _Rows, orders: pd.DataFrame, products: pd.DataFrame, within: int, margin: float
) -> tuple[pd.DataFrame, int, int, float]:
    plain = orders.reset_index(drop=True)
    paid = paid_orders(plain, margin=margin)
    code, numbers = coded(plain["order_id"], ordered=False)
    whose = pd.DataFrame(
        {"order": code[paid.index], "day": paid["day"], "customer": paid["customer_id"].cat.codes}
    )
    whose = whose[whose["order"] >= 0].groupby("order", as_index=False).min()
    keys = rows.keys
    place = numbers.get_indexer(keys["order"])  # of an order of the lines among the orders
    found = rows.frame.assign(order=place[rows.frame["order"]]).merge(whose, on="order")
    code = {name: keys[name].get_indexer(products[name]) for name in ("category", "product_id")}
    found = found.merge(products[["band"]].assign(**code), on=["category", "product_id"])
    visits = found.groupby(["category", "customer", "day"], as_index=False)[
        "band"
    ].max()  # in order of the days
    found, unfinished = _followed(visits, within, paid.attrs["until"])
    found["category"] = keys["category"][found["category"].to_numpy(int)]
    sums = [
        float(np.sort(paid[name].to_numpy()).sum()) for name in ("margin", "spent")
    ]  # in whatever order they came
    earned = sums[0] / sums[1] if len(paid) else margin
    days = paid.attrs["until"] - int(paid["day"].min()) if len(paid) else 0
    return found, unfinished, days, earned


def _followed(visits: pd.DataFrame, within: int, last: int) -> tuple[pd.DataFrame, int]:
    """Per category and step: at which step customers bought next, of those whose time was over."""
    same = visits["customer"].eq(visits["customer"].shift()) & visits["category"].eq(
        visits["category"].shift()
    )
    first = ~same.to_numpy()
    again = np.append(same.to_numpy()[1:], False)
    gap = visits["day"].shift(-1) - visits["day"]
    then = visits["band"].shift(-1).where(again & (gap <= within), -1).astype("int64")
    over = (visits["day"] + within <= last).to_numpy()
    begun = visits.assign(then=then)[first & over]
    found = begun.groupby(["category", "band", "then"]).size().rename("n").reset_index()
    return found, int((first & ~over).sum())


# ---------------------------------------------------------------- in an engine
def _rows_in_engine(lines: Table, orders: Table | None) -> ibis.Table:
    columns = ["order_id", "category", "product_id", "price", "quantity", "product"]
    rows = engine.table(lines, "order_lines", columns)
    told = rows.order_id.notnull() & rows.category.notnull() & rows.product_id.notnull()
    pieces = rows.quantity.isnan().ifelse(None, rows.quantity).fill_null(1.0)
    rows = rows.mutate(pieces=pieces).filter(told, rows.price > 0, ~rows.price.isnan())
    rows = rows.filter(rows.pieces > 0)
    if orders is None:
        return rows
    return rows.anti_join(
        unpaid_in_engine(engine.table(orders, "orders", ["order_id", "revenue", "refunded"])), "order_id"
    )


def _products_in_engine(rows: ibis.Table) -> pd.DataFrame:
    found = rows.group_by("category", "product_id").aggregate(
        price=rows.price.median(),
        pieces=rows.pieces.sum(),
        lines=rows.count(),
        name=engine.key(rows["product"]).min(),
    )
    return found.to_pandas().sort_values(["category", "product_id"], ignore_index=True)[_PRODUCTS]


def _next_in_engine(
    rows: ibis.Table, orders: Table, products: pd.DataFrame, within: int, margin: float
) -> tuple[pd.DataFrame, int, int, float]:
    import ibis

    paid = paid_orders(_held(orders, "orders"), margin=margin)
    sums = (
        paid.aggregate(margin=paid.margin.sum(), spent=paid.spent.sum(), first=paid.day.min())
        .to_pandas()
        .iloc[0]
    )
    whose, last = _whose(orders)
    rows = rows.inner_join(whose, "order_id")
    bands = ibis.memtable(
        products[["category", "product_id", "band"]].astype({"category": "str", "product_id": "str"})
    )
    rows = rows.inner_join(bands, ["category", "product_id"])
    visits = rows.group_by("category", "customer_id", "day").aggregate(band=rows.band.max())
    window = ibis.window(group_by=["category", "customer_id"], order_by="day")
    visits = visits.mutate(
        place=ibis.row_number().over(window),
        later=visits.day.lead().over(window),
        then=visits.band.lead().over(window),
    )
    begun = visits.filter(visits.place == 0)
    over = begun.day + within <= last
    then = ((begun.later - begun.day) <= within).fill_null(False).ifelse(begun.then, -1)
    counts = (
        begun.mutate(over=over, then=then)
        .group_by("category", "band", "then", "over")
        .aggregate(n=ibis._.count())
    )
    found = counts.to_pandas().sort_values(["category", "band", "then"], ignore_index=True)
    kept = found[found["over"]].drop(columns="over").reset_index(drop=True)
    earned = float(sums["margin"] / sums["spent"]) if sums["spent"] else margin
    days = 0 if pd.isna(sums["first"]) else last - int(sums["first"])
    return kept, int(found.loc[~found["over"], "n"].sum()), days, earned


def _whose(orders: Table) -> tuple[ibis.Table, int]:
    """Order by order whose it is and on which day (whole days since 1970 UTC), purchases only; the last day of all."""
    table = engine.table(orders, "orders", ["order_id", "customer_id", "ordered_at", "revenue", "refunded"])
    table = table.mutate(day=(engine.second(table.ordered_at) / _DAY).floor().cast("int64"))
    last = table.day.max().to_pandas()
    spent = table.revenue - table.refunded.fill_null(0.0)
    kept = table.filter(
        table.order_id.notnull(), table.customer_id.notnull(), table.day.notnull(), spent > 0, ~spent.isnan()
    )
    first = kept.group_by("order_id").aggregate(day=kept.day.min(), customer_id=kept.customer_id.min())
    return first, 0 if pd.isna(last) else int(last)


def _held(table: Table, name: str) -> ibis.Table:
    """An Ibis table of what may be a frame."""
    return engine.table(table, name) if isinstance(table, pd.DataFrame) else table
