"""Who answered: how many of those asked, and are they like all customers?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.effort.answers import same_customers
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, question, word
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go


@question(mark("Who answered, and are they like all customers?"))
def response(
    effort_survey: pd.DataFrame, orders: pd.DataFrame, *, invitations: int | None = None
) -> Response:
    """The response rate, and whether responders differ from the customers of the same period.

    Customers are those who ordered between 60 days before the first answer and the last answer.
    Compared are the share of returning customers, orders and revenue per customer up to the last
    answer, and the shares of every device and channel in the orders (largest first, five at most).

    Parameters
    ----------
    invitations : int, optional
        How many were asked; the customers of the period by default (0 counts as not given).

    Returns
    -------
    Response
        table: trait, responders, customers, difference (standardised: in standard deviations of all
        customers), low, high, n, p (Holm), verdict. `rate` is the response rate.

    Raises
    ------
    DataError
        When no respondent can be found in the orders.
    """
    require(effort_survey, "effort_survey")
    require(orders, "orders")
    known = _customers(effort_survey, orders)
    if not known["responder"].any():
        raise DataError(
            _("None of the people who answered can be found in the orders."),
            allowed=_("The survey needs a customer number or e-mail address that the orders have too."),
            next_step=_("Map that column on this page, for both files."),
        )
    rate = _rate(len(effort_survey), invitations or None, known)
    table = pd.DataFrame([_row(trait, known) for trait in known.columns.drop("responder")])
    table["p"] = estimates.adjust(table["p"])
    table["verdict"] = np.where(table["p"] < 1 - estimates.LEVEL, "yes", "cannot tell yet")
    return Response(table, rate, int(known["responder"].sum()), bool(invitations))


def _rate(answers: int, invitations: int | None, known: pd.DataFrame) -> Estimate:
    if invitations is None:
        return estimates.share(known["responder"].sum(), len(known))
    if invitations < answers:
        raise SettingError(
            _("{asked} invitations cannot have given {answers} answers.").format(
                asked=invitations, answers=answers
            ),
            allowed=_("At least as many invitations as answers."),
        )
    return estimates.share(answers, invitations)


def _customers(survey: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """One row per customer of the period: whether he answered, and his traits as numbers."""
    first, last = survey["answered_at"].min() - pd.Timedelta(days=60), survey["answered_at"].max()
    answered, customer = _ids(survey, orders)
    until = orders.assign(customer=customer)[(orders["ordered_at"] <= last).to_numpy() & (customer >= 0)]
    grouped = until.groupby("customer")
    traits = pd.DataFrame({"orders": grouped.size().astype(float), "revenue": grouped["revenue"].sum()})
    traits["returning"] = (traits["orders"] > 1).astype(float)
    for column in ("device", "channel"):
        if column in until:
            traits = traits.join(_habits(until, column))
    recent = traits[grouped["ordered_at"].max() >= first]
    return recent.assign(responder=recent.index.isin(answered))


def _ids(survey: pd.DataFrame, orders: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    if "customer_id" not in survey:
        return np.array([]), same_customers(orders.head(0), orders)[1]
    answered, customer = same_customers(survey, orders)
    return answered[answered >= 0], customer


def _habits(orders: pd.DataFrame, column: str) -> pd.DataFrame:
    """Per customer, the share of orders with each of the five commonest values of a column."""
    common = orders[column].value_counts().index[:5]
    return pd.DataFrame({str(v): (orders[column] == v).groupby(orders["customer"]).mean() for v in common})


def _row(trait: str, known: pd.DataFrame) -> dict[str, object]:
    values, spread = known[trait], known[trait].std() or np.nan
    mine, others = values[known["responder"]], values[~known["responder"]]
    apart = estimates.mean_difference(mine / spread, others / spread)
    row = {"trait": trait, "responders": mine.mean(), "customers": values.mean(), "difference": apart.value}
    return {
        **row,
        "low": apart.low,
        "high": apart.high,
        "n": len(mine),
        "p": np.nan if apart.p is None else apart.p,
    }


@dataclass(frozen=True)
class Response(Result):
    """Response rate and how responders differ."""

    rate: Estimate | None = None
    matched: int = 0
    asked: bool = False
    shown: ClassVar[tuple[str, ...]] = ("trait", "responders", "customers", "p", "verdict")

    def cells(self) -> list[list[str]]:
        """The shown cells; shares of orders as percentages, the other traits as numbers."""
        rows = super().cells()
        for row, (_index, trait) in zip(rows, self.table.iterrows(), strict=True):
            if trait["trait"] not in ("orders", "revenue"):
                row[1:3] = [language.percent(trait["responders"]), language.percent(trait["customers"])]
        return rows

    @property
    def text(self) -> str:
        """The rate, who found, and in what they differ."""
        whom = _("of those asked") if self.asked else _("of the customers of that period")
        said = _("{rate} {whom} answered; {n} of them were found in the orders.").format(
            rate=language.percent(self.rate.value), whom=whom, n=language.number(self.matched)
        )
        sure = self.table[self.table["verdict"] == "yes"]
        if sure.empty:
            return f"{said} " + _(
                "In what can be compared, no difference was found that chance could not make."
            )
        traits = language.join([str(word(trait)) for trait in sure["trait"]])
        return f"{said} " + _("They differ in: {traits}. Read the shares with that in mind.").format(
            traits=traits
        )

    @property
    def method(self) -> str:
        """Who is compared and how."""
        return _(
            "Differences between responders and the others in standard deviations, Welch's interval, corrected for "
            "{n} traits (Holm). What people think who never answer, no comparison can show."
        ).format(n=len(self.table))

    def plot(self) -> go.Figure:
        """Standardised differences with whiskers; zero means alike."""
        figure = figures.dots(self.table, label="trait", value="difference")
        figure.add_vline(x=0, line={"color": figures.SOFT})
        figure.update_xaxes(tickformat=",.1f", title=_("in standard deviations"))
        return figure
