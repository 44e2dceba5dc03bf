"""Logs of visits that a person can count."""

from __future__ import annotations

import pandas as pd

ZONE = "Europe/Amsterdam"
MONDAY = "2026-01-05 10:00"


def log(visits: dict[str, str], *, start: str = MONDAY, zone: str = ZONE, **columns) -> pd.DataFrame:
    """Events from ``{"ann": "product 0, cart 5.5, paid 10"}``: names with minutes since `start`.

    A further column is a mapping visitor → value (missing visitors: empty).
    """
    rows = [
        (who, *page.strip().rsplit(" ", 1))
        for who, pages in visits.items()
        for page in pages.split(",")
        if page.strip()
    ]
    minutes = [float(row[2]) for row in rows]
    at = pd.Timestamp(start, tz=zone) + pd.to_timedelta(minutes, "min")
    frame = pd.DataFrame({"visitor_id": [row[0] for row in rows], "at": at, "step": [row[1] for row in rows]})
    frame = frame.astype({"visitor_id": "str", "step": "str"})
    return frame.assign(**{name: frame["visitor_id"].map(values) for name, values in columns.items()})


def crowd(n: int, pages: str, prefix: str, *, every: float = 1.0) -> dict[str, str]:
    """`n` visitors who all see the same pages, each so many minutes after the one before."""
    steps = [page.strip().rsplit(" ", 1) for page in pages.split(",")]
    return {
        f"{prefix}{i}": ", ".join(f"{name} {float(minute) + i * every}" for name, minute in steps)
        for i in range(n)
    }
