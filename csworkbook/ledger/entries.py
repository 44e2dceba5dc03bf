"""What happened between the shop and each customer, in time order?"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from csworkbook.ledger import links
from csworkbook.ledger.sources import read

if TYPE_CHECKING:
    import ibis

    from csworkbook.ledger.sources import Frame

KINDS = ("order", "line", "return", "contact", "answer", "visit")
_TEXTS = ("customer_id", "kind", "id", "order_id", "product_id", "channel", "topic", "found")


def entries(
    orders: Frame,
    order_lines: Frame | None = None,
    returns: Frame | None = None,
    contacts: Frame | None = None,
    effort_survey: Frame | None = None,
    events: Frame | None = None,
) -> ibis.Table:
    """Everything that is known of every customer, one row an entry, as a lazy Ibis expression.

    Nothing is worked out until the expression is executed, and then by the engine the tables are in:
    DuckDB in this process for pandas frames, or wherever the Ibis tables handed in live.

    Returns
    -------
    ibis.Table
        ``customer_id`` (the pseudonym; null where nobody can be told), ``at``, ``kind`` (order, line,
        return, contact, answer, visit), ``id`` (of the order, contact or visit), ``order_id`` (the
        order it is about), ``product_id``, ``channel`` (of a visit: the device), ``topic`` (of a
        contact; of a line the category, of a return the reason, of a visit the last step),
        ``amount`` (what the customer paid; negative: what he got back; lines repeat their order),
        ``minutes`` (handling or visiting), ``effort`` (of an answer: the most named, 1–3), ``found``
        (by which key it was found in the orders: customer, email, order, text; or why it was not, as
        in `matches`), and ``second`` (`at` in seconds since 1970). In no order: sort by customer_id,
        second.

    >>> from csworkbook.shop import open_shop
    >>> ledger = entries(open_shop().orders)
    >>> ledger.count().execute() == len(open_shop().orders)
    True
    """
    return together(links.known(orders), order_lines, returns, contacts, effort_survey, events)


def together(
    known: links.Known,
    order_lines: Frame | None,
    returns: Frame | None,
    contacts: Frame | None,
    effort_survey: Frame | None,
    events: Frame | None,
) -> ibis.Table:
    """As `entries`, with what the orders know already looked up."""
    parts = [_orders(known)]
    if order_lines is not None:
        parts.append(_lines(order_lines, known))
    if returns is not None:
        parts.append(_returns(returns, known))
    if contacts is not None:
        parts.append(_contacts(contacts, known))
    if effort_survey is not None:
        parts.append(_answers(effort_survey, known))
    if events is not None:
        parts.append(_visits(events, known))
    clock = parts[0].at.type()
    return functools.reduce(lambda one, two: one.union(two), [_alike(part, clock) for part in parts])


def _alike(part: ibis.Table, clock: ibis.expr.datatypes.DataType) -> ibis.Table:
    """The columns of an entry, in order and of one type each; those a table lacks are null."""
    import ibis

    def text(column: str) -> ibis.Value:
        return part[column].cast("string") if column in part.columns else ibis.null("string")

    def number(column: str) -> ibis.Value:
        return part[column].cast("float64") if column in part.columns else ibis.null("float64")

    texts = {column: text(column) for column in _TEXTS}
    at = part.at if part.at.type() == clock else part.at.cast(clock)
    return part.select(
        customer_id=texts["customer_id"],
        at=at,
        **{column: texts[column] for column in _TEXTS[1:]},
        amount=number("amount"),
        minutes=number("minutes"),
        effort=number("effort"),
        second=part.second,
    )


def _kind(name: str) -> ibis.StringValue:
    import ibis

    return ibis.literal(name)


def _orders(known: links.Known) -> ibis.Table:
    table = known.orders
    return table.select(
        "order_id", "at", "second", "channel", "found",
        customer_id=table.customer, kind=_kind("order"), id=table.order_id, amount=table.revenue,
    )  # fmt: skip


def _lines(order_lines: Frame, known: links.Known) -> ibis.Table:
    """Order lines at the moment of their order; those of no order known have no moment and are left out."""
    table = links.by_order(read(order_lines, "order_lines"), known)
    orders = known.orders.select(of="order_id", at="at", second="second")
    table = table.inner_join(orders, table.order == orders.of)
    return table.select(
        "product_id", "at", "second", "found",
        customer_id=table.customer, kind=_kind("line"), id=table.order, order_id=table.order,
        topic=table.category, amount=table.quantity * table.price,
    )  # fmt: skip


def _returns(returns: Frame, known: links.Known) -> ibis.Table:
    table = links.by_order(read(returns, "returns"), known)
    return table.select(
        "product_id", "at", "second", "found",
        customer_id=table.customer, kind=_kind("return"), id=table.order_id.coalesce(table.order),
        order_id=table.order, topic=table.reason, amount=-table.amount,
    )  # fmt: skip


def _contacts(contacts: Frame, known: links.Known) -> ibis.Table:
    table = links.link_contacts(contacts, known)
    return table.select(
        "product_id", "at", "second", "channel", "topic", "found",
        customer_id=table.customer, kind=_kind("contact"), id=table.contact_id, order_id=table.order,
        minutes=table.handling_minutes,
    )  # fmt: skip


def _answers(effort_survey: Frame, known: links.Known) -> ibis.Table:
    table = links.link(read(effort_survey, "effort_survey"), known)
    most = functools.reduce(
        lambda one, two: (two > one).fill_null(one.isnull()).ifelse(two, one),
        [table.choosing, table.buying, table.after],
    )
    return table.select(
        "at",
        "second",
        "found",
        customer_id=table.customer,
        kind=_kind("answer"),
        order_id=table.order,
        effort=most,
    )


def _visits(events: Frame, known: links.Known) -> ibis.Table:
    table = links.link_visits(links.visits(events), known)
    return table.select(
        "at", "second", "minutes", "found",
        customer_id=table.customer, kind=_kind("visit"), id=table.visit_id, topic=table.step, channel=table.device,
    )  # fmt: skip
