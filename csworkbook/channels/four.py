"""How much comes in through each channel, about what, how fast is it answered, and what does it bring?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import contact_costs, estimates, evidence, order_credit
from csworkbook import hours as opening
from csworkbook.channels import four_estimates as figured
from csworkbook.channels import four_words
from csworkbook.channels.four_counts import Counts, counted
from csworkbook.channels.four_result import BENCHMARKS, FourVs
from csworkbook.errors import SettingError
from csworkbook.estimates import SMALL
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.repeats import duration
from csworkbook.replies import USUAL
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

    Frame = pd.DataFrame | ibis.Table

HOURS = ("clock", "open")
TOP = 3  # topics that are named
_KEY = "reply."  # of a target of the shop's settings: "reply.chat", in minutes
_ROUGH = 2.0  # minutes: below it a target is not to be checked with times that have no seconds


@question(
    mark("How do the channels compare: volume, variety, velocity, value?"),
    labels=four_words.labels,
    choices=four_words.choices,
)
def four_vs(
    contacts: Frame,
    orders: Frame | None = None,
    channel_costs: Frame | None = None,
    *,
    hours: str = "clock",
    within: str = "14D",
    margin: float = 0.35,
    hourly_cost: float = 32.0,
    currency: str = "EUR",
    opening_hours: Mapping[str, str] | None = None,
    targets: Mapping[str, float] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
) -> FourVs:
    """Volume, variety, velocity and value of every channel (Gartner's four V's as the handbook has them, 4.7).

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
        A table of any size: it is counted where it is.
    orders, channel_costs : optional
        Without orders nothing is known of the value; without costs, handling minutes × `hourly_cost`.
    hours : {"clock", "open"}
        Whether waiting and solving count every minute, or those in opening hours.
    within : str
        Orders this soon after a contact are credited to it (the last contact before an order), and a customer
        this soon in touch again about the same topic was not helped at the first contact.
    targets : mapping, optional
        "reply.<channel>" → minutes within which a first reply should be there, such as ``{"reply.chat": 0.5}``;
        what is usual (`replies.USUAL`) for other channels.

    Returns
    -------
    FourVs
        table, the busiest channel first: channel; contacts, month (contacts a month), share (of all), trend (how
        many more in the last 13 weeks than in the same weeks a year before); topics (as many equally frequent
        topics would be as varied), top (the most frequent), before, complaints (shares); reply, reply_90, solve,
        solve_90 (minutes: the middle, and nine in ten are faster), target (minutes), in_time (share of first
        replies; who gave up counts as too late), reply_mean, benchmark (minutes, by the clock); first (share
        solved at first contact), per_issue (contacts per finished issue, by the channel of its first contact),
        satisfied; revenue, earned, cost, value (money per contact: credited revenue and margin, cost, and margin
        less cost); given_up, small. With _low and _high (low and high for in_time) and n's. What is not known is
        NaN.

    Raises
    ------
    DataError
        When a required column is missing, or there are no contacts with a time and a channel.
    SettingError
        When a choice is none of those above, or opening hours are asked for and the shop has none.

    >>> at = pd.to_datetime(["2026-01-05 10:00", "2026-01-06 10:00", "2026-03-02 10:00"], utc=True)
    >>> asked = pd.DataFrame({"contact_id": ["1", "2", "3"], "customer_id": ["ann", "bob", "cis"], "opened_at": at,
    ...     "channel": "chat", "topic": ["size", "refund", "size"], "waiting_seconds": [5.0, 10.0, 40.0]})
    >>> found = four_vs(asked).table.iloc[0]
    >>> int(found["contacts"]), round(float(found["in_time"]), 2), float(found["reply"]) * 60
    (3, 0.67, 10.0)
    """
    duration(within)
    if hours not in HOURS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=hours), allowed=join(list(HOURS))
        )
    calendar = _calendar(opening_hours, hours, zone, country)
    limits = limits_of(targets or {})
    counts = counted(contacts, within=within, calendar=calendar, zone=zone, limits=limits, hours=hours)
    costs = contact_costs.per_channel(contacts, channel_costs, hourly_cost=hourly_cost, zone=zone)
    credited = None
    if orders is not None:
        found = order_credit.credited(contacts, orders, within=within, rule="last", margin=margin, zone=zone)
        credited = figured.credit(found)
    table = pd.concat(
        [
            _volume(counts),
            _variety(counts),
            _velocity(counts, hours, limits),
            _solved(counts),
            _value(costs, credited),
        ],
        axis=1,
    )
    table = table.reindex(counts.channels.index).rename_axis("channel").reset_index()
    order = np.lexsort((table["channel"], -table["contacts"]))
    return FourVs(table.iloc[order].reset_index(drop=True), counts, hours, duration(within).days, currency)


def limits_of(targets: Mapping[str, float]) -> dict[str, float]:
    """Minutes to a first reply by channel: the shop's own targets, else what is usual.

    >>> limits_of({"reply.email": 240, "first_contact": 0.8})["email"]
    240.0
    """
    own = {
        name.removeprefix(_KEY): float(minutes)
        for name, minutes in targets.items()
        if name.startswith(_KEY) and isinstance(minutes, (int, float)) and minutes > 0
    }
    return {**USUAL, **own}


def _calendar(hours_of_week, hours: str, zone: str, country: str) -> opening.Calendar | None:
    """The opening hours; None where the shop has none."""
    if hours_of_week:
        day = date(2025, 1, 1)  # it is made longer where it must
        found = opening.calendar(hours_of_week, zone=zone, country=country, first=day, last=day)
        if not found.never_open:
            return found
    if hours == "open":
        raise SettingError(
            _("This shop has no opening hours."), next_step=_("Fill them in under the settings of the shop.")
        )
    return None


# ---------------------------------------------------------------- the four V's, a row per channel
def _volume(counts: Counts) -> pd.DataFrame:
    channels, rows = counts.channels, []
    for channel in channels.index:
        days = counts.days[counts.days["channel"] == channel].set_index("day")["n"]
        month = figured.a_month(days, counts.first, counts.last)
        trend = figured.trend(days, counts.first, counts.last)
        later = [np.nan] * 4 if trend is None else [trend.value, trend.low, trend.high, trend.p]
        rows.append([month.value, month.low, month.high, *later])
    names = ["month", "month_low", "month_high", "trend", "trend_low", "trend_high", "trend_p"]
    table = pd.DataFrame(rows, index=channels.index, columns=names)
    table["trend_p"] = estimates.adjust(table["trend_p"])
    table.insert(0, "contacts", channels["n"])
    return table.assign(share=channels["n"] / channels["n"].sum(), small=channels["n"] < SMALL)


def _variety(counts: Counts) -> pd.DataFrame:
    channels = counts.channels
    rows = {}
    for channel in channels.index:
        topics = counts.topics[counts.topics["channel"] == channel]
        found = figured.variety(topics["n"].to_numpy())
        shares = topics["n"].head(TOP) / max(topics["n"].sum(), 1)
        top = zip(topics["topic"].head(TOP), shares, strict=True)
        rows[channel] = [found.value, found.low, found.high, tuple(top)]
    names = ["topics", "topics_low", "topics_high", "top_shares"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    table["before"] = channels["before"] / channels["staged"].where(channels["staged"] > 0)
    table["complaints"] = channels["complaints"] / channels["kinded"].where(channels["kinded"] > 0)
    return table


def _velocity(counts: Counts, hours: str, limits: Mapping[str, float]) -> pd.DataFrame:
    channels, end = counts.channels, "_open" if hours == "open" else ""
    parts = {
        "": "_50",
        "_low": "_50_low",
        "_high": "_50_high",
        "_90": "_90",
        "_90_low": "_90_low",
        "_90_high": "_90_high",
    }
    table = pd.DataFrame(
        {
            f"{name}{shown}": counts.times[f"{name}{end}{part}"]
            for name in ("reply", "solve")
            for shown, part in parts.items()
        }
    )
    target = pd.Series(limits, dtype=float).reindex(channels.index)
    due = channels[f"due{end}"].where((channels["timed"] > 0) & ~_rough(channels, target), 0)
    table = table.assign(
        target=target, reply_mean=channels["reply_mean"], **_share(channels[f"in_time{end}"], due)
    )
    entries = {name: evidence.get(id) for name, id in BENCHMARKS.items()}
    minutes = {name: entry.value / (60 if entry.unit == "seconds" else 1) for name, entry in entries.items()}
    return table.assign(benchmark=pd.Series(minutes).reindex(channels.index), given_up=channels["given_up"])


def _rough(channels: pd.DataFrame, target: pd.Series) -> pd.Series:
    """Channels whose target is below what their times can tell, since all of them are whole minutes."""
    return (channels["timed"] > 0) & (channels["uneven"] == 0) & (target < _ROUGH)


def _share(count: pd.Series, n: pd.Series) -> dict[str, pd.Series]:
    """in_time, low, high and n, NaN where there is none."""
    low, high = estimates.shares(count, n)
    told = n > 0
    return {
        "in_time": (count / n).where(told),
        "low": pd.Series(low, n.index).where(told),
        "high": pd.Series(high, n.index).where(told),
        "in_time_n": n,
    }


def _solved(counts: Counts) -> pd.DataFrame:
    channels = counts.channels
    table = {}
    for name, count, n in (("first", "first", "told"), ("satisfied", "satisfied", "rated")):
        found = _share(channels[count], channels[n])
        names = {"in_time": name, "low": f"{name}_low", "high": f"{name}_high", "in_time_n": f"{name}_n"}
        table |= {names[part]: values for part, values in found.items()}
    issues = counts.issues.reindex(channels.index).fillna(0.0)
    sums = pd.DataFrame(
        {
            "m": issues["issues"],
            "squares": issues["squares"],
            "products": issues["contacts"],
            "squared": issues["issues"],
        }
    )
    per = figured.mean_of_ratio(issues["issues"], issues["contacts"], sums)
    table |= {
        "per_issue": per["value"],
        "per_issue_low": per["low"].clip(lower=1.0),
        "per_issue_high": per["high"],
    }
    return pd.DataFrame(table, index=channels.index).assign(issues=issues["issues"].astype(int))


def _value(costs: pd.DataFrame, credited: pd.DataFrame | None) -> pd.DataFrame:
    table = pd.DataFrame({"cost": costs["cost_per_contact"], "basis": costs["basis"]})
    names = ("credited_n", "orders", "revenue", "earned", "earned_low", "earned_high")
    if credited is None:
        credited = pd.DataFrame(np.nan, index=table.index, columns=list(names))
    table = table.join(credited[list(names)])
    value = table["earned"] - table["cost"]
    down = np.hypot(table["earned"] - table["earned_low"], costs["high"] - table["cost"])
    up = np.hypot(table["earned_high"] - table["earned"], table["cost"] - costs["low"])
    return table.assign(value=value, value_low=value - down, value_high=value + up)
