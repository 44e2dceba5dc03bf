"""Contacts picked by channel, topic and time, put in order and written as rows, wherever the table is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.contacts import facts
from csworkbook.language import gettext as _
from csworkbook.vocabulary import Vocabulary

if TYPE_CHECKING:
    import ibis

    Frame = pd.DataFrame | ibis.Table

COLUMNS = (
    "contact_id",
    "opened",
    "channel",
    "topic",
    "agent",
    "reply",
    "waited",
    "solve",
    "state",
    "again",
    "text",
)
EXCERPT = 140  # letters of a text
VALUES = 60  # channels or topics that can be chosen
_NEEDED = (
    "contact_id", "second", "channel", "topic", "agent", "reply_minutes", "solve_minutes", "given_up", "resolved",
    "replied", "again", "finished", "waits_still", "waited", "by",
)  # fmt: skip


def chosen(
    contacts: Frame,
    *,
    channel: str | None,
    topic: str | None,
    since: date | None,
    until: date | None,
    within: str,
    zone: str,
) -> ibis.Table:
    """The `facts` of the contacts asked for."""
    import ibis

    rows = facts(contacts, within=within, zone=zone)
    for name, value in (("channel", channel), ("topic", topic)):
        if value is not None:
            rows = rows.filter(rows[name] == value)
    if since:
        rows = rows.filter(rows.day >= ibis.date(since.isoformat()[:10]))
    if until:
        rows = rows.filter(rows.day <= ibis.date(until.isoformat()[:10]))
    return rows


def late(rows: ibis.Table, targets: Mapping[str, float]) -> ibis.Table:
    """Those not answered within the target of their channel: late, given up, or waiting still for longer."""
    import ibis

    from csworkbook.channels.four import limits_of

    cases = [(rows.channel == channel, float(minutes)) for channel, minutes in limits_of(targets).items()]
    limit = ibis.cases(*cases, else_=None)
    too_late = (rows.reply_minutes > limit) | (rows.so_far_minutes > limit)
    return rows.filter(too_late.fill_null(False) | (rows.given_up & limit.notnull()))


def counted(rows: ibis.Table) -> dict[str, float]:
    """n; again, told (in touch again, of how many that is known); middle (minutes to the first reply)."""
    told = rows.again.notnull() & rows.finished & ~rows.given_up
    found = rows.aggregate(
        n=rows.count(),
        again=(told & rows.again).fill_null(False).sum(),
        told=told.sum(),
        middle=rows.reply_minutes.quantile(0.5),
    ).to_pandas()  # fmt: skip
    numbers = {name: int(found[name].fillna(0).iloc[0]) for name in ("n", "again", "told")}
    return numbers | {"middle": float(found["middle"].astype(float).iloc[0])}


def listed(rows: ibis.Table, contacts: Frame, order: str, zone: str, most: int | None) -> pd.DataFrame:
    """The contacts in order with the beginning of their text, at most so many; COLUMNS."""
    without = rows.so_far_minutes.coalesce(rows.given_up.ifelse(rows.waiting_seconds / 60, None))
    waited = rows.reply_minutes.coalesce(without)
    rows = rows.mutate(
        waited=without,
        by={"slowest": waited, "longest": rows.solve_minutes}.get(order, rows.second.cast("float64")),
    )
    if most:
        rows = rows.order_by([rows.by.desc(nulls_first=False), rows.second.desc(), rows.contact_id]).limit(
            most
        )
    found = _with_text(rows.select(*_NEEDED), contacts).to_pandas()
    found = found.drop_duplicates("contact_id") if found["contact_id"].duplicated().any() else found
    found = found.sort_values(
        ["by", "second", "contact_id"], ascending=[False, False, True], ignore_index=True
    )
    return _written(found, zone)


def _with_text(rows: ibis.Table, contacts: Frame) -> ibis.Table:
    """With the beginning of what the customer wrote, where the table has it."""
    import ibis

    if "text" not in contacts.columns:
        return rows.mutate(text=ibis.null("string"))
    said = engine.table(contacts, "contacts", ["contact_id", "text"])
    said = said.select(said_id="contact_id", text=said.text.substr(0, EXCERPT + 1))
    return rows.left_join(said, rows.contact_id == said.said_id).drop("said_id")


def _written(found: pd.DataFrame, zone: str) -> pd.DataFrame:
    """As a person reads it: wall-clock times, how a contact ended, and whether the customer came back."""
    opened = pd.to_datetime(found["second"], unit="s", utc=True).dt.tz_convert(zone).dt.tz_localize(None)
    ended = [found[name].to_numpy(bool) for name in ("given_up", "resolved", "replied", "waits_still")]
    state = np.select(ended, ["gave_up", "is_solved", "is_answered", "waits"], default="is_handled")
    told = found["again"].notna() & (found["finished"] | found["again"].fillna(False).astype(bool))
    again = found["again"].map({True: "yes", False: "no"}).where(told, None)
    table = pd.DataFrame(
        {
            "opened": opened, "reply": found["reply_minutes"], "waited": found["waited"], "solve": found["solve_minutes"],
            "state": state, "again": again.astype(object), "text": _cut(found["text"]),
        }
    )  # fmt: skip
    return table.assign(**{name: found[name] for name in ("contact_id", "channel", "topic", "agent")})[
        list(COLUMNS)
    ]


def _cut(text: pd.Series) -> pd.Series:
    """The beginning of each text on one line, ended at a word where it is cut."""
    plain = text.astype("string").str.replace(r"\s+", " ", regex=True).str.strip()
    short = plain.str.slice(0, EXCERPT).str.replace(r"\s\S*$", "", regex=True) + " …"
    return plain.mask(plain.str.len() > EXCERPT, short).astype(object).where(plain.notna(), None)


def _heads() -> dict[str, str]:
    return {
        "contact_id": _("Contact"),
        "opened": _("Opened"),
        "channel": _("Channel"),
        "topic": _("Topic"),
        "agent": _("Agent"),
        "reply": _("First reply (minutes)"),
        "waited": _("Waited without a reply (minutes)"),
        "solve": _("Solved (minutes)"),
        "state": _("How it ended"),
        "again": _("In touch again"),
        "text": _("Text"),
    }


def _words() -> dict[object, str]:
    return {
        "gave_up": _("gave up"),
        "is_solved": _("solved"),
        "is_answered": _("answered"),
        "is_handled": _("handled"),
        "waits": _("waits still"),
    }


VOCABULARY = Vocabulary(
    heads=_heads,
    words=_words,
    kinds={"reply": "number", "waited": "number", "solve": "number"},
    wordy=("state", "again"),
)


def values(contacts: Frame, column: str) -> list[str]:
    """The values of a column of words, the most frequent first."""
    rows = facts(contacts)
    rows = rows.filter(rows[column].notnull())
    counts = rows.group_by(column).agg(n=rows.count())
    counts = counts.order_by(counts.n.desc(), counts[column]).limit(VALUES)
    return counts.to_pandas()[column].tolist()
