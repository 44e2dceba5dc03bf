"""Ranges, sums and what they rest on: against scipy's distributions and customers drawn by chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csworkbook.value import forecast, steady
from csworkbook.value.btyd import Model
from csworkbook.value.forecast import Forecast
from csworkbook.value.spend import Spend

NEVER = Model(0.7, 12.0, 1e-9, 1.0)  # nobody leaves: purchases are negative binomial


def bought(x, T, mean=50.0, last=0.5) -> pd.DataFrame:
    x, T = np.broadcast_arrays(np.atleast_1d(x), np.atleast_1d(T).astype(float))
    return pd.DataFrame({"x": x, "t_x": np.where(x > 0, T * last, 0.0), "T": T, "mean": mean})


@pytest.mark.parametrize(("x", "T"), [(0, 5.0), (3, 20.0), (40, 60.0), (900, 100.0)])
def test_ranges_are_the_quantiles_of_the_purchases(x, T):
    found = Forecast.make(NEVER, bought(x, T, last=1.0), 30.0)
    buying = stats.nbinom(0.7 + x, (12 + T) / (12 + T + 30))
    low, high, square = (float(one[0]) for one in found.ranges)
    assert (low, high) == (buying.ppf(0.025), max(buying.ppf(0.975), 1))
    assert square == pytest.approx(buying.var() + buying.mean() ** 2, rel=1e-3)


def test_what_customers_are_worth_varies_as_those_drawn_by_chance():
    """Pace, leaving and amounts drawn from what three purchases of 50 in 30 weeks leave of them."""
    rng, n = np.random.default_rng(0), 300_000
    model, money = Model(0.8, 9.0, 1.2, 3.0, first=1), Spend(6.0, 4.0, 90.0)
    known = bought(2, 30.0)
    found = Forecast.make(model, known, 26.0)
    worth = forecast.worth(found, money, known, share=0.4, rate=0.0)
    stays = rng.random(n) < float(model.alive(2, 15.0, 30.0))
    pace, leaves = rng.gamma(0.8 + 2, 1 / (9.0 + 30), n), rng.beta(1.2, 3.0 + 3, n)
    orders = stays * np.minimum(rng.poisson(pace * 26), rng.geometric(leaves))
    rate = rng.gamma(4 + 6 * 3, 1 / (90 + 3 * 50), n)
    brought = 0.4 * rng.gamma(6.0 * np.maximum(orders, 1), 1 / rate) * (orders > 0)
    assert worth.value[0] == pytest.approx(brought.mean(), rel=0.02)
    assert worth.variance[0] == pytest.approx(brought.var(), rel=0.04)
    assert ((brought >= worth.low[0]) & (brought <= worth.high[0])).mean() >= 0.95


def test_sums_add_chance_and_unsure_models():
    """A hundred thousand customers: chance hardly shows, a model that may be a tenth off does."""
    known = bought(np.ones(100_000, int), 20.0)
    found = Forecast.make(NEVER, known, 30.0)
    money = Spend(6.0, 4.0, 90.0, mean=180.0, error=0.0)
    worth = forecast.worth(found, money, known, share=1.0, rate=0.0)
    for total in forecast.totals(found, worth, money, 0.1):
        assert total.low / total.value == pytest.approx(1 - 0.196, abs=0.02)
        assert total.high / total.value == pytest.approx(1 + 0.196, abs=0.02)
    sure = forecast.totals(found, worth, money, 0.0)[0]
    buying = stats.nbinom(1.7, 32 / 62)
    assert sure.value == pytest.approx(100_000 * buying.mean(), rel=1e-6)
    assert sure.high - sure.low == pytest.approx(2 * 1.96 * (100_000 * buying.var()) ** 0.5, rel=0.01)
    missed = forecast.totals(found, worth, money, 0.0, (0.1, 0.2))
    for total, off in zip(missed, (0.196, 0.392), strict=True):
        assert total.high - total.low == pytest.approx(2 * off * total.value, rel=0.05)
    half = forecast.totals(found, worth, replace(money, error=18.0), 0.0)[1]  # amounts a tenth unsure
    assert half.high / half.value == pytest.approx(1 + 0.196, abs=0.02)


def test_how_unsure_a_model_is():
    """New customers who never leave buy in proportion to one over alpha: so does what is unsure of it."""
    model = replace(NEVER, covariance=np.diag([0.0, 0.04, 0.0, 0.0]))
    found = Forecast.make(model, bought(np.zeros(10, int), 0.0), 30.0)
    assert found.unsure(seed=1) == pytest.approx(0.2, rel=0.2)
    assert Forecast.make(replace(model, covariance=np.zeros((4, 4))), bought(1, 5.0), 3.0).unsure() < 1e-12


def test_how_unsure_a_steady_rate_is():
    """Fifty customers, half a repeat each: their sum varies as a negative binomial, 25 (1 + ½ / ½)."""
    model = steady.fit(np.repeat([0, 1], 25), np.full(50, 10.0))
    rates = np.array([one.rate for one in model.draws(20_000)])
    assert rates.mean() == pytest.approx(model.rate, rel=0.02)
    assert rates.std() / rates.mean() == pytest.approx(50**0.5 / 25, rel=0.03)


@pytest.mark.parametrize(("mean", "variance"), [(0.4, 0.5), (3.0, 3.0), (250.0, 900.0)])
def test_a_sum_of_counts_is_whole_and_holds_its_mean(mean, variance):
    found = forecast.total(mean, variance, 9, whole=True)
    assert found.low <= mean <= found.high
    assert float(found.high).is_integer() or found.high == mean
    if variance > mean:
        drawn = stats.nbinom(mean**2 / (variance - mean), mean / variance)
        assert (drawn.mean(), drawn.var()) == pytest.approx((mean, variance))
        assert drawn.cdf(found.high) >= 0.975


def test_tenths_of_few_customers_are_customers():
    known = bought(np.array([0, 1, 2]), 20.0)
    found = Forecast.make(NEVER, known, 30.0)
    worth = forecast.worth(found, Spend(6.0, 4.0, 90.0, mean=180.0), known, share=1.0, rate=0.0)
    groups = forecast.tenths(worth, 0.1)
    assert groups["customers"].tolist() == [1, 1, 1]
    assert groups["value"].tolist() == sorted(worth.value, reverse=True)
