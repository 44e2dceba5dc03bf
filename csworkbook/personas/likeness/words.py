"""What are the columns, values and controls called that say what personas are like?"""

from __future__ import annotations

from datetime import date

from csworkbook import language, results
from csworkbook.language import gettext as _

HOURS = 3  # in a part of the day


def looks() -> dict[str, str]:
    """What can be looked at, as it stands in a list of choices."""
    return {
        "category": _("category"),
        "product": _("product"),
        "month": _("month of the year"),
        "weekday": _("day of the week"),
        "hour": _("time of day"),
        "device": _("device"),
        "channel": _("sales channel"),
    }


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "look": _("What to look at"),
        "most": _("Conditions at most"),
        "ids": _("Customer numbers"),
        "closest": _("Customers per persona"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return {
        **{("look", look): said for look, said in looks().items()},
        ("ids", "letters"): _("as a letter (customer A)"),
        ("ids", "own"): _("your own"),
    }


def value(look: str, one: object) -> str:
    """A value that was looked at, as people say it.

    >>> value("month", 12), value("weekday", 1), value("hour", 6), value("device", "mobile")
    ('December', 'Monday', '18:00–21:00', 'mobile')
    """
    if look == "month":
        return language.day(date(2024, int(one), 1), "MMMM")
    if look == "weekday":
        return language.day(date(2024, 1, int(one)), "EEEE")  # 1 January 2024 was a Monday
    if look == "hour":
        return f"{int(one) * HOURS:02d}:00–{(int(one) + 1) * HOURS:02d}:00"
    return str(results.word(one))


def where(look: str) -> str:
    """When or how an order was placed, as part of a sentence with a place for the {value}."""
    return {
        "month": _("in {value}"),
        "weekday": _("on {value}"),
        "hour": _("in the hours {value}"),
        "device": _("on {value}"),
        "channel": _("through {value}"),
    }.get(look, "{value}")


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "persona": _("Persona"),
        "name": _("Persona"),
        "said": _("What"),
        "feature": _("What"),
        "used": _("Made the personas"),
        "mean": _("This persona"),
        "other_mean": _("Others"),
        "apart": _("How far apart (in spreads)"),
        "apart_low": _("Apart, from"),
        "apart_high": _("Apart, to"),
        "count": _("Count"),
        "n": _("Out of"),
        "customers": _("Customers"),
        "share": _("Share"),
        "low": _("From"),
        "high": _("To"),
        "other_share": _("Others"),
        "difference": _("Difference (points)"),
        "difference_low": _("Difference, from"),
        "difference_high": _("Difference, to"),
        "p": _("p (corrected)"),
        "rule": _("How to recognise"),
        "hits": _("Right"),
        "hits_low": _("Right, from"),
        "hits_high": _("Right, to"),
        "reach": _("Found"),
        "reach_low": _("Found, from"),
        "reach_high": _("Found, to"),
        "base": _("Share of all customers"),
        "lift": _("Times better than guessing"),
        "tested": _("Customers tested"),
        "customer": _("Customer"),
        "at": _("When"),
        "kind": _("What"),
        "about": _("About"),
        "amount": _("Amount"),
    }


def words() -> dict[object, str]:
    """The words that stand in the tables."""
    return {
        "order": _("order"),
        "contact": _("contact"),
        "return": _("return"),
    }


KINDS = {
    "count": "count",
    "n": "count",
    "customers": "count",
    "tested": "count",
    "share": "share",
    "low": "share",
    "high": "share",
    "other_share": "share",
    "difference": "points",
    "difference_low": "points",
    "difference_high": "points",
    "apart": "score",
    "apart_low": "score",
    "apart_high": "score",
    "hits": "share",
    "hits_low": "share",
    "hits_high": "share",
    "reach": "share",
    "reach_low": "share",
    "reach_high": "share",
    "base": "share",
    "lift": "number",
    "amount": "cents",
    "p": "p",
}
