"""Carts counted by hand, one frame for every rule, and the engine's own funnel as an oracle."""

from __future__ import annotations

import gc

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import demo, open_shop
from csworkbook import events as engine
from csworkbook.checkout import carts as module
from csworkbook.checkout.carts import visits
from csworkbook.checkout.units import a_year, carts, stops
from csworkbook.errors import DataError, SettingError

from .logs import log

WEEK = pd.Timedelta("7D")


def counted(events, per, within=WEEK, **more):
    """(carts, left, left out) of a hand-made log."""
    found = carts(visits(events, **more), per, within)
    return len(found.frame), found.left, found.unfinished


PAID_AT_ONCE = log(("a", "2026-02-01 10:00", "cart"), ("a", "2026-02-01 10:10", "paid"))
NEXT_VISIT = log(
    ("a", "2026-02-01 10:00", "cart"),
    ("a", "2026-02-03 10:00", "cart"),
    ("a", "2026-02-03 10:10", "paid"),
)
CART_TWICE = log(("a", "2026-02-01 10:00", "cart"), ("a", "2026-02-01 10:05", "cart"))


@pytest.mark.parametrize(
    ("events", "session", "visitor"),
    [
        (PAID_AT_ONCE, (1, 0, 0), (1, 0, 0)),
        (NEXT_VISIT, (2, 1, 0), (1, 0, 0)),
        (CART_TWICE, (1, 1, 0), (1, 1, 0)),
    ],
)
def test_carts_per_visit_and_per_visitor(events, session, visitor):
    # somebody else pays, else nothing could be told
    events = pd.concat(
        [
            events,
            log(
                ("z", "2026-03-01 10:00", "cart"),
                ("z", "2026-03-01 10:01", "paid"),
                frame=False,
            ),
        ]
    )
    assert counted(events, "session") == (session[0] + 1, session[1], session[2])
    assert counted(events, "visitor") == (visitor[0] + 1, visitor[1], visitor[2])


def test_a_payment_without_a_cart_is_no_cart():
    events = log(("a", "2026-02-01 10:00", "paid"), ("b", "2026-02-01 10:00", "cart"))
    assert counted(events, "session") == counted(events, "visitor") == (1, 1, 0)


def test_a_cart_after_the_payment_is_left():
    events = log(
        ("a", "2026-02-01 10:00", "cart"),
        ("a", "2026-02-01 10:01", "paid"),
        ("b", "2026-02-01 10:00", "paid"),
        ("b", "2026-02-01 10:01", "cart"),
    )
    assert counted(events, "session") == (2, 1, 0)


def test_paying_at_the_very_moment_of_the_cart_counts():
    events = log(("a", "2026-02-01 10:00", "cart"), ("a", "2026-02-01 10:00", "paid"))
    assert counted(events, "session") == (1, 0, 0)
    again = pd.concat([events, log(("a", "2026-02-01 10:03", "paid"), frame=False)])  # the page loaded anew
    assert visits(again).carts["settled"].dt.minute.tolist() == [0]


def test_payment_cart_payment_in_one_visit_is_paid():
    events = log(
        ("a", "2026-02-01 10:00", "paid"),
        ("a", "2026-02-01 10:05", "cart"),
        ("a", "2026-02-01 10:09", "paid"),
    )
    found = visits(events).frame
    assert found["settled"].dt.minute.tolist() == [9]
    assert counted(events, "visitor") == (1, 0, 0)


def test_half_an_hour_of_silence_ends_a_visit():
    on = log(("a", "2026-02-01 10:00", "cart"), ("a", "2026-02-01 10:30", "paid"))
    over = log(("a", "2026-02-01 10:00", "cart"), ("a", "2026-02-01 10:31", "paid"))
    assert counted(on, "session") == (1, 0, 0)
    assert counted(over, "session") == (1, 1, 0)


def test_sessions_that_are_there_are_kept():
    named = log(
        ("a", "2026-02-01 10:00", "cart", None, None, "one"),
        ("a", "2026-02-01 10:05", "paid", None, None, "two"),
    )
    assert counted(named, "session") == (1, 1, 0)


def test_the_edge_of_the_window_belongs_to_it():
    on = log(("a", "2026-02-01 10:00", "cart"), ("a", "2026-02-08 10:00", "paid"))
    after = log(("a", "2026-02-01 10:00", "cart"), ("a", "2026-02-08 10:01", "paid"))
    assert counted(on, "visitor") == (1, 0, 0)
    assert counted(after, "visitor") == (1, 1, 0)


def test_the_clock_runs_from_the_first_cart():
    events = log(
        ("a", "2026-02-01 10:00", "cart"),
        ("a", "2026-02-05 10:00", "cart"),
        ("a", "2026-02-09 10:00", "paid"),
    )
    assert counted(events, "visitor") == (1, 1, 0)
    assert counted(events, "visitor", pd.Timedelta("8D")) == (1, 0, 0)


def test_the_night_the_clock_changes_does_not_shift_the_window():
    # 29 March 2026: seven times 24 hours after 10:00 is 11:00 by the summer clock
    edge = log(("a", "2026-03-26 10:00", "cart"), ("a", "2026-04-02 11:00", "paid"))
    after = log(("a", "2026-03-26 10:00", "cart"), ("a", "2026-04-02 11:01", "paid"))
    assert counted(edge, "visitor") == (1, 0, 0)
    assert counted(after, "visitor") == (1, 1, 0)


def test_carts_near_the_end_are_left_out_paid_or_not():
    rows = [
        ("a", "2026-06-22 00:00", "cart"),
        ("b", "2026-06-23 00:00", "cart"),  # exactly seven days before the end: over
        ("c", "2026-06-23 00:01", "cart"),
        ("d", "2026-06-29 12:00", "cart"),
        ("d", "2026-06-29 12:05", "paid"),
        ("e", "2026-06-29 23:40", "cart"),  # may still be in the shop
    ]
    assert counted(log(*rows), "visitor") == (2, 2, 3)
    assert counted(log(*rows), "session") == (4, 3, 1)


def test_two_visitors_known_as_one_customer_are_one():
    events = log(
        ("phone", "2026-02-01 10:00", "cart", "mobile", "ann"),
        ("desk", "2026-02-02 10:00", "cart", "desktop", "ann"),
        ("desk", "2026-02-02 10:05", "paid", "desktop", "ann"),
        ("stranger", "2026-02-02 10:00", "cart", "mobile"),
    )
    assert counted(events, "session") == (3, 2, 0)
    assert counted(events, "visitor") == (3, 2, 0)
    assert counted(events, "customer") == (1, 0, 0)
    assert carts(visits(events), "customer", WEEK).nameless == 1
    assert counted(events, "person") == (2, 1, 0)


def test_a_visitor_named_once_is_that_customer_and_one_named_twice_is_nobody():
    events = log(
        ("a", "2026-02-01 10:00", "cart", None, None),
        ("a", "2026-02-03 10:00", "paid", None, "ann"),
        ("shared", "2026-02-01 10:00", "cart", None, "bob"),
        ("shared", "2026-02-05 10:00", "cart", None, "eve"),
    )
    frame = visits(events).frame.set_index("visitor")
    assert frame.loc["a", "customer"].tolist() == ["ann", "ann"]
    assert frame.loc["a", "known"].tolist() == [False, True]
    assert frame.loc["shared", "customer"].isna().all()
    assert frame.loc["shared", "person"].unique().tolist() == ["v shared"]


def test_blank_customers_are_not_one_customer():
    events = log(("a", "2026-02-01 10:00", "cart", None, " "), ("b", "2026-02-01 10:00", "paid", None, " "))
    assert visits(events).frame["person"].tolist() == ["v a", "v b"]


def test_where_a_cart_stops_is_the_furthest_page_from_the_cart_on():
    events = log(
        ("a", "2026-02-01 09:50", "payment"),  # before the cart: does not count
        ("a", "2026-02-01 10:00", "cart"),
        ("a", "2026-02-01 10:01", "checkout"),
        ("b", "2026-02-01 10:00", "cart"),
        ("b", "2026-02-01 10:01", "payment"),
        ("b", "2026-02-01 10:02", "cart"),  # went back to look
        ("c", "2026-02-01 10:00", "cart"),
        ("c", "2026-02-01 10:02", "paid"),
    )
    found = visits(events)
    assert found.stages == ("cart", "checkout", "payment")
    frame = carts(found, "session", WEEK).frame
    assert stops(frame, found.stages) == {"cart": 0.0, "checkout": 1 / 3, "payment": 1 / 3}


def test_a_later_visit_that_goes_on_without_a_cart_counts_for_the_visitor():
    events = log(
        ("a", "2026-02-01 10:00", "cart"),
        ("a", "2026-02-03 10:00", "delivery"),
        ("b", "2026-02-01 10:00", "paid"),
    )
    assert carts(visits(events), "visitor", WEEK).frame["stage"].tolist() == [3]
    assert carts(visits(events), "visitor", pd.Timedelta("1D")).frame["stage"].tolist() == [1]


def test_own_steps_with_their_roles():
    events = log(
        ("a", "2026-02-01 10:00", "basket!"),
        ("a", "2026-02-01 10:05", "thanks"),
        ("b", "2026-02-01 10:00", "basket!"),
        ("b", "2026-02-01 10:00", "cart"),  # known by its name, but the owner said otherwise
        ("c", "2026-02-01 10:00", "cart"),
    )
    steps = [{"step": "basket!", "role": "cart"}, {"step": ["thanks"], "role": "paid", "name": "Thank you"}]
    assert counted(events, "session", steps=steps) == (2, 1, 0)
    only = [{"step": "basket!", "device": ["x"], "role": "cart"}, steps[1]]
    with pytest.raises(DataError, match="device"):
        visits(events, only)


def test_nothing_that_is_a_cart_or_a_payment_is_said_with_what_there_is():
    with pytest.raises(DataError, match=r"a cart.*“home”"):
        visits(log())
    with pytest.raises(DataError, match="a payment"):
        visits(log(("a", "2026-02-01 10:00", "cart")))
    steps = [{"step": "cart", "role": "cart"}, {"step": "never", "role": "paid"}]
    with pytest.raises(DataError, match="no payment"):
        visits(log(("a", "2026-02-01 10:00", "cart")), steps)


def test_a_split_that_is_no_column_names_what_is():
    with pytest.raises(SettingError, match=r"colour.*device"):
        visits(
            log(("a", "2026-02-01 10:00", "cart", "mobile"), ("a", "2026-02-01 10:01", "paid")), by="colour"
        )


def test_carts_cannot_be_counted_per_anything():
    with pytest.raises(SettingError, match="basket"):
        carts(visits(PAID_AT_ONCE), "basket", WEEK)


def test_visits_are_remembered_as_long_as_the_events_are():
    events = PAID_AT_ONCE.copy()
    first = visits(events)
    assert visits(events) is first
    assert visits(events.copy()) is not first
    held = len(module._MEMORY)
    del events, first
    gc.collect()
    assert len(module._MEMORY) < held


def test_frames_tables_and_files_give_the_same(tmp_path):
    events = open_shop().events.head(30_000)
    events.to_parquet(tmp_path / "events.parquet")
    frames = [
        visits(one).frame.sort_values(["visitor", "session"]).reset_index(drop=True)
        for one in (events, ibis.memtable(events), str(tmp_path / "events.parquet"))
    ]
    for other in frames[1:]:
        pd.testing.assert_frame_equal(frames[0], other, check_dtype=False)


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark", "bigquery", "snowflake", "postgres", "trino"])
def test_other_engines_can_be_asked_the_same(dialect):
    keys = dict.fromkeys(("visitor_id", "step", "session_id", "customer_id", "device"), "string")
    visited = ibis.table({**keys, "at": "timestamp('UTC')", "moment": "int64"}, name="events")
    parts = {role: (engine.Step(role, {"step": (role,)}),) for role in (*module.STAGES, "paid")}
    asked = ibis.to_sql(module._by_visit(visited, parts), dialect=dialect)
    assert asked.upper().count("FROM") > 1


def _plain(events: pd.DataFrame) -> dict:
    """Left or paid, by visit and by visitor without a window, in plain Python."""
    told: dict = {}
    for who in (["visitor_id"], ["visitor_id", "session_id"]):
        for key, rows in events.groupby(who):
            cart = [at for at, step in zip(rows["at"], rows["step"], strict=True) if step == "cart"]
            paid = [at for at, step in zip(rows["at"], rows["step"], strict=True) if step == "paid"]
            if cart:
                told[tuple(key)] = not any(at >= min(cart) for at in paid)
    return told


@pytest.mark.parametrize("seed", range(5))
def test_random_logs_against_plain_python(seed):
    rng = np.random.default_rng(seed)
    n = 300
    steps = rng.choice(["home", "cart", "checkout", "payment", "paid"], n, p=[0.4, 0.25, 0.15, 0.1, 0.1])
    visitor = rng.integers(0, 40, n)
    events = pd.DataFrame(
        {
            "visitor_id": visitor.astype(str),
            "at": pd.Timestamp("2026-02-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 60 * 24, n), "h"),
            "step": steps,
            "session_id": rng.integers(0, 3, n).astype(str),
        }
    )
    last = pd.DataFrame(
        {
            "visitor_id": ["end"],
            "at": [pd.Timestamp("2027-02-01", tz="UTC")],
            "step": ["home"],
            "session_id": ["e"],
        }
    )
    found, told = visits(pd.concat([events, last])), _plain(events)
    mine = found.carts.set_index(["visitor", "session"])["left"]
    assert mine.to_dict() == {key: left for key, left in told.items() if len(key) == 2}
    per = carts(found, "visitor", pd.Timedelta("300D")).frame.set_index("unit")["left"]
    assert {(key,): left for key, left in per.items()} == {k: v for k, v in told.items() if len(k) == 1}


def test_the_demo_shop_agrees_with_the_engines_funnel():
    events = open_shop().events
    found = visits(events)
    chain = engine.follow(events, ["cart", "paid"], ties="allow").frame()
    mine = carts(found, "visitor", pd.Timedelta("300D"))
    assert mine.unfinished == len(chain)  # no window of 300 days is over
    left = _left_ever(found)
    assert left == int((chain["level"] == 1).sum())


def _left_ever(found) -> int:
    from csworkbook.checkout.units import _per_person

    return int(_per_person(found, "visitor", pd.Timedelta("300D"))["left"].sum())


def test_the_planted_rates_per_visitor_are_found():
    truth = demo.stories.STEP_RATES
    found = visits(open_shop().events, by="device")
    frame = carts(found, "visitor", WEEK).frame
    paying = {device: float(np.prod(rates[2:])) for device, rates in truth.items()}
    for device in ("desktop", "tablet"):
        mine = frame[frame["device"] == device]
        # a fifth of a tenth switched to a desktop with their cart on the phone: within four standard errors
        error = 4 * (paying[device] * (1 - paying[device]) / len(mine)) ** 0.5
        assert 1 - mine["left"].mean() == pytest.approx(paying[device], abs=error)


def test_a_year_is_made_of_four_weeks_or_more():
    def days(end):
        events = [("a", "2026-02-01 10:00", "cart"), ("a", "2026-02-01 10:01", "paid"), ("b", end, "home")]
        return a_year(visits(log(*events, frame=False)))

    assert days("2026-02-28 10:00") is None
    assert days("2026-03-01 10:00") == pytest.approx(365 / 28)
