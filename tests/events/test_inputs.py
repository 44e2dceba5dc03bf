"""Whatever comes in: the same log from frames, files and engines, and logs as nobody would wish them."""

from __future__ import annotations

import datetime as dt
import gc

import ibis
import numpy as np
import pandas as pd
import pytest

import csworkbook as cs
from csworkbook import demo
from csworkbook import events as engine
from csworkbook.errors import DataError, SettingError
from csworkbook.events import followed
from events.logs import WAYS, alike, levels, log

STEPS = ["product", "cart", "checkout", "paid"]
RULES = {
    "window": {"within": "1D", "by": "device"},
    "sessions": {"per": "session", "order": "strict", "by": "product_id"},
    "customers": {"per": "customer", "order": "any", "within": "30min"},
    "excluded": {"exclude": "search", "ties": "allow", "since": "2026-05-01", "until": "2026-06-01"},
}


@pytest.fixture(scope="module")
def log_of_the_demo() -> pd.DataFrame:
    return cs.open_shop().events.iloc[:6000]


@pytest.fixture(scope="module", params=["parquet", "csv", "large frame", "duckdb", "without sessions"])
def other(request, log_of_the_demo, tmp_path_factory):
    """The same log as something else, and the frame to compare it with."""
    plain = log_of_the_demo.assign(at=log_of_the_demo["at"].dt.tz_convert("UTC"))
    folder = tmp_path_factory.mktemp("events")
    if request.param == "parquet":
        for n in range(4):
            plain.iloc[n::4].to_parquet(folder / f"{n}.parquet")
        return folder, log_of_the_demo
    if request.param == "csv":
        plain.assign(at=plain["at"].map(pd.Timestamp.isoformat)).to_csv(folder / "events.csv", index=False)
        return str(folder / "events.csv"), log_of_the_demo
    if request.param == "without sessions":
        return engine.read(plain.drop(columns="session_id")), log_of_the_demo.drop(columns="session_id")
    made = ibis.duckdb.connect()
    return made.create_table("events", ibis.memtable(plain)), log_of_the_demo


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_the_same_from_everywhere(other, rules, request, monkeypatch):
    source, frame = other
    expected = engine.follow(frame, STEPS, **rules)
    if "large frame" in request.node.callspec.id:
        monkeypatch.setattr(followed, "IN_MEMORY", 10)
        source = frame
    found = engine.follow(source, STEPS, **rules)
    alike(expected.counts(), found.counts())
    alike(expected.times(), found.times())
    alike(expected.begun(), found.begun())
    alike(expected.frame(), found.frame())
    assert (found.account, found.end, found.unfinished) == (
        expected.account,
        expected.end,
        expected.unfinished,
    )


@WAYS
def test_a_log_without_rows(way):
    empty = log("ann 10:00 product").iloc[:0]
    found = engine.follow(way(empty), ["product", "cart"], within="1D", by="step")
    assert [len(table) for table in (found.counts(), found.times(), found.begun(), found.frame())] == [0] * 4
    assert list(found.counts().columns) == ["by", "level", "units"]
    assert (found.end, found.unfinished, found.account.read) == (None, 0, 0)
    assert engine.health(way(empty), ["product"]).never == ("product",)


@WAYS
@pytest.mark.parametrize("per", ["visitor", "session"])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_one_row_and_a_step_that_never_occurs(way, per, order):
    found = engine.follow(way(log("ann 10:00 product")), ["product", "cart"], per=per, order=order)
    assert found.frame()["level"].tolist() == [1]
    assert found.times().empty
    assert engine.follow(way(log("ann 10:00 product")), ["nothing"], per=per, order=order).frame().empty


@WAYS
def test_nobody_is_known(way):
    events = log("ann 10:00 product, bob 10:00 product").assign(visitor_id=[None, ""])
    found = engine.follow(way(events), ["product", "cart"])
    assert found.frame().empty
    assert found.account.without_visitor == 2


@WAYS
def test_categories_whole_numbers_and_names_with_spaces_and_quotes(way):
    events = log("1 10:00 x, 1 10:01 x, 2 10:00 x")
    events["visitor_id"] = events["visitor_id"].astype("int64")
    events["step"] = pd.Categorical(["it's", 'a "cart"', "it's"], categories=["unused", 'a "cart"', "it's"])
    events["own column; drop"] = pd.Categorical(["ja", None, "ja"])
    found = engine.follow(way(events), ["it's", 'a "cart"'], by="own column; drop")
    assert levels(found) == {"1": 2, "2": 1}
    assert found.frame()["own column; drop"].tolist() == ["ja", "ja"]
    assert levels(engine.follow(way(events), [{"own column; drop": "ja"}])) == {"1": 1, "2": 1}


@WAYS
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata"])
def test_times_of_every_kind(way, unit, zone):
    events = log("ann 10:00 product, ann 10:10 cart")
    at = events["at"].dt.tz_convert(zone) if zone else events["at"].dt.tz_localize(None)
    found = engine.follow(
        way(events.assign(at=at.dt.as_unit(unit))), ["product", "cart"], within="10min"
    ).frame()
    assert found["start"].tolist() == [pd.Timestamp("2026-03-02 10:00", tz="UTC")]
    assert found["minutes_2"].tolist() == [10]


@WAYS
def test_times_as_text_and_as_objects_and_none_at_all(way):
    events = log("ann 10:00 product, ann 10:10 cart, bob 10:00 product")
    text = events.assign(at=["2026-03-02T11:00:00+01:00", "2026-03-02 10:10", "yesterday"])
    found = engine.follow(way(text), ["product", "cart"])
    assert levels(found) == {"ann": 2}
    assert found.account.without_moment == 1
    objects = events.assign(
        at=np.array([dt.datetime(2026, 3, 2, 10), dt.datetime(2026, 3, 2, 11), None], dtype=object)
    )
    assert levels(engine.follow(way(objects), ["product", "cart"])) == {"ann": 2}
    never = engine.follow(way(events.assign(at=pd.NaT)), ["product"])
    assert never.frame().empty
    assert never.account.without_moment == 3


def test_a_frame_that_is_changed_is_counted_anew():
    events = log("ann 10:00 product, ann 10:01 cart, bob 10:00 product", device=["m", "m", "d"])
    for change in (
        lambda: events.loc.__setitem__((1, "step"), "paid"),
        lambda: events.loc.__setitem__((1, "at"), pd.Timestamp("2026-03-02 09:00", tz="UTC")),
        lambda: events.__setitem__("visitor_id", ["ann", "bob", "bob"]),
        lambda: events.__setitem__("step", pd.Categorical(["product", "cart", "cart"])),
        lambda: events.__setitem__("device", np.array(["d", "d", "m"], dtype=object)),
        lambda: events["device"].array.__setitem__(0, "x"),
    ):
        engine.follow(events, ["product", "cart"], by="device").counts()
        change()
        now, anew = (
            engine.follow(e, ["product", "cart"], by="device") for e in (events, events.copy(deep=True))
        )
        alike(anew.frame(), now.frame())


def test_counting_changes_nothing_in_the_frame(log_of_the_demo):
    before = log_of_the_demo.copy(deep=True)
    engine.follow(log_of_the_demo, STEPS, per="customer", by="device").frame()
    engine.health(log_of_the_demo)
    pd.testing.assert_frame_equal(log_of_the_demo, before)


@WAYS
@pytest.mark.parametrize("rules", [{"by": "channel"}, {"exclude": {"channel": "x"}}, {"per": "customer"}])
def test_a_column_that_is_not_there(way, rules):
    with pytest.raises(DataError, match="Columns: visitor_id, at and step"):
        engine.follow(way(log("ann 10:00 product")), ["product", "cart"], **rules).frame()


@pytest.mark.parametrize("source", [pd.DataFrame({"step": ["cart"]}), ibis.memtable({"step": ["cart"]})])
def test_a_required_column_is_missing(source):
    with pytest.raises(DataError, match="visitor_id"):
        engine.follow(source, ["cart"])


@WAYS
def test_numbers_are_no_times(way):
    with pytest.raises(DataError, match="numbers, not times"):
        engine.follow(way(log("ann 10:00 product").assign(at=[1_772_409_600])), ["product"])


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="no file"):
        engine.follow(tmp_path / "events.parquet", ["cart"])


@pytest.mark.parametrize(
    "asked",
    [
        {"steps": []}, {"steps": [""]}, {"steps": [None]}, {"steps": [{}]}, {"steps": [{"device": []}]},
        {"steps": ["a"] * 31}, {"within": "soon"}, {"within": "0D"}, {"within": "-1D"}, {"gap": "x"},
        {"per": "household"}, {"order": "backwards"}, {"ties": "maybe"}, {"since": "the day before"},
        {"until": "2026-13-45"},
    ],
    ids=str,
)  # fmt: skip
def test_choices_that_cannot_be_used(asked):
    with pytest.raises(SettingError):
        engine.follow(log("ann 10:00 product"), **{"steps": ["product"], **asked})


def test_begun_by_something_else():
    with pytest.raises(SettingError, match="fortnight"):
        engine.follow(log("ann 10:00 product"), ["product"]).begun("fortnight")


def test_a_duckdb_with_little_memory(tmp_path, log_of_the_demo):
    log_of_the_demo.to_parquet(tmp_path / "events.parquet")
    small = engine.opened("200MB", tmp_path)
    limit = small.raw_sql("SELECT current_setting('memory_limit')").fetchone()[0]
    assert limit.startswith("190.7")  # 200 MB in MiB
    table = small.read_parquet(tmp_path / "events.parquet")
    alike(engine.follow(log_of_the_demo, STEPS).counts(), engine.follow(table, STEPS).counts())


def test_what_a_step_may_be():
    steps = engine.steps_of(["cart", ["cart", "basket"], ("Mine", "cart"), {"step": "cart", "role": "cart"}])
    assert [step.name for step in steps] == ["cart", "cart / basket", "Mine", "cart"]
    assert steps[3].role == "cart"
    assert engine.steps_of(steps) == steps
    assert len({*steps}) == 4


def test_what_is_kept_goes_when_nobody_looks_at_it():
    table = engine.kept(ibis.memtable({"a": [1, 2]}))
    name, backend = table.op().name, ibis.get_backend(table)
    more = table.filter(table.a > 1)
    del table
    assert more.count().execute() == 1
    del more
    gc.collect()
    after = engine.kept(ibis.memtable({"a": [1]}))
    assert after.count().execute() == 1
    listed = backend.raw_sql("SELECT table_name FROM duckdb_tables()").fetchall()
    assert listed
    assert (name,) not in listed


@pytest.mark.parametrize("device", ["mobile", "desktop", "tablet"])
def test_the_steps_planted_in_the_demo_shop_are_found(device):
    """Every planted rate lies within 3.3 standard errors of what is counted (18 looks)."""
    steps = ["home", "product", "cart", "checkout", "delivery", "payment", "paid"]
    counts = engine.follow(cs.open_shop().events, steps, within="30D", by="device").counts()
    here = counts[counts["by"] == device].set_index("level")["units"]
    reached = here[::-1].cumsum()[::-1]
    for level, planted in enumerate(demo.stories.STEP_RATES[device], 2):
        n = reached[level - 1]
        assert reached[level] / n == pytest.approx(planted, abs=3.3 * (planted * (1 - planted) / n) ** 0.5)


def test_a_log_from_elsewhere(realdata):
    path = realdata / "clickstream" / "retentioneering_ecom_synthetic.csv.gz"
    raw = pd.read_csv(path)
    named = {"user_id": "visitor_id", "event": "step", "timestamp": "at"}
    events = raw.rename(columns={**named, "session": "session_id"})
    seen = engine.health(events, ["product_view", "add_to_cart", "cart", "purchase", "support_chat"]).seen
    assert seen["events"].tolist() == [6851, 1346, 1204, 470, 277]
