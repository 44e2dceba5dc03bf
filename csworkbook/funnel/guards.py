"""Is there something in the log that makes a funnel say what is not so?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook.estimates import Estimate
from csworkbook.findings import Finding
from csworkbook.funnel.wording import CHAPTER, said
from csworkbook.language import gettext as _
from csworkbook.language import join, ngettext

if TYPE_CHECKING:
    from csworkbook.events import Health
    from csworkbook.events.proposed import FirstOrder
    from csworkbook.funnel.query import Question

_EXPECTED = 20  # events a silent time should have held, before silence is taken for missing tracking
_DAY = pd.Timedelta("1D")
_TIED = 0.05  # of those who did two steps: both in one instant, so that it matters
_NAMED = 8  # names listed in a sentence


@dataclass(frozen=True)
class Note:
    """One odd thing in a log.

    Attributes
    ----------
    kind : str
        ``"never"``, ``"backwards"``, ``"late"``, ``"stopped"``, ``"skipped"``, ``"tied"``, ``"bots"`` or
        ``"duplicates"``.
    text : str
        What it is and what to do, in the language spoken when it was made.
    grave : bool
        Whether the funnel is wrong until it is mended; such a note is said with the answer.
    share : Estimate or None
        How much of it there is, where that makes a finding.
    """

    kind: str
    text: str
    grave: bool = False
    share: Estimate | None = None
    action: str = ""

    def finding(self) -> Finding:
        """The same as a finding."""
        return Finding(CHAPTER, self.text, self.share, None, self.action)


def notes(query: Question) -> list[Note]:
    """Everything odd in the log as far as these steps are concerned, the gravest first."""
    health = query.health
    limits = (query.since, query.until)
    found = [*_never(health, query), *_late(query.daily, *limits)]
    found += [*_bots(health), *_duplicates(health)]
    if len(query.steps) > 1:
        order = query.first_order
        found += [*_backwards(order, query), *_skipped(order, query), *_tied(order, query)]
    return sorted(found, key=lambda note: not note.grave)


def about_log(health: Health, days: pd.DataFrame) -> list[Note]:
    """Everything odd in a log whatever the steps, the gravest first; `days` has events per day and name."""
    return [*_late(days), *_bots(health), *_duplicates(health)]


def _never(health: Health, query: Question) -> list[Note]:
    """Steps that do not occur at all, and what does."""
    if not health.never:
        return []
    occurring = [said(name) for name in health.names[:_NAMED]]
    lacking = join([f"“{said(name)}”" for name in health.never])
    text = ngettext("The step {names} does not occur in your log.", "The steps {names} do not occur in your log.",
                    len(health.never)).format(names=lacking)  # fmt: skip
    if occurring:
        text += " " + _("What does occur: {names}.").format(names=join(occurring))
    return [Note("never", text, grave=True)]


def _late(
    days: pd.DataFrame, since: pd.Timestamp | None = None, until: pd.Timestamp | None = None
) -> list[Note]:
    """Steps that were not recorded at the beginning or the end of the log, though the others were.

    A step is silent when there should have been twenty events or more, by what share of all events it
    makes up at other times. `days` has one row per day (UTC), one column per step.
    """
    days = days[slice(since, until)]
    counts, made = days.to_numpy(), []
    for step, mine in zip(days.columns, counts.T, strict=True):
        seen = np.flatnonzero(mine)
        if not len(seen):
            continue
        rest, first, last = counts.sum(axis=1) - mine, seen[0], seen[-1]
        share = mine.sum() / max(rest[first : last + 1].sum(), 1)
        if rest[:first].sum() * share >= _EXPECTED:
            made.append(_started(step, days.index[first]))
        if rest[last + 1 :].sum() * share >= _EXPECTED:
            made.append(_ended(step, days.index[last]))
    return made


def _started(step: str, day: pd.Timestamp) -> Note:
    text = _(
        "“{step}” is recorded only since {day}: before that nobody could reach it. Let the funnel begin on {since}."
    ).format(step=said(step), day=language.day(day), since=language.day(day + _DAY))
    return Note("late", text, grave=True)


def _ended(step: str, day: pd.Timestamp) -> Note:
    text = _(
        "“{step}” is not recorded any more after {day}. Let the funnel end there, or mend the measuring."
    ).format(step=said(step), day=language.day(day))
    return Note("stopped", text, grave=True)


def _backwards(order: FirstOrder, query: Question) -> list[Note]:
    """Two steps that visitors usually do the other way round, and the order that fits."""
    if query.order == "any":
        return []
    pairs = [(k, order.before[k + 1, k], order.before[k, k + 1]) for k in range(len(order.steps) - 1)]
    wrong = [(k, estimates.share(other, other + this)) for k, other, this in pairs if other + this]
    wrong = [(k, share) for k, share in wrong if share.low > 0.5]
    if not wrong:
        return []
    k, share = max(wrong, key=lambda one: one[1].low)
    fits = [said(query.names[place]) for place in order.fitting()]
    text = _(
        "The steps seem to stand backwards: {share} of those who did both came to “{later}” before “{earlier}”. "
        "The order that fits: {order}."
    ).format(
        share=language.percent(share.value),
        later=said(query.names[k + 1]),
        earlier=said(query.names[k]),
        order=" → ".join(fits),
    )
    return [Note("backwards", text, True, share, _("Put the steps in that order and measure again."))]


def _skipped(order: FirstOrder, query: Question) -> list[Note]:
    """A step that fewer visitors did than the next one: a rate above 100 % if steps were just counted."""
    made = []
    for k in range(len(order.steps) - 1):
        here, after = int(order.visitors[k]), int(order.visitors[k + 1])
        if after > here > 0:
            text = _(
                "“{after}” was done by more visitors ({more}) than “{step}” before it ({less}), so not everybody passes it, or "
                "it is not always recorded. Only those who did both, in this order, count."
            ).format(
                after=said(query.names[k + 1]),
                step=said(query.names[k]),
                more=language.number(after),
                less=language.number(here),
            )
            made.append(Note("skipped", text))
    return made


def _tied(order: FirstOrder, query: Question) -> list[Note]:
    """Steps of one instant, of which it cannot be told which came first."""
    if query.ties == "allow" or query.order == "any":
        return []
    places = np.arange(len(order.steps) - 1)
    same = order.same[places, places + 1]
    both = same + order.before[places, places + 1] + order.before[places + 1, places]
    k = int(np.argmax(same / np.maximum(both, 1)))
    if both[k] == 0 or same[k] < _TIED * both[k]:
        return []
    share = estimates.share(int(same[k]), int(both[k]))
    text = _(
        "{share} of those who did “{step}” and “{after}” did both in one instant, which does not count as one after the "
        "other: the times in this log seem to be rounded. Choose to count pages of one instant."
    ).format(share=language.percent(share.value), step=said(query.names[k]), after=said(query.names[k + 1]))
    return [Note("tied", text, grave=share.low > _TIED)]


def _bots(health: Health) -> list[Note]:
    n = health.bots
    if not n:
        return []
    text = ngettext(
        "{n} visitor has {events} events, more than a person makes; you can leave such visitors out.",
        "{n} visitors have {events} events together, more than people make; you can leave such visitors out.",
        n,
    ).format(n=language.number(n), events=language.number(health.bot_events))
    return [Note("bots", text)]


def _duplicates(health: Health) -> list[Note]:
    n = health.duplicates
    if not n:
        return []
    text = ngettext(
        "{n} event stands in the log twice; that does not change who reaches a step.",
        "{n} events stand in the log more than once; that does not change who reaches a step.",
        n,
    ).format(n=language.number(n))
    return [Note("duplicates", text)]
