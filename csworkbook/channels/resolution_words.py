"""What are the columns, rows and controls called that are about solving questions?"""

from __future__ import annotations

from csworkbook.language import gettext as _
from csworkbook.results import word


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "by": _("Split by"),
        "within": _("Came back within"),
        "each": _("Per customer, count"),
        "refunds": _("With what was paid back"),
        "refund_days": _("Paid back within"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return {
        ("by", "channel"): _("channel"),
        ("by", "topic"): _("topic"),
        ("by", "agent"): _("agent"),
        ("each", "issue"): _("each question once"),
        ("each", "contact"): _("every contact"),
        ("refunds", False): _("no"),
        ("refunds", True): _("yes"),
        ("within", "7D"): _("7 days"),
        ("within", "14D"): _("14 days"),
        ("within", "30D"): _("30 days"),
    }


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "channel": _("Channel"),
        "topic": _("Topic"),
        "agent": _("Agent"),
        "definition": _("Counted as solved"),
        "count": _("Solved"),
        "n": _("Of"),
        "left_out": _("Cannot be judged"),
        "benchmark": _("Handbook"),
        "issues": _("Questions"),
        "solved": _("Solved"),
        "contacts_each": _("Contacts per solved question"),
        "plain": _("One contact costs"),
        "cost": _("One solution costs"),
        "formula": _("Cost × contacts"),
        "paid_back": _("Of which paid back"),
        "p": _("Differs from the others: p"),
        "verdict": _("Different?"),
        "contacts": _("Contacts"),
        "small": _("Small group"),
    }


def words() -> dict[object, str]:
    """The rows of the tables."""
    return {**definitions(), "all": _("all together")}


def among(by: str, group: str) -> str:
    """A group as part of a sentence: "by phone", "about “size and fit”"; an owner's own words as they are."""
    said = {
        "channel": _("by {group}"),
        "agent": _("by {group}"),
        "topic": _("about “{group}”"),
    }.get(by, "“{group}”")
    return said.format(group=called(group))


def called(group: str) -> str:
    """The name of a group, in the language spoken now."""
    return str(word(group))


def definitions() -> dict[str, str]:
    """The five ways to count, in a few words."""
    return {
        "one_touch": _("answered and solved in one go"),
        "not_reopened": _("ticket not reopened"),
        "same_topic": _("customer not back with the same topic"),
        "any_topic": _("customer not back at all"),
        "customer_says": _("customer satisfied"),
    }


def explained() -> dict[str, str]:
    """The five ways to count, in a sentence each; {days} is the window."""
    return {
        "one_touch": _(
            "Answered and solved in one go: replied to, solved, not passed on, and answered without a pause of more than an "
            "hour where messages are known."
        ),
        "not_reopened": _(
            "Not reopened: solved, the same ticket not opened again, and within {days} days no later contact about the same "
            "order and topic."
        ),
        "same_topic": _(
            "Not back with the same topic: the same customer did not ask about it again within {days} days."
        ),
        "any_topic": _(
            "Not back at all: the same customer was not in touch again within {days} days, about anything."
        ),
        "customer_says": _(
            "Satisfied: the customer's own answer afterwards. It stands for “is it solved?”, which nobody asked, and only "
            "tells of those who answered."
        ),
    }
