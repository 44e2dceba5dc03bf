"""The four myths on odd tables: an answer or a clear error, nothing changed, nothing odd said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook.errors import WorkbookError
from csworkbook.service_gap.myths import exceeding, leaving, myths, satisfaction, service_result

from .tables import ZONE, assert_says, contacts, journeys, orders, survey
from .test_satisfaction import said

BOUGHT, PLAIN = journeys(5, 60)
N = len(PLAIN)
ASKED = PLAIN.assign(
    satisfied=said(np.arange(N) % 3 > 0), friendliness=pd.array(1 + np.arange(N) % 5, dtype="Int64"),
    replied_at=PLAIN["opened_at"] + pd.to_timedelta(np.arange(N) % 40, "h"), handling_minutes=5.0 + np.arange(N) % 7,
)  # fmt: skip
TOLD = survey(
    sorted(set(BOUGHT["customer_id"])),
    np.arange(60) * 3.0,
    recommend=pd.array(np.arange(60) % 11, dtype="Int64"),
)
COSTS = pd.DataFrame(
    {"month": pd.date_range("2025-02-01", periods=12, freq="MS"), "channel": "email", "hours": 4.0}
)

CONTACTS = {
    "contacts": ASKED,
    "none": ASKED.head(0),
    "one": ASKED.head(1),
    "one customer": ASKED.assign(customer_id=ASKED["customer_id"][0]),
    "guests": ASKED.assign(customer_id=None),
    "guests as empty text": ASKED.assign(customer_id="  "),
    "strangers": ASKED.assign(customer_id="nobody"),
    "only what is needed": ASKED[["contact_id", "customer_id", "opened_at", "channel", "topic"]],
    "no stage": ASKED.drop(columns="stage"),
    "stage empty": ASKED.assign(stage=None),
    "all before": ASKED.assign(stage="before"),
    "satisfied never answered": ASKED.assign(satisfied=said([None] * N)),
    "everybody satisfied": ASKED.assign(satisfied=said([True] * N)),
    "nobody satisfied": ASKED.assign(satisfied=said([False] * N)),
    "never answered": ASKED.assign(replied_at=pd.Series(pd.NaT, range(N), dtype=ASKED["opened_at"].dtype)),
    "answered before it was asked": ASKED.assign(replied_at=ASKED["opened_at"] - pd.Timedelta(days=1)),
    "no minutes": ASKED.assign(handling_minutes=np.nan),
    "no time at all": ASKED.assign(handling_minutes=0.0),
    "all at once": ASKED.assign(opened_at=ASKED["opened_at"][0]),
    "some without a time": ASKED.assign(opened_at=ASKED["opened_at"].where(np.arange(N) % 2 > 0)),
    "after the last order": ASKED.assign(opened_at=ASKED["opened_at"] + pd.Timedelta(days=4000)),
    "before the first order": ASKED.assign(opened_at=ASKED["opened_at"] - pd.Timedelta(days=4000)),
    "strange index": pd.concat([ASKED, ASKED]),
    "backwards": ASKED[::-1],
    "categories": ASKED.astype({"channel": "category", "stage": "category"}),
    "channel with mark-up": ASKED.assign(channel="<b>=1+1</b>"),
    "channel empty": ASKED.assign(channel=None),
}
ORDERS = {
    "none": BOUGHT.head(0),
    "one": BOUGHT.head(1),
    "all guests": BOUGHT.assign(customer_id=None),
    "one customer": BOUGHT.assign(customer_id="0"),
    "of one day": orders([str(i) for i in range(60)], [5.0] * 60),
    "for nothing": BOUGHT.assign(revenue=0.0),
    "revenue unknown": BOUGHT.assign(revenue=np.nan),
    "margin unknown": BOUGHT.assign(margin=np.nan),
    "margin below zero": BOUGHT.assign(margin=-5.0),
    "without a time": BOUGHT.assign(
        ordered_at=pd.Series(pd.NaT, BOUGHT.index, dtype=BOUGHT["ordered_at"].dtype)
    ),
    "strange index": pd.concat([BOUGHT, BOUGHT]),
    "another clock": BOUGHT.assign(ordered_at=BOUGHT["ordered_at"].dt.tz_convert("America/New_York")),
}
SURVEYS = {
    "none": TOLD.head(0),
    "no customers": TOLD.assign(customer_id=None),
    "no customer column": TOLD.drop(columns="customer_id"),
    "nothing recommended": TOLD.assign(recommend=pd.array([None] * 60, dtype="Int64")),
    "all the same": TOLD.assign(recommend=10),
    "no answers": TOLD.assign(
        **dict.fromkeys(("choosing", "buying", "after"), pd.array([None] * 60, dtype="Int8"))
    ),
}
SPENT = {
    "costs": COSTS,
    "none": COSTS.head(0),
    "other channels": COSTS.assign(channel="telegraph"),
    "other months": COSTS.assign(month=pd.Timestamp("1999-01-01")),
    "free": COSTS.assign(hours=0.0),
    "with empty cells": COSTS.assign(hourly_cost=np.nan, fixed_cost=None),
    "zoned": COSTS.assign(month=COSTS["month"].dt.tz_localize(ZONE)),
}
ANALYSES = {
    "satisfaction": lambda o, c, s, k: satisfaction(o, c, s),
    "recommend": lambda o, c, s, k: satisfaction(o, c, s, score="recommend"),
    "friendliness": lambda o, c, s, k: satisfaction(o, c, s, score="friendliness", within="30D"),
    "exceeding": lambda o, c, s, k: exceeding(o, c, s),
    "exceeding effort": lambda o, c, s, k: exceeding(o, c, s, measure="effort"),
    "exceeding on one channel": lambda o, c, s, k: exceeding(o, c, s, channel="phone"),
    "leaving": lambda o, c, s, k: leaving(c, o, within="60D"),
    "leaving, all contacts": lambda o, c, s, k: leaving(c, o, stage=None),
    "service": lambda o, c, s, k: service_result(c, o, k),
    "service by minutes": lambda o, c, s, k: service_result(c, o, anyway=1.0, currency="USD"),
    "myths": lambda o, c, s, k: myths(o, c, s, k),
}  # fmt: skip


def answer(analysis, *tables):
    try:
        return ANALYSES[analysis](*tables)
    except WorkbookError as error:
        refused = str(error)
    assert refused
    assert "{" not in refused
    return None


BY_SURVEY = ("recommend", "exceeding effort")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("analysis", [name for name in ANALYSES if name not in BY_SURVEY])
@pytest.mark.parametrize("name", CONTACTS)
def test_odd_contacts(name, analysis):
    asked, bought = CONTACTS[name].copy(), BOUGHT.copy()
    result = answer(analysis, bought, asked, TOLD, COSTS)
    pd.testing.assert_frame_equal(asked, CONTACTS[name])
    pd.testing.assert_frame_equal(bought, BOUGHT)
    if result is not None:
        assert_says(result)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("name", ORDERS)
def test_odd_orders(name, analysis):
    result = answer(analysis, ORDERS[name], ASKED, TOLD, COSTS)
    if result is not None:
        assert_says(result)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("analysis", [*BY_SURVEY, "myths"])
@pytest.mark.parametrize("name", SURVEYS)
def test_odd_surveys(name, analysis):
    result = answer(analysis, BOUGHT, ASKED, SURVEYS[name], None)
    if result is not None:
        assert_says(result)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", SPENT)
@pytest.mark.parametrize("minutes", [True, False])
def test_odd_costs(name, minutes):
    asked = ASKED if minutes else ASKED.drop(columns="handling_minutes")
    result = answer("service", BOUGHT, asked, None, SPENT[name])
    if result is not None:
        assert_says(result)


def test_the_clock_makes_no_difference():
    abroad = ASKED.assign(opened_at=ASKED["opened_at"].dt.tz_convert("America/New_York"))
    one, two = (leaving(asked, BOUGHT, within="60D").table for asked in (ASKED, abroad))
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_the_same_seed_gives_the_same_answer(analysis):
    one, two = (answer(analysis, BOUGHT, ASKED, TOLD, COSTS) for _time in range(2))
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.text == two.text


def test_a_missing_column_is_named():
    for analysis in ("leaving", "service"):
        with pytest.raises(WorkbookError, match="topic"):
            ANALYSES[analysis](BOUGHT, ASKED.drop(columns="topic"), TOLD, COSTS)
    assert contacts(["a"], [0])["channel"].tolist() == ["email"]
