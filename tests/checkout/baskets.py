"""Orders and baskets a person can count."""

from __future__ import annotations

import numpy as np
import pandas as pd

ZONE = "Europe/Amsterdam"


def orders(values, shipping=None, *, days=364, **columns) -> pd.DataFrame:
    """One order per value, spread evenly over so many days of 2025."""
    values = np.asarray(values, float)
    at = pd.Timestamp("2025-01-01 11:00", tz="UTC") + pd.to_timedelta(np.linspace(0, days, len(values)), "D")
    frame = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(len(values))],
            "customer_id": [f"c{i}" for i in range(len(values))],
            "ordered_at": at.round("s").tz_convert(ZONE),
            "revenue": values,
            **columns,
        }
    )
    return frame if shipping is None else frame.assign(shipping=np.asarray(shipping, float))


def charged(values, threshold=50.0, fee=5.0, **columns) -> pd.DataFrame:
    """Orders of a shop that charges `fee` below a threshold."""
    values = np.asarray(values, float)
    return orders(values, np.where(values < threshold, fee, 0.0), **columns)


def simulated(seed, share, *, n=6000, threshold=50.0, reach=10.0):
    """Baskets of one to five lines of which `share` of those within reach get another line, and that truth.

    Returns the value of each basket, its number of lines and its cheapest line.
    """
    rng = np.random.default_rng(seed)
    count = 1 + np.minimum(rng.poisson(0.8, n), 4)
    lines = np.where(np.arange(5) < count[:, None], rng.lognormal(2.9, 0.7, (n, 5)), np.nan)
    value, cheapest = np.nansum(lines, axis=1), np.nanmin(lines, axis=1)
    near = (value >= threshold - reach) & (value < threshold)
    up = near & (rng.random(n) < share)
    added = threshold - value + rng.uniform(0, 6, n)
    value = np.where(up, value + added, value)
    return value, count + up, np.where(up, np.fmin(cheapest, added), cheapest)


def from_a_catalogue(seed, share, *, n=6000):
    """As `simulated`, of sixty products at round prices, and everybody adds the same one of 10.95."""
    rng = np.random.default_rng(seed)
    prices, popular = np.round(rng.lognormal(3, 0.6, 60)) - 0.05, rng.dirichlet(np.full(60, 0.8))
    count = 1 + np.minimum(rng.poisson(0.8, n), 4)
    lines = np.where(np.arange(5) < count[:, None], rng.choice(prices, (n, 5), p=popular), np.nan)
    value, cheapest = np.nansum(lines, axis=1), np.nanmin(lines, axis=1)
    up = (value >= 40) & (value < 50) & (rng.random(n) < share)
    return np.where(up, value + 10.95, value), count + up, np.where(up, np.fmin(cheapest, 10.95), cheapest)
