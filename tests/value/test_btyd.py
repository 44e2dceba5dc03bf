"""The BG/NBD model: published figures, its formulas written another way, and customers drawn from it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, optimize, special, stats
from statsmodels.tools.numdiff import approx_hess

from csworkbook.value import btyd
from csworkbook.value.btyd import CDNOW, Likelihood, Model

from .simulated import counted, moments

# Fader, Hardie & Lee 2005: the first customers of the CDNOW sample
FIRST = ([2, 1, 0, 0, 0, 7], [30.43, 1.71, 0, 0, 0, 29.43], [38.86, 38.86, 38.86, 38.86, 38.71, 38.86])
LOGS = np.log([0.3, 4.0, 0.7, 2.0])


def by_hand(r, alpha, a, b, x, t_x, T) -> float:
    """The likelihood of one customer, as the paper's appendix has it: integrals over rates and chances."""
    stays = math.exp(math.lgamma(a + b) + math.lgamma(b + x) - math.lgamma(b) - math.lgamma(a + b + x))
    bought = math.exp(math.lgamma(r + x) - math.lgamma(r)) * alpha**r
    likely = stays * bought / (alpha + T) ** (r + x)
    if x > 0:
        leaves = math.exp(
            math.lgamma(a + b) + math.lgamma(a + 1) + math.lgamma(b + x - 1)
            - math.lgamma(a) - math.lgamma(b) - math.lgamma(a + b + x)
        )  # fmt: skip
        likely += leaves * bought / (alpha + t_x) ** (r + x)
    return math.log(likely)


def test_the_likelihood_is_that_of_the_paper():
    model = Model(0.3, 4.0, 0.7, 2.0)
    expected = sum(by_hand(0.3, 4.0, 0.7, 2.0, *one) for one in zip(*FIRST, strict=True))
    assert btyd.log_likelihood(model, *FIRST) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("first", [0, 1])
def test_the_slope_is_that_of_the_likelihood(first):
    likelihood = Likelihood.of(*FIRST, first)
    measured = optimize.approx_fprime(LOGS, lambda logs: likelihood(logs)[0], 1e-7)
    assert likelihood(LOGS)[1] == pytest.approx(measured, abs=1e-6)


def test_the_modified_model_counts_one_more_purchase_after_which_customers_leave():
    model = Model(0.3, 4.0, 0.7, 2.0, first=1)
    likely = 0.0
    for x, t_x, T in zip(*FIRST, strict=True):  # integrated over the chance of leaving

        def at(p, x=x, t_x=t_x, T=T):
            stays, leaves = (1 - p) ** (x + 1), p * (1 - p) ** x
            told = stays * (4 + T) ** -(0.3 + x) + leaves * (4 + t_x) ** -(0.3 + x)
            return told / special.beta(0.7, 2.0)

        constant = math.lgamma(0.3 + x) - math.lgamma(0.3) + 0.3 * math.log(4)
        likely += constant + math.log(integrate.quad(at, 0, 1, weight="alg", wvar=(-0.3, 1.0))[0])
    assert btyd.log_likelihood(model, *FIRST) == pytest.approx(likely, rel=1e-6)


def test_published_expectation_and_chance_of_a_customer():
    assert CDNOW.expected(39, 2, 30.43, 38.86) == pytest.approx(1.226, abs=0.0005)
    assert CDNOW.alive(2, 30.43, 38.86) == pytest.approx(0.7266, abs=0.00005)
    assert CDNOW.alive(0, 0, 38.86) == 1.0


def test_published_fit_of_the_cdnow_sample(realdata):
    known = pd.read_csv(realdata / "orders" / "cdnow_customers_summary.csv")
    model = btyd.fit(known["frequency"], known["recency"], known["T"])
    assert model.converged
    assert [model.r, model.alpha, model.a, model.b] == pytest.approx(
        [0.2426, 4.4135, 0.7929, 2.4258], abs=6e-5
    )
    assert model.log_likelihood == pytest.approx(-9582.4, abs=0.05)


CASES = [
    (0.79, 2.43, 0),
    (1.0, 2.0, 0),
    (0.4, 0.6, 0),
    (1.5, 4.0, 1),
    (0.3, 0.2, 0),
    (80.0, 140.0, 1),
    (3.0, 9.0, 0),
]


@pytest.mark.parametrize(("a", "b", "first"), CASES)
@pytest.mark.parametrize(("x", "T"), [(0, 2.0), (3, 30.0), (60, 100.0), (700, 100.0)])
def test_expectations_are_those_integrated_over_the_chance_of_leaving(a, b, first, x, T):
    """E(Y | λ, p) = (1 − exp(−λpt)) / p (paper, equation 7), over gamma rates and beta chances."""
    model = Model(0.25, 4.4, a, b, first=first)
    stayed = stats.beta(a, b + x + first)

    def at(p):
        return -math.expm1(-(0.25 + x) * math.log1p(p * 39 / (4.4 + T))) / p * stayed.pdf(p)

    edge = float(stayed.ppf(0.5))
    expected = integrate.quad(at, 0, edge, limit=400)[0] + integrate.quad(at, edge, 1, limit=400)[0]
    found = model.expected(39, x, T, T) / model.alive(x, T, T)
    assert found == pytest.approx(expected, rel=2e-5)


@pytest.mark.parametrize("x", [0, 4])
def test_who_never_leaves_buys_as_a_negative_binomial(x):
    model = Model(0.7, 12.0, 1e-9, 1.0)
    buying = stats.nbinom(0.7 + x, (12.0 + 20) / (12.0 + 20 + 30))
    for k in (1, 2, 7):
        assert model.at_least(k, 30, x, 20.0) == pytest.approx(buying.sf(k - 1), rel=1e-6)
    assert model.expected(30, x, 10.0, 20.0) == pytest.approx(buying.mean(), rel=1e-6)


def test_the_chances_are_those_of_customers_drawn_from_the_model():
    rng = np.random.default_rng(1)
    model, n = Model(0.8, 9.0, 1.2, 3.0), 200_000
    rate, leaves = rng.gamma(0.8 + 3, 1 / (9.0 + 30), n), rng.beta(1.2, 3.0 + 3, n)
    bought = np.minimum(rng.poisson(rate * 26), rng.geometric(leaves))
    for k in (1, 2, 4):
        assert model.at_least(k, 26, 3, 30.0) == pytest.approx((bought >= k).mean(), abs=0.005)


@pytest.mark.parametrize("first", [0, 1])
def test_planted_parameters_are_found_again_within_their_spread(first):
    planted = {"r": 1.2, "alpha": 10.0, "a": 1.5, "b": 4.0}
    known = counted(*moments(40_000, **planted, first=first, seed=5), until=104.0)
    model = btyd.fit(known["x"], known["t_x"], known["T"], first=first)
    away = np.log([getattr(model, name) / value for name, value in planted.items()])
    assert model.converged
    assert np.abs(away / np.sqrt(np.diag(model.covariance))).max() < 3
    assert np.sqrt(np.diag(model.covariance)).max() < 0.1


def test_the_covariance_is_the_inverse_of_the_curvature():
    known = counted(*moments(3000, seed=2), until=104.0)
    model = btyd.fit(known["x"], known["t_x"], known["T"])
    logs = np.log(list(model.parameters.values()))

    def unlikely(logs):
        return -btyd.log_likelihood(Model(*np.exp(logs)), known["x"], known["t_x"], known["T"])

    assert model.covariance == pytest.approx(np.linalg.inv(approx_hess(logs, unlikely)), rel=0.02)


def test_equal_customers_count_as_often_as_they_occur_in_any_order():
    known = counted(*moments(800, seed=3), until=104.0).round({"t_x": 0, "T": 0})
    known["t_x"] = known[["t_x", "T"]].min(axis=1)
    twice = pd.concat([known, known]).sample(frac=1, random_state=0)
    one, two = (btyd.fit(f["x"], f["t_x"], f["T"]) for f in (known, twice))
    assert two.log_likelihood == pytest.approx(2 * one.log_likelihood, rel=1e-9)
    assert list(two.parameters.values()) == pytest.approx(list(one.parameters.values()), rel=1e-3)
    mixed = known.sample(frac=1, random_state=1)
    assert btyd.fit(mixed["x"], mixed["t_x"], mixed["T"]).parameters == one.parameters


def test_customers_who_are_all_alike_are_fitted_too():
    """Poisson buyers who never leave: shape and rate run to their bounds together, their ratio is the rate."""
    rng = np.random.default_rng(0)
    T = np.full(3000, 60.0)
    x = rng.poisson(0.1 * T)
    t_x = np.where(x > 0, T * rng.beta(np.maximum(x, 1), 1), 0.0)  # the last of x points in [0, T]
    model = btyd.fit(x, t_x, T)
    assert model.converged
    assert model.expected(10, 6, 55.0, 60.0) == pytest.approx(1.0, abs=0.05)
    assert all(np.isfinite(one.expected(10, x[:50], t_x[:50], T[:50])).all() for one in model.draws(20))


def test_draws_are_seeded_and_spread_as_the_covariance_says():
    model = replace(CDNOW, covariance=np.diag([0.01, 0.04, 0.0, 0.0]))
    drawn = np.log([[one.r, one.alpha, one.a, one.b] for one in model.draws(4000, seed=1)])
    assert drawn.std(axis=0) == pytest.approx([0.1, 0.2, 0.0, 0.0], abs=0.01)
    assert model.draws(3, seed=1) == model.draws(3, seed=1)


@pytest.mark.parametrize(
    ("x", "t_x", "T"),
    [([], [], []), ([0, 0], [0, 0], [0, 0]), ([1], [5], [4]), ([-1], [0], [4]), ([1], [np.nan], [4])],
)
def test_numbers_that_cannot_be_are_refused(x, t_x, T):
    with pytest.raises(ValueError, match=r"nobody|negative"):
        btyd.fit(x, t_x, T)
