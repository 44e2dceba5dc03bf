"""One row per contact, the same for frames and engines, by hand and against slow but plain rules."""

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import contacts, hours, repeats, replies
from csworkbook.errors import DataError, SettingError
from csworkbook.shop import open_shop

AMSTERDAM = "Europe/Amsterdam"
WEEKDAYS = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:30")


def at(*times: str, zone: str = AMSTERDAM) -> pd.Series:
    return pd.Series(pd.to_datetime(list(times), format="ISO8601").tz_localize(zone))


def asked(opened: pd.Series, **columns) -> pd.DataFrame:
    n = len(opened)
    base = {
        "contact_id": [str(k) for k in range(1, n + 1)],
        "customer_id": "ann",
        "channel": "chat",
        "topic": "refund",
    }
    return pd.DataFrame({**base, "opened_at": opened, **columns})


def told(table: pd.DataFrame, column: str, **options) -> list:
    found = contacts.frame(table, **options).set_index("contact_id")[column].sort_index()
    return [None if value is pd.NA or value != value else value for value in found.astype(object)]


def calendar(week=WEEKDAYS, zone=AMSTERDAM, country="NL"):
    return hours.calendar(week, zone=zone, country=country, first=date(2026, 1, 1), last=date(2026, 1, 2))


def many(n: int, seed: int, zone: str = AMSTERDAM) -> pd.DataFrame:
    """Contacts with all that can be wrong with them."""
    rng = np.random.default_rng(seed)
    opened = pd.Timestamp("2025-09-01", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 300 * 86_400, n), unit="s"
    )
    opened = pd.Series(opened).dt.floor("min").where(rng.random(n) < 0.3, opened)
    replied = opened + pd.to_timedelta(rng.integers(-300, 9000, n), unit="s")
    replied = replied.dt.floor("min").where(rng.random(n) < 0.3, replied).dt.tz_convert(zone)
    opened = opened.dt.tz_convert(zone)
    return pd.DataFrame(
        {
            "contact_id": rng.permutation(n).astype(str),
            "customer_id": np.where(rng.random(n) < 0.1, None, rng.integers(0, n // 8, n).astype(str)),
            "opened_at": opened,
            "channel": rng.choice(["chat", "phone", "email", " "], n),
            "topic": np.where(rng.random(n) < 0.1, "", rng.choice(["refund", "size"], n)),
            "replied_at": replied.where(rng.random(n) < 0.7),
            "resolved_at": (opened + pd.to_timedelta(rng.integers(-500, 90_000, n), unit="s")).where(
                rng.random(n) < 0.8
            ),
            "abandoned": pd.Series(rng.random(n) < 0.2, dtype="boolean").where(rng.random(n) < 0.9),
            "waiting_seconds": np.where(rng.random(n) < 0.4, np.nan, rng.integers(0, 300, n)),
            "handling_minutes": np.where(rng.random(n) < 0.3, np.nan, rng.normal(5, 4, n)),
        }
    )


# ---------------------------------------------------------------- days and hours
def test_days_and_hours_are_those_of_the_shop_over_midnight():
    table = asked(at("2026-01-05 23:59:59", "2026-01-06 00:00:00"))
    assert told(table, "day", zone=AMSTERDAM) == [pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-06")]
    assert told(table, "hour", zone=AMSTERDAM) == [23, 0]
    assert told(table, "half_hour", zone=AMSTERDAM) == [47, 0]
    assert told(table, "weekday", zone=AMSTERDAM) == [0, 1]
    assert told(table, "weekday", zone="UTC") == [0, 0]
    assert told(table, "week", zone=AMSTERDAM) == [pd.Timestamp("2026-01-05")] * 2
    assert told(table, "month", zone=AMSTERDAM) == [pd.Timestamp("2026-01-01")] * 2


def test_the_hour_that_comes_twice_and_the_one_that_does_not_come():
    autumn = pd.Series(pd.to_datetime(["2026-10-25 00:30", "2026-10-25 01:30", "2026-10-25 02:30"], utc=True))
    assert told(asked(autumn), "hour", zone=AMSTERDAM) == [2, 2, 3]
    spring = pd.Series(pd.to_datetime(["2026-03-29 00:59", "2026-03-29 01:00"], utc=True))
    assert told(asked(spring), "hour", zone=AMSTERDAM) == [1, 3]


@pytest.mark.parametrize(
    "zone", [AMSTERDAM, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
)
def test_days_and_hours_in_other_zones_are_those_of_pandas(zone):
    opened = pd.Series(pd.date_range("2011-12-01", "2013-01-10", freq="601min", tz="UTC"))
    found = contacts.frame(asked(opened), zone=zone).sort_values("second")
    wall = opened.dt.tz_convert(zone)
    naive = wall.dt.tz_localize(None)
    assert (found["hour"].to_numpy() == wall.dt.hour).all()
    assert (found["weekday"].to_numpy() == wall.dt.day_of_week).all()
    assert (pd.to_datetime(found["day"]).to_numpy() == naive.dt.normalize().to_numpy()).all()
    assert (
        pd.to_datetime(found["month"]).to_numpy() == naive.dt.to_period("M").dt.start_time.to_numpy()
    ).all()
    assert (found["half_hour"].to_numpy() == wall.dt.hour * 2 + wall.dt.minute // 30).all()


def test_times_without_a_zone_are_in_utc():
    naive = asked(pd.Series(pd.to_datetime(["2026-07-01 10:00"])))
    assert told(naive, "hour", zone=AMSTERDAM) == [12]
    assert told(naive, "opened", zone=AMSTERDAM) == [pd.Timestamp("2026-07-01 10:00")]


# ---------------------------------------------------------------- replies and solutions
def test_replies_are_those_of_the_chapter_about_promises():
    table = many(1500, seed=4)
    found = contacts.frame(table, zone=AMSTERDAM).set_index("contact_id").loc[table["contact_id"]]
    plain = replies.waits(table)
    np.testing.assert_allclose(found["reply_minutes"], plain["minutes"], atol=1e-6)
    assert (found["replied"].to_numpy() == plain["replied"].to_numpy()).all()
    assert (found["given_up"].to_numpy() == plain["given_up"].to_numpy()).all()


@pytest.mark.parametrize(
    ("week", "zone", "country"),
    [
        (WEEKDAYS, AMSTERDAM, "NL"),
        ({"monday": "09:07-00:00", "sunday": "00:00-12:30"}, "Australia/Lord_Howe", ""),
        ({}, AMSTERDAM, "NL"),
    ],
)
def test_open_minutes_are_those_of_the_calendar(week, zone, country):
    table, shop = many(800, seed=5, zone=zone), calendar(week, zone, country)
    found = contacts.frame(table, calendar=shop, zone=zone).set_index("contact_id").loc[table["contact_id"]]
    plain = replies.waits(table, calendar=shop)
    np.testing.assert_allclose(found["reply_open_minutes"], plain["minutes"].clip(lower=0), atol=1e-5)
    solved = shop.minutes(table["opened_at"], table["resolved_at"])
    here = found["solve_minutes"].notna().to_numpy()
    np.testing.assert_allclose(found["solve_open_minutes"][here], np.maximum(solved, 0)[here], atol=1e-5)
    assert found["solve_open_minutes"][~here].isna().all()
    waits = found["waits_still"].to_numpy()
    assert waits.any()
    np.testing.assert_allclose(found["so_far_open_minutes"][waits], plain["so_far"][waits], atol=1e-5)
    np.testing.assert_allclose(
        found["so_far_minutes"][waits], replies.waits(table)["so_far"][waits], atol=1e-6
    )


def test_a_wait_over_night_counts_open_minutes_only():
    table = asked(
        at("2026-01-05 17:00"), replied_at=at("2026-01-06 09:15"), resolved_at=at("2026-01-05 17:20")
    )
    found = contacts.frame(table, calendar=calendar(), zone=AMSTERDAM).iloc[0]
    assert (found["reply_minutes"], found["reply_open_minutes"], found["solve_open_minutes"]) == (
        975.0,
        45.0,
        20.0,
    )


def test_an_hour_of_clocks_that_change_is_an_hour():
    table = asked(at("2026-03-28 12:00"), resolved_at=at("2026-03-29 12:00"))
    assert told(table, "solve_minutes") == [23 * 60.0]


def test_a_solution_before_the_question_is_no_time():
    opened = at("2026-01-05 10:00:30", "2026-01-05 10:00:30")
    table = asked(opened, resolved_at=at("2026-01-05 10:00:00", "2026-01-05 09:00:00"))
    assert told(table, "solve_minutes") == [0.0, None]  # the first: only its seconds were cut off
    assert told(table, "resolved") == [True, True]


def test_who_gave_up_was_not_handled_and_who_waits_is_neither():
    table = asked(
        at("2026-01-05 10:00", "2026-01-05 11:00", "2026-01-05 12:00", "2026-01-05 13:00"),
        replied_at=pd.to_datetime([None, "2026-01-05 12:00", None, None], utc=True),
        abandoned=[True, True, False, False],
        handling_minutes=[np.nan, np.nan, np.nan, 3.0],
    )
    assert told(table, "given_up") == [True, False, False, False]
    assert told(table, "handled") == [False, True, False, True]
    assert told(table, "waits_still") == [False, False, True, False]
    assert told(table, "so_far_minutes") == [
        None,
        None,
        60.0,
        None,
    ]  # up to 14:00 (13:00 in winter), the last moment


def test_a_table_that_tells_nothing_of_replies_was_handled():
    table = asked(at("2026-01-05 10:00", "2026-01-05 11:00"), abandoned=[True, False])
    assert told(table, "handled") == [False, True]
    assert told(table, "waits_still") == [False, False]


def test_minutes_below_zero_are_not_known():
    table = asked(
        at("2026-01-05 10:00", "2026-01-05 11:00"), handling_minutes=[-3.0, 4.0], waiting_seconds=[-1.0, 2.0]
    )
    assert told(table, "handling_minutes") == [None, 4.0]
    assert told(table, "waiting_seconds") == [None, 2.0]


# ---------------------------------------------------------------- repeats and issues
@pytest.mark.parametrize("same_topic", [True, False])
def test_repeats_are_those_of_the_chapter_about_repeats(same_topic):
    table = many(1500, seed=6)
    found = contacts.frame(table).set_index("contact_id").loc[table["contact_id"]]
    plain = repeats.repeated(table, same_topic=same_topic)
    again = found["again" if same_topic else "again_any"]
    assert (again.notna().to_numpy() == plain["known"].to_numpy()).all()
    assert (again.fillna(False).to_numpy(bool) == plain["again"].to_numpy()).all()
    assert ((found["finished"] & again.notna()).to_numpy() == plain["finished"].to_numpy()).all()


def issues_by_hand(table: pd.DataFrame, days: int) -> dict[str, str]:
    """contact → first contact of its issue, by going through every customer's contacts in order."""
    found, latest = {}, {}
    for row in table.sort_values(["opened_at", "contact_id"]).itertuples():
        key = (row.customer_id, row.topic)
        if not isinstance(row.customer_id, str) or not row.topic:
            found[row.contact_id] = row.contact_id
            continue
        before = latest.get(key)
        near = before is not None and row.opened_at - before[0] <= pd.Timedelta(days=days)
        found[row.contact_id] = before[1] if near else row.contact_id
        latest[key] = (row.opened_at, found[row.contact_id])
    return found


@pytest.mark.parametrize("days", [1, 14, 60])
def test_issues_are_chains_of_contacts(days):
    table = many(1200, seed=days)
    found = contacts.frame(table, within=f"{days}D").set_index("contact_id")
    assert found["issue"].to_dict() == issues_by_hand(table, days)
    size = found["issue"].map(found["issue"].value_counts())
    assert (found["chained"] == (size > 1)).all()
    chains = found[found["follow_up"]]
    assert len(chains) > 0  # there is something to chain
    assert (chains["issue"] != chains.index).all()


def test_a_window_is_over_at_its_very_end():
    table = asked(at("2026-01-05 10:00", "2026-01-19 10:00", "2026-02-02 10:00:01", zone="UTC"))
    assert told(table, "again") == [True, False, False]
    assert told(table, "follow_up") == [False, True, False]
    assert told(table, "issue") == ["1", "1", "3"]
    assert told(table, "finished") == [True, True, False]


def test_two_contacts_at_one_moment_do_not_repeat_each_other_and_are_one_issue():
    table = asked(at("2026-01-05 10:00", "2026-01-05 10:00", "2026-01-06 10:00", zone="UTC"))
    assert told(table, "again") == [True, True, False]
    assert told(table, "follow_up") == [False, False, True]
    assert told(table, "issue") == ["1", "1", "1"]
    assert told(table, "chained") == [True, True, True]
    assert told(table.iloc[:2], "chained") == [True, True]


def test_guests_are_not_one_customer():
    table = asked(at("2026-01-05", "2026-01-06", zone="UTC"), customer_id=[None, "  "])
    assert told(table, "again") == [None, None]
    assert told(table, "known") == [False, False]
    assert told(table, "issue") == ["1", "2"]


# ---------------------------------------------------------------- what comes in
def test_a_contact_that_stands_there_twice_counts_once_as_it_was_first_opened():
    table = asked(
        at("2026-01-07", "2026-01-05", "2026-01-06", zone="UTC"),
        contact_id=["1", "1", "2"],
        topic=["b", "a", " "],
    )
    assert told(table, "topic") == ["a", None]
    assert contacts.left_out(table) == {
        "twice": 1,
        "no_time": 0,
        "no_channel": 0,
        "no_customer": 0,
        "no_topic": 1,
    }


def test_rows_without_a_time_are_counted_and_left_out():
    table = asked(pd.Series(pd.to_datetime(["2026-01-05", None], utc=True)))
    assert len(contacts.frame(table)) == 1
    assert contacts.left_out(table)["no_time"] == 1


@pytest.mark.parametrize("rows", [0, 2])
def test_no_contact_with_a_time_is_said_in_words(rows):
    table = asked(pd.Series(pd.to_datetime([None, None], utc=True))).head(rows)
    with pytest.raises(DataError, match="no contact with a time"):
        contacts.facts(table)


def test_a_window_that_is_none_is_said_in_words():
    with pytest.raises(SettingError):
        contacts.facts(asked(at("2026-01-05")), within="soon")


def test_order_index_and_types_change_nothing():
    table = many(600, seed=8)
    plain = contacts.frame(table, zone=AMSTERDAM)
    shuffled = table.sample(frac=1, random_state=1).set_index(np.zeros(len(table), int))
    words = shuffled.astype({"channel": "category", "topic": "category", "contact_id": object}).assign(
        extra=1, second="x"
    )
    naive = words.assign(
        **{
            name: words[name].dt.tz_convert("UTC").dt.tz_localize(None)
            for name in ("opened_at", "replied_at", "resolved_at")
        }
    )
    for other in (shuffled, words, naive, table.convert_dtypes(dtype_backend="pyarrow")):
        pd.testing.assert_frame_equal(contacts.frame(other, zone=AMSTERDAM), plain)


def test_the_input_stays_as_it_was():
    table = many(50, seed=9)
    before = table.copy(deep=True)
    contacts.frame(table, calendar=calendar(), zone=AMSTERDAM)
    pd.testing.assert_frame_equal(table, before)


def test_a_table_in_an_engine_gives_the_same(tmp_path):
    table = many(900, seed=10)
    table.to_parquet(tmp_path / "contacts.parquet")
    lazy = ibis.duckdb.connect().read_parquet(tmp_path / "contacts.parquet")
    plain = contacts.frame(table, calendar=calendar(), zone=AMSTERDAM)
    for source in (lazy, ibis.memtable(table)):
        pd.testing.assert_frame_equal(contacts.frame(source, calendar=calendar(), zone=AMSTERDAM), plain)
        assert contacts.left_out(source) == contacts.left_out(table)


def test_an_engine_works_out_only_what_is_asked(tmp_path):
    many(50, seed=11).to_parquet(tmp_path / "contacts.parquet")
    engine = ibis.duckdb.connect()
    rows = contacts.facts(engine.read_parquet(tmp_path / "contacts.parquet"))
    plan = engine.raw_sql("explain " + ibis.to_sql(rows.group_by("channel").agg(n=rows.count()))).fetchall()[
        0
    ][1]
    assert "Window" not in plan.title()


def test_the_work_is_shared_and_a_changed_frame_is_not_mistaken():
    table = many(60, seed=12)
    assert contacts.facts(table) is contacts.facts(table)
    assert contacts.facts(table, within="3D") is not contacts.facts(table)
    before = contacts.frame(table)["channel"].isna().sum()
    table.loc[table.index[table["channel"] != " "][0], "channel"] = ""
    assert contacts.frame(table)["channel"].isna().sum() == before + 1


def test_the_demo_shop_tells_what_was_planted():
    from csworkbook import demo

    found = contacts.frame(open_shop().contacts, zone=AMSTERDAM)
    truth = demo.truth().set_index("id")
    calls = found[found["channel"] == "phone"]
    story = truth.loc["channels.abandoned"]
    assert story["low"] <= calls["given_up"].mean() <= story["high"]
    live = found[found["channel"].isin(["chat", "phone"])]
    for share, story in (
        ((live["hour"] == 10).mean(), "busy_hour"),
        ((live["weekday"] == 0).mean(), "monday"),
    ):
        assert truth.loc[f"channels.{story}", "low"] <= share <= truth.loc[f"channels.{story}", "high"]
