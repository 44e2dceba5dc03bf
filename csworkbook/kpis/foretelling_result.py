"""What is said of how well effort and recommendation foretell who buys again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from csworkbook import language
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.kpis.words import CHAPTER
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

FEW = 20  # customers on each side; with fewer nothing is said of which foretells better
GROUPS = ("hardest", "groups")  # measures with three answers, of which the picture shows what they did
_BENCHMARK = "effort-buy-again"


def labels() -> dict[str, str]:
    """What each control is called."""
    return {"after": _("Orders again within")}


def choices() -> dict[tuple[str, object], str]:
    """How options are said, by (parameter, option)."""
    return {("after", f"{n}D"): language.duration(n, "days") for n in (30, 60, 90, 180)}


def heads() -> dict[str, str]:
    """The heads of the tables."""
    return {
        "measure": _("Measure"),
        "area": _("Right in"),
        "low": _("From"),
        "high": _("To"),
        "n": _("Answers"),
        "customers": _("Customers"),
        "difference": _("Better than recommendation (points)"),
        "difference_low": _("Better, from"),
        "difference_high": _("Better, to"),
        "compared": _("Answers compared"),
        "p": _("p"),
        "verdict": _("Than recommendation"),
    }


def words() -> dict[object, str]:
    """The values in the tables."""
    return {
        "hardest": _("effort: the hardest of the three"),
        "choosing": _("effort choosing"),
        "buying": _("effort buying"),
        "after": _("effort after buying"),
        "recommend": _("recommendation, 0–10"),
        "groups": _("promoters, passives, detractors"),
        "better": _("better"),
        "worse": _("worse"),
    }


def answers(measure: str) -> dict[int, str]:
    """What the three answers of a measure are called, the best first."""
    if measure == "groups":
        return {3: _("Promoters"), 2: _("Passives"), 1: _("Detractors")}
    return {1: _("Hardly any"), 2: _("Some"), 3: _("Far too much")}


@dataclass(frozen=True)
class Foretold(Result):
    """How well each measure tells who ordered again; `verdict` is of the hardest answer against the 0–10 score."""

    shares: pd.DataFrame = field(default_factory=pd.DataFrame)
    days: int = 90
    left_out: dict[str, int] = field(default_factory=dict)
    said: dict[bool, Estimate] = field(default_factory=dict)
    sides: tuple[int, int] = (0, 0)
    spare: ClassVar[tuple[str, ...]] = ("customers", "difference_low", "difference_high", "compared", "p")
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=heads,
        words=words,
        kinds={
            "area": "share", "difference_low": "points", "difference_high": "points", "customers": "count",
            "compared": "count",
        },
        wordy=("measure", "verdict"),
    )  # fmt: skip

    @property
    def enough(self) -> bool:
        """Whether customers enough ordered again, and enough did not."""
        return min(self.sides) >= FEW

    @property
    def difference(self) -> Estimate | None:
        """How much oftener effort is right than the recommendation, on the same answers; None without either."""
        row = self._row("hardest")
        if row is None or row["compared"] == 0:
            return None
        ends = float(row["difference_low"]), float(row["difference_high"])
        return Estimate(float(row["difference"]), *ends, int(row["compared"]), "points", float(row["p"]))

    @property
    def verdict(self) -> Literal["effort", "recommendation", "cannot tell"]:
        """Which foretells better; only what does better than a coin can."""
        gap = self.difference
        if not self.enough or gap is None or not gap.excludes_zero:
            return "cannot tell"
        better, name = ("hardest", "effort") if gap.value > 0 else ("recommend", "recommendation")
        return name if self._row(better)["low"] > 0.5 else "cannot tell"

    def _row(self, measure: str) -> pd.Series | None:
        found = self.table[self.table["measure"] == measure]
        return None if found.empty else found.iloc[0]

    @property
    def text(self) -> str:
        """Which foretells better, how often each is right, how sure that is, and that saying is not doing."""
        return " ".join(filter(None, (self._lead(), self._often(), self._gap(), self._saying())))

    def _lead(self) -> str:
        if not self.enough:
            return _(
                "Too few to tell: {did} customers ordered again and {did_not} did not, at least {few} of each are needed."
            ).format(did=self.sides[0], did_not=self.sides[1], few=FEW)
        if self._row("recommend") is None or self._row("hardest") is None:
            return _(
                "Effort and recommendation cannot be compared: only one of them tells customers apart here."
            )
        if not self._telling():
            return _("Neither effort nor recommendation surely tells better than a coin who orders again.")
        if self.verdict == "effort":
            return _("Effort foretells better who orders again than recommendation does.")
        if self.verdict == "recommendation":
            return _("Recommendation foretells better who orders again than effort does.")
        return _("Which foretells better who orders again, effort or recommendation, cannot be told yet.")

    def _telling(self) -> bool:
        """Whether effort or recommendation is surely more often right than a coin."""
        return bool((self.table.set_index("measure").loc[["hardest", "recommend"], "low"] > 0.5).any())

    def _often(self) -> str:
        rows = {name: self._row(name) for name in ("hardest", "recommend")}
        known = {name: language.percent(row["area"]) for name, row in rows.items() if row is not None}
        if len(known) == 2:
            return _(
                "Of two customers of whom one ordered again within {days} days and one did not, effort points at the "
                "right one in {effort} of cases and recommendation in {recommendation}; a coin would in {coin}."
            ).format(
                days=self.days, effort=known["hardest"], recommendation=known["recommend"], coin=language.percent(0.5)
            )  # fmt: skip
        name, share = next(iter(known.items()), (None, ""))
        if name is None:
            return ""
        return _(
            "Of two customers of whom one ordered again within {days} days and one did not, the {measure} points at "
            "the right one in {share} of cases; a coin would in {coin}."
        ).format(
            days=self.days, measure=words()[name].split(":")[0].split(",")[0], share=share, coin=language.percent(0.5)
        )  # fmt: skip

    def _gap(self) -> str:
        gap = self.difference
        return "" if gap is None else _("The difference is {difference}.").format(difference=gap)

    def _saying(self) -> str:
        """What became of those who said they would buy again."""
        yes, no = self.said.get(True), self.said.get(False)
        if yes is None:
            return ""
        if no is None:
            return _("Of those who said they would buy again, {share} did: saying is not doing.").format(
                share=yes
            )
        return _(
            "Of those who said they would buy again, {share} did; of those who said they would not, {other}: saying "
            "is not doing."
        ).format(share=yes, other=no)

    @property
    def method(self) -> str:
        """How often right is reckoned, what is compared, what was left out, and that it is no cause."""
        return " ".join(filter(None, (self._reckoned(), self._compared(), self._left_out_said())))

    def _reckoned(self) -> str:
        return _(
            "Right in = the area under the ROC curve: of all pairs of an answer after which the customer ordered again "
            "and one after which not, the share in which the measure puts the first higher; equal counts half. "
            "Intervals and differences after DeLong (1988) on the same answers, with the answers of one customer as "
            "one cluster (Obuchowski 1997). Effort has three answers and recommendation eleven: more steps can tell "
            "more apart, so look at promoters, passives and detractors too."
        )

    def _compared(self) -> str:
        return _(
            "Effort (the hardest of the three answers) against the 0–10 score was chosen beforehand; p of the other "
            "differences is corrected for how many there are (Holm). The bars show the share that ordered again, with "
            "Wilson’s interval. Foretelling is not causing."
        )

    def _left_out_said(self) -> str:
        gone = self.left_out
        parts = [
            ngettext("{n} answer without a customer", "{n} answers without a customer", gone.get("no_customer", 0)),
            ngettext(
                "{n} answer of a customer without orders", "{n} answers of customers without orders",
                gone.get("no_orders", 0),
            ),
            ngettext("{n} answer too recent to tell", "{n} answers too recent to tell", gone.get("not_over", 0)),
            ngettext("{n} row that was there twice", "{n} rows that were there twice", gone.get("twice", 0)),
        ]  # fmt: skip
        counts = [gone.get(name, 0) for name in ("no_customer", "no_orders", "not_over", "twice")]
        said = [part.format(n=language.number(n)) for part, n in zip(parts, counts, strict=True) if n]
        return _("Left out: {answers}.").format(answers=language.join(said)) if said else ""

    def plot(self) -> go.Figure:
        """The share that ordered again by effort, and beside it by recommendation."""
        from csworkbook.kpis.pictures_foretelling import bars

        return bars(self.shares)

    def findings(self) -> list[Finding]:
        """Which of the two to steer by, where that can be told."""
        advice = {
            "effort": _(
                "Ask after every order how much effort it took, and steer by that; keep NPS beside it."
            ),
            "recommendation": _(
                "Keep asking whether customers recommend you, and steer by that; keep effort beside it."
            ),
        }
        if self.verdict not in advice:
            return []
        benchmark = _BENCHMARK if self.verdict == "effort" else None
        return [Finding(CHAPTER, self._lead(), self.difference, benchmark, advice[self.verdict])]
