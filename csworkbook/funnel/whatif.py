"""What if one step got better: at which one is most to be won?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, evidence, language, order_value
from csworkbook import events as engine
from csworkbook.errors import SettingError
from csworkbook.estimates import Estimate
from csworkbook.events.proposed import role_of
from csworkbook.findings import Finding, overlap
from csworkbook.funnel import asked, pictures_compare, reckoned, terms
from csworkbook.funnel import gaps as measured
from csworkbook.funnel.advice import advice
from csworkbook.funnel.compared import nobody
from csworkbook.funnel.terms import said
from csworkbook.funnel.wording import CHAPTER, counted, many
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.order_value import OrderValue

ABANDONED = "cart-abandonment-68"


def _labels() -> dict[str, str]:
    return {**terms.labels(), "by": _("Groups by")}


@question(mark("At which step is most to be won?"), labels=_labels, choices=terms.choices)
def what_if(
    events,
    steps: Sequence | None = None,
    orders: pd.DataFrame | None = None,
    *,
    by: str | None = None,
    gain: float = 0.10,
    margin: float = 0.35,
    value_per_order: float = 0.0,
    within: str | None = "7D",
    per: str = "visitor",
    order: str = "ordered",
    currency: str = "EUR",
    zone: str = "Europe/Amsterdam",
    seed: int = 0,
) -> WhatIf:
    """What a better step would bring, ranked by the gap to the shop's own best segment there.

    The total is the product of the step rates, so the same relative gain at any one step brings the
    same total: that ranks nothing, and the table shows it. What differs is how far each step lies
    below what the best own segment reaches (see `gaps.gaps`), and what a point more brings.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The steps (see `engine.steps_of`); those that visitors usually take when None.
    orders : DataFrame, optional
        Gives what an order brings (see `order_value`).
    by : str, optional
        The column whose values are the segments; the device when not given.
    gain : float
        The relative gain at one step, 0.1 = 10 % more go on.
    margin : float
        Gross margin, share of revenue (0–1), for orders without a margin of their own.
    value_per_order : float
        The margin of an order in money; 0 = from the orders.
    within, per, order : see `compare`.

    Returns
    -------
    WhatIf
        table, where most can be won first: rank, step, before, entered, share (went on), best, best_share
        (evened out), gap, gap_low, gap_high (points, -1–1), p (Holm), orders, orders_low, orders_high (more at the
        last step in a year when all reach the best segment's rate), money, money_low, money_high (margin
        a year), same (more at the last step in a year by `gain` here), point (by a point more here).

    Raises
    ------
    DataError
        When there are fewer than two steps, or no such column.
    SettingError
        When the gain, the margin, the window or the value cannot be used.

    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b"], "step": ["cart", "paid", "cart"],
    ...                     "at": pd.date_range("2026-03-02", periods=3, freq="100D", tz="UTC")})
    >>> what_if(log, ["cart", "paid"], within=None).table["share"].tolist()
    [0.5]
    """
    if not 0 < gain <= 10:
        raise SettingError(
            _("A gain of {value} cannot be reckoned with.").format(value=gain),
            allowed=_("More than 0; 0.1 is 10% more."),
        )
    chosen = asked.the_steps(events, steps)
    window, names = asked.length(within), tuple(asked.names_of(chosen))
    by = by or measured.segment_of(events)
    followed = engine.follow(events, chosen, within=window, per=per, order=order, by=by)
    time = reckoned.seen_time(events, zone)
    paid = reckoned.ends_paid(chosen)
    each = order_value.of_order(
        orders, margin=margin, since=time.first, until=time.last, typed=value_per_order
    )
    each = each if paid else None
    counts = followed.counts()
    found = measured.gaps(counts, names, worth=each, years=time.years, seed=seed)
    reached = tuple(measured.reached_by(counts, len(names)).sum())
    table = reckoned.ranked(found.whole, reached[-1], gain, time)
    return WhatIf(
        table, by, gain, each, time, currency, window, names, reached, paid, followed.unfinished, per
    )


@dataclass(frozen=True)
class WhatIf(Result):
    """The steps in the order in which to look at them; `reached` is how many came to each step."""

    by: str | None = None
    gain: float = 0.1
    worth: OrderValue | None = None
    time: reckoned.Time = field(default_factory=reckoned.Time)
    currency: str = "EUR"
    within: pd.Timedelta | None = None
    names: tuple[str, ...] = ()
    reached: tuple[int, ...] = ()
    paid: bool = True
    unfinished: int = 0
    per: str = "visitor"
    vocabulary: ClassVar[Vocabulary] = terms.VOCABULARY
    spare: ClassVar[tuple[str, ...]] = ("before", "p", "same", "point")
    shown: ClassVar[tuple[str, ...]] = (
        "rank", "before", "step", "entered", "share", "best", "best_share", "gap", "gap_low", "gap_high", "p",
        "orders", "orders_low", "orders_high", "money", "money_low", "money_high", "same", "point",
    )  # fmt: skip

    @cached_property
    def sure(self) -> pd.DataFrame:
        """The steps that surely lie below the best own segment, where most can be won first."""
        known = (self.table["gap_low"] > 0) & (self.table["orders_low"] > 0)
        return self.table[known & (self.table["p"] < 1 - estimates.LEVEL)]

    @property
    def text(self) -> str:
        """Where most can be won, what the same gain brings anywhere, what it rests on."""
        if not self.reached or not self.reached[0]:
            return nobody(self.names[0] if self.names else "–", self.per)
        return " ".join(filter(None, (self._first, self._same, self._beside, self._caution)))

    @property
    def _first(self) -> str:
        if self.table["gap"].isna().all():
            return _(
                "There are no two groups of {who} to compare, so nothing tells at which step most can be won. Bring a column "
                "such as the device."
            ).format(who=many(self.per))
        if self.sure.empty:
            return _(
                "At no step do all {who} together surely lie below the best of your own groups ({column})."
            ).format(who=many(self.per), column=said(self.by).lower())
        row = self.sure.iloc[0]
        gap = _(
            "Most can be won from {before} to {step}: {share} go on, against {best_share} of {best} ({gap} points; {low} to "
            "{high})."
        ).format(
            before=said(row["before"]),
            step=said(row["step"]),
            share=language.percent(row["share"]),
            best_share=language.percent(row["best_share"]),
            best=said(row["best"]),
            gap=language.number(row["gap"] * 100, 1),
            low=language.number(row["gap_low"] * 100, 1),
            high=language.number(row["gap_high"] * 100, 1),
        )
        return f"{gap} {self._brings(row)}"

    def _brings(self, row: pd.Series) -> str:
        """What it brings if all did as the best segment does."""
        count = {name: language.number(estimates.rough(row[f"orders{end}"])) for name, end in _ENDS.items()}
        if self.worth is None or not self.time.yearly:
            said_so = (
                _("If all did as well, that is {n} more at the last step a year ({low} to {high}).")
                if self.time.yearly
                else _(
                    "If all did as well, that is {n} more at the last step in the time of these data ({low} to {high})."
                )
            )
            return said_so.format(**count)
        money = {f"{name}_money": self._money(row[f"money{end}"]) for name, end in _ENDS.items()}
        return _(
            "If all did as well, that is {n} more orders a year, worth {n_money} ({low_money} to {high_money})."
        ).format(**count, **money)

    def _money(self, amount: float) -> str:
        return language.money(estimates.rough(amount), self.currency)

    @property
    def _same(self) -> str:
        """That the same relative gain brings the same anywhere."""
        full = self.table["same"].max()
        if not full > 0:
            return ""
        said_so = (
            _(
                "{gain} more going on brings the same at every step ({n} more at the end a year), so it does not tell where "
                "to begin."
            )
            if self.time.yearly
            else _(
                "{gain} more going on brings the same at every step ({n} more at the end), so it does not tell where to begin."
            )
        )
        capped = self.table.loc[self.table["same"] < full * (1 - 1e-9), "step"]
        sentence = said_so.format(gain=language.percent(self.gain), n=language.number(estimates.rough(full)))
        if capped.empty:
            return sentence
        return f"{sentence} " + ngettext(
            "Only this step is too good already for so much more: {steps}.",
            "Only these steps are too good already for so much more: {steps}.",
            len(capped),
        ).format(steps=language.join([said(step) for step in capped]))

    @cached_property
    def left_behind(self) -> Estimate | None:
        """The share of carts that are left behind, where these steps hold a cart and end with an order."""
        carts = [k for k, name in enumerate(self.names) if role_of(name) == "cart"]
        if not self.paid or not carts or carts[0] == len(self.names) - 1 or not self.reached[carts[0]]:
            return None
        entered, paid = self.reached[carts[0]], self.reached[-1]
        return estimates.share(entered - paid, entered)

    @cached_property
    def to_handbook(self) -> Estimate | None:
        """Orders a year if no more carts were left behind than the handbook has; None where that is not surely fewer."""
        own, theirs = self.left_behind, evidence.get(ABANDONED).value
        if own is None or not self.time.yearly or own.low <= theirs:
            return None
        more = (own.n * (share - theirs) / self.time.years for share in (own.value, own.low, own.high))
        return Estimate(*more, own.n, "number")

    @property
    def _beside(self) -> str:
        """The share of carts left behind, beside the handbook's."""
        if self.left_behind is None:
            return ""
        entry = evidence.get(ABANDONED)
        said_so = _(
            "Of those who came to the cart {share} did not pay; of carts the handbook has {value} left behind ({source}, "
            "{year})."
        ).format(share=self.left_behind, value=entry.say(), source=entry.source, year=entry.when())
        if self.to_handbook is None:
            return said_so
        more = {"n": self.to_handbook.value, "low": self.to_handbook.low, "high": self.to_handbook.high}
        return f"{said_so} " + _(
            "Leaving no more behind than that is {n} more orders a year ({low} to {high})."
        ).format(**{name: language.number(estimates.rough(value)) for name, value in more.items()})

    @property
    def _caution(self) -> str:
        if self.sure.empty:
            return ""
        return _(
            "Groups may also come with other wishes, so this is what can be won at most, not what a better page will bring."
        )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the figures rest on."""
        told = [
            _(
                "all groups ({column}) can do as well as the best one, which may have come with more intent to buy"
            ).format(column=said(self.by).lower() if self.by else "–"),
            _("who goes on here does further on as others of the same group do"),
        ]
        if self.time.yearly:
            told.append(
                _("a year like the {days} days of these visits").format(days=language.number(self.time.days))
            )
        return (*told, self.worth.said(self.currency)) if self.worth is not None else tuple(told)

    @property
    def method(self) -> str:
        """The formulas, the ranking, what it assumes."""
        parts = [
            _(
                "The total is the product of all step rates: a rate that is {gain} higher makes the total {gain} higher, "
                "whichever step it is. Ranked by what all would bring at the last step with the rate of the best own group."
            ).format(gain=language.percent(self.gain)),
            _(
                "The best group is one of at least {n} {who} at that step; rates are drawn towards the whole, small groups "
                "most. Gap: Newcombe's interval, 95%; p: the best group against the others, corrected for looking for the best "
                "one at every step (Holm); what it brings: the middle 95% of {draws} draws of all rates."
            ).format(n=estimates.SMALL, who=many(self.per), draws=language.number(measured.DRAWS)),
            _("It assumes: {list}.").format(list=language.join(list(self.assumptions))),
        ]
        if self.left_behind is not None:
            parts.append(_("Handbook: {caveat}").format(caveat=evidence.get(ABANDONED).caveat))
        if self.table["money"].notna().any():
            parts.append(overlap())
        return " ".join([*parts, self._window])

    @property
    def _window(self) -> str:
        if self.within is None:
            return ""
        return _(
            "Window: {within}. Counted too, though less than that was left before the end of the data: {counted}."
        ).format(within=asked.long(self.within), counted=counted(self.unfinished, self.per))

    def heads(self) -> list[str]:
        """The heads; of less than four weeks nothing is said of a year."""
        if self.time.yearly:
            return super().heads()
        bare = {"orders": _("More at the end"), "same": _("More at the end, with the same relative gain")}
        return [bare.get(column) or self.vocabulary.head(column) for column in self.columns]

    def cell(self, column: str, value: object) -> str:
        """A cell; numbers of orders are whole, but in a column of less than ten."""
        if column in self._small and value == value:
            return language.number(value, 1)
        return super().cell(column, value)

    @cached_property
    def _small(self) -> list[str]:
        """The columns of numbers of orders that are all below ten."""
        counted = [name for name in _ORDERS if name in self.table]
        return [name for name in counted if not self.table[name].abs().max() >= 10]

    def kinds(self) -> dict[str, str]:
        """How each head's cells are written in a spreadsheet."""
        found = {
            name: "number" if name in self._small else self.vocabulary.sheet_kind(name)
            for name in self.columns
        }
        return dict(zip(self.heads(), found.values(), strict=True))

    def plot(self) -> go.Figure:
        """What reaching the best segment's rate brings per step: money, or visitors at the last step."""
        money = self.worth is not None and self.time.yearly
        return pictures_compare.gains(self.table, self.currency if money else None)

    def findings(self) -> list[Finding]:
        """The steps at which surely something can be won, each with its worth."""
        if self.sure.empty:
            return []
        return [self._finding(row) for _index, row in self.sure.head(3).iterrows()]

    def _finding(self, row: pd.Series) -> Finding:
        n = int(row["entered"])
        headline = _("From {before} to {step} fewer go on than in your best group ({best}).").format(
            before=said(row["before"]), step=said(row["step"]), best=said(row["best"])
        )
        gap = Estimate(row["gap"], row["gap_low"], row["gap_high"], n, "points")
        value = None
        if self.worth is not None and self.time.yearly:
            limits = (row[f"money{end}"] for end in _ENDS.values())
            value = Estimate(*limits, n, "money", None, self.currency)
        late = self.names.index(row["step"]) > min(
            (k for k, name in enumerate(self.names) if role_of(name) == "cart"), default=len(self.names)
        )
        mark, todo = ABANDONED if late else None, advice(row["step"])
        weight = float(row["orders"])  # by which steps are ordered where nobody knows what an order is worth
        return Finding(CHAPTER, headline, gap, mark, todo, value, self.assumptions, weight=weight)


_ORDERS = ("orders", "orders_low", "orders_high", "same", "point")
_ENDS = {"n": "", "low": "_low", "high": "_high"}
