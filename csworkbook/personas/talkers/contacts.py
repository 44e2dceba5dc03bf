"""Which customer asked what, and how long did it take?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine, language
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.personas.rows import keys
from csworkbook.repeats import known_words
from csworkbook.tables import require

if TYPE_CHECKING:
    import ibis

    Frame = pd.DataFrame | ibis.Table

COLUMNS = (
    "contact_id", "customer_id", "opened_at", "channel", "topic", "kind", "handling_minutes", "email_hash", "order_id",
    "text",
)  # fmt: skip
_OTHER_KEYS = {"email_hash", "order_id", "text"}  # by which the ledger finds whose a contact is


@dataclass(frozen=True)
class Asked:
    """The questions of known customers.

    Attributes
    ----------
    rows : DataFrame
        customer and topic (categories; NA where unknown), day (whole days since 1970), minutes (NaN where
        unknown), in an order of their own.
    left_out : dict
        complaints, no_customer, no_time: contacts that are no question of anybody known.
    """

    rows: pd.DataFrame
    left_out: dict[str, int]

    def between(self, since: int | None, until: int | None) -> pd.DataFrame:
        """The rows from one day up to another, both included."""
        day = self.rows["day"].to_numpy()
        here = np.ones(len(day), dtype=bool)
        here &= True if since is None else day >= since
        here &= True if until is None else day <= until
        return self.rows[here]

    @property
    def said(self) -> str:
        """What is no question of anybody known, for `method`; empty where all are."""
        counts = self.left_out
        parts = [
            ngettext("{n} complaint", "{n} complaints", counts["complaints"]),
            ngettext(
                "{n} contact of nobody known as a buyer",
                "{n} contacts of nobody known as a buyer",
                counts["no_customer"],
            ),
            ngettext("{n} contact without a time", "{n} contacts without a time", counts["no_time"]),
        ]
        numbers = [counts[name] for name in ("complaints", "no_customer", "no_time")]
        told = [part.format(n=language.number(n)) for part, n in zip(parts, numbers, strict=True) if n]
        return _("Not counted as questions: {list}.").format(list=language.join(told)) if told else ""


def asked(
    contacts: Frame, orders: Frame | None = None, buyers: pd.Index | None = None, *, zone: str = "UTC"
) -> Asked:
    """The questions of known customers, from the contacts.

    A contact is a question unless its kind says that it is a complaint. Its customer is the one it names;
    where that is nobody who bought, the ledger looks for the e-mail address (hashed), the order number, and
    an order number in the text.

    Parameters
    ----------
    buyers : Index, optional
        Whose contacts count; everybody's without it.

    Raises
    ------
    DataError
        When a required column is missing, or times cannot be read.

    >>> contacts = pd.DataFrame({"contact_id": ["1", "2", "3"], "customer_id": ["ann", "ann", None],
    ...     "opened_at": ["2026-01-01", "2026-01-02", "2026-01-03"], "channel": "chat",
    ...     "topic": ["size", "stock", "size"], "kind": ["question", "complaint", "question"]})
    >>> found = asked(contacts)
    >>> found.rows["customer"].tolist(), found.left_out
    (['ann'], {'complaints': 1, 'no_customer': 1, 'no_time': 0})
    """
    require(contacts, "contacts")
    questions, complaints = _questions(contacts)
    in_memory = isinstance(questions, pd.DataFrame)
    n = len(questions) if in_memory else int(questions.count().execute())
    if in_memory and (orders is None or isinstance(orders, pd.DataFrame)):
        rows = _in_memory(questions, orders, buyers, zone)
    else:
        rows = _in_ledger(questions, orders, zone)
    known = rows["customer"].notna().to_numpy() if buyers is None else among(rows["customer"], buyers)
    rows, timed = rows[known], rows.loc[known, "day"].notna().to_numpy()
    left_out = {"complaints": complaints, "no_customer": n - len(rows), "no_time": int((~timed).sum())}
    rows = rows[timed].astype({"customer": "category", "day": "int64", "topic": "category"})
    # one order whatever the order of the table, so that a mean never depends on how rows came
    return Asked(rows.sort_values(["customer", "day", "minutes"], ignore_index=True), left_out)


def among(customers: pd.Series, known: pd.Index) -> np.ndarray:
    """Which of these are in a list without doubles (a category is looked up once).

    >>> among(pd.Series(["ann", None, "bob"]), pd.Index(["bob"])).tolist()
    [False, False, True]
    """
    if isinstance(customers.dtype, pd.CategoricalDtype):
        there = known.get_indexer(customers.cat.categories) >= 0
        return np.append(there, False)[customers.cat.codes.to_numpy()]
    return known.get_indexer(pd.Index(customers)) >= 0


def _questions(contacts: Frame) -> tuple[Frame, int]:
    """The contacts that are no complaints, and how many are."""
    if "kind" not in contacts.columns:
        return contacts, 0
    if isinstance(contacts, pd.DataFrame):
        complaint = (contacts["kind"].astype(object) == "complaint").to_numpy()
        return contacts[~complaint], int(complaint.sum())
    table = engine.table(contacts, "contacts", COLUMNS)
    complaint = (table.kind == "complaint").fill_null(False)
    return table.filter(~complaint), int(table.filter(complaint).count().execute())


def _in_memory(
    contacts: pd.DataFrame, orders: pd.DataFrame | None, buyers: pd.Index | None, zone: str
) -> pd.DataFrame:
    contacts = contacts.reset_index(drop=True)
    rows = pd.DataFrame(
        {
            "customer": pd.Series(keys(contacts["customer_id"]), dtype=object),
            "day": days(contacts["opened_at"], "contacts", zone),
            "topic": known_words(contacts["topic"]).astype(object).where(lambda t: t.notna(), None),
            "minutes": _minutes(contacts),
        }
    )
    if orders is None or buyers is None or not _OTHER_KEYS & set(contacts.columns):
        return rows
    known = among(rows["customer"], buyers)
    if not known.all():
        ordered = pd.Index(keys(orders["customer_id"].drop_duplicates())).dropna().unique()
        known |= among(rows["customer"], ordered)
    return rows if known.all() else pd.concat([rows[known], _in_ledger(contacts[~known], orders, zone)])


def _in_ledger(contacts: Frame, orders: Frame | None, zone: str) -> pd.DataFrame:
    """The rows as the ledger finds whose they are; without orders by the customer they name."""
    from csworkbook.ledger import links, sources

    columns = ["customer", "topic", "second", "minutes"]
    if orders is None:
        read = sources.read(contacts, "contacts")
        found = read.select(
            customer=read.customer_id, topic=read.topic, second=read.second, minutes=read.handling_minutes
        )
        found = found.to_pandas()
    else:
        with links.looked_up(orders) as known:
            linked = links.link_contacts(contacts, known).rename(minutes="handling_minutes")
            found = linked.select(*columns).to_pandas()
    at = pd.to_datetime(pd.Series(found["second"]), unit="s", utc=True)
    minutes = found["minutes"].astype(float)
    texts = {name: keys(found[name]) for name in ("customer", "topic")}
    rows = found.assign(**texts, day=days(at, "contacts", zone), minutes=minutes.where(minutes >= 0))
    return rows.drop(columns="second")


def days(at: pd.Series, name: str, zone: str) -> np.ndarray:
    """Whole days since 1970 by the clock of a zone; a time without a zone is in UTC; NaN without a time.

    >>> days(pd.Series(["1970-01-02 23:30"]), "contacts", "Europe/Amsterdam").tolist()
    [2.0]
    """
    at = engine.times(at, name)
    at = at.dt.tz_localize("UTC") if at.dt.tz is None else at
    clock = at.dt.tz_convert(zone).dt.tz_localize(None).to_numpy("datetime64[us]")
    return np.where(np.isnat(clock), np.nan, clock.astype("datetime64[D]").astype("int64").astype(float))


def _minutes(contacts: pd.DataFrame) -> np.ndarray:
    """Minutes of work per contact; NaN where unknown or below zero."""
    if "handling_minutes" not in contacts:
        return np.full(len(contacts), np.nan)
    minutes = pd.to_numeric(contacts["handling_minutes"], errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where(minutes >= 0, minutes, np.nan)
