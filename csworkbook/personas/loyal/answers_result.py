"""What loyal customers say of themselves, as sentences, picture and table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import figures, language
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.personas.loyal.words import VOCABULARY, asked
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "06_personas"
FEW = 20  # customers; shares of fewer are only read, not acted on
_DRAWN = 15
_THREE_LINES = 60  # pixels
_COMMON = ("phone", "apps")  # what everybody has says little of a shop's customers


@dataclass(frozen=True)
class LoyalAnswers(Result):
    """What is named by two or more, with intervals.

    Attributes
    ----------
    column : str or None
        The question; None = the first of all questions.
    people : int
        Customers who answered anything.
    persona : int or None
        Of which persona they are; None = of any.
    """

    column: str | None = None
    people: int = 0
    persona: int | None = None
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @property
    def columns(self) -> list[str]:
        """The columns that say something here."""
        if self._listed:
            return ["quote"]
        first = ["question"] if self.column is None else []
        rest = ["thing", "count", "n", "share", "low", "high"]
        last = [name for name in ("then", "spellings", "quote") if (self.table[name] != "").any()]
        return [*first, *rest, *last]

    @property
    def spare(self) -> tuple[str, ...]:
        """Of all questions together, what was said to each is in the download only."""
        return ("spellings", "quote") if self.column is None and not self._listed else ()

    @property
    def _listed(self) -> bool:
        """Whether nothing was said twice, so that the table lists every answer."""
        return len(self.table) > 0 and bool((self.table["thing"] == "").all())

    @property
    def text(self) -> str:
        """What is named most, how sure that is, and what it cannot tell."""
        who = ngettext("{n} loyal customer answered.", "{n} loyal customers answered.", self.people).format(
            n=language.number(self.people)
        )
        if self._listed or self.table.empty:
            return f"{who} " + _("Nothing is named by two of them yet, so read the answers one by one.")
        said = [who, self._most, self._next, *self._careful]
        return " ".join(filter(None, said))

    @property
    def _most(self) -> str:
        top = self._top
        low, high = language.percent(top["low"]), language.percent(top["high"])
        if self.column is None:
            return _(
                "What they share most: {thing} ({question}), named by {share} ({low} to {high})."
            ).format(
                thing=top["thing"],
                question=asked(top["question"]),
                share=language.percent(top["share"]),
                low=low,
                high=high,
            )
        return _("Named most ({question}): {thing}, by {share} ({low} to {high}).").format(
            question=asked(self.column),
            thing=top["thing"],
            share=language.percent(top["share"]),
            low=low,
            high=high,
        )

    @property
    def _top(self) -> pd.Series:
        """The row that most surely many share; telephones and apps only where they were asked for."""
        rows = self.table if self.column else self.table[~self.table["question"].isin(_COMMON)]
        rows = rows if len(rows) else self.table
        return rows.iloc[int(rows["low"].to_numpy().argmax())]

    @property
    def _next(self) -> str:
        rows = self.table[self.table["thing"] != self._top["thing"]].sort_values(
            "low", ascending=False, kind="stable"
        )
        if self.column is None:
            rows = rows[~rows["question"].isin(_COMMON)]
        things = [f"{row.thing} ({language.percent(row.share)})" for row in rows.head(2).itertuples()]
        said = ngettext("Then comes {things}.", "Then come {things}.", len(things))
        return said.format(things=language.join(things)) if things else ""

    @property
    def _careful(self) -> list[str]:
        if self.people < FEW:
            return [_("That is too few to count on: read it as a hint of whom to talk to.")]
        return [
            _("It says what loyal customers are like, not how they differ from others, who were not asked.")
        ]

    @property
    def method(self) -> str:
        """How things are counted and stories grouped."""
        said = _(
            "Shares are of those who answered the question; somebody can name several things, so they need not add "
            "up to 100%. A thing counts once per customer, however it is spelled: capitals, accents, articles and a "
            "letter wrong make no difference (what was taken together stands in the table). A telephone counts "
            "by its make. What one customer names is left out."
        )
        stories = _(
            "Stories are grouped by the word that most of them share, with the words that go with it (stop words left "
            "out); read the quotes: a computer did the sorting."
        )
        return f"{said} {stories}"

    def plot(self) -> go.Figure:
        """Share of those who answered, with intervals."""
        if self._listed or self.table.empty:
            figure = figures.blank()
            figure.add_annotation(text=_("Too few answers for a picture."), showarrow=False)
            return figure.update_xaxes(visible=False).update_yaxes(visible=False)
        rows = self.table.head(_DRAWN)
        if self.column is not None:
            return figures.dots(rows, label="thing").update_xaxes(rangemode="tozero")
        said = [
            _("{question}: {thing}").format(question=asked(row.question), thing=row.thing)
            for row in rows.itertuples()
        ]
        figure = figures.dots(rows.assign(label=said), label="label")
        figure.update_layout(height=max(figures.HEIGHT, 130 + _THREE_LINES * len(rows)))
        return figure.update_xaxes(rangemode="tozero")

    def findings(self) -> list[Finding]:
        """What loyal customers share most, where enough of them answered."""
        if self._listed or self.table.empty or self.persona is not None or self.column in _COMMON:
            return []
        if self._top["n"] < FEW:
            return []
        top = self._top
        estimate = Estimate(top["share"], top["low"], top["high"], int(top["n"]))
        headline = _("Loyal customers have this in common: {thing} ({question}).").format(
            thing=top["thing"], question=asked(top["question"])
        )
        action = _advice().get(top["question"]) or _(
            "Ask the next ten loyal customers about it in a conversation, and try it in what you show and write."
        )
        assumed = _("those who answered are like the loyal customers who did not")
        return [Finding(CHAPTER, headline, estimate, None, action, assumptions=(assumed,))]


def _advice() -> dict[str, str]:
    """What to do with what loyal customers share, by the question."""
    return {
        "other_shops": _(
            "Find out what they buy there that you could sell, and what they still come to you for."
        ),
        "brands": _("See whether the brand fits your range, and what your own products could take from it."),
        "ambition": _(
            "Look which of your products bring them closer to it, and say so where they look at these."
        ),
    }
