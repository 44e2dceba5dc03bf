"""How many people do we need when?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import queueing, replies
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError, SettingError
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question
from csworkbook.staffing import plan_words
from csworkbook.staffing.calculating import away
from csworkbook.staffing.counts import LIVE, channels
from csworkbook.staffing.crew import Crew, Live
from csworkbook.staffing.desks import Desk
from csworkbook.staffing.letters import Kind, Post, drawn
from csworkbook.staffing.plan_result import Plan, Terms, planned
from csworkbook.staffing.work import minutes_of

if TYPE_CHECKING:
    import ibis

    from csworkbook.estimates import Estimate
    from csworkbook.staffing.forecasting import Forecast

_HALVES = 336  # half hours in a week
_QUICK = ("whatsapp",)  # written, but expected as fast as social media


@question(
    mark("How many people do we need when, and what does that cost?"),
    labels=plan_words.labels,
    choices=plan_words.choices,
)
def plan(
    contacts: pd.DataFrame | ibis.Table,
    *,
    week: date | str | None = None,
    channel: str | None = None,
    phone_share: float = 0.8,
    phone_seconds: float = 30,
    chat_share: float = 0.8,
    chat_seconds: float = 20,
    at_once: float = queueing.AT_ONCE,
    stretch: Mapping[int, float] | float = queueing.STRETCH,
    patience: float | None = None,
    shrinkage: float = 0.3,
    other_work: float = 0.5,
    hourly_cost: float = 32.0,
    opening_hours: Mapping[str, str] | None = None,
    targets: Mapping[str, float] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
    currency: str = "EUR",
    seed: int = 0,
) -> Plan:
    """People for every half hour of a week, from its forecast: telephone, chat and letters by one team.

    Telephone: Erlang A; chat: several at once (`queueing.chats`); each takes people in parts, which are
    added over the queues, raised for the time that people are away, and only then rounded up. Letters
    (all other channels) are answered in what time these people have left; where that is not enough for
    the target, people are added in every open half hour. Public holidays are closed.

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
        Times and channels make the forecast; handling minutes (and waiting seconds) the work.
    week : date, optional
        Any day of it; None = the first whole week after the data.
    channel : str, optional
        Only this one; None = all.
    phone_share, phone_seconds, chat_share, chat_seconds : float
        Which share (0–1) of all who come is to be answered within how many seconds.
    at_once, stretch
        Chats that one person has at most, on average, and how much longer they take then: see
        `queueing.stretches`.
    patience : float, optional
        Seconds after which somebody who waits gives up on average; infinite = nobody does; None = as in
        own contacts (`patience_of`), per channel.
    shrinkage : float
        The share of paid time in which people are not there (breaks, leave, illness), 0–1.
    other_work : float
        The share of the time between calls and chats that goes to other work than letters, 0–1.
    hourly_cost : float
        Money per paid hour.
    targets : mapping, optional
        Channel → share of letters to be answered in time (0–1), else 0.8. Within what time: `replies.USUAL`.

    Returns
    -------
    Plan
        table: time (of day), and a column for every weekday with open hours: whole people to schedule.
        slots, half_hours: what is behind it, per half hour. hours, cost: a week, with range.

    Raises
    ------
    DataError
        When no contact says how long it took, or none comes in opening hours.
    SettingError
        When a number or a channel cannot be, or the shop has no opening hours.
    """
    _require(shrinkage, other_work, hourly_cost, opening_hours)
    names = [str(name) for name in channels(contacts)[1:]] if channel is None else [channel]
    work = minutes_of(contacts, zone=zone)
    asked = {"week": week, "opening_hours": opening_hours, "zone": zone, "country": country, "seed": seed}
    live, letters = [n for n in names if n in LIVE], [n for n in names if n not in LIVE]
    limits = {"phone": (phone_share, phone_seconds), "chat": (chat_share, chat_seconds)}
    foreseen, young = _both(contacts, live, letters, asked)
    live, letters = ([n for n in kind if n not in young] for kind in (live, letters))
    desks = [
        Desk(
            name, _minutes(work, name) * 60, *limits[name], *_patience(contacts, name, patience),
            at_once if name == "chat" else 1.0, stretch,
        )
        for name in live
    ]  # fmt: skip
    queueing.stretches(stretch, at_once)  # says what is wrong with them, also without chats
    post = _post(foreseen[1], letters, work, targets or {}, seed)
    monday = _monday(foreseen)
    is_open = _open(opening_hours, monday, zone, country)
    manned = tuple(_manned(desk, foreseen[0], work, is_open) for desk in desks)
    terms = Terms(hourly_cost, currency, shrinkage, other_work, patience is None, not opening_hours, young)
    return planned(
        Crew(manned, post, is_open, shrinkage, other_work), monday, zone, country, terms, work, seed
    )


def _require(shrinkage, other_work, hourly_cost, opening_hours) -> None:
    away(shrinkage)
    if not 0 <= other_work <= 1:
        raise SettingError(
            _("The part of the waiting time for other work cannot be that."), allowed=_("Allowed: 0 to 100%.")
        )
    if not (np.isfinite(hourly_cost) and hourly_cost >= 0):
        raise SettingError(_("Targets and amounts must be numbers that are not below zero."))
    if opening_hours is not None and not any(span.strip() for span in opening_hours.values()):
        raise SettingError(
            _("This shop has no opening hours."), next_step=_("Fill them in with the settings of the shop.")
        )


def _minutes(work: pd.DataFrame, name: str) -> float:
    """Minutes of work; those of all channels together where nobody handled one of this channel."""
    if name in work.index:
        return float(work.loc[name, "minutes"])
    return float((work["minutes"] * work["n"]).sum() / work["n"].sum())


def _patience(contacts, name: str, typed: float | None) -> tuple[float]:
    """Seconds, as typed or as in own contacts; infinite where these do not tell."""
    if typed is not None:
        return (float(typed),)
    from csworkbook.staffing import patience_of

    found: Estimate | None = patience_of(contacts, name)
    return (np.inf if found is None else found.value,)


def _both(contacts, live: list[str], letters: list[str], asked: dict) -> tuple[list, tuple[str, ...]]:
    """The forecasts of what is answered at once and of letters, and the channels that are too new for one."""
    found, young, refused = [], [], None
    for names in (live, letters):
        try:
            one = _foreseen(contacts, names, asked)
        except DataError as error:
            one, refused = None, error
            young += names
        found.append(one)
        young += () if one is None else one.young
    if found == [None, None] and refused is not None:
        raise refused
    return found, tuple(young)


def _foreseen(contacts, names: list[str], asked: dict) -> Forecast | None:
    """The forecast of these channels, kept as long as the contacts are: most controls do not change it."""
    from csworkbook.staffing import forecast

    if not names:
        return None
    open_at = tuple(sorted((asked["opening_hours"] or {}).items()))
    key = (
        "foreseen",
        *names,
        open_at,
        *(str(value) for name, value in asked.items() if name != "opening_hours"),
    )
    return remembered(contacts, key, lambda: forecast(contacts, channel=names, **asked))


def _monday(foreseen: tuple) -> pd.Timestamp:
    """The first day of the week that was asked for, on the shop's clock."""
    first = min(f.half_hours["start"].min() for f in foreseen if f is not None).tz_localize(None).normalize()
    return first - pd.Timedelta(days=first.day_of_week)


def _open(opening_hours, monday: pd.Timestamp, zone: str, country: str) -> np.ndarray:
    """The share of each half hour of that week which is open; none of a public holiday, nor of an hour that the
    change of clocks skips.
    """
    from csworkbook.hours import holidays_of
    from csworkbook.staffing.counts import open_week

    found = open_week(opening_hours).copy()
    for day in holidays_of(country, monday.date(), (monday + pd.Timedelta(days=6)).date()):
        found[day.weekday()] = 0.0
    wall = pd.DatetimeIndex(monday + np.arange(_HALVES) * pd.Timedelta(minutes=30))
    there = wall.tz_localize(zone, ambiguous=np.ones(_HALVES, bool), nonexistent="NaT").notna()
    return np.where(there, found.ravel(), 0.0)


def _places(half_hours: pd.DataFrame) -> np.ndarray:
    """The half hour of the week of each row, from Monday 0:00."""
    start = half_hours["start"].dt
    return (start.day_of_week * 48 + start.hour * 2 + start.minute // 30).to_numpy()


def _manned(desk: Desk, foreseen: Forecast, work: pd.DataFrame, is_open: np.ndarray) -> Live:
    mine = (foreseen.half_hours["channel"] == desk.channel).to_numpy()
    rows = foreseen.half_hours[mine]
    places = _places(rows)
    twice = np.maximum(
        np.bincount(places, minlength=_HALVES), 1
    )  # an hour comes twice when the clock goes back
    expected = np.bincount(places, weights=rows["expected"].to_numpy(float), minlength=_HALVES) / twice
    rates = np.zeros((len(foreseen.rates), _HALVES))
    rates[:, places] = foreseen.rates[:, mine]
    told = work.loc[desk.channel] if desk.channel in work.index else None
    error = 0.0 if told is None else float(told["error"] / told["minutes"])
    return Live(desk, np.where(is_open > 0, expected, 0.0), np.where(is_open > 0, rates, 0.0), error)


def _post(foreseen: Forecast | None, names: list[str], work, targets, seed: int) -> Post | None:
    if foreseen is None:
        return None
    kinds, usual, drawn_work = [], 0.0, np.zeros(len(foreseen.rates))
    for name in names:
        mine = (foreseen.half_hours["channel"] == name).to_numpy()
        rows = foreseen.half_hours[mine]
        expected = np.bincount(_places(rows), weights=rows["expected"].to_numpy(float), minlength=_HALVES)
        limit = replies.USUAL.get("social" if name in _QUICK else name, replies.USUAL["email"])
        kinds.append(Kind(name, expected, _minutes(work, name), limit, float(targets.get(name, 0.8))))
        usual += kinds[-1].work
        drawn_work += foreseen.rates[:, mine].sum(axis=1) * _minutes(work, name) / 60
    return drawn(kinds, seed, drawn_work / usual if usual > 0 else None)
