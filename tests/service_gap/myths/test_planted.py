"""The myths in the demo shop: what is planted there is found, what is not planted is not, on pages and in time."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from csworkbook.demo import stories
from csworkbook.demo.clock import stamp
from csworkbook.demo.orders import customers, journeys
from csworkbook.pages.panel import panel
from csworkbook.service_gap.myths import (
    channels,
    exceeding,
    leaving,
    measures,
    myths,
    satisfaction,
    scores,
    service_result,
)
from csworkbook.shop import open_shop


@pytest.fixture(scope="module")
def shop():
    return open_shop()


def test_satisfaction_has_nothing_to_do_with_buying_again(shop):
    result = shop.call(satisfaction)
    assert result.verdict == "not supported"
    assert result.logrank > 0.05


def test_who_recommends_went_through_less_effort_and_comes_back():
    """Recommending and buying again both hang on effort (stories.DETRACTOR, stories.REPURCHASE): their link by hand."""
    rng = np.random.default_rng(1)
    found = journeys(rng, customers(rng, 40_000))
    asked = found[found["hardest"].notna()].reset_index(drop=True)
    survey = pd.DataFrame(
        {"answered_at": stamp(asked["answered"]), "customer_id": asked["customer"].astype(str)}
    )
    survey[["choosing", "buying", "after"]] = asked[["choosing", "buying", "after"]].to_numpy()
    promotes = rng.random(len(asked)) >= asked["hardest"].map(stories.DETRACTOR).to_numpy()
    survey["recommend"] = np.where(promotes, 9, 3)
    bought = pd.DataFrame(
        {"customer_id": found["customer"].astype(str), "ordered_at": stamp(found["moment"])}
    )
    bought = bought.assign(order_id=np.arange(len(found)).astype(str), revenue=1.0)

    named = asked["hardest"].value_counts(normalize=True).sort_index().to_numpy()
    low, back = (
        np.array([size[level] for level in (1, 2, 3)]) for size in (stories.DETRACTOR, stories.REPURCHASE)
    )
    both, a, b = named @ (low * back), named @ low, named @ back
    phi = -(both - a * b) / np.sqrt(a * (1 - a) * b * (1 - b))
    result = satisfaction(bought, None, survey, within="90D")
    assert result.estimate.value == pytest.approx(phi, abs=0.04)
    assert result.verdict == "supported"


def test_little_effort_brings_more_than_some(shop):
    result = shop.call(exceeding, measure="effort", within="90D")
    share = result.table.set_index("group")
    for group, level in (("exceeded", 1), ("met", 2), ("missed", 3)):
        assert share.loc[group, "low"] - 0.05 < stories.REPURCHASE[level] < share.loc[group, "high"] + 0.05
    assert result.answer == "more"


def test_a_fast_reply_brings_nothing(shop):
    assert shop.call(exceeding).verdict == "not supported"


def test_the_share_of_replies_in_time_is_the_planted_one(shop):
    table = shop.call(exceeding, channel="email").table.set_index("group")["n"]
    kept = 1 - table["missed"] / table.sum()
    assert kept == pytest.approx(stories.KEPT["email"], abs=2.58 * np.sqrt(0.63 * 0.37 / table.sum()))


def test_within_one_kind_of_customer_a_contact_changes_nothing(shop):
    """Contacts after an order change nothing in the demo shop; kinds of customers differ in both."""
    lines = shop.order_lines.merge(shop.orders[["order_id", "customer_id"]], on="order_id")
    home = lines.groupby("customer_id")["category"].agg(lambda names: names.value_counts().index[0])
    logs, weights = [], []
    for kind in ("bed and bath", "decoration", "kitchen and table"):
        mine = set(home.index[home == kind])
        asked = shop.contacts[shop.contacts["customer_id"].isin(mine)]
        result = leaving(asked, shop.orders[shop.orders["customer_id"].isin(mine)])
        logs.append(np.log(result.estimate.value))
        weights.append(result.error**-2)
    together, error = np.average(logs, weights=weights), sum(weights) ** -0.5
    assert abs(together) < 2.58 * error


def test_what_is_credited_before_buying_is_what_follows_within_14_days(shop):
    before = shop.contacts[(shop.contacts["stage"] == "before").to_numpy()]
    last = shop.orders["ordered_at"].max() - pd.Timedelta("14D")
    for channel in ("chat", "phone", "email"):
        asked = before[(before["channel"] == channel).to_numpy() & (before["opened_at"] <= last).to_numpy()]
        asked = asked[asked["opened_at"] >= shop.orders["ordered_at"].min()]
        pairs = asked[["contact_id", "customer_id", "opened_at"]].merge(shop.orders, on="customer_id")
        waited = pairs["ordered_at"] - pairs["opened_at"]
        pairs = pairs[(waited >= pd.Timedelta(0)) & (waited <= pd.Timedelta("14D"))]
        result = service_result(asked, shop.orders, anyway=0.0)
        assert result.about.orders == pairs["order_id"].nunique()
        a_year = 365.25 / result.about.period
        margin = pairs.drop_duplicates("order_id")["margin"].sum()
        assert result.table["credited"][0] == pytest.approx(margin * a_year)
        share = pairs["contact_id"].nunique() / len(asked)
        assert share == pytest.approx(stories.CONVERTS[channel], abs=0.04)


def test_the_cost_is_the_planted_one(shop):
    one = shop.contacts["channel"].value_counts()
    a_year = 365.25 / (
        (shop.contacts["opened_at"].max() - shop.contacts["opened_at"].min()) / pd.Timedelta(days=1)
    )
    planted = sum(stories.COST_PER_CONTACT[channel] * n for channel, n in one.items()) * a_year
    assert shop.call(service_result).table["cost"][0] == pytest.approx(planted, rel=0.02)


PANELS = {
    "satisfaction": (satisfaction, {"score": scores, "within": ["90D", "180D", "365D"]}),
    "exceeding": (
        exceeding,
        {"measure": measures, "within": ["90D", "180D", "365D"], "limit_points": [2, 5, 10], "factor": [0.25, 0.5, 0.75],
         "channel": channels},
    ),
    "leaving": (leaving, {"stage": ["after", "before", None], "within": ["90D", "180D", "365D"]}),
    "service_result": (
        service_result, {"anyway": [None, *np.linspace(0, 1, 11).round(1).tolist()], "within": ["7D", "14D", "30D"]},
    ),
    "myths": (myths, {"within": ["90D", "180D", "365D"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", PANELS)
def test_it_is_a_panel_with_controls(shop, name):
    function, controls = PANELS[name]
    made = panel(shop, function, **controls)
    made.refresh()
    assert made.result is not None
    assert set(made.controls) == set(controls)
    for control in made.controls.values():
        for _label, value in list(control.options)[-1:]:
            control.value = value
            assert made.result is not None
    assert not [
        label for control in made.controls.values() for label, _v in control.options if "None" in label
    ]


def test_all_four_together_take_less_than_a_second(shop):
    shop.call(myths)
    start = time.process_time()
    shop.call(myths)
    assert time.process_time() - start < 1.0
