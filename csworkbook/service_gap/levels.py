"""Levels of service: hours on duty, cost, and what each can bring beside today's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.results import Vocabulary
from csworkbook.service_gap.benefit import Benefit
from csworkbook.service_gap.demand import Demand, Supply

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)  # of what can be answered in time
BEYOND = 0.95  # the level at which doing better than promised is looked at
WEEKS = 365 / 7
_MOST = 0.99  # of today's: all of it would take no end of people


@dataclass(frozen=True)
class Costs:
    """What turns hours on duty into money: the weeks of data, the hourly cost, waiting time used otherwise."""

    weeks: float
    hourly: float
    other_work: float

    def row(self, level: str, supply: Supply, shares: Mapping[str, float], beside: float = 0.0) -> dict:
        """One level: the share kept, hours on duty and cost, with what it costs besides."""
        on_duty, work, kept = supply.takes(shares, self.weeks)
        paid = work + (1 - self.other_work) * (on_duty - work)
        return {"level": level, "kept": kept, "hours": on_duty, "cost": paid * WEEKS * self.hourly + beside}


def levels(
    asked: Demand, now: Supply | None, then: Supply, fast: Supply, costs: Costs, extra: float
) -> pd.DataFrame:
    """One row a level; today's with the share that is really kept.

    Parameters
    ----------
    now, then, fast : Supply
        In the opening hours of today, in those of the levels, and in those with half the time to answer.
    extra : float
        What the extra costs a year, money.
    """
    rows = [costs.row(f"{level:g}", then, dict.fromkeys(asked.parts, level)) for level in LEVELS]
    beyond = dict.fromkeys(asked.parts, BEYOND)
    rows.append({**costs.row("faster", fast, beyond), "kept": _kept(then, beyond, costs.weeks)})
    if extra > 0:
        rows.append(costs.row("extra", then, beyond, extra))
    if now is None or any(math.isnan(kept) for kept in asked.kept.values()):
        return pd.DataFrame(rows)
    today = costs.row(
        "today", now, {part: _of_reachable(now, part, kept) for part, kept in asked.kept.items()}
    )
    return pd.DataFrame([{**today, "kept": asked.share}, *rows])


def _kept(supply: Supply, shares: Mapping[str, float], weeks: float) -> float:
    return supply.takes(shares, weeks)[2]


def _of_reachable(supply: Supply, part: str, kept: float) -> float:
    """Today's share of what can be answered in time within the opening hours."""
    reached = supply.calls.reached if part == "live" else supply.letters[part].reached
    return min(kept / reached, _MOST) if reached > 0 else 0.0


def beside_today(table: pd.DataFrame, gain: Benefit | None) -> pd.DataFrame:
    """What each level costs and can bring beside today's, and whether that pays.

    Where a year brings (or loses) more than was counted, only what that cannot turn round is said.
    """
    here = table[table["level"] == "today"]
    cost, kept = (here["cost"].iloc[0], here["kept"].iloc[0]) if len(here) else (np.nan, np.nan)
    table["extra"] = table["cost"] - cost
    ends = [gain.of(more) if gain and more == more else (np.nan, np.nan) for more in table["kept"] - kept]
    table[["value_low", "value_high"]] = np.array(ends, dtype=float).reshape(-1, 2)
    yes, no = table["value_low"] > table["extra"], table["value_high"] < table["extra"]
    if gain and gain.short:
        yes, no = yes & (table["value_low"] >= 0), no & (table["value_high"] <= 0)
    pays = np.select([yes, no], ["yes", "no"], "cannot tell yet")
    table["verdict"] = np.where(table["level"] == "today", "", pays)
    return table


def _heads() -> dict[str, str]:
    return {
        "level": _("Answered in time, of what can be"),
        "kept": _("Of all contacts"),
        "hours": _("Hours on duty a week"),
        "cost": _("Cost a year"),
        "extra": _("Extra cost"),
        "value_low": _("Can bring, from"),
        "value_high": _("Can bring, to"),
        "verdict": _("Pays?"),
    }


def _words() -> dict[object, str]:
    shares = {f"{level:g}": language.percent(level) for level in LEVELS}
    beyond = language.percent(BEYOND)
    return shares | {
        "today": _("today"),
        "faster": _("{share}, in half the time").format(share=beyond),
        "extra": _("{share}, with the extra").format(share=beyond),
    }


_KINDS = {"kept": "share", "hours": "count", "cost": "money", "extra": "money"}


VOCABULARY = Vocabulary(heads=_heads, words=_words, kinds=_KINDS, wordy=("level",))
