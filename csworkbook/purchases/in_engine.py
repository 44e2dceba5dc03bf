"""What did every customer buy, of a table of any size, counted where it is?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.purchases.asked import check_margin, limits
from csworkbook.purchases.in_memory import COLUMNS, shaped
from csworkbook.repeats import duration

if TYPE_CHECKING:
    import ibis

_DAY = 86_400  # seconds
_MICROS = 1_000_000
_GRID = "30min"  # clocks change at whole or half hours


def in_engine(
    orders: ibis.Table, since, until, unit: str, margin: float | None, zone: str, free: bool
) -> tuple[pd.DataFrame, int, dict[str, int]]:
    """One row per customer, the last day (whole days since 1970), and how many orders do not count."""
    days = duration(unit).days
    check_margin(margin)
    rows, end = expression(orders, margin, zone)
    first, last = limits(since, until, zone, end)
    found = per_customer(rows, first, last, free).to_pandas().sort_values("customer_id")
    raw = found.set_axis(pd.Index(found["customer_id"], dtype="str", name="customer_id"))
    return shaped(raw, last, days), last, left_out(rows, free)


def expression(orders: pd.DataFrame | ibis.Table, margin: float | None, zone: str) -> tuple[ibis.Table, int]:
    """Every order with its customer, day and money, and the last day of all."""
    import ibis

    table = engine.table(orders, "orders", COLUMNS)
    first, last = _ends(table)
    shifts = _shifts(first, last, zone)
    table = table.mutate(revenue=finite(table.revenue), refunded=finite(table.refunded).fill_null(0.0))
    rows = table.select(
        customer_id=table.customer_id,
        day=_day(table.ordered_at, shifts),
        spent=table.revenue - table.refunded,
        margin=ibis.null("float64") if margin is None else _earned(table, margin),
        nothing=(table.revenue == 0) & (table.refunded == 0),
    )
    return rows, (last + shifts[-1][1]) // _DAY


def _ends(table: ibis.Table) -> tuple[int, int]:
    """The first and last second of the orders; 0 where no order has a time."""
    ends = table.aggregate(first=table.ordered_at.min(), last=table.ordered_at.max()).to_pandas().iloc[0]
    if ends.isna().any():
        return 0, 0
    first, last = (pd.to_datetime(end, utc=True).timestamp() for end in ends)
    return int(first // 1), int(last // 1)


def _day(at: ibis.Value, shifts: list[tuple[int, int]]) -> ibis.Value:
    """Whole days since 1970 by a clock that is ahead of UTC as `shifts` says."""
    import ibis

    if not _is_duckdb(at):
        second = engine.second(at)
        return ((second + _shift(second, shifts)) / _DAY).floor().cast("int64")

    @ibis.udf.scalar.builtin(name="epoch_us")
    def micros(at) -> int:
        """DuckDB's own; a difference of moments with a zone goes through a calendar there, which takes three times as long."""

    ahead = [(since * _MICROS, by * _MICROS) for since, by in shifts]
    return ((micros(at) + _shift(micros(at), ahead)) / (_DAY * _MICROS)).floor().cast("int64")


def _at_the_least(value: ibis.Value, by: ibis.Value) -> ibis.Value:
    """`value` where `by` is least; Ibis sorts for it in DuckDB, which has a function that need not."""
    import ibis

    if not _is_duckdb(by):
        return value.argmin(by)

    @ibis.udf.agg.builtin(name="arg_min")
    def at_the_least(value: float, by: int) -> float:
        """DuckDB's own."""

    return at_the_least(value, by)


def _is_duckdb(value: ibis.Value) -> bool:
    return value.get_backend().name == "duckdb"


def finite(value: ibis.Value) -> ibis.Value:
    """A number, null where it is none or without end: engines take NaN to be above everything."""
    return (value.isnan() | value.isinf()).ifelse(None, value)


def _shifts(first: int, last: int, zone: str) -> list[tuple[int, int]]:
    """From which second on, in order of time, a zone's clock is how many seconds ahead of UTC."""
    ends = pd.to_datetime([first, last], unit="s", utc=True)
    moments = pd.date_range(ends[0].floor("D"), ends[1].ceil("D"), freq=_GRID)
    ahead = (
        (moments.tz_convert(zone).tz_localize(None) - moments.tz_localize(None)).total_seconds().to_numpy()
    )
    begins = np.flatnonzero(np.append(True, ahead[1:] != ahead[:-1]))
    return [(int(moments[at].timestamp()), int(ahead[at])) for at in begins]


def _shift(second: ibis.Value, shifts: list[tuple[int, int]]) -> ibis.Value | int:
    import ibis

    if len(shifts) == 1:
        return shifts[0][1]
    later = [(second >= since, ahead) for since, ahead in shifts[:0:-1]]
    return ibis.cases(*later, else_=shifts[0][1])


def _earned(table: ibis.Table, margin: float) -> ibis.Value:
    """`order_value.margins` as an expression."""
    import ibis

    own, revenue, back = finite(table.margin), table.revenue, table.refunded
    left = ibis.cases((back <= 0, 1.0), (revenue <= 0, 1.0), (back >= revenue, 0.0), else_=1 - back / revenue)
    return own.fill_null(revenue * margin) * left


def counts(rows: ibis.Table, free: bool) -> ibis.Value:
    """Which rows are purchases."""
    return rows.customer_id.notnull() & rows.day.notnull() & _paid(rows, free)


def _paid(rows: ibis.Table, free: bool) -> ibis.Value:
    paid = rows.spent > 0
    return (paid | rows.nothing if free else paid).fill_null(False)


def left_out(rows: ibis.Table, free: bool = False) -> dict[str, int]:
    """How many orders have no customer, no time, or were not paid for."""
    known, timed = rows.customer_id.notnull(), rows.day.notnull()
    counts = rows.aggregate(
        no_customer=(~known).sum(),
        no_time=(known & ~timed).sum(),
        nothing_paid=(known & timed & ~_paid(rows, free)).sum(),
    )
    return {name: int(n) for name, n in counts.to_pandas().fillna(0).iloc[0].items()}


def per_customer(rows: ibis.Table, first: int | None, last: int, free: bool) -> ibis.Table:
    """What a customer bought, as counts, days and money; first a row per customer and day."""
    kept = rows.filter(counts(rows, free), rows.day <= last)
    kept = kept if first is None else kept.filter(kept.day >= first)
    daily = kept.group_by("customer_id", "day").aggregate(
        n=kept.count(), spent=kept.spent.sum(), margin=kept.margin.sum()
    )
    return daily.group_by("customer_id").aggregate(
        x=daily.count() - 1,
        first_day=daily.day.min(),
        last_day=daily.day.max(),
        orders=daily.n.sum(),
        spent=daily.spent.sum(),
        margin=daily.margin.sum(),
        at_first=_at_the_least(daily.spent, daily.day),
    )
