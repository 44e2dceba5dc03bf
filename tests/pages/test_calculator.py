"""The step calculator without a browser: numbers as people type them, saving, comparing, sharing."""

import json

import pytest

from csworkbook.errors import DataError
from csworkbook.export.report import report
from csworkbook.language import speaking
from csworkbook.pages import saved_funnels, take, typed_steps
from csworkbook.pages.calculator import calculator
from csworkbook.pages.page import explained, welcome
from csworkbook.pages.talking import seen
from csworkbook.pages.typed_steps import Row
from csworkbook.shop import new_shop, open_shop
from csworkbook.visits import visit

VISIT = "ab" * 16
OWN = [("Start", "2.000"), ("Winkelwagen", "0,25"), ("Betaald", "100")]


@pytest.fixture
def shop(tmp_path):
    return new_shop(tmp_path / "shop", name="Fietsen & Zn.", language="nl")


@pytest.fixture
def form(shop):
    return calculator(shop)


def type_in(form, steps):
    rows = [{"name": name, "typed": typed} for name, typed in steps]
    return form.steps._rows({"place": form.steps.place, "rows": rows}, [])


def shown(form):
    return [(row["name"], row["typed"]) for row in form.steps.rows]


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_it_begins_with_the_example_of_the_handbook(shop, spoken):
    with speaking(spoken):
        form = calculator(shop)
        assert form.steps.total == {"en": "7.6%", "nl": "7,6%"}[spoken]
        assert [row["typed"] for row in form.steps.rows] == [
            {"en": "1,000", "nl": "1.000"}[spoken], "66%", "33%", "58%", "60%",
        ]  # fmt: skip
        assert form.panel.result.table["visitors"].tolist() == [1000, 660, 218, 126, 76]
        assert take.found(form.page) == []  # nobody's figures bring no conclusions
        assert take.shown(form.page) == []
    assert saved_funnels.draft(shop.store) is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("66%", 0.66),
        (" 66 % ", 0.66),
        ("66\u00a0%", 0.66),
        ("0,66", 0.66),
        ("0.66", 0.66),
        (".66", 0.66),
        ("12,5", 0.125),
        ("12,5%", 0.125),
        ("7.6 %", 0.076),
        ("100%", 1.0),
        ("0%", 0.0),
        ("1,0", 1.0),
        ("1", 1),
        ("0", 0),
        ("66", 66),
        ("1000", 1000),
        ("1.000", 1000),
        ("1,000", 1000),
        ("1 000", 1000),
        ("1\u202f000", 1000),
        ("1'000", 1000),
        ("12.345.678", 12345678),
        ("0,125", 0.125),
    ],
)
@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_numbers_are_read_as_people_write_them_in_both_languages(typed, read, spoken):
    with speaking(spoken):
        found = typed_steps.value(typed)
    assert found == read
    assert type(found) is type(read)  # 1 is one visitor, 1.0 is everybody


@pytest.mark.parametrize(
    "typed", ["", " ", "many", "-5", "1.000,5", "12.34.5", "1e3", "½", "66%%", "%", "120%", "250,5", "1,00,000", "³"]
)  # fmt: skip
def test_what_is_no_number_is_refused_with_an_example(typed):
    with pytest.raises(DataError, match=r"66%|0 to 100%"):
        typed_steps.value(typed)


def test_each_row_says_how_it_was_read(form):
    answer = type_in(form, OWN)
    # 2,000 × 25 % = 500; 100 of 500 = 20 %; 100 of 2,000 = 5 %
    assert [one["said"] for one in answer["read"]] == [
        "2,000 visitors",
        "25% of the step before: 500 visitors",
        "100 visitors: 20% of the step before",
    ]
    assert (answer["total"], answer["wrong"]) == ("5.0%", "")
    assert form.panel.result.table["visitors"].tolist() == [2000, 500, 100]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([("Start", "66%"), ("Cart", "10")], "number of visitors, not a rate"),
        ([("Start", "100%"), ("Cart", "10")], "number of visitors, not a rate"),
        ([("Start", "1000")], "at least two steps"),
        ([("Start", "1000"), ("", "10")], "no name"),
        ([("Start", "1000"), ("start ", "10")], "twice"),
        ([("Start", "1000"), ("Cart", "2000")], "more visitors"),
        ([("Start", "1000"), ("Cart", "many")], "Cart: “many” is no number"),
        ([("Start", "1000"), ("Cart", "")], "Cart: There is no number yet"),
        ([], "at least two steps"),
    ],
)
def test_what_cannot_be_a_funnel_is_explained_and_still_kept(shop, form, steps, said):
    answer = type_in(form, steps)
    assert said in answer["wrong"]
    assert answer["total"] == "–"
    assert shown(calculator(open_shop(shop.folder))) == steps
    assert form.panel.result.table["visitors"].tolist() == [1000, 660, 218, 126, 76]  # the last that could be


def test_two_equal_names_are_said_once_and_not_called_saved(form):
    assert type_in(form, OWN)["saved"].startswith("saved at ")
    answer = type_in(form, [("Start", "1000"), ("start ", "10")])
    assert answer["saved"] == "kept as you typed it"
    form._name.value = "x"
    form._save.click()
    assert "twice" in form.steps.wrong
    assert "twice" not in form._trouble.children[0].value
    type_in(form, OWN)
    assert form._trouble.children == ()


def test_empty_rows_do_not_count(form):
    answer = type_in(form, [*OWN[:2], ("", " "), OWN[2]])
    assert answer["total"] == "5.0%"
    assert [one["said"] != "" for one in answer["read"]] == [True, True, False, True]


def test_what_was_typed_is_there_in_the_next_kernel_as_it_was_typed(shop, form):
    type_in(form, OWN)
    again = calculator(open_shop(shop.folder))
    assert shown(again) == OWN
    assert again.result.total == 0.05


def test_a_saved_funnel_is_opened_compared_replaced_and_deleted(shop, form):
    type_in(form, OWN)
    form._name.value = " Voorjaar  2026 "
    form._save.click()
    assert saved_funnels.names(shop.store) == ["Voorjaar 2026"]
    better = [*OWN[:2], ("Betaald", "200")]
    type_in(form, better)
    form._beside.value = "Voorjaar 2026"
    # 200 of 2,000 is 10 %, beside 5 %: 5 points more
    assert "5.0 points more" in form.panel.result.text
    assert form.panel.result.table["total_difference"].tolist() == pytest.approx([0, 0, 0.05])
    again = calculator(open_shop(shop.folder))
    assert again._beside.value == "Voorjaar 2026"
    form._save.click()
    assert "already" in form._trouble.children[0].value
    form._open.click()
    assert shown(form) == OWN
    form._undo.click()
    assert shown(form) == better
    form._name.value = "voorjaar 2026"
    form._save.click()
    form._save.click()
    assert saved_funnels.find(shop.store, "Voorjaar 2026")[0].total == 0.1
    assert saved_funnels.names(shop.store) == ["voorjaar 2026"]
    form._delete.first.click()
    form._delete.yes.click()
    assert saved_funnels.names(shop.store) == []
    assert form.panel.result.other is None
    assert shown(form) == better


def test_a_name_is_asked_for_and_a_wrong_funnel_is_not_saved(shop, form):
    form._save.click()
    assert "needs a name" in form._trouble.children[0].value
    form._name.value = "x"
    type_in(form, [("Start", "1000"), ("Cart", "2000")])
    form._save.click()
    assert form._trouble.children[0].value.count("more visitors") == 0  # it stands in the form already
    assert "mend the steps first" in form._trouble.children[0].value
    assert saved_funnels.names(shop.store) == []


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_a_funnel_is_shared_and_opened_by_somebody_of_another_language(form, shop, tmp_path, spoken):
    type_in(form, OWN)
    form._name.value = "Voor/jaar"
    form._save.click()
    name, mime, content = form._file()
    assert (name, mime) == ("voor-jaar.funnel.json", "application/json")
    assert json.loads(content)["steps"][1] == {"step": "Winkelwagen", "number": 0.25, "kind": "rate"}
    path = tmp_path / name
    path.write_bytes(content)
    with speaking(spoken):
        other = calculator(new_shop(tmp_path / "other", name="Tuin", language="nl"))
        assert name in other.take(name, path)
        start = {"en": "2,000", "nl": "2.000"}[spoken]
        assert shown(other) == [("Start", start), ("Winkelwagen", "25%"), ("Betaald", "100")]
        assert other.result.total == 0.05
        assert seen(other._undo)
        other._pasted.value = content.decode()
        other.paste()
    assert other.draft.name == "Voor/jaar"
    assert other._pasted.value == ""


@pytest.mark.parametrize(
    "content", ["", "niets", "[]", '{"kind": "iets anders"}', '{"kind": "csworkbook funnel", "version": 99}']
)
def test_a_wrong_file_changes_nothing_and_is_explained(form, tmp_path, content):
    type_in(form, OWN)
    path = tmp_path / "wrong.json"
    path.write_text(content)
    with pytest.raises(DataError) as caught:
        form.take("wrong.json", path)
    assert len(str(caught.value)) > 30
    form._pasted.value = content
    explained(form.paste, form._trouble)()
    assert str(caught.value) in form._trouble.children[0].value.replace("&quot;", '"')
    assert shown(form) == OWN


def test_odd_rows_from_a_browser_are_left_out(form):
    rows = [{"name": "a", "typed": "10"}, {"name": 3, "typed": "1"}, "x", {"name": "b", "typed": "x" * 500}]
    form.steps._rows({"place": form.steps.place, "rows": rows}, [])
    assert [row["name"] for row in form.steps.rows] == ["a", "b"]
    assert len(form.steps.rows[1]["typed"]) == typed_steps.LONGEST
    assert typed_steps.rows_of("nothing") == []


def test_rows_for_another_place_are_refused(form, shop):
    with pytest.raises(DataError, match="another shop"):
        form.steps._rows({"place": "elsewhere", "rows": []}, [])
    assert saved_funnels.draft(shop.store) is None


def test_on_the_demo_page_it_is_the_visitors_own(tmp_path, monkeypatch):
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path))
    demo = open_shop()
    welcome(demo)
    form = calculator(demo)
    assert form.steps.place == ""
    assert form.steps.total == "7.6%"
    form.page.visit._hello({"visit": VISIT, "stored": {}}, [])
    assert form.steps.place == "visit:calculator"
    type_in(form, OWN)
    form.panel.refresh()
    assert [row.typed for row in saved_funnels.draft(visit(VISIT).store).rows] == ["2.000", "0,25", "100"]
    html = report(demo, take.shown(form.page), take.found(form.page), title="x")
    assert "The funnel you typed" in html
    assert "what was typed are your own" in html


def test_a_typed_funnel_survives_a_refresh_and_widgets_are_made_once(form):
    type_in(form, OWN)
    before = form.children[0].children
    form.refresh()
    assert shown(form) == OWN
    assert form.children[0].children == before


@pytest.mark.parametrize("spoken", ["en", "nl"])
@pytest.mark.parametrize("share", [0.66, 0.333333, 0.1, 1.0, 0.0, 0.005])
def test_a_rate_is_written_so_that_it_is_read_as_the_same(share, spoken):
    with speaking(spoken):
        made = typed_steps.funnel([Row("a", "1000000"), Row("b", "1")])
        assert typed_steps.value(typed_steps.typed(made)[0].typed) == 1000000
        assert typed_steps.value(typed_steps._percentage(share)) == pytest.approx(share, abs=1e-12)


def test_what_was_typed_on_another_page_meanwhile_can_be_had_back(shop, form):
    type_in(form, OWN)
    other = calculator(open_shop(shop.folder))
    theirs = [("Start", "300"), ("Betaald", "3")]
    type_in(other, theirs)
    mine = [*OWN[:2], ("Betaald", "50")]
    type_in(form, mine)
    assert shown(calculator(open_shop(shop.folder))) == mine
    assert seen(form._undo)
    form._undo.click()
    assert shown(form) == theirs


def test_a_name_that_is_not_saved_yet_stays_while_the_rest_changes(form):
    type_in(form, OWN)
    form._name.value = "Voorjaar"
    form._save.click()
    form._name.value = "Zomer"
    form._beside.value = "Voorjaar"
    type_in(form, [*OWN[:2], ("Betaald", "50")])
    assert form._name.value == "Zomer"
