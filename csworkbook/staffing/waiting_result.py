"""What is said of waiting: who gives up, who is satisfied, and whether a limit is a turning point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, evidence, language
from csworkbook.estimates import Estimate, Verdict
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.results import Result, Vocabulary, word
from csworkbook.staffing import pictures, staffing_words
from csworkbook.staffing.patience import FEWEST, Waits
from csworkbook.staffing.staffing_words import CHAPTER

if TYPE_CHECKING:
    import plotly.graph_objects as go

SMOOTH = 1.5  # a step within this factor, both ways, is none to speak of
ENOUGH = 100  # who gave up, from which a step twice as high is likely seen
BENCHMARKS = ("chat-answer-20-s", "chat-patience-20-s")


@dataclass(frozen=True)
class Waiting(Result):
    """Waiting on one channel.

    Attributes
    ----------
    within, lost : Estimate
        The share answered within the limit, and the share that gave up, of all with a known wait.
    step, happy_step : Estimate or None
        How many times as often customers give up from the limit on, and the odds to be satisfied, beyond a
        smooth course; p corrected by Holm. None with too few.
    happy : Estimate or None
        Satisfied within the limit minus satisfied later, in points.
    patience : Estimate or None
        How long a customer is willing to wait on average, in seconds.
    curve : DataFrame
        second, still, low, high: who had not given up, had nobody been answered.
    """

    waits: Waits | None = None
    limit: float = 20
    within: Estimate | None = None
    lost: Estimate | None = None
    step: Estimate | None = None
    happy_step: Estimate | None = None
    happy: Estimate | None = None
    patience: Estimate | None = None
    curve: pd.DataFrame | None = None
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=lambda: staffing_words.heads() | {"share": _("Satisfied"), "n": _("Rated")},
        kinds={
            "answered": "count", "given_up": "count", "still": "share",
            "hazard": "share", "hazard_low": "share", "hazard_high": "share",
        },
        wordy=("waited",),
    )  # fmt: skip
    spare: ClassVar[tuple[str, ...]] = ("hazard_low", "hazard_high")

    @property
    def verdict(self) -> Verdict:
        """Whether the limit is a turning point: in giving up or in satisfaction."""
        steps = [step for step in (self.step, self.happy_step) if step is not None]
        if any(map(_is_sure, steps)):
            return "yes"
        return "no" if len(steps) == 2 and all(map(_is_small, steps)) else "cannot tell yet"

    @property
    def text(self) -> str:
        """Answered in time and given up; whether the limit is a turning point; satisfaction; patience."""
        return " ".join(filter(None, (self._shares, self._turning, self._satisfied, self._patient)))

    @property
    def _shares(self) -> str:
        said = _("Of {n} contacts by {channel}, {share} were answered within {limit} ({low} to {high}).")
        if self.waits.gave_up:  # where nobody did, whether anybody did may not be known
            said = _(
                "Of {n} contacts by {channel}, {share} were answered within {limit} ({low} to {high}); {lost} gave up."
            )
        return said.format(
            n=language.number(self.waits.n),
            channel=word(self.waits.channel),
            share=language.percent(self.within.value),
            low=language.percent(self.within.low),
            high=language.percent(self.within.high),
            limit=self._limit,
            lost=language.percent(self.lost.value),
        )

    @property
    def _limit(self) -> str:
        return language.duration(self.limit, "seconds")

    @property
    def _turning(self) -> str:
        shown = {"limit": self._limit}
        if self.verdict == "no":
            said = _(
                "{limit} are no turning point here: neither giving up nor satisfaction makes a step there."
            )
            return said.format(**shown)
        if self.verdict == "cannot tell yet":
            return _("Whether {limit} are a turning point cannot be told.").format(**shown)
        up = _(
            "From {limit} on they give up {ratio} times as often as a smooth course would have it ({low} to {high})."
        )
        odds = _(
            "After {limit} the odds to be satisfied are {ratio} times what a smooth course would have ({low} to {high})."
        )
        steps = ((up, self.step), (odds, self.happy_step))
        return " ".join(said.format(**shown, **_ratio(step)) for said, step in steps if _is_sure(step))

    @property
    def _satisfied(self) -> str:
        if self.happy is None:
            return ""
        said = _("Satisfaction when answered within {limit}, against later: {difference}.").format(
            limit=self._limit, difference=self.happy
        )
        if self.happy.verdict != "yes":
            return f"{said} " + _("Chance could make that difference.")
        return f"{said} " + _("Waiting goes with it; that it causes it, this cannot show.")

    @property
    def _patient(self) -> str:
        if not self.waits.gave_up:
            return _("Of nobody is it known that they gave up, so how patient they are cannot be told.")
        if self.patience is None:
            said = _("Only {n} gave up: too few to tell how patient customers are.")
            return said.format(n=self.waits.gave_up)
        return _(
            "Who gave up had waited {mean} on average, but who was answered had patience left: all together would wait "
            "{patience} on average ({low} to {high})."
        ).format(
            mean=_seconds(self._gave_up_after),
            patience=_seconds(self.patience.value),
            low=language.number(self.patience.low),
            high=language.number(self.patience.high),
        )

    @property
    def _gave_up_after(self) -> float:
        """How long those who gave up had waited on average, in seconds."""
        up = self.waits.table[self.waits.table["gave_up"]]
        return float((up["second"] * up["n"]).sum() / up["n"].sum())

    @property
    def method(self) -> str:
        """The tests, patience, what was left out, and the handbook's figures with their caveats."""
        said = [
            _(
                "A wait that ended with an answer counts as cut off (Kaplan–Meier). The step at the limit is tested beside a "
                "smooth course, the logarithm of the wait and its square: Poisson regression of giving up per second, logistic "
                "regression of satisfaction, Holm for the two; no turning point is a range within {smooth} times both ways."
            ).format(smooth=language.number(SMOOTH, 1)),
            *self._steps,
            _(
                "Patience is all seconds waited ÷ those who gave up, which holds when giving up is as likely at every second; "
                "it is told from {n} who gave up."
            ).format(n=FEWEST),
        ]
        if self.waits.unknown:
            left = _("Left out: {n} contacts of which the wait is not known.")
            said.append(left.format(n=language.number(self.waits.unknown)))
        told = [f"{entry.claim} {entry.caveat}" for entry in map(evidence.get, BENCHMARKS)]
        return " ".join([*said, _("Handbook:"), *told])

    @property
    def _steps(self) -> list[str]:
        """The two steps in figures."""
        names = (_("Giving up"), self.step), (_("Satisfaction (odds)"), self.happy_step)
        each = _("{name}: {ratio} times ({low} to {high}), p {p}.")
        return [
            each.format(name=name, **_ratio(step), p=self.vocabulary.cell("p", step.p))
            if step is not None
            else _("{name}: too few on one side of the limit.").format(name=name)
            for name, step in names
        ]

    def plot(self) -> go.Figure:
        """Who has not given up after so many seconds, and who is satisfied after such a wait."""
        return pictures.patience(self.table, self.curve, self.limit)

    def findings(self) -> list[Finding]:
        """How many are answered in time, and whether that limit matters here."""
        verdicts = {
            "yes": _("it is a turning point for your customers"),
            "no": _("it is no turning point for your customers"),
            "cannot tell yet": _("whether it is a turning point for your customers cannot be told"),
        }
        said = _("{share} of contacts by {channel} are answered within {limit}; {verdict}.")
        action = {
            "yes": _("Plan so many people that most are answered within it, at the busiest hours too."),
            "no": _("Look at how many give up in all rather than at this limit."),
            "cannot tell yet": _("Keep the waits and who gives up; take the limit as advice, not as a fact."),
        }
        return [
            Finding(
                CHAPTER,
                said.format(
                    share=language.percent(self.within.value),
                    channel=word(self.waits.channel),
                    limit=self._limit,
                    verdict=verdicts[self.verdict],
                ),
                self.within,
                benchmark=BENCHMARKS[0] if self.limit == 20 else None,
                action=action[self.verdict],
                enough=ENOUGH if self.waits.gave_up < ENOUGH else None,
            )
        ]


def _is_sure(step: Estimate | None) -> bool:
    """Whether there is a step, and one to speak of: with very many waits no course is smooth enough."""
    return step is not None and step.p < 1 - estimates.LEVEL and not _is_small(step)


def _is_small(step: Estimate) -> bool:
    return step.low >= 1 / SMOOTH and step.high <= SMOOTH


def _ratio(step: Estimate) -> dict[str, str]:
    shown = {"ratio": step.value, "low": step.low, "high": step.high}
    return {name: language.number(value, 2) for name, value in shown.items()}


def _seconds(value: float) -> str:
    return language.duration(round(value), "seconds")
