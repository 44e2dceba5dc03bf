"""What is wrong with these rows, and what can be done about it?

What contradicts itself (`contradictions`), what was there already, and every fault of a file grouped per
column. The rows set aside go out as a spreadsheet that can be mended and brought back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csworkbook.intake import words
from csworkbook.intake.contradictions import Between, Told, across, codes, contradictory, odd
from csworkbook.language import LANGUAGES, join, speaking
from csworkbook.language import gettext as _
from csworkbook.naming import column_name
from csworkbook.tables import TABLES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from csworkbook.intake import Intake

__all__ = [
    "Between",
    "Told",
    "across",
    "aside_sheet",
    "contradictory",
    "differences",
    "duplicates",
    "is_mended",
    "odd",
    "problem_name",
    "problems",
    "what_to_do",
]

NOT_UNDERSTOOD = "not_understood"
WORD = "word"
BELOW = "below"
ABOVE = "above"
EMPTY = "empty"
FUTURE = "future"
DUPLICATE = "duplicate"
CONTRADICTORY = "contradictory"
BROKEN_LINE = "broken_line"
TOTAL = "total"
CANCELLED = "cancelled"
FIRST_LINES = 5
_MOST_ROWS = 1_000_000


def duplicates(frame: pd.DataFrame, table: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose key was there already.

    Returns
    -------
    mask : ndarray of bool
        True for the second and later rows of a key; an empty key is nobody's.
    first : ndarray of int
        The position of the first row with the same key, the row's own where it is the first.

    >>> import pandas as pd
    >>> mask, first = duplicates(pd.DataFrame({"order_id": ["A", "B", "A"]}), "orders")
    >>> mask.tolist(), first.tolist()
    ([False, False, True], [0, 1, 0])
    """
    import numpy as np

    places = np.arange(len(frame))
    key = TABLES[table].key
    if key is None or key not in frame or not len(frame):
        return np.zeros(len(frame), dtype=bool), places
    which = codes(frame[key])
    firsts = np.zeros(which.max() + 2, dtype="int64")
    firsts[which[::-1]] = places[::-1]
    first = np.where(which < 0, places, firsts[which])
    return first != places, first


def differences(frame: pd.DataFrame, mask: np.ndarray, first: np.ndarray) -> np.ndarray:
    """In what each duplicate differs from the first row with its key: a sentence each, "" for other rows.

    Parameters
    ----------
    mask, first : ndarray
        As `duplicates` gives them.
    """
    import numpy as np

    rows = np.flatnonzero(mask)
    told = np.full(len(frame), "", dtype=object)
    if not len(rows):
        return told
    both = np.append(rows, np.asarray(first)[rows])
    differ = {}
    for name in frame.columns:
        which = codes(frame[name].iloc[both])
        differ[name] = which[: len(rows)] != which[len(rows) :]
    told[rows] = _worded(differ, len(rows))
    return told


def _worded(differ: dict[str, np.ndarray], rows: int) -> np.ndarray:
    """One sentence per pattern of differing columns."""
    import numpy as np

    names = [name for name, flags in differ.items() if flags.any()]
    if not names:
        return np.full(rows, _("the row is the same as the first"), dtype=object)
    patterns, which = np.unique(np.array([differ[name] for name in names]).T, axis=0, return_inverse=True)
    said = []
    for pattern in patterns:
        columns = join([f"“{column_name(name)}”" for name, flag in zip(names, pattern, strict=True) if flag])
        other = _("the row differs from the first in {columns}").format(columns=columns)
        said.append(other if pattern.any() else _("the row is the same as the first"))
    return np.array(said, dtype=object)[which.ravel()]


def problems(faults: pd.DataFrame) -> pd.DataFrame:
    """Every fault of a file, grouped for people.

    Parameters
    ----------
    faults : DataFrame
        Columns position, line, header, problem (one of the codes of this module), value, said.

    Returns
    -------
    DataFrame
        Per column and kind of problem, most rows first: `column` (the user's header, "" for the whole
        row), `problem` (in words), `count` (rows), `lines` (tuple of the first five line numbers),
        `what_to_do` (a sentence), `code`.
    """
    import pandas as pd

    names = ["column", "problem", "count", "lines", "what_to_do", "code"]
    if faults.empty:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in names})
    once = faults.drop_duplicates(["header", "problem", "position"]).sort_values("line", kind="stable")
    groups = once.groupby(["header", "problem"], sort=False)
    told = groups.size().rename("count").reset_index()
    first = once[groups.cumcount() < FIRST_LINES].groupby(["header", "problem"])["line"].agg(tuple)
    told["lines"] = [
        first[header, code] for header, code in zip(told["header"], told["problem"], strict=True)
    ]
    told["lines"] = told["lines"].map(lambda lines: tuple(int(line) for line in lines))
    told = told.rename(columns={"header": "column", "problem": "code"})
    told["problem"] = told["code"].map(problem_name)
    told["what_to_do"] = told["code"].map(what_to_do)
    return told.sort_values("count", ascending=False, kind="stable")[names].reset_index(drop=True)


def problem_name(code: str) -> str:
    """A kind of problem as people say it; an unknown code as it is.

    >>> problem_name(EMPTY)
    'a cell is empty that is needed'
    """
    return {
        NOT_UNDERSTOOD: _("cannot be understood"),
        WORD: _("a word that is not known"),
        BELOW: _("too low"),
        ABOVE: _("too high"),
        EMPTY: _("a cell is empty that is needed"),
        FUTURE: _("lies in the future"),
        DUPLICATE: _("was there already"),
        CONTRADICTORY: _("contradicts another column"),
        BROKEN_LINE: _("the line has too many or too few cells"),
        TOTAL: _("the line adds up other lines, or is empty"),
        CANCELLED: _("cancelled, or never paid"),
    }.get(code, code)


def what_to_do(code: str) -> str:
    """What the owner can do about a kind of problem, one or two sentences; "" for an unknown code."""
    return {
        NOT_UNDERSTOOD: _(
            "Write dates like 31-12-2024 and amounts like 12,50 in these cells; or say below that the column is something"
            " else."
        ),
        WORD: _("Say below what these words mean, once; that is remembered for the next file."),
        BELOW: _(
            "Is it a refund or a correction? Bring those as returns. Else correct the sign or the number."
        ),
        ABOVE: _("Correct the number; or say below that the column is on another scale."),
        EMPTY: _(
            "Fill in the cell where you know it. Rows you cannot fill in stay aside and are not counted."
        ),
        FUTURE: _("Check the day and month of these dates; they may have changed places."),
        DUPLICATE: _(
            "The first row counts. Remove the others, or give them a number of their own if they are new."
        ),
        CONTRADICTORY: _("Look up in your system which of the two is right and correct it here."),
        BROKEN_LINE: _(
            "Open the file of rows set aside: a quotation mark or a line break is in the wrong place."
        ),
        TOTAL: _("Nothing: such lines are no rows of data."),
        CANCELLED: _("Nothing: they are no sales. Bring them again if they were paid after all."),
    }.get(code, "")


def aside_sheet(intake: Intake) -> bytes:
    """The rows set aside as a spreadsheet to mend: the user's own columns first, under their own headers,
    then the row in his file and the reason. Mended and brought again, `is_mended` knows it."""
    from csworkbook.export import sheets

    aside = intake.aside.head(_MOST_ROWS)
    own = aside.drop(columns=["row", "reason"])
    own.columns = [
        name.removesuffix(" (2)") if name in ("row (2)", "reason (2)") else name for name in own.columns
    ]
    row, reason = _columns()
    sheet = own.assign(**{row: aside["row"], reason: aside["reason"]})
    return sheets.xlsx(sheet, name=_("set aside"), about=_about(len(intake.aside)))


def _about(rows: int) -> list[str]:
    said = [
        _("These rows could not be used; the last column says why."),
        _("Mend the cells here, save the file and bring it again like any other file."),
        _("The last two columns may stay: they are not read. Rows that need not come back can be deleted."),
    ]
    if rows > _MOST_ROWS:
        said.append(_("Only the first million rows are in this file: a spreadsheet holds no more."))
    return said


def _columns() -> tuple[str, str]:
    """The headers of the two columns that are added, in the language spoken now."""
    return _("row in your file"), _("why it was set aside")


def is_mended(headers: Sequence[str]) -> tuple[str, str] | None:
    """The two columns we added, where these are the headers of rows set aside and brought back.

    >>> is_mended(["Datum", "row in your file", "why it was set aside"])
    ('row in your file', 'why it was set aside')
    >>> is_mended(["Datum", "reason"]) is None
    True
    """
    folded = {words.fold(header): header for header in headers}
    for language in LANGUAGES:
        with speaking(language):
            row, reason = (words.fold(name) for name in _columns())
        if row in folded and reason in folded:
            return folded[row], folded[reason]
    return None
