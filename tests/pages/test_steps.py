"""Choosing the steps of a funnel: proposed, changed, saved, tried in the demo shop, kept over a reload."""

import json

import pandas as pd
import plotly.graph_objects as go
import pytest

from csworkbook import language
from csworkbook.events.proposed import ROLES
from csworkbook.pages import chooser
from csworkbook.pages.page import Page
from csworkbook.pages.panel import panel
from csworkbook.pages.steps import funnel_steps
from csworkbook.pages.talking import seen
from csworkbook.results import Result, question
from csworkbook.settings import MOST_EVENTS
from csworkbook.shop import new_shop, open_shop

# what 20 visitors did, one minute apart; the first 12 fill a basket, the first 6 of these pay
LOG = [
    (f"v{v}", 60 * v + 5 * n, step)
    for v in range(20)
    for n, step in enumerate(["look", "in the bag"][: 2 if v < 12 else 1] + ["pay now", "all done"] * (v < 6))
]
OWN = [
    {"name": "Kijken", "step": ["look"], "role": "product"},
    {"name": "Mand", "step": ["in the bag"], "role": "cart"},
    {"name": "Klaar", "step": ["all done"], "role": "paid"},
]
VISIT = "a" * 32


class Told(Result):
    @property
    def text(self):
        return "Told."

    def plot(self):
        return go.Figure()


@question("Which steps?")
def which(events, steps=None):
    names = [step["name"] for step in steps] if steps else ["proposal"]
    return Told(pd.DataFrame({"said": names}))


def log(rows):
    start = pd.Timestamp("2026-01-05 09:00")
    lines = [f"{visitor},{start + pd.Timedelta(seconds=at)},{step}" for visitor, at, step in rows]
    return "visitor,time,event\n" + "\n".join(lines) + "\n"


def brought(shop, tmp_path, rows, name="log.csv"):
    path = tmp_path / name
    path.write_text(log(rows), "utf-8")
    for found in shop.read(path, filename=name):
        shop = shop.add(found)
    return shop


@pytest.fixture
def shop(tmp_path):
    return brought(new_shop(tmp_path / "shop", name="Fietsenwinkel", language="nl"), tmp_path, LOG)


@pytest.fixture
def visits(tmp_path, monkeypatch):
    """Where the server keeps what visitors of the demo bring and type."""
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path / "visits"))


def hello(page, stored=None):
    page.visit._hello({"visit": VISIT, "stored": stored or {}}, [])


def names(rows):
    return [row["name"] for row in rows]


def events(rows):
    return [row["step"] for row in rows]


# ---------------------------------------------------------------- what is proposed
def test_the_demo_shop_is_proposed_what_it_holds():
    box = funnel_steps(open_shop())
    steps = [name for row in box.chooser.rows for name in row["step"]]
    assert [row["role"] for row in box.chooser.rows] == steps
    assert set(steps) <= set(ROLES)
    assert steps[-4:] == ["checkout", "delivery", "payment", "paid"]
    assert "Cart" in names(box.chooser.rows)
    assert not box.chooser.changed
    assert not box.chooser.own
    assert box.chooser.hints == []


def test_in_dutch_the_proposal_has_dutch_names():
    with language.speaking("nl"):
        box = funnel_steps(open_shop())
    assert "Winkelwagen" in names(box.chooser.rows)
    assert "Winkelwagen" in box.chooser.summary


def test_known_words_of_an_own_log_are_proposed_under_names_of_the_page(tmp_path):
    steps = ["view_item", "Add to cart", "gegevens", "kassa", "purchase"]
    rows = [(f"v{v}", 60 * v + 5 * n, step) for v in range(12) for n, step in enumerate(steps)]
    with language.speaking("nl"):
        box = funnel_steps(brought(new_shop(tmp_path / "shop", name="x", language="nl"), tmp_path, rows))
        assert box.chooser.summary == "Productpagina → Winkelwagen → gegevens → kassa → Betaald"
        assert [row["role"] for row in box.chooser.rows] == [
            "product",
            "cart",
            "checkout",
            "checkout",
            "paid",
        ]
        assert events(box.chooser.rows) == [[step] for step in steps]  # what is counted is what the log says
        assert "5" in box.save(box.chooser.rows)


def test_names_nobody_knows_are_proposed_as_they_are(shop):
    box = funnel_steps(shop)
    proposed = [name for row in box.chooser.rows for name in row["step"]]
    assert sorted(proposed, key=proposed.index) == proposed
    assert set(proposed) <= {"look", "in the bag", "pay now", "all done"}
    assert len(proposed) >= 2


def test_what_the_log_holds_is_counted(shop):
    found = {one["step"]: one["about"] for one in funnel_steps(shop).search("")["found"]}
    assert len(found) == 4
    assert found["look"].startswith("20 times · 20 visitors · since 5 Jan 2026")
    assert found["pay now"].startswith("6 times · 6 visitors")


def test_without_a_log_there_is_nothing_to_choose(tmp_path):
    box = funnel_steps(new_shop(tmp_path / "shop", name="x"))
    assert not seen(box.chooser)
    assert "log of visits" in box._about.value
    with pytest.raises(Exception, match="log of visits"):
        box.search("")


# ---------------------------------------------------------------- saving
def test_what_is_saved_holds_for_every_panel_and_page(shop):
    one, box = panel(shop, which), funnel_steps(shop)
    assert one.result.table["said"].tolist() == ["proposal"]
    assert "3" in box.save(OWN)
    assert one.result.table["said"].tolist() == ["Kijken", "Mand", "Klaar"]
    again = open_shop(shop.folder)
    assert again.settings.funnel_steps == OWN
    other = funnel_steps(again)
    assert other.chooser.rows == OWN
    assert other.chooser.own
    assert other.chooser.summary == "Kijken → Mand → Klaar"


def test_back_to_the_proposal(shop):
    one, box = panel(shop, which), funnel_steps(shop)
    proposed = box.chooser.rows
    box.save(OWN)
    box.back()
    assert open_shop(shop.folder).settings.funnel_steps == []
    assert one.result.table["said"].tolist() == ["proposal"]
    assert box.chooser.rows == proposed
    assert not box.chooser.own


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no step"),
        (OWN[:1], "2 to 20"),
        ([{**OWN[0], "name": ""}, OWN[1]], "Step 1"),
        ([{**OWN[0], "step": []}, OWN[1]], "“Kijken” has no events"),
        ([OWN[0], {**OWN[1], "name": "kijken"}], "Two steps"),
        ([OWN[0], {**OWN[1], "role": "till"}], "till"),
    ],
)
def test_what_cannot_be_saved_is_said_and_nothing_changes(shop, rows, said):
    before = (shop.folder / "workbook.toml").read_bytes()
    box, heard = funnel_steps(shop), []
    box.chooser.send = lambda content, buffers=None: heard.append(content)
    box.chooser._hear(None, {"kind": "save", "rows": rows, "ask": 1}, [])
    assert said in heard[0]["failed"]
    assert (shop.folder / "workbook.toml").read_bytes() == before


def test_what_a_browser_sends_can_be_anything(shop):
    box, heard = funnel_steps(shop), []
    box.chooser.send = lambda content, buffers=None: heard.append(content)
    for rows in (None, "x", [1], [{"name": 3, "step": 3}], [{"step": [None, {}]}], {"a": 1}):
        box.chooser._hear(None, {"kind": "save", "rows": rows, "ask": 1}, [])
    assert all("failed" in one for one in heard)
    box.chooser.value = "no json"
    assert box.chooser.rows == []
    box.chooser.value = json.dumps([1, 2])
    assert box.chooser.rows == []


# ---------------------------------------------------------------- what is odd
def hints(box, rows):
    box.chooser.show(rows, box._place())
    return [(hint["row"], hint["text"]) for hint in box.chooser.hints]


def test_a_name_that_never_occurs_is_told_with_those_that_do(shop):
    (told,) = hints(funnel_steps(shop), [OWN[0], {**OWN[1], "step": ["wagon"]}, OWN[2]])
    assert told[0] == 1
    assert "“wagon” does not occur" in told[1]
    assert "“look”" in told[1]


def test_a_name_in_two_steps_is_told(shop):
    (told,) = hints(funnel_steps(shop), [OWN[0], {**OWN[1], "step": ["in the bag", "look"]}])
    assert told[0] == 1
    assert "“look” also counts as “Kijken”" in told[1]


def test_steps_in_the_wrong_order_are_told_with_how_many_go_the_other_way(shop):
    (told,) = hints(funnel_steps(shop), [OWN[1], OWN[0]])
    assert told[0] == 1
    assert told[1].startswith("12 of the 12 visitors who did both came to “Kijken” before “Mand”")
    assert hints(funnel_steps(shop), OWN) == []


def test_few_visitors_say_nothing_about_order(shop):
    assert hints(funnel_steps(shop), [OWN[2], OWN[0]]) == []  # six visitors did both


# ---------------------------------------------------------------- thousands of names
@pytest.fixture
def pages(tmp_path):
    """A log of 5,000 pages: 4,900 of products, each seen once, and 100 of a blog, seen twice."""
    rows = [(f"v{n % 50}", n, f"/product/{n}") for n in range(4900)]
    rows += [(f"v{n % 50}", n, f"/blog/{n % 100}") for n in range(200)]
    shop = new_shop(tmp_path / "pages", name="Pagina's")
    return funnel_steps(brought(shop, tmp_path, rows, "pages.csv"))


def test_a_search_shows_the_most_frequent_and_says_how_many_there_are(pages):
    found = pages.search("")
    assert len(found["found"]) == 25
    assert all(one["step"].startswith("/blog/") for one in found["found"])
    assert found["said"] == "5,000 found; the 25 most frequent are shown."
    assert found["all"] == ""
    assert pages.search("BLOG 17")["found"][0]["step"] == "/blog/17"
    assert pages.search("nowhere") == {"found": [], "said": "0 found", "all": ""}
    assert "5,000 most frequent" in pages.chooser.listed


def test_all_names_with_a_text_in_them_are_added_at_once(pages):
    assert pages.search("/blog/")["all"] == "Add all 100 with “/blog/”"
    assert sorted(pages.every("/blog/")) == sorted(f"/blog/{n}" for n in range(100))
    assert pages.every(" ") == []
    assert len(pages.every("/")) == MOST_EVENTS
    many = pages.every("/product/1")
    assert len(many) == 1111  # 1, 10–19, 100–199 and 1000–1999
    assert "2" in pages.save(
        [{"name": "Blog", "step": pages.every("/blog/")}, {"name": "Product", "step": many}]
    )
    assert len(open_shop(pages.page.shop.folder).settings.funnel_steps[1]["step"]) == 1111


# ---------------------------------------------------------------- the demo shop
def test_in_the_demo_other_steps_hold_for_this_page(visits):
    shop = open_shop()
    Page.of(shop).expects_greeting = True
    one, box = panel(shop, which), funnel_steps(shop)
    hello(Page.of(shop))
    rows = [
        {"name": "In de wagen", "step": ["cart"], "role": "cart"},
        {"name": "Verkocht", "step": ["paid"], "role": "paid"},
    ]
    box.save(rows)
    assert one.result.table["said"].tolist() == ["In de wagen", "Verkocht"]
    assert box.chooser.own
    assert shop.settings.funnel_steps == []
    assert open_shop().settings.funnel_steps == []

    again = open_shop()  # a reload, or the next chapter
    Page.of(again).expects_greeting = True
    one, two, box = panel(again, which), panel(again, which), funnel_steps(again)
    assert box.chooser.rows != rows  # nobody knows yet whose page it is
    assert two.prepared  # worked out ahead, with the proposal
    hello(Page.of(again))
    assert box.chooser.rows == rows
    for shown in (one, two):
        assert shown.result.table["said"].tolist() == ["In de wagen", "Verkocht"]
    box.back()
    assert one.result.table["said"].tolist() == ["proposal"]
    assert not box.chooser.own


def test_what_a_visitor_of_the_demo_brings_has_steps_of_its_own(visits, tmp_path):
    shop = open_shop()
    page = Page.of(shop)
    one, box = panel(shop, which), funnel_steps(shop)
    hello(page)
    box.save([{"name": "A", "step": ["cart"], "role": ""}, {"name": "B", "step": ["paid"], "role": ""}])
    path = tmp_path / "log.csv"
    path.write_text(log(LOG), "utf-8")
    page.bring(*page.target.read(path, filename="log.csv"))
    assert one.result.table["said"].tolist() == ["proposal"]
    assert box.search("")["found"][0]["step"] == "look"
    box.save(OWN)
    assert one.result.table["said"].tolist() == ["Kijken", "Mand", "Klaar"]
    page.open(None)  # back to the demo
    assert one.result.table["said"].tolist() == ["A", "B"]


# ---------------------------------------------------------------- a reload before saving
def test_what_was_changed_and_not_saved_is_there_after_a_reload(shop):
    box = funnel_steps(shop)
    box.chooser.value = chooser.written(OWN[:2], box._place())
    assert box.chooser.changed
    assert box.chooser.opened
    stored = dict(Page.of(shop).visit.state)

    again = open_shop(shop.folder)
    other = funnel_steps(again)
    assert other.chooser.rows != OWN[:2]
    hello(Page.of(again), stored)
    assert other.chooser.rows == OWN[:2]
    assert other.chooser.changed
    other.save(OWN[:2])
    assert not other.chooser.changed
    assert Page.of(again).visit.state["funnel_steps.draft"] is None


def test_what_was_changed_stays_when_another_file_comes_in(shop, tmp_path):
    box = funnel_steps(shop)
    box.chooser.value = chooser.written(OWN[:2], box._place())
    Page.of(shop).show(shop)
    assert box.chooser.rows == OWN[:2]
    assert box.chooser.changed


def test_what_was_changed_for_one_shop_is_not_put_in_another(shop, tmp_path):
    box = funnel_steps(shop)
    box.chooser.value = chooser.written(OWN[:2], box._place())
    stored = dict(Page.of(shop).visit.state)
    other = funnel_steps(brought(new_shop(tmp_path / "b", name="b"), tmp_path, LOG[:30]))
    hello(other.page, stored)
    assert other.chooser.rows != OWN[:2]


def test_the_widgets_are_made_once(shop):
    box = funnel_steps(shop)
    before = (*box.children, box.chooser)
    hello(Page.of(shop))
    box.save(OWN)
    box.refresh()
    assert (*box.children, box.chooser) == before
