"""Which orders are credited to which contact: counted by hand for every rule."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from csworkbook import demo, order_credit
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError
from csworkbook.shop import open_shop

TRUTH = demo.truth().set_index("id")
START = pd.Timestamp("2026-01-01 12:00", tz="UTC")


def contacts(rows, **columns) -> pd.DataFrame:
    """Contacts (customer, days after 1 January, channel), numbered from 1."""
    who, days, channel = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "contact_id": [str(n + 1) for n in range(len(rows))],
            "customer_id": list(who),
            "opened_at": START + pd.to_timedelta(list(days), "D"),
            "channel": list(channel),
            "topic": "size",
            **columns,
        }
    )


def orders(rows, **columns) -> pd.DataFrame:
    """Orders (customer, days after 1 January, revenue), called a, b, c …"""
    who, days, revenue = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "order_id": list("abcdefghij"[: len(rows)]),
            "customer_id": list(who),
            "ordered_at": START + pd.to_timedelta(list(days), "D"),
            "revenue": [float(one) for one in revenue],
            **columns,
        }
    )


# ann phones, chats, orders a (100) and again b (50); bob mails and orders c too late; zoe's last order ends the data
ASKED = contacts(
    [("ann", 0, "phone"), ("ann", 3, "chat"), ("ann", 9, "email"), ("bob", 0, "email"), ("cy", 5, "chat")]
)
BOUGHT = orders([("ann", 5, 100), ("ann", 10, 50), ("bob", 15, 80), ("zoe", 60, 10)])


def found(asked=ASKED, bought=BOUGHT, **terms) -> pd.DataFrame:
    return order_credit.credited(asked, bought, **terms).to_pandas().set_index("contact_id").sort_index()


@pytest.mark.parametrize(
    ("rule", "credited"),
    [
        ("last", [0, 1, 1, 0, 0]),
        ("first", [2, 0, 0, 0, 0]),
        ("equal", [1 / 2 + 1 / 3, 1 / 2 + 1 / 3, 1 / 3, 0, 0]),
        ("every", [2, 2, 1, 0, 0]),
    ],
)
def test_whose_an_order_is(rule, credited):
    table = found(rule=rule)
    assert table["orders"].tolist() == pytest.approx(credited)
    assert table["bought"].tolist() == [True, True, True, False, False]
    assert table["earned"].sum() == pytest.approx({"every": (200 + 150) * 0.35}.get(rule, 150 * 0.35))


def test_an_order_counts_strictly_after_and_up_to_the_end_of_the_window():
    asked = contacts([("ann", 0, "chat"), ("bob", 0, "chat"), ("cy", 0, "chat")])
    bought = orders([("ann", 0, 10), ("bob", 14, 10), ("cy", 14.001, 10), ("zoe", 40, 10)])
    assert found(asked, bought)["bought"].tolist() == [False, True, False]


def test_windows_that_are_not_over_are_left_out_but_take_their_orders():
    asked = contacts([("ann", 0, "phone"), ("ann", 10, "chat")])
    bought = orders([("ann", 12, 100), ("zoe", 20, 10)])
    table = found(asked, bought)
    assert table.index.tolist() == ["1"]
    assert table["orders"].tolist() == [0.0]  # the order is the chat's, whose window is not over
    assert order_credit.left_out(asked, bought) == {
        "counted": 1, "nobody": 0, "no_channel": 0, "open": 1, "early": 0, "stage": 0,
    }  # fmt: skip


def test_what_came_back_and_an_own_margin():
    bought = orders(
        [("ann", 5, 100), ("bob", 5, 100), ("cy", 6, 0), ("zoe", 60, 10)],
        margin=[40.0, None, None, None],
        refunded=[None, 50.0, 0.0, 0.0],
    )
    asked = contacts([("ann", 0, "chat"), ("bob", 0, "chat"), ("cy", 0, "chat")])
    assert found(asked, bought, margin=0.3)["earned"].tolist() == [40.0, 15.0, 0.0]


def test_an_order_without_any_amount_counts_as_the_mean():
    bought = orders([("ann", 5, 100), ("bob", 5, 1), ("zoe", 60, 300)])
    bought.loc[1, "revenue"] = None
    asked = contacts([("bob", 0, "chat")])
    assert found(asked, bought, margin=0.5)["earned"].tolist() == [100.0]


def test_a_call_that_was_given_up_is_credited_with_nothing_and_takes_nothing():
    asked = contacts([("ann", 0, "chat"), ("ann", 4, "phone")], abandoned=[False, True])
    table = found(asked, orders([("ann", 5, 100), ("zoe", 60, 10)]))
    assert table["orders"].tolist() == [1.0, 0.0]
    assert table["given_up"].tolist() == [False, True]


def test_only_contacts_before_buying():
    asked = contacts([("ann", 0, "chat"), ("ann", 4, "phone")], stage=["before", "after"])
    bought = orders([("ann", 5, 100), ("zoe", 60, 10)])
    assert found(asked, bought, stage="before")["orders"].tolist() == [1.0]
    assert found(asked, bought)["orders"].tolist() == [0.0, 1.0]
    assert order_credit.left_out(asked, bought, stage="before")["stage"] == 1


def test_who_is_new():
    asked = contacts(
        [("ann", 3, "chat"), ("ann", 8, "chat"), ("bob", 3, "chat"), ("cy", 3, "chat"), ("dee", 3, "chat")]
    )
    bought = orders(
        [("ann", 5, 10), ("bob", 1, 10), ("dee", 6, 10), ("zoe", 60, 10)],
        first_order=[True, True, False, True],
    )
    # dee's first order in the table is not her first
    assert found(asked, bought)["new_customer"].tolist() == [True, False, False, True, False]


def test_customers_are_found_by_their_address_too():
    asked = contacts([("z1", 0, "chat"), (None, 0, "email"), ("ann", 0, "phone"), (" ", 0, "chat")])
    asked["email_hash"] = ["aa", "gg", "wrong", None]
    bought = orders([("ann", 5, 100), (None, 5, 50), ("zoe", 60, 10)], email_hash=["aa", "gg", None])
    table = found(asked, bought)
    assert table["customer"].tolist() == ["ann", "gg", "ann"]
    assert table.loc["2", "orders"] == 1.0
    assert order_credit.left_out(asked, bought)["nobody"] == 1


def test_orders_and_contacts_twice_count_once_and_their_order_makes_no_difference():
    asked = pd.concat([ASKED, ASKED]).sample(frac=1, random_state=2)
    bought = pd.concat([BOUGHT, BOUGHT]).sample(frac=1, random_state=3)
    for rule in order_credit.RULES:
        pd.testing.assert_frame_equal(found(asked, bought, rule=rule), found(rule=rule))


def test_other_ways_of_writing_the_same():
    naive = ASKED.assign(
        opened_at=ASKED["opened_at"].dt.tz_localize(None), channel=ASKED["channel"].astype("category")
    )
    local = BOUGHT.assign(ordered_at=BOUGHT["ordered_at"].dt.tz_convert("America/New_York"))
    pd.testing.assert_frame_equal(found(naive, local), found())


def test_a_table_of_an_engine_gives_the_same():
    for rule in order_credit.RULES:
        there = found(ibis.memtable(ASKED), ibis.memtable(BOUGHT), rule=rule)
        pd.testing.assert_frame_equal(there, found(rule=rule))
    terms = {"within": "7D"}
    assert order_credit.left_out(
        ibis.memtable(ASKED), ibis.memtable(BOUGHT), **terms
    ) == order_credit.left_out(ASKED, BOUGHT, **terms)


def test_a_frame_changed_in_place_is_looked_at_again():
    bought = BOUGHT.copy()
    before = found(ASKED, bought)["orders"].sum()
    bought.loc[0, "customer_id"] = "nobody"
    assert (before, found(ASKED, bought)["orders"].sum()) == (2.0, 1.0)


def test_what_cannot_be_is_refused_in_words():
    for terms in ({"rule": "best"}, {"stage": "during"}, {"within": "soon"}, {"margin": 35}):
        with pytest.raises(SettingError):
            order_credit.credited(ASKED, BOUGHT, **terms)
    with pytest.raises(DataError, match="no order"):
        order_credit.credited(ASKED, BOUGHT.iloc[:0])
    with pytest.raises(DataError, match="None of these orders has a value"):
        order_credit.credited(ASKED, BOUGHT.assign(revenue=None))
    with pytest.raises(DataError, match="no contact"):
        order_credit.credited(ASKED.iloc[:0], BOUGHT)


@pytest.mark.parametrize("channel", sorted(stories.CONVERTS))
def test_the_planted_shares_that_buy(channel):
    shop = open_shop()
    table = found(shop.contacts, shop.orders, stage="before", rule="every")
    told = table[(table["channel"] == channel) & ~table["given_up"]]["bought"]
    low, high = proportion_confint(told.sum(), len(told), alpha=0.001, method="wilson")
    assert low <= TRUTH.loc[f"channels.converts.{channel}", "value"] <= high
