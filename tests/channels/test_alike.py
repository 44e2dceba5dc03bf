"""Customers who ask beside similar ones: shops made up so that the truth is known."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from statsmodels.stats.proportion import confint_proportions_2indep

from csworkbook.channels.alike import _table, compared
from csworkbook.channels.alike_moments import DAY, Past
from csworkbook.channels.alike_weights import ALIKE, worth
from csworkbook.errors import SettingError
from csworkbook.shop import open_shop

START = pd.Timestamp("2025-01-01", tz="UTC")


def shop_of(people: int, effect: float, *, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """A shop in which who asks has ordered lately, and who has ordered lately buys soon anyway.

    Three in five customers buy again after 20 days on average. Some ask 5 to 25 days after their first order, as
    long as they have not bought again; with the chance `effect` an order follows that would not have come. Returns
    contacts, orders and the true difference within 14 days.
    """
    rng = np.random.default_rng(seed)
    first = rng.uniform(0, 300, people)
    again = np.where(rng.random(people) < 0.6, first + rng.exponential(20.0, people), np.inf)
    asks = first + rng.uniform(5, 25, people)
    asked = (rng.random(people) < 0.12) & (asks < again)
    anyway = asked & (again <= asks + 14)
    caused = asked & (rng.random(people) < effect)
    extra = np.where(caused, asks + rng.uniform(0.1, 5, people), np.inf)
    who = np.array([f"k{n}" for n in range(people)])
    rows = [pd.DataFrame({"customer_id": who, "day": day})[np.isfinite(day)] for day in (first, again, extra)]
    orders = pd.concat([*rows, pd.DataFrame({"customer_id": ["zoe"], "day": [400.0]})], ignore_index=True)
    orders = orders[orders["day"] <= 400]
    orders = orders.assign(
        ordered_at=START + pd.to_timedelta(orders.pop("day").round(4), "D").dt.round("s"), revenue=100.0
    )
    orders["order_id"] = [f"o{n}" for n in range(len(orders))]
    contacts = pd.DataFrame(
        {"customer_id": who[asked], "opened_at": START + pd.to_timedelta(asks[asked], "D").round("s")}
    )
    contacts = contacts.assign(
        contact_id=[f"c{n}" for n in range(len(contacts))], channel="chat", topic="size"
    )
    return contacts, orders, float(((anyway | caused).sum() - anyway.sum()) / asked.sum())


NOTHING, SOMETHING = shop_of(6000, 0.0), shop_of(6000, 0.2, seed=1)


def plainly(contacts, orders) -> float:
    """The naive way: who asked and bought within 14 days, less what everybody buys in 14 days on average."""
    first = orders.groupby("customer_id")["ordered_at"].min()
    both = contacts.merge(orders, on="customer_id")
    soon = both["ordered_at"].between(
        both["opened_at"], both["opened_at"] + pd.Timedelta(days=14), inclusive="right"
    )
    days = (orders["ordered_at"].max() - first).dt.days.sum()
    return both[soon]["contact_id"].nunique() / len(contacts) - (len(orders) - len(first)) / days * 14


@pytest.mark.parametrize("like", ["weights", "strata"])
def test_where_contacts_do_nothing_the_naive_way_sees_much_and_the_comparison_nothing(like):
    contacts, orders, true = NOTHING
    assert true == 0
    assert plainly(contacts, orders) > 0.15
    row = compared(contacts, orders, like=like).table.iloc[0]
    assert row["low"] <= 0 <= row["high"]
    assert row["high"] - row["low"] < 0.2


@pytest.mark.parametrize("like", ["weights", "strata"])
def test_what_contacts_bring_is_found_again(like):
    contacts, orders, true = SOMETHING
    row = compared(contacts, orders, like=like).table.iloc[0]
    assert row["low"] <= true <= row["high"]
    assert row["verdict"] == "yes"
    assert row["more"] == pytest.approx(true * 35, abs=2.5)
    assert row["anyway"] == pytest.approx(1 - true / row["share"], abs=0.2)


def test_they_are_alike_afterwards_and_were_not_before():
    contacts, orders, _true = NOTHING
    result = compared(contacts, orders, look="balance")
    since = result.table.set_index("known").loc["since"]
    assert abs(since["before"]) > 0.5
    assert abs(since["after"]) < ALIKE
    assert result.apart == []
    assert "they are alike" in result.text
    assert_says(result)


def test_it_is_no_cause_and_says_so_in_both_languages():
    result = compared(*SOMETHING[:2])
    assert_says(result)
    assert result.text.startswith("Customers who asked bought more often than similar customers")
    assert "no cause" in result.text
    assert result.findings()[0].certainty == "likely"
    assert result.findings()[0].estimate.excludes_zero


def test_who_had_not_ordered_before_cannot_be_compared():
    contacts, orders, _true = NOTHING
    fresh = contacts.iloc[:40].assign(
        customer_id=[f"new{n}" for n in range(40)], contact_id=[f"n{n}" for n in range(40)]
    )
    both = pd.concat([contacts, fresh], ignore_index=True)
    result, before = compared(both, orders), compared(contacts, orders)
    assert result.unlike == before.unlike + 40
    assert result.table["n"].tolist() == before.table["n"].tolist()


def test_of_nobody_who_bought_it_is_not_sure_that_they_buy_less():
    """None of 40 is what 5 % leaves 13 times in 100; draws of 40 noughts would call it sure."""
    sums = np.tile([40.0, 0, 0, 40, 2, 70], (2, 1))  # all together, and chat
    shaken = np.random.default_rng(1).normal(2, 0.2, 999)
    drawn = np.tile(sums, (999, 1, 1))
    drawn[:, :, 4] = shaken[:, None]
    found = _table(["all", "chat"], sums.ravel().reshape(-1, 6), drawn, np.array([2000.0, 2000.0])).iloc[0]
    low, high = confint_proportions_2indep(0, 40, 100, 2000, method="newcomb", compare="diff")
    assert found["difference"] == -0.05
    assert [found["low"], found["high"]] == pytest.approx([low, high])
    assert found["high"] > 0
    assert found["verdict"] == "cannot tell yet"


def test_too_few_to_tell():
    contacts, orders, _true = NOTHING
    few = compared(contacts.iloc[:20], orders)
    assert "cannot be told" in few.text
    assert few.findings()[0].certainty == "too few"
    assert_says(few)
    none = compared(contacts.assign(customer_id=None), orders)
    assert none.table.empty
    assert_says(none)
    assert_says(compared(contacts.assign(customer_id=None), orders, look="balance"))


def test_an_engine_and_other_orders_of_rows_give_the_same():
    contacts, orders, _true = SOMETHING
    plain = compared(contacts, orders).table
    mixed = compared(contacts.sample(frac=1, random_state=1), orders.sample(frac=1, random_state=2)).table
    pd.testing.assert_frame_equal(mixed, plain)
    there = compared(ibis.memtable(contacts), ibis.memtable(orders)).table
    pd.testing.assert_frame_equal(there, plain)


# ---------------------------------------------------------------- visits
def visits_of(seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Known customers visit; long visits (eight pages) buy later anyway, and it is they who ask."""
    rng = np.random.default_rng(seed)
    people = 3000
    who = np.array([f"v{n}" for n in range(people)])
    long_one = rng.random(people) < 0.3
    at = START + pd.to_timedelta(rng.uniform(60, 300, people), "D").round("s")
    asks = rng.random(people) < np.where(long_one, 0.5, 0.05)
    buys = rng.random(people) < np.where(long_one, 0.4, 0.02)
    pages = np.where(long_one, 8, 2)
    events = pd.DataFrame({"visitor_id": np.repeat(who, pages), "at": np.repeat(at, pages)})
    minute = events.groupby("visitor_id").cumcount()
    events = events.assign(
        at=events["at"] + pd.to_timedelta(minute, "min"), step="product", customer_id=events["visitor_id"]
    )
    asked = pd.DataFrame({"customer_id": who[asks], "opened_at": at[asks] + pd.Timedelta(minutes=1)})
    asked = asked.assign(contact_id=[f"c{n}" for n in range(len(asked))], channel="chat", topic="size")
    before = pd.DataFrame({"customer_id": who, "ordered_at": START})
    later = pd.DataFrame({"customer_id": who[buys], "ordered_at": at[buys] + pd.Timedelta(days=3)})
    end = pd.DataFrame({"customer_id": ["zoe"], "ordered_at": [START + pd.Timedelta(days=400)]})
    bought = pd.concat([before, later, end], ignore_index=True).assign(revenue=100.0)
    return asked, bought.assign(order_id=[f"o{n}" for n in range(len(bought))]), events


@pytest.mark.parametrize("like", ["weights", "strata"])
def test_visitors_with_a_like_visit(like):
    asked, bought, events = visits_of()
    result = compared(asked, bought, events, like=like)
    row = result.table.iloc[0]
    assert result.group == "visitors"
    assert row["n"] == len(asked)
    assert row["low"] <= 0 <= row["high"]
    share = bought[bought["customer_id"].isin(asked["customer_id"])]["ordered_at"].gt(START).sum() / len(
        asked
    )
    assert row["share"] == pytest.approx(share)
    assert row["share"] > 0.25  # of all visitors, who ask or not, 13 % buy
    assert_says(result)


def test_a_visit_known_only_by_its_purchase_does_not_count():
    asked, bought, events = visits_of()
    fresh = bought[bought["ordered_at"] > START]  # nobody had ordered before
    assert compared(asked, fresh, events, group="visitors").table.empty


# ---------------------------------------------------------------- what it is made of
def test_what_happened_before_a_moment():
    past = Past([1, 0, 1, 1], [50, 10, 10, 30], [5.0, 1.0, 2.0, 3.0])
    person, at = np.array([1, 1, 0, 2]), np.array([30, 100, 5, 100])
    assert past.count(person, at).tolist() == [1, 3, 0, 0]
    assert past.sum(person, at).tolist() == [2.0, 10.0, 0.0, 0.0]
    np.testing.assert_array_equal(past.since(person, at), [20, 50, np.nan, np.nan])
    np.testing.assert_array_equal(past.since(person, at, first=True), [20, 90, np.nan, np.nan])
    assert DAY == 86_400


def test_what_weighted_moments_are_worth():
    assert worth(np.array([2.0, 2.0, 0.0])) == 2.0
    assert worth(np.array([3.0, 1.0])) == 16 / 10  # Kish 1965


def test_what_cannot_be_is_refused_in_words():
    for terms in (
        {"like": "magic"},
        {"group": "dogs"},
        {"look": "away"},
        {"within": "x"},
        {"stage": "never"},
    ):
        with pytest.raises(SettingError):
            compared(*NOTHING[:2], **terms)


def test_the_demo_shop_asks_before_it_buys():
    shop = open_shop()
    result = shop.call(compared)
    table = result.table.set_index("channel")
    assert result.group == "customers"  # hardly any visit of the demo shop has a contact
    assert table["difference"].drop("all").idxmax() == "chat"
    assert table["difference"].drop("all").idxmin() == "phone"
    after = shop.call(compared, stage="after").table.iloc[0]
    assert after["verdict"] == "cannot tell yet"
    assert_says(result)
