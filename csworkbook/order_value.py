"""What does an order bring? One answer for every chapter: the mean gross margin of an order.

The margin of an order is its own where that is filled in, elsewhere its revenue times the shop's general
share; the margin on what was paid back is taken off where the orders tell it, since goods that come back
are sold again (so does `ledger.reasons`). Cancelled orders are no rows of the table: they are set aside when
a file is brought.

The mean is that of the orders in the time of the page visits, for what is lost there is lost in that time.
Without page visits, or with too few orders in their time, it is that of the last 365 days of the orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.estimates import LEVEL, SMALL
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import ibis

YEAR = pd.Timedelta(days=365)
_COLUMNS = ("ordered_at", "revenue", "margin", "refunded")

Source = Literal["typed", "visits", "few", "year"]


@dataclass(frozen=True)
class OrderValue:
    """What an order brings: the mean margin in money, its standard error, and the orders behind it.

    Attributes
    ----------
    value, error : float
        Money per order.
    n : int
        The orders; 0 where the user filled in the value.
    source : str
        Whose orders: ``"visits"`` (in the time of the page visits), ``"few"`` (too few in that time, so those
        of the last year), ``"year"`` (no time was asked) or ``"typed"``.
    margin : float
        Share of revenue (0–1) that was taken for orders without a margin of their own.
    refunds : bool
        Whether the orders tell what was paid back, so that it is taken off.
    """

    value: float
    error: float = 0.0
    n: int = 0
    source: Source = "typed"
    margin: float = 0.35
    refunds: bool = False

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval (t)."""
        return self.value - self._half

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval (t)."""
        return self.value + self._half

    @cached_property
    def _half(self) -> float:
        from scipy.stats import t

        return float(t.ppf((1 + LEVEL) / 2, self.n - 1)) * self.error if self.error else 0.0

    def draws(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Draws of the mean, from the same t distribution as its interval."""
        if not self.error:
            return np.full(size, self.value)
        return self.value + self.error * rng.standard_t(self.n - 1, size)

    def said(self, currency: str = "EUR") -> str:
        """What an order brings and where that comes from, as a part of a sentence."""
        worth = language.money(self.value, currency, 2)
        if self.source == "typed":
            return _("an order brings {worth}, as you filled in").format(worth=worth)
        return _(
            "an order brings {worth}: {mean} ({margin} of the revenue where an order has no margin of its own; {refunds})"
        ).format(
            worth=worth,
            mean=_whose(self.source).format(n=language.number(self.n)),
            margin=language.percent(self.margin),
            refunds=_paid_back(self.refunds),
        )


def _whose(source: Source) -> str:
    return {
        "visits": _("the mean margin of the {n} orders in the time of the page visits"),
        "few": _(
            "the mean margin of the {n} orders of the last year, since too few fall in the time of the page visits"
        ),
        "year": _("the mean margin of the {n} orders of the last year"),
    }[source]


def _paid_back(told: bool) -> str:
    if told:
        return _("less the margin on what was paid back")
    return _("what is paid back later is not taken off, since the orders do not tell it")


def of_order(
    orders: pd.DataFrame | ibis.Table | None,
    *,
    margin: float = 0.35,
    since: pd.Timestamp | None = None,
    until: pd.Timestamp | None = None,
    typed: float = 0.0,
) -> OrderValue | None:
    """The mean margin of an order: typed in, or that of the orders from `since` up to `until`.

    Orders of which neither margin nor revenue is known are left out.

    Parameters
    ----------
    margin : float
        Gross margin, share of revenue (0–1), where an order has none of its own.
    since, until : Timestamp, optional
        The time of the page visits, both ends included. With fewer than 30 orders in it, where the last
        year of the orders has more, that year is taken; so it is without either.
    typed : float
        What an order brings in money, as the user set it; 0 = from the orders.

    Returns
    -------
    OrderValue or None
        None when nothing is typed in and fewer than two orders tell.

    Raises
    ------
    SettingError
        When the margin is no share, or what was typed is less than nothing.

    >>> orders = pd.DataFrame({"ordered_at": pd.to_datetime(["2026-01-01", "2026-01-02"], utc=True),
    ...                        "revenue": [100.0, 60.0], "margin": [None, 15.0], "refunded": [0.0, 60.0]})
    >>> of_order(orders, margin=0.35).value
    17.5
    """
    _require(margin, typed)
    if typed > 0:
        return OrderValue(float(typed))
    if orders is None:
        return None
    frame = _frame(orders)
    earned, source = _chosen(frame, margins(frame, margin), since, until)
    if len(earned) < 2:
        return None
    error = float(earned.std(ddof=1) / len(earned) ** 0.5)
    return OrderValue(float(earned.mean()), error, len(earned), source, margin, _tells_refunds(frame))


def margins(orders: pd.DataFrame, margin: float) -> np.ndarray:
    """The margin of every order in money, NaN where neither margin nor revenue is known.

    >>> margins(pd.DataFrame({"revenue": [100.0, 100.0, 100.0], "margin": [20.0, None, 20.0],
    ...                       "refunded": [None, 0.0, 50.0]}), 0.35).tolist()
    [20.0, 35.0, 10.0]
    """
    revenue, own = _numbers(orders, "revenue"), _numbers(orders, "margin")
    earned = np.where(np.isnan(own), revenue * margin, own)
    back = np.nan_to_num(_numbers(orders, "refunded"))
    part = np.divide(back, revenue, out=np.zeros(len(back)), where=revenue > 0)
    return earned * (1 - part.clip(0, 1))


def _require(margin: float, typed: float) -> None:
    if not 0 <= margin <= 1:
        raise SettingError(
            _("The margin {value} is no share of the revenue.").format(value=margin),
            allowed=_("0 to 1, such as 0.35."),
        )
    if not 0 <= typed < float("inf"):
        raise SettingError(
            _("{value} is not what an order can be worth.").format(value=typed),
            allowed=_("An amount of 0 or more; 0 takes it from your orders."),
        )


def _chosen(
    orders: pd.DataFrame, earned: np.ndarray, since: pd.Timestamp | None, until: pd.Timestamp | None
) -> tuple[np.ndarray, Source]:
    """The margins of the orders that count, and which orders these are."""
    at = pd.to_datetime(orders["ordered_at"], utc=True)
    told = ~np.isnan(earned)
    year = told & (at > at[told].max() - YEAR).to_numpy()
    if since is None and until is None:
        return earned[year], "year"
    here = told & at.between(since or at.min(), until or at.max()).to_numpy()
    enough = here.sum() >= min(SMALL, year.sum())
    return (earned[here], "visits") if enough else (earned[year], "few")


def _frame(orders: pd.DataFrame | ibis.Table) -> pd.DataFrame:
    """The columns that tell, in memory; a large table stays in its file but for these."""
    if isinstance(orders, pd.DataFrame):
        return orders
    return orders.select([name for name in _COLUMNS if name in orders.columns]).to_pandas()


def _tells_refunds(orders: pd.DataFrame) -> bool:
    return "refunded" in orders and bool(orders["refunded"].notna().any())


def _numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    if column not in frame:
        return np.full(len(frame), np.nan)
    return frame[column].to_numpy(float, na_value=np.nan)
