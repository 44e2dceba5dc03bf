"""What is said of chat in the cart: its cost, what it must bring, and what is credited to chats now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import evidence, language
from csworkbook.checkout import chat_words, costs_words, pictures_shipping
from csworkbook.checkout.chat_scenarios import ChatTerms
from csworkbook.checkout.lingering import Credited, Lingering
from csworkbook.estimates import SMALL, Estimate, rough
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.order_value import OrderValue
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "08_checkout"


@dataclass(frozen=True)
class Chat(Result):
    """Chat in the cart: its cost, what it must bring, and what is credited to chats now."""

    seen: Lingering | None = None
    taken: Estimate | None = None
    order: OrderValue | None = None
    leads: Credited | None = None
    terms: ChatTerms | None = None
    currency: str = "EUR"
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=chat_words.heads,
        kinds={
            **dict.fromkeys(("accept", "needed", "low", "high"), "share"),
            **dict.fromkeys(("invited", "chats"), "number"),
            **dict.fromkeys(("cost", "value", "value_low", "value_high"), "money"),
            "per_chat": "cents",
            "orders": "count",
        },
    )

    @cached_property
    def middle(self) -> pd.Series:
        """The row of the middle of those who accept."""
        return self.table.iloc[len(self.table) // 2]

    @cached_property
    def needed(self) -> Estimate:
        """The share of chats that must bring an order, in the middle."""
        row = self.middle
        return Estimate(row["needed"], row["low"], row["high"], self.order.n)

    @property
    def most_anyway(self) -> float:
        """Up to which share that would have bought anyway it pays, with what is credited now; NaN where not told."""
        if self.leads is None or not self.leads.once.value > 0:
            return np.nan
        return 1 - self.needed.value / self.leads.once.value

    @property
    def text(self) -> str:
        """What chats must bring; how many there can be; what is credited to them now; the result."""
        return " ".join(filter(None, (self._answer, self._many, self._now, self._result)))

    @property
    def _answer(self) -> str:
        if self.needed.value != self.needed.value:
            return _(
                "What chats must bring cannot be told for people who do only this: no cart is known to linger while you "
                "are open."
            )
        shown = {
            "cost": language.money(self.middle["per_chat"], self.currency, 2),
            "order": language.money(self.order.value, self.currency),
            "x": _of_100(self.needed.value),
            "low": _of_100(self.needed.low),
            "high": _of_100(self.needed.high),
        }
        if self.needed.value >= 1:
            return _(
                "Chat in the cart cannot pay like this: a chat costs {cost}, more than the {order} an order brings."
            ).format(**shown)
        said = _(
            "Chat in the cart pays when at least {x} of 100 chats bring an order that would not have come otherwise ({low} "
            "to {high}): a chat costs {cost}, an order brings {order}."
        )
        return said.format(**shown)

    @property
    def _many(self) -> str:
        if self.seen is None:
            return _(
                "How many chats there can be is not known: for that your page visits must tell how long a visitor stays in "
                "the cart (seconds)."
            )
        chats = self.table["chats"]
        return _(
            "{carts} carts a day ({least} to {most}) linger longer than {after} while you are open; if {accept} accept an "
            "invitation, that is {low} to {high} chats a day."
        ).format(
            carts=language.number(self.seen.a_day.value, 1),
            least=language.number(self.seen.a_day.low, 1),
            most=language.number(self.seen.a_day.high, 1),
            after=language.duration(self.terms.seconds, "seconds"),
            accept=costs_words.between(*self.terms.accept),
            low=language.number(chats.min(), 1),
            high=language.number(chats.max(), 1),
        )

    @property
    def _now(self) -> str:
        if self.leads is None or not self.leads.share.n:
            return ""
        said = _(
            "Of the chats before an order {share} are now followed by one within {days} days, which is credited to the chat, "
            "not shown to be its doing"
        ).format(share=language.percent(self.leads.share.value), days=self.leads.days)
        if self.most_anyway != self.most_anyway:
            return f"{said}."
        if self.most_anyway <= 0:
            return _("{said}; that would not pay for it.").format(said=said)
        return _(
            "{said}; chats like these pay while fewer than {most} of them would have bought anyway."
        ).format(said=said, most=language.percent(self.most_anyway))

    @property
    def _result(self) -> str:
        row = self.middle
        if row["value"] != row["value"]:
            return ""
        ends = [language.money(rough(v), self.currency) for v in row[["value", "value_low", "value_high"]]]
        return _("If {anyway} would have, it comes to {value} a year ({low} to {high}).").format(
            anyway=language.percent(self.terms.anyway), value=ends[0], low=ends[1], high=ends[2]
        )

    @property
    def method(self) -> str:
        """How it was worked out, what is assumed, what was left out, and the register's claims with their caveats."""
        said = [self._formula, self._bases, self._people, self._lingering, self._credit, self._invited]
        ids = ("chat-convert-7-5", "chat-order-value-15", "proactive-cart-1-min", "chats-at-once-2-5")
        claims = [f"{entry.claim} {entry.caveat}" for entry in map(evidence.get, ids)]
        return " ".join(filter(None, [*said, _("Handbook:"), *claims]))

    @property
    def _formula(self) -> str:
        if self.terms.extra_people:
            return _(
                "Chats that must bring an order = cost per chat ÷ margin per order. Cost per chat = people who do only this, "
                "in all opening hours (at least one, and enough to answer 80% within 20 seconds, Erlang C), at {hourly} an "
                "hour, shared by the chats."
            ).format(hourly=language.money(self.terms.hourly_cost, self.currency, 2))
        return _(
            "Chats that must bring an order = cost per chat ÷ margin per order. Cost per chat = minutes ÷ 60 × {hourly} an "
            "hour ÷ {at_once} chats at once; the time spent waiting for chats is not counted."
        ).format(
            hourly=language.money(self.terms.hourly_cost, self.currency, 2),
            at_once=language.number(self.terms.at_once, 1),
        )

    @property
    def _bases(self) -> str:
        minutes = language.duration(self.taken.value, "minutes")
        if self.taken.n:
            took = _("A chat takes {minutes} (mean of {n} of your chats).").format(
                minutes=minutes, n=language.number(self.taken.n)
            )
        elif self.terms.minutes:
            took = _("A chat takes {minutes}; that is as you filled it in.").format(minutes=minutes)
        else:
            took = _("A chat takes {minutes}; that is assumed.").format(minutes=minutes)
        brings = language.capital(self.order.said(self.currency)) + "."
        return f"{took} {brings}"

    @property
    def _people(self) -> str:
        return _(
            "Assumed: {accept} accept an invitation; of the orders credited {anyway} would have come anyway."
        ).format(accept=costs_words.between(*self.terms.accept), anyway=language.percent(self.terms.anyway))

    @property
    def _lingering(self) -> str:
        if self.seen is None or not self.seen.carts:
            return ""
        said = _(
            "{carts} carts lingered (each visitor once a day), {open} of them while you were open, over {days} open days."
        ).format(
            carts=language.number(self.seen.carts),
            open=language.number(self.seen.open),
            days=language.number(self.seen.days),
        )
        if not self.seen.finished:
            return said
        paid = _("Of these, {share} ({low} to {high}) paid within a day without being invited.").format(
            share=language.percent(self.seen.anyway.value),
            low=language.percent(self.seen.anyway.low),
            high=language.percent(self.seen.anyway.high),
        )
        return f"{said} {paid}"

    @property
    def _credit(self) -> str:
        if self.leads is None or not self.leads.share.n:
            return ""
        said = _(
            "Followed by an order within {days} days: {chat} of the chats before an order, {others} of such contacts on "
            "other channels. In the sums an order after several chats counts once: {once} orders from 100 chats."
        ).format(
            days=self.leads.days,
            chat=self.leads.share,
            others=self.leads.others,
            once=_of_100(self.leads.once.value),
        )
        left = self.leads.open + self.leads.unknown
        if not left:
            return said
        out = ngettext(
            "Left out: {n} chat whose customer is not known or whose window is not over.",
            "Left out: {n} chats whose customer is not known or whose window is not over.",
            left,
        ).format(n=language.number(left))
        return f"{said} {out}"

    @property
    def _invited(self) -> str:
        return _(
            "Who is invited need not buy as often as who asks. Invite half of them, by chance, for four weeks, and compare "
            "the orders of all invited with those of the others."
        )

    def plot(self) -> go.Figure:
        """The result a year by the share of chats that bring an order, with the break-even."""
        return pictures_shipping.chats(self)

    def findings(self) -> list[Finding]:
        """What chats must bring; it rests on assumptions."""
        if self.needed.value != self.needed.value:
            return [Finding(CHAPTER, self._answer, enough=SMALL)]
        action = _(
            "Try it: invite half of the visitors who linger in the cart, by chance, for four weeks, and count the orders of "
            "both halves."
        )
        assumed = [_("a chat takes {minutes}").format(minutes=language.duration(self.taken.value, "minutes"))]
        if not self.terms.extra_people:
            assumed.append(_("the team chats between other work"))
            assumed.append(_("{n} chats at once").format(n=language.number(self.terms.at_once, 1)))
        return [Finding(CHAPTER, self._answer, self.needed, "chat-convert-7-5", action, None, tuple(assumed))]


def _of_100(share: float) -> str:
    """A share as so many of a hundred.

    >>> _of_100(0.053), _of_100(0.25)
    ('5.3', '25')
    """
    return language.number(share * 100, 1 if share < 0.1 else 0)
