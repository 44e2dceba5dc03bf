"""How often was a promise kept: in all, per channel, by hour, by weekday and in the worst weeks?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import SMALL, Estimate, Shift
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.manifesto import told
from csworkbook.manifesto.outcomes import Outcomes
from csworkbook.manifesto.promise import Promise, duration_said
from csworkbook.results import Result, Vocabulary
from csworkbook.settings import WEEK

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "02_manifesto"
_LEAST = 8  # weeks, before a step in level is looked for
VIEWS = ("hour", "weekday", "week", "channel")


def _heads() -> dict[str, str]:
    return {
        "hour": _("Hour of the day"),
        "weekday": _("Day of the week"),
        "channel": _("Channel"),
        "limit": _("Promised"),
        "count": _("Kept"),
        "n": _("Of"),
        "share": _("Share kept"),
        "p": _("p (corrected)"),
        "verdict": _("Different from the rest?"),
    }


def _words() -> dict[object, str]:
    from babel.dates import get_day_names

    names = get_day_names("wide", locale=language.locale())
    return {"all": _("all channels")} | {day: names[number] for number, day in enumerate(WEEK)}


VOCABULARY = Vocabulary(heads=_heads, words=_words, wordy=("channel", "weekday", "verdict"))


def tally(frame: pd.DataFrame, view: str) -> pd.DataFrame:
    """Kept promises by hour, weekday, week or channel.

    Parameters
    ----------
    frame : DataFrame
        As in `Outcomes.frame`.
    view : {"hour", "weekday", "week", "channel"}

    Returns
    -------
    DataFrame
        `view` (hours 0–23; weekday names; the Monday of a week, as a timestamp), count, n, share, low,
        high (Wilson), p (Fisher's exact test against all other rows, Holm), verdict ("yes" where it
        differs); weeks also have shrunk, the share evened out towards all weeks, and its low and high.
    """
    counted = frame["kept"].astype(int).groupby(_groups(frame, view)).agg(["sum", "size"])
    table = counted.set_axis(["count", "n"], axis=1).rename_axis(view).reset_index()
    if view == "weekday":
        table[view] = [WEEK[int(number)] for number in table[view]]
    table["share"] = table["count"] / table["n"]
    if view == "week":
        even = estimates.shrink(table["count"], table["n"])
        table["shrunk"], table["low"], table["high"] = even["share"], even["low"], even["high"]
    else:
        table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    table["p"] = apart(table["count"], table["n"])
    table["verdict"] = np.where(table["p"] < 1 - estimates.LEVEL, "yes", "cannot tell yet")
    return table


def _groups(frame: pd.DataFrame, view: str) -> pd.Series:
    at = frame["at"]
    if view == "channel":
        return frame["channel"]
    if view == "hour":
        return at.dt.hour
    if view == "weekday":
        return at.dt.day_of_week
    days = at.dt.tz_localize(None).dt.normalize()
    return days - pd.to_timedelta(at.dt.day_of_week, unit="D")


def apart(count: pd.Series, n: pd.Series) -> np.ndarray:
    """How surely each row's share differs from that of all others: Fisher's exact test, Holm.

    Two-sided as twice the smaller tail. With a single row there is nothing to compare: NaN.

    >>> import pandas as pd
    >>> apart(pd.Series([8, 2]), pd.Series([10, 10])).round(4).tolist()
    [0.046, 0.046]
    """
    from scipy.stats import hypergeom

    count, n = count.to_numpy(), n.to_numpy()
    if len(n) < 2:
        return np.full(len(n), np.nan)
    chance = hypergeom(n.sum(), count.sum(), n)
    tail = np.minimum(chance.cdf(count), chance.sf(count - 1))
    return estimates.adjust(np.minimum(2 * tail, 1.0))


def kept(found: Outcomes, promise: Promise, *, by: str = "hour", answered: Outcomes | None = None) -> Kept:
    """The result of a promise check.

    Parameters
    ----------
    by : {"hour", "weekday", "week", "channel"}
        What its table and picture show.
    answered : Outcomes, optional
        The same with those who gave up counted the other way, to say both shares.
    """
    views = {view: tally(found.frame, view) for view in VIEWS}
    views["channel"] = _with_all(views["channel"], found.frame, promise)
    if not told.compared(promise, "hour"):
        views["hour"] = views["hour"].assign(p=np.nan, verdict=None)
    whole = estimates.share(found.frame["kept"].sum(), len(found.frame))
    other = None
    if answered is not None and (found.left.get("given_up") or answered.left.get("given_up")):
        other = estimates.share(answered.frame["kept"].sum(), len(answered.frame))
    weeks, shift = views["week"], None
    if by == "week" and len(weeks) >= _LEAST:
        shift = estimates.shift(weeks["count"], weeks["n"])
    return Kept(views[by], promise, whole, views, by, found, other, shift)


def _with_all(table: pd.DataFrame, frame: pd.DataFrame, promise: Promise) -> pd.DataFrame:
    """The table per channel, what is promised on each, and a first row for all of them."""
    table = table.assign(
        limit=[promise.minutes(c) if promise.kind == "reply" else np.nan for c in table["channel"]]
    )
    if len(table) < 2:
        return table
    whole = estimates.share(frame["kept"].sum(), len(frame))
    row = {"channel": "all", "count": int(frame["kept"].sum()), "n": whole.n, "share": whole.value}
    row |= {
        "low": whole.low,
        "high": whole.high,
        "p": np.nan,
        "verdict": None,
        "limit": promise.limit or np.nan,
    }
    return pd.concat([pd.DataFrame([row]), table.sort_values("share")], ignore_index=True)


@dataclass(frozen=True)
class Kept(Result):
    """How often a promise was kept.

    Attributes
    ----------
    table : DataFrame
        One of `views`, as `by` says: hour, weekday, week or channel; count, n, share, low, high, p, verdict.
    share : Estimate
        The share kept, with Wilson's interval.
    views : dict of DataFrame
        The tables by hour, weekday, week and channel.
    found : Outcomes
        The rows that count, and how many do not and why.
    other : Estimate or None
        The share kept when those who gave up are counted the other way.
    shift : Shift or None
        The one step in level that fits the weeks best; looked for by week only.
    """

    promise: Promise = None
    share: Estimate = None
    views: dict[str, pd.DataFrame] = field(default_factory=dict)
    by: str = "hour"
    found: Outcomes = None
    other: Estimate | None = None
    shift: Shift | None = None
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @property
    def columns(self) -> list[str]:
        """The columns shown: the promised time only where it differs per channel."""
        limit = ["limit"] if self.by == "channel" and self.promise.kind == "reply" else []
        share = "shrunk" if self.by == "week" else "share"
        compared = ["p", "verdict"] if told.compared(self.promise, self.by) else []
        return [self.by, *limit, "count", "n", share, "low", "high", *compared]

    def cell(self, column: str, value: object) -> str:
        """One cell; hours from–to, promised times as people say them."""
        if column == "hour":
            return told.hour(value)
        if column == "limit":
            return duration_said(value)
        return super().cell(column, value)

    @property
    def channels(self) -> pd.DataFrame:
        """Kept per channel; the first row is all of them, where there are several."""
        return self.views["channel"]

    @property
    def hours(self) -> pd.DataFrame:
        """Kept by the hour in which customers got in touch."""
        return self.views["hour"]

    @property
    def weekdays(self) -> pd.DataFrame:
        """Kept by the day of the week."""
        return self.views["weekday"]

    @property
    def weeks(self) -> pd.DataFrame:
        """Kept by week, shares evened out, in order of time."""
        return self.views["week"]

    @property
    def began(self) -> pd.Timestamp | None:
        """The Monday of the week in which the level changed; None where chance could make the change."""
        return self.weeks["week"].iloc[self.shift.at] if self.shift and self.shift.found else None

    def worst(self, view: str) -> pd.Series | None:
        """The row of a view in which the promise was surely kept less often than in the rest; or None."""
        table = self.views[view]
        low = table[(table["verdict"] == "yes") & (table["share"] < self.share.value) & (table["n"] >= SMALL)]
        return None if low.empty else low.loc[low["share"].idxmin()]

    @property
    def text(self) -> str:
        """How often it was kept, where surely less often, and what to know of the data."""
        if not self.share.n:
            return self._too_early()
        parts = [told.headline(self.promise, self.share), *told.worst(self), *told.warnings(self)]
        return " ".join(parts)

    def _too_early(self) -> str:
        said = _("It cannot be told yet whether this promise is kept: {promise}").format(
            promise=self.promise.sentence()
        )
        return " ".join([said, *told.left_out(self.found.left)])

    @property
    def method(self) -> str:
        """What counts as kept, what was left out, and how the worst was found."""
        return told.method(self)

    def plot(self) -> go.Figure:
        """Shares as bars with whiskers and a line for all together; weeks as a line over time."""
        from csworkbook.manifesto import pictures_promises

        return pictures_promises.kept(self)

    def findings(self) -> list[Finding]:
        """How often it was kept, and the worst week, channel or hour where it surely is worse: two at most."""
        if self.share.n < SMALL:
            headline = _("There are too few contacts or returns to check a promise on.")
            advice = _("Bring a longer period, or look again later.")
            return [Finding(CHAPTER, headline, action=advice, enough=estimates.needed(0.05, 0.9))]
        mark = told.benchmark(self.promise)
        first = Finding(
            CHAPTER, told.headline(self.promise, self.share), self.share, mark, told.action(self.promise)
        )
        views = {"reply": ("channel", "hour"), "available": ("channel",), "solved": ("channel",)}
        worst = [view for view in views.get(self.promise.kind, ()) if self.worst(view) is not None]
        return [first, *[*self._changed(), *map(self._finding, worst)][:1]]

    def _changed(self) -> list[Finding]:
        """That it is kept less since a week, where it surely is."""
        if self.began is None or self.shift.since.value >= self.shift.before.value:
            return []
        headline = _("“{promise}” is kept less often since the week of {day}.").format(
            promise=self.promise.sentence().rstrip("."), day=language.day(self.began)
        )
        advice = _("Find out what changed in that week, and undo it.")
        mark = told.benchmark(self.promise)
        return [Finding(CHAPTER, headline, self.shift.since, mark, advice)]

    def _on(self, channel: str) -> Promise:
        """The same promise on one channel."""
        return replace(self.promise, channel=channel, limit=self.promise.minutes(channel))

    def _finding(self, view: str) -> Finding:
        row = self.worst(view)
        estimate = Estimate(row["share"], row["low"], row["high"], int(row["n"]))
        name = self.vocabulary.word(row[view]) if view == "channel" else told.hour(row[view])
        headline = _("“{promise}” is kept least often here: {name}.").format(
            promise=self.promise.sentence().rstrip("."), name=name
        )
        if view == "channel" and self.promise.kind == "reply":  # in the words of that promise checked alone
            headline = told.headline(self._on(row["channel"]), estimate)
        advice = {
            "channel": _("Move hands to this channel, or promise less on it."),
            "hour": _("Put more people on in this hour, or say beforehand that it takes longer."),
        }[view]
        advice = told.action(self.promise) if self.promise.kind == "solved" else advice
        mark = told.benchmark(self.promise, row["channel"] if view == "channel" else "")
        return Finding(CHAPTER, headline, estimate, mark, advice)
