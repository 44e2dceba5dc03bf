"""Satisfaction and buying again: counted by hand, scipy's tau, Kaplan and Meier as published, coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csworkbook.errors import DataError, MissingTable, SettingError
from csworkbook.service_gap.myths import satisfaction, scores
from csworkbook.service_gap.myths.satisfaction import tau_b

from .tables import contacts, groups, orders, survey

YES_NO = "boolean"


def said(values) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype=YES_NO)


def test_counted_by_hand():
    # a, b: satisfied, back after 20 and 50 days · c: not, never back · d: satisfied, but window open
    # e: never ordered before · x: nobody in the orders · f: not satisfied, back after 200 days
    # a again, not satisfied: only the first answer counts
    bought = orders(
        ["a", "b", "c", "d", "f", "a", "b", "f", "e", "end"], [0, 0, 0, 200, 0, 30, 60, 210, 90, 300]
    )
    asked = contacts(
        list("abcdefax"), [10, 10, 10, 250, 10, 10, 100, 10], satisfied=said([1, 1, 0, 1, 1, 0, 0, 1])
    )
    result = satisfaction(bought, asked, within="90D")
    table = result.table.set_index("score")
    assert table.loc["satisfied", ["customers", "n", "again"]].tolist() == [3, 2, 2]
    assert table.loc["unsatisfied", ["customers", "n", "again"]].tolist() == [2, 2, 0]
    assert result.left == (1, 1, 1)
    assert result.estimate.value == pytest.approx(1.0)  # in four customers score and return agree
    assert result.verdict == "not enough data"
    assert "1 without an order before" in result.method


@pytest.mark.parametrize("seed", range(5))
def test_tau_is_scipys(seed):
    rng = np.random.default_rng(seed)
    score, again = rng.integers(0, 11, 300), rng.integers(0, 2, 300)
    table = pd.crosstab(score, again).to_numpy()
    assert tau_b(table) == pytest.approx(stats.kendalltau(score, again).statistic)


def test_tau_of_one_score_is_not_known():
    assert np.isnan(tau_b(np.array([[3, 4]])))
    assert np.isnan(tau_b(np.array([[3, 0], [4, 0]])))


# Freireich and others 1963, weeks in remission; + is negative. Kaplan–Meier and log-rank as in the textbooks
# (Kleinbaum & Klein, Survival Analysis, chapters 1 and 2)
DRUG = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
NONE = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
PUBLISHED = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


@pytest.fixture(scope="module")
def leukaemia():
    """The trial as a shop: who is still in remission at the end has not ordered again yet."""
    end, rows, asked = 400.0, [], []
    for group, times in (("drug", DRUG), ("none", NONE)):
        for number, time in enumerate(times):
            start = end - abs(time) if time < 0 else 100.0
            who = f"{group}{number}"
            rows += [(who, start - 5)] + ([(who, start + time)] if time > 0 else [])
            asked.append((who, start, group == "none"))
    who, days = zip(*rows, strict=True)
    names, starts, left = zip(*asked, strict=True)
    return orders([*who, "end"], [*days, end]), contacts(names, starts, satisfied=said(left))


def test_the_curve_is_the_published_one(leukaemia):
    curve = satisfaction(*leukaemia, within="10D").curves.query("score == 'unsatisfied'").set_index("day")
    for week, share in PUBLISHED.items():
        assert 1 - curve.loc[week, "share"] == pytest.approx(share, abs=0.0006)
    assert curve.loc[[6, 7, 10, 13, 16, 22, 23], "risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    # log-log limits at week 6, from Greenwood's error .0764 by hand
    low, high = (
        1 - 0.857143 ** np.exp(sign * 1.96 * 0.076360 / (0.857143 * -np.log(0.857143))) for sign in (-1, 1)
    )
    assert curve.loc[6, ["low", "high"]].tolist() == pytest.approx([low, high], abs=1e-4)


def test_the_test_of_the_curves_is_the_published_one(leukaemia):
    assert satisfaction(*leukaemia, within="10D").logrank == pytest.approx(stats.chi2.sf(16.793, 1), rel=0.01)


def test_the_picture_tells_who_is_at_risk(leukaemia):
    figure = satisfaction(*leukaemia, within="10D").plot()
    curve = next(trace for trace in figure.data if trace.name == "not satisfied")
    assert curve.hovertext[0].endswith("0% bought again (0% to 0%); 21 others still followed")
    assert list(curve.y) == sorted(curve.y)


def shop(low: int, high: int, n: int = 400):
    bought, named = groups(low=(low, n), high=(high, n))
    return bought, contacts(named["low"] + named["high"], [10] * 2 * n, satisfied=said([0] * n + [1] * n))


def test_a_planted_link_is_found_and_supports_the_myth():
    result = satisfaction(*shop(120, 200))
    assert result.verdict == "supported"
    assert "myth is supported" in result.text
    assert result.estimate.value == pytest.approx(0.2041, abs=1e-4)  # phi of 120/400 and 200/400, by hand
    assert result.findings()[0].estimate is result.estimate


def test_no_link_speaks_against_the_myth():
    result = satisfaction(*shop(800, 800, 2000))
    assert result.estimate.value == pytest.approx(0)
    assert result.verdict == "not supported"
    assert "speak against it" in result.text


def uneven(low: tuple[int, int], high: tuple[int, int], within: str = "180D"):
    bought, named = groups(low=low, high=high)
    who, marks = named["low"] + named["high"], said([0] * low[1] + [1] * high[1])
    return satisfaction(bought, contacts(who, [10] * len(who), satisfied=marks), within=within)


def test_a_sure_link_never_speaks_against_the_myth_though_nearly_all_are_satisfied():
    # 53% against 38% is 15 points, but with 92% satisfied tau-b is only .08
    result = uneven((608, 1600), (9752, 18_400))
    assert result.estimate.value == pytest.approx(0.082, abs=0.001)
    assert result.logrank < 1e-6
    assert result.verdict == "supported"
    assert "hardly any" not in result.text
    small = uneven((8000, 20_000), (8400, 20_000))  # 2 points: sure, and less than 5
    assert small.verdict == "supported"
    assert "less than 5 points" in small.text


def test_skewed_marks_alone_are_no_reason_against_it():
    # 45% against 40%, 5% not satisfied: tau-b .02, sure to be below .1; 5 points more is not ruled out
    result = uneven((60, 150), (1280, 2850))
    assert result.estimate.high < 0.1
    assert result.verdict == "not enough data"


def test_where_few_buy_again_a_quarter_of_them_matters():
    # 2% against 3%: half as many again, though only a point more; 5 points would have called that nothing
    result = uneven((20, 1000), (30, 1000))
    assert result.sides.slight == pytest.approx(0.025 / 4)
    assert result.verdict == "not enough data"
    assert uneven((20, 1000), (40, 1000)).verdict == "supported"


def test_few_with_the_lowest_score_give_no_verdict_against_it():
    assert uneven((12, 29), (1200, 3000)).verdict == "not enough data"


def test_few_customers_give_no_verdict_and_say_how_many_would():
    result = satisfaction(*shop(8, 10, 20))
    assert result.verdict == "not enough data"
    (finding,) = result.findings()
    assert finding.estimate is None
    assert finding.enough == result.needed > 40


@pytest.mark.parametrize("link", [0.0, 0.15])
def test_the_interval_holds_the_truth_as_often_as_it_says(link):
    truth = link / np.sqrt((0.4 + link / 2) * (0.6 - link / 2)) / 2  # phi of two groups of one size
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n, again = 300, rng.random(600) < np.repeat([0.4, 0.4 + link], 300)
        bought, named = groups(low=(int(again[:n].sum()), n), high=(int(again[n:].sum()), n))
        asked = contacts(named["low"] + named["high"], [10] * 600, satisfied=said([0] * n + [1] * n))
        estimate = satisfaction(bought, asked).estimate
        held += estimate.low <= truth <= estimate.high
    assert held >= 53  # 95 % of 60 is 57; fewer than 53 has a chance below 2 %


def test_every_score_that_is_there_can_be_chosen():
    bought, named = groups(low=(10, 40), high=(30, 40))
    who = named["low"] + named["high"]
    marks = pd.array([1, 2, 3, 4] * 10 + [3, 4, 5, 5] * 10, dtype="Int64")
    asked = contacts(who, [10] * 80, friendliness=marks)
    answered = survey(who, [10] * 80, recommend=pd.array([6] * 40 + [9] * 40, dtype="Int64"))
    assert scores(asked, answered) == ["friendliness", "recommend"]
    assert satisfaction(bought, asked, answered).score == "friendliness"
    assert satisfaction(bought, asked).table["customers"].tolist() == [20, 20, 40]
    told = satisfaction(bought, asked, answered, score="recommend").table
    assert told["score"].tolist() == ["0–6", "7–8", "9–10"]
    assert told["again"].tolist() == [10, 0, 30]


def test_what_cannot_be_is_refused():
    bought, asked = shop(2, 2, 5)
    with pytest.raises(SettingError, match="smile"):
        satisfaction(bought, asked, score="smile")
    with pytest.raises(DataError, match="satisfaction is known"):
        satisfaction(bought, asked.drop(columns="satisfied"))
    with pytest.raises(DataError, match="satisfaction is known"):
        satisfaction(bought, asked, score="knowledge")
    with pytest.raises(MissingTable):
        satisfaction(bought)
