"""The pictures of the funnel: its bars, the rates per group, and how long it takes.

The name of a step stands above its bar, not beside it, so that a telephone keeps the whole width.
"""

from __future__ import annotations

from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING

from csworkbook import figures, language
from csworkbook.funnel.wording import counted, said
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

MOST = 6  # groups that are drawn: the largest
COLOURS = (figures.ACCENT, figures.ALERT, "#007a5a", "#7b4f9e", "#8a6d00", figures.QUIET)
_LETTERS = 30  # of a step's name beside its numbers, at 390 pixels
_STEP, _BAR = 58, 22  # pixels a step, and a bar of a group


def bars(table: pd.DataFrame, *, other: pd.DataFrame | None = None, per: str = "visitor") -> go.Figure:
    """One bar per step, as long as its share of the first step, with its interval where there is one.

    `table` has the columns step, visitors, step_rate, total_rate, and total_low and total_high for the
    interval. `per` is what is counted. `other` has step and total_rate: another funnel, drawn as an outline.
    """
    rows = table.reset_index(drop=True)
    places = [-float(number) for number in rows.index]
    figure = _canvas(_STEP * len(rows) + 46, [places[-1] - 0.5, 0.72], legend=other is not None)
    whiskers = None
    if "total_low" in rows:
        whiskers = _whiskers(rows, "total_rate", "total_low", "total_high")
    figure.add_bar(
        x=rows["total_rate"].fillna(0),
        y=places,
        width=0.42,
        orientation="h",
        name=_("now"),
        marker={"color": figures.ACCENT},
        error_x=whiskers,
        hovertext=[_hover(row, per) for row in rows.itertuples()],
        hoverinfo="text",
    )
    if other is not None:
        _outline(figure, rows, places, other)
    for place, row in zip(places, rows.itertuples(), strict=True):
        _label(figure, place + 0.4, said(row.step), _figures(row, first=place == 0))
    return figure


def groups(table: pd.DataFrame, by: str) -> go.Figure:
    """The rate of every step from the second on, one bar with its interval per group: the largest groups.

    `table` has the columns `by`, step, visitors, step_rate, low, high, entered and small.
    """
    order = list(dict.fromkeys(table[by]))[:MOST]
    steps = list(dict.fromkeys(table["step"]))[1:]
    deep = len(order) + 1.3  # a step's room, in bars
    places = {step: -number * deep for number, step in enumerate(steps)}
    low = min(places.values(), default=0.0) - len(order) - 0.3
    figure = _canvas(int(-low * (_BAR + 2)) + 60, [low, 0.9], legend=True)
    for number, group in enumerate(order):
        part = table[(table[by] == group) & table["step"].isin(steps)]
        figure.add_bar(
            x=part["step_rate"].fillna(0),
            y=[places[step] - number - 0.75 for step in part["step"]],
            width=0.8,
            orientation="h",
            name=escape(shorten(said(group), 24, placeholder="…"), quote=False),
            marker={"color": COLOURS[number], "opacity": [0.45 if small else 1.0 for small in part["small"]]},
            error_x=_whiskers(part, "step_rate", "low", "high"),
            text=[language.percent(rate) for rate in part["step_rate"]],
            textposition="inside",
            insidetextanchor="start",
            textfont={"color": figures.PAPER, "size": 12},
            hovertext=[_hover_group(row, group) for row in part.itertuples()],
            hoverinfo="text",
        )
    for step, place in places.items():
        _label(figure, place + 0.3, said(step), "" if place else _("of the step before"))
    return figure


def waiting(table: pd.DataFrame, middle: str | None) -> go.Figure:
    """How long it took: one bar per length of time and group; the length that holds the median is marked.

    `table` has the columns group, lasted (a label), n, share (of the group); `middle` is one of the labels.
    """
    order = list(dict.fromkeys(table["group"]))[:MOST]
    labels = list(dict.fromkeys(table["lasted"]))
    several = len(order) > 1
    figure = figures.blank(
        legend=several, showlegend=several, bargap=0.12, yaxis={"tickformat": ",.0%", "rangemode": "tozero"}
    )
    for number, group in enumerate(order):
        part = table[table["group"] == group]
        plain = [figures.ALERT if one == middle else figures.ACCENT for one in part["lasted"]]
        figure.add_bar(
            x=[labels.index(one) for one in part["lasted"]],
            y=part["share"],
            name=escape(shorten(said(group), 24, placeholder="…"), quote=False),
            marker={"color": COLOURS[number] if several else plain},
            hovertext=[_hover_time(*row) for row in part[["lasted", "n", "share"]].itertuples(index=False)],
            hoverinfo="text",
        )
    ticks = {"tickvals": list(range(len(labels))), "ticktext": [figures.wrapped(one, 8) for one in labels]}
    figure.update_xaxes(showgrid=False, tickfont={"size": 12}, tickangle=0, **ticks)
    if middle in labels:
        spot = {"x": labels.index(middle), "y": 1, "yref": "paper", "showarrow": False}
        figure.add_annotation(text=_("the middle one"), font={"color": figures.ALERT}, **spot)
    return figure


def _hover_time(lasted: str, n: int, share: float) -> str:
    return f"{escape(lasted, quote=False)}: {language.number(n)} ({language.percent(share, 1)})"


def _canvas(height: int, reach: list[float], *, legend: bool) -> go.Figure:
    """An empty picture for bars under their labels."""
    return figures.blank(
        height=max(240, height + (figures.LEGEND if legend else 0)),
        legend=legend,
        barmode="overlay",
        showlegend=legend,
        xaxis={"range": [0, 1.06], "tickformat": ",.0%", "tickvals": [0.25, 0.5, 0.75, 1]},
        yaxis={"range": reach, "visible": False},
    )


def _label(figure: go.Figure, place: float, left: str, right: str) -> None:
    """A line of text above a bar: what it is, and its numbers."""
    bold = f"<b>{escape(shorten(left, _LETTERS, placeholder='…'), quote=False)}</b>"
    plain = {"showarrow": False, "xref": "paper", "y": place, "yanchor": "middle"}
    figure.add_annotation(x=0, xanchor="left", text=bold, **plain)
    if right:
        figure.add_annotation(x=1, xanchor="right", text=right, font={"color": figures.SOFT}, **plain)


def _figures(row, *, first: bool) -> str:
    """Visitors, and of the step before, in short."""
    visitors = language.number(row.visitors)
    if first or row.step_rate != row.step_rate:
        return visitors
    return f"{visitors} · {language.percent(row.step_rate)}"


def _whiskers(rows: pd.DataFrame, value: str, low: str, high: str) -> dict:
    return {
        "type": "data",
        "array": (rows[high] - rows[value]).clip(lower=0).fillna(0),
        "arrayminus": (rows[value] - rows[low]).clip(lower=0).fillna(0),
        "color": figures.INK,
        "thickness": 1.5,
        "width": 4,
    }


def _outline(figure: go.Figure, rows: pd.DataFrame, places: list[float], other: pd.DataFrame) -> None:
    """Another funnel's bars as outlines, at the steps of the same name."""
    theirs = rows["total_rate_against"] if "total_rate_against" in rows else other["total_rate"]
    there = theirs.notna()
    theirs, places = theirs[there], [place for place, known in zip(places, there, strict=True) if known]
    figure.add_bar(
        x=theirs,
        y=places,
        width=0.5,
        orientation="h",
        name=_("the other one"),
        marker={"color": "rgba(0,0,0,0)", "line": {"color": figures.ALERT, "width": 2}},
        hovertext=[language.percent(share, 1) for share in theirs],
        hoverinfo="text",
    )


def _hover(row, per: str) -> str:
    return _("{step}: {visitors}, {share} of the step before, {total} of the first").format(
        step=escape(said(row.step), quote=False),
        visitors=counted(int(row.visitors), per),
        share=language.percent(row.step_rate, 1),
        total=language.percent(row.total_rate, 1),
    )


def _hover_group(row, group: object) -> str:
    return _("{group}: {share} ({low} to {high}), {n} of {entered}").format(
        group=escape(said(group), quote=False),
        share=language.percent(row.step_rate, 1),
        low=language.percent(row.low, 1),
        high=language.percent(row.high, 1),
        n=language.number(row.visitors),
        entered=language.number(row.entered),
    )
