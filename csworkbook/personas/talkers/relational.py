"""Who are our relational buyers, and what do they bring?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, evidence, figures, language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.personas.talkers import method as relational_method
from csworkbook.personas.talkers import sides as relational_sides
from csworkbook.personas.talkers.later import Later
from csworkbook.personas.talkers.told import Base, Rule, Told, base, follow, tell
from csworkbook.personas.talkers.words import CHAPTER, VOCABULARY, assumed, choices, labels
from csworkbook.purchases import day_of, nothing_bought
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.personas.talkers.contacts import Frame

_TOLD = 3  # categories that are named


@question(mark("Who are our relational buyers, and what do they bring?"), labels=labels, choices=choices)
def relational(
    contacts: Frame,
    orders: Frame | None = None,
    order_lines: Frame | None = None,
    returns: Frame | None = None,
    events: Frame | None = None,
    *,
    needed: int = 3,
    top: float = 0.2,
    questions: float = 0.0,
    variety: float = 0.0,
    minutes: float = 0.0,
    worth: float = 0.0,
    after: str = "180D",
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Relational:
    """Customers with the four traits of a relational buyer, beside all others (handbook 5.2).

    The traits are many questions, about many different topics, long contacts, and a high order value. Each
    counts from the top share of customers on, or from a number of the owner's own. Looked at is the time of
    which both contacts and orders tell. A complaint is no question.

    Parameters
    ----------
    orders : DataFrame or ibis.Table, optional
        Whose customers are told apart, with order value, margin and later purchases. Without them everybody
        who asked is looked at by the first three traits.
    order_lines : DataFrame or ibis.Table, optional
        Adds what relational buyers buy more often than others.
    returns : DataFrame or ibis.Table, optional
        Adds what was paid back, where the orders do not tell it.
    events : DataFrame or ibis.Table, optional
        Adds their share of the visits; without it their share of the orders stands for it.
    needed : int
        How many of the four traits make a relational buyer (1–4); never more than are known of anybody.
    top : float
        The share of customers (0–1) that has a trait, at most: 0.2 = the highest fifth of those of whom it is
        known (of all buyers for questions, topics and order value).
    questions, variety, minutes, worth : float
        0 for the top share; 1 or more for a number of one's own (questions, different topics, mean minutes per
        contact, mean order value in money); between 0 and 1 for another quantile of this trait: 0.9 = the
        highest tenth.
    after : str
        How long customers told apart are followed, a pandas duration such as ``"180D"``.
    margin : float
        Gross margin (share of revenue, 0–1) of orders without one of their own.

    Returns
    -------
    Relational
        table, one row a measure (customers, visits, orders, questions, handling in minutes, margin in money):
        relational, others (sums), share, low, high (of the relational in the sum, 0–1, 95 % over customers),
        benchmark (the handbook's), relational_each, others_each (per customer). `customers` has one row per
        customer: questions, variety, minutes, worth, handling, orders, margin, last_at, traits (how many),
        relational; `limits` from where on each trait counts; `later` what was bought after they were told apart.

    Raises
    ------
    DataError
        When no contact is a question of a customer, no order is a purchase, or both are of different times.
    SettingError
        When a limit, a share or a number of traits cannot be.

    >>> from csworkbook.shop import open_shop
    >>> found = open_shop().call(relational)
    >>> [limit.said() for limit in found.limits]
    ['3 questions', '2 different topics', '11.2 minutes per contact', '€76 per order']
    """
    rule = Rule(needed, top, {"questions": questions, "variety": variety, "minutes": minutes, "worth": worth})
    known = base(contacts, orders, returns, margin=margin, zone=zone)
    told = tell(known, rule)
    if told is None:
        raise nothing_bought(known.left_out)
    visits = None if events is None else relational_sides.visits_of(events, zone=zone)
    if visits is not None and not visits.reindex(told.customers.index).notna().any():
        visits = None  # no visitor is a customer
    return Relational(
        relational_sides.sides(told.customers, visits),
        told,
        known,
        follow(known, rule, duration(after).days, currency),
        _categories(known, order_lines, told),
        currency,
    )


def _categories(known: Base, order_lines: Frame | None, told: Told) -> pd.DataFrame:
    """What they buy, where order lines tell categories; else no rows."""
    if known.orders is None or order_lines is None or "category" not in order_lines.columns:
        return pd.DataFrame(columns=["category", "difference", "p"])
    return relational_sides.buys(known.orders.categories(order_lines), told.customers)


@dataclass(frozen=True)
class Relational(Result):
    """Relational buyers beside all others; `bought` is what they buy more often."""

    told: Told | None = None
    known: Base | None = None
    later: Later | None = None
    bought: pd.DataFrame | None = None
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "measure", "share", "low", "high", "benchmark", "relational_each", "others_each", "relational", "others",
    )  # fmt: skip
    spare: ClassVar[tuple[str, ...]] = ("relational", "others")
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @property
    def customers(self) -> pd.DataFrame:
        """One row per customer, index customer_id."""
        return self.told.customers

    @property
    def limits(self) -> tuple:
        """From where on each trait counts."""
        return self.told.limits

    @property
    def n(self) -> int:
        """How many are relational."""
        return int(self.customers["relational"].sum())

    def share(self, measure: str) -> Estimate | None:
        """The share of the relational in a measure; None where it is not known."""
        found = self.table[self.table["measure"] == measure]
        if found.empty or found["share"].isna().any():
            return None
        row = found.iloc[0]
        return Estimate(float(row["share"]), float(row["low"]), float(row["high"]), len(self.customers))

    @property
    def more(self) -> pd.DataFrame:
        """The categories that relational buyers surely buy more often, the largest difference first."""
        sure = (self.bought["p"] < 1 - estimates.LEVEL) & (self.bought["difference"] > 0)
        return self.bought[sure.fillna(False).astype(bool)]

    @property
    def text(self) -> str:
        """Their share of customers, questions and margin, beside the handbook's; what came after; the limits."""
        if not self.n:
            none = _("No customer has enough traits of a relational buyer.")
            return f"{none} {self._rule} " + _("Choose lower limits, or ask for fewer traits.")
        parts = [self._brings, self._few, self._handbook, self._after, self._rule]
        return " ".join(filter(None, parts))

    @property
    def _brings(self) -> str:
        asked, margin = self.share("questions"), self.share("margin")
        said = {"share": language.percent(self.share("customers").value, 1), "asked": asked.say()}
        if margin is None:
            return _(
                "Relational buyers are {share} of your customers and ask {asked} of the questions."
            ).format(**said)
        return _(
            "Relational buyers are {share} of your customers: they ask {asked} of the questions and bring {margin} of the "
            "margin ({low} to {high})."
        ).format(**said, margin=margin.say(), low=margin.say(margin.low), high=margin.say(margin.high))

    @property
    def _few(self) -> str:
        if self.n >= SMALL:
            return ""
        return ngettext(
            "That is only {n} customer, so these shares are rough.",
            "Those are only {n} customers, so these shares are rough.",
            self.n,
        ).format(n=self.n)

    @property
    def _handbook(self) -> str:
        """The handbook's 20/80 beside the traffic here."""
        visits, orders = self.share("visits"), self.share("orders")
        if visits is None and orders is None:
            return ""
        theirs = {
            "traffic": evidence.get(relational_sides.TRAFFIC).say(),
            "result": evidence.get(relational_sides.RESULT).say(),
        }
        if visits is not None:
            return _(
                "The handbook has {traffic} of the traffic and {result} of the result; here they make {visits} of the visits "
                "by known customers."
            ).format(**theirs, visits=visits.say())
        return _(
            "The handbook has {traffic} of the traffic and {result} of the result; here they place {orders} of the orders."
        ).format(**theirs, orders=orders.say())

    @property
    def _after(self) -> str:
        """What they brought after they were told apart, so that order value does not count twice."""
        if self.later is None or self.later.few or self.later.share.value != self.later.share.value:
            return ""
        found = self.later.share
        return _(
            "Order value is one of the traits, so look at what came later: those who were relational by {day} brought "
            "{share} ({low} to {high}) of the margin of the {days} days after."
        ).format(
            day=language.day(day_of(self.later.cut)),
            share=found.say(),
            low=found.say(found.low),
            high=found.say(found.high),
            days=language.number(self.later.days),
        )

    @property
    def _rule(self) -> str:
        known = [limit.said(self.currency) for limit in self.limits if limit.known]
        return _("Relational here: at least {needed} of these {of}: {list}.").format(
            needed=self.told.needed, of=len(known), list=language.join(known)
        )

    @property
    def method(self) -> str:
        """Traits, limits, time, what was left out, what cannot be told."""
        return relational_method.method(self)

    def plot(self) -> go.Figure:
        """Their share of each measure with its interval, the handbook's as diamonds."""
        drawn = self.table[self.table["share"].notna()]
        named = drawn["measure"].map(VOCABULARY.word)
        figure = figures.dots(drawn.assign(measure=named), label="measure", benchmark="benchmark")
        figure.data[0].name = _("Relational buyers")
        return figure.update_xaxes(rangemode="tozero")

    def cells(self) -> list[list[str]]:
        """The shown cells; sums and means are written as their row is counted."""
        shown = self.table[self.columns].to_dict("records")
        return [[self._cell(row["measure"], column, row[column]) for column in self.columns] for row in shown]

    def _cell(self, measure: str, column: str, value: object) -> str:
        each = column.endswith("_each")
        if column not in ("relational", "others", "relational_each", "others_each") or value != value:
            return self.cell(column, value)
        if measure == "margin":
            return language.money(value, self.currency, 2 if each else 0)
        if measure == "handling":
            return language.duration(value if each else value / 60, "minutes" if each else "hours")
        return language.number(value, 2 if each else 0)

    def findings(self) -> list[Finding]:
        """What relational buyers bring, or that there are too few of them."""
        margin = self.share("margin")
        if margin is None:
            return []
        if self.n < SMALL:
            few = _("There are too few relational buyers to say what they bring.")
            return [Finding(CHAPTER, few, enough=_enough(self.n, len(self.customers)))]
        after = (
            self.later is not None and not self.later.few and self.later.share.value == self.later.share.value
        )
        estimate = self.later.share if after else margin
        said = (
            _(
                "Relational buyers, {share} of the customers, brought {margin} of the margin once they were recognised."
            )
            if after
            else _("Relational buyers, {share} of the customers, bring {margin} of the margin.")
        )
        headline = said.format(share=self.share("customers").say(), margin=estimate.say())
        assumptions = (assumed(self.told.needed, sum(limit.known for limit in self.limits)),)
        return [
            Finding(
                CHAPTER, headline, estimate, relational_sides.TRAFFIC, self._action, assumptions=assumptions
            )
        ]

    @property
    def _action(self) -> str:
        """Note who they are in the service system; and what they buy."""
        note = _(
            "Note in your service system who they are (the list is below), and give them somebody who knows."
        )
        if self.more.empty:
            return note
        named = [str(VOCABULARY.word(category)) for category in self.more["category"].head(_TOLD)]
        return f"{note} " + _("They buy more often from: {list}.").format(list=language.join(named))


def _enough(n: int, of: int) -> int:
    """How many customers would hold enough relational buyers."""
    return math.ceil(SMALL * of / max(n, 1))
