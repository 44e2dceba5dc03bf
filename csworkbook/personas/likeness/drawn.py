"""How are the personas drawn: what sets them apart, how well a rule finds them, what customers did when?"""

from __future__ import annotations

from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import figures
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

# less than the others, the same, more: blue and orange are told apart by everybody
LESS, SAME, MORE = "#2c79ad", "#f5f7f8", "#d0662a"
KINDS = {"order": "#0b5c7a", "return": "#b04a00", "contact": "#e08a3c"}
_ROW, _ROUND, _LINE = 38, 46, 17  # pixels: a row, what is around the rows, a line of a name
_LIFE = 27  # pixels: the line of a customer
_SMALL = {"size": 12}
_WIDE = 44  # characters of a line that a phone has room for


def field(
    values: pd.DataFrame, notes: pd.DataFrame, hover: pd.DataFrame, *, full: float | None = None
) -> go.Figure:
    """Rows × personas, coloured by how far a persona lies above or below the others.

    Parameters
    ----------
    values : DataFrame
        The differences; rows in the order to draw, top first; columns are the personas' names.
    notes, hover : DataFrame
        Of the same shape: what stands in a cell, and what hovering says.
    full : float, optional
        The difference with the full colour; the largest by default.
    """
    largest = full or float(np.nanmax(np.abs(values.to_numpy(float)), initial=0.0)) or 1.0
    names, above = _numbered(list(values.columns))
    height = _ROUND + _ROW * len(values) + above
    figure = figures.blank(
        height=height,
        xaxis={"side": "top", "showgrid": False, "linewidth": 0, "type": "category"},
        yaxis={"autorange": "reversed", "showgrid": False, "linewidth": 0, "tickfont": _SMALL},
        margin={"l": 8, "r": 12, "t": above + 34, "b": 12},
        title={**names, "y": 1 - 14 / height, "yanchor": "top", "pad": {"l": 8}},
    )
    figure.add_heatmap(
        z=values.to_numpy(float),
        x=[str(number) for number in range(1, len(values.columns) + 1)],
        y=[figures.wrapped(str(row), 24) for row in values.index],
        text=notes.to_numpy(),
        texttemplate="%{text}",
        hovertext=hover.to_numpy(),
        hoverinfo="text",
        zmin=-largest,
        zmax=largest,
        colorscale=[[0, LESS], [0.5, SAME], [1, MORE]],
        showscale=False,
        xgap=3,
        ygap=3,
    )
    return figure


def _numbered(names: list[str]) -> tuple[dict, int]:
    """The personas' names by their number as a title, and its height in pixels: names are too long for an axis."""
    lines = [f"<b>{n}</b> {figures.wrapped(name, _WIDE)}" for n, name in enumerate(names, 1)]
    text = "<br>".join(lines)
    title = {
        "text": text,
        "font": _SMALL,
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "yref": "container",
    }
    return title, _LINE * (text.count("<br>") + 1)


def rates(table: pd.DataFrame) -> go.Figure:
    """Per persona how often its rule is right and how many it finds, with whiskers; what guessing gives as a tick."""
    rows = table.iloc[::-1].reset_index(drop=True)
    figure = figures.blank(
        height=max(figures.HEIGHT, 150 + 70 * len(rows)),
        legend=True,
        xaxis={"tickformat": ",.0%", "range": [-0.02, 1.03]},
        yaxis={
            "tickvals": list(range(len(rows))),
            "ticktext": [figures.wrapped(name, 20) for name in rows["name"]],
            "range": [-0.6, len(rows) - 0.4],
        },
    )
    sides = (("hits", _("right"), figures.ACCENT, 0.14), ("reach", _("found"), MORE, -0.14))
    for column, name, colour, up in sides:
        _dots(figure, rows, column, name, colour, up)
    figure.add_scatter(
        x=rows["base"],
        y=rows.index + 0.14,
        mode="markers",
        name=_("right by guessing"),
        marker={"symbol": "line-ns-open", "size": 16, "color": figures.SOFT, "line": {"width": 2}},
        hoverinfo="x",
    )
    return figure


def _dots(figure: go.Figure, rows: pd.DataFrame, column: str, name: str, colour: str, up: float) -> None:
    from csworkbook import language

    value, low, high = rows[column], rows[f"{column}_low"], rows[f"{column}_high"]
    figure.add_scatter(
        x=value,
        y=rows.index + up,
        mode="markers",
        name=name,
        cliponaxis=False,
        marker={"color": colour, "size": 12},
        error_x={
            "array": high - value,
            "arrayminus": value - low,
            "color": colour,
            "thickness": 2,
            "width": 5,
        },
        hovertext=[
            f"{language.percent(v)} ({language.percent(a)} – {language.percent(b)})"
            for v, a, b in zip(value, low, high, strict=True)
        ],
        hoverinfo="text",
    )


def lives(table: pd.DataFrame, names: list[str], said: list[str]) -> go.Figure:
    """One line a customer under the name of his persona, time from left to right, larger for more money.

    `table` has persona (1..k), at (times), customer (as he is called), kind, amount; `names` are the personas', and
    `said` is what hovering tells of each row.
    """
    people, heads = _places(table)
    bottom = min(people.values(), default=0.0)
    figure = figures.blank(
        height=60 + figures.LEGEND + round(_LIFE * (1 - bottom)),
        legend=True,
        yaxis={
            "tickvals": list(people.values()),
            "ticktext": [figures.label_of(customer) for _persona, customer in people],
            "range": [bottom - 0.6, 0.6],
            "tickfont": _SMALL,
        },
        annotations=[_above(place, one, names[one - 1]) for one, place in heads.items()],
    )
    place = pd.Series(
        [people[one] for one in zip(table["persona"], table["customer"], strict=True)], dtype=float
    )
    most = max(float(table["amount"].abs().max()) if len(table) else 1.0, 1.0)
    for kind in KINDS:
        here = (table["kind"] == kind).to_numpy()
        if here.any():
            hover = [one for one, mine in zip(said, here, strict=True) if mine]
            _moments(figure, kind, table[here], place[here], hover, most)
    figures.time_axis(figure, table["at"].dt.tz_localize(None))
    return figure.update_xaxes(tickangle=0, tickfont=_SMALL)


def _places(table: pd.DataFrame) -> tuple[dict[tuple[int, str], float], dict[int, float]]:
    """Where the line of each customer is, and where the name of his persona stands; 0 is the top."""
    people: dict[tuple[int, str], float] = {}
    heads: dict[int, float] = {}
    place = 0.0
    for one in dict.fromkeys(zip(table["persona"], table["customer"], strict=True)):
        if one[0] not in heads:
            heads[one[0]], place = place, place - 1
        people[one], place = place, place - 1
    return people, heads


def _above(place: float, persona: int, name: str) -> dict:
    """The number and name of a persona above its customers."""
    shown = f"<b>{persona}</b> {escape(shorten(name, _WIDE, placeholder='…'), quote=False)}"
    at = {"x": 0, "xref": "paper", "xanchor": "left", "xshift": 4, "y": place, "yanchor": "middle"}
    return {**at, "text": shown, "font": _SMALL, "showarrow": False}


def _moments(
    figure: go.Figure, kind: str, part: pd.DataFrame, place: pd.Series, hover: list[str], most: float
) -> None:
    """What happened of one kind, larger for more money (`most` is the largest amount)."""
    figure.add_scatter(
        x=part["at"].dt.tz_localize(None),
        y=place,
        mode="markers",
        name={"order": _("order"), "return": _("return"), "contact": _("contact")}[kind],
        marker={
            "color": KINDS[kind],
            "size": np.nan_to_num(9 + 14 * np.sqrt(part["amount"].abs() / most), nan=10.0),
            "opacity": 0.85,
            "line": {"color": figures.PAPER, "width": 1},
        },
        hovertext=hover,
        hoverinfo="text",
    )
