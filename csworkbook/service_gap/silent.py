"""How many customers leave without a word, and what could that cost?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import evidence, language
from csworkbook.errors import DataError
from csworkbook.estimates import Estimate, rough
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.repeats import duration, known_customers
from csworkbook.results import Result, Vocabulary, question
from csworkbook.service_gap import factors, iceberg, steps, worth
from csworkbook.service_gap.returning import Stayed, stayed_away
from csworkbook.tables import require

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

_CHAPTER = "01_service_gap"


@question(mark("How many customers leave without a word?"), labels=steps.labels, choices=steps.choices)
def silent_customers(
    contacts: pd.DataFrame,
    orders: pd.DataFrame | None = None,
    *,
    margin: float = 0.35,
    currency: str = "EUR",
    one_in_low: float = 10,
    one_in_high: float = 40,
    leaving_low: float = 0.3,
    leaving_high: float = 0.91,
    value_per_customer: float = 0.0,
    within: str = "180D",
    seed: int = 0,
) -> SilentCustomers:
    """The iceberg: customers who complain × how many keep silent × how many of those leave × their value.

    Complaining customers and their value come from own data, with the chance in them; how many keep
    silent, and how many of those leave, cannot be seen in any data of a shop: they are assumptions,
    for which the user gives a range (the handbook: one in 26 complains, 91% of the silent leave; 1.1).
    The factors are drawn at random, each from its own uncertainty, and multiplied; all results are the
    middle 95 % of that. "One in" is drawn evenly on the scale of ratios, leaving evenly. There cannot be
    more dissatisfied customers than customers: where the orders tell how many there are in a year, the
    range of "one in" ends there (and begins at one in one when all of it lies beyond).

    Parameters
    ----------
    contacts : DataFrame
        Needs the column kind. A customer who complains more than once in a year counts once.
    orders : DataFrame, optional
        Gives the margin of a customer a year, and whether those who complained came back.
    margin : float
        Gross margin, share of revenue (0–1).
    one_in_low, one_in_high : float
        One of so many dissatisfied customers complains; 1 or more. The order does not matter.
    leaving_low, leaving_high : float
        Share of the silent who leave, 0–1.
    value_per_customer : float
        Yearly margin of a customer (0 = from the orders).
    within : str
        How long to wait for a new order of somebody who complained, a pandas duration.

    Returns
    -------
    SilentCustomers
        table: factor (complaints, one_in, dissatisfied, silent, leaving, gone, value, money), basis
        (own data, assumption, follows), low, high (customers a year, shares 0–1, or money a year),
        benchmark (the handbook's figure), widens (the share of the uncertainty that is this factor's).

    Raises
    ------
    DataError
        When nothing says which contacts are complaints, or they span less than four weeks.
    SettingError
        When an assumption cannot be.

    >>> import pandas as pd
    >>> contacts = pd.DataFrame({"contact_id": range(4), "customer_id": ["a", "b", "b", None],
    ...     "opened_at": pd.to_datetime(["2025-01-01", "2025-06-01", "2025-06-09", "2025-12-31"], utc=True),
    ...     "channel": "email", "topic": "refund", "kind": ["question", "complaint", "complaint", "complaint"]})
    >>> silent_customers(contacts).complaining.n
    2
    """
    require(contacts, "contacts")
    terms = factors.assumptions(one_in_low, one_in_high, leaving_low, leaving_high)
    people, years, days, unknown = _complaining(contacts)
    each = worth.of_customers(orders, margin, typed=value_per_customer, seed=seed)
    customers = worth.customers_a_year(orders)
    draws = factors.draws(people, years, terms, each, customers, seed + 1)
    check = stayed_away(contacts, orders, within=duration(within))
    table = factors.table(draws, people, years, each)
    gone = factors.gone(draws, people)
    return SilentCustomers(
        table, people, years, unknown, terms, each, customers, check, currency, days, gone, margin
    )


def _complaining(contacts: pd.DataFrame) -> tuple[int, float, int, int]:
    """Customers who complained, in how many years and days, and the contacts of which the kind is not known."""
    kinds = contacts["kind"] if "kind" in contacts else pd.Series(pd.NA, contacts.index, dtype="string")
    if kinds.notna().sum() == 0:
        raise DataError(
            _("Your contacts do not say which of them are complaints."),
            allowed=_("A column “kind” with question or complaint."),
            next_step=_("Add it to your export, or map the column that holds it on this page."),
        )
    first, last = worth.span_of(contacts)
    complaints = contacts[(kinds == "complaint").to_numpy(bool, na_value=False)]
    people, years = worth.people_a_year(
        known_customers(complaints), complaints["opened_at"], first=first, last=last
    )
    return people, years, (last - first).days, int(kinds.isna().sum())


@dataclass(frozen=True)
class SilentCustomers(Result):
    """The iceberg as a range, each factor with what it rests on."""

    people: int = 0
    years: float = 1.0
    unknown: int = 0
    terms: dict[str, tuple[float, float]] | None = None
    each: worth.Worth | None = None
    customers: worth.Buyers | None = None
    check: Stayed | None = None
    currency: str = "EUR"
    days: int = 365
    gone: Estimate | None = None
    margin: float = 0.35
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=steps.heads, words=steps.words, kinds={"widens": "share"}, wordy=("factor", "basis")
    )

    @cached_property
    def complaining(self) -> Estimate:
        """Customers who complain in a year."""
        return factors.counted(self.people, self.years)

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return self.table.set_index("factor")

    def between(self, factor: str) -> tuple[str, str]:
        """From and to of a row, as people write it: customers, a share or money."""
        row = self._rows.loc[factor]
        return self._written(factor, row["low"]), self._written(factor, row["high"])

    def _written(self, factor: str, value: float) -> str:
        if value != value:
            return "–"
        if factor == "leaving":
            return language.percent(value)
        if factor == "value":
            return language.money(value, self.currency)
        if factor == "money":
            return language.money(rough(value), self.currency)
        if factor == "one_in":
            return language.number(value, 0 if value >= 10 else 1)
        return language.number(value if factor == "complaints" else rough(value))

    def cells(self) -> list[list[str]]:
        """The cells; what stands between from and to depends on the row."""
        rows = super().cells()
        for row, (factor, low, high, mark_) in zip(
            rows, self.table[["factor", "low", "high", "benchmark"]].to_numpy(), strict=True
        ):
            row[2:5] = [self._written(factor, value) for value in (low, high, mark_)]
        return rows

    @property
    def short(self) -> bool:
        """Whether the contacts span less than a year, so that who complains is not counted over one."""
        return self.days < worth.WHOLE

    def cell(self, column: str, value: object) -> str:
        """A cell; a step that is not of a whole year says so."""
        return self._step(value) if column == "factor" else super().cell(column, value)

    def _said(self, column: str) -> Callable[[object], object]:
        return self._step if column == "factor" else super()._said(column)

    def _step(self, factor: object) -> str:
        days = self.days
        said = {
            "complaints": _("Customers who complain, in {days} days"),
            "dissatisfied": _("Dissatisfied customers, in {days} days"),
            "gone": _("Gone without a word, in {days} days"),
        }
        said = said if self.short else {}
        if self.each is not None and self.each.short:
            days = self.each.days if factor == "value" else days
            said["value"] = _("Margin per customer in {days} days")
        if self.partly:
            said["money"] = _("Margin gone with them, of less than a year")
        return said.get(factor, str(self.vocabulary.word(factor))).format(days=language.number(days))

    @property
    def partly(self) -> bool:
        """Whether the money is not that of a whole year."""
        return self.short or (self.each is not None and self.each.short)

    def kinds(self) -> dict[str, str]:
        """As any result's; from and to are customers, shares and money, so plain numbers."""
        plain = {self.vocabulary.head(column): "number" for column in ("low", "high", "benchmark")}
        return {**super().kinds(), **plain}

    @property
    def widest(self) -> str:
        """The factor that makes the range widest."""
        return str(self.table.loc[self.table["widens"].astype(float).fillna(0).idxmax(), "factor"])

    @property
    def text(self) -> str:
        """How many may be gone, what that could cost, what makes it uncertain, and the check."""
        low, high = self.between("gone")
        seen = (
            _(
                "From {low} to {high} customers may leave without a word, beside {n} who complain, counting only the "
                "{days} days of these contacts."
            )
            if self.short
            else _(
                "From {low} to {high} customers a year may leave without a word, beside {n} a year who complain."
            )
        ).format(low=low, high=high, n=language.number(self.complaining.value), days=self.days)
        return " ".join(filter(None, (seen, self._money, self._bound or self._uncertain, self._checked)))

    @property
    def _money(self) -> str:
        if self.each is None:
            return _(
                "Bring your orders of at least {days} days, or fill in what a customer brings, to see what that could cost."
            ).format(days=worth.LEAST_DAYS)
        low, high = self.between("money")
        said = (
            _("With them goes a margin of {low} to {high}.")
            if self.partly
            else _("With them goes a margin of {low} to {high} a year.")
        ).format(low=low, high=high)
        return " ".join(filter(None, (said, self.each.caveat)))

    @property
    def _bound(self) -> str:
        """That the assumption cannot hold here, where it makes more dissatisfied customers than there are."""
        if self.customers is None or not self.people:
            return ""
        most = max(self.customers.most / self.complaining.value, 1.0)
        if most >= self.terms["one_in"][1]:
            return ""
        said = _(
            "One complaint for every {assumed} dissatisfied customers cannot be true here: a year like the {days} days of "
            "your orders, with {seen} customers, has at most {customers}, so it is at most one in {most}."
        )
        whole = _(
            "One complaint for every {assumed} dissatisfied customers cannot be true here: with {customers} customers a "
            "year it is at most one in {most}."
        )
        return (said if self.customers.short else whole).format(
            assumed=language.number(self.terms["one_in"][1]),
            days=language.number(self.customers.days),
            seen=language.number(self.customers.seen),
            customers=language.number(self.customers.most),
            most=language.number(most, 1),
        )

    @property
    def _uncertain(self) -> str:
        factor = self.vocabulary.word(self.widest)
        if self.widest in ("one_in", "leaving"):
            return _("Most of that range is an assumption, not a measurement: “{factor}”.").format(
                factor=factor
            )
        return _("What makes the range widest is “{factor}”.").format(factor=factor)

    @property
    def _checked(self) -> str:
        if self.check is None or self.check.n < 30:
            return ""
        return _(
            "Of those who did complain {share} did not order again within {days} days, against {usual} of comparable "
            "customers."
        ).format(
            share=language.percent(self.check.share.value),
            usual=language.percent(self.check.usual),
            days=self.check.days,
        )

    @property
    def method(self) -> str:
        """The formula, where each factor comes from, what was left out, and the handbook's caveats."""
        said = _(
            "Gone = customers who complain a year × (one in … − 1) × share of the silent who leave; × margin per customer a "
            "year. Complaining customers: counted once a year, {people} in {years} years, exact Poisson interval. "
            "Ranges: the middle 95% of {draws} draws."
        ).format(
            people=language.number(self.people),
            years=language.number(self.years, int(self.years % 1 > 0)),
            draws=language.number(worth.DRAWS),
        )
        parts = [said, self._spans, self._bases, self._left_out, self.check.method if self.check else ""]
        caveats = [evidence.get(one).caveat for one in ("complain-1-in-26", "silent-leave-91")]
        return " ".join(filter(None, [*parts, _("Handbook:"), *caveats]))

    @property
    def _spans(self) -> str:
        """Whose margin it is, and what was not counted over a year."""
        said = [self.each.caveat] if self.each is not None else []
        if self.each is not None and self.each.n:
            said.append(
                _(
                    "Margin: that of the orders where it is filled in, else {margin} of the revenue; less that on what was "
                    "paid back, as far as the orders tell it."
                ).format(margin=language.percent(self.margin))
            )
        if self.short:
            said.append(
                _(
                    "Customers who complained are those of the {days} days of your contacts, not made a year: of a whole "
                    "year there would be more."
                ).format(days=language.number(self.days))
            )
        return " ".join(filter(None, said))

    @property
    def _bases(self) -> str:
        return _(
            "Assumed: one in {a} to {b} complains (handbook 26), {c} to {d} of the silent leave (handbook 91%)."
        ).format(
            a=language.number(self.terms["one_in"][0]),
            b=language.number(self.terms["one_in"][1]),
            c=language.percent(self.terms["leaving"][0]),
            d=language.percent(self.terms["leaving"][1]),
        )

    @property
    def _left_out(self) -> str:
        if not self.unknown:
            return ""
        return ngettext(
            "Left out: {n} contact that is neither question nor complaint.",
            "Left out: {n} contacts that are neither question nor complaint.",
            self.unknown,
        ).format(n=language.number(self.unknown))

    def plot(self) -> go.Figure:
        """An iceberg: those who complain above the water, the silent below it."""
        return iceberg.draw(self)

    def findings(self) -> list[Finding]:
        """What may be leaving unseen; its value is an assumption's, never sure."""
        low, high = self.between("gone")
        headline = (
            _(
                "From {low} to {high} customers may leave without a word in {days} days; that rests on two assumptions."
            )
            if self.short
            else _(
                "From {low} to {high} customers a year may leave without a word; that rests on two assumptions."
            )
        ).format(low=low, high=high, days=self.days)
        action = _(
            "Ask customers who do not complain: a short survey after every order, and a call to those who stay away."
        )
        return [Finding(_CHAPTER, headline, self.gone, "complain-1-in-26", action, None, self._assumed)]

    @property
    def _assumed(self) -> tuple[str, ...]:
        return (self._bases, _("silent customers are worth as much as the others"))
