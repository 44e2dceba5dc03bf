"""What does an audit look like? One bar a part: in order, partly, not, and what does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import figures
from csworkbook.language import gettext as _
from csworkbook.language import number

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.audits.rounds import Round
    from csworkbook.audits.scored import Audit

_COLOURS = {
    "good": "#2c79ad",
    "partly": "#e3b778",
    "bad": figures.ALERT,
    "na": "#c9d1d8",
    "open": "#eceff2",
}
_ON = {"good": "#ffffff", "partly": figures.INK, "bad": "#ffffff", "na": figures.INK, "open": figures.INK}


def states() -> dict[str, str]:
    """What a question can be, and how that is said, in the order of the bar."""
    return {
        "good": _("in order"),
        "partly": _("partly"),
        "bad": _("not in order"),
        "na": _("does not apply"),
        "open": _("still open"),
    }


def parts(audit: Audit) -> go.Figure:
    """How many questions of each part are in order; with an earlier round two bars a part."""
    rows = _rows(audit)
    figure = figures.blank(
        height=max(300, 190 + 46 * len(rows)),
        legend=True,
        barmode="stack",
        bargap=0.35,
        uniformtext=figures.FITTING,
        xaxis={"showticklabels": False, "showgrid": False, "linewidth": 0},
        yaxis={"showgrid": False, "linewidth": 0, "autorange": "reversed"},
    )
    figure.layout.legend.traceorder = "normal"
    for one, said in states().items():
        counts = [counted.get(one, 0) for _label, counted in rows]
        if not any(counts):
            continue
        figure.add_bar(
            y=[figures.wrapped(label, 24) for label, _counted in rows],
            x=counts,
            orientation="h",
            name=said,
            marker={"color": _COLOURS[one]},
            text=[number(n) if n else "" for n in counts],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": _ON[one]},
            hovertext=[f"{figures.label_of(said)}: {number(n)}" for n in counts],
            hoverinfo="text",
        )
    return figure


def _rows(audit: Audit) -> list[tuple[str, dict[str, int]]]:
    """The label and the counts of every bar, top first."""
    from csworkbook.audits.told import day

    groups = {item.group for item in audit.checklist.items}
    named = [(id, name) for id, name in audit.checklist.groups.items() if id in groups]
    named += [("", _("the rest") if named else audit.checklist.title)] if "" in groups else []
    earlier = [(audit.earlier, day(audit.earlier.began_at, audit.zone))] if audit.earlier else []
    shown = [*earlier, (audit.round, _("now") if earlier else "")]
    return [
        (f"{name} ({when})" if when else name, _counts(audit, group, round))
        for group, name in named
        for round, when in shown
    ]


def _counts(audit: Audit, group: str, round: Round) -> dict[str, int]:
    from csworkbook.audits.scored import state

    counts = dict.fromkeys(states(), 0)
    for item in audit.checklist.items:
        if item.group == group:
            counts[state(item, round.answer(item.id).answer)] += 1
    return counts
