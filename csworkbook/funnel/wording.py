"""What are the steps, columns and values of the chapter about the funnel called?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.events.proposed import words as roles
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.vocabulary import COMMON, Vocabulary

CHAPTER = "07_funnel"


def heads() -> dict[str, str]:
    """The heads of the columns."""
    return {
        "step": _("Step"),
        "visitors": _("Visitors"),
        "step_rate": _("Of the step before"),
        "total_rate": _("Of the first step"),
        "lost": _("Lost"),
        "total_low": _("Of the first step, from"),
        "total_high": _("Of the first step, to"),
        "median_minutes": _("Median time from the start"),
        "q1_minutes": _("A quarter within"),
        "q3_minutes": _("Three quarters within"),
        "p90_minutes": _("Nine in ten within"),
        "entered": _("At the step before"),
        "events": _("Events"),
        "first_at": _("First"),
        "last_at": _("Last"),
        "role": _("Known as"),
        "place": _("Place"),
        "reach": _("Share of visitors"),
        "proposed": _("In the proposal"),
        "shrunk": _("Of the step before, evened out"),
        "visitors_against": _("Visitors, saved"),
        "step_rate_against": _("Of the step before, saved"),
        "total_rate_against": _("Of the first step, saved"),
        "difference": _("Difference (points)"),
        "total_difference": _("Difference in total (points)"),
    }


def words() -> dict[object, str]:
    """How the known steps are said, and the columns to split by."""
    return {**roles(), "session_id": _("Visit"), "product_id": _("Product"), "": _("not known")}


_KINDS = {
    "visitors": "count",
    "lost": "count",
    "events": "count",
    "visitors_against": "count",
    "difference": "points",
    "total_difference": "points",
    **dict.fromkeys(
        ("step_rate", "total_rate", "total_low", "total_high", "step_rate_against", "total_rate_against"),
        "share",
    ),
}

UNITS = ("visitor", "session", "customer")


def many(per: str) -> str:
    """What is counted, in the plural: visitors, visits or customers."""
    return {"visitor": _("visitors"), "session": _("visits"), "customer": _("customers")}[per]


def counted(n: int, per: str = "visitor") -> str:
    """So many visitors, visits or customers.

    >>> counted(1, "session"), counted(1200)
    ('1 visit', '1,200 visitors')
    """
    told = {
        "visitor": ngettext("{n} visitor", "{n} visitors", n),
        "session": ngettext("{n} visit", "{n} visits", n),
        "customer": ngettext("{n} customer", "{n} customers", n),
    }
    return told[per].format(n=language.number(n))


def not_over(left_out: int) -> str:
    """How many are not among those of a sentence, since their window was not over; "" for none."""
    if not left_out:
        return ""
    return _("({n} left out: their time was not over.)").format(n=language.number(left_out))


def lasting(minutes: float) -> str:
    """A length of time in the unit that fits it, as people say it; an en dash for none.

    >>> lasting(0.5), lasting(12.34), lasting(150), lasting(4320)
    ('30 seconds', '12.3 minutes', '2.5 hours', '3 days')
    """
    if minutes != minutes:
        return "–"
    for unit, size, most in (("seconds", 1 / 60, 1.5), ("minutes", 1, 90), ("hours", 60, 36 * 60)):
        if minutes < most:
            return language.duration(round(minutes / size, 0 if unit == "seconds" else 1), unit)
    return language.duration(minutes / 1440, "days")


VOCABULARY = Vocabulary(heads=heads, words=words, kinds=_KINDS, wordy=("step",))


def said(name: object) -> str:
    """A step or a value as people say it in a sentence; unknown names as they are."""
    own = words()
    return str(own[name] if name in own else COMMON.word(name))
