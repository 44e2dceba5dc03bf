"""By which columns can events be split into groups?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.events.habits import remembered
from csworkbook.events.reading import read
from csworkbook.events.units import present
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import ibis

    from csworkbook.events.reading import Events

MANY = 60  # values; more are no groups
_OWN = {"email_hash", "order_id", "moment"}


def splits(events: Events) -> list[str | None]:
    """Nothing (None), the device, and the shop's own columns of words with two values or more, and not too many.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"visitor_id": ["a", "b"], "at": pd.Timestamp("2026-03-02"), "step": "cart"})
    >>> splits(log.assign(campaign=["mail", "search"], site="nl"))
    [None, 'campaign']
    """
    return list(remembered(events, "splits", lambda: [None, *_groups(read(events))]))


def units(events: Events) -> list[str]:
    """Whose events can be counted together: a visitor's, a visit's, and a customer's where the log names any.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"visitor_id": ["a", "b"], "at": pd.Timestamp("2026-03-02"), "step": "cart"})
    >>> units(log), units(log.assign(customer_id=["k", None]))
    (['visitor', 'session'], ['visitor', 'session', 'customer'])
    """
    named = remembered(events, "customers", lambda: _names_customers(read(events)))
    return ["visitor", "session", *(["customer"] if named else [])]


def _names_customers(table: ibis.Table) -> bool:
    if "customer_id" not in table.columns:
        return False
    named = table.filter(table.customer_id.notnull() & present(table.customer_id))
    return len(named.select("customer_id").limit(1).to_pyarrow()) > 0


def _groups(table: ibis.Table) -> list[str]:
    columns = [
        str(name)
        for name in table.columns
        if (name == "device" or (name not in TABLES["events"] and name not in _OWN))
        and table[name].type().is_string()
    ]
    if not columns:
        return []
    counted = table.aggregate(**{name: table[name].nunique() for name in columns}).to_pandas().iloc[0]
    found = [name for name in columns if 2 <= counted[name] <= MANY]
    return sorted(found, key=lambda name: name != "device")
