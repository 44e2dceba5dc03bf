"""Which drop is the biggest: by number, by rate beside our own best group, by value? Three answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook import estimates, language
from csworkbook.events.proposed import role_of
from csworkbook.funnel.gaps import Gaps, gaps
from csworkbook.funnel.wording import many, said
from csworkbook.language import gettext as _
from csworkbook.order_value import of_order

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.events import Step
    from csworkbook.order_value import OrderValue

SHORTEST = 28  # days of events of which money is made that of a year


@dataclass(frozen=True, eq=False)
class Drops:
    """The step before which a funnel loses most, seen three ways.

    Attributes
    ----------
    whole : DataFrame
        step, before, entered, visitors, lost, step_rate: all groups together, from the second step on.
    found : Gaps or None
        Each step beside the best own group; None where there is nothing to split by.
    by : str or None
        The column of those groups.
    worth : OrderValue or None
        What an order brings.
    days : float
        The time the events span.
    per : str
        What is counted: ``"visitor"``, ``"session"`` or ``"customer"``.
    """

    whole: pd.DataFrame
    found: Gaps | None
    by: str | None
    worth: OrderValue | None
    days: float
    currency: str = "EUR"
    per: str = "visitor"

    @property
    def people(self) -> pd.Series | None:
        """The step before which most visitors are lost; None when nobody is."""
        lost = self.whole[self.whole["lost"] > 0]
        return None if lost.empty else lost.loc[lost["lost"].idxmax()]

    @property
    def rate(self) -> pd.Series | None:
        """The step that is furthest, in points, behind the own best group, of those that surely are; or None."""
        sure = None if self.found is None else self.found.sure
        return None if sure is None or sure.empty else sure.loc[sure["gap"].idxmax()]

    @property
    def value(self) -> pd.Series | None:
        """The step where doing as well as the best group would bring most at the end, of those surely behind; or None."""
        return None if self.found is None else self.found.first()

    @property
    def sentences(self) -> list[str]:
        """The three answers, each said as what it is."""
        return [one for one in (self._people(), self._rate(), self._value()) if one]

    def _people(self) -> str:
        row = self.people
        if row is None:
            return _("Nobody is lost on the way.")
        return _(
            "By number of {who}: most are lost between “{before}” and “{step}”, {lost} of {entered} ({share})."
        ).format(
            who=many(self.per),
            before=said(row["before"]),
            step=said(row["step"]),
            lost=language.number(row["lost"]),
            entered=language.number(row["entered"]),
            share=language.percent(row["lost"] / row["entered"]),
        )

    def _rate(self) -> str:
        row = self.rate
        if self.found is None or self.people is None:
            return ""
        if row is None:
            return _("By rate: no step stays surely behind your own best group.")
        far = self.furthest(row)
        return _(
            "By rate, beside your own best group: between “{before}” and “{step}” {share} of “{group}” come on, {best} of "
            "“{top}”."
        ).format(
            before=said(row["before"]),
            step=said(row["step"]),
            group=said(far["segment"]),
            share=language.percent(far["share"]),
            top=said(row["best"]),
            best=language.percent(self._best_rate(row)),
        )

    def furthest(self, row: pd.Series) -> pd.Series:
        """The group that leaves most to win at this step."""
        here = self.found.segments[self.found.segments["number"] == row["number"]]
        return here.loc[here["extra"].idxmax()]

    def _best_rate(self, row: pd.Series) -> float:
        here = self.found.segments[self.found.segments["number"] == row["number"]]
        return float(here.loc[here["segment"] == row["best"], "share"].iloc[0])

    def _value(self) -> str:
        row = self.value
        if row is None or row["extra_high"] < 0.5:
            return ""
        step = {"before": said(row["before"]), "step": said(row["step"])}
        if self.worth is not None and row["value"] == row["value"]:
            return _(
                "By value: between “{before}” and “{step}”; if all groups did as well there as the best, that would bring at "
                "most {value} a year ({low} to {high})."
            ).format(
                **step,
                value=self._money(row["value"]),
                low=self._money(row["value_low"]),
                high=self._money(row["value_high"]),
            )
        return _(
            "By result: between “{before}” and “{step}”; if all groups did as well there as the best, at most {n} more would "
            "reach “{end}” ({low} to {high}) in these {days} days."
        ).format(
            **step,
            end=said(self.whole["step"].iloc[-1]),
            n=language.number(row["extra_end"]),
            low=language.number(max(row["extra_low"], 0)),
            high=language.number(row["extra_high"]),
            days=language.number(max(self.days, 1)),
        )

    def _money(self, amount: float) -> str:
        return language.money(estimates.rough(max(amount, 0.0)), self.currency)


@dataclass(frozen=True, eq=False)
class Money:
    """What an order brings, or where that can be found: see `order_value.of_order`."""

    orders: pd.DataFrame | None = None
    margin: float = 0.35
    typed: float = 0.0
    currency: str = "EUR"

    def worth(
        self, since: pd.Timestamp | None = None, until: pd.Timestamp | None = None
    ) -> OrderValue | None:
        """What an order brings in this time; None where nothing tells."""
        return of_order(self.orders, margin=self.margin, since=since, until=until, typed=self.typed)


def drops(
    whole: pd.DataFrame,
    counts: pd.DataFrame,
    names: Sequence[str],
    *,
    by: str | None,
    worth: OrderValue | None,
    days: float,
    currency: str = "EUR",
    seed: int = 0,
    per: str = "visitor",
) -> Drops:
    """The three answers from the counts of a funnel.

    Parameters
    ----------
    whole : DataFrame
        step, visitors, step_rate, lost: the funnel of all groups together.
    counts : DataFrame
        by, level (the furthest step), units.
    worth : OrderValue, optional
        What an order brings; counts only from `SHORTEST` days of events.
    """
    table = whole.assign(before=whole["step"].shift(), entered=whole["visitors"].shift()).iloc[1:]
    worth = worth if days >= SHORTEST else None
    found = None
    if by is not None and len(names) > 1 and not counts.empty:
        found = gaps(counts, names, worth=worth, years=max(days, 1.0) / 365, seed=seed)
    return Drops(table, found, by, worth, days, currency, per)


def sells(step: Step) -> bool:
    """Whether a step is that of paying, so that money can be told.

    >>> from csworkbook.events import Step
    >>> sells(Step.of("purchase")), sells(Step.of("cart"))
    (True, False)
    """
    names = [str(name) for name in step.where.get("step", ())]
    return step.role == "paid" or (bool(names) and all(role_of(name) == "paid" for name in names))
