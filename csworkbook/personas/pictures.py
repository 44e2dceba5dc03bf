"""The pictures of the personas themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csworkbook import figures
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.personas.grouping import Personas


def sizes(found: Personas) -> go.Figure:
    """Per persona its share of the customers and of the revenue, with their intervals."""
    ends = {
        "customers": ("share", "share_low", "share_high"),
        "revenue": ("revenue_share", "revenue_low", "revenue_high"),
    }
    said = {"customers": _("of customers"), "revenue": _("of revenue")}
    parts = [
        pd.DataFrame(
            {
                "name": found.names,
                "of": said[kind],
                **{
                    new: found.table[old].to_numpy()
                    for new, old in zip(("share", "low", "high"), columns, strict=True)
                },
                "n": len(found.labels),
            }
        )
        for kind, columns in ends.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    figure = figures.dots(table[table["share"].notna()], label="name", group="of")
    return figure.update_xaxes(rangemode="tozero")


def trials(table: pd.DataFrame) -> go.Figure:
    """How clear each number of groups would be, beside what chance gives."""
    figure = figures.blank(legend=True)
    if table is None or not len(table):
        return figure
    for column, name, colour in (
        ("silhouette", _("your customers"), figures.ANSWERS[1]),
        ("silhouette_chance", _("the most that chance gives"), figures.ANSWERS[3]),
    ):
        figure.add_scatter(
            x=table["k"], y=table[column], name=name, mode="lines+markers", line={"color": colour}
        )
    figure.update_xaxes(title=_("number of groups"), dtick=1)
    figure.update_yaxes(title=_("how clear the groups are"), rangemode="tozero")
    return figure
