"""The scorecard of three: shares counted by hand, verdicts that follow from Wilson's limits."""

from __future__ import annotations

import pandas as pd
import pytest
from effort.tables import assert_says, survey
from statsmodels.stats.proportion import proportion_confint

from csworkbook import open_shop
from csworkbook.errors import DataError, MissingTable, SettingError
from csworkbook.service_gap.principles import principles

from .arrivals import contacts

# ten contacts; the last two are too recent to tell
TEN = contacts(
    ["ann", "ann", "bob", "cid", "dee", "eve", None, "fay", "gus", "hal"],
    [0, 3, 0, 0, 0, 0, 0, 10, 40, 41],
    topic=["refund", "refund", "refund", "other", None, "invoice", "invoice", "invoice", "refund", "refund"],
    transferred=pd.array([False, False, True, False, False, False, False, None, False, False], dtype="boolean"),
    abandoned=pd.array([False, False, False, False, False, False, False, True, False, False], dtype="boolean"),
    friendliness=pd.array([None, 5, 5, 3, 5, 4, 5, None, 1, None], dtype="Int64"),
    handling_minutes=6.0,
)  # fmt: skip


def part(result, name):
    return result.table.set_index("part").loc[name, ["count", "n"]].tolist()


def test_knowledge_by_hand():
    result = principles(TEN)
    assert part(result, "recorded") == [9, 10]
    assert part(result, "telling") == [8, 9]
    assert result.reasons == 3


def test_solved_by_hand():
    # known and finished: ann (comes back), ann, bob (passed on), cid (3), eve, fay (given up); dee has no topic
    result = principles(TEN)
    assert part(result, "solved") == [2, 6]
    assert part(result, "no_repeat") == [5, 6]
    assert part(result, "answered") == [9, 10]
    assert part(result, "not_passed_on") == [8, 9]
    assert part(result, "friendly") == [5, 7]
    assert part(result, "solved_rated") == [2, 4]
    assert result.left_out == (2, 2)


def test_a_longer_window_finds_what_comes_later():
    later = contacts(["ann", "ann", "bob"], [0, 20, 100])
    assert part(principles(later), "no_repeat") == [2, 2]
    assert part(principles(later, within="30D"), "no_repeat") == [1, 2]


def test_effort_is_that_of_the_hardest_stage():
    asked = survey([1, 1, 3, 1], [3, 3, 1, None], [1, 2, 1, 1])
    result = principles(effort_survey=asked)
    assert result.table["part"].tolist()[1:4] == ["buying", "choosing", "after"]
    assert part(result, "buying") == [1, 3]
    assert part(result, "choosing") == [3, 4]
    assert part(result, "after") == [4, 4]
    assert result.scores.loc["effort", "part"] == "buying"


def test_intervals_are_wilsons():
    score = principles(TEN).score("solved")
    assert (score.low, score.high) == pytest.approx(proportion_confint(2, 6, method="wilson"))


@pytest.mark.parametrize(("target", "verdict"), [(0.90, "yes"), (0.95, "cannot tell yet"), (0.99, "no")])
def test_three_verdicts(target, verdict):
    # 190 of 200: Wilson .9104 to .9726
    many = contacts([f"k{i}" for i in range(200)], range(200), topic=["refund"] * 190 + [None] * 10)
    assert principles(many, knowledge_target=target).scores.loc["knowledge", "verdict"] == verdict


def test_each_principle_below_its_target_is_a_finding():
    many = contacts([f"k{i}" for i in range(200)], range(200), topic=["refund"] * 100 + [None] * 100)
    found = principles(many, survey([3] * 60, [1] * 60, [1] * 60)).findings()
    assert [f.estimate.value for f in found] == [0.5, 0.0]
    passed = many.assign(topic="refund", transferred=True)
    found = principles(passed, survey([1] * 400, [1] * 400, [1] * 400)).findings()
    assert [f.headline[:10] for f in found] == ["At most 0%"]
    assert [f.benchmark for f in found] == [None]  # what customers want is no norm for what is solved


# 300 customers who do not come back, at 84% surely on target
QUIET = contacts([f"k{i}" for i in range(300)], range(300))


@pytest.mark.parametrize(("rated", "verdict"), [(0, "cannot tell yet"), (29, "cannot tell yet"), (30, "yes")])
def test_friendly_is_never_reached_without_ratings(rated, verdict):
    asked = QUIET.assign(friendliness=pd.array([5] * rated + [None] * (300 - rated), dtype="Int64"))
    result = principles(asked)
    assert result.scores.loc["solved", ["share", "verdict"]].tolist() == [1, verdict]
    assert ("Whether it was friendly cannot be told yet" in result.text) == (rated < 30)
    assert_says(result)


def test_what_was_measured_is_named():
    result = principles(QUIET)
    assert "pass what was measured: did not come back." in result.text
    assert "one friendly conversation" not in result.text
    named = "Of “solved in one friendly conversation” measured: did not come back"
    assert named in [row[1] for row in result.cells()]
    assert named in result.sheet().iloc[:, 1].tolist()
    more = principles(QUIET.assign(abandoned=False, transferred=False, friendliness=5))
    assert "100% of the contacts were solved in one friendly conversation" in more.text
    assert "measured: was answered" not in more.text
    assert "pass what was measured: did not come back and was answered." in (
        principles(QUIET.assign(abandoned=False)).text
    )


def test_the_target_is_said_to_be_a_wish():
    assert "what customers say they want, not a norm" in principles(QUIET).text
    assert "what customers say" not in principles(QUIET, solved_target=0.8).text


def test_the_hardest_of_three_stages_has_limits_for_three():
    asked = survey([3] * 12 + [1] * 88, [3] * 10 + [1] * 90, [1] * 100)
    score = principles(effort_survey=asked).score("effort")
    assert (score.low, score.high) == pytest.approx(proportion_confint(88, 100, 0.05 / 3, method="wilson"))
    alone = principles(effort_survey=survey([3] * 12 + [1] * 88, [None] * 100, [None] * 100)).score("effort")
    assert (alone.low, alone.high) == pytest.approx(proportion_confint(88, 100, 0.05, method="wilson"))


def test_what_coming_back_costs_in_a_year():
    # 100 customers write twice about the same, 3 days apart, over a year: half of the contacts follow another
    days = [day for k in range(100) for day in (3.5 * k, 3.5 * k + 3)]
    twice = contacts([f"k{k}" for k in range(100) for _time in (1, 2)], days, handling_minutes=6.0)
    value = principles(twice, hourly_cost=30.0).coming_back
    span = max(days) - min(days)
    finished = sum(day + 14 <= max(days) for day in days)
    again = sum(day + 14 <= max(days) for day in days[::2])
    assert value.value == pytest.approx(again / finished * 200 * 365 / span * 3)
    assert value.low < value.value < value.high
    assert principles(twice.drop(columns="handling_minutes")).coming_back is None


def test_a_missing_table_is_asked_for():
    assert "Bring an effort survey" in principles(TEN).text
    only_survey = principles(effort_survey=survey([1, 2], [1, 1], [1, 1]))
    assert "Bring your contacts" in only_survey.text
    assert (only_survey.scores.loc["solved", "n"], only_survey.scores.loc["solved", "verdict"]) == (
        0,
        "cannot tell yet",
    )
    assert_says(only_survey)
    with pytest.raises(MissingTable, match="contacts or an effort survey"):
        principles()


def test_a_missing_column_is_named():
    with pytest.raises(DataError, match="topic"):
        principles(TEN.drop(columns="topic"))


def test_ratings_are_no_part_where_there_are_none():
    bare = TEN[["contact_id", "customer_id", "opened_at", "channel", "topic"]]
    result = principles(bare)
    assert result.table["part"].tolist() == ["recorded", "telling", "hardest", "solved", "no_repeat"]
    assert part(result, "solved") == [5, 6]
    assert_says(result)


@pytest.mark.parametrize(
    "odd",
    [TEN.head(0), TEN.head(1), TEN.assign(customer_id=None), TEN.assign(topic=None), TEN.assign(friendliness=pd.NA),
     TEN.assign(transferred=True), TEN.astype({"customer_id": "category", "topic": "category"})],
)  # fmt: skip
def test_odd_contacts_are_answered(odd):
    result = principles(odd, survey([None] * 2, [None] * 2, [None] * 2))
    assert_says(result)
    assert all(f.certainty == "too few" for f in result.findings() if f.enough)


@pytest.mark.parametrize("wrong", [{"knowledge_target": 1.1}, {"solved_target": -0.1}, {"within": "soon"}])
def test_choices_that_cannot_be(wrong):
    with pytest.raises(SettingError):
        principles(TEN, **wrong)


def test_everything_is_said_and_drawn():
    result = principles(TEN, survey([1] * 50, [3] * 50, [2] * 50))
    assert_says(result)
    figure = result.plot()
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert sorted(x for bar in bars for x in bar.x) == pytest.approx(sorted([0.9, 0.0, 1 / 3]))
    assert list(figure.data[-1].x) == [0.84, 0.9, 0.95]


def test_nothing_is_changed():
    before = TEN.copy(deep=True)
    principles(TEN)
    pd.testing.assert_frame_equal(TEN, before)


def test_the_demo_shop():
    shop = open_shop()
    result = shop.call(principles)
    assert part(result, "recorded") == [len(shop.contacts)] * 2
    assert part(result, "telling")[0] == (shop.contacts["topic"] != "other").sum()
    assert result.scores.loc["effort", "part"] == "after"
    assert (
        result.score("effort").value
        == 1 - (shop.effort_survey["after"] == 3).sum() / shop.effort_survey["after"].count()
    )
    assert_says(result)
