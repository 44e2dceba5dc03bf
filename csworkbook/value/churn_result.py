"""What is said of customers who do not come back?"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from csworkbook import estimates, evidence, language
from csworkbook.estimates import SMALL, Estimate, Shift
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.purchases import left_out_said
from csworkbook.results import Result, Vocabulary
from csworkbook.value import words
from csworkbook.value.silences import Silences
from csworkbook.value.words import CHAPTER

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Churn(Result):
    """Customers who bought and did not come back in time, by month.

    Attributes
    ----------
    whole : Estimate
        The share of all months that count.
    parts : dict
        The same by which purchase it was: first, second, later.
    """

    whole: Estimate | None = None
    parts: dict[str, Estimate] = field(default_factory=dict)
    silences: Silences | None = None
    days: int | None = 90
    times: float = 2.0
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=words.heads, words=words.words, kinds={"n": "count", "lost": "count"}
    )

    @cached_property
    def shift(self) -> Shift | None:
        """The month in which the share changed level, None with too few months."""
        return estimates.shift(self.table["lost"], self.table["n"])

    @property
    def text(self) -> str:
        """The share that does not come back, by which purchase it was, and whether that changed."""
        return " ".join(filter(None, (self._answer, self._by_purchase, self._change)))

    @property
    def _answer(self) -> str:
        shown = {end: language.percent(getattr(self.whole, end)) for end in ("value", "low", "high")}
        if self.days is not None:
            said = _("Of customers who buy, {value} do not come back within {days} days ({low} to {high}).")
            return said.format(**shown, days=self.days)
        said = _(
            "Of customers who buy, {value} are silent for longer than {times} × their own rhythm ({low} to {high})."
        )
        return said.format(
            **shown, times=language.number(self.times, 0 if self.times == int(self.times) else 1)
        )

    @property
    def _by_purchase(self) -> str:
        first, later = self.parts["first"], self.parts["later"]
        if min(first.n, later.n) < SMALL:
            return ""
        said = _("After a first purchase that is {first}, after a third or later one {later}.")
        return said.format(first=language.percent(first.value), later=language.percent(later.value))

    @property
    def _change(self) -> str:
        found = self.shift
        if found is None or not found.found:
            return ""
        said = _("Since {month} it is {since} instead of {before}.")
        return said.format(
            month=language.day(self.table["month"].iloc[found.at], "MMMM yyyy"),
            since=language.percent(found.since.value),
            before=language.percent(found.before.value),
        )

    @property
    def method(self) -> str:
        """Definitions, the rhythm, what is not over yet and what was left out."""
        counted = _(
            "A customer counts in every month with a purchase, by the last one in it; orders of one day are one purchase. "
            "Months: Wilson intervals. All months: the same for as many customers as they are worth, since some count more "
            "than once. Not to come back in time is no leaving for good: many buy again later. First = the first one in these "
            "orders. That fewer stay away after a third purchase is partly because only loyal customers come so far."
        )
        waiting = _("Left out because their time is not over: {n}.").format(
            n=language.number(self.silences.unfinished)
        )
        parts = (counted, self._rhythm, waiting, self._handbook, left_out_said(self.silences.left_out))
        return " ".join(filter(None, parts))

    @property
    def _rhythm(self) -> str:
        rhythm = self.silences.rhythm
        if rhythm is None:
            return ""
        return _(
            "Own rhythm: a customer's typical time between purchases as far as it was known on that day, drawn towards that "
            "of the shop ({days} days, of {gaps} times between two purchases) as if he had {weight} more of these. Times that "
            "have not ended yet are not known, so the real rhythm is slower."
        ).format(
            days=language.number(rhythm.days),
            gaps=language.number(rhythm.gaps),
            weight=language.number(rhythm.weight, 1),
        )

    @property
    def _handbook(self) -> str:
        return evidence.get("churn-period-30-90").line() if self.days in (30, 90) else ""

    def plot(self) -> go.Figure:
        """The share by month with its interval, and the month in which it changed."""
        from csworkbook import figures

        found = self.shift
        at = self.table["month"].iloc[found.at] if found is not None and found.found else None
        return figures.timeline(self.table, when="month", shift=at, label=self.vocabulary.head("lost"))

    def findings(self) -> list[Finding]:
        """How many do not come back after a first purchase, and whether it changed."""
        if self.whole.n < SMALL:
            few = _("There are too few customers to say how many do not come back.")
            return [Finding(CHAPTER, few, enough=estimates.needed())]
        action = _(
            "Give a reason for a second purchase soon after the first: after it more stay away than later on."
        )
        first, later = self.parts["first"], self.parts["later"]
        worse = min(first.n, later.n) >= SMALL and first.low > later.high
        return [
            Finding(
                CHAPTER,
                f"{self._answer} {self._by_purchase}".strip(),
                self.whole,
                "churn-period-30-90" if self.days in (30, 90) else None,
                action if worse else _("Ask customers who stay away why, and mend what they name most."),
            )
        ]
