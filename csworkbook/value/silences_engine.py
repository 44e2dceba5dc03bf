"""After which purchases did a customer not come back in time, of a table of any size? The rules of `silences`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkbook.engine import held
from csworkbook.purchases import nothing_bought
from csworkbook.value.silences import Rhythm, Silences, finished, reckoned

if TYPE_CHECKING:
    import ibis

_EPOCH = "1970-01-01"


def in_engine(
    paid: ibis.Table, left_out: dict[str, int], until: int, days: int | None, times: float
) -> Silences:
    """`silences` of the rows that are purchases."""
    import ibis

    daily = paid.select("customer_id", "day").distinct()
    along = ibis.window(group_by="customer_id", order_by="day")
    daily = daily.mutate(next=daily.day.lead().over(along), which=ibis.row_number().over(along))
    daily = daily.mutate(gap=daily.next - daily.day)
    daily = daily.mutate(log=ibis.greatest(daily.gap, 1).cast("float64").ln())
    with held(daily) as rows:
        if not rows.count().to_pandas():
            raise nothing_bought(left_out)
        rhythm = None if days is not None else _engine_rhythm(rows)
        return _engine_counts(rows, until, left_out, days, times, rhythm)


def _engine_rhythm(rows: ibis.Table) -> Rhythm:
    gaps = rows.filter(rows.gap.notnull())
    each = gaps.group_by("customer_id").aggregate(
        n=gaps.count(), total=gaps.log.sum(), squares=(gaps.log * gaps.log).sum()
    )
    told = each.aggregate(
        gaps=each.n.sum(),
        customers=each.count(),
        total=each.total.sum(),
        between=(each.total * each.total / each.n).sum(),
        squares=each.squares.sum(),
        n2=(each.n * each.n).sum(),
    )
    found = told.to_pandas().fillna(0).iloc[0]
    return reckoned(
        int(found["gaps"]), int(found["customers"]), *found[["total", "between", "squares", "n2"]]
    )


def _engine_counts(
    rows: ibis.Table,
    until: int,
    left_out: dict[str, int],
    days: int | None,
    times: float,
    rhythm: Rhythm | None,
) -> Silences:
    import ibis

    if rhythm is None:
        within = ibis.literal(float(days))
    else:
        so_far = ibis.window(group_by="customer_id", order_by="day", preceding=None, following=0)
        known = (rows.log.sum().over(so_far) - rows.log).fill_null(rows.log.sum().over(so_far)).fill_null(0.0)
        prior, typical = float(min(rhythm.weight, 1e9)), float(np.nan_to_num(np.log(rhythm.days), nan=99.0))
        within = times * ((known + prior * typical) / (rows.which + prior)).exp()
    rows = rows.mutate(within=within, month=_engine_month(rows.day), then=_engine_month(rows.next))
    rows = rows.filter(rows.next.isnull() | (rows.then > rows.month))
    over = rows.day + rows.within <= until
    lost = over & (rows.next.isnull() | (rows.gap > rows.within))
    told = rows.select(
        "customer_id", "month", place=ibis.least(rows.which, 2), n=over.cast("int64"), lost=lost.cast("int64")
    )
    by = told.group_by("month", "place").aggregate(n=told.n.sum(), lost=told.lost.sum(), rows=told.count())
    by = by.to_pandas().sort_values(["month", "place"], ignore_index=True).astype("int64")
    months = finished(by, until, days)
    counts = by[by["month"].isin(months)].drop(columns="rows").reset_index(drop=True)
    spread = _engine_spread(told.filter(told.month.isin(months or [-1]), told.n > 0))
    return Silences(counts, spread, int(by["rows"].sum() - counts["n"].sum()), rhythm, until, left_out)


def _engine_month(day: ibis.Value) -> ibis.Value:
    import ibis

    date = ibis.date(_EPOCH) + day.as_interval("D")
    return (date.year() - 1970) * 12 + date.month() - 1


def _engine_spread(told: ibis.Table) -> pd.DataFrame:
    each = told.group_by("customer_id", "place").aggregate(n=told.n.sum(), lost=told.lost.sum())
    whole = each.group_by("customer_id").aggregate(n=each.n.sum(), lost=each.lost.sum()).mutate(place=-1)
    parts = [
        part.group_by("place").aggregate(
            lost2=(part.lost * part.lost).sum(), both=(part.lost * part.n).sum(), n2=(part.n * part.n).sum()
        )
        for part in (each, whole)
    ]
    found = pd.concat([part.to_pandas() for part in parts])
    return found.set_index("place").astype(float)
