"""The pictures of the key figures: each between its own limits, one over time, agents beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import figures
from csworkbook.figures import ACCENT, ALERT, LINE, QUIET, SOFT
from csworkbook.kpis import words
from csworkbook.kpis.definitions import DEFINITIONS
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.kpis.agents import ByAgent
    from csworkbook.kpis.metrics import KeyFigures
    from csworkbook.kpis.trend import OverTime

_BAND = "rgba(11,92,122,.13)"
_FARTHEST = 1.6  # where a value far beyond its limits is drawn


def standing(result: KeyFigures) -> go.Figure:
    """Every figure as a dot in the band of what chance alone brings about, all bands equally wide."""
    table = result.table.iloc[::-1]
    place = _between(table)
    known = [DEFINITIONS[metric] for metric in table["metric"]]
    said = [words.said(one, value, result.currency) for one, value in zip(known, table["value"], strict=True)]
    names = [figures.wrapped(one.name, 20) for one in known]
    far = 0.25 if np.abs(place).max(initial=0.0) <= 1 else _FARTHEST - 0.9
    figure = figures.blank(
        height=max(figures.HEIGHT, 100 + 42 * len(table)),
        xaxis={
            "range": [-1 - far, 1 + far], "tickvals": [0], "showgrid": False, "ticktext": [_("usual")],
            "title": {"text": figures.wrapped(_("band: what chance alone brings about")), "font": {"size": 12}},
        },
        yaxis={"showgrid": False, "tickvals": list(range(len(names))), "ticktext": names},
        showlegend=False,
        margin={"l": 8, "r": 96, "t": 12, "b": 8},
    )  # fmt: skip
    figure.add_shape(type="rect", x0=-1, x1=1, y0=-0.5, y1=len(names) - 0.5, fillcolor=_BAND, line_width=0)
    figure.add_shape(
        type="line", x0=0, x1=0, y0=-0.5, y1=len(names) - 0.5, line={"color": SOFT, "dash": "dot"}
    )
    figure.add_scatter(
        x=place,
        y=list(range(len(names))),
        mode="markers",
        text=said,
        marker={"size": 12, "color": [ALERT if one else ACCENT for one in table["signal"]]},
        hovertext=[
            f"{one.name}: {words.interval(one, row, result.currency)}"
            for one, row in zip(known, table.to_dict("records"), strict=True)
        ],
        hoverinfo="text",
    )
    for at, one in enumerate(said):  # in a column of their own, where no line runs through them
        figure.add_annotation(
            x=1.01, xref="paper", y=at, text=one, showarrow=False, xanchor="left", font={"size": 13}
        )  # fmt: skip
    return figure


def _between(table: pd.DataFrame) -> np.ndarray:
    """Where each value lies: -1 at its lower limit, 0 at its usual level, 1 at its upper limit."""
    value, centre = table["value"].to_numpy(float), table["usual"].to_numpy(float)
    up, down = table["upper"].to_numpy(float) - centre, centre - table["lower"].to_numpy(float)
    off = value - centre
    room = np.where(off >= 0, up, down)
    place = np.divide(off, room, out=np.zeros(len(off)), where=room > 0)
    return np.clip(np.nan_to_num(place), -_FARTHEST, _FARTHEST)


def control(result: OverTime) -> go.Figure:
    """One figure over time, its limits as a band, periods with a signal as large dots, its target dashed."""
    table, known = result.table, result.definition
    said = [
        f"{words.when(row['period'], result.period)}<br>{words.interval(known, row, result.currency)}"
        for row in table.to_dict("records")
    ]
    scale = 100.0 if known.unit == "points" else 1.0
    figure = figures.blank(showlegend=False)
    x = table["period"]
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=table["upper"] * scale, **edge)
    figure.add_scatter(x=x, y=table["lower"] * scale, fill="tonexty", fillcolor=_BAND, **edge)
    figure.add_scatter(
        x=x,
        y=table["centre"] * scale,
        mode="lines",
        line={"color": SOFT, "dash": "dot", "width": 1},
        hoverinfo="skip",
    )
    odd = table["signal"].to_numpy() != ""
    figure.add_scatter(
        x=x,
        y=table["value"] * scale,
        mode="lines+markers",
        line={"color": ACCENT, "width": 1.6},
        marker={
            "size": np.where(odd, 12, 5),
            "color": [ALERT if strong else (figures.SERIES[1] if one else ACCENT)
                      for one, strong in zip(odd, table["strong"], strict=True)],
            "symbol": ["circle" if strong or not one else "circle-open"
                       for one, strong in zip(odd, table["strong"], strict=True)],
            "line": {"width": np.where(odd, 2, 0), "color": ALERT},
        },
        hovertext=said,
        hoverinfo="text",
    )  # fmt: skip
    _aim(figure, result, scale)
    figures.time_axis(figure, x)
    tick = {"share": ",.0%", "money": ",.2f", "score": ",.1f"}.get(known.unit, "")
    figure.update_yaxes(tickformat=tick, rangemode="tozero" if known.unit == "count" else "normal")
    return figure


def _aim(figure: go.Figure, result: OverTime, scale: float) -> None:
    """A dashed line at the target, where there is one."""
    if result.target is None:
        return
    y = result.target * scale
    figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=y, y1=y, line={"color": ALERT, "dash": "dash"})
    figure.add_annotation(
        x=1,
        xref="paper",
        y=y,
        text=_("target"),
        showarrow=False,
        xanchor="right",
        yshift=9,
        font={"color": ALERT},
    )


def agents(result: ByAgent) -> go.Figure:
    """Who differs how much: dots drawn to the whole, with their intervals, and a line at the whole."""
    table, known = result.table.iloc[::-1], result.definition
    colours = {"better": "#007a5a", "worse": ALERT, "higher": ACCENT, "lower": ACCENT}
    names = [figures.label_of(name) for name in table[result.by]]
    figure = figures.blank(height=max(figures.HEIGHT, 110 + 40 * len(table)), showlegend=False)
    figure.add_scatter(
        x=table["shrunk"],
        y=names,
        mode="markers",
        marker={"size": 12, "color": [colours.get(one, QUIET) for one in table["verdict"]]},
        error_x={
            "array": table["high"] - table["shrunk"],
            "arrayminus": table["shrunk"] - table["low"],
            "color": LINE if len(table) > 25 else SOFT,
            "thickness": 2,
            "width": 5,
        },
        hovertext=[
            f"{words.said(known, row['shrunk'], 'EUR')} ({words.said(known, row['low'], 'EUR')} – "
            f"{words.said(known, row['high'], 'EUR')})"
            for row in table.to_dict("records")
        ],
        hoverinfo="text",
    )
    figure.add_vline(x=result.whole, line={"color": SOFT, "dash": "dot"})
    figure.update_xaxes(tickformat=",.0%" if known.unit == "share" else ",.1f", range=_reach(result))
    return figure


def _reach(result: ByAgent) -> list[float]:
    """From where to where: all intervals, and never so narrow that nothing looks like something."""
    ends = result.table[["low", "high", "shrunk"]].to_numpy(float)
    low, high = np.nanmin(ends, initial=result.whole), np.nanmax(ends, initial=result.whole)
    room = max(high - low, 0.1 if result.definition.unit == "share" else abs(result.whole) / 10, 1e-9) / 2
    middle = (low + high) / 2
    low, high = middle - 1.15 * room, middle + 1.15 * room
    return [max(low, -0.01), min(high, 1.01)] if result.definition.unit == "share" else [low, high]
