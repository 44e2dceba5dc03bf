"""How long did it take? Numbers in the unit their header names, clocks and words, all in one unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from csworkbook.intake import words
from csworkbook.intake.values import Distinct, Parsed, distinct, number, text_of

if TYPE_CHECKING:
    import pandas as pd

_CLOCK = re.compile(
    r"^(?:(\d+)[ .]*(?:d|dag|dagen|days?)[ ,]*)?(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,]\d+)?$"
)
_BRACKETED = re.compile(r"[\[(]\s*(?:in\s+)?([A-Za-z]+)\.?\s*[\])]\s*$")
_PART = re.compile(r"(?i)(\d+(?:[.,]\d+)?)\s*([a-z]+)")
_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "seconde", "seconden", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minuut", "minuten", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "u", "hr", "hrs", "uur", "uren", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "dag", "dagen", "day", "days"), 86400.0),
    **dict.fromkeys(("ms", "milliseconds", "milliseconden"), 0.001),
}


_NAMES = {1.0: "seconds", 60.0: "minutes", 3600.0: "hours", 86400.0: "days", 0.001: "milliseconds"}


def parse(column: pd.Series | Distinct, header: str, unit: str, *, decided: str = "") -> Parsed:
    """Lengths of time in `unit` ("minutes" or "seconds"): numbers in the unit the header names, 0:12:30, 5 min.

    A clock of two parts is minutes and seconds, of three hours, minutes and seconds.

    >>> import pandas as pd
    >>> parse(pd.Series(["0:12:30", "5 min"]), "Behandeltijd", "minutes").values.tolist()
    [12.5, 5.0]
    """
    cells = distinct(column)
    lengths = [_length(cell) for cell in cells.cells]
    plain = Distinct(
        cells.codes,
        ["" if length is not None else cell for cell, length in zip(cells.cells, lengths, strict=True)],
        cells.index,
    )
    numbers = number(plain, decided=decided)
    factor = _SECONDS.get(_unit_in(header), _SECONDS[unit]) / _SECONDS[unit]
    seconds = cells.spread(lengths, "Float64")
    values = (seconds / _SECONDS[unit]).fillna(numbers.values.astype("Float64") * factor)
    return Parsed(values.astype("float64"), numbers.bad, numbers.note, numbers.decided)


def bracketed(header: str) -> str:
    """The unit of time in brackets at the end of a header, or "".

    >>> bracketed("Wait time (min)"), bracketed("Wait time in minutes")
    ('minutes', '')
    """
    found = _BRACKETED.search(header)
    return _NAMES[_SECONDS[found[1].lower()]] if found and found[1].lower() in _SECONDS else ""


def _unit_in(header: str) -> str:
    """The unit of time a header names, or ""; a letter counts where it stands in brackets.

    >>> _unit_in("Wait time (s)"), _unit_in("Time in s queue")
    ('seconds', '')
    """
    return bracketed(header) or next(
        (word for word in reversed(words.fold(header).split()) if len(word) > 1 and word in _SECONDS), ""
    )


def _length(cell: object) -> float | None:
    """A length of time in seconds, where the cell says its own unit."""
    import datetime

    if isinstance(cell, datetime.timedelta):
        return cell.total_seconds()
    if isinstance(cell, datetime.time):
        return cell.hour * 3600.0 + cell.minute * 60 + cell.second
    text = text_of(cell)
    clock = _CLOCK.match(text)
    if clock:
        days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return days * 86400.0 + hours * 3600 + minutes * 60 + seconds
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip(" ,en&") or any(u.lower() not in _SECONDS for _n, u in parts):
        return None
    return sum(float(n.replace(",", ".")) * _SECONDS[u.lower()] for n, u in parts)
