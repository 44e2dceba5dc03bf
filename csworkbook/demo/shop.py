"""The whole demo shop, one batch of customers after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from csworkbook.demo import loyal, opinions, orders, stories, survey, visits
from csworkbook.demo.assortment import products
from csworkbook.demo.contacts import channel_costs, contacts
from csworkbook.demo.messages import messages
from csworkbook.demo.store import typed

_BATCH = 8  # the largest scale drawn at once
_FIRST_ID = {
    "customer": 10_001,
    "order": 200_001,
    "contact": 60_001,
    "visitor": 500_001,
    "session": 900_001,
    "review": 7_001,
}
_KEYS = {
    "customer_id": "customer",
    "order_id": "order",
    "contact_id": "contact",
    "visitor_id": "visitor",
    "session_id": "session",
    "review_id": "review",
}


def batches(scale: float, seed: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """(table name, canonical frame), several times per table when the shop is big."""
    goods, used, asked = products(), Counter(), Counter()
    for number, size in enumerate(_sizes(scale)):
        ids = {column: _FIRST_ID[what] + used[what] for column, what in _KEYS.items()}
        used["customer"] += _people(size)
        for name, frame in _batch(size, (seed, number), goods, ids["customer_id"]):
            used.update(_used(name, frame))
            if name == "contacts":
                asked.update(_per_month(frame))
            yield name, typed(frame, name, ids)
    yield "channel_costs", typed(channel_costs(asked), "channel_costs")
    yield "products", typed(goods, "products")


def _sizes(scale: float) -> list[float]:
    whole = int(scale // _BATCH)
    rest = scale - whole * _BATCH
    return [_BATCH] * whole + ([rest] if rest > 1e-9 else [])


def _people(size: float) -> int:
    return max(1, round(size * stories.CUSTOMERS))


def _batch(
    size: float, seed: tuple[int, int], goods: pd.DataFrame, first: int
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables of one batch of customers, with row numbers for identifiers; `first` is its first customer id.

    Every table has a random stream of its own: changing one leaves the others as they are.
    """

    def random(table: int) -> np.random.Generator:
        return np.random.default_rng([*seed, table])

    people = orders.customers(random(0), _people(size))
    found = orders.journeys(random(1), people)
    lines = orders.order_lines(random(2), found, goods)
    leading = _leading(lines, len(found))
    yield "effort_survey", survey.effort_survey(random(3), found)
    yield "loyal_survey", loyal.loyal_survey(random(17), found, round(size * stories.LOYAL_ANSWERS))
    yield "orders", orders.order_table(random(4), found, lines, goods)
    yield "order_lines", _named(lines, goods)
    sent = orders.returns(random(5), found, lines, goods)
    yield "returns", _with_product(sent.assign(handled_at=orders.handled(random(16), sent)), goods)
    asked = contacts(random(14), found, leading, goods)
    yield "contacts", _with_product(asked, goods)
    yield "messages", messages(random(7), asked, round(size * stories.CONVERSATIONS))
    yield "events", _with_product(visits.events(random(8), found, leading, goods), goods)
    inside = seed[1] == 0  # the people of the shop answer once, however big the shop
    respondents = (first + np.sort(random(9).choice(len(people), round(size * 150), replace=False))).astype(
        str
    )
    yield "service_survey", opinions.service_survey(random(10), respondents, company=inside)
    yield "perception", opinions.perception(random(11), round(size * 400), company=14 if inside else 0)
    yield (
        "reviews",
        _with_product(opinions.reviews(random(12), found, leading, round(size * stories.REVIEWS)), goods),
    )


def _leading(lines: pd.DataFrame, size: int) -> np.ndarray:
    """The dearest product of every order."""
    dearest = lines.sort_values(["order", "price"], kind="stable").drop_duplicates("order", keep="last")
    leading = np.zeros(size, int)
    leading[dearest["order"]] = dearest["product"]
    return leading


def _used(name: str, frame: pd.DataFrame) -> dict[str, int]:
    """How many identifiers of its own a table has used."""
    own = {"orders": "order", "contacts": "contact", "reviews": "review"}
    if name in own:
        return {own[name]: len(frame)}
    if name == "events" and len(frame):
        return {"visitor": int(frame["visitor_id"].max()) + 1, "session": int(frame["session_id"].max()) + 1}
    return {}


def _per_month(asked: pd.DataFrame) -> Counter:
    """Contacts by (number of the month since July 2024, channel)."""
    opened = asked["opened_at"]
    month = (opened.dt.year - 2024) * 12 + opened.dt.month - 7
    return Counter(zip(month, asked["channel"], strict=True))


def _named(lines: pd.DataFrame, goods: pd.DataFrame) -> pd.DataFrame:
    named = lines.rename(columns={"order": "order_id"}).join(
        goods[["product_id", "name", "category"]], on="product"
    )
    return named.drop(columns="product").rename(columns={"name": "product"})


def _with_product(frame: pd.DataFrame, goods: pd.DataFrame) -> pd.DataFrame:
    """Row numbers of products as their identifiers; none stays none."""
    return frame.assign(product_id=goods["product_id"].reindex(frame["product_id"]).to_numpy())
