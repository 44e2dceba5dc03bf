"""Do buyers leave a cart on one device and pay on another?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from csworkbook import estimates, language
from csworkbook.checkout import cart_pictures, cart_words
from csworkbook.checkout.carts import CHAPTER
from csworkbook.checkout.comeback import buyers
from csworkbook.checkout.devices import with_devices
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.repeats import duration
from csworkbook.results import Result, Vocabulary, question, word

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.events.reading import Events


@question(
    mark("Do buyers switch to another device?"),
    labels=cart_words.switch_labels,
    choices=cart_words.choices,
)
def switching(events: Events, steps: Any = None, *, within: str = "14D") -> Switching:
    """Buyers who had left a cart before: on which device, and on which one did they pay?

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table, with the column device.
    steps : sequence, optional
        The shop's own steps with their roles.
    within : str
        How long before paying a cart left behind still counts, a pandas duration.

    Returns
    -------
    Switching
        table: left_on, paid_on (devices), count (buyers), n (buyers who paid on that device and had left a
        cart before), share (of n), low, high (0–1, Wilson). Of several carts the last one left counts.

    Raises
    ------
    DataError
        When no event is a cart, or none a payment, or the events tell no device.
    """
    window = duration(within)
    found = with_devices(events, steps)
    mine, early = buyers(found, window)
    before = mine[mine["before"]]
    told = before.dropna(subset=["left_on", "paid_device"])
    return Switching(_matrix(told), len(mine), len(before) - len(told), early, window.days)


def _matrix(told: pd.DataFrame) -> pd.DataFrame:
    """One row per pair of devices, pairs nobody made included."""
    counts = pd.crosstab(told["left_on"], told["paid_device"])
    every = sorted(
        {*counts.index, *counts.columns}, key=lambda d: (-int((told["paid_device"] == d).sum()), d)
    )
    counts = counts.reindex(index=every, columns=every, fill_value=0)
    table = counts.rename_axis(index="left_on", columns="paid_on").stack().rename("count").reset_index()
    table["n"] = table.groupby("paid_on")["count"].transform("sum")
    table = table[table["n"] > 0].reset_index(drop=True)
    table["share"] = table["count"] / table["n"]
    table["low"], table["high"] = estimates.shares(table["count"], table["n"])
    return table.astype({"left_on": object, "paid_on": object, "count": int, "n": int})


@dataclass(frozen=True)
class Switching(Result):
    """From which device to which one; `buyers` are all those looked at."""

    buyers: int = 0
    untold: int = 0
    early: int = 0
    days: int = 14
    vocabulary: ClassVar[Vocabulary] = cart_words.SWITCHES

    @cached_property
    def switched(self) -> Estimate:
        """The share that paid on another device than the one the cart was left on."""
        other = self.table["left_on"] != self.table["paid_on"]
        return estimates.share(int(self.table.loc[other, "count"].sum()), int(self.table["count"].sum()))

    def _name(self, device: object) -> str:
        return str(word(device))

    @cached_property
    def most(self) -> pd.Series | None:
        """The most common switch; None where nobody switched."""
        other = self.table[(self.table["left_on"] != self.table["paid_on"]) & (self.table["count"] > 0)]
        return None if other.empty else other.loc[other["count"].idxmax()]

    @property
    def text(self) -> str:
        """How many switched, from where to where, and who cannot be seen."""
        if not self.switched.n:
            return _("No buyer is seen who had left a cart on a known device before.") + " " + self._unseen
        if self.switched.n < SMALL:
            return " ".join([self._too_few, self._seen, self._unseen])
        said = _(
            "Of the buyers who had left a cart before {share} paid on another device ({low} to {high}, n = {n})."
        )
        said = said.format(
            n=language.number(self.switched.n),
            **{name: language.percent(getattr(self.switched, name)) for name in ("low", "high")},
            share=language.percent(self.switched.value),
        )
        return " ".join(filter(None, [said, self._most, self._unseen]))

    @property
    def _too_few(self) -> str:
        return _("Too few buyers who left a cart before are seen to say who switches device.")

    @property
    def _seen(self) -> str:
        """How many of how many, where they are too few for a share, and how many would do."""
        n = self.switched.n
        said = ngettext(
            "Seen is {n} buyer, of whom {count} paid on another device; {enough} would make it reliable to within 5 points.",
            "Seen are {n} buyers, of whom {count} paid on another device; {enough} would make it reliable to within 5 points.",
            n,
        )
        return said.format(
            n=language.number(n),
            count=language.number(round(self.switched.value * n)),
            enough=language.number(estimates.needed()),
        )

    @property
    def _most(self) -> str:
        if self.most is None:
            return ""
        row = self.most
        return _(
            "Most often: cart on {left_on}, paid on {paid_on}: {share} of those who paid there ({low} to {high}, n = {n})."
        ).format(
            left_on=self._name(row["left_on"]),
            paid_on=self._name(row["paid_on"]),
            n=language.number(row["n"]),
            **{name: language.percent(row[name]) for name in ("share", "low", "high")},
        )

    @property
    def _unseen(self) -> str:
        return _("Only who is known on both devices can be seen to switch, so there will be more.")

    @property
    def method(self) -> str:
        """Who is looked at, and who was left out."""
        said = _(
            "Each buyer's first payment with {days} days of data before it, and the last cart left in those days, in another "
            "visit of the same person (a known customer, or else a visitor). Shares are of those who paid on a device and had "
            "left a cart. Intervals: Wilson, 95%. Buyers looked at: {n}."
        ).format(days=language.number(self.days), n=language.number(self.buyers))
        parts = [said]
        if self.early:
            parts.append(
                ngettext(
                    "Left out: {n} buyer too near the beginning of the data.",
                    "Left out: {n} buyers too near the beginning of the data.",
                    self.early,
                ).format(n=language.number(self.early))
            )
        if self.untold:
            parts.append(
                ngettext(
                    "Left out: {n} buyer whose device is not told.",
                    "Left out: {n} buyers whose device is not told.",
                    self.untold,
                ).format(n=language.number(self.untold))
            )
        return " ".join(parts)

    def plot(self) -> go.Figure:
        """A heat map: the device of the cart down, the device of the payment across."""
        return cart_pictures.switches(self)

    def findings(self) -> list[Finding]:
        """How many switch, or that too few buyers are seen."""
        if self.switched.n < SMALL:
            return [Finding(CHAPTER, self._too_few, enough=estimates.needed())]
        headline = _("Of buyers who had left a cart before {share} paid on another device.").format(
            share=language.percent(self.switched.value)
        )
        action = _(
            "Let the cart go along to another device: keep it with the account, and offer to mail it to oneself."
        )
        return [Finding(CHAPTER, headline, self.switched, None, action)]
