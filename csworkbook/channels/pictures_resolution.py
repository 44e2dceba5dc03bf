"""The pictures of solving questions: how often at once, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import figures, language
from csworkbook.channels import resolution_words
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.channels.resolution_result import FirstContact
    from csworkbook.channels.solving_result import Solving

MOST = 12  # groups drawn
_SYMBOLS = ("circle", "square", "triangle-up", "cross", "x")


def spread(result: FirstContact) -> go.Figure:
    """A row per group: a dot per definition with its whiskers, the handbook's figures as diamonds."""
    table, by = result.table, result.by
    groups = list(dict.fromkeys(table[by]))[: MOST + 1]
    place = {group: len(groups) - 1 - at for at, group in enumerate(groups)}
    figure = figures.blank(
        height=max(figures.HEIGHT, 190 + 50 * len(groups)),
        legend=True,
        xaxis={"tickformat": ",.0%"},
        yaxis=_rows([result.vocabulary.word(group) for group in groups]),
        margin={"l": 8, "r": 12, "t": 12, "b": 2 * figures.LEGEND},
    )
    names = resolution_words.definitions()
    for at, name in enumerate(names):
        rows = table[(table["definition"] == name) & (table["n"] > 0) & table[by].isin(groups)]
        up = 0.28 - 0.14 * at
        _dots(figure, rows, [place[group] + up for group in rows[by]], names[name], at)
    known = table[table["benchmark"].notna() & (table["definition"] == result.main)]
    if len(known):
        _handbook(figure, known["benchmark"], [place[group] for group in known[by]], language.percent)
    return figure


def _rows(labels: list[object]) -> dict:
    """The axis with the groups, the first on top."""
    shown = [figures.wrapped(str(label)) for label in labels][::-1]
    return {
        "tickvals": list(range(len(shown))),
        "ticktext": shown,
        "range": [-0.6, len(shown) - 0.4],
        "showgrid": False,
        "linewidth": 0,
    }


def _dots(figure: go.Figure, rows: pd.DataFrame, y: list[float], name: str, at: int) -> None:
    colour = figures.SERIES[at]
    figure.add_scatter(
        x=rows["share"],
        y=y,
        mode="markers",
        name=name,
        marker={"color": colour, "size": 10, "symbol": _SYMBOLS[at]},
        error_x={
            "array": rows["high"] - rows["share"],
            "arrayminus": rows["share"] - rows["low"],
            "color": colour,
            "thickness": 1.5,
            "width": 3,
        },
        hovertext=[f"{name}<br>{figures.interval(row)}" for row in rows.itertuples()],
        hoverinfo="text",
    )


def _handbook(figure: go.Figure, values: pd.Series, y: list[float], say) -> None:
    figure.add_scatter(
        x=values,
        y=y,
        mode="markers",
        name=_("handbook"),
        marker={"symbol": "diamond-open", "size": 14, "color": figures.INK, "line": {"width": 2}},
        hovertext=[say(value) for value in values],
        hoverinfo="text",
    )


def solving(result: Solving) -> go.Figure:
    """A row per group: what one contact costs, and what one solution costs with its whiskers."""
    table = result.drawn.head(MOST + 1)
    y = list(range(len(table)))[::-1]
    currency = result.currency
    figure = figures.blank(
        height=max(figures.HEIGHT, 170 + 46 * len(table)),
        legend=True,
        xaxis={"tickformat": ",.0f", "tickprefix": figures._euro(currency), "rangemode": "tozero"},
        yaxis=_rows([result.vocabulary.word(group) for group in table[result.by]]),
    )

    def say(value: float) -> str:
        return language.money(value, currency, 2)

    figure.add_scatter(
        x=table["plain"],
        y=y,
        mode="markers",
        name=_("one contact"),
        marker={"color": figures.QUIET, "size": 11, "symbol": "circle-open", "line": {"width": 2}},
        hovertext=[say(value) for value in table["plain"]],
        hoverinfo="text",
    )
    figure.add_scatter(
        x=table["cost"],
        y=y,
        mode="markers",
        name=_("one solution"),
        marker={"color": figures.ACCENT, "size": 12},
        error_x={
            "array": table["high"] - table["cost"],
            "arrayminus": table["cost"] - table["low"],
            "color": figures.ACCENT,
            "thickness": 2,
            "width": 5,
        },
        hovertext=[
            f"{say(row.cost)} ({say(row.low)} – {say(row.high)}), n = {language.number(row.solved)}"
            for row in table.itertuples()
        ],
        hoverinfo="text",
    )
    return figure
