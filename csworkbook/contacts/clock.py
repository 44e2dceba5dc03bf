"""Day, hour and open minutes of a moment, counted in an engine without its own ideas of time zones.

A zone's clock is ahead of UTC by so many seconds from a moment on; that list is short, so a local day and
hour are sums. Open minutes come from a small table: how many have passed at the start of every stretch of
time in which the shop is either open or closed throughout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import ibis

    from csworkbook.hours import Calendar

MICROS = 1_000_000
DAY = 86_400  # seconds
_GRID = "15min"  # clocks change at whole quarters of an hour
_HOUR = 3600
_LONGEST = 80 * 365 * DAY  # seconds: a table of opening hours is not made for longer
_FIRST, _LAST = -2_208_988_800, 7_258_118_400  # 1900 and 2200: no clock is looked up outside them


def micros(at: ibis.TimestampValue) -> ibis.IntegerValue:
    """Whole microseconds since 1970 UTC, as `engine.moment`.

    DuckDB has a function of its own for it: a difference of moments with a zone goes through a calendar
    there, which takes three times as long.
    """
    import ibis

    from csworkbook import engine

    if at.get_backend().name != "duckdb":
        return engine.moment(at)

    @ibis.udf.scalar.builtin(name="epoch_us")
    def since_1970(at) -> int:
        """DuckDB's own."""

    return since_1970(at)


def second_of(micro: ibis.IntegerValue) -> ibis.IntegerValue:
    """Whole seconds since 1970, rounded down."""
    return (micro / MICROS).floor().cast("int64")


def shifts(first: int, last: int, zone: str) -> list[tuple[int, int]]:
    """From which second on, in order of time, a zone's clock is how many seconds ahead of UTC.

    Parameters
    ----------
    first, last : int
        Seconds since 1970 between which it is asked.

    >>> shifts(1_774_000_000, 1_775_000_000, "Europe/Amsterdam")
    [(1773964800, 3600), (1774746000, 7200)]
    """
    first, last = (min(max(end, _FIRST), _LAST) for end in (first, last))
    ends = pd.to_datetime([first, last], unit="s", utc=True)
    moments = pd.date_range(ends[0].floor("D"), ends[1].ceil("D"), freq=_GRID, unit="s")
    local = moments.tz_convert(zone).tz_localize(None)
    ahead = (local - moments.tz_localize(None)).total_seconds().to_numpy()
    begins = np.flatnonzero(np.append(True, ahead[1:] != ahead[:-1]))
    return [(int(moments[at].timestamp()), int(ahead[at])) for at in begins]


def local(second: ibis.IntegerValue, ahead: list[tuple[int, int]]) -> ibis.IntegerValue:
    """Seconds since 1970 on the wall clock that is ahead of UTC as `shifts` says."""
    import ibis

    if len(ahead) == 1:
        return second + ahead[0][1]
    later = [(second >= since, by) for since, by in ahead[:0:-1]]
    return second + ibis.cases(*later, else_=ahead[0][1])


def on_the_wall(table: ibis.Table, ahead: list[tuple[int, int]]) -> dict[str, ibis.Value]:
    """day, week, month (dates), weekday (0 Monday), hour and half_hour of the column `second`."""
    wall = local(table.second, ahead)
    number = (wall / DAY).floor().cast("int64")
    weekday = (number + 3) % 7  # 1970 began on a Thursday; negative before it, which cannot be
    weekday = (weekday + 7) % 7
    passed = wall - number * DAY
    day = _date(number)
    return {
        "day": day,
        "week": _date(number - weekday),
        "month": day.truncate("M").cast("date"),
        "weekday": weekday.cast("int64"),
        "hour": (passed / _HOUR).floor().cast("int64"),
        "half_hour": (passed / (_HOUR // 2)).floor().cast("int64"),
    }


def _date(number: ibis.IntegerValue) -> ibis.DateValue:
    """The date so many days after 1970 began."""
    import ibis

    return (ibis.date("1970-01-01") + number.as_interval("D")).cast("date")


# ---------------------------------------------------------------- opening hours
def stretches(calendar: Calendar, first: int, last: int) -> tuple[pd.DataFrame, int]:
    """The time between two moments in stretches as long as all openings and closings allow.

    Parameters
    ----------
    first, last : int
        Seconds since 1970.

    Returns
    -------
    DataFrame, int
        stretch (the number since 1970), passed (open minutes before it), pace (1 where open, else 0);
        and how many seconds a stretch lasts.

    >>> from datetime import date
    >>> from csworkbook.hours import calendar
    >>> day = date(2026, 1, 5)  # a Monday
    >>> nine = calendar({"monday": "09:00-10:30"}, zone="UTC", country="", first=day, last=day)
    >>> found, width = stretches(nine, 1_767_603_600, 1_767_610_800)  # 9:00 to 11:00
    >>> width, found["pace"].tolist(), found["passed"].diff().fillna(0).tolist()
    (5400, [1.0, 0.0], [0.0, 90.0])
    """
    last = min(last, first + _LONGEST)
    wide = calendar.covering(np.array([first, last], float) * MICROS)
    edges = wide.spans.to_numpy("datetime64[s]").astype(np.int64).ravel()
    width = int(np.gcd.reduce(edges)) if len(edges) else _HOUR
    number = np.arange(first // width, last // width + 2)
    moments = pd.to_datetime(number * width, unit="s", utc=True)
    passed = wide.minutes(moments[0], moments)
    pace = np.diff(passed) / (width / 60)
    found = pd.DataFrame({"stretch": number[:-1], "passed": passed[:-1], "pace": pace.round(6)})
    return found, width


def opened_up_to(table: ibis.Table, moments: dict[str, str], grid: pd.DataFrame, width: int) -> ibis.Table:
    """The table with the open minutes that have passed at each moment.

    Parameters
    ----------
    moments : dict
        Column of whole microseconds → name of the new column; null where the moment is null or lies
        outside the stretches of `grid`.
    """
    import ibis

    for column, name in moments.items():
        looked_up = ibis.memtable(grid).rename(
            {f"{name}_in": "stretch", f"{name}_before": "passed", f"{name}_pace": "pace"}
        )
        at = table.mutate(**{f"{name}_at": (table[column] / (width * MICROS)).floor().cast("int64")})
        both = at.left_join(looked_up, at[f"{name}_at"] == looked_up[f"{name}_in"])
        into = (both[column] - both[f"{name}_at"] * (width * MICROS)) / (60.0 * MICROS)
        both = both.mutate(**{name: both[f"{name}_before"] + into * both[f"{name}_pace"]})
        table = both.drop(*(f"{name}_{part}" for part in ("at", "in", "before", "pace")))
    return table


def height(moment: int, grid: pd.DataFrame, width: int) -> float:
    """The open minutes that have passed at one moment (microseconds); at most those up to the end of `grid`."""
    row = grid.iloc[min(moment // (width * MICROS) - int(grid["stretch"].iloc[0]), len(grid) - 1)]
    into = min(moment - row["stretch"] * width * MICROS, width * MICROS) / (60 * MICROS)
    return float(row["passed"] + into * row["pace"])
