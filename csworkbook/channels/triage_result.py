"""What is said of a backlog, and of the plans to be rid of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from csworkbook import evidence, language
from csworkbook.channels import triage_words
from csworkbook.channels.abilities_result import CHAPTER
from csworkbook.channels.clearing import Cleared, Week
from csworkbook.channels.flows import STALE, Flows
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary, word

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FOUR = "complaints-four-80"
_TOLD = 3


@dataclass(frozen=True)
class Triage(Result):
    """A backlog and its plans.

    Attributes
    ----------
    waiting : float
        Letters that wait now.
    typed : bool
        Whether somebody typed that number.
    runs : mapping
        Plan → what became of it, run by run.
    flows : Flows
        What waits, what comes in and what goes out, by the data.
    week : Week
        The weeks drawn from.
    told : mapping
        What was chosen.
    """

    waiting: float = 0.0
    typed: bool = False
    runs: Mapping[str, Cleared] = field(default_factory=dict)
    flows: Flows | None = None
    week: Week | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    currency: str = "EUR"
    spare: ClassVar[tuple[str, ...]] = ("net", "net_low", "net_high", "share", "cost")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=triage_words.heads,
        words=triage_words.plans,
        kinds={
            **dict.fromkeys(("came", "answered", "net", "net_low", "net_high"), "number"),
            **dict.fromkeys(("days", "days_low", "days_high", "left", "left_low", "left_high"), "count"),
            "gone": "date", "cost": "money",
        },
        wordy=("plan", "verdict"),
    )  # fmt: skip

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it; a day that never comes is said."""
        if column in ("days", "days_low", "days_high", "gone") and value != value:
            return _("not in time")
        if column == "plan":
            return self.plan_said(str(value))
        return super().cell(column, value)

    def plan_said(self, plan: str) -> str:
        """What a plan is called, with what was chosen."""
        return triage_words.plans(self.told["off"], self.told["topic"])[plan]

    @cached_property
    def by_plan(self) -> pd.DataFrame:
        """The table by plan."""
        return self.table.set_index("plan")

    @property
    def text(self) -> str:
        """When it is gone as things are; with each plan; what closing a channel costs; where to begin."""
        if not self.waiting:
            return " ".join(
                (_("Nobody waits for a first answer, so there is no backlog to clear."), self._flow)
            )
        if self.in_hand:
            said = ngettext(
                "{n} letter waits for a first answer, not longer than is usual to promise: work in hand, no backlog.",
                "{n} letters wait for a first answer, none longer than is usual to promise: work in hand, no backlog.",
                round(self.waiting),
            )
            return f"{said.format(n=language.number(self.waiting))} {self._flow}"
        return " ".join(filter(None, (self._now, self._plans, self._lost, self._begin)))

    @property
    def in_hand(self) -> bool:
        """Whether what waits by the data is the work of the day: nobody waits longer than is usual to promise."""
        return not self.typed and self.waiting > 0 and not self.flows.waiting["late"].sum()

    @property
    def _flow(self) -> str:
        row = self.by_plan.loc["now"]
        return _(
            "In the last {weeks} weeks {came} letters came in a week, and {answered} were answered."
        ).format(
            weeks=self.flows.blocks,
            came=_tenths(row["came"]),
            answered=_tenths(self.flows.answered.sum() / self.flows.blocks),
        )

    @property
    def _now(self) -> str:
        row, n = self.by_plan.loc["now"], language.number(self.waiting)
        if row["verdict"] == "yes":
            return _("As things are, the backlog of {n} is gone in {days}.").format(n=n, days=self._days(row))
        if row["verdict"] == "cannot tell yet":
            return _(
                "Whether the backlog of {n} goes by itself within {weeks} weeks cannot be told: it does in {share} of the runs."
            ).format(n=n, weeks=self.told["weeks"], share=language.percent(row["share"]))
        if row["net_low"] > 0:
            return _(
                "As things are, the backlog of {n} never goes: every week {net} more letters come in than are answered ({low} "
                "to {high})."
            ).format(n=n, net=_tenths(row["net"]), **self._ends(row))
        if row["net_high"] > 0:
            return _(
                "As things are, the backlog of {n} is not gone within {weeks} weeks, and perhaps never: about as many letters "
                "come in as are answered ({low} to {high} more a week)."
            ).format(n=n, weeks=self.told["weeks"], **self._ends(row))
        return _("As things are, the backlog of {n} shrinks but is not gone within {weeks} weeks.").format(
            n=n, weeks=self.told["weeks"]
        )

    def _ends(self, row: pd.Series) -> dict[str, str]:
        return {"low": _tenths(row["net_low"]), "high": _tenths(row["net_high"])}

    def _days(self, row: pd.Series) -> str:
        """ "12 days (9 to 15)"."""
        days = language.duration(row["days"], "days")
        ends = [language.number(row[name]) for name in ("days_low", "days_high")]
        if len(set(ends)) == 1:
            return days
        return _("{value} ({low} to {high})").format(value=days, low=ends[0], high=ends[1])

    @property
    def _plans(self) -> str:
        said = [
            f"{self._plan(name)}: {self._when(row)}" for name, row in self.by_plan.iterrows() if name != "now"
        ]
        return language.capital("; ".join(said)) + "." if said else ""

    def _plan(self, name: str) -> str:
        if name == "hours":
            return _("with {n} hours a week more").format(n=language.number(self.told["hours_added"]))
        return self.plan_said(name)

    def _when(self, row: pd.Series) -> str:
        if row["verdict"] == "yes":
            return self._days(row)
        if row["verdict"] == "no":
            if row["net_low"] > 0:
                return _("never, it grows")
            return _("not within {weeks} weeks").format(weeks=self.told["weeks"])
        return _("cannot be told, gone in time in {share} of the runs").format(
            share=language.percent(row["share"])
        )

    @property
    def _lost(self) -> str:
        """Who would get no answer at all with a channel closed."""
        if "off" not in self.runs:
            return ""
        calls = float(self.week.calls.sum() / self.week.number)
        return _(
            "Closing a channel leaves {n} customers a week without an answer; some of them wanted to buy."
        ).format(n=_tenths(calls * (1 - self.told["phone_off"])))

    @property
    def _begin(self) -> str:
        """What most of what waits is about, and how much waits too long."""
        if self.typed or not self.flows.waiting["n"].sum():
            return ""
        n, late = (int(self.flows.waiting[name].sum()) for name in ("n", "late"))
        topics = self.flows.waiting[self.flows.waiting["topic"] != ""].groupby("topic")["n"].sum()
        topics = topics.sort_values(ascending=False, kind="stable").head(_TOLD)
        said = ngettext(
            "Of these, {late} waits longer than is usual to promise.",
            "Of these, {late} wait longer than is usual to promise.",
            late,
        ).format(late=language.number(late))
        if topics.empty:
            return said
        about = _("Begin with {topics}: {share} of what waits.").format(
            topics=language.join([str(word(topic)) for topic in topics.index]),
            share=language.percent(topics.sum() / n),
        )
        return f"{said} {about}"

    @property
    def method(self) -> str:
        """How the days to come are drawn, what a plan does, what is assumed, first aid."""
        return " ".join(filter(None, (self._drawn, self._worked, self._stale, self._four, self._aid)))

    @property
    def _drawn(self) -> str:
        runs = len(next(iter(self.runs.values())).waiting)
        rate = (
            _("There is time for {n} letters a week, as typed.").format(n=language.number(self.told["rate"]))
            if self.told["rate"]
            else _("There is time for as many letters as were answered: with a backlog people may do more.")
        )
        return _(
            "{runs} runs; each draws the weeks to come from the last {weeks}, and how far their mean may lie from these (the "
            "fewer weeks, the further). What waits at the end of a day: what waited, plus what came in, less what there is "
            "time for. "
            "Ranges hold 95% of the runs. Letters: everything but phone and chat. {rate}"
        ).format(runs=language.number(runs), weeks=self.flows.blocks, rate=rate)

    @property
    def _worked(self) -> str:
        minutes, known = self.told["minutes"]
        if minutes != minutes:
            return _(
                "What a letter takes is not known, so plans that need time are left out: type the minutes, or bring the "
                "handling time."
            )
        came_from = _("the mean of {n}").format(n=language.number(known)) if known else _("as typed")
        said = _(
            "A letter takes {minutes} minutes ({source}); of an added hour {busy} goes to letters. An answer on the site keeps "
            "{prevented} of that topic away: an assumption."
        ).format(
            minutes=_tenths(minutes),
            source=came_from,
            busy=language.percent(self.told["busy"]),
            prevented=language.percent(self.told["prevented"]),
        )
        if "off" not in self.runs:
            return said
        closing = _(
            "With a channel closed, its handling time goes to letters and {mailing} of who would have come there writes one: "
            "an assumption."
        ).format(mailing=language.percent(self.told["phone_off"]))
        return f"{said} {closing}"

    @property
    def _stale(self) -> str:
        if not self.flows.stale:
            return ""
        return ngettext(
            "{n} letter without an answer is older than {days} days and taken for closed.",
            "{n} letters without an answer are older than {days} days and taken for closed.",
            self.flows.stale,
        ).format(n=language.number(self.flows.stale), days=STALE)

    @property
    def _four(self) -> str:
        """Where to begin by the handbook: the four groups of complaints."""
        entry = evidence.get(_FOUR)
        said = _("Handbook: {claim} Begin with what can be put right for many at once.")
        return said.format(claim=entry.claim)

    @property
    def _aid(self) -> str:
        return _("First aid: {list}.").format(list="; ".join(triage_words.first_aid()))

    def plot(self) -> go.Figure:
        """What waits at the end of each day, per plan, as a fan."""
        from csworkbook.channels import pictures_triage

        return pictures_triage.fan(self)

    @property
    def quickest(self) -> str:
        """The plan, other than all together, that is first rid of the backlog; "" where none surely is."""
        rows = self.by_plan.drop(index=["now", "all"], errors="ignore")
        rows = rows[rows["verdict"] == "yes"]
        return "" if rows.empty else str(rows.sort_values("days", kind="stable").index[0])

    def findings(self) -> list[Finding]:
        """A backlog of the data that does not surely go by itself."""
        row = self.by_plan.loc["now"]
        if self.typed or not self.waiting or self.in_hand or row["verdict"] == "yes":
            return []
        headline = _("{n} customers wait for an answer, and that does not surely go by itself.").format(
            n=language.number(self.waiting)
        )
        left = Estimate(
            row["left"], row["left_low"], row["left_high"], int(self.flows.asked["n"].sum()), "number"
        )
        assumed = (_("the coming weeks are like the last {n}").format(n=self.flows.blocks),)
        action = _(
            "Count what waits per topic, answer the largest one with one good text, and tell who waits how long."
        )
        if self.quickest:
            action = _("{plan} would do it in {days}.").format(
                plan=language.capital(self._plan(self.quickest)),
                days=self._days(self.by_plan.loc[self.quickest]),
            )
        return [Finding(CHAPTER, headline, left, _FOUR, action, assumptions=assumed)]


def _tenths(value: float) -> str:
    """A number with a tenth where there is one.

    >>> _tenths(14.0), _tenths(2.54)
    ('14', '2.5')
    """
    return language.number(value, 0 if round(value, 1) == round(value) else 1)
