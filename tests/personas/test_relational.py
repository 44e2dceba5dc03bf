"""Relational buyers: counted by hand, compared with other libraries, found again in the demo shop."""

from __future__ import annotations

import math

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import open_shop
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError
from csworkbook.personas.talkers import traits as relational_traits
from csworkbook.personas.talkers.bought import Bought
from csworkbook.personas.talkers.relational import relational
from csworkbook.purchases import day_of, purchases

from .relational_shops import CONTACTS, LINES, ORDERS, ZONE, at, contacts, drawn, orders

_SUMS = ["orders", "spent", "margin", "first_at", "last_at"]
OWN = {"questions": 2, "variety": 2, "minutes": 10, "worth": 100}


def at_least(result) -> dict[str, float]:
    return {limit.trait: limit.at_least for limit in result.limits}


def measured(result) -> pd.DataFrame:
    return result.table.set_index("measure")


# ---------------------------------------------------------------- traits
def test_the_four_traits_of_everybody():
    found = relational(CONTACTS, ORDERS, **OWN).customers
    assert found.index.tolist() == ["ann", "bob", "cee", "dan", "eve"]
    assert found["questions"].tolist() == [3, 1, 2, 0, 0]
    assert found["variety"].tolist() == [3, 1, 1, 0, 0]
    assert found["minutes"].tolist()[:3] == [20, 4, 6]
    assert found["minutes"].isna().tolist() == [False, False, False, True, True]
    assert found["worth"].tolist() == [150, 50, 40, 30, 20]
    assert found["traits"].tolist() == [4, 0, 1, 0, 0]
    assert found["relational"].tolist() == [True, False, False, False, False]


def test_own_numbers_include_their_end():
    exact = {"questions": 3, "variety": 3, "minutes": 20, "worth": 150}
    assert relational(CONTACTS, ORDERS, needed=4, **exact).n == 1
    for trait, value in exact.items():
        assert relational(CONTACTS, ORDERS, needed=4, **exact | {trait: value + 0.01}).n == 0


def test_how_many_traits_are_needed():
    assert relational(CONTACTS, ORDERS, needed=1, **OWN).customers["relational"].sum() == 2
    assert relational(CONTACTS, ORDERS, needed=2, **OWN).customers["relational"].sum() == 1
    for wrong in (0, 5, 2.5):
        with pytest.raises(SettingError, match="traits cannot be asked for"):
            relational(CONTACTS, ORDERS, needed=wrong)


@pytest.mark.parametrize(
    ("values", "top", "least", "n"),
    [
        (range(1, 11), 0.2, 9, 2),
        (range(1, 11), 0.3, 8, 3),
        ([1, 1, 1, 2, 2, 2, 2, 2, 2, 3], 0.2, 3, 1),  # seven have 2 or more, which is more than a fifth
        ([0, 0, 0, 0, 1], 0.2, 1, 1),
        ([0, 0, 0, 1, 1], 0.2, math.inf, 0),  # two share the highest: nobody is the highest fifth
        ([5, 5, 5], 0.5, math.inf, 0),
        ([5], 0.5, math.inf, 0),
        ([math.nan, 1, 2, 3, 4, 9], 0.2, 9, 1),
        ([math.nan], 0.2, math.inf, 0),
    ],
)
def test_highest_is_no_more_than_the_share_that_was_asked(values, top, least, n):
    customers = pd.DataFrame(dict.fromkeys(relational_traits.TRAITS, np.array(values, dtype=float)))
    for limit in relational_traits.limits(customers, top, {}):
        assert (limit.at_least, limit.n) == (least, n)


def test_a_number_below_one_is_a_quantile_of_that_trait_alone():
    found = relational(*drawn(400, 1), minutes=0.9, zone=ZONE)
    known = found.customers["minutes"].dropna().to_numpy()
    assert at_least(found)["minutes"] == np.sort(known)[-math.ceil(len(known) / 10)]
    assert [limit.top for limit in found.limits] == pytest.approx([0.2, 0.2, 0.1, 0.2])


@pytest.mark.parametrize(
    "wrong", [{"top": 0}, {"top": 1}, {"questions": -1}, {"worth": math.inf}, {"minutes": math.nan}]
)
def test_limits_that_cannot_be_are_refused(wrong):
    with pytest.raises(SettingError):
        relational(CONTACTS, ORDERS, **wrong)


def test_a_trait_nobody_tells_is_not_asked_for():
    without = CONTACTS.drop(columns="handling_minutes")
    result = relational(without, ORDERS, **OWN, needed=4)
    assert result.told.needed == 3
    assert result.customers["relational"].tolist() == [True, False, False, False, False]
    assert "at least 3 of these 3: 2 questions, 2 different topics and €100 per order" in result.text
    no_topic = CONTACTS.assign(topic=None)
    assert not {limit.trait: limit.known for limit in relational(no_topic, ORDERS).limits}["variety"]
    assert_says(result)


# ---------------------------------------------------------------- what is a question, and whose
def test_a_complaint_is_no_question():
    complained = CONTACTS.assign(kind=["question", "complaint", *["question"] * 3, None])
    result = relational(complained, ORDERS, **OWN)
    assert result.customers["questions"].tolist() == [2, 1, 2, 0, 0]
    assert result.customers.loc["ann", "minutes"] == 20
    assert "Not counted as questions: 1 complaint." in result.method


def test_what_is_missing_or_cannot_be_is_left_out_and_said():
    odd = CONTACTS.assign(
        customer_id=[None, " ", "ann ", "bob", "stranger", "cee"],
        handling_minutes=[1, 1, -5, 4, 1, np.nan],
        topic=["size", "size", " ", "size", "size", None],
    )
    result = relational(odd, ORDERS, **OWN)
    assert result.customers["questions"].tolist() == [1, 1, 1, 0, 0]
    assert result.customers["variety"].tolist() == [0, 1, 0, 0, 0]
    assert result.customers["minutes"].dropna().tolist() == [4]
    assert "3 contacts of nobody known as a buyer" in result.method
    assert_says(result)


def test_the_ledger_finds_whose_a_contact_is():
    hashes = {"ann": "a1", "bob": "b1", "cee": "c1", "dan": "d1", "eve": "e1"}
    mine = ORDERS.assign(email_hash=ORDERS["customer_id"].map(hashes))
    nameless = CONTACTS.assign(customer_id=None)
    by_mail = nameless.assign(email_hash=CONTACTS["customer_id"].map(hashes))
    by_order = nameless.assign(order_id=["o0", "o0", "o1", "o2", "o3", "o4"])
    expected = relational(CONTACTS, ORDERS, **OWN).customers
    for told in (by_mail, by_order):
        found = relational(told, mine, **OWN).customers
        pd.testing.assert_frame_equal(found, expected)


def test_refunded_orders_are_no_purchases_and_returns_take_off():
    returns = pd.DataFrame(
        {"order_id": ["o0", "o5"], "product_id": "p", "returned_at": at([5, 6]), "amount": [100.0, 30.0]}
    )
    found = relational(CONTACTS, ORDERS, returns=returns, **OWN)
    assert found.customers.index.tolist() == ["ann", "bob", "cee", "eve"]
    assert found.customers.loc["ann", "worth"] == 100
    assert found.customers.loc["ann", "margin"] == pytest.approx(200 * 0.35)
    assert "Left out: 1 order" in found.method


# ---------------------------------------------------------------- the time looked at
def test_orders_of_a_time_without_contacts_are_left_out():
    told, ordered = drawn(300, 5, days=720)
    later = told[told["opened_at"] > at([360])[0]]
    result = relational(later, ordered, zone=ZONE)
    first = later["opened_at"].min()
    assert day_of(result.told.since).date() == first.date()
    here = ordered[ordered["ordered_at"].dt.date >= first.date()]
    assert result.customers["orders"].sum() == len(here)
    assert "Orders of a time without contacts are left out." in result.method
    assert relational(told, ordered).customers["orders"].sum() == len(ordered)


def test_contacts_and_orders_of_different_times():
    told, ordered = drawn(300, 5)
    with pytest.raises(DataError, match="are of different times"):
        relational(told.assign(opened_at=told["opened_at"] - pd.Timedelta("5000D")), ordered)


def test_what_was_bought_between_two_days_is_what_purchases_say():
    _told, ordered = drawn(200, 7)
    ordered.loc[::9, "revenue"] = -1.0
    ordered.loc[::11, "customer_id"] = None
    first = day_of(0).date()
    bounds = [int((ordered["ordered_at"].min().date() - first).days) + days for days in (100, 400)]
    expected = purchases(
        ordered, since=day_of(bounds[0]).date(), until=day_of(bounds[1]).date(), margin=0.4, zone=ZONE
    )
    for orders_ in (ordered, ordered.sample(frac=1, random_state=1), ibis.memtable(ordered)):
        found = Bought.of(orders_, None, margin=0.4, zone=ZONE).between(*bounds)
        pd.testing.assert_frame_equal(
            found[_SUMS], expected[_SUMS], check_dtype=False, check_index_type=False
        )
    whole = Bought.of(ordered, None, margin=0.4, zone=ZONE).whole()
    lazy = Bought.of(ibis.memtable(ordered), None, margin=0.4, zone=ZONE).whole()
    pd.testing.assert_frame_equal(whole[_SUMS], lazy[_SUMS], check_dtype=False, check_index_type=False)
    assert whole.attrs == lazy.attrs
    assert Bought.of(ordered, None, margin=0.4, zone=ZONE).between(1, 0) is None
    assert Bought.of(ibis.memtable(ordered), None, margin=0.4, zone=ZONE).between(1, 2) is None


# ---------------------------------------------------------------- odd shops
@pytest.mark.parametrize(
    "without", [CONTACTS.head(0), CONTACTS.assign(customer_id=None), CONTACTS.assign(kind="complaint")]
)
def test_no_question_of_anybody_is_told(without):
    with pytest.raises(DataError, match="None of these contacts is a question"):
        relational(without, ORDERS)
    with pytest.raises(DataError, match="None of these contacts is a question"):
        relational(without)


def test_no_purchase_is_told():
    for nothing in (
        ORDERS.head(0),
        ORDERS.assign(revenue=0.0),
        ORDERS.assign(revenue=-5.0),
        ORDERS.assign(customer_id=""),
    ):
        with pytest.raises(DataError, match="None of these orders"):
            relational(CONTACTS, nothing)


def test_one_customer_everybody_the_same_and_nobody_who_qualifies():
    one = relational(CONTACTS.head(3), ORDERS.head(2))
    same = relational(contacts([(c, 1, "size", 5) for c in "abcdef"]), orders([(c, 1, 10) for c in "abcdef"]))
    strict = relational(CONTACTS, ORDERS, needed=4, questions=50)
    for result in (one, same, strict):
        assert result.n == 0
        assert "No customer has enough traits" in result.headline
        assert all(finding.estimate is None for finding in result.findings())
        assert_says(result)


def test_few_are_said_to_be_few():
    result = relational(CONTACTS, ORDERS, **OWN)
    assert "That is only 1 customer, so these shares are rough." in result.text
    assert result.findings()[0].enough == 150  # a fifth of them makes 30
    assert_says(result)


def test_without_orders_three_traits_of_those_who_asked():
    result = relational(CONTACTS, questions=2, variety=2, minutes=10)
    assert result.customers.index.tolist() == ["ann", "bob", "cee"]
    assert result.customers["relational"].tolist() == [True, False, False]
    assert measured(result).index.tolist() == ["customers", "questions", "handling"]
    assert result.later is None
    assert_says(result)


# ---------------------------------------------------------------- the same whatever comes in
def shuffled(frame: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    return frame.sample(frac=1, random_state=seed)


def test_the_order_of_rows_changes_nothing():
    told, ordered = drawn(300, 2)
    one, other = relational(told, ordered), relational(shuffled(told), shuffled(ordered, 1))
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    pd.testing.assert_frame_equal(one.customers, other.customers, check_exact=True)
    assert one.text == other.text


def test_types_doubled_indexes_and_further_columns_change_nothing():
    told, ordered = drawn(200, 4)
    expected = relational(told, ordered, zone="UTC")
    odd = told.astype({"customer_id": "category", "topic": "category", "kind": "category"}).set_axis(
        [0] * len(told)
    )
    odd["handling_minutes"] = odd["handling_minutes"].astype(object)
    naive = ordered["ordered_at"].dt.tz_convert("UTC").dt.tz_localize(None)
    plain = ordered.astype({"customer_id": object}).assign(ordered_at=naive)
    found = relational(odd.assign(colour="red"), plain.set_axis([7] * len(plain)), zone="UTC")
    pd.testing.assert_frame_equal(found.table, expected.table)
    pd.testing.assert_frame_equal(found.customers, expected.customers)


def test_numbers_as_customers_are_the_same_in_both_tables():
    numbers = {"ann": 1, "bob": 2, "cee": 3, "dan": 4, "eve": 5}
    told = CONTACTS.assign(customer_id=CONTACTS["customer_id"].map(numbers).astype(float))
    ordered = ORDERS.assign(customer_id=ORDERS["customer_id"].map(numbers).astype(str))
    assert relational(told, ordered, **OWN).customers["questions"].tolist() == [3, 1, 2, 0, 0]


def test_nothing_that_came_in_is_changed():
    told, ordered, lines = CONTACTS.copy(), ORDERS.copy(), LINES.copy()
    relational(told, ordered, lines)
    for before, after in ((CONTACTS, told), (ORDERS, ordered), (LINES, lines)):
        pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize("lazy", ["orders", "contacts", "all"])
def test_a_table_of_an_engine_gives_the_same(lazy):
    told, ordered = drawn(300, 6)
    told.loc[told.index[::7], "kind"] = "complaint"
    lines = pd.DataFrame({"order_id": ordered["order_id"], "product_id": "p", "quantity": 1, "price": 1.0})
    lines["category"] = np.where(ordered["revenue"] > 110, "chairs", "cups")
    tables = {"contacts": told, "orders": ordered, "order_lines": lines}
    expected = relational(**tables, zone=ZONE)
    where = {name: ibis.memtable(t) if lazy in (name, "all") else t for name, t in tables.items()}
    found = relational(**where, zone=ZONE)
    pd.testing.assert_frame_equal(found.customers, expected.customers, rtol=1e-9)
    pd.testing.assert_frame_equal(found.table, expected.table, rtol=1e-9)
    pd.testing.assert_frame_equal(found.bought, expected.bought, check_dtype=False)
    assert found.later.alike.value == pytest.approx(expected.later.alike.value)
    assert found.known.asked.left_out == expected.known.asked.left_out


# ---------------------------------------------------------------- made with a known answer, and the demo shop
def test_those_who_were_made_relational_are_found():
    told, ordered = drawn(1500, 11)
    found = relational(told, ordered).customers
    made = found.index.str.startswith("r")
    assert made[found["relational"]].mean() > 0.9
    assert found["relational"][made].mean() > 0.5


@pytest.fixture(scope="module")
def demo():
    return open_shop().call(relational)


def test_the_planted_relational_buyers_are_found(demo):
    shop = open_shop()
    kind = next(one for one in stories.TYPES if one.name == "relational")
    lines = shop.order_lines.merge(shop.orders[["order_id", "customer_id"]])
    counts = lines.groupby(["customer_id", "category"], observed=True).size().unstack(fill_value=0)
    planted = (counts.idxmax(axis=1) == kind.home).reindex(demo.customers.index)
    found = demo.customers["relational"]
    assert planted[found].mean() > 0.65  # of all customers it is 8 %
    assert found[planted].mean() > 0.65
    assert demo.more["category"].iloc[0] == kind.home


def test_what_the_demo_shop_says(demo):
    assert demo.headline.startswith("Relational buyers are ")
    assert "The handbook has about 20%" in demo.text or "The handbook has 20%" in demo.text
    assert demo.share("margin").low > demo.share("customers").high  # they bring more than their number
    assert demo.findings()[0].certainty == "likely"
    assert demo.findings()[0].benchmark == "relational-traffic-20"
    for word in ("causes", "proves"):
        assert word not in demo.text
    assert_says(demo)


def test_a_panel_of_the_demo_shop_is_quick(demo):
    import time

    shop = open_shop()
    shop.call(relational)
    taken = []
    for _round in range(3):
        start = time.process_time()
        found = shop.call(relational)
        found.text, found.method, found.plot(), found.cells()
        taken.append(time.process_time() - start)
    assert min(taken) < 0.6  # 0.25 where nothing else runs


def test_an_order_number_given_twice_is_of_the_same_customer_whatever_the_order_of_the_rows():
    orders = ORDERS.assign(order_id=["o0", "o1", "o0", "o3", "o4", "o5", "o6"])  # o0 is of ann and of bob
    ways = [Bought.of(rows, None, margin=0.4, zone=ZONE) for rows in (orders, orders.iloc[::-1])]
    found = [bought.categories(LINES).value_counts().to_dict() for bought in ways]
    assert found[0] == found[1]
    assert ("ann", "chairs") in found[0]
    assert ("bob", "chairs") not in found[0]
