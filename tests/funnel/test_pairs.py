"""Which days are compared: read off a calendar of 2026 (1 January is a Thursday, 29 March has 23 hours here)."""

from __future__ import annotations

import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.funnel.compare import compare
from csworkbook.funnel.days import days, limits
from csworkbook.funnel.pairs import choices, labels, two_periods

from .logs import log

ZONE = "Europe/Amsterdam"
STEPS = ["cart", "paid"]


def daily(first: str, last: str, each: int = 1) -> pd.DataFrame:
    """So many visitors with a cart at noon of every day; the first of each day pays at once."""
    noons = pd.date_range(first, last, tz=ZONE) + pd.Timedelta("12h")
    rows = [
        (f"{noon:%m%d}-{n}", noon + pd.Timedelta(minutes=after), step)
        for noon in noons
        for n in range(each)
        for after, step in ((0, "cart"), (1, "paid"))
        if step == "cart" or n == 0
    ]
    return pd.DataFrame(rows, columns=["visitor_id", "at", "step"])


HALF_A_YEAR = daily("2026-01-01", "2026-06-30")  # the last day is a Tuesday


@pytest.mark.parametrize(
    ("periods", "one", "other", "n"),
    [
        # with a day to pay in, weeks end on 29 June at the latest, months do not; the last noon counts for nothing
        ("week", "15 Jun 2026 – 21 Jun 2026", "22 Jun 2026 – 28 Jun 2026", [7, 7]),
        ("weeks", "5 May 2026 – 1 Jun 2026", "2 Jun 2026 – 29 Jun 2026", [28, 28]),
        ("month", "1 May 2026 – 31 May 2026", "1 Jun 2026 – 30 Jun 2026", [31, 29]),
        (None, "1 Jan 2026 – 31 Mar 2026", "1 Apr 2026 – 30 Jun 2026", [90, 90]),
    ],
)
def test_the_latest_periods_are_those_of_the_calendar(periods, one, other, n):
    result = compare(HALF_A_YEAR, STEPS, periods=periods, within="1D")
    assert result.sides == (one, other)
    assert result.table[["one_n", "other_n"]].iloc[0].tolist() == n
    assert_says(result)


def test_the_same_weeks_of_the_year_before_begin_on_the_same_day_of_the_week():
    result = compare(daily("2025-05-01", "2026-06-30"), STEPS, periods="year", within=None)
    assert result.sides == (
        "4 Jun 2025 – 1 Jul 2025",
        "3 Jun 2026 – 30 Jun 2026",
    )  # both begin on a Wednesday
    assert result.table[["one_n", "other_n"]].iloc[0].tolist() == [28, 28]


def test_last_means_the_last_of_the_days_that_were_chosen():
    result = compare(HALF_A_YEAR, STEPS, periods="month", until="2026-04-30", within="1D")
    assert result.sides == ("1 Mar 2026 – 31 Mar 2026", "1 Apr 2026 – 30 Apr 2026")
    assert result.table[["one_n", "other_n"]].iloc[0].tolist() == [31, 30]  # March has all its days


def test_who_was_left_out_is_said_beside_the_answer():
    two = compare(daily("2026-05-01", "2026-06-30", each=40), STEPS, periods="month", within="7D")
    assert two.table["other_n"].iloc[0] == 23 * 40  # noon of the 24th is 6 days before the last noon
    assert "(280 left out: their time was not over.)" in two.text


@pytest.mark.parametrize(
    ("first", "within", "possible"),
    [
        ("2026-06-01", "7D", ["week"]),
        ("2026-06-15", "7D", []),
        ("2026-06-15", "1D", ["week"]),
        ("2026-04-29", "7D", ["week", "weeks", "month"]),  # 56 days before 24 June
        ("2026-04-30", "7D", ["week", "month"]),
        ("2026-05-02", "7D", ["week"]),
        ("2025-05-29", "7D", ["week", "weeks", "month"]),
        ("2025-05-28", "7D", ["week", "weeks", "month", "year"]),  # 364 days before 27 May
    ],
)
def test_only_periods_that_the_log_holds_can_be_chosen(first, within, possible):
    events = daily(first, "2026-06-30")
    assert two_periods(events, within=within, zone=ZONE) == [None, *possible]
    for periods in set(possible) ^ {"week", "weeks", "month", "year"}:
        with pytest.raises(SettingError, match="too few days for"):
            compare(events, STEPS, periods=periods, within=within)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            {"periods": "month", "split": "2026-05-01"},
            "“last month against the month before” leaves no choice",
        ),
        ({"periods": "decade"}, "“decade” cannot be chosen here"),
        ({"since": "2026-08-01"}, "the events lie on 1 Jan 2026 – 30 Jun 2026"),
        ({"until": "2025-08-01"}, "the events lie on 1 Jan 2026 – 30 Jun 2026"),
        (
            {"since": "2026-03-02", "until": "2026-03-01"},
            "(1 March 2026) comes before the first (2 March 2026)",
        ),
        ({"since": "2026-03-02", "until": "2026-03-02"}, "cannot begin on 3 March 2026"),
    ],
)
def test_periods_that_cannot_be_are_refused_in_words(wrong, says):
    with pytest.raises(SettingError) as error:
        compare(HALF_A_YEAR, STEPS, **wrong)
    assert says in str(error.value)


def test_groups_can_be_compared_on_one_day():
    events = daily("2026-03-01", "2026-03-09", each=4)
    events["device"] = (
        events["visitor_id"].str[-1].map({"0": "phone", "1": "phone", "2": "desktop", "3": "desktop"})
    )
    result = compare(events, STEPS, by="device", since="2026-03-02", until="2026-03-02", within="1D")
    assert result.table[["one_n", "other_n"]].iloc[0].tolist() == [2, 2]


def test_a_day_is_whole_and_a_moment_is_not():
    assert [str(m) for m in limits("2026-03-29", "2026-03-29", ZONE)] == [
        "2026-03-29 00:00:00+01:00",
        "2026-03-30 00:00:00+02:00",
    ]
    noon = pd.Timestamp("2026-03-29 12:00", tz=ZONE)
    assert limits(None, noon, ZONE) == (None, noon)
    assert limits("", "2026-03-29 12:00", ZONE) == (None, noon)
    assert limits(None, noon.date(), ZONE) == limits(None, "2026-03-29", ZONE)


def test_the_days_of_a_log_are_those_of_the_shops_clock():
    late = log("ann 0 cart; bob 1439 cart")  # from midnight to midnight of one day
    assert [str(day) for day in days(late, ZONE)] == ["2026-03-02", "2026-03-02"]
    assert [str(day) for day in days(late, "America/New_York")] == ["2026-03-01", "2026-03-02"]
    assert days(late.iloc[:0]) == []
    assert two_periods(late.iloc[:0]) == [None]


def test_every_choice_has_a_name_in_both_languages():
    for spoken in ("en", "nl"):
        with language.speaking(spoken):
            named = {option for name, option in choices() if name == "periods"}
            assert named == {None, "week", "weeks", "month", "year"}
            assert labels().keys() >= {"by", "periods", "since", "split", "until"}
