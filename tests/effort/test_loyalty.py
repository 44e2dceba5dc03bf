"""Loyalty by effort: counts by hand, real purchases by hand, windows that are not over left out."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import effort, evidence
from csworkbook.errors import DataError

from .tables import ZONE, orders, survey

# effort = the most at any stage: 1, 1, 2, 3, 3, none
SIX = survey(
    [1, 1, 2, 1, 3, None], [1, None, 1, 3, 1, None], [1, 1, 1, 1, None, None],
    buy_again=pd.array([True, True, False, False, None, True], dtype="boolean"),
    spend_more=pd.array([True, False, None, False, False, True], dtype="boolean"),
    recommend=pd.array([6, 7, 10, 0, 6, 3], dtype="Int8"),
)  # fmt: skip


def cells(result, measure):
    part = result.table[result.table["measure"] == measure].set_index("effort")
    return {int(level): (int(row["count"]), int(row["n"])) for level, row in part.iterrows()}


def test_what_customers_said_by_hand():
    result = effort.loyalty(SIX)
    assert {"measure", "effort", "count", "n", "share", "low", "high", "benchmark"} == set(
        result.table.columns
    )
    assert cells(result, "buy_again") == {1: (2, 2), 2: (0, 1), 3: (0, 1)}
    assert cells(result, "spend_more") == {1: (1, 2), 2: (0, 0), 3: (0, 2)}
    assert cells(result, "negative_word") == {1: (1, 2), 2: (0, 1), 3: (2, 2)}


def test_the_handbooks_figures_stand_at_their_own_level_only():
    marks = effort.loyalty(SIX).table.dropna(subset="benchmark").set_index(["measure", "effort"])["benchmark"]
    assert marks.to_dict() == {("buy_again", 1): 0.94, ("spend_more", 1): 0.88, ("negative_word", 3): 0.81}
    assert evidence.get("effort-buy-again").value == 0.94


def test_who_bought_again_by_hand():
    # answers on day 10, 10, 10, 10, 250 and 10 of 2026; the last order is on day 300
    at = pd.Timestamp("2026-01-01 12:00", tz=ZONE) + pd.to_timedelta([10, 10, 10, 10, 250, 10], "D")
    asked = survey([1] * 6, [1] * 6, [1] * 6).assign(
        answered_at=at, customer_id=["a", "b", "c", "d", "e", "nobody"]
    )
    bought = orders(
        ["a", "a", "b", "b", "c", "d", "d", "e", "e", "z"],
        [0, 50, 0, 150, 10, 0, 100, 0, 260, 300],
    )
    # a: day 50 is within 90 days · b: day 150 is not · c: only at the very moment of answering · d: day 100, on the
    # ninetieth day · e: the window is open until day 340, left out · nobody: no customer of ours
    result = effort.loyalty(asked, bought)
    assert cells(result, "bought_again")[1] == (2, 4)
    assert result.left_out == 1
    assert "too recent to tell, and left out: 1." in result.method


def test_a_shorter_window_counts_fewer():
    asked = survey([1], [1], [1], start="2026-01-11 12:00", customer_id=["a"])
    bought = orders(["a", "a", "z"], [0, 50, 300])
    assert cells(effort.loyalty(asked, bought, within="39D"), "bought_again")[1] == (0, 1)
    assert cells(effort.loyalty(asked, bought, within="40D"), "bought_again")[1] == (1, 1)


def test_orders_of_other_customers_add_nothing():
    asked = SIX.assign(customer_id=list("abcdef"))
    assert "bought_again" not in set(effort.loyalty(asked, orders("xyz", [0, 1, 300])).table["measure"])


def test_a_survey_that_asks_nothing_about_loyalty_says_what_would_do():
    with pytest.raises(DataError, match=r"does not say.*recommend 0–10"):
        effort.loyalty(SIX[["answered_at", "choosing", "buying", "after"]])


def groups(easy, hard, column="buy_again"):
    """40 with hardly any effort and 40 with far too much, of whom so many say yes."""
    said = [True] * easy + [False] * (40 - easy) + [True] * hard + [False] * (40 - hard)
    values = [0 if yes else 10 for yes in said] if column == "recommend" else said
    return survey([1] * 40 + [3] * 40, [1] * 80, [1] * 80, **{column: values})


def test_loyalty_that_falls_with_effort_is_found():
    result = effort.loyalty(groups(36, 20))
    assert result.difference("buy_again").value == pytest.approx(0.4)
    assert "Effort goes with leaving here" in result.text
    (finding,) = result.findings()
    assert finding.estimate.value == pytest.approx(0.4)


def test_loyalty_that_rises_with_effort_is_no_leaving():
    result = effort.loyalty(groups(20, 36))
    assert "other way round" in result.text
    assert result.findings() == []


def test_bad_words_that_rise_with_effort_are_found_and_the_reverse_is_not():
    assert len(effort.loyalty(groups(4, 30, "recommend")).findings()) == 1
    assert effort.loyalty(groups(30, 4, "recommend")).findings() == []


def test_a_difference_chance_could_make_is_called_so():
    result = effort.loyalty(groups(30, 28))
    assert "Chance could make that difference" in result.text
    assert result.findings() == []


def test_few_answers_give_no_finding():
    assert effort.loyalty(groups(40, 0).iloc[::2]).findings() == []


def test_the_picture_shows_every_level_and_the_handbook():
    result = effort.loyalty(SIX)
    figure = result.plot()
    drawn = sorted(x for trace in figure.data[:-1] for x in trace.x)
    assert drawn == sorted(result.table.loc[result.table["n"] > 0, "share"])
    assert sorted(figure.data[-1].x) == [0.81, 0.88, 0.94]
