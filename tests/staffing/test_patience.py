"""Waiting: counted by hand, a published survival curve's library, and laws whose truth is known."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import open_shop, staffing
from csworkbook.errors import DataError, SettingError
from csworkbook.staffing.patience import Waits, mean_patience, survival
from csworkbook.staffing.waits import looked_at

from .tables import asked


def calls(waited, gave_up, satisfied=None, channel="phone") -> pd.DataFrame:
    at = pd.date_range("2026-01-05 09:00", periods=len(waited), freq="min")
    more = {} if satisfied is None else {"satisfied": satisfied}
    return asked(
        at, channel, waiting_seconds=np.asarray(waited, float), abandoned=np.asarray(gave_up, bool), **more
    )


def drawn(rng, n, patience, answer=60.0, satisfied=np.nan) -> Waits:
    """Waits of customers with this patience, answered after an exponential time, in seconds rounded up."""
    answered = rng.exponential(answer, n)
    second = np.minimum(np.ceil(np.minimum(patience, answered)), 3600)
    table = pd.DataFrame({"second": second, "gave_up": patience < answered, "satisfied": satisfied})
    table = table.groupby(["second", "gave_up", "satisfied"], dropna=False).size().rename("n").reset_index()
    return Waits("phone", table, 0)


# ---------------------------------------------------------------- counted by hand
def test_within_given_up_and_bands():
    """Six calls: answered after 5, 20 and 25 s; given up after 8, 30 and 200 s."""
    found = staffing.waiting(calls([5, 20, 25, 8, 30, 200], [0, 0, 0, 1, 1, 1]))
    assert found.within.value == 2 / 6  # twenty seconds is within twenty; giving up is not being answered
    assert found.lost.value == 3 / 6
    table = found.table.set_index("waited")
    assert table["answered"].tolist() == [1, 1, 1, 0, 0, 0, 0]
    assert table["given_up"].tolist() == [1, 0, 1, 0, 0, 0, 1]
    # in the first ten seconds 5 + 8 + 4·10 seconds were waited and one gave up
    assert table.loc["0–10", "hazard"] == pytest.approx(60 / 53)
    # still waiting: 1 − 1/5 after 8 s, then × (1 − 1/2) after 30 s, then nobody
    assert table["still"].tolist() == pytest.approx([0.8, 0.8, 0.4, 0.4, 0.4, 0.4, 0.0])


def test_patience_is_all_seconds_over_those_who_gave_up():
    found = staffing.patience_of(calls([10] * 95 + [50] * 5, [0] * 95 + [1] * 5), "phone")
    assert (found.value, found.n, found.unit) == ((950 + 250) / 5, 5, "seconds")
    # Garwood: five counts have the range 1.62–11.67
    assert (found.low, found.high) == pytest.approx((1200 / 11.668, 1200 / 1.6235), rel=1e-3)


def test_too_few_or_none_who_gave_up():
    assert staffing.patience_of(calls([10] * 50, [0] * 46 + [1] * 4), "phone") is None
    assert "Only 4 gave up" in staffing.waiting(calls([10] * 50, [0] * 46 + [1] * 4)).text
    nobody = staffing.waiting(calls([10] * 50, [0] * 50))
    assert nobody.patience is None
    assert "Of nobody is it known" in nobody.text
    assert "gave up." not in nobody.text  # that is not the same as 0 %
    assert nobody.plot().data
    assert (
        staffing.patience_of(calls([10], [0], channel="chat").drop(columns="waiting_seconds"), "chat") is None
    )


def test_satisfied_within_and_later():
    """56 of 70 within against 48 of 80 later: Newcombe 1998, 0.2 (0.0524 to 0.3339)."""
    satisfied = [True] * 56 + [False] * 14 + [True] * 48 + [False] * 32
    found = staffing.waiting(calls([10] * 70 + [40] * 80, [0] * 150, satisfied))
    assert (found.happy.value, found.happy.low, found.happy.high) == pytest.approx(
        (0.2, 0.0524, 0.3339), abs=5e-5
    )
    assert found.table.set_index("waited").loc["0–10", ["share", "n"]].tolist() == [0.8, 70]
    assert "that it causes it, this cannot show" in found.text


def test_the_first_reply_stands_in_for_the_seconds():
    table = calls([0] * 4, [0] * 4).drop(columns=["waiting_seconds", "abandoned"])
    table["replied_at"] = table["opened_at"] + pd.to_timedelta([10, 20, 30, 7200], unit="s")
    found = staffing.waiting(table)
    assert found.within.value == 0.5
    assert found.waits.table["second"].tolist() == [10, 20, 30, 3600]


# ---------------------------------------------------------------- laws whose truth is known
def test_patience_holds_the_truth_as_often_as_it_says():
    held = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        found = mean_patience(drawn(rng, 400, rng.exponential(240, 400)))
        held.append(found.low <= 240.5 <= found.high)  # whole seconds, rounded up
    assert 0.90 <= np.mean(held) <= 0.99


def test_the_curve_is_that_of_the_law():
    rng = np.random.default_rng(0)
    curve = survival(drawn(rng, 30_000, rng.exponential(100, 30_000)))
    at = curve.set_index("second")["still"]
    for second in (20, 60, 150):
        assert at.loc[second] == pytest.approx(np.exp(-second / 100), abs=0.015)


def _with_a_jump(rng, n: int) -> np.ndarray:
    """Patience whose hazard is 1/400 per second before 20 s and four times that from then on."""
    early, late = rng.exponential(400, n), 20 + rng.exponential(100, n)
    return np.where(early < 20, early, late)


def test_a_turning_point_is_found():
    rng = np.random.default_rng(4)
    found = looked_at(drawn(rng, 6000, _with_a_jump(rng, 6000)), 20)
    assert found.verdict == "yes"
    assert found.step.low > 1.3
    assert "times as often as a smooth course would have it" in found.text
    assert "it is a turning point" in found.findings()[0].headline


def test_a_smooth_course_is_no_turning_point():
    """Weibull patience, whose hazard rises or falls smoothly: "yes" in at most about one of twenty."""
    said = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        shape = (0.7, 1.0, 1.5)[seed % 3]
        said.append(looked_at(drawn(rng, 2000, 150 * rng.weibull(shape, 2000)), 20).verdict)
    assert said.count("yes") <= 15


def test_no_turning_point_needs_evidence():
    rng = np.random.default_rng(9)
    satisfied = (rng.random(400_000) < 0.8).astype(float)
    found = looked_at(drawn(rng, 400_000, rng.exponential(100, 400_000), satisfied=satisfied), 20)
    assert found.verdict == "no"
    assert "no turning point" in found.text
    few = looked_at(drawn(rng, 2000, rng.exponential(100, 2000), satisfied=satisfied[:2000]), 20)
    assert few.verdict == "cannot tell yet"


# ---------------------------------------------------------------- the demo shop, and tables as they come
def test_the_demo_shop():
    found = open_shop().call(staffing.waiting)
    assert found.lost.low <= 0.09 <= found.lost.high  # truth channels.abandoned
    assert found.verdict == "cannot tell yet"
    assert found.patience.low > 200  # who gave up had waited 80 s, but that is not how patient callers are
    assert "had waited 80 seconds on average" in found.text
    assert found.findings()[0].benchmark == "chat-answer-20-s"
    assert found.plot().data


def test_odd_tables_and_engines_give_the_same():
    rng = np.random.default_rng(2)
    patience, answer = rng.exponential(100, 500), rng.exponential(60, 500)
    table = calls(np.minimum(patience, answer), patience < answer, rng.random(500) < 0.8)
    plain = staffing.waiting(table)
    mixed = pd.concat([table, table.iloc[:20]]).sample(frac=1, random_state=1).set_axis([0] * 520)
    mixed = mixed.astype({"channel": "category", "satisfied": object, "abandoned": object})
    for other in (mixed, ibis.memtable(table.assign(opened_at=table["opened_at"].dt.tz_convert("UTC")))):
        found = staffing.waiting(other)
        pd.testing.assert_frame_equal(plain.table, found.table)
        assert plain.text == found.text


def test_waits_below_zero_or_unknown_are_left_out_and_counted():
    table = calls([10, 30, -5, np.nan], [0, 1, 1, 1])
    found = staffing.waiting(table)
    assert (found.waits.n, found.waits.unknown) == (2, 2)
    assert "Left out: 2 contacts" in found.method


def test_what_cannot_be_is_refused():
    table = calls([10, 30], [0, 1])
    with pytest.raises(SettingError, match="number of seconds"):
        staffing.waiting(table, limit=0)
    with pytest.raises(SettingError, match="No contact came by “fax”"):
        staffing.waiting(table, channel="fax")
    with pytest.raises(DataError, match="How long anybody waited"):
        staffing.waiting(table.drop(columns=["waiting_seconds", "abandoned"]))
