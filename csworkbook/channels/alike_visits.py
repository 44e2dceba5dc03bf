"""Visits without a purchase during which the visitor asked, and like visits during which he did not.

Only visits of customers who had ordered before count: of them it is known who they are whatever comes of the visit.
Often a shop learns who a visitor is because he buys; visits that are known for that reason would tell nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.channels.alike_moments import DAY, Moments, Past, after, frames
from csworkbook.contacts.kept import remembered

if TYPE_CHECKING:
    from csworkbook.order_credit import Frame

_HOUR = 3600


def of_visitors(
    contacts: Frame,
    orders: Frame,
    events: Frame,
    *,
    seconds: int,
    stage: str | None,
    margin: float,
    zone: str,
) -> Moments:
    """Visits of customers known before: with a contact between their begin and an hour after their end, or without.

    The moment is the end of the visit. Left out are visits with a purchase, with a contact in the window before,
    with an order before the contact, and those whose window is not over.
    """
    asked, bought = frames(contacts, orders, stage, margin, zone)
    visits = _kept(events).copy()
    names = pd.Index(np.unique(bought["customer"].to_numpy(object).astype(str)))
    for table in (asked, bought, visits):
        table["person"] = names.get_indexer(table["customer"].astype(str))
    looked = asked[asked["counts"] & (asked["person"] >= 0)]
    ordered = Past(bought["person"], bought["at"], bought["earned"], bought["revenue"])
    before = Past(looked["person"], looked["second"])
    visits = visits[visits["person"] >= 0].assign(second=lambda t: t["last"])
    over = visits[visits["second"] + seconds <= bought["at"].max()]
    person, first, last = (over[name].to_numpy() for name in ("person", "first", "last"))
    new = ordered.count(person, first) == 0
    bare = ordered.place(person, last, "right") == ordered.place(person, first, "right")
    fresh = before.place(person, first) == before.place(person, first - seconds)
    both = over[~new & bare & fresh].sort_values(["second", "person"], kind="stable", ignore_index=True)
    both = _with_contacts(both, looked, ordered)
    known = _known(both, ordered, before)
    frame = both.assign(**after(both, ordered, seconds))[["person", "channel", "bought", "earned"]]
    return Moments(frame, known, _cells(both, ordered), 0)


def _kept(events: Frame) -> pd.DataFrame:
    return (
        remembered(events, "visits", lambda: _visits(events))
        if hasattr(events, "columns")
        else _visits(events)
    )


def _visits(events: Frame) -> pd.DataFrame:
    """customer, first, last (seconds), pages, steps (different ones), mobile: one row a visit of a known customer."""
    from csworkbook.ledger.sources import has, read

    table = read(events, "events")
    visit = table.session_id if has(events, "session_id") else table.visitor_id
    day = (table.second / DAY).floor().cast("int64").cast("string")
    table = table.mutate(visit=visit.coalesce(table.visitor_id + " " + day))
    if not has(events, "session_id"):
        table = table.mutate(visit=table.visitor_id + " " + day)
    grouped = table.group_by("visitor_id", "visit").agg(
        customer=table.customer_id.min(),
        other=table.customer_id.max(),
        first=table.second.min(),
        last=table.second.max(),
        pages=table.count(),
        steps=table.step.nunique(),
        mobile=(table.device == "mobile").fill_null(False).cast("int64").max(),
    )
    alone = grouped.filter(grouped.customer.notnull() & (grouped.customer == grouped.other))
    return alone.drop("other", "visitor_id", "visit").to_pandas()


def _with_contacts(both: pd.DataFrame, looked: pd.DataFrame, ordered: Past) -> pd.DataFrame:
    """The channel of the first contact during each visit or in the hour after it; "" for none."""
    looked = looked.sort_values(["person", "second", "contact_id"], ignore_index=True)
    at = Past(looked["person"], looked["second"])
    person, first = both["person"].to_numpy(), both["first"].to_numpy()
    place = at.place(person, first)
    there = place < at.place(person, both["last"].to_numpy() + _HOUR, "right")
    row = np.clip(place, 0, max(len(looked) - 1, 0))
    if not len(looked):
        return both.assign(channel="")
    channel = np.where(there, looked["channel"].to_numpy(object)[row], "")
    second = np.where(there, looked["second"].to_numpy()[row], first)
    late = there & (ordered.place(person, second, "right") > ordered.place(person, first, "right"))
    return both.assign(channel=channel)[~late].reset_index(drop=True)


def _known(both: pd.DataFrame, ordered: Past, before: Past) -> pd.DataFrame:
    person, at = both["person"].to_numpy(), both["first"].to_numpy()
    many = ordered.count(person, at)
    return pd.DataFrame(
        {
            "pages": np.log1p(both["pages"].to_numpy(float)),
            "steps": both["steps"].to_numpy(float),
            "minutes": np.log1p((both["last"] - both["first"]).to_numpy(float) / 60),
            "mobile": both["mobile"].to_numpy(float),
            "orders_before": np.log(np.maximum(many, 1)),
            "since": np.log1p(ordered.since(person, at) / DAY),
            "basket": np.log1p(np.maximum(ordered.sum(person, at, 1) / np.maximum(many, 1), 0)),
            "asked_before": np.log1p(before.count(person, at)),
            "moment": (at - at.mean()) / (365.25 * DAY) if len(at) else at.astype(float),
        }
    )


def _cells(both: pd.DataFrame, ordered: Past) -> np.ndarray:
    """Equal in: pages (1, 2, 4, 8 and more), different steps (1 to 4 and more), mobile, orders so far, a month since."""
    person, at = both["person"].to_numpy(), both["first"].to_numpy()
    pages = np.digitize(both["pages"].to_numpy(), [2, 4, 8])
    steps = np.minimum(both["steps"].to_numpy(), 4).astype(int)
    many = np.minimum(ordered.count(person, at), 2)
    long_ago = ordered.since(person, at) > 30 * DAY
    return (((pages * 5 + steps) * 2 + both["mobile"].to_numpy(int)) * 3 + many) * 2 + long_ago
