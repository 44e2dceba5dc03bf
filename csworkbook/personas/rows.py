"""Which orders, lines and contacts are a persona's, and how often does each customer do what?

An order counts when it is a purchase (`purchases`). Frames stay in memory; an Ibis table is counted where it
is, and what comes here is one row per customer and value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.personas.seen import keys
from csworkbook.purchases import paid_orders

if TYPE_CHECKING:
    import ibis

    Frame = pd.DataFrame | ibis.Table

CLOCK = ("month", "weekday", "hour")  # read off the time of the order
OF_ORDERS = ("device", "channel")
OF_LINES = ("category", "product")
LOOKS = (*OF_LINES, *CLOCK, *OF_ORDERS)
_HALF_HOURS = 1800  # seconds; clocks change at whole or half hours
_FEW = 1000  # customers; so many can be named to an engine
_NAMES = {"product": ("product", "product_id")}  # a product by its name, or else by its number


def paid(orders: Frame, columns: tuple[str, ...] = (), *, customers: list[str] | None = None) -> pd.DataFrame:
    """The purchases, one row each: customer_id, order_id, at (UTC), and the asked columns there are.

    Parameters
    ----------
    columns : tuple of str
        Further columns of the orders, as they are; ``"spent"`` is revenue net of refunds.
    customers : list of str, optional
        Only these; of an Ibis table nothing else comes into memory.
    """
    if not isinstance(orders, pd.DataFrame):
        return _paid_in_engine(orders, columns, customers)
    plain = orders.reset_index(drop=True)
    found = paid_orders(plain)
    if customers is not None:
        found = found[found["customer_id"].isin(customers)]
    mine = plain.loc[found.index]
    at = engine.times(mine["ordered_at"], "orders")
    rows = pd.DataFrame(
        {
            "customer_id": found["customer_id"].astype("str").astype(object),
            "order_id": keys(mine["order_id"]),
            "at": at.dt.tz_localize("UTC") if at.dt.tz is None else at,
        }
    )
    extra = {name: mine[name] for name in columns if name in mine}
    if "spent" in columns:
        extra["spent"] = found["spent"]
    return rows.assign(**extra).reset_index(drop=True)


def _paid_in_engine(
    orders: ibis.Table, columns: tuple[str, ...], customers: list[str] | None
) -> pd.DataFrame:
    asked = [name for name in columns if name != "spent" and name in orders.columns]
    table = _counting(orders, asked)
    if customers is not None:
        table = table.filter(table.customer_id.isin(customers))
    named = ["spent"] if "spent" in columns else []
    rows = table.select(
        "customer_id", "order_id", at=table.ordered_at, **{c: table[c] for c in asked + named}
    )
    found = rows.to_pandas()
    at = pd.to_datetime(found["at"], utc=True)
    return found.assign(
        at=at, customer_id=found["customer_id"].astype(object), order_id=found["order_id"].astype(object)
    )


def _counting(orders: ibis.Table, columns: list[str]) -> ibis.Table:
    """The orders that are purchases, with `spent`."""
    table = engine.table(
        orders, "orders", ["order_id", "customer_id", "ordered_at", "revenue", "refunded", *columns]
    )
    table = table.mutate(spent=table.revenue - table.refunded.fill_null(0.0))
    return table.filter(
        table.customer_id.notnull(), table.ordered_at.notnull(), (table.spent > 0).fill_null(False)
    )


def counts(orders: Frame, order_lines: Frame | None, look: str, *, zone: str) -> pd.DataFrame:
    """How many orders (or order lines) of each customer have which value.

    Parameters
    ----------
    look : str
        One of `LOOKS`: months 1–12, weekdays 1 (Monday) to 7, hours 0–23 by the clock of `zone`; a category or
        product counts order lines, all else orders.

    Returns
    -------
    DataFrame
        customer_id, value, count.

    Raises
    ------
    DataError
        When the tables do not tell.
    """
    if look in OF_LINES:
        return _of_lines(orders, order_lines, look)
    if look in OF_ORDERS and look not in orders.columns:
        raise cannot_tell(look, "orders")
    if not isinstance(orders, pd.DataFrame):
        return _in_engine(orders, look, zone)
    rows = paid(orders, (look,))
    return _tallied(
        rows["customer_id"], _on_the_clock(rows["at"], look, zone) if look in CLOCK else keys(rows[look])
    )


def _tallied(customers: pd.Series, values: object) -> pd.DataFrame:
    rows = pd.DataFrame({"customer_id": np.asarray(customers, dtype=object), "value": values}).dropna()
    return rows.groupby(["customer_id", "value"], observed=True).size().rename("count").reset_index()


def _on_the_clock(at: pd.Series, look: str, zone: str) -> np.ndarray:
    clock = at.dt.tz_convert(zone).dt
    return np.asarray({"month": clock.month, "weekday": clock.day_of_week + 1, "hour": clock.hour}[look])


def _in_engine(orders: ibis.Table, look: str, zone: str) -> pd.DataFrame:
    """Counted in the engine: of a time its half hour, so that the clock of the zone can be read here."""
    if look in OF_ORDERS:
        table = _counting(orders, [look])
        table = table.filter(table[look].notnull())
        return table.group_by("customer_id", value=table[look]).agg(count=table.count()).to_pandas()
    table = _counting(orders, [])
    half = (engine.second(table.ordered_at) / _HALF_HOURS).floor().cast("int64")
    found = table.group_by("customer_id", half=half).agg(count=table.count()).to_pandas()
    at = pd.Series(pd.to_datetime(found["half"] * _HALF_HOURS, unit="s", utc=True))
    found = found.assign(value=_on_the_clock(at, look, zone))
    return found.groupby(["customer_id", "value"])["count"].sum().reset_index()


def _of_lines(orders: Frame, order_lines: Frame | None, look: str) -> pd.DataFrame:
    column = lines_column(order_lines, look)
    if not isinstance(orders, pd.DataFrame) or not isinstance(order_lines, pd.DataFrame):
        return _lines_in_engine(orders, order_lines, column)
    bought = paid(orders)
    whose = bought.drop_duplicates("order_id").set_index("order_id")["customer_id"]
    customer = pd.Series(keys(order_lines["order_id"]), dtype=object).map(whose)
    return _tallied(customer, keys(order_lines[column]))


def lines_column(order_lines: Frame | None, look: str) -> str:
    """The column of the order lines that tells; a DataError when none does."""
    there = [] if order_lines is None else list(order_lines.columns)
    for name in _NAMES.get(look, (look,)):
        if name in there:
            return name
    raise cannot_tell(look, "order_lines")


def _lines_in_engine(orders: Frame, order_lines: Frame, column: str) -> pd.DataFrame:
    import ibis

    if isinstance(orders, pd.DataFrame):
        orders = ibis.memtable(paid_orders_of(orders))
    lines = engine.table(order_lines, "order_lines", ["order_id", column])
    whose = _counting(orders, []).group_by(of="order_id").agg(customer_id=ibis._.customer_id.min())
    joined = lines.inner_join(whose, lines.order_id == whose.of)
    joined = joined.filter(joined[column].notnull())
    return joined.group_by("customer_id", value=joined[column]).agg(count=joined.count()).to_pandas()


def paid_orders_of(orders: pd.DataFrame) -> pd.DataFrame:
    """The purchases of a frame as a table of orders, for an engine that holds the lines."""
    found = paid(orders, ("spent",))
    return found.rename(columns={"at": "ordered_at", "spent": "revenue"})


def asked(
    contacts: Frame, orders: Frame, labels: pd.Series, *, customers: list[str] | None = None
) -> pd.DataFrame:
    """Every contact of a customer with a persona: customer_id, topic (None where empty), at (UTC), channel.

    A contact is its own customer's; where that is empty or nobody of these, the ledger looks for the e-mail
    address, the order number, and an order number in the text. With `customers` only theirs.
    """
    wanted = labels.index if customers is None else pd.Index(customers)
    if not isinstance(contacts, pd.DataFrame) or not isinstance(orders, pd.DataFrame):
        return _asked_in_ledger(contacts, orders, wanted)
    plain = contacts.reset_index(drop=True)
    customer = pd.Series(keys(plain["customer_id"]), dtype=object)
    if "order_id" in plain and not customer.isin(labels.index).all():
        bought = paid(orders).drop_duplicates("order_id").set_index("order_id")["customer_id"]
        theirs = pd.Series(keys(plain["order_id"]), dtype=object).map(bought)
        customer = customer.where(customer.isin(labels.index), theirs)
    known = customer.isin(labels.index).to_numpy()
    rows = pd.DataFrame(
        {
            "customer_id": customer,
            "topic": keys(plain["topic"]),
            "at": _utc(plain["opened_at"]),
            "channel": keys(plain["channel"]),
        }
    )[known]
    if not known.all() and {"email_hash", "text"} & set(plain.columns):
        rows = pd.concat([rows, _asked_in_ledger(plain[~known], orders, wanted)])
    rows = rows[rows["customer_id"].isin(wanted)]
    return rows.sort_values(["customer_id", "at", "topic"], ignore_index=True)


def _utc(column: pd.Series) -> pd.Series:
    at = engine.times(column, "contacts")
    return at.dt.tz_localize("UTC") if at.dt.tz is None else at


def _asked_in_ledger(contacts: Frame, orders: Frame, wanted: pd.Index) -> pd.DataFrame:
    from csworkbook.ledger import links

    with links.looked_up(orders) as known:
        linked = links.link_contacts(contacts, known)
        told = linked.filter(linked.customer.notnull())
        if len(wanted) <= _FEW:
            told = told.filter(told.customer.isin(list(wanted)))
        found = told.select("topic", "at", "channel", customer_id="customer").to_pandas()
    found = found[found["customer_id"].isin(wanted)]
    texts = {name: keys(found[name]) for name in ("customer_id", "topic", "channel")}
    return found.assign(**texts, at=pd.to_datetime(found["at"], utc=True).dt.as_unit("us")).reset_index(
        drop=True
    )


def require_look(look: str) -> None:
    """A SettingError naming what can be looked at, when `look` is something else."""
    if look not in LOOKS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=look),
            allowed=_("Possible: {columns}.").format(columns=join(list(LOOKS))),
        )


def cannot_tell(look: str, table: str) -> DataError:
    """What to say when no table has the column that is asked for."""
    from csworkbook.naming import table_name
    from csworkbook.personas.likeness.words import looks

    return DataError(
        _("Your tables do not tell this: {what}.").format(what=looks()[look]),
        where=_("It would stand in the table “{table}”.").format(table=table_name(table)),
        allowed=_("Possible: {columns}.").format(columns=join([looks()[one] for one in CLOCK])),
        next_step=_("Bring an export that holds it, or choose something else."),
    )
