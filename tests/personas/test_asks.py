"""What each persona asks: counted by hand, planted, and found through order numbers and e-mail addresses."""

from __future__ import annotations

from dataclasses import replace

import ibis
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import estimates, open_shop
from csworkbook.errors import DataError
from csworkbook.personas import rows
from csworkbook.personas.likeness.asks import asks

from .likeness import demo, personas, shop

ORDERS = pd.DataFrame(
    {
        "order_id": ["1001", "1002", "1003"],
        "customer_id": ["ann", "bob", "cas"],
        "email_hash": ["m-ann", "m-bob", "m-cas"],
        "ordered_at": pd.to_datetime(["2026-01-05", "2026-01-05", "2026-01-05"], utc=True),
        "revenue": [50.0, 30.0, 20.0],
    }
)
CONTACTS = pd.DataFrame(
    {
        "contact_id": list("abcdefg"),
        "customer_id": ["ann", " ann ", None, "", None, "zed", None],
        "order_id": [None, None, "1002", None, None, None, None],
        "email_hash": [None, None, None, "m-cas", None, None, None],
        "text": ["", "", "", "", "About order 1001 please", "", "nothing"],
        "opened_at": pd.to_datetime(["2026-01-06"] * 7, utc=True),
        "channel": "email",
        "topic": ["size", " size", "size", "refund", "", "refund", "refund"],
    }
)
LABELS = pd.Series([1, 1, 2], index=["ann", "bob", "cas"])


@pytest.mark.parametrize("brought", [lambda frame: frame, ibis.memtable], ids=["frame", "engine"])
def test_a_contact_is_found_by_its_customer_its_order_its_address_or_its_text(brought):
    told = rows.asked(brought(CONTACTS), brought(ORDERS), LABELS)
    found = sorted(zip(told["customer_id"], told["topic"].fillna("–"), strict=True))
    assert found == [("ann", "size"), ("ann", "size"), ("ann", "–"), ("bob", "size"), ("cas", "refund")]
    few = rows.asked(brought(CONTACTS), brought(ORDERS), LABELS, customers=["cas"])
    assert few["topic"].tolist() == ["refund"]


def test_the_planted_questions_are_found():
    result = asks(**shop(), personas=personas())
    best = result.sure.drop_duplicates("persona").set_index("name")["said"]
    assert best.to_dict() == {"Cooks": "where is my order", "Gardeners": "advice", "Sleepers": "size"}
    assert result.of(2).iloc[0]["said"] == "advice"


def test_what_is_worth_telling_of_every_persona_stands_above():
    result = asks(**shop(), personas=personas())
    first = [rows.iloc[0] for _persona, rows in result.table.head(9).groupby("persona")]
    assert [row["said"] for row in first] == ["where is my order", "advice", "size"]
    assert result.table["persona"].head(9).tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert len(result.table.drop_duplicates(["persona", "value"])) == len(result.table)


def test_personas_that_share_a_name_are_drawn_side_by_side():
    alike = replace(personas(), names=["Cooks", "Cooks", "Sleepers"])
    figure = asks(**shop(), personas=alike).plot()
    assert list(figure.data[0].x) == ["1", "2", "3"]


def test_how_many_got_in_touch_is_counted_per_customer():
    result = asks(**shop(), personas=personas())
    contacts = shop()["contacts"]
    asked = contacts[contacts["customer_id"].str.startswith("g")]["customer_id"].nunique()
    gardeners = result.rates.set_index("name").loc["Gardeners"]
    assert gardeners["count"] / gardeners["customers"] == pytest.approx(asked / 120, abs=0.05)
    share = result.touch(2)
    assert (share.low, share.high) == pytest.approx(
        estimates.shares(gardeners["count"], gardeners["customers"])
    )
    assert result.most_in_touch.name == "Gardeners"
    assert "Most in touch is “Gardeners”" in result.text


def test_topics_dealt_at_random_are_seldom_told_apart():
    told = 0
    for seed in range(40):
        frames = dict(shop())
        topics = frames["contacts"]["topic"].sample(frac=1, random_state=seed).to_numpy()
        frames["contacts"] = frames["contacts"].assign(topic=topics)
        told += len(asks(**frames, personas=personas()).sure) > 0
    assert told <= 6  # of 40: 5 %, and three standard deviations of chance


def test_the_relational_customers_of_the_demo_shop_ask_before_they_buy_and_ask_most():
    from csworkbook.demo import stories

    result = open_shop().call(asks, personas=demo())
    assert result.most_in_touch.name == "Relationals"
    before = {topic.name for topic in stories.TOPICS if topic.stage == "before"}
    values = result.sure.query("name == 'Relationals'")["value"]
    assert len(values) >= 2
    assert set(values) <= before
    [finding] = result.findings()
    assert finding.estimate.low > 0


def test_contacts_of_nobody_who_bought_are_said_and_those_without_a_reason_counted():
    frames = dict(shop())
    nobody = frames["contacts"].assign(customer_id="stranger")
    with pytest.raises(DataError, match=r"None of these contacts.*customer number"):
        asks(**{**frames, "contacts": nobody}, personas=personas())
    some = frames["contacts"].assign(topic=lambda t: t["topic"].mask(t.index < 10))
    result = asks(**{**frames, "contacts": some}, personas=personas())
    assert result.without == 10
    assert "Without a reason: 10" in result.method


def test_rows_in_another_order_change_nothing():
    tables = {name: frame.sample(frac=1, random_state=4) for name, frame in shop().items()}
    one, other = asks(**shop(), personas=personas()), asks(**tables, personas=personas())
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.rates, other.rates)


def test_it_is_said_in_both_languages():
    assert_says(asks(**shop(), personas=personas()))
