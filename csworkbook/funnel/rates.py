"""Where do visitors drop out, by rates or counts that somebody typed? The step calculator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from csworkbook import estimates, evidence, language
from csworkbook.findings import Finding
from csworkbook.funnel import pictures, typed
from csworkbook.funnel.wording import CHAPTER, VOCABULARY, said
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

EXAMPLE = (  # the calculator of the handbook, section 4.2
    ("Homepage", 1000),
    ("Click-through", 0.66),
    ("Add to cart", 0.33),
    ("Checkout start", 0.58),
    ("Checkout end", 0.60),
)


@question(mark("Where do visitors drop out, by the figures you have?"))
def from_rates(
    steps: Iterable | Mapping | pd.DataFrame | Rates = EXAMPLE,
    *,
    against: Iterable | Mapping | pd.DataFrame | Rates | None = None,
    name: str = "",
) -> Rates:
    """A funnel from typed names with rates or counts (handbook 4.2).

    Parameters
    ----------
    steps : sequence of (name, number), mapping, DataFrame or Rates
        The first number is a count of visitors. After that a float up to 1 is the share (0–1) of the
        step before that comes on, a whole number or anything larger a count. A frame has the columns
        step and one of value (as above), visitors (counts) or step_rate (rates, its first a count).
        The handbook's example by default.
    against : the same, optional
        A funnel to compare with, such as one that was saved; steps are compared by name.
    name : str
        What this funnel is called, for saving.

    Returns
    -------
    Rates
        table: step, visitors (whole; worked out without rounding), step_rate, total_rate (shares 0–1),
        lost (visitors of the step before who did not come on), low, high (of step_rate: Wilson, if
        these are counted visitors); with `against` also visitors_against, step_rate_against,
        total_rate_against, difference and total_difference (−1–1).

    Raises
    ------
    DataError
        When a number cannot be: more visitors than at the step before, a rate above 100 %, below zero,
        no number; or a step has no name or that of another.

    >>> from_rates().table["visitors"].tolist()
    [1000, 660, 218, 126, 76]
    """
    entries = steps.entries if isinstance(steps, Rates) else typed.entries(steps)
    name = name or getattr(steps, "name", "")
    exact = typed.counted(entries)
    made = Rates(_table([entry.step for entry in entries], exact), entries, exact, name)
    return made if against is None else _beside(made, against)


def of(document: Mapping) -> Rates:
    """The funnel in a document that `Rates.to_document` made, or in a shared file.

    Raises
    ------
    DataError
        When it is no such document, or its numbers cannot be.

    >>> of(from_rates(name="Spring").to_document()).name
    'Spring'
    """
    name, entries = typed.of_document(document)
    return from_rates([entry.pair for entry in entries], name=name)


def read(content: Any) -> Rates:
    """The funnel in a shared file: its path, or its content as text or bytes.

    Raises
    ------
    DataError
        When the file is something else, damaged, of a newer version, or its numbers cannot be.
    """
    return of(typed.parsed(content))


def _table(names: list[str], exact: list[float]) -> pd.DataFrame:
    """The table from unrounded counts; what is lost fits the whole numbers that are shown."""
    counts = pd.Series(exact, dtype=float)
    before = counts.shift()
    visitors = counts.map(typed.whole).astype(int)
    table = pd.DataFrame({"step": names, "visitors": visitors})
    table["step_rate"] = (counts / before.where(before > 0)).where(counts.index > 0, 1.0)
    table["total_rate"] = counts / counts[0] if counts[0] > 0 else float("nan")
    table["lost"] = (visitors.shift() - visitors).fillna(0).astype(int)
    low, high = estimates.shares(counts, before.fillna(0))
    table["low"], table["high"] = low, high
    table.loc[0, ["low", "high"]] = 1.0
    return table


def _beside(made: Rates, against: Any) -> Rates:
    """The same funnel with the columns of another beside it."""
    other = against if isinstance(against, Rates) else from_rates(against)
    keys = [typed.folded(step) for step in made.table["step"]]
    theirs = other.table.set_index(other.table["step"].map(typed.folded))
    columns = theirs[["visitors", "step_rate", "total_rate"]].reindex(keys).set_index(made.table.index)
    table = made.table.join(columns.add_suffix("_against"))
    table["difference"] = table["step_rate"] - table["step_rate_against"]
    table.loc[0, "difference"] = float("nan")
    table["total_difference"] = table["total_rate"] - table["total_rate_against"]
    return replace(made, table=table, other=other)


@dataclass(frozen=True, eq=False)
class Rates(Result):
    """A typed funnel.

    Attributes
    ----------
    entries : tuple of typed.Entry
        The steps as they were typed: step, number, kind ("count" or "rate").
    exact : list of float
        Visitors per step, not rounded.
    name : str
        What it is called; "" without a name.
    other : Rates or None
        The funnel it is compared with.
    """

    entries: tuple[typed.Entry, ...] = ()
    exact: tuple[float, ...] = ()
    name: str = ""
    other: Rates | None = None
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @property
    def columns(self) -> list[str]:
        """Shown: what was typed and what follows; with another funnel the two rates and their differences."""
        plain = ["step", "visitors", "step_rate", "total_rate", "lost"]
        if self.other is None:
            return plain
        return [*plain[:4], "step_rate_against", "total_rate_against", "difference", "total_difference"]

    @property
    def total(self) -> float:
        """The share of the first step that reaches the last, 0–1; NaN when nobody came."""
        return float(self.table["total_rate"].iloc[-1])

    @cached_property
    def _drops(self) -> pd.DataFrame:
        """The steps from the second on, with the name of the step before, where anybody is lost."""
        exact = pd.Series(self.exact, index=self.table.index)
        table = self.table.assign(
            before=self.table["step"].shift(), exact=exact, entered=exact.shift(), gone=exact.shift() - exact
        )
        return table.iloc[1:][table["gone"].iloc[1:] > 0]

    @property
    def by_people(self) -> pd.Series | None:
        """The step before which most visitors are lost; None when nobody is."""
        return None if self._drops.empty else self._drops.loc[self._drops["gone"].idxmax()]

    @property
    def by_rate(self) -> pd.Series | None:
        """The step with the lowest rate; None when nobody is lost."""
        return None if self._drops.empty else self._drops.loc[self._drops["step_rate"].idxmin()]

    @property
    def text(self) -> str:
        """The total, the biggest drop by people and by rate, and what differs from the other funnel."""
        first, last = self.table.iloc[0], self.table.iloc[-1]
        if not first["visitors"]:
            return _("Nobody is at “{step}” yet: fill in how many visitors start there.").format(
                step=said(first["step"])
            )
        total = _("Of {n} at “{first}” {m} reach “{last}”: {share}.").format(
            n=_people(self.exact[0]),
            first=said(first["step"]),
            m=_people(self.exact[-1]),
            last=said(last["step"]),
            share=language.percent(self.total, 1),
        )
        return " ".join(filter(None, (total, self._dropped, self._compared)))

    @property
    def _dropped(self) -> str:
        people, rate = self.by_people, self.by_rate
        if people is None:
            return _("Nobody is lost on the way.")
        lost = _("Most are lost between “{before}” and “{step}”: {lost} of {entered} ({share}).").format(
            before=said(people["before"]),
            step=said(people["step"]),
            lost=_people(people["gone"]),
            entered=_people(people["entered"]),
            share=language.percent(1 - people["step_rate"]),
        )
        if rate["step"] == people["step"]:
            return lost + " " + _("The lowest rate is there too.")
        return (
            lost
            + " "
            + _("The lowest rate is another one: from “{before}” to “{step}” {share} come on.").format(
                before=said(rate["before"]),
                step=said(rate["step"]),
                share=language.percent(rate["step_rate"]),
            )
        )

    @property
    def _compared(self) -> str:
        if self.other is None:
            return ""
        ends, theirs = self.table["step"].iloc[-1], self.other.table["step"].iloc[-1]
        if typed.folded(ends) != typed.folded(theirs):
            ended = _(
                "The other funnel ends at “{step}” ({share}), so the totals cannot be compared."
            ).format(step=said(theirs), share=language.percent(self.other.total, 1))
            return " ".join(filter(None, (ended, self._changed)))
        gained = self.total - self.other.total
        if gained != gained:
            return ""
        message = (
            _("That is {points} points more than “{name}” ({then}).")
            if gained >= 0
            else _("That is {points} points less than “{name}” ({then}).")
        )
        said_total = message.format(
            points=language.number(abs(gained) * 100, 1),
            name=self.other.name or _("the other funnel"),
            then=language.percent(self.other.total, 1),
        )
        return " ".join(filter(None, (said_total, self._changed)))

    @property
    def _changed(self) -> str:
        """Which step's rate differs most from the other funnel's."""
        known = self.table["difference"].abs()
        if not (known.round(4) > 0).any():
            return "" if known.notna().any() else _("The two have no step of the same name to compare.")
        row = self.table.loc[known.idxmax()]
        return _("“{step}” differs most: {now} come on, {then} there.").format(
            step=said(row["step"]),
            now=language.percent(row["step_rate"], 1),
            then=language.percent(row["step_rate_against"], 1),
        )

    @property
    def method(self) -> str:
        """The formula, what was typed, and the caveat of the handbook's example."""
        return " ".join(
            (
                _(
                    "Visitors = the first count × the rates of all steps so far; worked out without rounding, shown as "
                    "whole numbers. Step rate = visitors ÷ visitors of the step before; total = ÷ visitors of the first step."
                ),
                _(
                    "Typed figures, not counted by this workbook; an interval holds only if they are counted visitors."
                ),
                evidence.get("funnel-example").caveat,
            )
        ).strip()

    def plot(self) -> go.Figure:
        """One bar per step, as long as the share of the first step; the other funnel as an outline."""
        return pictures.bars(self.table, other=None if self.other is None else self.other.table)

    def findings(self) -> list[Finding]:
        """The step that loses most, or what is missing."""
        people = self.by_people
        if people is None:
            return []
        headline = _("Most visitors are lost between “{before}” and “{step}” (typed figures).").format(
            before=said(people["before"]), step=said(people["step"])
        )
        estimate = estimates.share(people["gone"], people["entered"])
        action = _(
            "Measure this step in your own log of visits, by device, and walk through it yourself on a phone."
        )
        rests = _("the figures were typed, and are taken for counted visitors")
        return [Finding(CHAPTER, headline, estimate, "funnel-example", action, assumptions=(rests,))]

    def to_document(self) -> dict[str, Any]:
        """This funnel as plain data (dict, list, text, numbers) to keep or share; `of` makes it a funnel again."""
        return typed.document(self.name, self.entries)

    def to_json(self) -> str:
        """The same as the text of a file to share; `read` reads it."""
        return typed.written(self.to_document())


def _people(count: float) -> str:
    """Visitors in a sentence: whole, but with one decimal where so few would not add up."""
    return language.number(count, 1 if count < 10 and abs(count - round(count)) > 0.05 else 0)
