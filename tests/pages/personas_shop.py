"""Small shops with personas planted in them, for the tests of pages about personas."""

import numpy as np
import pandas as pd

TYPES = {"kitchen": (20.0, 0), "garden": (60.0, 1), "bedroom": (180.0, 2)}  # price, place in the week


def customers(per_type=60, orders=4, start="2025-01-06", seed=1):
    """Customers of three types who differ in what they buy and pay: orders and their lines."""
    random, rows, lines = np.random.default_rng(seed), [], []
    for kind, (price, day) in TYPES.items():
        for n in range(per_type):
            for turn in range(orders):
                at = pd.Timestamp(start, tz="UTC") + pd.Timedelta(
                    days=7 * int(random.integers(0, 40)) + day, hours=10
                )
                order, paid = f"{kind}-{n}-{turn}", round(price * random.lognormal(0, 0.1), 2)
                rows.append((order, f"{kind}-{n}", at, paid))
                lines.append((order, f"{kind}-{random.integers(5)}", 1, paid, kind))
    heads = ["order_id", "product_id", "quantity", "price", "category"]
    named = pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_at", "revenue"])
    return named, pd.DataFrame(lines, columns=heads)


def fill(shop, orders, lines):
    """Put tables in a workbook as if they were brought."""
    orders.to_parquet(shop._tables / "orders.parquet", index=False)
    lines.to_parquet(shop._tables / "order_lines.parquet", index=False)
    shop.forget_frames()
    return shop


def alike(own_level):
    """Orders of six hundred customers without groups; with `own_level` each spends at a level of his own."""
    random = np.random.default_rng(0)
    n, turns = 600, 4
    level = random.normal(0, own_level, n)
    orders = pd.DataFrame(
        {
            "order_id": [str(i) for i in range(turns * n)],
            "customer_id": [f"c{i % n}" for i in range(turns * n)],
            "ordered_at": pd.to_datetime(random.integers(0, 400 * 24, turns * n), unit="h", utc=True),
            "revenue": np.exp(4 + np.tile(level, turns) + random.normal(0, 0.3, turns * n)).round(2),
        }
    )
    return orders.sort_values("ordered_at")


def type_in(form, persona, name):
    """Type a name for a persona, as its text box sends it."""
    box = form.names.boxes[persona - 1]
    return box._write({"text": name, "base": "", "place": box.place}, [])
