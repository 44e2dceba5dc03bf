"""What does the iceberg consist of? Every factor drawn from its own uncertainty, and their product."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook import evidence
from csworkbook.errors import SettingError
from csworkbook.estimates import Estimate, rough
from csworkbook.language import gettext as _
from csworkbook.service_gap import worth

_FACTORS = ("complaints", "one_in", "leaving", "value")


def assumptions(one_low: float, one_high: float, low: float, high: float) -> dict[str, tuple[float, float]]:
    """Both ranges, smaller end first; a SettingError for what cannot be."""
    if min(one_low, one_high) < 1:
        raise SettingError(
            _("Of fewer than one customer nobody can complain."), allowed=_("One in 1 or more.")
        )
    if min(low, high) < 0 or max(low, high) > 1:
        raise SettingError(_("The share that leaves cannot be that."), allowed=_("Allowed: 0 to 100%."))
    return {
        "one_in": (float(min(one_low, one_high)), float(max(one_low, one_high))),
        "leaving": (float(min(low, high)), float(max(low, high))),
    }


def draws(people, years, terms, each, customers, seed: int) -> dict[str, np.ndarray]:
    """Every factor and what follows from it, drawn `worth.DRAWS` times."""
    rng = np.random.default_rng(seed)
    size = worth.DRAWS
    complaints = rng.gamma(people + 0.5, 1 / years, size)
    one_in = _one_in(terms["one_in"], complaints, customers, rng.random(size))
    leaving = rng.uniform(*terms["leaving"], size)
    found = {"complaints": complaints, "one_in": one_in, "dissatisfied": complaints * one_in}
    found["silent"] = complaints * (one_in - 1)
    found["leaving"] = leaving
    found["gone"] = found["silent"] * leaving
    if each is not None:
        found["value"] = rng.permutation(each.draws)
        found["money"] = found["gone"] * found["value"]
    return found


def _one_in(ends, complaints: np.ndarray, customers: worth.Buyers | None, even: np.ndarray) -> np.ndarray:
    """Draws of "one in", evenly on the scale of ratios, and never more than there are customers."""
    low, high = np.full(len(even), ends[0]), np.full(len(even), ends[1])
    if customers is not None:
        most = np.maximum(customers.most / complaints, 1.0)
        low, high = np.where(most < low, 1.0, low), np.minimum(high, most)
    return np.exp(np.log(low) + even * (np.log(high) - np.log(low)))


def table(drawn: dict[str, np.ndarray], people: int, years: float, each: worth.Worth | None) -> pd.DataFrame:
    """One row a factor: factor, basis, low, high, benchmark, widens (see `silent_customers`)."""
    bases = {"complaints": "own data", "one_in": "assumption", "leaving": "assumption"}
    bases["value"] = "own data" if each is not None and each.n else "assumption"
    rows = []
    for factor, values in drawn.items():
        low, high = np.quantile(values, [0.025, 0.975])
        rows.append({"factor": factor, "basis": bases.get(factor, "follows"), "low": low, "high": high})
    found = pd.DataFrame(rows)
    exact = counted(people, years)
    found.loc[found["factor"] == "complaints", ["low", "high"]] = exact.low, exact.high
    marks = {"one_in": "complain-1-in-26", "leaving": "silent-leave-91"}
    found["benchmark"] = [evidence.get(marks[f]).value if f in marks else np.nan for f in found["factor"]]
    return found.assign(widens=found["factor"].map(_widens(drawn)))


def gone(drawn: dict[str, np.ndarray], people: int) -> Estimate:
    """Customers gone without a word: the middle draw, and the middle 95 % of them."""
    low, middle, high = (rough(value) for value in np.quantile(drawn["gone"], [0.025, 0.5, 0.975]))
    return Estimate(middle, low, high, people, "customers")


def counted(people: int, years: float) -> Estimate:
    """Customers a year with the exact Poisson interval (Garwood 1936)."""
    from statsmodels.stats.rates import confint_poisson

    low, high = confint_poisson(people, years, method="exact-c")
    return Estimate(people / years, float(low) if people else 0.0, float(high), people, "customers")


def _widens(drawn: dict[str, np.ndarray]) -> dict[str, float]:
    """The share of the variance of the product, on the scale of ratios, that each factor brings."""
    spread = {f: float(np.log(np.maximum(drawn[f], 1e-9)).var()) for f in _FACTORS if f in drawn}
    spread["one_in"] = float(np.log(np.maximum(drawn["one_in"] - 1, 1e-9)).var())
    whole = sum(spread.values())
    return {f: v / whole for f, v in spread.items()} if whole else {}
