"""What do chats in the cart cost and bring, by the share of visitors who accept an invitation?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import queueing
from csworkbook.checkout.lingering import Credited, Lingering
from csworkbook.estimates import Estimate
from csworkbook.order_value import OrderValue

DRAWS = 4000
_ANSWER = {"within_seconds": 20.0, "share": 0.8}  # what is asked of people who do only this


@dataclass(frozen=True)
class ChatTerms:
    """What is assumed, as the parameters of `chat` say."""

    hourly_cost: float
    at_once: float
    accept: tuple[float, float]
    anyway: float
    seconds: float
    extra_people: bool
    minutes: float = 0.0


def _drawn(estimate: Estimate, rng: np.random.Generator) -> np.ndarray:
    """Draws of a mean from its interval; the value itself where there is none."""
    error = (estimate.high - estimate.low) / 2 / 1.96
    if not (np.isfinite(error) and error > 0):
        return np.full(DRAWS, estimate.value)
    return np.maximum(rng.normal(estimate.value, error, DRAWS), estimate.value * 1e-3)


def scenarios(
    seen: Lingering | None,
    taken: Estimate,
    order: OrderValue,
    leads: Credited | None,
    terms: ChatTerms,
    seed: int,
) -> pd.DataFrame:
    """One row per share that accepts, with the columns that `chat` tells of."""
    rng = np.random.default_rng(seed)
    brought = np.maximum(order.draws(rng, DRAWS), order.value * 1e-3)
    drawn = {"taken": _drawn(taken, rng), "order": brought, "leads": _leads(leads, rng)}
    drawn["a_day"] = rng.gamma(seen.open + 0.5, 1 / max(seen.days, 1), DRAWS) if seen else None
    low, high = terms.accept
    levels = dict.fromkeys((low, (low + high) / 2, high))
    return pd.DataFrame([_row(accept, seen, taken, order, leads, terms, drawn) for accept in levels])


def _leads(leads: Credited | None, rng: np.random.Generator) -> np.ndarray | None:
    if leads is None or not leads.share.n:
        return None
    orders = round(leads.once.value * leads.once.n)
    return rng.beta(orders + 0.5, leads.once.n - orders + 0.5, DRAWS)


def _row(accept, seen, taken, order, leads, terms, drawn) -> dict[str, float]:
    """One share that accepts: chats, costs, what they must bring, and what they may."""
    a_day = seen.a_day.value if seen else np.nan
    days = seen.days_a_year if seen else np.nan
    per_chat = _per_chat(terms, seen, accept, taken.value)
    told = np.isfinite(per_chat)
    each = per_chat * (
        a_day / drawn["a_day"] if terms.extra_people and told else drawn["taken"] / taken.value
    )
    low, high = np.quantile(each / drawn["order"], [0.025, 0.975]) if told else (np.nan, np.nan)
    chats = a_day * accept
    row = {"accept": accept, "invited": a_day, "chats": chats, "per_chat": per_chat}
    row |= {"cost": chats * days * per_chat, "orders": chats * days * per_chat / order.value}
    row |= {"needed": per_chat / order.value, "low": low, "high": high}
    return row | _value(row, leads, order, terms, drawn, each, days)


def _value(row, leads, order, terms, drawn, each, days) -> dict[str, float]:
    """The result a year, with what chats are credited with now and the share that would have bought anyway."""
    names = ("value", "value_low", "value_high")
    if drawn["leads"] is None or drawn["a_day"] is None or not np.isfinite(row["per_chat"]):
        return dict.fromkeys(names, np.nan)
    extra = 1 - terms.anyway
    value = row["chats"] * days * (leads.once.value * extra * order.value - row["per_chat"])
    draws = drawn["a_day"] * row["accept"] * days * (drawn["leads"] * extra * drawn["order"] - each)
    return dict(zip(names, (value, *np.quantile(draws, [0.025, 0.975])), strict=True))


def _per_chat(terms: ChatTerms, seen: Lingering | None, accept: float, minutes: float) -> float:
    """What a chat costs: its minutes, or its part of the people who do only this; NaN where nobody chats."""
    if not terms.extra_people:
        return minutes / 60 * terms.hourly_cost / terms.at_once
    if seen is None or not seen.open or not accept:
        return np.nan
    rate = (seen.hours["carts"] / seen.hours["open"]).to_numpy() * accept
    lines = queueing.fewest_agents(rate * minutes / 60, handling_seconds=minutes * 60, **_ANSWER)
    people = np.maximum(np.ceil(lines / terms.at_once), 1)
    return float((people * seen.hours["open"]).sum() * terms.hourly_cost / (seen.open * accept))
