"""Do customers buy less, or more, after a contact about this than comparable customers do?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.engine import held
from csworkbook.ledger.sources import DAY

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from csworkbook.ledger import links

# days since the last order: a customer is compared with others whose last order is about as long ago
SINCE = (2, 4, 6, 9, 14, 25, 45, 90, 180)
MOMENTS = (1, 3, 5, 7.5, 11.5, 19.5, 35, 67, 135, 270)  # when customers who did not call are looked at
MOST_ORDERS = 4  # this many orders or more are alike
MONTH = 30.4375 * DAY
_LIKE = ["orders_so_far", "since", "month", "known"]


def compare(linked: ibis.Table, known: links.Known, margin: float, after_days: int) -> pd.DataFrame:
    """The margin of later orders per topic, against comparable customers who were not in touch.

    Looked at is a customer's first contact on a topic since his last order, and all he bought in the
    `after_days` that follow. Comparable are moments as long after an order without any contact since,
    of customers with as many orders so far, in the same month, and who had, or had not, been in touch
    before that order. What they did later plays no part in choosing them. Windows that reach past the
    last order in the data are left out.

    Returns
    -------
    DataFrame
        topic, episodes (with comparable customers), people, comparable (mean margin of those),
        later (the mean difference), error (its standard error, by customer), unlike (episodes
        without comparable customers), open (windows not over), never (no order before).
    """
    with held(_states(linked, known, margin, after_days)) as states:
        asked, quiet = _asked(states), _quiet(states)
        with held(_groups(quiet)) as like:
            table = _differences(asked, like)
            chance = _chance(_weights(asked, like).to_pandas()) * _wider(asked, quiet, like)
        left = _left_out(states).to_pandas()
    chance = chance.reindex(table["topic"]).to_numpy()
    table["error"] = (table["own"] + chance / table["episodes"] ** 2) ** 0.5
    found = left.merge(table.drop(columns="own"), on="topic", how="left")
    return found.fillna({"episodes": 0, "people": 0})


def _groups(quiet: ibis.Table) -> ibis.Table:
    """Groups of comparable moments: how many, what is bought after them, and how much that differs."""
    like = quiet.group_by(_LIKE).agg(
        moments=quiet.count(), usual=quiet.bought.mean(), spread=quiet.bought.var()
    )
    return like.filter(like.moments >= 2)


def _chance(weights: pd.DataFrame) -> pd.Series:
    """Per topic the variance that comes from its comparable moments, times its contacts squared."""
    part = weights["n"] ** 2 * weights["spread"] / weights["moments"]
    return part.groupby(weights["topic"]).sum()


def _states(linked: ibis.Table, known: links.Known, margin: float, after_days: int) -> ibis.Table:
    """Orders, contacts and quiet moments in time order, each with what its customer did before and after."""
    import ibis

    stream = _stream(linked, known, margin)
    so_far = ibis.cumulative_window(group_by="customer", order_by=["second", "kind"])
    after = ibis.range_window(group_by="customer", order_by="second", following=(1, after_days * DAY))
    ordered = stream.kind == 0
    stream = stream.mutate(
        orders_so_far=ordered.cast("int64").sum().over(so_far),
        last_order=stream.second.max(where=ordered).over(so_far),
        contacts_so_far=(stream.kind == 1).cast("int64").sum().over(so_far),
        bought=stream.earned.sum().over(after).coalesce(0.0),
    )
    until_order = stream.contacts_so_far.max(where=stream.kind == 0).over(so_far)
    stream = stream.mutate(until_order=until_order)
    days = (stream.second - stream.last_order) / DAY
    since = ibis.cases(*[(days < edge, place) for place, edge in enumerate(SINCE)], else_=len(SINCE))
    many = ibis.cases(*[(stream.orders_so_far == k, k) for k in range(MOST_ORDERS)], else_=MOST_ORDERS)
    return stream.select(
        "customer", "kind", "topic", "second", "bought", "last_order", "anchor",
        exact="orders_so_far", orders_so_far=many, since=since,
        month=(stream.second / MONTH).floor().cast("int64"),
        known=(stream.until_order > 0).cast("int64"),
        quiet=stream.contacts_so_far == stream.until_order,
        open=stream.second + after_days * DAY > known.last,
    )  # fmt: skip


def _stream(linked: ibis.Table, known: links.Known, margin: float) -> ibis.Table:
    import ibis

    bought = known.orders.filter(known.orders.customer.notnull())
    earned = bought.margin.coalesce(bought.revenue * margin)
    nothing, no_topic = ibis.null("float64"), ibis.null("string")
    following = ibis.window(group_by="customer", order_by=["second", "order_id"])
    bought = bought.select(
        "customer", "second", kind=ibis.literal(0), topic=no_topic, earned=earned, anchor="second",
        next_order=bought.second.lead().over(following),
    )  # fmt: skip
    asked = linked.filter(linked.customer.notnull())
    asked = asked.select(
        "customer",
        "second",
        kind=ibis.literal(1),
        topic=asked.topic.coalesce(""),
        earned=nothing,
        anchor="second",
    )
    after = bought.cross_join(ibis.memtable({"wait": [int(days * DAY) for days in MOMENTS]}))
    after = after.mutate(moment=after.second + after.wait)
    after = after.filter((after.moment < after.next_order).fill_null(True) & (after.moment <= known.last))
    after = after.select(
        "customer", second="moment", kind=ibis.literal(2), topic=no_topic, earned=nothing, anchor="anchor"
    )
    return bought.drop("next_order").union(asked).union(after)


def _asked(states: ibis.Table) -> ibis.Table:
    """The first contact on each topic since the last order, with a finished window."""
    return _firsts(states).filter(lambda first: ~first.open & (first.exact > 0))


def _firsts(states: ibis.Table) -> ibis.Table:
    import ibis

    asked = states.filter(states.kind == 1)
    same = ibis.window(group_by=["customer", "topic", "exact"], order_by="second")
    asked = asked.mutate(turn=ibis.row_number().over(same))
    return asked.filter(asked.turn == 0).drop("turn")


def _quiet(states: ibis.Table) -> ibis.Table:
    """Moments after an order without any contact since, with a finished window."""
    return states.filter(
        (states.kind == 2) & states.quiet & (states.last_order == states.anchor) & ~states.open
    )


def _differences(asked: ibis.Table, like: ibis.Table) -> pd.DataFrame:
    """Per topic the mean difference and the part of its variance that is the customers' own."""
    both = asked.inner_join(like, _LIKE)
    both = both.mutate(more=both.bought - both.usual)
    person = both.group_by("topic", "customer").agg(
        n=both.count(), more=both.more.sum(), usual=both.usual.sum()
    )
    table = person.group_by("topic").agg(
        episodes=person.n.sum(), people=person.count(), more=person.more.sum(), usual=person.usual.sum(),
        more2=(person.more * person.more).sum(), cross=(person.more * person.n).sum(),
        n2=(person.n * person.n).sum(),
    ).to_pandas()  # fmt: skip
    n, people = table["episodes"], table["people"]
    later = table["more"] / n
    squares = table["more2"] - 2 * later * table["cross"] + later**2 * table["n2"]
    own = squares.clip(lower=0) / n**2 * people / (people - 1).where(people > 1)
    return table[["topic", "episodes", "people"]].assign(comparable=table["usual"] / n, later=later, own=own)


def _weights(asked: ibis.Table, like: ibis.Table) -> ibis.Table:
    """How many contacts of a topic lean on each group of comparable customers."""
    counts = asked.group_by(["topic", *_LIKE]).agg(n=asked.count())
    return counts.inner_join(like, _LIKE).select("topic", "n", "moments", "spread")


def _wider(asked: ibis.Table, quiet: ibis.Table, like: ibis.Table) -> float:
    """How much wider chance among comparable customers is because each is looked at more than once.

    The variance summed by customer over the variance as if every moment were another one's.
    """
    counts = asked.group_by(_LIKE).agg(n=asked.count())
    leaned = like.inner_join(counts, _LIKE)
    moments = quiet.inner_join(leaned, _LIKE)
    apart = (moments.bought - moments.usual) * moments.n / moments.moments
    person = moments.mutate(apart=apart).group_by("customer").agg(
        together=lambda t: t.apart.sum(), alone=lambda t: (t.apart * t.apart).sum()
    )  # fmt: skip
    sums = person.aggregate(
        together=(person.together * person.together).sum(), alone=person.alone.sum()
    ).to_pandas()
    together, alone = sums.iloc[0]
    return max(1.0, float(together / alone)) if alone and alone > 0 else 1.0


def _left_out(states: ibis.Table) -> ibis.Table:
    """Per topic: contacts that could have been looked at, windows not over, customers without an order before."""
    first = _firsts(states)
    return first.group_by("topic").agg(
        firsts=first.count(),
        never=(first.exact == 0).cast("int64").sum(),
        open=((first.exact > 0) & first.open).cast("int64").sum(),
    )
