"""What a customer had bought before a moment and buys after it, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook.errors import DataError
from csworkbook.ledger import links
from csworkbook.ledger.sources import DAY
from csworkbook.service_gap.myths.history import by_order_only, history, seconds
from csworkbook.shop import open_shop

from .tables import at, contacts, orders

# ann orders on day 0, 30 and 100, bob on day 50; margin is a tenth of revenue but for ann's second order
FOUR = orders(
    ["ann", "bob", "ann", "ann"], [0, 50, 30, 100], [10.0, 20, 30, 40], margin=[None, None, 5.0, None]
)


def moments(past, customers, days):
    return past.of(contacts(customers, days)), seconds(at(days))


def test_orders_before_and_after_by_hand():
    past = history(FOUR, 0.1)
    who = moments(past, ["ann", "ann", "ann", "bob", "eve"], [-1, 30, 99, 60, 60])
    assert past.orders(*who).tolist() == [0, 2, 2, 1, 0]
    assert past.bought(*who, 70).tolist() == [2, 1, 1, 0, 0]
    assert past.earned(*who, 70).tolist() == pytest.approx([6.0, 4.0, 4.0, 0.0, 0.0])
    assert past.until_next(*who)[:3].tolist() == [1, 70, 1]
    assert np.isnan(past.until_next(*who)[3:]).all()


def test_the_window_includes_its_last_second_and_not_the_moment_itself():
    past = history(FOUR)
    who = moments(past, ["ann", "ann"], [0, 0])
    assert past.bought(*who, 30).tolist() == [1, 1]
    assert past.bought(*who, 29).tolist() == [0, 0]


def test_a_window_is_over_when_the_table_reaches_past_it():
    past = history(FOUR)
    assert past.over(seconds(at([70, 70.5])), 30).tolist() == [True, False]
    assert past.last - past.first == 100 * DAY


def test_the_cycle_is_the_median_gap():
    assert history(FOUR).cycle() == pytest.approx(50)  # 30 and 70 days
    assert np.isnan(history(FOUR[1:2]).cycle())


def test_a_guest_is_found_by_his_e_mail_address():
    bought = orders(
        ["ann", None, None, "bob", "cas"], [0, 1, 2, 3, 4], email_hash=["m1", "m1", "m2", "m3", "m3"]
    )
    past = history(bought)
    asked = contacts(["ann", None, None, None, ""], [9] * 5, email_hash=["m9", "m1", "m2", "m3", None])
    found = past.of(asked)
    assert past.orders(found, seconds(at([9] * 5))).tolist() == [2, 2, 1, 0, 0]
    assert found[3:].tolist() == [-1, -1]  # an address of two customers, and no address at all


def test_an_order_number_names_a_customer_and_two_that_disagree_name_nobody():
    past = history(FOUR)
    asked = contacts([None, "ann", "ann", None], [9] * 4, order_id=["o1", "o0", "o1", "o9"])
    found = past.of(asked)
    assert (
        found[0] == past.of(contacts(["bob"], [9]))[0],
        found[1] == past.of(contacts(["ann"], [9]))[0],
    ) == (True, True)
    assert found[2:].tolist() == [-1, -1]


def test_contacts_are_found_as_the_ledger_finds_them():
    shop = open_shop()
    asked = shop.contacts.drop(columns="text")
    rows = np.arange(len(asked))
    asked = asked.assign(
        customer_id=asked["customer_id"].where(rows % 3 > 0)
    )  # a third has an order number at most
    past = history(shop.orders)
    with links.looked_up(shop.orders) as known:
        linked = links.link_contacts(asked, known).select("contact_id", "customer").to_pandas()
    expected = linked.set_index("contact_id")["customer"].reindex(asked["contact_id"]).to_numpy(object)
    found = past.of(asked)
    names = np.where(found < 0, None, past.names.to_numpy(object)[found])
    assert (pd.Series(names).fillna("") == pd.Series(expected).fillna("")).all()
    assert 0 < (found < 0).sum() < len(found) / 3


def test_nobody_known_is_no_customer_together():
    past = history(orders([None, "", None], [0, 1, 2]))
    assert past.of(contacts(["ann", None], [5, 5])).tolist() == [-1, -1]
    assert past.orders(np.array([-1]), seconds(at([9]))).tolist() == [0]
    assert np.isnan(past.until_next(np.array([-1]), seconds(at([0]))))[0]


def test_no_orders_are_refused():
    with pytest.raises(DataError, match="no orders"):
        history(FOUR.head(0))
    with pytest.raises(DataError, match="no orders"):
        history(FOUR.assign(ordered_at=pd.NaT))


def test_who_can_only_be_found_by_an_order_number():
    asked = contacts(["ann", None, None, None, " "], [9] * 5, email_hash=[None, "m1", None, None, None])
    asked["order_id"] = ["o1", "o1", "o1", None, "o9"]
    assert by_order_only(asked).tolist() == [False, False, True, False, True]
    assert not by_order_only(asked.drop(columns="order_id")).any()
