"""How soon do customers buy again, those who have not yet included?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csworkbook import estimates


def curves(told: pd.DataFrame, groups: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """Per group the share that has bought again by each day (1 − Kaplan–Meier), with its interval.

    Parameters
    ----------
    told : DataFrame
        A row per customer: days (until the next order, or followed so far), came (whether there was one).
    groups : array
        The place in `names` of every customer's group.

    Returns
    -------
    DataFrame
        score, day, share, low, high (log-log interval), risk (customers not yet back and still followed).
    """
    from scipy.stats import norm
    from statsmodels.duration.survfunc import SurvfuncRight

    parts = []
    for place, name in enumerate(names):
        mine = told[groups == place]
        if not mine["came"].any():
            continue
        curve = SurvfuncRight(mine["days"].to_numpy(), mine["came"].to_numpy(int))
        left, spread = curve.surv_prob, curve.surv_prob_se
        with np.errstate(all="ignore"):
            half = norm.ppf(0.5 + estimates.LEVEL / 2) * spread / np.abs(left * np.log(left))
            low, high = 1 - left ** np.exp(-half), 1 - left ** np.exp(half)
        columns = {"day": curve.surv_times, "share": 1 - left, "low": low, "high": high, "risk": curve.n_risk}
        parts.append(pd.DataFrame({"score": name, **columns}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def logrank(told: pd.DataFrame, groups: np.ndarray) -> float:
    """The log-rank test of equal curves; NaN with one group, or nobody coming back."""
    from statsmodels.duration.survfunc import survdiff

    if len(np.unique(groups)) < 2 or not told["came"].any():
        return float("nan")
    with np.errstate(all="ignore"):
        try:
            return float(survdiff(told["days"].to_numpy(), told["came"].to_numpy(int), groups)[1])
        except np.linalg.LinAlgError:
            return float("nan")
