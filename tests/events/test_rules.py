"""Every rule of counting, on logs that a person can count."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import events as engine
from csworkbook.errors import SettingError
from events.logs import WAYS, levels, log

CHAIN = ["product", "cart", "paid"]


@WAYS
def test_in_order_and_no_further(way):
    events = log(
        "ann 10:00 product, ann 10:01 cart, ann 10:02 paid, bob 10:00 cart, bob 10:01 product,"
        "cas 10:00 product, cas 10:01 paid, dee 10:00 cart"
    )
    found = engine.follow(way(events), CHAIN)
    assert levels(found) == {"ann": 3, "bob": 1, "cas": 1}
    assert found.counts()[["level", "units"]].to_numpy().tolist() == [[1, 2], [3, 1]]
    assert found.counts()["by"].isna().all()


@WAYS
def test_the_edge_of_the_window_belongs_to_it(way):
    events = log("ann 10:00:00 product, ann 11:00:00 cart, bob 10:00:00 product, bob 11:00:01 cart")
    assert levels(engine.follow(way(events), ["product", "cart"], within="1h")) == {"ann": 2, "bob": 1}
    events["at"] += pd.to_timedelta([0, 0, 0, -1_000_000], unit="us") + pd.to_timedelta(
        [0, 1, 0, 0], unit="us"
    )
    assert levels(engine.follow(way(events), ["product", "cart"], within="1h")) == {"ann": 1, "bob": 2}


@WAYS
def test_the_window_runs_from_the_first_to_the_last_step(way):
    events = log("ann 10:00 product, ann 10:50 cart, ann 11:40 paid")
    assert levels(engine.follow(way(events), CHAIN, within="1h")) == {"ann": 2}
    assert levels(engine.follow(way(events), CHAIN, within="100min")) == {"ann": 3}


@WAYS
def test_the_same_moment_counts_only_where_that_is_said(way):
    events = log("ann 10:00 cart, ann 10:00 product, bob 10:00 product, bob 10:00 cart, bob 10:00 paid")
    assert levels(engine.follow(way(events), CHAIN)) == {"ann": 1, "bob": 1}
    assert levels(engine.follow(way(events), CHAIN, ties="allow")) == {"ann": 2, "bob": 3}


@WAYS
def test_a_step_that_comes_back_needs_an_event_of_its_own(way):
    steps = ["product", "cart", "product"]
    events = log("ann 10:00 product, ann 10:01 cart, bob 10:00 product, bob 10:01 cart, bob 10:02 product")
    assert levels(engine.follow(way(events), steps)) == {"ann": 2, "bob": 3}
    twice = log(
        "ann 10:00 product, bob 10:00 product, bob 10:01 product, cas 10:00 product, cas 10:00 product"
    )
    assert levels(engine.follow(way(twice), ["product", "product"])) == {"ann": 1, "bob": 2, "cas": 1}


@WAYS
def test_one_event_that_fits_two_steps_is_one_of_them(way):
    events = log("ann 10:00 product, bob 10:00 product, bob 10:01 product", device=["m", "m", "d"])
    steps = ["product", {"device": ["m", "d"]}]
    assert levels(engine.follow(way(events), steps)) == {"ann": 1, "bob": 2}


@WAYS
def test_the_best_of_two_chains(way):
    """The first product is too long before the cart; the second is not."""
    events = log("ann 08:00 product, ann 10:00 product, ann 10:10 cart, ann 10:40 cart, ann 10:50 paid")
    found = engine.follow(way(events), CHAIN, within="1h").frame().iloc[0]
    assert found["level"] == 3
    assert found["start"] == pd.Timestamp("2026-03-02 10:00", tz="UTC")
    assert (found["minutes_2"], found["minutes_3"]) == (10, 50)


@WAYS
def test_the_chain_that_came_furthest_not_the_latest(way):
    events = log("ann 08:00 product, ann 08:10 cart, ann 12:00 product", device=["d", "d", "m"])
    found = engine.follow(way(events), CHAIN, within="1h", by="device").frame().iloc[0]
    assert (found["level"], found["device"], found["by"], found["minutes_2"]) == (2, "d", "d", 10)
    assert found["start"].hour == 8


@WAYS
def test_of_two_chains_as_long_the_one_completed_first(way):
    events = log("ann 08:00 product, ann 08:10 cart, ann 12:00 product, ann 12:01 cart", device=list("ddmm"))
    found = engine.follow(way(events), CHAIN, by="device").frame().iloc[0]
    assert (found["device"], found["minutes_2"]) == ("d", 10)


@WAYS
def test_the_value_at_the_first_step_even_when_it_changes(way):
    events = log(
        "ann 10:00 product, ann 10:05 product, ann 10:06 cart, bob 10:00 product, bob 10:01 cart",
        device=["mobile", "desktop", "tablet", None, "mobile"],
    )
    found = engine.follow(way(events), CHAIN, by="device")
    frame = found.frame().set_index("unit")
    assert frame.loc["ann", "device"] == "desktop"
    assert pd.isna(frame.loc["bob", "device"])
    assert found.counts()["by"].isna().tolist() == [False, True]


@WAYS
def test_no_value_at_the_beginning_is_none_whatever_stood_at_a_shorter_chain(way):
    events = log(
        "ann 10:00 product, ann 10:01 cart, ann 11:00 product, ann 11:01 cart, ann 11:02 paid",
        device=["mobile", "mobile", None, "mobile", "mobile"],
    )
    found = engine.follow(way(events), ["product", "cart", "paid"], by="device", within="30min").frame()
    assert found["level"].tolist() == [3]
    assert found["device"].isna().tolist() == [True]


@WAYS
def test_of_values_at_one_moment_the_first_in_the_alphabet(way):
    events = log("ann 10:00 product, ann 10:00 product, ann 10:01 cart", device=["tablet", "desktop", None])
    assert engine.follow(way(events), ["product"], by="device").frame()["by"].tolist() == ["desktop"]
    assert engine.follow(way(events), CHAIN, by="device").frame()["by"].tolist() == ["desktop"]


@WAYS
@pytest.mark.parametrize("others", [62, 70])  # an engine packs up to 63 values into a number, more it joins
def test_a_breakdown_by_many_values(way, others):
    crowd = ", ".join(f"v{n} 10:0{n % 2} product, v{n} 10:05 cart" for n in range(others))
    events = log(
        f"ann 10:00 product, ann 10:00 product, ann 10:01 product, ann 10:02 cart, {crowd}",
        device=["c", "b", "a", "none"] + [f"d{n // 2:02}" for n in range(2 * others)],
    )
    found = engine.follow(way(events), CHAIN, by="device").frame().set_index("unit")["device"]
    assert found.to_dict() == {"ann": "a", **{f"v{n}": f"d{n:02}" for n in range(others)}}


@WAYS
def test_an_excluded_event_inside_a_chain_voids_it(way):
    events = log(
        "ann 10:00 product, ann 10:01 chat, ann 10:02 cart, bob 10:00 chat, bob 10:01 product, "
        "bob 10:02 cart, bob 10:03 chat,"
        "cas 10:00 product, cas 10:01 chat, cas 10:02 product, cas 10:03 cart"
    )
    found = engine.follow(way(events), CHAIN, exclude="chat")
    assert levels(found) == {"ann": 1, "bob": 2, "cas": 2}
    assert found.frame().set_index("unit").loc["cas", "minutes_2"] == 1


@WAYS
@pytest.mark.parametrize("ties", ["later", "allow"])
def test_an_excluded_event_at_the_moment_of_either_end_does_not_matter(way, ties):
    events = log("ann 10:00 product, ann 10:00 chat, ann 10:02 chat, ann 10:02 cart")
    assert levels(engine.follow(way(events), ["product", "cart"], exclude=["chat"], ties=ties)) == {"ann": 2}


@WAYS
def test_strictly_nothing_may_lie_between(way):
    events = log(
        "ann 10:00 product, ann 10:01 search, ann 10:02 cart, bob 10:00 search, "
        "bob 10:01 product, bob 10:02 cart, bob 10:03 paid,"
        "cas 10:00 product, cas 10:01 cart, cas 10:02 cart, cas 10:03 paid"
    )
    assert levels(engine.follow(way(events), CHAIN, order="strict")) == {"ann": 1, "bob": 3, "cas": 2}


@WAYS
def test_strict_with_ties(way):
    events = log(
        "ann 10:00 product, ann 10:00 search, ann 10:00 cart, ann 10:01 paid, bob 10:00 product, "
        "bob 10:01 search, bob 10:02 cart"
    )
    assert levels(engine.follow(way(events), CHAIN, order="strict")) == {"ann": 1, "bob": 1}
    assert levels(engine.follow(way(events), CHAIN, order="strict", ties="allow")) == {"ann": 3, "bob": 1}


@WAYS
def test_any_order_within_one_window(way):
    events = log(
        "ann 10:00 paid, ann 10:20 cart, ann 10:40 product, bob 10:00 paid, bob 10:50 cart, "
        "bob 11:10 product,"
        "cas 10:00 cart, cas 10:30 paid", device=list("abcdefgh"),
    )  # fmt: skip
    found = engine.follow(way(events), CHAIN, order="any", within="1h", by="device")
    assert levels(found) == {"ann": 3, "bob": 2}
    frame = found.frame().set_index("unit")
    assert frame.loc["ann", ["minutes_2", "minutes_3", "device"]].tolist() == [20, 40, "c"]
    assert frame.loc["ann", "start"] == pd.Timestamp("2026-03-02 10:00", tz="UTC")


@WAYS
def test_midnight_is_a_moment_like_any_other(way):
    events = log("ann 03-02T23:55 product, ann 03-03T00:05 cart", zone="Europe/Amsterdam")
    assert levels(engine.follow(way(events), ["product", "cart"], within="10min")) == {"ann": 2}
    assert levels(engine.follow(way(events), ["product", "cart"], within="10min", per="session")) == {
        "ann · 1": 2
    }


@WAYS
@pytest.mark.parametrize(
    ("clocks", "hours"), [(("03-29T01:30", "03-29T03:30"), 1), (("10-25T01:30", "10-25T03:30"), 3)]
)
def test_hours_when_the_clock_is_changed(way, clocks, hours):
    """Between half past one and half past three lies one hour in March and three in October."""
    events = log(f"ann {clocks[0]} product, ann {clocks[1]} cart", zone="Europe/Amsterdam")
    found = engine.follow(way(events), ["product", "cart"], within=f"{hours}h")
    assert found.frame()["minutes_2"].tolist() == [hours * 60]
    assert levels(engine.follow(way(events), ["product", "cart"], within=f"{hours * 3600 - 1}s")) == {
        "ann": 1
    }


@WAYS
def test_conditions_and_either_of_two_names(way):
    events = log(
        "ann 10:00 product, ann 10:01 basket, bob 10:00 product, bob 10:01 cart, "
        "cas 10:00 product, cas 10:01 cart",
        device=["mobile", "mobile", "desktop", "mobile", "mobile", None],
    )
    steps = [{"step": "product", "device": ["mobile"], "name": "On the phone"}, ["cart", "basket"]]
    found = engine.follow(way(events), steps)
    assert levels(found) == {"ann": 2, "cas": 2}
    assert [step.name for step in found.steps] == ["On the phone", "cart / basket"]


@WAYS
@pytest.mark.parametrize(("value", "visitor"), [(3, "bob"), ("3.5", "ann"), (True, None)])
def test_conditions_on_numbers(way, value, visitor):
    events = log("ann 10:00 product, bob 10:00 product", amount=[3.5, 3.0])
    assert list(levels(engine.follow(way(events), [{"amount": value}]))) == ([visitor] if visitor else [])


@pytest.mark.parametrize("rules", [{"ties": "allow"}, {"order": "any"}])
@pytest.mark.parametrize("steps", [["product", "cart", "product"], ["cart", {"device": "m"}]])
def test_one_event_for_two_steps_is_refused_where_it_could_count_twice(rules, steps):
    with pytest.raises(SettingError, match="One event can be both"):
        engine.follow(log("ann 10:00 product"), steps, **rules)


@WAYS
def test_since_and_until(way):
    events = log("ann 10:00 product, ann 10:30 cart, ann 11:00 paid, bob 09:59 product, bob 10:01 cart")
    found = engine.follow(way(events), CHAIN, since="2026-03-02 10:00", until="2026-03-02 12:00+01:00")
    assert levels(found) == {"ann": 2}
    account = found.account
    assert (account.read, account.used, account.outside, account.other) == (5, 3, 2, 0)
    assert found.end == pd.Timestamp("2026-03-02 10:30", tz="UTC")
