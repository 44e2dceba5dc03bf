"""What exactly is promised? One promise that can be measured, and how customers read it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import time
from typing import Any, Literal

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.replies import USUAL
from csworkbook.results import word
from csworkbook.settings import WEEK

Kind = Literal["reply", "solved", "return", "available"]
KINDS = ("reply", "solved", "return", "available")
CLOCKS = ("clock", "open")
HOUR, DAY = 60.0, 24 * 60.0  # minutes


@dataclass(frozen=True)
class Promise:
    """A promise to customers that contacts or returns can be tested against.

    Attributes
    ----------
    kind : {"reply", "solved", "return", "available"}
    channel : str
        The channel it is about; every channel when empty.
    limit : float or None
        For a reply in minutes (None: what is usual for the channel), for "solved" the days in which the
        customer does not have to come back, for a return the days in which it is handled.
    clock : {"clock", "open"}
        Whether a reply is promised by the clock or counts opening hours only.
    since, until : str
        For "available": from and to, on the clock in the shop's zone ("9" is kept as "09:00"); "00:00" at
        the end is midnight.
    days : tuple of str
        The weekdays of "available", ``"monday"`` … ``"sunday"``.

    Raises
    ------
    SettingError
        When a part cannot be.

    >>> Promise("reply", "email", 1440).sentence()
    'You get a first reply to your e-mail within 24 hours.'
    """

    kind: Kind
    channel: str = ""
    limit: float | None = None
    clock: str = "clock"
    since: str = "09:00"
    until: str = "17:00"
    days: tuple[str, ...] = WEEK[:5]

    def __post_init__(self) -> None:
        _one_of(self.kind, KINDS)
        _one_of(self.clock, CLOCKS)
        for day in self.days:
            _one_of(day, WEEK)
        limited = self.limit is not None and not 0 < self.limit < float("inf")
        if limited or (self.limit is None and self.kind in ("solved", "return")):
            raise SettingError(
                _("A promise cannot have the limit “{value}”.").format(value=self.limit),
                allowed=_("Any number above 0."),
            )
        typed = f"{self.since}-{self.until}"
        for name in ("since", "until"):
            object.__setattr__(self, name, _clock(getattr(self, name)))
        if self.kind == "available" and not (self.days and _in_order(self.since, self.until)):
            raise SettingError(
                _("The opening hours “{value}” cannot be read.").format(value=typed),
                allowed=_("Something like 09:00-17:30, on at least one day."),
            )

    @property
    def hours(self) -> dict[str, str]:
        """The promised hours, as opening hours are kept."""
        return {day: f"{self.since}-{self.until}" for day in WEEK if day in self.days}

    def minutes(self, channel: str) -> float:
        """The promised minutes to the first reply on a channel."""
        return self.limit if self.limit is not None else usual(channel)

    def sentence(self) -> str:
        """The promise as customers read it, in the language spoken now."""
        if self.kind == "solved":
            return _("We solve it at once: you do not have to come back about it within {days}.").format(
                days=days_said(self.limit)
            )
        if self.kind == "return":
            return _("We handle your return within {days}.").format(days=days_said(self.limit))
        if self.kind == "available":
            return self._hours_sentence()
        if self.limit is None and not self.channel:
            return _("You get a first reply within the time that is usual for the channel.")
        within = duration_said(self.minutes(self.channel))
        if self.clock == "open":
            within = _("{time}, counted in our opening hours").format(time=within)
        return _reply(self.channel).format(time=within, channel=channel_said(self.channel))

    def short(self) -> str:
        """The promise in a few words, for a picture.

        >>> Promise("reply", "chat", 1/3).short(), Promise("return", limit=14).short()
        ('Chat: 20 seconds', 'Returns: 14 days')
        """
        where = channel_said(self.channel or "all")
        said = {"solved": _("solved at once"), "return": _("returns")}.get(self.kind, where)
        if self.kind == "available":
            what = f"{self.since}–{self.until}"
        elif self.limit is None and not self.channel:
            what = _("usual time")
        else:
            reply = self.kind == "reply"
            what = duration_said(self.minutes(self.channel)) if reply else days_said(self.limit)
            what = _("{time} (opening hours)").format(time=what) if self._in_hours else what
        return f"{said[:1].upper()}{said[1:]}: {what}"

    @property
    def _in_hours(self) -> bool:
        return self.kind == "reply" and self.clock == "open"

    def _hours_sentence(self) -> str:
        said = {"since": self.since, "until": "24:00" if self.until == "00:00" else self.until}
        said["days"] = weekdays_said(self.days)
        if self.channel:
            told = _("You can reach us through {channel} from {since} to {until}, {days}.")
            return told.format(channel=channel_said(self.channel), **said)
        return _("You can reach us from {since} to {until}, {days}.").format(**said)

    def document(self) -> dict[str, Any]:
        """The promise as it is stored (JSON)."""
        return asdict(self) | {"days": list(self.days)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Promise:
        """The promise in a stored document; what it does not know is left out.

        >>> Promise.of(Promise("return", limit=14).document()).limit
        14
        """
        known = {field.name for field in fields(cls)}
        read = {name: value for name, value in document.items() if name in known}
        return cls(**read | ({"days": tuple(read["days"])} if "days" in read else {}))


def _reply(channel: str) -> str:
    """The sentence about a first reply, for a channel."""
    return {
        "": _("You get a first reply within {time}."),
        "email": _("You get a first reply to your e-mail within {time}."),
        "phone": _("We answer the phone within {time}."),
        "chat": _("We answer your chat within {time}."),
        "social": _("You get a first reply on social media within {time}."),
    }.get(channel, _("You get a first reply through {channel} within {time}."))


def _one_of(value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=value),
            allowed=_("Possible: {columns}.").format(columns=language.join(list(allowed))),
        )


def _clock(typed: str) -> str:
    """A time of day as people type it, as "HH:MM"; as it is where it is none.

    >>> _clock("9"), _clock("17.30"), _clock("24:00"), _clock("noon")
    ('09:00', '17:30', '00:00', 'noon')
    """
    found = re.fullmatch(r"\s*(\d{1,2})(?:[:.](\d{2}))?\s*", typed)
    return f"{int(found[1]) % 24:02}:{found[2] or '00'}" if found and int(found[1]) <= 24 else typed


def _in_order(since: str, until: str) -> bool:
    try:
        opens, closes = time.fromisoformat(since), time.fromisoformat(until)
    except ValueError:
        return False
    return opens < closes or closes == time(0)


def usual(channel: str) -> float:
    """The minutes to a first reply that are usual on a channel; a day where nothing is.

    >>> usual("social"), usual("letter")
    (60.0, 1440.0)
    """
    return USUAL.get(str(channel), DAY)


def duration_said(minutes: float) -> str:
    """A length of time as people say it: seconds, minutes, hours, or days beyond two.

    >>> duration_said(1/3), duration_said(90), duration_said(1440), duration_said(4320)
    ('20 seconds', '90 minutes', '24 hours', '3 days')
    """
    if minutes != minutes:
        return "–"
    if minutes > 2 * DAY:
        return days_said(minutes / DAY)
    if (minutes >= HOUR and minutes % HOUR == 0) or minutes > 2 * HOUR:
        return language.duration(minutes / HOUR, "hours")
    if minutes <= 1.5 and minutes != 1:
        return language.duration(minutes * 60, "seconds")
    return language.duration(minutes, "minutes")


def days_said(days: float) -> str:
    """A number of days as people say it.

    >>> days_said(1), days_said(2.5)
    ('1 day', '2.5 days')
    """
    return language.duration(days, "days")


def channel_said(channel: str) -> str:
    """A channel as people say it inside a sentence; an owner's own word stays as it is."""
    return _("all channels") if channel == "all" else str(word(channel))


def weekdays_said(days: Sequence[str]) -> str:
    """Weekdays as people say them: a run of three or more as "Monday to Friday".

    >>> weekdays_said(("monday", "tuesday", "wednesday", "saturday"))
    'Monday to Wednesday and Saturday'
    """
    from babel.dates import get_day_names

    names = get_day_names("wide", locale=language.locale())
    runs: list[list[int]] = []
    for number in sorted({WEEK.index(day) for day in days}):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = []
    for run in runs:
        ends = _("{first} to {last}").format(first=names[run[0]], last=names[run[-1]])
        said += [ends] if len(run) > 2 else [names[number] for number in run]
    return language.join(said)
