"""The evidence register on a page: search, topic, age, what speaks against a figure, downloads."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from csworkbook import evidence, language
from csworkbook.pages import register as page
from csworkbook.shop import open_shop


@pytest.fixture(params=["en", "nl"])
def spoken(request):
    with language.speaking(request.param):
        yield request.param


@pytest.fixture
def register():
    return page.register(open_shop())


def ids(register):
    return [entry.id for entry in register.entries]


def column(register, place):
    return [row[place][0] for row in register.table.rows]


def test_at_first_every_figure_is_there(register, spoken):
    register.refresh()
    every = evidence.search()
    assert ids(register) == [entry.id for entry in every]
    assert column(register, 0) == [entry.claim for entry in every]
    assert column(register, 5) == [entry.caveat for entry in every]
    assert language.number(len(every)) in register.text
    assert all(all(text for text, _sort in row) for row in register.table.rows)


def test_what_is_typed_is_searched_and_counted(register):
    register.controls["words"].value = "friendly conversation"
    assert ids(register) == ["one-conversation-84"]
    assert column(register, 1) == ["84%"]
    assert column(register, 6) == ["88% (Handbook, 0.2)"]  # speaks against it
    assert register.text.startswith("1 of ")
    register.controls["words"].value = "nothing has these words"
    assert ids(register) == []
    assert register.table.rows == []
    assert register.text.startswith("None of the ")


def test_topic_and_age_narrow_it_down(register):
    register.controls["topic"].value = "chat"
    assert {entry.topic for entry in register.entries} == {"chat"}
    register.controls["age"].value = "2010"
    assert {entry.year for entry in register.entries} == {
        "2011",
        "2012",
        "2017",
    }  # the years chat figures have
    register.controls["age"].value = "undated"
    assert {entry.year for entry in register.entries} == {""}
    assert set(column(register, 3)) == {"not stated"}
    register.controls["topic"].value = None
    register.controls["age"].value = ""
    assert len(ids(register)) == len(evidence.search())


def test_a_chosen_row_shows_all_of_it_with_the_claims_that_speak_against_it(register, spoken):
    register.refresh()
    place = ids(register).index("chat-twinkle-17")
    register.table._row({"index": place}, [])
    card = register._detail.value
    entry, other = evidence.get("chat-twinkle-17"), evidence.get("chat-twinkle-43")
    for said in (entry.claim, entry.measured_on, entry.caveat, evidence.kinds()[entry.kind], other.claim):
        assert said in card
    register.controls["words"].value = "x"
    assert register._detail.value == ""


def test_what_is_typed_stays_text(register):
    register.controls["words"].value = "<script>alert(1)</script>"
    assert "<script" not in register._words.value
    assert ids(register) == []


@pytest.mark.parametrize("words", ["friendly conversation", "", "nothing has these words"])
def test_the_downloads_hold_what_is_shown(register, words, spoken):
    register.controls["words"].value = words
    register.refresh()
    name, _mime, content = register.xlsx()
    sheet = pd.read_excel(io.BytesIO(content), engine="calamine")
    assert name.endswith(".xlsx")
    assert sheet.iloc[:, 0].tolist() == ids(register)
    name, mime, content = register.csv()
    table = pd.read_csv(
        io.BytesIO(content), sep=";" if spoken == "nl" else ",", decimal="," if spoken == "nl" else "."
    )
    assert (name.endswith(".csv"), mime) == (True, "text/csv")
    assert table.iloc[:, 0].tolist() == ids(register)
    assert table.iloc[:, 3].tolist() == [entry.value for entry in register.entries]


def test_an_error_is_a_sentence_on_the_page(register, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("secret path")

    monkeypatch.setattr(page.evidence, "search", broken)
    register.controls["topic"].value = "chat"
    assert "csw-error" in register._words.value
    assert "secret" not in register._words.value


def test_what_was_chosen_is_remembered_and_put_back(register):
    register.controls["topic"].value = "chat"
    assert register.page.visit.state["register.topic"] == "chat"
    for restore in register.page.visit.restore_callbacks:
        restore({"register.words": "Forrester", "register.topic": None, "register.age": "2010"})
    assert {entry.source for entry in register.entries} == {"Forrester"}
