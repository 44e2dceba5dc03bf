"""How many carts a day linger while somebody could help, and what do chats before an order lead to now?"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csworkbook import events as engine
from csworkbook.checkout.carts import parts_of
from csworkbook.estimates import Estimate, share
from csworkbook.hours import Calendar, calendar
from csworkbook.repeats import known_customers

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = 86_400_000_000  # microseconds
_MINUTE = 60_000_000
_MEMORY: dict[tuple, tuple[weakref.ref, pd.DataFrame | None]] = {}


@dataclass(frozen=True, eq=False)
class Lingering:
    """Carts in which a visitor stayed longer than some seconds, once a visitor a day.

    Attributes
    ----------
    carts : int
        All of them, and `open` those at which the shop was open when the limit was passed.
    bought : int
        Of those while open, the ones whose visitor paid within a day, as it is now; of `finished`, whose day was over.
    days : int
        Days on which the shop was open, of those that the events span.
    hours : DataFrame
        Per open hour of the week (0 is Monday 0:00): carts, open (how many such hours were open, in hours).
    """

    carts: int
    open: int
    bought: int
    finished: int
    days: int
    hours: pd.DataFrame

    @property
    def a_day(self) -> Estimate:
        """Carts per open day that could be invited, with the exact interval of a count (Garwood 1936)."""
        from scipy.stats import chi2

        low = chi2.ppf(0.025, 2 * self.open) / 2 if self.open else 0.0
        high, days = chi2.ppf(0.975, 2 * self.open + 2) / 2, max(self.days, 1)
        return Estimate(self.open / days, float(low) / days, float(high) / days, self.open, "carts")

    @property
    def days_a_year(self) -> float:
        """Open days a year, by the days of the week that are open."""
        return 365 / 7 * len(set(self.hours.index // 24))

    @property
    def anyway(self) -> Estimate:
        """The share that paid within a day without any invitation."""
        return share(self.bought, self.finished)


def lingering(
    events: Any,
    steps: Any = None,
    *,
    seconds: float,
    opening_hours: Mapping[str, str],
    zone: str,
    country: str,
) -> Lingering | None:
    """The carts that linger; None where the events do not tell how long a page was looked at.

    Raises
    ------
    DataError
        When no event is a cart, or none a payment.
    """
    carts = _remembered(events, steps, float(seconds))
    if carts is None:
        return None
    end = carts.attrs["end"]
    times = pd.to_datetime(carts["invited"], unit="us", utc=True)
    limits = pd.to_datetime([carts.attrs["begin"], end], unit="us", utc=True).tz_convert(zone)
    clock = calendar(opening_hours, zone=zone, country=country, first=limits[0], last=limits[1])
    here = clock.is_open(times) if len(times) else np.zeros(0, bool)
    weights = carts["n"].to_numpy()
    over = here & (carts["invited"] + _DAY <= end).to_numpy()
    return Lingering(
        int(weights.sum()),
        int(weights[here].sum()),
        int(carts["paid"].to_numpy()[over].sum()),
        int(weights[over].sum()),
        clock.spans["start"].dt.tz_convert(zone).dt.normalize().nunique(),
        _hours(times[here], weights[here], clock),
    )


def _remembered(events: Any, steps: Any, seconds: float) -> pd.DataFrame | None:
    key = (id(events), repr(steps), seconds)
    kept = _MEMORY.get(key)
    if kept is not None and kept[0]() is events:
        return kept[1]
    found = _invited(events, steps, seconds)
    if hasattr(type(events), "__weakref__"):
        _MEMORY[key] = (weakref.ref(events, lambda _gone: _MEMORY.pop(key, None)), found)
    return found


def _invited(events: Any, steps: Any, seconds: float) -> pd.DataFrame | None:
    """Per minute: n carts that passed the limit in it, and paid, those whose visitor paid within a day."""
    log = engine.read(events)
    if "seconds" not in log.columns:
        return None
    parts = parts_of(events, steps)
    log = log.filter(log.visitor_id.notnull(), log.moment.notnull())
    is_cart, is_paid = (_any(log, parts[role]) for role in ("cart", "paid"))
    long = log.filter(is_cart & (log.seconds.cast("float64") > seconds))
    long = long.mutate(invited=long.moment + int(seconds * 1_000_000))
    first = long.group_by("visitor_id", day=long.moment // _DAY).agg(invited=long.invited.min())
    bought = log.filter(is_paid).select("visitor_id", at_paid="moment")
    both = first.left_join(bought, "visitor_id")
    soon = (both.at_paid >= both.invited - int(seconds * 1_000_000)) & (both.at_paid <= both.invited + _DAY)
    each = both.group_by("visitor_id", "day", "invited").agg(paid=soon.fill_null(False).cast("int64").max())
    counts = each.group_by(invited=each.invited // _MINUTE * _MINUTE).agg(
        n=each.count(), paid=each.paid.sum()
    )
    told = log.aggregate(
        begin=log.moment.min(),
        end=log.moment.max(),
        known=log.seconds.count(where=is_cart),
    ).to_pandas()
    if not told.loc[0, "known"]:
        return None
    found = counts.order_by("invited").to_pandas()
    found.attrs = {"begin": int(told.loc[0, "begin"]), "end": int(told.loc[0, "end"])}
    return found


def _any(table, steps):
    found = steps[0].matches(table)
    for step in steps[1:]:
        found = found | step.matches(table)
    return found


def _hours(times: pd.DatetimeIndex, weights: np.ndarray, clock: Calendar) -> pd.DataFrame:
    """Per hour of the week that is ever open: carts in it, and how many hours of it were open."""
    local = pd.DatetimeIndex(times).tz_convert(clock.zone)
    carts = np.bincount(local.day_of_week * 24 + local.hour, weights, 168)
    edges = pd.date_range(
        clock.first, pd.Timestamp(clock.last) + pd.Timedelta(days=1), freq="h", tz=clock.zone
    )
    opened = clock.minutes(edges[:-1], edges[1:]) / 60
    total = np.bincount(edges[:-1].day_of_week * 24 + edges[:-1].hour, opened, 168)
    table = pd.DataFrame({"carts": carts, "open": total})
    return table[table["open"] > 0]


@dataclass(frozen=True)
class Credited:
    """Chats before an order, and how many were followed by one: credited to the chat, not shown to be its doing.

    `open` counts chats whose window was not over, `unknown` those of nobody known; `others` is the same
    share for the other channels. `once` is how many orders there are per chat, each counted once: an order
    after three chats is not three orders.
    """

    share: Estimate
    others: Estimate
    open: int
    unknown: int
    days: int
    once: Estimate


def credited(contacts: pd.DataFrame, orders: pd.DataFrame, *, within: pd.Timedelta) -> Credited | None:
    """How many contacts before an order, on chat and on other channels, an order followed; None without `stage`.

    An order after several chats follows each of them; `once` credits it only to the last of them.
    """
    if "stage" not in contacts:
        return None
    asked = contacts[(contacts["stage"].astype("object") == "before").to_numpy()]
    chat = (asked["channel"].astype("object") == "chat").to_numpy()
    who, at = known_customers(asked), asked["opened_at"].dt.as_unit("ns")
    bought = pd.DataFrame({"who": known_customers(orders), "ordered": orders["ordered_at"].dt.as_unit("ns")})
    bought = bought.dropna().sort_values("ordered", kind="stable")
    if bought.empty or not chat.any():
        return None
    told = pd.DataFrame({"who": who, "at": at, "chat": chat}).dropna()
    over = told["at"] + within <= bought["ordered"].max()
    done = told[over].sort_values("at", kind="stable")
    after = pd.merge_asof(
        done,
        bought,
        left_on="at",
        right_on="ordered",
        by="who",
        direction="forward",
        allow_exact_matches=False,
    )
    followed = (after["ordered"] - after["at"] <= within).to_numpy()
    chatted = after["chat"].to_numpy(bool)
    last = ~after.duplicated(
        ["who", "ordered", "chat"], keep="last"
    ).to_numpy()  # of several before one order
    return Credited(
        share(int(followed[chatted].sum()), int(chatted.sum())),
        share(int(followed[~chatted].sum()), int((~chatted).sum())),
        int((~over & told["chat"]).sum()),
        int(chat.sum() - told["chat"].sum()),
        within.days,
        share(int((followed & last)[chatted].sum()), int(chatted.sum())),
    )
