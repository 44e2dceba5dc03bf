"""Did the customer have to come back? Repeat contacts, with windows that are not over marked as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.tables import require

if TYPE_CHECKING:
    import pandas as pd


def repeated(contacts: pd.DataFrame, *, within: str = "14D", same_topic: bool = True) -> pd.DataFrame:
    """Whether each contact was followed by another one of the same customer.

    A contact is repeated when the same customer is in touch again later, at most `within` after it
    was opened, about the same topic (or about any). Two contacts at the very same moment do not
    repeat each other. A window is over when `within` after the contact lies before the last contact
    in the table; shares are honest over the rows that are known and finished (handbook 3.3, which
    looks at 14 days).

    Parameters
    ----------
    contacts : DataFrame
        The canonical table.
    within : str
        A pandas duration of at least a day, such as ``"14D"``.
    same_topic : bool
        Only contacts about the same topic count; one without a topic can then not be told.

    Returns
    -------
    DataFrame
        On the index of `contacts`: known (bool: customer, time and, where it matters, topic are
        there), finished (bool: known, and the window is over), again (bool: False where not known),
        at (when the next contact within the window was opened; NaT for none).

    Raises
    ------
    DataError
        When a required column is missing.
    SettingError
        When `within` is no length of time, or is less than a day.

    >>> import pandas as pd
    >>> contacts = pd.DataFrame({"contact_id": ["1", "2", "3"], "customer_id": ["ann", "ann", "bob"],
    ...     "opened_at": pd.to_datetime(["2026-01-01", "2026-01-09", "2026-03-01"], utc=True),
    ...     "channel": "email", "topic": "refund"})
    >>> repeated(contacts)[["finished", "again"]].to_numpy().tolist()
    [[True, True], [True, False], [False, False]]
    """
    import pandas as pd

    require(contacts, "contacts")
    span = duration(within)
    told = pd.DataFrame({"at": contacts["opened_at"], "who": known_customers(contacts)})
    told["about"] = known_words(contacts["topic"]) if same_topic else ""
    told = told.reset_index(drop=True)
    known = told.notna().all(axis=1)
    after = _next(told[known]).reindex(told.index)
    after = after.where(after - told["at"] <= span)
    finished = known & (told["at"] + span <= told["at"].max())
    found = pd.DataFrame({"known": known, "finished": finished, "again": after.notna(), "at": after})
    return found.set_axis(contacts.index)


def _next(told: pd.DataFrame) -> pd.Series:
    """When the same customer was next in touch about the same, strictly later; on the rows' own index."""
    import numpy as np

    group = told.groupby(["who", "about"], sort=False).ngroup().to_numpy()
    order = np.lexsort((told["at"].to_numpy("datetime64[ns]"), group))
    at, group = told["at"].iloc[order], group[order]
    moment = at.to_numpy("datetime64[ns]")
    new = np.ones(len(at), dtype=bool)  # the first row of each moment of each customer
    new[1:] = (group[1:] != group[:-1]) | (moment[1:] != moment[:-1])
    following = np.append(np.flatnonzero(new), len(at))[np.cumsum(new)]
    there = np.minimum(following, len(at) - 1)
    same = (following < len(at)) & (group[there] == group)
    return at.iloc[there].set_axis(at.index).where(same)


def known_customers(frame: pd.DataFrame) -> pd.Series:
    """The customer of every row as text, NA where empty: guests are not one customer together."""
    return known_words(frame["customer_id"])


def known_words(column: pd.Series) -> pd.Series:
    """A column of words without spaces around them, NA where there is none."""
    words = column.astype("string").str.strip()
    return words.mask(words == "")


def duration(text: str) -> pd.Timedelta:
    """A length of time such as ``"14D"``; a SettingError for anything else, or for less than a day.

    >>> duration("14D").days
    14
    """
    import pandas as pd

    try:
        found = pd.Timedelta(text)
    except (ValueError, TypeError):
        found = pd.NaT
    if not found >= pd.Timedelta(days=1):
        raise SettingError(
            _("“{value}” is no length of time.").format(value=text),
            allowed=_("Something like: {example}.").format(example="90D"),
        )
    return found
