"""Orders for the tests of what customers bring."""

from __future__ import annotations

import numpy as np
import pandas as pd

ODD = {
    "one order": ([("a", "2026-01-01", 10.0)]),
    "one order each": [(f"c{i}", f"2026-01-{i + 1:02d}", 10.0) for i in range(20)],
    "all the same": [(f"c{i}", "2026-01-01", 10.0) for i in range(40)],
    "one customer": [("a", f"2026-{i + 1:02d}-01", 10.0) for i in range(12)],
    "returns": [("a", "2026-01-01", 10.0), ("a", "2026-02-01", -10.0), ("b", "2026-03-01", 0.0)] * 5,
    "wholesale": [(f"c{i % 30}", f"2025-{i % 12 + 1:02d}-{i % 27 + 1:02d}", 20.0) for i in range(60)]
    + [("firm", "2025-06-01", 250_000.0)],
}


def orders(rows, **columns) -> pd.DataFrame:
    """Orders from (customer, moment in UTC, revenue)."""
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "revenue"])
    at = pd.to_datetime(frame["ordered_at"], utc=True, format="ISO8601")
    return frame.assign(order_id=[f"o{i}" for i in range(len(frame))], ordered_at=at, **columns)


def random_shop(seed: int, customers: int = 60, days: int = 500) -> pd.DataFrame:
    """Customers who buy at rates of their own, some of the time; orders in no order."""
    rng = np.random.default_rng(seed)
    many = 1 + rng.poisson(rng.gamma(1.0, 2.0, customers))
    who = np.repeat(np.arange(customers), many)
    at = pd.Timestamp("2024-11-03", tz="UTC") + pd.to_timedelta(rng.integers(0, days * 86_400, len(who)), "s")
    revenue = rng.lognormal(3.5, 0.7, len(who)).round(2)
    frame = pd.DataFrame(
        {"order_id": np.arange(len(who)), "customer_id": who, "ordered_at": at, "revenue": revenue}
    )
    return frame.sample(frac=1, random_state=seed)
