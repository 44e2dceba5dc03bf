"""Customers who buy until they stop, drawn as the model says."""

from __future__ import annotations

import numpy as np
import pandas as pd

START = pd.Timestamp("2024-01-01", tz="UTC")


def moments(
    customers: int, r=1.2, alpha=10.0, a=1.5, b=4.0, weeks=104.0, begin=0.7, first=0, seed=0
) -> tuple[np.ndarray, np.ndarray]:
    """Customer and week of every purchase up to `weeks`; first ones fall in the first `begin` of them."""
    rng = np.random.default_rng(seed)
    rate, leaves = rng.gamma(r, 1 / alpha, customers), rng.beta(a, b, customers)
    at = rng.uniform(0, weeks * begin, customers)
    who, when, here = [np.arange(customers)], [at], np.ones(customers, bool)
    if first:
        here = rng.random(customers) >= leaves
    while here.any():
        at = at + rng.exponential(1.0, customers) / np.maximum(rate, 1e-12)
        here = here & (at < weeks)
        who.append(np.flatnonzero(here))
        when.append(at[here])
        here = here & (rng.random(customers) >= leaves)
    return np.concatenate(who), np.concatenate(when)


def counted(who: np.ndarray, when: np.ndarray, until: float) -> pd.DataFrame:
    """Per customer with a purchase up to `until`: x, t_x, T and how many came later."""
    frame = pd.DataFrame({"who": who, "when": when})
    known = frame[frame["when"] <= until].groupby("who")["when"].agg(["count", "min", "max"])
    later = frame[frame["when"] > until].groupby("who").size().reindex(known.index, fill_value=0)
    return pd.DataFrame(
        {
            "x": known["count"] - 1,
            "t_x": known["max"] - known["min"],
            "T": until - known["min"],
            "later": later,
        }
    )


def shop(customers: int = 400, *, p=6.0, q=4.0, v=90.0, seed=0, **options) -> pd.DataFrame:
    """Orders of such customers; what they spend is Gamma-Gamma."""
    who, when = moments(customers, seed=seed, **options)
    rng = np.random.default_rng(seed + 1)
    mean_rate = rng.gamma(q, 1 / v, customers)
    return pd.DataFrame(
        {
            "order_id": np.arange(len(who)).astype(str),
            "customer_id": np.char.add("c", who.astype(str)),
            "ordered_at": (START + pd.to_timedelta(when * 7, "D")).astype("datetime64[us, UTC]"),
            "revenue": rng.gamma(p, 1 / mean_rate[who]),
        }
    )


def some(frame: pd.DataFrame, customers: int = 700) -> pd.DataFrame:
    """All orders of the first customers."""
    return frame[frame["customer_id"].isin(frame["customer_id"].drop_duplicates().head(customers))]
