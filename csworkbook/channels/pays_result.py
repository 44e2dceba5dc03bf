"""What is said of channels that pay for themselves, or do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import evidence, language
from csworkbook.channels import credit_words, pictures_credit
from csworkbook.channels.drawn import DRAWS, LEAST
from csworkbook.estimates import SMALL, Estimate, rough
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "09_channels"
_SURE = ("yes", "no", "cannot tell yet")
_CLAIMS = ("chat-sale-60", "chat-convert-7-5", "chat-cheaper-4")


@dataclass(frozen=True)
class Roi(Result):
    """What the orders credited to each channel bring, less what its contacts cost."""

    rules: pd.DataFrame | None = None
    left: dict[str, int] = field(default_factory=dict)
    days: float = 0.0
    within: str = "14D"
    rule: str = "last"
    stage: str | None = None
    anyway: float = 0.0
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "channel", "contacts", "share", "share_low", "share_high", "orders", "earned", "cost", "each", "low", "high",
        "year", "year_low", "year_high", "times", "times_low", "times_high", "break_even", "break_even_low",
        "break_even_high", "p", "verdict", "basis",
    )  # fmt: skip
    spare: ClassVar[tuple[str, ...]] = (
        "share", "share_low", "share_high", "orders", "year_low", "year_high", "times", "times_low", "times_high",
        "break_even_low", "break_even_high", "p", "basis",
    )  # fmt: skip
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=credit_words.heads,
        words=credit_words.words,
        kinds={
            **dict.fromkeys(("earned", "cost", "each", "low", "high"), "cents"),
            **dict.fromkeys(("year", "year_low", "year_high"), "money"),
            **dict.fromkeys(
                ("share_low", "share_high", "times", "times_low", "times_high", "break_even", "break_even_low",
                 "break_even_high"), "share",
            ),
            "contacts": "count",
            "answered": "count",
            "orders": "number",
        },
        wordy=("channel", "basis", "verdict"),
    )  # fmt: skip

    @property
    def enough(self) -> bool:
        """Whether any channel has contacts enough and a known cost."""
        return bool((self.table["contacts"].ge(SMALL) & self.table["each"].notna()).any())

    @cached_property
    def changed(self) -> list[str]:
        """The channels whose answer hangs on how orders are credited."""
        kinds = self.rules[self.rules["rule"] != "every"].groupby("channel")["verdict"].nunique()
        return sorted(kinds.index[kinds > 1])

    @property
    def text(self) -> str:
        """Which channels pay and which do not; how much may come anyway; whether it hangs on the rule; no cause."""
        if not self.enough:
            return self._few
        return " ".join(filter(None, (self._answer, self._anyway, self._rules, _caution())))

    @property
    def _few(self) -> str:
        if self.table.empty and self.stage is not None and self.left.get("stage"):
            return _(
                "Which channels pay cannot be told: of none of these contacts is it known that it came at that stage. "
                "Choose all contacts, or add to your export whether they came before or after buying."
            )
        if self.table.empty:
            return _(
                "Which channels pay cannot be told: no contact of a known customer lies in the time of the orders, with "
                "{days} after it."
            ).format(days=self._span)
        if self.table["cost"].isna().all():
            return _(
                "Which channels pay cannot be told: neither costs per channel nor handling minutes tell what a contact "
                "costs."
            )
        n = int(self.table["contacts"].max())
        return ngettext(
            "Which channels pay cannot be told: there is {n} contact of a known customer at most on a channel; {least} "
            "are the least.",
            "Which channels pay cannot be told: there are {n} contacts of known customers at most on a channel; {least} "
            "are the least.",
            n,
        ).format(n=n, least=SMALL)

    @property
    def _span(self) -> str:
        return language.duration(duration(self.within).days, "days")

    @property
    def _answer(self) -> str:
        yes, no, open_ = (self.table[self.table["verdict"] == one] for one in _SURE)
        parts = []
        if len(yes):
            said = _("pays for itself with the orders credited to it: {list}")
            parts.append(said.format(list=self._named(yes)))
        if len(no):
            said = _("does not pay for itself: {list}")
            parts.append(said.format(list=self._named(no[::-1])))
        if len(open_):
            parts.append(_("cannot be told: {list}").format(list=self._named(open_)))
        return language.capital("; ".join(parts)) + "."

    def _named(self, rows: pd.DataFrame) -> str:
        each = _("{channel} ({each} per contact)")
        return language.join(
            [
                each.format(channel=self._channel(row.channel), each=self._money(row.each))
                if row.each == row.each and row.low == row.low
                else self._channel(row.channel)
                for row in rows.itertuples()
            ]
        )

    def _channel(self, name: str) -> str:
        return str(self.vocabulary.word(name))

    def _money(self, amount: float) -> str:
        return language.money(amount if round(amount, 2) else 0.0, self.currency, 2)

    @property
    def _anyway(self) -> str:
        """Up to which share of the orders may come anyway, for the channel that pays best."""
        rows = self.table[self.table["p"].notna() & (self.table["break_even"] > 0)]
        if rows.empty:
            return ""
        row = rows.sort_values("break_even").iloc[-1]
        said = _(
            "Best placed is {channel}: it pays as long as fewer than {share} ({low} to {high}) of its credited orders would "
            "have come anyway; reckoned here with {anyway}."
        )
        ends = {"share": row["break_even"], "low": row["break_even_low"], "high": row["break_even_high"]}
        ends = {name: language.percent(value) for name, value in ends.items()}
        return said.format(
            channel=self._channel(row["channel"]), anyway=language.percent(self.anyway), **ends
        )

    @property
    def _rules(self) -> str:
        if self.changed:
            return _("For {list} it hangs on which contact an order is credited to.").format(
                list=language.join([self._channel(name) for name in self.changed])
            )
        return _("Crediting the first contact, or all of them, changes none of these answers.")

    @property
    def method(self) -> str:
        """How it is reckoned, where the cost comes from, what was left out, the handbook's claims."""
        claims = [f"{entry.claim} {entry.caveat}" for entry in map(evidence.get, _CLAIMS)]
        said = [
            self._formula,
            self._intervals,
            self._untested,
            self._costs,
            self._cheaper,
            self._by_rule,
            self._left_out,
        ]
        return " ".join(filter(None, [*said, _("Handbook:"), *claims]))

    @property
    def _formula(self) -> str:
        return _(
            "Result per contact = margin of the orders credited to it × (1 − the share that would have come anyway, "
            "{anyway}) − cost per contact. An order is credited to {rule} of the same customer in the {days} before it; "
            "calls that were given up cost and are credited with nothing. Return = result ÷ cost. A year is 365.25 ÷ "
            "{seen} days of these contacts."
        ).format(
            anyway=language.percent(self.anyway),
            rule=credit_words.rules()[self.rule],
            days=self._span,
            seen=language.number(self.days),
        )

    @property
    def _intervals(self) -> str:
        return _(
            "Intervals: {draws} other lots of such customers, drawn by chance (bootstrap over customers); p corrected for {n} "
            "channels (Holm)."
        ).format(draws=DRAWS, n=int(self.table["p"].notna().sum()))

    @property
    def _untested(self) -> str:
        """The channels on which too few customers asked, however often."""
        few = self.table[(self.table["people"] < LEAST) & (self.table["contacts"] >= SMALL)]
        if few.empty:
            return ""
        return _(
            "Not tested, since hardly more than {n} customers asked there, however often: {list}."
        ).format(n=LEAST, list=language.join([self._channel(name) for name in few["channel"]]))

    @property
    def _costs(self) -> str:
        parts = []
        for basis, said in credit_words.bases().items():
            names = [self._channel(name) for name in self.table.loc[self.table["basis"] == basis, "channel"]]
            if names:
                parts.append(_("{list}: {basis}").format(list=language.join(names), basis=said))
        return _("Cost of a contact: {list}.").format(list="; ".join(parts)) if parts else ""

    @property
    def _cheaper(self) -> str:
        """A call beside a chat, as the handbook compares them."""
        cost = self.table.set_index("channel")["cost"]
        if not {"phone", "chat"} <= set(cost.index) or not cost["chat"] > 0 or cost["phone"] != cost["phone"]:
            return ""
        return _("Here a telephone call costs {times} times as much as a chat.").format(
            times=language.number(cost["phone"] / cost["chat"], 1)
        )

    @property
    def _by_rule(self) -> str:
        """The result per contact by every way of crediting."""
        named = credit_words.rules()
        each = self.rules.pivot(index="channel", columns="rule", values="each")
        said = [
            _("{rule}: {list}").format(
                rule=named[rule],
                list=language.join(
                    [f"{self._channel(c)} {self._money(v)}" for c, v in each[rule].dropna().items()]
                ),
            )
            for rule in named
            if rule in each and each[rule].notna().any()
        ]
        return _("Result per contact when credited to {list}.").format(list="; ".join(said)) if said else ""

    @property
    def _left_out(self) -> str:
        return left_out_said(self.left, self._span)

    def plot(self) -> go.Figure:
        """What a contact on each channel brings more than it costs, with its interval."""
        return pictures_credit.results(self)

    def findings(self) -> list[Finding]:
        """Channels that surely pay, or surely do not, with what that rests on."""
        if not self.enough:
            return [Finding(CHAPTER, self._few, enough=SMALL)]
        rows = self.table[self.table["verdict"] != "cannot tell yet"]
        return [
            self._pays(row) if row.verdict == "yes" else self._costs_more(row) for row in rows.itertuples()
        ]

    def _estimate(self, row, sign: int = 1) -> Estimate:
        ends = sorted((sign * row.low, sign * row.high))
        return Estimate(sign * row.each, *ends, int(row.contacts), "money", row.p, self.currency)

    def _pays(self, row) -> Finding:
        headline = _(
            "A contact by {channel} brings {value} more than it costs, with the orders credited to it."
        ).format(channel=self._channel(row.channel), value=self._money(row.each))
        action = _("Offer {channel} where visitors hesitate: on product pages and in the cart.").format(
            channel=self._channel(row.channel)
        )
        benchmark = "chat-sale-60" if row.channel == "chat" else None
        return Finding(
            CHAPTER,
            headline,
            self._estimate(row),
            benchmark,
            action,
            None,
            self._assumed,
        )

    def _costs_more(self, row) -> Finding:
        headline = _(
            "A contact by {channel} costs {value} more than the orders credited to it bring."
        ).format(channel=self._channel(row.channel), value=self._money(-row.each))
        action = _(
            "See what these contacts are about: answer it before it is asked, or on a channel that costs less, and keep "
            "{channel} for what needs it ({year} a year is at stake)."
        ).format(
            channel=self._channel(row.channel), year=language.money(rough(max(-row.year, 0.0)), self.currency)
        )
        kept = _("that service keeps customers is not counted")
        return Finding(CHAPTER, headline, self._estimate(row, -1), None, action, None, (*self._assumed, kept))

    @property
    def _assumed(self) -> tuple[str, ...]:
        return (
            _("credited is not caused: {anyway} of these orders would have come anyway").format(
                anyway=language.percent(self.anyway)
            ),
        )


def _caution() -> str:
    return _("Credited is not caused: who asks is often about to buy.")


def left_out_said(left: dict[str, int], span: str) -> str:
    """Which contacts do not count, and why, in a sentence; empty where all do."""
    reasons = {
        "nobody": _("{n} of customers nobody knows"),
        "no_channel": _("{n} without a channel"),
        "open": _("{n} whose window is not over ({span} before the last order)"),
        "early": _("{n} from before the orders begin"),
    }
    parts = [
        said.format(n=language.number(left[name]), span=span)
        for name, said in reasons.items()
        if left.get(name)
    ]
    return _("Contacts left out: {list}.").format(list=language.join(parts)) if parts else ""
