"""What are the columns, rows and controls called that are about chat in the cart?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "accept_low": _("Accept the invitation: from"),
        "accept_high": _("Accept the invitation: to"),
        "anyway": _("Would have bought anyway"),
        "at_once": _("Chats at once"),
        "minutes": _("Minutes per chat (0 = from your contacts)"),
        "linger_seconds": _("Invite after"),
        "extra_people": _("Who answers"),
        "order_margin": _("Margin per order (0 = from your orders)"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    after = (30, 45, 60, 90, 120, 180)
    return {
        ("extra_people", False): _("the team, between other work"),
        ("extra_people", True): _("people who do only this"),
        **{("at_once", n): language.number(n, 1) for n in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)},
        **{("linger_seconds", n): language.duration(n, "seconds") for n in after},
    }


def heads() -> dict[str, str]:
    """The heads of the table."""
    return {
        "accept": _("Accept the invitation"),
        "invited": _("Carts invited a day"),
        "chats": _("Chats a day"),
        "per_chat": _("Cost per chat"),
        "cost": _("Cost a year"),
        "orders": _("Orders needed a year"),
        "needed": _("Chats that must bring an order"),
        "low": _("From"),
        "high": _("To"),
        "value": _("Result a year"),
        "value_low": _("Result, from"),
        "value_high": _("Result, to"),
    }
