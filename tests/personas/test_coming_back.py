"""Do they come back more: counted by hand, against statsmodels, and in shops made with a known answer."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says

from csworkbook import estimates, open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.personas.talkers.coming_back import coming_back
from csworkbook.personas.talkers.later import held_equal
from csworkbook.personas.talkers.relational import relational
from csworkbook.purchases import day_of

from .relational_shops import ZONE, contacts, drawn, orders

OWN = {"questions": 2, "variety": 2, "minutes": 10, "worth": 100, "needed": 3}


def same_rate(n: int, seed: int, heavy: float = 0.25) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A shop in which who orders more also asks more, and keen people ask more per order, but being keen tells
    nothing about how often anybody buys."""
    rng = np.random.default_rng(seed)
    keen, since = rng.random(n) < 0.3, rng.uniform(0, 430, n)
    count = 1 + rng.poisson(rng.gamma(1.0, heavy, n) * 7.2)
    who = np.repeat(np.arange(n), count)
    is_first = np.append(True, who[1:] != who[:-1])
    day = since[who] + np.where(is_first, 0, rng.random(len(who)) * (720 - since[who]))
    asked = rng.poisson(np.where(keen[who], 1.2, 0.4))
    mine, when = np.repeat(who, asked), np.repeat(day, asked)
    minutes = np.where(keen[mine], 12, 6) * np.exp(rng.normal(0, 0.5, len(mine)))
    topics = np.array(list("abcdefgh"))[rng.integers(0, 8, len(mine))]
    names = np.array([f"c{i}" for i in range(n)], dtype=object)
    revenue = 50 * np.exp(rng.normal(0, 0.3, len(who)))
    return (
        contacts(list(zip(names[mine], when, topics, minutes, strict=True))),
        orders(list(zip(names[who], day, revenue, strict=True))),
    )


def with_more(ordered: pd.DataFrame, told: pd.DataFrame, share: float) -> pd.DataFrame:
    """The orders, and one more of this share of the relational in the days after they are told apart."""
    later = coming_back(told, ordered, zone=ZONE).later
    mine = later.customers.index[later.part]
    chosen = mine[np.random.default_rng(1).random(len(mine)) < share]
    day = pd.Timestamp(day_of(later.cut + 20)).tz_convert(ZONE) + pd.Timedelta("12h")
    more = pd.DataFrame({"order_id": "x" + chosen, "customer_id": chosen, "ordered_at": day, "revenue": 50.0})
    return pd.concat([ordered, more], ignore_index=True)


# ---------------------------------------------------------------- by hand
def test_who_bought_again_by_hand():
    # the last order is of day 100, so with 40 days the cut is day 60
    asked = contacts([("ann", 0, "a", 20), ("ann", 5, "b", 20), ("bea", 9, "a", 30), ("bea", 9, "b", 20), ("cas", 70, "a", 60),
                      ("cas", 71, "b", 60)])  # fmt: skip
    bought = orders(
        [("ann", 0, 300), ("ann", 80, 100), ("bea", 9, 300), ("bea", 60, 100), ("cas", 10, 300), ("cas", 75, 60),
         ("dan", 3, 20), ("dan", 100, 20), ("eve", 61, 900)]
    )  # fmt: skip
    result = coming_back(asked, bought, after="40D", margin=0.5, zone=ZONE, **OWN)
    who = result.later.customers
    assert who.index.tolist() == ["ann", "bea", "cas", "dan"]  # eve came after the cut
    assert who["relational"].tolist() == [True, True, False, False]  # cas asked after the cut only
    assert who["again"].tolist() == [1, 0, 1, 1]  # bea's last order is of the day of the cut itself
    assert who["later"].tolist() == [50, 0, 30, 10]
    assert who["day"].tolist() == [20, np.inf, 15, 40]
    table = result.table.set_index("group")
    assert table["count"].to_dict() == {"relational": 1, "others": 2}
    assert table["each"].to_dict() == {"relational": 25, "others": 20}
    assert result.later.share.value == pytest.approx(50 / 90)
    assert (table.loc["others", "again_low"], table.loc["others", "again_high"]) == pytest.approx(
        estimates.shares(2, 2)
    )
    assert "Too few to compare: by 2 March 2025 there were 2 relational buyers and 2 others" in result.text
    assert_says(result)


def test_the_difference_within_groups_is_that_of_least_squares():
    from statsmodels.regression.linear_model import OLS

    rng = np.random.default_rng(2)
    like = rng.integers(0, 8, 400)
    part = rng.random(400) < 0.1 + 0.08 * like
    values = rng.gamma(1.0, 1.0 + like) + 2.0 * part
    found = held_equal(values, part, like, "money")
    design = np.column_stack([part.astype(float), *(like == group for group in range(8))]).astype(float)
    fit = OLS(values, design).fit(cov_type="HC1", use_t=True)
    assert found.value == pytest.approx(fit.params[0])
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int()[0]))
    assert found.p == pytest.approx(fit.pvalues[0], rel=1e-6)


def test_groups_of_one_kind_say_nothing():
    values, like = np.array([1.0, 0, 1, 5, 9]), np.array([1, 1, 1, 2, 3])
    found = held_equal(values, np.array([True, False, False, True, False]), like, "points")
    assert (found.value, found.n) == (pytest.approx(0.5), 3)
    nobody = held_equal(values, np.zeros(5, dtype=bool), like, "points")
    assert np.isnan(nobody.value)
    assert nobody.verdict == "cannot tell yet"


# ---------------------------------------------------------------- shops made with a known answer
def test_who_orders_more_asks_more_and_that_is_not_taken_for_loyalty():
    plain, alike = 0, 0
    for seed in range(20):
        later = coming_back(*same_rate(900, seed, heavy=0.6)).later
        plain += later.difference.low > 0
        alike += later.alike.p < 0.05
    assert plain >= 15  # the plain difference is there, because who is relational ordered more
    assert alike <= 4  # expected is 1 of 20; 5 or more come by chance once in 390 runs


def test_a_planted_difference_is_found_and_said():
    told, ordered = same_rate(1500, 4)
    result = coming_back(told, with_more(ordered, told, 0.4), zone=ZONE)
    before = coming_back(told, ordered, zone=ZONE)
    assert result.later.cut == before.later.cut
    pd.testing.assert_series_equal(result.later.customers["relational"], before.later.customers["relational"])
    away = (1 - before.later.customers["again"][before.later.part]).mean()  # who would not have bought
    gained = result.later.alike.value - before.later.alike.value
    assert gained == pytest.approx(0.4 * away, abs=0.12)
    assert result.later.alike.p < 0.05
    assert "points more (" in result.text
    found = result.findings()[0]
    assert found.headline == "Relational buyers come back more often than customers alike."
    assert found.certainty == "likely"
    assert_says(result)


def test_less_is_said_as_less():
    told, ordered = same_rate(1500, 4)
    later = coming_back(told, ordered, zone=ZONE).later
    mine = later.customers.index[later.part]
    gone = ordered["customer_id"].isin(mine) & (ordered["ordered_at"] > day_of(later.cut + 1))
    result = coming_back(told, ordered[~gone], zone=ZONE)
    assert result.later.alike.high < 0
    assert "points less (" in result.text
    assert result.findings()[0].headline == "Relational buyers come back less often than customers alike."
    assert_says(result)


def test_what_came_later_does_not_change_who_is_relational():
    told, ordered = drawn(400, 3)
    later = coming_back(told, ordered, zone=ZONE).later
    end = pd.Timestamp(day_of(later.cut).date(), tz=ZONE) + pd.Timedelta("1D")
    known = relational(
        told[told["opened_at"] < end], ordered[ordered["ordered_at"] < end], zone=ZONE
    ).customers
    pd.testing.assert_series_equal(later.customers["relational"], known["relational"])


# ---------------------------------------------------------------- what cannot be told
def test_too_short_a_time_is_told():
    told, ordered = drawn(200, 1, days=100)
    with pytest.raises(DataError, match="too short a time to follow anybody for 180 days"):
        coming_back(told, ordered)
    assert relational(told, ordered).later is None
    assert_says(relational(told, ordered))
    with pytest.raises(SettingError):
        coming_back(told, ordered, after="soon")


def test_nobody_came_back():
    told, ordered = drawn(300, 1)
    last = ordered["ordered_at"].max()
    early = ordered[(ordered["ordered_at"] < last - pd.Timedelta("400D")) | (ordered["ordered_at"] == last)]
    early = early.assign(customer_id=early["customer_id"].where(early["ordered_at"] < last, "newcomer"))
    result = coming_back(told, early, after="90D", zone=ZONE)
    assert result.table["count"].tolist() == [0, 0]
    assert result.later.alike.value == 0
    assert "chance could make that" in result.text
    assert_says(result)


def test_the_order_of_rows_and_the_engine_change_nothing():
    told, ordered = drawn(400, 9)
    expected = coming_back(told, ordered, zone=ZONE)
    mixed = coming_back(
        told.sample(frac=1, random_state=1), ordered.sample(frac=1, random_state=2), zone=ZONE
    )
    lazy = coming_back(told, ibis.memtable(ordered), zone=ZONE)
    pd.testing.assert_frame_equal(mixed.table, expected.table, check_exact=True)
    pd.testing.assert_frame_equal(lazy.table, expected.table)
    assert mixed.text == lazy.text == expected.text


# ---------------------------------------------------------------- the demo shop
def test_the_demo_shop_says_what_its_orders_say():
    shop = open_shop()
    result = shop.call(coming_back)
    later = result.later
    cut = pd.Timestamp(day_of(later.cut).date(), tz=ZONE) + pd.Timedelta("1D")
    since = shop.orders[shop.orders["ordered_at"] >= cut]
    assert (since["ordered_at"].max() - cut).days < 180
    mine = later.customers.index[later.part]
    # money can be all paid back, which only the purchases know: never more than who ordered
    assert 0 <= since["customer_id"].isin(mine).sum() - later.again(True).value * len(mine) < 0.5 * len(mine)
    assert later.difference.low > 0  # 5 points more than the others
    assert "bought again in the 180 days after" in result.headline
    assert "need not cause it" in result.text
    assert_says(result)
