"""How do shipping costs, their threshold and chat in the cart look?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csworkbook import figures, language
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.checkout.chat_result import Chat
    from csworkbook.checkout.shipping_result import Shipping
    from csworkbook.checkout.threshold_result import Threshold

_BAND = "rgba(11,92,122,.15)"
_HEIGHT = 500
_BARS = 60


def thresholds(result: Threshold) -> go.Figure:
    """Above, what each threshold brings with its band; below, how many baskets there are of each size."""
    figure = figures.blank(
        _HEIGHT,
        legend=False,
        bargap=0.06,
        xaxis={
            "range": [0, _shown(result)],
            "tickformat": ",.0f",
            "tickprefix": _sign(result.currency),
            "anchor": "y2",
        },
        yaxis={"domain": [0.5, 0.94], "tickformat": ",.2~f", "tickprefix": _sign(result.currency)},
        yaxis2={
            "domain": [0, 0.36],
            "gridcolor": figures.LINE,
            "fixedrange": True,
            "automargin": True,
            "showgrid": False,
            "tickformat": ",.0f",
        },
        showlegend=False,
        annotations=[_title(_("Baskets"), 0.38), _title(_more(result), 0.95)],
    )
    _profit(figure, result)
    _baskets(figure, result)
    _lines(figure, result)
    return figure


def _shown(result: Threshold) -> float:
    """Up to where baskets are drawn: what lies far beyond all thresholds only makes the rest small."""
    largest = result.table["threshold"].max()
    return float(min(result.curve.top, max(2 * largest, np.quantile(result.baskets.value, 0.9))))


def _more(result: Threshold) -> str:
    return _("More per order than {now}, with its range").format(now=result.beside)


def _title(text: str, y: float) -> dict:
    return {
        "x": 0, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
        "text": f"<b>{figures.label_of(text)}</b>", "showarrow": False, "font": {"color": figures.SOFT},
    }  # fmt: skip


def _sign(currency: str) -> str:
    return {"nl": "€ ", "en": "€"}[language.current()] if currency == "EUR" else ""


def _profit(figure: go.Figure, result: Threshold) -> None:
    curve = result.curve
    beside = curve.at(result.reference)
    x = curve.thresholds[:-1]
    more = curve.value - curve.value[beside]
    low, high = np.quantile(curve.draws - curve.draws[:, [beside]], [0.025, 0.975], axis=0)
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=high[:-1], **band)
    figure.add_scatter(x=x, y=low[:-1], fill="tonexty", fillcolor=_BAND, **band)
    said = _("{at}: {more} ({low} to {high})")
    cents = [language.money(value, result.currency, 2) for value in (*more, *low, *high)]
    n = len(more)
    hover = [
        said.format(at=result.named(at), more=cents[i], low=cents[n + i], high=cents[2 * n + i])
        for i, at in enumerate(x)
    ]
    line = {"color": figures.ACCENT, "width": 2}
    figure.add_scatter(x=x, y=more[:-1], mode="lines", line=line, hovertext=hover, hoverinfo="text")
    _across(figure, more[-1], _("never free"), result)


def _across(figure: go.Figure, y: float, name: str, result: Threshold) -> None:
    """A dotted line at what never free brings, which lies beyond the right edge."""
    figure.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=y, y1=y, line={"color": figures.SOFT, "dash": "dot"}
    )
    figure.add_annotation(
        x=1, xref="paper", y=y, text=figures.label_of(name), showarrow=False, xanchor="right",
        yanchor="bottom", font={"color": figures.SOFT},
    )  # fmt: skip


def _baskets(figure: go.Figure, result: Threshold) -> None:
    value, top = result.baskets.value, _shown(result)
    width = next((w for w in (0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100, 250, 500) if top / w <= _BARS), top)
    edges = np.arange(0, top + width, width)
    count, _edges = np.histogram(value[value <= top], edges)
    said = _("{low} to {high}: {n} orders")
    hover = [
        said.format(low=result.amount(low), high=result.amount(low + width), n=language.number(n))
        for low, n in zip(edges[:-1], count, strict=True)
    ]
    figure.add_bar(
        x=edges[:-1] + width / 2,
        y=count,
        width=width * 0.94,
        yaxis="y2",
        marker={"color": figures.QUIET},
        hovertext=hover,
        hoverinfo="text",
    )


def _lines(figure: go.Figure, result: Threshold) -> None:
    """A line at every threshold of the table that has an amount; names that would overlap stand on rows of their own."""
    table = result.table.dropna(subset=["threshold"])
    table = table[table["threshold"] > 0].sort_values("threshold")
    edge, row = -np.inf, 0
    for rule, at in table[["rule", "threshold"]].itertuples(index=False):
        row = row + 1 if at - edge < _shown(result) / 2 else 0
        edge = at
        colour = figures.ALERT if rule == "best" else figures.INK if rule == "present" else figures.SOFT
        dash = "solid" if rule == "present" else "dash"
        figure.add_shape(
            type="line", x0=at, x1=at, y0=0, y1=0.94, yref="paper", line={"color": colour, "dash": dash}
        )
        figure.add_annotation(
            x=at, y=0.36 - 0.055 * row, yref="paper", xanchor="left", yanchor="top", xshift=3, showarrow=False,
            text=figures.label_of(f"{result.vocabulary.word(rule)}: {result.amount(at)}"), font={"color": colour},
            bgcolor="rgba(255,255,255,.8)",
        )  # fmt: skip


def bands(result: Shipping) -> go.Figure:
    """The share of carts that went no further by what was in them; without carts, who paid for shipping."""
    table = result.table
    known = table["n"].sum() > 0
    column = "share" if known else "paid"
    figure = figures.blank(
        showlegend=False,
        xaxis={"type": "category", "showgrid": False},
        yaxis={"tickformat": ",.0%", "rangemode": "tozero"},
        margin={"l": 8, "r": 12, "t": 44, "b": 8},
        annotations=[_title(_went(result) if known else result.vocabulary.head("paid"), 1.02)],
    )
    error = {}
    if known:
        ends = {"array": table["high"] - table["share"], "arrayminus": table["share"] - table["low"]}
        error = {"error_y": {**ends, "color": figures.ACCENT, "thickness": 2, "width": 5}}
    figure.add_scatter(
        x=[figures.label_of(band) for band in table["band"]],
        y=table[column],
        mode="markers",
        marker={"color": figures.ACCENT, "size": 12},
        hovertext=[figures.interval(row) for row in table.itertuples()] if known else None,
        hoverinfo="text" if known else "y",
        **error,
    )
    _free_from(figure, result)
    return figure


def _went(result: Shipping) -> str:
    from csworkbook.checkout.shipping_result import stage_name

    return _("Went no further at: {step}").format(step=stage_name(result.costs_at, result.carts))


def _free_from(figure: go.Figure, result: Shipping) -> None:
    """A line between the bands that pay and those that do not."""
    if not result.present.known:
        return
    at = int(np.searchsorted(result.edges[:-1], result.present.value - 1e-9)) - 0.5
    line = {"color": figures.INK, "dash": "dash"}
    figure.add_shape(type="line", x0=at, x1=at, y0=0, y1=1, yref="paper", line=line)
    figure.add_annotation(
        x=at, y=1, yref="paper", xanchor="left", yanchor="top", xshift=4, showarrow=False,
        text=figures.label_of(_("shipping free")), font={"color": figures.INK},
    )  # fmt: skip


def chats(result: Chat) -> go.Figure:
    """The result a year by the share of chats that bring an order, or per hundred chats where their number is not known."""
    shares = np.linspace(0, _widest(result), 51)
    table = result.table
    yearly = result.seen is not None and bool(np.isfinite(table["cost"]).all())
    many = (table["chats"] * result.seen.days_a_year).to_numpy() if yearly else np.array([100.0])
    costs = table["per_chat"].to_numpy() if yearly else np.array([result.middle["per_chat"]])
    lines = many[:, None] * (shares * result.order.value - costs[:, None])
    title = _("Result a year") if yearly else _("Result per 100 chats")
    figure = figures.blank(
        showlegend=False,
        xaxis={
            "tickformat": ",.0%",
            "range": [0, shares[-1]],
            "title": {"text": _("Chats that bring an extra order")},
        },
        yaxis={"tickformat": ",.0f", "tickprefix": _sign(result.currency), "zeroline": True},
        margin={"l": 8, "r": 12, "t": 44, "b": 8},
        annotations=[_title(title, 1.02)],
    )
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=shares, y=lines.max(axis=0), **band)
    figure.add_scatter(x=shares, y=lines.min(axis=0), fill="tonexty", fillcolor=_BAND, **band)
    middle = lines[len(lines) // 2]
    said = _("{share}: {result}")
    hover = [
        said.format(share=language.percent(x, 1), result=language.money(y, result.currency))
        for x, y in zip(shares, middle, strict=True)
    ]
    line = {"color": figures.ACCENT, "width": 2}
    figure.add_scatter(x=shares, y=middle, mode="lines", line=line, hovertext=hover, hoverinfo="text")
    _break_even(figure, result)
    return figure


def _widest(result: Chat) -> float:
    """Up to which share is drawn: twice what is needed, and what is credited now."""
    credited = 0.0 if result.leads is None else result.leads.once.value
    needed = result.needed.value if result.needed.value == result.needed.value else 0.0
    return float(min(max(2 * needed, 1.1 * credited if credited == credited else 0.0, 0.1), 1.0))


def _break_even(figure: go.Figure, result: Chat) -> None:
    """Lines at what is needed, and at what is credited to chats now as far as it would not have come anyway."""
    marks = [(result.needed.value, _("pays from {share}"), figures.INK, 0.98)]
    if result.leads is not None and result.leads.share.n:
        extra = result.leads.once.value * (1 - result.terms.anyway)
        marks.append(
            (extra, _("credited now, less who would have bought anyway: {share}"), figures.ALERT, 0.06)
        )
    for x, said, colour, y in marks:
        if not 0 <= x <= 1:
            continue
        line = {"color": colour, "dash": "dash"}
        figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line=line)
        figure.add_annotation(
            x=x, y=y, yref="paper", xanchor="left", xshift=4, showarrow=False, font={"color": colour},
            text=figures.wrapped(said.format(share=language.percent(x, 1)), 26), align="left",
            bgcolor="rgba(255,255,255,.8)",
        )  # fmt: skip
