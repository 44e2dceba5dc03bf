"""Do relational buyers really come back more?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.errors import DataError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.personas.talkers.later import Later
from csworkbook.personas.talkers.told import Base, Rule, base, follow
from csworkbook.personas.talkers.words import CHAPTER, VOCABULARY, assumed, choices, labels
from csworkbook.purchases import day_of, left_out_said
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.personas.talkers.contacts import Frame

_WEEK = 7
_COLOURS = {True: figures.ALERT, False: figures.ACCENT}
_BANDS = {True: "rgba(176,74,0,.15)", False: "rgba(11,92,122,.15)"}


@question(mark("Do relational buyers really come back more?"), labels=labels, choices=choices)
def coming_back(
    contacts: Frame,
    orders: Frame,
    returns: Frame | None = None,
    *,
    after: str = "180D",
    needed: int = 3,
    top: float = 0.2,
    questions: float = 0.0,
    variety: float = 0.0,
    minutes: float = 0.0,
    worth: float = 0.0,
    margin: float = 0.35,
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
) -> ComingBack:
    """Whether customers who were relational on a day bought again more often in the days after (handbook 5.2).

    Nothing that happened after that day plays a part in who is relational, and everybody is followed equally
    long. Beside the plain comparison stands one with customers alike: about as many orders so far, the first and
    the last as long ago, since who ordered more often has also had more to ask.

    Parameters
    ----------
    returns : DataFrame or ibis.Table, optional
        Adds what was paid back, where the orders do not tell it.
    after : str
        How long customers are followed, a pandas duration; the day lies that long before the last order.
    needed, top, questions, variety, minutes, worth
        Who is relational, as in `relational`.

    Returns
    -------
    ComingBack
        table: group (relational, others), customers, count (bought again), again, again_low, again_high (0–1,
        Wilson), each, each_low, each_high (margin of the days after per customer, money). `later.difference` is
        relational minus others, `later.alike` the same against customers alike, `later.worth` in margin.

    Raises
    ------
    DataError
        When the tables cover too short a time to follow anybody that long, or as in `relational`.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(coming_back).table["group"].tolist()
    ['relational', 'others']
    """
    rule = Rule(needed, top, {"questions": questions, "variety": variety, "minutes": minutes, "worth": worth})
    days = duration(after).days
    known = base(contacts, orders, returns, margin=margin, zone=zone)
    later = follow(known, rule, days, currency)
    if later is None:
        raise DataError(
            _("Your contacts and orders cover too short a time to follow anybody for {days} days.").format(
                days=language.number(days)
            ),
            where=_("They are of {first} to {last}.").format(
                first=language.day(day_of(known.since)), last=language.day(day_of(known.last))
            ),
            next_step=_("Choose fewer days, or bring older contacts and orders."),
        )
    table = pd.DataFrame([_row(later, relational) for relational in (True, False)])
    return ComingBack(table, later, known, rule, currency)


def _row(later: Later, relational: bool) -> dict[str, object]:
    again, each = later.again(relational), later.each(relational)
    enough = again.n >= 2
    return {
        "group": "relational" if relational else "others",
        "customers": again.n,
        "count": round(again.value * again.n) if again.n else 0,
        "again": again.value,
        "again_low": again.low if again.n else np.nan,
        "again_high": again.high if again.n else np.nan,
        "each": each.value,
        "each_low": each.low if enough else np.nan,
        "each_high": each.high if enough else np.nan,
    }


@dataclass(frozen=True)
class ComingBack(Result):
    """What relational buyers and the others bought after they were told apart."""

    later: Later | None = None
    known: Base | None = None
    rule: Rule | None = None
    currency: str = "EUR"
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @property
    def text(self) -> str:
        """Who bought again, against customers alike, the margin, and that it is no proof of cause."""
        if self.later.few:
            return self._few
        parts = [self._again, self._alike, self._margin]
        return " ".join([*filter(None, parts), _("What goes with coming back need not cause it.")])

    @property
    def _few(self) -> str:
        n = int(self.later.part.sum())
        said = _(
            "Too few to compare: by {day} there were {n} relational buyers and {others} others; {least} of either are needed."
        )
        return said.format(
            day=self._day, n=language.number(n), others=language.number(len(self.later.part) - n), least=SMALL
        )

    @property
    def _day(self) -> str:
        return language.day(day_of(self.later.cut))

    @property
    def _again(self) -> str:
        mine, others = self.later.again(True), self.later.again(False)
        return _(
            "Of {n} buyers who were relational by {day}, {mine} ({low} to {high}) bought again in the {days} days after; of "
            "the others {others}."
        ).format(
            n=language.number(mine.n), day=self._day, mine=mine.say(), low=mine.say(mine.low), high=mine.say(mine.high),
            days=language.number(self.later.days), others=others.say(),
        )  # fmt: skip

    @property
    def _alike(self) -> str:
        found = self.later.alike
        if found.value != found.value:
            return _(
                "None of the others had about as many orders as long ago, so nobody can be called alike."
            )
        values = {
            "value": found.say(abs(found.value)),
            "low": _bare(found, found.low),
            "high": _bare(found, found.high),
        }
        if not _sure(found):
            said = _(
                "Against customers alike (about as many orders, the first and the last as long ago) the difference is {value} "
                "({low} to {high}): chance could make that."
            )
            return said.format(**values | {"value": found.say()})
        if found.value > 0:
            return _(
                "That is {value} more ({low} to {high}) than customers alike (about as many orders, the first and the last as "
                "long ago)."
            ).format(**values)
        values |= {"low": _bare(found, -found.high), "high": _bare(found, -found.low)}
        return _(
            "That is {value} less ({low} to {high}) than customers alike (about as many orders, the first and the last as "
            "long ago)."
        ).format(**values)

    @property
    def _margin(self) -> str:
        mine, others = self.later.each(True), self.later.each(False)
        return _(
            "Each brought {mine} of margin in those days ({low} to {high}), each of the others {others}."
        ).format(mine=mine.say(), low=mine.say(mine.low), high=mine.say(mine.high), others=others.say())

    @property
    def method(self) -> str:
        """How they were told apart, how long followed, who is alike, the tests."""
        told = _(
            "Who is relational is told by what was known on {day}; purchases since play no part in it. Everybody who had "
            "bought by then is followed for the same {days} days; who came later is left out."
        ).format(day=self._day, days=language.number(self.later.days))
        alike = _(
            "Customers alike: about as many orders so far, the first and the last one about as long ago. Difference within "
            "these groups by least squares with robust errors; p corrected for two looks (Holm): {p}."
        ).format(p=self._ps)
        worth = self.later.worth
        margin = (
            ""
            if worth.value != worth.value
            else _("Difference in margin, against customers alike: {difference} each.").format(
                difference=worth
            )
        )
        parts = [told, alike, margin, self.known.asked.said, left_out_said(self.known.left_out)]
        return " ".join(filter(None, parts))

    @property
    def _ps(self) -> str:
        return language.join([VOCABULARY.cell("p", one.p) for one in (self.later.alike, self.later.worth)])

    def plot(self) -> go.Figure:
        """The share that has bought again by each week, of both, with intervals."""
        figure = figures.blank(legend=True, yaxis={"tickformat": ",.0%", "rangemode": "tozero"})
        for relational in (True, False):
            self._draw(figure, relational)
        title = {"text": _("Days after {day}").format(day=self._day), "font": {"size": 13}}
        return figure.update_xaxes(title=title, rangemode="tozero")

    def _draw(self, figure: go.Figure, relational: bool) -> None:
        theirs = self.later.customers["day"].to_numpy()[self.later.part == relational]
        if not len(theirs):
            return
        days = np.append(np.arange(0, self.later.days, _WEEK), self.later.days)
        counts = (theirs[:, None] <= days).sum(axis=0)
        low, high = estimates.shares(counts, np.full(len(days), len(theirs)))
        band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        figure.add_scatter(x=days, y=high, **band)
        figure.add_scatter(x=days, y=low, fill="tonexty", fillcolor=_BANDS[relational], **band)
        said = [language.percent(share, 1) for share in counts / len(theirs)]
        figure.add_scatter(
            x=days, y=counts / len(theirs), mode="lines", hovertext=said, hoverinfo="text+name",
            name=str(VOCABULARY.word("relational" if relational else "others")),
            line={"color": _COLOURS[relational], "width": 2},
        )  # fmt: skip

    def findings(self) -> list[Finding]:
        """That they surely come back more, or less, than customers alike."""
        found = self.later.alike
        if self.later.few:
            few = _("There are too few relational buyers to say whether they come back more.")
            n = min(int(self.later.part.sum()), int((~self.later.part).sum()))
            return [Finding(CHAPTER, few, enough=-(-SMALL * len(self.later.part) // max(n, 1)))]
        if not _sure(found):
            return []
        headline = (
            _("Relational buyers come back more often than customers alike.")
            if found.value > 0
            else _("Relational buyers come back less often than customers alike.")
        )
        action = (
            _("Give them your attention: they buy again.")
            if found.value > 0
            else _("Ask some of them why they did not buy again, before you spend more on them.")
        )
        return [Finding(CHAPTER, headline, found, action=action, assumptions=(assumed(self.rule.needed, 4),))]


def _sure(found: Estimate) -> bool:
    return found.p is not None and found.p < 1 - estimates.LEVEL


def _bare(found: Estimate, value: float) -> str:
    """A difference of shares in points, without the word."""
    return language.number(value * 100)
