"""What is taken home about personas: cards, customers with their persona, relational buyers for the helpdesk."""

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from csworkbook import personas
from csworkbook.errors import MissingTable, SettingError
from csworkbook.language import speaking
from csworkbook.pages.panel import panel
from csworkbook.pages.persona_files import helpdesk_list, invitation_list
from csworkbook.pages.personas import find_personas
from csworkbook.personas import members
from csworkbook.personas.hashing import coded
from csworkbook.shop import new_shop, open_shop

from .personas_shop import TYPES, customers, fill, type_in


@pytest.fixture
def shop(tmp_path):
    return fill(new_shop(tmp_path / "shop", name="Fietsen & Zn.", language="nl"), *customers())


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_files_to_take_home(shop, spoken):
    with speaking(spoken):
        form = find_personas(shop)
        type_in(form, 1, "=1+1 <b>")
        name, mime, cards = form.files.cards()
        assert (name.rsplit(".", 1)[1], mime) == ("html", "text/html")
        assert "=1+1 &lt;b&gt;" in cards.decode()
        assert "<b>" not in cards.decode()
        hashed, own = (listed(form, ids) for ids in ("hashed", "own"))
    assert {row[0] for row in own} == {f"{kind}-{n}" for kind in TYPES for n in range(60)}
    assert len(hashed) == 180
    orders, _lines = customers()
    assert {row[-1] for row in own} <= set(orders["order_id"].astype(str))
    assert not {row[-1] for row in hashed} & set(orders["order_id"].astype(str))
    assert not {row[0] for row in own} & {row[0] for row in hashed}
    assert len({row[0] for row in hashed}) == 180
    kinds = {row[0].split("-")[0]: row[2] for row in own}
    assert "'=1+1 <b>" in kinds.values()
    assert len(set(kinds.values())) == 3


def listed(form, ids):
    """The rows of the list of customers as CSV."""
    form.files.ids.value = ids
    _name, _mime, content = form.files.customers("csv")
    delimiter = ";" if ";" in content.decode("utf-8-sig").splitlines()[0] else ","
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))[1:]


def test_the_list_as_a_workbook_holds_numbers(shop):
    form = find_personas(shop)
    form.files.ids.value = "own"
    _name, _mime, content = form.files.customers("xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))[1:]
    orders, _lines = customers()
    spent = orders.groupby("customer_id")["revenue"].sum()
    assert {row[0]: row[3] for row in rows} == dict.fromkeys(spent.index, 4)
    assert {row[0]: row[4] for row in rows} == pytest.approx(spent.to_dict())


def asking(orders):
    """Contacts: the last thirty customers ask much, about everything, and at length."""
    first = orders.drop_duplicates("customer_id").reset_index(drop=True)
    often = first.index >= len(first) - 30
    rows = first.loc[first.index.repeat(np.where(often, 6, 1))]
    n, late = len(rows), rows.index >= len(first) - 30
    return pd.DataFrame(
        {
            "contact_id": [str(i) for i in range(n)],
            "customer_id": rows["customer_id"].to_numpy(),
            "opened_at": rows["ordered_at"].array + pd.to_timedelta(np.arange(n) % 5, "D"),
            "channel": "email",
            "topic": [f"topic {i % 6}" if more else "order status" for i, more in enumerate(late)],
            "kind": "question",
            "handling_minutes": np.where(late, 20.0, 4.0),
        }
    )


def test_the_list_for_the_helpdesk(shop):
    orders, _lines = customers()
    asking(orders).to_parquet(shop._tables / "contacts.parquet", index=False)
    form = helpdesk_list(shop)
    form.ids.value = "own"
    name, _mime, content = form.listed("csv")
    listed = [row.split(",")[0] for row in content.decode("utf-8-sig").splitlines()[1:]]
    assert name == "fietsen-zn-relational-buyers.csv"
    assert listed
    assert set(listed) <= set(orders["customer_id"].drop_duplicates().tail(30))
    form.ids.value = "hashed"
    sheet = openpyxl.load_workbook(io.BytesIO(form.listed("xlsx")[2])).worksheets[0]
    codes = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert codes == coded(listed, shop.key)


def test_the_list_goes_by_what_is_chosen_in_the_panel(shop):
    orders, _lines = customers()
    asking(orders).to_parquet(shop._tables / "contacts.parquet", index=False)
    chosen = panel(shop, personas.relational, needed=[3, 1])
    form = helpdesk_list(shop)
    few = len(form.listed("csv")[2].splitlines())
    chosen.controls["needed"].value = 1
    assert len(form.listed("csv")[2].splitlines()) - 1 == chosen.result.customers["relational"].sum()
    assert len(form.listed("csv")[2].splitlines()) > few


def test_without_contacts_the_list_says_what_it_needs(shop):
    with pytest.raises(MissingTable, match="contacts"):
        helpdesk_list(shop).listed("csv")


def loyal(orders, days=3):
    """Who bought on so many days, who spent most first."""
    by = orders.assign(day=orders["ordered_at"].dt.date).groupby("customer_id")
    found = by.agg(days=("day", "nunique"), spent=("revenue", "sum"))
    return found[found["days"] >= days].sort_values("spent", ascending=False).index.tolist()


def test_the_list_of_customers_to_invite(shop):
    orders, _lines = customers()
    form = invitation_list(shop)
    assert form.ids.value == "own"
    name, _mime, content = form.listed("csv")
    listed = [row.split(",")[0] for row in content.decode("utf-8-sig").splitlines()[1:]]
    assert name == "fietsen-zn-customers-to-invite.csv"
    assert listed == loyal(orders)
    form.ids.value = "hashed"
    sheet = openpyxl.load_workbook(io.BytesIO(form.listed("xlsx")[2])).worksheets[0]
    codes = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert codes == coded(listed, shop.key)


def test_the_customers_to_invite_are_those_that_the_panel_shows(shop):
    orders, _lines = customers()
    chosen = panel(shop, personas.whom, least=[3, 4])
    form = invitation_list(shop)
    chosen.controls["least"].value = 4
    listed = [row.split(",")[0] for row in form.listed("csv")[2].decode("utf-8-sig").splitlines()[1:]]
    assert listed == loyal(orders, 4)
    assert len(listed) < len(loyal(orders))


@pytest.mark.parametrize("found", [True, False])
def test_each_persona_gives_its_best_to_invite_where_there_are_personas(found):
    demo = open_shop()
    names = find_personas(demo).found.names if found else [""]
    listed = list(csv.reader(io.StringIO(invitation_list(demo).listed("csv")[2].decode("utf-8-sig"))))
    assert ("Persona" in listed[0]) == found
    if found:
        assert {row[1] for row in listed[1 : len(names) + 1]} == set(names)


def test_members_are_told_in_the_order_of_their_personas(shop):
    found = shop.call(personas.portraits, personas=find_personas(shop).saved)
    rows = members(found, ids="own")
    assert "Number of the last order" not in rows
    orders, _lines = customers()
    told = members(found, orders, ids="own").set_index("Customer")["Number of the last order"]
    last = orders.sort_values(["ordered_at", "order_id"]).groupby("customer_id")["order_id"].last()
    assert told.to_dict() == last.to_dict()
    assert "Number of the last order" not in members(found, orders, ids="hashed", key=b"k")
    assert rows["Persona"].is_monotonic_increasing
    assert rows.groupby("Persona")["Spent"].apply(lambda one: one.is_monotonic_decreasing).all()
    orders, _lines = customers()
    now = orders["ordered_at"].max()
    since = (now - orders.groupby("customer_id")["ordered_at"].max()).dt.days
    assert rows.set_index("Customer")["Days since the last purchase"].to_dict() == since.to_dict()
    with pytest.raises(SettingError, match="hashed"):
        members(found, ids="names")


def test_a_code_is_the_shops_own(shop):
    customers = [f"klant {n}" for n in range(2000)]
    mine = coded(customers, shop.key)
    assert len(set(mine)) == 2000
    assert coded(customers[::-1], shop.key)[::-1] == mine
    assert not set(mine) & set(coded(customers, b"another key"))
