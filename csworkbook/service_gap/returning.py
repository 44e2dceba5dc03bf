"""Do customers who complained stay away more than comparable customers do?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.repeats import known_customers

_DAY = pd.Timedelta(days=1)
# days since the last order: customers are compared with others whose last order is about as long ago
_EDGES = np.array([0, 3, 7, 14, 30, 60, 120, 240, np.inf])
_MOMENTS = (1.5, 5, 10.5, 22, 45, 90, 180, 300)  # when those who did not complain are looked at
_MOST_ORDERS = 3  # this many orders or more are alike
_ENOUGH = 5  # moments of others in a group before it is compared with
_LIKE = ["orders_so_far", "since", "quarter"]


@dataclass(frozen=True)
class Stayed:
    """The share of customers who complained and did not order again, beside comparable customers.

    Attributes
    ----------
    share : Estimate
        Stayed away, 0–1, of `n` customers.
    usual : float
        The same share among comparable customers, 0–1.
    difference : Estimate
        The first minus the second, in points.
    open, never : int
        Left out: windows not over yet; customers without an order before they complained.
    """

    share: Estimate
    usual: float
    difference: Estimate
    n: int
    days: int
    open: int
    never: int

    @property
    def method(self) -> str:
        """Who is compared with whom, and who was left out."""
        return _(
            "Stayed away: no order within {days} days of the first complaint, {n} customers, difference {difference}. "
            "Comparable: no complaint so far, as many orders, the last one about as long ago, same quarter. Left out: "
            "too recent to tell {open}, no order before {never}."
        ).format(
            days=self.days,
            n=language.number(self.n),
            difference=self.difference,
            open=language.number(self.open),
            never=language.number(self.never),
        )


def stayed_away(
    contacts: pd.DataFrame, orders: pd.DataFrame | None, *, within: pd.Timedelta
) -> Stayed | None:
    """Compare customers' first complaints with moments of others who had not complained.

    Comparable are moments as long after an order, of customers with as many orders so far, in the
    same quarter, who had not complained and had not ordered again until then. What they did later
    plays no part in choosing them.

    Returns
    -------
    Stayed or None
        None without orders or complaints of known customers, or where nobody is comparable.
    """
    if orders is None:
        return None
    bought = _bought(orders)
    complaint = (contacts["kind"] == "complaint").to_numpy(bool, na_value=False)
    opened = contacts["opened_at"].dt.as_unit("ns")
    asked = pd.DataFrame({"who": known_customers(contacts), "at": opened})[complaint].dropna()
    first = asked.groupby("who")["at"].min().rename("complained").reset_index()
    if bought.empty or first.empty:
        return None
    last = bought["at"].max()
    events = pd.merge_asof(
        first.sort_values("complained"), bought, left_on="complained", right_on="at", by="who"
    )
    never = int(events["at"].isna().sum())
    events = _placed(events.dropna(subset=["at"]).rename(columns={"complained": "moment"}), within)
    over = events["moment"] + within <= last
    return _compared(events[over], _others(bought, first, within, last), within, int((~over).sum()), never)


def _bought(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders of known customers in time order: who, at, orders_so_far, following (the next order)."""
    # one unit of time for both tables, without which pandas does not merge them
    bought = pd.DataFrame(
        {"who": known_customers(orders), "at": orders["ordered_at"].dt.as_unit("ns")}
    ).dropna()
    bought = bought.sort_values("at", kind="stable").reset_index(drop=True)
    mine = bought.groupby("who", sort=False)["at"]
    return bought.assign(orders_so_far=mine.cumcount() + 1, following=mine.shift(-1))


def _placed(moments: pd.DataFrame, within: pd.Timedelta) -> pd.DataFrame:
    """The group each moment belongs to, and whether no order followed within the window."""
    days = (moments["moment"] - moments["at"]) / _DAY
    return moments.assign(
        orders_so_far=moments["orders_so_far"].clip(upper=_MOST_ORDERS),
        since=np.searchsorted(_EDGES, days, side="right"),
        quarter=moments["moment"].dt.year * 4 + moments["moment"].dt.quarter,
        stayed=(~(moments["following"] <= moments["moment"] + within)).astype(float),
    )


def _others(
    bought: pd.DataFrame, first: pd.DataFrame, within: pd.Timedelta, last: pd.Timestamp
) -> pd.DataFrame:
    """Per group: moments of customers without a complaint so far, and the share that stayed away."""
    known = bought.merge(first, on="who", how="left")
    moments = pd.concat([known.assign(moment=known["at"] + days * _DAY) for days in _MOMENTS])
    quiet = ~(moments["complained"] <= moments["moment"]) & ~(moments["following"] <= moments["moment"])
    moments = moments[quiet & (moments["moment"] + within <= last)]
    like = _placed(moments, within).groupby(_LIKE)["stayed"].agg(usual="mean", moments="size").reset_index()
    return like[like["moments"] >= _ENOUGH]


def _compared(events, like, within: pd.Timedelta, still_open: int, never: int) -> Stayed | None:
    events = events.merge(like, on=_LIKE)
    n = len(events)
    if not n:
        return None
    share, usual = estimates.share(events["stayed"].sum(), n), float(events["usual"].mean())
    groups = events.groupby(_LIKE).agg(n=("usual", "size"), usual=("usual", "first"), m=("moments", "first"))
    chance = (groups["n"] ** 2 * groups["usual"] * (1 - groups["usual"]) / groups["m"]).sum() / n**2
    own = ((events["stayed"] - events["usual"]) ** 2).sum() / n**2
    spread = 1.96 * float(own + chance) ** 0.5
    apart = share.value - usual
    difference = Estimate(apart, max(apart - spread, -1.0), min(apart + spread, 1.0), n, "points")
    return Stayed(share, usual, difference, n, within.days, still_open, never)
