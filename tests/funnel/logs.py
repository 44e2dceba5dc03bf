"""Small logs that a person can count."""

from __future__ import annotations

import numpy as np
import pandas as pd

START = pd.Timestamp("2026-03-02", tz="Europe/Amsterdam")  # a Monday


def log(rows: str, *, start: pd.Timestamp = START, **columns) -> pd.DataFrame:
    """Events from "ann 0 cart; ann 5 paid": visitor, minutes after `start`, step."""
    parts = [row.split() for row in rows.split(";") if row.strip()]
    frame = pd.DataFrame(
        {
            "visitor_id": [who for who, _at, _step in parts],
            "at": [start + pd.Timedelta(minutes=float(at)) for _who, at, _step in parts],
            "step": [step for _who, _at, step in parts],
        }
    )
    return frame.assign(**columns)


def crowd(
    levels: dict[str, list[int]], steps: list[str], *, start: pd.Timestamp = START, days: float = 28.0
) -> pd.DataFrame:
    """Visitors spread evenly over `days`: per device how many reached step 1, 2, … (cumulative counts)."""
    parts = []
    for device, reached in levels.items():
        n = reached[0]
        begun = start + pd.to_timedelta(np.linspace(0, days, n, endpoint=False), "D")
        # who gets how far is spread over time: visitor i reaches step k when his rank is below its count
        rank = np.random.default_rng(len(device)).permutation(n)
        for k, (step, count) in enumerate(zip(steps, reached, strict=True)):
            here = rank < count
            parts.append(
                pd.DataFrame(
                    {
                        "visitor_id": [f"{device}{i}" for i in np.flatnonzero(here)],
                        "at": (begun + pd.Timedelta(minutes=k))[here],
                        "step": step,
                        "device": device,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)
