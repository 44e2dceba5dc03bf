"""What are the columns, rows and controls called that are about what customers bring?"""

from __future__ import annotations

from csworkbook.language import gettext as _

CHAPTER = "06_personas"


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "by": _("Grouped by"),
        "of": _("Counted in"),
        "top": _("The best customers are the top"),
        "after": _("Gone when silent for"),
        "best": _("The best customers are the top"),
        "silent": _("Silent when not seen for"),
        "discount_rate": _("Money a year later is worth less by"),
        "value": _("Value is"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return {
        ("by", "month"): _("month of the first purchase"),
        ("by", "quarter"): _("quarter of the first purchase"),
        ("of", "revenue"): _("revenue"),
        ("of", "margin"): _("margin"),
        ("after", "30D"): _("30 days"),
        ("after", "90D"): _("90 days"),
        ("after", "180D"): _("180 days"),
        ("after", "365D"): _("a year"),
        ("after", "own"): _("twice a customer's own rhythm"),
        ("silent", None): _("as your customers tell"),
        ("silent", "90D"): _("90 days"),
        ("silent", "180D"): _("180 days"),
        ("silent", "365D"): _("a year"),
        ("value", "so far"): _("what they brought so far"),
        ("value", "expected"): _("what they are expected to bring"),
        **{("top", part): said for part, said in _parts().items()},
        **{("best", part): said for part, said in _parts().items()},
    }


def _parts() -> dict[float, str]:
    return {0.01: "1%", 0.05: "5%", 0.1: "10%", 0.2: "20%", 0.3: "30%", 0.5: "50%"}


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "cohort": _("First purchase in"),
        "customers": _("Customers"),
        "revenue": _("Revenue per customer"),
        "revenue_low": _("Revenue, from"),
        "revenue_high": _("Revenue, to"),
        "margin": _("Margin per customer"),
        "margin_low": _("Margin, from"),
        "margin_high": _("Margin, to"),
        **{f"margin_{n}": _("Margin in {n} months").format(n=n) for n in (3, 6, 12)},
        **{f"low_{n}": _("{n} months, from").format(n=n) for n in (3, 6, 12)},
        **{f"high_{n}": _("{n} months, to").format(n=n) for n in (3, 6, 12)},
        **{f"spent_{n}": _("Revenue in {n} months").format(n=n) for n in (3, 6, 12)},
        "small": _("Small group"),
        "group": _("Which customers"),
        "of_customers": _("Of all customers"),
        "money": _("Together"),
        "per_customer": _("Per customer"),
        "month": _("Bought in"),
        "lost": _("Did not come back"),
        "n": _("Customers"),
        "share": _("Share"),
        "segment": _("Segment"),
        "value": _("Value together"),
        "orders": _("Purchases each"),
        "silent_days": _("Days since the last purchase"),
        "advice": _("What to do"),
    }


def words() -> dict[object, str]:
    """The rows of the tables."""
    return {
        "all": _("all customers"),
        "top": _("the best"),
        "once": _("bought once"),
        "again": _("bought more often"),
        "first": _("after a first purchase"),
        "second": _("after a second purchase"),
        "later": _("after a third purchase or later"),
        "best_active": _("The best, still buying"),
        "best_silent": _("The best, gone silent"),
        "again_active": _("Came back, still buying"),
        "again_silent": _("Came back, gone silent"),
        "best": _("The best"),
        "once_new": _("First purchase lately"),
        "once_silent": _("Bought once, long ago"),
        "simple": _("spend × visits × years"),
        "with_margin": _("the same, of the margin"),
        "as_in_graphic": _("with retention and discount, as in the graphic"),
        "per_year": _("with retention and discount, by the year"),
    }
