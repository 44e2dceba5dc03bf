"""What does answering in time go with: how much more often do customers buy again?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.language import gettext as _
from csworkbook.repeats import known_customers
from csworkbook.service_gap import worth


@dataclass(frozen=True, eq=False)
class Benefit:
    """What one more contact answered in time goes with, and what that could bring in a year.

    Attributes
    ----------
    difference : Estimate
        Buying again after an answer in time minus after a late one, in points.
    customers : float
        Known customers in touch, a year.
    each : Worth
        The margin of a customer a year.
    days : int
        What the contacts span, 365 at most; of fewer than `worth.WHOLE` the customers are those seen.
    """

    difference: Estimate
    customers: float
    each: worth.Worth
    draws: np.ndarray
    days: int = 365

    @property
    def short(self) -> bool:
        """Whether contacts or orders span less than a year, so that a year brings more than this."""
        return self.each.short or self.days < worth.WHOLE

    @property
    def caveat(self) -> str:
        """What is not counted over a year; empty where all is."""
        seen = _(
            "Customers in touch are those of the {days} days of your contacts; of a whole year there would be more."
        ).format(days=language.number(self.days))
        return " ".join(filter(None, [self.each.caveat, seen if self.days < worth.WHOLE else ""]))

    def of(self, more: float) -> tuple[float, float]:
        """From and to, money a year, when the share answered in time grows by `more` (−1 to 1)."""
        low, high = np.quantile(more * self.draws, [0.025, 0.975])
        return float(low), float(high)


def benefit(
    contacts: pd.DataFrame,
    orders: pd.DataFrame | None,
    in_time: np.ndarray,
    *,
    within: pd.Timedelta,
    margin: float,
    typed: float = 0.0,
    seed: int = 0,
) -> Benefit | None:
    """The difference in buying again, times the customers in touch, times what a customer brings.

    None without orders, or with fewer than 30 contacts on either side whose window is over.
    """
    each = worth.of_customers(orders, margin, typed=typed, seed=seed)
    if orders is None or each is None:
        return None
    difference, error = buying_again(contacts, orders, in_time, within=within)
    if difference is None:
        return None
    first, last = worth.span_of(contacts)
    who = known_customers(contacts)
    known = who.notna()
    people, years = worth.people_a_year(who[known], contacts["opened_at"][known], first=first, last=last)
    rng = np.random.default_rng(seed + 1)
    customers = rng.gamma(people + 0.5, 1 / years, worth.DRAWS)
    draws = rng.normal(difference.value, error, worth.DRAWS) * customers * rng.permutation(each.draws)
    days = int(min((last - first) / pd.Timedelta(days=1), 365))
    return Benefit(difference, people / years, each, draws, days)


def buying_again(
    contacts: pd.DataFrame, orders: pd.DataFrame, in_time: np.ndarray, *, within: pd.Timedelta
) -> tuple[Estimate | None, float]:
    """Buying again within the window: after an answer in time minus after a late one, like with like.

    Compared are contacts of the same channel and stage, of customers who had, or had not, ordered
    before: the mean of the differences within those groups (ordinary least squares), with errors
    clustered by customer. Windows that reach past the last order, or begin before the first one,
    are left out: in them nobody can be seen to buy.

    Returns
    -------
    (Estimate or None, float)
        The difference in points and its standard error; None when there are fewer than 30 on a side.
    """
    told = _told(contacts, orders, in_time, within)
    sides = told["in_time"].value_counts()
    if min(sides.get(0.0, 0), sides.get(1.0, 0)) < SMALL:
        return None, np.nan
    apart = told[["bought", "in_time"]] - told.groupby("like")[["bought", "in_time"]].transform("mean")
    if apart["in_time"].abs().max() < 1e-9:
        return None, np.nan
    from statsmodels.regression.linear_model import OLS

    fit = OLS(apart["bought"].to_numpy(), apart[["in_time"]].to_numpy()).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(told["who"])[0]}
    )
    value, error = float(fit.params[0]), float(fit.bse[0])
    p = float(fit.pvalues[0])
    return Estimate(value, value - 1.96 * error, value + 1.96 * error, len(told), "points", p), error


def _told(contacts, orders, in_time: np.ndarray, within: pd.Timedelta) -> pd.DataFrame:
    """Contacts that can be told: who, in_time, bought (1, 0), like (the group compared within)."""
    told = pd.DataFrame(
        {
            "who": known_customers(contacts),
            "at": contacts["opened_at"].dt.as_unit("ns"),
            "channel": contacts["channel"].astype("object"),
        }
    )
    told["stage"] = contacts["stage"].astype("object").fillna("") if "stage" in contacts else ""
    told = told.assign(in_time=in_time).dropna().sort_values("at", kind="stable")
    ordered = orders["ordered_at"].dt.as_unit("ns")  # as the contacts, or pandas does not merge them
    bought = pd.DataFrame({"who": known_customers(orders), "ordered": ordered}).dropna()
    bought = bought.sort_values("ordered", kind="stable")
    if bought.empty:
        return told.head(0).assign(bought=0.0, like=0)
    seen = (told["at"] >= bought["ordered"].min()) & (told["at"] + within <= bought["ordered"].max())
    told = told[seen]
    both = {"left_on": "at", "right_on": "ordered", "by": "who"}
    after = pd.merge_asof(told, bought, direction="forward", allow_exact_matches=False, **both)["ordered"]
    before = pd.merge_asof(told, bought, direction="backward", **both)["ordered"]
    told = told.reset_index(drop=True)
    told["bought"] = (after - told["at"] <= within).astype(float)
    return told.assign(like=told.groupby(["channel", "stage", before.notna()], sort=False).ngroup())
