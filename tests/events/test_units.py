"""Whose events are counted together, what became of every row, and what is said of the units."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import events as engine
from events.logs import WAYS, levels, log


@WAYS
def test_half_an_hour_of_silence_does_not_end_a_session_and_a_second_more_does(way):
    events = log("ann 10:00:00 product, ann 10:30:00 cart, ann 11:00:01 paid, bob 11:00:02 paid")
    found = engine.follow(way(events), ["product", "cart", "paid"], per="session")
    assert levels(found) == {"ann · 1": 2}
    assert levels(engine.follow(way(events), ["product", "cart", "paid"], per="session", gap="31min")) == {
        "ann · 1": 3
    }
    table = engine.sessions(way(events)).to_pandas().sort_values(["visitor_id", "at"])
    assert table["session_id"].tolist() == ["1", "1", "2", "1"]


@WAYS
def test_events_of_other_steps_keep_a_session_alive(way):
    events = log("ann 10:00 product, ann 10:25 search, ann 10:50 cart")
    assert levels(engine.follow(way(events), ["product", "cart"], per="session")) == {"ann · 1": 2}


@WAYS
def test_sessions_of_the_log_are_kept_and_the_same_number_of_two_visitors_is_two(way):
    events = log(
        "ann 10:00 product, ann 15:00 cart, bob 10:00 product, bob 10:01 cart",
        session_id=["7", "7", "7", "8"],
    )
    assert levels(engine.follow(way(events), ["product", "cart"], per="session")) == {
        "ann · 7": 2,
        "bob · 7": 1,
    }


@WAYS
def test_events_without_a_session_get_their_own(way):
    events = log(
        "ann 10:00 product, ann 10:01 cart, ann 10:02 product, ann 10:40 cart",
        session_id=[None, "7", " ", None],
    )
    found = engine.follow(way(events), ["product", "cart"], per="session").frame()
    assert found[["unit", "level"]].to_numpy().tolist() == [["ann · gap 1", 1]]
    table = engine.sessions(way(events)).to_pandas().sort_values("at")
    assert table["session_id"].tolist() == ["gap 1", "7", "gap 1", "gap 2"]


@WAYS
def test_a_visitors_events_belong_to_the_customer_named_on_any(way):
    events = log(
        "phone 10:00 product, phone 10:01 cart, laptop 10:02 home, laptop 10:03 paid, other 10:00 product",
        customer_id=[None, "c1", None, "c1", None],
    )
    found = engine.follow(way(events), ["product", "cart", "paid"], per="customer")
    assert levels(found) == {"c1": 3}
    row = found.frame().iloc[0]
    assert (row["visitor_id"], row["customer_id"]) == ("phone", "c1")
    assert found.account.without_customer == 1
    assert found.account.read == 5


@WAYS
def test_of_several_customers_the_one_named_on_it_or_before_it_or_else_after(way):
    events = log(
        "pc 09:00 product, pc 10:00 product, pc 10:05 cart, pc 11:00 product, pc 11:05 cart, pc 11:06 paid",
        customer_id=[None, "c1", None, "c2", None, "c1"],
    )
    found = engine.follow(way(events), ["product", "cart", "paid"], per="customer", within="2h").frame()
    assert found.set_index("unit")["level"].to_dict() == {"c1": 3, "c2": 2}
    assert found.set_index("unit").loc["c1", "start"].hour == 10


@WAYS
def test_a_customer_is_named_where_known(way):
    events = log(
        "ann 10:00 product, ann 10:01 cart, bob 10:00 product, bob 10:01 cart, bob 10:02 paid, "
        "cas 10:00 product",
        customer_id=[None, "c1", None, "c2", "c3", None],
    )
    found = engine.follow(way(events), ["product", "cart"]).frame().set_index("unit")["customer_id"]
    assert found["ann"] == "c1"
    assert found[["bob", "cas"]].isna().all()


@WAYS
def test_every_row_is_accounted_for(way):
    events = log(
        "ann 10:00 product, ann 10:01 cart, ann 10:02 home, bob 10:00 product, cas 10:00 cart, "
        "dee 10:00 chat, eve 12:00 cart"
    )
    events.loc[3, "visitor_id"], events.loc[4, "at"] = "  ", pd.NaT
    account = engine.follow(
        way(events), ["product", "cart"], exclude="chat", until="2026-03-02 12:00"
    ).account
    assert account == engine.Account(
        read=7, used=3, other=1, outside=1, without_visitor=1, without_moment=1, without_customer=0
    )


@WAYS
def test_times_are_whole_seconds_of_everybody_who_reached_the_step(way):
    events = log(
        "ann 10:00:00 product, ann 10:00:01.999 cart, ann 10:01:00 paid, bob 10:00:00 product, "
        "bob 10:00:01 cart, cas 10:00 product",
        device=["m", "m", "m", "m", "m", "d"],
    )
    found = engine.follow(way(events), ["product", "cart", "paid"], by="device").times()
    assert found.to_numpy().tolist() == [["m", 2, 1, 2], ["m", 3, 60, 1]]
    assert list(found.columns) == ["by", "step", "seconds", "units"]


@WAYS
def test_begun_counts_by_the_hour_of_the_counted_chain(way):
    events = log(
        "ann 10:59:59 product, ann 11:00 cart, bob 11:00 product, cas 11:59 product, cas 03-03T09:00 product"
    )
    found = engine.follow(way(events), ["product", "cart"])
    hours = pd.to_datetime(["2026-03-02 10:00", "2026-03-02 11:00"], utc=True)
    assert found.begun()["hour"].tolist() == list(hours)
    assert found.begun()[["level", "units"]].to_numpy().tolist() == [[2, 1], [1, 2]]
    assert found.begun("day")["day"].tolist() == [pd.Timestamp("2026-03-02", tz="UTC")] * 2


@WAYS
def test_unfinished_are_those_who_began_less_than_the_window_before_the_end(way):
    events = log("ann 10:00 product, bob 11:00 product, cas 11:00:01 product, dee 12:00 home")
    found = engine.follow(way(events), ["product", "cart"], within="1h")
    assert found.end == pd.Timestamp("2026-03-02 12:00", tz="UTC")
    assert found.unfinished == 1
    assert engine.follow(way(events), ["product", "cart"]).unfinished == 0


@WAYS
def test_units_are_the_frame_as_a_table(way):
    events = log("ann 10:00 product, ann 10:01 cart", device=["m", "d"], customer_id=["c", None])
    found = engine.follow(way(events), ["product", "cart"], by="device")
    table = found.units.to_pandas()
    assert list(table.columns) == [
        "unit", "visitor_id", "customer_id", "level", "by", "start", "minutes_2", "device",
    ]  # fmt: skip
    assert table.iloc[0].tolist() == ["ann", "ann", "c", 2, "m", pd.Timestamp("2026-03-02 10:00"), 1.0, "m"]


@pytest.mark.parametrize("by", ["visitor_id", "customer_id", "step"])
def test_a_breakdown_by_a_column_of_the_units_themselves(by):
    events = log("ann 10:00 product, ann 10:01 cart", customer_id=["c", "c"])
    expected = {"visitor_id": "ann", "customer_id": "c", "step": "product"}[by]
    assert engine.follow(events, ["product", "cart"], by=by).counts()["by"].tolist() == [expected]


@WAYS
def test_health(way):
    events = log("ann 10:00 product, ann 10:00 product, ann 10:01 cart, bob 10:00 product")
    events = pd.concat([events, log("bot 10:00 home").loc[[0] * 1200]], ignore_index=True)
    found = engine.health(way(events), ["product", ["cart", "basket"], "paid"])
    assert (found.rows, found.visitors, found.duplicates, found.bots, found.bot_events) == (
        1204,
        3,
        1200,
        1,
        1200,
    )
    assert found.never == ("paid",)
    assert found.names == ("home", "product", "cart")
    assert found.seen[["step", "events", "visitors"]].to_numpy().tolist() == [
        ["product", 3, 2], ["cart / basket", 1, 1], ["paid", 0, 0],
    ]  # fmt: skip
    assert found.seen["first_at"].tolist()[:2] == list(
        pd.to_datetime(["2026-03-02 10:00", "2026-03-02 10:01"], utc=True)
    )
    assert found.until == pd.Timestamp("2026-03-02 10:01", tz="UTC")
    assert engine.health(way(events)).seen["step"].tolist() == ["home", "product", "cart"]
