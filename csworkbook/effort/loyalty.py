"""Do customers who had to try hard leave?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates, evidence, figures, language
from csworkbook.effort.answers import CHAPTER, coded, highest
from csworkbook.errors import DataError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.repeats import duration
from csworkbook.repurchase import ordered_again
from csworkbook.results import Result, question, word
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

_BENCHMARKS = {
    ("buy_again", 1): "effort-buy-again",
    ("spend_more", 1): "effort-spend-more",
    ("negative_word", 3): "effort-negative-word",
}


@question(mark("Do customers who had to try hard leave?"))
def loyalty(
    effort_survey: pd.DataFrame, orders: pd.DataFrame | None = None, *, within: str = "90D"
) -> Loyalty:
    """Loyalty by the most effort a customer named at any stage (handbook 3.2: 94, 88 and 81%).

    Parameters
    ----------
    orders : DataFrame, optional
        Adds whether respondents really bought again within `within` of their answer. Respondents
        whose window reaches past the last order in the data are left out.
    within : str
        A pandas duration, such as ``"90D"``.

    Returns
    -------
    Loyalty
        table: measure (buy_again, spend_more, negative_word, bought_again), effort (1–3), count, n,
        share, low, high, benchmark (the handbook's figure, where it has one).

    Raises
    ------
    DataError
        When the survey asks nothing about loyalty and its customers cannot be found in the orders.
    """
    require(effort_survey, "effort_survey")
    effort = highest(effort_survey)
    measures = _said(effort_survey)
    left_out = 0
    if orders is not None and "customer_id" in effort_survey:
        measures["bought_again"], left_out = _bought_again(effort_survey, orders, duration(within))
    parts = [_by_effort(name, values, effort) for name, values in measures.items() if values.notna().any()]
    if not parts:
        raise DataError(
            _("This survey does not say whether customers stay."),
            allowed=_(
                "One of these columns would do: buy again, spend more, recommend 0–10, or a customer with orders."
            ),
            next_step=_("Add a question from the questionnaire below, or map the column on this page."),
        )
    table = pd.concat(parts, ignore_index=True)
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    return Loyalty(table, duration(within).days, left_out)


def _said(effort_survey: pd.DataFrame) -> dict[str, pd.Series]:
    """The loyalty questions of the survey as 0/1, empty where not answered."""
    said = {n: coded(effort_survey, n) for n in ("buy_again", "spend_more") if n in effort_survey}
    if "recommend" in effort_survey:
        score = coded(effort_survey, "recommend")
        said["negative_word"] = (score <= 6).astype(float).where(score.notna())
    return said


def _bought_again(survey: pd.DataFrame, orders: pd.DataFrame, within: pd.Timedelta) -> tuple[pd.Series, int]:
    """Per answer: 1 when an order followed within the window, 0 when not, NaN when it cannot be told."""
    found = ordered_again(survey, orders, within)
    return found["again"], int((found["ours"] & ~found["over"]).sum())


def _by_effort(measure: str, values: pd.Series, effort: pd.Series) -> pd.DataFrame:
    counted = values.groupby(effort).agg(["sum", "count"]).reindex([1.0, 2.0, 3.0], fill_value=0)
    counted = counted.set_axis(["count", "n"], axis=1).rename_axis("effort").reset_index().astype(int)
    share = counted["count"] / counted["n"].where(counted["n"] > 0)
    marks = [
        evidence.get(_BENCHMARKS[measure, e]).value if (measure, e) in _BENCHMARKS else np.nan
        for e in counted["effort"]
    ]
    return counted.assign(measure=measure, share=share, benchmark=marks)[
        ["measure", "effort", "count", "n", "share", "benchmark"]
    ]


@dataclass(frozen=True)
class Loyalty(Result):
    """Loyalty per level of effort; `difference` compares hardly any with far too much."""

    days: int = 90
    left_out: int = 0

    def difference(self, measure: str) -> Estimate:
        """The share among those with hardly any effort minus that among those with far too much."""
        cells = self.table[self.table["measure"] == measure].set_index("effort")
        low, high = cells.loc[1], cells.loc[3]
        return estimates.difference(low["count"], low["n"], high["count"], high["n"])

    @property
    def _measures(self) -> list[str]:
        return list(dict.fromkeys(self.table["measure"]))

    @property
    def text(self) -> str:
        """The first measure in figures, the others in a word, and that it is no proof of cause."""
        first = self._measures[0]
        cells = self.table[self.table["measure"] == first].set_index("effort")
        if min(cells.loc[1, "n"], cells.loc[3, "n"]) == 0:
            return _("Too few customers named far too much effort to compare.")
        said = _(
            "{measure}: {easy} of customers with hardly any effort, {hard} of those with far too much."
        ).format(
            measure=str(word(first)).capitalize(),
            easy=language.percent(cells.loc[1, "share"]),
            hard=language.percent(cells.loc[3, "share"]),
        )
        sure = self.difference(first)
        gap = _("The difference is {difference}.").format(difference=sure)
        if sure.verdict != "yes":
            return f"{said} {gap} " + _("Chance could make that difference.")
        if not self._leaving(first):
            return f"{said} {gap} " + _("Effort does not go with leaving here: it is the other way round.")
        return f"{said} {gap} " + _("Effort goes with leaving here; that it causes it, this cannot show.")

    def _leaving(self, measure: str) -> bool:
        """Whether effort surely goes with less loyalty: of the measures only negative words rise with it."""
        difference = self.difference(measure)
        return difference.high < 0 if measure == "negative_word" else difference.low > 0

    @property
    def method(self) -> str:
        """Definitions, what was left out, and the handbook's caveats."""
        said = _(
            "Effort = the most a customer named at any stage. Would not recommend = 0–6 on the recommendation question. "
            "Diamonds: the handbook's figures, from service contacts in 2010, intentions only."
        )
        if "bought_again" not in self._measures:
            return said
        window = _(
            "Bought again = an order within {days} days of the answer; too recent to tell, and left out: {n}."
        )
        return f"{said} {window.format(days=self.days, n=language.number(self.left_out))}"

    def plot(self) -> go.Figure:
        """Dots with whiskers per measure, coloured by effort, the handbook's figures as diamonds."""
        return figures.dots(
            self.table[self.table["n"] > 0], label="measure", group="effort", benchmark="benchmark"
        )

    def findings(self) -> list[Finding]:
        """The loyalty lost with effort, for the first measure that shows it."""
        for measure in self._measures:
            cells = self.table[(self.table["measure"] == measure) & (self.table["effort"] != 2)]
            difference = self.difference(measure)
            if cells["n"].min() >= SMALL and self._leaving(measure):
                headline = _("Customers who had to try hard are less loyal ({measure}).").format(
                    measure=word(measure)
                )
                mark = _BENCHMARKS.get((measure, 1)) or _BENCHMARKS.get((measure, 3))
                advice = _("Start where effort costs most customers: see where to act first.")
                return [Finding(CHAPTER, headline, difference, mark, advice)]
        return []
