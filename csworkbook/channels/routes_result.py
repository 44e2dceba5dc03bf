"""What is said of a division of work, and of what it brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.channels import agent_words
from csworkbook.channels.abilities_result import CHAPTER
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

_WEEKS = 365.25 / 7
_TOLD = 3
_MOVED = 0.05  # contacts a week below which nothing moves


@dataclass(frozen=True)
class Routing(Result):
    """Who would do what.

    Attributes
    ----------
    hours : Series
        Hours a week everybody spends on contacts, by agent.
    minutes : float
        Minutes a contact takes.
    moved, weekly : float
        Contacts a week that change hands, of all.
    promised : float
        What the proposal brings a week by the figures it was made with.
    gain : Estimate or None
        What such a proposal brings a week in weeks it was not made with: contacts more, or minutes fewer.
    checked : float
        Contacts a week that changed hands in the proposals that `gain` was counted with.
    """

    by: str = "both"
    measure: str = "solved"
    within: str = "14D"
    hours: pd.Series | None = None
    minutes: float = np.nan
    hourly_cost: float = 32.0
    currency: str = "EUR"
    moved: float = 0.0
    weekly: float = 0.0
    promised: float = 0.0
    gain: Estimate | None = None
    checked: float = 0.0
    keep: float = 0.25
    least: float = 0.02
    people: ClassVar[bool] = True
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=agent_words.heads,
        words=agent_words.words,
        kinds={"now": "number", "proposed": "number", "change": "number"},
        wordy=("channel", "topic"),
    )

    @property
    def sure(self) -> bool:
        """Whether such a proposal surely brought something in weeks it was not made with."""
        return self.gain is not None and self.gain.low > 0 and self.moved >= _MOVED and self.checked > 0

    @property
    def text(self) -> str:
        """What another division brings and how sure that is, the largest moves, and what it rests on."""
        return " ".join(filter(None, (self._answer, self._moves, self._caution)))

    @property
    def _answer(self) -> str:
        if self.moved < _MOVED:
            return _(
                "No other division of the work is proposed: between colleagues no difference shows that is worth a move "
                "({measure})."
            ).format(measure=agent_words.measures()[self.measure])
        if self.gain is None:
            return _(
                "What another division of the work brings cannot be told: that takes contacts of more weeks."
            )
        if not self.checked:
            return _(
                "What another division of the work brings cannot be told: by half of the weeks alone nothing would move, so "
                "there is nothing to check it by."
            )
        scale = 60 if self.measure == "minutes" else 1
        ends = (language.number(end / scale, 1) for end in (self.gain.low, self.gain.high))
        shown = dict(zip(("gain", "low", "high"), (self._gained(self.gain.value), *ends), strict=True))
        if self.gain.low > 0:
            return _("Another division of the work would bring {gain} a week ({low} to {high}).").format(
                **shown
            )
        if self.gain.high < 0:
            return _(
                "The division by these figures brings nothing: in weeks it was not made with it did worse, {gain} a week "
                "({low} to {high})."
            ).format(**shown)
        return _(
            "Whether another division of the work brings anything cannot be told: {gain} a week ({low} to {high})."
        ).format(**shown)

    def _gained(self, value: float) -> str:
        """A gain in words: hours, or contacts that go well."""
        if self.measure == "minutes":
            return language.duration(value / 60, "hours")
        said = language.number(value, 1)
        return {
            "solved": _("{n} more solved at first contact"),
            "satisfied": _("{n} more satisfied customers"),
            "friendly": _("{n} more very friendly contacts"),
        }[self.measure].format(n=said)

    @property
    def _moves(self) -> str:
        rows = self.table[self.table["change"] >= _MOVED].head(_TOLD)
        if self.moved < _MOVED or rows.empty:
            return ""
        named = [
            _("{agent} more {kind} ({now} → {proposed} a week)").format(
                agent=row["agent"],
                kind=agent_words.kind_said(row, self.by),
                now=language.number(row["now"], 1),
                proposed=language.number(row["proposed"], 1),
            )
            for _i, row in rows.iterrows()
        ]
        return _("It moves {moved} of {all} contacts a week within everybody's hours; most: {moves}.").format(
            moved=language.number(self.moved, 1),
            all=language.number(self.weekly, 1),
            moves=language.join(named),
        )

    @property
    def _caution(self) -> str:
        if self.moved < _MOVED:
            return ""
        return _(
            "A proposal to talk about with the team, not an instruction: who likes what is not in the figures."
        )

    @property
    def method(self) -> str:
        """The programme, its limits, how the gain was checked."""
        hours = language.number(float(self.hours.sum()), 1)
        said = _(
            "Contacts a week per person and kind of work, divided anew so that most goes well ({measure}; linear programme). "
            "As much of every kind is done as now, nobody spends more time than he does ({hours} hours a week together), "
            "{keep} of everybody's work stays, nobody gets more of what he hardly did, and a contact moves only for {least} "
            "or more."
        ).format(
            measure=agent_words.measures()[self.measure],
            hours=hours,
            keep=language.percent(self.keep),
            least=language.percent(self.least),
        )
        check = _(
            "The best of many figures looks better than it is. So what it brings was counted in weeks it was not made with: "
            "made with the even weeks and counted in the odd ones, and the other way round. By its own figures the proposal "
            "brings {promised} a week."
        ).format(promised=self._gained(self.promised))
        window = ""
        if self.measure == "solved":
            window = _(
                "Solved: not transferred, and not back about the same topic within {days} days."
            ).format(days=duration(self.within).days)
        return " ".join(filter(None, (said, check, window)))

    def plot(self) -> go.Figure:
        """Contacts a week now and as proposed, where it changes most."""
        from csworkbook.channels import pictures_agents

        return pictures_agents.division(self)

    @property
    def value(self) -> Estimate | None:
        """What it is worth a year, money: hours saved, or contacts that do not come back; None for what has no price."""
        if self.gain is None or self.measure not in ("minutes", "solved"):
            return None
        one = self.hourly_cost / 60 * (1.0 if self.measure == "minutes" else self.minutes) * _WEEKS
        ends = (self.gain.value * one, self.gain.low * one, self.gain.high * one)
        return Estimate(*ends, self.gain.n, "money", currency=self.currency)

    def findings(self) -> list[Finding]:
        """Another division, where it surely brings something; without names."""
        if not self.sure:
            return []
        headline = _("Another division of the work over the team would bring {gain} a week.").format(
            gain=self._gained(self.gain.value)
        )
        action = _(
            "Talk the proposal over with the team, try it for a month with a part of the work, and count again."
        )
        assumed = (
            _("an hour costs {money}").format(money=language.money(self.hourly_cost, self.currency)),
            _("a contact takes {minutes}").format(minutes=language.duration(self.minutes, "minutes")),
        )
        return [Finding(CHAPTER, headline, self.gain, action=action, value=self.value, assumptions=assumed)]


@dataclass(frozen=True)
class Saving(Routing):
    """`Routing` that saves time: its figures are minutes."""

    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=agent_words.heads,
        words=agent_words.words,
        kinds=dict.fromkeys(("now", "proposed", "change", "minutes", "low", "high"), "number"),
        wordy=("channel", "topic"),
    )
