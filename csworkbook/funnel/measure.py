"""Where do visitors drop out, from their own visits?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.funnel import counting, pictures
from csworkbook.funnel.advice import advice
from csworkbook.funnel.choices import choices, labels
from csworkbook.funnel.drops import Drops, Money, drops, sells
from csworkbook.funnel.guards import Note, notes
from csworkbook.funnel.query import Question, asked
from csworkbook.funnel.wording import CHAPTER, VOCABULARY, lasting, many, said
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

_TOLD = 1  # notes that go before the answer; all are in the method


@question(mark("Where do visitors drop out?"), labels=labels, choices=choices)
def measure(
    events: Any,
    steps: Sequence | None = None,
    orders: pd.DataFrame | None = None,
    *,
    within: str | pd.Timedelta | None = None,
    by: str | None = None,
    per: str = "visitor",
    order: str = "ordered",
    ties: str = "later",
    exclude: object = None,
    since: object = None,
    until: object = None,
    gap: str = "30min",
    without_bots: bool = False,
    margin: float = 0.35,
    value_per_order: float = 0.0,
    currency: str = "EUR",
    zone: str = "UTC",
    seed: int = 0,
) -> Funnel:
    """How many visitors reach each step of a funnel, how long that takes, and where most are lost (handbook 4.2).

    A visitor reaches step k when some chain of steps 1…k, in this order, exists whose last step lies
    within the window after its first; the best chain over all starts counts.

    Parameters
    ----------
    events : DataFrame, ibis.Table, str or Path
        The canonical table (visitor_id, at, step, …) of any size.
    steps : sequence, optional
        Names of steps, several names of one step, or conditions on columns (``events.steps_of``). Without
        them the funnel that the log suggests (``events.usual``).
    orders : DataFrame, optional
        Tells what an order is worth.
    within : str or Timedelta, optional
        The window from the first step to the last, such as ``"7D"``; none by default.
    by : str, optional
        A column to split by: its value at the first step of the counted chain.
    per : str
        ``"visitor"``, ``"session"`` (after `gap` of silence a new one) or ``"customer"``.
    order : str
        ``"ordered"``, ``"strict"`` (no other event in between) or ``"any"``.
    ties : str
        ``"later"``: a step must be later than the one before; ``"allow"`` counts the same instant too.
    exclude : str or sequence, optional
        What must not lie between the first and the last step.
    since, until : date or timestamp, optional
        Only events between them count: a day is included, whole, by the clock of the shop's `zone`; at a
        moment with a clock time `until` ends.
    without_bots : bool
        Leave out visitors with a thousand events or more.
    margin : float
        Gross margin, share of revenue (0–1), for orders without one of their own.
    value_per_order : float
        Margin of an order in money; 0 = from the orders.

    Returns
    -------
    Funnel
        table: step, visitors, step_rate (of the step before; 1 at the first), low, high (of step_rate:
        Wilson), total_rate (of the first step), total_low, total_high, lost, median_minutes (from the
        start of the chain), q1_minutes, q3_minutes, entered (visitors of the step before). With `by`
        that column comes first, one block of rows per value, the largest first, and two more at the
        end: shrunk (step_rate drawn towards the whole) and small (fewer than 30 entered).

    Raises
    ------
    DataError
        When a column is missing, or nothing in the log could be a funnel.
    SettingError
        When a choice is not one of those above, or a date or length of time cannot be read.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"visitor_id": list("aab"), "step": ["cart", "paid", "cart"],
    ...                     "at": pd.date_range("2026-01-05", periods=3, freq="h", tz="UTC")})
    >>> measure(log, ["cart", "paid"]).table[["visitors", "step_rate"]].to_numpy().tolist()
    [[2.0, 1.0], [1.0, 0.5]]
    """
    query = asked(
        events, steps, within=within, by=by, per=per, order=order, ties=ties, exclude=exclude,
        since=since, until=until, gap=gap, without_bots=without_bots, zone=zone,
    )  # fmt: skip
    counts, times = query.followed.counts(), query.followed.times()
    whole = counting.table(counts, times, query.names, split=False)
    table = whole.drop(columns="by") if by is None else _split(counts, times, query)
    money = Money(orders, margin, value_per_order, currency)
    money.worth()  # what cannot be is said now, not when somebody looks at the text
    return Funnel(table, query, whole.drop(columns="by"), counts, money, seed)


def _split(counts: pd.DataFrame, times: pd.DataFrame, query: Question) -> pd.DataFrame:
    """One block of rows per value of the column, the largest first."""
    return counting.evened(counting.table(counts, times, query.names)).rename(columns={"by": query.asked_by})


@dataclass(frozen=True, eq=False)
class Funnel(Result):
    """A measured funnel.

    Attributes
    ----------
    query : Question
        What was asked.
    whole : DataFrame
        The funnel of all groups together, as `table` without a split.
    counts : DataFrame
        by, level (the furthest step), units: split by the column that was asked for, or else the device.
    money : Money
        What an order is worth, or where that can be found.
    """

    query: Question | None = None
    whole: pd.DataFrame | None = None
    counts: pd.DataFrame | None = None
    money: Money | None = None
    seed: int = 0
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @cached_property
    def drops(self) -> Drops:
        """The biggest drop, seen three ways."""
        query = self.query
        worth = self.money.worth(*query.span) if sells(query.steps[-1]) else None
        return drops(
            self.whole, self.counts, query.names, by=query.by, worth=worth, days=query.days,
            currency=self.money.currency, seed=self.seed, per=query.per,
        )  # fmt: skip

    @property
    def notes(self) -> list[Note]:
        """What is odd in the log, the gravest first, in the language spoken now."""
        spoken = language.current()
        if spoken not in self._notes:
            self._notes[spoken] = notes(self.query)
        return self._notes[spoken]

    @cached_property
    def _notes(self) -> dict[str, list[Note]]:
        return {}

    @property
    def columns(self) -> list[str]:
        """Shown: the split, the step, how many, the rates with their interval, lost, the median time."""
        split = [] if self.query.asked_by is None else [self.query.asked_by]
        return [
            *split,
            "step",
            "visitors",
            "step_rate",
            "low",
            "high",
            "total_rate",
            "lost",
            "median_minutes",
        ]

    def heads(self) -> list[str]:
        """The heads; what is counted is called what it is."""
        return [self._head(column) for column in self.columns]

    def _head(self, column: str) -> str:
        return (
            language.capital(many(self.query.per)) if column == "visitors" else self.vocabulary.head(column)
        )

    def cell(self, column: str, value: object) -> str:
        """A cell; times in the unit that fits, and a group or a step as people say it."""
        if column.endswith("_minutes"):
            return lasting(value) if value else "–"
        return said(value) if column in ("step", self.query.asked_by) else super().cell(column, value)

    def kinds(self) -> dict[str, str]:
        """As any result's; times are plain numbers of minutes in a spreadsheet."""
        return {self._head(column): self.vocabulary.sheet_kind(column) or "" for column in self.columns} | {
            self.vocabulary.head("median_minutes"): "number"
        }

    @cached_property
    def total(self) -> Estimate:
        """The share of the first step that reaches the last, with its interval."""
        return estimates.share(int(self.whole["visitors"].iloc[-1]), int(self.whole["visitors"].iloc[0]))

    @property
    def text(self) -> str:
        """What is wrong with the log, if anything is; the total; the three drops."""
        faults = [note.text for note in self.notes if note.grave][:_TOLD]
        first = self.whole.iloc[0]
        if not first["visitors"]:
            nobody = _("Nobody came to the first step, “{step}”.").format(step=said(first["step"]))
            return " ".join(filter(None, [nobody, self.query.days_said, *faults]))
        answer = [self._answer, *(self.drops.sentences if len(self.whole) > 1 else [])]
        if first["visitors"] < SMALL:
            answer = [self._answer, self._few]
        return " ".join([*answer[:1], *faults, *answer[1:]])

    @property
    def _answer(self) -> str:
        first, last = self.whole.iloc[0], self.whole.iloc[-1]
        n, who = language.number(first["visitors"]), many(self.query.per)
        if len(self.whole) == 1:
            return _("{n} {who} came to “{step}”; a second step makes it a funnel.").format(
                n=n, who=who, step=said(first["step"])
            )
        total = self.total
        return _(
            "Of {n} {who} at “{first}”, {m} came to “{last}”{window}: {share} ({low} to {high})."
        ).format(
            n=n,
            who=who,
            m=language.number(last["visitors"]),
            first=said(first["step"]),
            last=said(last["step"]),
            window=self.query.window,
            share=language.percent(total.value, 1),
            low=language.percent(total.low, 1),
            high=language.percent(total.high, 1),
        )

    @property
    def _few(self) -> str:
        return _("That is too few to say where they are lost: about {n} at the first step would do.").format(
            n=language.number(estimates.needed())
        )

    @property
    def method(self) -> str:
        """Formula, exclusions, n, and everything odd about the log."""
        parts = [
            _(
                "Somebody reaches a step when some chain of the steps up to it fits the choices made here (in this order, "
                "unless chosen otherwise); the best chain over all starts counts. Step rate = those who reach it ÷ those who "
                "reached the step before. Intervals: Wilson, 95%. Times run from the first step of the chain."
            ),
            *self.query.told,
            *([_("Groups of fewer than {least} are paler in the picture.").format(least=SMALL)]
              if self.query.asked_by else []),
            *self._compared,
            *(note.text for note in self.notes),
        ]  # fmt: skip
        return " ".join(parts)

    @property
    def _compared(self) -> list[str]:
        """What the three answers rest on."""
        if self.drops.found is None:
            return []
        said_ = _(
            "Best own group: the value of “{column}” with the highest rate, small groups drawn towards the whole. That "
            "others could do as well is an assumption, and groups may differ in more than this."
        ).format(column=said(self.query.by))
        worth = self.drops.worth
        return [
            said_,
            *([_("Assumed: {what}.").format(what=worth.said(self.drops.currency))] if worth else []),
        ]

    def plot(self) -> go.Figure:
        """Bars of the funnel with intervals; when split the rate of every step, one bar a group."""
        if self.query.asked_by is None or len(self.whole) < 2 or self.table.empty:
            return pictures.bars(self.whole, per=self.query.per)
        return pictures.groups(self.table, self.query.asked_by)

    def findings(self) -> list[Finding]:
        """Where most visitors are lost, or what has to be mended in the log first, or that there are too few."""
        if self.whole["visitors"].iloc[0] < SMALL:
            headline = _("There are too few {who} to say where they drop out.").format(
                who=many(self.query.per)
            )
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        faults = [note.finding() for note in self.notes if note.share is not None]
        return [*faults, *([self._lost()] if self.drops.people is not None else [])]

    def _lost(self) -> Finding:
        row = self.drops.people
        headline = _("Most {who} are lost between “{before}” and “{step}”: {share} do not come on.").format(
            who=many(self.query.per),
            before=said(row["before"]),
            step=said(row["step"]),
            share=language.percent(row["lost"] / row["entered"]),
        )
        gone = estimates.share(int(row["lost"]), int(row["entered"]))
        return Finding(CHAPTER, headline, gone, "funnel-example", advice(row["step"]))
