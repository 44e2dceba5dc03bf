"""From which amount should shipping be free?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook.checkout import costs_words, profit
from csworkbook.checkout.baskets import Present, baskets, typed
from csworkbook.checkout.profit import NEVER, Curve, Terms
from csworkbook.checkout.response import respond, usual_reach
from csworkbook.checkout.threshold_result import Threshold, reference
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question

_ABOVE_MEAN = 10.0  # the handbook's rule of thumb (4.6), in the shop's currency
RULES = ("present", "mean_10", "break_even", "best", "always", "never")


@question(
    mark("From which amount should shipping be free?"),
    labels=costs_words.labels,
    choices=costs_words.choices,
)
def threshold(
    orders: pd.DataFrame,
    order_lines: pd.DataFrame | None = None,
    *,
    margin: float = 0.35,
    currency: str = "EUR",
    shipping_cost: float = 6.0,
    fee: float = 0.0,
    present: float = 0.0,
    topping_up: float | None = None,
    reach: float = 0.0,
    staying_low: float = 0.0,
    staying_high: float = 0.2,
    seed: int = 0,
) -> Threshold:
    """What every threshold for free shipping brings, over the baskets as they really are (handbook 4.6).

    Two things customers do are reckoned with. Who is within `reach` of the threshold makes the basket
    up to it, with a probability that falls with what is lacking: the share comes from own data where the
    present threshold shows it. And of those who would have to pay, a share stays away: that cannot be
    seen in orders, so the user gives a range. What the present threshold did to the baskets is taken
    back before another one is tried.

    Parameters
    ----------
    orders : DataFrame
        The column shipping tells who paid; the basket is counted without it.
    order_lines : DataFrame, optional
        Makes the share that tops up much surer.
    margin : float
        Gross margin, share of revenue (0–1), where the orders have none of their own.
    shipping_cost : float
        What a parcel costs the shop, money.
    fee : float
        What customers pay for shipping, money (0 = as read off the orders).
    present : float
        The present threshold, money (0 = as read off the orders).
    topping_up : float, optional
        Share of the baskets within reach that are made up, 0–1; None = from own data.
    reach : float
        What a basket may lack, money (0 = a fifth of the threshold).
    staying_low, staying_high : float
        Of those who would have to pay, this share (0–1) stays away; the order does not matter.

    Returns
    -------
    Threshold
        table: rule (present, mean_10, break_even, best, always, never), threshold (money; empty for
        never and where there is none), free and topped (shares of the orders then made), per_order, low,
        high (money per order of now, beside the present threshold, or never free where there is none),
        year, year_low, year_high (the same in a year).

    Raises
    ------
    DataError
        When no order has a value.
    SettingError
        When an assumption cannot be.

    >>> import pandas as pd
    >>> orders = pd.DataFrame({"order_id": range(20), "customer_id": "x", "revenue": [20.0] * 10 + [80.0] * 10,
    ...     "ordered_at": pd.date_range("2026-01-01", periods=20, tz="UTC"), "shipping": [5.0] * 10 + [0.0] * 10})
    >>> threshold(orders).present.value, threshold(orders).mean
    (50.0, 50.0)
    """
    _require(shipping_cost, fee, present, topping_up, reach, (staying_low, staying_high))
    found, now = baskets(orders, order_lines, margin=margin)
    if not len(found):
        raise DataError(
            _("None of these orders has a value."),
            allowed=_("A column with the value of every order, above zero."),
            next_step=_("Look on this page which column was taken for the revenue."),
        )
    now = typed(now, found, present)
    mean = float(found.value.mean())
    handbook = round(mean + _ABOVE_MEAN, 2)
    within = reach or usual_reach(now.value if now.known else handbook)
    response = respond(
        found, order_lines, orders["order_id"], threshold=now.value, reach=within, typed=topping_up, seed=seed
    )
    rate = max(float(found.earned.sum() / found.value.sum()), 0.0)
    asked = fee or (now.fee if now.fee == now.fee else shipping_cost)
    terms = Terms(rate, asked, shipping_cost, (staying_low, staying_high))
    curve = profit.curve(found, now, response, terms, also=(handbook,), seed=seed + 1)
    away = profit.away_needed(found, now, response, terms) if now.known else np.nan
    table = _table(curve, now, handbook, found.a_year)
    return Threshold(table, found, now, response, terms, curve, mean, away, currency)


def _require(cost: float, fee: float, present: float, up: float | None, reach: float, away: tuple) -> None:
    """A SettingError for what cannot be."""
    if min(cost, fee, present, reach) < 0:
        raise SettingError(_("An amount of money cannot be below zero here."))
    if not all(0 <= share < 1 for share in (up or 0.0, *away)):
        raise SettingError(
            _("A share of customers cannot be that."), allowed=_("0 or more, and less than 100%.")
        )


def _table(curve: Curve, now: Present, handbook: float, a_year: float) -> pd.DataFrame:
    """One row a rule; differences beside the present threshold."""
    told = now.known or now.kind in ("all free", "nobody free")
    at = {"present": reference(now) if told else np.nan, "mean_10": handbook}
    at |= {"break_even": curve.break_even, "best": float(curve.thresholds[curve.best])}
    at |= {"always": 0.0, "never": NEVER}
    beside = curve.at(reference(now))
    rows = [_row(curve, rule, at[rule], beside, a_year) for rule in RULES]
    return pd.DataFrame(rows)


def _row(curve: Curve, rule: str, at: float, beside: int, a_year: float) -> dict[str, object]:
    nothing = dict.fromkeys(("free", "topped", "per_order", "low", "high"), np.nan)
    if at == at:
        place = curve.at(at)
        more, low, high = curve.against(place, beside)
        nothing = {"free": curve.free[place], "topped": curve.topped[place]}
        nothing |= {"per_order": more, "low": low, "high": high}
    year = {f"year{end}": nothing[name] * a_year for end, name in _YEARLY.items()}
    return {"rule": rule, "threshold": at if np.isfinite(at) else np.nan, **nothing, **year}


_YEARLY = {"": "per_order", "_low": "low", "_high": "high"}
