"""Contacts and returns that a person can count."""

from __future__ import annotations

import pandas as pd

ZONE = "Europe/Amsterdam"
MONDAY = pd.Timestamp("2026-01-05 10:00", tz=ZONE)
OFFICE = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00")


def at(*moments) -> pd.Series:
    """Moments on the clock in Amsterdam; None for none."""
    return pd.Series(pd.to_datetime(list(moments), format="mixed").tz_localize(ZONE))


def contacts(opened, replied, channel="email", **columns) -> pd.DataFrame:
    """Contacts from moments as text, of one customer each, about one topic."""
    size = len(opened)
    frame = {
        "contact_id": [str(n) for n in range(size)],
        "customer_id": [f"k{n}" for n in range(size)],
        "opened_at": at(*opened),
        "channel": channel,
        "topic": "refund",
        "replied_at": at(*replied),
    }
    return pd.DataFrame(frame | columns)


def after(minutes, channel="email", opened=MONDAY, **columns) -> pd.DataFrame:
    """One contact a day from `opened`, each replied so many minutes later (None: not)."""
    start = pd.Series(opened + pd.to_timedelta(range(len(minutes)), unit="D"))
    replied = start + pd.to_timedelta(pd.Series(minutes, dtype=float), unit="min")
    frame = contacts([None] * len(minutes), [None] * len(minutes), channel, **columns)
    return frame.assign(opened_at=start, replied_at=replied)


def returns(days, opened=MONDAY) -> pd.DataFrame:
    """One return a day from `opened`, each handled so many days later at nine (None: not)."""
    back = pd.Series(opened + pd.to_timedelta(range(len(days)), unit="D"))
    done = back.dt.normalize() + pd.to_timedelta(pd.Series(days, dtype=float) * 24 + 9, unit="h")
    numbers = [str(n) for n in range(len(days))]
    return pd.DataFrame({"order_id": numbers, "product_id": "1", "returned_at": back, "handled_at": done})


def look_at(found):
    """Everything a panel shows of a result."""
    assert found.text[-1] in ".?"
    assert found.method
    assert found.plot().to_dict()
    assert len(found.cells()) == len(found.table)
    assert all(f.headline and f.action for f in found.findings())
