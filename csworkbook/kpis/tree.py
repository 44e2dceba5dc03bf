"""Which figures tell whether we get where we want to be? Goal → KPI → metric (handbook 4.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import evidence
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.kpis import goals, words
from csworkbook.kpis.advice import advice
from csworkbook.kpis.definitions import DEFINITIONS
from csworkbook.kpis.goals import GOALS, Goal
from csworkbook.kpis.metrics import KeyFigures, key_figures
from csworkbook.kpis.targets import aimed
from csworkbook.language import gettext as _
from csworkbook.language import join, mark, ngettext, number
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import ibis
    import plotly.graph_objects as go

    Table = pd.DataFrame | ibis.Table

_FIGURES = ("value", "low", "high", "n", "before", "target", "reached", "signal", "period")
_NONE = {
    "value": np.nan,
    "low": np.nan,
    "high": np.nan,
    "n": 0,
    "before": np.nan,
    "target": np.nan,
    "period": pd.NaT,
}


def _labels() -> dict[str, str]:
    return {**words.labels(), "goal": _("What you want most")}


def _choices() -> dict[tuple[str, object], str]:
    return {**words.choices(), **{("goal", id): name for id, name in goals.goal_names().items()}}


@question(mark("Which figures tell whether we get where we want to be?"), labels=_labels, choices=_choices)
def goal_tree(
    contacts: Table,
    orders: Table | None = None,
    effort_survey: pd.DataFrame | None = None,
    channel_costs: pd.DataFrame | None = None,
    *,
    goal: str = "keep",
    period: str = "week",
    rated: str = "all",
    middle: str = "median",
    hours: str = "open",
    opening_hours: Mapping[str, str] | None = None,
    hourly_cost: float = 32.0,
    targets: Mapping[str, float] | None = None,
    currency: str = "EUR",
    zone: str = "UTC",
    country: str = "",
) -> GoalTree:
    """The goal, the KPIs that tell of it, and the metrics that feed each, with own values and targets.

    Which KPI tells of which goal, and which metric feeds which KPI, is a choice of ours (`kpis.goals`): the
    handbook gives the shape of the tree and not its lines.

    Parameters
    ----------
    goal : {"keep", "sell", "convert", "compete", "less"}
        What service is for: keep customers, sell more to them, turn visitors into customers, stay ahead of
        other shops, do more with less.
    period, rated, middle, hours, targets
        As in `kpis.key_figures`.

    Returns
    -------
    GoalTree
        table: kpi (the KPI that the row stands under), metric (the KPI itself first), level ("kpi", "metric"
        or "beside"), value, low, high (95 %, in the unit of the figure; NaN where it is not known), n, before,
        target, reached ("yes", "no", "cannot tell yet", or "" without a target), signal, period, group, aim.
        A metric that feeds two KPIs stands under both.

    Raises
    ------
    DataError
        When no period of the contacts is over.
    SettingError
        When there is no such goal or choice.
    """
    chosen = goals.goal_of(goal)
    found = key_figures(
        contacts, orders, effort_survey, channel_costs, period=period, rated=rated, middle=middle, hours=hours,
        opening_hours=opening_hours, hourly_cost=hourly_cost, targets=targets, currency=currency, zone=zone,
        country=country,
    )  # fmt: skip
    return GoalTree(_placed(chosen, found), goal, found, currency)


def _placed(goal: Goal, found: KeyFigures) -> pd.DataFrame:
    """One row for every KPI of a goal and every metric below it."""
    lines = [(kpi, kpi, "kpi", place) for place, kpi in enumerate(goal.kpis)]
    lines += [
        (kpi, metric, "metric", place) for place, kpi in enumerate(goal.kpis) for metric in goal.branches[kpi]
    ]
    lines = sorted(lines, key=lambda line: line[3])  # it keeps the order within a KPI
    lines += [("", metric, "beside", 0) for metric in goal.beside]
    known = found.table.set_index("metric")
    return pd.DataFrame([_line(kpi, metric, level, known) for kpi, metric, level, _place in lines])


def _line(kpi: str, metric: str, level: str, known: pd.DataFrame) -> dict[str, object]:
    there = metric in known.index
    figures = known.loc[metric, list(_FIGURES)].to_dict() if there else {**_NONE, "reached": "", "signal": ""}
    one = DEFINITIONS[metric]
    return {
        "kpi": kpi,
        "metric": metric,
        "level": level,
        **figures,
        "group": one.group,
        "aim": f"{one.aim}_aim",
    }


def _heads() -> dict[str, str]:
    return {**words.heads(), "kpi": _("KPI"), "metric": _("Figure"), "level": _("Level")}


def _words() -> dict[object, str]:
    return {**words.words(), "kpi": _("KPI"), "metric": _("metric"), "beside": _("beside these")}


@dataclass(frozen=True)
class GoalTree(Result):
    """A goal with its KPIs and metrics; `figures` are all key figures."""

    goal: str = "keep"
    figures: KeyFigures | None = None
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "kpi", "metric", "value", "low", "high", "n", "target", "reached", "group", "aim", "level", "before",
        "signal", "period",
    )  # fmt: skip
    spare: ClassVar[tuple[str, ...]] = ("level", "before", "signal", "period")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=_heads,
        words=_words,
        kinds=words.VOCABULARY.kinds,
        wordy=(*words.VOCABULARY.wordy, "kpi", "level"),
    )

    @property
    def chosen(self) -> Goal:
        """The goal, with what it hangs on."""
        return GOALS[self.goal]

    @property
    def once(self) -> pd.DataFrame:
        """Every figure once, where it stands first."""
        return self.table.drop_duplicates("metric", ignore_index=True)

    @property
    def text(self) -> str:
        """The goal and its KPIs, how many targets are reached, and what is not known."""
        return " ".join(filter(None, (self._goal(), self._reached(), self._unknown(), self._aims())))

    def _goal(self) -> str:
        names = [DEFINITIONS[kpi].name for kpi in self.chosen.kpis]
        said = _("Whether you reach “{goal}” shows in {k} KPIs ({kpis}) and the {n} metrics that feed them.")
        return said.format(
            goal=self.chosen.name, k=len(names), kpis=join(names), n=number(len(self.chosen.metrics))
        )

    def _reached(self) -> str:
        states = self.once["reached"]
        n = int((states != "").sum())
        if not n:
            return _(
                "None of these has a target yet: fill in what you aim at, and the tree shows what is reached."
            )
        said = ngettext(
            "{n} figure has a target: {yes} reached, {no} not, {unsure} cannot be told yet.",
            "{n} figures have a target: {yes} reached, {no} not, {unsure} cannot be told yet.",
            n,
        )
        yes, no, unsure = (number(int((states == one).sum())) for one in ("yes", "no", "cannot tell yet"))
        return said.format(n=number(n), yes=yes, no=no, unsure=unsure)

    def _unknown(self) -> str:
        gone = [DEFINITIONS[metric].name for metric in self.once.loc[self.once["value"].isna(), "metric"]]
        return _("Your tables do not tell: {figures}.").format(figures=join(gone)) if gone else ""

    def _aims(self) -> str:
        named = goals.aim_names()
        return _("It is about {aims}.").format(aims=join([named[aim] for aim in self.chosen.aims]))

    @property
    def method(self) -> str:
        """Where the tree comes from, what a shop can change, and how each figure is worked out."""
        ours = _(
            "The handbook (4.8) gives the shape: a goal, the KPIs that fit it, and the metrics of what it costs, "
            "what it brings and what the customer notices. Which KPI tells of which goal, and which metric feeds "
            "which KPI, is our choice; a line says that they belong together, not that one brings about the other."
        )
        survey = _("Why these goals: {claim} ({line}).").format(
            claim=_claim().claim.rstrip("."), line=_claim().line()
        )
        return " ".join((ours, survey, _reading(), self.figures.method))

    def cells(self) -> list[list[str]]:
        """Every value in the unit of its figure."""
        return [self._cells(row) for row in self.table.to_dict("records")]

    def _cells(self, row: dict[str, object]) -> list[str]:
        known = DEFINITIONS[row["metric"]]
        return [
            words.said(known, row[column], self.currency)
            if column in words.UNITS
            else self.cell(column, row[column])
            for column in self.columns
        ]

    def plot(self) -> go.Figure:
        """The tree: goal, KPIs, metrics, coloured by whether the target is reached."""
        from csworkbook.kpis.tree_picture import tree

        return tree(self)

    def findings(self) -> list[Finding]:
        """The KPIs and metrics of this goal that surely miss their target."""
        missed = self.once[self.once["reached"] == "no"]
        return [self._missed(row) for row in missed.to_dict("records")]

    def _missed(self, row: dict[str, object]) -> Finding:
        known = DEFINITIONS[row["metric"]]
        said = _("{goal} – {figure}: {value}, while you aim at {target}.").format(
            goal=self.chosen.name,
            figure=known.name,
            value=words.said(known, row["value"], self.currency),
            target=aimed(known.id, row["target"], self.currency),
        )
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))
        unit = "contacts" if known.unit == "count" else known.unit
        estimate = Estimate(value, low, high, int(row["n"]), unit, currency=self.currency)
        return Finding(words.CHAPTER, said, estimate, action=advice(known.id))


def _claim() -> evidence.Entry:
    return evidence.get("retail-not-acquisition-70")


def _reading() -> str:
    return _(
        "A target counts as reached, or as missed, only where the whole range of the figure lies on that side of it."
    )
