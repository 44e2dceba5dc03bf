"""What did the owner call the columns by which results are split?

Inside, such a column has a tidy name (``op_welk_apparaat``); on pages it keeps the owner's own header.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.tables import TABLES

if TYPE_CHECKING:
    from csworkbook.intake import Intake
    from csworkbook.shop import Shop

KIND = "segments"


def keep(shop: Shop, intake: Intake) -> None:
    """Remember the headers of the segment columns in a file that was brought."""
    found = headers_of(intake)
    if found:
        shop.store.put(KIND, intake.table, {**(shop.store.get(KIND, intake.table) or {}), **found})


def headers_of(intake: Intake) -> dict[str, str]:
    """Tidy name → the user's own header, for the segment columns of a file."""
    known = TABLES[intake.table]
    return {column: header for header, column in intake.mapping.items() if column and column not in known}


def headers(shop: Shop) -> dict[str, str]:
    """Tidy name → the user's own header, for all that was brought to this shop; the demo has none."""
    if shop.is_demo:
        return {}
    kept = shop.store.all(KIND)
    return {name: header for table in sorted(kept) for name, header in kept[table].items()}
