"""Which customer belongs to which persona? The list for a mailing or the helpdesk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.personas.hashing import coded
from csworkbook.personas.last_orders import last_orders

if TYPE_CHECKING:
    from csworkbook.personas.grouping import Personas
    from csworkbook.personas.rows import Frame

IDS = ("hashed", "own")


def members(
    found: Personas, orders: Frame | None = None, *, ids: str = "hashed", key: bytes = b""
) -> pd.DataFrame:
    """Every customer with the persona he belongs to, the personas in order, in each the best customers first.

    Parameters
    ----------
    found : Personas
    orders : DataFrame or ibis.Table, optional
        With own numbers: adds the number of each customer's last order, by which the shop's own system finds him.
    ids : {"hashed", "own"}
        Customers by a code that only the holder of `key` can make again, or by their own numbers.
    key : bytes
        The shop's secret (`Shop.key`).

    Returns
    -------
    DataFrame
        Heads in the language spoken now: customer (text), persona (number and name), orders (count), spent
        (money, net of refunds), days since the last purchase (whole days); with `orders` and own numbers also the
        number of the last order (text).

    Raises
    ------
    DataError
        When there are no personas.
    SettingError
        When `ids` is neither.
    """
    if ids not in IDS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=ids),
            allowed=_("Possible: {columns}.").format(columns=join(list(IDS))),
        )
    if not found.k:
        raise DataError(_("There are no personas to list the customers of."))
    known = found.features.table.loc[found.labels.index]
    rows = pd.DataFrame(
        {
            "customer": coded(known.index, key) if ids == "hashed" else known.index.astype(str),
            "persona": found.labels.to_numpy(),
            "name": found.labels.map(dict(enumerate(found.names, 1))).to_numpy(),
            "orders": known["orders"].to_numpy(),
            "spent": known["spent"].round(2).to_numpy(),
            "days_since": known["days_since"].astype(int).to_numpy(),
        }
    )
    if ids == "own" and orders is not None:
        rows["last_order"] = rows["customer"].map(last_orders(orders))
    order = ["persona", "spent", "customer"]
    rows = rows.sort_values(order, ascending=[True, False, True], kind="stable", ignore_index=True)
    return rows.rename(columns=heads())


def heads() -> dict[str, str]:
    """What the columns are called."""
    return {
        "customer": _("Customer"),
        "persona": _("Persona"),
        "name": _("Name"),
        "orders": _("Orders"),
        "spent": _("Spent"),
        "days_since": _("Days since the last purchase"),
        "last_order": _("Number of the last order"),
    }


def kinds() -> dict[str, str]:
    """How a spreadsheet writes the columns, by head."""
    said = heads()
    return {said["orders"]: "count", said["spent"]: "money", said["days_since"]: "count"}


def about(ids: str) -> str:
    """What the customers are called in the list."""
    if ids == "hashed":
        return _(
            "Customer numbers are made unrecognisable here. Who has the folder of the workbook can tell which customer "
            "a code means; nobody else can."
        )
    return _("Customers stand here under the numbers of your own shop: mind who gets this file.")
