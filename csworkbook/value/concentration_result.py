"""What is said of how much the best customers bring?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from csworkbook import estimates, evidence, language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.purchases import left_out_said
from csworkbook.results import Result, Vocabulary
from csworkbook.value import words
from csworkbook.value.words import CHAPTER

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CENTS_BELOW = 100
FEW = 20  # customers; of fewer nothing is told
_ENOUGH = 200  # customers; of fewer the best fifth hangs on a handful


@dataclass(frozen=True)
class Curve:
    """The concentration curve, best customers first: `at` (share of customers) and `money` (share of it)."""

    at: np.ndarray
    money: np.ndarray
    running: np.ndarray  # of every customer, for what lies between the points
    ends: tuple[float, float]

    def share(self, part: float) -> float:
        """The share of the money that this part of the customers brings, best first."""
        return float(np.interp(part, np.linspace(0, 1, len(self.running)), self.running))

    def customers(self, money: float) -> float:
        """The least part of the customers that brings this share of the money."""
        at = int(np.argmax(self.running >= money - 1e-12))
        if at == 0:
            return 0.0
        low, high = self.running[at - 1], self.running[at]
        return float((at - 1 + (money - low) / (high - low)) / (len(self.running) - 1))


@dataclass(frozen=True)
class Concentration(Result):
    """How much the best customers bring, and those who bought once."""

    curve: Curve | None = None
    later: tuple[float, float, int] | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    of: str = "revenue"
    top: float = 0.2
    margin: float = 0.35
    currency: str = "EUR"
    later_ends: tuple[float, float] | None = None
    spare: ClassVar[tuple[str, ...]] = ("per_customer",)
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=words.heads,
        words=words.words,
        kinds={"customers": "count", "of_customers": "share", "money": "money", "per_customer": "cents"},
        wordy=("group",),
    )

    @property
    def best(self) -> Estimate:
        """The share of the money that the best customers bring (0–1)."""
        return self._row("top")

    @property
    def once(self) -> Estimate:
        """The share of the money that customers with one purchase bring (0–1)."""
        return self._row("once")

    def _row(self, group: str) -> Estimate:
        rows = self.table.set_index("group")
        row, n = rows.loc[group], int(rows.loc["all", "customers"])
        return Estimate(float(row["share"]), float(row["low"]), float(row["high"]), n)

    def customers_for(self, money: float) -> float:
        """The least part of the customers (0–1) that brings this share of the money."""
        return round(self.curve.customers(money), 12)

    @property
    def text(self) -> str:
        """What the best bring beside 80/20, the customers with one purchase, and whether the best stay the best."""
        if self.best.n < FEW:
            return self._too_few
        return " ".join(filter(None, (self._answer, self._beside, self._once, self._stay)))

    @property
    def _too_few(self) -> str:
        return ngettext(
            "There is one customer only: too few to tell how much the best of them bring.",
            "There are {n} customers only: too few to tell how much the best of them bring.",
            self.best.n,
        ).format(n=language.number(self.best.n))

    @property
    def _answer(self) -> str:
        said = {
            "revenue": _("The best {top} of your customers bring {share} of the revenue ({low} to {high})."),
            "margin": _("The best {top} of your customers bring {share} of the margin ({low} to {high})."),
        }[self.of]
        best = self.best
        return said.format(
            top=language.percent(self.top),
            share=language.percent(best.value),
            low=language.percent(best.low),
            high=language.percent(best.high),
        )

    @property
    def _beside(self) -> str:
        if int(self.table.set_index("group").loc["all", "customers"]) < SMALL:
            return _("With so few customers that says little.")
        fifth = self.best if self.top == 0.2 else None
        needed = language.percent(self.customers_for(0.8))
        if fifth is None:
            return _("For 80% it takes {needed} of them.").format(needed=needed)
        if fifth.low <= 0.8 <= fifth.high:
            return _("The 80% of the rule lies within that range.")
        if fifth.high < 0.8:
            return _(
                "That is less than the 80% of the rule; here it takes {needed} of the customers."
            ).format(needed=needed)
        return _("That is more than the 80% of the rule; here {needed} of the customers are enough.").format(
            needed=needed
        )

    @property
    def _once(self) -> str:
        row = self.table.set_index("group").loc["once"]
        if row["customers"] == 0:
            return ""
        return _("Of all customers {part} bought once; together they bring {share}.").format(
            part=language.percent(row["of_customers"]), share=language.percent(row["share"])
        )

    @property
    def _stay(self) -> str:
        """That who is best is partly luck: what the best of the first half bring in the second."""
        if self.later is None or self.later[2] < _ENOUGH:
            return ""
        then, after, _n = self.later
        low, high = self.later_ends
        return _(
            "Of the customers of the first half of the time the best {top} brought {then} then, and {after} ({low} to {high}) "
            "of what these customers brought in the second half."
        ).format(
            top=language.percent(self.top),
            then=language.percent(then),
            after=language.percent(after),
            low=language.percent(low),
            high=language.percent(high),
        )

    @property
    def method(self) -> str:
        """What counts, how the intervals are made, and what was left out."""
        counted = _(
            "Per customer, all purchases in these orders together, less what was paid back where it is known. Customers are "
            "put in order of what they brought; between two of them the curve runs straight. Ranges: 95%, from customers "
            "drawn again and again (with more than 50,000 customers from the formula of Beach and Davidson, 1983). A longer "
            "time, or few purchases each, changes the share: compare shops only over the same time."
        )
        rule = _("The handbook's rule: {line}.").format(line=evidence.get("pareto-80").line())
        return " ".join(filter(None, (counted, rule, left_out_said(self.left_out))))

    def plot(self) -> go.Figure:
        """The share of the money by the share of the customers, best first, with the rule of 80 from 20."""
        from csworkbook.value import pictures

        return pictures.concentration(self)

    def findings(self) -> list[Finding]:
        """How much the best bring, beside 80/20."""
        if self.best.n < _ENOUGH:
            few = _("There are too few customers to say how much the best of them bring.")
            return [Finding(CHAPTER, few, enough=max(_ENOUGH, estimates.needed()))]
        action = _("Know your best customers by name, and look after them first.")
        if self.later is not None and self.later_ends[1] < self.later[0]:
            action = _(
                "Know your best customers by name, and look after them first; but win second purchases too, for who was best "
                "is not always best later on."
            )
        return [Finding(CHAPTER, self._answer, self.best, "pareto-80", action)]
