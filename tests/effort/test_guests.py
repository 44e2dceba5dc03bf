"""Orders without a customer (guests) are nobody's: they never make one big customer together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbook import effort
from csworkbook.errors import DataError

from .tables import orders, survey

NOBODY = [None, "", "  ", np.nan]
ASKED = survey([1, 2, 3], [1, 1, 1], [1, 1, 1], start="2026-02-01", customer_id=["a", "b", None],
               buy_again=pd.array([True, True, False], dtype="boolean"))  # fmt: skip


def with_guests(bought, nobody, days):
    """The orders, and guests' orders on these days."""
    guests = orders([nobody] * len(days), days).assign(order_id=[f"g{day}" for day in days])
    return pd.concat([bought, guests], ignore_index=True)


BOUGHT = orders(["a", "b", "c", "d", "a", "e"], [0, 5, 10, 12, 30, 300])


@pytest.mark.parametrize("nobody", NOBODY)
def test_the_bucket_counts_customers_only(nobody):
    plain = effort.leaking_bucket(BOUGHT).table
    beside = effort.leaking_bucket(with_guests(BOUGHT, nobody, [1, 50, 200])).table
    pd.testing.assert_frame_equal(plain, beside)


@pytest.mark.parametrize("nobody", NOBODY)
def test_guests_are_no_customer_who_did_not_answer(nobody):
    plain = effort.response(ASKED, BOUGHT)
    beside = effort.response(ASKED, with_guests(BOUGHT, nobody, [1, 2, 3, 4]))
    pd.testing.assert_frame_equal(plain.table, beside.table)
    assert plain.rate == beside.rate
    assert (plain.rate.value, plain.rate.n) == (0.5, 4)  # a and b of a, b, c and d


@pytest.mark.parametrize("nobody", NOBODY)
def test_an_answer_of_nobody_bought_nothing(nobody):
    asked = ASKED.assign(customer_id=pd.Series(["a", nobody, nobody], dtype="object"))
    table = effort.loyalty(asked, with_guests(BOUGHT, nobody, [60, 61])).table
    assert table[table["measure"] == "bought_again"]["n"].sum() == 1


@pytest.mark.parametrize("nobody", NOBODY)
def test_guests_are_not_one_big_customer_in_what_mending_is_worth(nobody):
    plain = effort.where_first(ASKED, BOUGHT).market
    beside = effort.where_first(ASKED, with_guests(BOUGHT, nobody, [1, 2, 3])).market
    assert plain == beside
    assert plain.customers == 5


@pytest.mark.parametrize("nobody", NOBODY)
def test_only_guests_are_answered_or_refused(nobody):
    guests = with_guests(BOUGHT.head(0), nobody, [0, 100, 400])
    assert effort.leaking_bucket(guests).findings()[0].certainty == "too few"
    with pytest.raises(DataError, match="None of the people"):
        effort.response(ASKED, guests)
