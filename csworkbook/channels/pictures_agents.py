"""How does it look who is good at what, and who would do what?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import figures, language
from csworkbook.channels import agent_words
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.channels.abilities_result import Skills
    from csworkbook.channels.routes_result import Routing

_COLUMNS, _PEOPLE = 12, 25  # kinds of work and people that a picture can hold
_FAINT = 0.05  # differences this large have the full colour; smaller ones stay pale
_SCALE = [[0.0, figures.ALERT], [0.5, "#f4f6f7"], [1.0, "#2c79ad"]]


def heat(result: Skills) -> go.Figure:
    """People by kinds of work: blue where somebody does better than the colleagues, orange where less well."""
    table = result.table.assign(
        kind=[agent_words.kind_said(row, result.by) for _i, row in result.table.iterrows()]
    )
    kinds = table.groupby("kind")["n"].sum().sort_values(ascending=False).index[:_COLUMNS]
    people = table.groupby("agent")["n"].sum().sort_values(ascending=False, kind="stable").index[:_PEOPLE]
    sign = -1 if result.measure == "minutes" else 1
    apart = np.log(table["ratio"]) if result.measure == "minutes" else table["difference"]
    table = table.assign(apart=sign * apart, note=_notes(result), hover=_hovers(result))
    return _heat(*(
        table.pivot(index="agent", columns="kind", values=one).reindex(index=sorted(people), columns=kinds)
        for one in ("apart", "note", "hover")
    ))  # fmt: skip


def _notes(result: Skills) -> list[str]:
    rows = zip(result.table[result.value], result.table["verdict"], strict=True)
    marked = {"better": " ▲", "worse": " ▼"}
    one = language.percent if result.measure != "minutes" else lambda value: language.number(value, 1)
    return [one(value) + marked.get(verdict, "") for value, verdict in rows]


def _hovers(result: Skills) -> list[str]:
    said = _("{agent}, {kind}: {value} ({low} to {high}), n = {n}")
    return [
        said.format(
            agent=figures.label_of(row["agent"]),
            kind=figures.label_of(agent_words.kind_said(row, result.by)),
            value=agent_words.value_said(result.measure, row[result.value]),
            low=agent_words.value_said(result.measure, row["low"]),
            high=agent_words.value_said(result.measure, row["high"]),
            n=language.number(row["n"]),
        )
        for _i, row in result.table.iterrows()
    ]


def _heat(apart: pd.DataFrame, notes: pd.DataFrame, hover: pd.DataFrame) -> go.Figure:
    figure = figures.blank(
        height=max(figures.HEIGHT, 150 + 38 * len(apart)),
        yaxis={"autorange": "reversed", "showgrid": False},
        xaxis={"side": "top", "showgrid": False},
    )
    widest = float(np.nanmax(np.abs(apart.to_numpy(float)))) if apart.notna().any(axis=None) else 0.0
    figure.add_heatmap(
        z=apart.to_numpy(float),
        x=[figures.wrapped(str(kind), 12) for kind in apart.columns],
        y=[figures.label_of(agent) for agent in apart.index],
        text=notes.fillna("").to_numpy(),
        texttemplate="%{text}",
        hovertext=hover.fillna("").to_numpy(),
        hoverinfo="text",
        colorscale=_SCALE,
        zmin=-max(widest, _FAINT),
        zmax=max(widest, _FAINT),
        showscale=False,
        xgap=3,
        ygap=3,
    )
    return figure


def division(result: Routing) -> go.Figure:
    """Contacts a week per person and kind of work, now (light) and as proposed (dark), where it changes."""
    table = result.table[result.table["change"].abs() >= 0.05]
    table = (table if len(table) else result.table).head(_COLUMNS)
    said = [
        figures.wrapped(f"{row['agent']}: {agent_words.kind_said(row, result.by)}", 22)
        for _i, row in table.iterrows()
    ]
    figure = figures.blank(
        height=max(figures.HEIGHT, 130 + 40 * len(table)),
        legend=True,
        barmode="group",
        bargap=0.3,
        xaxis={
            "title": {"text": _("Contacts a week"), "font": {"size": 13}},
            "tickformat": ",.0f"
            if table[["now", "proposed"]].to_numpy(float).max(initial=0.0) > 5
            else ",.1f",
            "nticks": 5,
        },
        yaxis={"autorange": "reversed", "showgrid": False},
    )
    for column, name, colour in (
        ("now", _("now"), figures.QUIET),
        ("proposed", _("proposed"), figures.ACCENT),
    ):
        figure.add_bar(
            y=said,
            x=table[column],
            name=name,
            orientation="h",
            marker={"color": colour},
            hovertext=[language.number(value, 1) for value in table[column]],
            hoverinfo="text+name",
        )
    return figure
