"""How many a month, is it more than before, how many kinds of questions, and what is a contact worth? With intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.channels.drawn import RARE
from csworkbook.estimates import LEVEL, Estimate

if TYPE_CHECKING:
    import ibis

MONTH = 365.25 / 12  # days
MONTHS = 12  # the last full months that count
WEEKS = 13  # full weeks that are compared
_LEAST = 3  # months or weeks for an interval from how they differ


def full_months(first: pd.Timestamp, last: pd.Timestamp) -> pd.PeriodIndex:
    """The months of which every day lies in the data.

    >>> len(full_months(pd.Timestamp("2026-01-01"), pd.Timestamp("2026-03-30")))
    2
    """
    months = pd.period_range(first, last, freq="M")
    return months[(months.start_time >= first) & (months.end_time.normalize() <= last)]


def full_weeks(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The Mondays of the weeks of which every day lies in the data.

    >>> full_weeks(pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-18")).strftime("%m-%d").tolist()
    ['01-05', '01-12']
    """
    mondays = pd.date_range(first, last, freq="W-MON")
    return mondays[mondays + pd.Timedelta(days=6) <= last]


def a_month(days: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> Estimate:
    """Contacts a month, over the last 12 full months that the channel was there.

    Parameters
    ----------
    days : Series
        Contacts of one channel by day (those without any may be missing).
    first, last : Timestamp
        The first and the last day of all contacts.

    Returns
    -------
    Estimate
        The interval is from how months (fewer than 3: weeks) differ; with fewer weeks from Poisson's.

    >>> days = pd.Series(2, index=pd.date_range("2026-01-01", "2026-03-31"))
    >>> round(a_month(days, days.index[0], days.index[-1]).value, 3)
    60.875
    """
    begun = max(first, days.index.min())
    months = full_months(first, last)[-MONTHS:]
    months = months[months.end_time >= begun]
    if len(months) >= _LEAST:
        sums = days.groupby(days.index.to_period("M")).sum().reindex(months, fill_value=0)
        return _mean(sums.to_numpy() / months.days_in_month.to_numpy() * MONTH)
    weeks = full_weeks(first, last)
    if len(weeks) >= _LEAST:
        return _mean(_by_week(days, weeks) / 7 * MONTH)
    from scipy.stats import chi2

    n, length = int(days.sum()), (last - first).days + 1
    low = chi2.ppf((1 - LEVEL) / 2, 2 * n) / 2 if n else 0.0
    high = chi2.ppf((1 + LEVEL) / 2, 2 * n + 2) / 2
    each = MONTH / length
    return Estimate(n * each, low * each, high * each, n, "contacts")


def _mean(sums: np.ndarray) -> Estimate:
    from scipy.stats import t

    n = len(sums)
    half = t.ppf((1 + LEVEL) / 2, n - 1) * sums.std(ddof=1) / n**0.5
    return Estimate(
        float(sums.mean()), max(float(sums.mean() - half), 0.0), float(sums.mean() + half), n, "contacts"
    )


def _by_week(days: pd.Series, weeks: pd.DatetimeIndex) -> np.ndarray:
    mondays = days.index - pd.to_timedelta(days.index.day_of_week, unit="D")
    return days.groupby(mondays).sum().reindex(weeks, fill_value=0).to_numpy(float)


def trend(days: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> Estimate | None:
    """How many more contacts (0.1: a tenth more) in the last 13 full weeks than in the same weeks a year before.

    Without these they are compared with the 13 weeks before. The interval is that of a ratio of two sums
    whose weeks differ as much as they do (quasi-Poisson), on the log scale.

    Returns
    -------
    Estimate or None
        None where there are not so many weeks, or none had a contact.

    >>> days = pd.Series([1.0] * 91 + [2.0] * 91, index=pd.date_range("2026-01-05", periods=182))
    >>> trend(days, days.index[0], days.index[-1]).value
    1.0
    """
    weeks = full_weeks(first, last)
    counts = _by_week(days, weeks)
    now, ago = counts[-WEEKS:], counts[-52 - WEEKS : -52]
    before = ago if len(ago) == WEEKS and ago.sum() else counts[-2 * WEEKS : -WEEKS]
    if len(before) < WEEKS or not now.sum() or not before.sum():
        return None
    from scipy.stats import t

    apart = sum(((part - part.mean()) ** 2).sum() / part.mean() for part in (now, before))
    freedom = 2 * (WEEKS - 1)
    error = (max(apart / freedom, 1.0) * (1 / now.sum() + 1 / before.sum())) ** 0.5
    ratio = np.log(now.sum() / before.sum())
    half = t.ppf((1 + LEVEL) / 2, freedom) * error
    p = 2 * t.sf(abs(ratio) / error, freedom)
    value, low, high = np.exp([ratio, ratio - half, ratio + half]) - 1
    return Estimate(
        float(value), float(low), float(high), int(now.sum() + before.sum()), "relative", float(p)
    )


def variety(counts: np.ndarray) -> Estimate:
    """As many equally frequent topics would be as varied: the exponent of the entropy.

    With the correction of Miller (1955) for what small numbers make look simpler, and the interval of the
    delta method (on the log scale).

    >>> variety(np.array([500, 500, 500, 500])).value.round(2)
    np.float64(4.0)
    """
    counts = np.asarray(counts, float)
    n, kinds = counts.sum(), len(counts)
    if not n:
        return Estimate(np.nan, np.nan, np.nan, 0, "topics")
    share = counts / n
    entropy = -(share * np.log(share)).sum()
    spread = max((share * np.log(share) ** 2).sum() - entropy**2, 0.0)
    corrected = entropy + (kinds - 1) / (2 * n)
    error = ((spread + (kinds - 1) / (2 * n)) / n) ** 0.5
    value, low, high = np.exp([corrected, corrected - 1.959964 * error, corrected + 1.959964 * error])
    return Estimate(value, max(low, 1.0), high, int(n), "topics")


def mean_of_ratio(n: pd.Series, total: pd.Series, sums: pd.DataFrame) -> pd.DataFrame:
    """Means per contact with intervals, where the contacts of one customer (or issue) belong together.

    Parameters
    ----------
    n, total : Series
        Contacts, and what is divided by them.
    sums : DataFrame
        m (customers), squares, products, squared: over customers the sums of total², total × n and n².

    Returns
    -------
    DataFrame
        value, low, high (Student's t; without ends where there are fewer than two customers).
    """
    from scipy.stats import t

    value = total / n.where(n > 0)
    left = (sums["squares"] - 2 * value * sums["products"] + value**2 * sums["squared"]).clip(lower=0)
    m = sums["m"].where(sums["m"] > 1)
    error = (left * m / (m - 1)) ** 0.5 / n
    half = t.ppf((1 + LEVEL) / 2, (m - 1).fillna(1)) * error
    half = half.fillna(np.inf)
    return pd.DataFrame({"value": value, "low": value - half, "high": value + half})


def credit(credited: ibis.Table) -> pd.DataFrame:
    """What is credited to a contact of each channel.

    Parameters
    ----------
    credited : ibis.Table
        As `credit.credited` gives it.

    Returns
    -------
    DataFrame
        Index channel: credited_n (contacts), orders (share of a contact), revenue, earned, earned_low,
        earned_high (money per contact).
    """
    who = credited.group_by("channel", "customer").agg(
        n=credited.count(),
        orders=credited.orders.sum(),
        revenue=credited.revenue.sum(),
        earned=credited.earned.sum(),
    )
    sums = who.group_by("channel").agg(
        n=who.n.sum(),
        orders=who.orders.sum(),
        revenue=who.revenue.sum(),
        earned=who.earned.sum(),
        m=who.count(),
        squares=(who.earned * who.earned).sum(),
        products=(who.earned * who.n).sum(),
        squared=(who.n * who.n).sum(),
    )
    sums = sums.to_pandas().set_index("channel").astype("float64").sort_index()
    means = _at_least_wilson(mean_of_ratio(sums["n"], sums["earned"], sums), sums)
    return pd.DataFrame(
        {
            "credited_n": sums["n"],
            "orders": sums["orders"] / sums["n"],
            "revenue": sums["revenue"] / sums["n"],
            "earned": means["value"],
            "earned_low": means["low"],
            "earned_high": means["high"],
        }
    )


def _at_least_wilson(means: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """The means with ends that reach as far at least as those of the share with an order, where orders are few.

    Of no order at all the spread says nothing: there is none. One would be worth what the others are.
    """
    whole = sums["earned"].sum() / max(sums["orders"].sum(), 1e-12)
    worth = (sums["earned"] / sums["orders"].where(sums["orders"] > 0)).fillna(whole)
    low, high = estimates.shares(sums["orders"].clip(upper=sums["n"]), sums["n"])
    few = sums["orders"] < RARE
    ends = pd.DataFrame({"low": low * worth, "high": high * worth}, index=sums.index)
    return means.assign(
        low=means["low"].mask(few, np.minimum(means["low"], ends["low"])),
        high=means["high"].mask(few, np.maximum(means["high"], ends["high"])),
    )
