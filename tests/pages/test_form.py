"""The form that corrects a file: what it shows, and what it makes of what was chosen."""

import pytest

from csworkbook.errors import DataError
from csworkbook.intake.choices import Choices, Question
from csworkbook.intake.found import ColumnMatch
from csworkbook.language import speaking
from csworkbook.naming import column_name
from csworkbook.pages import account
from csworkbook.pages.form import LEAVE_OUT, SPLIT_BY, Form, doubtful
from csworkbook.tables import TABLES

DAY = ColumnMatch("Datum", "answered_at", 0.95, "time", ("01-02-2026", "02-02-2026"), "")
COLOUR = ColumnMatch("Kleur", "kleur", 0.7, "segment", ("rood",), "few words")
NAME = ColumnMatch("Naam", None, 0.9, "personal", ("A…",), "left out")
WEAK = ColumnMatch("V1", "after", 0.5, "whole", ("1",), "")
COLUMNS = (DAY, COLOUR, NAME, WEAK)
ORDER = Question("date", "Datum", "Which day is 01-02-2026?", (("1 Feb", "day"), ("2 Jan", "month")), "day")
WORD = Question("word", "V1", "What does “x” mean?", (("aside", ""), ("hardly any", "1")), "", "x")
COLUMN = Question("column", "V1", "Is “V1” the effort?", (("leave out", ""), ("after", "after")), "after")


@pytest.fixture
def made():
    said = []
    form = Form(
        "effort_survey", COLUMNS, (ORDER, WORD, COLUMN), Choices(), lambda choices: said.append(choices)
    )
    return form, said


def test_every_column_is_a_row_with_what_it_is_used_as(made):
    form, _said = made
    assert [row["value"] for row in form.rows] == ["answered_at", SPLIT_BY, LEAVE_OUT, "after"]
    assert [row["doubt"] for row in form.rows] == [False, False, False, True]
    assert form.rows[0]["examples"] == "01-02-2026, 02-02-2026"
    assert "Please check" in form.rows[3]["note"]
    assert (doubtful(WEAK), doubtful(NAME)) == (True, False)


def test_the_options_are_the_columns_of_the_table_in_the_language_spoken():
    with speaking("nl"):
        form = Form("orders", COLUMNS, (), Choices(), lambda _choices: None)
        assert {o["value"] for o in form.options} == {
            "",
            *(column.name for column in TABLES["orders"].columns),
        }
        assert column_name("revenue") in [option["label"] for option in form.options]
    assert SPLIT_BY in [option["value"] for option in Form("effort_survey", (), (), Choices(), print).options]


def test_only_what_was_changed_is_said(made):
    form, said = made
    changed = {
        "columns": {"Datum": "", "Kleur": SPLIT_BY, "Naam": SPLIT_BY},
        "answers": {"0": "month", "1": "1"},
    }
    form._apply({"changed": changed}, [])
    (choices,) = said
    assert choices.table == "effort_survey"
    assert choices.mapping == {"Datum": None, "Kleur": "kleur", "Naam": "Naam"}
    assert choices.dates == {"Datum": "month"}
    assert choices.words == {"V1": {"x": "1"}}


def test_what_was_said_before_stays(made):
    form, _said = made
    form.choices = Choices(mapping={"V1": "buying"}, scale="ease")
    form.changed = {"columns": {"Datum": ""}}
    assert form.chosen().mapping == {"V1": "buying", "Datum": None}
    assert form.chosen().scale == "ease"


@pytest.mark.parametrize(
    "changed",
    [
        {"columns": {"Nowhere": "after"}},
        {"answers": {"9": "day", "x": "day", "0": "year"}},
        {"answers": {"2": "after"}},
        "nothing",
    ],
)
def test_what_a_browser_makes_up_is_passed_over(made, changed):
    form, said = made
    form._apply({"changed": changed}, [])
    assert said == [Choices(table="effort_survey")]


def test_a_column_of_another_table_is_left_out(made):
    form, said = made
    form._apply({"changed": {"columns": {"Datum": "revenue"}}}, [])
    assert said[0].mapping == {"Datum": None}


def test_another_table_starts_without_a_mapping(made):
    form, said = made
    form.choices = Choices(mapping={"V1": "buying"})
    form._table({"table": "orders"}, [])
    assert said == [Choices(table="orders")]
    with pytest.raises(DataError):
        form._table({"table": "../etc"}, [])


@pytest.mark.parametrize(
    ("confidence", "said"), [(1.0, "certain"), (0.8, "fairly certain"), (0.5, "not certain: please check")]
)
def test_how_sure_in_words(confidence, said):
    assert account.certainty(confidence) == said


def test_many_notes_are_folded_away_and_none_is_markup():
    assert "<details" not in account.notes(["one", "two"])
    folded = account.notes(["a", "b", "<b>c</b>", "d"])
    assert "4 notes" in folded
    assert "&lt;b&gt;c" in folded
