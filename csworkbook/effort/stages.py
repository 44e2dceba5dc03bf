"""At which stage, and for whom, do customers have to try too hard?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.effort.answers import CHAPTER, STAGES, coded, groups
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, question, word
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go


@question(mark("At which stage do customers have to try too hard?"))
def by_stage(effort_survey: pd.DataFrame, *, by: str | None = None) -> ByStage:
    """How much effort did each stage take? (handbook 3.2)

    Parameters
    ----------
    effort_survey : DataFrame
        The canonical table.
    by : str, optional
        A segment column of the survey (device, customer type, …) to split by.

    Returns
    -------
    ByStage
        table: stage, answer (1 hardly any, 2 some, 3 far too much), count, n, share, low, high
        (shares 0–1 of those who answered about the stage, Wilson intervals), and the column `by`.

    Raises
    ------
    SettingError
        When `by` is no segment column of this survey.

    >>> import pandas as pd
    >>> survey = pd.DataFrame({"answered_at": pd.Timestamp("2026-01-05", tz="UTC"),
    ...                        "choosing": [1, 1, 2], "buying": [1, 2, 3], "after": [3, 3, None]})
    >>> by_stage(survey).table.query("stage == 'after' and answer == 3")[["count", "n"]].values.tolist()
    [[2, 2]]
    """
    require(effort_survey, "effort_survey")
    split = groups(effort_survey, by)
    keys = [] if by is None else [by]
    parts = []
    for stage in STAGES:
        answers = pd.DataFrame(
            {"answer": coded(effort_survey, stage), **({by: split} if by else {})}
        ).dropna()
        parts.append(_count(answers, keys).assign(stage=stage))
    table = pd.concat(parts, ignore_index=True)
    table["share"] = table["count"] / table["n"].where(table["n"] > 0)
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    return ByStage(table[["stage", *keys, "answer", "count", "n", "share", "low", "high"]], by)


def _count(answers: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Count of each answer, zero included, and n, per group."""
    values = sorted(answers[keys[0]].unique(), key=_by_kind) if keys else []
    counted = answers.groupby([*keys, "answer"], observed=True).size()
    every = pd.MultiIndex.from_product([values, [1, 2, 3]]) if keys else pd.Index([1, 2, 3])
    counted = counted.reindex(every, fill_value=0).rename_axis([*keys, "answer"]).reset_index(name="count")
    counted["answer"] = counted["answer"].astype(int)
    counted["n"] = counted.groupby(keys)["count"].transform("sum") if keys else counted["count"].sum()
    return counted


def _by_kind(value: object) -> tuple:
    """Numbers by size, then words: a spreadsheet's column may hold both."""
    return (isinstance(value, str), value)


@dataclass(frozen=True)
class ByStage(Result):
    """Answers per stage; `net` holds the net effort per stage (and group)."""

    by: str | None = None

    @cached_property
    def net(self) -> pd.DataFrame:
        """Net effort: the share "far too much" minus the share "hardly any".

        Columns: stage (and the segment), net, low, high (−1–1; lower is easier), n.
        """
        keys = ["stage", *([self.by] if self.by else [])]
        wide = self.table.pivot_table(index=keys, columns="answer", values="count", sort=False, observed=True)
        rows = [_net(row) for row in wide.reindex(columns=[1, 2, 3]).to_numpy()]
        return pd.DataFrame(rows, columns=["net", "low", "high", "n"], index=wide.index).reset_index()

    @cached_property
    def _hard(self) -> pd.DataFrame:
        hard = self.table[(self.table["answer"] == 3) & (self.table["n"] > 0)]
        return hard.sort_values("share", ascending=False, kind="stable")

    @property
    def text(self) -> str:
        """Where it is hardest, how sure that is, where it is easiest."""
        if self._hard.empty:
            return _("There are no answers in this survey yet.")
        top, least = self._hard.iloc[0], self._hard.iloc[-1]
        said = _("{where}: {share} say it took far too much effort ({low} to {high}, n = {n}).").format(
            where=self._name(top), **in_words(top)
        )
        rest = _("Easiest is {where}, with {share}.").format(
            where=self._name(least).lower(), share=in_words(least)["share"]
        )
        return f"{said} {self._overlap(top)} {rest}"

    def _name(self, row: pd.Series) -> str:
        stage = str(word(row["stage"]))
        return (
            stage if self.by is None else _("{stage}, {group}").format(stage=stage, group=word(row[self.by]))
        )

    def _overlap(self, top: pd.Series) -> str:
        if top["n"] < SMALL:
            return _("That is few answers: {n} would make it reliable to within 5 points.").format(
                n=language.number(estimates.needed())
            )
        clear = (self._hard["high"].iloc[1:] < top["low"]).all()
        if clear:
            return _("Its interval lies above all the others.")
        return _("Its interval overlaps with others: read it as one of the hardest, not as the hardest.")

    @property
    def method(self) -> str:
        """Formula, n and intervals."""
        return _(
            "Share = answers ÷ everybody who answered about that stage; empty answers do not count. "
            "Intervals: Wilson, 95%. Net effort = far too much − hardly any, in points."
        )

    def plot(self) -> go.Figure:
        """Diverging bars: far too much left, hardly any right."""
        names = [self._name(row) for _index, row in self.table.iterrows()]
        return figures.diverging(self.table.assign(row=names), label="row")

    def findings(self) -> list[Finding]:
        """The hardest stage, or that there are too few answers."""
        if self._hard.empty or self._hard["n"].max() < SMALL:
            headline = _("There are too few answers to say where customers have to try too hard.")
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        top = self._hard.iloc[0]
        return [
            Finding(
                CHAPTER,
                _("Customers have to try hardest here: {where}.").format(where=self._name(top).lower()),
                Estimate(top["share"], top["low"], top["high"], int(top["n"])),
                "effort-disloyal-10",
                action(top["stage"]),
            )
        ]


def in_words(row: pd.Series) -> dict[str, str]:
    """Share, low, high and n of a row, as people write them."""
    shares = {name: language.percent(row[name]) for name in ("share", "low", "high")}
    return {**shares, "n": language.number(row["n"])}


def _net(counts: np.ndarray) -> tuple[float, float, float, int]:
    from statsmodels.stats.weightstats import DescrStatsW

    n = int(counts.sum())
    if n < 2:
        return (np.nan, -1.0, 1.0, n)
    low, high = DescrStatsW(np.array([-1.0, 0.0, 1.0]), weights=counts).zconfint_mean()
    return ((counts[2] - counts[0]) / n, max(low, -1.0), min(high, 1.0), n)


def action(stage: str) -> str:
    """What to do first when a stage takes far too much effort."""
    return {
        "choosing": _(
            "Read the comments on choosing; mend search, filters and product information for the top topic."
        ),
        "buying": _(
            "Walk through the checkout yourself on the worst device; take out the step that stops people."
        ),
        "after": _(
            "Tell customers about delivery and returns before they ask; mend the topic they name most."
        ),
    }[stage]


@question(mark("Do the stages really differ?"))
def compare(effort_survey: pd.DataFrame) -> Compared:
    """Do the stages really differ, among the same customers?

    Per pair of stages: the difference in share "far too much" among those who answered about both
    (interval of the mean paired difference), tested with McNemar's exact test and corrected for
    three pairs (Holm).

    Returns
    -------
    Compared
        table: stage, other, difference, low, high (−1–1), n, p (corrected), verdict.
    """
    require(effort_survey, "effort_survey")
    hard = {stage: coded(effort_survey, stage) for stage in STAGES}
    rows = [_pair(hard, stage, other) for stage, other in combinations(STAGES[::-1], 2)]
    table = pd.DataFrame(rows)
    table["p"] = estimates.adjust(table["p"])
    table["verdict"] = np.where(table["p"] < 1 - estimates.LEVEL, "yes", "cannot tell yet")
    return Compared(table)


def _pair(answers: dict[str, pd.Series], stage: str, other: str) -> dict[str, object]:
    from statsmodels.stats.contingency_tables import mcnemar

    both = answers[stage].notna() & answers[other].notna()
    one, two = (answers[s][both].to_numpy() == 3 for s in (stage, other))
    paired = estimates.mean(one.astype(float) - two, "points")
    p = (
        mcnemar([[0, (one & ~two).sum()], [(~one & two).sum(), 0]], exact=True).pvalue
        if both.any()
        else np.nan
    )
    limits = {"low": max(paired.low, -1.0), "high": min(paired.high, 1.0)}
    return {"stage": stage, "other": other, "difference": paired.value, **limits, "n": paired.n, "p": p}


@dataclass(frozen=True)
class Compared(Result):
    """The three pairs of stages."""

    in_points: ClassVar[bool] = True

    @property
    def text(self) -> str:
        """Which pairs differ, by how many points."""
        sure = self.table[self.table["verdict"] == "yes"]
        if sure.empty:
            return _("No two stages differ so much that it cannot be chance. More answers would tell.")
        said = [
            _("{stage} than {other} ({points} points)").format(
                stage=str(word(hard)).lower(),
                other=str(word(easy)).lower(),
                points=language.number(gap * 100),
            )
            for row in sure.itertuples()
            for gap, (hard, easy) in [(abs(row.difference), _order(row))]
        ]
        more = _("More “far too much”: {pairs}.").format(pairs=", ".join(said))
        return more + " " + _("The same customers are compared, and the test allows for three looks.")

    @property
    def method(self) -> str:
        """The test."""
        return _(
            "Customers who answered about both stages; McNemar's exact test, corrected for three pairs (Holm)."
        )

    def plot(self) -> go.Figure:
        """The differences with their intervals about zero."""
        pairs = [f"{word(r.stage)} − {str(word(r.other)).lower()}" for r in self.table.itertuples()]
        figure = figures.dots(self.table.assign(pair=pairs), label="pair", value="difference")
        figure.add_vline(x=0, line={"color": figures.SOFT})
        return figure


def _order(row) -> tuple[str, str]:
    return (row.stage, row.other) if row.difference > 0 else (row.other, row.stage)
