"""Where did visitors who dropped out go, and did they ask customer service?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from csworkbook import estimates, language
from csworkbook.errors import SettingError
from csworkbook.estimates import SMALL, Estimate
from csworkbook.findings import Finding
from csworkbook.funnel import asked, sankey, terms, traits
from csworkbook.funnel.advice import advice
from csworkbook.funnel.asks import Asks, asked_service
from csworkbook.funnel.biggest import chosen_place
from csworkbook.funnel.paths import followed_by
from csworkbook.funnel.terms import said
from csworkbook.funnel.wording import CHAPTER, not_over
from csworkbook.language import gettext as _
from csworkbook.language import mark, ngettext
from csworkbook.results import Result, Vocabulary, question

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from csworkbook.events import Step

DEPTH = 3
LEFT, ELSEWHERE = "left", "elsewhere"
_KEPT = 6  # pages that are kept apart at each place


@question(mark("Where do visitors who drop out go?"), labels=terms.labels, choices=terms.choices)
def next_steps(
    events,
    steps: Sequence | None = None,
    contacts: pd.DataFrame | None = None,
    *,
    step: str | None = None,
    look: str = "1D",
    days: int = 3,
    within: str | None = "7D",
    zone: str = "Europe/Amsterdam",
) -> NextSteps:
    """The pages after the step at which visitors dropped out, and whether they asked customer service.

    A visitor dropped out when he reached the step before and not this one within the window of the
    funnel. Looked at are his next pages up to `look` after he first reached the step before; nothing
    there means that he left the site. Who asked service, `days` before or after that moment, is counted
    among visitors whose customer is known, beside those who went on. Visitors whose time to look is not
    over by the end of the data are left out.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The steps (see `engine.steps_of`); those that visitors usually take when None.
    contacts : DataFrame, optional
        Adds who asked customer service.
    step : str, optional
        The step before which visitors dropped out; where most can be won when None.
    look : str
        How long after the step to look, a pandas duration such as ``"30min"``.
    days : int
        How many days before and after to look for contacts.
    within : str, optional
        The window of the funnel.

    Returns
    -------
    NextSteps
        table, the most frequent first: next_1, next_2, next_3 (pages; "left" where nothing followed,
        "elsewhere" for rare pages), units, share (of those who dropped out), low, high (Wilson).
        `asks` tells who asked service.

    Raises
    ------
    DataError
        When there are fewer than two steps.
    SettingError
        When the step, the window, the time to look or the days cannot be used.

    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b", "z"], "step": ["cart", "help", "cart", "home"],
    ...     "at": pd.to_datetime(["2026-03-02 00", "2026-03-02 01", "2026-03-02 00", "2026-03-30 00"], utc=True)})
    >>> next_steps(log, ["cart", "paid"]).table[["next_1", "units"]].values.tolist()
    [['help', 1], ['left', 1]]
    """
    if not 1 <= days <= 60:
        raise SettingError(
            _("{days} days is no window that can be used here.").format(days=days),
            allowed=_("Between 1 and {most} days.").format(most=60),
        )
    chosen = asked.the_steps(events, steps)
    names = asked.names_of(chosen)
    window, time = asked.length(within), asked.length(look)
    place, followed = chosen_place(events, chosen, step, window)
    visitors, left_out = traits.arrived(events, chosen, place, window, followed)
    end = (asked.span_of(events) or (0, 0))[1]
    over = visitors["moment"] + round(time.total_seconds() * 1e6) <= end
    lost = visitors[visitors["dropped"] & over]
    table = _table(_called(followed_by(events, lost, time, DEPTH), chosen, names))
    left_out += int((visitors["dropped"] & ~over).sum())
    asks = None if contacts is None else asked_service(visitors, contacts, days=days, end=end)
    return NextSteps(table, names[place - 1], names[place - 2], time, window, left_out, asks, len(visitors))


def _called(paths: pd.DataFrame, steps: Sequence[Step], names: Sequence[str]) -> pd.DataFrame:
    """The paths with a page that is a step of this funnel under the name of that step."""
    called: dict[str, str] = {}
    for step, name in zip(steps, names, strict=True):
        words = step.where["step"] if set(step.where) == {"step"} else ()
        called = {**dict.fromkeys(map(str, words), name), **called}
    pages = {one: [called.get(page, page) for page in paths[one]] for one in paths.columns[:-1]}
    return paths.assign(**pages)


def _table(paths: pd.DataFrame) -> pd.DataFrame:
    """The paths with rare pages together and leaving said, each with its share."""
    for column in paths.columns[:-1]:
        sums = paths.groupby(column)["units"].sum().nlargest(_KEPT)
        words = paths[column].where(paths[column].isin(sums.index) | paths[column].isna(), ELSEWHERE)
        paths = paths.assign(**{column: words.astype(object).where(words.notna(), LEFT)})
    table = paths.groupby(list(paths.columns[:-1]), sort=False)["units"].sum().reset_index()
    table = table.sort_values("units", ascending=False, kind="stable", ignore_index=True)
    n = table["units"].sum()
    table["share"] = table["units"] / n if n else pd.Series(dtype=float)
    table["low"], table["high"] = estimates.shares(table["units"], pd.Series(n, index=table.index))
    return table


@dataclass(frozen=True)
class NextSteps(Result):
    """Where those who dropped out before `step` went; `asks` is who asked service, where that is known."""

    step: str = ""
    before: str = ""
    look: pd.Timedelta | None = None
    within: pd.Timedelta | None = None
    left_out: int = 0
    asks: Asks | None = None
    came: int = 0
    vocabulary: ClassVar[Vocabulary] = terms.VOCABULARY

    @cached_property
    def n(self) -> int:
        """How many dropped out and are looked at."""
        return int(self.table["units"].sum())

    @cached_property
    def first(self) -> pd.DataFrame:
        """The next page alone: page, units, share, low, high; the most frequent first."""
        counted = (
            self.table.groupby("next_1", sort=False)["units"]
            .sum()
            .sort_values(ascending=False, kind="stable")
        )
        found = counted.rename_axis("page").reset_index()
        found["share"] = found["units"] / max(self.n, 1)
        found["low"], found["high"] = estimates.shares(found["units"], pd.Series(self.n, index=found.index))
        return found

    @property
    def text(self) -> str:
        """How many left at once, where the others went, whether they asked service more often."""
        if not self.n:
            return _("Nobody is known to have dropped out between {before} and {step}.").format(
                before=said(self.before), step=said(self.step)
            )
        gone = int(self.first.loc[self.first["page"] == LEFT, "units"].sum())
        left = ngettext(
            "Of {n} visitor who came to {before} but not to {step}, {share} left the site: nothing more within {look}.",
            "Of {n} visitors who came to {before} but not to {step}, {share} left the site: nothing more within {look}.",
            self.n,
        ).format(
            n=language.number(self.n),
            before=said(self.before),
            step=said(self.step),
            share=_range(estimates.share(gone, self.n)),
            look=asked.long(self.look),
        )
        asks = "" if self.asks is None else self.asks.text
        return " ".join(filter(None, (left, not_over(self.left_out), self._others, asks)))

    @property
    def _others(self) -> str:
        rest = self.first[self.first["page"] != LEFT].head(3)
        if rest.empty:
            return ""
        named = [
            _("{page} ({share})").format(page=said(row.page), share=language.percent(row.share))
            for row in rest.itertuples()
        ]
        return _("The others went on to {list}.").format(list=language.join(named))

    @property
    def method(self) -> str:
        """Who dropped out, what was looked at, who was left out."""
        parts = [
            _(
                "Dropped out: reached {before} and not {step} in the window. Next: the pages up to {look} after he first "
                "reached it; the {kept} most frequent at each place, the others together. Intervals: Wilson, 95%."
            ).format(before=said(self.before), step=said(self.step), look=asked.long(self.look), kept=_KEPT)
        ]
        if self.within is not None:
            parts.append(_("Window: {within}.").format(within=asked.long(self.within)))
        if self.left_out:
            parts.append(
                ngettext(
                    "Left out: {n} visitor whose window or time to look was not over by the end of the data.",
                    "Left out: {n} visitors whose window or time to look was not over by the end of the data.",
                    self.left_out,
                ).format(n=language.number(self.left_out))
            )
        return " ".join([*parts, *([self.asks.method] if self.asks is not None else [])])

    def plot(self) -> go.Figure:
        """The next pages as bands."""
        return sankey.sankey(self.table, self.before, depth=DEPTH, left=LEFT)

    def findings(self) -> list[Finding]:
        """Where those who drop out go, when many stay on the site; and that they ask service more often."""
        if self.n < SMALL:
            return []
        found = []
        if self.asks is not None and self.asks.surely_more:
            headline = _("Who drops out before {step} asks customer service more often.").format(
                step=said(self.step)
            )
            todo = _("Read these questions and answer them on the page before {step}.").format(
                step=said(self.step)
            )
            alike = _("who dropped out and is known as a customer is like the others who dropped out")
            doing = f"{todo} {advice(self.step)}"
            found.append(Finding(CHAPTER, headline, self.asks.apart, action=doing, assumptions=(alike,)))
        return found


def _range(share: Estimate) -> str:
    """A share with its interval, without n."""
    return _("{share} ({low} to {high})").format(
        share=language.percent(share.value),
        low=language.percent(share.low),
        high=language.percent(share.high),
    )
