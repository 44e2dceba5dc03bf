"""What are the columns, rows and controls called that are about shipping costs?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "shipping_cost": _("What a parcel costs you"),
        "fee": _("What customers pay for it (0 = from your orders)"),
        "present": _("Free from, now (0 = from your orders)"),
        "topping_up": _("Baskets within reach that are made up"),
        "reach": _("What they may lack (0 = a fifth)"),
        "staying_low": _("Stay away rather than pay: from"),
        "staying_high": _("Stay away rather than pay: to"),
        "near": _("Carts compared"),
        "costs_at": _("Costs appear at"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return {
        ("topping_up", None): _("as in your data"),
        ("near", None): _("all"),
        ("near", 0.25): _("up to a quarter from the threshold"),
        ("near", 0.5): _("up to a half from the threshold"),
        ("costs_at", None): _("delivery, or else the checkout"),
        **{("costs_at", stage): said for stage, said in stages().items()},
    }


def stages() -> dict[str, str]:
    """The steps between cart and payment, as part of a sentence."""
    return {
        "cart": _("cart"),
        "checkout": _("checkout"),
        "delivery": _("delivery"),
        "payment": _("payment"),
    }


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "rule": _("Threshold"),
        "threshold": _("Free from"),
        "free": _("Orders sent free"),
        "topped": _("Made up to it"),
        "per_order": _("More per order"),
        "year": _("More a year"),
        "year_low": _("A year, from"),
        "year_high": _("A year, to"),
        "band": _("Basket"),
        "orders": _("Orders"),
        "paid": _("Paid for shipping"),
        "shipping": _("Shipping, of the basket"),
        "count": _("Went no further"),
        "n": _("Carts"),
    }


def words() -> dict[object, str]:
    """The rows of the tables."""
    return {
        "present": _("as it is now"),
        "mean_10": _("mean + 10"),
        "break_even": _("pays for itself"),
        "best": _("earns most"),
        "always": _("always free"),
        "never": _("never free"),
    }


def ways() -> dict[str, str]:
    """How the value of a basket was taken, as part of a sentence."""
    return {
        "revenue": _("as the revenue"),
        "before discount": _("before discount"),
        "lines": _("as the sum of its lines"),
        "less shipping": _("as the revenue without shipping"),
    }


def how() -> dict[str, str]:
    """How the share that tops up was measured, in a sentence."""
    return {
        "lines": _(
            "Measured as baskets that only their cheapest line, a cheap one, lifts over the threshold, beyond the share at "
            "amounts that matter to nobody; how those differ is in the range."
        ),
        "values": _(
            "Measured as baskets missing just below the threshold and too many just above it, beside a smooth curve through "
            "the others (bunching); how they scatter about it is in the range."
        ),
    }


def between(low: float, high: float) -> str:
    """Two shares as a range, or as one where they are the same.

    >>> between(0.1, 0.2), between(0.1, 0.1)
    ('10%–20%', '10%')
    """
    ends = language.percent(low), language.percent(high)
    return ends[0] if ends[0] == ends[1] else "–".join(ends)
