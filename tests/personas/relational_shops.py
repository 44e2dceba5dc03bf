"""Shops whose relational buyers a person can count, or that were made with a known answer."""

from __future__ import annotations

import numpy as np
import pandas as pd

ZONE = "Europe/Amsterdam"
START = pd.Timestamp("2025-01-01 12:00", tz=ZONE)


def at(days) -> pd.DatetimeIndex:
    """Noon, so many days after 1 January 2025."""
    return pd.DatetimeIndex(START + pd.to_timedelta(np.asarray(days, dtype=float), "D")).as_unit("us")


def orders(rows) -> pd.DataFrame:
    """(customer, day, revenue), one order each."""
    who, day, revenue = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(len(who))],
            "customer_id": list(who),
            "ordered_at": at(day),
            "revenue": np.array(revenue, dtype=float),
        }
    )


def contacts(rows) -> pd.DataFrame:
    """(customer, day, topic, minutes), one question each."""
    who, day, topic, minutes = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "contact_id": [f"c{i}" for i in range(len(who))],
            "customer_id": list(who),
            "opened_at": at(day),
            "channel": "chat",
            "topic": list(topic),
            "kind": "question",
            "handling_minutes": np.array(minutes, dtype=float),
        }
    )


# ann asks three questions about three things, for 10, 20 and 30 minutes, and orders for 200 and 100
ORDERS = orders(
    [
        ("ann", 0, 200),
        ("ann", 40, 100),
        ("bob", 1, 50),
        ("cee", 2, 40),
        ("cee", 50, 40),
        ("dan", 3, 30),
        ("eve", 60, 20),
    ]
)
CONTACTS = contacts(
    [("ann", 0, "size", 10), ("ann", 1, "stock", 20), ("ann", 9, "advice", 30), ("bob", 2, "size", 4), ("cee", 2, "size", 5),
     ("cee", 55, "size", 7)]
)  # fmt: skip
LINES = pd.DataFrame(
    {
        "order_id": [f"o{i}" for i in range(7)],
        "product_id": "p",
        "quantity": 1,
        "price": 10.0,
        "category": ["chairs", "chairs", "cups", "cups", "cups", "cups", "cups"],
    }
)


def drawn(
    n: int, seed: int, *, more: float = 0.0, days: int = 720, eager: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A shop of n customers, a fifth of whom ask a lot, for long, and buy dear things.

    How often somebody buys differs between people (gamma), and with `eager` those who ask a lot buy more often
    from the start; `more` is how much likelier they are to buy in each month than anybody else who buys as often.
    """
    rng = np.random.default_rng(seed)
    relational = rng.random(n) < 0.2
    rate = rng.gamma(1.0, 0.25, n) * np.where(relational & eager, 2.0, 1.0)
    count = 1 + rng.poisson(rate * (1 + more * relational) * days / 100)
    who = np.repeat(np.arange(n), count)
    day = rng.uniform(0, days, len(who))
    revenue = np.where(relational[who], 200.0, 50.0) * np.exp(rng.normal(0, 0.3, len(who)))
    asked = np.repeat(np.arange(n), rng.poisson(np.where(relational, 5.0, 0.5)))
    when = rng.uniform(0, days, len(asked))
    minutes = np.where(relational[asked], 15.0, 5.0) * np.exp(rng.normal(0, 0.3, len(asked)))
    topics = np.array(["size", "stock", "advice", "delivery", "returns"])[rng.integers(0, 5, len(asked))]
    names = np.where(relational, "r", "t").astype(object) + np.arange(n).astype(str)
    return (
        contacts(list(zip(names[asked], when, topics, minutes, strict=True))),
        orders(list(zip(names[who], day, revenue, strict=True))),
    )
