"""Small logs that a person can count, and the two ways in which they are counted."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import events as engine

WAYS = pytest.mark.parametrize(
    "way", [lambda log: log, lambda log: engine.read(log).drop("moment")], ids=["memory", "engine"]
)
DAY = "2026-03-02"


def log(text: str, *, zone: str = "UTC", day: str = DAY, **columns) -> pd.DataFrame:
    """Events written as ``"anna 10:00 cart, anna 10:05 paid"``; a time may carry its own day (``03-29T02:30``)."""
    rows = []
    for event in text.split(","):
        visitor, clock, step = event.split()
        rows.append((visitor, f"2026-{clock}" if "T" in clock else f"{day} {clock}", step))
    frame = pd.DataFrame(rows, columns=["visitor_id", "at", "step"])
    at = pd.to_datetime(frame["at"].str.replace("T", " "), format="ISO8601").dt.tz_localize(zone)
    return frame.assign(at=at, **{name: pd.Series(values) for name, values in columns.items()})


def levels(followed) -> dict[str, int]:
    """How far every unit came."""
    frame = followed.frame()
    return dict(zip(frame["unit"], frame["level"], strict=True))


def alike(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Two tables say the same, whatever the kinds of their columns and the order of their rows."""
    one, other = (_plain(table, list(one.columns)) for table in (one, other))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def _plain(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    table = table[columns].copy()
    for name in columns:
        if isinstance(table[name].dtype, pd.DatetimeTZDtype):
            table[name] = table[name].dt.as_unit("us")
        elif table[name].dtype.kind not in "iuf":
            table[name] = table[name].map(str, na_action="ignore").astype("str")
    return table.sort_values(columns, ignore_index=True)
