"""How long does it take visitors to get from the first step to the others?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from csworkbook import language
from csworkbook.estimates import LEVEL, SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.funnel import pictures
from csworkbook.funnel.choices import choices, labels
from csworkbook.funnel.counting import UNKNOWN, quantiles
from csworkbook.funnel.query import Question, asked
from csworkbook.funnel.wording import CHAPTER, VOCABULARY, counted, lasting, many, said
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

# where bars of the picture end, in minutes
EDGES = (
    0.5, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720,
    *(days * 1440 for days in (1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 60, 90, 180, 365)),
)  # fmt: skip
LEAST = 5  # times, below which no half of them is spoken of
_BARS = 9  # of the picture, at most
_COLUMNS = ["by", "step", "n", "median_minutes", "low", "high", "q1_minutes", "q3_minutes", "p90_minutes"]
_SHARES = {"q1_minutes": 0.25, "median_minutes": 0.5, "q3_minutes": 0.75, "p90_minutes": 0.9}


@question(mark("How long does it take visitors to get there?"), labels=labels, choices=choices)
def timing(
    events: Any,
    steps: Sequence | None = None,
    *,
    within: str | pd.Timedelta | None = None,
    by: str | None = None,
    per: str = "visitor",
    order: str = "ordered",
    ties: str = "later",
    exclude: object = None,
    since: object = None,
    until: object = None,
    gap: str = "30min",
    without_bots: bool = False,
    zone: str = "UTC",
) -> Timing:
    """How long it takes from the first step to each of the others, for those who reached it.

    The chain counted is that which first completed the step. Those who never reach a step have no time
    to it: a window (`within`) and the end of the data cut off the longest times.

    Parameters
    ----------
    events, steps, within, by, per, order, ties, exclude, since, until, without_bots, zone
        As in `measure`.

    Returns
    -------
    Timing
        table: step (from the second on), n (who reached it), median_minutes, low, high (95 % interval
        of the median, by order statistics), q1_minutes, q3_minutes, p90_minutes; with `by` that
        column first, one block of rows per value.

    Raises
    ------
    DataError, SettingError
        As `measure`.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"visitor_id": list("aabb"), "step": ["cart", "paid"] * 2, "at": pd.to_datetime(
    ...     ["2026-01-05 10:00", "2026-01-05 10:10", "2026-01-05 11:00", "2026-01-05 11:30"], utc=True)})
    >>> timing(log, ["cart", "paid"]).table["median_minutes"].tolist()
    [20.0]
    """
    query = asked(
        events, steps, within=within, by=by, per=per, order=order, ties=ties, exclude=exclude,
        since=since, until=until, gap=gap, without_bots=without_bots, zone=zone,
    )  # fmt: skip
    times = query.followed.times()
    times = times.assign(by=times["by"].astype(object).where(times["by"].notna(), UNKNOWN) if by else UNKNOWN)
    table = _table(times, query.names)
    table = table.drop(columns="by") if by is None else table.rename(columns={"by": by})
    return Timing(table, query, times.reset_index(drop=True))


def _table(times: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """One row per group and step; the largest group first, groups of nobody left out."""
    size = times[times["step"] == 2].groupby("by")["units"].sum() if len(times) else pd.Series(dtype=int)
    groups = sorted(size.index, key=lambda one: (one == UNKNOWN, -size[one], str(one))) or [UNKNOWN]
    rows = []
    for group in groups:
        for place in range(2, len(names) + 1):
            part = times[(times["by"] == group) & (times["step"] == place)]
            rows.append({"by": group, "step": names[place - 1], **_row(part)})
    return pd.DataFrame(rows, columns=_COLUMNS)


def _row(part: pd.DataFrame) -> dict[str, float]:
    """n, quartiles, the 90th percentile, and the interval of the median, in minutes."""
    n = int(part["units"].sum())
    if not n:
        return {"n": 0} | dict.fromkeys((*_SHARES, "low", "high"), np.nan)
    seconds, units = part["seconds"].to_numpy(), part["units"].to_numpy()
    found = (value / 60 for value in quantiles(seconds, units, list(_SHARES.values())))
    low, high = median_limits(seconds, units)
    return {"n": n, **dict(zip(_SHARES, found, strict=True)), "low": low / 60, "high": high / 60}


def median_limits(values: np.ndarray, units: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of the median of values that occur `units` times each; NaN with fewer than six.

    By order statistics: the least pair of ranks about the middle that covers it with 95 % or more.
    """
    from scipy.stats import binom

    order = np.argsort(values)
    upto = np.cumsum(units[order])
    n = int(upto[-1])
    rank = int(
        binom.ppf((1 - LEVEL) / 2, n, 0.5)
    )  # ranks from 1: P(fewer than `rank` below the middle) < 2.5 %
    if rank < 1:
        return float("nan"), float("nan")
    places = np.searchsorted(upto, [rank - 1, n - rank], side="right")
    return tuple(float(value) for value in values[order][places])


@dataclass(frozen=True, eq=False)
class Timing(Result):
    """How long it took, per step; `times` holds by, step, seconds, units."""

    query: Question | None = None
    times: pd.DataFrame | None = None
    vocabulary: ClassVar[Vocabulary] = VOCABULARY

    @property
    def columns(self) -> list[str]:
        """Shown: the split, the step, how many, the median with its interval, quartiles and 90 %."""
        split = [] if self.query.asked_by is None else [self.query.asked_by]
        return [
            *split,
            "step",
            "n",
            "median_minutes",
            "low",
            "high",
            "q1_minutes",
            "q3_minutes",
            "p90_minutes",
        ]

    def cell(self, column: str, value: object) -> str:
        """A cell; times in the unit that fits."""
        if column.endswith("_minutes") or column in ("low", "high"):
            return lasting(value)
        return said(value) if column in ("step", self.query.asked_by) else super().cell(column, value)

    def kinds(self) -> dict[str, str]:
        """As any result's; times are plain numbers of minutes in a spreadsheet."""
        times = ("median_minutes", "low", "high", "q1_minutes", "q3_minutes", "p90_minutes")
        return super().kinds() | {self.vocabulary.head(column): "number" for column in times}

    @cached_property
    def last(self) -> pd.Series | None:
        """The row (all groups together) of the last step that anybody reached; None where nobody did."""
        for place in range(len(self.query.names), 1, -1):
            part = self.times[self.times["step"] == place]
            if len(part):
                return pd.Series({"place": place, "step": self.query.names[place - 1], **_row(part)})
        return None

    @property
    def text(self) -> str:
        """The median with its interval, the quick and the slow quarter, and which group is slowest."""
        row = self.last
        if row is None:
            return _("Nobody came from “{step}” to a later step.").format(step=said(self.query.names[0]))
        if row["n"] < LEAST:
            return _("Too few came from “{first}” to “{step}” to say how long that takes: {counted}.").format(
                first=said(self.query.names[0]),
                step=said(row["step"]),
                counted=counted(int(row["n"]), self.query.per),
            )
        half = _(
            "Half of the {n} {who} who came from “{first}” to “{step}” did so within {median}{limits}."
        ).format(
            n=language.number(row["n"]),
            who=many(self.query.per),
            first=said(self.query.names[0]),
            step=said(row["step"]),
            median=lasting(row["median_minutes"]),
            limits=_limits(row),
        )
        if row["n"] < SMALL:
            return half + " " + _("That is few: read it as an example, not as the rule.")
        rest = _("A quarter took at most {quick}, a quarter {slow} or longer.").format(
            quick=lasting(row["q1_minutes"]), slow=lasting(row["q3_minutes"])
        )
        return " ".join(filter(None, (half, rest, self._groups)))

    @property
    def _groups(self) -> str:
        """The slowest and the quickest group whose medians' intervals lie apart."""
        by = self.query.asked_by
        if by is None:
            return ""
        here = self.table[(self.table["step"] == self.last["step"]) & (self.table["n"] >= SMALL)]
        if len(here) < 2:
            return ""
        slow, quick = here.loc[here["median_minutes"].idxmax()], here.loc[here["median_minutes"].idxmin()]
        if not slow["low"] > quick["high"]:
            return _("No group is surely slower than another.")
        return _("“{slow}” takes longest ({median}), “{quick}” is quickest ({least}).").format(
            slow=said(slow[by]), median=lasting(slow["median_minutes"]),
            quick=said(quick[by]), least=lasting(quick["median_minutes"]),
        )  # fmt: skip

    @property
    def method(self) -> str:
        """What a time is, the intervals, what is cut off, and what was counted."""
        said_ = _(
            "Time from the first step of the chain that first completed a step; only those who reached it have one. Intervals "
            "of the median: order statistics, 95%. Those who need longer than the window, or than the data last, are not there."
        )
        return " ".join([said_, *self.query.told])

    def plot(self) -> go.Figure:
        """The times to the last step that was reached, as bars; one colour a group when split."""
        if self.last is None:
            return pictures.waiting(pd.DataFrame({"group": [], "lasted": [], "share": [], "n": []}), None)
        table = distribution(self.times[self.times["step"] == self.last["place"]])
        whole = distribution(self.times[self.times["step"] == self.last["place"]].assign(by=UNKNOWN))
        upto = whole["share"].cumsum()
        middle = whole["lasted"].iloc[int((upto < 0.5 - 1e-12).sum())]
        return pictures.waiting(table, middle)

    def findings(self) -> list[Finding]:
        """The median time to the last step, or that there are too few."""
        row = self.last
        if row is None or row["n"] < SMALL:
            headline = _("There are too few {who} to say how long that takes.").format(
                who=many(self.query.per)
            )
            return [Finding(CHAPTER, headline, enough=SMALL)]
        headline = _("Half of those who come to “{step}” need longer than {median}.").format(
            step=said(row["step"]), median=lasting(row["median_minutes"])
        )
        estimate = Estimate(row["median_minutes"], row["low"], row["high"], int(row["n"]), "minutes")
        action = _(
            "Wait at least until three quarters are through ({time}) before you call somebody lost or send a reminder."
        )
        return [Finding(CHAPTER, headline, estimate, None, action.format(time=lasting(row["q3_minutes"])))]


def _limits(row: pd.Series) -> str:
    if row["low"] != row["low"]:
        return ""
    return " " + _("({low} to {high})").format(low=lasting(row["low"]), high=lasting(row["high"]))


def distribution(times: pd.DataFrame) -> pd.DataFrame:
    """How many took how long, in at most nine bars.

    Parameters
    ----------
    times : DataFrame
        by, seconds, units, of one step.

    Returns
    -------
    DataFrame
        group, lasted (a label), n, share (of the group); every group has all bars.
    """
    edges = _edges(times)
    labels_ = _labels(edges)
    place = np.searchsorted(np.array(edges) * 60, times["seconds"], side="right")
    counted = times.assign(place=place).pivot_table(
        index="by", columns="place", values="units", aggfunc="sum", fill_value=0, sort=False
    )
    counted = counted.reindex(columns=range(len(labels_)), fill_value=0)
    counted = counted.loc[counted.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    rows = counted.stack().rename("n").rename_axis(["group", "place"]).reset_index()
    rows["share"] = rows["n"] / rows.groupby("group")["n"].transform("sum")
    rows["lasted"] = [labels_[place] for place in rows["place"]]
    return rows[["group", "lasted", "n", "share"]]


def _edges(times: pd.DataFrame) -> list[float]:
    """Where the bars end: the edges within the times, so far apart that at most nine bars are left."""
    low, high = quantiles(times["seconds"].to_numpy(), times["units"].to_numpy(), [0.01, 0.99])
    inside = [edge for edge in EDGES if low / 60 < edge <= high / 60] or [EDGES[0]]
    every = -(-len(inside) // (_BARS - 1))
    return inside[::-1][::every][::-1]


def _labels(edges: Sequence[float]) -> list[str]:
    """What the bars are called."""
    between = [f"{_short(a)} – {_short(b)}" for a, b in pairwise(edges)]
    return [f"< {_short(edges[0])}", *between, f"≥ {_short(edges[-1])}"]


def _short(minutes: float) -> str:
    """A length of time in very short."""
    if minutes < 1:
        return _("{n} s").format(n=language.number(minutes * 60))
    if minutes < 60:
        return _("{n} min").format(n=language.number(minutes))
    if minutes < 1440:
        return _("{n} h").format(n=language.number(minutes / 60, int(minutes % 60 > 0)))
    return _("{n} d").format(n=language.number(minutes / 1440))
