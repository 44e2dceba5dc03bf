"""What a contact cost: counted by hand, and as planted in the demo shop."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from csworkbook import demo
from csworkbook.contact_costs import per_channel, per_month
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError
from csworkbook.shop import open_shop

ZONE = "Europe/Amsterdam"
TRUTH = demo.truth().set_index("id")


def contacts(*rows, **columns) -> pd.DataFrame:
    """Contacts (day and hour in the shop's zone, channel), with whatever further columns."""
    at = pd.to_datetime([f"{day}" for day, _channel in rows]).tz_localize(ZONE)
    return pd.DataFrame(
        {
            "contact_id": [str(n) for n in range(len(rows))],
            "customer_id": "ann",
            "opened_at": at,
            "channel": [channel for _day, channel in rows],
            "topic": "refund",
            **columns,
        }
    )


# two months: 3 and 1 chats, 2 calls in the first
TWO = contacts(
    ("2026-01-01 09:00", "chat"), ("2026-01-15 09:00", "chat"), ("2026-01-31 12:00", "chat"), ("2026-02-28 23:00", "chat"),
    ("2026-01-05 09:00", "phone"), ("2026-01-06 09:00", "phone"),
)  # fmt: skip
COSTS = pd.DataFrame(
    {
        "month": ["2026-01-01", "2026-02-01", "2026-01-01", "2026-03-01"],
        "channel": ["chat", "chat", "phone", "chat"],
        "hours": [1.0, 0.5, 2.0, 99.0],
        "hourly_cost": [30.0, None, 30.0, 30.0],
        "fixed_cost": [6.0, 4.0, None, 99.0],
    }
)


def cost(table, channel):
    return table.loc[channel, "cost_per_contact"]


def test_hours_and_fixed_costs_over_the_contacts_of_the_months_that_both_have():
    table = per_channel(TWO, COSTS, hourly_cost=20, zone=ZONE)
    chat = table.loc["chat"]
    # January 1 h × 30 + 6, February half an hour at the shop's 20 + 4; March has no contacts
    assert (chat["contacts"], chat["hours"], chat["hour_cost"], chat["fixed"], chat["cost"]) == (
        4,
        1.5,
        40,
        10,
        50,
    )
    assert chat["cost_per_contact"] == 12.5
    assert (chat["low"], chat["high"], chat["basis"]) == (12.5, 12.5, "table")
    # the calls cost nothing known in February, in which there are none
    assert cost(table, "phone") == 30.0


def test_per_month():
    table = per_month(TWO, COSTS, hourly_cost=20, zone=ZONE)
    chat = table.loc["chat", "cost_per_contact"]
    assert chat.tolist() == [12.0, 14.0]
    assert table.loc[("phone", pd.Timestamp("2026-01-01")), "contacts"] == 2


def test_a_month_without_contacts_on_a_channel_costs_all_the_same():
    costs = pd.concat([COSTS, COSTS.iloc[[2]].assign(month="2026-02-01")], ignore_index=True)
    table = per_channel(TWO, costs, hourly_cost=20, zone=ZONE)
    assert cost(table, "phone") == (60 + 60) / 2
    months = per_month(TWO, costs, hourly_cost=20, zone=ZONE).loc["phone"]
    assert months["contacts"].tolist() == [2, 0]
    assert np.isnan(months["cost_per_contact"].iloc[1])


def test_an_unfinished_month_is_left_out_unless_there_is_no_other():
    begun = contacts(
        *[("2026-01-01 09:00", "chat"), ("2026-01-31 09:00", "chat"), ("2026-02-14 09:00", "chat")]
    )
    assert cost(per_channel(begun, COSTS, hourly_cost=20, zone=ZONE), "chat") == 36 / 2
    only = begun.iloc[2:].assign(opened_at=pd.to_datetime(["2026-02-14 09:00"]).tz_localize(ZONE))
    # 1 of the 28 days of February is covered: 14 ÷ 28
    assert cost(per_channel(only, COSTS, hourly_cost=20, zone=ZONE), "chat") == pytest.approx(0.5)


def test_months_begin_in_the_shops_zone():
    late = contacts(
        ("2025-12-31 23:30", "chat"), ("2026-01-01 00:30", "chat"), ("2026-01-31 23:30", "chat"), ("2025-12-01 08:00", "chat")
    )  # fmt: skip
    table = per_channel(late, COSTS.iloc[:1], hourly_cost=20, zone=ZONE)
    assert table.loc["chat", "contacts"] == 2
    assert per_channel(late, COSTS.iloc[:1], hourly_cost=20, zone="UTC").loc["chat", "contacts"] == 1


@pytest.mark.parametrize(
    "month",
    [
        pd.to_datetime(COSTS["month"]),
        pd.to_datetime(COSTS["month"]).dt.date,
        pd.to_datetime(COSTS["month"]).dt.to_period("M"),
        pd.to_datetime(COSTS["month"]).dt.tz_localize(ZONE),
        COSTS["month"].str[:7],
        pd.to_datetime(COSTS["month"]) + pd.Timedelta(days=20),
    ],
    ids=["time", "date", "period", "zoned", "year-month", "some day of it"],
)
def test_a_month_may_be_written_in_many_ways(month):
    table = per_channel(TWO, COSTS.assign(month=month), hourly_cost=20, zone=ZONE)
    assert cost(table, "chat") == 12.5


def test_channels_are_the_same_whatever_their_blanks_and_capitals():
    table = per_channel(
        TWO, COSTS.assign(channel=[" Chat", "CHAT ", "Phone", "chat"]), hourly_cost=20, zone=ZONE
    )
    assert table["basis"].tolist() == ["table", "table"]


# ---------------------------------------------------------------- minutes
def test_minutes_where_nothing_is_on_the_books():
    asked = contacts(*[("2026-01-05 09:00", "chat")] * 4, handling_minutes=[3.0, 9.0, None, -5.0])
    table = per_channel(asked, None, hourly_cost=30, zone=ZONE)
    # the mean of 3 and 9 for all four; below zero is not known
    assert (cost(table, "chat"), table.loc["chat", "cost"], table.loc["chat", "basis"]) == (
        3.0,
        12.0,
        "minutes",
    )
    half = t.ppf(0.975, 1) * np.std([3, 9], ddof=1) / np.sqrt(2) * 30 / 60
    assert table.loc["chat", "high"] == pytest.approx(3 + half)
    assert table.loc["chat", "low"] == max(3 - half, 0)


def test_a_contact_that_was_given_up_takes_no_time():
    asked = contacts(
        *[("2026-01-05 09:00", "phone")] * 3, handling_minutes=[6.0, 6.0, None], abandoned=[False, None, True]
    )
    assert cost(per_channel(asked, None, hourly_cost=30, zone=ZONE), "phone") == 2.0


def test_a_channel_without_minutes_takes_the_mean_of_all_and_one_without_costs_its_minutes():
    asked = TWO.assign(handling_minutes=[None, None, None, None, 10.0, 20.0])
    table = per_channel(asked, None, hourly_cost=60, zone=ZONE)
    assert table["cost_per_contact"].tolist() == [15.0, 15.0]
    table = per_channel(asked, COSTS[COSTS["channel"] == "chat"], hourly_cost=20, zone=ZONE)
    assert table["basis"].tolist() == ["table", "minutes"]
    assert table["cost_per_contact"].tolist() == [12.5, 5.0]


def test_nothing_known_is_said():
    table = per_channel(TWO, None, hourly_cost=20, zone=ZONE)
    assert set(table["basis"]) == {"none"}
    assert table["cost_per_contact"].isna().all()


# ---------------------------------------------------------------- whatever comes in
def test_rows_twice_out_of_order_and_without_a_channel():
    asked = TWO.assign(handling_minutes=[4.0, 5, 6, 7, 8, 9])
    plain = per_channel(asked, None, hourly_cost=20, zone=ZONE)
    messy = pd.concat([asked, asked.iloc[:2], asked.iloc[[0]].assign(contact_id="x", channel=" ")])
    messy = messy.sample(frac=1, random_state=1).astype({"channel": "category"})
    pd.testing.assert_frame_equal(per_channel(messy, None, hourly_cost=20, zone=ZONE), plain)


def test_a_table_of_an_engine_gives_the_same():
    asked = TWO.assign(handling_minutes=[4.0, 5, 6, 7, 8, None])
    for costs in (None, COSTS):
        frame = per_channel(asked, costs, hourly_cost=20, zone=ZONE)
        table = per_channel(ibis.memtable(asked), costs, hourly_cost=20, zone=ZONE)
        pd.testing.assert_frame_equal(frame, table)


def test_what_cannot_be_is_refused_in_words():
    with pytest.raises(SettingError, match="what an hour can cost"):
        per_channel(TWO, None, hourly_cost=-1, zone=ZONE)
    with pytest.raises(DataError, match="no contact"):
        per_channel(TWO.iloc[:0], None, hourly_cost=20, zone=ZONE)
    with pytest.raises(DataError, match="None of these contacts has a channel"):
        per_channel(TWO.assign(channel=""), None, hourly_cost=20, zone=ZONE)
    with pytest.raises(DataError, match="hours"):
        per_channel(TWO, COSTS.drop(columns="hours"), hourly_cost=20, zone=ZONE)


@pytest.mark.parametrize("channel", sorted(stories.COST_PER_CONTACT))
def test_the_planted_costs(channel):
    shop = open_shop()
    table = per_channel(shop.contacts, shop.channel_costs, hourly_cost=32, zone=shop.settings.zone)
    low, high = TRUTH.loc[f"channels.cost.{channel}", ["low", "high"]]
    assert low <= cost(table, channel) <= high


def test_contacts_of_which_none_has_a_channel_are_not_called_an_empty_table():
    contacts = pd.DataFrame({"contact_id": ["1"], "customer_id": "ann", "channel": " ", "topic": "x"})
    contacts["opened_at"] = pd.Timestamp("2026-01-05", tz="UTC")
    with pytest.raises(DataError, match="None of these contacts has a channel"):
        per_channel(contacts, hourly_cost=30, zone="UTC")
