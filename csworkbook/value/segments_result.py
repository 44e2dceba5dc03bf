"""What is said of the segments: how many, what they bring, what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
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
from csworkbook.value.words import CHAPTER

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.value.prediction import Prediction

SEGMENTS = ("best_active", "best_silent", "again_active", "again_silent", "once_new", "once_silent")
PAIRS = {
    "best": ("best_active", "best_silent"),
    "again": ("again_active", "again_silent"),
    "once": ("once_new", "once_silent"),
}


def advice() -> dict[str, str]:
    """What to do for each segment."""
    return {
        "best_active": _(
            "Know them by name, let them go first at the helpdesk, ask them what could be better."
        ),
        "best_silent": _(
            "Call or write to them personally and ask whether something went wrong; offer help before a discount."
        ),
        "best": _("Know them by name; write personally to whoever has gone silent."),
        "again_active": _("Show them what fits what they have; thank them."),
        "again_silent": _("One friendly reminder with a reason to come back; then leave them in peace."),
        "again": _("Show what fits what they have; remind who has gone silent once."),
        "once_new": _("Make the first order go well and give a reason for the second one soon."),
        "once_silent": _("Spend little: a newsletter is enough."),
        "once": _("Make the first order go well; spend little on who stayed away."),
    }


@dataclass(frozen=True)
class Silence:
    """After how many days without a purchase a customer is silent; how many customers tell; whether it was asked."""

    days: int
    told_by: int
    asked: bool


@dataclass(frozen=True)
class Segments(Result):
    """Customers in few segments, each with what to do.

    Attributes
    ----------
    members : DataFrame
        Index customer_id: segment, value (money), last_at.
    predicted : Prediction or None
        Where the value comes from, when it is an expected one.
    """

    members: pd.DataFrame = field(default_factory=pd.DataFrame)
    silence: Silence | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    value: str = "so far"
    best: float = 0.2
    least: int = SMALL
    margin: float = 0.35
    currency: str = "EUR"
    predicted: Prediction | None = None
    spare: ClassVar[tuple[str, ...]] = ("per_customer", "orders")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=words.heads,
        words=words.words,
        kinds={
            "customers": "count",
            "of_customers": "share",
            "value": "money",
            "per_customer": "cents",
            "orders": "number",
            "silent_days": "count",
        },
        wordy=("segment", "advice"),
    )

    def cell(self, column: str, value: object) -> str:
        """One cell as people read it; what to do is said in a sentence."""
        return advice()[value] if column == "advice" else super().cell(column, value)

    def sheet(self) -> pd.DataFrame:
        """The table for a spreadsheet, with what to do in sentences."""
        found = super().sheet()
        return found.assign(**{self.vocabulary.head("advice"): self.table["advice"].map(advice()).to_numpy()})

    @property
    def silent_best(self) -> Estimate:
        """The share of the best customers who have gone silent (Wilson)."""
        customers = self.table.set_index("segment")["customers"]
        if "best" in customers:
            return estimates.share(0, 0)
        silent = int(customers.get("best_silent", 0))
        return estimates.share(silent, silent + int(customers.get("best_active", 0)))

    @property
    def text(self) -> str:
        """What the best bring, how many of them are silent, and how many came once."""
        if self.predicted is not None and not self.predicted.told:
            return self.predicted.text
        return " ".join(filter(None, (self._best, self._doubt, self._silent, self._once)))

    @property
    def _best(self) -> str:
        rows = self.table[self.table["segment"].isin(["best", *PAIRS["best"]])]
        if rows.empty:
            return _("No customer brought anything above zero.")
        said = {
            "so far": ngettext(
                "Your best customer brought {share} of the margin so far.",
                "Your {n} best customers brought {share} of the margin so far.",
                int(rows["customers"].sum()),
            ),
            "expected": ngettext(
                "Your best customer is expected to bring {share} of the margin of the coming year.",
                "Your {n} best customers are expected to bring {share} of the margin of the coming year.",
                int(rows["customers"].sum()),
            ),
        }[self.value]
        return said.format(
            n=language.number(rows["customers"].sum()), share=language.percent(rows["share"].sum())
        )

    @property
    def _doubt(self) -> str:
        """What the check on the past says against the prediction that the value comes from."""
        return self.predicted.mirror.sentence if self.predicted is not None and self.predicted.doubt else ""

    @property
    def _silent(self) -> str:
        rows = self.table.set_index("segment")
        if "best_silent" not in rows.index:
            return ""
        row = rows.loc["best_silent"]
        said = ngettext(
            "Of these {n} has not been seen for more than {days} days ({value}).",
            "Of these {n} have not been seen for more than {days} days (together {value}).",
            int(row["customers"]),
        )
        worth = language.money(row["value"], self.currency)
        return said.format(n=language.number(row["customers"]), days=self.silence.days, value=worth)

    @property
    def _once(self) -> str:
        rows = self.table[self.table["segment"].isin(["once", *PAIRS["once"]])]
        if rows.empty:
            return ""
        said = _(
            "Of all customers {part} bought once and are not among the best; they stand for {share} of the value."
        )
        share = rows["share"].sum()
        return said.format(part=language.percent(rows["of_customers"].sum()), share=language.percent(share))

    @property
    def method(self) -> str:
        """The thresholds, what value is, when segments are joined, and what was left out."""
        counted = _(
            "The best: the {best} with the highest value. Value: {value}. Came back: bought on more than one day. Silent: no "
            "purchase for more than {days} days before the last order of all, {reason}. A segment of fewer than {least} "
            "customers is joined with the one beside it. Ranges: 95%, of the share of the value{unsure}."
        ).format(
            best=language.percent(self.best),
            value=self._worth,
            days=self.silence.days,
            reason=self._reason,
            least=self.least,
            unsure=self._left_open,
        )
        return " ".join(filter(None, (counted, left_out_said(self.left_out))))

    @property
    def _left_open(self) -> str:
        if self.value != "expected":
            return ""
        return _(", as customers differ; how unsure the prediction is does not show in them")

    @property
    def _worth(self) -> str:
        if self.value == "expected":
            said = _("the margin expected in the coming year, as under “{question}”")
            return said.format(question=_("What will the customers you have now bring?"))
        said = _("the margin so far (the order's own, else {margin} of the revenue)")
        return said.format(margin=language.percent(self.margin))

    @property
    def _reason(self) -> str:
        if self.silence.asked:
            return _("as you chose")
        if self.silence.told_by < SMALL:
            return _("since too few customers came back to tell")
        return _(
            "since four of five of the {n} customers who came back have on average no more days than that between "
            "purchases (whoever is yet to come back would make it longer)"
        ).format(n=language.number(self.silence.told_by))

    def plot(self) -> go.Figure:
        """Per segment its share of the customers and of the value."""
        from csworkbook.value import pictures

        return pictures.segments(self)

    def findings(self) -> list[Finding]:
        """How many of the best customers have gone silent."""
        if len(self.members) < SMALL or self.silent_best.n < SMALL:
            few = _("There are too few customers to put them in segments.")
            return [Finding(CHAPTER, few, enough=round(SMALL / self.best))]
        silent = self.silent_best
        headline = _("Of your best customers {share} have not been seen for more than {days} days.").format(
            share=language.percent(silent.value), days=self.silence.days
        )
        weight, action = float(silent.value * silent.n), advice()["best_silent"]
        rests_on = (_("the prediction holds"),) if self.value == "expected" else ()
        return [Finding(CHAPTER, headline, silent, None, action, assumptions=rests_on, weight=weight)]
