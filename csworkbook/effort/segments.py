"""Which customers have to try too hard?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, figures, language
from csworkbook.effort.answers import CHAPTER, STAGES, no_segments, segment_columns
from csworkbook.effort.stages import action, by_stage, in_words
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, question, word

if TYPE_CHECKING:
    import plotly.graph_objects as go


@question(mark("Which customers have to try too hard?"))
def segments(effort_survey: pd.DataFrame, *, by: str | None = None) -> Segments:
    """Which customers have to try too hard, per stage?

    Parameters
    ----------
    by : str, optional
        A segment column; the first one of the survey by default.

    Returns
    -------
    Segments
        table: stage, segment, count (far too much), n, share, low, high, shrunk (the share with
        small groups drawn towards the whole), small (n < 30), p (corrected: does the stage differ
        between groups at all), verdict.
    """
    by = by or first_segment(effort_survey)
    table = by_stage(effort_survey, by=by).table.query("answer == 3").rename(columns={by: "segment"})
    parts = [_shrunk(table[table["stage"] == stage]) for stage in STAGES]
    table = pd.concat(parts, ignore_index=True)
    p = dict(zip(STAGES, estimates.adjust([_differs(part) for part in parts]), strict=True))
    table["p"] = table["stage"].map(p)
    table["verdict"] = np.where(table["p"] < 1 - estimates.LEVEL, "yes", "cannot tell yet")
    return Segments(table.drop(columns="answer"), by)


def first_segment(effort_survey: pd.DataFrame) -> str:
    """The name of the survey's first segment column; a DataError when it has none."""
    columns = segment_columns(effort_survey)
    if not columns:
        raise no_segments()
    return columns[0]


def _shrunk(part: pd.DataFrame) -> pd.DataFrame:
    shrunk = estimates.shrink(part["count"], part["n"])["share"].to_numpy()
    return part.assign(shrunk=shrunk, small=part["n"].to_numpy() < SMALL)


def _differs(part: pd.DataFrame) -> float:
    from scipy.stats import chi2_contingency

    cells = part.loc[part["n"] > 0, ["count", "n"]].assign(rest=lambda d: d["n"] - d["count"])[
        ["count", "rest"]
    ]
    if len(cells) < 2 or (cells.sum() == 0).any():
        return np.nan
    return float(chi2_contingency(cells).pvalue)


@dataclass(frozen=True)
class Segments(Result):
    """Share "far too much" per stage and group."""

    by: str = ""
    shown: ClassVar[tuple[str, ...]] = (
        "stage",
        "segment",
        "count",
        "n",
        "share",
        "low",
        "high",
        "shrunk",
        "small",
    )

    @property
    def text(self) -> str:
        """The hardest cell, and whether the groups differ at all."""
        enough = self.table[~self.table["small"]]
        if enough.empty:
            return _("Every group is too small to compare ({least} answers would be the least).").format(
                least=SMALL
            )
        top = enough.sort_values("shrunk", ascending=False).iloc[0]
        where = _("{stage}, {group}").format(stage=word(top["stage"]), group=word(top["segment"]))
        said = _("Hardest: {where}, {share} ({low} to {high}, n = {n}).").format(where=where, **in_words(top))
        sure = self.table.loc[self.table["verdict"] == "yes", "stage"].unique()
        if len(sure) == 0:
            return f"{said} " + _("The groups do not differ more than chance would make them.")
        stages = language.join([str(word(stage)).lower() for stage in sure])
        return f"{said} " + _("The groups really differ in effort at: {stages}.").format(stages=stages)

    @property
    def method(self) -> str:
        """Shrinkage and the test."""
        return _(
            "Groups of fewer than {least} answers are marked with *; the colours are evened out "
            "(empirical Bayes). Chi-square test per stage, corrected for three stages (Holm)."
        ).format(least=SMALL)

    def plot(self) -> go.Figure:
        """A heat map, stages down, groups across, small cells marked."""
        hover = self.table.assign(
            note=[language.percent(r.share) + ("*" if r.small else "") for r in self.table.itertuples()],
            hover=[
                f"{word(r.stage)}, {figures.label_of(r.segment)}: {figures.interval(r)}"
                for r in self.table.itertuples()
            ],
        )
        shaped = [
            hover.pivot_table(index="stage", columns="segment", values=v, aggfunc="first", sort=False)
            for v in ("shrunk", "note", "hover")
        ]
        return figures.heat(*shaped)

    def findings(self) -> list[Finding]:
        """The hardest group, where the groups really differ there."""
        enough = self.table[~self.table["small"] & (self.table["verdict"] == "yes")]
        if enough.empty:
            return []
        top = enough.sort_values("shrunk", ascending=False).iloc[0]
        headline = _("{group} customers have to try hardest here: {stage}.").format(
            group=str(word(top["segment"])).capitalize(), stage=str(word(top["stage"])).lower()
        )
        estimate = Estimate(top["share"], top["low"], top["high"], int(top["n"]))
        return [Finding(CHAPTER, headline, estimate, "effort-disloyal-10", action(top["stage"]))]
