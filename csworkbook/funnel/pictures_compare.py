"""The pictures of what differs: two sides beside each other, odds, what a step would bring, where visitors went."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from csworkbook import estimates, figures, language
from csworkbook.funnel.terms import VOCABULARY, said
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import plotly.graph_objects as go

COLOURS = (figures.QUIET, figures.ACCENT)
_ROOM = 54  # pixels a row


def sides(table: pd.DataFrame, names: Sequence[str]) -> go.Figure:
    """Two rates per step with their intervals: the first grey, the second blue, full where they surely differ.

    `table` has the columns step, one, one_n, other, other_n and verdict; `names` is what the sides are called.
    """
    rows = table.reset_index(drop=True)
    figure = _rows([said(step) for step in rows["step"]], legend=True)
    for up, (share, n), colour, name in zip(
        (0.14, -0.14), (("one", "one_n"), ("other", "other_n")), COLOURS, names, strict=True
    ):
        low, high = estimates.shares((rows[share] * rows[n]).round().fillna(0), rows[n])
        figure.add_scatter(
            x=rows[share],
            y=[-float(place) + up for place in rows.index],
            mode="markers",
            name=escape(name, quote=False),
            marker={
                "color": colour,
                "size": 12,
                "symbol": ["circle" if verdict == "yes" else "circle-open" for verdict in rows["verdict"]],
                "line": {"width": 2, "color": colour},
            },
            error_x={
                "array": high - rows[share],
                "arrayminus": rows[share] - low,
                "color": colour,
                "thickness": 2,
                "width": 4,
            },
            hovertext=[_share(*row) for row in zip(rows[share], low, high, rows[n], strict=True)],
            hoverinfo="text",
        )
    figure.update_xaxes(tickformat=",.0%", rangemode="tozero")
    return figure


def _share(value: float, low: float, high: float, n: float) -> str:
    return _("{share} ({low} to {high}), n = {n}").format(
        share=language.percent(value, 1),
        low=language.percent(low, 1),
        high=language.percent(high, 1),
        n=language.number(n),
    )


def _rows(labels: Sequence[str], *, legend: bool = False) -> go.Figure:
    """An empty picture with a row for each label, the first on top."""
    return figures.blank(
        height=max(260, 90 + _ROOM * len(labels) + (figures.LEGEND if legend else 0)),
        legend=legend,
        showlegend=legend,
        yaxis={
            "tickvals": [-place for place in range(len(labels))],
            "ticktext": [figures.wrapped(label) for label in labels],
            "range": [0.6 - len(labels), 0.6],
        },
    )


def gains(table: pd.DataFrame, currency: str | None) -> go.Figure:
    """What each step would bring with the rate of the best own segment, with its interval.

    `table` has the columns before, step, p, and orders or, with a `currency`, money, each with _low and _high.
    """
    column = "money" if currency else "orders"
    rows = table.reset_index(drop=True)
    labels = [
        _("{before} → {step}").format(before=said(r.before), step=said(r.step)) for r in rows.itertuples()
    ]
    figure = _rows(labels)
    value, low, high = (rows[f"{column}{end}"] for end in ("", "_low", "_high"))
    sure = (low > 0) & (rows["p"] < 1 - estimates.LEVEL)
    written = [_amounts(three, currency) for three in zip(value, low, high, strict=True)]
    figure.add_scatter(
        x=value,
        y=[-place for place in rows.index],
        mode="markers",
        marker={"color": [figures.ACCENT if one else figures.QUIET for one in sure], "size": 13},
        error_x={
            "array": high - value,
            "arrayminus": value - low,
            "color": figures.SOFT,
            "thickness": 2,
            "width": 5,
        },
        hovertext=written,
        hoverinfo="text",
    )
    figure.add_vline(x=0, line={"color": figures.SOFT})
    figure.update_xaxes(tickformat=",.0f", title=VOCABULARY.head(column), tickprefix=figures._euro(currency))
    return figure


def _amounts(three: tuple[float, float, float], currency: str | None) -> str:
    """A value and its interval: money, or a number of visitors."""
    value, low, high = (language.money(v, currency) if currency else language.number(v) for v in three)
    return _("{share} ({low} to {high})").format(share=value, low=low, high=high)


def odds(table: pd.DataFrame) -> go.Figure:
    """Odds ratios with their intervals on a scale of ratios, full where they are sure; the line is "no difference".

    `table` has the columns column, group, odds, odds_low, odds_high, share, rest, verdict.
    """
    rows = table[table["odds"].notna()].reset_index(drop=True)
    labels = [
        _("{column}: {value}").format(column=said(r.column), value=said(r.group)) for r in rows.itertuples()
    ]
    figure = _rows(labels)
    sure = rows["verdict"] == "yes"
    colours = [
        figures.QUIET if not s else figures.ALERT if o > 1 else figures.ACCENT
        for s, o in zip(sure, rows["odds"], strict=True)
    ]
    figure.add_scatter(
        x=rows["odds"],
        y=[-place for place in rows.index],
        mode="markers",
        marker={"color": colours, "size": 12, "symbol": ["circle" if s else "circle-open" for s in sure]},
        error_x={
            "array": rows["odds_high"].clip(upper=1e3) - rows["odds"],
            "arrayminus": rows["odds"] - rows["odds_low"],
            "color": figures.SOFT,
            "thickness": 2,
            "width": 4,
        },
        hovertext=[
            _("{share} drop out, {rest} of all others").format(
                share=language.percent(r.share, 1), rest=language.percent(r.rest, 1)
            )
            for r in rows.itertuples()
        ],
        hoverinfo="text",
    )
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10]
    figure.add_vline(x=1, line={"color": figures.SOFT, "dash": "dot"})
    figure.update_xaxes(
        type="log",
        tickvals=ticks,
        ticktext=[language.number(t, int(t < 1)) for t in ticks],
        title=VOCABULARY.head("odds"),
    )
    return figure
