"""First replies: who got one, after how long, who gave up and who is waiting still."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from csworkbook.hours import calendar
from csworkbook.replies import waits
from csworkbook.settings import WEEK
from csworkbook.shop import open_shop

ZONE = "Europe/Amsterdam"


def at(*moments):
    return pd.Series(pd.to_datetime(list(moments)).tz_localize(ZONE))


def asked(opened, **columns):
    channel = columns.pop("channel", "email")
    return pd.DataFrame({"opened_at": at(*opened), "channel": channel, **columns})


def test_by_the_clock_and_by_opening_hours():
    contacts = asked(["2026-01-09 16:30", "2026-01-09 16:30"], replied_at=at("2026-01-12 09:30", None))
    office = calendar(
        dict.fromkeys(WEEK[:5], "09:00-17:00"), zone=ZONE, first=date(2026, 1, 1), last=date(2026, 2, 1)
    )
    until = pd.Timestamp("2026-01-12 10:00", tz=ZONE)
    by_clock = waits(contacts, until=until)
    open_only = waits(contacts, calendar=office, until=until)
    assert by_clock["minutes"].tolist()[0] == 65 * 60
    assert open_only["minutes"].tolist()[0] == 60
    assert (by_clock["so_far"].iloc[1], open_only["so_far"].iloc[1]) == (65.5 * 60, 90)
    assert open_only["replied"].tolist() == [True, False]


def test_the_end_of_the_data_is_the_last_moment_told():
    contacts = asked(["2026-01-05 10:00", "2026-01-05 11:00"], replied_at=at("2026-01-05 12:30", None))
    assert waits(contacts)["so_far"].tolist()[1] == 90


def test_seconds_waited_are_more_exact_than_times_cut_off_at_the_minute():
    contacts = asked(
        ["2026-01-05 10:00:00", "2026-01-05 10:00:00"],
        channel="phone",
        replied_at=at("2026-01-05 10:01:00", "2026-01-05 10:30:00"),
        waiting_seconds=[35.0, 35.0],
    )
    # the second row's columns tell of different things: the reply counts
    assert waits(contacts)["minutes"].tolist() == [35 / 60, 30]


def test_who_gives_up_has_no_reply_and_waited_until_he_left():
    contacts = asked(
        ["2026-01-05 10:00", "2026-01-05 10:00", "2026-01-05 10:00"],
        channel="phone",
        replied_at=at(None, None, "2026-01-05 10:01"),
        abandoned=pd.array([True, True, True], dtype="boolean"),
        waiting_seconds=[90.0, np.nan, 60.0],
    )
    found = waits(contacts)
    assert found["given_up"].tolist() == [True, True, False]  # a reply weighs more than the mark
    assert found["so_far"].iloc[0] == 1.5
    assert found["so_far"].iloc[1:].isna().all()
    assert found["minutes"].iloc[2] == 1


def test_a_waiting_time_stands_in_for_a_reply_only_of_those_who_were_answered():
    contacts = asked(
        ["2026-01-05 10:00"] * 4,
        channel="phone",
        replied_at=at(None, None, None, None),
        abandoned=pd.array([False, True, None, None], dtype="boolean"),
        handling_minutes=[np.nan, np.nan, 4.0, np.nan],
        waiting_seconds=[30.0, 30.0, 30.0, 30.0],
    )
    assert waits(contacts)["replied"].tolist() == [True, False, True, False]


def test_a_telephone_export_without_reply_times():
    contacts = asked(
        ["2026-01-05 10:00"] * 2,
        channel="phone",
        abandoned=pd.array([False, True], dtype="boolean"),
        waiting_seconds=[30.0, 45.0],
    )
    found = waits(contacts)
    assert found["minutes"].iloc[0] == 0.5
    assert found["replied"].tolist() == [True, False]


def test_nothing_known_of_replies():
    found = waits(asked(["2026-01-05 10:00", "2026-01-05 12:00"]))
    assert not found["replied"].any()
    assert found["so_far"].tolist() == [120, 0]


def test_a_reply_before_the_question_is_no_waiting_time():
    found = waits(asked(["2026-01-05 10:00"], replied_at=at("2026-01-05 09:00")))
    assert found["replied"].tolist() == [True]
    assert np.isnan(found["minutes"].iloc[0])


def test_a_reply_in_the_minute_of_the_question_with_its_seconds_cut_off_came_at_once():
    opened = ["2026-10-25 02:30:40", "2026-01-05 10:00:40", "2026-01-05 10:01:10", "2026-01-05 10:00:40"]
    replied = ["2026-10-25 02:30:00", "2026-01-05 10:00:00", "2026-01-05 10:00:00", "2026-01-05 10:00:20"]
    zoned = [
        pd.Series(pd.to_datetime(moments)).dt.tz_localize(ZONE, ambiguous=np.ones(4, bool))
        for moments in (opened, replied)
    ]
    found = waits(asked(["2026-01-05"] * 4).assign(opened_at=zoned[0], replied_at=zoned[1]))["minutes"]
    # the third is a minute earlier, the fourth has its seconds: those two were answered before they asked
    assert found[:2].tolist() == [0, 0]
    assert found[2:].isna().all()


@pytest.mark.parametrize("columns", [{}, {"waiting_seconds": pd.Series(dtype=float)}])
def test_no_contacts(columns):
    found = waits(asked([], replied_at=at(), **columns))
    assert len(found) == 0


def test_the_demo_shop_has_a_waiting_time_for_every_answered_contact():
    contacts = open_shop().contacts
    found = waits(contacts)
    assert (found["replied"] & found["minutes"].isna()).sum() == 0
    assert found["given_up"].sum() == contacts["abandoned"].sum()
