"""Which reply targets and opening hours can be chosen, and how are they said?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _

OPENINGS = ("now", "evenings", "weekend", "always")


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "opening": _("Opening hours"),
        "phone": _("Telephone: answer within"),
        "chat": _("Chat: answer within"),
        "social": _("Social media: answer within"),
        "email": _("E-mail and other messages: answer within"),
        "extras": _("Extra per order (amount)"),
        "hourly_cost": _("Cost of an hour of service"),
        "other_work": _("Waiting time used for other work"),
        "minutes": _("Minutes per contact (0 = from your contacts)"),
        "value_per_customer": _("Margin per customer a year (0 = from your orders)"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How each target and the opening hours are said, by (parameter, option)."""
    times = {
        (name, n): language.duration(n, "seconds")
        for name in ("phone", "chat")
        for n in (5, 10, 15, 20, 30, 45, 60, 90, 120, 180)
    }
    times |= {
        ("social", n): language.duration(n, "minutes") for n in (5, 10, 15, 30, 45, 60, 90, 120, 240, 480)
    }
    times |= {("email", n): language.duration(n, "hours") for n in (1, 2, 4, 8, 12, 24, 48, 72)}
    return times | {
        ("opening", "now"): _("as now"),
        ("opening", "evenings"): _("with evenings, until 21:00"),
        ("opening", "weekend"): _("with the weekend"),
        ("opening", "always"): _("round the clock"),
    }
