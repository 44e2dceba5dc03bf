"""`agents`: the numbers other programs ask for."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from effort.tables import assert_says

from csworkbook.errors import SettingError
from csworkbook.staffing import agents


def test_the_published_case():
    found = agents(200, 180, within_seconds=20, share=0.8)
    assert (found.agents, found.present) == (14, 14)
    assert found.service_level == pytest.approx(0.8883500191794669, rel=1e-9)
    assert found.waiting_probability == pytest.approx(0.1741319335950498, rel=1e-9)
    assert found.mean_wait_seconds == pytest.approx(7.835937011777243, rel=1e-9)
    assert found.occupancy == pytest.approx(10 / 14)
    assert found.table.set_index("people").loc[13, "share"] == pytest.approx(0.7955948, abs=5e-8)
    assert_says(found)


def test_the_published_schedule(realdata):
    with (realdata / "known" / "erlang_c_staffing.csv").open() as file:
        row = next(csv.DictReader(file))  # the second one is a known error: thirteen answer 79.6 %
    found = agents(
        2 * float(row["calls"]), float(row["aht_s"]), within_seconds=float(row["target_s"]),
        share=float(row["target_service_level"]), shrinkage=float(row["shrinkage"]),
    )  # fmt: skip
    assert (found.present, found.agents) == (int(row["raw_agents"]), int(row["scheduled_agents"]))


def test_low_targets_and_large_loads_where_other_programs_err():
    assert agents(2.5 * 20, 180, share=0.25).agents == 3  # a known program says 4
    large = agents(24_000, 180, within_seconds=120, share=0.98, patience_seconds=120)
    assert large.present <= 1195  # a known program says .494 with these
    assert large.service_level >= 0.98
    assert 10_000 < agents(200_000, 180).agents < 10_200


def test_giving_up_chats_and_time_away():
    calm, quick = agents(200, 180), agents(200, 180, patience_seconds=120)
    assert (calm.agents, quick.agents) == (14, 12)
    assert (round(quick.service_level, 4), round(quick.abandonment, 4)) == (0.8256, 0.0616)
    chats = agents(200, 180, concurrency=2.5)
    assert chats.agents < calm.agents
    assert agents(200, 180, concurrency=2.5, stretch={2: 2, 3: 3}).present <= calm.present + 1
    for found in (quick, chats, agents(200, 180, shrinkage=0.3)):
        assert_says(found)


def test_many_at_once():
    found = agents([0, 50, 200], 180)
    assert found.agents.tolist()[::2] == [0, 14]
    assert found.agents[1] == agents(50, 180).agents
    assert found.service_level[2] == pytest.approx(0.88835, abs=5e-7)
    assert len(found.table) == 7
    assert found.table["people"].tolist() == list(range(11, 18))
    assert_says(found)


def test_nobody_calls():
    found = agents(0, 180)
    assert found.agents == 0
    assert found.text == "Nobody gets in touch, so nobody is needed."
    assert_says(found)


@pytest.mark.parametrize(
    "wrong",
    [
        {"arrivals_per_hour": -1}, {"handling_seconds": 0}, {"share": 1}, {"share": 0}, {"shrinkage": 1},
        {"shrinkage": -0.1}, {"concurrency": 0}, {"concurrency": 30}, {"patience_seconds": 0}, {"within_seconds": -1},
        {"arrivals_per_hour": float("nan")},
    ],
)  # fmt: skip
def test_what_cannot_be(wrong):
    given = {"arrivals_per_hour": 10, "handling_seconds": 180} | wrong
    with pytest.raises(SettingError):
        agents(given.pop("arrivals_per_hour"), given.pop("handling_seconds"), **given)


def test_more_work_never_takes_fewer():
    needs = agents(np.linspace(0, 400, 60), 300, patience_seconds=60).parts
    assert (np.diff(needs) >= -1e-9).all()


def test_where_nobody_comes_nobody_waits():
    found = agents([0.0, 20.0], 180)
    assert found.service_level[0] == 1
    assert found.waiting_probability[0] == found.mean_wait_seconds[0] == found.occupancy[0] == 0
    one = agents(20.0, 180)
    assert found.service_level[1] == one.service_level


def test_more_than_can_be_worked_out_is_said():
    with pytest.raises(SettingError, match="100,000"):
        agents(1e9, 180)
