"""The balance of an ambition: what a level costs as a line, what it can bring as a band."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import figures, language
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.service_gap.ambition import Ambition


def draw(result: Ambition) -> go.Figure:
    """Levels in rising order from left to right, better than promised last; money a year beside today."""
    rows = _in_order(result)
    known = "today" in result.rows.index
    figure = figures.blank(
        legend=True,
        height=400,
        xaxis={
            "tickvals": list(range(len(rows))),
            "ticktext": [_tick(result, level) for level in rows["level"]],
            "tickangle": 0,
            "showgrid": False,
            "tickfont": {"size": 11},
        },
        yaxis={"tickformat": ",.0f", "tickprefix": _sign(result.currency), "zeroline": True},
    )
    if known and result.gain is not None:
        _band(figure, rows, result.currency)
    _line(figure, rows, rows["extra"] if known else rows["cost"], result.currency, known)
    return figure


def _in_order(result: Ambition) -> pd.DataFrame:
    beyond = result.table["level"].isin(["faster", "extra"])
    rows = result.table.assign(beyond=beyond, order=result.table["kept"].where(~beyond))
    return rows.sort_values(["beyond", "order"], kind="stable").reset_index(drop=True)


def _tick(result: Ambition, level: str) -> str:
    """A short name, so that a phone shows them all."""
    said = {"faster": _("half the time"), "extra": _("with extra")}
    return figures.wrapped(said.get(level, str(result.vocabulary.word(level))), 6)


def _band(figure: go.Figure, rows: pd.DataFrame, currency: str) -> None:
    x = list(range(len(rows)))
    edge = {"mode": "lines", "line": {"width": 1, "color": figures.ANSWERS[1]}, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=rows["value_high"], showlegend=False, **edge)
    hover = [
        _("{low} to {high}").format(low=language.money(low, currency), high=language.money(high, currency))
        for low, high in zip(rows["value_low"], rows["value_high"], strict=True)
    ]
    figure.add_scatter(
        x=x,
        y=rows["value_low"],
        fill="tonexty",
        fillcolor="rgba(44,121,173,.28)",
        name=_("can bring"),
        mode="lines",
        line={"width": 1, "color": figures.ANSWERS[1]},
        hovertext=hover,
        hoverinfo="text",
    )


def _line(figure: go.Figure, rows: pd.DataFrame, money: pd.Series, currency: str, beside: bool) -> None:
    """The cost: a line over the levels, and marks of their own for doing better than promised."""
    beyond = rows["level"].isin(["faster", "extra"])
    hover = money.map(lambda value: language.money(value, currency))
    meeting = {
        "mode": "lines+markers",
        "name": _("extra cost a year") if beside else _("cost a year"),
        "line": {"color": figures.ALERT, "width": 3},
        "marker": {"size": 8},
    }
    better = {
        "mode": "markers",
        "name": _("better than promised"),
        "marker": {"size": 12, "symbol": "diamond-open", "color": figures.ALERT, "line": {"width": 3}},
    }
    today = rows["level"] == "today"
    here = {"mode": "markers", "showlegend": False, "marker": {"size": 12, "color": figures.INK}}
    for part, look in ((~beyond & ~today, meeting), (today, here), (beyond, better)):
        places = [place for place, shown in enumerate(part) if shown]
        figure.add_scatter(x=places, y=money[part], hovertext=hover[part], hoverinfo="text", **look)


def _sign(currency: str) -> str:
    """What stands before an amount in this currency."""
    return language.money(0, currency).removesuffix("0")
