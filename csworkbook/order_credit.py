"""Which orders are credited to which contact? Credited is not caused.

An order is looked for after every contact, of the same customer and within a window. Where several contacts came
before it, a rule says whose it is: the last one's (as the handbook counts), the first one's, all of them in equal
parts, or every one's whole (then it counts more than once). Contacts whose window is not over are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.repeats import duration

if TYPE_CHECKING:
    import ibis

    Frame = pd.DataFrame | ibis.Table

Rule = Literal["last", "first", "equal", "every"]
RULES = ("last", "first", "equal", "every")
STAGES = ("before", "after")
OF_CONTACT = (
    "contact_id", "customer", "channel", "agent", "topic", "stage", "second", "month", "given_up", "handled",
)  # fmt: skip
_SUMS = ("orders", "revenue", "earned")
_READ = (
    "order_id", "customer_id", "email_hash", "ordered_at", "revenue", "margin", "refunded", "first_order",
)  # fmt: skip


def credited(
    contacts: Frame,
    orders: Frame,
    *,
    within: str = "14D",
    rule: Rule = "last",
    stage: str | None = None,
    margin: float = 0.35,
    zone: str = "UTC",
) -> ibis.Table:
    """What every contact of a known customer is credited with.

    The customer of a contact is the one that the orders know by its customer id, else by its e-mail address. An
    order counts when it came strictly after the contact was opened, at most `within` later. A contact that was
    given up is credited with nothing, and takes nothing from the others. Left out are contacts whose window reaches
    past the last order, those whose window was over before the first order, and those of nobody known or without
    a channel (`left_out` counts them).

    Parameters
    ----------
    within : str
        A pandas duration of at least a day.
    rule : str
        "last" (contact before the order), "first", "equal" (parts) or "every" (contact, the whole order).
    stage : str, optional
        Only contacts "before" or "after" buying, where the contacts tell; None = all.
    margin : float
        Share of revenue (0–1) for orders without a margin of their own.
    zone : str
        The shop's zone, for the month of a contact.

    Returns
    -------
    ibis.Table
        One row per contact: contact_id, customer, channel, agent, topic, stage, second, month, given_up, handled,
        bought (an order followed, whatever the rule), orders (how many are credited; parts add up), revenue and
        earned (money; the margin, net of what was paid back), new_customer (no order before the contact).
        Of frames it is worked out once.

    Raises
    ------
    DataError
        When a required column is missing, or no row of a table has a time.
    SettingError
        When the window, the rule, the stage or the margin is none.

    >>> at = pd.to_datetime(["2026-01-01", "2026-01-05", "2026-03-01"], utc=True)
    >>> asked = pd.DataFrame({"contact_id": ["1", "2", "3"], "customer_id": "ann", "opened_at": at,
    ...                       "channel": ["phone", "chat", "chat"], "topic": "size"})
    >>> bought = pd.DataFrame({"order_id": ["a", "b"], "customer_id": ["ann", "bob"], "revenue": 100.0,
    ...                        "ordered_at": pd.to_datetime(["2026-01-06", "2026-03-20"], utc=True)})
    >>> found = credited(asked, bought, rule="equal").order_by("contact_id").to_pandas()
    >>> found[["channel", "orders", "earned"]].to_numpy().tolist()
    [['phone', 0.5, 17.5], ['chat', 0.5, 17.5], ['chat', 0.0, 0.0]]
    """
    require_rule(rule)
    rules = RULES if isinstance(contacts, pd.DataFrame) else (rule,)  # of a frame all of it is kept
    table = _by_rules(contacts, orders, within, stage, margin, zone, rules)
    sums = {name: table[f"{name}_{rule}"] for name in _SUMS}
    return table.select(*OF_CONTACT, "bought", **sums, new_customer=table.new_customer)


def by_every_rule(
    contacts: Frame,
    orders: Frame,
    *,
    within: str = "14D",
    stage: str | None = None,
    margin: float = 0.35,
    zone: str = "UTC",
) -> ibis.Table:
    """As `credited` by all rules at once: orders_last, revenue_last, earned_last, orders_first …"""
    return _by_rules(contacts, orders, within, stage, margin, zone, RULES)


def _by_rules(
    contacts: Frame,
    orders: Frame,
    within: str,
    stage: str | None,
    margin: float,
    zone: str,
    rules: tuple[str, ...],
) -> ibis.Table:
    """`credited` by some rules. A large table's engine keeps only which orders came after which contacts."""
    span, seconds = duration(within), int(duration(within).total_seconds())
    require_terms(stage, margin)
    told_of = known(orders)

    def weighed() -> ibis.Table:
        from csworkbook import engine

        pairs = _pairs(asked_by(contacts, orders, stage, zone), told_of.bought, seconds)
        found = _weighed(pairs, rules)
        return found if isinstance(contacts, pd.DataFrame) else engine.kept(found)

    def made() -> ibis.Table:
        from csworkbook import engine

        asked = asked_by(contacts, orders, stage, zone)
        sums = _sums(
            _kept(contacts, told_of, ("weighed", span, stage, rules), weighed), margin, told_of, rules
        )
        inside = (asked.second + seconds <= told_of.last) & (asked.second + seconds >= told_of.first)
        told = asked.filter(asked.customer.notnull() & asked.channel.notnull() & inside)
        found = _with_sums(_with_firsts(told, told_of.buyers), sums)
        return engine.kept(found) if isinstance(contacts, pd.DataFrame) else found

    return _kept(contacts, told_of, ("credited", span, stage, margin, zone, rules), made)


def left_out(
    contacts: Frame, orders: Frame, *, within: str = "14D", stage: str | None = None, zone: str = "UTC"
) -> dict[str, int]:
    """How many contacts `credited` counts, and how many it leaves out for which reason.

    Returns
    -------
    dict
        counted; nobody (no known customer), no_channel, open (the window is not over), early (over before the
        first order), stage (of another stage, or of none).
    """
    seconds = int(duration(within).total_seconds())
    require_terms(stage, 0.0)
    told_of = known(orders)

    def made() -> dict[str, int]:
        import ibis

        asked = asked_by(contacts, orders, stage, zone)
        why = ibis.cases(
            (asked.customer.isnull(), "nobody"),
            (asked.channel.isnull(), "no_channel"),
            (asked.second + seconds > told_of.last, "open"),
            (asked.second + seconds < told_of.first, "early"),
            else_="counted",
        )
        counts = asked.group_by(why=why).agg(n=asked.count()).to_pandas().set_index("why")["n"]
        reasons = ("counted", "nobody", "no_channel", "open", "early")
        found = {name: int(counts.get(name, 0)) for name in reasons}
        whole = 0 if stage is None else int(asked_by(contacts, orders, None, zone).count().to_pandas())
        return found | {"stage": max(whole - sum(found.values()), 0)}

    return _kept(contacts, told_of, ("left out", seconds, stage, zone), made)


def require_rule(rule: str) -> None:
    """Raise a SettingError unless orders can be credited like this."""
    if rule not in RULES:
        raise SettingError(
            _("“{rule}” is no way to credit an order.").format(rule=rule), allowed=join(list(RULES))
        )


def require_terms(stage: str | None, margin: float) -> None:
    """Raise a SettingError for a stage that there is not, or a margin that is no share."""
    if stage is not None and stage not in STAGES:
        raise SettingError(
            _("“{stage}” is no stage of buying.").format(stage=stage), allowed=join(list(STAGES))
        )
    if not 0 <= margin <= 1:
        raise SettingError(
            _("The margin {value} is no share of the revenue.").format(value=margin),
            allowed=_("0 to 1, such as 0.35."),
        )


def _kept(contacts: Frame, known: Known, key: tuple, made: Callable[[], Any]) -> Any:
    """What was worked out for these two tables, while both are as they were."""
    return remembered(contacts, (*key, known), made)


# ---------------------------------------------------------------- the two tables
@dataclass(frozen=True, eq=False)
class Known:
    """Every order once, and between which seconds they lie.

    Attributes
    ----------
    bought : ibis.Table
        order_id, customer (by its id, else by its address), at (second), revenue, margin, refunded, first_order.
    buyers : ibis.Table
        buyer, began (second of the first order), fresh (whether there was none before this table).
    """

    bought: ibis.Table
    buyers: ibis.Table
    first: int
    last: int

    def mean(self, margin: float) -> float:
        """The mean margin of an order, for those of which no amount is known."""
        found = earned(self.bought, margin).mean().to_pandas()
        if found is None or found != found:
            raise DataError(
                _("None of these orders has a value."),
                allowed=_("A column with the value of every order, above zero."),
                next_step=_("Look on this page which column was taken for the revenue."),
            )
        return float(found)


def known(orders: Frame) -> Known:
    """What the orders tell; one object as long as they are as they were."""
    return remembered(orders, "known", lambda: _known(orders))


def _known(orders: Frame) -> Known:
    from csworkbook import engine
    from csworkbook.ledger import links

    table = engine.table(orders, "orders", _READ)
    table = table.mutate(customer=table.customer_id)
    if "email_hash" in orders.columns:
        mails = links.known(orders).mails
        table = table.left_join(mails, table.email_hash == mails.mail)
        table = table.mutate(customer=table.customer_id.coalesce(table.mail_customer))
    table = table.mutate(second=engine.second(table.ordered_at), revenue=_finite(table.revenue))
    table = table.mutate(margin=_finite(table.margin), refunded=_finite(table.refunded))
    table = table.filter(table.second.notnull() & table.order_id.notnull())
    columns = ("order_id", "customer", "revenue", "margin", "refunded", "first_order")
    bought = _once(table).select(*columns, at="second")
    bought = engine.kept(bought)
    ends = bought.aggregate(first=bought["at"].min(), last=bought["at"].max()).to_pandas().iloc[0]
    if ends.isna().any():
        raise DataError(
            _("There is no order with a time in this table."),
            allowed=_("At least one row with an order number and the moment of the order."),
            next_step=_("Look on this page which column was taken for the time."),
        )
    buyers = _firsts(bought)
    buyers = buyers if isinstance(orders, pd.DataFrame) else engine.kept(buyers)
    return Known(bought, buyers, int(ends["first"]), int(ends["last"]))


def _finite(value: ibis.FloatingValue) -> ibis.FloatingValue:
    return (value.isnan() | value.isinf()).ifelse(None, value)


def _once(table: ibis.Table) -> ibis.Table:
    """One row for each order: the earliest, of those the one with the smallest amounts."""
    import ibis

    by = [table.second, table.customer, table.revenue, table.margin, table.refunded]
    picked = table.mutate(turn=ibis.row_number().over(ibis.window(group_by="order_id", order_by=by)))
    return picked.filter(picked.turn == 0).drop("turn")


def asked_by(contacts: Frame, orders: Frame, stage: str | None, zone: str) -> ibis.Table:
    """The contacts of a stage with the customer that the orders know, if they do."""
    import ibis

    from csworkbook.contacts import facts

    table = facts(contacts, zone=zone)
    if stage is not None:
        table = table.filter((table.stage == stage).fill_null(False))
    nameless = ibis.literal("at ") + table.second.cast("string") + " " + table.customer.coalesce("")
    table = table.select(*OF_CONTACT).mutate(contact_id=table.contact_id.coalesce(nameless))
    if "email_hash" not in contacts.columns or "email_hash" not in orders.columns:
        return table
    return _by_mail(table, contacts, orders)


def _by_mail(table: ibis.Table, contacts: Frame, orders: Frame) -> ibis.Table:
    """Contacts whose customer id the orders do not know, by their e-mail address."""
    from csworkbook import engine
    from csworkbook.ledger import links

    known = links.known(orders)
    sent = engine.table(contacts, "contacts", ["contact_id", "email_hash"])
    sent = sent.group_by(sent_id=sent.contact_id).agg(sent_mail=sent.email_hash.min())
    customers = known.customers.rename(own="customer")
    table = table.left_join(customers, table.customer == customers.own)
    table = table.left_join(sent, table.contact_id == sent.sent_id)
    table = table.left_join(known.mails, table.sent_mail == known.mails.mail)
    customer = table.own.coalesce(table.mail_customer, table.customer, table.sent_mail)
    return table.mutate(customer=customer).select(*OF_CONTACT)


# ---------------------------------------------------------------- orders after contacts
def _pairs(asked: ibis.Table, bought: ibis.Table, seconds: int) -> ibis.Table:
    """Every contact that was not given up beside every order in its window."""
    asked = asked.filter(asked.customer.notnull() & asked.channel.notnull() & ~asked.given_up)
    left = asked.select("contact_id", "second", who=asked.customer)
    both = left.inner_join(
        bought,
        [left.who == bought.customer, bought["at"] > left.second, bought["at"] <= left.second + seconds],
    )
    return both.select("contact_id", "second", "order_id", "revenue", "margin", "refunded")


def earned(bought: ibis.Table, margin: float) -> ibis.FloatingValue:
    """The margin of an order, less that on what was paid back (as `order_value.margins`)."""
    part = (bought.revenue > 0).ifelse(bought.refunded.fill_null(0.0) / bought.revenue, 0.0).fill_null(0.0)
    return bought.margin.coalesce(bought.revenue * margin) * (1 - part.clip(0.0, 1.0))


def _weighed(pairs: ibis.Table, rules: tuple[str, ...]) -> ibis.Table:
    """The pairs with the part of the order that each rule credits to the contact."""
    import ibis

    latest = ibis.window(group_by="order_id", order_by=[pairs.second.desc(), pairs.contact_id.desc()])
    earliest = ibis.window(group_by="order_id", order_by=[pairs.second, pairs.contact_id])
    weights = {
        "last": (ibis.row_number().over(latest) == 0).cast("float64"),
        "first": (ibis.row_number().over(earliest) == 0).cast("float64"),
        "equal": 1.0 / pairs.count().over(ibis.window(group_by="order_id")),
        "every": ibis.literal(1.0),
    }
    return pairs.mutate(**{rule: weights[rule] for rule in rules}).drop("order_id", "second")


def _sums(weighed: ibis.Table, margin: float, told_of: Known, rules: tuple[str, ...]) -> ibis.Table:
    """Per contact what each rule credits it with."""
    import ibis

    worth = {
        "orders": ibis.literal(1.0),
        "revenue": weighed.revenue.fill_null(0.0),
        "earned": earned(weighed, margin).fill_null(told_of.mean(margin)),
    }
    weighed = weighed.mutate(**{f"worth_{name}": value for name, value in worth.items()})
    sums = {
        f"{name}_{rule}": (weighed[f"worth_{name}"] * weighed[rule]).sum() for rule in rules for name in _SUMS
    }
    return weighed.group_by(credited_id=weighed.contact_id).agg(**sums)


def _firsts(bought: ibis.Table) -> ibis.Table:
    """buyer, began, fresh: every customer's first order, of two at one moment the one with the lower number."""
    import ibis

    turn = ibis.row_number().over(ibis.window(group_by="customer", order_by=["at", "order_id"]))
    firsts = bought.filter(bought.customer.notnull()).mutate(turn=turn)
    firsts = firsts.filter(firsts.turn == 0)
    return firsts.select(buyer="customer", began="at", fresh=firsts.first_order.fill_null(True))


def _with_firsts(told: ibis.Table, firsts: ibis.Table) -> ibis.Table:
    """new_customer: no order before the contact, in this table or (where it tells) before it."""
    both = told.left_join(firsts, told.customer == firsts.buyer)
    known = both.buyer.notnull() & ((both.began <= both.second) | ~both.fresh)
    return both.mutate(new_customer=~known.fill_null(False)).drop("buyer", "began", "fresh")


def _with_sums(told: ibis.Table, sums: ibis.Table) -> ibis.Table:
    both = told.left_join(sums, told.contact_id == sums.credited_id)
    zero = {name: both[name].fill_null(0.0) for name in sums.columns if name != "credited_id"}
    return both.mutate(bought=both.credited_id.notnull(), **zero).drop("credited_id")
