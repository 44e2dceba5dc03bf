"""How are carts left behind drawn?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import evidence, figures, language
from csworkbook.checkout.carts import STAGES
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.checkout.abandonment import Abandonment
    from csworkbook.checkout.devices import Devices
    from csworkbook.checkout.returning import Returning
    from csworkbook.checkout.rules import Rules
    from csworkbook.checkout.switching import Switching

COLOURS = {"cart": "#b04a00", "checkout": "#d98a4e", "delivery": "#ecbf98", "payment": "#7a3300"}
_PAID = "#2c79ad"
_INK_ON = {"delivery": figures.INK, "checkout": figures.INK}
_TALL = 46  # pixels a row


def stacked(result: Abandonment) -> go.Figure:
    """One bar a row of the table: where its carts stopped, then those paid; a line at the handbook's share."""
    table = result.table
    names = [_label(result, row) for row in table.itertuples()]
    figure = figures.blank(
        height=max(figures.HEIGHT, 170 + _TALL * len(table)),
        legend=True,
        barmode="stack",
        bargap=0.35,
        uniformtext=figures.FITTING,
        xaxis={"tickformat": ",.0%", "range": [0, 1], "showgrid": False},
        yaxis={"showgrid": False, "autorange": "reversed"},
        margin={"l": 8, "r": 12, "t": 34, "b": figures.LEGEND},
    )
    stages = [stage for stage in STAGES if f"at_{stage}" in table]
    for stage in stages:
        said = figures.label_of(result.vocabulary.word(stage))
        name = _("stopped: {stage}").format(stage=said)
        _bar(figure, names, table[f"at_{stage}"], name, COLOURS[stage], _INK_ON.get(stage, "#ffffff"))
    _bar(figure, names, 1 - table["share"], _("paid"), _PAID, "#ffffff")
    figures.benchmark(figure, evidence.get("cart-abandonment-68"))
    figure.update_annotations(xanchor="right", xshift=8)  # on a phone there is no room to the right
    figure.update_layout(legend={"traceorder": "normal"})
    return figure


def _label(result: Abandonment, row) -> str:
    """What a bar is called, with its number of carts."""
    name = result.vocabulary.word(row.segment) if result.by else result.vocabulary.word(row.unit)
    said = _("{name} (n = {n})").format(name=language.capital(str(name)), n=language.number(row.n))
    return figures.wrapped(said, 24)


def _bar(figure: go.Figure, names: list[str], shares: pd.Series, name: str, colour: str, ink: str) -> None:
    figure.add_bar(
        y=names,
        x=shares.fillna(0),
        orientation="h",
        name=name,
        marker={"color": colour},
        text=[language.percent(share) if share >= 0.06 else "" for share in shares],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": ink},
        hovertext=[f"{name}: {language.percent(share, 1)}" for share in shares],
        hoverinfo="text",
    )


def over_days(result: Returning) -> go.Figure:
    """Bought, and on top of it came back without buying, by the day after the cart; the interval at the end."""
    curve = _thin(result.fates.curve)
    top = float((curve["bought"] + curve["back"]).max())
    figure = figures.blank(
        legend=True,
        xaxis={
            "title": _titled(_("days after the cart was left")),
            "showgrid": False,
            "rangemode": "tozero",
        },
        yaxis={"tickformat": ",.1%" if top < 0.08 else ",.0%", "range": [0, max(top * 1.3, 0.01)]},
    )
    _area(figure, result, curve["day"], curve["bought"], curve["bought"], "bought", _PAID)
    if curve["back"].max() > 0:
        _area(figure, result, curve["day"], curve["bought"] + curve["back"], curve["back"], "back", "#ecbf98")
    bought = result.fates.bought
    figure.add_scatter(
        x=[result.days],
        y=[bought.value],
        mode="markers",
        marker={"color": _PAID, "size": 9},
        error_y={
            "array": [bought.high - bought.value],
            "arrayminus": [bought.value - bought.low],
            "color": _PAID,
            "thickness": 2,
        },
        hovertext=[str(bought)],
        hoverinfo="text",
        showlegend=False,
    )
    return figure


def _area(figure: go.Figure, result: Returning, days, upper, share, outcome: str, colour: str) -> None:
    name = str(result.vocabulary.word(outcome))
    figure.add_scatter(
        x=days,
        y=upper,
        mode="lines",
        line={"shape": "hv", "color": colour, "width": 2},
        fill="tonexty" if outcome == "back" else "tozeroy",
        name=name,
        hovertext=[
            _("{name}: {share} by day {day}").format(
                name=name, share=language.percent(one, 1), day=language.number(day, 1)
            )
            for one, day in zip(share, days, strict=True)
        ],
        hoverinfo="text",
    )


def _titled(text: str) -> dict:
    """The title of an axis, as large as its labels."""
    return {"text": text, "font": {"size": 14}}


def _thin(curve: pd.DataFrame, most: int = 200) -> pd.DataFrame:
    """At most so many days of a curve, the last one among them."""
    step = -(-len(curve) // most)
    return curve[::-1][::step][::-1]


def per_device(result: Devices) -> go.Figure:
    """Dots with whiskers: carts left per device, and an open diamond at the least it can be."""
    table = result.table.assign(name=[figures.label_of(device) for device in result.table["device"]])
    figure = figures.dots(table, label="name")
    figure.data[0].name = _("left behind, as seen")
    bound = table[table["least"].notna()]
    places = list(dict.fromkeys(table["name"]))[::-1]
    figure.add_scatter(
        x=bound["least"],
        y=[places.index(name) for name in bound["name"]],
        mode="markers",
        name=_("left behind, at least"),
        marker={"symbol": "diamond-open", "size": 13, "color": figures.INK, "line": {"width": 2}},
        hovertext=[language.percent(value, 1) for value in bound["least"]],
        hoverinfo="text",
    )
    if "gave_up" in table:
        page = figures.label_of(result.vocabulary.word(result.page))
        plain = result.page == "payment" and result.page not in dict(result.visits.names)
        name = _("gave up at payment") if plain else _("gave up at {page}").format(page=page)
        _gave_up(figure, table[table["gave_up"].notna()], places, name)
    figure.update_layout(showlegend=True, margin={"b": figures.LEGEND})
    figure.update_xaxes(rangemode="tozero")
    return figure


def _gave_up(figure: go.Figure, table: pd.DataFrame, places: list[str], name: str) -> None:
    """Squares just below: who gave up."""
    figure.add_scatter(
        x=table["gave_up"],
        y=[places.index(name) - 0.22 for name in table["name"]],
        mode="markers",
        name=name,
        marker={"symbol": "square", "size": 10, "color": figures.ALERT},
        error_x={
            "array": table["gave_up_high"] - table["gave_up"],
            "arrayminus": table["gave_up"] - table["gave_up_low"],
            "color": figures.ALERT,
            "thickness": 2,
            "width": 4,
        },
        hovertext=[
            _("{share} ({low} to {high}), n = {n}").format(
                share=language.percent(row.gave_up, 1),
                low=language.percent(row.gave_up_low, 1),
                high=language.percent(row.gave_up_high, 1),
                n=language.number(row.reached),
            )
            for row in table.itertuples()
        ],
        hoverinfo="text",
    )


def switches(result: Switching) -> go.Figure:
    """A heat map of devices: where the cart was left (down) and where it was paid (across)."""
    table = result.table
    if table.empty:
        return figures.blank()
    order = list(dict.fromkeys(table["left_on"]))
    told = table.assign(
        note=[_share_of(row) for row in table.itertuples()],
        hover=[figures.interval(row) for row in table.itertuples()],
    )
    across = [device for device in order if device in set(table["paid_on"])]
    parts = [
        told.pivot(index="left_on", columns="paid_on", values=column).reindex(index=order, columns=across)
        for column in ("share", "note", "hover")
    ]
    figure = figures.heat(*parts)
    figure.update_xaxes(title=_titled(_("paid on")))
    figure.update_yaxes(title=_titled(_("cart left on")))
    return figure


def _share_of(row) -> str:
    """What stands in a cell: the share, and how many of how many."""
    return _("{share}<br>{count} of {n}").format(
        share=language.percent(row.share), count=language.number(row.count), n=language.number(row.n)
    )


_COLOURS = {"to do": figures.ALERT, "cannot tell": figures.QUIET, "in order": _PAID}
_SIGNS = {"to do": "●", "cannot tell": "○", "in order": "■"}
_LINE, _WIDE, _STRIP = (
    19,
    34,
    62,
)  # pixels a line of text; signs that fit on a phone; pixels of the strip below


def verdicts(result: Rules) -> go.Figure:
    """A list of rules: a mark in the colour of the verdict, what is said, and below it the share measured.

    The text is as wide as a phone; the strips are as wide as there is room.
    """
    said = [_told(result, row) for row in result.table.itertuples()]
    strips = [_STRIP if result.measured(row.rule) else 24 for row in result.table.itertuples()]
    tall = [_LINE * (text.count("<br>") + 1) + strip for text, strip in zip(said, strips, strict=True)]
    tops = [sum(tall[:place]) for place in range(len(tall))]
    figure = figures.blank(
        height=sum(tall) + 40,
        xaxis={
            "tickformat": ",.0%",
            "rangemode": "tozero",
            "range": [0, _most(result)],
            "nticks": 6,
            "showgrid": False,
        },
        yaxis={"visible": False, "range": [sum(tall), 0]},
        showlegend=False,
        margin={"l": 16, "r": 16, "t": 8, "b": 32},
    )
    for row, text, top, high in zip(result.table.itertuples(), said, tops, tall, strict=True):
        figure.add_annotation(
            x=0, xref="paper", xshift=-12, y=top, text=text, showarrow=False, xanchor="left", yanchor="top",
            align="left", borderpad=0,
        )  # fmt: skip
        _strip(figure, result, row, top + high - 34)
    return figure


def _told(result: Rules, row) -> str:
    """The mark, the rule with its verdict, and the evidence, on lines that a phone has room for."""
    verdict, rule = (str(result.vocabulary.word(value)) for value in (row.verdict, row.rule))
    mark = f'<span style="color:{_COLOURS[row.verdict]}">{_SIGNS[row.verdict]}</span>'
    head = figures.wrapped(f"{rule}: {verdict}", _WIDE - 2)
    return f"{mark} <b>{head}</b><br>{figures.wrapped(result.evidence(row.rule), _WIDE + 4)}"


def _most(result: Rules) -> float:
    """How far the axis goes: past the highest share and its interval."""
    found = [one.high for rule in result.table["rule"] if (one := result.measured(rule))]
    beside = [one for rule in result.table["rule"] if (one := result.beside(rule)) is not None]
    return min(max([*found, *beside, 0.05]) * 1.12, 1.05)


def _strip(figure: go.Figure, result: Rules, row, y: float) -> None:
    """The share measured with its interval, and above it in grey what it is compared with."""
    found, beside = result.measured(row.rule), result.beside(row.rule)
    if found is None:
        return
    colour = _COLOURS[row.verdict]
    line = {"color": figures.LINE, "width": 1}
    figure.add_shape(type="line", x0=0, x1=1, xref="x domain", y0=y, y1=y, line=line, layer="below")
    if beside is not None:
        hover = _("compared with: {share}").format(share=language.percent(beside, 1))
        _dot(figure, beside, y, figures.QUIET, "circle-open", "top center", hover)
    ends = {"array": [found.high - found.value], "arrayminus": [found.value - found.low]}
    _dot(figure, found.value, y, colour, "circle", "bottom center", str(found))
    figure.data[-1].error_x = {**ends, "color": colour, "thickness": 2, "width": 5}


def _dot(figure: go.Figure, x: float, y: float, colour: str, sign: str, place: str, hover: str) -> None:
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers+text",
        marker={"color": colour, "symbol": sign, "size": 12, "line": {"width": 2, "color": colour}},
        text=[language.percent(x)],
        textposition=place,
        cliponaxis=False,
        hovertext=[hover],
        hoverinfo="text",
    )
