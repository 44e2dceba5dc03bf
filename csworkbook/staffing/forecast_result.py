"""What is said of a week to come: how many, when, and how far such a forecast can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary, word
from csworkbook.staffing import pictures, staffing_words
from csworkbook.staffing.counts import Counted
from csworkbook.staffing.hindsight import FAR, PLAIN, Hindsight
from csworkbook.staffing.level import SEASONS, Fit
from csworkbook.staffing.staffing_words import CHAPTER, channels_said

if TYPE_CHECKING:
    import plotly.graph_objects as go

_COLUMNS = ["start", "channel", "expected", "low", "high", "actual", "open", "holiday"]
_ENDS = [0.025, 0.975]


@dataclass(frozen=True)
class Holiday:
    """What a public holiday brings ÷ an ordinary day: factor, variance of it, holidays seen, contacts on them.

    `low` and `high` bound the contacts that as many ordinary days would have brought (95 %).
    """

    factor: float
    spread: float
    n: int
    came: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Foreseen:
    """One channel's week: the counts, the regression, its test, the holidays, its half hours, and draws of them."""

    one: Counted
    fit: Fit
    test: Hindsight
    holiday: Holiday
    table: pd.DataFrame
    rates: np.ndarray


@dataclass(frozen=True)
class Forecast(Result):
    """What is expected in a week.

    Attributes
    ----------
    half_hours : DataFrame
        start, channel, expected, low, high, actual, open, holiday.
    rates : ndarray, shape (draws, half hours)
        What is expected when level, day and half hour vary.
    total : Estimate
        Contacts in the whole week; its n is the contacts it was learned from.
    actual : float
        How many came, NaN where the week is not over.
    monday : Timestamp
        The first day of the week.
    young : tuple of str
        Channels that are not in it, since too little is known of them.
    """

    half_hours: pd.DataFrame | None = None
    rates: np.ndarray | None = None
    total: Estimate | None = None
    parts: tuple[Foreseen, ...] = ()
    monday: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    young: tuple[str, ...] = ()
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=staffing_words.heads,
        kinds={"expected": "number", "low": "count", "high": "count", "actual": "count", "day": "date"},
        wordy=("channel",),
    )
    spare: ClassVar[tuple[str, ...]] = ("share",)

    @classmethod
    def of(cls, parts: list[Foreseen], monday, end, rng: np.random.Generator, young=()) -> Forecast:
        """The result from what every channel is expected to bring."""
        half_hours = pd.concat([part.table for part in parts], ignore_index=True)
        rates = np.concatenate([part.rates for part in parts], axis=1)
        drawn = rng.poisson(rates.sum(axis=1))
        low, high = np.quantile(drawn, _ENDS)
        n = sum(int(np.nansum(part.one.grid[: part.fit.until])) for part in parts)
        total = Estimate(float(half_hours["expected"].sum()), float(low), float(high), n, "contacts")
        table = _days(half_hours, rates, rng, parts[0].one)
        return cls(table, half_hours[_COLUMNS], rates, total, tuple(parts), monday, end, young)

    # ------------------------------------------------------------ what it says
    @property
    def actual(self) -> float:
        """How many contacts came that week; NaN where it is not over."""
        return float(self.half_hours["actual"].sum(skipna=False))

    @property
    def channels(self) -> list[str]:
        """The channels in it."""
        return [part.one.channel for part in self.parts]

    @cached_property
    def busiest(self) -> tuple[pd.Timestamp, Estimate]:
        """The day with most contacts expected, all channels together."""
        by_day = self.table.groupby("day")["expected"].sum()
        day = by_day.idxmax()
        here = (self.half_hours["start"].dt.tz_localize(None).dt.normalize() == day).to_numpy()
        rates = self.rates[:, here].sum(axis=1)
        low, high = np.quantile(np.random.default_rng(0).poisson(rates), _ENDS)
        return day, Estimate(float(by_day.max()), float(low), float(high), self.total.n, "contacts")

    @property
    def text(self) -> str:
        """How many and when; how far past weeks would have been off; what is not known."""
        said = [self._expected, self._peak, *map(_checked, self.parts), self._unknown]
        return " ".join(filter(None, said))

    @property
    def _expected(self) -> str:
        shown = {
            "day": language.day(self.monday),
            "value": _count(self.total.value),
            "low": _count(self.total.low),
            "high": _count(self.total.high),
            "channels": channels_said(self.channels),
        }
        if self.actual == self.actual:
            return _(
                "For the week of {day}, {value} contacts by {channels} would have been expected ({low} to {high}); "
                "{actual} came."
            ).format(**shown, actual=_count(self.actual))
        return _(
            "In the week of {day} about {value} contacts are expected by {channels} ({low} to {high})."
        ).format(**shown)

    @property
    def _peak(self) -> str:
        day, most = self.busiest
        return _("The busiest day is {weekday}, with about {value} ({low} to {high}).").format(
            weekday=staffing_words.weekday(day.day_of_week),
            value=_count(most.value),
            low=_count(most.low),
            high=_count(most.high),
        )

    @property
    def _unknown(self) -> str:
        weeks = min(part.fit.until for part in self.parts) // 7
        known = []
        if weeks < SEASONS:
            known.append(
                _("With {n} weeks of contacts, the seasons of a year cannot be known.").format(n=weeks)
            )
        return " ".join(filter(None, [*known, *self._holidays, staffing_words.too_young(self.young)]))

    @property
    def _holidays(self) -> list[str]:
        """What is expected of public holidays in it."""
        named = self.table.loc[self.table["holiday"] != "", ["day", "holiday"]].drop_duplicates()
        if named.empty:
            return []
        days = [
            f"{staffing_words.weekday(row.day.day_of_week)} ({row.holiday})" for row in named.itertuples()
        ]
        said = _("Public holidays that week: {days}.").format(days=language.join(days))
        seen = max(part.holiday.n for part in self.parts)
        if not seen:
            return [said, _("What such a day brings cannot be known yet, so it counts as any other.")]
        came = sum(part.holiday.came for part in self.parts)
        usual = sum((part.holiday.came + 1) / part.holiday.factor - 1 for part in self.parts)
        brought = ngettext(
            "The only one before it brought {share} of what such a weekday brings otherwise.",
            "The {n} before it brought {share} of what such weekdays bring otherwise.",
            seen,
        )
        return [said, brought.format(n=seen, share=language.percent(came / max(usual, 1.0)))]

    @property
    def method(self) -> str:
        """The regression, how weeks were foreseen again, how ranges come about, and what was left out."""
        said = [
            _(
                "The total of a week is a Poisson regression on a trend and the waves of the year, as many as the data bear "
                "(QAICc); it is divided over days and half hours as in the last year, half hours with few contacts drawn "
                "towards those of all days."
            ),
            *map(_fitted, self.parts),
            _(
                "Ranges (95%) are simulated: level, division, day and half hour vary as they did, and contacts come at random; "
                "channels vary on their own."
            ),
        ]
        if (self.monday - self.end).days > FAR and any(part.fit.waves for part in self.parts):
            said.append(
                _(
                    "More than eight weeks ahead the season is used even where a plain guess was nearer; it assumes that "
                    "the year returns."
                )
            )
        return " ".join([*said, *filter(None, map(_left_out, self.parts))])

    def plot(self) -> go.Figure:
        """Every day's contacts with their range; open diamonds for what really came."""
        return pictures.days(self.table)

    @property
    def usual(self) -> float:
        """What the four weeks before brought on average, in ordinary weeks."""
        found = 0.0
        for part in self.parts:
            grid = part.one.usual[: part.fit.until][-28:]
            seen = np.maximum((~np.isnan(grid)).sum(), 1)
            found += float(np.nansum(grid) / seen * (part.one.open > 0).sum())
        return found

    def findings(self) -> list[Finding]:
        """That a week to come will be busier or quieter than the last four, where the range excludes them."""
        if self.actual == self.actual or self.total.low <= self.usual <= self.total.high:
            return []
        more = self.total.value > self.usual
        said = (
            _("The week of {day} will be busier than the last four: about {value} contacts against {usual}.")
            if more
            else _(
                "The week of {day} will be quieter than the last four: about {value} contacts against {usual}."
            )
        )
        return [
            Finding(
                CHAPTER,
                said.format(day=language.day(self.monday), value=_count(self.total.value), usual=_count(self.usual)),
                self.total,
                action=_("Make the schedule by the forecast, not by last week.") if more else _("Plan fewer hours that week."),
                assumptions=(_("That week goes as the weeks before it did."),),
            )
        ]  # fmt: skip


def _days(half_hours: pd.DataFrame, rates: np.ndarray, rng, one: Counted) -> pd.DataFrame:
    """One row per day and channel, by day."""
    day = half_hours["start"].dt.tz_localize(None).dt.normalize()
    groups = half_hours.groupby([day.rename("day"), "channel"], sort=False)
    rows = []
    for (when, channel), part in groups:
        low, high = np.quantile(rng.poisson(rates[:, part.index].sum(axis=1)), _ENDS)
        top = part.loc[part["expected"].idxmax()]
        rows.append(
            {
                "day": when,
                "channel": channel,
                "expected": part["expected"].sum(),
                "low": low,
                "high": high,
                "actual": part["actual"].sum(skipna=False),
                "share": part["expected"].sum() / max(half_hours["expected"].sum(), 1e-9),
                "peak": staffing_words.clock(top["half"]) if top["expected"] > 0 else "",
                "holiday": _named(when, part["holiday"].any(), one),
            }
        )
    table = pd.DataFrame(rows).sort_values(["day", "channel"], ignore_index=True)
    return table if table["actual"].notna().any() else table.drop(columns="actual")


def _named(day: pd.Timestamp, is_holiday: bool, one: Counted) -> str:
    from csworkbook import hours

    return hours.holidays_of(one.country, day.date(), day.date()).get(day.date(), "") if is_holiday else ""


def _checked(part: Foreseen) -> str:
    """How far past weeks would have been off, and what plain guesses would have been."""
    test, channel = part.test, word(part.one.channel)
    if not test.weeks:
        said = _("How good this is for {channel} cannot be told: there are too few weeks to try it on.")
        return said.format(channel=channel)
    shown = {
        "channel": channel,
        "n": test.weeks,
        "parts": staffing_words.grains()[test.grain],
        "error": language.percent(test.errors[test.way]),
        "last": language.percent(test.errors["last week"]),
        "way": staffing_words.ways()[test.way],
    }
    if test.way in PLAIN:
        return ngettext(
            "For {channel}, tried on {n} past week, {way} was nearest ({parts} off by {error}), so that is used.",
            "For {channel}, tried on {n} past weeks, {way} was nearest ({parts} off by {error} on average), so that is used.",
            test.weeks,
        ).format(**shown)
    return ngettext(
        "For {channel}, tried on {n} past week, {parts} were off by {error} on average; last week again by {last}.",
        "For {channel}, tried on {n} past weeks, {parts} were off by {error} on average; last week again by {last}.",
        test.weeks,
    ).format(**shown)


def _fitted(part: Foreseen) -> str:
    """What was used for one channel, and how every way did."""
    test, names = part.test, staffing_words.ways()
    used = _(
        "{channel}: {way}; {n} waves of the year; variance beyond chance by day {day}, by week {week}."
    ).format(
        channel=language.capital(str(word(part.one.channel))),
        way=names[test.way],
        n=part.fit.waves,
        day=language.number(part.fit.by_day, 3),
        week=language.number(test.by_week, 3),
    )
    if not test.weeks:
        return used
    each = [f"{names[way]} {language.percent(error, 1)}" for way, error in test.errors.items()]
    return used + " " + _(
        "Errors by {parts} over {weeks} weeks foreseen from as long before (sum of errors ÷ sum of contacts): {each}. In their "
        "95% range fell {inside} of {n}."
    ).format(
        parts=staffing_words.grains()[test.grain], weeks=test.weeks, each="; ".join(each),
        inside=language.number(test.inside), n=language.number(test.n),
    )  # fmt: skip


def _left_out(part: Foreseen) -> str:
    if not part.one.outside:
        return ""
    return ngettext(
        "{n} contact by {channel} outside opening hours was left out.",
        "{n} contacts by {channel} outside opening hours were left out.",
        part.one.outside,
    ).format(n=language.number(part.one.outside), channel=word(part.one.channel))


def _count(value: float) -> str:
    return language.number(value, 0 if value >= 10 or value == round(value) else 1)
