"""Points divided over dimensions: one way of counting, in the chapter and in the workshop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_workshop import asked

from csworkbook import dimensions
from csworkbook.service_gap.servqual import servqual
from csworkbook.workshop.superior import compare as compare_shares
from csworkbook.workshop.weights import compare, customers

NAMES = list(dimensions.NAMES)
TWO_EACH = (1, 2, 5, 6, 10, 11, 14, 15, 18, 19)


def survey(*people):
    """Of each person the points in the ten rows, two of each dimension; 60 customers in all, by turns."""
    rows = [
        (f"r{i}", "customer", item, 6, 5, points)
        for i in range(60)
        for item, points in zip(TWO_EACH, people[i % len(people)], strict=True)
    ]
    columns = ["respondent_id", "role", "item", "expectation", "perception", "weight"]
    return pd.DataFrame(rows, columns=columns).astype({"weight": float})


def guessed(*points):
    return pd.DataFrame([("before", 1, *points)], columns=["round", "pair", *NAMES])


NONE = None
KINDS = {
    "per item": ([10] * 10, [20] * 5, ""),
    "per item, uneven": ([5, 15, 10, 20, 10, 10, 10, 10, 5, 5], [20, 30, 20, 20, 10], ""),
    "in every row": ([20, 20, 30, 30, 10, 10, 15, 15, 25, 25], [20, 30, 10, 15, 25], ""),
    "in one row": ([20, NONE, 30, NONE, 10, NONE, 15, NONE, NONE, 25], [20, 30, 10, 15, 25], ""),
    "zeros left empty": ([60, 60, 40, 40, *[NONE] * 6], [60, 40, 0, 0, 0], ""),
    "of ten": ([2, 2, 3, 3, 1, 1, 2, 2, 2, 2], [20, 30, 10, 20, 20], "of 60 respondents did not add up"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_workshop_counts_points_as_the_chapter_does(kind):
    row, expected, said = KINDS[kind]
    made = survey(row)
    chapter = servqual(made).table.set_index("dimension")["weight"]
    found = customers(made)
    assert [found[name].value for name in NAMES] == pytest.approx(expected)
    assert [chapter[name] for name in NAMES] == pytest.approx(expected)
    assert said in compare(guessed(*[20] * 5), made).method


def test_points_per_item_make_no_false_finding():
    right = compare(guessed(*[20] * 5), survey([10] * 10))
    assert right.findings() == []
    assert right.table["gap"].tolist() == [0] * 5


def test_points_of_no_use_are_left_out_and_told():
    found = compare(guessed(*[20] * 5), survey([20] * 10, [30, 30, *[None] * 8]))
    assert found.customers["tangibles"].value == 20
    assert found.customers["tangibles"].n == 30
    assert "The points of 30 respondents are incomplete" in found.method
    nobody = compare(guessed(*[20] * 5), survey([30, 30, *[None] * 8]))
    assert nobody.customers == {}
    assert not nobody.others


def test_points_over_six_dimensions_are_not_set_beside_points_over_five():
    own = {str(item): name for item, name in dimensions.of_items().items() if item in TWO_EACH[:9]}
    found = compare(guessed(*[20] * 5), survey([10] * 10), service_items=own | {"19": "price"})
    assert found.others
    assert found.findings() == []


# --- the share of customers: what a guess may claim ---


def shares(guess, yes, n):
    frame = pd.DataFrame([("before", i, guess) for i in range(5)], columns=["round", "pair", "superior"])
    return compare_shares(frame, asked([True] * yes + [False] * (n - yes)))


@pytest.mark.parametrize(
    ("guess", "yes", "n", "said"),
    [
        (0.2, 80, 400, "We know what"),  # 16 to 24%
        (0.24, 2000, 10000, "We know what"),  # 4 points off, surely less than 10
        (0.4, 16, 40, "Whether we know"),  # 26 to 56%
        (0.8, 80, 400, "We guess that our customers think better"),
        (0.02, 80, 400, "Our customers think better of our service than we guess"),
    ],
)
def test_what_is_known_is_known_to_within_ten_points(guess, yes, n, said):
    (finding,) = shares(guess, yes, n).findings()
    assert finding.headline.startswith(said)
    assert finding.benchmark is None
    assert (finding.certainty == "too few") == said.startswith("Whether")


def test_a_guess_about_customers_stands_beside_customers():
    found = shares(0.8, 80, 400)
    assert found.table["benchmark"].tolist() == [0.08, 0.08]
    assert "80%" not in found.method
    drawn = [x for trace in found.plot().data if trace.marker.symbol == "diamond-open" for x in trace.x]
    assert drawn == [0.08]
    assert np.isfinite(found.table["share"]).all()
