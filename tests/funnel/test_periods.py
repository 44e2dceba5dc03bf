"""Periods counted each on its own: by hand, and against a plain count of every chain, frame and engine alike."""

from __future__ import annotations

from itertools import combinations, pairwise

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csworkbook import events as engine
from csworkbook.funnel import asked
from csworkbook.funnel.gaps import reached_by
from csworkbook.funnel.periods import PERIOD, cut

from .logs import log

STEPS = ("a", "b", "c")
ZONE = "Europe/Amsterdam"
START = pd.Timestamp("2026-03-02", tz=ZONE)


def by_hand(frame: pd.DataFrame, edges: list[pd.Timestamp], within: pd.Timedelta, last: pd.Timestamp) -> dict:
    """Per period how many visitors reached each step: every chain of every visitor, one by one."""
    reached = {number: [0] * len(STEPS) for number in range(len(edges) - 1)}
    for _who, rows in frame.groupby("visitor_id"):
        seen = list(rows[["at", "step"]].itertuples(index=False, name=None))
        for number, (opens, closes) in enumerate(pairwise(edges)):
            begun = [(at, s) for at, s in seen if s == "a" and opens <= at < closes and at <= last - within]
            best = 0
            for at, _s in begun:
                later = [(t, s) for t, s in seen if at < t <= at + within]
                deepest = 1
                if any(s == "b" for _t, s in later):
                    deepest = 2
                if any(one[1] == "b" and two[1] == "c" and one[0] < two[0] for one, two in _pairs(later)):
                    deepest = 3
                best = max(best, deepest)
            for k in range(best):
                reached[number][k] += 1
    return reached


def _pairs(rows):
    return [pair for one, two in combinations(rows, 2) for pair in ((one, two), (two, one))]


def counted(events, edges, within, last, **how) -> dict:
    steps = engine.steps_of(STEPS)
    parts = cut(events, steps, edges, last=asked.micros(last), within=within)
    found = engine.follow(parts.events, steps, within=within, by=PERIOD, **how).counts()
    table = reached_by(found, len(STEPS), most=10**6)
    numbers = [str(n) for n in range(len(edges) - 1)]
    return {int(n): row.tolist() for n, row in table.reindex(numbers, fill_value=0).iterrows()}


def lazy(frame: pd.DataFrame) -> ibis.Table:
    return ibis.memtable(frame.assign(at=frame["at"].dt.tz_convert("UTC")))


EDGES = [START, START + pd.Timedelta(hours=1), START + pd.Timedelta(hours=2)]
WITHIN = pd.Timedelta(minutes=20)
END = START + pd.Timedelta(hours=3)


@pytest.mark.parametrize("way", [lambda frame: frame, lazy], ids=["frame", "engine"])
def test_a_visitor_of_two_periods_counts_in_both_and_a_chain_in_that_of_its_beginning(way):
    frame = log(
        "ann 10 a; ann 70 a; ann 75 b;"  # stops at a in the first hour, at b in the second
        "bob 55 a; bob 62 b; bob 64 c;"  # begins in the first, ends in the second
        "cas 50 a; cas 62 a; cas 63 b;"  # the b is within 20 minutes of both
        "dee 59 a; dee 80 b;"  # 21 minutes: too late
    )
    assert counted(way(frame), EDGES, WITHIN, END) == {0: [4, 2, 1], 1: [2, 2, 0]}


@pytest.mark.parametrize("way", [lambda frame: frame, lazy], ids=["frame", "engine"])
def test_who_began_too_close_to_the_end_is_left_out(way):
    frame = log("ann 10 a; bob 95 a; bob 99 b; cas 101 a; dee 15 a; dee 110 a; eve 120 b")
    last = START + pd.Timedelta(minutes=120)
    steps = engine.steps_of(STEPS)
    parts = cut(way(frame), steps, EDGES, last=asked.micros(last), within=WITHIN)
    assert parts.left_out == 1  # cas; dee began before as well, and bob's 20 minutes were over at 115
    assert counted(way(frame), EDGES, WITHIN, last) == {0: [2, 0, 0], 1: [1, 1, 0]}


def test_without_a_window_a_chain_ends_in_its_own_period():
    frame = log("ann 10 a; ann 50 b; bob 10 a; bob 70 b")
    assert counted(frame, EDGES, None, END) == {0: [2, 1, 0], 1: [0, 0, 0]}


def test_a_day_is_that_of_the_shop_when_the_clock_changes():
    # 29 March 2026 has 23 hours in Amsterdam: 21:30 UTC is still that day, 22:30 UTC the next
    edges = list(pd.date_range("2026-03-28", periods=4, freq="D", tz=ZONE))
    frame = pd.DataFrame(
        {
            "visitor_id": ["a", "b", "c"],
            "at": pd.to_datetime(["2026-03-28 22:30", "2026-03-29 21:30", "2026-03-29 22:30"], utc=True),
            "step": "a",
        }
    )
    found = counted(frame, edges, WITHIN, pd.Timestamp("2026-04-05", tz=ZONE))
    assert [found[n][0] for n in range(3)] == [1, 1, 1]


def test_a_first_step_known_by_another_column():
    frame = log("ann 10 x; ann 12 b; bob 70 x; ann 62 x", kind="start").assign(
        kind=lambda f: f["step"].map({"x": "start"})
    )
    steps = engine.steps_of([{"kind": "start"}, "b"])
    for events in (frame, lazy(frame)):
        parts = cut(events, steps, EDGES, last=asked.micros(END), within=WITHIN)
        found = reached_by(engine.follow(parts.events, steps, within=WITHIN, by=PERIOD).counts(), 2)
        assert found.loc[["0", "1"]].to_numpy().tolist() == [[1, 1], [2, 0]]


streams = st.lists(
    st.tuples(st.sampled_from(["u", "v"]), st.integers(0, 150), st.sampled_from(["a", "b", "c", "d"])),
    min_size=1,
    max_size=14,
)


@settings(max_examples=80, deadline=None)
@given(streams, st.integers(1, 100))
def test_any_stream_is_counted_as_by_hand(rows, window):
    frame = log("; ".join(f"{who} {at} {step}" for who, at, step in rows))
    within = pd.Timedelta(minutes=window)
    last = frame["at"].max()
    assert counted(frame, EDGES, within, last) == by_hand(frame, EDGES, within, last)


@settings(max_examples=6, deadline=None)
@given(streams, st.integers(1, 100))
def test_any_stream_is_counted_alike_in_an_engine(rows, window):
    frame = log("; ".join(f"{who} {at} {step}" for who, at, step in rows))
    within, last = pd.Timedelta(minutes=window), frame["at"].max()
    assert counted(lazy(frame), EDGES, within, last) == counted(frame, EDGES, within, last)
