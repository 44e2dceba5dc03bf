"""Who answered: rates by hand, differences by another library."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csworkbook import effort
from csworkbook.errors import DataError, SettingError

from .tables import orders, survey

# ten customers; a–d answered on days 10–13; j ordered a year before and not since
ASKED = survey([1] * 4, [1] * 4, [1] * 4, start="2026-01-11", customer_id=list("abcd"))
BOUGHT = orders(
    [*"abcdefghi", "a", "b", "c", "j", "e"],
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, -400, 300],
    [50, 50, 50, 50, 10, 10, 20, 20, 20, 50, 50, 50, 9, 99],
    device=[*["mobile"] * 7, *["desktop"] * 7],
)


def trait(result, name):
    return result.table.set_index("trait").loc[name]


def test_the_rate_is_of_the_customers_of_the_period():
    result = effort.response(ASKED, BOUGHT)
    assert (result.rate.value, result.rate.n, result.matched) == (4 / 9, 9, 4)  # j is not of the period
    assert result.text.startswith("44% of the customers of that period answered; 4 of them")


def test_the_rate_is_of_those_asked_when_that_is_known():
    result = effort.response(ASKED, BOUGHT, invitations=20)
    assert (result.rate.value, result.rate.n) == (0.2, 20)
    assert "20% of those asked" in result.text
    assert effort.response(ASKED, BOUGHT, invitations=0).rate.n == 9


def test_fewer_asked_than_answered_cannot_be():
    with pytest.raises(SettingError, match=r"3 invitations.*4 answers"):
        effort.response(ASKED, BOUGHT, invitations=3)


def test_traits_by_hand():
    result = effort.response(ASKED, BOUGHT)
    assert set(result.table.columns) == {
        "trait", "responders", "customers", "difference", "low", "high", "n", "p", "verdict",
    }  # fmt: skip
    # up to the last answer: a, b, c two orders of 50, d one; e–i one of 10 to 20 (e's second order comes later)
    assert trait(result, "orders")["responders"] == 7 / 4
    assert trait(result, "orders")["customers"] == 12 / 9
    assert trait(result, "returning")["responders"] == 3 / 4
    assert trait(result, "revenue")["responders"] == 350 / 4
    assert trait(result, "mobile")["responders"] == pytest.approx((0.5 + 0.5 + 0.5 + 1) / 4)


def test_the_difference_is_welchs_in_standard_deviations():
    mine, others = np.array([100, 100, 100, 50]), np.array([10, 10, 20, 20, 20])
    spread = np.r_[mine, others].std(ddof=1)
    theirs = stats.ttest_ind(mine / spread, others / spread, equal_var=False)
    row = trait(effort.response(ASKED, BOUGHT), "revenue")
    limits = theirs.confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((limits.low, limits.high))
    assert row["p"] >= theirs.pvalue


def test_customers_who_cannot_be_found_are_an_error_that_says_why():
    strangers = ASKED.assign(customer_id=list("wxyz"))
    for frame in (strangers, ASKED.drop(columns="customer_id"), ASKED.assign(customer_id=None)):
        with pytest.raises(DataError, match=r"None of the people.*customer number"):
            effort.response(frame, BOUGHT)


def test_responders_drawn_by_lot_seldom_differ():
    alarms = 0
    bought = orders(
        [f"c{i % 300}" for i in range(600)], np.linspace(0, 50, 600), 20.0, device=["m", "d", "t"] * 200
    )
    for seed in range(30):
        lot = pd.Series([f"c{i}" for i in range(300)]).sample(100, random_state=seed)
        asked = survey(
            [1] * 100, [1] * 100, [1] * 100, start="2026-02-19", every="min", customer_id=lot.tolist()
        )
        alarms += (effort.response(asked, bought).table["verdict"] == "yes").any()
    assert alarms <= 5


def test_the_picture_shows_the_standardised_differences():
    result = effort.response(ASKED, BOUGHT)
    assert list(result.plot().data[0].x) == pytest.approx(result.table["difference"].tolist(), nan_ok=True)
