"""What are the features of a customer called, and how are their values and bounds said?"""

from __future__ import annotations

import numpy as np

from csworkbook import language, results
from csworkbook.language import gettext as _
from csworkbook.personas.likeness.conditions import Condition, Rule
from csworkbook.personas.measures import OTHER

# how the values of a feature are written, by its name; what is not here is a share (0–1)
_KINDS = {
    "orders": "count",
    "spent": "money",
    "margin": "money",
    "order_value": "money",
    "lines_per_order": "number",
    "contacts": "number",
    "minutes": "number",
    "days_since": "days",
    "days_known": "days",
}


def kind(column: str) -> str:
    """How a feature is written: ``"share"``, ``"money"``, ``"count"``, ``"number"`` or ``"days"``.

    >>> kind("device: mobile"), kind("spent")
    ('share', 'money')
    """
    return _KINDS.get(column, "share")


def name(column: str) -> str:
    """A feature as people say it.

    >>> name("device: mobile"), name("december")
    ('orders on mobile', 'orders in December')
    """
    known = _names().get(column)
    if known is not None:
        return known
    subject, _colon, word = column.partition(": ")
    if not word:
        return column.replace("_", " ")
    word = _("other") if word == OTHER else str(results.word(word))
    said = {"device": _("orders on {word}"), "category": _("bought from {word}")}
    return said.get(subject, "{word}").format(word=word)


def _names() -> dict[str, str]:
    return {
        "orders": _("number of orders"),
        "spent": _("spent in all"),
        "margin": _("margin in all"),
        "order_value": _("amount per order"),
        "lines_per_order": _("different products per order"),
        "margin_share": _("margin as share of the amount"),
        "discount": _("orders with a discount"),
        "december": _("orders in December"),
        "weekend": _("orders at the weekend"),
        "evening": _("orders in the evening"),
        "returned": _("orders of which something came back"),
        "contacts": _("contacts per order"),
        "minutes": _("minutes per contact"),
        "days_since": _("days since the last order"),
        "days_known": _("days since the first order"),
    }


def value(column: str, number: float, currency: str = "EUR") -> str:
    """A value of a feature as people read it.

    >>> value("december", 0.456), value("order_value", 83.2), value("contacts", 0.25)
    ('46%', '€83', '0.25')
    """
    how = kind(column)
    if how == "share":
        whole = number != number or number >= 0.1 or number < 0.0005  # never "0.0%"
        return language.percent(number, 0 if whole else 1)
    if how == "money":
        return language.money(number, currency)
    if how == "days":
        return language.number(number)
    return language.number(number, 2 if abs(number) < 1 else 1)


def condition(one: Condition, currency: str = "EUR") -> str:
    """A condition in words.

    >>> condition(Condition("orders", low=1.0)), condition(Condition("device: mobile", high=0.5))
    ('number of orders: at least 2', 'orders on mobile: at most 50%')
    """
    what = name(one.column)
    whole = kind(one.column) == "count"
    low = _bound(one.column, one.low + 1 if whole else one.low, currency)
    high = _bound(one.column, one.high, currency)
    if np.isinf(one.high):
        said = _("{what}: at least {low}") if whole else _("{what}: more than {low}")
    elif np.isinf(one.low):
        said = _("{what}: at most {high}")
    else:
        said = _("{what}: {low} to {high}") if whole else _("{what}: more than {low}, at most {high}")
    return said.format(what=what, low=low, high=high)


def _bound(column: str, number: float, currency: str) -> str:
    """A bound in words, with as many digits as it has."""
    if np.isinf(number):
        return ""
    how = kind(column)
    if how == "share":
        return language.percent(number)
    if how == "money":
        return language.money(number, currency, 0 if number == round(number) else 2)
    return language.number(number, 0 if number == round(number) else 2)


def rule(conditions: Rule, currency: str = "EUR") -> str:
    """All conditions of a rule in one phrase."""
    return language.join([condition(one, currency) for one in conditions])
