"""Scores as bars with whiskers, and a mark at each target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import figures
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.service_gap.principles import Principles

_COLOURS = {"yes": figures.ANSWERS[1], "cannot tell yet": figures.QUIET, "no": figures.ANSWERS[3]}


def draw(result: Principles) -> go.Figure:
    """One bar a principle from 0 to 100 %, coloured by whether its target is reached."""
    rows = result.scores.reset_index().iloc[::-1]
    known = rows[rows["n"] > 0]
    figure = figures.blank(
        height=340,
        legend=True,
        bargap=0.45,
        xaxis={"range": [0, 1.05], "tickformat": ",.0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        yaxis={"showgrid": False, "categoryorder": "array", "categoryarray": _names(result, rows)},
    )
    for verdict, colour in _COLOURS.items():
        _bars(figure, result, known[known["verdict"] == verdict], verdict, colour)
    figure.add_scatter(
        x=rows["target"],
        y=_names(result, rows),
        mode="markers",
        name=_("target"),
        marker={"symbol": "line-ns", "size": 30, "line": {"width": 4, "color": figures.INK}},
        hoverinfo="x",
    )
    return figure


def _names(result: Principles, rows) -> list[str]:
    return [figures.wrapped(str(result.vocabulary.word(one)), 16) for one in rows["principle"]]


def _bars(figure: go.Figure, result: Principles, rows, verdict: str, colour: str) -> None:
    if rows.empty:
        return
    names = {"yes": _("on target"), "cannot tell yet": _("cannot tell yet"), "no": _("below target")}
    figure.add_bar(
        x=rows["share"],
        y=_names(result, rows),
        orientation="h",
        name=names[verdict],
        marker={"color": colour},
        error_x={
            "array": rows["high"] - rows["share"],
            "arrayminus": rows["share"] - rows["low"],
            "color": figures.INK,
            "thickness": 2,
        },
        hovertext=[figures.interval(row) for row in rows.itertuples()],
        hoverinfo="text",
    )
