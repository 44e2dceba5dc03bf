"""Since which week do more visitors drop out, or fewer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook import events as engine
from csworkbook.errors import SettingError
from csworkbook.estimates import Estimate, Shift
from csworkbook.findings import Finding
from csworkbook.funnel import asked, terms
from csworkbook.funnel.advice import advice
from csworkbook.funnel.compare import ALSO
from csworkbook.funnel.gaps import reached_by
from csworkbook.funnel.periods import PERIOD, cut
from csworkbook.funnel.terms import said
from csworkbook.funnel.wording import CHAPTER, many
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

_STARTS = {"day": "D", "week": "W-MON", "month": "MS"}
_DAY = pd.Timedelta(days=1)
LEAST = 8  # periods, below which no change can be told
_MOST = 400  # periods that are looked at: the latest


def _choices() -> dict[tuple[str, object], str]:
    return {**terms.choices(), ("step", None): _("all steps")}


@question(mark("Since which week do more visitors drop out?"), labels=terms.labels, choices=_choices)
def before_after(
    events,
    steps: Sequence | None = None,
    *,
    step: str | None = None,
    every: str = "week",
    within: str | None = "7D",
    per: str = "visitor",
    zone: str = "Europe/Amsterdam",
    seed: int = 0,
) -> BeforeAfter:
    """The rate of each step over time, and the week (day, month) in which it changed level.

    Periods are those of the shop's clock, each counted on its own; those that the data do not hold
    whole, or whose last visitors' window is not over, are left out. The change is the one step in
    level that fits best, tested by shuffling the periods, corrected for the number of steps (Holm).

    Parameters
    ----------
    step : str, optional
        The step whose entry is looked at; all of them when None.
    every : {"day", "week", "month"}
    events, steps, within, per : see `compare`.

    Returns
    -------
    BeforeAfter
        table: step, before, week (day, month; when it began, in the shop's zone), n (came to the step
        before), count (went on), share, low, high (Wilson). `shifts` has one `Shift` per step, `p` the
        corrected p-values.

    Raises
    ------
    SettingError
        When the step or the period is not one of those possible.
    """
    chosen = asked.the_steps(events, steps)
    names = asked.names_of(chosen)
    place = asked.place_of(step, names)
    window = asked.length(within)
    edges, left = _edges(asked.span_of(events), _of(every), window, zone)
    places = range(2, len(names) + 1) if place is None else [place]
    if len(edges) < 2:
        return BeforeAfter(_empty(every), names[places[0] - 1], every, window, left=left, per=per)
    prepared = cut(
        events, chosen, edges, last=micro_end(edges, window), within=window, also=ALSO.get(per, ())
    )
    counts = engine.follow(prepared.events, chosen, within=window, per=per, by=PERIOD).counts()
    table = _table(reached_by(counts, len(names), most=10**6), names, places, edges, every)
    shifts = {names[k - 1]: _shift(table[table["step"] == names[k - 1]], seed) for k in places}
    p = dict(
        zip(shifts, estimates.adjust([s.p if s else float("nan") for s in shifts.values()]), strict=True)
    )
    return BeforeAfter(table, _clearest(table, p, shifts), every, window, shifts, p, left, per)


def micro_end(edges: Sequence[pd.Timestamp], window: pd.Timedelta | None) -> int:
    """The moment by which every window of these periods is over: nothing more is left out inside them."""
    return asked.micros(edges[-1] + (window or pd.Timedelta(0)))


def _of(every: str) -> str:
    if every in _STARTS:
        return every
    raise SettingError(
        _("“{value}” cannot be chosen here.").format(value=every),
        allowed=_("Possible: {columns}.").format(columns=language.join([said(one) for one in _STARTS])),
    )


def _edges(
    span: tuple[int, int] | None, every: str, window: pd.Timedelta | None, zone: str
) -> tuple[list[pd.Timestamp], tuple[pd.Timestamp, pd.Timestamp] | None]:
    """Where whole periods begin and the last one ends; and the first and last moment of the data."""
    if span is None:
        return [], None
    first, last = (asked.clock(moment, zone) for moment in span)
    over = last - (window or pd.Timedelta(0))
    daily = every == "day"
    opened = first.normalize() + pd.DateOffset(days=int(daily and first > first.normalize()))
    opening = pd.date_range(opened, last.normalize() + pd.DateOffset(days=40), freq=_STARTS[every])
    slack = pd.Timedelta(0) if daily else _DAY  # a week is whole when its last day has begun
    opening = [edge for edge in opening if edge - slack <= over]
    return opening[-_MOST - 1 :], (first, last)


def _table(reached: pd.DataFrame, names: list[str], places, edges, every: str) -> pd.DataFrame:
    """One row per step and period, in order of time; periods without anybody are left out."""
    number = [str(n) for n in range(len(edges) - 1)]
    reached = reached.reindex(number, fill_value=0)
    parts = []
    for k in places:
        part = pd.DataFrame({"n": reached[k - 1].to_numpy(), "count": reached[k].to_numpy()})
        part.insert(0, every, [edge.tz_localize(None) for edge in edges[:-1]])
        part.insert(0, "before", names[k - 2])
        part.insert(0, "step", names[k - 1])
        parts.append(part[part["n"] > 0])
    table = pd.concat(parts, ignore_index=True)
    table["share"] = table["count"] / table["n"]
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    return table


def _empty(every: str) -> pd.DataFrame:
    return pd.DataFrame(columns=["step", "before", every, "n", "count", "share", "low", "high"])


def _shift(part: pd.DataFrame, seed: int) -> Shift | None:
    return estimates.shift(part["count"], part["n"], seed=seed) if len(part) >= LEAST else None


def _clearest(table: pd.DataFrame, p: dict[str, float], shifts: dict[str, Shift | None]) -> str:
    """The step to draw: the surest change, of equally sure ones the largest."""

    def rank(step: str) -> tuple[float, float]:
        found = shifts[step]
        return (p[step], -abs(found.since.value - found.before.value)) if found else (2.0, 0.0)

    return min(shifts, key=rank)


@dataclass(frozen=True)
class BeforeAfter(Result):
    """The rates over time; `step` is the one that is drawn."""

    step: str = ""
    every: str = "week"
    within: pd.Timedelta | None = None
    shifts: dict[str, Shift | None] = field(default_factory=dict)
    p: dict[str, float] = field(default_factory=dict)
    left: tuple[pd.Timestamp, pd.Timestamp] | None = None
    per: str = "visitor"
    vocabulary: ClassVar[Vocabulary] = terms.VOCABULARY

    @cached_property
    def changed(self) -> list[str]:
        """The steps that surely changed level, the surest first."""
        found = [step for step in self.shifts if self.p[step] < 1 - estimates.LEVEL]
        return sorted(found, key=lambda step: self.p[step])

    def began(self, step: str) -> pd.Timestamp | None:
        """The first day of the period in which this step changed; None where it surely did not."""
        return self._part(step)[self.every].iloc[self.shifts[step].at] if step in self.changed else None

    def _part(self, step: str) -> pd.DataFrame:
        return self.table[self.table["step"] == step].reset_index(drop=True)

    @property
    def text(self) -> str:
        """Which steps changed, when, from what to what; or that none surely did."""
        if self._periods < LEAST:
            return _(
                "There are too few whole periods to see a change: {least} is the least, here are {n}. Choose shorter periods, "
                "or bring a longer time."
            ).format(least=LEAST, n=self._periods)
        if not self.changed:
            return f"{self._still()} {self._level()}"
        return " ".join(self._told(step) for step in self.changed[:3])

    @property
    def _periods(self) -> int:
        return max((len(self._part(step)) for step in self.shifts), default=0)

    def _still(self) -> str:
        if len(self.shifts) > 1:
            return _("At no step did the share that goes on change by more than chance could make.")
        return _("The share that goes on to {step} did not change by more than chance could make.").format(
            step=said(self.step)
        )

    def _level(self) -> str:
        part = self._part(self.step)
        whole = estimates.share(part["count"].sum(), part["n"].sum())
        return _("From {before} to {step} the level is {share}.").format(
            before=said(part["before"].iloc[0]), step=said(self.step), share=whole
        )

    def _told(self, step: str) -> str:
        shift, part = self.shifts[step], self._part(step)
        first, last = (part[self.every].iloc[n] for n in (shift.first, shift.last))
        words = {
            "before": said(part["before"].iloc[0]),
            "step": said(step),
            "one": shift.before,
            "other": shift.since,
        }
        begun = _("From {before} to {step} the share that goes on went from {one} to {other}.").format(
            **words
        )
        when = _("The change began in {when}.").format(when=self._when(self.began(step)))
        if first == last:
            return f"{begun} {when}"
        around = _("It may have been between {first} and {last}.").format(
            first=language.day(first, "d MMM yyyy"), last=language.day(last, "d MMM yyyy")
        )
        return f"{begun} {when} {around}"

    def _when(self, day: pd.Timestamp) -> str:
        if self.every == "month":
            return language.day(day, "MMMM yyyy")
        named = language.day(day)
        return _("the week of {day}").format(day=named) if self.every == "week" else named

    @property
    def method(self) -> str:
        """The test, and which periods were left out."""
        parts = [
            _(
                "Each period is counted on its own, in the time of the shop. One step in level, by likelihood; tested by "
                "shuffling the periods 999 times, p corrected for {n} steps (Holm). Intervals: Wilson, 95%."
            ).format(n=max(len(self.shifts), 1))
        ]
        if self.within is not None:
            parts.append(_("Window: {within}.").format(within=asked.long(self.within)))
        if self.left is not None:
            parts.append(
                _(
                    "The data run from {first} to {last}; periods that they do not hold whole, or whose window is not over, "
                    "are left out."
                ).format(first=language.day(self.left[0]), last=language.day(self.left[1]))
            )
        return " ".join(parts)

    def plot(self) -> go.Figure:
        """The rate of one step with its interval as a band, and where the change began."""
        return figures.timeline(
            self._part(self.step), when=self.every, shift=self.began(self.step), label=said(self.step)
        )

    def findings(self) -> list[Finding]:
        """The steps at which surely fewer go on than before."""
        worse = [s for s in self.changed if self.shifts[s].since.value < self.shifts[s].before.value]
        return [self._finding(step) for step in worse]

    def _finding(self, step: str) -> Finding:
        headline = _("Fewer {who} go on to {step} since {when}.").format(
            who=many(self.per), step=said(step), when=self._when(self.began(step))
        )
        todo = _("Find out what changed then (site, prices, visitors).") + " " + advice(step)
        part, at = self._part(step), self.shifts[step].at
        old, new = part.iloc[:at][["count", "n"]].sum(), part.iloc[at:][["count", "n"]].sum()
        apart = estimates.difference(new["count"], new["n"], old["count"], old["n"])
        estimate = Estimate(apart.value, apart.low, apart.high, apart.n, "points", self.p[step])
        return Finding(CHAPTER, headline, estimate, action=todo)
