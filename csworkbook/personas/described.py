"""What do we know of each customer, in a form in which customers can be compared?

One row per customer who bought something. Measured, where the tables tell it: the worth of an order (log,
wholesale capped), lines per order (log), the margin as a share, whether a discount was used, what came back, the
device, December, weekend and evening, the categories bought from, contacts per order and their minutes (log).
Each is a mean over what was seen of the customer, drawn to the shop's mean as far as chance explains it, in
units of one observation (see `blocks`). How often and how much somebody buys is shown and not measured: else
everybody with one order would be one persona (`value.segments` is about that).

Not known from orders: whether one was a gift, since an address to ship to is no column of the workbook.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.personas import measures
from csworkbook.personas.blocks import Block
from csworkbook.personas.remembered import remembered
from csworkbook.personas.seen import Seen, seen

if TYPE_CHECKING:
    import ibis

    from csworkbook.shop import Shop

    Frame = pd.DataFrame | ibis.Table

SAME = 0.999  # columns that go together so closely say one thing


@dataclass(frozen=True)
class Features:
    """One row per customer.

    Attributes
    ----------
    table : DataFrame
        Index customer_id (text, sorted). Unscaled values as people read them: orders (count), spent, margin,
        order_value (money), lines_per_order, margin_share, discount, december, weekend, evening, returned (shares
        of orders, 0–1), ``device: <word>`` and ``category: <word>`` (shares of orders and of lines, 0–1), contacts
        (per order), minutes (per contact), days_since (the last purchase) and days_known (since the first), as
        far as the tables tell them; NaN where nothing was seen of a customer.
    scaled : DataFrame
        Same index; what distances are measured on.
    left_out : dict of str to str
        Column → why it is not measured: "shown only", "no variation", "chance" (a customer's own orders differ in it
        as much as anybody's), or "the same as <column>".
    recipe : dict
        Enough to measure later customers in the same way; goes into the store with the personas.
    seen : Seen or None
        The orders behind it; of a shop too large for memory those of a sample of customers.
    """

    table: pd.DataFrame
    scaled: pd.DataFrame
    left_out: dict[str, str] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)
    seen: Seen | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.table)


def features(shop: Shop) -> Features:
    """What is known of each customer of a shop, from the tables that every panel about personas goes by.

    Visits are not among them: personas found with what visits tell could not be told apart without.

    Parameters
    ----------
    shop : Shop
        Its tables orders, order_lines, contacts and returns count; tables of one's own go to `features_of`.

    Returns
    -------
    Features
        See `features_of` for the columns.

    Raises
    ------
    SettingError
        When it is no shop.
    DataError
        When no order counts as a purchase of a known customer.
    """
    if isinstance(shop, pd.DataFrame) or not callable(getattr(shop, "call", None)):
        raise SettingError(
            _("This is no shop, so its tables are not known."),
            next_step=_("Give tables of your own to features_of(orders, order_lines, …)."),
        )
    return shop.call(_of_shop)


def _of_shop(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    margin: float,
    zone: str,
) -> Features:
    return features_of(orders, order_lines, contacts, returns, margin=margin, zone=zone)


def features_of(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    events: Frame | None = None,
    *,
    margin: float = 0.35,
    zone: str = "Europe/Amsterdam",
    until: pd.Timestamp | None = None,
    recipe: dict | None = None,
) -> Features:
    """What is known of each customer, from the tables.

    Parameters
    ----------
    orders : DataFrame or ibis.Table
        order_id, customer_id, ordered_at and revenue are needed; refunded, margin, discount and device count too.
        What the returns tell was paid back is taken off, and an order without anything left does not count.
    order_lines : optional
        order_id, price, quantity and category: lines per order and what is bought.
    contacts : optional
        customer_id (or order_id) and handling_minutes: contacts per order and their minutes.
    returns : optional
        order_id (whether something came back) and amount (money that was paid back).
    events : optional
        customer_id and device: for orders that do not tell their device.
    margin : float
        Share of revenue, 0–1, where an order has no margin of its own.
    zone : str
        In which December, weekend and evening are told.
    until : Timestamp, optional
        Nothing after this moment; the last order when None.
    recipe : dict, optional
        Of earlier features: measures these customers as those were measured.

    Returns
    -------
    Features
        `.table`, one row per customer: orders (count), spent, margin (money in all, net), order_value (money per
        order), lines_per_order (count), margin_share (of the amount), discount, december, weekend, evening, returned
        (shares of his orders, 0–1; `returned` of the orders of which something is left), ``device: <word>`` (share
        of his orders), ``category: <word>`` (share of the lines, mean of his orders), contacts (per order), minutes
        (per contact), days_since (the last purchase), days_known (since the first); as far as the tables tell them.
        `.left_out` says why a column is shown and not compared: "shown only" (how often and how much, which would
        make one persona of everybody with one order), "no variation" (the same for everybody), "chance" (one
        customer's own orders differ in it as much as those of any two), "the same as <column>" (says it twice).

    Raises
    ------
    DataError
        When no order counts as a purchase of a known customer.

    >>> orders = pd.DataFrame({"order_id": ["1", "2"], "customer_id": "x", "revenue": [20.0, 80.0],
    ...     "ordered_at": pd.to_datetime(["2026-01-01", "2026-01-03"], utc=True)})
    >>> features_of(orders).table[["orders", "spent", "order_value"]].to_dict("records")
    [{'orders': 2, 'spent': 100.0, 'order_value': 50.0}]
    """
    frames = (orders, order_lines, contacts, returns, events)
    key = ("features", margin, zone, until, _written(recipe))

    def made() -> Features:
        from csworkbook.personas.large import features_in_engine

        options = {"margin": margin, "zone": zone, "until": until}
        in_memory = all(one is None or isinstance(one, pd.DataFrame) for one in frames)
        return (
            measured(seen(*frames, **options), recipe)
            if in_memory
            else features_in_engine(*frames, recipe=recipe, **options)
        )

    return remembered(frames, key, made)


def measured(people: Seen, recipe: dict | None = None) -> Features:
    """The features of what was seen of customers."""
    how = measures.conventions(people) if recipe is None else recipe
    counted = measures.counted(people, how)
    if recipe is None:
        blocks = [one.block() for one in counted]
        recipe, left_out = _chosen(blocks, how)
        recipe["capped"] = _capped(people, how)
    else:
        known = {one["name"]: one for one in recipe["blocks"]}
        blocks = [one.block(known[one.name]) for one in counted if one.name in known]
        left_out = dict(recipe["left_out"])
    scaled = pd.DataFrame(scaled_by(blocks, recipe), people.customers, recipe["columns"])
    scaled.attrs["as_it_is"] = True  # `find` scales other frames first
    return Features(_table(people, counted), scaled, left_out, recipe, people)


def scaled_by(blocks: list[Block], recipe: dict) -> np.ndarray:
    """What distances are measured on: the chosen columns in the order of the recipe, 0 for what nobody told."""
    size = len(blocks[0].seen) if blocks else 0
    columns = {
        name: values
        for one in blocks
        if one.alike > 0
        for name, values in zip(one.columns, one.scaled().T, strict=True)
    }
    nothing = np.zeros(size)
    return np.column_stack(
        [columns.get(name, nothing) for name in recipe["columns"]] or [np.zeros((size, 0))]
    )


def _chosen(blocks: list[Block], how: dict) -> tuple[dict, dict[str, str]]:
    """The recipe, and why what is not in it was left out."""
    left_out = dict.fromkeys(("orders", "spent", "margin", "days_since", "days_known"), "shown only")
    kept: dict[str, np.ndarray] = {}
    for one in blocks:
        values = one.scaled()
        for place, name in enumerate(one.columns):
            column = values[:, place]
            if one.spread == 0 or np.ptp(one.means[one.seen > 0, place]) == 0:
                left_out[name] = "no variation"
            elif np.ptp(column) == 0:
                left_out[name] = "chance"
            elif twin := _twin(column, kept):
                left_out[name] = f"the same as {twin}"
            else:
                kept[name] = column
    recipe = {
        **how,
        "blocks": [one.measured() for one in blocks],
        "columns": list(kept),
        "left_out": left_out,
    }
    return recipe, left_out


def _twin(column: np.ndarray, kept: dict[str, np.ndarray]) -> str:
    """The kept column that says the same (or the opposite); empty for none."""
    for name, other in kept.items():
        if abs(np.corrcoef(column, other)[0, 1]) > SAME:
            return name
    return ""


def _capped(people: Seen, how: dict) -> dict[str, int]:
    """How many orders (or contacts) were taken as lying on the bounds."""
    values = {"order_value": np.log1p(people.net), "minutes": np.log1p(people.contact_minutes)}
    return {
        name: int(((value < how["caps"][name][0]) | (value > how["caps"][name][1])).sum())
        for name, value in values.items()
    }


def _table(people: Seen, counted: list[measures.Counted]) -> pd.DataFrame:
    """The values as people read them."""
    size, whose = people.size, people.customer
    number = np.bincount(whose, minlength=size)
    basis = {
        "orders": number,
        "spent": np.bincount(whose, people.net, size),
        "margin": np.bincount(whose, people.margin, size),
    }
    return readable(people.customers, basis, counted, {**_plain_means(people), **_days(people)})


def readable(
    customers: pd.Index, basis: dict, counted: list[measures.Counted], plain: dict[str, np.ndarray]
) -> pd.DataFrame:
    """Counts and money, what they make per order, the means of what was counted, and `plain` means in their place."""
    table = {**basis, "order_value": basis["spent"] / basis["orders"]}
    for one in counted:
        if one.name == "order_value":
            continue
        with np.errstate(all="ignore"):
            values = one.sums / np.where(one.seen > 0, one.seen, np.nan)[:, None]
        table |= dict(zip(one.columns, values.T, strict=True))
    return pd.DataFrame(table | plain, customers)


def _plain_means(people: Seen) -> dict[str, np.ndarray]:
    """What was measured as a logarithm, as the plain mean."""
    found = {}
    if len(people.line_order):
        lines = np.bincount(people.customer[people.line_order], minlength=people.size)
        with_lines = np.zeros(len(people.net), bool)
        with_lines[people.line_order] = True
        found["lines_per_order"] = _mean(
            lines, np.bincount(people.customer[with_lines], minlength=people.size)
        )
    told = ~np.isnan(people.contact_minutes)
    if told.any():
        whose, minutes = people.contact_customer[told], people.contact_minutes[told]
        found["minutes"] = _mean(
            np.bincount(whose, minutes, people.size), np.bincount(whose, minlength=people.size)
        )
    return found


def _mean(total: np.ndarray, n: np.ndarray) -> np.ndarray:
    return np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)


def _days(people: Seen) -> dict[str, np.ndarray]:
    """Days since the last and since the first purchase, at the last moment of the orders."""
    first = np.flatnonzero(np.diff(people.customer, prepend=-1))  # sorted by customer, then by moment
    last = np.append(first[1:], len(people.customer)) - 1
    now = people.at.max()
    day = np.timedelta64(1, "D")
    return {"days_since": (now - people.at[last]) / day, "days_known": (now - people.at[first]) / day}


def _written(recipe: dict | None) -> str:
    import json

    return "" if recipe is None else json.dumps(recipe, sort_keys=True)
