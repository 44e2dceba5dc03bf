"""The register: every figure has a source and a caveat in both languages."""

from __future__ import annotations

import pytest

from csworkbook import evidence, language
from csworkbook.errors import SettingError

FIELDS = {
    "id", "claim", "value", "low", "high", "unit", "measured_on", "source", "year", "section", "topic", "caveat",
}  # fmt: skip


# Dixon, Freeman & Toman, Harvard Business Review, July 2010
@pytest.mark.parametrize(
    ("id", "share"), [("effort-buy-again", 0.94), ("effort-spend-more", 0.88), ("effort-negative-word", 0.81)]
)
def test_the_handbooks_effort_figures(id, share):
    entry = evidence.get(id)
    assert (entry.value, entry.unit, entry.year) == (share, "share", "2010")
    assert "HBR" in entry.source


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_every_entry_is_whole(spoken):
    with language.speaking(spoken):
        table = evidence.table()
        assert set(table.columns) == FIELDS
        for column in ("id", "claim", "unit", "measured_on", "source", "section", "topic", "caveat"):
            assert (table[column].str.strip() != "").all(), column
        assert table["id"].is_unique
        assert table["value"].notna().all()
        for id in table["id"]:
            line = evidence.get(id).line()
            assert "{" not in line
            assert "nan" not in line


def test_ranges_hold_their_value_and_shares_are_no_percentages():
    table = evidence.table()
    ranged = table[table["low"].notna() & table["high"].notna()]
    assert len(ranged) > 0
    assert ((ranged["low"] <= ranged["value"]) & (ranged["value"] <= ranged["high"])).all()
    assert table.loc[table["unit"] == "share", "value"].between(0, 1.15).all()  # 1.15: 115 % more


def test_the_same_figures_in_both_languages_in_other_words():
    english = evidence.table()
    with language.speaking("nl"):
        dutch = evidence.table()
    assert english["value"].equals(dutch["value"])
    assert (english["claim"] != dutch["claim"]).all()


def test_a_topic_is_a_part_of_the_register():
    part = evidence.table("effort")
    assert set(part["topic"]) == {"effort"}
    assert 0 < len(part) <= len(evidence.table())
    assert evidence.table("no such topic").empty


def test_an_unknown_entry_names_itself():
    with pytest.raises(SettingError, match="effort-nonsense"):
        evidence.get("effort-nonsense")


@pytest.mark.parametrize("id", ["effort-disloyal-10", "churn-profit"])
def test_the_benchmarks_that_findings_name_are_there(id):
    assert evidence.get(id).caveat
