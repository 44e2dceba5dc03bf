"""What are the parts and choices of a staffing plan called?"""

from __future__ import annotations

import math

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.settings import WEEK


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "week": _("Week of"),
        "channel": _("Channel"),
        "phone_share": _("Telephone: share in time"),
        "phone_seconds": _("Telephone: answer within"),
        "chat_share": _("Chat: share in time"),
        "chat_seconds": _("Chat: answer within"),
        "at_once": _("Chats at once"),
        "stretch": _("Each chat more makes all take longer by"),
        "patience": _("Who waits gives up after"),
        "shrinkage": _("Time away: breaks, leave, illness"),
        "other_work": _("Waiting time used for other work"),
        "hourly_cost": _("Cost of an hour of service"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How options are said, by (parameter, option)."""
    seconds = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
    shares = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 1.0)
    said = {
        (name, n): language.duration(n, "seconds")
        for name in ("phone_seconds", "chat_seconds", "patience")
        for n in seconds
    }
    said |= {
        (name, share): language.percent(share)
        for name in ("phone_share", "chat_share", "stretch", "shrinkage", "other_work")
        for share in shares
    }
    said |= {
        ("at_once", n): language.number(n, 0 if n == int(n) else 1) for n in (1, 1.5, 2, 2.5, 3, 4, 5, 6)
    }
    return said | {
        ("channel", None): _("all channels"),
        ("week", None): _("the next one"),
        ("patience", None): _("as in your contacts"),
        ("patience", math.inf): _("never"),
    }


def days() -> dict[str, str]:
    """The weekdays."""
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return dict(zip(WEEK, names, strict=True))


def heads() -> dict[str, str]:
    """The heads of the columns."""
    return {"time": _("Time"), **days()}
