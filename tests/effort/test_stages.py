"""Shares per stage and the comparison of stages, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csworkbook import effort, language

from .tables import assert_says, survey

# ten people; per stage: hardly any, some, far too much
TEN = survey(
    [1, 1, 1, 1, 1, 1, 2, 2, 3, None],  # 6, 2, 1 of 9
    [1, 1, 1, 1, 2, 2, 2, 2, 3, 3],  # 4, 4, 2 of 10
    [1, 1, 1, 2, 2, 3, 3, 3, 3, 3],  # 3, 2, 5 of 10
    device=["mobile"] * 5 + ["desktop"] * 4 + [None],
)


def counts(table, stage):
    return table[table["stage"] == stage]["count"].tolist()


def test_counts_by_hand():
    table = effort.by_stage(TEN).table
    assert list(table.columns) == ["stage", "answer", "count", "n", "share", "low", "high"]
    assert [counts(table, stage) for stage in ("choosing", "buying", "after")] == [
        [6, 2, 1],
        [4, 4, 2],
        [3, 2, 5],
    ]
    assert table["n"].tolist() == [9] * 3 + [10] * 6
    assert table["share"].tolist() == pytest.approx([6 / 9, 2 / 9, 1 / 9, 0.4, 0.4, 0.2, 0.3, 0.2, 0.5])


def test_every_interval_is_wilsons():
    for row in effort.by_stage(TEN).table.itertuples():
        theirs = stats.binomtest(row.count, row.n).proportion_ci(method="wilson")
        assert (row.low, row.high) == pytest.approx((theirs.low, theirs.high))


def test_split_by_device_by_hand():
    table = effort.by_stage(TEN, by="device").table
    assert list(table.columns) == ["stage", "device", "answer", "count", "n", "share", "low", "high"]
    after = table[table["stage"] == "after"].set_index(["device", "answer"])["count"]
    # mobile 1 1 1 2 2, desktop 3 3 3 3; who has no device is not counted
    assert after.to_dict() == {
        ("desktop", 1): 0, ("desktop", 2): 0, ("desktop", 3): 4, ("mobile", 1): 3, ("mobile", 2): 2, ("mobile", 3): 0,
    }  # fmt: skip


def test_net_effort_by_hand():
    net = effort.by_stage(TEN).net.set_index("stage")
    assert net["net"].to_dict() == pytest.approx(
        {"choosing": (1 - 6) / 9, "buying": (2 - 4) / 10, "after": (5 - 3) / 10}
    )
    values = np.repeat([-1, 0, 1], [3, 2, 5])
    half = 1.959964 * values.std(ddof=1) / np.sqrt(10)
    assert (net.loc["after", "low"], net.loc["after", "high"]) == pytest.approx((0.2 - half, 0.2 + half))


def test_net_effort_of_groups_stays_within_its_limits():
    net = effort.by_stage(TEN, by="device").net
    assert net["low"].ge(-1).all()
    assert net["high"].le(1).all()


def test_the_headline_names_the_hardest_stage():
    text = effort.by_stage(TEN).text
    assert text.startswith("After purchase: 50% say it took far too much effort (24% to 76%, n = 10).")
    assert "Easiest is choosing, with 11%." in text
    assert "385" in text  # ten answers are few, and this is how many would do


def test_the_picture_shows_the_shares_of_the_table():
    figure = effort.by_stage(TEN).plot()
    drawn = {bar.name: dict(zip(bar.y, bar.x, strict=True)) for bar in figure.data}
    assert drawn["Far too much"] == pytest.approx({"Choosing": 1 / 9, "Buying": 0.2, "After purchase": 0.5})
    assert drawn["Hardly any"] == pytest.approx({"Choosing": 6 / 9, "Buying": 0.4, "After purchase": 0.3})


def test_too_few_answers_are_a_finding_that_says_how_many_would_do():
    (finding,) = effort.by_stage(TEN).findings()
    assert finding.certainty == "too few"
    assert finding.enough == 385


def test_thirty_answers_are_enough_for_a_finding():
    (finding,) = effort.by_stage(survey([1] * 30, [1] * 30, [3] * 15 + [1] * 15)).findings()
    assert (finding.estimate.value, finding.estimate.n) == (0.5, 30)


def test_a_clear_lead_is_called_clear_and_an_unclear_one_is_not():
    clear = survey([1] * 100, [1] * 100, [3] * 60 + [1] * 40)
    close = survey([1] * 100, [3] * 55 + [1] * 45, [3] * 60 + [1] * 40)
    assert "lies above all the others" in effort.by_stage(clear).text
    assert "overlaps" in effort.by_stage(close).text


def test_a_segment_may_bear_any_name_without_breaking_the_page():
    for name in (
        "answer",
        "count",
        "n",
        "share",
        "stage",
        "low",
        "high",
        "net",
        "row",
        "segment",
        "p",
        "Stage",
    ):
        frame = TEN.rename(columns={"device": name})
        for by in effort.splits(frame):
            assert_says(effort.by_stage(frame, by=by))


def test_dutch():
    with language.speaking("nl"):
        assert effort.by_stage(TEN).headline.startswith("Na de aankoop: 50%")


# ---------------------------------------------------------------- compare
PAIRED = survey([1] * 25, [1] * 12 + [3] * 3 + [1] * 10, [3] * 12 + [1] * 3 + [1] * 10)


def test_pairs_by_hand():
    table = effort.compare(PAIRED).table.set_index(["stage", "other"])
    assert set(table.columns) == {"difference", "low", "high", "n", "p", "verdict"}
    # exact McNemar: 12 against 3 → 2 × (1 + 15 + 105 + 455) / 2¹⁵; 12 against 0 → 2 / 2¹²; 3 against 0 → 2 / 2³
    first, second, third = 1152 / 32768, 2 / 4096, 2 / 8
    assert table.loc[("after", "choosing"), "p"] == pytest.approx(3 * second)  # Holm
    assert table.loc[("after", "buying"), "p"] == pytest.approx(2 * first)
    assert table.loc[("buying", "choosing"), "p"] == pytest.approx(third)
    assert table["difference"].tolist() == pytest.approx([9 / 25, 12 / 25, 3 / 25])
    assert table["verdict"].tolist() == ["cannot tell yet", "yes", "cannot tell yet"]


def test_the_interval_is_that_of_the_mean_paired_difference():
    differences = [1] * 12 + [-1] * 3 + [0] * 10
    theirs = stats.ttest_1samp(differences, 0).confidence_interval()
    row = effort.compare(PAIRED).table.iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((theirs.low, theirs.high))


def test_only_who_answered_about_both_is_compared():
    frame = survey([1, 1, None, 3], [None, 3, 3, 3], [3, None, 3, 3])
    n = effort.compare(frame).table.set_index(["stage", "other"])["n"]
    assert n.to_dict() == {("after", "buying"): 2, ("after", "choosing"): 2, ("buying", "choosing"): 2}


def test_limits_of_a_difference_stay_between_minus_one_and_one():
    table = effort.compare(survey([1, None], [3, 3], [3, 1])).table
    assert table["low"].ge(-1).all()
    assert table["high"].le(1).all()


def test_the_sentence_names_the_harder_stage_first():
    assert "after purchase than choosing (48 points)" in effort.compare(PAIRED).text
    swapped = PAIRED.rename(columns={"after": "choosing", "choosing": "after"})
    assert "choosing than after purchase (48 points)" in effort.compare(swapped).text


def test_the_pairs_drawn_are_the_pairs_of_the_table():
    result = effort.compare(PAIRED)
    assert list(result.plot().data[0].x) == result.table["difference"].tolist()


def test_stages_that_do_not_differ_are_seldom_called_different():
    rng = np.random.default_rng(0)
    frames = (
        pd.DataFrame(rng.choice([1, 2, 3], (80, 3)), columns=["choosing", "buying", "after"])
        for _ in range(30)
    )
    at = pd.Timestamp("2026-01-05", tz="UTC")
    alarms = sum((effort.compare(f.assign(answered_at=at)).table["verdict"] == "yes").any() for f in frames)
    assert alarms <= 5  # 5 % of 30 is 1.5
