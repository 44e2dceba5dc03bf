"""How do pairs and price steps look?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import figures, language
from csworkbook.language import gettext as _
from csworkbook.results import word

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.personas.baskets.result import Together
    from csworkbook.personas.baskets.upsell_result import Upsell

PAIRS, STEPS = 8, 12  # rows that a phone still shows
_WIDE = 24  # letters of one line of a label
_LINE, _BETWEEN = 16, 22  # pixels: a line of a label, what is between two labels


def pairs(result: Together) -> go.Figure:
    """Dots with whiskers: of the orders with the first, how many hold the second; diamonds: what chance would give."""
    rows = result.table.head(PAIRS)
    if rows.empty:
        return nothing(_("No pair is in orders enough to draw."))
    labels = [_pair(row.first, row.second) for row in rows.itertuples()]
    by_chance = rows["second_orders"] / result.tallies.orders
    return compared(rows, labels, "confidence", by_chance, _("orders with the first"), _("all orders"))


def steps(result: Upsell) -> go.Figure:
    """Dots with whiskers: of those who came back, how many bought dearer; diamonds: of who began elsewhere."""
    rows = result.table[result.table["again"] > 0]
    rows = rows[rows["share"].notna() & rows["step"].notna()].head(STEPS)
    if rows.empty:
        return nothing(_("Nobody came back to buy in the same category, so there is nothing to draw."))
    labels = [f"{figures.wrapped(str(word(row.category)), _WIDE)}<br>{row.band}" for row in rows.itertuples()]
    named = _("began at this price"), _("began at another price")
    return compared(rows, labels, "share", rows["others"], *named).update_xaxes(nticks=6)


def compared(
    rows: pd.DataFrame, labels: list[str], value: str, beside: pd.Series, name: str, other: str
) -> go.Figure:
    """Shares with their limits, and an open diamond beside each."""
    y = list(range(len(rows)))[::-1]
    small = {"size": 13}
    prefix = "" if value == "share" else f"{value}_"
    most = max(rows[f"{prefix}high"].max(), beside.max())
    lines = 1 + max(label.count("<br>") for label in labels)
    figure = figures.blank(
        max(figures.HEIGHT, 110 + (_BETWEEN + _LINE * lines) * len(rows)),
        legend=True,
        xaxis={
            "tickformat": ",.0%",
            "range": [-0.04 * most, 1.05 * most],
            "nticks": 4,
            "tickangle": 0,
            "tickfont": small,
        },
        yaxis={
            "tickvals": y,
            "ticktext": labels,
            "range": [-0.6, len(rows) - 0.4],
            "showgrid": False,
            "tickfont": small,
        },
        showlegend=True,
    )
    shown = rows.rename(columns={value: "share", f"{prefix}low": "low", f"{prefix}high": "high"})
    shown = shown.assign(n=rows["first_orders"] if "first_orders" in rows else rows["again"])
    colours = (
        [figures.ACCENT if row == "yes" else figures.QUIET for row in rows["verdict"]]
        if "verdict" in rows
        else None
    )
    _dots(figure, shown, y, name, colours or [figures.ACCENT] * len(rows))
    figure.add_scatter(
        x=beside,
        y=y,
        mode="markers",
        name=other,
        cliponaxis=False,
        marker={"symbol": "diamond-open", "size": 12, "color": figures.INK, "line": {"width": 2}},
        hovertext=[language.percent(one, 1) for one in beside],
        hoverinfo="text",
    )
    return figure


def _dots(figure: go.Figure, shown: pd.DataFrame, y: list[int], name: str, colours: list[str]) -> None:
    figure.add_scatter(
        x=shown["share"],
        y=y,
        mode="markers",
        name=name,
        cliponaxis=False,
        marker={"color": colours, "size": 12},
        error_x={
            "array": shown["high"] - shown["share"],
            "arrayminus": shown["share"] - shown["low"],
            "color": figures.SOFT,
            "thickness": 2,
            "width": 5,
        },
        hovertext=[figures.interval(row) for row in shown.itertuples()],
        hoverinfo="text",
    )


def nothing(text: str) -> go.Figure:
    """An empty picture that says why it is empty."""
    figure = figures.blank(xaxis={"visible": False}, yaxis={"visible": False})
    figure.add_annotation(
        text=figures.wrapped(text, 40), x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False,
        font={"color": figures.SOFT, "size": 16},
    )  # fmt: skip
    return figure


def _pair(first: str, second: str) -> str:
    """Both names as a label, the second on a line of its own."""
    return "<br>".join(figures.wrapped(text, _WIDE) for text in (str(word(first)), f"→ {word(second)}"))
