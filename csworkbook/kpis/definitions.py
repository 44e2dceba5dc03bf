"""Which figures does the handbook follow, how exactly is each counted, and what does it serve?

Section 4.8 names ten metrics and four KPIs. Its formulas stand where it gives them; where its words leave a
choice, the choice is said here and can be switched (`rated`, `middle`, `hours`). Two figures stand beside them:
what existing customers buy after a conversation (in the handbook's own dashboard), and who was satisfied.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.kpis.charts import Kind
from csworkbook.language import gettext as _

Unit = Literal["share", "count", "minutes", "score", "money", "points"]


@dataclass(frozen=True)
class Definition:
    """What a figure is.

    Attributes
    ----------
    id : str
    kind : {"metric", "kpi", "beside"}
        One of the handbook's ten, one of its four, or neither.
    chart : {"p", "u", "xmr"}
        The control chart that fits it.
    unit : {"share", "count", "minutes", "score", "money", "points"}
        "points" runs from -1 to 1 (NPS).
    better : int
        1: higher is better, -1: lower is, 0: neither by itself.
    group : {"input", "output", "customer"}
        The handbook's three groups: what interactions cost, what they bring, what the customer notices.
    aim : {"acquisition", "retention", "efficiency"}
        What it serves; a choice of ours, since the handbook names the three aims only.
    needs : tuple of str
        Tables and columns ("contacts.kind") without which it cannot be told.
    """

    id: str
    kind: Literal["metric", "kpi", "beside"]
    chart: Kind
    unit: Unit
    better: int
    group: Literal["input", "output", "customer"]
    aim: Literal["acquisition", "retention", "efficiency"]
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called, in the language spoken now."""
        return names()[self.id]

    @property
    def logs(self) -> bool:
        """Whether its control limits are those of logarithms: times and money cannot be below zero."""
        return self.chart == "xmr" and self.unit in ("minutes", "money")

    def say(self, value: float, currency: str = "EUR") -> str:
        """A value as people write it."""
        if value != value:
            return "–"
        if self.unit == "share":
            return language.percent(value, 1)
        if self.unit == "minutes":
            return spell(value)
        if self.unit == "money":
            return language.money(value, currency, 2)
        if self.unit == "points":
            return language.number(value * 100)
        return language.number(value, 2 if self.unit == "score" else 0)


DEFINITIONS: dict[str, Definition] = {
    one.id: one
    for one in (
        Definition("churn", "metric", "p", "share", -1, "output", "retention", ("orders",)),
        Definition(
            "contacts", "metric", "u", "count", 0, "input", "efficiency", ("contacts",)
        ),
        Definition(
            "reply", "metric", "xmr", "minutes", -1, "customer", "acquisition", ("contacts.replied_at",)
        ),
        Definition(
            "resolved", "metric", "p", "share", 1, "customer", "efficiency", ("contacts",)
        ),
        Definition("next_avoided", "metric", "p", "share", 1, "customer", "efficiency", ("contacts",)),
        Definition("effort", "metric", "p", "share", -1, "customer", "retention", ("effort_survey",)),
        Definition(
            "friendliness", "metric", "xmr", "score", 1, "customer", "retention",
            ("contacts.friendliness",),
        ),
        Definition(
            "knowledge", "metric", "xmr", "score", 1, "customer", "acquisition",
            ("contacts.knowledge",),
        ),
        Definition("cost_to_resolution", "metric", "xmr", "money", -1, "input", "efficiency", ("contacts",)),
        Definition(
            "nps", "metric", "xmr", "points", 1, "customer", "retention", ("effort_survey.recommend",)
        ),
        Definition("complaining", "kpi", "p", "share", -1, "customer", "retention", ("contacts.kind",)),
        Definition("first_contact", "kpi", "p", "share", 1, "customer", "efficiency", ("contacts",)),
        Definition("very_friendly", "kpi", "p", "share", 1, "customer", "retention", ("contacts.friendliness",)),
        Definition("acquisition", "kpi", "p", "share", 1, "output", "acquisition", ("contacts", "orders")),
        Definition("retention", "beside", "p", "share", 1, "output", "retention", ("contacts", "orders")),
        Definition("satisfied", "beside", "p", "share", 1, "customer", "retention", ("contacts.satisfied",)),
    )
}  # fmt: skip
METRICS = tuple(one.id for one in DEFINITIONS.values() if one.kind == "metric")
KPIS = tuple(one.id for one in DEFINITIONS.values() if one.kind == "kpi")
AIMS = ("acquisition", "retention", "efficiency")
GROUPS = ("input", "output", "customer")


@dataclass(frozen=True)
class Choices:
    """Where the handbook's words leave a choice, what was chosen.

    Attributes
    ----------
    rated : {"all", "rated"}
        Very friendly, of all interactions (as the handbook's formula says) or of those rated. The same
        switch takes acquisition and retention after a conversation: of all interactions, or of those with
        new (existing) customers.
    middle : {"median", "mean"}
        Of the time to the first reply.
    hours : {"open", "clock"}
        Reply times within opening hours, or by the clock.
    within : str
        How long after a contact another one, or an order, counts.
    after : str
        After how long without a purchase a customer counts as gone.
    """

    rated: str = "all"
    middle: str = "median"
    hours: str = "open"
    within: str = "14D"
    after: str = "90D"

    def require(self) -> None:
        """Raise a SettingError for a choice that there is not."""
        for value, allowed in (
            (self.rated, ("all", "rated")),
            (self.middle, ("median", "mean")),
            (self.hours, ("open", "clock")),
        ):
            one_of(value, allowed)

    @cached_property
    def days(self) -> int:
        """`within` in days."""
        from csworkbook.repeats import duration

        return duration(self.within).days

    @cached_property
    def silent(self) -> int:
        """`after` in days."""
        from csworkbook.repeats import duration

        return duration(self.after).days


def one_of(value: str, allowed: tuple[str, ...]) -> None:
    """Raise a SettingError naming what is allowed, when `value` is something else."""
    if value not in allowed:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=value),
            allowed=_("Possible: {columns}.").format(columns=language.join(list(allowed))),
        )


def names() -> dict[str, str]:
    """What each figure is called, in the language spoken now."""
    return {
        "churn": _("Customers lost"),
        "contacts": _("Contacts"),
        "reply": _("Time to the first reply"),
        "resolved": _("Contacts solved at once"),
        "next_avoided": _("Next question avoided"),
        "effort": _("Far too much effort"),
        "friendliness": _("Friendliness"),
        "knowledge": _("Knowledge"),
        "cost_to_resolution": _("Cost to resolution"),
        "nps": _("Net promoter score"),
        "complaining": _("Customers who complain"),
        "first_contact": _("Customers helped at first contact"),
        "very_friendly": _("“Very friendly” conversations"),
        "acquisition": _("New customers after a conversation"),
        "retention": _("Existing customers who buy after a conversation"),
        "satisfied": _("Satisfied customers"),
    }


def formula(metric: str, choices: Choices = Choices()) -> str:
    """How a figure is worked out under these choices, in one line.

    >>> formula("complaining")
    'customers with a complaint ÷ customers with a service contact'
    """
    return _formulas(choices)[metric].format(days=choices.days, silent=choices.silent)


def _formulas(choices: Choices) -> dict[str, str]:
    rated = choices.rated == "rated"
    return {
        "churn": _("customers without a purchase in the {silent} days after ÷ customers who bought"),
        "contacts": _("contacts counted, by channel"),
        "reply": _reply(choices),
        "resolved": _(
            "resolved contacts without the same question again within {days} days ÷ handled contacts; "
            "every contact counts, where “Channels and staffing” counts each question once"
        ),
        "next_avoided": _(
            "contacts solved at once without another question within {days} days ÷ contacts solved at once"
        ),
        "effort": _("respondents with far too much effort at any stage ÷ respondents"),
        "friendliness": _("mean rating of friendliness, 1 to 5"),
        "knowledge": _("mean rating of knowledge, 1 to 5"),
        "cost_to_resolution": _(
            "cost per contact × contacts per solved issue (handled ÷ solved at once; “Channels and staffing” "
            "follows each question through all its channels)"
        ),
        "nps": _("share that recommends (9–10) − share that does not (0–6), × 100"),
        "complaining": _("customers with a complaint ÷ customers with a service contact"),
        "first_contact": _("customers solved in one interaction ÷ customers handled"),
        "very_friendly": _("“very friendly” (5) ÷ rated interactions")
        if rated
        else _("“very friendly” (5) ÷ all service interactions"),
        "acquisition": _("new customers who bought ÷ interactions with new visitors")
        if rated
        else _("new customers who bought ÷ all service interactions"),
        "retention": _("interactions after which an existing customer bought ÷ those with existing customers")
        if rated
        else _("interactions after which an existing customer bought ÷ all service interactions"),
        "satisfied": _("satisfied ÷ interactions of which the customer said so or not"),
    }


def _reply(choices: Choices) -> str:
    return {
        ("median", "open"): _("median time to the first reply, within opening hours"),
        ("median", "clock"): _("median time to the first reply, by the clock"),
        ("mean", "open"): _("mean time to the first reply, within opening hours"),
        ("mean", "clock"): _("mean time to the first reply, by the clock"),
    }[choices.middle, choices.hours]


def exclusions(metric: str, choices: Choices = Choices()) -> str:
    """What a figure leaves out, in one line.

    >>> exclusions("nps")
    'answers without the recommendation question'
    """
    return _exclusions()[metric].format(days=choices.days, silent=choices.silent)


def _exclusions() -> dict[str, str]:
    window = _("given up; customer or topic unknown; weeks or months whose {days} days are not over")
    bought = _(
        "given up; weeks or months whose {days} days are not over; the last contact before an order counts"
    )
    return {
        "churn": _("orders of unknown customers or without payment; time that is not over"),
        "contacts": _("rows of the same contact that come twice"),
        "reply": _("given up, not answered yet, answered before they were asked"),
        "resolved": window,
        "next_avoided": window,
        "effort": _("answers in which no stage is filled in"),
        "friendliness": _("interactions that were not rated"),
        "knowledge": _("interactions that were not rated"),
        "cost_to_resolution": _("issues that may still go on; customer or topic unknown; given up"),
        "nps": _("answers without the recommendation question"),
        "complaining": _("given up; customer unknown; not known whether it was a question or a complaint"),
        "first_contact": window,
        "very_friendly": _("given up; weeks or months in which nobody rated"),
        "acquisition": bought,
        "retention": bought,
        "satisfied": _("interactions that were not rated"),
    }


def spell(minutes: float) -> str:
    """A time in the unit that reads best.

    >>> spell(0.5), spell(90), spell(2880)
    ('30 seconds', '1.5 hours', '48 hours')
    """
    if abs(minutes) < 2:
        return language.duration(round(minutes * 60), "seconds")
    if abs(minutes) < 90:
        return language.duration(minutes, "minutes")
    return language.duration(minutes / 60, "hours")
