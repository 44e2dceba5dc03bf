"""Which orders are credited to a contact, and which would have been placed anyway?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import estimates
from csworkbook.errors import DataError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.language import gettext as _
from csworkbook.ledger.sources import DAY
from csworkbook.service_gap.myths import matched
from csworkbook.service_gap.myths.draws import DRAWS
from csworkbook.service_gap.myths.history import History, keys
from csworkbook.service_gap.worth import span_of


@dataclass(frozen=True)
class Money:
    """Credited margin and cost in the data, as they would be with other customers, and what makes them a year's."""

    sums: np.ndarray
    draws: np.ndarray
    a_year: float

    def result(self, anyway: float | np.ndarray) -> tuple[float, np.ndarray]:
        """The result per year and its draws; `anyway` may be one share, or one per draw with the mean first."""
        shares = np.atleast_1d(np.asarray(anyway, dtype=float))
        first, each = shares[0], shares[0] if len(shares) == 1 else shares[1:]
        value = self.sums[0] * (1 - first) - self.sums[1]
        return float(value * self.a_year), (self.draws[:, 0] * (1 - each) - self.draws[:, 1]) * self.a_year


def inside(past: History, second: np.ndarray, days: int) -> tuple[np.ndarray, float]:
    """The contacts since the first order with a finished window, and how many days they cover: 28 at least."""
    until = past.last - days * DAY
    inside = (second >= past.first) & (second <= until)
    if not inside.any():
        raise DataError(
            _("No contact has a window of {days} days that is over.").format(days=days),
            next_step=_("Bring orders up to {days} days after the contacts, or credit fewer days.").format(
                days=days
            ),
        )
    first, last = max(second.min(), past.first), min(second.max(), until)
    span_of(pd.DataFrame({"opened_at": pd.to_datetime([first, last], unit="s")}))
    return inside, float((last - first) / DAY)


def credited(
    past: History, customer: np.ndarray, second: np.ndarray, inside: np.ndarray, days: int
) -> tuple[np.ndarray, int]:
    """Per contact the margin of the orders that it was the last contact before, and how many orders that are."""
    known = np.flatnonzero(customer >= 0)
    known = known[np.argsort(keys(customer[known], second[known]), kind="stable")]
    margin = np.zeros(len(customer))
    if not len(known):
        return margin, 0
    place = (
        np.searchsorted(keys(customer[known], second[known]), keys(past.customer, past.second), "right") - 1
    )
    last = known[np.maximum(place, 0)]
    follows = (place >= 0) & (customer[last] == past.customer) & (past.second - second[last] <= days * DAY)
    follows &= inside[last]
    np.add.at(margin, last[follows], past.margin[follows])
    return margin, int(follows.sum())


def own_share(past: History, customer: np.ndarray, second: np.ndarray, days: int) -> Estimate | None:
    """What comparable customers buy in the window, as a share of what is bought after a contact."""
    found = matched.match(past, customer, second, days)
    if found.n < SMALL:
        return None
    asked, quiet = (
        past.earned(frame["customer"].to_numpy(), frame["second"].to_numpy(), days)
        for frame in (found.asked, found.quiet)
    )
    log_ratio, pull = found.compare(asked, quiet).log_ratio()
    error = matched.error(pull)
    if not error > 0:
        return None
    low, high = matched.limits(-log_ratio, error)
    return Estimate(min(math.exp(-log_ratio), 1.0), min(low, 1.0), min(high, 1.0), found.n)


def shares(own: Estimate, seed: int) -> np.ndarray:
    """The own estimate of the share, and how it might have come out otherwise, on the scale of its logarithm."""
    spread = (math.log(own.high) - math.log(own.low)) / (2 * 1.96) if 0 < own.low < own.high else 0.0
    spread = max(spread, math.log(own.value / own.low) / 1.96 if 0 < own.low < own.value else 0.0)
    drawn = own.value * np.exp(np.random.default_rng(seed + 1).normal(0, spread, DRAWS))
    return np.append(own.value, np.minimum(drawn, 1.0))


def ends(draws: np.ndarray) -> tuple[float, float]:
    """The ends of the percentile interval of some draws."""
    low, high = np.quantile(draws, [(1 - estimates.LEVEL) / 2, (1 + estimates.LEVEL) / 2])
    return float(low), float(high)


def break_even(money: Money) -> Estimate:
    """The share that would have bought anyway at which the result is zero; below zero it never is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        draws = 1 - money.draws[:, 1] / money.draws[:, 0]
        value = 1 - money.sums[1] / money.sums[0] if money.sums[0] > 0 else np.nan
    known = np.isfinite(draws) & (money.draws[:, 0] > 0)
    low, high = ends(draws[known]) if known.any() else (float("nan"), float("nan"))
    return Estimate(float(value), low, high, int(known.sum()))
