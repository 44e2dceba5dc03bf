"""On which device are carts left?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from csworkbook import estimates, language
from csworkbook.checkout import cart_pictures, cart_words
from csworkbook.checkout.carts import CHAPTER, Visits, visits
from csworkbook.checkout.comeback import left_carts
from csworkbook.checkout.units import Carts, a_year, assumed, carts, order_margin
from csworkbook.errors import DataError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import join, mark, ngettext
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.events.reading import Events

_PAYMENT = 4  # the stage of the payment page


@question(
    mark("On which device are carts left behind?"), labels=cart_words.labels, choices=cart_words.choices
)
def devices(
    events: Events,
    steps: Any = None,
    orders: pd.DataFrame | None = None,
    *,
    within: str = "7D",
    margin: float = 0.35,
    currency: str = "EUR",
) -> Devices:
    """Carts left per device, with what cannot be seen as a bound, and who gives up at payment (handbook 4.6, rule 3).

    Carts are counted per person (a known customer, or else a visitor) by the device of the first cart; a
    person who pays on another device has not left it. Unknown visitors on two devices look like two people,
    so what is seen is an upper bound. The lower one holds if unknown people who left paid on another device as
    often as those who were known in the visit of the cart. Giving up at payment is counted per visit.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table, with the column device.
    steps : sequence, optional
        The shop's own steps with their roles.
    orders : DataFrame, optional
        Gives what a gap at payment is worth.
    within : str
        How long after the cart paying still counts, a pandas duration.
    margin : float
        Gross margin, share of revenue (0–1).

    Returns
    -------
    Devices
        table: device, n (carts), count (left), share, low, high (0–1, Wilson), unknown (of those left, by
        people who are not known), least (the lower bound; empty with fewer than 30 known), and where there is
        a payment page reached (visits that came to it), gave_up, gave_up_low, gave_up_high (share that did not pay).

    Raises
    ------
    DataError
        When no event is a cart, or none a payment, or the events tell no device.

    >>> at = pd.to_datetime(["2026-03-02", "2026-03-03", "2026-03-02", "2026-04-02"], utc=True)
    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b", "c"], "at": at, "step": ["cart", "paid", "cart", "home"],
    ...                     "device": ["mobile", "desktop", "mobile", "desktop"]})
    >>> devices(log).table[["device", "n", "count"]].values.tolist()
    [['mobile', 2, 1]]
    """
    window = duration(within)
    found = with_devices(events, steps)
    counted = carts(found, "person", window)
    table = _per_device(counted, _elsewhere(found, window))
    if "payment" in found.stages:
        table = table.merge(_at_payment(found), on="device", how="left")
    worth = order_margin(orders, margin, currency)
    return Devices(table, found, counted, window.days, worth, margin, currency)


def with_devices(events: Events, steps: Any) -> Visits:
    """The visits with a cart, whose devices are told; a DataError where none is."""
    found = visits(events, steps)
    if not found.has_devices:
        raise DataError(
            _("These page visits do not tell on which device they were made."),
            allowed=_("A column “device”, such as mobile, desktop and tablet."),
            next_step=_("Add it to your export, or map the column that holds it on this page."),
        )
    return found


def _elsewhere(found: Visits, window: pd.Timedelta) -> pd.Series:
    """Per device: of people known in the visit of the cart they left, the share that paid on another one.

    Devices on which fewer than 30 are known are not there.
    """
    left = left_carts(found, window)
    left = left[left["known"] & (left["seen"] >= window / pd.Timedelta(days=1))]
    other = left["paid_device"].notna() & (left["paid_device"] != left["device"])
    seen = other.groupby(left["device"]).agg(["size", "mean"])
    return seen.loc[seen["size"] >= SMALL, "mean"]


def _per_device(counted: Carts, elsewhere: pd.Series) -> pd.DataFrame:
    frame = counted.frame.dropna(subset=["device"])
    unknown = frame["left"] & frame["unit"].str.startswith("v ")
    rows = frame.assign(unknown=unknown).groupby("device")
    table = rows.agg(n=("left", "size"), count=("left", "sum"), unknown=("unknown", "sum")).reset_index()
    table["share"] = table["count"] / table["n"]
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    back = table["device"].map(elsewhere).astype(float)
    table["least"] = (table["count"] - table["unknown"] * back) / table["n"]
    table = table.sort_values("n", ascending=False, kind="stable").reset_index(drop=True)
    table["device"] = table["device"].astype(object)
    return table[["device", "n", "count", "share", "low", "high", "unknown", "least"]]


def _at_payment(found: Visits) -> pd.DataFrame:
    """Per device: visits that came to the payment page, and the share of them that did not pay."""
    mine = found.carts[found.carts["over"] & (found.carts["stage"] == _PAYMENT)]
    table = mine.groupby("cart_device")["left"].agg(["size", "sum"]).reset_index()
    table.columns = ["device", "reached", "lost"]
    low, high = estimates.shares(table["lost"], table["reached"])
    share = table["lost"] / table["reached"]
    return table.assign(gave_up=share, gave_up_low=low, gave_up_high=high).drop(columns="lost")


@dataclass(frozen=True)
class Gap:
    """The device on which most give up at payment, beside the best one; `difference` in points, p by Holm."""

    worst: str
    best: str
    reached: int
    difference: Estimate


@dataclass(frozen=True)
class Devices(Result):
    """Carts left per device."""

    visits: Visits | None = None
    counted: Carts | None = None
    days: int = 7
    worth: Estimate | None = None
    margin: float = 0.35
    currency: str = "EUR"
    vocabulary: ClassVar[Vocabulary] = cart_words.DEVICES

    @cached_property
    def gap(self) -> Gap | None:
        """Where most give up at payment; None without two devices with enough visits."""
        if "reached" not in self.table:
            return None
        enough = self.table[self.table["reached"] >= SMALL].sort_values("gave_up", kind="stable")
        if len(enough) < 2:
            return None
        rows = [row for _index, row in enough.iterrows()]
        found = [_apart(worse, better) for better, worse in combinations(rows, 2)]  # every pair is looked at
        p = estimates.adjust([one.p for one in found])
        best, worst, place = rows[0], rows[-1], len(rows) - 2
        sure = replace(found[place], p=float(p[place]))
        return Gap(worst["device"], best["device"], int(worst["reached"]), sure)

    @property
    def gap_is_sure(self) -> bool:
        """Whether the gap at payment can hardly be chance."""
        return self.gap is not None and self.gap.difference.p < 1 - estimates.LEVEL and self.gap.difference.low > 0  # fmt: skip

    @cached_property
    def value(self) -> Estimate | None:
        """The margin a year if as few gave up at payment on the worst device as on the best one.

        Both ends are the products of the ends of the gap and of the margin, so wider than 95 %.
        """
        times = None if self.gap is None or self.worth is None else a_year(self.visits)
        if times is None:
            return None
        carts_, apart, each = self.gap.reached * times, self.gap.difference, self.worth
        value, low, high = (
            carts_ * getattr(apart, end) * getattr(each, end) for end in ("value", "low", "high")
        )
        return Estimate(value, low, high, self.gap.reached, "money", None, self.currency)

    def _name(self, device: object) -> str:
        return str(self.vocabulary.word(device))

    @property
    def text(self) -> str:
        """On which device most is left, where it may be overstated, who gives up at payment, and the value."""
        if not len(self.table):
            return _("No cart on a known device can be judged yet.")
        return " ".join(filter(None, [self._headline, self._overstated, self._payment, self._money]))

    @property
    def _headline(self) -> str:
        parts = [
            _("{device} {share} (n = {n})").format(
                device=self._name(row.device),
                share=language.percent(row.share),
                n=language.number(row.n),
            )
            for row in self.table.sort_values("share", ascending=False, kind="stable").head(4).itertuples()
        ]
        return _("Carts left behind within {days} days: {list}.").format(
            days=language.number(self.days), list=language.join(parts)
        )

    @property
    def _overstated(self) -> str:
        known = self.table[self.table["least"].notna() & (self.table["unknown"] > 0)]
        known = known[known["share"] - known["least"] > 0.005]
        if known.empty:
            return _(
                "Somebody unknown who pays on another device looks like two people, so this is at most so much."
            )
        row = known.loc[(known["share"] - known["least"]).idxmax()]
        return _(
            "Somebody unknown who pays on another device looks like two people: if they do as known ones do, it is "
            "{least} to {share} here: {device}."
        ).format(
            device=self._name(row["device"]),
            least=language.percent(row["least"]),
            share=language.percent(row["share"]),
        )

    @property
    def _payment(self) -> str:
        if self.gap is None:
            return ""
        said = _(
            "Of visits that come to the payment page {worst} give up on {device}, {best} on {other} ({points} points apart)."
        )
        row = self.table.set_index("device")["gave_up"]
        told = said.format(
            worst=language.percent(row[self.gap.worst]),
            device=self._name(self.gap.worst),
            best=language.percent(row[self.gap.best]),
            other=self._name(self.gap.best),
            points=language.number(self.gap.difference.value * 100),
        )
        return told if self.gap_is_sure else f"{told} " + _("That may be chance.")

    @property
    def _money(self) -> str:
        if self.value is None or not self.gap_is_sure:
            return ""
        return _("Closing that gap is worth {money} margin a year at most ({low} to {high}).").format(
            money=self.value.say(), low=self.value.say(self.value.low), high=self.value.say(self.value.high)
        )

    @property
    def method(self) -> str:
        """What is counted, how the bounds come about, and what was left out."""
        said = _(
            "Per person (a known customer, or else a visitor), by the device of the first cart; left when no payment follows "
            "within {days} days on any device. At least: of people known in the visit of the cart they left, the share that "
            "paid on another device is taken for the unknown too. Where customers become known by paying, that share is too "
            "high, and the truth lies nearer to what is seen."
        ).format(days=language.number(self.days))
        pay = _(
            "At payment: per visit, furthest page of the checkout reached. Intervals: Wilson, 95%; the gap: Newcombe's, "
            "tested between every two devices (Holm)."
        )
        pay = pay if "reached" in self.table else ""
        return " ".join(filter(None, [said, pay, self.counted.said_left_out(), self._none, self._worth_of]))

    @property
    def _worth_of(self) -> str:
        """What the sum rests on, and that the chapter about the funnel holds it too."""
        if self.value is None or not self.gap_is_sure:
            return ""
        rests = [
            *assumed(self.visits, self.worth, self.margin),
            _("the device is why they give up, not who uses it"),
        ]
        return _(
            "The sum assumes: {list}. The chapter about the funnel reckons with this same gap, per visitor and for every "
            "device; do not add the two."
        ).format(list=join(rests))

    @property
    def _none(self) -> str:
        n = int(self.counted.frame["device"].isna().sum())
        if not n:
            return ""
        return ngettext(
            "{n} cart on an unknown device is left out.", "{n} carts on an unknown device are left out.", n
        ).format(n=language.number(n))

    def plot(self) -> go.Figure:
        """Carts left per device with their intervals, and the lower bound as an open diamond."""
        return cart_pictures.per_device(self)

    def findings(self) -> list[Finding]:
        """The gap at payment, or that there are too few carts."""
        if not len(self.table) or self.table["n"].max() < SMALL:
            headline = _("There are too few carts to compare devices.")
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        if not self.gap_is_sure:
            return []
        headline = _("At payment more people give up on {device} than on {other}.").format(
            device=self._name(self.gap.worst), other=self._name(self.gap.best)
        )
        action = _(
            "Pay a test order yourself on this device: {device}. Mend what stops you, and offer the ways to pay that people "
            "use there."
        ).format(device=self._name(self.gap.worst))
        # without its worth: the funnel's finding about this step has it, and it must not be counted twice
        return [Finding(CHAPTER, headline, self.gap.difference, None, action)]


def _apart(row: pd.Series, best: pd.Series) -> Estimate:
    lost = [round(one["gave_up"] * one["reached"]) for one in (row, best)]
    return estimates.difference(lost[0], row["reached"], lost[1], best["reached"])
