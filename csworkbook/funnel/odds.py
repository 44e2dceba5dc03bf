"""How much more often do visitors with one value drop out than all others?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.estimates import SMALL
from csworkbook.funnel.gaps import UNKNOWN

ENOUGH = 10  # drop-outs (and others) per coefficient, below which nothing is held equal
_LEAST = 5  # drop-outs and others of a value that is to have a coefficient


def of_values(frame: pd.DataFrame, columns: Sequence[str], *, dropped: str = "dropped") -> pd.DataFrame:
    """Each value of each column against all other visitors of whom the column is known.

    Values of fewer than 30 visitors are not looked at, and of two values only the smaller one, since
    the other says the same.

    Returns
    -------
    DataFrame
        column, group, entered, dropped, share, low, high (Wilson), rest (share of the others that dropped
        out), odds, odds_low, odds_high (odds ratio; log interval, a half added to each cell where one is
        empty), p (Fisher's exact test, not corrected).

    >>> seen = pd.DataFrame({"device": ["a"] * 40 + ["b"] * 60, "dropped": [True] * 30 + [False] * 40 + [True] * 30})
    >>> of_values(seen, ["device"])[["group", "entered", "dropped", "odds"]].to_numpy().tolist()
    [['a', 40, 30, 3.0]]
    """
    rows = [row for column in columns for row in _of_column(frame[column], frame[dropped], column)]
    table = pd.DataFrame(rows, columns=["column", "group", "entered", "dropped", *_MEASURED])
    table["low"], table["high"] = estimates.shares(table["dropped"], table["entered"])
    return table


_MEASURED = ["share", "rest", "odds", "odds_low", "odds_high", "p"]


def _of_column(values: pd.Series, dropped: pd.Series, column: str) -> list[tuple]:
    known = values != UNKNOWN
    counted = dropped[known].groupby(values[known], observed=True, sort=False).agg(["size", "sum"])
    whole = counted.sum()
    looked = counted[(counted["size"] >= SMALL) & (counted["size"] < whole["size"])]
    if len(counted) == 2:
        looked = looked.nsmallest(1, "size")
    return [
        (column, group, int(n), int(lost), lost / n, (whole["sum"] - lost) / (whole["size"] - n),
         *_ratio(int(lost), int(n - lost), int(whole["sum"] - lost), int(whole["size"] - n - whole["sum"] + lost)))
        for group, n, lost in looked.itertuples()
    ]  # fmt: skip


def _ratio(lost: int, went: int, other_lost: int, other_went: int) -> tuple[float, float, float, float]:
    """Odds ratio with its interval, and the p-value of Fisher's exact test."""
    from scipy.stats import fisher_exact
    from statsmodels.stats.contingency_tables import Table2x2

    cells = np.array([[lost, went], [other_lost, other_went]], dtype=float)
    if not cells.sum(axis=0).all():
        return np.nan, np.nan, np.nan, 1.0
    found = Table2x2(cells, shift_zeros=True)
    low, high = found.oddsratio_confint(1 - estimates.LEVEL)
    return float(found.oddsratio), float(low), float(high), float(fisher_exact(cells.astype(int)).pvalue)


def held_equal(frame: pd.DataFrame, columns: Sequence[str], *, dropped: str = "dropped") -> pd.DataFrame:
    """The odds ratios of the same values with all other columns held equal (logistic regression).

    A value is set against the mean of the other values of its column, weighed by their visitors. Only
    values with at least five visitors on either side have a coefficient, and nothing is worked out with
    fewer than ten drop-outs, or ten who went on, per coefficient. Columns that others already tell are
    left out, the last first.

    Returns
    -------
    DataFrame
        column, group, adjusted, adjusted_low, adjusted_high; empty where there are too few data.
    """
    nothing = pd.DataFrame(columns=["column", "group", "adjusted", "adjusted_low", "adjusted_high"])
    usable = _usable(frame, columns, dropped)
    columns = [column for column in columns if usable[column].nunique() > 1]
    while columns:
        patterns = usable.groupby(columns, observed=True)[dropped].agg(["size", "sum"]).reset_index()
        design = _design(patterns, columns)
        lost = patterns["sum"].sum()
        if min(lost, patterns["size"].sum() - lost) < ENOUGH * (design.shape[1] - 1) or len(columns) < 2:
            return nothing
        matrix = design.to_numpy()
        if np.linalg.matrix_rank(matrix.T @ matrix) == design.shape[1]:
            return _fitted(patterns, design, columns)
        columns = columns[:-1]
    return nothing


def _usable(frame: pd.DataFrame, columns: Sequence[str], dropped: str) -> pd.DataFrame:
    """The visitors all of whose values occur often enough on either side."""
    keep = pd.Series(True, index=frame.index)
    for column in columns:
        counted = frame[dropped].groupby(frame[column], observed=True).agg(["size", "sum"])
        enough = (counted["sum"] >= _LEAST) & (counted["size"] - counted["sum"] >= _LEAST)
        keep &= frame[column].isin(counted.index[enough])
    found = frame.loc[keep, [*columns, dropped]].astype(dict.fromkeys(columns, "category"))
    return found.assign(**{column: found[column].cat.remove_unused_categories() for column in columns})


def _design(patterns: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    dummies = pd.get_dummies(
        patterns[columns], columns=list(columns), prefix_sep="\x1f", drop_first=True, dtype=float
    )
    dummies.insert(0, "const", 1.0)
    return dummies


def _fitted(patterns: pd.DataFrame, design: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    lost = patterns["sum"].to_numpy(float)
    both = np.column_stack([lost, patterns["size"].to_numpy(float) - lost])
    fit = GLM(both, design.to_numpy(), family=Binomial()).fit()
    params, covariance = fit.params, fit.cov_params()
    rows = []
    for column in columns:
        sizes = patterns.groupby(column, observed=True)["size"].sum()
        for group in sizes.index:
            contrast = _contrast(design.columns, column, group, sizes)
            middle, half = contrast @ params, 1.959964 * np.sqrt(contrast @ covariance @ contrast)
            rows.append((column, group, *np.exp([middle, middle - half, middle + half])))
    return pd.DataFrame(rows, columns=["column", "group", "adjusted", "adjusted_low", "adjusted_high"])


def _contrast(terms: pd.Index, column: str, group: str, sizes: pd.Series) -> np.ndarray:
    """The value's coefficient minus the mean of its column's others; the reference's is zero."""
    weights = -sizes / (sizes.sum() - sizes[group])
    weights[group] = 1.0
    named = {f"{column}\x1f{value}": weight for value, weight in weights.items()}
    return np.array([named.get(term, 0.0) for term in terms])
