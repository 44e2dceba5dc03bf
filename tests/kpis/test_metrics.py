"""The key figures of one week beside their usual level, their targets, and one figure over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook import demo, kpis, language
from csworkbook.errors import DataError, SettingError
from csworkbook.kpis.definitions import DEFINITIONS, KPIS, METRICS
from csworkbook.kpis.tallies import weekly
from csworkbook.shop import open_shop

from .tables import WEEKS, ZONE

SHOP = open_shop()
TRUTH = demo.truth().set_index("id")


@pytest.fixture(scope="module")
def now():
    return SHOP.call(kpis.key_figures)


def test_the_four_kpis_and_ten_metrics_of_the_handbook(now):
    names = now.table["metric"].tolist()
    assert names[:4] == list(KPIS)
    assert set(METRICS) <= set(names)
    assert not now.missing
    assert {"value", "low", "high", "n", "before", "target", "signal", "formula", "exclusions"} <= set(
        now.table
    )
    assert set(now.table["group"]) == {"input", "output", "customer"}
    assert set(now.table["aim"]) == {"acquisition_aim", "retention_aim", "efficiency_aim"}


def test_every_figure_is_that_of_its_last_week(now):
    rows = SHOP.call(weekly)
    rows = rows[rows["channel"] == ""]
    for metric, part in rows.groupby("metric"):
        row = now.row(metric)
        assert row["value"] == part["value"].iloc[-1]
        assert row["before"] == part["value"].iloc[-2]
        assert row["low"] <= row["value"] <= row["high"]


def test_the_text_names_the_week_and_what_chance_does(now):
    assert now.text.startswith("In the week of 22 June 2026 ")
    assert "chance alone gives a signal about once in 9 weeks" in now.text
    assert "Customers helped at first contact, the week of 8 June 2026" in now.text


def test_every_figure_is_defined_on_the_page(now):
    for metric in DEFINITIONS:
        assert DEFINITIONS[metric].name + " = " in now.method
    assert "customers with a complaint ÷ customers with a service contact" in now.method


def test_the_definition_follows_the_choice():
    found = SHOP.call(kpis.key_figures, rated="rated", middle="mean", hours="clock")
    assert "“very friendly” (5) ÷ rated interactions" in found.method
    assert "mean time to the first reply, by the clock" in found.method
    assert found.row("very_friendly")["n"] < found.row("satisfied")["n"] + 1


def test_targets_are_reached_missed_or_too_close():
    aims = {"first_contact": 0.5, "churn": 0.2, "satisfied": 0.745, "complaining": 0.17, "phone": 20}
    found = SHOP.call(kpis.key_figures, targets=aims)
    states = found.table.set_index("metric")["reached"]
    assert states[["first_contact", "churn", "complaining"]].tolist() == ["yes", "no", "cannot tell yet"]
    assert "Targets: 1 of 3 reached, 1 too close to tell." in found.text
    headlines = [one.headline for one in found.findings()]
    assert "Customers lost misses its target of 20.0%." in headlines


def test_cells_are_written_in_the_unit_of_each_figure(now):
    cells = {row[0]: row[1] for row in now.cells()}
    assert cells["Customers who complain"].endswith("%")
    assert cells["Cost to resolution"].startswith("€")
    assert cells["Time to the first reply"].endswith("seconds")
    assert now.plot().data[0].text[-1] == cells["Customers who complain"]


def test_dutch(now):
    with language.speaking("nl"):
        assert now.text
        assert all(len(row) == len(now.columns) for row in now.cells())


def test_one_channel_only():
    found = SHOP.call(kpis.key_figures, channel="chat", period="month")
    assert set(found.missing) == {"churn", "effort", "nps"}
    june = SHOP.contacts[SHOP.contacts["opened_at"].dt.strftime("%Y-%m") == "2026-06"]
    assert found.row("contacts")["value"] == (june["channel"] == "chat").sum()


def test_few_tables_give_few_figures():
    found = kpis.key_figures(WEEKS, zone=ZONE)
    assert "churn" in found.missing
    assert "Your tables do not tell:" in found.method
    assert np.isnan(found.row("contacts")["usual"])  # five weeks are too few for limits
    assert found.plot().data[0].x.size == len(found.table)


def test_errors_in_words():
    with pytest.raises(SettingError, match=r"“fax” is no channel.*chat, email and phone"):
        kpis.key_figures(WEEKS, channel="fax", zone=ZONE)
    with pytest.raises(DataError, match="No week or month"):
        kpis.key_figures(WEEKS.head(1), zone=ZONE, period="month")


# ---------------------------------------------------------------- over time
def test_the_week_that_was_planted_is_the_only_strong_one():
    found = SHOP.call(kpis.over_time, metric="satisfied")
    week = found.strong["period"].dt.strftime("%G-W%V").tolist()
    assert week == [TRUTH.loc["kpis.signal", "since"]]
    row = found.strong.iloc[0]
    truth = TRUTH.loc["kpis.signal"]
    assert row["signal"] == "below"
    assert truth["low"] <= row["value"] <= truth["high"]
    assert row["low"] <= truth["value"] <= row["high"]
    assert "One is strong: the week of 6 October 2025." in found.text


def test_the_other_weeks_of_chat_are_as_planted():
    found = SHOP.call(kpis.over_time, metric="satisfied", channel="chat").table
    truth = TRUTH.loc["kpis.satisfied"]
    usual = found["centre"].iloc[0]
    assert truth["low"] - 0.02 <= usual <= truth["high"] + 0.02


def test_signals_of_shares_are_as_rare_as_stated():
    """Seven shares and scores in which nothing was planted, over up to 104 weeks: about 4.5 are expected."""
    names = (
        "resolved",
        "next_avoided",
        "effort",
        "friendliness",
        "knowledge",
        "complaining",
        "first_contact",
    )
    marked = [len(SHOP.call(kpis.over_time, metric=name).marked) for name in names]
    assert sum(marked) <= 12


def test_one_figure_in_full():
    found = SHOP.call(kpis.over_time, metric="cost_to_resolution", targets={"cost_to_resolution": 5.0})
    assert "Target: at most €5.00 (not reached)." in found.text
    assert len(found.plot().layout.shapes) == 1
    assert found.cells()[0][1].startswith("€")
    assert "cost per contact × contacts per solved issue" in found.method


def test_limits_from_the_first_year():
    found = SHOP.call(kpis.over_time, metric="contacts", first=52)
    level = found.table["value"].iloc[:52].mean()
    assert found.table["centre"].iloc[-1] == pytest.approx(level, rel=0.15)


def test_every_figure_has_a_chart_text_and_picture():
    for metric in DEFINITIONS:
        found = SHOP.call(kpis.over_time, metric=metric)
        assert found.text
        assert found.method
        assert len(found.plot().data) == 4
        assert found.table["period"].is_monotonic_increasing


@pytest.mark.parametrize(("metric", "low", "high"), [("nps", -1.0, 1.0), ("friendliness", 1.0, 5.0)])
def test_no_limit_lies_where_no_value_can(metric, low, high):
    """Few answers a week: three deviations of the recommendation, or of marks of 5, would go beyond their ends."""
    from csworkbook.kpis.charted import chart_of

    weeks = pd.date_range("2025-01-06", periods=20, freq="7D")
    rows = pd.DataFrame(
        {"metric": metric, "period": weeks, "value": [low, high] * 10, "count": np.nan, "n": 5}
    )
    found = chart_of(rows.assign(low=low, high=high)).table
    assert found[["lower", "upper"]].to_numpy().tolist() == [[low, high]] * 20


def test_too_few_weeks_say_so():
    found = kpis.over_time(WEEKS, metric="contacts", zone=ZONE)
    assert "There are too few periods to see a change: 8 is the least, here are 5." in found.text
    assert found.plot()
    assert not found.findings()


def test_a_late_signal_is_a_finding():
    rng = np.random.default_rng(2)
    days = pd.date_range("2025-01-06 10:00", periods=30 * 7, freq="D", tz=ZONE)
    opened = days.repeat(10)
    share = np.where(opened >= days[-14], 0.3, 0.85)
    frame = pd.DataFrame({"opened_at": opened, "channel": "chat", "topic": "x", "customer_id": "k"})
    frame["contact_id"] = [f"c{n}" for n in range(len(frame))]
    frame["satisfied"] = rng.random(len(frame)) < share
    found = kpis.over_time(frame, metric="satisfied", zone=ZONE)
    assert [one.chapter for one in found.findings()] == ["10_kpis"]
    assert "lower than chance explains" in found.findings()[0].headline


def test_a_figure_that_is_not_told():
    with pytest.raises(DataError, match=r"do not tell “Customers lost”.*orders"):
        kpis.over_time(WEEKS, metric="churn", zone=ZONE)
    with pytest.raises(DataError, match="is not told by channel"):
        SHOP.call(kpis.over_time, metric="nps", channel="chat")
    with pytest.raises(SettingError, match="“speed” cannot be chosen"):
        kpis.over_time(WEEKS, metric="speed", zone=ZONE)
