"""The same answers from a frame in memory and from a file that an engine reads."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import open_shop
from csworkbook.funnel.compare import compare
from csworkbook.funnel.drivers import drivers
from csworkbook.funnel.next_steps import next_steps
from csworkbook.funnel.shift import before_after
from csworkbook.funnel.whatif import what_if

STEPS = ["product", "cart", "checkout", "delivery", "payment", "paid"]
ASKED = {
    "compare": lambda events, _shop: compare(events, STEPS),
    "compare groups": lambda events, _shop: compare(events, STEPS, by="device"),
    "compare sessions": lambda events, _shop: compare(events, STEPS, per="session"),
    "compare customers": lambda events, _shop: compare(events, STEPS, per="customer"),
    "before_after": lambda events, _shop: before_after(events, STEPS),
    "drivers": lambda events, shop: drivers(events, STEPS, shop.products),
    "what_if": lambda events, shop: what_if(events, STEPS, shop.orders),
    "next_steps": lambda events, shop: next_steps(events, STEPS, shop.contacts),
}


@pytest.fixture(scope="module")
def parquet(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("events") / "events.parquet"
    open_shop().events.to_parquet(path, index=False)
    return str(path)


@pytest.mark.parametrize("question", ASKED)
def test_a_file_gives_what_a_frame_gives(question, parquet):
    shop = open_shop()
    frame, file = (ASKED[question](events, shop) for events in (shop.events, parquet))
    pd.testing.assert_frame_equal(file.table, frame.table, check_dtype=False)
    assert file.text == frame.text
    assert file.method == frame.method
