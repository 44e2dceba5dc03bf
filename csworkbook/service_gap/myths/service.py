"""Does service only cost money, or is more credited to it than it costs?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.repeats import duration
from csworkbook.results import Vocabulary, question
from csworkbook.service_gap.myths import credit, pictures
from csworkbook.service_gap.myths.costs import per_contact
from csworkbook.service_gap.myths.draws import by_customer, resampled
from csworkbook.service_gap.myths.history import by_order_only, found_in, history, identified, seconds
from csworkbook.service_gap.myths.verdicts import NOTHING, Sides, Tested, bounds
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

YEAR = 365.25  # days
_STEPS = np.linspace(0, 1, 21)  # the shares that are worked out for the picture and the table
_CLOSE = 0.1  # of the cost: a result to within this is close enough
_ASSUMED = 0.5  # would have bought anyway, where nothing tells: shown, but not judged by
_NAMED = 0.5  # of the contacts at least must name their customer


def _labels() -> dict[str, str]:
    return {
        "anyway": _("Would have bought anyway"),
        "within": _("Credited when bought within"),
        "margin": _("Gross margin"),
    }


def _choices() -> dict[tuple[str, object], str]:
    return {("anyway", None): _("from comparable customers")}


@question(mark("Does service only cost money?"), labels=_labels, choices=_choices)
def service_result(
    contacts: pd.DataFrame,
    orders: pd.DataFrame,
    channel_costs: pd.DataFrame | None = None,
    *,
    anyway: float | None = None,
    within: str = "14D",
    margin: float = 0.35,
    hourly_cost: float = 32.0,
    currency: str = "EUR",
    seed: int = 0,
) -> ServiceResult:
    """The fourth myth (handbook 1.3): customer service only costs money.

    An order is credited, with its margin, to the customer's last contact in the window before it. The
    result is what is credited, without the share that would have bought anyway, minus the cost of the
    same contacts; per year, with percentile intervals over resampled customers. Contacts whose window
    is not over yet, and those that name no customer, are left out. No verdict when more than half of the
    contacts name no customer (an order number alone is no name: only who has bought has one).

    Parameters
    ----------
    channel_costs : DataFrame, optional
        Cost per channel and month; handling minutes × hourly cost without (see `costs.per_contact`).
    anyway : float, optional
        The share (0–1) of what is credited that would have been bought without the contact; by default
        what comparable customers who were not in touch buy in the same window (see `leaving`). Where there
        are too few of them a half is shown, and the verdict is given only if it is the same at 0 and at 1.
    within : str
        A pandas duration, such as ``"14D"``.
    margin : float
        Share of revenue (0–1), for orders without a margin of their own.
    hourly_cost : float
        Money per hour, where the costs do not tell.

    Returns
    -------
    ServiceResult
        table: anyway (0–1), credited, cost, result, low, high (money per year). `estimate` is the result at
        the share chosen, `break_even` the share at which it is zero, `own_share` what comparable customers
        tell.

    Raises
    ------
    DataError
        When nothing tells the cost, no window is over, or these contacts span less than 28 days.
    SettingError
        When `anyway` is no share.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(service_result, anyway=0.5).verdict
    'supported'
    """
    require(contacts, "contacts")
    if anyway is not None and not 0 <= anyway <= 1:
        raise SettingError(
            _("The share that would have bought anyway cannot be that."), allowed=_("Allowed: 0 to 100%.")
        )
    days = duration(within).days
    past = history(orders, margin)
    contacts = contacts[contacts["opened_at"].notna()]
    found_in(past, contacts)
    cost, source = per_contact(contacts, channel_costs, hourly_cost)
    named, without = identified(contacts), by_order_only(contacts)
    unnamed = float((~named | without).mean())
    contacts, cost = contacts[named], cost[named]
    customer, second = past.of(contacts), seconds(contacts["opened_at"])
    inside, period = credit.inside(past, second, days)
    credited, count = credit.credited(past, customer, second, inside, days)
    own = credit.own_share(past, customer, second, days)
    parts = by_customer(customer[inside], np.column_stack([credited, cost])[inside])
    money = credit.Money(parts.sum(0), resampled(parts, seed=seed), YEAR / period)
    about = _About(
        days, source, count, len(parts), int((~inside).sum()), int((~named).sum()), period, unnamed
    )
    return _told(money, own, anyway, seed, currency, about)


@dataclass(frozen=True)
class _About:
    days: int = 14
    source: str = "costs"
    orders: int = 0
    people: int = 0
    open: int = 0
    unnamed: int = 0
    period: float = 0.0
    unnamed_share: float = 0.0


def _told(
    money: credit.Money, own: Estimate | None, anyway: float | None, seed: int, currency: str, about: _About
):
    share = anyway if anyway is not None else _ASSUMED if own is None else own.value
    unsure = credit.shares(own, seed) if anyway is None and own is not None else share
    rows = [_row(step, money) for step in np.unique(np.append(_STEPS, share))]
    value, draws = money.result(unsure)
    low, high = credit.ends(draws)
    estimate = Estimate(value, low, high, about.orders, "money", None, currency)
    enough = about.people >= SMALL and (about.orders >= SMALL or value < 0)
    both = _sides(estimate, draws) if enough and about.unnamed_share <= 1 - _NAMED else NOTHING
    if anyway is None and own is None and both is not NOTHING:
        both = _whatever(money, about.orders)
    return ServiceResult(
        pd.DataFrame(rows),
        estimate,
        both,
        share,
        anyway is not None,
        own,
        credit.break_even(money),
        currency,
        about,
    )


def _row(share: float, money: credit.Money) -> dict[str, float]:
    value, draws = money.result(share)
    low, high = credit.ends(draws)
    credited, cost = money.sums * money.a_year
    return {
        "anyway": share,
        "credited": credited * (1 - share),
        "cost": cost,
        "result": value,
        "low": low,
        "high": high,
    }


def _sides(estimate: Estimate, draws: np.ndarray) -> Sides:
    """A loss is for the myth, a profit against it."""
    loss = (1 + (draws >= 0).sum()) / (len(draws) + 1)
    profit = (1 + (draws <= 0).sum()) / (len(draws) + 1)
    return Sides(
        -estimate.value,
        -estimate.high,
        -estimate.low,
        0.0,
        float(min(2 * loss, 1)),
        float(min(2 * profit, 1)),
    )


def _whatever(money: credit.Money, orders: int) -> Sides:
    """The sides where nothing tells who would have bought anyway: only what holds at 0 and at 1 alike."""
    none, all_ = (_at(share, money, orders) for share in (0.0, 1.0))
    return none if none.verdict == all_.verdict else NOTHING


def _at(share: float, money: credit.Money, orders: int) -> Sides:
    value, draws = money.result(share)
    return _sides(Estimate(value, *credit.ends(draws), orders, "money"), draws)


@dataclass(frozen=True)
class ServiceResult(Tested):
    """What is credited to service minus what it costs, for every share that would have bought anyway."""

    anyway: float = _ASSUMED
    chosen: bool = False
    own_share: Estimate | None = None
    break_even: Estimate | None = None
    currency: str = "EUR"
    about: _About = field(default_factory=_About)
    myth: ClassVar[str] = "service_result"

    vocabulary: ClassVar[Vocabulary] = bounds("money")

    @property
    def counted(self) -> str:
        """What is counted: orders."""
        return _("credited orders")

    @property
    def needed(self) -> int:
        """How many credited orders would tell the result to within a tenth of the cost."""
        half, cost = (self.estimate.high - self.estimate.low) / 2, self.table["cost"][0]
        if self.about.orders < SMALL or not (half > 0 and cost > 0):
            return 10 * SMALL
        return max(SMALL, math.ceil(self.about.orders * (half / (_CLOSE * cost)) ** 2))

    @property
    def lacks(self) -> str:
        """Why more of the same contacts would not do for a verdict; empty where they would."""
        if self.about.unnamed_share > 1 - _NAMED:
            return _(
                "{share} of the contacts name no customer (an order number alone is no name: only who has bought has one). "
                "What followed on those cannot be credited, so there is not enough data for a verdict on the myth."
            ).format(share=language.percent(self.about.unnamed_share))
        if (
            self.about.people < SMALL
            or self.chosen
            or self.own_share is not None
            or self.sides is not NOTHING
        ):
            return ""
        return _(
            "Nobody can be compared, so nothing tells who would have bought anyway, and the verdict hangs on it: there is not "
            "enough data for a verdict on the myth."
        )

    @property
    def enough(self) -> int | None:
        """How many credited orders would do; None where more of them would not help."""
        return None if self.lacks else super().enough

    def judged(self) -> str:
        """The verdict as a sentence, or what it lacks."""
        return self.lacks or super().judged()

    def _money(self, amount: float) -> str:
        return language.money(estimates.rough(amount) if round(amount) else 0.0, self.currency)

    @property
    def text(self) -> str:
        """The result with its interval, the break-even share, whose estimate the share is, the verdict."""
        if self.about.people < SMALL:
            few = ngettext(
                "Only {n} customer was in touch: too few to say what service brings in a year.",
                "Only {n} customers were in touch: too few to say what service brings in a year.",
                self.about.people,
            )
            return few.format(n=self.about.people) + " " + self.judged()
        return " ".join([self._result(), self._even(), self.judged()])

    def _result(self) -> str:
        at = self.table.iloc[(self.table["anyway"] - self.anyway).abs().argmin()]
        said = _(
            "If {share} of what is credited would have been bought anyway ({whence}), {credited} a year stays credited to "
            "service, which costs {cost}: a result of {result} ({low} to {high})."
        )
        return said.format(
            share=language.percent(self.anyway), whence=self._whence(), credited=self._money(at["credited"]),
            cost=self._money(at["cost"]), result=self._money(self.estimate.value),
            low=self._money(self.estimate.low), high=self._money(self.estimate.high),
        )  # fmt: skip

    def _whence(self) -> str:
        if self.chosen:
            return _("your choice")
        if self.own_share is None:
            return _("an assumption: nobody can be compared")
        return _("as comparable customers do, {low} to {high}").format(
            low=language.percent(self.own_share.low), high=language.percent(self.own_share.high)
        )

    def _even(self) -> str:
        if not np.isfinite(self.break_even.value):
            return _(
                "Nothing is credited: no order with a margin follows a contact within {days} days."
            ).format(days=self.about.days)
        if self.break_even.value < 0 and self.break_even.high >= 0:
            return _(
                "Even if nobody would have bought anyway, it seems to cost more than is credited to it; that is not sure: it "
                "may also break even when up to {high} would have bought anyway."
            ).format(high=language.percent(self.break_even.high))
        if self.break_even.value < 0:
            return _("Even if nobody would have bought anyway, it costs more than is credited to it.")
        return _("It breaks even when {share} would have bought anyway ({low} to {high}).").format(
            share=language.percent(self.break_even.value), low=language.percent(max(self.break_even.low, 0.0)),
            high=language.percent(self.break_even.high),
        )  # fmt: skip

    @property
    def action(self) -> str:
        """What to do, given the verdict."""
        if self.verdict == "supported":
            return _(
                "Take away the reasons for contacts that a page could answer, and keep the time for advice before buying."
            )
        return _(
            "Do not cut service as if it were a cost only: first see after which contacts customers buy."
        )

    @property
    def value(self) -> Estimate | None:
        """What service brings a year, where that is surely more than it costs; not where it rests on a wish."""
        return self.estimate if self.verdict == "not supported" and not self.chosen else None

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the result rests on."""
        return (
            _("{share} of what is credited would have been bought anyway").format(
                share=language.percent(self.anyway)
            ),
            _("a year like the {days} days of these contacts").format(
                days=language.number(self.about.period)
            ),
            _("orders later than {days} days after a contact have nothing to do with it").format(
                days=self.about.days
            ),
        )

    @property
    def method(self) -> str:
        """What is credited, what it costs, whose the share is, what was left out."""
        costs = {
            "costs": _(
                "Cost = hours × hourly cost + fixed cost per channel, divided over its contacts; of the first and last month, "
                "the part that the contacts cover"
            ),
            "minutes": _("Cost = handling minutes × hourly cost"),
        }
        said = _(
            "Credited: the margin of {orders} orders, each to the customer's last contact in the {days} days before it; "
            "credited, not caused. {cost}. Left out: {open} contacts whose window is not over, or from before the first "
            "order, and {unnamed} that name no customer (their cost too). Interval: 95%, over resampled customers. It "
            "assumes: {list}."
        ).format(
            orders=language.number(self.about.orders), days=self.about.days, cost=costs[self.about.source],
            open=language.number(self.about.open), unnamed=language.number(self.about.unnamed),
            list=language.join(list(self.assumptions)),
        )  # fmt: skip
        return said + self._alike()

    def _alike(self) -> str:
        if self.own_share is None:
            return ""
        return " " + _(
            "Comparable customers, not in touch, with as many orders, as long ago and in the same month, buy {share} of what "
            "is bought after a contact (n = {n}); those without an order before are taken to be "
            "alike. Who asks because he is about to buy is not recognised, so the real share "
            "may be higher."
        ).format(share=language.percent(self.own_share.value), n=language.number(self.own_share.n))

    def plot(self) -> go.Figure:
        """The result for every share that would have bought anyway, with its band, zero and break-even."""
        return pictures.line(
            self.table, self.break_even, None if self.chosen else self.own_share, self.estimate, self.anyway
        )
