"""What is said of who is best at what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.channels import agent_words
from csworkbook.channels.agent_counts import BY
from csworkbook.channels.evened import Evened
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "09_channels"
_TOLD = 3
_HARDLY = 0.005  # a spread below half a point, or half a per cent of the minutes


@dataclass(frozen=True)
class Skills(Result):
    """Everybody beside the colleagues who did the same work; `spread` tells how much people differ at all."""

    by: str = "channel"
    measure: str = "solved"
    within: str = "14D"
    spread: Evened | None = None
    nobody: int = 0
    people: ClassVar[bool] = True
    spare: ClassVar[tuple[str, ...]] = ("plain", "sd")
    value: ClassVar[str] = "share"
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=agent_words.heads,
        words=agent_words.words,
        kinds={"plain": "share", "difference": "points"},
        wordy=("channel", "topic", "verdict"),
    )

    @property
    def better(self) -> pd.DataFrame:
        """Who provably is better at a kind of work than the colleagues, the clearest first."""
        return self._sure("better")

    @property
    def worse(self) -> pd.DataFrame:
        """Who provably is less good at a kind of work than the colleagues, the clearest first."""
        return self._sure("worse")

    def _sure(self, verdict: str) -> pd.DataFrame:
        rows = self.table[self.table["verdict"] == verdict]
        return rows.sort_values(["p", "agent"], kind="stable")

    def difference_of(self, row: pd.Series) -> Estimate:
        """How much a person differs from the colleagues, evened out, in points (of minutes: the ratio)."""
        value = float(np.log(row["ratio"]) if self.measure == "minutes" else row["difference"])
        ends = np.array([value, value - 1.96 * row["sd"], value + 1.96 * row["sd"]])
        if self.measure == "minutes":
            return Estimate(*np.exp(ends).tolist(), int(row["n"]), "times")
        return Estimate(*ends.tolist(), int(row["n"]), "points", float(row["p"]))

    @property
    def text(self) -> str:
        """Who provably is better or less good, how much people differ, over how many contacts."""
        return " ".join(filter(None, (self._answer, self._lower, self._spread, self._over)))

    @property
    def _answer(self) -> str:
        measure = agent_words.measures()[self.measure]
        if not self.better.empty:
            return _("Provably better than colleagues who do the same work ({measure}): {who}.").format(
                measure=measure, who=self._people(self.better)
            )
        if not self.worse.empty:
            return _("Provably less good than colleagues who do the same work ({measure}): {who}.").format(
                measure=measure, who=self._people(self.worse)
            )
        if self.table["n"].max() < SMALL:
            return _("Too few contacts to tell people apart ({measure}): nobody has {n} of one kind.").format(
                measure=measure, n=SMALL
            )
        return _(
            "Nobody is provably better than the colleagues at any kind of work ({measure}): what differs can be chance."
        ).format(measure=measure)

    def _people(self, rows: pd.DataFrame) -> str:
        """The clearest of them, and how many more there are."""
        said = [self._named(row) for _i, row in rows.head(_TOLD).iterrows()]
        if len(rows) > _TOLD:
            said.append(_("{n} more").format(n=language.number(len(rows) - _TOLD)))
        return language.join(said)

    def _named(self, row: pd.Series) -> str:
        value, whole = agent_words.beside(self.measure, row[self.value], self._all(row))
        return _("{agent} at {kind} ({value} against {all} of all)").format(
            agent=row["agent"], kind=agent_words.kind_said(row, self.by), value=value, all=whole
        )

    def _all(self, row: pd.Series) -> float:
        """The mean of everybody at this kind of work."""
        same = self.table
        for column in BY[self.by]:
            same = same[same[column] == row[column]]
        values = np.log(same["plain"]) if self.measure == "minutes" else same["plain"]
        mean = float(np.average(values, weights=same["n"]))
        return float(np.exp(mean)) if self.measure == "minutes" else mean

    @property
    def _lower(self) -> str:
        if self.worse.empty or self.better.empty:
            return ""
        return _("Provably less good: {who}.").format(who=self._people(self.worse))

    @property
    def _spread(self) -> str:
        spread = float(np.hypot(self.spread.between, self.spread.within))
        if spread < _HARDLY:
            return _("As far as these contacts tell, people hardly differ.")
        if self.measure == "minutes":
            said = language.percent(np.expm1(spread))
            return _("Two thirds of people lie within about {spread} of the mean.").format(spread=said)
        points = Estimate(spread, spread, spread, 0, "points").say()
        return _("Two thirds of people lie within about {spread} of the mean.").format(spread=points)

    @property
    def _over(self) -> str:
        n = int(self.table["n"].sum())
        people = self.table["agent"].nunique()
        return ngettext(
            "Looked at: {n} contacts of {people} person.",
            "Looked at: {n} contacts of {people} people.",
            people,
        ).format(n=language.number(n), people=language.number(people))

    @property
    def method(self) -> str:
        """The measure, the comparison, the shrinking, the test, what was left out, and what figures do not tell."""
        return " ".join(filter(None, (self._measured, _compared(), self._tested, self._left_out, _fair())))

    @property
    def _measured(self) -> str:
        if self.measure != "solved":
            return {
                "minutes": _("Handling time: the geometric mean, so that a few long contacts do not decide."),
                "satisfied": _("Satisfied: of the customers who said whether they were."),
                "friendly": _("Very friendly: grade 5 of 5, of the customers who gave one."),
            }[self.measure]
        return _(
            "Solved at first contact: the first contact of an issue that was not transferred, and after which the same "
            "customer did not come back about the same topic within {days} days; too recent to tell, and follow-ups: left out."
        ).format(days=duration(self.within).days)

    @property
    def _tested(self) -> str:
        tested = int(self.table["p"].notna().sum())
        return _(
            "“Better” and “less good”: p below 0.05 after correction for {n} comparisons (Holm); with fewer than {few} "
            "contacts nothing is tested. Below {small} contacts a row tells hardly anything."
        ).format(n=language.number(tested), few=10, small=SMALL)

    @property
    def _left_out(self) -> str:
        if not self.nobody:
            return ""
        return ngettext(
            "{n} handled contact does not tell who did it.",
            "{n} handled contacts do not tell who did them.",
            self.nobody,
        ).format(n=language.number(self.nobody))

    def plot(self) -> go.Figure:
        """A heat map: people by kinds of work, blue above the colleagues, orange below."""
        from csworkbook.channels import pictures_agents

        return pictures_agents.heat(self)

    def findings(self) -> list[Finding]:
        """Where somebody provably is better, there is something to learn; names stay out of reports."""
        rows = self.better if not self.better.empty else self.worse
        if rows.empty:
            return []
        row = rows.iloc[0]
        headline = _("Colleagues differ in what they do well: {kind}, {measure}.").format(
            kind=agent_words.kind_said(row, self.by), measure=agent_words.measures()[self.measure]
        )
        action = _(
            "Ask the team who likes to do what, and let those who do it best show the others; then look at who gets which "
            "question."
        )
        return [Finding(CHAPTER, headline, self.difference_of(row), action=action)]


@dataclass(frozen=True)
class Speeds(Skills):
    """`Skills` in minutes: less is better."""

    value: ClassVar[str] = "minutes"
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=agent_words.heads,
        words=agent_words.words,
        kinds={"plain": "number", "minutes": "number", "low": "number", "high": "number", "ratio": "score"},
        wordy=("channel", "topic", "verdict"),
    )


def _compared() -> str:
    return _(
        "Each person is set against the colleagues within the same channel and topic (Mantel–Haenszel weights), so that the "
        "mix of work does not count; small numbers are drawn towards the middle by how much people and their kinds of work "
        "really differ (empirical Bayes)."
    )


def _fair() -> str:
    return _(
        "Figures do not tell why: shifts, difficult customers and what somebody was asked to do are not in them. Talk about "
        "them with the person, not about the person."
    )
