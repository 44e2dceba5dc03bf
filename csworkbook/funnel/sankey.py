"""A picture of where visitors went next: from one step over one, two or three next pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import figures, language
from csworkbook.funnel.terms import said
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_SOFT = "rgba(11,92,122,.22)"
_GONE = "rgba(138,151,163,.30)"


def sankey(paths: pd.DataFrame, start: str, *, depth: int, left: str = "left") -> go.Figure:
    """The paths as bands, each as wide as its share of the visitors.

    Parameters
    ----------
    paths : DataFrame
        next_1 … next_`depth`, units: how many went each way. Who has left goes no further.
    start : str
        The step they all come from.
    depth : int
        How many next pages are drawn.
    """
    figure = figures.blank(height=figures.HEIGHT + 40, xaxis={"visible": False}, yaxis={"visible": False})
    if paths.empty:
        return figure
    nodes, links = _parts(paths, start, depth, left)
    whole = paths["units"].sum()
    places = {node: number for number, node in enumerate(nodes)}
    figure.add_sankey(
        arrangement="snap",
        node={
            "label": [
                f"{figures.label_of(said(name))} {language.percent(n / whole)}"
                for (_d, name), n in nodes.items()
            ],
            "color": [figures.QUIET if name == left else figures.ACCENT for _d, name in nodes],
            "align": "left",
            "pad": 14,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": [places[a] for a, _b in links],
            "target": [places[b] for _a, b in links],
            "value": list(links.values()),
            "color": [_GONE if b[1] == left else _SOFT for _a, b in links],
            "customdata": [_band(a[1], b[1], n, whole) for (a, b), n in links.items()],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    return figure


def _parts(paths: pd.DataFrame, start: str, depth: int, left: str) -> tuple[dict, dict]:
    """How many stood at each (depth, page), and how many went from one to the next."""
    nodes: dict[tuple[int, str], int] = {(0, start): int(paths["units"].sum())}
    links: dict[tuple[tuple, tuple], int] = {}
    here = paths.assign(next_0=start)
    for number in range(1, depth + 1):
        here = here[here[f"next_{number - 1}"] != left]
        steps = here.groupby([f"next_{number - 1}", f"next_{number}"], sort=False)["units"].sum()
        for (one, two), n in steps.sort_values(ascending=False, kind="stable").items():
            links[(number - 1, one), (number, two)] = int(n)
            nodes[number, two] = nodes.get((number, two), 0) + int(n)
    return nodes, links


def _band(one: str, two: str, n: int, whole: int) -> str:
    return _("{one} → {two}: {n} visitors ({share} of those who dropped out)").format(
        one=figures.label_of(said(one)),
        two=figures.label_of(said(two)),
        n=language.number(n),
        share=language.percent(n / whole, 1),
    )
