"""SERVQUAL counted by hand, against scipy's bootstrap, and on surveys that lack one half or the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import language
from csworkbook.service_gap.byitem import by_item
from csworkbook.service_gap.priorities import priorities
from csworkbook.service_gap.servqual import servqual

from .surveys import survey, wide

# items 5 and 6 are of reliability, 10 of responsiveness
TWO = survey([{5: (7, 4), 6: (7, 6), 10: (6, 6)}, {5: (6, 6), 6: (6, 4), 10: (7, 4)}])
NAN = float("nan")


def by_dimension(result, column):
    return result.table.set_index("dimension")[column].to_dict()


def drawn(n=40, k=22, seed=0, missing=0.0):
    """Answers of n people with the gaps of a shop that is slow."""
    rng = np.random.default_rng(seed)
    expectation = rng.integers(5, 8, (n, k)).astype(float)
    perception = expectation - rng.integers(0, 4, (n, k)) * (rng.random((n, 1)) < 0.8)
    perception[:, 9:13] -= rng.integers(0, 2, (n, 4)) if k == 22 else 0
    for values in (expectation, perception):
        values[rng.random((n, k)) < missing] = np.nan
    return expectation, perception


# ---------------------------------------------------------------- by hand
def test_by_hand():
    result = servqual(TWO)
    # item 5: −3 and 0; item 6: −1 and −2; item 10: 0 and −3
    assert by_dimension(result, "gap") == {"reliability": -1.5, "responsiveness": -1.5}
    assert by_dimension(result, "expectation") == {"reliability": 6.5, "responsiveness": 6.5}
    assert by_dimension(result, "perception") == {"reliability": 5.0, "responsiveness": 5.0}
    assert by_dimension(result, "n") == {"reliability": 2, "responsiveness": 2}
    assert result.overall.value == -1.5
    assert result.weighted is None


def test_every_item_counts_the_same_and_every_dimension_too():
    # reliability: items −4, 0, 0, 0 → −1; responsiveness −3: together −2, whatever the number of items
    result = servqual(survey([{5: (7, 3), 6: (5, 5), 7: (5, 5), 8: (5, 5), 10: (7, 4)}]))
    assert by_dimension(result, "gap") == {"reliability": -1.0, "responsiveness": -3.0}
    assert result.overall.value == -2.0


def test_everybody_weighs_by_his_own_points():
    people = [
        {5: (7, 6, 80), 10: (7, 3, 20)},  # −1 × .8 − 4 × .2 = −1.6
        {5: (7, 3, 10), 10: (7, 7, 90)},  # −4 × .1 − 0 × .9 = −0.4
    ]
    result = servqual(survey(people))
    assert by_dimension(result, "weight") == {"reliability": 45.0, "responsiveness": 55.0}
    assert result.weighted.value == pytest.approx(-1.0)
    assert result.overall.value == pytest.approx(-2.25)


@pytest.mark.parametrize("points", [(40, 10), (80, 20), (8, 2), (400, 100)])
def test_points_that_do_not_make_100_are_scaled_and_told(points):
    one, other = points
    result = servqual(survey([{5: (7, 6, one), 10: (7, 3, other)}]))
    assert by_dimension(result, "weight") == {"reliability": 80.0, "responsiveness": 20.0}
    assert ("did not add up to 100 and were scaled" in result.method) == (one + other != 100)


def test_points_in_every_row_of_a_dimension_in_one_of_them_or_per_item():
    every = survey([{5: (7, 6, 60), 6: (7, 6, 60), 10: (7, 3, 40)}])
    once = survey([{5: (7, 6, 60), 6: (7, 6, None), 10: (7, 3, 40)}])
    each = survey([{5: (7, 6, 20), 6: (7, 6, 40), 10: (7, 3, 40)}])
    for made in (every, once, each):
        result = servqual(made)
        assert by_dimension(result, "weight") == {"reliability": 60.0, "responsiveness": 40.0}
        assert "scaled" not in result.method


def test_incomplete_points_count_only_when_the_others_make_100():
    people = [
        {5: (7, 6, 100), 10: (7, 3, None)},
        {5: (7, 6, 50), 10: (7, 3, None)},
        {5: (7, 6, 0), 10: (7, 3, 0)},
    ]
    result = servqual(survey(people))
    assert by_dimension(result, "weight") == {"reliability": 100.0, "responsiveness": 0.0}
    assert "The points of 2 respondents are incomplete" in result.method


def test_half_a_pair_is_left_out_of_the_gaps_and_told():
    people = [{5: (7, 4)}, {5: (6, 4)}, {5: (7, None)}, {5: (None, 1)}]
    result = servqual(survey(people))
    assert result.table[["expectation", "perception", "gap", "n"]].values.tolist() == [[6.5, 4.0, -2.5, 2]]
    assert "2 answers without their other half" in result.text


def test_of_two_answers_of_one_respondent_the_later_counts():
    twice = pd.concat([survey([{5: (7, 1)}, {5: (6, 6)}]), survey([{5: (7, 5)}])], ignore_index=True)
    assert servqual(twice).table[["perception", "gap", "n"]].values.tolist() == [[5.5, -1.0, 2]]


def test_only_customers_count():
    both = pd.concat([TWO, survey([{5: (1, 7), 10: (1, 7)}], role="company")], ignore_index=True)
    pd.testing.assert_frame_equal(servqual(both).table, servqual(TWO).table)


# ---------------------------------------------------------------- one half, or other people
def test_other_people_give_the_difference_of_two_means():
    expected = survey([{5: (7, None)}, {5: (6, None)}, {5: (7, None)}, {5: (6, None)}])
    got = survey([{5: (None, 4)}, {5: (None, 5)}], start=5)
    result = servqual(pd.concat([expected, got], ignore_index=True))
    assert result.asked.mode == "unpaired"
    assert result.table[["expectation", "perception", "gap", "n"]].values.tolist() == [[6.5, 4.5, -2.0, 6]]
    assert "come from different people" in result.text
    assert_says(result)


def test_other_people_weigh_by_the_mean_points():
    expected = survey([{5: (7, None, 75), 10: (7, None, 25)}])
    got = survey([{5: (None, 6), 10: (None, 3)}], start=2)
    result = servqual(pd.concat([expected, got], ignore_index=True))
    assert result.weighted.value == pytest.approx(-1 * 0.75 - 4 * 0.25)


def test_perceptions_alone_are_scores_and_the_text_says_so():
    result = servqual(TWO.assign(expectation=None))
    assert result.table["gap"].isna().all()
    assert by_dimension(result, "perception") == {"reliability": 5.0, "responsiveness": 5.0}
    assert "these are scores and no gaps" in result.text
    low, high = result.table[["low", "high"]].iloc[0]
    assert low <= 5 <= high
    assert_says(result)


def test_expectations_alone_are_expectations():
    result = servqual(TWO.drop(columns="perception"))
    assert result.table["gap"].isna().all()
    assert "these are expectations and no gaps" in result.text
    assert result.findings()[0].enough
    assert_says(result)


# ---------------------------------------------------------------- intervals against scipy
def limits(data, statistic, **more):
    from scipy.stats import bootstrap

    found = bootstrap(data, statistic, n_resamples=4000, method="percentile", rng=1, vectorized=True, **more)
    return found.confidence_interval


def test_intervals_are_scipys():
    expectation, perception = drawn(60)
    table = servqual(wide(expectation, perception), draws=4000).table
    gaps = (perception - expectation)[:, :4].mean(axis=1)
    spread = gaps.std() / np.sqrt(60)
    expected = limits((gaps,), lambda x, axis: np.mean(x, axis=axis))
    assert table[["low", "high"]].iloc[0].to_numpy() == pytest.approx(
        [expected.low, expected.high], abs=0.15 * spread
    )


def test_intervals_of_items_with_empty_cells_are_scipys():
    expectation, perception = drawn(80, missing=0.2)
    gaps = perception - expectation
    table = by_item(wide(expectation, perception), draws=4000).table.set_index("item")
    expected = limits((gaps.T,), lambda x, axis: np.nanmean(x, axis=axis), axis=-1)
    spread = np.nanstd(gaps, axis=0) / np.sqrt((~np.isnan(gaps)).sum(axis=0))
    for found, known in ((table["low"], expected.low), (table["high"], expected.high)):
        assert np.abs(found.loc[range(1, 23)] - known).max() < 0.25 * spread.max()


def test_the_interval_of_different_people_is_scipys():
    rng = np.random.default_rng(5)
    expected, got = rng.integers(4, 8, 90).astype(float), rng.integers(2, 8, 70).astype(float)
    everybody = wide(
        np.r_[expected, np.full(70, NAN)][:, None], np.r_[np.full(90, NAN), got][:, None], items=[5]
    )
    row = servqual(everybody, draws=4000).table.iloc[0]
    known = limits((got, expected), lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis))
    spread = np.sqrt(got.var() / 70 + expected.var() / 90)
    assert row[["low", "high"]].to_numpy(float) == pytest.approx([known.low, known.high], abs=0.2 * spread)


def test_the_weighted_whole_is_resampled_with_its_weights():
    expectation, perception = drawn(70)
    points = np.random.default_rng(2).dirichlet([1, 3, 4, 1, 2], 70) * 100
    members = np.repeat(range(5), [4, 5, 4, 4, 5])
    result = servqual(wide(expectation, perception, points[:, members]), draws=4000)
    gaps = np.stack([(perception - expectation)[:, members == d].mean(axis=1) for d in range(5)], axis=1)
    own = (gaps * points).sum(axis=1) / 100
    assert result.weighted.value == pytest.approx(own.mean())
    known = limits((own,), lambda x, axis: np.mean(x, axis=axis))
    spread = own.std() / np.sqrt(70)
    assert [result.weighted.low, result.weighted.high] == pytest.approx(
        [known.low, known.high], abs=0.15 * spread
    )


def test_alpha_is_that_of_the_gaps():
    from csworkbook.service_gap.scales import alpha

    expectation, perception = drawn(50)
    row = servqual(wide(expectation, perception)).table.set_index("dimension").loc["responsiveness"]
    known = alpha((perception - expectation)[:, 9:13])
    assert (row["alpha"], row["alpha_standardised"]) == (known.raw, known.standardised)
    assert row["alpha_low"] < row["alpha"] < row["alpha_high"]


def test_items_that_measure_nothing_together_are_told():
    rng = np.random.default_rng(0)
    result = servqual(wide(np.full((60, 4), 7.0), rng.integers(1, 8, (60, 4))))
    assert result.table["alpha"].iloc[0] < 0.7
    assert "Tangibles: they do not measure one thing (alpha below 0.7)" in result.text


# ---------------------------------------------------------------- what is said
def test_the_worst_comes_first_and_is_clear_of_the_others():
    expectation = np.full((40, 22), 7.0)
    perception = (
        expectation
        - np.repeat([0, 1, 3, 1, 1], [4, 5, 4, 4, 5])
        + np.random.default_rng(0).integers(-1, 1, (40, 22))
    )
    result = servqual(wide(expectation, perception))
    assert result.headline.startswith("Responsiveness falls furthest short")
    assert "clear of all the others" in result.text
    assert result.findings()[0].headline.endswith("Responsiveness.")
    assert_says(result)


def test_what_cannot_be_told_apart_is_named():
    expectation, perception = drawn(40, seed=3)
    perception[:, 9:13] = perception[:, 4:8]
    result = servqual(wide(expectation, perception))
    assert "cannot be told apart for sure from" in result.text


def test_no_shortfall_is_no_finding():
    result = servqual(wide(np.full((40, 4), 5.0), np.full((40, 4), 6.0)))
    assert result.headline.startswith("Customers get what they expect, or more")
    assert result.findings() == []
    assert_says(result)


def test_few_respondents_are_a_conversation_and_no_measurement():
    result = servqual(wide(*drawn(8)))
    assert "start of a conversation" in result.text
    assert result.findings()[0].certainty == "too few"


def test_in_dutch():
    with language.speaking("nl"):
        result = servqual(wide(*drawn(40)))
        assert [row[0] for row in result.cells()] == [
            "Uitstraling", "Betrouwbaarheid", "Snel en graag helpen", "Zekerheid", "Inleving",
        ]  # fmt: skip
        assert result.sheet().iloc[0, 0] == "Uitstraling"


def test_own_items_and_what_they_do_not_know():
    own = {"1": "price", "2": "price", "3": "speed"}
    made = wide(np.full((30, 5), 6.0), np.array([[5.0, 4, 6, 1, 1]] * 30))
    result = servqual(made, service_items=own)
    assert by_dimension(result, "gap") == {"price": -1.5, "speed": 0.0}
    assert "Items 4 and 5 belong to no dimension here and were set aside" in result.text
    one = servqual(made[made["item"] < 5], service_items=own)
    assert "Item 4 belongs to no dimension here and was set aside" in one.text


def test_an_item_nobody_knows_of_is_set_aside_not_fatal():
    odd = pd.concat([TWO, survey([{5: (7, 4), 99: (1, 7)}], start=9)], ignore_index=True)
    result = servqual(odd)
    assert "Item 99" in result.text
    assert by_dimension(result, "n") == {"reliability": 3, "responsiveness": 2}


def test_the_same_seed_gives_the_same_answer_and_another_one_nearly():
    made = wide(*drawn(50))
    pd.testing.assert_frame_equal(servqual(made).table, servqual(made).table)
    one, other = servqual(made, seed=1).table, servqual(made, seed=2).table
    assert np.abs(one["low"] - other["low"]).max() < 0.05


# ---------------------------------------------------------------- item by item
def test_items_by_hand_with_holm():
    from scipy.stats import ttest_rel
    from statsmodels.stats.multitest import multipletests

    expectation, perception = drawn(30)
    perception[:, 0] = expectation[:, 0] + np.tile([1, -1], 15)
    table = by_item(wide(expectation, perception)).table.set_index("item").loc[range(1, 23)]
    raw = [ttest_rel(perception[:, i], expectation[:, i]).pvalue for i in range(22)]
    assert table["p"].to_numpy() == pytest.approx(multipletests(raw, method="holm")[1])
    assert table["gap"].to_numpy() == pytest.approx((perception - expectation).mean(axis=0))
    assert table.loc[1, "verdict"] == "cannot tell yet"


def test_items_of_different_people_are_tested_as_such():
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(5)
    expected, got = rng.integers(4, 8, 40).astype(float), rng.integers(2, 8, 30).astype(float)
    made = wide(np.r_[expected, np.full(30, NAN)][:, None], np.r_[np.full(40, NAN), got][:, None], items=[5])
    assert by_item(made).table["p"][0] == pytest.approx(ttest_ind(got, expected, equal_var=False).pvalue)


def test_items_come_worst_first_and_how_many_fall_short_is_counted():
    expectation = np.full((40, 3), 7.0) + np.tile([[0.0], [0]], (20, 3))
    perception = expectation - [0, 2, 1] + np.tile([[1], [-1]], (20, 1)) * [1, 1, 1]
    result = by_item(wide(expectation, perception, items=[5, 6, 10]))
    assert result.table["item"].tolist() == [6, 10, 5]
    assert "2 of the 3 statements fall short" in result.text
    assert result.findings()[0].estimate.value == -2
    assert_says(result)


# ---------------------------------------------------------------- importance and gap
def test_the_four_fields_by_hand():
    # points 50, 10, 30, 10; gaps −2, −2, 0, 0: means 25 and −1
    gaps, points = np.array([-2, -2, 0, 0]), np.array([50, 10, 30, 10])
    items = [1, 5, 10, 14]
    made = wide(np.full((40, 4), 7.0), np.full((40, 4), 7.0) + gaps, np.tile(points, (40, 1)), items=items)
    result = priorities(made)
    fields = dict(zip(result.table["dimension"], result.table["quadrant"], strict=True))
    assert fields == {
        "tangibles": "first",
        "reliability": "later",
        "responsiveness": "keep",
        "assurance": "enough",
    }
    assert result.cross == (25.0, -1.0)
    assert result.table["rank"].tolist() == [1, 2, 3, 4]
    assert result.table["dimension"].tolist()[:2] == ["tangibles", "reliability"]
    assert (result.table["sure"] == 1).all()
    assert result.findings()[0].headline.endswith("Tangibles.")
    assert_says(result)


def test_the_order_is_importance_times_gap():
    # 70 × −1 before 20 × −2 before 10 × −3
    points = np.tile([20.0, 70, 10], (40, 1))
    made = wide(np.full((40, 3), 7.0), np.tile([5.0, 6, 4], (40, 1)), points, items=[1, 5, 10])
    assert priorities(made).table["dimension"].tolist() == ["reliability", "tangibles", "responsiveness"]


def test_without_points_importance_is_what_is_expected():
    made = wide(np.tile([7.0, 5.0], (40, 1)), np.tile([4.0, 5.0], (40, 1)), items=[1, 5])
    result = priorities(made)
    assert result.table["importance"].tolist() == [7.0, 5.0]
    assert "importance is what customers expect" in result.text
    assert_says(result)


def test_an_items_importance_is_its_dimensions_shared():
    points = np.tile([60.0, 60, 40], (40, 1))
    result = priorities(
        wide(np.full((40, 3), 7.0), np.tile([4.0, 6, 6], (40, 1)), points, items=[5, 6, 10]), level="item"
    )
    assert result.table.set_index("item")["importance"].to_dict() == {5: 30.0, 6: 30.0, 10: 40.0}
    assert_says(result)


def test_how_sure_a_field_is_counts_the_draws():
    expectation, perception = drawn(30, seed=4)
    result = priorities(
        wide(
            expectation,
            perception,
            np.random.default_rng(1).dirichlet([1] * 5, 30)[:, np.repeat(range(5), [4, 5, 4, 4, 5])] * 100,
        )
    )
    assert result.table["sure"].between(0, 1).all()
    assert (result.table["sure"] < 1).any()


def test_a_few_who_answered_both_do_not_make_the_others_a_pair():
    people = [{5: (7, None)}] * 4 + [{5: (None, 4)}] * 4 + [{5: (7, 7)}]
    result = servqual(survey(people))
    assert result.asked.mode == "unpaired"
    # expected 7 of five, got (4 × 4 + 7) ÷ 5 = 4.6
    assert result.table[["expectation", "perception", "n"]].values.tolist() == [[7.0, 4.6, 9]]
    assert result.table["gap"][0] == pytest.approx(-2.4)
    assert servqual(survey([*people, *[{5: (7, 6)}] * 9])).asked.mode == "paired"


def test_a_dimension_without_points_need_not_be_judged_to_weigh_the_others():
    people = [{5: (7, 5, 100), 10: (None, None, 0)}, {5: (7, 6, 50), 10: (7, 3, 50)}]
    # −2 × 1, and −1 × .5 − 4 × .5 = −2.5
    result = servqual(survey(people))
    assert result.weighted.value == pytest.approx(-2.25)
    assert result.weighted.n == 2


def test_one_respondent_says_nothing_about_others():
    result = servqual(survey([{5: (7, 5, 60), 10: (7, 3, 40)}]))
    assert result.table["gap"].tolist() == [-2.0, -4.0]
    assert result.table[["low", "high", "alpha"]].isna().all(axis=None)
    assert np.isnan([result.overall.low, result.weighted.high]).all()
