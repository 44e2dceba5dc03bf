"""The step calculator: the handbook's example, what is refused, and files that are shared."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language
from csworkbook.errors import DataError
from csworkbook.evidence import get
from csworkbook.funnel import rates, typed
from csworkbook.funnel.rates import from_rates

HANDBOOK = [("Homepage", 1000), ("Clickthrough", 0.66), ("Cart", 0.33), ("Checkout", 0.58), ("Paid", 0.60)]


def test_the_example_of_the_handbook():
    table = from_rates(HANDBOOK).table
    assert table["visitors"].tolist() == [1000, 660, 218, 126, 76]
    assert table["step_rate"].round(4).tolist() == [1, 0.66, 0.33, 0.58, 0.6]
    assert table["total_rate"].iloc[-1] == pytest.approx(0.66 * 0.33 * 0.58 * 0.60)
    assert round(table["total_rate"].iloc[-1], 3) == get("funnel-example").value == 0.076
    assert table["lost"].tolist() == [0, 340, 442, 92, 50]
    assert from_rates().table["visitors"].equals(table["visitors"])


def test_nothing_is_rounded_on_the_way():
    exact = Fraction(1000) * Fraction(1, 3)
    made = from_rates([("a", 1000), ("b", 1 / 3), ("c", 0.5), ("d", 0.5), ("e", 0.5)])
    assert made.exact[-1] == pytest.approx(float(exact / 8))
    assert made.table["visitors"].tolist() == [
        1000,
        333,
        167,
        83,
        42,
    ]  # 41.67, not half of half of half of 333


def test_counts_rates_mappings_and_frames_are_the_same_funnel():
    counts = [("a", 200), ("b", 100), ("c", 25)]
    wanted = from_rates(counts).table
    assert wanted["step_rate"].tolist() == [1, 0.5, 0.25]
    frame = pd.DataFrame(counts, columns=["step", "visitors"])
    for same in (
        dict(counts), frame, frame.astype({"visitors": float}), [("a", 200), ("b", 0.5), ("c", 0.25)],
        [("a", np.int64(200)), ("b", np.float64(0.5)), ("c", 25)], from_rates(counts), from_rates(frame).table,
    ):  # fmt: skip
        pd.testing.assert_frame_equal(from_rates(same).table, wanted)
    assert frame.columns.tolist() == ["step", "visitors"]


def test_one_is_a_visitor_and_one_point_zero_is_all_of_them():
    assert from_rates([("a", 40), ("b", 1)]).table["visitors"].tolist() == [40, 1]
    assert from_rates([("a", 40), ("b", 1.0)]).table["visitors"].tolist() == [40, 40]


def test_a_drop_by_people_and_one_by_rate_are_told_apart():
    made = from_rates([("home", 1000), ("cart", 500), ("paid", 100), ("again", 10)])
    assert (made.by_people["step"], made.by_people["gone"]) == ("cart", 500)
    assert (made.by_rate["step"], made.by_rate["step_rate"]) == ("again", 0.1)
    assert "between “home page” and “cart”: 500 of 1,000 (50%)" in made.text
    assert "The lowest rate is another one: from “paid” to “again” 10%" in made.text
    assert "lowest rate is there too" in from_rates(HANDBOOK).text
    assert_says(made)


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([("a", 100), ("b", 200)], "“b” has more visitors (200) than “a” before it (100). These steps stand backwards"),
        ([("a", 76), ("b", 126), ("c", 1000)], "begin with “c” and end with “a”"),
        ([("a", 1000), ("b", 300), ("c", 400)], "Put the steps in the order"),
        ([("a", 1000), ("b", 0.1), ("c", 0.2), ("d", 60)], "If 60% is meant, type it as a rate: 0.60"),
        ([("a", 1000), ("b", 1.2)], "“b” has a rate of 120%: more than all"),
        ([("a", 1000), ("b", -0.1)], "“b” is below zero (-0.10)"),
        ([("a", -5), ("b", 0.1)], "“a” is below zero"),
        ([("a", 0.5), ("b", 0.1)], "The first step, “a”, needs a number of visitors"),
        ([("a", 1000), ("  ", 0.1)], "Step 2 has no name"),
        ([("a", 1000), (None, 0.1)], "Step 2 has no name"),
        ([("Cart", 1000), ("cart ", 0.1)], "“cart” stands twice"),
        ([("a", 1000), ("b", None)], "“b” has no number"),
        ([("a", 1000), ("b", float("nan"))], "“b” has no number"),
        ([("a", 1000), ("b", float("inf"))], "“b” has no number"),
        ([("a", 1000), ("b", "66")], "“b” has no number"),
        ([("a", 1000), ("b", True)], "“b” has no number"),
        ([("a", 10**13), ("b", 1)], "more visitors than can be"),
        ([("a", 1000)], "at least two steps"),
        ([], "at least two steps"),
        ([(str(n), 100) for n in range(51)], "51 steps are too many"),
        (["ab", "cd"], "Step 1 is not a name with a number"),
        ([("a", 1, 2), ("b", 1)], "Step 1 is not a name with a number"),
        (pd.DataFrame({"step": ["a"], "n": [1]}), "This table holds no funnel"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(steps, says):
    with pytest.raises(DataError, match=re.escape(says)):
        from_rates(steps)
    with language.speaking("nl"), pytest.raises(DataError):
        from_rates(steps)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_few_visitors_make_sense(first):
    made = from_rates([("a", first), ("b", 0.5), ("c", 0.5)])
    assert_says(made)
    assert ("Nobody is at “a” yet" in made.text) == (first == 0)
    if first == 1:
        assert "0.5 of 1 (50%)" in made.text  # never 0 of 1 and 50% in one sentence


def test_nobody_lost():
    made = from_rates([("a", 10), ("b", 10), ("c", 1.0)])
    assert "Nobody is lost on the way" in made.text
    assert made.findings() == []
    assert_says(made)


def test_beside_another_funnel():
    saved = from_rates(HANDBOOK, name="Spring")
    made = from_rates([("homepage", 2000), ("Clickthrough", 0.7), ("Paid", 0.25)], against=saved)
    rows = made.table.set_index("step")
    assert rows.loc["Clickthrough", "difference"] == pytest.approx(0.04)
    assert rows.loc["Paid", "difference"] == pytest.approx(0.25 - 0.6)
    assert rows.loc["Paid", "total_difference"] == pytest.approx(0.175 - 0.0757944)
    assert "That is 9.9 points more than “Spring” (7.6%)" in made.text
    assert "“paid” differs most" not in made.text
    assert "“Paid” differs most: 25.0% come on, 60.0% there" in made.text
    assert_says(made)
    other = from_rates([("homepage", 2000), ("Elsewhere", 0.5)], against=HANDBOOK)
    assert other.table["difference"].isna().all()
    assert "ends at “Paid” (7.6%), so the totals cannot be compared" in other.text
    assert "no step of the same name" in other.text
    assert_says(other)


def test_the_finding_says_that_the_figures_were_typed():
    finding = from_rates(HANDBOOK).findings()[0]
    assert finding.benchmark == "funnel-example"
    assert finding.estimate.value == pytest.approx(0.67)
    assert finding.certainty == "likely"


# ------------------------------------------------------------------ files
def test_a_saved_funnel_comes_back_as_it_was_typed():
    made = from_rates(
        [("Home page", 1000), ("Cart", 0.5), ("Paid", 17), ("“Again”", 1), ("Ever", 1.0)], name="Ons model"
    )
    back = rates.read(made.to_json())
    assert back.entries == made.entries
    assert back.name == "Ons model"
    pd.testing.assert_frame_equal(back.table, made.table)
    again = rates.of(json.loads(json.dumps(made.to_document())))
    assert again.entries == made.entries


def test_a_file_is_read_from_its_path_and_its_bytes(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b"\xef\xbb\xbf" + from_rates(HANDBOOK).to_json().encode())  # as some editors save it
    for content in (path, path.read_bytes(), bytearray(path.read_bytes()), path.read_text("utf-8")):
        assert rates.read(content).table["visitors"].tolist()[-1] == 76


def test_another_programs_json_says_the_kind_of_each_number():
    text = (
        from_rates([("a", 1000), ("b", 1.0), ("c", 1)]).to_json().replace("1.0", "1")
    )  # as JavaScript writes 1.0
    assert rates.read(text).table["visitors"].tolist() == [1000, 1000, 1]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "holds no funnel"),
        ("visitor;step\na;b", "holds no funnel"),
        ("[1, 2]", "holds no funnel"),
        ("{}", "holds no funnel"),
        (b"\xff\xfe\x00", "holds no funnel"),
        ("[" * 100_000, "holds no funnel"),
        (b" " * 1_000_001, "too large"),
        ('{"kind": "csworkbook funnel", "version": 2, "steps": []}', "newer version"),
        ('{"kind": "csworkbook funnel", "version": 1}', "steps in this file cannot be read"),
        ('{"kind": "csworkbook funnel", "version": 1, "steps": [1]}', "steps in this file cannot be read"),
        ('{"kind": "csworkbook funnel", "version": 1, "steps": [{"step": "a", "number": 5}]}', "cannot be read"),
        ('{"kind": "csworkbook funnel", "version": 1, "steps": []}', "at least two steps"),
        ('{"kind": "csworkbook funnel", "version": 1, "steps": [{"step": "a", "number": 9, "kind": "count"}, '
         '{"step": "b", "number": 3, "kind": "rate"}]}', "a rate of 300%"),
        ('{"kind": "csworkbook funnel", "version": 1, "steps": [{"step": "a", "number": "9", "kind": "count"}, '
         '{"step": "b", "number": 3, "kind": "count"}]}', "“a” has no number"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_in_words(content, says):
    with pytest.raises(DataError, match=says):
        rates.read(content)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        rates.read(tmp_path / "none.json")


def test_names_are_tidied_and_never_markup():
    made = from_rates([("a\x00\n b", 10), ("<b>x</b>", 0.5)])
    assert made.table["step"].tolist() == ["a b", "<b>x</b>"]
    assert "&lt;b&gt;" in made.plot().to_json().replace("\\u003c", "<")
    assert len(typed.entries([("x" * 500, 1), ("y", 1)])[0].step) == typed.LONGEST
    assert_says(made)
