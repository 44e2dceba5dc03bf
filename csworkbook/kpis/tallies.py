"""The figures of every week or month, each with its n and interval, in one tidy table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.kpis import bought, counted, surveyed
from csworkbook.kpis.definitions import DEFINITIONS, Choices, one_of

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

COLUMNS = ["period", "channel", "metric", "count", "n", "value", "low", "high"]
_SHARES = {  # metric: what is counted, of what, and whether its days must be over
    "resolved": ("solved", "askable", True),
    "next_avoided": ("avoided", "solved", True),
    "satisfied": ("satisfied", "satisfied_n", False),
}


def weekly(
    contacts: Table,
    orders: Table | None = None,
    effort_survey: pd.DataFrame | None = None,
    channel_costs: pd.DataFrame | None = None,
    *,
    period: str = "week",
    rated: str = "all",
    middle: str = "median",
    hours: str = "open",
    within: str = "14D",
    after: str = "90D",
    opening_hours: Mapping[str, str] | None = None,
    hourly_cost: float = 32.0,
    zone: str = "UTC",
    country: str = "",
) -> pd.DataFrame:
    """All figures of every finished week or month, for all channels together and for each.

    Parameters
    ----------
    contacts, orders, effort_survey, channel_costs : DataFrame or ibis.Table
        Canonical tables; without one the figures that need it are not there.
    period : {"week", "month"}
        Weeks begin on Monday, by the clock of `zone`.
    rated, middle, hours, within, after : str
        See `definitions.Choices`.
    opening_hours : mapping, optional
        Without them (or where the shop is never open) reply times are by the clock.
    hourly_cost : float
        Money per hour, where `channel_costs` do not tell.

    Returns
    -------
    DataFrame
        period (first day, timestamp without zone), channel ("" = all together; survey and churn know no
        channel), metric (a key of `definitions.DEFINITIONS`), count (of shares and rates; the mean × n for
        scores; NaN for times, money and NPS), n (of shares: of how many; of "contacts": the days of the period; else the
        observations), value (in the unit of the definition), low, high (95 %). In order of metric, channel
        and period; periods that are not over, or whose window is not, are left out.

    Raises
    ------
    DataError
        When no contact has a time, or a required column is missing.
    SettingError
        When a choice is none.

    >>> contacts = pd.DataFrame({"contact_id": list("abcd"), "customer_id": list("aabb"), "channel": "chat",
    ...     "topic": "size", "opened_at": pd.to_datetime(["2026-01-05", "2026-01-06", "2026-01-11", "2026-02-01"])})
    >>> found = weekly(contacts).set_index(["metric", "channel", "period"]).loc[("resolved", "", "2026-01-05")]
    >>> int(found["count"]), int(found["n"])
    (2, 3)
    """
    choices = Choices(rated, middle, hours, within, after)
    choices.require()
    one_of(period, counted.PERIODS)
    hours = counted.hours_told(hours, opening_hours)
    about = {"opening_hours": opening_hours, "zone": zone, "country": country, "hours": hours}
    found = counted.counted(contacts, period=period, within=within, **about)
    rows = _whole(found, period)
    closed = rows[~rows["period"].isin(found.open)]
    parts = [
        _contacts(rows, period),
        _reply(rows, middle, hours),
        *[_share(name, closed if over else rows, part, of) for name, (part, of, over) in _SHARES.items()],
        *_kpis(rows, closed, rated),
        *[_score(rows, name) for name in ("friendliness", "knowledge")],
        _cost(closed, contacts, channel_costs, hourly_cost, zone),
    ]
    if orders is not None:
        parts += _with_orders(contacts, orders, found, closed, period, choices, zone)
    if effort_survey is not None:
        parts += surveyed.effort(effort_survey, period, zone)
    return _tidy(parts)


def _tidy(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One table, in order of metric, channel and period; without periods of which nothing is known."""
    known = [part[COLUMNS] for part in parts if len(part)]
    table = pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=COLUMNS)
    place = pd.CategoricalDtype(list(DEFINITIONS), ordered=True)
    table = table[table["n"] > 0].astype({"metric": place, "count": float, "n": float})
    table = table.sort_values(["metric", "channel", "period"], ignore_index=True)
    return table.astype({"metric": "str", "channel": "str"})


def _whole(found: counted.Counted, period: str) -> pd.DataFrame:
    """A row for every finished period and channel, with zeros where there was no contact."""
    sums = found.sums
    channels = sorted(sums["channel"].unique())
    index = pd.MultiIndex.from_product([channels, found.finished], names=["channel", "period"])
    rows = sums.set_index(["channel", "period"]).reindex(index)
    counts = [name for name in rows if rows[name].dtype.kind in "if" and not name.endswith(("mean", "std"))]
    return rows.fillna(dict.fromkeys(counts, 0)).reset_index()


# ---------------------------------------------------------------- one figure each
def _row(metric: str, rows: pd.DataFrame, count, n, value, low, high) -> pd.DataFrame:
    told = {"count": count, "n": n, "value": value, "low": low, "high": high}
    told = {name: np.broadcast_to(np.asarray(part, float), len(rows)) for name, part in told.items()}
    return pd.DataFrame({"period": rows["period"], "channel": rows["channel"], "metric": metric, **told})


def share_of(metric: str, rows: pd.DataFrame, count, n) -> pd.DataFrame:
    """The rows of a share, with its Wilson interval."""
    count, n = np.asarray(count, float), np.asarray(n, float)
    low, high = estimates.shares(count, n)
    value = np.divide(count, n, out=np.full(len(n), np.nan), where=n > 0)
    return _row(metric, rows, count, n, value, low, high)


def _share(metric: str, rows: pd.DataFrame, part: str, of: str) -> pd.DataFrame:
    return share_of(metric, rows, rows[part], rows[of])


def _contacts(rows: pd.DataFrame, period: str) -> pd.DataFrame:
    """How many contacts; the interval is Poisson's, exact (Garwood 1936)."""
    from scipy.stats import chi2

    count = rows["contacts"].to_numpy(float)
    tail = (1 - estimates.LEVEL) / 2
    low = np.where(count > 0, chi2.ppf(tail, 2 * np.maximum(count, 1)) / 2, 0.0)
    high = chi2.ppf(1 - tail, 2 * (count + 1)) / 2
    days = [(counted.end(start, period) - start).days + 1 for start in rows["period"]]
    return _row("contacts", rows, count, days, count, low, high)


def _reply(rows: pd.DataFrame, middle: str, hours: str) -> pd.DataFrame:
    """The time to the first reply: the median with the interval of its rank, or the mean with Student's t."""
    n = rows[f"{hours}_n"].to_numpy(float)
    if middle == "mean":
        return _mean("reply", rows, n, rows[f"{hours}_mean"], rows[f"{hours}_std"], count=np.nan)
    levels = np.array([_numbers(row) for row in rows[f"{hours}_levels"]]).reshape(-1, len(counted.LEVELS))
    value = levels[:, len(counted.LEVELS) // 2]
    half = 1.96 * 0.5 / np.sqrt(np.maximum(n, 1))
    low, high = (_between(levels, np.clip(0.5 + side * half, 0, 1)) for side in (-1, 1))
    return _row("reply", rows, np.nan, n, value, low, high)


def _numbers(row: object) -> np.ndarray:
    """The quantiles of a period, NaN where there is none."""
    nothing = np.full(len(counted.LEVELS), np.nan)
    return np.asarray(row, float) if isinstance(row, (list, np.ndarray)) and len(row) else nothing


def _between(levels: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The quantile at another level of each row, by a straight line between its neighbours."""
    place = at * (len(counted.LEVELS) - 1)
    below = np.minimum(np.floor(place).astype(int), len(counted.LEVELS) - 2)
    row = np.arange(len(levels))
    return levels[row, below] + (place - below) * (levels[row, below + 1] - levels[row, below])


def _score(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    n = rows[f"{metric}_n"].to_numpy(float)
    mean = rows[f"{metric}_mean"].to_numpy(float, na_value=np.nan)
    return _mean(metric, rows, n, mean, rows[f"{metric}_std"], count=mean * n)


def _mean(metric: str, rows: pd.DataFrame, n, mean, std, count) -> pd.DataFrame:
    from scipy.stats import t

    std = np.asarray(std, float)
    half = t.ppf((1 + estimates.LEVEL) / 2, np.maximum(n - 1, 1)) * std / np.sqrt(np.maximum(n, 1))
    half = np.where(n > 1, half, np.inf)
    mean = np.asarray(mean, float)
    return _row(metric, rows, count, n, mean, mean - half, mean + half)


def _kpis(rows: pd.DataFrame, closed: pd.DataFrame, rated: str) -> list[pd.DataFrame]:
    """Who complained, who was helped at first contact, and who found it very friendly."""
    of = rows["friendliness_n"] if rated == "rated" else rows["handled"]
    asked = rows["friendliness_n"] > 0  # a period in which nobody was asked says nothing
    return [
        share_of("complaining", rows, rows["complaining"], rows["customers"]),
        share_of("first_contact", closed, closed["helped_n"] - closed["not_helped"], closed["helped_n"]),
        share_of("very_friendly", rows, rows["very_friendly"], of.where(asked, 0)),
    ]


def _cost(
    rows: pd.DataFrame, contacts: Table, channel_costs: pd.DataFrame | None, hourly_cost: float, zone: str
) -> pd.DataFrame:
    """Cost per contact × contacts per solved issue (handled contacts ÷ those after which it was solved).

    The interval is that of the contacts per solved issue, and of the cost per contact where that comes from
    handling minutes.
    """
    from csworkbook.contact_costs import per_channel

    if not (rows["channel"] != "").any():
        return rows[:0].reindex(columns=COLUMNS)
    each = per_channel(contacts, channel_costs, hourly_cost=hourly_cost, zone=zone)
    cost = _cost_of(rows, each).to_numpy(float)
    n, solved = rows["askable"].to_numpy(float), rows["solved"].to_numpy(float)
    low, high = estimates.shares(solved, n)
    per = np.divide(n, solved, out=np.full(len(n), np.nan), where=solved > 0)
    with np.errstate(divide="ignore"):
        far = np.where(low > 0, 1 / low, np.inf)
    table = _row("cost_to_resolution", rows, np.nan, n, cost * per, cost / high, cost * far)
    return table[table["value"].notna()]


def _cost_of(rows: pd.DataFrame, each: pd.DataFrame) -> pd.Series:
    """What a contact costs in each row's channel; of all together, the mean over the contacts of that period."""
    prices = dict(zip(each.index, each["cost_per_contact"].to_numpy(float), strict=True))
    cost = pd.Series([prices.get(name, np.nan) for name in rows["channel"]], rows.index, dtype=float)
    n = rows["askable"].astype(float).where(cost.notna(), 0.0)
    sums = pd.DataFrame({"paid": (cost * n).fillna(0.0), "n": n}).groupby(rows["period"]).sum()
    mean = (sums["paid"] / sums["n"].where(sums["n"] > 0)).reindex(rows["period"]).to_numpy()
    return cost.where((rows["channel"] != "").to_numpy(), mean)


def _with_orders(
    contacts: Table,
    orders: Table,
    found: counted.Counted,
    closed: pd.DataFrame,
    period: str,
    choices: Choices,
    zone: str,
) -> list[pd.DataFrame]:
    """Customers lost, and who bought after a conversation."""
    gone = bought.lost(orders, period=period, days=choices.silent, zone=zone)
    churn = gone.table.assign(channel="")
    talks = bought.after_talks(
        contacts, orders, period=period, within=choices.within, zone=zone, first=found.first, last=found.last
    )
    ends = pd.DatetimeIndex([counted.end(start, period) for start in closed["period"]])
    over = (ends + pd.Timedelta(days=choices.days) <= gone.last) & (closed["period"] >= gone.first).to_numpy()
    rows = closed[over].merge(talks, on=["period", "channel"], how="left")
    rows = rows.fillna({"new_n": 0, "new": 0, "old_n": 0, "old": 0})
    known = choices.rated == "rated"
    return [
        share_of("churn", churn, churn["count"], churn["n"]),
        share_of("acquisition", rows, rows["new"], rows["new_n"] if known else rows["handled"]),
        share_of("retention", rows, rows["old"], rows["old_n"] if known else rows["handled"]),
    ]
