"""What is seen of the customers: their orders, lines, contacts and returns as plain arrays in one fixed order.

The order of the rows is made from what they say, so that a file in another order gives the same personas.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.engine.values import as_key, times
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.purchases import less_returns, paid_orders
from csworkbook.tables import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis

    Frame = pd.DataFrame | ibis.Table

EVENING = 18  # o'clock


@dataclass(frozen=True)
class Words:
    """A column of few words: per row the place of its word in `words`, −1 where there is none."""

    words: tuple[str, ...]
    codes: np.ndarray

    def of(self, rows: np.ndarray) -> Words:
        """The same for some rows."""
        return Words(self.words, self.codes[rows])


@dataclass(frozen=True)
class Seen:
    """Orders that count as a purchase and what hangs on them.

    Attributes
    ----------
    customers : Index of str
        Sorted; `customer` holds places in it.
    customer, at, net, margin : ndarray
        Per order: whose, when (UTC), revenue less what was paid back (also by the returns), margin (money).
    flags : dict of ndarray
        Per order and subject (discount, december, weekend, evening, returned, margin_share) a number, NaN
        where not known.
    device : Words or None
        Per order.
    line_order, line_net : ndarray
        Per line: the order it belongs to (its place), price times quantity.
    category : Words or None
        Per line.
    contact_customer, contact_minutes : ndarray
        Per contact: whose, and handling time (minutes, NaN where not known).
    left_out : dict
        no_customer, nothing_paid, and where there are any no_time: orders that do not count.
    has : frozenset of str
        Which tables were there.
    """

    customers: pd.Index
    customer: np.ndarray
    at: np.ndarray
    net: np.ndarray
    margin: np.ndarray
    flags: dict[str, np.ndarray]
    device: Words | None
    line_order: np.ndarray
    line_net: np.ndarray
    category: Words | None
    contact_customer: np.ndarray
    contact_minutes: np.ndarray
    left_out: dict[str, int] = field(default_factory=dict)
    has: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """How many customers."""
        return len(self.customers)

    def of(self, places: np.ndarray) -> Seen:
        """Only these customers (places, sorted), numbered anew."""
        number = np.full(self.size, -1)
        number[places] = np.arange(len(places))
        orders = np.flatnonzero(number[self.customer] >= 0)
        order = np.full(len(self.customer), -1)
        order[orders] = np.arange(len(orders))
        lines = np.flatnonzero(order[self.line_order] >= 0) if len(self.line_order) else self.line_order
        contacts = np.flatnonzero(number[self.contact_customer] >= 0)
        return Seen(
            self.customers[places],
            number[self.customer[orders]],
            *(one[orders] for one in (self.at, self.net, self.margin)),
            {name: values[orders] for name, values in self.flags.items()},
            self.device and self.device.of(orders),
            order[self.line_order[lines]],
            self.line_net[lines],
            self.category and self.category.of(lines),
            number[self.contact_customer[contacts]],
            self.contact_minutes[contacts],
            self.left_out,
            self.has,
        )


def seen(
    orders: pd.DataFrame,
    order_lines: pd.DataFrame | None = None,
    contacts: pd.DataFrame | None = None,
    returns: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    *,
    margin: float = 0.35,
    zone: str = "Europe/Amsterdam",
    until: pd.Timestamp | None = None,
) -> Seen:
    """What frames tell of the customers who bought something.

    Parameters
    ----------
    margin : float
        Share of revenue, 0–1, where an order has no margin of its own.
    until : Timestamp, optional
        Nothing after this moment.

    Raises
    ------
    DataError
        When no order counts as a purchase of a known customer, or a required column is missing.
    """
    require(orders, "orders")
    returns = _until(returns, until)
    table, left_out = _bought(orders, returns, margin, zone, until)
    customers, table = _in_order(table)
    place = pd.Series(np.arange(len(table)), index=table["order"])
    place = place[~place.index.duplicated() & place.index.notna()]
    flags = _flags(table, orders, zone)
    back = _returned(table, returns, orders)
    flags |= {} if back is None else {"returned": back}
    line_order, line_net, category = _lines(order_lines, place)
    whose, minutes = _contacts(contacts, customers, place, table["customer"].to_numpy(), until)
    device = words(table["device"]) if "device" in table else _device(events, customers, table)
    there = {"order_lines": order_lines, "contacts": contacts, "returns": returns, "events": events}
    return Seen(
        customers,
        *(table[name].to_numpy() for name in ("customer", "at", "net", "margin")),
        flags,
        device,
        line_order,
        line_net,
        category,
        whose,
        minutes,
        left_out,
        frozenset(name for name, frame in there.items() if frame is not None),
    )


def keys(values: pd.Series) -> np.ndarray:
    """Keys as text without blanks around them, None where there is none (as `engine.key`).

    >>> keys(pd.Series([7.0, None, 8.0])).tolist(), keys(pd.Series([" a", "  "])).tolist()
    (['7', None, '8'], ['a', None])
    """
    codes, uniques = pd.factorize(values)
    return np.append(as_keys(uniques), None)[codes]


def as_keys(values: pd.Index | pd.api.extensions.ExtensionArray) -> np.ndarray:
    """`engine.as_key` of many values, none of them missing; a column that pandas knows as text at once.

    >>> as_keys(pd.Series([" a", "  "], dtype="str").array).tolist(), as_keys(pd.Index([7.0])).tolist()
    (['a', None], ['7'])
    """
    if isinstance(values.dtype, pd.StringDtype):
        neat = pd.Series(values).str.strip(string.whitespace).to_numpy(object)
        return np.where(neat == "", None, neat)
    return np.array([*map(as_key, values), None], dtype=object)[:-1]


def words(values: pd.Series) -> Words | None:
    """A column of words; None where it has none. The words stand in the order of the alphabet."""
    codes, uniques = pd.factorize(keys(values))
    if not len(uniques):
        return None
    order = np.argsort(uniques.astype(str), kind="stable")
    rank = np.empty(len(order) + 1, int)
    rank[order], rank[-1] = np.arange(len(order)), -1
    return Words(tuple(str(one) for one in uniques[order]), rank[codes])


def numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """A column as numbers, NaN where it is missing or says nothing."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[column].astype(object), errors="coerce").to_numpy(float)


def _until(returns: pd.DataFrame | None, until: pd.Timestamp | None) -> pd.DataFrame | None:
    """The returns up to a moment."""
    if returns is None or until is None or not len(returns):
        return returns
    require(returns, "returns")
    return returns[times(returns["returned_at"], "returns").to_numpy("datetime64[us]") <= _plain(until)]


def _bought(
    orders: pd.DataFrame,
    returns: pd.DataFrame | None,
    margin: float,
    zone: str,
    until: pd.Timestamp | None,
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The orders that count as a purchase (see `purchases`): order, who, at, net, margin and what is told of them."""
    orders = orders.reset_index(drop=True)  # so that the index says which rows count
    at = times(orders["ordered_at"], "orders").to_numpy("datetime64[us]")
    if until is not None:
        early = ~(at > _plain(until))
        orders, at = orders[early].reset_index(drop=True), at[early]
    paid = paid_orders(less_returns(orders, returns), margin=margin, zone=zone)
    left_out = {why: n for why, n in paid.attrs["left_out"].items() if n or why != "no_time"}
    rows = paid.index.to_numpy()
    if not len(rows):
        raise nobody()
    counted = orders.iloc[rows]
    table = pd.DataFrame(
        {
            "order": keys(counted["order_id"]),
            "who": paid["customer_id"].to_numpy(object),
            "at": at[rows],
            "net": paid["spent"].to_numpy(),
            "margin": paid["margin"].to_numpy(),
            "back": numbers(counted, "refunded") > 0,
            "discount": numbers(counted, "discount"),
        }
    )
    if "device" in counted:
        table["device"] = counted["device"].to_numpy()
    return table, left_out


def nobody() -> DataError:
    """The error for orders of which none counts."""
    return DataError(
        _("No order here has both a customer and an amount above zero, so there is nobody to describe."),
        allowed=_("Orders with a customer number, a moment and a revenue that was not paid back as a whole."),
        next_step=_("Look on this page which columns were taken for the customer and for the revenue."),
    )


def _plain(moment: pd.Timestamp) -> np.datetime64:
    moment = pd.Timestamp(moment)
    return (moment if moment.tz is None else moment.tz_convert("UTC").tz_localize(None)).to_datetime64()


def _in_order(table: pd.DataFrame) -> tuple[pd.Index, pd.DataFrame]:
    """The customers, sorted, and their orders in an order that does not hang on that of the file."""
    codes, uniques = pd.factorize(table["who"].to_numpy(object), sort=True)
    table = table.assign(customer=codes)
    by = [table[name].to_numpy() for name in ("discount", "margin", "net", "at", "customer")]
    rows = np.lexsort([table["order"].map(str).to_numpy(str), *by]) if _ties(table) else np.lexsort(by)
    return pd.Index(uniques.astype(str), name="customer_id"), table.iloc[rows].reset_index(drop=True)


def _ties(table: pd.DataFrame) -> bool:
    return bool(table.duplicated(["customer", "at", "net", "margin", "discount"]).any())


def _flags(table: pd.DataFrame, orders: pd.DataFrame, zone: str) -> dict[str, np.ndarray]:
    local = pd.DatetimeIndex(table["at"]).tz_localize("UTC").tz_convert(zone)
    found = {
        "december": (local.month == 12).astype(float),
        "weekend": (local.day_of_week > 4).astype(float),
        "evening": (local.hour >= EVENING).astype(float),
    }
    if table["discount"].notna().any():
        found["discount"] = (table["discount"].fillna(0) > 0).to_numpy(float)
    if "margin" in orders and orders["margin"].notna().any():
        found["margin_share"] = (table["margin"] / table["net"]).clip(-1, 1).to_numpy(float)
    return found


def _returned(table: pd.DataFrame, returns: pd.DataFrame | None, orders: pd.DataFrame) -> np.ndarray | None:
    """Whether something of the order came back; None where nothing tells."""
    if returns is None or not len(returns):
        return table["back"].to_numpy(float) if "refunded" in orders else None
    require(returns, "returns")
    return (table["back"] | table["order"].isin(keys(returns["order_id"]))).to_numpy(float)


def _lines(lines: pd.DataFrame | None, place: pd.Series) -> tuple[np.ndarray, np.ndarray, Words | None]:
    """Per line of an order that counts: the order's place, its money, and its category."""
    if lines is None or not len(lines):
        return np.zeros(0, int), np.zeros(0), None
    require(lines, "order_lines")
    order = place.reindex(keys(lines["order_id"])).to_numpy(float)
    net = np.nan_to_num(numbers(lines, "price") * numbers(lines, "quantity")).clip(0)
    rows = np.flatnonzero(~np.isnan(order))
    category = words(lines["category"].iloc[rows]) if "category" in lines else None
    codes = np.zeros(len(rows), int) if category is None else category.codes
    order, net = order[rows].astype(int), net[rows]
    sort = np.lexsort([net, codes, order])
    return order[sort], net[sort], category and category.of(sort)


def _contacts(
    contacts: pd.DataFrame | None,
    customers: pd.Index,
    place: pd.Series,
    customer: np.ndarray,
    until: pd.Timestamp | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Per contact of these customers: whose it is (its own customer, else that of its order), and minutes."""
    if contacts is None or not len(contacts):
        return np.zeros(0, int), np.zeros(0)
    require(contacts, "contacts")
    if until is not None:
        opened = times(contacts["opened_at"], "contacts").to_numpy("datetime64[us]")
        contacts = contacts[opened <= _plain(until)]
    own = customers.get_indexer(pd.Index(keys(contacts["customer_id"])))
    if "order_id" in contacts:
        order = place.reindex(keys(contacts["order_id"])).to_numpy(float)
        theirs = np.where(np.isnan(order), -1, customer[np.nan_to_num(order).astype(int)])
        own = np.where(own >= 0, own, theirs)
    minutes = numbers(contacts, "handling_minutes")
    rows = np.flatnonzero(own >= 0)
    sort = rows[np.lexsort([np.nan_to_num(minutes[rows], nan=-1), own[rows]])]
    return own[sort], minutes[sort].clip(0)


def _device(events: pd.DataFrame | None, customers: pd.Index, table: pd.DataFrame) -> Words | None:
    """The device a customer visits with most, for orders that do not tell theirs."""
    if events is None or not {"device", "customer_id"} <= set(events):
        return None
    seen_with = pd.DataFrame({"who": customers.get_indexer(pd.Index(keys(events["customer_id"])))})
    seen_with["device"] = keys(events["device"])
    counted = seen_with[(seen_with["who"] >= 0) & seen_with["device"].notna()].value_counts().reset_index()
    if counted.empty:
        return None
    counted = counted.sort_values(["who", "count", "device"], ascending=[True, False, True])
    most = counted.drop_duplicates("who").set_index("who")["device"]
    return words(most.reindex(table["customer"]))


def commonest(found: Words, most: int, weights: np.ndarray | None = None) -> Sequence[str]:
    """The words that occur most, the commonest first (of equally common ones by the alphabet)."""
    counts = np.bincount(found.codes[found.codes >= 0], minlength=len(found.words))
    order = np.lexsort([np.arange(len(counts)), -counts])
    return [found.words[one] for one in order[:most]]
