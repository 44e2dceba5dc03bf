"""Which days and which margin were asked, and how is it said what did not count?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import ngettext

EPOCH = pd.Timestamp("1970-01-01", tz="UTC")


def check_margin(margin: float | None) -> None:
    """Raise a SettingError when this margin is no share."""
    if margin is not None and not 0 <= margin <= 1:
        raise SettingError(
            _("The margin {value} is no share of the revenue.").format(value=margin),
            allowed=_("0 to 1, such as 0.35."),
        )


def limits(since: object, until: object, zone: str, last: int) -> tuple[int | None, int]:
    """The first day that counts, if asked, and the last one, both whole days since 1970."""
    first = None if since is None else _whole_day(since, zone)
    end = last if until is None else _whole_day(until, zone)
    if first is not None and first > end:
        raise SettingError(
            _("The last day ({until}) comes before the first ({since}).").format(
                since=day_of(first).date(), until=day_of(end).date()
            ),
            next_step=_("Choose a later day to end with, or leave one of them out."),
        )
    return first, end


def _whole_day(value: object, zone: str) -> int:
    try:
        moment = pd.Timestamp(value)
    except (ValueError, TypeError):
        moment = pd.NaT
    if moment is pd.NaT:
        raise SettingError(
            _("“{value}” is no date.").format(value=value),
            allowed=_("Something like: {example}.").format(example="2026-03-31"),
        )
    clock = moment if moment.tz is None else moment.tz_convert(zone).tz_localize(None)
    return (clock.normalize() - pd.Timestamp(0)).days


def day_of(days: np.ndarray | pd.Series | int) -> pd.DatetimeIndex | pd.Timestamp:
    """Whole days since 1970 as midnights UTC.

    >>> day_of(1)
    Timestamp('1970-01-02 00:00:00+0000', tz='UTC')
    """
    if np.ndim(days) == 0:
        return EPOCH + pd.Timedelta(days=int(days))
    return pd.DatetimeIndex(
        np.asarray(days, dtype="int64").astype("datetime64[D]").astype("datetime64[us]"), tz="UTC"
    )


def nothing_bought(left_out: dict[str, int] | None = None) -> DataError:
    """What to say of orders among which there is no purchase."""
    left_out = left_out or {}
    return DataError(
        _("None of these orders is a purchase of a known customer."),
        where=_(
            "Without a customer: {no_customer}; nothing paid: {nothing_paid}; without a time: {no_time}."
        ).format(**{name: left_out.get(name, 0) for name in ("no_customer", "nothing_paid", "no_time")})
        if any(left_out.values())
        else "",
        allowed=_("Orders with a customer, a time and an amount above zero."),
        next_step=_("Look on this page which columns were taken for the customer and the revenue."),
    )


def left_out_said(left_out: dict[str, int]) -> str:
    """What did not count as a purchase, in one sentence for `method`; empty where everything counted."""
    parts = [
        ngettext(
            "{n} order without a customer", "{n} orders without a customer", left_out.get("no_customer", 0)
        ),
        ngettext(
            "{n} order for which nothing was paid, or all was paid back",
            "{n} orders for which nothing was paid, or all was paid back",
            left_out.get("nothing_paid", 0),
        ),
        ngettext("{n} order without a time", "{n} orders without a time", left_out.get("no_time", 0)),
    ]
    counts = [left_out.get(name, 0) for name in ("no_customer", "nothing_paid", "no_time")]
    said = [part.format(n=language.number(n)) for part, n in zip(parts, counts, strict=True) if n]
    return _("Left out: {orders}.").format(orders=language.join(said)) if said else ""
