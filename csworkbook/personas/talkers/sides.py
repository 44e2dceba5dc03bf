"""Relational and other buyers side by side: which part of customers, visits, orders, questions and margin is theirs?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine, estimates, evidence
from csworkbook.estimates import LEVEL, Estimate
from csworkbook.personas.rows import keys
from csworkbook.personas.talkers.contacts import days

if TYPE_CHECKING:
    import ibis

    Frame = pd.DataFrame | ibis.Table

_DAY = 86_400  # seconds
TRAFFIC, RESULT = "relational-traffic-20", "pareto-80"  # what the handbook says of either


def sides(customers: pd.DataFrame, visits: pd.Series | None = None) -> pd.DataFrame:
    """What relational buyers and the others each have, together and per customer.

    Parameters
    ----------
    customers : DataFrame
        As `relational_traits.judged` gives.
    visits : Series, optional
        Visits by customer_id (see `visits_of`).

    Returns
    -------
    DataFrame
        measure (customers, visits, orders, questions, handling, margin; without orders those of them that are
        known), relational, others (sums: counts, minutes, money), share (of the relational in the sum), low, high
        (0–1, 95 %, by customer), benchmark (the handbook's share, NaN where it has none), relational_each,
        others_each (means per customer).
    """
    part = customers["relational"].to_numpy(bool)
    amounts = {"customers": np.ones(len(part))}
    if visits is not None:
        amounts["visits"] = visits.reindex(customers.index).fillna(0.0).to_numpy(float)
    if customers["orders"].any():
        amounts["orders"] = customers["orders"].to_numpy(float)
    amounts["questions"] = customers["questions"].to_numpy(float)
    if customers["handling"].any():
        amounts["handling"] = customers["handling"].to_numpy(float)
    if customers["margin"].notna().any():
        amounts["margin"] = customers["margin"].fillna(0.0).to_numpy(float)
    traffic = "visits" if "visits" in amounts else "orders"
    said = {traffic: evidence.get(TRAFFIC).value, "margin": evidence.get(RESULT).value}
    return pd.DataFrame([_row(name, values, part, said.get(name)) for name, values in amounts.items()])


def _row(measure: str, values: np.ndarray, part: np.ndarray, said: float | None) -> dict[str, object]:
    found, n = share_of(part, values), max(part.sum(), 1)
    mine, all_ = float(values[part].sum()), float(values.sum())
    row = {"measure": measure, "relational": mine, "others": all_ - mine}
    row |= {"share": found.value, "low": found.low, "high": found.high}
    return row | {
        "benchmark": np.nan if said is None else said,
        "relational_each": np.nan if measure == "customers" else mine / n,
        "others_each": np.nan if measure == "customers" else (all_ - mine) / max(len(part) - part.sum(), 1),
    }


def share_of(part: np.ndarray, values: np.ndarray) -> Estimate:
    """Which share of a sum some customers have, with the interval that comes from who the customers are.

    A ratio of sums over customers (linearised, Cochran 1977, section 6), its interval Wilson's with as many
    customers as would be worth as much if all had the same (Korn & Graubard 1998); where sums are below zero
    for some, the plain one.

    Parameters
    ----------
    part : array of bool
        Who has the share, one customer each.
    values : array
        What each customer adds to the sum.

    >>> share_of(np.array([True, False, False, False]), np.array([3.0, 1.0, 1.0, 1.0])).value
    0.5
    """
    n, total = len(values), float(values.sum())
    if not total > 0:
        return Estimate(np.nan, 0.0, 1.0, n)
    share = float(values[part].sum()) / total
    variance = n / max(n - 1, 1) * float((values**2 * (part - share) ** 2).sum()) / total**2
    if values.min() < 0:
        from scipy.stats import norm

        half = float(norm.ppf((1 + LEVEL) / 2)) * variance**0.5
        return Estimate(share, share - half, share + half, n)
    inside = 0 < share < 1 and variance > 0
    worth = share * (1 - share) / variance if inside else total**2 / float((values**2).sum())
    low, high = estimates.shares(share * worth, worth)
    return Estimate(share, float(low), float(high), n)


def visits_of(events: Frame, *, zone: str = "UTC") -> pd.Series:
    """Visits by customer: sessions, or days on which a visitor came where an event has no session.

    A visitor is a customer when his events, at any time, name that customer and no other; visits of visitors
    who never said who they are cannot be credited to anybody.

    Returns
    -------
    Series
        Number of visits, by customer_id.
    """
    if not isinstance(events, pd.DataFrame):
        return _visits_in_engine(events)
    if "customer_id" not in events:
        return pd.Series(dtype=float)
    visitor = pd.factorize(events["visitor_id"])[0]
    told = events["customer_id"].notna().to_numpy() & (visitor >= 0)
    named = {"visitor": visitor[told], "customer": keys(events["customer_id"][told])}
    owner = pd.DataFrame(named).dropna().drop_duplicates()
    owner = owner[~owner["visitor"].duplicated(keep=False)].set_index("visitor")["customer"]
    here = np.isin(visitor, owner.index)
    mine = events[here]
    day = pd.Series(days(mine["at"], "events", zone), dtype=object)
    session = pd.Series(keys(mine["session_id"]), dtype=object) if "session_id" in mine else day
    visit = pd.DataFrame({"visitor": visitor[here], "session": session.where(session.notna(), day)})
    visit = visit.drop_duplicates()
    return visit["visitor"].map(owner).value_counts().sort_index().astype(float)


def _visits_in_engine(events: ibis.Table) -> pd.Series:
    """The same, counted where the events are; days are by the clock of UTC there."""
    table = engine.table(events, "events", ["visitor_id", "at", "session_id", "customer_id"])
    named = table.filter(table.customer_id.notnull(), table.visitor_id.notnull()).group_by(of="visitor_id")
    owner = named.agg(customer=table.customer_id.min(), other=table.customer_id.max())
    owner = owner.filter(owner.customer == owner.other).select("of", "customer")
    mine = table.inner_join(owner, table.visitor_id == owner.of)
    day = (engine.second(mine.at) / _DAY).floor().cast("int64").cast("string")
    visit = mine.select("visitor_id", "customer", session=mine.session_id.coalesce(day)).distinct()
    found = visit.group_by("customer").agg(n=visit.count()).to_pandas()
    return found.set_index("customer")["n"].sort_index().astype(float)


def buys(bought: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Which categories relational buyers bought more often than others, or less often.

    Parameters
    ----------
    bought : DataFrame
        customer_id, value (category), each pair once, as `Bought.categories` gives.
    customers : DataFrame
        As `relational_traits.judged` gives.

    Returns
    -------
    DataFrame
        category, relational, others (shares of the customers of either who bought from it), difference (0–1),
        low, high, p (Holm over the categories), the largest difference first.
    """
    part = customers["relational"]
    mine = (
        pd.Series(part.reindex(bought["customer_id"]).to_numpy(object), index=bought.index)
        .dropna()
        .astype(bool)
    )
    bought = bought.loc[mine.index]
    n, m = int(part.sum()), int((~part).sum())
    rows = []
    for category, who in bought.groupby("value", observed=True)["customer_id"]:
        theirs = mine.loc[who.index]
        found = estimates.difference(int(theirs.sum()), n, int((~theirs).sum()), m)
        shares = (theirs.sum() / max(n, 1), (~theirs).sum() / max(m, 1))
        rows.append([category, *shares, found.value, found.low, found.high, found.p])
    columns = ["category", "relational", "others", "difference", "low", "high", "p"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))
    table["p"] = estimates.adjust(table["p"])
    return table.sort_values(["difference", "category"], ascending=[False, True], ignore_index=True)
