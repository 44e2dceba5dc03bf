"""When is the backlog gone?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import hours
from csworkbook.channels import triage_words
from csworkbook.channels.clearing import Cleared, Plan, cleared, drawn
from csworkbook.channels.flows import Flows, flows
from csworkbook.channels.triage_result import Triage
from csworkbook.errors import SettingError
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

_RUNS = 1000
_SURE = 0.975  # of the runs
CLOSING = {"phone": ("phone",), "chat": ("chat",), "both": ("phone", "chat")}


@question(mark("When is the backlog gone?"), labels=triage_words.labels, choices=triage_words.choices)
def triage(
    contacts: pd.DataFrame | ibis.Table,
    *,
    start: float = 0,
    hours_added: float = 16,
    phone_off: float | None = 0.6,
    faq: str | None = None,
    prevented: float = 0.3,
    weeks: int = 8,
    off: str = "phone",
    recent: int = 8,
    rate: float = 0,
    minutes: float = 0,
    busy: float = 0.85,
    opening_hours: Mapping[str, str] | None = None,
    country: str = "NL",
    targets: Mapping[str, float] | None = None,
    hourly_cost: float = 32.0,
    currency: str = "EUR",
    zone: str = "UTC",
    seed: int = 0,
) -> Triage:
    """How long the letters that wait take under a few plans, side by side, as ranges (handbook 5.5, phase 2).

    Every day: what waited, plus what comes in, less what there is time for, and never below nothing. The
    days to come are drawn from the last weeks, whole weeks at a time, so that Mondays stay Mondays and
    what came in goes with what was answered.

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
        Letters are all contacts but phone calls and chats. They wait while they have no answer, and nobody
        gave up or worked on them; those older than 60 days are taken for closed.
    start : float
        Letters waiting; 0 = from the contacts.
    hours_added : float
        Hours a week more for letters, in open time.
    phone_off : float, optional
        The channel named in `off` closes, and this share of those who would have come there writes a
        letter (0–1); the time it took goes to letters. None = nothing closes.
    faq : str, optional
        The topic that the site answers; None = what is asked most.
    prevented : float
        The share of contacts about that topic which no longer come, 0–1.
    weeks : int
        How far ahead, 1–52.
    off : {"phone", "chat", "both"}
        What may close.
    recent : int
        The blocks of seven days that the days to come are drawn from, 2–52.
    rate : float
        Letters a week there is time for; 0 = as many as were answered.
    minutes : float
        Minutes a letter takes; 0 = from the contacts.
    busy : float
        The part of an added hour that goes to letters, above 0 up to 1.
    targets : mapping, optional
        Channel → minutes within which an answer is promised.

    Returns
    -------
    Triage
        table, one row per plan ("now", "hours", "off", "faq", "all"): came, answered (letters a week that
        come in and that there is time for), net, net_low, net_high (more a week), days, days_low, days_high
        (until nobody waits; empty = not in time), gone (that day), share (of the runs in which it is gone
        in time), left, left_low, left_high (waiting at the end), cost (of the hours, until the middle run
        is through), verdict (gone in time: yes, no, cannot tell yet). Ranges hold 95 % of the runs.

    Raises
    ------
    DataError
        When there are less than two whole weeks, or only phone calls and chats.
    SettingError
        When an option cannot be.
    """
    _require(off, start=start, hours_added=hours_added, phone_off=phone_off, prevented=prevented, weeks=weeks,
             recent=recent, rate=rate, minutes=minutes, busy=busy)  # fmt: skip
    found = flows(contacts, recent=int(recent), targets=targets, zone=zone)
    topic = _topic(found, faq)
    waiting = float(start or found.waiting["n"].sum())
    mean, error, known = found.letter_minutes() if not minutes else (float(minutes), 0.0, 0)
    plans = _plans(found, mean, hours_added * busy * 60, phone_off, prevented if topic else 0.0, off)
    rng = np.random.default_rng(seed)
    per_letter = rng.normal(mean, error, _RUNS).clip(mean / 2, None) if mean == mean else np.ones(_RUNS)
    shared = {
        "start": waiting,
        "first": found.first.day_of_week,
        "draws": drawn(found.blocks, int(weeks), runs=_RUNS, seed=seed),
        "letter_minutes": per_letter,
        "open_share": _open_share(found.first, int(weeks), opening_hours, country, zone),
        "capacity": float(rate) or None,
    }
    week = found.week(CLOSING[off], topic)
    runs = {name: cleared(week, plan, **shared) for name, plan in plans.items()}
    table = _table(runs, found.first, hours_added * hourly_cost)
    told = {"off": off, "topic": topic, "weeks": weeks, "hours_added": hours_added, "phone_off": phone_off}
    told |= {"prevented": prevented, "busy": busy, "rate": float(rate), "minutes": (mean, known)}
    return Triage(table, waiting, bool(start), runs, found, week, told, currency)


_LIMITS = {
    "start": (0, 1e7), "hours_added": (0, 10_000), "phone_off": (0, 1), "prevented": (0, 1), "weeks": (1, 52),
    "recent": (2, 52), "rate": (0, 1e7), "minutes": (0, 10_000), "busy": (0.01, 1),
}  # fmt: skip


def _require(off: str, **options: float | None) -> None:
    """Raise a SettingError for an option that cannot be."""
    for name, value in options.items():
        low, high = _LIMITS[name]
        if value is not None and not low <= float(value) <= high:
            raise _impossible(
                name, value, _("From {low} to {high}.").format(low=f"{low:g}", high=f"{high:g}")
            )
    if off not in CLOSING:
        raise _impossible("off", off, _("Possible: {columns}.").format(columns=join(list(CLOSING))))


def _impossible(name: str, value: object, allowed: str) -> SettingError:
    said = _("“{label}” cannot be {value}.").format(label=triage_words.labels()[name], value=value)
    return SettingError(said, allowed=allowed)


def _topic(found: Flows, faq: str | None) -> str:
    """The topic that the site answers: the one asked for, or the one that comes most; "" where none is told."""
    topics = list(found.topics.index)
    if faq is None:
        return topics[0] if topics else ""
    if faq not in topics:
        raise SettingError(
            _("Nobody asked about “{topic}” in the last weeks.").format(topic=faq),
            allowed=_("Possible: {columns}.").format(columns=join(topics[:10]) or "–"),
        )
    return faq


def _plans(
    found: Flows, mean: float, more: float, phone_off: float | None, prevented: float, off: str
) -> dict[str, Plan]:
    """The plans that can be worked out: time can only be moved where it is known what a letter takes."""
    timed = mean == mean
    calls = found.asked["channel"].isin(CLOSING[off]).any()
    more = more if timed else 0.0
    mailing = phone_off if timed and calls else None
    plans = {"now": Plan()}
    if more:
        plans["hours"] = Plan(minutes=more)
    if mailing is not None:
        plans["off"] = Plan(mailing=mailing)
    if prevented:
        plans["faq"] = Plan(prevented=prevented)
    if len(plans) > 2:
        plans["all"] = Plan(more, mailing, prevented)
    return plans


def _open_share(
    first: pd.Timestamp, weeks: int, opening_hours: Mapping[str, str] | None, country: str, zone: str
) -> np.ndarray:
    """The part of each block of seven days' open time that lies on each coming day."""
    days = 7 * weeks
    even = np.full(days, 1 / 7)
    if not opening_hours:
        return even
    last = first + timedelta(days=days - 1)
    calendar = hours.calendar(opening_hours, zone=zone, country=country, first=first.date(), last=last.date())
    begins = pd.date_range(first, periods=days + 1, freq="D")
    begins = begins.tz_localize(zone, ambiguous=np.ones(days + 1, bool), nonexistent="shift_forward")
    opened = calendar.minutes(begins[:-1], begins[1:]).reshape(weeks, 7)
    total = opened.sum(axis=1, keepdims=True)
    return np.where(total > 0, opened / np.where(total > 0, total, 1), 0.0).ravel()


def _table(runs: Mapping[str, Cleared], first: pd.Timestamp, weekly_cost: float) -> pd.DataFrame:
    rows = []
    for name, run in runs.items():
        low, middle, high = (np.nan if np.isinf(end) else end for end in run.gone())
        left, net = run.band()[:, -1], run.growth()
        gone = pd.NaT if np.isnan(middle) else first + timedelta(days=max(middle - 1, 0))
        ahead = run.waiting.shape[1] - 1
        until = ahead if np.isnan(middle) else middle
        cost = weekly_cost * until / 7 if name in ("hours", "all") else 0.0
        share = run.share
        verdict = "yes" if share >= _SURE else "no" if share <= 1 - _SURE else "cannot tell yet"
        rows.append([name, run.came, run.answered, net[1], net[0], net[2], middle, low, high, gone,
                     share, left[1], left[0], left[2], cost, verdict])  # fmt: skip
    columns = ["plan", "came", "answered", "net", "net_low", "net_high", "days", "days_low", "days_high", "gone",
               "share", "left", "left_low", "left_high", "cost", "verdict"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"days": float, "days_low": float, "days_high": float})
