"""What is said of two periods or two groups that were laid side by side, step by step?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from textwrap import shorten
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import language
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.funnel import asked, pictures_compare, terms
from csworkbook.funnel.advice import advice
from csworkbook.funnel.terms import said
from csworkbook.funnel.wording import CHAPTER, counted, many, not_over
from csworkbook.language import gettext as _
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

TOTAL = "total"
_LETTERS = 18  # of a group in a head


@dataclass(frozen=True)
class Compared(Result):
    """Two periods or two groups, step by step; `sides` is what they are called."""

    by: str | None = None
    sides: tuple[str, ...] = ()
    within: pd.Timedelta | None = None
    left_out: int = 0
    per: str = "visitor"
    spare: ClassVar[tuple[str, ...]] = ("before", "p")
    in_points: ClassVar[bool] = True
    vocabulary: ClassVar[Vocabulary] = terms.VOCABULARY

    @cached_property
    def sure(self) -> pd.DataFrame:
        """The steps that surely differ, the largest difference first; the whole way last."""
        found = self.table[self.table["verdict"] == "yes"]
        found = found.assign(size=found["difference"].abs(), whole=found["step"] == TOTAL)
        return found.sort_values(["whole", "size"], ascending=[True, False], kind="stable")

    @property
    def text(self) -> str:
        """What surely differs, by how much; or that no difference can be told, and what would do."""
        if not self.table[["one_n", "other_n"]].iloc[0].any():
            return nobody(self.table["before"].iloc[0], self.per)
        if not self.table[["one_n", "other_n"]].iloc[0].min() > 0:
            return _("There is nobody to compare on one of the two sides: {one} and {other}.").format(
                one=self.sides[0], other=self.sides[1]
            )
        if self.sure.empty:
            return " ".join(filter(None, (self._nothing, self._would_do, not_over(self.left_out))))
        told = [self._told(row, more=place > 0) for place, row in enumerate(self.sure.head(3).itertuples())]
        same = [
            said(step) for step in self.table.loc[self.table["verdict"] != "yes", "step"] if step != TOTAL
        ]
        if same:
            told.append(
                _("At the other steps no difference can be told: {steps}.").format(steps=language.join(same))
            )
        return " ".join(filter(None, (*told, not_over(self.left_out))))

    def _told(self, row, *, more: bool) -> str:
        """A step that differs; `more`: the periods were named before."""
        values = {
            "one": self.sides[0],
            "other": self.sides[1],
            "before": said(row.before),
            "step": said(row.step if row.step != TOTAL else self.table["step"].iloc[-2]),
            "a": language.percent(row.one, 1),
            "b": language.percent(row.other, 1),
            "points": language.number(abs(row.difference) * 100, 1),
            "low": language.number(min(abs(row.low), abs(row.high)) * 100, 1),
            "high": language.number(max(abs(row.low), abs(row.high)) * 100, 1),
        }
        if more and self.by is None:
            return self._again(row).format(**values)
        sentence = (
            _(
                "From {before} to {step}, {points} points more went on in “{other}” ({b}) than in “{one}” ({a}); "
                "interval {low} to {high}."
            )
            if row.difference > 0
            else _(
                "From {before} to {step}, {points} points fewer went on in “{other}” ({b}) than in “{one}” ({a}); "
                "interval {low} to {high}."
            )
        )
        return sentence.format(**values)

    def _again(self, row) -> str:
        """The sentence for one step more, of two periods that were named before."""
        if row.difference > 0:
            return _(
                "From {before} to {step}, {points} points more went on in the second period ({b}) than in the first ({a}); "
                "interval {low} to {high}."
            )
        return _(
            "From {before} to {step}, {points} points fewer went on in the second period ({b}) than in the first ({a}); "
            "interval {low} to {high}."
        )

    @property
    def _nothing(self) -> str:
        return _("Between {one} and {other} no difference can be told at any step.").format(
            one=self.sides[0], other=self.sides[1]
        )

    @property
    def _would_do(self) -> str:
        """The largest difference that was seen, and how many would make it sure."""
        known = self.table[self.table["needed"].notna()]
        if known.empty:
            return ""
        row = known.loc[known["difference"].abs().idxmax()]
        return _(
            "The largest seen is {points} points, from {before} to {step}; about {n} on each side at that step would tell "
            "whether that is real (now {a} and {b})."
        ).format(
            points=language.number(row["difference"] * 100, 1),
            before=said(row["before"]),
            step=said(row["step"]),
            n=language.number(row["needed"]),
            a=language.number(row["one_n"]),
            b=language.number(row["other_n"]),
        )

    @property
    def method(self) -> str:
        """Which differences, intervals and tests; who was left out."""
        named = [
            _("First: {one}. Second: {other}.").format(one=one, other=other)
            for one, other in [self.sides]
        ] if self.sides else []  # fmt: skip
        parts = [
            *named,
            _(
                "Difference = second − first, interval: Newcombe 95%; score test, p corrected for {n} comparisons (Holm)."
            ).format(n=len(self.table)),
            _(
                "Needed on each side: so many see a difference of this size four times in five, with the same correction."
            ),
        ]
        if self.by is None:
            parts.append(
                _(
                    "Who comes in both periods counts in each; a visit belongs to the period in which it began."
                )
            )
        return " ".join([*parts, unfinished(self.left_out, self.within, self.per)])

    def heads(self) -> list[str]:
        """The heads, short: groups by their name, periods as first and second (their days are in the text)."""
        one, other = self._short
        named = {
            "one_n": _("{side}: n").format(side=one),
            "one": _("{side}: went on").format(side=one),
            "other_n": _("{side}: n").format(side=other),
            "other": _("{side}: went on").format(side=other),
            "needed": _("{who} needed on each side").format(who=language.capital(many(self.per))),
        }
        return [named.get(column) or self.vocabulary.head(column) for column in self.columns]

    @property
    def _short(self) -> list[str]:
        """What the sides are called in the heads."""
        if self.by is None or not self.sides:
            return [_("First"), _("Second")]
        short = [shorten(side, _LETTERS, placeholder="…") for side in self.sides]
        return short if short[0] != short[1] else [_("First"), _("Second")]

    def kinds(self) -> dict[str, str]:
        """How each head's cells are written in a spreadsheet."""
        return {
            head: self.vocabulary.sheet_kind("difference" if column in ("low", "high") else column)
            for head, column in zip(self.heads(), self.columns, strict=True)
        }

    def plot(self) -> go.Figure:
        """Both rates of every step with their intervals."""
        return pictures_compare.sides(self.table, self.sides or self._short)

    def findings(self) -> list[Finding]:
        """Where the second surely does worse."""
        worse = self.sure[(self.sure["difference"] < 0) & (self.sure["step"] != TOTAL)]
        return [self._finding(row) for row in worse.itertuples()]

    def _finding(self, row) -> Finding:
        headline = _("From {before} to {step} fewer go on: {other} against {one}.").format(
            before=said(row.before), step=said(row.step), one=self.sides[0], other=self.sides[1]
        )
        estimate = Estimate(row.difference, row.low, row.high, int(row.one_n + row.other_n), "points", row.p)
        return Finding(CHAPTER, headline, estimate, action=advice(row.step))


def nobody(step: str, per: str) -> str:
    """That nobody did the first step, in a sentence."""
    return _("No {who} did the first step, {step}.").format(who=many(per), step=said(step))


def unfinished(left_out: int, within: pd.Timedelta | None, per: str = "visitor") -> str:
    """Who was left out since the window was not over, in a sentence."""
    if within is None:
        return _("No window was set: who came late had less time to go on.")
    if not left_out:
        return _("Window: {within}.").format(within=asked.long(within))
    return _(
        "Window: {within}. Left out, as less than that was left before the end of the data: {counted}."
    ).format(within=asked.long(within), counted=counted(left_out, per))
