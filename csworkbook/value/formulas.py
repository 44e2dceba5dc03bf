"""What do the handbook's formulas make of a customer's value, with the shop's own figures in them?

Handbook 4.8 sends its readers to a graphic of KISSmetrics (2011) that works three formulas out for a chain of
coffee shops. Here they are with what the shop itself shows, and with the one that textbooks have
(Gupta & Lehmann 2003, Journal of Interactive Marketing 17(1)), in which no year is counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook.estimates import LEVEL, SMALL

YEAR = 365
_LEAST = 60  # days in a period, or nothing can be said of who stays
_DRAWS = 2000
_LONGEST = 50.0  # years; nobody is a customer for longer


def simple(spend: float, visits: float, years: float) -> float:
    """Revenue over a lifetime: spend per visit × visits a year × years.

    The graphic's shop: 24.30 a week, for 20 years.

    >>> round(simple(24.30, 52, 20))
    25272
    """
    return spend * visits * years


def with_margin(spend: float, visits: float, years: float, margin: float) -> float:
    """The same of the margin (share of revenue, 0–1) only.

    >>> round(with_margin(5.90, 52 * 4.2, 20, 0.213))
    5489
    """
    return spend * visits * years * margin


def traditional(margin: float, retention: float, discount: float) -> float:
    """Margin × retention ÷ (1 + discount − retention); all three of one period.

    With the margin of a year it is what a customer brings after this year. The graphic puts in the margin of
    a whole lifetime, and so counts how long a customer stays twice.

    >>> round(traditional(52 * 24.30 * 20 * 0.213, 0.75, 0.10))
    11535
    """
    return margin * retention / (1 + discount - retention)


@dataclass(frozen=True)
class Own:
    """The shop's own figures that go into the formulas, per customer who bought in the last period.

    Attributes
    ----------
    spend : float
        Revenue per visit (day with a purchase), money.
    visits : float
        Visits a year.
    margin : float
        Share of revenue, 0–1.
    retention : float
        Share (0–1) of the customers of the period before who bought in the last one.
    days : int
        How long a period is: a year, or half of what the orders span.
    """

    spend: float
    visits: float
    margin: float
    retention: float
    days: int

    @property
    def years(self) -> float:
        """How long a customer stays if that share stays every period: the mean of a geometric, in years."""
        return float(_years(self.retention, self.days))


def period(span: int) -> int:
    """How many days a period has, of orders that span this many days; 0 when that is too few.

    >>> period(731), period(300), period(100)
    (365, 150, 0)
    """
    days = min(YEAR, span // 2)
    return days if days >= _LEAST else 0


def worked_out(
    lives: pd.DataFrame, days: int, discount: float, seed: int = 0
) -> tuple[Own, pd.DataFrame] | None:
    """The formulas with own figures; None when too few customers can tell.

    Parameters
    ----------
    lives : DataFrame
        One row per customer: before, now (bought in the period before, in the last one; 0 or 1), now_visits,
        now_spent, now_margin (of the last period).
    days : int
        Days of a period.
    discount : float
        What money a year later is worth less, a year (0.10 = 10%).

    Returns
    -------
    Own, DataFrame
        formula (simple, with_margin, as_in_graphic, per_year), value, low, high (money). Intervals: 95%, of
        seeded draws of the customers' means (normal, with their covariance).
    """
    counts = lives[["before", "now"]].sum()
    stayed = (lives["before"] * lives["now"]).sum()
    if days == 0 or counts.min() < SMALL or stayed == 0 or lives["now_spent"].sum() <= 0:
        return None
    columns = lives[["now_visits", "now_spent", "now_margin", "before", "now"]].to_numpy(float)
    columns = np.column_stack([columns, lives["before"] * lives["now"]])
    mean, spread = columns.mean(axis=0), np.cov(columns, rowvar=False) / len(columns)
    draws = np.random.default_rng(seed).multivariate_normal(mean, spread, _DRAWS, method="eigh")
    told, drawn = _values(*mean, days, discount), _values(*draws.T, days, discount)
    tail = (1 - LEVEL) / 2
    table = pd.DataFrame(
        [
            {"formula": name, "value": float(told[name]), "low": low, "high": high}
            for name in told
            for low, high in [np.nanquantile(drawn[name], [tail, 1 - tail])]
        ]
    )
    visits, spent, earned, before, now, both = mean
    own = Own(spent / visits, visits / now * YEAR / days, earned / spent, both / before, days)
    return own, table


def _values(visits, spent, earned, before, now, both, days: int, discount: float) -> dict:
    """The formulas, of means per customer."""
    spend, often, part = spent / visits, visits / now * YEAR / days, earned / spent
    stays = np.clip(both / before, 0.0, 1.0)
    years = _years(stays, days)
    yearly = np.clip(stays, 1e-9, 1.0) ** (YEAR / days)  # the same share, of a year
    lifetime = with_margin(spend, often, years, part)
    return {
        "simple": simple(spend, often, years),
        "with_margin": lifetime,
        "as_in_graphic": traditional(lifetime, yearly, discount),
        "per_year": spend * often * part + traditional(spend * often * part, yearly, discount),
    }


def _years(retention, days: int):
    return np.minimum(days / YEAR / np.maximum(1 - retention, 1e-9), _LONGEST)
