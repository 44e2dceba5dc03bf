"""What can we promise? The time within which so many customers have a first reply."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language, replies
from csworkbook.errors import SettingError
from csworkbook.findings import Finding
from csworkbook.hours import Calendar
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.manifesto import measured
from csworkbook.manifesto.outcomes import office
from csworkbook.manifesto.promise import CLOCKS, DAY, HOUR, channel_said
from csworkbook.manifesto.promise import duration_said as _said
from csworkbook.results import Result, Vocabulary, question
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

_POINTS = 200  # of a curve in a picture
_LIMITS = {"chat": "chat-answer-20-s", "email": "mail-limit-24-h"}  # times the handbook advises


def _labels() -> dict[str, str]:
    return {"share": _("Share of customers"), "clock": _("Time counts")}


def _choices() -> dict[tuple[str, object], str]:
    return {("clock", "clock"): _("by the clock"), ("clock", "open"): _("in opening hours")}


@question(mark("What can we promise our customers?"), labels=_labels, choices=_choices)
def promisable(
    contacts: pd.DataFrame,
    *,
    share: float = 0.95,
    clock: str = "clock",
    opening_hours: dict[str, str] | None = None,
    zone: str = "Europe/Amsterdam",
    country: str = "NL",
) -> Promisable:
    """Per channel, the time within which `share` of customers get a first reply.

    A quantile of the waiting times (Kaplan–Meier): who has no reply yet, or gave up, counts as having
    waited at least so long. What can be promised is the upper end of its interval, rounded up to whole
    minutes, hours or days, so that the promise holds even when the luck of these data ran out.

    Parameters
    ----------
    share : float
        The share of customers who should get their reply in time, above 0 and below 1.
    clock : {"clock", "open"}
        Whether every minute counts, or only those in opening hours; days are then office days.

    Returns
    -------
    Promisable
        table: channel, minutes (the quantile), low, high, promise (all in minutes; NaN where it cannot be
        told yet), n, waiting (no reply yet, or gave up).

    Raises
    ------
    DataError
        When the contacts do not tell when they were answered.
    SettingError
        When `share` or `clock` is none, or opening hours are needed and there are none.
    """
    require(contacts, "contacts")
    measured.require_replies(contacts)
    if not 0 < share < 1 or clock not in CLOCKS:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=share if clock in CLOCKS else clock),
            allowed=_("A share between 0 and 100%; the clock, or opening hours."),
        )
    hours = office(contacts, clock, opening_hours, zone, country)
    waited = replies.waits(contacts, calendar=hours)
    waited["time"] = waited["minutes"].fillna(waited["so_far"])
    known = waited.dropna(subset=["time", "channel"])
    office_day = _office_day(hours)
    coarse, cut = measured.named(contacts, measured.rough(contacts)), []
    rows, curves = [], {}
    parts = dict(list(known.groupby(known["channel"].astype(object), sort=False)))
    for name, part in sorted(parts.items(), key=lambda pair: -len(pair[1])):
        row, curves[str(name)] = _quantile(part["time"].to_numpy(), part["replied"].to_numpy(), share)
        if str(name) in coarse and row["high"] < HOUR:
            cut.append(str(name))  # cut off at the minute, a wait of one minute may have lasted nearly two
        promise = rounded_up(row["high"] + (str(name) in cut), office_day)
        rows.append({"channel": str(name), **row, "promise": promise})
    columns = ["channel", "minutes", "low", "high", "promise", "n", "waiting"]
    holidays = tuple(sorted(set(hours.closed.values()))) if hours else ()
    table = pd.DataFrame(rows, columns=columns)
    return Promisable(table, share, clock, curves, office_day, len(waited) - len(known), holidays, tuple(cut))


def _office_day(hours: Calendar | None) -> float:
    """The minutes of a day in a promise: 24 hours by the clock, else the middle one of the open days."""
    if hours is None:
        return DAY
    long = (hours.spans["end"] - hours.spans["start"]).dt.total_seconds() / 60
    return float(long.median()) if len(long) else DAY


def _quantile(time: np.ndarray, replied: np.ndarray, share: float) -> tuple[dict[str, float], pd.DataFrame]:
    """A quantile of the time to the first reply with its interval, and the curve it was read from."""
    from statsmodels.duration.survfunc import SurvfuncRight

    row = {"minutes": np.nan, "low": np.nan, "high": np.nan, "n": len(time), "waiting": int((~replied).sum())}
    if not replied.any():
        return row, pd.DataFrame({"minutes": [], "answered": []})
    with np.errstate(all="ignore"):  # where everybody has a reply its logarithms are endless
        survival = SurvfuncRight(time, replied.astype(int))
        low, high = survival.quantile_ci(share, alpha=1 - estimates.LEVEL)
    row["minutes"] = survival.quantile(share)
    known = row["minutes"] == row["minutes"]
    # among n customers the slowest is beyond the quantile with chance 1 - share^n: below that there is no upper end
    enough = known and len(time) >= least(share)
    row["low"] = (row["minutes"] if low != low else low) if known else np.nan
    row["high"] = (row["minutes"] if high != high else high) if enough else np.nan
    at = np.unique(np.linspace(0, len(survival.surv_times) - 1, _POINTS).astype(int))
    curve = {"minutes": survival.surv_times[at], "answered": 1 - survival.surv_prob[at]}
    return row, pd.DataFrame(curve)


def least(share: float) -> int:
    """How many customers it takes before a quantile has an upper end (95%, two-sided).

    >>> least(.95), least(.5)
    (72, 6)
    """
    return math.ceil(math.log((1 - estimates.LEVEL) / 2) / math.log(share))


def rounded_up(minutes: float, day: float = DAY) -> float:
    """Minutes rounded up to what one can promise: whole minutes, hours, or days of `day` minutes.

    >>> rounded_up(0.4), rounded_up(75), rounded_up(2900), rounded_up(500, day=480)
    (1.0, 120.0, 4320.0, 960.0)
    """
    if not minutes < float("inf"):
        return float("nan")
    hours = 2 * DAY if day == DAY else day
    unit = 1.0 if minutes <= HOUR else HOUR if minutes <= hours else day
    return float(max(math.ceil(round(minutes / unit, 9)), 1) * unit)


def _heads() -> dict[str, str]:
    return {
        "channel": _("Channel"),
        "minutes": _("Replied within"),
        "promise": _("You can promise"),
        "n": _("Contacts"),
        "waiting": _("Without a reply"),
    }


@dataclass(frozen=True)
class Promisable(Result):
    """What can be promised per channel; `curves` are the shares with a reply by a time."""

    share: float = 0.95
    clock: str = "clock"
    curves: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    office_day: float = DAY
    unknown: int = 0
    holidays: tuple[str, ...] = ()
    rough: tuple[str, ...] = ()
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=_heads,
        words=lambda: {"all": _("all channels")},
        kinds=dict.fromkeys(("minutes", "low", "high", "promise"), "score") | {"waiting": "count"},
        wordy=("channel",),
    )

    def cell(self, column: str, value: object) -> str:
        """One cell; times as people say them."""
        if column in ("minutes", "low", "high", "promise"):
            return self.said(value)
        return super().cell(column, value)

    def said(self, minutes: float) -> str:
        """A time as people say it; opening hours beyond one day as office days."""
        if not minutes < float("inf"):
            return "–"
        if self.clock == "open" and minutes > self.office_day:
            days = minutes / self.office_day
            text = ngettext("{n} office day", "{n} office days", 1 if round(days, 1) == 1 else 2)
            return text.format(n=language.number(days, 0 if days == int(days) else 1))
        return _said(float(minutes))

    @property
    def text(self) -> str:
        """What can be promised, per channel, and on which nothing can be promised yet."""
        share = language.percent(self.share)
        known = self.table[self.table["promise"].notna()]
        if known.empty:
            return _(
                "Nothing can be promised to {share} of customers yet: it takes at least {n} contacts on a channel, "
                "with a reply to that share of them."
            ).format(share=share, n=language.number(least(self.share)))
        parts = [
            _("{time} on {channel}").format(time=self.said(row.promise), channel=channel_said(row.channel))
            for row in known.itertuples()
        ]
        said = _("You can promise {share} of customers a first reply within {list}.")
        return " ".join(
            [said.format(share=share, list=language.join(parts)), *self._counting(), *self._lacking()]
        )

    def _counting(self) -> list[str]:
        return [_("Only opening hours are counted.")] if self.clock == "open" else []

    def _lacking(self) -> list[str]:
        mute = self.table["waiting"] == self.table["n"]
        said = {
            False: _(
                "On {channels} nothing can be promised yet: too few contacts, or too few of them answered."
            ),
            True: _("On {channels} nothing can be promised: not one contact there has a recorded reply."),
        }
        parts = []
        for silent, sentence in said.items():
            rows = self.table[self.table["promise"].isna() & (mute == silent)]
            names = [channel_said(name) for name in rows["channel"]]
            parts += [sentence.format(channels=language.join(names))] if names else []
        return parts

    @property
    def method(self) -> str:
        """How the quantile, its interval and the promise were found."""
        parts = [
            _(
                "The time within which {share} have a first reply (Kaplan–Meier, 95% interval). Who has no reply "
                "yet, or gave up, counts as having waited at least so long. Promised is the upper end of the "
                "interval, rounded up to whole minutes, hours or days."
            ).format(share=language.percent(self.share))
        ]
        if self.clock == "open":
            parts.append(_("An office day is {time}.").format(time=_said(self.office_day)))
            if self.holidays:
                parts.append(
                    _("Holidays left out: {names}.").format(names=language.join(list(self.holidays)))
                )
        if self.rough:
            names = language.join([channel_said(name) for name in self.rough])
            said = _("The times on {channels} have no seconds, so a minute is added to the promise there.")
            parts.append(said.format(channels=names))
        if self.unknown:
            parts.append(
                _("Left out, because the time waited is not known: {n}.").format(
                    n=language.number(self.unknown)
                )
            )
        return " ".join(parts)

    def plot(self) -> go.Figure:
        """The share of customers with a reply by a time, per channel, and the promise on it."""
        from csworkbook.manifesto import pictures_promises

        return pictures_promises.promisable(self)

    def findings(self) -> list[Finding]:
        """What can be promised on the two busiest channels, beside the limit the handbook advises."""
        known = self.table[self.table["promise"].notna()].head(2)
        return [self._finding(row) for _index, row in known.iterrows()]

    def _finding(self, row: pd.Series) -> Finding:
        headline = _("{channel}: {share} of customers can be promised a first reply within {time}.").format(
            channel=language.capital(channel_said(row["channel"])),
            share=language.percent(self.share),
            time=self.said(row["promise"]),
        )
        unit, size = ("hours", HOUR) if row["promise"] >= HOUR else ("seconds", 1 / 60)
        times = (float(row[name]) / size for name in ("minutes", "low", "high"))
        estimate = estimates.Estimate(*times, int(row["n"]), unit)
        handbook = _LIMITS.get(row["channel"]) if self.clock == "clock" else None
        advice = _("Write this time in the manifesto, or shorten it first where customers expect less.")
        return Finding("02_manifesto", headline, estimate, handbook, advice)


__all__ = ["Promisable", "least", "promisable", "rounded_up"]
