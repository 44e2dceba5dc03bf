"""How does the tree look? Goal at the left, its KPIs, their metrics; what misses its target stands out."""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from csworkbook import figures
from csworkbook.kpis import words
from csworkbook.kpis.definitions import DEFINITIONS
from csworkbook.kpis.targets import aimed
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.kpis.tree import GoalTree

# box and letters, by whether the target is reached
_COLOURS = {
    "yes": ("#007a5a", "#ffffff"),
    "no": (figures.ALERT, "#ffffff"),
    "cannot tell yet": ("#c9d1d8", figures.INK),
    "": ("#e8eef2", figures.INK),
}
_GOAL = (figures.ACCENT, "#ffffff")
_ROW = 74  # pixels a metric
_WIDTH = 17  # letters on a line


def tree(found: GoalTree) -> go.Figure:
    """The figure of a goal tree."""
    nodes = [_root(found), *_nodes(found)]
    figure = figures.blank(
        height=_ROW * sum(node["value"] for node in nodes if node["leaf"]) + 40,
        xaxis={"visible": False},
        yaxis={"visible": False},
        margin={"l": 0, "r": 0, "t": 4, "b": 36},
    )
    figure.add_icicle(
        ids=[node["id"] for node in nodes],
        labels=[node["label"] for node in nodes],
        parents=[node["parent"] for node in nodes],
        values=[node["value"] for node in nodes],
        branchvalues="total",
        sort=False,
        tiling={"orientation": "h", "pad": 3},
        pathbar={"visible": False},
        leaf={"opacity": 1},
        marker={
            "colors": [node["colours"][0] for node in nodes],
            "line": {"color": figures.PAPER, "width": 2},
        },
        textfont={"color": [node["colours"][1] for node in nodes], "size": 13},
        texttemplate="%{label}",
        hovertext=[node["hover"] for node in nodes],
        hoverinfo="text",
    )
    figure.add_annotation(
        text=_key(found), x=0, y=0, xref="paper", yref="paper", xanchor="left", yanchor="top", yshift=-6,
        showarrow=False, align="left", font={"size": 12, "color": figures.SOFT},
    )  # fmt: skip
    return figure


def _root(found: GoalTree) -> dict:
    leaves = int((found.table["level"] == "metric").sum())
    label = f"<b>{_lines(found.chosen.name)}</b>"
    hover = escape(found.chosen.name)
    return {
        "id": "goal",
        "label": label,
        "parent": "",
        "value": leaves,
        "colours": _GOAL,
        "hover": hover,
        "leaf": False,
    }


def _nodes(found: GoalTree) -> list[dict]:
    """A node for every KPI and for every metric under it."""
    rows = found.table[found.table["level"] != "beside"].to_dict("records")
    below = {kpi: sum(row["kpi"] == kpi for row in rows) - 1 for kpi in found.chosen.kpis}
    return [_node(row, found, below[row["kpi"]]) for row in rows]


def _node(row: dict, found: GoalTree, below: int) -> dict:
    known = DEFINITIONS[row["metric"]]
    top = row["level"] == "kpi"
    value = words.said(known, row["value"], found.currency)
    return {
        "id": row["kpi"] if top else f"{row['kpi']}/{row['metric']}",
        "label": f"{_lines(known.name)}<br><b>{escape(value)}</b>",
        "parent": "goal" if top else row["kpi"],
        "value": below if top else 1,
        "colours": _COLOURS[row["reached"]],
        "hover": _hover(known, row, found),
        "leaf": not top,
    }


def _hover(known, row: dict, found: GoalTree) -> str:
    lines = [known.name, words.interval(known, row, found.currency)]
    if row["target"] == row["target"]:
        lines.append(_("Target: {target}").format(target=aimed(known.id, row["target"], found.currency)))
    if row["signal"]:
        lines.append(words.words()[row["signal"]])
    return "<br>".join(escape(line) for line in lines)


def _key(found: GoalTree) -> str:
    """What the colours that occur mean."""
    said = {
        "yes": _("target reached"),
        "no": _("target missed"),
        "cannot tell yet": _("cannot tell yet"),
        "": _("no target"),
    }
    there = [state for state in said if (found.table["reached"] == state).any()]
    parts = [f'<span style="color:{_COLOURS[state][0]}">■</span> {escape(said[state])}' for state in there]
    return "   ".join(parts)


def _lines(text: str) -> str:
    return "<br>".join(escape(line, quote=False) for line in wrap(text, _WIDTH))
