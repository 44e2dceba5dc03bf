"""How does a backlog look under each plan?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import figures, language
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.channels.triage_result import Triage

_COLOURS = dict(zip(("now", "hours", "off", "faq", "all"), (figures.INK, *figures.SERIES[:4]), strict=True))


def fan(result: Triage) -> go.Figure:
    """Letters waiting at the end of each day: the middle of the runs, and the range of 95 % of them."""
    figure = figures.blank(
        480,
        legend=True,
        yaxis={"rangemode": "tozero", "title": {"text": _("Letters waiting")}, "tickformat": ",.0f"},
        hovermode="x unified",
    )
    for plan, run in result.runs.items():
        band = run.band()
        days = pd.date_range(result.flows.first - pd.Timedelta(days=1), periods=band.shape[1], freq="D")
        _band(figure, days, band, _COLOURS[plan])
        figure.add_scatter(
            x=days,
            y=np.round(band[1], 1),
            mode="lines",
            name=figures.label_of(result.plan_said(plan)),
            line={"color": _COLOURS[plan], "width": 2.5, "dash": "dot" if plan == "now" else "solid"},
            hovertext=[
                _("{value} ({low} to {high})").format(
                    value=language.number(middle), low=language.number(low), high=language.number(high)
                )
                for low, middle, high in band.T
            ],
            hoverinfo="text+name",
        )
    _days(figure, result)
    figure.update_layout(margin={"b": 120})  # five plans: on a phone each stands on a line of its own
    return figure


def _band(figure: go.Figure, days: pd.DatetimeIndex, band: np.ndarray, colour: str) -> None:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    figure.add_scatter(
        x=np.concatenate([days, days[::-1]]),
        y=np.round(np.concatenate([band[2], band[0][::-1]]), 1),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},.10)",
        hoverinfo="skip",
        showlegend=False,
    )


def _days(figure: go.Figure, result: Triage) -> None:
    """A tick every week or two, as a date."""
    weeks = result.told["weeks"]
    begin = result.flows.first - pd.Timedelta(days=1)
    ticks = pd.date_range(begin, periods=weeks // max(1, weeks // 6) + 1, freq=f"{7 * max(1, weeks // 6)}D")
    figure.update_xaxes(
        tickvals=list(ticks), ticktext=[language.day(day, "d MMM") for day in ticks], showgrid=False
    )
