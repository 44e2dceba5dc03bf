"""Rules to recognise personas by: right by count, in words, measured on customers who had no part in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import estimates, open_shop
from csworkbook.errors import SettingError
from csworkbook.personas import feature_words
from csworkbook.personas.likeness import conditions
from csworkbook.personas.likeness.conditions import Condition, best_rule, holds, rounded
from csworkbook.personas.likeness.recognise import measured, recognise

from .likeness import demo, kind_of, personas, shop


def test_a_condition_holds_above_and_up_to_its_bounds_and_never_for_what_is_not_known():
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0, np.nan], "b": [0.0, 1.0, 1.0, 1.0]})
    assert Condition("a", 1, 2).holds(table).tolist() == [False, True, False, False]
    assert holds((Condition("a", low=1), Condition("b", low=0.5)), table).tolist() == [
        False,
        True,
        True,
        False,
    ]
    assert Condition("a").holds(table).tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    ("bound", "kind", "expected"),
    [
        (3.5, "count", 3), (0.4999, "share", 0.5), (0.512, "share", 0.5), (0.03, "share", 0.03), (0.99, "share", 0.99),
        (123.4, "money", 120), (0.0, "money", 0), (-np.inf, "share", -np.inf),
    ],
)  # fmt: skip
def test_bounds_are_rounded_to_what_can_be_kept_in_mind(bound, kind, expected):
    assert rounded(bound, kind) == expected


def test_a_group_made_by_two_conditions_is_found_by_these_two():
    rng = np.random.default_rng(2)
    table = pd.DataFrame(
        {
            "discount": rng.random(3000),
            "orders": rng.integers(1, 8, 3000).astype(float),
            "noise": rng.random(3000),
        }
    )
    member = ((table["discount"] > 0.5) & (table["orders"] > 3)).to_numpy()
    rule = best_rule(table, member, kinds={"discount": "share", "orders": "count", "noise": "share"})
    assert rule == (Condition("discount", 0.5, np.inf), Condition("orders", 3, np.inf))
    assert (holds(rule, table) == member).mean() > 0.999


def test_a_rule_has_no_more_conditions_than_were_asked_and_noise_has_no_rule_that_works():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.random((1500, 5)), columns=list("abcde"))
    member = ((table["a"] > 0.5) & (table["b"] > 0.5) & (table["c"] > 0.5)).to_numpy()
    for most in (1, 2, 3):
        assert len(best_rule(table, member, most=most, kinds={})) <= most
    _rules, told = measured(table, rng.integers(1, 3, 1500), 2, most=3, seed=0)
    assert (told["hits_low"] < told["base"] + 0.05).all()  # no better than guessing


def test_hits_and_reach_are_counted_on_the_customers_kept_back():
    rng = np.random.default_rng(4)
    labels = rng.integers(1, 3, 600)
    table = pd.DataFrame({"discount": np.clip(labels - 1 + rng.normal(0, 0.5, 600), 0, 1)})
    rules, told = measured(table, labels, 2, most=1, seed=7)
    back = conditions.kept_back(600, 7)
    assert back.sum() == 180
    row = told.set_index("persona").loc[2]
    said = table["discount"].to_numpy()[back] > rules[2][0].low
    mine = labels[back] == 2
    assert (row["met"], row["members"], row["tested"]) == (said.sum(), mine.sum(), 180)
    assert row["hits"] == (said & mine).sum() / said.sum()
    assert row["reach"] == (said & mine).sum() / mine.sum()
    hits = [row["hits_low"], row["hits_high"]]
    assert hits == pytest.approx(list(estimates.shares((said & mine).sum(), said.sum())))


def test_a_rule_does_no_better_where_it_was_found_than_where_it_was_not():
    """Measured on their own customers, rules for groups at random would look right."""
    own, kept = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame(rng.random((120, 8)), columns=list("abcdefgh"))
        labels = rng.integers(1, 3, 120)
        rules, told = measured(table, labels, 2, most=3, seed=seed)
        kept.append(told.set_index("persona").loc[1, "hits"])
        mine = conditions.kept_back(120, seed)
        met = holds(rules[1], table)[~mine]
        own.append((labels[~mine] == 1)[met].mean())
    assert np.nanmean(kept) == pytest.approx(0.5, abs=0.05)
    assert np.mean(own) > 0.55


def test_the_planted_kinds_are_recognised_by_what_they_buy():
    result = recognise(**shop(), personas=personas())
    rules = {result.table.set_index("persona")["name"][p]: rule for p, rule in result.rules.items()}
    assert {name: {one.column for one in rule} for name, rule in rules.items()}["Gardeners"] & {
        "category: garden",
        "device: desktop",
    }
    assert (result.table["hits_low"] > 0.7).all()
    assert result.table["tested"].unique().tolist() == [108]  # three tenths of 360
    truth = kind_of(pd.Index(shop()["orders"]["customer_id"].unique()))
    assert len(truth) == 360


def test_the_demo_shops_types_are_recognised_and_the_best_rule_is_a_finding():
    result = open_shop().call(recognise, personas=demo())
    assert (result.table["hits_low"] > 0.85).all()
    assert (result.table["reach_low"] > 0.85).all()
    [finding] = result.findings()
    assert finding.estimate.low > 0.85
    seen = {one.column for rule in result.rules.values() for one in rule}
    assert not seen & {"margin", "margin_share", "days_known", "days_since"}


@pytest.mark.parametrize(
    ("condition", "english"),
    [
        (Condition("orders", 1, np.inf), "number of orders: at least 2"),
        (Condition("orders", 1, 3), "number of orders: 2 to 3"),
        (Condition("december", 0.25, 0.5), "orders in December: more than 25%, at most 50%"),
        (Condition("order_value", -np.inf, 12.5), "amount per order: at most €12.50"),
        (Condition("contacts", 0.5, np.inf), "contacts per order: more than 0.50"),
    ],
)
def test_conditions_are_said_in_words(condition, english):
    assert feature_words.condition(condition) == english


def test_rows_in_another_order_change_nothing_and_the_same_seed_gives_the_same():
    tables = {name: frame.sample(frac=1, random_state=4) for name, frame in shop().items()}
    one, other = recognise(**shop(), personas=personas()), recognise(**tables, personas=personas())
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.rules == other.rules
    assert recognise(**shop(), personas=personas(), seed=1).table["met"].tolist() != one.table["met"].tolist()


def test_it_is_said_in_both_languages():
    result = recognise(**shop(), personas=personas())
    assert_says(result)
    assert result.text.startswith("The rule for “")
    assert "kept back" in result.text
    assert len(result.plot().data) == 3


def test_fewer_or_more_conditions_than_can_be_are_refused():
    with pytest.raises(SettingError, match="1, 2, 3"):
        recognise(**shop(), personas=personas(), most=4)
