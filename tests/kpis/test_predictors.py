"""Which foretells better who buys again: areas against others' figures, counts by hand, a verdict seldom wrong."""

from __future__ import annotations

import json
import re

import ibis
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from scipy.stats import binom
from sklearn.metrics import roc_auc_score

from csworkbook import evidence, language
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import share
from csworkbook.export import sheets
from csworkbook.kpis import predictors
from csworkbook.kpis.areas import areas
from csworkbook.repurchase import ordered_again, same_customers
from csworkbook.shop import open_shop

from .tables import orders, survey

# 49 patients with ovarian cancer of DeLong, DeLong & Clarke-Pearson (1988), the 43 of whom everything is known:
# albumin, total protein, Krebs-Goplerud score, and whether surgery helped
OVARIAN = """
3.0 5.8 10 0   3.2 6.3  5 1   3.9 6.8  3 1   2.8 4.8  6 0   3.2 5.8  3 1   0.9 4.0  5 0   2.5 5.7  8 0   1.6 5.6  5 1
3.8 5.7  5 1   3.7 6.7  6 1   3.2 5.4  4 1   3.8 6.6  6 1   4.1 6.6  5 1   3.6 5.7  5 1   4.3 7.0  4 1   3.6 6.7  4 0
2.3 4.4  6 1   4.2 7.6  4 0   4.0 6.6  6 0   3.5 5.8  6 1   3.8 6.8  7 1   3.0 4.7  8 0   4.5 7.4  5 1   3.7 7.4  5 1
3.1 6.6  6 1   4.1 8.2  6 1   4.3 7.0  5 1   4.3 6.5  4 1   3.2 5.1  5 1   2.6 4.7  6 1   3.3 6.8  6 0   1.7 4.0  7 0
3.7 6.1  5 1   3.3 6.3  7 1   4.2 7.7  6 1   3.5 6.2  5 1   2.9 5.7  9 0   2.1 4.8  7 1   2.8 6.2  8 0   4.0 7.0  7 1
3.3 5.7  6 1   3.7 6.9  5 1   3.6 6.6  5 1
"""
MONDAY = "2026-01-05 10:00"


def test_the_areas_are_those_published_for_delongs_own_patients():
    # SAS/STAT User's Guide, PROC LOGISTIC, "Comparing Receiver Operating Characteristic Curves"
    told = np.array(OVARIAN.split(), dtype=float).reshape(-1, 4)
    scores = np.column_stack([told[:, 0], 10 - told[:, 2], told[:, 1]])
    found = areas(scores, told[:, 3] == 1, np.arange(len(told)))
    assert found.value == pytest.approx([0.7366, 0.7258, 0.6478], abs=5e-5)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx([0.0927, 0.1028, 0.1000], abs=5e-5)
    albumin, protein = found.difference(0, 1), found.difference(2, 1)
    assert (albumin.value, albumin.low, albumin.high) == pytest.approx((0.0108, -0.1761, 0.1976), abs=5e-5)
    assert (protein.value, protein.low, protein.high) == pytest.approx((-0.0780, -0.2830, 0.1271), abs=5e-5)
    assert (albumin.p, protein.p) == pytest.approx((0.9102, 0.4561), abs=5e-5)


def drawn(rng, people, most=1, lean=0.8, worth=(1.0, 1.0)):
    """Answers of some people, several each: two scores with many draws in them, and who did."""
    of = np.repeat(np.arange(people), rng.integers(1, most + 1, people))
    person, own = rng.normal(size=(people, 3))[of], rng.normal(size=(len(of), 3))
    seen = lean * person + (1 - lean) * own
    did = seen[:, 0] + rng.normal(size=len(of)) > 0.3
    scores = np.column_stack([worth[0] * seen[:, 0] + seen[:, 1], worth[1] * seen[:, 0] + seen[:, 2]])
    return np.round(scores), did, of


@pytest.mark.parametrize("seed", range(5))
def test_the_value_is_that_of_another_library_with_draws_too(seed):
    scores, did, of = drawn(np.random.default_rng(seed), 80)
    found = areas(scores, did, of)
    assert found.value == pytest.approx([roc_auc_score(did, scores[:, k]) for k in (0, 1)], abs=1e-12)


@pytest.mark.parametrize("most", [1, 4])
def test_the_interval_is_that_of_a_bootstrap_of_people(most):
    rng = np.random.default_rng(8)
    scores, did, of = drawn(rng, 300, most, worth=(1.5, 0.5))
    rows = [np.flatnonzero(of == one) for one in range(300)]
    values = []
    for _draw in range(1500):
        picked = np.concatenate([rows[one] for one in rng.integers(0, 300, 300)])
        values.append([roc_auc_score(did[picked], scores[picked, k]) for k in (0, 1)])
    values = np.array(values)
    found = areas(scores, did, of)
    one, gap = found.area(0), found.difference(0, 1)
    low, high = np.quantile(values[:, 0], [0.025, 0.975])
    assert (one.low, one.high) == pytest.approx((low, high), abs=0.006)
    low, high = np.quantile(values[:, 0] - values[:, 1], [0.025, 0.975])
    assert (gap.low, gap.high) == pytest.approx((low, high), abs=0.007)


def test_people_who_answer_more_than_once_make_it_less_sure():
    scores, did, of = drawn(np.random.default_rng(4), 100)
    once = areas(scores, did, of).area(0)
    thrice = areas(np.tile(scores, (3, 1)), np.tile(did, 3), np.tile(of, 3)).area(0)
    taken = areas(np.tile(scores, (3, 1)), np.tile(did, 3), np.arange(300)).area(0)
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high), abs=2e-3)
    assert taken.high - taken.low < 0.65 * (once.high - once.low)


def test_what_is_always_right_is_not_sure_to_be():
    # Newcombe 2006, method 5, solved by hand: (1 - a)^2 = z^2 a (1 - a) (1 + 9 ((1 - a) / (2 - a) + a / (1 + a))) / 100
    score = np.r_[np.zeros(10), np.ones(10)][:, None]
    found = areas(score, score[:, 0] == 1, np.arange(20)).area(0)
    a = found.low
    right = 1.959964**2 * a * (1 - a) * (1 + 9 * ((1 - a) / (2 - a) + a / (1 + a))) / 100
    assert (1 - a) ** 2 == pytest.approx(right, rel=1e-6)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.7 < a < 0.85
    wrong = areas(-score, score[:, 0] == 1, np.arange(20)).area(0)
    assert (wrong.value, wrong.low, wrong.high) == pytest.approx((0.0, 0.0, 1 - a))
    both = areas(np.column_stack([score, 2 * score]), score[:, 0] == 1, np.arange(20)).difference(0, 1)
    assert both.value == 0
    assert both.low < 0 < both.high


# ---------------------------------------------------------------- counts by hand

# effort hardest 1, 2, 2, 3, 1; recommendation 10, 8, 9, 2, 0; ann and bob ordered again within 90 days
FIVE = survey(
    (MONDAY, 1, 1, 1, 10), (MONDAY, 2, 1, None, 8), (MONDAY, 1, 2, 1, 9), (MONDAY, 3, 1, 2, 2), (MONDAY, 1, 1, 1, 0)
).assign(
    customer_id=["ann", "bob", "cas", "dee", "eva"],
    buy_again=pd.array([True, False, True, True, None], dtype="boolean"),
)  # fmt: skip
BOUGHT = orders(
    *((name, "2025-12-20 12:00") for name in ("ann", "bob", "cas", "dee", "eva")),
    ("ann", "2026-02-01 12:00"), ("bob", "2026-04-04 12:00"), ("cas", "2026-04-20 12:00"), ("eva", MONDAY),
    ("zoe", "2026-06-01 12:00"),
)  # fmt: skip


def row(result, measure):
    return result.table.set_index("measure").loc[measure]


def test_areas_and_shares_by_hand():
    result = predictors(FIVE, BOUGHT)
    # hardest: ann (1) beats bob-less cas (2) and dee (3), draws with eva (1); bob (2) draws with cas, beats dee, loses
    # to eva: 4 of 6. recommendation: ann 3, bob beats dee and eva: 5 of 6. groups: ann draws with cas: 4.5 of 6
    assert row(result, "hardest")["area"] == pytest.approx(4 / 6)
    assert row(result, "recommend")["area"] == pytest.approx(5 / 6)
    assert row(result, "groups")["area"] == pytest.approx(4.5 / 6)
    assert row(result, "hardest")["difference"] == pytest.approx(-1 / 6)
    # after: ann 1, bob none; cas 1, dee 2, eva 1: 2 of 3; the recommendation of the same four: 3 of 3
    assert row(result, "after")[["area", "n", "compared"]].tolist() == pytest.approx([2 / 3, 4, 4])
    assert row(result, "after")["difference"] == pytest.approx(2 / 3 - 1)
    counts = result.shares.set_index(["measure", "answer"])[["count", "n"]].apply(tuple, axis=1).to_dict()
    assert counts == {
        ("hardest", 1): (1, 2), ("hardest", 2): (1, 2), ("hardest", 3): (0, 1),
        ("groups", 1): (0, 2), ("groups", 2): (1, 1), ("groups", 3): (1, 2),
    }  # fmt: skip
    hard = result.shares.set_index(["measure", "answer"]).loc[("hardest", 1)]
    assert (hard["low"], hard["high"]) == pytest.approx((share(1, 2).low, share(1, 2).high))
    assert {says: (one.value, one.n) for says, one in result.said.items()} == {
        True: (pytest.approx(1 / 3), 3), False: (1.0, 1),
    }  # fmt: skip
    assert result.verdict == "cannot tell"
    assert "Too few to tell: 2 customers ordered again and 3 did not" in result.text


def test_a_shorter_time_and_one_that_is_not_over():
    assert predictors(FIVE, BOUGHT, after="89D").sides == (1, 4)  # bob ordered on the ninetieth day
    late = pd.concat([FIVE, FIVE.head(2).assign(answered_at=pd.Timestamp("2026-05-01", tz="UTC"))])
    result = predictors(late, BOUGHT)
    assert result.left_out == {"no_customer": 0, "twice": 0, "no_orders": 0, "not_over": 2}
    assert "Left out: 2 answers too recent to tell." in result.method
    pd.testing.assert_frame_equal(result.table, predictors(FIVE, BOUGHT).table)


def test_who_cannot_be_told_is_left_out_and_counted():
    odd = FIVE.assign(customer_id=[" ", None, "nobody", "nobody", "nobody"])
    result = predictors(pd.concat([FIVE, odd, FIVE.tail(1)]), BOUGHT)
    assert result.left_out == {"no_customer": 2, "twice": 1, "no_orders": 3, "not_over": 0}
    pd.testing.assert_frame_equal(result.table, predictors(FIVE, BOUGHT).table)


def crowd(people=400, *, by="effort", wrong=0.15, seed=1, answers=1):
    """Customers of whom effort, recommendation, both or none of them tells who orders again."""
    rng = np.random.default_rng(seed)
    again = rng.random(people) < 0.4
    said = {}
    for name, easy, hard in (("effort", 1, 3), ("recommend", 10, 3)):
        told = again ^ (rng.random(people) < (wrong if by in (name, "both") else 0.5))
        said[name] = np.where(told, easy, hard)
    who = [f"k{number}" for number in range(people)]
    frame = survey(*[(MONDAY, int(e), 1, 1, int(r)) for e, r in zip(*said.values(), strict=True)])
    frame = pd.concat([frame.assign(customer_id=who)] * answers, ignore_index=True)
    frame["answered_at"] += pd.to_timedelta(np.arange(len(frame)) // people, "h")
    bought = [
        (one, "2026-02-01") if did else (one, "2025-12-01") for one, did in zip(who, again, strict=True)
    ]
    return frame, orders(*bought, ("zoe", "2026-06-01"))


@pytest.mark.parametrize(
    ("by", "verdict", "said"),
    [
        ("effort", "effort", "Effort foretells better"),
        ("recommend", "recommendation", "Recommendation foretells better"),
        ("both", "cannot tell", "cannot be told yet"),
        ("none", "cannot tell", "Neither effort nor recommendation surely tells better than a coin"),
    ],
)
def test_the_verdict_is_the_one_that_was_made(by, verdict, said):
    result = predictors(*crowd(by=by))
    assert result.verdict == verdict
    assert said in result.headline
    assert len(result.findings()) == (verdict != "cannot tell")
    assert row(result, "hardest")["verdict"] == {
        "effort": "better", "recommendation": "worse", "cannot tell": "cannot tell yet",
    }[verdict]  # fmt: skip


def test_a_measure_that_is_always_right():
    result = predictors(*crowd(by="effort", wrong=0.0))
    assert row(result, "hardest")[["area", "high"]].tolist() == [1.0, 1.0]
    assert 0.97 < row(result, "hardest")["low"] < 1
    assert result.verdict == "effort"


def test_a_measure_that_is_worse_than_a_coin_never_wins():
    frame, bought = crowd(by="effort", wrong=0.85)  # who tried hard comes back sooner
    result = predictors(frame, bought)
    assert row(result, "hardest")["high"] < 0.5
    assert result.verdict == "cannot tell"
    assert result.headline.startswith("Neither")


def test_answering_twice_is_not_twice_as_sure():
    once, twice = predictors(*crowd()), predictors(*crowd(answers=2))
    for name in ("low", "high", "difference_low", "difference_high"):
        assert row(twice, "hardest")[name] == pytest.approx(row(once, "hardest")[name], abs=2e-3)
    assert row(twice, "hardest")[["n", "customers"]].tolist() == [800, 400]
    assert twice.shares[["low", "high"]].to_numpy() == pytest.approx(
        once.shares[["low", "high"]].to_numpy(), nan_ok=True
    )


@pytest.mark.parametrize("most", [1, 3])
def test_when_both_foretell_equally_well_one_wins_seldom(most):
    rng = np.random.default_rng(20)
    draws = 1500
    wrong = sum(areas(*drawn(rng, 150, most)).difference(0, 1).excludes_zero for _draw in range(draws))
    assert wrong <= binom.ppf(0.999, draws, 0.05)
    assert wrong >= binom.ppf(0.001, draws, 0.03)  # nor is it afraid to speak


def test_the_verdict_of_the_whole_is_seldom_wrong_when_both_are_equal():
    draws = 80
    said = [predictors(*crowd(120, by="both", wrong=0.3, seed=seed)).verdict for seed in range(draws)]
    assert sum(one != "cannot tell" for one in said) <= binom.ppf(0.999, draws, 0.05)


def test_the_other_differences_are_corrected():
    # Holm of the other four by hand: the smallest times 4, the next times 3 …, never falling
    frame, bought = crowd()
    rng = np.random.default_rng(3)
    frame["buying"] = pd.array(rng.integers(1, 4, len(frame)), dtype="Int64")
    frame["after"] = pd.array(rng.integers(1, 4, len(frame)), dtype="Int64")
    frame["choosing"] = frame["choosing"].where(rng.random(len(frame)) < 0.9)
    frame["recommend"] = pd.array(rng.integers(0, 11, len(frame)), dtype="Int64")
    table = predictors(frame, bought).table.set_index("measure")
    z = np.abs(table["difference"]) / ((table["difference_high"] - table["difference_low"]) / (2 * 1.959964))
    plain = 2 * (1 - pd.Series(normal(z.to_numpy()), index=z.index))
    others = plain[["choosing", "buying", "after", "groups"]].sort_values()
    holm = np.minimum(np.maximum.accumulate(others.to_numpy() * [4, 3, 2, 1]), 1)
    assert table.loc[others.index, "p"].to_numpy() == pytest.approx(holm, abs=1e-6)
    assert table.loc["hardest", "p"] == pytest.approx(plain["hardest"], abs=1e-6)
    assert np.isnan(table.loc["recommend", "p"])


def normal(z):
    """The normal distribution, by its error function."""
    from math import erf

    return [0.5 * (1 + erf(one / 2**0.5)) for one in z]


# ---------------------------------------------------------------- whatever comes


def test_a_frame_as_it_comes_gives_the_same():
    frame, bought = crowd(60, answers=2)
    plain = predictors(frame, bought)
    mixed = frame.sample(frac=1, random_state=2).assign(extra=1).set_axis([0] * len(frame))
    pd.testing.assert_frame_equal(predictors(mixed, bought.sample(frac=1, random_state=5)).table, plain.table)
    naive = frame.assign(answered_at=frame["answered_at"].dt.tz_convert("UTC").dt.tz_localize(None))
    text = frame.assign(answered_at=frame["answered_at"].astype(str))
    objects = frame.astype(
        {"choosing": object, "buying": "category", "after": float, "customer_id": "category"}
    )
    for odd in (naive, text, objects):
        pd.testing.assert_frame_equal(predictors(odd, bought).table, plain.table)


def test_customers_that_are_numbers_are_the_same_in_both_tables():
    frame, bought = crowd(60)
    number = {f"k{one}": one for one in range(60)} | {"zoe": 99}
    frame.loc[60] = frame.iloc[0].to_dict() | {"customer_id": None}
    odd = frame.assign(customer_id=frame["customer_id"].map(number))
    assert odd["customer_id"].dtype == float
    table = predictors(odd, bought.assign(customer_id=bought["customer_id"].map(number))).table
    pd.testing.assert_frame_equal(table, predictors(frame, bought).table)
    mine, theirs = same_customers(
        pd.DataFrame({"customer_id": [2.0, None]}), pd.DataFrame({"customer_id": [" 2", "3"]})
    )
    assert (mine[0], mine[1]) == (theirs[0], -1)


def test_orders_in_an_engine_give_the_same():
    frame, bought = crowd(80)
    pd.testing.assert_frame_equal(
        predictors(frame, ibis.memtable(bought)).table, predictors(frame, bought).table
    )


def test_answers_off_the_scale_and_times_that_cannot_be_read_are_left_out():
    odd = pd.concat([FIVE, FIVE.assign(choosing=9, buying=9, after=9, recommend=40)], ignore_index=True)
    odd.loc[[7, 8], "answered_at"] = pd.NaT
    result = predictors(odd, BOUGHT)
    pd.testing.assert_frame_equal(result.table, predictors(FIVE, BOUGHT).table)
    assert result.left_out["no_orders"] == 2


def test_without_the_recommendation_effort_stands_alone():
    frame, bought = crowd()
    result = predictors(frame.drop(columns="recommend"), bought)
    assert result.table["measure"].tolist() == ["hardest", "choosing"]
    assert (result.verdict, result.difference) == ("cannot tell", None)
    assert "cannot be compared" in result.headline
    assert "the effort points at the right one in" in result.text
    assert_says(result)


@pytest.mark.parametrize(
    ("frame", "bought", "said"),
    [
        (FIVE.drop(columns="customer_id"), BOUGHT, "does not tell which customer"),
        (FIVE.assign(customer_id=None), BOUGHT, "does not tell which customer"),
        (FIVE.head(0), BOUGHT, "does not tell which customer"),
        (FIVE, BOUGHT.head(0), "can be found among the orders"),
        (FIVE.assign(customer_id="x"), BOUGHT, "can be found among the orders"),
        (FIVE, BOUGHT[BOUGHT["ordered_at"] < FIVE["answered_at"].min()], "Of no answer have 90 days passed"),
        (FIVE, BOUGHT.drop(index=[5, 6]), "No customer who answered ordered again within 90 days"),
        (FIVE.head(2), BOUGHT, "All customers who answered ordered again within 90 days"),
        (FIVE.assign(choosing=1, buying=1, after=1, recommend=9), BOUGHT, "gave the same answers"),
        (FIVE.drop(columns="after"), BOUGHT, "lacks"),
        (FIVE, BOUGHT.drop(columns="ordered_at"), "lacks"),
    ],
)
def test_what_cannot_be_told_is_said_in_words(frame, bought, said):
    with pytest.raises(DataError, match=said):
        predictors(frame, bought)


def test_a_length_of_time_that_is_none():
    with pytest.raises(SettingError, match="no length of time"):
        predictors(FIVE, BOUGHT, after="soon")


def assert_says(result):
    for spoken in ("en", "nl"):
        with language.speaking(spoken):
            found = result.findings()
            cells = [cell for line in result.cells() for cell in line]
            for text in (
                result.text,
                result.method,
                *cells,
                *(f"{f.headline} {f.action} {f.basis}" for f in found),
            ):
                assert not re.search(r"\bnan\b|\binf\b|None|<NA>|\d\.\d{5}|\d,\d{5}|[{}]", text), text
            figure = result.plot()
            assert isinstance(figure, go.Figure)
            json.loads(figure.to_json())
            assert sheets.xlsx(result.sheet(), name="x", kinds=result.kinds())


@pytest.mark.parametrize("by", ["effort", "recommend", "both", "none"])
def test_everything_it_says_can_be_read(by):
    assert_says(predictors(*crowd(by=by)))
    assert_says(predictors(FIVE, BOUGHT))


def test_the_picture_shows_the_shares():
    figure = predictors(FIVE, BOUGHT).plot()
    assert [list(bar.y) for bar in figure.data] == [[0.5, 0.5, 0.0], [0.5, 1.0, 0.0]]
    assert "Promoters" in figure.data[1].x[0]
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]


# ---------------------------------------------------------------- the demo shop


def test_the_planted_story_is_found():
    shop = open_shop()
    result = shop.call(predictors)
    # planted: .50, .37 and .18 order again by the hardest answer, and the recommendation only follows that answer
    assert result.verdict == "effort"
    shares = result.shares[result.shares["measure"] == "hardest"].set_index("answer")["share"]
    assert shares[1] > shares[2] > shares[3]
    told = shop.effort_survey.assign(hardest=shop.effort_survey[["choosing", "buying", "after"]].max(axis=1))
    found = ordered_again(told, shop.orders, pd.Timedelta("90D"))
    kept = found["over"].to_numpy() & told["recommend"].notna().to_numpy()
    again = found["again"][kept]
    assert row(result, "hardest")["area"] == pytest.approx(
        roc_auc_score(again, -told["hardest"][kept].astype(float))
    )
    assert row(result, "recommend")["area"] == pytest.approx(
        roc_auc_score(again, told["recommend"][kept].astype(float))
    )
    [finding] = result.findings()
    assert evidence.get(finding.benchmark).value == 0.94
    assert_says(result)
