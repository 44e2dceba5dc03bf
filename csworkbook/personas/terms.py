"""What are the columns, choices and words of personas called?"""

from __future__ import annotations

from csworkbook.language import gettext as _
from csworkbook.results import Vocabulary


def heads() -> dict[str, str]:
    """The heads of the columns."""
    return {
        "persona": _("Persona"),
        "name": _("Name"),
        "size": _("Customers"),
        "share": _("Share of customers"),
        "share_low": _("Share, from"),
        "share_high": _("Share, to"),
        "revenue": _("Revenue"),
        "revenue_share": _("Share of revenue"),
        "revenue_low": _("Share of revenue, from"),
        "revenue_high": _("Share of revenue, to"),
        "orders": _("Orders per customer"),
        "spent": _("Spent per customer"),
        "order_value": _("Order value"),
        "discount": _("Orders with discount"),
        "contacts": _("Contacts per order"),
        "active": _("Customers who bought"),
        "month": _("Month of"),
        "quarter": _("Quarter from"),
    }


def labels() -> dict[str, str]:
    """The labels of the controls."""
    return {"by": _("Per")}


def choices() -> dict[tuple[str, object], str]:
    """How options are said."""
    return {("by", "month"): _("month"), ("by", "quarter"): _("quarter")}


VOCABULARY = Vocabulary(
    heads=heads,
    kinds={
        "persona": "count",
        "size": "count",
        "active": "count",
        "share": "share",
        "share_low": "share",
        "share_high": "share",
        "revenue": "money",
        "revenue_share": "share",
        "revenue_low": "share",
        "revenue_high": "share",
        "orders": "score",
        "spent": "money",
        "order_value": "money",
        "discount": "share",
        "contacts": "score",
        "month": "month",
    },
)
