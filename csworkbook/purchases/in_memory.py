"""What did every customer buy, of a frame in memory?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from csworkbook import engine
from csworkbook.order_value import margins
from csworkbook.purchases.asked import check_margin, day_of, limits
from csworkbook.repeats import duration
from csworkbook.tables import require

COLUMNS = ("customer_id", "ordered_at", "revenue", "margin", "refunded")
_MONEY = ("revenue", "margin", "refunded")


def in_memory(
    orders: pd.DataFrame, since, until, unit: str, margin: float | None, zone: str, free: bool
) -> tuple[pd.DataFrame, int, dict[str, int]]:
    """One row per customer, the last day (whole days since 1970), and how many orders do not count."""
    days = duration(unit).days
    check_margin(margin)
    paid = paid_frame(orders, margin, zone, free)
    left_out = paid.attrs["left_out"]
    first, last = limits(since, until, zone, paid.attrs["until"])
    here = paid["day"].to_numpy() <= last
    if first is not None:
        here &= paid["day"].to_numpy() >= first
    return _summary(paid[here], last, days), last, left_out


def paid_frame(orders: pd.DataFrame, margin: float | None, zone: str, free: bool) -> pd.DataFrame:
    """The orders that are purchases, one row each, on the index they had."""
    require(orders, "orders")
    read = _readable(orders)
    customer = _customers(read["customer_id"])
    day = _days(read["ordered_at"], zone)
    timed = ~np.isnan(day)
    revenue, refunded = _money(read, "revenue"), np.nan_to_num(_money(read, "refunded"))
    spent = revenue - refunded
    paid = (spent > 0) | (free & (revenue == 0) & (refunded == 0))
    known = (customer.codes >= 0).copy()
    counts = known & timed & paid
    found = pd.DataFrame(
        {
            "customer_id": customer[counts],
            "day": day[counts].astype("int64"),
            "spent": spent[counts],
            "margin": np.nan if margin is None else margins(read, margin)[counts],
        },
        index=orders.index[counts],
    )
    found.attrs["left_out"] = {
        "no_customer": int((~known).sum()),
        "no_time": int((known & ~timed).sum()),
        "nothing_paid": int((known & timed & ~paid).sum()),
    }
    found.attrs["until"] = int(np.nanmax(day)) if timed.any() else 0
    return found


def _readable(orders: pd.DataFrame) -> pd.DataFrame:
    """The columns that are looked at; amounts in text are read as every engine reads them, endless ones not."""
    read = orders[[name for name in COLUMNS if name in orders]]
    odd = [name for name in _MONEY if name in read and read[name].dtype.kind not in "iufb"]
    if odd:
        numbers = engine.table(read.assign(order_id=""), "orders", odd).to_pandas()
        read = read.assign(**{name: numbers[name].to_numpy(float) for name in odd})
    endless = [name for name in _MONEY if name in read and np.isinf(_money(read, name)).any()]
    if not endless:
        return read
    return read.assign(**{name: told(_money(read, name)) for name in endless})


def told(amount: np.ndarray) -> np.ndarray:
    """Amounts, NaN where one is not told or without end.

    >>> told(np.array([1.0, np.inf])).tolist()
    [1.0, nan]
    """
    return np.where(np.isfinite(amount), amount, np.nan)


def _money(frame: pd.DataFrame, column: str) -> np.ndarray:
    if column not in frame:
        return np.full(len(frame), np.nan)
    return frame[column].to_numpy(float, na_value=np.nan)


def _customers(column: pd.Series) -> pd.Categorical:
    """The customer of every row, as a category in order of the alphabet; none where empty or blank."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        code, values = column.cat.codes.to_numpy().astype("int64"), column.cat.categories
    else:
        code, values = pd.factorize(column)
    if isinstance(values.dtype, pd.StringDtype):
        values = np.asarray(values, dtype=object)  # one by one they come out of Arrow slowly
    keys = np.array([engine.as_key(value) for value in values], dtype=object)
    place, names = pd.factorize(keys, sort=True)
    return pd.Categorical.from_codes(
        np.append(place, -1)[code], categories=pd.Index(names, dtype="str"), ordered=True
    )


def _days(at: pd.Series, zone: str) -> np.ndarray:
    """Whole days since 1970 by the clock of a zone; NaN without a time."""
    at = engine.times(at, "orders")
    at = at.dt.tz_localize("UTC") if at.dt.tz is None else at
    clock = at.dt.tz_convert(zone).dt.tz_localize(None).to_numpy("datetime64[us]")
    missing = np.isnat(clock)
    return np.where(missing, np.nan, clock.astype("datetime64[D]").astype("int64").astype(float))


def _summary(paid: pd.DataFrame, last: int, unit: int) -> pd.DataFrame:
    """One row per customer. Rows are put in one order first, so that sums never depend on how they came."""
    if paid.empty:
        return pd.DataFrame()
    code, day = paid["customer_id"].cat.codes.to_numpy(), paid["day"].to_numpy()
    spent, margin = paid["spent"].to_numpy(), paid["margin"].to_numpy()
    order = np.lexsort((margin, spent, day, code))
    code, day, spent, margin = code[order], day[order], spent[order], margin[order]
    new = np.append(True, code[1:] != code[:-1])
    new_day = new | np.append(True, day[1:] != day[:-1])
    start, visit = np.flatnonzero(new), np.flatnonzero(new_day)
    first_visit = np.flatnonzero(new[visit])  # among the days, where each customer's begin
    days = np.diff(np.append(first_visit, len(visit)))
    raw = {
        "x": days - 1,
        "first_day": day[start],
        "last_day": day[np.append(start[1:], len(day)) - 1],
        "orders": np.diff(np.append(start, len(code))),
        "spent": np.add.reduceat(spent, start),
        "margin": np.add.reduceat(margin, start),
        "at_first": np.add.reduceat(spent, visit)[first_visit],
    }
    names = paid["customer_id"].cat.categories[code[start]]
    return shaped(pd.DataFrame(raw, index=pd.Index(names, name="customer_id")), last, unit)


def shaped(raw: pd.DataFrame, last: int, unit: int) -> pd.DataFrame:
    """The columns of `purchases`, of x, first_day, last_day, orders, spent, margin and at_first."""
    x, begun, latest, spent = (raw[name].to_numpy() for name in ("x", "first_day", "last_day", "spent"))
    repeated = spent - raw["at_first"].to_numpy()
    return pd.DataFrame(
        {
            "x": x.astype("int64"),
            "t_x": (latest - begun) / unit,
            "T": (last - begun) / unit,
            "first_at": day_of(begun),
            "last_at": day_of(latest),
            "orders": raw["orders"].to_numpy("int64"),
            "spent": spent,
            "margin": raw["margin"].to_numpy(float, na_value=np.nan),
            "mean": spent / (x + 1),
            "repeat_mean": np.divide(repeated, x, out=np.zeros(len(x)), where=x > 0),
        },
        index=raw.index,
    )
