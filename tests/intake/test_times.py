"""Dates and times: the notation by the whole column, the zone by the shop."""

import datetime

import pandas as pd
import pytest

from csworkbook.intake import times

ZONE = "Europe/Amsterdam"


def read(*cells, kind="str"):
    return times.parse(pd.Series(list(cells), dtype=kind), ZONE)


def iso(*cells, kind="str"):
    return [None if pd.isna(value) else value.isoformat() for value in read(*cells, kind=kind).values]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("31-12-2024", "2024-12-31T00:00:00+01:00"),
        ("31/12/2024 14:05", "2024-12-31T14:05:00+01:00"),
        ("31.12.2024 14:05:06", "2024-12-31T14:05:06+01:00"),
        ("31-12-24", "2024-12-31T00:00:00+01:00"),
        ("2024-12-31", "2024-12-31T00:00:00+01:00"),
        ("2024/12/31 2:05:06 PM", "2024-12-31T14:05:06+01:00"),
        ("2024/12/31 2:05:06 p.m. CET", "2024-12-31T14:05:06+01:00"),
        ("12/31/2024 02:05 PM", "2024-12-31T14:05:00+01:00"),
        ("20241231", "2024-12-31T00:00:00+01:00"),
        ("2024-12-31T13:05:06Z", "2024-12-31T14:05:06+01:00"),
        ("2024-12-31T13:05:06.123456Z", "2024-12-31T14:05:06.123456+01:00"),
        ("2024-12-31 08:05:06 -0500", "2024-12-31T14:05:06+01:00"),
        ("2024-12-31 13:05:06 UTC", "2024-12-31T14:05:06+01:00"),
        ("2024-07-01T14:00:00+02:00", "2024-07-01T14:00:00+02:00"),
        ("2024/07/01 2:00:00 PM GMT+2", "2024-07-01T14:00:00+02:00"),
        ("31 december 2024", "2024-12-31T00:00:00+01:00"),
        ("31 mrt 2024 om 14:05", "2024-03-31T14:05:00+02:00"),
        ("December 31, 2024 2:05 PM", "2024-12-31T14:05:00+01:00"),
        ("Tue, 31 Dec 2024 14:05:06 +0100", "2024-12-31T14:05:06+01:00"),
        ("di 31 dec. 2024 14:05", "2024-12-31T14:05:00+01:00"),
        ("1735650306", "2024-12-31T14:05:06+01:00"),
        ("1735650306000", "2024-12-31T14:05:06+01:00"),
        ("45657.5", "2024-12-31T12:00:00+01:00"),
    ],
)
def test_notations(cell, moment):
    if (
        cell.isdigit() and len(cell) > 8
    ):  # seconds since 1970 are instants; they are read as clock times of UTC
        moment = pd.Timestamp(int(cell[:10]), unit="s", tz="UTC").tz_convert(ZONE).isoformat()
    assert iso(cell) == [moment]


@pytest.mark.parametrize(
    "cell",
    [
        "31-02-2024",
        "soon",
        "00-00-0000",
        "12",
        "2024",
        "1-1-0024",
        "1-1-3024",
        "25:00",
        "13/13/2024",
        "1-1-2024 x",
    ],
)
def test_what_is_no_date(cell):
    found = read("01-02-2024", "15-02-2024", cell)
    assert found.bad.tolist() == [False, False, True]
    assert found.values.isna().tolist() == [False, False, True]


def test_empty_is_not_bad():
    assert read("01-02-2024", "", None, "  ").bad.tolist() == [False] * 4


def test_day_or_month_first_by_the_whole_column():
    assert [m[:10] for m in iso("03-04-2025", "13-04-2025")] == ["2025-04-03", "2025-04-13"]
    assert [m[:10] for m in iso("03/04/2025", "03/13/2025")] == ["2025-03-04", "2025-03-13"]


def test_one_date_of_the_other_order_is_bad_not_swapped():
    found = read("03-04-2025", "14-04-2025", "15-04-2025", "04-16-2025")
    assert found.bad.tolist() == [False, False, False, True]


def test_where_nothing_tells_the_day_goes_first_and_that_is_said():
    found = read("03-04-2025", "05-04-2025")
    assert [value.month for value in found.values] == [4, 4]
    assert "day first" in found.note


def test_rows_in_order_tell_month_first():
    found = read("01/09/2025", "01/10/2025", "01/11/2025", "01/12/2025", "02/01/2025", "02/02/2025")
    assert [value.month for value in found.values] == [1, 1, 1, 1, 2, 2]
    assert "month first" in found.note


def test_clock_changes():
    skipped, twice, winter = read("31-03-2024 02:30", "27-10-2024 02:30", "27-10-2024 03:30").values
    assert skipped.isoformat() == "2024-03-31T03:00:00+02:00"
    assert twice.isoformat() == "2024-10-27T02:30:00+02:00"
    assert winter.isoformat() == "2024-10-27T03:30:00+01:00"


def test_offsets_and_clock_times_in_one_column():
    assert iso("2024-07-01T12:00:00Z", "2024-07-01 12:00:00") == [
        "2024-07-01T14:00:00+02:00",
        "2024-07-01T12:00:00+02:00",
    ]


def test_cells_of_a_spreadsheet():
    cells = [datetime.datetime(2024, 7, 1, 12), datetime.date(2024, 7, 2), 45474.25, "4 juli 2024", None]
    assert iso(*cells, kind=object) == [
        "2024-07-01T12:00:00+02:00",
        "2024-07-02T00:00:00+02:00",
        "2024-07-01T06:00:00+02:00",
        "2024-07-04T00:00:00+02:00",
        None,
    ]


def test_a_notation_that_comes_late_in_a_long_column():
    cells = [f"{1 + n % 28:02d}-02-2024" for n in range(5000)] + ["2024-02-03 10:00", "5 maart 2024"]
    found = read(*cells)
    assert not found.bad.any()
    assert [value.isoformat()[:16] for value in found.values.iloc[-2:]] == [
        "2024-02-03T10:00",
        "2024-03-05T00:00",
    ]
