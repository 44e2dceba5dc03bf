"""How much the best bring: by hand, against the Pareto and lognormal laws, and intervals that hold what they promise."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from effort.tables import assert_says
from scipy import stats

from csworkbook import open_shop
from csworkbook.errors import DataError, SettingError
from csworkbook.value import concentration
from csworkbook.value.concentration import _ends, _once_error, _top_error, top_share

from .shops import ODD, orders, random_shop


def shop(amounts) -> pd.DataFrame:
    return orders([(f"c{i:06d}", "2026-01-01", amount) for i, amount in enumerate(amounts)])


# ---------------------------------------------------------------- by hand
def test_eighty_from_twenty_by_hand():
    frame = orders(
        [("a", "2026-01-01", 50), ("a", "2026-01-05", 30), *[(c, "2026-01-02", 5) for c in "bcde"]]
    )
    result = concentration(frame)
    rows = result.table.set_index("group")
    assert rows["customers"].to_dict() == {"top": 1, "again": 1, "once": 4, "all": 5}
    assert rows["money"].tolist() == [80, 80, 20, 100]
    assert rows["share"].tolist() == [0.8, 0.8, 0.2, 1.0]
    assert rows["of_customers"].tolist() == [0.2, 0.2, 0.8, 1.0]
    assert result.customers_for(0.8) == 0.2
    assert result.customers_for(0.9) == pytest.approx(0.6)  # the best, and two of the four
    assert result.text == "There are 5 customers only: too few to tell how much the best of them bring."
    assert_says(result)


@pytest.mark.parametrize(("customers", "told"), [(1, 0), (19, 0), (20, 1), (29, 1), (30, 2)])
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_of_a_few_customers_nothing_is_told(customers, told):
    """Fewer than 20: nothing; fewer than 30: with a doubt."""
    rows = [(f"c{i:02d}", day, 10.0 + i) for i in range(customers) for day in ("2025-01-01", "2025-12-01")]
    result = concentration(orders(rows))
    assert ("too few to tell" in result.text) == (told == 0)
    assert ("With so few customers that says little" in result.text) == (told == 1)
    assert np.isnan([result.best.low, result.best.high]).all() == (told == 0)
    assert result.headline.startswith("There is one customer only") == (customers == 1)
    assert_says(result)


def test_between_two_customers_the_curve_is_straight():
    assert top_share(np.array([1.0, 3.0, 6.0]), 0.5) == pytest.approx((6 + 0.5 * 3) / 10)
    assert top_share(np.array([5.0]), 0.2) == pytest.approx(0.2)
    assert top_share(np.full(10, 3.0), 0.2) == pytest.approx(0.2)


def test_margin_instead_of_revenue():
    frame = orders([("a", "2026-01-01", 100), ("b", "2026-01-01", 100)], margin=[10.0, 90.0])
    assert concentration(frame, of="margin", top=0.5).best.value == 0.9
    assert concentration(frame, of="revenue", top=0.5).best.value == 0.5


# ---------------------------------------------------------------- known laws
def test_the_law_of_pareto():
    """The best p of a Pareto law with shape a bring p^(1 - 1/a); of all customers the quantiles, not draws."""
    places = (np.arange(200_000) + 0.5) / 200_000
    for shape in (1.5, 2.0, 3.0):
        amount = stats.pareto.ppf(places, shape)
        assert top_share(amount, 0.2) == pytest.approx(0.2 ** (1 - 1 / shape), abs=0.01)


def test_the_interval_covers_the_truth():
    """Lognormal amounts: the best p bring Φ(σ − Φ⁻¹(1 − p)) (Aitchison & Brown 1957)."""
    sigma, rng, tries = 0.8, np.random.default_rng(4), 300
    truth = stats.norm.cdf(sigma - stats.norm.ppf(0.8))
    hits = 0
    for seed in range(tries):
        amount = np.sort(rng.lognormal(3, sigma, 400))[::-1]
        low, high = _ends(amount, np.zeros(400, dtype=bool), 0.2, seed)["top"]
        hits += low <= truth <= high
    assert 0.90 <= hits / tries <= 0.98


def test_drawing_and_the_formula_agree():
    rng = np.random.default_rng(2)
    amount = np.sort(rng.lognormal(3, 0.8, 5000))[::-1]
    once = rng.random(5000) < 0.6
    drawn = _ends(amount, once, 0.2, 0)
    for one, other in ((drawn["top"], _top_error(amount, 0.2)), (drawn["once"], _once_error(amount, once))):
        assert np.diff(one)[0] == pytest.approx(np.diff(other)[0], rel=0.12)
        assert one.mean() == pytest.approx(other.mean(), abs=0.003)


def test_many_customers_take_the_formula():
    amount = np.random.default_rng(0).lognormal(3, 0.8, 60_000).round(2)
    result = concentration(shop(amount))
    assert result.best.low < stats.norm.cdf(0.8 - stats.norm.ppf(0.8)) < result.best.high
    assert result.best.high - result.best.low < 0.01


def test_what_the_best_of_the_first_half_bring_later():
    """Amounts that are all luck: later the best are as good as anybody; amounts that stay: as before."""
    rng = np.random.default_rng(3)
    luck, stays = rng.lognormal(3, 1, (2, 400)), np.repeat(rng.lognormal(3, 1, 400)[None], 2, axis=0)
    for amounts, low, high, both in ((luck, 0.15, 0.30, True), (stays, 0.99, 1.01, False)):
        rows = [
            (f"c{i}", day, a)
            for day, half in zip(("2025-01-01", "2025-12-31"), amounts, strict=True)
            for i, a in enumerate(half)
        ]
        found = concentration(orders(rows))
        then, after, n = found.later
        assert n == 400
        assert found.later_ends[0] <= (0.2 if both else then) <= found.later_ends[1]
        assert ("win second purchases too" in found.findings()[0].action) == both
        assert low <= after / (then if low > 0.5 else 1) <= high


def test_the_interval_of_what_the_best_bring_later_is_that_of_customers_drawn_again():
    rng = np.random.default_rng(6)
    first, second = rng.lognormal(3, 0.7, (2, 600)) * rng.lognormal(0, 0.5, 600)
    rows = [
        (f"c{i:03d}", day, a)
        for day, half in (("2025-01-01", first), ("2025-12-31", second))
        for i, a in enumerate(half)
    ]
    found = concentration(orders(rows))
    best = first >= np.sort(first)[-120]
    drawn = rng.integers(0, 600, (4000, 600))
    shares = (second[drawn] * best[drawn]).sum(axis=1) / second[drawn].sum(axis=1)
    assert found.later_ends == pytest.approx(np.quantile(shares, [0.025, 0.975]), abs=0.008)
    assert found.later[1] == pytest.approx(second[best].sum() / second.sum())


# ---------------------------------------------------------------- beside the rule
def test_the_verdicts_beside_the_rule():
    equal = concentration(shop(np.full(400, 10.0)))
    assert equal.best.high < 0.8
    assert "less than the 80% of the rule" in equal.text
    steep = concentration(shop(np.r_[np.full(80, 10_000.0), np.full(320, 1.0)]))
    assert "more than the 80% of the rule" in steep.text
    places = (np.arange(1000) + 0.5) / 1000
    fits = concentration(shop(stats.lognorm.ppf(places, 1.7)))
    assert fits.best.low < 0.8 < fits.best.high
    assert "80% of the rule lies within that range" in fits.text
    assert fits.findings()[0].benchmark == "pareto-80"


# ---------------------------------------------------------------- every kind of table, odd shops
def test_a_table_of_an_engine_says_the_same():
    frame = open_shop().orders
    one, other = concentration(frame), concentration(ibis.memtable(frame))
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.later == pytest.approx(other.later)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("of", ["revenue", "margin"])
def test_odd_shops(name, of):
    result = concentration(orders(ODD[name]), of=of)
    rows = result.table.set_index("group")
    assert rows.loc["again", "customers"] + rows.loc["once", "customers"] == rows.loc["all", "customers"]
    assert_says(result)


def test_the_order_of_the_rows_changes_nothing():
    frame = random_shop(2)
    assert concentration(frame).table.equals(concentration(frame.sample(frac=1, random_state=9)).table)


def test_what_cannot_be():
    frame = shop([1.0, 2.0])
    for wrong in ({"of": "profit"}, {"top": 0.0}, {"top": 1.0}, {"margin": -1.0}):
        with pytest.raises(SettingError):
            concentration(frame, **wrong)
    with pytest.raises(DataError):
        concentration(frame.iloc[:0])
    with pytest.raises(DataError, match="nothing together"):
        concentration(frame.assign(margin=-5.0), of="margin")
