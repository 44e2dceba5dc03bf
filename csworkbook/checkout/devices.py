"""On which device are carts left?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from csworkbook import estimates, language
from csworkbook.checkout import cart_pictures, cart_words
from csworkbook.checkout.carts import CHAPTER, Visits, visits
from csworkbook.checkout.comeback import left_carts
from csworkbook.checkout.giving_up import Gap, at_page, gap_of, page_of
from csworkbook.checkout.units import Carts, a_year, assumed, brings, carts
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
    from csworkbook.order_value import OrderValue


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
    often as those who were known in the visit of the cart. Giving up at payment is counted per visit; where
    the payment page is not known, or too few came to it, at the last page before with enough visits on two
    devices, and without any of those it is the carts left that are compared.

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
        such a page (`Devices.page`) reached (visits that came to it), gave_up, gave_up_low, gave_up_high
        (share that did not pay).

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
    page = page_of(found)
    if page != "cart":
        table = table.merge(at_page(found, page), on="device", how="left")
    worth = brings(orders, found, margin)
    return Devices(table, found, counted, page, window.days, worth, currency)


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


@dataclass(frozen=True)
class Devices(Result):
    """Carts left per device; `page` is where giving up is measured, ``"cart"`` for carts left."""

    visits: Visits | None = None
    counted: Carts | None = None
    page: str = "payment"
    days: int = 7
    worth: OrderValue | None = None
    currency: str = "EUR"

    @property
    def vocabulary(self) -> Vocabulary:
        """What columns and pages are called: as the owner calls them, where he does."""
        return cart_words.named(cart_words.DEVICES, self.visits.names if self.visits else (), self.page)

    @cached_property
    def gap(self) -> Gap | None:
        """Where most give up at `page`; None without two devices with enough visits."""
        return gap_of(self.table, self.page)

    @property
    def gap_is_sure(self) -> bool:
        """Whether that gap can hardly be chance."""
        return self.gap is not None and self.gap.is_sure

    @cached_property
    def value(self) -> Estimate | None:
        """The margin a year if as few gave up on the worst device as on the best one.

        Both ends are the products of the ends of the gap and of the margin, so wider than 95 %.
        """
        unseen = self.days if self.page == "cart" else 0  # carts of the last days are not judged
        times = None if self.gap is None or self.worth is None else a_year(self.visits, unseen)
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
        if self.page == "cart":
            said = _(
                "On {device} people leave {worst} of their carts, on {other} {best} ({points} points apart). That is measured "
                "at the cart: your data know no page between it and paying with enough visits on two devices."
            )
        else:
            said = _(
                "Of visits that come to {page} {worst} give up on {device}, {best} on {other} ({points} points apart)."
            )
        told = said.format(
            page=self.vocabulary.word(self.page),
            worst=language.percent(self.gap.share.value),
            device=self._name(self.gap.worst),
            best=language.percent(self.gap.beside),
            other=self._name(self.gap.best),
            points=language.number(self.gap.difference.value * 100),
        )
        return " ".join(filter(None, [told, self._last, self._doubt]))

    @property
    def _last(self) -> str:
        if self.page in ("payment", "cart"):
            return ""
        return _("That is the last page before paying with enough visits in your data.")

    @property
    def _doubt(self) -> str:
        if self.gap_is_sure:
            return ""
        if self.gap.beyond_chance:
            return _("It may come from people who pay on another device.")
        return _("That may be chance.")

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
            "Giving up: visits that came to {page} and did not pay. Intervals: Wilson, 95%; the gap: Newcombe's, tested "
            "between every two devices (Holm)."
        ).format(page=self.vocabulary.word(self.page))
        left = _(
            "Without such a page the carts left are compared: Newcombe's interval, tested between every two devices (Holm). It "
            "is sure only if it stands with “at least” on the worst device, where that is known."
        )
        pay = left if self.page == "cart" else pay
        return " ".join(filter(None, [said, pay, self.counted.said_left_out(), self._none, self._worth_of]))

    @property
    def _worth_of(self) -> str:
        """What the sum rests on, and that the chapter about the funnel holds it too."""
        if self.value is None or not self.gap_is_sure:
            return ""
        rests = [
            *assumed(self.visits, self.worth, self.currency),
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
        """The gap between devices, or that there are too few carts."""
        if not len(self.table) or self.table["n"].max() < SMALL:
            headline = _("There are too few carts to compare devices.")
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        if not self.gap_is_sure:
            return []
        headline = self._finding.format(
            page=self.vocabulary.word(self.page),
            device=self._name(self.gap.worst),
            other=self._name(self.gap.best),
        )
        action = _(
            "Pay a test order yourself on this device: {device}. Mend what stops you, and offer the ways to pay that people "
            "use there."
        ).format(device=self._name(self.gap.worst))
        # without its worth: the funnel's finding about this step has it, and it must not be counted twice
        rests = () if self.gap.told else (_("people who are not known did not pay on another device"),)
        return [Finding(CHAPTER, headline, self.gap.difference, None, action, None, rests)]

    @property
    def _finding(self) -> str:
        if self.page == "cart":
            return _("More carts are left on {device} than on {other}, measured at the cart.")
        if self.vocabulary is cart_words.DEVICES:
            return _("At payment more people give up on {device} than on {other}.")
        return _("Of visits that come to {page} more give up on {device} than on {other}.")
