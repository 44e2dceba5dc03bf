"""How many carts end without paying, and where do they stop?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, evidence, language
from csworkbook.checkout import cart_pictures, cart_words
from csworkbook.checkout.carts import CHAPTER, STAGES, Visits, visits
from csworkbook.checkout.units import Carts, a_year, brings, carts, stops
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.events.reading import Events
    from csworkbook.order_value import OrderValue

BENCHMARK = "cart-abandonment-68"
_MOST = 30  # groups shown; the smaller ones go together


@question(
    mark("How many carts end without paying, and where?"),
    labels=cart_words.labels,
    choices=cart_words.choices,
)
def abandonment(
    events: Events,
    steps: Any = None,
    orders: pd.DataFrame | None = None,
    *,
    per: str = "session",
    within: str = "7D",
    by: str | None = None,
    margin: float = 0.35,
    currency: str = "EUR",
) -> Abandonment:
    """The share of carts left behind, per visit, visitor or customer (handbook 4.6: 67.91%).

    Per visit a cart is left when no payment follows in that visit; per visitor or customer when none
    follows within `within` of the first cart. Somebody who leaves a cart and pays in a later visit is one
    cart left of two visits, and none of one visitor: both numbers are given. Carts too near the end of
    the data to tell are left out.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The shop's own steps with their roles; else what the names in the events suggest.
    orders : DataFrame, optional
        Gives what an order brings (see `order_value`), and with it what the carts could be worth at most.
    per : str
        ``"session"`` (a visit), ``"visitor"`` or ``"customer"`` (visitors known as one).
    within : str
        How long after the cart paying still counts, for visitors and customers; a pandas duration.
    by : str, optional
        A column to split by: its value at the first cart.
    margin : float
        Gross margin, share of revenue (0–1), for orders without a margin of their own.

    Returns
    -------
    Abandonment
        table: unit (session, visitor, customer), segment, n (carts), count (left), share, low, high (0–1,
        Wilson), shrunk and small (with `by`: small groups drawn towards the whole), at_cart … at_payment
        (share of the carts that stop there, by the furthest stage reached).

    Raises
    ------
    DataError
        When no event is a cart, or none a payment.
    SettingError
        When `per`, `within` or `by` cannot be.

    >>> at = pd.to_datetime(["2026-03-02 10:00", "2026-03-03 10:00", "2026-03-03 10:05",
    ...                       "2026-03-20 10:00"], utc=True)
    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "a", "b"], "at": at, "step": ["cart", "cart", "paid", "home"]})
    >>> abandonment(log).table[["unit", "n", "count"]].values.tolist()
    [['session', 2, 1], ['visitor', 1, 0]]
    """
    window = duration(within)
    found = visits(events, steps, by=by)
    counted = carts(found, per, window)
    other = carts(found, "visitor" if per == "session" else "session", window)
    parts = [counted, other] if by is None else [counted]
    table = pd.concat([_row(one, found, "all") for one in parts], ignore_index=True)
    if by is not None:
        table = _by_group(counted, found)
    worth = brings(orders, found, margin)
    return Abandonment(table, found, counted, other, window.days, by, worth, currency)


def _row(one: Carts, found: Visits, segment: str, frame: pd.DataFrame | None = None) -> pd.DataFrame:
    frame = one.frame if frame is None else frame
    n, left = len(frame), int(frame["left"].sum())
    low, high = estimates.shares(left, n)
    row = {"unit": one.per, "segment": segment, "n": n, "count": left, "share": left / n if n else np.nan}
    at = {f"at_{stage}": share for stage, share in stops(frame, found.stages).items()}
    return pd.DataFrame([{**row, "low": float(low), "high": float(high), **at}])


def _by_group(one: Carts, found: Visits) -> pd.DataFrame:
    """One row per group, the largest first; more than thirty of them: the smaller ones together."""
    group = one.frame["group"].fillna("not known").astype(str)
    sizes = group.value_counts()
    if len(sizes) > _MOST:
        group = group.where(group.isin(sizes.index[: _MOST - 1]), "the rest")
    parts = [_row(one, found, str(name), rows) for name, rows in one.frame.groupby(group, sort=False)]
    if not parts:
        return _row(one, found, "all").assign(shrunk=np.nan, small=True).head(0)
    table = pd.concat(parts, ignore_index=True).sort_values("n", ascending=False, kind="stable")
    table = table.reset_index(drop=True)
    table.insert(7, "shrunk", estimates.shrink(table["count"], table["n"])["share"])
    table.insert(8, "small", table["n"] < SMALL)
    return table


@dataclass(frozen=True)
class Abandonment(Result):
    """Carts left behind; `counted` holds those of the unit asked for, `other` those of the other one."""

    visits: Visits | None = None
    counted: Carts | None = None
    other: Carts | None = None
    days: int = 7
    by: str | None = None
    worth: OrderValue | None = None
    currency: str = "EUR"
    spare: ClassVar[tuple[str, ...]] = ("shrunk",)

    @property
    def vocabulary(self) -> Vocabulary:
        """What columns and pages are called: as the owner calls them, where he does."""
        return cart_words.named(cart_words.CARTS, self.visits.names if self.visits else ())

    @property
    def share(self) -> Estimate:
        """The share left, of all carts counted."""
        return self.counted.share

    @property
    def ceiling(self) -> Estimate | None:
        """The margin if everybody who left a cart in a year had ordered like the others: no more than a bound.

        Counted per person, since a cart of which the visitor pays in a later visit is no order less; those who
        can be judged began at least `days` before the end of the data.
        """
        times = None if self.worth is None or self.visits is None else a_year(self.visits, self.days)
        people = self.other if self.counted.per == "session" else self.counted
        if times is None or not people.left:
            return None
        each, left = self.worth, people.left * times
        return Estimate(
            each.value * left, each.low * left, each.high * left, each.n, "money", None, self.currency
        )

    @property
    def columns(self) -> list[str]:
        """All columns; without a split the group says nothing."""
        return [column for column in self.table.columns if column != "segment" or self.by]

    @property
    def text(self) -> str:
        """How many, beside the handbook; the other way to count; where they stop; what that is worth at most."""
        if not self.counted.frame.size:
            return " ".join(
                filter(None, [_("No cart in these page visits can be judged yet."), self._left_out])
            )
        said = [self._headline, self._group if self.by else self._beside, self._where, self._most_worth]
        return " ".join(filter(None, said))

    @property
    def _headline(self) -> str:
        said = {
            "session": _(
                "Of the visits with a cart {share} end without paying ({low} to {high}, n = {n}; handbook {book})."
            ),
            "visitor": _(
                "Of the visitors with a cart {share} do not pay within {days} days ({low} to {high}, n = {n}; handbook {book})."
            ),
            "customer": _(
                "Of the known customers with a cart {share} do not pay within {days} days ({low} to {high}, n = {n}; handbook "
                "{book})."
            ),
        }[self.counted.per].format(**self._numbers(self.share))
        few = _("These are few carts: {n} would make it reliable to within 5 points.").format(
            n=language.number(estimates.needed())
        )
        return f"{said} {few}" if self.share.n < SMALL else said

    def _numbers(self, share: Estimate) -> dict[str, str]:
        shares = {name: language.percent(getattr(share, name)) for name in ("low", "high")}
        shares["share"] = language.percent(share.value)
        shares["book"] = language.percent(evidence.get(BENCHMARK).value, 1)
        return {**shares, "n": language.number(share.n), "days": language.number(self.days)}

    @property
    def _beside(self) -> str:
        """The other way to count, and why it differs."""
        if not self.other.share.n:
            return ""
        said = {
            "session": _(
                "Counted per visitor it is {share}: who pays in a later visit, within {days} days, then has not left a cart."
            ),
            "visitor": _(
                "Counted per visit it is {share}: who pays in a later visit did leave a cart before."
            ),
            "customer": _(
                "Customers are mostly known because they paid, so this is too low; of all visits with a cart {share} end "
                "without paying."
            ),
        }[self.counted.per]
        return said.format(**self._numbers(self.other.share))

    @property
    def _group(self) -> str:
        """The group that leaves most, evened out, and whether that is sure."""
        table = self.table[~self.table["small"]]
        if len(table) < 2:
            return _("There are no two groups with enough carts to compare.")
        worst = table.loc[table["shrunk"].idxmax()]
        rest_count, rest_n = (self.table[c].sum() - worst[c] for c in ("count", "n"))
        apart = estimates.difference(worst["count"], worst["n"], rest_count, rest_n)
        p = min(apart.p * len(self.table), 1) if apart.p is not None else 1
        name = self.vocabulary.word(worst["segment"])
        sure = _("Most carts are left here: {group} ({share}, {points} points more than the others).")
        unsure = _("Highest is {group} with {share}, but that may be chance.")
        return (sure if p < 1 - estimates.LEVEL else unsure).format(
            group=name,
            share=language.percent(worst["share"]),
            points=language.number(apart.value * 100),
        )

    @property
    def stopped(self) -> tuple[str, Estimate] | None:
        """The stage at which most carts are left, and its share of the carts left."""
        left = self.counted.frame["stage"][self.counted.frame["left"].astype(bool)]
        if not len(left) or len(self.visits.stages) < 2:
            return None
        counts = left.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        stage = int(counts.index[0])
        return STAGES[max(stage, 1) - 1], estimates.share(int(counts.iloc[0]), len(left))

    @property
    def _where(self) -> str:
        if self.stopped is None:
            return ""
        stage, share = self.stopped
        said = _("Of those left, most stop here: {stage} ({share}).")
        return said.format(stage=self.vocabulary.word(stage), share=language.percent(share.value))

    @property
    def _most_worth(self) -> str:
        if self.ceiling is None:
            return ""
        return _(
            "If everybody who did not pay within {days} days had placed an order like yours, that would be a margin of "
            "{money} a year: a ceiling, no revenue you lost, because many were only looking."
        ).format(money=self.ceiling.say(), days=language.number(self.days))

    @property
    def _point(self) -> str:
        """What one point fewer carts left is worth a year, if those are orders like the others."""
        if self.ceiling is None:
            return ""
        part = 0.01 / self.share.value
        return _("Each point fewer is worth at most about {money} margin a year.").format(
            money=self.ceiling.say(self.ceiling.value * part)
        )

    @property
    def _left_out(self) -> str:
        return self.counted.said_left_out()

    @property
    def method(self) -> str:
        """What a cart, a visit and leaving are; what was left out; the handbook's caveat."""
        said = {
            "session": _(
                "A cart is a visit in which something was put in the cart or the cart was looked at; it is left when no "
                "payment follows in that visit. A visit ends after 30 minutes without a page."
            ),
            "visitor": _(
                "A visitor with a cart has left it when no payment follows within {days} days of the first cart, in any visit."
            ),
            "customer": _(
                "Visitors known as the same customer are one. The cart is left when no payment follows within {days} days of "
                "the first cart, on any device."
            ),
        }[self.counted.per].format(days=language.number(self.days))
        where = _(
            "Where a cart stopped is the furthest page of the checkout it came to. Intervals: Wilson, 95%."
        )
        shrunk = (
            _(
                "Evened out: small groups are drawn towards the whole (empirical Bayes). Fewer than {n} is small."
            )
            if self.by
            else ""
        ).format(n=SMALL)
        parts = [said, where, shrunk, self._left_out, self._without_cart, self._money_method]
        return " ".join(filter(None, [*parts, cart_words.claimed(BENCHMARK)]))

    @property
    def _without_cart(self) -> str:
        frame = self.visits.frame
        n = int((frame["paid_at"].notna() & frame["cart_at"].isna()).sum())
        if not n or self.counted.per != "session":
            return ""
        return ngettext(
            "{n} visit paid without a cart in that visit; it is not counted.",
            "{n} visits paid without a cart in that visit; they are not counted.",
            n,
        ).format(n=language.number(n))

    @property
    def _money_method(self) -> str:
        if self.ceiling is None:
            return ""
        return _(
            "Ceiling = people who left a cart and did not pay within {within} days, made a year of the {days} days in which "
            "that can be seen × what an order brings. Assumed: {what}."
        ).format(
            within=language.number(self.days),
            days=language.number(self.visits.days - self.days),
            what=self.worth.said(self.currency),
        )

    def plot(self) -> go.Figure:
        """Bars of where carts stop and how many are paid, with the handbook's figure."""
        return cart_pictures.stacked(self)

    def findings(self) -> list[Finding]:
        """How many carts are left, and where most of them stop."""
        if self.share.n < SMALL:
            headline = _("There are too few carts to say how many are left behind.")
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        headline = {
            "session": _("Of the visits with a cart {share} end without paying."),
            "visitor": _("Of the visitors with a cart {share} do not pay within {days} days."),
            "customer": _("Of the known customers with a cart {share} do not pay within {days} days."),
        }[self.counted.per].format(**self._numbers(self.share))
        advice = action(self.stopped[0] if self.stopped else "cart")
        beside = None if self.counted.per == "customer" else BENCHMARK  # they are known because they paid
        return [Finding(CHAPTER, headline, self.share, beside, f"{advice} {self._point}".strip())]


def action(stage: str) -> str:
    """What to do first when most carts stop at a stage.

    >>> action("payment").split(":")[0]
    'Watch five people pay on their own phone'
    """
    return {
        "cart": _(
            "Show all costs and the day of delivery in the cart, let customers keep it, and offer help there by chat."
        ),
        "checkout": _(
            "Let customers buy as a guest, ask only what you need, and check each field as it is filled in."
        ),
        "delivery": _("Say what delivery costs before this page, and when the parcel comes."),
        "payment": _(
            "Watch five people pay on their own phone: mend what stops them, and offer the ways to pay they expect."
        ),
    }[stage]
