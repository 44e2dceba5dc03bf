"""How much work is a contact of each channel?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.contacts import facts
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import ibis

_YEAR = 365 * 86_400  # seconds


def minutes_of(contacts: pd.DataFrame | ibis.Table, *, zone: str = "UTC") -> pd.DataFrame:
    """The minutes of work a contact takes, per channel, in the last 365 days.

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
        Who gave up before an answer took no work and does not count.

    Returns
    -------
    DataFrame
        Index channel: contacts (handled in that year), n (of which the minutes are known), minutes (mean;
        of all channels together where none of its own is known), error (standard error of the mean, 0
        where there is but one).

    Raises
    ------
    DataError
        When no contact says how long it took.

    >>> told = pd.DataFrame({"contact_id": ["1", "2"], "customer_id": "ann", "topic": "refund", "channel": "phone",
    ...     "opened_at": pd.to_datetime(["2026-01-05", "2026-01-06"], utc=True), "handling_minutes": [4.0, 6.0]})
    >>> minutes_of(told).loc["phone", ["n", "minutes", "error"]].tolist()
    [2.0, 5.0, 1.0]
    """
    return remembered(contacts, ("minutes of work", zone), lambda: _counted(contacts, zone))


def _counted(contacts, zone: str) -> pd.DataFrame:
    told = facts(contacts, zone=zone).select("channel", "second", "handled", "handling_minutes")
    last = told.aggregate(last=told.second.max()).to_pandas()["last"].iloc[0]
    told = told.filter((told.second > int(last) - _YEAR) & told.channel.notnull() & told.handled)
    works = told.handling_minutes > 0
    found = told.group_by("channel").aggregate(
        contacts=told.count(),
        n=works.fill_null(False).sum(),
        minutes=told.handling_minutes.mean(where=works),
        spread=told.handling_minutes.std(where=works, how="sample"),
    )
    table = found.to_pandas().sort_values("channel").set_index("channel")
    return _filled(table.astype({"contacts": int, "n": int, "minutes": float, "spread": float}))


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    whole = (table["minutes"] * table["n"]).sum() / max(table["n"].sum(), 1)
    if not whole > 0:
        raise DataError(
            _("Your contacts do not say how long they took."),
            allowed=_("A column with the minutes of work per contact."),
            next_step=_("Map that column on this page, or fill in the minutes per contact."),
        )
    error = (table["spread"] / np.sqrt(table["n"].clip(lower=1))).fillna(0.0)
    return table.drop(columns="spread").assign(minutes=table["minutes"].fillna(whole), error=error)
