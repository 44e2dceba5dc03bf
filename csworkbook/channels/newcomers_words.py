"""What are the columns, rows and controls called that are about new and existing customers?"""

from __future__ import annotations

from csworkbook.channels import credit_words
from csworkbook.language import gettext as _


def labels() -> dict[str, str]:
    """What each control is called."""
    return credit_words.labels()


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return credit_words.choices()


def heads() -> dict[str, str]:
    """The heads of the table."""
    return {
        "group": _("Group"),
        "kind": _("Customers"),
        "n": _("Conversations"),
        "count": _("Followed by an order"),
        "plain": _("As counted"),
        "share": _("Share"),
        "low": _("From"),
        "high": _("To"),
        "revenue": _("Credited revenue a year"),
        "earned": _("Credited margin a year"),
        "difference": _("Than the others (points)"),
        "p": _("p (corrected)"),
        "verdict": _("More than the others?"),
    }


def words() -> dict[object, str]:
    """What stands in the table."""
    return {"new": _("new"), "existing": _("existing")}
