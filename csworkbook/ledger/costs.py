"""What do contacts cost: handling, coming back, and what was paid back afterwards?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.engine import held
from csworkbook.ledger import links
from csworkbook.ledger.sources import DAY, has, read

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from csworkbook.ledger.sources import Frame

YEAR = 365.25  # days


@dataclass(frozen=True)
class Terms:
    """What a contact is reckoned with: euro an hour, margin (share, 0–1), and windows in days."""

    hourly_cost: float
    margin: float
    within_days: int
    refund_days: int
    after_days: int


@dataclass(frozen=True)
class Span:
    """The time the contacts cover.

    Attributes
    ----------
    first, last : int
        Seconds of the first and the last contact.
    refunds_until : int
        Contacts after this second have a refund window that is not over yet.
    """

    first: int
    last: int
    refunds_until: int

    @property
    def days(self) -> float:
        """Days between the first and the last contact, at least one."""
        return max((self.last - self.first) / DAY, 1.0)

    @property
    def a_year(self) -> float:
        """What the contacts are multiplied with to get a year's."""
        return YEAR / self.days

    @property
    def refunds_a_year(self) -> float:
        """The same for refunds, of which only finished windows count; 0 where none is finished."""
        days = (min(self.refunds_until, self.last) - self.first) / DAY
        return YEAR / max(days, 1.0) if days > 0 else 0.0


def alone(contacts: Frame) -> ibis.Table:
    """The contacts of a shop without orders, shaped as linked ones: customers by their own ids."""
    import ibis

    table = read(contacts, "contacts").drop("text")
    customer = table.customer_id.coalesce(table.email_hash)
    return table.mutate(customer=customer, order=ibis.null("string"), found=ibis.literal("no_id"))


def span(linked: ibis.Table, refunds: ibis.Table | None, refund_days: int) -> Span | None:
    """The time the contacts cover, or None without any."""
    ends = linked.aggregate(first=linked.second.min(), last=linked.second.max()).to_pandas().iloc[0]
    if not ends.notna().all():
        return None
    last = None if refunds is None else refunds.second.max().to_pandas()
    until = ends["first"] if last is None or last != last else last - refund_days * DAY
    return Span(int(ends["first"]), int(ends["last"]), int(until))


def paid_back(orders: Frame, returns: Frame | None, known: links.Known, terms: Terms) -> ibis.Table | None:
    """order, second, amount: what was paid back and when, or None where no table tells.

    Returns count with their amount. An order without a return counts with what `orders` says was
    refunded, as if it were paid at the end of the refund window, because nobody says when.
    """
    back = None
    if has(returns, "amount"):
        back = links.by_order(read(returns, "returns"), known)
        back = back.filter(back.order.notnull() & (back.amount > 0)).select("order", "second", "amount")
    if not has(orders, "refunded"):
        return back
    known_orders = known.orders.filter(known.orders.refunded > 0)
    if back is not None:
        known_orders = known_orders.anti_join(back, known_orders.order_id == back.order)
    undated = known_orders.select(
        order=known_orders.order_id,
        second=known_orders.second + terms.refund_days * DAY,
        amount=known_orders.refunded,
    )
    return undated if back is None else back.union(undated)


def credited(linked: ibis.Table, refunds: ibis.Table, days: int) -> ibis.Table:
    """credited_id, refunded: every refund at the last contact about its order in the `days` before it."""
    import ibis

    asked = linked.filter(linked.order.notnull()).select(
        "order", "second", credited_id="contact_id", amount=ibis.null("float64")
    )
    paid = refunds.select("order", "second", credited_id=ibis.null("string"), amount=refunds.amount)
    both = asked.union(paid)
    both = both.mutate(paid=both.amount.notnull().cast("int64"))
    so_far = ibis.cumulative_window(group_by="order", order_by=["second", "paid", "credited_id"])
    both = both.mutate(
        turn=(1 - both.paid).sum().over(so_far),
        asked=both.second.max(where=both.paid == 0).over(so_far),
    )
    in_time = (both.paid == 1) & (both.second - both.asked <= days * DAY)
    sums = both.mutate(refunded=both.amount.sum(where=in_time).over(group_by=["order", "turn"]))
    return sums.filter((sums.paid == 0) & (sums.refunded > 0)).select("credited_id", "refunded")


def costed(linked: ibis.Table, refunds: ibis.Table | None, time: Span, terms: Terms) -> ibis.Table:
    """One row a contact: topic, person, cost, again, followed, finished, guessed, refunded, refund_finished.

    `person` is the customer, or the contact itself where nobody is known, so that such contacts never
    follow each other. `again`: the same person about the same topic within the window before.
    """
    import ibis

    topic = linked.topic.coalesce("")
    person = linked.customer.coalesce(ibis.literal("contact ").concat(linked.contact_id))
    table = _minutes(linked.mutate(topic=topic, person=person))
    order = ibis.window(group_by=["person", "topic"], order_by=["second", "contact_id"])
    window = terms.within_days * DAY
    named = table.customer.notnull() & (table.topic != "")
    table = table.mutate(
        cost=table.spent * terms.hourly_cost / 60,
        again=named & (table.second - table.second.lag().over(order) <= window).fill_null(False),
        followed=named & (table.second.lead().over(order) - table.second <= window).fill_null(False),
        finished=named & (table.second + window <= time.last),
        refund_finished=table.order.notnull() & (table.second <= time.refunds_until),
    )
    if refunds is None:
        return table.mutate(refunded=ibis.literal(0.0))
    back = credited(table, refunds, terms.refund_days)
    table = table.left_join(back, table.contact_id == back.credited_id)
    return table.mutate(refunded=table.refund_finished.ifelse(table.refunded, 0.0).coalesce(0.0))


def _minutes(table: ibis.Table) -> ibis.Table:
    """Minutes spent: as noted, none for an abandoned contact, else the mean of the channel, else of all."""
    given = table.handling_minutes
    mean = given.mean().over(group_by="channel").coalesce(given.mean().over())
    nobody = table.abandoned.fill_null(False)
    spent = given.coalesce(nobody.ifelse(0.0, mean)).coalesce(0.0)
    return table.mutate(spent=spent, guessed=given.isnull() & ~nobody)


def by_topic(contacts: ibis.Table, time: Span, terms: Terms) -> tuple[pd.DataFrame, pd.Series]:
    """Sums per topic, and of all topics together; money per year.

    A year's cost is a sum over people of what each happened to cost, and how many got in touch is
    chance too: its variance is the sum of the squares of what every person cost.
    """
    c = contacts
    paid = c.refunded * terms.margin * time.refunds_a_year
    again, kept = c.again.cast("int64"), c.finished.cast("int64")
    sums = {
        "contacts": c.count(),
        "minutes": c.spent.sum(),
        "guessed": c.guessed.cast("int64").sum(),
        "repeated": again.sum(),
        "again": (c.followed & c.finished).cast("int64").sum(),
        "finished": kept.sum(),
        "refunded": c.refunded.sum(),
        "refund_n": ((c.refunded > 0) & c.refund_finished).cast("int64").sum(),
        "refund_of": c.refund_finished.cast("int64").sum(),
        "handling": (c.cost * (1 - again)).sum() * time.a_year,
        "repeats": (c.cost * again).sum() * time.a_year,
        "refunds": paid.sum(),
        "total": (c.cost * time.a_year + paid).sum(),
    }
    with held(c.group_by("topic", "person").agg(**sums)) as each:
        return _topics(each, list(sums)), _whole(each)


def _topics(each: ibis.Table, sums: list[str]) -> pd.DataFrame:
    topics = each.group_by("topic").agg(
        **{name: each[name].sum() for name in sums},
        people=each.count(),
        square=(each.total * each.total).sum(),
    )
    return topics.to_pandas()


def _whole(each: ibis.Table) -> pd.Series:
    people = each.group_by("person").agg(total=each.total.sum())
    whole = people.aggregate(total=people.total.sum(), square=(people.total * people.total).sum())
    return whole.to_pandas().iloc[0]
