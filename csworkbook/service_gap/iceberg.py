"""The iceberg: those who complain above the water, the silent below it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from csworkbook import figures
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.service_gap.silent import SilentCustomers

_WATER = 0.70  # height of the water line
# outlines in a square of 1 × 1: the tip, and what lies below the water
_TIP = ((0.30, _WATER), (0.37, 0.80), (0.44, 0.93), (0.52, 0.985), (0.57, 0.90), (0.66, 0.81), (0.72, _WATER))
_BODY = (
    (0.30, _WATER), (0.72, _WATER), (0.90, 0.62), (0.97, 0.47), (0.91, 0.30), (0.76, 0.13), (0.52, 0.02),
    (0.28, 0.11), (0.10, 0.27), (0.03, 0.45), (0.09, 0.61),
)  # fmt: skip


def draw(result: SilentCustomers) -> go.Figure:
    """The iceberg with from and to at every step; money last, where it is known."""
    hidden = {"visible": False, "range": [0, 1]}
    figure = figures.blank(
        height=470,
        xaxis=hidden,
        yaxis={**hidden, "automargin": False},
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        shapes=[_water(), _ice(_BODY, figures.ANSWERS[2]), _ice(_TIP, figures.PAPER), _line()],
        annotations=_labels(result),
        showlegend=False,
    )
    labels = figure.layout.annotations
    figure.add_scatter(  # for reading by pointing
        x=[label.x for label in labels],
        y=[label.y for label in labels],
        mode="markers",
        marker={"opacity": 0, "size": 40},
        hovertext=_hover(result, len(labels)),
        hoverinfo="text",
    )
    return figure


def _water() -> dict:
    return {"type": "rect", "x0": 0, "x1": 1, "y0": 0, "y1": _WATER, "layer": "below",
            "line": {"width": 0}, "fillcolor": figures.ANSWERS[1], "opacity": 0.16}  # fmt: skip


def _line() -> dict:
    return {"type": "line", "x0": 0, "x1": 1, "y0": _WATER, "y1": _WATER,
            "line": {"color": figures.ANSWERS[1], "width": 2}}  # fmt: skip


def _ice(outline: tuple[tuple[float, float], ...], colour: str) -> dict:
    path = "M " + " L ".join(f"{x},{y}" for x, y in outline) + " Z"
    return {"type": "path", "path": path, "fillcolor": colour, "layer": "below",
            "line": {"color": figures.QUIET, "width": 1.5}}  # fmt: skip


def _labels(result: SilentCustomers) -> list[dict]:
    """What stands at each height of the iceberg: the range, and below it what it is."""
    asked = _("complain, in {days} days") if result.short else _("complain, a year")
    gone = _("margin gone, of less than a year") if result.partly else _("margin gone, a year")
    steps = [
        ("complaints", 0.775, asked.format(days=result.days)),
        ("silent", 0.59, _("dissatisfied, but silent")),
    ]
    steps += [("gone", 0.42, _("gone without a word"))]
    steps += [("money", 0.25, gone)] if result.each is not None else []
    return [_label(y, result.between(step), what) for step, y, what in steps]


def _label(y: float, ends: tuple[str, str], what: str) -> dict:
    said = _("{low} to {high}").format(low=ends[0], high=ends[1])
    return {
        "x": 0.51,
        "y": y,
        "text": f"<b>{escape(said)}</b><br>{escape(what)}",
        "showarrow": False,
        "font": {"color": figures.INK, "size": 14},
    }


def _hover(result: SilentCustomers, n: int) -> list[str]:
    rests = [_("your data"), _("your data × an assumption"), _("your data × two assumptions")]
    rests += [_("your data × two assumptions × margin per customer")]
    return rests[:n]
