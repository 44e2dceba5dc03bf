"""What do customers do after a contact that comparable customers without one do not?

Comparable are those the ledger compares with too (`ledger.later`): moments as long after an order, of
customers with as many orders so far, in the same month, who had or had not been in touch before that
order, and who have not been in touch since.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook.estimates import LEVEL
from csworkbook.ledger import later
from csworkbook.ledger.sources import DAY
from csworkbook.service_gap.myths.history import History, keys


@dataclass(frozen=True)
class Matched:
    """Contacts and the comparable moments of customers who were not in touch.

    Attributes
    ----------
    asked, quiet : DataFrame
        customer (number), second, group (comparable have the same), orders (so far), days (since the last
        order), known (in touch before it).
    never, open, unlike : int
        Contacts left out: no order before, window not over, nobody comparable.
    people : int
        How many customers there are in the history.
    """

    asked: pd.DataFrame
    quiet: pd.DataFrame
    never: int
    open: int
    unlike: int
    people: int

    @property
    def n(self) -> int:
        """Contacts with somebody comparable."""
        return len(self.asked)

    def compare(self, asked: np.ndarray, quiet: np.ndarray) -> Compared:
        """The mean of a number after the contacts, and of the same number among comparable customers.

        Parameters
        ----------
        asked, quiet : array
            The number for every row of `asked` and of `quiet`.
        """
        group, own = self.quiet["group"].to_numpy(), self.asked["group"].to_numpy()
        moments = np.bincount(group, minlength=group.max(initial=-1) + 1)
        usual = np.bincount(group, quiet, len(moments)) / np.maximum(moments, 1)
        mean, like = float(asked.mean()), float(usual[own].mean())
        leaned = np.bincount(own, minlength=len(moments)) / moments * np.sqrt(moments / (moments - 1))
        apart = np.bincount(self.quiet["customer"], leaned[group] * (quiet - usual[group]), self.people)
        who = self.asked["customer"].to_numpy()
        own_pull = np.bincount(who, asked - mean, self.people) / self.n
        like_pull = (np.bincount(who, usual[own] - like, self.people) + apart) / self.n
        return Compared(mean, like, own_pull, like_pull)

    def balance(self) -> pd.DataFrame:
        """Whether those who are compared are alike, before and after matching.

        Returns
        -------
        DataFrame
            trait (orders, days, known), before, after: the difference between contacts and comparable
            moments in standard deviations of the contacts.
        """
        moments = np.bincount(self.quiet["group"])
        leaned = np.bincount(self.asked["group"], minlength=len(moments)) / moments
        weights = leaned[self.quiet["group"]]
        rows = []
        for trait in ("orders", "days", "known"):
            asked, quiet = self.asked[trait].to_numpy(float), self.quiet[trait].to_numpy(float)
            spread = asked.std() or np.nan
            after = asked.mean() - np.average(quiet, weights=weights)
            rows.append((trait, (asked.mean() - quiet.mean()) / spread, after / spread))
        return pd.DataFrame(rows, columns=["trait", "before", "after"])


@dataclass(frozen=True)
class Compared:
    """Two means, and what every customer pulls on each of them (their influence, by customer)."""

    own: float
    like: float
    own_pull: np.ndarray
    like_pull: np.ndarray

    def log_ratio(self) -> tuple[float, np.ndarray]:
        """The logarithm of own ÷ comparable, and every customer's pull on it; NaN where one is zero."""
        if not (self.own > 0 and self.like > 0):
            return float("nan"), np.full_like(self.own_pull, np.nan)
        return float(np.log(self.own / self.like)), self.own_pull / self.own - self.like_pull / self.like


def error(pull: np.ndarray) -> float:
    """The standard error that follows from what every customer pulls (delta method, by customer).

    >>> error(np.array([0.3, -0.3, 0.0])).round(4)
    np.float64(0.6)
    """
    people = np.count_nonzero(pull)
    return np.sqrt((pull**2).sum() * people / (people - 1)) if people > 1 else np.float64("nan")


def limits(log_ratio: float, error: float) -> tuple[float, float]:
    """The ends of the interval of a ratio, from its logarithm and the standard error of that."""
    from scipy.stats import norm

    half = norm.ppf(0.5 + LEVEL / 2) * error
    return float(np.exp(log_ratio - half)), float(np.exp(log_ratio + half))


def match(past: History, customer: np.ndarray, second: np.ndarray, days: int, chosen=None) -> Matched:
    """The first contact since each last order, and the comparable moments of those not in touch.

    Parameters
    ----------
    customer, second : array
        All contacts: the customer's number (-1 for nobody known) and the second since 1970.
    days : int
        The window in which is looked at what follows.
    chosen : array of bool, optional
        The contacts to look at; the others only make a customer's silence end.
    """
    chosen = np.ones(len(customer), bool) if chosen is None else chosen
    known = customer >= 0
    contacts = np.sort(keys(customer[known], second[known]))
    asked = _described(past, contacts, customer[known & chosen], second[known & chosen])
    asked = asked.sort_values("second", kind="stable").drop_duplicates(["customer", "orders"])
    quiet = _quiet(past, contacts, days)
    before, over = asked["orders"] > 0, past.over(asked["second"], days)
    kept, alike = _grouped(asked[before & over], quiet)
    unlike = int((before & over).sum()) - len(kept)
    left = int((~before).sum()), int((before & ~over).sum()), unlike
    return Matched(kept, alike, *left, len(past.names))


def _described(past: History, contacts: np.ndarray, customer: np.ndarray, second: np.ndarray) -> pd.DataFrame:
    """Moments with what is known of the customer then."""
    last = past.latest(customer, second)
    earlier = _contacts(contacts, customer, last, "left")
    return pd.DataFrame(
        {
            "customer": customer,
            "second": second,
            "orders": past.orders(customer, second),
            "days": (second - last) / DAY,
            "known": earlier > 0,
            "quiet": _contacts(contacts, customer, second, "right") == earlier,
        }
    )


def _contacts(contacts: np.ndarray, customer: np.ndarray, second: np.ndarray, side: str) -> np.ndarray:
    """How many contacts each customer had had by then ("left": not counting that second itself)."""
    until = np.searchsorted(contacts, keys(customer, second), side)
    return until - np.searchsorted(contacts, keys(customer, np.zeros_like(second)), "left")


def _quiet(past: History, contacts: np.ndarray, days: int) -> pd.DataFrame:
    """Moments after every order, before the next one, without a contact since and with a finished window."""
    wait = (np.array(later.MOMENTS) * DAY).astype(np.int64)
    second = (past.second[:, None] + wait).ravel()
    customer = np.repeat(past.customer, len(wait))
    until = np.repeat(past.until_next(past.customer, past.second), len(wait)) * DAY
    kept = past.over(second, days) & ~(np.tile(wait, len(past.second)) >= until)
    found = _described(past, contacts, customer[kept], second[kept])
    return found[found["quiet"]]


def _grouped(asked: pd.DataFrame, quiet: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of both that have comparable ones (two quiet moments at least), with their group."""
    codes, _labels = pd.factorize(np.concatenate([_alike(asked), _alike(quiet)]))
    own, group = codes[: len(asked)], codes[len(asked) :]
    size = codes.max(initial=-1) + 1
    both = (np.bincount(group, minlength=size) >= 2) & (np.bincount(own, minlength=size) > 0)
    number = np.cumsum(both) - 1
    asked, quiet = asked.assign(group=number[own])[both[own]], quiet.assign(group=number[group])[both[group]]
    return asked.reset_index(drop=True), quiet.reset_index(drop=True)


def _alike(moments: pd.DataFrame) -> np.ndarray:
    """One whole number per moment; comparable ones have the same. The ledger's own bounds."""
    since = np.searchsorted(later.SINCE, moments["days"], "right")
    many = np.minimum(moments["orders"], later.MOST_ORDERS)
    month = np.floor(moments["second"] / later.MONTH).astype(np.int64)
    return ((month * 16 + since) * 8 + many) * 2 + moments["known"].to_numpy(np.int64)
