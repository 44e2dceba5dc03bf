"""What is said of conversations after which new and existing customers buy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import evidence, language
from csworkbook.channels import newcomers_words, pictures_credit
from csworkbook.channels.pays_result import CHAPTER, left_out_said
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

_NEARLY = 0.95  # of the new customers; where more of them bought in the end, who never does is missing
BENCHMARKS = {"new": "robin-acquisition-23", "existing": "robin-retention-41"}


@dataclass(frozen=True)
class Acquisition(Result):
    """Conversations after which somebody bought, of new and of existing customers."""

    wholes: dict[str, Estimate] = field(default_factory=dict)
    won: Estimate | None = None
    left: dict[str, int] = field(default_factory=dict)
    days: float = 0.0
    nobody: int = 0
    within: str = "14D"
    by: str | None = None
    currency: str = "EUR"
    ever: float = float("nan")
    spare: ClassVar[tuple[str, ...]] = ("count", "plain", "earned", "p")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=newcomers_words.heads,
        words=newcomers_words.words,
        kinds={"plain": "share", "revenue": "money", "earned": "money", "n": "count", "count": "count"},
        wordy=("group", "kind", "verdict"),
    )

    @property
    def columns(self) -> list[str]:
        """What is not split is shown without the columns that compare groups."""
        alone = ("group", "difference", "p", "verdict", "plain")
        return [c for c in self.table.columns if c != "small" and not (self.by is None and c in alone)]

    @property
    def enough(self) -> bool:
        """Whether there are conversations enough with either kind of customers."""
        return self.won.n >= SMALL

    @property
    def text(self) -> str:
        """Both shares; how many conversations bring in somebody new; who differs; that credit is no cause."""
        if not self.enough:
            return _(
                "Whether service wins customers cannot be told: {n} conversations with known customers have {days} of orders "
                "after them; {least} are the least."
            ).format(n=language.number(self.won.n), days=self._span, least=SMALL)
        return " ".join(filter(None, (self._both, self._missing, self._new, self._who, self._caution)))

    @property
    def _span(self) -> str:
        return language.duration(duration(self.within).days, "days")

    @property
    def _both(self) -> str:
        said = []
        for kind, text in (
            (
                "new",
                _("of conversations with new customers {share} ({low} to {high}) are followed by an order"),
            ),
            ("existing", _("of those with existing customers {share} ({low} to {high})")),
        ):
            found = self.wholes[kind]
            if found.n:
                ends = {name: language.percent(getattr(found, name)) for name in ("low", "high")}
                said.append(text.format(share=found.say(), **ends))
        if not self.wholes["new"].n:
            said = [
                _(
                    "of conversations with existing customers {share} ({low} to {high}) are followed by an order"
                ).format(share=found.say(), **ends)
            ]
        within = _("Within {days}, {list}.")
        return within.format(days=self._span, list=language.join(said))

    @property
    def flattered(self) -> bool:
        """Whether new customers who never buy seem to be missing, so that too many seem to buy."""
        return self.wholes["new"].n >= SMALL and self.ever >= _NEARLY

    @property
    def _missing(self) -> str:
        if not self.flattered:
            return ""
        return _(
            "(Nearly) everybody new in these contacts bought sooner or later: who asked and never bought is not in them as a "
            "customer, so the share of new customers is too high."
        )

    @property
    def _new(self) -> str:
        revenue = self.table.groupby("kind")["revenue"].sum()
        said = _(
            "Of all conversations with known customers {share} brought in a new one; credited to them is {new} of revenue a "
            "year, to those with existing customers {existing}."
        )
        if not self.left.get("nobody"):
            said = self._of_all
        return said.format(
            share=language.percent(self.won.value, 1),
            new=self._money(revenue.get("new", 0.0)),
            existing=self._money(revenue.get("existing", 0.0)),
        )

    @property
    def _of_all(self) -> str:
        return _(
            "Of all conversations {share} brought in a new customer; credited to them is {new} of revenue a year, to those "
            "with existing customers {existing}."
        )

    def _money(self, amount: float) -> str:
        return language.money(amount, self.currency)

    @property
    def differing(self) -> pd.DataFrame:
        """The groups that surely differ from all others of their kind."""
        return self.table[self.table["verdict"] != "cannot tell yet"]

    @property
    def _who(self) -> str:
        if self.by is None:
            return ""
        if self.differing.empty:
            return (
                _("No agent surely differs from the others.")
                if self.by == "agent"
                else _("No channel surely differs from the others.")
            )
        more = [self._named(row) for row in self.differing.itertuples() if row.verdict == "yes"]
        less = [self._named(row) for row in self.differing.itertuples() if row.verdict == "no"]
        said = []
        if more:
            said.append(_("more often than the others: {list}").format(list=language.join(more)))
        if less:
            said.append(_("less often: {list}").format(list=language.join(less)))
        return language.capital("; ".join(said)) + "."

    def _named(self, row) -> str:
        return _("{group} with {kind} customers ({share})").format(
            group=self.vocabulary.word(row.group),
            kind=self.vocabulary.word(row.kind),
            share=language.percent(row.share),
        )

    @property
    def _caution(self) -> str:
        return _("Credited is not caused, and who asks what differs from one to another.")

    @property
    def method(self) -> str:
        """Definitions, what was left out, the handbook's example and what it is worth."""
        claims = [f"{entry.claim} {entry.caveat}" for entry in map(evidence.get, BENCHMARKS.values())]
        said = [self._defined, self._evened, self._left_out, _("Handbook:"), *claims]
        return " ".join(filter(None, said))

    @property
    def _defined(self) -> str:
        return _(
            "A conversation is a contact that was not given up; the customer is new when no order came before it (customers "
            "from before your orders begin look new, unless the orders say otherwise). Followed = an order of the same "
            "customer within {days}. Revenue is credited to the last conversation before the order, for a year like the {seen} "
            "days of these conversations. Intervals allow for customers who ask more than once."
        ).format(days=self._span, seen=language.number(self.days))

    @property
    def _evened(self) -> str:
        if self.by is None:
            return ""
        said = _(
            "Shares of small groups are drawn towards the whole (empirical Bayes); a group is set against all others, p "
            "corrected for {n} looks (Holm); groups of fewer than {least} conversations are not tested."
        ).format(n=int(self.table["p"].notna().sum()), least=SMALL)
        if not self.nobody:
            return said
        unknown = ngettext(
            "At {n} conversation nobody is named; it is left out.",
            "At {n} conversations nobody is named; they are left out.",
            self.nobody,
        ).format(n=language.number(self.nobody))
        return f"{said} {unknown}"

    @property
    def _left_out(self) -> str:
        return left_out_said(self.left, self._span)

    def plot(self) -> go.Figure:
        """Both shares with their intervals, beside the handbook's example."""
        return pictures_credit.newcomers(self)

    def findings(self) -> list[Finding]:
        """Both shares; nothing of it is a cause."""
        if self.by is not None:
            return []
        if not self.enough:
            return [Finding(CHAPTER, self.text, enough=SMALL)]
        headlines = {
            "new": _("Conversations with new customers are followed by an order in {share} of the cases."),
            "existing": _(
                "Conversations with existing customers are followed by an order in {share} of the cases."
            ),
        }
        actions = {
            "new": _(
                "Answer questions before buying first, and look per agent and channel where most of them end in an order."
            ),
            "existing": _(
                "Solve the question first; then mention what goes with what they have, where it helps them."
            ),
        }
        assumed = {kind: (_("credited is not caused"),) for kind in BENCHMARKS}
        if self.flattered:
            assumed["new"] += (_("who asked and never bought is as likely to be in the contacts as who did"),)
        found = [(kind, self.wholes[kind]) for kind in BENCHMARKS]
        return [
            Finding(
                CHAPTER,
                headlines[kind].format(share=one.say()),
                one,
                BENCHMARKS[kind],
                actions[kind],
                None,
                assumed[kind],
            )
            for kind, one in found
            if one.n >= SMALL
        ]
