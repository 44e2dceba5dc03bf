"""What can be promised: quantiles against scipy's, by hand where replies are missing, rounded up."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import quantile_test

from csworkbook.errors import SettingError
from csworkbook.manifesto.promisable import least, promisable, rounded_up
from csworkbook.shop import open_shop
from tests.manifesto.asked import MONDAY, OFFICE, after


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_everybody_was_answered_it_is_the_quantile_scipy_finds(share, seed):
    waits = np.sort(np.random.default_rng(seed).exponential(60, 1000))
    row = promisable(after(waits.tolist()), share=share).table.iloc[0]
    limits = quantile_test(waits, p=share).confidence_interval(0.95)
    # in whole places of the ordered waits: both ends are waits that occurred, found by two different ways
    place = lambda minutes: np.searchsorted(waits, minutes - 1e-6)  # noqa: E731
    assert abs(place(row["minutes"]) - share * 1000) <= 1
    assert abs(place(row["low"]) - place(limits.low)) <= 3
    assert abs(place(row["high"]) - place(limits.high)) <= 3


def test_who_is_not_answered_yet_waited_at_least_so_long():
    # 190 answered after 1, 2, … 190 minutes; ten never: 90% is reached after 180 of 200, 96% is not
    table = after([*range(1, 191), *[None] * 10])
    row = promisable(table, share=0.9).table.iloc[0]
    assert row["minutes"] in (180, 181)
    assert (row["n"], row["waiting"]) == (200, 10)
    row = promisable(table, share=0.96).table.iloc[0]
    assert np.isnan([row["minutes"], row["low"], row["high"], row["promise"]]).all()


def test_too_few_contacts_promise_nothing():
    few = promisable(after([5.0] * (least(0.95) - 1)))
    assert np.isnan(few.table["promise"][0])
    assert "at least 72 contacts" in few.text
    assert few.findings() == []
    enough = promisable(after([4.9] * least(0.95)))
    assert enough.table["promise"].tolist() == [5]


def test_seconds_that_were_cut_off_are_not_promised_away():
    opened = MONDAY + pd.to_timedelta(np.arange(200) * 1440 + 0.9, unit="min")
    calls = after([1.9] * 200, "phone").assign(opened_at=opened, replied_at=opened + pd.Timedelta("114s"))
    cut = calls.assign(**{name: calls[name].dt.floor("min") for name in ("opened_at", "replied_at")})
    # 10:00:54 to 10:02:48 waited 114 seconds; cut off it seems two minutes, and could be nearly three
    assert promisable(calls).table["promise"].tolist() == [2]
    assert promisable(cut).table["promise"].tolist() == [3]
    assert "have no seconds, so a minute is added" in promisable(cut).method
    assert promisable(after([90.0] * 200)).rough == ()


def test_two_findings_at_most_and_a_limit_beside_a_time_only():
    found = open_shop().call(promisable)
    assert [finding.benchmark for finding in found.findings()] == ["chat-answer-20-s", "mail-limit-24-h"]


def test_a_channel_without_a_recorded_reply_is_named():
    table = pd.concat([after([4.9] * 100, "chat"), after([None] * 100, "phone")])
    assert (
        "On phone nothing can be promised: not one contact there has a recorded reply."
        in promisable(table).text
    )


@pytest.mark.parametrize(("share", "n"), [(0.95, 72), (0.9, 36), (0.5, 6)])
def test_how_many_it_takes(share, n):
    # the chance that all n waits lie below the quantile
    assert share**n <= 0.025 < share ** (n - 1)
    assert least(share) == n


@pytest.mark.parametrize(
    ("minutes", "day", "promise"),
    [
        (0.2, 1440, 1),
        (1, 1440, 1),
        (1.01, 1440, 2),
        (60, 1440, 60),
        (60.5, 1440, 120),
        (2879, 1440, 2880),
        (2881, 1440, 4320),
        (479, 480, 480),
        (481, 480, 960),
        (1, 480, 1),
    ],
)
def test_rounded_up_to_what_one_can_promise(minutes, day, promise):
    assert rounded_up(minutes, day) == promise


def test_nothing_is_promised_from_nothing():
    assert np.isnan(rounded_up(float("nan")))
    assert np.isnan(rounded_up(float("inf")))


def test_in_opening_hours_days_are_office_days():
    # one contact a day at ten, each answered three office days (3 × 480 open minutes) later
    table = after([7 * 1440.0] * 200)
    found = promisable(table, clock="open", opening_hours=OFFICE, country="", share=0.9)
    assert found.office_day == 480
    assert found.table["promise"].tolist() == [5 * 480]  # a week holds five office days
    assert "within 5 office days on e-mail" in found.text
    assert "Only opening hours are counted" in found.text


def test_the_demo_shop_promises_what_it_keeps():
    shop = open_shop()
    found = shop.call(promisable, share=0.9)
    for row in found.table.itertuples():
        mine = shop.contacts[shop.contacts["channel"] == row.channel]
        waited = (mine["replied_at"] - mine["opened_at"]).dt.total_seconds() / 60
        if not row.waiting:
            assert waited.quantile(0.9) == pytest.approx(row.minutes, rel=0.02)
            assert (waited <= row.promise).mean() >= 0.9
        assert row.low <= row.minutes <= row.high <= row.promise
    assert set(found.curves) == set(found.table["channel"])
    assert len(found.plot().data) == 8


@pytest.mark.parametrize("share", [0, 1, -0.5, 1.5])
def test_a_share_that_cannot_be_promised(share):
    with pytest.raises(SettingError):
        promisable(after([1, 2]), share=share)
