"""Whom do we ask?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from csworkbook import engine, figures, language
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.personas import rows
from csworkbook.personas.hashing import coded
from csworkbook.personas.last_orders import last_orders
from csworkbook.personas.loyal.words import VOCABULARY, choices, labels
from csworkbook.purchases import left_out_said, less_returns, purchases
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary, question
from csworkbook.tables import require

if TYPE_CHECKING:
    import ibis
    import plotly.graph_objects as go

    from csworkbook.personas.saved import Saved

    Frame = pd.DataFrame | ibis.Table

_ANGRY = pd.Timedelta("30D")  # so long after a complaint somebody is not asked for a favour
_WHOSE = ("contact_id", "customer_id", "opened_at", "channel", "topic", "kind", "email_hash", "order_id")
_SAMPLE = 20  # customers; fewer are asked one by one
_ENOUGH = 30  # answers
_BARS = 8  # days with a purchase; more are one bar


@question(mark("Whom do we ask?"), labels=labels, choices=choices)
def whom(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    invitations: int = 200,
    least: int = 3,
    within: str = "365D",
    response: float = 0.25,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> Invited:
    """The loyal customers to invite (handbook 3.5: a few of every segment, the best ones).

    Loyal is who bought on at least `least` days, the last time at most `within` before the last order of all.
    Who complained in the last 30 days is not asked now. Those who brought the most margin go first; with saved
    personas, each persona in turn gives its best, so that none is forgotten.

    Parameters
    ----------
    orders : DataFrame or ibis.Table
    order_lines, contacts, returns : optional
        To tell personas; contacts also tell who complained, returns what was paid back.
    personas : Saved, optional
        The personas that were found.
    invitations : int
        How many to invite.
    within : str
        A pandas duration, such as ``"365D"``.
    response : float
        The share that will answer, 0–1: a guess, to see how many answers that gives.

    Returns
    -------
    Invited
        table: customer_id, persona (name; with personas only), days (with a purchase), spent, margin (money,
        net of refunds), last_at; in the order to invite.

    Raises
    ------
    DataError
        When nobody is loyal by this measure.
    SettingError
        When a setting cannot be.

    >>> orders = pd.DataFrame({"order_id": list("abcd"), "customer_id": ["ann", "ann", "bob", "ann"],
    ...     "ordered_at": ["2026-01-01", "2026-02-01", "2026-02-02", "2026-03-01"], "revenue": [10.0] * 4})
    >>> whom(orders, margin=.4).table[["customer_id", "days", "margin"]].values.tolist()
    [['ann', 3, 12.0]]
    """
    _check(invitations, least, response)
    sold = less_returns(orders, returns)
    bought = purchases(sold, margin=margin, zone=zone)
    last = bought.attrs["until"]
    loyal = bought[(bought["x"] + 1 >= least) & (bought["last_at"] >= last - duration(within))]
    angry = _complained(contacts, orders, bought.index, last)
    kept = loyal[~loyal.index.isin(angry)]
    if kept.empty:
        raise DataError(
            _("Nobody bought on {n} days or more and came back lately.").format(n=language.number(least)),
            next_step=_("Ask for fewer days with a purchase, or allow the last purchase to be longer ago."),
        )
    table = _ranked(kept)
    if personas is not None and personas.k:
        about = {"personas": personas, "margin": margin, "currency": currency, "zone": zone}
        table = _in_turn(table, (orders, order_lines, contacts, returns), about)
    counts = {"loyal": len(loyal), "customers": len(bought), "angry": len(loyal) - len(kept)}
    asked = {"least": least, "months": round(duration(within).days / 30.44), "response": response}
    table = table.head(invitations).reset_index(drop=True)
    left_out = dict(bought.attrs["left_out"])
    return Invited(table, counts, asked, bought["x"] + 1, left_out, currency, sold)


def _check(invitations: int, least: int, response: float) -> None:
    if invitations < 1 or least < 1 or not 0 < response <= 1:
        raise SettingError(
            _("Invitations cannot be planned with these figures."),
            allowed=_(
                "At least one invitation and one day, and a share that answers above 0 and up to 100%."
            ),
        )


def _ranked(customers: pd.DataFrame) -> pd.DataFrame:
    """One row a customer, who brought most first."""
    found = customers.assign(customer_id=customers.index.astype("str"), days=customers["x"] + 1)
    found = found.reset_index(drop=True)[["customer_id", "days", "spent", "margin", "last_at"]]
    by = ["margin", "days", "customer_id"]
    return found.sort_values(by, ascending=[False, False, True], ignore_index=True)


def _complained(contacts: Frame | None, orders: Frame, buyers: pd.Index, last: pd.Timestamp) -> set[str]:
    """Customers with a complaint in the 30 days before the last order, by their number, order or e-mail address."""
    if contacts is None or "kind" not in contacts.columns:
        return set()
    require(contacts, "contacts")
    if isinstance(contacts, pd.DataFrame):
        complaints = contacts[(contacts["kind"].astype(object) == "complaint").to_numpy()]
        complaints = complaints[[name for name in _WHOSE if name in complaints]]
    else:
        complaints = engine.table(contacts, "contacts", _WHOSE)
        complaints = complaints.filter(complaints.kind == "complaint")
    found = rows.asked(complaints, orders, pd.Series(1, buyers))
    return set(found.loc[found["at"] > last - _ANGRY, "customer_id"])


def _in_turn(table: pd.DataFrame, tables: tuple, about: dict) -> pd.DataFrame:
    """The same customers with their persona: the best of each first, then the second of each, and so on."""
    from csworkbook.personas import grouping

    found = grouping.found(*tables, **about)
    which = table["customer_id"].map(found.labels)
    names = dict(enumerate(found.names, 1))
    table = table.assign(
        persona=which.map(names).fillna("").astype("str"), turn=table.groupby(which).cumcount()
    )
    table = table.sort_values(["turn"], kind="stable", ignore_index=True)
    return table[["customer_id", "persona", "days", "spent", "margin", "last_at"]]


def invitation_list(
    result: Invited, *, ids: Literal["hashed", "own"] = "own", key: bytes = b""
) -> pd.DataFrame:
    """The customers to invite as a list, for the mail tool or for a colleague.

    Parameters
    ----------
    ids : str
        ``"own"`` for the customer numbers of the orders, which a mail tool needs; ``"hashed"`` for codes that
        only the shop's key leads back to.
    key : bytes
        The shop's key (`Shop.key`); needed for hashed ids.

    Returns
    -------
    DataFrame
        The columns of `whom`, with own numbers also last_order (the number of the last purchase, by which the
        shop's own system finds a customer); heads in the language spoken now; ``attrs["kinds"]`` tells a spreadsheet how to
        write each.

    Raises
    ------
    SettingError
        When `ids` is something else, or the key is missing.
    """
    if ids not in ("hashed", "own") or (ids == "hashed" and not key):
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=ids),
            allowed=_("Possible: “own”, or “hashed” (made unrecognisable) with the key of the shop."),
        )
    listed = result.table.assign(last_at=result.table["last_at"].dt.tz_localize(None))
    if ids == "hashed":
        listed["customer_id"] = coded(listed["customer_id"], key)
    elif result.orders is not None:
        numbers = last_orders(result.orders, listed["customer_id"].tolist())
        listed["last_order"] = listed["customer_id"].map(numbers)
    heads = {name: VOCABULARY.head(name) for name in listed}
    listed = listed.rename(columns=heads)
    listed.attrs["kinds"] = {head: VOCABULARY.sheet_kind(name) for name, head in heads.items()}
    return listed


@dataclass(frozen=True)
class Invited(Result):
    """Whom to invite, and how many answers that may give.

    Attributes
    ----------
    counts : dict
        loyal (customers), customers (of all), angry (loyal, but complained lately).
    asked : dict
        least (days with a purchase), months, response (share, 0–1).
    every : Series of int
        customer → days with a purchase, for everybody.
    left_out : dict
        Orders that are no purchase, by reason.
    orders : DataFrame or ibis.Table or None
        The orders, less what the returns say was paid back.
    """

    counts: dict = field(default_factory=dict)
    asked: dict = field(default_factory=dict)
    every: pd.Series | None = field(default=None, repr=False)
    left_out: dict = field(default_factory=dict)
    currency: str = "EUR"
    orders: Frame | None = field(default=None, repr=False, compare=False)
    people: ClassVar[bool] = True
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @property
    def text(self) -> str:
        """How many are loyal, how many are invited, and how sure the answers would be."""
        loyal, invited = self.counts["loyal"], len(self.table)
        said = ngettext(
            "{n} of your {all} customers bought on {least} days or more and came back in the last {months} months.",
            "{n} of your {all} customers bought on {least} days or more and came back in the last {months} months.",
            loyal,
        ).format(
            n=language.number(loyal),
            all=language.number(self.counts["customers"]),
            least=language.number(self.asked["least"]),
            months=language.number(self.asked["months"]),
        )
        list_ = _("The {n} on this list brought the most, by persona in turn.")
        if "persona" not in self.table:
            list_ = _("The {n} on this list brought the most.")
        if invited < _SAMPLE:
            return f"{said} {self._too_few}"
        return f"{said} {list_.format(n=language.number(invited))} {self._hope}"

    @property
    def _too_few(self) -> str:
        """What to do with a list of which a sample would say nothing."""
        if len(self.table) < self.counts["loyal"] - self.counts["angry"]:
            said = _(
                "A list of {n} is too short to ask a sample: invite more customers, or ask these by phone."
            )
        else:
            said = _("That is too few to ask a sample: ask them all by phone.")
        return said.format(n=language.number(len(self.table)))

    @property
    def _hope(self) -> str:
        """How many answers the list may give, and how sure a share would be."""
        answers = round(len(self.table) * self.asked["response"])
        if not answers:
            return _("So few would answer that it says nothing: invite more customers, or ask them by phone.")
        hope = ngettext(
            "If {share} answers you have {answers} answer, and know a share to within {points} points.",
            "If {share} answers you have {answers} answers, and know a share to within {points} points.",
            answers,
        ).format(
            share=language.percent(self.asked["response"]),
            answers=language.number(answers),
            points=language.number(98 / answers**0.5),
        )
        few = _("That is few: invite more customers, or read the answers as a hint.")
        return f"{hope} {few}" if answers < _ENOUGH else hope

    @property
    def method(self) -> str:
        """What loyal means here, and who is left out."""
        said = _(
            "Orders of one day are one purchase; money is net of what was paid back. The margin is the order's own, or "
            "else the shop's. How many will answer is a guess that you set."
        )
        angry = ngettext(
            "Not asked now, because of a complaint in the last 30 days: {n} customer.",
            "Not asked now, because of a complaint in the last 30 days: {n} customers.",
            self.counts["angry"],
        ).format(n=language.number(self.counts["angry"]))
        return " ".join(
            filter(None, (said, angry if self.counts["angry"] else "", left_out_said(self.left_out)))
        )

    def plot(self) -> go.Figure:
        """How many customers bought on how many days; the loyal ones coloured."""
        days = self.every.clip(upper=_BARS).value_counts().reindex(range(1, _BARS + 1), fill_value=0)
        names = [language.number(day) if day < _BARS else f"{language.number(day)}+" for day in days.index]
        colours = [figures.ACCENT if day >= self.asked["least"] else figures.QUIET for day in days.index]
        small = {"size": 13}
        figure = figures.blank(
            xaxis={
                "title": {"text": _("days with a purchase"), "font": small},
                "type": "category",
                "showgrid": False,
            },
            yaxis={"title": {"text": _("customers"), "font": small, "standoff": 10}, "tickformat": ",.0f"},
        )
        figure.add_bar(
            x=names,
            y=days.to_numpy(),
            marker={"color": colours},
            text=[language.number(count) for count in days],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
        return figure
