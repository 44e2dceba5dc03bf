"""Do we get other customers than before?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import LEVEL, Estimate, Shift
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.personas import dealing, grouping, terms
from csworkbook.personas.clusters import nearest
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.personas.grouping import Frame, Personas
    from csworkbook.personas.saved import Saved
    from csworkbook.personas.seen import Seen

PERIODS = ("month", "quarter")
LEAST = 8  # periods, to look for a shift
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
_NOT_OF_A_PERIOD = ("december",)  # the period itself would make them


@question(mark("Do we get other customers than before?"), labels=terms.labels, choices=terms.choices)
def moves(
    orders: Frame,
    order_lines: Frame | None = None,
    contacts: Frame | None = None,
    returns: Frame | None = None,
    *,
    personas: Saved | None = None,
    by: str = "month",
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
    seed: int = 0,
) -> Moves:
    """The share of each persona among the customers who bought in a month or quarter, and when it shifted.

    Everybody is put with the persona nearest to what he bought in that period alone, so that customers of
    last month are told apart by as much as those of two years ago. Contacts and December are left out of
    that: contacts come later, and the month itself would make December. First and last period are left out
    where the orders do not cover them whole.

    Parameters
    ----------
    personas : Saved, optional
        As in `portraits`.
    by : {"month", "quarter"}

    Returns
    -------
    Moves
        table: month or quarter (its first day), persona, name, count, n (customers who bought), share, low,
        high (Wilson). `.shifts`: per persona the shift (`estimates.shift`), p corrected by Holm.

    Raises
    ------
    DataError
        When there are no clear groups, or no whole period.
    SettingError
        When `by` is another word.
    """
    if by not in PERIODS:
        raise SettingError(
            _("“{period}” is no period.").format(period=by),
            allowed=language.join([terms.choices()["by", one] for one in PERIODS]),
        )
    found = grouping.found(
        orders, order_lines, contacts, returns, personas=personas, margin=margin, currency=currency, zone=zone
    )
    starts, left_out = _starts(found.features.seen, by, zone)
    table = _table(found, starts, by)
    return Moves(table, by, _shifts(table, by, seed), left_out, tuple(found.names))


def _starts(seen: Seen, by: str, zone: str) -> tuple[np.ndarray, int]:
    """Per order the first day of its period, NaT where that is not whole; and how many orders that leaves out."""
    local = pd.DatetimeIndex(seen.at).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    period = local.to_period("M" if by == "month" else "Q")
    first, last = local.min(), local.max()
    whole = np.ones(len(period), bool)
    whole[(period == period.min()) & (first >= period.min().start_time + pd.Timedelta(days=2))] = False
    whole[(period == period.max()) & (last < period.max().end_time - pd.Timedelta(days=1))] = False
    starts = pd.Series(period.start_time).where(whole).to_numpy("datetime64[us]")
    return starts, int((~whole).sum())


def _table(found: Personas, starts: np.ndarray, by: str) -> pd.DataFrame:
    rows = np.flatnonzero(~np.isnat(starts))
    if not len(rows):
        raise DataError(
            _("There is no whole period in these orders."),
            next_step=_("Bring orders of at least two months."),
        )
    periods, number = np.unique(starts[rows], return_inverse=True)
    persona = _of_each(found, rows, number, len(periods))
    counts = persona.groupby(["period", "persona"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=range(found.k), fill_value=0).stack().rename("count").reset_index()
    n = counts.groupby("period")["count"].transform("sum")
    low, high = estimates.shares(counts["count"], n)
    return pd.DataFrame(
        {
            by: periods[counts["period"]],
            "persona": counts["persona"] + 1,
            "name": np.array(found.names, object)[counts["persona"]],
            "count": counts["count"],
            "n": n,
            "share": counts["count"] / n,
            "low": low,
            "high": high,
        }
    )


def _of_each(found: Personas, rows: np.ndarray, number: np.ndarray, periods: int) -> pd.DataFrame:
    """Every customer in every period he bought in: the persona (0..) nearest to what he bought then."""
    seen = found.features.seen
    pairs, mine = np.unique(seen.customer[rows] * periods + number, return_inverse=True)
    order = np.full(len(seen.customer), -1)
    order[rows] = np.arange(len(rows))
    lines = np.flatnonzero(order[seen.line_order] >= 0) if len(seen.line_order) else seen.line_order
    then = replace(
        seen,
        customers=pd.RangeIndex(len(pairs)),
        customer=mine,
        at=seen.at[rows],
        net=seen.net[rows],
        margin=seen.margin[rows],
        flags={n: values[rows] for n, values in seen.flags.items() if n not in _NOT_OF_A_PERIOD},
        device=seen.device and seen.device.of(rows),
        line_order=order[seen.line_order[lines]],
        line_net=seen.line_net[lines],
        category=seen.category and seen.category.of(lines),
        has=seen.has - {"contacts"},
    )
    scaled = dealing.scaled(then, found.saved.recipe)
    return pd.DataFrame(
        {"period": pairs % periods, "persona": nearest(scaled, np.array(found.saved.centres, float))}
    )


def _shifts(table: pd.DataFrame, by: str, seed: int) -> dict[int, Shift]:
    """Per persona the shift in its share, with p corrected for having looked at every persona."""
    if table[by].nunique() < LEAST:
        return {}
    found = {
        persona: estimates.shift(part["count"], part["n"], edge=3, seed=seed)
        for persona, part in table.groupby("persona")
    }
    adjusted = estimates.adjust([one.p for one in found.values()])
    return {
        persona: replace(one, p=float(p)) for (persona, one), p in zip(found.items(), adjusted, strict=True)
    }


@dataclass(frozen=True)
class Peak:
    """A share that was surely higher for a while.

    Attributes
    ----------
    persona : int
    at : Timestamp
        The first day of the period (of the highest one, where it comes back every year).
    share : Estimate
        In that period; of one that comes back every year in all of them together.
    usual : float
        The share in all other periods together, 0–1.
    yearly : bool
        Whether every such month of all years there are, two at least, is a peak.
    """

    persona: int
    at: pd.Timestamp
    share: Estimate
    usual: float
    yearly: bool


def _peak(table: pd.DataFrame, by: str) -> Peak | None:
    """The period furthest above the others' share of a persona, of those that surely are above it."""
    from scipy.stats import hypergeom

    count, n = (table[name].to_numpy() for name in ("count", "n"))
    all_count, all_n = (table.groupby("persona")[name].transform("sum").to_numpy() for name in ("count", "n"))
    with np.errstate(all="ignore"):
        above = count / n - (all_count - count) / (all_n - n)
    p = estimates.adjust(hypergeom.sf(count - 1, all_n, all_count, n))
    sure = (p < 1 - LEVEL) & (above > 0)
    if not sure.any():
        return None
    best = int(np.argmax(np.where(sure, above, -np.inf)))
    mine = (table["persona"] == table["persona"].iloc[best]).to_numpy()
    months = table[by].dt.month.to_numpy()
    alike = mine & (months == months[best])
    yearly = by == "month" and bool(alike.sum() > 1 and sure[alike].all())
    alike = alike if yearly else np.arange(len(table)) == best
    rest = mine & ~alike
    share = estimates.share(count[alike].sum(), n[alike].sum())
    usual = float(count[rest].sum() / n[rest].sum())
    return Peak(int(table["persona"].iloc[best]), pd.Timestamp(table[by].iloc[best]), share, usual, yearly)


@dataclass(frozen=True)
class Moves(Result):
    """The shares of personas over time; `shifts` is the step in each one's level, `peak` the largest passing rise."""

    by: str = "month"
    shifts: dict[int, Shift] | None = None
    left_out: int = 0
    names: tuple[str, ...] = ()
    spare: ClassVar[tuple[str, ...]] = ("persona", "count", "n")
    vocabulary: ClassVar[Vocabulary] = terms.VOCABULARY

    @property
    def surest(self) -> int | None:
        """The persona whose share shifted most surely, and of those most; None where none did."""
        sure = {persona: one for persona, one in (self.shifts or {}).items() if one.p < 1 - LEVEL}
        if not sure:
            return None
        return min(sure, key=lambda one: (sure[one].p, -abs(sure[one].since.value - sure[one].before.value)))

    def when(self, persona: int) -> pd.Timestamp:
        """The first day of the period in which the share of a persona shifted."""
        return pd.Timestamp(self.table[self.by].unique()[self.shifts[persona].at])

    @property
    def text(self) -> str:
        """Whose share shifted, when, from what to what."""
        periods = self.table[self.by].nunique()
        if not self.shifts:
            return _("There are too few periods to see a change: {least} is the least, here are {n}.").format(
                least=LEAST, n=language.number(periods)
            )
        if self.surest is None:
            return self._steady()
        shift = self.shifts[self.surest]
        said = _("The share of “{name}” among those who buy went from {before} to {since}, from {when} on.")
        also = [one for one, other in self.shifts.items() if other.p < 1 - LEVEL and one != self.surest]
        more = _("The share of {names} changed too.").format(
            names=language.join([f"“{self.names[one - 1]}”" for one in also])
        )
        first = said.format(
            name=self.names[self.surest - 1],
            before=shift.before.say(),
            since=shift.since.say(),
            when=language.day(self.when(self.surest), "MMMM yyyy"),
        )
        return " ".join([first, *([more] if also else []), _caution()])

    @cached_property
    def peak(self) -> Peak | None:
        """The largest passing peak: a period in which a persona is surely above its share of all others."""
        return _peak(self.table, self.by)

    def _steady(self) -> str:
        largest = self.table.groupby("persona")[["count", "n"]].sum()
        share = estimates.share(*largest.loc[largest["count"].idxmax()])
        said = _(
            "The same kinds of customers buy all along: no share went to another level and stayed there. “{name}” is "
            "{share} of those who buy."
        ).format(name=self.names[int(largest["count"].idxmax()) - 1], share=share.say())
        return " ".join(filter(None, (said, self._passing())))

    def _passing(self) -> str:
        """Which share rose for a while, and whether it does so every year."""
        peak = self.peak
        if peak is None:
            return ""
        said = {
            (True, "month"): _(
                "Each {month} the share of “{name}” is higher: {share}, where all other months together give {usual}."
            ),
            (False, "month"): _(
                "In {when} the share of “{name}” was higher: {share}, where all other months together give {usual}."
            ),
            (False, "quarter"): _(
                "In the quarter from {when} on the share of “{name}” was higher: {share}, where all other "
                "quarters together give {usual}."
            ),
        }[peak.yearly, self.by]
        return said.format(
            month=language.day(peak.at, "MMMM"),
            when=language.day(peak.at, "MMMM yyyy"),
            name=self.names[peak.persona - 1],
            share=peak.share.say(),
            usual=language.percent(peak.usual),
        )

    @property
    def method(self) -> str:
        """How customers were put with a persona, the test, and what was left out."""
        said = _(
            "Everybody is put with the persona nearest to what he bought in that period alone, without contacts and "
            "December. One step in level per persona, by likelihood; tested by shuffling the periods 999 times, "
            "corrected for all personas (Holm). Seasons can look like a step when there are few years."
        )
        passing = _(
            "A period with a higher share: one period against all others together (Fisher's exact test), corrected for all "
            "personas and periods (Holm)."
        )
        said = f"{said} {passing}" if self.shifts and self.surest is None else said
        if not self.left_out:
            return said
        left = ngettext(
            "{n} order falls in a period that is not whole, and is left out.",
            "{n} orders fall in a period that is not whole, and are left out.",
            self.left_out,
        )
        return f"{said} {left.format(n=language.number(self.left_out))}"

    def plot(self) -> go.Figure:
        """The share of every persona over time, its interval when one points at it."""
        figure = figures.blank(legend=True)
        for persona, name in enumerate(self.names, 1):
            part = self.table[self.table["persona"] == persona]
            figure.add_scatter(
                x=part[self.by],
                y=part["share"],
                name=figures.label_of(name),
                mode="lines+markers",
                line={"color": figures.SERIES[(persona - 1) % len(figures.SERIES)]},
                marker={"symbol": _SYMBOLS[(persona - 1) % len(_SYMBOLS)], "size": 8},
                hovertext=[figures.interval(row) for row in part.itertuples()],
                hoverinfo="text+name",
            )
        figures.time_axis(figure, self.table[self.by])
        figure.update_yaxes(tickformat=",.0%", rangemode="tozero")
        return figure

    def findings(self) -> list[Finding]:
        """The share that surely shifted."""
        if self.surest is None:
            return []
        headline = _(
            "Other customers buy since {when}: “{name}” is {since} of them, where it was {before}."
        ).format(
            when=language.day(self.when(self.surest), "MMMM yyyy"),
            name=self.names[self.surest - 1],
            since=language.percent(self.shifts[self.surest].since.value),
            before=language.percent(self.shifts[self.surest].before.value),
        )
        advice = _("Find out what changed then: assortment, campaign, channel or season.")
        return [Finding(grouping.CHAPTER, headline, self.shifts[self.surest].since, None, advice)]


def _caution() -> str:
    return _("Look first whether a season explains it.")
