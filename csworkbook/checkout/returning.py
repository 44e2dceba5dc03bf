"""Of those who left a cart, who comes back and buys?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from csworkbook import estimates, evidence, language
from csworkbook.checkout import cart_pictures, cart_words
from csworkbook.checkout.carts import CHAPTER, Visits, visits
from csworkbook.checkout.comeback import Fates, buyers, fates, first_visits, left_carts
from csworkbook.checkout.units import brings
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

FIRST, DECIDES = "first-visit-no-buy-99", "cart-decides-82"


@question(
    mark("Of those who left a cart, who comes back and buys?"),
    labels=cart_words.return_labels,
    choices=cart_words.choices,
)
def returning(
    events: Events,
    steps: Any = None,
    orders: pd.DataFrame | None = None,
    *,
    within: str = "14D",
    margin: float = 0.35,
    currency: str = "EUR",
) -> Returning:
    """What becomes of people who left a cart: bought, came back without buying yet, or not back.

    Counted per person (a known customer, or else a visitor), from their first cart left, over the days
    after it. Coming back is another visit that begins after the cart; buying is any payment in another
    visit. Those whose window reaches past the end of the data count for the days they were seen
    (Aalen–Johansen; with everybody seen for the whole window that is plain counting). How many buyers had
    left a cart before is counted over payments with a whole window of data before them.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The shop's own steps with their roles.
    orders : DataFrame, optional
        Gives what an order brings (see `order_value`).
    within : str
        How long to look for a return, a pandas duration of a day or more.

    Returns
    -------
    Returning
        table: outcome (bought, back, away), count (seen so far), n (people), share, low, high (0–1, at the
        end of the window). `fates.curve` has the same per day.

    Raises
    ------
    DataError
        When no event is a cart, or none a payment.

    >>> at = pd.to_datetime(["2026-03-02", "2026-03-04", "2026-03-02", "2026-04-02"], utc=True)
    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b", "c"], "at": at, "step": ["cart", "paid", "cart", "home"]})
    >>> returning(log).table[["outcome", "count"]].values.tolist()
    [['bought', 1], ['back', 0], ['away', 1]]
    """
    window = duration(within)
    found = visits(events, steps)
    left = left_carts(found, window)
    told = fates(left, window)
    bought, back = left["bought"].notna(), left["back"].notna()
    counts = [int(bought.sum()), int((back & ~bought).sum()), int((~back & ~bought).sum())]
    table = pd.DataFrame({"outcome": ["bought", "back", "away"], "count": counts, "n": told.n})
    for name in ("value", "low", "high"):
        table[name] = [getattr(one, name) for one in (told.bought, told.back, told.away)]
    table = table.rename(columns={"value": "share"})
    mine, early = buyers(found, window)
    before = estimates.share(int(mine["before"].sum()), len(mine))
    worth = brings(orders, found, margin)
    return Returning(table, found, left, told, before, early, window.days, worth, currency)


@dataclass(frozen=True)
class Returning(Result):
    """What became of carts left; `before` is the share of buyers who had left one."""

    visits: Visits | None = None
    left: pd.DataFrame | None = None
    fates: Fates | None = None
    before: Estimate | None = None
    early: int = 0
    days: int = 14
    worth: OrderValue | None = None
    currency: str = "EUR"
    vocabulary: ClassVar[Vocabulary] = cart_words.OUTCOMES

    @cached_property
    def first_visit(self) -> Estimate:
        """The share of people who bought nothing in their first visit."""
        return first_visits(self.visits)

    @cached_property
    def median(self) -> float:
        """Days until half of those who came back had done so; NaN when nobody came back."""
        back = self.left["back"].dropna()
        return float(back.median()) if len(back) else float("nan")

    @cached_property
    def reach(self) -> tuple[int, int]:
        """Carts left and not bought that a reminder could reach: surely, and at most.

        Surely: the visit itself named a customer. At most: also those known as a customer in another visit.
        """
        open_ = self.left[self.left["bought"].isna()]
        return int(open_["known"].sum()), int(open_["customer"].notna().sum())

    @property
    def text(self) -> str:
        """Who comes back and buys, how soon, who had left a cart before, whom a reminder could reach."""
        if not self.fates.n:
            return _("Nobody left a cart in these page visits, as far as can be told yet.")
        return " ".join(filter(None, [self._headline, self._soon, self._buyers, self._reminder]))

    @property
    def _headline(self) -> str:
        bought = self.fates.bought
        said = _(
            "Of those who left a cart {share} came back and bought within {days} days ({low} to {high}, n = {n}); {back} came "
            "back without buying, {away} did not come back."
        ).format(
            n=language.number(self.fates.n),
            share=language.percent(bought.value, 1),
            low=language.percent(bought.low, 1),
            high=language.percent(bought.high, 1),
            back=language.percent(self.fates.back.value, 1),
            away=language.percent(self.fates.away.value, 1),
            days=language.number(self.days),
        )
        few = _("These are few people: {n} would make it reliable to within 5 points.").format(
            n=language.number(estimates.needed())
        )
        return f"{said} {few}" if self.fates.n < SMALL else said

    @property
    def _soon(self) -> str:
        if self.median != self.median:
            return ""
        soon = (
            language.duration(self.median, "days")
            if self.median >= 2
            else language.duration(self.median * 24, "hours")
        )
        return _("Half of those who came back did so within {duration}.").format(duration=soon)

    @property
    def _buyers(self) -> str:
        if not self.before.n:
            return ""
        return _("Of the buyers {share} had left a cart before ({low} to {high}, n = {n}).").format(
            n=language.number(self.before.n),
            share=language.percent(self.before.value),
            low=language.percent(self.before.low),
            high=language.percent(self.before.high),
        )

    @property
    def _reminder(self) -> str:
        if not self.reach[1]:
            return _("Nobody else is known as a customer, so a reminder by e-mail could reach nobody yet.")
        return _(
            "Of the others a reminder by e-mail could reach {known}, because they are known customers."
        ).format(known=self._reachable)

    @property
    def _reachable(self) -> str:
        """How many a reminder could reach, as one number where both ends are alike."""
        low, high = (language.number(end) for end in self.reach)
        return low if low == high else _("{low} to {high}").format(low=low, high=high)

    @property
    def method(self) -> str:
        """The clock, what counts as back, the estimator, what was left out, and the handbook's caveats."""
        said = _(
            "Per person (a known customer, or else a visitor), from the first cart left. Back: another visit that begins "
            "after the cart. Bought: a payment in another visit, whatever was bought. Visitors who are not known and come "
            "back on another device look like somebody new, so coming back is counted too low."
        )
        how = _(
            "Shares at {days} days: cumulative incidence (Aalen–Johansen) with Wilson's interval; of {n} people "
            "{unfinished} left their cart less than {days} days before the end of the data and count for the days they "
            "were seen."
        ).format(
            days=language.number(self.days),
            n=language.number(self.fates.n),
            unfinished=language.number(self.fates.unfinished),
        )
        parts = [said, how, self._at_once, self._looking_back, self._first, self._known, self._brings]
        return " ".join(filter(None, [*parts, cart_words.claimed(FIRST), cart_words.claimed(DECIDES)]))

    @property
    def _at_once(self) -> str:
        if not self.fates.n:
            return ""
        return _("Bought in their very first visit back: {share}.").format(
            share=language.percent(self.fates.at_once.value, 1)
        )

    @property
    def _looking_back(self) -> str:
        if not self.early:
            return ""
        return ngettext(
            "Left out: {n} buyer within {days} days after the data begin, whose earlier carts cannot be seen.",
            "Left out: {n} buyers within {days} days after the data begin, whose earlier carts cannot be seen.",
            self.early,
        ).format(n=language.number(self.early), days=language.number(self.days))

    @property
    def _first(self) -> str:
        return _(
            "First visit: {share} of {n} people bought nothing in their first visit in these data (handbook {book}); somebody "
            "who came before the data begin, or on another device, counts as new."
        ).format(
            share=language.percent(self.first_visit.value, 1),
            n=language.number(self.first_visit.n),
            book=language.percent(evidence.get(FIRST).value),
        )

    @property
    def _known(self) -> str:
        return _(
            "A reminder could surely reach who was known as a customer in the visit of the cart itself, and at most also "
            "who was known in another visit; mail only those who agreed to it."
        )

    @property
    def _brings(self) -> str:
        """Where the money in the advice comes from; empty where there is none in it."""
        if self.worth is None or not self.reach[1]:
            return ""
        return _("Assumed: {what}.").format(what=self.worth.said(self.currency))

    def plot(self) -> go.Figure:
        """Bought, and came back without buying, on each day after the cart."""
        return cart_pictures.over_days(self)

    def findings(self) -> list[Finding]:
        """Who comes back, how many buyers had left a cart, first visits, and whom a reminder could reach."""
        if self.fates.n < SMALL:
            headline = _("Too few people left a cart to say how many come back.")
            return [Finding(CHAPTER, headline, enough=estimates.needed())]
        found = [self._finding_back(), self._finding_before(), self._finding_first(), self._finding_reach()]
        return [one for one in found if one is not None]

    def _finding_back(self) -> Finding:
        headline = _("Of those who leave a cart {share} come back and buy within {days} days.").format(
            share=language.percent(self.fates.bought.value, 1), days=language.number(self.days)
        )
        action = _(
            "Keep the cart for weeks, on every device, so that who comes back finds it as it was; then measure again."
        )
        return Finding(CHAPTER, headline, self.fates.bought, None, action)

    def _finding_before(self) -> Finding | None:
        if self.before.n < SMALL:
            return None
        headline = _(
            "Of the buyers {share} had left a cart before: a cart is also a list to decide from."
        ).format(share=language.percent(self.before.value))
        action = _(
            "Make the cart easy to come back to: save it, show pictures and stock, and let it be shared."
        )
        return Finding(CHAPTER, headline, self.before, DECIDES, action)

    def _finding_first(self) -> Finding:
        headline = _("In their first visit {share} of people buy nothing.").format(
            share=language.percent(self.first_visit.value, 1)
        )
        action = _("Judge pages and campaigns by who comes back too, not by the first visit alone.")
        return Finding(CHAPTER, headline, self.first_visit, FIRST, action)

    def _finding_reach(self) -> Finding | None:
        """The share of carts left that a reminder could reach: from surely to at most."""
        open_ = int(self.left["bought"].isna().sum())
        if not self.reach[1] or not open_:
            return None
        headline = _(
            "A reminder by e-mail could reach {known} of {n} people who left a cart and did not buy."
        ).format(known=self._reachable, n=language.number(open_))
        least, most = (estimates.share(end, open_) for end in self.reach)
        share = Estimate((least.value + most.value) / 2, least.low, most.high, open_)
        return Finding(CHAPTER, headline, share, None, self._try_it, None, (self._promise,))

    @property
    def _try_it(self) -> str:
        said = _(
            "Mail half of them, by lot, one friendly reminder with help offered, and compare who buys: that tells what it "
            "brings."
        )
        if self.worth is None:
            return said
        each = _("Every order more brings about {money} margin.").format(
            money=language.money(self.worth.value, self.currency)
        )
        return f"{said} {each}"

    @property
    def _promise(self) -> str:
        return _("being reachable is no promise to buy, and only who agreed to mail may be mailed")
