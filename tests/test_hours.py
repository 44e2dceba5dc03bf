"""Opening hours: open minutes counted one by one, by hand, over holidays and over the clock's changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.hours import calendar, countries, holidays_of, require_country
from csworkbook.settings import WEEK

ZONE = "Europe/Amsterdam"
OFFICE = dict.fromkeys(WEEK[:5], "09:00-17:00")
ALWAYS = dict.fromkeys(WEEK, "00:00-00:00")


def year(hours=OFFICE, *, zone=ZONE, country="NL", first=date(2026, 1, 1), last=date(2026, 12, 31)):
    return calendar(hours, zone=zone, country=country, first=first, last=last)


def minutes(start, end, hours=OFFICE, **more):
    return year(hours, **more).minutes(start, end)[0]


def test_a_weekend_does_not_count():
    assert minutes("2026-01-09 16:30", "2026-01-12 09:30") == 60


def test_easter_monday_does_not_count_in_the_netherlands():
    # Thursday 2 April 16:00, Good Friday, weekend, Easter Monday 6 April; back on Tuesday 7 April 10:00
    assert minutes("2026-04-02 16:00", "2026-04-07 10:00") == 120
    assert minutes("2026-04-02 16:00", "2026-04-07 10:00", country="") == 60 + 2 * 480 + 60


def test_a_shop_of_24_hours_has_23_and_25_of_them_when_the_clock_changes():
    shop = year(ALWAYS, country="")
    nights = shop.minutes(
        ["2026-03-28 12:00", "2026-10-24 12:00", "2026-06-01 12:00"],
        ["2026-03-29 12:00", "2026-10-25 12:00", "2026-06-02 12:00"],
    )
    assert nights.tolist() == [23 * 60, 25 * 60, 24 * 60]


def test_opening_times_follow_the_clock_on_the_wall():
    weekend = dict.fromkeys(WEEK, "09:00-17:00")
    for day in (date(2026, 3, 29), date(2026, 10, 25)):
        shop = calendar(weekend, zone=ZONE, country="", first=day, last=day)
        opened = shop.spans.iloc[0]["start"].tz_convert(ZONE)
        assert (opened.hour, opened.minute, shop.total()) == (9, 0, 480)


def test_opening_in_the_hour_that_does_not_exist_or_comes_twice():
    night = {"sunday": "02:30-04:00"}
    spring = calendar(night, zone=ZONE, country="", first=date(2026, 3, 29), last=date(2026, 3, 29))
    autumn = calendar(night, zone=ZONE, country="", first=date(2026, 10, 25), last=date(2026, 10, 25))
    assert spring.total() == 60  # the clock jumps from 2 to 3
    assert autumn.total() == 150  # from the first half past two


def test_midnight_closes_the_day():
    late = {"friday": "18:00-00:00", "saturday": "00:00-02:00"}
    assert minutes("2026-01-09 23:30", "2026-01-10 01:00", late) == 90


def test_backwards_is_negative_and_empty_is_empty():
    shop = year()
    assert shop.minutes("2026-01-12 09:30", "2026-01-09 16:30")[0] == -60
    assert np.isnan(shop.minutes([pd.NaT, pd.Timestamp("2026-01-05 10:00")], [pd.NaT, pd.NaT])).all()


def test_moments_outside_the_days_it_was_made_for_count_too():
    shop = year(first=date(2026, 6, 1), last=date(2026, 6, 1))
    assert shop.minutes("2025-01-10 16:30", "2025-01-13 09:30")[0] == 60
    assert shop.minutes("2026-06-01 16:00", "2027-01-04 10:00")[0] == year(
        first=date(2026, 1, 1), last=date(2027, 2, 1)
    ).minutes("2026-06-01 16:00", "2027-01-04 10:00")
    assert shop.is_open(["2025-01-13 09:30", "2025-01-12 09:30"]).tolist() == [True, False]


def test_zones_of_the_moments_do_not_matter():
    start = pd.to_datetime(["2026-01-09 15:30"]).tz_localize("UTC").tz_convert("Asia/Tokyo")
    end = pd.to_datetime(["2026-01-12 09:30"]).tz_localize(ZONE)
    assert year().minutes(start, end).tolist() == [60]


def test_a_shop_that_is_never_open():
    shop = year({})
    assert shop.never_open
    assert shop.total() == 0
    assert shop.minutes("2026-01-05 10:00", "2026-02-05 10:00").tolist() == [0]
    assert not shop.is_open("2026-01-05 10:00").any()
    assert shop.after("2026-01-05 10:00", 5).isna().all()
    assert len(shop.spans) == 0


def test_the_way_back():
    shop = year()
    at = shop.after(
        ["2026-01-09 16:30", "2026-04-02 16:00", "2026-01-10 12:00", "2026-01-10 12:00"], [60, 120, 0, 1]
    )
    assert [str(moment)[:16] for moment in at] == [
        "2026-01-12 09:30",
        "2026-04-07 10:00",
        "2026-01-10 12:00",
        "2026-01-12 09:01",
    ]
    # exactly what is left of the day ends at its closing, not at the next opening
    assert str(shop.after("2026-01-09 16:00", 60)[0])[:16] == "2026-01-09 17:00"
    # further than the days it was made for: 10 × 480 open minutes from Monday 4 January 2027
    assert str(shop.after("2027-01-04 09:00", 4800)[0])[:16] == "2027-01-15 17:00"


def test_open_until_the_closing_minute():
    at = year().is_open(
        ["2026-01-09 08:59:59", "2026-01-09 09:00", "2026-01-09 16:59:59", "2026-01-09 17:00"]
    )
    assert at.tolist() == [False, True, True, False]


def test_when_it_closes_today():
    at = year().closing(["2026-01-09 09:00", "2026-01-09 17:00", "2026-01-10 12:00"])
    assert str(at[0])[:16] == "2026-01-09 17:00"
    assert at[1:].isna().all()
    assert year({}).closing("2026-01-09 09:00").isna().all()


def test_holidays_are_named_in_the_language_spoken():
    easter = date(2026, 4, 6)
    with language.speaking("nl"):
        assert year().closed[easter] == "Tweede paasdag"
    with language.speaking("en"):
        assert holidays_of("NL", easter, easter) == {easter: "Easter Monday"}
    assert date(2026, 4, 5) not in year().closed  # a Sunday is closed anyway
    assert year(country="").closed == {}


def test_which_countries_are_known():
    assert {"NL", "BE", "DE", "GB", "FR"} < set(countries())
    require_country("")
    with pytest.raises(SettingError, match="The public holidays of “Nederland” are not known") as error:
        require_country("Nederland")
    assert "NL" in str(error.value)


@pytest.mark.parametrize("hours", [{"monday": "17:00-09:00"}, {"monday": "nine"}, {"maandag": "09:00-17:00"}])
def test_hours_that_cannot_be_read(hours):
    with pytest.raises(SettingError, match="cannot be read"):
        year(hours)


def slowly(start: datetime, end: datetime, hours: dict[str, str], holidays: set[date], zone: str) -> int:
    """Open minutes one by one: what does the clock on the wall say, and is the shop open then?"""
    counted, moment = 0, start
    while moment < end:
        wall = moment.astimezone(ZoneInfo(zone))
        opens, closes = (
            time.fromisoformat(part) for part in hours.get(WEEK[wall.weekday()], "00:01-00:01").split("-")
        )
        late = closes == time(0) or wall.time() < closes
        counted += opens <= wall.time() and late and wall.date() not in holidays
        moment += timedelta(minutes=1)
    return counted


# no opening or closing inside the hour that comes twice: the wall clock alone cannot tell which of the two is meant
EDGES = st.sampled_from([0, 1, 90, 5 * 60, 8 * 60 + 30, 9 * 60, 12 * 60, 17 * 60 + 45, 23 * 60 + 59])


@st.composite
def weeks(draw):
    week = {}
    for day in WEEK:
        edges = sorted({draw(EDGES), draw(EDGES)})
        if len(edges) == 2 or edges[0] > 0:
            opens, closes = edges if len(edges) == 2 else (edges[0], 0)
            week[day] = f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
    return week


AROUND = st.sampled_from(
    [datetime(2026, 3, 27), datetime(2026, 10, 23), datetime(2026, 4, 3), datetime(2024, 12, 24)]
)


@settings(max_examples=60, deadline=None)
@given(
    weeks(),
    AROUND,
    st.integers(0, 4 * 1440),
    st.integers(0, 3 * 1440),
    st.sampled_from([ZONE, "America/New_York"]),
)
def test_as_many_minutes_as_are_counted_one_by_one(week, day, later, long, zone):
    start = day.replace(tzinfo=UTC) + timedelta(minutes=later)
    end = start + timedelta(minutes=long)
    feasts = set(holidays_of("NL", date(2024, 1, 1), date(2026, 12, 31)))
    shop = year(week, zone=zone, first=day, last=day)
    assert shop.minutes(pd.Timestamp(start), pd.Timestamp(end))[0] == slowly(start, end, week, feasts, zone)


@settings(max_examples=60, deadline=None)
@given(weeks(), AROUND, st.integers(0, 4 * 1440), st.integers(1, 3000))
def test_the_way_back_leads_to_the_same_number_of_minutes(week, day, later, wanted):
    start = pd.Timestamp(day.replace(tzinfo=UTC) + timedelta(minutes=later))
    shop = year(week)
    end = shop.after(start, wanted)
    if shop.never_open:
        assert end.isna().all()
        return
    assert shop.minutes(start, end)[0] == wanted
    # it is the first such moment: one second earlier is less
    assert shop.minutes(start, end - pd.Timedelta(seconds=1))[0] < wanted
