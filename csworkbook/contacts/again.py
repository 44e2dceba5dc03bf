"""Did the customer have to come back, and which contacts are one issue? As expressions for any engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.contacts import clock

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_TOPIC, _ANY = ("customer", "topic"), ("customer",)
_DIGITS = 18  # of a moment that stands before the number of a contact


def told(table: ibis.Table, within: pd.Timedelta, last: int, numbered: bool = False) -> ibis.Table:
    """known, finished, again, again_any, follow_up, follow_up_any, issue and chained (see `rows.facts`).

    Windows are dear, so they see few columns, and only contacts that have another of the same customer near.

    Parameters
    ----------
    within : Timedelta
        How soon a repeat must come.
    last : int
        The moment of the last contact, microseconds since 1970.
    numbered : bool
        Whether every contact has a number of its own.
    """
    span = round(within.total_seconds() * clock.MICROS)
    near = _followed(_near(table, span), span, numbered)
    joined = table.left_join(near, table.contact_id == near.near_id)
    known, about = joined.customer.notnull(), about_of(joined)
    return joined.mutate(
        known=known,
        finished=joined.opened_us + span <= last,
        again=about.ifelse(joined.later.fill_null(False), None),
        again_any=known.ifelse(joined.later_any.fill_null(False), None),
        follow_up=about & joined.earlier.fill_null(False),
        follow_up_any=known & joined.earlier_any.fill_null(False),
        issue=joined.chain.coalesce(joined.contact_id),
        chained=about & joined.several.fill_null(False),
    ).drop("near_id", "later", "later_any", "earlier", "earlier_any", "several", "chain")


def _near(table: ibis.Table, span: int) -> ibis.Table:
    """contact_id, customer, topic and moment of contacts with another of the same customer less than `span` away."""
    import ibis

    rows = table.filter(table.customer.notnull()).select("contact_id", "customer", "topic", "opened_us")
    order = ibis.window(group_by="customer", order_by="opened_us")
    before, after = (move().over(order) for move in (rows.opened_us.lag, rows.opened_us.lead))
    rows = rows.mutate(since=rows.opened_us - before, until=after - rows.opened_us)
    close = (rows.since <= span).fill_null(False) | (rows.until <= span).fill_null(False)
    return rows.filter(close).drop("since", "until")


def _followed(near: ibis.Table, span: int, numbered: bool) -> ibis.Table:
    """near_id, later, later_any, earlier, earlier_any, several (bool) and chain (the first contact_id of the issue)."""
    told = near.mutate(
        later=_later(near, _TOPIC, span),
        earlier=_earlier(near, _TOPIC, span),
        later_any=_later(near, _ANY, span),
        earlier_any=_earlier(near, _ANY, span),
        several=~_starts(near, span) | ~_ends(near, span),
        begun=_starts(near, span).ifelse(_in_digits(near.opened_us) + near.contact_id, None),
    )
    latest = told.begun.max().over(_in_order(told, preceding=None, following=0)).substr(_DIGITS)
    told = told.mutate(chain=about_of(told).ifelse(latest, None))
    columns = ("later", "earlier", "later_any", "earlier_any", "several", "chain")
    if numbered:
        return told.select(*columns, near_id="contact_id")
    once = {name: told[name].max() for name in columns}  # contacts without a number may share one
    return told.group_by(near_id="contact_id").agg(**once)


def about_of(table: ibis.Table) -> ibis.BooleanValue:
    """Whether customer and topic are known, so that a contact can belong to an issue with others."""
    return table.customer.notnull() & table.topic.notnull()


def _later(table: ibis.Table, alike: tuple[str, ...], span: int) -> ibis.BooleanValue:
    """Whether another contact was opened strictly later, at most so many microseconds.

    The last one in that time is looked for: engines find it without adding up what lies between.
    """
    return table.opened_us.last(include_null=True).over(_around(alike, span)) > table.opened_us


def _earlier(table: ibis.Table, alike: tuple[str, ...], span: int) -> ibis.BooleanValue:
    """Whether another contact was opened strictly earlier, at most so many microseconds."""
    return table.opened_us.first(include_null=True).over(_around(alike, span)) < table.opened_us


def _around(alike: tuple[str, ...], span: int) -> ibis.expr.builders.WindowBuilder:
    import ibis

    return ibis.range_window(group_by=list(alike), order_by="opened_us", preceding=span, following=span)


def _in_digits(moment: ibis.IntegerValue) -> ibis.StringValue:
    """A moment as text that sorts as it does, always as long."""
    return (moment + 10 ** (_DIGITS - 1)).cast("string")


def _starts(table: ibis.Table, span: int) -> ibis.BooleanValue:
    """Whether no contact of the same customer about the same topic lies less than `span` before."""
    before = table.opened_us.lag().over(_in_order(table))
    return before.isnull() | (table.opened_us - before > span)


def _ends(table: ibis.Table, span: int) -> ibis.BooleanValue:
    """The same looking ahead."""
    after = table.opened_us.lead().over(_in_order(table))
    return after.isnull() | (after - table.opened_us > span)


def _in_order(table: ibis.Table, **rows: int | None) -> ibis.expr.builders.WindowBuilder:
    """Contacts of one customer about one topic in order of time; of two at one moment by their number."""
    import ibis

    return ibis.window(group_by=list(_TOPIC), order_by=[table.opened_us, table.contact_id], **rows)
