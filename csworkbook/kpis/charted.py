"""The control chart that fits a figure, from its rows in the table of all figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.kpis.charts import Chart, chart
from csworkbook.kpis.definitions import DEFINITIONS

_OFTEN = 1.96  # standard errors on either side of a mean
_ENDS = {"nps": (-1.0, 1.0), "friendliness": (1.0, 5.0), "knowledge": (1.0, 5.0)}  # no value lies beyond


def chart_of(rows: pd.DataFrame, *, first: int | None = None) -> Chart:
    """The chart of one figure of one channel.

    Parameters
    ----------
    rows : DataFrame
        Rows of `weekly` of one metric and channel, in order of period.
    first : int, optional
        From how many first periods the limits come (`charts.chart`).

    Returns
    -------
    Chart
        Its table has the column `period` too, and the index of `rows`.
    """
    known = DEFINITIONS[rows["metric"].iloc[0]]
    shared = known.chart != "xmr"
    values = rows["count" if shared else "value"].to_numpy(float)
    floor = 0.0 if shared or known.logs else _within(rows)
    found = chart(
        values, rows["n"].to_numpy(float), kind=known.chart, logs=known.logs, floor=floor, first=first
    )
    table = found.table.set_index(rows.index).assign(period=rows["period"])
    if known.chart == "u":  # a rate per day, shown per period as the value is
        table[["value", "centre", "lower", "upper"]] = table[["value", "centre", "lower", "upper"]].mul(
            rows["n"], axis=0
        )
    low, high = _ENDS.get(known.id, (-np.inf, np.inf))
    table[["lower", "upper"]] = table[["lower", "upper"]].clip(low, high)
    return Chart(table, found.kind, found.spread, found.logs)


def _within(rows: pd.DataFrame) -> float:
    """The standard deviation of one answer within a period, from the intervals of the means."""
    half = ((rows["high"] - rows["low"]) / 2).to_numpy(float)
    n = rows["n"].to_numpy(float)
    known = np.isfinite(half) & (n > 1)
    if not known.any():
        return 0.0
    return float(np.sqrt(np.average((half[known] / _OFTEN) ** 2 * n[known], weights=n[known])))
