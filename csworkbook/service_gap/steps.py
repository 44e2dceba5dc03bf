"""How are the steps of the iceberg called?"""

from __future__ import annotations

from csworkbook import language
from csworkbook.language import gettext as _


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "one_in_low": _("Dissatisfied customers who complain: from"),
        "one_in_high": _("Dissatisfied customers who complain: to"),
        "leaving_low": _("Of the silent leave: from"),
        "leaving_high": _("Of the silent leave: to"),
        "within": _("Ordered again within"),
        "value_per_customer": _("Margin per customer a year (0 = from your orders)"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How “one in” is said, by (parameter, option)."""
    one_in = _("one in {n}")
    names = ("one_in_low", "one_in_high")
    return {(name, n): one_in.format(n=language.number(n)) for name in names for n in range(1, 101)}


def heads() -> dict[str, str]:
    """The heads of the table."""
    return {
        "factor": _("Step"),
        "basis": _("Rests on"),
        "widens": _("Part of the uncertainty"),
    }


def words() -> dict[object, str]:
    """The steps of the iceberg, and what each rests on."""
    return {
        "complaints": _("Customers who complain, a year"),
        "one_in": _("Of how many dissatisfied customers one complains"),
        "dissatisfied": _("Dissatisfied customers, a year"),
        "silent": _("Of whom keep silent"),
        "leaving": _("Share of the silent who leave"),
        "gone": _("Gone without a word, a year"),
        "value": _("Margin per customer a year"),
        "money": _("Margin gone with them, a year"),
        "own data": _("your data"),
        "assumption": _("assumption"),
        "follows": _("follows from it"),
    }
