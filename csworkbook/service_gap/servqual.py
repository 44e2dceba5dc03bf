"""Where do customers get less than they expect? SERVQUAL, per dimension and per item.

Parasuraman, Zeithaml & Berry 1988, Journal of Retailing 64(1):12–40: what customers got (perception)
minus what they expect of an excellent shop (expectation), both 1–7, in five dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import dimensions, estimates, language
from csworkbook.estimates import LEVEL, SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, Vocabulary, question
from csworkbook.service_gap import pictures, resample
from csworkbook.service_gap.answers import (
    CHAPTER,
    SCORED,
    Answers,
    answers,
    left_out,
    same_text,
    score,
)
from csworkbook.service_gap.draws import Drawn, drawn
from csworkbook.service_gap.items import item_set
from csworkbook.service_gap.scales import ENOUGH, alpha

if TYPE_CHECKING:
    import plotly.graph_objects as go

_COLUMNS = (
    "dimension", "expectation", "perception", "gap", "low", "high", "n", "weight",
    "alpha", "alpha_low", "alpha_high", "alpha_standardised",
)  # fmt: skip

_SAME = 1e-4  # means of draws are worked out in 32 bits


@question(mark("Where do customers get less than they expect?"))
def servqual(
    service_survey: pd.DataFrame,
    *,
    service_items: Mapping[str, str] | None = None,
    service_texts: Mapping[str, str] | None = None,
    draws: int = resample.DRAWS,
    seed: int = 0,
) -> Servqual:
    """Expectation, perception and the gap between them, per dimension (SERVQUAL; handbook 1.1).

    Customers' answers only. Where both were asked of the same people, a gap is the mean of each one's
    perception minus expectation; where other people were asked, the difference of two means; where only
    one of the two was asked there is no gap, and `low` and `high` bound the score itself.

    Parameters
    ----------
    service_survey : DataFrame
        The canonical table: respondent_id, role, item, expectation, perception (1–7), weight.
    service_items : mapping, optional
        Item number → dimension, for a shop's own items; the 22 of SERVQUAL otherwise.
    service_texts : mapping, optional
        Item number → how it reads.
    draws : int
        Samples of respondents drawn for the intervals (percentile bootstrap, 95 %).

    Returns
    -------
    Servqual
        table: dimension, expectation, perception (means, 1–7), gap, low, high (in points of the scale),
        n (respondents), weight (points of 100; empty where none were given), alpha, alpha_low,
        alpha_high, alpha_standardised (Cronbach). `overall` and `weighted` are the whole.

    >>> import pandas as pd
    >>> rows = [("ann", 5, 7, 4), ("ann", 6, 7, 6), ("bob", 5, 6, 6), ("bob", 6, 6, 4)]
    >>> asked = pd.DataFrame(rows, columns=["respondent_id", "item", "expectation", "perception"])
    >>> servqual(asked.assign(role="customer")).table[["dimension", "gap", "n"]].values.tolist()
    [['reliability', -1.5, 2]]
    """
    asked = answers(service_survey, item_set(service_items, service_texts))
    found = drawn(asked, draws, seed)
    low, high = found.limits(found.dimensions, found.by_dimension)
    scales = [alpha(asked.scores[:, place]) for place in asked.places]
    table = pd.DataFrame(
        {
            "dimension": list(asked.items.dimensions),
            "expectation": asked.by_dimension(found.expectation[0]),
            "perception": asked.by_dimension(found.perception[0]),
            "gap": found.dimensions[0] if found.gaps else np.nan,
            "low": low,
            "high": high,
            "alpha": [one.raw for one in scales],
            "n": asked.answered(),
            "weight": found.points[0],
            "alpha_low": [one.low for one in scales],
            "alpha_high": [one.high for one in scales],
            "alpha_standardised": [one.standardised for one in scales],
        }
    )
    overall = found.estimate(found.overall, asked.people, found.least)
    least = found.least if asked.mode == "unpaired" else found.weighing
    weighted = found.estimate(found.weighted, found.weighing, least)
    return Servqual(table, asked, overall, weighted, _beside_first(found, table))


def _judged(asked: Answers) -> str:
    return asked.mode if asked.mode in ("perception", "expectation") else "gap"


def _worst_first(table: pd.DataFrame, judged: str) -> pd.DataFrame:
    """The rows that enough people answered (all that are known, when none was), worst first."""
    known = table[table[judged].notna()]
    many = known[known["n"] >= SMALL]
    return (known if many.empty else many).sort_values(
        judged, ascending=judged != "expectation", kind="stable"
    )


def _beside_first(found: Drawn, table: pd.DataFrame) -> tuple[str, ...]:
    """The dimensions that cannot be told apart from the first: differences drawn together, Holm over all."""
    places = _worst_first(table, _judged(found.asked)).index.to_numpy()
    if len(places) < 2:
        return ()
    each = found.dimensions[1:]
    apart = each[:, places[1:]] - each[:, places[:1]]
    least = np.minimum((apart <= _SAME).sum(axis=0), (apart >= -_SAME).sum(axis=0))
    p = estimates.adjust(np.minimum(2 * (1 + least) / (1 + (~np.isnan(apart)).sum(axis=0)), 1))
    return tuple(table["dimension"].to_numpy()[places[1:][~(p < 1 - LEVEL)]])


@dataclass(frozen=True)
class Servqual(Result):
    """The dimensions; `overall` and `weighted` are the gap (or score) of the whole, None where unknown.

    `beside` names the dimensions that cannot be told apart from the first.
    """

    asked: Answers
    overall: Estimate | None = None
    weighted: Estimate | None = None
    beside: tuple[str, ...] = ()
    vocabulary: ClassVar[Vocabulary] = SCORED
    shown: ClassVar[tuple[str, ...]] = _COLUMNS

    @property
    def judged(self) -> str:
        """The column that is judged: gap, or the one of the two that was asked."""
        return _judged(self.asked)

    @property
    def _ordered(self) -> pd.DataFrame:
        """Worst first; of expectations, highest first. Rows of few answers only when there are no others."""
        return _worst_first(self.table, self.judged)

    @property
    def text(self) -> str:
        """The worst dimension, how sure that is, the whole, and what to be careful about."""
        if self._ordered.empty:
            return " ".join([nothing(), left_out(self.asked)]).strip()
        said = [
            *self._kind(),
            self._worst(),
            self._apart(),
            self._whole(),
            self._set_aside(),
            *self._care(),
            left_out(self.asked),
        ]
        return " ".join(one for one in said if one)

    def _kind(self) -> list[str]:
        """That these are no gaps of the same people, where they are not."""
        return {
            "unpaired": [_("Expectations and experiences come from different people.")],
            "perception": [_("Expectations were not asked, so these are scores and no gaps.")],
            "expectation": [_("What customers get was not asked, so these are expectations and no gaps.")],
        }.get(self.asked.mode, [])

    def _worst(self) -> str:
        row = self._ordered.iloc[0]
        values = {c: score(row[c]) for c in ("expectation", "perception", "gap", "low", "high")}
        values |= {"dimension": str(SCORED.word(row["dimension"])), "n": language.number(row["n"])}
        return _worst(self.judged, row).format(**values)

    def _apart(self) -> str:
        """Whether the first is clear of the others."""
        first, others = self._ordered.iloc[0], self._ordered.iloc[1:]
        if first["n"] < SMALL:
            return _("That is few answers: read it as a start of a conversation, not as a measurement.")
        if others.empty:
            return ""
        if self.judged == "expectation":
            return ""
        if not self.beside:
            return _("It is clear of all the others.")
        same = same_text(list(self.beside))
        return _("It cannot be told apart for sure from: {dimensions}.").format(dimensions=same)

    def _set_aside(self) -> str:
        """The dimensions that too few answered to be compared."""
        few = self.table.drop(self._ordered.index)
        few = few[few[self.judged].notna()]["dimension"].tolist()
        if not few:
            return ""
        return _("Fewer than {n} people answered about {dimensions}: not compared.").format(
            n=language.number(SMALL), dimensions=same_text(few)
        )

    def _whole(self) -> str:
        if self.overall is None or self.judged == "expectation":
            return ""
        whole = score(self.overall.value)
        if self.weighted is None:
            return _("All dimensions together: {value}.").format(value=whole)
        return _(
            "All dimensions together: {value}; weighted by what customers find important: {weighted}."
        ).format(value=whole, weighted=score(self.weighted.value))

    def _care(self) -> list[str]:
        """The dimensions whose items do not, or may not, measure one thing."""
        low = self.table[self.table["alpha"] < ENOUGH]
        surely = low["alpha_high"] < ENOUGH
        weak, doubtful, said = low[surely]["dimension"].tolist(), low[~surely], []
        if weak:
            frame = _(
                "Look at the items one by one for {dimensions}: they do not measure one thing (alpha below {limit})."
            )
            said.append(frame.format(dimensions=same_text(weak), limit=language.number(ENOUGH, 1)))
        if len(doubtful):
            frame = _("The items of {dimensions} may not measure one thing: see them one by one.")
            said.append(frame.format(dimensions=language.join(_alphas(doubtful))))
        return said

    @property
    def method(self) -> str:
        """Formulas, intervals, alpha, weights, source."""
        return (
            method(self.asked)
            + " "
            + _(
                "Alpha: Cronbach's, of the gaps (or of the scores, where there are none), of those who answered every item; "
                "its interval is Feldt's. Whether the first is clear of the others: their difference in the same "
                "draws, corrected for the number of others (Holm)."
            )
        )

    def plot(self) -> go.Figure:
        """Expected and got per dimension, with the way between them."""
        if self.judged != "gap":
            name = str(SCORED.head(self.judged))
            return pictures.means(self.table, label="dimension", value=self.judged, name=name)
        names = (str(SCORED.head("expectation")), str(SCORED.head("perception")))
        return pictures.pairs(
            self.table, label="dimension", start="expectation", end="perception", names=names
        )

    def findings(self) -> list[Finding]:
        """The dimension that falls shortest, or that too few answered."""
        if self._ordered.empty or self.judged == "expectation" or self._ordered["n"].iloc[0] < SMALL:
            headline = _("Too few customers said what they expect and what they get.")
            return [Finding(CHAPTER, headline, enough=estimates.needed(0.1))]
        row = self._ordered.iloc[0]
        if self.beside if self.judged == "perception" else not row["high"] < 0:
            return []
        found = Estimate(row[self.judged], row["low"], row["high"], int(row["n"]), "score")
        headline = _("Customers get least of what they expect in: {dimension}.")
        if self.beside:
            headline = _("Customers get less than they expect in: {dimension}.")
        if self.judged == "perception":
            headline = _("Customers score this lowest: {dimension}.")
        name = str(SCORED.word(row["dimension"]))
        return [Finding(CHAPTER, headline.format(dimension=name), found, None, action(row["dimension"]))]


def _alphas(rows: pd.DataFrame) -> list[str]:
    """Dimensions with their alpha and its interval."""
    frame = _("{dimension} (alpha {alpha}, {low} to {high})")
    columns = (rows[c] for c in ("dimension", "alpha", "alpha_low", "alpha_high"))
    return [
        frame.format(dimension=SCORED.word(name), alpha=score(value), low=score(low), high=score(high))
        for name, value, low, high in zip(*columns, strict=True)
    ]


def _worst(judged: str, row: pd.Series) -> str:
    """The sentence for the first row, by what is judged."""
    if judged == "expectation":
        return _("Customers expect most of {dimension}: {expectation} of 7 ({low} to {high}, n = {n}).")
    if judged == "perception":
        return _("Lowest is {dimension}: {perception} of 7 ({low} to {high}, n = {n}).")
    if row["gap"] >= 0:
        return _(
            "Customers get what they expect, or more; closest is {dimension}: they expect {expectation} and get "
            "{perception}, a gap of {gap} ({low} to {high}, n = {n})."
        )
    return _(
        "{dimension} falls furthest short: customers expect {expectation} and get {perception}, a gap of {gap} "
        "({low} to {high}, n = {n})."
    )


def nothing() -> str:
    """The sentence for a survey without answers of customers."""
    return _("There are no answers of customers in this survey yet.")


def method(asked: Answers) -> str:
    """Formulas and source, and what was done with the points."""
    points = dimensions.about_points(asked.scaled, asked.pointless)
    if asked.mode == "perception":
        said = _(
            "Score = the mean of what customers answered, on a scale of 1–7; every item counts the same in its "
            "dimension. Intervals: bootstrap over respondents, 95%. After Parasuraman, Zeithaml & Berry (1988)."
        )
        return f"{said} {points}".strip()
    said = _(
        "Gap = what customers got − what they expect, on a scale of 1–7; every item counts the same in its dimension. "
        "Intervals: bootstrap over respondents, 95%. Weights: each respondent's own 100 points. "
        "After Parasuraman, Zeithaml & Berry (1988)."
    )
    return f"{said} {points}".strip()


def action(dimension: str) -> str:
    """What to do first when a dimension falls short."""
    return {
        "tangibles": _(
            "Look at your own site, parcels and messages on a customer's device; mend what looks neglected."
        ),
        "reliability": _(
            "Promise less or keep more: find which promise is broken most, and by whom in the chain."
        ),
        "responsiveness": _("Say when an answer comes, and staff the hours in which customers wait longest."),
        "assurance": _("Give whoever answers the knowledge and the mandate to answer at once."),
        "empathy": _(
            "Drop the standard texts for the three questions asked most, and answer them personally."
        ),
    }.get(dimension, _("Read the items of this dimension one by one and start with the lowest."))
