"""How long did customers wait for the first reply, and who is waiting still?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from csworkbook.hours import Calendar

_SAME = 60.0  # seconds: where both tell of the same reply, times are often cut off at the minute
# minutes to a first reply that are usual to promise: the handbook's 20 seconds for chat (5.4), 24 hours for
# e-mail (4.8) and the 60 minutes that customers expect on social media (4.8); half a minute on the telephone
USUAL = {"chat": 20 / 60, "phone": 30 / 60, "social": 60.0, "email": 24 * 60.0}


def waits(
    contacts: pd.DataFrame, *, calendar: Calendar | None = None, until: pd.Timestamp | None = None
) -> pd.DataFrame:
    """How long every contact waited for its first reply.

    The reply came at `replied_at`. Where `waiting_seconds` tells of the same reply it is used, because
    telephone and chat systems count it exactly and many exports cut times off at the minute; it also
    stands in for a missing `replied_at` when the contact was surely answered (not given up, and either
    no column `replied_at` at all, or known not to be given up, or with a handling time).

    Parameters
    ----------
    calendar : Calendar, optional
        Count open minutes only; by the clock without.
    until : Timestamp, optional
        The end of the data: by default the last moment in the contacts.

    Returns
    -------
    DataFrame
        Index of `contacts`: channel, opened_at; minutes (to the first reply; NaN without one, and where
        the reply is said to come before the question; 0 where only its seconds were cut off); replied,
        given_up (bool); so_far (minutes waited where there is no reply: until the customer gave up, NaN
        where that is not known, else until the end of the data).

    >>> import pandas as pd
    >>> opened = pd.to_datetime(["2026-01-05 10:00", "2026-01-05 11:00"]).tz_localize("Europe/Amsterdam")
    >>> asked = pd.DataFrame({"opened_at": opened, "channel": "email",
    ...                       "replied_at": [opened[0] + pd.Timedelta(minutes=90), pd.NaT]})
    >>> waits(asked)[["minutes", "replied", "so_far"]].values.tolist()
    [[90.0, True, nan], [nan, False, 30.0]]
    """
    import numpy as np
    import pandas as pd

    opened = contacts["opened_at"]
    given_up = who_gave_up(contacts)
    at = _reply(contacts, given_up)
    replied = at.notna().to_numpy()
    minutes = np.where(at >= opened, _minutes(opened, at, calendar), np.nan)
    minutes = np.where(_cut_off(opened, at), 0.0, minutes)
    ended = last_moment(contacts) if until is None else until
    never = pd.Series(pd.NaT, opened.index, dtype=opened.dtype)
    left = opened + _seconds(contacts) if "waiting_seconds" in contacts else never
    end = left.where(pd.Series(given_up, opened.index), ended)
    so_far = np.where(replied, np.nan, np.maximum(_minutes(opened, end, calendar), 0.0))
    return pd.DataFrame(
        {
            "channel": contacts["channel"],
            "opened_at": opened,
            "minutes": minutes,
            "replied": replied,
            "given_up": given_up,
            "so_far": so_far,
        },
        index=contacts.index,
    )


def _cut_off(opened: pd.Series, at: pd.Series) -> np.ndarray:
    """Replies before their question in its very minute, because their seconds were cut off: at once."""
    whole = opened.dt.tz_convert("UTC").dt.floor("min")  # in UTC: no hour comes twice
    return ((at < opened) & (at == whole)).to_numpy(bool)


def _minutes(start: pd.Series, end: pd.Series, calendar: Calendar | None) -> np.ndarray:
    if calendar is None:
        return (end - start).dt.total_seconds().to_numpy(float) / 60
    return calendar.minutes(start, end)


def who_gave_up(contacts: pd.DataFrame) -> np.ndarray:
    """Who left before a reply (bool ndarray): marked so, and nothing says that there was one."""
    import numpy as np

    if "abandoned" not in contacts:
        return np.zeros(len(contacts), bool)
    marked = contacts["abandoned"].astype("boolean").fillna(False).to_numpy(bool)
    return marked & contacts["replied_at"].isna().to_numpy() if "replied_at" in contacts else marked


def _reply(contacts: pd.DataFrame, given_up: np.ndarray) -> pd.Series:
    """The moment of the first reply, as exactly as the table tells it."""
    import numpy as np
    import pandas as pd

    opened = contacts["opened_at"]
    told = (
        contacts["replied_at"]
        if "replied_at" in contacts
        else pd.Series(pd.NaT, opened.index, dtype=opened.dtype)
    )
    if "waiting_seconds" not in contacts:
        return told
    counted = opened + _seconds(contacts)
    same = ((told - counted).dt.total_seconds().abs() < _SAME).to_numpy()
    stands_in = told.isna().to_numpy() & ~given_up & _answered(contacts)
    return told.mask(pd.Series(np.asarray(same | stands_in), opened.index), counted)


def _seconds(contacts: pd.DataFrame) -> pd.Series:
    import pandas as pd

    return pd.to_timedelta(contacts["waiting_seconds"].astype(float), unit="s")


def _answered(contacts: pd.DataFrame) -> np.ndarray:
    """Whether the rest of the row says that the contact was answered."""
    import numpy as np

    if "replied_at" not in contacts:
        return np.ones(len(contacts), bool)
    stayed, handled = np.zeros((2, len(contacts)), bool)
    if "abandoned" in contacts:
        stayed = (contacts["abandoned"].astype("boolean") == False).fillna(False).to_numpy(bool)  # noqa: E712
    if "handling_minutes" in contacts:
        handled = (contacts["handling_minutes"] > 0).to_numpy(bool, na_value=False)
    return stayed | handled


def last_moment(contacts: pd.DataFrame) -> pd.Timestamp:
    """The last moment the contacts tell of."""
    import pandas as pd

    times = [contacts[name].max() for name in ("opened_at", "replied_at", "resolved_at") if name in contacts]
    known = [moment for moment in times if moment is not pd.NaT]
    return max(known) if known else pd.NaT
