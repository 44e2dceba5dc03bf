"""What is service for, which KPIs tell whether it works, and which metrics feed those?

The handbook (4.8) gives the shape: a goal, the KPIs that fit it, and below these the metrics, of what it
costs, what it brings and what the customer notices. The four goals are those of its survey of retailers
(Forbes), the fifth is the E of acquisition + retention + efficiency. Which KPI tells of which goal, and which
metric feeds which KPI, is a choice of ours, which a shop can change by choosing another goal.
"""

from __future__ import annotations

from dataclasses import dataclass

from csworkbook.errors import SettingError
from csworkbook.kpis.definitions import AIMS, METRICS
from csworkbook.language import gettext as _
from csworkbook.language import join

# metrics by the KPI they feed: every one of the ten feeds at least one
FEEDS: dict[str, tuple[str, ...]] = {
    "complaining": ("contacts", "next_avoided", "effort", "churn"),
    "first_contact": ("resolved", "next_avoided", "knowledge", "cost_to_resolution"),
    "very_friendly": ("friendliness", "knowledge", "nps"),
    "acquisition": ("reply", "contacts", "knowledge"),
}


@dataclass(frozen=True)
class Goal:
    """A goal of service: the KPIs that tell of it, the most telling first, and what it serves."""

    id: str
    kpis: tuple[str, ...]
    aims: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called, in the language spoken now."""
        return goal_names()[self.id]

    @property
    def branches(self) -> dict[str, tuple[str, ...]]:
        """The metrics below each KPI."""
        return {kpi: FEEDS[kpi] for kpi in self.kpis}

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric below one of its KPIs, each once, in the order of the handbook."""
        here = {metric for several in self.branches.values() for metric in several}
        return tuple(metric for metric in METRICS if metric in here)

    @property
    def beside(self) -> tuple[str, ...]:
        """Figures that are no KPI of the handbook but tell of this goal."""
        return ("retention",) if self.id == "sell" else ()


GOALS: dict[str, Goal] = {
    one.id: one
    for one in (
        Goal("keep", ("first_contact", "complaining", "very_friendly"), ("retention",)),
        Goal("sell", ("very_friendly", "first_contact"), ("retention",)),
        Goal("convert", ("acquisition", "very_friendly"), ("acquisition",)),
        Goal("compete", ("very_friendly", "first_contact", "acquisition", "complaining"), AIMS[:2]),
        Goal("less", ("first_contact", "complaining"), ("efficiency",)),
    )
}


def goal_of(id: str) -> Goal:
    """One goal.

    Raises
    ------
    SettingError
        When there is none of this name.

    >>> goal_of("convert").kpis
    ('acquisition', 'very_friendly')
    """
    if id not in GOALS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=id),
            allowed=_("Possible: {columns}.").format(columns=join(list(GOALS))),
        )
    return GOALS[id]


def goal_names() -> dict[str, str]:
    """What each goal is called, in the language spoken now."""
    return {
        "keep": _("Keep customers"),
        "sell": _("Sell more to the customers we have"),
        "convert": _("Turn visitors into customers"),
        "compete": _("Stay ahead of other shops"),
        "less": _("Do more with less"),
    }


def aim_names() -> dict[str, str]:
    """What each of the three aims is called, in the language spoken now."""
    return {
        "acquisition": _("winning customers"),
        "retention": _("keeping customers"),
        "efficiency": _("doing more with less"),
    }
