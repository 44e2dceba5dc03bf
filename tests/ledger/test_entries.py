"""The ledger itself: one customer's entries by hand, on frames, on Ibis tables, and on another engine."""

from __future__ import annotations

import sqlite3

import ibis
import pandas as pd
import pytest

from csworkbook import ledger
from csworkbook.engine import held
from csworkbook.errors import DataError
from csworkbook.ledger import links
from csworkbook.ledger.sources import read

from . import peer
from .tables import ASKED, TEN, at, contacts, orders, returns

LINES = pd.DataFrame(
    {
        "order_id": ["1001", "#1001", "4711"],
        "product_id": ["p", "q", "p"],
        "quantity": [2, 1, 1],
        "price": [30.0, 40.0, 5.0],
    }
)
SURVEY = pd.DataFrame(
    {"answered_at": at([5]), "choosing": [1], "buying": [None], "after": [3], "customer_id": ["anna"]}
)
EVENTS = pd.DataFrame(
    {
        "visitor_id": ["v", "v"],
        "at": at([0, 0]) - pd.to_timedelta([600, 60], "s"),
        "step": ["home", "paid"],
        "customer_id": [None, "anna"],
        "seconds": [540, 30],
        "device": ["mobile", "mobile"],
    }
)
BACK = returns([("1001", 8, 40)])


def all_of(customer):
    table = ledger.entries(TEN, LINES, BACK, ASKED, SURVEY, EVENTS).to_pandas()
    mine = table[table["customer_id"] == customer].sort_values(["second", "kind", "amount"])
    return mine.astype(object).where(mine.notna(), None)


def test_anna_by_hand():
    mine = all_of("anna")
    days = [round((t - at([0])[0]).total_seconds() / 86_400, 2) for t in mine["at"]]
    said = list(zip(days, mine["kind"], mine["id"], mine["amount"], strict=True))
    assert said == [
        (-0.01, "visit", "v", None), (0, "line", "#1001", 40), (0, "line", "#1001", 60), (0, "order", "#1001", 100),
        (2, "contact", "customer-1", None), (4, "contact", "email-1", None), (5, "answer", None, None),
        (8, "return", "1001", -40), (40, "order", "#1011", 25), (41, "contact", "text-3", None), (60, "order", "#1012", 35),
    ]  # fmt: skip
    visit = mine[mine["kind"] == "visit"].iloc[0]
    assert (visit["topic"], visit["channel"], visit["minutes"]) == ("paid", "mobile", 9.5)
    assert mine.loc[mine["kind"] == "answer", "effort"].tolist() == [3]


def test_nothing_is_worked_out_before_it_is_asked():
    expression = ledger.entries(TEN, contacts=ASKED)
    assert isinstance(expression, ibis.Table)
    assert expression.filter(expression.kind == "contact").count().execute() == len(ASKED)


def test_frames_and_ibis_tables_give_the_same():
    engine = ibis.duckdb.connect()
    tables = {"orders": TEN, "contacts": ASKED, "returns": BACK}
    there = {name: engine.create_table(name, ibis.memtable(frame)) for name, frame in tables.items()}
    mine = ledger.matches(TEN, returns=BACK, contacts=ASKED)
    pd.testing.assert_frame_equal(ledger.matches(**there).table, mine.table)
    costs = ledger.reasons(ASKED, TEN, BACK).table
    pd.testing.assert_frame_equal(ledger.reasons(**there).table, costs)
    left = [name for (name,) in engine.raw_sql("SHOW TABLES").fetchall()]
    assert not [name for name in left if "_kept_" in name]  # what was kept on the way is gone


def test_another_engine_counts_the_same(tmp_path):
    """SQLite by Ibis; nothing in an expression is DuckDB's own."""
    try:
        ibis.sqlite.connect()
    except ImportError as missing:
        pytest.skip(f"Ibis cannot speak to SQLite here: {missing}")
    bought, calls = peer.shop(7, 200, 300)
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        for name, frame in {"orders": bought, "contacts": calls}.items():
            times = frame.select_dtypes("datetimetz").columns
            naive = frame.assign(**{t: frame[t].dt.tz_convert("UTC").dt.tz_localize(None) for t in times})
            naive.to_sql(name, connection, index=False)
    there = ibis.sqlite.connect(path)
    counts = []
    for one, other in ((bought, calls), (there.table("orders"), there.table("contacts"))):
        asked = read(other, "contacts")  # in steps: SQLite reads no expression as deep as the whole
        with links.looked_up(one) as known, held(links.in_texts(asked, known.numbers)) as texts:
            found = links.link(asked, known, texts)
            table = found.group_by("found", "topic").agg(n=found.count(), people=found.customer.nunique())
            counts.append(table.to_pandas().sort_values(["found", "topic"], ignore_index=True))
    pd.testing.assert_frame_equal(*counts, check_dtype=False)
    assert counts[0]["found"].nunique() > 6


def test_one_customers_story():
    result = ledger.timeline(TEN, LINES, BACK, ASKED, SURVEY, EVENTS, customer_id="anna")
    assert result.table["kind"].tolist() == [
        "visit", "order", "line", "line", "contact", "contact", "answer", "return", "order", "contact", "order",
    ]  # fmt: skip
    assert "3 orders of €160, 3 contacts" in result.text
    assert str(result.table["at"].dt.tz) == "Europe/Amsterdam"
    assert result.table["at"][1].hour == 12


def test_without_a_name_it_is_the_customer_with_the_richest_story():
    assert ledger.timeline(TEN, LINES, BACK, ASKED, SURVEY, EVENTS).customer_id == "anna"


@pytest.mark.parametrize("nobody", ["ghost", "' OR 1=1 --"])
def test_a_customer_who_is_not_there_is_said_so(nobody):
    with pytest.raises(DataError, match="Nothing is known"):
        ledger.timeline(TEN, contacts=ASKED, customer_id=nobody)


def test_only_guests_have_no_story():
    with pytest.raises(DataError, match="Nothing is known"):
        ledger.timeline(orders([("1", None, 0, 1)]), contacts=contacts([("k", None, 1, "x")]))


@pytest.mark.parametrize("missing", ["order_id", "customer_id", "ordered_at", "revenue"])
def test_a_missing_column_is_named(missing):
    with pytest.raises(DataError, match=missing):
        ledger.entries(TEN.drop(columns=missing))
