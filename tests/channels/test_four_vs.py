"""Volume, variety, velocity and value: tables a person can count, published formulas, and the demo shop's stories."""

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import demo, language
from csworkbook.channels import four_estimates as figured
from csworkbook.channels import four_vs
from csworkbook.errors import DataError, SettingError
from csworkbook.shop import open_shop

HOURS = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00")


def asked(*rows: tuple, **columns) -> pd.DataFrame:
    """Contacts of (channel, opened, topic, customer), in UTC."""
    channel, opened, topic, customer = zip(*rows, strict=True)
    at = pd.to_datetime(list(opened), utc=True, format="ISO8601")
    ids = [str(k) for k in range(len(rows))]
    base = {"contact_id": ids, "customer_id": customer, "opened_at": at, "channel": channel, "topic": topic}
    return pd.DataFrame({**base, **columns})


@pytest.fixture(scope="module")
def shop():
    return open_shop()


@pytest.fixture(scope="module")
def whole(shop):
    return shop.call(four_vs)


def row(result, channel: str) -> pd.Series:
    return result.table.set_index("channel").loc[channel]


FIVE = asked(
    ("chat", "2026-01-05 10:00", "size", "ann"),
    ("chat", "2026-01-05 11:00", "size", "bob"),
    ("chat", "2026-01-06 10:00", "refund", "ann"),
    ("email", "2026-01-07 10:00", "size", "cis"),
    ("email", "2026-02-20 10:00", "size", "cis"),
    replied_at=pd.to_datetime(
        ["2026-01-05 10:00:10", "2026-01-05 11:05", None, "2026-01-08 10:00", "2026-02-23 10:00"],
        utc=True,
        format="ISO8601",
    ),
    resolved_at=pd.to_datetime(
        ["2026-01-05 10:30", "2026-01-05 11:20", None, "2026-01-08 11:00", "2026-02-23 10:00"],
        utc=True,
        format="ISO8601",
    ),
    abandoned=[False, False, True, False, False],
    kind=["question", "complaint", "question", "question", None],
    stage=["before", "after", "after", "before", "before"],
    satisfied=pd.array([True, False, None, True, None], dtype="boolean"),
    handling_minutes=[6.0, 12.0, None, 30.0, 30.0],
)


def test_five_contacts_by_hand():
    found = four_vs(FIVE, zone="UTC", hourly_cost=30.0)
    chat, email = row(found, "chat"), row(found, "email")
    assert found.table["channel"].tolist() == ["chat", "email"]
    assert (chat["contacts"], chat["share"], email["contacts"]) == (3, 0.6, 2)
    assert chat["reply"] == pytest.approx((10 / 60 + 5) / 2)  # the middle of 10 seconds and 5 minutes
    assert (chat["in_time"], chat["in_time_n"], chat["given_up"]) == (
        pytest.approx(1 / 3),
        3,
        1,
    )  # one gave up, one is late
    assert (email["in_time"], email["target"]) == (0.5, 1440.0)  # exactly a day is in time
    assert (chat["solve"], email["solve"]) == (25.0, (25 * 60 + 72 * 60) / 2)
    assert chat["complaints"] == pytest.approx(1 / 3)
    assert email["complaints"] == 0.0  # of the one of which the kind is known
    assert (chat["before"], email["before"]) == (pytest.approx(1 / 3), 1.0)
    assert (chat["satisfied"], chat["satisfied_n"], email["satisfied"]) == (0.5, 2, 1.0)
    assert chat["reply_mean"] == pytest.approx((10 / 60 + 5) / 2)
    assert email["cost"] == pytest.approx(15.0)  # half an hour of 30 euro
    assert np.isnan(chat["value"])  # there are no orders
    assert found.table["top"].tolist() == ["size (67%) and refund (33%)", "size (100%)"]
    assert found.table["small"].all()


def test_only_open_hours_count_when_asked():
    late = asked(
        ("email", "2026-01-09 16:00", "size", "ann"),
        replied_at=pd.to_datetime(["2026-01-12 10:00"], utc=True),
    )
    options = {"opening_hours": HOURS, "zone": "UTC", "country": ""}
    assert (
        row(four_vs(late, hours="open", **options), "email")["reply"] == 120.0
    )  # an hour on Friday, one on Monday
    assert row(four_vs(late, hours="open", **options), "email")["in_time"] == 1.0
    assert row(four_vs(late, hours="clock", **options), "email")["in_time"] == 0.0


@pytest.mark.parametrize("minute", [3, 7, 11, 23, 41])
def test_who_is_answered_at_the_very_end_of_the_target_is_in_time_in_open_hours(minute):
    opened = pd.Timestamp("2026-01-05 10:00", tz="UTC") + pd.Timedelta(minutes=minute)
    just = asked(*[("chat", str(opened + pd.Timedelta(days=day)), "size", "ann") for day in range(4)])
    for late, share in ((0, 1.0), (1, 0.0)):
        told = just.assign(replied_at=just["opened_at"] + pd.Timedelta(seconds=20 + late))
        for table in (told, ibis.memtable(told)):
            found = four_vs(table, hours="open", opening_hours=HOURS, zone="UTC", country="")
            assert row(found, "chat")["in_time"] == share


def test_two_contacts_at_one_moment_are_one_issue():
    both = asked(
        ("chat", "2026-01-05 10:00", "size", "ann"),
        ("chat", "2026-01-05 10:00", "size", "ann"),
        ("chat", "2026-02-20 10:00", "size", "bob"),
    )
    for table in (both, ibis.memtable(both)):
        assert row(four_vs(table, zone="UTC"), "chat")["per_issue"] == 2.0


def test_own_targets_go_before_the_usual_ones():
    asked_slowly = {"targets": {"reply.chat": 6.0, "first_contact": 0.5}, "zone": "UTC"}
    assert row(four_vs(FIVE, **asked_slowly), "chat")["in_time"] == pytest.approx(2 / 3)
    other = FIVE.assign(channel="letter")
    assert np.isnan(row(four_vs(other, zone="UTC"), "letter")["in_time"])  # nothing is usual for letters
    assert row(four_vs(other, zone="UTC", targets={"reply.letter": 1440.0}), "letter")[
        "in_time"
    ] == pytest.approx(3 / 5)


def test_who_waits_still_counts_as_late_once_the_time_is_over():
    waiting = asked(
        ("email", "2026-01-05 10:00", "size", "ann"),
        ("email", "2026-01-09 10:00", "size", "bob"),
        ("email", "2026-01-09 11:00", "size", "cis"),
        replied_at=pd.to_datetime([None, None, "2026-01-09 11:30"], utc=True),
    )
    found = row(four_vs(waiting, zone="UTC"), "email")
    assert (found["in_time"], found["in_time_n"]) == (0.5, 2)  # of the second nobody can tell yet


def test_solved_at_first_contact_and_contacts_per_issue():
    rows = [
        ("phone", "2026-01-01 10:00", "size", "ann"),  # comes back by e-mail, then once more
        ("email", "2026-01-05 10:00", "size", "ann"),
        ("email", "2026-01-15 10:00", "size", "ann"),
        ("phone", "2026-01-02 10:00", "size", "bob"),  # solved at once
        ("phone", "2026-01-03 10:00", "size", None),  # nobody knows
        ("phone", "2026-03-01 10:00", "size", "eve"),  # the window is not over
    ]
    found = four_vs(asked(*rows), zone="UTC")
    phone, email = row(found, "phone"), row(found, "email")
    assert (phone["first"], phone["first_n"]) == (0.5, 2)
    assert email["first_n"] == 0
    assert np.isnan(email["first"])
    assert (phone["per_issue"], phone["issues"]) == (2.0, 2)  # three contacts and one
    assert email["issues"] == 0
    assert np.isnan(email["per_issue"])


def test_value_is_the_credited_margin_less_the_cost():
    rows = [("chat", "2026-01-05 10:00", "size", "ann"), ("chat", "2026-01-06 10:00", "size", "bob")]
    contacts = asked(*rows, ("phone", "2026-01-07 10:00", "size", "cis"), handling_minutes=[6.0, 6.0, 30.0])
    orders = pd.DataFrame(
        {
            "order_id": ["1", "2"], "customer_id": ["ann", "zed"], "revenue": [100.0, 10.0],
            "ordered_at": pd.to_datetime(["2026-01-08", "2026-03-01"], utc=True),
        }
    )  # fmt: skip
    found = four_vs(contacts, orders, margin=0.4, hourly_cost=60.0, zone="UTC")
    chat, phone = row(found, "chat"), row(found, "phone")
    assert (chat["revenue"], chat["earned"], chat["cost"], chat["value"]) == pytest.approx(
        (50.0, 20.0, 6.0, 14.0)
    )
    assert (phone["earned"], phone["value"]) == pytest.approx((0.0, -30.0))


# ---------------------------------------------------------------- estimates
def test_the_variety_of_equal_topics_is_their_number():
    found = figured.variety(np.full(8, 10_000))
    assert found.value == pytest.approx(8.0, abs=0.01)
    assert figured.variety(np.array([50])).value == 1.0
    assert figured.variety(np.array([90, 10])).value == pytest.approx(
        np.exp(0.3250830 + 1 / 200), abs=1e-6
    )  # H by hand


def test_the_interval_of_the_variety_covers_what_it_should():
    rng, shares = np.random.default_rng(0), np.array([0.4, 0.2, 0.2, 0.1, 0.05, 0.05])
    true = np.exp(-(shares * np.log(shares)).sum())
    draws = rng.multinomial(400, shares, size=1000)
    found = [figured.variety(one[one > 0]) for one in draws]
    covered = np.mean([one.low <= true <= one.high for one in found])
    assert 0.92 <= covered <= 0.98
    assert np.mean([one.value for one in found]) == pytest.approx(true, abs=0.03)  # Miller's correction


def test_quantiles_and_their_ends_are_order_statistics(shop, whole):
    from scipy.stats import binom

    contacts = shop.contacts
    chats = contacts[contacts["channel"] == "chat"]
    minutes = np.sort(chats["waiting_seconds"].dropna().to_numpy() / 60)
    found = row(whole, "chat")
    assert found["reply"] == pytest.approx(np.median(minutes))
    assert found["reply_90"] == pytest.approx(np.quantile(minutes, 0.9))
    low, high = binom.ppf([0.025, 0.975], len(minutes), 0.9).astype(int)
    assert minutes[low - 3] <= found["reply_90_low"] <= minutes[low + 3]
    assert minutes[high - 3] <= found["reply_90_high"] <= minutes[high + 3]


def test_a_month_is_that_of_the_full_months():
    days = pd.Series(1, index=pd.date_range("2026-01-15", "2026-05-10"))
    found = figured.a_month(days, days.index[0], days.index[-1])
    assert (found.n, found.value) == (3, pytest.approx(365.25 / 12))  # February, March and April: one a day
    assert found.low == pytest.approx(found.high)


def test_too_few_weeks_have_the_interval_of_poisson():
    days = pd.Series([4], index=[pd.Timestamp("2026-01-05")])
    found = figured.a_month(days, days.index[0], days.index[0] + pd.Timedelta(days=9))
    each = 365.25 / 12 / 10
    assert (found.low / each, found.high / each) == (
        pytest.approx(1.0899, abs=1e-3),
        pytest.approx(10.2416, abs=1e-3),
    )


def test_a_trend_is_set_against_the_same_weeks_of_last_year():
    days = pd.Series(1.0, index=pd.date_range("2025-01-06", periods=65 * 7))
    days.iloc[-91:] = 3.0
    found = figured.trend(days, days.index[0], days.index[-1])
    assert found.value == pytest.approx(2.0)
    assert found.low < 2.0 < found.high
    assert found.low > 0
    assert figured.trend(days[:100], days.index[0], days.index[99]) is None


def test_chance_alone_is_seldom_a_trend():
    rng, index = np.random.default_rng(1), pd.date_range("2026-01-05", periods=182)
    level = rng.gamma(20, 1 / 4, (300, 26)).repeat(7, axis=1)  # weeks differ more than Poisson's
    found = [figured.trend(pd.Series(one, index), index[0], index[-1]) for one in rng.poisson(level)]
    assert np.mean([one.p < 0.05 for one in found]) < 0.085


def test_the_interval_of_the_margin_is_over_customers():
    from scipy.stats import t

    n, total = pd.Series([4.0]), pd.Series([40.0])  # four customers, one contact each: 0, 0, 10, 30
    sums = pd.DataFrame({"m": [4.0], "squares": [1000.0], "products": [40.0], "squared": [4.0]})
    found = figured.mean_of_ratio(n, total, sums).iloc[0]
    half = t.ppf(0.975, 3) * np.std([0, 0, 10, 30], ddof=1) / 2
    assert (found["value"], found["high"]) == (10.0, pytest.approx(10 + half))


# ---------------------------------------------------------------- the demo shop
def test_no_order_at_all_is_not_nothing_for_sure():
    """Forty callers who bought nothing: with Wilson's upper end 8.76 % could have, each for what a chat's order brings."""
    day = pd.Timestamp("2026-01-05 10:00", tz="UTC")
    rows = [("chat" if k < 40 else "phone", day + pd.Timedelta(hours=k), "size", f"c{k}") for k in range(80)]
    contacts = asked(*[(channel, str(at), topic, who) for channel, at, topic, who in rows])
    orders = pd.DataFrame(
        {
            "order_id": [str(k) for k in range(21)],
            "customer_id": [*(f"c{k}" for k in range(20)), "last"],
            "ordered_at": [
                *(day + pd.Timedelta(hours=k, days=1) for k in range(20)),
                day + pd.Timedelta(days=60),
            ],
            "revenue": 100.0,
        }
    )
    phone = row(four_vs(contacts, orders, margin=0.5, hourly_cost=0.0001, zone="UTC"), "phone")
    assert phone["earned_high"] == pytest.approx(0.0876 * 50, abs=0.01)
    assert phone["earned_low"] == 0


def test_the_planted_stories_are_found(whole):
    truth = demo.truth().set_index("id")
    for channel in ("chat", "phone", "email", "social"):
        found, story = row(whole, channel), truth.loc[f"channels.cost.{channel}"]
        assert story["low"] <= found["cost"] <= story["high"]
    assert row(whole, "chat")["value_low"] > 0 > row(whole, "phone")["value_high"]
    for channel in ("email", "social"):
        story = truth.loc[f"promise.{channel}"]
        assert story["low"] <= row(whole, channel)["in_time"] <= story["high"]
    calls = row(whole, "phone")
    answered = calls["in_time"] * calls["in_time_n"] / (calls["in_time_n"] - calls["given_up"])
    assert truth.loc["promise.phone", "low"] <= answered <= truth.loc["promise.phone", "high"]


def test_it_says_which_channel_pays_and_which_does_not(whole):
    assert whole.headline.startswith("A contact by chat leaves €10")
    assert "one by phone costs €10" in whole.headline
    assert "not what they caused" in whole.headline
    assert "Furthest from its target is social media" in whole.text
    assert {finding.chapter for finding in whole.findings()} == {"09_channels"}
    assert "handbook 1 minute and 11 seconds" in whole.method


def test_every_bar_opens_its_contacts(whole):
    import json

    figure = whole.plot()
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert len(bars) == 4
    assert whole.opens == "contacts_behind"
    assert {json.loads(mark)["channel"] for bar in bars for mark in bar.ids} == {
        "chat",
        "phone",
        "email",
        "social",
    }


def test_without_orders_there_is_no_value(shop):
    found = four_vs(shop.contacts)
    assert found.table["value"].isna().all()
    assert found.headline.startswith("Most contacts come by chat")
    assert len([trace for trace in found.plot().data if trace.type == "bar"]) == 3


def test_it_speaks_dutch(whole):
    with language.speaking("nl"):
        assert whole.text
        assert whole.method
        assert whole.heads()
        whole.plot()


# ---------------------------------------------------------------- what comes in
def test_the_order_of_rows_changes_nothing(shop, whole):
    mixed = shop.contacts.sample(frac=1, random_state=2).set_index(np.zeros(len(shop.contacts), int))
    orders = shop.orders.sample(frac=1, random_state=3)
    costs = shop.channel_costs
    options = {"opening_hours": shop.settings.opening_hours, "margin": shop.settings.margin}
    found = four_vs(mixed, orders, costs, **options)
    pd.testing.assert_frame_equal(found.table, whole.table, rtol=1e-9)


def test_a_table_in_an_engine_gives_the_same(shop, whole, tmp_path):
    shop.contacts.to_parquet(tmp_path / "contacts.parquet")
    shop.orders.to_parquet(tmp_path / "orders.parquet")
    engine = ibis.duckdb.connect()
    contacts, orders = (engine.read_parquet(tmp_path / f"{name}.parquet") for name in ("contacts", "orders"))
    found = four_vs(
        contacts,
        orders,
        shop.channel_costs,
        opening_hours=shop.settings.opening_hours,
        margin=shop.settings.margin,
    )
    pd.testing.assert_frame_equal(found.table, whole.table, check_dtype=False, rtol=1e-9)
    terms = {"hours": "open", "opening_hours": shop.settings.opening_hours}
    found, other = four_vs(contacts, **terms), four_vs(shop.contacts, **terms)
    pd.testing.assert_frame_equal(found.table, other.table, check_dtype=False, rtol=1e-9)


def test_contacts_without_a_channel_are_counted_apart():
    found = four_vs(FIVE.assign(channel=["chat", " ", None, "email", "email"]), zone="UTC")
    assert found.table["contacts"].tolist() == [2, 1]
    assert "2 contacts without a channel are left out" in found.text
    with pytest.raises(DataError, match="has a channel"):
        four_vs(FIVE.assign(channel=None))


def test_times_without_seconds_cannot_tell_twenty_seconds():
    whole_minutes = FIVE.assign(replied_at=FIVE["replied_at"].dt.floor("min") + pd.Timedelta(minutes=1))
    found = four_vs(whole_minutes, zone="UTC")
    assert np.isnan(row(found, "chat")["in_time"])
    assert row(found, "email")["in_time"] == 0.0
    assert "have no seconds" in found.method


def test_choices_that_are_none_are_said_in_words():
    with pytest.raises(SettingError):
        four_vs(FIVE, hours="sometimes")
    with pytest.raises(SettingError, match="no opening hours"):
        four_vs(FIVE, hours="open", opening_hours={})
    with pytest.raises(DataError):
        four_vs(FIVE.iloc[:0])
    with pytest.raises(DataError, match="topic"):
        four_vs(FIVE.drop(columns="topic"))
