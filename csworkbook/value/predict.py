"""What will the customers you have now bring?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.purchases import less_returns, purchases, tells_refunds
from csworkbook.repeats import duration
from csworkbook.results import question
from csworkbook.value import forecast, predicted_words, spend
from csworkbook.value.btyd import Model
from csworkbook.value.mirror import UNIT, mirrored
from csworkbook.value.mirror_result import Mirror
from csworkbook.value.prediction import Prediction
from csworkbook.value.steady import Steady

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

_YEAR = 365.25  # days


@question(
    mark("What will the customers you have now bring?"),
    labels=predicted_words.labels,
    choices=predicted_words.choices,
)
def predict(
    orders: Table,
    returns: Table | None = None,
    *,
    horizon: str = "365D",
    margin: float = 0.35,
    discount_rate: float = 0.10,
    currency: str = "EUR",
    zone: str = "UTC",
    seed: int = 0,
) -> Prediction:
    """The orders and the margin to expect of every customer, with a check on the own past.

    Orders after the BG/NBD model (`btyd`; Fader, Hardie & Lee 2005), what one brings after the Gamma-Gamma
    model (`spend`; Fader & Hardie 2013). In a small shop a customer's own rate and mean, drawn to those of
    all, stand in for them, and the result says so. Customers still to come are not in it. (Handbook 4.8.)

    Parameters
    ----------
    returns : DataFrame or ibis.Table, optional
        What was paid back is taken off, where the orders themselves do not tell it.
    horizon : str
        How far ahead, a pandas duration such as ``"365D"``, from the day of the last order.
    margin : float
        Gross margin, share of revenue (0–1), of orders without one of their own.
    discount_rate : float
        What money a year later is worth less, a share per year (0.10: an amount in a year counts for 1/1.10).
    zone : str
        By whose clock a day begins; orders of one day count as one.

    Returns
    -------
    Prediction
        table, most valuable first: customer_id, orders (so far, count), last_at, alive (chance of still being
        a customer, 0–1; 1 after one order, empty without the model), back (chance of another order within
        the horizon, 0–1), expected_orders, low, high (count; 95 of 100 such customers stay within them),
        expected_value, value_low, value_high (margin, money, discounted).

    Raises
    ------
    DataError
        When no order is a purchase of a known customer.
    SettingError
        When `horizon`, `margin` or `discount_rate` cannot be.
    """
    ahead = duration(horizon)
    _require(discount_rate)
    orders = less_returns(orders, returns)
    bought = purchases(orders, unit=UNIT, margin=margin, zone=zone, free=True)
    found = forecast.Forecast.make(_modelled(bought), bought, ahead / pd.Timedelta(UNIT))
    money = spend.of(bought)
    share = _share(bought, margin)
    rate = float(np.log1p(discount_rate)) * duration(UNIT).days / _YEAR
    worth = forecast.worth(found, money, bought, share=share, rate=rate)
    checked = _mirror(orders, bought, zone, seed)
    missed = checked.beyond(ahead.days) if checked else (0.0, 0.0)
    unsure = found.unsure(seed)
    counted, value = forecast.totals(found, worth, money, unsure, missed)
    return Prediction(
        _table(bought, found, worth),
        found.model,
        money,
        counted,
        replace(value, currency=currency),
        checked,
        (bought.attrs["until"], bought["first_at"].min()),
        ahead.days,
        (share, discount_rate),
        currency,
        bought.attrs["left_out"],
        forecast.tenths(worth, float(np.hypot(unsure, missed[1]))),
        float(np.hypot(unsure, missed[0])),
        forecast.totals(found, worth, money, unsure)[1] if missed[1] else None,
        tells_refunds(orders),
    )


def _require(discount_rate: float) -> None:
    if not 0 <= discount_rate <= 1:
        raise SettingError(
            _("The discount rate {value} cannot be.").format(value=discount_rate),
            allowed=_("0 to 1 a year, such as 0.10."),
        )


def _modelled(bought: pd.DataFrame) -> Model | Steady:
    """Who comes back; nothing is told by customers of whom nobody did, though there was time for it."""
    if bought["x"].any() or not bought["T"].any():
        return forecast.modelled(bought)
    return Steady(np.nan, 0, len(bought), "nobody")


def _share(bought: pd.DataFrame, margin: float) -> float:
    """The margin of all purchases together, as a share of what was spent."""
    earned, spent = float(bought["margin"].sum()), float(bought["spent"].sum())
    return earned / spent if spent > 0 else margin


def _mirror(orders, bought: pd.DataFrame, zone: str, seed: int) -> Mirror | None:
    """The check on the own past; None where that is too short."""
    try:
        return mirrored(orders, bought, zone=zone, seed=seed)
    except DataError:
        return None


def _table(bought: pd.DataFrame, found: forecast.Forecast, worth: forecast.Worth) -> pd.DataFrame:
    low, high, _square = (one[found.of] for one in found.ranges)
    alive, back = found.model.alive(*found.known), found.model.back(found.time, *found.known)
    table = pd.DataFrame(
        {
            "customer_id": bought.index,
            "orders": bought["orders"].to_numpy(),
            "last_at": bought["last_at"].array,
            "alive": alive[found.of],
            "back": back[found.of],
            "expected_orders": found.expected[found.of],
            "low": low,
            "high": high,
            "expected_value": worth.value,
            "value_low": worth.low,
            "value_high": worth.high,
        }
    )
    order = np.argsort(-worth.value, kind="stable")  # customers come by id, so ties stay in that order
    return table.iloc[order].reset_index(drop=True)
