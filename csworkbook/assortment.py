"""What is a product called, and what sort is it? Order lines that do not tell it learn it from the products.

Some shop systems name a product's category only in the export of the products (Shopify, WooCommerce), so the
lines of an order come without. What the lines tell themselves stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import engine

if TYPE_CHECKING:
    import ibis

_TOLD = {"product": "name", "category": "category"}  # column of the lines → column of the products


def with_products(
    order_lines: pd.DataFrame | ibis.Table, products: pd.DataFrame | ibis.Table | None
) -> pd.DataFrame | ibis.Table:
    """Order lines with the name and the category of their product, where they lack them.

    Parameters
    ----------
    order_lines, products : DataFrame or ibis.Table
        A large table of lines stays an expression; of products the first row of an id counts.

    Returns
    -------
    DataFrame or ibis.Table
        The lines themselves where the products add nothing.

    >>> lines = pd.DataFrame({"product_id": ["a", "b"], "category": [None, "tea"]})
    >>> products = pd.DataFrame({"product_id": ["a", "b"], "category": ["coffee", "cups"]})
    >>> with_products(lines, products)["category"].tolist()
    ['coffee', 'tea']
    """
    if products is None or "product_id" not in products.columns:
        return order_lines
    known = products if isinstance(products, pd.DataFrame) else products.to_pandas()
    known = known.assign(product_id=known["product_id"].map(engine.as_key)).dropna(subset="product_id")
    known = known.drop_duplicates("product_id").set_index("product_id")
    known = known[[name for name in _TOLD.values() if name in known and known[name].notna().any()]]
    if isinstance(order_lines, pd.DataFrame):
        return _frame(order_lines, known)
    return _expression(order_lines, known)


def _frame(lines: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    new = {}
    for column, source in _TOLD.items():
        if source not in known or (column in lines and lines[column].notna().all()):
            continue
        ids = lines["product_id"].astype(object)
        told = ids.map({one: known[source].get(engine.as_key(one)) for one in ids.unique()})
        own = lines[column].astype(object) if column in lines else pd.Series(None, lines.index, dtype=object)
        told = own.where(own.notna(), told)
        if told.notna().sum() > own.notna().sum():
            new[column] = told.astype("category" if column == "category" else "str")
    return lines.assign(**new) if new else lines


def _expression(lines: ibis.Table, known: pd.DataFrame) -> ibis.Table:
    import ibis

    if known.empty or not len(known.columns):
        return lines
    told = known.astype(object).where(known.notna(), None).reset_index()
    told = told.rename(columns={name: f"told_{name}" for name in known.columns})
    table = ibis.memtable(told.rename(columns={"product_id": "told_id"}))
    joined = lines.left_join(table, engine.key(lines.product_id) == table.told_id)
    found = {
        column: ibis.coalesce(joined[column].cast("string"), joined[f"told_{source}"])
        if column in lines.columns
        else joined[f"told_{source}"]
        for column, source in _TOLD.items()
        if source in known
    }
    return joined.mutate(**found).select(*dict.fromkeys([*lines.columns, *found]))
