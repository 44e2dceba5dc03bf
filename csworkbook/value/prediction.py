"""What is said of what customers will bring?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.purchases import left_out_said
from csworkbook.results import Result, Vocabulary
from csworkbook.value import forecast, pictures_predicted, predicted_words
from csworkbook.value.btyd import Model
from csworkbook.value.spend import Spend
from csworkbook.value.steady import Steady

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.value.mirror import Mirror

CHAPTER = "06_personas"
ENOUGH = 300  # customers who bought again; a check on the own past then tells something
_TOP = 0.2
_ROWS = 300  # customers on a page
_ENDS = {"share": "value", "low": "low", "high": "high"}


@dataclass(frozen=True)
class Prediction(Result):
    """The orders and the margin to expect of the customers there are.

    Attributes
    ----------
    model : Model or Steady
        Who comes back.
    spend : Spend
        What an order brings.
    orders, value : Estimate
        Of all customers together: orders, and margin in money (discounted), each with its range.
    mirror : Mirror or None
        The check on the own past; None where it is too short.
    known : (Timestamp, Timestamp)
        The last day of the orders, from which it looks ahead, and the first.
    days : int
        How far ahead.
    shares : (float, float)
        Margin as a share of what was spent, and the discount rate a year.
    tenths : DataFrame
        Ten groups of customers, most valuable first: customers, value, low, high (money).
    unsure : float
        How far all orders together may be off because the model is an estimate, and missed on the past: a
        standard deviation, as a share of them.
    alone : Estimate or None
        `value` with the range that the models alone give; None where no check made it wider.
    refunds : bool
        Whether it is known what was paid back, so that it is taken off.
    """

    model: Model | Steady | None = None
    spend: Spend | None = None
    orders: Estimate | None = None
    value: Estimate | None = None
    mirror: Mirror | None = None
    known: tuple[pd.Timestamp, pd.Timestamp] | None = None
    days: int = 365
    shares: tuple[float, float] = (0.35, 0.1)
    currency: str = "EUR"
    left_out: dict[str, int] | None = None
    tenths: pd.DataFrame | None = None
    unsure: float = 0.0
    alone: Estimate | None = None
    refunds: bool = True
    spare: ClassVar[tuple[str, ...]] = ("alive",)
    people: ClassVar[bool] = True
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=predicted_words.heads,
        words=predicted_words.words,
        kinds={
            "orders": "count",
            **dict.fromkeys(("alive", "back"), "share"),
            **dict.fromkeys(("expected_orders",), "score"),
            **dict.fromkeys(("low", "high"), "count"),
            "expected_value": "money",
        },
    )

    @property
    def parameters(self) -> dict[str, float]:
        """What was fitted: r, alpha (weeks), a, b of who comes back; p, q, v of what an order brings."""
        return {**self.model.parameters, **self.spend.parameters}

    @property
    def log_likelihood(self) -> float:
        """Of who comes back; NaN without the model."""
        return self.model.log_likelihood

    @property
    def fallback(self) -> str | None:
        """What stood in for the models and why, in words; None where both did."""
        return " ".join(filter(None, (self._instead, self._plain))) or None

    @property
    def _instead(self) -> str:
        if isinstance(self.model, Model):
            return ""
        if self.model.why == "few" and self._few:
            return _(
                "There are too few customers to learn who stays, so everybody's own pace was drawn to that of all."
            )
        return {
            "few": _(
                "Too few customers bought again to learn who stays, so everybody's own pace was drawn to that of all."
            ),
            "no top": _(
                "The model of who stays found no fit, so everybody's own pace was drawn to that of all."
            ),
            "no time": _("All orders are of one day, so nobody can have come back yet."),
            "nobody": _("Nobody came back in these orders, so there is nothing to foretell from."),
        }[self.model.why]

    @property
    def _few(self) -> bool:
        """Whether there are fewer customers than would have to come back for a model."""
        return len(self.table) < forecast.ENOUGH

    @property
    def _plain(self) -> str:
        why = {
            "": "",
            "few": _("there are too few customers") if self._few else _("too few bought again"),
            "goes with": _("customers who buy often spend another amount per order than those who seldom do"),
            "no top": _("the model of amounts found no fit"),
            "no mean": _("a few amounts are so large that the model of amounts has no mean"),
        }[self.spend.why]
        if not (why and self.told):
            return ""
        return _("What an order brings is the customer's own mean, drawn to that of all ({why}).").format(
            why=why
        )

    @property
    def told(self) -> bool:
        """Whether there was any time in which somebody could come back."""
        return self.orders.value == self.orders.value

    @property
    def text(self) -> str:
        """What is to be expected, of whom, whether it held in the past, and what stood in for the models."""
        if not self.told:
            return _("What these customers will bring cannot be told yet: {why}").format(why=self._instead)
        said = self._answer, self._checked, self._wider, self._from, self._far
        return " ".join(filter(None, (*said, self._instead, self._on_the_page)))

    @property
    def doubt(self) -> bool:
        """Whether the check on the own past speaks against the prediction: out of its range, or no nearer than a guess."""
        return self.mirror is not None and (not self.mirror.held or self.mirror.better != "yes")

    @property
    def _answer(self) -> str:
        said = self._unsure_answer if self.doubt else self._sure_answer
        return said.format(
            n=language.number(len(self.table)),
            value=self._money(self.value.value),
            low=self._money(self.value.low),
            high=self._money(self.value.high),
            days=self.days,
            orders=self._orders_said,
        )

    @property
    def _orders_said(self) -> str:
        n = estimates.rough(self.orders.value)
        if n < 0.5:
            return _("less than one order")
        if self.doubt:
            return ngettext("about {n} order", "some {n} orders", round(n)).format(n=language.number(n))
        return ngettext("{n} order", "{n} orders", round(n)).format(n=language.number(n))

    @property
    def _unsure_answer(self) -> str:
        return ngettext(
            "The one customer you have now may bring some {value} margin in the next {days} days, but that is not sure: "
            "{low} to {high}, with {orders}.",
            "The {n} customers you have now may bring some {value} margin in the next {days} days, but that is not sure: "
            "{low} to {high}, with {orders}.",
            len(self.table),
        )

    @property
    def _sure_answer(self) -> str:
        return ngettext(
            "The one customer you have now is likely to bring {value} margin in the next {days} days ({low} to {high}), "
            "with {orders}.",
            "The {n} customers you have now are likely to bring {value} margin in the next {days} days ({low} to {high}), "
            "with {orders}.",
            len(self.table),
        )

    @property
    def top(self) -> float:
        """The part of the margin to expect that the most valuable fifth of the customers brings, 0–1."""
        n = max(round(len(self.table) * _TOP), 1)
        values = self.table["expected_value"].to_numpy()
        return float(values[:n].sum() / values.sum()) if values.sum() > 0 else np.nan

    @property
    def _from(self) -> str:
        if len(self.table) < 10 or self.top != self.top:
            return ""
        return _("Of what is expected {share} comes from the top fifth of them.").format(
            share=language.percent(self.top)
        )

    @property
    def _checked(self) -> str:
        if self.mirror is None:
            return _(
                "Whether that holds cannot be checked on your own past: the orders are too few or too recent."
            )
        return self.mirror.sentence

    @property
    def _wider(self) -> str:
        """That the range is wider than the models', where the check fell out of its own range."""
        if self.mirror is None or self.mirror.held:
            return ""
        if self.alone is None:
            return _("That is further off than the model's own range allows.")
        return _(
            "That is further off than the model's own range allows, so the range here is wider than the {low} to {high} it "
            "gives itself."
        ).format(low=self._money(self.alone.low), high=self._money(self.alone.high))

    @property
    def _far(self) -> str:
        span = (self.known[0] - self.known[1]).days
        if span >= self.days:
            return ""
        return _(
            "It looks further ahead than your orders go back ({days} days): take it as a direction."
        ).format(days=language.number(span))

    def cells(self) -> list[list[str]]:
        """The cells of the most valuable customers; the download has all of them."""
        return replace(self, table=self.table.head(_ROWS))._cells()

    def _cells(self) -> list[list[str]]:
        return super().cells()

    def sortable(self) -> pd.DataFrame:
        """The same customers, as they sort."""
        return super().sortable().head(_ROWS)

    def _money(self, value: float) -> str:
        return language.money(estimates.rough(value), self.currency)

    @property
    def method(self) -> str:
        """The models, their numbers, what counts as what, and what is not in it."""
        said = (
            self._models, self._fitted, self._counted, self._back, predicted_words.free(), self._ranges, self._widened,
            self._plain, self._not_in,
        )  # fmt: skip
        return " ".join(filter(None, (*said, left_out_said(self.left_out or {}))))

    @property
    def _models(self) -> str:
        if not isinstance(self.model, Model):
            return self._instead
        if self.model.first:
            return _(
                "Orders: MBG/NBD (Batislam and others 2007), in which a customer buys at his own pace until he leaves, after "
                "the first order or a later one; your customers fit it better than BG/NBD."
            )
        return _(
            "Orders: BG/NBD (Fader, Hardie & Lee 2005), in which a customer buys at his own pace until he leaves, always "
            "after an order but never after the first. So whoever ordered once counts as still a customer; look at the "
            "chance of another order."
        )

    @property
    def _fitted(self) -> str:
        found = [f"{name} {language.number(value, 3)}" for name, value in self.parameters.items()]
        said = _("Fitted, in weeks and money: {list}.").format(list=", ".join(found)) if found else ""
        limit = self.model.at_bound if isinstance(self.model, Model) else []
        if not limit:
            return said
        alike = _("At the limit of what is tried: {list}; there customers are as good as alike.")
        return f"{said} {alike.format(list=language.join(limit))}"

    @property
    def _counted(self) -> str:
        return _(
            "From {day} on; orders of one day count as one. Margin: {margin} of what was spent; what comes a year later "
            "counts {rate} less."
        ).format(
            day=language.day(self.known[0]),
            margin=language.percent(self.shares[0], 1),
            rate=language.percent(self.shares[1]),
        )

    @property
    def _back(self) -> str:
        if self.refunds:
            return _("What was paid back is taken off.")
        return _(
            "What was paid back is not taken off, since neither the orders nor returns tell it: the real margin is lower "
            "where goods come back."
        )

    @property
    def _ranges(self) -> str:
        return _(
            "A customer's range holds 95 of 100 like him; that of all together adds how unsure the models are (from the "
            "curvature of their likelihood)."
        )

    @property
    def _widened(self) -> str:
        if self.mirror is None:
            return ""
        spread = self.mirror.beyond(self.days)[1]
        if not spread:
            return _("The check on the last {days} days was no further off than that.").format(
                days=self.mirror.days
            )
        return _(
            "It also adds by how much the check on the last {days} days was further off than the model allows for (by "
            "moments; further ahead it grows with the root of the time): {share} of the margin as a standard deviation. One "
            "check is a rough measure of that, so where it missed the range may hold less than 95 times in 100."
        ).format(days=self.mirror.days, share=language.percent(spread))

    @property
    def _not_in(self) -> str:
        return _("Not in it: new customers, seasons, and whatever you change.")

    @property
    def _on_the_page(self) -> str:
        if len(self.table) <= _ROWS:
            return ""
        return _(
            "The page shows the {n} most valuable of these {all} customers; the downloads hold all."
        ).format(n=_ROWS, all=language.number(len(self.table)))

    def plot(self) -> go.Figure:
        """The margin to expect of each tenth of the customers, most valuable first, with its range."""
        return pictures_predicted.tenths(self)

    @cached_property
    def gone(self) -> Estimate | None:
        """Of who bought more than once, the share not expected to buy again in these days; None without the model.

        Its range holds chance, and how unsure the model is of all orders together (`unsure`).
        """
        again = self.table.loc[self.table["orders"] > 1, "back"].to_numpy()
        if not isinstance(self.model, Model) or len(again) < estimates.SMALL:
            return None
        mean, chance = float(again.mean()), float(np.sqrt((again * (1 - again)).sum())) / len(again)
        share, half = 1 - mean, 1.96 * float(np.hypot(chance, self.unsure * mean))
        return Estimate(share, max(share - half, 0.0), min(share + half, 1.0), len(again))

    @property
    def _unchecked(self) -> tuple[str, ...]:
        return () if self.mirror else (_("the model holds, which your own past is too short to check"),)

    def findings(self) -> list[Finding]:
        """What to expect, and who is about to leave; or how many customers would tell."""
        if not isinstance(self.model, Model) or not self.told:
            return [Finding(CHAPTER, self._instead, enough=ENOUGH)]
        if self.mirror is not None and self.mirror.better == "no":
            return [Finding(CHAPTER, self.mirror.sentence, enough=ENOUGH)]
        goes_on = (_("customers go on buying as they did"), *self._unchecked)
        call = _(
            "Look after the top of this list first: of what is expected, {share} comes from a fifth of your customers."
        ).format(share=language.percent(self.top))
        said = f"{self._answer} {self.mirror.sentence}" if self.doubt else self._answer
        found = [Finding(CHAPTER, said, self.value, None, call, assumptions=goes_on)]
        if self.gone is not None:
            left = _(
                "Of the customers who bought more than once, {share} are not expected to order again within {days} days "
                "({low} to {high})."
            ).format(
                days=self.days,
                **{name: language.percent(getattr(self.gone, end)) for name, end in _ENDS.items()},
            )
            ask = _(
                "Ask those with a small chance of another order, and much bought so far, what would bring them back."
            )
            found.append(Finding(CHAPTER, left, self.gone, None, ask, assumptions=goes_on))
        return found
