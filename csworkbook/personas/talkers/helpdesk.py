"""Whom should the helpdesk know by name? The relational buyers as a list for the service system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.personas.hashing import coded
from csworkbook.personas.last_orders import last_orders
from csworkbook.personas.talkers.contacts import among
from csworkbook.personas.talkers.words import VOCABULARY

if TYPE_CHECKING:
    from csworkbook.personas.talkers.relational import Relational

COLUMNS = (
    "customer_id", "traits", "questions", "variety", "topic", "minutes", "worth", "orders", "margin", "last_at",
    "last_asked", "last_order",
)  # fmt: skip
IDS = ("hashed", "own")
_OF_ORDERS = {"worth", "orders", "margin", "last_at", "last_order"}


def helpdesk_list(
    result: Relational, *, ids: Literal["hashed", "own"] = "hashed", key: bytes = b""
) -> pd.DataFrame:
    """The relational buyers as a list, who has most traits first, of these who brought most.

    Parameters
    ----------
    result : Relational
        What `relational` found.
    ids : str
        ``"own"`` for the customer numbers of the orders, which a service system knows; ``"hashed"`` for codes
        that only the shop's key leads back to, the same as on the persona cards.
    key : bytes
        The shop's key (`Shop.key`); needed for hashed ids.

    Returns
    -------
    DataFrame
        One row a customer: customer_id, traits (1–4), questions, variety (different topics), topic (asked about
        most), minutes (mean per question), worth (mean order value), orders, margin (money), last_at, last_asked
        (days), with own numbers also last_order (its number, by which the shop's own system finds him); without
        orders only what the contacts tell. Heads and known topics are in the language spoken
        now; ``attrs["kinds"]`` tells a spreadsheet how to write each.

    Raises
    ------
    SettingError
        When `ids` is something else, or the key is missing.

    >>> from csworkbook.personas.talkers.relational import relational
    >>> from csworkbook.shop import open_shop
    >>> helpdesk_list(open_shop().call(relational), ids="own")["Traits"].head(3).tolist()
    [4, 4, 4]
    """
    _check(ids, key)
    found = _chosen(result)
    customers, found = found.index.tolist(), found.reset_index(drop=True)
    found.insert(0, "customer_id", customers)
    by = ["traits", "margin", "questions", "customer_id"]
    found = found.sort_values(by, ascending=[False, False, False, True], ignore_index=True)
    if ids == "own" and result.known.orders is not None:
        numbers = last_orders(result.known.orders.orders, found["customer_id"].tolist())
        found["last_order"] = found["customer_id"].map(numbers)
    if ids == "hashed":
        found["customer_id"] = coded(found["customer_id"], key)
    columns = [name for name in COLUMNS if result.known.bought is not None or name not in _OF_ORDERS]
    columns = [name for name in columns if name != "last_order" or ids == "own"]
    heads = {name: VOCABULARY.head(name) for name in columns}
    listed = found[columns].rename(columns=heads)
    listed.attrs["kinds"] = {head: VOCABULARY.sheet_kind(name) for name, head in heads.items()}
    return listed


def _check(ids: str, key: bytes) -> None:
    if ids not in IDS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=ids),
            allowed=_("Possible: {columns}.").format(columns=language.join(list(IDS))),
        )
    if ids == "hashed" and not key:
        raise SettingError(
            _("To make customer numbers unrecognisable, the key of the shop is needed."),
            next_step=_("Give key=shop.key, or choose your own customer numbers."),
        )


def _chosen(result: Relational) -> pd.DataFrame:
    """The relational buyers with what they ask about most and when last."""
    customers = result.customers[result.customers["relational"]]
    rows = result.known.asked.between(None, result.told.until)
    rows = rows[among(rows["customer"], customers.index)]
    last = rows.groupby("customer", observed=True)["day"].max().reindex(customers.index)
    counts = ["traits", "questions", "variety", "orders"]
    found = customers.astype(dict.fromkeys(counts, "Int64"))
    when = pd.to_datetime(customers["last_at"], utc=True).dt.tz_localize(None)
    asked = pd.to_datetime(last, unit="D")
    topic = _topics(rows).reindex(customers.index).map(VOCABULARY.word, na_action="ignore")
    money = {name: customers[name].astype(float).round(2) for name in ("worth", "margin")}
    return found.assign(
        **money,
        minutes=customers["minutes"].round(1),
        last_at=when,
        last_asked=asked,
        topic=topic.astype(object),
    )


def _topics(rows: pd.DataFrame) -> pd.Series:
    """What each customer asks about most; of several the first by the alphabet."""
    counts = rows.groupby(["customer", "topic"], observed=True).size().rename("n").reset_index()
    counts = counts.astype({"topic": object}).sort_values(
        ["customer", "n", "topic"], ascending=[True, False, True]
    )
    return counts.drop_duplicates("customer").astype({"customer": "str"}).set_index("customer")["topic"]
