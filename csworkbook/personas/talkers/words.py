"""What are the columns, rows and controls called that are about relational buyers?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.vocabulary import Vocabulary

CHAPTER = "06_personas"


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "needed": _("Traits needed"),
        "top": _("Highest"),
        "questions": _("Questions, at least (0 = the highest)"),
        "variety": _("Different topics, at least (0 = the highest)"),
        "minutes": _("Minutes per contact, at least (0 = the longest)"),
        "worth": _("Order value, at least (0 = the highest)"),
        "after": _("Followed for"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    shares = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
    days = (30, 60, 90, 120, 180, 365)
    return {
        **{("needed", n): _("{n} of 4").format(n=n) for n in (1, 2, 3, 4)},
        **{("top", share): _("the top {share}").format(share=language.percent(share)) for share in shares},
        **{("after", f"{n}D"): ngettext("{days} day", "{days} days", n).format(days=n) for n in days},
    }


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "relational": _("Relational"),
        "others": _("The others"),
        "relational_each": _("Each relational buyer"),
        "others_each": _("Each of the others"),
        "share": _("Share of the relational"),
        "group": _("Who"),
        "customers": _("Customers"),
        "count": _("Bought again"),
        "again": _("Bought again, share"),
        "again_low": _("Bought again, from"),
        "again_high": _("Bought again, to"),
        "each": _("Margin since, each"),
        "each_low": _("Margin since, from"),
        "each_high": _("Margin since, to"),
        "customer_id": _("Customer"),
        "traits": _("Traits"),
        "questions": _("Questions"),
        "variety": _("Different topics"),
        "minutes": _("Minutes per contact"),
        "worth": _("Mean order value"),
        "orders": _("Orders"),
        "margin": _("Margin so far"),
        "last_at": _("Last order"),
        "last_asked": _("Last question"),
        "last_order": _("Number of the last order"),
        "topic": _("Asks most about"),
    }


def words() -> dict[object, str]:
    """How rows are said."""
    return {
        "customers": _("Customers"),
        "visits": _("Visits"),
        "orders": _("Orders"),
        "questions": _("Questions"),
        "handling": _("Time of your team"),
        "margin": _("Margin"),
        "relational": _("Relational buyers"),
        "others": _("The others"),
    }


VOCABULARY = Vocabulary(
    heads,
    words,
    {
        "relational": "count", "others": "count", "relational_each": "number", "others_each": "number",
        "customers": "count", "again": "share", "again_low": "share", "again_high": "share", "each": "cents",
        "each_low": "cents", "each_high": "cents", "traits": "count", "questions": "count", "variety": "count",
        "minutes": "number", "worth": "cents", "orders": "count", "margin": "money", "last_at": "date", "last_asked": "date",
    },
    wordy=("measure", "group"),
)  # fmt: skip


def assumed(needed: int, of: int) -> str:
    """That who is relational is a rule, for the findings."""
    return _("who is relational is told by a rule: {needed} of {of} traits").format(needed=needed, of=of)
