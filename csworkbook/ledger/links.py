"""Whose is it? Every row of a table beside the customer and the order it belongs to, or why there is none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.engine import held
from csworkbook.ledger.sources import DAY, has, read

if TYPE_CHECKING:
    import ibis

    from csworkbook.ledger.sources import Frame

# by which key a row was found in the orders, and why it was not: the first of each list that holds
KEYS = ("customer", "email", "order", "text")
REASONS = ("conflict", "several", "no_id", "before", "after", "order_unknown", "id_unknown")
MOST_NAMED = 3  # order numbers looked for in one text
_PAUSE = 1800  # seconds
LEAST_DIGITS = 3  # a shorter number in a text is no order number
_LEAD = (
    r"(?:#|\b(?:orders?|order[- ]?(?:nummer|number|nr|no|id)|bestelling(?:en)?|bestel(?:lings?)?[- ]?(?:nummer|nr|code)"
    r"|ordn(?:umme)?r|purchase order)\b)"
    r"(?:\s*(?:nummer|number|num|nr|no|id|is|was|met|with|van|of)\b)*[\s.:#=(]{0,4}"
)
_NUMBER = r"([A-Za-z]{0,6}-?[0-9]+(?:-[0-9]+){0,3})"
_NAMED = "(?i)" + _LEAD + _NUMBER
_NUMBERED = r"^[^0-9]{0,8}[0-9][0-9 ./-]*$"


@dataclass(frozen=True)
class Known:
    """What the orders know: whose each order is, whose each e-mail address, and how an order is named.

    Attributes
    ----------
    orders : ibis.Table
        The orders with `customer`, the pseudonym of whoever ordered, and `found`: by which key.
    customers : ibis.Table
        customer, once each.
    mails : ibis.Table
        mail, mail_customer (null where several customers share it), mail_several.
    numbers : ibis.Table
        token (an order number without signs and leading zeros), named_order, named_customer (both
        null where several orders could be meant), named_several, whole (not only its digits).
    """

    orders: ibis.Table
    customers: ibis.Table
    mails: ibis.Table
    numbers: ibis.Table

    @property
    def first(self) -> ibis.Scalar:
        """The second of the first order."""
        return self.orders.second.min().as_scalar()

    @property
    def last(self) -> ibis.Scalar:
        """The second of the last order."""
        return self.orders.second.max().as_scalar()


def known(orders: Frame) -> Known:
    """What can be looked up in the orders.

    The customer of an order is its own `customer_id`; a guest's is the one customer who ordered with
    the same e-mail address, or the address itself (hashed) where no order of it has a customer. An
    order with neither has no customer, and two such orders never have anything to do with each other.
    """
    table = read(orders, "orders")
    mails = _mails(table)
    joined = table.left_join(mails, table.email_hash == mails.mail)
    customer = joined.customer_id.coalesce(joined.mail_customer)
    found = _first(
        ("customer", joined.customer_id.notnull()),
        ("email", joined.mail_customer.notnull()),
        ("several", joined.mail_several.fill_null(False)),
        otherwise="no_id",
    )
    table = joined.mutate(customer=customer, found=found).drop("mail", "mail_customer", "mail_several")
    return Known(table, _customers(table), mails, _numbers(table))


@contextlib.contextmanager
def looked_up(orders: Frame) -> Iterator[Known]:
    """What can be looked up in the orders, worked out once and kept by the engine inside the ``with`` block."""
    with contextlib.ExitStack() as stack:
        keep = stack.enter_context
        table = keep(held(known(orders).orders))
        parts = [keep(held(part(table))) for part in (_customers, _mails, _numbers)]
        yield Known(table, *parts)


def _customers(orders: ibis.Table) -> ibis.Table:
    return orders.filter(orders.customer.notnull()).select("customer").distinct()


def _mails(orders: ibis.Table) -> ibis.Table:
    by_mail = orders.filter(orders.email_hash.notnull()).group_by(mail=orders.email_hash)
    ends = by_mail.agg(low=orders.customer_id.min(), high=orders.customer_id.max())
    several = (ends.low != ends.high).fill_null(False)
    one = several.ifelse(None, ends.low.coalesce(ends.mail))
    return ends.select("mail", mail_customer=one, mail_several=several)


# ---------------------------------------------------------------- order numbers
def _letters(number: ibis.StringValue) -> ibis.StringValue:
    return number.re_replace("[^A-Za-z]+", "").upper()


def _digits(number: ibis.StringValue) -> ibis.StringValue:
    return number.re_replace("[^0-9]+", "").re_replace("^0+", "")


def _numbers(orders: ibis.Table) -> ibis.Table:
    """How orders are named: "#NL-0012" as "NL12", and as "12" where no order is called just that."""
    orders = orders.filter(orders.order_id.notnull())
    letters, digits = _letters(orders.order_id), _digits(orders.order_id)
    whole = orders.select("order_id", "customer", token=letters + digits, whole=True)
    short = orders.filter((letters != "") & orders.order_id.re_search(_NUMBERED))
    short = short.select("order_id", "customer", token=_digits(short.order_id), whole=False)
    both = whole.union(short)
    named = (
        both.filter(both.token != "")
        .group_by("token")
        .agg(
            low=both.order_id.min(where=both.whole),
            high=both.order_id.max(where=both.whole),
            who=both.customer.max(where=both.whole),
            low_any=both.order_id.min(),
            high_any=both.order_id.max(),
            who_any=both.customer.max(),
        )
    )
    is_whole = named.low.notnull()
    several = is_whole.ifelse(named.low != named.high, named.low_any != named.high_any)
    return named.select(
        "token",
        named_order=several.ifelse(None, named.low.coalesce(named.low_any)),
        named_customer=several.ifelse(None, is_whole.ifelse(named.who, named.who_any)),
        named_several=several,
        whole=is_whole,
    )


def name_orders(table: ibis.Table, numbers: ibis.Table, column: str = "order_id") -> ibis.Table:
    """The table with the order that each row's number names: named_order, named_customer, named_several.

    Signs and leading zeros make no difference. Letters before the number do where both sides have
    them: "NL-12" is "12" if there is one such order, never "BE-12".
    """
    number = table[column]
    letters, digits = _letters(number), _digits(number)
    short = ((letters != "") & number.re_search(_NUMBERED)).ifelse(digits, None)
    table = table.mutate(_token=(letters + digits).nullif(""), _short=short)
    looked = table.left_join(numbers, table._token == numbers.token).drop("token", "whole")
    plain = numbers.filter(numbers.whole).select(
        short_token="token",
        short_order="named_order",
        short_customer="named_customer",
        short_several="named_several",
    )
    looked = looked.left_join(plain, looked._short == plain.short_token)
    own = looked.named_several.notnull()
    return looked.mutate(
        named_order=looked.named_order.coalesce(own.ifelse(None, looked.short_order)),
        named_customer=own.ifelse(looked.named_customer, looked.short_customer),
        named_several=looked.named_several.coalesce(looked.short_several).fill_null(False),
    ).drop("_token", "_short", "short_token", "short_order", "short_customer", "short_several")


def _nth(k: int) -> str:
    """The pattern of the number after `k` others."""
    before = _LEAD + _NUMBER.replace("(", "(?:", 1) + r"[\s\S]*?"
    return "(?i)" + before * k + _LEAD + _NUMBER


def in_texts(contacts: ibis.Table, numbers: ibis.Table) -> ibis.Table:
    """Per contact that names an order in its text: text_order, text_customer, text_several, text_id.

    Up to three numbers after "#", "order", "bestelling" and the like; a number is an order only when
    exactly one order is called so. Two orders of one customer name the customer and no order.
    """
    import ibis

    naming = contacts.filter(contacts.contact_id.notnull() & contacts.text.re_search(_NAMED))
    found = {f"n{k}": naming.text.re_extract(_nth(k), 1) for k in range(MOST_NAMED)}
    naming = naming.select("contact_id", **found)
    each = naming.cross_join(ibis.memtable({"k": list(range(MOST_NAMED))}))
    number = ibis.cases(*[(each.k == k, each[f"n{k}"]) for k in range(MOST_NAMED)])
    each = each.select("contact_id", number=number.nullif(""))
    each = name_orders(each.filter(_digits(each.number).length() >= LEAST_DIGITS), numbers, "number")
    ends = each.group_by("contact_id").agg(
        low=each.named_order.min(),
        high=each.named_order.max(),
        who=each.named_customer.min(),
        who_else=each.named_customer.max(),
        unclear=each.named_several.cast("int64").max(),
    )
    several = (ends.who != ends.who_else).fill_null(False) | ((ends.unclear == 1) & ends.low.isnull())
    return ends.select(
        text_id=ends.contact_id,
        text_order=((ends.low == ends.high) & ~several).ifelse(ends.low, None),
        text_customer=several.ifelse(None, ends.who),
        text_several=several,
    )


# ---------------------------------------------------------------- whose is a row
def link(table: ibis.Table, orders: Known, texts: ibis.Table | None = None) -> ibis.Table:
    """The table with `customer`, `order` and `found` for every row.

    A row is looked up by its own customer id, its e-mail address, its order number, and (only where
    it has no order that exists) the order number in its text. The customer is what they agree on;
    where they name different customers the row belongs to nobody (`found` is "conflict"). A row that
    the orders do not know keeps its own id, so that the contacts of someone who never bought are
    still one person's.
    """
    import ibis

    table = table.left_join(orders.customers, table.customer_id == orders.customers.customer)
    table = table.rename(own="customer")
    table = table.left_join(orders.mails, table.email_hash == orders.mails.mail)
    table = name_orders(table, orders.numbers)
    if texts is None:
        nothing = ibis.null("string")
        table = table.mutate(
            text_id=nothing, text_order=nothing, text_customer=nothing, text_several=ibis.literal(False)
        )
    else:
        table = table.left_join(texts, table.contact_id == texts.text_id)
    read_text = table.named_order.isnull()
    table = table.mutate(
        text_order=read_text.ifelse(table.text_order, None),
        text_customer=read_text.ifelse(table.text_customer, None),
    )
    named = [table.own, table.mail_customer, table.named_customer, table.text_customer]
    one = ibis.coalesce(*named)
    table = table.mutate(one=one, conflict=_any(*[(name != one).fill_null(False) for name in named]))
    found = _first(*_outcomes(table, orders), otherwise="id_unknown")
    own_id = table.customer_id.coalesce(table.email_hash)
    customer = table.conflict.ifelse(None, table.one.coalesce(own_id))
    linked = table.mutate(customer=customer, order=table.named_order.coalesce(table.text_order), found=found)
    return linked.drop(
        "own", "mail", "mail_customer", "mail_several", "named_order", "named_customer", "named_several",
        "text_id", "text_order", "text_customer", "text_several", "one", "conflict",
    )  # fmt: skip


def _outcomes(t: ibis.Table, orders: Known) -> list[tuple[str, ibis.BooleanValue]]:
    text = t.text_order.notnull() | t.text_customer.notnull()
    has_number = t.order_id.notnull() | t.text_id.notnull()
    return [
        ("conflict", t.conflict),
        ("customer", t.own.notnull()),
        ("email", t.mail_customer.notnull()),
        ("order", t.named_order.notnull()),
        ("text", text),
        ("several", _any(t.mail_several, t.named_several, t.text_several)),
        ("no_id", ~(t.customer_id.notnull() | t.email_hash.notnull() | has_number)),
        ("before", t.second < orders.first),
        ("after", t.second > orders.last),
        ("order_unknown", has_number),
    ]


def link_contacts(contacts: Frame, orders: Known) -> ibis.Table:
    """The contacts with `customer`, `order` and `found`, order numbers in their texts included."""
    table = read(contacts, "contacts")
    texts = in_texts(table, orders.numbers) if has(contacts, "text") else None
    return link(table, orders, texts).drop("text")


def by_order(table: ibis.Table, orders: Known) -> ibis.Table:
    """A table that has only an order number (returns, order lines) with `customer`, `order` and `found`."""
    table = name_orders(table, orders.numbers)
    times = (
        []
        if "second" not in table.columns
        else [("before", table.second < orders.first), ("after", table.second > orders.last)]
    )
    found = _first(
        ("order", table.named_order.notnull()),
        ("several", table.named_several),
        ("no_id", table.order_id.isnull()),
        *times,
        otherwise="order_unknown",
    )
    linked = table.mutate(customer=table.named_customer, order=table.named_order, found=found)
    return linked.drop("named_order", "named_customer", "named_several")


def visits(events: Frame) -> ibis.Table:
    """One row a visit: visit_id, customer_id, at, second, step (its last), device, minutes, several.

    A visit is a session, or what a visitor does in a day where an event has none; a table without
    sessions is cut where a visitor pauses for half an hour. Its customer is the one any of its events
    names; `several` tells whether they name more than one.
    """
    table = read(events, "events")
    if has(events, "session_id"):
        own = table.session_id.notnull().ifelse(0, (table.second / DAY).floor().cast("int64"))
    else:
        table, own = _paused(table)
    table = table.mutate(own=own, visit=table.session_id.coalesce(table.visitor_id))
    grouped = table.group_by("visitor_id", "visit", "own").agg(
        low=table.customer_id.min(),
        high=table.customer_id.max(),
        at=table.at.min(),
        second=table.second.min(),
        step=table.step.argmax(table.second),
        device=table.device.max(),
        minutes=table.seconds.sum() / 60,
    )
    several = (grouped.low != grouped.high).fill_null(False)
    return grouped.select(
        visit_id="visit", customer_id=several.ifelse(None, grouped.low), at="at", second="second",
        step="step", device="device", minutes="minutes", several=several,
    )  # fmt: skip


def _paused(events: ibis.Table) -> tuple[ibis.Table, ibis.IntegerValue]:
    """The events, and the number of the visit each belongs to by the pauses of its visitor."""
    import ibis

    window = ibis.window(group_by="visitor_id", order_by="second")
    pause = (events.second - events.second.lag().over(window) > _PAUSE).fill_null(True)
    events = events.mutate(pause=pause.cast("int64"))
    return events, events.pause.sum().over(ibis.cumulative_window(group_by="visitor_id", order_by="second"))


def link_visits(visits: ibis.Table, orders: Known) -> ibis.Table:
    """Visits with `customer` and `found`."""
    table = visits.left_join(orders.customers, visits.customer_id == orders.customers.customer)
    found = _first(
        ("customer", table.customer.notnull()),
        ("several", table.several),
        ("no_id", table.customer_id.isnull()),
        ("before", table.second < orders.first),
        ("after", table.second > orders.last),
        otherwise="id_unknown",
    )
    return table.mutate(customer=table.customer_id, found=found)


def _first(*cases: tuple[str, ibis.BooleanValue], otherwise: str) -> ibis.StringValue:
    """The name of the first case that holds."""
    import ibis

    return ibis.cases(*[(holds.fill_null(False), name) for name, holds in cases], else_=otherwise)


def _any(*conditions: ibis.BooleanValue) -> ibis.BooleanValue:
    import functools
    import operator

    return functools.reduce(operator.or_, [condition.fill_null(False) for condition in conditions])
