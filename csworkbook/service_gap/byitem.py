"""Which statements do we fall short on, one by one?"""

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
from csworkbook.service_gap import pictures, resample
from csworkbook.service_gap.answers import CHAPTER, SCORED, Answers, answers, left_out, score
from csworkbook.service_gap.draws import drawn
from csworkbook.service_gap.items import item_set
from csworkbook.service_gap.servqual import action, method, nothing

if TYPE_CHECKING:
    import plotly.graph_objects as go


@question(mark("On which statements do we fall short?"))
def by_item(
    service_survey: pd.DataFrame,
    *,
    service_items: Mapping[str, str] | None = None,
    service_texts: Mapping[str, str] | None = None,
    draws: int = resample.DRAWS,
    seed: int = 0,
) -> ByItem:
    """The gap of every item, largest first, tested against none (Holm over all items).

    Parameters
    ----------
    service_survey, service_items, service_texts, draws : see `servqual`.

    Returns
    -------
    ByItem
        table: item (number), text, dimension, expectation, perception, gap, low, high, n, p (t test, paired
        or Welch's; corrected), verdict ("yes": not what was expected). Without gaps p is empty and low
        and high bound the score.
    """
    asked = answers(service_survey, item_set(service_items, service_texts))
    found = drawn(asked, draws, seed)
    low, high = found.limits(found.scores, found.by_item)
    items = list(asked.items.dimension)
    table = pd.DataFrame(
        {
            "item": items,
            "text": [asked.items.label(item) for item in items],
            "dimension": list(asked.items.dimension.values()),
            "expectation": found.expectation[0],
            "perception": found.perception[0],
            "gap": found.scores[0] if found.gaps else np.nan,
            "low": low,
            "high": high,
            "n": (~np.isnan(asked.expectation) | ~np.isnan(asked.perception)).sum(axis=0),
            "p": estimates.adjust(_tested(asked)) if items else [],
        }
    )
    table["verdict"] = np.where(table["p"] < 1 - LEVEL, "yes", "cannot tell yet")
    judged = asked.mode if asked.mode in ("perception", "expectation") else "gap"
    table = table.sort_values(judged, ascending=judged != "expectation", kind="stable")
    return ByItem(table.reset_index(drop=True), asked, judged)


def _tested(asked: Answers) -> np.ndarray:
    """The p-value of "no gap" for every item; NaN where there are no gaps to test."""
    from scipy.stats import ttest_1samp, ttest_ind

    none = np.full(len(asked.items.dimension), np.nan)
    with np.errstate(all="ignore"):
        if asked.mode == "paired":
            tested = [_known(ttest_1samp, column) for column in asked.scores.T]
        elif asked.mode == "unpaired":
            both = zip(asked.perception.T, asked.expectation.T, strict=True)
            tested = [_known(ttest_ind, *pair) for pair in both]
        else:
            return none
    return np.array(tested)


def _known(test, *columns: np.ndarray) -> float:
    """A test of the answers that are there; NaN with fewer than two on a side, or where all find the same.

    Where nobody differs from the others the p-value is what it goes to when spread goes to none: 0.
    """
    columns = [column[~np.isnan(column)] for column in columns]
    if any(len(column) < 2 for column in columns):
        return np.nan
    if all(np.ptp(column) == 0 for column in columns):
        other = columns[1][0] if len(columns) == 2 else 0.0
        return np.nan if columns[0][0] == other else 0.0
    more = {"equal_var": False} if len(columns) == 2 else {"popmean": 0.0}
    return float(test(*columns, **more).pvalue)


@dataclass(frozen=True)
class ByItem(Result):
    """The items, worst first; `judged` names the column they are judged by."""

    asked: Answers
    judged: str = "gap"
    vocabulary: ClassVar[Vocabulary] = SCORED

    @property
    def _known(self) -> pd.DataFrame:
        return self.table[self.table[self.judged].notna()]

    @property
    def _first(self) -> pd.Series:
        """The worst item that enough people answered; the worst of all when none was."""
        many = self._known[self._known["n"] >= SMALL]
        return (self._known if many.empty else many).iloc[0]

    @property
    def text(self) -> str:
        """The first item, how many fall short for sure, what was left out."""
        if self._known.empty:
            return " ".join([nothing(), left_out(self.asked)]).strip()
        said = [self._worst(), self._how_many(), left_out(self.asked)]
        return " ".join(one for one in said if one)

    def _worst(self) -> str:
        row = self._first
        values = {c: score(row[c]) for c in (self.judged, "low", "high")}
        frame = {
            "gap": _("Largest gap: “{text}” ({dimension}), {gap} ({low} to {high}, n = {n})."),
            "perception": _(
                "Lowest score: “{text}” ({dimension}), {perception} of 7 ({low} to {high}, n = {n})."
            ),
            "expectation": _(
                "Highest expectation: “{text}” ({dimension}), {expectation} of 7 ({low} to {high}, n = {n})."
            ),
        }[self.judged]
        if self.judged == "gap" and row["gap"] >= 0:
            frame = _(
                "Closest to what customers expect: “{text}” ({dimension}), {gap} ({low} to {high}, n = {n})."
            )
        name = str(SCORED.word(row["dimension"]))
        return frame.format(text=row["text"], dimension=name, n=language.number(row["n"]), **values)

    def _how_many(self) -> str:
        if self.judged != "gap":
            return _("Only one of the two was asked, so there are no gaps to test.")
        if self._known["n"].max() < SMALL:
            return _("That is few answers: read it as a start of a conversation, not as a measurement.")
        short = int(((self.table["verdict"] == "yes") & (self.table["gap"] < 0)).sum())
        return ngettext(
            "{n} of the {all} statements falls short, allowing for having looked at all of them.",
            "{n} of the {all} statements fall short, allowing for having looked at all of them.",
            short,
        ).format(n=language.number(short), all=language.number(len(self._known)))

    @property
    def method(self) -> str:
        """The formulas and the test."""
        return (
            method(self.asked)
            + " "
            + _(
                "Per item a t test of no gap (paired where the same people answered both), corrected for the number "
                "of items (Holm)."
            )
        )

    def plot(self) -> go.Figure:
        """Every item with its interval, worst at the top."""
        return pictures.means(
            self._known, label="text", value=self.judged, name=str(SCORED.head(self.judged))
        )

    def findings(self) -> list[Finding]:
        """The item that falls shortest, when that is no chance."""
        sure = (self.table["verdict"] == "yes") & (self.table["gap"] < 0)
        short = self.table[sure & (self.table["n"] >= SMALL)]
        if short.empty:
            return []
        row = short.iloc[0]
        found = Estimate(row["gap"], row["low"], row["high"], int(row["n"]), "score")
        headline = _("The statement that falls furthest short: {text}.").format(text=row["text"])
        return [Finding(CHAPTER, headline, found, None, action(row["dimension"]))]
