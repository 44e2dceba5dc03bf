"""One hand draws every picture: template, colours, number formats, whiskers, benchmark lines.

Every function takes a small table and gives a finished plotly figure in the language spoken now.
Colours are from a palette that people with colour-blindness tell apart (Okabe & Ito 2008, darkened
where text stands on them).
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from csworkbook import language
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.evidence import Entry

INK, SOFT, LINE, PAPER = "#1b2733", "#4a5a68", "#d5dce1", "#ffffff"
ACCENT, ALERT, QUIET = "#0b5c7a", "#b04a00", "#8a97a3"
# hardly any, some, far too much
ANSWERS = {1: "#2c79ad", 2: "#c9d1d8", 3: "#b04a00"}
ON_ANSWERS = {1: "#ffffff", 2: INK, 3: "#ffffff"}
# what has no order of its own: lines and groups side by side
SERIES = (ACCENT, ALERT, "#007a5a", "#7b4f9e", "#8a6d00", "#5b9bd5", "#b8407a", QUIET)
FONT = '"Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif'
HEIGHT = 380
FITTING = {"minsize": 11, "mode": "hide"}  # a label that does not fit its bar is left out
LEGEND = 64  # room below the axis for a legend on two lines


def blank(
    height: int = HEIGHT,
    *,
    legend: bool = False,
    xaxis: dict | None = None,
    yaxis: dict | None = None,
    **more,
) -> go.Figure:
    """An empty figure in the house style: separators, font, margins, no zooming by accident.

    `legend` leaves room for one; `xaxis`, `yaxis` and `more` are added to the layout. (One layout at
    once: every later update costs plotly some milliseconds.)
    """
    import plotly.graph_objects as go

    axis = {
        "automargin": True,
        "zeroline": False,
        "fixedrange": True,
        "gridcolor": LINE,
        "zerolinecolor": SOFT,
        "linecolor": LINE,
    }
    layout = {
        "template": "none",
        "autosize": True,
        "height": height,
        "separators": ",." if language.current() == "nl" else ".,",
        "font": {"family": FONT, "size": 14, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "margin": {"l": 8, "r": 12, "t": 12, "b": LEGEND if legend else 8},
        "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
        "hoverlabel": {"font": {"family": FONT, "size": 13}, "bgcolor": PAPER, "bordercolor": LINE},
        "dragmode": False,
        "modebar": {"bgcolor": "rgba(0,0,0,0)"},
        "xaxis": {**axis, **(xaxis or {})},
        "yaxis": {**axis, **(yaxis or {})},
        **more,
    }
    return go.Figure(layout=layout)


def bundle(figure: go.Figure, filename: str = "csworkbook") -> dict:
    """The figure as a MIME bundle for an output, without plotly's own (heavy) display machinery.

    `filename` is what a saved picture is called.
    """
    import json

    config = {
        "displaylogo": False,
        "responsive": True,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": filename},
    }
    content = json.loads(figure.to_json())
    content["layout"].pop("height", None)  # the place it stands in has that height
    return {"application/vnd.plotly.v1+json": {**content, "config": config}}


def diverging(table: pd.DataFrame, *, label: str = "stage") -> go.Figure:
    """Answers as bars about a middle line: far too much to the left, hardly any to the right.

    `table` has the columns `label`, answer (1–3), share, low, high, n; rows in the order to draw,
    top first.
    """
    from csworkbook.results import word

    rows = list(dict.fromkeys(table[label]))[::-1]
    figure = blank(
        height=max(HEIGHT, 150 + 46 * len(rows)),
        legend=True,
        barmode="overlay",
        bargap=0.35,
        uniformtext=FITTING,
        xaxis={"showticklabels": False, "showgrid": False, "zeroline": True, "linewidth": 0},
        yaxis={"showgrid": False, "linewidth": 0},
    )
    wide = table.pivot_table(index=label, columns="answer", values="share", sort=False, observed=True)
    wide = wide.reindex(rows).reindex(columns=[1, 2, 3])
    starts = {2: -wide[2] / 2, 1: wide[2] / 2, 3: -wide[2] / 2 - wide[3]}
    for answer in (3, 2, 1):
        part = table[table["answer"] == answer].set_index(label).reindex(rows)
        figure.add_bar(
            y=[label_of(row) for row in rows],
            x=part["share"],
            base=starts[answer],
            orientation="h",
            name=str(word(answer)),
            marker={"color": ANSWERS[answer]},
            text=[language.percent(v) if v >= 0.06 else "" for v in part["share"]],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": ON_ANSWERS[answer]},
            hovertext=[interval(row) for row in part.itertuples()],
            hoverinfo="text",
        )
    return figure


def interval(row) -> str:
    """Share, interval and n of a row, for hovering."""
    values = {
        "share": language.percent(row.share, 1),
        "low": language.percent(row.low, 1),
        "high": language.percent(row.high, 1),
    }
    return _("{share} ({low} to {high}), n = {n}").format(**values, n=language.number(row.n))


def dots(
    table: pd.DataFrame,
    *,
    label: str,
    value: str = "share",
    group: str | None = None,
    benchmark: str | None = None,
    money: str | None = None,
) -> go.Figure:
    """Estimates as dots with their intervals as whiskers, one row a label, one colour a group.

    `table` has the columns `label`, `value`, low, high; `group` colours, `benchmark` is the column
    of the handbook's figures (drawn as open diamonds), `money` the currency where values are money.
    """
    from csworkbook.results import word

    labels = [str(word(v)) for v in dict.fromkeys(table[label])][::-1]
    figure = blank(height=max(HEIGHT, 130 + 44 * len(labels) * (1 if group is None else 1.6)))
    groups = [None] if group is None else list(dict.fromkeys(table[group]))
    shift = _shifts(len(groups))
    for one, up, colour in zip(groups, shift, _colours(groups), strict=True):
        part = table if one is None else table[table[group] == one]
        y = [labels.index(str(word(v))) + up for v in part[label]]
        _whiskers(figure, part, y, value, colour, "" if one is None else label_of(one), money)
    if benchmark:
        _diamonds(figure, table, labels, label, benchmark, group, groups, shift)
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=[wrapped(v) for v in labels],
        range=[-0.6, len(labels) - 0.4],
    )
    figure.update_xaxes(tickformat=",.0f" if money else ",.0%", tickprefix=_euro(money))
    legend = group is not None or benchmark is not None
    figure.update_layout(showlegend=legend, margin={"b": LEGEND} if legend else {})
    return figure


def _euro(currency: str | None) -> str:
    return {"nl": "€ ", "en": "€"}[language.current()] if currency == "EUR" else ""


def wrapped(text: str, width: int = 18) -> str:
    """A label on several short lines, so that a phone keeps room for the picture."""
    import textwrap

    return "<br>".join(escape(line, quote=False) for line in textwrap.wrap(text, width))


def label_of(value: object) -> str:
    """A value as a label: known words in the language spoken now, and never as markup."""
    from csworkbook.results import word

    return escape(str(word(value)), quote=False)


def _shifts(n: int) -> list[float]:
    return [0.0] if n == 1 else [0.25 - 0.5 * i / (n - 1) for i in range(n)]


def _colours(groups: list) -> list[str]:
    """A colour per group: answers have their own, other groups those of series."""
    if any(group in ANSWERS for group in groups):
        return [ANSWERS[group] if group in ANSWERS and group != 2 else QUIET for group in groups]
    return [SERIES[place % len(SERIES)] for place in range(len(groups))]


def _whiskers(figure, part, y, value, colour, name, money) -> None:
    def say(number: float) -> str:
        return language.money(number, money) if money else language.percent(number, 1)

    hover = [
        f"{say(v)} ({say(low)} – {say(high)})"
        for v, low, high in zip(part[value], part["low"], part["high"], strict=True)
    ]
    figure.add_scatter(
        x=part[value],
        y=y,
        mode="markers",
        name=name,
        marker={"color": colour, "size": 12},
        error_x={
            "array": part["high"] - part[value],
            "arrayminus": part[value] - part["low"],
            "color": colour,
            "thickness": 2,
            "width": 5,
        },
        hovertext=hover,
        hoverinfo="text",
    )


def _diamonds(figure, table, labels, label, benchmark, group, groups, shift) -> None:
    from csworkbook.results import word

    known = table[table[benchmark].notna()]
    up = dict(zip(groups, shift, strict=True))
    y = [
        labels.index(str(word(row[label]))) + (up[row[group]] if group else 0)
        for row in known[[label] + ([group] if group else [])].to_dict("records")
    ]
    figure.add_scatter(
        x=known[benchmark],
        y=y,
        mode="markers",
        name=_("handbook"),
        marker={"symbol": "diamond-open", "size": 14, "color": INK, "line": {"width": 2}},
        hovertext=[language.percent(v) for v in known[benchmark]],
        hoverinfo="text",
    )


def heat(shares: pd.DataFrame, notes: pd.DataFrame, hover: pd.DataFrame) -> go.Figure:
    """A heat map of shares: rows × columns, the note in each cell, darker for more.

    The three frames have the same shape: shares 0–1, what stands in the cell, what hovering says.
    """

    figure = blank(height=max(HEIGHT, 120 + 44 * len(shares)))
    figure.add_heatmap(
        z=shares.to_numpy(),
        x=[label_of(c) for c in shares.columns],
        y=[label_of(r) for r in shares.index],
        text=notes.to_numpy(),
        texttemplate="%{text}",
        hovertext=hover.to_numpy(),
        hoverinfo="text",
        colorscale=[[0, "#fdf3ea"], [0.5, "#e59a5b"], [1, ALERT]],
        showscale=False,
        xgap=3,
        ygap=3,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(side="top", showgrid=False)
    return figure


def timeline(
    table: pd.DataFrame, *, when: str = "week", shift: pd.Timestamp | None = None, label: str = ""
) -> go.Figure:
    """A share over time with its interval as a band; `shift` marks the week a change began.

    `table` has the columns `when` (timestamps), share, low, high, n.
    """
    figure = blank()
    x = table[when]
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(x=x, y=table["high"], **band)
    figure.add_scatter(x=x, y=table["low"], fill="tonexty", fillcolor="rgba(11,92,122,.15)", **band)
    figure.add_scatter(
        x=x,
        y=table["share"],
        mode="lines+markers",
        name=label,
        line={"color": ACCENT, "width": 2},
        marker={"size": 5},
        hovertext=[
            f"{language.day(r[0])}<br>{interval(r[1])}" for r in zip(x, table.itertuples(), strict=True)
        ],
        hoverinfo="text",
    )
    if shift is not None:
        figure.add_shape(
            type="line", x0=shift, x1=shift, y0=0, y1=1, yref="paper", line={"color": ALERT, "dash": "dash"}
        )
        figure.add_annotation(
            x=shift,
            y=1,
            yref="paper",
            text=_("since {day}").format(day=language.day(shift, "d MMM yyyy")),
            showarrow=False,
            xanchor="right",
            xshift=-6,
            font={"color": ALERT},
        )
    time_axis(figure, x)
    figure.update_yaxes(tickformat=",.0%", rangemode="tozero")
    figure.update_layout(showlegend=False)
    return figure


def in_and_out(table: pd.DataFrame, *, when: str, up: dict[str, str], down: dict[str, str]) -> go.Figure:
    """What comes in above the line, what goes out below it, one pair of bars a period.

    `up` and `down` name the columns of `table` and their colours.
    """
    from csworkbook.results import head

    figure = blank(
        legend=True, barmode="relative", bargap=0.25, yaxis={"zeroline": True, "tickformat": ",.0f"}
    )
    for column, colour in (up | down).items():
        sign = -1 if column in down else 1
        figure.add_bar(
            x=table[when],
            y=sign * table[column],
            name=str(head(column)),
            marker={"color": colour},
            hovertext=[
                f"{language.day(w, 'MMMM yyyy')}: {language.number(v)}"
                for w, v in zip(table[when], table[column], strict=True)
            ],
            hoverinfo="text+name",
        )
    time_axis(figure, table[when])
    return figure


def time_axis(figure: go.Figure, times: pd.Series) -> None:
    """Months along the x axis, in words of the language spoken now."""
    import pandas as pd

    if not len(times):
        return
    first, last = times.min(), times.max()
    months = max(1, round((last - first).days / 30))
    every = max(1, -(-months // 6))
    ticks = pd.date_range(first.normalize().replace(day=1), last, freq=f"{every}MS")
    figure.update_xaxes(
        tickvals=list(ticks),
        ticktext=[language.day(t, "MMM") + f"<br>{t.year}" for t in ticks],
        showgrid=False,
    )


def benchmark(figure: go.Figure, entry: Entry) -> None:
    """A dashed line at the handbook's figure, with its source and year."""
    figure.add_shape(
        type="line",
        x0=entry.value,
        x1=entry.value,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": SOFT, "dash": "dot"},
    )
    figure.add_annotation(
        x=entry.value, y=1.02, yref="paper", text=entry.line(), showarrow=False, yanchor="bottom"
    )
