"""Shops drawn from known kinds of customers, or from one kind only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

ZONE = "Europe/Amsterdam"
CATEGORIES = np.array(["chairs", "lamps", "plants", "rugs", "towels"])
PRICES = np.array([200.0, 40.0, 12.0, 90.0, 25.0])
SHARES = np.array([0.1, 0.2, 0.3, 0.15, 0.25])


@dataclass(frozen=True)
class Shop:
    """The tables, and the kind each customer was drawn from."""

    orders: pd.DataFrame
    lines: pd.DataFrame
    contacts: pd.DataFrame
    kinds: pd.Series

    @property
    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """As the functions take them."""
        return self.orders, self.lines, self.contacts


def drawn(
    seed: int, customers: int = 1000, *, kinds: int = 1, again: float = 0.45, lines: float = 0.8
) -> Shop:
    """A shop; of several kinds each buys 80 % from a category of its own and has its own taste for discounts.

    `again` is the chance of another order after an order, `lines` the mean number of lines beyond the first.
    """
    rng = np.random.default_rng(seed)
    kind = rng.integers(kinds, size=customers)
    who = np.repeat(np.arange(customers), rng.geometric(1 - again, customers))
    order = np.repeat(np.arange(len(who)), 1 + rng.poisson(lines, len(who)))
    shares = np.tile(SHARES, (customers, 1))
    if kinds > 1:
        shares = np.full((customers, 5), 0.05)
        shares[np.arange(customers), kind] = 0.8
    category = (rng.random(len(order))[:, None] > shares.cumsum(axis=1)[who[order]]).sum(axis=1).clip(max=4)
    price = (PRICES[category] * np.exp(rng.normal(0, 0.3, len(order)))).round(2)
    goods = np.bincount(order, price)
    taste = np.linspace(0.1, 0.7, kinds) if kinds > 1 else np.array([0.3])
    discount = np.where(rng.random(len(who)) < taste[kind[who]], 0.1 * goods, 0.0).round(2)
    names = np.array([f"k{one:05d}" for one in range(customers)])
    at = pd.Timestamp("2024-01-01", tz=ZONE) + pd.to_timedelta(rng.integers(0, 730 * 86_400, len(who)), "s")
    orders = pd.DataFrame(
        {
            "order_id": [f"o{one}" for one in range(len(who))],
            "customer_id": names[who],
            "ordered_at": at,
            "revenue": (goods - discount).round(2),
            "discount": discount,
            "device": np.array(["mobile", "desktop"])[rng.integers(2, size=len(who))],
        }
    )
    table = pd.DataFrame(
        {
            "order_id": orders["order_id"].to_numpy()[order],
            "product_id": [f"p{one}" for one in category],
            "quantity": 1,
            "price": price,
            "category": CATEGORIES[category],
        }
    )
    asks = rng.integers(len(who), size=len(who) // 3)
    contacts = pd.DataFrame(
        {
            "contact_id": [f"c{one}" for one in range(len(asks))],
            "customer_id": orders["customer_id"].to_numpy()[asks],
            "opened_at": at[asks],
            "channel": "chat",
            "topic": "delivery",
            "handling_minutes": rng.gamma(2, 3, len(asks)),
        }
    )
    return Shop(orders, table, contacts, pd.Series(kind, names))


def frame(values: np.ndarray) -> pd.DataFrame:
    """Features somebody made himself: one row per customer."""
    return pd.DataFrame(
        values,
        [f"k{one:05d}" for one in range(len(values))],
        [f"column {one}" for one in range(values.shape[1])],
    )


def shuffled(table: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """The same rows in another order."""
    return table.sample(frac=1, random_state=seed)
