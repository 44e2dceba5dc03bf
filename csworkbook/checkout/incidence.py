"""How many have come to something by which day, when some are seen for a shorter time than others?"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.estimates import Estimate


def incidence(days: np.ndarray, cause: np.ndarray) -> pd.DataFrame:
    """The cumulative incidence of each cause over time, when several compete (Aalen and Johansen 1978).

    statsmodels' `CumIncidenceRight`; with one cause it is one minus the Kaplan–Meier curve.

    Parameters
    ----------
    days : array of float
        Until something happened, or until one was last seen.
    cause : array of int
        What happened: 1, 2, …; 0 for one who was last seen before anything did.

    Returns
    -------
    DataFrame
        day (in order), and per cause k: share_k (0–1) and error_k (standard error). Empty without anybody.

    >>> incidence(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1, 2, 0, 0]))[["share_1", "share_2"]].iloc[-1].tolist()
    [0.25, 0.25]
    """
    from statsmodels.duration.survfunc import CumIncidenceRight

    days, cause = np.asarray(days, dtype=float), np.asarray(cause, dtype=int)
    if not len(days) or not cause.any():
        return pd.DataFrame({"day": np.sort(np.unique(days))})
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # the error is not told once nobody is left
        warnings.simplefilter("ignore")
        found = CumIncidenceRight(days, cause)
    told = {"day": found.times}
    for number, (share, error) in enumerate(zip(found.cinc, found.cinc_se, strict=True), start=1):
        told |= {f"share_{number}": share, f"error_{number}": np.asarray(error)}
    return pd.DataFrame(told)


def at(curve: pd.DataFrame, day: float, cause: int = 1) -> tuple[float, float]:
    """The share and its standard error on a day; (0, NaN) before anything happened."""
    rows = curve[curve["day"] <= day] if f"share_{cause}" in curve else curve.head(0)
    if rows.empty:
        return 0.0, float("nan")
    last = rows.iloc[-1]
    return float(last[f"share_{cause}"]), float(last[f"error_{cause}"])


def estimate(share: float, error: float, n: int, whole: int) -> Estimate:
    """A share of a curve with an interval that stays between 0 and 1.

    Wilson's, with as many observations as would give this standard error (n itself when everybody was
    seen to the end). Where nobody or everybody has come to it there is no error: then `whole`, those seen
    to the end.

    Parameters
    ----------
    n, whole : int
        Everybody, and those who were seen for the whole time.
    """
    share = min(max(share, 0.0), 1.0)
    seen = float(whole)
    if error > 0 and 0 < share < 1:
        seen = min(share * (1 - share) / error**2, float(n))
    low, high = estimates.shares(share * seen, seen)
    return Estimate(share if n else float("nan"), float(low), float(high), n)
