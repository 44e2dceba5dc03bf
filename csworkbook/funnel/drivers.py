"""Which visitors drop out more often at a step?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.funnel import asked, odds, pictures_compare, terms, traits
from csworkbook.funnel.advice import advice
from csworkbook.funnel.biggest import chosen_place
from csworkbook.funnel.compared import unfinished
from csworkbook.funnel.gaps import OTHER
from csworkbook.funnel.terms import said
from csworkbook.funnel.wording import CHAPTER, not_over
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

_TOLD = 3
_DRAWN = 12


@question(mark("What goes with dropping out?"), labels=terms.labels, choices=terms.choices)
def drivers(
    events,
    steps: Sequence | None = None,
    products: pd.DataFrame | None = None,
    *,
    step: str | None = None,
    within: str | None = "7D",
    zone: str = "Europe/Amsterdam",
) -> Drivers:
    """Which values of which columns go with dropping out before a step. That is not its cause.

    Looked at is what was seen of a visitor up to the moment he reached the step before: the columns of
    the events (the last known value), category of the product looked at, first page, whether he
    searched, day of the week and part of the day. Each value is set against all other visitors: odds
    ratio, Fisher's exact test corrected for all looks (Holm), and the same with the other columns held
    equal by logistic regression where there are ten drop-outs per coefficient. The customer's id is not
    looked at: shops often know it only because somebody paid.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The steps (see `engine.steps_of`); those that visitors usually take when None.
    products : DataFrame, optional
        Tells the category of the product looked at last.
    step : str, optional
        The step before which visitors drop out; where most can be won when None.
    within : str, optional
        The window of the funnel; visitors whose window is not over are left out.

    Returns
    -------
    Drivers
        table, the clearest first: column, group (value), entered, dropped, share (dropped out), low, high,
        rest (share of all others), odds, odds_low, odds_high, adjusted, adjusted_low, adjusted_high
        (others held equal; empty where too few), p (Holm), verdict.

    Raises
    ------
    DataError
        When there are fewer than two steps.
    SettingError
        When the step or the window is not one of those possible.
    """
    chosen = asked.the_steps(events, steps)
    names = asked.names_of(chosen)
    window = asked.length(within)
    place, followed = chosen_place(events, chosen, step, window)
    seen = traits.seen(
        events, chosen, place, followed, within=window, zone=zone, products=products, given=steps
    )
    table = _table(seen)
    return Drivers(table, names[place - 1], names[place - 2], seen, window)


def _table(seen: traits.Seen) -> pd.DataFrame:
    """The odds ratios, crude and with the others held equal, the clearest first."""
    table = odds.of_values(seen.frame, seen.columns)
    table["p"] = estimates.adjust(table["p"])
    table = table.merge(odds.held_equal(seen.frame, seen.columns), on=["column", "group"], how="left")
    table["verdict"] = np.where(table["p"] < 1 - estimates.LEVEL, "yes", "cannot tell yet")
    far = np.maximum(np.log(table["odds_low"].clip(1e-9)), -np.log(table["odds_high"].clip(1e-9, 1e9)))
    order = table.assign(sure=table["verdict"] == "yes", far=far).sort_values(
        ["sure", "far"], ascending=False, kind="stable"
    )
    return order[_COLUMNS].reset_index(drop=True)


_COLUMNS = [
    "column", "group", "entered", "dropped", "share", "low", "high", "rest", "odds", "odds_low", "odds_high",
    "adjusted", "adjusted_low", "adjusted_high", "p", "verdict",
]  # fmt: skip


@dataclass(frozen=True)
class Drivers(Result):
    """What goes with dropping out before `step`; `seen` is what was known of each visitor."""

    step: str = ""
    before: str = ""
    seen: traits.Seen | None = None
    within: pd.Timedelta | None = None
    spare: ClassVar[tuple[str, ...]] = ("dropped", "p")
    vocabulary: ClassVar[Vocabulary] = terms.VOCABULARY

    @cached_property
    def whole(self) -> Estimate:
        """The share of all that dropped out."""
        frame = self.seen.frame
        return estimates.share(int(frame["dropped"].sum()), len(frame))

    @cached_property
    def sure(self) -> pd.DataFrame:
        """The values with which surely more drop out, the clearest first; "the others" together are none."""
        more = (self.table["verdict"] == "yes") & (self.table["odds"] > 1) & (self.table["group"] != OTHER)
        return self.table[more]

    @property
    def text(self) -> str:
        """With which values most drop out, whether that stays with the others held equal, and that it is no cause."""
        lost = int(self.seen.frame["dropped"].sum())
        if min(lost, len(self.seen.frame) - lost) < SMALL:
            return " ".join(filter(None, (self._few(lost), not_over(self.seen.left_out))))
        where = _("Of {n} visitors who came to {before}, {share} did not go on to {step}.").format(
            n=language.number(self.whole.n),
            before=said(self.before),
            step=said(self.step),
            share=self.whole.say(),
        )
        left = not_over(self.seen.left_out)
        if self.sure.empty:
            none = _(
                "Nothing of what was seen of visitors surely goes with dropping out before {step}."
            ).format(step=said(self.step))
            return " ".join(filter(None, (none, where, left)))
        return " ".join(filter(None, (self._top, self._also, where, left, _caution())))

    def _few(self, lost: int) -> str:
        return _(
            "Too few visitors to tell: {lost} dropped out before {step} and {went} went on; at least {least} of either are "
            "needed."
        ).format(
            lost=language.number(lost),
            step=said(self.step),
            went=language.number(len(self.seen.frame) - lost),
            least=SMALL,
        )

    @property
    def _top(self) -> str:
        row = self.sure.iloc[0]
        return _(
            "Dropping out before {step} goes most with {what}: {share} do, against {rest} of all others (odds {odds} times as "
            "high; {low} to {high})."
        ).format(
            step=said(self.step),
            what=_named(row),
            share=language.percent(row["share"]),
            rest=language.percent(row["rest"]),
            odds=language.number(row["odds"], 1),
            low=language.number(row["odds_low"], 1),
            high=language.number(row["odds_high"], 1),
        )

    @property
    def _also(self) -> str:
        """Whether it stays with the others held equal, and what else there is."""
        row = self.sure.iloc[0]
        parts = []
        if row["adjusted"] == row["adjusted"]:
            stays = (
                _("With the other columns held equal that stays ({odds}; {low} to {high}).")
                if row["adjusted_low"] > 1
                else _("With the other columns held equal that is no longer sure ({odds}; {low} to {high}).")
            )
            limits = {"odds": "adjusted", "low": "adjusted_low", "high": "adjusted_high"}
            parts.append(stays.format(**{key: language.number(row[name], 1) for key, name in limits.items()}))
        others = [_named(one) for _i, one in self.sure.iloc[1:_TOLD].iterrows()]
        if others:
            parts.append(_("Also: {list}.").format(list=language.join(others)))
        return " ".join(parts)

    @property
    def method(self) -> str:
        """What was looked at, the test, the correction, what was left out."""
        looked = [said(column) for column in self.seen.columns]
        parts = [
            _(
                "Seen up to the moment of the step before: {columns}. Each value of at least {least} visitors against all "
                "others: odds ratio with 95% interval, Fisher's exact test, p corrected for {n} looks (Holm)."
            ).format(columns=language.join(looked) or "–", least=SMALL, n=len(self.table)),
            _("Others held equal: logistic regression; a value against the mean of its column's others, only with at least {n} "
              "drop-outs per coefficient.").format(n=odds.ENOUGH),
        ]  # fmt: skip
        if self.seen.crowded:
            parts.append(
                _("Too many values, so left out: {columns}.").format(
                    columns=language.join(list(self.seen.crowded))
                )
            )
        return " ".join([*parts, unfinished(self.seen.left_out, self.within), _caution()])

    def plot(self) -> go.Figure:
        """The odds ratios with their intervals, the clearest first."""
        return pictures_compare.odds(self.table.head(_DRAWN))

    def findings(self) -> list[Finding]:
        """The clearest value with which more drop out."""
        if self.sure.empty:
            return []
        row = self.sure.iloc[0]
        others = self.whole.n - row["entered"]
        apart = estimates.difference(row["dropped"], row["entered"], round(row["rest"] * others), others)
        headline = _("Dropping out before {step} goes with {what}.").format(
            step=said(self.step), what=_named(row)
        )
        estimate = Estimate(apart.value, apart.low, apart.high, apart.n, "points", row["p"])
        assumed = (_("what goes together need not be the cause"),)
        return [Finding(CHAPTER, headline, estimate, action=advice(self.step), assumptions=assumed)]


def _named(row: pd.Series) -> str:
    """A column and its value, in words."""
    return _("{column} “{value}”").format(column=said(row["column"]).lower(), value=said(row["group"]))


def _caution() -> str:
    return _("This is what goes together, not its cause: these visitors may also differ in other ways.")
