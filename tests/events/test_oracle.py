"""Small random logs, counted by every rule and compared with trying every chain."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csworkbook import events as engine
from events import oracle
from events.logs import alike

START = pd.Timestamp("2026-03-28 22:00", tz="Europe/Amsterdam")
VISITORS = st.lists(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from("abcx"), st.sampled_from(["m", "d", None])),
        min_size=1, max_size=8,
    ),
    min_size=1, max_size=6,
)  # fmt: skip
APART = [["a", "b", "c"], ["b"], ["c", ["a", "b"]]]  # no event can be two steps
SHARED = [["a", "b", "a"], ["a", ["b", "c"], "c"], ["a", "a"]]
RULES = list(
    itertools.product(["ordered", "strict", "any"], ["later", "allow"], [None, 3], [(), ("x",), ("x", "b")])
)


def frame(visitors: list) -> pd.DataFrame:
    rows = [
        (f"v{n}", START + pd.Timedelta(minutes=30 * minute), step, device)
        for n, own in enumerate(visitors)
        for minute, step, device in own
    ]
    return pd.DataFrame(rows, columns=["visitor_id", "at", "step", "device"])


def check(events: pd.DataFrame, counted, steps: list, rules: tuple) -> None:
    order, ties, within, exclude = rules
    names = [{step} if isinstance(step, str) else set(step) for step in steps]
    span = within and within * 30 * oracle.MINUTE
    expected = oracle.table(events, names, by="device", within=span, order=order, ties=ties, exclude=exclude)
    within = within and pd.Timedelta(minutes=30 * within)
    found = engine.follow(
        counted, steps, within=within, order=order, ties=ties, exclude=list(exclude) or None, by="device"
    ).frame()
    if expected.empty:
        assert found.empty
    else:
        alike(expected, found)


@settings(max_examples=8, deadline=None)
@given(visitors=VISITORS)
@pytest.mark.parametrize("steps", APART, ids=str)
def test_in_memory(visitors, steps):
    events = frame(visitors)
    for rules in RULES:
        check(events, events, steps, rules)


@settings(max_examples=8, deadline=None)
@given(visitors=VISITORS)
@pytest.mark.parametrize("steps", SHARED, ids=str)
def test_in_memory_where_one_event_can_be_two_steps(visitors, steps):
    events = frame(visitors)
    for rules in RULES:
        if rules[0] != "any" and rules[1] == "later":
            check(events, events, steps, rules)


def crowd(seed: int, size: int = 400) -> pd.DataFrame:
    """As many visitors as an engine should be asked for at once: it takes as long for one."""
    draw = np.random.default_rng(seed)
    own = [
        [
            (int(minute), str(step), device)
            for minute, step, device in zip(
                draw.integers(0, 10, n),
                draw.choice(list("abcx"), n),
                draw.choice(["m", "d", None], n),
                strict=True,
            )
        ]
        for n in draw.integers(1, 9, size)
    ]
    return frame(own)


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_in_an_engine(rules):
    events = crowd(seed=RULES.index(rules))
    table = engine.read(events).drop("moment")
    check(events, table, APART[0], rules)
    if rules[0] != "any" and rules[1] == "later":
        check(events, table, SHARED[1], rules)


def test_the_oracle_itself_on_a_log_counted_by_hand():
    stream = [(0, "a"), (1, "x"), (2, "a"), (3, "b"), (3, "c"), (5, "c")]
    steps = [{"a"}, {"b"}, {"c"}]
    minute = oracle.MINUTE
    stream = [(at * minute, name) for at, name in stream]
    assert oracle.reached(stream, steps) == (3, 2 * minute, 2 * minute, {1: 0, 2: 1, 3: 3})
    assert oracle.reached(stream, steps, ties="allow")[3] == {1: 0, 2: 1, 3: 1}
    assert oracle.reached(stream, steps, within=2 * minute)[0] == 2
    assert oracle.reached(stream, steps, order="strict")[0] == 3
    assert oracle.reached(stream, [{"a"}, {"c"}, {"b"}], order="any")[3] == {1: 0, 2: 1, 3: 1}
    assert oracle.reached(stream[:1] + stream[3:], steps, exclude={"x"})[3][3] == 5
    assert oracle.reached(stream[1:2], steps) is None
