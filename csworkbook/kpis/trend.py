"""Which weeks differ from the others by more than chance, for one figure?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import language
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.kpis import targets as aims
from csworkbook.kpis import words
from csworkbook.kpis.advice import advice
from csworkbook.kpis.charted import chart_of
from csworkbook.kpis.charts import LEAST
from csworkbook.kpis.counted import hours_told
from csworkbook.kpis.definitions import DEFINITIONS, Choices, Definition, one_of
from csworkbook.kpis.metrics import of_channel
from csworkbook.kpis.tallies import weekly
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import ibis
    import plotly.graph_objects as go

    Table = pd.DataFrame | ibis.Table

_LATE = 4  # a signal among so many last periods is something to act on
_RATE = 150  # periods per false alarm
_MANY = 0.1  # the share of periods with a signal from which the level itself moves


@question(
    mark("Which weeks differ from the others by more than chance?"),
    labels=words.labels,
    choices=words.choices,
)
def over_time(
    contacts: Table,
    orders: Table | None = None,
    effort_survey: pd.DataFrame | None = None,
    channel_costs: pd.DataFrame | None = None,
    *,
    metric: str = "first_contact",
    period: str = "week",
    channel: str | None = None,
    first: int | None = None,
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
) -> OverTime:
    """One figure week by week or month by month, with limits that tell a signal from noise.

    Shares are on a p chart, counts on a u chart, times, scores and money on an XmR chart (`charts`). The limits
    do not come from the periods that lie beyond them.

    Parameters
    ----------
    metric : str
        A key of `definitions.DEFINITIONS`.
    first : int, optional
        The limits come from so many first periods only, such as those before a change; None = from all.
    other parameters : as in `key_figures`

    Returns
    -------
    OverTime
        table: period (first day), value, low, high (95 %), n, count, centre, lower, upper (the limits), signal,
        strong, p.

    Raises
    ------
    DataError
        When the tables do not tell this figure, or no period is over.
    SettingError
        When there is no such figure, choice or channel.

    >>> from csworkbook.shop import open_shop
    >>> found = open_shop().call(over_time, metric="satisfied")
    >>> found.strong["period"].dt.strftime("%G-W%V").tolist()
    ['2025-W41']
    """
    one_of(metric, tuple(DEFINITIONS))
    rows = weekly(
        contacts, orders, effort_survey, channel_costs, period=period, rated=rated, middle=middle, hours=hours,
        within=within, after=after, opening_hours=opening_hours, hourly_cost=hourly_cost, zone=zone, country=country,
    )  # fmt: skip
    here = of_channel(rows, channel)
    here = here[here["metric"] == metric]
    if not len(here):
        raise _untold(DEFINITIONS[metric], channel)
    found = chart_of(here, first=first)
    parts = found.table.drop(columns=["value", "period"])
    columns = [
        "period",
        "value",
        "low",
        "high",
        "n",
        "count",
        "centre",
        "lower",
        "upper",
        "signal",
        "strong",
        "p",
    ]
    table = here.join(parts)[columns].reset_index(drop=True)
    target = aims.own(targets or {}).get(metric)
    return OverTime(
        table,
        metric,
        period,
        channel,
        Choices(rated, middle, hours_told(hours, opening_hours), within, after),
        target,
        found.spread,
        currency,
    )


def _untold(known: Definition, channel: str | None) -> DataError:
    if channel is not None and known.id in ("churn", "effort", "nps"):
        return DataError(
            _("“{figure}” is not told by channel.").format(figure=known.name),
            next_step=_("Choose all channels."),
        )
    return DataError(
        _("Your tables do not tell “{figure}”, or no week or month of it is over.").format(figure=known.name),
        allowed=_("Needed: {columns}.").format(columns=language.join(list(known.needs))),
        next_step=_("Bring what is missing on the start page, or choose another figure."),
    )


@dataclass(frozen=True)
class OverTime(Result):
    """One figure over time; `strong` are the periods that stand out even among all of them."""

    metric: str = "first_contact"
    period: str = "week"
    channel: str | None = None
    choices: Choices = Choices()  # noqa: RUF009 - frozen
    target: float | None = None
    spread: float = 1.0
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "period", "value", "low", "high", "n", "signal", "centre", "lower", "upper", "strong", "p",
    )  # fmt: skip
    spare: ClassVar[tuple[str, ...]] = ("centre", "strong", "p")
    vocabulary: ClassVar[Vocabulary] = words.VOCABULARY

    @property
    def definition(self) -> Definition:
        """What the figure is."""
        return DEFINITIONS[self.metric]

    @property
    def marked(self) -> pd.DataFrame:
        """The periods with a signal."""
        return self.table[self.table["signal"] != ""]

    @property
    def strong(self) -> pd.DataFrame:
        """The periods that stand out even among all of them."""
        return self.table[self.table["strong"]]

    @property
    def enough(self) -> bool:
        """Whether there are periods enough for limits."""
        return bool(self.table["upper"].notna().any())

    @property
    def text(self) -> str:
        """The level now, the signals, and how many false ones chance brings."""
        last = self.table.iloc[-1]
        now = _("{figure}, {when}: {value}.").format(
            figure=self.definition.name,
            when=words.when(last["period"], self.period),
            value=words.interval(self.definition, last, self.currency),
        )
        if not self.enough:
            few = _("There are too few periods to see a change: {least} is the least, here are {n}.")
            return f"{now} " + few.format(least=LEAST, n=len(self.table))
        return " ".join(filter(None, (now, self._usual(), self._told(), self._aimed())))

    def _usual(self) -> str:
        last = self.table.iloc[-1]
        lower, upper = (words.said(self.definition, last[side], self.currency) for side in ("lower", "upper"))
        if last["signal"]:
            what = words.words()[last["signal"]]
            return _("That is {signal}: usual is {lower} to {upper}.").format(
                signal=what, lower=lower, upper=upper
            )
        return _("That is no signal: with as many as now it is usually {lower} to {upper}.").format(
            lower=lower, upper=upper
        )

    def _told(self) -> str:
        if not len(self.marked):
            return _("None of the {n} periods has a signal.").format(n=len(self.table))
        alarms = _("Signals: {n} of {all} periods, where chance alone marks about {chance}.").format(
            n=len(self.marked), all=len(self.table), chance=language.number(len(self.table) / _RATE, 1)
        )
        if len(self.marked) > _MANY * len(self.table):
            alarms += " " + _(
                "So many point to growth or a season, not to single weeks or months that went wrong."
            )
        if not len(self.strong):
            return alarms + " " + _("None is so strong that it stands out among all of them.")
        first = self.strong.assign(off=self.strong["p"]).sort_values("off").head(3).sort_values("period")
        when = language.join([words.when(day, self.period) for day in first["period"]])
        said = ngettext("One is strong: {when}.", "{n} are strong, most of all {when}.", len(self.strong))
        return f"{alarms} " + said.format(n=len(self.strong), when=when)

    def _aimed(self) -> str:
        if self.target is None:
            return ""
        last = self.table.iloc[-1]
        state = aims.state(self.metric, last["low"], last["high"], self.target)
        said = {"yes": _("reached"), "no": _("not reached")}.get(state, _("cannot tell yet"))
        target = aims.aimed(self.metric, self.target, self.currency)
        return _("Target: {target} ({state}).").format(target=target, state=said)

    def cells(self) -> list[list[str]]:
        """Every value in the unit of the figure."""
        return [
            [
                words.said(self.definition, row[column], self.currency)
                if column in words.UNITS
                else self.cell(column, row[column])
                for column in self.columns
            ]
            for row in self.table.to_dict("records")
        ]

    @property
    def method(self) -> str:
        """Formula, exclusions, the rules, and how much wider the limits are than chance alone makes them."""
        spread = ""
        if self.definition.chart != "xmr" and self.enough:
            spread = _("Here periods differ {times} times as much as chance alone makes them.").format(
                times=language.number(self.spread, 2)
            )
        return " ".join(filter(None, (words.defined(self.metric, self.choices), words.rules(), spread)))

    def plot(self) -> go.Figure:
        """The control chart."""
        from csworkbook.kpis.pictures import control

        return control(self)

    def findings(self) -> list[Finding]:
        """A signal to the wrong side among the last periods, the latest of them."""
        side = self.table["signal"].map({"above": 1, "run_above": 1, "below": -1, "run_below": -1}).fillna(0)
        wrong = self.table[side * self.definition.better < 0]
        late = wrong[wrong["period"].isin(self.table["period"].tail(_LATE))]
        if not len(late):
            return []
        row = late.iloc[-1]
        headline = _("{figure} was {signal} in {when}.").format(
            figure=self.definition.name,
            signal=words.words()[row["signal"]],
            when=words.when(row["period"], self.period),
        )
        estimate = Estimate(
            float(row["value"]), float(row["low"]), float(row["high"]), int(row["n"]),
            words.unit(self.definition), currency=self.currency,
        )  # fmt: skip
        return [Finding(words.CHAPTER, headline, estimate, action=advice(self.metric))]
