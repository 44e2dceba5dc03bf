"""How are moments without a contact made like those with one, and how alike are they then?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.channels.alike_moments import Moments

ALIKE = 0.1  # standardised difference below which groups count as alike (Austin 2009, Stat Med 28:3083–3107)
_SAME = 1e-6  # a spread below this is none
_MOST = 0.995  # weights above this quantile are cut to it
WAYS = ("weights", "strata")


def weights(moments: Moments, channels: list[str], like: str) -> tuple[np.ndarray, np.ndarray]:
    """What each moment without a contact counts beside the contacts of every channel.

    With "weights" the odds of having asked, by logistic regression on all that is known before the moment
    (propensity score, one for each channel: the effect on those who asked). With "strata" moments count
    only beside contacts that are equal to them in number of orders, days since the last one, having asked before,
    and quarter of the year.

    Returns
    -------
    ndarray of shape (moments, channels)
        0 at moments with a contact; those of a channel add up to its contacts that can be compared.
    ndarray of bool, same shape
        Which moments are contacts of that channel that can be compared.
    """
    own = moments.frame["channel"].to_numpy()[:, None] == np.array(channels, object)
    return _by_cells(moments, own) if like == "strata" else _by_odds(moments, own)


def _by_odds(moments: Moments, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    odds = np.where(moments.asked[:, None], 0.0, _odds(_bent(moments.known), own))
    most = [np.quantile(one[one > 0], _MOST) if (one > 0).any() else 0.0 for one in odds.T]
    odds = np.minimum(odds, most)
    total = odds.sum(axis=0)
    return odds / np.where(total > 0, total, 1.0) * own.sum(axis=0), own


def _bent(known: pd.DataFrame) -> np.ndarray:
    """What is known, standardised, with squares and bands of the days since the last order."""
    values = known.to_numpy(float)
    spread = values.std(axis=0)
    plain = (values - values.mean(axis=0)) / np.where(spread > _SAME, spread, 1.0)
    parts = [plain, plain**2]
    if "since" in known:
        edges = np.unique(np.quantile(known["since"], [0.1, 0.2, 0.4, 0.6, 0.8, 0.9]))
        bands = np.digitize(known["since"], edges)[:, None] == np.arange(1, len(edges) + 1)
        parts.append(bands.astype(float))
    return np.hstack(parts)


def _odds(values: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Per moment and channel how much likelier it is a contact there than none, as the regression sees it."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    quiet, found = ~own.any(axis=1), np.zeros(own.shape)
    with threadpool_limits(1):  # these matrices are narrow: several threads only wait for each other
        for place, mine in enumerate(own.T):
            rows = quiet | mine
            fitted = LogisticRegression(C=1.0, solver="newton-cholesky").fit(values[rows], mine[rows])
            found[:, place] = np.exp(np.clip(fitted.decision_function(values), -20, 20))
    return found


def _by_cells(moments: Moments, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cell, cells = pd.factorize(moments.cells)
    quiet = np.bincount(cell[~moments.asked], minlength=len(cells)).astype(float)
    found = np.zeros(own.shape)
    for place in range(own.shape[1]):
        many = np.bincount(cell[own[:, place]], minlength=len(cells))
        each = np.divide(many, quiet, out=np.zeros(len(cells)), where=quiet > 0)
        found[:, place] = np.where(moments.asked, 0.0, each[cell])
    return found, own & (quiet[cell] > 0)[:, None]


def balance(moments: Moments, found: np.ndarray, counted: np.ndarray) -> pd.DataFrame:
    """How far contacts and comparable moments lie apart in what was known before, all channels together.

    Returns
    -------
    DataFrame
        known (what is compared), before, after (weighting): standardised differences, the mean with a contact minus
        that without, in spreads of those with one.
    """
    values, with_one = moments.known.to_numpy(float), counted.any(axis=1)
    weight = found.sum(axis=1)
    mean, spread = values[with_one].mean(axis=0), values[with_one].std(axis=0)
    spread = np.where(spread > _SAME, spread, np.nan)
    quiet = values[~moments.asked].mean(axis=0)
    like = (
        (weight[:, None] * values).sum(axis=0) / weight.sum() if weight.sum() else np.full(len(mean), np.nan)
    )
    rows = {
        "known": moments.known.columns,
        "before": (mean - quiet) / spread,
        "after": (mean - like) / spread,
    }
    return pd.DataFrame(rows).dropna(subset=["before"]).reset_index(drop=True)


def worth(weight: np.ndarray) -> float:
    """How many equal moments weighted ones are worth (Kish 1965).

    >>> worth(np.array([1.0, 1.0, 0.0]))
    2.0
    """
    squares = float((weight**2).sum())
    return float(weight.sum() ** 2 / squares) if squares else 0.0
