"""The week in which a step changed level: planted, counted by hand, and not found where nothing changed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language, open_shop
from csworkbook.errors import SettingError
from csworkbook.funnel.shift import before_after

from .logs import START, crowd, log

STEPS = ["cart", "payment", "paid"]


def weeks(rates: list[float], *, n: int = 200, start: pd.Timestamp = START) -> pd.DataFrame:
    """`n` visitors a week reach payment, evenly spread; this share of each week's pays."""
    parts = []
    for number, rate in enumerate(rates):
        opens = start + pd.DateOffset(weeks=number)
        week = crowd({"x": [n, n, round(n * rate)]}, STEPS, start=opens, days=6.9)
        parts.append(week.assign(visitor_id=f"w{number} " + week["visitor_id"]))
    return pd.concat(parts, ignore_index=True)


def test_a_planted_change_is_found_in_its_week():
    result = before_after(weeks([0.7] * 7 + [0.5] * 7), STEPS, within="1h")
    assert result.changed == ["paid"]
    assert result.began("paid") == pd.Timestamp("2026-04-20")  # the eighth week from 2 March
    shift = result.shifts["paid"]
    assert (shift.before.value, shift.since.value) == pytest.approx((0.7, 0.5))
    assert "went from 70% (68% to 72%, n = 1,400) to 50%" in result.text
    assert "the week of 20 April 2026" in result.text
    assert_says(result)


def test_fewer_than_before_is_a_finding_and_more_is_none():
    down = before_after(weeks([0.7] * 7 + [0.5] * 7), STEPS, within="1h").findings()
    assert [f.headline for f in down] == ["Fewer visitors go on to paid since the week of 20 April 2026."]
    assert down[0].estimate.value == pytest.approx(-0.2)
    assert before_after(weeks([0.5] * 7 + [0.7] * 7), STEPS, within="1h").findings() == []


def test_one_step_is_tested_alone_when_it_is_named():
    events = weeks([0.7] * 6 + [0.6] * 6)
    alone, all_of_them = (before_after(events, STEPS, within="1h", step=step) for step in ("paid", None))
    assert list(alone.shifts) == ["paid"]
    assert alone.p["paid"] == alone.shifts["paid"].p
    assert all_of_them.p["paid"] >= alone.p["paid"]


def test_weeks_are_those_of_the_shops_clock():
    # 23:30 UTC on Sunday 8 March is Monday in Amsterdam; the clock changes on 29 March: there 22:30 UTC is Monday
    at = [
        "2026-03-02 08:00",
        "2026-03-08 22:30",
        "2026-03-08 23:30",
        "2026-03-29 21:30",
        "2026-03-29 22:30",
        "2026-04-20 10:00",
    ]
    events = pd.DataFrame({"visitor_id": list("abcdef"), "at": pd.to_datetime(at, utc=True), "step": "cart"})
    table = before_after(events, ["cart", "paid"], within="1D").table
    assert dict(zip(table["week"].dt.strftime("%d/%m"), table["n"], strict=True)) == {
        "02/03": 2, "09/03": 1, "23/03": 1, "30/03": 1,
    }  # fmt: skip


def test_weeks_that_are_not_whole_or_not_over_are_left_out():
    # from Wednesday 4 March to Wednesday 15 April: the first and the last week are not whole
    days = pd.date_range("2026-03-04 12:00", "2026-04-15 12:00", freq="D", tz="Europe/Amsterdam")
    events = pd.DataFrame({"visitor_id": [f"v{i}" for i in range(len(days))], "at": days, "step": "cart"})
    kept = before_after(events, ["cart", "paid"], within="1h").table["week"].dt.strftime("%d/%m").tolist()
    assert kept == ["09/03", "16/03", "23/03", "30/03", "06/04"]
    longer = before_after(events, ["cart", "paid"], within="7D").table["week"].dt.strftime("%d/%m").tolist()
    assert longer == ["09/03", "16/03", "23/03", "30/03"]  # 12 April + 7 days lies after the data


def test_days_and_months():
    rows = log("a 600 cart; b 1500 cart; b 1501 paid; c 3000 cart; d 4500 cart")
    days = before_after(rows, ["cart", "paid"], every="day", within="1h").table
    assert days[["n", "count"]].to_numpy().tolist() == [
        [1, 1],
        [1, 0],
    ]  # 3 and 4 March; the 2nd and 5th are not whole
    at = pd.date_range("2026-01-01", "2026-04-30", freq="D", tz="Europe/Amsterdam")
    events = pd.DataFrame({"visitor_id": [f"v{i}" for i in range(len(at))], "at": at, "step": "cart"})
    months = before_after(events, ["cart", "paid"], every="month", within="1h").table
    assert months["n"].tolist()[:3] == [31, 28, 31]
    assert_says(before_after(events, ["cart", "paid"], every="month", within="1h"))


def test_too_few_weeks_say_how_many_there_are():
    result = before_after(weeks([0.7] * 3), STEPS, within="1h")
    assert "8 is the least, here are 3" in result.text
    assert result.changed == []


def test_a_visitor_who_comes_back_counts_in_each_week():
    rows = log("ann 0 cart; ann 10080 cart; ann 10081 paid; zoe 30240 cart")
    table = before_after(rows, ["cart", "paid"], within="1D").table
    assert table[["n", "count"]].to_numpy().tolist()[:2] == [[1, 0], [1, 1]]


def test_nothing_is_found_where_nothing_changed():
    rng, found = np.random.default_rng(3), 0
    for _time in range(25):
        rates = rng.binomial(120, 0.6, 12) / 120
        found += bool(before_after(weeks(list(rates), n=120), STEPS, within="1h").changed)
    assert found <= 4  # 1 is expected


def test_dutch():
    with language.speaking("nl"):
        assert before_after(weeks([0.7] * 7 + [0.5] * 7), STEPS, within="1h").text


def test_the_demo_shop_has_no_change_planted():
    result = open_shop().call(lambda events: before_after(events, None))
    assert result.changed == []
    assert result.table["week"].dt.day_of_week.eq(0).all()
    assert result.table["week"].nunique() >= 8


@pytest.mark.parametrize("wrong", [{"every": "year"}, {"step": "cart"}, {"step": "home"}, {"within": "x"}])
def test_what_cannot_be_asked(wrong):
    with pytest.raises(SettingError) as error:
        before_after(log("a 0 cart; a 1 paid"), ["cart", "paid"], **wrong)
    assert error.value.allowed
