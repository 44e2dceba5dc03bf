"""What did a contact cost? Per channel and per month, from the costs on the books or from handling minutes.

The costs of a month are its hours × hourly cost + fixed cost, and no sample: they have no interval. Where a
channel has none, a contact costs its handling minutes × the hourly cost, which is a sample of what contacts take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import LEVEL
from csworkbook.language import gettext as _
from csworkbook.tables import require

if TYPE_CHECKING:
    import ibis

    Contacts = pd.DataFrame | ibis.Table

WHOLE = 0.9  # a month of which the contacts cover this share of the days counts as finished
COLUMNS = ["contacts", "hours", "hour_cost", "fixed", "cost", "cost_per_contact", "low", "high", "basis"]
_SUMS = ["contacts", "hours", "hour_cost", "fixed", "cost"]


def per_channel(
    contacts: Contacts, channel_costs: Contacts | None = None, *, hourly_cost: float, zone: str
) -> pd.DataFrame:
    """What every channel cost, and one contact in it.

    Counted are the months that both tables have: of contacts that begin or end in the course of a month, that month
    is left out, unless there is no other (its costs then count by the days that the contacts cover).
    A channel without costs is reckoned by handling minutes: a contact without minutes takes the mean of its
    channel (of all where it has none), one that was given up takes none.

    Parameters
    ----------
    contacts, channel_costs : DataFrame or ibis.Table
        The canonical tables.
    hourly_cost : float
        Money per hour, where the costs do not say.
    zone : str
        The shop's zone, in which months begin.

    Returns
    -------
    DataFrame
        Index channel (as in the contacts, in the order of the alphabet): contacts (in the months counted), hours,
        hour_cost, fixed, cost (money in those months), cost_per_contact, low, high (95 %; all three the same
        where costs are known), basis ("table", "minutes" or "none": nothing tells, and money is NaN).

    Raises
    ------
    DataError
        When there are no contacts with a channel, or a required column is missing.
    SettingError
        When the hourly cost is no amount.

    >>> asked = pd.DataFrame({"contact_id": ["1", "2"], "customer_id": "ann", "channel": "chat", "topic": "refund",
    ...     "opened_at": pd.to_datetime(["2026-01-01 12:00", "2026-01-31 12:00"], utc=True)})
    >>> spent = pd.DataFrame({"month": ["2026-01-01"], "channel": ["chat"], "hours": [1.0], "fixed_cost": [8.0]})
    >>> float(per_channel(asked, spent, hourly_cost=32, zone="UTC").loc["chat", "cost_per_contact"])
    20.0
    """
    from csworkbook.contacts.kept import remembered

    books = None if channel_costs is None else remembered(channel_costs, "books", object)
    key = ("costs per channel", hourly_cost, zone, books)
    return remembered(contacts, key, lambda: _per_channel(contacts, channel_costs, hourly_cost, zone)).copy()


def _per_channel(
    contacts: Contacts, channel_costs: Contacts | None, hourly_cost: float, zone: str
) -> pd.DataFrame:
    counts = _counts(contacts, zone)
    table = _by_month(counts, channel_costs, hourly_cost)
    found = table.groupby("channel")[_SUMS].sum(min_count=1)
    found["basis"] = table.groupby("channel")["basis"].first()
    return _each(found, counts, hourly_cost, ["channel"])


def per_month(
    contacts: Contacts, channel_costs: Contacts | None = None, *, hourly_cost: float, zone: str
) -> pd.DataFrame:
    """As `per_channel`, by channel and month.

    Returns
    -------
    DataFrame
        Index channel, month (timestamp of its first day): the columns of `per_channel`. A month in which a
        channel has costs and no contact has no cost per contact.

    Raises
    ------
    DataError, SettingError
        As in `per_channel`.
    """
    counts = _counts(contacts, zone)
    table = _by_month(counts, channel_costs, hourly_cost).set_index(["channel", "month"]).sort_index()
    return _each(table, counts, hourly_cost, ["channel", "month"])


# ---------------------------------------------------------------- contacts
def _counts(contacts: Contacts, zone: str) -> pd.DataFrame:
    """channel, month: contacts, told (with minutes), minutes and their squares, idle (given up, no minutes), covered."""
    from csworkbook.contacts.kept import remembered

    return remembered(contacts, ("costs", zone), lambda: _counted(contacts, zone))


def _counted(contacts: Contacts, zone: str) -> pd.DataFrame:
    from csworkbook.contacts import facts

    rows = facts(contacts, zone=zone)
    rows = rows.filter(rows.channel.notnull())
    minutes = rows.handling_minutes
    idle = minutes.isnull() & rows.given_up
    found = rows.group_by("channel", "month").agg(
        contacts=rows.count(),
        told=minutes.count(),
        minutes=minutes.sum(),
        square=(minutes * minutes).sum(),
        idle=idle.cast("int64").sum(),
        first=rows.day.min(),
        last=rows.day.max(),
    )
    counts = found.to_pandas().sort_values(["channel", "month"], ignore_index=True)
    if not len(counts):  # contacts without a time or none at all are refused by `facts`
        raise DataError(
            _("None of these contacts has a channel."),
            allowed=_("A column that says by which way the customer was in touch, such as chat or phone."),
            next_step=_("Look on this page which column was taken for the channel."),
        )
    counts = counts.fillna({"minutes": 0.0, "square": 0.0})
    for name in ("month", "first", "last"):
        counts[name] = pd.to_datetime(counts[name])
    return counts.assign(covered=_covered(counts))


def _covered(counts: pd.DataFrame) -> np.ndarray:
    """The share of the days of each month that lie between the first and the last contact (0–1)."""
    month = counts["month"].to_numpy("datetime64[M]")
    start, end = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
    first = counts["first"].min().to_datetime64().astype("datetime64[D]")
    last = counts["last"].max().to_datetime64().astype("datetime64[D]")
    return (np.minimum(end, last + 1) - np.maximum(start, first)) / (end - start)


# ---------------------------------------------------------------- costs
def _by_month(counts: pd.DataFrame, channel_costs: Contacts | None, hourly_cost: float) -> pd.DataFrame:
    """channel, month and the columns of the answer but those per contact, by the costs where a channel has them."""
    if not 0 <= hourly_cost < float("inf"):
        raise SettingError(
            _("{value} is not what an hour can cost.").format(value=hourly_cost),
            allowed=_("An amount of 0 or more."),
        )
    books = _books(channel_costs, hourly_cost)
    booked = _booked(counts, books)
    rest = counts[~counts["channel"].isin(booked["channel"])]
    return pd.concat([booked, _reckoned(rest, counts, hourly_cost)], ignore_index=True)


def _books(channel_costs: Contacts | None, hourly_cost: float) -> pd.DataFrame:
    """key (the channel in small letters), month, hours, hour_cost, fixed: what stands on the books, summed."""
    columns = ["key", "month", "hours", "hour_cost", "fixed"]
    if channel_costs is None:
        return pd.DataFrame(columns=columns)
    require(channel_costs, "channel_costs")
    frame = channel_costs if isinstance(channel_costs, pd.DataFrame) else channel_costs.to_pandas()
    frame = frame.drop_duplicates()
    hours = _numbers(frame, "hours", 0.0)
    table = pd.DataFrame(
        {
            "key": _key(frame["channel"]),
            "month": _months(frame["month"]),
            "hours": hours,
            "hour_cost": hours * _numbers(frame, "hourly_cost", hourly_cost),
            "fixed": _numbers(frame, "fixed_cost", 0.0),
        }
    )
    return table.dropna(subset=["key", "month"]).groupby(["key", "month"], as_index=False).sum()


def _booked(counts: pd.DataFrame, books: pd.DataFrame) -> pd.DataFrame:
    """The finished months of the channels that are on the books; unfinished ones where there is no other."""
    covered = counts.drop_duplicates("month").set_index("month")["covered"]
    names = counts[["channel"]].drop_duplicates()
    rows = books.merge(names.assign(key=_key(names["channel"])), on="key")
    rows["covered"] = rows["month"].map(covered)
    rows = rows.dropna(subset=["covered"])
    whole = rows["covered"] >= WHOLE
    partly = ~rows["channel"].isin(rows.loc[whole, "channel"])
    rows = rows[whole | partly]
    part = rows["covered"].where(rows["covered"] < WHOLE, 1.0)
    money = ["hours", "hour_cost", "fixed"]
    rows = rows.assign(**{name: rows[name] * part for name in money})
    rows = rows.merge(counts[["channel", "month", "contacts"]], on=["channel", "month"], how="left")
    rows = rows.fillna({"contacts": 0})
    rows = rows.assign(cost=rows["hour_cost"] + rows["fixed"], basis="table")
    reached = rows.groupby("channel")["contacts"].transform("sum") > 0
    return rows.loc[reached, ["channel", "month", *_SUMS, "basis"]].astype(dict.fromkeys(_SUMS, float))


def _reckoned(rest: pd.DataFrame, counts: pd.DataFrame, hourly_cost: float) -> pd.DataFrame:
    """Channels without costs, by minutes."""
    means = _minutes(counts, ["channel"])["mean"]
    known = rest["channel"].map(means).astype(float)
    unknown = rest["contacts"] - rest["told"] - rest["idle"]
    hours = (rest["minutes"] + unknown * known) / 60
    cost = hours * hourly_cost
    return rest[["channel", "month"]].assign(
        contacts=rest["contacts"].astype(float),
        hours=hours,
        hour_cost=cost,
        fixed=cost * 0.0,
        cost=cost,
        basis=np.where(known.notna(), "minutes", "none"),
    )


def _minutes(counts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Index `by`: told, mean and error of the handling minutes; those of all contacts where none are told."""
    sums = counts.groupby(by)[["told", "minutes", "square"]].sum()
    silent = np.asarray(sums["told"] == 0)
    sums.loc[silent, :] = sums.sum().to_numpy() if silent.any() else 0
    mean = sums["minutes"] / sums["told"].where(sums["told"] > 0)
    spread = (sums["square"] - sums["told"] * mean**2).clip(lower=0) / (sums["told"] - 1).where(
        sums["told"] > 1
    )
    return sums[["told"]].assign(mean=mean, error=np.sqrt(spread / sums["told"]))


# ---------------------------------------------------------------- one contact
def _each(table: pd.DataFrame, counts: pd.DataFrame, hourly_cost: float, by: list[str]) -> pd.DataFrame:
    """The cost of one contact, with its interval where it rests on minutes."""
    from scipy.stats import t

    table = table.astype(dict.fromkeys(_SUMS, float))
    each = table["cost"] / table["contacts"].where(table["contacts"] > 0)
    told = _minutes(counts, by).reindex(table.index)
    sums = counts.groupby(by)[["contacts", "idle"]].sum().reindex(table.index)
    busy = 1 - sums["idle"] / sums["contacts"]
    half = t.ppf((1 + LEVEL) / 2, (told["told"] - 1).clip(lower=1)) * told["error"] * busy * hourly_cost / 60
    half = half.fillna(np.inf).where(table["basis"] == "minutes", 0.0)
    found = table.assign(cost_per_contact=each, low=(each - half).clip(lower=0), high=each + half)
    return found.sort_index().astype({"contacts": "int64"})[COLUMNS]


def _key(channel: pd.Series) -> pd.Series:
    words = channel.astype("string").str.strip().str.lower()
    return words.mask(words == "")


def _months(months: pd.Series) -> pd.Series:
    """The first day of each month; a day is a day, whatever its zone."""
    if isinstance(months.dtype, pd.PeriodDtype):
        return months.dt.to_timestamp()
    days = pd.to_datetime(months.astype(object), errors="coerce", format="mixed")
    days = days if days.dt.tz is None else days.dt.tz_localize(None)
    return days.dt.to_period("M").dt.to_timestamp()


def _numbers(frame: pd.DataFrame, name: str, empty: float) -> np.ndarray:
    if name not in frame:
        return np.full(len(frame), empty)
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where(np.isnan(values), empty, values)
