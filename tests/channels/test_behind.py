"""The contacts behind a bar, one row each."""

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook.channels import contacts_behind, which_channels, which_topics
from csworkbook.errors import DataError, SettingError
from csworkbook.shop import open_shop

OPENED = pd.to_datetime(
    ["2026-01-05 23:30", "2026-01-06 10:00", "2026-01-09 10:00", "2026-02-20 10:00"], utc=True
)
FOUR = pd.DataFrame(
    {
        "contact_id": ["1", "2", "3", "4"],
        "customer_id": ["ann", "bob", "ann", "cis"],
        "opened_at": OPENED,
        "channel": ["chat", "chat", "chat", "email"],
        "topic": ["refund", "size", "refund", "refund"],
        "replied_at": pd.to_datetime(["2026-01-05 23:31", None, "2026-01-09 10:09", None], utc=True),
        "resolved_at": pd.to_datetime(["2026-01-06 00:00", None, "2026-01-09 10:30", None], utc=True),
        "abandoned": [False, True, False, False],
        "waiting_seconds": [60.0, 240.0, 540.0, None],
        "text": ["Where  is\nmy money?", "word " * 60, None, "=1+1 <b>"],
    }
)
ZONE = "Europe/Amsterdam"


def ids(**options) -> list[str]:
    return contacts_behind(FOUR, zone=ZONE, **options).table["contact_id"].tolist()


def test_contacts_are_picked_by_channel_topic_and_day():
    assert ids() == ["4", "3", "2", "1"]
    assert ids(channel="chat") == ["3", "2", "1"]
    assert ids(channel="chat", topic="refund") == ["3", "1"]
    assert ids(since=date(2026, 1, 6), until=date(2026, 1, 6)) == [
        "2",
        "1",
    ]  # the first came after midnight in the shop


def test_the_slowest_come_first_also_those_who_gave_up():
    assert ids(order="slowest") == ["3", "2", "1", "4"]  # 9, 4 and 1 minutes; the last one came just now
    assert ids(order="longest")[:2] == ["1", "3"] or ids(order="longest")[:2] == ["3", "1"]
    assert ids(order="again") == ["1"]
    assert ids(late=True) == ["3", "2", "1"]  # none within twenty seconds


def test_every_row_says_how_it_ended():
    table = contacts_behind(FOUR, zone=ZONE).table.set_index("contact_id")
    assert table.loc["1", ["reply", "solve"]].tolist() == [1.0, 30.0]
    assert table["state"].to_dict() == {"1": "is_solved", "2": "gave_up", "3": "is_solved", "4": "waits"}
    assert table["again"].where(table["again"].notna(), "").to_dict() == {
        "1": "yes",
        "2": "no",
        "3": "no",
        "4": "",
    }
    assert table.loc["2", "waited"] == 4.0
    assert table.loc["1", "opened"] == pd.Timestamp("2026-01-06 00:30")
    assert table.loc["1", "text"] == "Where is my money?"
    assert table.loc["2", "text"].endswith("word …")
    assert len(table.loc["2", "text"]) <= 142


def test_what_it_says_and_shows():
    found = contacts_behind(FOUR, zone=ZONE, channel="chat", topic="refund")
    assert found.text.startswith("2 contacts by chat about refund. Half had a first reply within 5 minutes.")
    assert found.cells()[0][:4] == ["3", "9 Jan 2026 11:00", "chat", "refund"]
    assert found.people  # never in a report
    assert found.plot().data[0].y.tolist() == [2]


def test_a_page_shows_two_hundred_and_a_download_all():
    shop = open_shop()
    found = shop.call(contacts_behind, channel="chat")
    chats = (shop.contacts["channel"] == "chat").sum()
    assert len(found.table) == 200
    assert len(found.sheet()) == chats == found.counts["n"]
    assert "The table shows 200" in found.text
    assert found.sheet().columns.tolist() == found.heads()


def test_order_and_engine_change_nothing():
    whole = contacts_behind(FOUR, zone=ZONE).every
    mixed = contacts_behind(FOUR.sample(frac=1, random_state=1).set_index(np.zeros(4, int)), zone=ZONE).every
    lazy = contacts_behind(ibis.memtable(FOUR), zone=ZONE).every
    pd.testing.assert_frame_equal(mixed, whole)
    pd.testing.assert_frame_equal(lazy, whole)


def test_a_contact_that_comes_twice_is_listed_once():
    twice = pd.concat([FOUR, FOUR.iloc[[0]].assign(text="another")])
    assert contacts_behind(twice, zone=ZONE).every["contact_id"].tolist() == ["4", "3", "2", "1"]


def test_a_table_without_what_is_optional():
    bare = FOUR[["contact_id", "customer_id", "opened_at", "channel", "topic"]]
    found = contacts_behind(bare, zone=ZONE)
    assert found.table["reply"].isna().all()
    assert found.table["state"].eq("is_handled").all()
    assert found.text
    assert found.cells()
    assert found.method


def test_the_choices_are_the_busiest_first():
    assert which_channels(FOUR) == [None, "chat", "email"]
    assert which_topics(FOUR) == [None, "refund", "size"]


def test_nothing_left_is_said_in_words():
    with pytest.raises(DataError, match="no such contacts"):
        contacts_behind(FOUR, channel="fax")
    with pytest.raises(SettingError):
        contacts_behind(FOUR, order="oldest")
    with pytest.raises(DataError):
        contacts_behind(FOUR.iloc[:0])
