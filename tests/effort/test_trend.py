"""Over time: weeks as the calendar has them, a planted step, no false alarms, no unfinished week."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook import effort

from .tables import ZONE, survey


def at(*moments):
    days = pd.to_datetime(list(moments)).tz_localize(ZONE)
    return survey([1] * len(days), [1] * len(days), [3] * len(days)).assign(answered_at=days)


def weeks(seed=0, before=0.15, since=0.45, start="2025-06-02", n=40, per=30, change=25):
    rng = np.random.default_rng(seed)
    hard = rng.random((n, per)) < np.where(np.arange(n) < change, before, since)[:, None]
    passed = np.repeat(np.arange(n) * 7, per) + np.tile(np.arange(per) % 7, n)
    days = pd.Timestamp(start, tz=ZONE) + pd.to_timedelta(passed, "D")
    after = np.where(hard.ravel(), 3, 1)
    return survey([1] * len(days), [1] * len(days), after).assign(answered_at=days)


def test_weeks_begin_on_monday_and_run_over_new_year():
    old_year, new_year = (
        ("2025-12-29 00:00", "2026-01-01 12:00", "2026-01-04 23:59"),
        ("2026-01-05", "2026-01-11 10:00"),
    )
    result = effort.over_time(at(*map(pd.Timestamp, old_year + new_year)))
    assert list(result.table.columns) == ["week", "count", "n", "share", "low", "high"]
    assert result.table["week"].dt.strftime("%Y-%m-%d").tolist() == ["2025-12-29", "2026-01-05"]
    assert result.table["n"].tolist() == [3, 2]


def test_the_shops_own_clock_decides_the_week_when_the_clocks_change():
    # summer time begins on Sunday 29 March 2026; both moments are that Sunday in UTC
    result = effort.over_time(at("2026-03-29 23:30", "2026-03-30 00:30", "2026-04-05 12:00"))
    assert result.table.set_index("week")["n"].to_dict() == {
        pd.Timestamp("2026-03-23"): 1,
        pd.Timestamp("2026-03-30"): 2,
    }


def test_a_week_that_is_not_over_is_left_out_and_said():
    result = effort.over_time(at("2026-01-05", "2026-01-06", "2026-01-12", "2026-01-13", "2026-01-14"))
    assert result.table["n"].tolist() == [2]
    assert result.left_out == 3
    assert "3 answers are left out" in result.method


def test_one_answer_left_out_is_said_in_the_singular():
    assert "1 answer is left out" in effort.over_time(at("2026-01-05", "2026-01-12")).method


def test_months():
    result = effort.over_time(at("2025-12-31 23:59", "2026-01-01 00:00", "2026-01-31 12:00"), every="month")
    assert result.table["month"].dt.strftime("%Y-%m").tolist() == ["2025-12", "2026-01"]
    assert result.table["n"].tolist() == [1, 2]


def test_only_answers_about_the_stage_count():
    frame = at("2026-01-05", "2026-01-06", "2026-01-11")
    frame["after"] = pd.array([3, None, 1], dtype="Int8")
    assert effort.over_time(frame).table[["count", "n"]].to_numpy().tolist() == [[1, 2]]


def test_a_planted_week_is_found_and_both_levels_with_it():
    result = effort.over_time(weeks())
    assert result.began == pd.Timestamp("2025-06-02") + pd.Timedelta(weeks=25)
    assert result.shift.before.low < 0.15 < result.shift.before.high
    assert result.shift.since.low < 0.45 < result.shift.since.high
    (finding,) = result.findings()
    assert "24 November 2025" in finding.headline
    assert result.plot().layout.annotations[0].text == "since 24 Nov 2025"


def test_a_fall_is_told_but_nothing_to_mend():
    result = effort.over_time(weeks(before=0.45, since=0.15))
    assert result.began is not None
    assert result.findings() == []


def test_without_a_change_hardly_any_survey_shows_one():
    alarms = sum(
        effort.over_time(weeks(seed=s, since=0.15, n=20, per=20)).began is not None for s in range(40)
    )
    assert alarms <= 6  # 5 % of 40 is 2


def test_too_few_weeks_are_too_few():
    result = effort.over_time(weeks(n=7))
    assert result.shift is None
    assert "8 is the least" in result.text


@pytest.mark.parametrize("stage", ["choosing", "buying"])
def test_a_stage_that_nobody_found_hard_has_no_change(stage):
    result = effort.over_time(weeks(), stage=stage)
    assert result.began is None
    assert "no shift that chance could not make" in result.text


def test_the_line_is_the_table():
    result = effort.over_time(weeks(n=12))
    assert list(result.plot().data[2].y) == result.table["share"].tolist()
