"""Do we know what our customers expect?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import LEVEL, SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, Vocabulary, question
from csworkbook.service_gap import pictures
from csworkbook.service_gap.answers import CHAPTER, SCORED, Answers, answers, left_out, score
from csworkbook.service_gap.items import item_set

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEAST = 6  # people of the company for a finding: three or four are a conversation
_WIDEST = 6.0  # two means on a scale of 1–7 differ by no more


@question(mark("Do we know what our customers expect?"))
def second_gap(
    service_survey: pd.DataFrame,
    *,
    service_items: Mapping[str, str] | None = None,
    service_texts: Mapping[str, str] | None = None,
) -> SecondGap:
    """What the company thinks customers expect, against what customers say they expect, per dimension.

    The knowledge gap of Parasuraman, Zeithaml & Berry 1985 (Journal of Marketing 49(4):41–50). Different
    people: the difference of two means with Welch's interval and p-value, corrected for the number of
    dimensions (Holm). Every person counts once, with the mean of his items.

    Parameters
    ----------
    service_survey : DataFrame
        The canonical table, with rows of both roles.

    Returns
    -------
    SecondGap
        table: dimension, guess (the company's), expectation (the customers'), gap (guess minus expectation),
        low, high, p, verdict, guesses (people of the company), n (customers).
    """
    items = item_set(service_items, service_texts)
    us, them = (answers(_expected(service_survey), items, role=role) for role in ("company", "customer"))
    shared = [d for d in items.dimensions if d in us.items.dimensions or d in them.items.dimensions]
    table = pd.DataFrame([_row(d, us, them) for d in shared], columns=_COLUMNS)
    table["p"] = estimates.adjust(table["p"])
    table["verdict"] = np.where(table["p"] < 1 - LEVEL, "yes", "cannot tell yet")
    return SecondGap(table, us, them)


_COLUMNS = ("dimension", "guess", "expectation", "gap", "low", "high", "p", "guesses", "n")


def _expected(service_survey: pd.DataFrame) -> pd.DataFrame:
    """The survey without perceptions: an expectation counts whether or not its other half was answered."""
    return service_survey.drop(columns=["perception"], errors="ignore")


def _row(dimension: str, us: Answers, them: Answers) -> tuple:
    one, other = _people(us, dimension), _people(them, dimension)
    with np.errstate(all="ignore"):
        found = estimates.mean_difference(one, other, "score")
    gap = _mean(one) - _mean(other)
    low, high = (
        (max(found.low, -_WIDEST), min(found.high, _WIDEST))
        if np.isfinite([found.low, found.high]).all()
        else (np.nan, np.nan)
    )
    p = np.nan if found.p is None else found.p
    return (dimension, _mean(one), _mean(other), gap, low, high, p, len(one), len(other))


def _people(asked: Answers, dimension: str) -> np.ndarray:
    """What each person who answered expects of a dimension."""
    if dimension not in asked.items.dimensions:
        return np.array([])
    values = asked.by_dimension(asked.expectation)[:, asked.items.dimensions.index(dimension)]
    return values[~np.isnan(values)]


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


@dataclass(frozen=True)
class SecondGap(Result):
    """The dimensions, what the company guesses and what customers expect."""

    us: Answers
    them: Answers
    vocabulary: ClassVar[Vocabulary] = SCORED
    shown: ClassVar[tuple[str, ...]] = (
        "dimension", "guess", "expectation", "gap", "low", "high", "p", "verdict", "guesses", "n",
    )  # fmt: skip

    @property
    def _sure(self) -> pd.DataFrame:
        """The dimensions that differ for sure, largest difference first."""
        sure = self.table[self.table["verdict"] == "yes"]
        return sure.reindex(sure["gap"].abs().sort_values(ascending=False, kind="stable").index)

    @property
    def text(self) -> str:
        """The dimension guessed worst, the direction, and what few answers can tell."""
        missing = self._missing()
        said = [missing] if missing else [self._worst(), self._few()]
        return " ".join(one for one in [*said, left_out(self.them)] if one)

    def _missing(self) -> str:
        if self.table.empty:
            return _("Neither the company nor its customers have said what customers expect.")
        if self.table["guess"].isna().all():
            return _("Nobody in the company has guessed yet what customers expect.")
        if self.table["expectation"].isna().all():
            return _(
                "Customers have not said yet what they expect, so the company's guess cannot be checked."
            )
        return ""

    def _worst(self) -> str:
        if self._sure.empty:
            return _(
                "No difference between our guess and what customers expect is so large that it cannot be chance."
            )
        row = self._sure.iloc[0]
        under = _(
            "We underestimate {dimension}: we guess {guess}, customers expect {expectation} ({gap}, {low} to {high})."
        )
        over = _(
            "We overestimate {dimension}: we guess {guess}, customers expect {expectation} ({gap}, {low} to {high})."
        )
        values = {c: score(row[c]) for c in ("guess", "expectation", "gap", "low", "high")}
        frame = under if row["gap"] < 0 else over
        said = frame.format(dimension=str(SCORED.word(row["dimension"])).lower(), **values)
        others = [str(SCORED.word(d)).lower() for d in self._sure["dimension"].iloc[1:]]
        more = _("For sure different as well: {dimensions}.").format(dimensions=language.join(others))
        return f"{said} {more}" if others else said

    def _few(self) -> str:
        guesses, customers = int(self.table["guesses"].max()), int(self.table["n"].max())
        if guesses < SMALL:
            return ngettext(
                "{n} person of the company guessed: for others in the company it holds only within the interval.",
                "{n} people of the company guessed: for others in the company it holds only within the interval.",
                guesses,
            ).format(n=language.number(guesses))
        if customers < SMALL:
            return _("{n} customers are few: ask more of them before you act on this.").format(
                n=language.number(customers)
            )
        return ""

    @property
    def method(self) -> str:
        """The formula and the test."""
        return _(
            "Gap = the company's mean guess − the customers' mean expectation, per dimension; every person counts once. "
            "Intervals and p: Welch's t for different people, 95%, corrected for the number of dimensions (Holm). "
            "Intervals are cut off where the scale of 1–7 ends."
        )

    def plot(self) -> go.Figure:
        """What customers expect and what we think, per dimension."""
        names = (str(SCORED.head("expectation")), str(SCORED.head("guess")))
        return pictures.pairs(self.table, label="dimension", start="expectation", end="guess", names=names)

    def findings(self) -> list[Finding]:
        """The dimension that is underestimated most, or that there is nothing to compare."""
        if self._missing():
            headline = _("Whether the company knows what customers expect cannot be told yet.")
            return [Finding(CHAPTER, headline, enough=estimates.needed(0.1))]
        under = self._sure[self._sure["gap"] < 0]
        if under.empty:
            return []
        row = under.iloc[0]
        if row["guesses"] < LEAST:
            headline = _("Too few people of the company guessed what customers expect.")
            return [Finding(CHAPTER, headline, action=_("Let everybody in the company guess."), enough=LEAST)]
        found = Estimate(row["gap"], row["low"], row["high"], int(row["guesses"] + row["n"]), "score")
        name = str(SCORED.word(row["dimension"])).lower()
        headline = _("We underestimate what customers expect of {dimension}.").format(dimension=name)
        action = _(
            "Put customers' own words about this before the team, and ask each of them one customer this week."
        )
        return [Finding(CHAPTER, headline, found, None, action)]
