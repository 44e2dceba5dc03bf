"""Is it getting harder, and since which week?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.effort.answers import CHAPTER, STAGES, coded, one_of
from csworkbook.effort.stages import action
from csworkbook.estimates import Shift
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, head, question, word
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

_PERIODS = ("week", "month")
_LEAST = 8


@question(mark("Is it getting harder, and since when?"))
def over_time(
    effort_survey: pd.DataFrame, *, stage: str = "after", every: str = "week", seed: int = 0
) -> OverTime:
    """The share "far too much" over time, and the week (or month) a shift began.

    The last period is left out when the data end before it does. The shift is the one step in
    level that fits best, with a permutation test that allows for having looked at every period.

    Parameters
    ----------
    stage : {"choosing", "buying", "after"}
    every : {"week", "month"}

    Returns
    -------
    OverTime
        table: week (its first day; or month), count, n, share, low, high.

    Raises
    ------
    SettingError
        When there is no such stage or period.
    """
    require(effort_survey, "effort_survey")
    one_of(stage, STAGES)
    one_of(every, _PERIODS)
    hard = coded(effort_survey, stage) == 3
    known = effort_survey[stage].notna().to_numpy()
    starts = _starts(effort_survey["answered_at"], every)
    counted = pd.DataFrame({every: starts, "count": hard.to_numpy(), "n": known}).groupby(every).sum()
    counted = counted[counted["n"] > 0]
    left_out = 0
    if len(counted) and not _finished(counted.index[-1], effort_survey["answered_at"].max(), every):
        left_out, counted = int(counted["n"].iloc[-1]), counted.iloc[:-1]
    table = counted.reset_index().astype({"count": int, "n": int})
    table["share"] = table["count"] / table["n"]
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    found = estimates.shift(table["count"], table["n"], seed=seed) if len(table) >= _LEAST else None
    return OverTime(table, stage, every, found, left_out)


def _starts(times: pd.Series, every: str) -> pd.Series:
    days = times.dt.tz_localize(None).dt.normalize()
    if every == "week":
        return days - pd.to_timedelta(days.dt.day_of_week, "D")
    return days - pd.to_timedelta(days.dt.day - 1, "D")


def _finished(start: pd.Timestamp, last: pd.Timestamp, every: str) -> bool:
    end = start + (pd.offsets.MonthBegin(1) if every == "month" else pd.Timedelta(days=7))
    return last.tz_localize(None) >= end - pd.Timedelta(days=1)


@dataclass(frozen=True)
class OverTime(Result):
    """The share "far too much" per period; `shift` is the step in level, if any."""

    stage: str = "after"
    every: str = "week"
    shift: Shift | None = None
    left_out: int = 0
    shown: ClassVar[tuple[str, ...]] = ()

    @property
    def began(self) -> pd.Timestamp | None:
        """The first day of the period in which the shift began; None without one."""
        return self.table[self.every].iloc[self.shift.at] if self.shift and self.shift.found else None

    @property
    def text(self) -> str:
        """Whether there is a shift, when, from what to what."""
        stage = str(word(self.stage))
        if self.shift is None:
            return _("There are too few periods to see a change: {least} is the least, here are {n}.").format(
                least=_LEAST, n=len(self.table)
            )
        if self.began is None:
            whole = estimates.share(self.table["count"].sum(), self.table["n"].sum())
            return _("{stage}: no shift that chance could not make; the level is {share}.").format(
                stage=stage, share=whole
            )
        said = _("{stage}: the share “far too much” went from {before} to {since}.").format(
            stage=stage, before=self.shift.before, since=self.shift.since
        )
        around = self._around()
        if around["first"] == around["last"]:
            return f"{said} " + _("The change began in {when}.").format(when=self._when())
        when = _("The change began in {when} (between {first} and {last}).").format(
            when=self._when(), **around
        )
        return f"{said} {when}"

    def _when(self) -> str:
        if self.every == "month":
            return language.day(self.began, "MMMM yyyy")
        return _("the week of {day}").format(day=language.day(self.began))

    def _around(self) -> dict[str, str]:
        days = self.table[self.every]
        return {
            "first": language.day(days.iloc[self.shift.first], "d MMM yyyy"),
            "last": language.day(days.iloc[self.shift.last], "d MMM yyyy"),
        }

    @property
    def method(self) -> str:
        """The test, and what was left out."""
        said = _("One step in level, by likelihood; tested by shuffling the periods 999 times.")
        if not self.left_out:
            return said
        left = ngettext(
            "The last period is not over yet: {n} answer is left out.",
            "The last period is not over yet: {n} answers are left out.",
            self.left_out,
        )
        return f"{said} {left.format(n=language.number(self.left_out))}"

    def plot(self) -> go.Figure:
        """The share with its interval as a band, and where the shift began."""
        label = f"{word(self.stage)}: {head('share').lower()} “{str(word(3)).lower()}”"
        return figures.timeline(self.table, when=self.every, shift=self.began, label=label)

    def findings(self) -> list[Finding]:
        """A rise that cannot be chance."""
        if self.began is None or self.shift.since.value < self.shift.before.value:
            return []
        headline = _("{stage} has been harder since {when}.").format(
            stage=word(self.stage), when=self._when()
        )
        advice = _("Find out what changed then (carrier, site, policy). ") + action(self.stage)
        return [Finding(CHAPTER, headline, self.shift.since, None, advice)]
