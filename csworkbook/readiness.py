"""Which chapter can run with the tables this shop has, and what do the others still lack?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from csworkbook import chapters, figures
from csworkbook.language import gettext as _
from csworkbook.language import join, mark, ngettext, number
from csworkbook.naming import table_name
from csworkbook.results import Result, question
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.shop import Shop

State = Literal["now", "less", "lacks", "coming"]


@dataclass(frozen=True)
class Need:
    """What one chapter asks for, read off its functions.

    `needs` are the tables without which nothing of it runs, `helps` those without which part of it does
    not run or says less.
    """

    chapter: str
    needs: tuple[str, ...]
    helps: tuple[str, ...] = ()
    coming: bool = False

    def state(self, tables: Collection[str]) -> State:
        """Whether it can run with these tables.

        >>> Need("x", ("orders",), ("contacts",)).state(["orders"])
        'less'
        """
        if self.coming:
            return "coming"
        if not set(self.needs) <= set(tables):
            return "lacks"
        return "now" if set(self.helps) <= set(tables) else "less"


@dataclass(frozen=True)
class Readiness(Result):
    """What `measure` gives; `table` has a row per chapter, `asked` the same as objects.

    Columns of `table`: chapter, state (now, less, lacks, coming), needs, lacks, richer (names of tables).
    """

    asked: tuple[Need, ...] = ()
    tables: tuple[str, ...] = ()
    title: ClassVar[str] = "readiness"

    @property
    def text(self) -> str:
        """How many chapters run now, and which table would open most."""
        there = [need for need in self.asked if not need.coming]
        ready = [need for need in there if need.state(self.tables) in ("now", "less")]
        said = ngettext(
            "{n} of {all} chapter can run now.", "{n} of {all} chapters can run now.", len(there)
        ).format(n=number(len(ready)), all=number(len(there)))
        coming = len(self.asked) - len(there)
        later = ngettext("{n} more is coming.", "{n} more are coming.", coming).format(n=number(coming))
        return " ".join([said, *([later] if coming else []), *self._next()])

    def _next(self) -> list[str]:
        """The table that is asked for most and not there."""
        asked = self.missing()
        if not asked:
            return [_("Every table that a chapter asks for is there.")]
        most = max(asked, key=lambda table: len(asked[table]))
        n = len(asked[most])
        said = ngettext(
            "Most wanted: {table}, which {n} chapter asks for.",
            "Most wanted: {table}, which {n} chapters ask for.",
            n,
        )
        return [said.format(table=table_name(most), n=number(n))]

    @property
    def method(self) -> str:
        """How the tables of a chapter are known."""
        return _(
            "What a chapter needs is read from its own calculations: a table without which nothing can be "
            "worked out is needed, one that adds a part is helpful. Chapters that are coming are listed with "
            "the tables they will ask for."
        )

    def missing(self) -> dict[str, list[str]]:
        """Tables that are not there → the chapters that need them or would say more with them."""
        asked: dict[str, list[str]] = {}
        for need in self.asked:
            for table in dict.fromkeys((*need.needs, *need.helps)):
                if table not in self.tables:
                    asked.setdefault(table, []).append(need.chapter)
        return {table: asked[table] for table in TABLES if table in asked}

    def heads(self) -> list[str]:
        """The heads of the table, in the language spoken now."""
        return [_("Chapter"), _("Can it run?"), _("Needs"), _("Lacks"), _("Says more with")]

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it."""
        if column == "chapter":
            return chapters.title(str(value))
        return state_name(value) if column == "state" else names(value)

    def sheet(self) -> pd.DataFrame:
        """The table for a spreadsheet, as people read it."""
        import pandas as pd

        return pd.DataFrame(self.cells(), columns=self.heads())

    def kinds(self) -> dict[str, str]:
        """Every column is text."""
        return dict.fromkeys(self.heads(), "")

    def sortable(self) -> pd.DataFrame:
        """The table as it sorts: by the words that are shown."""
        return self.sheet().set_axis(self.columns, axis=1)

    def plot(self) -> go.Figure:
        """Chapters down, tables across: a filled square is there, an open one is not."""
        return _matrix(self)


@question(mark("Which chapters can you use now, and what do the others still need?"))
def measure(shop: Shop) -> Readiness:
    """What every chapter needs, and whether this shop has it.

    Parameters
    ----------
    shop : Shop

    >>> from csworkbook.shop import open_shop
    >>> measure(open_shop()).table.set_index("chapter").loc["03_effort_survey", "state"]
    'now'
    """
    import pandas as pd

    tables, asked = tuple(shop.tables()), needs()
    rows = [
        {
            "chapter": need.chapter,
            "state": need.state(tables),
            "needs": list(need.needs),
            "lacks": [table for table in need.needs if table not in tables],
            "richer": [table for table in need.helps if table not in tables],
        }
        for need in asked
    ]
    return Readiness(pd.DataFrame(rows), asked=tuple(asked), tables=tables)


def needs() -> list[Need]:
    """What every chapter asks for, in the order of the book."""
    there = {name: need_of(name, analyses) for name, analyses in chapters.by_chapter().items()}
    coming = {
        name: Need(name, one.needs, one.helps, coming=True)
        for name, one in chapters.COMING.items()
        if name not in there
    }
    return [need for _name, need in sorted({**coming, **there}.items())]


def need_of(chapter: str, analyses: list[Callable]) -> Need:
    """What the analyses of one chapter need: positional parameters without a default are needed.

    The chapter needs what its first analysis needs; what only later ones need, or may be left out, helps.

    >>> def first(orders): ...
    >>> def second(orders, contacts, events=None): ...
    >>> need_of("x", [first, second])
    Need(chapter='x', needs=('orders',), helps=('contacts', 'events'), coming=False)
    """
    asked = [_parameters(analysis) for analysis in analyses]
    needed = [table for table, required in asked[0].items() if required]
    others = dict.fromkeys(table for one in asked for table in one if table not in needed)
    return Need(chapter, tuple(needed), tuple(others))


def _parameters(analysis: Callable) -> dict[str, bool]:
    """The tables a function takes → whether it cannot do without."""
    found = inspect.signature(analysis).parameters.values()
    return {
        p.name: p.default is p.empty for p in found if p.name in TABLES and p.kind is p.POSITIONAL_OR_KEYWORD
    }


def names(tables: Collection[str]) -> str:
    """Tables as people call them, in one phrase; an en dash for none."""
    return join([table_name(table) for table in tables]) if tables else "–"


def state_name(state: object) -> str:
    """Whether a chapter can run, in words."""
    return {
        "now": _("yes, now"),
        "less": _("yes, with less"),
        "lacks": _("not yet"),
        "coming": _("this chapter is coming"),
    }.get(str(state), str(state))


def place(need: Need, table: str, tables: Collection[str]) -> str:
    """What a table is for a chapter: has, needs (not there), helps (there), adds (not there), or nothing."""
    if table in need.needs:
        return "has" if table in tables else "needs"
    if table in need.helps:
        return "helps" if table in tables else "adds"
    return ""


def _matrix(found: Readiness) -> go.Figure:
    import plotly.graph_objects as go

    asked = [table for table in TABLES if any(table in (*n.needs, *n.helps) for n in found.asked)]
    rows = [chapters.title(need.chapter) for need in found.asked]
    across = [table_name(table) for table in asked]
    figure = figures.blank(
        90 + 34 * len(rows),
        legend=True,
        xaxis={
            "side": "top",
            "tickangle": -35,
            "showgrid": True,
            "type": "category",
            "categoryarray": across,
        },
        yaxis={"autorange": "reversed", "showgrid": True, "type": "category", "categoryarray": rows},
    )
    for kind, look in _looks().items():
        spots = [
            (table_name(table), chapters.title(need.chapter))
            for need in found.asked
            for table in asked
            if place(need, table, found.tables) == kind
        ]
        marker = {"size": 16, "symbol": look[1], "color": look[2], "line": {"width": 1.5, "color": look[2]}}
        x, y = zip(*spots, strict=True) if spots else ((None,), (None,))
        hover = "%{y}: %{x}<extra>" + look[0] + "</extra>"
        figure.add_trace(
            go.Scatter(x=x, y=y, mode="markers", name=look[0], marker=marker, hovertemplate=hover)
        )
    return figure


def _looks() -> dict[str, tuple[str, str, str]]:
    """Per kind of cell: its words, the sign, the colour."""
    return {
        "has": (_("needed, and there"), "square", figures.ACCENT),
        "needs": (_("needed, not there"), "square-open", figures.ALERT),
        "helps": (_("helpful, and there"), "circle", figures.ACCENT),
        "adds": (_("helpful, not there"), "circle-open", figures.QUIET),
    }
