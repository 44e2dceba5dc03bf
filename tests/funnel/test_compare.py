"""Two sides compared: by hand, against statsmodels, and quiet where nothing differs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from statsmodels.stats import proportion
from statsmodels.stats.multitest import multipletests

from csworkbook import demo, language, open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.funnel.compare import compare

from .logs import START, crowd, log

STEPS = ["cart", "payment", "paid"]
REACHED = {"mobile": [800, 400, 200], "desktop": [600, 310, 260]}
TWO = crowd(REACHED, STEPS)
score_test = proportion.test_proportions_2indep


def row(result, step):
    return result.table.set_index("step").loc[step]


def test_groups_by_hand():
    result = compare(TWO, STEPS, by="device", within=None)
    paid = row(result, "paid")
    assert result.sides == ("mobile", "desktop")  # the largest first
    assert (paid["one_n"], paid["one"], paid["other_n"]) == (400, 0.5, 310)
    assert paid["other"] == pytest.approx(260 / 310)
    assert paid["difference"] == pytest.approx(260 / 310 - 0.5)
    whole = row(result, "total")
    assert (whole["one_n"], whole["one"]) == (800, 0.25)
    assert whole["other"] == pytest.approx(260 / 600)


def test_intervals_and_p_are_those_of_statsmodels():
    table = compare(TWO, STEPS, by="device", within=None).table.set_index("step")
    pairs = {"payment": (310, 600, 400, 800), "paid": (260, 310, 200, 400), "total": (260, 600, 200, 800)}
    for step, cells in pairs.items():
        low, high = proportion.confint_proportions_2indep(*cells, method="newcomb", compare="diff")
        assert table.loc[step, ["low", "high"]].tolist() == pytest.approx([low, high])
    raw = [score_test(*cells, method="score").pvalue for cells in pairs.values()]
    assert table["p"].tolist() == pytest.approx(multipletests(raw, method="holm")[1])


def test_only_what_surely_differs_is_told():
    result = compare(TWO, STEPS, by="device", within=None)
    assert result.headline.startswith("From payment to paid, 33.9 points more went on in “desktop” (83.9%)")
    assert "At the other steps no difference can be told: payment." in result.text
    assert row(result, "payment")["verdict"] == "cannot tell yet"
    assert_says(result)


def test_the_second_group_that_does_worse_is_a_finding():
    found = compare(TWO, STEPS, by="device", one="desktop", other="mobile", within=None).findings()
    assert [f.headline for f in found] == ["From payment to paid fewer go on: mobile against desktop."]
    assert found[0].estimate.high < 0


def test_periods_by_hand():
    # the second half is planted worse: of 100 in each half, 50 and 20 pay
    first = crowd({"a": [100, 50]}, ["cart", "paid"], days=14)
    second = crowd({"b": [100, 20]}, ["cart", "paid"], days=14, start=START + pd.Timedelta("14D"))
    result = compare(pd.concat([first, second]), ["cart", "paid"], within="1h", split="2026-03-16")
    paid = row(result, "paid")
    assert (paid["one_n"], paid["one"]) == (100, 0.5)
    assert paid["other_n"] == 100 - 1  # the last one began less than an hour before the end
    assert paid["other"] == pytest.approx(20 / 100, abs=0.011)
    assert result.left_out == 1
    assert "less than that was left before the end of the data: 1 visitor." in result.method
    assert result.sides == ("2 Mar 2026 – 15 Mar 2026", "16 Mar 2026 – 29 Mar 2026")
    assert paid["verdict"] == "yes"


def test_heads_of_periods_are_short_and_their_days_stand_in_the_text_once():
    first = crowd({"a": [300, 240, 150]}, STEPS[:3], days=14)
    second = crowd({"b": [300, 120, 20]}, STEPS[:3], days=14, start=START + pd.Timedelta("14D"))
    result = compare(pd.concat([first, second]), STEPS[:3], within="1h", split="2026-03-16")
    assert result.heads()[2:6] == ["First: n", "First: went on", "Second: n", "Second: went on"]
    assert len(result.sure) == 3
    assert result.text.count("16 Mar 2026") == 1
    assert "in the second period" in result.text


@pytest.mark.parametrize(
    ("per", "who"), [("visitor", "visitors"), ("session", "visits"), ("customer", "customers")]
)
def test_what_is_counted_is_what_is_said(per, who):
    rows = log("ann 0 cart; bob 5 cart").assign(customer_id=["k", "l"], device="x")
    result = compare(rows, ["cart", "paid"], per=per, until="2026-03-30", split="2026-03-20", within="1D")
    assert f"{who.capitalize()} needed on each side" in result.heads()
    assert f"before the end of the data: 2 {who}." in result.method
    assert compare(rows, ["paid", "cart"], per=per).text == f"No {who} did the first step, paid."


def test_since_and_until_are_days_and_until_is_included():
    rows = log("a 0 cart; b 1440 cart; c 2880 cart; d 4320 cart; e 5760 cart")  # one a day
    result = compare(
        rows, ["cart", "paid"], since="2026-03-03", split="2026-03-04", until="2026-03-05", within=None
    )
    assert result.table[["one_n", "other_n"]].iloc[0].tolist() == [1, 2]


def test_the_split_is_in_the_middle_when_none_is_given():
    rows = log("a 0 cart; b 1440 cart; c 2880 cart; d 4320 cart")
    assert compare(rows, ["cart", "paid"], within=None).table[["one_n", "other_n"]].iloc[0].tolist() == [2, 2]


def test_how_many_would_tell():
    # 50 % against 55 %: statsmodels' own power for that many is the 80 % that is promised
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import proportion_effectsize

    few = crowd({"a": [200, 100], "b": [200, 110]}, ["cart", "paid"])
    result = compare(few, ["cart", "paid"], by="device", within=None)
    n = row(result, "paid")["needed"]
    power = NormalIndPower().power(proportion_effectsize(0.55, 0.5), n, 0.05)
    assert power == pytest.approx(0.8, abs=1e-3)
    assert "no difference can be told at any step" in result.headline
    assert f"about {language.number(n)} on each side" in result.text


def test_how_many_would_tell_holds_when_drawn():
    few = crowd({"a": [200, 100], "b": [200, 130]}, ["cart", "paid"])
    n = int(row(compare(few, ["cart", "paid"], by="device", within=None), "paid")["needed"])
    rng = np.random.default_rng(0)
    seen = [
        score_test(rng.binomial(n, 0.5), n, rng.binomial(n, 0.65), n, method="score").pvalue < 0.05
        for _i in range(600)
    ]
    assert np.mean(seen) == pytest.approx(0.8, abs=0.05)


def test_shuffled_groups_are_seldom_told_apart():
    rng, before, after = np.random.default_rng(0), 0, 0
    reached = [600, 300, 150]
    frame = crowd({"x": reached}, STEPS)
    visitors = frame["visitor_id"].unique()
    for _time in range(40):
        group = dict(zip(visitors, rng.choice(["a", "b"], len(visitors)), strict=True))
        table = compare(
            frame.assign(device=frame["visitor_id"].map(group)), STEPS, by="device", within=None
        ).table
        before += (table["low"] > 0).sum() + (table["high"] < 0).sum()
        after += (table["verdict"] == "yes").any()
    assert before / (40 * 3) == pytest.approx(0.05, abs=0.045)
    assert after <= 5  # at most 2 are expected


def test_the_planted_story_of_the_demo_shop():
    result = open_shop().call(
        lambda events: compare(events, None, by="device", one="mobile", other="desktop")
    )
    truth = demo.truth().set_index("id")
    paid = row(result, "paid")
    for side, device in (("one", "mobile"), ("other", "desktop")):
        low, high = truth.loc[f"funnel.payment.{device}", ["low", "high"]]
        assert low <= paid[side] <= high
    assert result.sure.iloc[0]["step"] == "paid"


def test_per_session_and_per_customer():
    rows = log("ann 0 cart; ann 1 paid; ann 300 cart; bob 0 cart").assign(
        customer_id=["k", "k", "k", None], device="x"
    )
    # the three visits of ann (two) and bob (one), one of which was paid
    visits = compare(rows, ["cart", "paid"], per="session", within=None, until="2026-03-04")
    assert visits.table[["one_n", "one"]].iloc[0].tolist() == pytest.approx([3, 1 / 3])
    people = compare(rows, ["cart", "paid"], per="customer", within=None, until="2026-03-04")
    assert people.table[["one_n", "one"]].iloc[0].tolist() == [1, 1.0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"split": "yesterday"},
        {"split": "2020-01-01"},
        {"within": "soon"},
        {"by": "device", "one": "watch"},
        {"by": "device", "one": "mobile", "other": "mobile"},
        {"per": "house"},
    ],
)
def test_what_cannot_be_asked(wrong):
    with pytest.raises(SettingError) as error:
        compare(TWO, STEPS, **wrong)
    assert str(error.value)


def test_a_column_that_is_not_there_and_a_funnel_of_one_step():
    with pytest.raises(DataError, match="device"):
        compare(TWO, STEPS, by="colour")
    with pytest.raises(DataError, match="at least 2 steps"):
        compare(TWO, ["cart"])
