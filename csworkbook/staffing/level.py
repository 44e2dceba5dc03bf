"""How many contacts come in a week, by what came before?

A week's total is Poisson regression (overdispersed) on a trend and on waves of the year, as many as the data
bear. The trend is a line that dies out beyond the data, or growth that slows with time (its logarithm). The
level of the last weeks, against what the regression had for them, can be carried on (`recent`). Beside them
stand two plain guesses: last week again, and the mean of the last four.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from csworkbook.staffing.counts import HALVES, Counted
from csworkbook.staffing.shape import Shape, shape

SEASONS = 60  # weeks from which the year can be seen
_TRENDS = 8  # weeks from which a trend can be
_WAVES = ((78, 3), (100, 4), (100, 6))  # from so many weeks on also so many waves a year
_DAMPED = 0.9  # what is left of a line's rise a week later
_STAYS = 0.98  # the same of the last weeks' level
_FADING = 0.8  # what a week counts of the one after it, for the level of the last weeks
_FIRM = 20  # contacts as expected that are added to them, so that a few do not turn the level
_BEGUN = 8  # weeks that a channel is taken to have been there before its first contact, for growth that slows
_FEW = 50  # contacts: with fewer neither trend nor season


@dataclass(frozen=True, eq=False)
class Guess:
    """What a week is expected to bring.

    Attributes
    ----------
    grid : ndarray, shape (7, 48)
        Contacts per half hour of an ordinary week; 0 where closed.
    own : float
        The variance of the week's total that comes from not knowing the level, relative to its square.
    """

    grid: np.ndarray
    own: float


@dataclass(frozen=True, eq=False)
class Fit:
    """The regression on the weeks before a day.

    Attributes
    ----------
    until : int
        The place in ``one.days`` before which was looked.
    shape : Shape
    trend : str
        "line", "slowing", or empty for none.
    waves : int
        Of the year; 0 for no season.
    params, cov : ndarray
    recent : float
        The last weeks' level against that of the regression.
    by_day : float
        The variance of a day beyond chance, relative to its mean squared.
    """

    until: int
    first: pd.Timestamp
    end: pd.Timestamp
    shape: Shape
    trend: str
    waves: int
    params: np.ndarray
    cov: np.ndarray
    recent: float
    by_day: float

    def guess(self, monday: pd.Timestamp, *, recent: bool) -> Guess:
        """What the week that begins on this Monday is expected to bring, by the last weeks' level or not."""
        x = _columns([monday], self.first, self.end, self.trend, self.waves)[0]
        ahead = max((monday - self.end).days / 7, 0.0)
        level = np.exp(x @ self.params) * (self.recent ** (_STAYS**ahead) if recent else 1.0)
        return Guess(level * self.shape.share, float(x @ self.cov @ x))


def fitted(one: Counted, until: int, terms: tuple[str, int] | None = None) -> Fit:
    """The regression on all weeks before a day.

    Parameters
    ----------
    until : int
        A place in ``one.days``.
    terms : (str, int), optional
        Kind of trend and waves of the year; as the data bear (the least QAICc) when None.
    """
    form, first = shape(one, until), one.days[0]
    end = first + pd.Timedelta(days=until)
    counts, part, mondays = _weekly(one, form, until)

    def regress(trend: str, waves: int) -> _Regression:
        return _regression(counts, part, _columns(mondays, first, end, trend, waves), trend, waves)

    best = _best(regress, counts, terms)
    weight = _FADING ** np.maximum(-_weeks(mondays, end), 0)
    recent = float((weight @ counts + _FIRM) / (weight @ best.mean + _FIRM))
    fit = Fit(until, first, end, form, best.trend, best.waves, best.params, best.cov, recent, 0.0)
    return replace(fit, by_day=_by_day(one, fit))


def _weekly(one: Counted, form: Shape, until: int) -> tuple[np.ndarray, np.ndarray, pd.DatetimeIndex]:
    """Contacts per week, the part of the week that was seen, and its Monday."""
    days = one.days[:until]
    seen = ~np.isnan(one.usual[:until])
    part = (form.share[days.day_of_week] * seen).sum(axis=1)
    monday = days - pd.to_timedelta(days.day_of_week, unit="D")
    weeks = pd.DataFrame({"n": np.nansum(one.usual[:until], axis=1), "part": part}).groupby(monday).sum()
    weeks = weeks[weeks["part"] > 0.05]
    return weeks["n"].to_numpy(), weeks["part"].to_numpy(), pd.DatetimeIndex(weeks.index)


def _weeks(mondays, end: pd.Timestamp) -> np.ndarray:
    """Weeks from the end of the data to the end of each week (0 for the last one, later ones above it)."""
    return ((pd.DatetimeIndex(mondays) - end).days.to_numpy() + 7) / 7


def _columns(mondays, first: pd.Timestamp, end: pd.Timestamp, trend: str, waves: int) -> np.ndarray:
    """The columns of the regression: one, the trend, the year's waves."""
    t = _weeks(mondays, end)
    columns = [np.ones(len(t))]
    if trend == "line":
        ahead = _DAMPED * (1 - _DAMPED ** np.maximum(t, 0)) / (1 - _DAMPED)
        columns.append(np.where(t > 0, ahead, t) / 52)
    elif trend:
        columns.append(np.log(np.maximum(_weeks(mondays, first), 0) + _BEGUN))
    year = (pd.DatetimeIndex(mondays) + pd.Timedelta(days=3)).day_of_year.to_numpy() / 365.25 * 2 * np.pi
    columns += [turn(k * year) for k in range(1, waves + 1) for turn in (np.sin, np.cos)]
    return np.column_stack(columns)


@dataclass(frozen=True, eq=False)
class _Regression:
    trend: str
    waves: int
    params: np.ndarray
    cov: np.ndarray
    mean: np.ndarray


def _regression(counts: np.ndarray, part: np.ndarray, x: np.ndarray, trend: str, waves: int) -> _Regression:
    """Parameters, their covariance (overdispersed), and the mean of every week."""
    import statsmodels.api as sm

    if not counts.sum():  # half a contact, so that the level is not nothing for sure
        level = np.array([np.log(0.5 / part.sum())])
        return _Regression(trend, waves, level, np.array([[2.0]]), np.exp(level) * part)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # weeks that are all alike fit perfectly, which is no fault
        found = sm.GLM(counts, x, family=sm.families.Poisson(), offset=np.log(part)).fit()
    scale = max(float(found.pearson_chi2) / found.df_resid, 1.0) if found.df_resid > 0 else 1.0
    return _Regression(trend, waves, found.params, found.normalized_cov_params * scale, found.mu)


def _best(regress: Callable, counts: np.ndarray, terms: tuple[str, int] | None) -> _Regression:
    """The regression asked for as far as the data bear it, or the likeliest: first its trend, then its waves."""
    weeks = len(counts)
    if counts.sum() < _FEW or weeks < _TRENDS:
        return regress("", 0)
    whole = weeks >= SEASONS
    if terms is not None:
        return regress(terms[0], terms[1] if whole else 0)
    trends = [regress(trend, 2 if whole else 0) for trend in ("", "line", "slowing")]
    best = _least(trends, counts)
    waves = [0, 1, *(k for least, k in _WAVES if weeks >= least)] if whole else []
    return _least([best, *(regress(best.trend, k) for k in waves)], counts)


def _least(found: list[_Regression], counts: np.ndarray) -> _Regression:
    """The one with the least QAICc (Burnham and Anderson 2002, section 2.5), its dispersion by the largest."""
    from scipy.special import xlogy

    n, largest = len(counts), max(found, key=lambda one: len(one.params))
    left = max(n - len(largest.params), 1)
    scale = max(((counts - largest.mean) ** 2 / largest.mean).sum() / left, 1.0)

    def worth(one: _Regression) -> float:
        k = len(one.params) + 1
        unlikely = -2 * (xlogy(counts, one.mean) - one.mean).sum() / scale
        return unlikely + 2 * k + 2 * k * (k + 1) / max(n - k - 1, 0.5)

    return min(found, key=worth)


def _by_day(one: Counted, fit: Fit) -> float:
    """The variance of a day beyond chance relative to its mean squared, within whole weeks of the last year.

    Given the total of its week, so that weeks that differ do not count as days that do.
    """
    first = int((7 - one.days[0].day_of_week) % 7)
    n = max((fit.until - first) // 7, 0)
    weeks = one.usual[first : first + 7 * n].reshape(n, 7, -1)[-52:]
    missing = (np.isnan(weeks) & (fit.shape.share > 0)).any(axis=(1, 2))
    counts, share = np.nansum(weeks[~missing], axis=2), fit.shape.day_share
    if len(counts) < 2 or (share > 0).sum() < 2:
        return 0.0
    mean = counts.sum(axis=1, keepdims=True) * share
    beyond = ((counts - mean) ** 2 - mean * (1 - share)).sum()
    left = (mean**2 * (1 - 2 * share + (share**2).sum())).sum()  # of a day's variance, its week's total known
    return float(max(0.0, beyond / max(left, 1e-9)))


def again(one: Counted, fit: Fit, weeks: int, *, finely: bool) -> Guess:
    """The plain guess: every day as on the last so many days of its name.

    Parameters
    ----------
    weeks : int
        1 = last week again, 4 = the mean of the last four.
    finely : bool
        Whether the half hours are repeated too, or only the days, divided as usual.
    """
    days, usual = one.days[: fit.until], one.usual[: fit.until]
    grid = np.zeros((7, HALVES))
    for day in range(7):
        mine = usual[days.day_of_week == day]
        seen = mine[~np.isnan(mine[:, one.open[day] > 0]).any(axis=1)][-weeks:]
        if len(seen):
            grid[day] = np.nan_to_num(seen).mean(axis=0)
    if not finely:
        grid = grid.sum(axis=1, keepdims=True) * fit.shape.within
    return Guess(grid, 1 / max(weeks * grid.sum(), 1.0))
