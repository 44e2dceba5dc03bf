"""What are the three principles made of: how many contacts and answers count, and how many are good?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.estimates import Estimate
from csworkbook.repeats import known_words
from csworkbook.service_gap import worth
from csworkbook.tables import EFFORT_STAGES, require

_OTHER = {"other", "others", "misc", "miscellaneous", "general", "unknown", "overig", "overige", "anders",
          "divers", "diversen", "algemeen", "onbekend"}  # fmt: skip
PARTS = ("no_repeat", "answered", "not_passed_on", "friendly")
Part = tuple[str, str, bool, int, int]  # principle, part, whether it is the score, how many of how many


def knowledge(contacts: pd.DataFrame | None) -> list[Part]:
    """Contacts with a reason, and those whose reason says more than “other”."""
    if contacts is None:
        return [("knowledge", "recorded", True, 0, 0)]
    require(contacts, "contacts")
    topics = known_words(contacts["topic"])
    recorded = topics.notna()
    telling = recorded & ~topics.str.lower().isin(_OTHER)
    return [
        ("knowledge", "recorded", True, int(recorded.sum()), len(topics)),
        ("knowledge", "telling", False, int(telling.sum()), int(recorded.sum())),
    ]


def reasons(contacts: pd.DataFrame | None) -> int:
    """How many different reasons there are."""
    if contacts is None:
        return 0
    return known_words(contacts["topic"]).str.lower().nunique()


def effort(effort_survey: pd.DataFrame | None) -> list[Part]:
    """Per stage who did not find it far too much; the hardest stage is the score."""
    if effort_survey is None:
        return [("effort", "hardest", True, 0, 0)]
    require(effort_survey, "effort_survey")
    rows = []
    for stage in EFFORT_STAGES:
        answers = effort_survey[stage].to_numpy(float, na_value=np.nan)
        rows.append((stage, int((answers < 3).sum()), int((~np.isnan(answers)).sum())))
    asked = [row for row in rows if row[2]]
    if not asked:
        return [("effort", "hardest", True, 0, 0)]
    hardest = min(asked, key=lambda row: row[1] / row[2])
    asked.sort(key=lambda row: row != hardest)
    return [("effort", stage, stage == hardest[0], count, n) for stage, count, n in asked]


def solved(contacts: pd.DataFrame | None, told: pd.DataFrame | None) -> list[Part]:
    """What a contact solved in one friendly conversation consists of, and all of it together."""
    if contacts is None or told is None:
        return [("solved", "solved", True, 0, 0)]
    over = told["known"] & told["finished"]
    stayed, kept = ~told["again"], _column(contacts, "transferred") != 1
    there = _column(contacts, "abandoned") != 1
    rating = _column(contacts, "friendliness")
    rated, friendly = rating.notna(), ~(rating < 4)
    good = over & stayed & kept & there & friendly
    parts = {
        "no_repeat": (over & stayed, over),
        "answered": (there, _column(contacts, "abandoned").notna()),
        "not_passed_on": (kept, _column(contacts, "transferred").notna()),
        "friendly": (friendly, rated),
        "solved_rated": (good, over & rated),
    }
    rows = [("solved", "solved", True, int(good.sum()), int(over.sum()))]
    counted = [(part, int((yes & of).sum()), int(of.sum())) for part, (yes, of) in parts.items()]
    return rows + [("solved", part, False, count, n) for part, count, n in counted if n]


def measured(table: pd.DataFrame) -> list[str]:
    """Which parts of “solved in one friendly conversation” were measured; friendly from 30 ratings on."""
    n = table[table["principle"] == "solved"].set_index("part")["n"]
    rated = n.get("solved_rated", 0) >= estimates.SMALL
    return [part for part in PARTS if (rated if part == "friendly" else part in n.index)]


def limits(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's limits of the shares in a table of parts.

    Those of effort hold for all stages asked at once (Bonferroni): the score is the lowest of them.
    """
    from statsmodels.stats.proportion import proportion_confint

    low, high = estimates.shares(table["count"], table["n"])
    stages = ((table["principle"] == "effort") & (table["n"] > 0)).to_numpy()
    if stages.any():
        asked = table[stages]
        alpha = (1 - estimates.LEVEL) / len(asked)
        low[stages], high[stages] = proportion_confint(asked["count"], asked["n"], alpha, method="wilson")
    return low, high


def _column(contacts: pd.DataFrame, name: str) -> pd.Series:
    """A column as floats (yes is 1, no is 0), empty where it is not there."""
    values = contacts[name].to_numpy(float, na_value=np.nan) if name in contacts else np.nan
    return pd.Series(values, index=contacts.index, dtype=float)


def left_out(told: pd.DataFrame | None) -> tuple[int, int]:
    """Contacts of which it cannot be told whether the customer came back; and those too recent to tell."""
    if told is None:
        return 0, 0
    return int((~told["known"]).sum()), int((told["known"] & ~told["finished"]).sum())


def coming_back(
    contacts: pd.DataFrame | None, told: pd.DataFrame | None, hourly_cost: float, currency: str
) -> Estimate | None:
    """What the contacts that follow another one cost a year; None without handling times or a month's data."""
    if contacts is None or told is None or not len(contacts):
        return None
    minutes, span = _column(contacts, "handling_minutes").mean(), np.ptp(contacts["opened_at"])
    over = told["known"] & told["finished"]
    if not minutes > 0 or span < pd.Timedelta(days=28) or not over.any():
        return None
    again = estimates.share(int((over & told["again"]).sum()), int(over.sum()))
    each = len(contacts) / (span / worth.YEAR) * minutes / 60 * hourly_cost
    return Estimate(again.value * each, again.low * each, again.high * each, again.n, "money", None, currency)
