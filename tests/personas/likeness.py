"""A shop of three kinds of customers, and their personas, for the tests of what personas are like.

Cooks buy kitchenware in December and ask where their order is; gardeners buy garden goods in April on a desktop
and ask for advice; sleepers buy bedding all year. Every tenth order holds something of another kind.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from csworkbook import open_shop
from csworkbook.personas.described import Features, features_of
from csworkbook.personas.saved import Saved

ZONE = "Europe/Amsterdam"
KINDS = ("cook", "gardener", "sleeper")
HOME = {"cook": "kitchen", "gardener": "garden", "sleeper": "bedding"}
MONTH = {"cook": 12, "gardener": 4, "sleeper": None}
ASKS = {"cook": "where is my order", "gardener": "advice", "sleeper": "size"}


@cache
def shop(people: int = 120, seed: int = 0) -> dict[str, pd.DataFrame]:
    """orders, order_lines, contacts, returns; `people` customers of each kind, two orders each."""
    rng = np.random.default_rng(seed)
    kinds = np.repeat(KINDS, people * 2)
    n = len(kinds)
    month = np.where(kinds == "cook", 12, np.where(kinds == "gardener", 4, 0))
    strays = rng.random(n) < 0.3
    month = np.where((month == 0) | strays, rng.integers(1, 13, n), month)
    at = pd.to_datetime(
        {"year": 2025, "month": month, "day": rng.integers(1, 29, n), "hour": rng.integers(6, 22, n)}
    )
    orders = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(n)],
            "customer_id": [f"{kind[0]}{i // 2 % people}" for i, kind in enumerate(kinds)],
            "ordered_at": pd.DatetimeIndex(at).tz_localize(ZONE),
            "revenue": np.round(rng.gamma(8, 10, n) + np.where(kinds == "gardener", 60, 0), 2),
            "discount": np.where((kinds == "cook") & (rng.random(n) < 0.8), 5.0, 0.0),
            "device": np.where((kinds == "gardener") ^ (rng.random(n) < 0.1), "desktop", "mobile"),
        }
    )
    home = np.array([HOME[kind] for kind in kinds])
    bought = np.where(rng.random(n) < 0.1, rng.choice(list(HOME.values()), n), home)
    lines = pd.DataFrame(
        {
            "order_id": orders["order_id"],
            "product_id": bought,
            "quantity": 1,
            "price": orders["revenue"],
            "category": bought,
        }
    )
    asking = rng.random(n) < np.where(kinds == "gardener", 0.8, 0.4)
    topic = np.where(rng.random(n) < 0.2, "other", [ASKS[kind] for kind in kinds])
    contacts = pd.DataFrame(
        {
            "contact_id": [f"k{i}" for i in range(n)],
            "customer_id": orders["customer_id"],
            "opened_at": orders["ordered_at"] + pd.Timedelta("1D"),
            "channel": "email",
            "topic": topic,
            "handling_minutes": 5.0,
        }
    )[asking].reset_index(drop=True)
    back = orders[rng.random(n) < 0.1]
    returns = pd.DataFrame(
        {
            "order_id": back["order_id"],
            "product_id": "x",
            "returned_at": back["ordered_at"] + pd.Timedelta("7D"),
            "reason": "colour",
            "amount": 5.0,
        }
    ).reset_index(drop=True)
    return {"orders": orders, "order_lines": lines, "contacts": contacts, "returns": returns}


def kind_of(customers: pd.Index) -> pd.Series:
    """The planted kind of each customer, 1..3."""
    place = {kind[0]: number for number, kind in enumerate(KINDS, 1)}
    return pd.Series([place[one[0]] for one in customers], customers)


def saved(features: Features, truth: pd.Series, names: list[str]) -> Saved:
    """Personas whose centres are the means of the planted kinds: no search, so that tests are fast."""
    mine = features.scaled[truth.reindex(features.scaled.index).notna()]
    group = truth.reindex(mine.index)
    centres = mine.groupby(group).mean()
    return Saved(
        k=len(names),
        seed=0,
        recipe=features.recipe,
        centres=centres.to_numpy().tolist(),
        names=names,
        found_at="2025-12-28",
        shares=group.value_counts(normalize=True).sort_index().tolist(),
    )


@cache
def personas(people: int = 120, seed: int = 0) -> Saved:
    """The personas of `shop`: Cooks, Gardeners, Sleepers."""
    known = features_of(**shop(people, seed), zone=ZONE)
    return saved(known, kind_of(known.table.index), ["Cooks", "Gardeners", "Sleepers"])


@cache
def demo() -> Saved:
    """The personas of the demo shop, by the planted home category of each customer."""
    from csworkbook.demo import stories

    own = open_shop()
    lines = own.order_lines.merge(own.orders[["order_id", "customer_id"]], on="order_id")
    homes = [kind.home for kind in stories.TYPES]
    lines = lines[lines["category"].isin(homes)]
    counts = pd.crosstab(lines["customer_id"], lines["category"].astype(str))[homes]
    truth = pd.Series(counts.to_numpy().argmax(axis=1) + 1, counts.index)
    return saved(own.call(features_of), truth, [kind.name.capitalize() + "s" for kind in stories.TYPES])
