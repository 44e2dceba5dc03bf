"""The list for the helpdesk: who is on it, under which id, and harmless in a spreadsheet."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from csworkbook import language, open_shop
from csworkbook.errors import SettingError
from csworkbook.export import sheets
from csworkbook.personas.talkers.helpdesk import helpdesk_list
from csworkbook.personas.talkers.relational import relational

from .relational_shops import CONTACTS, ORDERS, contacts, orders

OWN = {"questions": 2, "variety": 2, "minutes": 10, "worth": 100}
KEY = b"k" * 32


@pytest.fixture(scope="module")
def demo():
    shop = open_shop()
    return shop.call(relational), shop


def test_every_relational_buyer_once_with_what_he_is_like():
    listed = helpdesk_list(relational(CONTACTS, ORDERS, **OWN, margin=0.5, zone="UTC"), ids="own")
    assert len(listed) == 1
    mine = ORDERS[ORDERS["customer_id"] == "ann"]
    last = mine.loc[mine["ordered_at"].astype(str).str[:10] == "2025-02-10", "order_id"].item()
    assert listed.iloc[0].to_dict() == {
        "Customer": "ann",
        "Traits": 4,
        "Questions": 3,
        "Different topics": 3,
        "Asks most about": "advice",  # all three once: the first by the alphabet
        "Minutes per contact": 20.0,
        "Mean order value": 150.0,
        "Orders": 2,
        "Margin so far": 150.0,
        "Last order": pd.Timestamp("2025-02-10"),
        "Last question": pd.Timestamp("2025-01-10"),
        "Number of the last order": last,
    }


def test_the_list_is_those_who_qualify_in_order(demo):
    result, shop = demo
    listed = helpdesk_list(result, ids="own")
    mine = result.customers[result.customers["relational"]]
    assert sorted(listed["Customer"]) == sorted(mine.index)
    order = mine.loc[listed["Customer"]]
    assert order["traits"].is_monotonic_decreasing
    assert listed.groupby("Traits")["Margin so far"].apply(lambda m: m.is_monotonic_decreasing).all()
    asked = shop.contacts[shop.contacts["kind"] != "complaint"].groupby("customer_id").size()
    assert (listed.set_index("Customer")["Questions"] == asked.reindex(listed["Customer"])).all()


def test_hashed_ids_tell_nobody_and_are_the_same_every_time(demo):
    result, shop = demo
    own, hashed = helpdesk_list(result, ids="own"), helpdesk_list(result, key=shop.key)
    assert hashed["Customer"].is_unique
    assert "Number of the last order" in own
    assert "Number of the last order" not in hashed
    assert not set(own["Customer"]) & set(hashed["Customer"])
    content = sheets.csv(hashed).decode("utf-8-sig")
    cells = {cell for line in content.splitlines()[1:] for cell in line.split(",")[:1]}
    assert not cells & set(own["Customer"])
    assert hashed.equals(helpdesk_list(result, key=shop.key))
    assert not set(hashed["Customer"]) & set(helpdesk_list(result, key=KEY)["Customer"])
    assert sorted(hashed["Margin so far"]) == sorted(own["Margin so far"])


def test_what_cannot_be_chosen_is_refused():
    result = relational(CONTACTS, ORDERS, **OWN)
    with pytest.raises(SettingError, match="key of the shop is needed"):
        helpdesk_list(result)
    with pytest.raises(SettingError, match="cannot be chosen here"):
        helpdesk_list(result, ids="names", key=KEY)


def test_a_customer_or_topic_that_looks_like_a_formula_stays_text():
    wild = {"ann": "=cmd|' /C calc'!A0"}
    told = CONTACTS.assign(customer_id=CONTACTS["customer_id"].replace(wild), topic="@SUM(1)")
    result = relational(told, ORDERS.assign(customer_id=ORDERS["customer_id"].replace(wild)), **OWN)
    listed = helpdesk_list(result, ids="own")
    text = sheets.csv(listed).decode("utf-8-sig").splitlines()[1]
    assert text.startswith("'=cmd|")
    assert "'@SUM(1)" in text
    book = openpyxl.load_workbook(io.BytesIO(sheets.xlsx(listed, name="list", kinds=listed.attrs["kinds"])))
    cells = next(book["list"].iter_rows(min_row=2))
    assert cells[0].data_type == "s"
    assert cells[0].value == wild["ann"]
    assert not any(cell.data_type == "f" for cell in cells)


def test_heads_and_topics_are_in_the_language_spoken(demo):
    result, _shop = demo
    with language.speaking("nl"):
        dutch = helpdesk_list(result, ids="own")
    english = helpdesk_list(result, ids="own")
    assert len(dutch.columns) == len(english.columns) == len(set(english.columns))
    assert list(dutch.attrs["kinds"].values()) == list(english.attrs["kinds"].values())
    assert "productadvies" in set(
        dutch["Onderwerp" if "Onderwerp" in dutch else dutch.columns[4]].str.lower()
    )


def test_without_orders_only_what_contacts_tell():
    listed = helpdesk_list(relational(CONTACTS, questions=2, variety=2, minutes=10), ids="own")
    assert listed["Customer"].tolist() == ["ann"]
    assert "Mean order value" not in listed
    assert "Last order" not in listed
    assert sheets.csv(listed)


def test_nobody_qualifies():
    same = relational(contacts([(c, 1, "size", 5) for c in "abc"]), orders([(c, 1, 10) for c in "abc"]))
    listed = helpdesk_list(same, ids="own")
    assert listed.empty
    assert sheets.csv(listed).decode("utf-8-sig").startswith("Customer,")
    assert sheets.xlsx(listed, name="x", kinds=listed.attrs["kinds"])
