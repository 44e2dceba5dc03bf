"""How does it look what customers will bring, and whether it would have been foretold?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import figures, language
from csworkbook.language import gettext as _
from csworkbook.language import ngettext

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.value.mirror import Mirror
    from csworkbook.value.prediction import Prediction

_MOST = 5  # orders so far from which customers stand together


def tenths(result: Prediction) -> go.Figure:
    """The margin to expect of each tenth of the customers, most valuable first, with its range."""
    groups = result.tenths
    figure = figures.blank(
        showlegend=False,
        bargap=0.25,
        xaxis={"title": {"text": _("Customers, most valuable first")}, "type": "category", "showgrid": False},
        yaxis={
            "title": {"text": _("Margin in {days} days").format(days=result.days), "standoff": 12},
            "tickformat": ",.0f",
            "tickprefix": figures._euro(result.currency),
            "rangemode": "tozero",
        },
    )
    figure.add_bar(
        x=[_place(place, len(groups)) for place in range(len(groups))],
        y=groups["value"],
        marker={"color": figures.ACCENT},
        error_y={**_whiskers(groups, "value"), "color": figures.INK},
        hovertext=[_hover(row, result.currency) for row in groups.itertuples()],
        hoverinfo="text",
    )
    return figure


def _place(place: int, n: int) -> str:
    """Which part of the customers a bar is about: "0–10%"."""
    return f"{language.number(100 * place / n)}–{language.percent((place + 1) / n)}"


def _hover(row, currency: str) -> str:
    said = ngettext(
        "{n} customer: {value} ({low} to {high})", "{n} customers: {value} ({low} to {high})", row.customers
    )
    amounts = {name: language.money(getattr(row, name), currency) for name in ("value", "low", "high")}
    return said.format(n=language.number(row.customers), **amounts)


def _whiskers(table: pd.DataFrame, value: str) -> dict:
    return {
        "array": table["high"] - table[value],
        "arrayminus": table[value] - table["low"],
        "thickness": 2,
        "width": 5,
    }


def mirrored(result: Mirror) -> go.Figure:
    """By orders so far: orders foretold per customer, with their range, and orders seen."""
    groups = result.groups
    figure = figures.blank(
        legend=True,
        xaxis={"title": {"text": _("Orders so far")}, "type": "category", "showgrid": False},
        yaxis={"title": {"text": _("Orders per customer")}, "rangemode": "tozero"},
    )
    x = [_so_far(n) for n in groups.index]
    figure.add_bar(
        x=x,
        y=groups["seen"],
        name=_("seen"),
        marker={"color": figures.LINE},
        hovertext=[_mean(value, row.customers) for value, row in _rows(groups, "seen")],
        hoverinfo="text+name",
    )
    figure.add_scatter(
        x=x,
        y=groups["predicted"],
        mode="markers",
        name=_("foretold"),
        marker={"color": figures.ACCENT, "size": 12},
        error_y={**_whiskers(groups, "predicted"), "color": figures.ACCENT},
        hovertext=[_mean(value, row.customers) for value, row in _rows(groups, "predicted")],
        hoverinfo="text+name",
    )
    return figure


def _rows(groups: pd.DataFrame, value: str) -> list[tuple]:
    return list(zip(groups[value], groups.itertuples(), strict=True))


def _so_far(n: int) -> str:
    return _("{n} and more").format(n=n) if n == _MOST else language.number(n)


def _mean(value: float, n: int) -> str:
    return _("{value} per customer, n = {n}").format(value=language.number(value, 2), n=language.number(n))
