"""Who ordered again, by effort and by recommendation: two small groups of bars, one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csworkbook import figures, language
from csworkbook.kpis.foretelling_result import GROUPS, answers
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_COLOURS = (figures.ANSWERS[1], figures.QUIET, figures.ANSWERS[3])
_GAP = 0.3  # between the groups, part of the height: names and a title stand there


def bars(shares: pd.DataFrame) -> go.Figure:
    """Bars with their intervals; `shares` is that of `Foretold`."""
    parts = [shares[shares["measure"] == name] for name in GROUPS]
    parts = [part for part in parts if part["n"].sum()]
    titles = {"hardest": _("Ordered again, by effort"), "groups": _("Ordered again, by recommendation")}
    high = (1 - _GAP * (len(parts) - 1)) / len(parts)
    highest = max(float(part.loc[part["n"] > 0, "high"].max()) for part in parts)
    axes = {}
    for place in range(len(parts)):
        start = (len(parts) - 1 - place) * (high + _GAP)
        number = "" if not place else place + 1
        axes[f"xaxis{number}"] = {
            "anchor": f"y{number}", "showgrid": False, "fixedrange": True, "automargin": True, "tickangle": 0,
        }  # fmt: skip
        axes[f"yaxis{number}"] = {
            "anchor": f"x{number}", "domain": [start, start + high], "tickformat": ",.0%", "fixedrange": True,
            "automargin": True, "gridcolor": figures.LINE, "range": [0, min(highest * 1.15, 1.05)], "nticks": 4,
        }  # fmt: skip
    figure = figures.blank(
        80 + 210 * len(parts),
        showlegend=False,
        bargap=0.5,
        margin={"l": 8, "r": 12, "t": 36, "b": 8},
        **axes,
    )
    for place, part in enumerate(parts):
        _group(figure, part, place, titles[part["measure"].iloc[0]])
    return figure


def _group(figure: go.Figure, part: pd.DataFrame, place: int, title: str) -> None:
    names = answers(part["measure"].iloc[0])
    rows = part.set_index("answer").loc[list(names)].reset_index()
    number = "" if not place else place + 1
    here = (rows["n"] > 0).to_numpy()
    share, n = rows["share"].to_numpy(float), rows["n"].to_numpy()
    ends = {"array": rows["high"].to_numpy() - share, "arrayminus": share - rows["low"].to_numpy()}
    figure.add_bar(
        x=[_tick(names[answer], n) for answer, n in zip(rows["answer"], n, strict=True)],
        y=np.where(here, share, 0.0),
        marker={"color": _COLOURS},
        error_y={side: np.where(here, gap, 0.0) for side, gap in ends.items()}
        | {"color": figures.SOFT, "thickness": 1.5, "width": 4},
        text=[language.percent(one) if there else "–" for one, there in zip(share, here, strict=True)],
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        textfont={"color": ["#ffffff", figures.INK, "#ffffff"]},
        hovertext=[figures.interval(row) if row.n else "" for row in rows.itertuples()],
        hoverinfo="text",
        xaxis=f"x{number}",
        yaxis=f"y{number}",
    )
    figure.add_annotation(
        x=0, y=1.04, xref="paper", yref=f"y{number} domain", showarrow=False, align="left", text=title,
        xanchor="left", yanchor="bottom", font={"size": 13, "color": figures.SOFT},
    )  # fmt: skip


def _tick(name: str, n: int) -> str:
    size = _("n = {n}").format(n=language.number(int(n)))
    return f"{figures.wrapped(name, 13)}<br>{size}"
