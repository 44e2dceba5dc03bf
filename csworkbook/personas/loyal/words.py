"""What are the columns, choices and words called of what loyal customers say of themselves?"""

from __future__ import annotations

from csworkbook.language import gettext as _
from csworkbook.naming import column_name
from csworkbook.results import Vocabulary
from csworkbook.tables import LOYAL_QUESTIONS


def heads() -> dict[str, str]:
    """The heads of the columns."""
    return {
        "question": _("Question"),
        "thing": _("Named"),
        "label": _("Named"),
        "count": _("Customers"),
        "n": _("Answered"),
        "share": _("Share"),
        "spellings": _("Also written"),
        "then": _("Then"),
        "quote": _("In their own words"),
        "customer_id": _("Customer"),
        "persona": _("Persona"),
        "days": _("Days with a purchase"),
        "spent": _("Spent"),
        "margin": _("Margin"),
        "last_at": _("Last purchase"),
        "last_order": _("Number of the last order"),
    }


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "column": _("Question"),
        "persona": _("Persona"),
        "invitations": _("Invitations to send"),
        "least": _("Days with a purchase, at least"),
        "within": _("Last purchase at most so long ago"),
        "response": _("Share that answers"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return {
        ("column", None): _("all questions"),
        ("persona", None): _("everybody"),
        ("within", "180D"): _("half a year"),
        ("within", "182D"): _("half a year"),
        ("within", "365D"): _("a year"),
        ("within", "730D"): _("two years"),
        **{("column", name): asked(name) for name in LOYAL_QUESTIONS},
    }


def asked(column: str) -> str:
    """A question in two words; one of the owner's own as he asked it."""
    return column_name(column)


VOCABULARY = Vocabulary(
    heads=heads,
    words=lambda: {name: asked(name) for name in LOYAL_QUESTIONS},
    kinds={
        "count": "count",
        "n": "count",
        "share": "share",
        "days": "count",
        "spent": "money",
        "margin": "money",
        "last_at": "date",
    },
    wordy=("question",),
)
