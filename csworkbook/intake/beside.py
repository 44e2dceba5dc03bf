"""What do columns say together? A date and the time of day beside it, the status of an order that was cancelled."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from csworkbook.intake import words
from csworkbook.intake.raw import Raw
from csworkbook.intake.values import distinct, text_of
from csworkbook.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_CLOCK = re.compile(r"^\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?$")
_DAY = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$|^\d{8}$")
_HEAD = 200
_MOST = 0.9


def with_clock(raw: Raw) -> tuple[Raw, dict[str, tuple[str, str]]]:
    """The table with a date and the time of day beside it joined in one derived column.

    Returns
    -------
    raw : Raw
    joined : dict
        The derived header → the headers of its date and its time; empty where nothing was joined.
    """
    clock = next(
        (
            name
            for name in raw.frame
            if words.plain(name) in words.names("clock") and _are(raw.frame[name], _CLOCK)
        ),
        None,
    )
    day = next((name for name in raw.frame if name != clock and _are(raw.frame[name], _DAY)), None)
    if clock is None or day is None:
        return raw, {}
    header = f"{day} + {clock}"
    joined = _texts(raw.frame[day]).str.cat(_texts(raw.frame[clock]), sep=" ")
    return replace(raw, frame=raw.frame.assign(**{header: joined}), made=(*raw.made, header)), {
        header: (day, clock)
    }


def _texts(column: pd.Series) -> pd.Series:
    """Cells as text: a day without its midnight, a time of day as it is read."""
    cells = distinct(column)
    return cells.spread([text_of(cell).removesuffix(" 00:00:00") for cell in cells.cells], "str")


def _are(column: pd.Series, pattern: re.Pattern) -> bool:
    """Whether the first cells are all of this kind."""
    head = column.dropna().head(_HEAD)
    good = [pattern.match(text_of(cell).removesuffix(" 00:00:00")) is not None for cell in head]
    return len(good) > 0 and sum(good) >= _MOST * len(good)


def without_header_again(raw: Raw) -> Raw:
    """The table without rows that repeat its header; they are lines that are no rows."""
    import numpy as np
    import pandas as pd

    rows = header_again(raw)
    if not len(rows):
        return raw
    said = {
        "row": raw.lines[rows],
        "text": str(raw.frame.columns[0]),
        "reason": _("the line repeats the header"),
    }
    broken = pd.concat([raw.broken, pd.DataFrame(said)], ignore_index=True)
    frame = raw.frame.drop(raw.frame.index[rows]).reset_index(drop=True)
    return replace(raw, frame=frame, lines=np.delete(raw.lines, rows), broken=broken)


def header_again(raw: Raw) -> np.ndarray:
    """The rows that repeat the header, as pages of a report glued together do."""
    import numpy as np

    again = np.ones(len(raw.frame), dtype=bool)
    for header in raw.frame.columns:
        if header in raw.made or not again.any():
            continue
        again &= (
            (raw.frame[header].astype("str").str.strip() == header.strip()).fillna(False).to_numpy(dtype=bool)
        )
    return np.flatnonzero(again)


def cancelled(raw: Raw) -> tuple[np.ndarray, str, str] | None:
    """Rows of orders whose status says that they never became one, or None where no column tells."""
    import numpy as np

    known = {words.fold(word) for word in words.answers()["cancelled"]["words"]}
    for header in raw.frame.columns:
        if words.plain(header) in words.names("status"):
            cells = distinct(raw.frame[header])
            rows = cells.where([words.fold(text_of(cell)) in known for cell in cells.cells])
            said = _("“{column}” says that this was cancelled, never paid or a test").format(column=header)
            return np.flatnonzero(rows), "cancelled", said
    return None
