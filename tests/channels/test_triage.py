"""A backlog worked away by hand, a fan checked against the days that came, and what cannot be told."""

from __future__ import annotations

from statistics import stdev

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import channels, open_shop
from csworkbook.channels.clearing import Plan, Week, cleared, drawn
from csworkbook.channels.flows import STALE, asked_about, flows
from csworkbook.errors import DataError, SettingError

ZONE = "Europe/Amsterdam"
LATE = pd.Timedelta(hours=23, minutes=30)
DAYS = 61  # from Wednesday 1 January 2025 up to and including Sunday 2 March


def steady(came=10, answered=12, before=200, days=DAYS, minutes=6.0, calls=5) -> pd.DataFrame:
    """So many letters a day, answered first come, first served; and calls of 12 minutes, answered at once.

    Four of ten letters and one of five calls are about a refund.
    """

    def moments(day, hour) -> pd.DatetimeIndex:
        wall = pd.Timestamp("2025-01-01") + pd.to_timedelta(day, "D") + pd.Timedelta(hours=hour)
        return pd.DatetimeIndex(wall).tz_localize(ZONE)

    day = np.concatenate([np.zeros(before, int), np.repeat(np.arange(days), came)])
    turn = np.arange(len(day)) // answered  # the day on which it is answered
    letters = pd.DataFrame({"opened_at": moments(day, 9), "channel": "email"})
    letters["replied_at"] = moments(turn, 16).where(turn < days)
    letters["topic"] = np.where(np.arange(len(day)) % 10 < 4, "refund", "fit")
    letters["handling_minutes"] = np.where(turn < days, minutes, np.nan)
    phone = pd.DataFrame({"opened_at": moments(np.repeat(np.arange(days), calls), 11), "channel": "phone"})
    phone = phone.assign(replied_at=phone["opened_at"], handling_minutes=12.0)
    phone["topic"] = np.where(np.arange(len(phone)) % 5 == 0, "refund", "fit")
    both = pd.concat([letters, phone], ignore_index=True)
    return both.assign(contact_id=[f"c{n}" for n in range(len(both))], customer_id="x")


def run(contacts, **options):
    options = {
        "zone": ZONE,
        "busy": 1.0,
        "hours_added": 7.0,
        "phone_off": 0.6,
        "faq": "refund",
        "prevented": 0.5,
    } | options
    return channels.triage(contacts, **options)


# ---------------------------------------------------------------- by hand
def test_every_plan_by_hand():
    # 200 + 61 × 10 letters came and 61 × 12 were answered: 78 wait. A day: 10 come, 12 go.
    # 7 hours a week = 60 minutes a day = 10 letters of 6 minutes more: 12 a day go, 78 ÷ 12 = 6.5 days.
    # phone off: 5 calls × 12 minutes = 10 letters; 0.6 × 5 = 3 come instead: 9 a day, 8.7 days.
    # refund on the site: half of 4 letters stay away, half of a call of 12 minutes is one letter: 5 a day.
    # all: 2 + 10 + 10 − 3 + 2 = 21 a day.
    result = run(steady())
    assert result.waiting == 78
    plans = result.by_plan
    assert plans["days"].to_dict() == {"now": 39, "hours": 7, "off": 9, "faq": 16, "all": 4}
    assert (plans["days_low"] == plans["days"]).all()
    assert (plans["days_high"] == plans["days"]).all()
    assert plans["net"].round(6).to_dict() == {"now": -14, "hours": -84, "off": -63, "faq": -35, "all": -147}
    assert plans.loc["hours", ["came", "answered"]].tolist() == [70, 154]
    assert plans.loc["hours", "gone"] == pd.Timestamp("2025-03-09")  # the seventh day after 2 March
    assert (plans["verdict"] == "yes").all()
    assert "the backlog of 78 is gone in 39 days" in result.text
    assert plans.loc["hours", "cost"] == pytest.approx(7 * 32.0)  # a week of seven hours
    assert result.findings() == []
    assert_says(result)


def test_the_picture_holds_what_the_table_says():
    result = run(steady())
    lines = {line.name: line for line in result.plot().data if line.hoverinfo != "skip"}
    assert list(lines) == [
        "as now",
        "hours added",
        "phone off",
        "answer on the site about “refund”",
        "all of these",
    ]
    assert list(lines["as now"].y[:3]) == [78, 76, 74]
    assert lines["as now"].y[39] == 0
    assert pd.Timestamp(lines["as now"].x[0]) == pd.Timestamp("2025-03-02")


def test_never_is_an_answer():
    result = run(steady(came=12, answered=10, before=0), hours_added=1.0, phone_off=None, prevented=0.0)
    assert result.waiting == 122
    assert result.by_plan["days"].isna().all()
    assert result.by_plan["net"].tolist() == pytest.approx([14.0, 4.0])  # an hour is ten letters
    assert "never goes: every week 14 more letters come in than are answered" in result.text
    assert "never, it grows" in result.text
    (found,) = result.findings()
    assert found.certainty == "likely"
    assert found.estimate.value == pytest.approx(122 + 8 * 14)
    assert result.cells()[0][6:9] == ["not in time"] * 3  # days, from, to
    assert_says(result)


def test_hours_go_where_the_shop_is_open():
    # Mondays only, and Monday 21 April 2025 is Easter: nothing in that week
    week = {"monday": "09:00-17:00"}
    even = run(
        steady(came=10, answered=10, before=600), start=500, hours_added=10, opening_hours=week, weeks=8
    )
    path = even.runs["hours"].waiting[0]
    fell = np.flatnonzero(np.diff(path) < 0)
    # 2 March was a Sunday, so day 0 is Monday 3 March; 21 April is day 49
    assert fell.tolist() == [0, 7, 14, 21, 28]
    assert path[1] == 400
    assert path[36] == 0
    closed = run(steady(), start=5000, hours_added=10, opening_hours=week, weeks=8).runs["hours"].waiting[0]
    assert np.flatnonzero(np.diff(closed) < -50).tolist() == [
        0,
        7,
        14,
        21,
        28,
        35,
        42,
    ]  # Easter Monday is closed


def test_a_number_typed_takes_the_place_of_what_waits():
    result = run(steady(), start=20, rate=84)  # 12 a day, as it is
    assert result.waiting == 20
    assert result.by_plan.loc["now", "days"] == 10
    assert result.findings() == []  # nobody measured it
    slower = run(steady(), start=20, rate=77)  # 11 a day
    assert slower.by_plan.loc["now", "days"] == 20
    typed = run(steady(minutes=np.nan), start=20, minutes=6.0)
    assert typed.by_plan.loc["hours", "days"] == 2  # 20 ÷ 12


def test_without_minutes_time_cannot_be_moved():
    contacts = steady().drop(columns="handling_minutes")
    result = run(contacts)
    assert list(result.by_plan.index) == ["now", "faq"]
    assert "not known" in result.method
    assert_says(result)


# ---------------------------------------------------------------- what waits
def test_who_waits_is_counted_by_hand():
    contacts = steady(came=10, answered=10, before=0)
    now = contacts["opened_at"].max()
    extra = pd.DataFrame(
        {
            "contact_id": ["w1", "w2", "w3", "old", "gone", "chat", "worked", "w1"],
            "customer_id": ["a", "b", None, "c", "d", "e", "f", "a"],
            "opened_at": now - pd.to_timedelta([1, 30, 30, 24 * (STALE + 5), 3, 3, 3, 1], "h"),
            "channel": ["email", "email", "whatsapp", "email", "email", "chat", "email", "email"],
            "topic": ["fit", "refund", "refund", "fit", "fit", "fit", "fit", "fit"],
            "abandoned": [False, None, False, False, True, False, False, False],
            "handling_minutes": [None, None, None, None, None, None, 4.0, None],
        }
    )
    result = run(pd.concat([contacts, extra], ignore_index=True))
    assert result.waiting == 3
    assert result.flows.waiting["late"].sum() == 2  # longer than a day
    assert result.flows.stale == 1
    assert "1 letter without an answer is older than 60 days" in result.method
    assert "Of these, 2 wait longer" in result.text
    assert "Begin with refund and fit: 100% of what waits." in result.text
    loose = run(pd.concat([contacts, extra], ignore_index=True), targets={"reply.email": 48 * 60})
    assert loose.flows.waiting["late"].sum() == 1


def test_nobody_waits():
    result = run(steady(came=10, answered=10, before=0))
    assert result.waiting == 0
    assert result.text.startswith("Nobody waits for a first answer")
    assert "70 letters came in a week, and 70 were answered" in result.text
    assert_says(result)


def test_an_answer_counts_on_the_shops_day():
    # 23:30 UTC on a winter Sunday is Monday in Amsterdam; on the night clocks change an hour is missing
    contacts = steady(came=1, answered=1, before=0, calls=0, days=90)
    contacts["replied_at"] = (
        contacts["opened_at"].dt.normalize().dt.tz_localize(None).dt.tz_localize("UTC") + LATE
    )
    found = flows(contacts, zone=ZONE)
    assert found.answered.sum(axis=0).tolist() == [8] * 7  # one a day, each on the day after
    assert found.first == pd.Timestamp("2025-04-02")  # the last answer came on the first of April
    utc = flows(contacts, zone="UTC")
    assert utc.first == pd.Timestamp("2025-04-01")


# ---------------------------------------------------------------- the simulation
def test_what_waits_is_what_a_loop_makes_of_it():
    rng = np.random.default_rng(5)
    shape = (6, 7)
    week = Week(*(rng.poisson(mean, shape).astype(float) for mean in (10, 11, 4, 30, 3, 12)))
    plan, minutes, share = (
        Plan(90.0, 0.4, 0.25),
        np.array([5.0, 7.0, 9.0]),
        rng.dirichlet(np.ones(7), 4).ravel(),
    )
    draws = drawn(6, 4, runs=3, seed=1)
    weeks = [
        sum(week.came[one]) - 0.25 * sum(week.asked[one]) + 0.4 * sum(week.calls[one]) - sum(week.answered[one])
        - sum(week.call_minutes[one]) / 7.0
        for one in range(6)
    ]  # fmt: skip
    error = stdev(weeks) / 6**0.5
    found = cleared(week, plan, start=30, first=2, draws=draws, letter_minutes=minutes, open_share=share)
    for one in range(3):
        waits = 30.0
        for day in range(28):
            block, weekday = draws[1][one, day // 7], (2 + day) % 7
            came = (
                week.came[block, weekday]
                - 0.25 * week.asked[block, weekday]
                + 0.4 * week.calls[block, weekday]
            )
            time = week.call_minutes[block, weekday] + 90 * share[day]
            drift = draws[0][one] * error / 7
            waits = max(waits + came - week.answered[block, weekday] - time / minutes[one] + drift, 0.0)
            assert found.waiting[one, day + 1] == pytest.approx(waits)


def test_the_range_holds_the_day_on_which_it_really_was_gone():
    """Worlds with known rates: the 95 % range of the day must hold the day that came about as often."""
    rng = np.random.default_rng(11)
    nothing, inside, worlds = np.zeros((8, 7)), 0, 300
    for world in range(worlds):
        week = Week(rng.poisson(20, (8, 7)) * 1.0, rng.poisson(24, (8, 7)) * 1.0, *[nothing] * 4)
        draws = drawn(8, 12, runs=400, seed=world)
        made = cleared(
            week,
            Plan(),
            start=120,
            first=0,
            draws=draws,
            letter_minutes=np.ones(400),
            open_share=np.full(84, 1 / 7),
        )
        low, _middle, high = made.gone()
        ahead = 120 + (rng.poisson(20, 84) - rng.poisson(24, 84)).cumsum()
        came = int(np.argmax(ahead <= 0)) + 1 if (ahead <= 0).any() else np.inf
        inside += low <= came <= high
    assert 0.89 <= inside / worlds <= 0.985


@pytest.mark.parametrize("blocks", [2, 3, 8])
def test_of_few_weeks_it_is_seldom_said_to_grow_or_to_shrink_when_it_does_neither(blocks):
    rng = np.random.default_rng(blocks)
    wrong, worlds = 0, 400
    for world in range(worlds):
        week = Week(*(rng.poisson(20, (blocks, 7)) * 1.0 for _flow in range(2)), *[np.zeros((blocks, 7))] * 4)
        low, _middle, high = cleared(
            week, Plan(), start=40, first=0, draws=drawn(blocks, 2, runs=400, seed=world),
            letter_minutes=np.ones(400), open_share=np.full(14, 1 / 7),
        ).growth()  # fmt: skip
        wrong += low > 0 or high < 0
    assert wrong / worlds <= 0.085  # 5 % and three standard errors


def test_the_work_of_the_day_is_no_backlog():
    """Twenty letters a day, each answered after four hours; the data end at four in the afternoon."""
    opened = pd.date_range("2026-01-05 08:00", "2026-02-27 16:00", freq="30min", tz=ZONE)
    opened = opened[(opened.hour >= 8) & (opened.hour < 18)]
    contacts = pd.DataFrame(
        {"contact_id": range(len(opened)), "customer_id": range(len(opened)), "opened_at": opened}
    )
    contacts = contacts.assign(channel="email", topic="refund", replied_at=opened + pd.Timedelta("4h"))
    contacts["replied_at"] = contacts["replied_at"].where(contacts["replied_at"] <= opened[-1])
    result = channels.triage(contacts, zone=ZONE)
    assert result.waiting == 8
    assert result.text.startswith("8 letters wait for a first answer, none longer than is usual to promise")
    assert "never" not in result.text
    assert result.findings() == []
    late = contacts.assign(
        replied_at=contacts["replied_at"].where(opened < pd.Timestamp("2026-02-25", tz=ZONE))
    )
    assert "backlog of" in channels.triage(late, zone=ZONE).text
    assert len(channels.triage(late, zone=ZONE).findings()) == 1


def test_a_typed_number_needs_letters_to_say_when_it_is_gone():
    calls = pd.DataFrame(
        {"contact_id": range(60), "customer_id": range(60), "channel": "phone", "topic": "x"}
    )
    calls["opened_at"] = pd.date_range("2026-01-01", periods=60, freq="12h", tz="UTC")
    with pytest.raises(DataError, match="how many letters come in and are answered they do not tell"):
        channels.triage(calls, start=200, rate=50)


def test_what_chance_decides_cannot_be_told():
    rng = np.random.default_rng(3)
    week = Week(rng.poisson(20, (8, 7)) * 1.0, rng.poisson(20, (8, 7)) * 1.0, *[np.zeros((8, 7))] * 4)
    low, _middle, high = cleared(
        week, Plan(), start=40, first=0, draws=drawn(8, 8, runs=1000, seed=0),
        letter_minutes=np.ones(1000), open_share=np.full(56, 1 / 7),
    ).growth()  # fmt: skip
    assert low < 0 < high


def test_the_same_seed_gives_the_same_and_order_does_not_matter():
    contacts = open_shop().contacts
    options = {"start": 120, "zone": ZONE}
    one = channels.triage(contacts, **options).table
    shuffled = contacts.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(one, channels.triage(shuffled, **options).table)
    pd.testing.assert_frame_equal(one, channels.triage(contacts, **options).table)
    assert channels.triage(contacts, seed=1, **options).table["left"].tolist() != one["left"].tolist()


# ---------------------------------------------------------------- whatever comes
def test_a_table_of_an_engine_gives_the_same():
    contacts = steady()
    mine, theirs = run(contacts), run(ibis.memtable(contacts))
    pd.testing.assert_frame_equal(mine.table, theirs.table)
    assert theirs.waiting == 78


def test_other_kinds_of_columns_give_the_same():
    contacts = steady()
    naive = contacts.assign(
        **{
            name: contacts[name].dt.tz_convert("UTC").dt.tz_localize(None)
            for name in ("opened_at", "replied_at")
        },
        channel=contacts["channel"].astype("category"),
        topic=contacts["topic"].astype(object),
        note="x",
    )
    naive.index = [0] * len(naive)
    twice = pd.concat([naive, naive.iloc[:100]])
    pd.testing.assert_frame_equal(run(twice).table, run(contacts).table)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"start": -1}, "cannot be -1"), ({"phone_off": 1.5}, "cannot be 1.5"), ({"prevented": -0.1}, "cannot be"),
        ({"weeks": 0}, "cannot be 0"), ({"busy": 0}, "cannot be 0"), ({"off": "fax"}, "cannot be fax"),
        ({"faq": "parking"}, "Nobody asked about “parking”"), ({"hours_added": float("nan")}, "cannot be nan"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(options, said):
    with pytest.raises(SettingError, match=said):
        run(steady(), **options)


def test_too_little_is_refused_in_words():
    contacts = steady(days=12)
    with pytest.raises(DataError, match="less than two weeks"):
        run(contacts)
    with pytest.raises(DataError, match="phone calls and chats only"):
        run(contacts[contacts["channel"] == "phone"])
    with pytest.raises(DataError):
        run(contacts.iloc[:0])
    with pytest.raises(DataError, match="channel"):
        run(contacts.drop(columns="channel"))


def test_the_demo_shop_answers_in_both_languages():
    shop = open_shop()
    assert_says(shop.call(channels.triage))
    assert_says(shop.call(channels.triage, start=300, weeks=26, off="both"))
    assert asked_about(shop.contacts, zone=ZONE)[:2] == [None, "product advice"]
    assert "More than 80% of complaints" in shop.call(channels.triage).method
