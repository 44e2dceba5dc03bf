"""What is said of shipping costs: who pays them, and who goes no further where they appear."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, evidence, language
from csworkbook.checkout import costs_words, pictures_shipping
from csworkbook.checkout.baskets import Baskets, Present
from csworkbook.checkout.cart_values import CartValues
from csworkbook.checkout.response import MOST, Response
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "08_checkout"
ENOUGH = 400  # carts on each side; a difference of ten points is then seen four times out of five


def stage_name(stage: str, carts: CartValues | None = None) -> str:
    """What a step between cart and payment is called in a sentence: as its owner calls it, where he does."""
    return (dict(carts.names) if carts else {}).get(stage) or costs_words.stages()[stage]


@dataclass(frozen=True)
class Shipping(Result):
    """Shipping costs: who pays them, and who goes no further where they appear."""

    baskets: Baskets | None = None
    present: Present | None = None
    carts: CartValues | None = None
    costs_at: str = ""
    response: Response | None = None
    near: float | None = None
    currency: str = "EUR"
    steps: pd.DataFrame | None = None
    edges: np.ndarray | None = None
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=costs_words.heads,
        words=costs_words.words,
        kinds={"orders": "count", "paid": "share", "shipping": "share"},
        wordy=("band",),
    )

    @cached_property
    def difference(self) -> Estimate | None:
        """Carts that would pay minus carts above the threshold, at the step of the costs, in points."""
        rows = self.steps[self.steps["step"] == self.costs_at]
        if rows.empty or rows[["pay_n", "free_n"]].min(axis=None) == 0:
            return None
        row = rows.iloc[0]
        n = int(row["pay_n"] + row["free_n"])
        return Estimate(row["difference"], row["low"], row["high"], n, "points", row["p"])

    @property
    def enough(self) -> bool:
        """Whether there are carts enough on both sides to compare them."""
        rows = self.steps[self.steps["step"] == self.costs_at]
        return bool(len(rows)) and rows[["pay_n", "free_n"]].min(axis=None) >= SMALL

    @property
    def sure(self) -> bool:
        """Whether the two differ at the step of the costs, after correction for having looked at all steps."""
        return self.enough and bool(self.difference.excludes_zero) and self.difference.p < 1 - estimates.LEVEL

    @cached_property
    def paid(self) -> Estimate:
        """The share of orders that paid for shipping."""
        told = ~np.isnan(self.baskets.shipping)
        return estimates.share(int((self.baskets.shipping > 0).sum()), int(told.sum()))

    @property
    def part(self) -> float:
        """What shipping is of the basket in the middle, of those who paid; NaN where nobody did."""
        payers = self.baskets.shipping > 0
        return (
            float(np.median((self.baskets.shipping / self.baskets.value)[payers])) if payers.any() else np.nan
        )

    @property
    def text(self) -> str:
        """What happens where the costs appear; whether that is so elsewhere; who pays, and what; who tops up."""
        return " ".join(filter(None, (self._answer, self._elsewhere, self._who, self._made_up)))

    @property
    def _answer(self) -> str:
        if self.carts is None or not self.present.known or not self.enough:
            return self._cannot
        row = self.steps.set_index("step").loc[self.costs_at]
        shown = {
            "step": stage_name(self.costs_at, self.carts),
            "pay": language.percent(row["pay"] / row["pay_n"]),
            "free": language.percent(row["free"] / row["free_n"]),
            "now": self._money(self.present.value),
            "difference": self.difference,
            "n": len(self.steps),
        }
        if not self.difference.excludes_zero:
            said = _(
                "Whether shipping costs drive customers away cannot be told: at the {step}, {pay} of the carts below {now} "
                "went no further, and {free} of those above it: {difference}."
            )
        elif not self.sure:
            said = _(
                "Whether shipping costs drive customers away cannot be told: at the {step}, {pay} of the carts below {now} "
                "went no further, and {free} of those above it: {difference}; with {n} steps looked at, that may be chance."
            )
        elif self.difference.low > 0:
            said = _(
                "Carts that would pay for shipping stop more often at the {step}: {pay} below {now} against {free} above it, "
                "{difference}; that goes with shipping costs, the costs need not be why."
            )
        else:
            said = _(
                "Carts that would pay for shipping stop less often at the {step}: {pay} below {now} against {free} above it, "
                "{difference}."
            )
        return said.format(**shown)

    @property
    def _cannot(self) -> str:
        if not self.present.known:
            return _(
                "Whether shipping costs drive customers away cannot be told: no threshold parts your orders into free and "
                "paid, so there is nothing to compare."
            )
        if self.carts is None or not self.carts.known:
            return _(
                "Whether shipping costs drive customers away cannot be told: for that your page visits must name the "
                "products in the cart, at the step of the cart, and your order lines their prices."
            )
        return _(
            "Whether shipping costs drive customers away cannot be told: too few carts of known value came to the {step}; "
            "about {n} on each side of {now} would do."
        ).format(
            step=stage_name(self.costs_at, self.carts),
            n=language.number(ENOUGH),
            now=self._money(self.present.value),
        )

    @property
    def others(self) -> list[str]:
        """The other steps at which the two differ, after correction for having looked at all."""
        rows = self.steps[(self.steps["p"] < 1 - estimates.LEVEL) & (self.steps["step"] != self.costs_at)]
        return rows["step"].tolist()

    @property
    def _elsewhere(self) -> str:
        if not self.sure or not self.difference.low > 0:
            return ""
        if not self.others:
            return _("At the other steps they do not differ clearly.")
        return _("They differ at other steps as well ({steps}), where no costs appear.").format(
            steps=language.join([stage_name(stage, self.carts) for stage in self.others])
        )

    @property
    def _who(self) -> str:
        if not self.paid.n:
            return _("Your orders do not say who paid for shipping.")
        said = _("Shipping was paid on {share} of the orders").format(share=language.percent(self.paid.value))
        if self.part != self.part:
            return f"{said}."
        return _("{said}; in the middle it was {part} of the basket.").format(
            said=said, part=language.percent(self.part)
        )

    @property
    def _made_up(self) -> str:
        seen = self.response.measured if self.response else None
        if seen is None or seen.low <= 0:
            return ""
        return _(
            "That it matters to some shows in the orders: of baskets that lacked up to {reach} of free shipping, {share} "
            "({low} to {high}) were made up to it."
        ).format(
            reach=self._money(self.response.reach),
            share=language.percent(min(seen.value, MOST)),
            low=language.percent(seen.low),
            high=language.percent(seen.high),
        )

    def _money(self, value: float) -> str:
        return language.money(value, self.currency, 0 if value == round(value) else 2)

    @property
    def method(self) -> str:
        """What was compared, how, what is known, and the handbook's figures with their caveats."""
        said = [self._compared, self._steps_said, self._known, self._left_out, self._log]
        parts = [f"{entry.claim} {entry.caveat}" for entry in map(evidence.get, self.benchmarks)]
        return " ".join(filter(None, [*said, _("Handbook:"), *parts]))

    benchmarks: ClassVar[tuple[str, ...]] = ("unexpected-costs-56", "no-free-shipping-61")

    @property
    def _compared(self) -> str:
        if self.carts is None or not self.present.known:
            return ""
        said = _(
            "Carts are visits with the step of the cart; compared is the share that went no further at the {step}, with "
            "Newcombe's interval, p corrected by Holm for {n} steps. No cause: small carts differ from large ones in more "
            "than shipping."
        ).format(step=stage_name(self.costs_at, self.carts), n=len(self.carts.stages))
        if self.near is None:
            return said
        close = _("Only carts from {low} to {high} are compared.").format(
            low=self._money(max(self.present.value * (1 - self.near), 0.0)),
            high=self._money(self.present.value * (1 + self.near)),
        )
        return f"{said} {close}"

    @property
    def _steps_said(self) -> str:
        if self.steps.empty:
            return ""
        each = _("{step} {difference} points ({low} to {high})")
        said = [
            each.format(
                step=stage_name(row.step, self.carts),
                difference=language.number(row.difference * 100, 1),
                low=language.number(row.low * 100, 1),
                high=language.number(row.high * 100, 1),
            )
            for row in self.steps.dropna(subset=["difference"]).itertuples()
        ]
        return _("Below minus above, per step: {list}.").format(list=language.join(said)) if said else ""

    @property
    def _known(self) -> str:
        if self.carts is None or not self.carts.carts:
            return ""
        return _(
            "The value is known of {known} of {n} carts ({share}): each product seen in it once, at its middle price; a "
            "second piece is not seen, so a cart may be worth more."
        ).format(
            known=language.number(self.carts.known),
            n=language.number(self.carts.carts),
            share=language.percent(self.carts.known / self.carts.carts),
        )

    @property
    def _log(self) -> str:
        return _(
            "To know better, log what is in the cart and the shipping costs shown at every step, or let half of the "
            "visitors, by chance, see the costs from the start."
        )

    def plot(self) -> go.Figure:
        """The share of carts that went no further, by what was in them; without carts, who paid for shipping."""
        return pictures_shipping.bands(self)

    def findings(self) -> list[Finding]:
        """The difference where the costs appear, if there is one; or how many carts would tell."""
        if not self.enough:
            return [Finding(CHAPTER, self._cannot, enough=2 * ENOUGH)]
        action = _(
            "Show the shipping costs, and from which amount they are none, on the product page and in the cart."
        )
        found = self.sure and self.difference.low > 0
        return [
            Finding(
                CHAPTER,
                self._answer,
                self.difference,
                "unexpected-costs-56",
                action if found else self._log,
                None,
                (_("small carts differ from large ones in shipping only"),),
            )
        ]

    @property
    def _left_out(self) -> str:
        if not self.baskets.without:
            return ""
        return ngettext(
            "Left out: {n} order without a value.",
            "Left out: {n} orders without a value.",
            self.baskets.without,
        ).format(n=language.number(self.baskets.without))
