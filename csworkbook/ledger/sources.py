"""Which columns of the tables does the ledger look at?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook import engine
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    Frame = pd.DataFrame | ibis.Table

DAY = 86_400  # seconds
_COLUMNS = {
    "orders": ("order_id", "customer_id", "email_hash", "ordered_at", "revenue", "margin", "refunded", "channel"),
    "order_lines": ("order_id", "product_id", "quantity", "price", "category"),
    "returns": ("order_id", "product_id", "returned_at", "reason", "amount"),
    "contacts": (
        "contact_id", "customer_id", "email_hash", "order_id", "product_id", "opened_at", "channel", "topic",
        "handling_minutes", "abandoned", "text",
    ),
    "effort_survey": ("answered_at", "customer_id", "email_hash", "order_id", "choosing", "buying", "after"),
    "events": ("visitor_id", "session_id", "customer_id", "at", "step", "device", "seconds"),
}  # fmt: skip


def read(frame: Frame, name: str) -> ibis.Table:
    """The columns of the canonical table `name` that the ledger looks at, typed as in `engine.table`.

    The time is called `at`, and `second` is the same in whole seconds since 1970, which every engine
    counts with alike.

    Raises
    ------
    DataError
        As in `engine.table`.
    """
    table = engine.table(frame, name, _COLUMNS[name])
    time = next((c.name for c in TABLES[name].columns if c.kind == "time" and c.name in _COLUMNS[name]), None)
    if time is None:
        return table
    table = table.rename(at=time) if time != "at" else table
    return table.mutate(second=engine.second(table.at))


def has(frame: Frame | None, column: str) -> bool:
    """Whether the table is there and has this column."""
    return frame is not None and column in frame.columns
