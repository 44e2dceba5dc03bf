"""The four V's as four small pictures, two beside each other so that a phone has room, one row a channel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from csworkbook import figures, language
from csworkbook.language import gettext as _
from csworkbook.results import word

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_GAP = 0.06  # between two pictures, part of the width
_TITLE = 34  # pixels for the title above each
_COLOURS = (figures.ACCENT, "#7b4f9e", "#007a5a", figures.ALERT)
# which contacts are listed behind a bar, beside those of its channel
_BEHIND = {"in_time": {"order": "slowest"}, "month": {"order": "newest"}}


def four(table: pd.DataFrame, currency: str) -> go.Figure:
    """Contacts a month, topics, share within target and margin less cost, with their intervals.

    `table` has the columns of `four_vs`; a V of which no channel can be told is left out.
    """
    parts = [part for part in _parts(currency) if table[part[0]].notna().any()]
    rows = table.iloc[::-1]
    names = [figures.wrapped(language.capital(str(word(channel))), 12) for channel in rows["channel"]]
    deep = -(-len(parts) // 2)  # rows of pictures
    height = deep * (_TITLE + 30 + 40 * len(rows)) + 16
    axes = {
        name: axis
        for place, part in enumerate(parts)
        for name, axis in _axes(place, deep, rows, part, height)
    }
    figure = figures.blank(
        height=height,
        bargap=0.35,
        showlegend=False,
        margin={"l": 8, "r": 12, "t": _TITLE, "b": 8},
        **axes,
    )
    for place, (part, colour) in enumerate(zip(parts, _COLOURS, strict=False)):
        _bars(figure, rows, names, part, colour, place)
        _title(figure, part[4], place)
    return figure


def _axes(place: int, deep: int, rows: pd.DataFrame, part: tuple, height: int) -> list[tuple[str, dict]]:
    """Both axes of one picture: the left one of a pair names the channels."""
    number = "" if not place else place + 1
    column, line = place % 2, place // 2
    wide, between = (1 - _GAP) / 2, _TITLE / (height - _TITLE - 8)
    high = (1 - between * (deep - 1)) / deep
    bottom = (deep - 1 - line) * (high + between)
    across = {
        "domain": [column * (wide + _GAP), column * (wide + _GAP) + wide], "showticklabels": False, "showgrid": False,
        "zeroline": True, "fixedrange": True, "range": _reach(rows, part), "anchor": f"y{number}",
    }  # fmt: skip
    up = {
        "domain": [bottom, bottom + high], "showgrid": False, "linewidth": 0, "fixedrange": True,
        "automargin": True, "showticklabels": column == 0, "anchor": f"x{number}",
    }  # fmt: skip
    return [(f"xaxis{number}", across), (f"yaxis{number}", up)]


def _parts(currency: str) -> list[tuple]:
    """Column, its ends, how it is said, and its title."""
    return [
        ("month", "month_low", "month_high", language.number, _("Volume: contacts a month")),
        ("topics", "topics_low", "topics_high", lambda v: language.number(v, 1), _("Variety: kinds of topics")),
        ("in_time", "low", "high", language.percent, _("Velocity: within target")),
        (
            "value", "value_low", "value_high", lambda v: language.money(v, currency, 0 if abs(v) >= 100 else 2),
            _("Value: margin less cost"),
        ),
    ]  # fmt: skip


def _reach(rows: pd.DataFrame, part: tuple) -> list[float]:
    """From where to where a picture goes: zero in it, with room for the numbers."""
    ends = rows[[part[0], part[1], part[2]]].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    low, high = min(0.0, ends.min(initial=0.0)), max(0.0, ends.max(initial=0.0))
    room = (high - low) or 1.0
    wide = 1.3 if part[0] == "value" else 0.8  # of amounts the numbers are longer
    return [low - (wide * room if low < 0 else 0.0), high + (wide * room if high > 0 else 0.1 * room)]


def _bars(
    figure: go.Figure, rows: pd.DataFrame, names: list[str], part: tuple, colour: str, place: int
) -> None:
    value, low, high, say, _title = part
    middle = rows[value].to_numpy(float)
    up, down = (np.nan_to_num(np.abs(rows[end].to_numpy(float) - middle), posinf=0.0) for end in (high, low))
    hover = [
        _("{value} ({low} to {high}), n = {n}").format(
            value=say(v), low=say(a), high=say(b), n=language.number(n)
        )
        for v, a, b, n in zip(middle, rows[low], rows[high], rows["contacts"], strict=True)
    ]
    figure.add_bar(
        x=middle,
        y=names,
        orientation="h",
        marker={"color": [figures.QUIET if few else colour for few in rows["small"]]},
        error_x={"array": up, "arrayminus": down, "color": figures.SOFT, "thickness": 1.5, "width": 3},
        hovertext=hover,
        hoverinfo="text",
        ids=[
            json.dumps({"channel": channel, "topic": None, **_BEHIND.get(value, {})})
            for channel in rows["channel"]
        ],
        xaxis="x" if not place else f"x{place + 1}",
        yaxis="y" if not place else f"y{place + 1}",
    )
    ends = np.where(middle < 0, middle - down, middle + up)
    figure.add_scatter(
        x=np.where(np.isnan(middle), 0, ends),
        y=names,
        mode="text",
        text=[f" {say(v)} " for v in middle],
        textposition=["middle left" if v < 0 else "middle right" for v in middle],
        textfont={"size": 12},
        hoverinfo="skip",
        xaxis="x" if not place else f"x{place + 1}",
        yaxis="y" if not place else f"y{place + 1}",
        cliponaxis=False,
    )


def _title(figure: go.Figure, text: str, place: int) -> None:
    number = "" if not place else place + 1
    figure.add_annotation(
        x=0,
        y=1,
        xref=f"x{number} domain",
        yref=f"y{number} domain",
        text=figures.wrapped(text, 18),
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        align="left",
        font={"size": 12, "color": figures.SOFT},
    )
