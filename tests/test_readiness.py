"""Readiness: read off signatures, said per chapter, nothing promised that a table is missing for."""

import inspect

import pytest

from csworkbook import chapters, readiness
from csworkbook.language import speaking
from csworkbook.readiness import Need, need_of
from csworkbook.shop import new_shop, open_shop
from csworkbook.tables import TABLES


def first(orders, *, margin=0.3): ...


def second(orders, contacts, events=None): ...


def third(effort_survey, orders=None): ...


def test_a_chapter_needs_what_its_first_analysis_cannot_do_without():
    assert need_of("x", [first, second]) == Need("x", ("orders",), ("contacts", "events"))
    assert need_of("x", [third, first]) == Need("x", ("effort_survey",), ("orders",))
    assert need_of("x", [second]) == Need("x", ("orders", "contacts"), ("events",))


@pytest.mark.parametrize(
    ("tables", "state"),
    [((), "lacks"), (("contacts",), "lacks"), (("orders",), "less"), (("orders", "contacts"), "now")],
)
def test_the_state_of_a_chapter(tables, state):
    assert Need("x", ("orders",), ("contacts",)).state(tables) == state
    assert Need("x", ("orders",), ("contacts",), coming=True).state(tables) == "coming"


@pytest.fixture
def empty(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl")


def test_every_chapter_of_the_book_is_there_once(empty):
    found = readiness.measure(empty)
    numbers = [need.chapter[:2] for need in found.asked]
    assert numbers == sorted(set(numbers))
    assert {f"{n:02}" for n in range(1, 14)} <= set(numbers)


def test_tables_named_for_chapters_to_come_exist():
    for coming in chapters.COMING.values():
        assert set(coming.needs) | set(coming.helps) <= set(TABLES)
        assert not set(coming.needs) & set(coming.helps)


def test_an_empty_shop_can_run_nothing_and_is_told_what_is_wanted(empty):
    found = readiness.measure(empty)
    rows = found.table.set_index("chapter")
    assert rows.loc["03_effort_survey", "state"] == "lacks"
    assert rows.loc["03_effort_survey", "lacks"] == ["effort_survey"]
    assert found.text.startswith("0 of ")
    assert "03_effort_survey" in found.missing()["effort_survey"]


def test_the_demo_runs_every_chapter_that_is_there():
    found = readiness.measure(open_shop())
    states = {need.state(found.tables) for need in found.asked if not need.coming}
    assert states == {"now"}
    assert found.missing() == {}


def test_what_the_signatures_ask_is_what_the_functions_take():
    for analysis in chapters.analyses():
        taken = {name for name in inspect.signature(analysis).parameters if name in TABLES}
        assert set(readiness._parameters(analysis)) == taken


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_it_is_said_and_drawn_in_both_languages(empty, spoken):
    with speaking(spoken):
        found = readiness.measure(empty)
        figure = found.plot()
        kinds = {trace.name: [x for x in trace.x if x] for trace in figure.data}
        cells = found.cells()
    assert len(cells) == len(found.asked)
    lacking = sum(len(need.needs) for need in found.asked)
    assert sorted(map(len, kinds.values()))[:2] == [0, 0]  # nothing is there
    assert lacking in map(len, kinds.values())
    assert not any("_" in cell for row in cells for cell in row)
