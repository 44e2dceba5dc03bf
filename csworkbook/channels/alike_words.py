"""What are the columns, rows and controls called that are about customers beside similar ones?"""

from __future__ import annotations

from csworkbook.channels import credit_words
from csworkbook.language import gettext as _


def labels() -> dict[str, str]:
    """What each control is called."""
    return credit_words.labels()


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return {**credit_words.choices(), ("stage", None): _("before buying, where known")}


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "channel": _("Channel"),
        "n": _("Asked"),
        "comparable_n": _("Similar ones (worth)"),
        "share": _("Bought, asked"),
        "comparable": _("Bought, similar"),
        "difference": _("Difference (points)"),
        "p": _("p (corrected)"),
        "verdict": _("More?"),
        "more": _("Margin more"),
        "more_low": _("Margin more, from"),
        "more_high": _("Margin more, to"),
        "anyway": _("Would have bought anyway"),
        "known": _("Known before"),
        "before": _("Apart, as they are"),
        "after": _("Apart, made comparable"),
        "alike": _("Alike?"),
    }


def words() -> dict[object, str]:
    """What stands in the tables: what was known before the moment."""
    return {
        "all": _("all channels"),
        "orders_before": _("orders so far"),
        "since": _("days since the last order"),
        "tenure": _("days since the first order"),
        "basket": _("mean order value"),
        "asked_before": _("contacts of this kind before"),
        "other_contacts": _("other contacts before"),
        "moment": _("the date"),
        "pages": _("pages seen"),
        "steps": _("different steps"),
        "minutes": _("minutes on the site"),
        "mobile": _("on a phone"),
    }


def answers() -> dict[str, tuple[str, str, str]]:
    """By whom is compared: the sentence for more often, for less often, and for what cannot be told."""
    return {
        "customers": (
            _(
                "Customers who asked bought more often than similar customers at the same moment: {share} against {like} "
                "within {days}, a difference of {difference} ({low} to {high})."
            ),
            _(
                "Customers who asked bought less often than similar customers at the same moment: {share} against {like} "
                "within {days}, a difference of {difference} ({low} to {high})."
            ),
            _(
                "Whether customers who asked buy more than similar customers at the same moment cannot be told: {share} "
                "against {like} within {days}, a difference of {difference} ({low} to {high})."
            ),
        ),
        "visitors": (
            _(
                "Visitors who asked bought more often than those with a similar visit: {share} against {like} within "
                "{days}, a difference of {difference} ({low} to {high})."
            ),
            _(
                "Visitors who asked bought less often than those with a similar visit: {share} against {like} within "
                "{days}, a difference of {difference} ({low} to {high})."
            ),
            _(
                "Whether visitors who asked buy more than those with a similar visit cannot be told: {share} against "
                "{like} within {days}, a difference of {difference} ({low} to {high})."
            ),
        ),
    }
