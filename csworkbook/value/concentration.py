"""Do a few customers bring most of the revenue?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import LEVEL
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.purchases import less_returns, purchases
from csworkbook.results import question
from csworkbook.value import words
from csworkbook.value.concentration_result import FEW, Concentration, Curve

if TYPE_CHECKING:
    import ibis

    Table = pd.DataFrame | ibis.Table

_RESAMPLED = 50_000  # customers; of more the standard error is known well enough from its formula
_DRAWS = 400
_POINTS = 201  # of the curve that is kept


@question(mark("Do a few customers bring most of the revenue?"), labels=words.labels, choices=words.choices)
def concentration(
    orders: Table,
    returns: Table | None = None,
    *,
    of: str = "revenue",
    top: float = 0.2,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "UTC",
    seed: int = 0,
) -> Concentration:
    """The share of revenue or margin that the best customers bring, beside the handbook's 80 from 20 (5.2).

    Parameters
    ----------
    returns : DataFrame or ibis.Table, optional
        What was paid back is taken off, where the orders themselves do not tell it.
    of : {"revenue", "margin"}
        What is counted: revenue net of what was paid back, or the margin on it.
    top : float
        Which part of the customers (0–1) is called the best.
    margin : float
        Gross margin (share of revenue, 0–1) of orders without one of their own.

    Returns
    -------
    Concentration
        table: group (top, all, again, once), customers, of_customers (share of all customers), money (together),
        per_customer, share (of all the money), low, high (empty of fewer than 20 customers). `curve` holds the
        whole curve, best first.

    Raises
    ------
    DataError
        When no order is a purchase, or they brought nothing together.
    SettingError
        When `of`, `top` or `margin` cannot be.

    >>> orders = pd.DataFrame({"order_id": list("12345"), "customer_id": list("abcde"),
    ...     "ordered_at": "2026-01-01", "revenue": [80.0, 5.0, 5.0, 5.0, 5.0]})
    >>> found = concentration(orders)
    >>> float(found.table.set_index("group").loc["top", "share"]), found.customers_for(0.8)
    (0.8, 0.2)
    """
    _require(of, top)
    orders = less_returns(orders, returns)
    bought = purchases(orders, margin=margin, zone=zone)
    amount = (
        bought["spent" if of == "revenue" else "margin"].to_numpy(float).round(6)
    )  # sums of another order tie too
    known = ~np.isnan(amount)
    amount, once = amount[known], bought["x"].to_numpy()[known] == 0
    if not amount.sum() > 0:
        raise DataError(
            _("These customers brought nothing together: {of} is not above zero.").format(
                of=words.choices()["of", of]
            ),
            next_step=_("Look on this page which columns were taken for the revenue and the margin."),
        )
    order = np.argsort(-amount, kind="stable")
    ends = _ends(amount[order], once[order], top, seed)
    curve = _curve(amount[order], ends)
    table = _table(amount, once, curve, top, ends)
    later = _later(bought[known], amount, orders, of, top, margin, zone)
    stayed, ends = later if later else (None, None)
    chosen = (of, top, margin, currency)
    return Concentration(table, curve, stayed, bought.attrs["left_out"], *chosen, later_ends=ends)


def _require(of: str, top: float) -> None:
    if of not in ("revenue", "margin"):
        raise SettingError(_("“{value}” cannot be counted here.").format(value=of), allowed="revenue, margin")
    if not 0 < top < 1:
        raise SettingError(
            _("{value} is no part of the customers.").format(value=top),
            allowed=_("Between 0 and 1, such as 0.2 for the best 20%."),
        )


def top_share(amount: np.ndarray, top: float) -> float:
    """The share of the total that the largest values bring; `top` (0–1) says how many of them.

    Between two customers the curve runs straight, so a fifth of eleven is two and a fifth of the next one.

    >>> top_share(np.array([1.0, 8.0, 1.0]), 0.5)
    0.85
    """
    return float(_at(np.cumsum(np.sort(amount)[::-1]), top))


def _at(running: np.ndarray, top: float) -> np.ndarray:
    """The curve at `top`, of running sums along the last axis."""
    n = running.shape[-1]
    whole = int(np.floor(top * n + 1e-9))
    before = running[..., whole - 1] if whole else np.zeros(running.shape[:-1])
    part = top * n - whole
    next_one = running[..., min(whole, n - 1)]
    return (before + max(part, 0.0) * (next_one - before)) / running[..., -1]


def _ends(amount: np.ndarray, once: np.ndarray, top: float, seed: int) -> dict[str, np.ndarray]:
    """95% intervals: of the share of the best, and of that of customers who bought once; none of a few customers."""
    if len(amount) < FEW:
        return {"top": np.full(2, np.nan), "once": np.full(2, np.nan)}
    if len(amount) > _RESAMPLED:
        return {"top": _top_error(amount, top), "once": _once_error(amount, once)}
    rng = np.random.default_rng(seed)
    n = len(amount)
    tops, onces = [], []
    for _draw in range(_DRAWS):
        times = np.bincount(
            rng.integers(0, n, n), minlength=n
        )  # how often each customer was drawn, best first
        drawn = np.repeat(amount, times)
        tops.append(_at(np.cumsum(drawn), top))
        onces.append((times * amount)[once].sum() / drawn.sum())
    tail = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    return {"top": np.quantile(tops, tail), "once": np.quantile(onces, tail)}


def _top_error(amount: np.ndarray, top: float) -> np.ndarray:
    """From the standard error of an ordinate of the Lorenz curve (Beach & Davidson 1983, Review of Economic Studies 50)."""
    share, edge = top_share(amount, top), np.quantile(amount, 1 - top)
    each = (np.maximum(amount - edge, 0) + edge * top - share * amount) / amount.mean()
    return _around(share, each)


def _once_error(amount: np.ndarray, once: np.ndarray) -> np.ndarray:
    share = amount[once].sum() / amount.sum()
    return _around(share, amount * (once - share) / amount.mean())


def _around(share: float, each: np.ndarray) -> np.ndarray:
    from scipy.stats import norm

    half = norm.ppf((1 + LEVEL) / 2) * each.std(ddof=1) / np.sqrt(len(each))
    return np.clip([share - half, share + half], 0, None)


def _curve(amount: np.ndarray, ends: dict[str, np.ndarray]) -> Curve:
    """The curve at points close enough to draw, and at 80% of the money."""
    running = np.concatenate([[0.0], np.cumsum(amount)]) / amount.sum()
    part = np.linspace(0, 1, len(running))
    at = np.unique(np.concatenate([np.linspace(0, 1, _POINTS), np.linspace(0, 0.05, _POINTS)]))
    return Curve(at, np.interp(at, part, running), running, tuple(map(float, ends["top"])))


def _table(amount: np.ndarray, once: np.ndarray, curve: Curve, top: float, ends: dict) -> pd.DataFrame:
    total, n = amount.sum(), len(amount)
    low, high = ends["once"]
    share_once = amount[once].sum() / total
    rows = {
        "top": (top * n, curve.share(top) * total, *ends["top"]),
        "again": ((~once).sum(), amount[~once].sum(), 1 - high, 1 - low),
        "once": (once.sum(), share_once * total, low, high),
        "all": (n, total, np.nan, np.nan),
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["customers", "money", "low", "high"])
    table = table.rename_axis("group").reset_index()
    table["of_customers"] = table["customers"] / n
    table["per_customer"] = table["money"] / table["customers"].where(table["customers"] > 0)
    table["share"] = table["money"] / total
    return table[["group", "customers", "of_customers", "money", "per_customer", "share", "low", "high"]]


def _later(
    bought: pd.DataFrame, amount: np.ndarray, orders, of: str, top: float, margin: float, zone: str
) -> tuple[tuple[float, float, int], tuple[float, float]] | None:
    """Of the first half of the time: the share of the best then, their share of the second half, and how many customers.

    And the 95% interval of their later share, for whom was best as it was.
    """
    first, last = bought["first_at"].min(), bought.attrs["until"]
    middle = (first + (last - first) / 2).normalize()
    if (last - first).days < 180 or len(bought) < FEW:
        return None
    try:
        before = purchases(orders, until=middle.date(), margin=margin, zone=zone)
    except DataError:
        return None
    column = "spent" if of == "revenue" else "margin"
    then = before[column].to_numpy(float)
    whole = pd.Series(amount, index=bought.index).reindex(before.index).to_numpy(float)
    after = np.where(np.isnan(whole), 0.0, whole) - then
    if not (after.sum() > 0 and then.sum() > 0):
        return None
    order = np.argsort(-then, kind="stable")
    share, best = float(_at(np.cumsum(after[order]), top)), np.arange(len(then)) < top * len(then)
    low, high = _around(share, after[order] * (best - share) / after.mean())
    return (top_share(then, top), share, len(then)), (float(low), float(high))
