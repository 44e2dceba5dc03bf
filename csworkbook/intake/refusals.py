"""Why can a file not be used? What was seen, what is missing, and how to add it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csworkbook.errors import DataError
from csworkbook.intake.found import NotRecognised
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.tables import LOYAL_QUESTIONS, TABLES

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.intake.door import Candidate
    from csworkbook.intake.raw import Raw
    from csworkbook.intake.systems import Export


def of_no_use(raw: Raw, export: Export) -> DataError:
    """The error for a known export that holds nothing for this workbook, such as totals."""
    return DataError(
        _("{file} is “{export}” of {system}.").format(
            file=raw.filename, export=export.title(), system=export.system
        ),
        where=export.reason(),
        next_step=_("The start page says which exports this workbook can use, and where to find them."),
    )


def nothing_used(raw: Raw, aside: pd.DataFrame) -> DataError:
    """The error for a table of which no row can be used, with the commonest reason."""
    if aside.empty:
        return DataError(_("{file} has a header but no rows below it.").format(file=raw.filename))
    reason = aside["reason"].mode().iloc[0]
    first = aside.loc[aside["reason"] == reason, "row"].iloc[0]
    return DataError(
        _("No row of {file} can be used.").format(file=raw.filename),
        where=_("Line {line}, for one: {reason}.").format(line=first, reason=reason),
        next_step=_("Mend the file, or say which column is which, and bring it again."),
    )


def not_recognised(one: Candidate, table: str | None) -> NotRecognised:
    """The error for a file that is no table: what was seen, what is missing, how to add it."""
    from csworkbook.intake.columns import matched
    from csworkbook.naming import column_name, table_name

    found = one.found
    known = {
        "columns": tuple(matched(profile, found) for profile in one.profiles),
        "nearest": found.table,
        "missing": list(found.missing),
        "fingerprint": one.fingerprint,
        "where": _("Columns seen: {columns}.").format(columns=listed(list(one.raw.frame.columns))),
    }
    if found.missing == ["answered_at"]:
        return NotRecognised(
            _("{file} has no column with the date of each answer.").format(file=one.raw.filename),
            allowed=_(
                "Needed is a column such as “Datum”, “Date” or “Timestamp”, with dates like 31-12-2024."
            ),
            next_step=_(
                "Switch on the date or timestamp in the export, or add such a column; or say which column it is."
            ),
            **known,
        )
    lacks = join([f"“{column_name(name)}”" for name in found.missing])
    near = found.missing and (table or (found.weight >= 1 and TABLES[found.table].required))
    what = (
        _("{file} lacks columns for the table “{table}”: {columns}.").format(
            file=one.raw.filename, table=table_name(found.table), columns=lacks
        )
        if near
        else _("{file} was not recognised as a table of this workbook.").format(file=one.raw.filename)
    )
    return NotRecognised(
        what,
        allowed=_needed(found.table) if near else "",
        next_step=_("Say which column of the file is which, or add them to the export."),
        **known,
    )


def _needed(table: str) -> str:
    """The columns without which a table is none."""
    from csworkbook.naming import column_name

    if not TABLES[table].required:
        asked = join([column_name(name) for name in LOYAL_QUESTIONS])
        return _("Needed: three of the questions about {columns}.").format(columns=asked)
    return _("Needed: {columns}.").format(
        columns=join([column_name(name) for name in TABLES[table].required])
    )


def listed(headers: list[str], most: int = 8) -> str:
    """The first headers, quoted."""
    shown = [f"“{name[:60]}”" for name in headers[:most]]
    return ", ".join(shown) + (", …" if len(headers) > most else "")
