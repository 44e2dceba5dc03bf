"""The plan of a week: against the forecast it is made of, by hand, odd tables, and the demo shop."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language, open_shop, queueing
from csworkbook.errors import DataError, SettingError
from csworkbook.settings import WEEK
from csworkbook.staffing import forecast, plan
from csworkbook.staffing.work import minutes_of

from .weeks import contacts

HOURS = dict.fromkeys(WEEK[:5], "09:00-17:00")
GIVEN = {"opening_hours": HOURS, "zone": "Europe/Amsterdam", "country": "", "patience": np.inf}
CALLS = contacts()


@pytest.fixture(scope="module")
def calls():
    return plan(CALLS, **GIVEN, shrinkage=0.0)


@pytest.fixture(scope="module")
def demo():
    return open_shop().call(plan)


def test_the_schedule_is_erlang_of_the_forecast(calls):
    foreseen = forecast(CALLS, channel="phone", opening_hours=HOURS, zone="Europe/Amsterdam", country="")
    rows = foreseen.half_hours
    load = rows["expected"].to_numpy() * 6 * 60 / 1800
    agents = queueing.fewest_agents(load, handling_seconds=360, within_seconds=30)
    assert calls.slots["people"].tolist() == np.maximum(agents, 1).tolist()
    assert calls.half_hours["load"].to_numpy() == pytest.approx(load)
    assert calls.hours.value == agents.sum() / 2
    assert calls.cost.value == calls.hours.value * 32
    assert calls.hours.low <= calls.hours.value <= calls.hours.high


def test_it_is_a_schedule_of_half_hours_and_weekdays(calls):
    assert list(calls.table) == ["time", *WEEK[:5]]
    assert calls.table["time"].tolist() == [f"{h:02d}:{m:02d}" for h in range(9, 17) for m in (0, 30)]
    assert calls.heads() == ["Time", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert calls.table[list(WEEK[:5])].to_numpy().sum() == calls.slots["people"].sum()
    assert calls.sheet().shape == (16, 6)
    assert_says(calls)


def test_what_is_reached_is_what_was_asked(calls):
    assert calls.shares["phone"] >= 0.8
    assert (calls.half_hours["within"] >= 0.8 - 1e-9).all()
    assert calls.fewer["phone"] < calls.shares["phone"]


def test_a_chosen_week_and_whole_people_at_the_end(calls):
    away = plan(CALLS, **GIVEN, shrinkage=0.3, week="2026-02-04")
    assert away.monday == pd.Timestamp("2026-02-02")
    need = away.slots["needed"].to_numpy()
    assert away.slots["people"].tolist() == np.maximum(np.ceil(need / 0.7 - 1e-9), 1).tolist()
    assert away.hours.value > calls.hours.value


def test_more_is_asked_more_is_needed(calls):
    def hours(**options):
        return plan(CALLS, **{**GIVEN, "shrinkage": 0.0, **options}).hours.value

    assert hours(phone_share=0.95) > calls.hours.value > hours(phone_share=0.5)
    assert hours(phone_seconds=5) >= calls.hours.value
    assert hours(patience=30.0) <= calls.hours.value


def test_chats_at_once_and_how_much_longer():
    chats = contacts(channel="chat", per_day=240, minutes=12.0)
    one = plan(chats, **GIVEN, at_once=1)
    many = plan(chats, **GIVEN, at_once=2.5)
    slow = plan(chats, **GIVEN, at_once=2.5, stretch={1: 1, 2: 1.7, 3: 2.4})
    assert many.hours.value < slow.hours.value < one.hours.value
    for result in (one, many, slow):
        assert_says(result)


def test_one_team_or_groups_and_letters():
    both = pd.concat(
        [CALLS, contacts(channel="chat", per_day=48, minutes=9.0), contacts(channel="email", per_day=16)],
        ignore_index=True,
    )
    found = plan(both, **GIVEN)
    assert found.apart_hours >= found.crew.hours
    assert found.crew.letters()["email"] >= 0.8
    assert "groups" in found.text
    assert [finding.certainty for finding in found.findings()] == ["likely"]
    assert_says(found)
    only = plan(both, **GIVEN, channel="email")
    assert "e-mail, 24 hours" in only.text
    assert_says(only)


def test_holidays_are_closed():
    found = plan(CALLS, **{**GIVEN, "country": "NL"}, week="2026-04-06")  # Easter Monday
    assert "monday" not in found.table
    assert "Closed: Easter Monday." in found.method
    shut = plan(
        CALLS, **{**GIVEN, "country": "NL", "opening_hours": {"monday": "09:00-17:00"}}, week="2026-04-06"
    )
    assert "closed, so nobody is needed" in shut.text
    assert_says(shut)


@pytest.mark.parametrize("week", ["2026-03-25", "2026-10-21"], ids=["forward", "back"])
def test_the_clock_changes(week):
    always = {**GIVEN, "opening_hours": dict.fromkeys(WEEK, "00:00-00:00")}
    found = plan(CALLS, **always, week=week)
    assert found.hours.value >= 167
    assert found.table["time"].tolist()[0] == "00:00"
    assert_says(found)


def test_an_hour_that_is_skipped_takes_nobody_and_one_that_comes_twice_is_no_rush():
    at = pd.date_range("2026-01-05", "2026-03-20", freq="17min", tz="UTC")
    told = pd.DataFrame({"contact_id": range(len(at)), "opened_at": at, "channel": "phone", "topic": "t"})
    told = told.assign(customer_id="c", handling_minutes=5.0)
    always = {**GIVEN, "opening_hours": dict.fromkeys(WEEK, "00:00-00:00")}
    forward = plan(told, **always, week="2026-03-23")
    sunday = forward.table.set_index("time")["sunday"]
    assert sunday[["02:00", "02:30"]].isna().all()
    assert sunday.notna().sum() == 46
    assert forward.slots["start"].is_unique
    expected = plan(told, **always, week="2026-10-19").half_hours["expected"]
    assert expected.max() < 1.6 * expected.min()


def test_a_shop_without_opening_hours_is_told_that_all_hours_count():
    found = plan(CALLS, **{**GIVEN, "opening_hours": None})
    assert found.text.startswith("No opening hours are filled in")
    assert "No opening hours" not in plan(CALLS, **GIVEN).text


def test_the_range_is_that_of_messages_too():
    """With twice the messages of one week in the next nobody knows what comes: the range shows it."""
    from csworkbook.staffing.crew import Crew
    from csworkbook.staffing.letters import Kind, drawn

    is_open = np.tile(np.r_[np.zeros(18), np.ones(16), np.zeros(14)], 7) * (np.arange(336) < 240)
    kind = Kind("email", is_open * 4.0, 12.0, 24 * 60.0)
    free = {"shrinkage": 0.0, "whole": False}
    paid = Crew((), drawn([kind], 0, np.array([0.5, 1.0, 2.0] * 100)), is_open, **free).drawn(None)
    each = [Crew((), drawn([kind]).times(much), is_open, **free).hours for much in (0.5, 1.0, 2.0)]
    assert paid[:3] == pytest.approx(each, rel=0.02)
    assert each[0] < 0.6 * each[1] < 0.36 * each[2]


def test_where_whole_people_hide_what_may_come_it_is_said(calls):
    said = "More or fewer contacts than expected hardly change that"
    assert (said in calls.text) == (
        calls.hours.high - calls.hours.low < 0.5 * calls.hours.value * _spread(calls)
    )
    assert said in open_shop().call(plan).text  # 62 contacts a week (45 to 80) in 54 open hours


def _spread(found) -> float:
    low, middle, high = np.quantile(found.crew.live[0].rates.sum(axis=1), [0.025, 0.5, 0.975])
    return (high - low) / middle


# ---------------------------------------------------------------- tables as they come


def test_neither_order_nor_engine_matters(calls):
    shuffled = CALLS.sample(frac=1, random_state=1)
    assert plan(shuffled, **GIVEN, shrinkage=0.0).table.equals(calls.table)
    lazy = ibis.memtable(CALLS.assign(opened_at=CALLS["opened_at"].dt.tz_convert("UTC")))
    assert plan(lazy, **GIVEN, shrinkage=0.0).table.equals(calls.table)


def test_where_it_came_by_is_not_always_known(calls):
    unknown = CALLS.head(40).assign(channel=None, contact_id=lambda t: "u" + t["contact_id"])
    both = pd.concat([CALLS, unknown], ignore_index=True)
    assert plan(both, **GIVEN, shrinkage=0.0).table.equals(calls.table)


def test_duplicates_categories_blanks_and_extra_columns(calls):
    odd = pd.concat([CALLS, CALLS.head(50)]).assign(extra=1, agent=None)
    odd.loc[odd.index[:5], "topic"] = ""
    odd = odd.astype({"channel": "category"})
    assert plan(odd, **GIVEN, shrinkage=0.0).table.equals(calls.table)
    naive = CALLS.assign(
        **{
            name: CALLS[name].dt.tz_convert("UTC").dt.tz_localize(None)
            for name in ("opened_at", "replied_at")
        }
    )
    assert plan(naive, **GIVEN, shrinkage=0.0).table.equals(calls.table)
    less = CALLS.drop(columns=["replied_at", "waiting_seconds"])
    assert plan(less, **GIVEN, shrinkage=0.0).table.equals(calls.table)


def test_work_by_hand():
    told = CALLS.head(6).assign(handling_minutes=[2.0, 4.0, None, -3.0, 0.0, 6.0])
    found = minutes_of(told).loc["phone"]
    assert (found["contacts"], found["n"], found["minutes"]) == (6, 3, 4.0)
    assert found["error"] == pytest.approx(2 / 3**0.5)
    two = pd.concat([told, told.tail(1).assign(contact_id="x", channel="email", handling_minutes=None)])
    assert minutes_of(two).loc["email", ["n", "minutes", "error"]].tolist() == [0, 4.0, 0]


def test_the_work_of_a_channel_that_does_not_tell_it_is_said_to_be_that_of_others():
    chats = contacts(channel="chat").assign(handling_minutes=np.nan)
    chats["contact_id"] = "chat " + chats["contact_id"].astype(str)
    found = plan(pd.concat([CALLS, chats], ignore_index=True), **GIVEN)
    assert (
        "Chat: how long a contact takes is not known; taken as on the other channels: 6 minutes."
        in found.method
    )
    assert "(n = 0)" not in found.method


def test_who_gave_up_took_no_work():
    told = CALLS.head(4).assign(handling_minutes=[4.0, 6.0, 50.0, None], abandoned=[False, False, True, True])
    told.loc[told.index[2:], ["replied_at", "waiting_seconds"]] = None
    assert minutes_of(told).loc["phone", "minutes"] == 5.0


def test_nothing_to_plan():
    with pytest.raises(DataError):
        plan(CALLS.head(0), **GIVEN)
    with pytest.raises(DataError, match="how long they took"):
        plan(CALLS.drop(columns="handling_minutes"), **GIVEN)
    with pytest.raises(SettingError, match="opening hours"):
        plan(CALLS, **{**GIVEN, "opening_hours": {"monday": ""}})


@pytest.mark.parametrize(
    "wrong",
    [
        {"shrinkage": 1.0}, {"shrinkage": -0.1}, {"other_work": 2}, {"hourly_cost": -1}, {"phone_share": 1.0},
        {"phone_seconds": -1}, {"at_once": 0}, {"stretch": 3.0}, {"patience": 0.0}, {"channel": "fax"},
        {"hourly_cost": float("nan")},
    ],
)  # fmt: skip
def test_settings_that_cannot_be(wrong):
    with pytest.raises(SettingError):
        plan(CALLS, **{**GIVEN, **wrong})


# ---------------------------------------------------------------- the demo shop


def test_the_demo_shop_has_a_plan(demo):
    assert_says(demo)
    assert demo.monday == pd.Timestamp("2026-07-06")
    assert list(demo.table) == ["time", *WEEK[:6]]
    assert all(share >= 0.8 for share in demo.shares.values())
    assert demo.hours.low <= demo.hours.value <= demo.hours.high
    assert demo.calm_hours >= demo.crew.hours
    assert set(demo.half_hours["channel"]) == {"phone", "chat"}


def test_december_takes_no_fewer_people(demo):
    december = open_shop().call(plan, week="2026-12-07")
    assert december.slots["needed"].sum() > demo.slots["needed"].sum()


def test_controls_are_said_in_words():
    with language.speaking("nl"):
        assert plan.choices()[("at_once", 2.5)] == "2,5"
        assert plan.choices()[("phone_seconds", 30)] == "30 seconden"
        assert plan.choices()[("shrinkage", 0.3)] == "30%"
    assert set(plan.labels()) >= {
        "week",
        "channel",
        "phone_share",
        "at_once",
        "stretch",
        "patience",
        "shrinkage",
    }


def test_nothing_is_changed():
    before = CALLS.copy()
    plan(CALLS, **GIVEN)
    pd.testing.assert_frame_equal(CALLS, before)


@pytest.mark.parametrize("channel", ["chat", "whatsapp"])
def test_a_channel_that_began_last_week_is_left_out_and_said(calls, channel):
    """The telephone is planned as it is without that channel."""
    since = CALLS["opened_at"].max() - pd.Timedelta(days=8)
    new = CALLS[CALLS["opened_at"] > since]
    new = new.assign(channel=channel, contact_id="n" + new["contact_id"].astype(str))
    both = pd.concat([CALLS, new], ignore_index=True)
    found = plan(both, **GIVEN, shrinkage=0.0)
    assert found.terms.young == (channel,)
    assert f"no three weeks of contacts yet: {language_of(channel)}" in found.text
    assert found.table.equals(calls.table)
    with pytest.raises(DataError, match="too few contacts"):
        plan(both, **GIVEN, channel=channel)


def language_of(channel: str) -> str:
    from csworkbook.results import word

    return str(word(channel))
