"""What are the handbook's two claims built on? (the pyramids of section 0.2)

Each pyramid has one claim on top, three arguments that carry it, and below each argument what is
said for it: figures of the evidence register where there are any, bare assertions where there are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from csworkbook import evidence, figures, language
from csworkbook.evidence import Entry
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, question

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Stone:
    """One block: what stands in it, the whole sentence, and the id of its figure, "" without one."""

    label: str
    statement: str
    id: str = ""

    @property
    def entry(self) -> Entry | None:
        """The figure in the evidence register."""
        return evidence.get(self.id) if self.id else None


@question(mark("Why would customer service be the new battlefield?"))
def battlefield() -> Pyramid:
    """The first pyramid: web shops now compete on service (handbook 0.2).

    Returns
    -------
    Pyramid
        table: argument, statement, figure (as written, "" without one), source, year, against
        (value and place of the entries that speak against it).

    >>> battlefield().table["argument"].nunique()
    3
    """
    top = Stone(_("Service is the new battlefield"), _("Web shops now compete on customer service."))
    return _built(top, _battlefield())


@question(mark("Why would personal conversations win?"))
def conversations() -> Pyramid:
    """The second pyramid: personal conversations, by live chat, win that battle (handbook 0.2).

    Returns
    -------
    Pyramid
        The same columns as `battlefield`.

    >>> len(conversations().table)
    11
    """
    top = Stone(
        _("Personal conversations win"), _("Personal conversations with customers win the competition.")
    )
    return _built(top, _conversations())


@dataclass(frozen=True)
class Pyramid(Result):
    """A claim, its arguments and what is said for each; drawn as a pyramid."""

    top: Stone = Stone("", "")
    columns_of: tuple[tuple[Stone, tuple[Stone, ...]], ...] = ()

    shown: ClassVar[tuple[str, ...]] = ("argument", "statement", "figure", "source", "year", "against")

    @property
    def entries(self) -> list[Entry]:
        """The figures of the register that this pyramid rests on."""
        return [stone.entry for _argument, stones in self.columns_of for stone in stones if stone.id]

    @property
    def text(self) -> str:
        """What the pyramid claims, and how much of it rests on a figure."""
        n, bare = len(self.entries), len(self.table) - len(self.entries)
        stand = ngettext("{n} of {all} grounds has a figure", "{n} of {all} grounds have a figure", n)
        rest = ngettext("{n} is only asserted", "{n} are only asserted", bare)
        said = _("{claim} {stand}; {rest}. {against} {undated}")
        return said.format(
            claim=self.top.statement,
            stand=stand.format(n=language.number(n), all=language.number(len(self.table))),
            rest=rest.format(n=language.number(bare)),
            against=_of_these("against", sum(bool(entry.contradicts) for entry in self.entries)),
            undated=_of_these("undated", sum(not entry.year for entry in self.entries)),
        )

    @property
    def method(self) -> str:
        """How to read the picture."""
        return _(
            "Blue blocks hold a figure of the evidence register, grey blocks none. A dashed edge: another figure "
            "in the same texts speaks against it. The pyramids are the handbook's; a figure in them shows "
            "what was reported, not that the claim follows from it."
        )

    def heads(self) -> list[str]:
        """The heads of the shown columns, in the language spoken now."""
        return [_("Argument"), _("Ground"), _("Figure"), _("Source"), _("Year"), _("Speaks against it")]

    def plot(self) -> go.Figure:
        """The pyramid: the claim on top, wider towards its grounds."""
        tiers = 2 + max(len(stones) for _argument, stones in self.columns_of)
        blocks = list(self._blocks(tiers))
        hidden = {"visible": False, "fixedrange": True}
        figure = figures.blank(
            height=30 + _TIER * tiers,
            xaxis={**hidden, "range": [0, 1]},
            yaxis={**hidden, "range": [0, tiers]},
            shapes=[_shape(block) for block in blocks],
            annotations=[_words(block) for block in blocks],
            showlegend=False,
        )
        figure.add_scatter(
            x=[block.middle[0] for block in blocks],
            y=[block.middle[1] for block in blocks],
            mode="markers",
            marker={"size": 40, "opacity": 0},
            hovertext=[_hover(block.stone) for block in blocks],
            hoverinfo="text",
        )
        return figure

    def _blocks(self, tiers: int) -> Iterator[_Block]:
        """Every block with its place: tiers get wider from the top down, and fill the base."""
        yield _Block(self.top, 0, 0.18, 0.82, tiers - 1, tiers)
        for place, (argument, stones) in enumerate(self.columns_of):
            left, right = (0.05 + 0.9 * (place + side) / 3 for side in (0, 1))
            yield _Block(argument, 1, left, right, tiers - 2, tiers - 1)
            tall = (tiers - 2) / len(stones)
            for down, stone in enumerate(stones):
                under = tiers - 2 - tall * down
                yield _Block(stone, 2, place / 3, (place + 1) / 3, under - tall, under)


_TIER = 88  # pixels
_INK_ON = {0: "#ffffff", 1: "#ffffff", 2: figures.INK}
_LETTERS = {0: 20, 1: 12, 2: 14}  # a line, so that it fits on a phone
_FILLS = {0: figures.ACCENT, 1: "#2f6f88"}
_WITH_FIGURE, _BARE = "#e3f0f5", "#eef0f2"


@dataclass(frozen=True)
class _Block:
    stone: Stone
    tier: int
    left: float
    right: float
    bottom: float
    upper: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.upper) / 2


def _shape(block: _Block) -> dict:
    entry = block.stone.entry
    doubted = entry is not None and bool(entry.contradicts)
    fill = _FILLS.get(block.tier, _WITH_FIGURE if entry else _BARE)
    edge = {"color": figures.ALERT, "width": 2, "dash": "dash"} if doubted else {"width": 0}
    inside = {"x0": block.left + 0.006, "x1": block.right - 0.006}
    y = {"y0": block.bottom + 0.04, "y1": block.upper - 0.04}
    return {"type": "rect", **inside, **y, "fillcolor": fill, "line": edge, "layer": "below"}


def _words(block: _Block) -> dict:
    lines = figures.wrapped(block.stone.label, _LETTERS[block.tier])
    entry = block.stone.entry
    said = f"<b>{figures.wrapped(entry.say(), 12)}</b><br>{lines}" if entry else lines
    return {
        "x": block.middle[0],
        "y": block.middle[1],
        "text": f"<b>{said}</b>" if block.tier < 2 else said,
        "showarrow": False,
        "font": {"size": 14 if block.tier == 0 else 12, "color": _INK_ON[block.tier]},
    }


def _hover(stone: Stone) -> str:
    lines = [figures.wrapped(stone.statement, 44)]
    return "<br>".join([*lines, figures.wrapped(stone.entry.line(), 44)] if stone.entry else lines)


def _of_these(what: str, n: int) -> str:
    """A sentence about some of the figures."""
    if what == "against":
        said = ngettext(
            "{n} figure is contradicted elsewhere in the same texts.",
            "{n} figures are contradicted elsewhere in the same texts.",
            n,
        )
    else:
        said = ngettext("{n} figure has no year.", "{n} figures have no year.", n)
    return said.format(n=language.number(n))


def _built(top: Stone, columns: tuple[tuple[Stone, tuple[Stone, ...]], ...]) -> Pyramid:
    import pandas as pd

    rows = [_row(argument, stone) for argument, stones in columns for stone in stones]
    return Pyramid(pd.DataFrame(rows), top, columns)


def _row(argument: Stone, stone: Stone) -> dict[str, str]:
    entry = stone.entry
    figure = entry.say() if entry else _("none given")
    of = (
        (entry.source, entry.when(), "; ".join(e.briefly() for e in entry.against()))
        if entry
        else ("", "", "")
    )
    source, year, against = (word or "–" for word in of)
    told = {"argument": argument.statement, "statement": stone.statement, "figure": figure}
    return {**told, "source": source, "year": year, "against": against}


def _claimed(label: str, id: str) -> Stone:
    return Stone(label, evidence.get(id).claim, id)


def _battlefield() -> tuple[tuple[Stone, tuple[Stone, ...]], ...]:
    apart = Stone(_("It sets you apart"), _("Service is the new way to differ."))
    sales = Stone(_("Poor service loses sales"), _("Mediocre service is bad for sales."))
    costs = Stone(_("A poor model costs more"), _("A poor service model raises costs."))
    return (
        (
            apart,
            (
                Stone(
                    _("Answers wanted at once"),
                    _("Customers on social media want an answer at once, at any hour."),
                ),
                Stone(_("Large brands improve"), _("Large brands put more and more into better service.")),
                Stone(
                    _("Price is not enough"), _("With so much on offer, product and price no longer decide.")
                ),
            ),
        ),
        (
            sales,
            (
                _claimed(_("do not come back"), "leave-bad-service-91"),
                _claimed(_("break off a purchase"), "abandon-unanswered-45"),
                _claimed(_("hear about it"), "bad-experience-told-16"),
            ),
        ),
        (
            costs,
            (
                Stone(_("Service costs more"), _("The costs of service are higher.")),
                Stone(_("Contacts take longer"), _("Contacts with customers take longer.")),
                Stone(
                    _("Nothing is learned"), _("Without operational insights processes do not get better.")
                ),
            ),
        ),
    )


def _conversations() -> tuple[tuple[Stone, tuple[Stone, ...]], ...]:
    through = Stone(_("Chat breaks through"), _("Live chat breaks through at large web shops."))
    wanted = Stone(_("Customers want it"), _("More and more consumers ask for live chat and like it."))
    pays = Stone(_("It pays"), _("Live chat makes a web shop more profitable."))
    return (
        (
            through,
            (
                _claimed(_("of large Dutch shops"), "chat-twinkle-43"),
                _claimed(_("in one year"), "chat-growth-60"),
                _claimed(_("on large websites"), "chat-websites-3"),
            ),
        ),
        (
            wanted,
            (
                _claimed(_("had used it"), "chat-used-65"),
                _claimed(_("were satisfied"), "chat-satisfaction-73"),
                _claimed(_("want one contact"), "one-interaction-88"),
            ),
        ),
        (
            pays,
            (
                _claimed(_("see more conversion"), "chat-raises-conversion-83"),
                _claimed(_("as likely to buy"), "chat-convert-7-5"),
                _claimed(_("spent"), "chat-spend-55"),
                Stone(_("Cheaper contacts"), _("A chat costs less than an e-mail or a telephone call.")),
                Stone(_("Less time a question"), _("An agent spends less time on a question.")),
            ),
        ),
    )
