"""What is said of when customers get in touch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary
from csworkbook.settings import WEEK
from csworkbook.staffing import pictures, staffing_words
from csworkbook.staffing.shares import Busiest
from csworkbook.staffing.staffing_words import CHAPTER, between, channels_said, clock, weekday

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, eq=False)
class Together:
    """Several channels as one: days, grid (days × 48), open (7 × 48), holiday per day, contacts left out."""

    channels: tuple[str, ...]
    days: pd.DatetimeIndex
    grid: np.ndarray
    open: np.ndarray
    holiday: np.ndarray
    outside: int

    @cached_property
    def usual(self) -> np.ndarray:
        """`grid` without public holidays."""
        return np.where(self.holiday[:, None], np.nan, self.grid)


@dataclass(frozen=True)
class Arrivals(Result):
    """Contacts per weekday and hour, or per month.

    Attributes
    ----------
    day, hour : Busiest
        The busiest weekday of the week, and hour of the day.
    """

    whole: Together | None = None
    per: str = "hour"
    day: Busiest | None = None
    hour: Busiest | None = None
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=staffing_words.heads,
        words=lambda: {name: language.capital(weekday(place)) for place, name in enumerate(WEEK)},
        kinds={"mean": "score", "low": "score", "high": "score"},
        wordy=("weekday", "time"),
    )

    @property
    def text(self) -> str:
        """The busiest weekday and hour, how sure that is, what comes then, and what came when it was closed."""
        said = [self._month if self.per == "month" else self._busiest, self._rivals, self._cell]
        return " ".join(filter(None, [*said, self._outside, self._holidays]))

    @property
    def _busiest(self) -> str:
        day, hour = self.day, self.hour
        return _(
            "Most contacts by {channels} come on {weekday}, {share} of the week ({low} to {high}), and {time}, {part} of "
            "the day ({part_low} to {part_high})."
        ).format(
            channels=channels_said(self.whole.channels),
            weekday=weekday(day.place),
            share=language.percent(day.share.value),
            low=language.percent(day.share.low),
            high=language.percent(day.share.high),
            time=between(2 * hour.place, 2),
            part=language.percent(hour.share.value),
            part_low=language.percent(hour.share.low),
            part_high=language.percent(hour.share.high),
        )

    @property
    def _month(self) -> str:
        table = self.table
        if table.empty:
            return _("There is no month yet of which more than half is in your data.")
        top, least = table.loc[table["mean"].idxmax()], table.loc[table["mean"].idxmin()]
        said = _(
            "Most contacts by {channels} came in {month}, {mean} a day ({low} to {high}), and fewest in {other}, {least} a day."
        ).format(
            channels=channels_said(self.whole.channels),
            month=language.day(top["month"], "MMMM yyyy"),
            mean=language.number(top["mean"], 1),
            low=language.number(top["low"], 1),
            high=language.number(top["high"], 1),
            other=language.day(least["month"], "MMMM yyyy"),
            least=language.number(least["mean"], 1),
        )
        if len(table) < 24:
            return f"{said} " + _(
                "Whether that is the season or growth cannot be told from less than two years."
            )
        return said

    @property
    def _rivals(self) -> str:
        if self.per == "month":
            return ""
        days, hours = self.day.rivals, self.hour.rivals
        if not days and not hours:
            return _("Both are clearly busier than any other.")
        parts = [weekday(place) for place in days[:2]] + [clock(2 * place, 2) for place in hours[:2]]
        return _("That {others} may be as busy cannot be ruled out.").format(others=language.join(parts))

    @property
    def _cell(self) -> str:
        if self.per == "month" or self.table["mean"].max() <= 0:
            return ""
        top = self.table.loc[self.table["mean"].idxmax()]
        return _("On {weekday} {time}, {mean} come on average ({low} to {high}).").format(
            weekday=weekday(WEEK.index(top["weekday"])),
            time=top["time"],
            mean=language.number(top["mean"], 1),
            low=language.number(top["low"], 1),
            high=language.number(top["high"], 1),
        )

    @property
    def _outside(self) -> str:
        """What came outside opening hours, where that is more than a few."""
        outside = self.whole.outside
        share = outside / max(outside + np.nansum(self.whole.grid), 1)
        if share < 0.01:
            return ""
        said = _("Another {n} ({share} of all) came outside opening hours and are left out.")
        return said.format(n=language.number(outside), share=language.percent(share))

    @property
    def _holidays(self) -> str:
        there = self.whole.holiday & ~np.isnan(self.whole.grid).all(axis=1)
        n = int(there.sum())
        if not n:
            return ""
        usual = np.nansum(self.whole.usual, axis=1)
        other = ~there & ~np.isnan(self.whole.grid).all(axis=1)
        days = self.whole.days.day_of_week.to_numpy()
        mean = pd.Series(usual[other]).groupby(days[other]).mean().reindex(days[there]).mean()
        return ngettext(
            "{n} public holiday stands apart: it brought {came}, such a weekday otherwise {usual}.",
            "{n} public holidays stand apart: they brought {came} each, such weekdays otherwise {usual}.",
            n,
        ).format(
            n=n,
            came=language.number(np.nansum(self.whole.grid[there]) / n, 1),
            usual=language.number(mean, 1),
        )

    @property
    def method(self) -> str:
        """What was counted, over which days, and how the ranges come about."""
        first, last = self.whole.days[0], self.whole.days[-1]
        return _(
            "All contacts by {channels} from {first} to {last}, given up or not, at the moment they came; days without any "
            "count. Means have the range of a Poisson mean, wider by as much as days vary more than chance. Shares are over "
            "whole weeks without public holidays, their range from how weeks differ; the busiest is compared with every other "
            "(Holm). n = {n} contacts."
        ).format(
            channels=channels_said(self.whole.channels),
            first=language.day(first),
            last=language.day(last),
            n=language.number(float(np.nansum(self.whole.grid))),
        )

    def plot(self) -> go.Figure:
        """Weekdays by hours, darker for more; or the months in a line."""
        return pictures.months(self.table) if self.per == "month" else pictures.week(self.table)

    def findings(self) -> list[Finding]:
        """The hour that is clearly the busiest of the day."""
        if self.per == "month" or self.hour.rivals or self.hour.share.low <= 1.25 * self.hour.even:
            return []
        said = _("{time} come {share} of a day's contacts by {channels}; spread evenly it would be {even}.")
        return [
            Finding(
                CHAPTER,
                said.format(
                    time=language.capital(between(2 * self.hour.place, 2)),
                    share=language.percent(self.hour.share.value),
                    channels=channels_said(self.whole.channels),
                    even=language.percent(self.hour.even),
                ),
                self.hour.share,
                action=_(
                    "Have most people there at that hour; breaks, training and e-mail can wait until after it."
                ),
            )
        ]
