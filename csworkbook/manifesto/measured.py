"""Which channels of an export can tell whether a promise was kept?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import DataError
from csworkbook.language import gettext as _
from csworkbook.manifesto.promise import channel_said

LIVE = ("chat", "phone")
WHOLE = 2.0  # minutes: below it a promise is not to be checked with times that have no seconds


def require_replies(contacts: pd.DataFrame) -> None:
    """Raise a DataError when nothing in the contacts tells when they were answered."""
    there = [name for name in ("replied_at", "waiting_seconds") if name in contacts]
    if not there or (len(contacts) and contacts[there].isna().all(axis=None)):
        raise DataError(
            _("These contacts do not say when they were answered."),
            allowed=_("A column with the moment of the first reply, or with the seconds waited."),
            next_step=_("Most helpdesks have “first reply time” in their export: bring a file with it."),
        )


def unrecorded(asked: pd.DataFrame, replied: pd.Series) -> np.ndarray:
    """The contacts (bool ndarray) on channels of which not one contact has a reply.

    Nobody can tell whether these were answered late or their export lacks the time.

    >>> asked = pd.DataFrame({"channel": ["chat", "chat", "phone"]})
    >>> unrecorded(asked, pd.Series([True, False, False])).tolist()
    [False, False, True]
    """
    return ~_any_by_channel(asked, replied.to_numpy(bool))


def rough(asked: pd.DataFrame) -> np.ndarray:
    """The contacts (bool ndarray) on channels whose replies all come on the whole minute.

    The system that wrote them leaves the seconds away; with `waiting_seconds` they are known all the same.
    """
    if "replied_at" not in asked or not len(asked):
        return np.zeros(len(asked), bool)
    at = asked["replied_at"]
    exact = (at.notna() & ((at.dt.second > 0) | (at.dt.microsecond > 0))).to_numpy(bool)
    if "waiting_seconds" in asked:
        exact = exact | asked["waiting_seconds"].notna().to_numpy(bool)
    return ~_any_by_channel(asked, exact)


def _any_by_channel(asked: pd.DataFrame, flags: np.ndarray) -> np.ndarray:
    names = asked["channel"].astype(object).to_numpy()
    return pd.Series(flags).groupby(names, dropna=False).transform("any").to_numpy(bool)


def named(asked: pd.DataFrame, rows: np.ndarray) -> tuple[str, ...]:
    """The channels of these rows, in order of the alphabet."""
    return tuple(sorted(map(str, asked["channel"].astype(object)[rows].dropna().unique())))


def refuse_unrecorded(asked: pd.DataFrame, mute: np.ndarray) -> None:
    """Raise a DataError when no contact asked about is on a channel with recorded replies."""
    if not (len(asked) and mute.all()):
        return
    names = named(asked, mute)
    raise DataError(
        _no_times(names[0]) if len(names) == 1 else _("These contacts do not say when they were answered."),
        next_step=_("Bring an export that has the moment of the first reply, or the seconds waited."),
    )


def _no_times(channel: str) -> str:
    return {
        "phone": _("This export does not say when phone calls were answered."),
        "chat": _("This export does not say when chats were answered."),
        "email": _("This export does not say when e-mails were answered."),
    }.get(
        channel,
        _("This export does not say when contacts on {channel} were answered.").format(
            channel=channel_said(channel)
        ),
    )


def refuse_rough(asked: pd.DataFrame, waited: pd.DataFrame, coarse: np.ndarray) -> None:
    """Raise a DataError when every contact asked about has times without seconds.

    It says between which shares the answer within a whole minute lies: where both times are cut off, a
    wait of 0 lasted less than one minute, and one of 1 less than two.
    """
    if not (len(asked) and coarse.all()):
        return
    minutes = waited["minutes"][~waited["given_up"].to_numpy(bool)].to_numpy()
    low, high = (estimates.share(int((minutes <= most).sum()), len(minutes)).value for most in (0, 1))
    raise DataError(
        _(
            "The times on {channels} have no seconds, so a promise below two minutes cannot be checked."
        ).format(channels=language.join([channel_said(name) for name in named(asked, coarse) or ("all",)])),
        allowed=_("Answered within a whole minute: between {low} and {high} of {n} contacts.").format(
            low=language.percent(low), high=language.percent(high), n=language.number(len(minutes))
        ),
        next_step=_("Bring an export with the seconds, or promise two minutes or more."),
    )
