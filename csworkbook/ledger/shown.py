"""What the ledger's own columns and words are called, and how they are written."""

from __future__ import annotations

from typing import ClassVar

from csworkbook import results
from csworkbook.language import gettext as _
from csworkbook.results import Result, Vocabulary


def heads() -> dict[str, str]:
    """The heads of the columns that only the ledger has."""
    return {
        "table": _("Table"),
        "rows": _("Rows"),
        "found": _("Found in the orders"),
        "reason": _("Why not"),
        "advice": _("What to do"),
        "at": _("When"),
        "kind": _("What"),
        "id": _("Number"),
        "order_id": _("Order"),
        "matched": _("Found by"),
        "amount": _("Amount"),
        "minutes": _("Minutes"),
        "topic": _("Contact reason"),
        "contacts": _("Contacts"),
        "each": _("Handling per contact"),
        "again_share": _("Comes back"),
        "handling": _("First contacts, a year"),
        "repeats": _("Repeat contacts, a year"),
        "refunds": _("Margin on refunds, a year"),
        "refund_share": _("Refunded"),
        "total": _("Cost a year"),
        "total_low": _("Cost, from"),
        "total_high": _("Cost, to"),
        "episodes": _("Customers compared"),
        "comparable": _("Later margin of comparable customers"),
        "later": _("Later margin: difference each"),
        "later_low": _("Difference each, from"),
        "later_high": _("Difference each, to"),
        "later_year": _("Later margin: difference a year"),
        "later_year_low": _("Difference a year, from"),
        "later_year_high": _("Difference a year, to"),
    }


def words() -> dict[str, str]:
    """The words that the ledger itself puts in a table."""
    return {
        "orders": _("orders"),
        "order_lines": _("order lines"),
        "returns": _("returns"),
        "contacts": _("customer contacts"),
        "effort_survey": _("survey answers"),
        "events": _("visits"),
        "order": _("order"),
        "line": _("order line"),
        "return": _("return"),
        "contact": _("contact"),
        "answer": _("answer"),
        "visit": _("visit"),
    }


_KINDS = {
    "money": (
        *("handling", "repeats", "refunds", "refunded", "total", "total_low", "total_high", "comparable"),
        *("later", "later_low", "later_high", "later_year", "later_year_low", "later_year_high"),
    ),
    "cents": ("each", "amount"),
    "count": ("contacts", "rows", "found", "missing", "episodes", "finished", "again"),
    "share": ("again_share", "refund_share"),
    "number": ("minutes", "per_year"),
}
VOCABULARY = Vocabulary(
    heads,
    words,
    {column: kind for kind, columns in _KINDS.items() for column in columns},
    wordy=("table", "kind", "topic"),
)
head, word = VOCABULARY.head, VOCABULARY.word


class LedgerResult(Result):
    """A result whose table has columns that only the ledger has."""

    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it."""
        return said(value) if column == "topic" else super().cell(column, value)


def said(topic: object) -> str:
    """A contact reason as the shop wrote it, or that there is none."""
    return str(results.word(topic)) if isinstance(topic, str) and topic else _("(no reason filled in)")


def keys() -> dict[str, str]:
    """How a row was found in the orders."""
    return {
        "customer": _("by customer number"),
        "email": _("by e-mail address"),
        "order_number": _("by order number"),
        "text": _("by an order number in the text"),
    }


def reasons() -> dict[str, str]:
    """Why a row was not found in the orders."""
    return {
        "conflict": _("its keys name different customers"),
        "several": _("its key fits more than one"),
        "no_id": _("no customer, e-mail or order number"),
        "before": _("before the first order in the file"),
        "after": _("after the last order in the file"),
        "order_unknown": _("order number not in the orders"),
        "id_unknown": _("customer not in the orders"),
    }


def advice() -> dict[str, str]:
    """What to do about rows that were not found, by reason."""
    return {
        "conflict": _(
            "Look at some of these by hand: an order number of somebody else, or two customers who are one person."
        ),
        "several": _("Merge customers who are one person, and write order numbers with their prefix."),
        "no_id": _(
            "Ask for the order number or e-mail address first, and let the help desk and the site pass it on."
        ),
        "before": _("Bring older orders."),
        "after": _("Bring newer orders: this file goes on longer."),
        "order_unknown": _(
            "Bring the orders of every shop and channel; check how order numbers are written."
        ),
        "id_unknown": _(
            "People who never bought, or another system's customer numbers: bring the e-mail address too."
        ),
    }
