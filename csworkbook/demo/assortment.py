"""What does the demo shop sell: about 120 products in six categories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from csworkbook.demo import stories

if TYPE_CHECKING:
    import pandas as pd

_FILE = Path(__file__).parent.parent / "content" / "demo_products.csv"
_POPULAR = {
    stories.COLOUR_PRODUCT: 5.0,
    stories.PAIR[0]: 3.0,
    stories.PAIR[1]: 0.2,
    stories.ASSEMBLY_PRODUCT: 2.0,
    stories.FILLER: 0.0,
}


def products() -> pd.DataFrame:
    """The assortment: product_id, name, category, price, margin (share, 0–1), in_stock and weight in the baskets.

    The filler has weight 0: it is only ever added to reach free shipping.
    """
    import pandas as pd

    base = pd.read_csv(_FILE, encoding="utf-8").assign(
        variants=lambda table: table["variants"].str.split("|")
    )
    table = base.explode("variants", ignore_index=True)
    table["name"] = table["name"] + " " + table["variants"]
    table["product_id"] = [str(number) for number in range(101, 101 + len(table))]
    table["in_stock"] = ~table["name"].isin(
        [stories.STOCK_PRODUCT, "Parasol Wad olijf", "Mand zeegras groot"]
    )
    falling = 1 / np.sqrt(1 + table.groupby("category").cumcount().to_numpy() % 7)
    table["weight"] = np.where(table["name"].isin(list(_POPULAR)), table["name"].map(_POPULAR), falling)
    return table[["product_id", "name", "category", "price", "margin", "in_stock", "weight"]]
