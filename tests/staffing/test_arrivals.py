"""When customers get in touch: counted by hand, published ranges, and the stories planted in the demo shop."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import open_shop, staffing
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError
from csworkbook.staffing.arriving import looked_at, means, scatter, together
from csworkbook.staffing.counts import counted, open_week
from csworkbook.staffing.shares import busiest

from .tables import HOURS, ZONE, asked, drawn, grid

WHERE = {"zone": ZONE, "country": "", "opening_hours": HOURS}


def cell(result, weekday, time):
    table = result.table.set_index(["weekday", "time"])
    return table.loc[(weekday, time)]


# ---------------------------------------------------------------- counted by hand
def test_contacts_per_weekday_and_hour():
    """Two weeks: on Mondays 3 and 1 calls between 10 and 11, on the first Friday one; the table ends on a Friday."""
    calls = asked(
        ["2026-01-05 09:00", "2026-01-05 10:00", "2026-01-05 10:29", "2026-01-05 10:59", "2026-01-09 16:59",
         "2026-01-12 10:15", "2026-01-16 16:59"]
    )  # fmt: skip
    found = staffing.arrivals(calls, **WHERE)
    monday = cell(found, "monday", "10:00–11:00")
    assert (monday["mean"], monday["count"], monday["n"]) == (2.0, 4, 2)
    assert cell(found, "tuesday", "10:00–11:00")[["mean", "n"]].tolist() == [0.0, 2]
    assert len(found.table) == 5 * 8
    halves = staffing.arrivals(calls, per="half hour", **WHERE)
    assert cell(halves, "monday", "10:00–10:30")["count"] == 3
    assert len(halves.table) == 5 * 16
    assert found.day.place == 0
    assert found.hour.place == 10


def test_what_comes_when_it_is_closed_is_left_out_and_said():
    calls = asked(["2026-01-05 10:00"] * 8 + ["2026-01-05 08:59", "2026-01-10 12:00", "2026-01-09 16:00"])
    found = staffing.arrivals(calls, **WHERE)
    assert found.table["count"].sum() == 9
    assert "Another 2 (18% of all) came outside opening hours" in found.text
    mails = staffing.arrivals(calls.assign(channel="email"), **WHERE)
    assert mails.table["count"].sum() == 11  # letters come at any hour
    assert "outside" not in mails.text


def test_public_holidays_stand_apart():
    """Easter Monday 2026 is 6 April; with Mondays of 4 calls before and after it."""
    calls = asked(
        ["2026-03-27 09:00"]
        + ["2026-03-30 10:00"] * 4
        + ["2026-04-06 11:00"]
        + ["2026-04-13 10:00"] * 4
        + ["2026-04-17 16:59"]
    )
    found = staffing.arrivals(calls, **{**WHERE, "country": "NL"})
    monday = found.table[found.table["weekday"] == "monday"]
    assert monday["count"].sum() == 8
    assert set(monday["n"]) == {2}
    # Good Friday and Easter Monday brought one contact together; other Fridays 2 in 3, other Mondays 8 in 2
    assert "2 public holidays stand apart: they brought 0.5 each, such weekdays otherwise 2.3." in found.text


def test_the_change_of_clocks_moves_nothing():
    """Calls at 9:30 on the shop's clock every weekday over 29 March 2026 (and their UTC hour changes)."""
    days = pd.date_range("2026-03-02", "2026-04-24", freq="D")
    calls = asked(days[days.day_of_week < 5] + pd.Timedelta("9h30min"))
    found = staffing.arrivals(calls, per="half hour", **WHERE)
    assert found.table.loc[found.table["count"] > 0, "time"].unique().tolist() == ["09:30–10:00"]
    assert (calls["opened_at"].dt.tz_convert("UTC").dt.hour.nunique()) == 2


def test_days_before_the_first_and_after_the_last_contact_do_not_count():
    calls = asked(["2026-01-07 12:00", "2026-01-12 12:00"])  # Wednesday to Monday
    found = staffing.arrivals(calls, **WHERE)
    assert cell(found, "wednesday", "09:00–10:00")["n"] == 0
    assert cell(found, "wednesday", "12:00–13:00")["n"] == 1
    assert cell(found, "tuesday", "12:00–13:00")["n"] == 0
    assert cell(found, "monday", "16:00–17:00")["n"] == 0


def test_half_hours_that_are_open_in_part():
    week = open_week({"monday": "09:15-17:00", "saturday": ""})
    assert week[0, 18] == 0.5
    assert week[0].sum() == 15.5
    assert week[1:].sum() == 0
    assert open_week({"monday": ""}).sum() == 7 * 48  # never open: all day


# ---------------------------------------------------------------- ranges
def test_the_range_of_a_mean_is_the_published_one():
    """Garwood 1936: 95 % for 10 counts 4.80–18.39, for none 0–3.69."""
    low, high = means(np.array([10.0, 0.0]), np.array([1.0, 1.0]), 1.0)
    assert low == pytest.approx([4.80, 0.0], abs=0.005)
    assert high == pytest.approx([18.39, 3.69], abs=0.005)


def test_scatter_is_one_for_chance_and_more_for_days_that_differ():
    rng = np.random.default_rng(1)
    mean = np.full((4000, 1), 20.0)
    assert scatter(rng.poisson(mean), mean) == pytest.approx(1.0, abs=0.08)
    varied = rng.poisson(mean * rng.gamma(10, 1 / 10, mean.shape))  # variance 20 + 400/10
    assert scatter(varied, mean) == pytest.approx(3.0, abs=0.25)


def test_means_hold_the_truth_as_often_as_they_say():
    """Twenty weeks of days that vary: the range of a Monday's hour holds its true mean about 95 times in 100."""
    held = []
    for seed in range(150):
        one = grid(np.random.default_rng(seed), 20, 24, by_day=0.15)
        found = looked_at(together([one]))
        row = cell(found, "tuesday", "10:00–11:00")
        held.append(row["low"] <= 3.0 <= row["high"])
    assert 0.88 <= np.mean(held) <= 0.995


def test_shares_over_weeks_by_hand():
    """Two parts over four weeks: 6/10, 4/10, 6/10, 4/10; error √(4/3 · Σr²)/Σ = √(16/3)/40, t(3) = 3.182."""
    counts = np.array([[6, 4], [4, 6], [6, 4], [4, 6]])
    found = busiest(counts, np.array([True, True]), 0.5)
    assert found.share.value == 0.5
    assert found.share.high - 0.5 == pytest.approx(3.18245 * np.sqrt(16 / 3) / 40, abs=1e-5)
    assert found.rivals == (1,)


def test_chance_makes_no_clearly_busiest_hour():
    """Even days: in about one of twenty would an hour seem clearly busier than all others; Holm keeps it below."""
    weeks = (grid(np.random.default_rng(seed), 12, 16, by_day=0.1) for seed in range(200))
    sure = [not looked_at(together([one])).hour.rivals for one in weeks]
    assert np.mean(sure) <= 0.05


# ---------------------------------------------------------------- the demo shop
def test_the_planted_hour_and_weekday():
    found = open_shop().call(staffing.arrivals)
    assert (found.day.place, found.hour.place) == (0, stories.BUSY_HOUR[0])
    assert found.day.share.low <= stories.WEEKDAYS["live"][0] <= found.day.share.high
    assert found.hour.share.low <= stories.BUSY_HOUR[1] <= found.hour.share.high
    assert found.hour.rivals == ()
    assert "between 10:00 and 11:00" in found.text
    assert found.findings()[0].estimate == found.hour.share
    assert len(found.plot().data) == 1


def test_the_busiest_month_is_december():
    found = open_shop().call(staffing.arrivals, per="month")
    assert found.table.loc[found.table["mean"].idxmax(), "month"].month == 12
    assert len(found.table) == 24
    assert "December 2025" in found.text
    assert found.plot().data
    assert not found.findings()


# ---------------------------------------------------------------- tables as they come
def odd(calls: pd.DataFrame) -> pd.DataFrame:
    """The same contacts as another system might export them."""
    twice = pd.concat(
        [calls, calls.iloc[:5].assign(opened_at=calls["opened_at"].iloc[:5] + pd.Timedelta("3D"))]
    )
    table = twice.sample(frac=1, random_state=3)
    table["channel"] = table["channel"].map(lambda text: f" {text} ").astype("category")
    table["opened_at"] = table["opened_at"].dt.tz_convert("UTC").dt.tz_localize(None)
    return table.assign(customer_id=None, more="column").set_axis([0] * len(table))


def test_odd_tables_give_the_same():
    calls = drawn(np.random.default_rng(5), 8, 20)
    plain = staffing.arrivals(calls, channel="phone", **WHERE).table
    pd.testing.assert_frame_equal(plain, staffing.arrivals(odd(calls), channel="phone", **WHERE).table)


def test_a_table_in_an_engine_gives_the_same():
    calls = drawn(np.random.default_rng(5), 8, 20)
    lazy = ibis.memtable(calls.assign(opened_at=calls["opened_at"].dt.tz_convert("UTC")))
    plain, engine = (staffing.arrivals(table, **WHERE) for table in (calls, lazy))
    pd.testing.assert_frame_equal(plain.table, engine.table)
    assert plain.text == engine.text
    assert staffing.channels(lazy) == staffing.channels(calls) == [None, "phone"]


def test_a_blank_channel_is_none():
    calls = asked(["2026-01-05 10:00", "2026-01-06 10:00", "2026-01-09 10:00"], channel=["phone", " ", None])
    assert counted(calls, None, **WHERE)[0].n == 1
    assert staffing.channels(calls) == [None, "phone"]
    with pytest.raises(DataError, match="No contact says by which channel"):
        staffing.arrivals(calls.assign(channel=""), **WHERE)


def test_several_channels_count_together_since_all_were_there():
    calls = asked(["2026-01-05 10:00", "2026-01-12 10:00", "2026-01-12 10:00", "2026-01-16 10:00"])
    calls["channel"] = ["phone", "phone", "chat", "chat"]
    assert staffing.arrivals(calls, channel=["phone", "chat"], **WHERE).table["count"].sum() == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [({"channel": "fax"}, "No contact came by “fax”"), ({"per": "minute"}, "per “minute”"),
     ({"country": "XX"}, "public holidays of “XX”")],
)  # fmt: skip
def test_what_cannot_be_is_refused(options, said):
    with pytest.raises(SettingError, match=said):
        staffing.arrivals(asked(["2026-01-05 10:00"]), **{**WHERE, **options})


def test_without_contacts_it_says_so():
    with pytest.raises(DataError):
        staffing.arrivals(asked([]).astype({"channel": str}), **WHERE)
    with pytest.raises(DataError, match="came in opening hours"):
        staffing.arrivals(asked(["2026-01-04 10:00"]), **WHERE)
