"""When was it? Dates and times in any common notation, in the shop's zone.

Day or month first is decided by the whole column. Times with an offset keep their instant; times
without one are the clock of the shop's zone, also in the two hours a year when that clock jumps.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from csworkbook.intake import alike
from csworkbook.intake.values import NOTHING, Parsed, distinct, text_of
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

FIRST, LAST = 1990, 2100
_MONTHS = {
    "januari": "01", "january": "01", "jan": "01", "februari": "02", "february": "02", "feb": "02", "maart": "03",
    "march": "03", "mrt": "03", "mar": "03", "april": "04", "apr": "04", "mei": "05", "may": "05", "juni": "06",
    "june": "06", "jun": "06", "juli": "07", "july": "07", "jul": "07", "augustus": "08", "august": "08", "aug": "08",
    "september": "09", "sept": "09", "sep": "09", "oktober": "10", "october": "10", "okt": "10", "oct": "10",
    "november": "11", "nov": "11", "december": "12", "dec": "12",
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NAMED = re.compile(rf"(?i)\b(\d{{1,2}})(?:e|st|nd|rd|th)?[\s.-]*({_MONTH})\b\.?,?[\s-]*(\d{{4}})")
_NAMED_FIRST = re.compile(rf"(?i)\b({_MONTH})\b\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})")
_OFFSET = (
    r"^(?P<clock>.*:\d\d(?:\.\d+)?(?: [AP]M)?)\s*(?:GMT|UTC)?(?P<offset>Z|GMT|UTC|[+-]\d\d?:?(?:\d\d)?)$"
)
_ZONE_NAME = re.compile(r"\s*\(?\b(?:CET|CEST|MET|MEST|WET|WEST|Europe/\w+)\b\)?$")
_MONTH_NAMED = re.compile(rf"(?i)^(?P<month>{_MONTH})\.?[\s'’/-]*(?P<year>\d{{4}}|\d\d)$")
_YEAR_MONTH = re.compile(r"^(?P<year>\d{4})[-/. ]?(?P<month>0?[1-9]|1[0-2])$")
_MONTH_YEAR = re.compile(r"^(?P<month>0?[1-9]|1[0-2])[-/. ](?P<year>\d{4})$")
_MAY_BE = re.compile(
    rf"(?i)\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|^\D?\d{{8}}(?!\d)|^\s*\d{{5}}[.,]\d+\s*$"
    rf"|^\d{{10}}(?:\d{{3}})?$|\b(?:{_MONTH})\b"
)
_SAYS_UTC = re.compile(r"(?i)(?:^|[\W_])(?:utc|gmt)(?:$|[\W_](?![+-]?\d))|[a-z]UTC$")
_HALVES = re.compile(r"(?i)\s*([ap])\.?m\.?$")
_DAYS = re.compile(
    r"(?i)^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+"
    r"|^(?:ma|di|wo|do|vr|za|zo|maan|dins|woens|donder|vrij|zater|zon)(?:dag)?,?\s+"
)
_HOURS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_YEAR_FIRST = ("%Y-%m-%d", "%Y%m%d")
_DAY_FIRST, _MONTH_FIRST = ("%d-%m-%y", "%d-%m-%Y"), ("%m-%d-%y", "%m-%d-%Y")


def zone_of(header: str, zone: str) -> str:
    """The zone of a column: UTC where its header says so, else the shop's.

    >>> zone_of("Start date (UTC)", "Europe/Amsterdam"), zone_of("Start date", "Europe/Amsterdam")
    ('UTC', 'Europe/Amsterdam')
    """
    return "UTC" if _SAYS_UTC.search(header) else zone


def months(column: pd.Series) -> pd.Series:
    """A column of days or months, with months written as their first day.

    >>> import pandas as pd
    >>> months(pd.Series(["februari 2025", "2025-03", "04/2025", "1-5-2025"])).tolist()
    ['2025-02-01', '2025-03-01', '2025-04-01', '1-5-2025']
    """
    cells = distinct(column)
    if not any(isinstance(cell, str) for cell in cells.cells):
        return column
    return cells.spread([_first_day(text_of(cell)) for cell in cells.cells], "str")


def _first_day(text: str) -> str:
    named = _MONTH_NAMED.match(text)
    if named:
        year = named["year"] if len(named["year"]) == 4 else f"20{named['year']}"
        return f"{year}-{_MONTHS[named['month'].lower()]}-01"
    plain = _YEAR_MONTH.match(text) or _MONTH_YEAR.match(text)
    return f"{plain['year']}-{int(plain['month']):02d}-01" if plain else text


def may_be(cell: object) -> bool:
    """Whether a cell could be a date or time at all: a quick look before a thorough one.

    A bare number of five digits is a day in a spreadsheet only where its header says so: see `Profile.day`.

    >>> may_be("31-12-2024"), may_be("K1234"), may_be("1 maart 2024"), may_be("45123")
    (True, False, True, False)
    """
    if isinstance(cell, (int, float)):
        return cell > 1e8 or not float(cell).is_integer()
    return not isinstance(cell, str) or _MAY_BE.search(cell) is not None


def parse(column: pd.Series, zone: str, decided: str = "") -> Parsed:
    """Times of a column as zoned timestamps.

    Parameters
    ----------
    column : Series
        Text, or cells a spreadsheet or Parquet file has as dates.
    zone : str
        The shop's time zone, for times that name no offset.
    decided : str
        "day" or "month": which comes first; without it the whole column tells.

    >>> import pandas as pd
    >>> parse(pd.Series(["31-03-2024 14:05"]), "Europe/Amsterdam").values[0].isoformat()
    '2024-03-31T14:05:00+02:00'
    """
    import pandas as pd

    if isinstance(column.dtype, pd.DatetimeTZDtype) or str(column.dtype).startswith("datetime64"):
        return _typed(column, zone)
    if isinstance(column.dtype, pd.StringDtype):
        return _from_text(column, zone, decided)
    cells = distinct(column)
    if len(cells.cells) and all(
        isinstance(cell, datetime.datetime) and cell.tzinfo is None for cell in cells.cells
    ):
        clock = pd.Series(pd.to_datetime(pd.Series([*cells.cells, None]))).astype("datetime64[us]")
        return _typed(pd.Series(clock.array.take(cells.codes), index=column.index), zone)
    texts = pd.Series([_readable(cell) for cell in cells.cells], dtype="str").reindex(
        range(len(cells.cells) + 1)
    )
    return _from_text(pd.Series(texts.array.take(cells.codes), index=column.index), zone, decided)


def parse_under(column: pd.Series, header: str, zone: str, decided: str = "") -> Parsed:
    """As `parse`, with the zone that the header of the column names."""
    own = zone_of(header, zone)
    parsed = parse(column, own, decided)
    return parsed if own == zone else replace(parsed, values=parsed.values.dt.tz_convert(zone))


def _typed(column: pd.Series, zone: str) -> Parsed:
    import numpy as np

    local = (
        column.dt.tz_convert(zone).dt.as_unit("us")
        if column.dt.tz is not None
        else _local(column.dt.as_unit("us"), zone)
    )
    possible = _possible(local, zone)
    return Parsed(possible, np.asarray(possible.isna() & local.notna()))


def _possible(local: pd.Series, zone: str) -> pd.Series:
    """Times of years in which shops have customers; others are none."""
    import pandas as pd

    first, end = (pd.Timestamp(year, 1, 1, tz=zone) for year in (FIRST, LAST + 1))
    if not len(local) or (local.min() >= first and local.max() < end):
        return local
    return local.where((local >= first) & (local < end))


def _local(clock: pd.Series, zone: str) -> pd.Series:
    """Clock times as times of this zone: in the hour that comes twice the first is meant, one that is
    skipped moves to the end of the gap."""
    import numpy as np

    return clock.dt.tz_localize(zone, ambiguous=np.ones(len(clock), dtype=bool), nonexistent="shift_forward")


def _from_text(column: pd.Series, zone: str, decided: str) -> Parsed:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = _array(column)
    day, month = alike.clocks(cells)
    offset = np.full(len(cells), np.nan)
    given = ~(np.isnat(day) & np.isnat(month))
    if not given.all():
        rest = ~given
        texts = pc.utf8_trim_whitespace(cells.filter(pa.array(rest)))
        given[rest] = ~np.asarray(pc.fill_null(pc.match_substring_regex(texts, NOTHING), True))
        for target, found in zip((day, month, offset), _any_notation(texts), strict=True):
            target[rest] = found
    first, note, unsure = _first(day, month, cells) if not decided else (decided, "", False)
    clock = day if first == "day" else month
    local = _local(pd.Series(clock, index=column.index), zone)
    told = ~np.isnan(offset)
    if told.any():
        instants = clock - np.where(told, offset, 0).astype("timedelta64[m]")
        fixed = pd.Series(instants, index=column.index).dt.tz_localize("UTC").dt.tz_convert(zone)
        local = local.where(~told, fixed)
    possible = _possible(local, zone)
    return Parsed(possible, given & np.asarray(possible.isna()), note, first, unsure)


def _any_notation(cells: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Clock times and offset as `_clocks`; cells that are none as they stand are made readable first."""
    import numpy as np
    import pandas as pd
    import pyarrow.compute as pc

    day, month, offset = _clocks(cells)
    rest = np.isnat(day) & np.isnat(month) & np.asarray(pc.fill_null(pc.not_equal(cells, ""), False))
    if rest.any():
        some = distinct(pd.Series(cells.to_pandas()[rest].to_numpy(dtype=object)))
        again = _clocks(_array(pd.Series([_readable(cell) for cell in some.cells], dtype="str")))
        for target, found in zip((day, month, offset), again, strict=True):
            target[rest] = found[some.codes]
    return day, month, offset


def _array(column: pd.Series) -> pa.ChunkedArray:
    """Text as Arrow has it, without a copy where pandas keeps it so."""
    import pyarrow as pa

    cells = (
        column.array.__arrow_array__()
        if hasattr(column.array, "__arrow_array__")
        else pa.array(column, from_pandas=True)
    )
    return cells if isinstance(cells, pa.ChunkedArray) else pa.chunked_array([cells])


def _clocks(cells: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Clock times read day first and month first, and the minutes of offset (none: not a number)."""
    import numpy as np
    import pyarrow.compute as pc

    offset = np.full(len(cells), np.nan)
    if not pc.any(pc.match_substring_regex(cells, r"^\s*\d")).as_py():
        never = np.full(len(cells), "NaT", dtype="datetime64[us]")
        return never, never.copy(), offset
    if pc.any(pc.match_substring_regex(cells, r":\d.*(?:[+-]\d|Z$|GMT|UTC)")).as_py():
        parts = pc.extract_regex(cells, _OFFSET)
        told = pc.struct_field(parts, "offset")
        offset = _minutes(told)
        cells = pc.coalesce(pc.struct_field(parts, "clock"), cells)
    head = pc.drop_null(cells.slice(0, 200))
    if not pc.all(pc.match_substring_regex(head, r"^\d+-\d+-\d+(?: \d|$)")).as_py():
        cells = pc.replace_substring_regex(
            cells, r"^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[T ]+|$)", r"\1-\2-\3 "
        )
    return (*_strptime(pc.utf8_trim_whitespace(cells)), offset)


def _minutes(told: pa.ChunkedArray) -> np.ndarray:
    import numpy as np

    some = distinct(told.to_pandas())
    values = [np.nan if not text else _minutes_of(text) for text in some.cells]
    return np.array([*values, np.nan])[some.codes]


def _minutes_of(offset: str) -> float:
    """+01:00, -0530, +2 or Z in minutes."""
    if offset[0] not in "+-":
        return 0.0
    digits = offset[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    return (int(hours) * 60 + int(minutes)) * (-1.0 if offset[0] == "-" else 1.0)


def _strptime(cells: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    import duckdb
    import pyarrow as pa

    day, month = (
        [date + hour for date in (*dates, *_YEAR_FIRST) for hour in _HOURS]
        for dates in (_DAY_FIRST, _MONTH_FIRST)
    )
    with duckdb.connect() as engine:
        engine.register("times", pa.table({"cell": cells}))
        every = list(dict.fromkeys(day + month))
        counts = ", ".join(f"count(try_strptime(cell, '{name}'))" for name in every)
        sample = (
            "(SELECT cell FROM times WHERE cell IS NOT NULL USING SAMPLE reservoir(1000 ROWS) REPEATABLE (1))"
        )
        used = engine.sql(f"SELECT {counts} FROM {sample}").fetchall()[0]
        usable = {name for name, count in zip(every, used, strict=True) if count}
        query = "SELECT try_strptime(cell, ?) AS day, try_strptime(cell, ?) AS month FROM times"
        chosen = [[name for name in names if name in usable] or names[:1] for names in (day, month)]
        read = engine.sql(query, params=chosen).to_arrow_table()
        clocks = [read[name].to_numpy().astype("datetime64[us]") for name in ("day", "month")]
        if len(usable) < len(every) and len(cells) > 1000:
            clocks = _missed(engine, clocks, (day, month))
    return clocks[0], clocks[1]


def _missed(engine, clocks: list[np.ndarray], names: tuple[list[str], list[str]]) -> list[np.ndarray]:
    """Times in a notation the sample did not show."""
    import numpy as np

    open_ = np.isnat(clocks[0]) & np.isnat(clocks[1])
    if not open_.any():
        return clocks
    import pyarrow as pa

    cells = engine.sql("SELECT cell FROM times").to_arrow_table()["cell"].filter(pa.array(open_))
    engine.register("open", pa.table({"cell": cells}))
    query = "SELECT try_strptime(cell, ?) AS day, try_strptime(cell, ?) AS month FROM open"
    read = engine.sql(query, params=list(names)).to_arrow_table()
    for clock, name in zip(clocks, ("day", "month"), strict=True):
        clock[open_] = read[name].to_numpy().astype("datetime64[us]")
    return clocks


def _first(day: np.ndarray, month: np.ndarray, cells: pa.ChunkedArray) -> tuple[str, str, bool]:
    """ "day" or "month" first, for the whole column, what was assumed where it does not show, and whether to ask."""
    import numpy as np

    only_day = int((~np.isnat(day) & np.isnat(month)).sum())
    only_month = int((np.isnat(day) & ~np.isnat(month)).sum())
    if only_day or only_month:
        return ("day" if only_day >= only_month else "month"), "", False
    open_ = ~np.isnat(day) & (day != month)
    if not open_.any():
        return "day", "", False
    example = cells[int(np.argmax(open_))].as_py().strip()
    if _month_first_shows(day[open_], month[open_], example):
        said = _("Dates such as {example} were read with the month first.")
        return "month", said.format(example=example), False
    said = _("Dates such as {example} were read with the day first; nothing in the column tells otherwise.")
    return "day", said.format(example=example), True


def _month_first_shows(day: np.ndarray, month: np.ndarray, example: str) -> bool:
    """Whether only month first gives times in order, or only month first stays out of the future."""
    import numpy as np

    now = np.datetime64(datetime.datetime.now() + datetime.timedelta(days=1))
    if (day > now).any() != (month > now).any():
        return bool((day > now).any())
    if len(day) >= 5 and _in_order(day) != _in_order(month):
        return _in_order(month)
    return "/" in example and bool(_HALVES.search(example))


def _in_order(times: np.ndarray) -> bool:
    import numpy as np

    steps = np.diff(times).astype("int64")
    return bool((steps >= 0).mean() > 0.95 or (steps <= 0).mean() > 0.95)


def _readable(cell: object) -> str:
    """One notation for what people write: 2024-03-01 10:00:00+0100, 1-3-2024 10:00 AM."""
    if isinstance(cell, datetime.date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime.datetime) else cell.isoformat()
    serial = _serial(cell)
    if serial:
        return serial
    text = " ".join(text_of(cell).replace("\u200e", "").split())
    text = _ZONE_NAME.sub("", _DAYS.sub("", text))
    text = _NAMED.sub(lambda m: f"{m[3]}-{_MONTHS[m[2].lower()]}-{int(m[1]):02d}", text)
    text = _NAMED_FIRST.sub(lambda m: f"{m[3]}-{_MONTHS[m[1].lower()]}-{int(m[2]):02d}", text)
    text = re.sub(r"(?i)(?<=\d)(?:T|,? (?:om|at) |, | uur )(?=\d)", " ", text)
    text = re.sub(r"(?i)(?<=\d)\s*(?:uur|u|h)$", "", text)
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)
    return _HALVES.sub(lambda m: f" {m[1].upper()}M", text)


def _serial(cell: object) -> str | None:
    """A spreadsheet's day number (1 = 1 January 1900) or a count of seconds since 1970, as a date."""
    if isinstance(cell, str):
        text = cell.strip()
        if not (text.isascii() and re.fullmatch(r"\d{5}(?:[.,]\d+)?|\d{10}|\d{13}", text)):
            return None
        cell = float(text.replace(",", "."))
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or cell != cell:
        return None
    if 32874 <= cell < 73051:
        return (datetime.datetime(1899, 12, 30) + datetime.timedelta(days=cell)).isoformat(
            sep=" ", timespec="seconds"
        )
    seconds = cell / 1000 if cell > 1e11 else cell
    if 631152000 <= seconds < 1 << 31:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(
            sep=" ", timespec="microseconds"
        )
    return None
