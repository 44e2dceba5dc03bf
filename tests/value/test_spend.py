"""The Gamma-Gamma model: published figures, its density written another way, and the plain mean beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from csworkbook.value import spend
from csworkbook.value.spend import CDNOW, Spend


def customers(n: int, p=6.0, q=4.0, v=90.0, seed=0) -> pd.DataFrame:
    """Counts and means of customers drawn from the model."""
    rng = np.random.default_rng(seed)
    count, rate = rng.geometric(0.4, n), rng.gamma(q, 1 / v, n)
    return pd.DataFrame({"count": count, "mean": rng.gamma(p * count, 1 / rate) / count})


def test_the_likelihood_is_that_of_a_beta_prime():
    """x z / v is beta prime (p x, q): another way to write the model (Fader & Hardie 2013, 1a)."""
    drawn = customers(50)
    total = stats.betaprime.logpdf(drawn["count"] * drawn["mean"] / 80, 5 * drawn["count"], 3)
    expected = (total + np.log(drawn["count"] / 80)).mean()
    likelihood = spend._likelihood(drawn["count"].to_numpy(float), drawn["mean"].to_numpy())
    logs = np.log([5.0, 3.0, 80.0])
    assert -likelihood(logs)[0] == pytest.approx(expected, rel=1e-10)
    measured = optimize.approx_fprime(logs, lambda at: likelihood(at)[0], 1e-7)
    assert likelihood(logs)[1] == pytest.approx(measured, abs=1e-6)


def test_published_fit_of_the_cdnow_sample(realdata):
    known = pd.read_csv(realdata / "orders" / "cdnow_customers_summary_with_transactions.csv")
    found = spend.fit(known["x"], known["zbar"])
    assert found.why == ""
    assert found.customers == 946
    assert [found.p, found.q, found.v] == pytest.approx([6.25, 3.74, 15.45], abs=0.006)
    assert found.mean == pytest.approx(35.17, abs=0.005)
    assert found.log_likelihood == pytest.approx(-4055.92, abs=0.01)


def test_planted_parameters_are_found_again():
    drawn = customers(60_000, seed=1)
    found = spend.fit(drawn["count"], drawn["mean"])
    assert [found.p, found.q, found.v] == pytest.approx([6.0, 4.0, 90.0], rel=0.1)
    assert abs(found.mean - 6 * 90 / 3) < 3 * found.error


def test_another_currency_changes_money_only():
    drawn = customers(2000)
    one, cents = (spend.fit(drawn["count"], drawn["mean"] * times) for times in (1, 100))
    assert [cents.p, cents.q, cents.v] == pytest.approx([one.p, one.q, 100 * one.v], rel=1e-3)
    assert cents.mean == pytest.approx(100 * one.mean, rel=1e-4)


def test_a_customers_mean_is_drawn_to_that_of_all():
    """Weighted by p x and q − 1 (Fader & Hardie 2013, 5)."""
    weight = CDNOW.p * 2 / (CDNOW.p * 2 + CDNOW.q - 1)
    all_ = CDNOW.p * CDNOW.v / (CDNOW.q - 1)
    assert CDNOW.expected(2, 22.35) == pytest.approx(weight * 22.35 + (1 - weight) * all_)
    assert CDNOW.expected(0, 0.0) == pytest.approx(35.17, abs=0.005)


def test_the_spread_is_that_of_orders_drawn_from_what_is_known():
    rng = np.random.default_rng(0)
    found = Spend(6.0, 4.0, 90.0)
    rate = rng.gamma(
        4 + 6 * 2, 1 / (90 + 2 * 150), 400_000
    )  # what two orders of 150 leave of a customer's rate
    within, between = found.spread(2, 150.0)
    assert within == pytest.approx((6 / rate**2).mean(), rel=0.01)
    assert between == pytest.approx((6 / rate).var(), rel=0.02)


@pytest.mark.parametrize(
    ("count", "mean", "why"),
    [
        ([1, 2, 3], [10.0, 20.0, 30.0], "few"),
        (
            np.repeat([1, 2, 3, 4], 10),
            np.repeat([10.0, 20, 30, 40], 10) + np.tile(np.arange(10), 4),
            "goes with",
        ),
        (np.tile([1, 2], 50), np.full(100, 25.0), "no top"),
    ],
)
def test_where_the_model_does_not_do_a_plain_mean_does(count, mean, why):
    found = spend.fit(count, mean)
    assert found.why == why
    assert found.parameters == {}
    assert found.mean == pytest.approx(np.mean(mean))
    assert found.expected(0, 0.0) == pytest.approx(np.mean(mean))


def test_plain_means_of_three_customers():
    """Means 10, 20, 30: their variance is 100, half of it taken for that of single orders."""
    found = spend.fit([1, 1, 2], [10.0, 20.0, 30.0])
    assert (found.within, found.between) == (50.0, 50.0)
    assert found.expected(3, 60.0) == pytest.approx(0.75 * 60 + 0.25 * 20)


def test_the_variance_of_single_orders_is_read_off_customers_with_more_of_them():
    rng = np.random.default_rng(2)
    count = rng.integers(1, 9, 20_000)
    mean = rng.normal(100, 10, len(count)) + rng.normal(0, 30, len(count)) / np.sqrt(count)
    within, between = spend._parts(count.astype(float), mean, float(mean.var(ddof=1)))
    assert within == pytest.approx(900, rel=0.1)
    assert between == pytest.approx(100, rel=0.4)


def test_nobody_bought_again():
    found = spend.fit([0, 0], [0.0, 0.0], all_mean=42.0)
    assert (found.why, found.mean) == ("few", 42.0)
    assert found.expected(1, 10.0) == 42.0
