"""The pictures of a workshop: single guesses as dots, customers with their interval beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import dimensions, evidence, figures, language
from csworkbook.language import gettext as _
from csworkbook.results import head
from csworkbook.workshop import middle

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from csworkbook.estimates import Estimate

_COLOURS = {"before": figures.ACCENT, "after": figures.ALERT, "customers": figures.INK}
_DOT = 13


def _names() -> dict[str, str]:
    return {
        "before": _("Our guesses"),
        "after": _("Our guesses, second time"),
        "customers": _("Our customers"),
        "handbook": _("In the handbook"),
    }


def beside(guesses: pd.DataFrame, customers: Estimate | None) -> go.Figure:
    """Guesses of a share, one dot a person, above the customers' share and that of the handbook's customers.

    `guesses` has the columns round, pair and superior (0–1). Dots of one value stand above each other;
    a thin line joins the two guesses of one person.
    """
    rounds = dict(middle.rounds(guesses))
    rows = [*rounds, *(["customers"] if customers else []), "handbook"]
    places = {name: len(rows) - 1 - place for place, name in enumerate(rows)}
    figure = figures.blank(
        height=130 + 95 * len(rows),
        showlegend=False,
        xaxis={"range": [-0.04, 1.04], "tickformat": ",.0%", "dtick": 0.25},
        yaxis=_labelled(places, rounds),
    )
    heights = {one: places[one] + heaped(part["superior"]) for one, part in rounds.items()}
    _joined(figure, rounds, heights)
    for one, part in rounds.items():
        _dots(figure, part["superior"], heights[one], one)
        _middle_line(figure, part["superior"].median(), places[one], one)
    if customers:
        _customers(figure, customers, places["customers"])
    _handbook(figure, places["handbook"])
    return figure


def heaped(values: pd.Series, wide: float = 0.02, most: float = 0.36) -> pd.Series:
    """How far up or down each dot goes so that near ones do not hide each other (the same every time).

    Values are put together in steps of `wide`; `most` is the farthest any goes.
    """
    steps = (values / wide).round()
    place = steps.groupby(steps).cumcount()
    size = steps.groupby(steps).transform("size")
    gap = min(0.11, 2 * most / max(size.max() - 1, 1))
    return (place - (size - 1) / 2) * gap


def _labelled(places: dict[str, int], rounds: dict[str, pd.DataFrame]) -> dict:
    """The axis of the rows: who, and how many guessed."""
    names = _names() | {one: _counted(one, len(part)) for one, part in rounds.items()}
    return {
        "tickvals": list(places.values()),
        "ticktext": [figures.wrapped(names[name], 16) for name in places],
        "range": [-0.55, len(places) - 0.4],
        "showgrid": False,
    }


def _dots(figure: go.Figure, shares: pd.Series, heights: pd.Series, one: str) -> None:
    figure.add_scatter(
        x=shares,
        y=heights,
        mode="markers",
        cliponaxis=False,
        marker={"color": _COLOURS[one], "size": _DOT, "opacity": 0.75},
        hovertext=[language.percent(share) for share in shares],
        hoverinfo="text",
    )


def _middle_line(figure: go.Figure, share: float, place: int, one: str) -> None:
    """The median as an upright line with its value above it."""
    line = {"color": _COLOURS[one], "width": 3}
    figure.add_shape(type="line", x0=share, x1=share, y0=place - 0.3, y1=place + 0.3, line=line)
    text = _("middle {share}").format(share=language.percent(share))
    figure.add_annotation(x=share, y=place + 0.42, text=text, **_words(_COLOURS[one]))


def _joined(figure: go.Figure, rounds: dict[str, pd.DataFrame], heights: dict[str, pd.Series]) -> None:
    """A thin line from the first to the second guess of everybody who made both."""
    if len(rounds) < 2:
        return
    first, second = (part.assign(height=heights[one]) for one, part in rounds.items())
    both = first.merge(second, on="pair", suffixes=("", "_then"))
    x = [x for row in both.itertuples() for x in (row.superior, row.superior_then, None)]
    y = [y for row in both.itertuples() for y in (row.height, row.height_then, None)]
    figure.add_scatter(x=x, y=y, mode="lines", line={"color": figures.LINE, "width": 2}, hoverinfo="skip")


def _customers(figure: go.Figure, share: Estimate, place: int) -> None:
    ends = {"array": [share.high - share.value], "arrayminus": [share.value - share.low]}
    figure.add_scatter(
        x=[share.value],
        y=[place],
        mode="markers",
        cliponaxis=False,
        marker={"color": figures.INK, "size": _DOT, "symbol": "square"},
        error_x={**ends, "color": figures.INK, "thickness": 3, "width": 8},
        hovertext=[str(share)],
        hoverinfo="text",
    )
    figure.add_annotation(x=share.value, y=place + 0.28, text=str(share), **_words(figures.INK))


def _handbook(figure: go.Figure, place: int) -> None:
    entry = evidence.get("customers-superior-8")
    line = {"width": 2, "color": figures.SOFT}
    figure.add_scatter(
        x=[entry.value],
        y=[place],
        mode="markers",
        cliponaxis=False,
        marker={"symbol": "diamond-open", "size": 14, "color": figures.SOFT, "line": line},
        hovertext=[entry.claim],
        hoverinfo="text",
    )
    text = _("customers {share}").format(share=language.percent(entry.value))
    figure.add_annotation(x=entry.value, y=place + 0.28, text=text, **_words(figures.SOFT))


def _words(colour: str) -> dict:
    return {"showarrow": False, "font": {"color": colour}, "yanchor": "middle"}


def per_dimension(guesses: pd.DataFrame, customers: dict[str, Estimate]) -> go.Figure:
    """Points guessed per dimension, one dot a person and a line at their mean, above the customers' mean.

    `guesses` has the columns round and the five dimensions (points).
    """
    rounds = dict(middle.rounds(guesses))
    names = dimensions.said()
    places = {name: len(names) - 1 - place for place, name in enumerate(names)}
    figure = figures.blank(
        height=150 + (110 if len(rounds) > 1 else 84) * len(names),
        legend=True,
        showlegend=True,
        xaxis={
            "rangemode": "tozero",
            "title": {"text": _("points of 100"), "standoff": 6, "font": {"size": 14}},
        },
        yaxis={
            "tickvals": list(places.values()),
            "ticktext": [figures.wrapped(name, 16) for name in names.values()],
            "range": [-0.55, len(names) - 0.4],
        },
    )
    lanes = dict(zip(rounds, (0.28, 0.0) if len(rounds) > 1 else (0.14,), strict=False))
    for one, part in rounds.items():
        _lane(figure, part, places, lanes[one], one)
    if customers:
        _customers_lane(figure, customers, places)
    return figure


def _lane(figure: go.Figure, part: pd.DataFrame, places: dict[str, int], up: float, one: str) -> None:
    """The dots of one round in the lanes of all dimensions, and a line at each mean."""
    x = [points for name in places for points in part[name]]
    y = [place + up + shift for name, place in places.items() for shift in heaped(part[name], 2, 0.11)]
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        cliponaxis=False,
        name=_counted(one, len(part)),
        marker={"color": _COLOURS[one], "size": 10, "opacity": 0.6},
        hovertext=[language.number(points) for points in x],
        hoverinfo="text",
    )
    figure.add_scatter(
        x=[part[name].mean() for name in places],
        y=[place + up for place in places.values()],
        mode="markers",
        cliponaxis=False,
        showlegend=False,
        marker={"symbol": "line-ns-open", "size": 24, "color": _COLOURS[one], "line": {"width": 3}},
        hovertext=[
            _("mean {points}").format(points=language.number(part[name].mean(), 1)) for name in places
        ],
        hoverinfo="text",
    )


def _customers_lane(figure: go.Figure, customers: dict[str, Estimate], places: dict[str, int]) -> None:
    values = [customers[name] for name in places]
    figure.add_scatter(
        x=[one.value for one in values],
        y=[place - 0.27 for place in places.values()],
        mode="markers",
        cliponaxis=False,
        name=_counted("customers", values[0].n),
        marker={"color": figures.INK, "size": 11, "symbol": "square"},
        error_x={
            "array": [one.high - one.value for one in values],
            "arrayminus": [one.value - one.low for one in values],
            "color": figures.INK,
            "thickness": 2,
            "width": 5,
        },
        hovertext=[str(one) for one in values],
        hoverinfo="text",
    )


def _counted(name: str, n: int) -> str:
    """Who, and how many; the number stays on one line."""
    return f"{_names()[name]} ({head('n')}\u00a0=\u00a0{language.number(n)})"


def named(table: pd.DataFrame) -> go.Figure:
    """How many people named each moment, as bars, one colour a round.

    `table` has the columns moment (as it is said), before and after (people).
    """
    rounds = [one for one in ("before", "after") if one in table]
    figure = figures.blank(
        height=110 + (58 if len(rounds) > 1 else 44) * max(len(table), 3),
        legend=len(rounds) > 1,
        showlegend=len(rounds) > 1,
        bargap=0.35,
        xaxis={"rangemode": "tozero", "tickformat": ",d", "showticklabels": False, "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False},
    )
    labels = [figures.wrapped(moment, 24) for moment in table["moment"]]
    for one in rounds:
        figure.add_bar(
            x=table[one],
            y=labels,
            orientation="h",
            name=_names()[one],
            marker={"color": _COLOURS[one]},
            text=[language.number(n) for n in table[one]],
            textposition="auto",
            textangle=0,
            hoverinfo="skip",
        )
    if rounds:
        figure.update_layout(legend={"traceorder": "normal"})
    return figure
