"""What is said of what customers brought so far, and of the handbook's formulas beside it?"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.purchases import left_out_said
from csworkbook.results import Result, Vocabulary
from csworkbook.value import words
from csworkbook.value.formulas import Own
from csworkbook.value.lives import AFTER
from csworkbook.value.words import CHAPTER

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CENTS = [
    "revenue", "revenue_low", "revenue_high", "margin", "margin_low", "margin_high",
    *[f"{part}_{n}" for n in AFTER for part in ("margin", "low", "high", "spent")],
]  # fmt: skip


def quarter(begins: pd.Timestamp) -> str:
    """A quarter by its first and last month.

    >>> quarter(pd.Timestamp("2026-04-01"))
    'Apr–Jun 2026'
    """
    last = begins + pd.DateOffset(months=2)
    return f"{language.day(begins, 'MMM')}–{language.day(last, 'MMM yyyy')}"


@dataclass(frozen=True)
class Historic(Result):
    """What customers brought so far, by when they first bought; the formulas beside it.

    Attributes
    ----------
    formulas : DataFrame
        formula (simple, with_margin, as_in_graphic, per_year), value, low, high (money); empty when too few
        customers or too little time tell.
    own : Own or None
        The shop's own figures that went into them.
    """

    formulas: pd.DataFrame = field(default_factory=pd.DataFrame)
    own: Own | None = None
    first: dict[int, tuple[float, float, float, int]] = field(default_factory=dict)
    so_far: tuple[float, float, float, int] = (0.0, 0.0, 0.0, 0)
    left_out: dict[str, int] = field(default_factory=dict)
    by: str = "quarter"
    margin: float = 0.35
    discount_rate: float = 0.10
    currency: str = "EUR"
    shown: ClassVar[tuple[str, ...]] = (
        "cohort", "customers", "revenue", "revenue_low", "revenue_high", "margin", "margin_low", "margin_high",
        *[f"{part}_{n}" for n in AFTER for part in ("margin", "low", "high")], *[f"spent_{n}" for n in AFTER],
        "small",
    )  # fmt: skip
    spare: ClassVar[tuple[str, ...]] = (
        "revenue_low", "revenue_high", "margin_low", "margin_high",
        *[f"{part}_{n}" for n in AFTER for part in ("low", "high", "spent")], "small",
    )  # fmt: skip
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=words.heads,
        words=words.words,
        kinds={**dict.fromkeys(_CENTS, "cents"), "cohort": "month", "customers": "count"},
    )

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it; a quarter by its first and last month."""
        if column == "cohort" and self.by == "quarter":
            return quarter(value)
        return super().cell(column, value)

    @cached_property
    def longest(self) -> int:
        """The longest time (months) that is over for 30 customers or more; 0 where there is none."""
        return max((months for months, told in self.first.items() if told[3] >= SMALL), default=0)

    def after(self, months: int) -> Estimate:
        """Mean margin of a customer in the first months, of all customers for whom they are over."""
        return self._estimate(*self.first[months])

    @property
    def per_customer(self) -> Estimate:
        """Mean margin of a customer so far, however long ago the first purchase was."""
        return self._estimate(*self.so_far)

    def _estimate(self, value: float, low: float, high: float, n: int) -> Estimate:
        return Estimate(value, low, high, n, "money", currency=self.currency)

    @cached_property
    def early(self) -> float | None:
        """The part (0–1) of the first year's margin that came in its first three months; None without a first year."""
        known = self.table.dropna(subset=["margin_12"])
        early, year = ((known[name] * known["customers"]).sum() for name in ("margin_3", "margin_12"))
        return float(early / year) if self.longest == 12 and year > 0 else None

    @property
    def text(self) -> str:
        """A customer's first year; how fast it comes; what the formulas make of it, and why that differs."""
        return " ".join(filter(None, (self._answer, self._pace, self._beside)))

    @property
    def _answer(self) -> str:
        if not self.longest:
            n = self.so_far[3]
            return ngettext(
                "Your one customer brought {margin} of margin so far.",
                "A customer brought {margin} of margin so far, of {n} customers.",
                n,
            ).format(margin=self._money(self.so_far[0]), n=language.number(n))
        value, low, high, n = self.first[self.longest]
        said = {
            12: _("In the first year a customer brings {margin} of margin ({low} to {high}; {n} customers)."),
            6: _(
                "In the first 6 months a customer brings {margin} of margin ({low} to {high}; {n} customers)."
            ),
            3: _(
                "In the first 3 months a customer brings {margin} of margin ({low} to {high}; {n} customers)."
            ),
        }[self.longest]
        ends = {"margin": self._money(value), "low": self._money(low), "high": self._money(high)}
        return said.format(**ends, n=language.number(n))

    @property
    def _pace(self) -> str:
        """How much of the first year came in the first three months, of the same customers."""
        if self.early is None:
            return ""
        return _("Of that {share} comes in the first three months.").format(
            share=language.percent(self.early)
        )

    @property
    def _beside(self) -> str:
        if self.own is None:
            return _("For the handbook's formulas there are too few customers, or too little time.")
        told = self.formulas.set_index("formula")["value"]
        return _(
            "The simple formula gives {simple} for a lifetime, but that is revenue; of the margin {margin} is left, and "
            "{year} when money later is worth less."
        ).format(
            simple=self._money(told["simple"]),
            margin=self._money(told["with_margin"]),
            year=self._money(told["per_year"]),
        )

    def _money(self, value: float) -> str:
        return language.money(value, self.currency, 0 if abs(value) >= 100 else 2)

    @property
    def method(self) -> str:
        """What counts, whose months are over, the formulas with their figures, and what was left out."""
        counted = _(
            "First purchase = the first one in these orders; whoever bought before they begin stands too late. Margin: the "
            "order's own, else {margin} of the revenue; what was paid back is off where it is known. 3, 6 and 12 months = "
            "91, 182 and 365 days, only where they are over for everybody of the row. Ranges: 95% (t). Fewer than {small} "
            "customers are a small group, without a range."
        ).format(margin=language.percent(self.margin), small=SMALL)
        return " ".join(filter(None, (counted, self._formulas_said, left_out_said(self.left_out))))

    @property
    def _formulas_said(self) -> str:
        if self.own is None:
            return ""
        ends = self.formulas.set_index("formula")
        values = [
            _("{formula}: {value} ({low} to {high})").format(
                formula=self.vocabulary.word(name), **{end: self._money(ends.loc[name, end]) for end in ends}
            )
            for name in ends.index
        ]
        own = _(
            "The formulas take {spend} per visit, {visits} visits a year of those who bought, a margin of {margin}, a "
            "discount of {discount} a year, and that {retention} of the customers of one period ({days} days) buy in the "
            "next, so {years} years. They look at those who still buy; a new customer mostly buys once, so what was really "
            "brought is the surer figure. The graphic puts the margin of a whole lifetime in a formula that reckons with "
            "how long a customer stays already."
        ).format(
            spend=self._money(self.own.spend),
            visits=language.number(self.own.visits, 2),
            margin=language.percent(self.own.margin),
            discount=language.percent(self.discount_rate),
            retention=language.percent(self.own.retention),
            days=self.own.days,
            years=language.number(self.own.years, 1),
        )
        return f"{own} {language.join(values)}."

    def plot(self) -> go.Figure:
        """Margin per customer in the first 3, 6 and 12 months, cohort by cohort."""
        from csworkbook.value import pictures

        return pictures.cohorts(self)

    def findings(self) -> list[Finding]:
        """What a new customer brings at most may be paid for winning one."""
        if not self.longest:
            few = _("There are too few customers whose first months are over to say what a customer brings.")
            return [Finding(CHAPTER, few, enough=estimates.needed())]
        action = _("Spend no more than this on winning a customer.")
        if self.early is not None and self.early > 0.5:
            action = _(
                "Spend no more than this on winning a customer, and put the rest into the second purchase: most of the value "
                "comes early."
            )
        return [Finding(CHAPTER, self._answer, self.after(self.longest), action=action)]
