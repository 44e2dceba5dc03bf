"""New customers beside existing ones: counted by hand, and as planted in the demo shop."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from statsmodels.stats.proportion import proportion_confint
from test_order_credit import contacts, orders

from csworkbook.channels.newcomers import acquisition
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import shrink
from csworkbook.shop import open_shop

# ann and bob had ordered before; ann buys again. cy and dee are new: cy buys twice, after two chats. eve never
ASKED = contacts(
    [("ann", 10, "chat"), ("bob", 10, "phone"), ("cy", 10, "chat"), ("cy", 11, "chat"), ("dee", 10, "phone"),
     ("eve", 10, "chat")],
    agent=["Jo", "Jo", "Jo", "Al", "Al", None],
)  # fmt: skip
BOUGHT = orders(
    [
        ("ann", 1, 10),
        ("bob", 1, 10),
        ("ann", 12, 100),
        ("cy", 13, 40),
        ("cy", 14, 60),
        ("dee", 40, 10),
        ("zoe", 60, 1),
    ]
)


def by_kind(result):
    return result.table.set_index("kind")


def test_new_and_existing_customers_by_hand():
    table = by_kind(acquisition(ASKED, BOUGHT))
    assert table[["n", "count"]].to_numpy().tolist() == [
        [4, 2],
        [2, 1],
    ]  # both chats of cy are followed by an order
    assert table["share"].tolist() == [0.5, 0.5]
    assert table["revenue"].tolist() == pytest.approx(
        [100 * 365.25, 100 * 365.25]
    )  # one day of contacts, as a year


def test_a_new_customer_is_won_once():
    won = acquisition(ASKED, BOUGHT).won
    assert (won.value, won.n) == (1 / 6, 6)
    assert acquisition(ASKED, BOUGHT, by="channel").won == won


def many(n: int, share: float, kind: str, agent: str, rng) -> tuple[list, list]:
    """So many customers of one agent, of whom this share buys."""
    asked, bought = [], []
    for i in range(n):
        who = f"{agent}{kind}{i}"
        asked.append((who, 30 + i % 20, "chat"))
        if kind == "existing":
            bought.append((who, 1, 10))
        if rng.random() < share:
            bought.append((who, 31 + i % 20, 100))
    return asked, bought


def shop_of(*groups) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Groups (customers, share that buys, kind, agent)."""
    rng = np.random.default_rng(1)
    parts = [(many(n, share, kind, agent, rng), agent) for n, share, kind, agent in groups]
    asked = [row for (one, _bought), _agent in parts for row in one]
    bought = [row for (_asked, one), _agent in parts for row in one] + [("zoe", 100, 1)]
    agents = [agent for (one, _bought), agent in parts for _row in one]
    who, days, revenue = zip(*bought, strict=True)
    made = pd.DataFrame({"customer_id": who, "revenue": np.array(revenue, float)})
    made["ordered_at"] = pd.Timestamp("2026-01-01 12:00", tz="UTC") + pd.to_timedelta(list(days), "D")
    return contacts(asked, agent=agents), made.assign(order_id=[f"o{n}" for n in range(len(made))])


TEAM = shop_of(
    *[(150, 0.3, "new", name) for name in ("Al", "Bo", "Cy", "Di")],
    (150, 0.6, "new", "Ed"),
    (10, 0.9, "new", "Flo"),
)


def test_without_a_split_the_interval_is_wilsons():
    row = by_kind(acquisition(*TEAM)).loc["new"]
    low, high = proportion_confint(row["count"], row["n"], method="wilson")
    assert [row["low"], row["high"]] == pytest.approx([low, high])


def test_customers_who_ask_more_than_once_make_it_less_sure():
    asked, bought = TEAM
    twice = pd.concat([asked, asked.assign(contact_id="x" + asked["contact_id"])], ignore_index=True)
    one, two = (by_kind(acquisition(table, bought)).loc["new"] for table in (asked, twice))
    assert two["n"] == 2 * one["n"]
    assert two["high"] - two["low"] == pytest.approx(one["high"] - one["low"], rel=0.01)


def test_one_customer_who_asks_all_the_time_is_one_customer():
    """Of 100 conversations of one customer, none followed by an order: as sure as one."""
    asked = contacts([("ann", 10 + day / 10, "chat") for day in range(100)])
    found = by_kind(acquisition(asked, orders([("ann", 1, 10), ("zoe", 60, 1)]))).loc["existing"]
    assert (found["n"], found["count"]) == (100, 0)
    assert found["high"] == pytest.approx(proportion_confint(0, 1, method="wilson")[1])
    alone = acquisition(asked, orders([("ann", 1, 10), ("zoe", 60, 1)])).text
    assert alone.startswith("Within 14 days, of conversations with existing customers 0%")


@pytest.mark.parametrize("never", [0, 20])
def test_it_says_when_new_customers_who_never_buy_are_missing(never):
    rows = [(f"new{n}", 10 + n / 10, "chat") for n in range(60)]
    bought = [(f"new{n}", 11 + n / 10 + 20 * (n % 2), 50) for n in range(60 - never)]
    bought.append(("zoe", 90, 1))
    result = acquisition(contacts(rows), orders(bought, order_id=[str(n) for n in range(len(bought))]))
    assert result.ever == (60 - never) / 60
    assert ("too high" in result.text) == (never == 0)
    assert len(result.findings()[0].assumptions) == (2 if never == 0 else 1)
    assert_says(result)


def test_conversations_with_nobody_known_are_not_called_all():
    rows = [(f"new{n}", 10 + n / 10, "chat") for n in range(60)]
    asked, bought = contacts(rows), orders([("new1", 11, 50), ("zoe", 90, 1)])
    assert "Of all conversations 1.7%" in acquisition(asked, bought).text
    unknown = asked.assign(customer_id=asked["customer_id"].where(asked.index < 50))
    assert "Of all conversations with known customers 2.0%" in acquisition(unknown, bought).text


def test_agents_are_evened_out_and_only_who_surely_differs_is_named():
    result = acquisition(*TEAM, by="agent")
    table = result.table.set_index("group")
    told = shrink(table["count"], table["n"])
    assert table["share"].tolist() == pytest.approx(told["share"].tolist())
    assert table.loc["Flo", "share"] < table.loc["Flo", "plain"]
    more = result.differing[result.differing["verdict"] == "yes"]
    assert more["group"].tolist() == ["Ed"]
    assert bool(table.loc["Flo", "small"])
    assert "Ed with new customers" in result.text
    assert_says(result)


def test_people_who_do_not_differ_are_hardly_ever_told_apart():
    found = 0
    for seed in range(40):
        asked, bought = shop_of(*[(100, 0.3, "new", f"{name}{seed}") for name in "abcdef"])
        found += not acquisition(asked, bought, by="agent").differing.empty
    assert found <= 6  # 5 % of 40 are 2


def test_contacts_without_an_agent_are_counted_and_said():
    result = acquisition(ASKED, BOUGHT, by="agent")
    assert result.nobody == 1
    assert "At 1 conversation nobody is named" in result.method
    for table in (ASKED.drop(columns="agent"), ASKED.assign(agent=" ")):
        with pytest.raises(DataError, match="who handled"):
            acquisition(table, BOUGHT, by="agent")


def test_it_says_so_in_both_languages():
    for by in (None, "channel", "agent"):
        assert_says(acquisition(ASKED, BOUGHT, by=by))
        assert_says(acquisition(*TEAM, by=by))
    assert_says(acquisition(ASKED.assign(customer_id=None), BOUGHT))
    few = acquisition(ASKED, BOUGHT)
    assert "cannot be told" in few.text
    assert few.findings()[0].certainty == "too few"


def test_an_engine_gives_the_same():
    asked, bought = TEAM
    for by in (None, "agent"):
        frame = acquisition(asked, bought, by=by)
        there = acquisition(ibis.memtable(asked), ibis.memtable(bought), by=by)
        pd.testing.assert_frame_equal(there.table, frame.table)
        assert there.won == frame.won


def test_what_cannot_be_is_refused_in_words():
    with pytest.raises(SettingError, match="split"):
        acquisition(ASKED, BOUGHT, by="customer")


def test_the_demo_shop():
    shop = open_shop()
    result = shop.call(acquisition, stage="before", by="channel")
    table = result.table[result.table["kind"] == "new"].set_index("group")
    assert table["share"].idxmax() == "chat"
    assert table["share"].idxmin() == "phone"
    assert_says(shop.call(acquisition))
