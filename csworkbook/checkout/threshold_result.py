"""What is said of thresholds for free shipping: which earns most, who tops up, what the answer hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import evidence, language
from csworkbook.checkout import costs_words, pictures_shipping
from csworkbook.checkout.baskets import LEAST_DAYS, Baskets, Present
from csworkbook.checkout.profit import NEVER, Curve, Terms
from csworkbook.checkout.response import Response
from csworkbook.estimates import SMALL, Estimate, needed, rough
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import ngettext
from csworkbook.results import Result, Vocabulary

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHAPTER = "08_checkout"
_VAGUE = 0.1  # a threshold known to within less than this part of it is told as one amount
_MANY = 0.05  # more exceptions than this share of the orders need a reason


def reference(now: Present) -> float:
    """The threshold the others are compared with: the present one, or never free where none is known."""
    return now.value if now.known else 0.0 if now.kind == "all free" else NEVER


@dataclass(frozen=True)
class Threshold(Result):
    """Thresholds for free shipping and what each would bring."""

    baskets: Baskets | None = None
    present: Present | None = None
    response: Response | None = None
    terms: Terms | None = None
    curve: Curve | None = None
    mean: float = np.nan
    away_needed: float = np.nan
    currency: str = "EUR"
    vocabulary: ClassVar[Vocabulary] = Vocabulary(
        heads=costs_words.heads,
        words=costs_words.words,
        kinds={
            **dict.fromkeys(("threshold", "per_order", "low", "high"), "cents"),
            **dict.fromkeys(("free", "topped"), "share"),
            **dict.fromkeys(("year", "year_low", "year_high"), "money"),
        },
        wordy=("rule",),
    )

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The table by rule."""
        return self.table.set_index("rule")

    @property
    def median(self) -> float:
        """The basket that half of the orders stay below."""
        return float(np.median(self.baskets.value))

    @property
    def few(self) -> bool:
        """Whether there are too few orders to compare anything."""
        return len(self.baskets) < SMALL

    def amount(self, value: float) -> str:
        """An amount as people write it: cents only where there are some."""
        whole = not np.isfinite(value) or round(value, 2) == round(value)
        return language.money(value, self.currency, 0 if whole else 2)

    def named(self, at: float) -> str:
        """A threshold as people say it in a range."""
        if at == NEVER:
            return _("never free")
        return _("always free") if at == 0 else self.amount(at)

    @property
    def text(self) -> str:
        """Which threshold earns most; where it is now; who tops up; what the answer hangs on."""
        if self.few:
            return " ".join((self._too_few, self._now))
        return " ".join(filter(None, (self._answer, self._now, self._topped, self._hangs)))

    @property
    def _too_few(self) -> str:
        return ngettext(
            "{n} order is too few to tell which threshold is best; about {enough} would do.",
            "{n} orders are too few to tell which threshold is best; about {enough} would do.",
            len(self.baskets),
        ).format(n=language.number(len(self.baskets)), enough=language.number(needed(0.1)))

    @cached_property
    def gain(self) -> Estimate:
        """What the best threshold brings beside the present one: money a year, or per order where no year is told."""
        row, n = self.rows.loc["best"], len(self.baskets)
        told = row["year"] == row["year"]
        value, low, high = row[["year", "year_low", "year_high"] if told else ["per_order", "low", "high"]]
        return Estimate(value, low, high, n, "money", None, self.currency)

    @property
    def _more(self) -> str:
        """The gain in words."""
        row = self.rows.loc["best"]
        if row["year"] == row["year"]:
            said = _("{value} a year ({low} to {high})")
            digits = 3 if rough(self.gain.low) == rough(self.gain.high) else 2
            shown = [language.money(rough(value, digits), self.currency) for value in _ends(self.gain)]
        else:
            said = _("{value} per order ({low} to {high})")
            shown = [language.money(value, self.currency, 2) for value in _ends(self.gain)]
        return said.format(**dict(zip(("value", "low", "high"), shown, strict=True)))

    @property
    def reference(self) -> float:
        """The threshold the others are compared with: the present one, or never free where none is known."""
        return reference(self.present)

    @property
    def beside(self) -> str:
        """What the best threshold is compared with, in words."""
        return self.named(self.reference)

    @property
    def _answer(self) -> str:
        best, (low, high) = float(self.curve.thresholds[self.curve.best]), self.curve.best_ends
        if self.gain.value == 0 or not self.gain.low > 0:
            said = _(
                "No other threshold surely earns more than {now}: under what is assumed here the best one lies between "
                "{low} and {high}."
            )
            same = _("Under what is assumed here no threshold earns more than {now}.")
            return (same if low == high else said).format(
                now=self.beside, low=self.named(low), high=self.named(high)
            )
        if best == NEVER:
            said = _(
                "Under what is assumed here, asking everybody to pay earns most: {more} more than {now}."
            )
        elif best == 0:
            said = _("Under what is assumed here, shipping free for all earns most: {more} more than {now}.")
        else:
            said = _(
                "Under what is assumed here, free shipping from {best} earns most: {more} more than {now}."
            )
        return said.format(best=self.named(best), more=self._more, now=self.beside)

    @property
    def _now(self) -> str:
        now, shown = self.present, self._shown
        if now.kind == "read" and now.high - now.low > _VAGUE * now.value:
            return _(
                "Now it is free from some amount above {low} and at most {high}; the mean basket is {mean}, half of the orders "
                "stay below {median}."
            ).format(**shown)
        said = {
            "read": _(
                "Now it is free from {now}; the mean basket is {mean}, but half of the orders stay below {median}."
            ),
            "typed": _(
                "With {now} as it is now: the mean basket is {mean}, but half of the orders stay below {median}."
            ),
            "all free": _(
                "Now nobody pays for shipping; the mean basket is {mean}, half of the orders stay below {median}."
            ),
            "nobody free": _(
                "Now everybody pays for shipping; the mean basket is {mean}, half of the orders stay below {median}."
            ),
            "cannot tell": _(
                "Some orders were sent free, but from which amount cannot be told; the mean basket is {mean}, half of the "
                "orders stay below {median}."
            ),
            "not there": _(
                "Your orders do not say who paid for shipping; the mean basket is {mean}, half of the orders stay below "
                "{median}."
            ),
        }
        return said[now.kind].format(**shown)

    @property
    def _shown(self) -> dict[str, str]:
        return {
            "now": self.amount(self.present.value),
            "mean": language.money(self.mean, self.currency),
            "median": language.money(self.median, self.currency),
            "low": self.amount(self.present.low),
            "high": self.amount(self.present.high),
            "reach": self.amount(self.response.reach),
        }

    @property
    def _topped(self) -> str:
        seen, own = (
            self.response.measured,
            self.terms.fee / self.terms.margin if self.terms.margin else np.inf,
        )
        pays = (
            _("One that is made up pays for its own shipping when {own} or more is added.").format(
                own=language.money(own, self.currency)
            )
            if np.isfinite(own)
            else ""
        )
        if seen is None:
            return pays
        said = (
            _("Of baskets that lacked up to {reach}, {share} ({low} to {high}) were made up.")
            if seen.low > 0
            else _(
                "Whether baskets that lacked up to {reach} were made up cannot be told: {share} ({low} to {high})."
            )
        )
        ends = {name: language.percent(max(v, 0.0)) for name, v in (("low", seen.low), ("high", seen.high))}
        shown = said.format(reach=self._shown["reach"], share=language.percent(max(seen.value, 0.0)), **ends)
        return f"{shown} {pays}".strip()

    @property
    def _hangs(self) -> str:
        if not self.present.known:
            return ""
        if self.away_needed != self.away_needed:
            return _("However many stay away rather than pay, never free earns more than {now}.").format(
                **self._shown
            )
        if self.away_needed == 0:
            return _("{now} earns more than never free, even when nobody stays away rather than pay.").format(
                **self._shown
            )
        return _(
            "{now} earns more than never free only if {away} or more of those who would have to pay stay away."
        ).format(away=language.percent(self.away_needed), **self._shown)

    @property
    def method(self) -> str:
        """How the threshold was read, what is reckoned, what is assumed, and the handbook's caveats."""
        said = [self._read, self._reckoned, self._response, self._assumed_away, self._left, self._years]
        ids = ("free-shipping-above-10", "no-free-shipping-61", "unexpected-costs-56")
        caveats = [f"{entry.claim} {entry.caveat}" for entry in map(evidence.get, ids)]
        return " ".join(filter(None, [*said, _("Handbook:"), *caveats]))

    @property
    def _read(self) -> str:
        if self.present.kind != "read":
            return ""
        many = self.present.wrong > _MANY * (self.present.free + self.present.paid)
        doubt = _("So many exceptions come from a threshold that changed, or differs by country or product.")
        said = _(
            "The present threshold lies above {low} and at most at {high}: the cut that best parts {free} orders sent free "
            "from {paid} that paid; {wrong} are exceptions. The basket is counted {way}."
        ).format(
            free=language.number(self.present.free),
            paid=language.number(self.present.paid),
            wrong=language.number(self.present.wrong),
            way=costs_words.ways()[self.baskets.source],
            low=self._shown["low"],
            high=self._shown["high"],
        )
        return f"{said} {doubt}" if many else said

    @property
    def _reckoned(self) -> str:
        return _(
            "Result = margin of the orders + shipping paid ({fee} where it is) − {cost} per parcel; what is added to a "
            "basket has a margin of {margin}. Break-even: the lowest threshold at which what is added, and who does not "
            "stay away, pays for the shipping given away, beside never free. Ranges: the middle 95% of {draws} draws "
            "(orders resampled)."
        ).format(
            fee=language.money(self.terms.fee, self.currency, 2),
            cost=language.money(self.terms.cost, self.currency, 2),
            margin=language.percent(self.terms.margin),
            draws=language.number(len(self.curve.draws)),
        )

    @property
    def _response(self) -> str:
        said = {
            "measured": _("Made up: {share} of the baskets that lack at most {reach}, from your data."),
            "typed": _("Made up: {share} of the baskets that lack at most {reach}, as you set it."),
            "assumed": _(
                "Made up: {share} of the baskets that lack at most {reach}; that is assumed, your data cannot tell."
            ),
        }[self.response.source]
        said = said.format(share=costs_words.between(*self.response.ends), reach=self._shown["reach"])
        falls = _("The probability falls in a straight line to none at that distance.")
        how = costs_words.how()[self.response.how] if self.response.source == "measured" else ""
        return " ".join(filter(None, (said, falls, how)))

    @property
    def _assumed_away(self) -> str:
        low, high = sorted(self.terms.away)
        if high == 0:
            return _("Assumed: nobody stays away because shipping must be paid.")
        return _(
            "Assumed: {share} of those who would have to pay stay away, whatever is in the basket; orders cannot show "
            "that. A trial can: half of the visitors, by chance, see the other threshold."
        ).format(share=costs_words.between(low, high))

    @property
    def _left(self) -> str:
        large = int((self.baskets.value > self.curve.top).sum())
        parts = []
        if self.baskets.without:
            parts.append(
                ngettext(
                    "Left out: {n} order without a value.",
                    "Left out: {n} orders without a value.",
                    self.baskets.without,
                ).format(n=language.number(self.baskets.without))
            )
        if large:
            parts.append(
                ngettext(
                    "{n} order of more than {top} plays no part in the comparison.",
                    "{n} orders of more than {top} play no part in the comparison.",
                    large,
                ).format(
                    n=language.number(large), top=language.money(np.floor(self.curve.top), self.currency)
                )
            )
        if self.present.unknown and self.present.kind != "not there":
            parts.append(
                ngettext(
                    "Of {n} order it is not known whether shipping was paid.",
                    "Of {n} orders it is not known whether shipping was paid.",
                    self.present.unknown,
                ).format(n=language.number(self.present.unknown))
            )
        return " ".join(parts)

    @property
    def _years(self) -> str:
        if self.baskets.a_year == self.baskets.a_year:
            return _("A year is {n} orders.").format(n=language.number(self.baskets.a_year))
        return _("Your orders span less than {days} days, so nothing is said of a year.").format(
            days=LEAST_DAYS
        )

    def plot(self) -> go.Figure:
        """The baskets, the thresholds, and what each brings beside the present one."""
        return pictures_shipping.thresholds(self)

    def findings(self) -> list[Finding]:
        """Which threshold to try; resting on assumptions, never sure."""
        if self.few:
            return [Finding(CHAPTER, self._too_few, enough=needed(0.1))]
        better = self.gain.low > 0
        action = (
            _(
                "Try {best} beside {now}: half of the visitors, by chance, for at least four weeks, and compare the result "
                "per visitor."
            ).format(best=self.named(float(self.curve.thresholds[self.curve.best])), now=self.beside)
            if better
            else _("Leave it as it is until a trial shows how many stay away because they have to pay.")
        )
        return [
            Finding(
                CHAPTER, self._answer, self.gain, "free-shipping-above-10", action, None, self._assumptions
            )
        ]

    @property
    def _assumptions(self) -> tuple[str, ...]:
        return (
            _("of baskets that lack at most {reach}, {share} are made up").format(
                reach=self._shown["reach"], share=costs_words.between(*self.response.ends)
            ),
            _("{share} of those who would have to pay stay away").format(
                share=costs_words.between(*sorted(self.terms.away))
            ),
            _("a parcel costs {cost}").format(cost=language.money(self.terms.cost, self.currency, 2)),
        )


def _ends(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high
