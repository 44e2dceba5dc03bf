"""Into which groups do customers fall, and do they fall into groups at all?

Groups are k-means' (scikit-learn). For every number of groups two things are measured: how much nearer
customers are to their own group than to the next (silhouette, Rousseeuw 1987), and whether the same groups
come out of other draws of the customers (adjusted Rand index between bootstrap samples; Hennig 2007). Both are
set beside what comes out of data without groups: the same shop dealt at random (`dealing`), and smooth clouds
of the same extent and slant (a normal one and a box, as for the gap statistic: Tibshirani and others 2001).
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import pandas as pd

from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.language import number
from csworkbook.personas import chance, clusters, framed, judged
from csworkbook.personas.described import Features
from csworkbook.personas.saved import Saved

MOST_FITTED = 50_000  # customers; of more a sample is fitted and all are put with the nearest centre


def find(
    features: Features | pd.DataFrame,
    *,
    k: int | None = None,
    seed: int = 0,
    most: int = 8,
    progress: Callable[[int, int], None] | None = None,
):
    """The personas of these customers; none when they do not fall into groups.

    Parameters
    ----------
    features : Features or DataFrame
        A frame has one row per customer and is scaled first: skewed amounts as logarithms, then in standard
        deviations; words as one column each.
    k : int, optional
        How many groups; the clearest number when None, which can be 0.
    seed : int
        The same seed gives the same answer, whatever the order of the rows.
    most : int
        The largest number of groups that is tried.
    progress : callable, optional
        Is told (done, of) after every step; what it raises stops the search.

    Returns
    -------
    Personas
        `.k` (0 = no clear groups), `.labels` (customer_id → 1..k), `.trials` (how clear each number of groups is), and
        `.table`, one row per persona, the largest first: persona (1..k), name, size (customers), share, share_low,
        share_high (of the customers, 0–1, 95 % Wilson interval), revenue (money, net), revenue_share, revenue_low,
        revenue_high (0–1), and as far as known the means orders (count), order_value (money), discount (share of
        orders, 0–1) and contacts (per order). Money is NaN where a frame has no column `spent`.

    Raises
    ------
    SettingError
        When `k` or `most` cannot be, or `features` is something else.
    DataError
        When a frame has no rows, or a column that is neither number nor word.

    >>> find(pd.DataFrame({"a": [1.0], "b": [2.0]}, index=["x"])).k
    0
    """
    steps = finding(features, k=k, seed=seed, most=most)
    while True:
        try:
            done, of = next(steps)
        except StopIteration as found:
            return found.value
        if progress is not None:
            progress(done, of)


def finding(
    features: Features | pd.DataFrame, *, k: int | None = None, seed: int = 0, most: int = 8
) -> Generator[tuple[int, int], None, object]:
    """`find` in steps: gives (done, of) after each, and in the end the personas."""
    from csworkbook.personas.grouping import personas_of

    features, k = _of_customers(features), _whole(k)
    _require(features, k, most)
    rows = _fitted(len(features), seed)
    matrix = features.scaled.to_numpy(float)
    space = matrix[rows]
    trials = clusters.Trials(space, seed)
    tried = (
        [k]
        if k is not None
        else list(range(2, 1 + min(most, len(np.unique(space[: clusters.AGAIN_ROWS], axis=0)) - 1)))
    )
    few = k is None and len(space) < judged.LEAST_CUSTOMERS
    if few or not space.shape[1] or not tried:
        return personas_of(features, nothing(features, seed), pd.DataFrame(columns=judged.COLUMNS))
    references = chance.references(features, rows, seed)
    of, done = len(tried) * clusters.steps(len(references), len(space)), 0
    for groups in tried:
        for _step in trials.tried(groups, references):
            yield (done := done + 1), of
    table = judged.judged(trials.table(), k, customers=len(space))
    chosen = table.loc[table["chosen"], "k"]
    if chosen.empty:
        return personas_of(features, nothing(features, seed, table), table)
    asked = {} if k is None else {"asked": True}
    saved = _saved(features, matrix, trials.centres(int(chosen.iloc[0])), seed, judged.best(table) | asked)
    return personas_of(features, saved, table)


def nothing(features: Features, seed: int, table: pd.DataFrame | None = None) -> Saved:
    """What is kept when there are no clear groups."""
    why = {"customers": len(features)} | (judged.best(table) if table is not None else {})
    return Saved(k=0, seed=seed, recipe=features.recipe, found_at=_day(features), why=why)


def _saved(features: Features, matrix: np.ndarray, centres: np.ndarray, seed: int, numbers: dict) -> Saved:
    sizes = np.bincount(clusters.nearest(matrix, centres), minlength=len(centres))
    order = np.lexsort([*centres.T[::-1], -sizes])
    shares = (sizes[order] / sizes.sum()).round(6).tolist()
    why = {"customers": len(features)} | numbers
    return Saved(
        k=len(centres),
        seed=seed,
        recipe=features.recipe,
        centres=centres[order].round(9).tolist(),
        names=[""] * len(centres),
        found_at=_day(features),
        shares=shares,
        why=why,
    )


def _fitted(size: int, seed: int) -> np.ndarray:
    """The customers that are fitted: all, or a sample of `MOST_FITTED`."""
    if size <= MOST_FITTED:
        return np.arange(size)
    return np.sort(np.random.default_rng([seed, 7]).choice(size, MOST_FITTED, replace=False))


def _day(features: Features) -> str:
    return "" if features.seen is None else str(features.seen.at.max().astype("datetime64[D]"))


def _of_customers(features: Features | pd.DataFrame) -> Features:
    if isinstance(features, pd.DataFrame):
        return framed.features(features)
    if not isinstance(features, Features):
        raise SettingError(
            _("Personas are looked for among features, and this is something else."),
            allowed=_(
                "What features(shop) or features_of(orders, …) gives, or a table with one row per customer."
            ),
        )
    return features


def _whole(k: object) -> int | None:
    """The number of groups as a whole number: 2.0 is 2, and words are none."""
    if k is None:
        return None
    real = isinstance(k, (int, float, np.integer, np.floating)) and not isinstance(k, bool)
    if not real or k != k or k in (np.inf, -np.inf) or int(k) != k:
        raise SettingError(
            _("“{k}” is no number of personas.").format(k=k), allowed=_("2 to 20, or let it be found.")
        )
    return int(k)


def _require(features: Features, k: int | None, most: int) -> None:
    if k is not None and not 2 <= k <= 20:
        raise SettingError(
            _("{n} is no number of personas.").format(n=number(k)), allowed=_("2 to 20, or let it be found.")
        )
    if k is not None and len(np.unique(features.scaled.to_numpy(float), axis=0)) < k:
        raise SettingError(
            _("There are fewer than {n} different customers here.").format(n=number(k)),
            next_step=_("Ask for fewer personas, or bring more orders."),
        )
    if not 2 <= most <= 20:
        raise SettingError(
            _("{n} is no number of personas.").format(n=number(most)),
            allowed=_("2 to 20, or let it be found."),
        )
