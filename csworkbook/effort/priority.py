"""Where should we act first, and what is it worth?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.effort.answers import CHAPTER, STAGES, coded
from csworkbook.effort.stages import action
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.order_value import margins
from csworkbook.repeats import known_customers
from csworkbook.results import Result, question, word
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

_DRAWS = 4000


@question(mark("Where to act first, and what is it worth?"))
def where_first(
    effort_survey: pd.DataFrame,
    orders: pd.DataFrame | None = None,
    *,
    margin: float = 0.35,
    currency: str = "EUR",
    customers_per_year: int | None = None,
    value_per_customer: float | None = None,
    seed: int = 0,
) -> WhereFirst:
    """Rank the stages by effort × reach × loyalty effect, with what mending each is worth a year.

    Effort is the share "far too much" among those who answered about the stage, reach the share of
    all respondents who did. The loyalty effect is the difference in "would buy again" that goes with
    far too much at this stage, the other stages held equal (linear probability model, robust
    errors). Value = customers a year × reach × effort × effect × what a customer yields a year.

    Parameters
    ----------
    orders : DataFrame, optional
        Gives customers a year (the last 365 days) and their mean yearly revenue.
    margin : float
        Gross margin, share of revenue (0–1).
    customers_per_year : int, optional
    value_per_customer : float, optional
        Yearly margin of a customer; both override what `orders` says (0 counts as not given).

    Returns
    -------
    WhereFirst
        table: rank, stage, share, reach, effect (−1–1), low, high (of effect), n, value, value_low,
        value_high (money per year; empty when customers or their value are unknown).

    Raises
    ------
    DataError
        When the survey does not ask whether customers would buy again.
    """
    require(effort_survey, "effort_survey")
    if "buy_again" not in effort_survey or effort_survey["buy_again"].notna().sum() == 0:
        raise DataError(
            _("Ranking needs to know whether customers would buy again."),
            allowed=_("A yes/no column “buy again”."),
            next_step=_("Use the questionnaire below, which asks it, or map the column on this page."),
        )
    effects = _effects(effort_survey)
    market = _market(orders, margin, customers_per_year or None, value_per_customer or None)
    rows = [_row(effort_survey, stage, effects, market, seed) for stage in STAGES]
    by = "value" if market else "lost"
    table = pd.DataFrame(rows).sort_values(by, ascending=False, kind="stable").reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return WhereFirst(table.drop(columns="lost"), market, currency, margin)


@dataclass(frozen=True)
class Market:
    """Customers a year, what one yields a year (margin, money) and the standard error of that mean."""

    customers: int
    worth: float
    error: float


def _market(orders, margin, customers, worth) -> Market | None:
    if orders is not None and len(orders):
        last = orders["ordered_at"].max()
        year = orders[orders["ordered_at"] > last - pd.Timedelta(days=365)]
        earned = pd.Series(margins(year, margin), index=year.index)
        yearly = earned.groupby(known_customers(year)).sum()
        error = 0.0 if worth is not None else float(yearly.sem())
        return Market(customers or len(yearly), worth if worth is not None else float(yearly.mean()), error)
    return Market(customers, worth, 0.0) if customers and worth is not None else None


def _effects(effort_survey: pd.DataFrame) -> pd.DataFrame:
    """Change in "would buy again" that goes with far too much (against hardly any), per stage."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools.tools import add_constant

    loyal = coded(effort_survey, "buy_again")
    design = {}
    for stage in STAGES:
        answers = coded(effort_survey, stage)
        design |= {f"{stage}{a}": (answers == a).astype(float) for a in (2, 3)}
        design[f"{stage}0"] = answers.isna().astype(float)
    known = loyal.notna()
    columns = pd.DataFrame(design)[known]
    kept, own = _separable(columns)
    found = pd.DataFrame(columns=["effect", "error"], dtype=float)
    if len(columns) > len(kept) + 1:
        fit = OLS(loyal[known], add_constant(columns[kept])).fit(cov_type="HC1")
        found = pd.DataFrame({"effect": -fit.params, "error": fit.bse}).loc[own]
    return found.reindex([f"{stage}3" for stage in STAGES]).set_axis(STAGES)


def _separable(columns: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Columns that make up all the others, and those of them whose effect no other one shares."""
    apart = columns - columns.mean()
    products = apart.T @ apart

    def rank(names: list[str]) -> int:
        return int(np.linalg.matrix_rank(products.loc[names, names])) if names else 0

    kept: list[str] = []
    for name in columns:
        kept += [name] if rank([*kept, name]) > len(kept) else []
    own = [name for name in kept if rank([c for c in columns if c != name]) < len(kept)]
    return kept, own


def _row(survey: pd.DataFrame, stage: str, effects: pd.DataFrame, market: Market | None, seed: int) -> dict:
    answers = coded(survey, stage)
    n, hard = int(answers.notna().sum()), int((answers == 3).sum())
    effect, error = effects.loc[stage]
    share, reach = hard / n if n else np.nan, n / len(survey)
    row = {"stage": stage, "share": share, "reach": reach, "effect": effect}
    row |= {
        "low": effect - 1.96 * error,
        "high": effect + 1.96 * error,
        "n": n,
        "lost": reach * share * effect,
    }
    if market is None:
        return {**row, "value": np.nan, "value_low": np.nan, "value_high": np.nan}
    rng = np.random.default_rng(seed + 1)
    worth = market.customers * rng.normal(market.worth, market.error, _DRAWS)
    draws = _draws(len(survey), n, hard, effect, error, seed)
    low, high = np.quantile(draws * worth, [0.025, 0.975])
    value = market.customers * market.worth * row["lost"]
    return {**row, "value": value, "value_low": low, "value_high": high}


def _draws(everybody: int, n: int, hard: int, effect: float, error: float, seed: int) -> np.ndarray:
    """Draws of reach × share × effect, each from its own uncertainty."""
    rng = np.random.default_rng(seed)
    reach = rng.beta(n + 0.5, everybody - n + 0.5, _DRAWS)
    share = rng.beta(hard + 0.5, n - hard + 0.5, _DRAWS)
    return reach * share * rng.normal(effect, error, _DRAWS)


@dataclass(frozen=True)
class WhereFirst(Result):
    """The stages in the order to act on them."""

    market: Market | None = None
    currency: str = "EUR"
    margin: float = 0.35
    in_points: ClassVar[bool] = True
    shown: ClassVar[tuple[str, ...]] = (
        "rank", "stage", "share", "reach", "effect", "low", "high", "n", "value", "value_low", "value_high",
    )  # fmt: skip

    @property
    def text(self) -> str:
        """What to do first, what it is worth, what that rests on."""
        if self._told.empty:
            return _(
                "Fewer than {least} customers found any stage far too much effort: too few to say where to start. "
                "About {n} answers would do."
            ).format(least=estimates.SMALL, n=language.number(self._needed))
        top = self._told.iloc[0]
        said = _("Start with: {stage}.").format(stage=str(word(top["stage"])).lower())
        why = _(
            "{share} find it far too much effort, and they say {effect} points less often that they will buy again."
        )
        why = why.format(share=language.percent(top["share"]), effect=language.number(top["effect"] * 100))
        if self.market is None:
            worth = _("Bring your orders, or fill in customers and value, to see what that is worth a year.")
        elif top["value_low"] > 0:
            worth = _("Mending it is worth {value} a year at most ({low} to {high}).").format(
                value=self._money(top["value"]),
                low=self._money(top["value_low"]),
                high=self._money(top["value_high"]),
            )
        else:
            worth = _(
                "What it is worth cannot be told yet: the interval ({low} to {high} a year) holds zero."
            ).format(low=self._money(top["value_low"]), high=self._money(top["value_high"]))
        return f"{said} {why} {worth}"

    @property
    def _told(self) -> pd.DataFrame:
        """The stages with enough far-too-much answers, and an effect that can be told from the others'."""
        hard = (self.table["share"] * self.table["n"]).round()
        return self.table[(hard >= estimates.SMALL) & self.table["effect"].notna()]

    @property
    def _needed(self) -> int:
        """How many answers would hold enough customers who found it far too much effort."""
        most = self.table["share"].max()
        return math.ceil(estimates.SMALL / most) if most > 0 else estimates.needed()

    def _money(self, amount: float) -> str:
        return language.money(estimates.rough(amount), self.currency)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the value rests on."""
        if self.market is None:
            return ()
        return (
            _("{n} customers a year").format(n=language.number(self.market.customers)),
            _("{worth} margin per customer a year").format(
                worth=language.money(self.market.worth, self.currency)
            ),
            _("everybody who finds it far too much would have found it hardly any"),
            _("saying “I will buy again” is as good as doing so"),
            _("the difference is caused by the effort"),
        )

    @property
    def method(self) -> str:
        """The formula and its assumptions."""
        said = _(
            "Value = customers a year × reach × share far too much × difference in “buy again” (other stages held equal) "
            "× margin per customer a year. An upper bound."
        )
        if not self.assumptions:
            return said
        return said + " " + _("It assumes: {list}.").format(list=language.join(list(self.assumptions)))

    def plot(self) -> go.Figure:
        """Value per stage with its interval (or the loyalty effect, where no value is known)."""
        if self.market is None:
            return figures.dots(self.table, label="stage", value="effect")
        table = self.table.assign(low=self.table["value_low"], high=self.table["value_high"])
        return figures.dots(table, label="stage", value="value", money=self.currency)

    def findings(self) -> list[Finding]:
        """One finding per stage that is worth something for sure, or the first one otherwise."""
        if self._told.empty:
            headline = _("There are too few answers to say where customers have to try too hard.")
            return [Finding(CHAPTER, headline, enough=self._needed)]
        sure = self._told[self._told["value_low"] > 0]
        return [self._finding(row) for _index, row in (sure if len(sure) else self._told.head(1)).iterrows()]

    def _finding(self, row: pd.Series) -> Finding:
        estimate = Estimate(row["effect"], row["low"], row["high"], int(row["n"]), "points")
        value = None
        if self.market is not None and not np.isnan(row["value_low"]):
            value = Estimate(
                row["value"], row["value_low"], row["value_high"], int(row["n"]), "money", None, self.currency
            )
        headline = _("Effort here costs loyalty: {stage}.").format(stage=str(word(row["stage"])).lower())
        return Finding(
            CHAPTER, headline, estimate, "effort-buy-again", action(row["stage"]), value, self.assumptions
        )
