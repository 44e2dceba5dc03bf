"""Whose carts are counted, per visit, visitor or customer, and which of them ended without paying?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.checkout.carts import PAYMENTS, PER, STAGES, Visits
from csworkbook.errors import SettingError
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.language import join, ngettext
from csworkbook.order_value import OrderValue, of_order

YEAR = 365  # days
LEAST_DAYS = 28  # over less time nothing is said of a year


@dataclass(frozen=True, eq=False)
class Carts:
    """Carts, each one unit's, and what became of them.

    Attributes
    ----------
    frame : DataFrame
        One row per cart that counts: unit, start (the first cart), left (bool), stage (1 cart …
        4 payment, the furthest it came), device, group.
    per : str
        ``"session"``, ``"visitor"`` or ``"customer"``.
    unfinished, nameless : int
        Left out: too near the end of the data; visitors with a cart of whom no customer is known.
    """

    frame: pd.DataFrame
    per: str
    unfinished: int = 0
    nameless: int = 0

    @property
    def share(self) -> Estimate:
        """The share left without paying, with its Wilson interval."""
        return estimates.share(int(self.frame["left"].sum()), len(self.frame))

    @property
    def left(self) -> int:
        """How many were left."""
        return int(self.frame["left"].sum())

    def said_left_out(self) -> str:
        """How many were left out and why; empty where none was."""
        said = []
        if self.unfinished:
            said.append(
                ngettext(
                    "Left out: {n} cart too near the end of the data to tell.",
                    "Left out: {n} carts too near the end of the data to tell.",
                    self.unfinished,
                ).format(n=language.number(self.unfinished))
            )
        if self.nameless:
            said.append(
                ngettext(
                    "Left out: {n} visitor with a cart who is not known as a customer.",
                    "Left out: {n} visitors with a cart who are not known as customers.",
                    self.nameless,
                ).format(n=language.number(self.nameless))
            )
        return " ".join(said)


def carts(visits: Visits, per: str, within: pd.Timedelta) -> Carts:
    """The carts per visit, visitor or customer (or ``"person"``: the customer, else the visitor).

    A visit's cart is left when no payment follows in that visit; visits that may still go on at the
    end of the data are left out. A visitor's or customer's cart is left when no payment follows within
    `within` of their first cart, in whichever visit; those whose window is not over are left out,
    paid or not.

    Raises
    ------
    SettingError
        When `per` is something else.
    """
    if per not in (*PER, "person"):
        raise SettingError(
            _("Carts cannot be counted per “{per}”.").format(per=per),
            allowed=_("Possible: {columns}.").format(columns=join(list(PER))),
        )
    found = _per_visit(visits) if per == "session" else _per_person(visits, per, within)
    over = found.pop("over")
    nameless = 0
    if per == "customer":
        mine = visits.carts
        nameless = mine.loc[mine["customer"].isna(), "visitor"].nunique()
    return Carts(found[over].reset_index(drop=True), per, int((~over).sum()), int(nameless))


def _per_visit(visits: Visits) -> pd.DataFrame:
    kept = {"cart_at": "start", "cart_device": "device"}
    found = visits.carts.rename(columns=kept)
    return found.assign(unit=np.arange(len(found)))[
        ["unit", "start", "left", "stage", "device", "group", "over"]
    ]


def _per_person(visits: Visits, who: str, within: pd.Timedelta) -> pd.DataFrame:
    frame = visits.frame[visits.frame[who].notna()]
    start = frame.groupby(who)["cart_at"].transform("min")
    frame, start = frame[start.notna()], start.dropna()
    until = start + within
    paid = frame[PAYMENTS].apply(lambda at: at.where((at >= start) & (at <= until)))
    here = (frame["last"] >= start) & (frame["first"] <= until)
    began = frame["cart_at"] == start
    told = pd.DataFrame(
        {
            "unit": frame[who],
            "start": start,
            "paid": paid.notna().any(axis=1),
            "stage": frame["stage"].where(here, 0),
            "device": frame["cart_device"].where(began),
            "group": frame["group"].where(began),
        }
    )
    units = told.groupby("unit").agg(
        {"start": "first", "paid": "any", "stage": "max", "device": "first", "group": "first"}
    )
    units = units.reset_index()
    return units.assign(left=~units["paid"], over=units["start"] + within <= visits.end).drop(columns="paid")


def stops(frame: pd.DataFrame, stages: tuple[str, ...]) -> dict[str, float]:
    """The share of carts left at each stage: the furthest one reached, 0–1 of all carts.

    >>> one = pd.DataFrame({"left": [True, True, False, True], "stage": [1, 4, 4, 1]})
    >>> stops(one, ("cart", "payment"))
    {'cart': 0.5, 'payment': 0.25}
    """
    reached = frame["stage"][frame["left"].astype(bool)].value_counts()
    n = len(frame)
    return {
        stage: float(reached.get(STAGES.index(stage) + 1, 0) / n) if n else float("nan") for stage in stages
    }


def brings(
    orders: pd.DataFrame | None, visits: Visits | None, margin: float, *, typed: float = 0.0
) -> OrderValue | None:
    """What an order brings, by the orders in the time of these visits (see `order_value.of_order`)."""
    time = {} if visits is None else {"since": visits.begin, "until": visits.end}
    return of_order(orders, margin=margin, typed=typed, **time)


def a_year(visits: Visits, window: float = 0.0) -> float | None:
    """What the counts of these visits are multiplied with to get a year's; None below four weeks.

    Parameters
    ----------
    window : float
        Days at the end of the data of which nothing was counted, since a window was not over.
    """
    days = visits.days - window
    return YEAR / days if days >= LEAST_DAYS else None


def assumed(visits: Visits, worth: OrderValue, currency: str = "EUR") -> tuple[str, ...]:
    """What a value in money rests on: what an order brings, and the year made of these days."""
    days = language.number(visits.days)
    return (worth.said(currency), _("a year is like the {days} days of these page visits").format(days=days))
