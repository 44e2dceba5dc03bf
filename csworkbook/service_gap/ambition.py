"""Which service can we afford: what does a level cost, and what can it bring?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import SettingError
from csworkbook.estimates import Estimate, rough
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary, question
from csworkbook.service_gap import balance, demand, targets, worth
from csworkbook.service_gap.benefit import Benefit, benefit
from csworkbook.service_gap.levels import BEYOND, VOCABULARY, Costs, beside_today, levels
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CHAPTER = "01_service_gap"


@question(
    mark("Which service can we afford, and which pays?"), labels=targets.labels, choices=targets.choices
)
def ambition(
    contacts: pd.DataFrame,
    orders: pd.DataFrame | None = None,
    *,
    hourly_cost: float = 32.0,
    opening_hours: Mapping[str, str],
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
    margin: float = 0.35,
    currency: str = "EUR",
    opening: str = "now",
    phone: float = 30,
    chat: float = 20,
    social: float = 60,
    email: float = 24,
    extras: float = 0.0,
    other_work: float = 0.5,
    minutes: float = 0.0,
    value_per_customer: float = 0.0,
    within: str = "90D",
    seed: int = 0,
) -> Ambition:
    """What answering more contacts in time costs a year, beside what it can bring (handbook 1.3 and 1.4).

    Cost: own arrivals of the last 365 days. Telephone and chat are answered by one team, at least one
    person in every open hour, as many as Erlang's formula asks for; letters are answered in order of
    arrival, between the calls where there is time. A level is the share answered in time of all that
    can be, within the opening hours. What it can bring: the difference in buying again that goes with
    an answer in time (own data) × customers in touch × margin of a customer a year; nothing more for
    doing better than promised, because meeting expectations already earns that loyalty (handbook 1.3).

    Parameters
    ----------
    hourly_cost : float
        Money per hour of service.
    opening_hours, zone, country
        As in the settings of the shop; public holidays of the country are closed.
    opening : str
        "now", "evenings" (weekdays until 21:00), "weekend" (10:00–17:00 where closed) or "always".
    phone, chat, social, email : float
        Reply targets by the clock: seconds, seconds, minutes, hours (all other letters too).
    extras : float
        What an extra costs per order, money.
    other_work : float
        The share of the time on duty without a contact that goes to other work, 0–1.
    minutes, value_per_customer : float
        Work per contact and yearly margin of a customer (0 = from own data).
    within : str
        The window for buying again, a pandas duration.

    Returns
    -------
    Ambition
        table: level ("today", a share, "faster" or "extra"), kept (share of all contacts answered in
        time, 0–1), hours (on duty, a week), cost and extra (money a year; extra is beside today),
        value_low, value_high (what it can bring a year, beside today), verdict (pays: yes, no,
        cannot tell yet).

    Raises
    ------
    DataError
        When the contacts span less than four weeks, or say nothing about how long they took.
    SettingError
        When a target, an amount or the opening hours cannot be.
    """
    require(contacts, "contacts")
    limits = demand.Limits(phone, chat, social, email)
    _require(limits, hourly_cost, extras, other_work, opening_hours, opening)
    asked = demand.of(contacts, limits, zone=zone, country=country, minutes=minutes)
    now = (
        asked.within(demand.opened(opening_hours, "now"), limits)
        if demand.opened(opening_hours, "now")
        else None
    )
    later = demand.opened(opening_hours, opening)
    then = now if opening == "now" else asked.within(later, limits, holidays=opening != "always")
    fast = asked.within(later, limits.times(0.5), holidays=opening != "always")
    costs = Costs(asked.weeks, hourly_cost, other_work)
    gain = benefit(
        contacts, orders, demand.in_time(contacts, limits), within=duration(within), margin=margin,
        typed=value_per_customer, seed=seed,
    )  # fmt: skip
    table = beside_today(levels(asked, now, then, fast, costs, extras * worth.orders_a_year(orders)), gain)
    terms = Terms(hourly_cost, other_work, duration(within).days, extras, opening, margin)
    return Ambition(table, gain, terms, len(asked.contacts), asked.untold, currency, asked.unrecorded)


def _require(limits, hourly_cost, extras, other_work, opening_hours, opening) -> None:
    amounts = (limits.phone, limits.chat, limits.social, limits.email, hourly_cost, extras)
    if not all(math.isfinite(amount) and amount >= 0 for amount in amounts):
        raise SettingError(_("Targets and amounts must be numbers that are not below zero."))
    if not 0 <= other_work <= 1:
        raise SettingError(
            _("The part of the waiting time for other work cannot be that."), allowed=_("Allowed: 0 to 100%.")
        )
    if not demand.opened(opening_hours, opening):
        raise SettingError(
            _("This shop has no opening hours."),
            next_step=_("Fill them in with the settings of the shop, or choose “round the clock”."),
        )


@dataclass(frozen=True)
class Terms:
    """What the user set."""

    hourly_cost: float = 32.0
    other_work: float = 0.5
    days: int = 90
    extras: float = 0.0
    opening: str = "now"
    margin: float = 0.35


@dataclass(frozen=True)
class Ambition(Result):
    """Levels of service: what each costs, and what it can bring beside today."""

    gain: Benefit | None = None
    terms: Terms = Terms()
    n: int = 0
    untold: int = 0
    currency: str = "EUR"
    unrecorded: tuple[str, ...] = ()
    shown: ClassVar[tuple[str, ...]] = (
        "level", "kept", "hours", "cost", "extra", "value_low", "value_high", "verdict",
    )  # fmt: skip
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @property
    def rows(self) -> pd.DataFrame:
        """The table by level."""
        return self.table.set_index("level")

    @property
    def ladder(self) -> pd.DataFrame:
        """Today's level and the shares above it, in rising order of what is kept."""
        rows = self.table[~self.table["level"].isin(["faster", "extra"])]
        if "today" not in self.rows.index:
            return rows
        rows = rows[(rows["kept"] > self.rows.loc["today", "kept"]) | (rows["level"] == "today")]
        return rows.sort_values("kept", kind="stable").reset_index(drop=True)

    @property
    def turn(self) -> str | None:
        """The first level above today whose last step costs more than it can bring at best; None for none.

        None also where a year brings more than was counted.
        """
        steps = self.ladder[["cost", "value_high"]].diff()
        dear = self.ladder["level"][steps["cost"] > steps["value_high"].clip(lower=0)]
        return None if dear.empty or self.gain is None or self.gain.short else str(dear.iloc[0])

    @property
    def text(self) -> str:
        """Today, one step up, where it no longer pays, and what the benefit rests on."""
        if "today" not in self.rows.index:
            row = self.rows.loc["0.8"]
            return _(
                "Answering {level} of all contacts in time takes {hours} hours on duty a week and costs {cost} a year. "
                "Your contacts do not say how many you answer in time today, so what it can bring cannot be told."
            ).format(
                level=self._level("0.8"), hours=language.number(row["hours"]), cost=self._money(row["cost"])
            )
        return " ".join(
            filter(
                None,
                [self._turning, self._today, self._better if self.terms.extras else self._rests, self._short],
            )
        )

    def _level(self, level: str, decimals: int = 0) -> str:
        """A level as the share of all contacts that is answered in time, as in the column `kept`."""
        return language.percent(self.rows.loc[level, "kept"], decimals)

    @property
    def _short(self) -> str:
        return self.gain.caveat if self.gain is not None else ""

    def _money(self, amount: float) -> str:
        return language.money(rough(amount) if amount else 0.0, self.currency)

    @property
    def _today(self) -> str:
        now = _("Today {share} of all contacts are answered within these targets.")
        if self.unrecorded:
            now = _(
                "Today {share} of all contacts are answered within these targets, leaving out {channels}, where no "
                "reply is on record."
            )
        named = language.join([str(self.vocabulary.word(one)).lower() for one in self.unrecorded])
        now = now.format(share=self._level("today"), channels=named)
        if len(self.ladder) < 2:
            return now
        place = self.ladder["level"].tolist().index(self.turn) if self.turn else 1
        here, step = self.ladder.iloc[place - 1], self.ladder.iloc[place]
        amounts = step[["cost", "value_low", "value_high"]] - here[["cost", "value_low", "value_high"]]
        return f"{now} {self._stepping(str(here['level']), str(step['level']), amounts)}"

    def _stepping(self, here: str, there: str, amounts: pd.Series) -> str:
        """What one step up costs and can bring."""
        if round(amounts["cost"]) <= 0:
            said = _("The step from {here} to {there} of all contacts takes no more hours, on paper.")
        elif self.gain is None:
            said = _("The step from {here} to {there} of all contacts costs {cost} a year.")
        else:
            said = _(
                "The step from {here} to {there} of all contacts costs {cost} a year, and can bring {low} to {high}."
            )
        cost, low, high = (self._money(amount) for amount in amounts)
        decimals = int(self._level(here) == self._level(there))
        names = {"here": self._level(here, decimals), "there": self._level(there, decimals)}
        return said.format(**names, cost=cost, low=low, high=high)

    @property
    def _turning(self) -> str:
        if self.gain is None:
            return _(
                "What answering more contacts in time brings cannot be told yet: that takes more orders."
            )
        if self.turn is not None:
            if self._last_paying != "today":
                return _(
                    "Answering more than {level} of all contacts in time costs more than it can bring, even at best."
                ).format(level=self._level(self._last_paying))
            if self.terms.opening != "now":
                return _("With these opening hours every level costs more than it can bring, even at best.")
            return _("Answering more contacts in time than today costs more than it can bring, even at best.")
        if (self.ladder["verdict"].iloc[1:] == "yes").any():
            return _(
                "Answering more contacts in time brings more than it costs, if that is why customers buy again."
            )
        return _("Whether answering more contacts in time pays cannot be told yet.")

    @property
    def _rests(self) -> str:
        if self.gain is None:
            return ""
        if self.gain.difference.low <= 0 <= self.gain.difference.high:
            said = _(
                "Whether customers buy again more often after an answer in time cannot be told: {difference}."
            )
        elif self.gain.difference.low > 0:
            said = _(
                "After an answer in time customers buy again more often: {difference}. It goes with it; that it is why, "
                "this cannot show."
            )
        else:
            said = _("After an answer in time customers buy again less often here: {difference}.")
        return said.format(difference=self.gain.difference)

    @property
    def _better(self) -> str:
        level = "extra" if "extra" in self.rows.index else "faster"
        dearer = self.rows.loc[level, "cost"] - self.rows.loc[f"{BEYOND:g}", "cost"]
        name = _("{share}, in half the time") if level == "faster" else _("{share}, with the extra")
        return _(
            "Doing better than promised ({level}) costs {cost} a year more, and is not known to bring more."
        ).format(level=name.format(share=self._level(level)), cost=self._money(max(dearer, 0.0)))

    @property
    def method(self) -> str:
        """How hours, costs and benefit are worked out, and what they assume."""
        said = _(
            "From {n} contacts of the last year, as they came per hour of the week. Telephone and chat: one team, one "
            "conversation at a time, at least one person in every open hour, Erlang C, nobody gives up. Messages: in order "
            "of arrival, between the calls, targets by the clock. Of the time on duty without a contact {other} goes to "
            "other work; an hour costs {cost}."
        ).format(
            n=language.number(self.n),
            other=language.percent(self.terms.other_work),
            cost=language.money(self.terms.hourly_cost, self.currency, 2),
        )
        unseen = _("Who would call in hours that are closed now, your data cannot tell.")
        rests = self._rests if self.terms.extras else ""
        return " ".join(filter(None, [said, unseen, self._not_told, self._gain_method, self._short, rests]))

    @property
    def _not_told(self) -> str:
        if not self.untold:
            return ""
        return ngettext(
            "Of {n} contact it cannot be told whether it was answered in time; it counts as the others.",
            "Of {n} contacts it cannot be told whether they were answered in time; they count as the others.",
            self.untold,
        ).format(n=language.number(self.untold))

    @property
    def _gain_method(self) -> str:
        if self.gain is None:
            return ""
        return _(
            "Can bring = more contacts answered in time × difference in buying again within {days} days (same channel and "
            "stage, ordered before or not) × {customers} customers in touch a year × {worth} margin per customer a year "
            "(that of the orders where it is filled in, else {margin} of the revenue; less that on what was paid back, as far "
            "as the orders tell it); 95% ranges. Left out: contacts "
            "before the first order, or whose window is not over. Better than promised counts as no more than meeting it "
            "(handbook 1.3)."
        ).format(
            margin=language.percent(self.terms.margin),
            days=self.terms.days,
            customers=language.number(self.gain.customers),
            worth=language.money(self.gain.each.value, self.currency),
        )

    def plot(self) -> go.Figure:
        """Extra cost as a line, what it can bring as a band, level by level."""
        return balance.draw(self)

    def findings(self) -> list[Finding]:
        """Where more no longer pays; or that there are too few data to say."""
        if self.gain is None or "today" not in self.rows.index:
            return [
                Finding(
                    _CHAPTER,
                    _("What answering in time brings cannot be told yet."),
                    enough=estimates.needed(),
                )
            ]
        action = (
            _(
                "Promise no more than {level} of all contacts in time, and put what is left into mending what customers "
                "ask about."
            ).format(level=self._level(self._last_paying))
            if self.turn
            else _("Answer more contacts in time, step by step, and measure whether customers come back.")
        )
        return [
            Finding(_CHAPTER, self._turning, self.gain.difference, None, action, self._value, self._assumed)
        ]

    @property
    def _last_paying(self) -> str:
        steps = self.ladder["level"].tolist()
        return steps[max(steps.index(self.turn) - 1, 0)] if self.turn else steps[-1]

    @property
    def _value(self) -> Estimate | None:
        """What the last level that can pay brings beside today, its cost taken off."""
        row = self.rows.loc[self._last_paying]
        if self._last_paying == "today":
            return None
        low, high = row["value_low"] - row["extra"], row["value_high"] - row["extra"]
        n = self.gain.difference.n
        return Estimate((low + high) / 2, low, high, n, "money", None, self.currency)

    @property
    def _assumed(self) -> tuple[str, ...]:
        return (
            _("answering in time is why they buy again"),
            _("a customer who buys again brings what customers bring on average"),
            _("{share} of the waiting time goes to other work").format(
                share=language.percent(self.terms.other_work)
            ),
        )
