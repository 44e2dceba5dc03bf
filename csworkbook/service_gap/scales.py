"""Do the items of a dimension measure one thing? Cronbach's alpha, raw and standardised.

Own code (no library that may be kept has it): the formula of Cronbach 1951, Psychometrika 16:297–334, and
the interval of Feldt, Woodruff & Salih 1987, Applied Psychological Measurement 11:93–103.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csworkbook.estimates import LEVEL

ENOUGH = 0.7  # what Nunnally (1978) asks of a scale in an early stage of research


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha of some items; NaN where it is not defined.

    Attributes
    ----------
    raw, low, high : float
        Of the answers as they are, with its 95 % interval; at most 1, and below 0 when items oppose.
    standardised : float
        Of the answers with every item's spread made the same.
    n, items : int
        The respondents who answered every item, and the items.
    """

    raw: float
    low: float
    high: float
    standardised: float
    n: int
    items: int

    @property
    def weak(self) -> bool:
        """Whether it is surely below .7, so that the items do not measure one thing."""
        return self.high < ENOUGH


def alpha(scores: np.ndarray) -> Alpha:
    """Cronbach's alpha.

    Parameters
    ----------
    scores : array, respondents × items
        Rows with an empty cell (NaN) are left out.

    >>> import numpy as np
    >>> found = alpha(np.array([[1, 2], [2, 2], [3, 5], [4, 5]], dtype=float))
    >>> round(float(found.raw), 4), found.n
    (0.9231, 4)
    """
    scores = np.asarray(scores, dtype=float)
    scores = scores[~np.isnan(scores).any(axis=1)]
    n, k = scores.shape
    if n < 3 or k < 2:
        return Alpha(np.nan, np.nan, np.nan, np.nan, n, k)
    covariance = np.cov(scores, rowvar=False)
    variances, total = covariance.diagonal(), covariance.sum()
    raw = k / (k - 1) * (1 - variances.sum() / total) if total > 1e-12 else np.nan
    low, high = _feldt(raw, n, k)
    return Alpha(raw, low, high, _standardised(covariance), n, k)


def _standardised(covariance: np.ndarray) -> float:
    """Alpha from the mean correlation (Spearman-Brown); NaN when an item has one answer only."""
    k, spread = len(covariance), np.sqrt(covariance.diagonal())
    if (spread < 1e-9).any():
        return np.nan
    together = (covariance / np.outer(spread, spread)).sum()
    return k / (k - 1) * (1 - k / together) if together > 1e-12 else np.nan


def _feldt(raw: float, n: int, k: int) -> tuple[float, float]:
    from scipy.stats import f

    if np.isnan(raw):
        return np.nan, np.nan
    upper, lower = f.ppf([(1 + LEVEL) / 2, (1 - LEVEL) / 2], n - 1, (n - 1) * (k - 1))
    return float(1 - (1 - raw) * upper), float(1 - (1 - raw) * lower)
