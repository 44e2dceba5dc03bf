"""What must chat in the cart bring to pay?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.checkout import chat_words
from csworkbook.checkout.carts import visits
from csworkbook.checkout.chat_result import Chat
from csworkbook.checkout.chat_scenarios import ChatTerms, scenarios
from csworkbook.checkout.lingering import credited, lingering
from csworkbook.checkout.units import brings
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.order_value import OrderValue
from csworkbook.results import question
from csworkbook.settings import WEEK

ASSUMED_MINUTES = 10.0  # where no contact tells how long a chat takes
_WITHIN = pd.Timedelta(days=14)  # an order this soon after is credited to the chat
_HOURS = dict.fromkeys(WEEK[:5], "09:00-17:00")


@question(
    mark("What must chat in the cart bring to pay?"), labels=chat_words.labels, choices=chat_words.choices
)
def chat(
    events: pd.DataFrame | None = None,
    contacts: pd.DataFrame | None = None,
    orders: pd.DataFrame | None = None,
    *,
    steps: list | None = None,
    hourly_cost: float = 32.0,
    margin: float = 0.35,
    opening_hours: Mapping[str, str] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
    currency: str = "EUR",
    accept_low: float = 0.03,
    accept_high: float = 0.1,
    anyway: float = 0.8,
    at_once: float = 2.5,
    minutes: float = 0.0,
    linger_seconds: float = 60,
    extra_people: bool = False,
    order_margin: float = 0.0,
    seed: int = 0,
) -> Chat:
    """The share of chats that must bring an order that would not have come otherwise (handbook 4.6, 5.5).

    A chat costs its minutes of work; an order brings its margin; their ratio is what chats must bring,
    whatever their number. How many there can be comes from the carts that linger in opening hours and the
    share that accepts an invitation, for which the user gives a range. What chats lead to now is credited
    to them: how many of those orders would have come anyway cannot be seen, so the user says it.

    Parameters
    ----------
    events, contacts, orders : DataFrame, optional
        Carts with the column seconds; chats with handling_minutes and stage; what an order brings.
    steps : list, optional
        The shop's own steps.
    hourly_cost : float
        Of an employee, money per hour.
    margin : float
        Gross margin, share of revenue (0–1), where the orders have none of their own.
    opening_hours : mapping
        Weekday → hours.
    accept_low, accept_high : float
        Share of invited visitors who chat, 0–1; the order does not matter.
    anyway : float
        Share of the orders credited to chats that would have come anyway, 0–1.
    at_once : float
        Chats an employee has at once; 1 or more.
    minutes : float
        Minutes per chat (0 = from the contacts).
    linger_seconds : float
        Who is longer in the cart is invited.
    extra_people : bool
        Whether people are there for this only, in all opening hours, enough to answer 80 % within 20
        seconds; else the team chats between other work, and only its minutes cost.
    order_margin : float
        What an order brings, money (0 = from the orders).

    Returns
    -------
    Chat
        table: accept (share), invited, chats (a day), per_chat (money), cost (a year), orders (needed a
        year), needed, low, high (share of the chats), value, value_low, value_high (result a year, with what
        chats are credited with now and `anyway`); one row per share that accepts.

    Raises
    ------
    DataError
        When nothing says what an order brings, or no event is a cart or a payment.
    SettingError
        When an assumption cannot be.

    >>> result = chat(minutes=30, hourly_cost=40, at_once=2, order_margin=40)  # 10 a chat
    >>> float(result.needed.value)
    0.25
    """
    _require(accept_low, accept_high, anyway, at_once, minutes, linger_seconds, hourly_cost, order_margin)
    order = _order(orders, events, steps, margin, order_margin)
    taken = _minutes(contacts, minutes)
    hours = dict(_HOURS if opening_hours is None else opening_hours)
    seen = None
    if events is not None:
        where = {"opening_hours": hours, "zone": zone, "country": country}
        seen = lingering(events, steps, seconds=linger_seconds, **where)
    leads = (
        credited(contacts, orders, within=_WITHIN) if contacts is not None and orders is not None else None
    )
    accept = tuple(sorted((accept_low, accept_high)))
    terms = ChatTerms(hourly_cost, at_once, accept, anyway, linger_seconds, extra_people, minutes)
    table = scenarios(seen, taken, order, leads, terms, seed)
    return Chat(table, seen, taken, order, leads, terms, currency)


def _require(low, high, anyway, at_once, minutes, seconds, hourly, order) -> None:
    """A SettingError for what cannot be."""
    if not all(0 <= share <= 1 for share in (low, high, anyway)):
        raise SettingError(_("A share of visitors cannot be that."), allowed=_("0 to 100%."))
    if at_once < 1 or min(minutes, seconds, hourly, order) < 0:
        raise SettingError(
            _("Minutes, seconds and money cannot be below zero, and nobody has less than one chat at once.")
        )


def _order(orders: pd.DataFrame | None, events: Any, steps: Any, margin: float, typed: float) -> OrderValue:
    """What an order brings, by the orders in the time of the page visits where there are any."""
    found = None if events is None or orders is None or typed > 0 else visits(events, steps)
    order = brings(orders, found, margin, typed=typed)
    if order is None:
        raise DataError(
            _("Nothing tells yet what an order brings."),
            next_step=_("Bring your orders, or fill in the margin per order."),
        )
    if not order.value > 0:
        raise DataError(
            _("Your orders bring no margin, so no chat can pay."),
            next_step=_("Look at the gross margin in the settings, or fill in the margin per order."),
        )
    return order


def _minutes(contacts: pd.DataFrame | None, typed: float) -> Estimate:
    """Minutes of work per chat: typed, the mean of the chats before an order (or of all), or assumed (n is 0)."""
    if typed > 0:
        return Estimate(typed, typed, typed, 0, "minutes")
    if contacts is not None and "handling_minutes" in contacts:
        chats = contacts[(contacts["channel"].astype("object") == "chat").to_numpy()]
        before = chats["stage"].astype("object") == "before" if "stage" in chats else None
        if before is not None and chats.loc[before, "handling_minutes"].notna().sum() >= SMALL:
            chats = chats[before]
        taken = estimates.mean(chats["handling_minutes"].to_numpy(float, na_value=np.nan), "minutes")
        if taken.n >= 2 and taken.value > 0:
            return Estimate(taken.value, max(taken.low, 0.0), taken.high, taken.n, "minutes")
    return Estimate(ASSUMED_MINUTES, ASSUMED_MINUTES, ASSUMED_MINUTES, 0, "minutes")
