"""How are the tests of the four myths drawn?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates, evidence, figures, language
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.estimates import Estimate
    from csworkbook.results import Vocabulary

_LOW_TO_HIGH = {
    1: (figures.ACCENT,),
    2: (figures.ALERT, figures.ACCENT),
    3: (figures.ALERT, figures.QUIET, figures.ACCENT),
}
_BAND = 0.14
_SPOTS = 60  # days at which a curve is drawn and tells its numbers
_SIDES = {"supported": figures.ALERT, "not supported": figures.ACCENT, "not enough data": figures.QUIET}


def _faded(colour: str, alpha: float = _BAND) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


# ---------------------------------------------------------------- buying again by score
def curves(found: pd.DataFrame, days: int, vocabulary: Vocabulary) -> go.Figure:
    """Share that has bought again by some sixty days, one curve a group with its band; the window as a line.

    `found` has the columns score, day, share, low, high, risk, as steps: a value holds until the next day.
    """
    figure = figures.blank(
        legend=True,
        xaxis={"title": _("days after the answer"), "rangemode": "tozero"},
        yaxis={"tickformat": ",.0%", "rangemode": "tozero"},
    )
    names = [] if found.empty else list(dict.fromkeys(found["score"]))
    last = min(found["day"].max(), max(2.0 * days, 180.0)) if names else days
    at = np.linspace(0, last, _SPOTS + 1)
    for name, colour in zip(names, _LOW_TO_HIGH.get(len(names), ()), strict=True):
        _curve(figure, _steps(found[found["score"] == name], at), str(vocabulary.word(name)), colour)
    line = {"color": figures.SOFT, "dash": "dot"}
    figure.add_shape(type="line", x0=days, x1=days, y0=0, y1=1, yref="paper", line=line)
    return figure


def _steps(curve: pd.DataFrame, at: np.ndarray) -> pd.DataFrame:
    """The curve at those days."""
    place = np.searchsorted(curve["day"], at, "right") - 1
    start = {"day": 0.0, "share": 0.0, "low": 0.0, "high": 0.0, "risk": curve["risk"].iloc[0]}
    values = pd.concat([pd.DataFrame([start]), curve[list(start)]], ignore_index=True).iloc[place + 1]
    risk = curve["risk"].to_numpy()[np.minimum(np.searchsorted(curve["day"], at, "left"), len(curve) - 1)]
    return values.assign(day=at, risk=risk).ffill()


def _curve(figure: go.Figure, curve: pd.DataFrame, name: str, colour: str) -> None:
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(x=curve["day"], y=curve["high"], **edge)
    figure.add_scatter(x=curve["day"], y=curve["low"], fill="tonexty", fillcolor=_faded(colour), **edge)
    figure.add_scatter(
        x=curve["day"], y=curve["share"], mode="lines", name=figures.label_of(name),
        line={"color": colour, "width": 2}, hoverinfo="text",
        hovertext=[_at_risk(name, row) for row in curve.itertuples()],
    )  # fmt: skip


def _at_risk(name: str, row) -> str:
    said = _("{group}, day {day}: {share} bought again ({low} to {high}); {n} others still followed")
    return figures.label_of(
        said.format(
            group=name, day=language.number(row.day), share=language.percent(row.share), low=language.percent(row.low),
            high=language.percent(row.high), n=language.number(row.risk),
        )
    )  # fmt: skip


# ---------------------------------------------------------------- exceeding against meeting
def differences(rows: list[tuple[str, Estimate]], limit: float) -> go.Figure:
    """Differences of shares with their intervals; grey between minus and plus the limit: too small to matter."""
    known = [(name, one) for name, one in rows if not math.isnan(one.value)]
    table = pd.DataFrame(
        [(name, one.value, one.low, one.high) for name, one in known],
        columns=["row", "difference", "low", "high"],
    )
    figure = figures.dots(table, label="row", value="difference")
    _zone(figure, -limit, limit)
    text = _("too small to matter")
    font = {"color": figures.SOFT, "size": 12}
    figure.add_annotation(x=0, y=1, yref="paper", yanchor="bottom", text=text, showarrow=False, font=font)
    figure.update_layout(margin={"t": 30})
    figure.add_vline(x=0, line={"color": figures.SOFT})
    ends = [abs(end) for _name, one in known for end in (one.low, one.high)]
    most = 1.15 * max([limit, *ends])
    figure.update_xaxes(title=_("buy again: difference"), range=[-most, most])
    return figure


def _zone(figure: go.Figure, left: float, right: float) -> None:
    figure.add_shape(
        type="rect", x0=left, x1=right, y0=0, y1=1, yref="paper", layer="below",
        fillcolor=_faded(figures.QUIET, 0.22), line={"width": 0},
    )  # fmt: skip


# ---------------------------------------------------------------- leaving against loyalty
def times(table: pd.DataFrame, vocabulary: Vocabulary, benchmark: str) -> go.Figure:
    """How many times as likely, on a logarithmic axis; 1 makes no difference, the handbook's figure dotted."""
    known = table[np.isfinite(table["times"]) & (table["times"] > 0) & np.isfinite(table["high"])][::-1]
    entry = evidence.get(benchmark)
    figure = figures.blank(
        margin={"l": 8, "r": 12, "t": 40, "b": 8},
        xaxis={
            "type": "log",
            "title": _("times as likely as among comparable customers"),
            **_ticks(known, entry.value),
        },
        yaxis={"showgrid": False},
    )
    figure.add_shape(type="line", x0=1, x1=1, y0=0, y1=1, yref="paper", line={"color": figures.SOFT})
    figure.add_scatter(
        x=known["times"],
        y=[figures.wrapped(str(vocabulary.word(name))) for name in known["outcome"]],
        mode="markers",
        showlegend=False,
        marker={"size": 12, "color": [figures.ACCENT if name == "both" else figures.QUIET for name in known["outcome"]]},
        error_x={
            "array": known["high"] - known["times"], "arrayminus": known["times"] - known["low"],
            "color": figures.SOFT, "thickness": 2, "width": 5,
        },
        hovertext=[
            "{} ({} – {})".format(*(language.number(value, 2) for value in (row.times, row.low, row.high)))
            for row in known.itertuples()
        ],
        hoverinfo="text",
    )  # fmt: skip
    _handbook(figure, entry)
    return figure


def _ticks(known: pd.DataFrame, handbook: float) -> dict[str, object]:
    ends = [1.0, handbook, *known["low"], *known["high"]]
    least, most = max(min(ends), 0.02), min(max(ends), 50)
    marks = [tick for tick in (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32) if least / 1.5 <= tick <= most * 1.5]
    named = [language.number(tick, 0 if tick >= 1 else 2) for tick in marks]
    return {"tickvals": marks, "ticktext": named, "range": [math.log10(least / 1.3), math.log10(most * 1.3)]}


def _handbook(figure: go.Figure, entry: evidence.Entry) -> None:
    """The handbook's figure as a dotted line; on a logarithmic axis plotly wants the place of a text as a logarithm."""
    line = {"color": figures.SOFT, "dash": "dot"}
    figure.add_shape(type="line", x0=entry.value, x1=entry.value, y0=0, y1=1, yref="paper", line=line)
    figure.add_annotation(
        x=math.log10(entry.value), y=1.02, yref="paper", yanchor="bottom", xanchor="right", showarrow=False,
        text=figures.wrapped(entry.line(), 34), font={"color": figures.SOFT, "size": 12},
    )  # fmt: skip


# ---------------------------------------------------------------- the result of service
def line(
    table: pd.DataFrame, even: Estimate, own: Estimate | None, chosen: Estimate, anyway: float
) -> go.Figure:
    """The result a year for every share that would have bought anyway, with band, zero line and break-even.

    `own` is the share that comparable customers tell, drawn as a zone; None for none.
    """
    figure = figures.blank(
        legend=True,
        margin={"l": 8, "r": 12, "t": 34, "b": figures.LEGEND},
        xaxis={
            "tickformat": ",.0%",
            "range": [-0.01, 1.01],
            "title": _("share that would have bought anyway"),
        },
        yaxis={"zeroline": True, "tickformat": "~s", "tickprefix": figures._euro(chosen.currency)},
    )
    figure.update_layout(showlegend=False)
    if own is not None:
        _zone(figure, own.low, own.high)
        _above(figure, own.value, _("comparable customers: {share}").format(share=own.say()), figures.SOFT)
    x = table["anyway"]
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=table["high"], **edge)
    figure.add_scatter(x=x, y=table["low"], fill="tonexty", fillcolor=_faded(figures.ACCENT), **edge)
    figure.add_scatter(
        x=x, y=table["result"], mode="lines", line={"color": figures.ACCENT, "width": 2}, hoverinfo="text",
        hovertext=[_amounts(row, chosen.currency) for row in table.itertuples()],
    )  # fmt: skip
    _dot(figure, anyway, chosen)
    if 0 <= even.value <= 1:
        _crossing(figure, even)
    return figure


def _money(amount: float, currency: str) -> str:
    return language.money(estimates.rough(amount) if round(amount) else 0.0, currency)


def _amounts(row, currency: str) -> str:
    amounts = {name: _money(getattr(row, name), currency) for name in ("result", "low", "high")}
    return _("{share} anyway: {result} a year ({low} to {high})").format(
        share=language.percent(row.anyway), **amounts
    )


def _dot(figure: go.Figure, anyway: float, chosen: Estimate) -> None:
    """The share chosen, with its own interval (which holds the uncertainty of the share too)."""
    figure.add_scatter(
        x=[anyway], y=[chosen.value], mode="markers", marker={"color": figures.ACCENT, "size": 12}, hoverinfo="text",
        hovertext=[str(chosen)],
        error_y={
            "array": [chosen.high - chosen.value], "arrayminus": [chosen.value - chosen.low],
            "color": figures.ACCENT, "thickness": 2, "width": 5,
        },
    )  # fmt: skip


def _crossing(figure: go.Figure, even: Estimate) -> None:
    figure.add_scatter(
        x=[even.value], y=[0], mode="markers", hoverinfo="text", hovertext=[str(even)],
        marker={"symbol": "diamond-open", "size": 14, "color": figures.INK, "line": {"width": 2}},
    )  # fmt: skip
    text = _("breaks even at {share}").format(share=even.say())
    late = even.value > 0.5  # the line falls: above it there is room on the right, below it on the left
    figure.add_annotation(
        x=even.value, y=0, text=text, showarrow=False, xanchor="right" if late else "left",
        yanchor="top" if late else "bottom", yshift=-8 if late else 8, xshift=-8 if late else 8,
    )  # fmt: skip


def _above(figure: go.Figure, x: float, text: str, colour: str) -> None:
    side = "right" if x > 0.5 else "left"
    figure.add_annotation(
        x=x,
        y=1.02,
        yref="paper",
        yanchor="bottom",
        xanchor=side,
        text=text,
        showarrow=False,
        font={"color": colour, "size": 12},
    )


# ---------------------------------------------------------------- all four
def board(rows: list[dict]) -> go.Figure:
    """The four myths under each other: left speaks against the myth, right for it, grey is too little to matter.

    Each row has myth and judged (as people say them), sides (`Sides`), verdict and said (for hovering). Each is drawn on
    its own scale, because a correlation and a sum of money have none in common.
    """
    figure = figures.blank(
        height=130 + 74 * max(len(rows), 1),
        margin={"l": 8, "r": 12, "t": 34, "b": 8},
        xaxis={
            "range": [-1.1, 1.1],
            "showticklabels": False,
            "showgrid": False,
            "title": {"text": _("each on its own scale; grey: too little to matter"), "font": {"size": 12}},
        },
        yaxis={"range": [-0.6, len(rows) - 0.4], "showgrid": False},
    )
    figure.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": figures.SOFT})
    for place, row in enumerate(rows[::-1]):
        _myth(figure, place, row)
    names = [
        f"{figures.wrapped(row['myth'], 20)}<br><b>{figures.wrapped(row['judged'])}</b>" for row in rows[::-1]
    ]
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=names)
    for side, text in ((0.0, _("← against the myth")), (1.0, _("for the myth →"))):
        figure.add_annotation(
            x=side, xref="paper", y=1.02, yref="paper", yanchor="bottom", xanchor="right" if side else "left",
            text=text, showarrow=False, font={"color": figures.SOFT, "size": 12},
        )  # fmt: skip
    figure.update_layout(showlegend=False)
    return figure


def _myth(figure: go.Figure, place: int, row: dict) -> None:
    one, colour = row["sides"], _SIDES[row["verdict"]]
    ends = [abs(end) for end in (one.low, one.high, one.slight) if math.isfinite(end)]
    if not math.isfinite(one.value) or not ends or not max(ends) > 0:
        figure.add_annotation(x=0, y=place, text=_("not enough data"), showarrow=False, bgcolor=figures.PAPER)
        return
    scale = max(ends)
    value, low, high = one.value / scale, one.low / scale, one.high / scale
    if one.slight > 0:
        figure.add_shape(
            type="rect", x0=0, x1=one.slight / scale, y0=place - 0.3, y1=place + 0.3, layer="below",
            fillcolor=_faded(figures.QUIET, 0.22), line={"width": 0},
        )  # fmt: skip
    figure.add_scatter(
        x=[value], y=[place], mode="markers", marker={"color": colour, "size": 13}, hoverinfo="text",
        hovertext=[figures.wrapped(row["said"], 60)],
        error_x={"array": [high - value], "arrayminus": [value - low], "color": colour, "thickness": 2, "width": 5},
    )  # fmt: skip
