"""No input makes a traceback: empty tables, one row, all the same, all missing, and every control."""

from __future__ import annotations

import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook.errors import WorkbookError
from csworkbook.funnel.compare import compare
from csworkbook.funnel.drivers import drivers
from csworkbook.funnel.next_steps import next_steps
from csworkbook.funnel.shift import before_after
from csworkbook.funnel.whatif import what_if

from .logs import crowd, log

CONTACTS = pd.DataFrame(
    {
        "contact_id": ["1"],
        "customer_id": ["k"],
        "opened_at": pd.to_datetime(["2026-03-03"], utc=True),
        "channel": ["chat"],
        "topic": ["x"],
    }
)
ORDERS = pd.DataFrame(
    {
        "order_id": ["1"],
        "customer_id": ["k"],
        "ordered_at": pd.to_datetime(["2026-03-03"], utc=True),
        "revenue": [10.0],
    }
)
STEPS = ["cart", "checkout", "paid"]
ONE = log("ann 0 cart")
LOGS = {
    "empty": ONE.iloc[:0],
    "one row": ONE,
    "all the same": pd.concat([ONE] * 50, ignore_index=True),
    "no moment": ONE.assign(at=pd.Series([pd.NaT]).dt.tz_localize("Europe/Amsterdam")),
    "no visitor": ONE.assign(visitor_id=None),
    "no step": ONE.assign(step=None),
    "no device": log("ann 0 cart; ann 1 paid; bob 5 cart", device=None),
    "numbers for devices": log("ann 0 cart; ann 1 checkout; bob 5 cart", device=[1, 2, 1]),
    "never such a step": log("ann 0 home; bob 5 search"),
    "everybody pays": crowd({"a": [60, 60, 60], "b": [50, 50, 50]}, STEPS, days=30),
    "nobody pays": crowd({"a": [60, 20, 0], "b": [50, 40, 0]}, STEPS, days=30),
    "one group": crowd({"a": [60, 20, 10]}, STEPS, days=30),
    "strange words": crowd({"<b>x</b>": [60, 20, 10], "50%": [60, 50, 45]}, STEPS, days=30),
    "strange column": log(
        "ann 0 cart; ann 1 checkout; bob 5 cart", **{"a b": [1.5, None, 2], "flag": [True, None, False]}
    ),
}
QUESTIONS = {
    "compare": lambda events: compare(events, STEPS),
    "compare groups": lambda events: compare(events, STEPS, by="device"),
    "before_after": lambda events: before_after(events, STEPS),
    "before_after days": lambda events: before_after(events, STEPS, every="day", within="1D"),
    "drivers": lambda events: drivers(events, STEPS),
    "what_if": lambda events: what_if(events, STEPS, ORDERS),
    "what_if two": lambda events: what_if(events, STEPS[:2], value_per_order=20.0),
    "next_steps": lambda events: next_steps(events, STEPS, CONTACTS),
    "next_steps none": lambda events: next_steps(events, STEPS, CONTACTS.iloc[:0], step="paid"),
    "usual": lambda events: next_steps(events),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("events", LOGS)
def test_no_traceback(events, question):
    told = []
    try:
        assert_says(QUESTIONS[question](LOGS[events]))
    except WorkbookError as error:
        told = [str(error), error.allowed + error.next_step]
    assert all(told)


@pytest.mark.parametrize("question", [name for name in QUESTIONS if name != "usual"])
def test_ten_weeks_of_two_groups(question):
    busy = crowd({"mobile": [400, 300, 100], "desktop": [300, 250, 200]}, STEPS, days=70)
    assert_says(QUESTIONS[question](busy))


def test_without_any_visitor_no_day_of_1970_is_named():
    nobody = compare(ONE.iloc[:0], ["cart", "paid"])
    assert nobody.text == "No visitors did the first step, cart."
    assert "1970" not in nobody.method + " ".join(nobody.heads()) + nobody.plot().to_json()
    typed = compare(ONE.iloc[:0], ["cart", "paid"], since="2026-03-01", split="2026-03-05")
    assert typed.text == nobody.text
