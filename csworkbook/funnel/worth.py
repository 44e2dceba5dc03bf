"""What is an order worth?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.language import gettext as _


@dataclass(frozen=True)
class Worth:
    """The margin an order brings: mean, its standard error, and the orders behind it.

    Typed in by the user where `n` is 0. `inside` says whether the orders are those of the asked period;
    where it holds too few, all orders are used.
    """

    value: float
    error: float
    n: int
    margin: float = 1.0
    inside: bool = True

    def estimate(self, currency: str = "EUR") -> Estimate:
        """The mean with its 95 % interval, money per order."""
        half = self._times * self.error
        return Estimate(self.value, self.value - half, self.value + half, self.n, "money", None, currency)

    @property
    def _times(self) -> float:
        from scipy.stats import t

        return float(t.ppf(0.975, self.n - 1)) if self.n > 1 else 0.0

    def draws(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Draws of the mean, from its uncertainty."""
        return rng.normal(self.value, self.error, size)

    def said(self, currency: str = "EUR") -> str:
        """What an order is worth and where that comes from, as an assumption."""
        worth = language.money(self.value, currency, 2)
        if not self.n:
            return _("an order is worth {worth}, as you filled in").format(worth=worth)
        counted = {"worth": worth, "n": language.number(self.n), "margin": language.percent(self.margin)}
        if self.inside:
            return _(
                "an order is worth {worth}: the mean margin of the {n} orders in the time of the page visits "
                "({margin} of the revenue where an order has no margin of its own)"
            ).format(**counted)
        return _(
            "an order is worth {worth}: the mean margin of all {n} orders, since too few fall in the time of the "
            "page visits ({margin} of the revenue where an order has no margin of its own)"
        ).format(**counted)


def of_order(
    orders: pd.DataFrame | None,
    *,
    margin: float = 0.35,
    since: pd.Timestamp | None = None,
    until: pd.Timestamp | None = None,
    typed: float = 0.0,
) -> Worth | None:
    """The mean margin of an order: typed in, or that of the orders from `since` up to `until`.

    An order's own margin counts where it is filled in, elsewhere its revenue times `margin`; orders
    of which neither is known are left out.

    Parameters
    ----------
    margin : float
        Gross margin, share of revenue (0–1).
    since, until : Timestamp, optional
        The time to look at, both included. With fewer than 30 orders in it all orders are used.
    typed : float
        The margin of an order in money, as the user set it; 0 = from the orders.

    Returns
    -------
    Worth or None
        None when nothing is typed in and fewer than two orders tell.

    Raises
    ------
    SettingError
        When the margin is no share, or what was typed is less than nothing.

    >>> orders = pd.DataFrame({"ordered_at": pd.to_datetime(["2026-01-01", "2026-01-02"], utc=True),
    ...                        "revenue": [100.0, 60.0], "margin": [None, 15.0]})
    >>> of_order(orders, margin=0.35).value
    25.0
    """
    _require(margin, typed)
    if typed > 0:
        return Worth(float(typed), 0.0, 0)
    if orders is None:
        return None
    at = orders["ordered_at"]
    here = pd.Series(True, index=orders.index)
    here &= True if since is None else at >= since
    here &= True if until is None else at <= until
    inside = int(here.sum()) >= SMALL or bool(here.all())
    earned = _margins(orders if not inside else orders[here], margin)
    earned = earned[~np.isnan(earned)]
    if len(earned) < 2:
        return None
    return Worth(
        float(earned.mean()), float(earned.std(ddof=1) / len(earned) ** 0.5), len(earned), margin, inside
    )


def _require(margin: float, typed: float) -> None:
    if not 0 < margin <= 1:
        raise SettingError(
            _("The margin {value} is no share of the revenue.").format(value=margin),
            allowed=_("More than 0 and at most 1, such as 0.35."),
        )
    if not 0 <= typed < float("inf"):
        raise SettingError(
            _("{value} is not what an order can be worth.").format(value=typed),
            allowed=_("An amount of 0 or more; 0 takes it from your orders."),
        )


def _margins(orders: pd.DataFrame, margin: float) -> np.ndarray:
    """The margin of every order in money, NaN where neither margin nor revenue is known."""
    earned = orders["revenue"].to_numpy(float, na_value=np.nan) * margin
    if "margin" not in orders:
        return earned
    own = orders["margin"].to_numpy(float, na_value=np.nan)
    return np.where(np.isnan(own), earned, own)
