"""Real customers nearest the centre: by brute force, with everything that happened, and without telling who they are."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from effort.tables import assert_says
from scipy.spatial.distance import cdist

from csworkbook import language, open_shop
from csworkbook.errors import SettingError
from csworkbook.personas.described import features_of
from csworkbook.personas.likeness.cards import cards
from csworkbook.personas.likeness.lives import lives
from csworkbook.personas.likeness.nearest import medoids, nearest

from .likeness import ZONE, demo, kind_of, personas, saved, shop

ORDERS = pd.DataFrame(
    {
        "order_id": ["1", "2", "3", "4"],
        "customer_id": ["ann", "ann", "bob", "cas"],
        "ordered_at": pd.to_datetime(["2026-01-05", "2026-03-01", "2026-02-01", "2026-02-02"], utc=True),
        "revenue": [50.0, 30.0, 20.0, 10.0],
        "refunded": [10.0, 0.0, 20.0, 0.0],
    }
)
LINES = pd.DataFrame(
    {
        "order_id": ["1", "1", "1", "2", "3"],
        "product_id": "p",
        "quantity": 1,
        "price": 5.0,
        "category": ["pans", "beds", "pans", None, "pans"],
    }
)
CONTACTS = pd.DataFrame(
    {
        "contact_id": ["k1", "k2", "k3", "k4"],
        "customer_id": ["ann", None, "bob", "zed"],
        "order_id": [None, "2", None, None],
        "opened_at": pd.to_datetime(["2026-01-06", "2026-03-02", "2026-02-02", "2026-02-02"], utc=True),
        "channel": "email",
        "topic": ["size", None, "size", "size"],
        "text": ["My name is Ann", "", "", ""],
    }
)
RETURNS = pd.DataFrame(
    {
        "order_id": ["1", "4"],
        "product_id": "p",
        "returned_at": pd.to_datetime(["2026-01-20", "2026-02-20"], utc=True),
        "reason": ["colour", None],
        "amount": [10.0, 1.0],
    }
)


def story(orders=ORDERS, lines=LINES, contacts=CONTACTS, returns=RETURNS) -> list[tuple]:
    labels = pd.Series(1, index=["ann", "bob", "cas"])
    told = lives(orders, lines, contacts, returns, ["ann"], labels).sort_values("at")
    days = told["at"].dt.strftime("%m-%d")
    amount = [None if value != value else value for value in told["amount"]]
    return list(zip(told["customer_id"], days, told["kind"], told["about"], amount, strict=True))


EXPECTED = [
    ("ann", "01-05", "order", "beds and pans", 50.0),
    ("ann", "01-06", "contact", "size", None),
    ("ann", "01-20", "return", "colour", -10.0),
    ("ann", "03-01", "order", "", 30.0),
    ("ann", "03-02", "contact", "", None),  # without a customer, found by its order
]


def test_everything_that_happened_with_a_customer_and_nothing_of_others():
    assert story() == EXPECTED


def test_tables_in_an_engine_give_the_same_story():
    engine = [ibis.memtable(frame) for frame in (ORDERS, LINES, CONTACTS, RETURNS)]
    assert story(*engine) == EXPECTED
    assert story(ORDERS, LINES, engine[2], RETURNS) == EXPECTED


def test_what_was_paid_back_is_told_once():
    orders = ORDERS.assign(refunded=[25.0, 0.0, 0.0, 0.0])  # 10 of it by a return, 15 without
    assert [row[-1] for row in story(orders) if row[2] != "contact"] == [35.0, -10.0, 30.0]
    assert [row[-1] for row in story(orders, returns=None) if row[2] == "order"] == [25.0, 30.0]
    silent = ORDERS.drop(columns="refunded")  # only the return tells
    assert [row[-1] for row in story(silent) if row[2] != "contact"] == [50.0, -10.0, 30.0]
    unsaid = RETURNS.assign(amount=np.nan)
    assert [row[-1] for row in story(returns=unsaid) if row[2] != "contact"] == [40.0, None, 30.0]


@pytest.mark.parametrize("dtype", ["Float64", pd.ArrowDtype(pa.float64())], ids=["nullable", "arrow"])
def test_amounts_that_are_missing_in_any_dtype_are_not_known(dtype):
    tables = shop()
    orders, returns = tables["orders"], RETURNS.assign(order_id=tables["orders"]["order_id"].iloc[:2].array)
    returns = returns.assign(amount=pd.array([None, 1.0], dtype=dtype))
    refunded = pd.array([None] * len(orders), dtype=dtype)
    orders = orders.assign(revenue=orders["revenue"].astype(dtype), refunded=refunded)
    result = nearest(**tables | {"orders": orders, "returns": returns}, personas=personas(), closest=10)
    assert result.table["amount"].dtype == float
    assert_says(result)
    assert result.cells()
    assert cards(**tables | {"orders": orders, "returns": returns}, personas=personas())


def test_the_nearest_are_those_of_brute_force():
    known = features_of(**shop(), zone=ZONE)
    saved = personas()
    labels = nearest(**shop(), personas=saved).people.set_index("customer_id")["persona"]
    values, centres = known.scaled.to_numpy(), np.array(saved.centres)
    distance = cdist(values, centres)
    mine = distance.argmin(axis=1) + 1
    for persona in (1, 2, 3):
        own = np.sort(distance[mine == persona, persona - 1])[:3]
        chosen = known.scaled.index.get_indexer(labels.index[labels == persona])
        assert np.sort(distance[chosen, persona - 1]) == pytest.approx(own)


def test_of_customers_equally_near_those_with_more_orders_come_first_then_by_id():
    index = list("dcba")
    found = medoids(
        pd.DataFrame({"x": 1.0}, index),
        pd.Series(1, index),
        np.array([[0.0]]),
        3,
        pd.Series([1, 5, 1, 1], index),
    )
    assert found["customer_id"].tolist() == ["c", "a", "b"]


def test_nobody_can_be_told_from_the_page_unless_the_owner_asks_for_it():
    result = nearest(**shop(), personas=personas())
    cells = " ".join(cell for row in result.cells() for cell in row) + result.text
    ids = set(shop()["orders"]["customer_id"]) | set(shop()["orders"]["order_id"])
    assert not ids & set(cells.replace(",", " ").split())
    assert result.people.groupby("persona")["customer"].agg(list).iloc[0] == [
        "customer A",
        "customer B",
        "customer C",
    ]
    assert "customer_id" not in result.sheet().columns
    own = nearest(**shop(), personas=personas(), ids="own")
    assert set(own.people["customer"]) <= ids


def test_the_story_on_the_page_is_that_of_the_tables():
    result = nearest(**shop(), personas=personas(), closest=2)
    assert len(result.people) == 6
    for _place, person in result.people.iterrows():
        mine = result.of(person["persona"], person["customer"])
        orders = shop()["orders"]
        orders = orders[orders["customer_id"] == person["customer_id"]]
        assert mine.loc[mine["kind"] == "order", "amount"].sum() == pytest.approx(orders["revenue"].sum())
        returns = shop()["returns"]
        back = returns[returns["order_id"].isin(orders["order_id"])]["amount"].sum()
        assert person["spent"] == pytest.approx(orders["revenue"].sum() - back)
        assert mine["amount"].sum() == pytest.approx(person["spent"])
        assert (mine["kind"] == "contact").sum() == (
            shop()["contacts"]["customer_id"] == person["customer_id"]
        ).sum()
        assert mine["at"].is_monotonic_increasing


def test_demo_customers_buy_what_their_type_buys():
    from csworkbook.demo import stories

    result = open_shop().call(nearest, personas=demo())
    for persona, kind in enumerate(stories.TYPES, 1):
        orders = result.table[(result.table["persona"] == persona) & (result.table["kind"] == "order")]
        assert orders["about"].str.contains(kind.home).mean() > 0.6


def test_rows_in_another_order_change_nothing():
    tables = {name: frame.sample(frac=1, random_state=4) for name, frame in shop().items()}
    one, other = nearest(**shop(), personas=personas()), nearest(**tables, personas=personas())
    pd.testing.assert_frame_equal(one.people, other.people)
    pd.testing.assert_frame_equal(one.table, other.table)


def test_it_works_from_orders_alone():
    frames = shop()
    known = features_of(frames["orders"], zone=ZONE)
    own = saved(known, kind_of(known.table.index), ["A", "B", "C"])
    result = nearest(frames["orders"], personas=own)
    assert set(result.table["kind"]) == {"order"}
    assert_says(result)


def test_it_is_said_in_both_languages():
    result = nearest(**shop(), personas=personas())
    assert_says(result)
    assert "not means" in result.text
    with language.speaking("nl"):
        assert "december" in nearest(**shop(), personas=personas()).text


@pytest.mark.parametrize("wrong", [{"ids": "names"}, {"closest": 0}, {"closest": 99}])
def test_what_cannot_be_chosen_is_refused(wrong):
    with pytest.raises(SettingError, match="cannot be chosen"):
        nearest(**shop(), personas=personas(), **wrong)
