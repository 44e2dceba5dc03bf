"""Contacts a person can count."""

from __future__ import annotations

import pandas as pd

ZONE = "Europe/Amsterdam"
NINE_TO_FIVE = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00")


def contacts(customers, days, *, start="2026-01-05 10:00", **columns) -> pd.DataFrame:
    """One contact per customer named, so many days after `start` (a Monday)."""
    at = pd.Timestamp(start, tz=ZONE) + pd.to_timedelta(list(days), "D")
    given = {"channel": "email", "topic": "refund", **columns}
    numbers = [f"c{i}" for i in range(len(at))]
    return pd.DataFrame({"contact_id": numbers, "customer_id": list(customers), "opened_at": at, **given})
