"""What did customers bring so far, by when they first came?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.errors import SettingError
from csworkbook.estimates import LEVEL, SMALL
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.purchases import less_returns
from csworkbook.results import question
from csworkbook.value import words
from csworkbook.value.formulas import worked_out
from csworkbook.value.historic_result import Historic
from csworkbook.value.lives import AFTER, lives

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

_MONTHS = {"month": 1, "quarter": 3}


@question(
    mark("What does a customer bring, counted from the first purchase?"),
    labels=words.labels,
    choices=words.choices,
)
def historic(
    orders: Table,
    returns: Table | None = None,
    *,
    margin: float = 0.35,
    currency: str = "EUR",
    by: str = "quarter",
    discount_rate: float = 0.10,
    zone: str = "UTC",
    seed: int = 0,
) -> Historic:
    """Revenue and margin per customer so far and in the first 3, 6 and 12 months, by when they first bought.

    Beside it stand the formulas that handbook 4.8 points to, with the shop's own figures (`formulas`).

    Parameters
    ----------
    returns : DataFrame or ibis.Table, optional
        What was paid back is taken off, where the orders themselves do not tell it.
    margin : float
        Gross margin (share of revenue, 0–1) of orders without one of their own.
    by : {"quarter", "month"}
        Which customers are taken together: by the quarter or month of the first purchase in these orders.
    discount_rate : float
        What money a year later is worth less (0.10 = 10% a year); for the formulas only.
    zone : str
        By whose clock a day begins.

    Returns
    -------
    Historic
        table: cohort (first day), customers, revenue, margin (money per customer so far) with revenue_low,
        revenue_high, margin_low, margin_high, margin_3, margin_6, margin_12 (money per customer in the first
        91, 182 and 365 days, only where that time is over for everybody of the cohort) with low_3, high_3 …,
        spent_3 …, small (fewer than 30 customers: no ranges). No range goes below 0 where nobody brought less.

    Raises
    ------
    DataError
        When no order is a purchase.
    SettingError
        When `by`, `margin` or `discount_rate` cannot be.

    >>> import pandas as pd
    >>> orders = pd.DataFrame({"order_id": ["1", "2", "3"], "customer_id": ["ann", "ann", "bob"],
    ...     "ordered_at": ["2025-01-05", "2025-06-05", "2026-02-01"], "revenue": [100.0, 60.0, 50.0]})
    >>> historic(orders, margin=0.5).table[["customers", "revenue", "margin", "margin_3"]].values.tolist()
    [[1.0, 160.0, 80.0, 50.0], [1.0, 50.0, 25.0, nan]]
    """
    _require(by, discount_rate)
    found, told = lives(less_returns(orders, returns), margin=margin, zone=zone)
    table = _cohorts(found, _MONTHS[by], told["until"])
    reckoned = worked_out(found, told["period"], discount_rate, seed)
    own, formulas = reckoned or (None, pd.DataFrame(columns=["formula", "value", "low", "high"]))
    first = {months: _first(found, months, told["until"]) for months in AFTER}
    so_far = _mean(found["margin"])
    return Historic(
        table, formulas, own, first, so_far, told["left_out"], by, margin, discount_rate, currency
    )


def _require(by: str, discount_rate: float) -> None:
    if by not in _MONTHS:
        raise SettingError(
            _("“{value}” is no way to group customers here.").format(value=by), allowed="quarter, month"
        )
    if not 0 <= discount_rate < 1:
        raise SettingError(
            _("{value} is no rate of discount.").format(value=discount_rate),
            allowed=_("0 to 1, such as 0.10 for 10% a year."),
        )


def _cohorts(found: pd.DataFrame, months: int, until: int) -> pd.DataFrame:
    """One row per cohort; means with t intervals, of the first months only where they are over."""
    first = found["first"].to_numpy("int64").astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    group = first // months
    columns = [f"{what}_{n}" for n in AFTER for what in ("spent", "margin")]
    grouped = found[["spent", "margin", *columns]].groupby(group)
    mean, n = grouped.mean(), grouped.size()
    half = (_t(n) * grouped.std(ddof=1) / np.sqrt(n.to_numpy())[:, None]).where(n >= SMALL)
    least = _least(found)
    begins = (n.index.to_numpy() * months).astype("datetime64[M]")
    ends = (begins + months).astype("datetime64[D]").astype("int64") - 1
    table = {"cohort": pd.DatetimeIndex(begins.astype("datetime64[us]")), "customers": n.to_numpy()}
    table |= _with_ends(
        "revenue", "revenue_low", "revenue_high", mean["spent"], half["spent"], least["spent"]
    )
    table |= _with_ends(
        "margin", "margin_low", "margin_high", mean["margin"], half["margin"], least["margin"]
    )
    for months_on, days in AFTER.items():
        over = ends + days - 1 <= until
        name = f"margin_{months_on}"
        ends_of = f"low_{months_on}", f"high_{months_on}"
        parts = _with_ends(name, *ends_of, mean[name], half[name], least["margin"])
        parts[f"spent_{months_on}"] = mean[f"spent_{months_on}"].to_numpy()
        table |= {column: np.where(over, values, np.nan) for column, values in parts.items()}
    return pd.DataFrame(table).assign(small=n.to_numpy() < SMALL)


def _t(n: pd.Series) -> np.ndarray:
    """Quantiles of t for means of n values each, as a column; none where n is 1."""
    from scipy.stats import t

    many = np.maximum(n.to_numpy() - 1, 1)
    return np.where(n.to_numpy() > 1, t.ppf((1 + LEVEL) / 2, many), np.nan)[:, None]


def _least(found: pd.DataFrame) -> pd.Series:
    """Below which no range goes: nought where nobody brought less."""
    return pd.Series({name: 0.0 if found[name].min() >= 0 else -np.inf for name in ("spent", "margin")})


def _with_ends(
    name: str, low: str, high: str, mean: pd.Series, half: pd.Series, least: float
) -> dict[str, np.ndarray]:
    value, half = mean.to_numpy(), half.to_numpy()
    return {name: value, low: np.maximum(value - half, least), high: value + half}


def _first(found: pd.DataFrame, months: int, until: int) -> tuple[float, float, float, int]:
    """Mean margin in the first months of every customer whose first months are over, its ends, and how many."""
    return _mean(found.loc[found["first"] + AFTER[months] - 1 <= until, f"margin_{months}"])


def _mean(values: pd.Series) -> tuple[float, float, float, int]:
    n = len(values)
    if n == 0:
        return np.nan, np.nan, np.nan, 0
    value = float(values.mean())
    half = float((_t(pd.Series([n])) * values.std(ddof=1) / np.sqrt(n)).item()) if n > 1 else np.nan
    low = value - half
    return value, max(low, 0.0) if values.min() >= 0 else low, value + half, n
