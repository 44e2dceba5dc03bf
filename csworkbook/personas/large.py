"""How are the customers of tables too large for memory measured?

How things are measured comes from a sample of customers (all, up to `SAMPLE`), whose rows are brought over; by
that recipe everybody's sums are made where the tables are, in one query per table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.engine.values import second
from csworkbook.personas import measures
from csworkbook.personas.described import Features, measured, readable, scaled_by
from csworkbook.personas.seen import EVENING, Seen, nobody, seen
from csworkbook.purchases import less_returns

if TYPE_CHECKING:
    import ibis

    from csworkbook.personas.described import Frame

SAMPLE = 50_000  # customers whose rows are brought over
_NEEDED = {
    "orders": (
        "order_id",
        "customer_id",
        "ordered_at",
        "revenue",
        "margin",
        "refunded",
        "discount",
        "device",
    ),
    "order_lines": ("order_id", "product_id", "quantity", "price", "category"),
    "contacts": (
        "contact_id",
        "customer_id",
        "opened_at",
        "channel",
        "topic",
        "order_id",
        "handling_minutes",
    ),
    "returns": ("order_id", "product_id", "returned_at", "amount"),
    "events": ("visitor_id", "at", "step", "customer_id", "device"),
}


def features_in_engine(
    orders: Frame,
    order_lines: Frame | None,
    contacts: Frame | None,
    returns: Frame | None,
    events: Frame | None,
    *,
    margin: float,
    zone: str,
    until: pd.Timestamp | None,
    recipe: dict | None = None,
) -> Features:
    """`features_of` for tables of which at least one stays in its engine."""
    given = {
        "orders": orders, "order_lines": order_lines, "contacts": contacts, "returns": returns, "events": events,
    }  # fmt: skip
    tables = {name: _table(one, name, until) for name, one in given.items() if one is not None}
    kept = less_returns(tables["orders"], tables.get("returns"))
    customers, some = _sample(kept)
    if customers > SAMPLE:
        tables.pop(
            "events", None
        )  # what visits tell is not summed where they are, so it is not measured either
    frames = [_rows(tables, name, some) for name in given]
    people = seen(*frames, margin=margin, zone=zone, until=until)
    known = measured(people, recipe)
    if customers <= SAMPLE:
        return known
    return _everybody({**tables, "orders": kept}, people, known, margin, zone)


def _table(source: Frame, name: str, until: pd.Timestamp | None) -> ibis.Table:
    """The columns that are needed, as far as they are there, up to a moment."""
    there = [column for column in _NEEDED[name] if column in source.columns]
    table = engine.table(source, name, there)
    time = {"orders": "ordered_at", "contacts": "opened_at", "returns": "returned_at", "events": "at"}.get(
        name
    )
    if until is None or time is None:
        return table
    return table.filter(second(table[time]) <= int(_utc(until).timestamp()))


def _utc(moment: pd.Timestamp) -> pd.Timestamp:
    moment = pd.Timestamp(moment)
    return moment.tz_localize("UTC") if moment.tz is None else moment


def _bought(orders: ibis.Table) -> ibis.Table:
    """The orders that count as a purchase, with `net`."""
    back = _told(orders.refunded).fill_null(0.0) if "refunded" in orders.columns else 0.0
    table = orders.mutate(net=_told(orders.revenue) - back)
    return table.filter(table.net > 0, table.customer_id.notnull(), table.ordered_at.notnull())


def _told(value: ibis.Value) -> ibis.Value:
    """A number, null where it is not one: engines take NaN to be above everything."""
    return value.isnan().ifelse(None, value)


def _earned(orders: ibis.Table, margin: float) -> ibis.Value:
    """`order_value.margins` of orders that count."""
    usual = orders.revenue * margin
    earned = _told(orders.margin).fill_null(usual) if "margin" in orders.columns else usual
    kept = orders.net / orders.revenue
    return earned * (orders.revenue > 0).ifelse(kept.clip(0, 1), 1.0)


def _sample(orders: ibis.Table) -> tuple[int, list[str] | None]:
    """How many customers bought, and the ids of a sample of them (None = all): those whose hash comes first."""
    people = _bought(orders).select("customer_id").distinct()
    count = int(people.count().to_pyarrow().as_py())
    if not count:
        raise nobody()
    if count <= SAMPLE:
        return count, None
    drawn = people.mutate(drawn=people.customer_id.hash()).order_by("drawn", "customer_id").limit(SAMPLE)
    return count, drawn.customer_id.to_pyarrow().to_pylist()


def _rows(tables: dict[str, ibis.Table], name: str, some: list[str] | None) -> pd.DataFrame | None:
    """The rows of a table that belong to these customers."""
    import ibis

    if name not in tables:
        return None
    table = tables[name]
    if some is None:
        return table.to_pandas()
    chosen = ibis.memtable({"chosen": some})
    if "customer_id" in table.columns:
        return table.semi_join(chosen, table.customer_id == chosen.chosen).to_pandas()
    orders = tables["orders"]
    theirs = orders.semi_join(chosen, orders.customer_id == chosen.chosen).select("order_id").distinct()
    return table.semi_join(theirs, "order_id").to_pandas()


def _everybody(
    tables: dict[str, ibis.Table], people: Seen, known: Features, margin: float, zone: str
) -> Features:
    """All customers, measured by the recipe of the sample."""
    recipe, blocks = known.recipe, {one["name"]: one for one in known.recipe["blocks"]}
    orders = _observed(tables, people, recipe, margin, zone)
    frame = _per_customer(orders).set_index("customer_id").sort_index()
    if "contacts" in tables:
        frame = frame.join(_contacts(tables, recipe), how="left")
    counted = _counted(frame, blocks)
    scaled = scaled_by([one.block(blocks[one.name]) for one in counted], recipe)
    basis = {
        "orders": frame["orders"].to_numpy(),
        **{n: frame[n].to_numpy(float) for n in ("spent", "margin")},
    }
    customers = pd.Index(frame.index.astype(str), name="customer_id")
    table = readable(customers, basis, counted, _plain(frame))
    scaled = pd.DataFrame(scaled, customers, recipe["columns"])
    scaled.attrs["as_it_is"] = True
    return Features(table, scaled, known.left_out, recipe, people)


def _observed(
    tables: dict[str, ibis.Table], people: Seen, recipe: dict, margin: float, zone: str
) -> ibis.Table:
    """One row per order with everything that is seen of it, null where it is not known."""
    orders = _bought(tables["orders"])
    earned = _earned(orders, margin)
    low, high = recipe["caps"]["order_value"]
    seen_here = {"earned": earned, "order_value": (orders.net + 1).ln().clip(low, high)}
    seen_here |= _clock(second(orders.ordered_at), people, zone)
    if "discount" in people.flags:
        seen_here["discount"] = (_told(orders.discount).fill_null(0.0) > 0).cast("float64")
    if "margin_share" in people.flags:
        seen_here["margin_share"] = (earned / orders.net).clip(-1, 1)
    if "device" in recipe["words"] and "device" in orders.columns:
        seen_here |= _shares(orders.device, "device", recipe["words"]["device"])
    table = orders.mutate(**seen_here)
    table = _with_returns(table, tables.get("returns"), people)
    return _with_lines(table, tables.get("order_lines"), recipe)


def _shares(value: ibis.Value, name: str, words: list[str]) -> dict[str, ibis.Value]:
    """1 for the word of a row, 0 for the others, null where there is none; by the name of its column."""
    found = {f"{name}: {word}": (value == word).cast("float64") for word in words}
    rest = value.notnull().ifelse((~value.isin(words)).cast("float64"), None)
    return {**found, f"{name}: {measures.OTHER}": rest}


def _clock(seconds: ibis.Value, people: Seen, zone: str) -> dict[str, ibis.Value]:
    """December, weekend and evening on the clock of a zone: its shifts in these years are written into the query."""
    import ibis

    first, last = (pd.Timestamp(end, tz="UTC") for end in (people.at.min(), people.at.max()))
    margin = pd.Timedelta(days=3660)  # customers outside the sample may have bought earlier or later
    hours = pd.date_range(first.floor("h") - margin, last + margin, freq="h", unit="s").tz_convert(zone)
    starts = hours.asi8
    offset = hours.tz_localize(None).asi8 - starts
    turns = np.flatnonzero(np.diff(offset)) + 1
    cases = [(seconds >= int(starts[turn]), int(offset[turn])) for turn in turns[::-1]]
    shift = ibis.cases(*cases, else_=int(offset[0])) if cases else ibis.literal(int(offset[0]))
    here = seconds + shift
    day = (here / 86_400).floor()
    return {
        "evening": ((here - day * 86_400) >= EVENING * 3600).cast("float64"),
        "weekend": (((day + 3) % 7) > 4).cast("float64"),  # 1 January 1970 was a Thursday
        "december": _december(day, hours),
    }


def _december(day: ibis.Value, hours: pd.DatetimeIndex) -> ibis.Value:
    import ibis

    years = range(hours[0].year, hours[-1].year + 1)
    ends = [(pd.Timestamp(f"{year}-12-01"), pd.Timestamp(f"{year}-12-31")) for year in years]
    days = [[int((end - pd.Timestamp("1970-01-01")).days) for end in pair] for pair in ends]
    return ibis.or_(*[day.between(*pair) for pair in days]).cast("float64")


def _with_returns(table: ibis.Table, returns: ibis.Table | None, people: Seen) -> ibis.Table:
    if "returned" not in people.flags:
        return table
    back = (_told(table.refunded).fill_null(0.0) > 0) if "refunded" in table.columns else (table.net < 0)
    table = table.mutate(back=back)
    if returns is None:
        return table.mutate(returned=table.back.cast("float64"))
    sent = returns.select(sent=returns.order_id).distinct()
    joined = table.left_join(sent, table.order_id == sent.sent)
    return joined.mutate(returned=(joined.back | joined.sent.notnull()).cast("float64")).drop("sent")


def _with_lines(table: ibis.Table, lines: ibis.Table | None, recipe: dict) -> ibis.Table:
    """The number of lines of every order and the shares of their categories."""
    if lines is None:
        return table
    counts = {"lines": lines.count()}
    words = recipe["words"].get("category")
    if words is not None and "category" in lines.columns:
        counts |= {name: one.mean() for name, one in _shares(lines.category, "category", words).items()}
    per_order = lines.group_by("order_id").aggregate(**counts).rename(line_order="order_id")
    joined = table.left_join(per_order, table.order_id == per_order.line_order).drop("line_order")
    return joined.mutate(lines_per_order=joined.lines.cast("float64").ln())


def _per_customer(orders: ibis.Table) -> pd.DataFrame:
    """Sums (``s:``) and numbers (``n:``) of everything seen, per customer."""
    first, last = orders.ordered_at.min(), orders.ordered_at.max()
    sums = {"orders": orders.count(), "spent": orders.net.sum(), "margin": orders.earned.sum()}
    if "lines" in orders.columns:
        sums |= {"lines": orders.lines.sum()}
    names = [one for one in orders.columns if _is_observed(one)]
    sums |= {f"s:{name}": orders[name].sum() for name in names}
    sums |= {f"n:{name}": orders[name].count() for name in names}
    sums |= {"first": second(first), "last": second(last)}
    return orders.group_by("customer_id").aggregate(**sums).to_pandas()


def _is_observed(column: str) -> bool:
    return column in ("order_value", "lines_per_order", *measures.PER_ORDER) or ": " in column


def _contacts(tables: dict[str, ibis.Table], recipe: dict) -> pd.DataFrame:
    """Contacts per customer: their number, and the minutes as far as known."""
    contacts = _whose(tables["contacts"], _bought(tables["orders"]))
    found = {"contacts": contacts.count()}
    if "handling_minutes" in contacts.columns:
        minutes = _told(contacts.handling_minutes).clip(0, None)
        low, high = recipe["caps"]["minutes"]
        logs = (minutes + 1).ln().clip(low, high)
        found |= {"s:minutes": logs.sum(), "n:minutes": minutes.count(), "minutes": minutes.sum()}
    counted = contacts.group_by("whose").aggregate(**found)
    return counted.to_pandas().set_index("whose")


def _whose(contacts: ibis.Table, orders: ibis.Table) -> ibis.Table:
    """Contacts with `whose`: their own customer where that one bought, else the customer of their order."""
    people = orders.select(bought=orders.customer_id).distinct()
    table = contacts.left_join(people, contacts.customer_id == people.bought)
    if "order_id" not in contacts.columns:
        return table.filter(table.bought.notnull()).mutate(whose=table.bought)
    theirs = orders.group_by(order=orders.order_id).aggregate(theirs=orders.customer_id.min())
    table = table.left_join(theirs, table.order_id == theirs.order)
    table = table.mutate(whose=table.bought.coalesce(table.theirs))
    return table.filter(table.whose.notnull())


def _counted(frame: pd.DataFrame, blocks: dict[str, dict]) -> list[measures.Counted]:
    """What `measures.counted` gives, from the sums."""
    found = []
    for name, known in blocks.items():
        if name == "contacts" and "contacts" in frame:
            orders, number = frame["orders"].to_numpy(float), frame["contacts"].fillna(0).to_numpy(float)
            found.append(measures.poisson(name, orders, number))
        elif name != "contacts" and f"s:{known['columns'][0]}" in frame:
            sums = frame[[f"s:{one}" for one in known["columns"]]].fillna(0).to_numpy(float)
            n = frame[f"n:{known['columns'][0]}"].fillna(0).to_numpy(float)
            found.append(measures.Counted(name, tuple(known["columns"]), n, sums, 0.0))
    return found


def _plain(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Plain means of what is measured as a logarithm, and days."""
    found = {}
    with np.errstate(all="ignore"):
        if "lines" in frame:
            n = frame["n:lines_per_order"].to_numpy(float)
            found["lines_per_order"] = frame["lines"].to_numpy(float) / np.where(n > 0, n, np.nan)
        if "minutes" in frame:
            n = frame["n:minutes"].to_numpy(float)
            found["minutes"] = frame["minutes"].to_numpy(float) / np.where(n > 0, n, np.nan)
    now = frame["last"].max()
    return found | {
        "days_since": (now - frame["last"]).to_numpy(float) / 86_400,
        "days_known": (now - frame["first"]).to_numpy(float) / 86_400,
    }
