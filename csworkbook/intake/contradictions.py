"""What cannot be true in these rows, and what is only odd?

What is impossible sets a row aside: a contact resolved before it was opened has a wrong date, and every
duration made from it would be wrong. What is odd stays and is told: an order paid back in full and a bit
more, a first order that comes second. Where shops differ, a row is odd, not impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from csworkbook.language import gettext as _
from csworkbook.language import number
from csworkbook.naming import column_name

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Said = Callable[[str], str]
_CENT = 0.0051
_MINUTE = 60
WORKING_DAY = 480
DAY = 86_400
MOST_WRONG = 0.2


class Told(NamedTuple):
    """Rows that contradict themselves: which, by which columns, and the sentence for the owner."""

    mask: np.ndarray
    columns: tuple[str, ...]
    sentence: str


class Between(NamedTuple):
    """Rows of one table that another table contradicts; they stay, for the other file may be the wrong one."""

    table: str
    mask: np.ndarray
    columns: tuple[str, ...]
    sentence: str


def contradictory(frame: pd.DataFrame, table: str, said: Said = column_name) -> list[Told]:
    """What is impossible within the rows of one typed canonical table.

    Parameters
    ----------
    table : str
        The canonical table `frame` is; columns it lacks are not looked at.
    said : callable
        Canonical column → the name people know it by.

    Returns
    -------
    list of Told
        Only contradictions that occur; a row can be in several. The sentence is about one row.
    """
    found: list[Told] = []
    for early, late in _ORDER.get(table, ()):
        if {early, late} <= set(frame):
            sentence = _("“{late}” lies before “{early}”").format(late=said(late), early=said(early))
            found.append(Told(_before(frame[late], frame[early]), (late, early), sentence))
    if table == "orders" and "margin" in frame:
        above = _above(frame["margin"], frame["revenue"])
        if len(above) and above.mean() <= MOST_WRONG:  # else the column means something else: odd
            sentence = _("“{margin}” is more than “{revenue}”")
            told = sentence.format(margin=said("margin"), revenue=said("revenue"))
            found.append(Told(above, ("margin", "revenue"), told))
    if table == "service_survey":
        keys = ("respondent_id", "role", "item")
        sentence = _("this respondent answered this item before")
        found.append(Told(frame.duplicated(list(keys)).to_numpy(), keys, sentence))
    return [told for told in found if told.mask.any()]


_ORDER = {
    "contacts": (("opened_at", "resolved_at"), ("opened_at", "replied_at")),
    "reviews": (("posted_at", "replied_at"),),
    "returns": (("returned_at", "handled_at"),),
}


def odd(frame: pd.DataFrame, table: str, said: Said = column_name) -> list[Told]:
    """What is odd within the rows of one table; the rows stay, the sentence counts them."""
    rules = {
        "orders": _odd_orders,
        "order_lines": _odd_lines,
        "contacts": _odd_contacts,
        "events": _odd_events,
        "channel_costs": _odd_costs,
    }
    found = rules[table](frame, said) if table in rules else []
    return [told for told in found if told.mask.any()]


def _odd(mask: np.ndarray, columns: tuple[str, ...], sentence: str, **words: str) -> Told:
    return Told(mask, columns, sentence.format(n=number(int(mask.sum())), **words))


def _odd_orders(frame: pd.DataFrame, said: Said) -> list[Told]:
    found = []
    if "margin" in frame:
        above = _above(frame["margin"], frame["revenue"])
        if len(above) and above.mean() > MOST_WRONG:
            sentence = _("Orders with more margin than revenue: {n}. Is “{column}” a percentage?")
            found.append(_odd(above, ("margin", "revenue"), sentence, column=said("margin")))
    if "refunded" in frame:
        sent = frame["shipping"].fillna(0) if "shipping" in frame else 0
        above = _above(frame["refunded"], frame["revenue"] + sent)
        sentence = _("Orders paid back for more than they cost: {n}.")
        found.append(_odd(above, ("refunded", "revenue"), sentence))
    if "first_order" in frame:
        sentence = _("Orders called the first of their customer while there is an earlier one: {n}.")
        found.append(_odd(_not_first(frame), ("first_order", "customer_id"), sentence))
    return found


def _odd_lines(frame: pd.DataFrame, said: Said) -> list[Told]:
    nothing = frame["quantity"].eq(0).fillna(False).to_numpy(dtype=bool)
    return [_odd(nothing, ("quantity",), _("Order lines with 0 pieces: {n}."))]


def _odd_contacts(frame: pd.DataFrame, said: Said) -> list[Told]:
    found = []
    if {"abandoned", "handling_minutes"} <= set(frame):
        given_up = frame["abandoned"].fillna(False).to_numpy(dtype=bool) & _over(frame["handling_minutes"], 0)
        sentence = _("Contacts given up by the customer that took handling time all the same: {n}.")
        found.append(_odd(given_up, ("abandoned", "handling_minutes"), sentence))
    for column, limit, sentence in (
        (
            "handling_minutes",
            WORKING_DAY,
            _("Contacts that took more than a working day to handle: {n}. Is “{column}” in minutes?"),
        ),
        ("waiting_seconds", DAY, _("Customers who waited more than a day: {n}. Is “{column}” in seconds?")),
    ):
        if column in frame:
            found.append(_odd(_over(frame[column], limit), (column,), sentence, column=said(column)))
    if "resolved_at" in frame:
        long = _seconds(frame["resolved_at"], frame["opened_at"]) > 365 * DAY
        sentence = _("Contacts resolved more than a year after they were opened: {n}.")
        found.append(_odd(long, ("resolved_at", "opened_at"), sentence))
    return found


def _odd_events(frame: pd.DataFrame, said: Said) -> list[Told]:
    if "seconds" not in frame:
        return []
    sentence = _("Steps of a visit that took more than a day: {n}. Is “{column}” in seconds?")
    return [_odd(_over(frame["seconds"], DAY), ("seconds",), sentence, column=said("seconds"))]


def _odd_costs(frame: pd.DataFrame, said: Said) -> list[Told]:
    twice = frame.duplicated(["month", "channel"]).to_numpy()
    sentence = _("Rows with a month and channel that were there already: {n}. They count together.")
    return [_odd(twice, ("month", "channel"), sentence)]


def _not_first(frame: pd.DataFrame) -> np.ndarray:
    """Orders said to be the first of a customer who has an earlier one, or one of the same moment before it."""
    import numpy as np
    import pandas as pd

    who = codes(frame["customer_id"])
    moments = pd.DataFrame({"who": who, "at": frame["ordered_at"].dt.tz_convert(None).to_numpy()})
    late = moments["at"].to_numpy() > moments.groupby("who")["at"].transform("min").to_numpy()
    called = frame["first_order"].fillna(False).to_numpy(dtype=bool)
    again = np.zeros(len(frame), dtype=bool)
    again[called] = moments[called].duplicated().to_numpy()
    return (late | again) & called & (who >= 0)


def codes(column: pd.Series) -> np.ndarray:
    """A number per distinct cell, in the order of their coming; −1 for empty cells."""
    import pandas as pd
    import pyarrow as pa

    if not isinstance(column.dtype, pd.StringDtype):
        return pd.factorize(column)[0]
    cells = column.array.__arrow_array__()
    cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    return cells.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)


def across(tables: Mapping[str, pd.DataFrame]) -> list[Between]:
    """What the tables of one shop say against each other.

    Parameters
    ----------
    tables : mapping
        Canonical table → typed frame; what is not there is not looked at.

    Returns
    -------
    list of Between
        Only what occurs, each with a sentence that says how many rows.
    """
    found: list[Between] = []
    orders = tables.get("orders")
    if orders is not None:
        ordered = orders.drop_duplicates("order_id").set_index("order_id")["ordered_at"]
        found += _about_orders(tables, ordered)
    if "contacts" in tables and "messages" in tables:
        known = tables["contacts"]["contact_id"]
        sentence = _("Messages of a contact that is not there: {n}.")
        found.append(_unknown("messages", tables["messages"], "contact_id", known, sentence))
    for name in ("order_lines", "returns", "contacts", "reviews"):
        if "products" in tables and name in tables and "product_id" in tables[name]:
            sentence = _("Rows that name a product that is not in the list of products: {n}.")
            known = tables["products"]["product_id"]
            found.append(_unknown(name, tables[name], "product_id", known, sentence))
    return [told._replace(sentence=_with_count(told)) for told in found if told.mask.any()]


def _about_orders(tables: Mapping[str, pd.DataFrame], ordered: pd.Series) -> list[Between]:
    """Rows that name an order: is it there, and was it there in time?"""
    found = []
    sentences = {
        "order_lines": _("Order lines of an order that is not there: {n}."),
        "returns": _("Returns from an order that is not there: {n}."),
        "contacts": _("Contacts that name an order that is not there: {n}."),
    }
    for name, sentence in sentences.items():
        if name in tables and "order_id" in tables[name]:
            found.append(_unknown(name, tables[name], "order_id", ordered.index, sentence))
    if "returns" in tables:
        returns = tables["returns"]
        early = _before(returns["returned_at"], _looked_up(returns["order_id"], ordered))
        sentence = _("Products returned before they were ordered: {n}.")
        found.append(Between("returns", early, ("returned_at", "order_id"), sentence))
    if "contacts" in tables and {"order_id", "stage"} <= set(tables["contacts"]):
        contacts = tables["contacts"]
        early = _before(contacts["opened_at"], _looked_up(contacts["order_id"], ordered))
        early &= contacts["stage"].eq("after").fillna(False).to_numpy(dtype=bool)
        sentence = _("Contacts after the purchase that were opened before their order was placed: {n}.")
        found.append(Between("contacts", early, ("opened_at", "stage"), sentence))
    return found


def _looked_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """The value of each key, missing where there is none."""
    return values.reindex(keys.to_numpy(dtype=object)).set_axis(keys.index)


def _unknown(name: str, frame: pd.DataFrame, column: str, known, sentence: str) -> Between:
    mask = (frame[column].notna() & ~frame[column].isin(known)).to_numpy(dtype=bool)
    return Between(name, mask, (column,), sentence)


def _with_count(told: Between) -> str:
    return told.sentence.format(n=number(int(told.mask.sum())))


def _before(late: pd.Series, early: pd.Series) -> np.ndarray:
    """Where what should be later lies before, by more than a minute (exports round); by whole days where
    one of the columns knows no time of day."""
    if _days_only(late) or _days_only(early):
        early, late = (column.dt.normalize() for column in (early, late))
    return _seconds(late, early) < -_MINUTE


def _days_only(column: pd.Series) -> bool:
    told = column.dropna()
    return bool(len(told)) and bool((told == told.dt.normalize()).all())


def _seconds(late: pd.Series, early: pd.Series) -> np.ndarray:
    """Seconds from `early` to `late`; NaN where one is missing."""
    return (late - early).dt.total_seconds().to_numpy(dtype="float64", na_value=float("nan"))


def _above(one: pd.Series, other: pd.Series) -> np.ndarray:
    return (one - other).to_numpy(dtype="float64", na_value=float("nan")) > _CENT


def _over(column: pd.Series, limit: float) -> np.ndarray:
    return column.to_numpy(dtype="float64", na_value=float("nan")) > limit
