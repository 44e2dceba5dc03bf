"""Who should answer what?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.channels import agent_words
from csworkbook.channels.abilities import levels_of
from csworkbook.channels.agent_counts import BY, Counted, counted, require_measure
from csworkbook.channels.division import Work, divided, moved
from csworkbook.channels.routes_result import Routing, Saving
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import Estimate
from csworkbook.language import gettext as _
from csworkbook.language import join, mark
from csworkbook.results import question

if TYPE_CHECKING:
    import ibis

_KNOWN = 20  # contacts of a kind from which on somebody may get more of it; in half of the weeks half as many
_Z = 1.959964


@question(mark("Who should answer what?"), labels=agent_words.labels, choices=agent_words.choices)
def routing(
    contacts: pd.DataFrame | ibis.Table,
    *,
    by: str = "both",
    measure: str = "solved",
    keep: float = 0.25,
    least: float = 0.02,
    hours: Mapping[str, float] | None = None,
    within: str = "14D",
    hourly_cost: float = 32.0,
    currency: str = "EUR",
    zone: str = "UTC",
) -> Routing:
    """A division of the work over the team by what everybody does best, within everybody's hours (handbook 4.7, process).

    The proposal is made with all weeks and shrunk figures. What such a proposal brings is worked out
    honestly: once made with the even weeks and counted in the odd ones, once the other way round.

    Parameters
    ----------
    contacts : DataFrame or ibis.Table
        With the column agent.
    by : {"both", "channel", "topic"}
        The kinds of work that are divided.
    measure : {"solved", "minutes", "satisfied", "friendly"}
        What is to be as high (of minutes: as low) as possible; see `skills`.
    keep : float
        The part of everybody's present work that stays with him, 0–1.
    least : float
        A contact moves only when that brings so much, in shares (of minutes: this part of them), above 0.
    hours : mapping, optional
        Agent → hours a week on contacts, where these are to be others than now.

    Returns
    -------
    Routing
        table, the largest change first: agent, channel, topic (as `by` says), n (contacts behind the
        figure), share or minutes with low and high (evened out), now, proposed, change (contacts a week).

    Raises
    ------
    DataError
        When the table does not tell who handled a contact, or only one person did, or nothing is known
        of the measure.
    SettingError
        When an option cannot be, or the hours are not enough for the work.
    """
    require_measure(measure, by)
    _require(keep, least, hours)
    found = counted(contacts, within=within, zone=zone)
    frame = _frame(found, measure, by)
    if frame["level"].isna().all():
        raise DataError(
            _("These contacts do not tell “{measure}” of anybody.").format(
                measure=agent_words.measures()[measure]
            ),
            next_step=_("Choose another measure, or add it to your export.")
            if by == "channel"
            else _("Divide the work by channel only, choose another measure, or add it to your export."),
        )
    grid = _Grid.of(frame, by)
    limit = _hours(grid, frame, hours)
    work = grid.work(frame, measure)
    neutral = _still(work, limit, hours)
    change = divided(work, hours=limit, least=_least(work, measure, least), keep=keep)
    table = _table(frame, grid, change, measure, by)
    gain, checked = _honest(found, grid, measure, by, limit=limit, neutral=neutral, keep=keep, least=least)
    promised = float(((change - neutral) * work.worth).sum())
    weekly = float(work.now.sum())
    made = {"moved": moved(change - neutral), "weekly": weekly, "promised": promised}
    made |= {"gain": gain, "checked": checked, "keep": keep, "least": least}
    spent = (
        pd.Series(work.hours, index=grid.people),
        float((work.now * work.minutes).sum() / max(weekly, 1e-9)),
    )
    result = Saving if measure == "minutes" else Routing
    return result(table, by, measure, within, *spent, hourly_cost, currency, **made)


def _require(keep: float, least: float, hours: Mapping[str, float] | None) -> None:
    if not (0 <= keep <= 1 and 0 < least < 1):
        raise SettingError(
            _("What stays and what a move must bring are shares."),
            allowed=_("What stays: 0 to 100%. What a move must bring: more than 0 and less than 100%."),
        )
    if hours is not None and not all(0 <= float(one) < 200 for one in hours.values()):
        raise SettingError(_("Hours a week lie between 0 and 200."))


def _frame(found: Counted, measure: str, by: str, half: int | None = None) -> pd.DataFrame:
    """Per person and kind of work: contacts a week, and how well and how fast (NaN where nothing is known)."""
    frame = found.work(by).assign(now=lambda table: table["handled"] / found.weeks)
    keys = ["agent", *BY[by]]
    for name, one in (("time", "minutes"), ("", measure)):
        levels, _spread = levels_of(found, one, by, half=half if one == measure else None)
        levels = levels[[*keys, "n", "part", "difference", "variance", "whole", "level", "level_sd"]]
        renamed = {column: f"{name}{column}" for column in levels.columns if column not in keys}
        frame = frame.merge(levels.rename(columns=renamed), on=keys, how="left")
    return frame


@dataclass(frozen=True, eq=False)
class _Grid:
    """The people and the kinds of work, and where each row of a frame stands."""

    people: list[str]
    kinds: list[tuple]
    by: str

    @classmethod
    def of(cls, frame: pd.DataFrame, by: str) -> _Grid:
        kinds = sorted(set(frame[BY[by]].itertuples(index=False, name=None)))
        return cls(sorted(frame["agent"].unique()), kinds, by)

    def at(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """The row and the column of every row of a frame."""
        place = {kind: at for at, kind in enumerate(self.kinds)}
        kinds = [place[kind] for kind in frame[BY[self.by]].itertuples(index=False, name=None)]
        return np.searchsorted(self.people, frame["agent"].to_numpy(dtype=str)), np.array(kinds, dtype=int)

    def spread(self, frame: pd.DataFrame, values: object, missing: float) -> np.ndarray:
        """A column as people × kinds."""
        made = np.full((len(self.people), len(self.kinds)), missing)
        made[self.at(frame)] = np.where(pd.isna(values), missing, values)
        return made

    def work(self, frame: pd.DataFrame, measure: str, *, known: int = _KNOWN) -> Work:
        """What is to be divided, with the shrunk figures."""
        minutes = self.spread(frame, _minutes(frame), 1.0)
        worth = -minutes if measure == "minutes" else self.spread(frame, frame["level"], 0.0)
        enough = self.spread(frame, frame["n"].fillna(0), 0.0) >= known
        return Work(self.spread(frame, frame["now"], 0.0), minutes, worth, enough)


def _minutes(frame: pd.DataFrame) -> pd.Series:
    """Mean minutes of a contact: those of the kind, times how much slower or faster the person is."""
    if frame["timelevel"].isna().all():
        return pd.Series(1.0, frame.index)  # nobody's time is known: every contact counts the same
    kinds = [column for column in ("channel", "topic") if column in frame]
    known = frame.groupby(kinds)[["spent", "minutes_n"]].transform("sum")
    all_of_it = frame["spent"].sum() / frame["minutes_n"].sum()
    mean = (known["spent"] / known["minutes_n"].where(known["minutes_n"] > 0)).fillna(all_of_it)
    return mean * np.exp(frame["timelevel"] - frame["timewhole"]).fillna(1.0)


def _hours(grid: _Grid, frame: pd.DataFrame, hours: Mapping[str, float] | None) -> np.ndarray:
    """The hours everybody has for contacts: as now, or as typed."""
    now = grid.work(frame, "minutes").hours
    unknown = [name for name in hours or {} if name not in grid.people]
    if unknown:
        raise SettingError(
            _("There is no agent “{name}”.").format(name=unknown[0]),
            allowed=_("Possible: {columns}.").format(columns=join(grid.people)),
        )
    return np.array([(hours or {}).get(name, one) for name, one in zip(grid.people, now, strict=True)], float)


def _least(work: Work, measure: str, least: float) -> float:
    """What a move must bring, in the unit of the worth."""
    if measure != "minutes":
        return least
    return least * float((work.now * work.minutes).sum() / max(work.now.sum(), 1e-9))


def _still(work: Work, limit: np.ndarray, hours: Mapping[str, float] | None) -> np.ndarray:
    """The change that other hours ask for by themselves: as few moves as possible; none without."""
    if not hours:
        return np.zeros_like(work.now)
    return divided(Work(work.now, work.minutes, np.zeros_like(work.now), work.known), hours=limit, least=1.0)


def _honest(
    found: Counted,
    grid: _Grid,
    measure: str,
    by: str,
    *,
    limit: np.ndarray,
    neutral: np.ndarray,
    keep: float,
    least: float,
) -> tuple[Estimate | None, float]:
    """What a proposal made with half of the weeks brings in the other half, both ways round; None without two halves.

    In contacts a week more (of minutes: minutes a week fewer); and how many contacts a week it moves.
    """
    if found.cells["half"].nunique() < 2:
        return None, 0.0
    halves = [_frame(found, measure, by, half) for half in (0, 1)]
    if any(frame["level"].isna().all() for frame in halves):
        return None, 0.0
    value, variance, moves, n = [], [], 0.0, 0
    for made, seen in (halves, halves[::-1]):
        work = grid.work(made, measure, known=_KNOWN // 2)
        tested = grid.spread(seen, seen["n"].fillna(0), 0.0) >= _KNOWN // 2
        work = Work(work.now, work.minutes, work.worth, work.known & tested)
        try:
            change = divided(
                work, hours=np.maximum(limit, work.hours), least=_least(work, measure, least), keep=keep
            )
        except SettingError:
            return None, 0.0
        moves += moved(change - neutral) / 2
        worth, noise = _counted_worth(seen, grid, measure)
        value.append(float(((change - neutral) * worth).sum()))
        variance.append(float(((change - neutral) ** 2 * noise).sum()))
        n += int(seen["n"].sum())
    sd = (np.sqrt(variance[0]) + np.sqrt(variance[1])) / 2  # the two are not independent
    middle = sum(value) / 2
    return Estimate(middle, float(middle - _Z * sd), float(middle + _Z * sd), n, "number"), moves


def _counted_worth(seen: pd.DataFrame, grid: _Grid, measure: str) -> tuple[np.ndarray, np.ndarray]:
    """What a contact brought with everybody, as counted (not shrunk), at the mix of all; and its variance."""
    away = 1 - seen["part"]
    level = seen["whole"] + away * seen["difference"].fillna(0.0)
    noise = (seen["variance"] * away).fillna(0.0)
    if measure == "minutes":
        mean = _minutes(seen.assign(timelevel=seen["whole"], timewhole=seen["whole"]))
        level, noise = -mean * np.exp(level - seen["whole"]), noise * mean**2
    return grid.spread(seen, level, 0.0), grid.spread(seen, noise, 0.0)


def _table(frame: pd.DataFrame, grid: _Grid, change: np.ndarray, measure: str, by: str) -> pd.DataFrame:
    low, high = frame["level"] - _Z * frame["level_sd"], frame["level"] + _Z * frame["level_sd"]
    table = frame[["agent", *BY[by]]].assign(n=frame["n"].fillna(0).astype(int))
    if measure == "minutes":
        table = table.assign(minutes=np.exp(frame["level"]), low=np.exp(low), high=np.exp(high))
    else:
        table = table.assign(share=frame["level"].clip(0, 1), low=low.clip(0, 1), high=high.clip(0, 1))
    table = table.assign(now=frame["now"], change=change[grid.at(frame)])
    table.insert(table.columns.get_loc("change"), "proposed", (table["now"] + table["change"]).clip(lower=0))
    order = pd.DataFrame(
        {"much": -table["change"].abs().round(6), "now": -table["now"], "agent": table["agent"]}
    )
    order[BY[by]] = table[BY[by]]
    return table.loc[order.sort_values(["much", "now", "agent", *BY[by]]).index].reset_index(drop=True)
