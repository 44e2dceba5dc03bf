"""What is said of a prediction that was tried on a hidden part of the orders?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.estimates import LEVEL, Estimate, Verdict
from csworkbook.language import gettext as _
from csworkbook.purchases import left_out_said
from csworkbook.results import Result, Vocabulary
from csworkbook.value import pictures_predicted, predicted_words

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Mirror(Result):
    """What was foretold for the hidden part of the orders, beside what was then bought.

    Attributes
    ----------
    since, until : Timestamp
        The last day that the model saw, and the last day of all.
    customers : int
    predicted : Estimate
        Purchases of all of them in the hidden part.
    seen : int
    revenue : Estimate
        What they were to spend, money.
    spent : float
        What they spent.
    groups : DataFrame
        Index so_far (purchases, 5 = or more): customers, predicted, low, high, seen (mean per customer).
    inside : Estimate
        The share of customers whose purchases lie in their own range; 95 % and more is as it should be.
    gains : dict
        For each simple guess its mean squared miss less the model's, with interval, and the p-value of no
        difference, corrected for two guesses (Holm).
    left_out : dict
        How many orders are no purchase, and why.
    """

    since: pd.Timestamp | None = None
    until: pd.Timestamp | None = None
    customers: int = 0
    predicted: Estimate | None = None
    seen: int = 0
    revenue: Estimate | None = None
    spent: float = 0.0
    groups: pd.DataFrame | None = None
    inside: Estimate | None = None
    gains: dict[str, Estimate] | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=predicted_words.heads,
        words=predicted_words.words,
        kinds={
            **dict.fromkeys(("predicted", "low", "high", "seen"), "count"),
            "off": "share",
            "miss": "score",
        },
        wordy=("way",),
    )

    @property
    def days(self) -> int:
        """How many days were hidden."""
        return (self.until - self.since).days

    @property
    def better(self) -> Verdict:
        """Whether the model comes nearer, per customer, than both simple guesses; "no" when one is surely nearer.

        Sure is a p-value below 0.05 after both were corrected for being two.
        """
        sure = [np.sign(gain.value) if gain.p < 1 - LEVEL else 0 for gain in self.gains.values()]
        if min(sure) > 0:
            return "yes"
        return "no" if min(sure) < 0 else "cannot tell yet"

    @property
    def held(self) -> bool:
        """Whether what was seen of all of them, orders and money, lies in the ranges foretold.

        Where nothing was bought the money says no more than the orders do.
        """
        pairs = [(self.predicted, self.seen), (self.revenue, self.spent)][: 2 if self.seen else 1]
        return all(told.low <= seen <= told.high for told, seen in pairs)

    def beyond(self, days: int) -> tuple[float, float]:
        """How far off it was beyond what its own ranges allow for: standard deviations, as shares of what is foretold.

        Of the orders, and of the money (at least that of the orders). By moments: the square of what it was off
        less the variance that it gave itself, nought where that is more. It is the measure of one try. Ahead for
        longer than was hidden it grows with the root of the time, as changes do that come independently of each
        other.

        Parameters
        ----------
        days : int
            How far ahead a prediction looks.
        """
        longer = max(days / self.days, 1.0) ** 0.5
        orders = _beyond(self.predicted, self.seen)
        money = _beyond(self.revenue, self.spent) if self.seen else orders
        return longer * orders, longer * max(orders, money)

    @property
    def nearest(self) -> str:
        """The simple guess that comes nearest."""
        return min(self.gains, key=lambda way: self.gains[way].value)

    @property
    def sentence(self) -> str:
        """How it did, in one sentence."""
        said = {
            "yes": _(
                "Tried on the last {days} days, kept hidden: {predicted} orders foretold, {seen} seen ({off}); per customer "
                "that is nearer than “{one}” and “{other}”."
            ),
            "no": _(
                "Tried on the last {days} days, kept hidden: {predicted} orders foretold, {seen} seen ({off}); per customer "
                "the simple guess “{nearest}” came nearer, so do not lean on it."
            ),
            "cannot tell yet": _(
                "Tried on the last {days} days, kept hidden: {predicted} orders foretold, {seen} seen ({off}); per customer "
                "that is not surely nearer than the simple guess “{nearest}”."
            ),
        }[self.better]
        ways = {way: str(self.vocabulary.word(way)) for way in self.gains}
        return said.format(
            days=self.days,
            predicted=language.number(self.predicted.value),
            seen=language.number(self.seen),
            off=self._off,
            one=ways["same rate"],
            other=ways["nobody"],
            nearest=ways[self.nearest],
        )

    @property
    def _off(self) -> str:
        """How far all orders together were off, as a part of a sentence."""
        if not self.seen:
            return _("nobody came back")
        off = self.predicted.value / self.seen - 1
        if round(abs(off), 2) == 0:
            return _("as good as equal")
        said = _("{share} too many") if off > 0 else _("{share} too few")
        return said.format(share=language.percent(abs(off)))

    @property
    def text(self) -> str:
        """How it did, whether what was seen lies in the range, and how often customers keep to theirs."""
        return f"{self.sentence} {self._range} {self._inside}"

    @property
    def _range(self) -> str:
        low, high = language.number(self.predicted.low), language.number(self.predicted.high)
        if self.predicted.low <= self.seen <= self.predicted.high:
            return _("What was seen lies in the range of {low} to {high}.").format(low=low, high=high)
        return _(
            "What was seen lies outside the range of {low} to {high}: your customers differ from those of the model, or "
            "something changed that earlier orders do not tell, such as a season or a campaign."
        ).format(low=low, high=high)

    @property
    def _inside(self) -> str:
        return _(
            "Of {n} customers, {share} bought as often as their own range allowed (at least 95% were to)."
        ).format(n=language.number(self.customers), share=language.percent(self.inside.value))

    @property
    def method(self) -> str:
        """What was hidden, what is compared, what the words mean, and what was left out."""
        said = _(
            "Orders after {day} were hidden; those before made the prediction for the {n} customers they name. Same rate = "
            "repeat orders since the first one, over the time since. Miss = per customer the difference of the square roots, "
            "so that a few who buy much do not decide (Anscombe), as the root of the mean square; nearer = that square is "
            "smaller, by a t test corrected for two guesses (Holm). Orders of one day count as one. {free} What was paid "
            "back later is off from the start."
        ).format(day=language.day(self.since), n=language.number(self.customers), free=predicted_words.free())
        return " ".join(filter(None, (said, left_out_said(self.left_out))))

    def plot(self) -> go.Figure:
        """By orders so far: how many more were foretold per customer, with the range, and how many were seen."""
        return pictures_predicted.mirrored(self)


def _beyond(told: Estimate, seen: float) -> float:
    if not told.value > 0:
        return 0.0
    own = (told.high - told.low) / (2 * 1.96)
    return float(np.sqrt(max((seen - told.value) ** 2 - own**2, 0.0)) / told.value)
