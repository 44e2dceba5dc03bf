"""Do we keep what we promise, and which promises can be checked?"""

from __future__ import annotations

import pandas as pd

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.manifesto.checked import Checked, promises
from csworkbook.manifesto.checks import channels, check, live, offered
from csworkbook.manifesto.kept import Kept
from csworkbook.manifesto.promisable import Promisable, promisable
from csworkbook.manifesto.promise import KINDS, Promise, channel_said, duration_said
from csworkbook.results import question
from csworkbook.settings import WEEK

__all__ = [
    "DAYS",
    "KINDS",
    "WITHIN",
    "Checked",
    "Kept",
    "Promisable",
    "Promise",
    "available",
    "channels",
    "check",
    "live",
    "offered",
    "promisable",
    "promises",
    "reply",
    "returned",
    "solved",
]

# what a panel offers: times to the first reply in minutes ("" = what is usual per channel), days, hours
WITHIN = ("usual", "20s", "30s", "60s", "5min", "30min", "1h", "2h", "4h", "8h", "24h", "48h", "72h")
DAYS = ("2D", "5D", "7D", "14D", "30D")
WEEKS = {"weekdays": WEEK[:5], "saturday": WEEK[:6], "daily": WEEK}


def _labels() -> dict[str, str]:
    return {
        "channel": _("Channel"),
        "within": _("Promised within"),
        "clock": _("Time counts"),
        "by": _("Show"),
        "given_up": _("Who gave up after the promised time counts as broken"),
        "since": _("From"),
        "until": _("To"),
        "days": _("On"),
    }


def _choices() -> dict[tuple[str, object], str]:
    times = {("within", one): duration_said(_minutes(one)) for one in WITHIN if one != "usual"}
    return times | {
        ("within", "usual"): _("what is usual for the channel"),
        ("channel", None): _("all channels"),
        **{
            ("channel", name): language.capital(channel_said(name))
            for name in ("email", "phone", "chat", "social")
        },
        ("clock", "clock"): _("by the clock"),
        ("clock", "open"): _("in opening hours"),
        ("by", "hour"): _("by hour of the day"),
        ("by", "weekday"): _("by day of the week"),
        ("by", "week"): _("by week"),
        ("by", "channel"): _("by channel"),
        ("days", "weekdays"): _("Monday to Friday"),
        ("days", "saturday"): _("Monday to Saturday"),
        ("days", "daily"): _("every day"),
    }


def _minutes(within: str) -> float | None:
    """A time such as "24h" in minutes; None for what is usual."""
    if within == "usual":
        return None
    return _span(within) / pd.Timedelta(minutes=1)


def _span(within: str) -> pd.Timedelta:
    try:
        found = pd.Timedelta(within)
    except (ValueError, TypeError):
        found = pd.NaT
    if not found > pd.Timedelta(0):
        raise SettingError(
            _("“{value}” is no length of time.").format(value=within),
            allowed=_("Something like: {example}.").format(example="24h"),
        )
    return found


@question(mark("Do customers get a first reply as fast as we promise?"), labels=_labels, choices=_choices)
def reply(
    contacts: pd.DataFrame,
    *,
    channel: str | None = None,
    within: str = "usual",
    clock: str = "clock",
    by: str = "hour",
    given_up: bool = True,
    opening_hours: dict[str, str] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
) -> Kept:
    """How often the first reply came in time (handbook 2; limits 4.8 and 5.4).

    Parameters
    ----------
    channel : str, optional
        All channels by default.
    within : str
        A pandas duration such as ``"24h"``; "usual" takes what is usual for each channel.
    clock : {"clock", "open"}
        Whether every minute counts, or only those in opening hours.
    by, given_up : as in `check`

    Returns
    -------
    Kept
        As `check`.
    """
    promise = Promise("reply", channel or "", _minutes(within), clock)
    shop = {"opening_hours": opening_hours, "zone": zone, "country": country}
    return check(contacts, promise=promise, by=by, given_up=given_up, **shop)


@question(mark("Do we solve it at once?"), labels=_labels, choices=_choices)
def solved(
    contacts: pd.DataFrame,
    *,
    channel: str | None = None,
    within: str = "14D",
    by: str = "channel",
    zone: str = "Europe/Amsterdam",
) -> Kept:
    """How often customers did not have to come back about the same topic (handbook 3.3: 14 days).

    Parameters and result as `reply`; `within` counts days.
    """
    return check(
        contacts,
        promise=Promise("solved", channel or "", _span(within) / pd.Timedelta(days=1)),
        by=by,
        zone=zone,
    )


@question(mark("Are returns handled as fast as we promise?"), labels=_labels, choices=_choices)
def returned(
    returns: pd.DataFrame, *, within: str = "14D", by: str = "week", zone: str = "Europe/Amsterdam"
) -> Kept:
    """How often a return was handled (money back, or the exchange sent) within so many days.

    Parameters and result as `reply`; by the day and hour the goods were back.
    """
    return check(
        None, returns, promise=Promise("return", limit=_span(within) / pd.Timedelta(days=1)), by=by, zone=zone
    )


def _reached() -> dict[tuple[str, object], str]:
    return _choices() | {("channel", None): _("where people wait for the answer")}


@question(mark("Are we there in the hours we promise?"), labels=_labels, choices=_reached)
def available(
    contacts: pd.DataFrame,
    *,
    channel: str | None = None,
    since: str = "09:00",
    until: str = "17:00",
    days: str = "weekdays",
    by: str = "hour",
    given_up: bool = True,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
) -> Kept:
    """How many who got in touch in the promised hours were answered before those ended that day.

    Parameters
    ----------
    since, until : str
        From and to, such as ``"09:00"``; holidays of the country are not promised.
    days : {"weekdays", "saturday", "daily"}
    channel : str, optional
        By default those on which people wait for the answer (chat, phone); all where there is none of these.
    by, given_up : as in `reply`
        `given_up` counts everybody who gave up as broken.

    Returns
    -------
    Kept
        As `check`; the text says in which promised hours nobody was in touch.
    """
    if days not in WEEKS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=days), allowed=language.join(list(WEEKS))
        )
    promise = Promise("available", channel or "", since=since, until=until, days=WEEKS[days])
    return check(contacts, promise=promise, by=by, given_up=given_up, zone=zone, country=country)
