"""Every analysis of carts on odd logs: an answer or a clear error, nothing changed, nothing odd said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says, orders

from csworkbook.checkout.abandonment import abandonment
from csworkbook.checkout.devices import devices
from csworkbook.checkout.returning import returning
from csworkbook.checkout.rules import rules
from csworkbook.checkout.switching import switching
from csworkbook.errors import DataError, WorkbookError

from .logs import cart_and, log

EVENTS = log(
    *((v, at, step, "mobile", "ann", s) for v, at, step, _d, _c, s in cart_and("a", "2026-02-01")),
    *(
        (v, at, step, "desktop", "ann", s)
        for v, at, step, _d, _c, s in cart_and("a", "2026-02-03", "payment", "paid")
    ),
    *cart_and("b", "2026-02-01", "checkout", "delivery", device="tablet"),
    *cart_and("c", "2026-02-01", "checkout", "delivery", "payment", "paid", device="mobile"),
)
BOUGHT = orders("xyz", [0, 100, 200], [20.0, 40.0, 60.0])
NAMES = ["visitor_id", "at", "step"]

LOGS = {
    "as it is": EVENTS,
    "empty": EVENTS.head(0),
    "one row": EVENTS.head(1),
    "one cart": EVENTS[EVENTS["step"] == "cart"].head(1),
    "no payment": EVENTS[EVENTS["step"] != "paid"],
    "no cart": EVENTS[EVENTS["step"] != "cart"],
    "only carts and payments": EVENTS[EVENTS["step"].isin(["cart", "paid"])],
    "no optional column": EVENTS[NAMES],
    "no device": EVENTS.assign(device=None),
    "devices that are numbers": EVENTS.assign(device=np.arange(len(EVENTS)) % 3),
    "devices with mark-up": EVENTS.assign(device=["<b>x</b>" if i % 2 else "=1+1" for i in range(len(EVENTS))]),
    "devices named as words of ours": EVENTS.assign(device=["all" if i % 2 else "bought" for i in range(len(EVENTS))]),
    "one device": EVENTS.assign(device="mobile"),
    "no customers": EVENTS.assign(customer_id=None),
    "blank customers": EVENTS.assign(customer_id="  "),
    "one customer": EVENTS.assign(customer_id="ann"),
    "one visitor": EVENTS.assign(visitor_id="v"),
    "visitors that are missing": EVENTS.assign(visitor_id=[None if i % 2 else "v" for i in range(len(EVENTS))]),
    "all visitors missing": EVENTS.assign(visitor_id=None),
    "times that are missing": EVENTS.assign(at=EVENTS["at"].where(EVENTS.index % 2 == 0)),
    "all at once": EVENTS.assign(at=pd.Timestamp("2026-02-01", tz="UTC")),
    "every row twice": pd.concat([EVENTS, EVENTS]),
    "strange index": EVENTS.set_axis([0] * len(EVENTS)),
    "backwards": EVENTS[::-1],
    "three days": EVENTS[(EVENTS["at"] > "2026-02-01") & (EVENTS["at"] < "2026-02-04")],
    "categories": EVENTS.astype({"step": "category", "device": "category"}),
    "whole numbers as keys": EVENTS.assign(visitor_id=EVENTS["visitor_id"].map(hash)),
    "times without a zone": EVENTS.assign(at=EVENTS["at"].dt.tz_localize(None)),
    "sessions that are missing": EVENTS.assign(session_id=None),
}  # fmt: skip
ORDERS = {"none": None, "three": BOUGHT, "empty": BOUGHT.head(0), "one": BOUGHT.head(1),
          "worth nothing": BOUGHT.assign(revenue=0.0), "no revenue": BOUGHT.assign(revenue=np.nan)}  # fmt: skip
ANALYSES = {
    "per visit": lambda e, o: abandonment(e, None, o),
    "per visitor": lambda e, o: abandonment(e, None, o, per="visitor"),
    "per customer": lambda e, o: abandonment(e, None, o, per="customer"),
    "by device": lambda e, o: abandonment(e, None, o, by="device"),
    "per visitor by step": lambda e, o: abandonment(e, None, o, per="visitor", by="step"),
    "returning": lambda e, o: returning(e, None, o),
    "devices": lambda e, o: devices(e, None, o),
    "switching": lambda e, o: switching(e),
    "rules": lambda e, o: rules(e, None, o),
    "rules answered": lambda e, o: rules(
        e, None, o, costs_at="payment", audit_cart_rules={"costs": 0.1, "devices": 1}
    ),
}


def answer_or_error(analysis, events, bought):
    try:
        return ANALYSES[analysis](events, bought)
    except WorkbookError as error:
        refused = str(error)
    assert refused
    assert "{" not in refused
    return None


@pytest.mark.parametrize("name", LOGS)
def test_an_odd_log_is_answered_or_refused_in_a_sentence(name):
    events = LOGS[name].copy()
    for analysis in ANALYSES:
        result = answer_or_error(analysis, events, BOUGHT)
        if result is not None:
            assert_says(result)
    pd.testing.assert_frame_equal(events, LOGS[name])


def test_what_can_be_told_is_not_refused():
    told = {name: [answer_or_error(a, events, BOUGHT) for a in ANALYSES] for name, events in LOGS.items()}
    refused = {name for name, results in told.items() if all(one is None for one in results)}
    assert refused == {
        "empty", "one row", "one cart", "no payment", "no cart", "all visitors missing",
    }  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_odd_orders_are_answered(name):
    for analysis in ANALYSES:
        result = answer_or_error(analysis, EVENTS, ORDERS[name])
        assert result is not None
        assert_says(result)


@pytest.mark.parametrize("name", ["strange index", "backwards", "categories", "every row twice"])
def test_what_does_not_matter_makes_no_difference(name):
    for analysis in ANALYSES:
        expected, found = (answer_or_error(analysis, one, BOUGHT) for one in (EVENTS, LOGS[name]))
        assert found.text == expected.text, analysis
        pd.testing.assert_frame_equal(found.table, expected.table)


@pytest.mark.parametrize("missing", NAMES)
def test_a_missing_column_is_named(missing):
    for analysis in ANALYSES.values():
        with pytest.raises(DataError, match=missing):
            analysis(EVENTS.drop(columns=missing), BOUGHT)
