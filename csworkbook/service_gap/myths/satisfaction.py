"""Does a satisfied customer buy again more often?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import SMALL
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.repeats import duration
from csworkbook.results import question
from csworkbook.service_gap.myths import pictures, survival
from csworkbook.service_gap.myths.differences import as_points, equal, slight
from csworkbook.service_gap.myths.draws import resampled
from csworkbook.service_gap.myths.history import History, history, seconds
from csworkbook.service_gap.myths.verdicts import NOTHING, Precise, Sides, Tested, left_out, sides, without
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

LIMIT = 0.05  # a difference of shares up to this is too small to matter (see `differences.slight`)
# score → its table, and the highest value of each group but the last
_SCORES = {
    "satisfied": ("contacts", (0,)),
    "friendliness": ("contacts", (2, 3)),
    "knowledge": ("contacts", (2, 3)),
    "recommend": ("effort_survey", (6, 8)),
}
_NAMES = {(0,): ("unsatisfied", "satisfied"), (2, 3): ("1–2", "3", "4–5"), (6, 8): ("0–6", "7–8", "9–10")}


def _labels() -> dict[str, str]:
    return {"score": _("Score"), "within": _("Buys again within")}


def _choices() -> dict[tuple[str, object], str]:
    return {
        ("score", "satisfied"): _("satisfied after the contact"),
        ("score", "friendliness"): _("friendliness of the contact (1–5)"),
        ("score", "knowledge"): _("knowledge in the contact (1–5)"),
        ("score", "recommend"): _("would recommend the shop (0–10)"),
    }


def scores(contacts: pd.DataFrame | None = None, effort_survey: pd.DataFrame | None = None) -> list[str]:
    """The scores that these tables hold, for the choice on the page.

    >>> scores()
    []
    """
    tables = {"contacts": contacts, "effort_survey": effort_survey}
    return [
        score
        for score, (name, _edges) in _SCORES.items()
        if tables[name] is not None and score in tables[name] and tables[name][score].notna().any()
    ]


@question(mark("Does a satisfied customer buy again more often?"), labels=_labels, choices=_choices)
def satisfaction(
    orders: pd.DataFrame,
    contacts: pd.DataFrame | None = None,
    effort_survey: pd.DataFrame | None = None,
    *,
    score: str | None = None,
    within: str = "180D",
    seed: int = 0,
) -> Satisfaction:
    """The first myth (handbook 1.3): the more satisfied the customer, the more loyal.

    Looked at is the first score of every customer who had ordered before. The link with buying again
    within the window is Kendall's tau-b, with a percentile interval over resampled customers; windows
    that reach past the last order are left out. The curves (Kaplan–Meier) use them too, as customers
    who have not bought again yet, and are compared by the log-rank test. The myth is supported when the
    correlation is surely above zero. It is not supported when that is not so and the highest scores
    surely buy again less than 5 points (or a quarter of the share that buys again, if that is less) more
    often than the lowest: a correlation gets smaller where nearly all give the same score, a difference
    of shares does not.

    Parameters
    ----------
    score : str, optional
        satisfied, friendliness, knowledge (contacts) or recommend (effort survey); by default the
        first of these that is there.
    within : str
        A pandas duration, such as ``"180D"``.

    Returns
    -------
    Satisfaction
        table: score (its groups), customers, n (with a finished window), again, share, low, high (0–1,
        Wilson). `estimate` is the correlation (−1–1), `sides` the difference between the highest and the
        lowest score (points), `logrank` the p-value of the curves.

    Raises
    ------
    DataError
        When there is no score of a customer with orders.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(satisfaction).verdict
    'not supported'
    """
    if contacts is None and effort_survey is None:
        raise without()
    days = duration(within).days
    tables = {"contacts": contacts, "effort_survey": effort_survey}
    score = _chosen(score, scores(contacts, effort_survey))
    name, edges = _SCORES[score]
    past = history(orders)
    told, left = _scored(past, tables[name], name, score, days)
    groups = np.searchsorted(edges, told["score"], "left")
    table = _table(told, groups, _NAMES[edges])
    estimate = _correlation(told[told["over"]], seed)
    both = _sides(table[table["n"] > 0], estimate)
    curves = survival.curves(told, groups, table["score"])
    return Satisfaction(
        table,
        estimate,
        both,
        score,
        days,
        curves,
        survival.logrank(told, groups),
        left,
    )


def _chosen(score: str | None, there: list[str]) -> str:
    if score is not None and score not in _SCORES:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=score),
            allowed=_("Possible: {columns}.").format(columns=language.join(list(_SCORES))),
        )
    if not there or (score is not None and score not in there):
        raise DataError(
            _("Nobody's satisfaction is known."),
            allowed=_(
                "One of these would do: satisfied (yes or no), friendliness or knowledge (1–5) with the contacts, "
                "or recommend (0–10) in the effort survey."
            ),
            next_step=_("Map such a column on this page, or ask customers one question after the contact."),
        )
    return score or there[0]


def _scored(
    past: History, table: pd.DataFrame, name: str, score: str, days: int
) -> tuple[pd.DataFrame, tuple]:
    """The first score of every customer with an order before it, and what was left out."""
    require(table, name)
    time = "opened_at" if name == "contacts" else "answered_at"
    table = table[table[score].notna() & table[time].notna()]
    second = seconds(table[time])
    told = pd.DataFrame({"customer": past.of(table), "second": second, "score": table[score].to_numpy(float)})
    unknown = int((told["customer"] < 0).sum())
    told = told[told["customer"] >= 0]
    before = past.orders(told["customer"].to_numpy(), told["second"].to_numpy()) > 0
    never = told["customer"].nunique() - told["customer"][before].nunique()
    told = told[before].sort_values("second", kind="stable").drop_duplicates("customer", ignore_index=True)
    who, when = told["customer"].to_numpy(), told["second"].to_numpy()
    wait = past.until_next(who, when)
    told = told.assign(
        over=past.over(when, days),
        again=past.bought(who, when, days) > 0,
        came=~np.isnan(wait),
        days=np.where(np.isnan(wait), (past.last - when) / 86_400, wait),
    )
    told = told[told["days"] > 0].reset_index(drop=True)
    return told, (int((~told["over"]).sum()), int(never), unknown)


def _table(told: pd.DataFrame, groups: np.ndarray, names: tuple[str, ...]) -> pd.DataFrame:
    over, again = told["over"].to_numpy(), told["again"].to_numpy()
    size = len(names)
    customers = np.bincount(groups, minlength=size)
    n = np.bincount(groups, over, size).astype(int)
    count = np.bincount(groups, over & again, size).astype(int)
    low, high = estimates.shares(count, n)
    share = np.where(n > 0, count / np.maximum(n, 1), np.nan)
    columns = {"score": names, "customers": customers, "n": n, "again": count, "share": share}
    return pd.DataFrame({**columns, "low": low, "high": high})


# ---------------------------------------------------------------- the correlation
def tau_b(tables: np.ndarray) -> np.ndarray:
    """Kendall's tau-b of scores in order against no and yes, for many tables of counts at once.

    Parameters
    ----------
    tables : array (…, scores, 2)
        How many customers with each score did not, and did.

    Returns
    -------
    array (…)
        NaN where all scores or all answers are the same.

    >>> tau_b(np.array([[3, 1], [1, 3]]))
    np.float64(0.5)
    """
    no, yes = tables[..., 0], tables[..., 1]
    below_no, below_yes = no.cumsum(-1) - no, yes.cumsum(-1) - yes
    apart = (below_no * yes - below_yes * no).sum(-1)
    n = tables.sum((-2, -1))
    pairs = n * (n - 1) / 2
    score, answer = tables.sum(-1), tables.sum(-2)
    free = (pairs - (score * (score - 1) / 2).sum(-1)) * (pairs - (answer * (answer - 1) / 2).sum(-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(free > 0, apart / np.sqrt(free), np.nan)[()]


def _correlation(told: pd.DataFrame, seed: int) -> Precise:
    """Tau-b with its percentile interval and its p-value over resampled customers."""
    values = np.unique(told["score"])
    cell = 2 * np.searchsorted(values, told["score"]) + told["again"]
    counts = np.bincount(cell, minlength=2 * len(values)).astype(float)
    n, value = len(told), float(tau_b(counts.reshape(-1, 2))) if len(values) else float("nan")
    if n < 2 or np.isnan(value):
        return Precise(float("nan"), -1.0, 1.0, n, "correlation")
    draws = tau_b(_again(counts, seed).reshape(-1, len(values), 2))
    low, high = np.nanquantile(draws, [(1 - estimates.LEVEL) / 2, (1 + estimates.LEVEL) / 2])
    p = sides(value, float(np.nanstd(draws)), 0.0).p_for
    return Precise(value, float(low), float(high), n, "correlation", p)


def _sides(seen: pd.DataFrame, correlation: Precise) -> Sides:
    """A sure link is for the myth; against it is that the highest scores surely buy again hardly more often."""
    if correlation.n < SMALL or len(seen) < 2 or np.isnan(correlation.value):
        return NOTHING
    low, high = seen[["again", "n"]].to_numpy().tolist()[:: len(seen) - 1]
    limit = slight(LIMIT, low[0] + high[0], low[1] + high[1])
    difference, p_for = estimates.difference(*high, *low), correlation.p
    p_against = 1.0
    if min(low[1], high[1]) >= SMALL and not p_for < 1 - estimates.LEVEL:
        p_against = min(2 * equal(*high, *low, limit)[1], 1.0)
    return Sides(difference.value, difference.low, difference.high, limit, p_for, p_against)


def _again(counts: np.ndarray, seed: int) -> np.ndarray:
    """The counts with other customers: each of them stands in one cell."""
    cells = np.repeat(np.arange(len(counts)), counts.astype(int))
    return resampled(np.eye(len(counts))[cells], seed=seed)


@dataclass(frozen=True)
class Satisfaction(Tested):
    """Buying again by score, the correlation, and the curves."""

    score: str = "satisfied"
    days: int = 180
    curves: pd.DataFrame = field(default_factory=pd.DataFrame)
    logrank: float = float("nan")
    left: tuple[int, int, int] = (0, 0, 0)
    myth: ClassVar[str] = "satisfaction"

    @property
    def counted(self) -> str:
        """What is counted: customers."""
        return _("customers")

    @property
    def needed(self) -> int:
        """How many customers would tell the difference to within what is too small to matter."""
        half, limit = (self.sides.high - self.sides.low) / 2, self.sides.slight
        if not half > 0 or not limit > 0:
            return math.ceil((1.96 / LIMIT) ** 2)  # two groups of one size, of which half buy again
        return max(SMALL, math.ceil(self.estimate.n * (half / limit) ** 2))

    @property
    def text(self) -> str:
        """The share that buys again at both ends of the score, the correlation, the verdict."""
        return " ".join(filter(None, [self._ends(), self._linked(), self.judged()]))

    def _ends(self) -> str:
        if not self.table["n"].sum():
            return _("No customer with a score had ordered before and has a window that is over.")
        seen = self.table[self.table["n"] > 0]
        if len(seen) < 2:
            return _("All customers gave about the same score, so nothing can be compared.")
        low, high = seen.iloc[0], seen.iloc[-1]
        return _(
            "Within {days} days {share} of customers with the score “{high}” buy again, and {other} of those with “{low}”."
        ).format(
            days=self.days, share=language.percent(high["share"]), high=self.vocabulary.word(high["score"]),
            other=language.percent(low["share"]), low=self.vocabulary.word(low["score"]),
        )  # fmt: skip

    def _linked(self) -> str:
        if np.isnan(self.estimate.value):
            return ""
        said = _("The rank correlation is {correlation}").format(correlation=self.estimate)
        if self.verdict == "not enough data":
            return said + "."
        points = as_points(self.sides.slight)
        if self.verdict == "not supported":
            if self.estimate.high < 0:
                return said + _(": who scores higher even buys again less often.")
            return said + _(
                ": hardly any link, and a difference of surely less than {points} points."
            ).format(points=points)
        if self.sides.high < self.sides.slight:
            return said + _(
                ": who scores higher buys again more often, but the difference is less than {points} points."
            ).format(points=points)
        return said + _(": who scores higher buys again more often.")

    @property
    def action(self) -> str:
        """What to do, given the verdict."""
        if self.verdict == "supported":
            return _(
                "Find out what those with a low score missed: this score goes with buying again. That one causes the other, "
                "this cannot show."
            )
        return _(
            "Steer by effort and by what was solved, not by this score: it says little about who comes back."
        )

    @property
    def method(self) -> str:
        """Definitions, the test, what was left out."""
        said = _(
            "The first score of every customer who had ordered before. Buys again = an order within {days} days. {left} "
            "Correlation: Kendall's tau-b, interval over resampled customers; surely above zero supports the myth. Otherwise "
            "the difference between the highest and the lowest score speaks against it, when that is surely less than {limit} "
            "points, or a quarter of the share that buys again if that is less (score test, 2.5%). "
            "Shares: Wilson, 95%. Curves: Kaplan–Meier with 95% bands, unfinished windows included."
        ).format(days=self.days, left=left_out(*self.left), limit=as_points(LIMIT))
        if np.isnan(self.logrank):
            return said
        p = self.vocabulary.cell("p", self.logrank)
        return said + " " + _("Log-rank test of equal curves: p = {p}.").format(p=p).replace("= <", "<")

    def plot(self) -> go.Figure:
        """The share that has bought again by each day, one curve a group, with bands."""
        return pictures.curves(self.curves, self.days, self.vocabulary)
