"""Did the funnel change, or do two groups of visitors go through it differently?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import shorten
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook import events as engine
from csworkbook.errors import SettingError
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.funnel import asked, pictures_compare, terms
from csworkbook.funnel.advice import advice
from csworkbook.funnel.gaps import OTHER, UNKNOWN, reached_by
from csworkbook.funnel.periods import PERIOD, cut
from csworkbook.funnel.terms import said
from csworkbook.funnel.wording import CHAPTER, counted, many
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

TOTAL = "total"
ALSO = {
    "session": ("session_id",),
    "customer": ("customer_id",),
}  # columns that tell whose events are counted together
_LETTERS = 18  # of a group in a head
_SEEN = 0.8  # the chance that a real difference is seen, for how many visitors would do


@question(mark("Did the funnel change, or do groups differ?"), labels=terms.labels, choices=terms.choices)
def compare(
    events,
    steps: Sequence | None = None,
    *,
    by: str | None = None,
    one: str | None = None,
    other: str | None = None,
    since: str = "",
    split: str = "",
    until: str = "",
    within: str | None = "7D",
    per: str = "visitor",
    order: str = "ordered",
    zone: str = "Europe/Amsterdam",
) -> Compared:
    """Two periods, or two groups of visitors, step by step.

    The difference of every step's rate has Newcombe's interval (1998, method 10) and the score test,
    corrected for all rows of the table (Holm). Each period is counted on its own, and who began less
    than `within` before the end of the data is left out on both sides.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The steps (see `engine.steps_of`); those that visitors usually take when None.
    by : str, optional
        A column: compare its values `one` and `other` (the two largest groups when not given). None
        compares the time before `split` with the time from then on.
    since, split, until : str, optional
        Days of the shop's clock, ``"2026-03-29"``; `until` is included. The split is the day in the
        middle when not given.
    within : str, optional
        The window of the funnel, a pandas duration.
    per, order : see `engine.follow`.

    Returns
    -------
    Compared
        table: step (the last row is the whole way), before, one_n, one (share that went on), other_n,
        other, difference (second − first, -1–1), low, high, p (Holm), verdict, needed (visitors of each
        side who would tell a difference of this size).

    Raises
    ------
    DataError
        When there are fewer than two steps, or no such column.
    SettingError
        When a date, a window or a group cannot be used.

    >>> at = pd.to_datetime(["2026-03-02 10:00", "2026-03-02 10:05", "2026-03-02 11:00"], utc=True)
    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b"], "at": at, "step": ["cart", "paid", "cart"],
    ...                     "device": ["desktop", "desktop", "mobile"]})
    >>> compare(log, ["cart", "paid"], by="device", within=None).table[["one", "other"]].iloc[0].tolist()
    [1.0, 0.0]
    """
    chosen = asked.the_steps(events, steps)
    window = asked.length(within)
    if by:
        asked.require_column(events, by)
    days = [asked.a_day(text, zone) for text in (since, split, until)]
    span = asked.span_of(events)
    if span is None:
        engine.follow(events, chosen, within=window, per=per, order=order)  # says what cannot be asked
        return _of_nobody(asked.names_of(chosen), by, window, per)
    first, last = span
    edges = _edges(first, last, *days, zone)
    parts = [edges[0], edges[2]] if by else edges
    also = [*([by] if by else []), *ALSO.get(per, ())]
    prepared = cut(events, chosen, parts, last=last, within=window, also=also)
    followed = engine.follow(prepared.events, chosen, within=window, per=per, order=order, by=by or PERIOD)
    names = asked.names_of(chosen)
    reached = reached_by(followed.counts(), len(names), most=10**6)
    sides = _groups(reached, by, one, other, per) if by else ["0", "1"]
    table = _table(reached.reindex(sides, fill_value=0), names)
    said_so = [said(side) for side in sides] if by else _spans(edges)
    return Compared(table, by, tuple(said_so), window, prepared.left_out, per)


def _of_nobody(names: list[str], by: str | None, window: pd.Timedelta | None, per: str) -> Compared:
    """The result where the log holds nobody and so no days either."""
    nobody = pd.DataFrame(0, index=["0", "1"], columns=range(1, len(names) + 1))
    return Compared(_table(nobody, names), by, (), window, 0, per)


def _edges(first: int, last: int, since, split, until, zone: str) -> list[pd.Timestamp]:
    """When the first period begins, where the second one does, and where that ends."""
    start = since or asked.clock(first, zone).normalize()
    end = (until or asked.clock(last, zone)).normalize() + pd.DateOffset(days=1)
    middle = start + pd.DateOffset(days=max((end - start).days // 2, 1))
    split = split or middle
    if start < split < end:
        return [start, split, end]
    if since is None and until is None and (end - start).days < 2:
        return [start, split, max(end, split + pd.DateOffset(days=1))]
    raise SettingError(
        _("The second period cannot begin on {day}.").format(day=language.day(split)),
        allowed=_("A day after {first} and up to {last}.").format(
            first=language.day(start), last=language.day(end - pd.DateOffset(days=1))
        ),
    )


def _spans(edges: list[pd.Timestamp]) -> list[str]:
    """The two periods in words."""
    ends = [edge - pd.DateOffset(days=1) for edge in edges[1:]]
    return [
        _("{first} – {last}").format(first=language.day(a, "d MMM yyyy"), last=language.day(b, "d MMM yyyy"))
        for a, b in zip(edges, ends, strict=False)
    ]


def _groups(reached: pd.DataFrame, by: str, one: str | None, other: str | None, per: str) -> list[str]:
    """The two groups to compare; the largest that were not named."""
    there = [name for name in reached.index if name not in (UNKNOWN, OTHER)]
    for asked_for in (one, other):
        if asked_for and asked_for not in there:
            raise SettingError(
                _("No {who} that began have “{value}” in {column}.").format(
                    who=many(per), value=asked_for, column=said(by)
                ),
                allowed=_("Possible: {columns}.").format(columns=language.join(there[:20])),
            )
    if one and one == other:
        raise SettingError(_("Choose two different groups: this is “{value}” twice.").format(value=one))
    free = [name for name in there if name not in (one, other)]
    first = one or (free.pop(0) if free else UNKNOWN)
    return [first, other or (free.pop(0) if free else UNKNOWN if first != UNKNOWN else OTHER)]


def _table(reached: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """One row per step, and one for the whole way."""
    k = len(names)
    ways = [(names[n], names[n - 1], n, n + 1) for n in range(1, k)] + (
        [(TOTAL, names[0], 1, k)] if k > 2 else []
    )
    rows = [
        _row(step, before, reached[start].tolist(), reached[end].tolist())
        for step, before, start, end in ways
    ]
    table = pd.DataFrame(rows)
    table["needed"] = [_enough(a, b, len(table)) for a, b in zip(table["one"], table["other"], strict=True)]
    table["p"] = estimates.adjust(table["p"])
    sure = table["p"] < 1 - estimates.LEVEL
    table["verdict"] = np.where(sure, "yes", "cannot tell yet")
    return table


def _row(step: str, before: str, entered: list[int], went: list[int]) -> dict[str, object]:
    apart = estimates.difference(went[1], entered[1], went[0], entered[0])
    shares = [w / n if n else np.nan for w, n in zip(went, entered, strict=True)]
    return {
        "step": step, "before": before, "one_n": entered[0], "one": shares[0], "other_n": entered[1], "other": shares[1],
        "difference": apart.value, "low": apart.low, "high": apart.high, "p": np.nan if apart.p is None else apart.p,
    }  # fmt: skip


def _enough(one: float, other: float, looks: int) -> float:
    """How many on each side would show two such shares to differ, four times in five (Cohen 1988, h)."""
    from scipy.stats import norm
    from statsmodels.stats.proportion import proportion_effectsize

    if not abs(one - other) > 1e-9:
        return np.nan
    certain = norm.ppf(1 - (1 - estimates.LEVEL) / looks / 2) + norm.ppf(_SEEN)
    return float(math.ceil(2 * (certain / proportion_effectsize(one, other)) ** 2))


@dataclass(frozen=True)
class Compared(Result):
    """Two periods or two groups, step by step; `sides` is what they are called."""

    by: str | None = None
    sides: tuple[str, ...] = ()
    within: pd.Timedelta | None = None
    left_out: int = 0
    per: str = "visitor"
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
            return f"{self._nothing} {self._would_do}".strip()
        told = [self._told(row, more=place > 0) for place, row in enumerate(self.sure.head(3).itertuples())]
        same = [
            said(step) for step in self.table.loc[self.table["verdict"] != "yes", "step"] if step != TOTAL
        ]
        if same:
            told.append(
                _("At the other steps no difference can be told: {steps}.").format(steps=language.join(same))
            )
        return " ".join(told)

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
