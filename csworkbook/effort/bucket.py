"""Is the bucket filling or leaking: how many customers come in and go out, per month?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.effort.answers import CHAPTER
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.repeats import duration, known_customers
from csworkbook.results import Result, question
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go


_LEAST_SILENCE = pd.Timedelta(days=28)  # below a month, most who lapse were never active at its start


@question(mark("Is the bucket filling or leaking?"))
def leaking_bucket(orders: pd.DataFrame, *, silence: str = "180D") -> LeakingBucket:
    """Customers in and out per month (the handbook's leaking bucket, 3.1).

    A customer comes in with the first order, is out (lapsed) on the day `silence` has passed since
    the last one, and comes back with a later order. Months before the first customer could have
    lapsed, and a month that is not over yet, are left out.

    Parameters
    ----------
    silence : str
        A pandas duration without orders after which a customer counts as lapsed.

    Returns
    -------
    LeakingBucket
        table: month, new, returned, lapsed, active (at the start of the month), rate (lapsed ÷
        active), low, high (Wilson).
    """
    require(orders, "orders")
    gap = duration(silence)
    if gap < _LEAST_SILENCE:
        raise SettingError(
            _("After {days} days without an order nobody can be called lapsed.").format(days=gap.days),
            allowed=_("At least {days} days.").format(days=_LEAST_SILENCE.days),
        )
    if orders["ordered_at"].notna().sum() == 0:
        raise _too_short(gap)
    moves = _moves(orders, gap)
    first, last = orders["ordered_at"].min().tz_localize(None), orders["ordered_at"].max().tz_localize(None)
    counted = moves.groupby(["month", "move"]).size().unstack(fill_value=0)
    counted = counted.reindex(pd.date_range(first.normalize().replace(day=1), last, freq="MS"), fill_value=0)
    counted = counted.reindex(columns=["new", "returned", "lapsed"], fill_value=0).rename_axis(
        index="month", columns=None
    )
    counted["active"] = (
        (counted["new"] + counted["returned"] - counted["lapsed"]).cumsum().shift(fill_value=0)
    )
    over = counted.index + pd.offsets.MonthBegin(1) <= last + pd.Timedelta(days=1)
    table = counted[over & (counted.index >= first + gap)].reset_index()
    if table.empty:
        raise _too_short(gap)
    table["rate"] = table["lapsed"] / table["active"].where(table["active"] > 0)
    table["low"], table["high"] = estimates.shares(table[["lapsed", "active"]].min(axis=1), table["active"])
    return LeakingBucket(table, gap.days)


def _too_short(gap: pd.Timedelta) -> DataError:
    return DataError(
        _("The orders span too little time to see customers lapse after {days} days.").format(days=gap.days),
        next_step=_("Bring orders of at least {days} days, or choose a shorter silence.").format(
            days=gap.days + 62
        ),
    )


def _moves(orders: pd.DataFrame, gap: pd.Timedelta) -> pd.DataFrame:
    """One row per customer coming in, lapsing or coming back, with its month."""
    known = orders[["ordered_at"]].assign(customer_id=known_customers(orders)).dropna()
    known = known.assign(customer=pd.factorize(known["customer_id"])[0]).sort_values(
        ["customer", "ordered_at"]
    )
    at, by = known["ordered_at"].dt.tz_localize(None), known["customer"]
    first = by != by.shift()
    silent = (at.shift(-1) - at > gap) | (by != by.shift(-1))
    back = ~first & (at - at.shift() > gap)
    over = at + gap <= at.max()
    times = {"new": at[first], "returned": at[back], "lapsed": (at + gap)[silent & over]}
    moves = pd.concat([pd.DataFrame({"at": t, "move": move}) for move, t in times.items()])
    return moves.assign(month=moves["at"].dt.to_period("M").dt.to_timestamp())


@dataclass(frozen=True)
class LeakingBucket(Result):
    """Customers in and out per month."""

    days: int = 180

    @property
    def churn(self) -> Estimate:
        """Share of active customers that lapses in a month: the mean of the months, n the months.

        The interval is that of months, not of customers: the same customers are counted month after
        month, and seasons make months differ more than chance among customers would.
        """
        months = estimates.mean(self.table["rate"], "share")
        return replace(months, low=max(months.low, 0.0), high=min(months.high, 1.0))

    @property
    def text(self) -> str:
        """In against out, and the share that lapses."""
        came = int(self.table[["new", "returned"]].sum().sum())
        left = int(self.table["lapsed"].sum())
        said = _("In {months} months {came} customers came in (or back) and {left} lapsed.").format(
            months=len(self.table), came=language.number(came), left=language.number(left)
        )
        level = (
            _("The bucket leaks faster than it fills.")
            if left > came
            else _("The bucket fills faster than it leaks.")
        )
        rate = _("Of the active customers {churn} lapse in a month.").format(
            churn=language.percent(self.churn.value, 1)
        )
        return f"{said} {level} {rate}"

    @property
    def method(self) -> str:
        """Definitions and what was left out."""
        return _(
            "Lapsed = {days} days without an order, counted on the day that is complete. Left out: months before the "
            "first customer could have lapsed and a month that is not over. Many lapsed customers may still come back."
        ).format(days=self.days)

    def plot(self) -> go.Figure:
        """In above the line, out below it."""
        up = {"new": figures.ANSWERS[1], "returned": figures.QUIET}
        return figures.in_and_out(self.table, when="month", up=up, down={"lapsed": figures.ALERT})

    def findings(self) -> list[Finding]:
        """The monthly share that lapses, or that there are too few customers."""
        if self.table["active"].sum() < estimates.SMALL:
            few = _("There are too few customers to say how many lapse.")
            return [Finding(CHAPTER, few, enough=estimates.needed())]
        headline = _("{share} of active customers lapse every month.").format(
            share=language.percent(self.churn.value, 1)
        )
        return [
            Finding(
                CHAPTER,
                headline,
                self.churn,
                "churn-profit",
                _("Stop the leak before filling the bucket: mend the hardest stage first."),
            )
        ]
