"""What are the plans, columns and controls called that are about a backlog?"""

from __future__ import annotations

from csworkbook.language import gettext as _
from csworkbook.results import word


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "start": _("Waiting now (0 = from your data)"),
        "hours_added": _("Hours added a week"),
        "phone_off": _("Of callers, write a letter"),
        "off": _("Channel that closes"),
        "faq": _("Answer on the site about"),
        "prevented": _("Of these, no longer come"),
        "weeks": _("Weeks ahead"),
        "recent": _("As in the last weeks"),
        "rate": _("Letters answered a week (0 = from your data)"),
        "minutes": _("Minutes per letter (0 = from your data)"),
        "busy": _("Of an hour, at work on letters"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return {
        ("faq", None): _("what is asked most"),
        ("phone_off", None): _("nothing closes"),
        ("off", "phone"): _("phone"),
        ("off", "chat"): _("chat"),
        ("off", "both"): _("phone and chat"),
        ("start", 0): _("as in your data"),
        ("rate", 0): _("as in your data"),
    }


def heads() -> dict[str, str]:
    """The heads of the table."""
    return {
        "plan": _("Plan"),
        "came": _("Come in a week"),
        "answered": _("Time for, a week"),
        "days": _("Days until it is gone"),
        "days_low": _("Days, from"),
        "days_high": _("Days, to"),
        "gone": _("Gone on"),
        "share": _("Gone in time, of the runs"),
        "left": _("Waiting at the end"),
        "left_low": _("At the end, from"),
        "left_high": _("At the end, to"),
        "net": _("More a week"),
        "net_low": _("More a week, from"),
        "net_high": _("More a week, to"),
        "cost": _("Cost of added hours"),
        "verdict": _("Gone in time?"),
    }


def plans(off: str = "phone", topic: str = "") -> dict[str, str]:
    """What each plan is called, in lines and legends."""
    closed = {"phone": _("phone off"), "chat": _("chat off"), "both": _("phone and chat off")}[off]
    faq = (
        _("answer on the site about “{topic}”").format(topic=word(topic))
        if topic
        else _("answer on the site")
    )
    return {
        "now": _("as now"),
        "hours": _("hours added"),
        "off": closed,
        "faq": faq,
        "all": _("all of these"),
    }


def first_aid() -> list[str]:
    """What to do first when contacts pile up, in our own words after section 5.5 of the handbook (phase 2)."""
    return [
        _("count what waits, per channel and topic"),
        _("give service one address of its own"),
        _("put on paper who answers what"),
        _("tell customers who wait that it takes longer, and how long"),
        _("answer the question that comes most on the site, and with one good text"),
        _("the largest topics first, and within them the regular customers"),
        _("close for a while what has to be answered at once, if nothing else helps"),
        _("send questions on social media to one address"),
        _("and when it is gone: ask how it came about"),
    ]
