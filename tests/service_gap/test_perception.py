"""Who calls the service superior: counted by hand, Newcombe's own example, few answers, one role only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.service_gap.perception import perception


def asked(company=(), customer=()) -> pd.DataFrame:
    said = [*company, *customer]
    role = ["company"] * len(company) + ["customer"] * len(customer)
    return pd.DataFrame({"role": role, "superior": pd.array(said, dtype="boolean")})


def yes(count, n):
    return [True] * count + [False] * (n - count)


def test_by_hand():
    result = perception(asked(yes(3, 4), yes(2, 10)))
    assert result.table[["role", "count", "n"]].values.tolist() == [["company", 3, 4], ["customer", 2, 10]]
    assert result.table["share"].tolist() == [0.75, 0.2]
    assert result.gap.value == pytest.approx(0.55)
    assert_says(result)


def test_newcombes_own_example():
    # Newcombe 1998, Statistics in Medicine 17:873–890, table II (a): 56/70 against 48/80, method 10
    result = perception(asked(yes(56, 70), yes(48, 80)))
    assert result.gap.low == pytest.approx(0.0524, abs=5e-5)
    assert result.gap.high == pytest.approx(0.3339, abs=5e-5)
    assert "20 points (5 to 33)" in result.text


def test_wilsons_published_example():
    # Newcombe 1998, Statistics in Medicine 17:857–872, table I: 81 of 263, method 3
    row = perception(asked(customer=yes(81, 263))).table.iloc[0]
    assert (round(row["low"], 4), round(row["high"], 4)) == (0.2553, 0.3662)


def test_the_handbooks_own_shares_stand_beside():
    result = perception(asked(yes(80, 100), yes(8, 100)))
    assert result.gap.value == pytest.approx(0.72)
    assert "the handbook's is 72" in result.text
    ghosts, own = result.plot().data
    assert list(ghosts.y) == list(own.y) == [0.8, 0.08]
    assert "Bain & Company" in result.method
    assert "362 companies" in result.method


@pytest.mark.parametrize(("top", "counts"), [(2, [1, 3]), (1, [0, 1])])
def test_scores_count_from_the_top(top, counts):
    scores = pd.array([4, 3, 5, 4, 4, 1, None], dtype="Int64")
    table = pd.DataFrame({"role": ["company"] * 2 + ["customer"] * 5, "score": scores})
    result = perception(table, top=top)
    assert result.table["count"].tolist() == counts
    assert result.table["n"].tolist() == [2, 4]
    assert {2: "4 and 5 count", 1: "only 5 count"}[top] in result.method
    assert "1 row without an answer was left out" in result.method


def test_yes_or_no_goes_before_a_score_and_a_score_fills_in():
    table = pd.DataFrame(
        {
            "role": "customer",
            "superior": pd.array([True, False, None, None], dtype="boolean"),
            "score": pd.array([1, 1, 5, 2], dtype="Int64"),
        }
    )
    assert perception(table).table[["count", "n"]].values.tolist() == [[2, 4]]


def test_three_people_can_tell_what_they_think_and_little_more():
    result = perception(asked(yes(3, 3), yes(80, 400)))
    assert "there are 3 answers: if that is everybody, it is simply what you think" in result.text
    assert "anything from 44% to 100%" in result.text  # Wilson, 3 of 3: 3 ÷ (3 + 3.84)
    assert_says(result)


def test_few_customers_are_told_how_many_would_do():
    assert "10 customers are few: 385" in perception(asked(yes(20, 40), yes(1, 10))).text


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (asked(company=yes(2, 3)), "Customers have not been asked yet"),
        (asked(customer=yes(2, 30)), "Nobody in the company has been asked yet"),
        (asked(), "Nobody has said yet"),
        (asked([None, None], [None]), "Nobody has said yet"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_one_role_or_none_says_what_is_missing(table, said):
    result = perception(table)
    assert said in result.text
    assert result.gap is None
    assert result.findings()[0].enough == 385
    assert_says(result)


@pytest.mark.parametrize(
    ("us", "them", "said"),
    [
        (yes(5, 10), yes(50, 100), "may still be chance"),
        (yes(10, 100), yes(80, 100), "Customers think better of it than we do"),
        (yes(9, 9), yes(50, 50), "may still be chance"),
        (yes(0, 9), yes(0, 50), "may still be chance"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_the_gap_is_said_as_it_is(us, them, said):
    result = perception(asked(us, them))
    assert said in result.text
    assert_says(result)


def test_findings_say_the_direction_or_that_it_cannot_be_told():
    sure, modest, unsure = (
        perception(asked(us, them)).findings()[0]
        for us, them in ((yes(80, 100), yes(8, 100)), (yes(8, 100), yes(80, 100)), (yes(2, 4), yes(9, 20)))
    )
    assert sure.headline.startswith("We think better")
    assert sure.benchmark is None  # a share of the handbook is no measure for a gap in points
    assert modest.headline.startswith("Our customers think better")
    assert unsure.certainty == "too few"


def test_a_size_without_sign_has_limits_without_the_sign():
    # Newcombe's own example the other way round
    assert "20 points (5 to 33)" in perception(asked(yes(48, 80), yes(56, 70))).text
    one, other = (perception(asked(yes(us, 100), yes(150 - us, 100))).text for us in (72, 78))
    assert "6 points (-6 to 18) may still be chance" in one
    assert "6 points (-6 to 18) may still be chance" in other


def test_the_bracket_stands_between_the_two_shares():
    figure = perception(asked(yes(80, 100), yes(8, 100))).plot()
    spans = {(shape.y0, shape.y1) for shape in figure.layout.shapes if shape.x0 == shape.x1}
    assert spans == {(0.8, 0.08)}
    assert [a.text for a in figure.layout.annotations] == ["72 points"]


def test_the_table_reads_in_dutch():
    with language.speaking("nl"):
        result = perception(asked(yes(3, 4), yes(2, 10)))
        assert result.cells()[0][2] == "75,0%"


def test_what_is_brought_is_not_changed():
    table = asked(yes(3, 4), yes(2, 10))
    before = table.copy()
    perception(table)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    "make", [lambda t: t.assign(role=t["role"].astype("category")), lambda t: t.astype({"superior": object})]
)
def test_the_kind_of_column_makes_no_difference(make):
    table = asked([True, False, None], yes(2, 10))
    table["superior"] = table["superior"].astype("boolean")
    expected, found = perception(table), perception(make(table))
    np.testing.assert_array_equal(found.table["count"], expected.table["count"])
    assert found.text == expected.text


def test_what_cannot_be_is_refused():
    with pytest.raises(SettingError, match=r"top 3.*1 .* or 2"):
        perception(asked(yes(1, 2)), top=3)
    with pytest.raises(DataError, match="role"):
        perception(pd.DataFrame({"superior": [True]}))
