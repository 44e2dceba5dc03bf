"""What are the columns, rows and controls called that are about when customers get in touch, and how long they wait?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from csworkbook import language
from csworkbook.language import gettext as _
from csworkbook.results import word

CHAPTER = "09_channels"


def labels() -> dict[str, str]:
    """What each control is called."""
    return {
        "channel": _("Channel"),
        "week": _("Week of"),
        "per": _("Per"),
        "limit": _("Answered within"),
    }


def choices() -> dict[tuple[str, object], str]:
    """How an option is said, by (parameter, option)."""
    return {
        ("channel", None): _("phone and chat"),
        ("channel", "phone"): str(word("phone")),
        ("channel", "chat"): str(word("chat")),
        ("week", None): _("the next one"),
        **{("limit", n): language.duration(n, "seconds") for n in (10, 20, 30, 60, 120)},
        ("per", "hour"): _("hour"),
        ("per", "half hour"): _("half hour"),
    }


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "day": _("Day"),
        "channel": _("Channel"),
        "expected": _("Expected"),
        "actual": _("Really came"),
        "peak": _("Busiest half hour"),
        "holiday": _("Public holiday"),
        "weekday": _("Weekday"),
        "time": _("Time"),
        "mean": _("Contacts on average"),
        "waited": _("Waited (seconds)"),
        "still": _("Not given up yet"),
        "hazard": _("Give up, per minute of waiting"),
        "satisfied": _("Satisfied"),
        "given_up": _("Gave up"),
        "answered": _("Answered"),
    }


def channels_said(channels: Sequence[str]) -> str:
    """Channels as part of a sentence: "phone and chat"."""
    return language.join([str(word(one)) for one in channels])


@lru_cache
def _weekdays(_spoken: str, width: str = "wide") -> tuple[str, ...]:
    from babel.dates import get_day_names

    names = get_day_names(width, locale=language.locale())
    return tuple(names[day] for day in range(7))


def short_weekday(day: int) -> str:
    """The name of a weekday as it stands along a picture, 0 for Monday.

    >>> short_weekday(0)
    'Mon'
    """
    return _weekdays(language.current(), "abbreviated")[int(day)]


def weekday(day: int) -> str:
    """The name of a weekday, 0 for Monday.

    >>> weekday(0)
    'Monday'
    """
    return _weekdays(language.current())[int(day)]


def clock(half: int, length: int = 1) -> str:
    """So many half hours from a half hour of the day on, as people write it.

    >>> clock(21), clock(20, 2)
    ('10:30–11:00', '10:00–11:00')
    """
    ends = half, half + length
    return "–".join(f"{one // 2:02d}:{30 * (one % 2):02d}" for one in ends)


def between(half: int, length: int = 1) -> str:
    """The same as part of a sentence.

    >>> between(20, 2)
    'between 10:00 and 11:00'
    """
    begin, end = clock(half, length).split("–")
    return _("between {begin} and {end}").format(begin=begin, end=end)


def ways() -> dict[str, str]:
    """How a week was foreseen, as part of a sentence."""
    return {
        "season": _("trend and season"),
        "recent": _("trend and season at the level of the last weeks"),
        "four weeks": _("the mean of the last four weeks"),
        "last week": _("last week again"),
    }


def grains() -> dict[str, str]:
    """What parts of a week were judged, as part of a sentence."""
    return {"half hour": _("half hours"), "day": _("days"), "week": _("weeks")}


def too_young(channels: Sequence[str]) -> str:
    """Which channels are left out because too little is known of them; empty for none."""
    if not channels:
        return ""
    return _("Left out, because there are no three weeks of contacts yet: {channels}.").format(
        channels=channels_said(channels)
    )
