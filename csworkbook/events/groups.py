"""By which columns can events be split into groups?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.events.habits import remembered
from csworkbook.events.reading import read
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
