"""What customers will buy and spend, after other programs: each runs in an environment of its own (see `value.py`).

A customer is x, t_x, T and what a repeat purchase was worth; what comes back are the parameters and the purchases that
all customers together will make in a year.
"""

from __future__ import annotations

import time
import warnings

YEAR = 52.0  # weeks


def by_lifetimes(known: dict) -> dict:
    """`lifetimes` as its documentation has it."""
    warnings.simplefilter("ignore")
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    begin = _clocks()
    model = BetaGeoFitter().fit(known["x"], known["t_x"], known["T"])
    again = known["mean"] > 0
    spend = GammaGammaFitter().fit(known["x"][again], known["mean"][again])
    fitted = _since(begin)
    orders = model.conditional_expected_number_of_purchases_up_to_time(
        YEAR, known["x"], known["t_x"], known["T"]
    )
    spend.conditional_expected_average_profit(known["x"], known["mean"])
    found = [float(model.params_[name]) for name in ("r", "alpha", "a", "b")]
    found += [float(spend.params_[name]) for name in ("p", "q", "v")]
    return {"fit": fitted, "all": _since(begin), "found": found, "orders": float(orders.sum())}


def by_pymc_marketing(known: dict) -> dict:
    """`pymc-marketing` at the likeliest parameters, with flat priors so that all look for the same."""
    warnings.simplefilter("ignore")
    import logging

    import pandas as pd
    from pymc_extras.prior import Prior
    from pymc_marketing import clv

    logging.disable(logging.CRITICAL)
    frame = pd.DataFrame({"frequency": known["x"], "recency": known["t_x"], "T": known["T"]})
    frame["monetary_value"], frame["customer_id"] = known["mean"], range(len(frame))
    again = frame[frame["monetary_value"] > 0]
    flat = {name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}
    flat_spend = {name: Prior("HalfFlat") for name in ("p", "q", "v")}
    begin = _clocks()
    model = clv.BetaGeoModel(data=frame.drop(columns="monetary_value"), model_config=flat)
    model.fit(method="map", progressbar=False)
    columns = ["customer_id", "monetary_value", "frequency"]
    spend = clv.GammaGammaModel(data=again[columns], model_config=flat_spend)
    spend.fit(method="map", progressbar=False)
    fitted = _since(begin)
    orders = model.expected_purchases(future_t=YEAR)
    spend.expected_customer_spend(data=frame[columns])
    names = ((model, ("r", "alpha", "a", "b")), (spend, ("p", "q", "v")))
    found = [float(one.fit_result[name].mean()) for one, wanted in names for name in wanted]
    return {"fit": fitted, "all": _since(begin), "found": found, "orders": float(orders.sum())}


def by_us(known: dict) -> dict:
    """`csworkbook.value`."""
    import pandas as pd

    from csworkbook.value import btyd, forecast, spend

    begin = _clocks()
    model = btyd.fit(known["x"], known["t_x"], known["T"])
    money = spend.gamma_gamma(known["x"][known["mean"] > 0], known["mean"][known["mean"] > 0])[0]
    fitted = _since(begin)
    frame = pd.DataFrame({name: known[name] for name in ("x", "t_x", "T")})
    found = forecast.Forecast.make(model, frame, YEAR)
    orders = found.expected[found.of]
    spend.Spend(**money).expected(known["x"], known["mean"])
    parameters = [*model.parameters.values(), *money.values()]
    return {"fit": fitted, "all": _since(begin), "found": parameters, "orders": float(orders.sum())}


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(begin: tuple[float, float]) -> list[float]:
    """Seconds of wall and processor."""
    return [now - then for now, then in zip(_clocks(), begin, strict=True)]
