"""Can these events be counted at all, and what looks odd in them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkbook.engine import moment
from csworkbook.events.reading import source
from csworkbook.events.steps import Step, steps_of
from csworkbook.events.units import present, text

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from csworkbook.events.reading import Events

BOT = 1000  # events of one visitor from which no person is behind them
_MOST = 5000  # names of steps that are listed


@dataclass(frozen=True, eq=False)
class Health:
    """What is in a table of events.

    Parameters
    ----------
    rows, visitors : int
        Rows read, and visitors in them.
    duplicates : int
        Rows that say what another row says: same visitor, moment, step and product.
    bots, bot_events : int
        Visitors with a thousand events or more, and their events.
    seen : DataFrame
        Per step: step, events, visitors, first_at, last_at (UTC). Without asking for steps: the names in
        the column ``step``, the most frequent first.
    never : tuple of str
        Names of steps that were asked for and do not occur.
    names : tuple of str
        Names that do occur in the column ``step``, the most frequent first.
    since, until : Timestamp or None
        First and last moment in the data, UTC.
    """

    rows: int
    visitors: int
    duplicates: int
    bots: int
    bot_events: int
    seen: pd.DataFrame
    never: tuple[str, ...]
    names: tuple[str, ...]
    since: pd.Timestamp | None
    until: pd.Timestamp | None


def health(events: Events, steps: Sequence | None = None) -> Health:
    """What is in a table of events, and what looks odd in it.

    Remembered for a pandas frame as long as that is not changed.

    Parameters
    ----------
    events : DataFrame, ibis.Table, str or Path
        See `read`.
    steps : sequence, optional
        The funnel's steps, see `steps_of`.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2026-03-02 10:00", "2026-03-02 10:00"], utc=True)
    >>> found = health(pd.DataFrame({"visitor_id": "a", "at": at, "step": "cart"}), ["cart", "paid"])
    >>> found.duplicates, found.never
    (1, ('paid',))
    """
    import pandas as pd

    wanted = None if steps is None else steps_of(steps)
    if not isinstance(events, pd.DataFrame):
        return _looked(events, wanted)
    from csworkbook.events.frames import prepared

    notes = prepared(events).notes
    if ("health", wanted) not in notes:
        notes["health", wanted] = _looked(events, wanted)
    return notes["health", wanted]


def _looked(events: Events, steps: tuple[Step, ...] | None) -> Health:
    table = source(events)
    names = _seen_names(table)
    seen = names if steps is None else _seen_steps(table, steps)
    visitors, bots, bot_events = _visitors(table)
    rows, since, until = _span(table)
    never = tuple(seen.loc[seen["events"] == 0, "step"])
    return Health(
        rows, visitors, _duplicates(table), bots, bot_events, seen, never, tuple(names["step"]), since, until
    )


def _span(table: ibis.Table) -> tuple[int, pd.Timestamp | None, pd.Timestamp | None]:
    at = moment(table.at)
    count, first, last = _row(table.aggregate(rows=table.count(), first=at.min(), last=at.max()))
    return count, _stamp(first), _stamp(last)


def _visitors(table: ibis.Table) -> tuple[int, int, int]:
    rows = table.filter(present(table.visitor_id))
    each = rows.group_by("visitor_id").agg(events=rows.count())
    many = each.events >= BOT
    found = each.aggregate(
        visitors=each.count(), bots=many.ifelse(1, 0).sum(), events=each.events.sum(where=many)
    )
    return tuple(int(value or 0) for value in _row(found))


def _duplicates(table: ibis.Table) -> int:
    keys = {"visitor": table.visitor_id, "at": table.at, "step": table["step"]}
    if "product_id" in table.columns:
        keys["product"] = table.product_id
    rows = table.filter(present(table.visitor_id), table.at.notnull()).select(**keys)
    each = rows.group_by(list(keys)).agg(rows=rows.count())
    return int((each.rows - 1).sum().to_pyarrow().as_py() or 0)


def _seen_names(table: ibis.Table) -> pd.DataFrame:
    rows = table.select(step=text(table, "step"), visitor=table.visitor_id, moment=moment(table.at))
    rows = rows.filter(rows["step"].notnull())
    found = rows.group_by("step").agg(**_seen(rows))
    return _shown(found.order_by([found.events.desc(), found["step"]]).limit(_MOST).to_pandas())


def _seen_steps(table: ibis.Table, steps: tuple[Step, ...]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for step in steps:
        fitting = table.filter(step.matches(table))
        fitting = fitting.select(visitor=fitting.visitor_id, moment=moment(fitting.at))
        rows.append((step.name, *_row(fitting.aggregate(**_seen(fitting)))))
    found = pd.DataFrame(rows, columns=["step", "events", "visitors", "first", "last"])
    return _shown(found.astype({"first": "Int64", "last": "Int64"}))


def _seen(rows: ibis.Table) -> dict[str, ibis.Value]:
    return {
        "events": rows.count(), "visitors": rows.visitor.nunique(),
        "first": rows.moment.min(), "last": rows.moment.max(),
    }  # fmt: skip


def _shown(found: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    for old, new in (("first", "first_at"), ("last", "last_at")):
        found[new] = pd.to_datetime(found[old].astype("Int64"), unit="us", utc=True)
    return found.drop(columns=["first", "last"])


def _row(found: ibis.Table) -> tuple:
    return tuple(found.to_pyarrow().to_pylist()[0].values())


def _stamp(micros: int | None) -> pd.Timestamp | None:
    import pandas as pd

    return None if micros is None else pd.Timestamp(micros, unit="us", tz="UTC")
