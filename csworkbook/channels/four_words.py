"""What the four V's call their columns, controls and channels."""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.results import word
from csworkbook.vocabulary import Vocabulary

MINUTE, HOUR, DAY = 1.0, 60.0, 24 * 60.0  # minutes


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "hours": _("Time counts"),
        "within": _("In touch again within"),
        "channel": _("Channel"),
        "topic": _("Topic"),
        "order": _("Show first"),
        "since": _("From"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How each option is said, by (parameter, option)."""
    return {
        ("hours", "clock"): _("by the clock"),
        ("hours", "open"): _("in opening hours"),
        ("channel", None): _("all channels"),
        ("topic", None): _("all topics"),
        ("order", "newest"): _("the newest"),
        ("order", "slowest"): _("longest waiting for a reply"),
        ("order", "longest"): _("longest until solved"),
        ("order", "again"): _("those who were in touch again"),
    }


def _heads() -> dict[str, str]:
    return {
        "channel": _("Channel"),
        "contacts": _("Contacts"),
        "month": _("A month"),
        "month_low": _("A month, from"),
        "month_high": _("A month, to"),
        "share": _("Share of all"),
        "trend": _("Than a year before"),
        "trend_low": _("Than a year before, from"),
        "trend_high": _("Than a year before, to"),
        "topics": _("As varied as … topics"),
        "topics_low": _("Topics, from"),
        "topics_high": _("Topics, to"),
        "top": _("Most about"),
        "before": _("Before buying"),
        "complaints": _("Complaints"),
        "reply": _("First reply, middle (minutes)"),
        "reply_low": _("First reply, middle, from"),
        "reply_high": _("First reply, middle, to"),
        "reply_90": _("First reply, nine in ten within (minutes)"),
        "reply_90_low": _("First reply, nine in ten, from"),
        "reply_90_high": _("First reply, nine in ten, to"),
        "reply_mean": _("First reply, mean by the clock (minutes)"),
        "benchmark": _("Handbook: first reply, mean (minutes)"),
        "solve": _("Solved, middle (minutes)"),
        "solve_low": _("Solved, middle, from"),
        "solve_high": _("Solved, middle, to"),
        "solve_90": _("Solved, nine in ten within (minutes)"),
        "solve_90_low": _("Solved, nine in ten, from"),
        "solve_90_high": _("Solved, nine in ten, to"),
        "target": _("Target (minutes)"),
        "in_time": _("Within target"),
        "low": _("From"),
        "high": _("To"),
        "in_time_n": _("n, within target"),
        "first": _("Solved at first contact"),
        "first_low": _("Solved at first contact, from"),
        "first_high": _("Solved at first contact, to"),
        "first_n": _("n, first contact"),
        "per_issue": _("Contacts per issue"),
        "per_issue_low": _("Contacts per issue, from"),
        "per_issue_high": _("Contacts per issue, to"),
        "issues": _("Issues"),
        "satisfied": _("Satisfied"),
        "satisfied_low": _("Satisfied, from"),
        "satisfied_high": _("Satisfied, to"),
        "satisfied_n": _("n, satisfied"),
        "revenue": _("Credited revenue per contact"),
        "earned": _("Credited margin per contact"),
        "cost": _("Cost per contact"),
        "value": _("Margin less cost"),
        "value_low": _("Margin less cost, from"),
        "value_high": _("Margin less cost, to"),
        "credited_n": _("n, credited"),
        "given_up": _("Gave up"),
        "small": _("Few contacts"),
    }


_KINDS = {
    column: kind
    for kind, columns in {
        "share": (
            "share", "trend", "trend_low", "trend_high", "before", "complaints", "in_time", "low", "high",
            "first", "first_low", "first_high", "satisfied", "satisfied_low", "satisfied_high",
        ),
        "count": ("contacts", "in_time_n", "first_n", "issues", "satisfied_n", "credited_n", "given_up"),
        "number": (
            "month", "month_low", "month_high", "topics", "topics_low", "topics_high",
            *(f"{name}{part}{end}" for name in ("reply", "solve") for part in ("", "_90") for end in ("", "_low", "_high")),
            "reply_mean", "benchmark", "target",
        ),
        "score": ("per_issue", "per_issue_low", "per_issue_high"),
        "cents": ("revenue", "earned", "cost", "value", "value_low", "value_high"),
    }.items()
    for column in columns
}  # fmt: skip

VOCABULARY = Vocabulary(heads=_heads, kinds=_KINDS)


def channel_said(channel: str) -> str:
    """A channel inside a sentence; an owner's own word stays as it is."""
    return str(word(channel))


def time_said(minutes: float) -> str:
    """A length of time as people say it, in the unit that reads best.

    >>> time_said(0.2), time_said(12.4), time_said(380), time_said(5400)
    ('12 seconds', '12.4 minutes', '6.3 hours', '3.8 days')
    """
    if minutes != minutes:
        return "–"
    if minutes < 2:
        return language.duration(round(minutes * 60), "seconds")
    if minutes < 2 * HOUR:
        return language.duration(minutes, "minutes")
    if minutes < 3 * DAY:
        return language.duration(minutes / HOUR, "hours")
    return language.duration(minutes / DAY, "days")
