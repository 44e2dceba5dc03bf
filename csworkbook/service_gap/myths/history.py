"""What had a customer bought before a moment, and what does he buy after it?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.ledger.sources import DAY
from csworkbook.order_value import margins
from csworkbook.repeats import known_customers, known_words
from csworkbook.tables import require

_SHIFT = (
    2**34
)  # seconds: more than there are between any two dates, so that one customer's end before the next


@dataclass(frozen=True)
class History:
    """All orders whose customer is known, by customer and time, ready to be asked about any moment.

    A moment is a customer (a whole number; -1 for nobody known) and a second since 1970; the methods take
    arrays of both.

    Attributes
    ----------
    names : Index
        What customer 0, 1, … is called in the tables.
    owners : Series
        Customer number by hashed e-mail address, for addresses that are one customer's.
    numbers : Series
        Customer number by order number.
    customer, second, margin : array
        The orders in order: customer number, second since 1970, margin in money.
    first, last : int
        The second of the first and the last order of the table, with or without a known customer.
    """

    names: pd.Index
    owners: pd.Series
    numbers: pd.Series
    customer: np.ndarray
    second: np.ndarray
    margin: np.ndarray
    first: int
    last: int

    @cached_property
    def _keys(self) -> np.ndarray:
        return keys(self.customer, self.second)

    @cached_property
    def _summed(self) -> np.ndarray:
        return np.concatenate([[0.0], np.cumsum(self.margin)])

    def of(self, table: pd.DataFrame) -> np.ndarray:
        """The customer number of every row of a table; -1 where nobody known ordered under that name.

        A row is looked up by its customer id, its e-mail address and its order number; one that these
        name different customers is nobody's (as in `ledger.links`).
        """
        found = np.full(len(table), -1)
        if not len(self.names):
            return found
        named = [self.names.get_indexer(_named(table))]
        for column, known in (("email_hash", self.owners), ("order_id", self.numbers)):
            if column in table and len(known):
                named.append(known_words(table[column]).map(known).fillna(-1).to_numpy(int))
        for one in named:
            found = np.where(found < 0, one, found)
        agree = np.all([(one < 0) | (one == found) for one in named], axis=0)
        return np.where(agree, found, -1)

    def orders(self, customer: np.ndarray, second: np.ndarray) -> np.ndarray:
        """How many orders the customer had placed up to and including that second."""
        start = np.searchsorted(self.customer, customer, "left")
        return np.where(customer < 0, 0, self._at(customer, second) - start)

    def latest(self, customer: np.ndarray, second: np.ndarray) -> np.ndarray:
        """The second of the last order up to then; meaningless where there is none."""
        at = np.clip(self._at(customer, second) - 1, 0, max(len(self.second) - 1, 0))
        return self.second[at] if len(self.second) else np.zeros_like(second)

    def until_next(self, customer: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Days until the customer's next order; NaN where none follows."""
        at = self._at(customer, second)
        there = np.minimum(at, max(len(self.second) - 1, 0))
        if not len(self.second):
            return np.full(len(second), np.nan)
        follows = (at < len(self.second)) & (self.customer[there] == customer)
        return np.where(follows, (self.second[there] - second) / DAY, np.nan)

    def bought(self, customer: np.ndarray, second: np.ndarray, days: int) -> np.ndarray:
        """How many orders follow within so many days, the moment itself not included."""
        return self._at(customer, second + days * DAY) - self._at(customer, second)

    def earned(self, customer: np.ndarray, second: np.ndarray, days: int) -> np.ndarray:
        """The margin of those orders, in money."""
        until, since = self._at(customer, second + days * DAY), self._at(customer, second)
        return self._summed[until] - self._summed[since]

    def over(self, second: np.ndarray, days: int) -> np.ndarray:
        """Whether a window of so many days from then has ended before the last order in the table."""
        return second + days * DAY <= self.last

    def cycle(self) -> float:
        """Median days between two orders of the same customer; NaN where nobody ordered twice."""
        gaps = np.diff(self.second)[np.diff(self.customer) == 0]
        return float(np.median(gaps) / DAY) if len(gaps) else float("nan")

    def _at(self, customer: np.ndarray, second: np.ndarray) -> np.ndarray:
        return np.searchsorted(self._keys, keys(customer, second), "right")


def found_in(past: History, contacts: pd.DataFrame) -> None:
    """Raise a DataError when no contact is of a customer in the orders, for then nothing follows from any of them."""
    if contacts.empty:
        raise DataError(_("There are no contacts in this table."), next_step=_("Bring your contacts first."))
    if past.of(contacts).max() < 0:
        raise DataError(
            _("Not one contact is of a customer who can be found in the orders."),
            allowed=_(
                "The contacts need a customer number, e-mail address or order number that the orders have too."
            ),
            next_step=_("Map that column on this page, for both files."),
        )


def identified(contacts: pd.DataFrame) -> np.ndarray:
    """Whether each contact says at all whose it is: by a customer number, e-mail address or order number."""
    named = _named(contacts).notna().to_numpy(bool)
    for column in ("email_hash", "order_id"):
        if column in contacts:
            named = named | known_words(contacts[column]).notna().to_numpy(bool)
    return named


def by_order_only(contacts: pd.DataFrame) -> np.ndarray:
    """Whether each contact can only be found by an order number: whose it is, is known because he has bought."""
    named = identified(contacts)
    return named & ~identified(contacts.drop(columns="order_id", errors="ignore"))


def keys(customer: np.ndarray, second: np.ndarray) -> np.ndarray:
    """One whole number per moment, which sorts by customer and then by time."""
    return customer.astype(np.int64) * _SHIFT + second


def seconds(times: pd.Series) -> np.ndarray:
    """Times as whole seconds since 1970; there must be none missing."""
    return times.to_numpy("datetime64[s]").astype(np.int64)


def history(orders: pd.DataFrame, margin: float = 0.35) -> History:
    """The orders by customer.

    The customer of an order is its own; a guest's is the one customer who ordered with the same e-mail
    address, or the address itself where no order of it has a customer (as in `ledger.links`).

    Parameters
    ----------
    margin : float
        Share of revenue (0–1), for orders without a margin of their own.

    Raises
    ------
    DataError
        When there are no orders.
    """
    require(orders, "orders")
    orders = orders[orders["ordered_at"].notna()]
    if orders.empty:
        raise DataError(_("There are no orders in this table."), next_step=_("Bring your orders first."))
    who, owners = _buyers(orders)
    codes, names = pd.factorize(who)
    at = seconds(orders["ordered_at"])
    kept = np.flatnonzero(codes >= 0)
    kept = kept[np.lexsort((at[kept], codes[kept]))]
    owned = owners.map(pd.Series(range(len(names)), index=names)) if len(names) else owners
    numbers = pd.Series(codes, index=known_words(orders["order_id"]))
    numbers = numbers[(codes >= 0) & numbers.index.notna() & ~numbers.index.duplicated(keep=False)]
    return History(
        names=pd.Index(names), owners=owned, numbers=numbers, customer=codes[kept], second=at[kept],
        margin=np.nan_to_num(margins(orders, margin)[kept]), first=at.min(), last=at.max(),
    )  # fmt: skip


def _named(table: pd.DataFrame) -> pd.Series:
    if "customer_id" in table:
        return known_customers(table).astype(object)
    return pd.Series(np.nan, index=table.index, dtype=object)


def _buyers(orders: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The customer of every order, and whose each e-mail address is."""
    named = _named(orders)
    if "email_hash" not in orders or orders["email_hash"].isna().all():
        return named, pd.Series(dtype=object)
    mail = known_words(orders["email_hash"]).astype(object)
    by_mail = named.groupby(mail)
    owners, several = by_mail.first(), by_mail.nunique()
    owners = owners.fillna(pd.Series(owners.index, index=owners.index))[several <= 1]
    return named.where(named.notna(), mail.map(owners)), owners
