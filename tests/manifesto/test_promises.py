"""Promise checks: counted by hand, found again in the demo shop, and calm about odd input."""

import contextlib

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import proportion_confint

from csworkbook import demo
from csworkbook.errors import DataError, SettingError, WorkbookError
from csworkbook.hours import holidays_of
from csworkbook.manifesto.kept import apart, tally
from csworkbook.manifesto.promise import Promise
from csworkbook.manifesto.promises import (
    available,
    channels,
    check,
    live,
    offered,
    promisable,
    promises,
    reply,
    returned,
    solved,
)
from csworkbook.settings import WEEK
from csworkbook.shop import open_shop
from tests.manifesto.asked import MONDAY, OFFICE, ZONE, after, at, contacts, look_at, returns

TRUTH = demo.truth().set_index("id")
SHOP = open_shop()


# ---------------------------------------------------------------- first reply
def test_a_share_kept_with_wilsons_interval():
    # ten contacts, one a day: eight within the hour, one too late, one never; the last is answered at once
    table = after([10, 59, 60, 61, 5, None, 1, 2, 3, 4])
    found = reply(table, within="1h", by="channel")
    assert (found.share.value, found.share.n) == (7 / 9, 9)  # the hour of the last one was not over
    low, high = proportion_confint(7, 9, method="wilson")
    assert (found.share.low, found.share.high) == pytest.approx((low, high))
    assert found.found.left == {"open": 1}
    assert "kept in 77.8% of 9 cases" in found.headline
    assert "the promised time was not over when the data end: 1" in found.method


def test_open_contacts_count_once_the_promise_is_over():
    opened = ["2026-01-05 10:00", "2026-01-06 09:00", "2026-01-06 11:30", "2026-01-07 09:00"]
    table = contacts(opened, ["2026-01-05 11:00", None, None, None])
    found = reply(table, within="24h")
    # until Wednesday 9:00: the first kept, the second just a day old and broken, the third too young
    assert (found.share.value, found.share.n) == (0.5, 2)
    assert found.found.left == {"open": 2}


def test_by_opening_hours_a_friday_afternoon_reaches_to_monday():
    table = contacts(
        ["2026-01-09 16:30", "2026-01-09 16:30", "2026-01-14 12:00"],
        ["2026-01-12 09:30"] * 2 + ["2026-01-14 12:00"],
    )
    by_clock = reply(table, within="2h")
    in_hours = reply(table, within="2h", clock="open", opening_hours=OFFICE, zone=ZONE)
    assert (by_clock.share.value, in_hours.share.value) == (0, 1)


def test_each_channel_has_its_usual_time():
    table = pd.concat(
        [after([0.3, 0.4, 1], "chat"), after([59, 61, 1], "social"), after([1439, 1441, 1], "letter")]
    )
    found = reply(table, by="channel")
    kept = found.channels.set_index("channel")
    assert kept.loc[["chat", "social", "letter"], "limit"].tolist() == [pytest.approx(1 / 3), 60, 1440]
    assert kept.loc["chat", ["count", "n"]].tolist() == [1, 3]
    assert kept.loc["social", ["count", "n"]].tolist() == [1, 2]  # the hour of the last is not over
    assert kept.loc["letter", ["count", "n"]].tolist() == [1, 2]  # the day of the last is not over
    assert kept.loc["all", ["count", "n"]].tolist() == [3, 7]


def test_calls_given_up_count_after_the_promised_time_only():
    gone = pd.array([False, True, True, True, False], dtype="boolean")
    waited = [12.0, 10.0, 40.0, np.nan, 12.0]
    calls = after([0.2, None, None, None, 0.2], "phone", abandoned=gone, waiting_seconds=waited)
    table = pd.concat([calls, after([5], opened=MONDAY + pd.Timedelta("9D"))], ignore_index=True)
    counted, without = (reply(table, channel="phone", within="30s", given_up=flag) for flag in (True, False))
    # twice answered in time; given up after 10 s (out), 40 s (broken), after nobody knows how long (broken)
    assert (counted.share.value, counted.share.n) == (2 / 4, 4)
    assert counted.found.left["given_up"] == 1
    assert without.found.left["given_up"] == 3
    assert without.share.n == counted.share.n - 2
    assert counted.other.value == without.share.value
    assert without.other.value == counted.share.value
    assert "Leaving out everybody who gave up" in counted.text
    assert "Counting those who gave up after the promised time as broken" in without.text


@pytest.mark.parametrize(
    ("truth", "channel", "within", "hours"),
    [
        ("promise.chat", "chat", "20s", [h for h in range(24) if h != 12]),
        ("promise.chat.noon", "chat", "20s", [12]),
        ("promise.phone", "phone", "30s", range(24)),
        ("promise.email", "email", "24h", range(24)),
        ("promise.social", "social", "60min", range(24)),
    ],
)
def test_the_planted_shares_are_found_again(truth, channel, within, hours):
    found = SHOP.call(reply, channel=channel, within=within, given_up=False)
    rows = found.hours[found.hours["hour"].isin(hours)]
    share = rows["count"].sum() / rows["n"].sum()
    assert TRUTH.low[truth] <= share <= TRUTH.high[truth]


def test_the_worst_hour_of_the_chat_is_noon():
    found = SHOP.call(reply, channel="chat", within="20s")
    assert found.worst("hour")["hour"] == 12
    assert found.worst("channel") is None
    assert "at 12:00–13:00" in found.text
    assert [f.benchmark for f in found.findings()] == ["chat-answer-20-s"] * 2


def test_the_share_does_not_depend_on_the_zone_but_the_hours_do():
    here = SHOP.call(reply, channel="chat", within="20s")
    there = SHOP.call(reply, channel="chat", within="20s", zone="Asia/Tokyo")
    assert here.share == there.share
    assert there.worst("hour")["hour"] in (19, 20)  # noon in Amsterdam, in summer or winter


# ---------------------------------------------------------------- solved, returned, available
def test_solved_is_what_does_not_come_back():
    table = after([1] * 6)
    table["customer_id"] = ["ann", "bob", "ann", "cas", "dan", None]
    table["opened_at"] = at(
        "2026-01-05", "2026-01-05", "2026-01-12", "2026-01-20", "2026-03-01", "2026-01-05"
    )
    table["replied_at"] = table["opened_at"]
    found = solved(table, within="14D")
    assert (found.share.value, found.share.n) == (3 / 4, 4)  # ann came back; dan's window is not over
    assert found.found.left == {"unknown": 1, "open": 1}


@pytest.mark.parametrize("channel", ["chat", "phone", "email", "social"])
def test_the_planted_repeats_are_found_again(channel):
    asked = SHOP.contacts.query("stage == 'after' and topic != 'return label'")
    found = check(asked, promise=Promise("solved", channel, 14))
    truth = f"resolution.repeat.{channel}"
    assert TRUTH.low[truth] <= 1 - found.share.value <= TRUTH.high[truth]


def test_returns_by_days_on_the_calendar():
    table = returns([0, 13, 14, 15, None, 2, *[1] * 20])
    found = returned(table, within="14D")
    # 26 returns, one a day; the last was handled on the 27th day: those of the first 12 days are over
    assert found.share.n == 12
    assert found.share.value == 10 / 12
    assert found.found.left == {"open": 14}


def test_a_return_handled_before_it_came_is_left_out():
    table = returns([-3, 1, *[1] * 20])
    assert returned(table, within="14D").found.left["wrong"] == 1


def test_the_planted_returns_are_found_again():
    found = SHOP.call(returned, within="14D")
    since = found.found.frame["at"] >= pd.Timestamp("2026-01-05", tz=ZONE)
    for truth, rows in (("before", ~since), ("since", since)):
        share = found.found.frame["kept"][rows].mean()
        assert TRUTH.low[f"promise.return.{truth}"] <= share <= TRUTH.high[f"promise.return.{truth}"]
    assert abs(found.began - pd.Timestamp("2026-01-05")) <= pd.Timedelta("14D")
    first, last = (found.weeks["week"].iloc[at] for at in (found.shift.first, found.shift.last))
    assert first <= pd.Timestamp("2026-01-05") <= last
    assert "less often since the week of" in found.findings()[1].headline
    worst = found.weeks[(found.weeks["verdict"] == "yes") & (found.weeks["share"] < found.share.value)]
    assert len(worst)
    assert (worst["week"] >= pd.Timestamp("2026-01-05")).all()


def test_available_means_answered_before_the_promised_hours_end():
    opened = [
        "2026-01-05 10:00",
        "2026-01-05 16:50",
        "2026-01-05 17:00",
        "2026-01-06 08:59",
        "2026-01-10 10:00",
        "2026-01-12 10:00",
    ]
    replied = [
        "2026-01-05 16:59",
        "2026-01-05 17:01",
        "2026-01-05 17:02",
        "2026-01-06 09:00",
        "2026-01-10 10:01",
        None,
    ]
    table = contacts(opened, replied)
    table = pd.concat([table, contacts(["2026-01-14 18:00"], [None])], ignore_index=True)
    found = available(table)
    assert (found.share.value, found.share.n) == (1 / 3, 3)
    assert found.found.left == {"outside": 4}
    # five days of eight hours, of which Monday 10 and 16 o'clock were tried
    assert len(found.found.silent) == 40 - 2
    assert "In 38 promised hours of the week nobody was in touch" in found.text


def test_holidays_are_not_promised():
    easter_monday = contacts(
        ["2026-04-06 10:00", "2026-04-08 10:00"], ["2026-04-06 10:01", "2026-04-08 10:01"]
    )
    late = contacts(["2026-04-09 18:00"], [None])
    table = pd.concat([easter_monday, late], ignore_index=True)
    assert available(table).share.n == 1
    assert available(table, country="").share.n == 2
    assert "Easter Monday" in available(table).method
    assert holidays_of("NL", MONDAY.date(), MONDAY.date()) == {}


# ---------------------------------------------------------------- worst hours and weeks
def test_apart_is_fishers_exact_test():
    count, n = np.array([3, 40, 25]), np.array([10, 50, 50])
    tails = []
    for k, m in zip(count, n, strict=True):
        cells = [[k, m - k], [count.sum() - k, n.sum() - m - count.sum() + k]]
        tails.append(min(1, 2 * min(fisher_exact(cells, side).pvalue for side in ("less", "greater"))))
    ordered = np.sort(tails) * [3, 2, 1]
    holm = np.minimum(np.maximum.accumulate(ordered), 1)[np.argsort(np.argsort(tails))]
    assert apart(pd.Series(count), pd.Series(n)) == pytest.approx(holm)


def test_the_worst_of_a_hundred_weeks_is_no_surprise():
    rng = np.random.default_rng(1)
    n = pd.Series(np.full(100, 20))
    cried = [(apart(pd.Series(rng.binomial(20, 0.7, 100)), n) < 0.05).any() for _draw in range(200)]
    assert np.mean(cried) <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 200)


def test_a_week_that_is_really_bad_is_found_and_small_weeks_are_evened_out():
    rng = np.random.default_rng(2)
    days = MONDAY + pd.to_timedelta(np.repeat(np.arange(0, 350, 7), 30), unit="D")
    kept = rng.random(len(days)) < 0.8
    kept[300:330] = rng.random(30) < 0.1
    frame = pd.DataFrame({"at": days, "channel": "chat", "kept": kept})
    frame = pd.concat(
        [frame, frame.iloc[:1].assign(at=MONDAY + pd.Timedelta("700D"), kept=False)], ignore_index=True
    )
    weeks = tally(frame, "week")
    bad = weeks[weeks["verdict"] == "yes"]
    assert bad["week"].tolist() == [pd.Timestamp("2026-03-16")]
    alone = weeks.iloc[-1]
    assert alone["count"] == 0
    assert alone["shrunk"] > 0.4  # one broken promise is not yet a week of 0%


def test_weeks_begin_on_monday_over_the_change_of_the_clock():
    frame = pd.DataFrame(
        {"at": at("2026-03-29 23:59", "2026-03-30 00:00"), "channel": "chat", "kept": [True, False]}
    )
    assert tally(frame, "week")["week"].dt.strftime("%d-%m").tolist() == ["23-03", "30-03"]
    assert tally(frame, "weekday")["weekday"].tolist() == ["monday", "sunday"]
    assert tally(frame, "hour")["hour"].tolist() == [0, 23]


# ---------------------------------------------------------------- several at once
def test_a_list_of_promises_one_row_each():
    table = after([10] * 100)
    asked = [
        Promise("reply", "email", 60),
        Promise("reply", "email", 5),
        Promise("reply", "fax", 5),
        Promise("return", limit=3),
    ]
    found = promises(table, promises=asked)
    assert found.table["verdict"].tolist() == ["yes", "no", "cannot tell yet", "cannot tell yet"]
    assert found.table["n"].tolist() == [
        99,
        100,
        0,
        0,
    ]  # the hour of the last one is not over, its five minutes are
    assert "fax" in found.table["reason"][2]
    assert "returns" in found.table["reason"][3]
    assert "1 of 2 promises" in found.text
    assert "2 promises cannot be checked yet" in found.text
    assert [f.estimate.value for f in found.findings()] == [0]


def test_what_can_be_promised_depends_on_the_tables():
    table = after([1, 2])
    assert offered({"contacts": table, "returns": returns([1])}) == ["reply", "solved", "return", "available"]
    assert offered({"contacts": table.drop(columns="replied_at")}) == ["solved"]
    assert offered({"returns": returns([1]).drop(columns="handled_at")}) == []
    assert offered(SHOP) == ["reply", "solved", "return", "available"]
    assert channels(SHOP.contacts) == [None, "chat", "email", "phone", "social"]
    assert live(SHOP.contacts) == ["chat", "phone", "email", "social"]


# ---------------------------------------------------------------- odd input
FUNCTIONS = [
    (reply, {}),
    (reply, {"within": "1h", "clock": "open", "opening_hours": OFFICE, "by": "week"}),
    (solved, {}),
    (available, {"by": "weekday"}),
    (available, {"channel": "email", "by": "channel"}),
    (promisable, {}),
    (promisable, {"clock": "open", "opening_hours": OFFICE}),
    (promises, {}),
]
ODD = {
    "none at all": after([]),
    "one": after([5]),
    "never answered": after([None] * 50),
    "only at night": after([5] * 50, opened=MONDAY.replace(hour=3)),
    "all at once": contacts(["2026-01-05 10:00"] * 40, ["2026-01-05 10:00"] * 40),
    "no channel": after([5] * 40).assign(channel=None),
    "nobody known": after([5] * 40).assign(customer_id=None, topic=None),
    "another zone": after([5] * 40).assign(opened_at=lambda t: t["opened_at"].dt.tz_convert("UTC")),
    "answered before asked": after([-5] * 40),
    "words as categories": after([5] * 40).astype({"channel": "category", "topic": "category"}),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("function", "options"), FUNCTIONS)
def test_odd_tables_give_a_result_or_a_sentence(odd, function, options):
    with contextlib.suppress(WorkbookError):
        found = function(ODD[odd], **options)
        look_at(found)


def test_contacts_only_outside_the_promised_hours():
    found = available(ODD["only at night"])
    assert found.share.n == 0
    assert found.text.startswith("It cannot be told yet whether this promise is kept")
    assert "outside the promised hours: 50" in found.text


def test_without_reply_times_it_says_what_to_bring():
    table = after([1, 2]).drop(columns="replied_at")
    for function in (reply, available, promisable):
        with pytest.raises(DataError, match="do not say when they were answered") as error:
            function(table)
        assert "first reply time" in str(error.value)


def test_without_opening_hours_they_cannot_be_counted():
    for function in (reply, promisable):
        with pytest.raises(SettingError, match="no opening hours"):
            function(after([1, 2]), clock="open", opening_hours={})


def test_without_the_day_a_return_was_handled_it_says_what_to_bring():
    table = returns([1, 2])
    for lacking in (table.drop(columns="handled_at"), table.assign(handled_at=pd.NaT)):
        with pytest.raises(DataError, match="do not say when they were handled"):
            returned(lacking)
    with pytest.raises(DataError, match="Without the table “returns”"):
        check(promise=Promise("return", limit=3))


@pytest.mark.parametrize(
    "options",
    [{"within": "soon"}, {"within": "-1h"}, {"by": "moon"}, {"clock": "sundial"}, {"channel": "fax"}],
)
def test_choices_that_are_none(options):
    with pytest.raises(WorkbookError):
        reply(after([1, 2]), **options)


def test_the_same_question_gives_the_same_answer_and_changes_nothing():
    table = SHOP.contacts
    before = table.copy()
    first, again = (SHOP.call(reply, by="week") for _time in range(2))
    pd.testing.assert_frame_equal(first.table, again.table)
    pd.testing.assert_frame_equal(table, before)
    assert list(first.kinds()) == first.heads()
    assert set(WEEK) >= set(SHOP.call(reply, by="weekday").table["weekday"])
