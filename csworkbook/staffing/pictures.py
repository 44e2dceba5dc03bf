"""How do the days of a week, the hours of a week and the wait of callers look?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import figures, language
from csworkbook.language import gettext as _
from csworkbook.results import word
from csworkbook.settings import WEEK
from csworkbook.staffing import staffing_words

if TYPE_CHECKING:
    import plotly.graph_objects as go


def days(table: pd.DataFrame) -> go.Figure:
    """Contacts expected per day as bars with their range, side by side by channel; diamonds for what came."""
    figure = figures.blank(legend=True, barmode="group", bargap=0.3, yaxis={"rangemode": "tozero"})
    names = [_day(day) for day in dict.fromkeys(table["day"])]
    for place, channel in enumerate(dict.fromkeys(table["channel"])):
        part = table[table["channel"] == channel]
        x = [_day(day) for day in part["day"]]
        colour = figures.SERIES[place % len(figures.SERIES)]
        _bars(figure, part, x, str(word(channel)), colour, place)
        if "actual" in part and part["actual"].notna().any():
            _came(figure, part, x, place)
    figure.update_xaxes(
        categoryorder="array", categoryarray=names, showgrid=False, tickangle=0, tickfont={"size": 12}
    )
    return figure


def _day(day: pd.Timestamp) -> str:
    """A day on two lines, so that a week fits on a phone."""
    return f"{language.day(day, 'EEE')}<br>{language.day(day, 'd MMM')}"


def _bars(figure, part: pd.DataFrame, x: list[str], name: str, colour: str, place: int) -> None:
    figure.add_bar(
        x=x,
        y=part["expected"],
        name=figures.label_of(name),
        offsetgroup=place,
        marker={"color": colour},
        error_y={
            "array": part["high"] - part["expected"],
            "arrayminus": np.maximum(part["expected"] - part["low"], 0.0),
            "color": figures.INK,
            "thickness": 1.5,
            "width": 4,
        },
        hovertext=[
            _("{value} ({low} to {high})").format(
                value=language.number(row.expected, 1), low=language.number(row.low), high=language.number(row.high)
            )
            for row in part.itertuples()
        ],
        hoverinfo="text+name",
    )  # fmt: skip


def _came(figure, part: pd.DataFrame, x: list[str], place: int) -> None:
    figure.add_scatter(
        x=x,
        y=part["actual"],
        mode="markers",
        name=_("really came"),
        offsetgroup=place,
        showlegend=place == 0,
        marker={"symbol": "diamond-open", "size": 12, "color": figures.INK, "line": {"width": 2}},
        hoverinfo="y+name",
    )


def week(table: pd.DataFrame) -> go.Figure:
    """Weekdays by time of day, darker for more contacts."""
    days, times = list(dict.fromkeys(table["weekday"])), sorted(set(table["time"]))
    mean = table.pivot(index="time", columns="weekday", values="mean").reindex(index=times, columns=days)
    hover = table.assign(said=[_hover(row) for row in table.itertuples()])
    hover = hover.pivot(index="time", columns="weekday", values="said").reindex(index=times, columns=days)
    top = max(float(np.nanmax(mean.to_numpy(), initial=0.0)), 1e-9)
    notes = mean.map(lambda value: "" if value != value else language.number(value, 1 if top < 10 else 0))
    notes = notes if len(times) <= 24 else notes.map(lambda _said: "")
    named = [language.capital(staffing_words.short_weekday(WEEK.index(day))) for day in days]
    figure = figures.heat(mean.set_axis(named, axis=1) / top, notes, hover.fillna(""))
    figure.update_layout(height=max(figures.HEIGHT, 90 + 22 * len(times)))
    return figure


def _hover(row) -> str:
    return _("{mean} on average ({low} to {high}), {n} days").format(
        mean=language.number(row.mean, 2),
        low=language.number(row.low, 2),
        high=language.number(row.high, 2),
        n=language.number(row.n),
    )


def months(table: pd.DataFrame) -> go.Figure:
    """Contacts a day, month by month, with their range as a band."""
    figure = figures.blank(yaxis={"rangemode": "tozero"}, showlegend=False)
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=table["month"], y=table["high"], **band)
    figure.add_scatter(
        x=table["month"], y=table["low"], fill="tonexty", fillcolor="rgba(11,92,122,.15)", **band
    )
    figure.add_scatter(
        x=table["month"],
        y=table["mean"],
        mode="lines+markers",
        line={"color": figures.ACCENT, "width": 2},
        hovertext=[f"{language.day(row.month, 'MMMM yyyy')}: {_hover(row)}" for row in table.itertuples()],
        hoverinfo="text",
    )
    figures.time_axis(figure, table["month"])
    return figure


def patience(table: pd.DataFrame, curve: pd.DataFrame, limit: float) -> go.Figure:
    """Who has not given up yet by seconds waited, as a line with its band, and who is satisfied, as dots."""
    figure = figures.blank(legend=True, yaxis={"tickformat": ",.0%", "range": [0, 1.02]})
    end = 8 * limit
    line = curve[curve["second"] <= end]
    if len(curve) > 1:
        band = {
            "mode": "lines",
            "line": {"width": 0, "shape": "hv"},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        figure.add_scatter(x=line["second"], y=line["high"], **band)
        figure.add_scatter(
            x=line["second"], y=line["low"], fill="tonexty", fillcolor="rgba(11,92,122,.15)", **band
        )
        figure.add_scatter(
            x=line["second"],
            y=line["still"],
            mode="lines",
            name=_("not given up yet"),
            line={"color": figures.ACCENT, "width": 2, "shape": "hv"},
            hovertemplate="%{x:.0f} s: %{y:.1%}<extra></extra>",
        )
    _satisfied(figure, table[table["n"] > 0])
    figure.add_shape(
        type="line",
        x0=limit,
        x1=limit,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": figures.SOFT, "dash": "dash"},
    )
    figure.update_xaxes(title={"text": _("seconds waited"), "font": {"size": 13}}, range=[0, end])
    return figure


def _satisfied(figure, part: pd.DataFrame) -> None:
    """The share satisfied in every band of waiting, at its middle."""
    ends = part["waited"].str.extract(r"([\d.]+)(?:–([\d.]+))?").astype(float)
    figure.add_scatter(
        x=ends.mean(axis=1).where(ends[1].notna(), ends[0] * 1.17),
        y=part["share"],
        mode="markers",
        name=_("satisfied"),
        marker={"color": figures.ALERT, "size": 10},
        error_y={
            "array": part["high"] - part["share"],
            "arrayminus": part["share"] - part["low"],
            "color": figures.ALERT,
            "thickness": 2,
            "width": 4,
        },
        hovertext=[f"{row.waited} s: {figures.interval(row)}" for row in part.itertuples()],
        hoverinfo="text",
    )
