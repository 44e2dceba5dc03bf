"""Which clock times do these cells say, where they are all written alike?

Most columns are: 31-12-2024 14:30:00 on every line. Then each place in the cell has its meaning, and the
digits at one place are read for all rows at once. Other notations are left to `times`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_HEAD = 200
_CLOCK = r"(?:[ T](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?)?$"
_DAY_FIRST = re.compile(r"(?P<day>\d\d)[-/.](?P<month>\d\d)[-/.](?P<year>\d{4})" + _CLOCK, re.ASCII)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d\d)[-/.](?P<day>\d\d)" + _CLOCK, re.ASCII)
_FROM, _TO = 1900, 2200


def clocks(cells: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Clock times read day first and month first; not a time for cells that are written otherwise.

    >>> import pyarrow as pa
    >>> [read.astype(str).tolist() for read in clocks(pa.chunked_array([["01-02-2024", "31-12-2024"]]))]
    [['2024-02-01T00:00:00.000000', '2024-12-31T00:00:00.000000'], ['2024-01-02T00:00:00.000000', 'NaT']]
    """
    import numpy as np

    day = np.full(len(cells), "NaT", dtype="datetime64[us]")
    month = day.copy()
    found = _example(cells)
    if found:
        alike, signs = _signs(cells, len(found[0]))
        good, parts = _parts(signs, found)
        day[alike] = _times(parts["year"], parts["month"], parts["day"], parts, good)
        turned = (parts["year"], parts["day"], parts["month"])
        month[alike] = _times(*turned, parts, good) if found.re is _DAY_FIRST else day[alike]
    return day, month


def _example(cells: pa.ChunkedArray) -> re.Match | None:
    """The first cell of the head in a notation known here."""
    tried = (
        _DAY_FIRST.match(cell) or _YEAR_FIRST.match(cell)
        for cell in cells.slice(0, _HEAD).to_pylist()
        if cell
    )
    return next(filter(None, tried), None)


def _signs(cells: pa.ChunkedArray, size: int) -> tuple[np.ndarray | slice, np.ndarray]:
    """The cells of this size, and their signs: one row per place, one column per cell."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    same = pc.fill_null(pc.equal(pc.binary_length(cells), size), False)
    every = pc.all(same).as_py()
    some = cells if every else cells.filter(same)
    fixed = some.cast(pa.binary(size)).combine_chunks()
    signs = np.frombuffer(fixed.buffers()[1], dtype="uint8")
    signs = signs[fixed.offset * size : (fixed.offset + len(fixed)) * size].reshape(-1, size)
    return slice(None) if every else same.to_numpy(), np.ascontiguousarray(signs.T)


def _parts(signs: np.ndarray, example: re.Match) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Which cells have digits and signs where the example has them, and the number at each part."""
    import numpy as np

    good = np.ones(signs.shape[1], dtype=bool)
    for place, sign in enumerate(example[0]):
        good &= signs[place] - ord("0") < 10 if sign.isdigit() else signs[place] == ord(sign)
    parts = {name: np.zeros(len(good), dtype="int32") for name in example.groupdict()}
    for name in parts:
        for place in range(*example.span(name)):
            parts[name] = parts[name] * 10 + (signs[place] - ord("0"))
    return good, parts


def _times(
    year: np.ndarray, month: np.ndarray, day: np.ndarray, parts: dict[str, np.ndarray], good: np.ndarray
) -> np.ndarray:
    """Times where these numbers are a date and a time of day."""
    import numpy as np

    firsts = np.arange(f"{_FROM}-01", f"{_TO + 1}-01", dtype="datetime64[M]").astype("datetime64[D]")
    lengths = np.diff(firsts).astype("int64")
    good = good & (year >= _FROM) & (year < _TO) & (month >= 1) & (month <= 12)
    place = np.where(good, (year - _FROM) * 12 + month - 1, 0)
    good &= (day >= 1) & (day <= lengths[place])
    good &= (parts["hour"] < 24) & (parts["minute"] < 60) & (parts["second"] < 60)
    days = firsts.astype("int64")[place] + day - 1
    seconds = (parts["hour"] * 60 + parts["minute"]) * 60 + parts["second"]
    times = ((days * 86_400 + seconds) * 1_000_000).view("datetime64[us]")
    times[~good] = np.datetime64("NaT")
    return times
