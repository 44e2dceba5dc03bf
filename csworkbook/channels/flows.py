"""How many letters wait, how many come in, and how many are answered?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.channels.clearing import Week
from csworkbook.channels.four import limits_of
from csworkbook.contacts import facts
from csworkbook.contacts.kept import remembered
from csworkbook.errors import DataError
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import ibis

LIVE = ("phone", "chat")  # answered at once or not at all; what comes another way can wait
STALE = 60  # days after which a letter without an answer is taken for closed
_DAY = 86_400  # seconds
_BUCKET = 900  # seconds: every zone's days begin at a whole quarter of an hour


@dataclass(frozen=True, eq=False)
class Flows:
    """What waits, what comes in and what goes out.

    Attributes
    ----------
    asked : DataFrame
        Contacts of the last weeks: block (0 = the earliest), weekday (0–6), channel, topic ("" = none),
        live (bool), n, answered, minutes (spent on them), timed (of how many that is known).
    answered : ndarray, shape (blocks, 7)
        Letters answered for the first time, per block of seven days and weekday.
    worked : tuple of float
        The letters answered of which the minutes are known; these minutes and their squares, added up.
    waiting : DataFrame
        Letters without an answer: channel, topic, n, late (longer than is usual to promise).
    stale : int
        Letters without an answer that are older than `STALE` days: not counted.
    first : Timestamp
        The first day to come, in the shop's zone (without one).
    """

    asked: pd.DataFrame
    answered: np.ndarray
    worked: tuple[float, float, float]
    waiting: pd.DataFrame
    stale: int
    first: pd.Timestamp

    @property
    def blocks(self) -> int:
        """How many blocks of seven days there are."""
        return len(self.answered)

    @property
    def topics(self) -> pd.Series:
        """Contacts per topic, the most asked one first; those without a topic left out."""
        told = self.asked[self.asked["topic"] != ""]
        counts = told.groupby("topic")["n"].sum()
        return counts.sort_values(ascending=False, kind="stable")

    def letter_minutes(self) -> tuple[float, float, int]:
        """Minutes a letter takes: the mean, its standard error, and the letters it is known of (NaN of none)."""
        n, total, squares = self.worked
        if not n:
            return np.nan, np.nan, 0
        spread = max(squares - total**2 / n, 0.0) / max(n - 1, 1)
        return total / n, float(np.sqrt(spread / n)), int(n)

    def week(self, closing: tuple[str, ...], topic: str) -> Week:
        """The blocks as a simulation draws them: which channels may close, which topic may get a page."""
        letters, closes = ~self.asked["live"], self.asked["channel"].isin(closing)
        about = self.asked["topic"] == topic if topic else pd.Series(False, self.asked.index)
        spent = self._spent()
        return Week(
            self._grid(letters, self.asked["n"]),
            self.answered,
            self._grid(closes, self.asked["n"]),
            self._grid(closes, spent),
            self._grid(letters & about, self.asked["n"]),
            self._grid(~letters & about, spent),
        )

    def _spent(self) -> pd.Series:
        """Minutes spent; contacts of which that is not known take the mean of their channel."""
        mean = self.asked.groupby("channel")[["minutes", "timed"]].transform("sum")
        return self.asked["minutes"] + (self.asked["answered"] - self.asked["timed"]).clip(lower=0) * (
            mean["minutes"] / mean["timed"].where(mean["timed"] > 0)
        ).fillna(0.0)

    def _grid(self, rows: pd.Series, values: pd.Series) -> np.ndarray:
        made = np.zeros((self.blocks, 7))
        here = self.asked[rows]
        np.add.at(made, (here["block"].to_numpy(), here["weekday"].to_numpy()), values[rows].to_numpy(float))
        return made


def asked_about(contacts: pd.DataFrame | ibis.Table, *, zone: str = "UTC") -> list:
    """The topics of the last weeks, the most asked one first, after None: what a page can offer to choose from."""
    return [None, *flows(contacts, zone=zone).topics.index[:20]]


def flows(
    contacts: pd.DataFrame | ibis.Table,
    *,
    recent: int = 8,
    targets: Mapping[str, float] | None = None,
    zone: str = "UTC",
) -> Flows:
    """What waits now and what came in and went out in the last whole weeks.

    The last day counts for what waits only, since it is not over. A letter is answered by its first reply,
    or by its solution where no reply is told.

    Parameters
    ----------
    recent : int
        At most so many blocks of seven days before the last day.
    targets : mapping, optional
        ``reply.<channel>`` → minutes within which an answer is promised; else `replies.USUAL`, or a day.

    Raises
    ------
    DataError
        When there are less than two blocks of seven days, or all contacts are phone calls and chats.
    """
    limits = tuple(sorted(limits_of(targets or {}).items()))
    return remembered(
        contacts, ("flows", recent, limits, zone), lambda: _flows(contacts, recent, limits, zone)
    )


def _flows(contacts, recent: int, limits: tuple, zone: str) -> Flows:
    known = facts(contacts, zone=zone)
    live = known.channel.isin(LIVE).fill_null(False)
    done = known.second + (
        (known.reply_minutes.fill_null(known.solve_minutes)).fill_null(0.0) * 60
    ).round().cast("int64")
    known = known.mutate(live=live, done=done)
    ends = known.aggregate(
        first=known.day.min(), last=known.second.max(), done=known.done.max(), letters=(~live).sum()
    )
    ends = ends.to_pyarrow().to_pylist()[0]
    now = max(ends["last"], ends["done"])
    last = _local(now, zone).normalize()
    blocks = min(int((last - pd.Timestamp(ends["first"])).days // 7), recent)
    _require(blocks, ends["letters"])
    begin = last - timedelta(days=7 * blocks)
    since = int(begin.tz_localize(zone, ambiguous=True, nonexistent="shift_forward").timestamp()) - _DAY
    asked = _placed(_asked(known, since), begin, blocks)
    waiting, stale = _waiting(known, now, dict(limits))
    answered, worked = _answered(known, since, begin, blocks, zone)
    return Flows(asked, answered, worked, waiting, stale, last + timedelta(days=1))


def _local(second: float, zone: str) -> pd.Timestamp:
    """A moment on the shop's clock, without its zone."""
    return pd.Timestamp(second, unit="s", tz="UTC").tz_convert(zone).tz_localize(None)


def _require(blocks: int, letters: int) -> None:
    if not letters:
        raise DataError(
            _(
                "These are phone calls and chats only, which nobody answers later: how many letters come in and are "
                "answered they do not tell."
            ),
            allowed=_("Contacts that can wait, such as e-mail."),
            next_step=_("Bring the export of your mailbox too."),
        )
    if blocks < 2:
        raise DataError(
            _("How fast a backlog goes cannot be told from less than two weeks of contacts."),
            next_step=_("Bring an export over at least fifteen days."),
        )


def _asked(known: ibis.Table, since: int) -> pd.DataFrame:
    """Contacts per day, channel and topic since a moment."""
    here = known.filter(known.second >= since)
    timed = (here.handling_minutes > 0).fill_null(False)
    return (
        here.group_by("day", "channel", "topic", "live")
        .aggregate(
            n=here.count(),
            answered=here.handled.sum(),
            timed=timed.sum(),
            minutes=here.handling_minutes.sum(where=timed).fill_null(0.0),
        )
        .to_pandas()
    )


def _placed(asked: pd.DataFrame, begin: pd.Timestamp, blocks: int) -> pd.DataFrame:
    """The block and the weekday of each row; what lies outside the blocks is left out."""
    day = pd.to_datetime(asked["day"])
    asked = asked.assign(
        block=(day - begin).dt.days // 7, weekday=day.dt.day_of_week, live=asked["live"].astype(bool)
    )
    asked = asked[(asked["block"] >= 0) & (asked["block"] < blocks)].drop(columns="day")
    words = {name: asked[name].astype(object).fillna("").astype(str) for name in ("channel", "topic")}
    return asked.assign(**words).sort_values(["block", "weekday", "channel", "topic"], ignore_index=True)


def _answered(
    known: ibis.Table, since: int, begin: pd.Timestamp, blocks: int, zone: str
) -> tuple[np.ndarray, tuple[float, float, float]]:
    """Letters answered per block and weekday, on the day of the answer in the shop's zone; and what they took."""
    here = known.filter(~known.live & known.handled & (known.done >= since))
    timed, took = (here.handling_minutes > 0).fill_null(False), here.handling_minutes.fill_null(0.0)
    sums = {
        "n": here.count(),
        "timed": timed.sum(),
        "took": took.sum(where=timed),
        "squares": (took * took).sum(where=timed),
    }
    counts = (
        here.group_by((here.done // _BUCKET).name("bucket"))
        .aggregate(**sums)
        .to_pandas()
        .sort_values("bucket")
    )
    at = pd.to_datetime(counts["bucket"].astype("int64") * _BUCKET, unit="s", utc=True)
    day = at.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    block = (day - begin).dt.days // 7
    inside = (block >= 0) & (block < blocks)
    block, weekday, counts = block[inside].to_numpy(), day[inside].dt.day_of_week.to_numpy(), counts[inside]
    made = np.zeros((blocks, 7))
    np.add.at(made, (block, weekday), counts["n"].to_numpy(float))
    return made, tuple(float(counts[name].fillna(0.0).sum()) for name in ("timed", "took", "squares"))


def _waiting(known: ibis.Table, now: int, limits: Mapping[str, float]) -> tuple[pd.DataFrame, int]:
    """Letters without an answer per channel and topic, how many wait too long, and how many are too old to count."""
    import ibis

    limit = ibis.cases(
        *((known.channel == name, minutes * 60.0) for name, minutes in limits.items()), else_=1.0 * _DAY
    )
    here = known.filter(known.waits_still & ~known.live)
    waited = now - here.second
    found = here.group_by("channel", "topic").aggregate(
        n=(waited <= STALE * _DAY).sum(),
        late=((waited <= STALE * _DAY) & (waited > limit)).sum(),
        stale=(waited > STALE * _DAY).sum(),
    )
    found = found.to_pandas()
    words = {name: found[name].astype(object).fillna("").astype(str) for name in ("channel", "topic")}
    found = found.assign(**words).sort_values(["n", "channel", "topic"], ascending=[False, True, True])
    kept = found[found["n"] > 0]
    return kept[["channel", "topic", "n", "late"]].reset_index(drop=True), int(found["stale"].sum())
