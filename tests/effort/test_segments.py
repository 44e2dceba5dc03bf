"""Groups of customers: counts by hand, the test by another library, small groups marked."""

from __future__ import annotations

import pytest
from scipy import stats

from csworkbook import effort
from csworkbook.errors import DataError

from .tables import survey

HARD = {"mobile": (20, 40), "desktop": (4, 40), "tablet": (3, 5)}  # far too much after, of how many
AFTER = [answer for hard, n in HARD.values() for answer in [3] * hard + [1] * (n - hard)]
DEVICE = [device for device, (_hard, n) in HARD.items() for _one in range(n)]
FRAME = survey([1] * 85, [1] * 85, AFTER, device=DEVICE, region=["north", "south"] * 42 + ["north"])


def after(result):
    return result.table[result.table["stage"] == "after"].set_index("segment")


def test_counts_by_hand():
    result = effort.segments(FRAME)
    assert set(result.table.columns) == {
        "stage", "segment", "count", "n", "share", "low", "high", "shrunk", "small", "p", "verdict",
    }  # fmt: skip
    assert after(result)[["count", "n"]].T.to_dict("list") == {d: list(HARD[d]) for d in HARD}
    assert len(result.table) == 9


def test_the_first_segment_is_split_by_unless_another_is_asked():
    assert effort.segments(FRAME).by == "device"
    assert set(effort.segments(FRAME, by="region").table["segment"]) == {"north", "south"}


def test_small_groups_are_marked_and_drawn_towards_the_whole():
    cells = after(effort.segments(FRAME))
    assert cells["small"].to_dict() == {"mobile": False, "desktop": False, "tablet": True}
    assert 27 / 85 < cells.loc["tablet", "shrunk"] < 3 / 5
    assert abs(cells.loc["tablet", "shrunk"] - 0.6) > abs(cells.loc["mobile", "shrunk"] - 0.5)


def test_the_test_is_the_chi_square_test_corrected_for_what_could_be_tested():
    theirs = stats.chi2_contingency([[20, 20], [4, 36], [3, 2]]).pvalue
    cells = after(effort.segments(FRAME))
    assert cells["p"].tolist() == pytest.approx(
        [theirs] * 3
    )  # nobody found the other stages hard: no test there
    assert set(cells["verdict"]) == {"yes"}


def test_a_small_group_is_never_the_headline():
    result = effort.segments(FRAME)
    assert result.headline.startswith("Hardest: After purchase, mobile, 50%")
    assert result.findings()[0].estimate.n == 40


def test_groups_all_small_are_said_to_be_too_small():
    result = effort.segments(FRAME.iloc[::10])
    assert "too small to compare" in result.text
    assert result.findings() == []


def test_the_map_shows_shrunk_shares_and_stars_small_groups():
    result = effort.segments(FRAME)
    trace = result.plot().data[0]
    shown = {
        (stage, group): (z, note)
        for stage, zs, notes in zip(trace.y, trace.z, trace.text, strict=True)
        for group, z, note in zip(trace.x, zs, notes, strict=True)
    }
    assert shown["After purchase", "tablet"][0] == after(result).loc["tablet", "shrunk"]
    assert {group for (_stage, group), (_z, note) in shown.items() if note.endswith("*")} == {"tablet"}


def test_groups_that_do_not_differ_give_no_finding():
    result = effort.segments(FRAME, by="region")
    assert "do not differ more than chance" in result.text
    assert result.findings() == []


def test_a_survey_without_segments_says_what_to_add():
    with pytest.raises(DataError, match=r"no column to split by.*device"):
        effort.segments(FRAME.drop(columns=["device", "region"]))
