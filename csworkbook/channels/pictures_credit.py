"""How do credited orders, what they bring, and comparable customers look?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csworkbook import figures, language
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.channels.alike_result import Compared
    from csworkbook.channels.newcomers_result import Acquisition
    from csworkbook.channels.pays_result import Roi


_MOST = 40  # dots
_BAND = "rgba(11,92,122,.15)"


def results(result: Roi) -> go.Figure:
    """What a contact brings more than it costs, one row a channel; a line where it pays for itself."""
    table = result.table.dropna(subset=["each"])
    figure = figures.dots(table, label="channel", value="each", money=result.currency)
    zero_line(figure)
    if len(table):
        _amounts(figure, table, result.currency)
    figure.update_xaxes(title={"text": _("Result per contact"), "font": {"size": 13}})
    return figure


def _amounts(figure: go.Figure, table: pd.DataFrame, currency: str) -> None:
    """Round amounts along the axis, written as elsewhere also below zero."""
    ends = table[["each", "low", "high"]].to_numpy(float)
    low, high = min(0.0, float(np.nanmin(ends))), max(0.0, float(np.nanmax(ends)))
    rough = max(high - low, 1e-9) / 4
    unit = 10.0 ** np.floor(np.log10(rough))
    step = unit * next(times for times in (1, 2, 5, 10) if times * unit >= rough)
    ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    digits = 0 if step >= 1 else 2
    figure.update_xaxes(
        tickvals=ticks,
        ticktext=[language.money(tick + 0.0, currency, digits) for tick in ticks],
        tickprefix="",
    )


def zero_line(figure: go.Figure) -> None:
    """A line at nothing."""
    line = {"color": figures.INK, "dash": "dash"}
    figure.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line=line)


def newcomers(result: Acquisition) -> go.Figure:
    """Shares followed by an order, new and existing customers in two colours; without groups beside the handbook's."""
    from csworkbook import evidence
    from csworkbook.channels.newcomers_result import BENCHMARKS

    table = result.table[result.table["n"] > 0].copy()
    if result.by is None:
        table["benchmark"] = [evidence.get(BENCHMARKS[kind]).value for kind in table["kind"]]
        figure = figures.dots(table, label="kind", benchmark="benchmark")
        names = [str(result.vocabulary.word(kind)) for kind in table["kind"]][::-1]
        figure.update_yaxes(ticktext=[figures.wrapped(name) for name in names])
        figure.data[0].name = _("your shop")
        return figure
    said = table["kind"].map(result.vocabulary.word)
    order = table.groupby("group")["share"].max().sort_values(ascending=False).index
    table = table.assign(kind=said).set_index("group").loc[order].reset_index()
    return figures.dots(table.head(_MOST), label="group", group="kind")


def compared(result: Compared) -> go.Figure:
    """How many points more of those who asked bought, one row a channel, beside nothing."""
    table = result.effect.dropna(subset=["difference"])
    figure = figures.dots(table, label="channel", value="difference")
    zero_line(figure)
    _channels(figure, table, result)
    return figure


def _channels(figure: go.Figure, table: pd.DataFrame, result: Compared) -> None:
    """The names along the axis in the words of this result ("all channels")."""
    names = [str(result.vocabulary.word(one)) for one in table["channel"]][::-1]
    figure.update_yaxes(ticktext=[figures.wrapped(one) for one in names])


def balance(result: Compared) -> go.Figure:
    """Standardised differences as they are and made comparable, with the band in which groups count as alike."""
    from csworkbook.channels.alike_weights import ALIKE

    table = result.balance[::-1]
    names = [figures.wrapped(str(result.vocabulary.word(one)), 24) for one in table["known"]]
    figure = figures.blank(
        max(figures.HEIGHT, 130 + 40 * len(table)),
        legend=True,
        yaxis={"showgrid": False},
        xaxis={"zeroline": True},
    )
    figure.add_shape(
        type="rect",
        x0=-ALIKE,
        x1=ALIKE,
        y0=0,
        y1=1,
        yref="paper",
        line={"width": 0},
        fillcolor=_BAND,
        layer="below",
    )
    for column, colour, symbol in (
        ("before", figures.QUIET, "circle-open"),
        ("after", figures.ACCENT, "circle"),
    ):
        figure.add_scatter(
            x=table[column], y=names, mode="markers", name=str(result.vocabulary.head(column)),
            marker={"color": colour, "size": 12, "symbol": symbol, "line": {"width": 2}},
            hovertext=[language.number(value, 2) for value in table[column]], hoverinfo="text+name",
        )  # fmt: skip
    return figure
