"""Do customers leave when shipping costs appear?"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.checkout import costs_words
from csworkbook.checkout.baskets import Baskets, Present, baskets, typed
from csworkbook.checkout.cart_values import CartValues, cart_values
from csworkbook.checkout.response import respond, usual_reach
from csworkbook.checkout.shipping_result import Shipping, stage_name
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question

_COSTS_AT = ("delivery", "checkout", "payment", "cart")  # where costs appear, the likeliest first
_PARTS = (0.0, 0.25, 0.5, 0.8, 1.0, 1.2, 1.5, 2.0)  # bands of the basket, in parts of the threshold


@question(
    mark("Do customers leave when shipping costs appear?"),
    labels=costs_words.labels,
    choices=costs_words.choices,
)
def shipping(
    orders: pd.DataFrame,
    events: pd.DataFrame | None = None,
    order_lines: pd.DataFrame | None = None,
    *,
    steps: list | None = None,
    currency: str = "EUR",
    present: float = 0.0,
    costs_at: str | None = None,
    near: float | None = None,
    seed: int = 0,
) -> Shipping:
    """Carts that would pay for shipping against carts above the threshold, at the step where the costs appear.

    Carts are visits with a step of the cart; what is in them is known as far as the events name products
    that the order lines give a price. The difference is no cause: small carts differ from large ones in
    more than shipping. The other steps, where no costs appear, show how much. (Handbook 4.6.)

    Parameters
    ----------
    events, order_lines : optional
        Without them only the orders speak: who paid for shipping, how much, and whether baskets are made
        up to the threshold.
    steps : list, optional
        The shop's own steps.
    present : float
        From which basket on shipping is free, money (0 = as read off the orders).
    costs_at : str, optional
        The step where costs appear: cart, checkout, delivery or payment; None = delivery, or else checkout.
    near : float, optional
        Only carts whose value lies within this part of the threshold (0.5: between half of it and one and
        a half times it); None = all.

    Returns
    -------
    Shipping
        table: band (of the basket, as text), orders, paid (share that paid for shipping), shipping (what
        that was of the basket in the middle, share of those who paid), count, n (carts that went no
        further at the step of the costs, of those that came to it), share, low, high.

    Raises
    ------
    DataError
        When no order has a value, or no event is a cart or a payment.
    SettingError
        When the step of the costs is none of this shop.

    >>> import pandas as pd
    >>> orders = pd.DataFrame({"order_id": ["1", "2"], "customer_id": "x", "revenue": [20.0, 80.0],
    ...     "ordered_at": pd.to_datetime(["2026-01-01", "2026-01-02"], utc=True), "shipping": [5.0, 0.0]})
    >>> shipping(orders).paid.value, shipping(orders).part
    (0.5, 0.25)
    """
    found, now = baskets(orders, order_lines, margin=0.0)
    if not len(found):
        raise DataError(
            _("None of these orders has a value."),
            allowed=_("A column with the value of every order, above zero."),
            next_step=_("Look on this page which column was taken for the revenue."),
        )
    if present < 0 or (near is not None and near <= 0):
        raise SettingError(_("An amount of money cannot be below zero here."))
    now = typed(now, found, present)
    carts = None if events is None else cart_values(events, order_lines, steps)
    at = _costs_at(carts, costs_at)
    reach = usual_reach(now.value) if now.known else np.nan
    response = (
        respond(found, order_lines, orders["order_id"], threshold=now.value, reach=reach, seed=seed)
        if now.known
        else None
    )
    edges = _edges(found, now)
    table = _table(found, carts, at, edges, currency)
    by_step = _by_step(carts, now, near)
    return Shipping(table, found, now, carts, at, response, near, currency, by_step, edges)


def _costs_at(carts: CartValues | None, asked: str | None) -> str:
    """The step where the costs appear; empty without carts."""
    if carts is None:
        return ""
    if asked is None:
        return next(stage for stage in _COSTS_AT if stage in carts.stages)
    if asked not in carts.stages:
        raise SettingError(
            _("“{step}” is no step between cart and payment in your data.").format(step=asked),
            allowed=language.join([str(stage_name(stage, carts)) for stage in carts.stages]),
        )
    return asked


def _edges(found: Baskets, now: Present) -> np.ndarray:
    """The edges of the bands: parts of the threshold, or fifths of the orders where there is none."""
    if now.known:
        return np.array([*(part * now.value for part in _PARTS), np.inf])
    fifths = np.unique(np.round(np.quantile(found.value, [0.2, 0.4, 0.6, 0.8]), 0))
    return np.array([0.0, *fifths[fifths > 0], np.inf])


def _table(
    found: Baskets, carts: CartValues | None, at: str, edges: np.ndarray, currency: str
) -> pd.DataFrame:
    rows = [
        {"band": _band(low, high, currency), **_orders(found, low, high), **_carts(carts, at, low, high)}
        for low, high in pairwise(edges)
    ]
    table = pd.DataFrame(rows)
    table["share"] = table["count"] / table["n"].where(table["n"] > 0)
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    return table.assign(low=table["low"].where(table["n"] > 0), high=table["high"].where(table["n"] > 0))


def _band(low: float, high: float, currency: str) -> str:
    def say(value: float) -> str:
        return language.money(value, currency, 0 if value == round(value) else 2)

    if np.isinf(high):
        return _("{low} and more").format(low=say(low))
    return f"{say(low)}–{say(high)}"


def _orders(found: Baskets, low: float, high: float) -> dict[str, float]:
    """Orders of a band: how many, the share that paid for shipping, and what that was of the basket."""
    here = (found.value >= low) & (found.value < high)
    fee, value = found.shipping[here], found.value[here]
    told, payers = ~np.isnan(fee), fee > 0
    paid = payers.sum() / told.sum() if told.any() else np.nan
    part = float(np.median(fee[payers] / value[payers])) if payers.any() else np.nan
    return {"orders": int(here.sum()), "paid": paid, "shipping": part}


def _carts(carts: CartValues | None, at: str, low: float, high: float) -> dict[str, int]:
    lost, n = (0, 0) if carts is None else carts.lost(at, low, high)
    return {"count": lost, "n": n}


def _by_step(carts: CartValues | None, now: Present, near: float | None) -> pd.DataFrame:
    """Per step: who went no further below and above the threshold, the difference, p corrected by Holm."""
    columns = ["step", "pay", "pay_n", "free", "free_n", "difference", "low", "high", "p"]
    if carts is None or not now.known:
        return pd.DataFrame(columns=columns)
    part = np.inf if near is None else near
    bottom, top = now.value * (1 - part), now.value * (1 + part)
    rows = []
    for stage in carts.stages:
        pay, free = carts.lost(stage, bottom, now.value), carts.lost(stage, now.value, top)
        found = estimates.difference(*pay, *free)
        rows.append([stage, *pay, *free, found.value, found.low, found.high, found.p])
    table = pd.DataFrame(rows, columns=columns).astype({"p": float})
    return table.assign(p=estimates.adjust(table["p"]))
