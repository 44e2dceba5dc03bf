"""How do counts per furthest step become the table of a funnel?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.estimates import SMALL

UNKNOWN = ""  # the group of those of whom the column says nothing
QUARTERS = (0.25, 0.5, 0.75)


def table(
    counts: pd.DataFrame, times: pd.DataFrame, names: Sequence[str], *, split: bool = True
) -> pd.DataFrame:
    """The funnel of every group, the largest group first, unknown ones last; or of all of them together.

    Parameters
    ----------
    counts : DataFrame
        by (None: unknown), level (the furthest step, from 1), units.
    times : DataFrame
        by, step (from 2), seconds, units.
    split : bool
        False for all groups together.

    Returns
    -------
    DataFrame
        by, step, visitors, step_rate, low, high, total_rate, total_low, total_high, lost,
        median_minutes, q1_minutes, q3_minutes, entered.
    """
    groups, reached = _reached(_groups(counts, split), counts["level"], counts["units"], len(names))
    began = np.repeat(reached[:, :1], len(names), axis=1)
    entered = np.hstack([reached[:, :1], reached[:, :-1]])
    start = np.zeros(reached.shape, bool)
    start[:, 0] = reached[:, 0] > 0  # everybody who began, by definition
    low, high = _limits(reached, entered, start)
    total_low, total_high = _limits(reached, began, start)
    q1, median, q3 = _quarters(_groups(times, split), times, groups, start)
    columns = {
        "visitors": reached, "step_rate": _rate(reached, entered), "low": low, "high": high,
        "total_rate": _rate(reached, began), "total_low": total_low, "total_high": total_high,
        "lost": entered - reached, "median_minutes": median, "q1_minutes": q1, "q3_minutes": q3, "entered": entered,
    }  # fmt: skip
    rows = {"by": np.repeat(np.array(groups, dtype=object), len(names)), "step": list(names) * len(groups)}
    return pd.DataFrame(rows | {name: values.ravel() for name, values in columns.items()})


def evened(rows: pd.DataFrame) -> pd.DataFrame:
    """The same with two columns more: shrunk (the step rate drawn towards the whole) and small."""
    shrunk = pd.Series(np.nan, index=rows.index)
    for _step, part in rows[rows["entered"] > 0].groupby("step", sort=False):
        shrunk[part.index] = estimates.shrink(part["visitors"], part["entered"])["share"].to_numpy()
    start = rows["step"] == rows["step"].iloc[0] if len(rows) else []
    shrunk[start] = rows["step_rate"][start]
    return rows.assign(shrunk=shrunk, small=rows["entered"] < SMALL)


def quantiles(seconds: np.ndarray, units: np.ndarray, at: Sequence[float]) -> list[float]:
    """Quantiles of values that occur `units` times each, as numpy's would be of all of them.

    >>> quantiles(np.array([10, 20]), np.array([1, 3]), [0.25, 0.5])
    [17.5, 20.0]
    """
    order = np.argsort(seconds)
    seconds, upto = seconds[order].astype(float), np.cumsum(units[order])
    places = np.asarray(at) * (upto[-1] - 1)
    low, high = (
        seconds[np.searchsorted(upto, ends(places).astype(int), side="right")] for ends in (np.floor, np.ceil)
    )
    return (low + (high - low) * (places - np.floor(places))).tolist()


def _groups(frame: pd.DataFrame, split: bool) -> np.ndarray:
    """The group of each row, as text."""
    if not split:
        return np.full(len(frame), UNKNOWN, dtype=object)
    return frame["by"].astype(object).where(frame["by"].notna(), UNKNOWN).astype(str).to_numpy(object)


def _reached(by: np.ndarray, level: pd.Series, units: pd.Series, steps: int) -> tuple[list[str], np.ndarray]:
    """The groups in order, and groups × steps: how many reached each."""
    code, found = pd.factorize(by, sort=True)
    groups = list(found) or [UNKNOWN]
    furthest = np.zeros((len(groups), steps), int)
    np.add.at(furthest, (code, level.to_numpy(int) - 1), units.to_numpy(int))
    reached = furthest[:, ::-1].cumsum(axis=1)[:, ::-1]
    order = sorted(
        range(len(groups)), key=lambda one: (groups[one] == UNKNOWN, -reached[one, 0], groups[one])
    )
    return [groups[one] for one in order], reached[order]


def _limits(count: np.ndarray, n: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = estimates.shares(count, n)
    return np.where(start, 1.0, low), np.where(start, 1.0, high)


def _rate(count: np.ndarray, n: np.ndarray) -> np.ndarray:
    return np.where(n > 0, count / np.maximum(n, 1), np.nan)


def _quarters(by: np.ndarray, times: pd.DataFrame, groups: Sequence[str], start: np.ndarray) -> np.ndarray:
    """Quartiles × groups × steps: the minutes to each step; 0 at the first, NaN where nobody came."""
    found = np.full((3, *start.shape), np.nan)
    found[:, start] = 0.0
    seconds, units = times["seconds"].to_numpy(), times["units"].to_numpy()
    row = {group: place for place, group in enumerate(groups)}
    parts = (
        pd.Series(0, range(len(times))).groupby([by, times["step"].to_numpy(int)]).indices
        if len(times)
        else {}
    )
    for (group, step), places in parts.items():
        minutes = quantiles(seconds[places], units[places], QUARTERS)
        found[:, row[group], step - 1] = np.array(minutes) / 60
    return found
