"""The leaking bucket, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbook import effort
from csworkbook.errors import DataError

from .tables import orders

# days after 1 January 2026, 30 days of silence:
# a 0, 20 → lapses day 50 (20 Feb) · b 0, 40 → lapses day 30 (31 Jan), back 10 Feb, lapses day 70 (12 Mar)
# c 5 → lapses day 35 (5 Feb) · d 45 (15 Feb) → lapses day 75 (17 Mar) · e 100 (11 Apr), the last order of all
HAND = orders(["a", "a", "b", "b", "c", "d", "e"], [0, 20, 0, 40, 5, 45, 100])


def test_months_by_hand():
    result = effort.leaking_bucket(HAND, silence="30D")
    table = result.table.set_index(result.table["month"].dt.strftime("%Y-%m"))
    assert set(result.table.columns) == {
        "month",
        "new",
        "returned",
        "lapsed",
        "active",
        "rate",
        "low",
        "high",
    }
    assert table[["new", "returned", "lapsed", "active"]].T.to_dict("list") == {
        "2026-02": [1, 1, 2, 2],  # d new, b back, a and c out; a and c were active on 1 February
        "2026-03": [0, 0, 2, 2],  # b and d out
    }  # January: nobody could have lapsed before its end; April is not over
    assert table["rate"].tolist() == [1, 1]


def test_the_order_of_the_rows_makes_no_difference():
    one, two = (effort.leaking_bucket(frame, silence="30D").table for frame in (HAND, HAND[::-1]))
    pd.testing.assert_frame_equal(one, two)


def test_an_order_on_the_last_day_of_silence_keeps_a_customer():
    kept = orders(["a", "a", "a", "z", "z", "z"], [0, 30, 60, 0, 30, 90])
    table = effort.leaking_bucket(kept, silence="30D").table
    assert table["lapsed"].tolist() == [0, 1]  # z on day 60, 2 March; a's silence is over on day 90, in April
    assert table["active"].tolist() == [2, 2]


def test_active_customers_add_up_from_month_to_month():
    many = orders([f"c{i % 40}" for i in range(400)], [i * 1.7 % 500 for i in range(400)])
    table = effort.leaking_bucket(many, silence="40D").table
    following = (table["active"] + table["new"] + table["returned"] - table["lapsed"]).tolist()
    assert table["active"].tolist()[1:] == following[:-1]
    assert (table["lapsed"] <= table["active"] + table["new"] + table["returned"]).all()


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_too_little_time_says_how_much_would_do(rows):
    with pytest.raises(DataError, match=r"too little time.*180 days.*242 days"):
        effort.leaking_bucket(HAND.head(rows))


def test_few_customers_give_no_rate():
    (finding,) = effort.leaking_bucket(HAND, silence="30D").findings()
    assert finding.certainty == "too few"
    assert finding.enough == 385


def test_in_is_drawn_above_and_out_below():
    result = effort.leaking_bucket(HAND, silence="30D")
    drawn = {trace.name: list(trace.y) for trace in result.plot().data}
    assert drawn == {"New": [1, 0], "Came back": [1, 0], "Lapsed": [-2, -2]}


def test_the_sentence_counts_in_against_out():
    text = effort.leaking_bucket(HAND, silence="30D").text
    assert "In 2 months 2 customers came in (or back) and 4 lapsed." in text
    assert "leaks faster than it fills" in text
