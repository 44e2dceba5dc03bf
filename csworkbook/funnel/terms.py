"""What do the tables that compare, explain and reckon call their columns, values and controls?"""

from __future__ import annotations

from datetime import date, timedelta

from csworkbook import language
from csworkbook.funnel import wording
from csworkbook.language import gettext as _
from csworkbook.vocabulary import Vocabulary


def heads() -> dict[str, str]:
    """The heads of the columns."""
    return {
        **wording.heads(),
        "before": _("After"),
        "entered": _("Came to the step before"),
        "difference": _("Second − first (points)"),
        "needed": _("Visitors needed on each side"),
        "day": _("Day"),
        "column": _("Column"),
        "group": _("Value"),
        "dropped": _("Dropped out"),
        "rest": _("Share, all others"),
        "odds": _("Odds ratio"),
        "odds_low": _("Odds ratio, from"),
        "odds_high": _("Odds ratio, to"),
        "adjusted": _("Others held equal"),
        "adjusted_low": _("Others held equal, from"),
        "adjusted_high": _("Others held equal, to"),
        "best": _("Best of your own"),
        "best_share": _("Best of your own, share"),
        "gap": _("Gap (points)"),
        "gap_low": _("Gap, from"),
        "gap_high": _("Gap, to"),
        "orders": _("More at the end, a year"),
        "orders_low": _("More at the end, from"),
        "orders_high": _("More at the end, to"),
        "money": _("Worth a year"),
        "money_low": _("Worth a year, from"),
        "money_high": _("Worth a year, to"),
        "same": _("More at the end, with the same relative gain"),
        "point": _("More at the end, per point"),
        "next_1": _("Next"),
        "next_2": _("Then"),
        "next_3": _("After that"),
        "units": _("Visitors"),
    }


def words() -> dict[object, str]:
    """How columns and values are said."""
    return {
        **wording.words(),
        "total": _("the whole way"),
        "other": _("other"),
        "weekday": _("Day of the week"),
        "part_of_day": _("Part of the day"),
        "first_page": _("First page"),
        "searched": _("Searched"),
        **_weekdays(),
        "night": _("night (0–6)"),
        "morning": _("morning (6–12)"),
        "afternoon": _("afternoon (12–18)"),
        "evening": _("evening (18–24)"),
        "true": _("yes"),
        "false": _("no"),
        "left": _("left the site"),
        "elsewhere": _("another page"),
    }


def _weekdays() -> dict[str, str]:
    """The days as a sentence has them: a capital in English, none in Dutch."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {name: language.day(_MONDAY + timedelta(number), "EEEE") for number, name in enumerate(days)}


_MONDAY = date(2024, 1, 1)
_KINDS = {
    **dict.fromkeys(("entered", "dropped", "one_n", "other_n", "needed", "units"), "count"),
    **dict.fromkeys(("one", "other", "rest", "best_share", "share", "low", "high"), "share"),
    **dict.fromkeys(("difference", "gap", "gap_low", "gap_high"), "points"),
    **dict.fromkeys(("odds", "odds_low", "odds_high", "adjusted", "adjusted_low", "adjusted_high"), "score"),
    **dict.fromkeys(("orders", "orders_low", "orders_high", "same", "point"), "count"),
    **dict.fromkeys(("money", "money_low", "money_high"), "money"),
    "p": "p",
    "day": "date",
}
_WORDY = ("step", "before", "column", "group", "best", "next_1", "next_2", "next_3", "verdict")

VOCABULARY = Vocabulary(heads=heads, words=words, kinds=_KINDS, wordy=_WORDY)


def said(name: object) -> str:
    """A step, column or value as people say it in a sentence; what is not known as it is.

    >>> said("paid"), said("my own page")
    ('paid', 'my own page')
    """
    return str(VOCABULARY.word(name))


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "by": _("Compare"),
        "one": _("First"),
        "other": _("Second"),
        "within": _("Within"),
        "per": _("Count"),
        "step": _("Before which step"),
        "every": _("Per"),
        "gain": _("Gain at one step"),
        "margin": _("Margin, share of revenue"),
        "value_per_order": _("Margin of an order (0 = from your orders)"),
        "look": _("Look this long after the step"),
        "days": _("Contacts, days before and after"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How options are said, by (parameter, option)."""
    return {
        ("step", None): _("where most can be won"),
        ("by", None): _("two periods"),
        ("within", "30min"): _("30 minutes"),
        ("within", "1D"): _("1 day"),
        ("within", "7D"): _("7 days"),
        ("within", "30D"): _("30 days"),
        ("look", "30min"): _("30 minutes"),
        ("look", "1D"): _("1 day"),
        ("look", "7D"): _("7 days"),
        ("per", "visitor"): _("visitors"),
        ("per", "session"): _("visits"),
        ("per", "customer"): _("customers"),
        ("every", "day"): _("day"),
        ("every", "week"): _("week"),
        ("every", "month"): _("month"),
    }
