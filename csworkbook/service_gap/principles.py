"""How do we stand on the three principles: know your customers, make it easy, solve it in one go?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import MissingTable, SettingError
from csworkbook.estimates import Estimate, Verdict
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.repeats import duration, repeated
from csworkbook.results import Result, Vocabulary, question
from csworkbook.service_gap import scores
from csworkbook.service_gap.gauges import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

_CHAPTER = "01_service_gap"
PRINCIPLES = ("knowledge", "effort", "solved")
_WISHED = 0.84  # of customers, by what they say (handbook 1.4); no shop's share solved


def _labels() -> dict[str, str]:
    return {
        "within": _("Back within"),
        "knowledge_target": _("Target: reason recorded"),
        "effort_target": _("Target: not far too much effort"),
        "solved_target": _("Target: solved in one conversation"),
    }


@question(mark("How do we stand on the three principles of great service?"), labels=_labels)
def principles(
    contacts: pd.DataFrame | None = None,
    effort_survey: pd.DataFrame | None = None,
    *,
    within: str = "14D",
    knowledge_target: float = 0.95,
    effort_target: float = 0.9,
    solved_target: float = 0.84,
    hourly_cost: float = 32.0,
    currency: str = "EUR",
) -> Principles:
    """The handbook's three principles as a scorecard (1.4).

    Knowledge is the share of contacts with a reason recorded. Effort is the share that did not find
    the hardest stage far too much effort. Solved in one friendly conversation is the share of contacts
    that were answered, not passed on, not followed by another one about the same within `within`, and,
    where the customer rated it, friendly (4 or 5); what the contacts do not tell is left out of it, and
    with fewer than 30 ratings it is never surely reached. Contacts of unknown customers, and those whose
    window is not over yet, do not count for the last one.

    Parameters
    ----------
    contacts, effort_survey : DataFrame, optional
        One of the two is enough; what the other tells is then left open.
    within : str
        A pandas duration, such as ``"14D"``.
    knowledge_target, effort_target, solved_target : float
        The shares to reach, 0–1. (84%: customers who want it solved in one friendly conversation.)
    hourly_cost : float
        What an hour of service costs; gives what coming back costs a year.

    Returns
    -------
    Principles
        table: principle (knowledge, effort, solved), part, main (the part that is the score), count,
        n, share, low, high (0–1, Wilson; effort for all stages at once), target, verdict (yes, no, cannot tell yet).

    Raises
    ------
    MissingTable
        When there is neither table.
    DataError
        When a required column is missing.
    SettingError
        When a target is no share, or `within` no length of time.

    >>> import pandas as pd
    >>> contacts = pd.DataFrame({"contact_id": ["1", "2"], "customer_id": ["a", "b"],
    ...     "opened_at": pd.to_datetime(["2026-01-01", "2026-03-01"], utc=True),
    ...     "channel": "chat", "topic": ["refund", None]})
    >>> principles(contacts).score("knowledge").value
    0.5
    """
    targets = {"knowledge": knowledge_target, "effort": effort_target, "solved": solved_target}
    if not all(0 <= target <= 1 for target in targets.values()):
        raise SettingError(_("A target must be a share."), allowed=_("Allowed: 0 to 100%."))
    if contacts is None and effort_survey is None:
        raise MissingTable(
            _("The three principles need contacts or an effort survey."),
            next_step=_("Bring one of them on the start page."),
        )
    days = duration(within)
    told = None if contacts is None else repeated(contacts, within=within)
    parts = [*scores.knowledge(contacts), *scores.effort(effort_survey), *scores.solved(contacts, told)]
    table = pd.DataFrame(parts, columns=["principle", "part", "main", "count", "n"])
    table["share"] = table["count"] / table["n"].where(table["n"] > 0)
    table["low"], table["high"] = scores.limits(table)
    table["target"] = table["principle"].map(targets).where(table["main"])
    rated = "friendly" in scores.measured(table)
    table["verdict"] = [_stands(row, rated) if row.main else "" for row in table.itertuples()]
    coming_back = scores.coming_back(contacts, told, hourly_cost, currency)
    return Principles(
        table, scores.reasons(contacts), days.days, scores.left_out(told), coming_back, currency
    )


def _stands(row, rated: bool) -> Verdict:
    """Whether the target is reached: surely, surely not, or not to be told.

    Solved is never sure without ratings; surely not it can be, for a rating can only take away from it.
    """
    if row.n == 0:
        return "cannot tell yet"
    if row.low >= row.target:
        return "yes" if rated or row.principle != "solved" else "cannot tell yet"
    return "no" if row.high < row.target else "cannot tell yet"


def _heads() -> dict[str, str]:
    return {
        "principle": _("Principle"),
        "part": _("What is counted"),
        "target": _("Target"),
        "verdict": _("Reached?"),
    }


def _words() -> dict[object, str]:
    return {
        "knowledge": _("Know your customers"),
        "effort": _("Make it easy"),
        "solved": _("Solved in one friendly conversation"),
        "recorded": _("Reason recorded"),
        "telling": _("… and it says more than “other”"),
        "hardest": _("Hardest stage: not far too much effort"),
        "choosing": _("Choosing: not far too much effort"),
        "buying": _("Buying: not far too much effort"),
        "after": _("After purchase: not far too much effort"),
        "no_repeat": _("… did not come back about the same"),
        "answered": _("… was answered"),
        "not_passed_on": _("… was not passed on"),
        "friendly": _("… was found friendly (4 or 5)"),
        "solved_rated": _("All of that, of those who gave a rating"),
    }


@dataclass(frozen=True)
class Principles(Result):
    """Three scores, each beside its target, with the parts they are made of."""

    reasons: int = 0
    days: int = 14
    left_out: tuple[int, int] = (0, 0)
    coming_back: Estimate | None = None
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "principle", "part", "share", "low", "high", "n", "target", "verdict",
    )  # fmt: skip
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=_heads, words=_words, kinds={"target": "share"}, wordy=("principle", "part")
    )

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The three scores: the rows of the table that are the score of their principle."""
        return self.table[self.table["main"]].set_index("principle")

    def score(self, principle: str) -> Estimate:
        """The score of a principle: "knowledge", "effort" or "solved"."""
        row = self.scores.loc[principle]
        return Estimate(float(row["share"]), float(row["low"]), float(row["high"]), int(row["n"]))

    @property
    def text(self) -> str:
        """How many targets are reached, then each score in a sentence."""
        reached = (self.scores["verdict"] == "yes").sum()
        said = {
            0: _("No principle is surely on target."),
            1: _("One of the three principles is surely on target."),
            2: _("Two of the three principles are surely on target."),
            3: _("All three principles are surely on target."),
        }[int(reached)]
        return " ".join([said, self._known, self._easy, self._at_once])

    @property
    def _known(self) -> str:
        score = self.score("knowledge")
        if not score.n:
            return _("Bring your contacts to see whether reasons are recorded.")
        return _("A reason is recorded for {share} of the contacts ({reasons} different ones).").format(
            share=language.percent(score.value), reasons=language.number(self.reasons)
        )

    @property
    def _easy(self) -> str:
        score = self.score("effort")
        if not score.n:
            return _("Bring an effort survey to see whether it is easy.")
        return _("At the hardest stage {share} found it far too much effort ({low} to {high}).").format(
            share=language.percent(1 - score.value),
            low=language.percent(1 - score.high),
            high=language.percent(1 - score.low),
        )

    @property
    def _at_once(self) -> str:
        score = self.score("solved")
        if not score.n:
            return _("Contacts of known customers would tell what is solved in one conversation.")
        rated = self.table.loc[self.table["part"] == "solved_rated", "share"]
        said = (
            _(
                "{share} of the contacts were solved in one friendly conversation ({low} to {high}); of those whose "
                "friendliness was rated, {rated}."
            )
            if self._complete
            else _("{share} of the contacts ({low} to {high}) pass what was measured: {parts}.")
        )
        said = said.format(
            share=language.percent(score.value),
            low=language.percent(score.low),
            high=language.percent(score.high),
            rated="" if rated.empty else language.percent(rated.iloc[0]),
            parts=self._parts,
        )
        return " ".join(filter(None, [said, self._unrated, self._wish]))

    @property
    def _complete(self) -> bool:
        return len(scores.measured(self.table)) == len(scores.PARTS)

    @property
    def _parts(self) -> str:
        """What of “solved in one friendly conversation” was measured, in words."""
        names = {
            "no_repeat": _("did not come back"),
            "answered": _("was answered"),
            "not_passed_on": _("was not passed on"),
            "friendly": _("was found friendly, where rated"),
        }
        return language.join([names[part] for part in scores.measured(self.table)])

    @property
    def _unrated(self) -> str:
        if "friendly" in scores.measured(self.table):
            return ""
        return _("Whether it was friendly cannot be told yet: that takes {n} ratings.").format(
            n=estimates.SMALL
        )

    @property
    def _wish(self) -> str:
        if self.scores.loc["solved", "target"] != _WISHED:
            return ""
        return _(
            "The target of {share} is what customers say they want, not a norm that was measured."
        ).format(share=language.percent(_WISHED))

    def cell(self, column: str, value: object) -> str:
        """A cell; a score of which not all was measured says what was."""
        return str(self._named(value)) if column == "part" else super().cell(column, value)

    def _said(self, column: str) -> Callable[[object], object]:
        return self._named if column == "part" else super()._said(column)

    def _named(self, part: object) -> object:
        known = self.scores.loc["solved", "n"] > 0
        if part == "solved" and known and not self._complete:
            return _("Of “solved in one friendly conversation” measured: {parts}").format(parts=self._parts)
        return self.vocabulary.word(part)

    @property
    def method(self) -> str:
        """What is counted, what was left out, and what the target rests on."""
        return _(
            "Solved = answered, not passed on, no second contact of the customer about the same within {days} days, and "
            "friendly where rated; without a rating that part passes. Measured here: {parts}. Left out there: customer or "
            "reason unknown {unknown}, too recent to tell {recent}. Intervals: Wilson, 95%; those of effort hold for all "
            "stages at once (Bonferroni). Reached: the whole interval lies on or above the target; with fewer than {small} "
            "ratings “solved” is not. That 84% of customers want it is handbook 1.4, source not named."
        ).format(
            parts=self._parts,
            small=estimates.SMALL,
            days=self.days,
            unknown=language.number(self.left_out[0]),
            recent=language.number(self.left_out[1]),
        )

    def plot(self) -> go.Figure:
        """Three bars with whiskers, a mark at each target."""
        return draw(self)

    def findings(self) -> list[Finding]:
        """One finding per principle that is surely below its target; too few data where nothing is known."""
        found = []
        for principle, row in self.scores.iterrows():
            if row["n"] < estimates.SMALL:
                found.append(Finding(_CHAPTER, _too_few(principle), enough=estimates.needed()))
            elif row["verdict"] == "no":
                found.append(self._finding(str(principle)))
        return found

    def _finding(self, principle: str) -> Finding:
        headline, action = _advice()[principle]
        if principle == "solved" and not self._complete:
            headline = _("At most {share} of the contacts are solved in one friendly conversation.")
        score = self.score(principle)
        value = self.coming_back if principle == "solved" else None
        assumed = (_("nobody would have to come back"),) if value else ()
        return Finding(
            _CHAPTER,
            headline.format(share=language.percent(score.value)),
            score,
            None,
            action,
            value,
            assumed,
        )


def _too_few(principle: object) -> str:
    return {
        "knowledge": _("There are too few contacts to say whether reasons are recorded."),
        "effort": _("There are too few answers to say how much effort it takes."),
        "solved": _(
            "There are too few contacts of known customers to say what is solved in one conversation."
        ),
    }[str(principle)]


def _advice() -> dict[str, tuple[str, str]]:
    return {
        "knowledge": (
            _("Only {share} of the contacts have a reason recorded."),
            _("Agree on a short list of reasons, and let nobody close a contact without one."),
        ),
        "effort": (
            _("At the hardest stage only {share} did not find it far too much effort."),
            _("Take away obstacles at the hardest stage first; chapter 3 says which."),
        ),
        "solved": (
            _("Only {share} of the contacts are solved in one friendly conversation."),
            _("Say at once what customers come back for; give whoever answers the power to solve it."),
        ),
    }
