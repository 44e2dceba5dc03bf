"""Whose events are counted together, in an engine: a visitor's, a session's, or a customer's?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.engine import moment
from csworkbook.events.asked import Asked, micros
from csworkbook.events.reading import read
from csworkbook.events.steps import known

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from csworkbook.events.reading import Events


def sessions(events: Events, gap: str | pd.Timedelta = "30min") -> ibis.Table:
    """The events with a session on each; a new one begins after more than `gap` without any event.

    Where the events name their sessions already, those are kept; events without one get their own
    (``gap 1``, ``gap 2`` …). A session id is text and differs only within a visitor.

    Parameters
    ----------
    events : DataFrame, ibis.Table, str or Path
        See `read`.
    gap : str or Timedelta
        The silence that ends a session.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2026-03-02 10:00", "2026-03-02 10:30", "2026-03-02 11:01"])
    >>> visits = sessions(pd.DataFrame({"visitor_id": "v", "at": at, "step": "cart"}))
    >>> visits.order_by("at").session_id.to_list()
    ['1', '1', '2']
    """
    table = read(events).drop("moment")
    found = _in_sessions(table.filter(present(table.visitor_id), table.at.notnull()), micros(gap))
    return found.mutate(moment=moment(found.at))


@dataclass(frozen=True, eq=False)
class Owned:
    """Events and whose they are.

    Parameters
    ----------
    table : ibis.Table
        The events; as they came where possible, because engines work out twice, or write to memory whole,
        what two parts of a question share.
    keys : dict
        The columns that together say whose an event is: name → column of `table`.
    since, until : int, optional
        Events outside do not count (microseconds since 1970 UTC).
    """

    table: ibis.Table
    keys: dict[str, str]
    since: int | None
    until: int | None

    def inside(self) -> list[ibis.BooleanValue]:
        """The conditions that an event lies where events count."""
        at = moment(self.table.at)
        found = [at >= self.since] if self.since is not None else []
        return found + ([at < self.until] if self.until is not None else [])

    def there(self) -> list[ibis.BooleanValue]:
        """The conditions that an event has a visitor and a moment."""
        return [present(self.table.visitor_id), self.table.at.notnull()]

    def rows(self, *conditions: ibis.BooleanValue, **columns: ibis.Value) -> ibis.Table:
        """The events that meet the conditions and lie where events count: keys, `moment` and these columns.

        Whether an event has a visitor and a moment is not looked at: a condition more on every row is
        dear, and where keys are compared it can be looked at later, once per unit.
        """
        table, limits = self.table, [*self.inside(), *conditions]
        rows = table.filter(limits) if limits else table
        keys = {name: table[column].cast("string") for name, column in self.keys.items()}
        return rows.select(**keys, moment=moment(table.at), **columns)


def owned(table: ibis.Table, asked: Asked) -> Owned:
    """The events by visitor, session or customer.

    Parameters
    ----------
    table : ibis.Table
        See `csworkbook.events.read`.
    """
    limits = (asked.since, asked.until)
    if asked.per == "visitor":
        return Owned(table, {"unit": "visitor_id"}, *limits)
    needed = {column for step in (*asked.steps, *asked.exclude) for column in step.where}
    needed |= {"visitor_id", "at", "session_id", "customer_id", *([asked.by] if asked.by else [])}
    table = table.filter(present(table.visitor_id), table.at.notnull())
    table = table.select([column for column in table.columns if column in needed])
    if asked.per == "session":
        return Owned(
            _in_sessions(table, asked.gap), {"unit": "visitor_id", "session_id": "session_id"}, *limits
        )
    return Owned(_of_customers(table), {"unit": "unit"}, *limits)


def present(key: ibis.Value) -> ibis.BooleanValue:
    """Whether a key says anything; looks for spaces only where it does not begin with a letter or the like."""
    key = key if key.type().is_string() else key.cast("string")
    return (key >= "!").ifelse(True, key.strip() != "")


def text(table: ibis.Table, column: str) -> ibis.StringValue:
    """A column as text, null where there is nothing but space.

    Raises
    ------
    DataError
        Which columns there are, when this is not one of them.
    """
    import ibis

    value = known(table, column).cast("string")
    return present(value).ifelse(value, ibis.null("string"))


def _in_sessions(table: ibis.Table, gap: int) -> ibis.Table:
    import ibis

    if "session_id" not in table.columns:
        return _silences(table, gap, "")
    named = table.filter(present(table.session_id))
    named = named.mutate(session_id=named.session_id.cast("string"))
    own = _silences(table.filter(~present(table.session_id).fill_null(False)).drop("session_id"), gap, "gap ")
    return ibis.union(named, own.select(named.columns))


def _silences(table: ibis.Table, gap: int, word: str) -> ibis.Table:
    """The table with the number of its silence-made session: one more after each silence above `gap`."""
    import ibis

    frame = {"group_by": "visitor_id", "order_by": "moment"}
    table = table.mutate(moment=moment(table.at))
    table = table.mutate(silent=table.moment - table.moment.lag().over(ibis.window(**frame)))
    new = (table.silent > gap).ifelse(1, 0)
    number = new.sum().over(ibis.range_window(**frame, preceding=None, following=0)) + 1
    return table.mutate(session_id=word + number.cast("string")).drop("silent", "moment")


def _of_customers(table: ibis.Table) -> ibis.Table:
    """Each event of a visitor who is known: to whom named on it, else last before it, else first after."""
    import ibis

    none = ibis.null("string")
    table = table.mutate(own=text(table, "customer_id"), moment=moment(table.at))
    per_visitor = ibis.window(group_by="visitor_id")
    so_far = ibis.range_window(group_by="visitor_id", order_by="moment", preceding=None, following=0)
    named = table.own.notnull()
    table = table.mutate(
        island=named.ifelse(1, 0).sum().over(so_far),  # begins with every moment at which one is named
        named_first=table.moment.min(where=named).over(per_visitor),
    )
    on_island = ibis.window(group_by=["visitor_id", "island"])
    table = table.mutate(start=table.moment.min().over(on_island))
    at_start = (table.moment == table.start).ifelse(table.own, none)
    at_first = (table.moment == table.named_first).ifelse(table.own, none)
    table = table.mutate(before=at_start.min().over(on_island), after=at_first.min().over(per_visitor))
    table = table.mutate(unit=ibis.coalesce(table.own, table.before, table.after))
    table = table.drop("own", "island", "named_first", "start", "before", "after", "moment")
    return table.filter(table.unit.notnull())
