"""How often is one promise kept, and which promises can be checked with these tables?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.manifesto.kept import VIEWS, Kept
from csworkbook.manifesto.kept import kept as _kept
from csworkbook.manifesto.measured import LIVE, require_replies
from csworkbook.manifesto.outcomes import outcomes
from csworkbook.manifesto.promise import KINDS, Promise

if TYPE_CHECKING:
    import pandas as pd


def channels(contacts: pd.DataFrame) -> list[str | None]:
    """The channels of the contacts, busiest first, after None for all: the choices of a panel."""
    return [None, *contacts["channel"].dropna().astype(str).value_counts().index]


def live(contacts: pd.DataFrame) -> list[str]:
    """The channels of the contacts, those on which people wait for the answer (chat, phone) first."""
    found = [name for name in channels(contacts) if name]
    return sorted(found, key=lambda name: name not in LIVE)


def check(
    contacts: pd.DataFrame | None = None,
    returns: pd.DataFrame | None = None,
    *,
    promise: Promise,
    by: str = "hour",
    given_up: bool = True,
    opening_hours: dict[str, str] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
) -> Kept:
    """How often a promise was kept.

    Parameters
    ----------
    promise : Promise
    by : {"hour", "weekday", "week", "channel"}
        What the table and picture show.
    given_up : bool
        Whether customers who gave up after the promised time count as broken.

    Returns
    -------
    Kept
        table: `by`, count, n, share, low, high, p, verdict; `share` is the whole with Wilson's interval.

    Raises
    ------
    DataError
        When the table or column that would tell is not there.
    SettingError
        When a choice is none, or opening hours are needed and there are none.
    """
    if by not in VIEWS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=by),
            allowed=_("Possible: {columns}.").format(columns=language.join(list(VIEWS))),
        )
    shop = {"opening_hours": opening_hours, "zone": zone, "country": country}
    found = outcomes(contacts, returns, promise, given_up=given_up, **shop)
    other = None
    if promise.kind in ("reply", "available") and (found.given_up or found.left.get("given_up")):
        other = outcomes(contacts, returns, promise, given_up=not given_up, **shop)
    return _kept(found, promise, by=by, answered=other)


def offered(tables: Any) -> list[str]:
    """The kinds of promises that can be checked with these tables.

    Parameters
    ----------
    tables : Shop, or mapping of table name to DataFrame

    >>> offered({"contacts": None, "returns": None})
    []
    """
    contacts, returns = (_table(tables, name) for name in ("contacts", "returns"))
    kinds = []
    if contacts is not None:
        kinds += ["reply"] if _replies(contacts) else []
        kinds += ["solved"]
        kinds += ["available"] if "reply" in kinds else []
    if returns is not None and "handled_at" in returns and returns["handled_at"].notna().any():
        kinds.append("return")
    return [kind for kind in KINDS if kind in kinds]


def _replies(contacts: pd.DataFrame) -> bool:
    try:
        require_replies(contacts)
    except DataError:
        return False
    return True


def _table(tables: Any, name: str) -> pd.DataFrame | None:
    return tables.get(name) if isinstance(tables, Mapping) else getattr(tables, name, None)
