"""Findings: how certain, what they rest on, in which order."""

from __future__ import annotations

import pytest

from csworkbook import evidence, language
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding, not_to_add, rank

SHARE = Estimate(0.3, 0.2, 0.4, 100)


def finding(name, value=None, estimate=SHARE, **more):
    worth = None if value is None else Estimate(*value, 100, "money")
    return Finding("03_effort_survey", name, estimate, value=worth, **more)


@pytest.mark.parametrize(
    ("one", "certainty"),
    [
        (finding("measured"), "sure"),
        (finding("worth something", (10, 5, 20)), "sure"),
        (finding("perhaps worth something", (10, -5, 20)), "likely"),
        (finding("worth nothing certain", (10, 0, 20)), "likely"),
        (finding("no data", estimate=None), "too few"),
        (finding("no data, but assumed", estimate=None, assumptions=("a",)), "too few"),
        (finding("assumed", assumptions=("a",)), "likely"),
        (finding("worth something, if", (10, 5, 20), assumptions=("a",)), "sure"),
    ],
)
def test_certainty(one, certainty):
    assert one.certainty == certainty


def test_rank_puts_sure_value_first_by_its_low_end_and_too_few_last():
    found = [
        finding("too few", estimate=None, enough=385),
        finding("likely", (900, -1, 2000)),
        finding("assumed, without value", assumptions=("a",)),
        finding("sure without value"),
        finding("sure, at least 50", (500, 50, 900)),
        finding("sure, at least 80", (100, 80, 120)),
    ]
    order = ["sure, at least 80", "sure, at least 50", "sure without value", "likely"]
    order += ["assumed, without value", "too few"]
    assert [f.headline for f in rank(found)] == order
    assert [f.headline for f in rank(found[::-1])] == order


def test_without_money_the_heaviest_comes_first_and_a_plain_observation_last():
    found = [finding("seen"), finding("advice", action="Wait."), finding("light", action="A.", weight=40)]
    found.append(finding("heavy", action="B.", weight=1800))
    assert [f.headline for f in rank(found)] == ["heavy", "light", "advice", "seen"]


def test_rank_of_nothing():
    assert rank([]) == []


def test_basis_names_the_own_data_and_the_handbook():
    basis = finding("x", benchmark="effort-buy-again").basis
    assert "30% (20% to 40%, n = 100)" in basis
    assert "94%" in basis
    assert evidence.get("effort-buy-again").source in basis


def test_basis_of_too_few_data_says_so_in_both_languages():
    few = finding("x", estimate=None)
    assert few.basis == "too few data"
    with language.speaking("nl"):
        assert few.basis == "te weinig gegevens"


def test_amounts_are_said_to_overlap_where_there_are_any():
    assert not_to_add([finding("seen"), finding("too few", estimate=None)]) == ""
    assert not_to_add([]) == ""
    assert "do not add them up" in not_to_add([finding("seen"), finding("worth something", (10, 5, 20))])
