"""Did the funnel change, or do two groups of visitors go through it differently?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from csworkbook import estimates, language
from csworkbook import events as engine
from csworkbook.errors import SettingError
from csworkbook.funnel import asked, pairs
from csworkbook.funnel.compared import TOTAL, Compared
from csworkbook.funnel.gaps import OTHER, UNKNOWN, reached_by
from csworkbook.funnel.periods import PERIOD, cut
from csworkbook.funnel.terms import said
from csworkbook.funnel.wording import many
from csworkbook.language import gettext as _
from csworkbook.language import mark
from csworkbook.results import question

ALSO = {
    "session": ("session_id",),
    "customer": ("customer_id",),
}  # columns that tell whose events are counted together
_SEEN = 0.8  # the chance that a real difference is seen, for how many visitors would do


@question(mark("Did the funnel change, or do groups differ?"), labels=pairs.labels, choices=pairs.choices)
def compare(
    events,
    steps: Sequence | None = None,
    *,
    by: str | None = None,
    one: str | None = None,
    other: str | None = None,
    periods: str | None = None,
    since: object = "",
    split: object = "",
    until: object = "",
    within: str | None = "7D",
    per: str = "visitor",
    order: str = "ordered",
    zone: str = "Europe/Amsterdam",
) -> Compared:
    """Two periods, or two groups of visitors, step by step.

    The difference of every step's rate has Newcombe's interval (1998, method 10) and the score test,
    corrected for all rows of the table (Holm). Each period is counted on its own, and who began less
    than `within` before the end of the data is left out on both sides.

    Parameters
    ----------
    events : DataFrame, ibis.Table or path
        The canonical table.
    steps : sequence, optional
        The steps (see `engine.steps_of`); those that visitors usually take when None.
    by : str, optional
        A column: compare its values `one` and `other` (the two largest groups when not given), on the
        days from `since` to `until`. None compares two periods.
    periods : str, optional
        ``"week"`` (the last whole one against the one before), ``"weeks"`` (the last four against the
        four before), ``"month"``, or ``"year"`` (the last four weeks against the same a year ago). Weeks
        are the last whose visitors all had `within`. None compares the time before `split` with the time
        from then on.
    since, split, until : str or date, optional
        Days of the shop's clock, ``"2026-03-29"``; `until` is included. The split is the day in the
        middle when not given.
    within : str, optional
        The window of the funnel, a pandas duration.
    per, order : see `engine.follow`.

    Returns
    -------
    Compared
        table: step (the last row is the whole way), before, one_n, one (share that went on), other_n,
        other, difference (second − first, -1–1), low, high, p (Holm), verdict, needed (visitors of each
        side who would tell a difference of this size).

    Raises
    ------
    DataError
        When there are fewer than two steps, or no such column.
    SettingError
        When a date, a window or a group cannot be used.

    >>> at = pd.to_datetime(["2026-03-02 10:00", "2026-03-02 10:05", "2026-03-02 11:00"], utc=True)
    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b"], "at": at, "step": ["cart", "paid", "cart"],
    ...                     "device": ["desktop", "desktop", "mobile"]})
    >>> compare(log, ["cart", "paid"], by="device", within=None).table[["one", "other"]].iloc[0].tolist()
    [1.0, 0.0]
    """
    chosen = asked.the_steps(events, steps)
    window = asked.length(within)
    if by:
        asked.require_column(events, by)
    span = asked.span_of(events)
    if span is None:
        engine.follow(events, chosen, within=window, per=per, order=order)  # says what cannot be asked
        return _of_nobody(asked.names_of(chosen), by, window, per)
    days, log = pairs.between(span, since, until, zone), pairs.between(span, None, None, zone)
    over = log[1] - (window or pd.Timedelta(0))
    two = None if by else pairs.pair(days, periods, split, zone, over=over, all_days=not (since or until))
    also = [*([by] if by else []), *ALSO.get(per, ())]
    prepared = cut(events, chosen, two.edges if two else days, last=span[1], within=window, also=also)
    followed = engine.follow(prepared.events, chosen, within=window, per=per, order=order, by=by or PERIOD)
    names = asked.names_of(chosen)
    reached = reached_by(followed.counts(), len(names), most=10**6)
    sides = two.places if two else _groups(reached, by, one, other, per)
    table = _table(reached.reindex(sides, fill_value=0), names)
    called = two.said if two else tuple(said(side) for side in sides)
    return Compared(table, by, called, window, prepared.left_out, per)


def _of_nobody(names: list[str], by: str | None, window: pd.Timedelta | None, per: str) -> Compared:
    """The result where the log holds nobody and so no days either."""
    nobody = pd.DataFrame(0, index=["0", "1"], columns=range(1, len(names) + 1))
    return Compared(_table(nobody, names), by, (), window, 0, per)


def _groups(reached: pd.DataFrame, by: str, one: str | None, other: str | None, per: str) -> list[str]:
    """The two groups to compare; the largest that were not named."""
    there = [name for name in reached.index if name not in (UNKNOWN, OTHER)]
    for asked_for in (one, other):
        if asked_for and asked_for not in there:
            raise SettingError(
                _("No {who} that began have “{value}” in {column}.").format(
                    who=many(per), value=asked_for, column=said(by)
                ),
                allowed=_("Possible: {columns}.").format(columns=language.join(there[:20])),
            )
    if one and one == other:
        raise SettingError(_("Choose two different groups: this is “{value}” twice.").format(value=one))
    free = [name for name in there if name not in (one, other)]
    first = one or (free.pop(0) if free else UNKNOWN)
    return [first, other or (free.pop(0) if free else UNKNOWN if first != UNKNOWN else OTHER)]


def _table(reached: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """One row per step, and one for the whole way."""
    k = len(names)
    ways = [(names[n], names[n - 1], n, n + 1) for n in range(1, k)] + (
        [(TOTAL, names[0], 1, k)] if k > 2 else []
    )
    rows = [
        _row(step, before, reached[start].tolist(), reached[end].tolist())
        for step, before, start, end in ways
    ]
    table = pd.DataFrame(rows)
    table["needed"] = [_enough(a, b, len(table)) for a, b in zip(table["one"], table["other"], strict=True)]
    table["p"] = estimates.adjust(table["p"])
    sure = table["p"] < 1 - estimates.LEVEL
    table["verdict"] = np.where(sure, "yes", "cannot tell yet")
    return table


def _row(step: str, before: str, entered: list[int], went: list[int]) -> dict[str, object]:
    apart = estimates.difference(went[1], entered[1], went[0], entered[0])
    shares = [w / n if n else np.nan for w, n in zip(went, entered, strict=True)]
    return {
        "step": step, "before": before, "one_n": entered[0], "one": shares[0], "other_n": entered[1], "other": shares[1],
        "difference": apart.value, "low": apart.low, "high": apart.high, "p": np.nan if apart.p is None else apart.p,
    }  # fmt: skip


def _enough(one: float, other: float, looks: int) -> float:
    """How many on each side would show two such shares to differ, four times in five (Cohen 1988, h)."""
    from scipy.stats import norm
    from statsmodels.stats.proportion import proportion_effectsize

    if not abs(one - other) > 1e-9:
        return np.nan
    certain = norm.ppf(1 - (1 - estimates.LEVEL) / looks / 2) + norm.ppf(_SEEN)
    return float(math.ceil(2 * (certain / proportion_effectsize(one, other)) ** 2))
