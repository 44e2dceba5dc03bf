"""The pictures of the service survey: two bars with their gap, expected beside got, importance against gap."""

from __future__ import annotations

from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from csworkbook import figures, language
from csworkbook.language import gettext as _
from csworkbook.service_gap.answers import SCORED, SHARED, score

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.estimates import Estimate
    from csworkbook.evidence import Entry

_WIDE, _BESIDE = 0.36, 0.2  # a bar, and how far own and handbook's stand from the middle


def bars(table: pd.DataFrame, gap: Estimate | None, handbook: dict[str, Entry]) -> go.Figure:
    """The share of company and customers as bars, the gap as a bracket between, the handbook's ghosted beside.

    `table` has the columns role, share, low, high, n.
    """
    roles = list(handbook)
    figure = figures.blank(
        legend=True,
        barmode="overlay",
        xaxis={
            "tickvals": [0, 1],
            "ticktext": [figures.wrapped(str(SHARED.word(r))) for r in roles],
            "range": [-0.6, 1.6],
            "showgrid": False,
        },
        yaxis={"tickformat": ",.0%", "range": [0, 1.05]},
    )
    figure.add_bar(
        x=[place + _BESIDE for place in range(len(roles))],
        y=[entry.value for entry in handbook.values()],
        width=_WIDE,
        name=_("handbook"),
        legendrank=1001,
        marker={"color": figures.LINE, "line": {"color": figures.SOFT, "width": 1}},
        opacity=0.55,
        text=[entry.say() for entry in handbook.values()],
        textposition="outside",
        hovertext=[entry.line() for entry in handbook.values()],
        hoverinfo="text",
    )
    _own(figure, table, roles)
    if gap is not None:
        _bracket(figure, table.set_index("role")["share"], gap)
    return figure


def _own(figure: go.Figure, table: pd.DataFrame, roles: list[str]) -> None:
    figure.add_bar(
        x=[roles.index(role) - _BESIDE for role in table["role"]],
        y=table["share"],
        width=_WIDE,
        name=_("here"),
        marker={"color": figures.ACCENT},
        text=[language.percent(share) for share in table["share"]],
        textposition="inside",
        insidetextanchor="start",
        textfont={"color": figures.PAPER},
        textangle=0,
        error_y={
            "array": table["high"] - table["share"],
            "arrayminus": table["share"] - table["low"],
            "color": figures.INK,
            "thickness": 2,
            "width": 6,
        },
        hovertext=[figures.interval(row) for row in table.itertuples()],
        hoverinfo="text",
    )


def _bracket(figure: go.Figure, share: pd.Series, gap: Estimate) -> None:
    """The distance between the two bars, in points."""
    us, them = float(share["company"]), float(share["customer"])
    line = {"color": figures.ALERT, "width": 2}
    thin = {"color": figures.ALERT, "width": 1, "dash": "dot"}
    strokes = [
        (-_BESIDE, 0.5, us, us, thin),
        (0.5, 1 - _BESIDE, them, them, thin),
        (0.5, 0.5, us, them, line),
    ]
    strokes += [(0.46, 0.54, y, y, line) for y in (us, them)]
    for x0, x1, y0, y1, style in strokes:
        figure.add_shape(type="line", x0=x0, x1=x1, y0=y0, y1=y1, line=style)
    figure.add_annotation(
        x=0.5,
        y=(us + them) / 2,
        text=gap.say(abs(gap.value)),
        showarrow=False,
        bgcolor=figures.PAPER,
        font={"color": figures.ALERT, "size": 16},
    )


def pairs(table: pd.DataFrame, *, label: str, start: str, end: str, names: tuple[str, str]) -> go.Figure:
    """Two means a row as dots with the way between them; the gap and its interval stand under the label.

    `table` has the columns `label`, `start`, `end`, gap, low and high, rows in the order to draw, top first; a
    column that is empty throughout is not drawn.
    """
    labels = _rows(table[label])
    figure = _empty(labels, table[[start, end]].to_numpy(dtype=float), _noted(labels, table))
    places = np.arange(len(labels))[::-1]
    for x0, x1, y in zip(table[start], table[end], places, strict=True):
        if x0 == x0 and x1 == x1:
            line = {"color": figures.ALERT if x1 < x0 else figures.ACCENT, "width": 3}
            figure.add_shape(type="line", x0=x0, x1=x1, y0=y, y1=y, line=line, layer="below")
    for column, name, colour, mark in (
        (start, names[0], figures.QUIET, "circle-open"),
        (end, names[1], figures.ACCENT, "circle"),
    ):
        if table[column].notna().any():
            _dots(figure, table[column], places, name, colour, mark, labels)
    return figure


def _rows(values: pd.Series) -> list[str]:
    """Dimensions by their names, statements cut to what fits beside a row."""
    return [shorten(str(SCORED.word(value)), 60, placeholder=" …") for value in values]


def _noted(labels: list[str], table: pd.DataFrame) -> list[str]:
    """Each label with the gap and its interval on a line of its own."""
    noted = []
    for name, row in zip(labels, table.to_dict("records"), strict=True):
        said = "" if row["gap"] != row["gap"] else f"<br><b>{score(row['gap'])}</b>"
        if said and row["low"] == row["low"]:
            said += f" <sub>({score(row['low'])} – {score(row['high'])})</sub>"
        noted.append(figures.wrapped(name) + said)
    return noted


def _empty(labels: list[str], values: np.ndarray, ticks: list[str] | None = None) -> go.Figure:
    """Rows to draw in, over the range of the values."""
    least, most = (1.0, 7.0) if not np.isfinite(values).any() else (np.nanmin(values), np.nanmax(values))
    room = max(0.2, (most - least) * 0.12)
    ticks = ticks or [figures.wrapped(label, 26) for label in labels]
    lines = max((tick.count("<br>") for tick in ticks), default=0)
    return figures.blank(
        height=max(figures.HEIGHT, 130 + (30 + 16 * (lines > 1)) * len(labels)),
        legend=True,
        showlegend=True,
        xaxis={"tickformat": ",.1f", "range": [least - room, most + room], "tickangle": 0, "nticks": 5},
        yaxis={
            "tickvals": list(range(len(labels))),
            "ticktext": ticks[::-1],
            "range": [-0.6, len(labels) - 0.4],
            "showgrid": False,
        },
    )


def _dots(figure, values, places, name, colour, mark, labels) -> None:
    figure.add_scatter(
        x=values,
        y=places,
        mode="markers",
        name=name,
        marker={"color": colour, "size": 13, "symbol": mark, "line": {"width": 3, "color": colour}},
        hovertext=[f"{escape(label)}<br>{name}: {score(v)}" for label, v in zip(labels, values, strict=True)],
        hoverinfo="text",
    )


def means(table: pd.DataFrame, *, label: str, value: str, name: str) -> go.Figure:
    """Means as dots with their intervals as whiskers, one row a label, top first."""
    labels = _rows(table[label])
    ends = table[[value, "low", "high"]].to_numpy(dtype=float)
    figure = _empty(labels, ends)
    figure.add_scatter(
        x=table[value],
        y=np.arange(len(labels))[::-1],
        mode="markers",
        name=name,
        marker={"color": figures.ACCENT, "size": 11},
        error_x={
            "array": (table["high"] - table[value]).fillna(0),
            "arrayminus": (table[value] - table["low"]).fillna(0),
            "color": figures.ACCENT,
            "thickness": 2,
            "width": 5,
        },
        hovertext=[
            _("{value} ({low} to {high})").format(value=score(v), low=score(low), high=score(high))
            for v, low, high in ends
        ],
        hoverinfo="text",
    )
    figure.update_layout(margin={"l": 8, "r": 12, "t": 12, "b": 8}, showlegend=False)
    if value == "gap":
        figure.add_vline(x=0, line={"color": figures.SOFT})
        figure.update_xaxes(range=None, rangemode="tozero")
    return figure


def quadrant(table: pd.DataFrame, *, cross: tuple[float, float], names: tuple[str, str]) -> go.Figure:
    """Importance to the right, what customers get upwards, and the two lines that part them into four.

    `table` has the columns dimension (or item and text: then dots carry the item's number), importance, gap,
    low, high, quadrant, sure; `cross` is where the lines stand, `names` what the two axes are called.
    """
    figure = figures.blank(
        height=460,
        showlegend=False,
        xaxis={"title": names[0], "tickformat": ",.0f", "showgrid": False},
        yaxis={"title": names[1], "tickformat": ",.1f", "showgrid": False},
        margin={"l": 8, "r": 24, "t": 24, "b": 8},
    )
    line = {"color": figures.SOFT, "dash": "dot", "width": 1}
    figure.add_vline(x=cross[0], line=line)
    figure.add_hline(y=cross[1], line=line)
    _points(figure, table, cross[0])
    _corners(figure)
    return figure


def _points(figure: go.Figure, table: pd.DataFrame, middle: float) -> None:
    """Dimensions as dots with whiskers and names, items as small dots with their numbers."""
    items = "item" in table
    colours = [figures.ALERT if q == "first" else figures.QUIET for q in table["quadrant"]]
    names = table["item"].astype(str) if items else map(figures.label_of, _rows(table["dimension"]))
    figure.add_scatter(
        x=table["importance"],
        y=table["gap"],
        mode="markers+text",
        text=list(names),
        textposition=_in_turn(len(table)) if items else [_beside(x, middle) for x in table["importance"]],
        marker={"color": colours, "size": 9 if items else 13},
        error_y={
            "array": (table["high"] - table["gap"]).fillna(0),
            "arrayminus": (table["gap"] - table["low"]).fillna(0),
            "color": figures.QUIET,
            "thickness": 1,
            "width": 4,
            "visible": not items,
        },
        hovertext=_hover(table),
        hoverinfo="text",
        cliponaxis=False,
    )


def _hover(table: pd.DataFrame) -> list[str]:
    """What a dot is, where it lies, and how sure that is."""
    names = table["text"] if "text" in table else _rows(table["dimension"])
    fields = [str(SCORED.word(quadrant)) for quadrant in table["quadrant"]]
    return [
        f"{figures.label_of(name)}: {score(gap)}<br>{field} ({language.percent(sure)})"
        for name, gap, field, sure in zip(names, table["gap"], fields, table["sure"], strict=True)
    ]


def _in_turn(n: int) -> list[str]:
    """Numbers of dots that stand close, left and right of them by turns."""
    return ["middle right" if i % 2 else "middle left" for i in range(n)]


def _beside(x: float, middle: float) -> str:
    """Labels of dots on the right stand on their left, so that they stay in the picture."""
    return "middle left" if x > middle else "middle right"


def _corners(figure: go.Figure) -> None:
    for quadrant, x, y in (("first", 1, 0), ("keep", 1, 1), ("later", 0, 0), ("enough", 0, 1)):
        figure.add_annotation(
            x=x,
            y=y,
            xref="paper",
            yref="paper",
            xanchor="right" if x else "left",
            yanchor="top" if y else "bottom",
            text=f"<i>{figures.label_of(SCORED.word(quadrant))}</i>",
            showarrow=False,
            font={"color": figures.SOFT},
        )
