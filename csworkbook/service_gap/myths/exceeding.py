"""Does exceeding expectations bring more than meeting them?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import LEVEL, SMALL, Estimate
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.repeats import duration
from csworkbook.results import question
from csworkbook.service_gap.myths import expectations, pictures
from csworkbook.service_gap.myths.expectations import MEASURES, measures
from csworkbook.service_gap.myths.history import history
from csworkbook.service_gap.myths.verdicts import NOTHING, Sides, Tested, left_out, without
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

GROUPS = ("missed", "met", "exceeded")
_POWER = 0.8
Answer = Literal["equal", "no more", "more", "less", "cannot tell yet"]


def _labels() -> dict[str, str]:
    return {
        "measure": _("Expectation"),
        "within": _("Buys again within"),
        "limit_points": _("As good as equal up to (points)"),
        "factor": _("Exceeded = within this share of the promise"),
        "channel": _("Channel"),
    }


def _choices() -> dict[tuple[str, object], str]:
    return {
        **{("limit_points", n): _("{points} points").format(points=n) for n in (2, 5, 10)},
        ("measure", "reply"): _("first reply against the usual promise"),
        ("measure", "friendliness"): _("friendliness: top mark against a good one"),
        ("measure", "knowledge"): _("knowledge: top mark against a good one"),
        ("measure", "effort"): _("hardly any effort against some effort"),
    }


@question(mark("Does exceeding expectations bring more than meeting them?"), labels=_labels, choices=_choices)
def exceeding(
    orders: pd.DataFrame,
    contacts: pd.DataFrame | None = None,
    effort_survey: pd.DataFrame | None = None,
    *,
    measure: str | None = None,
    within: str = "180D",
    limit_points: float = 5,
    factor: float = 0.5,
    channel: str | None = None,
) -> Exceeding:
    """The second myth (handbook 1.3): exceeding expectations creates loyalty.

    Two one-sided tests: do customers whose expectation was exceeded buy again as often, give or take
    `limit_points`, as those for whom it was met? Looked at is the first time of every customer who
    had ordered before and whose window is over. The tests and the p-values are score tests (Miettinen
    & Nurminen 1985), the interval is Newcombe's.

    Parameters
    ----------
    measure : str, optional
        "reply": met = the first reply within what shops usually promise on that channel (by the clock;
        `replies.USUAL`; on any other channel what half the customers waited), exceeded = within `factor`
        of it. "friendliness", "knowledge": 4 = met, 5 = exceeded. "effort": the most effort at any
        stage, some = met, hardly any = exceeded. By default
        the first of these that is there.
    within : str
        A pandas duration, such as ``"180D"``.
    limit_points : float
        The difference, in points (0–100), that is too small to matter.
    factor : float
        Share of the promised time (0–1).
    channel : str, optional
        Only contacts on this channel (not for effort).

    Returns
    -------
    Exceeding
        table: group (missed, met, exceeded), n, again, share, low, high (0–1, Wilson). `estimate` is
        exceeded minus met (points, −1–1), `answer` equal, more, less or cannot tell yet, `p_equal` the
        p-value of the two one-sided tests.

    Raises
    ------
    DataError
        When nothing tells of an expectation met, or of nobody who had ordered.
    SettingError
        When a setting cannot be.

    >>> from csworkbook.shop import open_shop
    >>> open_shop().call(exceeding, measure="effort", within="90D").answer
    'more'
    """
    days = duration(within).days
    _possible(limit_points, factor)
    if contacts is None and effort_survey is None:
        raise without()
    measure = _chosen(measure, measures(contacts, effort_survey))
    past = history(orders)
    if measure == "effort":
        grouped = expectations.by_effort(past, effort_survey)
    else:
        require(contacts, "contacts")
        part = contacts if channel is None else contacts[contacts["channel"].astype("string") == channel]
        grouped = expectations.by_contact(past, part[part["opened_at"].notna()], measure, factor)
    told, left = expectations.first(past, grouped, days)
    table = _table(told)
    return _tested(table, limit_points / 100, (measure, days, factor, channel, left))


def _possible(limit_points: float, factor: float) -> None:
    if not 0 < limit_points < 100:
        raise SettingError(
            _("A difference of {points} points cannot be the limit.").format(points=limit_points),
            allowed=_("More than 0 and less than 100 points."),
        )
    if not 0 < factor < 1:
        raise SettingError(
            _("A share of {share} of the promise cannot be the limit.").format(
                share=language.percent(factor)
            ),
            allowed=_("More than 0% and less than 100%."),
        )


def _chosen(measure: str | None, there: list[str]) -> str:
    if measure is not None and measure not in MEASURES:
        raise SettingError(
            _("“{value}” cannot be chosen here.").format(value=measure),
            allowed=_("Possible: {columns}.").format(columns=language.join(list(MEASURES))),
        )
    if not there or (measure is not None and measure not in there):
        raise DataError(
            _("Nothing tells whether an expectation was met or exceeded."),
            allowed=_(
                "One of these would do: the time of the first reply, marks for friendliness or knowledge with the contacts, "
                "or an effort survey with customer numbers."
            ),
            next_step=_("Map such a column on this page."),
        )
    return measure or there[0]


def _table(told: pd.DataFrame) -> pd.DataFrame:
    group = told["group"].to_numpy(int)
    n = np.bincount(group, minlength=3)
    again = np.bincount(group, told["again"], 3).astype(int)
    low, high = estimates.shares(again, n)
    share = np.where(n > 0, again / np.maximum(n, 1), np.nan)
    return pd.DataFrame({"group": GROUPS, "n": n, "again": again, "share": share, "low": low, "high": high})


# ---------------------------------------------------------------- the two tests
def _tested(table: pd.DataFrame, limit: float, about: tuple) -> Exceeding:
    _missed, met, exceeded = table[["again", "n"]].to_numpy().tolist()
    estimate = estimates.difference(*exceeded, *met)
    p_equal, p_no_more = equal(*exceeded, *met, limit)
    enough = min(met[1], exceeded[1]) >= SMALL
    both = _sides(estimate, limit, p_no_more) if enough else NOTHING
    return Exceeding(table, estimate, both, limit, p_equal, *about)


def equal(count: int, n: int, other_count: int, other_n: int, limit: float) -> tuple[float, float]:
    """Two one-sided score tests of two shares: are they equal, give or take `limit` (0–1)?

    Returns
    -------
    (float, float)
        The p-value of "they differ by `limit` or more" (small: as good as equal), and of its upper half,
        "the first is larger by `limit` or more" (small: no more than the other). NaN where a group is empty.

    >>> [p < 0.001 for p in equal(650, 1000, 655, 1000, 0.1)]
    [True, True]
    """
    from statsmodels.stats.proportion import tost_proportions_2indep

    if min(n, other_n) == 0:
        return float("nan"), float("nan")
    with np.errstate(all="ignore"):
        tested = tost_proportions_2indep(
            count, n, other_count, other_n, -limit, limit, method="score", compare="diff"
        )
    return float(tested.pvalue), float(tested.results_smaller.pvalue)


def _sides(estimate: Estimate, limit: float, p_no_more: float) -> Sides:
    """More is for the myth; against it is not to be more by as much as the limit."""
    p_for = estimate.p if estimate.value > 0 else 1.0
    p_against = 1.0 if np.isnan(p_no_more) else p_no_more
    return Sides(estimate.value, estimate.low, estimate.high, limit, p_for, p_against)


def wanted(share: float, limit: float, power: float = _POWER) -> int:
    """How many customers in each group would show equal shares to be equal (Chow, Shao & Wang 2008, 4.2).

    Parameters
    ----------
    share : float
        That buys again in both (0–1).
    limit : float
        The difference that is too small to matter (0–1).
    power : float
        The chance to find it (0–1).

    >>> wanted(0.75, 0.2)
    81
    """
    from scipy.stats import norm

    z = norm.ppf(LEVEL) + norm.ppf(0.5 + power / 2)
    return math.ceil(2 * share * (1 - share) * (z / limit) ** 2)


@dataclass(frozen=True)
class Exceeding(Tested):
    """Who buys again after an expectation was missed, met or exceeded, and whether it makes a difference."""

    limit: float = 0.05
    p_equal: float = float("nan")
    measure: str = "reply"
    days: int = 180
    factor: float = 0.5
    channel: str | None = None
    left: tuple[int, int, int] = (0, 0, 0)
    myth: ClassVar[str] = "exceeding"

    @property
    def answer(self) -> Answer:
        """Whether exceeding brings as much as meeting (equal), no more (perhaps less), more, less, or neither is sure."""
        if self.verdict == "not supported":
            least = "less" if self.estimate.high < 0 else "no more"
            return "equal" if self.p_equal < 1 - LEVEL else least
        return "more" if self.verdict == "supported" else "cannot tell yet"

    @property
    def counted(self) -> str:
        """What is counted: customers."""
        return _("customers in each group")

    @property
    def needed(self) -> int:
        """How many customers in each group would show that it makes no difference, if it makes none."""
        met = self.table.iloc[1]
        share = met["share"] if met["n"] >= SMALL and 0 < met["share"] < 1 else 0.5
        return wanted(float(share), self.limit)

    @property
    def seen(self) -> int:
        """How many there are in the smaller of the two groups."""
        return int(self.table["n"][1:].min())

    @property
    def text(self) -> str:
        """Both shares, the difference, whether that is equal, the verdict."""
        _missed, met, exceeded = (self.table.iloc[place] for place in range(3))
        if min(met["n"], exceeded["n"]) == 0:
            return self._nobody() + " " + self.judged()
        said = _(
            "Within {days} days {more} of customers whose expectation was exceeded buy again, and {met} of those for whom "
            "it was met. The difference is {difference}."
        ).format(
            days=self.days, more=language.percent(exceeded["share"]), met=language.percent(met["share"]),
            difference=self.estimate,
        )  # fmt: skip
        return f"{said} {self._equal()} {self.judged()}"

    def _nobody(self) -> str:
        return _("There are no customers to compare whose expectation was met and whose was exceeded.")

    def _equal(self) -> str:
        points = language.number(self.limit * 100)
        told = {
            "equal": _(
                "That is equal to within {points} points: exceeding brings nothing that meeting does not."
            ),
            "more": _("Exceeding goes with more orders than meeting; that it causes them, this cannot show."),
            "no more": _(
                "Exceeding surely brings less than {points} points more than meeting; whether it brings just as much, cannot "
                "be told yet."
            ),
            "less": _("Exceeding even goes with fewer orders than meeting."),
            "cannot tell yet": _(
                "Whether that is equal to within {points} points, or more, cannot be told yet: about {n} customers in each "
                "group would show it."
            ),
        }
        return told[self.answer].format(points=points, n=language.number(self.needed))

    def judged(self) -> str:
        """The verdict as a sentence; how many would do has been said."""
        if self.answer == "cannot tell yet" and not self.close:
            return _("So there is not enough data for a verdict on the myth.")
        return super().judged()

    @property
    def action(self) -> str:
        """What to do, given the verdict."""
        if self.verdict == "supported":
            return _(
                "Try it on purpose with half of the customers for a month, and see whether they buy again more often."
            )
        return _("Keep the promise for everybody first; do not pay for being faster or nicer than that.")

    @property
    def method(self) -> str:
        """What counts as met and exceeded, the tests, what was left out, how many would do."""
        return " ".join([self._defined(), self._worked_out()])

    def _defined(self) -> str:
        if self.measure == "reply":
            return _(
                "Met = the first reply within what is usually promised, by the clock (chat 20 seconds, phone 30 seconds, "
                "e-mail 24 hours, social media 60 minutes; other channels: what half of the customers got). Exceeded = "
                "within {share} of that."
            ).format(share=language.percent(self.factor))
        if self.measure == "effort":
            return _("By the most effort a customer named at any stage: some = met, hardly any = exceeded.")
        return _("Of the marks 1 to 5 after a contact: 4 = met, 5 = exceeded.")

    def _worked_out(self) -> str:
        return _(
            "The first time of every customer who had ordered before; buys again = an order within {days} days. {left} "
            "Equal: two one-sided score tests, limit "
            "{points} points (p = {p}). Interval: Newcombe, 95%. To show that equal is equal ({power} of the time) takes "
            "{n} customers in each group."
        ).format(
            days=self.days, left=left_out(*self.left),
            points=language.number(self.limit * 100), p=self.vocabulary.cell("p", self.p_equal),
            power=language.percent(_POWER), n=language.number(self.needed),
        ).replace("= <", "<")  # fmt: skip

    def plot(self) -> go.Figure:
        """The differences with their intervals, and the zone in which they are too small to matter."""
        missed, met = self.table[["again", "n"]].to_numpy().tolist()[:2]
        rows = [(_("exceeded, against met"), self.estimate)]
        if min(missed[1], met[1]) > 0:
            rows.append((_("met, against not met"), estimates.difference(*met, *missed)))
        return pictures.differences(rows, self.limit)
