"""Who are the relational buyers of a shop, in the time of which both contacts and orders tell?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from csworkbook.errors import DataError
from csworkbook.estimates import SMALL
from csworkbook.language import gettext as _
from csworkbook.personas.talkers import later as relational_later
from csworkbook.personas.talkers import traits as relational_traits
from csworkbook.personas.talkers.bought import Bought
from csworkbook.personas.talkers.contacts import Asked, among, asked
from csworkbook.purchases import day_of

if TYPE_CHECKING:
    from csworkbook.personas.talkers.contacts import Frame

_LONG = 30  # days without a row at an end of a table before it can mean that the table begins later or ends sooner
_RARE = 7  # times the usual time between two contacts; by chance that happens once in e^7, about 1,000 times


@dataclass(frozen=True)
class Rule:
    """What makes a relational buyer: how many traits, and from where on each counts."""

    needed: int
    top: float
    own: Mapping[str, float]


@dataclass(frozen=True)
class Base:
    """What is known of a shop before anybody is told apart.

    Attributes
    ----------
    orders : Bought or None
        What can be asked about purchases; None without orders.
    asked : Asked
        The questions of its customers.
    bought : DataFrame or None
        The purchases of all time (see `Bought.whole`).
    since, until : int
        The first and last day of which both tables tell (whole days since 1970).
    last : int
        The day of the last order; of the last contact without orders.
    """

    orders: Bought | None
    asked: Asked
    bought: pd.DataFrame | None
    since: int
    until: int
    last: int

    @property
    def shortened(self) -> bool:
        """Whether orders are left out because the contacts do not tell of their time."""
        return self.bought is not None and (self.since > _first(self.bought) or self.until < self.last)

    @property
    def left_out(self) -> dict[str, int]:
        """The orders that are no purchase, by why."""
        return {} if self.bought is None else self.bought.attrs["left_out"]


@dataclass(frozen=True)
class Told:
    """Every customer with his traits, up to a day.

    Attributes
    ----------
    customers : DataFrame
        As `relational_traits.judged` gives.
    limits : tuple of Limit
        From where on each trait counts.
    needed : int
        How many traits make a customer relational.
    since, until : int
        Of which days this is (whole days since 1970).
    """

    customers: pd.DataFrame
    limits: tuple[relational_traits.Limit, ...]
    needed: int
    since: int
    until: int


def base(contacts: Frame, orders: Frame | None, returns: Frame | None, *, margin: float, zone: str) -> Base:
    """What there is to tell customers apart by.

    Raises
    ------
    DataError
        When no contact is a question of a customer, or contacts and orders are of different times.
    """
    ready = None if orders is None else Bought.of(orders, returns, margin=margin, zone=zone)
    bought = None if ready is None else ready.whole()
    found = asked(contacts, orders, None if bought is None else bought.index, zone=zone)
    if found.rows.empty:
        raise DataError(
            _("None of these contacts is a question of a customer in your orders.")
            if orders is not None
            else _("None of these contacts is a question of a known customer."),
            where=found.said,
            allowed=_("Contacts with the customer, e-mail address or order number that your orders have."),
            next_step=_("Look on this page which column of your contacts was taken for the customer."),
        )
    since, until, last = _ends(found.rows["day"], bought)
    return Base(ready, found, bought, since, until, last)


def _ends(asked_on: pd.Series, bought: pd.DataFrame | None) -> tuple[int, int, int]:
    """The first and last day of which both tables tell, and the last day of the orders.

    A silence at an end of the contacts cuts the orders only when it is too long to be chance.
    """
    first, last = int(asked_on.min()), int(asked_on.max())
    if bought is None:
        return first, last, last
    begin, end = _first(bought), bought.attrs["until"]
    silent = max(_LONG, _RARE * (last - first) / len(asked_on)) if len(asked_on) >= SMALL else math.inf
    since = first if first - begin > silent else begin
    until = last if end - last > silent else end
    if since > until:
        raise DataError(
            _("Your contacts and your orders are of different times."),
            where=_("Contacts from {first} to {last}, orders from {begin} to {end}.").format(
                **{name: day_of(day).date() for name, day in
                   (("first", first), ("last", last), ("begin", begin), ("end", end))}
            ),
            next_step=_("Bring contacts and orders of the same months."),
        )  # fmt: skip
    return since, until, end


def _first(bought: pd.DataFrame) -> int:
    return int((bought["first_at"].min() - pd.Timestamp(0, tz="UTC")).days)


def tell(known: Base, rule: Rule, until: int | None = None) -> Told | None:
    """The customers told apart by all up to a day (the last of both tables); None when nobody bought by then.

    Raises
    ------
    SettingError
        When the rule cannot be.
    """
    until = known.until if until is None else until
    bought = known.bought
    if bought is not None and (known.shortened or until < known.last):
        bought = known.orders.between(known.since, until)
        if bought is None:
            return None
    cut_before = known.since if known.bought is not None and known.since > _first(known.bought) else None
    rows = known.asked.between(cut_before, until)
    if bought is not None:
        rows = rows[among(rows["customer"], bought.index)]
    customers = relational_traits.of_customers(rows, bought)
    found = relational_traits.limits(customers, rule.top, rule.own)
    customers = relational_traits.judged(customers, found, rule.needed)
    return Told(customers, found, relational_traits.enough(found, rule.needed), known.since, until)


def follow(known: Base, rule: Rule, days: int, currency: str) -> relational_later.Later | None:
    """What customers told apart some days before the last order did since; None when there is no such time."""
    if known.bought is None:
        return None
    cut = min(known.last - days, known.until)
    told = tell(known, rule, cut) if cut >= known.since else None
    if told is None:
        return None
    after = known.orders.between(cut + 1, cut + days)
    return relational_later.followed(told.customers, after, cut, days, currency)
