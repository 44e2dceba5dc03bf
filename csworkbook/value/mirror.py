"""Would it have foretold what your customers did since? The last part of the orders hidden, and then shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate, Verdict
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.purchases import purchases
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary, question
from csworkbook.value import forecast, pictures_predicted, predicted_words, spend

if TYPE_CHECKING:
    import ibis
    import plotly.graph_objects as go

UNIT = "7D"
LEAST = 28  # hidden days; the orders before them must last twice as long
FEW = 30  # customers to look at
_DAY = pd.Timedelta(days=1)


@question(
    mark("Would it have foretold the past months?"),
    labels=predicted_words.labels,
    choices=predicted_words.choices,
)
def mirror(
    orders: pd.DataFrame | ibis.Table, *, hidden: str | None = None, zone: str = "UTC", seed: int = 0
) -> Mirror:
    """The prediction made as if the last part of the orders had not been seen, beside what was then bought.

    Customers are those who had bought before. Beside the model stand two simple guesses: everybody goes on at
    the rate he had (repeat purchases in the time since the first one), and nobody comes back.

    Parameters
    ----------
    hidden : str, optional
        How much is hidden: a pandas duration such as ``"180D"``; None = a third of the time of the orders.
    zone : str
        By whose clock a day begins.

    Returns
    -------
    Mirror
        table: way ("model", "same rate", "nobody"), predicted, low, high, seen (purchases, count), off
        (predicted over seen, less one), miss (per customer the difference of the square roots of both, 3/8 added
        to each, so that a few who buy much do not decide: Anscombe 1948; root of the mean square).

    Raises
    ------
    DataError
        When the orders are too few or their time too short, or none is a purchase.
    SettingError
        When `hidden` is no length of time.
    """
    whole = purchases(orders, unit=UNIT, zone=zone, free=True)
    return mirrored(orders, whole, hidden=hidden, zone=zone, seed=seed)


def mirrored(
    orders: pd.DataFrame | ibis.Table,
    whole: pd.DataFrame,
    *,
    hidden: str | None = None,
    zone: str = "UTC",
    seed: int = 0,
) -> Mirror:
    """As `mirror`, with the purchases of all orders (`whole`) counted already."""
    end = whole.attrs["until"]
    days = _hidden_days((end - whole["first_at"].min()).days, hidden)
    cut = end - days * _DAY
    if (whole["first_at"] <= cut).sum() < FEW:
        raise _too_short()
    asked = {"unit": UNIT, "zone": zone, "free": True}
    before = purchases(orders, until=cut.date(), **asked)
    since = purchases(orders, since=(cut + _DAY).date(), **asked) if _any_after(whole, cut) else None
    seen, spent = _seen(before, since)
    return _compared(before, seen, spent, cut, end, seed)


def _hidden_days(span: int, hidden: str | None) -> int:
    """How many days are hidden, of all that the orders last."""
    days = span // 3 if hidden is None else duration(hidden).days
    if days < LEAST or span - days < days / 2 or span - days < 2 * LEAST:
        raise _too_short()
    return days


def _too_short() -> DataError:
    return DataError(
        _("Whether the prediction holds cannot be checked on these orders."),
        allowed=_(
            "For that, orders of at least {days} days and of {n} customers in the first part of them."
        ).format(days=3 * LEAST, n=FEW),
        next_step=_("Bring older orders too."),
    )


def _any_after(whole: pd.DataFrame, cut: pd.Timestamp) -> bool:
    return bool((whole["last_at"] > cut).any())


def _seen(before: pd.DataFrame, since: pd.DataFrame | None) -> tuple[np.ndarray, np.ndarray]:
    """Per customer of the first part: purchases and money of the hidden part."""
    if since is None:
        return np.zeros(len(before)), np.zeros(len(before))
    mine = since.reindex(before.index)
    return (mine["x"] + 1).fillna(0).to_numpy(float), mine["spent"].fillna(0).to_numpy(float)


def _compared(
    before: pd.DataFrame,
    seen: np.ndarray,
    spent: np.ndarray,
    cut: pd.Timestamp,
    end: pd.Timestamp,
    seed: int,
) -> Mirror:
    time = (end - cut) / pd.Timedelta(UNIT)
    model = forecast.modelled(before)
    found = forecast.Forecast.make(model, before, time)
    predicted = found.expected[found.of]
    before = before.assign(predicted=predicted, seen=seen, same=_same_rate(before, time), nobody=0.0)
    all_, money = _totals(found, before, spend.of(before), seed)
    table = pd.DataFrame(
        [
            _row("model", before["predicted"], before, all_),
            _row("same rate", before["same"], before),
            _row("nobody", before["nobody"], before),
        ]
    )
    low, high, _square = (one[found.of] for one in found.ranges)
    inside = estimates.share(int(((seen >= low) & (seen <= high)).sum()), len(before))
    return Mirror(
        table, cut, end, len(before), all_, int(seen.sum()), money, float(spent.sum()),
        _groups(found, before), inside, _gains(before),
    )  # fmt: skip


def _same_rate(before: pd.DataFrame, time: float) -> np.ndarray:
    """Everybody goes on as before: repeat purchases over the time since the first one."""
    seen = before["T"].to_numpy()
    return np.divide(before["x"].to_numpy(float), seen, out=np.zeros(len(before)), where=seen > 0) * time


def _totals(found: forecast.Forecast, before: pd.DataFrame, money: spend.Spend, seed: int):
    """The purchases and the money that were foretold for all together."""
    worth = forecast.worth(found, money, before, share=1.0, rate=0.0)
    return forecast.totals(found, worth, money, found.unsure(seed))


def _row(way: str, predicted: pd.Series, before: pd.DataFrame, sure: Estimate | None = None) -> dict:
    seen = float(before["seen"].sum())
    sum_ = float(predicted.sum())
    return {
        "way": way,
        "predicted": sum_,
        "low": sure.low if sure else np.nan,
        "high": sure.high if sure else np.nan,
        "seen": seen,
        "off": sum_ / seen - 1 if seen else np.nan,
        "miss": float(np.sqrt(_missed(predicted, before).mean())),
    }


def _missed(predicted: pd.Series, before: pd.DataFrame) -> pd.Series:
    """Per customer the square of the difference, both made to vary as much whatever their size."""
    return (np.sqrt(predicted + 0.375) - np.sqrt(before["seen"] + 0.375)) ** 2


def _gains(before: pd.DataFrame) -> dict[str, Estimate]:
    """How much nearer the model comes than each simple guess: the mean difference of the squared misses."""
    own = _missed(before["predicted"], before)
    return {
        way: estimates.mean(_missed(before[column], before) - own)
        for way, column in (("same rate", "same"), ("nobody", "nobody"))
    }


def _groups(found: forecast.Forecast, before: pd.DataFrame) -> pd.DataFrame:
    """By purchases so far: customers, mean purchases seen, and mean foretold with the range chance leaves it."""
    _low, _high, square = found.ranges
    variance = (square - found.expected**2).clip(0)[found.of]
    so_far = (before["x"] + 1).clip(upper=5)
    rows = before.assign(so_far=so_far, variance=variance).groupby("so_far")
    table = rows.agg(customers=("seen", "size"), predicted=("predicted", "mean"), seen=("seen", "mean"))
    half = 1.96 * np.sqrt(rows["variance"].sum()) / table["customers"]
    return table.assign(low=(table["predicted"] - half).clip(lower=0), high=table["predicted"] + half)


@dataclass(frozen=True)
class Mirror(Result):
    """What was foretold for the hidden part of the orders, beside what was then bought.

    Attributes
    ----------
    since, until : Timestamp
        The last day that the model saw, and the last day of all.
    customers : int
    predicted : Estimate
        Purchases of all of them in the hidden part.
    seen : int
    revenue : Estimate
        What they were to spend, money.
    spent : float
        What they spent.
    groups : DataFrame
        Index so_far (purchases, 5 = or more): customers, predicted, low, high, seen (mean per customer).
    inside : Estimate
        The share of customers whose purchases lie in their own range; 95 % and more is as it should be.
    gains : dict
        For each simple guess its mean squared miss less the model's, with interval.
    """

    since: pd.Timestamp | None = None
    until: pd.Timestamp | None = None
    customers: int = 0
    predicted: Estimate | None = None
    seen: int = 0
    revenue: Estimate | None = None
    spent: float = 0.0
    groups: pd.DataFrame | None = None
    inside: Estimate | None = None
    gains: dict[str, Estimate] | None = None
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=predicted_words.heads,
        words=predicted_words.words,
        kinds={
            **dict.fromkeys(("predicted", "low", "high", "seen"), "count"),
            "off": "share",
            "miss": "score",
        },
        wordy=("way",),
    )

    @property
    def days(self) -> int:
        """How many days were hidden."""
        return (self.until - self.since).days

    @property
    def better(self) -> Verdict:
        """Whether the model comes nearer, per customer, than both simple guesses; "no" when one is surely nearer."""
        if min(gain.low for gain in self.gains.values()) > 0:
            return "yes"
        return "no" if min(gain.high for gain in self.gains.values()) < 0 else "cannot tell yet"

    @property
    def nearest(self) -> str:
        """The simple guess that comes nearest."""
        return min(self.gains, key=lambda way: self.gains[way].value)

    @property
    def sentence(self) -> str:
        """How it did, in one sentence."""
        said = {
            "yes": _(
                "Tried on the last {days} days, kept hidden: {predicted} orders foretold, {seen} seen ({off}); per customer "
                "that is nearer than “{one}” and “{other}”."
            ),
            "no": _(
                "Tried on the last {days} days, kept hidden: {predicted} orders foretold, {seen} seen ({off}); per customer "
                "the simple guess “{nearest}” came nearer, so do not lean on it."
            ),
            "cannot tell yet": _(
                "Tried on the last {days} days, kept hidden: {predicted} orders foretold, {seen} seen ({off}); per customer "
                "that is not surely nearer than the simple guess “{nearest}”."
            ),
        }[self.better]
        ways = {way: str(self.vocabulary.word(way)) for way in self.gains}
        return said.format(
            days=self.days,
            predicted=language.number(self.predicted.value),
            seen=language.number(self.seen),
            off=self._off,
            one=ways["same rate"],
            other=ways["nobody"],
            nearest=ways[self.nearest],
        )

    @property
    def _off(self) -> str:
        """How far all orders together were off, as a part of a sentence."""
        if not self.seen:
            return _("nobody came back")
        off = self.predicted.value / self.seen - 1
        if round(abs(off), 2) == 0:
            return _("as good as equal")
        said = _("{share} too many") if off > 0 else _("{share} too few")
        return said.format(share=language.percent(abs(off)))

    @property
    def text(self) -> str:
        """How it did, whether what was seen lies in the range, and how often customers keep to theirs."""
        return f"{self.sentence} {self._range} {self._inside}"

    @property
    def _range(self) -> str:
        low, high = language.number(self.predicted.low), language.number(self.predicted.high)
        if self.predicted.low <= self.seen <= self.predicted.high:
            return _("What was seen lies in the range of {low} to {high}.").format(low=low, high=high)
        return _(
            "What was seen lies outside the range of {low} to {high}: your customers differ from those of the model, or "
            "something changed that earlier orders do not tell, such as a season or a campaign."
        ).format(low=low, high=high)

    @property
    def _inside(self) -> str:
        return _(
            "Of {n} customers, {share} bought as often as their own range allowed (95% were to)."
        ).format(n=language.number(self.customers), share=language.percent(self.inside.value))

    @property
    def method(self) -> str:
        """What was hidden, what is compared, and what the words mean."""
        return _(
            "Orders after {day} were hidden; those before made the prediction for the {n} customers they name. Same rate = "
            "repeat orders since the first one, over the time since. Miss = per customer the difference of the square roots, "
            "so that a few who buy much do not decide (Anscombe), as the root of the mean square; nearer = that square is "
            "smaller, with a t interval. Orders of one day count as one."
        ).format(day=language.day(self.since), n=language.number(self.customers))

    def plot(self) -> go.Figure:
        """By orders so far: how many more were foretold per customer, with the range, and how many were seen."""
        return pictures_predicted.mirrored(self)
