"""What has the owner brought? Any export in, a canonical table out, with every row accounted for.

    found = intake.read("responses.csv")
    found.table, found.frame, found.aside, found.mapping, found.notes

Rooms: `files` (what kind of file), `encoding`, `delimited`, `whole`, `sheets` and `header` (its rows and columns),
`profile` and `recognise` (which table and columns), `values`, `times`, `alike`, `answers` and `personal` (what the
cells mean), `build` (the frame and the rows set aside).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from csworkbook.errors import DataError, SettingError
from csworkbook.intake import words
from csworkbook.language import gettext as _
from csworkbook.language import join
from csworkbook.tables import EFFORT_STAGES, TABLES

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.intake.profile import Profile
    from csworkbook.intake.raw import Raw
    from csworkbook.intake.recognise import Match, Recognised

Source = str | os.PathLike | bytes | IO[bytes]
_EXAMPLES = 3


@dataclass(frozen=True)
class ColumnMatch:
    """What one column of the file was taken for.

    `column` is a canonical column, a kept segment or None (left out); `confidence` 0–1; `kind` that of the
    canonical column, or segment, personal, empty, other; `examples` a few of its cells; `note` why.
    """

    header: str
    column: str | None
    confidence: float
    kind: str
    examples: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Intake:
    """A file understood.

    Attributes
    ----------
    table : str
        The canonical table it was recognised as.
    frame : DataFrame
        That table, typed: times in the shop's zone, answers 1–3, yes and no as booleans.
    aside : DataFrame
        Rows that cannot be used: `row` (line in the file), the user's columns untouched, `reason`.
    mapping : dict
        Header → canonical column, name of a kept segment, or None for left out.
    columns : tuple of ColumnMatch
    notes : list of str
        What was found out and assumed, as sentences in the language spoken now.
    read, used : int
        Rows in the file and rows in `frame`; ``read == used + len(aside)``.
    confidence : float
        How sure the table is, 0–1.
    fingerprint : str
        The same for every file with these headers: the key to remember a corrected mapping under.
    """

    table: str
    frame: pd.DataFrame
    aside: pd.DataFrame
    mapping: dict[str, str | None]
    columns: tuple[ColumnMatch, ...]
    notes: list[str]
    read: int
    used: int
    confidence: float
    fingerprint: str
    filename: str
    sheet: str | None = None


def read(
    source: Source,
    *,
    table: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    key: bytes | None = None,
    zone: str = "Europe/Amsterdam",
    filename: str | None = None,
    sheet: str | None = None,
) -> Intake:
    """Read a user's file as the canonical table it most probably is.

    Parameters
    ----------
    source : path, bytes or binary file
        CSV, TSV, XLSX, XLS, ODS or Parquet.
    table : str, optional
        The canonical table it must be.
    mapping : mapping, optional
        Header → canonical column, segment name or None, as corrected by the user; other columns are recognised.
    key : bytes, optional
        The workbook's secret, for ids made from e-mail addresses.
    zone : str
        The shop's time zone, for times without an offset.
    filename, sheet : str, optional
        The name for messages; the sheet to read of a spreadsheet.

    Raises
    ------
    DataError
        When nothing in the file can be used.
    SettingError
        When `table`, `mapping`, `zone` or `sheet` cannot be.
    """
    return _chosen(source, table, mapping, key, zone, filename, sheet)[0]


def read_all(source: Source, **options) -> list[Intake]:
    """Every table in the file, one `Intake` per sheet that holds one; parameters as `read`."""
    names = ("table", "mapping", "key", "zone", "filename", "sheet")
    unknown = set(options) - set(names)
    if unknown:
        raise TypeError(f"read_all() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    chosen = {"zone": "Europe/Amsterdam", **options}
    return _chosen(source, *(chosen.get(name) for name in names))


def _chosen(source, table, mapping, key, zone, filename, sheet) -> list[Intake]:
    """All tables in the file that can be used, the most probable first."""
    from csworkbook.intake import files
    from csworkbook.intake.profile import look
    from csworkbook.intake.recognise import recognise

    _require_settings(table, zone)
    raws = files.read(source, filename=filename, sheet=sheet)
    looked = []
    for raw in raws:
        profiles = [look(header, raw.frame[header]) for header in raw.frame.columns]
        told = _checked(mapping, raw, table, several=len(raws) > 1)
        looked.append((raw, profiles, recognise(profiles, table=table, mapping=told)))
    looked.sort(key=lambda item: (not item[2].missing, item[2].weight, len(item[0].frame)), reverse=True)
    usable = [item for item in looked if not item[2].missing]
    if not usable:
        raise _not_recognised(*looked[0], asked=table)
    return [
        _intake(raw, profiles, found, zone, key, others=[r.sheet for r in raws if r is not raw])
        for raw, profiles, found in usable
    ]


def _intake(
    raw: Raw, profiles: list[Profile], found: Recognised, zone: str, key: bytes | None, others: list
) -> Intake:
    from csworkbook.intake.build import build

    frame, aside, notes = build(raw, found, zone=zone, key=key)
    if frame.empty:
        raise _nothing_used(raw, aside)
    notes = [*raw.notes, *_sheet_note(raw, others), *notes]
    return Intake(
        table=found.table,
        frame=frame,
        aside=aside,
        mapping={header: match.column for header, match in found.matches.items()},
        columns=tuple(_column_match(profile, found) for profile in profiles),
        notes=notes,
        read=len(frame) + len(aside),
        used=len(frame),
        confidence=round(found.confidence, 2),
        fingerprint=fingerprint(list(raw.frame.columns)),
        filename=raw.filename,
        sheet=raw.sheet,
    )


def _nothing_used(raw: Raw, aside: pd.DataFrame) -> DataError:
    """The error for a table of which no row can be used, with the commonest reason."""
    reason = aside["reason"].mode().iloc[0]
    first = aside.loc[aside["reason"] == reason, "row"].iloc[0]
    return DataError(
        _("No row of {file} can be used.").format(file=raw.filename),
        where=_("Line {line}, for one: {reason}.").format(line=first, reason=reason),
        next_step=_("Mend the file, or say which column is which, and bring it again."),
    )


def fingerprint(headers: list[str]) -> str:
    """What these headers are remembered by: case, accents and punctuation do not count.

    >>> fingerprint(["Datum", "E-mail"]) == fingerprint(["datum", "e mail"])
    True
    """
    row = "\x1f".join(words.fold(header) or header for header in headers)
    return hashlib.blake2b(row.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _sheet_note(raw: Raw, others: list) -> list[str]:
    names = [f"“{name}”" for name in others if name]
    if not raw.sheet or not names:
        return []
    return [
        _("Sheet “{sheet}” was read; other sheets with a table: {others}.").format(
            sheet=raw.sheet, others=join(names)
        )
    ]


def _require_settings(table: str | None, zone: str) -> None:
    from zoneinfo import ZoneInfo

    if table is not None and table not in TABLES:
        raise SettingError(
            _("“{table}” is not a table of this workbook.").format(table=table),
            allowed=_("Allowed: {names}.").format(names=join(list(TABLES))),
        )
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise SettingError(
            _("“{zone}” is not a time zone.").format(zone=zone),
            allowed=_("Allowed are names such as Europe/Amsterdam."),
        ) from error


def _checked(
    mapping: Mapping[str, str | None] | None, raw: Raw, table: str | None, *, several: bool
) -> dict[str, str | None]:
    """The user's mapping, with segment names tidied; a header or column that does not exist is an error."""
    mapping = dict(mapping or {})
    headers = list(raw.frame.columns)
    strange = [header for header in mapping if header not in headers]
    if strange and not several:
        raise SettingError(
            _("The file has no column “{column}”.").format(column=strange[0]),
            allowed=_("Its columns: {columns}.").format(columns=_listed(headers)),
        )
    told = {header: column for header, column in mapping.items() if header in headers}
    known = {column.name for one in ([TABLES[table]] if table else TABLES.values()) for column in one.columns}
    segments = table is None or TABLES[table].segments
    for header, column in told.items():
        if column is None or column in known:
            continue
        if not segments or not words.fold(column):
            raise SettingError(
                _("“{column}” is not a column of the table {table}.").format(
                    column=column, table=table or "effort_survey"
                ),
                allowed=_("Allowed: {names}.").format(names=join(sorted(known))),
            )
        told[header] = "_".join(words.fold(column).split())
    twice = [
        column
        for column in told.values()
        if column not in (None, "comment", "text") and list(told.values()).count(column) > 1
    ]
    if twice:
        raise SettingError(
            _("Two columns of the file are mapped to “{column}”.").format(column=twice[0]),
            next_step=_("Map one of them to something else, or leave it out."),
        )
    return told


def _column_match(profile: Profile, found: Recognised) -> ColumnMatch:
    from csworkbook.intake import personal
    from csworkbook.intake.values import text_of

    match = found.matches[profile.header]
    table = TABLES[found.table]
    if match.column:
        kind = table[match.column].kind if match.column in table else "segment"
    else:
        kind = "personal" if match.why == "personal" else "other" if profile.filled else "empty"
    examples = [text_of(cell) for cell in profile.cells[:_EXAMPLES]]
    if profile.personal:
        examples = [personal.example(text) for text in examples]
    examples = [text if len(text) <= 80 else text[:79] + "…" for text in examples]
    return ColumnMatch(profile.header, match.column, match.confidence, kind, tuple(examples), _why(match))


def _why(match: Match) -> str:
    return {
        "chosen": _("chosen by you"),
        "content": _("recognised by its cells, not its name"),
        "email": _("tells customers apart; kept as an id that cannot be read back"),
        "segment": _("few words that come back: kept to split results"),
        "personal": _("tells who somebody is: left out"),
        "order": _("taken by its place: the questions do not tell which moment they are about"),
        "alone": _("the only question about effort: taken for the time after the purchase"),
        "empty": _("has no cells with anything in them"),
    }.get(match.why, "")


def _not_recognised(raw: Raw, profiles: list[Profile], found: Recognised, *, asked: str | None) -> DataError:
    """The error for a file that is no table: what was seen, what is missing, how to add it."""
    headers = list(raw.frame.columns)
    required = list(TABLES[found.table].required)
    near = asked or found.columns & set(EFFORT_STAGES) or (len(found.missing) == 1 and len(required) > 2)
    seen = _("Columns seen: {columns}.").format(columns=_listed(headers))
    if near and found.missing == ["answered_at"]:
        return DataError(
            _("{file} has no column with the date of each answer.").format(file=raw.filename),
            where=seen,
            allowed=_(
                "Needed is a column such as “Datum”, “Date” or “Timestamp”, with dates like 31-12-2024."
            ),
            next_step=_(
                "Switch on the date or timestamp in the export, or add such a column; or say which column it is."
            ),
        )
    if near:
        return DataError(
            _("{file} lacks columns for the table {table}: {columns}.").format(
                file=raw.filename, table=found.table, columns=join(found.missing)
            ),
            where=seen,
            allowed=_("Needed: {columns}.").format(columns=join(required)),
            next_step=_("Say which column of the file is which, or add them to the export."),
        )
    return DataError(
        _("{file} was not recognised as a table of this workbook.").format(file=raw.filename),
        where=seen,
        allowed=_(
            "An effort survey has a date and a question about effort for choosing, buying and after the purchase,"
            " answered with words or 1 to 3, 5 or 7."
        ),
        next_step=_("Say which column is which, or export a file that has them."),
    )


def _listed(headers: list[str], most: int = 8) -> str:
    shown = [f"“{name[:60]}”" for name in headers[:most]]
    return ", ".join(shown) + (", …" if len(headers) > most else "")
