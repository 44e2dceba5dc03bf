"""Values and their limits in one cell, and what a page leaves to the download."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import language
from csworkbook.pages import limits
from csworkbook.results import Result, Vocabulary

SPACE = "\N{NO-BREAK SPACE}"
HYPHEN = "\N{NON-BREAKING HYPHEN}"


class Shares(Result):
    spare = ("p",)
    vocabulary = Vocabulary(kinds={"gain": "money", "gain_low": "money", "gain_high": "money"})


TABLE = pd.DataFrame(
    {
        "segment": ["a", "b"],
        "n": [12, 3],
        "share": [0.5, float("nan")],
        "low": [0.25, float("nan")],
        "high": [0.75, float("nan")],
        "p": [0.01, 0.5],
        "gain": [-20.0, 1500.0],
        "gain_low": [-35.0, -10.0],
        "gain_high": [-5.0, 3000.0],
    }
)


def test_limits_stand_beside_their_value_and_spare_columns_in_the_download():
    result = Shares(TABLE)
    found = limits.shown(result)
    assert list(found.heads) == list(found.frame) == ["segment", "n", "share", "gain"]
    assert found.limited == {"share", "gain"}
    assert [row[2].replace(SPACE, " ") for row in found.written] == ["50.0% (25.0 to 75.0)", "–"]
    assert result.sheet().shape == TABLE.shape
    assert found.frame["share"].tolist()[0] == 0.5  # what it sorts by is the value


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("81.3%", "79.0%", "83.4%"), "81.3% (79.0 to 83.4)"),
        (("-0.31", "-0.39", "-0.23"), "-0.31 (-0.39 to -0.23)"),
        (("€1,500", "€1,000", "€2,000"), "€1,500 (1,000 to 2,000)"),
        (("€6", "-€2", "€14"), "€6 (-€2 to €14)"),
        (("2 minutes", "90 seconds", "3 minutes"), "2 minutes (90 seconds to 3 minutes)"),
        (("12 minutes", "10 minutes", "14 minutes"), "12 minutes (10 to 14)"),
        (("50.0%", "–", "–"), "50.0%"),
        (("–", "–", "–"), "–"),
        (("–", "€5", "€9"), "– (€5 to €9)"),
    ],
)
def test_a_unit_is_written_once_where_all_have_it(cells, said):
    assert limits.within(*cells).replace(SPACE, " ").replace(HYPHEN, "-") == said


def test_a_bracket_never_breaks_but_may_go_to_the_next_line():
    assert limits.within("12 minutes", "10 minutes", "14 minutes").count(" ") == 1
    assert "-" not in limits.within("€6", "-€2", "€14")  # a line may end behind it


def test_limits_are_those_of_the_column_before_only_when_it_lies_between_them():
    other = TABLE.assign(share=[0.9, 0.1])
    assert limits.grouped(other, ["segment", "share", "low", "high"]) == [(0,), (1,), (2,), (3,)]
    assert limits.grouped(TABLE, ["segment", "low", "high"]) == [(0,), (1,), (2,)]
    assert limits.grouped(TABLE, ["n", "share", "low"]) == [(0,), (1,), (2,)]


def test_the_brackets_are_explained_below_the_table():
    assert limits.note(frozenset()) == ""
    with language.speaking("en"):
        assert limits.note(frozenset({"share"})) == "In brackets: the range in which it may lie."


def test_limits_in_the_same_words_are_said_once():
    assert limits.within("not in time", "not in time", "not in time") == "not in time"
    assert limits.within("5%", "5%", "5%") == f"5% (5{SPACE}to{SPACE}5)"
