"""What is said of customers who asked beside similar ones who did not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import evidence, language
from csworkbook.channels import alike_words, pictures_credit
from csworkbook.channels.alike_weights import ALIKE
from csworkbook.channels.drawn import DRAWS
from csworkbook.channels.pays_result import CHAPTER
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

_RARE = 0.1  # shares below this are written with a decimal
_CLAIMS = ("chat-convert-7-5", "chat-spend-55")


@dataclass(frozen=True)
class Compared(Result):
    """Customers who asked beside similar ones who did not; `effect` and `balance` are both tables."""

    balance: pd.DataFrame | None = None
    unlike: int = 0
    group: str = "customers"
    within: str = "14D"
    stage: str | None = None
    like: str = "weights"
    look: str = "effect"
    currency: str = "EUR"
    effect: pd.DataFrame | None = None
    spare: ClassVar[tuple[str, ...]] = ("comparable_n", "more_low", "more_high", "p")
    in_points: ClassVar[bool] = True
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=alike_words.heads,
        words=alike_words.words,
        kinds={
            **dict.fromkeys(("comparable", "anyway"), "share"),
            **dict.fromkeys(("more", "more_low", "more_high"), "cents"),
            **dict.fromkeys(("before", "after"), "score"),
            "comparable_n": "count",
        },
        wordy=("channel", "known", "verdict", "alike"),
    )

    def __post_init__(self) -> None:
        """The effect is the table it was made with."""
        if self.effect is None:
            object.__setattr__(self, "effect", self.table)

    def looked_at(self, look: str) -> Compared:
        """The same with the other table and picture in front."""
        if look == "effect":
            return replace(self, table=self.effect, look=look)
        alike = self.balance["after"].abs() < ALIKE
        return replace(
            self, table=self.balance.assign(alike=alike.map({True: "yes", False: "no"})), look=look
        )

    @property
    def enough(self) -> bool:
        """Whether there are contacts and comparable moments enough."""
        return bool(len(self.effect)) and min(self.effect.loc[0, ["n", "comparable_n"]]) >= SMALL

    @property
    def apart(self) -> list[str]:
        """What still differs between the two after they were made comparable."""
        return self.balance.loc[~(self.balance["after"].abs() < ALIKE), "known"].tolist()

    @property
    def text(self) -> str:
        """The difference; what would have come anyway; for which channels; how alike they are; no cause."""
        if not self.enough:
            return self._few
        return " ".join(filter(None, (self._answer, self._anyway, self._channels, self._alike, _caution())))

    @property
    def _few(self) -> str:
        n = int(self.effect.loc[0, "n"]) if len(self.effect) else 0
        return ngettext(
            "Whether customers who ask buy more than similar ones cannot be told: {n} contact can be compared; {least} are "
            "the least.",
            "Whether customers who ask buy more than similar ones cannot be told: {n} contacts can be compared; {least} are "
            "the least.",
            n,
        ).format(n=language.number(n), least=SMALL)

    @property
    def _whole(self) -> pd.Series:
        return self.effect.iloc[0]

    @property
    def difference(self) -> Estimate:
        """How many more of those who asked bought, in points."""
        row = self._whole
        return Estimate(row["difference"], row["low"], row["high"], int(row["n"]), "points", row["p"])

    @property
    def _span(self) -> str:
        return language.duration(duration(self.within).days, "days")

    @property
    def _answer(self) -> str:
        row, found = self._whole, self.difference
        fine = 1 if max(row["share"], row["comparable"]) < _RARE else 0
        shown = {
            "days": self._span,
            "share": language.percent(row["share"], fine),
            "like": language.percent(row["comparable"], fine),
            "difference": _points(row["difference"], fine),
            "low": language.number(found.low * 100, fine),
            "high": language.number(found.high * 100, fine),
        }
        which = 2 if not found.excludes_zero else 0 if found.value > 0 else 1
        return alike_words.answers()[self.group][which].format(**shown)

    @property
    def _anyway(self) -> str:
        if not self.difference.low > 0:
            return ""
        return _(
            "If nothing else set them apart, {anyway} of these orders would have come anyway; who asks is often nearer to "
            "buying, so it is rather more."
        ).format(anyway=language.percent(self._whole["anyway"]))

    @property
    def _channels(self) -> str:
        """The largest and the smallest difference among the channels that surely differ."""
        sure = self.effect.iloc[1:]
        sure = sure[sure["verdict"] == "yes"].sort_values(["difference", "channel"], ascending=[False, True])
        if len(self.effect) < 3 or sure.empty:
            return ""
        each = _("{channel} {difference}")
        said = [
            each.format(
                channel=self.vocabulary.word(row.channel),
                difference=_points(row.difference),
            )
            for row in sure.itertuples()
        ]
        return _("More, by channel: {list}.").format(list=language.join(said))

    @property
    def _alike(self) -> str:
        if not self.apart:
            return _("In what is known of them before they are alike.")
        return _("They still differ in {list}, so read it with care.").format(
            list=language.join([str(self.vocabulary.word(one)) for one in self.apart])
        )

    @property
    def method(self) -> str:
        """What was compared with what, how, what was left out, the handbook's claims."""
        claims = [f"{entry.claim} {entry.caveat}" for entry in map(evidence.get, _CLAIMS)]
        said = [self._beside, self._how, self._left_out, _("Handbook:"), *claims]
        return " ".join(filter(None, said))

    @property
    def _beside(self) -> str:
        if self.group == "visitors":
            return _(
                "Compared are visits without a purchase of customers who had ordered before: with a contact during the visit "
                "or in the hour after it, and without. Counted are orders within {days} after the visit."
            ).format(days=self._span)
        return _(
            "Compared are contacts of customers who had ordered before and had not asked in the {days} before; beside each, "
            "up to six customers drawn by chance at the same moment of whom the same holds, whatever they did later. Counted "
            "are orders within {days}."
        ).format(days=self._span)

    @property
    def _how(self) -> str:
        way = (
            _(
                "The others count only beside contacts of the same group (orders so far, time since the last one, and the "
                "like)."
            )
            if self.like == "strata"
            else _(
                "The others are weighted by how likely they were to ask (logistic regression, propensity score)."
            )
        )
        compared = _("Looked at: {list}.").format(
            list=language.join([str(self.vocabulary.word(one)) for one in self.balance["known"]])
        )
        rest = _(
            "Alike = less than {least} spreads apart. Intervals: {draws} other lots of such customers (bootstrap, with the "
            "weights as they are); p of the channels corrected (Holm). A difference is no cause: what is not known of them "
            "is not held equal."
        ).format(least=language.number(ALIKE, 1), draws=DRAWS)
        return f"{compared} {way} {rest}"

    @property
    def _left_out(self) -> str:
        if not self.unlike:
            return ""
        return ngettext(
            "Left out: {n} contact of somebody who had not ordered before, since nothing tells who is similar.",
            "Left out: {n} contacts of people who had not ordered before, since nothing tells who is similar.",
            self.unlike,
        ).format(n=language.number(self.unlike))

    def plot(self) -> go.Figure:
        """Shares who bought, asked and similar, per channel; or how far apart they are in what is known."""
        return pictures_credit.balance(self) if self.look == "balance" else pictures_credit.compared(self)

    def findings(self) -> list[Finding]:
        """The difference; it rests on nothing else setting them apart."""
        if not self.enough:
            return [Finding(CHAPTER, self._few, enough=SMALL)]
        action = _(
            "To know what contact brings, offer it to half of the visitors, by chance, for four weeks, and compare the orders "
            "of both halves."
        )
        assumed = (_("nothing that is not known set them apart"),)
        benchmark = "chat-convert-7-5"
        return [Finding(CHAPTER, self._answer, self.difference, benchmark, action, None, assumed)]


def _points(difference: float, decimals: int = 0) -> str:
    """A difference of shares in points."""
    if not decimals:
        return Estimate(difference, difference, difference, 0, "points").say()
    return _("{points} points").format(points=language.number(difference * 100, decimals))


def _caution() -> str:
    return _("A difference is no cause.")
