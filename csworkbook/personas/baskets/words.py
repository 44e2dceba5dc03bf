"""What are the columns, rows and controls called that are about what is bought together, and the next price up?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _

_MOST = 20  # personas that a list of choices can name


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "by": _("Look at"),
        "persona": _("Whose orders"),
        "min_support": _("In at least this share of orders"),
        "at_least": _("In at least so many orders"),
        "category": _("Category"),
        "bands": _("Price steps"),
        "within": _("Comes back within"),
        "part": _("Take the next step"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return {
        ("by", "product"): _("products"),
        ("by", "category"): _("categories"),
        ("persona", None): _("everybody’s"),
        **{("persona", n): _("persona {n}").format(n=n) for n in range(1, _MOST + 1)},
        ("category", None): _("all"),
        **{("min_support", one): _one_in(round(1 / one)) for one in (0.01, 0.005, 0.002, 0.001, 0.0005)},
        **{("part", one / 20): language.percent(one / 20) for one in range(1, 11)},
    }


def _one_in(n: int) -> str:
    return _("one in {n}").format(n=language.number(n))


def heads() -> dict[str, str]:
    """The heads of both tables."""
    return {
        "first": _("Who buys"),
        "second": _("also buys"),
        "orders": _("Orders with both"),
        "support": _("Of all orders"),
        "first_orders": _("Orders with the first"),
        "confidence": _("So often"),
        "confidence_low": _("So often, from"),
        "confidence_high": _("So often, to"),
        "second_orders": _("Orders with the second"),
        "back": _("The other way round"),
        "back_low": _("The other way round, from"),
        "back_high": _("The other way round, to"),
        "expected": _("Orders by chance"),
        "lift": _("Times chance"),
        "lift_low": _("Times chance, from"),
        "lift_high": _("Times chance, to"),
        "verdict": _("More than chance?"),
        "first_id": _("Number of the first"),
        "second_id": _("Number of the second"),
    }


def steps() -> dict[str, str]:
    """The heads of the table of price steps, where they differ."""
    return {
        "category": _("Category"),
        "band": _("Price"),
        "price": _("Usual price"),
        "pieces": _("Pieces sold"),
        "n": _("Customers who began here"),
        "again": _("Came back for more"),
        "dearer": _("Bought dearer"),
        "share": _("Of these: bought dearer"),
        "low": _("Dearer, from"),
        "high": _("Dearer, to"),
        "cheaper": _("Of these: bought cheaper"),
        "cheaper_low": _("Cheaper, from"),
        "cheaper_high": _("Cheaper, to"),
        "others": _("Who began elsewhere: above this price"),
        "verdict": _("Keep to their price?"),
        "step": _("To the next price"),
        "next": _("Most bought there"),
        "worth": _("Could bring a year"),
        "worth_low": _("Could bring, from"),
        "worth_high": _("Could bring, to"),
    }
