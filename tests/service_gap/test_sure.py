"""What a service survey may claim: few answers in a large survey, gaps above zero, ties, and the same people twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook.service_gap.byitem import by_item
from csworkbook.service_gap.priorities import priorities
from csworkbook.service_gap.scales import alpha
from csworkbook.service_gap.servqual import servqual

from .surveys import survey, wide

FIVE = [1, 5, 10, 14, 18]  # an item of each dimension


def levels(means, n=40, spread=1.0):
    """Answers with exactly these means, half a `spread` above and half below."""
    signs = np.where(np.arange(n) % 2, spread, -spread)
    return np.asarray(means, dtype=float) + signs[:, None]


def gaps(means, points=None, n=40, items=FIVE, spread=0.5):
    """A survey with exactly these gaps, expectations of 5, and the same points of everybody."""
    weight = None if points is None else np.tile(np.asarray(points, dtype=float), (n, 1))
    expectation = np.full((n, len(means)), 5.0)
    return wide(expectation, expectation + levels(means, n, spread), weight, items=items)


def lone(item, values):
    """One customer more, who answered this item only."""
    return survey([{item: values}], start=99)


# ---------------------------------------------------------------- one answer in a large survey
def test_one_answer_in_a_large_survey_is_neither_worst_nor_bounded():
    made = pd.concat([gaps([-1, -2], items=[1, 5]), lone(10, (7, 1))], ignore_index=True)
    result = servqual(made)
    row = result.table.set_index("dimension").loc["responsiveness"]
    assert (row["gap"], row["n"]) == (-6, 1)
    assert row[["low", "high"]].isna().all()
    assert np.isnan([result.overall.low, result.overall.high]).all()
    assert result.headline.startswith("Reliability falls furthest short")
    assert "Fewer than 30 people answered about Responsiveness: not compared." in result.text
    assert result.findings()[0].headline.endswith("Reliability.")
    assert_says(result)


def test_one_answer_to_a_statement_is_neither_worst_nor_bounded():
    result = by_item(pd.concat([gaps([-1, -2], items=[1, 5]), lone(10, (7, 1))], ignore_index=True))
    row = result.table.set_index("item").loc[10]
    assert row[["low", "high"]].isna().all()
    assert "(Reliability), -2.00" in result.headline
    assert result.findings()[0].estimate.value == -2
    assert_says(result)


def test_one_answer_on_one_side_of_two_groups_has_no_interval():
    expected = survey([{5: (7, None)}, {5: (6, None)}, {5: (7, None)}])
    made = pd.concat([expected, survey([{5: (None, 4)}], start=9)], ignore_index=True)
    result = servqual(made)
    assert result.table["gap"].tolist() == [pytest.approx(4 - 20 / 3)]
    assert result.table[["low", "high"]].isna().all(axis=None)


def test_one_answer_is_not_where_to_begin():
    made = gaps([-1, -2, 0], [30, 40, 30], items=[1, 5, 10])
    alone = survey([{14: (7, 1, 100)}], start=99)
    result = priorities(pd.concat([made, alone], ignore_index=True))
    assert np.isnan(result.table.set_index("dimension").at["assurance", "low"])
    assert "Assurance" not in result.headline


# ---------------------------------------------------------------- the same people twice
def test_the_same_people_tell_two_dimensions_apart_whose_intervals_overlap():
    from scipy.stats import ttest_rel

    rng = np.random.default_rng(1)
    person = rng.normal(0, 1.2, (60, 1))
    perception = 4 + person + rng.normal(0, 0.2, (60, 5)) - [0, 0, 0.4, 0, 0]
    result = servqual(wide(np.full((60, 5), 7.0), perception, items=FIVE))
    table = result.table.set_index("dimension")
    assert (table["low"].drop("responsiveness") < table.at["responsiveness", "high"]).all()
    assert max(ttest_rel(perception[:, 2], perception[:, i]).pvalue for i in (0, 1, 3, 4)) < 1e-6
    assert "It is clear of all the others." in result.text
    assert result.findings()[0].headline == "Customers get least of what they expect in: Responsiveness."


def test_several_others_are_corrected_for():
    from scipy.stats import ttest_1samp
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(3)
    base, steps = rng.normal(5, 1, 60), rng.normal(0, 1, (60, 4))
    steps = (steps - steps.mean(axis=0)) / steps.std(axis=0, ddof=1) + 0.277  # t = 2.15, p = .036 each
    perception = np.column_stack([base + s for s in (*steps[:, :2].T, 0, *steps[:, 2:].T)])
    result = servqual(wide(np.full((60, 5), 7.0), perception, items=FIVE))
    each = [ttest_1samp(step, 0).pvalue for step in steps.T]
    assert max(each) < 0.05 < min(multipletests(each, method="holm")[1])
    assert len(result.beside) == 4
    assert result.findings()[0].headline == "Customers get less than they expect in: Responsiveness."


@pytest.mark.parametrize(("lowest", "said"), [(4.0, True), (4.98, False)])
def test_scores_alone_have_a_lowest_only_when_it_is_apart(lowest, said):
    rng = np.random.default_rng(0)
    scores = np.full((40, 5), 5.0) + rng.normal(0, 0.5, (40, 5))
    scores += [5, 5, lowest, 5, 5] - scores.mean(axis=0)
    result = servqual(wide(None, scores, items=FIVE))
    headlines = [finding.headline for finding in result.findings()]
    assert headlines == ["Customers score this lowest: Responsiveness."] * said
    assert ("cannot be told apart" in result.text) != said
    assert "expect" not in result.method
    assert_says(result)


# ---------------------------------------------------------------- alpha
def test_a_low_alpha_of_a_few_people_may_be_chance():
    rng = np.random.default_rng(2)
    scores = 4 + rng.normal(size=(12, 1)) + rng.normal(size=(12, 4)) * 2
    found = alpha(scores)
    assert found.raw < 0.7 < found.high
    assert not found.weak
    result = servqual(wide(np.full((12, 4), 7.0), scores))
    assert "may not measure one thing" in result.text
    assert "they do not measure one thing" not in result.text
    assert_says(result)


# ---------------------------------------------------------------- where to begin
def test_gaps_above_zero_are_no_shortfall():
    result = priorities(gaps([0.4, 0.2, 1.5, 1.5, 1.5], [40, 15, 15, 15, 15], spread=0.1))
    assert result.table["quadrant"][0] == "first"
    assert result.headline.startswith("Begin with Tangibles: important to customers (40.0 of 100 points).")
    assert "does not fall short (0.40)" in result.text
    assert "short of" not in result.findings()[0].headline
    assert "behind the rest" in result.findings()[0].headline


def test_the_order_of_gaps_above_zero_counts_from_the_best():
    # best 1.5: 40 × −1.0 before 10 × −1.4 before 50 × 0
    result = priorities(gaps([0.5, 0.1, 1.5], [40, 10, 50], items=[1, 5, 10]))
    assert result.table["dimension"].tolist() == ["tangibles", "reliability", "responsiveness"]


def test_a_gap_that_may_be_none_is_not_short_of_what_is_expected():
    # −0.1 with a spread of 1 over 40 people: −0.1 ± 0.31; the others lie far above
    result = priorities(gaps([-0.1, 1.5, 1.5, 1.5, 1.5], [40, 15, 15, 15, 15], spread=1.0))
    assert result.table["high"][0] > 0
    assert [finding.headline for finding in result.findings()] == [
        "Important to customers and behind the rest of the service: Tangibles."
    ]


def test_scores_alone_are_never_set_against_expectations():
    weight = np.tile([40.0, 15, 15, 15, 15], (40, 1))
    result = priorities(wide(None, levels([4, 6, 6, 6, 6], spread=0.5), weight, items=FIVE))
    (finding,) = result.findings()
    assert "expect" not in f"{result.text} {result.method} {finding.headline}"
    level = priorities(wide(None, levels([6, 5, 5, 5, 5], spread=0.5), weight, items=FIVE))
    assert "expect" not in level.text


def test_equal_points_make_nothing_more_important():
    third = 100 / 3
    result = priorities(gaps([-2, -1, -1], [third] * 3, items=[1, 5, 10], n=60))
    assert "Everything is equally important to customers" in result.text
    assert set(result.table["quadrant"]) == {"later", "enough"}
    assert (result.table["sure"] == 1).all()
    assert result.findings() == []
    assert result.table["dimension"][0] == "tangibles"


# ---------------------------------------------------------------- statements
def test_when_no_statement_falls_short_the_first_is_the_closest():
    result = by_item(gaps([1.06, 1.5, 1.5, 1.5, 1.5]))
    assert result.headline.startswith("Closest to what customers expect: ")
    assert "1.06" in result.headline
    assert "0 of the 5 statements" in result.text


@pytest.mark.parametrize(("gap", "said"), [(-1, "10 of the 10"), (0, "0 of the 10"), (1, "0 of the 10")])
def test_what_everybody_answers_the_same_is_sure(gap, said):
    items = [1, 2, 5, 6, 10, 11, 14, 15, 18, 19]
    made = wide(np.full((40, 10), 6.0), np.full((40, 10), 6.0 + gap), items=items)
    result = by_item(made)
    assert f"{said} statements fall short" in result.text
    assert (result.table["verdict"] == "yes").all() == (gap != 0)
    assert len(result.findings()) == (gap < 0)


def test_two_groups_that_each_agree_and_differ_are_sure():
    expected, got = survey([{5: (7, None)}] * 3), survey([{5: (None, 4)}] * 3, start=9)
    assert by_item(pd.concat([expected, got], ignore_index=True)).table["verdict"].tolist() == ["yes"]
