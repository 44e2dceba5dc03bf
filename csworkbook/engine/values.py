"""How are a key, a moment and a text written so that they are the same in every engine and out of it?"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from csworkbook.errors import DataError
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_WHOLE = 2**53  # from here on a float does not tell one whole number from the next
_LAST = (" ", "\t", "\r", "\n")  # blanks that are looked for at the end of a key


def key(value: ibis.Value) -> ibis.StringValue:
    """A key as text without blanks around it, null where nothing is left.

    Whole numbers that became floats, as pandas makes of numbers with gaps, are whole again. Only what
    begins or ends with a blank is cut: cutting every row of a large table is dear.
    """
    import ibis

    kind = value.type()
    if kind.is_floating():
        is_whole = (value.abs() < _WHOLE) & (value == value.floor())
        value = is_whole.ifelse(value.cast("int64").cast("string"), value.cast("string")).nullif("nan")
        return value.nullif("NaN")
    if not kind.is_string():
        return value.cast("string")
    neat = ibis.and_(value >= "!", *[~value.endswith(blank) for blank in _LAST])
    return neat.ifelse(value, value.strip().nullif(""))


def as_key(value: object) -> str | None:
    """`key` for one value of this process.

    >>> as_key(7.0), as_key(" k "), as_key("  ")
    ('7', 'k', None)
    """
    if type(value).__name__.startswith("float") and abs(value) < _WHOLE and value == int(value):
        value = int(value)
    return as_text(value).strip(string.whitespace) or None


def as_text(value: object) -> str:
    """A value as the engines write it.

    >>> as_text(True), as_text(7)
    ('true', '7')
    """
    return str(value).lower() if type(value).__name__ in ("bool", "bool_") else str(value)


def moment(at: ibis.Value) -> ibis.IntegerValue:
    """Whole microseconds since 1970 UTC; a time without a zone is in UTC."""
    import ibis

    zone = "UTC" if at.type().timezone else None
    return at.delta(ibis.timestamp("1970-01-01", timezone=zone), unit="microsecond")


def second(at: ibis.Value) -> ibis.IntegerValue:
    """Whole seconds since 1970 UTC, rounded down: enough for what is counted in hours and days."""
    import ibis

    if at.get_backend().has_operation(ibis.expr.operations.TimestampDelta):
        return (moment(at) / 1_000_000).floor().cast("int64")
    return at.epoch_seconds().cast("int64")


def timestamp(micros: ibis.Value) -> ibis.TimestampValue:
    """The timestamp of microseconds since 1970, in UTC and without a zone."""
    import ibis

    return ibis.timestamp("1970-01-01") + micros.as_interval("us")


def times(at: pd.Series, name: str) -> pd.Series:
    """The times of a frame in UTC and microseconds, the most that every engine keeps; what cannot be read is empty.

    Raises
    ------
    DataError
        When the column holds numbers.
    """
    import pandas as pd

    if at.dtype.kind in "biufc" and at.notna().any():
        raise no_times(name, str(at.name))
    if at.dtype.kind != "M":
        at = pd.to_datetime(at.astype(object), utc=True, errors="coerce", format="ISO8601")
    return (at if at.dt.tz is None else at.dt.tz_convert("UTC")).dt.as_unit("us")


def no_times(name: str, column: str) -> DataError:
    """What to say of a column of times that holds numbers."""
    return DataError(
        _("The column “{column}” of the table {table} holds numbers, not times.").format(
            column=column, table=name
        ),
        allowed=_("For example 2026-03-02 14:05:09."),
        next_step=_("Say in the export, or when you bring the file, which column is the time."),
    )
