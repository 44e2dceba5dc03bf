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
        said = str(result.vocabulary.word(stage))
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
        _gave_up(figure, table[table["gave_up"].notna()], places)
    figure.update_layout(showlegend=True, margin={"b": figures.LEGEND})
    figure.update_xaxes(rangemode="tozero")
    return figure


def _gave_up(figure: go.Figure, table: pd.DataFrame, places: list[str]) -> None:
    """Squares just below: who gave up at payment."""
    figure.add_scatter(
        x=table["gave_up"],
        y=[places.index(name) - 0.22 for name in table["name"]],
        mode="markers",
        name=_("gave up at payment"),
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


def verdicts(result: Rules) -> go.Figure:
    """One line a rule: a dot in the colour of its verdict, its name and what is measured."""
    colours = {"to do": figures.ALERT, "cannot tell": figures.QUIET, "in order": _PAID}
    signs = {"to do": "circle", "cannot tell": "circle-open", "in order": "square"}
    table = result.table
    figure = figures.blank(
        height=110 + 110 * len(table),
        xaxis={"visible": False, "range": [0, 1]},
        yaxis={"visible": False, "range": [len(table) - 0.5, -0.5]},
        showlegend=False,
    )
    figure.add_scatter(
        x=[0.04] * len(table),
        y=list(range(len(table))),
        mode="markers",
        marker={
            "color": [colours[v] for v in table["verdict"]],
            "symbol": [signs[v] for v in table["verdict"]],
            "size": 26,
            "line": {"width": [4 if v == "cannot tell" else 0 for v in table["verdict"]]},
        },
        hovertext=[str(result.vocabulary.word(v)) for v in table["verdict"]],
        hoverinfo="text",
    )
    for place, row in enumerate(table.itertuples()):
        verdict, rule = (str(result.vocabulary.word(value)) for value in (row.verdict, row.rule))
        said = f"<b>{figures.wrapped(f'{rule}: {verdict}', 36)}</b><br>"
        figure.add_annotation(
            x=0.1,
            y=place,
            text=said + figures.wrapped(result.evidence(row.rule), 42),
            showarrow=False,
            xanchor="left",
            align="left",
        )
    return figure
