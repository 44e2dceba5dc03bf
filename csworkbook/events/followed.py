"""How many visitors came how far, and how long did it take them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from csworkbook.errors import SettingError
from csworkbook.events.asked import Asked
from csworkbook.language import gettext as _
from csworkbook.language import join

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from csworkbook.events.facts import Account
    from csworkbook.events.reading import Events
    from csworkbook.events.steps import Step
    from csworkbook.events.tallies import Tally

IN_MEMORY = 3_000_000  # rows of a pandas frame that are counted in this process


@dataclass(frozen=True, eq=False)
class Followed:
    """Everybody who did the first step of a funnel, and how far they came.

    A unit is a visitor, a session or a customer. Each method works its table out when it is asked for;
    the units are worked out once.
    """

    asked: Asked
    _tally: Tally
    _facts: object

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, in order."""
        return self.asked.steps

    @cached_property
    def units(self) -> ibis.Table:
        """One row per unit that did step 1, as an Ibis table.

        Columns: unit, visitor_id (who began the chain), customer_id (null where not known), level
        (1 … K), by (the column's value at the first step of the counted chain), start (UTC, when that
        chain began), minutes_2 … minutes_K (from the beginning of the chain that first completed the
        step to that moment; null where it was not reached), and `by` once more under its own name.
        The counted chain is the one that came furthest, of several the one that was completed first.
        """
        return self._tally.units()

    def frame(self) -> pd.DataFrame:
        """`units` as a pandas frame, with times in UTC."""
        return self._tally.frame()

    def counts(self) -> pd.DataFrame:
        """Units by the furthest step they reached.

        Returns
        -------
        DataFrame
            by (text; missing without a breakdown, or where the value is unknown), level, units. Those who
            reached step k are all with a level of k or more.
        """
        return self._tally.counts()

    def times(self) -> pd.DataFrame:
        """How long the units that reached a step took from the beginning of their chain.

        Returns
        -------
        DataFrame
            by, step (2 … K), seconds (whole, rounded down), units.
        """
        return self._tally.times()

    def begun(self, every: str = "hour") -> pd.DataFrame:
        """Units by the hour in which their counted chain began.

        Parameters
        ----------
        every : str
            hour or day, in UTC; days and weeks of a shop are made of hours in its own zone.

        Returns
        -------
        DataFrame
            hour (or day; its beginning, UTC), by, level, units.

        Raises
        ------
        SettingError
            When `every` is neither.
        """
        from csworkbook.events.tallies import EVERY

        if every not in EVERY:
            raise SettingError(
                _("“{value}” is not one of the choices.").format(value=str(every)[:60]),
                allowed=_("Choices: {choices}.").format(choices=join(list(EVERY))),
                next_step=_("Choose one of these."),
            )
        return self._tally.begun(every)

    @property
    def account(self) -> Account:
        """What became of every row."""
        return self._facts().account

    @property
    def end(self) -> pd.Timestamp | None:
        """The last moment in the data that counts, UTC; None where nothing does."""
        import pandas as pd

        last = self._facts().last
        return None if last is None else pd.Timestamp(last, unit="us", tz="UTC")

    @cached_property
    def unfinished(self) -> int:
        """How many units began less than `within` before the end of the data; 0 without a window."""
        last = self._facts().last
        if last is None or self.asked.within is None:
            return 0
        return self._tally.since(last - self.asked.within)


def follow(
    events: Events,
    steps: Sequence,
    *,
    within: str | pd.Timedelta | None = None,
    per: str = "visitor",
    order: str = "ordered",
    ties: str = "later",
    exclude: object = None,
    since: object = None,
    until: object = None,
    gap: str | pd.Timedelta = "30min",
    by: str | None = None,
) -> Followed:
    """How far everybody came along the steps.

    A unit reaches step k when some chain of steps 1 … k exists whose last step lies within the window
    after its first (`ordered`, the edge included): the best chain over all beginnings counts, as in
    `windowFunnel` of ClickHouse.

    Parameters
    ----------
    events : DataFrame, ibis.Table, str or Path
        See `read`. Frames of up to three million rows are counted in this process, larger ones by DuckDB,
        an Ibis table where it is.
    steps : sequence
        See `steps_of`.
    within : str or Timedelta, optional
        The most time between the first and the last step of a chain, such as ``"7D"``.
    per : str
        ``visitor``; ``session`` (by session_id, else after `gap` of silence); ``customer``: a visitor's
        events belong to the customer named on any of them, of several to the one named on the event, last
        before it, or else first after it; visitors without one are left out.
    order : str
        ``ordered``; ``strict``: no other event of the unit lies between two steps; ``any``: all of the
        steps 1 … k within the window, in whatever order.
    ties : str
        ``later``: a step comes strictly later than the one before; ``allow``: the same moment counts
        too, in the order of the steps, for logs with rounded times. Makes no difference to ``any``.
    exclude : step or sequence of steps, optional
        An event of these strictly between the first and the last event of a chain makes it void.
    since, until : str or Timestamp, optional
        Events before `since`, and from `until` on, do not count; without a zone in UTC.
    gap : str or Timedelta
        The silence that ends a session.
    by : str, optional
        A column, whose value at the first step of the counted chain is kept.

    Returns
    -------
    Followed

    Raises
    ------
    DataError
        When a column is missing.
    SettingError
        When a choice is not one of those there are, or one event could be two steps where events of one
        moment, or in any order, make a chain.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2026-03-02 10:00", "2026-03-02 10:05", "2026-03-02 10:07"], utc=True)
    >>> log = pd.DataFrame({"visitor_id": ["a", "a", "b"], "at": at, "step": ["cart", "paid", "cart"]})
    >>> follow(log, ["cart", "paid"]).counts()[["level", "units"]].values.tolist()
    [[1, 1], [2, 1]]
    """
    import pandas as pd

    asked = Asked.of(steps, within, per, order, ties, exclude, since, until, gap, by)
    if isinstance(events, pd.DataFrame) and len(events) <= IN_MEMORY:
        from csworkbook.events import in_memory as way
    else:
        from csworkbook.events import in_engine as way
    return Followed(asked, *way.followed(events, asked))
