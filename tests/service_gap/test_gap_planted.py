"""The stories about the service gap planted in the demo shop are found again, each within a 99.9% interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from statsmodels.stats.proportion import proportion_confint

from csworkbook import demo
from csworkbook.service_gap.byitem import by_item
from csworkbook.service_gap.perception import perception
from csworkbook.service_gap.priorities import priorities
from csworkbook.service_gap.second import second_gap
from csworkbook.service_gap.servqual import servqual
from csworkbook.shop import open_shop

TRUTH = demo.truth().set_index("id")
GAPS = [id for id in TRUTH.index if id.startswith("gap.servqual.")]


@pytest.fixture(scope="module")
def shop():
    return open_shop()


def truth(id):
    return float(TRUTH.loc[id, "value"])


def wider(low, high, value, n):
    """A 95% interval of a mean, made a 99.9% one."""
    factor = t.ppf(0.9995, n - 1) / t.ppf(0.975, n - 1)
    return value - (value - low) * factor, value + (high - value) * factor


@pytest.mark.parametrize("role", ["company", "customer"])
def test_who_calls_the_service_superior(shop, role):
    row = shop.call(perception).table.set_index("role").loc[role]
    low, high = proportion_confint(row["count"], row["n"], alpha=0.001, method="wilson")
    assert low <= truth(f"gap.superior.{role}") <= high


@pytest.mark.parametrize("id", GAPS)
def test_the_gap_of_each_dimension(shop, id):
    row = shop.call(servqual).table.set_index("dimension").loc[id.rsplit(".", 1)[1]]
    low, high = wider(row["low"], row["high"], row["gap"], row["n"])
    assert low <= truth(id) <= high


def test_the_weight_of_responsiveness(shop):
    row = shop.call(servqual).table.set_index("dimension").loc["responsiveness"]
    survey = shop.service_survey.query("role == 'customer'")
    points = survey[survey["item"] == 10]["weight"]
    error = t.ppf(0.9995, len(points) - 1) * points.std() / np.sqrt(len(points))
    assert abs(row["weight"] - truth("gap.weight")) <= error


def test_the_second_gap(shop):
    row = shop.call(second_gap).table.set_index("dimension").loc["responsiveness"]
    low, high = wider(row["low"], row["high"], row["gap"], row["guesses"])
    assert low <= truth("gap.second") <= high
    assert row["verdict"] == "yes"


def test_responsiveness_leads_everywhere(shop):
    assert shop.call(servqual).headline.startswith("Responsiveness falls furthest short")
    assert shop.call(by_item).table["dimension"].tolist()[:4] == ["responsiveness"] * 4
    assert shop.call(priorities).table["dimension"][0] == "responsiveness"
    assert shop.call(second_gap).headline.startswith("We underestimate responsiveness")


def test_the_order_of_the_gaps_is_the_planted_one(shop):
    table = shop.call(servqual).table.set_index("dimension")["gap"]
    planted = pd.Series({id.rsplit(".", 1)[1]: truth(id) for id in GAPS})
    assert table.sort_values().index.tolist() == planted.sort_values().index.tolist()


def test_every_truth_about_the_gap_has_a_test_here():
    assert set(TRUTH.index[TRUTH["chapter"] == "01"]) >= {*GAPS, "gap.weight", "gap.second"}
    assert len(GAPS) == 5


@pytest.mark.parametrize("analysis", [perception, servqual, by_item, priorities, second_gap])
def test_each_panel_takes_less_than_half_a_second(shop, analysis):
    import time

    shop.call(analysis).plot()  # warm
    began = time.process_time()
    shop.call(analysis).plot()
    assert time.process_time() - began < 0.5
