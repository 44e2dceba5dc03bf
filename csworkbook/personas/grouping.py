"""Who are our customers?"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import LEVEL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.personas import called, pictures, terms
from csworkbook.personas.assigning import assign, nobody
from csworkbook.personas.described import Features, features_of
from csworkbook.personas.judged import BEYOND, LEAST_CUSTOMERS
from csworkbook.personas.remembered import remembered
from csworkbook.personas.saved import Saved
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import ibis
    import plotly.graph_objects as go

    Frame = pd.DataFrame | ibis.Table

CHAPTER = "06_personas"


@dataclass(frozen=True)
class Personas(Result):
    """Groups of customers who are like each other, the largest first.

    Attributes
    ----------
    table : DataFrame
        persona (1..k), name, size (customers), share (of customers), share_low, share_high, revenue (money),
        revenue_share, revenue_low, revenue_high (of that share), and the means that describe a persona:
        orders, order_value, and as far as known discount, contacts. Without groups it is empty.
    saved : Saved
        What is kept of them.
    labels : Series of int
        customer_id → persona; empty without groups.
    features : Features
        What is known of each customer.
    trials : DataFrame
        k, silhouette, silhouette_chance (the most that data without groups gave), stability, clear, chosen; empty
        for personas that were saved earlier.
    """

    saved: Saved | None = None
    labels: pd.Series | None = None
    features: Features | None = None
    trials: pd.DataFrame | None = field(default=None, repr=False)
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "persona", "name", "size", "share", "share_low", "share_high", "revenue", "revenue_share",
        "revenue_low", "revenue_high", "orders", "order_value",
    )  # fmt: skip
    spare: ClassVar[tuple[str, ...]] = ("share_low", "share_high", "revenue_low", "revenue_high")
    vocabulary: ClassVar[Vocabulary] = terms.VOCABULARY

    @property
    def k(self) -> int:
        """How many personas; 0 = no clear groups."""
        return self.saved.k

    @property
    def names(self) -> list[str]:
        """What they are called: what the owner typed, else a name proposed in the language spoken now."""
        spoken = language.current()
        if spoken not in self._names:
            self._names[spoken] = called.names(self)
        return self._names[spoken]

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        return {}

    @property
    def text(self) -> str:
        """How many groups, the largest and the one that brings most, and how sure they are; or that there are none."""
        if self.k == 0:
            if self._few:
                return " ".join((_too_few(self.saved.why["customers"]), _more()))
            return " ".join(filter(None, (_none_found(), self._why_not, _instead())))
        return " ".join(filter(None, (self._groups, self._largest, self._richest, self._sure)))

    @property
    def _few(self) -> bool:
        """Whether they were too few to look for groups at all."""
        return self.saved.why.get("customers", LEAST_CUSTOMERS) < LEAST_CUSTOMERS

    @property
    def _groups(self) -> str:
        number = len(self.labels)
        if self.saved.why.get("asked"):
            first = ngettext(
                "Your {n} customer is put with one of {k} groups, as many as you asked for.",
                "Your {n} customers are put into {k} groups, as many as you asked for.",
                number,
            )
        else:
            first = ngettext(
                "Your {n} customer falls into {k} groups.", "Your {n} customers fall into {k} groups.", number
            )
        return first.format(n=language.number(number), k=language.number(self.k))

    @property
    def _largest(self) -> str:
        place = int(self.table["size"].to_numpy().argmax())  # not the first any more, perhaps
        row = self.table.iloc[place]
        return _("The largest is “{name}” with {share} of the customers ({low} to {high}).").format(
            name=self.names[place],
            share=language.percent(row["share"]),
            low=language.percent(row["share_low"]),
            high=language.percent(row["share_high"]),
        )

    @property
    def _richest(self) -> str:
        if "revenue_share" not in self.table or self.table["revenue_share"].isna().all():
            return ""
        place = int(self.table["revenue_share"].to_numpy().argmax())
        row = self.table.iloc[place]
        return _("Most revenue comes from “{name}”: {share} ({low} to {high}).").format(
            name=self.names[place],
            share=language.percent(row["revenue_share"]),
            low=language.percent(row["revenue_low"]),
            high=language.percent(row["revenue_high"]),
        )

    @property
    def _sure(self) -> str:
        stable = self.saved.why.get("stability")
        if stable is None:
            return ""
        if not self.saved.why.get("clear", True):
            return _("These groups are not clearer than chance makes them, so take care.")
        return _("Other samples of your customers give the same groups for the most part.")

    @property
    def _why_not(self) -> str:
        why = self.saved.why
        if why.get("silhouette") is None or why.get("silhouette_chance") is None:
            return ""
        if why["silhouette"] <= why["silhouette_chance"] + BEYOND:
            return _("What looks like groups here is no clearer than in the same orders dealt at random.")
        return _("There are differences, but customers pass from one kind into the next without a border.")

    @property
    def method(self) -> str:
        """What was measured, how the number was chosen, and what was left out."""
        from csworkbook.personas.method import said

        return said(self)

    def plot(self) -> go.Figure:
        """Share of customers beside share of revenue per persona; without groups how clear each number would be."""
        return pictures.sizes(self) if self.k else pictures.trials(self.trials)

    def findings(self) -> list[Finding]:
        """The persona whose share of the revenue is furthest above its share of the customers."""
        if self.k == 0 or self.table["revenue_share"].isna().all():
            return []
        over = self.table["revenue_low"] - self.table["share_high"]
        place = int(over.to_numpy().argmax())
        if over.iloc[place] <= 0:
            return []
        row = self.table.iloc[place]
        headline = _(
            "“{name}” is {share} of your customers and brings more of the revenue than that."
        ).format(name=self.names[place], share=language.percent(row["share"]))
        brings = Estimate(
            row["revenue_share"], row["revenue_low"], row["revenue_high"], int(row["size"]), "share"
        )
        return [Finding(CHAPTER, headline, brings, "pareto-80", _advice())]


def personas_of(features: Features, saved: Saved, trials: pd.DataFrame, currency: str = "EUR") -> Personas:
    """The personas of these customers, by what was saved."""
    empty = pd.Series([], pd.Index([], name="customer_id"), dtype=int, name="persona")
    labels = assign(saved, features) if saved.k else empty
    found = Personas(_table(features, labels, saved.k), saved, labels, features, trials, currency)
    found.table["name"] = found.names
    return found


def found(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Personas:
    """The personas of a shop: the saved ones, or else those that are found now; kept for these tables.

    Raises
    ------
    DataError
        When there are no clear groups, or no customers.
    """
    one = portraits(
        orders, order_lines, contacts, returns, personas=personas, margin=margin, currency=currency, zone=zone
    )
    if one.k == 0:
        raise nobody()
    return one


@question(mark("Who are our customers?"), labels=terms.labels, choices=terms.choices)
def portraits(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Personas:
    """The personas of a shop with their sizes and their share of the revenue (handbook 3.5).

    Parameters
    ----------
    order_lines, contacts, returns : optional
        Tell more of each customer (see `features_of`).
    personas : Saved, optional
        Those found earlier: customers are put with the nearest. None = they are found now.

    Returns
    -------
    Personas
        With ``k == 0`` where customers do not fall into clear groups.

    Raises
    ------
    DataError
        When no order counts as a purchase of a known customer.
    """
    frames = (orders, order_lines, contacts, returns)
    key = ("personas", _key(personas), margin, currency, zone, language.current())

    def made() -> Personas:
        from csworkbook.personas.search import find

        recipe = personas.recipe if personas is not None and personas.k else None
        known = features_of(*frames, margin=margin, zone=zone, recipe=recipe)
        if personas is not None:
            return personas_of(known, personas, pd.DataFrame(), currency)
        from dataclasses import replace

        return replace(find(known), currency=currency)

    return remembered(frames, key, made)


def _key(personas: Saved | None) -> str:
    import json

    return "" if personas is None else json.dumps(personas.document(), sort_keys=True)


def _table(features: Features, labels: pd.Series, k: int) -> pd.DataFrame:
    """One row per persona: its size and what it brings, with intervals, and a few means."""
    whose = labels.to_numpy() - 1
    customers = np.bincount(whose, minlength=k)
    low, high = estimates.shares(customers, np.full(k, max(len(labels), 1)))
    table = pd.DataFrame(
        {
            "persona": np.arange(1, k + 1),
            "name": [""] * k,
            "size": customers,
            "share": customers / max(len(labels), 1),
            "share_low": low,
            "share_high": high,
        }
    )
    table = table.assign(**_revenue(features.table, whose, k))
    means = [c for c in ("orders", "order_value", "discount", "contacts") if c in features.table]
    told = features.table[means].groupby(whose).mean() if len(labels) else features.table[means].iloc[:0]
    return table.join(told.reindex(range(k)))


def _revenue(table: pd.DataFrame, whose: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """What each persona brings, its share, and the interval of that share."""
    if "spent" not in table or not len(whose):
        return dict.fromkeys(("revenue", "revenue_share", "revenue_low", "revenue_high"), np.full(k, np.nan))
    spent = table["spent"].to_numpy(float)
    revenue = np.bincount(whose, spent, k)
    low, high = shares_of_a_sum(spent, whose, k)
    return {
        "revenue": revenue,
        "revenue_share": revenue / spent.sum(),
        "revenue_low": low,
        "revenue_high": high,
    }


def shares_of_a_sum(amounts: np.ndarray, whose: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of the share that each of k groups has in the sum of amounts.

    A ratio of sums over customers (delta method), as log odds, so that it stays within 0 and 1. Where a few large
    customers make the variance, the variance itself is unsure: t with as many degrees of freedom as there are
    customers behind it (Satterthwaite 1946). A group with nothing, or with all, has no interval of its own.

    >>> low, high = shares_of_a_sum(np.ones(100), np.repeat([0, 1], 50), 2)
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.4, 0.4], [0.6, 0.6])
    """
    from scipy.special import expit, logit
    from scipy.stats import t

    total = amounts.sum()
    share = np.bincount(whose, amounts, k) / total
    second, fourth = (np.bincount(whose, amounts**power, k) for power in (2, 4))
    own, other = (1 - share) ** 2, share**2
    variance = second * own + (second.sum() - second) * other
    spread = fourth * own**2 + (fourth.sum() - fourth) * other**2
    n = len(amounts)
    inside = (share > 0) & (share < 1) & (n > 1)
    low, high = share.copy(), share.copy()
    error = np.sqrt(variance[inside] * n / (n - 1 or 1)) / total / (share * (1 - share))[inside]
    freedom = np.maximum(variance[inside] ** 2 / spread[inside] - 1, 1)
    half = t.ppf((1 + LEVEL) / 2, freedom) * error
    odds = logit(share[inside])
    low[inside], high[inside] = expit(odds - half), expit(odds + half)
    return low, high


def _none_found() -> str:
    return _("Your customers do not fall into clear groups.")


def _too_few(customers: int) -> str:
    said = _("There are too few customers to find groups: {n}, and {least} is the least.")
    return said.format(n=language.number(customers), least=language.number(LEAST_CUSTOMERS))


def _more() -> str:
    return _("Bring more orders, or read what each of these customers bought and asked.")


def _instead() -> str:
    return _(
        "That is an answer too: treat them as one kind of customer, and look at their value and at relational buyers instead. "
        "More order lines with categories, or contacts, may show groups later."
    )


def _advice() -> str:
    return _(
        "Read three of them in full, and write your texts for them first, and arrange the service around them."
    )
