"""Did customers who answered a survey really order again? Windows that are not over are marked as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.repeats import known_words

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table


def same_customers(answers: pd.DataFrame, orders: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Customers of both tables as the same whole numbers: one per answer, one per order; -1 for none.

    >>> same_customers(pd.DataFrame({"customer_id": [7.0, None]}), pd.DataFrame({"customer_id": ["7", " "]}))
    (array([ 0, -1]), array([ 0, -1]))
    """
    mine, theirs = _customers(answers), _customers(orders)
    codes, _names = pd.factorize(pd.concat([mine, theirs], ignore_index=True))
    return codes[: len(mine)], codes[len(mine) :]


def _customers(frame: pd.DataFrame) -> pd.Series:
    """Customers as text, NA for none; numbers are written as every engine writes a key."""
    who = frame["customer_id"]
    if pd.api.types.is_numeric_dtype(who):
        who = who.astype(object).map(engine.as_key, na_action="ignore")
    return known_words(who)


def ordered_again(answers: pd.DataFrame, orders: Table, within: pd.Timedelta) -> pd.DataFrame:
    """Whether each answer was followed by an order of the same customer, strictly later and at most `within` later.

    Parameters
    ----------
    answers : DataFrame
        With customer_id and answered_at; times without a zone are UTC.
    orders : DataFrame or ibis.Table
        The canonical table.
    within : Timedelta
        The window is over when `within` after the answer lies before the last order in the table.

    Returns
    -------
    DataFrame
        On the index of `answers`: customer (a whole number, -1 for none), ours (bool: there are orders of this
        customer, and the time of the answer is known), over (bool: ours, and the window is over), again (1 or 0; NaN
        where not over).

    >>> answers = pd.DataFrame({"customer_id": ["a", "b"], "answered_at": pd.to_datetime(["2026-01-05"] * 2)})
    >>> orders = pd.DataFrame({"customer_id": ["a", "b", "c"], "ordered_at":
    ...     pd.to_datetime(["2026-01-20", "2026-01-02", "2026-06-01"])})
    >>> ordered_again(answers, orders, pd.Timedelta("90D"))["again"].tolist()
    [1.0, 0.0]
    """
    frame, last = _those_of(answers, orders)
    mine, theirs = same_customers(answers, frame)
    at = engine.times(answers["answered_at"], "effort_survey").to_numpy("datetime64[us]")
    bought = _times(frame)
    order = np.lexsort((bought, theirs))
    theirs, bought = theirs[order], bought[order]
    ours = (mine >= 0) & np.isin(mine, theirs) & ~np.isnat(at)
    over = ours & (at + within.to_numpy() <= last)
    following = _first_after(mine, at, theirs, bought)
    again = (following - at <= within.to_numpy()).astype(float)
    found = {"customer": mine, "ours": ours, "over": over, "again": np.where(over, again, np.nan)}
    return pd.DataFrame(found, index=answers.index)


def _first_after(mine: np.ndarray, at: np.ndarray, theirs: np.ndarray, bought: np.ndarray) -> np.ndarray:
    """When each customer ordered first after `at`; NaT for never. Orders by customer, then by time."""
    following = np.full(len(at), np.datetime64("NaT"), dtype="datetime64[us]")
    if not len(theirs):
        return following
    left = pd.DataFrame({"who": mine, "at": at, "row": np.arange(len(at))})
    left = left[(left["who"] >= 0) & left["at"].notna()].sort_values("at")
    right = pd.DataFrame({"who": theirs, "ordered": bought}).dropna().sort_values("ordered")
    near = pd.merge_asof(
        left, right, left_on="at", right_on="ordered", by="who", direction="forward", allow_exact_matches=False
    )  # fmt: skip
    following[near["row"].to_numpy()] = near["ordered"].to_numpy("datetime64[us]")
    return following


def _times(orders: pd.DataFrame) -> np.ndarray:
    return engine.times(orders["ordered_at"], "orders").to_numpy("datetime64[us]")


def _those_of(answers: pd.DataFrame, orders: Table) -> tuple[pd.DataFrame, np.datetime64]:
    """The orders of the customers who answered, as a frame, and the last moment in all orders."""
    if not isinstance(orders, pd.DataFrame):
        import ibis

        read = engine.table(orders, "orders", ["customer_id", "ordered_at"])
        who = pd.DataFrame({"who": _customers(answers).dropna().drop_duplicates().astype(object)})
        last = read.aggregate(ordered_at=read.ordered_at.max()).to_pandas()
        frame = read.semi_join(ibis.memtable(who), [("customer_id", "who")]).to_pandas()
        return frame, _times(last)[0]
    times = _times(orders)
    return orders, np.max(times[~np.isnat(times)], initial=np.datetime64(0, "us"))
