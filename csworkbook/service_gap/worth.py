"""What does a customer bring in a year, how many are there, and how sure is that?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.order_value import margins
from csworkbook.repeats import known_customers

YEAR = pd.Timedelta(days=365)
WHOLE = 330  # days: over less than about eleven months a year of a person is not seen, nor guessed
_WEEK = 7 / 365
LEAST_DAYS = 28  # over less time nothing can be said of a year
DRAWS = 4000
_RESAMPLED = 2_000  # above this many customers the mean is as good as normal
_AT_ONCE = 2_000_000  # cells of one batch of resampled customers


@dataclass(frozen=True, eq=False)
class Worth:
    """The margin a customer brings in a year: mean, draws of that mean, and the customers behind it.

    Typed in by the user where `n` is 0. Where the orders span fewer than `WHOLE` days it is what a
    customer brings in those `days`, not made a year.
    """

    value: float
    draws: np.ndarray
    n: int
    days: int = 365

    @property
    def short(self) -> bool:
        """Whether it is the margin of less than a year."""
        return self.days < WHOLE

    @property
    def caveat(self) -> str:
        """That it is not the margin of a year; empty where it is."""
        if not self.short:
            return ""
        return _(
            "What a customer brings is counted over the {days} days of your orders; of a whole year it would be more."
        ).format(days=language.number(self.days))

    def estimate(self, currency: str = "EUR") -> Estimate:
        """The mean with its 95 % interval, money per customer per year."""
        low, high = np.quantile(self.draws, [0.025, 0.975])
        return Estimate(self.value, float(low), float(high), self.n, "money", None, currency)


def of_customers(
    orders: pd.DataFrame | None, margin: float, *, typed: float = 0.0, seed: int = 0
) -> Worth | None:
    """The yearly margin of a customer: typed in, or the mean over the customers of the last 365 days.

    The margin of each order is that of `order_value.margins`. Orders
    of less than a year are not made a year: see `Worth.days`. Orders without a customer are left out.
    The mean's uncertainty is that of resampled customers (seeded bootstrap; the normal distribution
    above 2,000 customers).

    Returns
    -------
    Worth or None
        None when nothing is typed in and no order has a customer, or they span less than four weeks.
    """
    if typed > 0:
        return Worth(float(typed), np.full(DRAWS, float(typed)), 0)
    if orders is None:
        return None
    bought = orders.assign(customer=known_customers(orders)).dropna(subset=["customer", "ordered_at"])
    days = _days(bought["ordered_at"])
    if not days >= LEAST_DAYS:
        return None
    year = bought[bought["ordered_at"] > bought["ordered_at"].max() - YEAR]
    earned = pd.Series(margins(year, margin), index=year.index)
    yearly = earned.groupby(year["customer"], sort=False).sum().to_numpy(float)
    return Worth(float(yearly.mean()), resampled_means(yearly, seed), len(yearly), int(min(days, 365)))


def _days(at: pd.Series) -> float:
    """Days from the first moment to the last; NaN without any."""
    return (at.max() - at.min()) / pd.Timedelta(days=1)


def resampled_means(values: np.ndarray, seed: int) -> np.ndarray:
    """`DRAWS` means of values resampled with replacement; of many values, normal draws."""
    rng = np.random.default_rng(seed)
    n = len(values)
    if n > _RESAMPLED:
        return rng.normal(values.mean(), values.std(ddof=1) / n**0.5, DRAWS)
    batch = max(1, _AT_ONCE // n)
    sizes = [min(batch, DRAWS - start) for start in range(0, DRAWS, batch)]
    return np.concatenate([values[rng.integers(0, n, (size, n))].mean(axis=1) for size in sizes])


def span_of(contacts: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and last moment of the contacts; a DataError when less than four weeks lie between them."""
    first, last = contacts["opened_at"].min(), contacts["opened_at"].max()
    if not last - first >= pd.Timedelta(days=LEAST_DAYS):
        raise DataError(
            _("These contacts span too little time to speak of a year."),
            next_step=_("Bring contacts of at least {days} days.").format(days=LEAST_DAYS),
        )
    return first, last


@dataclass(frozen=True)
class Buyers:
    """How many different customers order: at most so many a year, seen in so many days.

    Of less than `WHOLE` days `most` is a bound, not an estimate: the sum over parts of a year counts
    who comes back in several of them more than once.
    """

    most: float
    seen: int
    days: int

    @property
    def short(self) -> bool:
        """Whether they were seen in less than a year."""
        return self.days < WHOLE


def customers_a_year(orders: pd.DataFrame | None) -> Buyers | None:
    """Different customers who order in a year; None when no order has a customer, or within four weeks."""
    if orders is None:
        return None
    who, at = known_customers(orders), orders["ordered_at"]
    known = who.notna() & at.notna()
    days = _days(at)
    if not known.any() or days < LEAST_DAYS:
        return None
    people, years = people_a_year(who[known], at[known], first=at.min(), last=at.max())
    stretched = 365 / days if days < WHOLE else 1 / years
    return Buyers(people * stretched, people, int(min(days, 365)))


def orders_a_year(orders: pd.DataFrame | None) -> float:
    """Orders in the last 365 days; of a shorter time, as many as that makes a year."""
    if orders is None or not len(orders):
        return 0.0
    first, last = orders["ordered_at"].min(), orders["ordered_at"].max()
    year = int((orders["ordered_at"] > last - YEAR).sum())
    return year / max(min((last - first) / YEAR, 1.0), LEAST_DAYS / 365)


def people_a_year(
    who: pd.Series, at: pd.Series, *, first: pd.Timestamp, last: pd.Timestamp
) -> tuple[int, float]:
    """How many different people, counted once in each year, over how many years.

    Years are 365 days (or a week less, for the first) and end at `last`; a first one that is not whole
    is left out, unless it is the only one. Somebody without a name is somebody else every time. Fewer
    than `WHOLE` days are not stretched: who comes back would count again. Their people are at least
    those of a year.

    Returns
    -------
    (int, float)
        People and years; their ratio is people a year.
    """
    short = last - first < pd.Timedelta(days=WHOLE)
    span = (last - first) / YEAR
    years = int(span + _WEEK)
    back = (last - at) / YEAR
    here = back < years if years else back.notna()
    year = np.minimum(np.floor(back), max(years, 1) - 1)
    people = pd.DataFrame({"who": who, "year": year})[here]
    nameless = int(people["who"].isna().sum())
    return len(people.dropna().drop_duplicates()) + nameless, 1.0 if short else float(years or span)
