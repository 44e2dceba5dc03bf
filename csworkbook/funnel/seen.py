"""Which steps does a log hold, how often, since when, and in which order do visitors take them?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from csworkbook import events as engine
from csworkbook import figures, language
from csworkbook.events.habits import daily, first_order, remembered
from csworkbook.events.proposed import ROLES, Usual, role_of, usual, words
from csworkbook.funnel.guards import Note, about_log
from csworkbook.funnel.wording import VOCABULARY, said
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

_ORDERED = 12  # names whose order is worked out: those of most visitors


@question(mark("Which steps does your log hold?"))
def steps_seen(events: Any, *, zone: str = "UTC") -> StepsSeen:
    """The names in a log, so that somebody can choose the steps of a funnel.

    Parameters
    ----------
    events : DataFrame, ibis.Table, str or Path
        The canonical table.
    zone : str
        The shop's time zone, for days.

    Returns
    -------
    StepsSeen
        table: step, role (what it is known as: home, search, product, cart, checkout, delivery, payment,
        paid, support; "" where not known), events, visitors, reach (share of all visitors, 0–1),
        first_at, last_at (in `zone`), place (in the order in which visitors first do the twelve names of
        most visitors; empty for the others), proposed (whether the usual funnel has it); the names of
        most visitors first.

    Raises
    ------
    DataError
        When a required column is missing.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"visitor_id": list("aab"), "step": ["cart", "paid", "cart"],
    ...                     "at": pd.date_range("2026-01-05", periods=3, freq="h", tz="UTC")})
    >>> steps_seen(log).table[["step", "visitors", "place"]].to_numpy().tolist()
    [['cart', 2, 1], ['paid', 1, 2]]
    """
    health = remembered(events, "health", lambda: engine.health(events))
    seen = health.seen.sort_values(["visitors", "step"], ascending=[False, True], kind="stable")
    table = seen[["step", "events", "visitors", "first_at", "last_at"]].reset_index(drop=True)
    table.insert(1, "role", [_role(name) for name in table["step"]])
    table["reach"] = table["visitors"] / max(health.visitors, 1)
    table["first_at"], table["last_at"] = (table[one].dt.tz_convert(zone) for one in ("first_at", "last_at"))
    steps = [engine.Step.of(name) for name in table["step"].head(_ORDERED)]
    order = first_order(events, steps) if len(steps) > 1 else None
    fitting = range(len(steps)) if order is None else order.fitting()
    places = {steps[one].name: place for place, one in enumerate(fitting, 1)}
    table["place"] = table["step"].map(places).astype("Int64")
    proposed = usual(events)
    chosen = {str(name) for step in proposed for name in step.where["step"]}
    table["proposed"] = table["step"].isin(chosen)
    days = daily(events, steps).set_axis([step.name for step in steps], axis=1)
    return StepsSeen(table, health, proposed, days)


def _role(name: str) -> str:
    return role_of(name) if role_of(name) in ROLES else ""


@dataclass(frozen=True, eq=False)
class StepsSeen(Result):
    """The names in a log; `proposed` are the steps of the funnel they suggest, `days` events per day and name."""

    health: engine.Health | None = None
    proposed: Usual = ()
    days: pd.DataFrame | None = None
    shown: ClassVar[tuple[str, ...]] = (
        "step", "role", "events", "visitors", "reach", "first_at", "last_at", "place", "proposed",
    )  # fmt: skip
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    def cell(self, column: str, value: object) -> str:
        """A cell; a name stays as the log has it, since that is what has to be typed."""
        if column == "step":
            return str(value)
        if column == "role":
            return said(value) if value else "–"
        if column == "place":
            return "–" if pd.isna(value) else language.number(int(value))
        return super().cell(column, value)

    @cached_property
    def names(self) -> list[str]:
        """The names of the proposed steps, in order."""
        return [step.name for step in self.proposed]

    @property
    def notes(self) -> list[Note]:
        """What is odd in the log, whatever the steps."""
        return about_log(self.health, self.days)

    @property
    def text(self) -> str:
        """How much there is, which funnel fits, and what is odd."""
        if self.table.empty:
            return _("There are no events yet that name a visitor, a time and a step.")
        first, last = (self.table[one].agg(how) for one, how in (("first_at", "min"), ("last_at", "max")))
        much = _(
            "Your log holds {events} events of {visitors} visitors, from {first} to {last}, with {n} names of steps."
        )
        answer = much.format(
            events=language.number(self.health.rows),
            visitors=language.number(self.health.visitors),
            first=language.day(first),
            last=language.day(last),
            n=language.number(len(self.table)),
        )
        return " ".join([answer, self._fits, *(note.text for note in self.notes[:2])])

    @property
    def _fits(self) -> str:
        if len(self.names) < 2:
            return _("That is too little for a funnel, which needs two steps.")
        steps = " → ".join(said(name) for name in self.names)
        if not self.proposed.known:
            return _(
                "This workbook knows none of these names; the most frequent ones, in the order in which visitors first do "
                "them: {steps}."
            ).format(steps=steps)
        return _("The longest funnel that fits: {steps}.").format(steps=steps)

    @property
    def method(self) -> str:
        """What a visitor, a place and a proposal are, and what is odd."""
        said_ = _(
            "Visitors: different visitors with that name. Place: names in the order in which visitors do them for the first "
            "time (of two names the one that comes first with most), for the {n} names of most visitors. A name that fewer "
            "than half of the visitors of the next step did before it is left out of the proposal."
        ).format(n=_ORDERED)
        known = _("Known names: {roles}.").format(roles=join(list(words().values())))
        return " ".join([said_, known, *(note.text for note in self.notes)])

    @staticmethod
    def _called(rows: pd.DataFrame) -> list[str]:
        """What the names are known as; the name itself beside it where several are known as the same."""
        known = rows["role"].where(rows["role"] != "", None)
        several = known.duplicated(keep=False)
        return [
            str(row.step) if not row.role else f"{said(row.role)} ({row.step})" if more else said(row.role)
            for row, more in zip(rows.itertuples(), several, strict=True)
        ]

    def plot(self) -> go.Figure:
        """Visitors per name, the proposed steps darker."""
        rows = self.table.head(_ORDERED).iloc[::-1]
        called = self._called(rows)
        figure = figures.blank(height=max(240, 90 + 34 * len(rows)), xaxis={"tickformat": ",.0f"})
        figure.add_bar(
            x=rows["visitors"],
            y=list(range(len(rows))),
            orientation="h",
            marker={"color": [figures.ACCENT if one else figures.QUIET for one in rows["proposed"]]},
            hovertext=[
                f"{figures.label_of(name)}: {language.number(n)}"
                for name, n in zip(called, rows["visitors"], strict=True)
            ],
            hoverinfo="text",
        )
        labels = [figures.wrapped(name, 20) for name in called]
        figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=labels, showgrid=False)
        return figure
