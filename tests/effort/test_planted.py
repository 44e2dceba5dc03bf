"""The stories planted in the demo shop are found again by the functions an owner uses.

Some twenty truths are looked for at once, so intervals are 99.9 % ones, by Wilson of the function's own counts.
"""

from __future__ import annotations

import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from csworkbook import demo, effort
from csworkbook.shop import open_shop

TRUTH = demo.truth().set_index("id")
DELIVERY = pd.Timestamp("2026-03-02", tz="Europe/Amsterdam")


@pytest.fixture(scope="module")
def shop():
    return open_shop()


def assert_holds(truth, count, n):
    low, high = proportion_confint(count, n, alpha=0.001, method="wilson")
    assert low <= TRUTH.loc[truth, "value"] <= high, (truth, count / n, n)


def hard(survey, by, stage):
    table = effort.by_stage(survey, by=by).table
    table = table[(table["stage"] == stage) & (table["answer"] == 3)]
    return table.set_index(by)[["count", "n"]]


@pytest.mark.parametrize("device", ["mobile", "desktop", "tablet"])
def test_effort_after_buying_before_the_delivery_problem(shop, device):
    before = shop.effort_survey[shop.effort_survey["answered_at"] < DELIVERY]
    assert_holds(f"effort.after.{device}", *hard(before, "device", "after").loc[device])


@pytest.mark.parametrize(
    ("stage", "by", "group"), [("choosing", "category", "bed and bath"), ("buying", "device", "mobile")]
)
def test_effort_of_one_group_and_of_the_others(shop, stage, by, group):
    cells = hard(shop.effort_survey, by, stage)
    assert_holds(f"effort.{stage}.{'bed' if stage == 'choosing' else 'mobile'}", *cells.loc[group])
    assert_holds(f"effort.{stage}.elsewhere", *cells.drop(group).sum())


def test_the_delivery_problem_is_found_in_its_week_and_size(shop):
    result = shop.call(effort.over_time)
    assert f"{result.began:%G-W%V}" == TRUTH.loc["effort.after.jump", "since"]
    counts = [round(e.value * e.n) for e in (result.shift.since, result.shift.before)]
    low, high = confint_proportions_2indep(
        counts[0],
        result.shift.since.n,
        counts[1],
        result.shift.before.n,
        method="newcomb",
        compare="diff",
        alpha=0.001,
    )
    assert low <= TRUTH.loc["effort.after.jump", "value"] <= high


@pytest.mark.parametrize("stage", ["choosing", "buying"])
def test_where_nothing_was_planted_no_week_is_found(shop, stage):
    assert shop.call(effort.over_time, stage=stage).began is None


MEASURES = {
    "buy_again": "buy_again",
    "spend_more": "spend_more",
    "negative_word": "detractor",
    "bought_again": "repurchase",
}


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("measure", MEASURES)
def test_loyalty_by_effort(shop, measure, level):
    table = shop.call(effort.loyalty).table.set_index(["measure", "effort"])
    assert_holds(f"effort.{MEASURES[measure]}.{level}", *table.loc[(measure, level), ["count", "n"]])


def test_most_comments_on_hard_deliveries_are_about_the_delivery(shop):
    since = shop.effort_survey[shop.effort_survey["answered_at"] >= DELIVERY]
    result = effort.comments(since, stage="after")
    delivery = result.table.set_index("topic").loc["delivery"]
    assert_holds("effort.comments.delivery", delivery["count"], delivery["n"])
    assert TRUTH.loc["effort.comments.delivery", "low"] <= delivery["share"]
    assert delivery["share"] <= TRUTH.loc["effort.comments.delivery", "high"]
    assert result.table["topic"][0] == "delivery"
    assert "delivery" in result.headline


def test_returning_customers_answer_more_often(shop):
    result = shop.call(effort.response)
    row = result.table.set_index("trait").loc["returning"]
    assert TRUTH.loc["effort.response.returning", "value"] > TRUTH.loc["effort.response.new", "value"]
    assert row["verdict"] == "yes"
    assert row["low"] > 0


def test_after_buying_on_mobile_is_the_hardest_place(shop):
    assert shop.call(effort.by_stage).headline.startswith("After purchase")
    assert "After purchase, mobile" in shop.call(effort.segments, by="device").headline
    assert shop.call(effort.where_first).table["stage"][0] == "after"


def test_every_truth_of_the_chapter_has_a_test_here():
    ids = TRUTH.index[TRUTH["chapter"] == "03"].str.split(".").str[:2].str.join(".")
    assert set(ids) == {
        "effort.choosing", "effort.buying", "effort.after", "effort.comments", "effort.response", "effort.buy_again",
        "effort.spend_more", "effort.detractor", "effort.repurchase", "leak.no_second",
    }  # fmt: skip


def test_who_never_orders_a_second_time_is_counted_among_the_lapsed(shop):
    # customers whose first order is their only one within 180 days lapse; nobody else has lapsed by then
    orders = shop.orders
    first = orders[orders["ordered_at"] < pd.Timestamp("2025-01-01", tz="Europe/Amsterdam")]
    lone = first.groupby("customer_id").filter(lambda own: len(own) == 1 and bool(own["first_order"].iloc[0]))
    once = orders[orders["customer_id"].isin(lone["customer_id"])]
    result = effort.leaking_bucket(once)
    assert result.table["lapsed"].sum() > 0
    assert result.churn.low > 0
