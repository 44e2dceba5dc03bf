"""How does a file become tables? Read, looked at, recognised, built: one `Intake` per canonical table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from csworkbook.errors import DataError, SettingError
from csworkbook.intake import refusals, words
from csworkbook.intake.choices import Choices
from csworkbook.intake.found import InMemory, Intake, Rows
from csworkbook.language import gettext as _
from csworkbook.language import join, number
from csworkbook.tables import EFFORT_STAGES, TABLES

if TYPE_CHECKING:
    import pandas as pd

    from csworkbook.intake.build import Built
    from csworkbook.intake.profile import Profile
    from csworkbook.intake.raw import Raw
    from csworkbook.intake.recognised import Match, Recognised
    from csworkbook.intake.service_form import Shown
    from csworkbook.intake.service_items import Items
    from csworkbook.intake.systems import Export, Feed

Remembered = Callable[[str], Choices | None]
_MANY = ("comment", "text")


@dataclass(frozen=True)
class Asked:
    """What the caller wants: one table or any, what he said of columns, the workbook's key, zone and own questions."""

    table: str | None = None
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    choices: Choices | Remembered = field(default_factory=Choices)
    key: bytes | None = None
    zone: str = "Europe/Amsterdam"
    items: Items | None = None

    def of(self, fingerprint: str) -> Choices:
        """The owner's choices for a file of this shape, the caller's own mapping and table on top."""
        kept = self.choices(fingerprint) if callable(self.choices) else self.choices
        kept = kept or Choices()
        return replace(kept, table=self.table or kept.table, mapping={**kept.mapping, **self.mapping})


def _as_it_stands(raw: Raw) -> Raw:
    return raw


@dataclass(frozen=True)
class Candidate:
    """One table a file may feed: its rows, what its columns were taken for, and how sure.

    `fold` makes the rows of this table out of rows as they stand in the file; `folds` says that it makes
    other ones of them. `shown` is what is shown of a form whose columns became rows: its own columns.
    """

    raw: Raw
    profiles: list[Profile]
    found: Recognised
    choices: Choices
    fingerprint: str
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left: tuple = ()
    notes: tuple[str, ...] = ()
    export: Export | None = None
    fold: Callable[[Raw], Raw] = _as_it_stands
    folds: bool = False
    shown: Shown | None = None

    @property
    def usable(self) -> bool:
        """Whether this is a table: all it needs is there, and nobody has to guess that it is this one."""
        told = bool(self.export or self.choices.table or self.shown)
        return self.found.complete or (told and not self.found.missing)


def tables_of(raws: list[Raw], asked: Asked) -> list[Intake]:
    """Every table in what was read, the most probable first; raises DataError where there is none."""
    require_settings(asked)
    headers = {header for raw in raws for header in raw.frame.columns}
    strange = [header for header in asked.mapping if header not in headers]
    if strange:
        raise SettingError(
            _("The file has no column “{column}”.").format(column=strange[0]),
            allowed=_("Its columns: {columns}.").format(columns=refusals.listed(sorted(headers))),
        )
    candidates, errors = _candidates(raws, asked)
    candidates.sort(
        key=lambda one: (not one.found.missing, one.found.weight, len(one.raw.frame)), reverse=True
    )
    usable = [one for one in candidates if one.usable]
    if not usable:
        raise errors[0] if errors else refusals.not_recognised(candidates[0], asked.table)
    others, found = _others(raws, usable), []
    for one in usable:
        try:
            found.append(_intake(one, asked, others))
        except DataError as error:
            errors.append(error)
    if not found:
        raise errors[0]
    passed = [one for one in candidates if not one.usable and (one.raw.sheet or one.raw.part)]
    return [replace(found[0], notes=[*found[0].notes, *map(_passed_over, passed)]), *found[1:]]


def _passed_over(one: Candidate) -> str:
    """That a sheet, or a file in a ZIP, is no table as it stands, and what to do with it."""
    said = _(
        "“{part}” ({n} rows) was not recognised and is not used: bring it as a file of its own to say what it is."
    )
    return said.format(part=one.raw.sheet or one.raw.part, n=number(len(one.raw.frame)))


def _candidates(raws: list[Raw], asked: Asked) -> tuple[list[Candidate], list[DataError]]:
    """Every table there may be, and why parts of the file can be none."""
    candidates, errors = [], []
    for raw in raws:
        try:
            candidates += candidates_of(raw, asked)
        except DataError as error:
            errors.append(error)
    return candidates, errors


def candidates_of(raw: Raw, asked: Asked) -> list[Candidate]:
    """The tables one raw table may feed: as a known export says, or as its columns look."""
    from csworkbook.intake import beside, checks, service_form, systems

    mended = checks.is_mended(list(raw.frame.columns))
    if mended:
        raw = replace(raw, frame=raw.frame.drop(columns=[name for name in mended if name in raw.frame]))
    raw = beside.without_header_again(raw)
    mark = fingerprint(list(raw.frame.columns))
    choices = asked.of(mark)
    export = systems.find(raw)
    if export and not any(export.tables) and export.reason() and choices.table is None:
        raise refusals.of_no_use(raw, export)
    form = service_form.candidates(raw, asked, mark, export)
    if form:
        return form
    found = _as_it_looks(raw, asked, choices, mark, export)
    if any(one.usable and _is_other(one) for one in found):
        return found
    return service_form.opinions(raw, asked, mark, export) or found


def _is_other(one: Candidate) -> bool:
    """Whether a table is surely none that a form about superior service was mistaken for."""
    asked = [header for header, match in one.found.matches.items() if match.column in EFFORT_STAGES]
    effort = [header for header in asked if not words.holds(words.fold(header), ("superi",))]
    return bool(effort) or (one.found.table == "perception" and not one.found.fixed)


def _as_it_looks(
    raw: Raw, asked: Asked, choices: Choices, mark: str, export: Export | None
) -> list[Candidate]:
    """The tables of a known export, or those its columns look like."""
    from csworkbook.intake import systems

    if export and (choices.table is None or choices.table in export.tables or not export.tables):
        fed = [_fed(feed, choices, mark, export) for feed in systems.feeds(raw, export, zone=asked.zone)]
        fed = [one for one in fed if choices.table in (None, one.found.table)]
        if fed:
            return fed
    return _without_export(raw, choices, mark)


def _fed(feed: Feed, choices: Choices, mark: str, export: Export) -> Candidate:
    """One table of a known export; what it tells of its columns stands, unless the owner said otherwise."""
    from csworkbook.intake.profile import look
    from csworkbook.intake.recognise import recognise

    profiles = [look(header, feed.raw.frame[header]) for header in feed.raw.frame.columns]
    told = {p.header: _as_known(p, feed, export) for p in profiles if _is_known(p, feed, export)}
    said = chosen(choices, list(feed.raw.frame.columns), feed.table)
    named = {match.column for match in said.values()} - {None}
    told = {header: match for header, match in told.items() if match.column not in named} | said
    found = recognise(profiles, table=feed.table or choices.table, told=told)
    if feed.complete:
        found.matches = {header: _only_sure(match) for header, match in found.matches.items()}
    found.fixed.update({name: word for name, word in choices.fixed.items() if name in TABLES[found.table]})
    left = tuple((rows, "cancelled", reason) for rows, reason in feed.left)
    about = (mark, feed.words, left, tuple(feed.notes), export)
    return Candidate(feed.raw, profiles, found, choices, *about)


def _is_known(profile: Profile, feed: Feed, export: Export) -> bool:
    """Whether the export tells of this column, if only that it is left out."""
    from csworkbook.intake.systems_cells import plain

    if feed.mapping.get(profile.header) is not None or not feed.complete:
        return profile.header in feed.mapping
    return profile.header in feed.mapping and plain(profile.header) in export.headers


def _as_known(profile: Profile, feed: Feed, export: Export) -> Match:
    from csworkbook.intake.recognised import Match

    column = feed.mapping[profile.header]
    return Match(column, 0.98, "personal" if column is None and profile.personal else "system")


def _only_sure(match: Match) -> Match:
    """A column that a known export does not tell of is used only where its whole name is known."""
    from csworkbook.intake.recognised import Match

    sure = match.why or match.column is None or match.confidence >= 0.9
    return match if sure and match.why != "content" else Match(None, 0.5)


def _without_export(raw: Raw, choices: Choices, mark: str) -> list[Candidate]:
    """The table, or the two, that the columns look like."""
    from csworkbook.intake import beside
    from csworkbook.intake.pairs import pair
    from csworkbook.intake.profile import look
    from csworkbook.intake.recognise import recognise
    from csworkbook.intake.recognised import Match

    raw, joined = beside.with_clock(raw)
    names = {header: day for header, (day, _clock) in joined.items()}
    profiles = [look(header, raw.frame[header], names.get(header, "")) for header in raw.frame.columns]
    told = {part: Match(None, 0.9, "joined") for parts in joined.values() for part in parts}
    told |= _told(choices.mapping, list(raw.frame.columns), choices.table)
    place = " ".join(part for part in (raw.filename, raw.sheet, raw.part) if part)
    found = recognise(profiles, table=choices.table, told=told, place=place)
    found.fixed.update({name: word for name, word in choices.fixed.items() if name in TABLES[found.table]})
    first = Candidate(raw, profiles, found, choices, mark)
    tables = pair(first) if first.usable and not choices.table else [first]
    return [replace(one, left=set_aside(one)) for one in tables]


def set_aside(one: Candidate) -> tuple:
    """Orders whose status says that they never became one."""
    from csworkbook.intake import beside

    if one.found.table not in ("orders", "order_lines"):
        return one.left
    found = beside.cancelled(one.raw)
    return one.left if found is None else (*one.left, found)


def chosen(choices: Choices, headers: list[str], table: str | None) -> dict[str, Match]:
    """What the user said of these headers, as far as it is about this table of the several a file may feed."""
    told = _told(choices.mapping, headers, choices.table)
    known = {None, *(column.name for column in TABLES[table].columns)} if table else None
    return {header: match for header, match in told.items() if known is None or match.column in known}


def _told(mapping: Mapping[str, str | None], headers: list[str], table: str | None) -> dict[str, Match]:
    """The user's mapping, with segment names tidied; a column that does not exist is an error."""
    from csworkbook.intake.recognised import Match

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
    taken = [column for column in told.values() if column not in (None, *_MANY)]
    twice = [column for column in taken if taken.count(column) > 1]
    if twice:
        raise SettingError(
            _("Two columns of the file are mapped to “{column}”.").format(column=twice[0]),
            next_step=_("Map one of them to something else, or leave it out."),
        )
    return {header: Match(column, 1.0, "chosen") for header, column in told.items()}


def typed(one: Candidate, asked: Asked, decided: Mapping[str, str] | None = None) -> Built:
    """A candidate's cells typed and checked; `decided` says how an earlier part of the file was read."""
    from csworkbook.intake.build import build
    from csworkbook.intake.cells import How

    private = {profile.header: profile.personal for profile in one.profiles if profile.personal}
    how = How(asked.zone, asked.key, one.choices, one.words, decided or {}, private)
    return build(one.raw, one.found, how, list(one.left))


def _intake(one: Candidate, asked: Asked, others: list[str]) -> Intake:
    """A candidate as it is handed out, with the account of its rows."""
    from csworkbook.intake import checks

    built = typed(one, asked)
    rows = InMemory(built.frame, built.faults.aside())
    if rows.frame.empty:
        raise refusals.nothing_used(one.raw, rows.aside)
    problems = checks.problems(built.faults.every())
    private = [*built.private, *(one.shown.private if one.shown else ())]
    notes = [*one.raw.notes, *_beside(one.raw, others), *one.notes, *built.notes, *left_out(private)]
    used = len(rows.frame)
    return account(one, built, rows, (used + len(rows.aside), used), notes, problems, private)


def account(
    one: Candidate,
    built: Built,
    rows: Rows,
    counts: tuple[int, int],
    notes: list[str],
    problems: pd.DataFrame,
    private: list[tuple],
) -> Intake:
    """All that is told about one table of a file; `counts` are the rows read and used."""
    import pandas as pd

    from csworkbook.intake import questions
    from csworkbook.intake.columns import matched

    columns = tuple(matched(p, one.found, made=p.header in one.raw.made) for p in one.profiles)
    matches, more = (one.shown.columns, one.shown.questions) if one.shown else (columns, ())
    open_ = questions.asked(one.found, built, () if one.shown else columns)
    return Intake(
        table=one.found.table,
        rows=rows,
        mapping={match.header: match.column for match in matches},
        columns=matches,
        notes=list(dict.fromkeys(notes)),
        read=counts[0],
        used=counts[1],
        confidence=round(one.found.confidence, 2),
        fingerprint=one.fingerprint,
        filename=one.raw.filename,
        sheet=one.raw.sheet,
        part=one.raw.part,
        system=one.export.system if one.export else "",
        export=one.export.title() if one.export else "",
        questions=(*more, *open_),
        choices=one.choices,
        problems=problems,
        private=pd.DataFrame(private, columns=["column", "kind", "what", "cells"]),
    )


def left_out(private: list[tuple]) -> list[str]:
    """The columns that stay out because they tell who somebody is, in a sentence."""
    left = [f"“{header}”" for header, _kind, what, _cells in private if what == "left out"]
    said = _("Left out because they tell who somebody is: {columns}.")
    return [said.format(columns=", ".join(left))] if left else []


def _others(raws: list[Raw], usable: list[Candidate]) -> list[str]:
    """The other places in the file with a table: sheets, or files in a ZIP."""
    read = {one.raw.sheet or one.raw.part for one in usable[:1]}
    return [raw.sheet or raw.part for raw in raws if (raw.sheet or raw.part) not in {None, *read}]


def _beside(raw: Raw, others: list[str]) -> list[str]:
    here = raw.sheet or raw.part
    names = [f"“{name}”" for name in others if name != here]
    if not here or not names:
        return []
    if not raw.sheet:
        return [_("Read from “{part}”.").format(part=here)]
    said = _("Sheet “{sheet}” was read; other sheets with a table: {others}.")
    return [said.format(sheet=here, others=join(names))]


def fingerprint(headers: list[str]) -> str:
    """What these headers are remembered by: case, accents and punctuation do not count.

    >>> fingerprint(["Datum", "E-mail"]) == fingerprint(["datum", "e mail"])
    True
    """
    row = "\x1f".join(words.fold(header) or header for header in headers)
    return hashlib.blake2b(row.encode("utf-8", "replace"), digest_size=16).hexdigest()


def require_settings(asked: Asked) -> None:
    """Raise a SettingError for a table or time zone that is none."""
    from zoneinfo import ZoneInfo

    if asked.table is not None and asked.table not in TABLES:
        raise SettingError(
            _("“{table}” is not a table of this workbook.").format(table=asked.table),
            allowed=_("Allowed: {names}.").format(names=join(list(TABLES))),
        )
    try:
        ZoneInfo(asked.zone)
    except (KeyError, ValueError, OSError) as error:
        raise SettingError(
            _("“{zone}” is not a time zone.").format(zone=asked.zone),
            allowed=_("Allowed are names such as Europe/Amsterdam."),
        ) from error
