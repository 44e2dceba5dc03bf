"""Results: tables as people read them, in both languages, with nothing odd in a cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from csworkbook import language, results
from csworkbook.results import Result, Vocabulary
from csworkbook.vocabulary import COMMON


@dataclass(frozen=True)
class Two(Result):
    """A result of two columns and a sentence that holds what a customer typed."""

    shown: ClassVar[tuple[str, ...]] = ("stage", "share")

    @property
    def text(self) -> str:
        return "After purchase: <b>1.5</b> points & more. The second sentence."


def table(rows=2):
    return pd.DataFrame({"share": [1 / 3] * rows, "stage": ["after"] * rows, "hidden": ["x"] * rows})


@pytest.mark.parametrize(
    ("column", "value", "en", "nl"),
    [
        ("share", 1 / 3, "33.3%", "33,3%"),
        ("share", np.float64("nan"), "–", "–"),
        ("share", None, "–", "–"),
        ("difference", -0.16, "-16.0", "-16,0"),
        ("count", 12345, "12,345", "12.345"),
        ("count", np.int64(7), "7", "7"),
        ("value", 1234567.0, "€1,234,567", "€\u00a01.234.567"),
        ("p", 0.0004, "< 0.001", "< 0,001"),
        ("p", 0.04567, "0.046", "0,046"),
        ("week", pd.Timestamp("2026-03-02"), "2 Mar 2026", "2 mrt 2026"),
        ("month", pd.Timestamp("2026-03-01"), "March 2026", "maart 2026"),
        ("month", date(2026, 5, 1), "May 2026", "mei 2026"),
        ("week", pd.NaT, "–", "–"),
        ("small", True, "yes", "ja"),
        ("small", False, "", ""),
        ("answer", 3, "Far too much", "Veel te veel"),
        ("verdict", "cannot tell yet", "cannot tell yet", "nog niet te zeggen"),
        ("device", "what a customer typed", "what a customer typed", "what a customer typed"),
        ("words", ["a", "b"], "a / b", "a / b"),
        ("orders_each", 1.23456, "1.23", "1,23"),
    ],
)  # fmt: skip
def test_a_cell_is_what_people_read(column, value, en, nl):
    assert COMMON.cell(column, value) == en
    with language.speaking("nl"):
        assert COMMON.cell(column, value) == nl


@pytest.mark.parametrize(
    ("column", "kind"),
    [("share", "share"), ("net", "points"), ("n", "count"), ("value", "money"), ("p", "number"), ("week", "date"),
     ("device", "")],
)  # fmt: skip
def test_kind_of_a_column(column, kind):
    assert COMMON.sheet_kind(column) == kind


def test_only_the_shown_columns_are_shown_in_their_order():
    two = Two(table())
    assert two.columns == ["stage", "share"]
    assert two.heads() == ["Stage", "Share"]
    assert two.cells() == [["After purchase", "33.3%"]] * 2
    assert two.kinds() == {"Stage": "", "Share": "share"}


def test_a_result_without_shown_columns_shows_all():
    assert Result(table()).columns == ["share", "stage", "hidden"]


def test_the_sheet_keeps_numbers_as_numbers_and_says_words_in_dutch():
    with language.speaking("nl"):
        sheet = Two(table()).sheet()
    assert sheet.columns.tolist() == ["Fase", "Aandeel"]
    assert sheet["Aandeel"].tolist() == [1 / 3, 1 / 3]
    assert sheet["Fase"].tolist() == ["Na de aankoop"] * 2


def test_answers_sort_in_their_own_order():
    @dataclass(frozen=True)
    class Asked(Result):
        pass

    sorted_ = Asked(pd.DataFrame({"answer": [3, 1, 2]})).sortable().sort_values("answer")
    assert sorted_["answer"].tolist() == [1, 2, 3]
    assert Asked(sorted_).cells() == [["Hardly any"], ["Some"], ["Far too much"]]


def test_a_chapter_adds_its_own_names_to_the_common_ones():
    def heads():
        return {"gap": "Kloof" if language.current() == "nl" else "Gap"}

    own = Vocabulary(
        heads, lambda: {"empathy": "Personal attention"}, {"gap": "score", "share": "count"}, ("part",)
    )
    assert (own.head("gap"), own.head("share"), own.head("shoe size")) == ("Gap", "Share", "shoe size")
    assert own.cell("part", "empathy") == "Personal attention"
    assert (own.cell("gap", -1 / 3), own.cell("share", 3.0), own.cell("net", 0.1)) == ("-0.33", "3", "10.0")
    assert (own.sheet_kind("gap"), own.sheet_kind("low"), own.sheet_kind("part")) == ("number", "share", "")
    with language.speaking("nl"):
        assert own.head("gap") == "Kloof"


def test_a_number_in_a_column_without_a_name_stays_a_number_in_the_sheet():
    sheet = Result(pd.DataFrame({"pieces": [1, 2], "answer": [1, 2]})).sheet()
    assert sheet.iloc[:, 0].tolist() == [1, 2]
    assert sheet.iloc[:, 1].tolist() == ["Hardly any", "Some"]


def test_the_headline_is_the_first_sentence_and_a_point_in_a_number_does_not_end_it():
    assert Two(table()).headline == "After purchase: <b>1.5</b> points & more."


def test_html_is_escaped():
    class Nasty(Two):
        shown = ("stage",)

    frame = pd.DataFrame({"stage": ["<script>alert(1)</script>"]})
    html = Nasty(frame)._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;b&gt;1.5&lt;/b&gt;" in html


def test_a_long_table_says_how_many_rows_are_left():
    html = Two(table(45))._repr_html_()
    assert html.count("<tr>") == 1 + 30
    assert "15 more rows" in html
    assert "more rows" not in Two(table(30))._repr_html_()


def test_looking_changes_nothing():
    frame = table()
    before = frame.copy(deep=True)
    two = Two(frame)
    two.cells(), two.sheet(), two._repr_html_(), two.kinds()
    pd.testing.assert_frame_equal(frame, before)


def test_a_question_stays_with_its_function():
    @results.question("Why?")
    def why():
        return 1

    assert why.question == "Why?"
    assert why() == 1


@pytest.mark.parametrize("value", [True, 4, 2.5, None, "Choosing something"])
def test_what_is_no_word_of_ours_is_left_alone(value):
    assert results.word(value) is value


def test_no_result_takes_the_name_of_a_part_of_every_result():
    """A table is downloaded by parts that all results share: a part with other parameters breaks it unseen."""
    import importlib
    import inspect
    import pkgutil

    import csworkbook

    for found in pkgutil.walk_packages(csworkbook.__path__, "csworkbook."):
        if found.name.endswith(("_result", "_results")):
            importlib.import_module(found.name)
    known, todo = set(), [Result]
    while todo:
        known |= set(todo)
        todo = [sub for one in todo for sub in one.__subclasses__()]
    parts = {name: part for name, part in vars(Result).items() if inspect.isfunction(part)}
    own = [
        (one, name) for one in known - {Result} for name in parts if inspect.isfunction(vars(one).get(name))
    ]
    wrong = [
        f"{one.__name__}.{name}"
        for one, name in own
        if not name.startswith("__")
        and list(inspect.signature(vars(one)[name]).parameters)[:2]
        != list(inspect.signature(parts[name]).parameters)[:2]
    ]
    assert not wrong
