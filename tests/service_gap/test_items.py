"""The 22 statements, and the shop's own: there and back, and every mistake named."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import demo, language
from csworkbook.demo import stories
from csworkbook.errors import DataError, SettingError
from csworkbook.service_gap.items import content, is_usual, item_set, mapping, of_mapping
from csworkbook.settings import Settings, require


def test_the_22_as_parasuraman_zeithaml_and_berry_divide_them():
    # Journal of Retailing 64(1), 1988: items 1–4, 5–9, 10–13, 14–17, 18–22
    items = item_set()
    sizes = [(d, items.members(d)[0], items.members(d)[-1]) for d in items.dimensions]
    assert sizes == [
        ("tangibles", 1, 4), ("reliability", 5, 9), ("responsiveness", 10, 13), ("assurance", 14, 17), ("empathy", 18, 22),
    ]  # fmt: skip
    assert {d: len(items.members(d)) for d in items.dimensions} == stories.DIMENSIONS
    assert len(demo.truth()) > 0


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_every_statement_is_there_in_both_languages_and_different(spoken):
    items = item_set()
    with language.speaking(spoken):
        said = [items.statement(i) for i in items.dimension] + [items.label(i) for i in items.dimension]
    assert len(set(said)) == 44
    assert all(4 < len(one) < 80 for one in said)
    assert not any(word in " ".join(said).lower().split() for word in ("u", "uw", "xyz"))


def test_the_short_set_has_two_a_dimension():
    short = item_set().short()
    assert [len(short.members(d)) for d in short.dimensions] == [2, 2, 2, 2, 2]
    own = item_set({"1": "price", "2": "speed"})
    assert own.short() == own


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_the_mapping_goes_there_and_comes_back(spoken):
    with language.speaking(spoken):
        table = mapping(item_set())
        items, texts = of_mapping(table)
    assert {int(i): d for i, d in items.items()} == item_set().dimension
    assert texts["11"] == content()["item"][10][spoken][0]


def test_the_five_are_called_the_same_everywhere():
    from csworkbook import dimensions

    known = content()["dimensions"]
    assert dimensions.said() == {name: words["en"][0] for name, words in known.items()}
    assert dimensions.explained() == {name: words["en"][1] for name, words in known.items()}
    assert dimensions.of_items() == item_set().dimension


def test_the_usual_set_is_known_when_it_comes_back():
    items, texts = of_mapping(mapping(item_set()))
    assert is_usual(items, texts)
    assert not is_usual(items, texts | {"1": "is cheap"})
    assert not is_usual(items | {"1": "price"}, texts)


def test_own_dimensions_stay_as_they_are_written():
    table = pd.DataFrame(
        {"Nummer": ["1.0", "2", ""], "Dimensie": [" Prijs ", "betrouwbaarheid", ""], "Tekst": ["a", "", ""]}
    )
    assert of_mapping(table) == ({"1": "Prijs", "2": "reliability"}, {"1": "a"})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("1", "a"), ("x", "b")], r"Line 3: “x” is no item number.*1 to 22"),
        ([("1", "a"), ("23", "b")], "Line 3: “23” is no item number"),
        ([("0", "a")], "Line 2: “0”"),
        ([("1.5", "a")], "Line 2: “1.5”"),
        ([("1", "a"), ("1", "b")], "Line 3: item 1 stands there twice"),
        ([("1", "a"), ("2", " ")], "Line 3: item 2 has no dimension"),
        ([("", "a")], "Line 2: “” is no item number"),
        ([("1", "a")], "holds no items"),
        ([], "holds no items"),
    ],
)
def test_a_mistake_is_named_with_its_line(rows, said):
    with pytest.raises(DataError, match=said):
        of_mapping(pd.DataFrame(rows, columns=["item", "dimension"], dtype=object))


def test_a_missing_column_is_named():
    with pytest.raises(DataError, match=r"“dimension”.*item, dimension and text"):
        of_mapping(pd.DataFrame({"item": ["1"], "text": ["a"]}))


@pytest.mark.parametrize(
    ("items", "texts"),
    [
        ({"23": "a"}, {}),
        ({"one": "a"}, {}),
        ({"1": " "}, {}),
        ({"1": 3}, {}),
        ({"1": "a"}, {"2": "text"}),
        ({"1": "a"}, {"1": "x" * 301}),
    ],
)
def test_settings_that_cannot_be_are_refused(items, texts):
    with pytest.raises(SettingError, match=r"[Ii]tem"):
        require(Settings(service_items=items, service_texts=texts))
    with pytest.raises(SettingError):
        item_set(items, texts)


def test_settings_that_can_be_are_taken():
    require(Settings(service_items={"1": "price", "22": "speed"}, service_texts={"22": "is quick"}))


def test_an_own_item_without_a_text_has_its_number():
    items = item_set({"1": "price", "2": "speed"}, {"2": "is quick"})
    assert [items.label(1), items.label(2), items.statement(2)] == ["Item 1", "is quick", "is quick"]
