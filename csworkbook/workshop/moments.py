"""At which moments do our customers have it worst, do we think?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, Vocabulary, question
from csworkbook.workshop.answers import moment_key, stages
from csworkbook.workshop.sessions import ROUNDS, guesses, latest

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.shop import Shop
    from csworkbook.store import Store

_SHOWN = 10  # moments in the picture


@question(mark("At which moments do our customers have it worst?"))
def moments(shop: Shop, *, session: str = "", store: Store | None = None) -> Moments:
    """The worst moments a workshop named, by how many people named them.

    Parameters
    ----------
    session, store
        As `superior.superior`.

    Returns
    -------
    Moments
        table: moment (a stage or own words), before, after (people), one column per revealed round;
        most named first.

    Raises
    ------
    SettingError
        When nothing was revealed yet.
    """
    kept = shop.store if store is None else store
    return count(guesses(kept, session or latest(kept).id))


def count(guesses: pd.DataFrame) -> Moments:
    """The same from a frame as `sessions.guesses` gives it.

    Spellings that differ in capitals, spaces and signs only are one moment, shown as most people wrote it.
    """
    columns = [column for column in guesses.columns if column.startswith("moment_")]
    long = guesses.melt(["round", "pair"], columns, value_name="moment").dropna(subset="moment")
    long = long.assign(key=long["moment"].map(moment_key))
    people = long.groupby("round")["pair"].nunique().to_dict()
    written = long.groupby("key")["moment"].agg(lambda said: said.value_counts().index[0])
    counted = long.drop_duplicates(["round", "pair", "key"]).groupby(["key", "round"]).size().unstack()
    counted = counted.reindex(columns=[one for one in ROUNDS if one in people]).fillna(0).astype(int)
    order = list(counted.columns)[::-1]
    counted = counted.sort_index().sort_values(order, ascending=False, kind="stable")
    table = counted.assign(moment=written).reset_index(drop=True)[["moment", *counted.columns]]
    return Moments(table.rename_axis(columns=None), {str(one): int(n) for one, n in people.items()})


def _heads() -> dict[str, str]:
    return {"moment": _("Moment"), "before": _("Named by (people)"), "after": _("Second time (people)")}


@dataclass(frozen=True)
class Moments(Result):
    """Moments by how many named them; `people` says how many named any, per round."""

    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=_heads, words=stages, kinds=dict.fromkeys(ROUNDS, "count"), wordy=("moment",)
    )
    people: dict[str, int]

    @property
    def text(self) -> str:
        """The moment most people named, the next, and what changed."""
        if self.table.empty:
            return _("Nobody named a moment.")
        shown = [one for one in ROUNDS if one in self.people][-1]
        said = [self._top(shown)]
        if shown == "after" and "before" in self.people:
            before = self._leaders("before")
            same = before == self._leaders("after")
            again = _("That was the same the first time.") if same else _("The first time it was {moment}.")
            said.append(again.format(moment=language.join(before)))
        said.append(_("These are our own guesses: read beside them what customers write."))
        return " ".join(said)

    def _top(self, shown: str) -> str:
        leaders, n = self._leaders(shown), int(self.table[shown].max())
        if n == 1 and (self.table[shown] == 1).sum() > 1:
            return _("No moment was named twice.")
        said = ngettext(
            "Most named as a worst moment: {moment} ({count} of {people} person).",
            "Most named as a worst moment: {moment} ({count} of {people} people).",
            self.people[shown],
        )
        words = {"count": language.number(n), "people": language.number(self.people[shown])}
        return said.format(moment=language.join(leaders), **words)

    def _leaders(self, shown: str) -> list[str]:
        """The moments that most people named, at most three."""
        top = self.table[self.table[shown] == self.table[shown].max()]
        said = [_("“{moment}”").format(moment=self.vocabulary.word(one)) for one in top["moment"]]
        return sorted(said, key=str.casefold)[:3]

    @property
    def method(self) -> str:
        """What was counted."""
        return _(
            "Everybody named up to three moments, from a list or in own words; each person counts once for a moment. "
            "Spellings that differ in capitals and signs only are one moment."
        )

    def plot(self) -> go.Figure:
        """Bars: how many people named each moment."""
        from csworkbook.workshop.pictures import named

        shown = self.table.head(_SHOWN)
        return named(shown.assign(moment=[str(self.vocabulary.word(one)) for one in shown["moment"]]))
