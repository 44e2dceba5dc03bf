"""Weeks foreseen: by hand, from laws whose truth is known, the demo shop's December, and a bank's real calls."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import open_shop, staffing
from csworkbook.errors import DataError, SettingError
from csworkbook.hours import holidays_of
from csworkbook.staffing.counts import Counted
from csworkbook.staffing.forecasting import foreseen
from csworkbook.staffing.hindsight import looked_back as tried
from csworkbook.staffing.hindsight import ranges
from csworkbook.staffing.level import again, fitted
from csworkbook.staffing.shape import shape

from .tables import HOURS, ZONE, asked, drawn, grid

WHERE = {"zone": ZONE, "country": "", "opening_hours": HOURS}


@pytest.fixture(scope="module")
def steady():
    """Half a year of calls, 24 a day."""
    return drawn(np.random.default_rng(1), 26, 24)


# ---------------------------------------------------------------- by hand
def test_every_half_hour_as_in_every_week():
    """Four weeks of two calls at 10:00 on Mondays and one on Fridays at 16:59: so is the next week."""
    weeks = [pd.Timestamp("2026-01-05") + pd.Timedelta(weeks=week) for week in range(4)]
    at = [monday + pd.Timedelta(part) for monday in weeks for part in ("10h", "10h5min", "4D16h59min")]
    found = staffing.forecast(asked(at), **WHERE)
    assert found.monday == pd.Timestamp("2026-02-02")
    assert found.total.value == pytest.approx(3.0, rel=0.1)  # the first Monday begins at its first call
    assert found.total.n == 12
    by_day = found.table.set_index("day")["expected"]
    assert by_day.idxmax() == pd.Timestamp("2026-02-02")
    assert found.table.loc[0, "peak"] == "10:00–10:30"
    assert len(found.half_hours) == 5 * 16
    assert found.half_hours["start"].iloc[0] == pd.Timestamp("2026-02-02 09:00", tz=ZONE)
    assert found.half_hours["expected"].sum() == pytest.approx(found.total.value)
    assert "cannot be known" in found.text  # the seasons


def test_three_weeks_are_enough_and_less_is_not(steady):
    first = steady["opened_at"].min()
    three = steady[steady["opened_at"] < first + pd.Timedelta(days=21)]
    found = staffing.forecast(three, **WHERE)
    assert found.total.low < 120 < found.total.high
    assert "cannot be told: there are too few weeks" in found.text
    with pytest.raises(DataError, match="At least three weeks"):
        staffing.forecast(three[three["opened_at"] < first + pd.Timedelta(days=17)], **WHERE)


def test_how_much_days_vary_does_not_depend_on_how_weeks_do():
    found = [
        fitted(grid(np.random.default_rng(seed), 53, 200, by_day=0.04, by_week=0.3), 53 * 7).by_day
        for seed in range(10)
    ]
    assert np.mean(found) == pytest.approx(0.04, rel=0.2)


def test_the_plain_guesses_by_hand():
    one = grid(np.random.default_rng(0), 6, 0)
    for week in range(6):
        one.grid[7 * week, 20] = week + 1  # Mondays 1, 2, … 6 at 10 o'clock
    fit = fitted(one, len(one.days))
    assert again(one, fit, 1, finely=True).grid[0, 20] == 6
    assert again(one, fit, 4, finely=True).grid[0, 20] == (3 + 4 + 5 + 6) / 4
    assert again(one, fit, 4, finely=False).grid[0].sum() == pytest.approx(4.5)
    assert again(one, fit, 1, finely=True).grid[1:].sum() == 0


def test_ranges_are_those_of_the_laws():
    """Poisson 10: 4–17 (tables); far above it the negative binomial is wide as its variance, mean + spread·mean²."""
    assert [float(end) for end in ranges(np.array(10.0), 0.0)] == [4, 17]
    low, high = ranges(np.array(10_000.0), 0.01)
    assert (high - low) / 2 == pytest.approx(1.96 * np.sqrt(10_000 + 0.01 * 10_000**2), rel=0.02)


# ---------------------------------------------------------------- laws whose truth is known
def test_the_division_of_a_week_is_found():
    """Calls twice as often before noon as after it, on Mondays twice as often as on other days."""
    rng = np.random.default_rng(3)
    one = grid(rng, 52, 0)
    weight = (
        np.where(np.arange(48) < 24, 2.0, 1.0) * (one.open > 0) * np.array([2, 1, 1, 1, 1, 0, 0])[:, None]
    )
    share = weight / weight.sum()
    counts = np.where(one.open > 0, 1, np.nan)[one.days.day_of_week] * rng.poisson(
        200 * share[one.days.day_of_week]
    )
    found = shape(Counted("phone", one.days, counts, one.open, 0, "", {}))
    assert found.share.sum() == pytest.approx(1.0)
    assert np.abs(found.share - share).max() < 0.003
    assert found.day_share[0] == pytest.approx(1 / 3, abs=0.01)


def test_few_contacts_do_not_make_a_shape():
    """Thirty contacts fall on some half hours only; none of the others is foreseen to stay empty."""
    found = shape(grid(np.random.default_rng(2), 3, 2))
    share = found.share[:5, 18:34]
    assert share.min() > 0.25 / 80
    assert share.max() < 4 / 80


def _season(day: pd.Timestamp) -> float:
    return 40 * np.exp(0.5 * np.sin(2 * np.pi * day.day_of_year / 365.25))


def test_a_season_is_foreseen_and_beats_the_plain_guesses():
    one = grid(np.random.default_rng(5), 130, _season, by_day=0.01)
    fit = fitted(one, len(one.days))
    assert fit.waves >= 1
    test = tried(one, fit, 84)  # twelve weeks ahead
    assert test.way in ("season", "recent")
    assert test.errors[test.way] < 0.75 * test.errors["last week"]
    for ahead in (4, 20, 30):
        monday = one.days[-1] + pd.Timedelta(days=1 + 7 * ahead)
        truth = sum(_season(monday + pd.Timedelta(days=day)) for day in range(5))
        assert fit.guess(monday, recent=False).grid.sum() == pytest.approx(truth, rel=0.1)


def test_when_a_plain_guess_is_nearer_it_is_used_and_said():
    """The level wanders by tens of per cents every week: of what was, last week tells most."""
    rng = np.random.default_rng(4)
    steps = np.exp(np.cumsum(rng.normal(0, 0.5, 30)))
    calls = drawn(rng, 30, lambda day: 60 * steps[(day - pd.Timestamp("2024-01-01")).days // 7])
    friday = calls["opened_at"].max().normalize()
    closing = calls.iloc[[-1]].assign(contact_id="last", opened_at=friday + pd.Timedelta("16h59min"))
    calls = pd.concat([calls, closing])  # so that the last day is seen to its end
    found = staffing.forecast(calls, **WHERE)
    part = found.parts[0]
    assert part.test.errors["last week"] < part.test.errors["season"]
    assert part.test.way == "last week"
    assert "last week again was nearest" in found.text
    assert "so that is used" in found.text
    last = calls[calls["opened_at"] >= calls["opened_at"].max().normalize() - pd.Timedelta(days=4)]
    assert found.total.value == pytest.approx(len(last), rel=0.01)
    assert found.total.high > 1.3 * found.total.value  # a level that wanders is said to


@pytest.mark.parametrize("a_day", [6, 60, 600])
def test_the_range_holds_what_comes(a_day):
    """Weeks and days vary; the 95 % range of next week's total holds what then comes nearly as often as it says."""
    held, n = 0, 40
    for seed in range(n):
        one = grid(np.random.default_rng(seed), 27, a_day, by_day=0.02, by_week=0.01)
        fit = fitted(one, 26 * 7)
        test = tried(one, fit, 0)
        rng = np.random.default_rng(seed)
        rates = foreseen(one, fit, test, one.days[26 * 7], {}, ZONE, rng).rates.sum(axis=1)
        low, high = np.quantile(rng.poisson(rates), [0.025, 0.975])
        held += low <= np.nansum(one.grid[26 * 7 :]) <= high
    assert held / n >= 0.85


def test_held_out_parts_fall_into_their_ranges():
    inside = n = 0
    for seed in range(15):
        one = grid(np.random.default_rng(seed), 26, 40, by_day=0.03)
        test = tried(one, fitted(one, len(one.days)), 0)
        inside, n = inside + test.inside, n + test.n
        assert test.grain == "day"
    assert 0.92 <= inside / n <= 0.99


def test_errors_are_those_of_chance():
    """24 calls a day at random: a day is off by 0.8·√24 ÷ 24 = 16 % at best, by √2 as much when last week is repeated."""
    errors = []
    for seed in range(12):
        one = grid(np.random.default_rng(seed), 26, 24)
        errors.append(tried(one, fitted(one, len(one.days)), 0).errors)
    assert np.mean([one["season"] for one in errors]) == pytest.approx(0.163, abs=0.02)
    assert np.mean([one["last week"] for one in errors]) == pytest.approx(0.163 * np.sqrt(2), abs=0.02)
    assert np.mean([one["four weeks"] for one in errors]) == pytest.approx(0.163 * np.sqrt(1.25), abs=0.02)


# ---------------------------------------------------------------- which week
def test_a_week_that_is_over_uses_only_what_came_before(steady):
    found = staffing.forecast(steady, week="2024-04-10", **WHERE)
    before = steady[steady["opened_at"] < pd.Timestamp("2024-04-08", tz=ZONE)]
    alone = staffing.forecast(before, week="2024-04-08", **WHERE)
    week = steady["opened_at"].between("2024-04-08 00:00+02:00", "2024-04-14 23:59+02:00")
    assert found.actual == week.sum()
    assert found.total.value == pytest.approx(alone.total.value, rel=0.02)
    assert f"{week.sum()} came" in found.text
    assert found.table["actual"].sum() == week.sum()
    assert "actual" not in alone.table
    assert len(found.plot().data) == 2


def test_a_week_in_which_the_clock_changes():
    at = pd.date_range("2026-01-05", "2026-03-22 23:00", freq="h", tz=ZONE)
    found = staffing.forecast(asked(at, "email"), week="2026-03-23", **WHERE)
    assert len(found.half_hours) == 7 * 48 - 2
    assert found.half_hours["start"].is_monotonic_increasing
    assert found.total.value == pytest.approx(167, abs=2)


def test_what_came_in_an_hour_that_comes_twice_counts_once():
    at = pd.date_range("2025-08-01", "2025-11-20", freq="30min", tz="UTC")
    found = staffing.forecast(asked(at, "email"), week="2025-10-20", **WHERE)
    assert found.actual == 7 * 48 + 2  # the week has 169 hours


def test_a_gap_makes_the_range_wide_and_not_nothing():
    at = pd.date_range("2026-01-05", "2026-08-02 23:30", freq="30min", tz=ZONE)
    at = at[(at < "2026-05-01") | (at > "2026-07-20")]
    found = staffing.forecast(asked(at, "email"), **WHERE)
    assert found.total.low < found.total.value < found.total.high
    low, high = ranges(np.array([100.0]), 1e6)
    assert low[0] < 100 < high[0]


def test_a_public_holiday(steady):
    """King's Day 2026, a Monday, after a year without calls on holidays."""
    calls = drawn(np.random.default_rng(2), 60, 20).assign(
        opened_at=lambda table: table["opened_at"] + pd.Timedelta(weeks=60)
    )
    days = calls["opened_at"].dt.date
    closed = days.isin(list(holidays_of("NL", days.min(), days.max())))
    found = staffing.forecast(calls[~closed], week="2026-04-27", **{**WHERE, "country": "NL"})
    by_day = found.table.set_index("day")["expected"]
    assert by_day.iloc[0] < 0.2 * by_day.iloc[1]
    assert "Public holidays that week: Monday (King's Day)" in found.text
    new = staffing.forecast(steady, week="2024-05-09", **{**WHERE, "country": "US"})
    assert not new.half_hours["holiday"].any()


def test_it_is_the_same_again_and_another_seed_changes_the_draws_only(steady):
    first, second, other = (staffing.forecast(steady, seed=seed, **WHERE) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first.half_hours, second.half_hours)
    assert (first.half_hours["expected"] == other.half_hours["expected"]).all()
    assert not np.array_equal(first.rates, other.rates)
    assert first.rates.shape == (500, len(first.half_hours))
    assert first.rates.mean(axis=0).sum() == pytest.approx(first.total.value, rel=0.03)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"week": "2030-01-07"}, SettingError, "that far ahead"),
        ({"week": "soon"}, SettingError, "“soon” is no day"),
        ({"week": "2024-01-08"}, DataError, "too few contacts before that week"),
        ({"channel": "fax"}, SettingError, "No contact came by “fax”"),
        ({"opening_hours": {"sunday": "10:00-12:00"}}, DataError, "came in opening hours"),
    ],
)
def test_what_cannot_be_is_refused(steady, options, error, said):
    with pytest.raises(error, match=said):
        staffing.forecast(steady, **{**WHERE, **options})


# ---------------------------------------------------------------- tables as they come, demo, real data
def test_odd_tables_and_engines_give_the_same(steady):
    plain = staffing.forecast(steady, **WHERE)
    mixed = pd.concat([steady, steady.iloc[:9]]).sample(frac=1, random_state=2)
    mixed = mixed.set_axis([0] * len(mixed)).astype({"channel": "category"})
    mixed["opened_at"] = mixed["opened_at"].dt.tz_convert("UTC").dt.tz_localize(None)
    lazy = ibis.memtable(steady.assign(opened_at=steady["opened_at"].dt.tz_convert("UTC")))
    for other in (mixed, lazy):
        found = staffing.forecast(other, **WHERE)
        pd.testing.assert_frame_equal(plain.half_hours, found.half_hours)
        assert plain.text == found.text


def test_the_december_of_the_demo_shop():
    """A week of December is foreseen to be much busier than June's, half a year ahead."""
    shop = open_shop()
    found = shop.call(staffing.forecast, week="2026-12-14")
    june = shop.call(staffing.forecast)
    assert found.total.low > june.total.value
    assert "busier than the last four" in found.findings()[0].headline
    assert found.channels == ["phone", "chat"]
    assert found.table.groupby("day").size().tolist() == [2] * 6  # closed on Sundays
    letters = shop.call(staffing.forecast, channel="email")
    assert len(letters.half_hours) == 7 * 48  # e-mail comes at any hour


def test_weeks_of_the_demo_shop_fall_into_their_ranges():
    shop = open_shop()
    weeks = pd.date_range("2025-10-06", "2026-06-22", freq="28D")
    found = [shop.call(staffing.forecast, week=week.date()) for week in weeks]
    inside = [one.total.low <= one.actual <= one.total.high for one in found]
    assert len(inside) == 10
    assert sum(inside) >= 8


def test_a_bank_of_which_every_call_is_known(realdata):
    """Real calls of 82 weekdays, thousands a day: beats last week again, and about 95 % fall into their ranges."""
    raw = pd.read_csv(realdata / "contacts" / "bank_calls_5min_days001-082.csv.gz")
    days = pd.bdate_range("2003-03-03", periods=82)
    clock = pd.to_timedelta(raw["interval_start"] + ":00")
    at = days[raw["day_no"] - 1] + clock
    half = (clock.dt.total_seconds() // 1800).astype(int)
    wide = pd.DataFrame(
        {"day": at.dt.normalize() if hasattr(at, "dt") else at.normalize(), "half": half, "n": raw["calls"]}
    )
    every = pd.date_range(days[0], days[-1], freq="D")
    counts = wide.groupby(["day", "half"])["n"].sum().unstack().reindex(index=every, columns=range(48))
    week = np.zeros((7, 48))
    week[:5, 14:42] = 1.0
    values = np.where(week[every.day_of_week] > 0, counts.to_numpy(), np.nan)
    one = Counted("phone", every, values, week, 0, "", {})
    test = tried(one, fitted(one, len(every)), 0)
    assert test.grain == "half hour"
    assert test.errors[test.way] < test.errors["last week"]
    assert test.errors[test.way] < 0.15
    assert 0.88 <= test.inside / test.n <= 0.99
