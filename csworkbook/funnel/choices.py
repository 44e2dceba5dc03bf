"""What can be chosen about a measured funnel, and what are the choices called?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csworkbook import events as engine
from csworkbook.events.habits import remembered
from csworkbook.events.proposed import words as roles
from csworkbook.funnel.query import steps_asked
from csworkbook.language import gettext as _

_MOST = 12  # names that can be left out


def labels() -> dict[str, str]:
    """What the parameters are called on a page."""
    return {
        "within": _("Within"),
        "by": _("Split by"),
        "per": _("Counted per"),
        "order": _("Order of the steps"),
        "ties": _("Pages of one instant"),
        "exclude": _("Not by way of"),
        "since": _("From"),
        "until": _("Up to and including"),
        "without_bots": _("Leave out visitors with a thousand events or more"),
        "value_per_order": _("Margin per order (0 = from your orders)"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How the options are said."""
    return {
        ("within", None): _("any time"),
        ("within", "30min"): _("30 minutes"),
        ("within", "1D"): _("1 day"),
        ("per", "visitor"): _("visitor"),
        ("per", "session"): _("visit"),
        ("per", "customer"): _("customer"),
        ("order", "ordered"): _("in this order"),
        ("order", "strict"): _("one right after the other"),
        ("order", "any"): _("in any order"),
        ("ties", "later"): _("do not count as one after the other"),
        ("ties", "allow"): _("count, in the order of the steps"),
        ("exclude", None): _("nothing left out"),
        **{("exclude", role): name for role, name in roles().items()},
    }


def excludable(events: Any, steps: Sequence | None = None) -> list[str | None]:
    """What may be told not to lie between the steps: nothing (None), or a name that is none of them, most frequent first."""
    chosen, _guessed = steps_asked(events, steps)
    taken = {str(name) for step in chosen for name in step.where.get("step", ())}
    names = remembered(events, "health", lambda: engine.health(events)).names
    return [None, *[name for name in names if name not in taken][:_MOST]]
