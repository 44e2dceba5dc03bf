"""The form with targets: saved while somebody types, there after a reload, shown by every panel that asks."""

import pandas as pd
import plotly.graph_objects as go
import pytest

from csworkbook.language import speaking
from csworkbook.pages.page import welcome
from csworkbook.pages.panel import panel
from csworkbook.pages.targets import kpi_targets
from csworkbook.results import Result, question
from csworkbook.shop import new_shop, open_shop
from csworkbook.visits import make, visit

VISIT = "ab" * 16


@question("What?")
def aims(contacts=None, *, targets=None):
    """A panel that shows targets, as the chapter has them."""
    return Aims(pd.DataFrame({"aim": [f"{name} {value}" for name, value in sorted((targets or {}).items())]}))


class Aims(Result):
    @property
    def text(self):
        return "So."

    def plot(self):
        return go.Figure()


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsen & Zn.", language="nl")


@pytest.fixture
def demo(tmp_path, monkeypatch):
    """The page of the demo shop, with visits that are kept."""
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path / "visits"))
    shop = open_shop()
    welcome(shop)
    return shop


def greet(form, visit_id=VISIT):
    form.page.visit._hello({"visit": visit_id, "stored": {}}, [])


def type_in(form, metric, text):
    box, said = form.boxes[metric], []
    box.send = lambda content, buffers=None: said.append(content)
    box._hear(
        box, {"kind": "write", "ask": 1, "text": text, "base": "", "again": False, "place": box.place}, []
    )
    return said[-1]


def shown(panel):
    return panel.result.table["aim"].tolist()


def test_a_target_is_kept_while_it_is_typed_and_panels_follow(shop):
    form, other = kpi_targets(shop), panel(shop, aims)
    assert shown(other) == []
    assert "saved" in type_in(form, "first_contact", "75")
    assert open_shop(shop.folder).settings.targets == {"first_contact": 0.75}
    assert shown(other) == ["first_contact 0.75"]
    type_in(form, "first_contact", "")
    assert open_shop(shop.folder).settings.targets == {}
    assert shown(other) == []


def test_it_is_there_after_a_reload(shop):
    type_in(kpi_targets(shop), "reply", "24 uur")
    again = open_shop(shop.folder)
    with speaking("nl"):
        form, other = kpi_targets(again), panel(again, aims)
    assert form.boxes["reply"].text == "1440"
    assert shown(other) == ["reply 1440.0"]
    assert [box.text for name, box in form.boxes.items() if name != "reply"] == [""] * 12


def test_what_can_be_no_target_is_said_and_nothing_is_lost(shop):
    form = kpi_targets(shop)
    type_in(form, "first_contact", "75")
    answer = type_in(form, "first_contact", "7500")
    assert "0 to 100" in answer["failed"]
    assert open_shop(shop.folder).settings.targets == {"first_contact": 0.75}


def test_typing_does_not_make_the_page_begin_again(shop):
    form = kpi_targets(shop)
    type_in(form, "first_contact", "75")
    opened = []
    form.page.listen(lambda: opened.append(1))
    form.page.greet()
    assert opened == []


def test_settings_changed_elsewhere_are_seen(shop):
    form = kpi_targets(shop)
    other = panel(shop, aims)
    type_in(form, "first_contact", "75")
    from csworkbook.kpis import targets

    targets.keep(open_shop(shop.folder), "first_contact", 0.6)
    form.page.stamp = (0.0, 0.0)
    form.page.greet()
    assert form.boxes["first_contact"].text == "60"
    assert shown(other) == ["first_contact 0.6"]


def test_on_the_demo_page_they_are_the_visitors_own(demo):
    form, other = kpi_targets(demo), panel(demo, aims)
    assert {box.place for box in form.boxes.values()} == {""}  # nobody has said hello
    greet(form)
    assert "saved" in type_in(form, "nps", "20")
    assert shown(other) == ["nps 0.2"]
    assert demo.settings.targets == open_shop().settings.targets == {}
    again = open_shop()
    welcome(again)
    form, other = kpi_targets(again), panel(again, aims)
    greet(form)
    assert form.boxes["nps"].text == "20"
    assert shown(other) == ["nps 0.2"]
    greet(kpi_targets(open_shop()), "cd" * 16)
    assert visit("cd" * 16).settings.targets == {}


def test_what_a_visitor_typed_comes_along_into_his_workbook(demo, tmp_path, monkeypatch):
    form = kpi_targets(demo)
    greet(form)
    type_in(form, "nps", "20")
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("CSWORKBOOK_HOME", str(tmp_path / "home"))
    assert make("Eigen winkel", VISIT).settings.targets == {"nps": 0.2}


def test_another_shop_has_other_targets(demo):
    form, other = kpi_targets(demo), panel(demo, aims)
    greet(form)
    type_in(form, "nps", "20")
    form.page.show(form.page.target)
    assert shown(other) == ["nps 0.2"]
    form.page.show(demo)
    assert form.boxes["nps"].text == "20"
    assert shown(other) == ["nps 0.2"]


def test_a_text_of_another_shop_is_refused(shop):
    form = kpi_targets(shop)
    box, said = form.boxes["nps"], []
    box.send = lambda content, buffers=None: said.append(content)
    box._hear(
        box,
        {"kind": "write", "ask": 1, "text": "20", "base": "", "again": True, "place": "visit:target:nps"},
        [],
    )
    assert "another shop" in said[-1]["failed"]
    assert shop.settings.targets == {}
