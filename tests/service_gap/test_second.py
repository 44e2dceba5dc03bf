"""The company's guess against what customers expect: by hand, Welch, few people, one side missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from scipy.stats import ttest_ind
from statsmodels.stats.multitest import multipletests

from csworkbook.service_gap.second import second_gap

from .surveys import survey, wide


def both(guesses, expected, items=(5, 6, 10)):
    company = wide(np.array(guesses, float), items=list(items), role="company")
    return pd.concat([company, wide(np.array(expected, float), items=list(items))], ignore_index=True)


def test_by_hand():
    # reliability: guesses 5 and 6 (means of items 5 and 6), customers 7, 6.5 and 7
    result = second_gap(both([[5, 5, 7], [6, 6, 7]], [[7, 7, 7], [6, 7, 7], [7, 7, 7]]))
    row = result.table.set_index("dimension").loc["reliability"]
    assert (row["guess"], row["guesses"], row["n"]) == (5.5, 2, 3)
    assert row["expectation"] == pytest.approx(20.5 / 3)
    assert row["gap"] == pytest.approx(5.5 - 20.5 / 3)
    assert_says(result)


def test_the_test_is_welchs_with_holm():
    rng = np.random.default_rng(2)
    guesses, expected = rng.integers(3, 8, (9, 3)), rng.integers(5, 8, (60, 3))
    table = second_gap(both(guesses, expected)).table
    pairs = [
        (g, e)
        for g, e in ((guesses[:, :2].mean(1), expected[:, :2].mean(1)), (guesses[:, 2], expected[:, 2]))
    ]
    tests = [ttest_ind(g, e, equal_var=False) for g, e in pairs]
    assert table["p"].to_numpy() == pytest.approx(multipletests([t.pvalue for t in tests], method="holm")[1])
    limits = [t.confidence_interval() for t in tests]
    assert table["low"].to_numpy() == pytest.approx([limit.low for limit in limits])
    assert table["high"].to_numpy() == pytest.approx([limit.high for limit in limits])


def test_underestimating_is_the_finding_and_overestimating_is_said():
    expected = np.tile([[7, 7, 3], [6, 6, 2]], (30, 1))
    under = second_gap(both(np.tile([[4, 4, 3], [3, 3, 2]], (6, 1)), expected))
    assert under.headline.startswith("We underestimate reliability")
    assert under.findings()[0].headline == "We underestimate what customers expect of reliability."
    assert "12 people of the company guessed" in under.text
    over = second_gap(both(np.tile([[7, 7, 7], [6, 6, 6]], (6, 1)), expected))
    assert over.headline.startswith("We overestimate responsiveness")
    assert over.findings() == []
    for result in (under, over):
        assert_says(result)


def test_three_people_cannot_tell_much():
    result = second_gap(both([[5, 5, 5], [7, 7, 7], [6, 6, 6]], np.tile([[7, 7, 7], [6, 6, 6]], (30, 1))))
    assert "may" in result.text or "cannot be chance" in result.text
    assert "3 people of the company guessed" in result.text
    assert (result.table["verdict"] == "cannot tell yet").all()
    assert result.table["low"].min() >= -6


def test_an_interval_ends_where_the_scale_does():
    # two guesses, 1 and 7: Welch's interval would reach from −41 to 35
    row = second_gap(both([[1, 1, 1], [7, 7, 7]], np.tile([[7, 7, 7], [6, 6, 6]], (30, 1)))).table.iloc[0]
    assert row["gap"] == -2.5
    assert (row["low"], row["high"]) == (-6.0, 6.0)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "frame",
    [
        both([[5, 5, 5]], [[7, 7, 7], [6, 7, 7]]),
        both([[5, 5, 5]], [[7, 7, 7]]),
        both([[5, 5, 5], [5, 5, 5]], [[7, 7, 7], [7, 7, 7]]),
    ],
    ids=["one guess", "one of each", "all the same"],
)
def test_one_person_has_a_gap_but_no_interval(frame):
    result = second_gap(frame)
    assert result.table["gap"].notna().all()
    assert result.table[["low", "high", "p"]].isna().all(axis=None)
    assert_says(result)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (wide(np.full((3, 3), 6.0), role="company"), "Customers have not said yet"),
        (wide(np.full((3, 3), 6.0)), "Nobody in the company has guessed yet"),
        (survey([]), "Neither the company nor its customers"),
        (survey([{5: (None, 6)}]), "Nobody in the company has guessed yet"),
    ],
)
def test_one_side_alone_says_what_is_missing(frame, said):
    result = second_gap(frame)
    assert said in result.text
    assert result.findings()[0].enough
    assert_says(result)


def test_an_expectation_counts_without_its_other_half():
    half = survey([{5: (7, None)}, {5: (6, 4)}, {5: (7, 5)}])
    frame = pd.concat([half, survey([{5: (5, None)}, {5: (4, None)}], role="company")], ignore_index=True)
    assert second_gap(frame).table[["guesses", "n"]].values.tolist() == [[2, 3]]
