"""The pictures of the promise check: bars by hour, weeks over time, how many have a reply by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csworkbook import figures, language
from csworkbook.estimates import SMALL
from csworkbook.language import gettext as _
from csworkbook.manifesto import told
from csworkbook.manifesto.promise import channel_said, duration_said

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.manifesto.checked import Checked
    from csworkbook.manifesto.kept import Kept
    from csworkbook.manifesto.promisable import Promisable

# where an axis is marked, in minutes
_MARKS = (1 / 6, 0.5, 1, 5, 15, 60, 240, 480, 1440, 2880, 7200, 14_400, 43_200)
_COLOURS = (figures.ACCENT, figures.ALERT, figures.QUIET, figures.INK, figures.ANSWERS[1])
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def kept(result: Kept) -> go.Figure:
    """Weeks as a line over time, everything else as bars."""
    if not result.share.n:
        return figures.blank()
    if result.by == "week":
        weeks = result.table.assign(share=result.table["shrunk"])
        return figures.timeline(weeks, when="week", shift=result.began, label=_("Share kept"))
    labels = [_label(result.by, value) for value in result.table[result.by]]
    figure = bars(result.table, labels, result.share.value)
    if result.by == "hour":
        figure.update_xaxes(title=_("hour of the day"))
    return figure


def _label(view: str, value: object) -> str:
    if view == "channel":
        return figures.escape(channel_said(str(value)), quote=False)
    return str(int(value)) if view == "hour" else told.weekdays_said((str(value),))


def bars(table: pd.DataFrame, labels: list[str], whole: float) -> go.Figure:
    """Shares as bars with whiskers, and a line at the share of all together.

    `table` has the columns share, low, high, n, verdict; bars that surely differ from the rest and lie
    below it are marked, those of small groups are pale.
    """
    figure = figures.blank(
        xaxis={"type": "category", "showgrid": False, "tickangle": 0},
        yaxis={"tickformat": ",.0%", "range": [0, 1.14], "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1]},
        bargap=0.25,
    )
    worse = ((table["verdict"] == "yes") & (table["share"] < whole)).to_numpy()
    colour = np.where(worse, figures.ALERT, figures.ACCENT)
    figure.add_bar(
        x=labels,
        y=table["share"],
        marker={"color": colour.tolist(), "opacity": np.where(table["n"] < SMALL, 0.35, 1.0).tolist()},
        error_y={
            "array": table["high"] - table["share"],
            "arrayminus": table["share"] - table["low"],
            "color": figures.INK,
            "thickness": 1.5,
            "width": 4,
        },
        hovertext=[
            f"{name}: {figures.interval(row)}" for name, row in zip(labels, table.itertuples(), strict=True)
        ],
        hoverinfo="text",
        showlegend=False,
    )
    figure.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=whole, y1=whole, line={"color": figures.INK, "dash": "dot"}
    )
    figure.add_annotation(
        x=1,
        xref="paper",
        y=1.12,
        yanchor="top",
        xanchor="right",
        showarrow=False,
        text=_("line: all together {share}").format(share=language.percent(whole)),
    )
    return figure


def checked(result: Checked) -> go.Figure:
    """The share kept of every promise, with whiskers, and the share that should be kept as a line."""
    known = result.table[result.table["n"] > 0]
    if known.empty:
        return figures.blank()
    figure = figures.dots(known, label="short")
    figure.add_shape(
        type="line",
        x0=result.aim,
        x1=result.aim,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": figures.SOFT, "dash": "dash"},
    )
    return figure


def promisable(result: Promisable) -> go.Figure:
    """The share of customers with a reply by a time, per channel; the promise as a diamond on its line."""
    figure = figures.blank(
        legend=True,
        height=figures.HEIGHT + 40,
        xaxis={"type": "log", "tickangle": 0},
        yaxis={"tickformat": ",.0%", "range": [0, 1.02]},
    )
    shown = [name for name in result.table["channel"] if name in result.curves]
    for number, name in enumerate(shown):
        _curve(figure, result, name, _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)])
    figure.add_shape(
        type="line",
        x0=0,
        x1=1,
        xref="paper",
        y0=result.share,
        y1=result.share,
        line={"color": figures.SOFT, "dash": "dot"},
    )
    ends = [curve["minutes"].max() for curve in result.curves.values() if len(curve)]
    top = max([*ends, *result.table["promise"].dropna(), 1.0])
    marks = [mark for mark in _MARKS if mark <= top * 1.5]
    figure.update_xaxes(
        tickvals=marks, ticktext=[_short(mark) for mark in marks], title=_("time to the first reply")
    )
    return figure


def _curve(figure: go.Figure, result: Promisable, name: str, colour: str, dash: str) -> None:
    curve = result.curves[name]
    said = figures.escape(channel_said(name), quote=False)
    minutes = curve["minutes"].clip(lower=1 / 12)
    figure.add_scatter(
        x=minutes,
        y=curve["answered"],
        mode="lines",
        line={"color": colour, "width": 2, "shape": "hv", "dash": dash},
        name=said,
        hovertext=[
            _("{channel}: {share} within {time}").format(
                channel=said, share=language.percent(share), time=duration_said(minute)
            )
            for minute, share in zip(minutes, curve["answered"], strict=True)
        ],
        hoverinfo="text",
    )
    row = result.table[result.table["channel"] == name].iloc[0]
    if row["promise"] == row["promise"]:
        figure.add_scatter(
            x=[row["promise"]],
            y=[result.share],
            mode="markers",
            marker={"symbol": "diamond", "size": 13, "color": colour},
            hovertext=[_("{channel}: promise {time}").format(channel=said, time=result.said(row["promise"]))],
            hoverinfo="text",
            showlegend=False,
        )


def _short(minutes: float) -> str:
    """A mark of the time axis, as short as can be."""
    if minutes < 1:
        return _("{n} s").format(n=language.number(minutes * 60))
    if minutes < 60:
        return _("{n} min").format(n=language.number(minutes))
    if minutes <= 2880:
        return _("{n} h").format(n=language.number(minutes / 60))
    return _("{n} d").format(n=language.number(minutes / 1440))
