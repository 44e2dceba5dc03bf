"""What does each contact reason cost a year, and do those customers come back?"""

from __future__ import annotations

import math
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.engine import held
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.ledger import costs, later, links, pictures
from csworkbook.ledger.shown import LedgerResult, said
from csworkbook.ledger.sources import has
from csworkbook.results import question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.ledger.sources import Frame

CHAPTER = "00_start"
_CLOSE = 0.25  # a year's cost to within a quarter is close enough to act on
_MOST_DRAWN = 14
_TOLD = 3  # reasons named in the text and in the findings


@question(mark("What does each contact reason cost, and do those customers come back?"))
def reasons(
    contacts: Frame,
    orders: Frame | None = None,
    returns: Frame | None = None,
    *,
    hourly_cost: float = 32.0,
    margin: float = 0.35,
    currency: str = "EUR",
    within_days: int = 14,
    refund_days: int = 30,
    after_days: int = 90,
) -> Reasons:
    """Euro per contact reason and year: handling, repeat contacts, refunds, and what is bought later.

    Handling is minutes × hourly cost; a contact without minutes counts with the mean of its channel,
    an abandoned one with none. A repeat is the same customer about the same topic within
    `within_days` of the contact before. A refund is credited to the last contact about its order in
    the `refund_days` before it, and costs its margin: goods that come back are sold again. Later
    orders are compared with those of comparable customers (see `later.compare`): credited, not caused.

    Parameters
    ----------
    orders : DataFrame or ibis.Table, optional
        Adds refunds and later orders; finds customers by e-mail address and order number too.
    returns : DataFrame or ibis.Table, optional
        Adds refunds.
    hourly_cost : float
        Of somebody who answers customers, money per hour.
    margin : float
        Share of revenue (0–1), for refunds and for orders without a margin of their own.
    within_days, refund_days, after_days : int
        Windows in days for repeats, refunds and later orders; those not over yet are left out.

    Returns
    -------
    Reasons
        table, the dearest first: topic, contacts, each (handling cost of one), again_share (followed
        by the same question within the window, 0–1), again_low, again_high, refund_share (of contacts
        about an order), refunded (money paid back in the data), handling, repeats, refunds, total,
        total_low, total_high (money per year), episodes, comparable, later, later_low, later_high
        (margin within `after_days`, per customer), later_year, later_year_low, later_year_high, p
        (Holm), verdict, small. `whole` is the total of all reasons.

    Raises
    ------
    DataError
        When there are no contacts.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(reasons).table["topic"][0]
    'product advice'
    """
    terms = _terms(hourly_cost, margin, within_days, refund_days, after_days)
    with ExitStack() as stack:
        known = None if orders is None else stack.enter_context(links.looked_up(orders))
        linked = costs.alone(contacts) if known is None else links.link_contacts(contacts, known)
        linked = stack.enter_context(held(linked))
        refunds = None if known is None else costs.paid_back(orders, returns, known, terms)
        time = costs.span(linked, refunds, refund_days)
        if time is None:
            raise DataError(
                _("There are no contacts in this table."), next_step=_("Bring your contacts first.")
            )
        sums, whole = costs.by_topic(costs.costed(linked, refunds, time, terms), time, terms)
        after = None if known is None else later.compare(linked, known, margin, after_days)
    table = _later(_table(sums, time, terms), after, time)
    table = table.sort_values(["total", "contacts"], ascending=False, ignore_index=True)
    has_minutes = has(contacts, "handling_minutes") and bool((sums["guessed"] < sums["contacts"]).any())
    return Reasons(
        table, _total(whole, sums, currency), terms, time, currency, has_minutes, refunds is not None
    )


def _terms(hourly_cost, margin, within_days, refund_days, after_days) -> costs.Terms:
    for days in (within_days, refund_days, after_days):
        if not 1 <= days <= 3660:
            raise SettingError(
                _("{days} days is no window that can be used here.").format(days=days),
                allowed=_("Between 1 and {most} days.").format(most=3660),
            )
    return costs.Terms(float(hourly_cost), float(margin), int(within_days), int(refund_days), int(after_days))


def _table(sums: pd.DataFrame, time: costs.Span, terms: costs.Terms) -> pd.DataFrame:
    """The costs per topic, with intervals."""
    half = 1.96 * np.sqrt(sums["square"])
    low, high = estimates.shares(sums["again"], sums["finished"])
    return sums.assign(
        each=sums["minutes"] / sums["contacts"] * terms.hourly_cost / 60,
        again_share=sums["again"] / sums["finished"].where(sums["finished"] > 0),
        again_low=low,
        again_high=high,
        refund_share=sums["refund_n"] / sums["refund_of"].where(sums["refund_of"] > 0),
        total_low=(sums["total"] - half).clip(lower=0),
        total_high=sums["total"] + half,
        small=sums["contacts"] < SMALL,
    ).drop(columns=["square", "minutes", "people"])


def _later(table: pd.DataFrame, after: pd.DataFrame | None, time: costs.Span) -> pd.DataFrame:
    """The table with the difference in later margin; none where too few customers can be compared."""
    from scipy.stats import t

    columns = ["episodes", "people", "comparable", "later", "error", "firsts", "never", "open"]
    empty = pd.DataFrame(columns=["topic", *columns], dtype=float).astype({"topic": object})
    table = table.merge(empty if after is None else after, on="topic", how="left")
    table = table.fillna(dict.fromkeys(("episodes", "people", "firsts", "never", "open"), 0))
    enough = (table["people"] >= SMALL) & (table["error"] > 0)
    error, free = table["error"].where(enough), (table["people"] - 1).where(enough, 1)
    difference, half = table["later"].where(enough), t.ppf(1 - (1 - estimates.LEVEL) / 2, free) * error
    p = estimates.adjust(2 * t.sf((difference / error).abs(), free))
    a_year = (table["firsts"] - table["never"]) * time.a_year
    return table.assign(
        later=difference, later_low=difference - half, later_high=difference + half,
        later_year=difference * a_year, later_year_low=(difference - half) * a_year,
        later_year_high=(difference + half) * a_year,
        p=p, verdict=np.where(p < 1 - estimates.LEVEL, "yes", "cannot tell yet"),
    ).drop(columns=["error", "people"])  # fmt: skip


def _total(whole: pd.Series, sums: pd.DataFrame, currency: str) -> Estimate:
    value, half = float(whole["total"]), 1.96 * math.sqrt(whole["square"])
    n = int(sums["contacts"].sum())
    return Estimate(value, max(value - half, 0.0), value + half, n, "money", None, currency)


@dataclass(frozen=True)
class Reasons(LedgerResult):
    """What each contact reason costs a year, and what its customers buy later."""

    whole: Estimate | None = None
    terms: costs.Terms | None = None
    time: costs.Span | None = None
    currency: str = "EUR"
    has_minutes: bool = True
    has_refunds: bool = True
    shown: ClassVar[tuple[str, ...]] = (
        "topic", "contacts", "each", "again_share", "handling", "repeats", "refunds", "total", "total_low", "total_high",
        "comparable", "later", "later_low", "later_high", "p", "verdict",
    )  # fmt: skip

    @property
    def few(self) -> bool:
        """Whether there are too few contacts to say what they cost."""
        return self.whole.n < SMALL

    @property
    def needed(self) -> int:
        """How many contacts would tell a year's cost to within a quarter."""
        apart = (self.whole.high - self.whole.value) / self.whole.value if self.whole.value > 0 else 1.0
        return max(SMALL, math.ceil(self.whole.n * (apart / _CLOSE) ** 2))

    @property
    def text(self) -> str:
        """What all contacts cost a year, the dearest reasons, who buys less later."""
        if self.few:
            return ngettext(
                "There is only {n} contact: too few to say what each reason costs. About {needed} would do.",
                "There are only {n} contacts: too few to say what each reason costs. About {needed} would do.",
                self.whole.n,
            ).format(n=self.whole.n, needed=language.number(self.needed))
        cost = _("Your contacts cost {value} a year ({low} to {high}).").format(
            value=self._money(self.whole.value),
            low=self._money(self.whole.low),
            high=self._money(self.whole.high),
        )
        return " ".join(filter(None, [cost, self._dearest(), self._less(), self._more()]))

    def _dearest(self) -> str:
        """The dearest reasons, and how much of all they are."""
        top = self.table.head(_TOLD)
        if not self.whole.value > 0:
            return _("The table has no handling minutes and no refunds to reckon with.")
        named = [f"{said(row.topic)} ({self._money(row.total)})" for row in top.itertuples()]
        return _("Dearest: {list}; together {share} of it.").format(
            list=language.join(named), share=language.percent(top["total"].sum() / self.whole.value)
        )

    def _less(self) -> str:
        """Whose later margin is surely below that of comparable customers, or that there is nobody."""
        if self.table["p"].notna().sum() == 0:
            return ""
        less = self._sure(-1)
        if less.empty:
            return _("After none of these contacts do customers surely buy less than comparable ones.")
        named = [f"{said(row.topic)} ({self._money(-row.later)})" for row in less.head(_TOLD).itertuples()]
        return _(
            "Afterwards customers bring in less margin in {days} days than comparable ones: {list} each."
        ).format(days=self.terms.after_days, list=language.join(named))

    def _more(self) -> str:
        """Whose later margin is surely above: usually who asked because he was about to buy."""
        more = self._sure(1)
        if more.empty:
            return ""
        named = language.join([said(topic) for topic in more["topic"].head(_TOLD)])
        return _(
            "More is bought after: {list}; who asks that was often about to buy, so this is credited, not caused."
        ).format(list=named)

    def _sure(self, sign: int) -> pd.DataFrame:
        """The reasons whose difference is surely below (-1) or above (1) zero, the largest first."""
        sure = self.table[(self.table["verdict"] == "yes") & (sign * self.table["later"] > 0)]
        return sure.sort_values("later", ascending=sign < 0)

    def _money(self, amount: float) -> str:
        return language.money(estimates.rough(amount), self.currency)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the cost per year rests on."""
        told = [
            _("{cost} an hour").format(cost=language.money(self.terms.hourly_cost, self.currency, 2)),
            _("a year like the {days} days of these contacts").format(days=language.number(self.time.days)),
        ]
        guessed = int(self.table["guessed"].sum())
        if guessed and self.has_minutes:
            told.append(
                _("the mean of the channel for {n} contacts without minutes").format(
                    n=language.number(guessed)
                )
            )
        if self.has_refunds:
            margin = language.percent(self.terms.margin)
            told.append(
                _("goods paid back are sold again, so that a refund costs its margin ({margin})").format(
                    margin=margin
                )
            )
        return tuple(told)

    @property
    def method(self) -> str:
        """Definitions, assumptions, what was left out."""
        parts = [
            _(
                "Handling = minutes × hourly cost. Repeat = the same customer about the same topic within {days} days of the "
                "contact before. Interval: how many get in touch, and for how long, counted as chance, by customer."
            ).format(days=self.terms.within_days),
            _("It assumes: {list}.").format(list=language.join(list(self.assumptions))),
        ]
        if not self.has_minutes:
            parts.append(_("No contact has handling minutes, so handling counts as nothing: bring them."))
        if self.has_refunds:
            parts.append(
                _(
                    "Refunds: credited to the last contact about the order in the {days} days before; that it led to the "
                    "refund, this cannot show."
                ).format(days=self.terms.refund_days)
            )
        if self.table["firsts"].sum():
            parts.append(self._compared())
        return " ".join(parts)

    def _compared(self) -> str:
        sums = self.table[["firsts", "never", "open", "episodes"]].sum()
        unlike = sums["firsts"] - sums["never"] - sums["open"] - sums["episodes"]
        return _(
            "Later margin: orders in the {days} days after the first contact on a topic since the last order, against "
            "customers not in touch since theirs, with as many orders so far, as long ago, in the same month, in touch before "
            "or not. Left out: {open} whose window is not over, {never} without an order before, {unlike} without anybody "
            "comparable. p corrected for {n} reasons (Holm). Credited, not caused."
        ).format(
            days=self.terms.after_days,
            n=int(self.table["p"].notna().sum()),
            **{k: language.number(v) for k, v in {**sums, "unlike": unlike}.items() if k in ("open", "never", "unlike")},
        )  # fmt: skip

    def plot(self) -> go.Figure:
        """The dearest reasons as stacked bars, and beside them the difference in later margin a year."""
        return pictures.reasons(self.table.head(_MOST_DRAWN), self.currency)

    def findings(self) -> list[Finding]:
        """The dearest reasons, and those after which customers surely buy less."""
        if self.few:
            few = _("There are too few contacts to say what each reason costs.")
            return [Finding(CHAPTER, few, enough=self.needed)]
        known = self.table[~self.table["small"] & (self.table["total"] > 0) & (self.table["topic"] != "")]
        known = known.drop(
            self._sure(1).index, errors="ignore"
        )  # who asks that buys: no cost to do away with
        dear = [self._dear(row) for row in known.head(_TOLD).itertuples()]
        return [*dear, *(self._lost(row) for row in self._sure(-1).itertuples())]

    def _dear(self, row) -> Finding:
        cost = Estimate(
            row.total, row.total_low, row.total_high, int(row.contacts), "money", None, self.currency
        )
        headline = _("Contacts about “{topic}” cost {value} a year.").format(
            topic=said(row.topic), value=cost.say()
        )
        advice = _(
            "Answer this question before it is asked (on the product page, in the order e-mail), and solve it at once: "
            "{share} ask again within {days} days."
        ).format(share=language.percent(row.again_share), days=self.terms.within_days)
        most = _("the question need not be asked at all (the most it can save)")
        return Finding(
            CHAPTER, headline, cost, action=advice, value=cost, assumptions=(*self.assumptions, most)
        )

    def _lost(self, row) -> Finding:
        worth = [-row.later_year, -row.later_year_high, -row.later_year_low]
        n, currency = int(row.episodes), self.currency
        headline = _("After a contact about “{topic}” customers buy less than comparable ones.").format(
            topic=said(row.topic)
        )
        difference = Estimate(row.later, row.later_low, row.later_high, n, "money", row.p, currency)
        advice = _("Read these conversations first, and make good what went wrong.")
        assumed = (_("the contact, and not what led to it, made the difference"),)
        value = Estimate(*worth, n, "money", row.p, currency)
        return Finding(CHAPTER, headline, difference, action=advice, value=value, assumptions=assumed)
