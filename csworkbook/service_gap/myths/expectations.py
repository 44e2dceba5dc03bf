"""Whose expectation was exceeded, whose was met, and whose was not?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.replies import USUAL, waits
from csworkbook.service_gap.myths.history import History, seconds
from csworkbook.tables import EFFORT_STAGES, require

MEASURES = ("reply", "friendliness", "knowledge", "effort")


def measures(contacts: pd.DataFrame | None = None, effort_survey: pd.DataFrame | None = None) -> list[str]:
    """What these tables tell about expectations, for the choice on the page.

    >>> measures()
    []
    """
    found = []
    if contacts is not None:
        timed = any(
            name in contacts and contacts[name].notna().any() for name in ("replied_at", "waiting_seconds")
        )
        found += ["reply"] if timed else []
        marks = ("friendliness", "knowledge")
        found += [name for name in marks if name in contacts and contacts[name].notna().any()]
    return found + (["effort"] if effort_survey is not None and "customer_id" in effort_survey else [])


def channels(contacts: pd.DataFrame | None = None) -> list[str | None]:
    """The channels of the contacts, for the choice on the page; None for all together."""
    return [] if contacts is None else [None, *sorted(contacts["channel"].dropna().astype(str).unique())]


def by_contact(past: History, contacts: pd.DataFrame, measure: str, factor: float) -> pd.DataFrame:
    """Every contact as a moment of a customer: channel and group (0 missed, 1 met, 2 exceeded; NaN unknown)."""
    group = by_reply(contacts, factor) if measure == "reply" else by_mark(contacts[measure])
    channel = contacts["channel"].astype("string").to_numpy(object, na_value=None)
    moments = {"customer": past.of(contacts), "second": seconds(contacts["opened_at"]), "group": group}
    moments["channel"] = channel
    return pd.DataFrame(moments)


def by_reply(contacts: pd.DataFrame, factor: float) -> np.ndarray:
    """Whether the first reply came within the promise, or within part of it; unknown where none came."""
    waited = waits(contacts)
    channel, minutes = waited["channel"].astype("string"), waited["minutes"]
    usual = minutes.groupby(channel).transform("median")
    promised = channel.map(USUAL).astype(float).fillna(usual).to_numpy(float)
    minutes = minutes.to_numpy(float)
    group = (minutes <= promised).astype(float) + (minutes <= factor * promised)
    return np.where(np.isnan(minutes) | np.isnan(promised), np.nan, group)


def by_mark(marks: pd.Series) -> np.ndarray:
    """The group by a mark of 1 to 5: a 4 is met, a 5 exceeded, anything below is not met."""
    given = marks.to_numpy(float, na_value=np.nan)
    return np.where(np.isnan(given), np.nan, np.clip(given, 3, 5) - 3)


def by_effort(past: History, survey: pd.DataFrame) -> pd.DataFrame:
    """Every answer as a moment of a customer; the group by the most effort at any stage (3 = not met)."""
    require(survey, "effort_survey")
    survey = survey[survey["answered_at"].notna()]
    most = survey[list(EFFORT_STAGES)].astype("Float64").max(axis=1).to_numpy(float, na_value=np.nan)
    moments = {"customer": past.of(survey), "second": seconds(survey["answered_at"]), "group": 3 - most}
    return pd.DataFrame({**moments, "channel": None})


def first(past: History, moments: pd.DataFrame, days: int) -> tuple[pd.DataFrame, tuple[int, int, int]]:
    """The first moment of every customer who had ordered before, where its window is over.

    And what was left out: customers whose window is not over, customers without an order before, rows of
    nobody in the orders.
    """
    told = moments[moments["group"].notna()]
    known = told[told["customer"] >= 0]
    who, when = known["customer"].to_numpy(), known["second"].to_numpy()
    before = past.orders(who, when) > 0
    never = known["customer"].nunique() - known["customer"][before].nunique()
    first = known[before].sort_values("second", kind="stable").drop_duplicates("customer")
    over = past.over(first["second"].to_numpy(), days)
    kept = first[over]
    again = past.bought(kept["customer"].to_numpy(), kept["second"].to_numpy(), days) > 0
    return kept.assign(again=again), (int((~over).sum()), int(never), len(told) - len(known))
