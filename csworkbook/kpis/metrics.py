"""How do our key figures stand, and which of them moved by more than chance?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.kpis import targets as aims
from csworkbook.kpis import words
from csworkbook.kpis.advice import advice
from csworkbook.kpis.charted import chart_of
from csworkbook.kpis.counted import hours_told
from csworkbook.kpis.definitions import DEFINITIONS, KPIS, METRICS, Choices, exclusions, formula
from csworkbook.kpis.tallies import weekly
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import ibis
    import plotly.graph_objects as go

    Table = pd.DataFrame | ibis.Table

_ORDER = (*KPIS, *METRICS, *(name for name in DEFINITIONS if name not in (*KPIS, *METRICS)))


@question(
    mark("How do our key figures stand, and which moved by more than chance?"),
    labels=words.labels,
    choices=words.choices,
)
def key_figures(
    contacts: Table,
    orders: Table | None = None,
    effort_survey: pd.DataFrame | None = None,
    channel_costs: pd.DataFrame | None = None,
    *,
    period: str = "week",
    channel: str | None = None,
    rated: str = "all",
    middle: str = "median",
    hours: str = "open",
    within: str = "14D",
    after: str = "90D",
    opening_hours: Mapping[str, str] | None = None,
    hourly_cost: float = 32.0,
    targets: Mapping[str, float] | None = None,
    currency: str = "EUR",
    zone: str = "UTC",
    country: str = "",
) -> KeyFigures:
    """The handbook's four KPIs and ten metrics (4.8) in the last finished week or month, beside their usual level.

    Where the handbook's words leave a choice it can be switched: `rated`, `middle`, `hours` (see
    `definitions.Choices`). A figure that needs time (does the question come back, does the customer buy again?)
    is that of the last period of which that time is over.

    Parameters
    ----------
    orders, effort_survey, channel_costs : optional
        Each adds figures: lost customers and sales after a conversation; effort and NPS; real costs.
    channel : str, optional
        One channel only; then what no channel can tell of (lost customers, the survey) is not shown.
    targets : mapping, optional
        Figure → what the shop aims at, in the unit of the figure.

    Returns
    -------
    KeyFigures
        table, KPIs first: metric, period (first day), value, low, high (95 %), n, before (the period before
        it), usual (the centre of its control chart), target, reached ("yes", "no", "cannot tell yet", or ""),
        signal ("above", "below", "run_above", "run_below" or ""), strong, kind, group, aim, formula,
        exclusions. `missing` names the figures that the tables cannot tell.

    Raises
    ------
    DataError
        When no period is over.
    SettingError
        When a choice or channel is none.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(key_figures).table["metric"].tolist()[:4]
    ['complaining', 'first_contact', 'very_friendly', 'acquisition']
    """
    rows = weekly(
        contacts, orders, effort_survey, channel_costs, period=period, rated=rated, middle=middle, hours=hours,
        within=within, after=after, opening_hours=opening_hours, hourly_cost=hourly_cost, zone=zone, country=country,
    )  # fmt: skip
    choices = Choices(rated, middle, hours_told(hours, opening_hours), within, after)
    rows = of_channel(rows, channel)
    kept = aims.own(targets or {})
    found = [_line(part, kept, choices) for _name, part in rows.groupby("metric", sort=False)]
    table = pd.DataFrame(found)
    place = {name: at for at, name in enumerate(_ORDER)}
    table = table.sort_values("metric", key=lambda names: names.map(place), ignore_index=True)
    missing = tuple(name for name in _ORDER if name not in set(table["metric"]))
    return KeyFigures(table, period, channel, choices, missing, currency)


def of_channel(rows: pd.DataFrame, channel: str | None) -> pd.DataFrame:
    """The rows of one channel, or those of all together; errors in words when there are none."""
    known = [name for name in dict.fromkeys(rows["channel"]) if name]
    if channel is not None and channel not in known:
        raise SettingError(
            _("“{channel}” is no channel of these contacts.").format(channel=channel),
            allowed=_("Possible: {columns}.").format(columns=language.join(known)),
        )
    found = rows[rows["channel"] == (channel or "")]
    if not len(found):
        raise DataError(
            _("No week or month of these contacts is over yet."),
            next_step=_("Bring contacts of at least one whole week, from Monday to Sunday."),
        )
    return found


def _line(rows: pd.DataFrame, kept: Mapping[str, float], choices: Choices) -> dict[str, object]:
    """One figure: its last period, the one before, its usual level, its target."""
    metric = rows["metric"].iloc[0]
    known, now = DEFINITIONS[metric], rows.iloc[-1]
    charted = chart_of(rows).table.iloc[-1]
    target = kept.get(metric, np.nan)
    return {
        "metric": metric,
        "period": now["period"],
        **{name: now[name] for name in ("value", "low", "high", "n")},
        "before": rows["value"].iloc[-2] if len(rows) > 1 else np.nan,
        "usual": charted["centre"],
        "lower": charted["lower"],
        "upper": charted["upper"],
        "target": target,
        "reached": aims.state(metric, now["low"], now["high"], target),
        "signal": charted["signal"],
        "strong": bool(charted["strong"]),
        "kind": f"{known.kind}_kind",
        "group": known.group,
        "aim": f"{known.aim}_aim",
        "formula": formula(metric, choices),
        "exclusions": exclusions(metric, choices),
    }


@dataclass(frozen=True)
class KeyFigures(Result):
    """The figures of the last period; `missing` are those the tables cannot tell."""

    period: str = "week"
    channel: str | None = None
    choices: Choices = field(default_factory=Choices)
    missing: tuple[str, ...] = ()
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "metric", "value", "low", "high", "n", "before", "usual", "target", "reached", "signal",
        "period", "strong", "kind", "group", "aim", "formula", "exclusions",
    )  # fmt: skip
    spare: ClassVar[tuple[str, ...]] = ("period", "strong", "kind", "group", "aim", "formula", "exclusions")
    vocabulary: ClassVar[Vocabulary] = words.VOCABULARY

    def row(self, metric: str) -> pd.Series:
        """The row of one figure."""
        return self.table.set_index("metric").loc[metric]

    @property
    def marked(self) -> pd.DataFrame:
        """The figures with a signal."""
        return self.table[self.table["signal"] != ""]

    @property
    def text(self) -> str:
        """How many figures moved, which, whether targets are reached, and what chance alone would do."""
        return " ".join(filter(None, (self._moved(), self._which(), self._targets(), self._chance())))

    def _moved(self) -> str:
        n, last = len(self.marked), self.table["period"].max()
        if not n:
            return _(
                "In {when} none of {all} figures differs from its usual level by more than chance."
            ).format(when=words.when(last, self.period), all=len(self.table))
        said = ngettext(
            "In {when} {n} of {all} figures differs from its usual level by more than chance.",
            "In {when} {n} of {all} figures differ from their usual level by more than chance.",
            n,
        )
        return said.format(when=words.when(last, self.period), n=language.number(n), all=len(self.table))

    def _which(self) -> str:
        first = self.marked if len(self.marked) else self.table[self.table["metric"].isin(KPIS)]
        said = [self._figure(row) for row in first.head(3).to_dict("records")]
        return "; ".join(said) + "." if said else ""

    def _figure(self, row: dict[str, object]) -> str:
        """A figure with its interval, and of which period it is where that is an earlier one."""
        known = DEFINITIONS[row["metric"]]
        value = words.interval(known, row, self.currency)
        if row["period"] == self.table["period"].max():
            return _("{figure}: {value}").format(figure=known.name, value=value)
        when = words.when(row["period"], self.period)
        return _("{figure}, {when}: {value}").format(figure=known.name, when=when, value=value)

    def _targets(self) -> str:
        aimed = self.table[self.table["reached"] != ""]
        if not len(aimed):
            return ""
        reached, unsure = ((aimed["reached"] == state).sum() for state in ("yes", "cannot tell yet"))
        return _("Targets: {yes} of {all} reached, {unsure} too close to tell.").format(
            yes=reached, all=len(aimed), unsure=unsure
        )

    def _chance(self) -> str:
        said = (
            _("With so many figures chance alone gives a signal about once in {n} months.")
            if self.period == "month"
            else _("With so many figures chance alone gives a signal about once in {n} weeks.")
        )
        return said.format(n=max(1, round(150 / len(self.table))))

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

    @property
    def method(self) -> str:
        """Formula and exclusions of every figure, the rules, and what is missing."""
        lines = [words.defined(metric, self.choices) for metric in self.table["metric"]]
        gone = [DEFINITIONS[metric].name for metric in self.missing]
        missing = _("Your tables do not tell: {figures}.").format(figures=language.join(gone)) if gone else ""
        return " ".join(filter(None, (*lines, words.rules(), missing)))

    def plot(self) -> go.Figure:
        """Where every figure stands between its own limits."""
        from csworkbook.kpis.pictures import standing

        return standing(self)

    def findings(self) -> list[Finding]:
        """Signals to the wrong side, and targets surely missed."""
        found = [self._finding(row) for row in self.table.to_dict("records")]
        return [one for one in found if one is not None]

    def _finding(self, row: dict[str, object]) -> Finding | None:
        known = DEFINITIONS[row["metric"]]
        side = {"above": 1, "run_above": 1, "below": -1, "run_below": -1}.get(row["signal"], 0)
        worse = side * known.better < 0
        if not worse and row["reached"] != "no":
            return None
        estimate = Estimate(
            float(row["value"]), float(row["low"]), float(row["high"]), int(row["n"]),
            words.unit(known), currency=self.currency,
        )  # fmt: skip
        return Finding(words.CHAPTER, self._headline(known, row, worse), estimate, action=advice(known.id))

    def _headline(self, known, row: dict[str, object], worse: bool) -> str:
        if worse:
            return _("{figure} was {signal} in {when}.").format(
                figure=known.name,
                signal=words.words()[row["signal"]],
                when=words.when(row["period"], self.period),
            )
        return _("{figure} misses its target of {target}.").format(
            figure=known.name, target=words.said(known, row["target"], self.currency)
        )
