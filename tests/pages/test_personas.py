"""Finding personas on a page: step by step, stopped, kept, named, brought new data, taken home."""

import asyncio
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import pytest

from csworkbook import personas
from csworkbook.errors import DataError
from csworkbook.pages import saved_personas
from csworkbook.pages.page import welcome
from csworkbook.pages.panel import panel
from csworkbook.pages.personas import find_personas
from csworkbook.pages.talking import seen
from csworkbook.personas import Saved
from csworkbook.personas.saved import KEY, KIND
from csworkbook.results import Result, question
from csworkbook.shop import new_shop, open_shop
from csworkbook.visits import visit

from .personas_shop import TYPES, alike, customers, fill, type_in

_MOST = 4  # the largest number of groups that is tried here: fewer trials
VISIT, OTHER = "ab" * 16, "cd" * 16


@pytest.fixture(autouse=True)
def _few_trials(monkeypatch):
    monkeypatch.setattr(personas, "finding", partial(personas.finding, most=_MOST))


@pytest.fixture
def empty(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsen & Zn.", language="nl")


@pytest.fixture
def shop(empty):
    return fill(empty, *customers())


@pytest.fixture
def demo(tmp_path, monkeypatch):
    """The demo shop with few customers, so that finding takes no time, and visits that are kept."""
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path / "visits"))
    shop = open_shop()
    orders, lines = customers(per_type=40)
    shop._frames |= {
        "orders": orders,
        "order_lines": lines,
        "contacts": None,
        "returns": None,
        "events": None,
    }
    welcome(shop)
    return shop


def greet(form, visit_id=VISIT):
    form.page.visit._hello({"visit": visit_id, "stored": {}}, [])


def stored(shop, key=KEY):
    return Saved.read(open_shop(shop.folder).store.get(KIND, key))


def in_a_loop(work):
    """Run a coroutine in an event loop, as a kernel has one."""
    asyncio.run(work())


@question("Who?")
def who(orders, order_lines=None, contacts=None, returns=None, *, personas=None):
    """A panel about personas, as the chapter has them."""
    return Who(pd.DataFrame({"persona": [name or "–" for name in personas.names]}))


class Who(Result):
    @property
    def text(self):
        return "Who."

    def plot(self):
        return go.Figure()


def test_they_are_found_on_the_first_visit_and_kept(shop):
    form = find_personas(shop)
    assert form.saved.k == len(TYPES)
    assert stored(shop) == form.saved
    labels = form.panel.result.labels
    assert labels.groupby(labels.index.str.split("-").str[0]).nunique().tolist() == [1, 1, 1]
    assert seen(form.panel)
    assert seen(form.files)
    assert len(form.names.boxes) == 3
    assert "Found on the orders up to" in form._said.value


def test_what_is_kept_is_shown_and_not_looked_for_again(shop, monkeypatch):
    first = find_personas(shop).saved
    monkeypatch.setattr(personas, "finding", None)  # whoever looks again falls over
    again = find_personas(open_shop(shop.folder))
    assert again.saved == first
    assert again.panel.result.k == 3
    assert not again._trouble.children


def test_a_name_is_kept_while_it_is_typed_and_every_panel_follows(shop):
    form = find_personas(shop)
    other = panel(shop, who)
    answer = type_in(form, 2, "  Koken &  tafelen <b> ")
    assert answer["text"] == "Koken & tafelen <b>"
    assert stored(shop).names == ["", "Koken & tafelen <b>", ""]
    assert "Koken & tafelen <b>" in form.panel.result.names
    assert other.result.table["persona"].tolist() == ["–", "Koken & tafelen <b>", "–"]
    again = find_personas(open_shop(shop.folder))
    assert [box.text for box in again.names.boxes] == ["", "Koken & tafelen <b>", ""]
    proposed = again.panel.result.names
    type_in(again, 2, "  ")
    assert stored(shop).names == ["", "", ""]
    assert again.panel.result.names[1] not in ("", "Koken & tafelen <b>")
    assert again.panel.result.names[::2] == proposed[::2]


@pytest.mark.parametrize("name", ["x" * 61, "tuin"])
def test_a_name_that_cannot_be_is_explained_and_nothing_changes(shop, name):
    form = find_personas(shop)
    type_in(form, 1, "Tuin")
    with pytest.raises(Exception, match=r"60|tuin"):
        type_in(form, 2, name)
    assert stored(shop).names == ["Tuin", "", ""]


def test_the_boxes_are_made_once(shop):
    form = find_personas(shop)
    before = list(form.names.boxes)
    type_in(form, 1, "Tuin")
    greet(form)
    form.refresh()
    assert form.names.boxes == before
    assert form.names.boxes[0].text == "Tuin"


def test_two_pages_do_not_wipe_each_others_names(shop):
    one, two = find_personas(shop), find_personas(open_shop(shop.folder))
    type_in(one, 1, "Een")
    type_in(two, 2, "Twee")
    assert stored(shop).names == ["Een", "Twee", ""]
    two._k.value = 2
    two._find.click()
    with pytest.raises(DataError, match="found again on another page"):
        type_in(one, 3, "Drie")
    assert stored(shop).k == 2


def test_found_again_the_names_stay_and_the_way_back_is_open(shop):
    form = find_personas(shop)
    type_in(form, 1, "Een")
    first = form.saved
    form._k.value = 2
    form._find.click()
    assert form.saved.k == 2
    assert seen(form._back)
    form._back.click()
    assert form.saved == first
    assert form.panel.result.k == 3
    form._k.value = None
    form._find.click()
    assert form.saved.names == ["Een", "", ""]  # the same customers keep the name they were given


def test_while_it_looks_it_says_how_far_and_can_be_stopped(shop, monkeypatch):
    monkeypatch.setattr("csworkbook.pages.turns._TURN", 0)

    async def page():
        form = find_personas(shop)
        other = panel(shop, who)
        assert form.turns.busy
        assert seen(form._progress)
        assert not seen(form._find)
        while "value=" not in form._progress.value:
            await asyncio.sleep(0.001)
        assert "steps" in form._progress.value
        form._stop.click()
        assert not form.turns.busy
        assert form.saved is None
        assert "stopped" in form._said.value
        assert (seen(form._progress), seen(form._stop), seen(form._find)) == (False, False, True)
        await asyncio.sleep(1)
        greet(form)  # the browser came back: it was stopped, and stays so
        assert not form.turns.busy
        assert other.result is None
        form._find.click()
        while form.turns.busy:
            await asyncio.sleep(0.01)
        assert form.saved.k == 3
        before = form.saved
        form._k.value = 2
        form._find.click()
        await asyncio.sleep(0.02)
        form._stop.click()
        assert form.saved == before == stored(shop)
        assert seen(form.panel)
        assert "all stays as it was" in form._said.value

    in_a_loop(page)


def test_the_demo_waits_until_a_browser_came_and_keeps_them_with_its_visitor(demo):
    form = find_personas(demo)
    other = panel(demo, who)
    other.prepare()
    assert form.saved is None
    assert not form.turns.busy
    greet(form)
    assert form.saved.k == 3
    type_in(form, 1, "Mijn naam")
    assert saved_personas.read(visit(VISIT).store, "demo").names[0] == "Mijn naam"
    assert visit(VISIT).store.get(KIND, KEY) is None  # his own shop has none yet
    assert open_shop().store.all(KIND) == {}
    assert visit(OTHER).store.all(KIND) == {}
    assert other.result.table["persona"][0] == "Mijn naam"


def test_a_warm_kernel_does_not_look_for_an_own_shop_either(shop):
    welcome(shop)
    form = find_personas(shop)
    assert form.saved is None
    assert stored(shop) is None
    greet(form)
    assert stored(shop).k == 3


def test_own_orders_dropped_on_the_demo_page_bring_own_personas(demo):
    form = find_personas(demo)
    greet(form)
    theirs = form.saved
    own = fill(visit(VISIT), *customers(per_type=50, seed=3))
    form.page.show(own)
    assert form.saved.k == 3
    assert form.saved != theirs
    assert stored(own) == form.saved
    assert len(form.panel.result.labels) == 150
    form.page.show(demo)
    assert form.saved == theirs


def test_later_customers_join_the_personas_that_were_found(shop):
    form = find_personas(shop)
    type_in(form, 1, "Een")
    before = form.saved
    orders, lines = customers(per_type=80, start="2025-06-02")
    fill(shop, orders, lines)
    again = find_personas(open_shop(shop.folder))
    assert again.saved == before
    assert len(again.panel.result.labels) == 240
    assert "Customers who came since" in again._said.value


def test_without_orders_it_says_what_it_needs(empty):
    form = find_personas(empty)
    other = panel(empty, who)
    assert form.saved is None
    assert "orders" in form._said.value
    assert not seen(form.panel)
    assert not seen(form._find)
    assert "orders" in other._words.value


def test_no_clear_groups_is_said_with_what_to_do(empty):
    alike(own_level=0.6).to_parquet(empty._tables / "orders.parquet", index=False)
    form = find_personas(empty)
    assert form.saved.k == 0
    assert "do not fall into clear groups" in form._said.value
    assert "how many groups you want" in form._said.value
    assert (seen(form.panel), seen(form.names), seen(form.files)) == (False, False, False)
    other = panel(empty, who)
    assert "nothing to tell apart" in other._words.value
    assert "csw-error" not in other._words.value
    again = find_personas(open_shop(empty.folder))
    assert again.saved.k == 0  # kept too, and not looked for on every visit
    form._k.value = 2
    form._find.click()
    assert form.saved.k == 2  # asked for, so given
    assert "take care" in form.panel.result.text


def test_a_number_is_not_offered_where_customers_do_not_differ_at_all(empty):
    alike(own_level=0).to_parquet(empty._tables / "orders.parquet", index=False)
    form = find_personas(empty)
    assert form.saved.k == 0
    assert "how many groups you want" not in form._said.value


def test_a_failure_is_told_and_what_was_there_stays(shop, monkeypatch):
    form = find_personas(shop)
    before = form.saved

    def broken(features, **options):
        raise DataError("Not enough customers.")
        yield

    monkeypatch.setattr(personas, "finding", broken)
    form._find.click()
    assert "Not enough customers." in form._trouble.children[0].value
    assert form.saved == before
    assert seen(form._find)


def test_a_first_search_that_fails_leaves_the_button(shop, monkeypatch):
    def broken(features, **options):
        raise ZeroDivisionError("1/0")
        yield

    monkeypatch.setattr(personas, "finding", broken)
    form = find_personas(shop)
    assert "could not be worked out" in form._trouble.children[0].value
    assert "did not come to an end" in form._said.value
    assert seen(form._find)
    monkeypatch.undo()
    form._find.click()
    assert form.saved.k == 3
    assert not form._trouble.children


def test_other_data_are_looked_at_with_a_number_of_their_own(shop, tmp_path):
    form = find_personas(shop)
    form._k.value = 2
    form._find.click()
    assert form.saved.k == 2
    other = fill(new_shop(tmp_path / "other", name="Tuin", language="nl"), *customers(seed=4))
    form.page.show(other)
    assert form.saved.k == 3
    assert stored(shop).k == 2


def test_a_search_for_other_data_takes_the_place_of_the_one_going_on(shop, tmp_path):
    other = fill(new_shop(tmp_path / "other", name="Tuin", language="nl"), *customers(per_type=50))

    async def page():
        form = find_personas(shop)
        assert form.turns.busy
        form.page.show(other)
        while form.turns.busy:
            await asyncio.sleep(0.01)
        assert stored(shop) is None
        assert stored(other) == form.saved
        assert form.saved.why["customers"] == 150

    in_a_loop(page)


def test_panels_say_that_personas_are_still_looked_for(shop):
    async def page():
        form = find_personas(shop)
        other = panel(shop, who)
        other.refresh()
        assert "looked for" in other._words.value
        assert "csw-error" not in other._words.value
        form._stop.click()

    in_a_loop(page)
