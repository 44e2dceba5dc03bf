"""What are the columns, rows and controls called that are about who does what?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.results import word


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "by": _("Kind of work"),
        "measure": _("Measure"),
        "within": _("Comes back within"),
        "keep": _("Stays as it is, at least"),
        "least": _("A contact moves only for"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    kinds = {"channel": _("channel"), "topic": _("topic"), "both": _("channel and topic")}
    return {
        **{("by", key): said for key, said in kinds.items()},
        **{("measure", key): said for key, said in measures().items()},
    }


def measures() -> dict[str, str]:
    """What people are compared by."""
    return {
        "solved": _("solved at first contact"),
        "minutes": _("handling time"),
        "satisfied": _("satisfied customers"),
        "friendly": _("very friendly (5 of 5)"),
    }


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "agent": _("Agent"),
        "channel": _("Channel"),
        "topic": _("Topic"),
        "n": _("n"),
        "plain": _("As counted"),
        "share": _("Share, evened out"),
        "minutes": _("Minutes, evened out"),
        "difference": _("Than colleagues (points)"),
        "ratio": _("Than colleagues (times)"),
        "p": _("p (corrected)"),
        "verdict": _("Than colleagues"),
        "now": _("A week, now"),
        "proposed": _("A week, proposed"),
        "change": _("Change"),
        "hours": _("Hours a week"),
    }


def words() -> dict[object, str]:
    """The values of the tables."""
    return {"better": _("better"), "worse": _("less good"), "cannot tell yet": _("cannot tell yet")}


def kind_said(row, by: str) -> str:
    """A kind of work in words: "chat", "refund", or "refund by chat".

    >>> kind_said({"channel": "chat", "topic": "refund"}, "both")
    'refund (chat)'
    """
    if by == "both":
        return _("{topic} ({channel})").format(topic=word(row["topic"]), channel=word(row["channel"]))
    return str(word(row[by]))


def value_said(measure: str, value: float, decimals: int = 0) -> str:
    """A value of a measure as part of a sentence."""
    if measure == "minutes":
        return language.duration(value, "minutes")
    return language.percent(value, decimals)


def beside(measure: str, value: float, whole: float) -> tuple[str, str]:
    """A value and that of the whole, with a decimal where they would read the same without."""
    said = value_said(measure, value), value_said(measure, whole)
    return said if said[0] != said[1] else (value_said(measure, value, 1), value_said(measure, whole, 1))
