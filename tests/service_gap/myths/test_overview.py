"""The four verdicts beside each other: which side they are on, Holm's correction, what is missing."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from csworkbook import language
from csworkbook.service_gap.myths import myths
from csworkbook.service_gap.myths.verdicts import MYTHS, NOTHING, Sides, sides

from .tables import at, contacts, orders
from .test_leaving import FOUR, MIDDLE
from .test_satisfaction import said

UNITS = ["correlation", "points", "times", "money"]


def shop():
    """Leaving is four times as likely; satisfaction, speed and profit are there too."""
    asked, bought = FOUR
    fast = at(np.full(200, MIDDLE + 2.5) + np.tile([1, 20], 100) / 24)
    asked = asked.assign(satisfied=said([1, 0, 0, 1] * 50), replied_at=fast, handling_minutes=5.0)
    later = contacts(
        ["x"], [MIDDLE + 32.5], handling_minutes=5.0
    )  # of nobody in the orders: it makes a month
    return bought, pd.concat([asked, later], ignore_index=True)


def test_four_rows_each_in_its_own_unit():
    result = myths(*shop())
    assert result.table["myth"].tolist() == list(MYTHS)
    assert result.table["unit"].tolist() == UNITS
    assert result.table.set_index("myth").loc["leaving", "value"] == pytest.approx(4)
    assert result.table.set_index("myth").loc["leaving", "verdict"] == "not supported"
    row = result.cells()[2]
    assert row[2:4] == ["4.00 times", "2.34 times"]  # 4 × exp(−1.96 × .2739): Woolf, by hand
    assert result.sheet()["Unit"].tolist() == ["correlation", "share, 0–1", "times", "EUR"]


def test_the_p_values_are_holms():
    result = myths(*shop())
    raw = [test.sides.p for test in result.tests.values()]
    assert result.table["p"].tolist() == pytest.approx(multipletests(raw, method="holm")[1].tolist())


def test_a_verdict_that_does_not_survive_four_looks_is_none(monkeypatch):
    bought, asked = shop()
    weak = Sides(0.15, 0.001, 0.3, 0.1, 0.049, 0.9)
    assert weak.verdict == "supported"
    monkeypatch.setattr(sys.modules["csworkbook.service_gap.myths.satisfaction"], "sides", lambda *_: weak)
    result = myths(bought, asked)
    assert result.tests["satisfaction"].verdict == "supported"
    assert result.table["verdict"][0] == "not enough data"
    assert result.findings()[0].estimate is None


def test_what_is_missing_is_said_in_its_own_row():
    bought, asked = shop()
    result = myths(bought, asked.drop(columns=["satisfied", "handling_minutes"]))
    told = result.table.set_index("myth")
    assert told.loc["satisfaction", "said"] == "Nobody's satisfaction is known."
    assert told.loc["service_result", "said"] == "Nothing tells what service costs."
    assert told.loc[["satisfaction", "service_result"], "verdict"].tolist() == ["not enough data"] * 2
    assert told.loc["leaving", "verdict"] == "not supported"
    assert len(result.findings()) == 4


def test_orders_alone_give_no_verdict_but_an_answer():
    result = myths(shop()[0])
    assert set(result.table["verdict"]) == {"not enough data"}
    assert "any of the four myths" in result.text


def test_the_text_says_which_side_each_is_on():
    text = myths(*shop()).text
    assert "Not supported: " in text
    assert "“Service is there to make customers loyal”" in text.split("Not supported: ")[1]


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [(0.2, 0.02, "supported"), (0.0, 0.02, "not supported"), (0.05, 0.01, "not supported"), (0.09, 0.02, "supported"),
     (0.05, 0.05, "not enough data"), (-0.3, 0.02, "not supported"), (0.2, 0.0, "not enough data")],
)  # fmt: skip
def test_the_verdict_by_hand(value, error, expected):
    assert sides(value, error, 0.1).verdict == expected
    assert NOTHING.verdict == "not enough data"


def test_the_verdict_agrees_with_the_interval():
    one = sides(0.2, 0.102, 0.1)
    assert one.low > 0
    assert one.p_for == pytest.approx(0.0499, abs=0.0003)
    assert sides(0.2, 0.1021, 0.1).verdict == "not enough data"


def test_the_picture_has_a_row_a_myth_and_says_the_verdict():
    figure = myths(*shop()).plot()
    assert len(figure.layout.yaxis.ticktext) == 4
    assert "<b>not supported</b>" in figure.layout.yaxis.ticktext[1]


def test_the_table_of_one_contact_holds_no_number_in_either_language():
    result = myths(orders(["a"], [0]), contacts(["a"], [1]))
    for spoken in ("en", "nl"):
        with language.speaking(spoken):
            assert [row[2:6] for row in result.cells()] == [["–", "–", "–", "0"]] * 4
