"""Lines without a category learn it from the products, and nothing else changes."""

import ibis
import pandas as pd
import pytest

from csworkbook import shop as shops
from csworkbook.assortment import with_products

LINES = pd.DataFrame(
    {
        "order_id": ["1", "1", "2", "3"],
        "product_id": ["a", " b", "c", "a"],
        "quantity": [1, 2, 1, 1],
        "price": [5.0, 3.0, 2.0, 5.0],
        "category": [None, "tea", None, None],
    },
    index=[7, 7, 8, 9],
)
PRODUCTS = pd.DataFrame(
    {"product_id": ["a", "b", "a"], "name": ["Filter", None, "Other"], "category": ["coffee", "cups", "x"]}
)


def test_what_the_lines_tell_stays_and_the_rest_is_filled():
    told = with_products(LINES, PRODUCTS)
    assert told["category"].astype(object).where(told["category"].notna(), None).tolist() == [
        "coffee", "tea", None, "coffee",
    ]  # fmt: skip
    assert told["product"].fillna("").tolist() == ["Filter", "", "", "Filter"]
    assert told.index.tolist() == [7, 7, 8, 9]
    assert "product" not in LINES


@pytest.mark.parametrize(
    "products", [None, PRODUCTS.assign(product_id="none of them"), PRODUCTS[["product_id"]]]
)
def test_products_that_add_nothing_leave_the_lines_as_they_are(products):
    assert with_products(LINES, products) is LINES


def test_a_large_table_is_told_where_it_is():
    large = with_products(ibis.memtable(LINES.reset_index(drop=True)), PRODUCTS).to_pandas()
    small = with_products(LINES, PRODUCTS)
    large = large.sort_values(["order_id", "product_id"], key=lambda column: column.str.strip())
    for column in ("product", "category", "order_id"):
        assert (
            large[column].astype(object).fillna("").tolist()
            == small[column].astype(object).fillna("").tolist()
        )


def test_a_shop_hands_out_the_same_lines_until_one_of_both_changes(tmp_path):
    shop = shops.new_shop(tmp_path / "own", name="Own")
    folder = tmp_path / "own" / "data"
    LINES.reset_index(drop=True).to_parquet(folder / "order_lines.parquet")
    PRODUCTS.to_parquet(folder / "products.parquet")
    first = shop.call(lambda order_lines: order_lines)
    assert first["category"].tolist()[0] == "coffee"
    assert shop.call(lambda order_lines: order_lines) is first
    assert shop.order_lines["category"].isna().sum() == 3
    PRODUCTS.assign(category="all").to_parquet(folder / "products.parquet")
    shop.forget_frames()
    assert shop.call(lambda order_lines: order_lines)["category"].tolist()[0] == "all"
