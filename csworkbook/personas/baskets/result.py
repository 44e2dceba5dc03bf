"""What is said of products that are bought together?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import language
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.personas.baskets import pictures as together_pictures
from csworkbook.personas.baskets import words as together_words
from csworkbook.personas.baskets.held import Tallies
from csworkbook.results import Result, Vocabulary, word

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "06_personas"
ALSO = 3  # pairs named after the first
_SEEN = 20  # so many orders by chance, doubled, are seen among thousands of pairs


@dataclass(frozen=True)
class Together(Result):
    """Pairs that are bought together; `tallies` is what was counted, `persona` whose orders (empty = all)."""

    tallies: Tallies | None = None
    by: str = "product"
    persona: str = ""
    shown: ClassVar[tuple[str, ...]] = (
        "first", "second", "orders", "support", "first_orders", "confidence", "confidence_low", "confidence_high",
        "second_orders", "back", "back_low", "back_high", "expected", "lift", "lift_low", "lift_high", "p", "verdict",
        "small", "first_id", "second_id",
    )  # fmt: skip
    spare: ClassVar[tuple[str, ...]] = (
        "support", "first_orders", "second_orders", "back", "back_low", "back_high", "expected", "p", "small",
        "first_id", "second_id",
    )  # fmt: skip
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=together_words.heads,
        kinds={
            **dict.fromkeys(("orders", "first_orders", "second_orders"), "count"),
            **dict.fromkeys(("support", "confidence", "confidence_low", "confidence_high"), "share"),
            **dict.fromkeys(("back", "back_low", "back_high"), "share"),
            **dict.fromkeys(("expected", "lift", "lift_low", "lift_high"), "number"),
        },
        wordy=("verdict",),
    )

    @cached_property
    def sure(self) -> pd.DataFrame:
        """The pairs that are surely together more often than by chance."""
        return self.table[self.table["verdict"] == "yes"]

    @property
    def looked_at(self) -> int:
        """How many pairs there could have been of the products that are in orders enough."""
        return math.comb(len(self.tallies.items), 2)

    @property
    def text(self) -> str:
        """The first pair, the next ones, how many there are, and how many orders hold more than one."""
        said = [self._answer, self._also, self._how_many, self._several]
        return " ".join(filter(None, said))

    @property
    def _answer(self) -> str:
        if self.sure.empty:
            return self._nobody
        row = self.sure.iloc[0]
        shown = {
            "first": _quoted(row["first"]),
            "second": _quoted(row["second"]),
            "share": language.percent(row["confidence"]),
            "low": language.percent(row["confidence_low"]),
            "high": language.percent(row["confidence_high"]),
            "times": language.number(row["lift"], 1),
            "back": language.percent(row["back"]),
            "persona": self.persona,
        }
        if self.persona:
            return _(
                "Of the orders of “{persona}” with {first}, {share} ({low} to {high}) also hold {second}: {times} times as "
                "often as chance would have it; the other way round it is {back}."
            ).format(**shown)
        return _(
            "Of the orders with {first}, {share} ({low} to {high}) also hold {second}: {times} times as often as chance "
            "would have it; the other way round it is {back}."
        ).format(**shown)

    @property
    def _nobody(self) -> str:
        if self.by == "category":
            return _("No two categories are surely bought together more often than chance would have it.")
        return _("No two products are surely bought together more often than chance would have it.")

    @property
    def _also(self) -> str:
        others = self.sure.iloc[1 : 1 + ALSO]
        said = [
            _("{first} with {second} ({times} times)").format(
                first=_quoted(row.first), second=_quoted(row.second), times=language.number(row.lift, 1)
            )
            for row in others.itertuples()
        ]
        then = ngettext("Then comes {pairs}.", "Then come {pairs}.", len(said))
        return then.format(pairs=language.join(said)) if said else ""

    @property
    def _how_many(self) -> str:
        if not self.looked_at:
            return ""
        if self.sure.empty or self.looked_at == 1:
            return ngettext(
                "Only one pair was bought often enough to be looked at.",
                "{looked} pairs were bought often enough to be looked at.",
                self.looked_at,
            ).format(looked=language.number(self.looked_at))
        return ngettext(
            "Of {looked} possible pairs, {n} is surely together more often than by chance.",
            "Of {looked} possible pairs, {n} are surely together more often than by chance.",
            len(self.sure),
        ).format(looked=language.number(self.looked_at), n=language.number(len(self.sure)))

    @property
    def _several(self) -> str:
        shown = {
            "share": language.percent(self.tallies.several / self.tallies.orders),
            "n": language.number(self.tallies.orders),
        }
        if self.by == "category":
            return _("{share} of {n} orders hold more than one category.").format(**shown)
        return _("{share} of {n} orders hold more than one product.").format(**shown)

    @property
    def method(self) -> str:
        """What the columns mean, how sure, what was looked at and what was left out."""
        return " ".join(filter(None, (self._meaning, self._tested, self._counted, self._left_out)))

    @property
    def _meaning(self) -> str:
        return _(
            "“So often” is the share of the orders with the first that also hold the second (confidence), with Wilson's "
            "interval; “times chance” is that share divided by the share of all orders with the second (lift), its interval "
            "from the logarithm. The first of a pair is the one that more orders hold."
        )

    @property
    def _tested(self) -> str:
        return _(
            "A pair is sure when so many orders with both would hardly come by chance (Fisher's exact test, one-sided, "
            "corrected by Benjamini and Hochberg for all {n} pairs that were possible). Sure pairs come first, by how many "
            "orders more they have than chance would give."
        ).format(n=language.number(self.looked_at))

    @property
    def _counted(self) -> str:
        return _(
            "Looked at is what stands in {least} orders or more, of {n} orders, those with one product included; pieces do "
            "not count, and a customer with several orders counts in each. That two go together does not say that one is "
            "bought because of the other."
        ).format(least=language.number(self.tallies.least), n=language.number(self.tallies.orders))

    @property
    def _left_out(self) -> str:
        left = self.tallies.left_out
        parts = [
            ngettext(
                "{n} line without an order or a product",
                "{n} lines without an order or a product",
                left.get("no_item", 0),
            ),
            ngettext("{n} line without pieces", "{n} lines without pieces", left.get("not_bought", 0)),
            ngettext(
                "{n} order for which nothing was paid",
                "{n} orders for which nothing was paid",
                left.get("nothing_paid", 0),
            ),
            ngettext(
                "{n} order of very many different products",
                "{n} orders of very many different products",
                left.get("too_large", 0),
            ),
        ]
        counts = [left.get(name, 0) for name in ("no_item", "not_bought", "nothing_paid", "too_large")]
        said = [part.format(n=language.number(n)) for part, n in zip(parts, counts, strict=True) if n]
        return _("Left out: {list}.").format(list=language.join(said)) if said else ""

    def plot(self) -> go.Figure:
        """Per pair, how often the second is in an order with the first, beside what chance would give."""
        return together_pictures.pairs(self)

    @property
    def enough(self) -> int:
        """So many orders would show the two that are bought most, if together twice as often as chance has it."""
        items = self.tallies.items.sort_values().to_numpy()[-2:] / self.tallies.orders
        by_chance = float(items.prod()) if len(items) == 2 else 0.01
        return max(math.ceil(_SEEN / by_chance), 2 * _SEEN)

    def findings(self) -> list[Finding]:
        """The first pair and what to do with it; without one, how many orders would tell."""
        if self.persona:
            return []  # the same pairs again, of fewer orders
        if self.sure.empty:
            return (
                []
                if self.tallies.orders >= self.enough
                else [Finding(CHAPTER, self._nobody, enough=self.enough)]
            )
        row = self.sure.iloc[0]
        estimate = Estimate(
            row["confidence"], row["confidence_low"], row["confidence_high"], int(row["first_orders"])
        )
        action = _(
            "Show {second} on the page of {first} and in the cart, and let your helpdesk name it to who asks about {first}."
        ).format(first=_quoted(row["first"]), second=_quoted(row["second"]))
        unsure = _("who buys the first would also take the second when it is shown")
        return [Finding(CHAPTER, self._answer, estimate, None, action, None, (unsure,))]


def _quoted(name: str) -> str:
    """A product or category as part of a sentence; a category that the workbook knows in its own words."""
    said = str(word(name))
    return said if said != name else _("“{name}”").format(name=name)
