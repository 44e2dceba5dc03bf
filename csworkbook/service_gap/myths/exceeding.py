"""Does exceeding expectations bring more than meeting them?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import DataError, SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.repeats import duration
from csworkbook.results import question
from csworkbook.service_gap.myths import expectations, pictures
from csworkbook.service_gap.myths.differences import (
    POWER,
    SURE,
    as_points,
    equal,
    equal_within,
    slight,
    stratified,
    wanted,
)
from csworkbook.service_gap.myths.expectations import MEASURES, measures
from csworkbook.service_gap.myths.history import history
from csworkbook.service_gap.myths.verdicts import NOTHING, Sides, Tested, left_out, without
from csworkbook.tables import require

if TYPE_CHECKING:
    import plotly.graph_objects as go

GROUPS = ("missed", "met", "exceeded")
Answer = Literal["equal", "no more", "a little more", "more", "less", "cannot tell yet"]


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
    had ordered before and whose window is over. Where both kinds stand on several channels they are
    compared channel by channel (Mantel–Haenszel weights, Sato's error), for channels differ in what is
    promised and in who buys. On one channel the tests and the p-values are score tests (Miettinen &
    Nurminen 1985), the interval is Newcombe's. Each one-sided test is at 2.5%.

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
        The difference, in points (0–100), that is too small to matter; never more than a quarter of the
        share that buys again.
    factor : float
        Share of the promised time (0–1).
    channel : str, optional
        Only contacts on this channel (not for effort).

    Returns
    -------
    Exceeding
        table: group (missed, met, exceeded), n, again, share, low, high (0–1, Wilson). `estimate` is
        exceeded minus met (points, −1–1), `answer` equal, no more, a little more, more, less or cannot
        tell yet, `p_equal` the p-value of the two one-sided tests, `strata` how many channels were compared.

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
    return _tested(table, _by_channel(told), limit_points / 100, (measure, days, factor, channel, left))


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


def _by_channel(told: pd.DataFrame) -> np.ndarray:
    """Per channel, for missed, met and exceeded: how many bought again, of how many (channels, 3, 2)."""
    place, names = pd.factorize(told["channel"], use_na_sentinel=False)
    cell, size = 3 * place + told["group"].to_numpy(int), 3 * len(names)
    counts = np.bincount(cell, told["again"], size), np.bincount(cell, minlength=size)
    return np.stack(counts, axis=-1).reshape(-1, 3, 2)


# ---------------------------------------------------------------- the two tests
def _tested(table: pd.DataFrame, counts: np.ndarray, limit: float, about: tuple) -> Exceeding:
    pairs = _pairs(counts, 2, 1)
    (more, exceeded), (again, met) = pairs.sum(axis=0).tolist()
    limit = slight(limit, more + again, exceeded + met)
    estimate, error = _difference(pairs)
    if error > 0:
        p_equal, p_no_more = equal_within(estimate.value, error, limit)
    else:
        p_equal, p_no_more = equal(more, exceeded, again, met, limit)
    least = int(min(met, exceeded))
    both = _sides(estimate, limit, p_no_more) if least >= SMALL else NOTHING
    return Exceeding(table, estimate, both, limit, p_equal, *about, counts, least)


def _pairs(counts: np.ndarray, one: int, other: int) -> np.ndarray:
    """The counts of two of the three groups, on the channels that have both (channels, 2, 2)."""
    pairs = counts[:, [one, other]]
    return pairs[(pairs[..., 1] > 0).all(axis=1)]


def _difference(pairs: np.ndarray) -> tuple[Estimate, float]:
    """The first minus the second, and its standard error if that is worked out channel by channel (NaN if not)."""
    estimate, error = stratified(pairs)
    if len(pairs) > 1 and error > 0:
        return estimate, error
    return estimates.difference(*pairs.sum(axis=0).ravel().tolist()), float("nan")


def _sides(estimate: Estimate, limit: float, p_no_more: float) -> Sides:
    """More is for the myth; against it is not to be more by as much as the limit. Both p-values are two-sided."""
    p_for = estimate.p if estimate.value > 0 else 1.0
    p_against = 1.0 if np.isnan(p_no_more) else min(2 * p_no_more, 1.0)
    return Sides(estimate.value, estimate.low, estimate.high, limit, p_for, p_against)


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
    counts: np.ndarray = field(default_factory=lambda: np.zeros((0, 3, 2)))
    least: int = 0
    myth: ClassVar[str] = "exceeding"

    @property
    def strata(self) -> int:
        """How many channels have customers whose expectation was met and customers for whom it was exceeded."""
        return len(_pairs(self.counts, 2, 1))

    @property
    def several(self) -> bool:
        """Whether the customers compared were in touch on more than one channel."""
        return int((self.counts[:, 1:, 1].sum(axis=1) > 0).sum()) > 1

    @property
    def answer(self) -> Answer:
        """Whether exceeding brings as much as meeting (equal), no more (perhaps less), a little more (too little to
        matter), more, less, or neither is sure.
        """
        if self.verdict == "not supported":
            if self.estimate.high < 0 or self.estimate.low > 0:
                return "less" if self.estimate.high < 0 else "a little more"
            return "equal" if self.p_equal < SURE else "no more"
        return "more" if self.verdict == "supported" else "cannot tell yet"

    @property
    def counted(self) -> str:
        """What is counted: customers."""
        return _("customers in each group")

    @property
    def needed(self) -> int:
        """How many customers in each group would show that it makes no difference, if it makes none."""
        met = self.table.iloc[1]
        share = met["share"] if met["n"] >= SMALL and 0 < met["share"] < 1 else min(0.5, 4 * self.limit)
        return wanted(float(share), self.limit)

    @property
    def seen(self) -> int:
        """How many there are in the smaller of the two groups that are compared."""
        return self.least

    @property
    def text(self) -> str:
        """Both shares, the difference, whether that is equal, the verdict."""
        _missed, met, exceeded = (self.table.iloc[place] for place in range(3))
        if min(met["n"], exceeded["n"]) == 0 or not self.strata:
            return self._nobody() + " " + self.judged()
        said = self._shares().format(
            days=self.days, more=language.percent(exceeded["share"]), met=language.percent(met["share"]),
            difference=self.estimate,
        )  # fmt: skip
        return f"{said} {self._equal()} {self.judged()}"

    def _shares(self) -> str:
        if self.several:
            return _(
                "Within {days} days {more} of customers whose expectation was exceeded buy again, and {met} of those for whom "
                "it was met. Compared channel by channel, the difference is {difference}."
            )
        return _(
            "Within {days} days {more} of customers whose expectation was exceeded buy again, and {met} of those for whom "
            "it was met. The difference is {difference}."
        )

    def _nobody(self) -> str:
        if self.table["n"][1:].min() > 0:
            return _(
                "On no channel are there both customers whose expectation was met and customers for whom it was exceeded."
            )
        return _("There are no customers to compare whose expectation was met and whose was exceeded.")

    def _equal(self) -> str:
        points = as_points(self.limit)
        told = {
            "equal": _(
                "That is equal to within {points} points: exceeding brings nothing that meeting does not."
            ),
            "a little more": _(
                "That is a little more, but surely less than {points} points: too little to matter."
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
            "{how} Equal: two one-sided tests, each at 2.5% so that they agree with the 95% interval and with the two-sided "
            "test of more; limit {points} points (never more than a quarter of the share that buys again; p = {p}). To show "
            "that equal is equal ({power} of the time) takes {n} customers in each group."
        ).format(
            days=self.days, left=left_out(*self.left), how=self._how(),
            points=as_points(self.limit), p=self.vocabulary.cell("p", self.p_equal),
            power=language.percent(POWER), n=language.number(self.needed),
        ).replace("= <", "<")  # fmt: skip

    def _how(self) -> str:
        if self.strata > 1:
            return _(
                "Compared within {n} channels (Mantel–Haenszel weights, interval with Sato's error): channels differ in what "
                "is promised and in who buys there."
            ).format(n=self.strata)
        return _("Score tests; interval: Newcombe, 95%.")

    def plot(self) -> go.Figure:
        """The differences with their intervals, and the zone in which they are too small to matter."""
        rows = [(_("exceeded, against met"), self.estimate)]
        pairs = _pairs(self.counts, 1, 0)
        if len(pairs):
            rows.append((_("met, against not met"), _difference(pairs)[0]))
        return pictures.differences(rows, self.limit)
