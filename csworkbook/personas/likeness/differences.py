"""What do results share that hold shares per persona beside those of all others?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.language import gettext as _
from csworkbook.personas.likeness import compared, drawn
from csworkbook.personas.likeness import words as likeness_words
from csworkbook.personas.likeness.compared import LEAST_EXPECTED
from csworkbook.personas.rows import CLOCK
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.personas.grouping import Personas

CHAPTER = "06_personas"
MOST_ROWS = 16  # in a picture
_BLOCK = 3  # rows of a persona before those of the next one


@dataclass(frozen=True)
class Differences(Result):
    """Shares per persona and value, beside those of the other personas.

    Attributes
    ----------
    look : str
        What was looked at: a word of `likeness_words.looks`, or ``"topic"``.
    left_out : dict of str to int
        Orders that are no purchase, by why (see `purchases`).
    """

    look: str = ""
    left_out: dict[str, int] = field(default_factory=dict)
    shown: ClassVar[tuple[str, ...]] = (
        "name",
        "said",
        "share",
        "low",
        "high",
        "other_share",
        "difference",
        "difference_low",
        "difference_high",
        "p",
        "count",
        "n",
        "customers",
    )
    spare: ClassVar[tuple[str, ...]] = ("p", "count", "n", "customers")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=likeness_words.heads, words=likeness_words.words, kinds=likeness_words.KINDS
    )

    @property
    def sure(self) -> pd.DataFrame:
        """The rows in which a persona surely does more than the others, the largest difference first."""
        table = self.table
        return table[_told(table)].sort_values("difference", ascending=False, kind="stable")

    def of(self, persona: int, most: int = 3) -> pd.DataFrame:
        """What a persona surely does more than the others; else what it does most, marked as not `sure`."""
        mine = self.sure[self.sure["persona"] == persona].head(most)
        if len(mine):
            return mine.assign(sure=True)
        rows = self.table[(self.table["persona"] == persona) & (self.table["count"] > 0)]
        return rows.nlargest(most, "count").assign(sure=False)

    def estimate(self, row: object) -> Estimate:
        """The difference in a row, in points."""
        n = int(row.n + row.other_n)
        return Estimate(row.difference, row.difference_low, row.difference_high, n, "points", row.p)

    def each(self, rows: pd.DataFrame) -> list[str]:
        """Rows in words: "kitchen and table (78% against 12%)"."""
        said = _("{value} ({share} against {other})")
        return [
            said.format(
                value=row.said, share=language.percent(row.share), other=language.percent(row.other_share)
            )
            for row in rows.itertuples()
        ]

    def further_said(self, first: object) -> str:
        """What sets the other personas apart most, one each."""
        others = self.sure[self.sure["persona"] != first.persona].drop_duplicates("persona")
        if others.empty:
            return ""
        said = self.with_names(others)
        return _("Of the other personas: {list}.").format(list=language.join(said))

    def with_names(self, rows: pd.DataFrame) -> list[str]:
        """Rows in words, each after the name of its persona."""
        each = zip(rows["name"], self.each(rows), strict=True)
        return [_("“{name}” {what}").format(name=name, what=what) for name, what in each]

    @property
    def tested(self) -> str:
        """How it was compared, as a part of `method`."""
        n = int(self.table["p"].notna().sum())
        return _(
            "Customers are what is drawn: what one customer does often counts often, but his rows are not taken for "
            "those of different people (shares with Wilson's interval and differences with Newcombe's, both widened "
            "for that). Each persona beside all others; p corrected by Holm for {n} comparisons; where fewer than "
            "{least} are to be expected nothing is compared."
        ).format(n=language.number(n), least=language.number(LEAST_EXPECTED))

    def plot(self) -> go.Figure:
        """Values × personas, orange where a persona does more than the others, blue where less."""
        table = self.table
        rows = self.picture_rows()
        wide = table.assign(
            note=[language.percent(share) for share in table["share"]],
            hover=[self._hover(row) for row in table.itertuples()],
        )
        names = table.drop_duplicates("persona").set_index("persona")["name"].sort_index()

        def spread(column: str) -> pd.DataFrame:
            each = wide.pivot(index="said", columns="persona", values=column)
            return each.reindex(index=rows, columns=names.index).set_axis(names, axis=1)

        return drawn.field(spread("difference"), spread("note"), spread("hover"))

    def picture_rows(self) -> list[str]:
        """The values to draw, in order: all of a clock; else those that occur most, the largest difference first."""
        table = self.table.sort_values("value", kind="stable")
        if self.look in CLOCK:
            return list(table["said"].unique())
        each = table.assign(far=table["difference"].abs()).groupby("said", sort=False)
        drawn = each["count"].sum().nlargest(MOST_ROWS).index
        return list(each["far"].max().loc[drawn].fillna(0).sort_values(ascending=False, kind="stable").index)

    def _hover(self, row: object) -> str:
        return _("{share} ({low} to {high}); the others {other}; {n} customers").format(
            share=language.percent(row.share, 1),
            low=language.percent(row.low, 1),
            high=language.percent(row.high, 1),
            other=language.percent(row.other_share, 1),
            n=language.number(row.customers),
        )


def left_out(found: Personas) -> dict[str, int]:
    """Orders that are no purchase, by why, as far as the features still know."""
    return {} if found.features.seen is None else dict(found.features.seen.left_out)


def strongest_first(table: pd.DataFrame, told: pd.Series, far: pd.Series) -> pd.DataFrame:
    """Of each persona three rows, then three more of each: what is worth telling stands above, of all personas.

    Parameters
    ----------
    table : DataFrame
        With the column persona.
    told : Series of bool
        Which rows are worth telling; they come before the persona's others.
    far : Series
        How far a row is from the others; the farthest first.

    >>> table = pd.DataFrame({"persona": [1] * 4 + [2] * 4, "far": [1, 4, 3, 2, 8, 7, 6, 9]})
    >>> strongest_first(table, table["far"] < 9, table["far"])["far"].tolist()
    [4, 3, 2, 8, 7, 6, 1, 9]
    """
    ranked = pd.DataFrame({"persona": table["persona"], "told": ~told, "far": -far.fillna(-1)})
    ranked = ranked.sort_values(["persona", "told", "far"], kind="stable")
    ranked["rank"] = ranked.groupby("persona").cumcount()
    ranked["block"] = ranked["rank"] // _BLOCK
    order = ranked.sort_values(["block", "persona", "rank"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def named(table: pd.DataFrame, names: list[str], say) -> pd.DataFrame:
    """The table of `compared` with the personas' names and the values in words, what is worth telling first.

    Two values that are said alike stay apart by a number, so that a picture can tell them.
    """
    said = {one: say(one) for one in table["value"].unique()}
    taken: dict[str, int] = {}
    for one, words in said.items():
        taken[words] = taken.get(words, 0) + 1
        said[one] = words if taken[words] == 1 else f"{words} ({taken[words]})"
    table = table.assign(
        name=[names[persona - 1] for persona in table["persona"]], said=table["value"].map(said)
    )
    return strongest_first(table, _told(table), table["difference"].abs())


def _told(table: pd.DataFrame) -> pd.Series:
    """The rows in which a persona surely does more than the others."""
    return compared.sure(table) & (table["difference"] > 0) & (table["customers"] >= SMALL)
