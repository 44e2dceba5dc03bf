"""What is asked of an engine that is not DuckDB: a table of events, and questions for every rule of counting."""

from __future__ import annotations

import numpy as np
import pandas as pd

STEPS = ["product", "cart", "checkout", "paid"]
ASKED = {
    "within, by device": {"within": "18h", "by": "device"},
    "no window": {},
    "ties allowed": {"within": "18h", "ties": "allow"},
    "strict": {"within": "1D", "order": "strict", "by": "device"},
    "any order": {"within": "18h", "order": "any", "by": "device"},
    "sessions": {"per": "session", "gap": "6h", "by": "device"},
    "customers": {"per": "customer", "within": "1D"},
    "exclusion": {"within": "1D", "exclude": "support"},
    "between two days": {
        "within": "18h",
        "since": "2026-03-28",
        "until": pd.Timestamp("2026-03-31", tz="Europe/Amsterdam"),
    },
}


def drawn(rows: int = 2500, seed: int = 5) -> pd.DataFrame:
    """Events around a change of the clock, many of them at the same moment; some devices and customers unknown."""
    draw = np.random.default_rng(seed)
    begin = pd.Timestamp("2026-03-27", tz="UTC")
    device = draw.choice(["mobile", "desktop", "tablet", ""], rows)
    visitor = draw.integers(0, rows // 25, rows)
    customer = np.where(
        draw.random(rows) < 0.97, visitor // 2, visitor
    )  # two visitors a customer, nearly always
    return pd.DataFrame(
        {
            "visitor_id": pd.Series(visitor).map("v{}".format),
            "at": (begin + pd.to_timedelta(draw.integers(0, 4 * 48, rows) * 30, "min")).as_unit("us"),
            "step": draw.choice([*STEPS, "home", "support"], rows, p=[0.35, 0.2, 0.12, 0.08, 0.2, 0.05]),
            "device": np.where(device == "", None, device),
            "customer_id": pd.Series(customer).map("c{}".format).where(draw.random(rows) < 0.1),
        }
    )


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Units in one order, whatever the engine's."""
    return frame.sort_values(["unit", "start"], ignore_index=True)
