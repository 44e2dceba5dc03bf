"""The plan of a week: the schedule, what it costs, what it reaches, and what else would do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import figures, language
from csworkbook.estimates import Estimate, rough
from csworkbook.findings import Finding
from csworkbook.hours import holidays_of
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary, word
from csworkbook.settings import WEEK
from csworkbook.staffing import plan_words, staffing_words
from csworkbook.staffing.crew import Crew, groups, half_hours, slots

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "09_channels"
_HALF = pd.Timedelta(minutes=30)


@dataclass(frozen=True)
class Terms:
    """What the user set, and whether the patience comes from own contacts."""

    hourly_cost: float = 32.0
    currency: str = "EUR"
    shrinkage: float = 0.3
    other_work: float = 0.5
    own_patience: bool = True
    always_open: bool = False
    young: tuple[str, ...] = ()


def planned(
    crew: Crew, monday: pd.Timestamp, zone: str, country: str, terms: Terms, work: pd.DataFrame, seed: int
) -> Plan:
    """The plan of this crew in the week that begins on that Monday."""
    wall = monday + np.arange(336) * _HALF
    starts = pd.DatetimeIndex(wall).tz_localize(
        zone, ambiguous=np.ones(336, bool), nonexistent="shift_forward"
    )
    rng = np.random.default_rng(seed)
    drawn = crew.drawn(rng)
    apart = groups(crew) if len(groups(crew)) > 1 else []
    apart_drawn = sum((one.drawn(rng) for one in apart), np.zeros(1))
    closed = holidays_of(country, monday.date(), (monday + pd.Timedelta(days=6)).date())
    return Plan(
        _schedule(crew), crew, monday, starts, drawn, apart, apart_drawn, terms, work, tuple(closed.values())
    )


def _schedule(crew: Crew) -> pd.DataFrame:
    """Half hours of the day × weekdays: whole people, empty where closed."""
    people = np.where(crew.open > 0, crew.people, np.nan).reshape(7, 48)
    rows = np.flatnonzero((~np.isnan(people)).any(axis=0))
    rows = np.arange(rows.min(), rows.max() + 1) if len(rows) else rows
    table = pd.DataFrame({"time": [_time(row) for row in rows]})
    for day, name in enumerate(WEEK):
        if (~np.isnan(people[day])).any():
            table[name] = pd.array(people[day, rows], dtype="Float64").astype("Int64")
    return table


def _width(draws: np.ndarray) -> float:
    """The width of a 95 % range beside its middle."""
    low, middle, high = np.quantile(draws, [0.025, 0.5, 0.975])
    return float((high - low) / middle) if middle > 0 else 0.0


def _time(half_hour: int) -> str:
    """A half hour of the day as a clock tells it.

    >>> _time(18), _time(47)
    ('09:00', '23:30')
    """
    return f"{half_hour // 2:02d}:{half_hour % 2 * 30:02d}"


@dataclass(frozen=True)
class Plan(Result):
    """How many people when, in one week."""

    crew: Crew | None = None
    monday: pd.Timestamp | None = None
    starts: pd.DatetimeIndex | None = None
    drawn: np.ndarray | None = None
    apart: list | None = None
    apart_drawn: np.ndarray | None = None
    terms: Terms = Terms()
    work: pd.DataFrame | None = None
    closed: tuple[str, ...] = ()
    vocabulary: ClassVar[Vocabulary] = Vocabulary(heads=plan_words.heads, kinds=dict.fromkeys(WEEK, "count"))

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it; nothing where the shop is closed."""
        if column in WEEK:
            return "" if pd.isna(value) else language.number(int(value))
        return super().cell(column, value)

    def sortable(self) -> pd.DataFrame:
        """The schedule as it stands."""
        return self.table[self.columns]

    @cached_property
    def slots(self) -> pd.DataFrame:
        """Every open half hour: see `crew.slots`."""
        return slots(self.crew, self.starts)

    @cached_property
    def half_hours(self) -> pd.DataFrame:
        """Every open half hour of telephone and chat: see `crew.half_hours`."""
        return half_hours(self.crew, self.starts)

    @cached_property
    def hours(self) -> Estimate:
        """Paid hours in the week; the range is that of the forecast and of the handling times."""
        return self._between(self.crew.hours, self.drawn, "hours")

    @cached_property
    def cost(self) -> Estimate:
        """Money for the week, with its range."""
        price = self.terms.hourly_cost
        return self._between(self.crew.hours * price, self.drawn * price, "money")

    @cached_property
    def apart_hours(self) -> float:
        """Paid hours when telephone, chat and letters each have a group of their own; NaN where there is but one."""
        return sum(one.hours for one in self.apart) if self.apart else np.nan

    @cached_property
    def calm_hours(self) -> float:
        """Paid hours when nobody is thought to give up (Erlang C)."""
        from dataclasses import replace

        live = tuple(replace(one, desk=one.desk.calm) for one in self.crew.live)
        return replace(self.crew, live=live).hours

    @cached_property
    def shares(self) -> dict[str, float]:
        """Channel → share answered in time with this plan, 0–1."""
        return self.crew.shares(self.crew.people)

    @cached_property
    def fewer(self) -> dict[str, float]:
        """The same with one person fewer wherever there are two or more."""
        people = self.crew.people
        return self.crew.shares(np.where(people > 1, people - 1, people))

    def _between(self, value: float, draws: np.ndarray, unit: str) -> Estimate:
        low, high = np.quantile(draws, [0.025, 0.975])
        n = int(self.work["contacts"].sum())
        return Estimate(
            value, min(float(low), value), max(float(high), value), n, unit, currency=self.terms.currency
        )

    @property
    def busiest(self) -> pd.Series:
        """The half hour with most people, the one most is needed in where there are several."""
        return self.slots.sort_values(["people", "needed"], ascending=False, kind="stable").iloc[0]

    @property
    def text(self) -> str:
        """How many people when, the cost, what it reaches, what one fewer does, and groups apart."""
        if self.slots.empty:
            return _("In the week of {day} the shop is closed, so nobody is needed.").format(day=self._week)
        said = [self._always, self._people, self._steady, self._reached, self._one_fewer, self._groups]
        return " ".join(filter(None, [*said, staffing_words.too_young(self.terms.young)]))

    @property
    def _week(self) -> str:
        return language.day(self.monday)

    @property
    def _people(self) -> str:
        top, least = self.busiest, int(self.slots["people"].min())
        most = int(top["people"])
        when = _("{day} from {time}").format(
            day=language.day(top["start"], "EEEE"), time=top["start"].strftime("%H:%M")
        )
        cost = {
            "hours": language.number(self.hours.value),
            "cost": self._money(self.cost.value),
            "low": self._money(self.cost.low),
            "high": self._money(self.cost.high),
        }
        if most == least:
            said = ngettext(
                "In the week of {week} {n} person is enough in every open half hour: {hours} paid hours, {cost} "
                "({low} to {high}).",
                "In the week of {week} {n} people are enough in every open half hour: {hours} paid hours, {cost} "
                "({low} to {high}).",
                most,
            )
            return said.format(week=self._week, n=language.number(most), **cost)
        return _(
            "In the week of {week} you need {least} to {most} people, most of them on {when}: {hours} paid hours, {cost} "
            "({low} to {high})."
        ).format(week=self._week, least=language.number(least), most=language.number(most), when=when, **cost)

    @property
    def _always(self) -> str:
        if not self.terms.always_open:
            return ""
        return _("No opening hours are filled in, so all hours of the week count as open.")

    @property
    def _steady(self) -> str:
        """That the range of the cost is far narrower than that of the work, where it is."""
        if _width(self.drawn) > _width(self.crew.volumes) / 2:
            return ""
        return _(
            "More or fewer contacts than expected hardly change that: people come whole, and somebody has to be there "
            "in every open half hour."
        )

    def _money(self, amount: float) -> str:
        return language.money(rough(amount, 3) if amount else 0.0, self.terms.currency)

    def _each(self, shares: dict[str, float]) -> str:
        """ "95% of phone and 90% of chat" """
        return language.join(
            [
                _("{share} ({channel}, {seconds})").format(
                    share=language.percent(shares[one.desk.channel]),
                    channel=word(one.desk.channel),
                    seconds=language.duration(one.desk.seconds, "seconds"),
                )
                for one in self.crew.live
                if one.desk.channel in shares
            ]
        )

    @property
    def _reached(self) -> str:
        if not self.shares:
            return self._posted
        return _("Then this share is answered in time: {shares}.").format(shares=self._each(self.shares))

    @property
    def _posted(self) -> str:
        """Where nobody waits at the other side: what share of messages is in time."""
        kept = self.crew.letters()
        shares = [_("{share} ({channel}, {seconds})").format(
            share=language.percent(kept[kind.channel]), channel=word(kind.channel),
            seconds=language.duration(kind.target / 60, "hours"),
        ) for kind in (self.crew.post.kinds if kept else ())]  # fmt: skip
        return (
            _("Then this share is answered in time: {shares}.").format(shares=language.join(shares))
            if kept
            else ""
        )

    @property
    def _one_fewer(self) -> str:
        if not self.shares or self.slots["people"].max() < 2:
            return ""
        return _("With one person fewer wherever there are two or more it is {shares}.").format(
            shares=self._each(self.fewer)
        )

    @property
    def _groups(self) -> str:
        if not self.apart:
            return ""
        more = self.apart_hours - self.crew.hours
        if more < 0.5:
            return _("Separate groups per kind of contact would take no more hours.")
        return _("Separate groups per kind of contact would take {hours} hours more.").format(
            hours=language.number(more)
        )

    @property
    def method(self) -> str:
        """The models, what was added, and what it leaves out."""
        return " ".join(filter(None, [*self._models(), self._letters, self._rounding, self._holidays]))

    def _models(self) -> list[str]:
        """Per channel that is answered at once: the work of a conversation and the model."""
        from csworkbook.staffing.calculating import at_random, model

        said = [at_random()] if self.crew.live else []
        for one in self.crew.live:
            work = _("{channel}: {minutes} of work per contact (n = {n}).")
            if not self._n(one.desk.channel):  # told by none of its own
                work = _(
                    "{channel}: how long a contact takes is not known; taken as on the other channels: {minutes}."
                )
            work = work.format(
                channel=language.capital(str(word(one.desk.channel))),
                minutes=language.duration(one.desk.handling / 60, "minutes"),
                n=language.number(self._n(one.desk.channel)),
            )
            said += [work, model(one.desk)]
        calm = _("If nobody gave up (Erlang C) it would be {hours} paid hours.")
        told = any(np.isfinite(one.desk.patience) for one in self.crew.live)
        return [*said, calm.format(hours=language.number(self.calm_hours))] if told else said

    def _n(self, channel: str) -> int:
        return int(self.work.loc[channel, "n"]) if channel in self.work.index else 0

    @property
    def _letters(self) -> str:
        kept = self.crew.letters()
        if not kept:
            return ""
        shares = [
            _("{channel} {share} within {time}").format(
                channel=word(kind.channel),
                share=language.percent(kept[kind.channel]),
                time=language.duration(kind.target / 60, "hours"),
            )
            for kind in self.crew.post.kinds
        ]
        said = _(
            "Messages are answered in order of arrival by who is free, and in {part} of the time between calls and chats; "
            "those that come when the shop is closed too long to be in time are not counted in the target. With this "
            "plan: {shares}."
        ).format(part=language.percent(1 - self.terms.other_work), shares=language.join(shares))
        if self.crew.extra < 0.005:
            return said
        more = _("For that {n} of a person is there in every open half hour.")
        return f"{said} {more.format(n=language.number(self.crew.extra, 2))}"

    @property
    def _rounding(self) -> str:
        common = ""
        if self.crew.common.any():
            common = _(
                "Where that takes fewer, telephone and chat are one line, answered one at a time by whoever is free."
            )
        added = _(
            "People are added up in parts over the queues (2.4 = three people 40% of the time, two the rest), divided by "
            "1 − {away} for time away, and only then rounded up; in open hours there is always one. The range is that of the "
            "forecast and of the handling times (95%)."
        ).format(away=language.percent(self.terms.shrinkage))
        return f"{common} {added}".strip()

    @property
    def _holidays(self) -> str:
        if not self.closed:
            return ""
        return _("Closed: {days}.").format(days=language.join(list(self.closed)))

    def plot(self) -> go.Figure:
        """Weekdays × half hours, the number of people in each, darker for more."""
        days = [day for day in WEEK if day in self.table]
        people = self.table[days].T.astype("Float64")
        people.columns = self.table["time"]
        most = float(np.nanmax(people.to_numpy(float, na_value=np.nan))) if people.size else 1.0
        notes = people.map(lambda n: "" if pd.isna(n) else language.number(int(n)))
        shares = (people / most).astype(float)
        shares.index = notes.index = [self.vocabulary.head(day) for day in days]
        hover = notes.copy()
        for day in hover.index:
            hover.loc[day] = [f"{day} {time}: {n}" for time, n in notes.loc[day].items()]
        figure = figures.heat(shares, notes, hover)
        figure.update_xaxes(type="category", tickangle=0, tickvals=list(self.table["time"])[::4])
        return figure

    def findings(self) -> list[Finding]:
        """What a shared team saves beside separate groups, where it surely does."""
        if not self.apart or self.apart_hours - self.crew.hours < 0.5 or self.slots.empty:
            return []
        saved = self.apart_hours - self.crew.hours
        draws = (
            self.apart_drawn - self.drawn if len(self.apart_drawn) == len(self.drawn) else np.array([saved])
        )
        headline = _("One team for all kinds of contact takes {hours} hours a week less than groups apart.")
        action = _(
            "Let the same people answer telephone, chat and messages, and plan them with this schedule."
        )
        assumed = _("that everybody can answer every channel")
        hours = self._between(saved, draws, "hours")
        said = headline.format(hours=language.number(saved))
        return [Finding(CHAPTER, said, hours, None, action, assumptions=(assumed,))]
