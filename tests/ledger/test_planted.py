"""The stories planted in the demo shop are found again by the ledger.

Intervals are 99.9 % ones, as in the chapter's own test: some fifteen truths are looked for at once.
"""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from csworkbook import demo, ledger
from csworkbook.demo import stories
from csworkbook.shop import open_shop

TRUTH = demo.truth().set_index("id")


@pytest.fixture(scope="module")
def shop():
    return open_shop()


@pytest.fixture(scope="module")
def costs(shop):
    return shop.call(ledger.reasons)


def assert_holds(truth, count, n):
    low, high = proportion_confint(count, n, alpha=0.001, method="wilson")
    assert low <= TRUTH.loc[truth, "value"] <= high, (truth, count / n, n)


@pytest.mark.parametrize("channel", sorted(stories.REPEAT))
def test_how_often_a_question_comes_back(shop, channel):
    asked = shop.contacts
    follows = asked["topic"] == stories.FOLLOWS[0]
    mine = asked[(asked["stage"] == "after") & ~follows & (asked["channel"] == channel)]
    table = ledger.reasons(mine, shop.orders).table
    assert_holds(f"resolution.repeat.{channel}", table["again"].sum(), table["finished"].sum())


def test_the_top_reason_after_buying(shop):
    table = ledger.reasons(shop.contacts[shop.contacts["stage"] == "after"], shop.orders).table
    top = table.set_index("topic")["contacts"]
    assert top.idxmax() == "where is my order"
    low, high = TRUTH.loc["insights.top", ["low", "high"]]
    assert low <= top.max() / top.sum() <= high


@pytest.mark.parametrize("channel", sorted(stories.CONVERTS))
def test_contacts_before_buying_that_lead_to_an_order(shop, channel):
    asked = shop.contacts[(shop.contacts["stage"] == "before") & (shop.contacts["channel"] == channel)]
    entries = ledger.entries(shop.orders, contacts=asked).to_pandas()
    entries = entries.sort_values(["customer_id", "second"])
    order = entries["second"].where(entries["kind"] == "order")
    next_order = order[::-1].groupby(entries["customer_id"][::-1]).ffill()
    within = next_order - entries["second"] <= 14 * 86_400
    over = entries["second"] + 14 * 86_400 <= order.max()
    told = within[(entries["kind"] == "contact") & over]
    assert_holds(f"channels.converts.{channel}", told.sum(), len(told))


# what a topic's handling takes follows from stories: a geometric mean, spread .45, and who asks by which channel
@pytest.mark.parametrize("topic", ["product advice", "where is my order", "warranty", "payment failed"])
def test_what_handling_one_contact_costs(shop, costs, topic):
    planted = next(one for one in stories.TOPICS if one.name == topic)
    mine = shop.contacts[(shop.contacts["topic"] == topic) & ~shop.contacts["abandoned"]]
    channel = mine["channel"].map({"chat": 1.1, "phone": 1.0, "email": 0.9, "social": 0.8}).astype(float)
    plain = planted.minutes * np.exp(0.45**2 / 2) * channel.mean()
    # between nobody and everybody talking as long as a relational buyer
    each = costs.table.set_index("topic").loc[topic]
    minutes = each["each"] * 60 / stories.HOURLY_COST * each["contacts"] / len(mine)
    assert plain * 0.95 <= minutes <= plain * stories.RELATIONAL_MINUTES * 1.05


def test_questions_before_buying_lead_to_orders_and_those_after_it_do_nothing(costs):
    stage = {one.name: one.stage for one in stories.TOPICS if one.name != "other"}
    table = costs.table[costs.table["topic"] != "other"]
    before = table["topic"].map(stage) == "before"
    assert (table.loc[before, "verdict"] == "yes").all()
    assert (table.loc[before, "later_low"] > 0).all()
    assert (table.loc[~before, "verdict"] == "cannot tell yet").all()
    assert before.sum() == 6


def test_everything_in_the_demo_shop_is_found_but_anonymous_visits(shop):
    table = shop.call(ledger.matches).table.set_index("table")
    assert (table.drop("events")["share"] == 1).all()
    # planted: visits without a customer
    visits = shop.events.groupby(["visitor_id", "session_id"])["customer_id"].count()
    assert table.loc["events", "found"] == (visits > 0).sum()
    assert table.loc["events", "rows"] == len(visits)
