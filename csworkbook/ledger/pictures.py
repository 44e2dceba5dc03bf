"""How is the cost of contact reasons drawn?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import estimates, figures, language
from csworkbook.language import gettext as _
from csworkbook.ledger.shown import head, said

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_PARTS = {"handling": figures.ACCENT, "repeats": "#e08a3c", "refunds": figures.QUIET}
_LEFT, _RIGHT = 0.6, 0.66  # where the left half ends and the right one begins


def reasons(table: pd.DataFrame, currency: str) -> go.Figure:
    """Cost a year per reason as stacked bars with whiskers; beside it the difference in later margin.

    `table` is that of `Reasons`, the dearest first. The right half is left out where no reason has
    enough customers to compare.
    """
    compared = bool(table["later_year"].notna().any())
    figure = figures.blank(
        height=max(figures.HEIGHT, 200 + 36 * len(table)),
        barmode="stack",
        bargap=0.3,
        margin={"l": 8, "r": 12, "t": 64, "b": 92},
        yaxis={"showgrid": False},
    )
    figure.update_layout(showlegend=True, legend_traceorder="normal")
    table = table[::-1].assign(label=[figures.wrapped(said(topic), 16) for topic in table["topic"][::-1]])
    names = {
        "handling": _("First contacts"),
        "repeats": _("Repeat contacts"),
        "refunds": _("Margin on refunds"),
    }
    for column, colour in _PARTS.items():
        if table[column].any():
            _bar(figure, table, column, names[column], colour, currency)
    _whiskers(figure, table, currency)
    _halves(figure, currency, compared)
    if compared:
        _beside(figure, table, currency)
    return figure


def _money(amount: float, currency: str) -> str:
    return language.money(estimates.rough(amount), currency)


def _spans(table: pd.DataFrame, column: str, currency: str) -> list[str]:
    """Each value with its interval, for hovering."""
    columns = [column, f"{column}_low", f"{column}_high"]
    return [
        "{} ({} – {})".format(*(_money(value, currency) for value in row))
        for row in table[columns].itertuples(index=False)
    ]


def _bar(figure: go.Figure, table: pd.DataFrame, column: str, name: str, colour: str, currency: str) -> None:
    figure.add_bar(
        y=table["label"],
        x=table[column],
        orientation="h",
        name=name,
        marker={"color": colour},
        hovertext=[f"{name}: {_money(value, currency)}" for value in table[column]],
        hoverinfo="text",
    )


def _whiskers(figure: go.Figure, table: pd.DataFrame, currency: str) -> None:
    """The totals with their intervals."""
    figure.add_scatter(
        x=table["total"],
        y=table["label"],
        mode="markers",
        showlegend=False,
        marker={"color": figures.INK, "size": 5},
        error_x={
            "array": table["total_high"] - table["total"],
            "arrayminus": table["total"] - table["total_low"],
            "color": figures.INK,
            "thickness": 1.5,
            "width": 4,
        },
        hovertext=_spans(table, "total", currency),
        hoverinfo="text",
    )


def _halves(figure: go.Figure, currency: str, compared: bool) -> None:
    """Room for both halves, each with a head."""
    figure.update_xaxes(domain=[0, _LEFT if compared else 1], rangemode="tozero", **_axis(currency))
    heads = [(0, "left", _("Cost a year"))] + ([(1, "right", head("later_year"))] if compared else [])
    for x, side, text in heads:
        figure.add_annotation(
            x=x,
            y=1,
            xref="paper",
            yref="paper",
            text=f"<b>{figures.wrapped(text, 13)}</b>",
            showarrow=False,
            xanchor=side,
            yanchor="bottom",
            align=side,
            font={"size": 13},
        )


def _axis(currency: str) -> dict[str, object]:
    return {"tickformat": "~s", "tickprefix": figures._euro(currency), "nticks": 4}


def _beside(figure: go.Figure, table: pd.DataFrame, currency: str) -> None:
    """The difference in later margin with its interval, on an axis of its own."""
    sure = [row.verdict == "yes" for row in table.itertuples()]
    sides = [figures.ALERT if later < 0 else figures.ACCENT for later in table["later"]]
    colours = [side if one else figures.QUIET for side, one in zip(sides, sure, strict=True)]
    axis = {"domain": [_RIGHT, 1], "anchor": "y", "fixedrange": True, "automargin": True}
    lines = {"gridcolor": figures.LINE, "zeroline": True, "zerolinecolor": figures.SOFT}
    figure.update_layout(xaxis2={**axis, **lines, **_axis(currency)})
    figure.add_scatter(
        x=table["later_year"],
        y=table["label"],
        xaxis="x2",
        mode="markers",
        name=_("Later margin (grey: chance could make it)"),
        marker={"color": colours, "size": 9},
        hovertext=_spans(table, "later_year", currency),
        hoverinfo="text",
    )
    for row, colour in zip(table.itertuples(), colours, strict=True):
        if row.later_year == row.later_year:
            figure.add_scatter(
                x=[row.later_year_low, row.later_year_high],
                y=[row.label, row.label],
                xaxis="x2",
                mode="lines",
                line={"color": colour, "width": 2},
                showlegend=False,
                hoverinfo="skip",
            )
