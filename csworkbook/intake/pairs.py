"""Does one file feed two tables? Order lines that also tell of the orders, messages that also tell of the contacts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from csworkbook.intake.raw import Raw, no_broken
from csworkbook.intake.recognise import columns_of
from csworkbook.intake.recognised import Match, Recognised
from csworkbook.language import gettext as _
from csworkbook.language import number
from csworkbook.naming import table_name

if TYPE_CHECKING:
    from csworkbook.intake.door import Candidate

_LINES = frozenset({"quantity", "price", "product_id", "product", "category"})
_SURE = 0.7


def pair(first: Candidate) -> list[Candidate]:
    """The table, and the other one that the rows of this file feed, if any."""
    both: list[Candidate] = []
    if first.found.table in ("orders", "order_lines"):
        both = _orders_and_lines(first)
    if first.found.table in ("contacts", "messages"):
        both = _contacts_and_messages(first)
    return both or [first]


def _not(found: Recognised, names: frozenset[str]) -> dict[str, Match]:
    """Columns that are surely of the other table, told to be none of this one's."""
    return {
        header: Match(None, match.confidence, "other")
        for header, match in found.matches.items()
        if match.column in names and match.confidence >= _SURE
    }


def _chosen(first: Candidate, table: str) -> dict[str, Match]:
    """What the user said of the columns of one of the two tables."""
    from csworkbook.intake.door import chosen

    return chosen(first.choices, list(first.raw.frame.columns), table)


def _orders_and_lines(first: Candidate) -> list[Candidate]:
    """The orders in a file of order lines, or the lines in a file of orders."""
    lines = first.found
    if lines.table == "orders":
        told = _not(lines, frozenset({"revenue"})) | _chosen(first, "order_lines")
        lines = columns_of(first.profiles, "order_lines", told)
    if lines.missing or "order_id" not in lines.columns:
        return []
    orders = columns_of(first.profiles, "orders", _not(lines, _LINES) | _chosen(first, "orders"))
    tells = orders.columns & {"customer_id", "email_hash", "revenue"}
    if orders.made_key or not set(orders.missing) <= {"revenue"} or not tells:
        return []
    mapping = {
        header: lines.matches[header].column or orders.matches[header].column
        for header in first.raw.frame.columns
    }
    raw = _lines_folded(first.raw, mapping)
    sums = {header: Match("revenue", 0.9, "sum") for header in raw.made if header not in first.raw.made}
    if sums:
        mapping = {header: None if column == "revenue" else column for header, column in mapping.items()}
    told = _not(lines, _LINES) | (_not(orders, frozenset({"revenue"})) if sums else {}) | sums
    folded = _again(first, raw, "orders", told)
    fold = partial(_lines_folded, mapping=mapping)
    return [replace(first, found=lines), replace(folded, fold=fold, folds=True)]


def _lines_folded(raw: Raw, mapping: dict[str, str | None]) -> Raw:
    """One row per order; the lines that are no rows are told of once, with the order lines."""
    from csworkbook.intake import systems

    return replace(systems.fold_lines(raw, mapping), broken=no_broken())


def _contacts_and_messages(first: Candidate) -> list[Candidate]:
    """The contacts in a file of messages: one for every number, opened with its first message."""
    messages = first.found
    if messages.table == "contacts":
        messages = columns_of(first.profiles, "messages", _chosen(first, "messages"))
    told = _not(messages, frozenset({"sender"})) | _chosen(first, "contacts")
    contacts = columns_of(first.profiles, "contacts", told)
    key = next((header for header, match in messages.matches.items() if match.column == "contact_id"), None)
    tells = contacts.columns & {"customer_id", "email_hash", "channel", "topic"}
    if messages.missing or contacts.missing or contacts.made_key or key is None or not tells:
        return []
    if not first.raw.frame[key].duplicated().any():
        return []
    sent = next(header for header, match in messages.matches.items() if match.column == "sent_at")
    raw = _first_of_each(first.raw, key, sent)
    folded = _again(first, raw, "contacts", _not(messages, frozenset({"sender"})))
    fold = partial(_first_of_each, key=key, sent=sent)
    return [replace(first, found=messages), replace(folded, fold=fold, folds=True)]


def _first_of_each(raw: Raw, key: str, sent: str) -> Raw:
    """The earliest row of every number."""
    from csworkbook.intake.systems_fold import by_time

    raw = by_time(raw, sent, "UTC")
    rows = ~raw.frame[key].duplicated() & raw.frame[key].notna()
    frame = raw.frame[rows].reset_index(drop=True)
    return replace(raw, frame=frame, lines=raw.lines[rows.to_numpy()], broken=no_broken())


def _again(first: Candidate, raw: Raw, table: str, told: dict[str, Match]) -> Candidate:
    """The candidate for the other table, looked at anew on its own rows."""
    from csworkbook.intake.profile import look

    profiles = [look(header, raw.frame[header]) for header in raw.frame.columns]
    found = columns_of(profiles, table, told | _chosen(first, table))
    note = _("{lines} lines in the file became {rows} rows of “{table}”.").format(
        lines=number(len(first.raw.frame)), rows=number(len(raw.frame)), table=table_name(table)
    )
    return replace(first, raw=raw, profiles=profiles, found=found, notes=(*first.notes, note))
