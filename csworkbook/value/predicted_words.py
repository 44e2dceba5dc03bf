"""What are the columns, rows and controls called that are about what customers will buy?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "horizon": _("Look ahead"),
        "discount_rate": _("Money a year later counts less by"),
        "hidden": _("Kept hidden"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    lengths = {f"{days}D": language.duration(days, "days") for days in (28, 30, 60, 90, 180, 365, 730)}
    rates = {rate: language.percent(rate) for rate in (0.0, 0.05, 0.1, 0.15, 0.2)}
    return {
        **{(name, value): said for name in ("horizon", "hidden") for value, said in lengths.items()},
        **{("discount_rate", rate): said for rate, said in rates.items()},
        ("hidden", None): _("the last third"),
    }


def heads() -> dict[str, str]:
    """The heads of the columns."""
    return {
        "customer_id": _("Customer"),
        "orders": _("Orders so far"),
        "last_at": _("Last order"),
        "alive": _("Still a customer (chance)"),
        "back": _("Another order (chance)"),
        "expected_orders": _("Orders to expect"),
        "expected_value": _("Margin to expect"),
        "value_low": _("Margin, from"),
        "value_high": _("Margin, to"),
        "way": _("Prediction"),
        "predicted": _("Orders foretold"),
        "seen": _("Orders seen"),
        "off": _("Too many (+) or too few (−)"),
        "miss": _("Miss (of square roots)"),
    }


def words() -> dict[object, str]:
    """The ways to foretell, as they are said."""
    return {
        "model": _("the model"),
        "same rate": _("everybody at the same rate as before"),
        "nobody": _("nobody comes back"),
    }


def free() -> str:
    """What becomes of orders for which nothing was asked."""
    return _(
        "An order of 0 of which nothing was paid back, such as one paid with a voucher, counts as an order here; "
        "elsewhere in this chapter it does not."
    )
