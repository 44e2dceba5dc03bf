"""Page visits a person can count."""

from __future__ import annotations

import pandas as pd

# the data begin and end with somebody who only looked, far from all carts
BEGIN, END = ("begin", "2026-01-01 00:00", "home"), ("end", "2026-06-30 00:00", "home")


def log(*rows: tuple, frame: bool = True) -> pd.DataFrame:
    """Events: (visitor, moment, step) and then device, customer, session; empty where left out."""
    rows = (BEGIN, *rows, END) if frame else rows
    columns = ["visitor_id", "at", "step", "device", "customer_id", "session_id"]
    filled = [(*row, *[None] * (len(columns) - len(row))) for row in rows]
    events = pd.DataFrame(filled, columns=columns)
    events["at"] = pd.to_datetime(events["at"]).dt.tz_localize("Europe/Amsterdam")
    told = [name for name in columns if events[name].notna().any() or name in columns[:3]]
    return events[told].sort_values("at", kind="stable").reset_index(drop=True)


def cart_and(visitor: str, day: str, *later: str, device: str | None = None) -> list[tuple]:
    """A visit at ten: cart, and then these steps, a minute apart."""
    steps = ("cart", *later)
    return [
        (visitor, f"{day} 10:{minute:02d}", step, device, None, f"{visitor} {day}")
        for minute, step in enumerate(steps)
    ]
