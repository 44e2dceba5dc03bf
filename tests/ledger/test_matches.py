"""Whose is a row: ten customers by hand, guests, order numbers, and pandas merges as oracle."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook import ledger
from csworkbook.errors import DataError
from csworkbook.ledger import links

from . import peer
from .tables import ASKED, TEN, at, contacts, orders, returns


def linked(asked=ASKED, bought=TEN):
    with links.looked_up(bought) as known:
        found = links.link_contacts(asked, known).to_pandas()
    return found.set_index("contact_id").loc[asked["contact_id"]]


def test_every_contact_is_found_as_its_name_says():
    found = linked()["found"]
    assert found.to_dict() == {name: name.split("-")[0] for name in ASKED["contact_id"]}


def test_whose_each_contact_is():
    found = linked()
    customers = found["customer"].astype(object).where(found["customer"].notna(), None)
    assert customers.to_dict() == {
        "customer-1": "anna", "customer-2": "bob", "customer-3": "hugo", "email-1": "anna", "email-2": "bob",
        "email-3": "m-guest", "order-1": "carla", "order-2": None, "order-3": "hugo", "text-1": "fred", "text-2": "gina",
        "text-3": "anna", "conflict-1": None, "conflict-2": None, "several-1": "m-both", "several-2": None,
        "no_id-1": None, "no_id-2": None, "before-1": "old", "after-1": "new", "order_unknown-1": None,
        "order_unknown-2": None, "id_unknown-1": "nobody",
    }  # fmt: skip
    number = found["order"].dropna().to_dict()
    assert number == {
        "order-1": "#1003", "order-2": "#1010", "order-3": "#1008", "text-1": "#1006", "text-2": "#1007",
        "conflict-1": "#1002", "conflict-2": "#1004",
    }  # fmt: skip


def test_the_counts_of_ten_customers_by_hand():
    result = ledger.matches(
        TEN, contacts=ASKED, returns=returns([("1001", 9, 5), ("1099", 9, 5), (None, 9, 1)])
    )
    table = result.table.set_index("table")
    row = table.loc["contacts"]
    assert row[["rows", "found", "customer", "email", "order_number", "text"]].tolist() == [
        23,
        12,
        3,
        3,
        3,
        3,
    ]
    missed = row[["conflict", "several", "no_id", "before", "after", "order_unknown", "id_unknown"]]
    assert missed.tolist() == [2, 2, 2, 1, 1, 2, 1]
    # ten orders have a customer of their own, a guest has an address, one of anna's was ordered as a guest; #1010: nobody
    assert table.loc["orders", ["rows", "customer", "email", "no_id"]].tolist() == [12, 9, 2, 1]
    assert table.loc["returns", ["rows", "order_number", "order_unknown", "no_id"]].tolist() == [3, 1, 1, 1]


def test_rows_add_up_and_every_reason_says_what_to_do():
    result = ledger.matches(TEN, contacts=ASKED)
    reasons = result.why[result.why["table"] == "contacts"]
    assert reasons["count"].sum() + 12 == 23
    assert "12" in result.cells()[1][2]
    assert "2 rows name two different customers" in result.text


def test_the_share_has_wilsons_interval():
    result = ledger.matches(orders([(str(n), "a" if n < 81 else None, 0, 1) for n in range(263)]))
    row = result.table.iloc[0]  # 81 of 263: Newcombe 1998
    assert (round(row["low"], 4), round(row["high"], 4)) == (0.2553, 0.3662)


# ---------------------------------------------------------------- nobody is not somebody
@pytest.mark.parametrize("nobody", [None, "", "  ", np.nan])
def test_guests_and_anonymous_chats_never_match_each_other(nobody):
    bought = orders([("o1", nobody, 0, 10), ("o2", nobody, 1, 10), ("o3", "a", 2, 10)])
    asked = contacts([("c1", nobody, 1, "x"), ("c2", nobody, 2, "x"), ("c3", "a", 2, "x")])
    found = linked(asked, bought)
    assert found["found"].tolist() == ["no_id", "no_id", "customer"]
    assert found["customer"].isna().tolist() == [True, True, False]
    entries = ledger.entries(bought, contacts=asked).to_pandas()
    assert entries["customer_id"].notna().sum() == 2
    result = ledger.reasons(asked, bought)
    assert result.table.set_index("topic").loc["x", ["contacts", "again", "repeated"]].tolist() == [3, 0, 0]


def test_empty_mail_addresses_never_match_each_other():
    bought = orders([("o1", "a", 0, 10), ("o2", None, 1, 10)], email_hash=["", ""])
    found = linked(contacts([("c1", None, 1, "x")], email_hash=[" "]), bought)
    assert found["found"].tolist() == ["no_id"]


def test_a_guest_is_one_person_by_the_mail_address():
    bought = orders([("o1", None, 0, 10), ("o2", None, 1, 10)], email_hash=["m", "m"])
    entries = ledger.entries(bought, contacts=contacts([("c1", None, 2, "x")], email_hash=["m"])).to_pandas()
    assert entries["customer_id"].tolist() == ["m"] * 3


# ---------------------------------------------------------------- order numbers
@pytest.mark.parametrize(
    ("written", "named", "called"),
    [
        ("1001", "#1001", True), ("#1001", "1001", True), (" 1001 ", "1001", True), ("001001", "1001", True),
        ("NL-1001", "1001", True), ("1001", "NL1001", True), ("nl 1001", "NL-1001", True), ("2024-0012", "20240012", True),
        ("2024-0012", "2024-0012", True), ("BE-1001", "NL-1001", False), ("1001", "10010", False), ("1001", "2024-1001", False),
        ("", "1001", False), ("#", "1001", False), ("0", "00", False), ("a1b2c3", "123", False),
    ],
)  # fmt: skip
def test_how_an_order_number_may_be_written(written, named, called):
    found = linked(contacts([("c", None, 1, "x")], order_id=[written]), orders([(named, "a", 0, 1)]))
    assert (found["found"].tolist() == ["order"]) == called


def test_a_number_that_two_orders_could_have_names_neither():
    bought = orders(
        [("NL-1001", "a", 0, 1), ("BE-1001", "b", 0, 1), ("DE-1002", "c", 0, 1), ("1002", "d", 0, 1)]
    )
    asked = contacts([("c1", None, 1, "x"), ("c2", None, 1, "x"), ("c3", None, 1, "x"), ("c4", None, 1, "x")],
                     order_id=["1001", "BE1001", "1002", "DE 1002"])  # fmt: skip
    found = linked(asked, bought)
    assert found["found"].tolist() == ["several", "order", "order", "order"]
    assert found["customer"].tolist()[1:] == ["b", "d", "c"]


TEXTS = {
    "Waar blijft #10234?": "10234", "Where is my order 10234": "10234", "ORDER NR. 10234!": "10234",
    "mijn bestelling: 10234": "10234", "bestelnummer is 10234.": "10234", "order 2024-0012 kapot": "2024-0012",
    "ordernummer 00010234": "10234", "(order #10234)": "10234", "order number 10234 and order 10234": "10234",
    "order no 10234 or order 99999": "10234", "my order of 3 June": None, "call 10234": None, "order 23 again": None,
    "border 10234": None, "bestel 3 stuks": None, "order 10234 and order 2024-0012": None, "": None,
    "order 77777\nsorry, I mean bestelling\n10234": "10234",
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_order_numbers_in_texts(text):
    bought = orders([("10234", "a", 0, 1), ("2024-0012", "b", 0, 1), ("10235", "c", 0, 1), ("23", "d", 0, 1)])
    found = linked(contacts([("c", None, 1, "x")], text=[text]), bought).iloc[0]
    assert (found["order"] if isinstance(found["order"], str) else None) == TEXTS[text]


def test_two_orders_of_one_customer_name_the_customer():
    bought = orders([("501", "a", 0, 1), ("502", "a", 1, 1)])
    found = linked(contacts([("c", None, 1, "x")], text=["order 501 and order 502"]), bought).iloc[0]
    assert (found["customer"], found["found"]) == ("a", "text")
    assert pd.isna(found["order"])


def test_the_text_is_read_only_where_the_contact_has_no_order_that_exists():
    bought = orders([("501", "a", 0, 1), ("502", "b", 1, 1)])
    asked = contacts(
        [("c1", None, 1, "x"), ("c2", None, 1, "x")], order_id=["501", "9"], text=["order 502"] * 2
    )
    assert linked(asked, bought)["customer"].tolist() == ["a", "b"]


# ---------------------------------------------------------------- visits and answers
def visits(rows, **columns):
    visitor, seconds, customer = zip(*rows, strict=True)
    times = at([0] * len(rows)) + pd.to_timedelta(list(seconds), "s")
    return pd.DataFrame({"visitor_id": visitor, "at": times, "step": "home",
                         "customer_id": pd.array(customer, dtype="str"), **columns})  # fmt: skip


def test_a_visit_is_a_session_or_what_comes_without_a_pause():
    # v1: three events within half an hour of each other, then one 1801 seconds later; v2: exactly half an hour is no pause
    events = visits(
        [
            ("v1", 0, None),
            ("v1", 1800, "anna"),
            ("v1", 3600, None),
            ("v1", 5401, None),
            ("v2", 0, None),
            ("v2", 1800, None),
        ]
    )
    row = ledger.matches(TEN, events=events).table.set_index("table").loc["events"]
    assert row[["rows", "customer", "no_id"]].tolist() == [3, 1, 2]
    sessions = events.assign(session_id=["s1", "s1", "s2", "s2", "", None])
    row = ledger.matches(TEN, events=sessions).table.set_index("table").loc["events"]
    assert row[["rows", "customer", "no_id"]].tolist() == [3, 1, 2]


def test_a_visit_with_two_customers_is_nobodys():
    row = (
        ledger.matches(TEN, events=visits([("v", 0, "anna"), ("v", 1, "bob")]))
        .table.set_index("table")
        .loc["events"]
    )
    assert row[["rows", "several"]].tolist() == [1, 1]


def test_an_answer_gets_the_customer_of_its_order():
    survey = pd.DataFrame({"answered_at": at([1, 2]), "choosing": [1, 3], "buying": [2, None], "after": [1, 1],
                           "order_id": ["1002", "77"]})  # fmt: skip
    found = (
        ledger.entries(TEN, effort_survey=survey).to_pandas().query("kind == 'answer'").sort_values("second")
    )
    assert found["customer_id"].tolist()[0] == "bob"
    assert found["found"].tolist() == ["order", "order_unknown"]
    assert found["effort"].tolist() == [2, 3]


# ---------------------------------------------------------------- somebody else's counts
@pytest.mark.parametrize("seed", range(4))
def test_pandas_merges_count_the_same(seed):
    bought, asked = peer.shop(seed, 400, 600)
    found = linked(asked, bought)
    theirs = peer.linked(asked, bought).set_index("contact_id").loc[asked["contact_id"]]
    assert found["found"].value_counts().to_dict() == theirs["found"].value_counts().to_dict()
    assert len(set(found["found"])) > 7
    pd.testing.assert_series_equal(
        found["customer"].fillna("-").astype(object), theirs["customer"].fillna("-").astype(object)
    )


def test_no_orders_is_refused_in_a_sentence():
    with pytest.raises(DataError, match="no orders"):
        ledger.matches(TEN.head(0), contacts=ASKED)
