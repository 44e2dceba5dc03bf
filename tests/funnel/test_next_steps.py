"""Where those who dropped out went: paths, leaving and contacts counted by hand, frame and engine alike."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest
from effort.tables import assert_says
from hypothesis import given, settings
from hypothesis import strategies as st

from csworkbook import open_shop
from csworkbook.errors import SettingError
from csworkbook.funnel.asks import asked_service
from csworkbook.funnel.next_steps import next_steps
from csworkbook.funnel.paths import followed_by

from .logs import START, log

STEPS = ["cart", "paid"]
WAYS = [lambda frame: frame, lambda frame: ibis.memtable(frame.assign(at=frame["at"].dt.tz_convert("UTC")))]
LATER = "; zz 30000 home"  # so that every window is over


def paths(result) -> dict[tuple, int]:
    return {
        tuple(row[:3]): row[3]
        for row in result.table[["next_1", "next_2", "next_3", "units"]].itertuples(index=False)
    }


@pytest.mark.parametrize("way", WAYS, ids=["frame", "engine"])
def test_paths_by_hand(way):
    rows = log(
        "ann 0 cart; ann 10 help; ann 20 home; ann 30 product; ann 40 cart;"  # only three are kept
        "bob 0 cart; bob 10 help;"
        "cas 0 cart;"  # left
        "dee 0 cart; dee 5 paid; dee 6 help;"  # went on
        "eve 0 cart; eve 1441 home" + LATER  # a day and a minute: too late
    )
    result = next_steps(way(rows), STEPS, look="1D")
    assert paths(result) == {
        ("left", "left", "left"): 2,
        ("help", "left", "left"): 1,
        ("help", "home", "product"): 1,
    }
    assert result.table["share"].tolist() == [0.5, 0.25, 0.25]
    assert (result.n, result.came) == (4, 5)
    assert result.headline.startswith(
        "Of 4 visitors who came to cart but not to paid, 50% (15% to 85%) left the site"
    )
    assert "help (50%)" in result.text
    assert_says(result)


@pytest.mark.parametrize("way", WAYS, ids=["frame", "engine"])
def test_the_edge_of_the_time_to_look_counts(way):
    rows = log("ann 0 cart; ann 30 help; bob 0 cart; bob 31 help; cas 0 cart; cas 0 home" + LATER)
    result = next_steps(way(rows), STEPS, look="30min")
    assert paths(result) == {
        ("left", "left", "left"): 2,
        ("help", "left", "left"): 1,
    }  # cas' home is at, not after, the cart


def test_looking_begins_where_the_step_was_first_reached():
    rows = log("ann 0 cart; ann 5 home; ann 20 cart; ann 25 help" + LATER)
    assert paths(next_steps(rows, STEPS)) == {("home", "cart", "help"): 1}


def test_visitors_whose_time_is_not_over_are_left_out():
    rows = log("ann 0 cart; bob 2000 cart; cas 3000 home")
    result = next_steps(rows, STEPS, look="1D", within="1D")
    assert (result.n, result.left_out) == (1, 1)
    assert "Left out: 1 visitor" in result.method
    assert "(1 left out: their time was not over.)" in result.text


def test_rare_pages_are_taken_together():
    rows = "; ".join(f"v{i} 0 cart; v{i} 1 page{i % 9}" for i in range(90))
    result = next_steps(log(rows + LATER), STEPS)
    assert set(result.first["page"]) == {f"page{i}" for i in range(6)} | {"elsewhere"}
    assert result.first.set_index("page").loc["elsewhere", "units"] == 30


def test_the_bands_of_the_picture_add_up():
    rows = log("ann 0 cart; ann 1 help; ann 2 home; bob 0 cart; bob 1 help; cas 0 cart" + LATER)
    band = next_steps(rows, STEPS).plot().data[0]
    links = list(zip(band.link.source, band.link.target, band.link.value, strict=True))
    from_start = sum(value for source, _target, value in links if source == 0)
    assert from_start == 3
    into_help = next(target for source, target, value in links if source == 0 and value == 2)
    assert sum(value for source, _target, value in links if source == into_help) == 2  # home and left
    assert not any("left" in band.node.label[source] for source, _t, _v in links)


streams = st.lists(
    st.tuples(st.sampled_from(["u", "v", "w"]), st.integers(0, 60), st.sampled_from(["a", "b", "c"])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(streams, st.integers(1, 60), st.lists(st.integers(0, 60), min_size=3, max_size=3))
def test_any_stream_is_followed_as_by_hand(rows, look, moments):
    events = log("; ".join(f"{who} {at} {step}" for who, at, step in rows))
    visitors = pd.DataFrame({"visitor_id": ["u", "v", "w"], "minute": moments})
    visitors["moment"] = [(START + pd.Timedelta(minutes=m)).value // 1000 for m in moments]
    expected: dict[tuple, int] = {}
    for who, minute in visitors[["visitor_id", "minute"]].itertuples(index=False):
        later = sorted((at, step) for one, at, step in rows if one == who and minute < at <= minute + look)
        names = tuple([*(step for _at, step in later), None, None][:2])
        expected[names] = expected.get(names, 0) + 1
    found = followed_by(events, visitors, pd.Timedelta(minutes=look), 2)
    said = found.astype(object).where(found.notna(), None)
    assert {tuple(row[:2]): row[2] for row in said.itertuples(index=False)} == expected


def contacts(rows: list[tuple[str | None, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "contact_id": range(len(rows)),
            "customer_id": [who for who, _at in rows],
            "opened_at": pd.to_datetime([at for _who, at in rows], utc=True, format="ISO8601").tz_convert(
                "Europe/Amsterdam"
            ),
            "channel": "chat",
            "topic": "x",
        }
    )


def visitors(rows: list[tuple[str | None, str, bool]]) -> pd.DataFrame:
    at = pd.to_datetime([day for _who, day, _dropped in rows], utc=True)
    return pd.DataFrame(
        {
            "customer_id": [who for who, _day, _dropped in rows],
            "moment": at.as_unit("us").astype("int64"),
            "dropped": [dropped for *_rest, dropped in rows],
        }
    )


END = int(pd.Timestamp("2026-03-31", tz="UTC").value // 1000)
TALKS = contacts(
    [
        ("x", "2026-03-01"),
        ("k1", "2026-03-08"),
        ("k1", "2026-03-09"),
        ("k2", "2026-03-13"),
        ("k3", "2026-03-14"),
        ("x", "2026-03-30"),
    ]
)


def test_contacts_before_and_after_by_hand():
    seen = visitors(
        [
            ("k1", "2026-03-10", True),  # asked the day before, and two days before
            ("k2", "2026-03-10", True),  # three days after: the edge
            ("k3", "2026-03-10", True),  # four days after: too late
            ("k4", "2026-03-10", False),
            ("k1", "2026-03-09", False),  # at that moment: after; and the day before
            (None, "2026-03-10", True),
            ("", "2026-03-10", True),
        ]
    )
    found = asked_service(seen, TALKS, days=3, end=END)
    assert found.table.loc[True].to_dict() == {"n": 3, "before": 1, "after": 1, "either": 2}
    assert found.table.loc[False].to_dict() == {"n": 2, "before": 1, "after": 1, "either": 1}
    assert found.unknown == 2


def test_days_that_are_not_over_are_left_out():
    seen = visitors([("k1", "2026-03-03", True), ("k1", "2026-03-28", True), ("k1", "2026-03-10", True)])
    found = asked_service(seen, TALKS, days=3, end=END)  # contacts from 1 to 30 March
    assert (found.table.loc[True, "n"], found.unfinished) == (1, 2)


def test_without_contacts_nobody_is_counted():
    found = asked_service(visitors([("k1", "2026-03-03", True)]), TALKS.iloc[:0], days=3, end=END)
    assert found.table["n"].tolist() == [0, 0]
    assert found.few


def test_drop_outs_who_surely_ask_more_often_are_a_finding():
    lost = [(f"a{i}", 100) for i in range(60)]
    went = [(f"b{i}", 100) for i in range(60)]
    rows = [f"{who} {at + 10000} cart" for who, at in lost + went] + [
        f"{who} 10200 paid" for who, _at in went
    ]
    events = log("; ".join(rows) + "; zz 60000 home")
    events["customer_id"] = events["visitor_id"]
    asked = contacts(
        [("x", "2026-03-02"), *((f"a{i}", "2026-03-09 12:00") for i in range(30)), ("x", "2026-04-10")]
    )
    result = next_steps(events, STEPS, asked)
    assert result.asks.share(True).value == 0.5
    assert result.asks.share(False).value == 0.0
    assert [f.headline for f in result.findings()] == [
        "Who drops out before paid asks customer service more often."
    ]
    # known customers are mostly those who once paid, so that is no sure thing about all who drop out
    assert result.findings()[0].certainty == "likely"
    assert "mostly known because they once paid" in result.method
    assert "50% (38% to 62%, n = 60)" in result.text
    assert_says(result)


def test_the_demo_shop_in_both_ways():
    shop = open_shop()
    result = shop.call(next_steps)
    assert result.step == "paid"
    assert result.n > 400
    # half of those who give up at payment try it once more, a third go back to the cart (planted in the visits)
    again = result.first.set_index("page").loc["payment", "share"]
    assert again == pytest.approx(0.5, abs=0.07)
    lazily = next_steps(WAYS[1](shop.events), None, shop.contacts, step="paid")
    pd.testing.assert_frame_equal(lazily.table, result.table)


@pytest.mark.parametrize(
    "wrong", [{"look": "x"}, {"look": "0min"}, {"days": 0}, {"days": 1000}, {"step": "cart"}]
)
def test_what_cannot_be_asked(wrong):
    with pytest.raises(SettingError) as error:
        next_steps(log("ann 0 cart"), STEPS, **wrong)
    assert error.value.allowed
