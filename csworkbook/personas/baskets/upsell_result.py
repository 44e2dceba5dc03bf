"""What is said of price steps?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.personas.baskets import pictures as together_pictures
from csworkbook.personas.baskets import words as together_words
from csworkbook.personas.baskets.price_steps import Bought
from csworkbook.personas.baskets.result import CHAPTER
from csworkbook.results import Result, Vocabulary, word

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Upsell(Result):
    """Price steps; `bought` is what was counted, `days` the time to come back, `part` what takes the next step."""

    bought: Bought | None = None
    category: str | None = None
    days: int = 365
    part: float = 0.1
    currency: str = "EUR"
    spare: ClassVar[tuple[str, ...]] = (
        "price",
        "pieces",
        "n",
        "dearer",
        "p",
        "cheaper",
        "cheaper_low",
        "cheaper_high",
        "next",
    )
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=lambda: together_words.heads() | together_words.steps(),
        kinds={
            **dict.fromkeys(("n", "again", "dearer", "pieces"), "count"),
            **dict.fromkeys(
                ("share", "low", "high", "others", "cheaper", "cheaper_low", "cheaper_high"), "share"
            ),
            **dict.fromkeys(("price", "step"), "cents"),
            **dict.fromkeys(("worth", "worth_low", "worth_high"), "money"),
        },
        wordy=("category", "band", "verdict"),
    )

    @property
    def best(self) -> pd.Series | None:
        """The step with most to gain, of those that have a next one; None where no category has two prices."""
        rows = self.table[self.table["step"].notna()]
        if rows.empty:
            return None
        return rows.loc[(rows["pieces"] * rows["step"]).idxmax()]

    @property
    def text(self) -> str:
        """What customers bought next at the step with most to gain, whether they keep to it, and what it could bring."""
        if self.best is None:
            return _("No category has products of different prices, so there is no next step.")
        return " ".join(filter(None, (self._answer, self._beside, self._worth)))

    @property
    def _known(self) -> bool:
        return self.best is not None and self.best["again"] >= SMALL

    @property
    def _answer(self) -> str:
        row = self.best
        shown = {"category": language.capital(str(word(row["category"]))), "band": row["band"]}
        if not self._known:
            return _(
                "{category}: too few customers came back to tell whether they go up in price; of those who began at {band}, "
                "{n} did."
            ).format(**shown, n=language.number(row["again"]))
        return _(
            "{category}: of {n} customers who began at {band} and came back for more, {share} ({low} to {high}) then bought "
            "dearer and {cheaper} cheaper."
        ).format(
            **shown,
            n=language.number(row["again"]),
            share=language.percent(row["share"]),
            low=language.percent(row["low"]),
            high=language.percent(row["high"]),
            cheaper=language.percent(row["cheaper"]),
        )

    @property
    def _beside(self) -> str:
        row = self.best
        if not self._known or row["others"] != row["others"]:
            return ""
        shown = {"others": language.percent(row["others"]), "band": row["band"]}
        if row["verdict"] == "yes":
            return _(
                "Of those who began at another price, {others} then bought above {band}: customers keep to their price."
            ).format(**shown)
        if row["verdict"] == "no":
            return _(
                "Of those who began at another price, {others} then bought above {band}: who begins here goes up more often."
            ).format(**shown)
        return _(
            "Of those who began at another price, {others} then bought above {band}: it does not show that customers keep to "
            "their price."
        ).format(**shown)

    @property
    def _worth(self) -> str:
        row = self.best
        shown = {
            "part": language.percent(self.part),
            "pieces": language.number(row["pieces"] * self.bought.year),
            "band": row["band"],
            "step": language.money(row["step"], self.currency, 2),
        }
        if row["worth"] != row["worth"]:
            return _("The next step costs {step} more.").format(**shown)
        worth = Estimate(
            row["worth"], row["worth_low"], row["worth_high"], 0, "money", currency=self.currency
        )
        return _(
            "If {part} of the {pieces} pieces a year at {band} were of the next price, {step} more, that would bring {worth} "
            "of margin a year ({low} to {high}); whether customers would take it is not known."
        ).format(**shown, worth=worth.say(), low=worth.say(worth.low), high=worth.say(worth.high))

    @property
    def method(self) -> str:
        """How steps are made, who is followed, what beside what, and what the sum takes for granted."""
        return " ".join(filter(None, (self._steps, self._followed, self._tested, self._sum)))

    @property
    def _steps(self) -> str:
        return _(
            "Prices of a category fall into steps that are bought about equally often; a product is in the step of its "
            "middle price. Lines without pieces or price do not count, nor do orders for which nothing was paid."
        )

    @property
    def _followed(self) -> str:
        if self.bought.next.empty:
            return _(
                "Nobody could be followed: that needs orders with customers, over a longer time than the window."
            )
        left = self.bought.unfinished
        said = _(
            "A customer begins on the first day on which he buys in the category, at the dearest product of that day, and "
            "comes back on the next such day, within {days} days."
        ).format(days=language.number(self.days))
        if not left:
            return said
        out = ngettext(
            "{n} beginning is left out: its time was not over.",
            "{n} beginnings are left out: their time was not over.",
            left,
        ).format(n=language.number(left))
        return f"{said} {out}"

    @property
    def _tested(self) -> str:
        return _(
            "Customers keep to their price when surely fewer of them go above it than of those who began at another price "
            "(score test, corrected by Holm for all steps). Intervals of shares are Wilson's."
        )

    @property
    def _sum(self) -> str:
        return _(
            "What the next step could bring is pieces a year × {part} × the difference in price × {margin} margin; its "
            "interval is only that of the number bought. It takes that no customer stays away, and is no forecast."
        ).format(part=language.percent(self.part), margin=language.percent(self.bought.earned))

    def plot(self) -> go.Figure:
        """Per step, how many of those who came back bought dearer, beside those who began at another price."""
        return together_pictures.steps(self)

    def findings(self) -> list[Finding]:
        """How many go up at the step with most to gain, and what to show there; or how many would tell."""
        row = self.best
        if row is None:
            return []
        if not self._known:
            return [Finding(CHAPTER, self._answer, enough=SMALL)]
        estimate = Estimate(row["share"], row["low"], row["high"], int(row["again"]))
        action = _(
            "Show “{product}” beside what costs {band}, and say what makes it worth {step} more."
        ).format(product=row["next"], band=row["band"], step=language.money(row["step"], self.currency, 2))
        unsure = _(
            "customers who see the next price would take it as often as those who went up by themselves"
        )
        return [Finding(CHAPTER, self._answer, estimate, None, action, None, (unsure,))]
