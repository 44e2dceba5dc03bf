"""Where to act first: values that follow from arithmetic, effects that follow from means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook import effort
from csworkbook.errors import DataError

from .tables import orders, survey

# 200 answered about the time after buying: 100 far too much, none of whom comes back, 100 hardly any, who all do;
# 50 did not answer about it and come back
SHARP = survey(
    [1] * 250, [1] * 250, [3] * 100 + [1] * 100 + [None] * 50, buy_again=[False] * 100 + [True] * 150
)  # fmt: skip


def row(result, stage="after"):
    return result.table.set_index("stage").loc[stage]


def test_the_value_is_the_product_of_its_parts():
    result = effort.where_first(SHARP, customers_per_year=1000, value_per_customer=20.0)
    top = row(result)
    assert (top["rank"], top["share"], top["n"]) == (1, 0.5, 200)
    assert top["reach"] == pytest.approx(200 / 250)
    assert top["effect"] == pytest.approx(1)
    assert top["value"] == pytest.approx(1000 * 0.8 * 0.5 * 1 * 20)  # 8,000
    assert top["value_low"] < top["value"] < top["value_high"]


def test_columns():
    assert list(effort.where_first(SHARP).table.columns) == [
        "rank", "stage", "share", "reach", "effect", "low", "high", "n", "value", "value_low", "value_high",
    ]  # fmt: skip


def test_customers_and_their_worth_come_from_the_orders_of_the_last_year():
    # b, c and d bought in the 365 days before the last order, for 100, 50 and 150; a did long before
    bought = orders(["a", "b", "c", "d", "b"], [0, 500, 600, 700, 710], [999.0, 60.0, 50.0, 150.0, 40.0])
    result = effort.where_first(SHARP, bought, margin=0.25)
    assert (result.market.customers, result.market.worth) == (3, pytest.approx(25))
    assert row(result)["value"] == pytest.approx(3 * 25 * 0.8 * 0.5)
    assert "3 customers a year" in result.assumptions


def test_what_is_filled_in_goes_before_the_orders():
    bought = orders(["a", "b"], [0, 1], [10.0, 30.0])
    result = effort.where_first(SHARP, bought, margin=0.5, customers_per_year=100)
    assert (result.market.customers, result.market.worth) == (100, pytest.approx(10))
    result = effort.where_first(SHARP, bought, value_per_customer=7.0)
    assert (result.market.customers, result.market.worth, result.market.error) == (2, 7, 0)


def test_nought_filled_in_is_nothing_filled_in():
    assert effort.where_first(SHARP, customers_per_year=0, value_per_customer=0).market is None


def test_the_effect_of_a_lone_stage_is_the_difference_of_two_means_with_its_robust_error():
    # 60 far too much: 30 buy again; 60 hardly any: 54
    loyal = [True] * 30 + [False] * 30 + [True] * 54 + [False] * 6
    top = row(effort.where_first(survey([1] * 120, [1] * 120, [3] * 60 + [1] * 60, buy_again=loyal)))
    error = np.sqrt((0.9 * 0.1 / 60 + 0.5 * 0.5 / 60) * 120 / 118)  # HC1
    assert top["effect"] == pytest.approx(0.4)
    assert (top["low"], top["high"]) == pytest.approx((0.4 - 1.96 * error, 0.4 + 1.96 * error), abs=1e-6)


def test_a_stage_that_only_goes_along_with_another_gets_no_credit():
    # effort after buying costs 60 points; effort choosing costs nothing, but the same customers often have both
    rng = np.random.default_rng(2)
    after = rng.random(4000) < 0.3
    choosing = rng.random(4000) < np.where(after, 0.8, 0.1)
    loyal = rng.random(4000) < np.where(after, 0.3, 0.9)
    frame = survey(np.where(choosing, 3, 1), [1] * 4000, np.where(after, 3, 1), every="h", buy_again=loyal)
    result = effort.where_first(frame, customers_per_year=1000, value_per_customer=10.0)
    assert row(result)["low"] < 0.6 < row(result)["high"]
    assert row(result, "choosing")["low"] < 0 < row(result, "choosing")["high"]
    assert [finding.headline for finding in result.findings()] == [
        "Effort here costs loyalty: after purchase."
    ]
    (finding,) = result.findings()
    assert finding.certainty == "sure"
    assert finding.assumptions


def test_stages_that_cannot_be_told_apart_have_no_effect_of_their_own():
    frame = SHARP.assign(choosing=SHARP["after"], buying=1)
    result = effort.where_first(frame, customers_per_year=1000, value_per_customer=20.0)
    assert result.table["effect"].isna().all()
    assert result.findings()[0].certainty == "too few"


@pytest.mark.parametrize(("hard", "certainty"), [(29, "too few"), (30, "sure")])
def test_thirty_customers_must_have_found_it_hard(hard, certainty):
    frame = survey(
        [1] * 300,
        [1] * 300,
        [3] * hard + [1] * (300 - hard),
        buy_again=[False] * hard + [True] * (300 - hard),
    )
    result = effort.where_first(frame, customers_per_year=1000, value_per_customer=20.0)
    (finding,) = result.findings()
    assert finding.certainty == certainty
    assert finding.enough == (311 if hard == 29 else None)  # 30 ÷ (29 ÷ 300) = 310.3
    assert ("311 answers would do" in result.text) == (hard == 29)


def test_three_answers_are_worth_nothing_sure():
    tiny = survey([1] * 3, [1] * 3, [3, 1, 1], buy_again=[False, True, True])
    assert (
        effort.where_first(tiny, customers_per_year=1000, value_per_customer=20.0).findings()[0].certainty
        == "too few"
    )


@pytest.mark.parametrize("said", [True, False])
def test_when_everybody_says_the_same_nothing_is_lost(said):
    result = effort.where_first(
        SHARP.assign(buy_again=said), customers_per_year=1000, value_per_customer=20.0
    )
    assert row(result)["value"] == pytest.approx(0, abs=1e-6)
    assert all(finding.certainty != "sure" for finding in result.findings())


def test_without_the_question_it_says_which_is_needed():
    with pytest.raises(DataError, match=r"buy again.*yes/no"):
        effort.where_first(SHARP.drop(columns="buy_again"))


def test_the_picture_shows_the_value_or_else_the_effect():
    valued = effort.where_first(SHARP, customers_per_year=1000, value_per_customer=20.0)
    assert max(x for x in valued.plot().data[0].x if x == x) == pytest.approx(8000)
    assert max(x for x in effort.where_first(SHARP).plot().data[0].x if x == x) == pytest.approx(1)


def test_the_interval_of_the_value_holds_the_truth_in_about_95_of_100_surveys():
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        hard = rng.random(400) < 0.3
        loyal = rng.random(400) < np.where(hard, 0.5, 0.9)
        frame = survey([1] * 400, [1] * 400, np.where(hard, 3, 1), every="h", buy_again=loyal)
        top = row(effort.where_first(frame, customers_per_year=1000, value_per_customer=10.0))
        held += top["value_low"] <= 1000 * 10 * 0.3 * 0.4 <= top["value_high"]
    assert held >= 52


def test_the_sentence_is_in_the_shops_money():
    text = effort.where_first(SHARP, currency="GBP", customers_per_year=1000, value_per_customer=20.0).text
    assert "£8,000" in text
    assert text.startswith("Start with: after purchase.")


def test_customers_of_nullable_kinds_are_the_same():
    bought = orders(["a", "b"], [0, 1], [10.0, 30.0])
    other = bought.astype({"customer_id": "category", "revenue": "Float64"})
    one, two = (effort.where_first(SHARP, o) for o in (bought, other))
    pd.testing.assert_frame_equal(one.table, two.table)
