"""Who differs from the others: the table, its sentences and its picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.kpis import words
from csworkbook.kpis.definitions import DEFINITIONS, Choices, Definition
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class ByAgent(Result):
    """One figure per agent or channel; `whole` is its level over all of them, `nameless` contacts without agent."""

    metric: str = "resolved"
    by: str = "agent"
    channel: str | None = None
    choices: Choices = field(default_factory=Choices)
    whole: float = 0.0
    nameless: int = 0
    currency: str = "EUR"
    vocabulary: ClassVar[Vocabulary] = words.VOCABULARY

    @property
    def definition(self) -> Definition:
        """What the figure is."""
        return DEFINITIONS[self.metric]

    @property
    def columns(self) -> list[str]:
        """The columns that are shown: a group's own numbers first."""
        return [self.by, "n", "value", "expected", "shrunk", "low", "high", "verdict", "p"]

    @property
    def sure(self) -> pd.DataFrame:
        """Those that surely differ."""
        return self.table[self.table["verdict"].isin(("better", "worse"))]

    @property
    def text(self) -> str:
        """Who surely differs, how small numbers are dealt with, and what it cannot tell."""
        if len(self.table) < 2:
            return _("There is only one to look at, so nothing can be compared.")
        return " ".join((self._who(), self._spread(), self._care()))

    def _who(self) -> str:
        if self.sure.empty:
            return _("{figure}: nobody differs from the others by more than chance ({n} compared).").format(
                figure=self.definition.name, n=len(self.table)
            )
        said = [
            _("{name} ({value}, expected {expected}, n = {n})").format(
                name=words.VOCABULARY.word(row[self.by]),
                value=self._say(row["value"]),
                expected=self._say(row["expected"]),
                n=language.number(row["n"]),
            )
            for row in self.sure.sort_values("p").head(3).to_dict("records")
        ]
        lead = ngettext(
            "{figure}: one surely differs: {who}.", "{figure}: {n} surely differ: {who}.", len(self.sure)
        )
        return lead.format(figure=self.definition.name, n=len(self.sure), who=language.join(said))

    def _spread(self) -> str:
        ends = self.table["shrunk"].min(), self.table["shrunk"].max()
        if ends[0] == ends[1]:
            return _("What they seem to differ is what chance alone brings about.")
        low, high = (self._say(one) for one in ends)
        return _("Without luck and bad luck they lie between {low} and {high}.").format(low=low, high=high)

    def _care(self) -> str:
        if self.by == "channel":
            return _(
                "Channels get different questions: that the channel makes the difference, this cannot show."
            )
        return _("Who gets the hard questions looks worse: look at the conversations before you judge.")

    def _say(self, value: float) -> str:
        return words.said(self.definition, value, self.currency)

    def cells(self) -> list[list[str]]:
        """Every value in the unit of the figure."""
        return [
            [
                self._say(row[column]) if column in words.UNITS else self.cell(column, row[column])
                for column in self.columns
            ]
            for row in self.table.to_dict("records")
        ]

    @property
    def method(self) -> str:
        """Formula, how differences are drawn to the whole, and what was left out."""
        drawn = _(
            "Expected = what the agent in the middle does in the same mix of channels (of channels: all together). "
            "Drawn to the middle: the difference counts as far as it is more than chance (empirical Bayes); p is "
            "corrected for how many are compared (Holm)."
        )
        small = self.table.loc[self.table["n"] < SMALL, self.by].tolist()
        few = _("Fewer than {n} contacts: {who}.").format(n=SMALL, who=language.join([str(s) for s in small]))
        gone = ngettext(
            "{n} contact names no agent.", "{n} contacts name no agent.", self.nameless
        ).format(n=language.number(self.nameless))  # fmt: skip
        parts = (
            words.defined(self.metric, self.choices), drawn, few if small else "", gone if self.nameless else "",
        )  # fmt: skip
        return " ".join(filter(None, parts))

    def plot(self) -> go.Figure:
        """Dots drawn to the whole, with their intervals."""
        from csworkbook.kpis.pictures import agents

        return agents(self)

    def findings(self) -> list[Finding]:
        """Whose way of working others can learn from: the best that surely is better."""
        best = self.sure[self.sure["verdict"] == "better"].head(1)
        if self.by != "agent" or best.empty or best["n"].iloc[0] < SMALL:
            return []
        row = best.iloc[0]
        headline = _("{name} does better than colleagues in the same channels: {figure}.").format(
            name=row["agent"], figure=self.definition.name
        )
        estimate = Estimate(
            float(row["shrunk"]), float(row["low"]), float(row["high"]), int(row["n"]),
            words.unit(self.definition), p=float(row["p"]), currency=self.currency,
        )  # fmt: skip
        return [
            Finding(
                words.CHAPTER, headline, estimate, action=_("Let others hear how, in the weekly briefing.")
            )
        ]
