"""Moments at which a customer asked, and the same moments of customers who could have asked and did not.

Of every contact that counts the moment is taken, and at that very moment customers are drawn by chance who had
ordered before and had not asked in the days before it. What is known of either is what lay before the moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import order_credit
from csworkbook.contacts.kept import remembered

if TYPE_CHECKING:
    import ibis

    from csworkbook.order_credit import Frame

DRAWN = 6  # customers drawn beside every contact
DAY = 86_400
_MOST = 300_000  # with more contacts than this, a part of the customers is looked at
_FAR = 2**34  # seconds: further apart than any two moments


@dataclass(frozen=True, eq=False)
class Moments:
    """Moments with and without a contact.

    Attributes
    ----------
    frame : DataFrame
        person (whole number), channel ("" without a contact), bought (an order within the window), earned (its
        margin, money).
    known : DataFrame
        On the same rows what was known before the moment, as numbers.
    cells : ndarray of int
        Which moments are equal in all that counts, roughly.
    unlike : int
        Contacts that could not be compared: nothing was known of the customer before.
    """

    frame: pd.DataFrame
    known: pd.DataFrame
    cells: np.ndarray
    unlike: int

    @property
    def asked(self) -> np.ndarray:
        """Which moments have a contact."""
        return (self.frame["channel"] != "").to_numpy()


def of_customers(
    contacts: Frame, orders: Frame, *, seconds: int, stage: str | None, margin: float, zone: str, seed: int
) -> Moments:
    """Contacts of customers who had ordered before, beside customers drawn at the same moments.

    Counted is a contact that was not given up, with a finished window, of a customer who had not asked in the
    window before it. `seconds` is the length of the window.
    """
    asked, bought = frames(contacts, orders, stage, margin, zone)
    names = pd.Index(np.unique(bought["customer"].to_numpy(object).astype(str)))
    asked["person"] = names.get_indexer(asked["customer"].astype(str))
    bought["person"] = names.get_indexer(bought["customer"].astype(str))
    looked = asked[asked["counts"]]
    ordered = Past(bought["person"], bought["at"], bought["earned"], bought["revenue"])
    before, others = Past(looked["person"], looked["second"]), Past(asked["person"], asked["second"])
    over = looked[(looked["second"] + seconds <= bought["at"].max())]
    treated = over[over["person"] >= 0]
    treated = treated[_may(treated["person"], treated["second"], ordered, before, seconds)]
    drawn = _drawn(treated, bought, len(names), seed)
    drawn = drawn[_may(drawn["person"], drawn["second"], ordered, before, seconds, itself=False)]
    both = pd.concat([treated[["person", "second", "channel"]], drawn.assign(channel="")], ignore_index=True)
    known = _known(both, ordered, before, others)
    frame = both.assign(**after(both, ordered, seconds))[["person", "channel", "bought", "earned"]]
    unlike = int((over["person"] < 0).sum() + _new(over, ordered).sum())
    return Moments(frame, known, _cells(both, ordered, before), unlike)


class Past:
    """What happened to people, and when: how often before a moment, and what that came to."""

    def __init__(self, person, at, *amounts) -> None:
        """`person` are whole numbers (below 0: nobody), `at` seconds; of each of `amounts` sums are kept."""
        person, at = np.asarray(person, np.int64), np.asarray(at, np.int64)
        order = np.lexsort((at, person))
        self.at = at[order]
        self._keys = person[order] * _FAR + self.at
        self._sums = [np.append(0.0, np.cumsum(np.asarray(one, float)[order])) for one in amounts]

    def place(self, person, at, side: str = "left") -> np.ndarray:
        """How many rows come before this person's moment (strictly; up to it with side="right")."""
        return np.searchsorted(self._keys, np.asarray(person) * _FAR + np.asarray(at), side=side)

    def count(self, person, at) -> np.ndarray:
        """How often it had happened to this person before this moment."""
        return self.place(person, at) - self.place(person, np.full(len(person), -(_FAR // 4)))

    def sum(self, person, at, which: int = 0) -> np.ndarray:
        """What it had come to before this moment."""
        start = self.place(person, np.full(len(person), -(_FAR // 4)))
        return self._sums[which][self.place(person, at)] - self._sums[which][start]

    def since(self, person, at, *, first: bool = False) -> np.ndarray:
        """Seconds since it last (or first) happened before this moment; NaN for never."""
        start = self.place(person, np.full(len(person), -(_FAR // 4)))
        now = self.place(person, at)
        row = np.clip(start if first else now - 1, 0, max(len(self.at) - 1, 0))
        then = self.at[row] if len(self.at) else np.zeros(len(row))
        return np.where(now > start, np.asarray(at) - then, np.nan)


# ---------------------------------------------------------------- what is read
def frames(
    contacts: Frame, orders: Frame, stage: str | None, margin: float, zone: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All contacts (customer, channel, second, counts) and orders (customer, at, earned, revenue) of known customers.

    `counts` marks the contacts of the stage that were not given up.
    """
    key = ("moments", stage, margin, zone, order_credit.known(orders))
    found = remembered(contacts, key, lambda: _read(contacts, orders, stage, margin, zone))
    return found[0].copy(), found[1].copy()


def _read(
    contacts: Frame, orders: Frame, stage: str | None, margin: float, zone: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As `frames`, read from the engine."""
    asked, known = order_credit.asked_by(contacts, orders, None, zone), order_credit.known(orders)
    asked = asked.filter(asked.customer.notnull() & asked.channel.notnull())
    counts = ~asked.given_up
    if stage is not None:
        counts = counts & (asked.stage == stage).fill_null(False)
    earned = order_credit.earned(known.bought, margin).fill_null(known.mean(margin))
    bought = known.bought.filter(known.bought.customer.notnull())
    bought = bought.select("customer", "at", revenue=bought.revenue.fill_null(0.0), earned=earned)
    asked = asked.select("contact_id", "customer", "channel", "second", counts=counts)
    if not isinstance(contacts, pd.DataFrame):
        asked, bought = _part(asked, bought)
    rows = asked.to_pandas().sort_values(["second", "contact_id"], ignore_index=True)
    return rows, bought.to_pandas().sort_values(["customer", "at", "revenue"], ignore_index=True)


def _part(asked: ibis.Table, bought: ibis.Table) -> tuple[ibis.Table, ibis.Table]:
    """Both tables whole, or of every so-manieth customer where there are very many contacts."""
    every = -(-int(asked.count().to_pandas()) // _MOST)
    if every <= 1:
        return asked, bought
    return tuple(one.filter((one.customer.hash() % every) == 0) for one in (asked, bought))


# ---------------------------------------------------------------- who is looked at
def _may(
    person: pd.Series, at: pd.Series, ordered: Past, before: Past, seconds: int, *, itself: bool = True
) -> np.ndarray:
    """Who had ordered before, and had not asked in the window before (nor at the very moment, but for himself)."""
    person, at = person.to_numpy(), at.to_numpy()
    now = before.place(person, at, "left" if itself else "right")
    recent = now - before.place(person, at - seconds)
    return (ordered.count(person, at) > 0) & (recent == 0)


def _new(over: pd.DataFrame, ordered: Past) -> np.ndarray:
    """Contacts of customers whose first order came later."""
    person = over["person"].to_numpy()
    return (person >= 0) & (ordered.count(person, over["second"].to_numpy()) == 0)


def _drawn(treated: pd.DataFrame, bought: pd.DataFrame, people: int, seed: int) -> pd.DataFrame:
    """At the moment of every contact, so many of the customers who had ordered by then."""
    rng = np.random.default_rng(seed)
    first = bought.groupby("person")["at"].min().reindex(range(people))
    in_turn = first.sort_values(kind="stable")
    at = np.repeat(treated["second"].to_numpy(), DRAWN)
    there = np.searchsorted(in_turn.to_numpy(), at)
    picked = np.floor(rng.random(len(at)) * there).astype(int)
    person = in_turn.index.to_numpy()[np.minimum(picked, max(people - 1, 0))] if people else picked
    drawn = pd.DataFrame({"person": person, "second": at})
    return drawn[(there > 0) & (drawn["person"] != np.repeat(treated["person"].to_numpy(), DRAWN))]


# ---------------------------------------------------------------- what is known of them
def _known(both: pd.DataFrame, ordered: Past, before: Past, others: Past) -> pd.DataFrame:
    """What lay before each moment, as numbers of which the logarithm is taken where they run far."""
    person, at = both["person"].to_numpy(), both["second"].to_numpy()
    many = ordered.count(person, at)
    spent = ordered.sum(person, at, 1) / np.maximum(many, 1)
    asked = before.count(person, at)
    return pd.DataFrame(
        {
            "orders_before": np.log(np.maximum(many, 1)),
            "since": np.log1p(ordered.since(person, at) / DAY),
            "tenure": np.log1p(ordered.since(person, at, first=True) / DAY),
            "basket": np.log1p(np.maximum(spent, 0)),
            "asked_before": np.log1p(asked),
            "other_contacts": np.log1p(others.count(person, at) - asked),
            "moment": (at - at.mean()) / (365.25 * DAY) if len(at) else at.astype(float),
        }
    )


def after(both: pd.DataFrame, ordered: Past, seconds: int) -> dict[str, np.ndarray]:
    """bought (bool) and earned (money): what followed each moment, strictly later and within the window."""
    person, at = both["person"].to_numpy(), both["second"].to_numpy() + 1  # strictly after the moment
    until = at + seconds
    return {
        "bought": ordered.count(person, until) > ordered.count(person, at),
        "earned": ordered.sum(person, until, 0) - ordered.sum(person, at, 0),
    }


def _cells(both: pd.DataFrame, ordered: Past, before: Past) -> np.ndarray:
    """Equal in: orders so far (1, 2, 3, 4 or more), days since the last one, asked before or not, quarter of a year."""
    person, at = both["person"].to_numpy(), both["second"].to_numpy()
    many = np.minimum(ordered.count(person, at), 4)
    since = np.digitize(ordered.since(person, at) / DAY, [2, 4, 6, 9, 14, 25, 45, 90, 180])
    asked = before.count(person, at) > 0
    quarter = (at // (91.3 * DAY)).astype(int)
    return ((quarter * 5 + many) * 10 + since) * 2 + asked
