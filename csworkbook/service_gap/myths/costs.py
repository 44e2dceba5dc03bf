"""What did it cost to answer each contact?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.tables import require


def per_contact(
    contacts: pd.DataFrame, channel_costs: pd.DataFrame | None, hourly_cost: float
) -> tuple[np.ndarray, str]:
    """The cost of every contact in money, and where it comes from: "costs" or "minutes".

    With channel costs: what a channel cost (hours × hourly cost + fixed cost) in the months that have
    both, divided by its contacts in those months; of a month in which the contacts begin or end, only the
    share of its days from the first to the last contact counts. A channel without costs, and every channel without
    that table, is reckoned by handling minutes × hourly cost; a contact without minutes counts with the
    mean of its channel, an abandoned one with none.

    Raises
    ------
    DataError
        When there are neither costs nor handling minutes.
    """
    by_minutes = _by_minutes(contacts, hourly_cost)
    by_costs = np.full(len(contacts), np.nan)
    if channel_costs is not None and len(channel_costs):
        by_costs = _by_costs(contacts, channel_costs, hourly_cost)
    cost = np.where(np.isnan(by_costs), by_minutes, by_costs)
    if np.isnan(cost).all():
        raise DataError(
            _("Nothing tells what service costs."),
            allowed=_(
                "One of these would do: costs per channel and month, or handling minutes with the contacts."
            ),
            next_step=_("Bring the costs per channel, or map the column with handling minutes on this page."),
        )
    filled = np.where(np.isnan(cost), np.nanmean(cost), cost)
    return filled, "minutes" if np.isnan(by_costs).all() else "costs"


def _by_costs(contacts: pd.DataFrame, channel_costs: pd.DataFrame, hourly_cost: float) -> np.ndarray:
    require(channel_costs, "channel_costs")
    hourly = _column(channel_costs, "hourly_cost", hourly_cost)
    spent = channel_costs["hours"].to_numpy(float, na_value=0.0) * hourly + _column(
        channel_costs, "fixed_cost", 0.0
    )
    costs = pd.DataFrame(
        {"month": _months(channel_costs["month"]), "channel": _words(channel_costs), "spent": spent}
    )
    costs["spent"] *= _covered(costs["month"].to_numpy("datetime64[M]"), contacts["opened_at"])
    costs = costs.groupby(["month", "channel"])["spent"].sum()
    counts = pd.DataFrame(
        {"month": _months(contacts["opened_at"]), "channel": _words(contacts)}
    ).value_counts()
    both = pd.concat([costs, counts.rename("contacts")], axis=1, join="inner").groupby(level="channel").sum()
    return _words(contacts).map(both["spent"] / both["contacts"]).to_numpy(float)


def _by_minutes(contacts: pd.DataFrame, hourly_cost: float) -> np.ndarray:
    if "handling_minutes" not in contacts or contacts["handling_minutes"].isna().all():
        return np.full(len(contacts), np.nan)
    minutes = contacts["handling_minutes"].astype(float)
    filled = minutes.fillna(minutes.groupby(_words(contacts)).transform("mean")).fillna(minutes.mean())
    if "abandoned" in contacts:
        gone = contacts["abandoned"].astype("boolean").fillna(False).to_numpy(bool)
        filled = filled.mask(gone & minutes.isna().to_numpy(), 0.0)
    return filled.to_numpy(float) / 60 * hourly_cost


def _covered(months: np.ndarray, times: pd.Series) -> np.ndarray:
    """The share of the days of each month that lie between the first and the last of these times (0–1)."""
    days = _local(times).to_numpy("datetime64[D]")
    start, end = months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]")
    inside = np.minimum(end, days.max() + 1) - np.maximum(start, days.min())
    return np.clip(inside / (end - start), 0.0, 1.0)


def _months(times: pd.Series) -> np.ndarray:
    return _local(times).to_numpy("datetime64[M]")


def _local(times: pd.Series) -> pd.Series:
    zoned = getattr(times.dtype, "tz", None) is not None
    return times.dt.tz_localize(None) if zoned else pd.to_datetime(times)


def _words(table: pd.DataFrame) -> pd.Series:
    return table["channel"].astype("string")


def _column(table: pd.DataFrame, name: str, empty: float) -> np.ndarray:
    if name not in table:
        return np.full(len(table), empty)
    return table[name].to_numpy(float, na_value=empty)
