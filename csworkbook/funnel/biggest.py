"""Before which step is most lost that need not be?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csworkbook import events as engine
from csworkbook.estimates import SMALL
from csworkbook.funnel import asked
from csworkbook.funnel.gaps import gaps, reached_by, segment_of

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.events import Followed, Step


def chosen_place(
    events, steps: Sequence[Step], step: str | None, within: pd.Timedelta | None
) -> tuple[int, Followed]:
    """The number (from 2) of the step whose entry is asked about, and the visitors followed through all steps.

    It is the step that was named, or the biggest loss: where reaching the best own segment's rate would
    bring most at the end; where no gap is sure, the step with the lowest rate of those that 30 or more
    visitors came to.
    """
    names = asked.names_of(steps)
    place = asked.place_of(step, names)
    if place is not None:
        return place, engine.follow(events, steps, within=within)
    followed = engine.follow(events, steps, within=within, by=segment_of(events))
    counts = followed.counts()
    first = gaps(counts, names).first()
    if first is not None:
        return int(first["number"]), followed
    reached = reached_by(counts, len(names)).sum()
    known = [
        k for k in range(2, len(names) + 1) if reached[k - 1] >= min(SMALL, reached[1]) and reached[k - 1] > 0
    ]
    return min(known, key=lambda k: reached[k] / reached[k - 1], default=2), followed
