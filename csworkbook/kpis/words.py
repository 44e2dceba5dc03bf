"""What are the columns, rows and controls of the key figures called?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.kpis.definitions import Choices, Definition, names
from csworkbook.language import gettext as _
from csworkbook.vocabulary import Vocabulary

CHAPTER = "10_kpis"


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "metric": _("Figure"),
        "period": _("Per"),
        "channel": _("Channel"),
        "rated": _("Of which interactions"),
        "middle": _("Reply time in the middle"),
        "hours": _("Waiting counts"),
        "within": _("Again within"),
        "after": _("Lost when silent for"),
        "first": _("Limits from"),
        "by": _("Compare"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How options are said, by (parameter, option)."""
    return {
        ("period", "week"): _("week"),
        ("period", "month"): _("month"),
        ("channel", None): _("all channels"),
        ("rated", "all"): _("all, as the handbook says"),
        ("rated", "rated"): _("rated ones; those with new visitors"),
        ("middle", "median"): _("median"),
        ("middle", "mean"): _("mean"),
        ("hours", "open"): _("within opening hours"),
        ("hours", "clock"): _("by the clock"),
        **{("within", f"{n}D"): language.duration(n, "days") for n in (7, 14, 30)},
        **{("after", f"{n}D"): language.duration(n, "days") for n in (30, 60, 90)},
        ("first", None): _("all periods but the odd ones"),
        **{("first", n): _("the first {n} periods").format(n=n) for n in (13, 26, 52)},
        ("by", "agent"): _("agents"),
        ("by", "channel"): _("channels"),
        **{("metric", metric): name for metric, name in names().items()},
    }


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "metric": _("Figure"),
        "period": _("Begins on"),
        "value": _("Now"),
        "low": _("From"),
        "high": _("To"),
        "n": _("n"),
        "before": _("Before"),
        "usual": _("Usual"),
        "target": _("Target"),
        "reached": _("Reached"),
        "signal": _("Signal"),
        "strong": _("Strong"),
        "lower": _("Limit, lower"),
        "upper": _("Limit, upper"),
        "centre": _("Usual"),
        "count": _("Count"),
        "kind": _("Kind"),
        "group": _("Group"),
        "aim": _("Serves"),
        "formula": _("Formula"),
        "exclusions": _("Left out"),
        "agent": _("Agent"),
        "channel": _("Channel"),
        "expected": _("Expected"),
        "difference": _("Difference"),
        "shrunk": _("Without luck"),
        "verdict": _("Differs"),
        "p": _("p"),
    }


def words() -> dict[object, str]:
    """The values in the tables."""
    return {
        **names(),
        "above": _("higher than chance explains"),
        "below": _("lower than chance explains"),
        "run_above": _("above its level for nine periods or more"),
        "run_below": _("below its level for nine periods or more"),
        "input": _("input: what it costs"),
        "output": _("output: what it brings"),
        "customer": _("customer: what they notice"),
        "acquisition_aim": _("acquisition"),
        "retention_aim": _("retention"),
        "efficiency_aim": _("efficiency"),
        "metric_kind": _("metric"),
        "kpi_kind": _("KPI"),
        "beside_kind": _("beside these"),
        "better": _("better"),
        "worse": _("worse"),
        "higher": _("higher"),
        "lower": _("lower"),
    }


_WORDY = ("metric", "signal", "reached", "group", "aim", "kind", "verdict", "channel", "agent")
VOCABULARY = Vocabulary(
    heads=heads, words=words, kinds={"period": "date", "n": "count", "count": "count", "p": "p"}, wordy=_WORDY
)
UNITS = (
    "value",
    "low",
    "high",
    "before",
    "usual",
    "target",
    "lower",
    "upper",
    "centre",
    "expected",
    "shrunk",
)


def when(period: object, length: str) -> str:
    """A week or month in a sentence: "the week of 5 January 2026", "January 2026"."""
    if length == "month":
        return language.day(period, "MMMM yyyy")
    return _("the week of {day}").format(day=language.day(period))


def said(known: Definition, value: float, currency: str) -> str:
    """A value in the unit of its figure; a dash where it is not known or has no end."""
    return (
        "–" if value is None or value != value or abs(value) == float("inf") else known.say(value, currency)
    )


def interval(known: Definition, row: object, currency: str) -> str:
    """A value with its interval and n, for a sentence."""
    value, low, high = (said(known, one, currency) for one in (row["value"], row["low"], row["high"]))
    if known.unit == "count":
        return _("{value} ({low} to {high})").format(value=value, low=low, high=high)
    n = language.number(row["n"])
    return _("{value} ({low} to {high}, n = {n})").format(value=value, low=low, high=high, n=n)


def unit(known: Definition) -> str:
    """What an `Estimate` calls the unit of a figure."""
    return "number" if known.unit == "count" else known.unit


def defined(metric: str, choices_made: Choices) -> str:
    """A figure's name, formula and what it leaves out, as one line of the method."""
    from csworkbook.kpis.definitions import exclusions, formula

    return _("{name} = {formula}; left out: {exclusions}.").format(
        name=names()[metric],
        formula=formula(metric, choices_made),
        exclusions=exclusions(metric, choices_made),
    )


def rules() -> str:
    """How limits and signals are drawn, in words."""
    return _(
        "Limits: within them lies all but 2.7 in a thousand periods when nothing happens (p, u and XmR charts; "
        "exact for shares and counts, and wider where periods differ more than chance even so). They are worked "
        "out without the periods beyond them. A signal is a value beyond the limits, or the ninth in a row on "
        "one side of the usual level (a longer row where that side is the likelier one): together about one "
        "false alarm in 150 periods. Strong = it stands out even among all periods shown (Holm)."
    )
