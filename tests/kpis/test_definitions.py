"""The handbook's figures: all there, each with a formula that follows the choice, and what it leaves out."""

from __future__ import annotations

import pytest

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.kpis.definitions import (
    AIMS,
    DEFINITIONS,
    GROUPS,
    KPIS,
    METRICS,
    Choices,
    exclusions,
    formula,
    names,
    spell,
)
from csworkbook.tables import TABLES


def test_ten_metrics_in_the_handbooks_order_and_four_kpis():
    assert METRICS == (
        "churn", "contacts", "reply", "resolved", "next_avoided",
        "effort", "friendliness", "knowledge", "cost_to_resolution", "nps",
    )  # fmt: skip
    assert KPIS == ("complaining", "first_contact", "very_friendly", "acquisition")


def test_the_handbooks_four_formulas():
    assert formula("complaining") == "customers with a complaint ÷ customers with a service contact"
    assert formula("first_contact") == "customers solved in one interaction ÷ customers handled"
    assert formula("very_friendly") == "“very friendly” (5) ÷ all service interactions"
    assert formula("acquisition") == "new customers who bought ÷ all service interactions"
    assert formula("cost_to_resolution").startswith("cost per contact × contacts per solved issue (")


@pytest.mark.parametrize("metric", DEFINITIONS)
def test_every_figure_is_whole(metric):
    one = DEFINITIONS[metric]
    assert one.name == names()[metric]
    assert formula(metric)
    assert exclusions(metric)
    assert one.group in GROUPS
    assert one.aim in AIMS
    for needed in one.needs:
        table, _dot, column = needed.partition(".")
        assert table in TABLES
        assert not column or column in TABLES[table]


def test_a_formula_says_the_days_and_the_choice():
    assert "within 30 days" in formula("resolved", Choices(within="30D"))
    assert "60 days after" in formula("churn", Choices(after="60D"))
    assert "rated interactions" in formula("very_friendly", Choices(rated="rated"))
    assert (
        formula("reply", Choices(middle="mean", hours="clock"))
        == "mean time to the first reply, by the clock"
    )


def test_choices_that_are_none():
    for odd in ({"rated": "x"}, {"middle": "mode"}, {"hours": "night"}):
        with pytest.raises(SettingError, match="cannot be chosen"):
            Choices(**odd).require()


def test_values_as_people_write_them():
    assert DEFINITIONS["complaining"].say(0.1234) == "12.3%"
    assert DEFINITIONS["nps"].say(-0.07) == "-7"
    assert DEFINITIONS["cost_to_resolution"].say(8.8) == "€8.80"
    assert DEFINITIONS["friendliness"].say(3.912) == "3.91"
    assert DEFINITIONS["reply"].say(float("nan")) == "–"
    with language.speaking("nl"):
        assert DEFINITIONS["complaining"].say(0.1234) == "12,3%"
    assert (spell(0.4), spell(30), spell(633)) == ("24 seconds", "30 minutes", "10.6 hours")
